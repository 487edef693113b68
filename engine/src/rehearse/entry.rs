//! When everybody enters: at once, on a clock of their own, on a day of their own; together, after the canary, or spread.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dsl::campaign::{Schedule, Trigger};
use dsl::scalar::WrittenTime;
use rayon::prelude::*;
use sms::PhoneNumber;

use super::World;
use super::crowd::Flag;
use crate::advance::{Known, Person, Place, stop_at};
use crate::calendar::{self, DateSchedule, TimeClass};
use crate::draw;
use crate::entry::Entry;
use crate::left_out::LeftOut;
use crate::plan;
use crate::trigger::event_begins;

/// Nobody is waited for longer, in seconds: ten years.
const LONGEST: f64 = 315_360_000.0;

impl World<'_> {
    /// Everybody enters.
    pub(super) fn begin(&mut self) {
        let entry = Entry::of(self.campaign(), self.setting.begins_at);
        let begins: Vec<Result<DateTime<Utc>, LeftOut>> = (0..self.crowd.len())
            .into_par_iter()
            .map(|person| self.enters_at(&entry, person))
            .collect();
        let revision = self.setting.revision;
        for (person, begins) in (0..).zip(begins) {
            match begins {
                Ok(at) => {
                    let (place, due_at) = stop_at(revision, Place::START, at);
                    let (began, due) = (self.clock.second(at), self.clock.second(due_at));
                    let standing = self.crowd.at_mut(person);
                    (standing.place, standing.began) = (place, began);
                    let step = || entry.step(self.crowd.phone(person));
                    match self.canary.holds() && entry.is_after_canary(step()) {
                        true => self.canary.hold(person, due),
                        false => self.wait(person, due),
                    }
                }
                Err(reason) => {
                    *self.figures.not_entered.entry(reason).or_default() += 1;
                    self.crowd.at_mut(person).set(Flag::Ended, true);
                }
            }
        }
    }

    /// When somebody enters.
    fn enters_at(&self, entry: &Entry, person: u32) -> Result<DateTime<Utc>, LeftOut> {
        let (campaign, begins_at) = (self.campaign(), self.setting.begins_at);
        let class = self.crowd.class(person);
        let at = match &campaign.schedule {
            schedule if on_own_clocks(schedule) => {
                let local = begins_at.with_timezone(&campaign.timezone).naive_local();
                calendar::Moment::At(WrittenTime::Local(local)).instant(class, begins_at)
            }
            Schedule::Trigger(trigger) => {
                let at = begins_at + self.arrives_after(person);
                let comes = self.is_begun(trigger, person, class, at);
                comes.then_some(at).ok_or(LeftOut::Filtered)?
            }
            _ => match DateSchedule::of(campaign) {
                None => begins_at,
                Some((field, schedule)) => {
                    let day = self.day_of(person, field, class)?;
                    let next = schedule.next(day, class, begins_at);
                    next.ok_or(LeftOut::TooLate)?
                }
            },
        };
        if entry.is_at_once() {
            return Ok(at);
        }
        Ok(at + entry.after(entry.step(self.crowd.phone(person))))
    }

    /// Whether the event of somebody, whose row says what it brings, begins a passage.
    fn is_begun(&self, trigger: &Trigger, person: u32, class: &TimeClass, at: DateTime<Utc>) -> bool {
        let Trigger::Event { name, .. } = trigger else {
            return true;
        };
        let known = Known {
            zones: Some(class.clone()),
            ..Known::default()
        };
        let member = self.crowd.member(person);
        event_begins(self.setting.revision, &member, &known, (name, &[]), at)
    }

    fn arrives_after(&self, person: u32) -> TimeDelta {
        let (seed, phone) = (self.seed_of(person), self.crowd.phone(person));
        let rate = self.setting.model.arrivals;
        rate.map_or_else(TimeDelta::zero, |rate| {
            arrives_after(seed, phone, self.crowd.len(), rate)
        })
    }

    fn day_of(&self, person: u32, field: &str, class: &TimeClass) -> Result<NaiveDate, LeftOut> {
        let revision = self.setting.revision;
        let asked = Person {
            revision,
            member: &self.crowd.member(person),
            known: &crate::advance::NOTHING,
            now: self.setting.begins_at,
        };
        plan::day_of(revision, field, asked.value(field), class)
    }
}

/// How long after the start somebody comes, of so many people: evenly over the time that all of them take at a rate, by second.
pub(crate) fn arrives_after(seed: u64, phone: PhoneNumber, people: u32, rate: f64) -> TimeDelta {
    let drawn = draw::fraction(draw::hash("arrival", &seed.to_string(), phone));
    let seconds = drawn * f64::from(people) / rate;
    TimeDelta::from_std(Duration::from_secs_f64(seconds.min(LONGEST))).unwrap_or_default()
}

/// Whether it begins for each person on a clock of their own.
pub(super) fn on_own_clocks(schedule: &Schedule) -> bool {
    match schedule {
        Schedule::Local(_) => true,
        Schedule::Cron { recipient_clock, .. } => *recipient_clock,
        Schedule::Now | Schedule::At(_) | Schedule::Day { .. } | Schedule::Trigger(_) => false,
    }
}
