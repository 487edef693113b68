//! Who expects replies has a sender that they can reach.

use std::ops::Range;

use super::{Context, sender};
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Replies, Step, Verb};

/// What to do about something that is nothing without replies.
pub(super) const QUESTION: &str =
    "use a sender that receives: a number or short code with `receives: true` in crier.yaml";

/// What to do about replies that go somewhere.
const REPLIES: &str = "use a sender that receives, or expect no replies: `replies: none`";

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(own) = sender::of(context) else { return };
    let place = context.written.sender.as_ref().map(|sender| sender.span.clone());
    let rules = context.written.rules().iter().flat_map(|rule| &rule.steps);
    for step in context.written.steps.iter().chain(rules) {
        asks(context, step, (own, place.clone()), found);
    }
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

/// A sender, and where it is named.
type From<'a> = (&'a str, Option<Range<usize>>);

/// The questions in a step: each by the sender that it names, or that of the question which it answers, or the campaign's.
fn asks<'a>(context: &Context<'a>, step: &'a Step, own: From<'a>, found: &mut Vec<Diagnostic>) {
    let from = match &step.sender {
        Some(sender) => (sender.value.as_str(), Some(sender.span.clone())),
        None => own.clone(),
    };
    let Verb::Ask(ask) = &step.verb else {
        for inner in step.inner().into_iter().flatten() {
            asks(context, inner, own.clone(), found);
        }
        return;
    };
    let said = ["nobody can answer this", QUESTION];
    cannot(context, from.0, step.span.clone(), from.1.clone(), said, found);
    for inner in ask.answers.iter().flat_map(|rule| &rule.steps) {
        asks(context, inner, from.clone(), found);
    }
    for inner in &ask.silence {
        asks(context, inner, own.clone(), found);
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
