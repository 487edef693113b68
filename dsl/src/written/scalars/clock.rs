//! Times, times of day and windows, and the numbers that some tools make of them.

use super::{DAYS, Refusal, by_parser, dates, did_you_mean, instead, listed, wrong};
use chrono::NaiveDate;

use crate::diagnostic::Applicability;
use crate::scalar::{Cron, WaitTime, is_day, parse_time};
use crate::values::parse_date;

pub(super) fn wait(text: &str) -> Result<(), Refusal> {
    not_the_end(text)?;
    if let Some(right) = ["until ", "for ", "in "]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        && wait(right).is_ok()
    {
        let message = format!("\"{text}\" is not a duration");
        let refusal = wrong("bad-duration", message, did_you_mean(Some(right), String::new));
        return Err(instead(refusal, right, Applicability::Unsure));
    }
    match clock(text).is_some() || parse_time(text).is_ok() {
        true => Ok(()),
        false if is_beyond_the_day(text) => {
            let message = format!("\"{text}\" is no time of day");
            let help = "hours are 00 to 23, and minutes 00 to 59: `18:00`; a duration is written `2 days`";
            Err(wrong("bad-time", message, help))
        }
        false if let Some(right) = with_a_colon(text) => {
            let message = format!("\"{text}\" is not a duration");
            let refusal = wrong("bad-duration", message, did_you_mean(Some(&right), String::new));
            Err(instead(refusal, right, Applicability::Unsure))
        }
        false => by_parser(WaitTime::parse(text), "bad-duration"),
    }
}

/// `18.00` as a time of day.
fn with_a_colon(text: &str) -> Option<String> {
    let (hours, minutes) = text.split_once('.').filter(|(_, minutes)| minutes.len() == 2)?;
    let right = format!("{hours}:{minutes}");
    is_time_of_day(&right).then_some(right)
}

/// Whether it is written as a time of day, and no day has it: `25:00`.
fn is_beyond_the_day(text: &str) -> bool {
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let halves = text.split_once(':');
    halves.is_some_and(|(hours, minutes)| is_number(hours) && is_number(minutes)) && clock(text).is_none()
}

pub(super) fn time(text: &str) -> Result<(), Refusal> {
    if let Some(day) = text
        .strip_suffix("24:00")
        .map(str::trim_end)
        .filter(|day| !day.is_empty())
    {
        let message = format!("\"{text}\" is no time: a day ends at 24:00, and the next begins at 00:00");
        let next = NaiveDate::parse_from_str(day, "%Y-%m-%d")
            .ok()
            .and_then(|day| day.succ_opt());
        let refusal = |help: String| wrong("bad-time", &message, help);
        return Err(match next {
            Some(next) => instead(
                refusal(format!("write `{next} 00:00`")),
                format!("{next} 00:00"),
                Applicability::Unsure,
            ),
            None => refusal("write `2026-12-02 00:00`".to_owned()),
        });
    }
    if let Some(clock) = of_twelve_hours(text) {
        let message = format!("\"{text}\" has no date");
        let help = format!("put the date before it, and write 24 hours: `2026-12-01 {clock}`");
        return Err(wrong("bad-time", message, help));
    }
    let day_and_time = text.get(..10).zip(text.get(11..));
    if let Some((day, clock)) = day_and_time.and_then(|(day, rest)| Some((day, of_twelve_hours(rest)?)))
        && parse_time(&format!("{day} {clock}")).is_ok()
    {
        let right = format!("{day} {clock}");
        let refusal = wrong(
            "bad-time",
            format!("\"{text}\" is not a time"),
            did_you_mean(Some(&right), String::new),
        );
        return Err(instead(refusal, right, Applicability::Safe));
    }
    if let Some(clock) = as_minutes(text) {
        let message = format!("{text} is a number, not a time");
        let help = format!("{clock}? quote it, and put the date before it: \"2026-12-01 {clock}\"");
        return Err(wrong("bad-time", message, help));
    }
    if is_time_of_day(text) {
        let (message, help) = no_date(text);
        return Err(wrong("bad-time", message, help));
    }
    by_parser(parse_time(text), "bad-time").map_err(|refusal| in_our_order(text).unwrap_or(refusal))
}

/// What a time of another order was meant to be, or what has to be said to know it.
fn in_our_order(text: &str) -> Option<Refusal> {
    let said = dates::read(text).filter(|_| !is_day(text))?;
    let not_a_time = |help: String| wrong("bad-time", format!("\"{text}\" is not a time"), help);
    let clock = said.clock.as_deref().unwrap_or("10:00");
    let right = said.days.iter().map(|day| format!("{day} {clock}"));
    Some(
        match (right.collect::<Vec<_>>().as_slice(), &said.zone, &said.clock) {
            ([right], None, Some(_)) => {
                let refusal = not_a_time(did_you_mean(Some(right), String::new));
                instead(refusal, right.clone(), Applicability::Unsure)
            }
            ([right], Some(_), _) => not_a_time(format!(
                "write `{right}`; whose clock that is, `timezone: Europe/Rome` says"
            )),
            ([right], None, None) => not_a_time(format!("the year comes first, and a time last: `{right}`")),
            ([first, second], ..) => not_a_time(format!(
                "the year comes first, then the month: is it `{first}` or `{second}`?"
            )),
            _ => return None,
        },
    )
}

/// A day that is told by what it is called, of which a file cannot know which one it is.
fn called(text: &str) -> Option<Refusal> {
    let lower = text.to_lowercase();
    let first = lower.split([' ', ',']).next()?;
    let refusal = |help: &str| wrong("bad-time", format!("\"{text}\" is not a time"), help);
    let is_named = |day: &&str| {
        first.len() > 2 && first.starts_with(*day) && first.ends_with(['y', 's', day.as_bytes()[2].into()])
    };
    if first == "every" || DAYS.iter().any(is_named) {
        return Some(refusal(
            "once is a date: `2026-12-01 10:00`; every Monday at ten is `{ cron: \"0 10 * * MON\", again: always }`",
        ));
    }
    matches!(first, "today" | "tomorrow" | "tonight" | "next" | "in" | "asap").then(|| {
        refusal("write the date, so that the file means the same on every day: `2026-12-01 10:00`, or `now`")
    })
}

/// `now`, or a time.
pub(super) fn start(text: &str) -> Result<(), Refusal> {
    let now = text.trim_end_matches('!');
    if now.eq_ignore_ascii_case("now") || now.eq_ignore_ascii_case("immediately") {
        let refusal = wrong(
            "bad-time",
            format!("\"{text}\" is not a time"),
            did_you_mean(Some("now"), String::new),
        );
        return Err(instead(refusal, "now", Applicability::Safe));
    }
    if super::nearest(text, ["now"]).is_some() {
        let refusal = wrong(
            "bad-time",
            format!("\"{text}\" is not a time"),
            did_you_mean(Some("now"), String::new),
        );
        return Err(instead(refusal, "now", Applicability::Unsure));
    }
    if text.split_whitespace().count() == 5 && Cron::parse(text).is_some() {
        let message = format!("\"{text}\" is a cron, and stands in a map");
        let right = format!("{{ cron: \"{text}\" }}");
        let refusal = wrong("bad-time", message, format!("write `schedule: {right}`"));
        return Err(instead(refusal, right, Applicability::Unsure));
    }
    time(text).map_err(|refusal| called(text).unwrap_or(refusal))
}

/// `24:00`, which only ends a window.
pub(super) fn not_the_end(text: &str) -> Result<(), Refusal> {
    if clock(text) != Some(24 * 60) {
        return Ok(());
    }
    let message = format!("\"{text}\" only ends a window: as a time it is the next day's \"00:00\"");
    let refusal = wrong(
        "bad-time",
        message,
        "write `\"00:00\"`, which is when a day begins",
    );
    Err(instead(refusal, "\"00:00\"", Applicability::Unsure))
}

/// A whole day.
pub(super) fn date(text: &str) -> Result<(), Refusal> {
    if parse_date(text).is_some() {
        return Ok(());
    }
    Err(match time(text) {
        Err(refusal) => day_alone(text).unwrap_or(refusal),
        Ok(()) => {
            let day: String = text.trim().chars().take("2026-12-01".len()).collect();
            let message = format!("\"{text}\" is a time, and this is a whole day");
            let help = format!("write `{day}`; at which hours it begins the cron says");
            instead(wrong("bad-time", message, help), day, Applicability::Unsure)
        }
    })
}

/// A day of another order, where a day is due.
fn day_alone(text: &str) -> Option<Refusal> {
    let said = dates::read(text).filter(|said| said.clock.is_none())?;
    let message = format!("\"{text}\" is not a day");
    let days: Vec<String> = said.days.iter().map(|day| day.to_string()).collect();
    Some(match days.as_slice() {
        [right] => {
            let refusal = wrong("bad-time", message, did_you_mean(Some(right), String::new));
            instead(refusal, right.clone(), Applicability::Unsure)
        }
        [first, second] => {
            let help = format!("the year comes first, then the month: is it `{first}` or `{second}`?");
            wrong("bad-time", message, help)
        }
        _ => return None,
    })
}

/// What other programs call some crons.
fn nickname(text: &str) -> Option<&'static str> {
    Some(match text.trim().to_ascii_lowercase().trim_start_matches('@') {
        "hourly" => "0 * * * *",
        "daily" | "midnight" => "0 0 * * *",
        "weekly" => "0 0 * * SUN",
        "monthly" => "0 0 1 * *",
        "yearly" | "annually" => "0 0 1 1 *",
        _ => return None,
    })
}

/// Five fields; what is in them is not looked into.
pub(super) fn cron(text: &str) -> Result<(), Refusal> {
    let fields = text.split_whitespace().count();
    let help = "write minute, hour, day, month and weekday: `\"0 10 * * MON\"`";
    if let Some(right) = nickname(text) {
        let message = format!("\"{text}\" is no cron of five fields");
        let refusal = wrong("bad-time", message, format!("write `\"{right}\"`"));
        return Err(instead(refusal, format!("\"{right}\""), Applicability::Unsure));
    }
    if fields != 5 {
        let message = format!(
            "\"{text}\" has {fields} field{}, and a cron has five",
            if fields == 1 { "" } else { "s" }
        );
        return Err(wrong("bad-time", message, help));
    }
    match Cron::parse(text) {
        None => Err(no_cron(text, help)),
        Some(cron) if !cron.fires() => {
            let message = format!("\"{text}\" names no day that the calendar has, so it never begins");
            Err(wrong(
                "cron-never-fires",
                message,
                "February has 29 days at most, and four months have 30",
            ))
        }
        Some(_) => Ok(()),
    }
}

/// The step of a field that is longer than the field.
fn long_step(field: &str, longest: u32) -> Option<&str> {
    let steps = field
        .split(',')
        .filter_map(|piece| Some(piece.split_once('/')?.1));
    let is_long = |step: &&str| step.parse::<u32>().is_ok_and(|step| step > longest);
    steps.into_iter().find(is_long)
}

fn no_cron(text: &str, help: &str) -> Refusal {
    match Cron::faulty_field(text) {
        None => wrong("bad-time", format!("\"{text}\" is no cron"), help),
        Some((field, what, ..)) if is_reversed(field) => {
            let message = format!("\"{field}\" is not {what}, in a cron: the range goes down");
            let help = match what {
                "a weekday" => {
                    "numbers go up, and 7 is Sunday too: `5-7`; names go on over the end of the week: `FRI-MON`"
                }
                "a month" => "numbers go up; names go on over the end of the year: `NOV-FEB`",
                "an hour" => "numbers go up; write two ranges: `22-23,0-6`",
                "a day" => "numbers go up; write two ranges: `28-31,1-5`",
                _ => "numbers go up; write two ranges: `50-59,0-10`",
            };
            wrong("bad-time", message, help)
        }
        Some((field, what, least, most)) if let Some(step) = long_step(field, most - least) => {
            let message = format!("\"{field}\" is not {what}, in a cron: a step of {step} leaves its range");
            let help = format!(
                "{what} is {least} to {most}; longer steps are those of the next field: `\"0 */2 * * *\"` is every two hours"
            );
            wrong("bad-time", message, help)
        }
        Some((field, what, least, most)) => {
            let names = match what {
                "a month" => ", or `JAN` to `DEC`",
                "a weekday" => ", or `MON` to `SUN`",
                _ => "",
            };
            // One that is in the range of the field.
            let every = match most - least {
                0..15 => "`*/2` every other",
                _ => "`*/15` every 15th",
            };
            let help =
                format!("{what} is {least} to {most}{names}; `*` is each, `1,3` two, `1-5` a range, {every}");
            wrong("bad-time", format!("\"{field}\" is not {what}, in a cron"), &help)
        }
    }
}

/// Whether a range of numbers begins after its end.
fn is_reversed(field: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().ok();
    let ranges = field
        .split(',')
        .map(|piece| piece.split('/').next().unwrap_or_default());
    let mut ends = ranges.filter_map(|range| range.split_once('-'));
    ends.any(|(from, to)| number(from).zip(number(to)).is_some_and(|(from, to)| from > to))
}

/// One of the words, or `after 30 days`.
pub(super) fn again(words: &[&str], text: &str) -> Result<(), Refusal> {
    if words.contains(&text) {
        return Ok(());
    }
    if let Some(time) = text.strip_prefix("after ") {
        let refused = |refusal| match refusal {
            Refusal::Wrong(mut problem) => {
                if let Some((time, _)) = &mut problem.instead {
                    let right = format!("after {time}");
                    problem.help = problem.help.replacen(time.as_str(), &right, 1);
                    *time = right;
                }
                Refusal::Wrong(problem)
            }
            refusal => refusal,
        };
        return by_parser(WaitTime::parse(time), "bad-duration").map_err(refused);
    }
    let all = words.iter().copied().chain(["after 30 days"]);
    let message = format!("\"{text}\" is none of {}", listed(all));
    let meant = match text {
        "true" | "yes" | "on" => Some("always".to_owned()),
        "false" | "no" | "off" => Some("never".to_owned()),
        _ => WaitTime::parse(text).is_ok().then(|| format!("after {text}")),
    };
    let help = did_you_mean(meant.as_deref(), || "write one of these".into());
    let refusal = wrong("unknown-value", message, help);
    Err(match meant {
        Some(meant) => instead(refusal, meant, Applicability::Unsure),
        None => refusal,
    })
}

/// What is said of a time of day where a day is needed too: the message and the help.
pub(crate) fn no_date(text: &str) -> (String, String) {
    let (day, clock) = match clock(text) == Some(24 * 60) {
        true => ("2026-12-02", "00:00"),
        false => ("2026-12-01", text),
    };
    (
        format!("\"{text}\" has no date"),
        format!("put the date before it: `{day} {clock}`"),
    )
}

/// Whether a text is `18:00`, `9:30` or `24:00`.
pub(crate) fn is_time_of_day(text: &str) -> bool {
    clock(text).is_some()
}

/// Minutes of the day for `18:00`, `9:30`, `24:00`.
pub(crate) fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |s: &str, most: u32| {
        let digits = (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        s.parse::<u32>().ok().filter(|n| digits && *n <= most)
    };
    let of_day = two(hours, 24)? * 60 + two(minutes, 59).filter(|_| minutes.len() == 2)?;
    (of_day <= 24 * 60).then_some(of_day)
}

/// `22:00` for `10pm`, `10:00 PM`, `10 p.m.`; none where it is of 24 hours, or no time of day.
pub(crate) fn of_twelve_hours(text: &str) -> Option<String> {
    let folded = text.to_lowercase().replace(['.', ' '], "");
    let (digits, after_noon) = match (folded.strip_suffix("am"), folded.strip_suffix("pm")) {
        (Some(digits), _) => (digits, 0),
        (None, digits) => (digits?, 12),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "00"));
    let hour: u32 = hours.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let of_day = format!("{:02}:{minutes}", hour % 12 + after_noon);
    clock(&of_day).is_some().then_some(of_day)
}

fn twelve_hours(code: &'static str, text: &str, clock: &str) -> Refusal {
    let message = format!("\"{text}\" is not a time of 24 hours");
    let refusal = wrong(code, message, did_you_mean(Some(clock), String::new));
    instead(refusal, format!("\"{clock}\""), Applicability::Safe)
}

pub(super) fn time_of_day(text: &str) -> Refusal {
    if let Some(clock) = of_twelve_hours(text) {
        return twelve_hours("bad-time", text, &clock);
    }
    match as_minutes(text) {
        Some(clock) => seen_as_number(text, &clock),
        None => wrong(
            "bad-time",
            format!("\"{text}\" is not a time of day"),
            "write `18:00`",
        ),
    }
}

/// What an older reader of YAML made of a time of day without quotes, and wrote back as a number: 1260 is 21:00.
pub(super) fn as_minutes(text: &str) -> Option<String> {
    let number = text
        .parse::<u32>()
        .ok()
        .filter(|_| (3..=4).contains(&text.len()))?;
    (number < 24 * 60).then(|| format!("{:02}:{:02}", number / 60, number % 60))
}

fn seen_as_number(text: &str, clock: &str) -> Refusal {
    let message = format!("{text} is a number, not a time");
    let help = format!("{clock}? quote it: some tools rewrite an unquoted {clock} as {text}");
    let quoted = format!("\"{clock}\"");
    instead(wrong("bad-time", message, help), quoted, Applicability::Unsure)
}

/// `9-17` is 09:00-17:00.
fn whole_hours(from: &str, to: &str) -> Option<String> {
    let hour = |text: &str, most: u32| {
        text.parse::<u32>()
            .ok()
            .filter(|hour| text.len() < 3 && *hour <= most)
    };
    let (from, to) = (hour(from, 23)?, hour(to, 24)?);
    (from != to).then(|| format!("{from:02}:00-{to:02}:00"))
}

pub(super) fn window(text: &str) -> Result<(), Refusal> {
    if let Some(clock) = as_minutes(text) {
        let message = format!("{text} is a number, not a window");
        let end = if clock.as_str() < "12:00" {
            "21:00"
        } else {
            "09:00"
        };
        let help = format!(
            "write start and end: `\"{clock}-{end}\"`; some tools rewrite an unquoted {clock} as {text}"
        );
        return Err(wrong("bad-window", message, help));
    }
    let between = [" to ", " until ", "\u{2013}", "\u{2014}"]
        .iter()
        .find_map(|word| text.split_once(word));
    if let Some((from, to)) = between {
        let right = format!("{}-{}", from.trim(), to.trim());
        if window(&right).is_ok() {
            let message = format!("\"{text}\" is not a window of the day");
            let refusal = wrong("bad-window", message, did_you_mean(Some(&right), String::new));
            return Err(instead(refusal, right, Applicability::Unsure));
        }
    }
    let halves = text.split_once('-').map(|(from, to)| (from.trim(), to.trim()));
    let full = |text: &str| of_twelve_hours(text).or_else(|| clock(text).map(|_| text.to_owned()));
    if let Some((Some(from), Some(to))) = halves.map(|(from, to)| (full(from), full(to)))
        && text.to_lowercase().contains('m')
        && from != to
    {
        let right = format!("{from}-{to}");
        let message = format!("\"{text}\" is not a window of 24 hours");
        let refusal = wrong("bad-window", message, did_you_mean(Some(&right), String::new));
        return Err(instead(refusal, right, Applicability::Safe));
    }
    let ends = halves.map(|(from, to)| (clock(from), clock(to)));
    let help = "write start and end, `21:00-08:00`; it may wrap midnight";
    if let Some(right) = halves.and_then(|(from, to)| whole_hours(from, to)) {
        let message = format!("\"{text}\" is not a window of the day");
        let refusal = wrong("bad-window", message, did_you_mean(Some(&right), String::new));
        return Err(instead(refusal, right, Applicability::Unsure));
    }
    let right = text.replace(['.', 'h', 'H'], ":").replace(' ', "");
    if text.contains(['.', 'h', 'H']) && window(&right).is_ok() {
        let message = format!("\"{text}\" is not a window of the day");
        let refusal = wrong("bad-window", message, did_you_mean(Some(&right), String::new));
        return Err(instead(refusal, right, Applicability::Unsure));
    }
    match ends {
        Some((Some(from), Some(to))) if from == to => {
            let message = format!("\"{text}\" begins when it ends");
            Err(wrong("bad-window", message, help))
        }
        Some((Some(from), Some(_))) if from < 24 * 60 => Ok(()),
        Some((Some(_), Some(to))) => {
            let right = format!("00:00-{:02}:{:02}", to / 60, to % 60);
            let message = format!("\"{text}\" begins at the end of a day, and the next one begins at 00:00");
            let refusal = wrong("bad-window", message, did_you_mean(Some(&right), String::new));
            Err(instead(refusal, right, Applicability::Unsure))
        }
        Some(_) | None => {
            let message = format!("\"{text}\" is not a window of the day");
            Err(wrong("bad-window", message, help))
        }
    }
}
