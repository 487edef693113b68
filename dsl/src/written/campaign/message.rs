//! Messages as written: a text, texts by language, or variants of those.

use super::{Texts, Value};
use crate::tree::{Entry, Node};
use crate::values::Language;
use crate::written::{Spanned, key_of, own_entries, text};

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its key.
    pub name: Spanned<String>,
    /// What it says; none where that is wrong.
    pub body: Option<Body>,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Body {
    /// The same to everybody.
    Texts(Texts),
    /// One of several.
    Variants(Vec<Variant>),
}

/// A variant of a message.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: Spanned<String>,
    /// Its share, as written.
    pub share: Option<Spanned<String>>,
    /// What it says; none where that is wrong.
    pub texts: Option<Texts>,
}

impl Message {
    pub(super) fn read(name: Spanned<String>, node: &Node) -> Message {
        let body = match node.get("variants") {
            Some(variants) => Some(Body::Variants(own_entries(variants).map(Variant::read).collect())),
            None => Texts::read(node).map(Body::Texts),
        };
        Message { name, body }
    }

    /// Everything it may say, with the name of what says it: the variant's, else its own.
    pub fn texts(&self) -> Vec<(&Spanned<String>, &Texts)> {
        match &self.body {
            None => vec![],
            Some(Body::Texts(texts)) => vec![(&self.name, texts)],
            Some(Body::Variants(variants)) => variants
                .iter()
                .filter_map(|variant| Some((&variant.name, variant.texts.as_ref()?)))
                .collect(),
        }
    }

    /// Its variants; none where everybody gets the same.
    pub fn variants(&self) -> &[Variant] {
        match &self.body {
            Some(Body::Variants(variants)) => variants,
            Some(Body::Texts(_)) | None => &[],
        }
    }
}

impl Variant {
    fn read(entry: &Entry) -> Variant {
        Variant {
            name: key_of(entry),
            share: text(&entry.value, "share"),
            texts: Texts::read(&entry.value),
        }
    }
}

impl Texts {
    /// Every text that is written, in order.
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Texts::One(value) => vec![value],
            Texts::ByLanguage(all) => all.iter().map(|(_, value)| value).collect(),
        }
    }

    /// Every text that is written, with those of the campaign's languages whose people get it.
    pub fn spoken<'a>(&'a self, languages: &[Language]) -> Vec<(Vec<Language>, &'a Value)> {
        let one = |value: &'a Value| {
            let gets = |language: &&Language| self.of(language).is_some_and(|own| std::ptr::eq(own, value));
            (languages.iter().filter(gets).cloned().collect(), value)
        };
        self.values().into_iter().map(one).collect()
    }
}
