//! Links that lead in a circle: to themselves, to a folder that they are in, or to one with a link back. Links to folders are
//! not followed, so none of them keeps anybody from anything; but who copies the project, or packs it, may never end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dsl::diagnostic::Diagnostic;

use super::CheckedFile;
use super::unread::alone;
use crate::inside::is_circle;

/// What a link does, and what to do about it.
pub(super) type Circle = (&'static str, &'static str);

pub(super) const TO_ITSELF: Circle = (
    "the link leads in a circle",
    "let it lead to a file or a folder, or remove it",
);
const TO_ITS_FOLDER: Circle = (
    "the link leads to a folder that it is in",
    "remove it: what it leads to is checked where it is",
);
const THERE_AND_BACK: Circle = (
    "the link leads to a folder from which a link leads back",
    "remove one of them: what they lead to is checked where it is",
);

/// Links that are held against each other, at most.
const MOST: usize = 100;

/// A link to a folder, without links in its paths.
struct Link<'a> {
    path: &'a Path,
    /// The folder it is in.
    own: PathBuf,
    target: PathBuf,
}

impl Link<'_> {
    /// Whether whoever follows it comes by another.
    fn leads_to(&self, other: &Link<'_>) -> bool {
        other.own.starts_with(&self.target)
    }
}

/// A link, with what it does as what is found in it.
pub(super) fn told(path: &Path, (message, help): Circle) -> CheckedFile {
    alone(path, Diagnostic::error("link-loop", 0..0, message).help(help))
}

/// Those of some links that lead in a circle, one for each circle.
pub fn circles(links: &[PathBuf]) -> Vec<CheckedFile> {
    let mut links: Vec<&PathBuf> = links.iter().collect();
    links.sort();
    let (mut found, mut to_others) = (vec![], vec![]);
    let mut known = BTreeSet::new();
    for path in links {
        match std::fs::canonicalize(path) {
            Err(error) if is_circle(&error) => {
                if known.insert(circle_of(path)) {
                    found.push(told(path, TO_ITSELF));
                }
            }
            Err(_) => {}
            Ok(target) if target.is_dir() => {
                let link = own_folder(path).map(|own| Link { path, own, target });
                match link {
                    Some(link) if link.leads_to(&link) => found.push(told(path, TO_ITS_FOLDER)),
                    Some(link) => to_others.push(link),
                    None => {}
                }
            }
            Ok(_) => {}
        }
    }
    to_others.truncate(MOST);
    found.extend(there_and_back(&to_others));
    found
}

/// Links that come back to where they are by others. Each that is told of is as if it were gone, so that a circle is told once.
fn there_and_back(links: &[Link<'_>]) -> Vec<CheckedFile> {
    let next = |from: &Link<'_>| -> BTreeSet<usize> {
        let all = links.iter().enumerate();
        all.filter(|(_, to)| from.leads_to(to))
            .map(|(at, _)| at)
            .collect()
    };
    let mut ways: BTreeMap<usize, BTreeSet<usize>> = links.iter().map(next).enumerate().collect();
    let mut found = vec![];
    for (at, link) in links.iter().enumerate() {
        if comes_back(at, &ways) {
            found.push(told(link.path, THERE_AND_BACK));
            ways.remove(&at);
        }
    }
    found
}

fn comes_back(to: usize, ways: &BTreeMap<usize, BTreeSet<usize>>) -> bool {
    let (mut seen, mut at) = (BTreeSet::new(), vec![to]);
    while let Some(next) = at.pop().map(|from| ways.get(&from)) {
        let next = next.into_iter().flatten().copied();
        at.extend(next.filter(|link| seen.insert(*link)));
    }
    seen.contains(&to)
}

/// The links of a circle that one leads to, itself among them; alone where they cannot be told.
fn circle_of(path: &Path) -> BTreeSet<PathBuf> {
    let mut way: Vec<PathBuf> = vec![];
    let mut at = without_links(path);
    while let Some(link) = at {
        if let Some(first) = way.iter().position(|known| *known == link) {
            return way.drain(first..).collect();
        }
        let next = std::fs::read_link(&link)
            .ok()
            .and_then(|target| without_links(&link.parent()?.join(target)));
        way.push(link);
        at = next;
    }
    way.truncate(1);
    way.into_iter().collect()
}

/// A path whose folder has no links.
fn without_links(path: &Path) -> Option<PathBuf> {
    Some(own_folder(path)?.join(path.file_name()?))
}

fn own_folder(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(super::parent(path)).ok()
}
