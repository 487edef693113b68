//! Whether a row says that its person agreed. What is neither a clear yes nor a clear no is never guessed: it leaves the
//! person out under a reason of its own.

use chrono::NaiveDate;
use dsl::columns::Columns;
use dsl::project::Consent;
use dsl::scalar::{WrittenTime, parse_time};
use dsl::values::parse_date;

use crate::audience::{Row, clean};
use crate::left_out::LeftOut;

/// Words that lists write for yes: what people type, and what spreadsheets make of a ticked box in the languages of Europe.
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "1",
    "x",
    "on",
    "ok",
    "\u{2713}",
    "\u{2714}",
    "\u{2611}",
    "opt_in",
    "opt-in",
    "opted in",
    "s\u{ec}",
    "si",
    "s\u{ed}",
    "vero",
    "oui",
    "vrai",
    "ja",
    "wahr",
    "waar",
    "sim",
    "verdadero",
    "verdadeiro",
    "tak",
    "prawda",
    "ano",
    "pravda",
    "\u{e1}no",
    "kyll\u{e4}",
    "igen",
    "evet",
    "sant",
    "sand",
    "jah",
    "da",
    "\u{434}\u{430}",
    "\u{3bd}\u{3b1}\u{3b9}",
];
/// Words that lists write for no.
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "0",
    "-",
    "off",
    "none",
    "opt_out",
    "opt-out",
    "opted out",
    "falso",
    "non",
    "faux",
    "nein",
    "falsch",
    "nee",
    "onwaar",
    "n\u{e3}o",
    "nao",
    "nie",
    "fa\u{142}sz",
    "ne",
    "nepravda",
    "nej",
    "nei",
    "ei",
    "nem",
    "hay\u{131}r",
    "falskt",
    "usann",
    "nu",
    "\u{43d}\u{435}\u{442}",
    "\u{3cc}\u{3c7}\u{3b9}",
];

/// How consent is read in one list.
pub(super) enum ConsentOf {
    /// The policy asks for none, or all of the list gave it.
    Given,
    /// The list does not say that anybody gave it.
    Missing,
    /// This column says whether.
    Column { name: String, at: usize },
    /// This column says when; an empty cell is no consent.
    Date { name: String, at: usize },
}

impl ConsentOf {
    /// `needed` is the kind that the policy asks for; a list whose people agreed to another gave none.
    pub(super) fn new(needed: Option<&str>, stated: Option<&Consent>, columns: &Columns) -> ConsentOf {
        let Some(needed) = needed else {
            return ConsentOf::Given;
        };
        let Some(stated) = stated.filter(|stated| stated.kind == needed) else {
            return ConsentOf::Missing;
        };
        let find = |name: &String| {
            let at = columns
                .values
                .get(name)
                .or_else(|| columns.values.get(name.trim()));
            at.map(|at| (name.clone(), *at))
        };
        match (&stated.column, &stated.date) {
            (Some(column), _) => {
                find(column).map_or(ConsentOf::Missing, |(name, at)| ConsentOf::Column { name, at })
            }
            (None, Some(date)) => {
                find(date).map_or(ConsentOf::Missing, |(name, at)| ConsentOf::Date { name, at })
            }
            (None, None) => ConsentOf::Given,
        }
    }

    /// Why a person lacks it; none where it was given.
    pub(super) fn lacks(&self, row: &Row, today: impl Fn() -> NaiveDate) -> Option<LeftOut> {
        let cell = |at: usize| clean(row.cells.get(at).unwrap_or_default());
        let given = match self {
            ConsentOf::Given => return None,
            ConsentOf::Missing => Ok(false),
            ConsentOf::Column { name, at } => {
                let unclear = || LeftOut::ConsentUndecided(name.clone());
                by_word(&cell(*at), today()).ok_or_else(unclear)
            }
            ConsentOf::Date { name, at } => {
                let unclear = || LeftOut::ConsentUndated(name.clone());
                by_date(&cell(*at), today()).ok_or_else(unclear)
            }
        };
        match given {
            Ok(true) => None,
            Ok(false) => Some(LeftOut::NoConsent),
            Err(unclear) => Some(unclear),
        }
    }
}

/// None where the cell says neither yes nor no.
fn by_word(cell: &str, today: NaiveDate) -> Option<bool> {
    let word = cell.to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    match (is(YES), is(NO)) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => by_date(cell, today),
    }
}

/// A day that has come is a yes; one that has not come yet is a mistake.
fn by_date(cell: &str, today: NaiveDate) -> Option<bool> {
    if cell.is_empty() {
        return Some(false);
    }
    let time = || {
        Some(match parse_time(cell).ok()? {
            WrittenTime::Local(local) => local.date(),
            WrittenTime::Instant(at) => at.date_naive(),
        })
    };
    let day = parse_date(cell).or_else(time)?;
    (day <= today).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_yes_or_no_or_nothing_that_can_be_read() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a day");
        let table: [(Option<bool>, &[&str]); 3] = [
            (
                Some(true),
                &[
                    "yes",
                    "YES",
                    "S\u{ec}",
                    "si",
                    "VERO",
                    "1",
                    "x",
                    "true",
                    "\u{2713}",
                    "2026-11-25",
                    "2024-03-01 10:00",
                    "2024-03-01T10:00:00Z",
                ],
            ),
            (
                Some(false),
                &["", "no", "No", "FALSO", "0", "-", "nein", "opt-out"],
            ),
            (
                None,
                &[
                    "?",
                    "maybe",
                    "2",
                    "n/a",
                    "2026-11-26",
                    "01/12/2025",
                    "yes and no",
                    "revoked",
                    "2026-02-30",
                    "yesno",
                ],
            ),
        ];
        for (expected, cells) in table {
            for cell in cells {
                assert_eq!(by_word(cell, today), expected, "{cell:?}");
            }
        }
        for word in YES {
            assert!(!NO.contains(word), "{word}");
            assert_eq!(word.to_lowercase(), *word);
        }
        assert_eq!(by_date("yes", today), None, "a column of days holds days");
    }
}
