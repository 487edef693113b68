//! Names of columns that stand the wrong way round: the file's first, then ours. Judged by the header alone.

use crate::project::ListFile;

/// Our names of columns that every list may have.
pub(crate) const OURS: &[&str] = &["phone", "language", "timezone"];

/// The names of a list's `columns` that stand the wrong way round, as they stand: no column is called as the second of
/// them, one is as the first, and by their letters they can be told apart.
pub(crate) fn turned(list: &ListFile, header: &[String]) -> Vec<(String, String)> {
    let has = |name: &str| header.iter().any(|column| column.trim() == name.trim());
    let is_turned = |(ours, theirs): &(&String, &String)| {
        has(ours) && !has(theirs) && !OURS.contains(&ours.as_str()) && looks_turned(ours, theirs)
    };
    let turned = list.columns.iter().filter(is_turned);
    turned
        .map(|(ours, theirs)| (ours.clone(), theirs.clone()))
        .collect()
}

/// The list with these of its names the other way round.
pub(crate) fn turn(list: &mut ListFile, turned: &[(String, String)]) {
    for (first, second) in turned {
        list.columns.remove(first);
        list.columns
            .entry(second.clone())
            .or_insert_with(|| first.clone());
    }
}

fn looks_turned(ours: &str, theirs: &str) -> bool {
    OURS.contains(&theirs) || is_plain(theirs) && !is_plain(ours)
}

/// Whether a name is written as ours are.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_of_ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(is_of_ours)
}
