//! What is submitted, looked at: a request that is not one of ours is refused as a whole.

use chrono::{DateTime, Utc};
use engine::provider::carrier::wire::{Submit, Text};
use sms::PhoneNumber;

use crate::carrier::agenda::Taken;
use crate::carrier::fault::Fault;
use crate::carrier::ledger::{Fate, Line, text_hash};

/// The most texts of one request.
const MOST_TEXTS: usize = 10_000;
/// The longest reference or sender, in bytes.
const LONGEST: usize = 200;

/// A text that was submitted.
pub(super) struct Incoming<'a> {
    pub reference: &'a str,
    pub to: PhoneNumber,
    pub sender: &'a str,
    pub text_hash: u64,
}

/// The texts of a request, or what is wrong with it.
pub(super) fn texts(request: &Submit) -> Result<Vec<Incoming<'_>>, &'static str> {
    match request.messages.len() {
        0 => Err("a request has at least one message"),
        1..=MOST_TEXTS => request.messages.iter().map(text).collect(),
        _ => Err("a request has at most 10,000 messages"),
    }
}

fn text(text: &Text) -> Result<Incoming<'_>, &'static str> {
    let fits = |name: &str| name.len() <= LONGEST && !name.contains(char::is_control);
    if text.reference.is_empty() || !fits(&text.reference) || !fits(&text.sender) {
        return Err("reference and sender are at most 200 bytes without control characters");
    }
    let digits = text.to.strip_prefix('+').and_then(|digits| digits.parse().ok());
    let to = digits
        .and_then(PhoneNumber::from_u64)
        .ok_or("a number is a plus and 7 to 15 digits")?;
    Ok(Incoming {
        reference: &text.reference,
        to,
        sender: &text.sender,
        text_hash: text_hash(&text.text),
    })
}

impl<'a> Incoming<'a> {
    /// For the ledger.
    pub(super) fn line(&self, fate: Fate, fault: Option<Fault>) -> Line<'a> {
        Line::Text {
            fate,
            fault,
            reference: self.reference,
            to: self.to,
            text_hash: self.text_hash,
            sender: self.sender,
        }
    }

    /// For the agenda.
    pub(super) fn taken(&self, at: DateTime<Utc>) -> Taken<'a> {
        Taken {
            reference: self.reference,
            to: self.to,
            sender: self.sender,
            at,
        }
    }
}
