//! Every campaign has one sender that exists.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::nearest::{Guess, Words, listed, these_are};
use crate::written::{Spanned, is_name};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    of_steps(context, found);
    let senders = || context.project.senders.keys().map(String::as_str);
    match &context.written.sender {
        Some(sender) if context.project.senders.contains_key(&sender.value) => {}
        // What is no name has been told.
        Some(sender) if !is_name(&sender.value) => {}
        Some(sender) => found.push(unknown(context, sender)),
        None if of(context).is_some() => {}
        None => {
            let help = match context.project.senders.len() {
                0 => "add one under `senders` in crier.yaml".into(),
                _ => format!("state `sender`: one of {}", listed(senders())),
            };
            let message = "the campaign has no sender, and crier.yaml names none for all";
            found.push(
                Diagnostic::error("sender-missing", context.written.first_key.clone(), message).help(help),
            );
        }
    }
}

/// A step may send from another one. Where there are none at all that is told of the campaign's own.
fn of_steps(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.project.senders.is_empty() {
        return;
    }
    let steps = context.written.all_steps();
    for sender in steps.iter().filter_map(|step| step.sender.as_ref()) {
        if !context.project.senders.contains_key(&sender.value) && is_name(&sender.value) {
            found.push(unknown(context, sender));
        }
    }
}

fn unknown(context: &Context<'_>, sender: &Spanned<String>) -> Diagnostic {
    let senders = || context.project.senders.keys().map(String::as_str);
    let message = format!("sender \"{}\" does not exist", sender.value);
    let diagnostic = Diagnostic::error("unknown-sender", sender.span.clone(), message);
    Guess::among(&sender.value, senders(), Words::Author).tell(diagnostic, || {
        match context.project.senders.is_empty() {
            true => "crier.yaml has no senders: add it under `senders` there".into(),
            false => these_are(
                ("sender of crier.yaml", "senders of crier.yaml"),
                &senders().collect::<Vec<_>>(),
            ),
        }
    })
}

/// The campaign's own, else the project's, else the only one. A default that does not exist is an error of crier.yaml.
pub(super) fn of<'a>(context: &'a Context<'_>) -> Option<&'a str> {
    let own = context
        .written
        .sender
        .as_ref()
        .map(|sender| sender.value.as_str());
    own.or_else(|| context.project.default_sender())
}

/// Every sender that a campaign's texts may go by, its own first.
pub(super) fn all<'a>(context: &'a Context<'_>) -> Vec<&'a str> {
    let steps = context.written.all_steps().into_iter();
    let stated = steps.filter_map(|step| step.sender.as_ref().map(|sender| sender.value.as_str()));
    let mut names: Vec<&str> = vec![];
    for name in of(context).into_iter().chain(stated) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
