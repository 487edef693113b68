//! What many campaigns have wrong for one cause in their crier.yaml is shown to people once, with how many more have it.
//! Counts and what programs read have all of it.

use std::collections::HashMap;
use std::path::PathBuf;

use dsl::diagnostic::Diagnostic;
use engine::load::{self, CheckedFile};

/// Codes whose cause is what the project has or lacks; the message tells one cause from another.
const OF_PROJECT: [&str; 9] = [
    "file-missing",
    "file-unreadable",
    "list-file-missing",
    "list-unreadable",
    "marketing-unguarded",
    "sender-missing",
    "unknown-inbox",
    "unknown-list",
    "unknown-sender",
];

/// A cause, in a project.
type Cause = (PathBuf, &'static str, String);

/// The files that have something wrong, with each such cause in the first of them.
pub(super) fn shown(files: &[CheckedFile]) -> Vec<CheckedFile> {
    let wrong = || {
        files
            .iter()
            .filter(|file| !file.diagnostics.is_empty())
            .enumerate()
    };
    let mut having: HashMap<Cause, Vec<usize>> = HashMap::new();
    for (at, file) in wrong() {
        for cause in causes(file) {
            let all = having.entry(cause).or_default();
            if all.last() != Some(&at) {
                all.push(at);
            }
        }
    }
    let shown = wrong().map(|(at, file)| {
        let mut file = file.clone();
        let all = |cause: &Cause| having.get(cause).filter(|all| all.len() > 1);
        let shared: Vec<Cause> = causes(&file).filter(|cause| all(cause).is_some()).collect();
        for cause in &shared {
            let is_it = |d: &Diagnostic| d.code == cause.1 && d.message == cause.2;
            match all(cause) {
                Some(all) if all[0] == at => {
                    let first = file.diagnostics.iter_mut().find(|d| is_it(d));
                    first
                        .into_iter()
                        .for_each(|d| d.label = more(&d.label, all.len() - 1));
                }
                Some(_) => file.diagnostics.retain(|d| !is_it(d)),
                None => {}
            }
        }
        file
    });
    shown.collect()
}

fn causes(file: &CheckedFile) -> impl Iterator<Item = Cause> {
    let mut of_project = file
        .diagnostics
        .iter()
        .filter(|d| OF_PROJECT.contains(&d.code))
        .peekable();
    let folder = match of_project.peek() {
        Some(_) => load::project_folder(&file.path),
        None => PathBuf::new(),
    };
    of_project.map(move |d| (folder.clone(), d.code, d.message.clone()))
}

fn more(label: &str, campaigns: usize) -> String {
    let more = match campaigns {
        1 => "and in one more campaign".to_owned(),
        many => format!("and in {many} more campaigns"),
    };
    match label {
        "" => more,
        label => format!("{label}, {more}"),
    }
}
