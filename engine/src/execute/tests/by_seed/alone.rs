//! The random campaigns, asked by [`advance`] alone: one person of each, to whom anything happens in any order, whether the world
//! could bring it or not. Whatever comes, nothing goes after an opt-out, what is told twice counts once, and a passage ends or waits
//! until a time.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::world::START;
use super::chance::Chance;
use super::people::whole_second;
use super::{Life, Tale};
use crate::advance::{Effect, Enrolment, Event, Facts, Known, Place, State, advance, begins_at};
use crate::member::Member;
use crate::plan::cast;
use crate::provider::Resolve;
use crate::testing::keep_pending;

/// Campaigns that are walked.
const CAMPAIGNS: u64 = 300;
/// What happens to one person before the world is calm, at most.
const HAPPENINGS: u64 = 60;
/// Calls in which any of these campaigns comes to its end then.
const MOST_CALLS: usize = 3_000;
const WORDS: [&str; 8] = [
    "yes",
    "no",
    "later",
    "price",
    "seven",
    "what?",
    "don't stop",
    "STOP",
];
const EVENTS: [&str; 2] = ["ordered", "paid"];

/// A passage, and what is known in it.
struct Alone<'a> {
    tale: &'a Tale,
    member: Member,
    known: Known,
    place: Place,
    state: State,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
    opted_out: bool,
}

impl<'a> Alone<'a> {
    fn begin(tale: &'a Tale) -> Alone<'a> {
        let start: DateTime<Utc> = START.parse().expect("an instant");
        let person = [("phone", super::phone(0)), ("first_name", "P0".to_owned())];
        let person = person.map(|(column, value)| (column.to_owned(), value));
        let person = cast(&tale.revision, &person, &Default::default(), start).expect("somebody");
        let (place, due_at) = begins_at(&tale.revision, start);
        Alone {
            tale,
            member: person.member,
            known: Known {
                zones: Some(person.zones),
                began_at: Some(start),
                ..Known::default()
            },
            place,
            state: State::Waiting,
            due_at,
            now: start,
            opted_out: false,
        }
    }

    /// Lets an event happen, and keeps what the store would keep of its effects.
    fn happen(&mut self, event: &Event<'_>) -> Vec<Effect> {
        self.opted_out |= matches!(event, Event::OptedOut);
        let before = Enrolment {
            member: &self.member,
            place: self.place,
            state: self.state,
            due_at: self.due_at,
        };
        let facts = Facts {
            opted_out: self.opted_out,
            known: &self.known,
            ..Facts::default()
        };
        let (after, effects) = advance(&self.tale.revision, before, facts, event, self.now);
        (self.place, self.state, self.due_at) = (after.place, after.state, after.due_at);
        self.known = self.known.with(&effects).into_owned();
        if matches!(event, Event::Accepted(_)) {
            self.known.first_sent_at.get_or_insert(self.now);
            self.known.marketing.push(self.now);
        }
        for effect in &effects {
            match effect {
                Effect::Suppress => self.opted_out = true,
                Effect::Allow => self.opted_out = false,
                Effect::Depart(_, due_at) | Effect::Retry { due_at, .. } => self.due_at = *due_at,
                _ => {}
            }
            keep_pending(&mut self.member, effect);
        }
        effects
    }

    /// The event that the world owes the passage; none: it is over.
    fn owed(&mut self) -> Option<Event<'static>> {
        match self.state {
            State::Waiting => {
                self.now = self.now.max(self.due_at);
                Some(Event::Due(self.place))
            }
            State::Submitting => Some(Event::Accepted(self.place)),
            State::Ended => None,
        }
    }

    fn unknown(&self, resolve: Resolve) -> Event<'static> {
        Event::Unknown {
            place: self.place,
            resolve,
            ask_at: self.now + TimeDelta::minutes(1),
            crashed: false,
        }
    }

    /// Anything.
    fn any(&mut self, chance: &mut Chance) -> Event<'static> {
        match chance.below(20) {
            0 => Event::Rejected(self.place),
            1 | 2 => Event::NotSent(self.place),
            3 => self.unknown(Resolve::Nothing),
            4 => self.unknown(Resolve::Resubmit),
            5 => Event::NotKnown(self.place),
            6..=8 => Event::Reply(chance.pick(&WORDS)),
            9 => {
                self.known.events.insert(chance.pick(&EVENTS).to_owned());
                Event::Happened
            }
            10 => {
                let messages = &self.tale.revision.campaign.messages;
                let nth = usize::try_from(chance.below(messages.len() as u64)).expect("few");
                self.known.delivered.insert(messages[nth].name.clone());
                Event::Happened
            }
            11 if chance.one_in(4) => Event::OptedOut,
            12 => Event::Due(Place {
                visit: self.place.visit + 1,
                ..self.place
            }),
            _ => self.owed().unwrap_or(Event::Happened),
        }
    }

    /// What an event must not do.
    fn check(&mut self, event: &Event<'_>) {
        let was = (self.place, self.state);
        let was_out = self.opted_out;
        let effects = self.happen(event);
        let count = |of: fn(&Effect) -> bool| effects.iter().filter(|effect| of(effect)).count();
        let sends = count(|effect| matches!(effect, Effect::Send { .. }));
        let told = format!("seed {}, {event:?} at {was:?}: {effects:?}", self.tale.seed);
        assert!(sends <= 1, "{told}");
        assert!(sends == 0 || !was_out, "after an opt-out: {told}");
        if (self.place, self.state) != was {
            let waits = count(|effect| matches!(effect, Effect::Depart(..) | Effect::Retry { .. }));
            let asks = sends + count(|effect| matches!(effect, Effect::LookUp));
            let expected = match self.state {
                State::Waiting => (1, 0),
                State::Submitting => (0, 1),
                State::Ended => (0, 0),
            };
            assert_eq!((waits, asks), expected, "{told}");
            assert!(
                self.state != State::Waiting || self.due_at >= whole_second(self.now),
                "{told}, at {}",
                self.now
            );
        }
        // A reply is told from the first by the provider's id, not here.
        if !matches!(event, Event::Reply(_)) {
            let stands = (self.place, self.state, self.member.clone());
            let again = self.happen(event);
            let still = (self.place, self.state, self.member.clone());
            assert_eq!(stands, still, "twice: {told}, then {again:?}");
        }
    }
}

#[test]
fn a_random_campaign_keeps_its_promises_whatever_happens() {
    let mut ended_early = 0;
    for seed in 0..CAMPAIGNS {
        let tale = Tale::of(seed, Life::Modelled);
        let mut chance = Chance::of(seed ^ 0x0f0f);
        let mut alone = Alone::begin(&tale);
        let happenings = match seed.is_multiple_of(2) {
            true => HAPPENINGS,
            false => chance.below(HAPPENINGS),
        };
        for _ in 0..happenings {
            let event = alone.any(&mut chance);
            alone.check(&event);
        }
        ended_early += u64::from(alone.state == State::Ended);
        let mut calls = 0;
        while let Some(event) = alone.owed() {
            alone.check(&event);
            calls += 1;
            assert!(
                calls < MOST_CALLS,
                "seed {seed} goes on and on at {:?}",
                alone.place
            );
        }
    }
    // Some were ended by what happened, others were in the middle.
    let some = CAMPAIGNS / 10..CAMPAIGNS * 9 / 10;
    assert!(some.contains(&ended_early), "{ended_early}");
}
