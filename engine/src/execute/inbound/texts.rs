//! People's texts that wait to be folded, in their order, but for those of people who may have opted out: these go first.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};

use super::Said;
use crate::provider::Inbound;

/// What waits.
#[derive(Default)]
pub(super) struct Texts {
    urgent: VecDeque<Said>,
    others: VecDeque<Said>,
    /// How many of the others each number has.
    waiting: HashMap<u64, u32>,
}

impl Texts {
    /// Adds what was said. Of a number that is urgent by now its earlier texts go first too, before it.
    pub fn push(&mut self, said: Said, is_urgent: impl Fn(u64) -> bool) {
        let (urgent, others) = said.split(|inbound| is_urgent(from(inbound)));
        if let Some(urgent) = urgent {
            for number in urgent.inbound.iter().map(from) {
                self.hurry(number);
            }
            self.urgent.push_back(urgent);
        }
        if let Some(others) = others {
            for number in others.inbound.iter().map(from) {
                *self.waiting.entry(number).or_default() += 1;
            }
            self.others.push_back(others);
        }
    }

    /// The texts of a number that are not urgent become so.
    fn hurry(&mut self, number: u64) {
        if self.waiting.remove(&number).is_none() {
            return;
        }
        for said in std::mem::take(&mut self.others) {
            let (own, rest) = said.split(|inbound| from(inbound) == number);
            self.urgent.extend(own);
            self.others.extend(rest);
        }
    }

    /// The next ones, at most so many.
    pub fn next(&mut self, most: usize) -> Vec<Said> {
        let (mut next, mut left) = (vec![], most);
        while left > 0 {
            let Some(said) = self.urgent.pop_front() else {
                break;
            };
            let (now, later) = said.split_at(left);
            left -= now.as_ref().map_or(0, |said| said.inbound.len());
            next.extend(now);
            later.into_iter().for_each(|said| self.urgent.push_front(said));
        }
        while left > 0 {
            let Some(said) = self.others.pop_front() else {
                break;
            };
            let (now, later) = said.split_at(left);
            for number in now.iter().flat_map(|said| &said.inbound).map(from) {
                self.forget(number);
            }
            left -= now.as_ref().map_or(0, |said| said.inbound.len());
            next.extend(now);
            later.into_iter().for_each(|said| self.others.push_front(said));
        }
        next
    }

    fn forget(&mut self, number: u64) {
        if let Some(waiting) = self.waiting.get_mut(&number) {
            *waiting -= 1;
            if *waiting == 0 {
                self.waiting.remove(&number);
            }
        }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.others.is_empty()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.all().map(|said| said.inbound.len()).sum()
    }

    /// When the first of them came.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.all().map(|said| said.at).min()
    }

    fn all(&self) -> impl Iterator<Item = &Said> {
        self.urgent.iter().chain(&self.others)
    }
}

/// Who wrote; 0: nobody did.
fn from(inbound: &Inbound) -> u64 {
    match inbound {
        Inbound::Text { from, .. } => from.as_u64(),
        Inbound::Receipt { .. } => 0,
    }
}

impl Said {
    /// What holds of it, and the rest; none where that is nothing.
    fn split(mut self, holds: impl Fn(&Inbound) -> bool) -> (Option<Said>, Option<Said>) {
        let inbound = std::mem::take(&mut self.inbound);
        if !inbound.iter().any(&holds) {
            return (None, self.with(inbound));
        }
        let (those, others) = inbound.into_iter().partition(holds);
        (self.with(those), self.with(others))
    }

    /// The first so many, and the rest; none where that is nothing.
    fn split_at(mut self, most: usize) -> (Option<Said>, Option<Said>) {
        let rest = self.inbound.split_off(most.min(self.inbound.len()));
        let rest = self.with(rest);
        (Some(self).filter(|said| !said.inbound.is_empty()), rest)
    }

    fn with(&self, inbound: Vec<Inbound>) -> Option<Said> {
        let said = Said {
            provider: self.provider.clone(),
            inbound,
            ..*self
        };
        Some(said).filter(|said| !said.inbound.is_empty())
    }
}
