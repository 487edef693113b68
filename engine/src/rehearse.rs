//! Rehearses a campaign: everybody of its audience goes through all of it on a virtual clock, by the same
//! [`advance`](mod@crate::advance) as in production, with a carrier and with people whose doings are drawn. Pure: the same
//! seed comes to the same figures, on however many cores.
//!
//! Time goes from one thing that happens to the next. People do not know of each other but at their sender, where they queue
//! for its rate: what is due in one second, and the texts of one window, are asked about in parallel, and what comes of it
//! is then noted in order. Rules are checked on the way by `checks.rs`, which does not trust `advance`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Deed, Schedule};
use dsl::project::Project;
use dsl::scalar::local_to_utc;
use hashbrown::HashSet;
use rayon::prelude::*;

use crate::advance::Place;
use crate::calendar::{CronDays, Month, ticks_after};
use crate::plan::Cohorts;
use crate::revision::Revision;
use crate::story::place_of;
use crate::tariff::Tariff;
use crate::throttle::Buckets;
use crate::trigger::key_field;

mod agenda;
mod canary;
mod checks;
mod crowd;
mod entry;
mod figures;
mod fit;
mod halting;
mod lane;
mod model;
mod outcome;
mod said;
mod step;
#[cfg(test)]
mod tests;

pub use checks::{Broken, Violation};
#[cfg(test)]
pub(crate) use entry::arrives_after;
pub use figures::{Conversion, Count, Deferred, Hour, Rehearsal, SenderPeak, Step, Text};
pub use fit::{Fit, OfLaunch};
pub use halting::Halted;
#[cfg(test)]
pub(crate) use model::delay;
pub use model::{Habit, Happened, Model, Once};

use agenda::{Agenda, Clock, Coming, Entry, NEVER, Second};
use canary::Canary;
use checks::Checks;
use crowd::{Asks, Crowd, Flag};
use entry::on_own_clocks;
use figures::Figures;
use halting::Halting;
use lane::{Lane, Queued, lanes};
use said::Vocabulary;
use step::{Outcome, sent, step};

/// What is rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The campaign.
    pub revision: &'a Revision,
    /// Its project: senders and rates.
    pub project: &'a Project,
    /// What the members' tariffs refer to.
    pub tariffs: &'a [Tariff],
    /// In millionths; none: it costs what it costs.
    pub budget: Option<i64>,
    /// How people and their carrier behave.
    pub model: &'a Model,
    /// Another seed is another outcome.
    pub seed: u64,
    /// Keeps every text that goes: [`Rehearsal::texts`].
    pub keeps_texts: bool,
    /// When it begins; on the clocks of the recipients where the schedule says so, then this is the campaign's.
    pub begins_at: DateTime<Utc>,
}

/// Fewer are asked one after the other.
const FEW: usize = 32;

/// When a campaign begins that is rehearsed now: its time, the next tick of its cron, or now. None where there is no tick.
pub fn begins_at(campaign: &Campaign, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match &campaign.schedule {
        Schedule::Now | Schedule::Day { .. } | Schedule::Trigger(_) => Some(now),
        Schedule::At(at) => Some(*at),
        Schedule::Local(local) => Some(local_to_utc(*local, campaign.timezone)),
        Schedule::Cron {
            cron, from, until, ..
        } => {
            let days = CronDays {
                from: *from,
                until: *until,
            };
            ticks_after(cron, days, campaign.timezone, now)
                .next()
                .map(|tick| tick.at)
        }
    }
}

/// Lets everybody go through the campaign.
pub fn rehearse(setting: &Setting<'_>, people: Vec<Cohorts>) -> Result<Rehearsal, Violation> {
    let mut world = World::new(setting, people);
    world.begin();
    while world.happen()? {}
    world.end()
}

/// The seed of the n-th passage of somebody, from 0: several of one person come out differently.
pub(crate) fn seed_of(seed: u64, nth: u64) -> u64 {
    seed ^ nth.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Everything that is.
struct World<'a> {
    setting: &'a Setting<'a>,
    clock: Clock,
    asks: Asks,
    vocabulary: Vocabulary,
    crowd: Crowd,
    agenda: Agenda,
    lanes: Vec<Lane>,
    buckets: Buckets,
    checks: Checks,
    figures: Figures,
    halting: Halting,
    canary: Canary,
    /// From the origin.
    now: Duration,
    /// In millionths.
    spent: i64,
    /// The month that it is of.
    month: Option<Month>,
}

impl<'a> World<'a> {
    fn new(setting: &'a Setting<'a>, people: Vec<Cohorts>) -> World<'a> {
        let campaign = &setting.revision.campaign;
        let asks = Asks::of(setting.revision);
        let mut checks = Checks::of(campaign);
        let (lanes, buckets) = lanes(campaign, setting.project, &mut checks);
        // On the clocks of recipients it begins up to a day before.
        let ahead = TimeDelta::hours(if on_own_clocks(&campaign.schedule) { 26 } else { 0 });
        let clock = Clock::from(setting.begins_at - ahead);
        World {
            setting,
            halting: Halting::of(campaign),
            canary: Canary::of(campaign),
            clock,
            vocabulary: Vocabulary::of(campaign),
            crowd: Crowd::of(people, &asks, key_field(campaign).is_some()),
            asks,
            agenda: Agenda::default(),
            lanes,
            buckets,
            checks,
            figures: Figures::of(campaign, setting.begins_at),
            now: Duration::ZERO,
            spent: 0,
            month: None,
        }
    }

    fn campaign(&self) -> &'a Campaign {
        &self.setting.revision.campaign
    }

    /// Lets the next thing happen; false when nothing more does.
    fn happen(&mut self) -> Result<bool, Violation> {
        let due = self.agenda.next();
        let window = (0..self.lanes.len())
            .filter(|lane| !self.lanes[*lane].is_empty())
            .map(|lane| {
                let free_at = self.buckets.free_at(&self.lanes[lane].rates).max(self.now);
                // Answers before bulk, on whichever sender.
                (free_at, self.lanes[lane].answers.is_empty(), lane)
            })
            .min();
        let window = window.map(|(at, _, lane)| (at, lane));
        let due_at = due.map(|second| Duration::from_secs(second.into()));
        let next = due_at.into_iter().chain(window.map(|(at, _)| at)).min();
        if self.watch_canary(next) {
            return Ok(true);
        }
        match (due_at, window) {
            (Some(due_at), Some((at, lane))) if at < due_at => self.window(lane, at)?,
            (Some(_), _) => self.second()?,
            (None, Some((at, lane))) => self.window(lane, at)?,
            (None, None) => return Ok(false),
        }
        Ok(true)
    }

    fn seed_of(&self, person: u32) -> u64 {
        seed_of(self.setting.seed, self.crowd.nth_of(person) as u64)
    }

    fn violation(&self, person: u32, broken: Broken) -> Violation {
        Violation {
            phone: self.crowd.phone(person),
            at: self.clock.after(self.now),
            broken,
        }
    }

    /// Somebody goes on so long. Where the campaign has rounds that is what it says, and no fault of this program.
    fn endless(&self, person: u32, long: &'static str) -> Broken {
        let program = &self.campaign().program;
        let has_rounds = program
            .instructions
            .iter()
            .any(|one| matches!(one.deed, Deed::Repeat { .. }));
        let step = place_of(&program.at(self.crowd.at(person).place.step).step);
        match has_rounds {
            true => Broken::TooLong { step, long },
            false => Broken::Endless,
        }
    }

    /// What happens in the next second: each person once, then those to whom more happens in it.
    fn second(&mut self) -> Result<(), Violation> {
        let Some((second, mut entries)) = self.agenda.take() else {
            return Ok(());
        };
        if second == NEVER {
            let stale = |entry: &Entry| !self.is_current(entry);
            let endless = entries.into_iter().find(|entry| !stale(entry));
            return endless.map_or(Ok(()), |Entry { person, .. }| {
                Err(self.violation(person, self.endless(person, "for more than a century")))
            });
        }
        self.now = self.now.max(Duration::from_secs(second.into()));
        self.halt_if_passed();
        loop {
            let mut once = HashSet::new();
            let (round, rest) = entries
                .into_iter()
                .partition(|entry| once.insert(self.crowd.first_of(entry.person)));
            entries = rest;
            self.round(round)?;
            if entries.is_empty() {
                break;
            }
            self.settle(second, &mut entries)?;
        }
        for lane in &mut self.lanes {
            lane.note(self.now);
        }
        Ok(())
    }

    /// What comes at once of what happened comes before what else happens to a person in this second: a text that a reply
    /// leads to goes before the next reply is read.
    fn settle(&mut self, second: Second, later: &mut Vec<Entry>) -> Result<(), Violation> {
        loop {
            if self.agenda.next() == Some(second)
                && let Some((_, entries)) = self.agenda.take()
            {
                let mut once = HashSet::new();
                let mut round = vec![];
                for entry in entries {
                    match self.behind_another(&entry, later) {
                        Some(at) => later.insert(at, entry),
                        None if once.insert(self.crowd.first_of(entry.person)) => round.push(entry),
                        None => later.push(entry),
                    }
                }
                self.round(round)?;
                continue;
            }
            let free = |lane: &usize| self.buckets.free_at(&self.lanes[*lane].rates) <= self.now;
            let waiting = (0..self.lanes.len()).filter(|lane| !self.lanes[*lane].is_empty());
            // Answers before bulk, on whichever sender.
            let first = |lane: &usize| self.lanes[*lane].answers.is_empty();
            match waiting.filter(free).min_by_key(first) {
                Some(lane) => self.window(lane, self.now)?,
                None => return Ok(()),
            }
        }
    }

    /// Where what comes of one passage waits for another passage of the person that is due by now: each does one thing after the
    /// other.
    fn behind_another(&self, entry: &Entry, later: &[Entry]) -> Option<usize> {
        let is_due = |entry: &Entry| matches!(entry.what, Coming::Due { .. });
        if !is_due(entry) || self.crowd.others(entry.person).is_empty() {
            return None;
        }
        let first = self.crowd.first_of(entry.person);
        let is_own = |other: &Entry| is_due(other) && self.crowd.first_of(other.person) == first;
        later.iter().rposition(is_own).map(|at| at + 1)
    }

    /// Whether an entry is not stale.
    fn is_current(&self, entry: &Entry) -> bool {
        let standing = self.crowd.at(entry.person);
        match entry.what {
            Coming::Due { departure } => departure == standing.departures && !standing.is(Flag::Ended),
            Coming::Reply { .. } => true,
            // A goal may be reached after the end, and a rule for replies answers with what is known by then.
            Coming::Once(_) | Coming::Delivered(_) => true,
        }
    }

    /// What happens to different people at once.
    fn round(&mut self, entries: Vec<Entry>) -> Result<(), Violation> {
        let mut asked = vec![];
        for entry in entries {
            if !self.is_current(&entry) {
                continue;
            }
            let Entry { person, what } = entry;
            match what {
                Coming::Due { departure } => {
                    let place = self.crowd.at(person).place;
                    if let Some(lane) = self.lane_at(place) {
                        let answers = sent(self.campaign(), place).is_some_and(|send| send.answers);
                        self.lanes[lane].push(Queued {
                            person,
                            departure,
                            answers,
                        });
                        continue;
                    }
                }
                Coming::Delivered(message) => {
                    let revision = self.setting.revision;
                    self.crowd.arrived(person, message, &self.asks, revision);
                }
                Coming::Once(at) => self.learn(person, at),
                Coming::Reply { .. } => {}
            }
            asked.push((person, what));
        }
        let now = self.clock.after(self.now);
        let outcomes = self.ask(&asked, now);
        for ((_, what), outcome) in asked.into_iter().zip(outcomes) {
            self.note(what, outcome)?;
        }
        Ok(())
    }

    fn learn(&mut self, person: u32, once: u16) {
        let happens = &self.setting.model.once[usize::from(once)];
        let draws = Once::draws(self.seed_of(person), self.crowd.phone(person), once);
        let (what, carried) = (happens.what.clone(), happens.carried(draws));
        let known = self.crowd.learn(person);
        match what {
            Happened::Click(link) => {
                known.clicked.insert(link);
            }
            Happened::Event(event) => known.learn(self.setting.revision, event, carried),
        }
    }

    /// The sender of the text that goes at a place; none where none does.
    fn lane_at(&self, place: Place) -> Option<usize> {
        let send = sent(self.campaign(), place)?;
        let other = send.sender.as_ref();
        let lane = other.and_then(|name| self.lanes.iter().position(|lane| lane.sender == *name));
        Some(lane.unwrap_or(0))
    }

    /// Asks what comes of it, on every core where that pays.
    fn ask(&self, asked: &[(u32, Coming)], now: DateTime<Utc>) -> Vec<Outcome> {
        let one = |(person, what): &(u32, Coming)| step(self, *person, *what, now);
        match asked.len() < FEW {
            true => asked.iter().map(one).collect(),
            false => asked.par_iter().with_min_len(FEW / 2).map(one).collect(),
        }
    }

    /// A window of a sender: answers first, then bulk, until the rate has what it takes.
    fn window(&mut self, lane: usize, at: Duration) -> Result<(), Violation> {
        self.now = at;
        self.halt_if_passed();
        let rates = self.lanes[lane].rates.clone();
        let most = self.buckets.window(&rates, lane::WINDOW);
        let is_limited = self.buckets.per_second(&rates).is_some();
        let (mut members, mut parts) = (0, 0);
        while members < most
            && let Some(answer) = self.lanes[lane].answers.pop_front()
        {
            parts += self.answer(lane, answer)?;
            members += 1;
        }
        let room = (most - members).max(usize::from(members == 0));
        let ahead = if parts > 0 {
            room
        } else {
            room.max(self.lanes[lane].ahead)
        };
        let queued = self.next_queued(lane, if members < most { ahead } else { 0 });
        let asked: Vec<(u32, Coming)> = queued
            .iter()
            .map(|queued| {
                let departure = queued.departure;
                (queued.person, Coming::Due { departure })
            })
            .collect();
        let now = self.clock.after(at);
        let outcomes = self.ask(&asked, now);
        for (nth, ((_, what), outcome)) in asked.into_iter().zip(outcomes).enumerate() {
            // What follows goes later, once that is paid for.
            if is_limited && members >= most && parts > 0 {
                for queued in queued[nth..].iter().rev() {
                    self.lanes[lane].put_back(*queued);
                }
                break;
            }
            members += 1;
            parts += self.note(what, outcome)?;
        }
        if parts > 0 {
            let person = queued.first().map_or(0, |queued| queued.person);
            let held = self.checks.parts(&rates, parts, at);
            held.map_err(|broken| self.violation(person, broken))?;
            self.buckets.take(&rates, parts, at);
        }
        self.lanes[lane].stretch(parts == 0, most);
        Ok(())
    }

    /// The next people whose text is due, at most so many.
    fn next_queued(&mut self, lane: usize, most: usize) -> Vec<Queued> {
        let mut found = vec![];
        let mut people = HashSet::new();
        while found.len() < most
            && let Some(queued) = self.lanes[lane].pop()
        {
            // What goes to somebody counts before another passage of theirs is asked about.
            if !self.crowd.others(queued.person).is_empty()
                && !people.insert(self.crowd.first_of(queued.person))
            {
                self.lanes[lane].put_back(queued);
                break;
            }
            let Queued {
                person, departure, ..
            } = queued;
            let what = Coming::Due { departure };
            if self.is_current(&Entry { person, what }) {
                found.push(queued);
            }
        }
        found
    }

    /// Everybody is through, or held.
    fn end(self) -> Result<Rehearsal, Violation> {
        let inside = (0..self.crowd.len()).find(|person| !self.crowd.at(*person).is(Flag::Ended));
        if let Some(person) = inside {
            return Err(self.violation(person, Broken::Endless));
        }
        let senders = self.lanes.iter().map(|lane| SenderPeak {
            sender: lane.sender.clone(),
            peak_queue: lane.peak as u64,
            at: lane.peak_at.map(|at| self.clock.after(at)),
        });
        let senders = senders.collect();
        let setting = self.setting;
        let rehearsal = self.figures.rehearsal(
            (&setting.revision.campaign, setting.seed),
            setting.begins_at,
            self.crowd.len().into(),
            (senders, setting.tariffs),
        );
        Ok(Rehearsal {
            halted: self.halting.halted,
            ..rehearsal
        })
    }
}
