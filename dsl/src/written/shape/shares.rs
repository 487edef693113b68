//! `variants` and `split` of which no way has a share: one finding for all of them, and each with its share.

use std::ops::Range;

use super::super::is_note;
use super::super::key::{Form, Object};
use super::super::scalars;
use super::super::traps::quoted;
use super::fit::chosen;
use super::words::Place;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::scalar::Share;
use crate::tree::{Entry, Kind, Node, line_of};

/// Lines of a change that is offered, at most.
const MOST_LINES: usize = 24;

/// `variants: { a: "…", b: "…" }`, `split: { a: { do: … }, b: { do: … } }`.
pub(super) fn unsaid(node: &Node, object: &'static Object, place: &Place, text: &str) -> Option<Diagnostic> {
    let Some(Form::Object(way)) = object.open.as_ref().map(|open| open.form) else {
        return None;
    };
    let entries = node.entries();
    let (first, last) = (entries.first()?, entries.last()?);
    let ways = Ways { way, text };
    let are_ways = || {
        entries
            .iter()
            .all(|entry| !is_note(entry) && ways.is_one(&entry.value))
    };
    if !matches!(place.key, "split" | "variants") || !are_ways() {
        return None;
    }
    let whole = first.key.span.start..last.value.span.end;
    let name = &first.key.text;
    let are_texts = entries.iter().all(|entry| entry.value.scalar().is_some());
    let found = match (place.key, are_texts) {
        ("variants", true) => {
            let message = "each variant is a map of its text and its share";
            Diagnostic::error("wrong-type", whole.clone(), message)
        }
        ("variants", false) => Diagnostic::error(
            "missing-key",
            first.key.span.clone(),
            "none of the variants has a share",
        ),
        _ => {
            let message = "none of the ways of this `split` has a share";
            Diagnostic::error("missing-key", first.key.span.clone(), message)
        }
    };
    let what = if place.key == "split" { "do" } else { "text" };
    let found = found.help(format!(
        "for example `{name}: {{ share: 50%, {what}: … }}`; all shares make 100%"
    ));
    Some(match ways.with_shares(entries, &whole) {
        Some(right) => found.replace(whole, right, Applicability::Unsure),
        None => found,
    })
}

struct Ways<'a> {
    /// What each of them is.
    way: &'static Object,
    text: &'a str,
}

impl Ways<'_> {
    fn is_split(&self) -> bool {
        self.way.key("do").is_some()
    }

    /// Whether a value is a way but for its share.
    fn is_one(&self, value: &Node) -> bool {
        match &value.kind {
            Kind::Scalar(_) if self.is_split() => value.text().is_some_and(scalars::is_name),
            Kind::Scalar(_) => value.text().is_some_and(|text| Share::parse(text).is_err()),
            Kind::List(_) => self.is_split() && !value.items().is_empty(),
            Kind::Map(_) => !value.entries().is_empty() && (self.has_own(value) || self.is_step(value)),
            Kind::Bad => false,
        }
    }

    /// Whether all keys are those of a way, and none of them is the share.
    fn has_own(&self, value: &Node) -> bool {
        let is_own =
            |key: &str| key != "share" && (self.way.key(key).is_some() || chosen(self.way, key).is_some());
        value.entries().iter().all(|entry| is_own(&entry.key.text))
    }

    /// Whether it is the step that belongs under `do`.
    fn is_step(&self, value: &Node) -> bool {
        let step = self.way.key("do").and_then(|key| match key.form {
            Form::OneOrList(Form::Object(step)) => Some(step),
            _ => None,
        });
        let is_own = |step: &Object| {
            value
                .entries()
                .iter()
                .all(|entry| step.key(&entry.key.text).is_some())
        };
        step.is_some_and(|step| is_own(step))
    }

    fn with_shares(&self, entries: &[Entry], whole: &Range<usize>) -> Option<String> {
        let shares = shares(entries.len())?;
        let mut right = String::new();
        let mut from = whole.start;
        for (entry, share) in entries.iter().zip(shares) {
            let value = &entry.value.span;
            // What an alias names stands elsewhere.
            if value.start < from {
                return None;
            }
            right.push_str(self.text.get(from..value.start)?);
            right.push_str(&self.with_share(entry, share)?);
            from = value.end;
        }
        (right.lines().count() <= MOST_LINES).then_some(right)
    }

    fn with_share(&self, entry: &Entry, share: &str) -> Option<String> {
        let value = &entry.value;
        let written = self.text.get(value.span.clone())?;
        let inside = written.strip_prefix('{').map(str::trim_start);
        let is_flow = written.starts_with(['{', '[']) || value.scalar().is_some();
        // Of a block the share stands in the column of what is there, which is no list as far left as its key.
        let column = |at: usize| at - line_of(self.text, at).start;
        let indent = format!("\n{}", " ".repeat(column(value.span.start)));
        if !is_flow && column(value.span.start) <= column(entry.key.span.start) {
            return None;
        }
        Some(match &value.kind {
            Kind::Scalar(_) if written.contains('\n') => return None,
            Kind::Scalar(_) if self.is_split() => format!("{{ share: {share}, do: {{ send: {written} }} }}"),
            Kind::Scalar(_) if written.starts_with(['"', '\'']) => {
                format!("{{ share: {share}, text: {written} }}")
            }
            Kind::Scalar(_) => format!("{{ share: {share}, text: {} }}", quoted(written)),
            Kind::Map(_) if self.has_own(value) => match inside {
                Some(inside) => format!("{{ share: {share}, {inside}"),
                None => format!("share: {share}{indent}{written}"),
            },
            _ if is_flow => format!("{{ share: {share}, do: {written} }}"),
            Kind::List(_) => format!("share: {share}{indent}do:{indent}{written}"),
            Kind::Map(_) => {
                let step = written.replace('\n', "\n  ");
                format!("share: {share}{indent}do:{indent}  {step}")
            }
            Kind::Bad => return None,
        })
    }
}

/// As even as shares of so many can be.
fn shares(ways: usize) -> Option<&'static [&'static str]> {
    Some(match ways {
        2 => &["50%", "50%"],
        3 => &["33.33%", "33.33%", "33.34%"],
        4 => &["25%"; 4],
        5 => &["20%"; 5],
        _ => return None,
    })
}
