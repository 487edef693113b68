//! The adapter of `crier carrier`: a simulated carrier in a process of its own on this machine, over HTTP. What is said
//! stands in [`wire`]; what an answer means for a text, in `answers`. Nothing is ever tried twice here: whether a text
//! may go again is decided by those who handed it in.

mod answers;
mod http;
mod listening;
mod retry_after;
#[cfg(test)]
pub(crate) mod tests;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::project::{Carrier, ServerErrors};
use futures_util::future::BoxFuture;

use super::{Abilities, Answer, Found, Polled, Provider, Resolve, Submission};
pub(crate) use http::with_tls;
use http::{Link, Outcome, Reply};
pub use http::{choose_tls, root};
use listening::Listening;
pub(crate) use retry_after::{asked_for, retry_after};
use wire::{Acknowledge, InboundPage, LookUp, LookedUp, Submit, Text};

/// Receipts and replies of one request.
const PAGE: usize = 1_000;
/// References of one look-up.
const LOOK_UP: usize = 500;
/// Bytes of an answer for each reference that it is about.
const A_REFERENCE: usize = 1024;
/// Bytes of an answer for each receipt or reply: the longest text there is, each character escaped.
const AN_INBOUND: usize = 16 * 1024;
/// While something is to be expected, or cannot be fetched, it is asked for as often as this at least: what was
/// submitted meanwhile may be due sooner than all that was there before.
const LISTEN_EVERY: Duration = Duration::from_secs(1);

/// An account at a simulated carrier.
pub struct CarrierProvider {
    settings: Carrier,
    link: Arc<Link>,
    listening: Arc<Listening>,
}

impl CarrierProvider {
    /// Connects to nothing yet. `name` is the provider's in crier.yaml.
    pub fn new(name: &str, settings: &Carrier) -> CarrierProvider {
        CarrierProvider {
            link: Arc::new(Link::new(settings)),
            listening: Arc::new(Listening::new(name)),
            settings: settings.clone(),
        }
    }
}

impl Provider for CarrierProvider {
    fn abilities(&self) -> Abilities {
        let resolve = if self.settings.look_up {
            Resolve::LookUp
        } else if self.settings.refuses_duplicates {
            Resolve::Resubmit
        } else {
            Resolve::Nothing
        };
        Abilities {
            batch: self.settings.batch,
            in_flight: self.settings.in_flight,
            forgets: false,
            resolve,
            patience: self.settings.timeout,
        }
    }

    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let (link, listening) = (self.link.clone(), self.listening.clone());
        let server_errors = self.settings.server_errors;
        let submit = Submit {
            messages: batch.into_iter().map(Text::from).collect(),
        };
        Box::pin(async move {
            let _under_way = listening.submitting();
            let bytes = A_REFERENCE * submit.messages.len();
            let outcome = link.post("/messages", &submit, bytes).await;
            answers::of(&submit.messages, outcome, server_errors, now)
        })
    }

    fn look_up(&self, references: Vec<String>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Found>> {
        let link = self.link.clone();
        Box::pin(async move {
            let mut found = Vec::with_capacity(references.len());
            for chunk in references.chunks(LOOK_UP) {
                match look_up_some(&link, chunk).await {
                    Ok(some) => found.extend(some),
                    // The rest would wait for the same trouble, one time-out after the other.
                    Err(reason) => {
                        found.resize(references.len(), Found::CannotTell(reason));
                        break;
                    }
                }
            }
            found
        })
    }

    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        let (link, listening) = (self.link.clone(), self.listening.clone());
        Box::pin(async move {
            let round = listening.begin();
            let page = fetch(&link).await;
            listening.note(page.as_ref().err());
            let Ok(page) = page else {
                return Polled {
                    again_at: Some(later(now, LISTEN_EVERY)),
                    ..Polled::default()
                };
            };
            let wait = match page.next_in_ms {
                Some(ms) => Some(Duration::from_millis(ms).min(LISTEN_EVERY)),
                None if listening.was_quiet(round) => None,
                None => Some(LISTEN_EVERY),
            };
            Polled {
                whole: page.next_in_ms != Some(0),
                inbound: page.inbound,
                again_at: wait.map(|wait| later(now, wait)),
                mark: page.mark,
            }
        })
    }

    fn acknowledge(&self, mark: u64) -> BoxFuture<'static, ()> {
        let link = self.link.clone();
        Box::pin(async move {
            let outcome = link.post("/inbound/acknowledge", &Acknowledge { mark }, 0).await;
            if let Err(reason) = succeeded(outcome) {
                // It will be said again, and what is said twice changes nothing.
                tracing::debug!(mark, reason, "a page could not be acknowledged");
            }
        })
    }

    /// The carrier remembers by itself.
    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}

/// What a network that is simulated lets be heard of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// No byte of it left, for this reason.
    NoConnection(String),
    /// It arrived or not, and no answer came, for this reason.
    Nothing(String),
    /// An answer.
    Answer {
        /// 200 and so on.
        status: u16,
        /// Names are lower case.
        headers: Vec<(&'static str, String)>,
        /// All of it.
        body: Vec<u8>,
    },
}

/// What the adapter takes an answer for that it did not hear over HTTP: one answer for each text, in their order. A status
/// or a header that HTTP does not have is heard as nothing.
pub fn taken_for(texts: &[Text], heard: Heard, errors: ServerErrors, now: DateTime<Utc>) -> Vec<Answer> {
    let outcome = match heard {
        Heard::NoConnection(reason) => Outcome::NotSent(reason),
        Heard::Nothing(reason) => Outcome::Lost(reason),
        Heard::Answer {
            status,
            headers,
            body,
        } => Reply::of(status, &headers, body).map_or_else(Outcome::Lost, Outcome::Answered),
    };
    answers::of(texts, outcome, errors, now)
}

impl From<Submission> for Text {
    fn from(text: Submission) -> Text {
        Text {
            to: text.to.to_string(),
            reference: text.reference,
            sender: text.sender,
            text: text.text,
        }
    }
}

async fn look_up_some(link: &Link, references: &[String]) -> Result<Vec<Found>, String> {
    let question = LookUp {
        references: references.to_vec(),
    };
    let body = succeeded(
        link.post("/look-up", &question, A_REFERENCE * references.len())
            .await,
    )?;
    let answer: LookedUp = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
    let known: std::collections::HashSet<String> = answer.known.into_iter().collect();
    let found = |reference| match known.contains(reference) {
        true => Found::Accepted,
        false => Found::NotKnown,
    };
    Ok(references.iter().map(found).collect())
}

async fn fetch(link: &Link) -> Result<InboundPage, String> {
    let body = succeeded(
        link.get("/inbound", &format!("limit={PAGE}"), AN_INBOUND * PAGE)
            .await,
    )?;
    serde_json::from_slice(&body).map_err(|error| unreadable(&error))
}

/// The body of an answer that says yes, else why there is none.
fn succeeded(outcome: Outcome) -> Result<Vec<u8>, String> {
    match outcome {
        Outcome::NotSent(reason) | Outcome::Lost(reason) => Err(reason),
        Outcome::Answered(reply) if reply.status.is_success() => reply.body,
        Outcome::Answered(reply) => Err(format!("answered {}", reply.status)),
    }
}

fn unreadable(error: &serde_json::Error) -> String {
    format!("the answer is not of this protocol: {error}")
}

fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
