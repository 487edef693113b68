//! The lock beside the store: one process executes at a time.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::open::make_folder;
use super::{Store, StoreError};

/// Whoever looks whether the lock is taken holds it for a moment: it is tried so often, so long apart.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(10);

impl Store {
    /// Whether a process executes the launches of this store now.
    pub fn is_executed(&self) -> bool {
        let Ok(file) = File::open(lock_path(&self.path)) else {
            return false;
        };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

/// The file that is locked beside the store.
fn lock_path(path: &Path) -> PathBuf {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    lock_path.into()
}

/// Takes the lock beside the store and writes into it who has it.
pub(super) async fn lock(path: &Path) -> Result<File, StoreError> {
    let unopenable = |source| StoreError::Unopenable {
        path: path.into(),
        source,
    };
    make_folder(path)?;
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(lock_path(path))
        .map_err(unopenable)?;
    let mut tries = 1;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(BETWEEN).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Held {
                    path: path.into(),
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unopenable(source)),
        }
    }
    let written = file
        .set_len(0)
        .and_then(|()| write!(file, "process {}", std::process::id()));
    written.map_err(unopenable)?;
    Ok(file)
}

/// Who has the lock. The name is a courtesy: an unreadable one is no other error.
fn holder(file: &mut File) -> String {
    let mut holder = String::new();
    let read = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_string(&mut holder));
    match read {
        Ok(n) if n > 0 => holder,
        _ => "another process".to_owned(),
    }
}
