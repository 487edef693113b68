use expect_test::expect;

use super::{TWO_TEXTS, ada, place};
use crate::advance::{Effect, Enrolment, Event, Facts, Known, State, advance, waits_for};
use crate::testing::{COLUMNS, PROJECT, at, campaign, campaign_of};

/// When the second text of [`TWO_TEXTS`] is due, two days after the first was taken.
fn second_text(accepted_at: &str) -> String {
    let member = ada();
    let enrolment = Enrolment {
        member: &member,
        place: place(0),
        state: State::Submitting,
        due_at: super::now(),
    };
    let event = Event::Accepted(place(0));
    let (_, effects) = advance(
        &campaign(TWO_TEXTS),
        enrolment,
        Facts::default(),
        &event,
        at(accepted_at),
    );
    match effects.as_slice() {
        [Effect::Depart(to, due_at)] if *to == place(2) => due_at.to_rfc3339(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn days_keep_the_local_time_over_a_clock_change() {
    // 10:30 in New York, before and after the change of March and of November.
    assert_eq!(second_text("2027-03-12T15:30:00Z"), "2027-03-14T14:30:00+00:00");
    assert_eq!(second_text("2026-10-30T14:30:00Z"), "2026-11-01T15:30:00+00:00");
    // An ordinary week.
    assert_eq!(second_text("2026-11-10T15:30:00Z"), "2026-11-12T15:30:00+00:00");
}

#[test]
fn a_local_time_that_does_not_exist_is_the_end_of_the_gap() {
    // 02:30 on the 12th; on the 14th clocks go from 02:00 to 03:00.
    assert_eq!(second_text("2027-03-12T07:30:00Z"), "2027-03-14T07:00:00+00:00");
}

#[test]
fn a_local_time_that_occurs_twice_is_the_first() {
    // 01:30 on 30 October; on 1 November it is 01:30 at 05:30Z and at 06:30Z.
    assert_eq!(second_text("2026-10-30T05:30:00Z"), "2026-11-01T05:30:00+00:00");
}

#[test]
fn what_is_waited_for_has_a_name() {
    let ask = "  - ask: { text: \"Coming?\" }\n    for: 2 days\n    answers: [{ words: [yes], tag: coming }]";
    // Asked in New York at ten of a Wednesday. Where, and until when; what is expected.
    let quiet = "schedule: now\nlimits: { quiet_hours: 09:30-12:00 }";
    let capped = "schedule: now\nlimits: { frequency: 1 per 7 days }";
    let days = "schedule: { at: 2026-11-25 10:00, days: [fri] }";
    let now = "schedule: now";
    let two = "  - wait: 1 day\n  - send: { text: Two }";
    let moment = "  - wait: 2026-12-01 10:00\n  - send: { text: Two }";
    let rounds = "  - repeat: { times: 3, every: 1 day, do: { send: { text: Again } } }";
    let asking = "schedule: now\nfields: { seats: { type: int, from: campaign, default: 1 } }";
    let call = "  - call: { url: \"https://api.arena.example/seats\", save: seats }\n  - send: { text: Two }";
    let table = [
        (asking, call, 2, 0, "2026-11-25T15:00:00Z"),
        (now, two, 0, 0, "2026-11-27T15:00:00Z"),
        (now, two, 2, 0, "2026-11-26T15:00:00Z"),
        (now, moment, 2, 0, "2026-12-01T15:00:00Z"),
        (now, rounds, 2, 1, "2026-11-26T15:00:00Z"),
        (now, ask, 3, 0, "2026-11-27T15:00:00Z"),
        (
            now,
            "  - await: event(\"paid\")\n    for: 2 days",
            1,
            0,
            "2026-11-27T15:00:00Z",
        ),
        (quiet, two, 0, 0, "2026-11-25T17:00:00Z"),
        (quiet, two, 2, 0, "2026-11-26T16:00:00Z"),
        (days, two, 0, 0, "2026-11-27T05:00:00Z"),
        (capped, two, 2, 0, "2026-12-02T14:00:00Z"),
    ];
    let lines = table.map(|(keys, steps, step, visit, until)| {
        let text = format!(
            "audience: people.csv\ntimezone: America/New_York\n{keys}\nsteps:\n  - send: {{ text: \"One. STOP to opt out\" }}\n{steps}\n"
        );
        let revision = campaign_of(Some(PROJECT), &text, &[("people.csv", COLUMNS)]).1;
        let known = Known {
            marketing: vec![at("2026-11-25T14:00:00Z")],
            ..Known::default()
        };
        let here = crate::advance::Place { step, visit };
        let waits = waits_for(&revision, (here, false), &known, at(until), super::now());
        format!("{}, at {step}.{visit} until {until}: {}\n", keys.replace('\n', ", "), waits.code())
    });
    expect![[r#"
        schedule: now, fields: { seats: { type: int, from: campaign, default: 1 } }, at 2.0 until 2026-11-25T15:00:00Z: call
        schedule: now, at 0.0 until 2026-11-27T15:00:00Z: beginning
        schedule: now, at 2.0 until 2026-11-26T15:00:00Z: wait
        schedule: now, at 2.0 until 2026-12-01T15:00:00Z: moment
        schedule: now, at 2.1 until 2026-11-26T15:00:00Z: round
        schedule: now, at 3.0 until 2026-11-27T15:00:00Z: answer
        schedule: now, at 1.0 until 2026-11-27T15:00:00Z: event
        schedule: now, limits: { quiet_hours: 09:30-12:00 }, at 0.0 until 2026-11-25T17:00:00Z: hours
        schedule: now, limits: { quiet_hours: 09:30-12:00 }, at 2.0 until 2026-11-26T16:00:00Z: wait
        schedule: { at: 2026-11-25 10:00, days: [fri] }, at 0.0 until 2026-11-27T05:00:00Z: days
        schedule: now, limits: { frequency: 1 per 7 days }, at 2.0 until 2026-12-02T14:00:00Z: frequency
    "#]]
    .assert_eq(&lines.concat());
}
