//! The files that crier.yaml names are there, once for all campaigns that read a list.

use super::{Across, Whole};
use crate::check::{missing_file, unreadable};
use crate::diagnostic::Diagnostic;

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let Some(file) = whole.file else { return };
    let prices = file.written().prices.iter();
    let absent = prices.filter(|path| whole.absent.contains(&path.value));
    across.project.extend(absent.map(missing_file));
    for list in whole.lists() {
        let absent = list.file.iter().filter(|path| whole.absent.contains(&path.value));
        across.project.extend(absent.map(|path| {
            let message = format!(
                "the file \"{}\" of list \"{}\" does not exist",
                path.value, list.name.value
            );
            Diagnostic::error("list-file-missing", path.span.clone(), message)
                .help("paths are relative to the folder of crier.yaml")
        }));
        let closed = list
            .file
            .iter()
            .filter_map(|path| Some((path, whole.closed.get(&path.value)?)));
        across
            .project
            .extend(closed.map(|(path, why)| unreadable(&path.value, why, path.span.clone())));
    }
}
