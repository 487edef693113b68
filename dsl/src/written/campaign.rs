//! A campaign as written.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono_tz::Tz;

use super::Spanned;
use crate::campaign::{InDoubt, Purpose};
use crate::scalar::{Money, Rate, Share, WaitTime, WrittenTime};
use crate::tree::Node;
use crate::values::{FieldType, Language};

mod read;

pub(crate) use read::{languages, replies};

use read::key;

/// What a campaign file says. What it does not say, or says wrongly, is absent.
#[derive(Debug, Clone, Default)]
pub struct Campaign {
    /// The key `campaign`.
    pub name: Option<Spanned<String>>,
    /// The key `description`.
    pub description: Option<Spanned<String>>,
    /// The key `owner`.
    pub owner: Option<Spanned<String>>,
    /// The key `purpose`.
    pub purpose: Option<Spanned<Purpose>>,
    /// The key `sender`.
    pub sender: Option<Spanned<String>>,
    /// The key `timezone`.
    pub timezone: Option<Spanned<Tz>>,
    /// The key `languages`.
    pub languages: Vec<Spanned<Language>>,
    /// The key `audience`.
    pub audience: Audience,
    /// The key `fields`, in order.
    pub fields: Vec<Field>,
    /// The key `schedule`.
    pub schedule: Option<Spanned<Start>>,
    /// A column gives the day, which is not read yet.
    pub scheduled_by_column: bool,
    /// The key `message`.
    pub message: Option<Message>,
    /// The key `messages`, in order.
    pub messages: Vec<Message>,
    /// The key `steps` itself.
    pub steps_key: Option<Range<usize>>,
    /// The key `steps`, in order.
    pub steps: Vec<Step>,
    /// The key `replies`.
    pub replies: Option<Spanned<ReplyTo>>,
    /// The key `limits`.
    pub limits: Limits,
    /// Names of messages that anything sends, in parts that are not read yet too.
    pub mentioned: BTreeSet<String>,
    /// The first key: where to point for what is nowhere.
    pub first_key: Range<usize>,
}

/// Who is addressed.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// In order.
    pub from: Vec<Spanned<Source>>,
    /// In order.
    pub except: Vec<Spanned<Source>>,
    /// Our name, the column's.
    pub columns: Vec<(Spanned<String>, Spanned<String>)>,
    /// For numbers in national form.
    pub region: Option<Spanned<sms::Region>>,
    /// Of `invalid`.
    pub most_invalid: Option<Spanned<Share>>,
}

/// Where people come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    Path(String),
    /// A list of crier.yaml.
    List(String),
}

/// A value that texts may use.
#[derive(Debug, Clone)]
pub struct Field {
    /// As texts name it.
    pub name: Spanned<String>,
    /// Default: text.
    pub kind: FieldType,
    /// For an empty cell.
    pub default: Option<Texts>,
    /// Steps set it, so that no column needs to hold it.
    pub set_by_steps: bool,
}

/// When it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// When run or applied.
    Now,
    /// At this time.
    At(WrittenTime),
    /// At a time of day, without a day.
    TimeOfDay,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its key.
    pub name: Spanned<String>,
    /// None where it is of a kind that is not read yet.
    pub texts: Option<Texts>,
}

/// One text, or one for each language.
#[derive(Debug, Clone)]
pub enum Texts {
    /// For every language.
    One(Value),
    /// By language, in order.
    ByLanguage(Vec<(Spanned<String>, Value)>),
}

/// A text and the node that it is written in, so that a place in the text is a place in the file.
#[derive(Debug, Clone)]
pub struct Value {
    /// Without white space at its end.
    pub text: String,
    /// The scalar.
    pub node: Node,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// The key `id`.
    pub id: Option<Spanned<String>>,
    /// What it does.
    pub verb: Verb,
    /// The key of the verb.
    pub span: Range<usize>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Verb {
    /// Sends a message of that name.
    Send(Spanned<String>),
    /// Sends a text written in the step.
    SendText(Texts),
    /// Waits.
    Wait(WaitTime),
    /// Is not read yet, or wrong.
    Other,
}

/// Where replies go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyTo {
    /// An e-mail address.
    Address(String),
    /// An inbox of crier.yaml.
    Inbox(String),
}

/// The limits.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// The key `budget`.
    pub budget: Option<Spanned<Money>>,
    /// The key `parts`.
    pub parts: Option<Spanned<std::num::NonZeroU32>>,
    /// The key `rate`.
    pub rate: Option<Spanned<Rate>>,
    /// The key `in_doubt`.
    pub in_doubt: Option<Spanned<InDoubt>>,
}

impl Texts {
    /// A text, a map of languages, or a map with `text`.
    pub(crate) fn read(node: &Node) -> Option<Texts> {
        if let Some(value) = Value::read(node) {
            return Some(Texts::One(value));
        }
        if let Some(inner) = node.get("text") {
            return Texts::read(inner);
        }
        let entries = node
            .entries()
            .iter()
            .filter(|e| Language::new(&e.key.text).is_some());
        let all: Vec<_> = entries
            .filter_map(|entry| Some((key(entry), Value::read(&entry.value)?)))
            .collect();
        (!all.is_empty()).then_some(Texts::ByLanguage(all))
    }

    /// Each text that is written, in order.
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Texts::One(value) => vec![value],
            Texts::ByLanguage(all) => all.iter().map(|(_, value)| value).collect(),
        }
    }

    /// The text for a language: its own, else the one without the region.
    pub fn of(&self, language: &Language) -> Option<&Value> {
        let all = match self {
            Texts::One(value) => return Some(value),
            Texts::ByLanguage(all) => all,
        };
        let find = |wanted: &Language| {
            let is_it =
                |(key, _): &&(Spanned<String>, Value)| Language::new(&key.value).as_ref() == Some(wanted);
            all.iter().find(is_it).map(|(_, value)| value)
        };
        find(language).or_else(|| find(&language.without_region()))
    }
}

impl ReplyTo {
    /// With `@` it is an address, else the name of an inbox.
    pub fn from_text(text: &str) -> ReplyTo {
        match text.contains('@') {
            true => ReplyTo::Address(text.to_owned()),
            false => ReplyTo::Inbox(text.to_owned()),
        }
    }
}
