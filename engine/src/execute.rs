//! Executes a launch: claims due cohorts, asks `advance` for each member, commits the intent, submits, records, and
//! folds what comes back. One loop linearises everything; what takes time (commits, requests) is a future beside it.
//!
//! A window goes its round like this: intent committed → `advance` and texts → submitted → answers → recorded, and the
//! same commit gives the next window its intent. A cohort is in at most one window at a time.

mod account;
mod budget;
mod canary;
mod halting;
mod inbound;
mod lane;
mod permits;
mod progress;
mod ready;
mod request;
mod window;
mod work;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::project::Project;
use tokio::sync::watch;

use crate::advance::Known;
use crate::clock::Clock;
use crate::ids::CohortId;
use crate::provider::{Polled, Provider};
use crate::revision::Revision;
use crate::store::{
    Alarm, Claim, ClaimedCohort, CohortKind, FoldOutcome, Intent, LaunchRow, LaunchState, SentTo, Store,
    StoreError, launch_subject,
};
use crate::throttle::Buckets;

use account::Account;
use budget::Budget;
use inbound::{Incoming, Said};
use lane::{Lane, MayGo};
pub use progress::Progress;
use progress::progress_of;
use window::{Outcome, Window, WindowId};
use work::Work;

/// What an execution is made of.
pub struct Execution {
    /// Open for executing.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The senders and their rates.
    pub project: Arc<Project>,
    /// By name in crier.yaml.
    pub providers: BTreeMap<String, Arc<dyn Provider>>,
    /// What runs.
    pub launch: LaunchRow,
    /// The revision that the launch is pinned to.
    pub revision: Arc<Revision>,
    /// How long receipts are awaited after the last passage ended.
    pub receipts: Duration,
    /// True asks the execution to stop: what is under way is recorded, nothing new begins.
    pub stop: watch::Receiver<bool>,
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Every passage ended.
    Done,
    /// Somebody cancelled the launch.
    Cancelled,
    /// The next text would pass the budget: who is left waits until it is raised.
    OverBudget,
    /// A share of its `halt` was passed: who is left waits until somebody resumes it.
    Halted,
    /// It was asked to stop; executing the launch again goes on where it stopped.
    Interrupted,
}

/// Is told how far it is, after every step.
pub type Observer<'a> = &'a mut (dyn FnMut(&Progress) + Send);

/// How often the store is asked whether somebody paused or cancelled.
const ASK: Duration = Duration::from_millis(300);
/// Answers are recorded at the latest after this, whether their window is complete or not.
const RECORD_WITHIN: Duration = Duration::from_millis(50);
/// Windows under way at once on one sender.
const WINDOWS: usize = 4;
/// Members of a window where no rate makes it smaller.
const WINDOW_MEMBERS: usize = 500;

/// Runs a launch to its end, or until it is told to stop.
pub async fn execute(execution: Execution, observer: Observer<'_>) -> Result<End, StoreError> {
    let mut executor = Executor::begin(execution).await?;
    executor.run(observer).await
}

struct Executor {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    launch: LaunchRow,
    revision: Arc<Revision>,
    project: Arc<Project>,
    accounts: BTreeMap<String, Account>,
    budget: Option<Budget>,
    receipts: Duration,
    stop: watch::Receiver<bool>,
    lanes: BTreeMap<String, Lane>,
    windows: BTreeMap<WindowId, Window>,
    next_window: WindowId,
    buckets: Buckets,
    /// Numbers suppressed since the plan; asked again right before each submit.
    suppressed: Suppressed,
    suppressions_known: i64,
    /// Texts that were handed over and are not recorded yet: a reply may be faster than the record.
    in_flight: InFlight,
    state: LaunchState,
    /// When the store is asked next whether somebody paused, resumed or cancelled.
    ask_at: Duration,
    stopping: bool,
    /// What went wrong: what is under way is still recorded, then it ends with this.
    failed: Option<StoreError>,
    done_at: Option<DateTime<Utc>>,
    incoming: Incoming,
    progress: Progress,
    /// The store is being told that the launch is halted: what it says meanwhile of its state is old.
    halting: bool,
    work: Work,
}

/// Shared with the requests under way.
type Suppressed = Arc<RwLock<HashSet<u64>>>;
/// By number and sender; shared with the folding.
type InFlight = Arc<RwLock<HashMap<(u64, Arc<str>), SentTo>>>;

/// Something that took time is over.
enum Step {
    /// Cohorts were claimed for a sender.
    Claimed {
        sender: String,
        cohorts: Vec<ClaimedCohort>,
        suppressed: Vec<(i64, u64)>,
    },
    /// Nothing was due; the next will be then.
    NothingDue {
        sender: String,
        kind: CohortKind,
        next_due: Option<DateTime<Utc>>,
        /// Something is due, and the store lets none of it go.
        held: bool,
        /// [`Lane::expected`] when it was asked.
        expected: u64,
    },
    /// What the campaign asks about the members of a window is read.
    Informed {
        sender: String,
        cohorts: Vec<CohortId>,
        settle: bool,
        known: HashMap<u64, Known>,
    },
    /// A request was answered.
    Answered {
        window: WindowId,
        outcomes: Vec<(usize, Outcome)>,
        at: DateTime<Utc>,
    },
    /// Part of a window was recorded.
    PartRecorded {
        window: WindowId,
        full: Option<StoreError>,
    },
    /// A window was recorded, or only an intent; the members of `next` may be submitted.
    Recorded {
        sender: String,
        next: Vec<CohortId>,
        intent: Intent,
        /// Cohorts that it wrote, of these senders, come due then.
        departed: Vec<(String, CohortKind, DateTime<Utc>)>,
        /// Cohorts in hand that no window is about any more.
        free: Vec<CohortId>,
        /// The disk is full: this was the last record, out of the reserve.
        full: Option<StoreError>,
    },
    /// A provider was asked for receipts and replies.
    Polled {
        provider: String,
        polled: Polled,
        at: DateTime<Utc>,
    },
    /// What was said is kept, up to this entry of the inbox.
    Kept(Vec<Said>, i64),
    /// What was said is folded, but for what is to be asked about again.
    Folded(FoldOutcome, Vec<Said>),
    /// Something was done that nobody waits for.
    Noted,
    /// Cohorts were put back.
    Released,
    /// What the launch is doing.
    State(LaunchState),
    /// It was halted, unless somebody changed it before; what it is doing now.
    Halted(LaunchState),
}

impl Executor {
    async fn begin(execution: Execution) -> Result<Executor, StoreError> {
        let Execution {
            store,
            clock,
            project,
            providers,
            launch,
            revision,
            receipts,
            stop,
        } = execution;
        let now = clock.now();
        store.recover_leases(now).await?;
        let alarms = store.alarms().await?;
        let totals = store.totals(launch.id).await?;
        let accounts = account::accounts(&providers, &alarms, now);
        let mut executor = Executor {
            buckets: lane::buckets(&project, &revision),
            suppressions_known: launch.suppressed_to,
            state: launch.state,
            ask_at: clock.monotonic() + ASK,
            done_at: matches!(launch.state, LaunchState::Done).then_some(now),
            progress: progress_of(&totals),
            halting: false,
            lanes: lane::lanes(&project, &accounts, &alarms, &revision),
            accounts,
            budget: Budget::of(&launch),
            windows: BTreeMap::new(),
            next_window: store.next_window_id().await,
            suppressed: Suppressed::default(),
            in_flight: InFlight::default(),
            stopping: false,
            failed: None,
            incoming: Incoming::default(),
            work: Work::new(clock.is_simulated()),
            store,
            clock,
            launch,
            revision,
            project,
            receipts,
            stop,
        };
        executor.fold_left().await?;
        if executor.launch.halt_tally.is_none() {
            executor.count_from_here();
        }
        executor.remind_providers().await?;
        Ok(executor)
    }

    async fn run(&mut self, observer: Observer<'_>) -> Result<End, StoreError> {
        loop {
            self.begin_work();
            self.progress.next_due = self.waits_until();
            observer(&self.progress);
            if self.work.is_empty()
                && let Some(error) = self.failed.take()
            {
                return Err(error);
            }
            if let Some(end) = self.ended().await? {
                return Ok(end);
            }
            let busy = !self.work.is_empty();
            let (wake_in, work) = (self.wake_in(), self.work.len());
            // Asked when all of it was polled: what waits for another request to end is not under way by itself.
            let sleep = async {
                let queued: usize = self
                    .accounts
                    .values()
                    .map(|account| account.requests.waiting())
                    .sum();
                self.clock.sleep(wake_in, work.saturating_sub(queued)).await;
            };
            tokio::select! {
                biased;
                steps = self.work.next(), if busy => for step in steps {
                    match step {
                        Ok(step) => self.take(step),
                        Err(error) => self.fail(Some(error)),
                    }
                },
                Ok(()) = self.stop.changed(), if !self.stopping => self.stopping = *self.stop.borrow(),
                () = sleep => {}
            }
        }
    }

    /// Nothing more begins.
    fn fail(&mut self, error: Option<StoreError>) {
        if let Some(error) = error {
            self.stopping = true;
            self.failed.get_or_insert(error);
        }
    }

    /// Begins whatever can begin now.
    fn begin_work(&mut self) {
        if self.failed.is_some() {
            return self.record_slow_windows();
        }
        let now = self.clock.monotonic();
        if now >= self.ask_at {
            self.ask_at = now + ASK;
            let (store, launch) = (self.store.clone(), self.launch.id);
            self.work
                .deed(async move { Ok(Step::State(store.launch_state(launch).await?)) });
        }
        self.record_slow_windows();
        self.watch_canary();
        self.begin_polling();
        self.begin_keeping();
        self.begin_folding();
        if self.stopping {
            return;
        }
        let senders: Vec<String> = self.lanes.keys().cloned().collect();
        for sender in senders {
            self.fill_lane(&sender);
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Claimed {
                sender,
                cohorts,
                suppressed,
            } => {
                self.note_suppressed(&suppressed);
                self.claimed(&sender, cohorts);
            }
            Step::NothingDue {
                sender,
                kind,
                next_due,
                held,
                expected,
            } => {
                self.nothing_goes(&sender);
                if held {
                    self.ask_what_stopped_it();
                }
                let lane = self.lane(&sender);
                lane.claiming = false;
                // What was committed after the question was asked is not in its answer: it is asked again.
                if lane.expected == expected {
                    *lane.next(kind) = next_due;
                }
            }
            Step::Informed {
                sender,
                cohorts,
                settle,
                known,
            } => self.begin_window(&sender, cohorts, settle, known),
            Step::Answered { window, outcomes, at } => self.answered(window, outcomes, at),
            Step::PartRecorded { window, full } => {
                self.fail(full);
                if let Some(window) = self.windows.get_mut(&window) {
                    window.recording = false;
                }
                self.finish_window(window);
            }
            Step::Recorded {
                sender,
                next,
                intent,
                departed,
                free,
                full,
            } => {
                self.lane(&sender).set_in_window(&free, false);
                for (sender, kind, due_at) in departed {
                    // Of a sender that is not at hand nothing is sent, which is said at the end.
                    if let Some(lane) = self.lanes.get_mut(&sender) {
                        lane.expect(kind, due_at);
                    }
                }
                self.recorded(&sender, next, intent, full.is_some());
                self.fail(full);
            }
            Step::Polled { provider, polled, at } => self.polled(&provider, polled, at),
            Step::Kept(said, up_to) => self.kept(said, up_to),
            Step::Folded(outcome, deferred) => self.folded(outcome, deferred),
            Step::Noted => {}
            Step::Released => {
                for lane in self.lanes.values_mut() {
                    lane.expect(CohortKind::Passage, DateTime::<Utc>::MIN_UTC);
                }
            }
            Step::State(state) if !self.halting => self.changed(state),
            Step::State(_) => {}
            Step::Halted(state) => {
                self.halting = false;
                self.changed(state);
            }
        }
    }

    fn lane(&mut self, sender: &str) -> &mut Lane {
        self.lanes
            .get_mut(sender)
            .expect("steps name the lanes that began them")
    }

    /// Somebody paused, resumed or cancelled.
    fn changed(&mut self, state: LaunchState) {
        if state != self.state {
            tracing::info!(
                launch.id = self.launch.id.0,
                state = state.word(),
                "launch changed"
            );
        }
        if self.state != LaunchState::Running && state == LaunchState::Running {
            self.done_at = None;
        }
        let resumed = self.state == LaunchState::Halted && state == LaunchState::Running;
        self.state = state;
        if resumed {
            self.count_from_here();
        }
        self.progress.paused = state == LaunchState::Paused;
        if state != LaunchState::Running && state != LaunchState::Done {
            self.release_held(self.may_go());
        }
    }

    /// The store lets nothing go: what stopped it is asked at once, and nothing begins before that is known.
    pub(super) fn ask_what_stopped_it(&mut self) {
        self.ask_at = Duration::ZERO;
        self.state = LaunchState::Paused;
    }

    fn note_suppressed(&mut self, suppressed: &[(i64, u64)]) {
        let mut numbers = self.suppressed.write().expect("no holder of the lock panics");
        for (change, phone) in suppressed {
            self.suppressions_known = self.suppressions_known.max(*change);
            numbers.insert(*phone);
        }
    }

    /// Puts back the cohorts that no window is about, but those that may stay.
    fn release_held(&mut self, may_stay: MayGo) {
        let mut cohorts = vec![];
        for lane in self.lanes.values_mut() {
            cohorts.extend(lane.give_back(may_stay));
        }
        if !cohorts.is_empty() {
            let store = self.store.clone();
            self.work.deed(async move {
                store.release(cohorts).await?;
                Ok(Step::Released)
            });
        }
    }

    /// Whether it is over; a launch of which nothing is left is done then.
    async fn ended(&mut self) -> Result<Option<End>, StoreError> {
        if !self.work.is_empty() || !self.windows.is_empty() || !self.incoming.is_empty() {
            return Ok(None);
        }
        let running = self.state == LaunchState::Running;
        let cancelled = self.state == LaunchState::Cancelled;
        let halted = self.state == LaunchState::Halted;
        let next = self.lanes.values().filter_map(|lane| self.next_move(lane)).next();
        // Nothing may be due or under way while it is watched.
        if self.holds_people() && !self.stopping && !self.is_over_budget() {
            return Ok(None);
        }
        if running
            && next.is_none()
            && !self.stopping
            && !self.is_over_budget()
            && !self.finish_launch().await?
        {
            return Ok(None);
        }
        if cancelled || halted || (self.is_over_budget() && next.is_none()) {
            if !cancelled && !halted && self.done_at.is_none() {
                self.say_over_budget();
            }
            // What was sent before is still received and answered.
            self.done_at.get_or_insert(self.clock.now());
        }
        let end = if self.stopping {
            End::Interrupted
        } else if cancelled {
            End::Cancelled
        } else if halted {
            End::Halted
        } else if self.is_over_budget() {
            End::OverBudget
        } else {
            End::Done
        };
        if !self.is_over(next.is_some()) {
            return Ok(None);
        }
        if self.lanes.values().any(|lane| !lane.held.is_empty()) {
            self.release_held(|_| false);
            return Ok(None);
        }
        Ok(Some(end))
    }

    /// Has it stand in the store that the budget is used up, until it is raised or the launch ends.
    fn say_over_budget(&mut self) {
        let alarm = Alarm {
            subject: launch_subject(self.launch.id),
            reason: "its budget is used up, and who is left waits: raise `limits.budget` and run it again"
                .to_owned(),
            since: self.clock.now(),
            retry_at: None,
        };
        self.note(alarm);
    }

    /// Whether nothing more is waited for: somebody stopped it, or all is done and everything said, or patience is over.
    fn is_over(&self, has_move: bool) -> bool {
        let expected = self.accounts.values().any(|account| account.poll_at.is_some());
        let over = self
            .done_at
            .is_some_and(|done_at| self.over_in(done_at) == Some(Duration::ZERO));
        self.stopping || over || (self.done_at.is_some() && !has_move && !expected)
    }

    /// In how long receipts are not awaited any more; none: never.
    fn over_in(&self, done_at: DateTime<Utc>) -> Option<Duration> {
        let over_at = done_at.checked_add_signed(TimeDelta::from_std(self.receipts).ok()?)?;
        Some((over_at - self.clock.now()).to_std().unwrap_or(Duration::ZERO))
    }

    /// The launch is done when no cohort is left; false when one is after all.
    async fn finish_launch(&mut self) -> Result<bool, StoreError> {
        if self
            .store
            .has_cohorts_left(self.launch.id, CohortKind::Passage)
            .await?
        {
            // Nothing is in hand, so a lease that stands is nobody's.
            self.store.recover_leases(self.clock.now()).await?;
            for sender in self.store.senders_due(self.launch.id).await? {
                if !self.lanes.contains_key(&sender) {
                    return Err(StoreError::Senderless { sender });
                }
            }
            self.lanes
                .values_mut()
                .for_each(|lane| lane.next_due = Some(DateTime::<Utc>::MIN_UTC));
            return Ok(false);
        }
        let now = self.clock.now();
        if self
            .store
            .change_launch(self.launch.id, &[LaunchState::Running], LaunchState::Done, now)
            .await?
        {
            self.state = LaunchState::Done;
            self.done_at = Some(now);
            return Ok(true);
        }
        self.state = self.store.launch_state(self.launch.id).await?;
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
