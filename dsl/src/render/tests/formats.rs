//! What the formats for CI and editors hold, each as its reader takes it.

use expect_test::{Expect, expect};
use serde_json::Value;

use super::*;

const PATH: &str = "campaigns/spring, 50%.campaign.yaml";

fn file(diagnostics: &[Diagnostic]) -> Judged<'_> {
    Judged {
        path: PATH,
        text: FILE,
        diagnostics,
    }
}

fn pretty(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string_pretty(value).expect("plain data")
}

/// Holds a document against a schema of `testdata/schemas/`.
fn conforms(document: &Value, schema: &str) {
    let path = format!("{}/testdata/schemas/{schema}", env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(path).expect("the schema is there");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn annotations_escape_what_would_end_a_command() {
    let found = [unknown_variable(), unknown_message()];
    expect![[r#"
        ::error file=campaigns/spring%2C 50%25.campaign.yaml,line=4,endLine=4,col=11,endColumn=19,title=unknown-message::message "remidner" does not exist%0Ahelp: did you mean "reminder"?
        ::warning file=campaigns/spring%2C 50%25.campaign.yaml,line=6,endLine=6,col=27,endColumn=31,title=unknown-variable::variable "nmae" is no column%0Ahelp: the columns are phone, name
    "#]]
    .assert_eq(&github::annotations(&[file(&found)], github::Rest::Listed));
    let odd = Diagnostic {
        message: "100%\r\nof a:b, c".into(),
        ..Diagnostic::error("x", 0..40, "")
    };
    let shown = github::annotations(
        &[Judged {
            path: "C:/a.yaml",
            text: FILE,
            diagnostics: &[odd],
        }],
        github::Rest::Told,
    );
    expect![[r#"
        ::error file=C%3A/a.yaml,line=1,endLine=2,title=x::100%25%0D%0Aof a:b, c
    "#]]
    .assert_eq(&shown);
}

#[test]
fn annotations_are_the_ten_most_severe_and_a_count_of_the_rest() {
    let check = |warnings: usize, errors: usize, rest, expected: Expect| {
        let mut found = vec![unknown_variable(); warnings];
        found.extend(vec![unknown_message(); errors]);
        let shown = github::annotations(&[file(&found)], rest);
        let begin = |line: &str| {
            line.split([' ', ':'])
                .find(|word| !word.is_empty())
                .unwrap_or_default()
                .to_owned()
        };
        let mut kinds: Vec<String> = shown
            .lines()
            .map(|line| {
                if line.starts_with("::notice") {
                    line.to_owned()
                } else {
                    begin(line)
                }
            })
            .collect();
        kinds.dedup();
        expected.assert_eq(&format!("{}: {}", shown.lines().count(), kinds.join(" | ")));
    };
    check(3, 7, github::Rest::Listed, expect!["10: error | warning"]);
    check(
        8,
        3,
        github::Rest::Told,
        expect!["11: error | warning | ::notice title=crier::1 more finding is in the log"],
    );
    check(
        40,
        12,
        github::Rest::Told,
        expect!["11: error | ::notice title=crier::42 more findings are in the log"],
    );
    check(
        0,
        12,
        github::Rest::Listed,
        expect!["13: error | ::notice title=crier::2 more findings are in the log | campaigns/spring,"],
    );
    check(0, 0, github::Rest::Listed, expect!["0: "]);
}

#[test]
fn sarif_names_rules_places_and_repairs() {
    let found = [unknown_message(), unknown_variable()];
    let mut report = sarif::report(&[file(&found)]);
    conforms(&report, "sarif-2.1.0.json");
    let rules = report["runs"][0]["tool"]["driver"]["rules"].take();
    assert_eq!(
        (&rules[0]["id"], &rules[0]["name"], &rules[1]["id"]),
        (
            &"unknown-message".into(),
            &"UnknownMessage".into(),
            &"unknown-variable".into()
        )
    );
    assert!(
        rules[0]["help"]["markdown"]
            .as_str()
            .expect("text")
            .starts_with("# unknown-message: error\n")
    );
    report["runs"][0]["tool"]["driver"]["version"] = "VERSION".into();
    expect![[r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "fixes": [
                    {
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "campaigns/spring%2C%2050%25.campaign.yaml",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "endColumn": 19,
                                "endLine": 4,
                                "startColumn": 11,
                                "startLine": 4
                              },
                              "insertedContent": {
                                "text": "reminder"
                              }
                            }
                          ]
                        }
                      ],
                      "description": {
                        "text": "did you mean \"reminder\"?"
                      }
                    }
                  ],
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "campaigns/spring%2C%2050%25.campaign.yaml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 19,
                          "endLine": 4,
                          "startColumn": 11,
                          "startLine": 4
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "message \"remidner\" does not exist\nhelp: did you mean \"reminder\"?"
                  },
                  "partialFingerprints": {
                    "crierFinding/v1": "e445d466a7b51e2819c1c1d339588fbf"
                  },
                  "relatedLocations": [
                    {
                      "message": {
                        "text": "the messages stand here"
                      },
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "campaigns/spring%2C%2050%25.campaign.yaml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 11,
                          "endLine": 6,
                          "startColumn": 3,
                          "startLine": 6
                        }
                      }
                    }
                  ],
                  "ruleId": "unknown-message",
                  "ruleIndex": 0
                },
                {
                  "level": "warning",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "campaigns/spring%2C%2050%25.campaign.yaml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 31,
                          "endLine": 6,
                          "startColumn": 27,
                          "startLine": 6
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "variable \"nmae\" is no column\nhelp: the columns are phone, name"
                  },
                  "partialFingerprints": {
                    "crierFinding/v1": "adb38f807dace50ce8596bbc30b760e2"
                  },
                  "ruleId": "unknown-variable",
                  "ruleIndex": 1
                }
              ],
              "tool": {
                "driver": {
                  "name": "crier",
                  "rules": null,
                  "version": "VERSION"
                }
              }
            }
          ],
          "version": "2.1.0"
        }"#]]
    .assert_eq(&pretty(&report));
}

#[test]
fn sarif_knows_paths_outside_codes_without_a_page_and_empty_runs() {
    conforms(&sarif::report(&[]), "sarif-2.1.0.json");
    let found = [Diagnostic::error("internal", 0..0, "no meaning")];
    let report = sarif::report(&[Judged {
        path: "/tmp/è.yaml",
        text: "",
        diagnostics: &found,
    }]);
    conforms(&report, "sarif-2.1.0.json");
    let location = &report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    expect![[r#"{"uri":"file:///tmp/%C3%A8.yaml"}"#]].assert_eq(&location.to_string());
    expect![[r#"[{"id":"internal"}]"#]].assert_eq(&report["runs"][0]["tool"]["driver"]["rules"].to_string());
}

#[test]
fn sarif_with_too_many_results_keeps_the_errors_and_says_so() {
    let mut found = vec![Diagnostic::warning("wait-at-end", 0..1, "nothing follows"); 5];
    found.push(Diagnostic::error("unknown-key", 0..1, "no such key"));
    let file = Judged {
        path: "a.yaml",
        text: "a: 1\n",
        diagnostics: &found,
    };
    let report = sarif::with_most(&[file], 3);
    conforms(&report, "sarif-2.1.0.json");
    let results = report["runs"][0]["results"].as_array().expect("a list");
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["warning", "warning", "error"]);
    let said = &report["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(said, "3 more findings are not in this document");
}

#[test]
fn rdjson_counts_bytes_and_suggests() {
    let text = "message: { it: \"è {{nmae}}\" }\n";
    let mut found = unknown_variable();
    found.span = span(text, "nmae");
    let found = [found
        .replace(span(text, "nmae"), "name", Applicability::Unsure)
        .also(span(text, "it"), "here")];
    let report = rdjson::report(&[Judged {
        path: PATH,
        text,
        diagnostics: &found,
    }]);
    let value = serde_json::to_value(&report).expect("plain data");
    conforms(&value, "rdjson.json");
    expect![[r#"
        {
          "source": {
            "name": "crier"
          },
          "diagnostics": [
            {
              "message": "variable \"nmae\" is no column\nhelp: the columns are phone, name",
              "location": {
                "path": "campaigns/spring, 50%.campaign.yaml",
                "range": {
                  "start": {
                    "line": 1,
                    "column": 22
                  },
                  "end": {
                    "line": 1,
                    "column": 26
                  }
                }
              },
              "severity": "WARNING",
              "code": {
                "value": "unknown-variable"
              },
              "suggestions": [
                {
                  "range": {
                    "start": {
                      "line": 1,
                      "column": 22
                    },
                    "end": {
                      "line": 1,
                      "column": 26
                    }
                  },
                  "text": "name"
                }
              ],
              "related_locations": [
                {
                  "message": "here",
                  "location": {
                    "path": "campaigns/spring, 50%.campaign.yaml",
                    "range": {
                      "start": {
                        "line": 1,
                        "column": 12
                      },
                      "end": {
                        "line": 1,
                        "column": 14
                      }
                    }
                  }
                }
              ]
            }
          ]
        }"#]]
    .assert_eq(&pretty(&report));
}

#[test]
fn gitlab_has_a_fingerprint_each() {
    let found = [unknown_message(), unknown_message(), unknown_variable()];
    let report = gitlab::report(&[file(&found)]);
    conforms(
        &serde_json::to_value(&report).expect("plain data"),
        "gitlab-code-quality.json",
    );
    let marks: std::collections::BTreeSet<&str> =
        report.iter().map(|issue| issue.fingerprint.as_str()).collect();
    assert_eq!(marks.len(), 3);
    expect![[r#"
        [
          {
            "description": "message \"remidner\" does not exist; did you mean \"reminder\"?",
            "check_name": "unknown-message",
            "fingerprint": "dace0b31e6f2912485b3ba2d07d870ca",
            "severity": "major",
            "location": {
              "path": "campaigns/spring, 50%.campaign.yaml",
              "lines": {
                "begin": 4
              }
            }
          },
          {
            "description": "variable \"nmae\" is no column; the columns are phone, name",
            "check_name": "unknown-variable",
            "fingerprint": "adb38f807dace50ce8596bbc30b760e2",
            "severity": "minor",
            "location": {
              "path": "campaigns/spring, 50%.campaign.yaml",
              "lines": {
                "begin": 6
              }
            }
          }
        ]"#]]
    .assert_eq(&pretty(&report[1..]));
}

#[test]
fn junit_fails_what_fails_the_run() {
    let found = [unknown_message(), unknown_variable(), unknown_variable()];
    let clean = Judged {
        path: "crier.yaml",
        text: "crier: 1\n",
        diagnostics: &[],
    };
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="crier validate" tests="4" skipped="0" failures="1" errors="0">
            <testsuite name="crier.yaml" tests="1" skipped="0" errors="0" failures="0">
                <testcase name="valid" classname="crier.yaml" file="crier.yaml"/>
            </testsuite>
            <testsuite name="campaigns/spring, 50%.campaign.yaml" tests="3" skipped="0" errors="0" failures="1">
                <testcase name="unknown-message at steps[].send" classname="campaigns/spring, 50%.campaign.yaml" file="campaigns/spring, 50%.campaign.yaml" line="4">
                    <failure message="message &quot;remidner&quot; does not exist" type="unknown-message">error[unknown-message]: message &quot;remidner&quot; does not exist
         --&gt; campaigns/spring, 50%.campaign.yaml:4:11
          |
        4 |   - send: remidner
          |           ^^^^^^^^ no such message
        5 | messages:
        6 |   reminder: &quot;Ciao 👩👩👧 {{nmae}}&quot;
          |   -------- the messages stand here
          |
        help: did you mean &quot;reminder&quot;?
          |
        4 -   - send: remidner
        4 +   - send: reminder
          |
        </failure>
                </testcase>
                <testcase name="unknown-variable at messages.reminder" classname="campaigns/spring, 50%.campaign.yaml" file="campaigns/spring, 50%.campaign.yaml" line="6">
                    <system-out>warning[unknown-variable]: variable &quot;nmae&quot; is no column
         --&gt; campaigns/spring, 50%.campaign.yaml:6:27
          |
        6 |   reminder: &quot;Ciao 👩👩👧 {{nmae}}&quot;
          |                            ^^^^
          |
          = help: the columns are phone, name
        </system-out>
                </testcase>
                <testcase name="unknown-variable at messages.reminder (2)" classname="campaigns/spring, 50%.campaign.yaml" file="campaigns/spring, 50%.campaign.yaml" line="6">
                    <system-out>warning[unknown-variable]: variable &quot;nmae&quot; is no column
         --&gt; campaigns/spring, 50%.campaign.yaml:6:27
          |
        6 |   reminder: &quot;Ciao 👩👩👧 {{nmae}}&quot;
          |                            ^^^^
          |
          = help: the columns are phone, name
        </system-out>
                </testcase>
            </testsuite>
        </testsuites>
    "#]].assert_eq(&junit::report(&[clean, file(&found)], Severity::Error));
    let strict = junit::report(&[file(&found)], Severity::Warning);
    assert_eq!(strict.matches("<failure ").count(), 3);
}

#[test]
fn fingerprints_hold_when_lines_are_put_in_above() {
    let marks = |text: &str, code: &'static str, at: &[&str]| {
        let found: Vec<Diagnostic> = at
            .iter()
            .map(|of| Diagnostic::error(code, span(text, of), "m"))
            .collect();
        fingerprints(&Judged {
            path: "a.campaign.yaml",
            text,
            diagnostics: &found,
        })
    };
    let before = "audience: a.csv\nsteps:\n  - send: invte\n  - send: remidner\nmessages:\n  invite: hi\n";
    let after = "# A comment\ndescription: more\naudience: a.csv\n\nsteps:\n  - wait: 2 days\n  - send: invte\n\n  - send: remidner\nmessages:\n  invite: hi\n";
    let of = |text| marks(text, "unknown-message", &["invte", "remidner"]);
    assert_eq!(of(before), of(after));
    assert_ne!(of(before)[0], of(before)[1]);
    assert_ne!(of(before), marks(before, "bad-name", &["invte", "remidner"]));
    assert_ne!(of(before)[0], marks(before, "unknown-message", &["hi"])[0]);
    let broken = "audience: [a\n";
    assert_eq!(marks(broken, "invalid-yaml", &["["]).len(), 1);
}

#[test]
fn keys_lead_to_a_place() {
    let text = "a: 1\nb:\n  - c: x\n    d:\n  - [y, z]\ne: {f: {g: w}}\n";
    let (tree, _) = crate::tree::parse(text);
    for (of, keys) in [
        ("a", "a"),
        ("1", "a"),
        ("x", "b[].c"),
        ("d", "b[].d"),
        ("z", "b[][]"),
        ("w", "e.f.g"),
        ("g", "e.f.g"),
    ] {
        assert_eq!(crate::tree::keys_to(&tree, span(text, of).start), keys, "{of}");
    }
    assert_eq!(crate::tree::keys_to(&crate::tree::parse("").0, 0), "");
}

#[test]
fn paths_for_programs_have_slashes() {
    for (path, separator, slashes) in [
        (r"campaigns\spring.yaml", '\\', "campaigns/spring.yaml"),
        (r"odd\name.yaml", '/', r"odd\name.yaml"),
        ("./crier.yaml", '/', "crier.yaml"),
        (r".\crier.yaml", '\\', "crier.yaml"),
        ("../a/crier.yaml", '/', "../a/crier.yaml"),
    ] {
        assert_eq!(slashed(path, separator), slashes, "{path}");
    }
    assert_eq!(path::uri("a b/#1%.yaml"), ("a%20b/%231%25.yaml".into(), true));
    assert_eq!(path::uri("C:/a b.yaml"), ("file:///C:/a%20b.yaml".into(), false));
}
