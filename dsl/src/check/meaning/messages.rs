//! The texts of a campaign as meant: those with names, and those that steps write themselves.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::campaign::{Message, Variant};
use crate::check::Context;
use crate::scalar::Share;
use crate::template::Template;
use crate::values::Language;
use crate::written::campaign::{self as written, Body, Sent, Texts, own_texts};

/// The texts so far, in the order in which they are met.
pub(super) struct Messages<'a> {
    pub all: Vec<Message>,
    languages: &'a [Language],
    zone: Tz,
    /// Those of the project.
    shared: &'a [written::Message],
    /// Of these the ones that are sent, once it is rules of the project that send: what they name is the project's.
    of_project: Option<BTreeMap<&'a str, usize>>,
}

impl<'a> Messages<'a> {
    /// Those with names.
    pub fn new(context: &'a Context<'a>, zone: Tz) -> Option<Messages<'a>> {
        let mut messages = Messages {
            all: vec![],
            languages: &context.languages,
            zone,
            shared: &context.project.shared.messages,
            of_project: None,
        };
        for message in context.written.all_messages() {
            let variants = messages.variants(message)?;
            messages.all.push(Message {
                name: message.name.value.clone(),
                variants,
            });
        }
        Some(messages)
    }

    /// From here on the project's rules send.
    pub fn turn_to_project(&mut self) {
        self.of_project = Some(BTreeMap::new());
    }

    /// A message of the project, which the campaign has once it is sent.
    fn of_the_project(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.of_project.as_ref()?.get(name) {
            return Some(*at);
        }
        let shared = self.shared;
        let message = shared.iter().find(|message| message.name.value == name)?;
        let variants = self.variants(message)?;
        let at = self.all.len();
        let own = self.free(name.to_owned());
        self.all.push(Message { name: own, variants });
        self.of_project.as_mut()?.insert(&message.name.value, at);
        Some(at)
    }

    /// What a step sends; a text of its own is called `name`.
    pub fn of(&mut self, sent: &Sent, name: &str) -> Option<usize> {
        match sent {
            Sent::Name(name) if self.of_project.is_some() => self.of_the_project(&name.value),
            Sent::Name(name) => self.all.iter().position(|message| message.name == name.value),
            Sent::Texts(texts) => {
                let texts = self.templates(texts)?;
                let name = self.free(name.to_owned());
                self.all.push(Message {
                    name,
                    variants: vec![one(texts)],
                });
                Some(self.all.len() - 1)
            }
        }
    }

    /// A text that is the same in every language, but for the forms of its values.
    pub fn same_for_all(&self, text: &str) -> Option<Vec<Template>> {
        let one = |language| Template::compile_for(text, language, self.zone).ok();
        self.languages.iter().map(one).collect()
    }

    /// Never a name that another message has.
    fn free(&self, name: String) -> String {
        own_texts::free(name, |name| self.all.iter().any(|message| message.name == name))
    }

    fn variants(&self, message: &written::Message) -> Option<Vec<Variant>> {
        match message.body.as_ref()? {
            Body::Texts(texts) => Some(vec![one(self.templates(texts)?)]),
            Body::Variants(variants) => variants.iter().map(|variant| self.variant(variant)).collect(),
        }
    }

    fn variant(&self, variant: &written::Variant) -> Option<Variant> {
        Some(Variant {
            name: Some(variant.name.value.clone()),
            share: Share::parse(&variant.share.as_ref()?.value).ok()?,
            texts: self.templates(variant.texts.as_ref()?)?,
        })
    }

    fn templates(&self, texts: &Texts) -> Option<Vec<Template>> {
        // A campaign may have languages that the project does not: then the first of its texts has to do.
        let first = texts.values().first().map(|value| value.text.as_str());
        let first = first.filter(|_| self.of_project.is_some());
        let one = |language| {
            let text = texts.of(language).map(|value| value.text.as_str()).or(first)?;
            Template::compile_for(text, language, self.zone).ok()
        };
        self.languages.iter().map(one).collect()
    }
}

fn one(texts: Vec<Template>) -> Variant {
    Variant {
        name: None,
        share: Share::WHOLE,
        texts,
    }
}
