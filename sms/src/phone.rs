//! Telephone numbers. A person is a number in E.164 form and nothing else, so every spelling that people and
//! spreadsheets use must come to the same value, and what cannot be read for certain is refused with its reason.
//! Which numbers exist, and where, is known from Google's metadata (the crate rlibphonenumber).

mod clean;
mod error;
mod metadata;
mod parse;
mod spreadsheet;
#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::region::Region;
pub use error::PhoneError;
pub use parse::{ParsedNumber, Repair};

/// A number in E.164 form: country code and national number, 7 to 15 digits. `Display` writes `+393331234567`;
/// `Debug` masks it, so that it cannot get into a log by accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(NonZeroU64);

/// What kind of line a number is, as far as texts care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A mobile telephone.
    Mobile,
    /// The country does not tell mobile numbers from fixed ones: the US, Canada, Mexico.
    FixedOrMobile,
    /// A landline.
    Fixed,
    /// Free, premium, shared-cost, internet, pager or company numbers, and what is none of the others.
    Other,
}

impl LineKind {
    /// Whether a text may arrive there.
    pub fn can_text(self) -> bool {
        match self {
            LineKind::Mobile | LineKind::FixedOrMobile => true,
            LineKind::Fixed | LineKind::Other => false,
        }
    }
}

impl PhoneNumber {
    /// Reads a number as people write it. One in national form needs the `region` that it is dialled in.
    ///
    /// Spaces, invisible characters and the usual punctuation do not count, digits may be full-width, Arabic-Indic or
    /// of another script. Letters are never dropped, and never read as keypad digits.
    /// Safe to call from many threads; about 2 µs.
    pub fn parse(raw: &str, region: Option<Region>) -> Result<ParsedNumber, PhoneError> {
        parse::parse(raw, region)
    }

    /// The number of these digits, for values that were a number when they were stored: only their count, 7 to 15, is
    /// looked at.
    pub fn from_u64(digits: u64) -> Option<PhoneNumber> {
        (1_000_000..=999_999_999_999_999)
            .contains(&digits)
            .then_some(())?;
        NonZeroU64::new(digits).map(PhoneNumber)
    }

    /// The digits, as one integer: 393331234567.
    pub fn as_u64(self) -> u64 {
        self.0.get()
    }

    /// Where the number belongs: GG for one of Guernsey although it begins with +44. None for numbers of no country
    /// (+800) and such as no longer exist.
    pub fn region(self) -> Option<Region> {
        metadata::traits(self).and_then(|t| t.region)
    }

    /// What kind of line it is; [`LineKind::Other`] for a number that no longer exists.
    pub fn kind(self) -> LineKind {
        metadata::traits(self).map_or(LineKind::Other, |t| t.kind)
    }

    /// For logs and screens: `+39•••••4567`. The country code, and of the rest the last four digits or less than half.
    pub fn masked(self) -> String {
        let (code, national) = metadata::split(self);
        let shown = (national.digits / 2).min(4);
        let tail = national.value % 10_u64.pow(shown);
        format!(
            "+{code}•••••{tail:0width$}",
            width = usize::try_from(shown).unwrap_or(4)
        )
    }

    /// E.164 text and nothing else: `+` and 7 to 15 digits. Does not ask whether the number exists.
    fn from_e164(text: &str) -> Option<PhoneNumber> {
        let digits = text.strip_prefix('+')?;
        let country_code = matches!(digits.as_bytes().first(), Some(b'1'..=b'9'));
        let plain = country_code && digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit());
        PhoneNumber::from_u64(plain.then(|| digits.parse().ok())??)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("+{}", self.0))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Reads a number that begins with its country code, as [`PhoneNumber::parse`] without a region.
impl FromStr for PhoneNumber {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<PhoneNumber, PhoneError> {
        PhoneNumber::parse(text, None).map(|parsed| parsed.number)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads what was serialized, exactly: a number that we stored stays readable when the metadata changes.
impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PhoneNumber, D::Error> {
        let text = String::deserialize(deserializer)?;
        PhoneNumber::from_e164(&text)
            .ok_or_else(|| D::Error::custom("expected a telephone number such as +393331234567"))
    }
}
