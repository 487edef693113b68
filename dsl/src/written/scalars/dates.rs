//! Days and times as people write them elsewhere: `31.12.2026 10:00`, `12/31/2026 10 AM`, `1 December 2026 9:00`. What was
//! meant is offered where there is one meaning only.

use chrono::NaiveDate;

use super::clock::{clock, of_twelve_hours};
use super::{DAYS, Refusal, instead, listed, none_of, wrong};
use crate::diagnostic::Applicability;

/// What a text says of a day and a time.
pub(super) struct Said {
    /// The days that it may be: two where day and month can be either.
    pub days: Vec<NaiveDate>,
    /// The time of day, `09:00`; none where there is none, or none that can be read.
    pub clock: Option<String>,
    /// The word behind it, such as `CET`.
    pub zone: Option<String>,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// None where no day stands in it, or something that is neither.
pub(super) fn read(text: &str) -> Option<Said> {
    let words: Vec<&str> = text
        .split([' ', '\t', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let (days, rest) = match days_in_one(words.first()?) {
        days if !days.is_empty() => (days, &words[1..]),
        _ => (vec![named(words.get(..3)?)?], &words[3..]),
    };
    let rest: Vec<&str> = rest
        .iter()
        .filter(|word| !matches!(**word, "at" | "alle" | "um"))
        .copied()
        .collect();
    let (clock, zone) = match rest.as_slice() {
        [] => (None, None),
        [time] => (Some(clock_of(time)?), None),
        [time, behind] => match clock_of(&format!("{time}{behind}")) {
            Some(clock) => (Some(clock), None),
            None => (Some(clock_of(time)?), Some(zone(behind)?)),
        },
        [time, half, behind] => (Some(clock_of(&format!("{time}{half}"))?), Some(zone(behind)?)),
        _ => return None,
    };
    Some(Said { days, clock, zone })
}

/// `31.12.2026`, `12/31/2026`, `2026/12/31`.
fn days_in_one(word: &str) -> Vec<NaiveDate> {
    let pieces: Vec<&str> = word.split(['.', '/', '-']).collect();
    let [first, second, third] = pieces.as_slice() else {
        return vec![];
    };
    let number = |piece: &str| piece.parse::<u32>().ok().filter(|_| piece.len() <= 4);
    let (Some(a), Some(b), Some(c)) = (number(first), number(second), number(third)) else {
        return vec![];
    };
    let day = |year: u32, month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let orders = match (first.len(), third.len()) {
        (4, 1..=2) => [day(a, b, c), None],
        // A point stands between day and month, never the other way round.
        (1..=2, 4) if word.contains('.') => [day(c, b, a), None],
        (1..=2, 4) => [day(c, b, a), day(c, a, b)],
        _ => [None, None],
    };
    let mut days: Vec<NaiveDate> = orders.into_iter().flatten().collect();
    days.dedup();
    days
}

/// `1 December 2026`, `Dec 1 2026`.
fn named(words: &[&str]) -> Option<NaiveDate> {
    let [first, second, year] = words else { return None };
    let month = |word: &str| {
        let lower = word.trim_end_matches('.').to_lowercase();
        let is_word = lower.len() > 2 && lower.chars().all(char::is_alphabetic);
        let at = MONTHS
            .iter()
            .position(|month| is_word && lower.starts_with(month))?;
        u32::try_from(at + 1).ok()
    };
    let day = |word: &str| word.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok();
    let (month, day) = match (month(first), month(second)) {
        (Some(month), _) => (month, day(second)?),
        (None, second) => (second?, day(first)?),
    };
    NaiveDate::from_ymd_opt(year.parse().ok()?, month, day)
}

/// `09:00` for `9:00`, `9am`, `9.00`, `9h`.
fn clock_of(text: &str) -> Option<String> {
    if let Some(clock) = of_twelve_hours(text) {
        return Some(clock);
    }
    let plain = text.to_lowercase().replace(['.', 'h'], ":");
    let plain = match plain.split_once(':') {
        Some((hours, "")) => format!("{hours}:00"),
        Some(_) => plain,
        None => format!("{plain}:00"),
    };
    let minutes = clock(&plain).filter(|minutes| *minutes < 24 * 60)?;
    Some(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// The short name of a clock.
fn zone(word: &str) -> Option<String> {
    let is_one = (2..=5).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
    is_one.then(|| word.to_owned())
}

/// The days of `mon-fri`, or of `weekdays`.
pub(super) fn days_between(text: &str) -> Option<Vec<&'static str>> {
    match text.to_lowercase().as_str() {
        "weekday" | "weekdays" | "workdays" => return days_between("mon-fri"),
        "weekend" | "weekends" => return days_between("sat-sun"),
        _ => {}
    }
    let (first, last) = text.split_once(['-', '\u{2013}'])?;
    let day = |text: &str| {
        let text = text.trim().to_lowercase();
        super::DAYS.iter().position(|day| text.starts_with(day))
    };
    let (first, last) = (day(first)?, day(last)?);
    let after = (last + super::DAYS.len() - first) % super::DAYS.len();
    Some(
        (0..=after)
            .map(|n| super::DAYS[(first + n) % super::DAYS.len()])
            .collect(),
    )
}

/// How some people call the days, from Monday on, in Italian, German, French and Spanish.
const DAY_NAMES: [&[&str]; 7] = [
    &["lun", "mo", "montag", "lunes", "lundi", "lunedi", "lunedì"],
    &["mar", "di", "dienstag", "martes", "mardi", "martedi", "martedì"],
    &[
        "mer",
        "mi",
        "mie",
        "mié",
        "mittwoch",
        "miércoles",
        "miercoles",
        "mercredi",
        "mercoledi",
        "mercoledì",
    ],
    &[
        "gio",
        "do",
        "jue",
        "jeu",
        "donnerstag",
        "jueves",
        "jeudi",
        "giovedi",
        "giovedì",
    ],
    &[
        "ven", "fr", "vie", "freitag", "viernes", "vendredi", "venerdi", "venerdì",
    ],
    &[
        "sab", "sa", "sáb", "sam", "samstag", "sábado", "sabado", "samedi", "sabato",
    ],
    &["dom", "so", "dim", "sonntag", "domingo", "dimanche", "domenica"],
];

/// The day that is called so.
pub(super) fn day_called(text: &str) -> Option<&'static str> {
    let wanted = text.trim_end_matches('.').to_lowercase();
    let at = DAY_NAMES
        .iter()
        .position(|names| names.contains(&wanted.as_str()))?;
    super::DAYS.get(at).copied()
}

pub(crate) const ENGLISH_DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A day of the week.
pub(super) fn day(text: &str) -> Result<(), Refusal> {
    if DAYS.contains(&text) {
        return Ok(());
    }
    if let Some(days) = days_between(text) {
        let message = format!("\"{text}\" is not a day");
        let list = format!("[{}]", days.join(", "));
        let refusal = wrong("unknown-day", message, format!("write each of them: `{list}`"));
        return Err(instead(refusal, list, Applicability::Unsure));
    }
    let is_word = text.chars().all(char::is_alphabetic);
    let begins = |day: &&&str| is_word && text.to_lowercase().starts_with(**day);
    let meant = DAYS.iter().find(begins).copied();
    let meant = meant.or_else(|| day_called(text));
    let lower = text.to_lowercase();
    let sure = match DAYS.contains(&lower.as_str()) || ENGLISH_DAYS.contains(&lower.as_str()) {
        true => Applicability::Safe,
        false => Applicability::Unsure,
    };
    let meant = meant.map(|day| (day, sure));
    let message = format!("\"{text}\" is not a day");
    Err(none_of("unknown-day", message, meant, || {
        format!("the days are {}", listed(DAYS.iter().copied()))
    }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn days_of_other_orders_are_read_where_they_can_be() {
        let texts = [
            "31.12.2026 10:00",
            "12/31/2026 10:00 AM",
            "3/4/2026 9am",
            "4/4/2026",
            "2026/12/31 9:00",
            "2026-12-31 9.30",
            "1 December 2026 at 10",
            "Dec 1, 2026 10:00 pm",
            "2026-12-01 10:00 CET",
            "31.12.26 10:00",
            "tomorrow at 10",
            "31.12.2026 soon",
            "",
        ];
        let lines = texts.iter().map(|text| match read(text) {
            Some(said) => format!("{text} -> {:?} {:?} {:?}\n", said.days, said.clock, said.zone),
            None => format!("{text} -> nothing\n"),
        });
        expect![[r#"
            31.12.2026 10:00 -> [2026-12-31] Some("10:00") None
            12/31/2026 10:00 AM -> [2026-12-31] Some("10:00") None
            3/4/2026 9am -> [2026-04-03, 2026-03-04] Some("09:00") None
            4/4/2026 -> [2026-04-04] None None
            2026/12/31 9:00 -> [2026-12-31] Some("09:00") None
            2026-12-31 9.30 -> [2026-12-31] Some("09:30") None
            1 December 2026 at 10 -> [2026-12-01] Some("10:00") None
            Dec 1, 2026 10:00 pm -> [2026-12-01] Some("22:00") None
            2026-12-01 10:00 CET -> [2026-12-01] Some("10:00") Some("CET")
            31.12.26 10:00 -> nothing
            tomorrow at 10 -> nothing
            31.12.2026 soon -> nothing
             -> nothing
        "#]]
        .assert_eq(&lines.collect::<String>());
    }
}
