mod back_off;
mod doubt;
mod events;
mod passage;
mod properties;
mod replies;
mod spread;
mod taken_over;
mod waits;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};

use super::{Effect, Enrolment, Event, Facts, Place, State, advance, first_text};
use crate::calendar::TimeClass;
use crate::ids::MessageId;
use crate::member::{Doubt, Member, Pending};
use crate::provider::Resolve;
use crate::revision::Revision;
use crate::testing::{at, campaign, member, phone};

/// Program: 0 send, 1 wait, 2 send, 3 finish.
const TWO_TEXTS: &str = r#"
audience: people.csv
schedule: now
timezone: America/New_York
languages: [en, fr]
steps:
  - send: first
  - wait: 2 days
  - send: second
messages:
  first: { en: "Hi {{name}}, doors open at nine. STOP to opt out", fr: "Bonjour {{name}}. STOP pour sortir" }
  second: { en: "Still coming?", fr: "Toujours partants ?" }
"#;

fn now() -> DateTime<Utc> {
    at("2026-11-25T15:00:00Z")
}

fn place(step: u16) -> Place {
    Place { step, visit: 0 }
}

/// Ada in California, who reads English.
fn ada() -> Member {
    member(phone("+14155550100"), &["Ada"])
}

const NO_FACTS: Facts<'static> = Facts {
    known: &crate::advance::NOTHING,
    trace: None,
    opted_out: false,
    cancelled: false,
    stranger: false,
    reads: None,
};
const OPTED_OUT: Facts = Facts {
    opted_out: true,
    ..NO_FACTS
};

/// [`TWO_TEXTS`], sending again what may have been taken.
fn resending() -> String {
    format!("{TWO_TEXTS}limits: {{ in_doubt: resend }}\n")
}

/// A message that was submitted so often already.
fn tried(attempts: u8, doubt: Doubt) -> Option<Pending> {
    Some(Pending {
        message: MessageId(1 << 20),
        attempts,
        crashes: 0,
        doubt,
        resent: false,
        route: 0,
    })
}

/// When a provider can be asked at the earliest.
fn ask_at() -> DateTime<Utc> {
    now() + TimeDelta::seconds(90)
}

/// Nobody knows whether the text of a step was taken, and no process ended.
fn unknown(step: u16, resolve: Resolve) -> Event<'static> {
    Event::Unknown {
        place: place(step),
        resolve,
        ask_at: ask_at(),
        crashed: false,
    }
}

/// Each row: where the person is, and the event; expected: what comes of it.
fn check(text: &str, member: &Member, facts: Facts, rows: &[((u16, State), Event<'_>)], expected: Expect) {
    let revision = campaign(text);
    let lines = rows.iter().map(|((step, state), event)| {
        let came = outcome(&revision, member, (*step, *state), facts, event);
        format!("{state:?} at {step}, {} -> {came}\n", said(event))
    });
    expected.assert_eq(&lines.collect::<String>());
}

fn said(event: &Event<'_>) -> String {
    match event {
        Event::Due(place) => format!("due at {}", place.step),
        Event::Accepted(place) => format!("accepted at {}", place.step),
        Event::Rejected(place) => format!("rejected at {}", place.step),
        Event::OptedOutThere(place) => format!("opted out there at {}", place.step),
        Event::NotSent(place) => format!("not sent at {}", place.step),
        Event::Unknown {
            place,
            resolve,
            crashed,
            ..
        } => {
            let how = match resolve {
                Resolve::LookUp => " (can be looked up)",
                Resolve::Resubmit => " (can be resubmitted)",
                Resolve::Nothing => "",
            };
            let crashed = if *crashed { " by a crash" } else { "" };
            format!("unknown at {}{how}{crashed}", place.step)
        }
        Event::NotKnown(place) => format!("not known at {}", place.step),
        Event::CannotTell(place) => format!("cannot tell at {}", place.step),
        Event::Happened => "happened".into(),
        Event::Reply(text) => format!("reply {text:?}"),
        Event::OptedOut => "opted out".into(),
    }
}

/// What comes of an event, on one line: where the person is then, and the effects.
fn outcome(
    revision: &Revision,
    member: &Member,
    (step, state): (u16, State),
    facts: Facts,
    event: &Event<'_>,
) -> String {
    let enrolment = Enrolment {
        member,
        place: place(step),
        state,
        due_at: now(),
    };
    let (after, effects) = advance(revision, enrolment, facts, event, now());
    let effects: Vec<String> = effects.iter().map(shown).collect();
    let effects = if effects.is_empty() {
        "nothing".to_owned()
    } else {
        effects.join(", ")
    };
    format!("{:?} at {}: {effects}", after.state, after.place.step)
}

fn shown(effect: &Effect) -> String {
    match effect {
        Effect::Send { text, parts } => format!("send {text:?} ({parts})"),
        Effect::Depart(place, due_at) => format!("depart to {} at {}", place.step, due_at.format("%F %TZ")),
        Effect::LookUp => "look up".into(),
        Effect::Retry {
            due_at,
            attempts,
            crashes,
            doubt,
        } => {
            let when = if *due_at == now() {
                "now"
            } else if *due_at == ask_at() {
                "when it can be asked"
            } else {
                "later"
            };
            format!("retry {when} ({})", tries(*attempts, *crashes, *doubt))
        }
        Effect::GiveUp(why) => why.to_string(),
        Effect::LeaveOut(reason) => format!("leave out: {reason}"),
        Effect::Finish(reason) => format!(
            "finish{}",
            reason
                .as_ref()
                .map_or(String::new(), |reason| format!(" {reason}"))
        ),
        Effect::Skip(at, reason) => format!("skip at {at}: {reason}"),
        Effect::Allow => "allow".into(),
        Effect::Change(change) => format!("{change:?}"),
        Effect::Suppress => "suppress".into(),
        Effect::Answer { text, .. } => format!("answer {text:?}"),
        Effect::SetAside(aside) => format!("set aside: {aside:?}"),
        Effect::Keep { flagged } => format!("keep{}", if *flagged { ", flagged" } else { "" }),
    }
}

/// What is kept of a message between its tries.
fn tries(attempts: u8, crashes: u8, doubt: Doubt) -> String {
    let crashes = match crashes {
        0 => String::new(),
        n => format!(", crashes: {n}"),
    };
    let doubt = match doubt {
        Doubt::None => "",
        Doubt::LookUp => ", to be looked up",
        Doubt::Refused => ", to be refused",
        Doubt::Resent => ", sent again",
    };
    format!("tries: {attempts}{crashes}{doubt}")
}

#[test]
fn hours_say_when_the_first_text_of_a_launch_goes() {
    let now: DateTime<Utc> = "2026-11-25T09:00:00Z".parse().expect("an instant");
    let table = [
        "now",
        "{ at: now, window: \"10:00-18:00\" }",
        "{ at: \"2026-11-25 07:00\", window: \"05:00-08:00\", late: 1 day }",
        "{ at: now, days: [sat] }",
        "{ at: \"2026-11-25 08:50\", expires: 5 minutes }",
        "{ at: now, window: \"10:00-18:00\", expires: 5 minutes }",
    ];
    let lines = table.map(|schedule| {
        let text = format!(
            "audience: people.csv\nreplies: none\ntimezone: UTC\nmessage: STOP to opt out\nschedule: {schedule}\n"
        );
        let revision = campaign(&text);
        let starts_at = crate::launch::starts_at(&revision.campaign, now).expect("in time");
        let class = TimeClass::from(revision.campaign.timezone);
        let told = match first_text(&revision, &class, starts_at, now) {
            None => "no text comes first".to_owned(),
            Some(Ok(at)) => at.to_string(),
            Some(Err(reason)) => format!("never: {reason}"),
        };
        format!("{schedule}: {told}\n")
    });
    expect![[r#"
        now: 2026-11-25 09:00:00 UTC
        { at: now, window: "10:00-18:00" }: 2026-11-25 10:00:00 UTC
        { at: "2026-11-25 07:00", window: "05:00-08:00", late: 1 day }: 2026-11-26 05:00:00 UTC
        { at: now, days: [sat] }: 2026-11-28 00:00:00 UTC
        { at: "2026-11-25 08:50", expires: 5 minutes }: never: it could not go in time
        { at: now, window: "10:00-18:00", expires: 5 minutes }: never: it could not go in time
    "#]]
    .assert_eq(&lines.concat());
}
