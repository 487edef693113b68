//! Texts are templates, and everything they use exists.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono_tz::Tz;

use super::conditions::scope;
use super::{Context, audience, foreign};
use crate::condition::Scope;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::template::{Fixed, Given, HELPERS, HelperStatus, LATER, Template, Use, UseKind, helper_status};
use crate::tree::Positions;
use crate::values::{FieldType, Language};
use crate::written::campaign::{OPT_OUT_LINK, Value, Verb};
use crate::written::nearest::{Guess, listed, nearest, these_are};

mod slips;
mod tags;
mod values;

/// What every text may use, whatever the lists hold.
pub(crate) const BUILT_IN: &[&str] = &["phone", "language", "country", "timezone"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(root) = context.root {
        let scope = scope::of(context, root);
        all(context)
            .into_iter()
            .for_each(|value| one((context, &scope), value, found));
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

/// Whether anything that is rendered uses the value of that name.
pub(super) fn use_name(context: &Context<'_>, name: &str) -> bool {
    let uses = |value: &&Value| {
        let template = Template::compile(&value.text);
        template.is_ok_and(|template| template.uses().iter().any(|used| used.name == name))
    };
    all(context).iter().any(uses)
}

/// The links in all that is rendered, and in the texts of the project, which may go out here. None where one cannot be read.
pub(super) fn used_links(context: &Context<'_>) -> Option<BTreeSet<String>> {
    let own = all(context).into_iter().map(|value| value.text.as_str());
    let of_project = context.project.texts.values().flatten();
    let mut links = BTreeSet::new();
    for text in own.chain(of_project.map(|(_, text)| text.as_str())) {
        let uses = Template::compile(text).ok()?.uses().into_iter();
        let of_links = uses.filter(|used| matches!(used.kind, UseKind::Link));
        links.extend(of_links.map(|used| used.name));
    }
    Some(links)
}

/// Faults of one text that are told, at most.
const MOST: usize = 20;

/// Everything that is wrong with a text: a tag with a fault is told of, and the others are read without it.
fn one((context, scope): (&Context<'_>, &Scope), value: &Value, found: &mut Vec<Diagnostic>) {
    let positions = Positions::new(context.text, &value.node);
    let mut text = value.text.clone();
    for _ in 0..MOST {
        let error = match Template::compile(&text) {
            Ok(template) => {
                let blocks_are_gone = text != value.text;
                return names((context, scope), &template, &positions, blocks_are_gone, found);
            }
            Err(error) => error,
        };
        let at = error.offset..error.offset + error.len;
        let help = "a value is written `{{first_name}}`, a helper `{{upper first_name}}`";
        let help = error.usage.unwrap_or(help);
        let span = positions.span(at.clone());
        let told = Diagnostic::error("bad-template", span.clone(), error.message).help(help);
        found.push(match error.instead {
            Some(instead) => told.replace(span, instead, Applicability::Unsure),
            None => told,
        });
        match tags::without(&text, at.start).filter(|_| !at.is_empty()) {
            Some(rest) => text = rest,
            None => return,
        }
    }
}

/// What a text uses exists, and is of the kind that its helpers take.
fn names(
    (context, scope): (&Context<'_>, &Scope),
    template: &Template,
    positions: &Positions,
    blocks_are_gone: bool,
    found: &mut Vec<Diagnostic>,
) {
    // What is read without its blocks may be of the item of an `each`.
    let is_of_item = |used: &Use| blocks_are_gone && (used.name == "this" || used.name.starts_with('@'));
    for used in template.uses().into_iter().filter(|used| !is_of_item(used)) {
        let span = positions.span(used.span.clone());
        let of_words = || several_words(context, template.source(), &used, positions);
        let told = of_words().or_else(|| judge((context, scope), &used, span));
        found.extend(told.map(|told| match is_in_each(template.source(), &used) {
            true if told.code == "unknown-variable" && told.suggestion.is_none() => told.help(format!(
                "something of each item is written `{{{{this.{}}}}}`",
                used.name
            )),
            _ => told,
        }));
    }
    for given in template.given() {
        let span = positions.span(given.span.clone());
        found.extend(of_another_kind(context, given, span));
    }
    for fixed in template.fixed() {
        let span = positions.span(fixed.span.clone());
        found.extend(same_for_all(context, fixed, span));
    }
}

/// Whether a name stands in an `each`, where other tools look among what the item has.
fn is_in_each(text: &str, used: &Use) -> bool {
    let before = text.get(..used.span.start).unwrap_or_default();
    // Up to its own tag, which may be that of the block.
    let before = &before[..before.rfind("{{").unwrap_or(0)];
    before.matches("{{#each").count() > before.matches("{{/each").count()
}

/// A name that quotes make a text, and a block that asks for what is the same for everybody.
fn same_for_all(context: &Context<'_>, fixed: &Fixed, span: Range<usize>) -> Option<Diagnostic> {
    let name = fixed.text.as_str();
    if is_value(context, name) {
        let message = format!("\"{name}\" in quotes is that word, not the value of that name");
        let meant = in_template(name);
        let found = Diagnostic::error("bad-template", span.clone(), message);
        return Some(found.replace(span, meant, Applicability::Unsure));
    }
    matches!(fixed.helper.as_str(), "if" | "unless").then(|| {
        let message = format!("`{}` is given the same for everybody", fixed.helper);
        let help = "it asks whether there is a value: `{{#if city}}in {{city}}{{/if}}`";
        Diagnostic::error("bad-template", span, message).help(help)
    })
}

/// Whether a name is one that texts may use.
fn is_value(context: &Context<'_>, name: &str) -> bool {
    let column = |list| audience::sure_names(list).contains(&name);
    BUILT_IN.contains(&name) || context.written.field(name).is_some() || context.from.iter().any(column)
}

/// A field whose values a helper can never write, by its type.
fn of_another_kind(context: &Context<'_>, given: &Given, span: Range<usize>) -> Option<Diagnostic> {
    let field = context.written.field(&given.name)?;
    let is_day = matches!(field.kind, FieldType::Date | FieldType::Time);
    let is_text = field.kind == FieldType::Text;
    let (takes, help) = match given.helper.as_str() {
        "date" if !is_day && !is_text => ("a date", "`date` writes fields of the types `date` and `time`"),
        "date" if given.as_time && field.kind == FieldType::Date => (
            "a time to write \"time\"",
            "give the field the type `time` where it has a time of day, or write the day: `\"day\"`",
        ),
        "money" if !is_text => (
            "a sum of money",
            "`money` writes a text with a currency: `12.50 EUR`",
        ),
        "number" if is_day => ("a number", "`date` writes a date or a time"),
        "each" if !is_text => (
            "a list",
            "a list comes with an event; a value alone is written by its name",
        ),
        "plural" if is_day => ("a whole number", "days are not counted by it: `date` writes them"),
        _ => return None,
    };
    let message = format!(
        "`{}` takes {takes}, and \"{}\" has the type `{}`",
        given.helper, given.name, field.kind
    );
    Some(
        Diagnostic::error("bad-template", span, message)
            .also(field.name.span.clone(), "declared here")
            .help(help),
    )
}

fn judge((context, scope): (&Context<'_>, &Scope), used: &Use, span: Range<usize>) -> Option<Diagnostic> {
    match used.kind {
        UseKind::Variable => values::unknown(context, scope, &used.name, span),
        UseKind::Helper => helper(&used.name, span),
        UseKind::Link => unknown_link(context, &used.name, span),
        UseKind::Partial => {
            let message = format!("there is no other template \"{}\" to put in here", used.name);
            let help = "a text stands alone: write out what it says";
            Some(Diagnostic::error("unknown-partial", span, message).help(help))
        }
    }
}

/// `{{first name}}`: a column by a name of several words, of which the first is read as a helper.
fn several_words(context: &Context<'_>, text: &str, used: &Use, positions: &Positions) -> Option<Diagnostic> {
    let is_unknown =
        matches!(used.kind, UseKind::Helper) && helper_status(&used.name) == HelperStatus::Unknown;
    let mut tags = tags::all(text).into_iter().filter(|_| is_unknown);
    let tag = tags.find(|tag| tag.contains(&used.span.start))?;
    let inside = text[tag.clone()].trim_matches(['{', '}', '~', ' ']);
    let right = foreign::known(context, inside)?;
    let start = tag.start + text[tag].find(inside)?;
    let span = positions.span(start..start + inside.len());
    let message = format!("\"{inside}\" is two words: a value is written by the name of its column");
    Some(
        Diagnostic::error("unknown-variable", span.clone(), message)
            .help(format!("write `{{{{{right}}}}}`"))
            .replace(span, right, Applicability::Unsure),
    )
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
        false => these_are(("link", "links"), &names().collect::<Vec<_>>()),
    }))
}

fn helper(name: &str, span: Range<usize>) -> Option<Diagnostic> {
    match helper_status(name) {
        HelperStatus::Known => None,
        HelperStatus::Later => Some(Diagnostic::not_yet(span, &format!("the helper \"{name}\""))),
        HelperStatus::Unknown => {
            let message = format!("there is no helper \"{name}\"");
            let found = Diagnostic::error("unknown-helper", span, message);
            if let Some(help) = slips::of_defaults(name) {
                return Some(found.help(help));
            }
            let known = HELPERS.into_iter().chain(LATER);
            let guess = Guess::unsure(slips::called_elsewhere(name).or(nearest(name, known)));
            Some(guess.tell(found, || format!("the helpers are {}", listed(HELPERS))))
        }
    }
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
