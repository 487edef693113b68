//! What may be written at a place: keys, values, names, what stands in texts and conditions. Works on half-written files
//! too, since it asks only where the place is by indentation and brackets, and what the tables say of that place.

use std::ops::Range;

use super::names::{self, NameKind};
use super::sketch::{Role, Segment, Sketch, Spot};
use super::{Document, forms};
use crate::written::campaign::own_texts;
use crate::written::key::Form;

mod conditions;
mod keys;
mod texts;
mod values;

/// Something that may be written. In place of `span` comes `before`, a placeholder that the author overwrites, and `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// As it is listed.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// More, in a few words; may be empty.
    pub detail: String,
    /// Markdown; may be empty.
    pub doc: String,
    /// The bytes that it takes the place of.
    pub span: Range<usize>,
    /// What is put there. Lines after the first are indented relative to the line that it is put in.
    pub before: String,
    /// An example of what the author writes next; none where nothing is to be written.
    pub placeholder: Option<String>,
    /// What follows it.
    pub after: String,
    /// Less comes first.
    pub rank: u8,
}

/// The kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A key.
    Key,
    /// A word that the language has, or an example of a value.
    Value,
    /// A name that is given somewhere.
    Name,
    /// A field or column.
    Field,
    /// A helper of texts, or a function of conditions.
    Function,
}

/// What may be written at a byte, the likeliest first.
pub fn completion(document: &Document<'_>, byte: usize) -> Vec<Item> {
    let byte = super::position::floor(document.text, byte);
    let (sketch, spot) = Sketch::of(document, byte);
    let Some(spot) = spot else {
        return vec![];
    };
    let asked = Asked {
        document,
        sketch: &sketch,
        forms: forms::at(document, &sketch, &spot.path),
        spot: &spot,
        byte,
    };
    let mut items = match spot.role {
        Role::Key => keys::items(&asked, 0),
        Role::Value => values::items(&asked),
        Role::Start => {
            let mut items = keys::at_start(&asked);
            items.extend(values::items(&asked));
            items
        }
    };
    items.sort_by_key(|item| item.rank);
    items
}

/// Keys of lists that steps put people on and take them off: those of files are as they are.
const STORED: [&str; 5] = ["join", "leave", "joins", "joined", "left"];

/// The place that is asked about.
struct Asked<'a> {
    document: &'a Document<'a>,
    sketch: &'a Sketch,
    spot: &'a Spot,
    /// What may stand at the path of the place.
    forms: Vec<&'static Form>,
    byte: usize,
}

impl Asked<'_> {
    /// The key that the place is the value of.
    fn key(&self) -> &str {
        let mut keys = self.spot.path.iter().rev();
        let key = keys.find_map(|segment| match segment {
            Segment::Key(name) => Some(name.as_str()),
            Segment::Item => None,
        });
        key.unwrap_or_default()
    }

    /// Whether the place stands below these keys of the root, lists left out.
    fn is_below(&self, keys: &[&str]) -> bool {
        let path = self.spot.path.iter().filter_map(|segment| match segment {
            Segment::Key(name) => Some(name.as_str()),
            Segment::Item => None,
        });
        path.take(keys.len()).eq(keys.iter().copied())
    }

    /// An item that takes the place of what is written.
    fn item(&self, label: impl Into<String>, kind: ItemKind) -> Item {
        let label = label.into();
        // `key:` and no space after it.
        let glued =
            self.spot.role == Role::Value && self.document.text[..self.spot.word.start].ends_with(':');
        let space = if glued { " " } else { "" };
        Item {
            before: format!("{space}{label}"),
            label,
            kind,
            detail: String::new(),
            doc: String::new(),
            span: self.spot.word.clone(),
            placeholder: None,
            after: String::new(),
            rank: 1,
        }
    }

    /// The names of a kind that this place may use, each with where it is from.
    fn names(&self, kind: NameKind) -> Vec<(String, String)> {
        let (project, here) = (self.document.around.project, String::new);
        let below = |root| self.sketch.below(root).map(|entry| (entry.name.clone(), here()));
        let elsewhere = || "crier.yaml".to_owned();
        let named = |name: &String| (name.clone(), elsewhere());
        let mut names: Vec<(String, String)> = match kind {
            NameKind::Message => {
                let one = self
                    .sketch
                    .root("message")
                    .map(|_| ("message".to_owned(), here()));
                below("messages")
                    .chain(one.filter(|_| matches!(self.key(), "expect" | "of")))
                    .collect()
            }
            NameKind::Link => below("links").collect(),
            NameKind::Field if self.key() == "save" => below("fields").collect(),
            NameKind::Field => return self.fields(),
            NameKind::List => {
                let stored = project.stored_lists.iter();
                match STORED.contains(&self.key()) {
                    true => stored.map(named).collect(),
                    false => below("lists")
                        .chain(project.lists.keys().chain(stored).map(named))
                        .collect(),
                }
            }
            NameKind::Sender => below("senders")
                .chain(project.senders.keys().map(named))
                .collect(),
            NameKind::Inbox => below("inboxes")
                .chain(project.inboxes.keys().map(named))
                .collect(),
            NameKind::Provider => below("providers").collect(),
            NameKind::Database => below("databases").collect(),
            NameKind::Step => {
                let own = self.document.campaign().map(own_texts::of).unwrap_or_default();
                let ids: Vec<&str> = self.ids().collect();
                // Conditions go by an `id` alone, stories by places too.
                let may = |name: &str| matches!(self.key(), "expect" | "of") || ids.contains(&name);
                let names = own.into_iter().filter(|(name, _)| may(name));
                names.map(|(name, _)| (name, "step".to_owned())).collect()
            }
            NameKind::Tag => {
                let all = names::all(self.document).iter();
                all.filter(|named| named.kind == kind)
                    .map(|named| (named.name.clone(), here()))
                    .collect()
            }
        };
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|(name, _)| seen.insert(name.clone()));
        names
    }

    /// The ids of steps.
    fn ids(&self) -> impl Iterator<Item = &str> {
        let all = names::all(self.document).iter();
        let ids = all.filter(|named| named.kind == NameKind::Step && named.defines);
        ids.map(|named| named.name.as_str())
    }

    /// Fields, columns, and what is known of everybody.
    fn fields(&self) -> Vec<(String, String)> {
        let own = self
            .sketch
            .below("fields")
            .map(|entry| (entry.name.clone(), "field".to_owned()));
        let columns = self
            .document
            .columns()
            .into_iter()
            .map(|name| (name, "column".to_owned()));
        let built_in = crate::check::BUILT_IN
            .iter()
            .map(|name| ((*name).to_owned(), "of every person".to_owned()));
        let mut all: Vec<(String, String)> = own.chain(columns).chain(built_in).collect();
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|(name, _)| seen.insert(name.clone()));
        all
    }
}

#[cfg(test)]
mod tests;
