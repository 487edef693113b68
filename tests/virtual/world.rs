//! A project, a campaign and its people, drawn from a seed and written into a folder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use dsl::project::{Project, ServerErrors};
use engine::load::load_campaign;
use engine::provider::Resolve;
use engine::revision::Revision;
use engine::store::{Access, OpenOptions, Store, StoreError};
use sms::PhoneNumber;
use tempfile::TempDir;

use crate::chance::Chance;

/// When every story begins.
pub const START: &str = "2026-11-25T09:00:00Z";
/// How the text of each step begins, by instruction.
pub const TEXTS: [(u16, &str); 2] = [(0, "Doors"), (2, "See you")];
/// The price of a part, in millionths.
pub const PRICE: i64 = 10_000;

/// What a seed draws before anything happens.
pub struct World {
    pub folder: TempDir,
    pub project: Arc<Project>,
    pub revision: Arc<Revision>,
    pub people: Vec<PhoneNumber>,
    pub campaign: CampaignSettings,
    pub accounts: Vec<AccountSettings>,
    pub senders: Vec<SenderSettings>,
}

/// The campaign.
#[derive(Debug, Clone)]
pub struct CampaignSettings {
    pub people: u64,
    /// Between two texts; none: there is one.
    pub wait: Option<&'static str>,
    pub resend: bool,
    /// In millionths.
    pub budget: Option<i64>,
    pub rate: Option<u64>,
    /// At most so many parts a text.
    pub parts: Option<u64>,
    /// How long receipts are awaited.
    pub receipts: Duration,
    /// A few people go first.
    pub canary: bool,
    /// Few opt-outs, refusals and failures halt it.
    pub halt: bool,
    /// Over which time people enter.
    pub spread: Option<&'static str>,
}

/// A provider account.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    pub name: &'static str,
    pub batch: usize,
    pub in_flight: usize,
    pub resolve: Resolve,
    pub server_errors: ServerErrors,
    pub timeout: Duration,
    pub rate: Option<u64>,
    pub fetches_every: Duration,
    /// The slowest way there.
    pub slowest: Duration,
    pub seed: u64,
}

/// A sender: its accounts, the first first.
#[derive(Debug, Clone)]
pub struct SenderSettings {
    pub name: &'static str,
    pub accounts: Vec<usize>,
    pub rate: Option<u64>,
}

impl World {
    /// Of a seed.
    pub fn drawn(seed: u64) -> World {
        let mut chance = Chance::of(seed, 1);
        let campaign = campaign(&mut chance);
        let accounts = accounts(&mut chance);
        let senders = senders(&mut chance, accounts.len());
        let folder = folder();
        let people: Vec<PhoneNumber> = (0..campaign.people).map(phone).collect();
        let write = |name: &str, bytes: &dyn AsRef<[u8]>| {
            std::fs::write(folder.path().join(name), bytes).expect("written");
        };
        write("people.csv", &people_csv(&people, &mut chance));
        write("prices.csv", &"country,price,currency\nUS,0.01,USD\n");
        write("test.campaign.yaml", &campaign_yaml(&campaign));
        write("crier.yaml", &project_yaml(&accounts, &senders));
        std::fs::create_dir(folder.path().join(".crier")).expect("made");
        write(STORE, empty_store());
        let loaded = load_campaign(&folder.path().join("test.campaign.yaml")).expect("readable");
        let files = loaded.project.file.iter().chain([&loaded.file]);
        let said: Vec<_> = files.flat_map(|file| &file.diagnostics).collect();
        let revision = loaded.revision.unwrap_or_else(|| panic!("{said:#?}"));
        let mut project = Arc::unwrap_or_clone(loaded.project.project.expect("valid"));
        for sender in &senders {
            // The language has every real sender state a rate; the engine must not need it.
            let meant = project.senders.get_mut(sender.name).expect("it was written");
            meant.rate = meant.rate.filter(|_| sender.rate.is_some());
        }
        World {
            project: Arc::new(project),
            revision,
            people,
            campaign,
            accounts,
            senders,
            folder,
        }
    }

    /// Where the store is.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join(STORE)
    }

    /// Texts that each person gets.
    pub fn texts(&self) -> usize {
        if self.campaign.wait.is_some() { 2 } else { 1 }
    }

    /// What was drawn, for the story.
    pub fn told(&self) -> String {
        format!("{:?}\n{:?}\n{:?}", self.campaign, self.accounts, self.senders)
    }
}

const STORE: &str = ".crier/crier.db";

/// A store with nothing in it. What each story would do to make its own takes longer than many a story.
fn empty_store() -> &'static Vec<u8> {
    static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
    EMPTY.get_or_init(|| {
        let folder = folder();
        let path = folder.path().join("crier.db");
        let options = OpenOptions {
            access: Access::Execute,
            most_pages: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let store = runtime.expect("a runtime").block_on(async {
            Store::open(&path, options).await?.close().await;
            Ok::<_, StoreError>(std::fs::read(&path).expect("readable"))
        });
        store.expect("a store")
    })
}

/// In memory where the machine has a place for that: what is tried out is not the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a folder")
}

fn campaign(chance: &mut Chance) -> CampaignSettings {
    // Few, mostly: what many show that few do not is a window that is full.
    let people = chance.pick(&[3, 3, 5, 5, 8, 8, 12, 12, 40]);
    let wait = chance.pick(&[None, Some("1 minute"), Some("20 minutes")]);
    let texts = if wait.is_some() { 2 } else { 1 };
    let all = i64::try_from(people * texts).expect("few") * PRICE;
    CampaignSettings {
        people,
        wait,
        resend: chance.one_in(4),
        budget: chance.one_in(4).then(|| all * chance.pick(&[1, 3, 5]) / 4),
        rate: chance.one_in(4).then(|| chance.pick(&[20, 100])),
        parts: chance.one_in(4).then_some(1),
        receipts: chance.pick(&[
            Duration::from_secs(10),
            Duration::from_secs(600),
            Duration::from_secs(300_000),
        ]),
        canary: chance.one_in(4),
        halt: chance.one_in(3),
        spread: chance.pick(&[None, None, None, Some("5 seconds"), Some("10 minutes")]),
    }
}

fn accounts(chance: &mut Chance) -> Vec<AccountSettings> {
    let names = ["first", "second", "third"];
    let n = usize::try_from(chance.within(1, 4)).expect("few");
    names[..n].iter().map(|name| account(name, chance)).collect()
}

fn account(name: &'static str, chance: &mut Chance) -> AccountSettings {
    AccountSettings {
        name,
        batch: chance.pick(&[1, 1, 10, 100]),
        in_flight: chance.pick(&[1, 4, 64]),
        resolve: chance.pick(&[Resolve::LookUp, Resolve::Resubmit, Resolve::Nothing]),
        server_errors: chance.pick(&[ServerErrors::Maybe, ServerErrors::NotSent]),
        timeout: Duration::from_millis(chance.pick(&[500, 10_000])),
        rate: chance.one_in(4).then(|| chance.pick(&[30, 200])),
        fetches_every: Duration::from_millis(chance.pick(&[1, 1_000, 10_000])),
        slowest: chance.time(Duration::from_micros(10), Duration::from_millis(300)),
        seed: chance.number() >> 32,
    }
}

fn senders(chance: &mut Chance, accounts: usize) -> Vec<SenderSettings> {
    let last = u64::try_from(accounts).expect("few");
    let n = usize::try_from(chance.within(1, 3)).expect("few");
    let names = ["desk", "office"];
    let mut sender = |name: &&'static str| {
        let first = usize::try_from(chance.within(0, last)).expect("few");
        let others = (0..accounts).filter(|index| *index != first);
        let then: Vec<usize> = others.filter(|_| chance.one_in(2)).collect();
        SenderSettings {
            name,
            accounts: std::iter::once(first).chain(then).collect(),
            rate: (!chance.one_in(3)).then(|| chance.pick(&[3, 20, 100, 1_000])),
        }
    };
    names[..n].iter().map(&mut sender).collect()
}

/// One name in eight makes the text one of two parts.
fn people_csv(people: &[PhoneNumber], chance: &mut Chance) -> String {
    let mut rows = String::from("phone,first_name\n");
    for (n, phone) in people.iter().enumerate() {
        let name = if chance.one_in(8) {
            "Long".repeat(40)
        } else {
            format!("P{n}")
        };
        rows.push_str(&format!("{phone},{name}\n"));
    }
    rows
}

fn campaign_yaml(campaign: &CampaignSettings) -> String {
    let mut limits = vec![format!(
        "in_doubt: {}",
        if campaign.resend { "resend" } else { "skip" }
    )];
    limits.extend(campaign.rate.map(|rate| format!("rate: {rate}/s")));
    limits.extend(campaign.parts.map(|parts| format!("parts: {parts}")));
    let canary = campaign
        .canary
        .then_some("canary: { share: 20%, watch: 10 minutes }");
    let halt = campaign
        .halt
        .then_some("halt: { opt_outs: 5%, failures: 5%, undelivered: 5% }");
    limits.extend(canary.into_iter().chain(halt).map(str::to_owned));
    let spread = campaign.spread.map_or("now".to_owned(), |spread| {
        format!("{{ at: now, spread: {spread} }}")
    });
    let first = "Doors open at 8, {{first_name}}. STOP to opt out";
    let texts = match campaign.wait {
        None => format!("message: \"{first}\"\n"),
        Some(wait) => format!(
            "steps:\n  - send: first\n  - wait: {wait}\n  - send: second\nmessages:\n  first: \"{first}\"\n  \
             second: \"See you, {{{{first_name}}}}\"\n"
        ),
    };
    format!(
        "audience: people.csv\nschedule: {spread}\nsender: desk\nreplies: office\nlimits: {{ {} }}\n{texts}",
        limits.join(", ")
    )
}

fn project_yaml(accounts: &[AccountSettings], senders: &[SenderSettings]) -> String {
    let providers = accounts.iter().map(|account| {
        let rate = account
            .rate
            .map(|rate| format!(", rate: {rate}/s"))
            .unwrap_or_default();
        format!(
            "  {}: {{ kind: carrier, url: \"http://127.0.0.1:8025\"{rate} }}\n",
            account.name
        )
    });
    let then = |sender: &SenderSettings| {
        let names: Vec<&str> = sender.accounts[1..]
            .iter()
            .map(|index| accounts[*index].name)
            .collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(", then: [{}]", names.join(", "))
        }
    };
    let senders = senders.iter().enumerate().map(|(n, sender)| {
        format!(
            "  {}: {{ number: \"+1212555010{n}\", provider: {}{}, rate: {}/s, receives: true }}\n",
            sender.name,
            accounts[sender.accounts[0]].name,
            then(sender),
            sender.rate.unwrap_or(1_000)
        )
    });
    format!(
        "crier: 1\nproject: test\nregion: US\nprices: prices.csv\n\
         inboxes: {{ office: {{ email: office@test.example }} }}\nproviders:\n{}senders:\n{}",
        providers.collect::<String>(),
        senders.collect::<String>()
    )
}

/// The n-th of some numbers that nobody ever dials.
fn phone(n: u64) -> PhoneNumber {
    const AREAS: [u64; 12] = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214];
    let area = AREAS[usize::try_from(n % 12).expect("small")];
    let number = 10_000_000_000 + area * 10_000_000 + (320 + n / 12 % 600) * 10_000 + 1_000 + n / 7_200;
    PhoneNumber::from_u64(number).expect("eleven digits")
}
