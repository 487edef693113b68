//! What the carrier counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes;
use super::fault::Fault;
use super::ledger::Fate;

/// What `GET /stats` says. All but `requests` is of the whole ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Submits since this process started.
    pub requests: u64,
    /// Texts submitted.
    pub texts: u64,
    /// Of these taken.
    pub taken: u64,
    /// Of these not taken, with nothing of use said about it.
    pub lost: u64,
    /// Of these refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// Of these in a request that met trouble, by the name of its switch.
    pub troubles: BTreeMap<String, u64>,
    /// Taken although their reference was taken before: what was sent twice.
    pub duplicates: u64,
    /// Receipts and replies not acknowledged yet, due or not.
    pub inbound_pending: u64,
    /// Receipts and replies acknowledged.
    pub inbound_acknowledged: u64,
}

impl Stats {
    /// Counts a text.
    pub(super) fn text(&mut self, fate: Fate, fault: Option<Fault>) {
        self.texts += 1;
        match fate {
            Fate::Taken => self.taken += 1,
            Fate::Lost => self.lost += 1,
            Fate::Refused(code) => count(&mut self.refused, codes::word(code)),
        }
        if let Some(fault) = fault {
            count(&mut self.troubles, fault.word());
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}
