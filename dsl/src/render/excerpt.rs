//! The part of a file that is shown with a diagnostic. The renderer goes through all that it is given, once for each: of
//! what is longer than a page it gets what stands around the places, in pieces.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Snippet};
use textwrap::core::display_width;

use super::places::{Places, clamp, floor};
use super::{BEFORE_HELP, folded};
use crate::diagnostic::Diagnostic;

/// Bytes that are handed on as they are.
const PAGE: usize = 4 << 10;
/// Bytes around a place, where there are more.
const AROUND: usize = 512;

/// A piece of a file.
pub(super) struct Piece<'a> {
    /// The text.
    pub text: &'a str,
    /// The byte that it begins at, and its line, from 1.
    pub start: usize,
    pub line: usize,
}

impl<'a> Piece<'a> {
    /// The lines that spans touch, which are clamped; none if they are more than a page.
    pub fn lines(places: &Places<'a>, spans: &[Range<usize>]) -> Option<Piece<'a>> {
        let from = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let to = spans
            .iter()
            .map(|span| span.end)
            .max()
            .unwrap_or(places.text.len());
        let all = places.line_start(from)..places.line_end(to);
        (all.len() <= PAGE).then(|| Piece::new(places, all))
    }

    /// What stands around the beginning of a span in its line.
    pub fn around(places: &Places<'a>, span: &Range<usize>) -> Piece<'a> {
        let from = floor(places.text, span.start.saturating_sub(AROUND));
        let to = floor(places.text, span.end.min(span.start + AROUND) + AROUND);
        let line = places.line_start(span.start)..places.line_end(span.start);
        Piece::new(places, from.max(line.start)..to.min(line.end).max(span.start))
    }

    fn new(places: &Places<'a>, range: Range<usize>) -> Piece<'a> {
        Piece {
            text: &places.text[range.clone()],
            start: range.start,
            line: places.line(range.start) + 1,
        }
    }

    /// A span of the file in this piece.
    pub fn span(&self, span: &Range<usize>) -> Range<usize> {
        let end = self.text.len();
        let within = |byte: usize| byte.saturating_sub(self.start).min(end);
        within(span.start)..within(span.end)
    }
}

/// Adds the places of a diagnostic.
pub(super) fn show<'a>(
    group: Group<'a>,
    d: &'a Diagnostic,
    path: &'a str,
    places: &Places<'a>,
    width: usize,
) -> Group<'a> {
    let room = Room::new(places, &d.span, width);
    let all = room.spans(places, d);
    let labels: Vec<&str> = std::iter::once(d.label.as_str())
        .chain(d.related.iter().map(|(_, label)| label.as_str()))
        .collect();
    let beside: Vec<bool> = (all.iter().zip(&labels))
        .map(|(span, label)| room.holds(places, span, label, &all))
        .collect();
    let shown_labels = (labels.iter().zip(&beside)).map(|(label, beside)| if *beside { *label } else { "" });
    let marks = all.iter().zip(shown_labels).enumerate();
    let mark = |piece: &Piece<'_>, (at, (span, label)): (usize, (&Range<usize>, &'a str))| {
        let kind = match at {
            0 => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        labelled(kind.span(piece.span(span)), label)
    };
    let shown = match room.lines(places, d, &all) {
        Some(piece) => {
            let snippet = Snippet::source(piece.text).line_start(piece.line).path(path);
            group.element(snippet.annotations(marks.map(|one| mark(&piece, one))))
        }
        None => marks.fold(group, |group, one| {
            let (_, (span, _)) = one;
            let piece = Piece::around(places, span);
            let snippet = Snippet::source(piece.text).line_start(piece.line).path(path);
            group.element(snippet.annotation(mark(&piece, one)))
        }),
    };
    let without_room = labels
        .iter()
        .zip(beside)
        .enumerate()
        .filter(|(_, (_, beside))| !beside);
    without_room.fold(shown, |shown, (at, (label, _))| {
        let note = match at {
            0 => (*label).to_owned(),
            _ => format!("marked with `-`: {label}"),
        };
        shown.element(Level::NOTE.message(folded(&note, width, BEFORE_HELP)))
    })
}

/// What the renderer puts left of lines that are marked together.
const BESIDE: usize = 3;

/// The columns that a line of the file has.
struct Room {
    columns: usize,
}

impl Room {
    /// What the renderer puts where it cuts a line, at both ends.
    const CUTS: usize = 12;

    fn new(places: &Places<'_>, span: &Range<usize>, width: usize) -> Room {
        let number = places.line(floor(places.text, span.start)) + 1;
        Room {
            columns: width.saturating_sub(number.to_string().len() + " | ".len()),
        }
    }

    /// The places of a diagnostic, its own first, as much of each as has room.
    fn spans(&self, places: &Places<'_>, d: &Diagnostic) -> Vec<Range<usize>> {
        let own = self.fitted(places, clamp(places.text, &d.span), 0);
        let related = d.related.iter().map(|(span, label)| {
            let label = display_width(label) + 1;
            self.fitted(places, clamp(places.text, span), label)
        });
        std::iter::once(own).chain(related).collect()
    }

    /// The lines of all places in one, where they have room beside each other once what is left and right of them is cut.
    fn lines<'a>(&self, places: &Places<'a>, d: &Diagnostic, spans: &[Range<usize>]) -> Option<Piece<'a>> {
        let piece = Piece::lines(places, spans)?;
        let is_long = |line: &str| display_width(line) > self.columns;
        let column = |at: usize| display_width(&places.text[places.line_start(at)..at]);
        let left = spans.iter().map(|span| column(span.start)).min();
        let related = d.related.iter().map(|(_, label)| label);
        let labels = std::iter::once(&d.label).chain(related);
        let ends = spans
            .iter()
            .zip(labels.map(|label| display_width(label) + usize::from(!label.is_empty())));
        let right = ends.map(|(span, label)| column(span.end) + label).max();
        let wide = right.unwrap_or(0).saturating_sub(left.unwrap_or(0));
        let fits = wide + Room::CUTS <= self.columns || !piece.text.lines().any(is_long);
        (fits || spans.len() == 1).then_some(piece)
    }

    /// As much of a span as has room, with so much right of it: of several lines all, or, where one of them is too long,
    /// the first.
    fn fitted(&self, places: &Places<'_>, span: Range<usize>, right: usize) -> Range<usize> {
        let own = &places.text[span.clone()];
        let cuts = Room::CUTS + right;
        let own = match own.split_once('\n') {
            Some(_) if !self.is_too_long(places, &span) => return span,
            Some((first, _)) => first.trim_end(),
            None => own,
        };
        if display_width(own) + cuts <= self.columns {
            return span.start..span.start + own.len();
        }
        let (mut width, mut end) = (0, span.start);
        for c in own.chars() {
            width += display_width(c.encode_utf8(&mut [0; 4]));
            if width + cuts > self.columns {
                break;
            }
            end += c.len_utf8();
        }
        span.start..end
    }

    /// Whether the renderer would show a line of a span that is wider than it may be: it cuts none of several.
    fn is_too_long(&self, places: &Places<'_>, span: &Range<usize>) -> bool {
        let all = places.line_start(span.start)..places.line_end(span.end);
        all.len() <= PAGE
            && places.text[all]
                .lines()
                .any(|line| display_width(line) + BESIDE > self.columns)
    }

    /// Whether a label has room right of its span.
    fn holds(&self, places: &Places<'_>, span: &Range<usize>, label: &str, all: &[Range<usize>]) -> bool {
        let line = places.line_start(span.end)..places.line_end(span.end);
        let line_width = display_width(places.text[line.clone()].trim_end());
        // A label that another place is right of stands below, from where its own begins.
        let is_last = !all
            .iter()
            .any(|other| line.contains(&other.start) && other.start > span.start);
        let upto = match line_width <= self.columns {
            true if !is_last && *span != all[0] => {
                display_width(&places.text[line.start.min(span.start)..span.start])
            }
            true => display_width(&places.text[line.start.min(span.end)..span.end]),
            false => display_width(&places.text[span.clone()]) + Room::CUTS,
        };
        label.is_empty() || upto + 1 + display_width(label) <= self.columns
    }
}

/// Puts the columns right of a diagnostic that is shown in pieces: the renderer counts from where a piece begins.
pub(super) fn with_columns(
    shown: String,
    d: &Diagnostic,
    path: &str,
    places: &Places<'_>,
    width: usize,
) -> String {
    let room = Room::new(places, &d.span, width);
    let all = room.spans(places, d);
    if room.lines(places, d, &all).is_some() {
        return shown;
    }
    let (mut out, mut rest) = (String::new(), shown.as_str());
    for span in all {
        let piece = Piece::around(places, &span);
        let (line, column) = places.position(span.start);
        let counted = places.characters(piece.start..span.start) + 1;
        let told = format!("{path}:{line}:{counted}");
        if let Some((before, after)) = rest.split_once(&told) {
            out += &format!("{before}{path}:{line}:{column}");
            rest = after;
        }
    }
    out + rest
}

fn labelled<'a>(annotation: Annotation<'a>, label: &'a str) -> Annotation<'a> {
    match label.is_empty() {
        true => annotation,
        false => annotation.label(label),
    }
}
