//! Reads a campaign from its tree. What does not have its form is left out: that has been said.

use std::collections::BTreeSet;

use super::super::{Spanned, is_time_of_day, one_or_list, parsed, spanned, text, texts};
use super::{Audience, Campaign, Field, Limits, Message, ReplyTo, Source, Start, Step, Texts, Value, Verb};
use crate::campaign::{InDoubt, Purpose};
use crate::scalar::{Money, Rate, Share, WaitTime, parse_time};
use crate::tree::{Entry, Kind, Node};
use crate::values::{FieldType, Language};

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
            scheduled_by_column: root
                .get("schedule")
                .is_some_and(|node| node.get("date").is_some()),
            message: entry.map(|entry| Message::read(key(entry), &entry.value)),
            messages: root.get("messages").map(messages).unwrap_or_default(),
            steps_key: root.entry("steps").map(|entry| entry.key.span.clone()),
            steps: steps.iter().map(Step::read).collect(),
            replies: root.get("replies").and_then(replies),
            limits,
            mentioned: mentioned(root),
            first_key: root
                .entries()
                .first()
                .map_or(0..0, |entry| entry.key.span.clone()),
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

impl Value {
    pub(super) fn read(node: &Node) -> Option<Value> {
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
            (
                spanned(&entry.value).map_or_else(texts, Verb::Send),
                entry.key.span.clone(),
            )
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
            budget: parsed(node, "budget", |text| Money::parse(text).ok()),
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

pub(super) fn key(entry: &Entry) -> Spanned<String> {
    Spanned {
        value: entry.key.text.clone(),
        span: entry.key.span.clone(),
    }
}

pub(super) fn purpose(text: &str) -> Option<Purpose> {
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

pub(super) fn source(node: &Node) -> Option<Spanned<Source>> {
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

pub(super) fn fields(node: &Node) -> Vec<Field> {
    let entries = node
        .entries()
        .iter()
        .filter(|entry| !entry.key.text.starts_with("x-"));
    let read = |entry: &Entry| {
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

pub(super) fn schedule(node: &Node) -> Option<Spanned<Start>> {
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

pub(super) fn messages(node: &Node) -> Vec<Message> {
    let entries = node
        .entries()
        .iter()
        .filter(|entry| !entry.key.text.starts_with("x-"));
    entries
        .map(|entry| Message::read(key(entry), &entry.value))
        .collect()
}

/// Where replies go, of a campaign or project; none for `none` and for rules, which are not read yet.
pub(crate) fn replies(node: &Node) -> Option<Spanned<ReplyTo>> {
    let Spanned { value, span } = spanned(node).filter(|text| text.value != "none")?;
    let value = ReplyTo::from_text(&value);
    Some(Spanned { value, span })
}

/// Every name that stands after a verb that sends, however deep.
pub(super) fn mentioned(node: &Node) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect_mentioned(node, &mut names);
    names
}

pub(super) fn collect_mentioned(node: &Node, names: &mut BTreeSet<String>) {
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
