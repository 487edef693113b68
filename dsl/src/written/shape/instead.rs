//! Keys of a campaign that stand in the place of another one of it: `messages` of a text, `message` of a map of names,
//! `trigger` of a time.

use super::super::key::{Form, Object};
use super::super::scalars;
use super::Shape;
use super::misplaced::Misplaced;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};
use crate::values::Language;
use crate::written::own_entries;

impl Shape<'_> {
    /// Each is told once: what it stands for is not missing.
    pub(super) fn in_place_of_another(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        if object.title != "a campaign" {
            return;
        }
        let is_time = |text: &str| scalars::check(&Form::Start, text).is_ok();
        let is_text = |text: &str| text.contains(' ');
        self.meant(node, ("messages", "message", &["steps"]), is_text, told);
        self.meant(node, ("trigger", "schedule", &[]), is_time, told);
        self.one_of_many(node, told);
    }

    /// `message` with the messages of the campaign by their names.
    fn one_of_many(&mut self, node: &Node, told: &mut Misplaced) {
        let at = node
            .entries()
            .iter()
            .position(|entry| entry.key.text == "message");
        let Some(at) = at.filter(|_| by_name(node).is_some()) else {
            return;
        };
        let span = node.entries()[at].key.span.clone();
        let message = "texts by their names stand under \"messages\", not under \"message\"";
        self.found.push(
            Diagnostic::error("wrong-type", span.clone(), message)
                .help("write `messages` in its place")
                .replace(span, "messages", Applicability::Safe),
        );
        told.entries.insert(at);
    }

    fn meant(
        &mut self,
        node: &Node,
        (name, meant, beside): (&str, &'static str, &[&str]),
        is_one: fn(&str) -> bool,
        told: &mut Misplaced,
    ) {
        let at = node.entries().iter().position(|entry| entry.key.text == name);
        let is_free = node.entry(meant).is_none() && !beside.iter().any(|key| node.entry(key).is_some());
        let Some(at) = at.filter(|_| is_free) else { return };
        let entry = &node.entries()[at];
        if !entry.value.text().is_some_and(is_one) {
            return;
        }
        let what = match meant {
            "message" => "this is one text",
            _ => "this is a time",
        };
        let found = Diagnostic::error(
            "wrong-type",
            entry.key.span.clone(),
            format!("{what}, which stands under \"{meant}\", not under \"{name}\""),
        );
        let help = format!("write `{meant}` in its place");
        self.found.push(
            found
                .help(help)
                .replace(entry.key.span.clone(), meant, Applicability::Unsure),
        );
        told.entries.insert(at);
        told.meant.push(meant);
    }
}

/// What stands under `message` in the place of `messages`, so that it can be read as that: the texts that steps send, by name.
pub(crate) fn by_name(root: &Node) -> Option<&Node> {
    let is_free = root.entry("messages").is_none() && root.entry("steps").is_some();
    let map = root.get("message").filter(|_| is_free)?;
    let is_of_text = |entry: &Entry| ["text", "media", "variants"].contains(&entry.key.text.as_str());
    let is_name = |entry: &Entry| Language::new(&entry.key.text).is_none();
    let has_names = own_entries(map).any(is_name) && !own_entries(map).any(is_of_text);
    has_names.then_some(map)
}
