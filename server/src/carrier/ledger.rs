//! The ledger: an append-only file, a line per event, written before the carrier answers. With it the carrier knows after
//! a kill what it took and which receipts nobody has acknowledged; joined with a store it is the witness of what was
//! sent. What a system that loses power forgets is not its matter: it is written, not flushed.
//!
//! Fields are separated by tabs, times are Unix milliseconds:
//!
//! | line | fields |
//! |---|---|
//! | `start`, `switches` | time, the switches as JSON |
//! | `text` | time, fate, trouble or `-`, reference, digits of the number, hash of the text, sender |
//! | `ack` | time, receipts and replies as `text.index`, with commas; texts that were taken are counted from 0 |

mod line;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use engine::provider::carrier::wire::Code;
use sms::PhoneNumber;

use super::fault::Fault;
use super::switches::Switches;
pub use crate::carrier::chance::text_hash;
pub(super) use line::{Line, write};

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The carrier has it, whatever the client heard of that.
    Taken,
    /// The carrier does not have it, and said so.
    Refused(Code),
    /// The carrier does not have it, and said nothing of use.
    Lost,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// The carrier started, with these switches.
    Started(DateTime<Utc>, Box<Switches>),
    /// The switches were changed to these.
    Switched(DateTime<Utc>, Box<Switches>),
    /// A text was submitted.
    Text(TextEntry),
    /// The client keeps these: each a text, by its number among those that were taken, and which of its receipts and
    /// replies.
    Acknowledged(DateTime<Utc>, Vec<(u64, u16)>),
}

/// A text that was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub fate: Fate,
    /// The trouble that its request met.
    pub fault: Option<Fault>,
    /// The client's id of it.
    pub reference: String,
    /// To.
    pub to: PhoneNumber,
    /// [`text_hash`] of what.
    pub text_hash: u64,
    /// From, by the client's name.
    pub sender: String,
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It cannot be opened or read.
    #[error("the ledger {path} cannot be opened")]
    Unopenable {
        /// Of the ledger.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another carrier writes it.
    #[error("another carrier writes the ledger {path}: end it, or name another file with `--ledger`")]
    Held {
        /// Of the ledger.
        path: String,
    },
    /// It cannot be written: the disk is full, for instance. The carrier must not answer any more.
    #[error("the ledger cannot be written")]
    Unwritable(#[source] io::Error),
    /// It cannot be read on.
    #[error("the ledger cannot be read")]
    Unreadable(#[source] io::Error),
    /// Another file.
    #[error("{path} is no ledger of a carrier: it is left as it is; name another file")]
    Foreign {
        /// The file.
        path: String,
    },
    /// A line is no event.
    #[error("line {number} is no line of a ledger")]
    Line {
        /// Of the line, from 1.
        number: u64,
    },
}

/// A ledger that is written.
pub struct Ledger {
    file: File,
    /// The length without a last line that a kill left unfinished, until that is cut off.
    torn_at: Option<u64>,
}

impl Ledger {
    /// Opens or begins one. Gives what stands in it; a last line that a kill left unfinished is cut off with the first
    /// append, so that a file that is none stays as it is.
    pub fn open(path: &Path) -> Result<(Ledger, Entries<File>), LedgerError> {
        let unopenable = |source| LedgerError::Unopenable {
            path: path.display().to_string(),
            source,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(unopenable)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(unopenable)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => LedgerError::Held {
                path: path.display().to_string(),
            },
            TryLockError::Error(source) => unopenable(source),
        })?;
        let whole = whole_lines(&mut file).map_err(unopenable)?;
        let torn_at = (whole < file.metadata().map_err(unopenable)?.len()).then_some(whole);
        if torn_at == Some(0) && !begins_like_a_line(&mut file).map_err(unopenable)? {
            return Err(LedgerError::Foreign {
                path: path.display().to_string(),
            });
        }
        // Of its own, since the lock goes with the last handle of the other.
        let entries = Entries::of(File::open(path).map_err(unopenable)?);
        Ok((Ledger { file, torn_at }, entries))
    }

    /// Adds whole lines with one write.
    pub fn append(&mut self, record: &str) -> Result<(), LedgerError> {
        if let Some(whole) = self.torn_at.take() {
            self.file.set_len(whole).map_err(LedgerError::Unwritable)?;
        }
        self.file
            .write_all(record.as_bytes())
            .map_err(LedgerError::Unwritable)
    }
}

/// Whether a file without any whole line may be the beginning of one.
fn begins_like_a_line(file: &mut File) -> io::Result<bool> {
    let mut begin = vec![];
    file.seek(SeekFrom::Start(0))?;
    file.take(16).read_to_end(&mut begin)?;
    let like = |kind: &&str| begin.iter().zip(kind.bytes()).all(|(byte, kinds)| *byte == kinds);
    Ok(line::KINDS.iter().any(like))
}

/// The length of a file up to its last line's end.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    const BLOCK: u64 = 64 * 1_024;
    let mut end = file.seek(SeekFrom::End(0))?;
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        let mut block = vec![];
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + u64::try_from(at + 1).expect("a block is small"));
        }
        end = start;
    }
    Ok(0)
}

/// The events of a ledger, in their order. A last line that is not finished is not there.
pub struct Entries<R> {
    lines: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Entries<R> {
    /// Of these bytes.
    pub fn of(ledger: R) -> Entries<R> {
        Entries {
            lines: BufReader::new(ledger),
            line: vec![],
            number: 0,
        }
    }
}

impl<R: Read> Iterator for Entries<R> {
    type Item = Result<Entry, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line.clear();
        if let Err(error) = self.lines.read_until(b'\n', &mut self.line) {
            return Some(Err(LedgerError::Unreadable(error)));
        }
        let line = self.line.strip_suffix(b"\n")?;
        self.number += 1;
        let entry = std::str::from_utf8(line).ok().and_then(line::read);
        Some(entry.ok_or(LedgerError::Line { number: self.number }))
    }
}

/// All events of a ledger; also of one that a carrier is writing.
pub fn read_ledger(path: &Path) -> Result<Vec<Entry>, LedgerError> {
    let file = File::open(path).map_err(|source| LedgerError::Unopenable {
        path: path.display().to_string(),
        source,
    })?;
    Entries::of(file).collect()
}
