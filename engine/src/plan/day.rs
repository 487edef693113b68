//! Whose day it is: of a schedule by a column the launch of a day is about those people alone. The others are not left out of it,
//! their day is another.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Campaign, Schedule};

use super::row::number_of;
use super::{Barred, CHUNK_ROWS, PlanError};
use crate::advance::date_of;
use crate::audience::{self, clean};
use crate::calendar::{DateSchedule, Hours, Occurrence, TimeClass, latest_start};
use crate::launch;
use crate::left_out::LeftOut;
use crate::revision::Revision;

/// The day of a launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// On the clock of each recipient.
    pub date: NaiveDate,
    /// Who was in the list since then, and had that day before, has missed it.
    pub since: DateTime<Utc>,
}

impl Day {
    /// The day of a tick; none where the campaign begins in another way.
    pub fn of(campaign: &Campaign, occurrence: launch::Occurrence, since: DateTime<Utc>) -> Option<Day> {
        match (&campaign.schedule, occurrence) {
            (Schedule::Day { .. }, launch::Occurrence::Tick(tick)) => Some(Day {
                date: tick.local.date(),
                since,
            }),
            (
                Schedule::Now
                | Schedule::At(_)
                | Schedule::Local(_)
                | Schedule::Cron { .. }
                | Schedule::Day { .. }
                | Schedule::Trigger(_),
                _,
            ) => None,
        }
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
        if value.trim().is_empty() {
            return Err(LeftOut::EmptyValue(field.to_owned()));
        }
        let zone = class.zones().first().copied().unwrap_or(Tz::UTC);
        let date = date_of(revision, field, value, zone);
        let date = date.ok_or_else(|| LeftOut::IllTyped(field.to_owned()))?;
        match schedule.on(self.date, date, class, self.since) {
            Occurrence::None | Occurrence::Missed => Ok(false),
            Occurrence::At(at) => {
                let pace = &revision.campaign.pace;
                let latest = latest_start(at, pace.late, &Hours::of_window(pace.window), zone);
                if now > latest {
                    Err(LeftOut::TooLate)
                } else {
                    Ok(true)
                }
            }
        }
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
        loop {
            let chunk = reader.next_chunk(CHUNK_ROWS)?;
            if chunk.is_empty() {
                break;
            }
            for row in &chunk.rows {
                let cell = column.and_then(|column| row.cells.get(column));
                let text = clean(cell.unwrap_or_default());
                let text = match (text.is_empty(), default) {
                    (true, Some(default)) => default.as_str(),
                    _ => &text,
                };
                let date = date_of(revision, field, text, campaign.timezone);
                let next = date.and_then(|date| schedule.next_day(date, from));
                let is_first = next.is_some() && (first.is_none() || next < first);
                if is_first && number_of(row, columns.phone, campaign.audience.region).is_ok() {
                    first = next;
                }
            }
        }
    }
    Ok(first)
}
