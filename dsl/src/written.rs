//! Files as written: what the author said, each value with its place, nothing filled in and no name looked up. Made from
//! the [`crate::tree`]; the tables of keys ([`key`]) say what may stand where.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::tree::{self, Entry, Node, Tree};

pub mod campaign;
pub mod key;
pub(crate) mod nearest;
mod no_break;
pub mod project;
pub(crate) mod reading;
mod scalars;
pub use scalars::slug;
pub(crate) use scalars::{
    clock_of, is_condition, is_name, is_time_of_day, is_variable, language_called, language_exists, meant_by,
    no_date, stays_inside, zone_of_city,
};
mod shape;
pub(crate) use shape::{by_name, fits, is_key};
pub mod tables;
mod traps;
pub(crate) use traps::{CURLY_IN_VALUE, cut_text, misread, quoted};
pub(crate) mod walk;

#[cfg(test)]
mod tests;

/// A value and its bytes in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes.
    pub span: Range<usize>,
}

/// A file, read and held against its table.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) tree: Tree,
    pub(crate) found: Vec<Diagnostic>,
}

impl Read {
    pub(crate) fn new(text: &str, object: &'static key::Object) -> Read {
        let read = Read::as_written(text, object);
        no_break::instead(text, read, |right| Read::as_written(right, object))
    }

    fn as_written(text: &str, object: &'static key::Object) -> Read {
        let (mut tree, mut found) = tree::parse(text);
        // Names of its own are what it is made of.
        if !tree.whole && found.last().is_some_and(|fault| fault.code == "alias-bomb") {
            // Thousands of names given twice would be told before it.
            found.drain(..found.len() - 1);
            return Read { tree, found };
        }
        let shape = shape::check(text, &tree, object, &mut found);
        // What a fault cut short is not judged by what is left of it.
        let fault = found.last().filter(|_| !tree.whole);
        let places = fault.map(|fault| fault.related.iter().map(|(span, _)| span).chain([&fault.span]));
        let lines = places.into_iter().flatten();
        let lines: Vec<Range<usize>> = lines.map(|span| tree::line_of(text, span.start)).collect();
        let told = |d: &Diagnostic| {
            let meets = |line: &Range<usize>| d.span.start <= line.end && d.span.end >= line.start;
            lines.iter().any(meets)
        };
        // Two items behind one mark are two keys of one name.
        let marked = |d: &Diagnostic| {
            let mended = shape.iter().filter(|d| tree::is_of_marked_items(d));
            let mut mended = mended.filter_map(|d| d.suggestion.as_ref());
            mended.any(|mended| mended.span.contains(&d.span.start))
        };
        found.retain(|d| d.code != "duplicate-key" || !marked(d));
        found.extend(shape.into_iter().filter(|d| !told(d)));
        if is_newer(&tree) {
            // What a newer language would make of the rest is not known; a file of another kind is told as that alone.
            let is_told = found.iter().any(|d| d.code == "unknown-version");
            found.retain(|d| !is_told || d.code == "unknown-version");
            tree.whole = false;
        }
        Read { tree, found }
    }

    /// Whether it is written in a version of the language that this program does not know yet.
    pub(crate) fn is_newer(&self) -> bool {
        is_newer(&self.tree)
    }

    /// Whether the whole text was read, so that what is not there is not there.
    pub(crate) fn is_whole(&self) -> bool {
        self.tree.whole && self.tree.root.is_some()
    }
}

fn is_newer(tree: &Tree) -> bool {
    let stated = tree.root.as_ref().and_then(|root| root.get("crier"));
    let version = stated
        .and_then(Node::text)
        .and_then(|text| text.parse::<u32>().ok());
    version.is_some_and(|version| version > 1)
}

/// The scalar of a key, where it is there.
pub(crate) fn text(map: &Node, key: &str) -> Option<Spanned<String>> {
    map.get(key).and_then(spanned)
}

/// The text of a node, where it is a scalar.
pub(crate) fn spanned(node: &Node) -> Option<Spanned<String>> {
    node.text().map(|text| Spanned {
        value: text.to_owned(),
        span: node.span.clone(),
    })
}

/// The scalar of a key, read.
pub(crate) fn parsed<T>(map: &Node, key: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Spanned<T>> {
    let Spanned { value, span } = text(map, key)?;
    parse(&value).map(|value| Spanned { value, span })
}

/// A node that is one or a list, as several.
pub(crate) fn one_or_list(node: &Node) -> Vec<&Node> {
    match node.scalar() {
        Some(_) => vec![node],
        None => node.items().iter().collect(),
    }
}

/// The texts of a key: one, or several.
pub(crate) fn several(map: &Node, key: &str) -> Vec<Spanned<String>> {
    let nodes = map.get(key).map(one_or_list).unwrap_or_default();
    nodes.into_iter().filter_map(spanned).collect()
}

/// Whether an entry is the author's own note, which nobody reads.
pub(crate) fn is_note(entry: &Entry) -> bool {
    entry.key.text.starts_with("x-")
}

/// The entries of a map that are not the author's own notes.
pub(crate) fn own_entries(node: &Node) -> impl Iterator<Item = &Entry> {
    node.entries().iter().filter(|entry| !is_note(entry))
}

/// The key of an entry, with its place.
pub(crate) fn key_of(entry: &Entry) -> Spanned<String> {
    Spanned {
        value: entry.key.text.clone(),
        span: entry.key.span.clone(),
    }
}

/// A map of texts, in the order of the file.
pub(crate) fn texts(node: &Node) -> Vec<(Spanned<String>, Spanned<String>)> {
    own_entries(node)
        .filter_map(|entry| Some((key_of(entry), spanned(&entry.value)?)))
        .collect()
}
