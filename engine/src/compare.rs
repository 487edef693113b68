//! Compares the variants of a campaign with each other, and with the people it held out: how many of each answered, opted
//! out and reached the goal. Read from a store, for a report; nothing of it is kept.

use std::collections::{BTreeMap, HashSet};

use dsl::campaign::{Deed, Instruction};
use dsl::condition::{Condition, Happening};
use sms::PhoneNumber;

use crate::advance::{Known, Person, drawn};
use crate::member::Member;
use crate::revision::Revision;
use crate::store::{Happened, LaunchRow, Store, StoreError};

/// What became of the people of a launch, apart by variant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// By the name of the variant, in the order of the names; the name is empty where the campaign has none.
    pub variants: BTreeMap<String, Group>,
    /// The campaign says what counts as success.
    pub has_goal: bool,
    /// Who was held out; none where nobody was, or the campaign has no goal that they could reach.
    pub held_out: Option<HeldOut>,
}

/// People who were texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    /// How many a provider took a text of a step for.
    pub texted: u64,
    /// Of them, how many wrote something but an opt-out.
    pub answered: u64,
    /// Of them, how many opted out.
    pub opted_out: u64,
    /// Of them, how many reached the goal.
    pub reached: u64,
}

/// People who were left out to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeldOut {
    /// How many they are.
    pub people: u64,
    /// Of them, how many did what the goal asks for, in its time from the start of the launch.
    pub reached: u64,
}

/// Compares the people of a launch. None where there is nothing to compare: one text for everybody, and nobody held out.
pub async fn compare(
    store: &Store,
    launch: &LaunchRow,
    revision: &Revision,
) -> Result<Option<Comparison>, StoreError> {
    let held_out = held_out(store, launch, revision).await?;
    if !has_variants(revision) && held_out.is_none() {
        return Ok(None);
    }
    let texted = store.who_was_texted(launch.id).await?;
    let answered = store.who_answered(launch.id).await?;
    let opted_out = store.who_opted_out(launch.id).await?;
    let reached = store.who_reached(launch.id).await?;
    let mut variants: BTreeMap<String, Group> = BTreeMap::new();
    for phone in texted {
        let group = variants.entry(variant(revision, phone)).or_default();
        group.texted += 1;
        group.answered += u64::from(answered.contains(&phone));
        group.opted_out += u64::from(opted_out.contains(&phone));
        group.reached += u64::from(reached.contains(&phone));
    }
    Ok(Some(Comparison {
        variants,
        has_goal: revision.campaign.goal.is_some(),
        held_out,
    }))
}

/// Whether people get different texts, or go different ways, by what is drawn for them.
fn has_variants(revision: &Revision) -> bool {
    let of_messages = revision
        .campaign
        .messages
        .iter()
        .any(|message| message.variants.len() > 1);
    let of_ways = |one: &Instruction| matches!(one.deed, Deed::Split { .. });
    of_messages || revision.campaign.program.instructions.iter().any(of_ways)
}

fn variant(revision: &Revision, phone: PhoneNumber) -> String {
    drawn(&Person {
        revision,
        member: &Member::unlisted(phone),
        known: &Known::default(),
        now: chrono::DateTime::UNIX_EPOCH,
    })
}

async fn held_out(
    store: &Store,
    launch: &LaunchRow,
    revision: &Revision,
) -> Result<Option<HeldOut>, StoreError> {
    let goal = revision.campaign.goal.as_ref();
    let Some(goal) = goal.filter(|goal| comes_untexted(&goal.when)) else {
        return Ok(None);
    };
    let people = store.held_out(launch.id).await?;
    if people.is_empty() {
        return Ok(None);
    }
    let zone = revision.campaign.timezone;
    let until = goal.within.map(|within| within.after(launch.starts_at, zone));
    let mut known: BTreeMap<PhoneNumber, Known> = BTreeMap::new();
    let mut reached = HashSet::new();
    for happening in store.happened_to_held_out(launch.id, launch.starts_at).await? {
        let Happened::Event(name) = happening.what else {
            continue;
        };
        let known = known.entry(happening.phone).or_default();
        known.learn(revision, name, happening.fields);
        let person = Person {
            revision,
            member: &Member::unlisted(happening.phone),
            known,
            now: happening.at,
        };
        if until.is_none_or(|until| happening.at <= until) && person.holds(&goal.when) {
            reached.insert(happening.phone);
        }
    }
    Ok(Some(HeldOut {
        people: people.len() as u64,
        reached: reached.len() as u64,
    }))
}

/// Whether whoever is not texted can do what a condition asks for: events alone, and what they carry.
fn comes_untexted(condition: &Condition) -> bool {
    let happenings = condition.happenings();
    let events = happenings
        .iter()
        .all(|happening| matches!(happening, Happening::Event(_)));
    events && !happenings.is_empty() && !condition.asks_for_tags() && !condition.asks_for_reply()
}
