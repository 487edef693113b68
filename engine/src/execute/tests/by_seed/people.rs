//! What people do about a text, and what happens to them: as a rehearsal draws it, so that all clocks have it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use sms::PhoneNumber;

use super::super::world::{Doing, event, phone};
use super::chance::Chance;
use super::{Life, PEOPLE, Tale, VISITS, visits};
use crate::draw;
use crate::rehearse::{self, Happened, Model, Once};
use crate::revision::Revision;
use crate::store::{self, NewHappening};

/// People with a memory of the texts that they got.
pub struct People {
    seed: u64,
    life: Life,
    revision: Arc<Revision>,
    model: Arc<Model>,
    is_keyed: bool,
    /// Texts to each so far, passage by passage.
    texts: BTreeMap<(u64, u64), u16>,
}

impl People {
    pub fn of(tale: &Tale) -> People {
        People {
            seed: tale.seed,
            life: tale.life,
            revision: tale.revision.clone(),
            model: tale.model.clone(),
            is_keyed: tale.is_keyed,
            texts: BTreeMap::new(),
        }
    }

    /// About the next text to somebody.
    pub fn get(&mut self, phone: PhoneNumber, text: &str, at: DateTime<Utc>) -> Doing {
        let visit = self.visit_of(text);
        let nth = self.texts.entry((phone.as_u64(), visit)).or_default();
        let seed = rehearse::seed_of(self.seed, visit);
        let draws = draw::four(seed, phone, *nth);
        let is_first = *nth == 0;
        *nth += 1;
        Doing {
            said: self.say(draws, text, at),
            arrived_at: drawn(at, self.model.receipts_after, draws[2]),
            happens: match (self.life, is_first) {
                (Life::Modelled, true) => self.causes((phone, visit), at),
                (Life::Modelled, false) | (Life::Wild, _) => vec![],
            },
        }
    }

    /// Which passage a text is of.
    fn visit_of(&self, text: &str) -> u64 {
        let word = text.split(' ').nth(1).filter(|_| self.is_keyed);
        let number = word.and_then(|word| word.strip_prefix('v')?.parse().ok());
        number.unwrap_or(0)
    }

    /// Rules answer, and nobody answers them.
    fn say(&self, draws: [u64; 4], text: &str, at: DateTime<Utc>) -> Option<(DateTime<Utc>, String)> {
        let name = message_of(text);
        let messages = &self.revision.campaign.messages;
        let message = messages.iter().position(|message| message.name == name)?;
        let habit = Some(&self.model.messages[message]).filter(|_| !name.starts_with('r'))?;
        let said = match habit.writes(draws)? {
            true => "STOP",
            false => habit.word(draws)?,
        };
        Some((drawn(at, habit.after, draws[1]), said.to_owned()))
    }

    /// What an event carries that is of one passage.
    fn key(&self, visit: u64) -> Vec<(String, String)> {
        let own = ("visit".to_owned(), format!("v{visit}"));
        Vec::from_iter(self.is_keyed.then_some(own))
    }

    /// What happens once to somebody who got a first text.
    fn causes(&self, (phone, visit): (PhoneNumber, u64), at: DateTime<Utc>) -> Vec<NewHappening> {
        let all = self.model.once.iter().zip(0..);
        let one = |(once, nth): (&Once, u16)| {
            let draws = Once::draws(rehearse::seed_of(self.seed, visit), phone, nth);
            let Happened::Event(name) = &once.what else {
                return None;
            };
            once.happens(draws).then(|| NewHappening {
                what: store::Happened::Event(name.clone()),
                phone,
                fields: [once.carried(draws), self.key(visit)].concat(),
                at: drawn(at, once.after, draws[1]),
                once: None,
            })
        };
        all.filter_map(one).collect()
    }
}

/// The name of a message, with which all of these texts begin.
pub fn message_of(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// Some time after the second of an instant.
fn drawn(at: DateTime<Utc>, median: f64, hash: u64) -> DateTime<Utc> {
    let delay = TimeDelta::from_std(rehearse::delay(median, hash)).expect("a time");
    whole_second(at) + round_up(delay)
}

pub fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_nanosecond(0).expect("every second begins")
}

fn round_up(time: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(time.num_seconds() + i64::from(time.subsec_nanos() > 0))
}

/// What happens outside by itself.
pub fn happenings(tale: &Tale) -> Vec<NewHappening> {
    match tale.life {
        Life::Modelled => arrivals(tale),
        Life::Wild => wild(tale),
    }
}

/// Each comes once, at the rate of the model; by a key as often as there are rows.
fn arrivals(tale: &Tale) -> Vec<NewHappening> {
    let is_of_it = |n: &u64| !tale.is_drawn_out(phone(*n).parse().expect("a number"));
    let people: Vec<u64> = (0..PEOPLE)
        .filter(is_of_it)
        .filter(|_| tale.begins.is_of_one())
        .collect();
    let visits_of = |n: u64| if tale.is_keyed { visits(n) } else { 1 };
    let rows: u64 = people.iter().map(|n| visits_of(*n)).sum();
    let rows = u32::try_from(rows).expect("few");
    let one = |(n, visit): (u64, u64)| {
        let key = format!("v{visit}");
        let own = [("visit", key.as_str())];
        let mut one = event(0, "began", n, &own[..usize::from(tale.is_keyed)]);
        let rate = tale.model.arrivals;
        one.at += rate.map_or_else(TimeDelta::zero, |rate| {
            let seed = rehearse::seed_of(tale.seed, visit);
            round_up(rehearse::arrives_after(seed, one.phone, rows, rate))
        });
        one
    };
    let all = people
        .into_iter()
        .flat_map(|n| (0..visits_of(n)).map(move |visit| (n, visit)));
    all.map(one).collect()
}

/// Whatever may happen, between the seconds at which people write.
fn wild(tale: &Tale) -> Vec<NewHappening> {
    let mut chance = Chance::of(tale.seed ^ 0x00ff_00ff);
    let several = (0..PEOPLE).flat_map(|n| [n; 3]);
    let mut happenings: Vec<NewHappening> = several.map(|n| something(&mut chance, n)).collect();
    // Each enters a few times, as far as that is let.
    let begins = (0..PEOPLE)
        .filter(|_| tale.begins.is_of_one())
        .flat_map(|n| [n; 4]);
    happenings.extend(begins.map(|n| beginning(&mut chance, n)));
    // What has no key is of all passages. No two of one person begin in the same minute, in which their waits would end.
    let mut begun = 0;
    for happening in happenings.iter_mut().filter(|_| tale.is_keyed) {
        let begins = happening.what.name() == "began";
        if begins {
            let minute = happening.at.timestamp().div_euclid(60);
            happening.at += TimeDelta::minutes(begun % 4 - minute.rem_euclid(4));
            begun += 1;
        }
        if begins || chance.one_in(2) {
            let visit = format!("v{}", chance.below(VISITS));
            happening.fields.push(("visit".to_owned(), visit));
        }
    }
    happenings
}

fn something(chance: &mut Chance, n: u64) -> NewHappening {
    let fields: &[(&str, &str)] = match chance.below(4) {
        0 => &[("city", "Oslo")],
        1 => &[("city", "Rome"), ("note", "none")],
        2 => &[("starts", "2026-11-28")],
        _ => &[],
    };
    let seconds = i64::try_from(chance.below(5 * 86_400)).expect("small");
    let name = chance.pick(&["ordered", "paid"]);
    between_seconds(event(seconds, name, n, fields))
}

fn beginning(chance: &mut Chance, n: u64) -> NewHappening {
    let seconds = i64::try_from(chance.below(9 * 86_400)).expect("small");
    let fields: &[(&str, &str)] = match chance.below(3) {
        0 => &[("city", "Bern")],
        1 => &[("city", "Lima")],
        _ => &[],
    };
    between_seconds(event(seconds, "began", n, fields))
}

fn between_seconds(mut happening: NewHappening) -> NewHappening {
    happening.at += TimeDelta::milliseconds(300);
    happening
}
