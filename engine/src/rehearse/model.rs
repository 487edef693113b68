//! How people behave in a rehearsal: how many of them answer, after how long and what; who opts out, clicks, causes events.
//! A YAML or JSON file, `docs/rehearse.md`. Keys that it does not know are errors; what it leaves out is the provider's.

use std::collections::BTreeMap;
use std::time::Duration;

use dsl::campaign::{Campaign, Schedule, Trigger};
use dsl::condition::Happening;
use dsl::project::{Project, Provider};
use dsl::scalar::{Rate, ScalarError, Share, WaitTime};
use serde::{Deserialize, Serialize};

use crate::draw::{fraction, pick};

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

/// Why a file is no model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is not of the form.
    #[error("the model cannot be read")]
    Form(#[from] serde_yaml::Error),
    /// A value is not of its type.
    #[error("`{key}`: {error}; {}", .error.help())]
    Value {
        /// Where, from the top.
        key: String,
        /// What is wrong.
        error: ScalarError,
    },
    /// The campaign has no such message, link or event.
    #[error("`{key}`: the campaign has no {what} \"{name}\"; it has {}", listed(.known))]
    Unknown {
        /// Where.
        key: &'static str,
        /// What the name would be of.
        what: &'static str,
        /// As written.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// People do not come one at a time.
    #[error(
        "`arrivals`: people of this campaign come by its schedule; a rate is for those whom a `trigger` enters"
    )]
    Together,
    /// A field without a value.
    #[error("`{key}`: there is no value to choose")]
    Valueless {
        /// Where.
        key: String,
    },
    /// More than everybody.
    #[error("{key}: `replies` and `opt_outs` are more than 100% together")]
    TooMuch {
        /// Where.
        key: String,
    },
    /// Nobody says any of it.
    #[error("`{key}`: at least one of the words needs a weight above 0")]
    Weightless {
        /// Where.
        key: String,
    },
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Texts that opt somebody out, unless the model says so.
const OPT_OUTS: Share = Share(0.005);
/// Replies that are none of the words.
const FREE: Share = Share(0.2);
/// Within this half of the people who answer have answered, in seconds.
const AFTER: f64 = 600.0;
/// The same for receipts.
const RECEIPTS_AFTER: f64 = 5.0;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a map of keys such as `replies`")]
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

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a map of keys such as `replies`")]
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

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of `share`, `after` and `fields`")]
pub(super) struct WrittenOnce {
    pub(super) share: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
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

    /// Reads a model for a campaign; what it leaves out is as [`Model::of`] says.
    pub fn read(text: &str, campaign: &Campaign, project: &Project) -> Result<Model, ModelError> {
        let written: Written = match text.trim().is_empty() {
            true => Written::default(),
            false => serde_yaml::from_str(text)?,
        };
        let mut model = Model::of(campaign, project);
        if let Some(delivered) = &written.delivered {
            model.delivered = share("delivered", delivered)?;
        }
        if let Some(after) = &written.receipts_after {
            model.receipts_after = seconds("receipts_after", after)?;
        }
        let all = WrittenHabit {
            replies: written.replies,
            opt_outs: written.opt_outs,
            free: written.free,
            after: written.after,
            words: written.words,
        };
        for habit in &mut model.messages {
            all.over("", habit)?;
        }
        let names = || campaign.messages.iter().map(|message| message.name.clone());
        for (name, own) in &written.messages {
            let Some(at) = names().position(|known| known == *name) else {
                return Err(unknown("messages", "message", name, names().collect()));
            };
            own.over(&format!("messages.{name}."), &mut model.messages[at])?;
        }
        for (name, once) in written.clicks {
            let known: Vec<String> = campaign.links.iter().map(|link| link.name.clone()).collect();
            if !known.contains(&name) {
                return Err(unknown("clicks", "link", &name, known));
            }
            if let Some(field) = once.fields.keys().next() {
                return Err(unknown("clicks", "field", field, vec![]));
            }
            let key = format!("clicks.{name}.");
            model.once.push(once.read(&key, Happened::Click(name))?);
        }
        for (name, once) in written.events {
            let known = events_of(campaign);
            if !known.contains(&name) {
                return Err(unknown("events", "event", &name, known));
            }
            let key = format!("events.{name}.");
            let known: Vec<String> = campaign.fields.iter().map(|field| field.name.clone()).collect();
            if let Some(field) = once.fields.keys().find(|field| !known.contains(field)) {
                return Err(unknown("events", "field", field, known));
            }
            model.once.push(once.read(&key, Happened::Event(name))?);
        }
        if let Some(arrivals) = &written.arrivals {
            if !matches!(campaign.schedule, Schedule::Trigger(_)) {
                return Err(ModelError::Together);
            }
            let rate = Rate::parse(arrivals).map_err(|error| ModelError::Value {
                key: "arrivals".to_owned(),
                error,
            })?;
            model.arrivals = Some(rate.per_second);
        }
        Ok(model)
    }
}

impl Once {
    /// What it carries for somebody. `drawn`: of that person.
    pub(super) fn carried(&self, drawn: u64) -> Vec<(String, String)> {
        let one = |((field, values), nth): (&(String, Vec<String>), u32)| {
            let shares = values.iter().map(|_| 1.0 / values.len() as f64);
            let value = &values[pick(drawn.rotate_left(7 * nth), shares)];
            (field.clone(), value.clone())
        };
        self.fields.iter().zip(0..).map(one).collect()
    }
}

impl Habit {
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

impl WrittenHabit {
    /// What is written wins.
    fn over(&self, key: &str, habit: &mut Habit) -> Result<(), ModelError> {
        let shares = [
            ("replies", &self.replies, &mut habit.replies),
            ("opt_outs", &self.opt_outs, &mut habit.opt_outs),
            ("free", &self.free, &mut habit.free),
        ];
        for (name, written, into) in shares {
            if let Some(written) = written {
                *into = share(&format!("{key}{name}"), written)?;
            }
        }
        if let Some(after) = &self.after {
            habit.after = seconds(&format!("{key}after"), after)?;
        }
        if !self.words.is_empty() {
            habit.words = self.words.clone().into_iter().collect();
            if habit.words.iter().all(|(_, weight)| *weight == 0) {
                let key = format!("{key}words");
                return Err(ModelError::Weightless { key });
            }
        }
        match habit.replies.0 + habit.opt_outs.0 > 1.0 + 1e-9 {
            true => Err(ModelError::TooMuch {
                key: match key.trim_end_matches('.') {
                    "" => "for every message".to_owned(),
                    key => format!("`{key}`"),
                },
            }),
            false => Ok(()),
        }
    }
}

impl WrittenOnce {
    fn read(self, key: &str, what: Happened) -> Result<Once, ModelError> {
        let after = self.after.as_deref();
        if let Some((field, _)) = self.fields.iter().find(|(_, values)| values.is_empty()) {
            let key = format!("{key}fields.{field}");
            return Err(ModelError::Valueless { key });
        }
        Ok(Once {
            fields: self.fields.into_iter().collect(),
            what,
            share: share(&format!("{key}share"), &self.share)?,
            after: after.map_or(Ok(AFTER), |after| seconds(&format!("{key}after"), after))?,
        })
    }
}

fn unknown(key: &'static str, what: &'static str, name: &str, known: Vec<String>) -> ModelError {
    ModelError::Unknown {
        key,
        what,
        name: name.to_owned(),
        known,
    }
}

fn share(key: &str, text: &str) -> Result<Share, ModelError> {
    Share::parse(text).map_err(|error| ModelError::Value {
        key: key.to_owned(),
        error,
    })
}

fn seconds(key: &str, text: &str) -> Result<f64, ModelError> {
    let time = WaitTime::parse(text).map_err(|error| ModelError::Value {
        key: key.to_owned(),
        error,
    })?;
    Ok(match time {
        WaitTime::Elapsed(time) => time.as_seconds_f64(),
        WaitTime::Days(days) => f64::from(days) * 86_400.0,
    })
}

/// The events that a campaign asks for, and that which begins it.
pub(super) fn events_of(campaign: &Campaign) -> Vec<String> {
    let mut events: Vec<String> = campaign
        .conditions()
        .flat_map(|condition| condition.happenings())
        .filter_map(|happening| match happening {
            Happening::Event(name) => Some(name.clone()),
            Happening::Delivered(_)
            | Happening::Clicked(_)
            | Happening::Replied
            | Happening::Answered(_)
            | Happening::Received(..) => None,
        })
        .collect();
    if let Schedule::Trigger(Trigger::Event { name, .. }) = &campaign.schedule {
        events.push(name.clone());
    }
    events.sort_unstable();
    events.dedup();
    events
}
