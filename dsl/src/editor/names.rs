//! The names of a file: where each is given, and where it is used. One table says which key names what; completion, going
//! to definitions and renaming all work from it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Document, File};
use crate::condition::Mention;
use crate::template::{Template, UseKind};
use crate::tree::{Entry, Kind, Node, Positions};
use crate::written::campaign::{Campaign, OPT_OUT_LINK, own_texts};
use crate::written::key::Form;
use crate::written::walk::{Visitor, walk};
use crate::written::{own_entries, tables};

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A message of a campaign, or of crier.yaml.
    Message,
    /// A link.
    Link,
    /// A step, by its `id`.
    Step,
    /// A field or a column of people.
    Field,
    /// A list of crier.yaml.
    List,
    /// A sender of crier.yaml.
    Sender,
    /// An inbox of crier.yaml.
    Inbox,
    /// A provider of crier.yaml.
    Provider,
    /// A database of crier.yaml.
    Database,
    /// A tag.
    Tag,
}

/// A name at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it is of.
    pub kind: NameKind,
    /// The name.
    pub name: String,
    /// Its bytes, without quotes.
    pub span: Range<usize>,
    /// It is given here.
    pub defines: bool,
}

/// What a scalar under this key names, where it names something.
pub(super) fn kind_of(key: &str) -> Option<NameKind> {
    Some(match key {
        "send" | "ask" | "unclear" | "expect" | "of" | "confirm" | "welcome" => NameKind::Message,
        "clicks" => NameKind::Link,
        "save" | "date" | "key" => NameKind::Field,
        "join" | "leave" | "joins" | "joined" | "left" => NameKind::List,
        "sender" => NameKind::Sender,
        "forward" | "to" | "notified" | "forwarded" => NameKind::Inbox,
        "database" => NameKind::Database,
        "provider" | "then" => NameKind::Provider,
        "tag" | "untag" | "tagged" | "tags" => NameKind::Tag,
        _ => return None,
    })
}

/// What the keys below a key name.
pub(super) fn kind_below(key: &str) -> Option<NameKind> {
    Some(match key {
        "messages" => NameKind::Message,
        "links" => NameKind::Link,
        "fields" | "columns" | "set" | "person" => NameKind::Field,
        "lists" => NameKind::List,
        "senders" => NameKind::Sender,
        "inboxes" => NameKind::Inbox,
        "providers" => NameKind::Provider,
        "databases" => NameKind::Database,
        _ => return None,
    })
}

/// Every name of a file, by place.
pub(super) fn all<'a>(document: &Document<'a>) -> &'a [Named] {
    document.memo.names.get_or_init(|| {
        let mut found = walked(document, None);
        let given: Vec<Named> = found.iter().filter(|named| named.defines).cloned().collect();
        say_what_is_meant(&mut found, &given, document.campaign());
        found.sort_by_key(|named| (named.span.start, named.span.end));
        // What stands behind an alias is met once for each use.
        found.dedup();
        found
    })
}

/// Every name of stories that stand in a file of their own, as they are meant in their campaign.
pub(super) fn of_stories(stories: &Document<'_>, campaign: &Document<'_>) -> Vec<Named> {
    let mut found = walked(stories, None);
    say_what_is_meant(&mut found, all(campaign), campaign.campaign());
    found.sort_by_key(|named| (named.span.start, named.span.end));
    found
}

/// Whether a field of this name is written the same in texts and in conditions.
pub(super) fn is_plain_field(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

/// The field at a byte, found without looking at the rest of the file.
pub(super) fn field_at(document: &Document<'_>, byte: usize) -> Option<Named> {
    let found = walked(document, Some(byte));
    at(&found, byte)
        .filter(|named| named.kind == NameKind::Field)
        .cloned()
}

/// The link at a byte, where it is given or used.
pub(super) fn link_at(document: &Document<'_>, byte: usize) -> Option<Named> {
    of_kind_at(document, byte, NameKind::Link)
}

fn of_kind_at(document: &Document<'_>, byte: usize, kind: NameKind) -> Option<Named> {
    let found = walked(document, Some(byte));
    at(&found, byte).filter(|named| named.kind == kind).cloned()
}

/// The names of a file; only those in values that hold `byte`, where one is given, and those that are keys.
fn walked(document: &Document<'_>, byte: Option<usize>) -> Vec<Named> {
    let object = match document.file {
        File::Campaign(_) => &tables::CAMPAIGN,
        File::Project(_) => &tables::PROJECT,
    };
    let mut names = Names {
        text: document.text,
        byte,
        found: vec![],
    };
    if let Some(root) = document.root() {
        walk(root, object, &mut names);
    }
    names.found
}

/// The name at a byte, its end included.
pub(super) fn at(all: &[Named], byte: usize) -> Option<&Named> {
    all.iter()
        .find(|named| named.span.start <= byte && byte <= named.span.end)
}

impl Named {
    /// Whether both are of the same thing.
    pub(super) fn is_same(&self, other: &Named) -> bool {
        self.kind == other.kind && self.name == other.name
    }
}

/// What is named as a message is one, else the text of a step with that `id`. A text that stands below such a step is called
/// by it too: `invite-answers-1-1`.
fn say_what_is_meant(found: &mut Vec<Named>, given: &[Named], campaign: Option<&Campaign>) {
    let of = |kind: NameKind| -> BTreeSet<&str> {
        let given = given.iter().filter(|named| named.defines && named.kind == kind);
        given.map(|named| named.name.as_str()).collect()
    };
    let (messages, steps) = (of(NameKind::Message), of(NameKind::Step));
    let texts = campaign.filter(|_| !steps.is_empty()).map(own_texts::of);
    let below: BTreeSet<&str> = texts.iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut owners: Vec<Named> = vec![];
    for named in found.iter_mut() {
        let is_message = named.kind == NameKind::Message && !named.defines;
        if !is_message || messages.contains(named.name.as_str()) {
            continue;
        }
        if steps.contains(named.name.as_str()) {
            named.kind = NameKind::Step;
        } else if below.contains(named.name.as_str()) {
            owners.extend(owner(named, &steps));
        }
    }
    found.append(&mut owners);
}

/// The step whose `id` a name begins with: the longest.
fn owner(named: &Named, steps: &BTreeSet<&str>) -> Option<Named> {
    let mut ends = named.name.match_indices('-').map(|(end, _)| end).rev();
    let end = ends.find(|end| steps.contains(&named.name[..*end]))?;
    Some(Named {
        kind: NameKind::Step,
        name: named.name[..end].to_owned(),
        span: named.span.start..named.span.start + end,
        defines: false,
    })
}

struct Names<'a> {
    text: &'a str,
    byte: Option<usize>,
    found: Vec<Named>,
}

impl Visitor for Names<'_> {
    fn entry(&mut self, entry: &Entry, top: bool) {
        self.keys_of(entry, top);
    }

    fn value(&mut self, node: &Node, form: &'static Form, key: &str) {
        match form {
            Form::Any => self.any(node, key),
            form => self.scalar(node, form, key),
        }
    }
}

impl Names<'_> {
    /// The names that the keys of a map are.
    fn keys_of(&mut self, entry: &Entry, top: bool) {
        let Some(kind) = kind_below(&entry.key.text) else {
            return;
        };
        let given = top && entry.key.text != "columns";
        if !given && kind != NameKind::Field {
            return;
        }
        let is_other =
            |name: &str| entry.key.text == "person" && crate::check::BESIDE_COLUMNS.contains(&name);
        for inner in own_entries(&entry.value) {
            let key = &inner.key;
            if is_other(&key.text) {
                continue;
            }
            let span = if key.plain {
                key.span.clone()
            } else {
                inside(&key.span)
            };
            self.push(kind, &key.text, span, given);
        }
    }

    /// What the tables do not look into: what is kept of an answer, or texts anywhere in it.
    fn any(&mut self, node: &Node, key: &str) {
        match &node.kind {
            Kind::Scalar(_) => self.scalar(node, &Form::Any, key),
            Kind::List(items) => items.iter().for_each(|item| self.any(item, "")),
            Kind::Map(entries) => entries.iter().for_each(|entry| self.any(&entry.value, "")),
            Kind::Bad => {}
        }
    }

    fn scalar(&mut self, node: &Node, form: &Form, key: &str) {
        let is_asked = |byte: usize| node.span.start <= byte && byte <= node.span.end;
        let Some(text) = node.text().filter(|_| self.byte.is_none_or(is_asked)) else {
            return;
        };
        match form {
            Form::Condition => self.condition(node, text),
            Form::Leaver if text.contains('(') => self.condition(node, text),
            Form::Message | Form::Url => self.template(node, text),
            Form::Text if text.contains("{{") => self.template(node, text),
            Form::Inbox if !text.contains('@') => self.name(NameKind::Inbox, node, text, false),
            Form::Source | Form::Leaver if !text.contains(['.', '/', '\\', '@']) => {
                self.name(NameKind::List, node, text, false)
            }
            Form::ReplyTo if text != "none" && !text.contains('@') => {
                self.name(NameKind::Inbox, node, text, false)
            }
            Form::Name if key == "id" => self.name(NameKind::Step, node, text, true),
            Form::Name | Form::Word | Form::Any => match kind_of(key) {
                Some(NameKind::Message) if crate::check::EXPECTED.contains(&text) => {}
                Some(kind) => self.name(kind, node, text, false),
                None if text.contains("{{") => self.template(node, text),
                None => {}
            },
            _ => {}
        }
    }

    fn name(&mut self, kind: NameKind, node: &Node, text: &str, defines: bool) {
        let span = Positions::new(self.text, node).span(0..text.len());
        self.push(kind, text, span, defines);
    }

    fn condition(&mut self, node: &Node, text: &str) {
        let positions = Positions::new(self.text, node);
        for mention in crate::condition::mentions(text) {
            let (kind, name, span) = match mention {
                Mention::Name { name, span } => (NameKind::Field, name, span),
                Mention::Argument { function, text, span } => match function.as_str() {
                    "delivered" => (NameKind::Message, text, span),
                    "clicked" => (NameKind::Link, text, span),
                    "tagged" => (NameKind::Tag, text, span),
                    _ => continue,
                },
            };
            self.push(kind, &name, positions.span(span), false);
        }
    }

    fn template(&mut self, node: &Node, text: &str) {
        let positions = Positions::new(self.text, node);
        let Ok(template) = Template::compile(text.trim_end()) else {
            return;
        };
        for used in template.uses() {
            let kind = match used.kind {
                UseKind::Variable => NameKind::Field,
                UseKind::Link => NameKind::Link,
                UseKind::Helper | UseKind::Partial => continue,
            };
            let written = text.get(used.span.clone()).unwrap_or_default();
            let span = match written.starts_with('[') {
                true => inside(&used.span),
                false => used.span,
            };
            self.push(kind, &used.name, positions.span(span), false);
        }
    }

    fn push(&mut self, kind: NameKind, name: &str, span: Range<usize>, defines: bool) {
        // Where a place is not known, the whole scalar stands for it, and is no name.
        let written = self.text.get(span.clone()) == Some(name);
        if written && !(kind == NameKind::Link && name == OPT_OUT_LINK) {
            let name = name.to_owned();
            self.found.push(Named {
                kind,
                name,
                span,
                defines,
            });
        }
    }
}

/// A span without its quotes or brackets.
fn inside(span: &Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1).max(span.start + 1)
}
