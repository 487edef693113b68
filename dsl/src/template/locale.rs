//! How a language writes days, times, numbers and sums: the Unicode CLDR, as `tests/make_formats.py` brings it into
//! `locale/formats.tsv`. Only plain spaces, so that no invisible character turns a text into UCS-2.

mod date;
mod number;
mod plural;

use std::sync::LazyLock;

use chrono_tz::Tz;

pub(super) use date::DateForm;
pub(super) use plural::Plural;

use crate::values::Language;

/// One language.
#[derive(Debug)]
pub(super) struct Locale {
    tag: &'static str,
    /// Patterns of the CLDR: `d MMMM y`.
    day: &'static str,
    short: &'static str,
    time: &'static str,
    /// Between a day and its time.
    between: &'static str,
    months: Vec<&'static str>,
    short_months: Vec<&'static str>,
    /// From Monday.
    weekdays: Vec<&'static str>,
    /// Of the day: AM and PM.
    halves: Vec<&'static str>,
    decimal: &'static str,
    group: &'static str,
    /// Digits that must stand before the first group: 2 where `1234` is written so.
    least_grouped: usize,
    sign_before: bool,
    sign_gap: &'static str,
    /// Which words it has for numbers.
    pub(super) plural: Plural,
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let lines = include_str!("locale/formats.tsv").lines().skip(1);
    lines
        .map(|line| Locale::read(line).expect("the table is ours, and a test reads it"))
        .collect()
});

impl Locale {
    /// That of the language, else of the one without its region; none for a language that the table lacks.
    pub(super) fn of(language: &Language) -> Option<&'static Locale> {
        let find = |tag: &str| LOCALES.iter().find(|locale| locale.tag == tag);
        find(language.as_str()).or_else(|| find(language.without_region().as_str()))
    }

    /// English, for what is only checked.
    pub(super) fn english() -> &'static Locale {
        Locale::of(&Language::new("en").expect("a tag")).expect("a line of the table")
    }

    fn read(line: &'static str) -> Option<Locale> {
        let mut cells = line.split('\t');
        let mut next = || cells.next();
        let many = |cell: &'static str, n: usize| {
            let words: Vec<&str> = cell.split('|').collect();
            (words.len() == n).then_some(words)
        };
        Some(Locale {
            tag: next()?,
            day: next()?,
            short: next()?,
            time: next()?,
            between: next()?,
            months: many(next()?, 12)?,
            short_months: many(next()?, 12)?,
            weekdays: many(next()?, 7)?,
            halves: many(next()?, 2)?,
            decimal: next()?,
            group: next()?,
            least_grouped: next()?.parse().ok()?,
            sign_before: next()? == "before",
            sign_gap: if next()? == "spaced" { " " } else { "" },
            plural: Plural::parse(next()?)?,
        })
    }
}

/// A value in the form of a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub form: Form,
    pub locale: &'static Locale,
    /// The clock of times that state an offset.
    pub zone: Tz,
}

/// What a value is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Date(DateForm),
    Number,
    Money,
}

impl Written {
    /// None where the value is none of that kind.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let text = text.trim();
        match self.form {
            Form::Date(form) => date::written(form, text, self.locale, self.zone),
            Form::Number => number::written(text, self.locale),
            Form::Money => number::money(text, self.locale),
        }
    }

    /// As in "is not a date".
    pub(super) fn wanted(&self) -> &'static str {
        match self.form {
            Form::Date(DateForm::Time) => "a time",
            Form::Date(DateForm::Whole | DateForm::Day | DateForm::Weekday | DateForm::Short) => "a date",
            Form::Number => "a number",
            Form::Money => "a sum of money",
        }
    }

    /// The longest that it can be, of a value of so many characters; none where nobody says how long that is.
    pub(super) fn longest(&self, length: Option<usize>) -> Option<String> {
        match self.form {
            Form::Date(form) => Some(date::longest(form, self.locale)),
            Form::Number => Some(number::longest(length?, self.locale)),
            Form::Money => Some(format!("€{}", number::longest(length?, self.locale))),
        }
    }
}

#[cfg(test)]
mod tests;
