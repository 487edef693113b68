//! What a refusal means beside the state of its message: who is texted no more, and what goes once its cause is mended. It
//! stands in the store as early as the refusal itself, so that no end of a process takes it away.

use chrono::{DateTime, Utc};

use super::settle::Settled;
use super::{Outcome, Send, Window};
use crate::execute::Executor;
use crate::provider::{Answer, Scope};
use crate::store::{DeadLetter, MessageState, Suppression};

impl Executor {
    /// What those answers of a window say that no record holds yet. Whoever told the provider to stop gets no text any more.
    pub(super) fn refusals(&self, window: &Window) -> (Vec<Suppression>, Vec<DeadLetter>) {
        let (mut suppressions, mut dead) = (vec![], vec![]);
        for send in window.sends.iter().filter(|send| !send.recorded) {
            let Some((outcome, at)) = &send.outcome else {
                continue;
            };
            match refused(outcome) {
                Some(Scope::OptedOut) => {
                    suppressions.push(self.suppression(&window.sender, send, *at));
                }
                Some(Scope::Message) => dead.extend(self.letter(&window.sender, send, outcome)),
                Some(_) | None => {}
            }
        }
        (suppressions, dead)
    }

    /// A text that is refused for ever, and not because of the number, can be sent once its cause is mended. Where an
    /// earlier record holds its letter that is free to go now.
    pub(super) fn bury_refused(&self, sender: &str, send: &Send, outcome: &Outcome, settled: &mut Settled) {
        let is_recorded = match outcome {
            Outcome::Known(known) => known.state == MessageState::Rejected,
            _ => send.recorded && refused(outcome) == Some(Scope::Message),
        };
        match is_recorded {
            true => settled.freed.push(send.message),
            false => settled.dead.extend(self.letter(sender, send, outcome)),
        }
    }

    /// None of one that was sent before and may have been taken then.
    fn letter(&self, sender: &str, send: &Send, outcome: &Outcome) -> Option<DeadLetter> {
        let resent = self.cohort(sender, send.cohort).members[send.index].is_resent();
        if refused(outcome) != Some(Scope::Message) || resent {
            return None;
        }
        let reason = outcome.reason().unwrap_or_default();
        Some(self.dead_letter(sender, send.cohort, send.index, reason))
    }

    /// The number is texted no more: read before each submit from now on; the change's number comes with a later record.
    pub(super) fn suppression(&self, sender: &str, send: &Send, at: DateTime<Utc>) -> Suppression {
        self.stopped.stop(send.phone.as_u64());
        let reason = send.outcome.as_ref().and_then(|(outcome, _)| outcome.reason());
        Suppression {
            phone: send.phone,
            reason: "opt-out-at-provider",
            evidence: reason.unwrap_or_default(),
            at,
            launch: Some(self.cohort(sender, send.cohort).launch),
        }
    }
}

fn refused(outcome: &Outcome) -> Option<Scope> {
    match outcome {
        Outcome::Answered(Answer::NotSent(refusal)) => Some(refusal.scope),
        _ => None,
    }
}
