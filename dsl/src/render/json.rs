//! Diagnostics for programs. Lines and columns are counted from 1, columns in Unicode characters; bytes from 0; ends are
//! exclusive. New keys may be added under the same major version; a reader refuses a major version it does not know.

use std::ops::Range;

use serde::Serialize;

use super::mask::masked;
use super::places::{Places, clamp, floor};
use super::severity_name;
use crate::diagnostic::{Diagnostic, Severity};

/// What `crier validate --format json` prints: all diagnostics of all files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `1.0`: major and minor.
    pub format_version: &'static str,
    /// There are no errors; there may be warnings.
    pub valid: bool,
    /// Of all files.
    pub error_count: usize,
    /// Of all files.
    pub warning_count: usize,
    /// In the order of the files and of the places in them.
    pub diagnostics: Vec<Finding>,
}

/// One diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Stable name of the wrong thing, such as `unknown-key`.
    pub code: &'static str,
    /// One sentence.
    pub summary: String,
    /// A few words about the place; may be empty.
    pub detail: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub range: Place,
    /// The lines it stands in; none where the file is empty.
    pub snippet: Option<Excerpt>,
    /// Other places, with a few words each.
    pub related: Vec<Related>,
    /// A replacement that repairs it.
    pub suggestion: Option<Replacement>,
}

/// A range of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// As it was given.
    pub filename: String,
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// From 0.
    pub byte: usize,
}

/// The text of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The first of the enclosing lines that is indented less, without white space around it: `steps:`.
    pub context: Option<String>,
    /// The lines, without the last line break.
    pub code: String,
    /// The line `code` begins with.
    pub start_line: usize,
    /// In `code`, in characters from 0.
    pub highlight_start_offset: usize,
    /// In `code`, in characters from 0; exclusive.
    pub highlight_end_offset: usize,
}

/// Another place of the same finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// A few words.
    pub message: String,
    /// Where.
    pub range: Place,
}

/// A text to put in place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// What is replaced.
    pub range: Place,
    /// What belongs there.
    pub text: String,
}

impl Default for Report {
    fn default() -> Report {
        Report {
            format_version: "1.0",
            valid: true,
            error_count: 0,
            warning_count: 0,
            diagnostics: vec![],
        }
    }
}

impl Report {
    /// Adds the diagnostics of one file.
    pub fn add(&mut self, path: &str, text: &str, diagnostics: &[Diagnostic]) {
        let text = masked(text, diagnostics);
        let places = Places::new(&text);
        let above = if diagnostics.is_empty() {
            vec![]
        } else {
            above(&places)
        };
        for d in diagnostics {
            match d.severity {
                Severity::Error => self.error_count += 1,
                Severity::Warning => self.warning_count += 1,
            }
            self.diagnostics.push(finding(d, path, &places, &above));
        }
        self.valid = self.error_count == 0;
    }
}

fn finding(d: &Diagnostic, path: &str, places: &Places<'_>, above: &[Option<&str>]) -> Finding {
    let related = d.related.iter().map(|(span, message)| Related {
        message: message.clone(),
        range: place(path, places, span),
    });
    Finding {
        severity: severity_name(d.severity),
        code: d.code,
        summary: d.message.clone(),
        detail: d.label.clone(),
        help: d.help.clone(),
        range: place(path, places, &d.span),
        snippet: excerpt(places, above, &clamp(places.text, &d.span)),
        related: related.collect(),
        suggestion: d.suggestion.as_ref().map(|fix| Replacement {
            range: place(path, places, &fix.span),
            text: fix.replacement.clone(),
        }),
    }
}

fn place(path: &str, places: &Places<'_>, span: &Range<usize>) -> Place {
    let span = clamp(places.text, span);
    let at = |byte| {
        let (line, column) = places.position(byte);
        Position { line, column, byte }
    };
    Place {
        filename: path.into(),
        start: at(span.start),
        end: at(span.end),
    }
}

/// Bytes of `code`, at most: a file may be one line, and have a thousand findings.
const LONGEST: usize = 4 << 10;
/// Bytes of a longer one that are shown before and behind the place.
const AROUND: usize = 512;

fn excerpt(places: &Places<'_>, above: &[Option<&str>], span: &Range<usize>) -> Option<Excerpt> {
    let text = places.text;
    if text.is_empty() {
        return None;
    }
    // A span that ends with a line break does not show the next line.
    let last = text[..span.end]
        .strip_suffix('\n')
        .map_or(span.end, str::len)
        .max(span.start);
    let lines = places.line_start(span.start)..places.line_end(last);
    let shown = match lines.len() <= LONGEST {
        true => lines,
        false => {
            let from = floor(text, span.start.saturating_sub(AROUND));
            let to = floor(text, span.end.min(span.start + AROUND) + AROUND);
            from.max(lines.start)..to.min(lines.end)
        }
    };
    let mark = "\u{feff}";
    let shown = match text[shown.clone()].starts_with(mark) {
        true => shown.start + mark.len()..shown.end,
        false => shown,
    };
    let code = &text[shown.clone()];
    let code = code.strip_suffix('\n').unwrap_or(code).trim_end_matches('\r');
    let end = shown.start + code.len();
    let characters = |to: usize| text[shown.start..to.min(end).max(shown.start)].chars().count();
    let line = places.line(span.start);
    Some(Excerpt {
        context: above.get(line).copied().flatten().map(str::to_owned),
        code: code.to_owned(),
        start_line: line + 1,
        highlight_start_offset: characters(span.start),
        highlight_end_offset: characters(span.end),
    })
}

/// For each line the nearest one above that is indented less: the key it stands under.
fn above<'a>(places: &Places<'a>) -> Vec<Option<&'a str>> {
    let mut open: Vec<(usize, &str)> = vec![];
    let mut all = vec![];
    for line in places.lines() {
        let line = line.trim_end_matches('\n');
        let key = line.trim();
        let own = line.len() - line.trim_start_matches(' ').len();
        let said = !key.is_empty() && !key.starts_with('#');
        if said {
            open.truncate(open.partition_point(|(indent, _)| *indent < own));
        }
        let under = open.partition_point(|(indent, _)| *indent < own);
        all.push(under.checked_sub(1).map(|at| open[at].1));
        if said {
            open.push((own, key));
        }
    }
    // What is missing at the end of the file stands behind its last line.
    all.push(None);
    all
}
