//! The campaign language: text in, a campaign or diagnostics out. Pure: no clock, no files, no network.
//!
//! The way of a file: [`decode_text`] makes text of bytes; [`parse_campaign`] makes a spanned tree ([`tree`]) and the
//! campaign as written ([`written`]); [`check_campaign`] holds it against its [`Surroundings`] and makes the campaign as
//! meant ([`campaign`]), or says in [`diagnostic`]s what is wrong and where. A project goes the same way.

pub mod across;
pub mod apart;
pub mod bounds;
pub mod campaign;
pub mod check;
pub mod codes;
pub mod columns;
pub mod condition;
pub mod diagnostic;
pub mod edit;
pub mod editor;
pub mod expand;
pub mod fix;
pub mod format;
pub mod model;
pub mod options;
pub mod project;
pub mod render;
pub mod reply;
pub mod scalar;
pub mod schema;
pub mod template;
pub mod tree;
pub mod upgrade;
pub mod values;
pub mod written;

pub use check::{Absent, Checked, Header, Surroundings, check_campaign, check_project, outline_project};
pub use diagnostic::NOT_YET;
pub use tree::{LARGEST_FILE, decode_text};
pub use written::nearest::nearest;
pub use written::slug;

use std::collections::BTreeSet;

use diagnostic::Diagnostic;
use project::{ListFile, Project};
use written::{Read, tables};

/// The project's file.
pub const PROJECT_FILE: &str = "crier.yaml";
/// How a campaign's file ends.
pub const CAMPAIGN_ENDINGS: [&str; 2] = [".campaign.yaml", ".campaign.yml"];

/// A campaign file, read.
#[derive(Debug, Clone)]
pub struct CampaignFile {
    text: String,
    read: Read,
    written: written::campaign::Campaign,
}

/// A crier.yaml, read.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    text: String,
    read: Read,
    written: written::project::Project,
}

/// The keys of a crier.yaml under which it has errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultyKeys {
    /// These.
    These(BTreeSet<&'static str>),
    /// Any may be: it could not be read to its end, or has a key that nobody knows.
    Any,
}

/// Reads a campaign file. Never fails: what is wrong with it, [`check_campaign`] tells.
pub fn parse_campaign(text: &str) -> CampaignFile {
    let read = Read::new(text, &tables::CAMPAIGN);
    let root = read.tree.root.as_ref();
    CampaignFile {
        text: text.to_owned(),
        written: root.map(written::campaign::Campaign::read).unwrap_or_default(),
        read,
    }
}

/// Reads a crier.yaml. Never fails: what is wrong with it, [`check_project`] tells.
pub fn parse_project(text: &str) -> ProjectFile {
    let read = Read::new(text, &tables::PROJECT);
    let root = read.tree.root.as_ref();
    ProjectFile {
        text: text.to_owned(),
        written: root.map(written::project::Project::read).unwrap_or_default(),
        read,
    }
}

impl CampaignFile {
    /// The lists that the audience names, those of `except` too: what headers [`Surroundings`] should hold. Lists that
    /// the project does not have are left out.
    pub fn files(&self, project: &Project) -> Vec<ListFile> {
        check::files(&self.written, project)
    }

    /// The files that it names beside its lists, relative to the project's folder: media, and stories.
    pub fn named_files(&self) -> Vec<String> {
        let named = self.places_of_files().into_iter();
        named.map(|path| path.value).collect()
    }

    /// As [`Self::named_files`], with where they stand.
    pub fn places_of_files(&self) -> Vec<written::Spanned<String>> {
        let root = self.read.tree.root.as_ref();
        root.map(check::named_files).unwrap_or_default()
    }

    /// The campaign as written.
    pub fn written(&self) -> &written::campaign::Campaign {
        &self.written
    }

    /// Whether a finding lies in its stories, which are played and never run.
    pub fn is_of_stories(&self, found: &Diagnostic) -> bool {
        let tests = self.read.tree.root.as_ref().and_then(|root| root.entry("tests"));
        tests.is_some_and(|tests| {
            tests.key.span.start <= found.span.start && found.span.end <= tests.value.span.end
        })
    }

    /// What is wrong with the file by itself, whatever its surroundings.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.read.found
    }
}

impl ProjectFile {
    /// The files that it names: its prices, and those of its lists.
    pub fn named_files(&self) -> Vec<String> {
        let lists = self.written.lists.iter().filter_map(|list| list.file.as_ref());
        let all = self.written.prices.iter().chain(lists);
        all.filter(|path| written::stays_inside(&path.value))
            .map(|path| path.value.clone())
            .collect()
    }

    /// Whether it is written in a version of the language that this program does not know yet: nothing of its project can
    /// be judged.
    pub fn is_newer(&self) -> bool {
        self.read.is_newer()
    }

    /// Where errors of it lie, by its own keys.
    pub fn faulty_keys(&self, found: &[Diagnostic]) -> FaultyKeys {
        let root = self.read.tree.root.as_ref().filter(|_| self.read.is_whole());
        let entries = || root.into_iter().flat_map(written::own_entries);
        let key_of = |error: &Diagnostic| {
            let mut around = entries().filter(|entry| {
                entry.key.span.start <= error.span.start && error.span.start <= entry.value.span.end
            });
            let key = around.next().map(|entry| entry.key.text.as_str())?;
            tables::PROJECT.key(key).map(|key| key.name)
        };
        let errors = found.iter().filter(|found| found.is_error());
        match errors.map(key_of).collect() {
            Some(keys) => FaultyKeys::These(keys),
            None => FaultyKeys::Any,
        }
    }

    /// The project as written.
    pub fn written(&self) -> &written::project::Project {
        &self.written
    }
}
