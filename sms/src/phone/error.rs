//! Why a text is not a telephone number. Every message shows the text and says what to do.

use super::PhoneNumber;
use crate::region::Region;

/// Why a text is not a telephone number. `text` is the cell as it was, cut after 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing, or only spaces.
    #[error("the phone number is empty; fill it in or take the row out")]
    Empty,
    /// Like `3.93331E+11`: what the missing digits were cannot be known.
    #[error("{text:?} lost its digits in a spreadsheet; export the column as text")]
    DigitsLost {
        /// The cell.
        text: String,
    },
    /// A name, a note, or a letter that looks like a digit.
    #[error("{text:?} has letters in it; write the digits only")]
    Letters {
        /// The cell.
        text: String,
    },
    /// A sign that stands in no number, or a `+` that is not at its beginning.
    #[error("{text:?} has {character:?} in it; write one number, digits only")]
    Character {
        /// The cell.
        text: String,
        /// The first one that does not belong.
        character: char,
    },
    /// In national form, and it is not known where.
    #[error(
        "{text:?} has no country code; write it as {} or set the region",
        with_plus(text)
    )]
    NoRegion {
        /// The cell.
        text: String,
    },
    /// Begins with 00, which is not how one dials abroad where it is read.
    #[error("{text:?} begins with 00, {}; write +{country_code}", not_dialled(region))]
    DialPrefix {
        /// The cell.
        text: String,
        /// Where it was read.
        region: Option<Region>,
        /// What follows the 00: 39.
        country_code: u64,
    },
    /// Begins with `+` and no country's code.
    #[error("{text:?} does not begin with a country code that exists; check the digits after the +")]
    CountryCode {
        /// The cell.
        text: String,
    },
    /// Digits are missing.
    #[error("{text:?} is too short for a phone number; write all its digits")]
    TooShort {
        /// The cell.
        text: String,
    },
    /// Two numbers in one cell, or an extension.
    #[error("{text:?} is too long for a phone number; write one number, without an extension")]
    TooLong {
        /// The cell.
        text: String,
    },
    /// No number of its country looks like it.
    #[error(
        "{text:?} is not a valid phone number{}; check its digits, and write + and the country code if it is from abroad",
        of(region)
    )]
    NotValid {
        /// The cell.
        text: String,
        /// The region it was read in, where it has no country code of its own.
        region: Option<Region>,
    },
}

impl PhoneError {
    pub(super) fn letters(raw: &str) -> PhoneError {
        PhoneError::Letters { text: shown(raw) }
    }

    pub(super) fn character(raw: &str, character: char) -> PhoneError {
        PhoneError::Character {
            text: shown(raw),
            character,
        }
    }
}

/// The cell for a message: a whole paragraph in the wrong column must not fill the screen.
pub(super) fn shown(raw: &str) -> String {
    let text = raw.trim();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Digits that are a number behind a plus; else how one begins.
fn with_plus(text: &str) -> String {
    let meant = PhoneNumber::parse(&format!("+{text}"), None);
    meant.map_or_else(|_| "+39...".to_owned(), |meant| meant.number.to_string())
}

fn not_dialled(region: &Option<Region>) -> String {
    match region {
        Some(region) => format!("which does not dial abroad in region {region}"),
        None => "which dials abroad only in some regions".to_owned(),
    }
}

fn of(region: &Option<Region>) -> String {
    region.map_or_else(String::new, |region| format!(" in region {region}"))
}
