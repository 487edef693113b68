//! A window: members whose intent is committed, from `advance` to the record of their answers.

mod known;
mod opening;
mod outcome;
mod refused;
mod rows;
mod settle;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use super::lane::Held;
use super::{Executor, RECORD_WITHIN, Step};
use crate::advance::{Effect, Enrolment, Event, Facts, State, advance};
use crate::halt::ENOUGH;
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::left_out::LeftOut;
use crate::member::Doubt;
use crate::provider::{Answer, Found};
use crate::revision::Revision;
use crate::store::{ClaimedCohort, CohortKind, Intent, KnownOf, MessageState, WindowRecord};
use crate::texts;

use known::KnownPeople;
pub(super) use opening::Opening;
pub(super) use outcome::Outcome;
use rows::MessageRows;
pub(super) use turns::{Taken, Turns};

/// The id of a window's texts in the store.
pub(super) type WindowId = i64;

pub(super) struct Window {
    /// All of it is of this launch.
    pub launch: LaunchId,
    pub sender: String,
    /// Whom its texts go to.
    pub route: u8,
    /// When its members were free to go.
    pub intended_at: DateTime<Utc>,
    /// Cohorts and which of their members.
    pub slices: Vec<(CohortId, Range<usize>)>,
    /// Members who get a text, or whose text is looked up.
    pub sends: Vec<Send>,
    /// Members who move without one: cohort, index, what is to be done.
    pub moves: Vec<(CohortId, usize, Effect)>,
    /// What is known of its members.
    pub known: KnownPeople,
    /// Who of them has their turn; none where nobody asks what others bring about.
    pub taken: Option<Taken>,
    /// Members whose turn failed by a fault of ours: cohort, index, why.
    pub faults: Vec<(CohortId, usize, String)>,
    /// The texts are in the store.
    texts_recorded: bool,
    /// A record of it is under way.
    pub recording: bool,
    /// Since when an answer waits to be recorded.
    pub unrecorded_since: Option<Duration>,
}

/// A text of a window.
pub(super) struct Send {
    pub cohort: CohortId,
    pub index: usize,
    pub message: MessageId,
    pub phone: PhoneNumber,
    pub what: What,
    /// Whom it goes to.
    pub route: u8,
    /// An earlier submit of it was not answered.
    pub was_in_doubt: bool,
    /// It goes once more although the first may have been taken.
    pub is_resent: bool,
    /// It answers a reply: it goes out whatever the person said, and moves nobody.
    pub is_answer: bool,
    /// When its request began.
    pub submitted_at: Option<DateTime<Utc>>,
    /// And when that was known.
    pub outcome: Option<(Outcome, DateTime<Utc>)>,
    pub recorded: bool,
}

/// What is asked of the provider.
pub(super) enum What {
    /// Submit this text of this many parts.
    Submit { text: String, parts: u32 },
    /// Say whether it has the message.
    LookUp,
}

impl Send {
    /// Parts that it submits.
    pub fn parts(&self) -> u32 {
        match &self.what {
            What::Submit { parts, .. } => *parts,
            What::LookUp => 0,
        }
    }
}

impl Executor {
    /// Cohorts came, with the intent of their first window. Those of an earlier process are settled first, each by
    /// itself; nothing of them is submitted now.
    pub(super) fn claimed(&mut self, sender: &str, launch: LaunchId, cohorts: Vec<ClaimedCohort>) {
        let lane = self.lane(sender);
        lane.claiming = None;
        let (mut fresh, mut left) = (vec![], vec![]);
        for cohort in cohorts {
            let id = cohort.id;
            let in_window = cohort.intent_to > cohort.done;
            if cohort.in_doubt {
                left.push(id)
            } else if in_window {
                fresh.push(id)
            }
            lane.held.insert(id, Held { in_window, cohort });
        }
        for id in left {
            self.lane(sender).windows += 1;
            self.open_window(sender, launch, vec![id], true);
        }
        if fresh.is_empty() {
            self.nothing_goes(sender);
            return;
        }
        self.lane(sender).windows += 1;
        self.open_window(sender, launch, fresh, false);
    }

    /// These got no intent after all, and what was reserved for them is free again.
    fn take_back(&mut self, sender: &str, launch: LaunchId, cohorts: &[CohortId]) {
        let launched = self.of(launch);
        let held = || cohorts.iter().filter_map(|id| self.lanes[sender].held.get(id));
        let cost = launched.budget.as_ref().map_or(0, |budget| {
            let revision = &launched.revision;
            let of_one = |held: &Held| -> i64 {
                held.intended()
                    .map(|index| budget.cost(revision, &held.cohort, index))
                    .sum()
            };
            held().map(of_one).sum()
        });
        let reserved_at = held().next().map(|held| held.cohort.intended_at);
        let reserved_at = reserved_at.unwrap_or_else(|| self.clock.now());
        // Nothing of it stands in the store.
        self.release(launch, cost, reserved_at);
        self.lane(sender).unpick(cohorts);
    }

    /// A claim brought nothing to submit.
    pub(super) fn nothing_goes(&mut self, sender: &str) {
        let lane = self.lane(sender);
        lane.intending = false;
        for route in 0..u8::try_from(lane.routes.len()).unwrap_or(u8::MAX) {
            self.never_mind(sender, route);
        }
    }

    /// A record was committed; the members it gave an intent go out now.
    pub(super) fn recorded(&mut self, sender: &str, next: Vec<CohortId>, intent: Intent, full: bool) {
        self.stopped.note(&intent.suppressed);
        let first = next.first().and_then(|id| self.lanes[sender].held.get(id));
        let Some(launch) = first.map(|held| held.cohort.launch) else {
            self.lane(sender).windows -= 1;
            return;
        };
        let stopped = intent.stopped.contains(&launch);
        if full || stopped {
            // The record out of the reserve gave no intent, and what does not run gets none.
            self.take_back(sender, launch, &next);
            self.nothing_goes(sender);
            if stopped {
                self.ask_what_stopped_it(launch);
            }
        } else {
            self.open_window(sender, launch, next, false);
        }
    }

    /// Asks `advance` for each member whose intent is committed and whose turn it is, and submits. Where it settles, an
    /// earlier process may have submitted them, so what it knew stands for the answers.
    pub(super) fn begin_window(&mut self, opening: Opening, known: KnownOf) {
        let Opening {
            sender,
            launch,
            cohorts,
            settle,
            taken,
        } = opening;
        let id = self.next_window;
        self.next_window += 1;
        let held = cohorts.first().and_then(|id| self.lanes[&sender].held.get(id));
        let launched = self.of(launch);
        let mut window = Window {
            launch,
            sender: sender.clone(),
            route: held.map_or(0, |held| held.cohort.route),
            intended_at: held.map_or_else(|| self.clock.now(), |held| held.cohort.intended_at),
            slices: vec![],
            sends: vec![],
            moves: vec![],
            known: KnownPeople::new(&launched.revision, launched.row.starts_at, known),
            taken,
            faults: vec![],
            texts_recorded: false,
            recording: false,
            unrecorded_since: None,
        };
        let now = self.clock.now();
        for cohort in cohorts {
            let Some(held) = self.lanes[&sender].held.get(&cohort) else {
                continue;
            };
            window.slices.push((cohort, held.intended()));
            window.known.learn_zones(&launched.revision, &held.cohort);
            for index in held
                .intended()
                .filter(|index| !held.cohort.departed.contains(index))
            {
                if window
                    .taken
                    .as_ref()
                    .is_some_and(|taken| taken.waits(cohort, index))
                {
                    let waits = Effect::Depart(held.cohort.place, held.cohort.due_at);
                    window.moves.push((cohort, index, waits));
                    continue;
                }
                if held.cohort.overtaken.contains(&index) {
                    let passed = Effect::Skip(held.cohort.place.step, LeftOut::Overtaken);
                    window.moves.push((cohort, index, passed));
                    continue;
                }
                // One member at which our own code fails must not stop the others.
                let asked = catch_unwind(AssertUnwindSafe(|| {
                    self.ask(&launched.revision, &held.cohort, index, settle, now, &mut window);
                }));
                if asked.is_err() {
                    let why = "crier failed at this person; the log has the place".to_owned();
                    window.faults.push((cohort, index, why));
                }
            }
        }
        let launched = self.of_mut(launch);
        for send in window.sends.iter().filter(|send| !send.is_answer) {
            match &send.outcome {
                Some((Outcome::InDoubt, _)) => launched.doubt(send.message),
                Some((Outcome::Known(known), _)) if known.state >= MessageState::Accepted => {
                    launched.receipt_of(send.message);
                }
                Some(_) | None => {}
            }
        }
        self.windows.insert(id, window);
        if settle {
            self.finish_window(id);
        } else {
            self.submit(id);
        }
    }

    /// What a member whose turn came does.
    fn ask(
        &self,
        revision: &Revision,
        cohort: &ClaimedCohort,
        index: usize,
        settle: bool,
        now: DateTime<Utc>,
        window: &mut Window,
    ) {
        let member = &cohort.members[index];
        if cohort.kind == CohortKind::Answer && member.doubt() == Doubt::LookUp {
            return window.sends.push(send_of(cohort, index, What::LookUp, settle));
        }
        if cohort.kind == CohortKind::Answer {
            let text = member.values.first().map(ToString::to_string).unwrap_or_default();
            let parts = sms::parts::measure(&text).part_count;
            return window
                .sends
                .push(send_of(cohort, index, What::Submit { text, parts }, settle));
        }
        // Whoever may have been texted by an earlier process was not left out: that is not asked again.
        let opted_out = !settle && self.is_suppressed(member.phone);
        let enrolment = Enrolment {
            member,
            place: cohort.place,
            state: State::Waiting,
            due_at: cohort.due_at,
        };
        let facts = Facts {
            opted_out,
            known: window.known.of(cohort, member),
            ..Facts::default()
        };
        let (_, effects) = advance(revision, enrolment, facts, &Event::Due(cohort.place), now);
        for effect in effects {
            match effect {
                Effect::Send { text, parts } => {
                    window
                        .sends
                        .push(send_of(cohort, index, What::Submit { text, parts }, settle));
                }
                Effect::LookUp => window.sends.push(send_of(cohort, index, What::LookUp, settle)),
                other => window.moves.push((cohort.id, index, other)),
            }
        }
    }

    pub(super) fn is_suppressed(&self, phone: PhoneNumber) -> bool {
        self.stopped.holds(phone.as_u64())
    }

    pub(super) fn cohort(&self, sender: &str, id: CohortId) -> &ClaimedCohort {
        &self.lanes[sender]
            .held
            .get(&id)
            .expect("a cohort stays in hand while a window is about it")
            .cohort
    }

    /// A request was answered: the window is recorded when all are.
    pub(super) fn answered(
        &mut self,
        id: WindowId,
        outcomes: Vec<(usize, Outcome)>,
        [begun_at, at]: [DateTime<Utc>; 2],
    ) {
        let now = self.clock.monotonic();
        if !self.windows.contains_key(&id) {
            return;
        }
        let exceptions = self.judge_ways(id, &outcomes);
        let window = self.windows.get_mut(&id).expect("it is there");
        let launch = window.launch;
        let launched = self.launches.get_mut(&launch);
        let launched = launched.expect("it stays while a window is about it");
        for (index, outcome) in outcomes {
            let send = &mut window.sends[index];
            let outcome = match exceptions.contains(&send.route) {
                true => outcome.of_the_text(),
                false => outcome,
            };
            if !send.is_answer {
                launched.count(send.message, &outcome, send.was_in_doubt, send.is_resent);
            }
            send.submitted_at = matches!(send.what, What::Submit { .. }).then_some(begun_at);
            send.outcome = Some((outcome, at));
        }
        window.unrecorded_since.get_or_insert(now);
        self.halt_after(launch, ENOUGH);
        self.finish_window(id);
    }

    /// What was answered says something of the ways that it went; the ways of which it says that they are free all the same
    /// where a text could not be taken.
    fn judge_ways(&mut self, id: WindowId, outcomes: &[(usize, Outcome)]) -> BTreeSet<u8> {
        let window = &self.windows[&id];
        let sender = window.sender.clone();
        let mut answers: BTreeMap<u8, Vec<Answer>> = BTreeMap::new();
        let mut look_ups: BTreeMap<u8, Vec<Found>> = BTreeMap::new();
        for (index, outcome) in outcomes {
            let route = window.sends[*index].route;
            match outcome {
                Outcome::Answered(answer) => answers.entry(route).or_default().push(answer.clone()),
                Outcome::LookedUp(found) => look_ups.entry(route).or_default().push(found.clone()),
                Outcome::OptedOut | Outcome::Withheld | Outcome::Known(_) | Outcome::InDoubt => {}
            }
        }
        let mut free = BTreeSet::new();
        for (route, answers) in answers {
            let provider = self.lanes[&sender].routes[usize::from(route)].clone();
            if self.judge(&sender, &provider, &answers) {
                free.insert(route);
            }
            self.expect_inbound(&provider);
        }
        for (route, found) in look_ups {
            let provider = self.lanes[&sender].routes[usize::from(route)].clone();
            self.judge_look_ups(&sender, &provider, &found);
            self.expect_inbound(&provider);
        }
        free
    }

    /// Records the answers of windows that take their time.
    pub(super) fn record_slow_windows(&mut self) {
        let now = self.clock.monotonic();
        let is_slow = |window: &Window| {
            !window.recording
                && window
                    .unrecorded_since
                    .is_some_and(|since| now >= since + RECORD_WITHIN)
        };
        let slow: Vec<WindowId> = self
            .windows
            .iter()
            .filter(|(_, w)| is_slow(w))
            .map(|(id, _)| *id)
            .collect();
        for id in slow {
            let Some(mut window) = self.windows.remove(&id) else {
                continue;
            };
            let (suppressions, dead) = self.refusals(&window);
            let record = WindowRecord {
                in_part: true,
                suppressions,
                dead,
                messages: self.message_rows(id, &mut window, MessageRows::Answered),
                texts: texts_of(id, &mut window),
                suppressions_known: self.stopped.known,
                ..WindowRecord::default()
            };
            window.recording = true;
            window.unrecorded_since = None;
            let launch = window.launch;
            self.windows.insert(id, window);
            let store = self.store.clone();
            self.deed(launch, async move {
                let (intent, full) = settle::record_surely(&store, record).await?;
                Ok(Step::PartRecorded {
                    window: id,
                    launch,
                    settled: intent.settled,
                    full,
                })
            });
        }
    }
}

/// A text for a member. Of one whom an earlier process may have texted it is known already what became of it.
fn send_of(cohort: &ClaimedCohort, index: usize, what: What, settle: bool) -> Send {
    let outcome = match cohort.known.get(&index) {
        Some(known) if known.recorded => Some((Outcome::Known(*known), known.sent_at)),
        Some(known) => Some((Outcome::Answered(Answer::Accepted), known.sent_at)),
        None => settle.then_some((Outcome::InDoubt, cohort.intended_at)),
    };
    Send {
        cohort: cohort.id,
        index,
        message: cohort.message(index),
        phone: cohort.members[index].phone,
        what,
        route: cohort.route_of(index),
        was_in_doubt: cohort.members[index].doubt().is_any(),
        is_resent: cohort.members[index].is_resent(),
        is_answer: cohort.kind == CohortKind::Answer,
        submitted_at: None,
        outcome,
        recorded: false,
    }
}

/// The texts of a window, once.
fn texts_of(id: WindowId, window: &mut Window) -> Option<(WindowId, Vec<u8>)> {
    if std::mem::replace(&mut window.texts_recorded, true) {
        return None;
    }
    let submitted = window.sends.iter().filter_map(|send| match &send.what {
        What::Submit { text, .. } => Some((send.message, text.as_str())),
        What::LookUp => None,
    });
    let mut submitted = submitted.peekable();
    submitted.peek()?;
    Some((id, texts::encode(submitted)))
}
