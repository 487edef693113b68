//! Steps send something, have ids of their own, and do not wait for nothing.

use std::collections::BTreeMap;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::campaign::{Step, Verb};

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
