//! The consent that the policy needs is of a kind that people can have given. Kinds are words of the author, so that only
//! what is nearly one of them is told.

use crate::diagnostic::Diagnostic;
use crate::written::nearest::{Guess, nearest};
use crate::written::project::Project;

/// The kind that everybody has.
const OPT_IN: &str = "opt_in";

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let of_lists = file.lists.iter().filter_map(|list| list.consent.as_ref());
    let of_lists = of_lists.map(|consent| consent.kind.as_str());
    let kinds: Vec<&str> = of_lists.chain([OPT_IN]).collect();
    for (_, kind) in &file.policy.consent_kinds {
        if kinds.contains(&kind.value.as_str()) {
            continue;
        }
        let Some(meant) = nearest(&kind.value, kinds.iter().copied()) else {
            continue;
        };
        let message = format!("\"{}\" is the kind of no list's consent", kind.value);
        let diagnostic = Diagnostic::error("unknown-value", kind.span.clone(), message);
        found.push(Guess::unsure(Some(meant)).tell(diagnostic, String::new));
    }
}
