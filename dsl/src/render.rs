//! Shows diagnostics: for people with the text around (`full`), a line each (`concise`), for programs (`json`). Knows
//! nothing of terminals and files: the caller says whether there is colour and how wide a line is. Spans that lie outside
//! the text, or inside a character, are moved to the nearest place that exists.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};

pub mod json;

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
    let column = before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1;
    (line, column)
}

fn report<'a>(d: &'a Diagnostic, path: &'a str, text: &'a str) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let primary = AnnotationKind::Primary.span(clamp(text, &d.span));
    let primary = if d.label.is_empty() {
        primary
    } else {
        primary.label(d.label.as_str())
    };
    let others = d.related.iter().map(|(span, label)| {
        AnnotationKind::Context
            .span(clamp(text, span))
            .label(label.as_str())
    });
    let snippet = Snippet::source(text)
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
            let patch = Patch::new(clamp(text, &fix.span), fix.replacement.as_str());
            let title = Level::HELP.secondary_title(help.unwrap_or("write it like this"));
            vec![main, title.element(Snippet::source(text).path(path).patch(patch))]
        }
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
