//! A campaign as meant: what `check` makes of a file that has no errors. Everything is resolved: names point at what
//! they name, times are instants, texts are compiled templates. The engine works from this alone.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::condition::Condition;
use crate::project::ListFile;
use crate::scalar::{Money, Rate, Share, WaitTime};
use crate::template::Template;
use crate::values::{FieldType, Language};

/// One campaign, ready to be planned.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// The key `campaign`, else the file's name; `[a-z][a-z0-9-]*`.
    pub name: String,
    /// For people and reports.
    pub description: Option<String>,
    /// An address, for people and reports.
    pub owner: Option<String>,
    /// Which rules of the policy apply.
    pub purpose: Purpose,
    /// A key of [`crate::project::Project::senders`].
    pub sender: String,
    /// The campaign's clock. Until people have zones of their own, theirs too.
    pub timezone: Tz,
    /// Never empty; the first is the fallback.
    pub languages: Vec<Language>,
    /// Who is addressed.
    pub audience: Audience,
    /// What texts may use, by the name they use, in the order of the file.
    pub fields: Vec<Field>,
    /// When it begins.
    pub schedule: Schedule,
    /// The texts, in the order of the file. A campaign of the key `message` has one, called `message`.
    pub messages: Vec<Message>,
    /// What happens, in order; the last instruction is always [`Instruction::Finish`].
    pub program: Vec<Instruction>,
    /// Where replies go.
    pub replies: Replies,
    /// Limits of the file.
    pub limits: Limits,
    /// Typographic marks are swapped for plain ones where that makes a whole text GSM-7.
    pub smart: bool,
}

/// Why people are texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Obeys every rule.
    #[default]
    Marketing,
    /// Needs no marketing consent.
    Service,
    /// Passes quiet hours, frequency and consent; obeys every opt-out.
    Emergency,
}

/// Who is addressed.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Files read one after the other; the first row of a number wins. Never empty.
    pub from: Vec<ListFile>,
    /// Files whose numbers are left out.
    pub except: Vec<ListFile>,
    /// For numbers in national form. The campaign's `region`, else the project's.
    pub region: Option<sms::Region>,
    /// The kind of consent that the policy asks for; none: it asks for none.
    pub consent: Option<String>,
    /// Who stays; none: everybody.
    pub filter: Option<Condition>,
    /// Only so many people, by a hash; none: all.
    pub sample: Option<Amount>,
    /// So many people are never texted, by another hash; none: nobody.
    pub holdout: Option<Amount>,
    /// Numbers that are landlines are texted too.
    pub keeps_landlines: bool,
    /// Past this share of bad rows the plan fails. Default: 20 %.
    pub most_invalid: Share,
}

/// How many people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A share of them.
    Share(Share),
    /// Exactly so many of those who would be texted, or all of them where there are fewer.
    People(u32),
}

/// A value that texts may use.
#[derive(Debug, Clone)]
pub struct Field {
    /// As texts name it.
    pub name: String,
    /// How the cell is read and checked.
    pub kind: FieldType,
    /// Stands in for an empty cell, by language. Empty: the person is left out.
    pub default: BTreeMap<Language, String>,
}

/// When the launch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// When run or applied.
    Now,
    /// Once, at this instant.
    At(DateTime<Utc>),
}

/// One message, in every language of the campaign.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its key under `messages`; `message` for the short form.
    pub name: String,
    /// One template for each language of the campaign, in the same order.
    pub texts: Vec<Template>,
}

/// One thing that happens to a person. The position in [`Campaign::program`] is where the person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Send `messages[message]`.
    Send {
        /// An index into [`Campaign::messages`].
        message: usize,
    },
    /// Go on after this time.
    Wait(WaitTime),
    /// The passage ends.
    Finish,
}

/// Where a reply goes that nothing else takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replies {
    /// A key of [`crate::project::Project::inboxes`].
    Inbox(String),
    /// An e-mail address written in the campaign.
    Address(String),
    /// Nothing is said of replies, in the campaign or the project: they are kept in the inbox without a name.
    Kept,
}

/// The limits of a campaign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// What the parts of one launch may cost.
    pub budget: Option<Money>,
    /// Longer texts leave the person out.
    pub parts: Option<NonZeroU32>,
    /// Parts, below the sender's own rate.
    pub rate: Option<Rate>,
    /// When it cannot be known whether the provider took a message.
    pub in_doubt: InDoubt,
}

/// What is done about a message that may or may not have been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InDoubt {
    /// It stays `unknown` and the person moves on.
    #[default]
    Skip,
    /// It is submitted once more under the same reference.
    Resend,
}

impl Campaign {
    /// Where in [`Self::languages`] a person's language is: the language itself, else the one without its region,
    /// else 0, the fallback. Letter case and `_` for `-` do not count.
    pub fn language_index(&self, wanted: &str) -> usize {
        let wanted = Language::new(wanted);
        let exact = |l: &Language| self.languages.iter().position(|have| have == l);
        wanted
            .as_ref()
            .and_then(|l| exact(l).or_else(|| exact(&l.without_region())))
            .unwrap_or(0)
    }
}
