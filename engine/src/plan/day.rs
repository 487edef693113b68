//! Whose day it is: of a schedule by a column the launch of a day is about those people alone. The others are not left out of it,
//! their day is another. So it is with a tick on the recipients' clocks, which is over for some when it begins for the first time.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Campaign, Schedule};
use dsl::scalar::WrittenTime;

use super::row::{Frozen, number_of, zones_of};
use super::{Barred, PlanError};
use crate::advance::date_of;
use crate::audience::{self, clean};
use crate::calendar::{DateSchedule, Hours, Moment, Occurrence, Tick, TimeClass, latest_start};
use crate::launch;
use crate::left_out::LeftOut;
use crate::revision::Revision;
use crate::schedule;

/// The tick of a launch on each recipient's own clock: a day of a column, or a tick of a cron.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// On the clock of each recipient; of a column the day counts alone.
    pub local: NaiveDateTime,
    /// The tick after it, of a cron: for whom that has come, this one is over.
    pub next: Option<NaiveDateTime>,
    /// Since when the schedule runs as it is written: whoever's time was before has missed it.
    pub since: DateTime<Utc>,
}

impl Day {
    /// Of a tick; none where the campaign does not begin on the recipients' clocks again and again.
    pub fn of(campaign: &Campaign, occurrence: launch::Occurrence, since: DateTime<Utc>) -> Option<Day> {
        let launch::Occurrence::Tick(tick) = occurrence else {
            return None;
        };
        let next = match &campaign.schedule {
            Schedule::Day { .. } => None,
            Schedule::Cron {
                recipient_clock: true,
                ..
            } => schedule::after(campaign, tick).map(|next| next.local),
            Schedule::Now
            | Schedule::At(_)
            | Schedule::Local(_)
            | Schedule::Cron { .. }
            | Schedule::Trigger(_) => return None,
        };
        Some(Day {
            local: tick.local,
            next,
            since,
        })
    }

    /// Whether this tick of a cron is for somebody in these zones: neither before the schedule ran nor overtaken by the next.
    pub(super) fn is_tick_of(
        &self,
        campaign: &Campaign,
        class: &TimeClass,
        now: DateTime<Utc>,
    ) -> Result<bool, LeftOut> {
        let own = |local| Moment::At(WrittenTime::Local(local)).instant(class, now);
        let at = own(self.local);
        if at < self.since || self.next.is_some_and(|next| own(next) <= now) {
            return Ok(false);
        }
        in_time(campaign, at, class, now)
    }

    /// Whether it is the day of somebody with this value, in these zones.
    pub(super) fn is_of(
        &self,
        revision: &Revision,
        value: &str,
        class: &TimeClass,
        now: DateTime<Utc>,
    ) -> Result<bool, LeftOut> {
        let Some((field, schedule)) = DateSchedule::of(&revision.campaign) else {
            return Ok(true);
        };
        let date = day_of(revision, field, value, class)?;
        match schedule.on(self.local.date(), date, class, self.since) {
            Occurrence::None | Occurrence::Missed => Ok(false),
            Occurrence::At(at) => in_time(&revision.campaign, at, class, now),
        }
    }
}

/// The day of somebody with this value, in these zones.
pub(crate) fn day_of(
    revision: &Revision,
    field: &str,
    value: &str,
    class: &TimeClass,
) -> Result<NaiveDate, LeftOut> {
    if value.trim().is_empty() {
        return Err(LeftOut::EmptyValue(field.to_owned()));
    }
    let date = date_of(revision, field, value, first_of(class));
    date.ok_or_else(|| LeftOut::IllTyped(field.to_owned()))
}

/// True; unless it is too late for a person of these zones, of a time on the recipients' clocks.
pub(super) fn is_in_time(
    campaign: &Campaign,
    local: NaiveDateTime,
    class: &TimeClass,
    now: DateTime<Utc>,
) -> Result<bool, LeftOut> {
    let at = Moment::At(WrittenTime::Local(local)).instant(class, now);
    in_time(campaign, at, class, now)
}

fn first_of(class: &TimeClass) -> Tz {
    class.zones().first().copied().unwrap_or(Tz::UTC)
}

/// True; unless it is too late for a person by now.
fn in_time(
    campaign: &Campaign,
    at: DateTime<Utc>,
    class: &TimeClass,
    now: DateTime<Utc>,
) -> Result<bool, LeftOut> {
    let pace = &campaign.pace;
    let latest = latest_start(at, pace.late, &Hours::of_window(pace.window), first_of(class));
    match now > latest {
        true => Err(LeftOut::TooLate),
        false => Ok(true),
    }
}

/// The first day from then on that is anybody's of the lists; none where none is.
pub fn next_day(
    revision: &Revision,
    folder: &Path,
    barred: &Barred,
    from: NaiveDate,
) -> Result<Option<NaiveDate>, PlanError> {
    let campaign = &revision.campaign;
    let Some((field, schedule)) = DateSchedule::of(campaign) else {
        return Ok(None);
    };
    let default = revision
        .field(field)
        .and_then(|field| field.default.values().next());
    let mut first: Option<NaiveDate> = None;
    for list in &campaign.audience.from {
        let mut reader = barred.open(list, folder)?;
        let columns = audience::columns(&reader, list)?;
        let column = columns.values.get(field).copied();
        reader.each_row(|row| {
            let cell = column.and_then(|column| row.cells.get(column));
            let text = clean(cell.unwrap_or_default());
            let text = match (text.is_empty(), default) {
                (true, Some(default)) => default.as_str(),
                _ => &text,
            };
            let date = date_of(revision, field, text, campaign.timezone);
            let next = date.and_then(|date| schedule.next_day(date, from));
            let is_first = next.is_some() && (first.is_none() || next < first);
            if is_first && number_of(&row, columns.phone, campaign.audience.region).is_ok() {
                first = next;
            }
        })?;
    }
    Ok(first)
}

/// The first of these ticks that is still to come for anybody of the lists, of a cron on the recipients' clocks; none where it is for
/// nobody. `since`: see [`Day`].
pub fn next_tick(
    revision: &Revision,
    folder: &Path,
    barred: &Barred,
    ticks: impl IntoIterator<Item = Tick>,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Tick>, PlanError> {
    let campaign = &revision.campaign;
    let mut zones: BTreeSet<Arc<str>> = BTreeSet::new();
    for list in &campaign.audience.from {
        let mut reader = barred.open(list, folder)?;
        let columns = audience::columns(&reader, list)?;
        let frozen = Frozen::new(revision, &columns, None, now);
        reader.each_row(|row| {
            let parsed = number_of(&row, columns.phone, campaign.audience.region);
            zones.extend(
                parsed
                    .ok()
                    .and_then(|parsed| zones_of(revision, &frozen, parsed.number, &row).ok()),
            );
        })?;
    }
    let classes: Vec<TimeClass> = zones.iter().filter_map(|zones| TimeClass::parse(zones)).collect();
    let is_anybodys = |tick: &Tick| {
        let day = Day::of(campaign, launch::Occurrence::Tick(*tick), since);
        day.is_some_and(|day| {
            let mut classes = classes.iter();
            classes.any(|class| day.is_tick_of(campaign, class, now) == Ok(true))
        })
    };
    // One that is ahead is everybody's.
    Ok(ticks.into_iter().take(MOST_TICKS).find(is_anybodys))
}

/// Ticks that have begun on some clock of the earth and not on all: a cron of every minute has so many in a day and two hours.
const MOST_TICKS: usize = 26 * 60 + 1;
