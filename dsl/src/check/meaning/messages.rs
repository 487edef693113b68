//! The texts of a campaign as meant: those with names, and those that steps write themselves.

use chrono_tz::Tz;

use crate::campaign::{Message, Variant};
use crate::check::Context;
use crate::scalar::Share;
use crate::template::Template;
use crate::values::Language;
use crate::written::campaign::{self as written, Body, Sent, Step, Texts};

/// The texts so far, in the order in which they are met.
pub(super) struct Messages<'a> {
    pub all: Vec<Message>,
    languages: &'a [Language],
    zone: Tz,
}

impl<'a> Messages<'a> {
    /// Those with names.
    pub fn new(context: &'a Context<'a>, zone: Tz) -> Option<Messages<'a>> {
        let mut messages = Messages {
            all: vec![],
            languages: &context.languages,
            zone,
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

    /// What a step sends; a text of its own is called as the step's `id`, else `name`.
    pub fn of(&mut self, sent: &Sent, step: &Step, name: &str) -> Option<usize> {
        match sent {
            Sent::Name(name) => self.all.iter().position(|message| message.name == name.value),
            Sent::Texts(texts) => {
                let texts = self.templates(texts)?;
                let name = self.free(
                    step.id
                        .as_ref()
                        .map_or_else(|| name.to_owned(), |id| id.value.clone()),
                );
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
    fn free(&self, mut name: String) -> String {
        while self.all.iter().any(|message| message.name == name) {
            name.push_str("-text");
        }
        name
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
        let one = |language| Template::compile_for(&texts.of(language)?.text, language, self.zone).ok();
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
