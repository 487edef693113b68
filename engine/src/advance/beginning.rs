//! Where a passage begins, and who may not begin one.

use chrono::{DateTime, Utc};
use dsl::campaign::Deed;
use dsl::campaign::program::Until;

use super::{Known, Place};
use crate::revision::Revision;

/// Whether somebody was inside of an earlier launch when this passage was to begin. Who comes to its end at that very time is.
pub(super) fn is_still_inside(known: &Known) -> bool {
    let (until, began_at) = (known.inside_until, known.began_at);
    until.is_some_and(|until| began_at.is_none_or(|began_at| until >= began_at))
}

/// Where everybody of a launch begins who enters it then, and when that is due.
pub fn begins_at(revision: &Revision, enters_at: DateTime<Utc>) -> (Place, DateTime<Utc>) {
    // Whether somebody may enter is known at that time, not when a first wait is over.
    match revision.asks.inside {
        true => (Place::START, enters_at),
        false => stop_at(revision, Place::START, enters_at),
    }
}

/// Where everybody begins, and when: the waits that are the same for all are walked through.
pub fn stop_at(revision: &Revision, mut place: Place, now: DateTime<Utc>) -> (Place, DateTime<Utc>) {
    let mut due_at = now;
    while let Deed::Wait {
        until: Until::Over(time),
        ..
    } = &revision.campaign.program.at(place.step).deed
    {
        due_at = time.after(due_at, revision.campaign.timezone);
        place.step += 1;
    }
    (place, due_at)
}
