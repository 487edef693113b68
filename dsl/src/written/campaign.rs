//! A campaign as written.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono_tz::Tz;

use super::{Spanned, is_time_of_day, one_or_list, parsed, spanned, text, texts};
use crate::campaign::{InDoubt, Purpose};
use crate::scalar::{Rate, Share, WaitTime, WrittenTime, parse_time};
use crate::tree::{Kind, Node};
use crate::values::{FieldType, Language};

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
    /// The key `parts`.
    pub parts: Option<Spanned<std::num::NonZeroU32>>,
    /// The key `rate`.
    pub rate: Option<Spanned<Rate>>,
    /// The key `in_doubt`.
    pub in_doubt: Option<Spanned<InDoubt>>,
}

impl Campaign {
    /// What the map says.
    pub(crate) fn read(root: &Node) -> Campaign {
        let limits = root.get("limits").map(Limits::read).unwrap_or_default();
        let steps = root.get("steps").map(Node::items).unwrap_or_default();
        let entry = root.entry("message");
        Campaign {
            name: text(root, "campaign"),
            description: text(root, "description"),
            owner: text(root, "owner"),
            purpose: parsed(root, "purpose", purpose),
            sender: text(root, "sender"),
            timezone: parsed(root, "timezone", |text| text.parse().ok()),
            languages: languages(root),
            audience: root.get("audience").map(Audience::read).unwrap_or_default(),
            fields: root.get("fields").map(fields).unwrap_or_default(),
            schedule: root.get("schedule").and_then(schedule),
            scheduled_by_column: root.get("schedule").is_some_and(|node| node.get("date").is_some()),
            message: entry.map(|entry| Message::read(key(entry), &entry.value)),
            messages: root.get("messages").map(messages).unwrap_or_default(),
            steps_key: root.entry("steps").map(|entry| entry.key.span.clone()),
            steps: steps.iter().map(Step::read).collect(),
            replies: root.get("replies").and_then(replies),
            limits,
            mentioned: mentioned(root),
            first_key: root.entries().first().map_or(0..0, |entry| entry.key.span.clone()),
        }
    }
}

impl Audience {
    fn read(node: &Node) -> Audience {
        if node.scalar().is_some() {
            return Audience {
                from: source(node).into_iter().collect(),
                ..Audience::default()
            };
        }
        let sources = |key| {
            let nodes = node.get(key).map(one_or_list).unwrap_or_default();
            nodes.into_iter().filter_map(source).collect()
        };
        let invalid = node.get("invalid");
        Audience {
            from: sources("from"),
            except: sources("except"),
            columns: node.get("columns").map(texts).unwrap_or_default(),
            region: parsed(node, "region", sms::Region::new),
            most_invalid: invalid.and_then(|node| parsed(node, "most", |text| Share::parse(text).ok())),
        }
    }
}

impl Message {
    fn read(name: Spanned<String>, node: &Node) -> Message {
        let varied = node.get("variants").is_some();
        let texts = if varied { None } else { Texts::read(node) };
        Message { name, texts }
    }
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
        let entries = node.entries().iter().filter(|e| Language::new(&e.key.text).is_some());
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
            let is_it = |(key, _): &&(Spanned<String>, Value)| Language::new(&key.value).as_ref() == Some(wanted);
            all.iter().find(is_it).map(|(_, value)| value)
        };
        find(language).or_else(|| find(&language.without_region()))
    }
}

impl Value {
    fn read(node: &Node) -> Option<Value> {
        node.text().map(|text| Value {
            text: text.trim_end().to_owned(),
            node: node.clone(),
        })
    }
}

impl Step {
    fn read(node: &Node) -> Step {
        let find = |name: &str| node.entry(name);
        let (verb, span) = if let Some(entry) = find("send") {
            let texts = || Texts::read(&entry.value).map_or(Verb::Other, Verb::SendText);
            (spanned(&entry.value).map_or_else(texts, Verb::Send), entry.key.span.clone())
        } else if let Some(entry) = find("wait") {
            let wait = entry.value.text().and_then(|text| WaitTime::parse(text).ok());
            (wait.map_or(Verb::Other, Verb::Wait), entry.key.span.clone())
        } else {
            (Verb::Other, node.span.clone())
        };
        let id = text(node, "id");
        Step { id, verb, span }
    }
}

impl Limits {
    fn read(node: &Node) -> Limits {
        Limits {
            parts: parsed(node, "parts", |text| text.parse().ok()),
            rate: parsed(node, "rate", |text| Rate::parse(text).ok()),
            in_doubt: parsed(node, "in_doubt", |text| match text {
                "skip" => Some(InDoubt::Skip),
                "resend" => Some(InDoubt::Resend),
                _ => None,
            }),
        }
    }
}

fn key(entry: &crate::tree::Entry) -> Spanned<String> {
    Spanned {
        value: entry.key.text.clone(),
        span: entry.key.span.clone(),
    }
}

fn purpose(text: &str) -> Option<Purpose> {
    match text {
        "marketing" => Some(Purpose::Marketing),
        "service" => Some(Purpose::Service),
        "emergency" => Some(Purpose::Emergency),
        _ => None,
    }
}

/// The languages of a campaign or project.
pub(crate) fn languages(root: &Node) -> Vec<Spanned<Language>> {
    let items = root.get("languages").map(Node::items).unwrap_or_default();
    let read = |node: &Node| {
        let Spanned { value, span } = spanned(node)?;
        Language::new(&value).map(|value| Spanned { value, span })
    };
    items.iter().filter_map(read).collect()
}

fn source(node: &Node) -> Option<Spanned<Source>> {
    let Spanned { value, span } = spanned(node)?;
    if value.contains(['@', '(']) {
        return None;
    }
    let value = match value.contains(['.', '/', '\\']) {
        true => Source::Path(value),
        false => Source::List(value),
    };
    Some(Spanned { value, span })
}

fn fields(node: &Node) -> Vec<Field> {
    let entries = node.entries().iter().filter(|entry| !entry.key.text.starts_with("x-"));
    let read = |entry: &crate::tree::Entry| {
        let kind = entry.value.text().or_else(|| entry.value.get("type")?.text());
        Field {
            name: key(entry),
            kind: kind.and_then(FieldType::parse).unwrap_or_default(),
            default: entry.value.get("default").and_then(Texts::read),
            set_by_steps: entry.value.get("from").is_some(),
        }
    };
    entries.map(read).collect()
}

fn schedule(node: &Node) -> Option<Spanned<Start>> {
    let at = match node.scalar() {
        Some(_) => node,
        None => node.get("at")?,
    };
    let Spanned { value, span } = spanned(at)?;
    let value = match value.as_str() {
        "now" => Start::Now,
        clock if is_time_of_day(clock) => Start::TimeOfDay,
        time => Start::At(parse_time(time).ok()?),
    };
    Some(Spanned { value, span })
}

fn messages(node: &Node) -> Vec<Message> {
    let entries = node.entries().iter().filter(|entry| !entry.key.text.starts_with("x-"));
    entries.map(|entry| Message::read(key(entry), &entry.value)).collect()
}

/// Where replies go, of a campaign or project; none for `none` and for rules, which are not read yet.
pub(crate) fn replies(node: &Node) -> Option<Spanned<ReplyTo>> {
    let Spanned { value, span } = spanned(node).filter(|text| text.value != "none")?;
    let value = ReplyTo::from_text(&value);
    Some(Spanned { value, span })
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

/// Every name that stands after a verb that sends, however deep.
fn mentioned(node: &Node) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect_mentioned(node, &mut names);
    names
}

fn collect_mentioned(node: &Node, names: &mut BTreeSet<String>) {
    match &node.kind {
        Kind::Scalar(_) | Kind::Bad => {}
        Kind::List(items) => items.iter().for_each(|item| collect_mentioned(item, names)),
        Kind::Map(entries) => {
            for entry in entries.iter().filter(|entry| entry.key.text != "tests") {
                let sends = matches!(entry.key.text.as_str(), "send" | "ask" | "unclear");
                match entry.value.text() {
                    Some(name) if sends => drop(names.insert(name.to_owned())),
                    Some(_) => {}
                    None => collect_mentioned(&entry.value, names),
                }
            }
        }
    }
}
