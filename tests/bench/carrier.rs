//! Through `crier carrier` on this machine: what the bare HTTP client reaches with the same requests at the same
//! concurrency, and what `crier run` reaches; one text a request, and a hundred.
//!
//!     cargo bench --bench carrier -- --rows 200000

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use engine::clock::{Clock, SystemClock};
use engine::provider::carrier::wire::{Submit, Text};
use support::inside::{Inside, runtime};
use support::{Figures, Mark};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests under way at once.
const TOGETHER: u64 = 64;

fn main() {
    let rows = support::number("rows", 400_000);
    engine::provider::carrier::choose_tls();
    let mut figures = Figures::new();
    // The two go by turns, so that what else the machine does meets both.
    let (mut bare, mut engine) = (0.0_f64, 0.0_f64);
    for _ in 0..2 {
        bare = bare.max(runtime().block_on(bare_client(rows / 2)));
        engine = engine.max(runtime().block_on(through_engine(rows / 2, 1)));
    }
    figures.add("bare client, one a request", bare, "a second", Mark::None);
    figures.add(
        "crier, one a request",
        engine,
        "a second",
        Mark::Least(0.9 * bare),
    );
    figures.add(
        "of the bare client",
        100.0 * engine / bare,
        "%",
        Mark::Least(90.0),
    );
    let batches = runtime().block_on(through_engine(rows * 2, 100));
    figures.add("crier, 100 a request", batches, "a second", Mark::Least(60_000.0));
    figures.print(&format!(
        "{rows} texts through crier carrier, {TOGETHER} requests at once, no receipts"
    ));
}

/// A carrier in a process of its own.
struct Carrier {
    child: Child,
    url: String,
}

impl Carrier {
    fn start(folder: &std::path::Path) -> Carrier {
        let mut command = support::crier(folder, &["carrier", "--port", "0", "--switch", "receipts=off"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("crier starts");
        let mut line = String::new();
        let mut lines = BufReader::new(child.stderr.take().expect("piped"));
        lines.read_line(&mut line).expect("a line");
        let url = line.split_whitespace().last().expect("an address").to_owned();
        Carrier { child, url }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Texts a second of a client that does nothing else.
async fn bare_client(rows: u64) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = Carrier::start(folder.path());
    let url = format!("{}/messages", carrier.url);
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .expect("a client");
    let next = Arc::new(AtomicU64::new(0));
    let clock = SystemClock::new();
    let one = |_| {
        let (client, url, next) = (client.clone(), url.clone(), next.clone());
        async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= rows {
                    return;
                }
                let answer = client.post(&url).body(body(n)).send().await.expect("an answer");
                answer.bytes().await.expect("a body");
            }
        }
    };
    let mut tasks: tokio::task::JoinSet<()> = (0..TOGETHER).map(one).collect();
    while tasks.join_next().await.is_some() {}
    rows as f64 / clock.monotonic().as_secs_f64()
}

fn body(n: u64) -> Vec<u8> {
    let submit = Submit {
        messages: vec![Text {
            reference: format!("BENCHBENCH{n:010}"),
            to: format!("+{}", support::data::phone(n)),
            sender: "desk".to_owned(),
            text: "Hi Benjamin, your code for the night market is ABCDEF. STOP to opt out".to_owned(),
        }],
    };
    serde_json::to_vec(&submit).expect("plain types")
}

/// Texts a second of the engine, from the first claim to the last answer; then it still asks for receipts for a second.
async fn through_engine(rows: u64, batch: u64) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = Carrier::start(folder.path());
    let provider = format!(
        "trial: {{ kind: carrier, url: \"{}\", batch: {batch}, in_flight: {TOGETHER} }}",
        carrier.url
    );
    let project = support::data::project_of(rows, "now", &provider);
    let inside = Inside::launched(project.path()).await;
    let settings = inside.loaded.project.project.as_ref().expect("a valid project");
    let provider = engine::provider::providers(settings)
        .remove("trial")
        .expect("it is there");
    let answered = Arc::new(OnceLock::new());
    let (clock, at) = (SystemClock::new(), answered.clone());
    let observer = move |progress: &engine::execute::Progress| {
        if progress.accepted == rows {
            at.get_or_init(|| clock.monotonic());
        }
    };
    inside.execute(provider, observer).await;
    let time = answered.get().expect("all are answered");
    let totals = inside.store.totals(inside.launch.id).await.expect("totals");
    let accepted = totals.messages.get(&engine::store::MessageState::Accepted);
    assert_eq!(accepted, Some(&rows), "everything is taken");
    rows as f64 / time.as_secs_f64()
}
