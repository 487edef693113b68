//! Replies have somewhere to go, and a sender that they can reach.

use super::{Context, sender};
use crate::diagnostic::Diagnostic;
use crate::written::campaign::ReplyTo;
use crate::written::nearest::{did_you_mean, listed, nearest};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(replies) = &context.written.replies else {
        return;
    };
    match &replies.value {
        ReplyTo::Address(_) => {}
        ReplyTo::Inbox(name) => {
            let names: Vec<&str> = context.project.inboxes.keys().map(String::as_str).collect();
            found.extend(unknown_inbox(name, replies.span.clone(), &names));
        }
    }
    let Some(name) = sender::of(context) else {
        return;
    };
    if context
        .project
        .senders
        .get(name)
        .is_none_or(|sender| sender.receives)
    {
        return;
    }
    let message = format!("sender \"{name}\" cannot receive, so there will be no replies");
    let diagnostic = Diagnostic::error("sender-cannot-receive", replies.span.clone(), message)
        .label("replies are to go here")
        .help("use a sender that receives, or remove `replies`");
    found.push(match &context.written.sender {
        Some(sender) => diagnostic.also(sender.span.clone(), "the sender"),
        None => diagnostic,
    });
}

/// For a name that no inbox of crier.yaml has.
pub(super) fn unknown_inbox(name: &str, span: std::ops::Range<usize>, names: &[&str]) -> Option<Diagnostic> {
    if names.contains(&name) || !crate::written::is_name(name) {
        return None;
    }
    let meant = nearest(name, names.iter().copied());
    let help = did_you_mean(meant, || match names.is_empty() {
        true => "crier.yaml has no inboxes; an address works too: `desk@arena.example`".into(),
        false => format!(
            "the inboxes of crier.yaml are {}; an address works too",
            listed(names.iter().copied())
        ),
    });
    let found = Diagnostic::error(
        "unknown-inbox",
        span.clone(),
        format!("inbox \"{name}\" does not exist"),
    )
    .help(help);
    Some(match meant {
        Some(meant) => found.replace(span, meant),
        None => found,
    })
}
