//! From a cell to a number. Cheapest first: E.164 text that names an existing number needs no cleaning and no parser.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, ValidationError};

use super::clean::{self, Digits};
use super::error::shown;
use super::spreadsheet::{self, Sheet};
use super::{LineKind, PhoneError, PhoneNumber, metadata};
use crate::region::Region;

/// A number that exists, and what was found out on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedNumber {
    /// The number.
    pub number: PhoneNumber,
    /// Where it belongs; none for a number of no country, such as +800.
    pub region: Option<Region>,
    /// What kind of line it is.
    pub kind: LineKind,
    /// What a spreadsheet had done to it: the report warns of the file.
    pub repaired: Option<Repair>,
}

/// A form that only spreadsheets write. The number is right; other rows of the file may be worse off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// `3.93331234567E+11`, with all its digits.
    Exponent,
    /// `393331234567.0`.
    DecimalTail,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Repair::Exponent => "written by a spreadsheet with an exponent; export the column as text",
            Repair::DecimalTail => "written by a spreadsheet with a decimal point; export the column as text",
        })
    }
}

/// What [`PhoneNumber::parse`] does.
pub(super) fn parse(raw: &str, region: Option<Region>) -> Result<ParsedNumber, PhoneError> {
    if let Some(found) = PhoneNumber::from_e164(raw).and_then(existing) {
        return Ok(found);
    }
    let folded = clean::fold(raw);
    if folded.is_empty() {
        return Err(PhoneError::Empty);
    }
    let (digits, repaired) = match spreadsheet::read(&folded) {
        None => (clean::digits(&folded, raw)?, None),
        Some(Sheet::Whole(repair, text)) => (clean::digits(&text, raw)?, Some(repair)),
        Some(Sheet::Lost) => return Err(PhoneError::DigitsLost { text: shown(raw) }),
    };
    let found = find(&digits, region).map_err(|cause| explain(cause, &digits, raw, region))?;
    Ok(ParsedNumber { repaired, ..found })
}

/// Why digits are no number, before it is put in words.
enum Cause {
    NoRegion,
    CountryCode,
    TooShort,
    TooLong,
    NotValid,
}

/// More are two numbers, or no number: 15 digits and the longest prefix to dial abroad, with a carrier's code.
const MOST_DIGITS: usize = 24;

fn find(written: &Digits, region: Option<Region>) -> Result<ParsedNumber, Cause> {
    let Digits { plus, digits } = written;
    match digits.len() {
        0..=2 => return Err(Cause::TooShort),
        3..=MOST_DIGITS => {}
        _ => return Err(Cause::TooLong),
    }
    if region.is_none() && !plus {
        return Err(Cause::NoRegion);
    }
    if let Some(found) = as_written(written, region).and_then(existing) {
        return Ok(found);
    }
    // After a + stands a country code: without one, the region's must not be guessed.
    let parsed = match plus {
        true => PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None),
        false => PHONE_NUMBER_UTIL.parse(digits, region.map(Region::to_metadata)),
    };
    let parsed = parsed.map_err(Cause::from)?;
    let number = metadata::from_metadata(&parsed);
    number.and_then(existing).ok_or_else(|| Cause::of_length(&parsed))
}

/// The number that the digits spell when no prefix has to go. Where that exists, the parser of the metadata crate finds
/// the same in twice the time. Digits that begin with the country code may lack only the `+`: those are left to it.
fn as_written(written: &Digits, region: Option<Region>) -> Option<PhoneNumber> {
    let Digits { plus, digits } = written;
    if *plus {
        return PhoneNumber::from_e164(&format!("+{digits}"));
    }
    let country_code = PHONE_NUMBER_UTIL
        .get_country_code_for_region(region?.to_metadata())?
        .to_string();
    let national = !digits.starts_with(&country_code);
    national.then(|| PhoneNumber::from_e164(&format!("+{country_code}{digits}")))?
}

/// The number with its traits, if it exists.
fn existing(number: PhoneNumber) -> Option<ParsedNumber> {
    let number = without_old_mexican_prefix(number);
    let traits = metadata::traits(number)?;
    Some(ParsedNumber {
        number,
        region: traits.region,
        kind: traits.kind,
        repaired: None,
    })
}

/// Until 2019 mobiles in Mexico were dialled +52 1 and ten digits. Carriers still write that; it is the same person.
fn without_old_mexican_prefix(number: PhoneNumber) -> PhoneNumber {
    const TEN_DIGITS: u64 = 10_000_000_000;
    let (front, rest) = (number.as_u64() / TEN_DIGITS, number.as_u64() % TEN_DIGITS);
    match front {
        521 => PhoneNumber::from_u64(52 * TEN_DIGITS + rest).unwrap_or(number),
        _ => number,
    }
}

impl Cause {
    fn of_length(parsed: &rlibphonenumber::PhoneNumber) -> Cause {
        match PHONE_NUMBER_UTIL.is_possible_number_with_reason(parsed) {
            Err(ValidationError::TooShort) => Cause::TooShort,
            Err(ValidationError::TooLong) => Cause::TooLong,
            Err(ValidationError::InvalidCountryCode) => Cause::CountryCode,
            Err(ValidationError::InvalidLength) | Ok(_) => Cause::NotValid,
        }
    }
}

impl From<ParseError> for Cause {
    fn from(error: ParseError) -> Cause {
        match error {
            ParseError::InvalidCountryCode => Cause::CountryCode,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Cause::TooShort,
            ParseError::TooLongNsn => Cause::TooLong,
            ParseError::NotANumber(_) => Cause::NotValid,
        }
    }
}

fn explain(cause: Cause, written: &Digits, raw: &str, region: Option<Region>) -> PhoneError {
    let text = shown(raw);
    if let Some(country_code) = dialled_abroad(written) {
        return PhoneError::DialPrefix {
            text,
            region,
            country_code,
        };
    }
    match cause {
        Cause::NoRegion => PhoneError::NoRegion { text },
        Cause::CountryCode => PhoneError::CountryCode { text },
        Cause::TooShort => PhoneError::TooShort { text },
        Cause::TooLong => PhoneError::TooLong { text },
        Cause::NotValid => PhoneError::NotValid {
            text,
            region: region.filter(|_| !written.plus),
        },
    }
}

/// The country code, where 00 and a whole number were written.
fn dialled_abroad(written: &Digits) -> Option<u64> {
    let abroad = written.digits.strip_prefix("00").filter(|_| !written.plus)?;
    let number = PhoneNumber::from_e164(&format!("+{abroad}"))?;
    existing(number).map(|found| metadata::split(found.number).0)
}
