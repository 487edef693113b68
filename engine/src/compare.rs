//! Compares the variants of a campaign with each other, and with the people it held out: how many of each answered, opted
//! out and reached the goal. Read from a store, for a report; nothing of it is kept.

use std::collections::{BTreeMap, HashSet};

use dsl::campaign::{Deed, Instruction};
use dsl::condition::{Condition, Happening};
use sms::PhoneNumber;

use crate::advance::{Known, NOTHING, Person, drawn};
use crate::member::Member;
use crate::revision::Revision;
use crate::store::{Happened, Happening as StoredHappening, HeldOutSince, LaunchRow, Store, StoreError};
use crate::trigger::{is_of_another, key_of};

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
    /// Of them, how many did what the goal asks for, in its time from the start of the launch, or from what would have begun a passage.
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
    let asked = Person {
        revision,
        member: &Member::unlisted(phone),
        known: &NOTHING,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    drawn(&asked).to_owned()
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
    let mut untexted: BTreeMap<PhoneNumber, Vec<Untexted>> = BTreeMap::new();
    for since in store.held_out(launch).await? {
        let passage = Untexted {
            since,
            key: None,
            known: Known::default(),
        };
        untexted.entry(since.phone).or_default().push(passage);
    }
    if untexted.is_empty() {
        return Ok(None);
    }
    let zone = revision.campaign.timezone;
    let mut reached = HashSet::new();
    for happening in store.happened_to_held_out(launch).await? {
        let passages = untexted.get_mut(&happening.phone).into_iter().flatten();
        for passage in passages.filter(|passage| passage.is_of_it(&happening)) {
            let at = happening.at.max(passage.since.at);
            let until = goal.within.map(|within| within.after(passage.since.at, zone));
            let holds = passage.hear(revision, &happening, |person| person.holds(&goal.when));
            if holds && until.is_none_or(|until| at <= until) {
                reached.insert(happening.phone);
            }
        }
    }
    Ok(Some(HeldOut {
        people: untexted.len() as u64,
        reached: reached.len() as u64,
    }))
}

/// A passage that there would have been.
struct Untexted {
    since: HeldOutSince,
    /// What tells it apart from the others of the person.
    key: Option<String>,
    known: Known,
}

impl Untexted {
    /// Whether something happened since it would have begun.
    fn is_of_it(&self, happening: &StoredHappening) -> bool {
        match self.since.happening {
            0 => happening.at >= self.since.at,
            began_by => happening.id >= began_by,
        }
    }

    /// An event is known from now on, but one with the key of another passage; what is asked then.
    fn hear(
        &mut self,
        revision: &Revision,
        happening: &StoredHappening,
        asked: impl FnOnce(&Person<'_>) -> bool,
    ) -> bool {
        let Happened::Event(name) = &happening.what else {
            return false;
        };
        let campaign = &revision.campaign;
        if is_of_another(campaign, self.key.as_deref(), &happening.fields) {
            return false;
        }
        // What begins it says which it is.
        let carried = || key_of(campaign, &happening.fields).map(str::to_owned);
        self.key = self.key.take().or_else(carried);
        self.known.learn(revision, name.clone(), happening.fields.clone());
        asked(&Person {
            revision,
            member: &Member::unlisted(happening.phone),
            known: &self.known,
            now: happening.at,
        })
    }
}

/// Whether whoever is not texted can do what a condition asks for: events alone, and what they carry.
fn comes_untexted(condition: &Condition) -> bool {
    let happenings = condition.happenings();
    let events = happenings
        .iter()
        .all(|happening| matches!(happening, Happening::Event(_)));
    events && !happenings.is_empty() && !condition.asks_for_tags() && !condition.asks_for_reply()
}
