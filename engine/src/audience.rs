//! Lists of people, read from CSV files row by row: what stands in a file is never held in memory whole. Encoding and
//! separator are found out and said; nothing is guessed silently. A row that cannot be read is left out and named; what
//! makes every later row doubtful stops the reading. Knows nothing of phone numbers.

use std::path::Path;

use csv::StringRecord;
use dsl::columns::Columns;
use dsl::project::ListFile;

mod cell;
mod error;
mod numbers;
mod prices;
mod reader;
mod reading;
mod records;
mod separator;
mod source;

pub use cell::{CellProblem, cell_problem, clean};
pub use dsl::scalar::Currency;
pub use error::{AudienceError, AudienceProblem, PriceProblem};
pub use prices::Prices;
pub use reader::ListReader;
pub use reading::header;

/// Bytes a cell may have at most; a row with a longer one is left out.
pub const MOST_CELL: usize = 64 * 1024;
/// Bytes a row may have at most. A longer one stops the reading: most likely a quote was never closed.
pub const MOST_ROW: usize = 1024 * 1024;
/// Columns a file may have at most.
pub const MOST_COLUMNS: usize = 1_024;

/// One person of a list, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Among the rows of data, from 1; empty lines do not count.
    pub number: u64,
    /// The line of the file that it begins in, from 1. Rows with line breaks in quotes have several.
    pub line: u64,
    /// As many as the header has.
    pub cells: StringRecord,
}

/// A row that cannot be read, and is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Among the rows of data, from 1; empty lines do not count.
    pub number: u64,
    /// The line of the file that it begins in, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: BadRowReason,
    /// How it begins.
    pub text: String,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRowReason {
    /// More or fewer cells than the header has.
    #[error("{cells} {} where the header has {columns}", if *.cells == 1 { "cell" } else { "cells" })]
    Ragged {
        /// Of this row.
        cells: usize,
        /// Of the header.
        columns: usize,
    },
    /// The byte that no text holds, and databases refuse.
    #[error("a NUL in line {line}, byte {byte} of the file")]
    Nul {
        /// Where it stands, from 1.
        line: u64,
        /// Where it stands, from 0. In a file in UTF-16: in its text as UTF-8.
        byte: u64,
    },
    /// More than [`MOST_CELL`] bytes.
    #[error("the cell of column {column} is longer than {} KiB", MOST_CELL / 1024)]
    LongCell {
        /// From 1.
        column: usize,
    },
}

/// Some rows, each kind in the order of the file. Empty when the file is at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Those that can be read.
    pub rows: Vec<Row>,
    /// Those that are left out.
    pub bad: Vec<BadRow>,
}

impl Chunk {
    /// Rows of both kinds.
    pub fn len(&self) -> usize {
        self.rows.len() + self.bad.len()
    }

    /// The file is at its end.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Opens a list: finds its encoding and separator, and reads its header.
/// `path` is relative to the project's `folder`, and stays in it.
pub fn open(folder: &Path, path: &str) -> Result<ListReader, AudienceError> {
    ListReader::open(folder, path)
}

/// A list of numbers that stands in no file: one column, called `phone`. `name` is what it is called.
pub fn of_numbers(name: &str, numbers: Vec<u64>) -> Result<ListReader, AudienceError> {
    ListReader::of_numbers(name, numbers)
}

/// Where the columns of a list are.
pub fn columns(reader: &ListReader, list: &ListFile) -> Result<Columns, AudienceError> {
    dsl::columns::resolve(list, reader.header())
        .map_err(|error| AudienceError::new(reader.path(), AudienceProblem::Columns(error)))
}

#[cfg(test)]
mod tests;
