//! What of a project cannot be read, as findings: files, folders, and links that lead in a circle. Each is one error at its
//! own path, whatever else is checked.

use std::io::{Error, ErrorKind};
use std::path::Path;

use dsl::CampaignFile;
use dsl::diagnostic::Diagnostic;
use dsl::written::Spanned;

use super::{CheckedFile, LoadError, LoadedProject, links};
use crate::inside::{self, Closed};

impl LoadError {
    /// The file, with that it cannot be read as what is found in it.
    pub fn told(&self) -> CheckedFile {
        if inside::is_circle(&self.source) {
            return links::told(&self.path, links::TO_ITSELF);
        }
        found("file", &self.path, &self.source)
    }
}

/// The project of a crier.yaml that cannot be read: its campaigns are checked all the same, as of one that is no text.
pub fn project_unread(folder: &Path, error: &LoadError) -> LoadedProject {
    LoadedProject {
        folder: folder.into(),
        file: Some(error.told()),
        project: None,
        currencies: [].into(),
    }
}

/// A folder that cannot be listed.
pub fn unlisted(folder: &Path, error: &Error) -> CheckedFile {
    found("folder", folder, error)
}

/// Files that a campaign names beside its lists and that are there, but cannot be read.
pub(super) fn named(campaign: &CampaignFile, folder: &Path) -> Vec<Diagnostic> {
    let denied = |path: Spanned<String>| {
        let error = inside::open(&folder.join(&path.value), folder).err()?;
        let message = format!("the file \"{}\" cannot be read: {error}", path.value);
        let found = Diagnostic::error("file-unreadable", path.span, message).help(help("file", &error));
        inside::is_there(&error).then_some(found)
    };
    let named = campaign.places_of_files().into_iter();
    named.filter_map(denied).collect()
}

fn found(what: &str, path: &Path, error: &Error) -> CheckedFile {
    let found = Diagnostic::error(
        "file-unreadable",
        0..0,
        format!("the {what} cannot be read: {error}"),
    );
    alone(path, found.help(help(what, error)))
}

/// Something of which there is no text, with the one thing that is to be said of it.
pub(super) fn alone(path: &Path, found: Diagnostic) -> CheckedFile {
    CheckedFile {
        path: path.into(),
        text: String::new(),
        is_marked: false,
        diagnostics: vec![found],
        later: vec![],
    }
}

fn help(what: &str, error: &Error) -> &'static str {
    match (inside::why(error), error.kind(), what) {
        (Some(Closed::LeadsOut), ..) => "copy the file into the project",
        (Some(Closed::NotAFile), ..) => "put a file there, or give what is there another name",
        (None, ErrorKind::NotFound, _) => "it is a link to nothing: let it lead to a file, or remove it",
        (None, ErrorKind::PermissionDenied, "folder") => {
            "whoever runs crier needs leave to read it: its owner gives it with `chmod a+rx`, `sudo chown` gives it another owner"
        }
        (None, ErrorKind::PermissionDenied, _) => {
            "whoever runs crier needs leave to read it: its owner gives it with `chmod a+r`, `sudo chown` gives it another owner"
        }
        (None, ..) if inside::is_circle(error) => {
            "the link leads in a circle: let it lead to a file, or remove it"
        }
        (None, ..) => "see whether it and its disk are in order",
    }
}
