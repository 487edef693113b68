//! When something can begin: claims and intents of a lane, partial records, folding; and when to look again.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{ASK, Claim, CohortKind, Executor, RECORD_WITHIN, Step, WINDOW_MEMBERS};
use crate::store::{LaunchState, WindowRecord};

impl Executor {
    /// Claims for a lane, or commits the intent of its next window, if its rates are free.
    pub(super) fn fill_lane(&mut self, sender: &str) {
        let free = self.is_free(sender);
        let running = self.state == LaunchState::Running;
        let now = self.clock.now();
        let lane = self.lane(sender);
        if !free || !lane.has_room() {
            return;
        }
        if lane.next_answer.is_some_and(|due| due <= now) {
            return self.claim(sender, CohortKind::Answer);
        }
        if running && lane.has_rest() {
            return self.intend(sender);
        }
        if running && lane.next_due.is_some_and(|due| due <= now) {
            self.claim(sender, CohortKind::Passage);
        }
    }

    /// Whether the rates of a lane let a window begin now.
    pub(super) fn is_free(&self, sender: &str) -> bool {
        let now = self.clock.monotonic();
        let lane = &self.lanes[sender];
        let paced = lane.intending && self.buckets.per_second(&lane.rates).is_some();
        !paced && self.buckets.free_at(&lane.rates) <= now && lane.blocked_until <= now
    }

    /// Members of a window of a lane.
    pub(super) fn window_members(&self, sender: &str) -> usize {
        self.buckets.window(&self.lanes[sender].rates, WINDOW_MEMBERS)
    }

    fn claim(&mut self, sender: &str, kind: CohortKind) {
        let claim = Claim {
            launch: self.launch.id,
            sender: sender.to_owned(),
            kind,
            now: self.clock.now(),
            members: self.window_members(sender),
            suppressions_known: self.suppressions_known,
        };
        let lane = self.lane(sender);
        lane.claiming = true;
        lane.intending = true;
        let expected = lane.expected;
        let store = self.store.clone();
        self.work.push(Box::pin(async move {
            let sender = claim.sender.clone();
            let launch = claim.launch;
            let (cohorts, suppressed) = store.claim_due(claim).await?;
            if cohorts.is_empty() {
                let next_due = store.next_due(launch, &sender, kind).await?;
                return Ok(Step::NothingDue {
                    sender,
                    kind,
                    next_due,
                    expected,
                });
            }
            Ok(Step::Claimed {
                sender,
                cohorts,
                suppressed,
            })
        }));
    }

    /// Commits the intent of a window out of cohorts in hand.
    fn intend(&mut self, sender: &str) {
        let members = self.window_members(sender);
        let known = self.suppressions_known;
        let lane = self.lane(sender);
        lane.windows += 1;
        lane.intending = true;
        let next = lane.pick(members);
        let progress = next
            .iter()
            .filter_map(|id| lane.held.get(id))
            .map(|held| held.cohort.progress());
        let record = WindowRecord {
            progress: progress.collect(),
            suppressions_known: known,
            ..WindowRecord::default()
        };
        let (store, sender) = (self.store.clone(), sender.to_owned());
        self.work.push(Box::pin(async move {
            let intent = store.record_window(record).await?;
            Ok(Step::Recorded {
                sender,
                next,
                intent,
                departed: vec![],
                free: vec![],
                full: None,
            })
        }));
    }

    /// How long nothing will change by itself.
    pub(super) fn wake_in(&self) -> Duration {
        let now = self.clock.monotonic();
        let wall = self.clock.now();
        let until = |at: DateTime<Utc>| (at - wall).to_std().unwrap_or(Duration::ZERO);
        let mut wake = (self.asked_at + ASK).saturating_sub(now);
        // On a simulated clock nobody else pauses: the next thing that is due is the next thing that happens.
        if self.clock.is_simulated() {
            wake = Duration::MAX;
        }
        let running = self.state == LaunchState::Running;
        for lane in self
            .lanes
            .values()
            .filter(|lane| lane.has_room() && !self.stopping)
        {
            let free_in = self
                .buckets
                .free_at(&lane.rates)
                .max(lane.blocked_until)
                .saturating_sub(now);
            if running && lane.has_rest() {
                wake = wake.min(free_in);
            }
            for due in lane
                .next_answer
                .into_iter()
                .chain(lane.next_due.filter(|_| running))
            {
                wake = wake.min(until(due).max(free_in));
            }
        }
        if !self.folding {
            wake = self
                .polls
                .values()
                .flatten()
                .map(|at| until(*at))
                .fold(wake, Duration::min);
        }
        for window in self.windows.values().filter(|window| !window.recording) {
            if let Some(since) = window.unrecorded_since {
                wake = wake.min((since + RECORD_WITHIN).saturating_sub(now));
            }
        }
        // A clock of milliseconds must not wake a moment too early for ever.
        if wake == Duration::MAX {
            ASK
        } else {
            wake + Duration::from_millis(1)
        }
    }

    /// When the next passage goes on, if nothing is under way and nothing due.
    pub(super) fn waits_until(&self) -> Option<DateTime<Utc>> {
        let idle = self.windows.is_empty()
            && self
                .lanes
                .values()
                .all(|lane| lane.held.is_empty() && !lane.claiming);
        let next = self.lanes.values().filter_map(|lane| lane.next_due).min()?;
        (idle && next > self.clock.now()).then_some(next)
    }
}
