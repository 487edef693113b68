//! Whole numbers, and how many texts in what time.

use super::{Refusal, did_you_mean, instead, wrong};
use crate::diagnostic::Applicability;
use crate::scalar::{Frequency, ScalarError, WaitTime};

/// Above zero, and no more than are read.
pub(super) fn positive(text: &str) -> Result<(), Refusal> {
    match text.parse::<u32>() {
        Ok(1..) => Ok(()),
        Err(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => Err(wrong(
            "wrong-type",
            format!("{text} is more than crier counts"),
            format!("write a whole number of at most {}", u32::MAX),
        )),
        Ok(0) | Err(_) => Err(Refusal::OtherType),
    }
}

/// `4 per 7 days`.
pub(super) fn frequency(text: &str) -> Result<(), Refusal> {
    if Frequency::parse(text).is_some() {
        return Ok(());
    }
    let message = format!("\"{text}\" is no number of texts in a time");
    let spelt = per_duration(text).map(|right| (right, Applicability::Safe));
    let meant = spelt.or_else(|| per_unit(text).map(|right| (right, Applicability::Unsure)));
    Err(match meant {
        Some((right, sure)) => {
            let refusal = wrong("bad-rate", message, did_you_mean(Some(&right), String::new));
            instead(refusal, right, sure)
        }
        None => wrong(
            "bad-rate",
            message,
            "write how many texts in what time: `4 per 7 days`",
        ),
    })
}

/// `4 per 7d` is `4 per 7 days`.
fn per_duration(text: &str) -> Option<String> {
    let (most, within) = text.split_once(" per ")?;
    let error = WaitTime::parse(within)
        .err()
        .filter(ScalarError::is_of_spelling)?;
    let right = format!("{} per {}", most.trim(), error.meant()?);
    Frequency::parse(&right).is_some().then_some(right)
}

/// `4 per week` is `4 per 7 days`.
fn per_unit(text: &str) -> Option<String> {
    let (most, unit) = text.split_once(" per ").or_else(|| text.split_once('/'))?;
    let time = match unit.trim() {
        "hour" => "1 hour",
        "day" => "1 day",
        "week" => "7 days",
        "month" => "30 days",
        _ => return None,
    };
    let right = format!("{} per {time}", most.trim());
    Frequency::parse(&right).is_some().then_some(right)
}
