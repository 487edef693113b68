//! The store on SQLite: launches, cohorts, messages, people, replies. Deeds, not tables: each is one transaction and
//! says what it promises. One process executes (a lock file names it); the others read, and pause, resume or cancel.
//! One writer gathers the deeds that wait into one commit.

mod alarm;
mod audit;
mod bulk;
mod canary;
mod claim;
mod compared;
mod dead;
mod delivery;
mod doubts;
mod entered;
mod entering;
mod errand;
mod events;
mod facts;
mod faults;
mod happening;
mod inbox;
mod inside;
mod known;
mod launch;
mod lists;
mod lock;
mod message;
mod notes;
mod open;
mod overtaken;
mod past;
mod person;
mod record;
mod report;
mod reserve;
mod rows;
mod schedule;
mod sent;
mod set_fields;
mod settled;
mod standing;
mod suppression;
mod texted;
mod went;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::Mutex;

pub use alarm::{Alarm, launch_subject};
pub use audit::{Audit, AuditedMessage};
pub use canary::{Canary, held};
pub use claim::{Claim, ClaimedCohort, Known};
pub use compared::HeldOutSince;
pub use dead::DeadLetter;
pub use delivery::{
    DeliveryCounts, DeliveryState, DeliveryTold, DeliveryTurn, KeptDelivery, WaitingDeliveries,
};
pub use entering::{Admission, Entered, Entering, NotEntered, Opening, PassageBegun, Restart, TriggerCounts};
pub use errand::{ErrandCounts, ErrandState, ErrandTold, KeptErrand};
pub use faults::{Fault, Faults};
pub use happening::{Happened, Happening, Heard, NewHappening, PassageOf, Telling, Told};
pub use inbox::{Fold, FoldOutcome, NewRaw, NewReply, Raw, ReceiptRow, ReplyMeaning, SentTo};
pub use known::{KnownOf, Of, lately};
pub(crate) use launch::STARTED;
pub use launch::{LaunchRow, LaunchState, NewLaunch};
pub use lists::{ListChange, ListHow};
pub use message::MessageRow;
pub use notes::Notice;
pub use notes::{Note, NoteRow};
pub use open::{Access, OpenOptions};
pub use past::{Gave, Past};
pub use person::{
    Began, Beginning, KeptReply, KeptTag, KeptValue, PersonMessage, PersonStory, ReplyFilter, Skipped,
    WaitingFor,
};
pub use record::{BudgetChange, Intent, LeftOutRow, MonthOf, Progress, WindowRecord};
pub use report::{InDoubt, Totals};
pub use rows::{CONFIRMS, CohortKind, MessageState, NewCohort, OWED, TextKind, Turn, WELCOMES};
pub use schedule::{Missed, MissedWhy, OCCURRENCE};
pub use sent::SentMessage;
pub use standing::{Moved, Standing, WasIn};
pub use suppression::Suppression;
pub use went::Went;

use crate::ids::{CohortId, References};

/// A project's store, open.
pub struct Store {
    path: PathBuf,
    readers: SqlitePool,
    writer: writer::Writer,
    references: References,
    set_fields: set_fields::SetFields,
    /// The last cohort and window ids given; only the executing process gives any.
    next: Mutex<NextIds>,
    /// The limit that it was opened with.
    most_pages: Option<u32>,
    /// Held while this process executes. Dropped with the store.
    lock: Option<std::fs::File>,
}

struct NextIds {
    cohort: CohortId,
    window: i64,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none, and the command does not make one.
    #[error(
        "there is no store at {path}: nothing has been sent from this project yet; `crier run FILE` makes it"
    )]
    Absent {
        /// Where it would be.
        path: PathBuf,
    },
    /// The folder cannot be made or the file not opened.
    #[error("cannot open the store {path}")]
    Unopenable {
        /// Of the store.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// Another process executes.
    #[error(
        "the store {path} is held by {holder}; wait for it to end, or use `crier pause` and `crier status` meanwhile"
    )]
    Held {
        /// Of the store.
        path: PathBuf,
        /// `process 4711`, as far as the lock file tells.
        holder: String,
    },
    /// A later version of crier wrote it.
    #[error(
        "the store {path} was written by a newer crier; update this one (it knows the store up to version {known})"
    )]
    Newer {
        /// Of the store.
        path: PathBuf,
        /// The last migration known here.
        known: i64,
    },
    /// This user may not write there.
    #[error(
        "the store {path} cannot be written by this user: change the rights of its folder and of the files in it"
    )]
    NotWritable {
        /// Of the store.
        path: PathBuf,
    },
    /// The file is no store.
    #[error("{path} is not a store of crier; move it away, or name another one under `store` in crier.yaml")]
    NotAStore {
        /// Of the file.
        path: PathBuf,
    },
    /// No room to write. What was committed stands, nothing else was done.
    #[error(
        "the disk is full: the store {path} cannot grow; make room and type the command again: it goes on where it stopped"
    )]
    Full {
        /// Of the store.
        path: PathBuf,
    },
    /// The system did not write or read: often a disk that is full, or one that fails. What was committed stands.
    #[error(
        "the store {path} cannot be written or read ({word}); nothing that was recorded is lost: make room, or see to the disk, and type the command again"
    )]
    Disk {
        /// Of the store.
        path: PathBuf,
        /// SQLite's word.
        word: String,
    },
    /// The file beside the store that keeps room for what must be recorded cannot be written.
    #[error("cannot keep room for the store in {path}")]
    NoReserve {
        /// Of that file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A launch of that campaign and occurrence stands already.
    #[error("occurrence {occurrence} of {campaign} is launched already")]
    AlreadyLaunched {
        /// The campaign's name.
        campaign: String,
        /// Its occurrence.
        occurrence: String,
    },
    /// A cohort is no longer held by whoever recorded: nothing of the record was written.
    #[error("cohort {cohort} was taken by another process")]
    Fenced {
        /// The id.
        cohort: i64,
    },
    /// People of a launch are to be texted from a sender that is not at hand.
    #[error("the launch sends from {sender:?}, which the project does not have (any more)")]
    Senderless {
        /// Its name.
        sender: String,
    },
    /// A row that no version of crier writes.
    #[error("the store holds something unreadable: {what}")]
    Corrupt {
        /// What it is.
        what: String,
    },
    /// Anything else that SQLite says.
    #[error("the store {path} failed")]
    Sqlite {
        /// Of the store.
        path: PathBuf,
        /// SQLite's word; shared, since one commit serves several deeds.
        source: Arc<sqlx::Error>,
    },
}

/// SQLite's primary result codes.
const BUSY: &str = "5";
const READ_ONLY: &str = "8";
const DISK: &str = "10";
const CANNOT_OPEN: &str = "14";
const FULL: &str = "13";
const NOT_A_DATABASE: &str = "26";

impl Store {
    /// Makes and reads the references by which providers know our messages.
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// An id for a new cohort. Ids are never given twice, over restarts neither once they were written.
    pub async fn next_cohort_id(&self) -> CohortId {
        let mut next = self.next.lock().await;
        next.cohort = next.cohort.next();
        next.cohort
    }

    /// An id for the texts of a new window.
    pub async fn next_window_id(&self) -> i64 {
        let mut next = self.next.lock().await;
        next.window += 1;
        next.window
    }

    fn error(&self, source: sqlx::Error) -> StoreError {
        worded(&self.path, Arc::new(source))
    }

    fn failed(&self, failure: Failure) -> StoreError {
        failure.worded(&self.path)
    }
}

/// What goes wrong inside a deed, before it has our words.
#[derive(Debug)]
enum Failure {
    Sqlite(sqlx::Error),
    Store(StoreError),
}

impl Failure {
    fn worded(self, path: &std::path::Path) -> StoreError {
        match self {
            Failure::Sqlite(error) => worded(path, Arc::new(error)),
            Failure::Store(error) => error,
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        Failure::Sqlite(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

/// Gives SQLite's errors our words.
fn worded(path: &std::path::Path, source: Arc<sqlx::Error>) -> StoreError {
    let path = path.to_path_buf();
    match primary_code(&source).as_str() {
        FULL => StoreError::Full { path },
        DISK => {
            let word = source.as_database_error().map(|error| error.message().to_owned());
            let word = word.unwrap_or_default();
            StoreError::Disk { path, word }
        }
        READ_ONLY | CANNOT_OPEN => StoreError::NotWritable { path },
        NOT_A_DATABASE => StoreError::NotAStore { path },
        _ => StoreError::Sqlite { path, source },
    }
}

/// SQLite's primary result code of an error; empty where it is none of SQLite's.
fn primary_code(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code());
    code.map(|code| primary(&code)).unwrap_or_default()
}

/// The primary code of an extended one: its low byte.
fn primary(code: &str) -> String {
    code.parse::<u32>()
        .map_or_else(|_| code.to_owned(), |code| (code & 0xff).to_string())
}

#[cfg(test)]
mod tests;
