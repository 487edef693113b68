//! An account at a carrier in memory, as a provider: the carrier's core behind a network that takes time, loses requests,
//! and may still deliver those that were on their way when the process ended.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::project::ServerErrors;
use engine::clock::{Clock, SimulatedClock};
use engine::ids::{MessageId, References};
use engine::provider::carrier::wire::{LookUp, Text};
use engine::provider::carrier::{Heard, taken_for};
use engine::provider::{Abilities, Answer, Found, Inbound, Polled, Provider, Submission};
use futures_util::future::BoxFuture;
use server::carrier::Answer as Said;
use server::carrier::{Action, Body};

use crate::books::Books;
use crate::chance::Chance;
use crate::desk::Desk;
use crate::network::{Network, Trip};

/// How often whoever could not be asked is asked again.
const AGAIN: TimeDelta = TimeDelta::seconds(1);
/// Receipts and replies of one poll.
const PAGE: usize = 100;

/// An account.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    index: usize,
    abilities: Abilities,
    server_errors: ServerErrors,
    clock: Arc<SimulatedClock>,
    books: Books,
    fetches_every: Duration,
    seed: u64,
    desk: Mutex<Desk>,
    line: Mutex<Line>,
}

/// The way to the carrier.
struct Line {
    network: Network,
    /// Requests so far.
    requests: u64,
    /// Submits that began or ended.
    traffic: u64,
    /// The same when the last poll began.
    polled: u64,
    references: Option<References>,
}

/// What an account is made of.
pub struct Settings {
    /// Its place among the accounts.
    pub index: usize,
    pub abilities: Abilities,
    pub server_errors: ServerErrors,
    pub network: Network,
    /// What becomes due is fetched together with what does within this time.
    pub fetches_every: Duration,
    pub seed: u64,
}

impl Account {
    /// Opens an account with a carrier.
    pub fn open(settings: Settings, desk: Desk, clock: Arc<SimulatedClock>, books: Books) -> Account {
        let Settings {
            index,
            abilities,
            server_errors,
            network,
            fetches_every,
            seed,
        } = settings;
        let line = Line {
            network,
            requests: 0,
            traffic: 0,
            polled: 0,
            references: None,
        };
        Account(Arc::new(Inner {
            index,
            abilities,
            server_errors,
            clock,
            books,
            fetches_every,
            seed,
            desk: Mutex::new(desk),
            line: Mutex::new(line),
        }))
    }

    /// The store by whose references texts are known.
    pub fn know(&self, references: References) {
        self.0.line().references = Some(references);
    }

    /// Another network from now on.
    pub fn connect(&self, network: Network) {
        self.0.line().network = network;
    }

    /// Does something with the carrier itself.
    pub fn at_desk<T>(&self, deed: impl FnOnce(&mut Desk, DateTime<Utc>) -> T) -> T {
        self.0.at_desk(deed)
    }
}

impl Inner {
    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        self.line.lock().expect("no holder of the lock panics")
    }

    /// What was on its way and has arrived by now comes first.
    fn at_desk<T>(&self, deed: impl FnOnce(&mut Desk, DateTime<Utc>) -> T) -> T {
        let mut desk = self.desk.lock().expect("no holder of the lock panics");
        desk.catch_up(self.clock.monotonic());
        deed(&mut desk, self.clock.now())
    }

    fn trip(&self) -> Trip {
        let mut line = self.line();
        line.requests += 1;
        let mut chance = Chance::of(self.seed, line.requests);
        line.network.trip(&mut chance, self.abilities.patience)
    }

    /// The carrier's name of one of our references.
    fn message(&self, reference: &str) -> MessageId {
        let line = self.line();
        let references = line.references.as_ref().expect("a store is open");
        references
            .message(reference)
            .expect("the engine makes references of its own")
    }

    fn reference(&self, theirs: &str) -> String {
        let line = self.line();
        let references = line.references.as_ref().expect("a store is open");
        match parsed(theirs) {
            Some(message) => references.of(message),
            None => theirs.to_owned(),
        }
    }

    fn ours(&self, said: Inbound) -> Inbound {
        match said {
            Inbound::Receipt {
                reference,
                status,
                reason,
            } => Inbound::Receipt {
                reference: self.reference(&reference),
                status,
                reason,
            },
            text @ Inbound::Text { .. } => text,
        }
    }
}

/// The store's key is another one in each store, so that its references are: carriers know messages by their ids.
fn named(message: MessageId) -> String {
    format!("m{message}")
}

/// The message that a carrier's name is of.
pub fn parsed(name: &str) -> Option<MessageId> {
    Some(MessageId(name.strip_prefix('m')?.parse().ok()?))
}

/// Texts on their way. When the process ends before they arrive they still may.
struct OnTheWay {
    account: Arc<Inner>,
    texts: Vec<(Text, u32)>,
    arrives: Duration,
    /// By the seed.
    may_arrive: bool,
    arrived: bool,
}

impl OnTheWay {
    fn arrive(&mut self) -> Action {
        self.arrived = true;
        let at = self.account.clock.monotonic();
        self.account
            .at_desk(|desk, now| desk.submit(&self.texts, at, now))
    }
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        if !self.arrived && self.may_arrive {
            let texts = std::mem::take(&mut self.texts);
            let desk = self.account.desk.lock();
            let mut desk = desk.expect("no holder of the lock panics");
            let start = self.account.clock.now() - since(self.account.clock.monotonic());
            desk.late(self.arrives, start + since(self.arrives), texts);
        }
    }
}

fn since(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).expect("a story is short")
}

impl Provider for Account {
    fn abilities(&self) -> Abilities {
        self.0.abilities
    }

    fn submit(&self, batch: Vec<Submission>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let account = self.0.clone();
        let at = account.clock.monotonic();
        let texts: Vec<(Text, u32)> = batch
            .into_iter()
            .map(|text| {
                let message = account.message(&text.reference);
                account.books.hand(at, account.index, message, &text);
                let parts = text.parts;
                let reference = named(message);
                (Text::from(Submission { reference, ..text }), parts)
            })
            .collect();
        account.line().traffic += 1;
        let trip = account.trip();
        let mut way = OnTheWay {
            arrives: at + trip.there,
            may_arrive: trip.outlives_us,
            arrived: trip.refused,
            texts,
            account: account.clone(),
        };
        Box::pin(async move {
            account.clock.wait(trip.there).await;
            let heard = if trip.refused {
                Heard::NoConnection("connection refused".to_owned())
            } else {
                let action = way.arrive();
                account.hear(action, &trip).await
            };
            account.line().traffic += 1;
            let texts: Vec<Text> = way.texts.iter().map(|(text, _)| text.clone()).collect();
            let answers = taken_for(&texts, heard, account.server_errors, account.clock.now());
            account.note_answers(&texts, &answers);
            answers
        })
    }

    fn look_up(&self, references: Vec<String>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Found>> {
        let account = self.0.clone();
        let trip = account.trip();
        let messages: Vec<MessageId> = references.iter().map(|r| account.message(r)).collect();
        account.books.ask(&messages);
        let names: Vec<String> = messages.into_iter().map(named).collect();
        Box::pin(async move {
            account.clock.wait(trip.there).await;
            let action = account.at_desk(|desk, _| {
                desk.carrier.look_up(&LookUp {
                    references: names.clone(),
                })
            });
            let answer = match (action, trip.refused || trip.lost) {
                (
                    Action::Answer(
                        _,
                        Said {
                            body: Body::LookedUp(found),
                            ..
                        },
                    ),
                    false,
                ) => Some(found.known),
                (Action::Answer(..) | Action::Reset(_) | Action::Hang, _) => None,
            };
            account.clock.wait(trip.back).await;
            let found = |name: &String| match &answer {
                None => Found::CannotTell("no answer".to_owned()),
                Some(known) if known.contains(name) => Found::Accepted,
                Some(_) => Found::NotKnown,
            };
            names.iter().map(found).collect()
        })
    }

    fn poll(&self, _now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        let account = self.0.clone();
        let trip = account.trip();
        let traffic = account.line().traffic;
        let quiet = std::mem::replace(&mut account.line().polled, traffic) == traffic;
        Box::pin(async move {
            account.clock.wait(trip.there).await;
            let page = account.at_desk(|desk, now| desk.carrier.inbound(PAGE, now));
            account.clock.wait(trip.back).await;
            let now = account.clock.now();
            if trip.refused || trip.lost {
                return Polled {
                    again_at: Some(now + AGAIN),
                    ..Polled::default()
                };
            }
            let next = page.next_in_ms.map(|ms| match ms {
                0 => now,
                ms => now + since(Duration::from_millis(ms).max(account.fetches_every)),
            });
            account.note_heard(&page.inbound);
            Polled {
                whole: page.next_in_ms != Some(0),
                inbound: page.inbound.into_iter().map(|said| account.ours(said)).collect(),
                again_at: next.or((!quiet).then_some(now + AGAIN)),
                mark: page.mark,
            }
        })
    }

    fn acknowledge(&self, mark: u64) -> BoxFuture<'static, ()> {
        let account = self.0.clone();
        let trip = account.trip();
        Box::pin(async move {
            account.clock.wait(trip.there).await;
            if !trip.refused && !trip.lost {
                account.at_desk(|desk, now| desk.acknowledge(mark, now));
            }
        })
    }

    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}

impl Inner {
    /// What is heard of an action of the carrier, when it is heard.
    async fn hear(&self, action: Action, trip: &Trip) -> Heard {
        let patience = self.abilities.patience.saturating_sub(trip.there);
        let nothing = |why: &str| Heard::Nothing(why.to_owned());
        let (after, heard) = match action {
            Action::Hang => (patience, nothing("no answer in time")),
            Action::Reset(after) => (after + trip.back, nothing("the connection closed")),
            Action::Answer(..) if trip.lost => (patience, nothing("no answer in time")),
            Action::Answer(after, said) => {
                let (time, heard) = transferred(said);
                (after + time + trip.back, heard)
            }
        };
        if after >= patience {
            self.clock.wait(patience).await;
            return nothing("no answer in time");
        }
        self.clock.wait(after).await;
        heard
    }

    fn note_heard(&self, inbound: &[Inbound]) {
        let at = self.clock.monotonic();
        for said in inbound {
            self.books.detail(at, || format!("{} says {said:?}", self.index));
            if let Inbound::Text { from, text, .. } = said {
                let mut pages = self.books.open();
                let life = pages.life;
                pages.heard.push((life, at, *from, text.clone()));
            }
        }
    }

    fn note_answers(&self, texts: &[Text], answers: &[Answer]) {
        let at = self.clock.monotonic();
        for (text, answer) in texts.iter().zip(answers) {
            self.books.detail(at, || {
                format!("{} answered by {}: {answer:?}", text.reference, self.index)
            });
        }
    }
}

/// How long an answer takes from its first byte to its last, and what is heard then.
fn transferred(said: Said) -> (Duration, Heard) {
    let json = |value: serde_json::Result<Vec<u8>>| value.expect("the carrier's own types");
    let body = match &said.body {
        Body::Submitted(submitted) => json(serde_json::to_vec(submitted)),
        Body::LookedUp(found) => json(serde_json::to_vec(found)),
        Body::Trouble(trouble) => json(serde_json::to_vec(trouble)),
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::Huge => {
            return (
                Duration::ZERO,
                Heard::Nothing("the answer is too long".to_owned()),
            );
        }
    };
    let bytes = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let time = said.drip.map_or(Duration::ZERO, |every| every * bytes);
    let heard = Heard::Answer {
        status: said.status,
        headers: said.headers,
        body,
    };
    (time, heard)
}
