//! Shows diagnostics: for people with the text around (`full`), a line each (`concise`), and for programs, a file for each
//! format. Knows nothing of terminals and files: the caller says whether there is colour and how wide a line is. Spans
//! that lie outside the text, or inside a character, are moved to the nearest place that exists.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};

mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod path;
pub mod rdjson;
pub mod sarif;

pub use fingerprint::fingerprints;
pub use path::slashed;

/// A file of a run, and what is to be said of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// As it is to be shown; formats for programs want `/` between folders, as [`slashed`] writes them.
    pub path: &'a str,
    /// What the spans of the diagnostics refer to.
    pub text: &'a str,
    /// In the order of their places.
    pub diagnostics: &'a [Diagnostic],
}

/// How [`full`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// Columns; long lines of the file are cut to what matters.
    pub width: usize,
}

/// Every diagnostic with the place in the file, its help and the repaired line; an empty line between two. `path` is shown
/// as it is. Ends with a line break, unless there is nothing to show.
pub fn full(diagnostics: &[Diagnostic], path: &str, text: &str, style: Style) -> String {
    let renderer = if style.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(style.width);
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|d| renderer.render(&report(d, path, text)))
        .collect();
    let mut all = shown.join("\n\n");
    if !all.is_empty() {
        all.push('\n');
    }
    all
}

/// `path:line:col: error[code] message`, a line each, line and column from 1.
pub fn concise(diagnostics: &[Diagnostic], path: &str, text: &str) -> String {
    let line = |d: &Diagnostic| {
        let (line, column) = position(text, d.span.start);
        format!(
            "{path}:{line}:{column}: {}[{}] {}\n",
            severity_name(d.severity),
            d.code,
            d.message
        )
    };
    diagnostics.iter().map(line).collect()
}

/// The line and the column of a byte, both from 1, the column in characters. A byte-order mark counts for nothing.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..floor(text, byte)];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    // By bytes: a line may have a megabyte, and thousands of faults.
    let own = &before[line_start..];
    let characters = own.bytes().filter(|b| b & 0xc0 != 0x80).count();
    let marks = own.matches('\u{feff}').count();
    (line, characters - marks + 1)
}

fn report<'a>(d: &'a Diagnostic, path: &'a str, text: &'a str) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let lines = Lines::around(
        text,
        std::iter::once(&d.span).chain(d.related.iter().map(|(span, _)| span)),
    );
    let primary = AnnotationKind::Primary.span(lines.span(&d.span));
    let primary = if d.label.is_empty() {
        primary
    } else {
        primary.label(d.label.as_str())
    };
    let others = d.related.iter().map(|(span, label)| {
        AnnotationKind::Context
            .span(lines.span(span))
            .label(label.as_str())
    });
    let snippet = Snippet::source(lines.text)
        .line_start(lines.first)
        .path(path)
        .annotation(primary)
        .annotations(others);
    let main = level
        .primary_title(d.message.as_str())
        .id(d.code)
        .element(snippet);
    let help = d.help.as_deref();
    match &d.suggestion {
        None => vec![match help {
            Some(help) => main.element(Level::HELP.message(help)),
            None => main,
        }],
        Some(fix) => {
            let lines = Lines::around(text, std::iter::once(&fix.span));
            let patch = Patch::new(lines.span(&fix.span), fix.replacement.as_str());
            let title = Level::HELP.secondary_title(help.unwrap_or("write it like this"));
            let snippet = Snippet::source(lines.text).line_start(lines.first).path(path);
            vec![main, title.element(snippet.patch(patch))]
        }
    }
}

/// The lines of a file that spans touch. The renderer goes through all that it is given, once for each diagnostic.
struct Lines<'a> {
    text: &'a str,
    /// The byte that they begin at, and the number of the first, from 1.
    start: usize,
    first: usize,
    whole: &'a str,
}

impl<'a> Lines<'a> {
    fn around<'s>(text: &'a str, spans: impl Iterator<Item = &'s Range<usize>> + Clone) -> Lines<'a> {
        let clamped = spans.map(|span| clamp(text, span));
        let from = clamped.clone().map(|span| span.start).min().unwrap_or(0);
        let to = clamped.map(|span| span.end).max().unwrap_or(text.len());
        let start = text[..from].rfind('\n').map_or(0, |i| i + 1);
        let end = text[to..].find('\n').map_or(text.len(), |i| to + i + 1);
        Lines {
            text: &text[start..end],
            start,
            first: position(text, start).0,
            whole: text,
        }
    }

    fn span(&self, span: &Range<usize>) -> Range<usize> {
        let span = clamp(self.whole, span);
        span.start - self.start..span.end - self.start
    }
}

/// Every diagnostic of every file, the most severe first, else in the order of the files and of the places in them.
fn by_severity<'a>(files: &[Judged<'a>]) -> Vec<(Judged<'a>, &'a Diagnostic)> {
    let mut all: Vec<_> = files
        .iter()
        .flat_map(|file| file.diagnostics.iter().map(|d| (*file, d)))
        .collect();
    all.sort_by_key(|(_, d)| d.severity);
    all
}

/// What is wrong, and what to do about it on a line of its own.
fn told(d: &Diagnostic) -> String {
    match &d.help {
        Some(help) => format!("{}\nhelp: {help}", d.message),
        None => d.message.clone(),
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The nearest span that lies in the text, at borders of characters.
fn clamp(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let end = floor(text, span.end.max(span.start));
    start..end.max(start)
}

/// The last border of characters that is not behind `byte`.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
