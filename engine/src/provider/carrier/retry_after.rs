//! When a carrier wants to be asked again: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), and `Retry-After-Ms`,
//! which some send beside it and which is more exact.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Whoever asks for more is asked again after this all the same.
const LONGEST: Duration = Duration::from_secs(3_600);

/// None where nothing is said, or nothing that can be meant: a time that is over, no time at all, or no time.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    asked_for(headers, now).map(|wait| wait.min(LONGEST))
}

/// The same, however long it is.
pub(crate) fn asked_for(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim());
    let milliseconds = header("retry-after-ms")
        .and_then(whole)
        .map(Duration::from_millis);
    let written = || {
        let text = header(RETRY_AFTER.as_str())?;
        whole(text).map(Duration::from_secs).or_else(|| until(text, now))
    };
    let wait = milliseconds.or_else(written)?;
    (!wait.is_zero()).then_some(wait)
}

/// Digits alone; more than fit are the most that fit.
fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn until(date: &str, now: DateTime<Utc>) -> Option<Duration> {
    let date = httpdate::parse_http_date(date).ok()?;
    date.duration_since(SystemTime::from(now)).ok()
}
