//! Budgets.

use super::{Refusal, by_parser};
use crate::scalar::Budget;

pub(super) fn budget(text: &str) -> Result<(), Refusal> {
    by_parser(Budget::parse(text), "bad-money")
}
