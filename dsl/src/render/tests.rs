use expect_test::expect;
use proptest::prelude::{any, prop_assert, proptest};

use std::ops::Range;

use super::*;
use crate::diagnostic::{Applicability, Suggestion};

mod formats;

const PLAIN: Style = Style {
    colour: false,
    width: 100,
};

const FILE: &str = "audience: lists/customers.csv\nschedule: now\nsteps:\n  - send: remidner\nmessages:\n  reminder: \"Ciao 👩‍👩‍👧 {{nmae}}\"\n";

fn span(text: &str, of: &str) -> Range<usize> {
    let start = text.find(of).expect("it stands there");
    start..start + of.len()
}

fn unknown_message() -> Diagnostic {
    Diagnostic {
        code: "unknown-message",
        severity: Severity::Error,
        message: "message \"remidner\" does not exist".into(),
        span: span(FILE, "remidner"),
        label: "no such message".into(),
        related: vec![(span(FILE, "reminder"), "the messages stand here".into())],
        help: Some("did you mean \"reminder\"?".into()),
        suggestion: Some(Suggestion {
            span: span(FILE, "remidner"),
            replacement: "reminder".into(),
            applicability: Applicability::Safe,
        }),
    }
}

fn unknown_variable() -> Diagnostic {
    Diagnostic {
        code: "unknown-variable",
        severity: Severity::Warning,
        message: "variable \"nmae\" is no column".into(),
        span: span(FILE, "nmae"),
        label: String::new(),
        related: vec![],
        help: Some("the columns are phone, name".into()),
        suggestion: None,
    }
}

#[test]
fn full_shows_place_help_and_the_repaired_line() {
    let shown = full(
        &[unknown_message(), unknown_variable()],
        "spring.campaign.yaml",
        FILE,
        PLAIN,
    );
    expect![[r#"
        error[unknown-message]: message "remidner" does not exist
         --> spring.campaign.yaml:4:11
          |
        4 |   - send: remidner
          |           ^^^^^^^^ no such message
        5 | messages:
        6 |   reminder: "Ciao 👩👩👧 {{nmae}}"
          |   -------- the messages stand here
          |
        help: did you mean "reminder"?
          |
        4 -   - send: remidner
        4 +   - send: reminder
          |

        warning[unknown-variable]: variable "nmae" is no column
         --> spring.campaign.yaml:6:27
          |
        6 |   reminder: "Ciao 👩👩👧 {{nmae}}"
          |                            ^^^^
          |
          = help: the columns are phone, name
    "#]]
    .assert_eq(&shown);
}

#[test]
fn concise_is_a_line_each() {
    let shown = concise(
        &[unknown_message(), unknown_variable()],
        "spring.campaign.yaml",
        FILE,
    );
    expect![[r#"
        spring.campaign.yaml:4:11: error[unknown-message] message "remidner" does not exist
        spring.campaign.yaml:6:27: warning[unknown-variable] variable "nmae" is no column
    "#]]
    .assert_eq(&shown);
}

#[test]
fn colour_is_only_there_when_asked_for() {
    let with = full(
        &[unknown_message()],
        "x.yaml",
        FILE,
        Style {
            colour: true,
            width: 80,
        },
    );
    let without = full(&[unknown_message()], "x.yaml", FILE, PLAIN);
    assert!(with.contains('\u{1b}') && !without.contains('\u{1b}'));
    assert_eq!(full(&[], "x.yaml", FILE, PLAIN), "");
}

#[test]
fn json_is_stable() {
    let mut report = json::Report::default();
    report.add(
        "spring.campaign.yaml",
        FILE,
        &[unknown_message(), unknown_variable()],
    );
    expect![[r#"
        {
          "format_version": "1.0",
          "valid": false,
          "error_count": 1,
          "warning_count": 1,
          "diagnostics": [
            {
              "severity": "error",
              "code": "unknown-message",
              "summary": "message \"remidner\" does not exist",
              "detail": "no such message",
              "help": "did you mean \"reminder\"?",
              "range": {
                "filename": "spring.campaign.yaml",
                "start": {
                  "line": 4,
                  "column": 11,
                  "byte": 61
                },
                "end": {
                  "line": 4,
                  "column": 19,
                  "byte": 69
                }
              },
              "snippet": {
                "context": "steps:",
                "code": "  - send: remidner",
                "start_line": 4,
                "highlight_start_offset": 10,
                "highlight_end_offset": 18
              },
              "related": [
                {
                  "message": "the messages stand here",
                  "range": {
                    "filename": "spring.campaign.yaml",
                    "start": {
                      "line": 6,
                      "column": 3,
                      "byte": 82
                    },
                    "end": {
                      "line": 6,
                      "column": 11,
                      "byte": 90
                    }
                  }
                }
              ],
              "suggestion": {
                "range": {
                  "filename": "spring.campaign.yaml",
                  "start": {
                    "line": 4,
                    "column": 11,
                    "byte": 61
                  },
                  "end": {
                    "line": 4,
                    "column": 19,
                    "byte": 69
                  }
                },
                "text": "reminder"
              }
            },
            {
              "severity": "warning",
              "code": "unknown-variable",
              "summary": "variable \"nmae\" is no column",
              "detail": "",
              "help": "the columns are phone, name",
              "range": {
                "filename": "spring.campaign.yaml",
                "start": {
                  "line": 6,
                  "column": 27,
                  "byte": 119
                },
                "end": {
                  "line": 6,
                  "column": 31,
                  "byte": 123
                }
              },
              "snippet": {
                "context": "messages:",
                "code": "  reminder: \"Ciao 👩‍👩‍👧 {{nmae}}\"",
                "start_line": 6,
                "highlight_start_offset": 26,
                "highlight_end_offset": 30
              },
              "related": [],
              "suggestion": null
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&report).expect("plain data"));
}

#[test]
fn of_a_long_line_and_of_far_places_only_what_is_around_is_shown() {
    let text = format!("words: [{}on, {}]\n", "yes, ".repeat(5_000), "no, ".repeat(5_000));
    let at = |of: &str| span(&text, of);
    let found = Diagnostic::error("x", at("on,"), "this is wrong")
        .label("here")
        .also(at("words"), "there");
    let shown = full(std::slice::from_ref(&found), "long.yaml", &text, PLAIN);
    expect![[r#"
        error[x]: this is wrong
         --> long.yaml:1:25009
          |
        1 | ... yes, yes, yes, yes, yes, yes, yes, yes, on, no, no, no, no, no, no, no, no, no, no, no, n...
          |                                             ^^^ here
          |
         ::: long.yaml:1:1
          |
        1 | words: [yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, yes, ...
          | ----- there
    "#]]
    .assert_eq(&shown);
    let mut report = json::Report::default();
    report.add("long.yaml", &text, &[found]);
    let snippet = report.diagnostics[0].snippet.as_ref().expect("an excerpt");
    let marked: String = snippet
        .code
        .chars()
        .take(snippet.highlight_end_offset)
        .skip(snippet.highlight_start_offset)
        .collect();
    assert_eq!((marked.as_str(), snippet.code.len() < 2_000), ("on,", true));
}

#[test]
fn positions_count_lines_and_characters() {
    let text = "\u{feff}a: é😀x\r\nb: 1\n";
    for (of, place) in [("a", (1, 1)), ("x", (1, 6)), ("b", (2, 1)), ("1", (2, 4))] {
        assert_eq!(Places::new(text).position(span(text, of).start), place, "{of}");
    }
    assert_eq!(Places::new(text).position(9_999), (3, 1));
    assert_eq!(Places::new("é").position(1), (1, 1));
    assert_eq!(Places::new("").position(0), (1, 1));
}

proptest! {
    #[test]
    fn no_span_panics(
        text in "[a-c é😀\u{feff}\t\r\n\u{200d}]{0,12}",
        spans in proptest::collection::vec((0_usize..40, 0_usize..40), 3),
        colour in any::<bool>(),
        width in 0_usize..30,
        replacement in "[a é\n]{0,3}",
    ) {
        let d = Diagnostic {
            code: "x",
            severity: Severity::Error,
            message: "m".into(),
            span: spans[0].0..spans[0].1,
            label: "l".into(),
            related: vec![(spans[1].0..spans[1].1, "r".into())],
            help: None,
            suggestion: Some(Suggestion {
                span: spans[2].0..spans[2].1,
                replacement,
                applicability: Applicability::Unsure,
            }),
        };
        let shown = full(std::slice::from_ref(&d), "p", &text, Style { colour, width });
        prop_assert!(shown.contains('m'));
        concise(std::slice::from_ref(&d), "p", &text);
        let mut report = json::Report::default();
        report.add("p", &text, std::slice::from_ref(&d));
        let files = [Judged { path: "p", text: &text, diagnostics: &[d] }];
        github::annotations(&files, github::Rest::Listed);
        sarif::report(&files);
        rdjson::report(&files);
        gitlab::report(&files);
        junit::report(&files, Severity::Error);
    }
}

#[test]
fn places_far_apart_fit_a_line_each() {
    let fits = |before: usize, own: usize, between: usize, related: usize, apart: &str| {
        let [lead, word, gap, other] = [("a", before), ("b", own), ("c", between), ("d", related)]
            .map(|(letter, times)| letter.repeat(times));
        let text = format!("{lead}{word}{apart}{gap}{other} {}\n", "e".repeat(before));
        let start = before + own + apart.len() + between;
        let found = Diagnostic::error("unknown-message", before..before + own, "message")
            .label("a label of some words")
            .also(start..start + related, "all of the text");
        let style = Style { width: 80, ..PLAIN };
        let shown = full(&[found], "x.yaml", &text, style);
        let wide = shown
            .lines()
            .find(|line| textwrap::core::display_width(line) > 80);
        assert_eq!(wide, None, "{shown}");
    };
    for before in [0, 40, 70, 150, 300] {
        for own in [1, 20, 60, 100, 200] {
            for between in [1, 30, 80, 250] {
                for related in [1, 30, 80, 200] {
                    fits(before, own, between, related, " ");
                    fits(before, own, between, related, "\n");
                }
            }
        }
    }
}
