//! `if`, `then` and `else` of other tools, which are two rules of `choose`.

use super::super::key::Object;
use super::Shape;
use super::misplaced::Misplaced;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};

/// What asks, what is done, and what is done else.
const ASKS: [&str; 3] = ["if", "when", "condition"];
const DOES: [&str; 2] = ["then", "do"];
const ELSE: [&str; 3] = ["else", "otherwise", "default"];

/// The parts of one that stand in a map.
struct Branches<'a> {
    asks: &'a Entry,
    does: &'a Entry,
    other: Option<&'a Entry>,
}

impl<'a> Branches<'a> {
    fn of(node: &'a Node) -> Option<Branches<'a>> {
        let entries = node.entries();
        let find = |names: &[&str]| {
            entries
                .iter()
                .find(|entry| names.contains(&entry.key.text.as_str()))
        };
        Some(Branches {
            asks: find(&ASKS)?,
            does: find(&DOES)?,
            other: find(&ELSE),
        })
    }

    /// The two rules that say it.
    fn rules(&self, text: &str) -> String {
        let written = |entry: &Entry| {
            let value = text.get(entry.value.span.clone()).unwrap_or_default();
            let short = value.len() < 40 && !value.contains('\n') && !value.is_empty();
            match (short, entry.value.entries().is_empty()) {
                (true, true) => value.to_owned(),
                // Inside of braces a map stands in braces of its own.
                (true, false) if !value.starts_with('{') => format!("{{ {value} }}"),
                (true, false) => value.to_owned(),
                (false, _) => "…".to_owned(),
            }
        };
        let first = format!(
            "`- {{ when: {}, do: {} }}`",
            written(self.asks),
            written(self.does)
        );
        let other = self.other.map_or_else(|| "…".to_owned(), written);
        format!("{first} and `- {{ otherwise: {other} }}`")
    }
}

/// Of a map in the place of the rules of `choose`.
pub(super) fn in_place_of_rules(node: &Node, text: &str) -> Option<String> {
    let branches = Branches::of(node)?;
    Some(format!("each way is a rule of its own: {}", branches.rules(text)))
}

impl Shape<'_> {
    /// A step or a rule that has more than one way.
    pub(super) fn branches(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        let is_rule = object.title == "a rule of `choose`";
        if !is_rule && object.title != "a step" {
            return;
        }
        let Some(branches) = Branches::of(node) else {
            return;
        };
        // `then` of an `await`, and `when` with `do`, are ours.
        let is_foreign = match is_rule {
            // Of `do` and `otherwise` one is too many, which is told by that.
            true => branches.other.is_some_and(|other| other.key.text != "otherwise"),
            false => node.entry("if").is_some() || branches.other.is_some(),
        };
        if !is_foreign || node.entry("await").is_some() {
            return;
        }
        let at = branches.other.unwrap_or(branches.does);
        let message = format!(
            "\"{}\" begins another way, and {} has one",
            at.key.text, object.title
        );
        let rules = branches.rules(self.around.text);
        let help = match is_rule {
            true => format!("each way is a rule of its own: {rules}"),
            false => format!("ways stand under `choose`, each a rule: {rules}"),
        };
        let found = Diagnostic::error("unknown-key", at.key.span.clone(), message)
            .label("another way")
            .also(branches.asks.key.span.clone(), "what is asked");
        self.found.push(found.help(help));
        let parts = [Some(branches.asks), Some(branches.does), branches.other];
        for part in parts.into_iter().flatten() {
            let entries = node.entries().iter();
            let place = entries.enumerate().find(|(_, entry)| std::ptr::eq(*entry, part));
            told.entries.extend(place.map(|(at, _)| at));
        }
        told.meant.push("do");
    }
}
