//! Every step can be come to.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Step, Verb};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    one(&context.written.steps, found);
    for rule in context.written.rules() {
        one(&rule.steps, found);
    }
}

fn one(steps: &[Step], found: &mut Vec<Diagnostic>) {
    for step in steps {
        step.inner().into_iter().for_each(|inner| one(inner, found));
    }
    let Some(end) = steps.iter().position(ends) else {
        return;
    };
    let Some(next) = steps.get(end + 1) else { return };
    let message = "this step cannot be reached: the one before it ends every passage";
    found.push(
        Diagnostic::error("unreachable-step", next.span.clone(), message)
            .label("nobody comes here")
            .also(steps[end].span.clone(), "every passage ends here")
            .help("remove it, or end only some passages: `when` and `unless` say which"),
    );
}

/// Whether everybody who comes to a step ends there.
fn ends(step: &Step) -> bool {
    if step.is_conditional() {
        return false;
    }
    match &step.verb {
        Verb::Finish(_) => true,
        Verb::Split(arms) => !arms.is_empty() && arms.iter().all(|arm| arm.body.iter().any(ends)),
        Verb::Choose(rules) => {
            let always = rules.iter().any(|rule| rule.otherwise.is_some());
            always && rules.iter().all(|rule| rule.steps.iter().any(ends))
        }
        Verb::Await(branches) => branches.then.iter().any(ends) && branches.silence.iter().any(ends),
        // Replies that no answer takes leave the question open; where they are saved, the passage goes on.
        Verb::Ask(ask) => {
            let answered = ask.answers.iter().all(|rule| rule.steps.iter().any(ends));
            ask.save.is_none() && !ask.answers.is_empty() && answered && ask.silence.iter().any(ends)
        }
        Verb::Send(_)
        | Verb::Wait(_)
        | Verb::WaitUntil(_)
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
        | Verb::Other => false,
    }
}
