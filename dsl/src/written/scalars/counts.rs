//! Whole numbers.

use super::{Refusal, wrong};

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
