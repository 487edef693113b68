//! Moments as meant.

use crate::campaign::program::{Moment, Shift};
use crate::scalar::WaitTime;
use crate::written::Spanned;
use crate::written::campaign as written;

/// None where its field is wrong, which has been said.
pub(super) fn meant(moment: &written::Moment) -> Option<Moment> {
    Some(match moment {
        written::Moment::TimeOfDay(minute) => Moment::TimeOfDay(*minute),
        written::Moment::Time(time) => Moment::Time(*time),
        written::Moment::Day {
            date,
            before,
            after,
            at,
        } => Moment::Day {
            field: date.as_ref()?.value.clone(),
            shift: shift(before.as_ref(), after.as_ref()),
            at: *at,
        },
    })
}

/// Before or after a day, or on it.
pub(super) fn shift(before: Option<&Spanned<WaitTime>>, after: Option<&Spanned<WaitTime>>) -> Shift {
    match (before, after) {
        (Some(before), _) => Shift::Before(before.value),
        (None, Some(after)) => Shift::After(after.value),
        (None, None) => Shift::None,
    }
}
