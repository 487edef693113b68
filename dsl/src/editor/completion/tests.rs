use expect_test::{Expect, expect};

use super::*;
use crate::editor::testing::{CAMPAIGN, CRIER_YAML, asked, asked_of_project};

/// The labels at the `|`, by the alphabet, so that what a later version can do changes nothing.
fn labels(document: &Document<'_>, byte: usize) -> String {
    let mut items = completion(document, byte);
    items.sort_by(|a, b| a.label.cmp(&b.label));
    items
        .iter()
        .map(|item| item.label.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(marked: &str, expected: Expect) {
    expected.assert_eq(&asked(marked, labels));
}

/// The line of the place once an item is taken, its placeholder in `<…>`.
fn taken(marked: &str, label: &str, expected: Expect) {
    expected.assert_eq(&asked(marked, |document, byte| with(document, byte, label)));
}

fn with(document: &Document<'_>, byte: usize, label: &str) -> String {
    let items = completion(document, byte);
    let Some(item) = items.iter().find(|item| item.label == label) else {
        return format!("no {label} among: {}", labels(document, byte));
    };
    let placeholder = item
        .placeholder
        .as_ref()
        .map(|text| format!("<{text}>"))
        .unwrap_or_default();
    let new = format!("{}{placeholder}{}", item.before, item.after);
    let text = document.text;
    let start = text[..item.span.start].rfind('\n').map_or(0, |i| i + 1);
    let end = text[item.span.end..]
        .find('\n')
        .map_or(text.len(), |i| item.span.end + i);
    let line = format!(
        "{}{new}{}",
        &text[start..item.span.start],
        &text[item.span.end..end]
    );
    line.replace('\n', "\\n")
}

#[test]
fn keys_of_the_map_that_is_written() {
    check(
        "audience: a.csv\nschedule: now\nmessage: Hi\nreplies: desk\nlim|",
        expect![
            "campaign crier description exit fields goal labels languages limits links on_change owner priority purpose sender tests timezone trigger urgent"
        ],
    );
    check(
        "limits:\n  |",
        expect!["budget canary frequency halt in_doubt opt_out_words parts quiet_hours rate"],
    );
    check(
        "limits: { parts: 1, | }",
        expect!["budget canary frequency halt in_doubt opt_out_words quiet_hours rate"],
    );
    check(
        "audience:\n  from: a.csv\n  |\nschedule: now\n",
        expect!["columns consent except holdout invalid landlines read region sample where"],
    );
}

#[test]
fn what_a_step_does_comes_before_what_may_stand_beside_it() {
    let first = asked("steps:\n  - |\n", |document, byte| {
        completion(document, byte)[0].label.clone()
    });
    assert_eq!(first, "send");
}

#[test]
fn a_step_has_one_verb() {
    check(
        "steps:\n  - |\n",
        expect![[
            r#"answers ask at await call choose expires finish for forward id join leave notify remind repeat save send sender set silence split start tag then unclear unless untag wait when window"#
        ]],
    );
    check(
        "steps:\n  - send: a\n    |\n",
        expect!["at expires id sender unless when window"],
    );
    check(
        "steps:\n  - ask: a\n    |\n",
        expect!["answers at expires for id remind save sender silence unclear unless when window"],
    );
    check("steps:\n  - wait: 2 days\n    |\n", expect!["id unless when"]);
    check(
        "steps:\n  |\n",
        expect![[
            r#"answers ask at await call choose expires finish for forward id join leave notify remind repeat save send sender set silence split start tag then unclear unless untag wait when window"#
        ]],
    );
    check(
        "steps:\n  - ask: a\n    silence:\n      - |\n",
        expect![[
            r#"answers ask at await call choose expires finish for forward id join leave notify remind repeat save send sender set silence split start tag then unclear unless untag wait when window"#
        ]],
    );
}

#[test]
fn a_key_is_put_with_an_example() {
    taken("li|", "limits", expect![[r#"limits:\n  <>"#]]);
    taken("limits:\n  bu|", "budget", expect!["  budget: <500 EUR>"]);
    taken("st|", "steps", expect![[r#"steps:\n  - <>"#]]);
    taken("steps:\n  |", "wait", expect!["  - wait: <2 days>"]);
    taken(
        "steps:\n  - ask: x\n    ans|",
        "answers",
        expect![[r#"    answers:\n  - <>"#]],
    );
    taken(
        "limits: { bu| }",
        "budget",
        expect!["limits: { budget: <500 EUR> }"],
    );
    taken("lim|its: { parts: 1 }\n", "links", expect!["links: { parts: 1 }"]);
}

#[test]
fn values_are_words_of_the_language_or_names() {
    check("purpose: |\n", expect!["emergency marketing service"]);
    check("purpose:|\n", expect!["emergency marketing service"]);
    taken("purpose:|\n", "service", expect!["purpose: service"]);
    check("sender: |\n", expect!["names square"]);
    check("replies: |\n", expect!["desk none"]);
    check("audience: |\n", expect!["lists/customers.csv opted-in"]);
    check(
        "audience:\n  from: a.csv\n  except: [|]\n",
        expect!["answered opted-in received tagged"],
    );
    check("limits: { in_doubt: s| }\n", expect!["resend skip"]);
    check("languages: [|]\n", expect!["en es"]);
    check("schedule: |\n", expect!["2026-12-01 10:00 now"]);
    check("fields: { age: | }\n", expect!["bool date decimal int text time"]);
    check("limits:\n  rate: |\n", expect!["50/s"]);
}

#[test]
fn messages_are_offered_where_they_are_sent_and_missing_ones_where_they_are_written() {
    let messages = "messages:\n  one: Hi\n  two: Ho\n";
    check(&format!("steps:\n  - send: |\n{messages}"), expect!["one two"]);
    check(&format!("steps: [{{ send: | }}]\n{messages}"), expect!["one two"]);
    check(
        &format!("steps:\n  - ask: one\n    unclear: t|\n{messages}"),
        expect!["one two"],
    );
    check(
        "steps:\n  - send: three\nmessages:\n  one: Hi\n  |\n",
        expect!["three"],
    );
}

#[test]
fn languages_of_the_campaign_are_keys_of_texts() {
    check(
        "languages: [it, fr]\nmessage:\n  it: Ciao\n  |\n",
        expect!["fr media text variants"],
    );
    check("messages:\n  one: { | }\n", expect!["en es media text variants"]);
}

#[test]
fn tags_of_texts_have_fields_helpers_and_links() {
    let start =
        "audience: opted-in\nfields: { first_name: text }\nlinks: { tickets: \"https://a.example\" }\n";
    check(
        &format!("{start}message: \"Hi {{{{|\"\n"),
        expect![[
            r#"#each #if #unless [Data di nascita] city country date first_name language link lower money number phone plural timezone title truncate upper"#
        ]],
    );
    check(
        &format!("{start}message: \"Hi {{{{link |\"\n"),
        expect!["opt_out tickets"],
    );
    check(
        &format!("{start}message: \"Hi {{{{upper f|}}}}\"\n"),
        expect!["[Data di nascita] city country first_name language phone timezone"],
    );
    check(&format!("{start}message: \"Hi {{{{a}}}} |\"\n"), expect![[r#""#]]);
    check(
        &format!("{start}message: |\n  Hi {{{{#|\n").replacen(": |", ": >", 1),
        expect!["#each #if #unless"],
    );
    taken(
        &format!("{start}message: \"Hi {{{{fir|\"\n"),
        "first_name",
        expect![[r#"message: "Hi {{first_name}}""#]],
    );
    taken(
        &format!("{start}message: \"Hi {{{{fir|}}}}\"\n"),
        "first_name",
        expect![[r#"message: "Hi {{first_name}}""#]],
    );
    taken(
        &format!("{start}message: \"Hi {{{{|\"\n"),
        "[Data di nascita]",
        expect![[r#"message: "Hi {{[Data di nascita]}}""#]],
    );
    taken(
        &format!("{start}message: \"Hi {{{{link t|\"\n"),
        "tickets",
        expect![[r#"message: "Hi {{link tickets}}""#]],
    );
    taken(
        &format!("{start}message: \"Hi {{{{#i|\"\n"),
        "#if",
        expect![[r#"message: "Hi {{#if <>}}{{/if}}""#]],
    );
}

#[test]
fn the_whole_name_at_the_place_is_replaced() {
    let start = "audience: opted-in\nlinks: { tickets: \"https://a.example\" }\nmessage: ";
    let table = [
        ("\"Hi {{ci|ty}} STOP\"", "phone", "\"Hi {{phone}} STOP\""),
        ("\"Hi {{|city}}\"", "phone", "\"Hi {{phone}}\""),
        ("\"Hi {{|city\"", "phone", "\"Hi {{phone}}\""),
        ("\"Hi {{ci|ty }}\"", "phone", "\"Hi {{phone }}\""),
        ("\"{{link |tickets}}\"", "opt_out", "\"{{link opt_out}}\""),
        ("\"{{|upper city}}\"", "lower", "\"{{lower city}}\""),
        (
            "\"{{#i|f city}}x{{/if}}\"",
            "#unless",
            "\"{{#unless city}}x{{/if}}\"",
        ),
        ("\"{{ci|, {{city}}\"", "phone", "\"{{phone}}, {{city}}\""),
        ("\"{{[Data |di nascita]}}\"", "city", "\"{{city}}\""),
        ("\"{{|[Data di nascita]}}\"", "city", "\"{{city}}\""),
        (
            "\"{{da|te city \\\"day\\\"}}\"",
            "upper",
            "\"{{upper city \\\"day\\\"}}\"",
        ),
    ];
    for (text, label, expected) in table {
        let marked = format!("{start}{text}\n");
        let taken = asked(&marked, |document, byte| with(document, byte, label));
        assert_eq!(taken, format!("message: {expected}"), "{text}");
    }
    taken(
        "messages: { invite: { en: \"{{ci|\" }}\n",
        "phone",
        expect![[r#"messages: { invite: { en: "{{phone}}" }}"#]],
    );
}

#[test]
fn conditions_have_fields_functions_and_their_names() {
    let start = CAMPAIGN.replace(
        "audience:\n  from: opted-in\n",
        "audience:\n  from: opted-in\n  where: age|\n",
    );
    check(
        &start,
        expect![
            "`Data di nascita` answered city country date days_since days_until empty false first_name in language now phone received tagged tags timezone today true"
        ],
    );
    let within = |condition: &str| {
        format!(
            "{}  - send: bus\n    when: {condition}\n",
            CAMPAIGN.split("links:").next().unwrap_or_default()
        )
    };
    check(&within("delivered(\"|"), expect![""]);
    check(&within("delivered(|)"), expect![""]);
    taken(&within("delivered(f|)"), "first", expect!["no first among: "]);
    taken(&within("\"delivered(|)\""), "first", expect!["no first among: "]);
    check(
        &format!("links: {{ a: b, c: d }}\n{}", within("'clicked(\"|'")),
        expect!["a c"],
    );
    check(&within("city == \"Ro|"), expect![[r#""#]]);
    taken(
        &within("city == \"Roma\" && del|"),
        "delivered",
        expect![[r#"    when: city == "Roma" && delivered("<invite>")"#]],
    );
    taken(
        &within("\"del|\""),
        "delivered",
        expect![[r#"    when: "delivered(\"<invite>\")""#]],
    );
    taken(&within("repl|"), "replied", expect!["    when: replied()"]);
    taken(
        &within("Da|"),
        "`Data di nascita`",
        expect!["    when: `Data di nascita`"],
    );
}

#[test]
fn broken_files_are_completed_all_the_same() {
    check(
        "message: \"Hi\nlimits:\n  |",
        expect!["budget canary frequency halt in_doubt opt_out_words parts quiet_hours rate"],
    );
    check(
        "limits: { parts: 1\nsteps:\n  - wa|",
        expect![[
            r#"answers ask at await call choose expires finish for forward id join leave notify remind repeat save send sender set silence split start tag then unclear unless untag wait when window"#
        ]],
    );
    check(
        "messages:\n  one: Hi\n bad indentation: [\nsteps:\n  - send: |\n",
        expect!["bad indentation one"],
    );
    check("steps:\n\t- x\nsender: |\n", expect!["names square"]);
    check("a: b: c\npurpose: |\n", expect!["emergency marketing service"]);
}

#[test]
fn no_offers_in_comments_and_in_free_text() {
    check("# pur|\n", expect![[r#""#]]);
    check("message: Hello wor|\n", expect![[r#""#]]);
    check("x-note: an|\n", expect![[r#""#]]);
}

#[test]
fn crier_yaml_is_completed_too() {
    let table = [
        (
            "senders:\n  a:\n    provider: |\nproviders: { trial: { kind: simulated } }\n",
            "trial",
        ),
        ("providers:\n  a: { kind: | }\n", "simulated"),
        ("providers:\n  a:\n    kind: carrier\n    ser|\n", "server_errors"),
        ("region: U|\n", "US"),
        ("timezone: Europe/Ro|\n", "Europe/Rome"),
        ("sender: |\nsenders: { a: { number: \"+1\" } }\n", "a"),
        ("inboxes: { desk: { e| } }\n", "email"),
    ];
    for (marked, label) in table {
        let found = asked_of_project(marked, labels);
        assert!(found.split(' ').any(|found| found == label), "{marked}: {found}");
    }
    assert!(asked_of_project(&format!("{CRIER_YAML}|"), labels).contains("prices"));
}

#[test]
fn stories_expect_and_finish_with_what_the_file_knows() {
    let messages = "messages:\n  one: Hi\n";
    check(
        &format!("{messages}tests:\n  - story:\n      - expect: |\n"),
        expect!["help nothing one opt-in opt-out"],
    );
    // A text of a step is called by its `id`.
    check(
        "steps:\n  - send: { text: Hi }\n    id: hello\n  - send: one\n    id: second\ntests:\n  - story:\n      - expect: |\n",
        expect!["hello help nothing opt-in opt-out"],
    );
    let steps = "steps:\n  - send: { text: Hi }\n    id: hello\n  - send: one\n    id: second\n  - send: { text: Ho }\n";
    check(
        &format!("{messages}{steps}tests:\n  - story:\n      - expect: |\n"),
        expect!["hello help nothing one opt-in opt-out step-3"],
    );
    check(
        &format!("{messages}{steps}    when: delivered(\"|\")\n"),
        expect!["hello one"],
    );
    check(
        "steps:\n  - finish: declined\nexit: { ordered: event(\"x\") }\ntests:\n  - story:\n      - finished: |\n",
        expect!["declined ordered"],
    );
}

#[test]
fn names_of_other_files_are_offered_where_they_are_known() {
    check("steps:\n  - start: |\n", expect![[r#""#]]);
    check("steps:\n  - join: |\n", expect![[r#""#]]);
    check(
        "fields: { age: int }\nsteps:\n  - ask: x\n    save: |\n",
        expect!["age"],
    );
    let audience = "audience:\n  from: opted-in\n  ";
    check(
        &format!("{audience}columns: {{ nome: | }}\n"),
        expect!["Data di nascita city phone"],
    );
    check(
        &format!("{audience}consent: {{ column: | }}\n"),
        expect!["Data di nascita city phone"],
    );
}

#[test]
fn tags_of_blocks_and_forms_of_dates() {
    check("message: \"{{#if city}}x{{/|\"\n", expect!["/if"]);
    taken(
        "message: \"{{#if city}}x{{/|\"\n",
        "/if",
        expect![[r#"message: "{{#if city}}x{{/if}}""#]],
    );
    taken(
        "message: \"{{#if city}}x{{el|}}y{{/if}}\"\n",
        "else",
        expect![[r#"message: "{{#if city}}x{{else}}y{{/if}}""#]],
    );
    check(
        "message: '{{date birthday \"|\"}}'\n",
        expect!["day short time weekday"],
    );
}

#[test]
fn conditions_know_what_may_be_asked_where_they_stand() {
    let where_ = asked("audience:\n  from: opted-in\n  where: |\n", labels);
    for label in ["variant", "reply", "delivered", "clicked", "replied"] {
        assert!(!where_.split(' ').any(|found| found == label), "{label}");
    }
    let first = asked("steps:\n  - await: |\n", |document, byte| {
        completion(document, byte)[0].label.clone()
    });
    assert_eq!(first, "delivered");
    check(
        "steps:\n  - send: x\n    when: language == \"|\"\n",
        expect!["en es"],
    );
    check(
        "messages:\n  m: { variants: { calm: { share: 50% } } }\nsteps:\n  - send: m\n    when: variant == \"|\"\n",
        expect!["calm"],
    );
    check(
        "trigger: { event: ordered }\nsteps:\n  - await: event(\"|\")\n",
        expect!["ordered"],
    );
}

#[test]
fn a_rule_holds_for_one_reason() {
    let rule = asked("replies:\n  - words: [yes]\n    |\n", labels);
    for label in ["pattern", "otherwise"] {
        assert!(!rule.split(' ').any(|found| found == label), "{label}");
    }
}

#[test]
fn a_rule_keeps_a_value_where_a_question_is_open() {
    let table = [
        ("replies:\n  - words: [yes]\n    |\n", false),
        ("replies:\n  - |\n", false),
        ("steps:\n  - ask: hi\n    answers:\n      - |\n", true),
        (
            "replies:\n  - words: [yes]\n    do:\n      - ask: hi\n        answers:\n          - |\n",
            true,
        ),
    ];
    for (marked, offered) in table {
        let found = asked(marked, labels);
        let is_offered = found.split(' ').any(|found| found == "value");
        assert_eq!(is_offered, offered, "{marked}: {found}");
    }
}

#[test]
fn keys_of_a_provider_are_those_of_its_kind() {
    let found = asked_of_project("providers:\n  t: { kind: simulated, | }\n", labels);
    assert_eq!(found, "delivered rate replies seed");
}

#[test]
fn the_person_of_a_story_has_columns_and_tags_from_before() {
    let steps = "audience: opted-in\nsteps:\n  - send: x\n    when: tagged(\"vip\")\n  - tag: coming\n";
    check(
        &format!("{steps}tests:\n  - test: it\n    person: {{ phone: \"+1\", | }}\n"),
        expect!["Data di nascita city country language tags timezone variant"],
    );
    check(
        &format!("{steps}tests:\n  - test: it\n    person: {{ tags: [|] }}\n"),
        expect!["coming vip"],
    );
    check(
        &format!("{steps}tests:\n  - test: it\n    person:\n      tags:\n        - |\n"),
        expect!["coming vip"],
    );
}

#[test]
fn a_condition_goes_on_behind_its_signs() {
    let conditions = [
        "where:\n    - age >= 18 && |",
        "where:\n    - age >= |",
        "where:\n    - age >= 18 && ci|",
        "where:\n    - city == \"Roma\"\n    - age >= 18 && |",
        "where:\n    - \"age >= 18 && |\"",
        "where: age >= 18 && |",
        "where: [age >= 18 && |]",
    ];
    for condition in conditions {
        let marked = format!("audience:\n  from: opted-in\n  {condition}\nschedule: now\n");
        let found = asked(&marked, labels);
        for name in ["city", "today"] {
            assert!(
                found.split(' ').any(|label| label == name),
                "{condition:?}: {found}"
            );
        }
    }
    taken(
        "audience:\n  where:\n    - age >= 18 && |\n",
        "country",
        expect!["    - age >= 18 && country"],
    );
}

#[test]
fn variants_are_called_as_those_of_other_messages_or_by_the_next_letter() {
    check("message:\n  variants:\n    |\n", expect!["a"]);
    check(
        "messages:\n  invite:\n    variants:\n      a: { text: Hi }\n      |\n  bus: Ho\n",
        expect!["b"],
    );
    check(
        "messages:\n  invite:\n    variants:\n      calm: { text: Hi }\n      loud: { text: HI }\n  bus:\n    variants:\n      calm: { text: Ho }\n      |\n",
        expect!["a loud"],
    );
}

#[test]
fn files_of_the_project_are_offered_where_people_come_from() {
    let files: &[&str] = &["lists/in.csv", "lists/more people.csv", "prices.csv"];
    check_among(
        files,
        "audience: |\n",
        expect!["lists/in.csv lists/more people.csv opted-in prices.csv"],
    );
    check_among(
        files,
        "audience: { from: | }\n",
        expect!["lists/in.csv lists/more people.csv opted-in prices.csv"],
    );
    check_among(&[], "audience: |\n", expect!["lists/customers.csv opted-in"]);
}

fn check_among(files: &'static [&'static str], marked: &str, expected: Expect) {
    let files = || files.iter().map(|path| (*path).to_owned()).collect();
    let found = asked(marked, |document, byte| {
        let memo = crate::editor::Memo::with_lists(files);
        labels(
            &Document {
                memo: &memo,
                ..*document
            },
            byte,
        )
    });
    expected.assert_eq(&found);
}
