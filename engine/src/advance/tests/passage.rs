//! A person's passage, with what the store keeps of it, and a world that answers it.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{TWO_TEXTS, ada, ask_at, now, place, resending};
use crate::advance::{Effect, Enrolment, Event, Facts, Place, State, advance, stop_at};
use crate::member::Member;
use crate::provider::Resolve;
use crate::revision::Revision;
use crate::testing::{campaign, keep_pending};

/// A person's passage, with what the store keeps of it.
pub(super) struct Passage {
    pub revision: Arc<Revision>,
    pub member: Member,
    pub place: Place,
    pub state: State,
    pub facts: Facts<'static>,
    pub now: DateTime<Utc>,
}

impl Passage {
    pub fn begin(revision: Arc<Revision>) -> Passage {
        let (place, now) = stop_at(&revision, Place::START, now());
        Passage {
            revision,
            member: ada(),
            place,
            state: State::Waiting,
            facts: Facts::default(),
            now,
        }
    }

    /// Lets an event happen, and keeps what the store would keep of its effects.
    pub fn happen(&mut self, event: &Event<'_>) -> Vec<Effect> {
        // That stands from then on.
        self.facts.opted_out |= matches!(event, Event::OptedOut);
        let before = Enrolment {
            member: &self.member,
            place: self.place,
            state: self.state,
            due_at: self.now,
        };
        let (after, effects) = advance(&self.revision, before, self.facts, event, self.now);
        (self.place, self.state) = (after.place, after.state);
        for effect in &effects {
            match effect {
                Effect::Suppress => self.facts.opted_out = true,
                Effect::Allow => self.facts.opted_out = false,
                Effect::Retry { .. } | Effect::Depart(..) => keep_pending(&mut self.member, effect),
                Effect::Send { .. }
                | Effect::LookUp
                | Effect::GiveUp(_)
                | Effect::LeaveOut(_)
                | Effect::Finish(_)
                | Effect::Skip(..)
                | Effect::Change(_)
                | Effect::Answer { .. }
                | Effect::SetAside(_)
                | Effect::Keep { .. } => {}
            }
        }
        effects
    }
}

/// An event; none: of the place where the person is.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    Due(Option<u16>),
    Accepted(Option<u16>),
    Rejected(Option<u16>),
    NotSent(Option<u16>),
    Unknown(Option<u16>, Resolve, bool),
    NotKnown(Option<u16>),
    CannotTell(Option<u16>),
    Happened,
    Reply(String),
    OptedOut,
}

impl Happening {
    pub fn event(&self, here: Place) -> Event<'_> {
        let at = |step: &Option<u16>| step.map_or(here, place);
        match self {
            Happening::Due(step) => Event::Due(at(step)),
            Happening::Accepted(step) => Event::Accepted(at(step)),
            Happening::Rejected(step) => Event::Rejected(at(step)),
            Happening::NotSent(step) => Event::NotSent(at(step)),
            Happening::Unknown(step, resolve, crashed) => Event::Unknown {
                place: at(step),
                resolve: *resolve,
                ask_at: ask_at(),
                crashed: *crashed,
            },
            Happening::NotKnown(step) => Event::NotKnown(at(step)),
            Happening::CannotTell(step) => Event::CannotTell(at(step)),
            Happening::Happened => Event::Happened,
            Happening::Reply(text) => Event::Reply(text),
            Happening::OptedOut => Event::OptedOut,
        }
    }
}

pub(super) fn resolves() -> impl Strategy<Value = Resolve> {
    prop_oneof![
        Just(Resolve::LookUp),
        Just(Resolve::Resubmit),
        Just(Resolve::Nothing)
    ]
}

/// Anything in any order, whether the world could bring it or not.
pub(super) fn happenings(last_step: u16) -> impl Strategy<Value = Vec<Happening>> {
    let step = || prop_oneof![4 => Just(None), 1 => (0..=last_step).prop_map(Some)];
    let reply = prop_oneof![Just("Yes".to_owned()), Just("don't stop".to_owned()), ".{0,12}"];
    let unknown = (step(), resolves(), any::<bool>());
    let happening = prop_oneof![
        10 => step().prop_map(Happening::Due),
        4 => step().prop_map(Happening::Accepted),
        1 => step().prop_map(Happening::Rejected),
        3 => step().prop_map(Happening::NotSent),
        6 => unknown.prop_map(|(step, resolve, crashed)| Happening::Unknown(step, resolve, crashed)),
        2 => step().prop_map(Happening::NotKnown),
        2 => step().prop_map(Happening::CannotTell),
        1 => step().prop_map(|_| Happening::Happened),
        2 => reply.prop_map(Happening::Reply),
        1 => Just(Happening::Reply("STOP".into())),
        1 => Just(Happening::OptedOut),
    ];
    prop::collection::vec(happening, 0..40)
}

/// [`TWO_TEXTS`] as it is, and with `in_doubt: resend`.
pub(super) static REVISIONS: LazyLock<[Arc<Revision>; 2]> =
    LazyLock::new(|| [campaign(TWO_TEXTS), campaign(&resending())]);

/// What the world says of a submit or a look-up that is under way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word {
    Accepted,
    Rejected,
    NotSent,
    /// No answer, or a look-up that cannot tell.
    Silence,
    /// The process ends.
    Crash,
    /// Of a look-up: the provider does not have it. Of a submit: no answer.
    NotKnown,
}

impl Word {
    pub fn event(self, place: Place, looked_up: bool, resolve: Resolve) -> Event<'static> {
        let unknown = |crashed| Event::Unknown {
            place,
            resolve,
            ask_at: ask_at(),
            crashed,
        };
        match (self, looked_up) {
            (Word::Accepted, _) => Event::Accepted(place),
            (Word::Rejected, false) => Event::Rejected(place),
            (Word::NotSent, false) => Event::NotSent(place),
            (Word::Silence | Word::NotKnown, false) => unknown(false),
            (Word::Crash, _) => unknown(true),
            (Word::NotKnown | Word::Rejected, true) => Event::NotKnown(place),
            (Word::Silence | Word::NotSent, true) => Event::CannotTell(place),
        }
    }
}

/// What the world says, over and over.
pub(super) fn words() -> impl Strategy<Value = Vec<Word>> {
    let word = prop_oneof![
        1 => Just(Word::Accepted),
        1 => Just(Word::Rejected),
        3 => Just(Word::NotSent),
        4 => Just(Word::Silence),
        2 => Just(Word::Crash),
        3 => Just(Word::NotKnown),
    ];
    prop::collection::vec(word, 1..12)
}
