use std::sync::Arc;

use expect_test::{Expect, expect};

use dsl::campaign::story::Occurrence;

use super::{Command, Opening, Session, asked, minute, unused_name, variants, with_story};
use crate::revision::Revision;
use crate::story::play;
use crate::testing::{PROJECT, at, campaign_of};

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
    campaign_of(Some(PROJECT), &text, &[("people.csv", "phone,name")]).1
}

fn values(values: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    values.iter().map(own).collect()
}

/// What somebody types; expected: what is shown, and the story that comes of it, which passes.
fn check(typed: &[&str], expected: Expect) {
    let person = values(&[("phone", "+393331234567"), ("name", "Ada")]);
    let opening = Opening {
        person,
        ..Opening::default()
    };
    check_of(CAMPAIGN, opening, typed, expected);
}

fn check_of(campaign: &str, opening: Opening, typed: &[&str], expected: Expect) {
    let session = Session::new(&revision(campaign), opening, at("2026-11-30T10:00:30Z"));
    let mut session = session.expect("the audience holds this person");
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
    let with = with_story(campaign, &story).expect("there are no stories yet");
    let revision = revision(&with);
    let played = play(&revision, &revision.campaign.stories[0]);
    assert_eq!(played.failure, None, "{:#?}", played.log);
}

#[test]
fn whoever_joins_the_list_that_begins_it_says_its_word() {
    let opening = Opening {
        person: values(&[("phone", "+393331234567")]),
        ..Opening::default()
    };
    check_of(
        "trigger: { joins: club }\npurpose: service\nmessage: \"Here is your card\"\n",
        opening,
        &["/wait 1 hour", "yes"],
        expect![[r#"
            - test: "as it was played"
              person: { phone: "+393331234567" }
              at: 2026-11-30 11:00
              story:
                - says: "CLUB"
                - expect: opt-in
                - after: 1 hour
                - reply: "yes"
                - expect: opt-in
                - expect: message
                - joined: club
        "#]],
    );
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
            "/teleport",
            "/wait a while",
            "/wait 9999 days",
            "/wait 0 days",
            "/event",
            "/event a=b",
            "/receipt",
            "/click",
            "/who",
            "/help",
            "/save",
            "/quit",
        ],
        expect![[r#"
            nothing
            /click plan: no text has come with the link "plan"
            /nxt: there is no /nxt: did you mean /next?
            /teleport: there is no /teleport: /help lists what there is
            /wait a while: write it as `/wait 2 days`
            /wait 9999 days: "9999 days" is longer than ten years: /wait runs the clock from one second to ten years
            /wait 0 days: "0 days" is no time at all: /wait runs the clock from one second to ten years
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
        (
            "tests: [{ test: a, story: [] }]\n",
            expect!["its `tests` are written in brackets"],
        ),
        ("tests: []\n", expect!["its `tests` are written in brackets"]),
        (
            "tests: stories.yaml\n",
            expect!["its `tests` stand in stories.yaml"],
        ),
        (
            "limits: {}\ntests:   # none yet\n# the end\n",
            expect![[r#"
                limits: {}
                tests:   # none yet
                  - test: "new"
                    story: []
                # the end
            "#]],
        ),
    ] {
        expected.assert_eq(&with_story(file, story).unwrap_or_else(|error| error.to_string()));
    }
}

#[test]
fn lines_end_as_in_the_file() {
    let story = "- test: \"new\"\n  story: []\n";
    let file = "tests:\r\n  - test: a\r\n    story: []\r\nlimits: {}\r\n";
    let with = with_story(file, story).expect("it has a list of lines");
    expect![[r#"
        "tests:\r\n  - test: a\r\n    story: []\r\n  - test: \"new\"\r\n    story: []\r\nlimits: {}\r\n"
    "#]]
    .assert_debug_eq(&with);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let file = "tests:\n  - test: comes\n  - test: \"comes 2\"\n";
    assert_eq!(unused_name(file, "stays"), "stays");
    assert_eq!(unused_name(file, "comes"), "comes 3");
    assert_eq!(unused_name("audience: a.csv\n", "comes"), "comes");
}

#[test]
fn the_clock_runs_to_the_end_where_no_text_comes_and_the_story_knows_it() {
    let quiet = "audience: people.csv\nschedule: 2026-12-01 10:00\ntimezone: Europe/Rome\npurpose: service\n\
        steps: [{ ask: invite, for: 50 hours, answers: [{ words: [\"yes\"], tag: coming }], silence: { tag: silent } }, { wait: 1 day }, { finish: over }]\n\
        replies: [{ otherwise: { forward: box@arena.example } }]\nmessages: { invite: \"Coming?\" }\n";
    let opening = Opening {
        person: values(&[("phone", "+393331234567")]),
        ..Opening::default()
    };
    check_of(
        quiet,
        opening,
        &["/next", "hello?", "/next", "/wait 1 hour"],
        expect![[r#"
            /next: no text comes for three years
            /next: no text comes for three years
            - test: "as it was played"
              person: { phone: "+393331234567" }
              at: 2026-12-01 10:00
              story:
                - expect: invite
                - after: 74 hours
                - tagged: silent
                - finished: over
                - reply: "hello?"
                - forwarded: box@arena.example
                - after: 1 hour
        "#]],
    );
}

const BOOKED: &str = r#"purpose: service
trigger: { event: booked, key: visit, again: restart }
timezone: Europe/Rome
fields: { name: { default: you }, visit: { longest: 9 }, starts: time, mood: { from: campaign, default: "-" } }
steps:
  - split: { walk: { share: 50%, do: [{ send: walk }] }, ride: { share: 50%, do: [{ send: ride }] } }
  - wait: { date: starts, before: 1 day, at: "10:00" }
  - send: tomorrow
messages:
  walk: "On foot, {{name}}"
  ride: "By bus"
  tomorrow: { variants: { calm: { share: 50%, en: "Tomorrow, {{name}}" }, loud: { share: 50%, en: "Now!" } } }
"#;

#[test]
fn an_event_begins_a_triggered_campaign_and_stands_beside_the_person() {
    let fields = values(&[("visit", "A1"), ("starts", "2026-12-05 10:30"), ("name", "Bo")]);
    let opening = Opening {
        person: values(&[("phone", "+393331234567"), ("variant", "ride")]),
        event: Some(Occurrence {
            name: "booked".into(),
            fields,
        }),
        ..Opening::default()
    };
    check_of(
        BOOKED,
        opening,
        &["/next", "see you"],
        expect![[r#"
        - test: "as it was played"
          person: { phone: "+393331234567", variant: "ride" }
          at: 2026-11-30 11:00
          event: { name: booked, fields: { visit: "A1", starts: "2026-12-05 10:30", name: "Bo" } }
          story:
            - expect: ride
            - expect: tomorrow
              at: 2026-12-04 10:00
            - reply: "see you"
    "#]],
    );
}

#[test]
fn what_is_asked_of_a_person_is_known() {
    let revision = revision(BOOKED);
    assert_eq!(asked(&revision), ["phone", "name", "starts", "visit"]);
    assert_eq!(variants(&revision), ["calm", "loud", "walk", "ride"]);
}

#[test]
fn a_minute_that_comes_twice_has_its_offset() {
    let rome = |at: &str| minute(self::at(at).with_timezone(&chrono_tz::Europe::Rome));
    let told = [
        rome("2026-10-24T10:00:30Z"),
        rome("2026-10-25T00:30:00Z"),
        rome("2026-10-25T01:30:59Z"),
    ];
    expect![[r#"
        2026-10-24 12:00
        2026-10-25 02:30
        2026-10-25T02:30:00+01:00"#]]
    .assert_eq(&told.join("\n"));
}
