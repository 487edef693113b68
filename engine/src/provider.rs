//! What a provider is: somebody who takes texts, with three answers, and who brings receipts and replies. An adapter is
//! a file under `provider/`; it makes the answers of its vendor into these and knows nothing of campaigns.

pub mod carrier;
pub mod simulated;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::{Project, Provider as Settings};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sms::PhoneNumber;

use crate::store::MessageState;

/// A text on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Ours; the same in every attempt.
    pub reference: String,
    /// To.
    pub to: PhoneNumber,
    /// From: the sender's name in crier.yaml.
    pub sender: String,
    /// What.
    pub text: String,
    /// As we count them.
    pub parts: u32,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The provider has it.
    Accepted,
    /// The provider definitely does not have it.
    NotSent(Refusal),
    /// It cannot be known, for this reason: no answer in time, a broken connection. Never sent again blindly.
    Maybe(String),
}

/// Why a submission was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it concerns, and so what is to be done.
    pub scope: Scope,
    /// In the provider's words.
    pub reason: String,
    /// When the provider wants to be asked again, counted from its answer, where it said so and it made sense.
    pub retry_after: Option<Duration>,
}

/// What a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This number takes no texts, ever: the message is rejected.
    RecipientForEver,
    /// The person told the provider to stop: the message is rejected, and the number is suppressed here too.
    OptedOut,
    /// This number takes none now: the message is tried again later.
    RecipientForNow,
    /// This text is refused: the message is rejected.
    Message,
    /// The sender is stopped (barred, not registered): it is paused, its queue is kept, a person must look.
    Sender,
    /// The account is stopped (no credit, spend limit, wrong password): as `Sender`, for all that goes through it.
    Account,
    /// The account is asked to slow down: all that goes through it waits. No attempt is used up.
    Throttled,
    /// The provider is away or broken: nobody moves, and the next provider of the sender's `then` takes over. While it takes
    /// others it concerns the text alone, which is tried again later.
    Provider,
}

impl Scope {
    /// Whether the message is refused for ever.
    pub fn is_final(self) -> bool {
        match self {
            Scope::RecipientForEver | Scope::OptedOut | Scope::Message => true,
            Scope::RecipientForNow | Scope::Sender | Scope::Account | Scope::Throttled | Scope::Provider => {
                false
            }
        }
    }

    /// Whether nobody moves: what is stopped is not the message but the way that it would take.
    pub fn blocks(self) -> bool {
        match self {
            Scope::RecipientForEver | Scope::OptedOut | Scope::RecipientForNow | Scope::Message => false,
            Scope::Sender | Scope::Account | Scope::Throttled | Scope::Provider => true,
        }
    }
}

/// Something a provider says by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inbound {
    /// The carrier's word on a message.
    Receipt {
        /// Ours.
        reference: String,
        /// What it says.
        status: ReceiptStatus,
        /// In the carrier's words.
        reason: Option<String>,
    },
    /// A person's text.
    Text {
        /// The provider's id: a repeated one is the same text.
        id: String,
        /// Who wrote.
        from: PhoneNumber,
        /// To which sender, by its name in crier.yaml.
        sender: String,
        /// What.
        text: String,
        /// Of a long text that comes part by part, which part this is; none: it is whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<TextPart>,
    },
}

/// Which part of a long text something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPart {
    /// What all parts of one text from one number have in common for some minutes.
    pub reference: u16,
    /// From 1.
    pub index: u8,
    /// How many there are.
    pub of: u8,
}

/// What a receipt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStatus {
    /// The provider has it and it is on its way: it proves that the provider took the text, and no more.
    Accepted,
    /// It arrived.
    Delivered,
    /// It did not.
    Undelivered,
    /// The carrier gave up in time.
    Expired,
}

impl ReceiptStatus {
    /// The state it raises a message to.
    pub fn state(self) -> MessageState {
        match self {
            ReceiptStatus::Accepted => MessageState::Accepted,
            ReceiptStatus::Delivered => MessageState::Delivered,
            ReceiptStatus::Undelivered => MessageState::Undelivered,
            ReceiptStatus::Expired => MessageState::Expired,
        }
    }
}

/// What a provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Submissions of one request.
    pub batch: usize,
    /// Requests under way at once.
    pub in_flight: usize,
    /// It makes its receipts in this process and must be told what was sent before ([`Provider::remember`]).
    pub forgets: bool,
    /// How a submission can be settled of which it is not known whether it was taken.
    pub resolve: Resolve,
    /// A request is over after this at the latest: what a look-up does not find that long after its request ended was not
    /// taken.
    pub patience: Duration,
}

/// How it can be found out whether a text was taken, other than by its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolve {
    /// The provider can be asked for our reference ([`Provider::look_up`]).
    LookUp,
    /// The provider refuses a reference that it has: the same text may be submitted again under it.
    Resubmit,
    /// Not at all.
    Nothing,
}

/// What a look-up says of one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The provider has it.
    Accepted,
    /// The provider does not have it.
    NotKnown,
    /// The look-up failed, for this reason.
    CannotTell(String),
}

/// What came in, and when to ask again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Polled {
    /// What came in.
    pub inbound: Vec<Inbound>,
    /// When to ask again; none when nothing is to be expected.
    pub again_at: Option<DateTime<Utc>>,
    /// It answered, and has no more to say now.
    pub whole: bool,
    /// What is acknowledged once `inbound` is kept ([`Provider::acknowledge`]).
    pub mark: u64,
}

/// The providers that the senders of a project use, by name.
pub fn providers(project: &Project) -> BTreeMap<String, Arc<dyn Provider>> {
    let make = |name: &str, settings: &Settings| -> Arc<dyn Provider> {
        match settings {
            Settings::Simulated(settings) => Arc::new(simulated::SimulatedProvider::new(*settings)),
            Settings::Carrier(settings) => Arc::new(carrier::CarrierProvider::new(name, settings)),
        }
    };
    let used = |name: &String| {
        let mut senders = project.senders.values();
        senders.any(|sender| sender.provider == *name || sender.then.contains(name))
    };
    project
        .providers
        .iter()
        .filter(|(name, _)| used(name))
        .map(|(name, settings)| (name.clone(), make(name, settings)))
        .collect()
}

/// A provider account.
pub trait Provider: Send + Sync {
    /// What it can do. Never changes.
    fn abilities(&self) -> Abilities;

    /// Submits at most [`Abilities::batch`] texts in one request; one answer for each, in their order.
    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>>;

    /// Asks of each reference, in their order, whether the provider has it. Only where [`Resolve::LookUp`] is said.
    fn look_up(&self, references: Vec<String>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Found>> {
        let cannot = |_| Found::CannotTell("this provider cannot be asked".to_owned());
        Box::pin(std::future::ready(references.into_iter().map(cannot).collect()))
    }

    /// Fetches receipts and replies that are not acknowledged yet.
    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled>;

    /// What was polled up to this mark is kept: the provider need not say it again.
    fn acknowledge(&self, _mark: u64) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Tells a provider that [`Abilities::forgets`] of a text that an earlier process sent, and when.
    fn remember(&self, sent: Submission, at: DateTime<Utc>);
}
