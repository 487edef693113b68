//! The files of projects in a folder and below.

use std::path::{Path, PathBuf};

use super::misnamed::is_misnamed;
use super::{CAMPAIGN_ENDINGS, PROJECT_FILE};

/// A folder that cannot be listed, and the system's word.
pub type Unlisted = (PathBuf, std::io::Error);

/// Folders are looked through so deep.
pub const DEPTH: usize = 16;

/// What is in a folder and below.
#[derive(Debug, Default)]
pub struct Below {
    /// Campaigns and crier.yaml files, in no order.
    pub files: Vec<PathBuf>,
    /// YAML files of other names, not more than [`MOST_OTHERS`].
    pub others: Vec<PathBuf>,
    /// Folders that cannot be listed, each once.
    pub unlisted: Vec<Unlisted>,
    /// One of the folders that lie deeper than was looked.
    pub deeper: Option<PathBuf>,
    /// Links that are none of these, not more than [`MOST_LINKS`].
    pub links: Vec<PathBuf>,
}

/// YAML files of other names that are kept, at most.
const MOST_OTHERS: usize = 256;

/// Links that are kept, at most.
const MOST_LINKS: usize = 1_024;

/// The file by which programs know the folder of a cache.
const CACHE_MARK: &str = "CACHEDIR.TAG";

/// Whether a path has the name of a campaign.
pub fn is_campaign(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| CAMPAIGN_ENDINGS.iter().any(|ending| name.ends_with(ending)))
}

/// Campaigns and crier.yaml files in a folder and so many levels below, and what else is there.
/// Links to folders are not followed, so there is no loop, and what they lead to is found where it is; hidden folders, `node_modules`,
/// and those that a program marked as its cache (as cargo does) are passed over. What has
/// the name of a campaign and is no file is found too: that it cannot be read is said, not passed over; and so is what has it
/// in other letters.
pub fn files_below(folder: &Path, depth: usize) -> Below {
    let mut found = Below::default();
    look_through(folder, depth, &mut found);
    found
}

fn look_through(folder: &Path, depth: usize, found: &mut Below) {
    let Below {
        files,
        others,
        unlisted,
        links,
        deeper,
    } = found;
    let mut cannot = |error| {
        if unlisted.last().is_none_or(|(last, _)| last != folder) {
            unlisted.push((folder.to_owned(), error));
        }
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return cannot(error),
    };
    let mut below = vec![];
    for entry in entries {
        let read = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        let (path, kind) = match read {
            Ok(read) => read,
            Err(error) => {
                cannot(error);
                continue;
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let passed = is_passed_over(&name);
        if is_campaign(&path) || is_misnamed(&path) || name == PROJECT_FILE {
            files.push(path);
        } else if is_yaml(&name) && kind.is_file() && others.len() < MOST_OTHERS {
            others.push(path);
        } else if kind.is_dir() && !passed && !is_cache(&path) {
            below.push(path);
        } else if kind.is_symlink() && !passed && links.len() < MOST_LINKS {
            links.push(path);
        }
    }
    if depth == 0 {
        *deeper = deeper.take().or_else(|| below.pop());
        return;
    }
    for folder in below {
        look_through(&folder, depth - 1, found);
    }
}

/// Whether nothing of this name, nor what is in it, is looked at.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name == "node_modules"
}

/// Whether a program marked a folder as its cache.
fn is_cache(folder: &Path) -> bool {
    folder.join(CACHE_MARK).is_file()
}

/// Files that people may come from, so many levels below a folder, at most.
const LISTS_DEPTH: usize = 4;

/// And not more of them than this.
const MOST_LISTS: usize = 256;

/// The endings of such files.
const LIST_ENDINGS: [&str; 3] = [".csv", ".tsv", ".xlsx"];

/// The files in a project's folder that people may come from, by their endings: their paths as campaigns name them, sorted.
/// Folders are passed over as by [`files_below`].
pub fn files_of_people(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    let mut folders = vec![(folder.to_owned(), String::new(), LISTS_DEPTH)];
    while let Some((folder, before, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
                continue;
            };
            let path = format!("{before}{name}");
            let is_list = || {
                let name = name.to_lowercase();
                LIST_ENDINGS.iter().any(|ending| name.ends_with(ending))
            };
            if is_passed_over(&name) {
                continue;
            }
            if kind.is_file() && is_list() && found.len() < MOST_LISTS {
                found.push(path);
            } else if kind.is_dir() && depth > 0 && !is_cache(&entry.path()) {
                folders.push((entry.path(), path + "/", depth - 1));
            }
        }
    }
    found.sort();
    found
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}
