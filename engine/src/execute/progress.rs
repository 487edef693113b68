//! How far an execution is: what whoever watches it is told.

use chrono::{DateTime, Utc};

use crate::store::{MessageState, Totals};

/// How far an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Messages that the provider took.
    pub accepted: u64,
    /// Messages that were refused for ever or given up.
    pub rejected: u64,
    /// Messages of which it is not known whether the provider took them; some may still be looked up.
    pub in_doubt: u64,
    /// Receipts that told something new.
    pub receipts: u64,
    /// Replies.
    pub replies: u64,
    /// Messages that were taken and did not arrive.
    pub undelivered: u64,
    /// People who opted out.
    pub opt_outs: u64,
    /// Nothing is submitted until somebody resumes the launch.
    pub paused: bool,
    /// Nothing is due before.
    pub next_due: Option<DateTime<Utc>>,
}

/// What a launch has come to so far.
pub(super) fn progress_of(totals: &Totals) -> Progress {
    let count = |wanted: fn(MessageState) -> bool| {
        totals
            .messages
            .iter()
            .filter(|(state, _)| wanted(**state))
            .map(|(_, n)| n)
            .sum()
    };
    Progress {
        accepted: count(|state| state >= MessageState::Accepted),
        rejected: count(|state| state == MessageState::Rejected),
        in_doubt: count(|state| state == MessageState::Unknown),
        receipts: count(|state| state > MessageState::Accepted),
        replies: totals.opt_outs + totals.other_replies,
        undelivered: count(|state| matches!(state, MessageState::Expired | MessageState::Undelivered)),
        opt_outs: totals.opt_outs,
        ..Progress::default()
    }
}
