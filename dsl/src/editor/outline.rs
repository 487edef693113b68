//! What stands in a file, as a tree that an editor shows: steps and messages of a campaign, the parts of a crier.yaml.

use std::ops::Range;

use super::{Document, File};
use crate::tree::{Entry, Kind, Node};
use crate::written::own_entries;
use crate::written::tables::VERBS;

/// One line of an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called.
    pub name: String,
    /// More, in a few words; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub whole: Range<usize>,
    /// What names it; inside of `whole`.
    pub name_span: Range<usize>,
    /// What stands in it.
    pub children: Vec<Symbol>,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A key of the file that holds others.
    Group,
    /// A step.
    Step,
    /// A message or a variant of one.
    Message,
    /// Something else that has a name.
    Item,
}

/// The outline of a file, in its order.
pub fn outline(document: &Document<'_>) -> Vec<Symbol> {
    if document.begins > 0 {
        let tests = document.root().and_then(|root| root.get("tests"));
        return tests.map(tests_of).unwrap_or_default();
    }
    let groups: &[&str] = match document.file {
        File::Campaign(_) => &["steps", "links", "message", "messages", "tests"],
        File::Project(_) => &["lists", "providers", "senders", "inboxes", "messages"],
    };
    let entries = document.root().map(Node::entries).unwrap_or_default();
    let shown = entries
        .iter()
        .filter(|entry| groups.contains(&entry.key.text.as_str()));
    shown.map(group).collect()
}

fn group(entry: &Entry) -> Symbol {
    let children = match entry.key.text.as_str() {
        "steps" => steps(&entry.value),
        "tests" => tests_of(&entry.value),
        "message" => variants(&entry.value),
        "messages" => named(&entry.value, SymbolKind::Message),
        _ => named(&entry.value, SymbolKind::Item),
    };
    symbol(entry, SymbolKind::Group, children)
}

fn symbol(entry: &Entry, kind: SymbolKind, children: Vec<Symbol>) -> Symbol {
    Symbol {
        name: shown(&entry.key.text),
        detail: String::new(),
        kind,
        whole: entry.key.span.start..entry.value.span.end.max(entry.key.span.end),
        name_span: entry.key.span.clone(),
        children,
    }
}

fn named(node: &Node, kind: SymbolKind) -> Vec<Symbol> {
    own_entries(node)
        .map(|entry| symbol(entry, kind, variants(&entry.value)))
        .collect()
}

fn variants(node: &Node) -> Vec<Symbol> {
    node.get("variants")
        .map(|variants| named(variants, SymbolKind::Message))
        .unwrap_or_default()
}

fn tests_of(node: &Node) -> Vec<Symbol> {
    node.items().iter().filter_map(test).collect()
}

fn test(node: &Node) -> Option<Symbol> {
    let first = node.entries().first()?;
    Some(Symbol {
        name: shown(node.get("test").and_then(Node::text).unwrap_or("test")),
        detail: String::new(),
        kind: SymbolKind::Item,
        whole: node.span.clone(),
        name_span: first.key.span.clone(),
        children: vec![],
    })
}

/// One step, or a list of them.
fn steps(node: &Node) -> Vec<Symbol> {
    match node.kind {
        Kind::List(_) => node.items().iter().filter_map(step).collect(),
        Kind::Map(_) => step(node).into_iter().collect(),
        Kind::Scalar(_) | Kind::Bad => vec![],
    }
}

fn step(node: &Node) -> Option<Symbol> {
    let is_verb = |entry: &&Entry| VERBS.contains(&entry.key.text.as_str());
    let verb = node.entries().iter().find(is_verb)?;
    let value = verb.value.text().unwrap_or_default();
    Some(Symbol {
        name: shown(format!("{} {value}", verb.key.text).trim_end()),
        detail: node.get("id").and_then(Node::text).unwrap_or_default().to_owned(),
        kind: SymbolKind::Step,
        whole: node.span.clone(),
        name_span: verb.key.span.clone(),
        children: inside(node),
    })
}

/// The steps in a step or a rule, wherever they stand in it.
fn inside(node: &Node) -> Vec<Symbol> {
    let mut found = vec![];
    for entry in node.entries() {
        match entry.key.text.as_str() {
            "do" | "then" | "silence" | "otherwise" => found.extend(steps(&entry.value)),
            "answers" | "choose" => found.extend(entry.value.items().iter().flat_map(rule)),
            "split" => found.extend(entry.value.entries().iter().flat_map(|arm| inside(&arm.value))),
            "repeat" => found.extend(inside(&entry.value)),
            _ => {}
        }
    }
    found
}

/// A rule has a verb of its own, or steps in it.
fn rule(node: &Node) -> Vec<Symbol> {
    match step(node) {
        Some(step) => vec![step],
        None => inside(node),
    }
}

/// A name of one line, never empty: editors refuse such.
fn shown(name: &str) -> String {
    let line = name.lines().next().unwrap_or_default().trim();
    match line.is_empty() {
        true => "(no name)".to_owned(),
        false => line.chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::{CAMPAIGN, CRIER_YAML, asked, asked_of_project};

    fn lines(symbols: &[Symbol], depth: usize, text: &mut String) {
        for symbol in symbols {
            assert!(symbol.whole.start <= symbol.name_span.start && symbol.name_span.end <= symbol.whole.end);
            let line = format!("{}{} {}", "  ".repeat(depth), symbol.name, symbol.detail);
            text.push_str(line.trim_end());
            text.push('\n');
            lines(&symbol.children, depth + 1, text);
        }
    }

    fn outlined(document: &Document<'_>) -> String {
        let mut text = String::new();
        lines(&outline(document), 0, &mut text);
        text
    }

    #[test]
    fn campaigns_show_steps_and_messages() {
        let shown = asked(&format!("{CAMPAIGN}|"), |document, _| outlined(document));
        assert_eq!(
            shown,
            "steps\n  send invite first\n  wait 2 days\n  send bus\nlinks\n  tickets\nmessages\n  invite\n  bus\ntests\n  one\n"
        );
    }

    #[test]
    fn steps_inside_of_steps_are_shown_in_them() {
        let text = "steps:\n  - ask: a\n    answers:\n      - words: [x]\n        do: [{ tag: t }, { send: b }]\n      - words: [y]\n        finish: no\n    silence: { send: c }\n|";
        let shown = asked(text, |document, _| outlined(document));
        assert_eq!(
            shown,
            "steps\n  ask a\n    tag t\n    send b\n    finish no\n    send c\n"
        );
    }

    #[test]
    fn a_crier_yaml_shows_its_parts() {
        let shown = asked_of_project(&format!("{CRIER_YAML}|"), |document, _| outlined(document));
        assert_eq!(
            shown,
            "lists\n  opted-in\nproviders\n  trial\nsenders\n  square\n  names\ninboxes\n  desk\n"
        );
    }
}
