//! What a provider is: somebody who takes texts, with three answers, and who brings receipts and replies. An adapter is
//! a file under `provider/`; it makes the answers of its vendor into these and knows nothing of campaigns.

pub mod simulated;

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// It cannot be known: no answer in time, a broken connection. Never sent again blindly.
    Maybe,
}

/// Why a submission was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it concerns, and so what is to be done.
    pub scope: Scope,
    /// In the provider's words.
    pub reason: String,
}

/// What a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This number takes no texts, ever: the message is rejected.
    RecipientForEver,
    /// This number takes none now: the message is tried again later.
    RecipientForNow,
    /// This text is refused: the message is rejected.
    Message,
    /// The sender or the account is stopped, or the provider is busy or away: nobody moves, the rest waits.
    Sender,
    /// As `Sender`, for every sender of the account.
    Account,
    /// As `Sender`, for everything this provider does.
    Provider,
}

impl Scope {
    /// Whether the message is refused for ever.
    pub fn is_final(self) -> bool {
        match self {
            Scope::RecipientForEver | Scope::Message => true,
            Scope::RecipientForNow | Scope::Sender | Scope::Account | Scope::Provider => false,
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
    },
}

/// What a receipt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStatus {
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
}

/// What came in, and when to ask again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Polled {
    /// What came in.
    pub inbound: Vec<Inbound>,
    /// When to ask again; none when nothing is to be expected.
    pub again_at: Option<DateTime<Utc>>,
}

/// The providers of a project, by name.
pub fn providers(project: &Project) -> BTreeMap<String, Arc<dyn Provider>> {
    let make = |settings: &Settings| -> Arc<dyn Provider> {
        match settings {
            Settings::Simulated(settings) => Arc::new(simulated::SimulatedProvider::new(*settings)),
        }
    };
    project
        .providers
        .iter()
        .map(|(name, settings)| (name.clone(), make(settings)))
        .collect()
}

/// A provider account.
pub trait Provider: Send + Sync {
    /// What it can do. Never changes.
    fn abilities(&self) -> Abilities;

    /// Submits at most [`Abilities::batch`] texts in one request; one answer for each, in their order.
    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>>;

    /// Fetches receipts and replies that came since the last time.
    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled>;

    /// Tells a provider that [`Abilities::forgets`] of a text that an earlier process sent, and when.
    fn remember(&self, sent: Submission, at: DateTime<Utc>);
}
