mod back_off;
mod events;
mod properties;
mod replies;
mod waits;

use chrono::{DateTime, Utc};

use super::{Effect, Enrolment, Event, Facts, Place, State, advance};
use crate::ids::MessageId;
use crate::member::{Member, Pending};
use crate::revision::Revision;
use crate::testing::{at, member, phone};

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

/// A message that was submitted so often already.
fn tried(attempts: u8, in_doubt: bool) -> Option<Pending> {
    Some(Pending {
        message: MessageId(1 << 20),
        attempts,
        in_doubt,
    })
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
        Effect::Retry { due_at, in_doubt } => {
            let when = if *due_at > now() { "later" } else { "now" };
            format!("retry {when}{}", if *in_doubt { ", in doubt" } else { "" })
        }
        Effect::GiveUp => "give up".into(),
        Effect::LeaveOut(reason) => format!("leave out: {reason}"),
        Effect::Finish => "finish".into(),
        Effect::Suppress => "suppress".into(),
        Effect::Answer(text) => format!("answer {text:?}"),
        Effect::Keep { flagged } => format!("keep{}", if *flagged { ", flagged" } else { "" }),
    }
}
