//! What one event does to one person, by [`advance`]: pure, so that many are asked at once on every core. The carrier takes
//! every text at once, so a text and its acceptance are one.

use chrono::{DateTime, Utc};
use dsl::campaign::program::Send;
use dsl::campaign::{Campaign, Deed, Purpose};

use super::World;
use super::agenda::{Coming, Second};
use super::crowd::Flag;
use crate::advance::{
    Change, Effect, Enrolment, Event, Facts, Heard, Known, Place, State, advance, answered,
};
use crate::draw;
use crate::member::Member;

/// What came of it.
pub(super) struct Outcome {
    /// Whose passage it is of: a reply may be about another one of the same person than that whose text brought it about.
    pub person: u32,
    /// Where the person stood.
    pub from: Place,
    pub place: Place,
    pub state: State,
    pub effects: Vec<Effect>,
    /// What the person wrote.
    pub said: Option<String>,
}

/// Asks for one person. What the event says is known already; but for a reply, whose words are drawn here.
pub(super) fn step(world: &World<'_>, person: u32, coming: Coming, now: DateTime<Utc>) -> Outcome {
    let revision = world.setting.revision;
    let crowd = &world.crowd;
    let said = words(world, person, coming);
    let about = match (&said, coming) {
        (Some(text), Coming::Reply { lane, .. }) => about(world, (person, lane), text, now),
        _ => Some(person),
    };
    let person = about.unwrap_or(person);
    let standing = crowd.at(person);
    let member = crowd.member(person);
    let mut known = crowd.known(person, revision, &world.asks, world.clock);
    let from = standing.place;
    known.reply = said.clone().or(known.reply);
    let event = match (&said, coming) {
        (Some(text), _) => Event::Reply(text),
        (None, Coming::Due { .. }) => Event::Due(from),
        (None, Coming::Reply { .. } | Coming::Delivered(_) | Coming::Once(_)) => Event::Happened,
    };
    let opted_out = standing.is(Flag::OptedOut);
    let mut enrolment = crowd.enrolment(person, &member, world.clock);
    if about.is_none() {
        (enrolment.place, enrolment.state) = (Place::START, State::Ended);
    }
    let facts = Facts {
        opted_out,
        stranger: about.is_none(),
        known: &known,
        ..Facts::default()
    };
    let (after, mut effects) = advance(revision, enrolment, facts, &event, now);
    let (mut place, mut state, due_at) = match about {
        Some(_) => (after.place, after.state, after.due_at),
        None => (from, standing.state(), after.due_at),
    };
    if state == State::Submitting {
        let counts =
            sent(&revision.campaign, place).is_some_and(|send| is_marketing(&revision.campaign, send));
        known.first_sent_at.get_or_insert(now);
        known.marketing.extend(counts.then_some(now));
        if world.asks.received {
            known.received.push((revision.campaign.name.clone(), now));
        }
        known.reached |= effects.contains(&Effect::Change(Change::Reach));
        let submitting = Enrolment {
            member: &member,
            place,
            state,
            due_at,
        };
        let facts = Facts {
            opted_out,
            known: &known,
            ..Facts::default()
        };
        let (after, more) = advance(revision, submitting, facts, &Event::Accepted(place), now);
        (place, state) = (after.place, after.state);
        effects.extend(more);
    }
    Outcome {
        person,
        from,
        place,
        state,
        effects,
        said,
    }
}

/// The passage that a reply is about; none: it comes too long after the last text.
fn about(world: &World<'_>, (person, lane): (u32, u8), text: &str, now: DateTime<Utc>) -> Option<u32> {
    let (crowd, revision) = (&world.crowd, world.setting.revision);
    let passages = crowd.heard(person, lane);
    if let [(one, texted)] = passages[..]
        && now - world.clock.at(texted) <= revision.campaign.replies_within
    {
        return Some(one);
    }
    let of = |(one, texted): &(u32, Second)| {
        let known = crowd.known(*one, revision, &world.asks, world.clock);
        (*one, world.clock.at(*texted), crowd.member(*one), known)
    };
    let all: Vec<(u32, DateTime<Utc>, Member, Known)> = passages.iter().map(of).collect();
    let heard = all.iter().map(|(one, texted_at, member, known)| Heard {
        enrolment: crowd.enrolment(*one, member, world.clock),
        known,
        texted_at: *texted_at,
    });
    let heard: Vec<Heard<'_>> = heard.collect();
    let opted_out = crowd.at(person).is(Flag::OptedOut);
    let nth = answered(revision, &heard, opted_out, text, now)?;
    Some(passages[nth].0)
}

/// What somebody writes; none where it is not a reply.
fn words(world: &World<'_>, person: u32, coming: Coming) -> Option<String> {
    let Coming::Reply {
        message, nth, out, ..
    } = coming
    else {
        return None;
    };
    let standing = world.crowd.at(person);
    let draws = draw::four(world.seed_of(person), world.crowd.phone(person), nth);
    let habit = &world.setting.model.messages[usize::from(message)];
    let at = (standing.place, standing.state());
    let campaign = &world.setting.revision.campaign;
    Some(world.vocabulary.said(campaign, at, habit, out, draws))
}

/// The text that goes at a place.
pub(super) fn sent(campaign: &Campaign, place: Place) -> Option<&Send> {
    match &campaign.program.at(place.step).deed {
        Deed::Send(send) => Some(send),
        _ => None,
    }
}

/// Whether a text counts for the caps.
pub(super) fn is_marketing(campaign: &Campaign, send: &Send) -> bool {
    campaign.purpose == Purpose::Marketing && !send.answers
}
