//! How people behave in a rehearsal: how many of them answer, after how long and what; who opts out, clicks, causes events.
//! A YAML or JSON file, `docs/rehearse.md`. It is read and checked by [`dsl::model`]; what it leaves out is the provider's.

use std::collections::BTreeMap;
use std::time::Duration;

use dsl::campaign::Campaign;
use dsl::diagnostic::Diagnostic;
use dsl::model::{self, check_model};
use dsl::project::{Project, Provider};
use dsl::scalar::{Share, WaitTime};
use serde::Serialize;
use sms::PhoneNumber;

use crate::draw::{self, fraction, pick};

/// How people and their carrier behave.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Texts that arrive.
    pub delivered: Share,
    /// Half of the receipts are there within this, in seconds.
    pub receipts_after: f64,
    /// What people do about each message of the campaign, in the same order.
    pub messages: Vec<Habit>,
    /// What people do once, some time after their first text.
    pub once: Vec<Once>,
    /// People who enter in a second, of a campaign that begins by a trigger; none: all at once.
    pub arrivals: Option<f64>,
}

/// What people do about a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Habit {
    /// Of those who get it, answer it.
    pub replies: Share,
    /// Of those who get it, opt out by it.
    pub opt_outs: Share,
    /// Of the replies, are what no rule expects.
    pub free: Share,
    /// Half of the replies are there within this, in seconds.
    pub after: f64,
    /// What they say, and how often to each other. Empty: the words that the campaign waits for.
    pub words: Vec<(String, u32)>,
}

/// What people do once.
#[derive(Debug, Clone, PartialEq)]
pub struct Once {
    /// What.
    pub what: Happened,
    /// How many people of those who got a text.
    pub share: Share,
    /// Half of them within this from their first text, in seconds.
    pub after: f64,
    /// What it carries: of each field one of its values.
    pub fields: Vec<(String, Vec<String>)>,
}

/// What may happen to a person by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A link is clicked.
    Click(String),
    /// An event comes through the API.
    Event(String),
}

/// Texts that opt somebody out, unless the model says so.
const OPT_OUTS: Share = Share(0.005);
/// Replies that are none of the words.
const FREE: Share = Share(0.2);
/// Within this half of the people who answer have answered, in seconds.
const AFTER: f64 = 600.0;
/// The same for receipts.
const RECEIPTS_AFTER: f64 = 5.0;

#[derive(Debug, Default, Serialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delivered: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) receipts_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replies: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opt_outs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) free: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) words: BTreeMap<String, u32>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) messages: BTreeMap<String, WrittenHabit>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) clicks: BTreeMap<String, WrittenOnce>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) events: BTreeMap<String, WrittenOnce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arrivals: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct WrittenHabit {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replies: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opt_outs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) free: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) words: BTreeMap<String, u32>,
}

#[derive(Debug, Serialize)]
pub(super) struct WrittenOnce {
    pub(super) share: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) fields: BTreeMap<String, Vec<String>>,
}

impl Model {
    /// What the provider of the campaign's sender says of itself, and a few people who opt out.
    pub fn of(campaign: &Campaign, project: &Project) -> Model {
        let simulated = project
            .senders
            .get(&campaign.sender)
            .and_then(|sender| project.providers.get(&sender.provider));
        let (delivered, replies) = match simulated {
            Some(Provider::Simulated(simulated)) => (simulated.delivered, simulated.replies),
            Some(Provider::Carrier(_)) | None => (Share(1.0), Share(0.0)),
        };
        let habit = Habit {
            replies: Share(replies.0.min(1.0 - OPT_OUTS.0)),
            opt_outs: OPT_OUTS,
            free: FREE,
            after: AFTER,
            words: vec![],
        };
        Model {
            delivered,
            receipts_after: RECEIPTS_AFTER,
            messages: vec![habit; campaign.messages.len()],
            once: vec![],
            arrivals: None,
        }
    }

    /// Reads a model for a campaign; what it leaves out is as [`Model::of`] says. Else everything that is wrong with it.
    pub fn read(text: &str, campaign: &Campaign, project: &Project) -> Result<Model, Vec<Diagnostic>> {
        let mut model = Model::of(campaign, project);
        let others = model
            .messages
            .first()
            .map(|habit| [habit.replies, habit.opt_outs]);
        let checked = check_model(text, campaign, others.unwrap_or([Share(0.0), OPT_OUTS]));
        let Some(said) = checked.value else {
            return Err(checked.diagnostics);
        };
        model.delivered = said.delivered.unwrap_or(model.delivered);
        model.receipts_after = said.receipts_after.map_or(model.receipts_after, seconds);
        model.messages.iter_mut().for_each(|habit| habit.take(&said.all));
        for (name, own) in &said.messages {
            let mut messages = campaign.messages.iter().zip(&mut model.messages);
            if let Some((_, habit)) = messages.find(|(message, _)| message.name == *name) {
                habit.take(own);
            }
        }
        let clicks = said.clicks.into_iter();
        let clicks = clicks.map(|(name, once)| Once::of(Happened::Click(name), once));
        let events = said.events.into_iter();
        let events = events.map(|(name, once)| Once::of(Happened::Event(name), once));
        model.once = clicks.chain(events).collect();
        model.arrivals = said.arrivals.map(|rate| rate.per_second);
        Ok(model)
    }
}

impl Once {
    fn of(what: Happened, said: model::Once) -> Once {
        Once {
            what,
            share: said.share,
            after: said.after.map_or(AFTER, seconds),
            fields: said.fields,
        }
    }

    /// What is drawn of the `nth` of all that happens once to somebody: far from the draws of texts.
    pub(crate) fn draws(seed: u64, phone: PhoneNumber, nth: u16) -> [u64; 4] {
        draw::four(!seed, phone, nth)
    }

    /// Whether it happens to somebody. `draws`: of that person.
    pub(crate) fn happens(&self, draws: [u64; 4]) -> bool {
        fraction(draws[0]) < self.share.0
    }

    /// What it carries for somebody. `draws`: of that person.
    pub(crate) fn carried(&self, draws: [u64; 4]) -> Vec<(String, String)> {
        let one = |((field, values), nth): (&(String, Vec<String>), u32)| {
            let shares = values.iter().map(|_| 1.0 / values.len() as f64);
            let value = &values[pick(draws[2].rotate_left(7 * nth), shares)];
            (field.clone(), value.clone())
        };
        self.fields.iter().zip(0..).map(one).collect()
    }
}

impl Habit {
    /// What is said wins.
    fn take(&mut self, said: &model::Habit) {
        self.replies = said.replies.unwrap_or(self.replies);
        self.opt_outs = said.opt_outs.unwrap_or(self.opt_outs);
        self.free = said.free.unwrap_or(self.free);
        self.after = said.after.map_or(self.after, seconds);
        if !said.words.is_empty() {
            self.words.clone_from(&said.words);
        }
    }

    /// Whether somebody writes about a text, and then whether that is to opt out. `draws`: of the text.
    pub(crate) fn writes(&self, draws: [u64; 4]) -> Option<bool> {
        let drawn = fraction(draws[0]);
        (drawn < self.opt_outs.0 + self.replies.0).then_some(drawn < self.opt_outs.0)
    }

    /// What somebody writes, where the model says it.
    pub(crate) fn word(&self, draws: [u64; 4]) -> Option<&str> {
        let all: f64 = self.words.iter().map(|(_, weight)| f64::from(*weight)).sum();
        let shares = self.words.iter().map(|(_, weight)| f64::from(*weight) / all);
        let (word, _) = self.words.get(pick(draws[3].rotate_left(20), shares))?;
        Some(word)
    }
}

/// A time that is drawn: half of all are within `median` seconds, nine tenths within nine times that, and all within 49
/// times that; none is below a second.
pub(crate) fn delay(median: f64, hash: u64) -> Duration {
    let drawn = fraction(hash) * 0.98;
    Duration::from_secs_f64((median * drawn / (1.0 - drawn)).clamp(1.0, 1e9))
}

fn seconds(time: WaitTime) -> f64 {
    match time {
        WaitTime::Elapsed(time) => time.as_seconds_f64(),
        WaitTime::Days(days) => f64::from(days) * 86_400.0,
    }
}
