//! A campaign begins in one way, on a day that comes, and not again before people are through with it.

use std::ops::Range;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{Context, never_in_time};
use crate::diagnostic::Diagnostic;
use crate::scalar::{Cron, WaitTime, Window, WrittenTime};
use crate::written::Spanned;
use crate::written::campaign::{Moment, Schedule, Start, Step, Verb};
use crate::written::no_date;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    if let (Some(schedule), Some(trigger)) = (&written.schedule_key, &written.trigger) {
        let message = "a campaign begins by a schedule or by a trigger, not by both";
        found.push(
            Diagnostic::error("conflicting-keys", trigger.span.clone(), message)
                .also(schedule.clone(), "the other")
                .help("keep one of them"),
        );
    }
    one_at_a_time(context, found);
    let Some(schedule) = &written.schedule else { return };
    without_day(context, schedule, found);
    one_way(schedule, found);
    without_meaning(schedule, found);
    ends_before_it_begins(schedule, found);
    found.extend(between_its_days(schedule));
    overlapping(context, schedule, found);
    found.extend(again_unsaid(schedule, found));
    found.extend(on_another_day(schedule));
    found.extend(ticks_on_other_days(schedule));
    found.extend(in_other_hours(context, schedule));
    found.extend(
        schedule
            .start
            .iter()
            .flat_map(|start| before_it_begins(context, start)),
    );
}

/// What asks for all people at once says nothing where they come one at a time.
fn one_at_a_time(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    let Some(trigger) = &written.trigger else { return };
    let canary = written.limits.canary_share.as_ref().map(|share| &share.span);
    let amounts = [&written.audience.sample, &written.audience.holdout].into_iter();
    let numbers = amounts.flatten().filter(|amount| !amount.value.contains('%'));
    let canary = canary.map(|span| (span, "nobody can go first", "leave `canary` out"));
    let numbers = numbers.map(|amount| {
        let help = "write a share, such as `5%`";
        (&amount.span, "a number of them cannot be drawn", help)
    });
    for (span, what, help) in canary.into_iter().chain(numbers) {
        let message = format!("{what} where people enter one at a time");
        found.push(
            Diagnostic::error("conflicting-keys", span.clone(), message)
                .also(trigger.span.clone(), "begins for one person")
                .help(help),
        );
    }
}

/// Moments that have passed before anybody enters: nobody waits for them.
fn before_it_begins(context: &Context<'_>, start: &Spanned<Start>) -> Vec<Diagnostic> {
    let Start::At(begins) = start.value else {
        return vec![];
    };
    let of_step = |step: &Step| match (&step.at, &step.verb) {
        (Some(Moment::Time(at)), _) | (None, Verb::WaitUntil(Some(Moment::Time(at)))) => Some(*at),
        _ => None,
    };
    let is_before = |at: WrittenTime| match (at, begins) {
        (WrittenTime::Local(at), WrittenTime::Local(begins)) => at < begins,
        (WrittenTime::Instant(at), WrittenTime::Instant(begins)) => at < begins,
        // Which comes first hangs on the clock that the one without an offset is read on.
        (WrittenTime::Local(_), WrittenTime::Instant(_))
        | (WrittenTime::Instant(_), WrittenTime::Local(_)) => false,
    };
    let steps = context.written.steps.iter();
    let early = steps.filter(|step| of_step(step).is_some_and(is_before));
    let told = early.map(|step| {
        let message =
            "this moment is over before the campaign begins, so what hangs on it is skipped for everybody";
        Diagnostic::error("moment-before-start", step.span.clone(), message)
            .label("too late from the beginning")
            .also(start.span.clone(), "it begins")
            .help("write a later time, or leave the step out")
    });
    told.collect()
}

/// It begins on a day on which no text goes out.
fn on_another_day(schedule: &Schedule) -> Option<Diagnostic> {
    let start = schedule.start.as_ref()?;
    let Start::At(WrittenTime::Local(at)) = start.value else {
        return None;
    };
    let days: Vec<Weekday> = schedule
        .days
        .iter()
        .map(|day| day.value.parse().ok())
        .collect::<Option<_>>()?;
    let (first, last) = (schedule.days.first()?, schedule.days.last()?);
    if days.contains(&at.weekday()) {
        return None;
    }
    let day = at.format("%Y-%m-%d is a %A");
    let message = format!("{day}, and texts do not go on that day: all of them wait");
    Some(
        Diagnostic::warning("moment-outside-window", start.span.clone(), message)
            .also(first.span.start..last.span.end, "the days")
            .help("choose a day that is one of `days`, or leave `days` out"),
    )
}

/// Where it begins only on days on which no text goes out: where those are named on which some do, and the least minutes
/// until one of them begins.
pub(super) fn opens_another_day(schedule: &Schedule) -> Option<(Range<usize>, u32)> {
    let days = schedule.days.iter().map(|day| day.value.parse().ok());
    let days: Vec<Weekday> = days.collect::<Option<_>>()?;
    let span = schedule.days.first()?.span.start..schedule.days.last()?.span.end;
    let begins = match (&schedule.cron, schedule.start.as_ref().map(|start| start.value)) {
        (Some(cron), None) => {
            let cron = Cron::parse(&cron.value).filter(Cron::fires)?;
            let all = NaiveDate::from_ymd_opt(2000, 1, 1)?.iter_days().take(YEARS);
            all.filter(|day| cron.names(*day))
                .map(|day| day.weekday())
                .collect()
        }
        (None, Some(Start::At(WrittenTime::Local(at)))) => vec![at.weekday()],
        _ => return None,
    };
    let latest = never_in_time::minutes(schedule).into_iter().max()?;
    let until = |day: &Weekday| days.iter().map(|open| open.days_since(*day)).min();
    let least = begins.iter().filter_map(until).min().filter(|days| *days > 0)?;
    Some((span, least * 24 * 60 - latest))
}

/// It begins in hours in which no text goes out, whenever it does.
fn in_other_hours(context: &Context<'_>, schedule: &Schedule) -> Option<Diagnostic> {
    let at = match schedule.start.as_ref().map(|start| (start.value, &start.span)) {
        Some((Start::At(WrittenTime::Local(_)) | Start::TimeOfDay, span)) => span,
        Some((Start::Now | Start::At(WrittenTime::Instant(_)), _)) => return None,
        None => &schedule.cron.as_ref()?.span,
    };
    // A first step that waits, or has a moment of its own, decides itself.
    if !never_in_time::sends_first(context) {
        return None;
    }
    let own = context
        .written
        .steps
        .first()
        .and_then(|step| step.window.as_ref());
    let minutes = never_in_time::minutes(schedule);
    let first = *minutes.first()?;
    // Both hold.
    let windows = own.into_iter().chain(&schedule.window);
    let mut hours = windows.filter_map(|window| Some((window, Window::parse(&window.value)?)));
    let is_outside = |window: Window| !minutes.iter().any(|minute| window.holds(*minute));
    let (written, window) = hours.find(|(_, window)| is_outside(*window))?;
    let message = format!(
        "{:02}:{:02} is outside of the window {window}, so all texts wait until it opens",
        first / 60,
        first % 60
    );
    Some(
        Diagnostic::warning("moment-outside-window", at.clone(), message)
            .also(written.span.clone(), "the window")
            .help("begin within the window, or leave it out"),
    )
}

/// A cron that names only days on which no text goes out.
fn ticks_on_other_days(schedule: &Schedule) -> Option<Diagnostic> {
    let written = schedule.cron.as_ref()?;
    let cron = Cron::parse(&written.value).filter(Cron::fires)?;
    let days = schedule.days.iter().map(|day| day.value.parse().ok());
    let days: Vec<Weekday> = days.collect::<Option<_>>()?;
    let (first, last) = (schedule.days.first()?, schedule.days.last()?);
    let begins = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let mut named = begins.iter_days().take(YEARS).filter(|day| cron.names(*day));
    if named.any(|day| days.contains(&day.weekday())) {
        return None;
    }
    let message = "texts do not go on the days that this names: all of them wait";
    Some(
        Diagnostic::warning("moment-outside-window", written.span.clone(), message)
            .also(first.span.start..last.span.end, "the days")
            .help("choose days that are among `days`, or leave `days` out"),
    )
}

fn without_day(context: &Context<'_>, schedule: &Schedule, found: &mut Vec<Diagnostic>) {
    let Some(start) = &schedule.start else { return };
    let at = context.text.get(start.span.clone()).unwrap_or_default();
    // What comes again under another key has its hour there.
    let is_replaced = |d: &Diagnostic| {
        let suggestion = d.suggestion.as_ref().filter(|_| d.code == "unknown-key");
        suggestion.is_some_and(|of| of.span.start <= start.span.start && start.span.end <= of.span.end)
    };
    if found.iter().any(is_replaced) {
        return;
    }
    match start.value {
        Start::TimeOfDay if schedule.date.is_none() => {
            // A date goes before it, and then no reader takes it for anything else.
            found.retain(|d| d.code != "yaml-1.1" || d.span != start.span);
            let (message, help) = no_date(at.trim_matches(['"', '\'']));
            found.push(Diagnostic::error("bad-time", start.span.clone(), message).help(help));
        }
        Start::Now | Start::At(_) | Start::TimeOfDay => {}
    }
}

/// `at`, `cron` and `date` are three ways; `at` beside `date` is the time of that day.
fn one_way(schedule: &Schedule, found: &mut Vec<Diagnostic>) {
    if schedule.keys.is_empty() {
        return;
    }
    let ways: Vec<&str> = ["at", "cron", "date"]
        .into_iter()
        .filter(|way| schedule.key(way).is_some())
        .collect();
    let of_day = schedule
        .start
        .as_ref()
        .is_none_or(|start| start.value == Start::TimeOfDay);
    match ways.as_slice() {
        // That it has none, its form says.
        [] | [_] => {}
        ["at", "date"] if of_day => {}
        [first, .., last] => {
            let (Some(first_at), Some(last_at)) = (schedule.key(first), schedule.key(last)) else {
                return;
            };
            let message = format!("a schedule begins by `{first}` or by `{last}`, not by both");
            found.push(
                Diagnostic::error("conflicting-keys", last_at, message)
                    .also(first_at, "the other")
                    .help("keep one of them"),
            );
        }
    }
}

/// Keys that mean something beside one way to begin only: which, and the keys.
const OF_A_WAY: [(&[&str], &[&str]); 3] = [
    (&["date"], &["yearly", "before", "after"]),
    (&["cron"], &["from", "until"]),
    (&["cron", "date"], &["again"]),
];

fn without_meaning(schedule: &Schedule, found: &mut Vec<Diagnostic>) {
    // An `at` that cannot be read may be a cron, or anything.
    let is_unclear = schedule.key("at").is_some() && schedule.start.is_none();
    let begins = ["at", "cron", "date"]
        .iter()
        .any(|way| !is_unclear && schedule.key(way).is_some());
    for (ways, keys) in OF_A_WAY.iter().filter(|_| begins) {
        if ways.iter().any(|way| schedule.key(way).is_some()) {
            continue;
        }
        for (key, span) in keys.iter().filter_map(|key| Some((key, schedule.key(key)?))) {
            let ways: Vec<String> = ways.iter().map(|way| format!("`{way}`")).collect();
            let message = format!("`{key}` says nothing of a schedule that begins once, at a time");
            found.push(
                Diagnostic::error("conflicting-keys", span, message)
                    .help(format!("it belongs to {}: leave it out", ways.join(" and "))),
            );
        }
    }
    if let (Some(_), Some(clock)) = (
        &schedule.date,
        schedule.key("clock").filter(|_| !schedule.recipient_clock),
    ) {
        let message = "the day of a column is one on each recipient's clock, never on the campaign's";
        found.push(Diagnostic::error("conflicting-keys", clock, message).help("leave `clock` out"));
    }
    let clock = schedule.key("clock").filter(|_| schedule.recipient_clock);
    found.extend(schedule.start.as_ref().zip(clock).and_then(|(start, clock)| {
        let (what, label, help) = match start.value {
            Start::Now => (
                "`now`",
                "at once",
                "leave `clock` out; `window` keeps texts to the hours of each recipient",
            ),
            Start::At(WrittenTime::Instant(_)) => (
                "a time with an offset",
                "with its offset",
                "write the time without an offset: `2026-12-01 10:00`",
            ),
            Start::At(WrittenTime::Local(_)) | Start::TimeOfDay => return None,
        };
        let message = format!("{what} is the same instant for everybody, not one on their clocks");
        let told = Diagnostic::error("conflicting-keys", clock, message);
        Some(told.also(start.span.clone(), label).help(help))
    }));
}

fn ends_before_it_begins(schedule: &Schedule, found: &mut Vec<Diagnostic>) {
    let (Some(from), Some(until)) = (&schedule.from, &schedule.until) else {
        return;
    };
    if until.value < from.value {
        let message = format!("`until` is {}, before `from`: it never begins", until.value);
        found.push(
            Diagnostic::error("until-before-from", until.span.clone(), message)
                .also(from.span.clone(), "the first day")
                .help("both days count: `until` is the last one"),
        );
    }
}

/// A cron that ticks on no day from the first to the last.
fn between_its_days(schedule: &Schedule) -> Option<Diagnostic> {
    let (written, from, until) = (
        schedule.cron.as_ref()?,
        schedule.from.as_ref()?,
        schedule.until.as_ref()?,
    );
    let cron = Cron::parse(&written.value).filter(Cron::fires)?;
    // A 29 February comes once in eight years at the rarest.
    let mut days = from
        .value
        .iter_days()
        .take(YEARS)
        .take_while(|day| *day <= until.value);
    if until.value < from.value || days.any(|day| cron.names(day)) {
        return None;
    }
    let message = format!(
        "\"{}\" names no day between the first and the last, so it never begins",
        written.value
    );
    Some(
        Diagnostic::error("cron-never-fires", written.span.clone(), message)
            .also(until.span.clone(), "the last day")
            .help("both days count; choose them so that one the cron names lies between them"),
    )
}

/// The days of eight years.
const YEARS: usize = 8 * 366;

/// A cron without `again`, at whose second tick nobody enters who was there at the first: seldom what its author wants.
fn again_unsaid(schedule: &Schedule, found: &[Diagnostic]) -> Option<Diagnostic> {
    let cron = schedule.cron.as_ref().filter(|_| schedule.again.is_none())?;
    Cron::parse(&cron.value)?;
    // What is wrong with its ticks comes first.
    let of_ticks = [
        "until-before-from",
        "cron-never-fires",
        "conflicting-keys",
        "overlapping-launches",
    ];
    let is_told = found.iter().any(|d| of_ticks.contains(&d.code));
    let days = [&schedule.from, &schedule.until].map(|day| day.as_ref().map(|day| day.value));
    let one_day = days[0].is_some() && days[0] == days[1];
    let message = "each person enters this once, at one of its ticks, since it does not say `again`";
    let found = Diagnostic::warning("again-unsaid", cron.span.clone(), message)
        .help("`again: always` texts them at each tick, `again: never` says that once is meant");
    (!is_told && !one_day).then_some(found)
}

/// A cron that comes again while people are still inside must say whether they enter again.
fn overlapping(context: &Context<'_>, schedule: &Schedule, found: &mut Vec<Diagnostic>) {
    let Some(cron) = &schedule.cron else { return };
    let Some(parsed) = Cron::parse(&cron.value) else {
        return;
    };
    let Some(every) = parsed.shortest_days() else {
        return;
    };
    let longest = longest_days(&context.written.steps);
    if longest <= every || schedule.again.is_some() {
        return;
    }
    let days = |days: u32| match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let again = match every {
        0 => "on the same day".to_owned(),
        every => format!("after {}", days(every)),
    };
    let message = format!(
        "it begins again {again}, and people may still be inside: they take up to {}",
        days(longest)
    );
    found.push(
        Diagnostic::error("overlapping-launches", cron.span.clone(), message)
            .label("too soon")
            .help("say whether people enter again: `again: never`, `always` or `after 30 days`"),
    );
}

/// Days that a passage may take at most, as far as the file says.
fn longest_days(steps: &[Step]) -> u32 {
    steps.iter().map(days_of).fold(0, u32::saturating_add)
}

fn days_of(step: &Step) -> u32 {
    let inner = || step.inner().into_iter().map(longest_days).max().unwrap_or(0);
    match &step.verb {
        Verb::Wait(time) => days(*time),
        Verb::Ask(ask) => {
            let open_for = ask.open_for.as_ref();
            open_for
                .map_or(0, |time| days(time.value))
                .saturating_add(inner())
        }
        Verb::Await(branches) => {
            let within = branches.within.as_ref();
            within.map_or(0, |time| days(time.value)).saturating_add(inner())
        }
        Verb::Repeat { times, every, .. } => {
            let times = times.as_ref().and_then(|times| times.value.parse().ok());
            let times = times.unwrap_or(1_u32);
            let between = every.as_ref().map_or(0, |every| days(every.value));
            let pauses = between.saturating_mul(times.saturating_sub(1));
            inner().saturating_mul(times).saturating_add(pauses)
        }
        Verb::Choose(_) | Verb::Split(_) => inner(),
        Verb::WaitUntil(_)
        | Verb::Send(_)
        | Verb::Tag(_)
        | Verb::Untag(_)
        | Verb::Set(_)
        | Verb::Join(_)
        | Verb::Leave(_)
        | Verb::Forward(_)
        | Verb::Notify { .. }
        | Verb::Call(_)
        | Verb::Start(_)
        | Verb::Finish(_)
        | Verb::Other => 0,
    }
}

/// Days begun.
fn days(time: WaitTime) -> u32 {
    match time {
        WaitTime::Days(days) => days,
        WaitTime::Elapsed(time) => u32::try_from((time.num_seconds() + 86_399) / 86_400).unwrap_or(u32::MAX),
    }
}
