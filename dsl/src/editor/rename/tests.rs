use super::*;
use crate::editor::testing::{CAMPAIGN, asked};

/// The lines that a renaming changes, or why it cannot be.
fn renamed(marked: &str, new: &str) -> String {
    asked(marked, |document, byte| match rename(document, byte, new) {
        Err(why) => why,
        Ok(edits) => {
            let mut text = document.text.to_owned();
            for (span, new) in edits.into_iter().rev() {
                text.replace_range(span, &new);
            }
            let lines = text.lines().filter(|line| line.contains(new));
            lines.map(str::trim).collect::<Vec<_>>().join("\n")
        }
    })
}

fn check(place: &str, new: &str, expected: &str) {
    let (before, after) = place.split_once('|').expect("a cursor");
    let marked = CAMPAIGN.replacen(&format!("{before}{after}"), place, 1);
    assert_eq!(renamed(&marked, new), expected, "{place}");
}

#[test]
fn a_message_is_renamed_wherever_it_stands() {
    check(
        "- send: invi|te",
        "welcome",
        "- send: welcome\n\
         when: delivered(\"welcome\") && !clicked(\"tickets\") && city == \"Roma\"\n\
         welcome: \"Hello {{first_name}} {{link tickets}}\"\n\
         - expect: welcome",
    );
}

#[test]
fn links_steps_and_fields_are_renamed_too() {
    check(
        "{{link tick|ets",
        "seats",
        "when: delivered(\"invite\") && !clicked(\"seats\") && city == \"Roma\"\n\
         seats: https://square.example/t\n\
         invite: \"Hello {{first_name}} {{link seats}}\"",
    );
    check("id: fir|st", "begin", "id: begin");
    check(
        "{{first_na|me",
        "given",
        "given: { longest: 14 }\ninvite: \"Hello {{given}} {{link tickets}}\"",
    );
}

#[test]
fn a_field_is_renamed_in_what_steps_set_and_in_the_key_of_a_trigger() {
    let marked = "trigger: { event: order, key: note }\nfields: { no|te: { from: campaign }, copy: { from: campaign } }\n\
        steps:\n  - set: { copy: \"{{note}}\", note: \"{{upper note}}x\" }\n  - send: { text: \"{{copy}}\" }\n";
    let expected = "trigger: { event: order, key: memo }\n\
        fields: { memo: { from: campaign }, copy: { from: campaign } }\n\
        - set: { copy: \"{{memo}}\", memo: \"{{upper memo}}x\" }";
    assert_eq!(renamed(marked, "memo"), expected);
}

#[test]
fn what_cannot_be_renamed_says_why() {
    check(
        "- send: invi|te",
        "Not A Name",
        "\"Not A Name\" is not a name: use lower-case letters, digits and `-`, a letter first",
    );
    check("- send: invi|te", "bus", "\"bus\" is taken");
    check("city ==| \"Roma\"", "town", "there is no name here");
    check(
        "ci|ty == \"Roma\"",
        "town",
        "\"city\" is a column of \"lists/in.csv\": call it otherwise with `columns: { new_name: city }`",
    );
    check(
        "from: opte|d-in",
        "all",
        "\"opted-in\" is not this file's own: other campaigns may use it",
    );
    check("purpo|se", "x", "there is no name here");
    assert_eq!(
        renamed("steps: [{ send: nob|ody }]\n", "x"),
        "\"nobody\" is not given in this file"
    );
}

#[test]
fn a_name_that_means_something_already_is_refused() {
    let language = |name: &str| format!("\"{name}\" is part of the language");
    let taken = |name: &str| format!("\"{name}\" is taken");
    let quoted =
        |name: &str| format!("\"{name}\" would have to be quoted everywhere, since YAML reads it otherwise");
    for name in ["phone", "tags", "upper", "link", "replied", "in", "else"] {
        check("  first_na|me:", name, &language(name));
    }
    for name in ["opt-out", "opt-in", "help", "nothing"] {
        check("- send: invi|te", name, &language(name));
        check("id: fir|st", name, &language(name));
    }
    check("  first_na|me:", "city", &taken("city"));
    check("- send: invi|te", "first", &taken("first"));
    check("id: fir|st", "bus", &taken("bus"));
    check("- send: invi|te", "no", &quoted("no"));
    check("  first_na|me:", "Yes", &quoted("Yes"));
    check("  tick|ets:", "on", &quoted("on"));
}

#[test]
fn stories_in_a_file_of_their_own_are_changed_too() {
    let stories = [
        "- test: one\n  person: { first_name: Ada }\n  story:\n    - expect: invite\n    - clicks: tickets\n",
        "[\n{ \"person\": { \"first_name\": 1 },\n\n\"story\": [{ \"expect\": \"invite\" },\r\n{ \"clicks\": \"tickets\" }\r\n]\n}\n]\n",
    ];
    let marked = CAMPAIGN.split("tests:").next().unwrap_or_default().to_owned() + "tests: tests/a.yaml\n";
    let table = [
        ("- send: invi|te", "invite"),
        ("  tick|ets:", "tickets"),
        ("  first_na|me:", "first_name"),
    ];
    for (place, old) in table {
        let (before, after) = place.split_once('|').expect("a cursor");
        let marked = marked.replacen(&format!("{before}{after}"), place, 1);
        for stories in stories {
            let (file, edits) = asked(&marked, |document, byte| {
                let file = stories_file(document).map(str::to_owned);
                (file, in_stories(document, byte, "other", stories))
            });
            let found: Vec<&str> = edits.iter().map(|(span, _)| &stories[span.clone()]).collect();
            assert_eq!(
                (file.as_deref(), found),
                (Some("tests/a.yaml"), vec![old]),
                "{stories}"
            );
        }
    }
}

#[test]
fn a_step_is_renamed_in_its_own_stories_and_in_names_below_it() {
    let steps = "steps:\n  - ask: { text: \"Hi?\" }\n    id: fir|st\n    for: 1 day\n    answers: [{ words: [a], send: { text: b } }]\n  \
        - send: { text: c }\n    when: delivered(\"first\")\ntests: tests/a.yaml\n";
    let stories = "- test: one\n  story:\n    - expect: first\n    - expect: first-answers-1-1\n    - expect: first-2\n";
    assert_eq!(renamed(steps, "begin"), "id: begin\nwhen: delivered(\"begin\")");
    let edits = asked(steps, |document, byte| {
        in_stories(document, byte, "begin", stories)
    });
    let lines: Vec<usize> = edits
        .iter()
        .map(|(span, _)| stories[..span.start].matches('\n').count())
        .collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(renamed(steps, "step-2"), "\"step-2\" is taken");
}
