//! YAML as a tree in which every node knows its bytes. Nothing is typed here: a scalar is its text, since the field
//! decides what it is. Aliases are replaced by what they name, within a budget; what cannot be read is left out, and
//! said in a diagnostic.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

mod builder;
mod decode;
mod open;
mod path;
mod position;
mod syntax;

pub use decode::{LARGEST_FILE, decode_text};
pub(crate) use path::keys_to;
pub use position::Positions;
pub(crate) use syntax::{
    full_width_behind_key, is_mark_of_items, is_of_marked_items, line_of, marked_item, quote_condition,
};

/// Nodes a file may have at most, aliases replaced.
pub const MOST_NODES: usize = 100_000;

/// Levels of maps and lists inside each other, at most.
pub const DEEPEST: usize = 64;

/// A file as read.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// What the file holds; none where it is empty or cannot be read at all.
    pub root: Option<Node>,
    /// The bytes of each comment, with its `#`, in order.
    pub comments: Vec<Range<usize>>,
    /// False where reading stopped early, so that what is missing proves nothing.
    pub whole: bool,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the file. A scalar's include its quotes; those of a block text begin with its first character.
    pub span: Range<usize>,
    /// Nodes in it, itself included.
    size: usize,
    /// Levels of maps and lists in it: 0 for a scalar.
    depth: usize,
}

/// The kinds of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text, a number, a word: whatever is neither of the others.
    Scalar(Scalar),
    /// `[a, b]`, or lines that begin with `- `.
    List(Arc<[Node]>),
    /// `{a: 1}`, or lines of `key: value`.
    Map(Arc<[Entry]>),
    /// What a diagnostic has been made for already.
    Bad,
}

/// A scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text it stands for.
    pub text: String,
    /// How it is written.
    pub style: Style,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'`.
    Single,
    /// In `"`.
    Double,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
}

/// One `key: value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The text.
    pub text: String,
    /// Its bytes, quotes included.
    pub span: Range<usize>,
    /// Whether it is written without quotes.
    pub plain: bool,
}

/// Reads a file. Never fails: what is wrong is in the diagnostics, and the tree holds what could be read.
pub fn parse(text: &str) -> (Tree, Vec<Diagnostic>) {
    builder::build(text)
}

impl Node {
    /// The scalar, where it is one with something in it.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) if !self.is_nothing() => Some(scalar),
            Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) | Kind::Bad => None,
        }
    }

    /// The text of the scalar.
    pub fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| scalar.text.as_str())
    }

    /// The entries, where it is a map; none otherwise.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) | Kind::Bad => &[],
        }
    }

    /// The items, where it is a list; none otherwise.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Scalar(_) | Kind::Map(_) | Kind::Bad => &[],
        }
    }

    /// The value of a key, where it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key, where it is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key.text == key)
    }

    /// Whether nothing is written: `key:` and no more. `~` and `null` are not, since they may be meant as words.
    pub fn is_nothing(&self) -> bool {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.style == Style::Plain && self.span.is_empty(),
            Kind::List(_) | Kind::Map(_) | Kind::Bad => false,
        }
    }

    /// Whether a diagnostic has been made for it already.
    pub fn is_bad(&self) -> bool {
        self.kind == Kind::Bad
    }
}

#[cfg(test)]
mod tests;
