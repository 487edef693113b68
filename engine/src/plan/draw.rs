//! Who is drawn by a hash: a share of people, or so many of them. A number can only be drawn when everybody is known, so the
//! lists are read once before, and of that reading only the lowest hashes stay: 16 bytes for each of the number.

use std::collections::BinaryHeap;

use dsl::campaign::{Amount, Audience};
use dsl::scalar::Share;
use sms::PhoneNumber;

use crate::draw::{fraction, hash};
use crate::left_out::LeftOut;

const SAMPLE: &str = "sample";
const HOLDOUT: &str = "holdout";
const CONTROL_GROUP: &str = "control group";

/// Why a share leaves somebody out; numbers are drawn once everybody is known.
pub(crate) fn by_share(audience: &Audience, campaign: &str, phone: PhoneNumber) -> Option<LeftOut> {
    let drawn = |salt, amount: Option<Amount>| match amount {
        Some(Amount::Share(share)) => Some(fraction(hash(salt, campaign, phone)) < share.0),
        Some(Amount::People(_)) | None => None,
    };
    // The same people for every campaign, so that nothing of it goes into their hash.
    let in_control_group = |share: Share| fraction(hash(CONTROL_GROUP, "", phone)) < share.0;
    if audience.control_group.is_some_and(in_control_group) {
        return Some(LeftOut::ControlGroup);
    }
    if drawn(SAMPLE, audience.sample) == Some(false) {
        return Some(LeftOut::NotSampled);
    }
    (drawn(HOLDOUT, audience.holdout) == Some(true)).then_some(LeftOut::HeldOut)
}

/// Where a plan stands with its numbers.
#[derive(Debug, Default)]
pub(super) enum Draw {
    /// No number is asked for.
    #[default]
    Everybody,
    /// Everybody who would be texted is noted, and nobody planned.
    Noting(Box<Noted>),
    /// It is known who is drawn.
    Drawn(Drawn),
}

/// A person with the hash: lower ones are drawn first.
type Ticket = (u64, PhoneNumber);

/// The lowest tickets of all that were noted.
#[derive(Debug)]
pub(super) struct Noted {
    campaign: String,
    sample: Option<Lowest>,
    /// How many of those in `sample` are asked for: it holds more, since some of them may be held out.
    sampled: usize,
    holdout: Option<Lowest>,
}

/// The highest ticket that is drawn. Nobody is drawn where there is none.
#[derive(Debug)]
pub(super) struct Drawn {
    campaign: String,
    sample: Option<Option<Ticket>>,
    holdout: Option<Option<Ticket>>,
}

impl Noted {
    /// None where the audience asks for no number.
    pub(super) fn begin(audience: &Audience, campaign: &str) -> Option<Noted> {
        let people = |amount: Option<Amount>| match amount {
            Some(Amount::People(n)) => Some(n as usize),
            Some(Amount::Share(_)) | None => None,
        };
        let (sample, holdout) = (people(audience.sample), people(audience.holdout));
        (sample.is_some() || holdout.is_some()).then(|| Noted {
            campaign: campaign.to_owned(),
            sample: sample.map(|n| Lowest::new(n.saturating_add(holdout.unwrap_or(0)))),
            sampled: sample.unwrap_or(0),
            holdout: holdout.map(Lowest::new),
        })
    }

    /// Notes somebody who would be texted; each once.
    pub(super) fn note(&mut self, phone: PhoneNumber) {
        for (salt, lowest) in [(SAMPLE, &mut self.sample), (HOLDOUT, &mut self.holdout)] {
            if let Some(lowest) = lowest {
                lowest.push((hash(salt, &self.campaign, phone), phone));
            }
        }
    }

    /// Draws: first who is held out, then the sample among the others, so that exactly so many are texted.
    pub(super) fn draw(self) -> Drawn {
        let holdout = self.holdout.map(|held| held.heap.peek().copied());
        let mut drawn = Drawn {
            campaign: self.campaign,
            sample: None,
            holdout,
        };
        if let Some(sample) = self.sample {
            let stays = |(_, phone): &Ticket| !drawn.is_held(*phone);
            let tickets = sample.heap.into_sorted_vec();
            drawn.sample = Some(tickets.into_iter().filter(stays).take(self.sampled).last());
        }
        drawn
    }
}

impl Drawn {
    /// Why somebody who would be texted is not.
    pub(super) fn leaves_out(&self, phone: PhoneNumber) -> Option<LeftOut> {
        if self.is_held(phone) {
            return Some(LeftOut::HeldOut);
        }
        let ticket = || (hash(SAMPLE, &self.campaign, phone), phone);
        let out = self
            .sample
            .is_some_and(|last| last.is_none_or(|last| ticket() > last));
        out.then_some(LeftOut::NotSampled)
    }

    fn is_held(&self, phone: PhoneNumber) -> bool {
        let ticket = || (hash(HOLDOUT, &self.campaign, phone), phone);
        self.holdout.flatten().is_some_and(|last| ticket() <= last)
    }
}

/// So many of the lowest tickets.
#[derive(Debug)]
struct Lowest {
    most: usize,
    heap: BinaryHeap<Ticket>,
}

impl Lowest {
    fn new(most: usize) -> Lowest {
        Lowest {
            most,
            heap: BinaryHeap::new(),
        }
    }

    fn push(&mut self, ticket: Ticket) {
        if self.heap.len() < self.most {
            self.heap.push(ticket);
        } else if let Some(mut highest) = self.heap.peek_mut()
            && ticket < *highest
        {
            *highest = ticket;
        }
    }
}
