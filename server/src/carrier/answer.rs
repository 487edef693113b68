//! What happens on the wire: the answer to a submit, as its trouble makes it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::provider::carrier::wire::{Code, LookedUp, Status, Submitted, Trouble, Verdict};

use super::chance::Draws;
use super::codes;
use super::fault::Fault;
use super::ledger::Fate;
use super::switches::{Garbage, RetryAfter, Switches};

/// What the carrier does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Answers after this time.
    Answer(Duration, Answer),
    /// Resets the connection after this time.
    Reset(Duration),
    /// Never answers.
    Hang,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200 and so on.
    pub status: u16,
    /// Beside those that every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// What.
    pub body: Body,
    /// The time between two bytes; none: at once.
    pub drip: Option<Duration>,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Of a submit, as JSON.
    Submitted(Submitted),
    /// Of a look-up, as JSON.
    LookedUp(LookedUp),
    /// Of a 4xx or 5xx, as JSON.
    Trouble(Trouble),
    /// No JSON.
    Bytes(&'static [u8]),
    /// 50 MB that begin like JSON.
    Huge,
}

// Which draw of a request decides what.
pub(super) const FAULT: usize = 0;
const LATENCY: usize = 1;
const STATUS: usize = 2;
const RETRY_FORM: usize = 3;
const RETRY_TIME: usize = 4;
const GARBAGE: usize = 5;

const SERVER_ERRORS: [u16; 4] = [500, 502, 503, 504];
const PAGE: &[u8] = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>";
const BAD_UTF8: &[u8] = b"{\"messages\":[{\"reference\":\"\xff\xfe\xc3\x28\"}]}";

impl Action {
    /// JSON at once, for an answer without trouble of its own.
    pub(super) fn now(status: u16, body: Body) -> Action {
        Action::Answer(Duration::ZERO, Answer::plain(status, body))
    }

    /// A refusal of the whole request, at once.
    pub(super) fn refuse(status: u16, code: Code, reason: &str) -> Action {
        let reason = reason.to_owned();
        Action::now(status, Body::Trouble(Trouble { code, reason }))
    }
}

impl Answer {
    fn plain(status: u16, body: Body) -> Answer {
        Answer {
            status,
            headers: vec![],
            body,
            drip: None,
        }
    }
}

/// What a submit is answered on: chance, and the time.
pub(super) struct Moment<'a> {
    pub switches: &'a Switches,
    pub draws: &'a Draws,
    pub now: DateTime<Utc>,
}

/// The answer to a submit of texts with these fates.
pub(super) fn to_submit(moment: &Moment, fault: Option<Fault>, fates: &[(&str, Fate)]) -> Action {
    let after = moment.draws.within(LATENCY, moment.switches.latency);
    let status = |status| Answer::plain(status, Body::Submitted(verdicts(fates)));
    let answer = match fault {
        None | Some(Fault::HidesFailure) => status(200),
        Some(Fault::Drip) => Answer {
            drip: Some(moment.draws.within(LATENCY, moment.switches.drip_every)),
            ..status(200)
        },
        Some(Fault::AcceptThenReset | Fault::ResetNeverSent) => return Action::Reset(after),
        Some(Fault::AcceptThenHang | Fault::HangNeverSent) => return Action::Hang,
        Some(Fault::ServerErrorButSent | Fault::ServerErrorNeverSent) => {
            let which = moment.draws.pick(STATUS, SERVER_ERRORS.len());
            refusal(SERVER_ERRORS[which], Code::Internal)
        }
        Some(Fault::Queued) => queued(status(202)),
        Some(Fault::Throttled) => throttled(moment),
        Some(Fault::BatchShort) => changed(status(200), |verdicts| verdicts.truncate(verdicts.len() / 2)),
        Some(Fault::BatchReordered) => changed(status(200), |verdicts| verdicts.reverse()),
        Some(Fault::Garbage) => Answer::plain(200, garbage(moment)),
        Some(Fault::Redirect) => Answer {
            headers: vec![("location", "/moved".to_owned())],
            ..Answer::plain(302, Body::Bytes(b""))
        },
        Some(Fault::NoCredit) => refusal(402, Code::NoCredit),
        Some(Fault::SpendLimit) => refusal(403, Code::SpendLimit),
        Some(Fault::AccountBarred) => refusal(401, Code::AccountBarred),
    };
    Action::Answer(after, answer)
}

fn refusal(status: u16, code: Code) -> Answer {
    let reason = codes::sentence(code).to_owned();
    Answer::plain(status, Body::Trouble(Trouble { code, reason }))
}

fn verdicts(fates: &[(&str, Fate)]) -> Submitted {
    let verdict = |(reference, fate): &(&str, Fate)| {
        let code = match fate {
            Fate::Taken => None,
            Fate::Refused(code) => Some(*code),
            Fate::Lost => Some(Code::Internal),
        };
        Verdict {
            reference: (*reference).to_owned(),
            status: if code.is_none() {
                Status::Accepted
            } else {
                Status::Refused
            },
            code,
            reason: code.map(|code| codes::sentence(code).to_owned()),
        }
    };
    Submitted {
        messages: fates.iter().map(verdict).collect(),
    }
}

fn changed(mut answer: Answer, change: impl FnOnce(&mut Vec<Verdict>)) -> Answer {
    if let Body::Submitted(submitted) = &mut answer.body {
        change(&mut submitted.messages);
    }
    answer
}

fn queued(answer: Answer) -> Answer {
    changed(answer, |verdicts| {
        let taken = verdicts
            .iter_mut()
            .filter(|verdict| verdict.status == Status::Accepted);
        taken.for_each(|verdict| verdict.status = Status::Queued);
    })
}

fn throttled(moment: &Moment) -> Answer {
    let (draws, now) = (moment.draws, moment.now);
    let time = draws.within(RETRY_TIME, moment.switches.retry_after_time);
    // The last one is the choice among the others.
    let drawn = || RetryAfter::ALL[draws.pick(RETRY_FORM, RetryAfter::ALL.len() - 1)];
    let form = match moment.switches.retry_after {
        RetryAfter::Mixed => drawn(),
        form => form,
    };
    let header = |text: &str| vec![("retry-after", text.to_owned())];
    let headers = match form {
        RetryAfter::Seconds => header(&time.as_millis().div_ceil(1_000).to_string()),
        RetryAfter::Date => header(&(now + time).format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        RetryAfter::Ms => vec![("retry-after-ms", time.as_millis().to_string())],
        RetryAfter::Nothing | RetryAfter::Mixed => vec![],
        RetryAfter::Huge => header("999999999999"),
        RetryAfter::Negative => header("-5"),
        RetryAfter::Garbage => header("soon"),
    };
    Answer {
        headers,
        ..refusal(429, Code::Throttled)
    }
}

fn garbage(moment: &Moment) -> Body {
    let drawn = || Garbage::ALL[moment.draws.pick(GARBAGE, Garbage::ALL.len() - 1)];
    let kind = match moment.switches.garbage_kind {
        Garbage::Mixed => drawn(),
        kind => kind,
    };
    match kind {
        Garbage::Html | Garbage::Mixed => Body::Bytes(PAGE),
        Garbage::BadUtf8 => Body::Bytes(BAD_UTF8),
        Garbage::Huge => Body::Huge,
    }
}
