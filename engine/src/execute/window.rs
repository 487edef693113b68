//! A window: members whose intent is committed, from `advance` to the record of their answers.

mod settle;

use std::ops::Range;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::lane::{Held, Lane};
use super::{Executor, RECORD_WITHIN, Step, Suppressed};
use crate::advance::{Effect, Enrolment, Event, Facts, State, advance};
use crate::ids::{CohortId, MessageId};
use crate::provider::{Answer, Scope, Submission};
use crate::store::{
    ClaimedCohort, CohortKind, Intent, Known, LaunchState, MessageState, SentTo, StoreError, WindowRecord,
};
use crate::texts;
use futures_util::future::BoxFuture;

/// The id of a window's texts in the store.
pub(super) type WindowId = i64;

pub(super) struct Window {
    pub sender: String,
    /// Cohorts and which of their members.
    pub slices: Vec<(CohortId, Range<usize>)>,
    /// Members who get a text.
    pub sends: Vec<Send>,
    /// Members who move without one: cohort, index, what is to be done.
    pub moves: Vec<(CohortId, usize, Effect)>,
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
    pub text: String,
    pub parts: u32,
    /// It answers a reply: it goes out whatever the person said, and moves nobody.
    pub is_answer: bool,
    pub outcome: Option<(Outcome, DateTime<Utc>)>,
    pub recorded: bool,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The provider's answer.
    Answered(Answer),
    /// The number was suppressed before the submit: it was not submitted.
    OptedOut,
    /// An earlier process recorded it.
    Known(Known),
    /// An earlier process may have submitted it.
    InDoubt,
}

impl Outcome {
    /// Nobody moves: the sender, the account or the provider is stopped.
    pub(super) fn blocks(&self) -> bool {
        match self {
            Outcome::Answered(Answer::NotSent(refusal)) => {
                matches!(refusal.scope, Scope::Sender | Scope::Account | Scope::Provider)
            }
            Outcome::Answered(Answer::Accepted | Answer::Maybe)
            | Outcome::OptedOut
            | Outcome::Known(_)
            | Outcome::InDoubt => false,
        }
    }
}

impl Executor {
    /// Cohorts came, with the intent of their first window. Those of an earlier process are settled first, each by
    /// itself; nothing of them is submitted now.
    pub(super) fn claimed(&mut self, sender: &str, cohorts: Vec<ClaimedCohort>) {
        let lane = self.lane(sender);
        lane.claiming = false;
        let (mut fresh, mut left) = (vec![], vec![]);
        for cohort in cohorts {
            let id = cohort.id;
            if cohort.in_doubt {
                left.push(id)
            } else {
                fresh.push(id)
            }
            lane.held.insert(
                id,
                Held {
                    in_window: true,
                    cohort,
                },
            );
        }
        for id in left {
            self.lane(sender).windows += 1;
            self.begin_window(sender, vec![id], true);
        }
        if fresh.is_empty() {
            self.lane(sender).intending = false;
            return;
        }
        self.lane(sender).windows += 1;
        self.begin_window(sender, fresh, false);
    }

    /// A record was committed; the members it gave an intent go out now.
    pub(super) fn recorded(&mut self, sender: &str, next: Vec<CohortId>, intent: Intent, full: bool) {
        self.note_suppressed(&intent.suppressed);
        let lane = self.lane(sender);
        if next.is_empty() {
            lane.windows -= 1;
        } else if full {
            // The record out of the reserve gave no intent.
            lane.unpick(&next);
        } else if intent.stopped.is_empty() {
            self.begin_window(sender, next, false);
        } else {
            lane.unpick(&next);
            // What stopped it is asked at once.
            self.asked_at = Duration::ZERO;
            self.state = LaunchState::Paused;
        }
    }

    /// Asks `advance` for each member whose intent is committed, and submits. `settle`: an earlier process may have
    /// submitted them, so what it knew stands for the answers.
    fn begin_window(&mut self, sender: &str, cohorts: Vec<CohortId>, settle: bool) {
        let id = self.next_window;
        self.next_window += 1;
        let mut window = Window {
            sender: sender.to_owned(),
            slices: vec![],
            sends: vec![],
            moves: vec![],
            texts_recorded: false,
            recording: false,
            unrecorded_since: None,
        };
        let now = self.clock.now();
        for cohort in cohorts {
            let Some(held) = self.lanes[sender].held.get(&cohort) else {
                continue;
            };
            window.slices.push((cohort, held.intended()));
            for index in held
                .intended()
                .filter(|index| !held.cohort.departed.contains(index))
            {
                self.ask(&held.cohort, index, settle, now, &mut window);
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
        cohort: &ClaimedCohort,
        index: usize,
        settle: bool,
        now: DateTime<Utc>,
        window: &mut Window,
    ) {
        let member = &cohort.members[index];
        let mut send = |text: String, parts: u32| {
            let outcome = match cohort.known.get(&index) {
                Some(known) if known.recorded => Some((Outcome::Known(*known), known.sent_at)),
                Some(known) => Some((Outcome::Answered(Answer::Accepted), known.sent_at)),
                None => settle.then_some((Outcome::InDoubt, now)),
            };
            let message = cohort.message(index);
            let is_answer = cohort.kind == CohortKind::Answer;
            window.sends.push(Send {
                cohort: cohort.id,
                index,
                message,
                text,
                parts,
                is_answer,
                outcome,
                recorded: false,
            });
        };
        if cohort.kind == CohortKind::Answer {
            let text = member
                .values
                .first()
                .map(|text| text.to_string())
                .unwrap_or_default();
            let parts = sms::parts::measure(&text).part_count;
            return send(text, parts);
        }
        // Whoever may have been texted by an earlier process was not left out: that is not asked again.
        let opted_out = !settle && self.is_suppressed(member.phone);
        let enrolment = Enrolment {
            member,
            place: cohort.place,
            state: State::Waiting,
        };
        let (_, effects) = advance(
            &self.revision,
            enrolment,
            Facts { opted_out },
            &Event::Due(cohort.place),
            now,
        );
        for effect in effects {
            match effect {
                Effect::Send { text, parts } => send(text, parts),
                other => window.moves.push((cohort.id, index, other)),
            }
        }
    }

    fn is_suppressed(&self, phone: sms::PhoneNumber) -> bool {
        self.suppressed
            .read()
            .expect("no holder of the lock panics")
            .contains(&phone.as_u64())
    }

    /// Hands the texts of a window to the provider, in requests of as many as it takes.
    fn submit(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if let Some(lane) = self.lanes.get_mut(&window.sender) {
            lane.intending = false;
        }
        let lane = &self.lanes[&window.sender];
        // A receipt may have told meanwhile that a text in doubt was taken: that one does not go again.
        let going = || {
            (0..)
                .zip(&window.sends)
                .filter(|(_, send)| send.outcome.is_none())
        };
        let parts = going().map(|(_, send)| u64::from(send.parts)).sum();
        self.buckets.take(&lane.rates, parts, self.clock.monotonic());
        let batch = lane.provider.abilities().batch.max(1);
        let sent = going().map(|(_, send)| self.sent_to(window, send));
        self.in_flight
            .write()
            .expect("no holder of the lock panics")
            .extend(sent);
        let texts: Vec<Outgoing> = going()
            .map(|(at, send)| self.outgoing(window, at, send))
            .collect();
        let mut texts = texts.into_iter().peekable();
        let mut requests = vec![];
        while texts.peek().is_some() {
            requests.push(self.request(id, lane, texts.by_ref().take(batch).collect()));
        }
        if requests.is_empty() {
            return self.finish_window(id);
        }
        self.work.extend(requests);
    }

    fn sent_to(&self, window: &Window, send: &Send) -> (u64, SentTo) {
        let cohort = self.cohort(&window.sender, send.cohort);
        let member = &cohort.members[send.index];
        let sent = SentTo {
            message: send.message,
            launch: cohort.launch,
            step: cohort.place.step,
            language: member.language,
            tariff: member.tariff,
        };
        (member.phone.as_u64(), sent)
    }

    fn outgoing(&self, window: &Window, at: usize, send: &Send) -> Outgoing {
        let cohort = self.cohort(&window.sender, send.cohort);
        let text = Submission {
            reference: self.store.references().of(send.message),
            to: cohort.members[send.index].phone,
            sender: window.sender.clone(),
            text: send.text.clone(),
            parts: send.parts,
        };
        Outgoing {
            at,
            is_answer: send.is_answer,
            text,
        }
    }

    fn request(
        &self,
        window: WindowId,
        lane: &Lane,
        texts: Vec<Outgoing>,
    ) -> BoxFuture<'static, Result<Step, StoreError>> {
        let (provider, requests) = (lane.provider.clone(), lane.requests.clone());
        let (clock, suppressed) = (self.clock.clone(), self.suppressed.clone());
        Box::pin(async move {
            let permit = requests.acquire().await.expect("the semaphore is never closed");
            let (go, withheld) = withhold(texts, &suppressed);
            let (indices, batch): (Vec<usize>, Vec<Submission>) =
                go.into_iter().map(|out| (out.at, out.text)).unzip();
            let answers = if batch.is_empty() {
                vec![]
            } else {
                provider.submit(batch, clock.now()).await
            };
            drop(permit);
            // An answer that is missing says nothing: the text may have been taken.
            let answers = answers.into_iter().chain(std::iter::repeat(Answer::Maybe));
            let mut outcomes: Vec<(usize, Outcome)> =
                indices.into_iter().zip(answers.map(Outcome::Answered)).collect();
            outcomes.extend(withheld.into_iter().map(|out| (out.at, Outcome::OptedOut)));
            Ok(Step::Answered {
                window,
                outcomes,
                at: clock.now(),
            })
        })
    }

    /// A request was answered: the window is recorded when all are.
    pub(super) fn answered(&mut self, id: WindowId, outcomes: Vec<(usize, Outcome)>, at: DateTime<Utc>) {
        let now = self.clock.monotonic();
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        for (index, outcome) in outcomes {
            let send = &mut window.sends[index];
            match &outcome {
                Outcome::Answered(Answer::Accepted) if !send.is_answer => self.progress.accepted += 1,
                Outcome::Answered(Answer::Maybe) if !send.is_answer => self.progress.failed += 1,
                Outcome::Answered(Answer::NotSent(refusal))
                    if refusal.scope.is_final() && !send.is_answer =>
                {
                    self.progress.failed += 1;
                }
                Outcome::Answered(_) | Outcome::OptedOut | Outcome::Known(_) | Outcome::InDoubt => {}
            }
            send.outcome = Some((outcome, at));
        }
        window.unrecorded_since.get_or_insert(now);
        let sender = window.sender.clone();
        self.expect_inbound(&sender);
        self.finish_window(id);
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
            let record = WindowRecord {
                messages: self.message_rows(id, &mut window, MessageRows::Answered),
                texts: self.texts_of(id, &mut window),
                suppressions_known: self.suppressions_known,
                ..WindowRecord::default()
            };
            window.recording = true;
            window.unrecorded_since = None;
            self.windows.insert(id, window);
            let store = self.store.clone();
            self.work.push(Box::pin(async move {
                let (_, full) = settle::record_surely(&store, record).await?;
                Ok(Step::PartRecorded { window: id, full })
            }));
        }
    }

    /// The texts of a window, once.
    fn texts_of(&self, id: WindowId, window: &mut Window) -> Option<(WindowId, Vec<u8>)> {
        let first = !std::mem::replace(&mut window.texts_recorded, true) && !window.sends.is_empty();
        first.then(|| {
            (
                id,
                texts::encode(window.sends.iter().map(|send| (send.message, send.text.as_str()))),
            )
        })
    }
}

/// Which answers a record holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MessageRows {
    /// Those that are there and say whether the text was taken.
    Answered,
    /// All of a window that is complete.
    All,
}

/// A text of a window on its way into a request.
struct Outgoing {
    /// Its place in the window.
    at: usize,
    is_answer: bool,
    text: Submission,
}

/// Takes out the texts to numbers that were suppressed meanwhile. The answer to an opt-out says just that, and goes.
fn withhold(texts: Vec<Outgoing>, suppressed: &Suppressed) -> (Vec<Outgoing>, Vec<Outgoing>) {
    let suppressed = suppressed.read().expect("no holder of the lock panics");
    texts
        .into_iter()
        .partition(|out| out.is_answer || !suppressed.contains(&out.text.to.as_u64()))
}

/// The state that an answer gives a message; none when nothing was submitted.
fn state_of(outcome: &Outcome) -> Option<MessageState> {
    match outcome {
        Outcome::Answered(Answer::Accepted) => Some(MessageState::Accepted),
        Outcome::Answered(Answer::Maybe) | Outcome::InDoubt => Some(MessageState::Unknown),
        Outcome::Answered(Answer::NotSent(refusal)) => match refusal.scope {
            Scope::RecipientForEver | Scope::Message => Some(MessageState::Rejected),
            Scope::RecipientForNow => Some(MessageState::Attempting),
            Scope::Sender | Scope::Account | Scope::Provider => None,
        },
        Outcome::OptedOut | Outcome::Known(_) => None,
    }
}
