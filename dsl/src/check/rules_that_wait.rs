//! A rule for replies is done at once, beside the passage, which stays where it is: nothing in it can wait.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Step, Verb};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for step in context.written.steps_of_rules() {
        let Some(waits) = waits(step) else { continue };
        let message = format!("a rule for replies is done at once, and {waits}");
        found.push(
            Diagnostic::error("rule-waits", step.span.clone(), message)
                .label("would have to wait")
                .help("the passage stays where it is meanwhile; for what takes time `start` a campaign of its own, or ask among the steps"),
        );
    }
}

/// What a step would wait for.
fn waits(step: &Step) -> Option<&'static str> {
    match &step.verb {
        Verb::Wait(_) | Verb::WaitUntil(_) => Some("this waits"),
        Verb::Ask(_) => Some("a question waits for an answer"),
        Verb::Await(_) => Some("this waits for something to happen"),
        Verb::Repeat { .. } => Some("the rounds of `repeat` wait for each other"),
        Verb::Send(_) if step.at.is_some() => Some("`at` puts the text off"),
        Verb::Send(_)
        | Verb::Choose(_)
        | Verb::Split(_)
        | Verb::Tag(_)
        | Verb::Untag(_)
        | Verb::Set(_)
        | Verb::Join(_)
        | Verb::Leave(_)
        | Verb::Forward(_)
        | Verb::Notify { .. }
        | Verb::Call(_)
        | Verb::Start(_)
        | Verb::Finish(_)
        | Verb::Other => None,
    }
}
