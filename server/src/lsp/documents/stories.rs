//! Files of stories that are open. The text in the editor is checked with the campaign that names it, as that stands in the
//! editor where it is open too. Any YAML file may be one: of which campaign is found when it is checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine::load::{self, CheckedFile, LoadedCampaign, LoadedProject};

use super::check::{Check, Checked, Found, Saved, Whole};
use super::{Change, Documents, absolute, bounded, path_of};

/// A YAML file that is neither a campaign nor a crier.yaml.
pub(super) struct OpenStories {
    text: String,
    version: i32,
    path: PathBuf,
    /// Which of all changes made it what it is.
    state: u64,
    found: Option<CheckedFile>,
}

/// A text that may be the stories of a campaign.
#[derive(Clone)]
pub(in super::super) struct Stories {
    path: PathBuf,
    text: String,
    project: LoadedProject,
    /// The campaigns in the editor that name such a file.
    naming: Vec<Whole>,
    /// All campaigns in the editor: what the disk has of them does not count.
    open: BTreeSet<PathBuf>,
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
            (open.state, open.found) = (self.changes, None);
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
    pub fn is_open_stories(&self, uri: &str) -> bool {
        path_of(uri).is_some_and(|path| self.stories_text(&path).is_some())
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
        let (path, text, state) = {
            let open = self.stories.get(uri)?;
            (open.path.clone(), open.text.clone(), open.state)
        };
        let name = path.file_name()?.to_string_lossy().into_owned();
        let campaigns = self.open.iter();
        let naming: Vec<String> = campaigns
            .filter(|(_, open)| open.path.is_some() && open.text.contains(&name))
            .map(|(uri, _)| uri.clone())
            .collect();
        let naming = naming
            .iter()
            .filter_map(|uri| Some(self.known(uri)?.whole.clone()));
        let naming = naming.collect();
        let stories = Stories {
            project: self.project_of(&path).0,
            open: self.open.values().filter_map(|open| open.path.clone()).collect(),
            path,
            text,
            naming,
        };
        Some(Check {
            uri: uri.to_owned(),
            state,
            file: Whole::Stories(Box::new(stories)),
            siblings: self.saved.clone(),
        })
    }
}

impl Stories {
    /// What is to be said of them: nothing where they are of no campaign.
    pub(super) fn check(self, saved: &Saved) -> Found {
        let bytes = self.text.as_bytes();
        let stories = self
            .campaign(saved)
            .and_then(|campaign| load::stories_of_bytes(&campaign, bytes));
        Found {
            stories,
            ..Found::default()
        }
    }

    /// The campaign that names this file.
    fn campaign(&self, saved: &Saved) -> Option<LoadedCampaign> {
        let here = self.naming.iter().filter_map(|whole| match whole {
            Whole::Campaign { path, text, project } => {
                Some(load::campaign_of_bytes(path, text.as_bytes(), project.clone()))
            }
            Whole::Project(_) | Whole::Alone { .. } | Whole::Stories(_) => None,
        });
        let mut here = here.filter(|campaign| self.is_of(campaign));
        here.next().or_else(|| self.saved_campaign(saved))
    }

    fn saved_campaign(&self, saved: &Saved) -> Option<LoadedCampaign> {
        let path = absolute(&saved.campaign_of(&self.path)?);
        if self.open.contains(&path) {
            return None;
        }
        load::load_campaign_of(&path, self.project.clone()).ok()
    }

    fn is_of(&self, campaign: &LoadedCampaign) -> bool {
        let named = campaign.stories.as_ref();
        let path = named.map(|named| campaign.project.folder.join(&named.path));
        path.is_some_and(|path| is_same(&path, &self.path))
    }
}

/// Whether two paths are those of one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| absolute(path));
    real(one) == real(other)
}
