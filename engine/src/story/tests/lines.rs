use expect_test::{Expect, expect};

use super::{check, service, story};

/// A campaign in which everything can be claimed.
const ALL: &str = r#"
links: { tickets: "https://arena.example/t", plan: "https://arena.example/p" }
fields: { level: { from: campaign } }
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        do:
          - tag: coming
          - join: newsletter
          - set: { level: gold }
          - notify: { to: shift, text: "{{name}} comes" }
          - call: { url: "https://api.arena.example/seats" }
          - send: kept
          - finish: coming
      - words: ["no"]
        do: [{ leave: newsletter }, { forward: box-office }, { finish: declined }]
    silence: { send: reminder }
messages:
  invite: "Coming, {{name}}? {{link tickets}}"
  kept: "Your seat is kept."
  reminder: "Still time."
"#;

fn lines(lines: &str, expected: Expect) {
    let campaign = service(ALL) + &story(lines);
    check(&campaign, expected);
}

/// Only where the lines differ from what happens.
fn differs(said: &str, expected: Expect) {
    let revision = super::revision(&(service(ALL) + &story(said)));
    let played = super::play(&revision, &revision.campaign.stories[0]);
    let told = super::told(
        &revision,
        &super::Played {
            log: vec![],
            ..played
        },
        false,
    );
    expected.assert_eq(&told);
}

#[test]
fn every_line_that_is_true() {
    lines(
        r#"
- expect: invite
  at: "10:00"
  between: 09:00-11:00
  parts: 1
- receipt: delivered
- clicks: tickets
- reply: "yes"
- tagged: [coming]
- joined: newsletter
- set: { level: gold }
- notified: shift
- calls: { url: "https://api.arena.example/seats" }
- expect: kept
  text: "Your seat is kept."
- finished: coming
- says: "thanks"
- expect: nothing
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < invite (1 part): Coming, Ada? https://crier.test/s44e4s
            Tue 1 Dec 10:00 the text is delivered
            Tue 1 Dec 10:00 opens the link tickets
            Tue 1 Dec 10:00 > yes
            Tue 1 Dec 10:00 tagged coming
            Tue 1 Dec 10:00 joins newsletter
            Tue 1 Dec 10:00 level is now gold
            Tue 1 Dec 10:00 shift is told: Ada comes
            Tue 1 Dec 10:00 calls POST https://api.arena.example/seats
            Tue 1 Dec 10:00 < kept (1 part): Your seat is kept.
            Tue 1 Dec 10:00 the passage ends: coming
            Tue 1 Dec 10:00 > thanks
            Tue 1 Dec 10:00 the reply goes to the inbox
        "#]],
    );
    lines(
        r#"
- expect: invite
- after: 47 hours
- expect: nothing
- after: 1 hour
- expect: reminder
- reply: "no"
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < invite (1 part): Coming, Ada? https://crier.test/s44e4s
            Thu 3 Dec 10:00 < reminder (1 part): Still time.
            Thu 3 Dec 10:00 the passage ends
            Thu 3 Dec 10:00 > no
            Thu 3 Dec 10:00 the reply goes to the inbox
        "#]],
    );
    lines(
        "- expect: invite\n- reply: \"no\"\n- left: newsletter\n- forwarded: box-office\n- finished: declined",
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < invite (1 part): Coming, Ada? https://crier.test/s44e4s
            Tue 1 Dec 10:00 > no
            Tue 1 Dec 10:00 leaves newsletter
            Tue 1 Dec 10:00 the reply is forwarded to box-office
            Tue 1 Dec 10:00 the passage ends: declined
        "#]],
    );
}

#[test]
fn every_line_that_is_not() {
    for (said, expected) in [
        (
            "- expect: kept",
            expect![[r#"
            DIFFERS at "kept": "invite" comes, not "kept" (Tue 1 Dec 2026, 10:00: Coming, Ada? https://crier.test/s44e4s)
        "#]],
        ),
        (
            "- expect: nothing\n- expect: invite",
            expect![[r#"
            DIFFERS at "nothing": "invite" comes, and nothing should (Tue 1 Dec 2026, 10:00: Coming, Ada? https://crier.test/s44e4s)
        "#]],
        ),
        (
            "- expect: nothing",
            expect![[r#"
            DIFFERS at "nothing": "invite" comes, and nothing should (Tue 1 Dec 2026, 10:00: Coming, Ada? https://crier.test/s44e4s)
        "#]],
        ),
        (
            "- expect: invite\n- expect: opt-out",
            expect![[r#"
            DIFFERS at "opt-out": "reminder" comes, not "opt-out" (Thu 3 Dec 2026, 10:00: Still time.)
        "#]],
        ),
        (
            "- expect: invite\n  text: \"Coming, Bo?\"",
            expect![[r#"
            DIFFERS at "\"Coming, Bo?\"": "invite" says something else (it says: Coming, Ada? https://crier.test/s44e4s)
        "#]],
        ),
        (
            "- expect: invite\n  parts: 2",
            expect![[r#"
                DIFFERS at "2": "invite" has 1 part, not 2 (it says: Coming, Ada? https://crier.test/s44e4s)
            "#]],
        ),
        (
            "- expect: invite\n  at: \"10:01\"",
            expect![[r#"
            DIFFERS at "\"10:01\"": it does not come at that time (it comes Tue 1 Dec 2026, 10:00)
        "#]],
        ),
        (
            "- expect: invite\n  at: 2026-12-02 10:00",
            expect![[r#"
            DIFFERS at "2026-12-02 10:00": it does not come at that time (it comes Tue 1 Dec 2026, 10:00)
        "#]],
        ),
        (
            "- expect: invite\n  between: 11:00-12:00",
            expect![[r#"
                DIFFERS at "11:00-12:00": "invite" does not come between 11:00-12:00 (it comes Tue 1 Dec 2026, 10:00)
            "#]],
        ),
        (
            "- expect: invite\n- tagged: coming",
            expect![[r#"
            DIFFERS at "coming": no tag "coming" (the person has no tags)
        "#]],
        ),
        (
            "- expect: invite\n- reply: \"yes\"\n- tagged: [coming, gone]",
            expect![[r#"
            DIFFERS at "[coming, gone]": no tag "gone" (the person has coming)
        "#]],
        ),
        (
            "- expect: invite\n- joined: newsletter",
            expect![[r#"
            DIFFERS at "newsletter": no list joined "newsletter" (no step did that by now)
        "#]],
        ),
        (
            "- expect: invite\n- left: newsletter",
            expect![[r#"
            DIFFERS at "newsletter": no list left "newsletter" (no step did that by now)
        "#]],
        ),
        (
            "- expect: invite\n- set: { level: gold }",
            expect![[r#"
                DIFFERS at "{ level: gold }": level is not "gold" (the person has none, and no step set it)
            "#]],
        ),
        (
            "- expect: invite\n- notified: shift",
            expect![[r#"
            DIFFERS at "shift": "shift" did not get a text of ours (no step did that by now)
        "#]],
        ),
        (
            "- expect: invite\n- reply: \"yes\"\n- notified: box-office",
            expect![[r#"
            DIFFERS at "box-office": "shift" got a text of ours, not "box-office" (write the inbox that gets it)
        "#]],
        ),
        (
            "- expect: invite\n- forwarded: box-office",
            expect![[r#"
            DIFFERS at "box-office": "box-office" did not get the reply (no step did that by now)
        "#]],
        ),
        (
            "- expect: invite\n- finished: coming",
            expect![[r#"
            DIFFERS at "coming": the passage did not end with "coming" (the passage has not ended with a reason)
        "#]],
        ),
        (
            "- expect: invite\n- reply: \"no\"\n- finished: coming",
            expect![[r#"
            DIFFERS at "coming": the passage did not end with "coming" (it ended with "declined")
        "#]],
        ),
        (
            "- expect: invite\n- calls: { url: \"https://api.arena.example/seats\" }",
            expect![[r#"
            DIFFERS at "{ url: \"https://api.arena.example/seats\" }": nothing calls https://api.arena.example/seats (no step did that by now)
        "#]],
        ),
        (
            "- expect: invite\n- reply: \"yes\"\n- calls: { url: \"https://api.arena.example/seat\" }",
            expect![[r#"
                DIFFERS at "{ url: \"https://api.arena.example/seat\" }": another address is called than https://api.arena.example/seat (it is https://api.arena.example/seats)
            "#]],
        ),
        (
            "- expect: invite\n- reply: \"yes\"\n- finished: coming",
            expect![[r#"
            DIFFERS at "finished: coming": the story ends, and "kept" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: kept`)
        "#]],
        ),
        (
            "- after: 3 days\n- expect: invite",
            expect![[r#"
            DIFFERS at "expect: invite": the story ends, and "reminder" came that nobody expected (it came Thu 3 Dec 2026, 10:00; add `- expect: reminder`)
        "#]],
        ),
    ] {
        differs(said, expected);
    }
}

#[test]
fn what_cannot_be() {
    for (said, expected) in [
        (
            "- expect: invite\n  at: 2026-11-30 10:00",
            expect![[r#"
            IMPOSSIBLE at "2026-11-30 10:00": no text can come Mon 30 Nov 2026, 10:00 (the story begins Tue 1 Dec 2026, 10:00; `at` beside `person` begins it at another time)
        "#]],
        ),
        (
            "- expect: step-9",
            expect![[r#"
            IMPOSSIBLE at "step-9": no text is called "step-9" (there are invite, kept, reminder)
        "#]],
        ),
        (
            "- clicks: plan\n- expect: invite",
            expect![[r#"
            IMPOSSIBLE at "plan": no text has come with the link "plan" (`- expect:` the text before this line, or `- after:` some time)
        "#]],
        ),
        (
            "- expect: invite\n- clicks: plan",
            expect![[r#"
            IMPOSSIBLE at "plan": no text has come with the link "plan" (`- expect:` the text before this line, or `- after:` some time)
        "#]],
        ),
    ] {
        differs(said, expected);
    }
    check(
        r#"
audience: { from: people.csv, where: age >= 18 }
purpose: service
schedule: 2026-12-01 10:00
fields: { age: int }
message: "Hello"
tests:
  - { test: a child, person: { phone: "+393331234567", age: 12 }, story: [{ expect: message }] }
  - { test: ageless, person: { phone: "+393331234567" }, story: [{ expect: message }] }
  - { test: no number, person: { age: 30 }, story: [{ expect: message }] }
  - { test: half a number, person: { phone: "+39333", age: 30 }, story: [{ expect: message }] }
  - { test: a landline, person: { phone: "+390612345678", age: 30 }, story: [{ expect: message }] }
  - { test: no age, person: { phone: "+393331234567", age: old }, story: [{ expect: message }] }
  - { test: a zone of no map, person: { phone: "+393331234567", age: 30, timezone: Mars }, story: [{ expect: message }] }
"#,
        expect![[r##"
            # a child
            IMPOSSIBLE at "person": the audience would not hold this person: `where` does not hold (a story is about somebody whom the campaign texts: change the person, or the audience)
            # ageless
            IMPOSSIBLE at "person": the audience would not hold this person: `where` cannot be decided: age is empty or not of its type (a story is about somebody whom the campaign texts: change the person, or the audience)
            # no number
            IMPOSSIBLE at "person": the person has no `phone` (a story is about somebody whom the campaign texts: change the person, or the audience)
            # half a number
            IMPOSSIBLE at "person": "+39333" is too short for a phone number; write all its digits (a story is about somebody whom the campaign texts: change the person, or the audience)
            # a landline
            IMPOSSIBLE at "person": the audience would not hold this person: landline (a story is about somebody whom the campaign texts: change the person, or the audience)
            # no age
            IMPOSSIBLE at "person": the audience would not hold this person: `where` cannot be decided: age is empty or not of its type (a story is about somebody whom the campaign texts: change the person, or the audience)
            # a zone of no map
            IMPOSSIBLE at "person": "Mars" is no time zone (a story is about somebody whom the campaign texts: change the person, or the audience)
        "##]],
    );
}

/// Of yes and no a text asks which it is, not whether there is one.
#[test]
fn a_text_asks_whether_yes_or_no_is_true() {
    let values = ["true", "yes", "1", "false", "no", "0", ""];
    let stories = values.map(|vip| {
        format!(
            "  - test: it is '{vip}'\n    person: {{ phone: \"+393331234567\", vip: \"{vip}\" }}\n    story: [{{ expect: message }}]\n"
        )
    });
    let campaign = format!(
        "audience: {{ from: people.csv, columns: {{ vip: born }} }}\nschedule: 2026-12-01 10:00\npurpose: service\n\
         fields: {{ vip: bool }}\n\
         message: \"{{{{#if vip}}}}yes{{{{else}}}}no{{{{/if}}}}, {{{{#unless vip}}}}no{{{{else}}}}yes{{{{/unless}}}}\"\n\
         tests:\n{}",
        stories.concat()
    );
    check(
        &campaign,
        expect![[r#"
        # it is 'true'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): yes, yes
        Tue 1 Dec 10:00 the passage ends
        # it is 'yes'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): yes, yes
        Tue 1 Dec 10:00 the passage ends
        # it is '1'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): yes, yes
        Tue 1 Dec 10:00 the passage ends
        # it is 'false'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): no, no
        Tue 1 Dec 10:00 the passage ends
        # it is 'no'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): no, no
        Tue 1 Dec 10:00 the passage ends
        # it is '0'
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): no, no
        Tue 1 Dec 10:00 the passage ends
        # it is ''
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): no, no
        Tue 1 Dec 10:00 the passage ends
    "#]],
    );
}

/// A value that an event brings and that is nothing is as an empty cell; a step sets nothing then.
#[test]
fn a_value_of_nothing_has_the_default() {
    let text = "send: { en: \"In {{city}}, {{name}}\" }";
    let steps = format!(
        "fields: {{ city: {{ default: nowhere }}, name: text }}\nsteps:\n  - set: {{ city: \"\" }}\n  - {text}\n  \
         - await: event(\"moved\")\n    for: 2 days\n  - {text}\n"
    );
    let lines = "- expect: step-2\n- after: 1 day\n- event: { name: moved, fields: { city: \"\" } }\n- expect: step-4\n";
    check(
        &service(&format!("{steps}{}", story(lines))),
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 left out: text is empty
            Tue 1 Dec 10:00 < step-2 (1 part): In Roma, Ada
            Wed 2 Dec 10:00 the event moved comes
            Wed 2 Dec 10:00 < step-4 (1 part): In nowhere, Ada
            Wed 2 Dec 10:00 the passage ends
        "#]],
    );
}
