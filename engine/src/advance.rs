//! The one place where it is decided what happens to a person. Pure: no store, no clock, no chance but hashes of the
//! arguments. Production, tests and rehearsals run this code.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{InDoubt, Instruction};

use crate::left_out::LeftOut;
use crate::member::Member;
use crate::reply::{self, Meaning, OptOutWords};
use crate::revision::Revision;

/// One person's way through one launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment<'a> {
    /// Who, with the values frozen at launch.
    pub member: &'a Member,
    /// Where.
    pub place: Place,
    /// What is going on there.
    pub state: State,
}

/// An instruction of the program, and how often it was come to before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// An index into the campaign's program.
    pub step: u16,
    /// 0 the first time.
    pub visit: u16,
}

impl Place {
    /// Where everybody begins.
    pub const START: Place = Place { step: 0, visit: 0 };
}

/// What is going on at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Until its time comes.
    Waiting,
    /// The text's intent is committed, its answer not known.
    Submitting,
    /// The passage is over.
    Ended,
}

/// What is known of a person outside of the passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// A suppression stands against the number.
    pub opted_out: bool,
}

/// What happens to an enrolment. Those that name a place are nothing when the person is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// The time of the place came.
    Due(Place),
    /// The provider took the text.
    Accepted(Place),
    /// The provider refused the text, or gives it up, for ever.
    Rejected(Place),
    /// The provider did not take the text, but may later.
    NotSent(Place),
    /// It cannot be known whether the provider took the text.
    Unknown(Place),
    /// The carrier's word on the delivery of the text of that place.
    Receipt(Place),
    /// The person wrote.
    Reply(&'a str),
    /// The person is suppressed, by whatever way that came.
    OptedOut,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Submit this text of this many parts, above zero.
    Send {
        /// As rendered.
        text: String,
        /// As `sms` counts them.
        parts: u32,
    },
    /// Move to that place, due then.
    Depart(Place, DateTime<Utc>),
    /// Submit the same text again, under the same reference.
    Retry {
        /// Not before.
        due_at: DateTime<Utc>,
        /// The first may have been taken.
        in_doubt: bool,
    },
    /// The attempts are used up: the message is rejected.
    GiveUp,
    /// The passage ended without this text.
    LeaveOut(LeftOut),
    /// The passage came to its end.
    Finish,
    /// Text the number no more, for the whole project, from now on.
    Suppress,
    /// Answer the reply with this text. It moves nobody.
    Answer(String),
    /// The reply goes to the campaign's inbox.
    Keep {
        /// It contains an opt-out word: a person must look at it.
        flagged: bool,
    },
}

/// After so many submits that were definitely not taken a message is given up.
pub const MOST_ATTEMPTS: u8 = 12;

/// Decides. At most one [`Effect::Send`] comes of one call.
pub fn advance<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    event: &Event<'_>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let here = |place: &Place, state| *place == enrolment.place && state == enrolment.state;
    match event {
        Event::Due(place) if here(place, State::Waiting) => due(revision, enrolment, facts, now),
        Event::Accepted(place) if here(place, State::Submitting) => go_on(revision, enrolment, facts, now),
        Event::Rejected(place) if here(place, State::Submitting) => (enrolment.ended(), vec![]),
        Event::NotSent(place) if here(place, State::Submitting) => not_sent(enrolment, now),
        Event::Unknown(place) if here(place, State::Submitting) => unknown(revision, enrolment, facts, now),
        Event::Due(_) | Event::Accepted(_) | Event::Rejected(_) | Event::NotSent(_) | Event::Unknown(_) => {
            (enrolment, vec![])
        }
        // Nothing of this program awaits a receipt: it is recorded, and that is all.
        Event::Receipt(_) => (enrolment, vec![]),
        Event::Reply(text) => reply(revision, enrolment, facts, text),
        Event::OptedOut => opted_out(enrolment),
    }
}

impl Enrolment<'_> {
    fn ended(self) -> Self {
        Enrolment {
            state: State::Ended,
            ..self
        }
    }
}

fn due<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let leave_out = |reason| (enrolment.ended(), vec![Effect::LeaveOut(reason)]);
    if facts.opted_out {
        return leave_out(LeftOut::OptedOut);
    }
    match &revision.campaign.program[usize::from(enrolment.place.step)] {
        Instruction::Send { message } => match text_for(revision, *message, enrolment.member) {
            Ok((text, parts)) => (
                Enrolment {
                    state: State::Submitting,
                    ..enrolment
                },
                vec![Effect::Send { text, parts }],
            ),
            Err(reason) => leave_out(reason),
        },
        Instruction::Wait(_) | Instruction::Finish => {
            let (place, due_at) = stop_at(revision, enrolment.place, now);
            arrive(revision, enrolment, place, due_at, now)
        }
    }
}

/// The text of a message for a person, and its parts; or why this person gets none.
pub fn text_for(revision: &Revision, message: usize, member: &Member) -> Result<(String, u32), LeftOut> {
    let text = revision.render(message, member)?;
    let parts = sms::parts::measure(&text).part_count;
    match revision.campaign.limits.parts {
        Some(most) if parts > most.get() => Err(LeftOut::TooManyParts),
        Some(_) | None => Ok((text, parts)),
    }
}

fn go_on<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let after = Place {
        step: enrolment.place.step + 1,
        visit: 0,
    };
    let (place, due_at) = stop_at(revision, after, now);
    let last = matches!(
        revision.campaign.program[usize::from(place.step)],
        Instruction::Finish
    ) && due_at <= now;
    if facts.opted_out && !last {
        return opted_out(enrolment);
    }
    arrive(revision, enrolment, place, due_at, now)
}

/// The instruction at which somebody who comes to `place` stops, and until when: waits are walked through.
pub fn stop_at(revision: &Revision, mut place: Place, now: DateTime<Utc>) -> (Place, DateTime<Utc>) {
    let mut due_at = now;
    while let Instruction::Wait(time) = &revision.campaign.program[usize::from(place.step)] {
        due_at = time.after(due_at, revision.campaign.timezone);
        place = Place {
            step: place.step + 1,
            visit: 0,
        };
    }
    (place, due_at)
}

fn arrive<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    place: Place,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    match &revision.campaign.program[usize::from(place.step)] {
        Instruction::Finish if due_at <= now => (
            Enrolment {
                place,
                state: State::Ended,
                ..enrolment
            },
            vec![Effect::Finish],
        ),
        Instruction::Finish | Instruction::Send { .. } | Instruction::Wait(_) => (
            Enrolment {
                place,
                state: State::Waiting,
                ..enrolment
            },
            vec![Effect::Depart(place, due_at)],
        ),
    }
}

fn not_sent(enrolment: Enrolment<'_>, now: DateTime<Utc>) -> (Enrolment<'_>, Vec<Effect>) {
    let attempts = attempts_now(enrolment.member);
    if attempts >= MOST_ATTEMPTS {
        return (enrolment.ended(), vec![Effect::GiveUp]);
    }
    let in_doubt = enrolment.member.is_in_doubt();
    let due_at = now + back_off(enrolment.member, enrolment.place, attempts);
    (
        Enrolment {
            state: State::Waiting,
            ..enrolment
        },
        vec![Effect::Retry { due_at, in_doubt }],
    )
}

/// How often the message has been submitted, the submit that is just answered included.
fn attempts_now(member: &Member) -> u8 {
    member.attempts().saturating_add(1)
}

/// Full jitter under a ceiling that doubles from 4 seconds to 10 minutes; the draw is a hash, the same every time.
fn back_off(member: &Member, place: Place, attempts: u8) -> TimeDelta {
    let ceiling = 4_000_i64
        .checked_shl(u32::from(attempts) - 1)
        .unwrap_or(i64::MAX)
        .min(600_000);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&member.phone.as_u64().to_le_bytes());
    hasher
        .update(&place.step.to_le_bytes())
        .update(&place.visit.to_le_bytes())
        .update(&[attempts]);
    let draw = u32::from_le_bytes(
        *hasher
            .finalize()
            .as_bytes()
            .first_chunk()
            .expect("a hash has 32 bytes"),
    );
    TimeDelta::milliseconds(1 + i64::from(draw) * (ceiling - 1) / i64::from(u32::MAX))
}

fn unknown<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let resent = enrolment.member.is_in_doubt();
    match revision.campaign.limits.in_doubt {
        InDoubt::Resend if !resent && !facts.opted_out => {
            let again = Enrolment {
                state: State::Waiting,
                ..enrolment
            };
            (
                again,
                vec![Effect::Retry {
                    due_at: now,
                    in_doubt: true,
                }],
            )
        }
        InDoubt::Resend | InDoubt::Skip => go_on(revision, enrolment, facts, now),
    }
}

fn reply<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    text: &str,
) -> (Enrolment<'a>, Vec<Effect>) {
    let campaign = &revision.campaign;
    let languages = campaign.languages.iter().map(|l| l.as_str());
    let words = OptOutWords::for_person(enrolment.member.phone.region(), languages);
    match reply::meaning(text, &words) {
        // Said twice, it is answered once.
        Meaning::OptOut { .. } if facts.opted_out => (enrolment.ended(), vec![]),
        Meaning::OptOut { .. } => {
            let language = campaign.languages.get(usize::from(enrolment.member.language));
            let (_, confirmation) = reply::confirmation(language.map_or("en", |language| language.as_str()));
            let waiting = matches!(enrolment.state, State::Waiting);
            let left_out = waiting.then_some(Effect::LeaveOut(LeftOut::OptedOut));
            let said = [Effect::Suppress, Effect::Answer(confirmation.to_owned())];
            (enrolment.ended(), said.into_iter().chain(left_out).collect())
        }
        Meaning::ContainsOptOut { .. } => (enrolment, vec![Effect::Keep { flagged: true }]),
        Meaning::Other => (enrolment, vec![Effect::Keep { flagged: false }]),
    }
}

fn opted_out(enrolment: Enrolment<'_>) -> (Enrolment<'_>, Vec<Effect>) {
    match enrolment.state {
        State::Ended => (enrolment, vec![]),
        State::Waiting | State::Submitting => (enrolment.ended(), vec![Effect::LeaveOut(LeftOut::OptedOut)]),
    }
}

#[cfg(test)]
mod tests;
