//! Stories as written: the key `tests`. What a line names is kept with its place; `crier test` plays them.

use crate::tree::{Entry, Kind, Node};
use crate::written::tables::SAID;
use crate::written::{Spanned, key_of, own_entries, several, spanned, text, texts};

/// One story.
#[derive(Debug, Clone)]
pub struct Test {
    /// What it shows.
    pub name: Option<Spanned<String>>,
    /// Columns of the person, in order, and `variant`.
    pub person: Vec<(Spanned<String>, Spanned<String>)>,
    /// The tags of the person from before.
    pub tags: Vec<Spanned<String>>,
    /// Where the key `person` stands.
    pub person_key: Option<std::ops::Range<usize>>,
    /// The key `at`.
    pub at: Option<Spanned<String>>,
    /// The event that begins it.
    pub event: Option<Spanned<String>>,
    /// The same, with what it carries.
    pub event_node: Option<Node>,
    /// Where the key `story` stands, where it is a list.
    pub story_key: Option<std::ops::Range<usize>>,
    /// The list under it, where that has no lines.
    pub empty: Option<std::ops::Range<usize>>,
    /// What happens, line by line.
    pub lines: Vec<Line>,
    /// Its first key.
    pub span: std::ops::Range<usize>,
}

/// A line of a story: its verb with what is told apart.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says; its first key where that is nothing.
    pub verb: Spanned<String>,
    /// What it names, where that is one word: a message, a link, a tag, a list, an inbox, an event.
    pub what: Option<Spanned<String>>,
    /// The value of the first key.
    pub value: Node,
    /// The line.
    pub node: Node,
    /// All of it.
    pub whole: std::ops::Range<usize>,
}

impl Test {
    pub(super) fn several(node: &Node) -> Vec<Test> {
        node.items().iter().map(Test::read).collect()
    }

    fn read(node: &Node) -> Test {
        let person = node.entry("person");
        let story = node.entry("story");
        let story = story.filter(|entry| matches!(entry.value.kind, Kind::List(_)));
        let lines = story.map(|entry| entry.value.items()).unwrap_or_default();
        let first = node.entries().first();
        let values = person
            .map(|entry| texts(&entry.value))
            .unwrap_or_default()
            .into_iter();
        Test {
            name: text(node, "test"),
            person: values.filter(|(column, _)| column.value != "tags").collect(),
            tags: person
                .map(|entry| several(&entry.value, "tags"))
                .unwrap_or_default(),
            person_key: person.map(|entry| entry.key.span.clone()),
            at: text(node, "at"),
            event: node.get("event").and_then(event),
            event_node: node.get("event").cloned(),
            story_key: story.map(|entry| entry.key.span.clone()),
            empty: story
                .filter(|_| lines.is_empty())
                .map(|entry| entry.value.span.clone()),
            lines: lines.iter().filter_map(Line::read).collect(),
            span: first.map_or(node.span.clone(), |entry| entry.key.span.clone()),
        }
    }
}

/// The name of an event: alone, or in a map with its fields.
fn event(node: &Node) -> Option<Spanned<String>> {
    spanned(node).or_else(|| text(node, "name"))
}

impl Line {
    fn read(node: &Node) -> Option<Line> {
        let says = |entry: &&Entry| SAID.contains(&entry.key.text.as_str());
        let verb: &Entry = (own_entries(node).find(says)).or(own_entries(node).next())?;
        Some(Line {
            verb: key_of(verb),
            what: event(&verb.value),
            value: verb.value.clone(),
            node: node.clone(),
            whole: node.span.clone(),
        })
    }
}
