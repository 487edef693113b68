//! Steps send something, have ids of their own, and do not wait for nothing.

use std::collections::BTreeMap;

use super::Context;
use super::messages::no_name_of_ours;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Sent, Step, Verb, own_texts};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(key) = &context.written.steps_key else {
        return;
    };
    let steps = &context.written.steps;
    if steps.iter().all(|step| matches!(step.verb, Verb::Wait(_))) && !is_wrong(key.start, found) {
        let message = match steps.is_empty() {
            true => "there are no steps",
            false => "the steps send nothing",
        };
        let help = "add one: `- send: invite`";
        found.push(Diagnostic::error("no-steps", key.clone(), message).help(help));
    } else if let Some(Step {
        verb: Verb::Wait(_),
        span,
        ..
    }) = steps.last()
    {
        let message = "nothing follows this wait, so it does nothing";
        let help = "add the step that should follow, or remove the wait";
        found.push(Diagnostic::warning("wait-at-end", span.clone(), message).help(help));
    }
    names(context, found);
}

/// No two steps have the same id, and what a tag or an end is called is something.
pub(super) fn names(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let steps = context.written.all_steps();
    repeated_ids(&steps, found);
    found.extend(steps.iter().filter_map(|step| called_as_another(context, step)));
    called_as_a_place(context, &steps, found);
    for step in steps {
        let (what, name, help) = match &step.verb {
            Verb::Tag(tag) | Verb::Untag(tag) => ("tag", tag, "`tag: coming`"),
            Verb::Finish(Some(reason)) => ("reason", reason, "`finish: declined`"),
            _ => continue,
        };
        if name.value.trim().is_empty() {
            let message = format!("the {what} is empty, so nobody could ask for it");
            let help = format!("write a word: {help}");
            found.push(Diagnostic::error("bad-name", name.span.clone(), message).help(help));
        }
    }
}

/// Whether the list of steps itself has been spoken of: it is the first thing after its key.
fn is_wrong(key: usize, found: &[Diagnostic]) -> bool {
    let about = |d: &&Diagnostic| d.span.start >= key && matches!(d.code, "wrong-type" | "list-became-text");
    found.iter().find(about).is_some()
}

/// A text in a step is called by the `id` of the step, so that is no name that another text has.
fn called_as_another(context: &Context<'_>, step: &Step) -> Option<Diagnostic> {
    let id = step.id.as_ref()?;
    let own = match &step.verb {
        Verb::Send(sent) => Some(sent),
        Verb::Ask(ask) => ask.sent.as_ref(),
        _ => None,
    };
    own.and_then(Sent::texts)?;
    let help = "give the step another id";
    if let Some(found) = no_name_of_ours(id) {
        return Some(found.help(help));
    }
    let message = context
        .written
        .all_messages()
        .find(|message| message.name.value == id.value)?;
    let text = format!(
        "\"{}\" is the name of a message, and the text of this step would have it too",
        id.value
    );
    let found = Diagnostic::error("bad-name", id.span.clone(), text);
    Some(found.also(message.name.span.clone(), "the message").help(help))
}

/// A step without an `id` is called by its place, by which no other may be called.
fn called_as_a_place(context: &Context<'_>, steps: &[&Step], found: &mut Vec<Diagnostic>) {
    let places: BTreeMap<String, &Step> = own_texts::places(context.written).into_iter().collect();
    for id in steps.iter().filter_map(|step| step.id.as_ref()) {
        if let Some(place) = places.get(&id.value) {
            let message = format!("\"{}\" is what another step is called by its place", id.value);
            let diagnostic = Diagnostic::error("bad-name", id.span.clone(), message);
            let there = place.span.clone();
            found.push(
                diagnostic
                    .also(there, "called by its place")
                    .help("give the step another id, or that one an id of its own"),
            );
        }
    }
}

fn repeated_ids(steps: &[&Step], found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for id in steps.iter().filter_map(|step| step.id.as_ref()) {
        if let Some(first) = seen.insert(id.value.as_str(), id.span.clone()) {
            found.push(
                Diagnostic::error(
                    "duplicate-id",
                    id.span.clone(),
                    format!("two steps have the id \"{}\"", id.value),
                )
                .label("again here")
                .also(first, "first here")
                .help("give each step an id of its own"),
            );
        }
    }
}
