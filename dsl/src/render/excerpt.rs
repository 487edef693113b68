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
    let primary = room.fitted(places.text, clamp(places.text, &d.span));
    let beside = room.holds(places, &primary, &d.label);
    let label = if beside { d.label.as_str() } else { "" };
    let related = d.related.iter().map(|(span, _)| clamp(places.text, span));
    let all: Vec<Range<usize>> = std::iter::once(primary).chain(related).collect();
    let labels = std::iter::once(label).chain(d.related.iter().map(|(_, label)| label.as_str()));
    let marks = all.iter().zip(labels).enumerate();
    let mark = |piece: &Piece<'_>, (at, (span, label)): (usize, (&Range<usize>, &'a str))| {
        let kind = match at {
            0 => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        labelled(kind.span(piece.span(span)), label, at == 0)
    };
    let shown = match Piece::lines(places, &all) {
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
    match beside {
        true => shown,
        false => shown.element(Level::NOTE.message(folded(&d.label, width, BEFORE_HELP))),
    }
}

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

    /// As much of a span in one line as has room.
    fn fitted(&self, text: &str, span: Range<usize>) -> Range<usize> {
        let own = &text[span.clone()];
        if own.contains('\n') || display_width(own) + Room::CUTS <= self.columns {
            return span;
        }
        let (mut width, mut end) = (0, span.start);
        for c in own.chars() {
            width += display_width(c.encode_utf8(&mut [0; 4]));
            if width + Room::CUTS > self.columns {
                break;
            }
            end += c.len_utf8();
        }
        span.start..end
    }

    /// Whether a label has room right of its span.
    fn holds(&self, places: &Places<'_>, span: &Range<usize>, label: &str) -> bool {
        let line = places.line_start(span.end)..places.line_end(span.end);
        let line_width = display_width(places.text[line.clone()].trim_end());
        let upto = match line_width <= self.columns {
            true => display_width(&places.text[line.start.min(span.end)..span.end]),
            false => display_width(&places.text[span.clone()]) + Room::CUTS,
        };
        label.is_empty() || upto + 1 + display_width(label) <= self.columns
    }
}

/// Puts the columns right of a diagnostic that is shown in pieces: the renderer counts from where a piece begins.
pub(super) fn with_columns(shown: String, d: &Diagnostic, path: &str, places: &Places<'_>) -> String {
    let all: Vec<Range<usize>> = std::iter::once(&d.span)
        .chain(d.related.iter().map(|(span, _)| span))
        .map(|span| clamp(places.text, span))
        .collect();
    if Piece::lines(places, &all).is_some() {
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

fn labelled<'a>(annotation: Annotation<'a>, label: &'a str, may_be_empty: bool) -> Annotation<'a> {
    match may_be_empty && label.is_empty() {
        true => annotation,
        false => annotation.label(label),
    }
}
