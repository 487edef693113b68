//! Budgets: what a window would cost is reserved with its intent, and what was not taken is released. A budget is a launch's
//! own, or that of a month, which the launches of a campaign share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::Executor;
use crate::advance::{NOTHING, text_for};
use crate::calendar::Month;
use crate::ids::LaunchId;
use crate::member::Doubt;
use crate::revision::Revision;
use crate::store::{
    Alarm, BudgetChange, ClaimedCohort, CohortKind, LaunchRow, MessageState, MonthOf, Store, StoreError,
    launch_subject,
};
use crate::tariff::millionths;
use dsl::campaign::Deed;

/// What there is to spend, in millionths of its currency.
struct Purse {
    limit: i64,
    reserved: i64,
    /// The month that `reserved` is of; none where it is a launch's own.
    month: Option<Month>,
    /// Somebody's text did not fit: nobody else is asked until something is released, or the month is over.
    exhausted: bool,
}

/// The budget of a launch.
pub(super) struct Budget {
    purse: Arc<Mutex<Purse>>,
    campaign: String,
    zone: Tz,
    /// Of a part, by tariff.
    prices: Vec<i64>,
}

impl Budget {
    /// Of a launch that has one. `others`: those of launches that are executed with it.
    pub async fn of<'a>(
        launch: &LaunchRow,
        zone: Tz,
        store: &Store,
        now: DateTime<Utc>,
        mut others: impl Iterator<Item = &'a Budget>,
    ) -> Result<Option<Budget>, StoreError> {
        let Some(limit) = launch.budget else {
            return Ok(None);
        };
        let shared = || others.find(|other| other.campaign == launch.campaign && other.month().is_some());
        let shared = launch.per_month.then(shared).flatten();
        let purse = match shared {
            Some(other) => {
                // What was stated last holds.
                other.purse().limit = limit;
                other.purse.clone()
            }
            None => {
                let month = launch.per_month.then(|| Month::of(now, zone));
                let reserved = match month {
                    Some(month) => store.spent_in(&launch.campaign, month).await?,
                    None => launch.reserved,
                };
                Arc::new(Mutex::new(Purse {
                    limit,
                    reserved,
                    month,
                    exhausted: false,
                }))
            }
        };
        Ok(Some(Budget {
            purse,
            campaign: launch.campaign.clone(),
            zone,
            prices: launch
                .tariffs
                .iter()
                .map(|tariff| millionths(tariff.price))
                .collect(),
        }))
    }

    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.purse.lock().expect("no holder of the lock panics")
    }

    /// The month that is being spent; none where the budget is the launch's own.
    fn month(&self) -> Option<Month> {
        self.purse().month
    }

    /// Somebody's text did not fit.
    pub fn is_exhausted(&self) -> bool {
        self.purse().exhausted
    }

    /// When there is more to spend without anybody doing anything about it; none where there is enough, or never.
    pub fn more_at(&self) -> Option<DateTime<Utc>> {
        let purse = self.purse();
        let month = purse.month.filter(|_| purse.exhausted)?;
        Some(month.ends_at(self.zone))
    }

    /// Begins the month that it is; whether others may go again with that.
    fn turn(&self, now: DateTime<Utc>) -> bool {
        let mut purse = self.purse();
        let month = Month::of(now, self.zone);
        if purse.month.is_none_or(|of| of >= month) {
            return false;
        }
        (purse.month, purse.reserved) = (Some(month), 0);
        std::mem::take(&mut purse.exhausted)
    }

    /// What an intent reserves for a member: 0 where nothing would be submitted, as of a doubt that a receipt settled, and
    /// where what an earlier submit reserved stands, because at most one of them is taken.
    pub fn cost(&self, revision: &Revision, cohort: &ClaimedCohort, index: usize) -> i64 {
        let known = cohort.known.get(&index);
        if known.is_some_and(|known| known.state >= MessageState::Accepted) {
            return 0;
        }
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

    /// What a look-up that found nothing gives back of such a price. Of a month nothing: the text may have been reserved in
    /// the one before.
    pub fn after_look_up(&self, price: i64) -> i64 {
        match self.month() {
            None => price,
            Some(_) => 0,
        }
    }

    /// Takes so much, where it fits: else nobody else is asked. What costs nothing fits always, also where the budget was
    /// lowered since.
    pub fn reserve(&self, cost: i64) -> bool {
        let mut purse = self.purse();
        let fits = cost == 0 || purse.reserved.saturating_add(cost) <= purse.limit;
        match fits {
            true => purse.reserved = purse.reserved.saturating_add(cost),
            false => purse.exhausted = true,
        }
        fits
    }

    /// Gives back what was reserved at a time; whether others may go again with that.
    fn release(&self, cost: i64, reserved_at: DateTime<Utc>) -> bool {
        let mut purse = self.purse();
        let of_before = purse
            .month
            .is_some_and(|month| month != Month::of(reserved_at, self.zone));
        if cost == 0 || of_before {
            return false;
        }
        purse.reserved = purse.reserved.saturating_sub(cost).max(0);
        std::mem::take(&mut purse.exhausted)
    }

    /// What a record says of it: what was reserved, or released, of that time.
    pub fn change(&self, launch: LaunchId, at: DateTime<Utc>) -> BudgetChange {
        let month = self.month().map(|_| MonthOf {
            campaign: self.campaign.clone(),
            month: Month::of(at, self.zone),
        });
        BudgetChange {
            launch,
            month,
            reserved: 0,
            released: 0,
        }
    }
}

impl Executor {
    /// Gives back what was reserved of a launch at a time, and what a record says of that.
    pub(super) fn release(
        &mut self,
        launch: LaunchId,
        released: i64,
        reserved_at: DateTime<Utc>,
    ) -> Option<BudgetChange> {
        let budget = self.of(launch).budget.as_ref().filter(|_| released > 0)?;
        let change = BudgetChange {
            released,
            ..budget.change(launch, reserved_at)
        };
        if budget.release(released, reserved_at) {
            self.more_to_spend(launch);
        }
        Some(change)
    }

    /// Those who waited for it are asked again: of a launch, and of the others of its campaign that share the budget.
    fn more_to_spend(&mut self, launch: LaunchId) -> Vec<LaunchId> {
        let Some(budget) = &self.of(launch).budget else {
            return vec![];
        };
        let purse = budget.purse.clone();
        let shares = |own: &Budget| Arc::ptr_eq(&own.purse, &purse);
        let sharing = self.launches.iter();
        let sharing = sharing.filter(|(_, launched)| launched.budget.as_ref().is_some_and(shares));
        let sharing: Vec<LaunchId> = sharing.map(|(id, _)| *id).collect();
        for id in &sharing {
            self.released(*id);
        }
        sharing
    }

    /// Where a month is over, there is as much to spend as the next one has.
    pub(super) fn turn_months(&mut self) {
        let now = self.clock.now();
        let budgets = self.launches.iter();
        let budgets = budgets.filter_map(|(id, launched)| Some((*id, launched.budget.as_ref()?)));
        let turned: BTreeMap<LaunchId, bool> = budgets.map(|(id, budget)| (id, budget.turn(now))).collect();
        for (id, _) in turned.into_iter().filter(|(_, frees)| *frees) {
            for id in self.more_to_spend(id) {
                self.of_mut(id).waits_for_month = false;
                self.clear(launch_subject(id));
            }
        }
    }

    /// Has it stand in the store that a launch waits for the next month.
    pub(super) fn say_waits_for_month(&mut self, launch: LaunchId, more_at: DateTime<Utc>) {
        if std::mem::replace(&mut self.of_mut(launch).waits_for_month, true) {
            return;
        }
        let alarm = Alarm {
            subject: launch_subject(launch),
            reason: "its budget of this month is used up, and who is left waits: raise `limits.budget` to go on before the next"
                .to_owned(),
            since: self.clock.now(),
            retry_at: Some(more_at),
        };
        self.note(alarm);
    }
}
