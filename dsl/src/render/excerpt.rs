//! The part of a file that is shown with a diagnostic. The renderer goes through all that it is given, once for each: of
//! what is longer than a page it gets what stands around the places, in pieces.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Snippet};

use super::places::{Places, clamp, floor};
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
pub(super) fn show<'a>(group: Group<'a>, d: &'a Diagnostic, path: &'a str, places: &Places<'a>) -> Group<'a> {
    let primary = clamp(places.text, &d.span);
    let related = d.related.iter().map(|(span, _)| clamp(places.text, span));
    let all: Vec<Range<usize>> = std::iter::once(primary).chain(related).collect();
    let labels = std::iter::once(d.label.as_str()).chain(d.related.iter().map(|(_, label)| label.as_str()));
    let marks = all.iter().zip(labels).enumerate();
    let mark = |piece: &Piece<'_>, (at, (span, label)): (usize, (&Range<usize>, &'a str))| {
        let kind = match at {
            0 => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        labelled(kind.span(piece.span(span)), label, at == 0)
    };
    if let Some(piece) = Piece::lines(places, &all) {
        let snippet = Snippet::source(piece.text).line_start(piece.line).path(path);
        return group.element(snippet.annotations(marks.map(|one| mark(&piece, one))));
    }
    marks.fold(group, |group, one| {
        let (_, (span, _)) = one;
        let piece = Piece::around(places, span);
        let snippet = Snippet::source(piece.text).line_start(piece.line).path(path);
        group.element(snippet.annotation(mark(&piece, one)))
    })
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
