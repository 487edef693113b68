//! What the store knows of people that a campaign asks for, read once before a plan is made: who has a tag, who answered a
//! campaign, whom one texted; and what steps set, which wins over the columns of a row. A row is then looked up, and asks no
//! store.

use std::collections::HashMap;

use dsl::campaign::Audience;
use dsl::condition::{Condition, Happening};
use sms::PhoneNumber;

/// Something that an audience asks the store for.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Who has this tag.
    Tagged(String),
    /// Of whom this is so: they answered a campaign, or were texted by one.
    Happened(Happening),
}

impl Question {
    /// All that an audience asks, each once.
    pub fn all(audience: &Audience) -> Vec<Question> {
        let mut all: Vec<Question> = vec![];
        let conditions = audience.filter.iter().chain(&audience.leavers);
        for question in conditions.flat_map(Question::of) {
            if !all.contains(&question) {
                all.push(question);
            }
        }
        all
    }

    fn of(condition: &Condition) -> Vec<Question> {
        let tags = condition.tags().unwrap_or_default().into_iter();
        let happenings = condition.happenings().iter().cloned();
        tags.map(Question::Tagged)
            .chain(happenings.map(Question::Happened))
            .collect()
    }
}

/// The answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreFacts {
    /// Of whom each is so, in order.
    answers: Vec<(Question, Vec<u64>)>,
    /// What was set of each field, by number.
    values: HashMap<String, HashMap<u64, Box<str>>>,
}

impl StoreFacts {
    /// Adds an answer: numbers in any order.
    pub fn add(&mut self, question: Question, mut phones: Vec<u64>) {
        phones.sort_unstable();
        phones.dedup();
        self.answers.push((question, phones));
    }

    /// Adds what a step set.
    pub fn set(&mut self, phone: PhoneNumber, field: String, value: String) {
        let people = self.values.entry(field).or_default();
        people.insert(phone.as_u64(), value.into());
    }

    /// What steps set for somebody.
    pub fn value(&self, field: &str, phone: PhoneNumber) -> Option<&str> {
        if self.values.is_empty() {
            return None;
        }
        let people = self.values.get(field)?;
        people.get(&phone.as_u64()).map(|value| &**value)
    }

    /// Whether somebody has a tag.
    pub fn is_tagged(&self, tag: &str, phone: PhoneNumber) -> bool {
        self.has(
            phone,
            |question| matches!(question, Question::Tagged(own) if own == tag),
        )
    }

    /// Whether something happened to somebody.
    pub fn has_happened(&self, what: &Happening, phone: PhoneNumber) -> bool {
        self.has(
            phone,
            |question| matches!(question, Question::Happened(own) if own == what),
        )
    }

    fn has(&self, phone: PhoneNumber, asked: impl Fn(&Question) -> bool) -> bool {
        let answer = self.answers.iter().find(|(question, _)| asked(question));
        answer.is_some_and(|(_, phones)| phones.binary_search(&phone.as_u64()).is_ok())
    }
}
