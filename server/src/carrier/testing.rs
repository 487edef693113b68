//! What the tests of the carrier share.

use chrono::{DateTime, TimeDelta, Utc};
use engine::provider::carrier::wire::{Submit, Text};
use engine::provider::{Inbound, ReceiptStatus};

use super::Switches;

/// Switches of these changes.
pub(super) fn switches(changes: &[(&str, &str)]) -> Switches {
    let mut switches = Switches::default();
    switches.change(changes.iter().copied()).expect("switches");
    switches
}

/// Names and texts that own what they are.
pub(super) fn pairs(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = changes
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    owned.collect()
}

/// So many seconds after the beginning.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_760_000_000 + seconds)
}

/// A request with these references, each to a number of its own.
pub(super) fn submit(references: &[&str]) -> Submit {
    let text = |reference: &&str| Text {
        reference: (*reference).to_owned(),
        to: format!("+1415555{:04}", reference.bytes().map(u32::from).sum::<u32>()),
        sender: "desk".to_owned(),
        text: "Doors open at 8".to_owned(),
    };
    Submit {
        messages: references.iter().map(text).collect(),
    }
}

/// What came in, a word each.
pub(super) fn told(inbound: &[Inbound]) -> Vec<String> {
    let word = |inbound: &Inbound| match inbound {
        Inbound::Receipt {
            reference, status, ..
        } => format!("{reference} {}", status_word(*status)),
        Inbound::Text { id, text, part, .. } => {
            let part = part.map_or(String::new(), |part| format!(" ({} of {})", part.index, part.of));
            format!("{id} \"{text}\"{part}")
        }
    };
    inbound.iter().map(word).collect()
}

fn status_word(status: ReceiptStatus) -> &'static str {
    match status {
        ReceiptStatus::Accepted => "accepted",
        ReceiptStatus::Delivered => "delivered",
        ReceiptStatus::Undelivered => "undelivered",
        ReceiptStatus::Expired => "expired",
    }
}
