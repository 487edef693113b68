//! The records of a file, with the lines they stand in. The core of the csv crate is driven here by hand, since only so
//! it can be known in which line a record begins (that crate counts a line break after the record it ends), and whether
//! the file ended within a quote.

use csv_core::{ReadRecordResult, Reader};

use super::source::{Source, newlines};
use super::{AudienceProblem, MOST_COLUMNS, MOST_ROW, separator};

pub(super) struct Records {
    source: Source,
    core: Reader,
    separator: u8,
    /// The block being read, how much of it is read, and the byte of the text that it begins with.
    block: Vec<u8>,
    at: usize,
    block_offset: u64,
    ended: bool,
    /// The cells of the record, one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// One record; its cells are in [`Records`] until the next is read.
pub(super) struct Record<'a> {
    /// Where it begins, from 1.
    pub line: u64,
    /// The line and byte of its first NUL.
    pub nul: Option<(u64, u64)>,
    /// The cells, one after the other.
    pub text: &'a str,
    /// Where each ends in `text`.
    pub ends: &'a [usize],
}

impl<'a> Record<'a> {
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a str> {
        let text = self.text;
        let mut start = 0;
        self.ends
            .iter()
            .map(move |end| &text[std::mem::replace(&mut start, *end)..*end])
    }
}

/// How far a record is read.
#[derive(Default)]
struct Progress {
    text: usize,
    cells: usize,
    nul: Option<(u64, u64)>,
    /// The last byte read, which ended the record if it is complete.
    last: u8,
}

impl Records {
    /// Reads the first block and finds the separator: that of a first line `sep=;`, as spreadsheets write it, else by the
    /// rows.
    pub(super) fn new(source: Source) -> Result<Records, AudienceProblem> {
        Records::stated(source, None, 0)
    }

    /// As [`Self::new`], with the separator where it is stated, behind so many lines. Those stand in the first block.
    pub(super) fn stated(
        mut source: Source,
        separator: Option<u8>,
        lines_before: u64,
    ) -> Result<Records, AudienceProblem> {
        let mut block = vec![];
        let block_offset = source.text_start();
        source.next_block(&mut block)?;
        let whole = source.at_end();
        let (declared, at) = declared(&block).map_or((None, 0), |(own, length)| (Some(own), length));
        let at = at.max(behind(&block, lines_before));
        let (separator, mut core) = match separator.or(declared) {
            Some(separator) => (separator, separator::reader(separator)),
            None => separator::separator(&block[at..], whole)?,
        };
        core.set_line(1 + newlines(&block[..at]));
        let (text, ends) = (vec![0; 4096], vec![0; 64]);
        Ok(Records {
            source,
            core,
            separator,
            block,
            at,
            block_offset,
            ended: false,
            text,
            ends,
        })
    }

    pub(super) fn separator(&self) -> char {
        char::from(self.separator)
    }

    pub(super) fn encoding(&self) -> &'static str {
        self.source.encoding()
    }

    /// The next record; none at the end of the file. Empty lines are none.
    pub(super) fn next_record(&mut self) -> Result<Option<Record<'_>>, AudienceProblem> {
        let mut progress = Progress::default();
        loop {
            if self.at == self.block.len() && !self.ended {
                self.next_block()?;
            }
            let past_the_end = self.at == self.block.len();
            match self.read(&mut progress) {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.more_text(&progress)?,
                ReadRecordResult::OutputEndsFull => self.more_cells(&progress)?,
                ReadRecordResult::End => return Ok(None),
                // The line break behind the end of the file ended no record: it stands in a quote.
                ReadRecordResult::Record if past_the_end => {
                    let line = self.cell_line(&progress, progress.cells.saturating_sub(1));
                    return Err(AudienceProblem::UnclosedQuote { line });
                }
                ReadRecordResult::Record => return self.finished(progress).map(Some),
            }
        }
    }

    /// Reads on; at the end of the file one line break is put behind it, which ends the last record unless a quote is open.
    fn next_block(&mut self) -> Result<(), AudienceProblem> {
        self.block_offset += self.block.len() as u64;
        self.at = 0;
        if !self.source.next_block(&mut self.block)? {
            self.block.push(b'\n');
            self.ended = true;
        }
        Ok(())
    }

    fn read(&mut self, progress: &mut Progress) -> ReadRecordResult {
        let line = self.core.line();
        let (result, read, text, cells) = self.core.read_record(
            &self.block[self.at..],
            &mut self.text[progress.text..],
            &mut self.ends[progress.cells..],
        );
        let bytes = &self.block[self.at..self.at + read];
        if progress.nul.is_none() && bytes.contains(&0) {
            let before = bytes.iter().take_while(|b| **b != 0).count();
            let byte = self.block_offset + (self.at + before) as u64;
            progress.nul = Some((line + newlines(&bytes[..before]), byte));
        }
        progress.last = bytes.last().copied().unwrap_or(progress.last);
        progress.text += text;
        progress.cells += cells;
        self.at += read;
        result
    }

    fn more_text(&mut self, progress: &Progress) -> Result<(), AudienceProblem> {
        if self.text.len() >= MOST_ROW {
            let row_line = self.first_line(progress, false);
            return Err(AudienceProblem::LongRow {
                row_line,
                cell_line: self.cell_line(progress, progress.cells),
            });
        }
        self.text.resize(2 * self.text.len(), 0);
        Ok(())
    }

    fn more_cells(&mut self, progress: &Progress) -> Result<(), AudienceProblem> {
        if self.ends.len() >= MOST_COLUMNS {
            return Err(AudienceProblem::ManyColumns {
                line: self.first_line(progress, false),
            });
        }
        self.ends.resize(2 * self.ends.len(), 0);
        Ok(())
    }

    fn finished(&mut self, progress: Progress) -> Result<Record<'_>, AudienceProblem> {
        let line = self.first_line(&progress, progress.last == b'\n');
        let bytes = &self.text[..progress.text];
        // The source gives only UTF-8, and separators are ASCII.
        let text = std::str::from_utf8(bytes).map_err(|_| AudienceProblem::NotUtf8 {
            line,
            byte: self.block_offset,
        })?;
        Ok(Record {
            line,
            nul: progress.nul,
            text,
            ends: &self.ends[..progress.cells],
        })
    }

    /// The lines read, without those of the record itself and without the line break that ended it.
    fn first_line(&self, progress: &Progress, ended_by_newline: bool) -> u64 {
        self.core.line() - newlines(&self.text[..progress.text]) - u64::from(ended_by_newline)
    }

    /// Where a cell of a record begins that no line break has ended.
    fn cell_line(&self, progress: &Progress, cell: usize) -> u64 {
        let start = cell.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.first_line(progress, false) + newlines(&self.text[..start])
    }
}

/// Where the line after so many begins; the end where there are fewer.
fn behind(block: &[u8], lines: u64) -> usize {
    let mut breaks = (1..).zip(block).filter(|(_, byte)| **byte == b'\n');
    match lines
        .checked_sub(1)
        .and_then(|before| usize::try_from(before).ok())
    {
        Some(before) => breaks.nth(before).map_or(block.len(), |(end, _)| end),
        None => 0,
    }
}

/// `sep=;` in a line of its own: the separator, and the bytes of the line.
fn declared(block: &[u8]) -> Option<(u8, usize)> {
    let rest = block.strip_prefix(b"sep=")?;
    let (separator, end) = rest
        .split_first()
        .filter(|(c, _)| separator::CANDIDATES.contains(c))?;
    let line_break = if end.starts_with(b"\r\n") {
        2
    } else {
        usize::from(end.starts_with(b"\n"))
    };
    (line_break > 0).then_some((*separator, b"sep=;".len() + line_break))
}
