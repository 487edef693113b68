//! Faults of the disk and ends of the process, brought about on purpose: how a simulation tries out what the writer
//! promises. In production there are none.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use sqlx::SqliteConnection;
use sqlx::error::{DatabaseError, ErrorKind};

use super::writer::Outcome;

/// What can befall a deed of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The deed fails by itself, before anything of it is written.
    Fails,
    /// The disk is full: the transaction ends, and all that share it fail.
    DiskFull,
    /// The commit fails, and all that share it.
    CommitFails,
    /// The process ends before the commit: nothing of the transaction is there.
    CrashBeforeCommit,
    /// The process ends after the commit and before anybody is told.
    CrashAfterCommit,
}

/// Says what befalls whom.
pub trait Faults: Send + Sync {
    /// What befalls the next deed; none: nothing. Asked once of each, in their order.
    fn next(&self) -> Option<Fault>;

    /// The process has ended as it was told. From now on nobody is told anything: whoever simulates drops the execution
    /// and the store.
    fn crashed(&self);
}

impl Fault {
    /// The error of a deed that never runs because of it; none where it runs.
    pub(super) fn forestalls(self) -> Option<Arc<sqlx::Error>> {
        match self {
            Fault::Fails => Some(Injected::error(IO_ERROR, "disk I/O error")),
            Fault::DiskFull => Some(Injected::error(super::FULL, "database or disk is full")),
            Fault::CommitFails | Fault::CrashBeforeCommit | Fault::CrashAfterCommit => None,
        }
    }

    /// Whether the whole transaction ends with the deed.
    pub(super) fn ends_transaction(self) -> bool {
        match self {
            Fault::DiskFull => true,
            Fault::Fails | Fault::CommitFails | Fault::CrashBeforeCommit | Fault::CrashAfterCommit => false,
        }
    }
}

/// Commits as the fault has it.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    fault: Fault,
    faults: Option<&dyn Faults>,
) -> Outcome {
    match fault {
        Fault::Fails | Fault::DiskFull => plain_commit(connection).await,
        Fault::CommitFails => Err(Injected::error(IO_ERROR, "disk I/O error")),
        Fault::CrashBeforeCommit => {
            // As the next process would find it: a transaction without a commit is none.
            let _ = sqlx::query("rollback").execute(&mut *connection).await;
            match end(faults).await {}
        }
        Fault::CrashAfterCommit => {
            plain_commit(connection).await?;
            match end(faults).await {}
        }
    }
}

/// Commits.
pub(super) async fn plain_commit(connection: &mut SqliteConnection) -> Outcome {
    let committed = sqlx::query("commit").execute(connection).await;
    committed.map(|_| ()).map_err(Arc::new)
}

async fn end(faults: Option<&dyn Faults>) -> Infallible {
    if let Some(faults) = faults {
        faults.crashed();
    }
    std::future::pending().await
}

/// SQLite's primary result code of an I/O error.
const IO_ERROR: &str = "10";

/// An error as SQLite would give it.
#[derive(Debug)]
struct Injected {
    code: &'static str,
    message: &'static str,
}

impl Injected {
    fn error(code: &'static str, message: &'static str) -> Arc<sqlx::Error> {
        Arc::new(sqlx::Error::Database(Box::new(Injected { code, message })))
    }
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (injected)", self.message)
    }
}

impl std::error::Error for Injected {}

impl DatabaseError for Injected {
    fn message(&self) -> &str {
        self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
