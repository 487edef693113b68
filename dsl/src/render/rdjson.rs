//! The Reviewdog Diagnostic Format (rdjson): comments on a pull request, and our replacements as changes that a click
//! takes over. Its columns count bytes of UTF-8, from 1; ends are exclusive.

use std::ops::Range as Bytes;

use serde::Serialize;

use super::places::{Places, clamp};
use super::{Judged, told};
use crate::diagnostic::{Diagnostic, Severity};

/// All findings of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Who found them.
    pub source: Source,
    /// In the order of the files and of the places in them.
    pub diagnostics: Vec<Finding>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// `crier`.
    pub name: &'static str,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong, and what to do on a line of its own.
    pub message: String,
    /// Where.
    pub location: Location,
    /// `ERROR` or `WARNING`.
    pub severity: &'static str,
    /// What `crier explain` explains.
    pub code: Code,
    /// Replacements that repair it; one or none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Other places, with a few words each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Related>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// With `/`.
    pub path: String,
    /// Where in it.
    pub range: Range,
}

/// Part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first byte.
    pub start: Position,
    /// Behind the last.
    pub end: Position,
}

/// A byte of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in bytes.
    pub column: usize,
}

/// A code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Such as `unknown-key`.
    pub value: &'static str,
}

/// A text to put in place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What is replaced.
    pub range: Range,
    /// What belongs there.
    pub text: String,
}

/// Another place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// A few words.
    pub message: String,
    /// Where.
    pub location: Location,
}

/// All findings of all files.
pub fn report(files: &[Judged<'_>]) -> Report {
    let of_file = |file: &Judged<'_>| {
        let places = Places::new(file.text);
        let all = file.diagnostics.iter();
        all.map(|d| finding(file.path, &places, d)).collect::<Vec<_>>()
    };
    let all = files.iter().flat_map(of_file);
    Report {
        source: Source { name: "crier" },
        diagnostics: all.collect(),
    }
}

fn finding(path: &str, places: &Places<'_>, d: &Diagnostic) -> Finding {
    let location = |span: &Bytes<usize>| Location {
        path: path.to_owned(),
        range: range(places, span),
    };
    let related = d.related.iter().map(|(span, message)| Related {
        message: message.clone(),
        location: location(span),
    });
    let suggestion = d.suggestion.as_ref().map(|fix| Suggestion {
        range: range(places, &fix.span),
        text: fix.replacement.clone(),
    });
    Finding {
        message: told(d),
        location: location(&d.span),
        severity: match d.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
        },
        code: Code { value: d.code },
        suggestions: suggestion.into_iter().collect(),
        related_locations: related.collect(),
    }
}

fn range(places: &Places<'_>, span: &Bytes<usize>) -> Range {
    let span = clamp(places.text, span);
    let at = |byte: usize| Position {
        line: places.line(byte) + 1,
        column: byte - places.line_start(byte) + 1,
    };
    Range {
        start: at(span.start),
        end: at(span.end),
    }
}
