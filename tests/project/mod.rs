//! A project in a temporary folder, and the crier that was just built. Each test file uses what it needs of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use chrono::{DateTime, Utc};
use engine::calendar::Due;
use engine::load::load_campaign;
use engine::schedule;
use engine::store::{Access, OpenOptions, Store};
use sms::PhoneNumber;
use tempfile::TempDir;

/// A folder with a project.
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    /// Empty.
    pub fn new() -> Folder {
        Folder {
            dir: tempfile::tempdir().expect("a folder"),
        }
    }

    /// With so many people, a simulated provider of that rate, and `test.campaign.yaml`.
    pub fn of_people(people: u64, rate: &str) -> Folder {
        let folder = Folder::new();
        let rows: String = (0..people)
            .map(|n| format!("{},Person {n}\n", phone(n)))
            .collect();
        folder.write("people.csv", &format!("phone,first_name\n{rows}"));
        folder.write("prices.csv", "country,price,currency\nUS,0.0079,USD\n");
        folder.write(
            "test.campaign.yaml",
            "audience: people.csv\nschedule: now\nmessage: \"Doors open at 8, {{first_name}}. STOP to opt out\"\nreplies: office\n",
        );
        folder.write(
            "crier.yaml",
            &format!(
                "crier: 1\nproject: test\nregion: US\nsender: desk\nprices: prices.csv\n\
                 inboxes: {{ office: {{ email: office@test.example }} }}\n\
                 providers: {{ trial: {{ kind: simulated, rate: {rate}, delivered: 90%, replies: 5%, seed: 7 }} }}\n\
                 senders: {{ desk: {{ number: \"+12125550100\", provider: trial, receives: true }} }}\n"
            ),
        );
        folder
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("readable")
    }

    /// `crier` in this folder, 80 columns wide, without colours.
    pub fn crier(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crier"));
        command
            .args(args)
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env("TZ", "UTC")
            .env("COLUMNS", "80");
        for name in [
            "CRIER_LOG",
            "GITHUB_ACTIONS",
            "GITHUB_WORKSPACE",
            "CI_PROJECT_DIR",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn output(&self, args: &[&str]) -> Output {
        self.crier(args).output().expect("crier starts")
    }

    /// A run of `test.campaign.yaml` that goes on, and what it says, line by line.
    pub fn begin_run(&self) -> (Child, impl Iterator<Item = String> + use<>) {
        let mut command = self.crier(&["run", "test.campaign.yaml"]);
        let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut run = run.expect("crier starts");
        let lines = BufReader::new(run.stderr.take().expect("piped")).lines();
        (run, lines.map(|line| line.expect("text")))
    }

    pub fn run(&self, file: &str) -> Output {
        self.output(&["run", file])
    }
}

/// The n-th of 7,200 and more numbers that the tests text in the simulation.
pub fn phone(n: u64) -> PhoneNumber {
    const AREAS: [u64; 12] = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214];
    let area = AREAS[usize::try_from(n % 12).expect("small")];
    let number = 10_000_000_000 + area * 10_000_000 + (320 + n / 12 % 600) * 10_000 + 1_000 + n / 7_200;
    PhoneNumber::from_u64(number).expect("eleven digits")
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Sends a process a signal, `-INT`.
pub fn signal(process: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &process.id().to_string()])
        .status();
    assert!(kill.expect("kill exists").success());
}

/// As if `crier run` had looked at the schedule of the test campaign then; what was due.
pub fn look(folder: &Folder, then: DateTime<Utc>) -> Due {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let loaded = load_campaign(&folder.path().join("test.campaign.yaml")).expect("readable");
        let revision = loaded.revision.expect("valid");
        let options = OpenOptions {
            access: Access::Execute,
            most_pages: None,
        };
        let store = Store::open(&folder.path().join(".crier/crier.db"), options).await;
        let store = store.expect("a store");
        let due = schedule::look(&store, &revision.campaign, then)
            .await
            .expect("looked");
        store.close().await;
        due
    })
}
