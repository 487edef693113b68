//! The one way to a file of a project: campaigns, crier.yaml, lists, prices. A project may come from a stranger, so a link
//! that leads out of it is not followed, and what is no file (a device, a pipe) is not opened: it may never end.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Why a file of a project is not opened, beside what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// A folder, a device, a pipe.
    #[error("it is not a file")]
    NotAFile,
    /// Its name is inside of the project, and what it links to is not.
    #[error("it is a link that leads out of the project")]
    LeadsOut,
}

/// Opens a file of the project in `folder`. Errors: the system's, and [`Closed`] inside of one.
pub fn open(path: &Path, folder: &Path) -> Result<File, Error> {
    if !path.metadata()?.is_file() {
        return Err(closed(Closed::NotAFile));
    }
    if !path.canonicalize()?.starts_with(folder.canonicalize()?) {
        return Err(closed(Closed::LeadsOut));
    }
    File::open(path)
}

/// Which of [`Closed`] an error is, if it is one.
pub fn why(error: &Error) -> Option<Closed> {
    error.get_ref().and_then(|inner| inner.downcast_ref()).copied()
}

fn closed(why: Closed) -> Error {
    Error::new(ErrorKind::InvalidInput, why)
}
