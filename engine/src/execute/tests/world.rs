//! A project in a temporary folder, and a provider with a ledger.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

use crate::clock::{Clock, SimulatedClock};
use crate::execute::{End, Execution, Progress, execute};
use crate::launch::{LaunchRequest, Occurrence, launch};
use crate::load::{LoadedCampaign, load_campaign};
use crate::provider::simulated::SimulatedProvider;
use crate::provider::{
    Abilities, Answer, Found, Inbound, Polled, Provider, ReceiptStatus, Refusal, Resolve, Scope, Submission,
};
use crate::store::{
    Access, Happened, LaunchRow, LaunchState, NewHappening, OpenOptions, Store, StoreError, Totals,
};

/// What the provider does with a submission: told the text and how often this reference was submitted before.
pub type Script = Box<dyn FnMut(&Submission, usize) -> Does + Send>;

/// What it does.
pub enum Does {
    /// Answers.
    Answer(Answer),
    /// Answers, and the person writes this back a second later.
    AcceptAndReply(&'static str),
    /// Answers; the person writes this back then, where it is anything, and the receipt comes after that.
    AcceptAndSay(Option<(DateTime<Utc>, String)>),
    /// The same, two seconds later.
    AcceptAndReplyLater(&'static str),
    /// Answers, and the receipt says five seconds later that it did not arrive.
    AcceptAndLose,
    /// Takes it and never answers.
    Hang,
    /// No answer, and the receipt says a second later that it arrived.
    MaybeAndReceipt,
}

pub fn accept() -> Does {
    Does::Answer(Answer::Accepted)
}

pub fn refuse(scope: Scope) -> Does {
    Does::Answer(Answer::NotSent(Refusal {
        scope,
        reason: "scripted".into(),
        retry_after: None,
    }))
}

/// A provider that keeps a ledger of all that it was handed.
pub struct Scripted {
    pub ledger: Mutex<Vec<(DateTime<Utc>, Submission)>>,
    script: Mutex<Script>,
    inbound: Mutex<Vec<(DateTime<Utc>, Inbound)>>,
    /// What happens outside, and the store to whose log another process appends it.
    outside: Mutex<(PathBuf, Vec<NewHappening>)>,
    batch: usize,
    gate: Option<Arc<Gate>>,
    /// What a look-up of a reference finds; none: it cannot be asked.
    found: Option<fn(&str) -> Found>,
}

/// Holds a request until somebody opens.
pub struct Gate {
    /// The first request after so many texts is held.
    after: usize,
    held: Notify,
    open: Notify,
}

impl Gate {
    pub fn after(texts: usize) -> Arc<Gate> {
        Arc::new(Gate {
            after: texts,
            held: Notify::new(),
            open: Notify::new(),
        })
    }

    /// Until a request is held.
    pub async fn is_held(&self) {
        self.held.notified().await;
    }

    pub fn open(&self) {
        self.open.notify_one();
    }
}

impl Provider for Scripted {
    fn abilities(&self) -> Abilities {
        Abilities {
            batch: self.batch,
            in_flight: 4,
            forgets: false,
            resolve: self.found.map_or(Resolve::Nothing, |_| Resolve::LookUp),
            patience: Duration::ZERO,
        }
    }

    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let mut answers = vec![];
        let mut hangs = false;
        let before = self.submitted();
        let gate = self
            .gate
            .clone()
            .filter(|gate| before < gate.after && before + batch.len() >= gate.after);
        for text in batch {
            let mut ledger = self.ledger.lock().expect("unpoisoned");
            let before = ledger
                .iter()
                .filter(|(_, earlier)| earlier.reference == text.reference)
                .count();
            ledger.push((now, text.clone()));
            drop(ledger);
            match (self.script.lock().expect("unpoisoned"))(&text, before) {
                Does::Answer(answer) => answers.push(answer),
                Does::Hang => hangs = true,
                Does::AcceptAndSay(said) => {
                    answers.push(Answer::Accepted);
                    let mut inbound = self.inbound.lock().expect("unpoisoned");
                    let mut receipt_at = now;
                    if let Some((at, said)) = said {
                        receipt_at = at;
                        let id = format!("mo-{}", text.reference);
                        let reply = Inbound::Text {
                            id,
                            from: text.to,
                            sender: text.sender,
                            text: said,
                            part: None,
                        };
                        inbound.push((at, reply));
                    }
                    let receipt = Inbound::Receipt {
                        reference: text.reference,
                        status: ReceiptStatus::Delivered,
                        reason: None,
                    };
                    inbound.push((receipt_at + TimeDelta::seconds(5), receipt));
                }
                does @ (Does::MaybeAndReceipt | Does::AcceptAndLose) => {
                    let (answer, status, after) = match does {
                        Does::AcceptAndLose => (Answer::Accepted, ReceiptStatus::Undelivered, 5),
                        _ => (Answer::Maybe("scripted".into()), ReceiptStatus::Delivered, 1),
                    };
                    answers.push(answer);
                    let receipt = Inbound::Receipt {
                        reference: text.reference,
                        status,
                        reason: None,
                    };
                    self.inbound
                        .lock()
                        .expect("unpoisoned")
                        .push((now + TimeDelta::seconds(after), receipt));
                }
                does @ (Does::AcceptAndReply(said) | Does::AcceptAndReplyLater(said)) => {
                    let later = if matches!(does, Does::AcceptAndReply(_)) {
                        1
                    } else {
                        2
                    };
                    answers.push(Answer::Accepted);
                    let id = format!("mo-{}", text.reference);
                    let reply = Inbound::Text {
                        id,
                        from: text.to,
                        sender: text.sender,
                        text: said.into(),
                        part: None,
                    };
                    self.inbound
                        .lock()
                        .expect("unpoisoned")
                        .push((now + TimeDelta::seconds(later), reply));
                }
            }
        }
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.held.notify_one();
                gate.open.notified().await;
            }
            if hangs {
                std::future::pending::<()>().await;
            }
            answers
        })
    }

    fn look_up(&self, references: Vec<String>, _: DateTime<Utc>) -> BoxFuture<'static, Vec<Found>> {
        let found = self.found.expect("asked only where it can be");
        let all = references.iter().map(|reference| found(reference));
        Box::pin(std::future::ready(all.collect()))
    }

    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        let mut waiting = self.inbound.lock().expect("unpoisoned");
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut *waiting)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        let (path, happened, next) = self.happened(now);
        let again_at = later.iter().map(|(at, _)| *at).chain(next).min();
        *waiting = later;
        let inbound = due.into_iter().map(|(_, said)| said).collect();
        Box::pin(async move {
            if !happened.is_empty() {
                let appended = tokio::task::spawn_blocking(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(append(&path, happened));
                });
                appended.await.expect("appended");
            }
            Polled {
                inbound,
                again_at,
                whole: true,
                mark: 0,
            }
        })
    }

    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}

/// A project on disk and a clock.
pub struct World {
    pub folder: TempDir,
    pub clock: Arc<SimulatedClock>,
    pub most_pages: Option<u32>,
    /// How long receipts and replies are awaited at the end.
    pub receipts: Duration,
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

pub fn scripted(
    batch: usize,
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
) -> Arc<Scripted> {
    gated(batch, None, script)
}

/// As [`scripted`], with a gate.
pub fn gated(
    batch: usize,
    gate: Option<Arc<Gate>>,
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
) -> Arc<Scripted> {
    Arc::new(Scripted {
        gate,
        ledger: Mutex::default(),
        script: Mutex::new(Box::new(script)),
        inbound: Mutex::default(),
        outside: Mutex::default(),
        batch,
        found: None,
    })
}

/// A provider that takes what it is handed and can be asked.
pub fn asked(found: fn(&str) -> Found) -> Arc<Scripted> {
    scripted_and_asked(|_, _| accept(), found)
}

/// As [`scripted`], and can be asked.
pub fn scripted_and_asked(
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
    found: fn(&str) -> Found,
) -> Arc<Scripted> {
    let mut provider = scripted(5, script);
    Arc::get_mut(&mut provider).expect("nobody else has it").found = Some(found);
    provider
}

impl Scripted {
    /// How often each reference was submitted, as text: `1 time: 995, 2 times: 5`.
    pub fn repeats(&self) -> String {
        let mut by_reference: BTreeMap<String, u64> = BTreeMap::new();
        for (_, text) in self.ledger.lock().expect("unpoisoned").iter() {
            *by_reference.entry(text.reference.clone()).or_default() += 1;
        }
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        by_reference
            .values()
            .for_each(|n| *counts.entry(*n).or_default() += 1);
        counts
            .iter()
            .map(|(times, n)| format!("{times}x {n}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What will happen outside, each at its time, to the people of a project.
    pub fn will_happen(&self, world: &World, mut happenings: Vec<NewHappening>) {
        happenings.sort_by_key(|one| one.at);
        *self.outside.lock().expect("unpoisoned") = (world.path().join(".crier/crier.db"), happenings);
    }

    /// What happened by now, and when something happens next.
    fn happened(&self, now: DateTime<Utc>) -> (PathBuf, Vec<NewHappening>, Option<DateTime<Utc>>) {
        let mut outside = self.outside.lock().expect("unpoisoned");
        let due = outside.1.iter().take_while(|one| one.at <= now).count();
        let happened = outside.1.drain(..due).collect();
        (outside.0.clone(), happened, outside.1.first().map(|one| one.at))
    }

    /// Texts handed over so far.
    /// Has something come in then.
    pub fn say(&self, at: DateTime<Utc>, said: Inbound) {
        self.inbound.lock().expect("unpoisoned").push((at, said));
    }

    pub fn submitted(&self) -> usize {
        self.ledger.lock().expect("unpoisoned").len()
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
