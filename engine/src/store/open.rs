//! Opens the store: pragmas, migrations, the key of the references.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use super::faults::Faults;
use super::lock::lock;
use super::reserve;
use super::set_fields::SetFields;
use super::writer::Writer;
use super::{BUSY, NextIds, Store, StoreError, primary_code, worded};
use crate::ids::{CohortId, References};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// What this process will do with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Launch and send. One process at a time; the store is made when there is none.
    Execute,
    /// Append to the log of what happened; beside a process that executes. The store is made when there is none.
    Append,
    /// Read, and pause, resume or cancel; beside a process that executes. There must be a store.
    Read,
}

/// How the store is opened.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// What for.
    pub access: Access,
    /// The most pages of 4 KiB the file may have; none: what the disk takes. For trying out a full disk.
    pub most_pages: Option<u32>,
}

impl Store {
    /// Opens the store at `path`.
    pub async fn open(path: &Path, options: OpenOptions) -> Result<Store, StoreError> {
        Store::open_with(path, options, None).await
    }

    /// Opens the store at `path`, and has its writer meet these faults from then on.
    pub async fn open_faulty(
        path: &Path,
        options: OpenOptions,
        faults: Arc<dyn Faults>,
    ) -> Result<Store, StoreError> {
        Store::open_with(path, options, Some(faults)).await
    }

    async fn open_with(
        path: &Path,
        options: OpenOptions,
        faults: Option<Arc<dyn Faults>>,
    ) -> Result<Store, StoreError> {
        let held = match options.access {
            Access::Execute => Some(lock(path).await?),
            Access::Append => {
                make_folder(path)?;
                None
            }
            Access::Read if path.exists() => None,
            Access::Read => return Err(StoreError::Absent { path: path.into() }),
        };
        let connect = connect_options(path, options.most_pages);
        let error = |source| worded(path, Arc::new(source));
        let (mut connection, is_ours) = connected(&connect).await.map_err(error)?;
        if !is_ours {
            return Err(StoreError::NotAStore { path: path.into() });
        }
        bring_up_to_date(&mut connection, path, held.is_some()).await?;
        let references = References::new(key(&mut connection).await.map_err(error)?);
        let next = next_ids(&mut connection).await.map_err(error)?;
        let set_fields = SetFields::read(&mut connection).await.map_err(error)?;
        // Where faults are tried out, reads come one after the other: a story stays the same every time it is told.
        let at_once = if faults.is_some() { 1 } else { 2 };
        let readers = SqlitePoolOptions::new()
            .max_connections(at_once)
            // A file does not hang up; asking whether it is there still is a turn of its own for each read.
            .test_before_acquire(false)
            // They read a row here and there, or a whole table once: neither wants the pages kept.
            .connect_lazy_with(connect.read_only(true).pragma("cache_size", "-8192"));
        if held.is_some() {
            reserve::set_aside(path)?;
        }
        Ok(Store {
            most_pages: options.most_pages,
            path: path.into(),
            readers,
            writer: Writer::start(connection, path.into(), faults),
            references,
            set_fields,
            next: Mutex::new(next),
            lock: held,
        })
    }

    /// Closes it: what is under way is written, and the log is folded into the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Whether this process may launch and send.
    pub fn executes(&self) -> bool {
        self.lock.is_some()
    }
}

fn connect_options(path: &Path, most_pages: Option<u32>) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-8192")
        .pragma("temp_store", "memory")
        // 64 MiB: pages that are written again and again go to the file once.
        .pragma("wal_autocheckpoint", "16384");
    // A slow statement is nothing for whoever reads the report; `CRIER_LOG=sqlx=debug` has them all.
    let options = options.disable_statement_logging();
    match most_pages {
        Some(pages) => options.pragma("max_page_count", pages.to_string()),
        None => options,
    }
}

/// A connection, and whether the file is ours. Whoever makes the file puts it into its mode of journal, and SQLite lets no other
/// connection wait for that.
async fn connected(connect: &SqliteConnectOptions) -> Result<(SqliteConnection, bool), sqlx::Error> {
    let attempt = || async {
        let mut connection = connect.clone().create_if_missing(true).connect().await?;
        let is_ours = is_ours(&mut connection).await?;
        Ok((connection, is_ours))
    };
    let mut tries = 1;
    loop {
        match attempt().await {
            Err(error) if is_busy(&error) && tries < TRIES => tries += 1,
            connected => return connected,
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Whether another connection holds the file.
fn is_busy(error: &sqlx::Error) -> bool {
    primary_code(error) == BUSY
}

/// Ten seconds, as every other wait for a connection that writes.
const TRIES: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(50);

/// The folder of the store.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.map_err(|source| StoreError::Unopenable {
        path: path.into(),
        source,
    })
}

/// A process that makes the store, or brings it up to date, is waited for so often: each time is a tenth of a second.
const WAITS: u32 = 20;

/// Brings the store up to date where it is not. A store is not changed under a process that executes, which may be an older
/// crier, or just making the store.
async fn bring_up_to_date(
    connection: &mut SqliteConnection,
    path: &Path,
    is_held: bool,
) -> Result<(), StoreError> {
    let error = |source| worded(path, Arc::new(source));
    let mut waits = 0;
    loop {
        let applied = applied(connection).await.map_err(error)?;
        if is_current(&applied) {
            return Ok(());
        }
        if is_held || !is_older(&applied) {
            return migrate(connection, path).await;
        }
        match lock(path).await {
            Ok(_migrating) => return migrate(connection, path).await,
            Err(StoreError::Held { .. }) if waits < WAITS => waits += 1,
            Err(held) => return Err(held),
        }
    }
}

/// Marks a SQLite file as a store of crier: `crie` in ASCII.
const APPLICATION_ID: i64 = 0x6372_6965;

/// Whether the file is a store, or empty and made one. Another program's database is left as it is.
async fn is_ours(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // In this order: whoever makes the store marks it before it has tables, so that who sees tables sees the mark.
    let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_master")
        .fetch_one(&mut *connection)
        .await?;
    let id: i64 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut *connection)
        .await?;
    if id == 0 && tables == 0 {
        sqlx::query("pragma application_id = 1668442469")
            .execute(connection)
            .await?;
        return Ok(true);
    }
    Ok(id == APPLICATION_ID)
}

/// The migrations that a store has: version and checksum.
async fn applied(connection: &mut SqliteConnection) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error> {
    let migrated: i64 =
        sqlx::query_scalar("select count(*) from sqlite_master where name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await?;
    if migrated == 0 {
        return Ok(vec![]);
    }
    sqlx::query_as("select version, checksum from _sqlx_migrations where success order by version")
        .fetch_all(connection)
        .await
}

/// Whether they are those of this version.
fn is_current(applied: &[(i64, Vec<u8>)]) -> bool {
    let known = MIGRATIONS.iter().map(|known| (known.version, &*known.checksum));
    known.eq(applied
        .iter()
        .map(|(version, checksum)| (*version, checksum.as_slice())))
}

/// Whether migrations are missing.
fn is_older(applied: &[(i64, Vec<u8>)]) -> bool {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max();
    applied.last().map(|(version, _)| *version) < known
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    match MIGRATIONS.run(connection).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(_, _)) => Err(StoreError::Newer {
            path: path.into(),
            known: MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0),
        }),
        Err(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) => {
            Err(worded(path, Arc::new(source)))
        }
        Err(other) => Err(worded(path, Arc::new(sqlx::Error::Migrate(Box::new(other))))),
    }
}

/// The store's own key, drawn by SQLite when the store is made.
async fn key(connection: &mut SqliteConnection) -> Result<[u8; 32], sqlx::Error> {
    let read = "select value from meta where key = 'reference_key'";
    let key: Option<Vec<u8>> = sqlx::query_scalar(read).fetch_optional(&mut *connection).await?;
    let key = match key {
        Some(key) => key,
        // Whoever only reads a store writes nothing into it, not even this.
        None => {
            let make = "insert into meta (key, value) values ('reference_key', randomblob(32)) on conflict do nothing";
            sqlx::query(make).execute(&mut *connection).await?;
            sqlx::query_scalar(read).fetch_one(&mut *connection).await?
        }
    };
    key.try_into()
        .map_err(|_| sqlx::Error::Decode("the reference key has not 32 bytes".into()))
}

/// What was given last. A cohort's id stands in its messages too, after the cohort is gone.
async fn next_ids(connection: &mut SqliteConnection) -> Result<NextIds, sqlx::Error> {
    let cohort: i64 = sqlx::query_scalar(
        "select max(coalesce((select max(id) from cohort), 0), coalesce((select max(id) >> 12 from message), 0))",
    )
    .fetch_one(&mut *connection)
    .await?;
    let window: i64 = sqlx::query_scalar("select coalesce(max(id), 0) from window_text")
        .fetch_one(&mut *connection)
        .await?;
    Ok(NextIds {
        cohort: CohortId(cohort),
        window,
    })
}
