//! The budget of a launch: what a window would cost is reserved with its intent, and what was not taken is released.

use crate::revision::Revision;
use crate::store::{ClaimedCohort, CohortKind, LaunchRow};

use crate::advance::{NOTHING, text_for};
use crate::member::Doubt;
use crate::tariff::millionths;
use dsl::campaign::Deed;

/// What is left of a launch's budget, in millionths of its currency.
pub(super) struct Budget {
    limit: i64,
    reserved: i64,
    /// Of a part, by tariff.
    prices: Vec<i64>,
    /// Somebody's text did not fit: nobody else is asked until something is released.
    pub exhausted: bool,
}

impl Budget {
    /// Of a launch that has one.
    pub fn of(launch: &LaunchRow) -> Option<Budget> {
        Some(Budget {
            limit: launch.budget?,
            reserved: launch.reserved,
            prices: launch
                .tariffs
                .iter()
                .map(|tariff| millionths(tariff.price))
                .collect(),
            exhausted: false,
        })
    }

    /// What an intent reserves for a member: 0 where nothing would be submitted, and where what an earlier submit reserved
    /// stands, because at most one of them is taken.
    pub fn cost(&self, revision: &Revision, cohort: &ClaimedCohort, index: usize) -> i64 {
        match cohort.members[index].doubt() {
            Doubt::None | Doubt::Resent => self.price(revision, cohort, index),
            Doubt::LookUp | Doubt::Refused => 0,
        }
    }

    /// What the step of a cohort costs for one of its members. Answers to replies are owed, and cost nothing here.
    pub fn price(&self, revision: &Revision, cohort: &ClaimedCohort, index: usize) -> i64 {
        let member = &cohort.members[index];
        if cohort.departed.contains(&index) || cohort.kind == CohortKind::Answer {
            return 0;
        }
        let price = member
            .tariff
            .and_then(|tariff| self.prices.get(usize::from(tariff)));
        let parts = match &revision.campaign.program.at(cohort.place.step).deed {
            Deed::Send(send) => {
                text_for(revision, send.message, member, &NOTHING).map_or(0, |(_, parts)| parts)
            }
            _ => 0,
        };
        price.copied().unwrap_or(0).saturating_mul(i64::from(parts))
    }

    /// Whether so much more fits. What costs nothing does, also where the budget was lowered since.
    pub fn fits(&self, cost: i64) -> bool {
        cost == 0 || self.reserved.saturating_add(cost) <= self.limit
    }

    /// Takes so much.
    pub fn reserve(&mut self, cost: i64) {
        self.reserved = self.reserved.saturating_add(cost);
    }

    /// Gives so much back; whether others may go again with that.
    pub fn release(&mut self, cost: i64) -> bool {
        self.reserved = self.reserved.saturating_sub(cost).max(0);
        cost > 0 && std::mem::take(&mut self.exhausted)
    }
}
