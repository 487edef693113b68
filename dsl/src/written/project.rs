//! A project as written.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono_tz::Tz;

use super::campaign::{Message, ReplyTo, Rule, consent, frequency, languages, messages, reply_to};
use super::{Spanned, key_of, own_entries, parsed, reading, several, text, texts};
use crate::project::{self, Carrier, Consent, NeededConsent, Reading, ServerErrors, Simulated};
use crate::scalar::{Frequency, Rate, Share, WaitTime, Window, parse_local_url, parse_timeout};
use crate::tree::{Entry, Node};
use crate::values::{FieldType, Language};

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
    /// The key `mail`.
    pub mail: Option<Mail>,
    /// The key `replies`, where it says to whom.
    pub replies: Option<Spanned<ReplyTo>>,
    /// The key `replies`, where it is a list of rules.
    pub rules: Vec<Rule>,
    /// The key `replies_within`.
    pub replies_within: Option<Spanned<WaitTime>>,
    /// The key `prices`.
    pub prices: Option<Spanned<String>>,
    /// The key `smart`.
    pub smart: Option<bool>,
    /// The key `policy`.
    pub policy: Policy,
    /// The key `messages`, in order.
    pub messages: Vec<Message>,
}

/// Rules for all campaigns.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The key `quiet_hours`.
    pub quiet_hours: Option<Spanned<Window>>,
    /// The key `frequency`.
    pub frequency: Option<Spanned<Frequency>>,
    /// The key `countries`.
    pub countries: Vec<Spanned<sms::Region>>,
    /// The key `control_group`.
    pub control_group: Option<Spanned<Share>>,
    /// The kinds that `consent` asks for, by purpose, with their places.
    pub consent_kinds: Vec<(Spanned<String>, Spanned<String>)>,
    /// The key `hosts`.
    pub hosts: Vec<Spanned<String>>,
    /// The key `opt_out_words`.
    pub opt_out_words: Vec<Spanned<String>>,
    /// The key `consent`.
    pub consent: NeededConsent,
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
    /// What its people agreed to.
    pub consent: Option<Consent>,
    /// How the file is read.
    pub reading: Reading,
    /// It is kept in the store.
    pub stored: bool,
    /// What its query gives, where it is one of which that is said.
    pub query: Option<BTreeMap<String, FieldType>>,
    /// The word that joins it, the sender it goes to, and the messages it names.
    pub opt_in: OptIn,
}

/// How people join a stored list by a text.
#[derive(Debug, Clone, Default)]
pub struct OptIn {
    /// The key `keyword`.
    pub keyword: Option<Spanned<String>>,
    /// The key `sender`.
    pub sender: Option<Spanned<String>>,
    /// The key `confirm`.
    pub confirm: Option<Spanned<String>>,
    /// The key `welcome`.
    pub welcome: Option<Spanned<String>>,
}

/// A provider account.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its key.
    pub name: Spanned<String>,
    /// None where it is of another kind, or lacks what it cannot do without.
    pub settings: Option<project::Provider>,
    /// It is of a kind that reaches telephones.
    pub is_real: bool,
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
    /// Names of further ones.
    pub then: Vec<Spanned<String>>,
    /// Parts a second.
    pub rate: Option<Spanned<Rate>>,
    /// Whether replies reach us.
    pub receives: Option<Spanned<bool>>,
    /// The countries that it may text.
    pub countries: Vec<Spanned<sms::Region>>,
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
    /// The key `email`.
    pub email: Option<Spanned<String>>,
    /// The key `phone`.
    pub phone: Option<Spanned<String>>,
    /// The key `url`.
    pub url: Option<Spanned<String>>,
    /// The key `url_env`.
    pub url_env: Option<Spanned<String>>,
    /// The key `secret_env`.
    pub secret_env: Option<Spanned<String>>,
    /// The key `slack_url_env`.
    pub slack_url_env: Option<Spanned<String>>,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The URL of the mail server.
    pub smtp: Option<Spanned<String>>,
    /// The user there.
    pub user: Option<Spanned<String>>,
    /// The environment variable with the password.
    pub password_env: Option<Spanned<String>>,
    /// The file with the password.
    pub password_file: Option<Spanned<String>>,
    /// The address that mail comes from.
    pub from: Option<Spanned<String>>,
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
            mail: root.get("mail").map(Mail::read),
            replies: root.get("replies").and_then(reply_to),
            rules: root.get("replies").map(Rule::several).unwrap_or_default(),
            replies_within: parsed(root, "replies_within", |text| WaitTime::parse(text).ok()),
            prices: text(root, "prices"),
            smart: root.get("smart").and_then(Node::text).map(|text| text == "true"),
            policy: root.get("policy").map(Policy::read).unwrap_or_default(),
            messages: root.get("messages").map(messages).unwrap_or_default(),
        }
    }
}

impl List {
    fn read(name: Spanned<String>, node: &Node) -> List {
        let columns = node.get("columns").map(texts).unwrap_or_default();
        let reading = reading::read(node);
        let are_readable = node
            .get("columns")
            .is_none_or(|columns| columns.items().is_empty());
        List {
            name,
            // With a value that is wrong nothing is known of its columns.
            file: text(node, "file").filter(|_| reading.is_some() && are_readable),
            reading: reading.unwrap_or_default(),
            columns,
            consent: node.get("consent").and_then(consent),
            stored: node.get("stored").and_then(Node::text) == Some("true"),
            query: node.get("sql").and_then(|_| query(node.get("fields")?)),
            opt_in: node.get("opt_in").map(OptIn::read).unwrap_or_default(),
        }
    }
}

/// The columns that a query gives.
fn query(fields: &Node) -> Option<BTreeMap<String, FieldType>> {
    let column = |entry: &Entry| {
        let kind = entry.value.text().and_then(FieldType::parse);
        (entry.key.text.clone(), kind.unwrap_or_default())
    };
    let columns: BTreeMap<_, _> = fields.entries().iter().map(column).collect();
    (!columns.is_empty()).then_some(columns)
}

impl OptIn {
    fn read(node: &Node) -> OptIn {
        OptIn {
            keyword: text(node, "keyword"),
            sender: text(node, "sender"),
            confirm: text(node, "confirm"),
            welcome: text(node, "welcome"),
        }
    }

    /// The messages that it names.
    pub fn messages(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.confirm.iter().chain(&self.welcome)
    }
}

impl Policy {
    fn read(node: &Node) -> Policy {
        let frequency = node.get("frequency").and_then(frequency);
        Policy {
            quiet_hours: parsed(node, "quiet_hours", Window::parse),
            frequency: frequency.and_then(|Spanned { value, span }| {
                Frequency::parse(&value).map(|value| Spanned { value, span })
            }),
            countries: countries(node),
            control_group: parsed(node, "control_group", |text| Share::parse(text).ok()),
            consent_kinds: node.get("consent").map(texts).unwrap_or_default(),
            hosts: several(node, "hosts"),
            opt_out_words: several(node, "opt_out_words"),
            consent: node.get("consent").map(needed_consent).unwrap_or_default(),
        }
    }
}

fn needed_consent(node: &Node) -> NeededConsent {
    let kind = |purpose| text(node, purpose).map(|kind| kind.value);
    NeededConsent {
        marketing: kind("marketing"),
        service: kind("service"),
        emergency: kind("emergency"),
    }
}

impl Provider {
    fn read(name: Spanned<String>, node: &Node) -> Provider {
        let kind = node.get("kind").and_then(Node::text);
        let is_real = kind.is_some_and(|kind| !matches!(kind, "simulated" | "carrier"));
        let settings = match kind {
            Some("simulated") => Some(project::Provider::Simulated(simulated(node))),
            Some("carrier") => carrier(node).map(project::Provider::Carrier),
            Some(_) | None => None,
        };
        Provider {
            name,
            settings,
            is_real,
        }
    }
}

/// The value of a key, else what stands for it.
fn or<T>(node: &Node, key: &str, default: T, parse: impl FnOnce(&str) -> Option<T>) -> T {
    parsed(node, key, parse).map_or(default, |parsed| parsed.value)
}

fn rate(node: &Node) -> Option<Rate> {
    or(node, "rate", None, |text| Rate::parse(text).ok().map(Some))
}

fn simulated(node: &Node) -> Simulated {
    let share = |key, default| or(node, key, default, |text| Share::parse(text).ok());
    Simulated {
        rate: rate(node),
        delivered: share("delivered", Share::WHOLE),
        replies: share("replies", Share::NONE),
        seed: or(node, "seed", 0, |text| text.parse().ok()),
    }
}

fn carrier(node: &Node) -> Option<Carrier> {
    let number = |key, default| or(node, key, default, |text| text.parse().ok());
    let flag = |key, default| or(node, key, default, |text| text.parse().ok());
    Some(Carrier {
        url: or(node, "url", None, |text| parse_local_url(text).ok().map(Some))?,
        rate: rate(node),
        batch: number("batch", 1),
        in_flight: number("in_flight", 64),
        timeout: or(node, "timeout", Duration::from_secs(10), |text| {
            parse_timeout(text).ok()
        }),
        look_up: flag("look_up", true),
        refuses_duplicates: flag("refuses_duplicates", false),
        server_errors: or(
            node,
            "server_errors",
            ServerErrors::default(),
            |text| match text {
                "maybe" => Some(ServerErrors::Maybe),
                "not-sent" => Some(ServerErrors::NotSent),
                _ => None,
            },
        ),
    })
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
            then: several(node, "then"),
            rate: parsed(node, "rate", |text| Rate::parse(text).ok()),
            receives: parsed(node, "receives", |text| text.parse().ok()),
            countries: countries(node),
        }
    }
}

/// The key `countries`.
fn countries(node: &Node) -> Vec<Spanned<sms::Region>> {
    let region = |country: Spanned<String>| {
        let value = sms::Region::new(&country.value)?;
        Some(Spanned {
            value,
            span: country.span,
        })
    };
    several(node, "countries")
        .into_iter()
        .filter_map(region)
        .collect()
}

impl Inbox {
    fn read(name: Spanned<String>, node: &Node) -> Inbox {
        Inbox {
            name,
            email: text(node, "email"),
            phone: text(node, "phone"),
            url: text(node, "url"),
            url_env: text(node, "url_env"),
            secret_env: text(node, "secret_env"),
            slack_url_env: text(node, "slack_url_env"),
        }
    }
}

impl Mail {
    fn read(node: &Node) -> Mail {
        Mail {
            smtp: text(node, "smtp"),
            user: text(node, "user"),
            password_env: text(node, "password_env"),
            password_file: text(node, "password_file"),
            from: text(node, "from"),
        }
    }
}

/// The entries of a map of the root, in order.
fn named<T>(root: &Node, key: &str, read: impl Fn(Spanned<String>, &Node) -> T) -> Vec<T> {
    let entries = root.get(key).into_iter().flat_map(own_entries);
    entries.map(|entry| read(key_of(entry), &entry.value)).collect()
}
