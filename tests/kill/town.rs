//! A project whose provider is a carrier that runs: who is texted, how fast, and what the carrier promises.

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::store::{Access, OpenOptions, Store};

use crate::carrier::Carrier;
use crate::project::{Folder, phone};
use crate::run::Run;

/// How long one `crier run` may take at most, in a debug build.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Of a part, in ten-thousandths of a dollar.
pub const PRICE: u64 = 79;

/// How many people a launch has: `CRIER_PEOPLE`, else so many.
pub fn people_or(default: u64) -> u64 {
    let given = std::env::var("CRIER_PEOPLE").ok();
    given.map_or(default, |people| {
        people.parse().expect("CRIER_PEOPLE is a number")
    })
}

/// What a launch sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// One text.
    One,
    /// One, and again where it cannot be known whether it was taken.
    OneResent,
    /// Two, the second a moment after the first.
    Two,
}

impl Texts {
    fn campaign(self) -> &'static str {
        match self {
            Texts::One => "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n",
            Texts::OneResent => {
                "limits: { in_doubt: resend }\nmessage: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n"
            }
            Texts::Two => {
                "steps:\n  - send: first\n  - wait: 1 second\n  - send: second\nmessages:\n  \
                 first: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n  second: \"See you, {{first_name}}\"\n"
            }
        }
    }
}

/// A folder with a project.
pub struct Town {
    folder: Folder,
    /// How many are planned.
    pub people: u64,
    /// Parts a second.
    pub rate: u64,
}

impl Town {
    /// With a carrier that runs. `promises` are keys of the provider in crier.yaml.
    pub fn new(carrier: &Carrier, people: u64, rate: u64, promises: &str, texts: Texts) -> Town {
        let folder = Folder::new();
        Town::fill(&folder, carrier, people, rate, promises, texts);
        Town { folder, people, rate }
    }

    fn fill(folder: &Folder, carrier: &Carrier, people: u64, rate: u64, promises: &str, texts: Texts) {
        let rows: String = (0..people)
            .map(|n| format!("{},Person {n}\n", phone(n)))
            .collect();
        folder.write("people.csv", &format!("phone,first_name\n{rows}"));
        let prices = format!("country,price,currency\nUS,0.{PRICE:04},USD\n");
        folder.write("prices.csv", &prices);
        let campaign = texts.campaign();
        folder.write(
            "test.campaign.yaml",
            &format!("audience: people.csv\nschedule: now\nreplies: office\n{campaign}"),
        );
        folder.write(
            "crier.yaml",
            &format!(
                "crier: 1\nproject: test\nregion: US\nsender: desk\nprices: prices.csv\n\
                 inboxes: {{ office: {{ email: office@test.example }} }}\n\
                 providers: {{ trouble: {{ kind: carrier, url: \"{}\", rate: {rate}/s{promises} }} }}\n\
                 senders: {{ desk: {{ number: \"+12125550100\", provider: trouble, receives: true }} }}\n",
                carrier.url()
            ),
        );
    }

    /// Types `crier run`.
    pub fn run(&self) -> Run {
        Run::start(self.folder.crier(&["run", "test.campaign.yaml"]))
    }

    /// Types `crier run --again`.
    pub fn run_again(&self) -> Run {
        Run::start(self.folder.crier(&["run", "--again", "test.campaign.yaml"]))
    }

    /// `crier` with other arguments, until it ends: the code and stdout.
    pub fn crier(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.folder.output(args);
        let mut said = crate::project::stdout(&output);
        if !output.status.success() {
            said += &crate::project::stderr(&output);
        }
        (output.status.code(), said)
    }

    /// The project's folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The store's file.
    pub fn store_path(&self) -> PathBuf {
        self.folder.path().join(".crier/crier.db")
    }

    /// The store, for reading beside a run.
    pub async fn store(&self) -> Store {
        read(&self.store_path()).await
    }
}

async fn read(path: &Path) -> Store {
    let options = OpenOptions {
        access: Access::Read,
        most_pages: None,
    };
    Store::open(path, options).await.expect("a store")
}
