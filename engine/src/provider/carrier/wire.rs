//! What `crier carrier` and its adapter say to each other: JSON over HTTP/1.1. Both sides are made from these types.
//!
//! | request | answer |
//! |---|---|
//! | `POST /messages` [`Submit`] | 200 or 202 [`Submitted`]; 4xx and 5xx [`Trouble`] |
//! | `POST /look-up` [`LookUp`] | 200 [`LookedUp`]; 404 where look-up is switched off |
//! | `GET /inbound?limit=N` | 200 [`InboundPage`]: what is due and not acknowledged, the earliest first |
//! | `POST /inbound/acknowledge` [`Acknowledge`] | 204 |

use serde::{Deserialize, Serialize};

use crate::provider::Inbound;

/// Texts of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submit {
    /// At least one.
    pub messages: Vec<Text>,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The client's id of it.
    pub reference: String,
    /// E.164, with the plus.
    pub to: String,
    /// What the recipient sees, by the client's name for it.
    pub sender: String,
    /// What.
    pub text: String,
}

/// The carrier's word on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// One for each text, in any order; found by its reference.
    pub messages: Vec<Verdict>,
}

/// The carrier's word on one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Of the text.
    pub reference: String,
    /// Whether the carrier has it.
    pub status: Status,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether the carrier has a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It does.
    Accepted,
    /// It does, and sends it later.
    Queued,
    /// It does not.
    Refused,
}

/// Why a text, or a whole request, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// No such number, or one that takes no texts: for ever.
    UnknownNumber,
    /// A landline: for ever.
    Landline,
    /// The recipient told the carrier to stop: for ever.
    OptedOut,
    /// The recipient cannot be reached now.
    Unreachable,
    /// This text is not let through.
    Content,
    /// This reference was submitted before.
    DuplicateReference,
    /// The sender is barred or not registered.
    SenderBarred,
    /// The account has no credit.
    NoCredit,
    /// The account has reached its spend limit.
    SpendLimit,
    /// The account is barred, or the password is wrong.
    AccountBarred,
    /// Too fast: see the header Retry-After.
    Throttled,
    /// Trouble at the carrier.
    Internal,
}

/// The body of a 4xx or 5xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Why.
    pub code: Code,
    /// The same in words.
    pub reason: String,
}

/// Asks whether the carrier has texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUp {
    /// The client's ids.
    pub references: Vec<String>,
}

/// Which of them it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    /// Those it has; the others it does not have.
    pub known: Vec<String>,
}

/// Receipts and replies that are due and not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundPage {
    /// Acknowledging this acknowledges the page.
    pub mark: u64,
    /// The earliest first; at most as many as asked for.
    pub inbound: Vec<Inbound>,
    /// In how many milliseconds the next one is due that is not on the page; 0 when it is due already, none when there is
    /// none.
    pub next_in_ms: Option<u64>,
}

/// Everything up to a mark is kept by the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledge {
    /// Of an [`InboundPage`].
    pub mark: u64,
}
