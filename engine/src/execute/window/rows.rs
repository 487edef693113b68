//! What a window writes of its messages. Every message row of an execution is made here.

use chrono::{DateTime, Utc};

use super::{Outcome, Send, Window, WindowId};
use crate::execute::Executor;
use crate::ids::CohortId;
use crate::store::{ClaimedCohort, DeadLetter, MessageRow, MessageState};

/// Which answers a record holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageRows {
    /// Those that are there and say whether the text was taken.
    Answered,
    /// All of a window that is complete.
    All,
}

impl Executor {
    /// The answers of a window that are not recorded yet.
    pub(super) fn message_rows(
        &self,
        id: WindowId,
        window: &mut Window,
        which: MessageRows,
    ) -> Vec<MessageRow> {
        let sender = window.sender.clone();
        let row = |send: &mut Send| {
            let (outcome, at) = send.outcome.as_ref()?;
            let state = outcome.state().filter(|_| !send.recorded)?;
            // Whether a message that was not taken is tried again or given up is known when the window is complete.
            if which == MessageRows::Answered && state == MessageState::Attempting {
                return None;
            }
            let cohort = self.cohort(&sender, send.cohort);
            let at = send.submitted_at.unwrap_or(*at);
            let row = row_of(cohort, send, state, outcome, at);
            send.recorded = true;
            Some(MessageRow {
                window: if row.parts > 0 { id } else { 0 },
                ..row
            })
        };
        window.sends.iter_mut().filter_map(row).collect()
    }

    /// The end of a message that was not taken and is not tried again. One that is in doubt stays so: the state only
    /// rises, and where it may have been taken this row says no more than that.
    pub(super) fn ended_row(&self, sender: &str, id: CohortId, index: usize, reason: String) -> MessageRow {
        let cohort = self.cohort(sender, id);
        let member = &cohort.members[index];
        MessageRow {
            id: cohort.message(index),
            launch: cohort.launch,
            run: cohort.run,
            phone: member.phone,
            language: member.language,
            tariff: member.tariff,
            state: if member.doubt().is_any() || member.is_resent() {
                MessageState::Unknown
            } else {
                MessageState::Rejected
            },
            parts: 0,
            attempts: member.attempts(),
            window: 0,
            at: self.clock.now(),
            reason: Some(reason),
            is_resent: false,
        }
    }

    /// A message that is given up, with its member as it stands.
    pub(super) fn dead_letter(&self, sender: &str, id: CohortId, index: usize, reason: String) -> DeadLetter {
        let cohort = self.cohort(sender, id);
        DeadLetter {
            message: cohort.message(index),
            launch: cohort.launch,
            kind: cohort.kind,
            run: cohort.run,
            place: cohort.place,
            sender: sender.to_owned(),
            time_class: cohort.time_class.clone(),
            member: cohort.members[index].clone(),
            reason,
            at: self.clock.now(),
        }
    }
}

fn row_of(
    cohort: &ClaimedCohort,
    send: &Send,
    state: MessageState,
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> MessageRow {
    let member = &cohort.members[send.index];
    // A refusal says nothing of the text that was sent before it, which may have been taken.
    let may_be_taken = member.is_resent();
    let refused = state <= MessageState::Rejected;
    MessageRow {
        id: send.message,
        launch: cohort.launch,
        run: cohort.run,
        phone: member.phone,
        language: member.language,
        tariff: member.tariff,
        state: if refused && may_be_taken {
            MessageState::Unknown
        } else {
            state
        },
        parts: send.parts(),
        attempts: member.attempts().saturating_add(1),
        window: 0,
        at,
        reason: outcome.reason(),
        is_resent: may_be_taken && !matches!(state, MessageState::Attempting | MessageState::Rejected),
    }
}
