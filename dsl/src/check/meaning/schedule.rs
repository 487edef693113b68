//! When a campaign begins and how its texts go out, as meant.

use chrono::Weekday;
use chrono_tz::Tz;

use super::moment::shift;
use crate::campaign::{Again, Cap, Over, Pace, Purpose, Schedule, Trigger};
use crate::check::Context;
use crate::check::conditions::scope;
use crate::condition::{Condition, Stage};
use crate::scalar::{Cron, Frequency, WaitTime, Window, WrittenTime};
use crate::written::Spanned;
use crate::written::campaign::{self as written, Start};

pub(super) fn begin(context: &Context<'_>, zone: Tz) -> Option<Schedule> {
    let file = context.written;
    match (&file.schedule, &file.trigger) {
        (Some(schedule), _) => scheduled(schedule, zone),
        (None, Some(trigger)) => triggered(context, trigger).map(Schedule::Trigger),
        (None, None) => None,
    }
}

fn scheduled(schedule: &written::Schedule, zone: Tz) -> Option<Schedule> {
    if let Some(cron) = &schedule.cron {
        return Some(Schedule::Cron {
            cron: Cron::parse(&cron.value)?,
            from: schedule.from.as_ref().map(|day| day.value),
            until: schedule.until.as_ref().map(|day| day.value),
            recipient_clock: schedule.recipient_clock,
        });
    }
    if let Some(field) = &schedule.date {
        return Some(Schedule::Day {
            field: field.value.clone(),
            yearly: schedule.yearly,
            shift: shift(schedule.before.as_ref(), schedule.after.as_ref()),
            at: schedule.time_of_day.unwrap_or(0),
        });
    }
    Some(match schedule.start.as_ref()?.value {
        Start::Now => Schedule::Now,
        Start::At(WrittenTime::Local(local)) if schedule.recipient_clock => Schedule::Local(local),
        Start::At(time) => Schedule::At(time.resolve(zone)),
        Start::TimeOfDay => return None,
    })
}

fn triggered(context: &Context<'_>, trigger: &written::Trigger) -> Option<Trigger> {
    let word = |text: &Spanned<String>| text.value.clone();
    if let Some(name) = &trigger.event {
        let conditions: Vec<&str> = trigger.conditions.iter().map(|one| one.value.as_str()).collect();
        let scope = scope::of(context, context.root?);
        let conditions = match conditions.is_empty() {
            true => None,
            false => Some(Condition::compile_all(&conditions, &scope, Stage::Before).ok()?),
        };
        return Some(Trigger::Event {
            name: word(name),
            key: trigger.key.as_ref().map(word),
            conditions,
        });
    }
    let joins = || trigger.joins.as_ref().map(|list| Trigger::Joins(word(list)));
    let keyword = || trigger.keyword.as_ref().map(|text| Trigger::Keyword(word(text)));
    joins().or_else(keyword)
}

pub(super) fn pace(context: &Context<'_>) -> Pace {
    let file = context.written;
    let schedule = file.schedule.as_ref();
    let trigger = file.trigger.as_ref();
    let of = |own: fn(&written::Schedule) -> Option<&Spanned<WaitTime>>| Some(own(schedule?)?.value);
    let hours = schedule
        .and_then(|s| s.window.as_ref())
        .or(trigger.and_then(|t| t.window.as_ref()));
    let again = schedule
        .and_then(|s| s.again.as_ref())
        .or(trigger.and_then(|t| t.again.as_ref()));
    let days = schedule.map(|s| &s.days).or(trigger.map(|t| &t.days));
    let expires = trigger
        .and_then(|trigger| trigger.expires.as_ref())
        .map(|time| time.value);
    Pace {
        window: hours.and_then(|hours| Window::parse(&hours.value)),
        quiet_hours: quiet_hours(context),
        days: days
            .into_iter()
            .flatten()
            .filter_map(|day| weekday(&day.value))
            .collect(),
        expires: expires.or(of(|schedule| schedule.expires.as_ref())),
        late: of(|schedule| schedule.late.as_ref()),
        spread: of(|schedule| schedule.spread.as_ref()),
        frequency: frequency(context),
        again: again.map_or_else(|| by_default(context), |again| meant_again(&again.value)),
    }
}

/// What comes every year comes to everybody again; anything else a person enters once.
fn by_default(context: &Context<'_>) -> Again {
    let schedule = context.written.schedule.as_ref();
    match schedule.is_some_and(|schedule| schedule.yearly) {
        true => Again::Always,
        false => Again::Never,
    }
}

fn meant_again(text: &str) -> Again {
    match text {
        "always" => Again::Always,
        "restart" => Again::Restart,
        text => {
            let time = text
                .strip_prefix("after ")
                .and_then(|time| WaitTime::parse(time.trim()).ok());
            time.map_or(Again::Never, Again::After)
        }
    }
}

fn quiet_hours(context: &Context<'_>) -> Vec<Window> {
    let file = context.written;
    let passes = file.urgent.is_some() || file.meant_purpose() == Purpose::Emergency;
    let own = file.limits.quiet_hours.as_ref();
    let own = own.and_then(|hours| Window::parse(&hours.value));
    let all = context.project.policy.quiet_hours.into_iter().chain(own);
    all.filter(|_| !passes).collect()
}

/// Only marketing is counted: the policy's cap and the campaign's own.
fn frequency(context: &Context<'_>) -> Vec<Cap> {
    let limits = &context.written.limits;
    let over = match limits.over.as_ref().map(|over| over.value.as_str()) {
        Some("skip") => Over::Skip,
        Some("leave") => Over::Leave,
        Some(_) | None => Over::Wait,
    };
    let own = limits.frequency.as_ref();
    let own = own.and_then(|most| Frequency::parse(&most.value));
    let caps = context.project.policy.frequency.into_iter().chain(own);
    caps.filter(|_| context.written.meant_purpose() == Purpose::Marketing)
        .map(|most| Cap { most, over })
        .collect()
}

fn weekday(text: &str) -> Option<Weekday> {
    text.parse().ok()
}
