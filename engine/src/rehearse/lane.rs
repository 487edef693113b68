//! What waits for a sender: answers to replies before bulk, each in the order in which it came due.

use std::collections::VecDeque;
use std::time::Duration;

use dsl::campaign::Campaign;
use dsl::project::{Project, Sender};

use super::checks::Checks;
use crate::advance::AnswerOf;
use crate::throttle::Buckets;

/// Members of a window at most, as when a launch is executed.
pub(super) const WINDOW: usize = 500;
/// People who are asked at once where none of them takes of the rate.
const STRETCH: usize = 4_096;

/// One sender.
pub(super) struct Lane {
    pub sender: String,
    /// Replies to it reach us.
    pub receives: bool,
    /// The rates that hold for it.
    pub rates: Vec<String>,
    pub answers: VecDeque<Answer>,
    /// Texts of steps that answer a reply.
    pub replies: VecDeque<Queued>,
    pub bulk: VecDeque<Queued>,
    /// How many people are asked at once.
    pub ahead: usize,
    pub peak: usize,
    pub peak_at: Option<Duration>,
}

/// A text that answers a reply.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub person: u32,
    pub parts: u32,
    pub of: AnswerOf,
    /// It asks again: people answer it as they answer the question.
    pub asks: bool,
    /// What it says, where texts are kept.
    pub text: Option<Box<str>>,
}

/// Somebody whose text is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Queued {
    pub person: u32,
    /// The person's departures then; others are known to be stale by it.
    pub departure: u32,
    /// The text answers a reply.
    pub answers: bool,
}

impl Lane {
    pub fn is_empty(&self) -> bool {
        self.waiting() == 0
    }

    fn waiting(&self) -> usize {
        self.answers.len() + self.replies.len() + self.bulk.len()
    }

    /// Behind those who wait already.
    pub fn push(&mut self, queued: Queued) {
        self.queue(queued).push_back(queued);
    }

    /// Before those who wait.
    pub fn put_back(&mut self, queued: Queued) {
        self.queue(queued).push_front(queued);
    }

    /// Whose turn it is: answers before bulk.
    pub fn pop(&mut self) -> Option<Queued> {
        self.replies.pop_front().or_else(|| self.bulk.pop_front())
    }

    fn queue(&mut self, queued: Queued) -> &mut VecDeque<Queued> {
        match queued.answers {
            true => &mut self.replies,
            false => &mut self.bulk,
        }
    }

    /// Notes how many wait.
    pub fn note(&mut self, at: Duration) {
        let waiting = self.waiting();
        if waiting > self.peak {
            self.peak = waiting;
            self.peak_at = Some(at);
        }
    }

    /// The window that was asked took nothing of the rate: the next may be longer, since it goes at the same instant.
    pub fn stretch(&mut self, took_nothing: bool, window: usize) {
        self.ahead = match took_nothing {
            true => (self.ahead * 2).min(STRETCH),
            false => window,
        };
    }
}

/// The senders that a campaign uses, its own first, and their rates.
pub(super) fn lanes(campaign: &Campaign, project: &Project, checks: &mut Checks) -> (Vec<Lane>, Buckets) {
    let mut names: Vec<String> = campaign.senders().into_iter().map(str::to_owned).collect();
    // A place in the list is one byte.
    names.truncate(usize::from(u8::MAX));
    let mut buckets = Buckets::default();
    let mut limit = |name: String, rate: Option<dsl::scalar::Rate>| {
        if let Some(rate) = rate {
            buckets.add(name.clone(), rate.per_second);
            checks.limit(&name, rate);
        }
        name
    };
    let own = limit("the campaign".to_owned(), campaign.limits.rate);
    let mut lanes = vec![];
    for name in names {
        let sender: Option<&Sender> = project.senders.get(&name);
        let provider = sender.map(|sender| sender.provider.clone()).unwrap_or_default();
        let account = project
            .providers
            .get(&provider)
            .and_then(|provider| provider.rate());
        let rates = vec![
            limit(format!("sender {name}"), sender.and_then(|sender| sender.rate)),
            limit(format!("provider {provider}"), account),
            own.clone(),
        ];
        lanes.push(Lane {
            receives: sender.is_none_or(|sender| sender.receives),
            sender: name,
            rates,
            answers: VecDeque::new(),
            replies: VecDeque::new(),
            bulk: VecDeque::new(),
            ahead: WINDOW,
            peak: 0,
            peak_at: None,
        });
    }
    (lanes, buckets)
}
