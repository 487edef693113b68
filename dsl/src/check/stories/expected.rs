//! What a story was meant to expect, where it names no text: what the text says, or a word of a reply.

use super::super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::line_of;
use crate::written::campaign::Line;
use crate::written::quoted;

/// What stories call what people call otherwise.
const CALLED: [(&str, &[&str]); 4] = [
    (
        "opt-out",
        &["stop", "stopped", "unsubscribe", "unsubscribed", "optout"],
    ),
    ("opt-in", &["start", "unstop", "optin", "subscribed"]),
    ("help", &["info", "aide", "ayuda", "hilfe"]),
    (
        "nothing",
        &["none", "no", "null", "silence", "no-text", "no-message"],
    ),
];

/// Puts what repairs it beside what is said of a text that no story can expect.
pub(super) fn mend(context: &Context<'_>, line: &Line, found: &mut [Diagnostic]) {
    let what = line.what.iter().filter(|_| line.verb.value == "expect");
    for what in what {
        let told = |d: &&mut Diagnostic| d.code == "unknown-message" && d.span == what.span;
        let Some(told) = found.iter_mut().find(told) else {
            continue;
        };
        let word = what.value.to_lowercase();
        let called = CALLED.iter().find(|(_, theirs)| theirs.contains(&word.as_str()));
        *told = match called {
            Some((ours, _)) => told
                .clone()
                .help(format!("stories call that `{ours}`: `expect: {ours}`"))
                .replace(what.span.clone(), *ours, Applicability::Unsure),
            None if says(&what.value) => of_a_text(context, line, told.clone()),
            None => continue,
        };
    }
}

/// Whether it is rather a text than a name.
fn says(text: &str) -> bool {
    text.contains(char::is_whitespace) || text.ends_with(['.', '!', '?'])
}

/// `expect: "Doors open at nine"`.
fn of_a_text(context: &Context<'_>, line: &Line, told: Diagnostic) -> Diagnostic {
    let Some(what) = &line.what else { return told };
    let names: Vec<&str> = context
        .written
        .all_messages()
        .map(|message| message.name.value.as_str())
        .collect();
    let name = names.first().copied().unwrap_or("message");
    let message = "a text that must come is named, and what it says stands under \"text\"".to_owned();
    let help = format!("write `expect: {name}`, and `text: …` beside it");
    let told = Diagnostic {
        message,
        suggestion: None,
        ..told
    }
    .help(help);
    let written = context.text.get(what.span.clone()).unwrap_or_default();
    let is_one_line = !written.contains('\n') && line.node.entry("text").is_none();
    if names.len() != 1 || !is_one_line {
        return told;
    }
    let text = match written.starts_with(['"', '\'']) {
        true => written.to_owned(),
        false => quoted(&what.value),
    };
    let start = line.node.span.start;
    let in_braces = context
        .text
        .get(start..)
        .is_some_and(|node| node.starts_with('{'));
    let right = match in_braces {
        true => format!("{name}, text: {text}"),
        false => {
            let at = line.verb.span.start.min(context.text.len());
            let column = at - line_of(context.text, at).start;
            format!("{name}\n{}text: {text}", " ".repeat(column))
        }
    };
    told.replace(what.span.clone(), right, Applicability::Unsure)
}
