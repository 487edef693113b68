//! What the store knows of numbers that an audience asks for, read once before a plan is made: who has a tag, who answered a
//! campaign, whom one texted. A row is then looked up, and asks no store.

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

/// The answers: of whom each is so, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreFacts(Vec<(Question, Vec<u64>)>);

impl StoreFacts {
    /// Adds an answer: numbers in any order.
    pub fn add(&mut self, question: Question, mut phones: Vec<u64>) {
        phones.sort_unstable();
        phones.dedup();
        self.0.push((question, phones));
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
        let answer = self.0.iter().find(|(question, _)| asked(question));
        answer.is_some_and(|(_, phones)| phones.binary_search(&phone.as_u64()).is_ok())
    }
}
