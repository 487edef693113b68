//! When something may happen or is due: zones of numbers, hours in which texts may go out, moments, ticks of a cron, days by a
//! column, what of a schedule was missed. Pure: every instant is an argument, and the tables are in the program.
//!
//! A person can have several candidate zones ([`TimeClass`]). Hours must then hold in all of them, and a time has come when it
//! has come in all. Clock changes follow one rule, that of [`dsl::scalar::local_to_utc`]: a local time in a gap is the gap's
//! end, one that occurs twice is the first.

use chrono::TimeDelta;

mod dates;
mod due;
mod holidays;
mod hours;
mod moment;
mod month;
mod ticks;
mod zones;

pub use dates::{DateSchedule, Occurrence};
pub use due::{Due, due, latest_start};
pub use holidays::{holiday, holidays};
pub use hours::{DayWindow, Hours, Opening};
pub use moment::{FieldTime, Moment};
pub use month::Month;
pub use ticks::{CronDays, Tick, ticks_after};
pub use zones::{TimeClass, candidates};

/// No clock is further ahead of UTC.
pub const EASTERN: TimeDelta = TimeDelta::hours(14);
/// No clock is further behind it.
pub const WESTERN: TimeDelta = TimeDelta::hours(12);
