//! How long steps take at most, as far as the file says, in seconds: texts go out at once, and every wait is waited out.

use crate::scalar::WaitTime;
use crate::written::campaign::{Moment, Step, Verb};

pub(super) const DAY: i64 = 86_400;
/// A day over a change of the clocks may be so much shorter or longer.
pub(super) const CHANGE: i64 = 3_600;

/// The longest that steps take one after the other; none where nothing is known.
pub(super) fn passage(steps: &[Step]) -> Option<i64> {
    let mut all = steps.iter().map(step);
    all.try_fold(0_i64, |sum, one| sum.checked_add(one?))
}

/// The longest time to the moment of a text; none where nothing is known.
pub(super) fn until(step: &Step) -> Option<i64> {
    match &step.at {
        None => Some(0),
        Some(Moment::TimeOfDay(_)) => Some(DAY + CHANGE),
        Some(Moment::Time(_) | Moment::Day { .. }) => None,
    }
}

/// The longest that a step can take; none where nothing is known.
pub(super) fn step(step: &Step) -> Option<i64> {
    let own = match &step.verb {
        Verb::Wait(time) => Some(longest(*time)),
        Verb::WaitUntil(Some(Moment::TimeOfDay(_))) => Some(DAY + CHANGE),
        Verb::WaitUntil(_) => None,
        Verb::Ask(ask) => Some(longest(ask.open_for.as_ref()?.value)),
        Verb::Await(branches) => Some(longest(branches.within.as_ref()?.value)),
        Verb::Repeat { times, every, .. } => {
            let times: i64 = times.as_ref()?.value.parse().ok()?;
            let round = longest(every.as_ref()?.value).checked_add(inside(step)?)?;
            return round.checked_mul(times);
        }
        Verb::Send(_)
        | Verb::Choose(_)
        | Verb::Split(_)
        | Verb::Tag(_)
        | Verb::Untag(_)
        | Verb::Set(_)
        | Verb::Join(_)
        | Verb::Leave(_)
        | Verb::Forward(_)
        | Verb::Notify { .. }
        | Verb::Call(_)
        | Verb::Start(_)
        | Verb::Finish(_)
        | Verb::Other => Some(0),
    };
    own?.checked_add(until(step)?)?.checked_add(inside(step)?)
}

/// The longest that the steps inside of it can take.
pub(super) fn inside(step: &Step) -> Option<i64> {
    let all = step.inner().into_iter().map(passage);
    all.collect::<Option<Vec<i64>>>()
        .map(|all| all.into_iter().max().unwrap_or(0))
}

pub(super) fn longest(time: WaitTime) -> i64 {
    match time {
        WaitTime::Elapsed(time) => time.num_seconds(),
        WaitTime::Days(days) => i64::from(days) * DAY + CHANGE,
    }
}
