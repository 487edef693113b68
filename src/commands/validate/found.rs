//! The files that arguments name: themselves, and what is in folders and below.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use engine::load::{self, Below, CheckedFile};

use crate::commands::Failure;
use crate::output;

/// What arguments name.
#[derive(Default)]
pub(super) struct FoundFiles {
    /// Campaigns and crier.yaml files.
    pub paths: Vec<PathBuf>,
    /// YAML files of other names beside them.
    pub others: Vec<PathBuf>,
    /// Folders that cannot be read, and links that lead in a circle.
    pub unread: Vec<CheckedFile>,
}

/// Campaigns and crier.yaml files, by name; without an argument those of the folder one stands in. Errors: a folder cannot
/// be listed, so there may be more.
pub(in crate::commands) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let all = looked_through(paths)?;
    match all.unlisted.into_iter().next() {
        Some((folder, error)) => {
            let cannot = format!("cannot read the folder {}", folder.display());
            Err(Failure::Usage(anyhow::Error::new(error).context(cannot)))
        }
        None if all.files.is_empty() => Err(none(&all.others)),
        None => Ok(all.files),
    }
}

/// With what is beside them.
pub(super) fn found_beside(paths: &[PathBuf]) -> Result<FoundFiles, Failure> {
    let all = looked_through(paths)?;
    let unlisted = all.unlisted.iter();
    let mut unread: Vec<CheckedFile> = unlisted
        .map(|(folder, error)| load::unlisted(folder, error))
        .collect();
    unread.extend(load::circles(&all.links));
    if all.files.is_empty() && unread.is_empty() {
        return Err(none(&all.others));
    }
    Ok(FoundFiles {
        paths: all.files,
        others: all.others,
        unread,
    })
}

fn none(others: &[PathBuf]) -> Failure {
    let ending = load::CAMPAIGN_ENDINGS[0];
    let mistaken = others.iter().find_map(|path| load::mistaken(path));
    let looks = mistaken.map(|file| format!("; {} has the look of one", file.path.display()));
    Failure::Usage(anyhow!(
        "no campaign found: their files end in {ending}{}",
        looks.unwrap_or_default()
    ))
}

/// What the arguments name, each once, by name.
fn looked_through(paths: &[PathBuf]) -> Result<Below, Failure> {
    let here = [PathBuf::from(".")];
    let mut all = Below::default();
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            look_through(path, &mut all);
        } else if is_list(path) {
            return Err(Failure::Usage(anyhow!(
                "{} is a list of people: name the campaign that reads it",
                path.display()
            )));
        } else if path.symlink_metadata().is_ok() {
            let path = told_of_stories(path).unwrap_or_else(|| path.clone());
            all.files.push(shown(path));
        } else {
            return Err(Failure::Usage(anyhow!("{} does not exist", path.display())));
        }
    }
    for paths in [&mut all.files, &mut all.others, &mut all.links] {
        paths.sort();
        paths.dedup();
        once(paths);
    }
    all.unlisted.sort_by(|a, b| a.0.cmp(&b.0));
    all.unlisted.dedup_by(|a, b| a.0 == b.0);
    Ok(all)
}

/// Of several ways to a file that which is written shortest.
fn once(paths: &mut Vec<PathBuf>) {
    let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut shortest: HashMap<PathBuf, usize> = HashMap::new();
    let mut is_kept = vec![true; paths.len()];
    for (at, path) in paths.iter().enumerate() {
        // A link to a file is a file of its own; where its folder lies, links and `..` do not tell.
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            continue;
        };
        let folder = folders
            .entry(folder.to_owned())
            .or_insert_with(|| place_of(folder));
        match shortest.entry(folder.join(name)) {
            Entry::Vacant(entry) => {
                entry.insert(at);
            }
            Entry::Occupied(mut entry) => {
                let length = |at: usize| paths[at].as_os_str().len();
                let kept = entry.get_mut();
                let longer = if length(at) < length(*kept) {
                    std::mem::replace(kept, at)
                } else {
                    at
                };
                is_kept[longer] = false;
            }
        }
    }
    let mut is_kept = is_kept.into_iter();
    paths.retain(|_| is_kept.next().unwrap_or(true));
}

/// Where a folder lies, however it is written.
pub(super) fn place_of(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let place = folder.canonicalize().or_else(|_| std::path::absolute(folder));
    place.unwrap_or_else(|_| folder.to_owned())
}

/// The campaign of a file of stories, which is checked with it.
fn told_of_stories(path: &Path) -> Option<PathBuf> {
    let campaign = load::campaign_of_stories(path)?;
    let (stories, shown) = (path.display(), campaign.display());
    output::say(&format!(
        "{stories}: these are the stories of {shown}, and checked with it"
    ));
    Some(campaign)
}

/// Whether its name is that of a table, which no campaign bears.
fn is_list(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| {
        ["csv", "tsv", "xlsx", "xls", "ods"]
            .iter()
            .any(|table| ending == *table)
    })
}

/// As people write it.
fn shown(path: PathBuf) -> PathBuf {
    path.strip_prefix("./").map(Path::to_owned).unwrap_or(path)
}

fn look_through(folder: &Path, all: &mut Below) {
    let below = load::files_below(folder, load::DEPTH);
    all.files.extend(below.files.into_iter().map(shown));
    all.others.extend(below.others.into_iter().map(shown));
    all.links.extend(below.links.into_iter().map(shown));
    if let Some(deeper) = below.deeper {
        let (depth, deeper) = (load::DEPTH, shown(deeper));
        output::say(&format!(
            "{}: deeper than {depth} levels nothing is looked for; name the folder to have it checked",
            deeper.display()
        ));
    }
    let unlisted = below.unlisted.into_iter();
    all.unlisted
        .extend(unlisted.map(|(folder, error)| (shown(folder), error)));
}
