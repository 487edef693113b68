//! What an editor asks of a file: completion, hover, definitions, references, renaming, repairs, an outline. Each is a file
//! here and a pure function of the text, what was read of it, its surroundings and a byte. Nothing panics, whatever is
//! asked: a place that does not exist has an empty answer. The wire is another crate's.

use std::cell::{LazyCell, OnceCell};
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::project::Project;
use crate::tree::Node;
use crate::{CampaignFile, Header, ProjectFile};

pub mod actions;
pub mod completion;
pub mod definition;
pub mod formatting;
mod forms;
pub mod hover;
mod names;
pub mod outline;
pub mod position;
pub mod references;
pub mod rename;
mod sketch;

pub use crate::format::FileKind;
pub use names::{NameKind, Named};

/// A file that is open, and what it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its text.
    pub text: &'a str,
    /// What was read of it.
    pub file: File<'a>,
    /// What is around it.
    pub around: &'a Around<'a>,
    /// What was found out about it, good for this text only.
    pub memo: &'a Memo,
    /// Where stories begin that stand in a file of their own: they are asked about as they would stand at the end of their
    /// campaign. 0 of everything else.
    pub begins: usize,
}

/// What is asked of a text again and again, found out once.
#[derive(Debug, Default)]
pub struct Memo {
    names: OnceCell<Vec<Named>>,
    lists: Option<Lists>,
}

/// Looks for the files of a folder when somebody asks.
type Lists = LazyCell<Vec<String>, Box<dyn FnOnce() -> Vec<String> + Send>>;

impl Memo {
    /// Of a text whose project has these files that people may come from, relative to its folder.
    pub fn with_lists(lists: impl FnOnce() -> Vec<String> + Send + 'static) -> Memo {
        let lists: Box<dyn FnOnce() -> Vec<String> + Send> = Box::new(lists);
        Memo {
            names: OnceCell::new(),
            lists: Some(LazyCell::new(lists)),
        }
    }
}

/// A file as read.
#[derive(Debug, Clone, Copy)]
pub enum File<'a> {
    /// A campaign.
    Campaign(&'a CampaignFile),
    /// A crier.yaml.
    Project(&'a ProjectFile),
}

/// What is around a file.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The project; that of the file itself where it is a crier.yaml.
    pub project: &'a Project,
    /// The text of crier.yaml and what was read of it, where there is one.
    pub crier_yaml: Option<(&'a str, &'a ProjectFile)>,
    /// What is known of the lists, by path.
    pub headers: &'a BTreeMap<String, Header>,
    /// What a part costs in the project's region, or why nobody can say.
    pub price: &'a Result<Price, Unpriced>,
}

/// What a part costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The country's ISO code.
    pub country: String,
    /// Of one part.
    pub amount: Decimal,
    /// Three letters.
    pub currency: String,
}

/// Why it is not known what a part costs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    /// There is no price list.
    #[error("crier.yaml names no `prices`")]
    NoPrices,
    /// It is not known where people are.
    #[error("it depends on the country of the number, and crier.yaml has no `region`")]
    NoRegion,
    /// The price list has a fault.
    #[error("`{path}` cannot be read as prices")]
    Unreadable {
        /// As crier.yaml names it.
        path: String,
    },
    /// The price list leaves the region out.
    #[error("`{path}` has none of {country}")]
    NotListed {
        /// As crier.yaml names it.
        path: String,
        /// The country's ISO code.
        country: String,
    },
}

impl<'a> Document<'a> {
    /// Which file it is.
    pub fn kind(&self) -> FileKind {
        match self.file {
            File::Campaign(_) => FileKind::Campaign,
            File::Project(_) => FileKind::Project,
        }
    }

    fn root(&self) -> Option<&'a Node> {
        let read = match self.file {
            File::Campaign(file) => &file.read,
            File::Project(file) => &file.read,
        };
        read.tree.root.as_ref()
    }

    fn campaign(&self) -> Option<&'a crate::written::campaign::Campaign> {
        match self.file {
            File::Campaign(file) => Some(&file.written),
            File::Project(_) => None,
        }
    }

    /// The files that people may come from, those of prices left out.
    fn lists(&self) -> impl Iterator<Item = &'a String> {
        let (files, prices) = (&self.memo.lists, self.around.project.prices.as_ref());
        let files = files.iter().flat_map(|files| files.iter());
        files.filter(move |path| Some(*path) != prices)
    }

    /// The words of the headers of the lists that people come from, each once.
    fn header(&self) -> Vec<String> {
        let lists = self
            .campaign()
            .map(|written| crate::check::people(written, self.around.project));
        let mut all: Vec<String> = vec![];
        for list in lists.into_iter().flatten() {
            let words = match self.around.headers.get(&list.key()) {
                Some(Header::Columns(columns)) => columns.as_slice(),
                Some(Header::Unreadable(_) | Header::Absent) | None => &[],
            };
            let words = words.iter().map(|word| word.trim().to_owned());
            all.extend(words.filter(|word| !word.is_empty()));
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|word| seen.insert(word.clone()));
        all
    }

    /// The columns of the lists that people come from, the file's names and ours, each once.
    fn columns(&self) -> Vec<String> {
        let Some(written) = self.campaign() else {
            return vec![];
        };
        let mut all: Vec<String> = vec![];
        for list in crate::check::people(written, self.around.project) {
            let header = match self.around.headers.get(&list.key()) {
                Some(Header::Columns(columns)) => columns.as_slice(),
                Some(Header::Unreadable(_) | Header::Absent) | None => &[],
            };
            let own = list.columns.keys().chain(header.iter());
            all.extend(
                own.map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty()),
            );
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all
    }
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests;
