//! Single cells: what is cut from them, and what cannot be a value.

use std::borrow::Cow;

/// Why a cell holds no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellProblem {
    /// `=A1+B1`: the file was saved with formulas in place of what they come to.
    #[error("this is a formula, not its value")]
    Formula,
    /// `#N/A`, `#REF!`: the spreadsheet could not compute it.
    #[error("this is the error of a spreadsheet, not a value")]
    SpreadsheetError,
    /// `####`: the column was too narrow to be shown.
    #[error("the spreadsheet wrote # signs because the column was too narrow")]
    TooNarrow,
}

/// As spreadsheet programs write them in English, Italian, German, French, Spanish and Portuguese.
const SPREADSHEET_ERRORS: [&str; 26] = [
    "#REF!",
    "#N/A",
    "#N/D",
    "#NV",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BEZUG!",
    "#WERT!",
    "#ZAHL!",
    "#RIF!",
    "#VALORE!",
    "#NOME?",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE!",
    "#VALOR!",
    "#¡REF!",
    "#¡VALOR!",
    "#¡NUM!",
    "#¡DIV/0!",
];

/// Why a cell that is used cannot be a value: a formula, or a spreadsheet's error. None for every other text.
pub fn cell_problem(cell: &str) -> Option<CellProblem> {
    let cell = cell.trim();
    match cell.as_bytes().first() {
        Some(b'=') if cell.len() > 1 => Some(CellProblem::Formula),
        Some(b'#') if cell.len() > 2 && cell.bytes().all(|b| b == b'#') => Some(CellProblem::TooNarrow),
        Some(b'#')
            if SPREADSHEET_ERRORS
                .iter()
                .any(|error| error.eq_ignore_ascii_case(cell)) =>
        {
            Some(CellProblem::SpreadsheetError)
        }
        Some(_) | None => None,
    }
}

/// A cell without what nobody sees: white space of every kind at both ends; and everywhere marks of writing direction,
/// zero-width spaces, soft hyphens and byte-order marks, each of which would turn a text into UCS-2. Joiners stay between
/// characters, since emoji and some scripts are written with them.
pub fn clean(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() {
        return cell.trim().into();
    }
    let ends = |c: char| c.is_whitespace() || is_invisible(c) || is_joiner(c);
    let cell = cell.trim_matches(ends);
    if cell.contains(is_invisible) {
        cell.chars()
            .filter(|c| !is_invisible(*c))
            .collect::<String>()
            .into()
    } else {
        cell.into()
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_errors_are_no_values() {
        for (cell, problem) in [
            ("=A1+B1", CellProblem::Formula),
            (" =\"+39\"&A1", CellProblem::Formula),
            ("#REF!", CellProblem::SpreadsheetError),
            ("#n/a ", CellProblem::SpreadsheetError),
            ("#RIF!", CellProblem::SpreadsheetError),
            ("########", CellProblem::TooNarrow),
        ] {
            assert_eq!(cell_problem(cell), Some(problem), "{cell}");
        }
        for cell in [
            "", "=", "#", "##", "#1", "#foxes", "+39 333", "-", "@ada", "N/A", "1=1",
        ] {
            assert_eq!(cell_problem(cell), None, "{cell}");
        }
    }

    #[test]
    fn what_nobody_sees_is_cut() {
        for (cell, cleaned) in [
            ("", ""),
            (" Ada ", "Ada"),
            ("\u{a0}Ada\u{a0}", "Ada"),
            ("\u{feff}Ada", "Ada"),
            ("\u{202a}+39 333 123 4567\u{202c}", "+39 333 123 4567"),
            ("\u{2068}Ada\u{2069}\u{200e}", "Ada"),
            ("A\u{200b}d\u{ad}a", "Ada"),
            ("\u{200d}Zoë\u{200d}", "Zoë"),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("a\u{a0}b", "a\u{a0}b"),
            ("Rossi\r\nMario", "Rossi\r\nMario"),
            (" \u{200b} ", ""),
        ] {
            assert_eq!(clean(cell), cleaned, "{cell:?}");
        }
        assert!(matches!(clean("Zoë"), Cow::Borrowed(_)));
    }
}
