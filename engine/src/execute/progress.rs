//! How far an execution is: what whoever watches it is told.

use chrono::{DateTime, Utc};

use super::launched::Launched;
use super::window::Outcome;
use crate::ids::MessageId;
use crate::provider::Answer;
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
    /// Something is due, and whoever it goes to takes nothing before they are asked again then.
    pub shut_until: Option<DateTime<Utc>>,
}

impl Launched {
    /// Counts what became of a text of a step. `in_doubt`: an earlier submit of it was not answered; `is_resent`: and it went
    /// once more all the same, so that no refusal tells what became of the first.
    pub(super) fn count(&mut self, message: MessageId, outcome: &Outcome, in_doubt: bool, is_resent: bool) {
        if matches!(outcome, Outcome::Answered(Answer::Maybe(_))) && !in_doubt {
            self.doubt(message);
        }
        if outcome.is_taken() {
            // A receipt may have told before the look-up did.
            let is_new = self.doubts.remove(&message) || !in_doubt;
            self.progress.accepted += u64::from(is_new);
        }
        if outcome.settles_doubt() && !is_resent {
            self.doubts.remove(&message);
            self.progress.rejected += u64::from(outcome.is_refused());
        }
        self.progress.in_doubt = self.doubts.len() as u64;
    }

    /// Nobody can tell whether a message was taken.
    pub(super) fn doubt(&mut self, message: MessageId) {
        self.doubts.insert(message);
        self.progress.in_doubt = self.doubts.len() as u64;
    }

    /// A receipt of a message says that it was taken.
    pub(super) fn receipt_of(&mut self, message: MessageId) {
        self.progress.accepted += u64::from(self.doubts.remove(&message));
        self.progress.in_doubt = self.doubts.len() as u64;
    }
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
