//! The code quality report of GitLab, which it shows in merge requests: what is new, and what is gone, by fingerprint.

use serde::Serialize;

use super::places::Places;
use super::{Judged, fingerprints};
use crate::diagnostic::{Diagnostic, Severity};

/// One finding of the report, which is a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// What is wrong, and what to do.
    pub description: String,
    /// The code.
    pub check_name: &'static str,
    /// Two that are equal hide each other.
    pub fingerprint: String,
    /// `major`, or `minor` for a warning.
    pub severity: &'static str,
    /// Where.
    pub location: Location,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Relative to the repository.
    pub path: String,
    /// Which lines.
    pub lines: Lines,
}

/// Lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// From 1.
    pub begin: usize,
}

/// All findings of all files.
pub fn report(files: &[Judged<'_>]) -> Vec<Issue> {
    let of_file = |file: &Judged<'_>| -> Vec<Issue> {
        let (marks, places) = (fingerprints(file), Places::new(file.text));
        let issues = file.diagnostics.iter().zip(marks);
        issues
            .map(|(d, mark)| issue(file.path, &places, d, mark))
            .collect()
    };
    files.iter().flat_map(of_file).collect()
}

fn issue(path: &str, places: &Places<'_>, d: &Diagnostic, fingerprint: String) -> Issue {
    let description = match &d.help {
        Some(help) => format!("{}; {help}", d.message),
        None => d.message.clone(),
    };
    Issue {
        description,
        check_name: d.code,
        fingerprint,
        severity: match d.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: Location {
            path: path.to_owned(),
            lines: Lines {
                begin: places.position(d.span.start).0,
            },
        },
    }
}
