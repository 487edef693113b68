//! Everybody of a rehearsal in little space: 32 bytes a person beside the columns of the plan. What is known of somebody is
//! put together when it is asked for; only those about whom something was learnt have memory of their own.

use std::sync::Arc;

use dsl::campaign::Purpose;
use dsl::condition::Happening;
use hashbrown::HashMap;
use sms::PhoneNumber;

use super::agenda::{Clock, NEVER, Second};
use crate::advance::{Enrolment, Known, Place, State};
use crate::calendar::TimeClass;
use crate::member::Member;
use crate::plan::Cohorts;
use crate::revision::Revision;

/// Where a person stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub place: Place,
    pub due: Second,
    pub began: Second,
    /// [`NEVER`] until then.
    pub first_sent: Second,
    /// The latest that a reply may be about; [`NEVER`] until there is one.
    pub texted: Second,
    /// Counted so that what was due at an earlier place is known to be stale.
    pub departures: u32,
    /// Texts that went to the person.
    pub texts: u16,
    /// Which sender wrote last.
    pub sender: u8,
    flags: u8,
}

/// A million people are 32 MB.
const _: () = assert!(size_of::<Standing>() == 32);

/// What is said of a person by yes or no.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Flag {
    Ended = 1,
    OptedOut = 2,
    Reached = 4,
    /// The budget does not reach for the next text.
    Held = 8,
    /// Something was learnt about the person.
    Known = 16,
}

impl Standing {
    pub fn is(&self, flag: Flag) -> bool {
        self.flags & flag as u8 != 0
    }

    pub fn set(&mut self, flag: Flag, on: bool) {
        match on {
            true => self.flags |= flag as u8,
            false => self.flags &= !(flag as u8),
        }
    }

    pub fn state(&self) -> State {
        match self.is(Flag::Ended) {
            true => State::Ended,
            false => State::Waiting,
        }
    }
}

/// What the campaign asks about people: only that is kept.
#[derive(Debug)]
pub(super) struct Asks {
    /// Messages whose receipts matter, by index.
    pub delivered: Vec<u16>,
    /// When texts went: for caps, or since a condition asks.
    pub times: bool,
    /// A condition asks when.
    pub received: bool,
    /// A condition asks whether somebody answered this campaign.
    pub answered: bool,
    /// So many times at most are asked about; none: all.
    most_times: Option<usize>,
}

impl Asks {
    pub fn of(revision: &Revision) -> Asks {
        let campaign = &revision.campaign;
        let message = |name: &String| campaign.messages.iter().position(|message| message.name == *name);
        let mut asks = Asks {
            delivered: vec![],
            times: false,
            received: false,
            answered: false,
            most_times: None,
        };
        for happening in campaign.conditions().flat_map(|c| c.happenings()) {
            match happening {
                Happening::Delivered(name) => asks
                    .delivered
                    .extend(message(name).and_then(|at| u16::try_from(at).ok())),
                Happening::Received(name, _) => asks.received |= *name == campaign.name,
                Happening::Answered(name) => asks.answered |= *name == campaign.name,
                Happening::Clicked(_) | Happening::Event(_) | Happening::Replied => {}
            }
        }
        asks.delivered.sort_unstable();
        asks.delivered.dedup();
        let caps = campaign.pace.frequency.iter().map(|cap| cap.most.most);
        let most = caps.max().filter(|_| campaign.purpose == Purpose::Marketing);
        asks.times = asks.received || most.is_some();
        if !asks.received {
            asks.most_times = most.and_then(|most| usize::try_from(most).ok());
        }
        asks
    }
}

/// When a text went, and whether it counts as marketing.
pub(super) type Went = (Second, bool);

/// Everybody.
pub(super) struct Crowd {
    runs: Vec<Cohorts>,
    /// Where each run begins.
    starts: Vec<u32>,
    classes: Vec<TimeClass>,
    class_of: Vec<u16>,
    pub standing: Vec<Standing>,
    /// Empty where nobody asks.
    times: Vec<Vec<Went>>,
    most_times: Option<usize>,
    /// A bit for each of [`Asks::delivered`]; empty where nobody asks.
    delivered: Vec<u64>,
    learnt: HashMap<u32, Box<Known>>,
    /// The other passages of whoever has several.
    others: HashMap<u32, Vec<u32>>,
    /// The passages of whoever has several that texted, by each sender and when last, the last first; by the first of the passages.
    heard: HashMap<u32, Vec<Texted>>,
}

/// A passage that texted by a sender, and when it did so last.
struct Texted {
    person: u32,
    lane: u8,
    at: Second,
}

impl Crowd {
    /// Of the cohorts of a plan.
    pub fn of(runs: Vec<Cohorts>, asks: &Asks, several_each: bool) -> Crowd {
        let (mut starts, mut all) = (vec![], 0);
        let (mut classes, mut names, mut class_of) = (vec![], Vec::<Arc<str>>::new(), vec![]);
        for run in &runs {
            starts.push(all);
            for nth in 0..run.people() {
                let name = run.time_class(nth);
                let at = names.iter().rposition(|known| known == name).unwrap_or_else(|| {
                    names.push(name.clone());
                    classes.push(TimeClass::parse(name).unwrap_or(TimeClass::from(chrono_tz::Tz::UTC)));
                    names.len() - 1
                });
                class_of.push(u16::try_from(at).unwrap_or(u16::MAX));
                all += 1;
            }
        }
        let begin = Standing {
            place: Place::START,
            due: NEVER,
            began: NEVER,
            first_sent: NEVER,
            texted: NEVER,
            departures: 0,
            texts: 0,
            sender: 0,
            flags: 0,
        };
        let people = class_of.len();
        let times = match asks.times {
            true => vec![vec![]; people],
            false => vec![],
        };
        let delivered = match asks.delivered.is_empty() {
            true => vec![],
            false => vec![0; people],
        };
        let others = match several_each {
            true => others(&runs),
            false => HashMap::new(),
        };
        Crowd {
            others,
            heard: HashMap::new(),
            runs,
            starts,
            classes,
            class_of,
            standing: vec![begin; people],
            times,
            most_times: asks.most_times,
            delivered,
            learnt: HashMap::new(),
        }
    }

    /// The other passages of the same person, in order.
    pub fn others(&self, person: u32) -> &[u32] {
        match self.others.is_empty() {
            true => &[],
            false => self.others.get(&person).map_or(&[], Vec::as_slice),
        }
    }

    /// Which of the passages of the same person it is, from 0.
    pub fn nth_of(&self, person: u32) -> usize {
        self.others(person)
            .iter()
            .filter(|other| **other < person)
            .count()
    }

    /// The first passage of the same person.
    pub fn first_of(&self, person: u32) -> u32 {
        self.others(person)
            .first()
            .map_or(person, |first| person.min(*first))
    }

    /// A text went in a passage that a reply may be about.
    pub fn texted(&mut self, person: u32, lane: u8, at: Second) {
        self.at_mut(person).texted = at;
        if !self.others(person).is_empty() {
            let heard = self.heard.entry(self.first_of(person)).or_default();
            heard.retain(|other| (other.person, other.lane) != (person, lane));
            heard.insert(0, Texted { person, lane, at });
        }
    }

    /// The passages of a person that texted by the sender to whom a reply goes: the last first, and when.
    pub fn heard(&self, person: u32, lane: u8) -> Vec<(u32, Second)> {
        if self.others(person).is_empty() {
            return vec![(person, self.at(person).texted)];
        }
        let all = self
            .heard
            .get(&self.first_of(person))
            .map_or(&[][..], Vec::as_slice);
        let own = all.iter().filter(|texted| texted.lane == lane);
        own.map(|texted| (texted.person, texted.at)).collect()
    }

    /// How many, each known by a number below.
    pub fn len(&self) -> u32 {
        u32::try_from(self.standing.len()).unwrap_or(u32::MAX)
    }

    pub fn member(&self, person: u32) -> Member {
        let (run, nth) = self.row(person);
        run.member(nth)
    }

    pub fn phone(&self, person: u32) -> PhoneNumber {
        let (run, nth) = self.row(person);
        run.phone(nth)
    }

    /// Where a person stands, as `advance` asks.
    pub fn enrolment<'a>(&self, person: u32, member: &'a Member, clock: Clock) -> Enrolment<'a> {
        let standing = self.at(person);
        Enrolment {
            member,
            place: standing.place,
            state: standing.state(),
            due_at: clock.at(standing.due),
        }
    }

    pub fn tariff(&self, person: u32) -> Option<u8> {
        let (run, nth) = self.row(person);
        run.tariff(nth)
    }

    pub fn class(&self, person: u32) -> &TimeClass {
        &self.classes[self.class_index(person)]
    }

    /// Which of the zones that people have; the same for all of the same zones.
    pub fn class_index(&self, person: u32) -> usize {
        usize::from(self.class_of[index(person)])
    }

    pub fn at(&self, person: u32) -> &Standing {
        &self.standing[index(person)]
    }

    pub fn at_mut(&mut self, person: u32) -> &mut Standing {
        &mut self.standing[index(person)]
    }

    fn row(&self, person: u32) -> (&Cohorts, usize) {
        let run = self.starts.partition_point(|start| *start <= person) - 1;
        (&self.runs[run], index(person - self.starts[run]))
    }

    /// All that is known of a person.
    pub fn known(&self, person: u32, revision: &Revision, asks: &Asks, clock: Clock) -> Known {
        let standing = self.at(person);
        let learnt = standing
            .is(Flag::Known)
            .then(|| self.learnt.get(&person))
            .flatten();
        let mut known = learnt.map_or_else(Known::default, |known| Known::clone(known));
        let instant = |second: Second| (second != NEVER).then(|| clock.at(second));
        known.zones = Some(self.class(person).clone());
        known.began_at = instant(standing.began);
        known.first_sent_at = instant(standing.first_sent);
        known.reached = standing.is(Flag::Reached);
        for (went, counts) in self.times(person) {
            let at = clock.at(*went);
            known.marketing.extend(counts.then_some(at));
            if asks.received {
                known.received.push((revision.campaign.name.clone(), at));
            }
        }
        if let Some(bits) = self.delivered.get(index(person)).filter(|bits| **bits != 0) {
            let messages = asks.delivered.iter().take(64).enumerate();
            let came = messages.filter(|(bit, _)| bits & 1 << bit != 0);
            let names =
                came.map(|(_, message)| revision.campaign.messages[usize::from(*message)].name.clone());
            known.delivered.extend(names);
        }
        known
    }

    /// When texts went to a person, as far as anybody asks.
    pub fn times(&self, person: u32) -> &[Went] {
        self.times.get(index(person)).map_or(&[], Vec::as_slice)
    }

    /// A text went: it counts in every passage of the person.
    pub fn went(&mut self, person: u32, at: Second, counts: bool) {
        for other in self.others(person).to_vec() {
            self.note_went(other, at, counts);
        }
        self.note_went(person, at, counts);
    }

    fn note_went(&mut self, person: u32, at: Second, counts: bool) {
        let most = self.most_times;
        // Where only caps ask, what does not count is not kept.
        if let Some(times) = self
            .times
            .get_mut(index(person))
            .filter(|_| counts || most.is_none())
        {
            times.push((at, counts));
            if most.is_some_and(|most| times.len() > most) {
                times.remove(0);
            }
        }
    }

    /// A message is delivered; `message` is one of [`Asks::delivered`].
    pub fn arrived(&mut self, person: u32, message: u16, asks: &Asks, revision: &Revision) {
        let bit = asks.delivered.iter().position(|asked| *asked == message);
        match bit {
            Some(bit) if bit < 64 => self.delivered[index(person)] |= 1 << bit,
            Some(_) => {
                let name = revision.campaign.messages[usize::from(message)].name.clone();
                self.learn(person).delivered.insert(name);
            }
            None => {}
        }
    }

    /// To note something about a person.
    pub fn learn(&mut self, person: u32) -> &mut Known {
        self.at_mut(person).set(Flag::Known, true);
        self.learnt.entry(person).or_default()
    }
}

/// Of whoever has several passages: each with the others.
fn others(runs: &[Cohorts]) -> HashMap<u32, Vec<u32>> {
    let mut of_phone: HashMap<u64, Vec<u32>> = HashMap::new();
    let phones = runs
        .iter()
        .flat_map(|run| (0..run.people()).map(|nth| run.phone(nth)));
    for (phone, person) in phones.zip(0..) {
        of_phone.entry(phone.as_u64()).or_default().push(person);
    }
    let several = of_phone.into_values().filter(|all| all.len() > 1);
    let each = several.flat_map(|all| {
        let but = |own: u32| {
            all.iter()
                .copied()
                .filter(|other| *other != own)
                .collect::<Vec<_>>()
        };
        all.iter().map(|own| (*own, but(*own))).collect::<Vec<_>>()
    });
    each.collect()
}

fn index(at: u32) -> usize {
    usize::try_from(at).expect("32 bits fit an index")
}
