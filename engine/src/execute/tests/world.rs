//! A project in a temporary folder, and a provider with a ledger.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::sync::watch;

mod scripted;

pub use scripted::*;

use crate::clock::{Clock, SimulatedClock};
use crate::deliver::Courier;
use crate::execute::{End, Execution, Executions, Launching, Progress, Told, execute, execute_all, feed};
use crate::launch::{self, LaunchRequest, Occurrence, launch};
use crate::load::{LoadedCampaign, load_campaign};
use crate::provider::Provider;
use crate::provider::simulated::SimulatedProvider;
use crate::store::{
    Access, Happened, LaunchRow, LaunchState, NewHappening, OpenOptions, Opening, Store, StoreError, Totals,
};

/// A project on disk and a clock.
pub struct World {
    pub folder: TempDir,
    pub clock: Arc<SimulatedClock>,
    pub most_pages: Option<u32>,
    /// How long receipts and replies are awaited at the end.
    pub receipts: Duration,
    /// Delivers to people at a desk.
    pub courier: Option<Courier>,
}

pub const START: &str = "2026-11-25T09:00:00Z";

impl World {
    /// A campaign over so many people with fiction numbers, in a project with these rates.
    pub fn new(people: u64, campaign: &str, provider_rate: &str) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        let rows: String = (0..people)
            .map(|n| format!("{},Person {n}\n", phone(n)))
            .collect();
        write("people.csv", &format!("phone,first_name\n{rows}"));
        write(
            "test.campaign.yaml",
            &format!("audience: people.csv\nschedule: now\n{campaign}"),
        );
        let rate = if provider_rate.is_empty() {
            String::new()
        } else {
            format!(", rate: {provider_rate}")
        };
        write(
            "crier.yaml",
            &format!(
                "crier: 1\nproject: test\nregion: US\nsender: desk\ninboxes: {{ office: {{ email: office@test.example }} }}\n\
                 providers: {{ trial: {{ kind: simulated, delivered: 90%, replies: 0%, seed: 7{rate} }} }}\n\
                 senders: {{ desk: {{ number: \"+12125550100\", provider: trial, receives: true }} }}\n"
            ),
        );
        let start = START.parse().expect("an instant");
        World {
            folder,
            clock: Arc::new(SimulatedClock::new(start)),
            most_pages: None,
            receipts: Duration::from_secs(120),
            courier: None,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn campaign(&self) -> LoadedCampaign {
        self.campaign_of("test")
    }

    /// The campaign of a file `name.campaign.yaml`.
    pub fn campaign_of(&self, name: &str) -> LoadedCampaign {
        let file = self.path().join(format!("{name}.campaign.yaml"));
        let loaded = load_campaign(&file).expect("readable");
        let said: Vec<_> = loaded
            .project
            .file
            .iter()
            .chain([&loaded.file])
            .flat_map(|f| &f.diagnostics)
            .collect();
        assert!(loaded.revision.is_some(), "{said:?}");
        loaded
    }

    pub async fn store(&self, access: Access) -> Result<Store, StoreError> {
        Store::open(
            &self.path().join(".crier/crier.db"),
            OpenOptions {
                access,
                most_pages: self.most_pages,
            },
        )
        .await
    }

    /// A text costs a cent.
    pub fn write_prices(&self) {
        let write = |name: &str, text: &str| std::fs::write(self.path().join(name), text).expect("written");
        write("prices.csv", "country,price,currency\nUS,0.01,USD\n");
        let project = std::fs::read_to_string(self.path().join("crier.yaml")).expect("readable");
        write("crier.yaml", &(project + "prices: prices.csv\n"));
    }

    /// The campaign is this text and nothing else.
    pub fn write_campaign(&self, text: &str) {
        std::fs::write(self.path().join("test.campaign.yaml"), text).expect("written");
    }

    /// As another process does: the launch goes from one state to another.
    pub async fn change(&self, from: &'static [LaunchState], to: LaunchState) {
        let store = self.store(Access::Read).await.expect("opened");
        let launch = store.launches(None).await.expect("launches").remove(0);
        let changed = store.change_launch(launch.id, from, to, self.clock.now()).await;
        assert!(changed.expect("changed"));
    }

    /// Launches the campaign, or finds what was launched.
    pub async fn launched(&self, store: &Store) -> LaunchRow {
        if let Some(row) = store.launches(None).await.expect("readable").into_iter().next() {
            return row;
        }
        self.launch(store, Occurrence::Nth(1)).await
    }

    pub async fn launch(&self, store: &Store, occurrence: Occurrence) -> LaunchRow {
        self.launch_of(store, "test", occurrence).await
    }

    /// Launches the campaign of a file `name.campaign.yaml`.
    pub async fn launch_of(&self, store: &Store, name: &str, occurrence: Occurrence) -> LaunchRow {
        let loaded = self.campaign_of(name);
        let request = LaunchRequest {
            revision: loaded.revision.expect("valid"),
            project: loaded.project.project.expect("valid"),
            occurrence,
            now: self.clock.now(),
        };
        launch(store, request, self.path(), |_| {})
            .await
            .expect("launched");
        store.launches(None).await.expect("readable").remove(0)
    }

    /// Launches and executes, or goes on; with the provider given, else the simulated one.
    pub async fn run(
        &self,
        provider: Arc<dyn Provider>,
        observer: &mut (dyn FnMut(&Progress) + Send),
    ) -> Ran {
        let (_keep, stop) = watch::channel(false);
        self.run_until(provider, stop, observer).await.expect("executed")
    }

    pub async fn run_until(
        &self,
        provider: Arc<dyn Provider>,
        stop: watch::Receiver<bool>,
        observer: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Ran, StoreError> {
        let store = Arc::new(self.store(Access::Execute).await?);
        let launch = self.launched(&store).await;
        self.execute(store, launch, provider, stop, observer).await
    }

    /// Runs to the end. After every so many texts the process is interrupted and begins again; none: it is not.
    pub async fn run_in_pieces(&self, provider: &Arc<Scripted>, every: Option<u64>) {
        let mut next = every;
        loop {
            let (stop, stopped) = watch::channel(false);
            let mut watched = |progress: &Progress| {
                if next.is_some_and(|next| progress.accepted >= next) {
                    // Nobody listens once it has ended.
                    let _ = stop.send(true);
                }
            };
            let ran = self.run_until(provider.clone(), stopped, &mut watched).await;
            let ran = ran.expect("executed");
            if ran.end == End::Done {
                return;
            }
            assert_eq!(ran.end, End::Interrupted);
            let accepted = ran.totals.messages.values().sum::<u64>();
            next = every.map(|every| accepted + every);
        }
    }

    /// Opens the launch of a campaign with a trigger, or finds it, and executes it until then, with whatever else was launched:
    /// after every so many texts the process is interrupted and begins again; none: it is not. Something must happen at that
    /// time, so that it comes.
    pub async fn run_open(&self, provider: &Arc<Scripted>, every: Option<u64>, until: DateTime<Utc>) {
        while self.clock.now() < until {
            let store = Arc::new(self.store(Access::Execute).await.expect("opened"));
            let open = self.open(&store).await;
            let all = store.launches(None).await.expect("readable").into_iter();
            let is_other = |row: &LaunchRow| row.id != open.id && row.state == LaunchState::Running;
            let others: Vec<LaunchRow> = all.filter(is_other).collect();
            let others = others.into_iter().map(|row| (row, false));
            let launches = std::iter::once((open, true)).chain(others).collect();
            self.run_launches(store, launches, provider, every, until).await;
        }
    }

    /// Executes launches together, those that are open as such, until then or to their ends; or until there were so many texts.
    pub async fn run_launches(
        &self,
        store: Arc<Store>,
        launched: Vec<(LaunchRow, bool)>,
        provider: &Arc<Scripted>,
        every: Option<u64>,
        until: DateTime<Utc>,
    ) {
        self.run_and_hear((store, launched), false, provider, every, until)
            .await;
    }

    /// The same; where it hears on, also what comes in when all of them are over, until something happens outside at that time.
    pub async fn run_and_hear(
        &self,
        (store, launched): (Arc<Store>, Vec<(LaunchRow, bool)>),
        hears_on: bool,
        provider: &Arc<Scripted>,
        every: Option<u64>,
        until: DateTime<Utc>,
    ) {
        let (adder, launches) = feed();
        for (row, enters) in launched {
            let launching = self.launching(row, provider.clone(), enters);
            assert!(adder.add(launching).is_ok());
        }
        let _more_may_come = hears_on.then_some(adder);
        let (stop, stopped) = watch::channel(false);
        provider.stops(until, stop.clone());
        let executions = Executions {
            courier: self.courier.clone(),
            store,
            clock: self.clock.clone(),
            launches,
            stop: stopped,
        };
        let before = provider.submitted();
        let mut watched = |_: Told<'_>| {
            let sent = (provider.submitted() - before) as u64;
            if self.clock.now() >= until || every.is_some_and(|every| sent >= every) {
                // Nobody listens once it has ended.
                let _ = stop.send(true);
            }
        };
        execute_all(executions, &mut watched).await.expect("executed");
    }

    /// The open launch of the campaign: the latest, else a new one.
    pub async fn open(&self, store: &Store) -> LaunchRow {
        let launches = store.launches(Some("test")).await.expect("readable");
        if let Some(row) = launches.into_iter().next() {
            return row;
        }
        let loaded = self.campaign();
        let request = LaunchRequest {
            revision: loaded.revision.expect("valid"),
            project: loaded.project.project.expect("valid"),
            occurrence: Occurrence::Nth(1),
            now: self.clock.now(),
        };
        let opened = launch::open(store, request, self.path(), Opening::Anew).await;
        opened.expect("opened");
        store.launches(Some("test")).await.expect("readable").remove(0)
    }

    fn launching(&self, launch: LaunchRow, provider: Arc<dyn Provider>, enters: bool) -> Launching {
        let loaded = self.campaign_of(&launch.campaign);
        Launching {
            launch,
            revision: loaded.revision.expect("valid"),
            project: loaded.project.project.expect("valid"),
            providers: BTreeMap::from([("trial".to_owned(), provider)]),
            receipts: self.receipts,
            only_settles: false,
            enters: enters.then(|| self.path().to_owned()),
        }
    }

    pub async fn execute(
        &self,
        store: Arc<Store>,
        launch: LaunchRow,
        provider: Arc<dyn Provider>,
        stop: watch::Receiver<bool>,
        observer: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Ran, StoreError> {
        let loaded = self.campaign();
        let id = launch.id;
        let execution = Execution {
            courier: self.courier.clone(),
            store: store.clone(),
            clock: self.clock.clone(),
            project: loaded.project.project.expect("valid"),
            providers: BTreeMap::from([("trial".to_owned(), provider)]),
            launch,
            revision: loaded.revision.expect("valid"),
            receipts: self.receipts,
            stop,
        };
        let end = execute(execution, observer).await?;
        let totals = store.totals(id).await?;
        let cohorts = store.cohort_counts(id).await?;
        Ok(Ran { end, totals, cohorts })
    }

    /// Lets the project call this machine.
    pub fn write_hosts(&self) {
        let path = self.path().join("crier.yaml");
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::write(&path, text + "policy: { hosts: [127.0.0.1] }\n").expect("written");
    }

    /// Gives the project a list that the store keeps.
    pub fn write_lists(&self) {
        let path = self.path().join("crier.yaml");
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::write(&path, text + "lists: { news: { stored: true } }\n").expect("written");
    }

    /// Gives the project two more senders: `other`, and `afar`, which may text none of these people.
    pub fn write_senders(&self) {
        let path = self.path().join("crier.yaml");
        let text = std::fs::read_to_string(&path).expect("readable");
        let more = "provider: trial, receives: true }, \
                    other: { short_code: \"48555\", provider: trial, countries: [US] }, \
                    afar: { number: \"+390612345678\", provider: trial, countries: [IT] } }";
        let text = text.replace("provider: trial, receives: true } }", more);
        std::fs::write(path, text).expect("written");
    }

    /// Gives the project a second provider, `spare`, that takes over from the first.
    pub fn write_spare(&self) {
        let path = self.path().join("crier.yaml");
        let text = std::fs::read_to_string(&path).expect("readable");
        let text = text
            .replace("seed: 7 } }", "seed: 7 }, spare: { kind: simulated, seed: 8 } }")
            .replace("provider: trial,", "provider: trial, then: [spare],");
        std::fs::write(path, text).expect("written");
    }

    /// As [`World::run`], with providers by name.
    pub async fn run_with(&self, providers: &[(&str, Arc<Scripted>)]) -> Ran {
        let store = Arc::new(self.store(Access::Execute).await.expect("opened"));
        let launch = self.launched(&store).await;
        let (_keep, stop) = watch::channel(false);
        let loaded = self.campaign();
        let id = launch.id;
        let provider = |(name, provider): &(&str, Arc<Scripted>)| {
            let provider: Arc<dyn Provider> = provider.clone();
            ((*name).to_owned(), provider)
        };
        let execution = Execution {
            courier: self.courier.clone(),
            store: store.clone(),
            clock: self.clock.clone(),
            project: loaded.project.project.expect("valid"),
            providers: providers.iter().map(provider).collect(),
            launch,
            revision: loaded.revision.expect("valid"),
            receipts: Duration::from_secs(120),
            stop,
        };
        let end = execute(execution, &mut |_| {}).await.expect("executed");
        let totals = store.totals(id).await.expect("totals");
        let cohorts = store.cohort_counts(id).await.expect("counts");
        Ran { end, totals, cohorts }
    }

    pub fn simulated(&self) -> Arc<dyn Provider> {
        let project = self.campaign().project.project.expect("valid");
        let dsl::project::Provider::Simulated(settings) = &project.providers["trial"] else {
            panic!("it is simulated")
        };
        Arc::new(SimulatedProvider::new(*settings))
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    pub end: End,
    pub totals: Totals,
    pub cohorts: BTreeMap<u16, u64>,
}

impl Ran {
    /// Counts as text: `accepted 2, delivered 8`.
    pub fn states(&self) -> String {
        let states = self
            .totals
            .messages
            .iter()
            .map(|(state, n)| format!("{} {n}", state.word()));
        states.collect::<Vec<_>>().join(", ")
    }
}

/// As another process does.
pub async fn append(path: &Path, happenings: Vec<NewHappening>) {
    let options = OpenOptions {
        access: Access::Append,
        most_pages: None,
    };
    let store = Store::open(path, options).await.expect("opened");
    store.append(happenings).await.expect("appended");
    store.close().await;
}

/// An event of the n-th person, so many seconds after the start.
pub fn event(seconds: i64, name: &str, n: u64, fields: &[(&str, &str)]) -> NewHappening {
    let start: DateTime<Utc> = START.parse().expect("an instant");
    let owned = |(field, value): &(&str, &str)| ((*field).to_owned(), (*value).to_owned());
    NewHappening {
        what: Happened::Event(name.to_owned()),
        phone: phone(n).parse().expect("a number"),
        fields: fields.iter().map(owned).collect(),
        at: start + TimeDelta::seconds(seconds),
        once: None,
    }
}

/// The n-th of 20,000 fiction numbers.
pub fn phone(n: u64) -> String {
    const AREAS: [u64; 12] = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214];
    // Fiction has a hundred numbers an area; tests need more, and none of these is ever dialled.
    format!(
        "+1{}{:03}{:04}",
        AREAS[usize::try_from(n % 12).expect("small")],
        320 + n / 12 % 600,
        1000 + n / 7_200
    )
}
