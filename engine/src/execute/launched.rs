//! A launch among those that are executed together: what belongs to it alone. Senders, accounts and what comes back are
//! shared by all of them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::project::Project;

use super::budget::Budget;
use super::entering::{Entrance, resting};
use super::feed::Launching;
use super::lane::MayGo;
use super::progress::{Progress, progress_of};
use super::{End, Executor, Step};
use crate::errand::Caller;
use crate::ids::{LaunchId, MessageId};
use crate::revision::Revision;
use crate::store::{Canary, CohortKind, LaunchRow, LaunchState, StoreError, TextKind, Totals, Turn};

/// One launch.
pub(super) struct Launched {
    /// As it was when it came, but for its canary and its tally, which are kept up.
    pub row: LaunchRow,
    /// What it is pinned to.
    pub revision: Arc<Revision>,
    /// What its senders and lists are.
    pub project: Arc<Project>,
    pub budget: Option<Budget>,
    /// It stands in the store that nobody goes before the next month.
    pub waits_for_month: bool,
    /// Who enters it as things happen; none: everybody who does is inside.
    pub entrance: Option<Arc<Entrance>>,
    /// How long receipts are awaited after its last passage ended.
    pub receipts: Duration,
    /// It is over once nothing of it is to be looked up any more.
    pub only_settles: bool,
    pub state: LaunchState,
    /// Somebody stopped it, or a share of its `halt` was passed: texts of it that wait for their request are not submitted.
    pub stands: Arc<Stands>,
    /// The store is being told that it is halted: what it says meanwhile of its state is old.
    pub halting: bool,
    pub done_at: Option<DateTime<Utc>>,
    pub progress: Progress,
    /// Its texts of steps of which nobody can tell whether they were taken.
    pub doubts: HashSet<MessageId>,
    /// Deeds and requests about it that are not over.
    pub under_way: usize,
    /// By when those were asked who may know what came of its canary; none: not all of them were since the watch ended.
    pub heard_by: Option<DateTime<Utc>>,
    /// How it ended. It is kept as long as answers of it may go out, or it may go on.
    pub end: Option<End>,
}

impl Launched {
    fn new(
        launch: LaunchRow,
        (revision, project): (Arc<Revision>, Arc<Project>),
        receipts: Duration,
        totals: &Totals,
        now: DateTime<Utc>,
    ) -> Launched {
        Launched {
            budget: None,
            waits_for_month: false,
            state: launch.state,
            stands: Arc::new(Stands::new(launch.state)),
            done_at: matches!(launch.state, LaunchState::Done).then_some(now),
            progress: progress_of(totals),
            doubts: HashSet::new(),
            row: launch,
            revision,
            project,
            receipts,
            only_settles: false,
            entrance: None,
            halting: false,
            under_way: 0,
            heard_by: None,
            end: None,
        }
    }

    /// Whether people may still enter it, however long nobody does.
    pub fn is_open(&self) -> bool {
        let takes = match self.state {
            LaunchState::Building | LaunchState::Running | LaunchState::Paused => true,
            LaunchState::Done | LaunchState::Cancelled | LaunchState::Halted => false,
        };
        takes
            && self
                .entrance
                .as_ref()
                .is_some_and(|entrance| entrance.is_for_good())
    }

    /// Somebody's text does not fit the budget any more.
    pub fn is_over_budget(&self) -> bool {
        self.budget.as_ref().is_some_and(Budget::is_exhausted)
    }

    /// When there is more to spend by itself, where that is waited for.
    pub fn more_at(&self) -> Option<DateTime<Utc>> {
        let running = self
            .budget
            .as_ref()
            .filter(|_| self.state == LaunchState::Running);
        running.and_then(Budget::more_at)
    }

    /// Which of its cohorts may go as it stands.
    pub fn may_go(&self) -> MayGo {
        match self.state {
            LaunchState::Running if !self.is_over_budget() => |_| true,
            // What may have been taken is paid.
            LaunchState::Running => |held| matches!(held.cohort.turn, Turn::LookUp | Turn::Resubmit),
            // To ask about what was sent before sends nothing.
            LaunchState::Cancelled => |held| held.cohort.turn == Turn::LookUp,
            LaunchState::Building | LaunchState::Paused | LaunchState::Done | LaunchState::Halted => {
                |_| false
            }
        }
    }

    /// Whether passages are claimed. Of one that was cancelled or has no budget left what is in doubt is still settled, and
    /// claims bring nothing else.
    pub fn claims(&self) -> bool {
        matches!(self.state, LaunchState::Running | LaunchState::Cancelled)
    }

    /// Whether people are held until the canary was watched.
    pub fn holds_people(&self) -> bool {
        self.state == LaunchState::Running && self.row.canary != Canary::Over
    }

    /// When the watch ends, where it began and people are held for it.
    pub fn watched_until(&self) -> Option<DateTime<Utc>> {
        let Canary::WatchedSince(since) = self.row.canary else {
            return None;
        };
        if !self.holds_people() {
            return None;
        }
        let campaign = &self.revision.campaign;
        let canary = campaign.limits.canary.as_ref();
        Some(canary.map_or(since, |canary| canary.watch.after(since, campaign.timezone)))
    }

    /// In how long receipts are not awaited any more; none: never.
    pub fn over_in(&self, now: DateTime<Utc>) -> Option<Duration> {
        let over_at = self
            .done_at?
            .checked_add_signed(TimeDelta::from_std(self.receipts).ok()?)?;
        Some((over_at - now).to_std().unwrap_or(Duration::ZERO))
    }
}

/// As of a launch that people enter one at a time: when each passage began is asked of the store.
fn with_beginnings(revision: &Revision) -> Revision {
    let mut asking = revision.clone();
    asking.asks.began = true;
    asking
}

/// Whether nothing of a launch in this state is submitted but answers to replies.
fn stands(state: LaunchState) -> bool {
    match state {
        LaunchState::Paused | LaunchState::Halted | LaunchState::Cancelled => true,
        LaunchState::Building | LaunchState::Running | LaunchState::Done => false,
    }
}

/// Whether a launch stands still, as requests see it that are about to go: what the loop knows, and what the store said since.
pub(super) struct Stands {
    still: AtomicBool,
    /// When the store was asked last by one of them, in milliseconds.
    asked_at: AtomicU64,
}

impl Stands {
    /// What the store said so short a time ago holds: more often it is not asked, however many requests there are.
    const HOLDS_MS: u64 = 5;

    fn new(state: LaunchState) -> Stands {
        Stands {
            still: AtomicBool::new(stands(state)),
            asked_at: AtomicU64::new(0),
        }
    }

    fn set(&self, state: LaunchState) {
        self.still.store(stands(state), Ordering::Release);
    }

    /// Whether it stands still.
    pub fn still(&self) -> bool {
        self.still.load(Ordering::Acquire)
    }

    /// Whether the store is to be asked now; then nobody else does.
    pub fn ask(&self, now: Duration) -> bool {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let asked_at = self.asked_at.load(Ordering::Acquire);
        let exchange = || {
            self.asked_at
                .compare_exchange(asked_at, now, Ordering::AcqRel, Ordering::Acquire)
        };
        now >= asked_at + Self::HOLDS_MS && exchange().is_ok()
    }

    /// The store says that it is doing this. That it goes on again is for the loop to say.
    pub fn found(&self, state: LaunchState) {
        self.still.fetch_or(stands(state), Ordering::AcqRel);
    }
}

impl Executor {
    /// The launches that people enter as things happen to them, also those that stand still.
    pub(super) fn entrances(&self) -> impl Iterator<Item = Arc<Entrance>> {
        let lives = |launched: &&Launched| match launched.state {
            LaunchState::Cancelled | LaunchState::Done => false,
            LaunchState::Building | LaunchState::Running | LaunchState::Paused | LaunchState::Halted => true,
        };
        let living = self.launches.values().filter(lives);
        living.filter_map(|launched| launched.entrance.clone())
    }

    /// The entrances, and those that take nobody now: what somebody writes to begin a campaign is kept for it.
    pub(super) fn all_entrances(&self) -> impl Iterator<Item = Arc<Entrance>> {
        let campaigns: BTreeSet<&str> = self
            .launches
            .values()
            .map(|launched| launched.row.campaign.as_str())
            .collect();
        let resting = self.resting.iter().filter(move |entrance| {
            let campaign = entrance.revision.campaign.name.as_str();
            !campaigns.contains(campaign)
        });
        self.entrances().chain(resting.cloned())
    }

    /// Takes a launch in, with the lanes and accounts that it brings.
    pub(super) async fn add(&mut self, launching: Launching) -> Result<(), StoreError> {
        let Launching {
            launch,
            revision,
            project,
            providers,
            receipts,
            only_settles,
            enters,
        } = launching;
        let id = launch.id;
        let revision = match launch.is_opened() {
            true => Arc::new(with_beginnings(&revision)),
            false => revision,
        };
        let alarms = self.store.alarms().await?;
        let totals = self.store.totals(id).await?;
        let now = self.clock.now();
        self.add_accounts(&providers, &alarms, now);
        self.add_lanes(&project, &alarms);
        self.share_lanes(id, &project, &revision);
        self.know_suppressed(launch.suppressed_to).await?;
        let words = revision.campaign.opt_out_words.iter().map(String::as_str);
        self.incoming.opt_out_by(words);
        let others = self.launches.values().filter_map(|other| other.budget.as_ref());
        let zone = revision.campaign.timezone;
        let budget = Budget::of(&launch, zone, &self.store, now, others).await?;
        let entrance = enters.map(|folder| Arc::new(Entrance::of(&launch, &revision, folder)));
        let mut launched = Launched::new(launch, (revision, project.clone()), receipts, &totals, now);
        (launched.budget, launched.entrance) = (budget, entrance);
        launched.only_settles = only_settles;
        if launched.progress.in_doubt > 0 {
            let doubts = self.store.in_doubt(id, u32::MAX).await?;
            let passages = doubts.iter().filter(|doubt| doubt.kind == TextKind::Step);
            launched.doubts = passages.map(|doubt| doubt.message).collect();
        }
        self.errands.call_by(Caller::new(&project));
        self.launches.insert(id, launched);
        if !std::mem::replace(&mut self.left_folded, true) {
            self.resting = resting(&self.store).await?;
            self.fold_left().await?;
        }
        self.hear_for(id).await?;
        if self.of(id).row.halt_tally.is_none() {
            self.count_from_here(id);
        }
        self.remind_providers(id, &project).await
    }

    /// A plan joined the suppressions up to this change: those after it are known here from now on.
    async fn know_suppressed(&mut self, up_to: i64) -> Result<(), StoreError> {
        match self.stopped.from {
            None => (self.stopped.from, self.stopped.known) = (Some(up_to), up_to),
            Some(from) if up_to < from => {
                let earlier = self.store.suppressed_since(up_to).await?;
                self.stopped.from = Some(up_to);
                self.stopped.note(&earlier);
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// A launch that steps, windows and lanes name.
    pub(super) fn of(&self, launch: LaunchId) -> &Launched {
        self.launches
            .get(&launch)
            .expect("a launch stays while anything is about it")
    }

    /// The same, to change it.
    pub(super) fn of_mut(&mut self, launch: LaunchId) -> &mut Launched {
        self.launches
            .get_mut(&launch)
            .expect("a launch stays while anything is about it")
    }

    /// Receipts told of messages of a launch, some of which may be in doubt.
    pub(super) fn receipts_of(&mut self, launch: LaunchId, messages: Vec<MessageId>) {
        let launched = self.launches.get_mut(&launch);
        if let Some(launched) = launched.filter(|launched| !launched.doubts.is_empty()) {
            messages
                .into_iter()
                .for_each(|message| launched.receipt_of(message));
        }
    }

    /// Begins a deed about a launch.
    pub(super) fn deed(
        &mut self,
        launch: LaunchId,
        deed: impl Future<Output = Result<Step, StoreError>> + Send + 'static,
    ) {
        self.of_mut(launch).under_way += 1;
        self.work.deed(Some(launch), deed);
    }

    /// Begins a request about a launch.
    pub(super) fn request(&mut self, launch: LaunchId, request: impl Future<Output = Step> + Send + 'static) {
        self.of_mut(launch).under_way += 1;
        self.work.request(Some(launch), request);
    }

    /// Somebody paused, resumed or cancelled.
    pub(super) fn changed(&mut self, id: LaunchId, state: LaunchState) {
        let Some(launched) = self.launches.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut launched.state, state);
        launched.stands.set(state);
        if state != before {
            tracing::info!(launch.id = id.0, state = state.word(), "launch changed");
        }
        let goes_on = before != LaunchState::Running && state == LaunchState::Running;
        // Of one that had ended somebody resumed or cancelled what stood still.
        if goes_on || (state != before && launched.end.take().is_some()) {
            launched.done_at = None;
            launched.end = None;
        }
        launched.progress.paused = state == LaunchState::Paused;
        let may_go = launched.may_go();
        if before == LaunchState::Halted && state == LaunchState::Running {
            self.count_from_here(id);
        }
        if state != LaunchState::Running && state != LaunchState::Done {
            self.release_held(id, may_go);
        }
    }

    /// The store lets nothing of it go: what stopped it is asked at once, and nothing begins before that is known.
    pub(super) fn ask_what_stopped_it(&mut self, launch: LaunchId) {
        self.ask_at = Duration::ZERO;
        self.of_mut(launch).state = LaunchState::Paused;
    }

    /// Puts back the cohorts of a launch that no window is about, but those that may stay.
    pub(super) fn release_held(&mut self, launch: LaunchId, may_stay: MayGo) {
        let mut cohorts = vec![];
        for lane in self.lanes.values_mut() {
            cohorts.extend(lane.give_back(launch, may_stay));
        }
        if !cohorts.is_empty() {
            let store = self.store.clone();
            self.deed(launch, async move {
                store.release(cohorts).await?;
                Ok(Step::Released(launch))
            });
        }
    }

    /// Its cohorts were put back, or let in: it is asked anew when they come due.
    pub(super) fn released(&mut self, launch: LaunchId) {
        for lane in self.lanes.values_mut() {
            lane.expect(launch, CohortKind::Passage, DateTime::<Utc>::MIN_UTC);
        }
    }
}
