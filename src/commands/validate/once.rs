//! What many campaigns have wrong for one cause in their crier.yaml is shown to people once, with how many more have it.
//! Counts and what programs read have all of it. What a file that cannot be read brings about is told there alone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

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

/// What is said of a file, a folder or a link that cannot be read.
const UNREAD: [&str; 2] = ["file-unreadable", "link-loop"];

/// What is said of a file that another one names.
const OF_FILES: [&str; 4] = [
    "file-missing",
    "file-unreadable",
    "list-file-missing",
    "list-unreadable",
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
        // Of what cannot be read at all each is a cause of its own.
        .filter(|d| OF_PROJECT.contains(&d.code) && !is_unread(file))
        .peekable();
    let folder = match of_project.peek() {
        Some(_) => load::project_folder(&file.path),
        None => PathBuf::new(),
    };
    of_project.map(move |d| (folder.clone(), d.code, d.message.clone()))
}

/// Whether a file cannot be read at all, which is all that is said of it.
pub(super) fn is_unread(file: &CheckedFile) -> bool {
    let of_file = |d: &Diagnostic| d.span == (0..0) && UNREAD.contains(&d.code);
    file.text.is_empty() && file.diagnostics.iter().any(of_file)
}

/// What is said of files that are named, and lie in what cannot be read, is dropped: the cause is told where it is.
pub(super) fn drop_inside(files: &mut [CheckedFile], unread: &[CheckedFile]) {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let unread: Vec<PathBuf> = unread.iter().map(|file| absolute(&file.path)).collect();
    if unread.is_empty() {
        return;
    }
    for file in files.iter_mut().filter(|file| !is_unread(file)) {
        let folder = load::project_folder(&file.path);
        // They name the file first.
        let is_inside = |d: &Diagnostic| {
            let named = d.message.split('"').nth(1).filter(|_| OF_FILES.contains(&d.code));
            let named = named.map(|path| absolute(&folder.join(path)));
            named.is_some_and(|path| unread.iter().any(|unread| path.starts_with(unread)))
        };
        file.diagnostics.retain(|d| !is_inside(d));
    }
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
