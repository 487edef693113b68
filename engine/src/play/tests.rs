use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{Command, Session, with_story};
use crate::revision::Revision;
use crate::story::play;
use crate::testing::{at, campaign_of};

const CAMPAIGN: &str = r#"# The box office.
audience: people.csv
purpose: service
schedule: 2026-12-01 10:00
timezone: Europe/Rome
links: { tickets: "https://arena.example/t" }
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        do: [{ tag: coming }, { set: { name: "{{upper name}}" } }, { send: kept }, { finish: coming }]
    silence: { send: reminder }
  - await: event("paid")
    for: 1 day
  - send: bye
replies: { otherwise: { forward: box@arena.example } }
messages: { invite: "Coming, {{name}}? {{link tickets}}", kept: "Kept.", reminder: "Now?", bye: "Bye" }
"#;

fn revision(text: &str) -> Arc<Revision> {
    let text = text.replace(
        "replies: { otherwise: { forward: box@arena.example } }",
        "replies: [{ otherwise: { forward: box@arena.example } }]",
    );
    campaign_of(None, &text, &[("people.csv", "phone,name")]).1
}

fn session(text: &str) -> Session {
    let person = [("phone", "+393331234567"), ("name", "Ada")];
    let person = person.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Session::new(&revision(text), person.into(), None, at("2026-11-30T10:00:30Z"))
        .expect("she is in the audience")
}

/// What somebody types; expected: what is shown, and the story that comes of it, which passes.
fn check(typed: &[&str], expected: Expect) {
    let mut session = session(CAMPAIGN);
    let mut shown = String::new();
    for line in typed {
        match Command::parse(line) {
            Err(error) => shown += &format!("{line}: {error}\n"),
            Ok(None) => shown += "nothing\n",
            Ok(Some(command)) => {
                if let Err(error) = session.act(&command) {
                    shown += &format!("{line}: {error}\n");
                }
            }
        }
    }
    let story = session.story("as it was played");
    expected.assert_eq(&format!("{shown}{story}"));
    let with = with_story(CAMPAIGN, &story).expect("there are no stories yet");
    let revision = revision(&with);
    let played = play(&revision, &revision.campaign.stories[0]);
    assert_eq!(played.failure, None, "{:#?}", played.log);
}

#[test]
fn a_session_becomes_a_story_that_passes() {
    check(
        &[
            "Is there parking?",
            "/wait 1 day",
            "/receipt delivered",
            "/click tickets",
            "Yes: \"please\"",
            "/next",
        ],
        expect![[r#"
            /next: no text comes for three years
            - test: "as it was played"
              person: { phone: "+393331234567", name: "Ada" }
              at: 2026-12-01 10:00
              story:
                - expect: invite
                - reply: "Is there parking?"
                - forwarded: box@arena.example
                - after: 1 day
                - receipt: delivered
                - clicks: tickets
                - reply: "Yes: \"please\""
                - expect: kept
                - tagged: coming
                - set: { name: "ADA" }
                - finished: coming
        "#]],
    );
    check(
        &[
            "/next",
            "/event paid by=card what=\"two seats\"",
            "stop",
            "/wait 3 weeks",
        ],
        expect![[r#"
            - test: "as it was played"
              person: { phone: "+393331234567", name: "Ada" }
              at: 2026-12-01 10:00
              story:
                - expect: invite
                - expect: reminder
                  at: 2026-12-03 10:00
                - event: { name: paid, fields: { by: "card", what: "two seats" } }
                - expect: bye
                - reply: "stop"
                - expect: opt-out
                - after: 3 weeks
        "#]],
    );
}

#[test]
fn what_cannot_be_done_is_said_and_leaves_nothing() {
    check(
        &[
            "",
            "/click plan",
            "/nxt",
            "/wait a while",
            "/event",
            "/event a=b",
            "/receipt",
            "/click",
            "/help",
            "/save",
            "/quit",
        ],
        expect![[r#"
            nothing
            /click plan: no text has come with the link "plan"
            /nxt: there is no /nxt: /help lists what there is
            /wait a while: write it as `/wait 2 days`
            /event: write it as `/event NAME field=value`
            /event a=b: write it as `/event NAME field=value`
            /receipt: write it as `/receipt delivered`
            /click: write it as `/click LINK`
            - test: "as it was played"
              person: { phone: "+393331234567", name: "Ada" }
              at: 2026-12-01 10:00
              story:
                - expect: invite
        "#]],
    );
}

#[test]
fn a_story_goes_behind_the_last_one() {
    let story = "- test: \"new\"\n  story: []\n";
    for (file, expected) in [
        (
            "audience: a.csv\n",
            expect![[r#"
            audience: a.csv

            tests:
              - test: "new"
                story: []
        "#]],
        ),
        (
            "tests:\n  - test: a\n    story: []   # long enough\n\n# the end\nlimits: {}\n",
            expect![[r#"
            tests:
              - test: a
                story: []   # long enough
              - test: "new"
                story: []

            # the end
            limits: {}
        "#]],
        ),
        (
            "tests:\n- test: a\n  story:\n    - expect: b\n",
            expect![[r#"
            tests:
            - test: a
              story:
                - expect: b
            - test: "new"
              story: []
        "#]],
        ),
        ("tests: [{ test: a, story: [] }]\n", expect!["cannot"]),
        ("tests: stories.yaml\n", expect!["cannot"]),
    ] {
        expected.assert_eq(&with_story(file, story).unwrap_or_else(|| "cannot".into()));
    }
}
