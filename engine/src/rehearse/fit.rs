//! A model of how people did: counted from what a store has of a campaign's launches, in the form that a model is read in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Deed};
use dsl::model::events_of;
use dsl::reply::tokens;
use dsl::scalar::{Share, WaitTime};

use super::model::{Written, WrittenHabit, WrittenOnce};
use crate::revision::Revision;
use crate::store::{self, Happening, KeptReply, MessageState, ReplyMeaning, Went};

/// Replies alike that make a word. What fewer people wrote is theirs alone, and a model is a file that others read.
const ALIKE: u64 = 3;
/// Words of a message at most, the most frequent.
const WORDS: usize = 30;
/// What stands for all replies that are no word. No campaign waits for it.
const OTHERS: &str = "something else";

/// What was counted.
#[derive(Debug)]
pub struct Fit<'a> {
    campaign: &'a Campaign,
    /// Of the campaign, in the same order.
    messages: Vec<Counts>,
    arrived: u64,
    /// Texts that certainly did not arrive.
    failed: u64,
    /// Until receipts came.
    receipts: Vec<Duration>,
    /// People who got a text, once for each launch; counted where the campaign asks for events.
    people: u64,
    /// By the event's name, how long after the first text it happened, each person's first.
    events: BTreeMap<String, Vec<Duration>>,
}

#[derive(Debug, Clone, Default)]
struct Counts {
    texts: u64,
    /// Texts that were answered by something else than STOP.
    replies: u64,
    opt_outs: u64,
    /// Replies that nothing took.
    free: u64,
    /// Until people wrote.
    after: Vec<Duration>,
    /// By their tokens: a spelling, and how often.
    words: BTreeMap<Vec<String>, (String, u64)>,
}

/// A launch that is counted: what its people wrote, and what they had got by then.
#[derive(Debug)]
pub struct OfLaunch {
    /// The message of each instruction, as the campaign has it now; none: it has it no more.
    of_step: Vec<Option<usize>>,
    /// By number: of words that are spelt in several ways the first is shown.
    replies: BTreeMap<u64, Vec<KeptReply>>,
    /// Texts to people who wrote: when, and which.
    sent: HashMap<u64, Vec<(DateTime<Utc>, usize)>>,
    /// When each person got the first text; of campaigns that ask for events.
    first: HashMap<u64, DateTime<Utc>>,
}

impl<'a> Fit<'a> {
    /// Nothing is counted yet.
    pub fn new(campaign: &'a Campaign) -> Fit<'a> {
        Fit {
            messages: vec![Counts::default(); campaign.messages.len()],
            campaign,
            arrived: 0,
            failed: 0,
            receipts: vec![],
            people: 0,
            events: events_of(campaign)
                .into_iter()
                .map(|name| (name, vec![]))
                .collect(),
        }
    }

    /// Whether the campaign asks for events, so that those of its people are to be counted.
    pub fn asks_for_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Begins with a launch, which ran on a revision; `replies`: what was written to it.
    pub fn launch(&self, revision: &Revision, replies: impl IntoIterator<Item = KeptReply>) -> OfLaunch {
        let then = &revision.campaign;
        let now = |name: &String| {
            self.campaign
                .messages
                .iter()
                .position(|message| message.name == *name)
        };
        let of_step = |deed: &Deed| match deed {
            Deed::Send(send) => now(&then.messages[send.message].name),
            _ => None,
        };
        let mut by_phone: BTreeMap<u64, Vec<KeptReply>> = BTreeMap::new();
        for reply in replies {
            by_phone.entry(reply.phone.as_u64()).or_default().push(reply);
        }
        OfLaunch {
            of_step: then
                .program
                .instructions
                .iter()
                .map(|step| of_step(&step.deed))
                .collect(),
            replies: by_phone,
            sent: HashMap::new(),
            first: HashMap::new(),
        }
    }

    /// Counts a text.
    pub fn text(&mut self, launch: &mut OfLaunch, text: &Went) {
        let Some(Some(message)) = launch.of_step.get(usize::from(text.step)).copied() else {
            return;
        };
        self.messages[message].texts += 1;
        match text.state {
            MessageState::Delivered => {
                self.arrived += 1;
                self.receipts.push(text.after);
            }
            MessageState::Expired | MessageState::Undelivered => self.failed += 1,
            MessageState::Accepted
            | MessageState::Attempting
            | MessageState::Unknown
            | MessageState::Rejected => {}
        }
        if self.asks_for_events() {
            let first = launch.first.entry(text.phone).or_insert(text.sent_at);
            *first = text.sent_at.min(*first);
        }
        if launch.replies.contains_key(&text.phone) {
            launch
                .sent
                .entry(text.phone)
                .or_default()
                .push((text.sent_at, message));
        }
    }

    /// Counts what was written and what happened, in order, once all texts of a launch are.
    pub fn replies(&mut self, launch: OfLaunch, happened: &[Happening]) {
        let OfLaunch {
            replies,
            mut sent,
            first,
            ..
        } = launch;
        self.happened(&first, happened);
        for (phone, mut written) in replies {
            let Some(texts) = sent.get_mut(&phone) else {
                continue;
            };
            texts.sort_unstable();
            written.sort_by_key(|reply| (reply.received_at, reply.id));
            // A text is answered once, however much is written about it.
            let mut answered = None;
            for reply in &written {
                let at = reply.received_at;
                // A reply may be faster than the record of what it answers.
                let before = texts
                    .partition_point(|(sent_at, _)| *sent_at <= at)
                    .saturating_sub(1);
                let (sent_at, message) = texts[before];
                let is_first = answered.replace(before) != Some(before);
                let after = (at - sent_at).to_std().unwrap_or_default();
                self.messages[message].reply(reply, is_first, after);
            }
        }
    }

    /// Counts the first event of each name that happened to a person after their first text.
    fn happened(&mut self, first: &HashMap<u64, DateTime<Utc>>, happened: &[Happening]) {
        self.people += first.len() as u64;
        let mut seen: BTreeSet<(&str, u64)> = BTreeSet::new();
        for happening in happened {
            let store::Happened::Event(name) = &happening.what else {
                continue;
            };
            let phone = happening.phone.as_u64();
            let (Some(times), Some(first)) = (self.events.get_mut(name), first.get(&phone)) else {
                continue;
            };
            if let Ok(after) = (happening.at - *first).to_std()
                && seen.insert((name, phone))
            {
                times.push(after);
            }
        }
    }

    /// Texts that were counted.
    pub fn texts(&self) -> u64 {
        self.messages.iter().map(|counts| counts.texts).sum()
    }

    /// The model, as YAML without a word on where it comes from.
    pub fn yaml(&self) -> String {
        serde_yaml::to_string(&self.written()).expect("plain types are YAML")
    }

    /// The model, as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self.written()).expect("plain types are JSON")
    }

    fn written(&self) -> Written {
        let known = self.arrived + self.failed;
        let names = self.campaign.messages.iter().map(|message| &message.name);
        let of_texts = names.zip(&self.messages).filter(|(_, counts)| counts.texts > 0);
        Written {
            delivered: (known > 0).then(|| share(self.arrived, known)),
            receipts_after: median(&self.receipts),
            messages: of_texts
                .map(|(name, counts)| (name.clone(), counts.written()))
                .collect(),
            events: self
                .events
                .iter()
                .filter_map(|(name, times)| {
                    let once = WrittenOnce {
                        share: share(times.len() as u64, self.people),
                        after: median(times),
                        fields: BTreeMap::new(),
                    };
                    (!times.is_empty()).then(|| (name.clone(), once))
                })
                .collect(),
            ..Written::default()
        }
    }
}

impl Counts {
    fn reply(&mut self, reply: &KeptReply, is_first: bool, after: Duration) {
        match reply.meaning {
            ReplyMeaning::OptIn | ReplyMeaning::Reaction(_) | ReplyMeaning::Automatic => return,
            ReplyMeaning::OptOut => self.opt_outs += u64::from(is_first),
            ReplyMeaning::Answer
            | ReplyMeaning::Help
            | ReplyMeaning::Other
            | ReplyMeaning::ContainsOptOut => {
                self.replies += u64::from(is_first);
                self.free += u64::from(is_first && reply.meaning != ReplyMeaning::Answer);
                if is_first {
                    let word = self.words.entry(tokens(&reply.text));
                    word.or_insert_with(|| (reply.text.trim().to_owned(), 0)).1 += 1;
                }
            }
        }
        if is_first {
            self.after.push(after);
        }
    }

    fn written(&self) -> WrittenHabit {
        let words = self.words();
        let free = (self.replies > 0 && words.is_empty()).then(|| share(self.free, self.replies));
        WrittenHabit {
            replies: Some(share(self.replies, self.texts)),
            opt_outs: Some(share(self.opt_outs, self.texts)),
            free,
            after: median(&self.after),
            words,
        }
    }

    /// What several people wrote, and one word for all else. Empty where no word is.
    fn words(&self) -> BTreeMap<String, u32> {
        let alike = self
            .words
            .iter()
            .filter(|(tokens, (_, n))| *n >= ALIKE && !tokens.is_empty());
        let mut words: Vec<&(String, u64)> = alike.map(|(_, word)| word).collect();
        words.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        words.truncate(WORDS);
        let of_words: u64 = words.iter().map(|(_, n)| n).sum();
        let others = (self.replies > of_words).then(|| (OTHERS.to_owned(), self.replies - of_words));
        let weight = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        match words.is_empty() {
            true => BTreeMap::new(),
            false => words
                .into_iter()
                .cloned()
                .chain(others)
                .map(|(word, n)| (word, weight(n)))
                .collect(),
        }
    }
}

/// A share, to a hundredth of a per cent.
fn share(n: u64, of: u64) -> String {
    let share = n as f64 / of.max(1) as f64;
    Share((share * 10_000.0).round() / 10_000.0).to_string()
}

/// Half of them are at most this; none where there are none.
fn median(times: &[Duration]) -> Option<String> {
    let mut times = times.to_vec();
    let middle = times.len() / 2;
    let (_, middle, _) = (!times.is_empty()).then(|| times.select_nth_unstable(middle))?;
    // A model has no time below a second.
    let whole = (*middle + Duration::from_millis(500)).as_secs().max(1);
    let whole = TimeDelta::from_std(Duration::from_secs(whole)).ok()?;
    Some(WaitTime::Elapsed(whole).to_string())
}

#[cfg(test)]
mod tests;
