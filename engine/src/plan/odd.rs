//! Cells of `language` and `timezone` that are neither: whose they are gets what stands in for it, and the plan says so.

use dsl::values::{is_language, is_zone};
use serde::{Deserialize, Serialize};

use super::seen::Place;

/// Cells of one column with one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddCells {
    /// Which column.
    pub column: OddColumn,
    /// As it stands there, shortened.
    pub text: String,
    /// What was probably meant.
    pub meant: Option<String>,
    /// Rows that have it.
    pub rows: u64,
    /// The first of them.
    pub first: Place,
}

/// The columns whose cells may be odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OddColumn {
    /// No tag of a language.
    Language,
    /// No time zone.
    Timezone,
}

/// Those of one row, as reports can show them.
pub(super) type OddOfRow = Vec<(OddColumn, String)>;

/// So many texts of a column are told apart; whose comes later counts with the last.
const APART: usize = 100;

impl OddColumn {
    /// As campaigns call it.
    pub fn name(self) -> &'static str {
        match self {
            OddColumn::Language => "language",
            OddColumn::Timezone => "timezone",
        }
    }

    /// Whether a cell that says something is odd.
    pub(super) fn is_odd(self, cell: &str) -> bool {
        !cell.is_empty() && self.meant(cell).is_err()
    }

    fn meant(self, cell: &str) -> Result<(), Option<String>> {
        match self {
            OddColumn::Language => is_language(cell),
            OddColumn::Timezone => is_zone(cell),
        }
    }
}

/// Counts a row.
pub(super) fn note(all: &mut Vec<OddCells>, column: OddColumn, text: String, first: Place) {
    let mut same = all.iter_mut().filter(|odd| odd.column == column);
    if let Some(odd) = same.find(|odd| odd.text == text) {
        odd.rows += 1;
        return;
    }
    let of_column = all.iter().filter(|odd| odd.column == column).count();
    let last = all.iter_mut().rfind(|odd| odd.column == column);
    match last.filter(|_| of_column >= APART) {
        Some(last) => last.rows += 1,
        None => all.push(OddCells {
            column,
            meant: column.meant(&text).err().flatten(),
            text,
            rows: 1,
            first,
        }),
    }
}
