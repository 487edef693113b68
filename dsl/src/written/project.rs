//! A project as written.

use std::ops::Range;

use chrono_tz::Tz;

use super::campaign::{ReplyTo, languages, replies};
use super::{Spanned, parsed, text, texts};
use crate::project::Simulated;
use crate::scalar::{Rate, Share};
use crate::tree::{Entry, Node};
use crate::values::Language;

/// What crier.yaml says. What it does not say, or says wrongly, is absent.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// The key `project`.
    pub name: Option<Spanned<String>>,
    /// The file of `store`.
    pub store: Option<Spanned<String>>,
    /// The key `region`.
    pub region: Option<Spanned<sms::Region>>,
    /// The key `timezone`.
    pub timezone: Option<Spanned<Tz>>,
    /// The key `languages`.
    pub languages: Vec<Spanned<Language>>,
    /// The key `sender`.
    pub sender: Option<Spanned<String>>,
    /// The key `lists`.
    pub lists: Vec<List>,
    /// The key `providers`.
    pub providers: Vec<Provider>,
    /// The key `senders`.
    pub senders: Vec<Sender>,
    /// The key `inboxes`.
    pub inboxes: Vec<Inbox>,
    /// The key `replies`.
    pub replies: Option<Spanned<ReplyTo>>,
    /// The key `prices`.
    pub prices: Option<Spanned<String>>,
}

/// A named source of people.
#[derive(Debug, Clone)]
pub struct List {
    /// Its key.
    pub name: Spanned<String>,
    /// None where it is no file.
    pub file: Option<Spanned<String>>,
    /// Our name, the column's.
    pub columns: Vec<(Spanned<String>, Spanned<String>)>,
}

/// A provider account.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its key.
    pub name: Spanned<String>,
    /// None where it is of another kind.
    pub simulated: Option<Simulated>,
}

/// What texts come from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Its key.
    pub name: Spanned<String>,
    /// None where none is given.
    pub address: Option<Spanned<Address>>,
    /// A provider's name.
    pub provider: Option<Spanned<String>>,
    /// Parts a second.
    pub rate: Option<Spanned<Rate>>,
    /// Whether replies reach us.
    pub receives: Option<Spanned<bool>>,
}

/// A sender's address as written, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The key `number`.
    Number(String),
    /// The key `short_code`.
    ShortCode(String),
    /// The key `alphanumeric`.
    Alphanumeric(String),
}

/// Where replies go.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Its key.
    pub name: Spanned<String>,
    /// None where it is of another kind.
    pub email: Option<Spanned<String>>,
}

impl Project {
    /// What the map says.
    pub(crate) fn read(root: &Node) -> Project {
        Project {
            name: text(root, "project"),
            store: root.get("store").and_then(|store| text(store, "sqlite")),
            region: parsed(root, "region", sms::Region::new),
            timezone: parsed(root, "timezone", |text| text.parse().ok()),
            languages: languages(root),
            sender: text(root, "sender"),
            lists: named(root, "lists", List::read),
            providers: named(root, "providers", Provider::read),
            senders: named(root, "senders", Sender::read),
            inboxes: named(root, "inboxes", Inbox::read),
            replies: root.get("replies").and_then(replies),
            prices: text(root, "prices"),
        }
    }
}

impl List {
    fn read(name: Spanned<String>, node: &Node) -> List {
        let columns = node.get("columns").map(texts).unwrap_or_default();
        List {
            name,
            file: text(node, "file"),
            columns,
        }
    }
}

impl Provider {
    fn read(name: Spanned<String>, node: &Node) -> Provider {
        let share =
            |key, default| parsed(node, key, |text| Share::parse(text).ok()).map_or(default, |s| s.value);
        let simulated = (node.get("kind").and_then(Node::text) == Some("simulated")).then(|| Simulated {
            rate: parsed(node, "rate", |text| Rate::parse(text).ok()).map(|rate| rate.value),
            delivered: share("delivered", Share::WHOLE),
            replies: share("replies", Share::NONE),
            seed: parsed(node, "seed", |text| text.parse().ok()).map_or(0, |seed| seed.value),
        });
        Provider { name, simulated }
    }
}

impl Sender {
    fn read(name: Spanned<String>, node: &Node) -> Sender {
        let of = |key, make: fn(String) -> Address| {
            text(node, key).map(|Spanned { value, span }| Spanned {
                value: make(value),
                span,
            })
        };
        Sender {
            name,
            address: of("number", Address::Number)
                .or_else(|| of("short_code", Address::ShortCode))
                .or_else(|| of("alphanumeric", Address::Alphanumeric)),
            provider: text(node, "provider"),
            rate: parsed(node, "rate", |text| Rate::parse(text).ok()),
            receives: parsed(node, "receives", |text| text.parse().ok()),
        }
    }
}

impl Inbox {
    fn read(name: Spanned<String>, node: &Node) -> Inbox {
        let email = text(node, "email");
        Inbox { name, email }
    }
}

/// The entries of a map of the root, in order.
fn named<T>(root: &Node, key: &str, read: impl Fn(Spanned<String>, &Node) -> T) -> Vec<T> {
    let entries = root.get(key).map(Node::entries).unwrap_or_default();
    let own = |entry: &&Entry| !entry.key.text.starts_with("x-");
    let name = |entry: &Entry| Spanned {
        value: entry.key.text.clone(),
        span: Range::clone(&entry.key.span),
    };
    entries
        .iter()
        .filter(own)
        .map(|entry| read(name(entry), &entry.value))
        .collect()
}
