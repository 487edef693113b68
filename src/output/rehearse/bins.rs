//! The hours of a rehearsal in bins of equal width, as many as fit a picture.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use engine::rehearse::Rehearsal;
use std::collections::BTreeMap;

/// Bins in order.
pub struct Bins {
    /// In hours.
    pub width: i64,
    /// What is in them.
    pub all: Vec<Bin>,
}

/// What goes and comes in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// When it begins, on the clock that is shown.
    pub at: NaiveDateTime,
    /// Texts, answers among them.
    pub texts: u64,
    /// Replies.
    pub replies: u64,
}

/// Widths, in hours.
const WIDTHS: [i64; 8] = [1, 2, 3, 6, 12, 24, 7 * 24, 28 * 24];

/// Bins of the smallest width with which there are at most so many. `whole`: those without anything are there too.
pub fn of(rehearsal: &Rehearsal, most: usize, whole: bool) -> Bins {
    let bins = WIDTHS.into_iter().map(|width| Bins {
        width,
        all: binned(rehearsal, width, whole, most),
    });
    let mut last = None;
    for bins in bins {
        if bins.all.len() <= most {
            return bins;
        }
        last = Some(bins);
    }
    last.expect("there are widths")
}

impl Bins {
    /// `an hour`, `every 6 hours`.
    pub fn per(&self) -> String {
        match self.width {
            1 => "an hour".to_owned(),
            24 => "a day".to_owned(),
            168 => "a week".to_owned(),
            width if width % 24 == 0 => format!("every {} days", width / 24),
            width => format!("every {width} hours"),
        }
    }
}

/// Bins of one width; where they are too many, only so many that it shows.
fn binned(rehearsal: &Rehearsal, width: i64, whole: bool, most: usize) -> Vec<Bin> {
    let mut bins: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for hour in &rehearsal.hours {
        let local = super::super::local(hour.at).and_utc().timestamp();
        let bin = bins.entry(local.div_euclid(width * 3_600)).or_default();
        bin.0 += hour.count.texts + hour.count.answers;
        bin.1 += hour.count.replies;
    }
    if let (true, Some(first), Some(last)) = (whole, bins.keys().next(), bins.keys().last()) {
        for bin in (*first..=*last).take(most + 1) {
            bins.entry(bin).or_default();
        }
    }
    let at = |bin: i64| {
        let start = DateTime::UNIX_EPOCH + TimeDelta::hours(bin * width);
        start.naive_utc()
    };
    bins.into_iter()
        .map(|(bin, (texts, replies))| Bin {
            at: at(bin),
            texts,
            replies,
        })
        .collect()
}
