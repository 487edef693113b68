//! Walks a person from an instruction to the next place where they stop: a text, a wait, a question, the end. What
//! happens on the way are effects; conditions further on see them.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Deed;
use dsl::campaign::program::{Address, Arm, Call, Localised, Moment, Send, UNCLEAR, Until};
use dsl::condition::{Condition, Verdict};
use dsl::scalar::WaitTime;

use super::known::{Known, Person, way_of};
use super::replies::is_loop;
use super::{
    AnswerOf, Change, Effect, Enrolment, Facts, Place, Request, State, Trace, may_text, not_by_sender,
};
use crate::left_out::LeftOut;
use crate::revision::Revision;

/// Somebody on the way.
pub(super) struct Walk<'a> {
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    known: Cow<'a, Known>,
    now: DateTime<Utc>,
    place: Place,
    /// When what comes next is due: later than now behind a wait.
    due_at: DateTime<Utc>,
    /// That is by a moment, the same for all: no text went since.
    by_moment: bool,
    trace: Option<&'a Trace>,
    pub effects: Vec<Effect>,
    /// What a rule for replies does: nobody moves, and texts are answers.
    aside: bool,
    /// Nothing is texted, now or by what it would lead to.
    mute: bool,
    /// Something was left out for that.
    pub muted: bool,
}

/// Where a walk leads.
pub(super) enum Stop<'a> {
    /// To a place, or the end.
    At(Enrolment<'a>),
    /// What a rule does is done; the passage stays where it is.
    Back,
}

impl<'a> Walk<'a> {
    pub fn new(
        revision: &'a Revision,
        enrolment: Enrolment<'a>,
        facts: Facts<'a>,
        now: DateTime<Utc>,
    ) -> Walk<'a> {
        // Waits are counted in whole seconds, so that the moment that a process takes makes nobody late by a minute.
        let now = now - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
        Walk {
            revision,
            enrolment,
            known: Cow::Borrowed(facts.known),
            now,
            place: enrolment.place,
            due_at: now,
            by_moment: false,
            trace: facts.trace,
            effects: vec![],
            aside: false,
            mute: false,
            muted: false,
        }
    }

    /// All is done but what texts the person or leads to texts.
    pub fn mute(mut self) -> Walk<'a> {
        self.mute = true;
        self
    }

    /// The end of the passage, from here.
    pub fn finish(mut self, reason: Option<String>) -> (Enrolment<'a>, Vec<Effect>) {
        self.effects.push(Effect::Finish(reason));
        (self.enrolment.ended(), self.effects)
    }

    /// On from an instruction, until the passage stops.
    pub fn from(mut self, address: Address) -> (Enrolment<'a>, Vec<Effect>) {
        self.place.step = address;
        match self.walk() {
            Stop::At(enrolment) => (enrolment, self.effects),
            Stop::Back => (self.enrolment, self.effects),
        }
    }

    /// On from where somebody follows a day that was moved into the past: as if it had been past from the first.
    pub fn moved_past(mut self) -> (Enrolment<'a>, Vec<Effect>) {
        self.place.step -= 1;
        let behind = match &self.revision.campaign.program.at(self.place.step).deed {
            Deed::Wait { too_late, .. } => *too_late,
            _ => self.enrolment.place.step + 1,
        };
        self.skipping(LeftOut::MovedPast).from(behind)
    }

    /// What a rule for replies does.
    pub fn aside(&mut self, address: Address) -> Stop<'a> {
        self.place = Place {
            step: address,
            visit: 0,
        };
        self.aside = true;
        self.walk()
    }

    /// What was waited for did not come.
    pub fn silent(self) -> Walk<'a> {
        if let Some(trace) = self.trace {
            trace.silent(self.place.step);
        }
        self
    }

    /// What did not go is counted before it goes on.
    pub fn skipping(mut self, reason: LeftOut) -> Walk<'a> {
        self.skip(reason);
        self
    }

    /// What stands here is left out.
    fn skip(&mut self, reason: LeftOut) {
        self.effects.push(Effect::Skip(self.place.step, reason));
    }

    /// Keeps a value before it goes on.
    pub fn keep(&mut self, field: &str, value: &str) {
        self.set(field.to_owned(), value.to_owned());
    }

    fn walk(&mut self) -> Stop<'a> {
        let revision = self.revision;
        loop {
            let instruction = revision.campaign.program.at(self.place.step);
            // What comes after a wait is asked about when the wait is over, the day of a field too: it may be another by then.
            let is_asked = match &instruction.deed {
                Deed::Wait { until, .. } => matches!(until, Until::At(moment) if moment.field().is_some()),
                _ => true,
            };
            if self.due_at > self.now && is_asked {
                return self.depart(self.due_at);
            }
            self.note();
            match self.step(&instruction.deed) {
                Next::On => self.place.step += 1,
                Next::To(address) => self.place.step = address,
                Next::Stop(stop) => return stop,
            }
        }
    }

    /// A text that is still to go is not done.
    fn note(&self) {
        let at = self.place.step;
        let is_send = matches!(self.revision.campaign.program.at(at).deed, Deed::Send(_));
        let goes = !is_send || (self.aside && !self.mute);
        if let Some(trace) = self.trace.filter(|_| goes) {
            trace.done(at);
        }
    }

    fn step(&mut self, deed: &'a Deed) -> Next<'a> {
        match deed {
            Deed::Send(send) => match self.aside {
                true => {
                    self.answer(send);
                    Next::On
                }
                false => Next::Stop(self.depart(self.now)),
            },
            Deed::Wait { until, too_late } => self.wait(until, *too_late),
            Deed::Arrive(_) => Next::On,
            Deed::Open => self.deeper(UNCLEAR + 1),
            Deed::Close => self.higher(UNCLEAR + 1),
            Deed::Listen(listen) => Next::Stop(self.depart(self.after(listen.within, self.now))),
            Deed::Await { what, within, .. } => match self.holds(what) {
                true => Next::On,
                false => Next::Stop(self.depart(self.after(*within, self.now))),
            },
            Deed::Check {
                when,
                unless,
                otherwise,
            } => self.check(when.as_ref(), unless.as_ref(), *otherwise),
            Deed::Choose { ways, otherwise } => Next::To(self.choose(ways, *otherwise)),
            Deed::Split { name, arms } => Next::To(self.split(name, arms)),
            Deed::Repeat { times } => self.deeper(*times),
            Deed::Round { times, until, end } => {
                match until.as_ref().is_some_and(|until| self.holds(until)) {
                    true => {
                        self.higher(*times);
                        Next::To(*end)
                    }
                    false => Next::On,
                }
            }
            Deed::Again { times, every, round } => self.again(*times, *every, *round),
            Deed::Goto(address) => Next::To(*address),
            Deed::Return => Next::Stop(Stop::Back),
            Deed::Finish(reason) => {
                self.effects.push(Effect::Finish(reason.clone()));
                let enrolment = Enrolment {
                    place: self.place,
                    ..self.enrolment.ended()
                };
                Next::Stop(Stop::At(enrolment))
            }
            // What comes next may ask for the answer.
            Deed::Call(call) if call.save.is_some() && !self.aside => {
                self.deed(deed);
                self.place.step += 1;
                Next::Stop(self.depart(self.now))
            }
            Deed::Tag(_)
            | Deed::Untag(_)
            | Deed::Set(_)
            | Deed::Join(_)
            | Deed::Leave(_)
            | Deed::Forward(_)
            | Deed::Notify { .. }
            | Deed::Call(_)
            | Deed::Start(_) => {
                self.deed(deed);
                Next::On
            }
        }
    }

    /// What is done at once.
    fn deed(&mut self, deed: &Deed) {
        match deed {
            Deed::Join(_) | Deed::Start(_) if self.mute => self.muted = true,
            Deed::Tag(tag) => self.change_person(Change::Tag(tag.clone())),
            Deed::Untag(tag) => {
                self.change_person(Change::Untag(tag.clone()));
            }
            Deed::Set(values) => values.iter().for_each(|(field, text)| match self.text(text) {
                Ok(value) if !self.revision.fits(field, &value) => {
                    self.skip(LeftOut::IllTyped(field.clone()));
                }
                Ok(value) => self.set(field.clone(), value),
                Err(reason) => self.skip(reason),
            }),
            Deed::Join(list) => self.change(Change::Join(list.clone())),
            Deed::Leave(list) => self.change(Change::Leave(list.clone())),
            Deed::Forward(inbox) => self.change(Change::Forward(inbox.clone())),
            Deed::Notify { to, text } => match self.text(text) {
                Ok(text) => self.change(Change::Notify { to: to.clone(), text }),
                Err(reason) => self.skip(reason),
            },
            Deed::Call(call) => match self.request(call) {
                Ok(request) => self.change(Change::Call(request)),
                Err(reason) => self.skip(reason),
            },
            Deed::Start(campaign) => self.change(Change::Start {
                campaign: campaign.clone(),
                values: self.person().carried(),
            }),
            _ => {}
        }
    }

    fn change(&mut self, change: Change) {
        self.effects.push(Effect::Change(change));
    }

    fn set(&mut self, field: String, value: String) {
        self.change_person(Change::Set(field, value));
    }

    /// What comes further on sees it.
    fn change_person(&mut self, change: Change) {
        self.known.to_mut().change(&change);
        self.change(change);
    }

    pub fn person(&self) -> Person<'_> {
        Person {
            revision: self.revision,
            member: self.enrolment.member,
            known: &self.known,
            now: self.now,
        }
    }

    pub fn holds(&self, condition: &Condition) -> bool {
        self.person().holds(condition)
    }

    fn text(&self, text: &Localised) -> Result<String, LeftOut> {
        let template = &text.0[usize::from(self.enrolment.member.language)];
        self.revision.fill(template, self.enrolment.member, &self.known)
    }

    fn request(&self, call: &Call) -> Result<Request, LeftOut> {
        let request = Request::of(call, self.revision, self.enrolment.member, &self.known)?;
        // What a rule for replies does moves nobody.
        let waits = call.save.is_some() && !self.aside;
        Ok(Request { waits, ..request })
    }

    fn answer(&mut self, send: &Send) {
        let message = send.message;
        if self.mute {
            self.muted = true;
            return;
        }
        if !may_text(send, self.enrolment.member.phone) {
            return self.skip(not_by_sender(self.revision, send));
        }
        if is_loop(&self.known, self.now) {
            return self.skip(LeftOut::TooManyAnswers);
        }
        let text = super::text_for(self.revision, message, self.enrolment.member, &self.known);
        match text {
            Ok((text, _)) => self.effects.push(Effect::Answer {
                text,
                of: AnswerOf::Message(message),
                sender: send.sender.clone(),
            }),
            Err(reason) => self.skip(reason),
        }
    }

    /// A step whose conditions cannot be decided is passed over, and counted.
    fn check(
        &mut self,
        when: Option<&Condition>,
        unless: Option<&Condition>,
        otherwise: Address,
    ) -> Next<'a> {
        let verdict = |condition: Option<&Condition>, absent| {
            condition.map_or(Ok(absent), |condition| match self.person().verdict(condition) {
                Verdict::Holds => Ok(true),
                Verdict::Fails => Ok(false),
                Verdict::Undecided(name) => Err(name.to_owned()),
            })
        };
        match (verdict(when, true), verdict(unless, false)) {
            (Ok(true), Ok(false)) => Next::On,
            (Ok(false), _) | (_, Ok(true)) => Next::To(otherwise),
            (Err(name), _) | (_, Err(name)) => {
                self.skip(LeftOut::StepUndecided(name));
                Next::To(otherwise)
            }
        }
    }

    fn choose(&mut self, ways: &[(Condition, Address)], otherwise: Address) -> Address {
        let mut undecided = vec![];
        let mut taken = otherwise;
        for (condition, way) in ways {
            match self.person().verdict(condition) {
                Verdict::Holds => {
                    taken = *way;
                    break;
                }
                Verdict::Fails => {}
                Verdict::Undecided(name) => undecided.push(name.to_owned()),
            }
        }
        for name in undecided {
            self.skip(LeftOut::StepUndecided(name));
        }
        taken
    }

    fn split(&self, name: &str, arms: &[Arm]) -> Address {
        arms[way_of(self.revision, (name, arms), self.enrolment.member, &self.known)].then
    }

    fn wait(&mut self, until: &Until, too_late: Address) -> Next<'a> {
        match until {
            Until::Over(time) => self.due_at = self.after(*time, self.due_at),
            Until::At(moment) => {
                let Some(at) = self.person().moment(moment, self.earliest(moment)) else {
                    let name = moment.field().unwrap_or_default().to_owned();
                    self.skip(LeftOut::WaitUndecided(name));
                    return Next::To(too_late);
                };
                if self.known.began_at.is_some_and(|began| at < began) {
                    self.skip(LeftOut::TooLate);
                    return Next::To(too_late);
                }
                self.due_at = self.due_at.max(at);
                self.by_moment = true;
            }
        }
        Next::On
    }

    /// From when a moment may come. Behind a text a time of day does not come at once: else the second in which the rate let
    /// that text go would decide whether the next one goes in the same minute or a day later.
    fn earliest(&self, moment: &Moment) -> DateTime<Utc> {
        let Place { step, visit } = self.place;
        let texted = || !self.by_moment && self.revision.campaign.program.texts_before(step, visit);
        match moment {
            Moment::TimeOfDay(_) if texted() => self.due_at + TimeDelta::seconds(1),
            Moment::TimeOfDay(_) | Moment::Time(_) | Moment::Day { .. } => self.due_at,
        }
    }

    fn again(&mut self, times: u16, every: WaitTime, round: Address) -> Next<'a> {
        let round_before = self.place.visit % u32::from(times);
        if round_before + 1 >= u32::from(times) {
            self.higher(times);
            return Next::On;
        }
        self.place = Place {
            step: round,
            visit: self.place.visit + 1,
        };
        Next::Stop(self.depart(self.after(every, self.now)))
    }

    /// A count begins, from none: it is one more digit of the visit.
    fn deeper(&mut self, most: u16) -> Next<'a> {
        // There are no more than a visit can count: the check of a campaign refuses them.
        self.place.visit = self.place.visit.saturating_mul(u32::from(most.max(1)));
        Next::On
    }

    /// A count is over.
    fn higher(&mut self, most: u16) -> Next<'a> {
        self.place.visit /= u32::from(most.max(1));
        Next::On
    }

    fn after(&self, time: WaitTime, from: DateTime<Utc>) -> DateTime<Utc> {
        self.known.after(self.revision, time, from)
    }

    fn depart(&mut self, due_at: DateTime<Utc>) -> Stop<'a> {
        let due_at = slot(due_at, self.now);
        self.effects.push(Effect::Depart(self.place, due_at));
        Stop::At(Enrolment {
            place: self.place,
            state: State::Waiting,
            due_at,
            ..self.enrolment
        })
    }
}

/// What follows an instruction.
enum Next<'a> {
    On,
    To(Address),
    Stop(Stop<'a>),
}

/// In milliseconds.
pub(super) const MINUTE: i64 = 60_000;

/// The slot of a due time: a minute, so that members who move on alike meet; a second for what is due at once.
pub fn slot(due_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    round_up(due_at, if due_at <= now { 1_000 } else { MINUTE })
}

/// Up to whole so many milliseconds.
pub fn round_up(at: DateTime<Utc>, milliseconds: i64) -> DateTime<Utc> {
    let over = at.timestamp_millis().rem_euclid(milliseconds);
    let at = DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at);
    match over {
        0 => at,
        over => at
            .checked_add_signed(TimeDelta::milliseconds(milliseconds - over))
            .unwrap_or(at),
    }
}
