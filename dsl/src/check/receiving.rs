//! Who expects replies has a sender that they can reach.

use std::ops::Range;

use super::{Context, sender};
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Replies, Step, Verb};

/// What to do about something that is nothing without replies.
const QUESTION: &str =
    "use a sender that receives: a number or short code with `receives: true` in crier.yaml";

/// What to do about replies that go somewhere.
const REPLIES: &str = "use a sender that receives, or expect no replies: `replies: none`";

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(own) = sender::of(context) else { return };
    for step in context.written.all_steps() {
        if matches!(step.verb, Verb::Ask(_)) {
            let (name, place) = asks_from(step, own, context);
            cannot(
                context,
                name,
                step.span.clone(),
                place,
                ["nobody can answer this", QUESTION],
                found,
            );
        }
    }
    let place = context.written.sender.as_ref().map(|sender| sender.span.clone());
    let expects = match &context.written.replies {
        Some(Replies::To(to)) => Some(to.span.clone()),
        Some(Replies::Rules(rules)) => rules.first().map(|rule| rule.span.clone()),
        Some(Replies::Nobody(_)) | None => None,
    };
    if let Some(span) = expects {
        cannot(
            context,
            own,
            span,
            place.clone(),
            ["replies are to go here", REPLIES],
            found,
        );
    }
    let keyword = context
        .written
        .trigger
        .as_ref()
        .and_then(|trigger| trigger.keyword.as_ref());
    if let Some(keyword) = keyword {
        cannot(
            context,
            own,
            keyword.span.clone(),
            place,
            ["nobody can text this", QUESTION],
            found,
        );
    }
}

/// The sender of a question, and where it is named.
fn asks_from<'a>(step: &'a Step, own: &'a str, context: &Context<'_>) -> (&'a str, Option<Range<usize>>) {
    match &step.sender {
        Some(sender) => (&sender.value, Some(sender.span.clone())),
        None => (
            own,
            context.written.sender.as_ref().map(|sender| sender.span.clone()),
        ),
    }
}

fn cannot(
    context: &Context<'_>,
    name: &str,
    span: Range<usize>,
    place: Option<Range<usize>>,
    [label, help]: [&str; 2],
    found: &mut Vec<Diagnostic>,
) {
    if context
        .project
        .senders
        .get(name)
        .is_none_or(|sender| sender.receives)
    {
        return;
    }
    let message = format!("sender \"{name}\" cannot receive, so there will be no replies");
    let diagnostic = Diagnostic::error("sender-cannot-receive", span, message)
        .label(label)
        .help(help);
    found.push(match place {
        Some(place) => diagnostic.also(place, "the sender"),
        None => diagnostic,
    });
}
