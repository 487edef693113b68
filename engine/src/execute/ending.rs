//! When a launch is over: nothing of it is under way, and nothing more is waited for. Each ends by itself.

use std::time::Duration;

use super::{End, Executor, Observer, Told};
use crate::ids::LaunchId;
use crate::store::{Alarm, CohortKind, LaunchState, StoreError, launch_subject};

impl Executor {
    /// Ends the launches that are over, and tells of each; whether the execution is over with that.
    pub(super) async fn end_launches(&mut self, observer: &mut Observer<'_>) -> Result<bool, StoreError> {
        let living: Vec<LaunchId> = self.living().collect();
        for id in living {
            if let Some(end) = self.ended(id).await? {
                self.of_mut(id).end = Some(end);
                observer(Told::Ended(id, end));
            }
        }
        self.forget_ended();
        let more = self.feed.is_open() && !self.stopping;
        Ok(!more && self.living().next().is_none() && self.is_quiet())
    }

    /// The launches that have not ended.
    pub(super) fn living(&self) -> impl Iterator<Item = LaunchId> {
        let living = self
            .launches
            .iter()
            .filter(|(_, launched)| launched.end.is_none());
        living.map(|(id, _)| *id)
    }

    /// Nothing at all is under way or on its way.
    fn is_quiet(&self) -> bool {
        self.work.is_empty() && self.windows.is_empty() && self.incoming.is_empty()
    }

    /// Nothing of a launch is under way. Beside others that live it does not wait for what is theirs.
    fn is_quiet_about(&self, id: LaunchId) -> bool {
        let alone = self.living().all(|living| living == id);
        if alone {
            return self.is_quiet();
        }
        // The record of another may be about to give it an intent.
        let intended = self.lanes.values().any(|lane| lane.is_in_window(id));
        self.of(id).under_way == 0 && !intended && self.windows.values().all(|window| window.launch != id)
    }

    /// Whether any of its cohorts is in hand.
    fn holds(&self, id: LaunchId) -> bool {
        self.lanes.values().any(|lane| lane.holds(id))
    }

    /// How a launch ended, if it is over; one of which nothing is left is done then.
    async fn ended(&mut self, id: LaunchId) -> Result<Option<End>, StoreError> {
        if !self.is_quiet_about(id) {
            return Ok(None);
        }
        let launched = self.of(id);
        let running = launched.state == LaunchState::Running;
        let cancelled = launched.state == LaunchState::Cancelled;
        let halted = launched.state == LaunchState::Halted;
        // Of a month's budget there is more to come.
        let over_budget = launched.is_over_budget() && launched.more_at().is_none();
        let has_move = self.lanes.values().any(|lane| self.wants(lane, id));
        if let Some(more_at) = launched.more_at().filter(|_| !self.stopping && !has_move) {
            self.say_waits_for_month(id, more_at);
            return Ok(None);
        }
        // Nothing may be due or under way while it is watched.
        let waits = running && self.ears.values().any(|ear| ear.waits_to_enter(id));
        let goes_on = launched.holds_people() || launched.is_open() || waits;
        if goes_on && !self.stopping && !over_budget {
            return Ok(None);
        }
        let finishes = running && !has_move && !self.stopping && !over_budget;
        // What it holds may have to wait for a cohort of another launch that goes alone.
        if finishes && (self.holds(id) || !self.finish_launch(id).await?) {
            return Ok(None);
        }
        if cancelled || halted || (over_budget && !has_move) {
            if !cancelled && !halted && self.of(id).done_at.is_none() {
                self.say_over_budget(id);
            }
            // What was sent before is still received and answered.
            let now = self.clock.now();
            self.of_mut(id).done_at.get_or_insert(now);
        }
        let end = if self.stopping {
            End::Interrupted
        } else if cancelled {
            End::Cancelled
        } else if halted {
            End::Halted
        } else if over_budget {
            End::OverBudget
        } else {
            End::Done
        };
        let is_over = self.is_over(id, has_move);
        let alone = self.living().all(|living| living == id);
        // What it holds and may not use would only keep others from going.
        let idle = over_budget && !has_move && !alone;
        if (is_over || idle) && self.holds(id) {
            self.release_held(id, |_| false);
            return Ok(None);
        }
        if is_over && end == End::OverBudget {
            return self.settled_or(id, end).await;
        }
        Ok(is_over.then_some(end))
    }

    /// Of a launch whose budget is used up: those who wait to be sent once more, and of whom a receipt came meanwhile, cost
    /// nothing, and leave. Where nobody is left it is done.
    async fn settled_or(&mut self, id: LaunchId, end: End) -> Result<Option<End>, StoreError> {
        if self.store.let_settled_go(id, self.clock.now()).await? {
            self.released(id);
            return Ok(None);
        }
        if self.store.has_cohorts_left(id, CohortKind::Passage).await? {
            return Ok(Some(end));
        }
        let is_done = self.finish_launch(id).await?;
        Ok(is_done.then_some(End::Done))
    }

    /// Has it stand in the store that the budget is used up, until it is raised or the launch ends.
    fn say_over_budget(&mut self, launch: LaunchId) {
        let alarm = Alarm {
            subject: launch_subject(launch),
            reason: "its budget is used up, and who is left waits: raise `limits.budget` and run it again"
                .to_owned(),
            since: self.clock.now(),
            retry_at: None,
        };
        self.note(alarm);
    }

    /// Whether nothing more is waited for: somebody stopped it, or all is done and everything said, or patience is over.
    fn is_over(&self, id: LaunchId, has_move: bool) -> bool {
        let launched = self.of(id);
        let polls = self.accounts.values().any(|account| account.poll_at.is_some());
        let expected = (polls || self.errands.next_due.is_some()) && !launched.only_settles;
        let over = launched.over_in(self.clock.now()) == Some(Duration::ZERO);
        // What waits for people at a desk is tried once, however long receipts are awaited.
        let untried = self.deliveries.holds(self.clock.now());
        self.stopping || (!untried && (over || (launched.done_at.is_some() && !has_move && !expected)))
    }

    /// Says in the store that a launch is done, if no passage is left; false, and the lanes are asked again, when one is
    /// after all.
    async fn finish_launch(&mut self, id: LaunchId) -> Result<bool, StoreError> {
        if self.store.has_cohorts_left(id, CohortKind::Passage).await? {
            // Nothing of it is in hand, so a lease that stands is nobody's.
            self.store.recover_leases_of(id, self.clock.now()).await?;
            for sender in self.store.senders_due(id).await? {
                if !self.lanes.contains_key(&sender) {
                    return Err(StoreError::Senderless { sender });
                }
            }
            self.released(id);
            return Ok(false);
        }
        let now = self.clock.now();
        if self
            .store
            .change_launch(id, &[LaunchState::Running], LaunchState::Done, now)
            .await?
        {
            let launched = self.of_mut(id);
            launched.state = LaunchState::Done;
            launched.done_at = Some(now);
            return Ok(true);
        }
        let state = self.store.launch_state(id).await?;
        self.of_mut(id).state = state;
        Ok(false)
    }

    /// Drops what ended, but the latest, through which replies are answered, and what somebody may resume.
    fn forget_ended(&mut self) {
        let Some(latest) = self.launches.keys().next_back().copied() else {
            return;
        };
        let gone = |(id, launched): (&LaunchId, &super::launched::Launched)| {
            let over = launched.end.is_some() && launched.state != LaunchState::Halted;
            (over && *id != latest && launched.under_way == 0).then_some(*id)
        };
        let gone: Vec<LaunchId> = self.launches.iter().filter_map(gone).collect();
        for id in gone {
            if self.holds(id) || self.windows.values().any(|window| window.launch == id) {
                continue;
            }
            self.launches.remove(&id);
            self.lanes.values_mut().for_each(|lane| lane.forget(id));
        }
    }
}
