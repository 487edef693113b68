//! Curly quotes around several texts of one list are one cause, told at the first of them and mended in all.

use std::ops::Range;

use crate::condition::STRAIGHT_QUOTES;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Node;
use crate::written::CURLY_IN_VALUE;

/// Joins what is told of them. A condition by itself is such a list too.
pub(super) fn join(root: Option<&Node>, text: &str, found: &mut Vec<Diagnostic>) {
    let Some(root) = root.filter(|_| found.iter().filter(|d| is_one(d)).nth(1).is_some()) else {
        return;
    };
    let (mut curly, rest): (Vec<_>, Vec<_>) = std::mem::take(found).into_iter().partition(is_one);
    curly.sort_by_key(Diagnostic::place);
    let lists: Vec<Range<usize>> = curly.iter().map(|d| list_around(root, d.span.start)).collect();
    *found = rest;
    let mut at = 0;
    while at < curly.len() {
        let more = lists[at..].iter().take_while(|list| **list == lists[at]).count();
        found.push(joined(&curly[at..at + more], text));
        at += more;
    }
}

/// Whether it is told of quotes that are not straight, whatever stands in them.
fn is_one(found: &Diagnostic) -> bool {
    [STRAIGHT_QUOTES, CURLY_IN_VALUE]
        .iter()
        .any(|said| found.message.starts_with(said))
}

/// The innermost list around a byte; else the value.
fn list_around(root: &Node, at: usize) -> Range<usize> {
    let (mut node, mut list) = (root, None);
    loop {
        if !node.items().is_empty() {
            list = Some(node.span.clone());
        }
        let values = node.entries().iter().map(|entry| &entry.value);
        let mut inner = values.chain(node.items());
        match inner.find(|inner| inner.span.start <= at && at < inner.span.end) {
            Some(inner) => node = inner,
            None => return list.unwrap_or_else(|| node.span.clone()),
        }
    }
}

fn joined(all: &[Diagnostic], text: &str) -> Diagnostic {
    let mut found = all[0].clone();
    let more = &all[1..];
    if more.is_empty() {
        return found;
    }
    found
        .related
        .extend(more.iter().map(|d| (d.span.clone(), "here too".to_owned())));
    found.suggestion = None;
    let found = found.help("write straight quotes in their place");
    match mended(all, text) {
        Some((span, right)) => found.replace(span, right, Applicability::Unsure),
        None => found,
    }
}

/// All that is mended, with what stands between. None where one of them has no repair, or two meet.
fn mended(all: &[Diagnostic], text: &str) -> Option<(Range<usize>, String)> {
    let repairs: Option<Vec<_>> = all.iter().map(|d| d.suggestion.as_ref()).collect();
    let repairs = repairs?;
    let (first, mut at) = (repairs.first()?.span.start, repairs.first()?.span.start);
    let mut right = String::new();
    for repair in repairs {
        right.push_str(text.get(at..repair.span.start)?);
        right.push_str(&repair.replacement);
        at = repair.span.end;
    }
    Some((first..at, right))
}
