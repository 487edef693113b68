//! A lane is what one sender has under way: the cohorts it holds, its windows. Launches share it, each with rates and
//! dues of its own, and take turns.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::campaign::Priority;
use dsl::project::Project;

use super::account::{Gate, sender_subject};
use super::budget::Budget;
use super::{Executor, WINDOWS};
use crate::ids::{CohortId, LaunchId};
use crate::revision::Revision;
use crate::store::{Alarm, ClaimedCohort, CohortKind};

pub(super) struct Lane {
    /// The sender's name.
    pub sender: Arc<str>,
    /// The names of its provider and of those of its `then`, as far as they are at hand.
    pub routes: Vec<String>,
    /// What stops the sender.
    pub gate: Gate,
    /// What each launch has of it.
    pub shares: BTreeMap<LaunchId, Share>,
    /// Cohorts that this process holds, the oldest first.
    pub held: BTreeMap<CohortId, Held>,
    /// Windows under way, those being recorded included.
    pub windows: usize,
    /// Cohorts of this launch are being claimed.
    pub claiming: Option<LaunchId>,
    /// A window has its intent, or will have it, and has not taken its parts out of the rates yet: on a sender with a rate
    /// no other begins meanwhile.
    pub intending: bool,
    /// Turns that were taken.
    turns: u64,
}

/// What a launch has of a lane.
pub(super) struct Share {
    /// Names of the rates that hold for it, by route.
    pub rates: Vec<Vec<String>>,
    /// Of its campaign.
    pub priority: Priority,
    /// When it had its last turn, counted in turns of the lane.
    pub last_turn: u64,
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
    fn affordable(&self, most: usize, revision: &Revision, budget: Option<&Budget>) -> (usize, i64) {
        let n = self.rest().min(most);
        let Some(budget) = budget else { return (n, 0) };
        let (mut taken, mut reserved) = (0, 0);
        for index in self.cohort.intent_to..self.cohort.intent_to + n {
            let cost = budget.cost(revision, &self.cohort, index);
            if !budget.reserve(cost) {
                break;
            }
            reserved += cost;
            taken += 1;
        }
        (taken, reserved)
    }
}

/// Whether a cohort in hand may go, as its launch stands.
pub(super) type MayGo = fn(&Held) -> bool;

impl Share {
    /// When the next cohort of a kind comes due.
    pub fn next(&mut self, kind: CohortKind) -> &mut Option<DateTime<Utc>> {
        match kind {
            CohortKind::Passage => &mut self.next_due,
            CohortKind::Answer => &mut self.next_answer,
        }
    }
}

impl Lane {
    /// A cohort of a launch and kind comes due then.
    pub fn expect(&mut self, launch: LaunchId, kind: CohortKind, due_at: DateTime<Utc>) {
        let Some(share) = self.shares.get_mut(&launch) else {
            return;
        };
        share.expected += 1;
        let next = share.next(kind);
        *next = Some(next.map_or(due_at, |next| next.min(due_at)));
    }

    /// Somebody of a launch left a cohort: it is asked anew when the next comes due.
    pub fn left(&mut self, launch: LaunchId) {
        if self
            .shares
            .get(&launch)
            .is_some_and(|share| share.next_due.is_some())
        {
            self.expect(launch, CohortKind::Passage, DateTime::<Utc>::MIN_UTC);
        }
    }

    /// It is this launch's turn: the next goes to another that waits.
    pub fn take_turn(&mut self, launch: LaunchId) {
        self.turns += 1;
        if let Some(share) = self.shares.get_mut(&launch) {
            share.last_turn = self.turns;
        }
    }

    /// Whether an answer to a reply is due.
    pub fn has_answer_due(&self, now: DateTime<Utc>) -> bool {
        let mut shares = self.shares.values();
        shares.any(|share| share.next_answer.is_some_and(|due| due <= now))
    }

    /// Whether it holds anything of a launch.
    pub fn holds(&self, launch: LaunchId) -> bool {
        self.held.values().any(|held| held.cohort.launch == launch)
    }

    /// Whether a window is about any cohort of a launch, or will be.
    pub fn is_in_window(&self, launch: LaunchId) -> bool {
        let mut held = self.held.values();
        held.any(|held| held.in_window && held.cohort.launch == launch)
    }

    /// Whether anything of a launch is in hand, or may be.
    pub fn is_about(&self, launch: LaunchId) -> bool {
        self.claiming == Some(launch) || self.holds(launch)
    }

    /// Nothing of a launch is left.
    pub fn forget(&mut self, launch: LaunchId) {
        self.shares.remove(&launch);
    }

    /// Whether one more window may begin, rates and breakers aside. Who goes alone has the lane for itself.
    pub fn has_room(&self) -> bool {
        let most = if self.alone().is_some() { 1 } else { WINDOWS };
        self.claiming.is_none() && self.windows < most
    }

    /// A cohort in hand whose members go one at a time.
    fn alone(&self) -> Option<CohortId> {
        self.held
            .values()
            .find(|held| held.cohort.alone)
            .map(|held| held.cohort.id)
    }

    /// Takes cohorts of a launch that no window is about and that `may` go until they bring `members`, or the budget does
    /// not fit the next, and moves the marks of their intent, which goes to `route`. They are in a window from now on. Gives
    /// what it reserved.
    pub fn pick(
        &mut self,
        launch: LaunchId,
        members: usize,
        route: u8,
        may: MayGo,
        revision: &Revision,
        budget: Option<&Budget>,
    ) -> (Vec<CohortId>, i64) {
        let alone = self.alone();
        let mut room = if alone.is_some() { 1 } else { members };
        let (mut picked, mut reserved) = (vec![], 0);
        for held in self.held.values_mut() {
            let passed = alone.is_some_and(|alone| alone != held.cohort.id);
            let other = held.cohort.launch != launch;
            if other || held.in_window || held.rest() == 0 || passed || !may(held) {
                continue;
            }
            if room == 0 {
                break;
            }
            let (n, cost) = held.affordable(room, revision, budget);
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

    /// Gives up what no window is about of a launch and what may not go.
    pub fn give_back(&mut self, launch: LaunchId, may: MayGo) -> Vec<(CohortId, i64)> {
        let (kept, given): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(_, held)| held.cohort.launch != launch || held.in_window || may(held));
        self.held = kept;
        given
            .values()
            .for_each(|held| self.expect(launch, held.cohort.kind, DateTime::<Utc>::MIN_UTC));
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

    /// Whether some held cohort of a launch that may go has members without an intent.
    pub fn has_rest(&self, launch: LaunchId, may: MayGo) -> bool {
        let alone = self.alone();
        let passed = |held: &Held| alone.is_some_and(|alone| alone != held.cohort.id);
        let own = |held: &&Held| held.cohort.launch == launch && !passed(held);
        let mut own = self.held.values().filter(own);
        own.any(|held| !held.in_window && held.rest() > 0 && may(held))
    }
}

impl Executor {
    /// Adds a lane for each sender of a project whose provider, or one of whose `then`, is at hand and that has none.
    pub(super) fn add_lanes(&mut self, project: &Project, alarms: &[Alarm]) {
        for (name, sender) in &project.senders {
            let named = std::iter::once(&sender.provider).chain(&sender.then);
            let routes: Vec<String> = named
                .filter(|name| self.accounts.contains_key(*name))
                .cloned()
                .collect();
            if routes.is_empty() || self.lanes.contains_key(name) {
                continue;
            }
            let subject = sender_subject(name);
            let lane = Lane {
                sender: name.as_str().into(),
                routes,
                gate: Gate::new(alarms.iter().any(|alarm| alarm.subject == subject)),
                shares: BTreeMap::new(),
                held: BTreeMap::new(),
                windows: 0,
                claiming: None,
                intending: false,
                turns: 0,
            };
            self.lanes.insert(name.clone(), lane);
        }
    }

    /// Gives a launch its share of every lane, and has its rates hold.
    pub(super) fn share_lanes(&mut self, launch: LaunchId, project: &Project, revision: &Revision) {
        let campaign = &revision.campaign;
        let own_rate = campaign
            .limits
            .rate
            .map(|rate| (format!("campaign {}", campaign.name), rate.per_second));
        for (name, lane) in &mut self.lanes {
            let rates = |route: &String| {
                let shared = [format!("sender {name}"), format!("provider {route}")];
                let own = own_rate.iter().map(|(name, _)| name.clone());
                shared.into_iter().chain(own).collect()
            };
            let share = Share {
                rates: lane.routes.iter().map(rates).collect(),
                priority: campaign.priority,
                last_turn: 0,
                expected: 0,
                next_due: Some(DateTime::<Utc>::MIN_UTC),
                next_answer: Some(DateTime::<Utc>::MIN_UTC),
            };
            lane.shares.insert(launch, share);
        }
        let senders = project.senders.iter();
        let senders =
            senders.filter_map(|(name, sender)| Some((format!("sender {name}"), sender.rate?.per_second)));
        let providers = project.providers.iter();
        let providers =
            providers.filter_map(|(name, one)| Some((format!("provider {name}"), one.rate()?.per_second)));
        let rates = senders.chain(providers).chain(own_rate);
        rates.for_each(|(name, per_second)| self.buckets.add(name, per_second));
    }
}
