//! What is to be said of several files together joins what is said of each by itself.

use std::collections::HashMap;

use dsl::diagnostic::Diagnostic;
use engine::load::{self, CheckedFile, LoadedProject};

use super::Seen;

/// The files, with what the others of their project bring about in them.
pub(super) fn told<'a>(
    mut files: Vec<Seen>,
    projects: impl Iterator<Item = &'a LoadedProject>,
) -> Vec<CheckedFile> {
    for project in projects {
        let its = |file: &&mut Seen| file.folder == project.folder;
        // An outline is large, and thousands of them are not moved again and again.
        let mut campaigns = Vec::with_capacity(files.iter().filter(|seen| seen.outline.is_some()).count());
        for file in files.iter_mut().filter(its) {
            campaigns.extend(
                file.outline
                    .take()
                    .map(|outline| (file.file.path.clone(), outline)),
            );
        }
        let of_project = project.file.as_ref();
        let is_asked = of_project.is_some_and(|own| files.iter().any(|seen| seen.file.path == own.path));
        if campaigns.is_empty() && !is_asked {
            continue;
        }
        let paths: Vec<_> = campaigns.iter().map(|(path, _)| path.clone()).collect();
        let across = load::across(project, campaigns);
        // What is wrong where a list is defined is not told again of each campaign that reads it.
        let is_told = |d: &Diagnostic| {
            let mut defined = across.project.iter();
            defined.any(|own| own.code == d.code && own.message == d.message)
        };
        for file in files.iter_mut().filter(its) {
            file.file.diagnostics.retain(|d| !is_told(d));
        }
        let mut found: HashMap<_, _> = paths.into_iter().zip(across.campaigns).collect();
        if let Some(file) = &project.file {
            found.insert(file.path.clone(), across.project);
        }
        for file in files.iter_mut().filter(its) {
            let found = found.remove(&file.file.path).unwrap_or_default();
            add(&mut file.file, found);
        }
    }
    files.into_iter().map(|seen| seen.file).collect()
}

/// By place, as those that are there.
fn add(file: &mut CheckedFile, found: Vec<Diagnostic>) {
    file.diagnostics.extend(found);
    file.diagnostics.sort_by_key(Diagnostic::place);
}
