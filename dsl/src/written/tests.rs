use std::collections::BTreeSet;

use super::key::{Form, Key, KindOf, Object, Open};
use super::{Read, tables};

/// Every object of the language, each once.
fn objects(root: &'static Object) -> Vec<&'static Object> {
    let mut seen = BTreeSet::new();
    let mut all = vec![];
    let mut next = vec![root];
    while let Some(object) = next.pop() {
        if !seen.insert(std::ptr::from_ref(object)) {
            continue;
        }
        all.push(object);
        let open = object.open.iter().map(|open: &Open| open.form);
        for form in object.keys.iter().map(|key| &key.form).chain(open) {
            below(form, &mut next);
        }
    }
    all
}

fn below(form: &'static Form, next: &mut Vec<&'static Object>) {
    match form {
        Form::Object(object) => next.push(object),
        Form::List(form) | Form::OneOrList(form) => below(form, next),
        Form::Either(forms) => forms.iter().for_each(|form| below(form, next)),
        Form::ByKind(kinds) => next.extend(kinds.iter().filter_map(|kind: &KindOf| kind.object)),
        _ => {}
    }
}

fn every_key() -> Vec<(&'static str, &'static Key)> {
    let all = [&tables::CAMPAIGN, &tables::PROJECT]
        .into_iter()
        .flat_map(objects);
    all.flat_map(|object| object.keys.iter().map(|key| (object.title, key)))
        .collect()
}

#[test]
fn keys_are_told_apart_and_explained() {
    for object in [&tables::CAMPAIGN, &tables::PROJECT]
        .into_iter()
        .flat_map(objects)
    {
        let names: BTreeSet<&str> = object.keys.iter().map(|key| key.name).collect();
        assert_eq!(
            names.len(),
            object.keys.len(),
            "a key of {} is written twice",
            object.title
        );
        for name in object
            .one_of
            .iter()
            .chain(object.required.iter().map(|required| &required.key))
        {
            assert!(names.contains(name), "{name} of {}", object.title);
        }
    }
    for (title, key) in every_key() {
        assert!(
            key.doc.ends_with('.') && !key.example.is_empty(),
            "{} of {title}",
            key.name
        );
    }
}

#[test]
fn the_example_of_every_key_has_its_form() {
    for (title, key) in every_key() {
        let only: &'static Object = Box::leak(Box::new(Object {
            title: "a test",
            keys: std::slice::from_ref(key),
            open: None,
            required: &[],
            one_of: &[],
            together: &[],
            or: &[],
        }));
        let text = format!("{}: {}\n", key.name, key.example);
        let found = Read::new(&text, only).found;
        let wrong = found.iter().find(|d| d.code != "not-yet-supported");
        assert!(wrong.is_none(), "{text} of {title}: {wrong:?}");
    }
}

/// Codes and messages for a campaign, those of what is missing left out.
fn codes(text: &str) -> Vec<String> {
    let found = Read::new(text, &tables::CAMPAIGN).found;
    let shown = found.iter().filter(|d| d.code != "missing-key");
    shown.map(|d| format!("{}: {}", d.code, d.message)).collect()
}

#[test]
fn a_key_of_a_later_version_is_told_once_and_what_belongs_to_it_not_again() {
    let text = "links: { tickets: https://arena.example/t, seats: https://arena.example/s }\n";
    assert_eq!(
        codes(text),
        [r#"not-yet-supported: "links" is not supported yet"#]
    );
}

#[test]
fn values_are_checked_whether_their_keys_run_or_not() {
    let table = [
        (
            "limits: { quiet_hours: 24:00-08:00 }",
            r#"bad-window: "24:00-08:00" begins at the end of a day, and the next one begins at 00:00"#,
        ),
        (
            "limits: { quiet_hours: 08:00-08:00 }",
            r#"bad-window: "08:00-08:00" begins when it ends"#,
        ),
        (
            "limits: { canary: { share: 1 } }",
            r#"bad-share: "1" is not a share"#,
        ),
        (
            "priority: hihg",
            r#"unknown-value: "hihg" is none of "low", "normal" and "high""#,
        ),
        (
            "limits: { frequency: 4 a week }",
            r#"bad-rate: "4 a week" is no number of texts in a time"#,
        ),
        (
            "schedule: { cron: \"0 10 * *\" }",
            r#"bad-time: "0 10 * *" has 4 fields, and a cron has five"#,
        ),
        (
            "schedule: { again: sometimes }",
            r#"unknown-value: "sometimes" is none of "never", "always" and "after 30 days""#,
        ),
        (
            "schedule: { again: after lunch }",
            r#"bad-duration: "lunch" is not a duration"#,
        ),
        (
            "schedule: { until: tomorrow }",
            r#"bad-time: "tomorrow" is not a time"#,
        ),
        (
            "links: { shop: \"https://{{host}}/x\" }",
            "literal-host-needed: scheme and host must be written out: only path and query may have values",
        ),
        (
            "audience: { sample: some }",
            r#"bad-share: "some" is not a share"#,
        ),
        (
            "steps: [{ notify: { to: The Desk, text: a } }]",
            r#"bad-name: "The Desk" is not a name"#,
        ),
        (
            "audience: lists/../../a.csv",
            r#"path-leaves-project: "lists/../../a.csv" is outside of the project"#,
        ),
        ("urgent: yes", r#"wrong-type: "urgent" must be `true` or `false`"#),
    ];
    for (text, expected) in table {
        assert_eq!(codes(text).last().map(String::as_str), Some(expected), "{text}");
    }
    for good in [
        "audience: lists/../lists/a.csv",
        "audience: ./lists//./x/../a.csv",
        "schedule: { cron: \"0 10 * * MON\" }",
        "schedule: { again: after 30 days }",
        "schedule: { until: 2027-06-30 }",
        "trigger: { again: restart }",
        "audience: { sample: 500 }",
        "limits: { frequency: 4 per 7 days }",
        "links: { shop: \"https://a.example/{{x}}\" }",
        "steps: [{ notify: { to: desk@a.example, text: a } }]",
    ] {
        let found = codes(good);
        assert!(found.iter().all(|d| d.starts_with("not-yet")), "{found:?}");
    }
    for good in ["21:00-08:00", "9:30-24:00", "\"21:00-8:00\""] {
        let found = codes(&format!("limits: {{ quiet_hours: {good} }}"));
        assert!(found.is_empty(), "{good}: {found:?}");
    }
}

#[test]
fn texts_that_look_like_something_else_are_those_texts() {
    let text = "campaign: no\ndescription: 0612\nlanguages: [\"no\"]\nfields: { age: { default: 1.10 } }\n";
    let root = Read::new(text, &tables::CAMPAIGN)
        .tree
        .root
        .expect("it has a root");
    let campaign = super::campaign::Campaign::read(&root);
    assert_eq!(campaign.name.map(|name| name.value).as_deref(), Some("no"));
    assert_eq!(
        campaign.description.map(|text| text.value).as_deref(),
        Some("0612")
    );
    let default = campaign.fields[0].default.as_ref().expect("it is given");
    assert_eq!(default.values()[0].text, "1.10");
}

#[test]
fn spaces_that_do_not_break_are_right_in_texts_and_told_once_elsewhere() {
    let right = [
        "message: Doors open\u{a0}at nine,\n  \u{a0}Foxes play at ten",
        "message: \"a:\u{a0}b\"",
        "message: |\n  \u{a0}\u{a0}Hi",
    ];
    for text in right {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
    let told = "invalid-yaml: a space that does not break (U+00A0) stands";
    for (text, place) in [
        ("steps:\n  -\u{a0}send: a\n  - wait:\u{a0}1 day\n", "behind \"-\""),
        ("schedule\u{a0}: now\n", "behind \"schedule\""),
        ("messages:\n\u{a0} a: b\n", "in the indentation"),
        (
            "message: |\n\u{a0}\u{a0}Hi\nschedule: now\n",
            "in the indentation",
        ),
    ] {
        assert_eq!(codes(text), [format!("{told} {place}")], "{text}");
    }
    // What is wrong all the same is told beside it.
    let both = codes("urgent: yes\nsteps:\n  - send:\u{a0}a\n");
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn own_notes_are_not_looked_at() {
    assert_eq!(
        codes("x-owner: [anything, {goes: here}]\nlimits: { x-why: asked by Luca }\n"),
        [""; 0]
    );
}
