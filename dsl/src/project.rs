//! A project as meant: what `check` makes of `crier.yaml`. Paths are relative to the project's folder and never leave it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::campaign::Purpose;
use crate::scalar::{Frequency, Rate, Share, Window};
use crate::values::{FieldType, Language};
use crate::written::campaign as written;

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
    /// The names of those that reach telephones.
    pub real_providers: BTreeSet<String>,
    /// What texts come from.
    pub senders: BTreeMap<String, Sender>,
    /// Where replies go, by name.
    pub inboxes: BTreeMap<String, Inbox>,
    /// How mail leaves; none: what goes to an address stays in `crier inbox`.
    pub mail: Option<Mail>,
    /// The inbox or address for campaigns that state none.
    pub replies: Option<crate::campaign::Replies>,
    /// A reply belongs to the campaign that texted the person last from that sender, within this time. Default: 7 days of 24
    /// hours.
    pub replies_within: TimeDelta,
    /// The file of prices.
    pub prices: Option<String>,
    /// Typographic marks are swapped for plain ones where that makes a whole text GSM-7. Default: yes.
    pub smart: bool,
    /// Rules for all campaigns.
    pub policy: Policy,
    /// The names of lists that are kept in the store.
    pub stored_lists: Vec<String>,
    /// How people join stored lists by a text, in the order of the file.
    pub opt_ins: Vec<OptIn>,
    /// The names of texts of the project.
    pub messages: Vec<String>,
    /// What they say, by language, in the order of the file; one that is the same for all stands under the first language.
    pub texts: BTreeMap<String, Vec<(Language, String)>>,
    /// The rules for the replies that no campaign takes, and the texts that they send: every campaign is made with them.
    pub(crate) shared: SharedReplies,
}

/// What crier.yaml has under `replies`, where that is rules, and under `messages`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedReplies {
    pub rules: Vec<written::Rule>,
    pub messages: Vec<written::Message>,
}

/// Rules for all campaigns, which each can only tighten.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// No texts then, on the recipient's clock.
    pub quiet_hours: Option<Window>,
    /// Texts in a time, over all campaigns.
    pub frequency: Option<Frequency>,
    /// People elsewhere are left out; empty: nobody is for that reason.
    pub countries: Vec<sms::Region>,
    /// Held out of all marketing, to compare with.
    pub control_group: Option<Share>,
    /// Hosts that calls and webhooks may go to.
    pub hosts: Vec<String>,
    /// More words that opt out.
    pub opt_out_words: Vec<String>,
    /// The consent that each purpose needs.
    pub consent: NeededConsent,
}

/// The kind of consent that people must have given; none: no consent is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeededConsent {
    /// To get marketing.
    pub marketing: Option<String>,
    /// To get service texts.
    pub service: Option<String>,
    /// To get emergency texts.
    pub emergency: Option<String>,
}

impl NeededConsent {
    /// What people must have agreed to.
    pub fn of(&self, purpose: Purpose) -> Option<&str> {
        match purpose {
            Purpose::Marketing => self.marketing.as_deref(),
            Purpose::Service => self.service.as_deref(),
            Purpose::Emergency => self.emergency.as_deref(),
        }
    }
}

/// What the people of a list agreed to, and where it is said of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Such as `opt_in`.
    pub kind: String,
    /// Where they agreed, as evidence.
    pub source: Option<String>,
    /// The column that says whether a person agreed.
    pub column: Option<String>,
    /// The column that says when; where there is no `column`, whoever has a day in it agreed.
    pub date: Option<String>,
}

/// How people join a stored list by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    /// A key of `lists`.
    pub list: String,
    /// The text that joins whoever sends it.
    pub keyword: String,
    /// The sender that it is sent to; none: the project's.
    pub sender: Option<String>,
    /// The message of the project that asks for a yes first; none: the keyword is enough.
    pub confirm: Option<String>,
    /// The message to those who joined.
    pub welcome: Option<String>,
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
    /// None where nothing is said of consent.
    pub consent: Option<Consent>,
    /// How the file is read.
    pub reading: Reading,
    /// It is no file: people join and leave it, and the store keeps who is on it.
    pub is_stored: bool,
    /// The columns that a query gives, with their types, where it is one of which that is said.
    pub query: Option<BTreeMap<String, FieldType>>,
}

/// How a file of people is read, as far as its author says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The name of an encoding.
    pub encoding: Option<String>,
    /// What stands between two cells.
    pub separator: Option<u8>,
    /// The line with the names of the columns, where that is not the first.
    pub header_row: Option<u64>,
}

impl ListFile {
    /// A file that no list of crier.yaml names, read as most are.
    pub fn at(path: impl Into<String>) -> ListFile {
        ListFile {
            path: path.into(),
            name: None,
            columns: BTreeMap::new(),
            consent: None,
            reading: Reading::default(),
            is_stored: false,
            query: None,
        }
    }

    /// The name of a list that is no file, and is kept in the store.
    pub fn stored(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.is_stored)
    }

    /// What people call it: its path, else its name.
    pub fn called(&self) -> &str {
        match self.path.is_empty() {
            true => self.name.as_deref().unwrap_or_default(),
            false => &self.path,
        }
    }

    /// What its header is known by: its path, and how it is read where that is said.
    pub fn key(&self) -> String {
        match self.reading == Reading::default() {
            true => self.path.clone(),
            false => format!("{} {:?}", self.path, self.reading),
        }
    }
}

/// A provider account.
#[derive(Debug, Clone, PartialEq)]
pub enum Provider {
    /// Takes everything and makes receipts and replies by a hash of seed, number and text.
    Simulated(Simulated),
    /// A simulated carrier in a process of its own on this machine, over HTTP.
    Carrier(Carrier),
}

impl Provider {
    /// Parts a second that all its senders share; none: as fast as they come.
    pub fn rate(&self) -> Option<Rate> {
        match self {
            Provider::Simulated(simulated) => simulated.rate,
            Provider::Carrier(carrier) => carrier.rate,
        }
    }
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

/// How a simulated carrier is reached, and what it promises.
#[derive(Debug, Clone, PartialEq)]
pub struct Carrier {
    /// Scheme, host and port, without a slash at its end: `http://127.0.0.1:8025`. The host is always this machine.
    pub url: String,
    /// Parts a second; none: as fast as they come.
    pub rate: Option<Rate>,
    /// Texts of one request, 1 to 1,000. Default: 1.
    pub batch: usize,
    /// Requests under way at once, 1 to 1,024. Default: 64.
    pub in_flight: usize,
    /// A request is over after this, whatever came of it; 100 ms to 10 minutes. Default: 10 s.
    pub timeout: Duration,
    /// It can be asked whether it has a text. Default: yes.
    pub look_up: bool,
    /// It refuses a reference that it has, so that a text may be submitted again. Default: no.
    pub refuses_duplicates: bool,
    /// What its answers 500 to 599 say.
    pub server_errors: ServerErrors,
}

/// What an answer of 500 to 599 says of the texts of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerErrors {
    /// They may have been taken.
    #[default]
    Maybe,
    /// They were not.
    NotSent,
}

/// What texts come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sender {
    /// What the recipient sees.
    pub address: sms::SenderAddress,
    /// A key of [`Project::providers`].
    pub provider: String,
    /// Further keys of [`Project::providers`], in order: each takes over when those before it are away. None of them
    /// stands twice, nor is it [`Self::provider`].
    pub then: Vec<String>,
    /// Parts a second; none only on a simulated provider.
    pub rate: Option<Rate>,
    /// Whether replies to it reach us.
    pub receives: bool,
    /// The countries that it may text; empty: all.
    pub countries: Vec<sms::Region>,
}

/// Where replies and notes go. Whatever it is, `crier inbox` shows them too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbox {
    /// An e-mail address.
    Email(String),
    /// A telephone, which gets a text.
    Phone(sms::PhoneNumber),
    /// A webhook.
    Webhook {
        /// Where it is.
        url: HookUrl,
        /// The environment variable with the secret that it is signed with; none: it is not signed.
        secret_env: Option<String>,
    },
    /// A channel of Slack, by the URL in this environment variable.
    Slack(String),
    /// Badly written, or of a kind that this version cannot run: such a project is never run.
    Unknown,
}

/// The URL of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookUrl {
    /// It is this.
    Stated(String),
    /// It is in this environment variable.
    Env(String),
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom it is handed to.
    pub server: MailServer,
    /// As whom; none: without a login.
    pub login: Option<MailLogin>,
    /// The address that it comes from.
    pub from: String,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// A name or an address, the latter without brackets.
    pub host: String,
    /// None: that of its kind.
    pub port: Option<u16>,
    /// TLS from the first byte: `smtps`.
    pub is_wrapped: bool,
}

/// Who logs in at a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLogin {
    /// The user.
    pub user: String,
    /// The environment variable with the password.
    pub password_env: String,
}

impl MailServer {
    /// Of an URL such as `smtps://mail.example:465`, with nothing more in it.
    pub fn parse(text: &str) -> Option<MailServer> {
        let url = url::Url::parse(text).ok()?;
        let is_wrapped = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return None,
        };
        let is_bare = matches!(url.path(), "" | "/")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
        (is_bare && !host.is_empty()).then(|| MailServer {
            host: host.to_owned(),
            port: url.port(),
            is_wrapped,
        })
    }

    /// Whether it is this machine, so that nobody listens on the way.
    pub fn is_local(&self) -> bool {
        let bracketed = || url::Host::parse(&format!("[{}]", self.host));
        match url::Host::parse(&self.host).or_else(|_| bracketed()) {
            Ok(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Ok(url::Host::Ipv4(address)) => address.is_loopback(),
            Ok(url::Host::Ipv6(address)) => address.is_loopback(),
            Err(_) => false,
        }
    }
}

impl Project {
    /// Whether a provider reaches telephones; else nothing leaves the machine.
    pub fn reaches_telephones(&self, provider: &str) -> bool {
        self.real_providers.contains(provider)
    }

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
            then: vec![],
            rate: None,
            receives: true,
            countries: vec![],
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
            real_providers: BTreeSet::new(),
            senders: BTreeMap::from([("simulated".into(), sender)]),
            inboxes: BTreeMap::new(),
            mail: None,
            replies: None,
            replies_within: REPLIES_WITHIN,
            prices: None,
            smart: true,
            policy: Policy::default(),
            stored_lists: vec![],
            opt_ins: vec![],
            messages: vec![],
            texts: BTreeMap::new(),
            shared: SharedReplies::default(),
        }
    }

    /// What campaigns that name no sender send from: the stated one, else the only one.
    pub fn default_sender(&self) -> Option<&str> {
        let only = || self.senders.keys().next().filter(|_| self.senders.len() == 1);
        self.sender.as_ref().or_else(only).map(String::as_str)
    }
}

/// How long after its last text a reply belongs to a campaign where the project does not say.
pub(crate) const REPLIES_WITHIN: TimeDelta = TimeDelta::days(7);
/// Where the store is when nothing is said.
pub const DEFAULT_STORE: &str = ".crier/crier.db";
