//! The campaigns of a project against each other. Those that nobody asked about are read too, and nothing is told of them.
//! Without a crier.yaml they are those of the folder; with one, those below it too, but for projects of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dsl::Header;
use dsl::across::{Lists, Outline, Whole, check_across, to_be_known, to_be_looked_for, to_be_read};
use dsl::diagnostic::Diagnostic;
use dsl::project::{ListFile, Project};
use rayon::prelude::*;

use crate::plan;

use super::found::{DEPTH, files_below, is_campaign};
use super::prices::is_there;
use super::{LoadedProject, PROJECT_FILE, absent, header_of, known_project, load_campaign_of, read, stem};

/// What several files together have wrong, by the file that it stands in.
#[derive(Debug, Default)]
pub struct FoundAcross {
    /// Of crier.yaml.
    pub project: Vec<Diagnostic>,
    /// Of each campaign that was asked about, in the order in which they were given.
    pub campaigns: Vec<Vec<Diagnostic>>,
}

/// Holds the campaigns that are asked about against each other and all others of their project. `asked` has for each its
/// path and what is known of it.
pub fn across(project: &LoadedProject, asked: Vec<(PathBuf, Outline)>) -> FoundAcross {
    let own = places_of(&asked);
    let others = Siblings::read(project, &own);
    held_together(project, (asked, &own), &others, &|campaigns| {
        let known = known_project(project);
        let wanted = to_be_read(&known, campaigns).into_par_iter();
        let numbers = |(at, lists): (usize, &Lists)| Some((at, numbers(lists, &project.folder)?));
        wanted.filter_map(numbers).collect()
    })
}

/// Whether a list is none that can be opened: it is not there, or a folder, or a link that leads out of the project.
fn is_closed(list: &ListFile, folder: &Path) -> bool {
    crate::inside::open(&folder.join(&list.path), folder).is_err()
}

/// The numbers of whom a campaign texts; none where a list cannot be read, which is told of elsewhere.
fn numbers(lists: &Lists, folder: &Path) -> Option<Vec<u64>> {
    let all = |lists: &[ListFile], region| -> Option<Vec<u64>> {
        let each = lists.iter().map(|list| plan::numbers_of(list, folder, region));
        let mut all = each.collect::<Option<Vec<_>>>()?.concat();
        all.sort_unstable();
        all.dedup();
        Some(all)
    };
    let except = all(&lists.except, lists.region)?;
    let mut from = all(&lists.from, lists.region)?;
    from.retain(|number| except.binary_search(number).is_err());
    Some(from)
}

/// The campaigns of a project as they stand on the disk, so that they need not be read again for each question.
#[derive(Debug, Clone)]
pub struct Siblings(Vec<(PathBuf, Outline)>);

impl Siblings {
    /// All of them.
    pub fn of(project: &LoadedProject) -> Siblings {
        Siblings::read(project, &BTreeSet::new())
    }

    /// What is to be said of an event of this name: none where a campaign asks for it.
    pub fn unheard(&self, event: &str) -> Option<String> {
        dsl::across::unheard(event, self.0.iter().map(|(_, outline)| outline))
    }

    /// The campaigns that take in what an event carries, though none asks for it by name: by name, with its fields.
    pub fn takers(
        &self,
        project: &LoadedProject,
        event: &str,
        carried: &[(String, String)],
    ) -> Vec<(String, Vec<String>)> {
        let campaigns = self.0.par_iter().filter(|_| !carried.is_empty());
        let taken = campaigns.filter_map(|(path, _)| {
            let meant = load_campaign_of(path, project.clone()).ok()?.meant?;
            let fields = meant.takes_in(event, carried).fields;
            (!fields.is_empty()).then(|| (meant.campaign.name.clone(), fields))
        });
        let mut taken: Vec<(String, Vec<String>)> = taken.collect();
        taken.sort();
        taken
    }

    fn read(project: &LoadedProject, but: &BTreeSet<PathBuf>) -> Siblings {
        let known = known_project(project);
        let paths = siblings(project).into_par_iter();
        let others = paths.filter_map(|path| {
            let real = real(&path);
            let outline = || sibling(&path, project, &known);
            (!but.contains(&real)).then(|| (real.clone(), outline()))
        });
        Siblings(others.collect())
    }
}

/// As [`across`], with the others as they were read; those that are asked about count as they are handed in. Of
/// lists no more than the first line is read: it is asked at every key that is typed.
pub fn across_with(
    project: &LoadedProject,
    asked: Vec<(PathBuf, Outline)>,
    siblings: &Siblings,
) -> FoundAcross {
    let own = places_of(&asked);
    held_together(project, (asked, &own), siblings, &|_| BTreeMap::new())
}

/// The numbers of whom some campaigns text, by their place among all.
type Numbers<'a> = dyn Fn(&[Outline]) -> BTreeMap<usize, Vec<u64>> + 'a;

/// `own`: where those that are asked about really are.
fn held_together(
    project: &LoadedProject,
    (asked, own): (Vec<(PathBuf, Outline)>, &BTreeSet<PathBuf>),
    siblings: &Siblings,
    numbers: &Numbers,
) -> FoundAcross {
    let known = known_project(project);
    let others = siblings.0.iter().filter(|(path, _)| !own.contains(path));
    let others = others.map(|(_, outline)| outline.clone());
    let read: BTreeSet<String> = asked.iter().flat_map(|(_, own)| own.lists().to_vec()).collect();
    let of_all = asked.is_empty();
    let named = known.lists.iter().filter(|(name, list)| {
        let is_file = !list.path.is_empty();
        is_file && (of_all || read.contains(*name) || is_closed(list, &project.folder))
    });
    let count = asked.len();
    let outlines = asked.into_iter().map(|(_, outline)| outline).chain(others);
    let mut all: Vec<(usize, Outline)> = outlines.enumerate().collect();
    all.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    let (places, campaigns): (Vec<usize>, Vec<Outline>) = all.into_iter().unzip();
    let sound = project.file.as_ref().filter(|_| project.project.is_some());
    let file = sound.map(|file| dsl::parse_project(&file.text));
    let of_texts = to_be_known(file.as_ref(), &campaigns);
    let named = named.map(|(_, list)| list).chain(of_texts);
    let named: BTreeMap<String, &ListFile> = named.map(|list| (list.key(), list)).collect();
    let headers: BTreeMap<String, Header> = named
        .into_iter()
        .map(|(key, list)| (key, header_of(list, &project.folder)))
        .collect();
    let named = file.as_ref().map(dsl::ProjectFile::named_files);
    let named = named.into_iter().flatten();
    let mut absent = absent(named.chain(to_be_looked_for(&known, &campaigns)), &project.folder);
    // A folder, or a link that leads out of the project: it is there.
    let closed = known.lists.values().filter(|list| {
        headers
            .get(&list.key())
            .is_some_and(|header| matches!(header, Header::Unreadable(_)))
    });
    for list in closed {
        absent.remove(&list.path);
    }
    if let Some(prices) = known
        .prices
        .as_ref()
        .filter(|path| is_there(path, &project.folder))
    {
        absent.remove(prices);
    }
    let found = check_across(&Whole {
        project: &known,
        file: file.as_ref(),
        campaigns: &campaigns,
        absent: &absent,
        headers: &headers,
        numbers: &numbers(&campaigns),
    });
    let mut across = FoundAcross {
        project: found.project,
        campaigns: vec![vec![]; count],
    };
    for (place, found) in places.into_iter().zip(found.campaigns) {
        if let Some(told) = across.campaigns.get_mut(place) {
            *told = found;
        }
    }
    across
}

/// What others have to do with in a campaign; its path is told as it is below the project's folder.
pub(super) fn outline(path: &Path, text: &dsl::CampaignFile, folder: &Path, project: &Project) -> Outline {
    dsl::across::outline(&below(path, folder), &stem(path), text, project)
}

/// What others have to do with in a campaign of these bytes, whatever stands in its file.
pub fn outline_of_bytes(path: &Path, bytes: &[u8], project: &LoadedProject) -> Outline {
    let parsed = dsl::parse_campaign(&dsl::decode_text(bytes).unwrap_or_default());
    outline(path, &parsed, &project.folder, &known_project(project))
}

/// One that cannot be read says nothing, and makes what all files say incomplete.
fn sibling(path: &Path, project: &LoadedProject, known: &Project) -> Outline {
    let bytes = read(path, &project.folder).unwrap_or_default();
    let parsed = dsl::parse_campaign(&dsl::decode_text(&bytes).unwrap_or_default());
    outline(path, &parsed, &project.folder, known).untold()
}

/// The campaigns of a project, wherever below its folder; what cannot be listed is passed over, and so are projects of
/// their own.
fn siblings(project: &LoadedProject) -> Vec<PathBuf> {
    let depth = if project.file.is_some() { DEPTH } else { 0 };
    let mut found = files_below(&project.folder, depth).files;
    let own = project.folder.join(PROJECT_FILE);
    let other = |path: &&PathBuf| path.ends_with(PROJECT_FILE) && **path != own;
    let others: Vec<PathBuf> = found
        .iter()
        .filter(other)
        .filter_map(|path| Some(path.parent()?.to_owned()))
        .collect();
    found.retain(|path| is_campaign(path) && !others.iter().any(|folder| path.starts_with(folder)));
    found
}

fn below(path: &Path, folder: &Path) -> String {
    let (path, folder) = (absolute(path), absolute(folder));
    let below = path.strip_prefix(&folder).unwrap_or(&path);
    below.display().to_string()
}

fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.components().collect()
}

fn places_of(asked: &[(PathBuf, Outline)]) -> BTreeSet<PathBuf> {
    asked.iter().map(|(path, _)| real(path)).collect()
}

/// One file is one, however it is named.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| absolute(path))
}
