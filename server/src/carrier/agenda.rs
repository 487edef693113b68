//! The receipts and replies to come: planned, then due, then acknowledged. What becomes due is numbered, and a mark is
//! such a number; so a text that is taken later never gets before a mark that was given out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use engine::provider::carrier::wire::InboundPage;
use engine::provider::{Inbound, ReceiptStatus, TextPart};
use sms::PhoneNumber;

use super::planned::{Planned, What, words};

/// Numbers of one run of the carrier; a mark of an earlier run is below all of them and acknowledges nothing.
const A_RUN: u64 = 1 << 32;

/// Of a text, something to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Coming {
    /// In Unix milliseconds.
    due: i64,
    /// The text's number among those that were taken.
    text: u64,
    /// Which of what is said of it.
    index: u16,
    what: What,
    /// The reply, where a switch says it, among the words.
    reply: u32,
}

/// Of whom something is still to come. Goes with the last acknowledgement.
struct Open {
    reference: Box<str>,
    to: PhoneNumber,
    sender: u32,
    left: u16,
}

/// A text that was taken.
pub(super) struct Taken<'a> {
    pub reference: &'a str,
    pub to: PhoneNumber,
    pub sender: &'a str,
    pub at: DateTime<Utc>,
}

/// What is to come, of all texts.
#[derive(Default)]
pub(super) struct Agenda {
    coming: BinaryHeap<Reverse<Coming>>,
    due: VecDeque<Coming>,
    /// The number of the last one that was acknowledged; those due follow on it.
    mark: u64,
    open: HashMap<u64, Open>,
    words: Words,
    texts: u64,
    acknowledged: u64,
}

/// How much is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub pending: u64,
    pub acknowledged: u64,
}

impl Agenda {
    /// Adds what will be said of a text.
    pub(super) fn add(&mut self, taken: &Taken, planned: &[Planned], reply_text: &str) {
        let items = self.items(taken, planned, reply_text);
        self.coming.extend(items.into_iter().map(Reverse));
    }

    fn items(&mut self, taken: &Taken, planned: &[Planned], reply_text: &str) -> Vec<Coming> {
        let text = self.texts;
        self.texts += 1;
        if planned.is_empty() {
            return vec![];
        }
        let open = Open {
            reference: taken.reference.into(),
            to: taken.to,
            sender: self.words.number(taken.sender),
            left: u16::try_from(planned.len()).unwrap_or(u16::MAX),
        };
        self.open.insert(text, open);
        let reply = self.words.number(reply_text);
        let coming = |(index, (after, what)): (u16, &Planned)| Coming {
            due: taken
                .at
                .timestamp_millis()
                .saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            text,
            index,
            what: *what,
            reply,
        };
        (0..).zip(planned).map(coming).collect()
    }

    /// What is due, at most so much, and when the next is.
    pub(super) fn page(&mut self, limit: usize, now: DateTime<Utc>) -> InboundPage {
        let now = now.timestamp_millis();
        while let Some(Reverse(next)) = self.coming.peek()
            && next.due <= now
            && let Some(Reverse(next)) = self.coming.pop()
        {
            self.due.push_back(next);
        }
        let count = limit.min(self.due.len());
        let inbound = self.due.iter().take(count).map(|item| self.said(item)).collect();
        let next = self.coming.peek().map(|Reverse(next)| next.due);
        let next_in_ms = match next {
            _ if self.due.len() > count => Some(0),
            Some(due) => Some(due.abs_diff(now)),
            None => None,
        };
        InboundPage {
            mark: self.mark + u64::try_from(count).unwrap_or(0),
            inbound,
            next_in_ms,
        }
    }

    /// The client keeps everything up to a mark; gives what that is.
    pub(super) fn acknowledge(&mut self, mark: u64) -> Vec<(u64, u16)> {
        let mut kept = vec![];
        while self.mark < mark
            && let Some(item) = self.due.pop_front()
        {
            self.mark += 1;
            self.close(item.text);
            kept.push((item.text, item.index));
        }
        kept
    }

    fn close(&mut self, text: u64) {
        self.acknowledged += 1;
        if let Some(open) = self.open.get_mut(&text) {
            open.left -= 1;
            if open.left == 0 {
                self.open.remove(&text);
            }
        }
    }

    fn said(&self, item: &Coming) -> Inbound {
        let open = self
            .open
            .get(&item.text)
            .expect("a text is open until all of it is acknowledged");
        let receipt = |status, reason: Option<&str>| Inbound::Receipt {
            reference: open.reference.to_string(),
            status,
            reason: reason.map(str::to_owned),
        };
        match item.what {
            What::Accepted => receipt(ReceiptStatus::Accepted, None),
            What::Delivered => receipt(ReceiptStatus::Delivered, None),
            What::Undelivered => receipt(ReceiptStatus::Undelivered, Some("not delivered")),
            What::Expired => receipt(ReceiptStatus::Expired, Some("given up in time")),
            What::Orphan => Inbound::Receipt {
                reference: format!("orphan-{}", item.text),
                status: ReceiptStatus::Delivered,
                reason: None,
            },
            What::Reply(which) => Inbound::Text {
                id: format!("reply-{}", open.reference),
                from: open.to,
                sender: self.words.word(open.sender).to_owned(),
                text: words(self.words.word(item.reply), which).to_owned(),
                part: None,
            },
            What::Part(which, part) => {
                let parts = sms::parts::split(words(self.words.word(item.reply), which));
                let text = parts.texts.get(usize::from(part)).copied().unwrap_or_default();
                Inbound::Text {
                    id: format!("reply-{}-{}", open.reference, part + 1),
                    from: open.to,
                    sender: self.words.word(open.sender).to_owned(),
                    text: text.to_owned(),
                    part: Some(TextPart {
                        // As telephones do, it begins anew after so many.
                        reference: (item.text & 0xffff) as u16,
                        index: part + 1,
                        of: u8::try_from(parts.texts.len()).unwrap_or(u8::MAX),
                    }),
                }
            }
        }
    }

    /// How much is to come.
    pub(super) fn count(&self) -> Count {
        Count {
            pending: u64::try_from(self.coming.len() + self.due.len()).unwrap_or(u64::MAX),
            acknowledged: self.acknowledged,
        }
    }
}

/// The agenda of an earlier run, from its ledger.
#[derive(Default)]
pub(super) struct Replay {
    agenda: Agenda,
    coming: HashMap<(u64, u16), Coming>,
}

impl Replay {
    /// As [`Agenda::add`].
    pub(super) fn add(&mut self, taken: &Taken, planned: &[Planned], reply_text: &str) {
        let items = self.agenda.items(taken, planned, reply_text);
        self.coming
            .extend(items.into_iter().map(|item| ((item.text, item.index), item)));
    }

    /// These were acknowledged.
    pub(super) fn acknowledge(&mut self, kept: &[(u64, u16)]) {
        for item in kept {
            if self.coming.remove(item).is_some() {
                self.agenda.close(item.0);
            }
        }
    }

    /// What is still to come, in the run of this number.
    pub(super) fn agenda(mut self, run: u64) -> Agenda {
        self.agenda.mark = run * A_RUN;
        self.agenda.coming = self.coming.into_values().map(Reverse).collect();
        self.agenda
    }
}

/// Words that come again and again, by number: names of senders, and replies that a switch says.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Words {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).expect("memory holds fewer than four billion words");
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    fn word(&self, number: u32) -> &str {
        &self.words[usize::try_from(number).expect("it was an index")]
    }
}
