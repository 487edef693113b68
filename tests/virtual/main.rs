//! The engine on a virtual clock, against carriers in memory, with a store that fails when a seed says so: first nothing
//! may go wrong whatever happens, then, when all is healed, everything must come to its end. A seed is a story, the same
//! every time.
//!
//! `cargo test --test virtual` tells some stories. `CRIER_SEEDS=5000 cargo test --release --test virtual` tells more, and
//! `CRIER_SEED=7 cargo test --test virtual` one, and prints it.

mod books;
mod carrier;
mod chance;
mod check;
mod desk;
mod disk;
mod made;
mod network;
mod script;
mod story;
mod trouble;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use story::{Story, tell};

/// As in the program: that of the system makes stories which are told at once wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stories of a run where nobody says how many: about a minute in debug.
const SEEDS: u64 = 300;

/// Stories that are told at once on each core: a story and its store take turns, and wait for each other in between.
const TELLERS: usize = 4;

#[test]
#[allow(clippy::print_stderr)]
fn nothing_goes_wrong_and_everything_ends() {
    if let Some(seed) = number("CRIER_SEED") {
        let story = tell(seed, true);
        eprintln!("{}", printed(&story));
        assert!(story.wrong.is_empty(), "seed {seed}");
        return;
    }
    let seeds = number("CRIER_SEEDS").unwrap_or(SEEDS);
    let first = number("CRIER_FIRST").unwrap_or(0);
    let (next, wrong) = (AtomicU64::new(first), Mutex::new(BTreeMap::new()));
    let seen = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..TELLERS * std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    let found = judged(seed, &seen);
                    if !found.is_empty() {
                        wrong.lock().expect("unpoisoned").insert(seed, found);
                    }
                }
            });
        }
    });
    eprintln!("{:?}", seen.into_inner().expect("unpoisoned"));
    let wrong = wrong.into_inner().expect("unpoisoned");
    assert!(
        wrong.is_empty(),
        "{} of {seeds} seeds\n{}",
        wrong.len(),
        listed(&wrong)
    );
}

#[test]
fn a_seed_tells_the_same_story_every_time() {
    for seed in 0..12 {
        let (first, second) = (tell(seed, true), tell(seed, true));
        let stories = [&first, &second].map(printed);
        for (one, other) in stories[0].lines().zip(stories[1].lines()) {
            assert_eq!(one, other, "seed {seed}");
        }
        assert_eq!(stories[0].len(), stories[1].len(), "seed {seed}");
        assert_eq!(first.ledgers, second.ledgers, "seed {seed}");
        assert_eq!(first.audits, second.audits, "seed {seed}");
    }
}

/// What is wrong with a seed; a panic is.
fn judged(seed: u64, seen: &Mutex<BTreeMap<String, u64>>) -> Vec<String> {
    let told = catch_unwind(AssertUnwindSafe(|| tell(seed, false)));
    let story = match told {
        Ok(story) => story,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map_or("", String::as_str);
            return vec![format!("it panics {text}")];
        }
    };
    let mut seen = seen.lock().expect("unpoisoned");
    for what in story.seen() {
        *seen.entry(what).or_default() += 1;
    }
    story.wrong
}

fn listed(wrong: &BTreeMap<u64, Vec<String>>) -> String {
    let mut lines = String::new();
    for (seed, what) in wrong {
        for what in what.iter().take(3) {
            let what: String = what.chars().take(600).collect();
            writeln!(lines, "CRIER_SEED={seed}: {what}").expect("a string takes everything");
        }
    }
    lines
}

fn printed(story: &Story) -> String {
    let mut text = story.books.open().events.join("\n");
    for what in &story.wrong {
        write!(text, "\nWRONG: {what}").expect("a string takes everything");
    }
    text
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}
