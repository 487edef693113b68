//! What somebody waits for whose turn is still to come: `crier why` tells it. Pure: it asks the gate what `advance` asks it.

use std::fmt;

use chrono::{DateTime, Utc};
use dsl::campaign::Deed;
use dsl::campaign::program::Until;

use super::gate::{Gate, Turn, closed_by, gate};
use super::known::Known;
use super::{Place, slot};
use crate::revision::Revision;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// The passage begins then.
    Beginning,
    /// A wait of so long before it.
    Wait,
    /// A wait for a moment before it.
    Moment,
    /// The next round.
    Round,
    /// A reply.
    Answer,
    /// What an `await` waits for.
    Event,
    /// What a `call` before it brings.
    Call,
    /// The window or the quiet hours.
    Hours,
    /// The weekdays.
    Days,
    /// As many texts as a cap lets through have gone.
    Frequency,
    /// The message is tried again.
    Again,
}

impl WaitsFor {
    /// Its name, for programs.
    pub fn code(self) -> &'static str {
        match self {
            WaitsFor::Beginning => "beginning",
            WaitsFor::Wait => "wait",
            WaitsFor::Moment => "moment",
            WaitsFor::Round => "round",
            WaitsFor::Answer => "answer",
            WaitsFor::Event => "event",
            WaitsFor::Call => "call",
            WaitsFor::Hours => "hours",
            WaitsFor::Days => "days",
            WaitsFor::Frequency => "frequency",
            WaitsFor::Again => "again",
        }
    }
}

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WaitsFor::Beginning => "the passage begins then",
            WaitsFor::Wait => "the wait before it is over then",
            WaitsFor::Moment => "its moment comes then",
            WaitsFor::Round => "the next round begins then",
            WaitsFor::Answer => "so long it is open for an answer",
            WaitsFor::Event => "so long it is awaited",
            WaitsFor::Call => "the call before it is answered first",
            WaitsFor::Hours => "its hours begin then",
            WaitsFor::Days => "its days begin then",
            WaitsFor::Frequency => "`frequency` lets no more texts through before",
            WaitsFor::Again => "it is tried again then",
        })
    }
}

/// What somebody who stands at a place waits for until `due_at`. `again`: the text was submitted before.
pub fn waits_for(
    revision: &Revision,
    (place, again): (Place, bool),
    known: &Known,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> WaitsFor {
    let program = &revision.campaign.program;
    let closed = match &program.at(place.step).deed {
        Deed::Listen(_) => return WaitsFor::Answer,
        Deed::Await { .. } => return WaitsFor::Event,
        Deed::Send(send) => match gate(revision, send, &Turn::of_first(known, due_at), now) {
            Gate::Later(at) => closed_by(revision, send, known, now).map(|closed| (slot(at, now), closed)),
            Gate::Open | Gate::Skip(_) | Gate::Leave(_) => None,
        },
        _ => None,
    };
    // What opens at another time is asked when it is due. In a spread it opens for one after the other.
    let is_spread = revision.campaign.pace.spread.is_some();
    let is_it = |opens_at: DateTime<Utc>| opens_at == due_at || is_spread && opens_at < due_at;
    if let Some((_, closed)) = closed.filter(|(opens_at, _)| is_it(*opens_at)) {
        return closed;
    }
    if again {
        return WaitsFor::Again;
    }
    if place == Place::START {
        return WaitsFor::Beginning;
    }
    let is_round = |deed: &Deed| matches!(deed, Deed::Again { round, .. } if *round == place.step);
    if place.visit > 0 && program.instructions.iter().any(|one| is_round(&one.deed)) {
        return WaitsFor::Round;
    }
    match &program.at(place.step - 1).deed {
        Deed::Wait {
            until: Until::At(_), ..
        } => WaitsFor::Moment,
        Deed::Call(call) if call.save.is_some() => WaitsFor::Call,
        // What closes it has changed since.
        deed => match closed {
            Some((_, closed)) if !matches!(deed, Deed::Wait { .. }) => closed,
            _ => WaitsFor::Wait,
        },
    }
}
