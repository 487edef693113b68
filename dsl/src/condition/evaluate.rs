//! What a condition asks of a person, and what it says. Pure: the facts are handed in, the clock and the recipient's date
//! among them.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::scope::BuiltIn;
use super::{Condition, DateFormat};
use crate::scalar::{WaitTime, local_to_utc, parse_time};
use crate::values::{parse_bool, parse_date, parse_decimal};

/// What a condition says of a person. A rule never guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'c> {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It depends on a value that is empty or not of its type: the name of the first such. Where a sum or a quotient has no
    /// result, the name of a value in it.
    Undecided(&'c str),
}

/// Something that may have happened to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A message of this campaign, by its name, is delivered.
    Delivered(String),
    /// A link of this campaign was clicked; `opt_out` is the one to opt out.
    Clicked(String),
    /// There was a reply in this passage.
    Replied,
    /// There was a reply to a campaign, by its name.
    Answered(String),
    /// A text of a campaign, by its name, was received: ever, or in this time until now.
    Received(String, Option<WaitTime>),
    /// An event of the API, by its name.
    Event(String),
}

/// What is known of a person.
pub trait Facts {
    /// The value of the name at this place of [`Condition::names`], with its default where the field has one; empty where
    /// the person has none. White space around it does not count.
    fn value(&self, at: usize) -> &str;
    /// A value that every person has; empty where it is not known.
    fn built_in(&self, name: BuiltIn) -> &str;
    /// What was drawn for the person in the first draw that has this variant or way; empty where it is not known.
    fn drawn(&self, among: &str) -> &str;
    /// Whether the person has the tag.
    fn tagged(&self, tag: &str) -> bool;
    /// Whether it has happened.
    fn happened(&self, what: &Happening) -> bool;
    /// The recipient's date.
    fn today(&self) -> NaiveDate;
    /// The instant.
    fn now(&self) -> DateTime<Utc>;
    /// The recipient's clock: times that state no offset are on it, and the day of an instant is its day there.
    fn zone(&self) -> Tz;
}

/// A condition on its way through one person.
pub(super) struct Asked<'c, 'f> {
    pub facts: &'f dyn Facts,
    pub condition: &'c Condition,
}

impl<'c> Asked<'c, '_> {
    /// The value, read; its name where it cannot be.
    fn read<T>(&self, at: usize, read: impl FnOnce(&str) -> Option<T>) -> Result<T, &'c str> {
        let name = || self.condition.names().get(at).map_or("", String::as_str);
        read(self.facts.value(at).trim()).ok_or_else(name)
    }

    pub(super) fn flag(&self, at: usize) -> Result<bool, &'c str> {
        self.read(at, parse_bool)
    }

    pub(super) fn whole(&self, at: usize) -> Result<Decimal, &'c str> {
        self.read(at, |cell| cell.parse::<i64>().ok().map(Decimal::from))
    }

    pub(super) fn decimal(&self, at: usize) -> Result<Decimal, &'c str> {
        self.read(at, parse_decimal)
    }

    pub(super) fn day(&self, at: usize, format: Option<DateFormat>) -> Result<NaiveDate, &'c str> {
        self.read(at, |cell| match format {
            Some(format) => format.date(cell),
            None => parse_date(cell),
        })
    }

    pub(super) fn time(&self, at: usize, format: Option<DateFormat>) -> Result<DateTime<Utc>, &'c str> {
        let zone = self.facts.zone();
        self.read(at, |cell| match format {
            Some(format) if format.has_time() => format.time(cell).map(|time| local_to_utc(time, zone)),
            Some(_) | None => parse_time(cell).ok().map(|time| time.resolve(zone)),
        })
    }
}
