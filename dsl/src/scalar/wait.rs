//! Durations: a whole number and a unit.

use std::fmt;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{ScalarError, WaitTime, local_to_utc, nearest};

/// What a campaign can wait for at most; ten years.
const MOST_DAYS: u64 = 3_660;
const SECONDS_A_DAY: u64 = 86_400;

#[derive(Clone, Copy)]
struct Unit {
    one: &'static str,
    many: &'static str,
    /// What people write instead, offered as help only.
    short: &'static [&'static str],
    /// What it is called in other languages, offered as help only.
    others: &'static [&'static str],
    seconds: u64,
}

const UNITS: [Unit; 5] = [
    Unit {
        one: "second",
        many: "seconds",
        short: &["s", "sec", "secs"],
        others: &[
            "sekunde", "sekunden", "sek", "seconde", "secondes", "seconden", "secondo", "secondi", "segundo",
            "segundos", "sekunda", "sekundy", "sekund",
        ],
        seconds: 1,
    },
    Unit {
        one: "minute",
        many: "minutes",
        short: &["m", "min", "mins"],
        others: &[
            "minuten", "minuto", "minuti", "minutos", "minuut", "minuta", "minuty", "minut",
        ],
        seconds: 60,
    },
    Unit {
        one: "hour",
        many: "hours",
        short: &["h", "hr", "hrs"],
        others: &[
            "stunde", "stunden", "std", "heure", "heures", "hora", "horas", "ora", "ore", "uur", "uren",
            "godzina", "godziny", "godzin",
        ],
        seconds: 3_600,
    },
    Unit {
        one: "day",
        many: "days",
        short: &["d"],
        others: &[
            "tag", "tage", "tagen", "jour", "jours", "giorno", "giorni", "día", "días", "dia", "dias", "dag",
            "dagen", "dzień", "dni",
        ],
        seconds: SECONDS_A_DAY,
    },
    Unit {
        one: "week",
        many: "weeks",
        short: &["w", "wk", "wks"],
        others: &[
            "woche",
            "wochen",
            "semaine",
            "semaines",
            "settimana",
            "settimane",
            "semana",
            "semanas",
            "weken",
            "tydzień",
            "tygodnie",
            "tygodni",
        ],
        seconds: 7 * SECONDS_A_DAY,
    },
];

impl WaitTime {
    /// How long it is where no clock is asked: a day has 24 hours.
    pub fn long(&self) -> TimeDelta {
        match self {
            WaitTime::Elapsed(time) => *time,
            WaitTime::Days(days) => TimeDelta::days(i64::from(*days)),
        }
    }

    /// `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`, and `1 day`. Above zero, at most ten years.
    pub fn parse(text: &str) -> Result<WaitTime, ScalarError> {
        let text = text.trim();
        let not_a_duration = || ScalarError::NotADuration { text: text.into() };
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, word) = (&text[..digits], text[digits..].trim());
        if number.is_empty() || !word.chars().all(char::is_alphabetic) || word.is_empty() {
            return Err(not_a_duration());
        }
        let unit = UNITS.iter().find(|u| word == u.one || word == u.many);
        let Some(unit) = unit else {
            return Err(unknown_unit(number, word));
        };
        if !text[digits..].starts_with(char::is_whitespace) {
            let meant = format!("{number} {word}");
            return Err(ScalarError::NoSpaceBeforeUnit {
                text: text.into(),
                meant,
            });
        }
        let out_of_range = |how| ScalarError::DurationOutOfRange {
            text: text.into(),
            how,
        };
        let seconds = number
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(unit.seconds));
        match seconds {
            Some(0) => Err(out_of_range("no time at all")),
            Some(s) if s <= MOST_DAYS * SECONDS_A_DAY => Ok(wait(s, unit.seconds)),
            Some(_) | None => Err(out_of_range("longer than ten years")),
        }
    }

    /// Seconds of the unit that a duration is written in; it is the last word.
    pub(super) fn unit_seconds(text: &str) -> Option<u64> {
        let word = text.split_whitespace().next_back()?;
        let unit = UNITS.iter().find(|unit| word == unit.one || word == unit.many);
        unit.map(|unit| unit.seconds)
    }

    /// As its author writes it who counts in this unit; in the largest where that does not divide it.
    pub(super) fn counted_in(&self, unit_seconds: u64) -> String {
        let amount = self.seconds();
        let unit = UNITS.iter().find(|unit| unit.seconds == unit_seconds);
        match unit.filter(|unit| amount.is_multiple_of(unit.seconds)) {
            Some(unit) => counted(amount / unit.seconds, unit),
            None => self.to_string(),
        }
    }

    /// A day has 86,400 here.
    fn seconds(&self) -> u64 {
        match self {
            WaitTime::Elapsed(time) => time.num_seconds().unsigned_abs(),
            WaitTime::Days(days) => u64::from(*days) * SECONDS_A_DAY,
        }
    }

    /// When the wait that begins at `from` is over. Days are counted on the clock of `zone`, by [`local_to_utc`]; what is
    /// past the end of all calendars is that end.
    pub fn after(&self, from: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self {
            WaitTime::Elapsed(time) => from.checked_add_signed(*time),
            WaitTime::Days(days) => {
                let offset = chrono::Offset::fix(from.with_timezone(&zone).offset());
                from.naive_utc()
                    .checked_add_offset(offset)
                    .and_then(|local| local.checked_add_days(Days::new(u64::from(*days))))
                    .map(|local| local_to_utc(local, zone))
            }
        }
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

fn wait(seconds: u64, unit: u64) -> WaitTime {
    if unit < SECONDS_A_DAY {
        WaitTime::Elapsed(TimeDelta::seconds(
            i64::try_from(seconds).expect("ten years of seconds fit"),
        ))
    } else {
        WaitTime::Days(u32::try_from(seconds / SECONDS_A_DAY).expect("ten years of days fit"))
    }
}

/// Whether everybody who writes this means one unit: a short name of one, or its name in capital letters.
pub(super) fn is_unit_of_all(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_called =
        |unit: &Unit| unit.short.contains(&lower.as_str()) || [unit.one, unit.many].contains(&lower.as_str());
    lower != "m" && UNITS.iter().any(is_called)
}

fn unknown_unit(number: &str, word: &str) -> ScalarError {
    let lower = word.to_lowercase();
    let is_called = |u: &&Unit| u.short.contains(&lower.as_str()) || u.others.contains(&lower.as_str());
    let called = UNITS.iter().find(is_called);
    // A word of another language that differs in its first letter is another unit: `jours` are no hours.
    let begins = |name: &&str| name.chars().next() == lower.chars().next();
    let names = UNITS.iter().flat_map(|u| [u.many, u.one]).filter(begins);
    let close =
        || nearest(word, names).and_then(|name| UNITS.iter().find(|u| u.one == name || u.many == name));
    let meant = called.or_else(close).map(|u| {
        let unit = if number == "1" { u.one } else { u.many };
        format!("{number} {unit}")
    });
    ScalarError::UnknownTimeUnit {
        unit: word.into(),
        meant,
    }
}

impl fmt::Display for WaitTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let smallest = match self {
            WaitTime::Elapsed(_) => &UNITS[..3],
            WaitTime::Days(_) => &UNITS[3..],
        };
        let amount = self.seconds();
        let even = smallest.iter().rev().find(|u| amount.is_multiple_of(u.seconds));
        let unit = even.unwrap_or(&smallest[0]);
        f.write_str(&counted(amount / unit.seconds, unit))
    }
}

fn counted(n: u64, unit: &Unit) -> String {
    format!("{n} {}", if n == 1 { unit.one } else { unit.many })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(texts: &[&str], expected: Expect) {
        let lines = texts.iter().map(|text| match WaitTime::parse(text) {
            Ok(wait) => format!("{text} -> {wait} ({wait:?})\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        check(
            &[
                "90 seconds",
                "1 minute",
                "30 minutes",
                "36 hours",
                "2 days",
                "1 day",
                "3 weeks",
                "60 minutes",
                "10 days",
            ],
            expect![[r#"
                90 seconds -> 90 seconds (Elapsed(TimeDelta { secs: 90, nanos: 0 }))
                1 minute -> 1 minute (Elapsed(TimeDelta { secs: 60, nanos: 0 }))
                30 minutes -> 30 minutes (Elapsed(TimeDelta { secs: 1800, nanos: 0 }))
                36 hours -> 36 hours (Elapsed(TimeDelta { secs: 129600, nanos: 0 }))
                2 days -> 2 days (Days(2))
                1 day -> 1 day (Days(1))
                3 weeks -> 3 weeks (Days(21))
                60 minutes -> 1 hour (Elapsed(TimeDelta { secs: 3600, nanos: 0 }))
                10 days -> 10 days (Days(10))
            "#]],
        );
    }

    #[test]
    fn other_durations_say_what_is_accepted() {
        check(
            &[
                "",
                "2",
                "days",
                "1.5 hours",
                "-2 days",
                "2d",
                "2 d",
                "15 min",
                "2 month",
                "3 Days",
                "2 dyas",
                "2 jours",
                "1 Woche",
                "3 días",
                "10 minutos",
                "2 uur",
                "2 tygodnie",
                "2 rours",
                "2 mois",
                "0 days",
                "99999999999999999999 days",
                "4000 days",
                "2 days 3 hours",
            ],
            expect![[r#"
                 -> "" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                2 -> "2" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                days -> "days" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                1.5 hours -> "1.5 hours" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                -2 days -> "-2 days" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                2d -> "d" is not a unit of time; did you mean "2 days"? the units are seconds, minutes, hours, days and weeks
                2 d -> "d" is not a unit of time; did you mean "2 days"? the units are seconds, minutes, hours, days and weeks
                15 min -> "min" is not a unit of time; did you mean "15 minutes"? the units are seconds, minutes, hours, days and weeks
                2 month -> "month" is not a unit of time; the units are seconds, minutes, hours, days and weeks: `90 seconds`, `36 hours`, `2 days`
                3 Days -> "Days" is not a unit of time; did you mean "3 days"? the units are seconds, minutes, hours, days and weeks
                2 dyas -> "dyas" is not a unit of time; did you mean "2 days"? the units are seconds, minutes, hours, days and weeks
                2 jours -> "jours" is not a unit of time; did you mean "2 days"? the units are seconds, minutes, hours, days and weeks
                1 Woche -> "Woche" is not a unit of time; did you mean "1 week"? the units are seconds, minutes, hours, days and weeks
                3 días -> "días" is not a unit of time; did you mean "3 days"? the units are seconds, minutes, hours, days and weeks
                10 minutos -> "minutos" is not a unit of time; did you mean "10 minutes"? the units are seconds, minutes, hours, days and weeks
                2 uur -> "uur" is not a unit of time; did you mean "2 hours"? the units are seconds, minutes, hours, days and weeks
                2 tygodnie -> "tygodnie" is not a unit of time; did you mean "2 weeks"? the units are seconds, minutes, hours, days and weeks
                2 rours -> "rours" is not a unit of time; the units are seconds, minutes, hours, days and weeks: `90 seconds`, `36 hours`, `2 days`
                2 mois -> "mois" is not a unit of time; the units are seconds, minutes, hours, days and weeks: `90 seconds`, `36 hours`, `2 days`
                0 days -> "0 days" is no time at all; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                99999999999999999999 days -> "99999999999999999999 days" is longer than ten years; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                4000 days -> "4000 days" is longer than ten years; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
                2 days 3 hours -> "2 days 3 hours" is not a duration; write a whole number and a unit: `90 seconds`, `30 minutes`, `36 hours`, `2 days`, `3 weeks`
            "#]],
        );
    }

    #[test]
    fn days_are_counted_on_the_clock_and_hours_are_elapsed() {
        let zone: Tz = chrono_tz::America::New_York;
        let from: DateTime<Utc> = "2027-03-13T07:30:00Z".parse().expect("a time");
        let after = |text: &str| {
            WaitTime::parse(text)
                .expect("a duration")
                .after(from, zone)
                .to_rfc3339()
        };
        assert_eq!(
            after("1 day"),
            "2027-03-14T07:00:00+00:00",
            "02:30 is in the gap: its end"
        );
        assert_eq!(after("24 hours"), "2027-03-14T07:30:00+00:00");
        assert_eq!(after("2 days"), "2027-03-15T06:30:00+00:00");
        assert_eq!(after("1 week"), "2027-03-20T06:30:00+00:00");
    }

    #[test]
    fn a_wait_past_every_calendar_ends_with_it() {
        let late = DateTime::<Utc>::MAX_UTC;
        for zone in [
            chrono_tz::UTC,
            chrono_tz::Pacific::Auckland,
            chrono_tz::America::New_York,
        ] {
            assert_eq!(WaitTime::Days(3).after(late, zone), late);
            assert_eq!(WaitTime::Elapsed(TimeDelta::hours(3)).after(late, zone), late);
        }
    }
}
