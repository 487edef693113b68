//! What an answer of the carrier means for each text of its request: taken, not taken, or maybe. A text counts as taken,
//! and as not taken, only where the carrier said so of it by its reference, or where the request cannot have been
//! worked on.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::ServerErrors;
use reqwest::StatusCode;

use super::http::{Outcome, Reply};
use super::retry_after::retry_after;
use super::wire::{Code, Status, Text, Trouble, Verdict};
use crate::provider::{Answer, Refusal, Scope};

/// Characters of a reason that are kept.
const MOST_REASON: usize = 200;

/// One answer for each text, in their order.
pub(super) fn of(
    texts: &[Text],
    outcome: Outcome,
    server_errors: ServerErrors,
    now: DateTime<Utc>,
) -> Vec<Answer> {
    let answer = match outcome {
        Outcome::NotSent(reason) => refused(Scope::Provider, &reason, None),
        Outcome::Lost(reason) => maybe(&reason),
        Outcome::Answered(reply) if reply.status.is_success() => {
            return match refusal_in_words(&reply) {
                Some(reason) => {
                    // As of a 4xx that does not say why: nothing of the request was taken.
                    let scope = match texts.len() {
                        1 => Scope::Message,
                        _ => Scope::RecipientForNow,
                    };
                    vec![refused(scope, &reason, retry_after(&reply.headers, now)); texts.len()]
                }
                None => by_reference(texts, reply.body, retry_after(&reply.headers, now)),
            };
        }
        Outcome::Answered(reply) => {
            let whole = Whole::new(texts.len(), &reply, now);
            match reply.status.as_u16() {
                300..=399 => whole.redirect(),
                429 => whole.refused(Scope::Throttled),
                400..=499 => whole.client_error(),
                500..=599 => whole.server_error(server_errors),
                _ => maybe(&whole.reason),
            }
        }
    };
    vec![answer; texts.len()]
}

/// What old gateways answer with 200: `ERROR:11`, `ERR: 114`. A line of their own words, and no verdict on any text.
fn refusal_in_words(reply: &Reply) -> Option<String> {
    let said = str::from_utf8(reply.body.as_ref().ok()?).ok()?.trim();
    let word: String = said.chars().take_while(char::is_ascii_alphabetic).collect();
    let is_line = said.lines().count() == 1 && said.chars().count() <= MOST_REASON;
    let says_error = word.eq_ignore_ascii_case("error") || word.eq_ignore_ascii_case("err");
    (is_line && says_error).then(|| said.to_owned())
}

/// An answer to a whole request.
struct Whole {
    texts: usize,
    status: StatusCode,
    trouble: Option<Trouble>,
    /// The carrier's words, else the status.
    reason: String,
    retry_after: Option<Duration>,
}

impl Whole {
    fn new(texts: usize, reply: &Reply, now: DateTime<Utc>) -> Whole {
        let trouble: Option<Trouble> = match &reply.body {
            Ok(body) => serde_json::from_slice(body).ok(),
            Err(_) => None,
        };
        let words = trouble.as_ref().map(|trouble| trouble.reason.clone());
        Whole {
            texts,
            status: reply.status,
            reason: words.unwrap_or_else(|| format!("answered {}", reply.status)),
            trouble,
            retry_after: retry_after(&reply.headers, now),
        }
    }

    fn refused(&self, scope: Scope) -> Answer {
        refused(scope, &self.reason, self.retry_after)
    }

    /// Redirects are not followed: a POST could become a GET, and the way could lead off the machine. 307 and 308 ask for
    /// the same request elsewhere, so it was not worked on here (RFC 9110, 15.4.8). All others may just as well be said
    /// after the work was done, 303 always is.
    fn redirect(self) -> Answer {
        match self.status {
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => self.refused(Scope::Provider),
            _ => maybe(&self.reason),
        }
    }

    /// This carrier took nothing of a request that it answers with 4xx.
    fn client_error(self) -> Answer {
        let one = self.texts == 1;
        let scope = match self.trouble.as_ref().map(|trouble| scope_of(trouble.code)) {
            Some(None) if one => return Answer::Accepted,
            // Which of them it has, it does not say.
            Some(None) => return maybe(&self.reason),
            Some(Some(scope)) => scope,
            None => scope_of_status(self.status),
        };
        // What is wrong with one text is not known to be wrong with each: in other company they go later.
        self.refused(match scope.blocks() || one {
            true => scope,
            false => Scope::RecipientForNow,
        })
    }

    fn server_error(self, server_errors: ServerErrors) -> Answer {
        let said = self.trouble.as_ref().and_then(|trouble| scope_of(trouble.code));
        match server_errors {
            ServerErrors::Maybe => maybe(&self.reason),
            ServerErrors::NotSent => {
                self.refused(said.filter(|scope| scope.blocks()).unwrap_or(Scope::Provider))
            }
        }
    }
}

/// Of a 4xx that does not say why.
fn scope_of_status(status: StatusCode) -> Scope {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::PAYMENT_REQUIRED | StatusCode::FORBIDDEN => Scope::Account,
        // Whoever listens there is no carrier.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Scope::Provider,
        // The request did not come in whole.
        StatusCode::REQUEST_TIMEOUT => Scope::Provider,
        _ => Scope::Message,
    }
}

/// What a code concerns; none where it says that the carrier has the text.
fn scope_of(code: Code) -> Option<Scope> {
    match code {
        Code::UnknownNumber | Code::Landline => Some(Scope::RecipientForEver),
        Code::OptedOut => Some(Scope::OptedOut),
        Code::Unreachable => Some(Scope::RecipientForNow),
        Code::Content => Some(Scope::Message),
        Code::DuplicateReference => None,
        Code::SenderBarred => Some(Scope::Sender),
        Code::NoCredit | Code::SpendLimit | Code::AccountBarred => Some(Scope::Account),
        Code::Throttled => Some(Scope::Throttled),
        Code::Internal => Some(Scope::Provider),
    }
}

fn refused(scope: Scope, reason: &str, retry_after: Option<Duration>) -> Answer {
    Answer::NotSent(Refusal {
        scope,
        reason: short(reason),
        retry_after: retry_after.filter(|_| !scope.is_final()),
    })
}

fn maybe(reason: &str) -> Answer {
    Answer::Maybe(short(reason))
}

/// A reason is stored and shown: one line, and not as long as a carrier likes.
fn short(reason: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    reason.chars().map(plain).take(MOST_REASON).collect()
}

/// The word of the carrier on each text. What it says of texts that were not asked about does not count.
fn by_reference(texts: &[Text], body: Result<Vec<u8>, String>, retry_after: Option<Duration>) -> Vec<Answer> {
    let verdicts = body.and_then(|body| verdicts(&body));
    let verdicts = match verdicts {
        Ok(verdicts) => verdicts,
        Err(reason) => return vec![maybe(&reason); texts.len()],
    };
    let mut said: HashMap<&str, Answer> = HashMap::with_capacity(verdicts.len());
    for verdict in &verdicts {
        let answer = answer_of(verdict, retry_after);
        said.entry(&verdict.reference)
            .and_modify(|first| {
                if *first != answer {
                    *first = contradiction();
                }
            })
            .or_insert(answer);
    }
    let left_out = || maybe("the answer leaves it out");
    texts
        .iter()
        .map(|text| {
            said.get(text.reference.as_str())
                .cloned()
                .unwrap_or_else(left_out)
        })
        .collect()
}

/// Those that can be read. Where one cannot, it is as if it were not there, and the others hold.
fn verdicts(body: &[u8]) -> Result<Vec<Verdict>, String> {
    #[derive(serde::Deserialize)]
    struct Submitted<T> {
        messages: Vec<T>,
    }
    if let Ok(Submitted { messages }) = serde_json::from_slice::<Submitted<Verdict>>(body) {
        return Ok(messages);
    }
    let loose: Submitted<serde_json::Value> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is not of this protocol: {error}"))?;
    let verdict = |value| serde_json::from_value(value).ok();
    Ok(loose.messages.into_iter().filter_map(verdict).collect())
}

fn answer_of(verdict: &Verdict, retry_after: Option<Duration>) -> Answer {
    // A refusal without a code is about this text, as far as anybody knows.
    let scope = verdict.code.map_or(Some(Scope::Message), scope_of);
    let taken = verdict.code.is_none() || scope.is_none();
    match (verdict.status, scope) {
        (Status::Accepted | Status::Queued, _) if taken => Answer::Accepted,
        (Status::Accepted | Status::Queued, _) => contradiction(),
        (Status::Refused, None) => Answer::Accepted,
        (Status::Refused, Some(scope)) => {
            let code = || format!("refused{}", code_in_words(verdict.code));
            let reason = verdict.reason.clone().unwrap_or_else(code);
            refused(scope, &reason, retry_after)
        }
    }
}

fn contradiction() -> Answer {
    maybe("the answer contradicts itself")
}

/// `: no-credit`, as the protocol writes it.
fn code_in_words(code: Option<Code>) -> String {
    let written = code.and_then(|code| serde_json::to_value(code).ok());
    let written = written.as_ref().and_then(serde_json::Value::as_str);
    written.map(|code| format!(": {code}")).unwrap_or_default()
}
