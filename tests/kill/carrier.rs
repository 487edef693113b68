//! A `crier carrier` that runs: killed and restarted on the same ledger and port, and changed while it runs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use server::carrier::client::Remote;
use server::carrier::ledger::Entry;
use server::carrier::stats::Stats;
use server::carrier::{Switches, read_ledger};

use crate::project::Folder;

/// Switches that say what a carrier can do, or whom it hits: they are not mended.
const NATURE: [&str; 8] = [
    "seed",
    "refuse-duplicate-ref",
    "look-up",
    "receipts",
    "hook-tries",
    "receipt-delay",
    "receipt-late-by",
    "reply-delay",
];

/// A carrier; killed when it is dropped.
pub struct Carrier {
    folder: Folder,
    port: u16,
    process: Option<(Child, BufReader<ChildStderr>)>,
    switches: Vec<(String, String)>,
    callback: Option<String>,
}

impl Carrier {
    /// On a port of its own, with a ledger of its own.
    pub fn start(switches: &[(&str, &str)], callback: Option<&str>) -> Carrier {
        let mut carrier = Carrier {
            folder: Folder::new(),
            port: 0,
            process: None,
            switches: vec![],
            callback: callback.map(str::to_owned),
        };
        carrier.remember(switches);
        carrier.begin();
        carrier
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some((mut process, _)) = self.process.take() {
            process.kill().expect("our child");
            process.wait().expect("our child");
        }
    }

    /// A signal.
    pub fn signal(&self, signal: Signal) {
        if let Some((process, _)) = &self.process {
            kill_process(Pid::from_child(process), signal).expect("our child");
        }
    }

    /// Starts it again, on the same ledger and port, with the switches it had.
    pub fn begin(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.try_begin() {
            assert!(Instant::now() < deadline, "port {} does not come free", self.port);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn try_begin(&mut self) -> bool {
        let mut command = self.folder.crier(&["carrier", "--port", &self.port.to_string()]);
        for (name, value) in &self.switches {
            command.args(["--switch", &format!("{name}={value}")]);
        }
        if let Some(url) = &self.callback {
            command.args(["--callback", url]);
        }
        let mut process = command.stderr(Stdio::piped()).spawn().expect("crier starts");
        let mut line = String::new();
        let mut talk = BufReader::new(process.stderr.take().expect("it is piped"));
        talk.read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix("listening on http://127.0.0.1:");
        let Some(port) = port.and_then(|port| port.parse().ok()) else {
            process.wait().expect("it ends");
            assert!(line.contains("cannot listen"), "{line}");
            return false;
        };
        self.port = port;
        self.process = Some((process, talk));
        true
    }

    /// Sets switches of it while it runs.
    pub async fn change(&mut self, switches: &[(&str, &str)]) {
        self.remember(switches);
        let remote = Remote::at(&self.url()).expect("an address");
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let pairs: Vec<_> = switches.iter().map(owned).collect();
        remote.change(&pairs).await.expect("it takes them");
    }

    /// Ends every trouble. What it can do, and what it says of texts that it took, stays.
    pub async fn mend(&mut self) {
        let defaults = Switches::default().values();
        let trouble = defaults.iter().filter(|(name, _)| !NATURE.contains(name));
        let pairs: Vec<(&str, &str)> = trouble.map(|(name, value)| (*name, value.as_str())).collect();
        self.change(&pairs).await;
    }

    /// What it counted.
    pub async fn stats(&self) -> Stats {
        let remote = Remote::at(&self.url()).expect("an address");
        remote.stats().await.expect("it answers")
    }

    /// Everything that stands in its ledger.
    pub fn ledger(&self) -> Vec<Entry> {
        read_ledger(&self.ledger_path()).expect("a ledger")
    }

    /// How many texts were submitted to it so far.
    pub fn submitted(&self) -> usize {
        let texts = |entry: &Entry| matches!(entry, Entry::Text(_));
        self.ledger().iter().filter(|entry| texts(entry)).count()
    }

    fn ledger_path(&self) -> PathBuf {
        self.folder.path().join(".crier/carrier.ledger")
    }

    fn remember(&mut self, switches: &[(&str, &str)]) {
        for (name, value) in switches {
            self.switches.retain(|(known, _)| known != name);
            self.switches.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        if let Some((process, _)) = &mut self.process {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
