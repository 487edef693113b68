//! When each person of a launch enters it: with the canary, or after it was watched; at once, or evenly over the time of
//! `spread`. Pure: who comes when is a hash of the campaign and the number, the same in the launch and in a rehearsal.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Schedule};
use dsl::scalar::WrittenTime;
use sms::PhoneNumber;

use crate::calendar::{EASTERN, Moment, TimeClass};
use crate::draw;

/// `spread` goes in at most so many steps, none shorter than a second: who enters in one step shares cohorts.
const STEPS: u16 = 1_000;

/// Which of the steps a person enters with, from 0. People of one step enter together.
pub type Step = u16;

/// How people of a campaign enter.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    begins_at: DateTime<Utc>,
    /// The time on each recipient's clock, where it is one.
    local: Option<NaiveDateTime>,
    salt: String,
    /// The share of the canary, and how long the others wait.
    canary: Option<(f64, TimeDelta)>,
    spread: TimeDelta,
    steps: Step,
}

impl Entry {
    /// Of a launch that begins at an instant: days are as long as they are then.
    pub fn of(campaign: &Campaign, begins_at: DateTime<Utc>) -> Entry {
        let zone = campaign.timezone;
        let canary = campaign.limits.canary.map(|canary| {
            let watch = canary.watch.after(begins_at, zone) - begins_at;
            (canary.share.0, watch)
        });
        let watched = begins_at + canary.map_or(TimeDelta::zero(), |(_, watch)| watch);
        let spread = campaign
            .pace
            .spread
            .map_or(TimeDelta::zero(), |spread| spread.after(watched, zone) - watched);
        Entry {
            begins_at,
            local: match campaign.schedule {
                Schedule::Local(local) => Some(local),
                // It begins when the tick comes for the first of them, so that says which one it is.
                Schedule::Cron {
                    recipient_clock: true,
                    ..
                }
                | Schedule::Day { .. } => Some((begins_at + EASTERN).naive_utc()),
                Schedule::Now | Schedule::At(_) | Schedule::Cron { .. } | Schedule::Trigger(_) => None,
            },
            salt: campaign.name.clone(),
            canary,
            spread,
            steps: steps_of(spread),
        }
    }

    /// Whether all people of the same zones enter together.
    pub fn is_at_once(&self) -> bool {
        self.canary.is_none() && self.spread.is_zero()
    }

    /// When people of these zones and of this step enter.
    pub fn at(&self, class: Option<&TimeClass>, step: Step) -> DateTime<Utc> {
        let first = match (self.local, class) {
            (Some(local), Some(class)) => {
                let at = Moment::At(WrittenTime::Local(local)).instant(class, self.begins_at);
                at.max(self.begins_at)
            }
            _ => self.begins_at,
        };
        first + self.after(step)
    }

    /// When a person of these zones enters.
    pub fn of_person(&self, class: Option<&TimeClass>, phone: PhoneNumber) -> DateTime<Utc> {
        self.at(class, self.step(phone))
    }

    /// The step of a person.
    pub fn step(&self, phone: PhoneNumber) -> Step {
        let hash = |matter| draw::hash(matter, &self.salt, phone);
        let first = match self.canary {
            None => 0,
            Some((share, _)) if draw::fraction(hash("canary")) < share => return 0,
            Some(_) => 1,
        };
        first + step_of(&self.salt, phone, self.steps)
    }

    /// Whether people of this step wait until a canary was watched.
    pub fn is_after_canary(&self, step: Step) -> bool {
        self.canary.is_some() && step > 0
    }

    /// How long after the first people those of a step enter, when nothing holds the canary up.
    pub fn after(&self, step: Step) -> TimeDelta {
        let (step, watch) = match self.canary {
            None => (step, TimeDelta::zero()),
            Some(_) if step == 0 => return TimeDelta::zero(),
            Some((_, watch)) => (step - 1, watch),
        };
        watch + self.spread * i32::from(step) / i32::from(self.steps)
    }

    /// The end of it all: how long after the first people the last ones enter, at the latest.
    pub fn lasts(&self) -> TimeDelta {
        self.canary.map_or(TimeDelta::zero(), |(_, watch)| watch) + self.spread
    }
}

/// How long after the first of a spread of this length somebody enters, whatever a canary holds up.
pub(crate) fn place_in_spread(campaign: &Campaign, phone: PhoneNumber, spread: TimeDelta) -> TimeDelta {
    let steps = steps_of(spread);
    spread * i32::from(step_of(&campaign.name, phone, steps)) / i32::from(steps)
}

fn steps_of(spread: TimeDelta) -> Step {
    let seconds = spread.num_seconds().clamp(1, i64::from(STEPS));
    u16::try_from(seconds).unwrap_or(STEPS)
}

/// The step of a person in a spread of so many.
fn step_of(salt: &str, phone: PhoneNumber, steps: Step) -> Step {
    if steps == 1 {
        return 0;
    }
    let hash = draw::hash("spread", salt, phone);
    let step = (u128::from(hash) * u128::from(steps)) >> u64::BITS;
    Step::try_from(step).unwrap_or(steps - 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;

    use super::*;
    use crate::testing::campaign;

    /// How many of ten thousand people enter in each of a few spans, and when the last one does.
    fn told(keys: &str) -> String {
        let text = format!("audience: people.csv\nreplies: none\nmessage: STOP to opt out\n{keys}");
        let at = "2026-11-25T09:00:00Z".parse().expect("an instant");
        let entry = Entry::of(&campaign(&text).campaign, at);
        let phone = |n: u64| PhoneNumber::from_u64(14_155_550_000 + n).expect("a number");
        let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
        let mut last = TimeDelta::zero();
        for n in 0..10_000 {
            let after = entry.after(entry.step(phone(n)));
            last = last.max(after);
            *hours.entry(after.num_minutes() / 30).or_default() += 1;
        }
        assert!(last <= entry.lasts());
        let hours: Vec<String> = hours
            .iter()
            .map(|(half, n)| format!("{}:{:02} {n}", half / 2, half % 2 * 30))
            .collect();
        format!("{}; last {} s", hours.join(", "), last.num_seconds())
    }

    #[test]
    fn people_enter_with_the_canary_or_after_it_at_once_or_spread() {
        let table = [
            "schedule: now\n",
            "schedule: now\nlimits: { canary: { share: 1%, watch: 30 minutes } }\n",
            "schedule: { at: now, spread: 2 hours }\n",
            "schedule: { at: now, spread: 5 seconds }\n",
            "schedule: { at: now, spread: 2 hours }\nlimits: { canary: { share: 10%, watch: 1 hour } }\n",
        ];
        let lines = table.map(|keys| format!("{}\n{}", keys.trim().replace('\n', " | "), told(keys)));
        expect![[r#"
            schedule: now
            0:00 10000; last 0 s
            schedule: now | limits: { canary: { share: 1%, watch: 30 minutes } }
            0:00 102, 0:30 9898; last 1800 s
            schedule: { at: now, spread: 2 hours }
            0:00 2391, 0:30 2423, 1:00 2648, 1:30 2538; last 7192 s
            schedule: { at: now, spread: 5 seconds }
            0:00 10000; last 4 s
            schedule: { at: now, spread: 2 hours } | limits: { canary: { share: 10%, watch: 1 hour } }
            0:00 1019, 1:00 2142, 1:30 2182, 2:00 2390, 2:30 2267; last 10792 s"#]]
        .assert_eq(&lines.join("\n"));
    }
}
