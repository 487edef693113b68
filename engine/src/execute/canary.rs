//! Lets the people after a canary in, once it was watched: its texts went out, the time of `watch` passed since, and
//! whoever may know what came of them was asked after that. An interruption makes nobody less watched.

use super::launched::Launched;
use super::{Executor, Step};
use crate::ids::LaunchId;
use crate::store::Canary;

/// At the end of the watch the shares of `halt` are held against the canary, however few it is.
const FEW: u64 = 1;

impl Executor {
    /// Goes on with the canaries whose time it is.
    pub(super) fn watch_canaries(&mut self) {
        let holding = |(id, launched): (&LaunchId, &Launched)| {
            (launched.holds_people() && !launched.halting && launched.end.is_none()).then_some(*id)
        };
        let holding: Vec<LaunchId> = self.launches.iter().filter_map(holding).collect();
        for id in holding {
            self.watch_canary(id);
        }
    }

    fn watch_canary(&mut self, id: LaunchId) {
        match self.of(id).row.canary {
            Canary::Out if self.canary_went_out(id) => {
                let since = self.clock.now();
                self.of_mut(id).row.canary = Canary::WatchedSince(since);
                let store = self.store.clone();
                self.deed(id, async move {
                    store.watch_canary(id, since).await?;
                    Ok(Step::Noted)
                });
            }
            Canary::WatchedSince(_) => {
                if self.canary_was_watched(id) && !self.halt_after(id, FEW) {
                    self.let_in(id);
                }
            }
            Canary::Over | Canary::Out => {}
        }
    }

    /// Whether nobody of it is due any more. Where hours hold some of it back, those who were texted are watched; where
    /// they hold all of it back nobody was.
    fn canary_went_out(&self, id: LaunchId) -> bool {
        let now = self.clock.now();
        let next_due = || {
            self.lanes
                .values()
                .filter_map(|lane| lane.shares.get(&id)?.next_due)
        };
        let progress = &self.of(id).progress;
        let texted = progress.accepted + progress.rejected + progress.in_doubt > 0;
        self.is_idle(id) && next_due().all(|at| at > now) && (texted || next_due().next().is_none())
    }

    /// Whether the time of the watch is over and all that was said of it by then is folded. Asks who was not asked yet.
    fn canary_was_watched(&mut self, id: LaunchId) -> bool {
        let now = self.clock.now();
        let Some(until) = self.of(id).watched_until().filter(|until| *until <= now) else {
            return false;
        };
        let mut heard = true;
        for name in self.lanes.values().flat_map(|lane| &lane.routes) {
            let Some(account) = self.accounts.get_mut(name) else {
                continue;
            };
            if account.heard_at < until {
                heard = false;
                if !account.polling && (account.polled_at < until || account.poll_at.is_none()) {
                    account.poll_at = Some(now);
                }
            }
        }
        if !heard {
            return false;
        }
        let heard_by = *self.of_mut(id).heard_by.get_or_insert(now);
        self.incoming.since().is_none_or(|since| since > heard_by)
    }

    fn let_in(&mut self, id: LaunchId) {
        self.of_mut(id).row.canary = Canary::Over;
        let (store, now) = (self.store.clone(), self.clock.now());
        self.deed(id, async move {
            store.let_in(id, now).await?;
            Ok(Step::Released(id))
        });
    }
}
