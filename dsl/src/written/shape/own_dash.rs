//! Keys that have a dash of their own and are no item: what belongs to the step above, or to the question around its
//! answers.

use super::super::is_note;
use super::super::key::{Form, Key, Object};
use super::words::{Place, first_key};
use super::{Shape, dashes};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Node, line_of};

/// Keys of a rule that say when it holds: with one of them it is a rule that lacks what it does.
const OF_RULES: [&str; 5] = ["words", "pattern", "when", "unless", "value"];

impl Shape<'_> {
    /// Says of each such item where it belongs, so that it is not told to do nothing besides.
    pub(super) fn with_a_dash_of_their_own(&mut self, list: &Node, item: &'static Form, place: &Place) {
        let Form::Object(object) = item else { return };
        if !self.whole || object.one_of.is_empty() {
            return;
        }
        for (at, node) in list.items().iter().enumerate() {
            let Some(key) = detail(node, object) else { continue };
            let found = match object.title {
                "a step" => self.of_step(list.items(), at, key, object),
                "a rule" if place.key == "answers" => self.of_question(list, node, key),
                _ => None,
            };
            if let Some(found) = found {
                self.own_dash.push(first_key(node).start);
                self.found.push(found);
            }
        }
    }

    /// What stands beside the verb of a step.
    fn of_step(&self, items: &[Node], at: usize, key: &Key, object: &'static Object) -> Option<Diagnostic> {
        let node = &items[at];
        let name = key.name;
        let found = told(node, format!("\"{name}\" is no step of its own"));
        let owner = |item: Option<&'_ Node>| {
            let verb = item.and_then(|item| verb_of(item, object))?;
            (key.beside.is_empty() || key.beside.contains(&verb)).then_some(verb)
        };
        let mut before = items[..at].iter().rev();
        let above = before.find(|node| detail(node, object).is_none());
        Some(match (owner(above), owner(items.get(at + 1))) {
            // A condition may be of either.
            (Some(above), Some(below)) if matches!(name, "when" | "unless") => found.help(format!(
                "without its dash it belongs to the `{above}` above it, without the next one to the `{below}` below"
            )),
            (Some(verb), _) => {
                let help = format!("it belongs to the `{verb}` above it: leave out the dash and indent it");
                let owner = above?.entry(verb)?.key.span.clone();
                self.without_dash(found.also(owner, "the step above it").help(help), above?, node)
            }
            (None, Some(verb)) => {
                let help = format!("it belongs to the `{verb}` below it: leave out the dash of that and indent it");
                let below = items.get(at + 1)?;
                self.without_dash(found.help(help), node, below)
            }
            (None, None) => found.help(match key.beside {
                [] => "it belongs to a step: put it below the word of that, without a dash".to_owned(),
                verbs => {
                    let verbs: Vec<String> = verbs.iter().map(|verb| format!("`{verb}`")).collect();
                    format!("it belongs to {}: put it below that, without a dash", verbs.join(" or "))
                }
            }),
        })
    }

    /// Offers to join an item to the one above it, where that has none of its keys.
    fn without_dash(&self, found: Diagnostic, above: &Node, item: &Node) -> Diagnostic {
        let mut entries = item.entries().iter();
        let is_free = entries.all(|entry| above.entry(&entry.key.text).is_none());
        let is_joined = is_free && self.column(above) == self.column(item) && !self.is_flow(above);
        match self.dash(item).filter(|_| is_joined) {
            Some(dash) => found.replace(dash..dash + 1, " ", Applicability::Unsure),
            None => found,
        }
    }

    /// What stands beside the answers of a question.
    fn of_question(&self, list: &Node, node: &Node, key: &Key) -> Option<Diagnostic> {
        if !key.beside.contains(&"ask") || OF_RULES.iter().any(|rule| node.entry(rule).is_some()) {
            return None;
        }
        let name = key.name;
        let found = told(node, format!("\"{name}\" is no answer"));
        let found = found.help("it belongs to the `ask`: put it beside `answers`, without a dash");
        let is_last = list.items().last().is_some_and(|last| last.span == node.span);
        Some(match self.beside_the_list(list, node).filter(|_| is_last) {
            Some((from, right)) => found.replace(from..node.span.end, right, Applicability::Unsure),
            None => found,
        })
    }

    /// The lines of an item as if they stood beside the key of its list, and where they begin.
    fn beside_the_list(&self, list: &Node, node: &Node) -> Option<(usize, String)> {
        let text = self.around.text;
        self.dash(node)?;
        let begin = dashes::begin(list, text);
        let key = line_of(text, text[..begin].trim_end().len());
        let written = &text[key.clone()];
        let column = written.len() - written.trim_start_matches([' ', '-']).len();
        let moved = self.column(node).checked_sub(column)?;
        let lines = text[node.span.clone()].split('\n').enumerate();
        let lines = lines.map(|(at, line)| match at {
            0 => Some(line),
            _ if line.trim().is_empty() => Some(""),
            _ => line.get(moved..).filter(|_| line[..moved].trim().is_empty()),
        });
        let lines = lines.collect::<Option<Vec<&str>>>()?.join("\n");
        let from = line_of(text, node.span.start).start;
        (written.trim_end().ends_with(':')).then(|| (from, format!("{}{lines}", " ".repeat(column))))
    }

    /// The dash before an item that begins its line.
    pub(super) fn dash(&self, node: &Node) -> Option<usize> {
        let line = line_of(self.around.text, node.span.start);
        let before = &self.around.text[line.start..node.span.start];
        let is_alone = before.trim() == "-" && !self.is_flow(node);
        before.find('-').filter(|_| is_alone).map(|at| line.start + at)
    }

    pub(super) fn column(&self, node: &Node) -> usize {
        node.span.start - line_of(self.around.text, node.span.start).start
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.around.text[node.span.start..].starts_with('{')
    }
}

fn told(node: &Node, message: String) -> Diagnostic {
    Diagnostic::error("missing-key", first_key(node), message).label("has a dash of its own")
}

fn verb_of(node: &Node, object: &Object) -> Option<&'static str> {
    let mut verbs = object.one_of.iter().copied();
    verbs.find(|verb| node.entry(verb).is_some())
}

/// The first key of an item that has only such as stand beside a verb.
fn detail(node: &Node, object: &'static Object) -> Option<&'static Key> {
    let own = || node.entries().iter().filter(|entry| !is_note(entry));
    let keys = own().map(|entry| object.key(&entry.key.text));
    let keys = keys.collect::<Option<Vec<&'static Key>>>()?;
    let is_verb = |key: &&&'static Key| object.one_of.contains(&key.name);
    keys.first()
        .copied()
        .filter(|_| !keys.iter().any(|key| is_verb(&key)))
}
