//! The files that are open, as the editor has them, and what is known of each with its project. A file is read once for
//! each change, when it is asked about, and checked once, when nothing is asked; a change of crier.yaml, open or not, is
//! one of all its campaigns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::diagnostic::Diagnostic;
use dsl::editor::FileKind;
use dsl::editor::position::{Place, replaced};
use engine::load::{self, CAMPAIGN_ENDINGS, LoadedProject, PROJECT_FILE};
use url::Url;

mod check;
mod known;
mod stories;

pub(super) use check::{Check, Checked, Found};
pub(super) use known::Known;
use stories::OpenStories;

/// Bytes that an open file may have at most: of a longer one nothing is kept, and it is said once.
const LONGEST: usize = 16 << 20;

/// All of them, by their URI.
#[derive(Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Open>,
    /// YAML files that may be the stories of a campaign, by their URI.
    stories: BTreeMap<String, OpenStories>,
    /// Those of which the diagnostics are to be told.
    stale: BTreeSet<String>,
    /// How often anything was changed.
    changes: u64,
    saved: Arc<check::Saved>,
}

struct Open {
    text: String,
    version: i32,
    /// None where it is not on the disk.
    path: Option<PathBuf>,
    kind: FileKind,
    /// Which of all changes made it what it is.
    state: u64,
    known: Option<Known>,
    found: Option<Found>,
}

/// A change of a file.
pub(super) struct Change {
    /// What is replaced; none: all.
    pub range: Option<(Place, Place)>,
    pub text: String,
}

impl Change {
    /// Makes it in a text.
    fn apply(self, text: &mut String) {
        let changed = match self.range {
            None => self.text,
            Some((from, to)) => replaced(text, from, to, &self.text),
        };
        *text = bounded(changed);
    }
}

impl Documents {
    pub fn open(&mut self, uri: String, version: i32, text: String) {
        let path = path_of(&uri);
        let Some(kind) = kind_of(&uri) else {
            return self.open_stories(uri, version, text);
        };
        // Editors do not count the mark.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let text = bounded(text);
        let open = Open {
            text,
            version,
            path,
            kind,
            state: 0,
            known: None,
            found: None,
        };
        self.open.insert(uri.clone(), open);
        self.touched(&uri);
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Vec<Change>) {
        let Some(open) = self.open.get_mut(uri) else {
            return self.change_stories(uri, version, changes);
        };
        changes
            .into_iter()
            .for_each(|change| change.apply(&mut open.text));
        open.version = version;
        self.touched(uri);
    }

    /// Whether it was open.
    pub fn close(&mut self, uri: &str) -> bool {
        let was_open = self.open.contains_key(uri);
        self.touched(uri);
        self.open.remove(uri);
        self.stale.remove(uri);
        was_open || self.close_stories(uri)
    }

    /// Something on the disk is not as it was: everything is looked at again.
    pub fn outdated(&mut self) {
        self.saved = Arc::default();
        let all: Vec<String> = self.open.keys().cloned().collect();
        all.iter().for_each(|uri| self.changed(uri));
        self.all_stories_changed();
    }

    /// How often anything was changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether the file at a path is open.
    pub fn is_open(&self, path: &Path) -> bool {
        let mut open = self.open.values().filter_map(|open| open.path.as_deref());
        self.stories_text(path).is_some() || open.any(|open| is_same(open, path))
    }

    /// As [`Documents::is_open`], by a URI, which the editor may write otherwise.
    pub fn is_open_uri(&self, uri: &str) -> bool {
        path_of(uri).is_some_and(|path| self.is_open(&path))
    }

    /// The next file whose diagnostics are to be told, once each.
    pub fn next_check(&mut self) -> Option<Check> {
        while let Some(uri) = self.stale.pop_first() {
            let check = self.check(&uri);
            if let Some(check) = check.or_else(|| self.check_of_stories(&uri)) {
                return Some(check);
            }
        }
        None
    }

    /// What was found of a file; false where it is another by now.
    pub fn checked(&mut self, checked: Checked) -> bool {
        if self.stories.contains_key(&checked.uri) {
            return self.stories_checked(checked);
        }
        let open = self.open.get_mut(&checked.uri);
        let Some(open) = open.filter(|open| open.state == checked.state) else {
            return false;
        };
        open.found = Some(checked.found);
        true
    }

    /// What is known of a file; none where it is not open, or none of ours.
    pub fn known(&mut self, uri: &str) -> Option<&Known> {
        if self.is_stories(uri) {
            return self.known_stories(uri);
        }
        if self.open.get(uri)?.known.is_none() {
            let known = self.look_at(self.open.get(uri)?);
            self.open.get_mut(uri)?.known = Some(known);
        }
        self.open.get(uri)?.known.as_ref()
    }

    /// What is known of a file, and what is to be said of it: found now where it was not yet.
    pub fn found(&mut self, uri: &str) -> Option<(&Known, &Found)> {
        if self.open.get(uri)?.found.is_none() {
            let checked = self.check(uri)?.run();
            self.checked(checked);
        }
        self.known(uri)?;
        let open = self.open.get(uri)?;
        Some((open.known.as_ref()?, open.found.as_ref()?))
    }

    /// What is known of a file, and what is wrong with it, in bytes of its own text.
    pub fn faulty(&mut self, uri: &str) -> Option<(&Known, &[Diagnostic])> {
        if !self.is_stories(uri) {
            let (known, found) = self.found(uri)?;
            return Some((known, &found.diagnostics));
        }
        if self.found_of_stories(uri)?.1.is_none() {
            let checked = self.check_of_stories(uri)?.run();
            self.checked(checked);
        }
        self.known(uri)?;
        let open = self.stories.get(uri)?;
        open.faulty()
    }

    fn check(&mut self, uri: &str) -> Option<Check> {
        let file = self.known(uri)?.whole.clone();
        Some(Check {
            uri: uri.to_owned(),
            state: self.open.get(uri)?.state,
            file,
            siblings: Arc::clone(&self.saved),
        })
    }

    fn touched(&mut self, uri: &str) {
        self.changed(uri);
        self.all_stories_changed();
        let is_project = self
            .open
            .get(uri)
            .is_some_and(|open| open.kind == FileKind::Project);
        if is_project {
            self.outdated();
        }
    }

    /// What was known of it is of the past.
    fn changed(&mut self, uri: &str) {
        self.changes += 1;
        if let Some(open) = self.open.get_mut(uri) {
            (open.state, open.known, open.found) = (self.changes, None, None);
            self.stale.insert(uri.to_owned());
        }
    }

    fn look_at(&self, open: &Open) -> Known {
        let (text, version) = (open.text.as_str(), open.version);
        match (&open.path, open.kind) {
            (Some(path), FileKind::Campaign) => Known::campaign(path, text, version, self.project_of(path)),
            (Some(path), FileKind::Project) => {
                Known::project(text, version, load::project_of_bytes(path, text.as_bytes()))
            }
            (None, kind) => Known::alone(text, version, kind),
        }
    }

    /// The project of a campaign, as it stands in the editor where crier.yaml is open there, and the URI of that file.
    fn project_of(&self, path: &Path) -> (LoadedProject, Option<String>) {
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
        match open.last() {
            Some((uri, open, parent)) => {
                let path = parent.join(PROJECT_FILE);
                let loaded = load::project_of_bytes(&path, open.text.as_bytes());
                (loaded, Some((*uri).clone()))
            }
            None => {
                let loaded = load::load_project(&folder);
                let loaded = loaded.unwrap_or_else(|error| load::project_unread(&folder, &error));
                let uri = Url::from_file_path(folder.join(PROJECT_FILE));
                (loaded, uri.ok().map(String::from))
            }
        }
    }
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

/// Whether two paths are those of one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| absolute(path));
    real(one) == real(other)
}

/// A text that is far too long is as good as one that is too long, and takes no room.
fn bounded(mut text: String) -> String {
    if text.len() > LONGEST {
        text.clear();
        text.extend(std::iter::repeat_n(' ', dsl::LARGEST_FILE + 1));
    }
    text
}
