//! A campaign as written.

use std::collections::HashMap;
use std::ops::Range;

use chrono_tz::Tz;

use super::{Spanned, key_of};
use crate::campaign::{InDoubt, Purpose};
use crate::project::{Consent, Reading};
use crate::scalar::{Budget, Rate, Share, WaitTime};
use crate::tree::{Kind, Node};
use crate::values::{FieldType, Language};

mod message;
pub(crate) mod own_texts;
mod read;
mod rule;
mod schedule;
mod step;
mod story;

pub use message::{Body, Message, Variant};
pub(crate) use read::{consent, frequency, languages, messages, reply_to};
pub use rule::Rule;
pub use schedule::{Schedule, Start, Trigger};
pub use step::{Arm, Ask, Branches, Call, Moment, Sent, Step, Verb, flattened};
pub use story::{Line, Test};

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
    /// The key `urgent`, where it is `true`.
    pub urgent: Option<Range<usize>>,
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
    pub schedule: Option<Schedule>,
    /// Where the key `schedule` stands.
    pub schedule_key: Option<Range<usize>>,
    /// The key `trigger`.
    pub trigger: Option<Trigger>,
    /// The key `message`.
    pub message: Option<Message>,
    /// The key `messages`, in order.
    pub messages: Vec<Message>,
    /// The key `steps` itself.
    pub steps_key: Option<Range<usize>>,
    /// The key `steps`, in order.
    pub steps: Vec<Step>,
    /// The key `links`, in order.
    pub links: Vec<(Spanned<String>, Value)>,
    /// The key `goal`.
    pub goal: Option<Goal>,
    /// The key `exit`, in order: the reason, and conditions that must all hold.
    pub exits: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// The key `priority`, as written.
    pub priority: Option<Spanned<String>>,
    /// The key `replies`.
    pub replies: Option<Replies>,
    /// The key `limits`.
    pub limits: Limits,
    /// The key `tests`, where it is a list.
    pub tests: Vec<Test>,
    /// The key `tests`, where it is a path.
    pub tests_file: Option<Spanned<String>>,
    /// The first key: where to point for what is nowhere.
    pub first_key: Range<usize>,
}

/// The link by which people opt out: every campaign has it.
pub const OPT_OUT_LINK: &str = "opt_out";

/// What counts as success.
#[derive(Debug, Clone)]
pub struct Goal {
    /// Where the key stands.
    pub span: Range<usize>,
    /// The key `when`: all must hold.
    pub when: Vec<Spanned<String>>,
    /// The key `within`.
    pub within: Option<Spanned<WaitTime>>,
}

/// Where replies go.
#[derive(Debug, Clone)]
pub enum Replies {
    /// To somebody.
    To(Spanned<ReplyTo>),
    /// Nowhere: `none`.
    Nobody(Range<usize>),
    /// By rules.
    Rules(Vec<Rule>),
}

/// Who is addressed.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// In order.
    pub from: Vec<Spanned<Source>>,
    /// In order.
    pub except: Vec<Spanned<Source>>,
    /// The conditions among what stands under `except`, in order.
    pub leavers: Vec<Spanned<String>>,
    /// Who stays: all must hold.
    pub where_: Vec<Spanned<String>>,
    /// Only so many, as written.
    pub sample: Option<Spanned<String>>,
    /// So many are never texted, as written.
    pub holdout: Option<Spanned<String>>,
    /// Landlines and special numbers are texted too.
    pub keeps_landlines: bool,
    /// What people agreed to; wins over what their lists say.
    pub consent: Option<Consent>,
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
    /// A file of which is said how it is read.
    Read(String, Reading),
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
    /// How its dates are written, as written.
    pub format: Option<Spanned<String>>,
    /// Characters of the longest value.
    pub longest: Option<Spanned<u32>>,
    /// Steps set it, so that no column needs to hold it.
    pub set_by_steps: bool,
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

/// Who replies go to.
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
    pub budget: Option<Spanned<Budget>>,
    /// The key `parts`.
    pub parts: Option<Spanned<std::num::NonZeroU32>>,
    /// The key `rate`.
    pub rate: Option<Spanned<Rate>>,
    /// The key `in_doubt`.
    pub in_doubt: Option<Spanned<InDoubt>>,
    /// The key `quiet_hours`, as written.
    pub quiet_hours: Option<Spanned<String>>,
    /// The key `frequency`, as written: `4 per 7 days`.
    pub frequency: Option<Spanned<String>>,
    /// What happens past it, as written.
    pub over: Option<Spanned<String>>,
    /// The key `opt_out_words`.
    pub opt_out_words: Vec<Spanned<String>>,
    /// The share of the key `canary`.
    pub canary_share: Option<Spanned<Share>>,
    /// How long it is watched.
    pub canary_watch: Option<Spanned<WaitTime>>,
    /// The key `opt_outs` of `halt`.
    pub halt_opt_outs: Option<Spanned<Share>>,
    /// The key `failures` of `halt`.
    pub halt_failures: Option<Spanned<Share>>,
    /// The key `undelivered` of `halt`.
    pub halt_undelivered: Option<Spanned<Share>>,
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
            .filter_map(|entry| Some((key_of(entry), Value::read(&entry.value)?)))
            .collect();
        // What else stands there is told as what it is; where nothing does, that there is no text has to be.
        let says_nothing =
            matches!(node.kind, Kind::Map(_)) && node.entries().iter().all(|entry| entry.key.text == "share");
        (!all.is_empty() || says_nothing).then_some(Texts::ByLanguage(all))
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

impl Campaign {
    /// Every step, those in others and in rules for replies too, in the order of the file.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = flattened(&self.steps);
        all.extend(self.steps_of_rules());
        all
    }

    /// Every step of rules for replies, those in others too.
    pub fn steps_of_rules(&self) -> impl Iterator<Item = &Step> {
        self.rules().iter().flat_map(|rule| flattened(&rule.steps))
    }

    /// The declared field of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.value == name)
    }

    /// The names of the declared fields, in order.
    pub fn field_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().map(|field| field.name.value.as_str())
    }

    /// The rules of `replies`.
    pub fn rules(&self) -> &[Rule] {
        match &self.replies {
            Some(Replies::Rules(rules)) => rules,
            Some(Replies::To(_) | Replies::Nobody(_)) | None => &[],
        }
    }

    /// Every list of rules that replies are held against: those of `replies`, then the answers of each question.
    pub fn reply_rules(&self) -> Vec<&[Rule]> {
        let steps = self.all_steps().into_iter();
        let answers = steps.filter_map(|step| {
            let Verb::Ask(ask) = &step.verb else {
                return None;
            };
            Some(ask.answers.as_slice())
        });
        std::iter::once(self.rules()).chain(answers).collect()
    }

    /// Every step that answers a reply: those of rules and of `answers`, those in others too.
    pub fn answering_steps(&self) -> Vec<&Step> {
        let rules = self.reply_rules().into_iter().flatten();
        rules.flat_map(|rule| flattened(&rule.steps)).collect()
    }

    /// The key `purpose`, or what stands for it.
    pub fn meant_purpose(&self) -> Purpose {
        let stated = self.purpose.as_ref();
        stated.map_or(Purpose::default(), |purpose| purpose.value)
    }

    /// Every message, that of the key `message` first.
    pub fn all_messages(&self) -> impl Iterator<Item = &Message> {
        self.message.iter().chain(&self.messages)
    }

    /// The messages by name; of two of one name the first.
    pub fn messages_by_name(&self) -> HashMap<&str, &Message> {
        let mut all = HashMap::new();
        for message in self.all_messages() {
            all.entry(message.name.value.as_str()).or_insert(message);
        }
        all
    }

    /// What is drawn: the names of the variants of each message that has some, then of the ways of each `split`.
    pub fn draws(&self) -> Vec<Vec<String>> {
        let variants = self.all_messages().map(|message| {
            let variants = message.variants().iter();
            variants.map(|variant| variant.name.value.clone()).collect()
        });
        let steps = self.all_steps().into_iter();
        let ways = steps.filter_map(|step| match &step.verb {
            Verb::Split(arms) => Some(arms.iter().map(|arm| arm.name.value.clone()).collect()),
            _ => None,
        });
        variants
            .chain(ways)
            .filter(|draw: &Vec<String>| !draw.is_empty())
            .collect()
    }

    /// Every text that people may get, with the name of what says it: a message, a variant, or the verb of a step.
    pub fn all_texts(&self) -> Vec<(Spanned<String>, &Texts)> {
        let messages = self.all_messages().flat_map(Message::texts);
        let mut all: Vec<(Spanned<String>, &Texts)> =
            messages.map(|(name, texts)| (name.clone(), texts)).collect();
        for step in self.all_steps() {
            let inline = step.sent().into_iter().filter_map(Sent::texts);
            all.extend(inline.map(|texts| {
                let value = step.word().to_owned();
                let span = step.span.clone();
                (Spanned { value, span }, texts)
            }));
        }
        all
    }
}
