//! Deliveries: replies and notes on their way to people at a desk. Each is written in the commit that keeps the reply or the
//! note, and tried after that under one key, with growing pauses, until its inbox has it or it is given up. What an answer means
//! and when it is tried again is decided here, from arguments; who reaches mail servers and hosts is [`Courier`].

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms::PhoneNumber;
use sms::invisible::is_invisible;

use crate::draw;
use crate::ids::LaunchId;

mod courier;
mod http;
mod mail;
mod phone;
mod route;
mod secret;
mod slack;
mod smtp;
#[cfg(test)]
pub(crate) mod tests;
mod webhook;

pub use courier::{Courier, Environment};
pub use phone::text_of;
pub use route::Route;

/// Something for people at a desk that is to be delivered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Serial: its key is made of it.
    pub id: i64,
    /// An inbox of crier.yaml, or an address.
    pub inbox: String,
    /// What.
    pub item: Item,
    /// How often it was begun, this time included.
    pub attempts: u32,
    /// A failure from then on is the last.
    pub give_up_at: DateTime<Utc>,
}

/// A reply, or a note of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which of both.
    pub kind: ItemKind,
    /// Who wrote, or whom the note is about.
    pub phone: PhoneNumber,
    /// What it says.
    pub text: String,
    /// When it came, or was made.
    pub at: DateTime<Utc>,
    /// The launch that it belongs to, and the name of its campaign; none: the person is in no campaign.
    pub launch: Option<(LaunchId, String)>,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// A person's text.
    Reply {
        /// The sender that it was written to.
        sender: String,
        /// It contains an opt-out word: somebody must read it.
        flagged: bool,
    },
    /// A text of ours about a person.
    Note,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The inbox has it.
    Done,
    /// The inbox takes nothing for now, in these words; and not before so long, where it says so.
    Again(String, Option<Duration>),
    /// It refuses this one, and would again: in these words.
    Refused(String),
    /// It is gone for ever: nothing goes there any more, until somebody says so.
    Gone(String),
}

impl Answered {
    /// The same in words that a terminal shows and does not obey: servers say what they like.
    fn told_plainly(self) -> Answered {
        match self {
            Answered::Done => Answered::Done,
            Answered::Again(said, wait) => Answered::Again(plainly(&said), wait),
            Answered::Refused(said) => Answered::Refused(plainly(&said)),
            Answered::Gone(said) => Answered::Gone(plainly(&said)),
        }
    }
}

/// On one line, without end of it, and without what is not seen.
fn plainly(said: &str) -> String {
    let seen = |c: char| match c.is_control() || is_invisible(c) {
        true => char::REPLACEMENT_CHARACTER,
        false => c,
    };
    let one_line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(MOST_SAID).map(seen).collect()
}

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is delivered.
    Delivered,
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It is given up, and stays in `crier inbox`.
    Undelivered,
}

/// What is known of an inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxState {
    /// Failures since the last success; those of what went together count as one.
    pub failures: u32,
    /// Nothing goes there before.
    pub until: Option<DateTime<Utc>>,
    /// Nothing goes there any more.
    pub stopped: bool,
}

/// How long a try may take, all in all.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// What is not delivered after this is given up at its next failure.
const PATIENCE: TimeDelta = TimeDelta::days(3);
/// The pauses between two tries: the first, and the longest.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);
/// The longest pause that an inbox may ask for.
const LONGEST_ASKED: TimeDelta = TimeDelta::days(1);

/// Letters that are kept of what was said, at most.
const MOST_SAID: usize = 300;

/// When a failure of what is written at `at` is the last.
pub fn given_up_at(at: DateTime<Utc>) -> DateTime<Utc> {
    at + PATIENCE
}

impl Delivery {
    /// When it is tried again: each pause is three times as long as the one before, and up to a quarter longer or shorter by a
    /// hash, so that what failed together does not come back together.
    pub fn again_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let nth = u16::try_from(self.attempts).unwrap_or(u16::MAX);
        let [hash, ..] = draw::four(self.id.unsigned_abs(), self.item.phone, nth);
        let pause = pause(self.attempts).to_std().unwrap_or_default();
        let pause = pause.mul_f64(0.75 + draw::fraction(hash) / 2.0);
        now + TimeDelta::from_std(pause).unwrap_or(LONGEST_PAUSE)
    }

    /// When it is tried again if nobody ever tells what came of it this time.
    pub fn unheard_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.again_at(now + TimeDelta::from_std(TIMEOUT).unwrap_or(PATIENCE))
    }
}

/// The pause after so many failures.
fn pause(failures: u32) -> TimeDelta {
    let times = 3_i32.saturating_pow(failures.saturating_sub(1));
    let pause = FIRST_PAUSE.checked_mul(times);
    pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// What becomes of a delivery by an answer.
pub fn fate(delivery: &Delivery, answered: &Answered, now: DateTime<Utc>) -> Fate {
    match answered {
        Answered::Done => Fate::Delivered,
        Answered::Refused(_) => Fate::Undelivered,
        Answered::Again(..) if now >= delivery.give_up_at => Fate::Undelivered,
        Answered::Again(_, wait) => Fate::Again(delivery.again_at(now).max(asked(*wait, now))),
        // It waits until somebody lets it go on.
        Answered::Gone(_) => Fate::Again(now),
    }
}

/// What is known of an inbox after an answer.
pub fn after(state: InboxState, answered: &Answered, now: DateTime<Utc>) -> InboxState {
    match answered {
        Answered::Done => InboxState { failures: 0, ..state },
        Answered::Refused(_) => state,
        Answered::Gone(_) => InboxState {
            stopped: true,
            ..state
        },
        Answered::Again(_, wait) => {
            // What went together fails together.
            let is_known = state.failures > 0 && state.until.is_some_and(|until| until > now);
            let failures = state.failures + u32::from(!is_known);
            let until = (now + pause(failures)).max(asked(*wait, now));
            InboxState {
                failures,
                until: state.until.max(Some(until)),
                ..state
            }
        }
    }
}

fn asked(wait: Option<Duration>, now: DateTime<Utc>) -> DateTime<Utc> {
    let wait = wait.map(|wait| TimeDelta::from_std(wait).unwrap_or(LONGEST_ASKED));
    now + wait.unwrap_or_default().min(LONGEST_ASKED)
}
