//! Small values of the language that campaigns are made of: languages, the types of fields.

use std::fmt;

use crate::scalar::parse_time;
use crate::written::key::Form;
use crate::written::meant_by;

/// A language tag, lower case, `-` between language and region: `it`, `pt-br`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// Two or three letters, and any number of subtags of two to eight letters or digits; `pt_BR` is `pt-br`. None for
    /// anything else.
    pub fn new(text: &str) -> Option<Language> {
        let text = text.trim().to_ascii_lowercase().replace('_', "-");
        let mut pieces = text.split('-');
        let letters = |s: &str, n: std::ops::RangeInclusive<usize>| {
            n.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let first = pieces
            .next()
            .is_some_and(|s| letters(s, 2..=3) && s.bytes().all(|b| b.is_ascii_lowercase()));
        (first && pieces.all(|s| letters(s, 2..=8))).then_some(Language(text))
    }

    /// `pt` of `pt-br`.
    pub fn without_region(&self) -> Language {
        Language(self.0.split('-').next().unwrap_or_default().to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a cell is the tag of a language that exists; if not, which was probably meant.
pub fn is_language(text: &str) -> Result<(), Option<String>> {
    meant_by(&Form::Language, text)
}

/// Whether a cell is a time zone; if not, which was probably meant.
pub fn is_zone(text: &str) -> Result<(), Option<String>> {
    meant_by(&Form::Zone, text)
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// How a cell is read. A cell that does not fit leaves the person out, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldType {
    /// As it stands, surrounding white space cut.
    #[default]
    Text,
    /// A whole number.
    Int,
    /// A decimal number with a point.
    Number,
    /// `true` or `false`, `yes` or `no`, `1` or `0`.
    Bool,
    /// `2026-12-01`.
    Date,
    /// `2026-12-01 10:00`, or RFC 3339.
    Time,
}

impl FieldType {
    /// The names of the language, in the order of its reference.
    pub const NAMES: [&str; 6] = ["text", "int", "decimal", "bool", "date", "time"];

    /// The type of one of [`Self::NAMES`].
    pub fn parse(name: &str) -> Option<FieldType> {
        match name {
            "text" => Some(FieldType::Text),
            "int" => Some(FieldType::Int),
            "decimal" => Some(FieldType::Number),
            "bool" => Some(FieldType::Bool),
            "date" => Some(FieldType::Date),
            "time" => Some(FieldType::Time),
            _ => None,
        }
    }

    /// Whether a cell is of this type; surrounding white space does not count. An empty cell is only ever text.
    pub fn accepts(self, cell: &str) -> bool {
        let cell = cell.trim();
        match self {
            FieldType::Text => true,
            FieldType::Int => cell.parse::<i64>().is_ok(),
            FieldType::Number => parse_decimal(cell).is_some(),
            FieldType::Bool => parse_bool(cell).is_some(),
            FieldType::Date => parse_date(cell).is_some(),
            FieldType::Time => parse_time(cell).is_ok(),
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldType::Text => "text",
            FieldType::Int => "int",
            FieldType::Number => "decimal",
            FieldType::Bool => "bool",
            FieldType::Date => "date",
            FieldType::Time => "time",
        })
    }
}

/// The truth value of a cell of type `bool`, without white space around it; in any letter case.
pub fn parse_bool(cell: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match (is(["true", "yes", "1"]), is(["false", "no", "0"])) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

/// Digits with at most one point between them, and a sign; what an exact decimal can hold.
pub fn parse_decimal(cell: &str) -> Option<rust_decimal::Decimal> {
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let is_one = digits(whole) && digits(part);
    is_one.then(|| rust_decimal::Decimal::from_str_exact(cell).ok())?
}

/// `2026-12-01`, where that day exists.
pub fn parse_date(cell: &str) -> Option<chrono::NaiveDate> {
    let form = cell.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
    if !form.eq(*b"0000-00-00") {
        return None;
    }
    let piece = |range: std::ops::Range<usize>| cell.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(piece(0..4)?).ok()?;
    chrono::NaiveDate::from_ymd_opt(year, piece(5..7)?, piece(8..10)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_folded() {
        let tag = |text| Language::new(text).map(|l| l.to_string());
        assert_eq!(tag(" pt_BR "), Some("pt-br".into()));
        assert_eq!(tag("zh-Hant-TW"), Some("zh-hant-tw".into()));
        assert_eq!(tag("it"), Some("it".into()));
        for none in ["", "italian", "i", "it-", "12", "it-a", "é"] {
            assert_eq!(tag(none), None, "{none}");
        }
        assert_eq!(
            Language::new("pt-BR").map(|l| l.without_region().to_string()),
            Some("pt".into())
        );
    }

    #[test]
    fn every_type_has_its_name() {
        for name in FieldType::NAMES {
            assert_eq!(
                FieldType::parse(name).map(|t| t.to_string()).as_deref(),
                Some(name)
            );
        }
        assert_eq!(FieldType::parse("Text"), None);
    }

    #[test]
    fn cells_fit_their_type_or_do_not() {
        let cases: [(FieldType, &[&str], &[&str]); 6] = [
            (FieldType::Text, &["", "x", " 3 "], &[]),
            (
                FieldType::Int,
                &["3", "-3", "+3", " 30 "],
                &["", "3.0", "1,000", "3 000", "x", "99999999999999999999"],
            ),
            (
                FieldType::Number,
                &["3", "3.25", "-0.5", "+1"],
                &["", "3,25", "1_000", ".5", "5.", "1e3", "NaN", "-"],
            ),
            (
                FieldType::Bool,
                &["true", "No", "YES", "0", " 1 "],
                &["", "si", "2", "on"],
            ),
            (
                FieldType::Date,
                &["2026-12-01", "2024-02-29"],
                &["", "2026-2-1", "2026-02-29", "01.12.2026", "2026-12-01 10:00"],
            ),
            (
                FieldType::Time,
                &["2026-12-01 10:00", "2026-12-01T10:00:00+01:00"],
                &["", "10:00", "2026-12-01"],
            ),
        ];
        for (kind, fitting, others) in cases {
            for cell in fitting {
                assert!(kind.accepts(cell), "{kind} {cell:?}");
            }
            for cell in others {
                assert!(!kind.accepts(cell), "{kind} {cell:?}");
            }
        }
    }
}
