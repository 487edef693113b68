//! A text that expires before its hours open is never sent, to anybody.

use chrono::{NaiveDateTime, Timelike};

use super::policy::passes_quiet_hours;
use super::{Context, schedule};
use crate::diagnostic::Diagnostic;
use crate::scalar::{Cron, WaitTime, Window, WrittenTime};
use crate::written::Spanned;
use crate::written::campaign::{Moment, Schedule, Start, Step, Verb};

/// Minutes of a day.
const DAY: u32 = 24 * 60;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let schedule = context.written.schedule.as_ref();
    found.extend(schedule.and_then(|schedule| at_the_start(context, schedule)));
    for step in context.written.all_steps() {
        let is_sent = matches!(step.verb, Verb::Send(_) | Verb::Ask(_));
        let Some(minute) = step.at.as_ref().filter(|_| is_sent).and_then(minute_of) else {
            continue;
        };
        let hours = Hours::of(context, Some(step));
        let expires = expires_of(context, Some(step));
        found.extend(expires.and_then(|expires| hours.too_late(&[minute], expires)));
    }
    let mut lists = vec![context.written.steps.as_slice()];
    lists.extend(context.written.all_steps().into_iter().flat_map(Step::inner));
    for steps in lists {
        behind_a_wait(context, steps, found);
    }
}

/// Texts behind a wait for a time of day: everybody comes to them at that time.
fn behind_a_wait(context: &Context<'_>, steps: &[Step], found: &mut Vec<Diagnostic>) {
    let mut now = None;
    for step in steps {
        now = match (&step.verb, expires_of(context, Some(step))) {
            (Verb::WaitUntil(Some(Moment::TimeOfDay(minute))), _) if is_for_all(step) => Some(*minute),
            (Verb::Send(_) | Verb::Ask(_), Some(expires)) if step.at.is_none() => {
                let hours = Hours::of(context, Some(step));
                found.extend(now.and_then(|minute| hours.too_late(&[minute], expires)));
                None
            }
            (Verb::Tag(_) | Verb::Untag(_) | Verb::Set(_) | Verb::Forward(_) | Verb::Notify { .. }, _) => now,
            _ => None,
        };
    }
}

fn is_for_all(step: &Step) -> bool {
    step.when.is_empty() && step.unless.is_empty()
}

/// What the schedule itself begins, where the first thing that it does is to send.
fn at_the_start(context: &Context<'_>, schedule: &Schedule) -> Option<Diagnostic> {
    if !sends_first(context) {
        return None;
    }
    let first = context.written.steps.first();
    let hours = Hours::of(context, first);
    let expires = expires_of(context, first)?;
    if let Some((days, wait)) = schedule::opens_another_day(schedule) {
        return too_many_days(expires, wait).map(|found| found.also(days, "its days"));
    }
    let of_column = schedule.date.is_some() && schedule.start.is_none() && schedule.time_of_day.is_none();
    match of_column {
        true => {
            let help = "without `at` it begins at midnight: say `at: \"10:00\"`, or give it more time";
            hours.too_late(&[0], expires).map(|found| found.help(help))
        }
        false => hours.too_late(&minutes(schedule), expires),
    }
}

/// Told where a text expires before the first day on which it may go.
fn too_many_days(expires: &Spanned<WaitTime>, wait: u32) -> Option<Diagnostic> {
    let within = match expires.value {
        WaitTime::Elapsed(within) => within.num_minutes(),
        WaitTime::Days(days) => i64::from(days) * i64::from(DAY),
    };
    let message = format!(
        "it expires after {}, before the first day on which it may go",
        expires.value
    );
    (within < i64::from(wait)).then(|| {
        Diagnostic::error("expires-before-window", expires.span.clone(), message)
            .label("so it is never sent")
            .help("begin on a day that is one of `days`, or give it more time")
    })
}

/// Whether what the schedule begins is a text that goes at once.
pub(super) fn sends_first(context: &Context<'_>) -> bool {
    let first = context.written.steps.first();
    let sends = |verb: &Verb| matches!(verb, Verb::Send(_) | Verb::Ask(_));
    first.is_none_or(|step| step.at.is_none() && sends(&step.verb))
}

/// The times of day at which a schedule begins; none where that is another for each.
pub(super) fn minutes(schedule: &Schedule) -> Vec<u32> {
    if let Some(cron) = schedule.cron.as_ref().and_then(|cron| Cron::parse(&cron.value)) {
        let [minutes, hours, ..] = cron.values();
        return hours
            .iter()
            .flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute))
            .collect();
    }
    match schedule.start.as_ref().map(|start| start.value) {
        Some(Start::At(WrittenTime::Local(at))) => vec![of_day(at)],
        Some(Start::TimeOfDay) | None => schedule.time_of_day.into_iter().collect(),
        Some(Start::Now | Start::At(WrittenTime::Instant(_))) => vec![],
    }
}

pub(super) fn minute_of(moment: &Moment) -> Option<u32> {
    match moment {
        Moment::TimeOfDay(minute) => Some(*minute),
        Moment::Time(WrittenTime::Local(at)) => Some(of_day(*at)),
        Moment::Time(WrittenTime::Instant(_)) => None,
        Moment::Day { at, .. } => *at,
    }
}

fn of_day(at: NaiveDateTime) -> u32 {
    at.hour() * 60 + at.minute()
}

/// The campaign's own, else the policy's.
pub(super) fn quiet_hours(context: &Context<'_>) -> Option<Window> {
    let own = context.written.limits.quiet_hours.as_ref();
    let own = own.and_then(|own| Window::parse(&own.value));
    own.or(context.project.policy.quiet_hours)
        .filter(|_| !passes_quiet_hours(context))
}

/// The hours in which a text may go.
struct Hours<'a> {
    window: Option<&'a Spanned<String>>,
    quiet: Option<Window>,
}

/// When a text of a step expires, else one of the campaign.
fn expires_of<'a>(context: &'a Context<'_>, step: Option<&'a Step>) -> Option<&'a Spanned<WaitTime>> {
    let schedule = context.written.schedule.as_ref();
    let own = step.and_then(|step| step.expires.as_ref());
    own.or(schedule.and_then(|schedule| schedule.expires.as_ref()))
}

impl<'a> Hours<'a> {
    /// Of a step, else of the campaign.
    fn of(context: &'a Context<'_>, step: Option<&'a Step>) -> Hours<'a> {
        let schedule = context.written.schedule.as_ref();
        let own = step.and_then(|step| step.window.as_ref());
        Hours {
            window: own.or(schedule.and_then(|schedule| schedule.window.as_ref())),
            quiet: quiet_hours(context),
        }
    }

    /// Told where a text of each of these times of day expires before it may go.
    fn too_late(&self, minutes: &[u32], expires: &Spanned<WaitTime>) -> Option<Diagnostic> {
        let WaitTime::Elapsed(within) = expires.value else {
            return None;
        };
        let waits: Vec<u32> = minutes
            .iter()
            .map(|minute| self.opens_in(*minute))
            .collect::<Option<_>>()?;
        let shortest = *waits.iter().min()?;
        if within.num_seconds() >= i64::from(shortest) * 60 {
            return None;
        }
        let wait = WaitTime::Elapsed(chrono::TimeDelta::minutes(shortest.into()));
        let message = format!(
            "it expires after {}, and its hours open only after {wait}",
            expires.value
        );
        let found = Diagnostic::error("expires-before-window", expires.span.clone(), message)
            .label("so it is never sent")
            .help("give it more time, or a moment at which it may go");
        Some(match self.window {
            Some(window) => found.also(window.span.clone(), "its hours"),
            None => found,
        })
    }

    /// Minutes from a time of day until a text may go; none where it never may, which is told of the hours.
    fn opens_in(&self, minute: u32) -> Option<u32> {
        let window = self.window.and_then(|window| Window::parse(&window.value));
        let is_open = |at: u32| {
            window.is_none_or(|window| window.holds(at)) && self.quiet.is_none_or(|quiet| !quiet.holds(at))
        };
        (0..DAY).find(|wait| is_open((minute + wait) % DAY))
    }
}
