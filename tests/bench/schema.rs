//! `crier validate` beside `check-jsonschema` on the same files: campaigns of 80 lines, each of which uses most of the
//! language. The one makes all its checks, the other holds the files against `schemas/campaign.schema.json`.
//!
//!     pip install check-jsonschema
//!     cargo bench --bench schema -- --files 1000

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{Figures, Mark};

/// Of each program; the best of them counts.
const RUNS: u32 = 3;

fn main() {
    let files = support::number("files", 1_000);
    let folder = tempfile::tempdir().expect("a folder");
    let campaigns = write_project(folder.path(), files);
    // The long one first: the disk is still busy with the files that were just written, which half a second feels.
    let theirs = support::best(RUNS, || check_jsonschema(folder.path(), &campaigns));
    let ours = support::best(RUNS, || support::crier(folder.path(), &["validate"]));
    let times = theirs.wall.as_secs_f64() / ours.wall.as_secs_f64();
    let mut figures = Figures::new();
    figures.add(
        &format!("crier validate, best of {RUNS}"),
        ours.wall.as_secs_f64(),
        "s",
        Mark::None,
    );
    figures.add("its processor time", ours.cpu.as_secs_f64(), "s", Mark::None);
    figures.add(
        &format!("check-jsonschema, best of {RUNS}"),
        theirs.wall.as_secs_f64(),
        "s",
        Mark::None,
    );
    figures.add("its processor time", theirs.cpu.as_secs_f64(), "s", Mark::None);
    figures.add("times as fast", times, "", Mark::Least(30.0));
    figures.print(&format!("{files} campaigns of 80 lines"));
}

/// The project of `large/` with so many copies of its campaign.
fn write_project(folder: &Path, files: u64) -> Vec<PathBuf> {
    let large = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/large");
    fs::create_dir(folder.join("lists")).expect("a folder");
    for name in [
        "crier.yaml",
        "prices.csv",
        "lists/opted-in.csv",
        "lists/staff.csv",
    ] {
        fs::copy(large.join(name), folder.join(name)).expect("copied");
    }
    let name = |n| PathBuf::from(format!("copy-{n}.campaign.yaml"));
    let names: Vec<PathBuf> = (0..files).map(name).collect();
    for name in &names {
        fs::copy(large.join("large.campaign.yaml"), folder.join(name)).expect("copied");
    }
    names
}

/// As its manual says, on all files at once.
fn check_jsonschema(folder: &Path, campaigns: &[PathBuf]) -> Command {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/campaign.schema.json");
    let mut command = Command::new("check-jsonschema");
    command.arg("--schemafile").arg(schema).args(campaigns);
    command
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
