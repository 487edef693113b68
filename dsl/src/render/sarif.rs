//! SARIF 2.1.0, which code scanning reads: the findings, and the rules that they broke with all that their pages say.
//! Columns count Unicode characters, which the document states.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::places::{Places, clamp};
use super::{Judged, by_severity, fingerprints, path, told};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Results that GitHub takes in one run; a document with more is refused as a whole.
const MOST: usize = 25_000;

/// The document: one run with its rules and results.
pub fn report(files: &[Judged<'_>]) -> Value {
    with_most(files, MOST)
}

/// With so many results at most.
pub(super) fn with_most(files: &[Judged<'_>], most: usize) -> Value {
    let indexed: Vec<Indexed<'_>> = files.iter().map(Indexed::new).collect();
    let kept = kept(files, &indexed, most);
    let codes: BTreeSet<&str> = kept.iter().map(|found| found.diagnostic.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let dropped = files.iter().map(|file| file.diagnostics.len()).sum::<usize>() - kept.len();
    let mut run = json!({
        "tool": { "driver": {
            "name": "crier",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
        } },
        "columnKind": "unicodeCodePoints",
        "results": kept.iter().map(|found| result(found, &codes)).collect::<Vec<_>>(),
    });
    if dropped > 0 {
        let text = format!("{dropped} more findings are not in this document");
        let notification = json!({ "level": "warning", "message": { "text": text } });
        run["invocations"] =
            json!([{ "executionSuccessful": true, "toolExecutionNotifications": [notification] }]);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    })
}

struct Found<'a> {
    file: &'a Indexed<'a>,
    diagnostic: &'a Diagnostic,
    fingerprint: String,
}

/// A file and where everything in it stands.
struct Indexed<'a> {
    path: &'a str,
    places: Places<'a>,
}

impl<'a> Indexed<'a> {
    fn new(file: &Judged<'a>) -> Indexed<'a> {
        Indexed {
            path: file.path,
            places: Places::new(file.text),
        }
    }
}

/// In the order of the files; where there are too many, the most severe.
fn kept<'a>(files: &[Judged<'a>], indexed: &'a [Indexed<'a>], most: usize) -> Vec<Found<'a>> {
    let total: usize = files.iter().map(|file| file.diagnostics.len()).sum();
    let errors = by_severity(files).iter().filter(|(_, d)| d.is_error()).count();
    let mut room_for_errors = errors.min(most);
    let mut room_for_warnings = (total - errors).min(most - room_for_errors);
    let mut kept = vec![];
    for (file, indexed) in files.iter().zip(indexed) {
        for (diagnostic, fingerprint) in file.diagnostics.iter().zip(fingerprints(file)) {
            let room = match diagnostic.severity {
                Severity::Error => &mut room_for_errors,
                Severity::Warning => &mut room_for_warnings,
            };
            if *room > 0 {
                *room -= 1;
                kept.push(Found {
                    file: indexed,
                    diagnostic,
                    fingerprint,
                });
            }
        }
    }
    kept
}

fn rule(code: &str) -> Value {
    let Some(page) = codes::page(code) else {
        return json!({ "id": code });
    };
    json!({
        "id": code,
        "name": pascal(code),
        "shortDescription": { "text": page.meaning },
        "fullDescription": { "text": format!("{} {}", page.meaning, page.cause.replace('\n', " ")) },
        "help": { "text": page.remedy, "markdown": page.markdown },
        "defaultConfiguration": { "level": level(page.severity) },
    })
}

/// `UnknownKey` of `unknown-key`.
fn pascal(code: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    code.split(['-', '.']).map(word).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(found: &Found<'_>, codes: &[&str]) -> Value {
    let (file, d) = (found.file, found.diagnostic);
    let mut result = json!({
        "ruleId": d.code,
        "ruleIndex": codes.binary_search(&d.code).unwrap_or_default(),
        "level": level(d.severity),
        "message": { "text": told(d) },
        "locations": [location(file, &d.span)],
        // Not `primaryLocationLineHash`: GitHub's upload fills that in itself, and warns of any other.
        "partialFingerprints": { "crierFinding/v1": found.fingerprint },
    });
    if !d.related.is_empty() {
        let related = d.related.iter().map(|(span, label)| {
            let mut place = location(file, span);
            place["message"] = json!({ "text": label });
            place
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &d.suggestion {
        let replacement = json!({
            "deletedRegion": region(&file.places, &fix.span),
            "insertedContent": { "text": fix.replacement },
        });
        result["fixes"] = json!([{
            "description": { "text": d.help.as_deref().unwrap_or("write it like this") },
            "artifactChanges": [{ "artifactLocation": artifact(file.path), "replacements": [replacement] }],
        }]);
    }
    result
}

fn location(file: &Indexed<'_>, span: &Range<usize>) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(file.path),
        "region": region(&file.places, span),
    } })
}

fn artifact(path: &str) -> Value {
    match path::uri(path) {
        (uri, true) => json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }),
        (uri, false) => json!({ "uri": uri }),
    }
}

fn region(places: &Places<'_>, span: &Range<usize>) -> Value {
    let span = clamp(places.text, span);
    let (line, column) = places.position(span.start);
    let (end_line, end_column) = places.position(span.end);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}
