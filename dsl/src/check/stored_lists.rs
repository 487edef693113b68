//! People join and leave lists that are kept in the store.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::written::Spanned;
use crate::written::campaign::Verb;
use crate::written::nearest::{Guess, nearest, these_are};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let trigger = context.written.trigger.as_ref();
    found.extend(trigger.and_then(|trigger| one(context, trigger.joins.as_ref()?)));
    for step in context.written.all_steps() {
        if let Verb::Join(list) | Verb::Leave(list) = &step.verb {
            found.extend(one(context, list));
        }
    }
}

pub(super) fn one(context: &Context<'_>, name: &Spanned<String>) -> Option<Diagnostic> {
    let stored = || context.project.stored_lists.iter().map(String::as_str);
    if stored().any(|list| list == name.value) {
        return None;
    }
    if context.project.lists.contains_key(&name.value) {
        let message = format!(
            "list \"{}\" is a file, and people cannot join or leave it",
            name.value
        );
        let help = "use a list with `stored: true`; a file is changed where it comes from";
        return Some(Diagnostic::error("list-not-stored", name.span.clone(), message).help(help));
    }
    let message = format!("list \"{}\" does not exist", name.value);
    let found = Diagnostic::error("unknown-list", name.span.clone(), message);
    let guess = Guess::unsure(nearest(&name.value, stored()));
    Some(
        guess.tell(found, || match context.project.stored_lists.is_empty() {
            true => format!(
                "add it to crier.yaml: `lists: {{ {}: {{ stored: true }} }}`",
                name.value
            ),
            false => these_are(
                ("stored list of crier.yaml", "stored lists of crier.yaml"),
                &stored().collect::<Vec<_>>(),
            ),
        }),
    )
}
