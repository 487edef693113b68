//! What may have been sent by a step. What one way of several adds is taken back before the next is walked: a copy for each
//! way would make a file of many ways slow.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::template::{Template, UseKind};
use crate::written::campaign::{Message, Sent, Step, Texts};

/// What may have been sent, and where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Sendings {
    /// Messages, and ids of steps with a text of their own.
    pub messages: BTreeMap<String, Range<usize>>,
    /// Links in those texts.
    pub links: BTreeMap<String, Range<usize>>,
    /// Whether there is a text at all.
    pub any: bool,
    /// Whether a text cannot be read, so that any link may be in it.
    pub unclear: bool,
    /// Every name in the two maps, in the order in which they came.
    order: Vec<Name>,
}

#[derive(Debug, Clone)]
enum Name {
    Message(String),
    Link(String),
}

/// How much had been sent at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    names: usize,
    any: bool,
    unclear: bool,
}

/// What was sent since a place.
#[derive(Debug)]
pub(super) struct Since {
    names: Vec<(Name, Range<usize>)>,
    any: bool,
    unclear: bool,
}

impl Sendings {
    pub fn add<'a>(&mut self, name: &str, at: &Range<usize>, texts: impl Iterator<Item = &'a Texts>) {
        self.any = true;
        self.put(Name::Message(name.to_owned()), at.clone());
        for value in texts.flat_map(Texts::values) {
            let Ok(template) = Template::compile(&value.text) else {
                self.unclear = true;
                continue;
            };
            let uses = template.uses().into_iter();
            for link in uses.filter(|used| matches!(used.kind, UseKind::Link)) {
                self.put(Name::Link(link.name), at.clone());
            }
        }
    }

    /// Adds what these steps and those in them send.
    pub fn add_all(&mut self, messages: &HashMap<&str, &Message>, steps: &[Step]) {
        for step in steps {
            self.add_own(messages, step);
            for inner in step.inner() {
                self.add_all(messages, inner);
            }
        }
    }

    /// Adds what a step itself sends.
    pub fn add_own(&mut self, messages: &HashMap<&str, &Message>, step: &Step) {
        for sent in step.sent() {
            match sent {
                Sent::Name(name) => {
                    let message = messages.get(name.value.as_str()).into_iter();
                    let texts = message.flat_map(|message| message.texts());
                    self.add(&name.value, &name.span, texts.map(|(_, texts)| texts));
                }
                Sent::Texts(texts) => {
                    let id = step.id.as_ref();
                    let name = id.map_or("", |id| id.value.as_str());
                    self.add(name, &step.span, std::iter::once(texts));
                }
            }
        }
    }

    pub fn mark(&self) -> Mark {
        Mark {
            names: self.order.len(),
            any: self.any,
            unclear: self.unclear,
        }
    }

    /// Takes back what was sent since.
    pub fn back_to(&mut self, mark: Mark) -> Since {
        let mut names = vec![];
        for name in self.order.drain(mark.names..) {
            let at = match &name {
                Name::Message(name) => self.messages.remove(name),
                Name::Link(name) => self.links.remove(name),
            };
            names.extend(at.map(|at| (name, at)));
        }
        Since {
            names,
            any: std::mem::replace(&mut self.any, mark.any),
            unclear: std::mem::replace(&mut self.unclear, mark.unclear),
        }
    }

    /// With what was sent elsewhere; of one name the place that is known stays.
    pub fn join(&mut self, other: Since) {
        for (name, at) in other.names {
            self.put(name, at);
        }
        self.any |= other.any;
        self.unclear |= other.unclear;
    }

    fn put(&mut self, name: Name, at: Range<usize>) {
        let (known, text) = match &name {
            Name::Message(text) => (&mut self.messages, text),
            Name::Link(text) => (&mut self.links, text),
        };
        if !known.contains_key(text) {
            known.insert(text.clone(), at);
            self.order.push(name);
        }
    }
}
