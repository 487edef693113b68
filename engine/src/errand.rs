//! Errands: what a passage asks of others than its provider, which is calls over HTTP. An errand is written in the commit
//! that moves the person, and done after that, again and again under one key, until it is done or given up. What an answer
//! means is decided here, from its arguments; who asks is `http`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use sms::PhoneNumber;

use crate::advance::{Place, Request, round_up};
use crate::draw;
use crate::ids::LaunchId;

mod address;
mod http;
#[cfg(test)]
mod tests;

pub use http::Caller;
pub(crate) use http::{Unsent, exchange};

/// A call that is to be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Serial: its key is made of it.
    pub id: i64,
    /// In this launch.
    pub launch: LaunchId,
    /// For whom.
    pub phone: PhoneNumber,
    /// Where the person waits for the answer, and in which run of the launch; none where nobody does.
    pub waits: Option<Waits>,
    /// What is asked.
    pub request: Request,
    /// How often it was begun, this time included.
    pub attempts: u32,
    /// Not begun again from then on.
    pub give_up_at: DateTime<Utc>,
}

/// Where somebody waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Of the launch.
    pub run: u32,
    /// The instruction that follows.
    pub place: Place,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It was taken; the body, where somebody wants it and it was not too long.
    Done(Vec<u8>),
    /// Nobody knows, or it was not taken for now: in these words. Not before that time.
    Again(String, Option<Duration>),
    /// It is refused, and would be again: in these words.
    Refused(String),
}

/// What becomes of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is done; the field that keeps something of the answer, and what.
    Done(Option<(String, String)>),
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It is given up.
    GivenUp,
}

/// A call is begun at most so often.
pub const MOST_ATTEMPTS: u32 = 7;
/// A call that is not done after this is given up, and whoever waits for it goes on.
const PATIENCE: TimeDelta = TimeDelta::hours(1);
/// The pauses between two tries: the first, and the longest.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(2);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);
/// Letters that a field keeps of an answer at most.
const MOST_KEPT: usize = 1_000;

/// When an errand that is written at `at` is given up, to the second: people who wait alike wait together.
pub fn given_up_at(at: DateTime<Utc>) -> DateTime<Utc> {
    round_up(at + PATIENCE, 1_000)
}

impl Errand {
    /// When it is tried again: each pause is four times as long as the one before, and up to a quarter longer or shorter
    /// by a hash, so that what failed together does not come back together.
    pub fn again_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let times = 4_i32.saturating_pow(self.attempts.saturating_sub(1));
        let pause = FIRST_PAUSE.checked_mul(times);
        let pause = pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
        let nth = u16::try_from(self.attempts).unwrap_or(u16::MAX);
        let [hash, ..] = draw::four(self.id.unsigned_abs(), self.phone, nth);
        let pause = pause.to_std().unwrap_or_default();
        let pause = pause.mul_f64(0.75 + draw::fraction(hash) / 2.0);
        now + TimeDelta::from_std(pause).unwrap_or(LONGEST_PAUSE)
    }

    /// When it is tried again if nobody ever tells what came of it this time.
    pub fn unheard_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.again_at(now + TimeDelta::from_std(self.request.timeout).unwrap_or(PATIENCE))
    }
}

/// What becomes of an errand by an answer.
pub fn fate(errand: &Errand, answered: &Answered, now: DateTime<Utc>) -> Fate {
    match answered {
        Answered::Done(body) => {
            let field = errand.request.save.as_ref();
            Fate::Done(field.and_then(|field| Some((field.clone(), kept(body, field)?))))
        }
        Answered::Refused(_) => Fate::GivenUp,
        Answered::Again(_, wait) => {
            let asked = wait.and_then(|wait| TimeDelta::from_std(wait).ok());
            let again = errand.again_at(now).max(now + asked.unwrap_or_default());
            match errand.attempts >= MOST_ATTEMPTS || again >= errand.give_up_at {
                true => Fate::GivenUp,
                false => Fate::Again(again),
            }
        }
    }
}

/// What an answer by its status says of the call.
fn judged(status: StatusCode, body: Vec<u8>, wait: Option<Duration>) -> Answered {
    let said = || format!("answered {status}");
    let for_now = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    match status {
        status if status.is_success() => Answered::Done(body),
        status if status.is_server_error() || for_now.contains(&status) => Answered::Again(said(), wait),
        _ => Answered::Refused(said()),
    }
}

/// What a field keeps of a body: of JSON with keys the value of its name, else all of it, as a text. None where there is
/// no such value, or it is none that a text can have.
fn kept(body: &[u8], field: &str) -> Option<String> {
    use serde_json::Value;
    let text = std::str::from_utf8(body).ok()?.trim();
    let value = match serde_json::from_str(text) {
        Ok(Value::Object(mut entries)) => entries.remove(field)?,
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    };
    let value = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let fits = !value.is_empty() && value.chars().count() <= MOST_KEPT && !value.contains('\0');
    fits.then_some(value)
}
