//! Files of stories that are open. The text in the editor is checked, and asked about, with the campaign that names it, as
//! that stands in the editor where it is open too. Any YAML file may be one: of which campaign is found when it is checked.

use std::collections::BTreeSet;
use std::ops::Range as Bytes;
use std::path::{Path, PathBuf};

use dsl::diagnostic::Diagnostic;
use dsl::editor::{actions, rename};
use engine::load::{self, CheckedFile, LoadedProject};
use url::Url;

use super::check::{Check, Checked, Found, Saved, Whole};
use super::{Change, Documents, Known, absolute, bounded, is_same, path_of};

/// A YAML file that is neither a campaign nor a crier.yaml.
pub(super) struct OpenStories {
    text: String,
    version: i32,
    path: PathBuf,
    /// Which of all changes made it what it is.
    state: u64,
    /// None: not looked at since. In it none: of no campaign.
    known: Option<Option<Box<Known>>>,
    found: Option<CheckedFile>,
}

/// A text that may be the stories of a campaign.
#[derive(Clone)]
pub(in super::super) struct Stories {
    path: PathBuf,
    text: String,
    project: (LoadedProject, Option<String>),
    /// The campaigns in the editor that may name such a file.
    naming: Vec<Naming>,
    /// All campaigns in the editor: what the disk has of them does not count.
    open: BTreeSet<PathBuf>,
}

/// A campaign in the editor.
#[derive(Clone)]
struct Naming {
    uri: String,
    path: PathBuf,
    text: String,
    project: (LoadedProject, Option<String>),
}

/// The campaign that stories are of.
pub(in super::super) struct Of {
    pub uri: String,
    pub path: PathBuf,
    pub text: String,
    /// The key that names the stories, with its value.
    pub key: Bytes<usize>,
    pub project: LoadedProject,
    /// The URI of its crier.yaml.
    pub crier_yaml: Option<String>,
}

impl Documents {
    pub(super) fn open_stories(&mut self, uri: String, version: i32, text: String) {
        let name = uri.split(['?', '#']).next().unwrap_or_default();
        let Some(path) = path_of(&uri).filter(|_| name.ends_with(".yaml") || name.ends_with(".yml")) else {
            return;
        };
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let open = OpenStories {
            text: bounded(text),
            version,
            path,
            state: 0,
            known: None,
            found: None,
        };
        self.stories.insert(uri.clone(), open);
        self.stories_changed(&uri);
    }

    pub(super) fn change_stories(&mut self, uri: &str, version: i32, changes: Vec<Change>) {
        let Some(open) = self.stories.get_mut(uri) else {
            return;
        };
        changes
            .into_iter()
            .for_each(|change| change.apply(&mut open.text));
        open.version = version;
        self.stories_changed(uri);
    }

    /// Whether it was open. What is on the disk holds again, for its campaigns too.
    pub(super) fn close_stories(&mut self, uri: &str) -> bool {
        let was_open = self.stories.remove(uri).is_some();
        if was_open {
            self.outdated();
        }
        was_open
    }

    /// All of them are looked at again, since a campaign is another.
    pub(super) fn all_stories_changed(&mut self) {
        let all: Vec<String> = self.stories.keys().cloned().collect();
        all.iter().for_each(|uri| self.stories_changed(uri));
    }

    fn stories_changed(&mut self, uri: &str) {
        self.changes += 1;
        if let Some(open) = self.stories.get_mut(uri) {
            (open.state, open.known, open.found) = (self.changes, None, None);
            self.stale.insert(uri.to_owned());
        }
    }

    /// The text of a file of stories in the editor; none where it is not open.
    pub fn stories_text(&self, path: &Path) -> Option<&str> {
        let mut all = self.stories.values();
        all.find(|open| is_same(&open.path, path))
            .map(|open| open.text.as_str())
    }

    /// Whether a file is open that is neither a campaign nor a crier.yaml.
    pub fn is_stories(&self, uri: &str) -> bool {
        self.stories.contains_key(uri)
    }

    /// The version of an open file of stories, and what was found of it; nothing of one that is of no campaign. None of what
    /// is no such file.
    pub fn found_of_stories(&self, uri: &str) -> Option<(i32, Option<&CheckedFile>)> {
        let open = self.stories.get(uri)?;
        Some((open.version, open.found.as_ref()))
    }

    pub(super) fn stories_checked(&mut self, checked: Checked) -> bool {
        let open = self.stories.get_mut(&checked.uri);
        let Some(open) = open.filter(|open| open.state == checked.state) else {
            return false;
        };
        open.found = checked.found.stories;
        true
    }

    pub(super) fn check_of_stories(&mut self, uri: &str) -> Option<Check> {
        Some(Check {
            uri: uri.to_owned(),
            state: self.stories.get(uri)?.state,
            file: Whole::Stories(Box::new(self.stories_of(uri)?)),
            siblings: self.saved.clone(),
        })
    }

    /// What is known of stories; none where they are of no campaign.
    pub(super) fn known_stories(&mut self, uri: &str) -> Option<&Known> {
        if self.stories.get(uri)?.known.is_none() {
            let stories = self.stories_of(uri)?;
            let of = stories.campaign(&self.saved);
            let open = self.stories.get_mut(uri)?;
            let known = of.map(|of| Box::new(Known::stories(&stories.text, open.version, of)));
            open.known = Some(known);
        }
        self.stories.get(uri)?.known.as_ref()?.as_deref()
    }

    /// What repairs all of an open file that is safely repaired, in bytes of its text.
    pub fn repaired(&mut self, uri: &str) -> Option<rename::Edit> {
        match self.is_stories(uri) {
            true => self.stories_of(uri)?.repaired(&self.saved),
            false => {
                let known = self.known(uri)?;
                known.ask(|document| actions::repair_all(document, &known.name))
            }
        }
    }

    /// An open file of stories, with what is open beside it.
    fn stories_of(&self, uri: &str) -> Option<Stories> {
        let of = self.stories.get(uri)?;
        let name = of.path.file_name()?.to_string_lossy().into_owned();
        let naming = self.open.iter().filter_map(|(uri, open)| {
            let path = open.path.clone().filter(|_| open.text.contains(&name))?;
            Some(Naming {
                project: self.project_of(&path),
                uri: uri.clone(),
                text: open.text.clone(),
                path,
            })
        });
        Some(Stories {
            naming: naming.collect(),
            project: self.project_of(&of.path),
            open: self.open.values().filter_map(|open| open.path.clone()).collect(),
            path: of.path.clone(),
            text: of.text.clone(),
        })
    }
}

impl OpenStories {
    /// What is known of them, and what is wrong with them.
    pub(super) fn faulty(&self) -> Option<(&Known, &[Diagnostic])> {
        let known = self.known.as_ref()?.as_deref()?;
        Some((known, &self.found.as_ref()?.diagnostics))
    }
}

impl Stories {
    /// What is to be said of them: nothing where they are of no campaign.
    pub(super) fn check(self, saved: &Saved) -> Found {
        Found {
            stories: self.judge(saved).and_then(|judge| judge(&self.text)),
            ..Found::default()
        }
    }

    fn repaired(&self, saved: &Saved) -> Option<rename::Edit> {
        let judge = self.judge(saved)?;
        let found =
            |text: &str| -> Vec<Diagnostic> { judge(text).map(|file| file.diagnostics).unwrap_or_default() };
        actions::repaired(&self.text, found)
    }

    /// Says what is wrong with a text, if it were these stories.
    fn judge(&self, saved: &Saved) -> Option<impl Fn(&str) -> Option<CheckedFile>> {
        let of = self.campaign(saved)?;
        let campaign = load::campaign_of_bytes(&of.path, of.text.as_bytes(), of.project);
        Some(move |text: &str| load::stories_of_bytes(&campaign, text.as_bytes()))
    }

    /// The campaign that names this file.
    fn campaign(&self, saved: &Saved) -> Option<Of> {
        let mut here = self.naming.iter().cloned();
        here.find_map(|naming| self.of(naming))
            .or_else(|| self.saved_campaign(saved))
    }

    fn saved_campaign(&self, saved: &Saved) -> Option<Of> {
        let path = absolute(&saved.campaign_of(&self.path)?);
        if self.open.contains(&path) {
            return None;
        }
        let project = match self.project.0.file {
            Some(_) => self.project.clone(),
            // Each folder is a project of its own.
            None => (load::load_project(&load::project_folder(&path)).ok()?, None),
        };
        let bytes = load::bytes_in(&path, &project.0).ok()?;
        self.of(Naming {
            uri: Url::from_file_path(&path).ok()?.into(),
            text: dsl::decode_text(&bytes).ok()?,
            path,
            project,
        })
    }

    /// The campaign, where it names this file.
    fn of(&self, naming: Naming) -> Option<Of> {
        let parsed = dsl::parse_campaign(&naming.text);
        let named = parsed.stories_file().filter(|_| parsed.is_whole())?;
        let (project, crier_yaml) = naming.project;
        is_same(&project.folder.join(&named.path), &self.path).then_some(Of {
            uri: naming.uri,
            path: naming.path,
            text: naming.text,
            key: named.entry,
            project,
            crier_yaml,
        })
    }
}
