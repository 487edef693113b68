//! `limits.halt` in a rehearsal: by the same shares as in production a launch is halted, and nobody resumes it here. Who waits
//! for a text then is held.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use dsl::campaign::{Campaign, Halt};
use serde::Serialize;

use super::World;
use super::agenda::Second;
use crate::halt::{ENOUGH, Tally, halts};

/// That a launch was halted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Halted {
    /// When.
    pub at: DateTime<Utc>,
    /// Which share was passed, in words.
    pub reason: String,
    /// People who wait for a text since.
    pub people: u64,
}

/// What a launch has come to, and whether that halted it.
#[derive(Debug)]
pub(super) struct Halting {
    halt: Halt,
    tally: Tally,
    /// Receipts that say that a text did not arrive, by the second in which they come.
    undelivered: BTreeMap<Second, u64>,
    /// The end of the canary's watch, where it was not asked about yet.
    watched_until: Option<Second>,
    pub halted: Option<Halted>,
}

impl Halting {
    /// Of a campaign.
    pub fn of(campaign: &Campaign) -> Halting {
        Halting {
            halt: campaign.limits.halt,
            tally: Tally::default(),
            undelivered: BTreeMap::new(),
            watched_until: None,
            halted: None,
        }
    }

    /// The watch of the canary ends then.
    pub fn watch_until(&mut self, until: Second) {
        self.watched_until = Some(until);
    }

    /// Whether any text went.
    pub fn any_taken(&self) -> bool {
        self.tally.taken > 0
    }

    /// A text went.
    pub fn taken(&mut self) {
        self.tally.taken += 1;
    }

    /// Its receipt will say that it did not arrive.
    pub fn will_not_arrive(&mut self, said_at: Second) {
        if self.halt.undelivered.is_some() {
            *self.undelivered.entry(said_at).or_default() += 1;
        }
    }

    /// Somebody opted out.
    pub fn opted_out(&mut self) {
        self.tally.opt_outs += 1;
    }

    /// Why it is halted now; none: it goes on, or was halted before.
    fn passed(&mut self, now: Second) -> Option<String> {
        if self.halted.is_some() {
            return None;
        }
        while let Some(said) = self.undelivered.first_entry().filter(|said| *said.key() <= now) {
            self.tally.undelivered += said.remove();
        }
        let enough = match self.watched_until.take_if(|until| *until <= now) {
            Some(_) => 1,
            None => ENOUGH,
        };
        halts(&self.halt, self.tally, Tally::default(), enough)
    }
}

impl World<'_> {
    /// Halts the launch where what came of it by now passes a share that the campaign allows.
    pub(super) fn halt_if_passed(&mut self) {
        let now = Second::try_from(self.now.as_secs()).unwrap_or(Second::MAX);
        if let Some(reason) = self.halting.passed(now) {
            self.halting.halted = Some(Halted {
                at: self.clock.after(self.now),
                reason,
                people: 0,
            });
        }
    }
}
