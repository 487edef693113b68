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
    next: Option<Start>,
    more: More,
    /// Of a schedule by a column: the day that they go by.
    day: Option<NaiveDate>,
}

type More = Box<dyn Iterator<Item = Start> + Send>;

/// A launch for one person.
#[derive(Debug, Clone, Copy)]
struct Start {
    /// On the person's clock.
    at: DateTime<Utc>,
    /// The lists are read then, and from then on it is settled.
    launched_at: DateTime<Utc>,
}

impl Start {
    /// For all at once.
    fn at(at: DateTime<Utc>) -> Start {
        Start { at, launched_at: at }
    }
}

impl Starts {
    /// From an instant on.
    pub fn new(revision: &Revision, cast: &Cast, now: DateTime<Utc>) -> Starts {
        let known = Known {
            zones: Some(cast.zones.clone()),
            ..Known::default()
        };
        let day = day_of(revision, cast, &known, now);
        let mut more = starts(revision, cast, day, now);
        Starts {
            next: more.next(),
            more,
            day,
        }
    }

    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.next.map(|next| next.at)
    }

    /// None.
    pub fn never() -> Starts {
        Starts {
            next: None,
            more: Box::new(std::iter::empty()),
            day: None,
        }
    }

    /// The next has come.
    pub fn take(&mut self) {
        self.next = self.more.next();
    }

    /// What is known of the person has changed: of a schedule by a column another day may be theirs by now. What was launched
    /// by then is not called off, nor does a launch that has been come again.
    pub fn follow(&mut self, revision: &Revision, cast: &Cast, known: &Known, now: DateTime<Utc>) {
        let day = day_of(revision, cast, known, now);
        if day == self.day {
            return;
        }
        self.day = day;
        let launched = self.next.filter(|next| next.launched_at <= now);
        let ahead = starts(revision, cast, day, now).filter(move |start| start.launched_at > now);
        self.more = Box::new(launched.into_iter().chain(ahead));
        self.take();
    }
}

fn starts(revision: &Revision, cast: &Cast, day: Option<NaiveDate>, now: DateTime<Utc>) -> More {
    let zones = cast.zones.clone();
    match &revision.campaign.schedule {
        Schedule::Now | Schedule::Trigger(Trigger::Joins(_)) => Box::new(std::iter::once(Start::at(now))),
        Schedule::At(at) => Box::new(std::iter::once(Start::at((*at).max(now)))),
        Schedule::Local(local) => {
            let at = Moment::At(WrittenTime::Local(*local)).instant(&zones, now);
            Box::new(std::iter::once(Start::at(at.max(now))))
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
            Box::new(ticks.map(at).filter(move |at| *at >= now).map(Start::at))
        }
        Schedule::Day { .. } => match DateSchedule::of(&revision.campaign).zip(day) {
            Some(((_, schedule), value)) => days(schedule, value, zones, now),
            None => Box::new(std::iter::empty()),
        },
        Schedule::Trigger(Trigger::Event { .. } | Trigger::Keyword(_)) => Box::new(std::iter::empty()),
    }
}

/// The day of the person in the column of the schedule.
fn day_of(revision: &Revision, cast: &Cast, known: &Known, now: DateTime<Utc>) -> Option<NaiveDate> {
    let (field, _) = DateSchedule::of(&revision.campaign)?;
    let person = Person {
        revision,
        member: &cast.member,
        known,
        now,
    };
    person.date(field)
}

fn days(schedule: DateSchedule, value: NaiveDate, zones: TimeClass, since: DateTime<Utc>) -> More {
    let first = since.date_naive() - Days::new(1);
    let last = first + AHEAD;
    let days = first.iter_days().take_while(move |day| *day < last);
    Box::new(
        days.filter_map(move |day| match schedule.on(day, value, &zones, since) {
            Occurrence::At(at) => Some(Start {
                at,
                launched_at: day.and_time(schedule.at).and_utc() - EASTERN,
            }),
            Occurrence::None | Occurrence::Missed => None,
        }),
    )
}
