//! Stories in a file of their own. It is checked as if it stood at the end of its campaign, so that every check of stories
//! holds there too.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::diagnostic::Diagnostic;

use super::{
    CheckedFile, DEPTH, LoadedCampaign, LoadedProject, PROJECT_FILE, as_written, bytes_in, campaign_of_bytes,
    decode, files_below, is_campaign, is_marked, is_there, project_folder, read,
};
use crate::revision::Revision;

/// A file of stories.
#[derive(Debug, Clone)]
pub struct Apart {
    /// Where it is.
    pub path: PathBuf,
    /// The key of the campaign that names it, in bytes of the campaign.
    key: Range<usize>,
}

/// A file of stories that was read with its campaign.
#[derive(Debug)]
pub struct ReadApart {
    /// With what is to be said of it.
    pub file: CheckedFile,
    /// None where it has errors.
    pub meant: Option<Arc<Revision>>,
    /// Bytes before it of what was checked.
    pub offset: usize,
}

impl Apart {
    /// That of a campaign that was read to its end. None where its stories stand in it.
    pub fn of(loaded: &LoadedCampaign) -> Option<Apart> {
        let file = loaded.stories.as_ref()?;
        Some(Apart {
            path: loaded.project.folder.join(&file.path),
            key: file.entry.clone(),
        })
    }

    /// The file with this text.
    pub fn read(&self, campaign: &CheckedFile, project: &LoadedProject, text: String) -> ReadApart {
        if let Some(found) = dsl::apart::no_stories(&text) {
            return self.unmeant(text, found);
        }
        let (whole, offset) = dsl::apart::behind(&campaign.text, &self.key, &text);
        let checked = campaign_of_bytes(&campaign.path, whole.as_bytes(), project.clone());
        // What is wrong with the campaign is told there.
        let is_valid = campaign.is_valid();
        let own = |found: &Diagnostic| found.span.start >= offset || (is_valid && found.is_error());
        let diagnostics = checked.file.diagnostics.into_iter().filter(own);
        let file = CheckedFile {
            path: self.path.clone(),
            text,
            is_marked: false,
            diagnostics: diagnostics.map(|found| found.begin_at(offset)).collect(),
            later: vec![],
        };
        ReadApart {
            file,
            meant: checked.meant,
            offset,
        }
    }

    /// The file with this text, which holds no stories.
    fn unmeant(&self, text: String, found: Diagnostic) -> ReadApart {
        let file = CheckedFile {
            path: self.path.clone(),
            text,
            is_marked: false,
            diagnostics: vec![found],
            later: vec![],
        };
        ReadApart {
            file,
            meant: None,
            offset: 0,
        }
    }

    /// The file with these bytes, which may be no text.
    pub fn read_bytes(&self, campaign: &CheckedFile, project: &LoadedProject, bytes: &[u8]) -> ReadApart {
        let file = unjudged(&self.path, bytes);
        if file.is_valid() {
            let mut read = self.read(campaign, project, file.text);
            read.file.is_marked = is_marked(bytes);
            return read;
        }
        ReadApart {
            file,
            meant: None,
            offset: 0,
        }
    }
}

/// A file of stories of which no more is said than whether it is a text.
pub fn unjudged(path: &Path, bytes: &[u8]) -> CheckedFile {
    let (text, diagnostics) = decode(bytes);
    CheckedFile {
        path: path.to_owned(),
        text,
        is_marked: is_marked(bytes) && diagnostics.is_empty(),
        diagnostics,
        later: vec![],
    }
}

/// The file of the stories of a campaign, with what is to be said of it. None where they stand in the campaign, where that
/// was not read to its end, and where the file cannot be read, which has been said.
pub fn stories_of(loaded: &LoadedCampaign) -> Option<CheckedFile> {
    let apart = Apart::of(loaded)?;
    let bytes = bytes_in(&apart.path, &loaded.project).ok()?;
    Some(apart.read_bytes(&loaded.file, &loaded.project, &bytes).file)
}

/// As [`stories_of`], with bytes that stand in place of those of the file.
pub fn stories_of_bytes(loaded: &LoadedCampaign, bytes: &[u8]) -> Option<CheckedFile> {
    let apart = Apart::of(loaded)?;
    Some(apart.read_bytes(&loaded.file, &loaded.project, bytes).file)
}

/// The campaign whose stories a file holds, as its project has it; of several the first by name. None where it is of no
/// campaign.
pub fn campaign_of_stories(path: &Path) -> Option<PathBuf> {
    if is_campaign(path) || path.file_name().is_some_and(|name| name == PROJECT_FILE) {
        return None;
    }
    let name = path.file_name()?.to_str()?;
    let own = std::fs::canonicalize(path).ok()?;
    let names_it = |campaign: &&PathBuf, folder: &Path| {
        let text = read(campaign, folder)
            .ok()
            .and_then(|bytes| dsl::decode_text(&bytes).ok());
        let text = text.filter(|text| is_campaign(campaign) && text.contains(name));
        let file = text.and_then(|text| dsl::parse_campaign(&text).stories_file());
        file.is_some_and(|file| std::fs::canonicalize(folder.join(file.path)).is_ok_and(|file| file == own))
    };
    let found = projects_around(path).into_iter().find_map(|(folder, depth)| {
        let mut campaigns = files_below(&folder, depth).files;
        campaigns.sort();
        campaigns
            .iter()
            .find(|campaign| names_it(campaign, &folder))
            .cloned()
    })?;
    Some(found.strip_prefix("./").unwrap_or(&found).to_owned())
}

/// The folders whose campaigns may name a file, and how deep they lie in each: its project, else every folder above it, since
/// a campaign without crier.yaml has its own folder for a project.
fn projects_around(path: &Path) -> Vec<(PathBuf, usize)> {
    let folder = project_folder(path);
    if is_there(&folder.join(PROJECT_FILE)) {
        return vec![(folder, DEPTH)];
    }
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let above = folder.ancestors().take(DEPTH);
    above.map(|folder| (as_written(folder), 0)).collect()
}
