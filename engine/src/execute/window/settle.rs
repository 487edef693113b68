//! A window that is complete: what its answers mean for each member, and the record of it.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{MessageRows, Outcome, Send, Window, WindowId, state_of};
use crate::advance::{Effect, Enrolment, Event, Facts, MOST_ATTEMPTS, Place, State, advance};
use crate::execute::{Executor, Step};
use crate::ids::{CohortId, MessageId};
use crate::member::{Member, Pending};
use crate::provider::{Answer, Scope};
use crate::store::{
    ClaimedCohort, CohortKind, Intent, LaunchState, LeftOutRow, MessageRow, MessageState, NewCohort,
    Progress, Store, StoreError, WindowRecord,
};

/// Where members go together: same kind, run, place, moment, zones.
type Way = (CohortKind, u32, Place, DateTime<Utc>, String);

/// What a window comes to, while it is put together.
#[derive(Default)]
struct Settled {
    left_out: Vec<LeftOutRow>,
    departing: BTreeMap<Way, Vec<Member>>,
    gave_up: Vec<(CohortId, usize)>,
    /// Members who are left out while their message is tried again: why.
    withdrawn: Vec<(CohortId, usize, String)>,
    /// Members whose sender is stopped: they stay.
    blocked: Vec<(CohortId, usize)>,
}

impl Executor {
    /// Records a window if every text of it has its answer and nothing else of it is being recorded.
    pub(in crate::execute) fn finish_window(&mut self, id: WindowId) {
        let complete =
            |window: &Window| !window.recording && window.sends.iter().all(|send| send.outcome.is_some());
        if !self.windows.get(&id).is_some_and(complete) {
            return;
        }
        let Some(mut window) = self.windows.remove(&id) else {
            return;
        };
        let mut settled = Settled::default();
        for (cohort, index, effect) in std::mem::take(&mut window.moves) {
            if self.withdraw(&window.sender, cohort, index, &effect, &mut settled) {
                continue;
            }
            self.apply(
                &window.sender,
                cohort,
                index,
                effect,
                self.clock.now(),
                &mut settled,
            );
        }
        for send in &window.sends {
            self.settle_send(&window.sender, send, &mut settled);
        }
        let record = self.record_of(id, &mut window, settled);
        self.commit(window, record);
    }

    fn settle_send(&self, sender: &str, send: &Send, settled: &mut Settled) {
        let Some((outcome, at)) = &send.outcome else {
            return;
        };
        if outcome.blocks() {
            settled.blocked.push((send.cohort, send.index));
            return;
        }
        let cohort = self.cohort(sender, send.cohort);
        if send.is_answer {
            return self.settle_answer(sender, send, outcome, *at, settled);
        }
        let member = &cohort.members[send.index];
        let enrolment = Enrolment {
            member,
            place: cohort.place,
            state: State::Submitting,
        };
        let facts = Facts {
            opted_out: self.is_suppressed(member.phone),
        };
        let (_, effects) = advance(
            &self.revision,
            enrolment,
            facts,
            &event_of(outcome, cohort.place),
            *at,
        );
        for effect in effects {
            let unsent = *outcome == Outcome::OptedOut;
            if !(unsent && self.withdraw(sender, send.cohort, send.index, &effect, settled)) {
                self.apply(sender, send.cohort, send.index, effect, *at, settled);
            }
        }
    }

    /// Somebody left out while a message was to be tried again: the message stands in the store and gets its end there, so
    /// that nobody is counted twice.
    fn withdraw(
        &self,
        sender: &str,
        id: CohortId,
        index: usize,
        effect: &Effect,
        settled: &mut Settled,
    ) -> bool {
        let pending = self.cohort(sender, id).members[index].pending.is_some();
        let reason = if let Effect::LeaveOut(reason) = effect {
            Some(reason.to_string())
        } else {
            None
        };
        let Some(reason) = reason.filter(|_| pending) else {
            return false;
        };
        settled.withdrawn.push((id, index, reason));
        true
    }

    /// An answer to a reply moves nobody; one that was refused for now is tried again like any text.
    fn settle_answer(
        &self,
        sender: &str,
        send: &Send,
        outcome: &Outcome,
        at: DateTime<Utc>,
        settled: &mut Settled,
    ) {
        let for_now = matches!(outcome, Outcome::Answered(Answer::NotSent(refusal)) if refusal.scope == Scope::RecipientForNow);
        let attempts = self.cohort(sender, send.cohort).members[send.index].attempts();
        let effect = match attempts.saturating_add(1) >= MOST_ATTEMPTS {
            true => Effect::GiveUp,
            false => Effect::Retry {
                due_at: at + TimeDelta::seconds(30),
                in_doubt: false,
            },
        };
        if for_now {
            self.apply(sender, send.cohort, send.index, effect, at, settled);
        }
    }

    pub(super) fn cohort(&self, sender: &str, id: CohortId) -> &ClaimedCohort {
        &self.lanes[sender]
            .held
            .get(&id)
            .expect("a cohort stays in hand while a window is about it")
            .cohort
    }

    /// Writes an effect down.
    fn apply(
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
        let mut depart = |place, due_at, member| {
            let way = (cohort.kind, cohort.run, place, due_at, cohort.time_class.clone());
            settled.departing.entry(way).or_default().push(member);
        };
        match effect {
            Effect::Depart(place, due_at) => {
                depart(
                    place,
                    slot(due_at, at),
                    Member {
                        pending: None,
                        ..member.clone()
                    },
                );
            }
            Effect::Retry { due_at, in_doubt } => {
                let attempts = member.attempts().saturating_add(1);
                let pending = Some(Pending {
                    message: cohort.message(index),
                    attempts,
                    in_doubt,
                });
                depart(
                    cohort.place,
                    second(due_at),
                    Member {
                        pending,
                        ..member.clone()
                    },
                );
            }
            Effect::LeaveOut(reason) => settled.left_out.push(LeftOutRow {
                launch: cohort.launch,
                phone: member.phone,
                at_row: 0,
                step: cohort.place.step,
                reason,
                at,
            }),
            Effect::GiveUp => settled.gave_up.push((id, index)),
            Effect::Finish => {}
            // Only a reply has these, and replies are folded elsewhere; only `Due` sends.
            Effect::Send { .. } | Effect::Suppress | Effect::Answer(_) | Effect::Keep { .. } => {}
        }
    }

    fn record_of(&mut self, id: WindowId, window: &mut Window, settled: Settled) -> WindowRecord {
        let mut messages = self.message_rows(id, window, MessageRows::All);
        for (cohort, index) in &settled.gave_up {
            let cohort = self.cohort(&window.sender, *cohort);
            let message = cohort.message(*index);
            let in_doubt = cohort.members[*index].is_in_doubt();
            for row in messages.iter_mut().filter(|row| row.id == message && !in_doubt) {
                row.state = MessageState::Rejected;
            }
        }
        for (cohort, index, reason) in &settled.withdrawn {
            messages.push(self.withdrawn_row(&window.sender, *cohort, *index, reason));
        }
        let back = settled.blocked.first().map(|_| self.block(&window.sender));
        let mut record = WindowRecord {
            messages,
            texts: self.texts_of(id, window),
            left_out: settled.left_out,
            departing: self.new_cohorts(&window.sender, settled.departing),
            suppressions_known: self.suppressions_known,
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

    /// The end of a message that was not taken and is not tried again. One that is in doubt stays so: the state only
    /// rises, and where it may have been taken this row says no more than that.
    fn withdrawn_row(&self, sender: &str, id: CohortId, index: usize, reason: &str) -> MessageRow {
        let cohort = self.cohort(sender, id);
        let member = &cohort.members[index];
        MessageRow {
            id: cohort.message(index),
            phone: member.phone,
            launch: cohort.launch,
            kind: cohort.kind,
            step: cohort.place.step,
            sender: sender.to_owned(),
            language: member.language,
            tariff: member.tariff,
            state: if member.is_in_doubt() {
                MessageState::Unknown
            } else {
                MessageState::Rejected
            },
            parts: 0,
            attempts: member.attempts(),
            window: 0,
            at: self.clock.now(),
            reason: Some(format!("not tried again: {reason}")),
        }
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

    /// The sender is stopped: nothing of it is submitted for a while that doubles from a second to a minute.
    fn block(&mut self, sender: &str) -> DateTime<Utc> {
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        let lane = self.lane(sender);
        let seconds = 1_u64.checked_shl(lane.blocks).unwrap_or(60).min(60);
        // Windows that meet the same outage count it once.
        if lane.blocked_until <= now {
            lane.blocks = lane.blocks.saturating_add(1);
        }
        lane.blocked_until = now + Duration::from_secs(seconds);
        let back = second(wall + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(60)));
        tracing::warn!(sender, seconds, "the provider takes nothing now");
        back
    }

    fn new_cohorts(&mut self, sender: &str, departing: BTreeMap<Way, Vec<Member>>) -> Vec<NewCohort> {
        let launch = self.launch.id;
        let cohort = |((kind, run, place, due_at, time_class), mut members): (Way, Vec<Member>)| {
            members.sort_by_key(|member| member.phone);
            NewCohort {
                launch,
                run,
                kind,
                place,
                due_at,
                sender: sender.to_owned(),
                time_class,
                members,
            }
        };
        departing.into_iter().map(cohort).collect()
    }

    /// The answers of a window that are not recorded yet.
    pub(super) fn message_rows(
        &self,
        id: WindowId,
        window: &mut Window,
        which: MessageRows,
    ) -> Vec<MessageRow> {
        let sender = window.sender.clone();
        let row = |send: &mut Send| {
            let (outcome, at) = send.outcome.as_ref()?;
            let state = state_of(outcome).filter(|_| !send.recorded)?;
            // Whether a message that was not taken is tried again or given up is known when the window is complete.
            if which == MessageRows::Answered && state == MessageState::Attempting {
                return None;
            }
            send.recorded = true;
            let cohort = self.cohort(&sender, send.cohort);
            let member = &cohort.members[send.index];
            // A refusal says nothing of the first submit, which may have been taken.
            let refused = state <= MessageState::Rejected;
            let state = if refused && member.is_in_doubt() {
                MessageState::Unknown
            } else {
                state
            };
            Some(MessageRow {
                id: send.message,
                phone: member.phone,
                launch: cohort.launch,
                kind: cohort.kind,
                step: cohort.place.step,
                sender: sender.clone(),
                language: member.language,
                tariff: member.tariff,
                state,
                parts: send.parts,
                attempts: member.attempts().saturating_add(1),
                window: id,
                at: *at,
                reason: reason_of(outcome),
            })
        };
        window.sends.iter_mut().filter_map(row).collect()
    }

    /// Sends the record off, with the intent of the next window if the rates are free by now.
    fn commit(&mut self, window: Window, mut record: WindowRecord) {
        let sender = window.sender.clone();
        let goes_on = self.state == LaunchState::Running && !self.stopping && self.is_free(&sender);
        let members = self.window_members(&sender);
        let now = self.clock.now();
        let blocked = record.progress.iter().any(|progress| progress.put_back.is_some());
        let lane = self.lane(&sender);
        if !blocked && !record.messages.is_empty() {
            lane.blocks = 0;
        }
        let answers_first = lane.next_answer.is_some_and(|due| due <= now);
        // Until this record is committed no other may be about the cohorts of this window: their marks would meet in any
        // order. The record itself may give them their next intent.
        let own: Vec<CohortId> = window.slices.iter().map(|(cohort, _)| *cohort).collect();
        lane.set_in_window(&own, false);
        let next = if goes_on && !answers_first {
            lane.pick(members)
        } else {
            vec![]
        };
        lane.set_in_window(&own, true);
        lane.intending |= !next.is_empty();
        let free = own.into_iter().filter(|id| !next.contains(id)).collect();
        for id in &next {
            let Some(held) = lane.held.get(id) else { continue };
            let cohort = &held.cohort;
            match record.progress.iter_mut().find(|progress| progress.cohort == *id) {
                Some(progress) => progress.intent_to = cohort.intent_to,
                None => record.progress.push(cohort.progress()),
            }
        }
        let (store, in_flight) = (self.store.clone(), self.in_flight.clone());
        let back = record.progress.iter().filter_map(|progress| progress.put_back);
        let back = back.flat_map(|at| [(CohortKind::Passage, at), (CohortKind::Answer, at)]);
        let departed = record
            .departing
            .iter()
            .map(|cohort| (cohort.kind, cohort.due_at))
            .chain(back)
            .collect();
        let sent: Vec<MessageId> = window.sends.iter().map(|send| send.message).collect();
        self.work.push(Box::pin(async move {
            let (intent, full) = record_surely(&store, record).await?;
            let sent: HashSet<MessageId> = sent.into_iter().collect();
            in_flight
                .write()
                .expect("no holder of the lock panics")
                .retain(|_, to| !sent.contains(&to.message));
            Ok(Step::Recorded {
                sender,
                next,
                intent,
                departed,
                free,
                full,
            })
        }));
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
            Ok((store.record_window(record).await?, Some(full)))
        }
        recorded => Ok((recorded?, None)),
    }
}

fn event_of(outcome: &Outcome, place: Place) -> Event<'static> {
    match outcome {
        Outcome::Answered(Answer::Accepted) => Event::Accepted(place),
        Outcome::Answered(Answer::Maybe) | Outcome::InDoubt => Event::Unknown(place),
        Outcome::Answered(Answer::NotSent(refusal)) => match refusal.scope {
            Scope::RecipientForEver | Scope::Message => Event::Rejected(place),
            Scope::RecipientForNow | Scope::Sender | Scope::Account | Scope::Provider => {
                Event::NotSent(place)
            }
        },
        Outcome::OptedOut => Event::OptedOut,
        Outcome::Known(known) => match known.state {
            MessageState::Attempting => Event::NotSent(place),
            MessageState::Unknown => Event::Unknown(place),
            MessageState::Rejected => Event::Rejected(place),
            MessageState::Accepted
            | MessageState::Expired
            | MessageState::Undelivered
            | MessageState::Delivered => Event::Accepted(place),
        },
    }
}

fn reason_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered(Answer::NotSent(refusal)) => Some(refusal.reason.clone()),
        Outcome::Answered(Answer::Maybe) => Some("no answer from the provider".to_owned()),
        Outcome::InDoubt => Some("the process ended before the answer was recorded".to_owned()),
        Outcome::Answered(Answer::Accepted) | Outcome::OptedOut | Outcome::Known(_) => None,
    }
}

/// The slot of a due time: a minute, so that members who move on alike meet; a second for what is due at once.
fn slot(due_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if due_at <= now {
        second(due_at)
    } else {
        round_up(due_at, 60_000)
    }
}

fn second(at: DateTime<Utc>) -> DateTime<Utc> {
    round_up(at, 1_000)
}

fn round_up(at: DateTime<Utc>, milliseconds: i64) -> DateTime<Utc> {
    let over = at.timestamp_millis().rem_euclid(milliseconds);
    let at = DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at);
    if over == 0 {
        at
    } else {
        at + TimeDelta::milliseconds(milliseconds - over)
    }
}
