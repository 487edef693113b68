//! When a cron ticks. The crate `cron` says which times of day its fields name, on a clock that never changes; what a
//! clock change does to them is said here. A tick is known by its local time, so it is the same tick after a restart.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use dsl::scalar::{Cron, local_to_utc};

/// One time of a cron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// On the clock of the zone: the name of the occurrence.
    pub local: NaiveDateTime,
    /// The instant.
    pub at: DateTime<Utc>,
}

/// The days between which a cron ticks, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CronDays {
    /// The first. None: at once.
    pub from: Option<NaiveDate>,
    /// The last. None: without end.
    pub until: Option<NaiveDate>,
}

/// The ticks later than `after`, in order, up to the year 2100.
///
/// A local time in the gap of a clock change ticks at the gap's end; where several times come to that same instant, `*/15`,
/// there is one tick, the last of them. A local time that occurs twice ticks the first time only. So `30 2 * * *` ticks once
/// on every day, and `*/15 * * * *` pauses for the hour that the clock goes back.
pub fn ticks_after(
    cron: &Cron,
    days: CronDays,
    zone: Tz,
    after: DateTime<Utc>,
) -> impl Iterator<Item = Tick> + use<> {
    let mut ticks = times_after(cron, start(days, zone, after))
        .take_while(move |local| days.until.is_none_or(|last| local.date() <= last))
        .map(move |local| Tick {
            local,
            at: local_to_utc(local, zone),
        })
        .skip_while(move |tick| tick.at <= after)
        .peekable();
    std::iter::from_fn(move || {
        let mut tick = ticks.next()?;
        while let Some(same) = ticks.next_if(|next| next.at == tick.at) {
            tick = same;
        }
        Some(tick)
    })
}

/// The local time after which to look. What is at most this local time is no later instant than `after`.
fn start(days: CronDays, zone: Tz, after: DateTime<Utc>) -> NaiveDateTime {
    let after = after.naive_utc();
    let now = after
        .checked_add_offset(zone.offset_from_utc_datetime(&after).fix())
        .unwrap_or(after);
    let eve = |day: NaiveDate| {
        day.and_time(NaiveTime::MIN)
            .checked_sub_signed(TimeDelta::seconds(1))
    };
    days.from.and_then(eve).map_or(now, |eve| eve.max(now))
}

/// The last time that the crate knows.
const END: NaiveDateTime = NaiveDate::from_ymd_opt(2100, 12, 31)
    .expect("a day")
    .and_hms_opt(23, 59, 59)
    .expect("a time");

/// The times that the fields name, on a clock that never changes. Where a day is enough that either the days or the
/// weekdays name, these are two schedules, since the crate wants both.
fn times_after(cron: &Cron, after: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + use<> {
    let [minutes, hours, days, months, weekdays] = cron.values();
    let schedule = |days: String, weekdays: String| -> cron::Schedule {
        let (minutes, hours, months) = (listed(minutes), listed(hours), listed(months));
        let fields = format!("0 {minutes} {hours} {days} {months} {weekdays}");
        fields
            .parse()
            .expect("lists of numbers in their ranges are a schedule")
    };
    // The crate counts from Sunday as 1.
    let weekdays = listed(&weekdays.iter().map(|day| day + 1).collect::<Vec<_>>());
    let (one, other) = match cron.takes_either_day() {
        true => (
            schedule(listed(days), "*".into()),
            Some(schedule("*".into(), weekdays)),
        ),
        false => (schedule(listed(days), weekdays), None),
    };
    // Of years that it does not know it panics or finds nothing.
    let after = after.clamp(DateTime::UNIX_EPOCH.naive_utc(), END);
    let times = |schedule: cron::Schedule| schedule.after_owned(after.and_utc()).map(|at| at.naive_utc());
    merged(times(one), other.map(times).into_iter().flatten())
}

/// Two rows in order as one, without doubles.
fn merged<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if a > b => other.next(),
        (Some(a), Some(b)) if a == b => {
            other.next();
            one.next()
        }
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

fn listed(values: &[u32]) -> String {
    values.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
