//! A link that is called otherwise where it is defined is one cause, told at its first use with the others.

use std::ops::Range;

use super::Context;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::nearest::nearest;

/// Other places that are shown.
const SHOWN: usize = 3;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if found.iter().filter(|d| is_one(d)).nth(1).is_none() {
        return;
    }
    let (mut unknown, rest): (Vec<_>, Vec<_>) = std::mem::take(found).into_iter().partition(is_one);
    *found = rest;
    unknown.sort_by_key(Diagnostic::place);
    while !unknown.is_empty() {
        let message = unknown[0].message.clone();
        let (same, other): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|d| d.message == message);
        let joined = joined(context, found, same);
        found.extend(joined);
        unknown = other;
    }
}

fn is_one(found: &Diagnostic) -> bool {
    found.code == "unknown-link"
}

/// The first of those that name one link.
fn joined(context: &Context<'_>, found: &[Diagnostic], mut same: Vec<Diagnostic>) -> Option<Diagnostic> {
    let more = same.split_off(1);
    let first = same.pop()?;
    if more.is_empty() {
        return Some(first);
    }
    let label = match more.len() {
        one @ 1 => format!("and in {one} more place"),
        several => format!("and in {several} more places"),
    };
    let first = match first.label.is_empty() {
        true => first.label(label),
        false => first,
    };
    // In a condition it stands in quotes, and these behind a backslash where double quotes are around all of it.
    let written = context.text.get(first.span.clone()).unwrap_or_default();
    let name = written.trim_matches(['"', '\'', '\\']).to_owned();
    let places = more.into_iter().take(SHOWN);
    let first = places.fold(first, |first, place| first.also(place.span, "here too"));
    let links = &context.written.links;
    let meant = nearest(&name, links.iter().map(|(link, _)| link.value.as_str()));
    let is_unused = |span: &Range<usize>| {
        let mut unused = found.iter().filter(|d| d.code == "link-never-sent");
        unused.any(|d| d.span == *span)
    };
    let mut links = links.iter().map(|(link, _)| link);
    let link = links.find(|link| Some(link.value.as_str()) == meant && is_unused(&link.span));
    Some(match link.map(|link| link.span.clone()) {
        Some(link) => first
            .also(link.clone(), "no text has this one")
            .help(format!("is this the one? write `{name}` where it is defined"))
            .replace(link, name, Applicability::Unsure),
        None => first,
    })
}
