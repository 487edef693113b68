//! The one place where it is decided what happens to a person. Pure: no store, no clock, no chance but hashes of the
//! arguments. Production, tests and rehearsals run this code.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{InDoubt, Instruction};
use dsl::reply::{self, Answer, Meaning, Person, Words};

use crate::left_out::LeftOut;
use crate::member::{Doubt, Member};
use crate::provider::Resolve;

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
    /// The text's intent is committed, or the text is looked up; the answer is not known.
    Submitting,
    /// The passage is over.
    Ended,
}

/// What is known of a person outside of the passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// A suppression stands against the number.
    pub opted_out: bool,
    /// The launch was cancelled: what was not taken goes no more.
    pub cancelled: bool,
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
    /// The provider refused the text because the person told it to stop.
    OptedOutThere(Place),
    /// The provider did not take the text, but may later.
    NotSent(Place),
    /// It cannot be known whether the provider took the text.
    Unknown {
        /// Of the text.
        place: Place,
        /// How the provider it was submitted to can settle it.
        resolve: Resolve,
        /// When that provider can be asked at the earliest.
        ask_at: DateTime<Utc>,
        /// The process ended while it was under way.
        crashed: bool,
    },
    /// The provider was asked, and does not have the text.
    NotKnown(Place),
    /// The provider was asked, and could not tell.
    CannotTell(Place),
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
    /// Ask the provider that it was submitted to whether it has the text.
    LookUp,
    /// Submit the same text again, or look it up, under the same reference.
    Retry {
        /// Not before.
        due_at: DateTime<Utc>,
        /// How often it was submitted or looked up by now.
        attempts: u8,
        /// How often the process ended while it was under way.
        crashes: u8,
        /// What is known of the earlier submits.
        doubt: Doubt,
    },
    /// The message was definitely not taken and is not tried again: it is rejected, and kept among the dead letters.
    GiveUp(GaveUp),
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

/// Why a message is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUp {
    /// It was tried so often.
    Attempts(u8),
    /// The process ended so often while it was under way.
    Crashes(u8),
}

impl std::fmt::Display for GaveUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GaveUp::Attempts(n) => write!(f, "given up after {n} attempts"),
            GaveUp::Crashes(n) => write!(f, "given up: the process ended {n} times while it was under way"),
        }
    }
}

/// After so many submits that were definitely not taken a message is given up.
pub const MOST_ATTEMPTS: u8 = 12;
/// A message is given up when so many processes ended while it was under way.
pub const MOST_CRASHES: u8 = 4;

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
        // The text that was sent before may have been taken, and this refusal says nothing of it. (A provider that refuses
        // what it has would have said so.)
        Event::Rejected(place) if here(place, State::Submitting) && enrolment.member.is_resent() => {
            go_on(revision, enrolment, facts, now)
        }
        Event::Rejected(place) if here(place, State::Submitting) => (enrolment.ended(), vec![]),
        Event::OptedOutThere(place) if here(place, State::Submitting) => {
            (enrolment.ended(), vec![Effect::Suppress])
        }
        Event::NotSent(place) if here(place, State::Submitting) => not_sent(revision, enrolment, facts, now),
        Event::Unknown {
            place,
            resolve,
            ask_at,
            crashed,
        } if here(place, State::Submitting) => {
            let mut tries = Tries::now(enrolment.member);
            tries.crashes += u8::from(*crashed);
            unknown(revision, enrolment, facts, tries, (*resolve, *ask_at), now)
        }
        Event::NotKnown(place) if here(place, State::Submitting) => {
            not_known(revision, enrolment, facts, now)
        }
        Event::CannotTell(place) if here(place, State::Submitting) => {
            cannot_tell(revision, enrolment, facts, now)
        }
        Event::Due(_)
        | Event::Accepted(_)
        | Event::Rejected(_)
        | Event::OptedOutThere(_)
        | Event::NotSent(_)
        | Event::Unknown { .. }
        | Event::NotKnown(_)
        | Event::CannotTell(_) => (enrolment, vec![]),
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
    let submitting = Enrolment {
        state: State::Submitting,
        ..enrolment
    };
    if enrolment.member.doubt() == Doubt::LookUp {
        return (submitting, vec![Effect::LookUp]);
    }
    if facts.opted_out {
        return leave_out(LeftOut::OptedOut);
    }
    match &revision.campaign.program[usize::from(enrolment.place.step)] {
        Instruction::Send { message } => match text_for(revision, *message, enrolment.member) {
            Ok((text, parts)) => (submitting, vec![Effect::Send { text, parts }]),
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

/// How often a message was tried.
#[derive(Clone, Copy)]
struct Tries {
    /// Submits and look-ups.
    attempts: u8,
    /// Ends of a process while it was under way.
    crashes: u8,
}

impl Tries {
    /// With the one that is just answered.
    fn now(member: &Member) -> Tries {
        Tries {
            attempts: member.attempts().saturating_add(1),
            crashes: member.crashes(),
        }
    }

    /// Why there are no more.
    fn over(self) -> Option<GaveUp> {
        if self.crashes >= MOST_CRASHES {
            Some(GaveUp::Crashes(self.crashes))
        } else {
            (self.attempts >= MOST_ATTEMPTS).then_some(GaveUp::Attempts(self.attempts))
        }
    }
}

fn not_sent<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let member = enrolment.member;
    let tries = Tries::now(member);
    let due_at = now + back_off(member, enrolment.place, tries.attempts);
    // This submit was not taken; an earlier one may have been.
    let in_doubt = member.is_resent() || member.doubt() == Doubt::Refused;
    match (member.doubt(), tries.over()) {
        (_, Some(_)) if in_doubt => go_on(revision, enrolment, facts, now),
        (_, Some(why)) => (enrolment.ended(), vec![Effect::GiveUp(why)]),
        (doubt @ (Doubt::Refused | Doubt::Resent), None) => again(enrolment, tries, doubt, due_at),
        (Doubt::None | Doubt::LookUp, None) => again(enrolment, tries, Doubt::None, due_at),
    }
}

/// The provider does not have it: it goes at once, under the same reference. The submit was counted when it was made.
fn not_known<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let attempts = enrolment.member.attempts();
    let tries = Tries {
        attempts,
        ..Tries::now(enrolment.member)
    };
    match tries.over() {
        Some(_) if enrolment.member.is_resent() => go_on(revision, enrolment, facts, now),
        Some(why) => (enrolment.ended(), vec![Effect::GiveUp(why)]),
        None if facts.cancelled => (enrolment.ended(), vec![Effect::LeaveOut(LeftOut::Cancelled)]),
        None => again(enrolment, tries, Doubt::None, now),
    }
}

fn again(
    enrolment: Enrolment<'_>,
    tries: Tries,
    doubt: Doubt,
    due_at: DateTime<Utc>,
) -> (Enrolment<'_>, Vec<Effect>) {
    let Tries { attempts, crashes } = tries;
    let waiting = Enrolment {
        state: State::Waiting,
        ..enrolment
    };
    let retry = Effect::Retry {
        due_at,
        attempts,
        crashes,
        doubt,
    };
    (waiting, vec![retry])
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

/// It is settled as the provider can settle it; where that leads nowhere the campaign's `in_doubt` decides.
fn unknown<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    tries: Tries,
    (resolve, ask_at): (Resolve, DateTime<Utc>),
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    match resolve {
        // Asking ends no process: it is asked however often one ended.
        Resolve::LookUp if tries.attempts < MOST_ATTEMPTS => again(enrolment, tries, Doubt::LookUp, ask_at),
        Resolve::Resubmit if tries.over().is_none() && !facts.opted_out => {
            let wait = back_off(enrolment.member, enrolment.place, tries.attempts);
            again(enrolment, tries, Doubt::Refused, now + wait)
        }
        Resolve::LookUp | Resolve::Resubmit | Resolve::Nothing => {
            unresolved(revision, enrolment, facts, tries, now)
        }
    }
}

fn unresolved<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    tries: Tries,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let resent = enrolment.member.is_resent();
    match revision.campaign.limits.in_doubt {
        InDoubt::Resend if !resent && !facts.opted_out && tries.crashes < MOST_CRASHES => {
            again(enrolment, tries, Doubt::Resent, now)
        }
        InDoubt::Resend | InDoubt::Skip => go_on(revision, enrolment, facts, now),
    }
}

/// The look-up failed: it is asked again, later and later, as often as a text is tried.
fn cannot_tell<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let tries = Tries::now(enrolment.member);
    if tries.attempts >= MOST_ATTEMPTS {
        return unresolved(revision, enrolment, facts, tries, now);
    }
    let wait = back_off(enrolment.member, enrolment.place, tries.attempts);
    again(enrolment, tries, Doubt::LookUp, now + wait)
}

fn reply<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts,
    text: &str,
) -> (Enrolment<'a>, Vec<Effect>) {
    let campaign = &revision.campaign;
    let languages = campaign.languages.iter().map(|l| l.as_str());
    let words = Words::for_person(enrolment.member.phone.region(), languages);
    let language = campaign.languages.get(usize::from(enrolment.member.language));
    let language = language.map_or("en", |language| language.as_str());
    let person = Person {
        opted_out: facts.opted_out,
        ..Person::new(&words)
    };
    match reply::meaning(text, &person) {
        // Said twice, it is answered once.
        Meaning::OptOut { .. } if facts.opted_out => (enrolment.ended(), vec![]),
        Meaning::OptOut { .. } => {
            let (_, confirmation) = reply::confirmation(language);
            let waiting = matches!(enrolment.state, State::Waiting);
            let left_out = waiting.then_some(Effect::LeaveOut(LeftOut::OptedOut));
            let said = [Effect::Suppress, Effect::Answer(confirmation.to_owned())];
            (enrolment.ended(), said.into_iter().chain(left_out).collect())
        }
        Meaning::ContainsOptOut { .. } => (enrolment, vec![Effect::Keep { flagged: true }]),
        Meaning::Help => {
            let (_, help) = Answer::Help.built_in(language);
            let said = [Effect::Keep { flagged: false }, Effect::Answer(help.to_owned())];
            (enrolment, said.into())
        }
        Meaning::Reaction { .. } | Meaning::Automatic | Meaning::OptIn | Meaning::Other => {
            (enrolment, vec![Effect::Keep { flagged: false }])
        }
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
