//! The one place where it is decided what happens to a person. Pure: no store, no clock, no chance but hashes of the
//! arguments. Production, tests and rehearsals run this code.

use chrono::{DateTime, Timelike, Utc};
use dsl::campaign::Deed;
use dsl::campaign::program::{Address, Inbox, Moment, Send};
use dsl::values::Language;
use sms::PhoneNumber;

use crate::left_out::LeftOut;
use crate::member::{Doubt, Member};
use crate::provider::Resolve;
use crate::revision::Revision;

mod asked;
mod beginning;
mod doubt;
mod gate;
mod known;
mod replies;
mod request;
mod spread;
#[cfg(test)]
mod tests;
mod text;
mod trace;
mod waits;
mod walk;

pub use asked::{Heard, answered, asks, is_left, names};
pub use beginning::{begins_at, stop_at};
pub use doubt::of_answer;
pub use known::{Known, NOTHING, Outside, variant_of};
pub(crate) use replies::is_loop;
pub use replies::{MOST_ANSWERS, is_word};
pub use request::Request;
pub use text::text_for;
pub(crate) use text::text_of;
pub use trace::{Trace, Walked};
pub use waits::{WaitsFor, waits_for};

use doubt::Tries;
use gate::Gate;
pub use gate::first_text;
pub(crate) use gate::{goes_at, held_at_first, never_opens};
pub(crate) use known::{Person, date_of, drawn, time_of_day};
use walk::Walk;
pub use walk::{round_up, slot};

/// One person's way through one launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment<'a> {
    /// Who, with the values frozen at launch.
    pub member: &'a Member,
    /// Where.
    pub place: Place,
    /// What is going on there.
    pub state: State,
    /// When that place was or comes due.
    pub due_at: DateTime<Utc>,
}

/// An instruction of the program, and how often it was come to before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// An index into the campaign's program.
    pub step: u16,
    /// How often, in the rounds and questions that are open there: each of them is a digit. 0 the first time.
    pub visit: u32,
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
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// A suppression stands against the number.
    pub opted_out: bool,
    /// The launch was cancelled: what was not taken goes no more.
    pub cancelled: bool,
    /// No campaign texted the person lately: of what the campaign says only what the project says too holds.
    pub stranger: bool,
    /// What a stranger is known to read, from texts by other senders; none where the member's language says it.
    pub reads: Option<&'a Language>,
    /// What conditions and texts ask for.
    pub known: &'a Known,
    /// Notes what is walked through.
    pub trace: Option<&'a Trace>,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Facts {
            opted_out: false,
            cancelled: false,
            stranger: false,
            reads: None,
            known: &NOTHING,
            trace: None,
        }
    }
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
    /// Something that conditions may ask for: a receipt, a click, an event of the API. The facts know it already.
    Happened,
    /// The person wrote. The facts know it already.
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
    /// The text or the step of this instruction is left out, and the passage goes on.
    Skip(Address, LeftOut),
    /// The passage came to its end, for a reason where one is given.
    Finish(Option<String>),
    /// Something about the person changes, or others are told.
    Change(Change),
    /// Text the number no more, for the whole project, from now on.
    Suppress,
    /// Texts may go to the number again.
    Allow,
    /// Answer the reply. It moves nobody.
    Answer {
        /// As rendered.
        text: String,
        /// What it is.
        of: AnswerOf,
        /// Another sender than the one that the reply was written to.
        sender: Option<String>,
    },
    /// The reply is no word of a person's: it is kept, and goes to nobody.
    SetAside(Aside),
    /// The reply goes to the campaign's inbox.
    Keep {
        /// It contains an opt-out word: a person must look at it.
        flagged: bool,
    },
}

/// What comes back and is no word of a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// A reaction to a text of ours: which of the last ones, newest first, where it is known.
    Reaction(Option<usize>),
    /// What a machine answers.
    Automatic,
}

/// What changes about a person, or is told to others, on the way through a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Put this tag on the person.
    Tag(String),
    /// Take it away.
    Untag(String),
    /// Give this field this value.
    Set(String, String),
    /// Put the person on this stored list.
    Join(String),
    /// Take the person off it.
    Leave(String),
    /// Hand the latest reply to this inbox.
    Forward(Inbox),
    /// Send a text of ours to this inbox.
    Notify {
        /// Where to.
        to: Inbox,
        /// What.
        text: String,
    },
    /// Make this call.
    Call(Request),
    /// Enrol the person in this campaign.
    Start {
        /// Which.
        campaign: String,
        /// What is known of the person, by name.
        values: Vec<(String, String)>,
    },
    /// The goal of the campaign is reached.
    Reach,
}

/// What an answer to a reply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOf {
    /// The confirmation of an opt-out.
    OptOut,
    /// The help text.
    Help,
    /// The confirmation of an opt-in.
    OptIn,
    /// A message of the campaign; an index.
    Message(usize),
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
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    event: &Event<'_>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let (after, mut effects) = decide(revision, enrolment, facts, event, now);
    let known = facts.known.with(&effects);
    let is_sent = matches!(event, Event::Accepted(_) | Event::Unknown { .. });
    let first = facts.known.first_sent_at.or(is_sent.then_some(now));
    if reached(revision, enrolment, &known, first, now) {
        effects.push(Effect::Change(Change::Reach));
    }
    (after, effects)
}

fn decide<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
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
        Event::NotSent(place) if here(place, State::Submitting) => {
            doubt::not_sent(revision, enrolment, facts, now)
        }
        Event::Unknown {
            place,
            resolve,
            ask_at,
            crashed,
        } if here(place, State::Submitting) => {
            let mut tries = Tries::now(enrolment.member);
            tries.crashes += u8::from(*crashed);
            doubt::unknown(revision, enrolment, facts, tries, (*resolve, *ask_at), now)
        }
        Event::NotKnown(place) if here(place, State::Submitting) => {
            doubt::not_known(revision, enrolment, facts, now)
        }
        Event::CannotTell(place) if here(place, State::Submitting) => {
            doubt::cannot_tell(revision, enrolment, facts, now)
        }
        Event::Due(_)
        | Event::Accepted(_)
        | Event::Rejected(_)
        | Event::OptedOutThere(_)
        | Event::NotSent(_)
        | Event::Unknown { .. }
        | Event::NotKnown(_)
        | Event::CannotTell(_) => (enrolment, vec![]),
        Event::Happened => happened(revision, enrolment, facts, now),
        Event::Reply(text) => replies::reply(revision, enrolment, facts, text, now),
        Event::OptedOut => opted_out(revision, enrolment, facts, now),
    }
}

impl Enrolment<'_> {
    fn ended(self) -> Self {
        Enrolment {
            state: State::Ended,
            ..self
        }
    }

    /// A text that may have been taken waits to be looked up, or to be submitted again.
    fn waits_in_doubt(&self) -> bool {
        self.state == State::Waiting && self.member.doubt().is_any()
    }
}

fn due<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    if enrolment.member.doubt() == Doubt::LookUp {
        let submitting = Enrolment {
            state: State::Submitting,
            ..enrolment
        };
        return (submitting, vec![Effect::LookUp]);
    }
    // A text that may have been taken is not tried again, and what follows is as after one of which nobody can tell.
    let in_doubt = enrolment.member.doubt().is_any();
    if facts.opted_out && in_doubt {
        return go_on(revision, enrolment, facts, now);
    }
    if facts.opted_out {
        return leave_out(enrolment, LeftOut::OptedOut);
    }
    if enrolment.place == Place::START && beginning::is_still_inside(facts.known) && !in_doubt {
        return leave_out(enrolment, LeftOut::StillInside);
    }
    let walk = Walk::new(revision, enrolment, facts, now);
    if let Some(reason) = exit(revision, enrolment, facts, now) {
        return walk.finish(Some(reason));
    }
    let next = enrolment.place.step + 1;
    match &revision.campaign.program.at(enrolment.place.step).deed {
        Deed::Send(send) if !may_text(send, enrolment.member.phone) => {
            let below = send.passed_over.unwrap_or(next);
            walk.skipping(not_by_sender(revision, send)).from(below)
        }
        Deed::Send(send) => match gate::gate(revision, send, &gate::Turn::of(enrolment, facts.known), now) {
            Gate::Open => send_now(revision, enrolment, facts, send.message),
            Gate::Later(at) => {
                let due_at = slot(at, now);
                let waiting = Enrolment { due_at, ..enrolment };
                (waiting, vec![Effect::Depart(enrolment.place, due_at)])
            }
            // A question that nobody was asked is not open.
            Gate::Skip(reason) => walk.skipping(reason).from(send.passed_over.unwrap_or(next)),
            Gate::Leave(_) if in_doubt => walk.from(next),
            Gate::Leave(reason) => leave_out(enrolment, reason),
        },
        Deed::Listen(listen) => walk.silent().from(listen.silence),
        // What happened while nobody could tell it is not lost.
        Deed::Await { what, .. } if person(revision, enrolment, facts, now).holds(what) => walk.from(next),
        Deed::Await { silence, .. } => walk.silent().from(*silence),
        _ => walk.from(enrolment.place.step),
    }
}

/// Whether the sender of a text may text the country of a number.
pub fn may_text(send: &Send, phone: PhoneNumber) -> bool {
    let allowed =
        |countries: &Vec<sms::Region>| phone.region().is_some_and(|region| countries.contains(&region));
    send.countries.as_ref().is_none_or(allowed)
}

fn not_by_sender(revision: &Revision, send: &Send) -> LeftOut {
    LeftOut::NotBySender(revision.campaign.sender_of(send).to_owned())
}

fn leave_out(enrolment: Enrolment<'_>, reason: LeftOut) -> (Enrolment<'_>, Vec<Effect>) {
    (enrolment.ended(), vec![Effect::LeaveOut(reason)])
}

fn send_now<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'_>,
    message: usize,
) -> (Enrolment<'a>, Vec<Effect>) {
    let submitting = Enrolment {
        state: State::Submitting,
        ..enrolment
    };
    if let Some(trace) = facts.trace {
        trace.done(enrolment.place.step);
    }
    match text_for(revision, message, enrolment.member, facts.known) {
        Ok((text, parts)) => (submitting, vec![Effect::Send { text, parts }]),
        Err(reason) => leave_out(enrolment, reason),
    }
}

fn go_on<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let walk = Walk::new(revision, enrolment, facts, now);
    if let Some(reason) = exit(revision, enrolment, facts, now) {
        return walk.finish(Some(reason));
    }
    let (after, effects) = walk.from(enrolment.place.step + 1);
    match facts.opted_out && after.state != State::Ended {
        true => leave_out(enrolment, LeftOut::OptedOut),
        false => (after, effects),
    }
}

/// Something happened that conditions may ask for: an exit, what is awaited, the day of a field.
fn happened<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    if enrolment.state != State::Waiting || facts.opted_out {
        return (enrolment, vec![]);
    }
    let walk = Walk::new(revision, enrolment, facts, now);
    if let Some(reason) = exit(revision, enrolment, facts, now) {
        return walk.finish(Some(reason));
    }
    match &revision.campaign.program.at(enrolment.place.step).deed {
        Deed::Await { what, .. } if walk.holds(what) => walk.from(enrolment.place.step + 1),
        Deed::Arrive(moment) => follow(enrolment, walk, moment, now),
        _ => (enrolment, vec![]),
    }
}

/// The moment that is waited for may be another one now. What has moved it into the past made it too late.
fn follow<'a>(
    enrolment: Enrolment<'a>,
    walk: Walk<'a>,
    moment: &Moment,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let due_at = enrolment.due_at;
    let moment = walk.person().moment(moment, now);
    let Some(at) = moment.filter(|at| *at != due_at && round_up(*at, walk::MINUTE) != due_at) else {
        return (enrolment, vec![]);
    };
    // In whole seconds, as all waits.
    let now = now.with_nanosecond(0).unwrap_or(now);
    if at < now {
        return walk.moved_past();
    }
    let due_at = slot(at, now);
    let waiting = Enrolment { due_at, ..enrolment };
    (waiting, vec![Effect::Depart(enrolment.place, due_at)])
}

fn person<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> Person<'a> {
    Person {
        revision,
        member: enrolment.member,
        known: facts.known,
        now,
    }
}

/// The reason of the first exit that holds.
fn exit(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    now: DateTime<Utc>,
) -> Option<String> {
    let exits = &revision.campaign.exits;
    if exits.is_empty() {
        return None;
    }
    let person = person(revision, enrolment, facts, now);
    let found = exits.iter().find(|(_, condition)| person.holds(condition));
    found.map(|(reason, _)| reason.clone())
}

/// Whether the goal is reached by now and was not before. `first`: when the first text went.
fn reached(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    known: &Known,
    first: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let Some(goal) = &revision.campaign.goal else {
        return false;
    };
    let (false, Some(first)) = (known.reached, first) else {
        return false;
    };
    let in_time = goal
        .within
        .is_none_or(|within| now <= within.after(first, known.zone(revision)));
    let person = Person {
        revision,
        member: enrolment.member,
        known,
        now,
    };
    in_time && person.holds(&goal.when)
}

/// Whose text may have been taken waits until that is settled: then what remains is left out.
fn opted_out<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    match enrolment.state {
        State::Ended => (enrolment, vec![]),
        State::Waiting if enrolment.waits_in_doubt() => (enrolment, vec![]),
        State::Submitting if enrolment.member.doubt().is_any() => {
            let facts = Facts {
                opted_out: true,
                ..facts
            };
            go_on(revision, enrolment, facts, now)
        }
        State::Waiting | State::Submitting => leave_out(enrolment, LeftOut::OptedOut),
    }
}
