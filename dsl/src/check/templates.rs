//! Texts are templates, and everything they use exists.

use std::ops::Range;

use super::{Context, audience};
use crate::diagnostic::Diagnostic;
use crate::template::{HELPERS, HelperStatus, Template, Use, UseKind, helper_status};
use crate::tree::Positions;
use crate::written::campaign::{Texts, Value, Verb};
use crate::written::nearest::{did_you_mean, listed, nearest};

/// What every text may use, whatever the lists hold.
pub(super) const BUILT_IN: &[&str] = &["phone", "language", "country", "timezone"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for texts in all(context) {
        for value in texts.values() {
            one(context, value, found);
        }
    }
}

/// Every text of the campaign.
fn all<'a>(context: &'a Context<'_>) -> Vec<&'a Texts> {
    let written = context.written;
    let messages = written.message.iter().chain(&written.messages);
    let inline = written.steps.iter().filter_map(|step| match &step.verb {
        Verb::SendText(texts) => Some(texts),
        Verb::Send(_) | Verb::Wait(_) | Verb::Other => None,
    });
    messages
        .filter_map(|message| message.texts.as_ref())
        .chain(inline)
        .collect()
}

fn one(context: &Context<'_>, value: &Value, found: &mut Vec<Diagnostic>) {
    let positions = Positions::new(context.text, &value.node);
    match Template::compile(&value.text) {
        Err(error) => {
            let span = positions.span(error.offset..error.offset + error.len);
            let help = "a value is written `{{first_name}}`, a helper `{{upper first_name}}`";
            found.push(Diagnostic::error("bad-template", span, error.message).help(help));
        }
        Ok(template) => {
            for used in template.uses() {
                let span = positions.span(used.span.clone());
                found.extend(judge(context, &used, span));
            }
        }
    }
}

fn judge(context: &Context<'_>, used: &Use, span: Range<usize>) -> Option<Diagnostic> {
    match used.kind {
        UseKind::Variable => unknown_variable(context, &used.name, span),
        UseKind::Helper => helper(&used.name, span),
        UseKind::Partial => {
            let message = format!("there is no other template \"{}\" to put in here", used.name);
            let help = "a text stands alone: write out what it says";
            Some(Diagnostic::error("unknown-partial", span, message).help(help))
        }
    }
}

fn helper(name: &str, span: Range<usize>) -> Option<Diagnostic> {
    match helper_status(name) {
        HelperStatus::Known => None,
        HelperStatus::Later => {
            let message = format!("the helper \"{name}\" is not supported yet");
            let help = "it is part of the language, but this version of crier cannot do it: leave it out";
            let found = Diagnostic::error("not-yet-supported", span, message);
            Some(found.label("not in this version").help(help))
        }
        HelperStatus::Unknown => {
            let meant = nearest(name, HELPERS);
            let help = did_you_mean(meant, || format!("the helpers are {}", listed(HELPERS)));
            let message = format!("there is no helper \"{name}\"");
            let found = Diagnostic::error("unknown-helper", span.clone(), message).help(help);
            Some(match meant {
                Some(meant) => found.replace(span, meant),
                None => found,
            })
        }
    }
}

/// A name must be a column of each list, unless it is a field; fields are held against the lists by their own check.
fn unknown_variable(context: &Context<'_>, name: &str, span: Range<usize>) -> Option<Diagnostic> {
    let fields = || {
        context
            .written
            .fields
            .iter()
            .map(|field| field.name.value.as_str())
    };
    if BUILT_IN.contains(&name) || fields().any(|field| field == name) {
        return None;
    }
    let known = context
        .from
        .iter()
        .filter_map(|list| Some((list, audience::names(list)?)));
    let (list, names) = known.into_iter().find(|(_, names)| !names.contains(&name))?;
    let candidates = || {
        names
            .iter()
            .copied()
            .chain(fields())
            .chain(BUILT_IN.iter().copied())
    };
    let meant = nearest(name, candidates());
    // As a template must write it.
    let written = meant.map(|meant| {
        if is_plain(meant) {
            meant.to_owned()
        } else {
            format!("[{meant}]")
        }
    });
    let help = did_you_mean(written.as_deref(), || {
        let all = listed(names.iter().copied());
        format!("the columns are {all}; a value for everybody is a `default` under `fields`")
    });
    let message = format!("\"{name}\" is not a column of \"{}\"", list.file.path);
    let found = Diagnostic::error("unknown-variable", span.clone(), message)
        .label("not a column")
        .help(help);
    Some(match written {
        Some(written) => found.replace(span, &written),
        None => found,
    })
}

/// Whether a name stands in a template without brackets.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
