//! Steps that stand in one: a delay beside what is sent, and a map of several.

use std::ops::Range;

use super::super::key::Object;
use super::Shape;
use super::misplaced::adjacent;
use super::words::conflict;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node, line_of};

/// The steps of a map that has more than one, each with its dash or its braces.
pub(super) fn each_with_a_dash(node: &Node, object: &Object, written: &str) -> Option<String> {
    let is_verb = |entry: &&Entry| object.one_of.contains(&entry.key.text.as_str());
    let verbs = node.entries().iter().filter(is_verb);
    let mut starts: Vec<usize> = verbs
        .map(|entry| entry.key.span.start - node.span.start)
        .collect();
    if starts.len() < 2 || object.title != "a step" {
        return None;
    }
    let is_flow = written.starts_with('{');
    // What stands before the first verb belongs to it.
    starts[0] = usize::from(is_flow);
    let whole = match is_flow {
        true => written.strip_suffix('}')?,
        false => written,
    };
    let ends = starts.iter().skip(1).copied().chain([whole.len()]);
    let steps = starts.iter().zip(ends).map(|(start, end)| &whole[*start..end]);
    Some(match is_flow {
        true => {
            let steps = steps.map(|step| format!("{{ {} }}", step.trim().trim_end_matches(',')));
            format!("[{}]", steps.collect::<Vec<_>>().join(", "))
        }
        false => {
            let step = |step: &str| {
                let own = step.trim_end();
                format!("- {}{}", own.replace('\n', "\n  "), &step[own.len()..])
            };
            steps.map(step).collect()
        }
    })
}

impl Shape<'_> {
    /// What does several things, where each has a place of its own.
    pub(super) fn several_verbs(&mut self, node: &Node, object: &Object, verbs: &[&Entry]) {
        let [first, second, ..] = verbs else { return };
        let found = conflict(first, second, object);
        let repaired = match object.title {
            "a step" | "a line of a story" => self.with_dashes(node, verbs),
            _ if object.one_of.contains(&"do") => self.under_do(node, verbs),
            _ => None,
        };
        self.found.push(match repaired {
            Some((span, right)) => found.replace(span, right, Applicability::Unsure),
            None => found,
        });
    }

    /// A dash before each but the first, where each begins a line.
    fn with_dashes(&self, node: &Node, verbs: &[&Entry]) -> Option<(Range<usize>, String)> {
        let text = self.around.text;
        let column = self.column(node).checked_sub("- ".len())?;
        self.dash(node)?;
        let starts = verbs.iter().skip(1).map(|verb| verb.key.span.start);
        let starts: Vec<usize> = starts.collect();
        let is_alone = |start: &usize| {
            let line = line_of(text, *start);
            start - line.start == column + "- ".len() && text[line.start..*start].trim().is_empty()
        };
        if !starts.iter().all(is_alone) {
            return None;
        }
        let span = starts.first()? - "- ".len()..*starts.last()?;
        let mut right = text[span.clone()].to_owned();
        for start in starts {
            let end = start - span.start;
            right.replace_range(end - "- ".len()..end, "- ");
        }
        Some((span, right))
    }

    /// `do: [{ tag: coming }, { send: great }]`.
    fn under_do(&self, node: &Node, verbs: &[&Entry]) -> Option<(Range<usize>, String)> {
        let entries = node.entries();
        let place = |verb: &&Entry| entries.iter().position(|entry| std::ptr::eq(entry, *verb));
        let places = verbs.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let whole = adjacent(node, &places)?;
        let step = |verb: &&Entry| {
            let written = &self.around.text[verb.key.span.start..verb.value.span.end];
            (verb.key.text != "do" && !written.contains('\n')).then(|| format!("{{ {written} }}"))
        };
        let steps = verbs.iter().map(step).collect::<Option<Vec<String>>>()?;
        Some((whole, format!("do: [{}]", steps.join(", "))))
    }

    /// `delay: 2 days` beside what a step does: it waits in a step of its own, before.
    pub(super) fn waits_before(
        &self,
        node: &Node,
        entry: &Entry,
        object: &Object,
        meant: Option<&str>,
    ) -> Option<Diagnostic> {
        let mut entries = node.entries().iter();
        let verb = entries.find(|entry| object.one_of.contains(&entry.key.text.as_str()))?;
        meant.filter(|meant| *meant == "wait" && object.title == "a step")?;
        let time = entry.value.text().unwrap_or("2 days");
        let message = format!("\"{}\" is not a key of {}", entry.key.text, object.title);
        let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message)
            .label("unknown key")
            .also(verb.key.span.clone(), "what the step does")
            .help(format!(
                "waiting is a step of its own, before this one: `- wait: {time}`"
            ));
        Some(match self.rest_behind(node, entry) {
            Some((dash, rest)) => {
                let indent = " ".repeat(self.column(node) - (node.span.start - dash));
                let right = format!("- wait: {time}\n{indent}- {rest}");
                found.replace(dash..node.span.end, right, Applicability::Unsure)
            }
            None => found,
        })
    }

    /// The dash of an item of several lines, and what stands behind it but for one of its entries.
    fn rest_behind(&self, node: &Node, without: &Entry) -> Option<(usize, String)> {
        let text = self.around.text;
        let dash = self.dash(node)?;
        let next = node
            .entries()
            .iter()
            .find(|entry| entry.key.span.start > without.key.span.start);
        let end = next.map_or(node.span.end, |next| next.key.span.start);
        let own = &text[without.key.span.start..end];
        let rest = format!(
            "{}{}",
            &text[node.span.start..without.key.span.start],
            &text[end..node.span.end]
        );
        without.value.text()?;
        (!own.contains('#')).then(|| (dash, rest.trim_end().to_owned()))
    }
}
