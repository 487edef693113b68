//! One seed: a launch that lives through process after process, in trouble of every kind; then all is healed, and it must
//! come to its end.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::clock::{Clock, SimulatedClock};
use engine::execute::{End, Execution, execute};
use engine::launch::{LaunchRequest, Occurrence, launch};
use engine::provider::{Abilities, Provider};
use engine::store::{Access, Audit, Faults, LaunchRow, LaunchState, OpenOptions, Store, Totals};
use tokio::sync::watch;

use crate::books::Books;
use crate::carrier::{Account, Settings};
use crate::chance::Chance;
use crate::check;
use crate::desk::Desk;
use crate::disk::Disk;
use crate::made;
use crate::network::Network;
use crate::script::{Killed, Script, Stage};
use crate::trouble::{healthy, trouble};
use crate::world::{START, World};

/// What a seed came to.
pub struct Story {
    pub world: World,
    pub books: Books,
    /// The store after each process that left one with a launch in it; the last is the end.
    pub audits: Vec<(usize, Audit)>,
    pub launch: Option<LaunchRow>,
    /// The report at the end.
    pub totals: Totals,
    /// Processes that crashed.
    pub crashes: usize,
    pub end: Option<End>,
    /// The most that the launch may have cost, in millionths.
    pub budget: Option<i64>,
    /// How long the healed launch took to its end.
    pub drained_in: Duration,
    /// Deeds of the store.
    pub deeds: u64,
    /// The ledgers of the carriers.
    pub ledgers: Vec<String>,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Story {
    /// Whether people may wait for ever: somebody cancelled it, or its budget is used up.
    pub fn rests(&self) -> bool {
        match self.end {
            Some(End::Cancelled | End::OverBudget) => true,
            Some(End::Done | End::Interrupted | End::Halted) | None => false,
        }
    }

    /// What it shows that others may not: for counting.
    pub fn seen(&self) -> Vec<String> {
        let mut seen = vec![format!("{:?}", self.end), "stories".to_owned()];
        if let Some((_, audit)) = self.audits.last() {
            seen.extend(audit.messages.iter().map(|row| row.state.word().to_owned()));
            seen.extend(audit.suppressed.iter().map(|_| "opted out".to_owned()));
        }
        let pages = self.books.open();
        seen.extend((0..pages.life).map(|_| "processes".to_owned()));
        seen.extend((0..self.deeds).map(|_| "deeds".to_owned()));
        seen.extend(pages.arrived.iter().map(|text| format!("{:?}", text.fate)));
        seen
    }
}

/// How a process ended.
enum Ended {
    By(End),
    Crash,
    Error(String),
}

/// Processes in trouble. Few, mostly: two short stories show more than a long one.
const LIVES: [u64; 8] = [1, 1, 1, 1, 1, 2, 2, 4];
/// Processes after all is healed, at most: each raise of the budget needs one.
const MOST_HEALED: usize = 8;
/// How a process may end by what a seed does to the disk: the errors of the store, as they are written for us.
const DISKS: [&str; 3] = ["Injected", "Disk {", "Full {"];

/// Tells the story of a seed.
pub fn tell(seed: u64, verbose: bool) -> Story {
    let mut teller = Teller::begin(seed, verbose);
    for life in 0..teller.chance.pick(&LIVES) {
        teller.live_in_trouble(life);
    }
    teller.heal();
    teller.drain();
    teller.audit_the_end();
    teller.story()
}

struct Teller {
    world: World,
    chance: Chance,
    stage: Stage,
    budget: Option<i64>,
    audits: Vec<(usize, Audit)>,
    launch: Option<LaunchRow>,
    totals: Totals,
    crashes: usize,
    end: Option<End>,
    healed_at: Duration,
    wrong: Vec<String>,
}

impl Teller {
    fn begin(seed: u64, verbose: bool) -> Teller {
        let world = World::drawn(seed);
        let start: DateTime<Utc> = START.parse().expect("an instant");
        let clock = Arc::new(SimulatedClock::new(start));
        made::put(&world.store());
        let books = Books::default();
        books.open().verbose = verbose;
        books.note(Duration::ZERO, &world.told());
        let disk = Arc::new(Disk::new(Chance::of(seed, 2), clock.clone(), books.clone()));
        let open = |(index, _)| account(&world, index, &clock, &books);
        let accounts = world.accounts.iter().enumerate().map(open).collect();
        let stage = Stage {
            path: world.store(),
            accounts,
            disk,
            clock,
            books,
        };
        Teller {
            budget: world.campaign.budget,
            world,
            chance: Chance::of(seed, 3),
            stage,
            audits: vec![],
            launch: None,
            totals: Totals::default(),
            crashes: 0,
            end: None,
            healed_at: Duration::ZERO,
            wrong: vec![],
        }
    }

    fn live_in_trouble(&mut self, life: u64) {
        if life > 0 {
            let away = self
                .chance
                .time(Duration::from_millis(1), Duration::from_secs(3_600));
            self.pass(away);
        }
        for (index, settings) in self.world.accounts.iter().enumerate() {
            if !self.chance.one_in(4) {
                self.stage.switch(index, trouble(settings, &mut self.chance));
            }
        }
        let one_in = self.chance.pick(&[None, Some(10), Some(40), Some(200)]);
        self.stage.disk.fail(one_in);
        self.raise_by_chance();
        let mut script = Script::drawn(&self.world, &mut self.chance, self.stage.clone());
        match self.live(&mut script) {
            Ended::By(_) | Ended::Crash => {}
            Ended::Error(error) if DISKS.iter().any(|fault| error.contains(fault)) => {}
            Ended::Error(error) => self.wrong.push(format!("a process ends with {error}")),
        }
    }

    fn raise_by_chance(&mut self) {
        if let Some(budget) = &mut self.budget
            && self.chance.one_in(6)
        {
            *budget += *budget / 4;
        }
    }

    fn pass(&self, time: Duration) {
        let slept = self.stage.clock.sleep(time, 0);
        assert!(
            futures_util::FutureExt::now_or_never(slept).is_some(),
            "nobody waits between two lives"
        );
    }

    fn heal(&mut self) {
        self.stage.disk.fail(None);
        for (index, settings) in self.world.accounts.iter().enumerate() {
            self.stage.switch(index, healthy(settings));
            self.stage.accounts[index].connect(Network::good(settings.slowest));
        }
        let now = self.stage.clock.monotonic();
        self.stage.books.note(now, "all is healed");
        self.healed_at = now;
    }

    /// Runs it to its end. Who waits for a budget that nobody raises waits for ever.
    fn drain(&mut self) {
        let raises = self.chance.one_in(2);
        for _ in 0..MOST_HEALED {
            match self.live(&mut Script::empty(self.stage.clone())) {
                Ended::By(End::OverBudget) if raises => self.budget = self.budget.map(|budget| budget * 2),
                // The next process resumes it.
                Ended::By(End::Halted) => {}
                Ended::By(_) => return,
                Ended::Crash => return self.wrong.push("a process without trouble crashes".to_owned()),
                Ended::Error(error) => {
                    return self
                        .wrong
                        .push(format!("a process without trouble ends with {error}"));
                }
            }
        }
        self.wrong.push("it comes to no end".to_owned());
    }

    /// One process, from its beginning to its end. It has a runtime of its own, which ends with it.
    fn live(&mut self, script: &mut Script) -> Ended {
        self.stage.books.open().life += 1;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let disk = self.stage.disk.clone();
        disk.revive();
        let process = async {
            tokio::select! {
                biased;
                () = disk.crash.notified() => Ended::Crash,
                ended = self.process(script) => match ended {
                    Ok(end) => Ended::By(end),
                    Err(error) => Ended::Error(format!("{error:?}")),
                },
            }
        };
        let lived = AssertUnwindSafe(|| runtime.block_on(tokio::task::unconstrained(process)));
        let ended = catch_unwind(lived).unwrap_or_else(|panic| match panic.downcast::<Killed>() {
            Ok(_) => Ended::Crash,
            Err(panic) => resume_unwind(panic),
        });
        drop(runtime);
        self.crashes += usize::from(matches!(ended, Ended::Crash));
        self.note_end(&ended);
        ended
    }

    async fn process(
        &mut self,
        script: &mut Script,
    ) -> Result<End, Box<dyn std::error::Error + Send + Sync>> {
        let faults: Arc<dyn Faults> = self.stage.disk.clone();
        let store = Arc::new(Store::open_faulty(&self.world.store(), EXECUTE, faults).await?);
        let earlier = self.stage.books.open().life - 1;
        self.audit(&store, earlier).await;
        for account in &self.stage.accounts {
            account.know(store.references().clone());
        }
        let launch = self.launched(&store).await?;
        let (ask, stop) = watch::channel(false);
        let execution = self.execution(store, launch.clone(), stop);
        let mut observer = |_: &engine::execute::Progress| script.turn(launch.id, &ask);
        let end = execute(execution, &mut observer).await?;
        self.end = Some(end);
        Ok(end)
    }

    /// Launches, or finds what an earlier process launched; sets what it may cost, and lets it run.
    async fn launched(
        &mut self,
        store: &Store,
    ) -> Result<LaunchRow, Box<dyn std::error::Error + Send + Sync>> {
        store.drop_incomplete().await?;
        if store.launches(None).await?.is_empty() {
            let request = LaunchRequest {
                revision: self.world.revision.clone(),
                project: self.world.project.clone(),
                occurrence: Occurrence::Nth(1),
                now: self.stage.clock.now(),
            };
            launch(store, request, self.world.folder.path(), |_| {}).await?;
        }
        let id = store.launches(None).await?.remove(0).id;
        store.set_budget(id, self.budget, false).await?;
        let now = self.stage.clock.now();
        store
            .change_launch(
                id,
                &[LaunchState::Paused, LaunchState::Halted],
                LaunchState::Running,
                now,
            )
            .await?;
        Ok(store.launches(None).await?.remove(0))
    }

    fn execution(&self, store: Arc<Store>, launch: LaunchRow, stop: watch::Receiver<bool>) -> Execution {
        let accounts = self.world.accounts.iter().zip(&self.stage.accounts);
        let provider = |account: &Account| Arc::new(account.clone()) as Arc<dyn Provider>;
        let providers: BTreeMap<String, Arc<dyn Provider>> = accounts
            .map(|(settings, account)| (settings.name.to_owned(), provider(account)))
            .collect();
        Execution {
            courier: None,
            store,
            clock: self.stage.clock.clone(),
            project: self.world.project.clone(),
            providers,
            launch,
            revision: self.world.revision.clone(),
            receipts: self.world.campaign.receipts,
            stop,
        }
    }

    fn note_end(&self, ended: &Ended) {
        let how = match ended {
            Ended::By(end) => format!("ends: {end:?}"),
            Ended::Crash => "crashes".to_owned(),
            Ended::Error(error) => format!(
                "ends with {}",
                error.replace(&self.world.folder.path().display().to_string(), "")
            ),
        };
        self.stage.books.note(self.stage.clock.monotonic(), &how);
    }

    /// Reads the store as the last process left it.
    fn audit_the_end(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let path = self.world.store();
        runtime.expect("a runtime").block_on(async {
            let store = Store::open(&path, READ).await.expect("a store");
            let life = self.stage.books.open().life;
            self.audit(&store, life).await;
        });
    }

    /// Reads the store as that process left it.
    async fn audit(&mut self, store: &Store, life: usize) {
        let read = async {
            let Some(launch) = store.launches(None).await?.into_iter().next() else {
                return Ok(None);
            };
            let audit = store.audit(launch.id).await?;
            let totals = store.totals(launch.id).await?;
            Ok::<_, engine::store::StoreError>(Some((launch, audit, totals)))
        };
        match read.await {
            Ok(None) => {}
            Ok(Some((launch, audit, totals))) => {
                self.launch = Some(launch);
                self.totals = totals;
                self.audits.push((life, audit));
            }
            Err(error) => self.wrong.push(format!("the store cannot be read: {error:?}")),
        }
    }

    fn story(self) -> Story {
        let ledger = |account: &Account| account.at_desk(|desk, _| desk.ledger().to_owned());
        let mut story = Story {
            ledgers: self.stage.accounts.iter().map(ledger).collect(),
            deeds: self.stage.disk.deeds(),
            drained_in: self.stage.clock.monotonic() - self.healed_at,
            world: self.world,
            books: self.stage.books,
            audits: self.audits,
            launch: self.launch,
            totals: self.totals,
            crashes: self.crashes,
            end: self.end,
            budget: self.budget,
            wrong: self.wrong,
        };
        story.wrong.extend(check::wrong(&story));
        story
    }
}

const EXECUTE: OpenOptions = OpenOptions {
    access: Access::Execute,
    most_pages: None,
};
const READ: OpenOptions = OpenOptions {
    access: Access::Read,
    most_pages: None,
};

fn account(world: &World, index: usize, clock: &Arc<SimulatedClock>, books: &Books) -> Account {
    let settings = &world.accounts[index];
    let desk = Desk::open(index, healthy(settings), clock.now(), books.clone());
    let settings = Settings {
        index,
        abilities: Abilities {
            batch: settings.batch,
            in_flight: settings.in_flight,
            forgets: false,
            resolve: settings.resolve,
            patience: settings.timeout,
        },
        server_errors: settings.server_errors,
        network: Network::good(settings.slowest),
        fetches_every: settings.fetches_every,
        seed: settings.seed,
    };
    Account::open(settings, desk, clock.clone(), books.clone())
}
