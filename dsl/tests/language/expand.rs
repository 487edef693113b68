//! The long form of a campaign: it has no fault that the file has not, and means the same; and what it looks like.

use super::support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dsl::expand::{self, Around, Expanded};
use dsl::project::Project;
use dsl::{Checked, Header, Surroundings, check_campaign, check_project, parse_campaign, parse_project};
use expect_test::{Expect, expect};
use serde_json::Value;

/// A project, and where its lists are.
struct Given {
    project: Project,
    lists: PathBuf,
}

impl Given {
    fn fixture() -> Given {
        Given {
            project: support::project(),
            lists: support::testdata("fixture"),
        }
    }

    fn examples() -> Given {
        let lists = Path::new(env!("CARGO_MANIFEST_DIR")).join("../campaigns");
        let text = fs::read_to_string(lists.join("crier.yaml")).unwrap();
        let project = check_project(&parse_project(&text), "campaigns").value.unwrap();
        Given { project, lists }
    }

    fn checked(&self, text: &str) -> Checked<dsl::campaign::Campaign> {
        let file = parse_campaign(text);
        let headers: BTreeMap<String, Header> = file
            .files(&self.project)
            .into_iter()
            .map(|list| (list.path.clone(), self.header(&list.path)))
            .collect();
        let surroundings = Surroundings {
            project: &self.project,
            file_name: "doors",
            headers: &headers,
            absent: &Default::default(),
        };
        check_campaign(&file, &surroundings)
    }

    fn header(&self, path: &str) -> Header {
        let Ok(bytes) = fs::read(self.lists.join(path)) else {
            return Header::Absent;
        };
        let text = String::from_utf8_lossy(&bytes);
        let first = text
            .trim_start_matches('\u{feff}')
            .lines()
            .next()
            .unwrap_or_default();
        Header::Columns(first.split([',', ';']).map(str::to_owned).collect())
    }

    fn expanded(&self, text: &str) -> Expanded {
        let around = Around {
            project: &self.project,
            has_file: true,
            file_name: "doors",
        };
        expand::campaign(&parse_campaign(text), &around)
    }
}

/// The long form has the same meaning, nothing is found in it that is not found in the file, and it is its own long form.
fn means_the_same(given: &Given, name: &str, text: &str) {
    let (before, long) = (given.checked(text), given.expanded(text));
    let yaml = long.yaml();
    let after = given.checked(&yaml);
    let codes = |checked: &Checked<dsl::campaign::Campaign>| {
        let all = checked.diagnostics.iter();
        all.map(|found| format!("{}: {}", found.code, found.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&before), codes(&after), "{name}:\n{yaml}");
    assert_eq!(
        before.later.is_empty(),
        after.later.is_empty(),
        "{name}: {:?}\n{yaml}",
        after.later
    );
    assert_eq!(meant(before), meant(after), "{name}:\n{yaml}");
    assert_eq!(
        values(&long.json()),
        values(&given.expanded(&yaml).json()),
        "{name}:\n{yaml}"
    );
}

/// The values without where they come from.
fn values(json: &Value) -> Value {
    match json {
        Value::Object(map) if map.contains_key("from") && map.contains_key("value") => values(&map["value"]),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), values(value)))
            .collect(),
        Value::Array(items) => items.iter().map(values).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json.clone(),
    }
}

fn is_campaign(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".campaign.yaml")
}

/// A campaign as meant, without the places of its stories in the file.
fn meant(checked: Checked<dsl::campaign::Campaign>) -> String {
    let without = checked.value.map(|mut campaign| {
        campaign.stories.clear();
        campaign
    });
    format!("{without:#?}")
}

#[test]
fn the_long_form_of_every_good_file_means_the_same() {
    let fixture = Given::fixture();
    let ok = support::files("ok").into_iter().chain(support::files("schema"));
    for path in ok.filter(|path| is_campaign(path)) {
        let text = fs::read_to_string(&path).unwrap();
        means_the_same(&fixture, &support::name(&path), &text);
    }
    let examples = Given::examples();
    let files = fs::read_dir(&examples.lists)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut seen = 0;
    for path in files.filter(|path| is_campaign(path)) {
        seen += 1;
        let text = fs::read_to_string(&path).unwrap();
        assert!(examples.checked(&text).value.is_some(), "{}", path.display());
        means_the_same(&examples, &support::name(&path), &text);
    }
    assert!(seen >= 3, "the example project is there");
}

#[test]
fn a_file_with_warnings_or_parts_of_later_versions_keeps_them_in_its_long_form() {
    let given = Given::fixture();
    let mut seen = 0;
    for path in support::files("err").into_iter().filter(|path| is_campaign(path)) {
        let bytes = support::bytes(&path);
        let Ok(text) = dsl::decode_text(&bytes) else {
            continue;
        };
        let yaml = given.expanded(&text).yaml();
        let checked = given.checked(&text);
        // Its places and its spelling are others, so what is found in quotes and comments is not.
        let told = |checked: &Checked<_>| checked.diagnostics.iter().any(|found| found.is_error());
        if !told(&checked) {
            seen += 1;
            assert!(!told(&given.checked(&yaml)), "{}:\n{yaml}", path.display());
        }
    }
    assert!(seen >= 3, "{seen} files without errors");
}

fn check(text: &str, expected: Expect) {
    let given = Given::fixture();
    assert!(
        given.checked(text).diagnostics.is_empty(),
        "{:?}",
        given.checked(text).diagnostics
    );
    means_the_same(&given, "the text", text);
    expected.assert_eq(&given.expanded(text).yaml());
}

#[test]
fn whether_people_enter_again_is_said_of_what_begins_more_than_once() {
    let given = Given::fixture();
    let table = [
        ("schedule: now", None),
        (
            "schedule: { cron: \"0 10 1 * *\" }",
            Some("  again: never  # default"),
        ),
        (
            "schedule: { cron: \"0 10 1 * *\", again: always }",
            Some("  again: always"),
        ),
        ("trigger: { event: joined }", Some("  again: never  # default")),
    ];
    for (begins, expected) in table {
        let text = format!("audience: lists/customers.csv\n{begins}\nmessage: \"Hi. STOP to opt out\"\n");
        let shown = given.expanded(&text).yaml();
        let again = shown.lines().find(|line| line.trim_start().starts_with("again:"));
        assert_eq!(again, expected, "{begins}");
    }
}

#[test]
fn what_is_not_written_stands_there_with_where_it_comes_from() {
    check(
        "audience: lists/customers.csv\nschedule: now\nmessage: \"Doors open at 9. STOP to opt out\"\n",
        expect![[r#"
            crier: 1  # default
            campaign: doors  # from the file's name
            # description: none (default)
            # owner: nobody (default)
            purpose: marketing  # default
            urgent: false  # default
            sender: arena  # from crier.yaml
            timezone: Europe/Rome  # from crier.yaml
            languages: [en]  # default
            audience:
              from: [lists/customers.csv]
              # columns: the phone column is found by its usual names, and every other
              #   column has its own name (default)
              region: IT  # from crier.yaml
              # where: everybody (default)
              # except: nobody (default)
              # consent: the list's (default)
              # sample: all (default)
              # holdout: nobody (default)
              invalid:  # default
                most: 20%
              landlines: skip  # default
            # fields: every column is a text (default)
            schedule:
              at: now
              clock: campaign  # default
              # window: all day (default)
              # days: every day (default)
              # spread: as fast as the rate allows (default)
              # late: to the end of its window; without one, 24 hours (default)
              # expires: it never expires (default)
            steps:  # `message`, in its long form
              - send: message
                id: message
            messages:  # `message`, in its long form
              message:
                en: "Doors open at 9. STOP to opt out"
            # goal: none (default)
            # exit: nothing (default)
            priority: normal  # default
            # replies: they stay in `crier inbox` (default)
            limits:  # default
              # budget: no bound (default)
              # rate: the sender's (default)
              # parts: no bound (default)
              # frequency: none (default)
              # canary: all at once (default)
              # halt: it is never halted (default)
              # quiet_hours: none (default)
              # opt_out_words: none (default)
              in_doubt: skip
            # on_change: finish (default)
            # tests: none (default)
        "#]],
    );
}

#[test]
fn what_is_short_is_written_out() {
    check(
        "\
audience: concert-list
sender: arena-name
languages: [pt-BR, en]
fields: { Nome: text, first_name: { default: { pt: Oi, en: there } } }
schedule: 2026-12-01 10:00
steps:
  - send: invite
  - wait: 2 days
  - send: { text: \"Doors: 9\" }
    id: doors
messages:
  invite:
    pt: \"Sair: STOP 36180\"
    en: |
      Two \"lines\"
      STOP 36180
limits: { in_doubt: resend }
",
        expect![[r#"
            crier: 1  # default
            campaign: doors  # from the file's name
            # description: none (default)
            # owner: nobody (default)
            purpose: marketing  # default
            urgent: false  # default
            sender: arena-name
            timezone: Europe/Rome  # from crier.yaml
            languages: [pt-BR, en]
            audience:
              from: [concert-list]
              columns:  # from crier.yaml
                first_name: Nome
                language: Lang
                phone: Mobile
              region: IT  # from crier.yaml
              # where: everybody (default)
              # except: nobody (default)
              # consent: the list's (default)
              # sample: all (default)
              # holdout: nobody (default)
              invalid:  # default
                most: 20%
              landlines: skip  # default
            fields:
              Nome:
                type: text
                # longest: not bounded (default)
                # default: an empty cell leaves the person out (default)
                # from: it is a column (default)
              first_name:
                type: text  # default
                # longest: not bounded (default)
                default:
                  pt-br: "Oi"
                  en: "there"
                # from: it is a column (default)
            schedule:
              at: 2026-12-01 10:00
              clock: campaign  # default
              # window: all day (default)
              # days: every day (default)
              # spread: as fast as the rate allows (default)
              # late: to the end of its window; without one, 24 hours (default)
              # expires: it never expires (default)
            steps:
              - send: invite
                id: step-1  # by its place
              - wait: 2 days
                id: step-2  # by its place
              - send:
                  pt-br: "Doors: 9"
                  en: "Doors: 9"
                id: doors
            messages:
              invite:
                pt-br: "Sair: STOP 36180"
                en: "Two \"lines\"\nSTOP 36180"
            # goal: none (default)
            # exit: nothing (default)
            priority: normal  # default
            limits:
              # budget: no bound (default)
              # rate: the sender's (default)
              # parts: no bound (default)
              # frequency: none (default)
              # canary: all at once (default)
              # halt: it is never halted (default)
              # quiet_hours: none (default)
              # opt_out_words: none (default)
              in_doubt: resend
            # on_change: finish (default)
            # tests: none (default)
        "#]],
    );
}

#[test]
fn every_value_says_where_it_comes_from() {
    let given = Given::fixture();
    let json = given
        .expanded("audience: concert-list\nschedule: now\nmessage: \"Doors open at 9. STOP to opt out\"\n")
        .json();
    let from = |path: &str| json.pointer(path).map(|line| line["from"].clone());
    let found = [
        "/schedule/value/at",
        "/steps",
        "/purpose",
        "/audience/value/invalid/value/most",
        "/audience/value/columns/value/phone",
        "/limits/value/budget",
        "/campaign",
    ]
    .map(|path| format!("{path} {}", from(path).unwrap_or_default()));
    expect![[r#"
        /schedule/value/at "file"
        /steps "file"
        /purpose "default"
        /audience/value/invalid/value/most "default"
        /audience/value/columns/value/phone "crier.yaml"
        /limits/value/budget "default"
        /campaign "file-name""#]]
    .assert_eq(&found.join("\n"));
    assert_eq!(json["limits"]["value"]["budget"]["value"], Value::Null);
    assert_eq!(json["limits"]["value"]["budget"]["means"], "no bound");
}

/// What the policy says holds beside what the campaign says, so it is shown and is no value of the campaign.
#[test]
fn what_the_policy_says_is_shown_with_where_it_comes_from() {
    let project = |policy: &str| {
        let text = format!("crier: 1\n{policy}");
        check_project(&parse_project(&text), "project").value.unwrap()
    };
    let of = |purpose: &str, policy: &str| {
        let given = Given {
            project: project(policy),
            ..Given::fixture()
        };
        let campaign = "audience: lists/customers.csv\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n";
        let yaml = given.expanded(&format!("{campaign}{purpose}")).yaml();
        let keys = ["frequency", "quiet_hours", "opt_out_words"];
        let of_policy = |line: &&str| keys.iter().any(|key| line.contains(&format!("# {key}:")));
        let lines: Vec<&str> = yaml.lines().filter(of_policy).map(str::trim).collect();
        lines.join("\n")
    };
    let shown = |policy: &str| of("", policy);
    let policy =
        "policy: { frequency: 4 per 7 days, quiet_hours: 21:00-09:00, opt_out_words: [basta, weg] }\n";
    expect![[r#"
        # frequency: the policy's: 4 per 7 days (from crier.yaml)
        # quiet_hours: the policy's: 21:00-09:00 (from crier.yaml)
        # opt_out_words: the policy's: basta, weg (from crier.yaml)"#]]
    .assert_eq(&shown(policy));
    // What does not hold for its purpose is none of it.
    expect![[r#"
        # frequency: none (default)
        # quiet_hours: the policy's: 21:00-09:00 (from crier.yaml)
        # opt_out_words: the policy's: basta, weg (from crier.yaml)"#]]
    .assert_eq(&of("purpose: service\n", policy));
    expect![[r#"
        # frequency: none (default)
        # quiet_hours: none (default)
        # opt_out_words: the policy's: basta, weg (from crier.yaml)"#]]
    .assert_eq(&of("purpose: emergency\n", policy));
    expect![[r#"
        # frequency: none (default)
        # quiet_hours: none (default)
        # opt_out_words: none (default)"#]]
    .assert_eq(&shown(""));
}

#[test]
fn one_text_for_all_stays_one_where_a_language_alone_would_not_say_how_to_opt_out() {
    let text = "audience: lists/customers.csv\nschedule: now\nlanguages: [fr, en]\nmessage: \"Portes à 9 h. ARRET pour finir\"\n";
    let given = Given::fixture();
    means_the_same(&given, "one for all", text);
    let yaml = given.expanded(text).yaml();
    assert!(
        yaml.contains("    text: \"Portes à 9 h. ARRET pour finir\"\n"),
        "{yaml}"
    );
}

#[test]
fn texts_are_read_back_letter_for_letter() {
    let texts = [
        "a: b",
        "a #b",
        "no",
        "1",
        "+39 06",
        "12:30",
        "- x",
        "x:",
        "\u{e9}\u{301} 😀",
        "{{name}}",
        "{a}",
        "'a' \"b\"",
        "\\n",
        "a\u{7}b",
        "\u{2028}",
        "tab\there",
        "true",
        "null",
        "~",
        "0x1f",
        "*a",
        "&a",
        "!a",
        "% 5",
        "@a",
        "`a`",
        "?",
        "a, b",
        "[a]",
    ];
    let given = Given::fixture();
    for text in texts {
        let quoted = serde_json::to_string(text).unwrap();
        let file = format!(
            "description: {quoted}\naudience: {{ from: lists/customers.csv, columns: {{ {quoted}: {quoted} }} }}\n\
             schedule: now\nx-own: {quoted}\nlabels: {{ {quoted}: {quoted} }}\nmessage: \"STOP\"\n"
        );
        let yaml = given.expanded(&file).yaml();
        let again = given.expanded(&yaml);
        assert_eq!(
            values(&given.expanded(&file).json()),
            values(&again.json()),
            "{text}:\n{yaml}"
        );
        assert!(yaml.contains("\nlabels:"), "{yaml}");
        let read = parse_campaign(&yaml).written().description.clone().unwrap().value;
        assert_eq!(read, text, "{yaml}");
        let seen: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap_or_else(|e| panic!("{e}: {yaml}"));
        assert_eq!(seen["description"].as_str(), Some(text), "{yaml}");
        assert_eq!(seen["labels"][text].as_str(), Some(text), "{yaml}");
    }
}

#[test]
fn no_part_of_a_file_makes_it_panic() {
    let given = Given::fixture();
    let files = support::files("ok").into_iter().chain(support::files("schema"));
    for path in files.filter(|path| is_campaign(path)) {
        let text = fs::read_to_string(&path).unwrap();
        let ends = (0..text.len()).filter(|end| text.is_char_boundary(*end));
        for end in ends.step_by(7) {
            let long = given.expanded(&text[..end]);
            let _ = (long.yaml(), long.json());
        }
    }
}
