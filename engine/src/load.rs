//! Reads a project and a campaign from files and has them checked: the walk from text to a campaign as meant, with its
//! surroundings. `check` itself sees no files; what it must know of them is read here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::apart::StoriesFile;
use dsl::diagnostic::{Diagnostic, Severity};
use dsl::project::Project;
use dsl::{Absent, Header, Surroundings};

use crate::audience::Currency;
use crate::inside;
use crate::revision::{Revision, Source};

mod across;
mod apart;
mod found;
mod headers;
mod links;
mod misnamed;
mod prices;
mod stories;
mod unread;

pub use across::{FoundAcross, Siblings, across, across_with, outline_of_bytes};
pub use apart::{Apart, ReadApart, campaign_of_stories, stories_of, stories_of_bytes, unjudged};
pub use dsl::{CAMPAIGN_ENDINGS, PROJECT_FILE};
pub use found::{Below, DEPTH, files_below, files_of_people, is_campaign};
pub use headers::Headers;
use headers::header_of;
pub use links::circles;
pub use misnamed::mistaken;
pub use unread::{project_unread, unlisted};

/// A file that was read, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    /// As the user named it, or as it was found.
    pub path: PathBuf,
    /// Its text; empty where it is none.
    pub text: String,
    /// Whether a byte-order mark stands before the text.
    pub is_marked: bool,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// What is right, and cannot be run by this version: sorted by place.
    pub later: Vec<Diagnostic>,
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
    /// Those of its prices.
    pub currencies: Arc<[Currency]>,
}

/// A campaign and its project.
#[derive(Debug, Clone)]
pub struct LoadedCampaign {
    /// Its project.
    pub project: LoadedProject,
    /// The campaign's file.
    pub file: CheckedFile,
    /// What the other campaigns of the project have to do with in it.
    pub outline: dsl::across::Outline,
    /// The file that its stories stand in; none where that is the campaign's own, or that was not read to its end.
    pub stories: Option<StoriesFile>,
    /// None when it or its project has errors, or parts that this version cannot run.
    pub revision: Option<Arc<Revision>>,
    /// None when it or its project has errors: what can be told a story of.
    pub meant: Option<Arc<Revision>>,
}

/// The folder at or above `start` that has a crier.yaml.
pub fn find_project(start: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(start).ok()?;
    let found = start
        .ancestors()
        .find(|folder| is_there(&folder.join(PROJECT_FILE)))?;
    Some(as_written(found))
}

/// A folder, below the one where the user is or above it, as the user writes paths.
fn as_written(folder: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    if let Ok(above) = here.strip_prefix(folder)
        && !above.as_os_str().is_empty()
    {
        return above.components().map(|_| "..").collect();
    }
    match folder.strip_prefix(&here) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => folder.to_owned(),
    }
}

/// Reads the project of a folder; without a crier.yaml there, one that works without.
pub fn load_project(folder: &Path) -> Result<LoadedProject, LoadError> {
    let path = folder.join(PROJECT_FILE);
    if !is_there(&path) {
        let project = Some(Arc::new(Project::without_file(&folder_name(folder))));
        return Ok(LoadedProject {
            folder: folder.into(),
            file: None,
            project,
            currencies: Arc::default(),
        });
    }
    let bytes = read(&path, folder)?;
    let (mut loaded, unreadable) = project_of(path, &bytes, folder);
    if let Some(file) = &mut loaded.file {
        file.diagnostics.extend(unreadable);
    }
    Ok(loaded)
}

/// The project of a crier.yaml that is handed in; `path` is what it is to be called, in the folder it belongs to.
pub fn project_of_bytes(path: &Path, bytes: &[u8]) -> LoadedProject {
    project_of(path.into(), bytes, parent(path)).0
}

/// With what is to be said of its prices.
fn project_of(path: PathBuf, bytes: &[u8], folder: &Path) -> (LoadedProject, Option<Diagnostic>) {
    let (text, mut diagnostics) = decode(bytes);
    let is_marked = is_marked(bytes) && diagnostics.is_empty();
    let (mut project, mut later) = (None, vec![]);
    if diagnostics.is_empty() {
        let checked = dsl::check_project(&dsl::parse_project(&text), &folder_name(folder));
        later = checked.later;
        (project, diagnostics) = (checked.value.map(Arc::new), checked.diagnostics);
    }
    let (currencies, unreadable) = match &project {
        Some(project) => prices::currencies(project, &text, folder),
        None => (vec![], None),
    };
    let loaded = LoadedProject {
        folder: folder.into(),
        file: Some(CheckedFile {
            path,
            text,
            is_marked,
            diagnostics,
            later,
        }),
        project,
        currencies: currencies.into(),
    };
    (loaded, unreadable)
}

/// Reads a campaign and its project.
pub fn load_campaign(path: &Path) -> Result<LoadedCampaign, LoadError> {
    let project = load_project(&project_folder(path))?;
    load_campaign_of(path, project)
}

/// The folder of the project that a file is of: that of the nearest crier.yaml, else its own. The file need not be there.
pub fn project_folder(path: &Path) -> PathBuf {
    let own = parent(path);
    find_project(own).unwrap_or_else(|| own.to_owned())
}

fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Reads a campaign of a project that was read already.
pub fn load_campaign_of(path: &Path, project: LoadedProject) -> Result<LoadedCampaign, LoadError> {
    load_campaign_with(path, project, &Headers::default())
}

/// As [`load_campaign_of`]. `headers`: as campaigns of the project before it read them.
pub fn load_campaign_with(
    path: &Path,
    project: LoadedProject,
    headers: &Headers,
) -> Result<LoadedCampaign, LoadError> {
    let bytes = read(path, &project.folder)?;
    Ok(campaign_with(path, &bytes, project, headers))
}

/// A campaign that is handed in; `path` is what it is to be called, and need not be there.
pub fn campaign_of_bytes(path: &Path, bytes: &[u8], project: LoadedProject) -> LoadedCampaign {
    campaign_with(path, bytes, project, &Headers::default())
}

/// As [`campaign_of_bytes`]. `headers`: as campaigns of the project before it read them.
pub fn campaign_with(path: &Path, bytes: &[u8], project: LoadedProject, headers: &Headers) -> LoadedCampaign {
    let (text, diagnostics) = decode(bytes);
    let mut file = CheckedFile {
        path: path.into(),
        text,
        is_marked: is_marked(bytes) && diagnostics.is_empty(),
        diagnostics,
        later: vec![],
    };
    let mut revision = None;
    let judged = file.diagnostics.is_empty() && !is_newer(&project);
    let parsed = dsl::parse_campaign(if judged { &file.text } else { "" });
    let meant = known_project(&project);
    let outline = across::outline(path, &parsed, &project.folder, &meant);
    if judged {
        let source = Source {
            file_stem: stem(path),
            campaign: file.text.clone(),
            folder: folder_name(&project.folder),
            project: project.file.as_ref().map(|file| file.text.clone()),
            headers: BTreeMap::new(),
        };
        // With a broken crier.yaml the campaign's own errors are told all the same, and it is not run.
        let headers = headers.of(&parsed, &meant, &project.folder);
        (revision, file.diagnostics, file.later) = check(source, &parsed, &meant, &project.folder, &headers);
        let of_budget = prices::of_other_currencies(&parsed, &project.currencies);
        if of_budget.is_some() {
            revision = None;
            file.diagnostics.extend(of_budget);
        }
        let misnamed = misnamed::told(path, &parsed, &project);
        // What is to be made of its name is told once.
        let of_name = |found: &Diagnostic| {
            misnamed
                .iter()
                .any(|told| told.code == found.code && told.span == found.span)
                || (misnamed::is_of_project(path) && !misnamed.is_empty())
        };
        file.diagnostics.retain(|found| !of_name(found));
        if project.project.is_none() || !misnamed.is_empty() {
            revision = None;
            let file_of_project = project.file.as_ref();
            let wrong =
                file_of_project.map(|file| dsl::parse_project(&file.text).faulty_keys(&file.diagnostics));
            file.diagnostics
                .retain(|diagnostic| !follows(diagnostic, wrong.as_ref()));
        }
        file.diagnostics.extend(misnamed);
        let denied = unread::named(&parsed, &project.folder);
        if !denied.is_empty() {
            revision = None;
            file.diagnostics.extend(denied);
            file.diagnostics.sort_by_key(Diagnostic::place);
        }
    }
    if let Some(revision) = &revision {
        let stories = stories::impossible(revision, &file.diagnostics);
        if !stories.is_empty() {
            file.diagnostics.extend(stories);
            file.diagnostics.sort_by_key(|found| found.span.start);
        }
    }
    let waits = |file: &CheckedFile| !file.later.is_empty();
    let waits = waits(&file) || project.file.as_ref().is_some_and(waits);
    let meant = revision.map(Arc::new);
    LoadedCampaign {
        stories: parsed.stories_file().filter(|_| parsed.is_whole()),
        project,
        file,
        outline,
        revision: meant.clone().filter(|_| !waits),
        meant,
    }
}

/// Whether crier.yaml is written in a language that this program does not know yet, and its campaigns with it.
fn is_newer(loaded: &LoadedProject) -> bool {
    let file = loaded.file.as_ref().filter(|_| loaded.project.is_none());
    file.is_some_and(|file| dsl::parse_project(&file.text).is_newer())
}

/// Codes that a fault of crier.yaml brings about in its campaigns, and the keys of it where that lies: while one of them
/// has a fault they are not told, since one cause is one diagnostic.
const FROM_PROJECT: [(&str, &[&str]); 11] = [
    ("budget-without-prices", &["prices"]),
    ("consent-of-other-kind", &["lists", "policy"]),
    ("language-missing", &["languages"]),
    ("language-unlisted", &["languages"]),
    ("marketing-unguarded", &["lists", "policy", "providers"]),
    ("nobody-consents", &["lists", "policy"]),
    ("sender-cannot-receive", &["sender", "senders"]),
    ("sender-missing", &["sender", "senders"]),
    ("unknown-inbox", &["inboxes"]),
    ("unknown-list", &["lists"]),
    ("unknown-sender", &["sender", "senders"]),
];

/// Whether a finding follows from what is wrong with crier.yaml: faults under these keys. Without them it may be anywhere.
fn follows(found: &Diagnostic, wrong: Option<&dsl::FaultyKeys>) -> bool {
    let Some((_, keys)) = FROM_PROJECT.iter().find(|(code, _)| *code == found.code) else {
        return false;
    };
    match wrong {
        Some(dsl::FaultyKeys::These(wrong)) => keys.iter().any(|key| wrong.contains(*key)),
        Some(dsl::FaultyKeys::Any) | None => true,
    }
}

/// The project as meant; of a crier.yaml that has errors, what can be made out of it, which is never to be run.
pub fn known_project(loaded: &LoadedProject) -> Arc<Project> {
    let outline = || {
        let text = loaded.file.as_ref().map_or("", |file| file.text.as_str());
        Arc::new(dsl::outline_project(
            &dsl::parse_project(text),
            &folder_name(&loaded.folder),
        ))
    };
    loaded.project.clone().unwrap_or_else(outline)
}

fn check(
    mut source: Source,
    parsed: &dsl::CampaignFile,
    project: &Project,
    folder: &Path,
    headers: &BTreeMap<String, Header>,
) -> (Option<Revision>, Vec<Diagnostic>, Vec<Diagnostic>) {
    let lists = parsed.files(project).into_iter();
    let no_lists = lists.filter(|list| headers.get(&list.key()) == Some(&Header::Absent));
    let named = no_lists.map(|list| list.path).chain(parsed.named_files());
    let surroundings = Surroundings {
        project,
        file_name: &source.file_stem,
        headers,
        absent: &absent(named, folder),
    };
    let checked = dsl::check_campaign(parsed, &surroundings);
    source.headers = headers
        .iter()
        .filter_map(|(path, header)| match header {
            Header::Columns(columns) => Some((path.clone(), columns.clone())),
            Header::Unreadable(_) | Header::Absent => None,
        })
        .collect();
    (
        checked.value.map(|campaign| Revision::new(campaign, source)),
        checked.diagnostics,
        checked.later,
    )
}

/// Those of some files of a project that are not there, or are none of its files: folders, pipes, links that lead out of it.
/// Each with those that are in its folder. One that cannot be read is there.
pub fn absent(files: impl IntoIterator<Item = String>, folder: &Path) -> Absent {
    let is_absent = |path: &String| {
        let opened = inside::open(&folder.join(path), folder);
        opened.is_err_and(|error| !inside::is_there(&error))
    };
    let absent = files.into_iter().filter(is_absent);
    absent
        .map(|path| (path.clone(), inside::beside(&path, folder)))
        .collect()
}

/// The files that a campaign names, as paths below the project's folder, as far as they can be known: its lists, media and
/// stories.
pub fn files_of(path: &Path, project: &LoadedProject) -> Result<Vec<PathBuf>, LoadError> {
    let (text, _) = decode(&read(path, &project.folder)?);
    let parsed = dsl::parse_campaign(&text);
    let lists = parsed.files(&known_project(project)).into_iter();
    let all = lists.map(|list| list.path).chain(parsed.named_files());
    Ok(all.map(|path| project.folder.join(path)).collect())
}

/// The files that the crier.yaml of a project names, as paths below its folder.
pub fn files_of_project(project: &LoadedProject) -> Vec<PathBuf> {
    let text = project.file.as_ref().map_or("", |file| file.text.as_str());
    let named = dsl::parse_project(text).named_files().into_iter();
    named.map(|path| project.folder.join(path)).collect()
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
        absent: &BTreeMap::new(),
    };
    let campaign = dsl::check_campaign(&parsed, &surroundings).value?;
    Some((Arc::new(project), Arc::new(Revision::new(campaign, source))))
}

/// The text of a file; or the one diagnostic that says why it is none, with what can be shown of it.
fn decode(bytes: &[u8]) -> (String, Vec<Diagnostic>) {
    match dsl::decode_text(bytes) {
        Ok(text) => (text, vec![]),
        Err(diagnostic) if bytes.len() > dsl::LARGEST_FILE => (String::new(), vec![diagnostic]),
        // What comes before the first byte that is no UTF-8 stands as it is, so that the place of that byte does too.
        Err(diagnostic) => (String::from_utf8_lossy(bytes).into_owned(), vec![diagnostic]),
    }
}

/// Whether the bytes of a text begin with a byte-order mark, which the text lacks.
fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with("\u{feff}".as_bytes())
}

/// The bytes of a file that a project names, no more than show that it is too large. Errors: as of [`bytes_of`].
pub fn bytes_in(path: &Path, project: &LoadedProject) -> Result<Vec<u8>, LoadError> {
    read(path, &project.folder)
}

/// The bytes of a campaign or a crier.yaml, no more than show that it is too large. Errors: it cannot be read, is no file,
/// or is a link that leads out of its project.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, LoadError> {
    read(path, &project_folder(path))
}

/// Whether there is something of that name, be it a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The bytes of a file of a project, no more than show that it is too large.
fn read(path: &Path, folder: &Path) -> Result<Vec<u8>, LoadError> {
    let bytes = inside::open(path, folder).and_then(bounded);
    bytes.map_err(|source| LoadError {
        path: path.into(),
        source,
    })
}

/// Reads no more than shows that a file is too large.
pub fn bounded(from: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = vec![];
    from.take(dsl::LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of a folder; `project` where it has none.
pub fn folder_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(
        || "project".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// `hello` of `campaigns/hello.campaign.yaml`.
pub fn stem(path: &Path) -> String {
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
