//! The files that are open, as the editor has them, and what is known of each with its project. A file is read and checked
//! once for each change; a change of crier.yaml, open or not, is one of all its campaigns.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::diagnostic::Diagnostic;
use dsl::editor::position::{Lines, Place, replaced};
use dsl::editor::{Around, Document, File, FileKind, Price};
use dsl::project::Project;
use dsl::{CampaignFile, Header, ProjectFile, Surroundings};
use engine::audience::Prices;
use engine::load::{self, CAMPAIGN_ENDINGS, LoadedProject, PROJECT_FILE, Siblings};
use url::Url;

/// Bytes that an open file may have at most: of a longer one nothing is kept, and it is said once.
const LONGEST: usize = 16 << 20;

/// All of them, by their URI.
#[derive(Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Open>,
    /// Those of which the diagnostics are to be told.
    stale: BTreeSet<String>,
    /// The campaigns of each project, by its folder, as they were saved last.
    siblings: RefCell<BTreeMap<PathBuf, Arc<Siblings>>>,
}

struct Open {
    text: String,
    version: i32,
    /// None where it is not on the disk.
    path: Option<PathBuf>,
    kind: FileKind,
    known: Option<Known>,
}

/// What is known of a file.
pub(super) struct Known {
    /// As it was read; empty where it cannot be.
    pub text: String,
    pub lines: Lines,
    pub diagnostics: Vec<Diagnostic>,
    /// What is right, and cannot be run by this version.
    pub later: Vec<Diagnostic>,
    pub version: i32,
    /// Of a campaign its file name without its endings, of a crier.yaml its folder's.
    pub name: String,
    parsed: Parsed,
    project: Arc<Project>,
    crier_yaml: Option<CrierYaml>,
    headers: BTreeMap<String, Header>,
    price: Option<Price>,
}

enum Parsed {
    Campaign(Box<CampaignFile>),
    Project(Box<ProjectFile>),
}

/// The crier.yaml that a campaign is of.
pub(super) struct CrierYaml {
    pub uri: Option<String>,
    pub text: String,
    pub lines: Lines,
    file: ProjectFile,
}

/// A change of a file.
pub(super) struct Change {
    /// What is replaced; none: all.
    pub range: Option<(Place, Place)>,
    pub text: String,
}

impl Documents {
    pub fn open(&mut self, uri: String, version: i32, text: String) {
        let path = path_of(&uri);
        let Some(kind) = kind_of(&uri) else {
            return;
        };
        // Editors do not count the mark.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let text = bounded(text);
        let open = Open {
            text,
            version,
            path,
            kind,
            known: None,
        };
        self.open.insert(uri.clone(), open);
        self.touched(&uri);
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Vec<Change>) {
        let Some(open) = self.open.get_mut(uri) else {
            return;
        };
        for change in changes {
            let text = match change.range {
                None => change.text,
                Some((from, to)) => replaced(&open.text, from, to, &change.text),
            };
            open.text = bounded(text);
        }
        (open.version, open.known) = (version, None);
        self.touched(uri);
    }

    /// Whether it was open.
    pub fn close(&mut self, uri: &str) -> bool {
        let was_open = self.open.contains_key(uri);
        self.touched(uri);
        self.open.remove(uri);
        self.stale.remove(uri);
        was_open
    }

    /// Something on the disk is not as it was: everything is looked at again.
    pub fn outdated(&mut self) {
        self.siblings.get_mut().clear();
        for (uri, open) in &mut self.open {
            open.known = None;
            self.stale.insert(uri.clone());
        }
    }

    /// The files whose diagnostics are to be told, once each.
    pub fn stale(&mut self) -> Vec<String> {
        std::mem::take(&mut self.stale).into_iter().collect()
    }

    /// What is known of a file; none where it is not open, or none of ours.
    pub fn known(&mut self, uri: &str) -> Option<&Known> {
        if self.open.get(uri)?.known.is_none() {
            let known = self.look_at(self.open.get(uri)?);
            self.open.get_mut(uri)?.known = Some(known);
        }
        self.open.get(uri)?.known.as_ref()
    }

    fn touched(&mut self, uri: &str) {
        self.stale.insert(uri.to_owned());
        let is_project = self
            .open
            .get(uri)
            .is_some_and(|open| open.kind == FileKind::Project);
        if is_project {
            self.outdated();
        }
    }

    fn look_at(&self, open: &Open) -> Known {
        match (&open.path, open.kind) {
            (Some(path), FileKind::Campaign) => self.campaign(open, path),
            (Some(path), FileKind::Project) => {
                let loaded = load::project_of_bytes(path, open.text.as_bytes());
                let across = load::across_with(&loaded, vec![], &self.siblings(&loaded)).project;
                project(open, &loaded, across)
            }
            (None, kind) => alone(open, kind),
        }
    }

    fn campaign(&self, open: &Open, path: &Path) -> Known {
        let (loaded, crier_yaml) = self.project_of(path);
        let project = load::known_project(&loaded);
        let folder = loaded.folder.clone();
        let loaded = load::campaign_of_bytes(path, open.text.as_bytes(), loaded);
        let siblings = self.siblings(&loaded.project);
        let asked = vec![(path.to_owned(), loaded.outline)];
        let across = load::across_with(&loaded.project, asked, &siblings).campaigns;
        let mut checked = loaded.file;
        checked.diagnostics.extend(across.into_iter().flatten());
        checked.diagnostics.sort_by_key(Diagnostic::place);
        let parsed = dsl::parse_campaign(&checked.text);
        Known {
            lines: Lines::new(&checked.text),
            diagnostics: checked.diagnostics,
            later: checked.later,
            version: open.version,
            name: load::stem(path),
            headers: load::headers(&parsed, &project, &folder),
            price: price(&project, &folder),
            text: checked.text,
            parsed: Parsed::Campaign(Box::new(parsed)),
            project,
            crier_yaml,
        }
    }

    /// The campaigns of a project, read once until something on the disk changes.
    fn siblings(&self, project: &LoadedProject) -> Arc<Siblings> {
        let mut known = self.siblings.borrow_mut();
        let its = known.entry(project.folder.clone());
        Arc::clone(its.or_insert_with(|| Arc::new(Siblings::of(project))))
    }

    /// The project of a campaign, as it stands in the editor where crier.yaml is open there.
    fn project_of(&self, path: &Path) -> (LoadedProject, Option<CrierYaml>) {
        let folder = absolute(&load::project_folder(path));
        let mut open: Vec<(&String, &Open, &Path)> = self
            .open
            .iter()
            .filter_map(|(uri, open)| {
                let parent = open.path.as_deref()?.parent()?;
                let concerns =
                    open.kind == FileKind::Project && path.starts_with(parent) && parent.starts_with(&folder);
                concerns.then_some((uri, open, parent))
            })
            .collect();
        open.sort_by_key(|(_, _, parent)| parent.components().count());
        let (loaded, uri) = match open.last() {
            Some((uri, open, parent)) => {
                let path = parent.join(PROJECT_FILE);
                (
                    load::project_of_bytes(&path, open.text.as_bytes()),
                    Some((*uri).clone()),
                )
            }
            None => {
                let loaded = load::load_project(&folder).unwrap_or_else(|_| without(&folder));
                (
                    loaded,
                    Url::from_file_path(folder.join(PROJECT_FILE))
                        .ok()
                        .map(String::from),
                )
            }
        };
        let crier_yaml = loaded.file.as_ref().map(|file| CrierYaml {
            uri,
            lines: Lines::new(&file.text),
            file: dsl::parse_project(&file.text),
            text: file.text.clone(),
        });
        (loaded, crier_yaml)
    }
}

impl Known {
    /// What its crier.yaml is, where it has one.
    pub fn crier_yaml(&self) -> Option<&CrierYaml> {
        self.crier_yaml.as_ref()
    }

    /// Asks about the file.
    pub fn ask<T>(&self, ask: impl FnOnce(&Document<'_>) -> T) -> T {
        let around = Around {
            project: &self.project,
            crier_yaml: self
                .crier_yaml
                .as_ref()
                .map(|yaml| (yaml.text.as_str(), &yaml.file)),
            headers: &self.headers,
            price: self.price.as_ref(),
        };
        let file = match &self.parsed {
            Parsed::Campaign(file) => File::Campaign(file),
            Parsed::Project(file) => File::Project(file),
        };
        ask(&Document {
            text: &self.text,
            file,
            around: &around,
        })
    }

    /// The byte of a place.
    pub fn byte(&self, place: Place) -> usize {
        self.lines.byte(&self.text, place)
    }
}

/// `across` is what its campaigns bring about in it.
fn project(open: &Open, loaded: &LoadedProject, across: Vec<Diagnostic>) -> Known {
    let file = loaded.file.clone();
    let (text, mut diagnostics, later) = match file {
        Some(file) => (file.text, file.diagnostics, file.later),
        None => (open.text.clone(), vec![], vec![]),
    };
    diagnostics.extend(across);
    diagnostics.sort_by_key(Diagnostic::place);
    Known {
        lines: Lines::new(&text),
        diagnostics,
        later,
        version: open.version,
        name: load::folder_name(&loaded.folder),
        parsed: Parsed::Project(Box::new(dsl::parse_project(&text))),
        text,
        project: load::known_project(loaded),
        crier_yaml: None,
        headers: BTreeMap::new(),
        price: None,
    }
}

/// A file that is not on the disk: there is nothing around it.
fn alone(open: &Open, kind: FileKind) -> Known {
    let none = BTreeMap::new();
    let (text, faults) = match dsl::decode_text(open.text.as_bytes()) {
        Ok(text) => (text, vec![]),
        Err(found) => (String::new(), vec![found]),
    };
    let (parsed, project, checked) = match kind {
        FileKind::Campaign => {
            let (file, project) = (dsl::parse_campaign(&text), Project::without_file("project"));
            let around = Surroundings {
                project: &project,
                file_name: "untitled",
                headers: &none,
                absent: &BTreeSet::new(),
            };
            let checked = dsl::check_campaign(&file, &around);
            (
                Parsed::Campaign(Box::new(file)),
                project,
                (checked.diagnostics, checked.later),
            )
        }
        FileKind::Project => {
            let file = dsl::parse_project(&text);
            let checked = dsl::check_project(&file, "project");
            let project = dsl::outline_project(&file, "project");
            (
                Parsed::Project(Box::new(file)),
                project,
                (checked.diagnostics, checked.later),
            )
        }
    };
    let (found, later) = checked;
    Known {
        lines: Lines::new(&text),
        diagnostics: if faults.is_empty() { found } else { faults },
        later,
        version: open.version,
        name: "untitled".to_owned(),
        text,
        parsed,
        project: Arc::new(project),
        crier_yaml: None,
        headers: none,
        price: None,
    }
}

fn without(folder: &Path) -> LoadedProject {
    LoadedProject {
        folder: folder.to_owned(),
        file: None,
        project: Some(Arc::new(Project::without_file("project"))),
    }
}

/// What a part costs in the project's region.
fn price(project: &Project, folder: &Path) -> Option<Price> {
    let region = project.region?;
    let prices = Prices::read(folder, project.prices.as_ref()?).ok()?;
    let (amount, currency) = prices.price(region)?;
    Some(Price {
        country: region.to_string(),
        amount,
        currency: currency.to_string(),
    })
}

/// What the file is by its name; none: not ours.
fn kind_of(uri: &str) -> Option<FileKind> {
    let name = uri.split(['?', '#']).next()?.rsplit(['/', ':', '\\']).next()?;
    if name == PROJECT_FILE {
        return Some(FileKind::Project);
    }
    CAMPAIGN_ENDINGS
        .iter()
        .any(|ending| name.ends_with(ending))
        .then_some(FileKind::Campaign)
}

fn path_of(uri: &str) -> Option<PathBuf> {
    let url = Url::parse(uri).ok()?;
    (url.scheme() == "file")
        .then(|| url.to_file_path().ok())
        .flatten()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A text that is far too long is as good as one that is too long, and takes no room.
fn bounded(mut text: String) -> String {
    if text.len() > LONGEST {
        text.clear();
        text.extend(std::iter::repeat_n(' ', dsl::LARGEST_FILE + 1));
    }
    text
}
