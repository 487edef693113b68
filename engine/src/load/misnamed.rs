//! Files that are passed over for how their names are written: crier.yaml with another ending or in other letters, and
//! campaigns whose ending is not in small letters. A disk may tell letters apart, and so do repositories.

use std::path::{Path, PathBuf};

use dsl::CampaignFile;
use dsl::diagnostic::Diagnostic;

use super::{
    CAMPAIGN_ENDINGS, CheckedFile, LoadedProject, PROJECT_FILE, bytes_of, decode, is_campaign, is_there,
    parent,
};

/// What some call the file of a project.
const OF_PROJECTS: [&str; 9] = [
    "crier.yml",
    "Crier.yaml",
    "Crier.yml",
    "CRIER.yaml",
    "CRIER.yml",
    "CRIER.YAML",
    "CRIER.YML",
    "crier.YAML",
    "crier.YML",
];

/// What is wrong with the name of a campaign's file, and with that of its project's.
pub(super) fn told(path: &Path, parsed: &CampaignFile, project: &LoadedProject) -> Vec<Diagnostic> {
    let at = || parsed.written().first_key.clone();
    let other = project.file.is_none().then(|| file_of_project(path)).flatten();
    let of_project = other.map(|other| {
        let other = other.display();
        let message = format!("\"{other}\" is not read: the file of a project is called {PROJECT_FILE}");
        Diagnostic::error("file-missing", at(), message).help(format!("rename it to {PROJECT_FILE}"))
    });
    let of_campaign = is_misnamed(path).then(|| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = CAMPAIGN_ENDINGS[0];
        let message = format!("\"{name}\" is passed over: the files of campaigns end in {ending}");
        let stem = name.rsplitn(3, '.').nth(2).unwrap_or_default();
        // The campaign is called as its file is, where nothing else is said.
        let stem = match parsed.written().name {
            Some(_) => stem.to_owned(),
            None => dsl::slug(stem),
        };
        Diagnostic::error("bad-name", at(), message).help(format!("rename it to {stem}{ending}"))
    });
    of_project.into_iter().chain(of_campaign).collect()
}

/// Whether it is the file of a project, by another name.
pub(super) fn is_of_project(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    OF_PROJECTS.iter().any(|other| name == *other)
}

/// Bytes of a file that is looked at for what it may be, at most.
const MOST: usize = 64 << 10;

/// A YAML file that is passed over for its name and has the look of a campaign, with that as what is said of it.
pub fn mistaken(path: &Path) -> Option<CheckedFile> {
    let length = path.metadata().ok()?.len();
    let bytes = (length <= MOST as u64).then(|| bytes_of(path).ok())??;
    let (text, faults) = decode(&bytes);
    if !faults.is_empty() || !looks_like_campaign(&text) {
        return None;
    }
    let (start, key) = first_column(&text).next()?;
    let first = start..start + key.len();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = (name.rsplit_once('.')?.0, CAMPAIGN_ENDINGS[0]);
    let message = format!("\"{name}\" is passed over: the files of campaigns end in {ending}");
    let found = Diagnostic::warning("bad-name", first, message)
        .label("is this a campaign?")
        .help(format!("rename it to {}{ending}", dsl::slug(stem)));
    Some(CheckedFile {
        path: path.to_owned(),
        is_marked: bytes.len() > text.len(),
        text,
        diagnostics: vec![found],
        later: vec![],
    })
}

/// The keys in the first column, each with where it begins.
fn first_column(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        start += line.len();
        (start - line.len(), line)
    });
    lines.filter_map(|(start, line)| {
        let key = line.split_once(':')?.0;
        let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        is_key.then_some((start, key))
    })
}

/// People and what they get: no other file has both.
fn looks_like_campaign(text: &str) -> bool {
    let has = |names: [&str; 2]| first_column(text).any(|(_, key)| names.contains(&key));
    has(["audience", "trigger"]) && has(["message", "steps"])
}

/// Whether it would have the name of a campaign in small letters.
pub(super) fn is_misnamed(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    name.is_some_and(|name| is_campaign(Path::new(&name))) && !is_campaign(path)
}

/// The file of a project that has another name, at or above a campaign that has none.
fn file_of_project(campaign: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(parent(campaign)).ok()?;
    let mut all = folder
        .ancestors()
        .flat_map(|folder| OF_PROJECTS.map(|name| folder.join(name)));
    let other = all.find(|path| is_there(path))?;
    let here = std::env::current_dir().ok()?;
    Some(other.strip_prefix(&here).map_or(other.clone(), Path::to_owned))
}
