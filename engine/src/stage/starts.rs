//! When a campaign begins for one person, again and again.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use dsl::campaign::{Schedule, Trigger};
use dsl::scalar::WrittenTime;

use crate::advance::{Known, Person};
use crate::calendar::{self, DateSchedule, EASTERN, Moment, Occurrence, TimeClass, WESTERN};
use crate::plan::Cast;
use crate::revision::Revision;
use crate::schedule;

/// Nobody looks further ahead.
const AHEAD: Days = Days::new(366 * 5);

/// The instants, in order.
pub(super) struct Starts {
    next: Option<DateTime<Utc>>,
    more: Box<dyn Iterator<Item = DateTime<Utc>> + Send>,
}

impl Starts {
    /// From an instant on.
    pub fn new(revision: &Revision, cast: &Cast, now: DateTime<Utc>) -> Starts {
        let mut more = starts(revision, cast, now);
        Starts {
            next: more.next(),
            more,
        }
    }

    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.next
    }

    /// None.
    pub fn never() -> Starts {
        Starts {
            next: None,
            more: Box::new(std::iter::empty()),
        }
    }

    /// The next has come.
    pub fn take(&mut self) {
        self.next = self.more.next();
    }
}

fn starts(
    revision: &Revision,
    cast: &Cast,
    now: DateTime<Utc>,
) -> Box<dyn Iterator<Item = DateTime<Utc>> + Send> {
    let zones = cast.zones.clone();
    match &revision.campaign.schedule {
        Schedule::Now | Schedule::Trigger(Trigger::Joins(_)) => Box::new(std::iter::once(now)),
        Schedule::At(at) => Box::new(std::iter::once((*at).max(now))),
        Schedule::Local(local) => {
            let at = Moment::At(WrittenTime::Local(*local)).instant(&zones, now);
            Box::new(std::iter::once(at.max(now)))
        }
        Schedule::Cron { recipient_clock, .. } => {
            let recipient_clock = *recipient_clock;
            // Earlier by as much as the clocks of recipients are apart.
            let apart = match recipient_clock {
                true => EASTERN + WESTERN,
                false => TimeDelta::zero(),
            };
            let before = now - TimeDelta::seconds(1) - apart;
            let ticks = schedule::ticks(&revision.campaign, before);
            let at = move |tick: calendar::Tick| match recipient_clock {
                true => Moment::At(WrittenTime::Local(tick.local)).instant(&zones, now),
                false => tick.at,
            };
            Box::new(ticks.map(at).filter(move |at| *at >= now))
        }
        Schedule::Day { .. } => {
            let schedule = DateSchedule::of(&revision.campaign);
            let day = schedule.and_then(|(field, schedule)| {
                let value = day_of(revision, cast, field, now)?;
                Some((schedule, value))
            });
            match day {
                Some((schedule, value)) => days(schedule, value, zones, now),
                None => Box::new(std::iter::empty()),
            }
        }
        Schedule::Trigger(Trigger::Event { .. } | Trigger::Keyword(_)) => Box::new(std::iter::empty()),
    }
}

fn day_of(revision: &Revision, cast: &Cast, field: &str, now: DateTime<Utc>) -> Option<NaiveDate> {
    let known = Known {
        zones: Some(cast.zones.clone()),
        ..Known::default()
    };
    let person = Person {
        revision,
        member: &cast.member,
        known: &known,
        now,
    };
    person.date(field)
}

fn days(
    schedule: DateSchedule,
    value: NaiveDate,
    zones: TimeClass,
    since: DateTime<Utc>,
) -> Box<dyn Iterator<Item = DateTime<Utc>> + Send> {
    let first = since.date_naive() - Days::new(1);
    let last = first + AHEAD;
    let days = first.iter_days().take_while(move |day| *day < last);
    Box::new(
        days.filter_map(move |day| match schedule.on(day, value, &zones, since) {
            Occurrence::At(at) => Some(at),
            Occurrence::None | Occurrence::Missed => None,
        }),
    )
}
