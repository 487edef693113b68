//! Annotations of GitHub Actions: workflow commands, a line each, which GitHub shows beside the lines of a pull request. It
//! keeps ten errors and ten warnings of a step and drops the rest without a word, so the most severe ten are given, and
//! how many more there are.

use super::places::{Places, clamp};
use super::{Judged, by_severity, short, told};
use crate::diagnostic::{Diagnostic, Severity};

/// Annotations of one run, at most.
pub const MOST: usize = 10;

/// Where those past the first ten are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// In the log already.
    Told,
    /// Nowhere yet: they follow, a line each.
    Listed,
}

/// The lines; empty where there is nothing to say.
pub fn annotations(files: &[Judged<'_>], rest: Rest) -> String {
    let places: Vec<Places<'_>> = files.iter().map(|file| Places::new(file.text)).collect();
    let all = by_severity(files);
    let (first, others) = all.split_at(MOST.min(all.len()));
    let mut out: String = first
        .iter()
        .map(|(at, d)| annotation(files[*at].path, &places[*at], d))
        .collect();
    match others.len() {
        0 => return out,
        1 => out.push_str("::notice title=crier::1 more finding is in the log\n"),
        more => out.push_str(&format!(
            "::notice title=crier::{more} more findings are in the log\n"
        )),
    }
    match rest {
        Rest::Told => {}
        Rest::Listed => {
            let line = |(at, d): &(usize, &Diagnostic)| short(d, files[*at].path, &places[*at]);
            out.extend(others.iter().map(line));
        }
    }
    out
}

fn annotation(path: &str, places: &Places<'_>, d: &Diagnostic) -> String {
    let word = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let span = clamp(places.text, &d.span);
    let (line, column) = places.position(span.start);
    let (end_line, end_column) = places.position(span.end);
    let mut place = format!("file={},line={line},endLine={end_line}", property(path));
    // GitHub takes columns of a single line only.
    if line == end_line {
        place.push_str(&format!(",col={column},endColumn={end_column}"));
    }
    let title = property(d.code);
    format!("::{word} {place},title={title}::{}\n", data(&told(d)))
}

/// What follows `::`: a line break would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `,` and `:` would end too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
