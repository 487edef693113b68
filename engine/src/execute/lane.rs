//! A lane is what one sender has under way: the cohorts it holds, its rates, its windows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::{Project, Provider as ProviderSettings};
use tokio::sync::Semaphore;

use super::WINDOWS;
use crate::ids::CohortId;
use crate::provider::Provider;
use crate::revision::Revision;
use crate::store::{ClaimedCohort, CohortKind};
use crate::throttle::Buckets;

pub(super) struct Lane {
    pub provider: Arc<dyn Provider>,
    /// Requests under way, bounded by what the provider takes.
    pub requests: Arc<Semaphore>,
    /// Names of the rates that hold for it.
    pub rates: Vec<String>,
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
    /// The provider or the sender is stopped until then.
    pub blocked_until: Duration,
    /// How often in a row it was stopped.
    pub blocks: u32,
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
}

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

    /// Whether one more window may begin, rates aside.
    pub fn has_room(&self) -> bool {
        !self.claiming && self.windows < WINDOWS
    }

    /// Takes cohorts that no window is about until they bring `members`, and moves the marks of their intent. They are
    /// in a window from now on.
    pub fn pick(&mut self, members: usize) -> Vec<CohortId> {
        let mut room = members;
        let mut picked = vec![];
        for held in self
            .held
            .values_mut()
            .filter(|held| !held.in_window && held.rest() > 0)
        {
            if room == 0 {
                break;
            }
            let n = held.rest().min(room);
            room -= n;
            held.cohort.intent_to += n;
            held.in_window = true;
            picked.push(held.cohort.id);
        }
        picked
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

    /// Gives up what no window is about.
    pub fn give_back(&mut self) -> Vec<(CohortId, i64)> {
        let (kept, given): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(_, held)| held.in_window);
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

    /// Whether some held cohort has members without an intent.
    pub fn has_rest(&self) -> bool {
        self.held.values().any(|held| !held.in_window && held.rest() > 0)
    }
}

/// A lane for each sender of the project whose provider is at hand.
pub(super) fn lanes(
    project: &Project,
    providers: &BTreeMap<String, Arc<dyn Provider>>,
    revision: &Revision,
) -> BTreeMap<String, Lane> {
    let lane = |(name, sender): (&String, &dsl::project::Sender)| {
        let provider = providers.get(&sender.provider)?.clone();
        let lane = Lane {
            requests: Arc::new(Semaphore::new(provider.abilities().in_flight)),
            provider,
            rates: vec![
                format!("sender {name}"),
                format!("provider {}", sender.provider),
                format!("campaign {}", revision.campaign.name),
            ],
            held: BTreeMap::new(),
            windows: 0,
            claiming: false,
            intending: false,
            expected: 0,
            next_due: Some(DateTime::<Utc>::MIN_UTC),
            next_answer: Some(DateTime::<Utc>::MIN_UTC),
            blocked_until: Duration::ZERO,
            blocks: 0,
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
        let ProviderSettings::Simulated(simulated) = provider;
        if let Some(rate) = simulated.rate {
            buckets.add(format!("provider {name}"), rate.per_second);
        }
    }
    if let Some(rate) = revision.campaign.limits.rate {
        buckets.add(format!("campaign {}", revision.campaign.name), rate.per_second);
    }
    buckets
}
