//! People join and leave lists that are kept in the store.

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::Spanned;
use crate::written::campaign::Verb;
use crate::written::nearest::{did_you_mean, listed, nearest};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let trigger = context.written.trigger.as_ref();
    found.extend(trigger.and_then(|trigger| one(context, trigger.joins.as_ref()?)));
    for step in context.written.all_steps() {
        if let Verb::Join(list) | Verb::Leave(list) = &step.verb {
            found.extend(one(context, list));
        }
    }
}

fn one(context: &Context<'_>, name: &Spanned<String>) -> Option<Diagnostic> {
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
    let meant = nearest(&name.value, stored());
    let help = did_you_mean(meant, || match context.project.stored_lists.is_empty() {
        true => format!(
            "add it to crier.yaml: `lists: {{ {}: {{ stored: true }} }}`",
            name.value
        ),
        false => format!("the stored lists of crier.yaml are {}", listed(stored())),
    });
    let message = format!("list \"{}\" does not exist", name.value);
    let found = Diagnostic::error("unknown-list", name.span.clone(), message).help(help);
    Some(match meant {
        Some(meant) => found.replace(name.span.clone(), meant, Applicability::Unsure),
        None => found,
    })
}
