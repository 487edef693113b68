//! Five fields of a cron: minute, hour, day, month, weekday. Which days they name; when in them it ticks is the engine's.
//! POSIX: where day and weekday are both restricted, either does.

use chrono::{Datelike, NaiveDate};

/// The days of a cron, and the times of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Vec<u32>,
    months: Vec<u32>,
    /// 0 is Sunday.
    weekdays: Vec<u32>,
    any_day: bool,
    any_weekday: bool,
}

/// Names of a field, from its lowest value on.
const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A year and the leap years around it: every day of the calendar stands in them.
const YEARS: std::ops::Range<i32> = 2024..2032;

/// Each field: what one value of it is, its least and its most, and the names from its least on.
const FIELDS: [(&str, u32, u32, &[&str]); 5] = [
    ("a minute", 0, 59, &[]),
    ("an hour", 0, 23, &[]),
    ("a day of the month", 1, 31, &[]),
    ("a month", 1, 12, MONTHS),
    ("a weekday", 0, 7, WEEKDAYS),
];

impl Cron {
    /// The first of five fields that cannot be read: as written, and what it should be, with its least and its most.
    pub fn faulty_field(text: &str) -> Option<(&str, &'static str, u32, u32)> {
        let fields = text.split_whitespace().zip(FIELDS);
        let mut faulty =
            fields.filter(|(text, (_, least, most, names))| field(text, *least, *most, names).is_none());
        faulty
            .next()
            .map(|(text, (what, least, most, _))| (text, what, least, most))
    }

    /// Reads `0 10 * * MON`. None where it is no cron of five fields.
    pub fn parse(text: &str) -> Option<Cron> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return None;
        };
        let mut weekdays = field(weekday, 0, 7, WEEKDAYS)?;
        // 0 and 7 are both Sunday.
        weekdays.iter_mut().for_each(|day| *day %= 7);
        weekdays.sort_unstable();
        weekdays.dedup();
        Some(Cron {
            minutes: field(minute, 0, 59, &[])?,
            hours: field(hour, 0, 23, &[])?,
            days: field(day, 1, 31, &[])?,
            months: field(month, 1, 12, MONTHS)?,
            weekdays,
            any_day: day.starts_with('*'),
            any_weekday: weekday.starts_with('*'),
        })
    }

    /// What it names, in order: minutes, hours, days, months and weekdays, of which 0 is Sunday.
    pub fn values(&self) -> [&[u32]; 5] {
        [
            &self.minutes,
            &self.hours,
            &self.days,
            &self.months,
            &self.weekdays,
        ]
    }

    /// Whether a day is enough that the days name, or the weekdays: both are restricted. Else it must be of both.
    pub fn takes_either_day(&self) -> bool {
        !self.any_day && !self.any_weekday
    }

    /// Whether it names a day that the calendar has.
    pub fn fires(&self) -> bool {
        self.in_calendar().next().is_some()
    }

    /// Days between two of its days, at the least; none where there are no two. 0 where it ticks twice on one day.
    pub fn shortest_days(&self) -> Option<u32> {
        if self.minutes.len() * self.hours.len() > 1 {
            return Some(0);
        }
        let days: Vec<NaiveDate> = self.in_calendar().collect();
        let between = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days());
        between.min().and_then(|days| u32::try_from(days).ok())
    }

    fn in_calendar(&self) -> impl Iterator<Item = NaiveDate> {
        let first = NaiveDate::from_ymd_opt(YEARS.start, 1, 1).expect("a day");
        first
            .iter_days()
            .take_while(|day| day.year() < YEARS.end)
            .filter(|day| self.names(*day))
    }

    /// Whether it ticks on a day.
    pub fn names(&self, date: NaiveDate) -> bool {
        let day = self.days.contains(&date.day());
        let weekday = self.weekdays.contains(&date.weekday().num_days_from_sunday());
        let named = match self.takes_either_day() {
            true => day || weekday,
            false => day && weekday,
        };
        named && self.months.contains(&date.month())
    }
}

/// The values of a field: `*`, `5`, `1-5`, `*/15`, `MON,WED`. Names go on over the end: `FRI-MON`, `NOV-FEB`.
fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Vec<u32>> {
    let mut values = vec![];
    for piece in text.split(',') {
        let (range, step) = match piece.split_once('/') {
            Some((range, step)) => {
                // A longer one would name the first value alone.
                let fits = |step: &usize| *step > 0 && *step <= (most - least) as usize;
                (range, step.parse().ok().filter(fits)?)
            }
            None => (piece, 1),
        };
        let value = |text: &str| value(text, least, most, names);
        let named = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (value(from)?, value(to)?),
            None if piece.contains('/') => (value(range)?, most),
            None => (value(range)?, value(range)?),
        };
        if from <= to {
            values.extend((from..=to).step_by(step));
            continue;
        }
        if !range.split('-').all(named) {
            return None;
        }
        // Of weekdays the last is Sunday again, which is the first.
        let last = least + u32::try_from(names.len()).ok()? - 1;
        values.extend((from..=last).chain(least..=to).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    Some(values)
}

fn value(text: &str, least: u32, most: u32, names: &[&str]) -> Option<u32> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some(at) => least + u32::try_from(at).ok()?,
        None => text
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())??,
    };
    (least..=most).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_names_is_in_the_calendar_or_not() {
        let table = [
            ("0 10 * * MON", Some((true, Some(7)))),
            ("0 10 * * 1-5", Some((true, Some(1)))),
            ("0 10 30 2 *", Some((false, None))),
            ("0 10 29 2 *", Some((true, Some(1_461)))),
            ("0 10 31 4,6,9,11 *", Some((false, None))),
            ("0 10 30 2 MON", Some((true, Some(7)))),
            ("*/15 * * * *", Some((true, Some(0)))),
            ("0 10 1 * *", Some((true, Some(28)))),
            ("0 10 * * 7", Some((true, Some(7)))),
            ("0 10 * JAN sun", Some((true, Some(7)))),
            ("0 10 * *", None),
            ("0 10 * * MON 2026", None),
            ("60 10 * * *", None),
            ("0 10 * * MON-SUN", Some((true, Some(1)))),
            ("0 10 * * SAT-SUN", Some((true, Some(1)))),
            ("0 10 * * FRI-MON", Some((true, Some(1)))),
            ("0 10 * * FRI-MON/3", Some((true, Some(3)))),
            ("0 10 1 NOV-FEB *", Some((true, Some(30)))),
            ("0 10 * * 6-0", None),
            ("0 10 * * FRI-1", None),
            ("0 10 * * FOO", None),
            ("0 10 5-1 * *", None),
            ("*/0 10 * * *", None),
            ("*/90 10 * * *", None),
            ("0 */30 * * *", None),
            ("*/59 */23 * * *", Some((true, Some(0)))),
        ];
        for (text, expected) in table {
            let cron = Cron::parse(text).map(|cron| (cron.fires(), cron.shortest_days()));
            assert_eq!(cron, expected, "{text}");
        }
    }
}
