//! Files that are passed over for how their names are written: crier.yaml with another ending or in other letters, and
//! campaigns whose ending is not in small letters. A disk may tell letters apart, and so do repositories.

use std::path::{Path, PathBuf};

use dsl::CampaignFile;
use dsl::diagnostic::Diagnostic;

use super::{CAMPAIGN_ENDINGS, LoadedProject, PROJECT_FILE, is_campaign, is_there, parent};

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
        Diagnostic::error("bad-name", at(), message).help(format!("rename it to {stem}{ending}"))
    });
    of_project.into_iter().chain(of_campaign).collect()
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
