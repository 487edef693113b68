//! `limits.canary` in a rehearsal: as in production the others are held until the texts of these few went out and were watched.

use std::collections::BTreeMap;
use std::time::Duration;

use dsl::campaign::{Campaign, Schedule};

use super::World;
use super::agenda::{NEVER, Second};

/// How far the canary is, and who waits for that.
#[derive(Debug)]
pub(super) struct Canary {
    state: State,
    /// With the second for which they were planned.
    held: Vec<(u32, Second)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is none, or the others were let in.
    Over,
    /// Its texts go out.
    Out,
    /// They went out: it is watched.
    WatchedUntil(Second),
}

impl Canary {
    /// Of a campaign. Where people come one by one there are as many launches, and everybody of them comes in their own time.
    pub fn of(campaign: &Campaign) -> Canary {
        let is_one = match campaign.schedule {
            Schedule::Now | Schedule::At(_) | Schedule::Local(_) | Schedule::Cron { .. } => true,
            Schedule::Day { .. } | Schedule::Trigger(_) => false,
        };
        Canary {
            state: match campaign.limits.canary.is_some() && is_one {
                true => State::Out,
                false => State::Over,
            },
            held: vec![],
        }
    }

    /// Whether there is one that others wait for.
    pub fn holds(&self) -> bool {
        self.state != State::Over
    }

    /// Somebody waits for it, who was planned for then.
    pub fn hold(&mut self, person: u32, due: Second) {
        self.held.push((person, due));
    }
}

impl World<'_> {
    /// Goes on with the canary where nothing else comes before that; whether it did. `next`: when something else does.
    pub(super) fn watch_canary(&mut self, next: Option<Duration>) -> bool {
        match self.canary.state {
            State::Over => false,
            State::Out if self.canary_went_out(next) => {
                let since = self.clock.after(self.now);
                let campaign = self.campaign();
                let watch = campaign.limits.canary.map(|canary| canary.watch);
                let until = watch.map_or(since, |watch| watch.after(since, campaign.timezone));
                let until = self.clock.second(until);
                self.canary.state = State::WatchedUntil(until);
                self.halting.watch_until(until);
                true
            }
            State::Out => false,
            State::WatchedUntil(until) => {
                let at = Duration::from_secs(until.into());
                if next.is_some_and(|next| next < at) {
                    return false;
                }
                self.now = self.now.max(at);
                self.halt_if_passed();
                self.let_in(until);
                true
            }
        }
    }

    /// Nobody of it is due any more. Where hours hold some of it back, those who were texted are watched; where they hold all
    /// of it back nobody was.
    fn canary_went_out(&self, next: Option<Duration>) -> bool {
        let is_idle =
            self.lanes.iter().all(|lane| lane.is_empty()) && next.is_none_or(|next| next > self.now);
        is_idle && (self.halting.any_taken() || next.is_none())
    }

    /// When they were planned for, or as much later as the first of the same zones is late.
    fn let_in(&mut self, now: Second) {
        self.canary.state = State::Over;
        let held = std::mem::take(&mut self.canary.held);
        let mut first: BTreeMap<usize, Second> = BTreeMap::new();
        for (person, due) in &held {
            let of_class = first.entry(self.crowd.class_index(*person)).or_insert(NEVER);
            *of_class = (*of_class).min(*due);
        }
        for (person, due) in held {
            let planned = first[&self.crowd.class_index(person)];
            self.wait(person, due.saturating_add(now.saturating_sub(planned)));
        }
    }
}
