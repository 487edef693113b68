//! What a campaign asks of the store about its people: what it does not ask for is not read.

use std::collections::BTreeSet;

use dsl::campaign::program::Test;
use dsl::campaign::{Campaign, Deed, Purpose};
use dsl::condition::{Condition, Happening};

/// What is to be known of people before `advance` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    /// Their tags.
    pub tags: bool,
    /// The values that steps set.
    pub values: bool,
    /// Their latest reply of this launch.
    pub reply: bool,
    /// Which messages of this launch are delivered.
    pub delivered: bool,
    /// Which of these campaigns they answered.
    pub answered: BTreeSet<String>,
    /// When these campaigns texted them.
    pub received: BTreeSet<String>,
    /// When marketing went to them.
    pub marketing: bool,
    /// Whether the goal is reached, and when the first text went.
    pub goal: bool,
}

impl Asks {
    /// Of a campaign.
    pub fn of(campaign: &Campaign) -> Asks {
        let mut asks = Asks {
            marketing: campaign.purpose == Purpose::Marketing && !campaign.pace.frequency.is_empty(),
            goal: campaign.goal.is_some(),
            values: campaign.fields.iter().any(|field| field.set_by_steps),
            ..Asks::default()
        };
        campaign.exits.iter().for_each(|(_, exit)| asks.condition(exit));
        campaign.goal.iter().for_each(|goal| asks.condition(&goal.when));
        for instruction in &campaign.program.instructions {
            asks.deed(&instruction.deed);
        }
        campaign
            .program
            .rules
            .iter()
            .for_each(|rule| asks.test(&rule.test));
        asks
    }

    /// Whether anything is asked.
    pub fn any(&self) -> bool {
        *self != Asks::default()
    }

    fn deed(&mut self, deed: &Deed) {
        match deed {
            Deed::Listen(listen) => {
                self.values |= listen.save.is_some();
                listen.answers.iter().for_each(|rule| self.test(&rule.test));
            }
            Deed::Await { what, .. } => self.condition(what),
            Deed::Check { when, unless, .. } => {
                when.iter()
                    .chain(unless)
                    .for_each(|condition| self.condition(condition));
            }
            Deed::Choose { ways, .. } => ways.iter().for_each(|(condition, _)| self.condition(condition)),
            Deed::Round { until, .. } => until.iter().for_each(|condition| self.condition(condition)),
            Deed::Set(_) => self.values = true,
            Deed::Call(call) => self.values |= call.save.is_some(),
            Deed::Send(_)
            | Deed::Wait { .. }
            | Deed::Arrive(_)
            | Deed::Open
            | Deed::Close
            | Deed::Split { .. }
            | Deed::Tag(_)
            | Deed::Untag(_)
            | Deed::Join(_)
            | Deed::Leave(_)
            | Deed::Forward(_)
            | Deed::Notify { .. }
            | Deed::Start(_)
            | Deed::Repeat { .. }
            | Deed::Again { .. }
            | Deed::Goto(_)
            | Deed::Return
            | Deed::Finish(_) => {}
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::When(condition) => self.condition(condition),
            Test::Reply(_) | Test::Otherwise => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        self.tags |= condition.asks_for_tags();
        self.reply |= condition.asks_for_reply();
        for happening in condition.happenings() {
            match happening {
                Happening::Delivered(_) => self.delivered = true,
                Happening::Replied => self.reply = true,
                Happening::Answered(campaign) => {
                    self.answered.insert(campaign.clone());
                }
                Happening::Received(campaign, _) => {
                    self.received.insert(campaign.clone());
                }
                // Nothing of this version clicks, and no events come.
                Happening::Clicked(_) | Happening::Event(_) => {}
            }
        }
    }
}
