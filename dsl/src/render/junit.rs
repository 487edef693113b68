//! JUnit's XML, which every CI server shows: a suite for each file, a case for each finding, and one that passes where
//! there are none. A finding that does not fail the run passes, with what there is to say in its output.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::mask::masked;
use super::places::Places;
use super::{Judged, Style, fingerprint, one};
use crate::diagnostic::{Diagnostic, Severity};

/// The document. A finding fails its case if it is at least as severe as `fail_on`.
pub fn report(files: &[Judged<'_>], fail_on: Severity) -> String {
    let mut report = Report::new("crier validate");
    report.add_test_suites(files.iter().map(|file| suite(file, fail_on)));
    let shown = report.to_string();
    readable(shown.expect("a document in memory can always be written"))
}

/// XML without the two signs that no XML has: one of them in a file would hide all findings.
pub fn readable(xml: String) -> String {
    match xml.contains(['\u{FFFE}', '\u{FFFF}']) {
        true => xml.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}"),
        false => xml,
    }
}

fn suite(file: &Judged<'_>, fail_on: Severity) -> TestSuite {
    let mut suite = TestSuite::new(file.path);
    if file.diagnostics.is_empty() {
        suite.add_test_case(case(file, "valid", TestCaseStatus::success()));
    }
    let text = masked(file.text, file.diagnostics);
    let places = Places::new(&text);
    for (named, d) in fingerprint::named(file).into_iter().zip(file.diagnostics) {
        let mut name = match named.keys.as_str() {
            "" => d.code.to_owned(),
            keys => format!("{} at {keys}", d.code),
        };
        if named.nth > 1 {
            name.push_str(&format!(" ({})", named.nth));
        }
        suite.add_test_case(finding(file, &places, d, &name, fail_on));
    }
    suite
}

fn finding(
    file: &Judged<'_>,
    places: &Places<'_>,
    d: &Diagnostic,
    name: &str,
    fail_on: Severity,
) -> TestCase {
    let style = Style {
        colour: false,
        width: 80,
    };
    let shown = one(d, file.path, places, style);
    let mut found = if d.severity <= fail_on {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type(d.code)
            .set_message(&d.message)
            .set_description(&shown);
        case(file, name, status)
    } else {
        let mut found = case(file, name, TestCaseStatus::success());
        found.set_system_out(&shown);
        found
    };
    let line = places.position(d.span.start).0.to_string();
    found.extra.insert("line".into(), line.into());
    found
}

fn case(file: &Judged<'_>, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(file.path);
    case.extra.insert("file".into(), file.path.into());
    case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_xml_may_hold_is_not_in_it() {
        let text = "message: caf\u{FFFF} \u{FFFE} \u{1F3AD}";
        let found = Diagnostic::error("bad-name", 9..16, "\u{FFFF} is no name");
        let files = [Judged {
            path: "a\u{FFFE}",
            text,
            diagnostics: &[found],
        }];
        let shown = report(&files, Severity::Error);
        assert!(!shown.contains(['\u{FFFE}', '\u{FFFF}']), "{shown}");
        assert!(shown.contains("\u{FFFD} is no name") && shown.contains('\u{1F3AD}'));
    }
}
