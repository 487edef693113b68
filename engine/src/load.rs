//! Reads a project and a campaign from files and has them checked: the walk from text to a campaign as meant, with its
//! surroundings. `check` itself sees no files; what it must know of them is read here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::diagnostic::{Diagnostic, Severity};
use dsl::project::{ListFile, Project};
use dsl::{Header, Surroundings};

use crate::audience;
use crate::revision::{Revision, Source};

/// The project's file.
pub const PROJECT_FILE: &str = "crier.yaml";
/// How a campaign's file ends.
pub const CAMPAIGN_ENDINGS: [&str; 2] = [".campaign.yaml", ".campaign.yml"];

/// A file that was read, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    /// As the user named it, or as it was found.
    pub path: PathBuf,
    /// Its text; empty where it is none.
    pub text: String,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl CheckedFile {
    /// Whether it can be used.
    pub fn is_valid(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}")]
pub struct LoadError {
    /// Which.
    path: PathBuf,
    /// The system's word.
    source: std::io::Error,
}

/// A project as it stands in its folder.
#[derive(Debug, Clone)]
pub struct LoadedProject {
    /// The folder that paths are relative to.
    pub folder: PathBuf,
    /// crier.yaml, where there is one.
    pub file: Option<CheckedFile>,
    /// None when crier.yaml has errors.
    pub project: Option<Arc<Project>>,
}

/// A campaign and its project.
#[derive(Debug, Clone)]
pub struct LoadedCampaign {
    /// Its project.
    pub project: LoadedProject,
    /// The campaign's file.
    pub file: CheckedFile,
    /// None when it has errors, or its project has.
    pub revision: Option<Arc<Revision>>,
}

/// The folder at or above `start` that has a crier.yaml.
pub fn find_project(start: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(start).ok()?;
    let found = start
        .ancestors()
        .find(|folder| folder.join(PROJECT_FILE).is_file())?;
    // As the user writes paths, where that is shorter.
    let here = std::env::current_dir().ok()?;
    Some(match found.strip_prefix(&here) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => found.to_owned(),
    })
}

/// Reads the project of a folder; without a crier.yaml there, one that works without.
pub fn load_project(folder: &Path) -> Result<LoadedProject, LoadError> {
    let path = folder.join(PROJECT_FILE);
    if !path.is_file() {
        let project = Some(Arc::new(Project::without_file(&folder_name(folder))));
        return Ok(LoadedProject {
            folder: folder.into(),
            file: None,
            project,
        });
    }
    let (text, mut diagnostics) = read(&path)?;
    let mut project = None;
    if diagnostics.is_empty() {
        let checked = dsl::check_project(&dsl::parse_project(&text), &folder_name(folder));
        (project, diagnostics) = (checked.value.map(Arc::new), checked.diagnostics);
    }
    Ok(LoadedProject {
        folder: folder.into(),
        file: Some(CheckedFile {
            path,
            text,
            diagnostics,
        }),
        project,
    })
}

/// Reads a campaign and its project.
pub fn load_campaign(path: &Path) -> Result<LoadedCampaign, LoadError> {
    let own = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder = find_project(own).unwrap_or_else(|| own.to_owned());
    let project = load_project(&folder)?;
    load_campaign_of(path, project)
}

/// Reads a campaign of a project that was read already.
pub fn load_campaign_of(path: &Path, project: LoadedProject) -> Result<LoadedCampaign, LoadError> {
    let (text, diagnostics) = read(path)?;
    let mut file = CheckedFile {
        path: path.into(),
        text,
        diagnostics,
    };
    let mut revision = None;
    if file.diagnostics.is_empty() {
        let source = Source {
            file_stem: stem(path),
            campaign: file.text.clone(),
            folder: folder_name(&project.folder),
            project: project.file.as_ref().map(|file| file.text.clone()),
            headers: BTreeMap::new(),
        };
        // With a broken crier.yaml the campaign's own errors are told all the same, and it is not run.
        let meant = project
            .project
            .clone()
            .unwrap_or_else(|| Arc::new(outline(&source)));
        (revision, file.diagnostics) = check(source, &meant, &project.folder);
        if project.project.is_none() {
            revision = None;
            file.diagnostics
                .retain(|diagnostic| !FROM_PROJECT.contains(&diagnostic.code));
        }
    }
    Ok(LoadedCampaign {
        project,
        file,
        revision: revision.map(Arc::new),
    })
}

/// Codes that a fault of crier.yaml brings about in its campaigns: while it has any they are not told, since one cause
/// is one diagnostic.
const FROM_PROJECT: [&str; 7] = [
    "language-missing",
    "language-unlisted",
    "sender-cannot-receive",
    "sender-missing",
    "unknown-inbox",
    "unknown-list",
    "unknown-sender",
];

fn outline(source: &Source) -> Project {
    let text = source.project.as_deref().unwrap_or_default();
    dsl::outline_project(&dsl::parse_project(text), &source.folder)
}

fn check(mut source: Source, project: &Project, folder: &Path) -> (Option<Revision>, Vec<Diagnostic>) {
    let parsed = dsl::parse_campaign(&source.campaign);
    let headers = parsed
        .files(project)
        .into_iter()
        .map(|list| header_of(&list, folder))
        .collect();
    let surroundings = Surroundings {
        project,
        file_name: &source.file_stem,
        headers: &headers,
    };
    let checked = dsl::check_campaign(&parsed, &surroundings);
    source.headers = headers
        .into_iter()
        .filter_map(|(path, header)| match header {
            Header::Columns(columns) => Some((path, columns)),
            Header::Unreadable(_) | Header::Absent => None,
        })
        .collect();
    (
        checked.value.map(|campaign| Revision::new(campaign, source)),
        checked.diagnostics,
    )
}

fn header_of(list: &ListFile, folder: &Path) -> (String, Header) {
    let path = folder.join(&list.path);
    let header = match path.exists() {
        false => Header::Absent,
        true => audience::header(&path).map_or_else(
            |error| Header::Unreadable(format!("{}; {}", error.problem, error.help())),
            Header::Columns,
        ),
    };
    (list.path.clone(), header)
}

/// Makes a project and a campaign again from the source that a launch is pinned to; none when this version of the
/// language no longer takes it.
pub fn from_source(source: Source) -> Option<(Arc<Project>, Arc<Revision>)> {
    let project = match &source.project {
        Some(text) => dsl::check_project(&dsl::parse_project(text), &source.folder).value?,
        None => Project::without_file(&source.folder),
    };
    let parsed = dsl::parse_campaign(&source.campaign);
    let headers = source
        .headers
        .iter()
        .map(|(path, columns)| (path.clone(), Header::Columns(columns.clone())));
    let headers = headers.collect();
    let surroundings = Surroundings {
        project: &project,
        file_name: &source.file_stem,
        headers: &headers,
    };
    let campaign = dsl::check_campaign(&parsed, &surroundings).value?;
    Some((Arc::new(project), Arc::new(Revision::new(campaign, source))))
}

/// The text of a file; or the one diagnostic that says why it is none.
fn read(path: &Path) -> Result<(String, Vec<Diagnostic>), LoadError> {
    let bytes = read_bounded(path).map_err(|source| LoadError {
        path: path.into(),
        source,
    })?;
    Ok(match dsl::decode_text(&bytes) {
        Ok(text) => (text, vec![]),
        Err(diagnostic) => (String::new(), vec![diagnostic]),
    })
}

/// Reads no more than shows that a file is too large.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = vec![];
    std::fs::File::open(path)?
        .take(dsl::LARGEST_FILE as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn folder_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(
        || "project".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// `hello` of `campaigns/hello.campaign.yaml`.
fn stem(path: &Path) -> String {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let ending = CAMPAIGN_ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    ending
        .map(str::to_owned)
        .unwrap_or_else(|| name.split('.').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests;
