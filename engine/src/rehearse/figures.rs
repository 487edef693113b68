//! What a rehearsal comes to, counted as it goes: by hour and sender, by step, by reason, by variant.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use dsl::campaign::{Address, Campaign, Deed};
use serde::Serialize;
use sms::PhoneNumber;

use super::Halted;
use crate::left_out::LeftOut;
use crate::tariff::{Money, Tariff, cost};

/// What would happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rehearsal {
    /// The campaign's name.
    pub campaign: String,
    /// Of the chance in it.
    pub seed: u64,
    /// When it begins.
    pub begins_at: DateTime<Utc>,
    /// When the first text goes; none where none does.
    pub first_text_at: Option<DateTime<Utc>>,
    /// When the last text of a step goes.
    pub last_text_at: Option<DateTime<Utc>>,
    /// When the last passage ends.
    pub ends_at: DateTime<Utc>,
    /// Who enters.
    pub people: u64,
    /// All texts, parts, replies.
    pub total: Count,
    /// What they cost.
    pub money: Money,
    /// Parts of which no price is known.
    pub unpriced_parts: u64,
    /// By hour and sender, in order; hours without anything are not there.
    pub hours: Vec<Hour>,
    /// The texts of the program, in order.
    pub steps: Vec<Step>,
    /// How often a text had to wait, by why.
    pub deferred: Deferred,
    /// People of the plan whom the trigger's `where` or the day of their column keeps from entering, by the code of the reason.
    pub not_entered: BTreeMap<String, u64>,
    /// People who left before the end without their next text, by the code of the reason.
    pub left_out: BTreeMap<String, u64>,
    /// Texts and steps that were passed over, by the code of the reason.
    pub skipped: BTreeMap<String, u64>,
    /// Passages that came to their end, by its reason; the plain end is "".
    pub finished: BTreeMap<String, u64>,
    /// People who wait for a text that the budget does not reach for.
    pub held_by_budget: u64,
    /// That a share of `limits.halt` was passed; none: it goes to its end.
    pub halted: Option<Halted>,
    /// The goal by variant; empty where the campaign has no goal.
    pub conversion: Vec<Conversion>,
    /// The senders, by name.
    pub senders: Vec<SenderPeak>,
    /// Every text, in the order in which they go; empty where they are not kept.
    #[serde(skip)]
    pub texts: Vec<Text>,
}

/// A text that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// When.
    pub at: DateTime<Utc>,
    /// To whom.
    pub to: PhoneNumber,
    /// What it says.
    pub text: String,
}

/// What goes and comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Texts of steps.
    pub texts: u64,
    /// Texts that answer a reply.
    pub answers: u64,
    /// Of both.
    pub parts: u64,
    /// Texts of steps that arrive.
    pub delivered: u64,
    /// Texts of steps that do not.
    pub undelivered: u64,
    /// Replies, opt-outs among them.
    pub replies: u64,
    /// Those that go to people.
    pub desk: u64,
    /// Those that are answered or understood by themselves.
    pub automatic: u64,
    /// People who opt out.
    pub opt_outs: u64,
}

/// One hour of one sender.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hour {
    /// When it begins, in whole hours of UTC.
    pub at: DateTime<Utc>,
    /// The sender's name.
    pub sender: String,
    /// What goes and comes in it.
    #[serde(flatten)]
    pub count: Count,
    /// What its parts cost.
    pub money: Money,
}

/// A text of the program.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Step {
    /// The step.
    pub step: String,
    /// The message's name.
    pub message: String,
    /// Texts.
    pub texts: u64,
    /// Their parts.
    pub parts: u64,
    /// The first; none where none goes.
    pub first_at: Option<DateTime<Utc>>,
    /// The last.
    pub last_at: Option<DateTime<Utc>>,
    /// How often one had to wait.
    pub deferred: Deferred,
    /// Those passed over, and people who left here, by the code of the reason.
    pub without: BTreeMap<String, u64>,
}

/// Texts that had to wait, by why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Deferred {
    /// Until its hours: quiet hours, the window, weekdays.
    pub hours: u64,
    /// Since the person had as many as may be.
    pub frequency: u64,
    /// Longer than a second for the rate.
    pub rate: u64,
    /// For the next month, since the budget of this one was used up.
    pub budget: u64,
}

/// The goal among those who got a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversion {
    /// None where everybody gets the same.
    pub variant: Option<String>,
    /// People who got a text.
    pub texted: u64,
    /// Of them, who reached the goal.
    pub reached: u64,
}

/// The most that waited for a sender.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SenderPeak {
    /// Its name.
    pub sender: String,
    /// Texts and answers that were due and had not gone.
    pub peak_queue: u64,
    /// When that was; none where nobody waited.
    pub at: Option<DateTime<Utc>>,
}

/// The counts as they grow.
pub(super) struct Figures {
    hours: BTreeMap<(i64, u8), Counted>,
    /// The hour that was counted last: nearly always the next one too.
    last: Option<((i64, u8), Counted)>,
    pub steps: BTreeMap<Address, Step>,
    pub not_entered: BTreeMap<LeftOut, u64>,
    pub left_out: BTreeMap<LeftOut, u64>,
    pub skipped: BTreeMap<LeftOut, u64>,
    pub finished: BTreeMap<String, u64>,
    pub held: u64,
    pub variants: BTreeMap<String, (u64, u64)>,
    pub ends_at: DateTime<Utc>,
    pub texts: Vec<Text>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub count: Count,
    pub by_tariff: BTreeMap<Option<u8>, u64>,
}

impl Figures {
    pub fn of(campaign: &Campaign, begins_at: DateTime<Utc>) -> Figures {
        let steps = campaign.program.all_sends().map(|(at, message)| {
            let step = Step {
                step: campaign.program.at(at).step.clone(),
                message: campaign.messages[message].name.clone(),
                ..Step::default()
            };
            (at, step)
        });
        Figures {
            hours: BTreeMap::new(),
            last: None,
            steps: steps.collect(),
            not_entered: BTreeMap::new(),
            left_out: BTreeMap::new(),
            skipped: BTreeMap::new(),
            finished: BTreeMap::new(),
            held: 0,
            variants: BTreeMap::new(),
            ends_at: begins_at,
            texts: vec![],
        }
    }

    /// The hour of a sender.
    pub fn hour(&mut self, at: DateTime<Utc>, sender: u8) -> &mut Counted {
        let key = (at.timestamp().div_euclid(3_600), sender);
        let is_last = self.last.as_ref().is_some_and(|(last, _)| *last == key);
        if !is_last {
            self.put_back();
            self.last = Some((key, self.hours.remove(&key).unwrap_or_default()));
        }
        &mut self.last.as_mut().expect("it was just put there").1
    }

    fn put_back(&mut self) {
        if let Some((key, counted)) = self.last.take() {
            self.hours.insert(key, counted);
        }
    }

    pub fn sent(&mut self, step: Address, parts: u32, at: DateTime<Utc>) {
        let Some(step) = self.steps.get_mut(&step) else {
            return;
        };
        step.texts += 1;
        step.parts += u64::from(parts);
        step.first_at.get_or_insert(at);
        step.last_at = Some(at);
    }

    /// A text that answers a reply goes: the rule that it is of has a step too.
    pub fn answered(&mut self, campaign: &Campaign, message: usize, parts: u32, at: DateTime<Utc>) {
        let rules = rules_at(campaign);
        let mut sends = campaign.program.all_sends();
        let of_rule = sends.find(|(at, sent)| *at >= rules && *sent == message);
        if let Some((step, _)) = of_rule {
            self.sent(step, parts, at);
        }
    }

    /// A text or a step is passed over, or somebody leaves there.
    pub fn without(&mut self, campaign: &Campaign, at: Address, reason: &LeftOut, leaves: bool) {
        let all = if leaves {
            &mut self.left_out
        } else {
            &mut self.skipped
        };
        *all.entry(reason.clone()).or_default() += 1;
        for (_, step) in self.steps.range_mut(passed_over(campaign, at)) {
            *step.without.entry(reason.code()).or_default() += 1;
        }
    }

    /// What it comes to.
    pub fn rehearsal(
        mut self,
        (campaign, seed): (&Campaign, u64),
        begins_at: DateTime<Utc>,
        people: u64,
        (senders, tariffs): (Vec<SenderPeak>, &[Tariff]),
    ) -> Rehearsal {
        self.put_back();
        // What the project's rules send is told where they did.
        let own = campaign.program.own_instructions().len();
        self.steps
            .retain(|at, step| usize::from(*at) < own || step.texts > 0);
        let mut total = Counted::default();
        let mut hours = vec![];
        for ((hour, sender), counted) in self.hours {
            total.add(&counted);
            hours.push(Hour {
                at: DateTime::from_timestamp(hour * 3_600, 0).unwrap_or_default(),
                sender: senders[usize::from(sender)].sender.clone(),
                money: priced(&counted, tariffs).0,
                count: counted.count,
            });
        }
        let (money, unpriced_parts) = priced(&total, tariffs);
        let mut deferred = Deferred::default();
        for step in self.steps.values() {
            deferred.hours += step.deferred.hours;
            deferred.frequency += step.deferred.frequency;
            deferred.rate += step.deferred.rate;
            deferred.budget += step.deferred.budget;
        }
        let by_code = |reasons: BTreeMap<LeftOut, u64>| {
            let codes = reasons.into_iter().map(|(reason, n)| (reason.code(), n));
            codes.collect()
        };
        let conversion = self.variants.into_iter().filter(|_| campaign.goal.is_some());
        let of_steps = || self.steps.range(..rules_at(campaign)).map(|(_, step)| step);
        let first_text_at = of_steps().filter_map(|step| step.first_at).min();
        let last_text_at = of_steps().filter_map(|step| step.last_at).max();
        Rehearsal {
            campaign: campaign.name.clone(),
            seed,
            begins_at,
            first_text_at,
            last_text_at,
            ends_at: self.ends_at,
            people: people - self.not_entered.values().sum::<u64>(),
            total: total.count,
            money,
            unpriced_parts,
            hours,
            steps: self.steps.into_values().collect(),
            deferred,
            not_entered: by_code(self.not_entered),
            left_out: by_code(self.left_out),
            skipped: by_code(self.skipped),
            finished: self.finished,
            held_by_budget: self.held,
            halted: None,
            conversion: conversion
                .map(|(variant, (texted, reached))| Conversion {
                    variant: Some(variant).filter(|name| !name.is_empty()),
                    texted,
                    reached,
                })
                .collect(),
            senders,
            texts: self.texts,
        }
    }
}

/// The instructions that are passed over where one is: behind a condition or a moment that was past lies what it leads to.
fn passed_over(campaign: &Campaign, at: Address) -> Range<Address> {
    let end = match &campaign.program.at(at).deed {
        Deed::Check { otherwise, .. } => *otherwise,
        Deed::Wait { too_late, .. } => *too_late,
        _ => at + 1,
    };
    // A round may lead back.
    at..end.max(at + 1)
}

/// Where what the rules do begins: it stands behind the steps.
fn rules_at(campaign: &Campaign) -> Address {
    let rules = campaign.program.rules.iter().map(|rule| rule.then);
    rules.min().unwrap_or(Address::MAX)
}

/// What parts cost, and those without a price.
fn priced(counted: &Counted, tariffs: &[Tariff]) -> (Money, u64) {
    let (mut money, unpriced) = cost(&counted.by_tariff, tariffs);
    money.values_mut().for_each(|sum| *sum = sum.normalize());
    (money, unpriced)
}

impl Counted {
    fn add(&mut self, other: &Counted) {
        let (into, from) = (&mut self.count, &other.count);
        into.texts += from.texts;
        into.answers += from.answers;
        into.parts += from.parts;
        into.delivered += from.delivered;
        into.undelivered += from.undelivered;
        into.replies += from.replies;
        into.desk += from.desk;
        into.automatic += from.automatic;
        into.opt_outs += from.opt_outs;
        for (tariff, parts) in &other.by_tariff {
            *self.by_tariff.entry(*tariff).or_default() += parts;
        }
    }
}
