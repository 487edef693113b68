//! What is known of lists before their rows are read: the names of their columns.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use dsl::Header;
use dsl::project::{ListFile, Project};

use crate::audience;

/// The headers of the lists of one project. Each is read when a campaign first asks for it and not again, so that a
/// thousand campaigns of one list read it once: one of these lives no longer than the question that is answered with it.
#[derive(Debug, Default)]
pub struct Headers(Mutex<BTreeMap<String, Header>>);

impl Headers {
    /// What is known of the lists that a campaign names, by path, from the files in the project's folder.
    pub fn of(
        &self,
        campaign: &dsl::CampaignFile,
        project: &Project,
        folder: &Path,
    ) -> BTreeMap<String, Header> {
        let lists = campaign.files(project).into_iter();
        lists.map(|list| (list.key(), self.one(&list, folder))).collect()
    }

    fn one(&self, list: &ListFile, folder: &Path) -> Header {
        // Headers are put in whole, so what a thread that panicked left is sound.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let header = known.entry(list.key());
        header.or_insert_with(|| header_of(list, folder)).clone()
    }
}

pub(super) fn header_of(list: &ListFile, folder: &Path) -> Header {
    match folder.join(&list.path).try_exists() {
        Ok(false) => Header::Absent,
        // One that cannot be asked about is told as what cannot be read.
        Ok(true) | Err(_) => audience::header(folder, &list.path, &list.reading).map_or_else(
            |error| Header::Unreadable(format!("{}; {}", error.problem, error.help())),
            Header::Columns,
        ),
    }
}
