//! A campaign that is spread stays so behind hours in which nothing may go: whose turn comes in them goes as long after
//! they end as the turn came after they began, and closer together where what is open then is too short for all. Pure: a
//! person's place in the spread is that of the entry.

use chrono::{DateTime, TimeDelta, Utc};
use sms::PhoneNumber;

use super::Known;
use crate::calendar::Opening;
use crate::entry;
use crate::revision::Revision;

/// Texts that wait go at whole minutes, rounded up.
const SLOT: TimeDelta = TimeDelta::minutes(1);
/// Hours that are closed began within that time.
const LOOKED_BACK: TimeDelta = TimeDelta::days(14);

/// A person's place in the spread of a campaign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    /// So long after the first.
    after: TimeDelta,
    /// So long after the first comes the last.
    whole: TimeDelta,
}

impl Spread {
    /// None where the campaign is not spread, or a story is told of one person.
    pub fn of(
        revision: &Revision,
        known: &Known,
        phone: Option<PhoneNumber>,
        at: DateTime<Utc>,
    ) -> Option<Spread> {
        let spread = revision.campaign.pace.spread.filter(|_| !known.is_alone)?;
        let whole = spread.after(at, revision.campaign.timezone) - at;
        let after = phone.map_or(TimeDelta::zero(), |phone| {
            entry::place_in_spread(&revision.campaign, phone, whole)
        });
        Some(Spread { after, whole })
    }

    /// When somebody goes whose turn comes at `at`, when nothing may go until `opens_at`. `last`: then it is too late.
    pub fn behind(
        self,
        opening: impl Fn(DateTime<Utc>) -> Opening,
        at: DateTime<Utc>,
        opens_at: DateTime<Utc>,
        last: Option<DateTime<Utc>>,
    ) -> DateTime<Utc> {
        let begun = self
            .after
            .min(at - closed_at(&opening, at - self.after.min(LOOKED_BACK), at));
        let all = (opens_at - (at - begun)).min(self.whole - (self.after - begun));
        let until = match opening(opens_at) {
            Opening::Open { until } => until,
            Opening::Closed { .. } | Opening::Never => opens_at,
        };
        let room = (until - opens_at - SLOT).max(TimeDelta::zero());
        let at = opens_at + scaled(begun, room, all);
        last.map_or(at, |last| at.min(last - SLOT).max(opens_at))
    }
}

/// When the hours closed that are closed at `at`; `from` where they already were then.
fn closed_at(
    opening: &impl Fn(DateTime<Utc>) -> Opening,
    from: DateTime<Utc>,
    at: DateTime<Utc>,
) -> DateTime<Utc> {
    let (mut closed, mut seen) = (from, from);
    loop {
        match opening(seen) {
            Opening::Open { until } if until <= at => (closed, seen) = (until, until),
            Opening::Closed { opens_at } if opens_at <= at => seen = opens_at,
            Opening::Open { .. } | Opening::Closed { .. } | Opening::Never => return closed,
        }
    }
}

/// A time out of `all` that has room.
fn scaled(time: TimeDelta, room: TimeDelta, all: TimeDelta) -> TimeDelta {
    if room >= all {
        return time;
    }
    let milliseconds = i128::from(time.num_milliseconds()) * i128::from(room.num_milliseconds())
        / i128::from(all.num_milliseconds().max(1));
    TimeDelta::milliseconds(i64::try_from(milliseconds).unwrap_or(0))
}
