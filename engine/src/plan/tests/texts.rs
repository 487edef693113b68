//! The parts of each text: by send, variant and language, with the worst row and what forces UCS-2.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{Setting, plan};

fn check(campaign: &str, files: &[(&str, &[u8])], expected: Expect) {
    let setting = Setting {
        campaign,
        files,
        ..Setting::default()
    };
    let summary = plan(setting).expect("a plan").summary;
    let mut out = String::new();
    for text in &summary.texts {
        let at = |place: crate::plan::Place| format!("{}:{}", summary.files[place.list].path, place.line);
        let _ = writeln!(
            out,
            "{}{} {}: {} people, {} parts, most {:?}, {} in UCS-2 {:?}",
            text.message,
            text.variant
                .as_deref()
                .map(|variant| format!(" {variant}"))
                .unwrap_or_default(),
            text.language,
            text.people,
            text.parts,
            text.most.map(|(parts, place)| (parts, at(place))),
            text.ucs2,
            text.ucs2_first.map(|(character, place)| (character, at(place)))
        );
    }
    let parts: u64 = summary.texts.iter().map(|text| text.parts).sum();
    assert_eq!(parts, summary.parts, "it adds up");
    expected.assert_eq(&out);
}

#[test]
fn each_text_knows_its_worst_row_and_its_first_character_outside_gsm_7() {
    let long = "x".repeat(124);
    let campaign = format!(
        r#"audience: {{ from: [a.csv, b.csv] }}
languages: [it, en]
schedule: now
steps:
  - send: invite
  - wait: 1 hour
  - send: reminder
messages:
  invite: {{ it: "STOP per uscire {long} {{{{name}}}}", en: "Hi {{{{name}}}}. STOP to opt out" }}
  reminder: {{ it: "Ciao λ", en: "Hi" }}
"#
    );
    let long_name = "y".repeat(30);
    let a = format!(
        "phone,language,name\n+393331234561,it,Ada\n+393331234562,en,Bo\n+393331234563,it,{long_name}\n"
    );
    let b = format!(
        "phone,language,name\n+393331234564,it,{long_name}\n+393331234565,en,Ayşe\n+393331234566,it,Ayşe\n"
    );
    check(
        &campaign,
        &[("a.csv", a.as_bytes()), ("b.csv", b.as_bytes())],
        expect![[r#"
            invite it: 4 people, 8 parts, most Some((3, "b.csv:4")), 1 in UCS-2 Some(('ş', "b.csv:4"))
            invite en: 2 people, 2 parts, most Some((1, "a.csv:3")), 1 in UCS-2 Some(('ş', "b.csv:3"))
            reminder it: 4 people, 4 parts, most Some((1, "a.csv:2")), 4 in UCS-2 Some(('λ', "a.csv:2"))
            reminder en: 2 people, 2 parts, most Some((1, "a.csv:3")), 0 in UCS-2 None
        "#]],
    );
}

#[test]
fn each_variant_has_its_own_people_worst_row_and_alphabet() {
    let long = "x".repeat(130);
    let campaign = format!(
        r#"audience: people.csv
languages: [it, en]
schedule: now
steps:
  - send: invite
  - wait: 1 hour
  - send: bye
messages:
  invite:
    variants:
      plain: {{ share: 50%, text: "{long} STOP {{{{name}}}}" }}
      party: {{ share: 25%, it: "Ciao 🎉 STOP", en: "Hi {{{{name}}}} STOP" }}
      quiet: {{ share: 25%, text: "Ciao STOP" }}
  bye: "Bye"
"#
    );
    let mut people = "phone,language,name\n".to_owned();
    for n in 0..12 {
        let language = if n % 3 == 0 { "en" } else { "it" };
        let name = if n % 4 == 1 { "Ayşe" } else { "Maximilian-Theodor" };
        let _ = writeln!(people, "+3933312345{n:02},{language},{name}");
    }
    check(
        &campaign,
        &[("people.csv", people.as_bytes())],
        expect![[r#"
            invite plain it: 6 people, 8 parts, most Some((3, "people.csv:7")), 1 in UCS-2 Some(('ş', "people.csv:7"))
            invite plain en: 1 people, 1 parts, most Some((1, "people.csv:8")), 0 in UCS-2 None
            invite party it: 0 people, 0 parts, most None, 0 in UCS-2 None
            invite party en: 1 people, 1 parts, most Some((1, "people.csv:11")), 1 in UCS-2 Some(('ş', "people.csv:11"))
            invite quiet it: 2 people, 2 parts, most Some((1, "people.csv:3")), 0 in UCS-2 None
            invite quiet en: 2 people, 2 parts, most Some((1, "people.csv:2")), 0 in UCS-2 None
            bye it: 8 people, 8 parts, most Some((1, "people.csv:3")), 0 in UCS-2 None
            bye en: 4 people, 4 parts, most Some((1, "people.csv:2")), 0 in UCS-2 None
        "#]],
    );
}

#[test]
fn a_text_that_nobody_gets_has_no_worst_row() {
    check(
        "audience: a.csv\nlanguages: [en, it]\nschedule: now\nmessage: { en: \"Hi. STOP to opt out\", it: \"Ciao. STOP per uscire\" }\n",
        &[("a.csv", b"phone,language\n+393331234561,en\n")],
        expect![[r#"
            message en: 1 people, 1 parts, most Some((1, "a.csv:2")), 0 in UCS-2 None
            message it: 0 people, 0 parts, most None, 0 in UCS-2 None
        "#]],
    );
}

#[test]
fn a_text_in_rounds_is_counted_for_each_of_them() {
    let campaign = "audience: people.csv\nschedule: now\nreplies: none\nsteps:\n  \
                    - repeat: { times: 3, every: 1 day, do: [{ send: again }, { repeat: { times: 2, every: 1 hour, do: { send: inner } } }] }\n  \
                    - send: bye\nmessages:\n  again: \"Again. STOP to opt out\"\n  inner: \"Inner. STOP to opt out\"\n  \
                    bye: \"Bye. STOP to opt out\"\n";
    let planned = plan(Setting {
        campaign,
        files: &[("people.csv", b"phone\n+393331234561\n+393331234562\n")],
        ..Setting::default()
    })
    .expect("a plan");
    let of = |message: &crate::plan::MessageParts| format!("{} {}", message.message, message.parts);
    let parts: Vec<String> = planned.summary.messages.iter().map(of).collect();
    assert_eq!(
        (parts.join(", "), planned.summary.parts),
        ("again 6, inner 12, bye 2".to_owned(), 20)
    );
}

#[test]
fn a_text_with_a_value_that_a_step_gives_has_a_part_at_least() {
    check(
        "audience: { from: people.csv, region: IT }\npurpose: service\nschedule: now\nfields: { seat: { from: campaign } }\n\
         steps:\n  - set: { seat: \"row 1\" }\n  - send: { text: \"Your seat is {{seat}}\" }\n",
        &[("people.csv", b"phone\n3331234561\n3331234562\n")],
        expect![[r#"
            step-2 en: 2 people, 2 parts, most Some((1, "people.csv:2")), 0 in UCS-2 None
        "#]],
    );
}
