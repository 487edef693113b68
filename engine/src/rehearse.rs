//! Rehearses a campaign: everybody of its audience goes through all of it on a virtual clock, by the same
//! [`advance`](mod@crate::advance) as in production, with a carrier and with people whose doings are drawn. Pure: the same
//! seed comes to the same figures, on however many cores.
//!
//! Time goes from one thing that happens to the next. People do not know of each other but at their sender, where they queue
//! for its rate: what is due in one second, and the texts of one window, are asked about in parallel, and what comes of it
//! is then noted in order. Rules are checked on the way by `checks.rs`, which does not trust `advance`.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Schedule};
use dsl::project::Project;
use dsl::scalar::{WrittenTime, local_to_utc};
use hashbrown::HashSet;
use rayon::prelude::*;

use crate::advance::{AnswerOf, Change, Effect, Known, Person, Place, State, drawn, stop_at};
use crate::calendar::{self, CronDays, DateSchedule, TimeClass, ticks_after};
use crate::draw;
use crate::left_out::LeftOut;
use crate::plan::Cohorts;
use crate::revision::Revision;
use crate::tariff::{Tariff, millionths};
use crate::throttle::Buckets;

mod agenda;
mod checks;
mod crowd;
mod figures;
mod lane;
mod model;
mod said;
mod step;
#[cfg(test)]
mod tests;

pub use checks::{Broken, Violation};
pub use figures::{Conversion, Count, Deferred, Hour, Rehearsal, SenderPeak, Step};
pub use model::{Habit, Happened, Model, ModelError, Once};

use agenda::{Agenda, Clock, Coming, Entry, NEVER, Second};
use checks::Checks;
use crowd::{Asks, Crowd, Flag};
use figures::Figures;
use lane::{Answer, Lane, Queued, lanes};
use said::Vocabulary;
use step::{Outcome, is_marketing, sent, step};

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
    /// When it begins; on the clocks of the recipients where the schedule says so, then this is the campaign's.
    pub begins_at: DateTime<Utc>,
}

/// So often at most somebody departs: what goes on longer does not end.
const MOST_DEPARTURES: u16 = 20_000;
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
    /// From the origin.
    now: Duration,
    /// In millionths.
    spent: i64,
}

impl<'a> World<'a> {
    fn new(setting: &'a Setting<'a>, people: Vec<Cohorts>) -> World<'a> {
        let campaign = &setting.revision.campaign;
        let asks = Asks::of(setting.revision);
        let mut checks = Checks::of(campaign);
        let (lanes, buckets) = lanes(campaign, setting.project, &mut checks);
        // On the clocks of recipients it begins up to a day before.
        let ahead = TimeDelta::hours(if on_own_clocks(&campaign.schedule) { 26 } else { 0 });
        World {
            setting,
            clock: Clock::from(setting.begins_at - ahead),
            vocabulary: Vocabulary::of(campaign),
            crowd: Crowd::of(people, &asks),
            asks,
            agenda: Agenda::default(),
            lanes,
            buckets,
            checks,
            figures: Figures::of(campaign, setting.begins_at),
            now: Duration::ZERO,
            spent: 0,
        }
    }

    fn campaign(&self) -> &'a Campaign {
        &self.setting.revision.campaign
    }

    /// Everybody enters.
    fn begin(&mut self) {
        let begins: Vec<Result<DateTime<Utc>, LeftOut>> = (0..self.crowd.len())
            .into_par_iter()
            .map(|person| self.enters_at(person))
            .collect();
        let revision = self.setting.revision;
        for (person, begins) in (0..).zip(begins) {
            match begins {
                Ok(at) => {
                    let (place, due_at) = stop_at(revision, Place::START, at);
                    let (began, due) = (self.clock.second(at), self.clock.second(due_at));
                    let standing = self.crowd.at_mut(person);
                    (standing.place, standing.began) = (place, began);
                    self.wait(person, due);
                }
                Err(reason) => {
                    self.figures.without(Place::START.step, &reason, true);
                    self.crowd.at_mut(person).set(Flag::Ended, true);
                }
            }
        }
    }

    /// When somebody enters.
    fn enters_at(&self, person: u32) -> Result<DateTime<Utc>, LeftOut> {
        let (campaign, begins_at) = (self.campaign(), self.setting.begins_at);
        let class = self.crowd.class(person);
        let at = match &campaign.schedule {
            schedule if on_own_clocks(schedule) => {
                let local = begins_at.with_timezone(&campaign.timezone).naive_local();
                calendar::Moment::At(WrittenTime::Local(local)).instant(class, begins_at)
            }
            Schedule::Day {
                field,
                yearly,
                shift,
                at,
            } => {
                let schedule = DateSchedule {
                    yearly: *yearly,
                    shift: (*shift).into(),
                    at: NaiveTime::from_num_seconds_from_midnight_opt(at * 60, 0).unwrap_or(NaiveTime::MIN),
                };
                self.day_of(person, field, class)
                    .ok_or_else(|| LeftOut::StepUndecided(field.clone()))
                    .and_then(|day| {
                        let next = schedule.next(day, class, begins_at);
                        next.ok_or(LeftOut::TooLate)
                    })?
            }
            _ => begins_at,
        };
        let Some(spread) = campaign.pace.spread else {
            return Ok(at);
        };
        let all = spread.after(at, campaign.timezone) - at;
        let hash = draw::hash("spread", &campaign.name, self.crowd.phone(person));
        let seconds = (all.as_seconds_f64() * draw::fraction(hash)).floor();
        Ok(at + TimeDelta::from_std(Duration::from_secs_f64(seconds.max(0.0))).unwrap_or_default())
    }

    fn day_of(&self, person: u32, field: &str, class: &TimeClass) -> Option<chrono::NaiveDate> {
        let known = Known {
            zones: Some(class.clone()),
            ..Known::default()
        };
        let asked = Person {
            revision: self.setting.revision,
            member: &self.crowd.member(person),
            known: &known,
            now: self.setting.begins_at,
        };
        asked.date(field)
    }

    /// Lets the next thing happen; false when nothing more does.
    fn happen(&mut self) -> Result<bool, Violation> {
        let due = self.agenda.next();
        let window = (0..self.lanes.len())
            .filter(|lane| !self.lanes[*lane].is_empty())
            .map(|lane| (self.buckets.free_at(&self.lanes[lane].rates).max(self.now), lane))
            .min();
        let due_at = due.map(|second| Duration::from_secs(second.into()));
        match (due_at, window) {
            (Some(due_at), Some((at, lane))) if at < due_at => self.window(lane, at)?,
            (Some(_), _) => self.second()?,
            (None, Some((at, lane))) => self.window(lane, at)?,
            (None, None) => return Ok(false),
        }
        Ok(true)
    }

    fn violation(&self, person: u32, broken: Broken) -> Violation {
        Violation {
            phone: self.crowd.phone(person),
            at: self.clock.after(self.now),
            broken,
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
            return endless.map_or(Ok(()), |entry| Err(self.violation(entry.person, Broken::Endless)));
        }
        self.now = self.now.max(Duration::from_secs(second.into()));
        while !entries.is_empty() {
            let mut once = HashSet::new();
            let (round, rest) = entries.into_iter().partition(|entry| once.insert(entry.person));
            entries = rest;
            self.round(round)?;
        }
        for lane in &mut self.lanes {
            lane.note(self.now);
        }
        Ok(())
    }

    /// Whether an entry is not stale.
    fn is_current(&self, entry: &Entry) -> bool {
        let standing = self.crowd.at(entry.person);
        match entry.what {
            Coming::Due { departure } => departure == standing.departures && !standing.is(Flag::Ended),
            Coming::Reply { .. } => true,
            Coming::Delivered(_) | Coming::Once(_) => !standing.is(Flag::Ended),
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
        for ((person, what), outcome) in asked.into_iter().zip(outcomes) {
            self.note(person, what, outcome)?;
        }
        Ok(())
    }

    fn learn(&mut self, person: u32, once: u16) {
        let what = self.setting.model.once[usize::from(once)].what.clone();
        let known = self.crowd.learn(person);
        match what {
            Happened::Click(link) => known.clicked.insert(link),
            Happened::Event(event) => known.events.insert(event),
        };
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
        for (nth, ((person, what), outcome)) in asked.into_iter().zip(outcomes).enumerate() {
            // What follows goes later, once that is paid for.
            if is_limited && members >= most && parts > 0 {
                for queued in queued[nth..].iter().rev() {
                    self.lanes[lane].put_back(*queued);
                }
                break;
            }
            members += 1;
            parts += self.note(person, what, outcome)?;
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
        while found.len() < most
            && let Some(queued) = self.lanes[lane].pop()
        {
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

    /// An answer goes; its parts.
    fn answer(&mut self, lane: usize, answer: Answer) -> Result<u64, Violation> {
        let Answer {
            person,
            parts,
            of,
            asks,
        } = answer;
        // Whoever said stop meanwhile gets its confirmation and nothing else.
        let confirms = matches!(of, AnswerOf::OptOut);
        if self.crowd.at(person).is(Flag::OptedOut) && !confirms {
            return Ok(0);
        }
        if !self.pays(person, parts) {
            return Ok(0);
        }
        let at = self.clock.after(self.now);
        let tariff = self.crowd.tariff(person);
        let counted = self.figures.hour(at, narrow(lane));
        counted.count.answers += 1;
        counted.count.parts += u64::from(parts);
        *counted.by_tariff.entry(tariff).or_default() += u64::from(parts);
        let nth = self.crowd.at(person).texts;
        self.crowd.at_mut(person).texts = nth.wrapping_add(1);
        if let AnswerOf::Message(message) = of {
            self.figures.answered(self.campaign(), message, parts, at);
            if asks {
                self.draw_reply(lane, person, message, nth);
            }
        }
        Ok(parts.into())
    }

    /// Whether the budget has room for parts to somebody; they are paid then.
    fn pays(&mut self, person: u32, parts: u32) -> bool {
        let tariff = self.crowd.tariff(person).map(usize::from);
        let price = tariff.and_then(|tariff| self.setting.tariffs.get(tariff));
        let price = price.map_or(0, |tariff| millionths(tariff.price)) * i64::from(parts);
        if self
            .setting
            .budget
            .is_some_and(|budget| self.spent + price > budget)
        {
            return false;
        }
        self.spent += price;
        true
    }

    /// Keeps what came of an event; the parts that it took of the rate.
    fn note(&mut self, person: u32, what: Coming, outcome: Outcome) -> Result<u64, Violation> {
        let sent = outcome.effects.iter().find_map(|effect| match effect {
            Effect::Send { parts, .. } => Some(*parts),
            _ => None,
        });
        if let Some(parts) = sent {
            if !self.pays(person, parts) {
                self.hold(person);
                return Ok(0);
            }
            self.send(person, outcome.from, parts)?;
        }
        let before = self.crowd.at(person).is(Flag::OptedOut);
        if let Some(text) = outcome.said {
            self.crowd.learn(person).reply = Some(text);
            self.count_reply(person, &outcome.effects, before);
        }
        let standing = self.crowd.at_mut(person);
        standing.place = outcome.place;
        let ended = outcome.state == State::Ended && !standing.is(Flag::Ended);
        if ended {
            standing.set(Flag::Ended, true);
            self.figures.ends_at = self.figures.ends_at.max(self.clock.after(self.now));
        }
        let asks = matches!(what, Coming::Reply { .. }) && outcome.place.step == outcome.from.step;
        let asks = asks
            && outcome
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::Depart(..)));
        let waits = sent.is_none() && matches!(what, Coming::Due { .. });
        for effect in outcome.effects {
            match effect {
                Effect::Depart(place, due_at) => {
                    if waits && place == outcome.from && sent_at(self.campaign(), place) {
                        self.count_deferred(person, place);
                    }
                    self.wait(person, self.clock.second(due_at));
                    if self.crowd.at(person).departures >= MOST_DEPARTURES {
                        return Err(self.violation(person, Broken::Endless));
                    }
                }
                Effect::LeaveOut(reason) => self.figures.without(outcome.from.step, &reason, true),
                Effect::Skip(reason) => self.figures.without(outcome.from.step, &reason, false),
                Effect::Finish(reason) => {
                    let reason = reason.unwrap_or_default();
                    *self.figures.finished.entry(reason).or_default() += 1;
                }
                Effect::Change(change) => self.change(person, change),
                Effect::Suppress => self.crowd.at_mut(person).set(Flag::OptedOut, true),
                Effect::Allow => self.crowd.at_mut(person).set(Flag::OptedOut, false),
                Effect::Answer { text, of } => self.queue_answer(person, &text, of, asks),
                Effect::Send { .. } | Effect::Keep { .. } => {}
                // The carrier of a rehearsal takes every text at once.
                Effect::LookUp | Effect::Retry { .. } | Effect::GiveUp(_) => {}
            }
        }
        Ok(sent.unwrap_or(0).into())
    }

    /// The budget does not reach: the text is held, and nobody raises the budget here.
    fn hold(&mut self, person: u32) {
        let standing = self.crowd.at_mut(person);
        standing.set(Flag::Ended, true);
        standing.set(Flag::Held, true);
        self.figures.held += 1;
    }

    /// A person waits where it stands.
    fn wait(&mut self, person: u32, due: Second) {
        let standing = self.crowd.at_mut(person);
        standing.departures = standing.departures.wrapping_add(1);
        standing.due = due;
        let what = Coming::Due {
            departure: standing.departures,
        };
        // What is due at once comes in this second, or the next one that begins.
        let now = self.now.as_secs() + u64::from(self.now.subsec_nanos() > 0);
        let due = due.max(Second::try_from(now).unwrap_or(NEVER));
        self.agenda.enter(due, Entry { person, what });
    }

    /// A text goes.
    fn send(&mut self, person: u32, place: Place, parts: u32) -> Result<(), Violation> {
        let campaign = self.campaign();
        let Some(send) = sent(campaign, place) else {
            return Ok(());
        };
        // Waits and caps count from the whole second.
        let at = self.clock.after(self.now);
        let second = Second::try_from(self.now.as_secs()).unwrap_or(NEVER);
        self.check(person, place, send.answers, at)?;
        let lane = self.lane_at(place).unwrap_or(0);
        let standing = *self.crowd.at(person);
        if second > standing.due
            && let Some(step) = self.figures.steps.get_mut(&place.step)
        {
            step.deferred.rate += 1;
        }
        let nth = standing.texts;
        let draws = draw::four(self.setting.seed, self.crowd.phone(person), nth);
        let arrives = draw::fraction(draws[3]) < self.setting.model.delivered.0;
        self.figures.sent(place.step, parts, at);
        let tariff = self.crowd.tariff(person);
        let counted = self.figures.hour(at, narrow(lane));
        counted.count.texts += 1;
        counted.count.parts += u64::from(parts);
        counted.count.delivered += u64::from(arrives);
        counted.count.undelivered += u64::from(!arrives);
        *counted.by_tariff.entry(tariff).or_default() += u64::from(parts);
        let standing = self.crowd.at_mut(person);
        standing.texts = nth.wrapping_add(1);
        standing.sender = narrow(lane);
        if standing.first_sent == NEVER {
            standing.first_sent = second;
            self.begin_once(person);
        }
        self.crowd.went(person, second, is_marketing(campaign, send));
        let message = u16::try_from(send.message).unwrap_or(u16::MAX);
        if arrives && self.asks.delivered.contains(&message) {
            let due = self.in_time(self.setting.model.receipts_after, draws[2]);
            let what = Coming::Delivered(message);
            self.agenda.enter(due, Entry { person, what });
        }
        self.draw_reply(lane, person, send.message, nth);
        Ok(())
    }

    /// Holds a text against the rules.
    fn check(&self, person: u32, place: Place, answers: bool, at: DateTime<Utc>) -> Result<(), Violation> {
        if self.crowd.at(person).is(Flag::OptedOut) {
            return Err(self.violation(person, Broken::OptedOut));
        }
        if answers {
            return Ok(());
        }
        let class = self.crowd.class(person);
        let times = (self.crowd.times(person), self.clock);
        let checked = self.checks.text(self.campaign(), place.step, class, times, at);
        checked.map_err(|broken| self.violation(person, broken))
    }

    /// What happens once to somebody who got a first text, and the variant that the person is of.
    fn begin_once(&mut self, person: u32) {
        let model = self.setting.model;
        let phone = self.crowd.phone(person);
        for (once, nth) in model.once.iter().zip(0..) {
            // Far from the numbers of texts.
            let draws = draw::four(!self.setting.seed, phone, nth);
            if draw::fraction(draws[0]) < once.share.0 {
                let due = self.in_time(once.after, draws[1]);
                let what = Coming::Once(nth);
                self.agenda.enter(due, Entry { person, what });
            }
        }
        if self.campaign().goal.is_some() {
            let variant = self.variant(person);
            self.figures.variants.entry(variant).or_default().0 += 1;
        }
    }

    fn variant(&self, person: u32) -> String {
        let asked = Person {
            revision: self.setting.revision,
            member: &self.crowd.member(person),
            known: &crate::advance::NOTHING,
            now: self.setting.begins_at,
        };
        drawn(&asked)
    }

    /// Whether, and when, somebody answers a text.
    fn draw_reply(&mut self, lane: usize, person: u32, message: usize, nth: u16) {
        if !self.lanes[lane].receives {
            return;
        }
        let draws = draw::four(self.setting.seed, self.crowd.phone(person), nth);
        let habit = &self.setting.model.messages[message];
        let drawn = draw::fraction(draws[0]);
        if drawn >= habit.opt_outs.0 + habit.replies.0 {
            return;
        }
        let what = Coming::Reply {
            message: u16::try_from(message).unwrap_or(u16::MAX),
            nth,
            out: drawn < habit.opt_outs.0,
        };
        let due = self.in_time(habit.after, draws[1]);
        self.agenda.enter(due, Entry { person, what });
    }

    /// A second that is drawn: half of all are within `median` seconds, nine tenths within nine times that, and all
    /// within 49 times that.
    fn in_time(&self, median: f64, hash: u64) -> Second {
        let drawn = draw::fraction(hash) * 0.98;
        let delay = Duration::from_secs_f64((median * drawn / (1.0 - drawn)).clamp(1.0, 1e9));
        self.clock.second(self.clock.after(self.now + delay))
    }

    fn count_reply(&mut self, person: u32, effects: &[Effect], was_out: bool) {
        let to_people = |effect: &Effect| {
            matches!(
                effect,
                Effect::Keep { .. } | Effect::Change(Change::Forward(_) | Change::Notify { .. })
            )
        };
        let desk = effects.iter().any(to_people);
        let out = !was_out && effects.contains(&Effect::Suppress);
        let at = self.clock.after(self.now);
        let sender = self.crowd.at(person).sender;
        let count = &mut self.figures.hour(at, sender).count;
        count.replies += 1;
        count.desk += u64::from(desk);
        count.automatic += u64::from(!desk);
        count.opt_outs += u64::from(out);
    }

    /// A text waits longer, not for the rate.
    fn count_deferred(&mut self, person: u32, place: Place) {
        let class = self.crowd.class(person);
        let open = self.checks.is_open(place.step, class, self.clock.after(self.now));
        if let Some(step) = self.figures.steps.get_mut(&place.step) {
            match open {
                true => step.deferred.frequency += 1,
                false => step.deferred.hours += 1,
            }
        }
    }

    fn change(&mut self, person: u32, change: Change) {
        match change {
            Change::Tag(tag) => {
                self.crowd.learn(person).tags.insert(tag);
            }
            Change::Untag(tag) => {
                self.crowd.learn(person).tags.remove(&tag);
            }
            Change::Set(field, value) => {
                self.crowd.learn(person).values.insert(field, value);
            }
            Change::Reach => {
                self.crowd.at_mut(person).set(Flag::Reached, true);
                let variant = self.variant(person);
                self.figures.variants.entry(variant).or_default().1 += 1;
            }
            Change::Join(_)
            | Change::Leave(_)
            | Change::Forward(_)
            | Change::Notify { .. }
            | Change::Call(_)
            | Change::Start(_) => {}
        }
    }

    fn queue_answer(&mut self, person: u32, text: &str, of: AnswerOf, asks: bool) {
        let parts = sms::parts::measure(text).part_count;
        match of {
            AnswerOf::Help | AnswerOf::Message(_) => {
                let now = self.clock.after(self.now);
                let answers = &mut self.crowd.learn(person).answers;
                answers.retain(|at| now - *at < TimeDelta::hours(1));
                answers.push(now);
            }
            AnswerOf::OptOut | AnswerOf::OptIn => {}
        }
        let lane = usize::from(self.crowd.at(person).sender);
        self.lanes[lane].answers.push_back(Answer {
            person,
            parts,
            of,
            asks,
        });
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
        Ok(self.figures.rehearsal(
            (&setting.revision.campaign, setting.seed),
            setting.begins_at,
            self.crowd.len().into(),
            (senders, setting.tariffs),
        ))
    }
}

fn sent_at(campaign: &Campaign, place: Place) -> bool {
    sent(campaign, place).is_some()
}

/// Whether it begins for each person on a clock of their own.
fn on_own_clocks(schedule: &Schedule) -> bool {
    match schedule {
        Schedule::Local(_) => true,
        Schedule::Cron { recipient_clock, .. } => *recipient_clock,
        Schedule::Now | Schedule::At(_) | Schedule::Day { .. } | Schedule::Trigger(_) => false,
    }
}

fn narrow(lane: usize) -> u8 {
    u8::try_from(lane).unwrap_or(u8::MAX)
}
