//! Where the stories of a campaign stand: in it, or in a file of their own.

use std::path::Path;
use std::sync::Arc;

use engine::load::{self, Apart, CheckedFile, LoadedCampaign, LoadedProject, ReadApart};
use engine::revision::Revision;

use crate::commands::Failure;

/// A campaign, and where its stories stand.
pub(super) struct Source {
    campaign: CheckedFile,
    project: LoadedProject,
    /// None: in the campaign.
    apart: Option<Apart>,
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

impl Read {
    fn of(apart: ReadApart) -> Read {
        let ReadApart { file, meant, offset } = apart;
        Read { file, meant, offset }
    }
}

impl Source {
    /// Reads a campaign, and the file of its stories.
    pub fn load(path: &Path) -> Result<(Source, Read), Failure> {
        let loaded = load::load_campaign(path)?;
        // Of a campaign with errors those are told, and nothing is played.
        let apart = Apart::of(&loaded).filter(|_| loaded.file.is_valid());
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
                Read::of(apart.read_bytes(&source.campaign, &source.project, &bytes))
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
        if let Some(apart) = &self.apart {
            return Read::of(apart.read(&self.campaign, &self.project, text));
        }
        let loaded = load::campaign_of_bytes(&self.campaign.path, text.as_bytes(), self.project.clone());
        let LoadedCampaign { file, meant, .. } = loaded;
        Read {
            file,
            meant,
            offset: 0,
        }
    }
}
