//! The one way to a file of a project: campaigns, crier.yaml, lists, prices. A project may come from a stranger, so a link
//! that leads out of it is not followed, and what is no file (a device, a pipe) is not opened: it may never end.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

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

/// Whether the system gave up on a link since it leads to itself, be it by others.
pub fn is_circle(error: &Error) -> bool {
    // ELOOP, which the standard library has no stable name for.
    let number = match cfg!(any(target_os = "linux", target_os = "android")) {
        true => 40,
        false => 62,
    };
    cfg!(unix) && error.raw_os_error() == Some(number)
}

/// Whether an error says that something is there, and cannot be read.
pub fn is_there(error: &Error) -> bool {
    error.kind() == ErrorKind::PermissionDenied || why(error).is_some() || is_circle(error)
}

fn closed(why: Closed) -> Error {
    Error::new(ErrorKind::InvalidInput, why)
}

/// Most entries of a folder that are looked at beside a file that is not there.
const MOST_BESIDE: usize = 1_000;

/// The files that are where one of the project in `folder` would be, as paths like its own, sorted; where that is no folder,
/// those of its name in the folders beside that one.
pub fn beside(path: &str, folder: &Path) -> Vec<String> {
    let path = Path::new(path);
    let (Some(own), Some(name)) = (path.parent(), path.file_name()) else {
        return vec![];
    };
    let found = match folder.join(own).is_dir() {
        true => entries(own, folder),
        false => {
            let folders = entries(own.parent().unwrap_or(Path::new("")), folder);
            folders.into_iter().map(|other| other.join(name)).collect()
        }
    };
    let files = found
        .iter()
        .filter(|path| open(&folder.join(path), folder).is_ok());
    let mut files: Vec<String> = files.filter_map(|path| Some(path.to_str()?.to_owned())).collect();
    files.sort();
    files
}

/// What is in a folder of the project, as paths below the project's own.
fn entries(own: &Path, folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join(own))
        .into_iter()
        .flatten()
        .flatten();
    entries
        .take(MOST_BESIDE)
        .map(|entry| own.join(entry.file_name()))
        .collect()
}
