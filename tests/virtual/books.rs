//! What all carriers of a story saw, in the order in which it happened: what the store is judged by.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use engine::ids::MessageId;
use engine::provider::Submission;
use server::carrier::ledger::Fate;
use sms::PhoneNumber;

/// Shared by all carriers of a story and by whoever judges it.
#[derive(Clone, Default)]
pub struct Books(Arc<Mutex<Pages>>);

/// What stands in them. Times are since the story began.
#[derive(Default)]
pub struct Pages {
    /// Processes so far.
    pub life: usize,
    /// Texts in the order in which they were handed to an account, whether they arrived or not.
    pub handed: Vec<Handed>,
    /// Texts in the order in which they arrived.
    pub arrived: Vec<Arrived>,
    /// Texts of people, when a poll brought them: process, time, number, text.
    pub heard: Vec<(usize, Duration, PhoneNumber, String)>,
    /// How often an account was asked whether it has a message.
    pub asked: BTreeMap<MessageId, usize>,
    /// What else happened.
    pub events: Vec<String>,
    /// Whether each text is an event.
    pub verbose: bool,
}

/// A text that was handed to an account.
#[derive(Debug, Clone)]
pub struct Handed {
    pub life: usize,
    pub at: Duration,
    pub account: usize,
    pub message: MessageId,
    pub to: PhoneNumber,
    pub sender: String,
    pub text: String,
    pub parts: u32,
}

/// A text that came to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    pub at: Duration,
    pub account: usize,
    pub message: MessageId,
    pub to: PhoneNumber,
    pub text: String,
    pub parts: u32,
    pub fate: Fate,
}

impl Books {
    /// Opens them.
    pub fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().expect("no holder of the lock panics")
    }

    /// Notes what happened.
    pub fn note(&self, at: Duration, what: &str) {
        let mut pages = self.open();
        let life = pages.life;
        pages.events.push(format!("{at:>16.6?} [{life}] {what}"));
    }

    /// Notes it where every text is noted.
    pub fn detail(&self, at: Duration, what: impl FnOnce() -> String) {
        if self.open().verbose {
            self.note(at, &what());
        }
    }

    /// An account is asked whether it has these.
    pub fn ask(&self, messages: &[MessageId]) {
        let mut pages = self.open();
        for message in messages {
            *pages.asked.entry(*message).or_default() += 1;
        }
    }

    /// A text is handed to an account.
    pub fn hand(&self, at: Duration, account: usize, message: MessageId, text: &Submission) {
        self.detail(at, || {
            format!(
                "{message} to {} handed to {account}: {}",
                text.to.as_u64(),
                text.text
            )
        });
        let mut pages = self.open();
        let life = pages.life;
        pages.handed.push(Handed {
            life,
            at,
            account,
            message,
            to: text.to,
            sender: text.sender.clone(),
            text: text.text.clone(),
            parts: text.parts,
        });
    }
}
