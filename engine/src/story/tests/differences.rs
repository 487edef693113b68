use expect_test::{Expect, expect};

use super::{play, revision, service};

/// Makes a story say what happens, as `crier test --update` does; twice changes nothing more.
fn check(tests: &str, expected: Expect) {
    check_of(
        r#"
steps:
  - send: invite
  - wait: 1 day
  - send: reminder
  - notify: { to: shift, text: "done" }
  - finish: done
messages:
  invite: "Coming, \"{{name}}\"?"
  reminder: "Still time."
"#,
        tests,
        expected,
    );
}

fn check_of(campaign: &str, tests: &str, expected: Expect) {
    let campaign = service(campaign);
    let once = updated(&(campaign.clone() + tests));
    expected.assert_eq(once.strip_prefix(&campaign).expect("only stories change"));
    assert_eq!(updated(&once), once);
}

fn updated(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let revision = revision(&text);
        let edits = revision
            .campaign
            .stories
            .iter()
            .flat_map(|story| play(&revision, story).edits);
        let (next, made) = dsl::edit::apply(&text, edits.collect());
        if made == 0 {
            return text;
        }
        text = next;
    }
    panic!("it never ends: {text}");
}

#[test]
fn names_texts_parts_times_inboxes_and_reasons() {
    check(
        r#"tests:
  - test: all wrong   # a comment
    person: { phone: "+393331234567", name: Ada }
    story:
      # before
      - expect: reminder  # one
        text: |   # two
          Going, Bo?
          Really?
        parts: 3  # three
        at: "09:00"
      - expect: invite
        text: >
          x
        at: 2026-12-09 10:00
        between: 11:00-13:00   # noon
      - notified: box-office  # four
      - finished: never
"#,
        expect![[r#"
            tests:
              - test: all wrong   # a comment
                person: { phone: "+393331234567", name: Ada }
                story:
                  # before
                  - expect: invite
                  - expect: reminder  # one
                    text: "Still time." # two
                    parts: 1  # three
                    at: "10:00"
                  - expect: nothing   # noon
                  - notified: shift  # four
                  - finished: done
        "#]],
    );
}

#[test]
fn lines_that_are_missing_or_too_many() {
    check(
        r#"tests:
  - test: in lines
    person: { phone: "+393331234567", name: Ada }
    story:
        - expect: invite
        - after: 2 days   # long enough
        # the end
  - test: in brackets
    person: { phone: "+393331234567", name: Ada }
    story: [{ expect: invite }, { after: 2 days }]
  - test: in brackets, in lines
    person: { phone: "+393331234567", name: Ada }
    story: [
      { expect: invite },
      { after: 2 days },   # long enough
      ]
  - test: in pairs
    person: { phone: "+393331234567", name: Ada }
    story: [expect: invite, after: 2 days]
  - test: too many
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: invite
      - expect: reminder
      - expect: reminder   # again
      - expect: invite
        parts: 1
        between: 10:00-12:00
      - { expect: invite, parts: 1 }
  - test: nothing
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: nothing
  - test: not written yet
    person: { phone: "+393331234567", name: Ada }
    story: []   # to be written
"#,
        expect![[r#"
            tests:
              - test: in lines
                person: { phone: "+393331234567", name: Ada }
                story:
                    - expect: invite
                    - after: 2 days   # long enough
                    - expect: reminder
                    # the end
              - test: in brackets
                person: { phone: "+393331234567", name: Ada }
                story: [{ expect: invite }, { after: 2 days }, { expect: reminder }]
              - test: in brackets, in lines
                person: { phone: "+393331234567", name: Ada }
                story: [
                  { expect: invite },
                  { after: 2 days }, { expect: reminder },   # long enough
                  ]
              - test: in pairs
                person: { phone: "+393331234567", name: Ada }
                story: [expect: invite, after: 2 days, { expect: reminder }]
              - test: too many
                person: { phone: "+393331234567", name: Ada }
                story:
                  - expect: invite
                  - expect: reminder
                  - expect: nothing   # again
              - test: nothing
                person: { phone: "+393331234567", name: Ada }
                story:
                  - expect: invite
              - test: not written yet
                person: { phone: "+393331234567", name: Ada }
                story: [{ expect: invite }]   # to be written
        "#]],
    );
}

#[test]
fn what_it_says_of_lists_and_tags_is_what_happened() {
    let campaign = service(
        "steps:\n  - join: newsletter\n  - tag: seen\n  - send: { en: \"Hi\" }\n  - leave: newsletter\n  - wait: 1 day\n",
    );
    let tests = r#"tests:
  - test: lists
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: step-3  # one
      - left: newsletter
      - joined: newsletter  # gone again
      - tagged: lost
      - after: 2 days
"#;
    let once = updated(&(campaign.clone() + tests));
    expect![[r#"
        tests:
          - test: lists
            person: { phone: "+393331234567", name: Ada }
            story:
              - expect: step-3  # one
              - left: newsletter
              # gone again
              - tagged: seen
              - after: 2 days
    "#]]
    .assert_eq(once.strip_prefix(&campaign).expect("only stories change"));
    assert_eq!(updated(&once), once);
}

#[test]
fn what_it_says_of_values_calls_inboxes_and_the_end_is_what_happened() {
    let campaign = service(
        "fields: { level: { from: campaign }, seat: { from: campaign } }\nsteps:\n  - set: { level: gold, seat: \"4\" }\n  - tag: seen\n  - tag: new\n  - call: { url: \"https://api.arena.example/seats\" }\n  - send: { en: \"Hi\" }\n",
    );
    let tests = r#"tests:
  - test: all
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: step-5  # one
      - set: { level: silver, seat: 5 }  # two
      - set: { name: Bo }
      - tagged: [seen, gone, new]
      - tagged: [gone, seen]
      - calls: { url: "https://api.arena.example/seat", answer: { a: 1 } }
      - calls: { url: "https://api.arena.example/seats" }
      - notified: shift
      - forwarded: box-office
      - finished: done
      # the end
  - test: in brackets
    person: { phone: "+393331234567", name: Ada }
    story: [{ finished: x }, { expect: step-5 }, { tagged: gone }, { tagged: seen }, { notified: shift }]
  - test: in pairs
    person: { phone: "+393331234567", name: Ada }
    story: [expect: step-5, tagged: gone, finished: x]
"#;
    let once = updated(&(campaign.clone() + tests));
    expect![[r#"
        tests:
          - test: all
            person: { phone: "+393331234567", name: Ada }
            story:
              - expect: step-5  # one
              - set: { level: "gold", seat: "4" }  # two
              - set: { name: "Ada" }
              - tagged: [seen, new]
              - tagged: seen
              - calls: { url: "https://api.arena.example/seats", answer: { a: 1 } }
              # the end
          - test: in brackets
            person: { phone: "+393331234567", name: Ada }
            story: [{ expect: step-5 }, { tagged: new }, { tagged: seen }]
          - test: in pairs
            person: { phone: "+393331234567", name: Ada }
            story: [expect: step-5, tagged: new]
    "#]]
    .assert_eq(once.strip_prefix(&campaign).expect("only stories change"));
    assert_eq!(updated(&once), once);
}

#[test]
fn comments_of_what_is_gone_stay() {
    check(
        r##"tests:
  - test: comments
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: invite
      # before
      - tagged: vip   # why it is there
      - tagged:   # several
          - vip   # one
          - "a # b"   # two
      # behind
      - expect: reminder
      - expect: invite   # it came again
        parts: 1   # and was short
      - { expect: invite,   # within
          parts: 1 }   # at the end
      - finished: done
  - test: in brackets
    person: { phone: "+393331234567", name: Ada }
    story: [
      { expect: invite },   # first
      { tagged: vip },   # gone
      { expect: reminder },   # second
      ]
"##,
        expect![[r#"
            tests:
              - test: comments
                person: { phone: "+393331234567", name: Ada }
                story:
                  - expect: invite
                  # before
                  # why it is there
                  # several
                  # one
                  # two
                  # behind
                  - expect: reminder
                  - expect: nothing # it came again   # and was short
                  # within
                  # at the end
                  - finished: done
              - test: in brackets
                person: { phone: "+393331234567", name: Ada }
                story: [
                  { expect: invite },   # first
                  # gone
                  { expect: reminder },   # second
                  ]
        "#]],
    );
}

/// A last line without a line break, and lines that end as on Windows.
#[test]
fn a_comment_stays_with_the_line_breaks_of_its_file() {
    let story = "tests:\n  - test: one\n    person: { phone: \"+393331234567\", name: Ada }\n    story:\n      - expect: invite\n      - tagged: vip # why\n      - expect: reminder\n      - tagged: vip # at last";
    let steps = "\nsteps: [{ send: invite }, { wait: 1 day }, { send: reminder }]\nmessages: { invite: \"Hi\", reminder: \"Hi\" }\n";
    for newline in ["\n", "\r\n"] {
        let text = (service(steps) + story).replace('\n', newline);
        let gone = text.replace("- tagged: vip ", "");
        assert_eq!(updated(&text), gone);
    }
}

#[test]
fn a_text_is_told_behind_what_brought_it() {
    check_of(
        r#"
steps:
  - ask: invite
    for: 1 day
    answers: [{ words: ["yes"], do: [{ tag: coming }, { send: kept }] }]
  - wait: 1 day
  - send: thanks
messages: { invite: "Coming?", kept: "Kept", thanks: "Thanks" }
"#,
        r#"tests:
  - test: none is told
    person: { phone: "+393331234567" }
    story:
      - reply: "yes"   # at once
      - tagged: coming
      - after: 2 days
      - expect: nothing
  - test: one is not told
    person: { phone: "+393331234567" }
    story: [{ expect: invite }, { reply: "yes" }, { after: 1 hour }, { expect: thanks }]
  - test: another one
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - reply: "yes"
      - expect: thanks
"#,
        expect![[r#"
            tests:
              - test: none is told
                person: { phone: "+393331234567" }
                story:
                  - expect: invite
                  - reply: "yes"   # at once
                  - tagged: coming
                  - expect: kept
                  - after: 2 days
                  - expect: thanks
              - test: one is not told
                person: { phone: "+393331234567" }
                story: [{ expect: invite }, { reply: "yes" }, { expect: kept }, { after: 1 hour }, { expect: thanks }]
              - test: another one
                person: { phone: "+393331234567" }
                story:
                  - expect: invite
                  - reply: "yes"
                  - expect: kept
                  - expect: thanks
        "#]],
    );
}
