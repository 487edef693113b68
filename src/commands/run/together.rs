//! The launches of a campaign that run at the same time: executed beside, and reported as each of them ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::execute::{Adder, End, Executions, Launching, Progress, Told, execute_all, feed};
use engine::ids::LaunchId;
use engine::store::{LaunchRow, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Begun, Failure, Running};
use crate::output::{self, counted, progress};

/// While it waits it looks at the wall clock and at the launches so often; the clock may jump.
const LOOK: Duration = Duration::from_secs(30);

/// Launches that run.
pub(super) struct Together<'a> {
    running: &'a Running<'a>,
    /// None once nothing more begins.
    adder: Option<Adder>,
    ends: mpsc::UnboundedReceiver<(LaunchId, End)>,
    task: JoinHandle<Result<(), StoreError>>,
    /// Those that are reported when they end.
    begun: BTreeMap<LaunchId, Begun>,
    /// All that were added.
    added: BTreeSet<LaunchId>,
    /// Those that people enter as things happen to them.
    taking: BTreeSet<LaunchId>,
    ended: Ended,
}

/// What came of them.
#[derive(Clone, Copy, Default)]
pub(super) struct Ended {
    /// Any was reported.
    pub reported: bool,
    /// The first that ended otherwise than done.
    pub otherwise: Option<End>,
}

impl<'a> Together<'a> {
    /// Begins to execute what is added.
    pub fn begin(running: &'a Running<'a>) -> Together<'a> {
        let (adder, launches) = feed();
        let (tell, ends) = mpsc::unbounded_channel();
        let executions = Executions {
            store: running.store.clone(),
            clock: running.clock.clone(),
            launches,
            courier: Some(running.courier()),
            stop: running.stop.clone(),
        };
        // A task among the others: beside the runtime each answer of a provider would have to wake the main thread.
        let task = tokio::spawn(async move {
            let mut shown = Shown::default();
            execute_all(executions, &mut |told| {
                shown.update(told);
                if let Told::Ended(launch, end) = told {
                    // Nobody listens any more when the command failed.
                    let _ = tell.send((launch, end));
                }
            })
            .await
        });
        Together {
            running,
            adder: Some(adder),
            ends,
            task,
            begun: BTreeMap::new(),
            added: BTreeSet::new(),
            taking: BTreeSet::new(),
            ended: Ended::default(),
        }
    }

    /// Whether more may begin: none ended otherwise than done, and the execution goes on.
    pub fn goes_on(&self) -> bool {
        self.adder.is_some() && !self.task.is_finished()
    }

    /// Whether any that has not ended takes people as things happen to them.
    pub fn takes_people(&self) -> bool {
        self.begun.keys().any(|launch| self.taking.contains(launch))
    }

    /// Has a launch run with the others, and reports it when it ends.
    pub async fn add(&mut self, row: &LaunchRow, begun: Begun) -> Result<(), Failure> {
        self.begun.insert(row.id, begun);
        self.take(row).await
    }

    /// Takes in what is still said of a launch that is over.
    pub async fn listen(&mut self, row: &LaunchRow) -> Result<(), Failure> {
        if self.added.contains(&row.id) {
            return Ok(());
        }
        self.take(row).await
    }

    /// Has a launch run that people enter as things happen to them.
    pub async fn add_open(&mut self, row: &LaunchRow, begun: Begun) -> Result<(), Failure> {
        self.begun.insert(row.id, begun);
        self.taking.insert(row.id);
        let launching = self.running.launching(row).await?;
        self.hand_over(Launching {
            enters: Some(self.running.loaded.project.folder.clone()),
            ..launching
        });
        Ok(())
    }

    async fn take(&mut self, row: &LaunchRow) -> Result<(), Failure> {
        let launching = self.running.launching(row).await?;
        self.hand_over(launching);
        Ok(())
    }

    fn hand_over(&mut self, launching: Launching) {
        self.added.insert(launching.launch.id);
        if let Some(adder) = &self.adder {
            // Where the execution is over, it says why when it is asked.
            let _ = adder.add(launching);
        }
    }

    /// Waits until then, or for a while or the next end; reports what ends meanwhile. Less when it is told to stop or nothing
    /// more begins.
    pub async fn wait(&mut self, until: Option<DateTime<Utc>>) -> Result<(), Failure> {
        let running = self.running;
        let mut stop = running.stop.clone();
        let for_long = until.is_some();
        let until = until.unwrap_or_else(|| running.clock.now() + LOOK);
        while let Ok(time) = (until - running.clock.now()).to_std()
            && !time.is_zero()
            && !running.is_stopped()
            && self.goes_on()
        {
            tokio::select! {
                // Whoever asks is gone only with the process.
                _ = stop.changed() => {}
                Some((launch, end)) = self.ends.recv() => {
                    self.over(launch, end).await?;
                    if !for_long {
                        return Ok(());
                    }
                }
                () = running.clock.sleep(time.min(LOOK), 0) => {}
            }
        }
        Ok(())
    }

    /// Reports a launch that ended.
    async fn over(&mut self, launch: LaunchId, end: End) -> Result<(), Failure> {
        let Some(begun) = self.begun.get(&launch).copied() else {
            return Ok(());
        };
        let row = self.running.row(launch).await?;
        self.running.report(end, begun, &row).await?;
        self.ended.reported = true;
        if end == End::Done || end == End::Interrupted {
            self.begun.remove(&launch);
            return Ok(());
        }
        self.ended.otherwise.get_or_insert(end);
        let others = self.begun.keys().filter(|other| **other != launch).count() as u64;
        if self.adder.take().is_some() && others > 0 {
            output::say(&format!(
                "nothing more of {} begins before it is typed again; {} on",
                self.running.campaign().name,
                match others {
                    1 => "the other launch goes".to_owned(),
                    n => format!("the other {} go", counted(n, "launch", "launches")),
                }
            ));
        }
        Ok(())
    }

    /// Nothing more begins: waits for all of them to end.
    pub async fn until_all_end(mut self) -> Result<Ended, Failure> {
        self.adder = None;
        while let Some((launch, end)) = self.ends.recv().await {
            self.over(launch, end).await?;
        }
        let executed = self.task.await;
        executed.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?;
        Ok(self.ended)
    }
}

/// How far all of them are, shown as one.
#[derive(Default)]
struct Shown {
    of: BTreeMap<LaunchId, Progress>,
    shown: Option<progress::Shown>,
}

impl Shown {
    fn update(&mut self, told: Told<'_>) {
        match told {
            Told::Progress(launch, progress) => {
                self.of.insert(launch, *progress);
                let shown = self.shown.get_or_insert_with(|| progress::Shown::new(None));
                shown.update(&all(&self.of));
            }
            Told::Ended(launch, _) => {
                self.of.remove(&launch);
                if self.of.is_empty()
                    && let Some(shown) = self.shown.take()
                {
                    shown.finish();
                }
            }
        }
    }
}

/// What they come to together.
fn all(of: &BTreeMap<LaunchId, Progress>) -> Progress {
    let waits = of.values().all(|progress| progress.next_due.is_some());
    let next_due = of.values().filter_map(|progress| progress.next_due).min();
    let shut = of.values().all(|progress| progress.shut_until.is_some());
    let shut_until = of.values().filter_map(|progress| progress.shut_until).min();
    let sum = |count: fn(&Progress) -> u64| of.values().map(count).sum();
    Progress {
        accepted: sum(|progress| progress.accepted),
        rejected: sum(|progress| progress.rejected),
        in_doubt: sum(|progress| progress.in_doubt),
        receipts: sum(|progress| progress.receipts),
        replies: sum(|progress| progress.replies),
        undelivered: sum(|progress| progress.undelivered),
        opt_outs: sum(|progress| progress.opt_outs),
        paused: of.values().any(|progress| progress.paused),
        next_due: next_due.filter(|_| waits),
        shut_until: shut_until.filter(|_| shut),
    }
}
