//! Takes a number out of what surrounds its digits: spaces, invisible marks, punctuation, other scripts' digits. Never
//! drops a letter: `l333` with a letter l is not the number 333.

use std::borrow::Cow;

use super::PhoneError;
use crate::invisible::is_invisible;

/// The digits of a number, and whether a `+` stood before them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub plus: bool,
    pub digits: String,
}

/// Drops white space and invisible characters; makes digits and marks of other scripts plain ones.
pub(super) fn fold(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b.is_ascii_graphic()) {
        return Cow::Borrowed(raw);
    }
    let seen = raw.chars().filter(|&c| !c.is_whitespace() && !is_invisible(c));
    Cow::Owned(seen.map(fold_char).collect())
}

/// Separates digits from punctuation in folded text. `raw` is what an error shows.
pub(super) fn digits(folded: &str, raw: &str) -> Result<Digits, PhoneError> {
    let mut found = Digits {
        plus: false,
        digits: String::with_capacity(folded.len()),
    };
    // Spreadsheets mark a cell as text by an apostrophe, and some leave it in the file.
    for c in folded.strip_prefix('\'').unwrap_or(folded).chars() {
        match c {
            '0'..='9' => found.digits.push(c),
            '+' if !found.plus && found.digits.is_empty() => found.plus = true,
            '-' | '.' | '(' | ')' | '[' | ']' | '/' => {}
            letter if letter.is_alphabetic() => return Err(PhoneError::letters(raw)),
            other => return Err(PhoneError::character(raw, other)),
        }
    }
    Ok(found)
}

fn fold_char(c: char) -> char {
    match c {
        c if c.is_ascii() => c,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{00B7}' | '\u{2022}' | '\u{2024}' => '.',
        '\u{FE62}' => '+',
        // The full-width forms stand in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => fold_digit(c).unwrap_or(c),
    }
}

/// The zeros of the scripts in which people write numbers; the other nine digits follow each.
const ZEROS: [char; 15] = [
    '\u{0660}', // Arabic-Indic
    '\u{06F0}', // Persian and Urdu
    '\u{0966}', // Devanagari
    '\u{09E6}', // Bengali
    '\u{0A66}', // Gurmukhi
    '\u{0AE6}', // Gujarati
    '\u{0B66}', // Oriya
    '\u{0BE6}', // Tamil
    '\u{0C66}', // Telugu
    '\u{0CE6}', // Kannada
    '\u{0D66}', // Malayalam
    '\u{0E50}', // Thai
    '\u{0ED0}', // Lao
    '\u{1040}', // Myanmar
    '\u{17E0}', // Khmer
];

fn fold_digit(c: char) -> Option<char> {
    let values = ZEROS
        .iter()
        .filter_map(|&zero| u32::from(c).checked_sub(u32::from(zero)));
    values
        .filter(|&value| value < 10)
        .find_map(|value| char::from_digit(value, 10))
}
