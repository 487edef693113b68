//! Room that is set aside while a process executes. What was submitted must be recorded even when the disk fills up in
//! between: then the reserve is spent on that record, and the execution ends.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sqlx::AssertSqlSafe;

use super::{Store, StoreError};

/// Bytes: several windows under way, with their texts and the people who depart.
const BYTES: usize = 1 << 20;
/// As many pages, where the store is limited by their number.
const PAGES: u32 = 256;

/// Writes the reserve beside the store, if it is not there yet. Without room for it nothing is begun.
pub(super) fn set_aside(store: &Path) -> Result<(), StoreError> {
    let path = beside(store);
    let whole = std::fs::metadata(&path).is_ok_and(|file| file.len() == BYTES as u64);
    if whole {
        return Ok(());
    }
    let written = std::fs::File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0; BYTES])?;
        file.sync_all()
    });
    written.map_err(|source| {
        // A part of it would only take the room that others need.
        let _ = std::fs::remove_file(&path);
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { path: store.into() },
            _ => StoreError::NoReserve { path, source },
        }
    })
}

fn beside(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".reserve");
    path.into()
}

impl Store {
    /// Gives the reserve to the deeds that follow. Opening the store for executing sets it aside again.
    pub async fn spend_reserve(&self) -> Result<(), StoreError> {
        // Gone already: another record spent it, and there may be room left of it.
        let _ = std::fs::remove_file(beside(&self.path));
        let Some(most) = self.most_pages else {
            return Ok(());
        };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let pragma = format!("pragma max_page_count = {}", most + PAGES);
                    sqlx::query(AssertSqlSafe(pragma)).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }
}
