//! What is to be said of a file: everything that `crier validate` says, of a text that is handed over with its project, so
//! that it can be found on a thread of its own while the file is asked about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dsl::diagnostic::Diagnostic;
use dsl::editor::FileKind;
use dsl::project::Project;
use dsl::{Surroundings, decode_text};
use engine::load::{self, CheckedFile, LoadedProject, Siblings};

use super::stories::Stories;

/// A file that is to be checked.
pub(in super::super) struct Check {
    pub uri: String,
    /// Of the file as it is here: what is found of another is of no use.
    pub state: u64,
    pub file: Whole,
    pub siblings: Arc<Saved>,
}

/// A file with its project.
#[derive(Clone)]
pub(in super::super) enum Whole {
    Campaign {
        path: PathBuf,
        text: String,
        project: LoadedProject,
    },
    /// A crier.yaml.
    Project(LoadedProject),
    /// What is not on the disk has nothing around it.
    Alone { text: String, kind: FileKind },
    /// What may be the stories of a campaign.
    Stories(Box<Stories>),
}

/// What was found of a file as it was then.
pub(in super::super) struct Checked {
    pub uri: String,
    pub state: u64,
    pub found: Found,
}

/// What is to be said of a file, by place.
#[derive(Debug, Default)]
pub(in super::super) struct Found {
    pub diagnostics: Vec<Diagnostic>,
    /// What is right, and cannot be run by this version.
    pub later: Vec<Diagnostic>,
    /// The file of its stories, as it was saved last, with what is to be said of that.
    pub stories: Option<CheckedFile>,
    /// Its crier.yaml, where that has errors.
    pub project: Option<CheckedFile>,
}

/// The campaigns of each project, as they were saved last: read once until something on the disk changes.
#[derive(Default)]
pub(in super::super) struct Saved {
    /// By the project's folder.
    siblings: Mutex<BTreeMap<PathBuf, Arc<Siblings>>>,
    /// By the file of their stories; none where it is of no campaign.
    by_stories: Mutex<BTreeMap<PathBuf, Option<PathBuf>>>,
}

impl Check {
    pub fn run(self) -> Checked {
        let found = match self.file {
            Whole::Campaign { path, text, project } => campaign(path, &text, project, &self.siblings),
            Whole::Project(project) => of_project(&project, &self.siblings),
            Whole::Alone { text, kind } => alone(&text, kind),
            Whole::Stories(stories) => stories.check(&self.siblings),
        };
        Checked {
            uri: self.uri,
            state: self.state,
            found,
        }
    }
}

impl Saved {
    fn of(&self, project: &LoadedProject) -> Arc<Siblings> {
        let known = || self.siblings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(its) = known().get(&project.folder) {
            return Arc::clone(its);
        }
        // Read without the lock: it may take long.
        let read = Arc::new(Siblings::of(project));
        known().insert(project.folder.clone(), Arc::clone(&read));
        read
    }

    /// The campaign whose stories a file holds.
    pub(super) fn campaign_of(&self, stories: &Path) -> Option<PathBuf> {
        let known = || self.by_stories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(campaign) = known().get(stories) {
            return campaign.clone();
        }
        let campaign = load::campaign_of_stories(stories);
        known().insert(stories.to_owned(), campaign.clone());
        campaign
    }
}

fn campaign(path: PathBuf, text: &str, project: LoadedProject, siblings: &Saved) -> Found {
    let loaded = load::campaign_of_bytes(&path, text.as_bytes(), project);
    let siblings = siblings.of(&loaded.project);
    let stories = load::stories_of(&loaded);
    let across = load::across_with(&loaded.project, vec![(path, loaded.outline)], &siblings);
    let project = loaded.project.file.filter(|file| !file.is_valid());
    let mut found = Found {
        diagnostics: loaded.file.diagnostics,
        later: loaded.file.later,
        stories,
        project,
    };
    found.diagnostics.extend(across.campaigns.into_iter().flatten());
    found.diagnostics.sort_by_key(Diagnostic::place);
    found
}

/// With what its campaigns bring about in it.
fn of_project(project: &LoadedProject, siblings: &Saved) -> Found {
    let across = load::across_with(project, vec![], &siblings.of(project)).project;
    let file = project.file.clone();
    let (mut diagnostics, later) = file
        .map(|file| (file.diagnostics, file.later))
        .unwrap_or_default();
    diagnostics.extend(across);
    diagnostics.sort_by_key(Diagnostic::place);
    Found {
        diagnostics,
        later,
        ..Found::default()
    }
}

fn alone(text: &str, kind: FileKind) -> Found {
    let text = match decode_text(text.as_bytes()) {
        Ok(text) => text,
        Err(fault) => {
            return Found {
                diagnostics: vec![fault],
                ..Found::default()
            };
        }
    };
    let (diagnostics, later) = match kind {
        FileKind::Campaign => {
            let around = Surroundings {
                project: &Project::without_file("project"),
                file_name: "untitled",
                headers: &BTreeMap::new(),
                absent: &BTreeMap::new(),
            };
            let checked = dsl::check_campaign(&dsl::parse_campaign(&text), &around);
            (checked.diagnostics, checked.later)
        }
        FileKind::Project => {
            let checked = dsl::check_project(&dsl::parse_project(&text), "project");
            (checked.diagnostics, checked.later)
        }
    };
    Found {
        diagnostics,
        later,
        ..Found::default()
    }
}
