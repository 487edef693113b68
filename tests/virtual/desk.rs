//! The carrier behind an account: its core, its ledger in memory, and what is on its way to it although whoever sent it
//! is gone.

use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::provider::carrier::wire::{Submit, Text};
use server::carrier::ledger::{Entries, Entry};
use server::carrier::{Action, Carrier, Switches};

use crate::books::{Arrived, Books};
use crate::carrier::parsed;

/// A carrier.
pub struct Desk {
    index: usize,
    pub carrier: Carrier,
    /// As the file of a real one.
    ledger: String,
    late: Vec<Late>,
    books: Books,
}

/// A request on its way: when it arrives (since the story began, and as an instant), and the texts with their parts.
type Late = (Duration, DateTime<Utc>, Vec<(Text, u32)>);

impl Desk {
    /// Opens.
    pub fn open(index: usize, switches: Switches, now: DateTime<Utc>, books: Books) -> Desk {
        let carrier = Carrier::new(switches);
        Desk {
            index,
            ledger: carrier.start(now),
            carrier,
            late: vec![],
            books,
        }
    }

    /// Texts with their parts arrive.
    pub fn submit(&mut self, texts: &[(Text, u32)], at: Duration, now: DateTime<Utc>) -> Action {
        let messages = texts.iter().map(|(text, _)| text.clone()).collect();
        let reaction = self.carrier.submit(&Submit { messages }, now);
        self.ledger.push_str(&reaction.record);
        let entries = Entries::of(reaction.record.as_bytes());
        let fates = entries.filter_map(|entry| match entry.expect("a ledger") {
            Entry::Text(text) => Some(text.fate),
            Entry::Started(..) | Entry::Switched(..) | Entry::Acknowledged(..) => None,
        });
        for ((text, parts), fate) in texts.iter().zip(fates) {
            self.books
                .detail(at, || format!("{} at {}: {fate:?}", text.reference, self.index));
            let digits = text.to.trim_start_matches('+').parse().expect("digits");
            self.books.open().arrived.push(Arrived {
                at,
                account: self.index,
                message: parsed(&text.reference).expect("a name of ours"),
                to: sms::PhoneNumber::from_u64(digits).expect("a number"),
                text: text.text.clone(),
                parts: *parts,
                fate,
            });
        }
        reaction.action
    }

    /// Texts will arrive, and nobody hears the answer.
    pub fn late(&mut self, at: Duration, now: DateTime<Utc>, texts: Vec<(Text, u32)>) {
        self.late.push((at, now, texts));
        self.late.sort_by_key(|(at, ..)| *at);
    }

    /// What was on its way arrives, if its time has come.
    pub fn catch_up(&mut self, now: Duration) {
        while let Some((at, ..)) = self.late.first()
            && *at <= now
        {
            let (at, then, texts) = self.late.remove(0);
            self.submit(&texts, at, then);
        }
    }

    /// Everything up to a mark is kept by whoever polled.
    pub fn acknowledge(&mut self, mark: u64, now: DateTime<Utc>) {
        let record = self.carrier.acknowledge(mark, now);
        self.ledger.push_str(&record);
    }

    /// Other switches from now on.
    pub fn switch(&mut self, switches: Switches, now: DateTime<Utc>) {
        let record = self.carrier.switch(switches, now);
        self.ledger.push_str(&record);
    }

    /// The carrier ends and begins anew, with what stands in its ledger.
    pub fn restart(&mut self, now: DateTime<Utc>) {
        let entries = Entries::of(self.ledger.as_bytes());
        let switches = self.carrier.switches().clone();
        self.carrier = Carrier::restore(switches, entries).expect("its own ledger");
        self.ledger.push_str(&self.carrier.start(now));
    }

    /// All that was ever submitted, acknowledged and switched.
    pub fn ledger(&self) -> &str {
        &self.ledger
    }
}
