//! Whether a text may go out now, and if not, when. Everything is on the recipient's clock and must hold in every zone
//! that the person may live in, at the same instant. Walks from edge to edge of the hours, never by the minute.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc, WeekdaySet,
};
use chrono_tz::Tz;
use dsl::scalar::{Window, local_to_utc};

use super::TimeClass;

/// The hours of a campaign, of a policy, of a law, or of all together: what they say adds up, so the strictest wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// Texts go out only where all of these are. Empty: at any time.
    pub open: Vec<DayWindow>,
    /// And where none of these is.
    pub quiet: Vec<DayWindow>,
    /// And on none of these days, from midnight to midnight.
    pub holidays: BTreeSet<NaiveDate>,
}

/// A window of some weekdays. One that wraps midnight belongs to the day on which it began: `22:00-02:00` on Saturdays
/// lasts until Sunday at two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayWindow {
    /// Start included, end not.
    pub window: Window,
    /// On which it begins.
    pub days: WeekdaySet,
}

/// Whether texts may go out at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// They may, before `until`.
    Open {
        /// The first instant at which they may not. The end of time where that never comes.
        until: DateTime<Utc>,
    },
    /// They may not yet.
    Closed {
        /// The first instant at which they may.
        opens_at: DateTime<Utc>,
    },
    /// Not within two weeks, to which every holiday adds a day: the hours have nothing in common.
    Never,
}

/// In which hours without a common time are given up: two whole weeks, so that every weekday came with every other.
const SEARCHED: TimeDelta = TimeDelta::days(14);
/// Hours that were open for so long close only for a holiday: every weekday came twice, and once without a clock change.
const PERIOD: TimeDelta = TimeDelta::days(15);
/// Minutes of a day.
const DAY: u32 = 24 * 60;

impl Hours {
    /// Those of a window; none: at any time.
    pub fn of_window(window: Option<Window>) -> Hours {
        Hours {
            open: window.into_iter().map(DayWindow::from).collect(),
            ..Hours::default()
        }
    }

    /// Whether texts may go out at `at` to people of a class.
    pub fn opening(&self, class: &TimeClass, at: DateTime<Utc>) -> Opening {
        let edges = self.edges();
        let clocks: Vec<Clock<'_>> = class
            .zones()
            .iter()
            .map(|zone| Clock {
                hours: self,
                edges: &edges,
                zone: *zone,
            })
            .collect();
        let closed = |at: DateTime<Utc>| clocks.iter().find(|clock| !clock.is_open(at));
        if closed(at).is_none() {
            let until = clocks.iter().map(|clock| clock.closes(at)).min();
            return Opening::Open {
                until: until.unwrap_or(DateTime::<Utc>::MAX_UTC),
            };
        }
        let holidays = i32::try_from(self.holidays.len()).unwrap_or(i32::MAX);
        let Some(last) = at.checked_add_signed(SEARCHED + TimeDelta::days(1) * holidays) else {
            return Opening::Never;
        };
        let mut opens_at = at;
        while let Some(clock) = closed(opens_at) {
            match clock.opens(opens_at, last) {
                Some(next) => opens_at = next,
                None => return Opening::Never,
            }
        }
        Opening::Closed { opens_at }
    }

    /// Of a clock, whatever the zone.
    fn holds(&self, local: NaiveDateTime) -> bool {
        self.open.iter().all(|hours| hours.holds(local))
            && !self.quiet.iter().any(|hours| hours.holds(local))
            && !self.holidays.contains(&local.date())
    }

    /// The minutes of a day at which it may open or close.
    fn edges(&self) -> Vec<u32> {
        let windows = self.open.iter().chain(&self.quiet);
        let ends = windows.flat_map(|hours| [hours.window.start, hours.window.end % DAY]);
        let mut edges: Vec<u32> = std::iter::once(0).chain(ends).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

impl DayWindow {
    /// Whether a time on some clock lies in it.
    pub fn holds(&self, local: NaiveDateTime) -> bool {
        let minute = local.hour() * 60 + local.minute();
        let of_day_before = self.window.start > self.window.end && minute < self.window.end;
        let began = if of_day_before {
            local.weekday().pred()
        } else {
            local.weekday()
        };
        self.window.holds(minute) && self.days.contains(began)
    }
}

impl From<Window> for DayWindow {
    /// On every day.
    fn from(window: Window) -> DayWindow {
        DayWindow {
            window,
            days: WeekdaySet::ALL,
        }
    }
}

impl From<WeekdaySet> for DayWindow {
    /// All day.
    fn from(days: WeekdaySet) -> DayWindow {
        DayWindow {
            window: Window { start: 0, end: DAY },
            days,
        }
    }
}

/// The hours on the clock of one zone.
struct Clock<'a> {
    hours: &'a Hours,
    /// In order, the first is midnight.
    edges: &'a [u32],
    zone: Tz,
}

impl Clock<'_> {
    fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.local(at).is_some_and(|local| self.hours.holds(local))
    }

    /// When it opens that is closed at `at`; none where that is after `last`.
    fn opens(&self, at: DateTime<Utc>, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.edges_after(at)
            .take_while(|edge| *edge <= last)
            .find(|edge| self.is_open(*edge))
    }

    /// When it closes that is open at `at`.
    fn closes(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let never = DateTime::<Utc>::MAX_UTC;
        let Some(last) = at.checked_add_signed(PERIOD) else {
            return never;
        };
        let closed = self
            .edges_after(at)
            .take_while(|edge| *edge <= last)
            .find(|edge| !self.is_open(*edge));
        let holiday = || {
            let today = self.local(at)?.date();
            let next = self.hours.holidays.range(today..).next()?;
            Some(local_to_utc(next.and_time(chrono::NaiveTime::MIN), self.zone))
        };
        closed.or_else(holiday).unwrap_or(never)
    }

    /// The instants after `at` at which anything may change, in order.
    fn edges_after(&self, at: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        std::iter::successors(self.edge_after(at), |edge| self.edge_after(*edge))
    }

    /// The next time of the clock that is an edge, or the clock change before it. None at the end of the calendar.
    fn edge_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = self.local(at)?;
        let second = local.time().num_seconds_from_midnight();
        let later_today = self
            .edges
            .iter()
            .map(|minute| minute * 60)
            .find(|edge| *edge > second);
        let midnight = local.date().and_time(chrono::NaiveTime::MIN);
        let ahead = TimeDelta::seconds(i64::from(later_today.unwrap_or(DAY * 60)));
        let edge = at.checked_add_signed(midnight.checked_add_signed(ahead)? - local)?;
        Some(self.change_between(at, edge).unwrap_or(edge))
    }

    /// The first instant with another offset than `from`, up to `to`, a day later at most, so that only one change lies
    /// between.
    fn change_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let offset = self.offset(from);
        if self.offset(to) == offset {
            return None;
        }
        let start = DateTime::from_timestamp(from.timestamp(), 0)?;
        let (mut before, mut after) = (0, (to - start).num_seconds());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            match self.offset(start + TimeDelta::seconds(middle)) == offset {
                true => before = middle,
                false => after = middle,
            }
        }
        Some(start + TimeDelta::seconds(after))
    }

    fn offset(&self, at: DateTime<Utc>) -> chrono::FixedOffset {
        self.zone.offset_from_utc_datetime(&at.naive_utc()).fix()
    }

    fn local(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        at.naive_utc().checked_add_offset(self.offset(at))
    }
}

#[cfg(test)]
mod tests;
