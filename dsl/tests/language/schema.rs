//! The JSON Schemas: what is committed is what the tables say, it is draft-07, and it agrees with the parser. What the
//! schema refuses the parser refuses too; the parser may refuse more, and what of that a schema could never see is listed
//! here with its reason.

use super::support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dsl::diagnostic::Diagnostic;
use dsl::{check_project, decode_text, parse_campaign, parse_project, schema};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

mod mutants;
mod readers;

use readers::{seen_now, seen_of_old};

struct Schema {
    value: Value,
    validator: Validator,
}

static CAMPAIGN: LazyLock<Schema> = LazyLock::new(|| Schema::new(schema::campaign_schema()));
static PROJECT: LazyLock<Schema> = LazyLock::new(|| Schema::new(schema::project_schema()));

impl Schema {
    fn new(value: Value) -> Schema {
        let validator = jsonschema::draft7::new(&value).expect("it is a schema");
        Schema { value, validator }
    }

    fn of(name: &str) -> &'static Schema {
        if name.ends_with("crier.yaml") {
            &PROJECT
        } else {
            &CAMPAIGN
        }
    }

    fn accepts(&self, file: &Value) -> bool {
        self.validator.is_valid(file)
    }

    /// What it refuses, a line each.
    fn refuses(&self, file: &Value) -> Vec<String> {
        let errors = self.validator.iter_errors(file);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

/// What the parser says of the text of a file, whatever its surroundings.
fn findings(name: &str, text: &str) -> Vec<Diagnostic> {
    if name.ends_with("crier.yaml") {
        check_project(&parse_project(text), "fixture").diagnostics
    } else {
        parse_campaign(text).findings().to_vec()
    }
}

fn good_files() -> Vec<PathBuf> {
    let folders = ["ok", "fixture", "schema"];
    folders.into_iter().flat_map(support::files).collect()
}

#[test]
fn committed_schemas_are_what_the_tables_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for (name, schema) in [("campaign", &CAMPAIGN.value), ("project", &PROJECT.value)] {
        let path = folder.join(format!("{name}.schema.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(schema).expect("it is JSON"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &text).expect("it can be written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "schemas/{name}.schema.json is stale: UPDATE_EXPECT=1 cargo test -p dsl writes it"
        );
    }
}

#[test]
fn schemas_are_draft_07() {
    for schema in [&CAMPAIGN, &PROJECT] {
        assert_eq!(schema.value["$schema"], "http://json-schema.org/draft-07/schema#");
        jsonschema::draft7::meta::validate(&schema.value).expect("it is of the meta-schema");
    }
}

/// Every schema of a key, with the name of the key.
fn keys(schema: &Value) -> Vec<(String, Value)> {
    let defined = schema["definitions"].as_object().expect("it has definitions");
    let objects = std::iter::once(("the file", schema)).chain(defined.iter().map(|(n, d)| (n.as_str(), d)));
    let mut keys = vec![];
    for (object, definition) in objects {
        for (key, schema) in definition["properties"].as_object().into_iter().flatten() {
            keys.push((format!("{key} of {object}"), schema.clone()));
        }
    }
    keys
}

#[test]
fn examples_and_defaults_are_valid_and_every_key_is_explained() {
    let mut defaults = 0;
    for schema in [&CAMPAIGN, &PROJECT] {
        let (mut places, mut values) = (Map::new(), Map::new());
        for (name, key) in keys(&schema.value) {
            assert!(
                key["description"].is_string() && key["markdownDescription"].is_string(),
                "{name}"
            );
            let shown = key["examples"].as_array().expect("it has examples");
            assert!(!shown.is_empty(), "{name} has no example");
            for (i, value) in shown.iter().chain(key.get("default")).enumerate() {
                places.insert(format!("{name} {i}"), key.clone());
                values.insert(format!("{name} {i}"), value.clone());
            }
            defaults += usize::from(key.get("default").is_some());
        }
        let all = json!({ "definitions": schema.value["definitions"], "properties": places });
        assert_eq!(Schema::new(all).refuses(&Value::Object(values)), [""; 0]);
    }
    assert!(defaults > 20, "defaults are read from the docs");
}

#[test]
fn good_files_are_accepted_by_editors_new_and_old() {
    for path in good_files() {
        let name = support::name(&path);
        let text = decode_text(&support::bytes(&path)).expect("it is UTF-8");
        let schema = Schema::of(&name);
        assert_eq!(
            schema.refuses(&seen_now(&text).expect("it is YAML")),
            [""; 0],
            "{name}"
        );
        assert_eq!(
            schema.refuses(&seen_of_old(&text)),
            [""; 0],
            "{name}, read as YAML 1.1"
        );
    }
}

#[test]
fn the_whole_language_is_in_the_schema() {
    for path in support::files("schema") {
        let name = support::name(&path);
        let text = fs::read_to_string(&path).expect("it can be read");
        let found = findings(&name, &text);
        let other: Vec<_> = found
            .iter()
            .filter(|d| d.code != "not-yet-supported" && d.is_error())
            .collect();
        assert!(other.is_empty(), "{name}: {other:?}");
    }
}

/// Codes of the form of a value or a key, which a schema is there to see.
const OF_FORM: [&str; 17] = [
    "bad-address",
    "bad-duration",
    "bad-money",
    "bad-name",
    "bad-rate",
    "bad-share",
    "bad-time",
    "bad-url",
    "bad-window",
    "conflicting-keys",
    "missing-key",
    "unknown-day",
    "unknown-key",
    "unknown-language",
    "unknown-region",
    "unknown-value",
    "wrong-type",
];
const OF_FORM_TOO: [&str; 3] = ["path-leaves-project", "unknown-timezone", "unknown-version"];

/// Faulty files whose fault is of form, all the same the schema does not see it, and why.
const UNSEEN: &[(&str, &str)] = &[
    (
        "marks-conditions.campaign.yaml",
        "a pattern does not tell a mark before a condition from what is in it",
    ),
    (
        "send-with-answers.campaign.yaml",
        "what a key says beside another is not asked",
    ),
    (
        "bad-name-place.campaign.yaml",
        "what a step is called by its place does not stand in the file",
    ),
    (
        "wrong-type-stories.campaign.yaml",
        "a pattern does not tell what the file of a path is",
    ),
    (
        "bad-time-cron-step.campaign.yaml",
        "a pattern does not count how long a step is",
    ),
    (
        "conflicting-keys-one-at-a-time.campaign.yaml",
        "a schema of limits and of an audience does not see the trigger",
    ),
    (
        "bad-name-of-file.campaign.yaml",
        "the name of a file does not stand in it",
    ),
    (
        "bad-duration-received.campaign.yaml",
        "a condition is one text to a schema, whatever stands in it",
    ),
    (
        "unknown-value-condition.campaign.yaml",
        "a condition is one text to a schema, whatever stands in it",
    ),
    (
        "unknown-value-never.campaign.yaml",
        "what people have stands in a condition, which is a text",
    ),
    ("bad-url-host.crier.yaml", "a host is a word to a schema"),
    (
        "case-4.2-clock.campaign.yaml",
        "a time of day is right at `at` where `date` stands beside it",
    ),
    (
        "bad-time-cron.campaign.yaml",
        "how large a number of a cron may be, a pattern does not say",
    ),
    (
        "bad-time-cron-months.campaign.yaml",
        "which names a cron knows, a pattern does not say",
    ),
    (
        "bad-time-cron-names.campaign.yaml",
        "which names a cron knows, a pattern does not say",
    ),
    (
        "bad-time-cron-down.campaign.yaml",
        "whether a range of a cron goes up, a pattern does not say",
    ),
    (
        "moment-outside-window.campaign.yaml",
        "`before` and `after` are told apart by what they say of one day, not by their form",
    ),
    (
        "conflicting-keys-schedule.campaign.yaml",
        "`at` and another way to begin stand together where `at` is a time of day",
    ),
    (
        "conflicting-keys-trigger.campaign.yaml",
        "either key alone is enough, and a schema that refuses both cannot point at the second",
    ),
    (
        "conflicting-keys-rule-otherwise.campaign.yaml",
        "either key alone is enough, and a schema that refuses both cannot point at the second",
    ),
    (
        "conflicting-keys-rule-value.campaign.yaml",
        "a rule of `replies` and one of `answers` are one thing to a schema",
    ),
    (
        "conflicting-keys-rule-value.crier.yaml",
        "a rule of `replies` and one of `answers` are one thing to a schema",
    ),
    (
        "bad-name-field.campaign.yaml",
        "what a word means in conditions and texts a schema does not know",
    ),
    (
        "conflicting-keys-rule.campaign.yaml",
        "either key alone is enough, and a schema that refuses both cannot point at the second",
    ),
    (
        "bad-money-trigger.campaign.yaml",
        "a budget is right where no trigger stands beside its map",
    ),
    (
        "bad-share-nobody.campaign.yaml",
        "a share of nobody and of everybody is right elsewhere",
    ),
    (
        "unknown-value-encoding.campaign.yaml",
        "an encoding and a separator are words to a schema",
    ),
    (
        "unknown-value-encoding.crier.yaml",
        "an encoding and a separator are words to a schema",
    ),
    (
        "wrong-type-set-template.campaign.yaml",
        "which type a value that a step sets has, a field says",
    ),
    (
        "wrong-type-answer.campaign.yaml",
        "which type the value of an answer has, another key says",
    ),
    (
        "unknown-language-country.campaign.yaml",
        "which tags of two letters are one of a language a table says",
    ),
    (
        "bad-name-message.campaign.yaml",
        "a name of another form is right, and this one is taken",
    ),
    (
        "language-of-three.campaign.yaml",
        "which tags of three letters have one of two a table says",
    ),
    (
        "phone-as-field.campaign.yaml",
        "that a number is no field the check says",
    ),
    (
        "bad-name-reserved.campaign.yaml",
        "a name of another form is right, and these few are taken",
    ),
    (
        "conflicting-keys-beside.campaign.yaml",
        "which keys say something beside which verb is more than an editor should be told",
    ),
    (
        "bad-url-port.crier.yaml",
        "a host is any word, and whether a port stands in it is looked into where it is",
    ),
    (
        "conflicting-keys-bodies.campaign.yaml",
        "languages are keys of any name",
    ),
    (
        "conflicting-keys-bodies-steps.campaign.yaml",
        "languages are keys of any name",
    ),
    (
        "conflicting-keys-bodies.crier.yaml",
        "languages are keys of any name",
    ),
    (
        "conflicting-keys-crossed.crier.yaml",
        "which keys go together hangs on what a list is",
    ),
    (
        "conflicting-keys-clock-of-column.campaign.yaml",
        "the word is right beside another way to begin",
    ),
    (
        "conflicting-keys-now-on-their-clocks.campaign.yaml",
        "the word is right beside another way to begin",
    ),
    ("bad-name-empty-tag.campaign.yaml", "any text is a word to it"),
    (
        "bad-time-hours-go-down.campaign.yaml",
        "which of two numbers is the larger it does not see",
    ),
    (
        "conflicting-keys-schedule-once.campaign.yaml",
        "each key is right beside another way to begin",
    ),
    (
        "unknown-value-consent.crier.yaml",
        "a kind of consent is a word of the author",
    ),
    (
        "slip-file-name.campaign.yaml",
        "what a file is called it does not say itself",
    ),
    (
        "wrong-type-empty.campaign.yaml",
        "a list may be empty wherever there may be one",
    ),
    (
        "bad-name-step-id.campaign.yaml",
        "what messages are called stands elsewhere in the file",
    ),
    (
        "wrong-type-person.campaign.yaml",
        "which type a value of a person has, a field says",
    ),
    (
        "wrong-type-from.campaign.yaml",
        "a list may be empty wherever there may be one",
    ),
];

#[test]
fn faults_of_form_are_refused() {
    let unseen: BTreeSet<&str> = UNSEEN.iter().map(|(name, _)| *name).collect();
    let mut wrong = vec![];
    for path in support::files("err") {
        let name = support::name(&path);
        let (text, found) = support::check(&name, &support::bytes(&path));
        let of_form = |d: &&Diagnostic| OF_FORM.iter().chain(&OF_FORM_TOO).any(|code| *code == d.code);
        let errors: Vec<&Diagnostic> = found.iter().filter(|d| d.is_error()).collect();
        // What is no YAML to an editor, it refuses without a schema.
        let refused = seen_now(&text).is_none_or(|file| !Schema::of(&name).accepts(&file));
        let expected = match errors.as_slice() {
            [] => Some(false),
            _ if unseen.contains(name.as_str()) => Some(false),
            errors => errors.iter().all(of_form).then_some(true),
        };
        if expected.is_some_and(|expected| expected != refused) {
            let codes: Vec<&str> = found.iter().map(|d| d.code).collect();
            wrong.push(format!(
                "{name}: refused by the schema: {refused}; found: {codes:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_and_null_are_refused_by_editors_and_by_crier() {
    for value in ["", "null", "~"] {
        let text = format!("audience: a\nschedule: now\nmessage: {value}\n");
        assert!(
            !CAMPAIGN.accepts(&seen_now(&text).expect("it is YAML")),
            "{value}"
        );
        assert!(!findings("a.campaign.yaml", &text).is_empty(), "{value}");
    }
}

/// The parser does not look at these yet, so that nothing else holds the schema to the language here.
#[test]
fn steps_and_rules_do_one_thing() {
    let table = [
        ("steps: [{ send: a, when: age > 18 }]", true),
        ("steps: [{ when: age > 18 }]", false),
        ("steps: [{ send: a, tag: b }]", false),
        ("steps: [{ ask: a, for: 1 day, silence: { send: b } }]", true),
        (
            "steps: [{ ask: a, for: 1 day, silence: [{ send: b }, { finish: c }] }]",
            true,
        ),
        (
            "steps: [{ ask: a, for: 1 day, silence: [{ send: b, tag: c }] }]",
            false,
        ),
        ("steps: [{ ask: a, answers: [{ words: [si], value: 1 }] }]", true),
        (
            "steps: [{ ask: a, answers: [{ words: [si], value: 1, tag: b }] }]",
            true,
        ),
        ("steps: [{ ask: a, answers: [{ words: [si] }] }]", false),
        (
            "steps: [{ ask: a, answers: [{ words: [si], do: { send: b }, tag: c }] }]",
            false,
        ),
        (
            "steps: [{ choose: [{ when: age > 18, send: a }, { otherwise: { send: b } }] }]",
            true,
        ),
        ("steps: [{ choose: [{ words: [si], send: a }] }]", false),
        (
            "steps: [{ wait: { date: starts, before: 1 day, at: \"10:00\" } }]",
            true,
        ),
        ("steps: [{ wait: { before: 1 day } }]", false),
        (
            "steps: [{ repeat: { times: 3, every: 1 day, do: { send: a } } }]",
            true,
        ),
        ("steps: [{ repeat: { every: 1 day, do: { send: a } } }]", false),
    ];
    for (steps, good) in table {
        let text = format!("audience: a\nschedule: now\n{steps}\n");
        assert_eq!(
            CAMPAIGN.accepts(&seen_now(&text).expect("it is YAML")),
            good,
            "{steps}"
        );
    }
}
