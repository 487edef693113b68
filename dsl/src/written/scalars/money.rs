//! Budgets.

use super::{Refusal, by_parser};
use crate::scalar::Money;

pub(super) fn budget(text: &str) -> Result<(), Refusal> {
    match without_month(text) {
        Some(sum) if Money::parse(&sum).is_ok() => Err(Refusal::Later("a budget per month".into())),
        Some(_) | None => by_parser(Money::parse(text), "bad-money"),
    }
}

/// The sum of `500 EUR per month`.
fn without_month(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.strip_suffix(&["per", "month"]).map(|sum| sum.join(" "))
}
