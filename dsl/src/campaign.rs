//! A campaign as meant: what `check` makes of a file that has no errors. Everything is resolved: names point at what
//! they name, times are instants, texts are compiled templates. The engine works from this alone.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::condition::{Condition, DateFormat};
use crate::project::{ListFile, OptIn};
use crate::scalar::{Budget, Cron, Frequency, Rate, Share, WaitTime, Window};
use crate::template::Template;
use crate::values::{FieldType, Language};

mod listing;
pub mod program;
pub mod story;

pub use listing::listing;
use program::Shift;
pub use program::{Address, Deed, Instruction, Program};

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
    /// It passes quiet hours: a `service` that says `urgent`, and every `emergency`.
    pub urgent: bool,
    /// Who goes first on a shared sender.
    pub priority: Priority,
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
    /// How its texts go out once it has begun.
    pub pace: Pace,
    /// The texts, in the order of the file. A campaign of the key `message` has one, called `message`.
    pub messages: Vec<Message>,
    /// Short links, in the order of the file.
    pub links: Vec<Link>,
    /// What happens, in order.
    pub program: Program,
    /// What counts as success.
    pub goal: Option<Goal>,
    /// What ends a passage at any time, in order: the reason, and when.
    pub exits: Vec<(String, Condition)>,
    /// Words that opt out beside those that always do: the policy's and its own.
    pub opt_out_words: Vec<String>,
    /// The project's own texts in place of built-in ones, by their name and language.
    pub answers: BTreeMap<String, Vec<(Language, String)>>,
    /// Where replies go.
    pub replies: Replies,
    /// How people join stored lists of the project by a text to the sender of this campaign.
    pub opt_ins: Vec<OptIn>,
    /// A reply belongs to the campaign that texted the person last, within this time.
    pub replies_within: TimeDelta,
    /// Limits of the file.
    pub limits: Limits,
    /// Stories that `crier test` plays, in the order of the file.
    pub stories: Vec<story::Story>,
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

/// Who goes first on a shared sender, and wins a shared cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Priority {
    /// After all others.
    Low,
    /// As most.
    #[default]
    Normal,
    /// Before all others.
    High,
}

/// Who is addressed.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Files read one after the other; the first row of a number wins. Empty where people come by a trigger, or from what
    /// `run` does not read.
    pub from: Vec<ListFile>,
    /// Files whose numbers are left out.
    pub except: Vec<ListFile>,
    /// For numbers in national form. The campaign's `region`, else the project's.
    pub region: Option<sms::Region>,
    /// The kind of consent that the policy asks for; none: it asks for none.
    pub consent: Option<String>,
    /// People elsewhere are left out: the countries that the policy and the sender both allow; none: nobody is for that
    /// reason.
    pub countries: Option<Vec<sms::Region>>,
    /// Held out of all marketing of the project; none where this is no marketing.
    pub control_group: Option<Share>,
    /// Who stays; none: everybody.
    pub filter: Option<Condition>,
    /// Who goes: of whom one of these holds.
    pub leavers: Vec<Condition>,
    /// Only so many people, by a hash; none: all.
    pub sample: Option<Amount>,
    /// So many people are never texted, by another hash; none: nobody.
    pub holdout: Option<Amount>,
    /// Landlines and special numbers are texted too.
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
    /// How its dates are written; none: as ISO dates.
    pub format: Option<DateFormat>,
    /// Steps set it, so that no column needs to hold it.
    pub set_by_steps: bool,
    /// Characters of its longest value, as [`crate::bounds::characters`] counts them.
    pub longest: Option<u32>,
    /// Stands in for an empty cell, by language. Empty: the person is left out.
    pub default: BTreeMap<Language, String>,
}

/// When a campaign begins.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// When run or applied.
    Now,
    /// Once, at this instant.
    At(DateTime<Utc>),
    /// Once, at this time on each recipient's clock.
    Local(NaiveDateTime),
    /// Again and again.
    Cron {
        /// The ticks.
        cron: Cron,
        /// The first day.
        from: Option<NaiveDate>,
        /// The last day.
        until: Option<NaiveDate>,
        /// Ticks are on each recipient's clock, not the campaign's.
        recipient_clock: bool,
    },
    /// On the day of a field, on the recipient's clock.
    Day {
        /// Of type `date` or `time`.
        field: String,
        /// It comes every year.
        yearly: bool,
        /// From that day.
        shift: Shift,
        /// The minute of the day, below 1,440.
        at: u32,
    },
    /// For one person, by what happens.
    Trigger(Trigger),
}

/// What begins a passage.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// An event of the API.
    Event {
        /// Its name.
        name: String,
        /// The value that tells passages apart.
        key: Option<String>,
        /// Which events.
        conditions: Option<Condition>,
    },
    /// Somebody joins a stored list.
    Joins(String),
    /// Somebody sends this word.
    Keyword(String),
}

/// How the texts of a campaign go out.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// Hours for every text that is not an answer to a reply.
    pub window: Option<Window>,
    /// Hours in which nothing goes: the policy's or the campaign's, whichever are tighter; none for what passes them.
    pub quiet_hours: Vec<Window>,
    /// Weekdays; empty: every day.
    pub days: Vec<Weekday>,
    /// What could not be sent by then is not sent.
    pub expires: Option<WaitTime>,
    /// How late a launch may begin.
    pub late: Option<WaitTime>,
    /// Texts go out evenly over this time.
    pub spread: Option<WaitTime>,
    /// Texts to one person, over all campaigns.
    pub frequency: Vec<Cap>,
    /// May a person enter twice.
    pub again: Again,
}

/// Texts to one person in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// How many, in which time.
    pub most: Frequency,
    /// What happens to the text that would pass it.
    pub over: Over,
}

/// What happens to a text past a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Over {
    /// It waits until it may go.
    #[default]
    Wait,
    /// It is dropped, and the passage goes on.
    Skip,
    /// The passage ends.
    Leave,
}

/// May a person enter a campaign twice; who is still inside never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Again {
    /// Once for ever.
    #[default]
    Never,
    /// Every time.
    Always,
    /// This long after the last time.
    After(WaitTime),
    /// Every time; the passage with the same key ends.
    Restart,
}

/// A short link of each recipient's own.
#[derive(Debug, Clone)]
pub struct Link {
    /// As texts name it.
    pub name: String,
    /// Where it leads: values are percent-encoded.
    pub url: Template,
}

/// What counts as success.
#[derive(Debug, Clone)]
pub struct Goal {
    /// When it is reached.
    pub when: Condition,
    /// From the first text.
    pub within: Option<WaitTime>,
}

/// One message, in every language of the campaign.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its key under `messages`; `message` for the short form.
    pub name: String,
    /// What it says: one of these to each person. Never empty.
    pub variants: Vec<Variant>,
}

/// One of the things that a message may say.
#[derive(Debug, Clone)]
pub struct Variant {
    /// None where everybody gets the same.
    pub name: Option<String>,
    /// How many people get it.
    pub share: Share,
    /// One template for each language of the campaign, in the same order.
    pub texts: Vec<Template>,
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
    /// `none`: nobody looks at them; they are kept all the same.
    Nobody,
}

/// The limits of a campaign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// What the parts of one launch may cost.
    pub budget: Option<Budget>,
    /// Longer texts leave the person out.
    pub parts: Option<NonZeroU32>,
    /// Parts, below the sender's own rate.
    pub rate: Option<Rate>,
    /// When it cannot be known whether the provider took a message.
    pub in_doubt: InDoubt,
    /// Who is texted before the others; none: nobody.
    pub canary: Option<Canary>,
    /// What pauses a launch.
    pub halt: Halt,
}

/// A share of the people, texted first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canary {
    /// Of the people.
    pub share: Share,
    /// How long the others wait.
    pub watch: WaitTime,
}

/// Shares past which a launch is paused; none: it is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Halt {
    /// Of those texted, who opt out.
    pub opt_outs: Option<Share>,
    /// Of the texts, what providers refuse.
    pub failures: Option<Share>,
    /// Of the texts that were taken, what does not arrive.
    pub undelivered: Option<Share>,
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

    /// The sender of whoever stands at an address: that of the text that goes there, else the campaign's.
    pub fn sender_at(&self, at: Address) -> &str {
        match &self.program.at(at).deed {
            Deed::Send(send) => self.sender_of(send),
            _ => &self.sender,
        }
    }

    /// The sender that a text goes by.
    pub fn sender_of<'a>(&'a self, send: &'a program::Send) -> &'a str {
        send.sender.as_ref().unwrap_or(&self.sender)
    }

    /// Every sender that its texts go by, its own first.
    pub fn senders(&self) -> Vec<&str> {
        let mut names = vec![self.sender.as_str()];
        for (at, _) in self.program.all_sends() {
            let name = self.sender_at(at);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Every condition that is asked once the campaign runs: those of its goal, its exits, its steps and its rules for
    /// replies.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let goal = self.goal.iter().map(|goal| &goal.when);
        let exits = self.exits.iter().map(|(_, exit)| exit);
        let begins = match &self.schedule {
            Schedule::Trigger(Trigger::Event { conditions, .. }) => conditions.as_ref(),
            Schedule::Trigger(Trigger::Joins(_) | Trigger::Keyword(_))
            | Schedule::Now
            | Schedule::At(_)
            | Schedule::Local(_)
            | Schedule::Cron { .. }
            | Schedule::Day { .. } => None,
        };
        goal.chain(exits).chain(begins).chain(self.program.conditions())
    }
}
