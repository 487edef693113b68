//! A list, opened: its header, and its rows in chunks.

use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::numbers::Numbers;
use super::records::{Record, Records};
use super::source::Source;
use super::{AudienceError, AudienceProblem, BadRow, BadRowReason, Chunk, MOST_CELL, Row, clean};

/// Characters of a row that a report shows.
const SHOWN: usize = 80;

/// Bytes that are read at a time, roughly: rows may be of a megabyte.
const CHUNK_BYTES: usize = 16 << 20;
/// Rows that are read at once where they are taken one by one.
const ROWS: usize = 4_096;

/// A list that is being read.
pub struct ListReader {
    path: PathBuf,
    records: Records,
    header: Vec<String>,
    /// Rows of data read.
    rows: u64,
}

impl ListReader {
    pub(super) fn open(folder: &Path, path: &str) -> Result<ListReader, AudienceError> {
        let path = folder.join(path);
        let reader = Source::open(&path, folder).and_then(|source| ListReader::new(&path, source));
        reader.map_err(|problem| AudienceError::new(&path, problem))
    }

    pub(super) fn of_numbers(name: &str, numbers: Vec<u64>) -> Result<ListReader, AudienceError> {
        let path = Path::new(name);
        let source = Source::new(Box::new(Numbers::new(numbers)));
        let reader = source.and_then(|source| ListReader::new(path, source));
        reader.map_err(|problem| AudienceError::new(path, problem))
    }

    pub(super) fn new(path: &Path, source: Source) -> Result<ListReader, AudienceProblem> {
        let mut records = Records::new(source)?;
        let header = read_header(&mut records)?;
        Ok(ListReader {
            path: path.into(),
            records,
            header,
            rows: 0,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns, cleaned; those of columns without a name are empty.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What separates the cells.
    pub fn separator(&self) -> char {
        self.records.separator()
    }

    /// `UTF-8`, or what a byte-order mark says: `UTF-16LE`, `UTF-16BE`.
    pub fn encoding(&self) -> &'static str {
        self.records.encoding()
    }

    /// The next rows, `most` at most, and fewer where they are very long; an empty chunk at the end of the file. Rows without any value are empty lines. After
    /// an error there is nothing more to read.
    pub fn next_chunk(&mut self, most: usize) -> Result<Chunk, AudienceError> {
        let mut chunk = Chunk::default();
        let mut bytes = 0;
        while chunk.len() < most && bytes < CHUNK_BYTES {
            match self.read_row(&mut chunk) {
                Ok(Some(read)) => bytes += read,
                Ok(None) => break,
                Err(problem) => return Err(AudienceError::new(&self.path, problem)),
            }
        }
        Ok(chunk)
    }

    /// Takes each row that is left, for whom rows that cannot be read are nothing.
    pub fn each_row(&mut self, mut take: impl FnMut(Row)) -> Result<(), AudienceError> {
        loop {
            let chunk = self.next_chunk(ROWS)?;
            if chunk.is_empty() {
                return Ok(());
            }
            chunk.rows.into_iter().for_each(&mut take);
        }
    }

    /// Reads a row, and says how many bytes its cells have; none at the end of the file.
    fn read_row(&mut self, chunk: &mut Chunk) -> Result<Option<usize>, AudienceProblem> {
        let separator = self.records.separator();
        let Some(record) = self.records.next_record()? else {
            return Ok(None);
        };
        let bytes = record.text.len();
        if is_blank(&record) {
            return Ok(Some(bytes));
        }
        self.rows += 1;
        let (number, line) = (self.rows, record.line);
        match bad_row_reason(&record, self.header.len()) {
            None => chunk.rows.push(Row {
                number,
                line,
                cells: cells_of(&record),
            }),
            Some(reason) => chunk.bad.push(BadRow {
                number,
                line,
                reason,
                text: shown(&record, separator),
            }),
        }
        Ok(Some(bytes))
    }
}

pub(super) fn read_header(records: &mut Records) -> Result<Vec<String>, AudienceProblem> {
    loop {
        let record = records.next_record()?.ok_or(AudienceProblem::Empty)?;
        if let Some((_, byte)) = record.nul {
            return Err(AudienceProblem::NulInHeader { byte });
        }
        if !is_blank(&record) {
            return Ok(record.cells().map(|name| clean(name).into_owned()).collect());
        }
    }
}

/// Spreadsheets leave lines of separators behind where rows were emptied.
fn is_blank(record: &Record<'_>) -> bool {
    record.text.chars().all(char::is_whitespace)
}

fn bad_row_reason(record: &Record<'_>, columns: usize) -> Option<BadRowReason> {
    if let Some((line, byte)) = record.nul {
        return Some(BadRowReason::Nul { line, byte });
    }
    if record.ends.len() != columns {
        return Some(BadRowReason::Ragged {
            cells: record.ends.len(),
            columns,
        });
    }
    if record.text.len() <= MOST_CELL {
        return None;
    }
    let long = record.cells().position(|cell| cell.len() > MOST_CELL);
    long.map(|at| BadRowReason::LongCell { column: at + 1 })
}

fn cells_of(record: &Record<'_>) -> StringRecord {
    let mut cells = StringRecord::with_capacity(record.text.len(), record.ends.len());
    record.cells().for_each(|cell| cells.push_field(cell));
    cells
}

/// The beginning of a row on one line, for a report.
fn shown(record: &Record<'_>, separator: char) -> String {
    let mut text = String::new();
    for (at, cell) in record.cells().enumerate() {
        if at > 0 {
            text.push(separator);
        }
        for c in cell.chars().take(SHOWN) {
            if c.is_control() {
                text.extend(c.escape_default())
            } else {
                text.push(c)
            }
        }
        if text.chars().count() > SHOWN {
            return text.chars().take(SHOWN).chain(['…']).collect();
        }
    }
    text
}
