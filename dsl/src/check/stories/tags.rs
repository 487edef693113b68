//! The tags that the person of a story has from before: somebody asks for them, and no text takes them for a column.

use std::collections::BTreeSet;

use super::super::{Context, audience, templates};
use super::names;
use crate::condition::{Basis, Mention, bases, mentions};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};
use crate::written::campaign::{Test, Verb};
use crate::written::key::Form;
use crate::written::nearest::{Guess, nearest};
use crate::written::walk::{Visitor, walk};
use crate::written::{Spanned, is_condition, tables};

pub(super) fn check(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let Some(first) = test.tags.first() else { return };
    found.extend(a_column_too(context, first));
    let asked = Asked::of(context);
    let changed = changed(context);
    let known: BTreeSet<&str> = asked.tags.iter().map(String::as_str).chain(changed).collect();
    let told = test.tags.iter().filter(|tag| !known.contains(tag.value.as_str()));
    found.extend(told.filter_map(|tag| unasked(tag, &known, asked.any)));
}

/// The tags that steps give.
pub(super) fn given<'a>(context: &'a Context<'_>) -> BTreeSet<&'a str> {
    let steps = names::steps(context).into_iter();
    let given = steps.filter_map(|step| match &step.verb {
        Verb::Tag(tag) => Some(tag.value.as_str()),
        _ => None,
    });
    given.collect()
}

/// Tags that are all known, with commas between them.
pub(super) fn several_in_one(tag: &Spanned<String>, known: &BTreeSet<&str>) -> Option<Diagnostic> {
    let all: Vec<&str> = tag.value.split(',').map(str::trim).collect();
    if all.len() < 2 || !all.iter().all(|tag| known.contains(tag)) {
        return None;
    }
    let message = format!("\"{}\" is one tag, with commas in it", tag.value);
    Some(
        Diagnostic::warning("unknown-value", tag.span.clone(), message)
            .help("several stand in a list, in brackets")
            .replace(
                tag.span.clone(),
                format!("[{}]", all.join(", ")),
                Applicability::Unsure,
            ),
    )
}

/// The tags that steps give or take.
fn changed<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a str> {
    names::steps(context)
        .into_iter()
        .filter_map(|step| match &step.verb {
            Verb::Tag(tag) | Verb::Untag(tag) => Some(tag.value.as_str()),
            _ => None,
        })
}

/// A tag that nothing of the campaign has to do with, so that it changes nothing here. `any`: a value of the person says
/// which tags are asked for, so that it may be any.
fn unasked(tag: &Spanned<String>, known: &BTreeSet<&str>, any: bool) -> Option<Diagnostic> {
    if let Some(several) = several_in_one(tag, known) {
        return Some(several);
    }
    let message = format!("nothing in this campaign asks for the tag \"{}\"", tag.value);
    if any {
        return names::slip(tag, known.iter().copied(), message);
    }
    let found = Diagnostic::warning("unknown-value", tag.span.clone(), message);
    let meant = Guess::unsure(nearest(&tag.value, known.iter().copied()));
    Some(meant.tell(found, || "leave it out: it changes nothing here".to_owned()))
}

/// Texts ask for a column of that name, which no story can state.
fn a_column_too(context: &Context<'_>, first: &Spanned<String>) -> Option<Diagnostic> {
    let is_column = |list| audience::names(list).is_some_and(|names| names.contains(&"tags"));
    if !context.from.iter().any(is_column) || !templates::use_name(context, "tags") {
        return None;
    }
    let message = "\"tags\" are the tags of the person, and a text uses the column of that name";
    Some(
        Diagnostic::warning("bad-name", first.span.clone(), message)
            .help("give the column another name: `columns: { own_tags: tags }`, and `{{own_tags}}`"),
    )
}

/// The tags that conditions ask for.
struct Asked {
    tags: BTreeSet<String>,
    /// Of some of them a value of the person says which.
    any: bool,
}

impl Asked {
    fn of(context: &Context<'_>) -> Asked {
        let mut asked = Asked {
            tags: BTreeSet::new(),
            any: false,
        };
        if let Some(root) = context.root {
            walk(root, &tables::CAMPAIGN, &mut asked);
        }
        asked
    }
}

impl Visitor for Asked {
    fn entry(&mut self, _: &Entry, _: bool) {}

    fn value(&mut self, node: &Node, form: &'static Form, _: &str) {
        let is_one = match form {
            Form::Condition => true,
            Form::Leaver => node.text().is_some_and(is_condition),
            _ => false,
        };
        let Some(text) = node.text().filter(|_| is_one) else {
            return;
        };
        let asks = bases(text).into_iter().filter(|(basis, _)| match basis {
            Basis::Name(name) => name == "tags",
            Basis::Call(function, _) => function == "tagged",
        });
        let asks = asks.count();
        let named = mentions(text).into_iter().filter_map(|mention| match mention {
            Mention::Argument { function, text, .. } if function == "tagged" => Some(text),
            Mention::Argument { .. } | Mention::Name { .. } => None,
        });
        let named: Vec<String> = named.collect();
        self.any |= asks > named.len();
        self.tags.extend(named);
    }
}
