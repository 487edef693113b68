//! The example projects are documentation that runs: each file below `campaigns/` is validated, its stories are played, and
//! what this version can run is planned and executed to its end on a simulated clock.

#[path = "../dsl/tests/language/another_reader.rs"]
mod another_reader;
#[path = "../dsl/tests/language/prefixes.rs"]
mod prefixes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use dsl::campaign::Schedule;
use engine::clock::{Clock, SimulatedClock};
use engine::execute::{End, Execution, execute};
use engine::launch::{LaunchRequest, Occurrence, launch};
use engine::load::{LoadedCampaign, load_campaign};
use engine::store::{Access, MessageState, OpenOptions, Store};
use engine::story::{Coverage, Played, play};
use prefixes::{Around, Whole};
use tokio::sync::watch;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns")
}

/// Every campaign, also of the projects in folders below.
fn files() -> Vec<PathBuf> {
    let mut files = yaml_files();
    files.retain(|path| path.to_string_lossy().ends_with(".campaign.yaml"));
    files
}

/// Every campaign and crier.yaml.
fn yaml_files() -> Vec<PathBuf> {
    let mut files = vec![];
    let mut folders = vec![folder()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(folder).expect("campaigns/ is there");
        let paths = entries.map(|entry| entry.expect("readable").path());
        let (below, here): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| path.is_dir());
        folders.extend(below);
        files.extend(here);
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files
}

fn valid(path: &Path) -> LoadedCampaign {
    let loaded = load_campaign(path).expect("readable");
    let said: Vec<_> = loaded
        .project
        .file
        .iter()
        .chain([&loaded.file])
        .flat_map(|file| &file.diagnostics)
        .collect();
    assert!(said.is_empty(), "{}: {said:?}", path.display());
    loaded
}

#[test]
fn every_campaign_is_valid_and_explained_in_the_readme() {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("readable");
    let files = files();
    assert!(files.len() >= 13, "{files:?}");
    for path in &files {
        valid(path);
        let name = path.strip_prefix(folder()).expect("a file below it");
        assert!(
            readme.contains(&format!("](campaigns/{})", name.display())),
            "{} is not in the README",
            name.display()
        );
    }
    // And which of them do not run yet.
    let names = files.iter().filter(|path| valid(path).revision.is_none());
    let names = names.map(|path| path.file_name().expect("a file").to_string_lossy().into_owned());
    let names = names.map(|name| format!("`{}`", name.trim_end_matches(".campaign.yaml")));
    let names = names.collect::<Vec<_>>().join(", ");
    let told = readme.replacen("`renewal` and `win-back`", "`renewal`, `win-back`", 1);
    assert!(
        told.contains(&format!("{names}\nhave links")),
        "{names} do not run"
    );
}

#[test]
fn the_example_projects_are_without_a_finding_and_laid_out() {
    for arguments in [
        ["validate", "--fail-on", "warning"].as_slice(),
        &["fmt", "--check"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_crier"))
            .args(arguments)
            .arg(folder())
            .output()
            .expect("it starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

#[test]
fn another_reader_of_yaml_sees_the_same_in_every_file() {
    for path in yaml_files() {
        let text = std::fs::read_to_string(&path).expect("readable");
        another_reader::sees_the_same(&path.display().to_string(), &text);
    }
}

#[test]
fn prefixes_of_every_file_are_read() {
    let whole = |path: PathBuf| Whole {
        name: path.file_name().expect("a file").to_string_lossy().into_owned(),
        bytes: std::fs::read(&path).expect("readable"),
        around: Arc::new(Around::of_folder(path.parent().expect("a folder"))),
    };
    let files: Vec<Whole> = yaml_files().into_iter().map(whole).collect();
    assert!(files.len() >= 15, "with crier.yaml twice");
    prefixes::are_read(&files, 300);
}

#[test]
fn every_story_passes_and_no_step_answer_language_or_variant_is_left_out() {
    for path in files() {
        let loaded = valid(&path);
        let revision = loaded.meant.expect("valid");
        let stories = &revision.campaign.stories;
        if stories.is_empty() {
            assert!(
                loaded.revision.is_some(),
                "{}: it neither runs nor has stories",
                path.display()
            );
            continue;
        }
        let played: Vec<Played> = stories.iter().map(|story| play(&revision, story)).collect();
        for story in &played {
            assert_eq!(story.failure, None, "{}: {}", path.display(), story.name);
        }
        let unwalked = Coverage::of(&revision, &played).unwalked;
        assert_eq!(unwalked, [], "{}", path.display());
    }
}

#[tokio::test]
async fn every_campaign_that_can_be_run_is_planned_and_runs_to_its_end() {
    for path in files() {
        let loaded = valid(&path);
        // What this version cannot run is played by its stories alone.
        let Some(revision) = loaded.revision else {
            continue;
        };
        // What begins again and again, or by what happens, is run by the tests of ticks and triggers.
        match revision.campaign.schedule {
            Schedule::Now | Schedule::At(_) | Schedule::Local(_) => {}
            Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_) => continue,
        }
        let project = loaded.project.project.expect("valid");
        let clock = Arc::new(SimulatedClock::new(
            "2026-11-25T15:00:00Z".parse().expect("an instant"),
        ));
        let dir = tempfile::tempdir().expect("a folder");
        let options = OpenOptions {
            access: Access::Execute,
            most_pages: None,
        };
        let store = Arc::new(
            Store::open(&dir.path().join("crier.db"), options)
                .await
                .expect("opened"),
        );
        let request = LaunchRequest {
            revision: revision.clone(),
            project: project.clone(),
            occurrence: Occurrence::Nth(1),
            now: clock.now(),
        };
        let (id, summary, _) = launch(&store, request, &loaded.project.folder, |_| {})
            .await
            .expect("planned");
        assert_eq!(
            summary.rows,
            summary.people + summary.left_out_rows(),
            "{}: the plan adds up",
            path.display()
        );

        let straight = revision.campaign.program.is_straight();
        let (_keep, stop) = watch::channel(false);
        let execution = Execution {
            courier: None,
            store: store.clone(),
            clock,
            providers: engine::provider::providers(&project),
            project,
            launch: store.launches(None).await.expect("readable").remove(0),
            revision,
            receipts: Duration::from_secs(120),
            stop,
        };
        assert_eq!(
            execute(execution, &mut |_| {}).await.expect("executed"),
            End::Done,
            "{}",
            path.display()
        );
        let totals = store.totals(id).await.expect("readable");
        let states: BTreeSet<MessageState> = totals.messages.keys().copied().collect();
        let expected = BTreeSet::from([MessageState::Undelivered, MessageState::Delivered]);
        assert!(
            states.is_subset(&expected),
            "{}: every receipt came: {states:?}",
            path.display()
        );
        // Who is asked takes one way or the other.
        if !straight {
            continue;
        }
        let sends = summary.messages.len() as u64;
        let texts: u64 = totals.messages.values().sum();
        let left: u64 = totals.left_out.values().sum();
        assert!(
            texts <= summary.people * sends && texts + left * sends >= summary.people * sends,
            "{}",
            path.display()
        );
    }
}
