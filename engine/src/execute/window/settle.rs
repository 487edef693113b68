//! A window that is complete: what its answers mean for each member, and the record of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::rows::MessageRows;
use super::{Outcome, Send, Window, WindowId, texts_of};
use crate::advance::{Change, Effect, Enrolment, Facts, Place, Request, State, advance, of_answer, round_up};
use crate::errand::{Waits, given_up_at};
use crate::execute::ready::Move;
use crate::execute::{Executor, Step};
use crate::ids::{CohortId, MessageId, NO_RUN, OTHERS_RUN};
use crate::left_out::LeftOut;
use crate::member::{Doubt, Member, Pending};
use crate::provider::{Found, Resolve};
use crate::store::{
    CohortKind, DeadLetter, Intent, LaunchState, LeftOutRow, MessageRow, MessageState, NewCohort, Note,
    NoteRow, Progress, Store, StoreError, Suppression, Turn, WindowRecord,
};

/// Where members go together: same kind, run, place, turn, moment, zones.
type Way = (CohortKind, u32, Place, Turn, DateTime<Utc>, String);

/// What a window comes to, while it is put together.
#[derive(Default)]
pub(super) struct Settled {
    left_out: Vec<LeftOutRow>,
    departing: BTreeMap<Way, Vec<Member>>,
    /// Messages that were in doubt and turn out not to be taken.
    not_taken: Vec<MessageId>,
    /// Messages that get their end without an answer.
    ended: Vec<MessageRow>,
    pub dead: Vec<DeadLetter>,
    /// Messages whose letters an earlier record of the window holds.
    pub freed: Vec<MessageId>,
    notes: Vec<NoteRow>,
    /// The call whose answer the person waits for that is about to depart.
    calling: Option<Request>,
    suppressions: Vec<Suppression>,
    /// Members whose way is shut: they stay.
    blocked: Vec<(CohortId, usize)>,
    /// When the first of the ways that are shut may be free again.
    back: Option<DateTime<Utc>>,
    /// What was reserved for texts that were not taken.
    released: i64,
}

impl Executor {
    /// Records a window if every text of it has its answer, nobody in it waits for another one, and nothing else of it is
    /// being recorded.
    pub(in crate::execute) fn finish_window(&mut self, id: WindowId) {
        let complete = |window: &Window| {
            let taken = window.taken.as_ref();
            !window.recording
                && window.sends.iter().all(|send| send.outcome.is_some())
                && taken.is_none_or(|taken| self.turns.are_over(taken))
        };
        if !self.windows.get(&id).is_some_and(complete) {
            return;
        }
        let Some(mut window) = self.windows.remove(&id) else {
            return;
        };
        let mut settled = Settled::default();
        self.never_mind(&window.sender, window.route);
        for (cohort, index, reason) in std::mem::take(&mut window.faults) {
            self.bury(&window.sender, cohort, index, reason, &mut settled);
        }
        let mut given_back = BTreeSet::new();
        for (cohort, index, effect) in std::mem::take(&mut window.moves) {
            if given_back.insert((cohort, index)) {
                settled.released += self.cost(&window.sender, cohort, index);
            }
            let withdrawn = self.withdraw(&window.sender, (cohort, index), &effect, false, &mut settled);
            // Who only misses a text goes on.
            if withdrawn && !matches!(effect, Effect::Skip(..)) {
                continue;
            }
            let now = self.clock.now();
            self.apply_move(&window.sender, cohort, index, effect, now, &mut settled);
        }
        for send in &window.sends {
            self.settle_send(&window, send, &mut settled);
        }
        let record = self.record_of(id, &mut window, settled);
        self.commit(window, record);
    }

    fn settle_send(&self, window: &Window, send: &Send, settled: &mut Settled) {
        let sender = window.sender.as_str();
        let Some((outcome, at)) = &send.outcome else {
            return;
        };
        if outcome.is_not_taken() {
            settled.released += self.given_back(sender, send, outcome);
        }
        if outcome.blocks() {
            let back = self.free_again(sender, send);
            settled.back = Some(settled.back.map_or(back, |other| other.min(back)));
            settled.blocked.push((send.cohort, send.index));
            return;
        }
        let cohort = self.cohort(sender, send.cohort);
        if *outcome == Outcome::LookedUp(Found::NotKnown) && !cohort.members[send.index].is_resent() {
            settled.not_taken.push(send.message);
        }
        if send.is_answer {
            return self.settle_answer(sender, send, outcome, *at, settled);
        }
        let member = &cohort.members[send.index];
        let enrolment = Enrolment {
            member,
            place: cohort.place,
            state: State::Submitting,
            due_at: cohort.due_at,
        };
        let launched = self.of(window.launch);
        let facts = Facts {
            opted_out: self.is_suppressed(member.phone),
            cancelled: launched.state == LaunchState::Cancelled,
            known: window.known.of(cohort, member),
            ..Facts::default()
        };
        let event = outcome.event(cohort.place, self.resolution(sender, send));
        let (_, effects) = advance(&launched.revision, enrolment, facts, &event, *at);
        self.bury_refused(sender, send, outcome, settled);
        for effect in effects {
            let unsent = matches!(outcome, Outcome::OptedOut | Outcome::LookedUp(Found::NotKnown));
            let certain = outcome.settles_doubt();
            if !(unsent && self.withdraw(sender, (send.cohort, send.index), &effect, certain, settled)) {
                self.apply(sender, send, effect, *at, settled);
            }
        }
    }

    /// Gives a member up at which our own code failed.
    fn bury(&self, sender: &str, id: CohortId, index: usize, reason: String, settled: &mut Settled) {
        settled.released += self.cost(sender, id, index);
        settled
            .ended
            .push(self.ended_row(sender, id, index, reason.clone()));
        settled.dead.push(self.dead_letter(sender, id, index, reason));
    }

    /// What the intent of a member reserved.
    fn cost(&self, sender: &str, id: CohortId, index: usize) -> i64 {
        let cohort = self.cohort(sender, id);
        let launched = self.of(cohort.launch);
        let cost = |budget: &crate::execute::budget::Budget| budget.cost(&launched.revision, cohort, index);
        launched.budget.as_ref().map_or(0, cost)
    }

    /// What was reserved for a text that was not taken this time. What an earlier submit reserved stands until it is known
    /// that none was taken.
    fn given_back(&self, sender: &str, send: &Send, outcome: &Outcome) -> i64 {
        let cohort = self.cohort(sender, send.cohort);
        let launched = self.of(cohort.launch);
        let Some(budget) = &launched.budget else { return 0 };
        let none_taken = match cohort.members[send.index].doubt() {
            Doubt::None | Doubt::Resent => true,
            Doubt::LookUp | Doubt::Refused => outcome.settles_doubt(),
        };
        let price = budget.price(&launched.revision, cohort, send.index);
        match outcome {
            _ if !none_taken => 0,
            Outcome::LookedUp(_) => budget.after_look_up(price),
            _ => price,
        }
    }

    /// Somebody left out while a message was to be tried again: the message stands in the store and gets its end there, so
    /// that nobody is counted twice. `certain`: it is known that no earlier submit was taken.
    fn withdraw(
        &self,
        sender: &str,
        (id, index): (CohortId, usize),
        effect: &Effect,
        certain: bool,
        settled: &mut Settled,
    ) -> bool {
        let member = &self.cohort(sender, id).members[index];
        let reason = match effect {
            Effect::LeaveOut(reason) | Effect::Skip(_, reason) => Some(reason.to_string()),
            _ => None,
        };
        let Some(reason) = reason.filter(|_| member.pending.is_some()) else {
            return false;
        };
        let never_taken = certain && !member.is_resent();
        let cancelled = *effect == Effect::LeaveOut(LeftOut::Cancelled);
        let (state, why) = match never_taken {
            // Nobody refused it: it was not sent, as the texts whose turn had not come.
            true if cancelled => (
                Some(MessageState::Attempting),
                "the provider never had it, and it does not go any more",
            ),
            true => (Some(MessageState::Rejected), "not tried again"),
            false => (None, "not tried again"),
        };
        let row = self.ended_row(sender, id, index, format!("{why}: {reason}"));
        let state = state.unwrap_or(row.state);
        settled.ended.push(MessageRow { state, ..row });
        // One that may have been taken is no text that was left out: the rest is.
        state == MessageState::Rejected || *effect != Effect::LeaveOut(LeftOut::OptedOut)
    }

    /// An answer to a reply moves nobody; it is tried again, or asked about, like any text.
    fn settle_answer(
        &self,
        sender: &str,
        send: &Send,
        outcome: &Outcome,
        at: DateTime<Utc>,
        settled: &mut Settled,
    ) {
        self.bury_refused(sender, send, outcome, settled);
        if *outcome == Outcome::OptedOut {
            let over = Effect::LeaveOut(LeftOut::OptedOut);
            let certain = outcome.settles_doubt();
            self.withdraw(sender, (send.cohort, send.index), &over, certain, settled);
            return;
        }
        let cohort = self.cohort(sender, send.cohort);
        let event = outcome.event(cohort.place, self.resolution(sender, send));
        let effect = of_answer(&cohort.members[send.index], &event, cohort.place, at);
        if let Some(effect) = effect {
            self.apply(sender, send, effect, at, settled);
        }
    }

    /// How the provider that a text went to settles a doubt.
    fn resolution(&self, sender: &str, send: &Send) -> (Resolve, DateTime<Utc>) {
        let route = self.lanes[sender].routes.get(usize::from(send.route));
        self.resolve(route.map_or("", String::as_str))
    }

    /// Writes the effect of an answer down.
    fn apply(&self, sender: &str, send: &Send, effect: Effect, at: DateTime<Utc>, settled: &mut Settled) {
        let cohort = self.cohort(sender, send.cohort);
        let member = &cohort.members[send.index];
        match effect {
            Effect::Retry {
                due_at,
                attempts,
                crashes,
                doubt,
            } => {
                let pending = Some(Pending {
                    message: send.message,
                    attempts,
                    crashes,
                    doubt,
                    resent: member.is_resent() || doubt == Doubt::Resent,
                    route: send.route,
                });
                let member = Member {
                    pending,
                    ..member.clone()
                };
                let way = (
                    cohort.kind,
                    cohort.run,
                    cohort.place,
                    Turn::of(&member),
                    second(due_at),
                    cohort.time_class.clone(),
                );
                settled.departing.entry(way).or_default().push(member);
            }
            Effect::GiveUp(why) => {
                // Nothing is given up but what was definitely not taken.
                let row = self.ended_row(sender, send.cohort, send.index, why.to_string());
                settled.ended.push(MessageRow {
                    state: MessageState::Rejected,
                    ..row
                });
                settled
                    .dead
                    .push(self.dead_letter(sender, send.cohort, send.index, why.to_string()));
            }
            Effect::Suppress => {
                // What is recorded stands, unless the person opted in since.
                if !send.recorded {
                    settled.suppressions.push(self.suppression(sender, send, at));
                }
            }
            other @ (Effect::Depart(..)
            | Effect::LeaveOut(_)
            | Effect::Finish(_)
            | Effect::Skip(..)
            | Effect::Allow
            | Effect::Change(_)
            | Effect::Send { .. }
            | Effect::LookUp
            | Effect::Answer { .. }
            | Effect::SetAside(_)
            | Effect::Keep { .. }) => self.apply_move(sender, send.cohort, send.index, other, at, settled),
        }
    }

    /// Writes an effect down that is about no text.
    fn apply_move(
        &self,
        sender: &str,
        id: CohortId,
        index: usize,
        effect: Effect,
        at: DateTime<Utc>,
        settled: &mut Settled,
    ) {
        let cohort = self.cohort(sender, id);
        let member = &cohort.members[index];
        let (launch, run, phone) = (cohort.launch, cohort.run, member.phone);
        let note = |note, settled: &mut Settled| {
            settled.notes.push(NoteRow {
                launch,
                run,
                phone,
                at,
                note,
            });
        };
        match effect {
            Effect::Depart(place, due_at) => {
                let due_at = match settled.calling.take() {
                    None => due_at,
                    Some(request) => {
                        let run = cohort.run;
                        let waits = Some(Waits { run, place });
                        note(Note::Called { request, waits }, settled);
                        given_up_at(at)
                    }
                };
                // Who is held where they are keep the message that is tried again.
                let pending = member.pending.filter(|_| place == cohort.place);
                let member = Member {
                    pending,
                    ..member.clone()
                };
                let way = (
                    cohort.kind,
                    cohort.run,
                    place,
                    Turn::of(&member),
                    due_at,
                    cohort.time_class.clone(),
                );
                settled.departing.entry(way).or_default().push(member);
            }
            Effect::LeaveOut(reason) => settled.left_out.push(LeftOutRow {
                launch: cohort.launch,
                phone: member.phone,
                at_row: 0,
                run: cohort.run,
                step: cohort.place.step,
                reason,
                at,
            }),
            Effect::Finish(Some(reason)) => note(Note::Finished(reason), settled),
            Effect::Finish(None) => {}
            // Somebody in no campaign has no step of it, nor in another one than sends the answer.
            Effect::Skip(..) if matches!(run, NO_RUN | OTHERS_RUN) => {}
            Effect::Skip(step, reason) => note(Note::Skipped { step, reason }, settled),
            Effect::Change(Change::Call(request)) if request.waits => settled.calling = Some(request),
            Effect::Change(change) => note(Note::of(change), settled),
            // Only a reply has some of these, and replies are folded elsewhere; only `Due` sends; only an answer to a text
            // leads to the others.
            Effect::Send { .. }
            | Effect::LookUp
            | Effect::Retry { .. }
            | Effect::GiveUp(_)
            | Effect::Suppress
            | Effect::Allow
            | Effect::Answer { .. }
            | Effect::SetAside(_)
            | Effect::Keep { .. } => {}
        }
    }

    fn record_of(&mut self, id: WindowId, window: &mut Window, settled: Settled) -> WindowRecord {
        let mut messages = self.message_rows(id, window, MessageRows::All);
        messages.extend(settled.ended);
        let back = settled.back;
        let mut record = WindowRecord {
            messages,
            texts: texts_of(id, window),
            not_taken: settled.not_taken,
            left_out: settled.left_out,
            dead: settled.dead,
            freed: settled.freed,
            notes: settled.notes,
            suppressions: settled.suppressions,
            departing: self.new_cohorts(window, settled.departing),
            budgets: self
                .release(window.launch, settled.released, window.intended_at)
                .into_iter()
                .collect(),
            suppressions_known: self.stopped.known,
            keeps_members: self.of(window.launch).revision.keeps_members(),
            ..WindowRecord::default()
        };
        for (cohort, range) in &window.slices {
            self.move_mark(
                &window.sender,
                *cohort,
                range.clone(),
                &settled.blocked,
                back,
                &mut record,
            );
        }
        record
    }

    /// Moves a cohort's mark past a slice. Where members stay behind the mark stops at the first of them, and the
    /// settled ones beyond it have departed.
    fn move_mark(
        &mut self,
        sender: &str,
        id: CohortId,
        range: std::ops::Range<usize>,
        blocked: &[(CohortId, usize)],
        back: Option<DateTime<Utc>>,
        record: &mut WindowRecord,
    ) {
        let stays: Vec<usize> = blocked
            .iter()
            .filter(|(cohort, _)| *cohort == id)
            .map(|(_, index)| *index)
            .collect();
        let lane = self.lanes.get_mut(sender).expect("the window is of this lane");
        let Some(held) = lane.held.get_mut(&id) else {
            return;
        };
        let done = stays.iter().min().copied().unwrap_or(range.end);
        let settled = (done..range.end).filter(|index| !stays.contains(index));
        record.departed.extend(settled.map(|index| (id, index)));
        held.cohort.done = done;
        held.cohort.intent_to = done;
        held.cohort.in_doubt = false;
        held.cohort.known.retain(|index, _| *index >= done);
        let finished = done == held.cohort.members.len();
        let put_back = back.filter(|_| !stays.is_empty());
        record.progress.push(Progress {
            put_back,
            ..held.cohort.progress()
        });
        if finished || put_back.is_some() {
            lane.held.remove(&id);
        }
    }

    /// Where the members of a window go from here. An answer is one person's, and goes on alone: it is found by the number.
    fn new_cohorts(&self, window: &Window, departing: BTreeMap<Way, Vec<Member>>) -> Vec<NewCohort> {
        let campaign = &self.of(window.launch).revision.campaign;
        let cohort = |(kind, run, place, turn, due_at, time_class): Way, members| NewCohort {
            launch: window.launch,
            run,
            kind,
            place,
            turn,
            due_at,
            sender: match kind {
                CohortKind::Passage => campaign.sender_at(place.step).to_owned(),
                CohortKind::Answer => window.sender.clone(),
            },
            time_class,
            members,
        };
        let mut cohorts = vec![];
        for (way, mut members) in departing {
            members.sort_by_key(|member| member.phone);
            match way.0 {
                CohortKind::Passage => cohorts.push(cohort(way, members)),
                CohortKind::Answer => {
                    let alone = members
                        .into_iter()
                        .map(|member| cohort(way.clone(), vec![member]));
                    cohorts.extend(alone);
                }
            }
        }
        cohorts
    }

    /// Sends the record off, with the intent of the next window if the lane can begin one by now.
    fn commit(&mut self, window: Window, mut record: WindowRecord) {
        let sender = window.sender.clone();
        // Until this record is committed no other may be about the cohorts of this window: their marks would meet in any
        // order. The record itself may give them their next intent.
        let own: Vec<CohortId> = window.slices.iter().map(|(cohort, _)| *cohort).collect();
        let lane = self.lane(&sender);
        lane.set_in_window(&own, false);
        // This window makes room for the next.
        lane.windows -= 1;
        let can = self.next_move(&self.lanes[&sender]);
        let next = match can {
            Some(next) if next.act == Move::Intend && next.wait.is_zero() => {
                self.pick(&sender, next.launch, &mut record)
            }
            Some(_) | None => vec![],
        };
        let lane = self.lane(&sender);
        lane.windows += 1;
        lane.set_in_window(&own, true);
        let free = own.into_iter().filter(|id| !next.contains(id)).collect();
        let back = record.progress.iter().filter_map(|progress| progress.put_back);
        let kinds = [CohortKind::Passage, CohortKind::Answer];
        let back = back.flat_map(|at| kinds.map(|kind| (sender.clone(), kind, at)));
        let departing = record.departing.iter();
        let departing = departing.map(|cohort| (cohort.sender.clone(), cohort.kind, cohort.due_at));
        let departed = departing.chain(back).collect();
        let sent = self.handed_over(&window);
        let (launch, taken) = (window.launch, window.taken);
        let (store, in_flight) = (self.store.clone(), self.in_flight.clone());
        self.deed(launch, async move {
            let (intent, full) = record_surely(&store, record).await?;
            let mut in_flight = in_flight.write().expect("no holder of the lock panics");
            for (key, message) in sent {
                if in_flight.get(&key).is_some_and(|to| to.message == message) {
                    in_flight.remove(&key);
                }
            }
            drop(in_flight);
            Ok(Step::Recorded {
                sender,
                launch,
                next,
                intent,
                departed,
                free,
                taken,
                full,
            })
        });
    }

    /// The texts of a window as they stand among those in flight.
    fn handed_over(&self, window: &Window) -> Vec<((u64, Arc<str>), MessageId)> {
        let lane = &self.lanes[&window.sender];
        let key = |send: &Send| ((send.phone.as_u64(), lane.sender.clone()), send.message);
        window.sends.iter().map(key).collect()
    }
}

/// Records answers even when the disk is full, out of the reserve; then no further intent is committed, and the second
/// value says what to end with.
pub(super) async fn record_surely(
    store: &Store,
    mut record: WindowRecord,
) -> Result<(Intent, Option<StoreError>), StoreError> {
    match store.record_window(record.clone()).await {
        Err(full @ StoreError::Full { .. }) => {
            store.spend_reserve().await?;
            record
                .progress
                .iter_mut()
                .for_each(|progress| progress.intent_to = progress.done);
            record.budgets.iter_mut().for_each(|change| change.reserved = 0);
            Ok((store.record_window(record).await?, Some(full)))
        }
        recorded => Ok((recorded?, None)),
    }
}

fn second(at: DateTime<Utc>) -> DateTime<Utc> {
    round_up(at, 1_000)
}
