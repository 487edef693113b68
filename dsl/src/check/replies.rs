//! Replies, and what is forwarded or noted, go to inboxes that exist.

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::Spanned;
use crate::written::campaign::{Replies, ReplyTo, Verb};
use crate::written::nearest::{Guess, Words, these_are};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let names: Vec<&str> = context.project.inboxes.keys().map(String::as_str).collect();
    if let Some(Replies::To(to)) = &context.written.replies
        && let ReplyTo::Inbox(name) = &to.value
    {
        found.extend(match is_none(name) && !names.contains(&name.as_str()) {
            true => Some(nowhere(name, to.span.clone())),
            false => unknown_inbox(name, to.span.clone(), &names),
        });
    }
    for step in context.written.all_steps() {
        let to: Option<&Spanned<String>> = match &step.verb {
            Verb::Forward(to) => Some(to),
            Verb::Notify { to, .. } => to.as_ref(),
            Verb::Send(_)
            | Verb::Ask(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(_)
            | Verb::Await(_)
            | Verb::Choose(_)
            | Verb::Split(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Call(_)
            | Verb::Start(_)
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => None,
        };
        let inbox = to.filter(|to| !to.value.contains('@'));
        found.extend(inbox.and_then(|to| unknown_inbox(&to.value, to.span.clone(), &names)));
    }
}

/// Whether it is rather a word for no inbox at all.
fn is_none(name: &str) -> bool {
    matches!(
        name,
        "no" | "nobody" | "nowhere" | "nothing" | "off" | "false" | "never" | "null" | "ignore"
    )
}

fn nowhere(name: &str, span: std::ops::Range<usize>) -> Diagnostic {
    let found = Diagnostic::error(
        "unknown-inbox",
        span.clone(),
        format!("inbox \"{name}\" does not exist"),
    );
    found
        .help("replies that go nowhere are `replies: none`")
        .replace(span, "none", Applicability::Unsure)
}

/// For a name that no inbox of crier.yaml has.
pub(super) fn unknown_inbox(name: &str, span: std::ops::Range<usize>, names: &[&str]) -> Option<Diagnostic> {
    if names.contains(&name) || !crate::written::is_name(name) {
        return None;
    }
    let message = format!("inbox \"{name}\" does not exist");
    let found = Diagnostic::error("unknown-inbox", span, message);
    let guess = Guess::among(name, names.iter().copied(), Words::Author);
    Some(guess.tell(found, || match names.is_empty() {
        true => "there are no inboxes; an address works too: `desk@arena.example`".into(),
        false => format!(
            "{}; an address works too",
            these_are(("inbox of crier.yaml", "inboxes of crier.yaml"), names)
        ),
    }))
}
