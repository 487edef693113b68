//! Rounds within rounds can be counted.

use super::Context;
use crate::campaign::program::UNCLEAR;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Step, Verb};

/// So many rounds a passage can count at most.
const MOST: u64 = u32::MAX as u64;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for step in &context.written.steps {
        within(step, 1, found);
    }
}

/// Each question counts how often it was asked, and so do the rounds around it.
fn within(step: &Step, around: u64, found: &mut Vec<Diagnostic>) {
    let own = match &step.verb {
        Verb::Repeat { times, .. } => times
            .as_ref()
            .and_then(|times| times.value.parse().ok())
            .unwrap_or(1),
        Verb::Ask(_) => u64::from(UNCLEAR) + 1,
        _ => 1,
    };
    let rounds = around.saturating_mul(own);
    if rounds > MOST {
        let message =
            "these rounds within rounds are more than four billion, and a passage cannot count them";
        let help = "lower the `times` of one of them";
        return found.push(Diagnostic::error("too-deep", step.span.clone(), message).help(help));
    }
    for steps in step.inner() {
        steps.iter().for_each(|step| within(step, rounds, found));
    }
}
