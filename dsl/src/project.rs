//! A project as meant: what `check` makes of `crier.yaml`. Paths are relative to the project's folder and never leave it.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::scalar::{Rate, Share};
use crate::values::Language;

/// One project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The key `project`, else the folder's name.
    pub name: String,
    /// Where the SQLite store is. Default: `.crier/crier.db`.
    pub store: String,
    /// For numbers in national form.
    pub region: Option<sms::Region>,
    /// The clock of campaigns that state none.
    pub timezone: Option<Tz>,
    /// The languages of campaigns that state none; empty where the project states none either.
    pub languages: Vec<Language>,
    /// The sender of campaigns that state none.
    pub sender: Option<String>,
    /// Named sources of people.
    pub lists: BTreeMap<String, ListFile>,
    /// Who texts are handed to.
    pub providers: BTreeMap<String, Provider>,
    /// What texts come from.
    pub senders: BTreeMap<String, Sender>,
    /// Where replies go, by name.
    pub inboxes: BTreeMap<String, Inbox>,
    /// The inbox or address for campaigns that state none.
    pub replies: Option<crate::campaign::Replies>,
    /// The file of prices.
    pub prices: Option<String>,
}

/// A file of people and what its columns are called here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFile {
    /// The path, as written, relative to the project's folder.
    pub path: String,
    /// The list's name in crier.yaml, where it has one.
    pub name: Option<String>,
    /// Our name → the column's name in the file. `phone`, `language` and `timezone` are ours too.
    pub columns: BTreeMap<String, String>,
}

/// A provider account.
#[derive(Debug, Clone, PartialEq)]
pub enum Provider {
    /// Takes everything and makes receipts and replies by a hash of seed, number and text.
    Simulated(Simulated),
}

/// How the simulated provider behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// Parts a second; none: as fast as they come.
    pub rate: Option<Rate>,
    /// The share that ends delivered; the others are undelivered. Default: 100 %.
    pub delivered: Share,
    /// The share of people who answer a text. Default: none.
    pub replies: Share,
    /// Another seed is another outcome. Default: 0.
    pub seed: u64,
}

/// What texts come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sender {
    /// What the recipient sees.
    pub address: sms::SenderAddress,
    /// A key of [`Project::providers`].
    pub provider: String,
    /// Parts a second; none only on a simulated provider.
    pub rate: Option<Rate>,
    /// Whether replies to it reach us.
    pub receives: bool,
}

/// Where replies go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbox {
    /// An e-mail address. Replies are kept and shown by `crier inbox`.
    Email(String),
}

impl Project {
    /// What a campaign without a crier.yaml works with: one sender `simulated` that receives, on the simulated provider
    /// without a rate limit, no prices, replies kept in the inbox.
    pub fn without_file(name: &str) -> Project {
        let provider = Provider::Simulated(Simulated {
            rate: None,
            delivered: Share::WHOLE,
            replies: Share::NONE,
            seed: 0,
        });
        let sender = Sender {
            address: sms::SenderAddress::alphanumeric("SIMULATED").expect("nine letters are a sender name"),
            provider: "simulated".into(),
            rate: None,
            receives: true,
        };
        Project {
            name: name.into(),
            store: DEFAULT_STORE.into(),
            region: None,
            timezone: None,
            languages: vec![],
            sender: Some("simulated".into()),
            lists: BTreeMap::new(),
            providers: BTreeMap::from([("simulated".into(), provider)]),
            senders: BTreeMap::from([("simulated".into(), sender)]),
            inboxes: BTreeMap::new(),
            replies: None,
            prices: None,
        }
    }
}

/// Where the store is when nothing is said.
pub const DEFAULT_STORE: &str = ".crier/crier.db";
