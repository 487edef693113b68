//! Why a file of people or prices cannot be read.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{BadRowReason, MOST_COLUMNS, MOST_ROW};
use crate::inside;

/// A file that cannot be read, or not to its end.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", .path.display())]
pub struct AudienceError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: AudienceProblem,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum AudienceProblem {
    /// There is none at this path.
    #[error("there is no such file")]
    NotFound,
    /// A folder or another thing that is no file.
    #[error("this is not a file")]
    NotAFile,
    /// A link to somewhere else: a project reads its own files only.
    #[error("this is a link that leads out of the project")]
    LeadsOut,
    /// The system does not let us.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// A workbook, whatever its name ends in.
    #[error("this is a workbook of a spreadsheet program, not CSV")]
    Workbook,
    /// Nothing but white space.
    #[error("the file is empty, without even a header")]
    Empty,
    /// Bytes that are no UTF-8, without a byte-order mark that says what they are.
    #[error("line {line} holds bytes that are not UTF-8 (byte {byte} of the file)")]
    NotUtf8 {
        /// From 1.
        line: u64,
        /// From 0.
        byte: u64,
    },
    /// Bytes that the encoding of the file does not have: in UTF-16 half a pair, or half a unit.
    #[error("line {line} holds bytes that are not {} (near byte {byte} of the file)", shown(.encoding))]
    NotInEncoding {
        /// Its name: that of the mark that the file begins with, or the one stated.
        encoding: &'static str,
        /// From 1.
        line: u64,
        /// From 0.
        byte: u64,
    },
    /// NUL bytes in the header: most likely UTF-16 without a byte-order mark.
    #[error("the header holds NUL bytes (the first is byte {byte} of the file)")]
    NulInHeader {
        /// From 0.
        byte: u64,
    },
    /// Several characters may separate the cells.
    #[error("it is unclear what separates the cells: {}", listed(.candidates))]
    SeparatorUnclear {
        /// At least two.
        candidates: Vec<char>,
    },
    /// A quote that nothing closes; every later row would be part of that cell.
    #[error("the quote that opens in line {line} is never closed")]
    UnclosedQuote {
        /// From 1.
        line: u64,
    },
    /// More than [`MOST_ROW`] bytes.
    #[error("the row of line {row_line} is longer than {} KiB", MOST_ROW / 1024)]
    LongRow {
        /// Where the row begins, from 1.
        row_line: u64,
        /// Where its last cell begins, from 1.
        cell_line: u64,
    },
    /// More than [`MOST_COLUMNS`] cells in a row.
    #[error("line {line} has more than {MOST_COLUMNS} cells")]
    ManyColumns {
        /// From 1.
        line: u64,
    },
    /// The header does not fit.
    #[error("{0}")]
    Columns(dsl::columns::ColumnError),
    /// A file of prices that cannot be used.
    #[error("line {line}: {problem}")]
    Price {
        /// From 1.
        line: u64,
        /// What is wrong there.
        problem: PriceProblem,
    },
}

/// What is wrong in a line of prices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceProblem {
    /// The header lacks a column.
    #[error("there is no column \"{name}\"")]
    NoColumn {
        /// The column.
        name: &'static str,
    },
    /// The row cannot be read.
    #[error("{0}")]
    BadRow(BadRowReason),
    /// Neither two letters of a country nor `*`.
    #[error("\"{text}\" is not a country")]
    NotACountry {
        /// The cell.
        text: String,
    },
    /// A second price for a country.
    #[error("{country} has a price already, in line {first}")]
    DoubledCountry {
        /// Two letters or `*`.
        country: String,
        /// From 1.
        first: u64,
    },
    /// Not a decimal number with a point, or below zero.
    #[error("\"{text}\" is not a price")]
    NotAPrice {
        /// The cell.
        text: String,
    },
    /// Not three capital letters.
    #[error("\"{text}\" is not a currency")]
    NotACurrency {
        /// The cell.
        text: String,
    },
}

impl AudienceError {
    pub(super) fn new(path: &Path, problem: AudienceProblem) -> AudienceError {
        AudienceError {
            path: path.to_owned(),
            problem,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match &self.problem {
            AudienceProblem::NotFound => "paths are relative to the folder of crier.yaml".into(),
            AudienceProblem::NotAFile => "name the file itself".into(),
            AudienceProblem::LeadsOut => "copy the file into the project".into(),
            AudienceProblem::Unreadable(error) if error.kind() == ErrorKind::PermissionDenied => {
                "whoever runs crier needs leave to read it: its owner gives it with `chmod a+r`".into()
            }
            AudienceProblem::Unreadable(error) if inside::is_circle(error) => {
                "the link leads in a circle: let it lead to a file, or remove it".into()
            }
            AudienceProblem::Unreadable(_) => "see whether the file and its disk are in order".into(),
            AudienceProblem::Workbook => "save the sheet as \"CSV UTF-8\"".into(),
            AudienceProblem::Empty => "the first row names the columns: `phone,first_name`".into(),
            AudienceProblem::NotUtf8 { .. } => {
                "save the file as UTF-8 (in a spreadsheet program: \"CSV UTF-8\"), or convert it: \
                 `iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv`"
                    .into()
            }
            AudienceProblem::NotInEncoding { .. } | AudienceProblem::NulInHeader { .. } => {
                "save the file as UTF-8 (in a spreadsheet program: \"CSV UTF-8\")".into()
            }
            AudienceProblem::SeparatorUnclear { .. } => {
                "put names that hold one of these characters in quotes, so that one separator is left".into()
            }
            AudienceProblem::UnclosedQuote { .. } => {
                "close it, and write a quote inside a quoted cell twice: `\"the \"\"Arena\"\"\"`".into()
            }
            AudienceProblem::LongRow { cell_line, .. } => {
                format!("is a quote that opens in line {cell_line} never closed?")
            }
            AudienceProblem::ManyColumns { .. } => "leave out columns that no text or condition uses".into(),
            AudienceProblem::Columns(error) => error.help(),
            AudienceProblem::Price { problem, .. } => problem.help().into(),
        }
    }
}

impl PriceProblem {
    fn help(&self) -> &'static str {
        match self {
            PriceProblem::NoColumn { .. } => "the first row is `country,price,currency`",
            PriceProblem::BadRow(_) => "a row has a country, a price and a currency: `IT,0.045,EUR`",
            PriceProblem::NotACountry { .. } => "write two letters, such as IT, or * for all others",
            PriceProblem::DoubledCountry { .. } => "leave one of the two",
            PriceProblem::NotAPrice { .. } => "write a number with a point, not below zero: 0.045",
            PriceProblem::NotACurrency { .. } => "write three capital letters: EUR",
        }
    }
}

fn shown(encoding: &'static str) -> &'static str {
    match encoding {
        "UTF-16LE" | "UTF-16BE" => "UTF-16",
        other => other,
    }
}

fn listed(candidates: &[char]) -> String {
    let named = |c: &char| {
        if *c == '\t' {
            "a tab".to_owned()
        } else {
            format!("\"{c}\"")
        }
    };
    candidates.iter().map(named).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn what_the_system_says_of_a_file_is_said_once() {
        let error = Error::new(ErrorKind::PermissionDenied, "permission denied");
        let error = AudienceError::new(Path::new("lists/a.csv"), error.into());
        assert_eq!(error.to_string(), "lists/a.csv: permission denied");
    }
}
