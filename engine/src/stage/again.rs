//! Whether the person may begin once more, and what becomes of the passage before.

use super::{Happened, Passage, Stage};
use crate::advance::State;
use crate::trigger::{Earlier, may_enter};

impl Stage {
    pub(super) fn may_enter(&self, key: Option<&str>) -> bool {
        let own = |passage: &&Passage| passage.key.as_deref() == key;
        // Of all those before only these are asked about: a schedule may have brought thousands.
        let inside = self.passages[self.first_inside..].iter();
        let inside = inside.filter(|passage| passage.state != State::Ended);
        let latest = self.passages.iter().rev().find(own);
        let earlier: Vec<Earlier> = inside.filter(own).chain(latest).map(earlier_one).collect();
        let again = self.revision.campaign.pace.again;
        may_enter(again, &earlier, self.zone(), self.now).is_ok()
    }

    /// The passages that began with a key by now.
    pub(super) fn earlier(&self, key: Option<&str>) -> Vec<Earlier> {
        let own = self
            .passages
            .iter()
            .filter(|passage| passage.key.as_deref() == key);
        own.map(earlier_one).collect()
    }

    /// The passage that the next one takes the place of ends.
    pub(super) fn restart(&mut self, key: Option<&str>) {
        let inside = |passage: &Passage| passage.key.as_deref() == key && passage.state != State::Ended;
        for at in self.first_inside..self.passages.len() {
            if inside(&self.passages[at]) {
                self.passages[at].state = State::Ended;
                self.note(Happened::Restarted);
            }
        }
    }
}

fn earlier_one(passage: &Passage) -> Earlier {
    Earlier {
        began_at: passage.began_at,
        inside: passage.state != State::Ended,
    }
}
