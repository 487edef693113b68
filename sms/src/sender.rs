//! What a text comes from: a full number, a short code, or a name. Whether a country or a provider allows it is not
//! asked here.

use std::fmt;

use crate::alphabet;
use crate::phone::{PhoneError, PhoneNumber};
use crate::region::Region;

/// What the recipient sees as the sender. Made by its constructors, which check the form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SenderAddress {
    /// A full number.
    Number(PhoneNumber),
    /// 3 to 8 digits, dialled only inside its country: `48555`.
    ShortCode(String),
    /// A name: `ARENA`.
    Alphanumeric(String),
}

/// Why a text is no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// Not a number.
    #[error(transparent)]
    Number(#[from] PhoneError),
    /// Not 3 to 8 digits.
    #[error("{text:?} is not a short code; write 3 to 8 digits")]
    ShortCode {
        /// As written.
        text: String,
    },
    /// No name, or one of more than eleven characters.
    #[error("{text:?} has {length} characters; a sender name has 1 to {LONGEST_NAME}")]
    NameLength {
        /// As written.
        text: String,
        /// In characters.
        length: usize,
    },
    /// A name is letters of GSM-7, digits, spaces inside, and a few marks.
    #[error("{text:?} has {character:?} in it; a sender name is made of letters, digits, spaces and {MARKS}")]
    NameCharacter {
        /// As written.
        text: String,
        /// The first one that may not stand in a name.
        character: char,
    },
    /// Telephones would take it for a number.
    #[error("{text:?} has no letter; a sender name has at least one, a number is not a name")]
    NameWithoutLetter {
        /// As written.
        text: String,
    },
}

/// Characters in a sender's name, at most: eleven septets fill the address field (3GPP TS 23.040 section 9.1.2.5).
pub const LONGEST_NAME: usize = 11;

/// The marks that carriers commonly pass in a name.
const MARKS: &str = "& - . _ + ! '";

impl SenderAddress {
    /// A full number; one in national form needs its region.
    pub fn number(text: &str, region: Option<Region>) -> Result<SenderAddress, SenderError> {
        Ok(SenderAddress::Number(PhoneNumber::parse(text, region)?.number))
    }

    /// 3 to 8 digits.
    pub fn short_code(text: &str) -> Result<SenderAddress, SenderError> {
        let text = text.to_owned();
        match (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            true => Ok(SenderAddress::ShortCode(text)),
            false => Err(SenderError::ShortCode { text }),
        }
    }

    /// A name of 1 to 11 characters, one of them a letter.
    pub fn alphanumeric(text: &str) -> Result<SenderAddress, SenderError> {
        let text = text.to_owned();
        let length = text.chars().count();
        if !(1..=LONGEST_NAME).contains(&length) {
            return Err(SenderError::NameLength { text, length });
        }
        if let Some(character) = wrong_character(&text) {
            return Err(SenderError::NameCharacter { text, character });
        }
        match text.chars().any(char::is_alphabetic) {
            true => Ok(SenderAddress::Alphanumeric(text)),
            false => Err(SenderError::NameWithoutLetter { text }),
        }
    }

    /// Whether replies can be sent to it: a name has no address.
    pub fn can_receive(&self) -> bool {
        match self {
            SenderAddress::Number(_) | SenderAddress::ShortCode(_) => true,
            SenderAddress::Alphanumeric(_) => false,
        }
    }
}

impl fmt::Display for SenderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SenderAddress::Number(number) => fmt::Display::fmt(number, f),
            SenderAddress::ShortCode(text) | SenderAddress::Alphanumeric(text) => f.pad(text),
        }
    }
}

fn wrong_character(name: &str) -> Option<char> {
    let outer = |c: &char| *c == ' ';
    let edges = [name.chars().next(), name.chars().next_back()];
    let edge = edges.into_iter().flatten().find(outer);
    edge.or_else(|| name.chars().find(|&c| !in_name(c)))
}

fn in_name(c: char) -> bool {
    match c.is_alphanumeric() {
        true => alphabet::septets(c) == Some(1),
        false => MARKS.contains(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(result: Result<SenderAddress, SenderError>) -> String {
        match result {
            Ok(address) => format!("{address}, can receive: {}", address.can_receive()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn name_is_short_and_has_a_letter() {
        let table = [
            ("ARENA", "ARENA, can receive: false"),
            ("Caffè & Co.", "Caffè & Co., can receive: false"),
            ("SIMULATED", "SIMULATED, can receive: false"),
            ("4U", "4U, can receive: false"),
            ("", r#""" has 0 characters; a sender name has 1 to 11"#),
            (
                "Città di Roma",
                r#""Città di Roma" has 13 characters; a sender name has 1 to 11"#,
            ),
            (
                "12345",
                r#""12345" has no letter; a sender name has at least one, a number is not a name"#,
            ),
            (
                "ARENA ",
                r#""ARENA " has ' ' in it; a sender name is made of letters, digits, spaces and & - . _ + ! '"#,
            ),
            (
                "Zoë",
                r#""Zoë" has 'ë' in it; a sender name is made of letters, digits, spaces and & - . _ + ! '"#,
            ),
            (
                "a@b",
                r#""a@b" has '@' in it; a sender name is made of letters, digits, spaces and & - . _ + ! '"#,
            ),
        ];
        for (text, expected) in table {
            assert_eq!(shown(SenderAddress::alphanumeric(text)), expected);
        }
    }

    #[test]
    fn short_code_is_three_to_eight_digits() {
        for text in ["485", "48555", "12345678"] {
            assert_eq!(
                shown(SenderAddress::short_code(text)),
                format!("{text}, can receive: true")
            );
        }
        for text in ["", "48", "123456789", "4855A", "٤٨٥٥٥", " 48555"] {
            let expected = format!("{text:?} is not a short code; write 3 to 8 digits");
            assert_eq!(shown(SenderAddress::short_code(text)), expected);
        }
    }

    #[test]
    fn number_is_read_as_any_number() {
        let region = Region::new("IT");
        assert_eq!(
            shown(SenderAddress::number("333 123 4567", region)),
            "+393331234567, can receive: true"
        );
        assert_eq!(
            shown(SenderAddress::number("ARENA", region)),
            r#""ARENA" has letters in it; write the digits only"#
        );
    }
}
