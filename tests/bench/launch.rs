//! A launch: how long until it stands, its memory, its size on disk; and how long it takes to pause and to cancel it.
//!
//!     cargo bench --bench launch -- --rows 10000000

mod support;

use std::path::Path;

use support::{Figures, Mark, mib};

const FILE: &str = "bench.campaign.yaml";

fn main() {
    let rows = support::number("rows", 10_000_000);
    // Its time is far ahead, so that the run launches, and waits.
    let project = support::data::project(rows, "2099-01-01 10:00");
    let folder = project.path();
    let mut running = support::run_until(support::crier(folder, &["run", FILE]), "people ");
    let mut figures = Figures::new();
    figures.add_used(
        &running.used,
        Mark::Most(60.0),
        Mark::Most(if rows > 1_000_000 { 512.0 } else { 300.0 }),
    );
    for command in ["pause", "status", "resume", "cancel"] {
        let used = support::run(support::crier(folder, &[command, "bench"]));
        let mark = if command == "status" {
            Mark::None
        } else {
            Mark::Most(100.0)
        };
        figures.add(command, used.wall.as_secs_f64() * 1_000.0, "ms", mark);
    }
    // It sees that it was cancelled, and closes the store, whose log goes into the file.
    running.child.wait().expect("a child of ours");
    let store = size(folder);
    figures.add("store", mib(store), "MiB", Mark::None);
    figures.add(
        "store a person",
        store as f64 / rows as f64,
        "bytes",
        Mark::Most(20.0),
    );
    figures.print(&format!("launch of {rows} people with two variables"));
}

/// Of the file and its log.
fn size(folder: &Path) -> u64 {
    let files = ["crier.db", "crier.db-wal"].map(|name| folder.join(".crier").join(name));
    files
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|file| file.len())
        .sum()
}
