//! A lane is what one sender has under way: the cohorts it holds, its rates, its windows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::project::Project;

use super::WINDOWS;
use super::account::{Account, SenderGate, sender_subject};
use super::budget::Budget;
use crate::ids::CohortId;
use crate::revision::Revision;
use crate::store::{Alarm, ClaimedCohort, CohortKind};
use crate::throttle::Buckets;

pub(super) struct Lane {
    /// The sender's name.
    pub sender: Arc<str>,
    /// The names of its provider and of those of its `then`, as far as they are at hand.
    pub routes: Vec<String>,
    /// What stops the sender.
    pub gate: SenderGate,
    /// Names of the rates that hold for it, by route.
    pub rates: Vec<Vec<String>>,
    /// Cohorts that this process holds, the oldest first.
    pub held: BTreeMap<CohortId, Held>,
    /// Windows under way, those being recorded included.
    pub windows: usize,
    pub claiming: bool,
    /// A window has its intent, or will have it, and has not taken its parts out of the rates yet: on a sender with a rate
    /// no other begins meanwhile.
    pub intending: bool,
    /// How often something was expected: what was read before the last time is old.
    pub expected: u64,
    /// When the next cohort comes due that is not held; none when there is none.
    pub next_due: Option<DateTime<Utc>>,
    /// The same of the answers to replies, which go before bulk.
    pub next_answer: Option<DateTime<Utc>>,
}

/// A cohort in hand.
pub(super) struct Held {
    pub cohort: ClaimedCohort,
    /// A window is about it.
    pub in_window: bool,
}

impl Held {
    /// Members whose intent is committed and who are not settled.
    pub fn intended(&self) -> Range<usize> {
        self.cohort.done..self.cohort.intent_to
    }

    fn rest(&self) -> usize {
        self.cohort.members.len() - self.cohort.intent_to
    }

    /// How many of the next members the budget fits, at most so many; reserves what they cost.
    fn affordable(&self, most: usize, revision: &Revision, budget: Option<&mut Budget>) -> (usize, i64) {
        let n = self.rest().min(most);
        let Some(budget) = budget else { return (n, 0) };
        let (mut taken, mut reserved) = (0, 0);
        for index in self.cohort.intent_to..self.cohort.intent_to + n {
            let cost = budget.cost(revision, &self.cohort, index);
            if !budget.fits(cost) {
                budget.exhausted = true;
                break;
            }
            budget.reserve(cost);
            reserved += cost;
            taken += 1;
        }
        (taken, reserved)
    }
}

/// Whether a cohort in hand may go, as its launch stands.
pub(super) type MayGo = fn(&Held) -> bool;

impl Lane {
    /// When the next cohort of a kind comes due.
    pub fn next(&mut self, kind: CohortKind) -> &mut Option<DateTime<Utc>> {
        match kind {
            CohortKind::Passage => &mut self.next_due,
            CohortKind::Answer => &mut self.next_answer,
        }
    }

    /// A cohort of a kind comes due then.
    pub fn expect(&mut self, kind: CohortKind, due_at: DateTime<Utc>) {
        self.expected += 1;
        let next = self.next(kind);
        *next = Some(next.map_or(due_at, |next| next.min(due_at)));
    }

    /// Whether one more window may begin, rates and breakers aside. Who goes alone has the lane for itself.
    pub fn has_room(&self) -> bool {
        let most = if self.alone().is_some() { 1 } else { WINDOWS };
        !self.claiming && self.windows < most
    }

    /// A cohort in hand whose members go one at a time.
    fn alone(&self) -> Option<CohortId> {
        self.held
            .values()
            .find(|held| held.cohort.alone)
            .map(|held| held.cohort.id)
    }

    /// Takes cohorts that no window is about and that `may` go until they bring `members`, or the budget does not fit the
    /// next, and moves the marks of their intent, which goes to `route`. They are in a window from now on. Gives what it reserved.
    pub fn pick(
        &mut self,
        members: usize,
        route: u8,
        may: MayGo,
        revision: &Revision,
        mut budget: Option<&mut Budget>,
    ) -> (Vec<CohortId>, i64) {
        let alone = self.alone();
        let mut room = if alone.is_some() { 1 } else { members };
        let (mut picked, mut reserved) = (vec![], 0);
        for held in self.held.values_mut() {
            let passed = alone.is_some_and(|alone| alone != held.cohort.id);
            if held.in_window || held.rest() == 0 || passed || !may(held) {
                continue;
            }
            if room == 0 {
                break;
            }
            let (n, cost) = held.affordable(room, revision, budget.as_deref_mut());
            if n == 0 {
                break;
            }
            room -= n;
            reserved += cost;
            held.cohort.intent_to += n;
            held.cohort.route = route;
            held.in_window = true;
            picked.push(held.cohort.id);
        }
        (picked, reserved)
    }

    /// The commit did not give these their intent: their window is none.
    pub fn unpick(&mut self, cohorts: &[CohortId]) {
        self.windows -= 1;
        self.intending = false;
        for held in self
            .held
            .values_mut()
            .filter(|held| cohorts.contains(&held.cohort.id))
        {
            held.cohort.intent_to = held.cohort.done;
            held.in_window = false;
        }
    }

    /// Gives up what no window is about and what may not go.
    pub fn give_back(&mut self, may: MayGo) -> Vec<(CohortId, i64)> {
        let (kept, given): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(_, held)| held.in_window || may(held));
        self.held = kept;
        given
            .values()
            .for_each(|held| self.expect(held.cohort.kind, DateTime::<Utc>::MIN_UTC));
        given
            .values()
            .map(|held| (held.cohort.id, held.cohort.fence))
            .collect()
    }

    /// Says of cohorts in hand whether a window is about them.
    pub fn set_in_window(&mut self, cohorts: &[CohortId], in_window: bool) {
        for id in cohorts {
            if let Some(held) = self.held.get_mut(id) {
                held.in_window = in_window;
            }
        }
    }

    /// Whether some held cohort that may go has members without an intent.
    pub fn has_rest(&self, may: MayGo) -> bool {
        self.held
            .values()
            .any(|held| !held.in_window && held.rest() > 0 && may(held))
    }
}

/// A lane for each sender of the project whose provider, or one of whose `then`, is at hand.
pub(super) fn lanes(
    project: &Project,
    accounts: &BTreeMap<String, Account>,
    alarms: &[Alarm],
    revision: &Revision,
) -> BTreeMap<String, Lane> {
    let lane = |(name, sender): (&String, &dsl::project::Sender)| {
        let named = std::iter::once(&sender.provider).chain(&sender.then);
        let routes: Vec<String> = named
            .filter(|name| accounts.contains_key(*name))
            .cloned()
            .collect();
        if routes.is_empty() {
            return None;
        }
        let rates = |route: &String| {
            vec![
                format!("sender {name}"),
                format!("provider {route}"),
                format!("campaign {}", revision.campaign.name),
            ]
        };
        let subject = sender_subject(name);
        let lane = Lane {
            sender: name.as_str().into(),
            gate: SenderGate::new(alarms.iter().any(|alarm| alarm.subject == subject)),
            rates: routes.iter().map(rates).collect(),
            routes,
            held: BTreeMap::new(),
            windows: 0,
            claiming: false,
            intending: false,
            expected: 0,
            next_due: Some(DateTime::<Utc>::MIN_UTC),
            next_answer: Some(DateTime::<Utc>::MIN_UTC),
        };
        Some((name.clone(), lane))
    };
    project.senders.iter().filter_map(lane).collect()
}

/// The rates of the project and the campaign.
pub(super) fn buckets(project: &Project, revision: &Revision) -> Buckets {
    let mut buckets = Buckets::default();
    for (name, sender) in &project.senders {
        if let Some(rate) = sender.rate {
            buckets.add(format!("sender {name}"), rate.per_second);
        }
    }
    for (name, provider) in &project.providers {
        if let Some(rate) = provider.rate() {
            buckets.add(format!("provider {name}"), rate.per_second);
        }
    }
    if let Some(rate) = revision.campaign.limits.rate {
        buckets.add(format!("campaign {}", revision.campaign.name), rate.per_second);
    }
    buckets
}
