//! What is to happen, by its second. Seconds count from the origin of the rehearsal, so that one is four bytes; what is due
//! together lies together.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds from the origin.
pub(super) type Second = u32;

/// What never comes.
pub(super) const NEVER: Second = Second::MAX;

/// One thing that is to happen to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub person: u32,
    pub what: Coming,
}

/// What comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coming {
    /// The time of the place where the person stands; nothing if the person departed since.
    Due {
        /// The person's departures when it was entered.
        departure: u32,
    },
    /// The person writes about a message.
    Reply {
        message: u16,
        /// Which of the person's texts it is about, for the draw.
        nth: u16,
        /// To the sender of that text.
        lane: u8,
        /// The person opts out.
        out: bool,
    },
    /// A message is delivered.
    Delivered(u16),
    /// Something of the model that happens once.
    Once(u16),
}

/// Entries by second, each second in the order in which they were entered.
#[derive(Debug, Default)]
pub(super) struct Agenda(BTreeMap<Second, Vec<Entry>>);

impl Agenda {
    pub fn enter(&mut self, at: Second, entry: Entry) {
        self.0.entry(at).or_default().push(entry);
    }

    /// The next second in which something happens.
    pub fn next(&self) -> Option<Second> {
        self.0.keys().next().copied()
    }

    /// All of that second.
    pub fn take(&mut self) -> Option<(Second, Vec<Entry>)> {
        self.0.pop_first()
    }
}

/// Between seconds and instants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    origin: DateTime<Utc>,
}

impl Clock {
    /// Counts from a whole second.
    pub fn from(origin: DateTime<Utc>) -> Clock {
        let origin = DateTime::from_timestamp(origin.timestamp(), 0).unwrap_or(origin);
        Clock { origin }
    }

    /// The instant of a second.
    pub fn at(self, second: Second) -> DateTime<Utc> {
        self.origin + TimeDelta::seconds(second.into())
    }

    /// The instant so long after the origin.
    pub fn after(self, time: std::time::Duration) -> DateTime<Utc> {
        let time = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        self.origin
            .checked_add_signed(time)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The second in which an instant has come. What is a century away never comes.
    pub fn second(self, at: DateTime<Utc>) -> Second {
        let time = at - self.origin;
        let over = i64::from(time.subsec_nanos() > 0);
        match time.num_seconds().saturating_add(over) {
            before if before < 0 => 0,
            seconds => Second::try_from(seconds).unwrap_or(NEVER),
        }
    }
}
