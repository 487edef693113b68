//! What comes of an event is kept: texts go, people move on, answers queue, replies are drawn, and all of it is counted.
//! One person after the other, in order, so that it comes out the same on however many cores.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Address, Campaign};

use super::World;
use super::agenda::{Coming, Entry, NEVER, Second};
use super::checks::{Broken, Violation};
use super::crowd::Flag;
use super::figures::Text;
use super::lane::Answer;
use super::model::{Once, delay};
use super::step::{Outcome, is_marketing, sent};
use crate::advance::{AnswerOf, Change, Effect, Person, Place, State, drawn};
use crate::calendar::Month;
use crate::draw;
use crate::left_out::LeftOut;
use crate::tariff::millionths;

/// So often at most somebody departs: what goes on longer does not end, or is more than is rehearsed.
const MOST_DEPARTURES: u32 = 1_000_000;

impl World<'_> {
    /// An answer goes; its parts.
    pub(super) fn answer(&mut self, lane: usize, answer: Answer) -> Result<u64, Violation> {
        let Answer {
            person,
            parts,
            of,
            asks,
            text,
        } = answer;
        // Whoever said stop meanwhile gets its confirmation and nothing else.
        let confirms = matches!(of, AnswerOf::OptOut);
        if self.crowd.at(person).is(Flag::OptedOut) && !confirms {
            return Ok(0);
        }
        // Budgets are of what a campaign sends by itself: answers are paid beside them.
        let at = self.clock.after(self.now);
        self.keep(person, text);
        let tariff = self.crowd.tariff(person);
        let counted = self.figures.hour(at, narrow(lane));
        counted.count.answers += 1;
        counted.count.parts += u64::from(parts);
        *counted.by_tariff.entry(tariff).or_default() += u64::from(parts);
        let nth = self.crowd.at(person).texts;
        self.crowd.at_mut(person).texts = nth.wrapping_add(1);
        if let AnswerOf::Message(message) = of {
            self.crowd.texted(person, narrow(lane), self.second_now());
            self.figures.answered(self.campaign(), message, parts, at);
            if asks {
                self.draw_reply(lane, person, message, nth);
            }
        }
        Ok(parts.into())
    }

    /// A text, where texts are kept.
    fn kept(&self, text: &str) -> Option<Box<str>> {
        self.setting.keeps_texts.then(|| text.into())
    }

    fn keep(&mut self, person: u32, text: Option<Box<str>>) {
        let at = self.clock.after(self.now);
        let to = self.crowd.phone(person);
        let text = text.map(|text| Text {
            at,
            to,
            text: text.into(),
        });
        self.figures.texts.extend(text);
    }

    /// The month whose budget is spent now; none where there is no such budget.
    fn month(&self) -> Option<Month> {
        let budget = self.campaign().limits.budget.filter(|budget| budget.per_month);
        budget.map(|_| Month::of(self.clock.after(self.now), self.campaign().timezone))
    }

    /// Whether the budget has room for parts to somebody; they are paid then.
    fn pays(&mut self, person: u32, parts: u32) -> bool {
        let month = self.month();
        if std::mem::replace(&mut self.month, month) != month {
            self.spent = 0;
        }
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
    pub(super) fn note(&mut self, what: Coming, outcome: Outcome) -> Result<u64, Violation> {
        let person = outcome.person;
        let sent = outcome.effects.iter().find_map(|effect| match effect {
            Effect::Send { parts, text } => Some((*parts, text)),
            _ => None,
        });
        if let Some((parts, text)) = sent {
            if let Some(halted) = &mut self.halting.halted {
                halted.people += 1;
                self.hold(person);
                return Ok(0);
            }
            if !self.pays(person, parts) {
                self.cannot_pay(person, outcome.from);
                return Ok(0);
            }
            self.send(person, outcome.from, parts)?;
            self.keep(person, self.kept(text));
        }
        let sent = sent.map(|(parts, _)| parts);
        let before = self.crowd.at(person).is(Flag::OptedOut);
        let to = match what {
            Coming::Reply { lane, .. } => lane,
            Coming::Due { .. } | Coming::Delivered(_) | Coming::Once(_) => self.crowd.at(person).sender,
        };
        if let Some(text) = outcome.said {
            self.hear(person, text, &outcome.effects);
            self.count_reply(to, &outcome.effects, before);
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
                        return Err(
                            self.violation(person, self.endless(person, "for a million texts and waits"))
                        );
                    }
                }
                Effect::LeaveOut(reason) => self.without(outcome.from.step, &reason, true),
                Effect::Skip(at, reason) => self.without(at, &reason, false),
                Effect::Finish(reason) => {
                    let reason = reason.unwrap_or_default();
                    *self.figures.finished.entry(reason).or_default() += 1;
                }
                Effect::Change(change) => self.change(person, change),
                Effect::Suppress => {
                    self.crowd.at_mut(person).set(Flag::OptedOut, true);
                    self.stop_others(person);
                    self.halting.opted_out();
                    self.halt_if_passed();
                }
                Effect::Allow => {
                    for one in self.every(person) {
                        self.crowd.at_mut(one).set(Flag::OptedOut, false);
                    }
                }
                Effect::Answer { text, of, sender } => {
                    self.queue_answer((person, to), &text, (of, asks), sender.as_deref());
                }
                Effect::Send { .. } | Effect::SetAside(_) | Effect::Keep { .. } => {}
                // The carrier of a rehearsal takes every text at once.
                Effect::LookUp | Effect::Retry { .. } | Effect::GiveUp(_) => {}
            }
        }
        Ok(sent.unwrap_or(0).into())
    }

    /// A text or a step is passed over, or somebody leaves there.
    pub(super) fn without(&mut self, at: Address, reason: &LeftOut, leaves: bool) {
        let revision = self.setting.revision;
        self.figures.without(&revision.campaign, at, reason, leaves);
    }

    /// All passages of a person.
    fn every(&self, person: u32) -> Vec<u32> {
        std::iter::once(person)
            .chain(self.crowd.others(person).iter().copied())
            .collect()
    }

    /// An opt-out is the person's: their other passages end too.
    fn stop_others(&mut self, person: u32) {
        for other in self.crowd.others(person).to_vec() {
            let standing = self.crowd.at_mut(other);
            standing.set(Flag::OptedOut, true);
            if !standing.is(Flag::Ended) {
                self.wait(other, self.second_now());
            }
        }
    }

    /// Who does not fit waits for the next month, where the budget is a month's.
    fn cannot_pay(&mut self, person: u32, place: Place) {
        let Some(month) = self.month else {
            self.figures.held += 1;
            return self.hold(person);
        };
        if let Some(step) = self.figures.steps.get_mut(&place.step) {
            step.deferred.budget += 1;
        }
        let more_at = month.ends_at(self.campaign().timezone);
        self.wait(person, self.clock.second(more_at));
    }

    /// The text is held: nobody raises the budget here, or resumes the launch.
    fn hold(&mut self, person: u32) {
        let standing = self.crowd.at_mut(person);
        standing.set(Flag::Ended, true);
        standing.set(Flag::Held, true);
    }

    /// A person waits where it stands.
    pub(super) fn wait(&mut self, person: u32, due: Second) {
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

    /// The second that has begun.
    fn second_now(&self) -> Second {
        Second::try_from(self.now.as_secs()).unwrap_or(NEVER)
    }

    /// A text goes.
    fn send(&mut self, person: u32, place: Place, parts: u32) -> Result<(), Violation> {
        let campaign = self.campaign();
        let Some(send) = sent(campaign, place) else {
            return Ok(());
        };
        // Waits and caps count from the whole second.
        let at = self.clock.after(self.now);
        let second = self.second_now();
        self.check(person, place, send.answers, at)?;
        let lane = self.lane_at(place).unwrap_or(0);
        let standing = *self.crowd.at(person);
        if second > standing.due
            && let Some(step) = self.figures.steps.get_mut(&place.step)
        {
            step.deferred.rate += 1;
        }
        let nth = standing.texts;
        let draws = draw::four(self.seed_of(person), self.crowd.phone(person), nth);
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
        self.crowd.texted(person, narrow(lane), second);
        self.crowd.went(person, second, is_marketing(campaign, send));
        let message = u16::try_from(send.message).unwrap_or(u16::MAX);
        if arrives && self.asks.delivered.contains(&message) {
            let due = self.in_time(self.setting.model.receipts_after, draws[2]);
            let what = Coming::Delivered(message);
            self.agenda.enter(due, Entry { person, what });
        }
        self.halting.taken();
        if !arrives {
            let said_at = self.in_time(self.setting.model.receipts_after, draws[2]);
            self.halting.will_not_arrive(said_at);
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
            let draws = Once::draws(self.seed_of(person), phone, nth);
            if once.happens(draws) {
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
        drawn(&asked).to_owned()
    }

    /// Whether, and when, somebody answers a text.
    fn draw_reply(&mut self, lane: usize, person: u32, message: usize, nth: u16) {
        if !self.lanes[lane].receives {
            return;
        }
        let draws = draw::four(self.seed_of(person), self.crowd.phone(person), nth);
        let habit = &self.setting.model.messages[message];
        let Some(out) = habit.writes(draws) else {
            return;
        };
        let what = Coming::Reply {
            message: u16::try_from(message).unwrap_or(u16::MAX),
            nth,
            lane: narrow(lane),
            out,
        };
        let due = self.in_time(habit.after, draws[1]);
        self.agenda.enter(due, Entry { person, what });
    }

    /// A second that is drawn.
    fn in_time(&self, median: f64, hash: u64) -> Second {
        self.clock
            .second(self.clock.after(self.now + delay(median, hash)))
    }

    /// What somebody said is known, where it is a word of theirs.
    fn hear(&mut self, person: u32, text: String, effects: &[Effect]) {
        let is_word = !effects.iter().any(|effect| matches!(effect, Effect::SetAside(_)));
        if !is_word {
            return;
        }
        self.crowd.learn(person).reply = Some(text);
        let is_out = effects.contains(&Effect::Suppress) || self.crowd.at(person).is(Flag::OptedOut);
        if self.asks.answered && !is_out {
            let name = self.campaign().name.clone();
            for one in self.every(person) {
                self.crowd.learn(one).answered.insert(name.clone());
            }
        }
    }

    fn count_reply(&mut self, to: u8, effects: &[Effect], was_out: bool) {
        let to_people = |effect: &Effect| {
            matches!(
                effect,
                Effect::SetAside(_)
                    | Effect::Keep { .. }
                    | Effect::Change(Change::Forward(_) | Change::Notify { .. })
            )
        };
        let desk = effects.iter().any(to_people);
        let out = !was_out && effects.contains(&Effect::Suppress);
        let at = self.clock.after(self.now);
        let count = &mut self.figures.hour(at, to).count;
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
            Change::Tag(_) | Change::Untag(_) | Change::Set(..) => {
                for one in self.every(person) {
                    self.crowd.learn(one).change(&change);
                }
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
            | Change::Start { .. } => {}
        }
    }

    /// `to`: the sender that the person wrote to, by which it goes where no other is named.
    fn queue_answer(
        &mut self,
        (person, to): (u32, u8),
        text: &str,
        (of, asks): (AnswerOf, bool),
        sender: Option<&str>,
    ) {
        let parts = sms::parts::measure(text).part_count;
        match of {
            AnswerOf::Help | AnswerOf::OptIn | AnswerOf::Message(_) => {
                let now = self.clock.after(self.now);
                for one in self.every(person) {
                    let answers = &mut self.crowd.learn(one).answers;
                    answers.retain(|at| now - *at < TimeDelta::hours(1));
                    answers.push(now);
                }
            }
            AnswerOf::OptOut => {}
        }
        let other = sender.and_then(|name| self.lanes.iter().position(|lane| lane.sender == *name));
        let lane = other.unwrap_or_else(|| usize::from(to));
        let text = self.kept(text);
        self.lanes[lane].answers.push_back(Answer {
            person,
            parts,
            of,
            asks,
            text,
        });
    }
}

fn sent_at(campaign: &Campaign, place: Place) -> bool {
    sent(campaign, place).is_some()
}

fn narrow(lane: usize) -> u8 {
    u8::try_from(lane).unwrap_or(u8::MAX)
}
