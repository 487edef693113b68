//! Executes launches: claims due cohorts, asks `advance` for each member, commits the intent, submits, records, and
//! folds what comes back. One loop linearises everything; what takes time (commits, requests) is a future beside it.
//!
//! A window goes its round like this: intent committed → `advance` and texts → submitted → answers → recorded, and the
//! same commit gives the next window its intent. A cohort is in at most one window at a time, and a window is of one
//! launch. Launches share the senders, and take turns on them: see [`ready`].

mod account;
mod budget;
mod canary;
mod deliveries;
mod ending;
mod entering;
mod errands;
mod feed;
mod halting;
mod hearing;
mod inbound;
mod lane;
mod launched;
mod permits;
mod progress;
mod ready;
mod request;
mod step;
mod stopped;
mod window;
mod work;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::Project;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::deliver::Courier;
use crate::ids::LaunchId;
use crate::provider::Provider;
use crate::revision::Revision;
use crate::store::{LaunchRow, SentTo, Store, StoreError};
use crate::throttle::Buckets;

use account::Account;
use deliveries::Deliveries;
use entering::Entrance;
pub use entering::turn_away;
use errands::Errands;
pub use feed::{Adder, Feed, Launching, feed};
use hearing::Ear;
use inbound::Incoming;
use lane::Lane;
use launched::Launched;
pub use progress::Progress;
use step::Step;
use stopped::Stopped;
use window::{Turns, Window, WindowId};
use work::Work;

/// What the execution of one launch is made of.
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
    /// Delivers to people at a desk; none: what is for them waits for an execution that does.
    pub courier: Option<Courier>,
    /// True asks the execution to stop: what is under way is recorded, nothing new begins.
    pub stop: watch::Receiver<bool>,
}

/// What the execution of launches is made of that come as they come.
pub struct Executions {
    /// Open for executing.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The launches. What is in it by now is there from the beginning.
    pub launches: Feed,
    /// Delivers to people at a desk; none: what is for them waits for an execution that does.
    pub courier: Option<Courier>,
    /// True asks the execution to stop: what is under way is recorded, nothing new begins.
    pub stop: watch::Receiver<bool>,
}

/// How the execution of a launch ended.
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

/// What whoever watches an execution is told.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// How far a launch is; of each after every step.
    Progress(LaunchId, &'a Progress),
    /// A launch ended. The others go on; one that was halted goes on too when somebody resumes it meanwhile, and ends again.
    Ended(LaunchId, End),
}

/// Is told what happens.
pub type Observer<'a> = &'a mut (dyn FnMut(Told<'_>) + Send);

/// How often the store is asked whether somebody paused or cancelled.
const ASK: Duration = Duration::from_millis(300);
/// Answers are recorded at the latest after this, whether their window is complete or not.
const RECORD_WITHIN: Duration = Duration::from_millis(50);
/// Windows under way at once on one sender.
const WINDOWS: usize = 4;
/// Members of a window where no rate makes it smaller.
const WINDOW_MEMBERS: usize = 500;

/// Runs one launch to its end, or until it is told to stop. `observer` is told how far it is, after every step.
pub async fn execute(
    execution: Execution,
    observer: &mut (dyn FnMut(&Progress) + Send),
) -> Result<End, StoreError> {
    let Execution {
        store,
        clock,
        project,
        providers,
        launch,
        revision,
        receipts,
        courier,
        stop,
    } = execution;
    let (adder, launches) = feed();
    let launching = Launching {
        launch,
        revision,
        project,
        providers,
        receipts,
        only_settles: false,
        enters: None,
    };
    // The other end is at hand.
    let _ = adder.add(launching);
    drop(adder);
    let executions = Executions {
        store,
        clock,
        launches,
        courier,
        stop,
    };
    let mut end = End::Interrupted;
    execute_all(executions, &mut |told| match told {
        Told::Progress(_, progress) => observer(progress),
        Told::Ended(_, ended) => end = ended,
    })
    .await?;
    Ok(end)
}

/// Runs launches together, each to its end, until no more come or it is told to stop.
pub async fn execute_all(executions: Executions, observer: Observer<'_>) -> Result<(), StoreError> {
    let mut executor = Executor::begin(executions).await?;
    executor.run(observer).await
}

struct Executor {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    feed: Feed,
    stop: watch::Receiver<bool>,
    /// Those that have not ended, and some that have.
    launches: BTreeMap<LaunchId, Launched>,
    accounts: BTreeMap<String, Account>,
    lanes: BTreeMap<String, Lane>,
    windows: BTreeMap<WindowId, Window>,
    next_window: WindowId,
    /// Who is in one of them.
    turns: Turns,
    buckets: Buckets,
    stopped: Stopped,
    /// Texts that were handed over and are not recorded yet: a reply may be faster than the record.
    in_flight: InFlight,
    /// Receipts that named no message of ours, by provider.
    strange: BTreeMap<Arc<str>, u64>,
    /// When the store is asked next whether somebody paused, resumed or cancelled.
    ask_at: Duration,
    stopping: bool,
    /// What went wrong: what is under way is still recorded, then it ends with this.
    failed: Option<StoreError>,
    incoming: Incoming,
    /// What an earlier process left in the inbox is folded.
    left_folded: bool,
    /// Open launches that nobody executes, of campaigns that a word begins.
    resting: Vec<Arc<Entrance>>,
    /// When all providers had been asked for what came while nobody executed.
    asked_at: Option<DateTime<Utc>>,
    /// That is folded.
    caught_up: bool,
    /// Hear what happened outside, by campaign: of those that ask for it.
    ears: BTreeMap<String, Ear>,
    errands: Errands,
    deliveries: Deliveries,
    work: Work,
}

/// By number and sender; shared with the folding.
type InFlight = Arc<RwLock<HashMap<(u64, Arc<str>), SentTo>>>;

impl Executor {
    async fn begin(executions: Executions) -> Result<Executor, StoreError> {
        let Executions {
            store,
            clock,
            launches,
            courier,
            stop,
        } = executions;
        store.recover_leases(clock.now()).await?;
        let mut executor = Executor {
            feed: launches,
            launches: BTreeMap::new(),
            accounts: BTreeMap::new(),
            lanes: BTreeMap::new(),
            windows: BTreeMap::new(),
            next_window: store.next_window_id().await,
            turns: Turns::default(),
            buckets: Buckets::default(),
            stopped: Stopped::default(),
            in_flight: InFlight::default(),
            strange: BTreeMap::new(),
            ask_at: clock.monotonic() + ASK,
            stopping: false,
            failed: None,
            incoming: Incoming::default(),
            left_folded: false,
            resting: vec![],
            asked_at: None,
            caught_up: false,
            ears: BTreeMap::new(),
            errands: Errands::default(),
            deliveries: Deliveries::by(courier),
            work: Work::new(clock.is_simulated()),
            store,
            clock,
            stop,
        };
        executor.add_at_hand().await?;
        Ok(executor)
    }

    /// Takes in the launches that were added meanwhile.
    async fn add_at_hand(&mut self) -> Result<(), StoreError> {
        while let Some(launching) = self.feed.at_hand() {
            self.add(launching).await?;
        }
        Ok(())
    }

    async fn run(&mut self, mut observer: Observer<'_>) -> Result<(), StoreError> {
        loop {
            if !self.stopping
                && let Err(error) = self.add_at_hand().await
            {
                self.fail(Some(error));
            }
            self.begin_work();
            self.tell(&mut observer);
            if self.work.is_empty()
                && let Some(error) = self.failed.take()
            {
                return Err(error);
            }
            if self.end_launches(&mut observer).await? {
                self.tell_strange();
                return Ok(());
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
            let mut came = None;
            tokio::select! {
                biased;
                over = self.work.next(), if busy => for (launch, step) in over {
                    if let Some(launched) = launch.and_then(|launch| self.launches.get_mut(&launch)) {
                        launched.under_way -= 1;
                    }
                    match step {
                        Ok(step) => self.take(step),
                        Err(error) => self.fail(Some(error)),
                    }
                },
                Ok(()) = self.stop.changed(), if !self.stopping => self.stopping = *self.stop.borrow(),
                launching = self.feed.next(), if self.feed.is_open() => came = launching,
                () = sleep => {}
            }
            if let Some(launching) = came.filter(|_| !self.stopping)
                && let Err(error) = self.add(launching).await
            {
                self.fail(Some(error));
            }
        }
    }

    /// Tells how far each launch is.
    fn tell(&mut self, observer: &mut Observer<'_>) {
        let living: Vec<LaunchId> = self.living().collect();
        for id in living {
            let (next_due, shut_until) = (self.waits_until(id), self.shut_until(id));
            let launched = self.of_mut(id);
            launched.progress.next_due = next_due;
            launched.progress.shut_until = shut_until;
            observer(Told::Progress(id, &launched.progress));
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
        self.ask_states();
        self.turn_months();
        self.record_slow_windows();
        self.watch_canaries();
        self.begin_polling();
        self.begin_keeping();
        self.begin_folding();
        self.catch_up();
        self.begin_hearing();
        if self.stopping {
            return;
        }
        self.begin_errands();
        self.begin_deliveries();
        let mut senders: Vec<String> = self.lanes.keys().cloned().collect();
        // Answers before bulk, on whichever sender.
        let now = self.clock.now();
        senders.sort_by_key(|sender| !self.lanes[sender].has_answer_due(now));
        for sender in senders {
            self.fill_lane(&sender);
        }
    }

    /// Asks what the launches are doing, if it is time.
    fn ask_states(&mut self) {
        let now = self.clock.monotonic();
        if now < self.ask_at || self.launches.is_empty() {
            return;
        }
        self.ask_at = now + ASK;
        let (store, launches) = (self.store.clone(), self.launches.keys().copied().collect());
        self.work.deed(None, async move {
            Ok(Step::States(store.launch_states(launches).await?))
        });
    }

    fn lane(&mut self, sender: &str) -> &mut Lane {
        self.lanes
            .get_mut(sender)
            .expect("steps name the lanes that began them")
    }
}

#[cfg(test)]
mod tests;
