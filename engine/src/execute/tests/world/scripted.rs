//! A provider that keeps a ledger of all that it is handed, and does as a script says.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use sms::PhoneNumber;
use tokio::sync::{Notify, watch};

use super::{World, append, phone};
use crate::clock::SimulatedClock;
use crate::provider::{
    Abilities, Answer, Found, Inbound, Polled, Provider, ReceiptStatus, Refusal, Resolve, Scope, Submission,
};
use crate::store::NewHappening;

/// What the provider does with a submission: told the text and how often this reference was submitted before.
pub type Script = Box<dyn FnMut(&Submission, usize) -> Does + Send>;

/// What it does.
pub enum Does {
    /// Answers.
    Answer(Answer),
    /// Answers, and the person writes this back a second later.
    AcceptAndReply(&'static str),
    /// Answers; the person writes this back then, where it is anything, and the receipt comes after that.
    AcceptAndSay(Option<(DateTime<Utc>, String)>),
    /// Answers, and the person does this about it.
    AcceptAndLive(Doing),
    /// Answers, and the person writes this back two seconds later.
    AcceptAndReplyLater(&'static str),
    /// Answers, and the receipt says five seconds later that it did not arrive.
    AcceptAndLose,
    /// Takes it and never answers.
    Hang,
    /// The same; an hour later, on this clock, it is told.
    HangAndTell(Arc<SimulatedClock>, Arc<Notify>),
    /// No answer, and the receipt says a second later that it arrived.
    MaybeAndReceipt,
    /// The same, after so many seconds.
    MaybeAndReceiptAfter(i64),
}

/// What somebody does about a text.
pub struct Doing {
    /// What they write back, and when.
    pub said: Option<(DateTime<Utc>, String)>,
    /// When the text arrived.
    pub arrived_at: DateTime<Utc>,
    /// What happens outside, each at its time.
    pub happens: Vec<NewHappening>,
}

pub fn accept() -> Does {
    Does::Answer(Answer::Accepted)
}

pub fn refuse(scope: Scope) -> Does {
    Does::Answer(Answer::NotSent(Refusal {
        scope,
        reason: "scripted".into(),
        retry_after: None,
    }))
}

/// A provider that keeps a ledger of all that it was handed.
pub struct Scripted {
    pub ledger: Mutex<Vec<(DateTime<Utc>, Submission)>>,
    script: Mutex<Script>,
    inbound: Mutex<Vec<(DateTime<Utc>, Inbound)>>,
    /// What happens outside, and the store to whose log another process appends it.
    outside: Mutex<(PathBuf, Vec<NewHappening>)>,
    /// Whom it tells to stop when it is asked then or later.
    stops: Mutex<Option<(DateTime<Utc>, watch::Sender<bool>)>>,
    batch: usize,
    gate: Option<Arc<Gate>>,
    /// What a look-up of a reference finds; none: it cannot be asked.
    found: Option<fn(&str) -> Found>,
}

/// Holds a request until somebody opens.
pub struct Gate {
    /// The first request after so many texts is held.
    after: usize,
    held: Notify,
    open: Notify,
}

impl Gate {
    pub fn after(texts: usize) -> Arc<Gate> {
        Arc::new(Gate {
            after: texts,
            held: Notify::new(),
            open: Notify::new(),
        })
    }

    /// Until a request is held.
    pub async fn is_held(&self) {
        self.held.notified().await;
    }

    pub fn open(&self) {
        self.open.notify_one();
    }
}

impl Provider for Scripted {
    fn abilities(&self) -> Abilities {
        Abilities {
            batch: self.batch,
            in_flight: 4,
            forgets: false,
            resolve: self.found.map_or(Resolve::Nothing, |_| Resolve::LookUp),
            patience: Duration::ZERO,
        }
    }

    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let mut answers = vec![];
        let (mut hangs, mut tells) = (false, None);
        let before = self.submitted();
        let gate = self
            .gate
            .clone()
            .filter(|gate| before < gate.after && before + batch.len() >= gate.after);
        for text in batch {
            let mut ledger = self.ledger.lock().expect("unpoisoned");
            let before = ledger
                .iter()
                .filter(|(_, earlier)| earlier.reference == text.reference)
                .count();
            ledger.push((now, text.clone()));
            drop(ledger);
            match (self.script.lock().expect("unpoisoned"))(&text, before) {
                Does::Answer(answer) => answers.push(answer),
                Does::Hang => hangs = true,
                Does::HangAndTell(clock, tell) => tells = Some((clock, tell)),
                Does::AcceptAndSay(said) => {
                    answers.push(Answer::Accepted);
                    let told_at = said.as_ref().map_or(now, |(at, _)| *at);
                    self.live(
                        text,
                        Doing {
                            said,
                            arrived_at: told_at + TimeDelta::seconds(5),
                            happens: vec![],
                        },
                    );
                }
                Does::AcceptAndLive(doing) => {
                    answers.push(Answer::Accepted);
                    self.live(text, doing);
                }
                does @ (Does::MaybeAndReceipt | Does::MaybeAndReceiptAfter(_) | Does::AcceptAndLose) => {
                    let (answer, status, after) = match does {
                        Does::AcceptAndLose => (Answer::Accepted, ReceiptStatus::Undelivered, 5),
                        Does::MaybeAndReceiptAfter(seconds) => (
                            Answer::Maybe("scripted".into()),
                            ReceiptStatus::Delivered,
                            seconds,
                        ),
                        _ => (Answer::Maybe("scripted".into()), ReceiptStatus::Delivered, 1),
                    };
                    answers.push(answer);
                    let receipt = Inbound::Receipt {
                        reference: text.reference,
                        status,
                        reason: None,
                    };
                    self.inbound
                        .lock()
                        .expect("unpoisoned")
                        .push((now + TimeDelta::seconds(after), receipt));
                }
                does @ (Does::AcceptAndReply(said) | Does::AcceptAndReplyLater(said)) => {
                    let later = if matches!(does, Does::AcceptAndReply(_)) {
                        1
                    } else {
                        2
                    };
                    answers.push(Answer::Accepted);
                    self.say(now + TimeDelta::seconds(later), answer_to(&text, said.to_owned()));
                }
            }
        }
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.held.notify_one();
                gate.open.notified().await;
            }
            if let Some((clock, tell)) = &tells {
                clock.wait(Duration::from_secs(3_600)).await;
                tell.notify_one();
            }
            if hangs || tells.is_some() {
                std::future::pending::<()>().await;
            }
            answers
        })
    }

    fn look_up(&self, references: Vec<String>, _: DateTime<Utc>) -> BoxFuture<'static, Vec<Found>> {
        let found = self.found.expect("asked only where it can be");
        let all = references.iter().map(|reference| found(reference));
        Box::pin(std::future::ready(all.collect()))
    }

    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        if let Some((_, stop)) =
            (self.stops.lock().expect("unpoisoned").as_ref()).filter(|(at, _)| *at <= now)
        {
            // Nobody listens once it has ended.
            let _ = stop.send(true);
        }
        let mut waiting = self.inbound.lock().expect("unpoisoned");
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut *waiting)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        let (path, happened, next) = self.happened(now);
        let again_at = later.iter().map(|(at, _)| *at).chain(next).min();
        *waiting = later;
        let inbound = due.into_iter().map(|(_, said)| said).collect();
        Box::pin(async move {
            if !happened.is_empty() {
                let appended = tokio::task::spawn_blocking(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(append(&path, happened));
                });
                appended.await.expect("appended");
            }
            Polled {
                inbound,
                again_at,
                whole: true,
                mark: 0,
            }
        })
    }

    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}

/// What somebody writes back to a text.
fn answer_to(text: &Submission, said: String) -> Inbound {
    Inbound::Text {
        id: format!("mo-{}", text.reference),
        from: text.to,
        sender: text.sender.clone(),
        text: said,
        part: None,
    }
}

pub fn scripted(
    batch: usize,
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
) -> Arc<Scripted> {
    gated(batch, None, script)
}

/// As [`scripted`], with a gate.
pub fn gated(
    batch: usize,
    gate: Option<Arc<Gate>>,
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
) -> Arc<Scripted> {
    Arc::new(Scripted {
        gate,
        ledger: Mutex::default(),
        script: Mutex::new(Box::new(script)),
        inbound: Mutex::default(),
        outside: Mutex::default(),
        stops: Mutex::default(),
        batch,
        found: None,
    })
}

/// A provider that takes what it is handed and can be asked.
pub fn asked(found: fn(&str) -> Found) -> Arc<Scripted> {
    scripted_and_asked(|_, _| accept(), found)
}

/// As [`scripted`], and can be asked.
pub fn scripted_and_asked(
    script: impl FnMut(&Submission, usize) -> Does + Send + 'static,
    found: fn(&str) -> Found,
) -> Arc<Scripted> {
    let mut provider = scripted(5, script);
    Arc::get_mut(&mut provider).expect("nobody else has it").found = Some(found);
    provider
}

impl Scripted {
    /// What people got and when, a line for each text; people by their number in the list.
    pub fn got(&self) -> String {
        let mut told = String::new();
        for (at, text) in self.ledger.lock().expect("unpoisoned").iter() {
            let nth = (0..9).find(|n| phone(*n) == text.to.to_string()).unwrap_or(9);
            let _ = writeln!(told, "{} to {nth}: {}", at.format("%d %H:%M:%S"), text.text);
        }
        told
    }

    /// How often each reference was submitted, as text: `1 time: 995, 2 times: 5`.
    pub fn repeats(&self) -> String {
        let mut by_reference: BTreeMap<String, u64> = BTreeMap::new();
        for (_, text) in self.ledger.lock().expect("unpoisoned").iter() {
            *by_reference.entry(text.reference.clone()).or_default() += 1;
        }
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        by_reference
            .values()
            .for_each(|n| *counts.entry(*n).or_default() += 1);
        counts
            .iter()
            .map(|(times, n)| format!("{times}x {n}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Somebody does this about a text.
    fn live(&self, text: Submission, doing: Doing) {
        let mut inbound = self.inbound.lock().expect("unpoisoned");
        if let Some((at, said)) = doing.said {
            inbound.push((at, answer_to(&text, said)));
        }
        let receipt = Inbound::Receipt {
            reference: text.reference,
            status: ReceiptStatus::Delivered,
            reason: None,
        };
        inbound.push((doing.arrived_at, receipt));
        let outside = &mut self.outside.lock().expect("unpoisoned").1;
        outside.extend(doing.happens);
        outside.sort_by_key(|one| one.at);
    }

    /// Somebody writes this to the sender of all then.
    pub fn will_say(&self, at: DateTime<Utc>, from: PhoneNumber, text: &str) {
        let mut inbound = self.inbound.lock().expect("unpoisoned");
        let said = Inbound::Text {
            id: format!("said-{}", inbound.len()),
            from,
            sender: "desk".to_owned(),
            text: text.to_owned(),
            part: None,
        };
        inbound.push((at, said));
    }

    /// What will happen outside, each at its time, to the people of a project.
    pub fn will_happen(&self, world: &World, mut happenings: Vec<NewHappening>) {
        happenings.sort_by_key(|one| one.at);
        *self.outside.lock().expect("unpoisoned") = (world.path().join(".crier/crier.db"), happenings);
    }

    /// One more thing that will happen outside, to the people of a project.
    pub fn also_happens(&self, world: &World, happening: NewHappening) {
        let mut all = std::mem::take(&mut self.outside.lock().expect("unpoisoned").1);
        all.push(happening);
        self.will_happen(world, all);
    }

    /// What happened by now, and when something happens next.
    fn happened(&self, now: DateTime<Utc>) -> (PathBuf, Vec<NewHappening>, Option<DateTime<Utc>>) {
        let mut outside = self.outside.lock().expect("unpoisoned");
        let due = outside.1.iter().take_while(|one| one.at <= now).count();
        let happened = outside.1.drain(..due).collect();
        (outside.0.clone(), happened, outside.1.first().map(|one| one.at))
    }

    /// Whoever executes is told to stop when it asks then.
    pub fn stops(&self, at: DateTime<Utc>, stop: watch::Sender<bool>) {
        *self.stops.lock().expect("unpoisoned") = Some((at, stop));
    }

    /// Has something come in then.
    pub fn say(&self, at: DateTime<Utc>, said: Inbound) {
        self.inbound.lock().expect("unpoisoned").push((at, said));
    }

    /// Texts handed over so far.
    pub fn submitted(&self) -> usize {
        self.ledger.lock().expect("unpoisoned").len()
    }
}
