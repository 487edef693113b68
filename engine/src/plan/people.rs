//! The people of a run, in columns: a run holds a million, so nobody has memory of their own. Only what a cohort needs
//! is kept. The values of a person stand in one string of bytes, each as postcard writes a text: its length, then itself.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use sms::PhoneNumber;

use super::COHORT_MEMBERS;
use super::row::PlannedRow;
use crate::entry::Step;
use crate::member::{Encoded, Encoder, Member};

/// People in the order of their rows.
#[derive(Debug, Default)]
pub struct People {
    phones: Vec<PhoneNumber>,
    languages: Vec<u8>,
    tariffs: Vec<Option<u8>>,
    /// Which of `class_names`.
    classes: Vec<u16>,
    class_names: Vec<Arc<str>>,
    steps: Vec<Step>,
    values: Vec<u8>,
    /// Where the values of each person end.
    ends: Vec<usize>,
}

impl People {
    /// How many.
    pub fn len(&self) -> usize {
        self.phones.len()
    }

    /// There is nobody.
    pub fn is_empty(&self) -> bool {
        self.phones.is_empty()
    }

    /// Bytes of all their values.
    pub(super) fn value_bytes(&self) -> usize {
        self.values.len()
    }

    /// Adds a person as planned.
    pub(super) fn push(&mut self, planned: &PlannedRow) {
        let Member {
            phone,
            language,
            tariff,
            values,
            ..
        } = &planned.member;
        for value in values {
            let length = postcard::to_extend(&**value, std::mem::take(&mut self.values));
            self.values = length.expect("a text encodes into memory");
        }
        self.phones.push(*phone);
        self.languages.push(*language);
        self.tariffs.push(*tariff);
        self.ends.push(self.values.len());
        let class = self.class_of(&planned.time_class);
        self.classes.push(class);
        self.steps.push(planned.step);
    }

    fn class_of(&mut self, name: &Arc<str>) -> u16 {
        let at = self.class_names.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| {
            self.class_names.push(name.clone());
            self.class_names.len() - 1
        });
        // There are fewer zones, and as few sets of them in a country.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// The person at `at`.
    pub(super) fn member(&self, at: usize) -> Member {
        Member {
            phone: self.phones[at],
            language: self.languages[at],
            tariff: self.tariffs[at],
            values: self.values(at).map(Box::from).collect(),
            pending: None,
        }
    }

    /// The values of the person at `at`, in the order of the revision's variables.
    fn values(&self, at: usize) -> impl Iterator<Item = &str> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut rest = &self.values[start..self.ends[at]];
        std::iter::from_fn(move || {
            let (value, after) = postcard::take_from_bytes(rest).ok()?;
            rest = after;
            Some(value)
        })
    }
}

/// People of a run, cut into cohorts: sorted by time class, step of the entry, sender (one, until a step names another)
/// and phone.
#[derive(Debug)]
pub struct Cohorts {
    people: People,
    /// Where people stand in `people`, cohort after cohort.
    order: Vec<u32>,
    cohorts: Vec<Range<usize>>,
}

impl Cohorts {
    /// Cuts a run.
    pub fn of(people: People) -> Cohorts {
        // The keys stand side by side while they are sorted: in the columns each look would be far from the last.
        let ranks = ranks(&people.class_names);
        let classes = people.classes.iter().map(|class| ranks[usize::from(*class)]);
        let together = classes.zip(&people.steps).zip(&people.phones);
        let mut keyed: Vec<(u16, Step, PhoneNumber, u32)> = together
            .zip(0..)
            .map(|(((class, step), phone), at)| (class, *step, *phone, at))
            .collect();
        keyed.par_sort_unstable();
        let order: Vec<u32> = keyed.iter().map(|(_, _, _, at)| *at).collect();
        drop(keyed);
        let mut cohorts = vec![];
        let mut start = 0;
        let together = |at: &u32| (people.classes[index(*at)], people.steps[index(*at)]);
        for together in order.chunk_by(|a, b| together(a) == together(b)) {
            let end = start + together.len();
            cohorts.extend(
                (start..end)
                    .step_by(COHORT_MEMBERS)
                    .map(|from| from..end.min(from + COHORT_MEMBERS)),
            );
            start = end;
        }
        Cohorts {
            people,
            order,
            cohorts,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.cohorts.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.cohorts.is_empty()
    }

    /// People of all of them.
    pub fn people(&self) -> usize {
        self.order.len()
    }

    /// The person who is the `nth` of all, from 0, cohort after cohort.
    pub fn member(&self, nth: usize) -> Member {
        self.people.member(index(self.order[nth]))
    }

    /// The number of the `nth` of all.
    pub fn phone(&self, nth: usize) -> PhoneNumber {
        self.people.phones[index(self.order[nth])]
    }

    /// The numbers of all, in order.
    pub fn numbers(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.people.phones.iter().map(|phone| phone.as_u64()).collect();
        numbers.par_sort_unstable();
        numbers
    }

    /// The tariff of the `nth` of all.
    pub fn tariff(&self, nth: usize) -> Option<u8> {
        self.people.tariffs[index(self.order[nth])]
    }

    /// The time class of the `nth` of all.
    pub fn time_class(&self, nth: usize) -> &Arc<str> {
        let class = self.people.classes[index(self.order[nth])];
        &self.people.class_names[usize::from(class)]
    }

    /// Some of them, from 0, each with its time class and step; made on every core.
    pub fn encoded(&self, which: Range<usize>) -> Vec<(Arc<str>, Step, Encoded)> {
        let cohorts = self.cohorts[which].par_iter();
        cohorts
            .map(|range| self.encode(&self.order[range.clone()]))
            .collect()
    }

    fn encode(&self, members: &[u32]) -> (Arc<str>, Step, Encoded) {
        let People {
            phones,
            languages,
            tariffs,
            classes,
            class_names,
            steps,
            ..
        } = &self.people;
        let mut encoder = Encoder::default();
        for at in members.iter().map(|at| index(*at)) {
            encoder.push(phones[at], languages[at], tariffs[at], self.people.values(at));
        }
        let first = members.first().map_or(0, |at| index(*at));
        let class = class_names[usize::from(classes[first])].clone();
        (class, steps[first], encoder.finish())
    }
}

/// For each name, how many come before it.
fn ranks(names: &[Arc<str>]) -> Vec<u16> {
    let before = |name: &Arc<str>| names.iter().filter(|other| *other < name).count();
    let rank = |name| u16::try_from(before(name)).unwrap_or(u16::MAX);
    names.iter().map(rank).collect()
}

fn index(at: u32) -> usize {
    usize::try_from(at).expect("32 bits fit an index")
}
