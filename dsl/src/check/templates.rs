//! Texts are templates, and everything they use exists.

use std::ops::Range;

use chrono_tz::Tz;

use super::{Context, audience};
use crate::diagnostic::Diagnostic;
use crate::template::{HELPERS, HelperStatus, Template, Use, UseKind, helper_status};
use crate::tree::Positions;
use crate::values::Language;
use crate::written::campaign::{OPT_OUT_LINK, Value, Verb};
use crate::written::nearest::{Guess, listed, nearest};

/// What every text may use, whatever the lists hold.
pub(crate) const BUILT_IN: &[&str] = &["phone", "language", "country", "timezone"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for value in all(context) {
        one(context, value, found);
    }
    for (_, texts) in context.written.all_texts() {
        for (languages, value) in texts.spoken(&context.languages) {
            forms(context, &languages, value, found);
        }
    }
}

/// Every language whose people get the text can write its dates and numbers, and has the words of its `plural`.
fn forms(context: &Context<'_>, languages: &[Language], value: &Value, found: &mut Vec<Diagnostic>) {
    if !Template::compile(&value.text).is_ok_and(|template| template.is_localised()) {
        return;
    }
    let of = |language| Template::compile_for(&value.text, language, Tz::UTC).err();
    if let Some(error) = languages.iter().find_map(of) {
        let positions = Positions::new(context.text, &value.node);
        let span = positions.span(error.offset..error.offset + error.len);
        let help = "a text for each language can say it as that language does: `{ en: …, pl: … }`";
        found.push(Diagnostic::error("bad-template", span, error.message).help(help));
    }
}

/// Everything that is rendered: texts, and what notes, links, calls and `set` are made of.
fn all<'a>(context: &'a Context<'_>) -> Vec<&'a Value> {
    let written = context.written;
    let texts = written.all_texts().into_iter();
    let mut all: Vec<&Value> = texts.flat_map(|(_, texts)| texts.values()).collect();
    all.extend(written.links.iter().map(|(_, url)| url));
    for step in written.all_steps() {
        match &step.verb {
            Verb::Notify { text, .. } => all.extend(text),
            Verb::Call(call) => all.extend(call.url.iter().chain(&call.body_texts)),
            Verb::Set(values) => all.extend(values.iter().map(|(_, value)| value)),
            Verb::Send(_)
            | Verb::Ask(_)
            | Verb::Wait(_)
            | Verb::WaitUntil(_)
            | Verb::Await(_)
            | Verb::Choose(_)
            | Verb::Split(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Start(_)
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => {}
        }
    }
    all
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
        UseKind::Link => unknown_link(context, &used.name, span),
        UseKind::Partial => {
            let message = format!("there is no other template \"{}\" to put in here", used.name);
            let help = "a text stands alone: write out what it says";
            Some(Diagnostic::error("unknown-partial", span, message).help(help))
        }
    }
}

fn unknown_link(context: &Context<'_>, name: &str, span: Range<usize>) -> Option<Diagnostic> {
    let names = || {
        let own = context.written.links.iter().map(|(name, _)| name.value.as_str());
        own.chain([OPT_OUT_LINK])
    };
    if context.of_project || names().any(|own| own == name) {
        return None;
    }
    let found = Diagnostic::error("unknown-link", span, format!("link \"{name}\" does not exist"));
    let guess = Guess::unsure(nearest(name, names()));
    Some(guess.tell(found, || match context.written.links.is_empty() {
        true => format!("add it to the campaign: `links: {{ {name}: https://… }}`"),
        false => format!("the links are {}", listed(names())),
    }))
}

fn helper(name: &str, span: Range<usize>) -> Option<Diagnostic> {
    match helper_status(name) {
        HelperStatus::Known => None,
        HelperStatus::Later => Some(Diagnostic::not_yet(span, &format!("the helper \"{name}\""))),
        HelperStatus::Unknown => {
            let message = format!("there is no helper \"{name}\"");
            let found = Diagnostic::error("unknown-helper", span, message);
            let guess = Guess::unsure(nearest(name, HELPERS));
            Some(guess.tell(found, || format!("the helpers are {}", listed(HELPERS))))
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
    if HELPERS.contains(&name) {
        let message = format!("the helper \"{name}\" is given no value");
        let help = format!("write what it is to change: `{{{{{name} first_name}}}}`");
        return Some(Diagnostic::error("bad-template", span, message).help(help));
    }
    let message = format!("\"{name}\" is not a column of \"{}\"", list.file.path);
    let found = Diagnostic::error("unknown-variable", span, message).label("not a column");
    let guess = Guess::unsure(nearest(name, candidates()).map(in_template));
    Some(guess.tell(found, || {
        let all = listed(names.iter().copied());
        format!("the columns are {all}; a value for everybody is a `default` under `fields`")
    }))
}

/// A name as a template must write it.
pub(super) fn in_template(name: &str) -> String {
    match is_plain(name) {
        true => name.to_owned(),
        false => format!("[{name}]"),
    }
}

/// Whether a name stands in a template without brackets.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
