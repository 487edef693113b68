//! Days and times in the patterns of the CLDR: `d MMMM y`, `h:mm a`. What stands between quotes is text.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;

use super::Locale;
use crate::scalar::{WrittenTime, parse_time};
use crate::values::parse_date;

/// What of a date is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum DateForm {
    /// The day, and the time where it has one.
    Whole,
    Day,
    Time,
    Weekday,
    /// The day with its month shortened.
    Short,
}

impl DateForm {
    pub(in crate::template) const NAMES: [&'static str; 4] = ["day", "time", "weekday", "short"];

    /// Of the second word of `date`.
    pub(in crate::template) fn parse(name: &str) -> Option<DateForm> {
        match name {
            "day" => Some(DateForm::Day),
            "time" => Some(DateForm::Time),
            "weekday" => Some(DateForm::Weekday),
            "short" => Some(DateForm::Short),
            _ => None,
        }
    }
}

/// None for what is no date, and for the time of a date that has none.
pub(super) fn written(form: DateForm, text: &str, locale: &Locale, zone: Tz) -> Option<String> {
    let (day, time) = match parse_date(text) {
        Some(day) => (day, None),
        None => {
            let at = match parse_time(text).ok()? {
                WrittenTime::Local(local) => local,
                WrittenTime::Instant(at) => at.with_timezone(&zone).naive_local(),
            };
            (at.date(), Some(at.time()))
        }
    };
    shown(form, day, time, locale)
}

fn shown(form: DateForm, day: NaiveDate, time: Option<NaiveTime>, locale: &Locale) -> Option<String> {
    let at = |time| NaiveDateTime::new(day, time);
    let day_in = |pattern| filled(pattern, at(NaiveTime::MIN), locale);
    let clock = |time| filled(locale.time, at(time), locale);
    Some(match (form, time) {
        (DateForm::Whole, Some(time)) => {
            format!("{}{}{}", day_in(locale.day), locale.between, clock(time))
        }
        (DateForm::Whole, None) | (DateForm::Day, _) => day_in(locale.day),
        (DateForm::Time, time) => clock(time?),
        (DateForm::Weekday, _) => locale.weekdays[day.weekday().num_days_from_monday() as usize].to_owned(),
        (DateForm::Short, _) => day_in(locale.short),
    })
}

fn filled(pattern: &str, at: NaiveDateTime, locale: &Locale) -> String {
    let mut out = String::with_capacity(32);
    let mut rest = pattern;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let run = rest.chars().take_while(|other| *other == c).count();
        let taken = if quoted || c == '\'' || !c.is_ascii_alphabetic() {
            1
        } else {
            run
        };
        match c {
            '\'' => quoted = !quoted,
            c if quoted || !c.is_ascii_alphabetic() => out.push(c),
            c => out.push_str(&field(c, run, at, locale)),
        }
        rest = &rest[taken * c.len_utf8()..];
    }
    out
}

/// One field of a pattern; `run` is how often its letter stands there.
fn field(letter: char, run: usize, at: NaiveDateTime, locale: &Locale) -> String {
    let padded = |n: u32| format!("{n:0run$}");
    let month = at.month0() as usize;
    match (letter, run) {
        ('y', _) => at.year().to_string(),
        ('M', 4) => locale.months[month].to_owned(),
        ('M', 3) => locale.short_months[month].to_owned(),
        ('M', _) => padded(at.month()),
        ('d', _) => padded(at.day()),
        ('H', _) => padded(at.hour()),
        ('h', _) => padded(at.hour12().1),
        ('m', _) => padded(at.minute()),
        ('a', _) => locale.halves[usize::from(at.hour12().0)].to_owned(),
        // A test sees that the table has no other.
        _ => String::new(),
    }
}

/// The longest date that a year of four digits can give: one that no GSM-7 text can hold before one that is longer.
pub(super) fn longest(form: DateForm, locale: &Locale) -> String {
    let times = [10, 22].map(|hour| NaiveTime::from_hms_opt(hour, 58, 0));
    // A week of every month, of days that take two digits.
    let days =
        (1..=12).flat_map(|month| (21..=27).filter_map(move |day| NaiveDate::from_ymd_opt(2028, month, day)));
    let all = days.flat_map(|day| times.map(|time| shown(form, day, time, locale)));
    let rank = |text: &String| {
        let forced = sms::parts::measure(text).forced_by.is_some();
        (forced, text.chars().count())
    };
    all.flatten().max_by_key(rank).unwrap_or_default()
}
