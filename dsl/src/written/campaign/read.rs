//! Reads a campaign from its tree. What does not have its form is left out: that has been said.

use super::super::{
    Spanned, by_name, is_condition, key_of, one_or_list, own_entries, parsed, reading, several, spanned,
    text, texts,
};
use super::{
    Audience, Campaign, Field, Goal, Limits, Message, Replies, ReplyTo, Rule, Schedule, Source, Step, Test,
    Texts, Trigger, Value,
};
use crate::campaign::{InDoubt, Purpose};
use crate::project::{Consent, Reading};
use crate::scalar::{Budget, Rate, Share, WaitTime};
use crate::tree::{Entry, Kind, Node};
use crate::values::{FieldType, Language};

impl Campaign {
    /// What the map says.
    pub(crate) fn read(root: &Node) -> Campaign {
        let place = |name: &str| root.entry(name).map(|entry| entry.key.span.clone());
        let misplaced = by_name(root);
        let message = root.entry("message").filter(|_| misplaced.is_none());
        let named = root.get("messages").or(misplaced);
        let trigger = root.entry("trigger");
        let urgent = root.get("urgent").and_then(Node::text) == Some("true");
        Campaign {
            name: text(root, "campaign"),
            description: text(root, "description"),
            owner: text(root, "owner"),
            purpose: parsed(root, "purpose", purpose),
            urgent: place("urgent").filter(|_| urgent),
            sender: text(root, "sender"),
            timezone: parsed(root, "timezone", |text| text.parse().ok()),
            languages: languages(root),
            audience: root.get("audience").map(Audience::read).unwrap_or_default(),
            fields: root.get("fields").map(fields).unwrap_or_default(),
            schedule: root.get("schedule").map(Schedule::read),
            schedule_key: place("schedule"),
            trigger: trigger.map(|entry| Trigger::read(entry.key.span.clone(), &entry.value)),
            message: message.map(|entry| Message::read(key_of(entry), &entry.value)),
            messages: named.map(messages).unwrap_or_default(),
            steps_key: place("steps"),
            steps: root.get("steps").map(Step::several).unwrap_or_default(),
            links: root.get("links").map(links).unwrap_or_default(),
            goal: root.entry("goal").map(Goal::read),
            exits: root.get("exit").map(exits).unwrap_or_default(),
            priority: text(root, "priority"),
            replies: root.get("replies").and_then(replies),
            limits: root.get("limits").map(Limits::read).unwrap_or_default(),
            tests: root.get("tests").map(Test::several).unwrap_or_default(),
            tests_file: text(root, "tests"),
            first_key: root
                .entries()
                .first()
                .map_or(0..0, |entry| entry.key.span.clone()),
        }
    }
}

impl Goal {
    fn read(entry: &Entry) -> Goal {
        Goal {
            span: entry.key.span.clone(),
            when: several(&entry.value, "when"),
            within: parsed(&entry.value, "within", |text| WaitTime::parse(text).ok()),
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
        let sources = |key| match node.get(key) {
            Some(map) if map.get("file").is_some() => source(map).into_iter().collect(),
            Some(node) => one_or_list(node).into_iter().filter_map(source).collect(),
            None => vec![],
        };
        let invalid = node.get("invalid");
        Audience {
            from: sources("from"),
            except: sources("except"),
            leavers: several(node, "except")
                .into_iter()
                .filter(|text| is_condition(&text.value))
                .collect(),
            where_: several(node, "where"),
            sample: text(node, "sample"),
            holdout: text(node, "holdout"),
            consent: node.get("consent").and_then(consent),
            keeps_landlines: node.get("landlines").and_then(Node::text) == Some("keep"),
            columns: node.get("columns").map(texts).unwrap_or_default(),
            region: parsed(node, "region", sms::Region::new),
            most_invalid: invalid.and_then(|node| parsed(node, "most", |text| Share::parse(text).ok())),
        }
    }
}

/// The key `consent` of an audience or a list; none without its kind, which has been said.
pub(crate) fn consent(node: &Node) -> Option<Consent> {
    let word = |key| text(node, key).map(|text| text.value);
    Some(Consent {
        kind: word("kind")?,
        source: word("source"),
        column: word("column"),
        date: word("date"),
    })
}

impl Value {
    pub(super) fn read(node: &Node) -> Option<Value> {
        node.text().map(|text| Value {
            text: text.trim_end().to_owned(),
            node: node.clone(),
        })
    }
}

impl Limits {
    fn read(node: &Node) -> Limits {
        let canary = node.get("canary");
        let halt = |key| parsed(node.get("halt")?, key, |text| Share::parse(text).ok());
        Limits {
            budget: parsed(node, "budget", |text| Budget::parse(text).ok()),
            parts: parsed(node, "parts", |text| text.parse().ok()),
            rate: parsed(node, "rate", |text| Rate::parse(text).ok()),
            in_doubt: parsed(node, "in_doubt", |text| match text {
                "skip" => Some(InDoubt::Skip),
                "resend" => Some(InDoubt::Resend),
                _ => None,
            }),
            quiet_hours: text(node, "quiet_hours"),
            frequency: node.get("frequency").and_then(frequency),
            over: node
                .get("frequency")
                .and_then(|frequency| text(frequency, "over")),
            opt_out_words: several(node, "opt_out_words"),
            canary_share: canary.and_then(|node| parsed(node, "share", |text| Share::parse(text).ok())),
            canary_watch: canary.and_then(|node| parsed(node, "watch", |text| WaitTime::parse(text).ok())),
            halt_opt_outs: halt("opt_outs"),
            halt_failures: halt("failures"),
            halt_undelivered: halt("undelivered"),
        }
    }
}

/// `4 per 7 days`, alone or under `most`.
pub(crate) fn frequency(node: &Node) -> Option<Spanned<String>> {
    spanned(node).or_else(|| text(node, "most"))
}

fn exits(node: &Node) -> Vec<(Spanned<String>, Vec<Spanned<String>>)> {
    let all = own_entries(node);
    all.map(|entry| {
        (
            key_of(entry),
            one_or_list(&entry.value)
                .into_iter()
                .filter_map(spanned)
                .collect(),
        )
    })
    .collect()
}

fn links(node: &Node) -> Vec<(Spanned<String>, Value)> {
    own_entries(node)
        .filter_map(|entry| Some((key_of(entry), Value::read(&entry.value)?)))
        .collect()
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
    if let Some(file) = file(node) {
        return Some(file);
    }
    let Spanned { value, span } = spanned(node)?;
    if value.contains('@') || is_condition(&value) {
        return None;
    }
    let value = match value.contains(['.', '/', '\\']) {
        true => Source::Path(value),
        false => Source::List(value),
    };
    Some(Spanned { value, span })
}

/// `{ file: lists/customers.csv }`, with how it is read.
fn file(node: &Node) -> Option<Spanned<Source>> {
    let Spanned { value, span } = text(node, "file")?;
    let workbook = value.to_lowercase().ends_with(".xlsx");
    let reading = reading::read(node).filter(|_| !workbook)?;
    let value = match reading == Reading::default() {
        true => Source::Path(value),
        false => Source::Read(value, reading),
    };
    Some(Spanned { value, span })
}

pub(super) fn fields(node: &Node) -> Vec<Field> {
    let read = |entry: &Entry| {
        let kind = entry.value.text().or_else(|| entry.value.get("type")?.text());
        Field {
            name: key_of(entry),
            kind: kind.and_then(FieldType::parse).unwrap_or_default(),
            default: entry.value.get("default").and_then(Texts::read),
            format: text(&entry.value, "format"),
            longest: parsed(&entry.value, "longest", |text| {
                text.parse().ok().filter(|longest| *longest > 0)
            }),
            set_by_steps: entry.value.get("from").is_some(),
        }
    };
    own_entries(node).map(read).collect()
}

pub(crate) fn messages(node: &Node) -> Vec<Message> {
    own_entries(node)
        .map(|entry| Message::read(key_of(entry), &entry.value))
        .collect()
}

/// Where replies go.
fn replies(node: &Node) -> Option<Replies> {
    match &node.kind {
        Kind::Scalar(_) if node.text() == Some("none") => Some(Replies::Nobody(node.span.clone())),
        Kind::Scalar(_) => reply_to(node).map(Replies::To),
        Kind::List(_) => Some(Replies::Rules(Rule::several(node))),
        Kind::Map(_) | Kind::Bad => None,
    }
}

/// Who replies go to, of a campaign or project; none for `none` and for rules.
pub(crate) fn reply_to(node: &Node) -> Option<Spanned<ReplyTo>> {
    let Spanned { value, span } = spanned(node).filter(|text| text.value != "none")?;
    let value = ReplyTo::from_text(&value);
    Some(Spanned { value, span })
}
