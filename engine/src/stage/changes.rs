//! What becomes of the person by what a passage leads to.

use dsl::campaign::Deed;

use super::{Happened, Stage};
use crate::advance::{Change, Event};
use crate::left_out::LeftOut;
use crate::story::place_of;

impl Stage {
    pub(super) fn skip(&mut self, step: u16, reason: LeftOut) {
        let campaign = &self.revision.campaign;
        let instruction = campaign.program.at(step);
        let what = match (&instruction.deed, &reason) {
            // An answer is left out wherever somebody stands.
            (_, LeftOut::TooManyAnswers) => None,
            (Deed::Send(send), _) => Some(campaign.messages[send.message].name.clone()),
            (_, LeftOut::TooLate | LeftOut::MovedPast | LeftOut::WaitUndecided(_)) => {
                Some(place_of(&instruction.step))
            }
            // Of a condition that cannot be decided another way may be taken.
            _ => None,
        };
        self.note(Happened::Skipped { what, reason });
    }

    /// Whether a rule handed the reply to somebody.
    pub(super) fn is_forwarded(&self) -> bool {
        let of_reply = self.log.iter().rev().map(|entry| &entry.what);
        let mut of_reply = of_reply.take_while(|what| !matches!(what, Happened::Said(_)));
        of_reply.any(|what| matches!(what, Happened::Changed(Change::Forward(_))))
    }

    /// `at`: the passage that brought it about.
    pub(super) fn change(&mut self, at: Option<usize>, change: Change) {
        self.know(|known| known.change(&change));
        self.starts
            .follow(&self.revision, &self.cast, &self.person, self.now);
        let wrote = |at: usize| self.passages[at].known.reply.is_some();
        if let (Change::Forward(to), Some(false)) = (&change, at.map(wrote)) {
            return self.note(Happened::NoReply(to.to_string()));
        }
        if let (Change::Reach, Some(at)) = (&change, at) {
            self.passages[at].known.reached = true;
        }
        let kept = match &change {
            Change::Call(request) => self.answers.take(request),
            _ => None,
        };
        self.note(Happened::Changed(change));
        match kept {
            Some((field, value)) if !self.revision.fits(&field, &value) => {
                let (what, reason) = (None, LeftOut::IllTyped(field));
                self.note(Happened::Skipped { what, reason });
            }
            Some((field, value)) => self.change(at, Change::Set(field, value)),
            None => {}
        }
    }

    /// No more texts; `at`: the passage that was told already.
    pub(super) fn suppress(&mut self, at: Option<usize>) {
        self.opted_out = true;
        self.note(Happened::OptedOut);
        self.leave_all();
        let others = (self.first_known..self.passages.len()).filter(|other| Some(*other) != at);
        for other in others.collect::<Vec<_>>() {
            self.advance(other, &Event::OptedOut);
        }
    }
}
