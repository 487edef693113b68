//! The scalars of the language: durations, rates, shares, times, sums of money. Each parses from the text of a YAML scalar and says in
//! its error what the accepted forms are.

use chrono::TimeDelta;

mod budget;
mod cron;
mod error;
mod money;
mod share;
mod time;
mod timeout;
mod url;
mod wait;
mod window;

pub use budget::Budget;
pub use cron::Cron;
pub use error::ScalarError;
pub use money::{Currency, Money};
pub(crate) use time::is_day;
pub use time::{WrittenTime, local_to_utc, parse_time};
pub use timeout::parse_timeout;
pub use url::parse_local_url;
pub use window::{Frequency, Window, minutes_of_day};

/// A wait. Days and weeks are calendar days on the person's clock, the rest is elapsed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitTime {
    /// Seconds, minutes or hours.
    Elapsed(TimeDelta),
    /// Days or weeks.
    Days(u32),
}

/// Parts in a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Above zero.
    pub per_second: f64,
}

/// A share of a whole, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl Share {
    /// 0 %.
    pub const NONE: Share = Share(0.0);
    /// 100 %.
    pub const WHOLE: Share = Share(1.0);
}

/// The one of `known` that `word` was probably meant to be: at most one slip in three letters.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let most = word.chars().count().div_ceil(3);
    known
        .into_iter()
        .map(|k| (strsim::osa_distance(&word, k), k))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}
