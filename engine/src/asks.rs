//! What a campaign asks of the store about its people: what it does not ask for is not read.

use std::collections::BTreeSet;

use dsl::campaign::program::Moment;
use dsl::campaign::{Again, Campaign, Deed, Purpose, Schedule};
use dsl::condition::{Condition, Happening};

use crate::schedule;

/// What is to be known of people before `advance` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    /// Their tags.
    pub tags: bool,
    /// The values that steps set. A store asks for them too where anybody has one that the campaign uses.
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
    /// What happened outside: a condition names an event, an event begins it, or a moment follows a field that an event
    /// may change.
    pub events: bool,
    /// Whether they are still inside of an earlier launch when their own begins: its ticks come for the last a day after they do
    /// for the first, who are known then.
    pub inside: bool,
    /// When their passages began: of a launch that people enter one at a time though its campaign has a schedule.
    pub began: bool,
}

impl Asks {
    /// Of a campaign.
    pub fn of(campaign: &Campaign) -> Asks {
        let mut asks = Asks {
            marketing: campaign.purpose == Purpose::Marketing && !campaign.pace.frequency.is_empty(),
            goal: campaign.goal.is_some(),
            values: campaign.fields.iter().any(|field| field.set_by_steps),
            events: matches!(campaign.schedule, Schedule::Trigger(_)),
            inside: again_on_own_clocks(campaign),
            ..Asks::default()
        };
        campaign
            .conditions()
            .for_each(|condition| asks.condition(condition));
        for instruction in &campaign.program.instructions {
            asks.values |= sets_values(&instruction.deed);
            asks.events |= matches!(instruction.deed, Deed::Arrive(Moment::Day { .. }));
        }
        asks
    }

    /// Whether anything is asked.
    pub fn any(&self) -> bool {
        *self != Asks::default()
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
                Happening::Event(_) => self.events = true,
                // Nothing of this version clicks.
                Happening::Clicked(_) => {}
            }
        }
    }
}

/// Whether people enter launches of it more than once, each at a time of their own.
pub(crate) fn again_on_own_clocks(campaign: &Campaign) -> bool {
    schedule::is_on_own_clocks(&campaign.schedule) && campaign.pace.again != Again::Never
}

/// Whether people have other values after it.
fn sets_values(deed: &Deed) -> bool {
    match deed {
        Deed::Listen(listen) => listen.save.is_some(),
        Deed::Call(call) => call.save.is_some(),
        Deed::Set(_) => true,
        Deed::Send(_)
        | Deed::Wait { .. }
        | Deed::Arrive(_)
        | Deed::Open
        | Deed::Close
        | Deed::Await { .. }
        | Deed::Check { .. }
        | Deed::Choose { .. }
        | Deed::Split { .. }
        | Deed::Tag(_)
        | Deed::Untag(_)
        | Deed::Join(_)
        | Deed::Leave(_)
        | Deed::Forward(_)
        | Deed::Notify { .. }
        | Deed::Start(_)
        | Deed::Repeat { .. }
        | Deed::Round { .. }
        | Deed::Again { .. }
        | Deed::Goto(_)
        | Deed::Return
        | Deed::Finish(_) => false,
    }
}
