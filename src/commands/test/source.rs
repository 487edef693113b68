//! Where the stories of a campaign stand: in it, or in a file of their own. That file is checked as if it stood at the end
//! of the campaign, so that every check of stories holds there too.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::diagnostic::{Diagnostic, Severity};
use engine::load::{self, CheckedFile, LoadedCampaign, LoadedProject};
use engine::revision::Revision;

use crate::commands::Failure;

/// A campaign, and where its stories stand.
pub(super) struct Source {
    campaign: CheckedFile,
    project: LoadedProject,
    /// None: in the campaign.
    apart: Option<Apart>,
}

/// A file of stories.
struct Apart {
    path: PathBuf,
    /// The key of the campaign that names it, in bytes of the campaign.
    key: Range<usize>,
}

/// The file that the stories stand in, read.
pub(super) struct Read {
    /// With what is to be said of it.
    pub file: CheckedFile,
    /// None where it has errors.
    pub meant: Option<Arc<Revision>>,
    /// Bytes before it of what was checked.
    pub offset: usize,
}

impl Source {
    /// Reads a campaign, and the file of its stories.
    pub fn load(path: &Path) -> Result<(Source, Read), Failure> {
        let loaded = load::load_campaign(path)?;
        let apart = apart(&loaded);
        let LoadedCampaign {
            project, file, meant, ..
        } = loaded;
        let source = Source {
            campaign: file.clone(),
            project,
            apart,
        };
        let read = match &source.apart {
            None => Read {
                file,
                meant,
                offset: 0,
            },
            Some(apart) => {
                let bytes = load::bytes_in(&apart.path, &source.project)?;
                source.read(String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        Ok((source, read))
    }

    /// The project's file.
    pub fn project(&self) -> Option<&CheckedFile> {
        self.project.file.as_ref()
    }

    /// The same file with another text.
    pub fn read(&self, text: String) -> Read {
        let path = &self.campaign.path;
        let of = |text: &str| load::campaign_of_bytes(path, text.as_bytes(), self.project.clone());
        let Some(apart) = &self.apart else {
            let LoadedCampaign { file, meant, .. } = of(&text);
            return Read {
                file,
                meant,
                offset: 0,
            };
        };
        let campaign = &self.campaign.text;
        let before = format!("{}{}\n", &campaign[..apart.key.start], &campaign[apart.key.end..]);
        let whole = before + &dsl::apart::as_tests(&text);
        let offset = whole.len() - text.len();
        let checked = of(&whole);
        let own = |found: &Diagnostic| found.span.start >= offset || found.severity == Severity::Error;
        let diagnostics = checked.file.diagnostics.into_iter().filter(own);
        let file = CheckedFile {
            path: apart.path.clone(),
            text,
            diagnostics: diagnostics.map(|found| found.begin_at(offset)).collect(),
            later: vec![],
        };
        Read {
            file,
            meant: checked.meant,
            offset,
        }
    }
}

/// The file of the stories of a campaign without errors, with what is to be said of it. None where they stand in the
/// campaign, and where the file cannot be read, which has been said.
pub(in crate::commands) fn stories_of(loaded: &LoadedCampaign) -> Option<CheckedFile> {
    let apart = apart(loaded)?;
    let bytes = load::bytes_in(&apart.path, &loaded.project).ok()?;
    let source = Source {
        campaign: loaded.file.clone(),
        project: loaded.project.clone(),
        apart: Some(apart),
    };
    Some(source.read(String::from_utf8_lossy(&bytes).into_owned()).file)
}

fn apart(loaded: &LoadedCampaign) -> Option<Apart> {
    let file = loaded.stories.as_ref().filter(|_| loaded.file.is_valid())?;
    Some(Apart {
        path: loaded.project.folder.join(&file.path),
        key: file.entry.clone(),
    })
}
