//! Whatever waits for somebody has an end: a question, and what is awaited.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::Verb;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for step in context.written.all_steps() {
        let (waits, word) = match &step.verb {
            Verb::Ask(ask) => (ask.open_for.is_none(), "a reply"),
            Verb::Await(branches) => (branches.within.is_none(), "something to happen"),
            Verb::Send(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(_)
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
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => (false, ""),
        };
        if waits {
            let message = format!("this step waits for {word}, and does not say how long");
            found.push(
                Diagnostic::error("no-deadline", step.span.clone(), message)
                    .label("for how long?")
                    .help("add `for: 2 days`: what is not there by then is `silence`"),
            );
        }
    }
}
