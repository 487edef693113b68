//! What a file looks like while it is written: its keys and items by indentation and brackets, whatever is wrong with it.
//! A quote or bracket that is never closed ends where the indentation says that its value is over, so that what is typed
//! above does not hide what stands below. Decides nothing about YAML: what a value means, the tree says.

use std::ops::Range;

use super::Document;

mod flow;
mod lines;

/// A way down: a key, or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Key(String),
    Item,
}

/// What is written at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A key of the map that the path leads to.
    Key,
    /// The value that the path leads to.
    Value,
    /// The beginning of that value on a line of its own: a key of a map, an item of a list, or a scalar.
    Start,
}

/// Where a byte stands.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// Down from the root.
    pub path: Vec<Segment>,
    pub role: Role,
    /// What is written there so far, without quotes.
    pub word: Range<usize>,
    /// In `{…}` or `[…]`.
    pub flow: bool,
    /// A colon follows the key.
    pub has_colon: bool,
    /// In `"` or `'`.
    pub quote: Option<char>,
    /// The other keys of the map, and what is written behind each.
    pub siblings: Vec<(String, Range<usize>)>,
}

impl Spot {
    /// The place of a text that is the value of `tests`, so many bytes further on.
    fn below_tests(mut self, begins: usize) -> Spot {
        let further = |span: &Range<usize>| span.start + begins..span.end + begins;
        if self.path.is_empty() && self.role == Role::Key && !self.has_colon {
            self.role = Role::Start;
        }
        self.path.insert(0, Segment::Key("tests".to_owned()));
        self.word = further(&self.word);
        self.siblings
            .iter_mut()
            .for_each(|(_, value)| *value = further(value));
        self
    }
}

/// The keys of a file.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    containers: Vec<Container>,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Map,
    List,
}

#[derive(Debug)]
struct Container {
    parent: Option<Slot>,
    shape: Shape,
    column: usize,
}

/// What a value hangs on: an entry, or an item of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Entry(usize),
    Item(usize),
}

/// One key.
#[derive(Debug)]
pub(super) struct Entry {
    container: usize,
    pub name: String,
    pub key: Range<usize>,
    /// Its scalar, quotes included; empty where it has none on its line.
    pub value: Range<usize>,
}

/// Where the byte that is asked for was met.
#[derive(Debug, Clone)]
enum Mark {
    Key {
        /// None: the root of an empty file.
        container: Option<usize>,
        word: Range<usize>,
        has_colon: bool,
        flow: bool,
    },
    Value {
        slot: Option<Slot>,
        word: Range<usize>,
        quote: Option<char>,
        flow: bool,
    },
    Start {
        slot: Option<Slot>,
        word: Range<usize>,
    },
}

impl Sketch {
    /// As [`Sketch::new`], of a document. Stories that stand in a file of their own are the value of `tests`, whatever is
    /// written there so far.
    pub fn of(document: &Document<'_>, byte: usize) -> (Sketch, Option<Spot>) {
        let (sketch, spot) = Sketch::new(document.text, byte);
        let own = document.text.get(document.begins..).unwrap_or_default();
        // A list in brackets stands on the line of `tests`, where it is found anyway.
        match (document.begins, own.starts_with('[')) {
            (0, _) | (_, true) => (sketch, spot),
            (begins, false) => {
                let (_, spot) = Sketch::new(own, byte.saturating_sub(begins));
                (sketch, spot.map(|spot| spot.below_tests(begins)))
            }
        }
    }

    /// Reads a file, and says where a byte stands; none in a comment, or behind a value that is closed.
    pub fn new(text: &str, byte: usize) -> (Sketch, Option<Spot>) {
        let mut scan = lines::Scan::new(text, super::position::floor(text, byte));
        scan.all();
        let (sketch, mark) = (scan.sketch, scan.mark);
        let spot = mark.map(|mark| sketch.spot(mark));
        (sketch, spot)
    }

    fn spot(&self, mark: Mark) -> Spot {
        match mark {
            Mark::Key {
                container,
                word,
                has_colon,
                flow,
            } => {
                let of = |entry: &&Entry| Some(entry.container) == container && entry.key != word;
                Spot {
                    path: container.map(|at| self.path_to(at)).unwrap_or_default(),
                    role: Role::Key,
                    siblings: self.keys(of),
                    word,
                    flow,
                    has_colon,
                    quote: None,
                }
            }
            Mark::Value {
                slot,
                word,
                quote,
                flow,
            } => Spot {
                path: slot.map(|slot| self.path_of(slot)).unwrap_or_default(),
                role: Role::Value,
                siblings: self.beside(slot),
                word,
                flow,
                has_colon: false,
                quote,
            },
            Mark::Start { slot, word } => {
                let parent =
                    |entry: &&Entry| slot.is_some() && self.containers[entry.container].parent == slot;
                let in_list = matches!(slot, Some(Slot::Item(_)));
                Spot {
                    path: slot.map(|slot| self.path_of(slot)).unwrap_or_default(),
                    role: Role::Start,
                    // Another item of the list is another map.
                    siblings: if in_list { vec![] } else { self.keys(parent) },
                    word,
                    flow: false,
                    has_colon: false,
                    quote: None,
                }
            }
        }
    }

    fn keys(&self, wanted: impl Fn(&&Entry) -> bool) -> Vec<(String, Range<usize>)> {
        let found = self.entries.iter().filter(wanted);
        found
            .map(|entry| (entry.name.clone(), entry.value.clone()))
            .collect()
    }

    /// The other keys of the map that a value stands in.
    fn beside(&self, slot: Option<Slot>) -> Vec<(String, Range<usize>)> {
        match slot {
            Some(Slot::Entry(at)) => {
                let container = self.entries[at].container;
                self.keys(|entry| entry.container == container && entry.key != self.entries[at].key)
            }
            Some(Slot::Item(_)) | None => vec![],
        }
    }

    fn path_to(&self, container: usize) -> Vec<Segment> {
        match self.containers[container].parent {
            Some(slot) => self.path_of(slot),
            None => vec![],
        }
    }

    fn path_of(&self, slot: Slot) -> Vec<Segment> {
        let mut path = vec![];
        let mut next = Some(slot);
        while let Some(slot) = next {
            let (segment, container) = match slot {
                Slot::Entry(at) => {
                    let entry = &self.entries[at];
                    (Segment::Key(entry.name.clone()), entry.container)
                }
                Slot::Item(list) => (Segment::Item, list),
            };
            path.push(segment);
            next = self.containers[container].parent;
        }
        path.reverse();
        path
    }

    /// The keys below a key of the root.
    pub fn below<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| {
            let parent = match self.containers[entry.container].parent {
                Some(Slot::Entry(at)) => Some(&self.entries[at]),
                Some(Slot::Item(_)) | None => None,
            };
            parent.is_some_and(|parent| {
                parent.name == root && self.containers[parent.container].parent.is_none()
            })
        })
    }

    /// What is written behind a key of the map that a path leads to, without quotes.
    pub fn scalar<'a>(&self, text: &'a str, path: &[Segment], key: &str) -> Option<&'a str> {
        let is_there = |entry: &&Entry| entry.name == key && self.path_to(entry.container) == path;
        let entry = self.entries.iter().find(is_there)?;
        let value = text.get(entry.value.clone())?.trim();
        Some(value.trim_matches(['"', '\'']))
    }

    /// What is written behind a key, wherever it stands, without quotes, each once.
    pub fn scalars(&self, text: &str, key: &str) -> Vec<String> {
        let mut found: Vec<String> = vec![];
        for entry in self.entries.iter().filter(|entry| entry.name == key) {
            let value = text.get(entry.value.clone()).unwrap_or_default().trim();
            let value = value.trim_matches(['"', '\'']).to_owned();
            if !(value.is_empty() || value.starts_with(['{', '[']) || found.contains(&value)) {
                found.push(value);
            }
        }
        found
    }

    /// The keys of the maps below a key, wherever that stands, each once.
    pub fn keys_of(&self, key: &str) -> Vec<String> {
        let mut found: Vec<String> = vec![];
        for entry in &self.entries {
            let parent = match self.containers[entry.container].parent {
                Some(Slot::Entry(at)) => Some(&self.entries[at]),
                Some(Slot::Item(_)) | None => None,
            };
            if parent.is_some_and(|parent| parent.name == key) && !found.contains(&entry.name) {
                found.push(entry.name.clone());
            }
        }
        found
    }

    /// A key of the root.
    pub fn root(&self, name: &str) -> Option<&Entry> {
        let mut own = self
            .entries
            .iter()
            .filter(|entry| self.containers[entry.container].parent.is_none());
        own.find(|entry| entry.name == name)
    }
}

/// Bytes between the start of the line and a byte.
pub(super) fn column(text: &str, byte: usize) -> usize {
    let line = text[..byte].rfind(['\n', '\r']).map_or(0, |i| i + 1);
    byte - line
}

#[cfg(test)]
mod tests;
