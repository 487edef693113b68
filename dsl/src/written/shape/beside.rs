//! Keys that say nothing beside the verb of their step.

use super::super::key::Key;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Entry;

/// What is said of them: of each by itself, or that a `send` with the keys of a question is an `ask`.
pub(super) fn another(beside: &[(&Entry, &Entry, &Key)]) -> Vec<Diagnostic> {
    match question(beside) {
        Some(found) => vec![found],
        None => beside.iter().map(alone).collect(),
    }
}

/// `send` with `answers`, or with several keys that stand beside `ask`.
fn question(beside: &[(&Entry, &Entry, &Key)]) -> Option<Diagnostic> {
    let (first, verb, _) = beside.first().filter(|(_, verb, _)| verb.key.text == "send")?;
    let are_of_ask = beside.iter().all(|(.., key)| key.beside.contains(&"ask"));
    let listens = beside.iter().any(|(.., key)| key.name == "answers");
    if !are_of_ask || !(listens || beside.len() > 1) {
        return None;
    }
    let named: Vec<String> = beside.iter().map(|(.., key)| format!("`{}`", key.name)).collect();
    let message = format!(
        "\"send\" waits for no reply: with {} this is an \"ask\"",
        and(&named)
    );
    let verb = verb.key.span.clone();
    let found = Diagnostic::error("conflicting-keys", verb.clone(), message)
        .also(first.key.span.clone(), "of a question");
    Some(
        found
            .help("write `ask` in the place of `send`")
            .replace(verb, "ask", Applicability::Unsure),
    )
}

fn and(named: &[String]) -> String {
    match named {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        all => all.join(", "),
    }
}

fn alone((entry, verb, key): &(&Entry, &Entry, &Key)) -> Diagnostic {
    let those: Vec<String> = key.beside.iter().map(|verb| format!("`{verb}`")).collect();
    let message = format!("\"{}\" says nothing beside \"{}\"", key.name, verb.key.text);
    Diagnostic::error("conflicting-keys", entry.key.span.clone(), message)
        .label(format!("belongs to {}", those.join(" and ")))
        .also(verb.key.span.clone(), "which is here")
        .help("put it where it belongs, or leave it out")
}
