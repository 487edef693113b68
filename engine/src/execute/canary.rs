//! Lets the people after a canary in, once it was watched: its texts went out, the time of `watch` passed since, and
//! whoever may know what came of them was asked after that. An interruption makes nobody less watched.

use chrono::{DateTime, Utc};

use super::{Executor, Step};
use crate::store::{Canary, LaunchState};

/// At the end of the watch the shares of `halt` are held against the canary, however few it is.
const FEW: u64 = 1;

impl Executor {
    /// Goes on with the canary, if it is time.
    pub(super) fn watch_canary(&mut self) {
        if self.state != LaunchState::Running || self.halting {
            return;
        }
        match self.launch.canary {
            Canary::Out if self.canary_went_out() => {
                let since = self.clock.now();
                self.launch.canary = Canary::WatchedSince(since);
                let (store, launch) = (self.store.clone(), self.launch.id);
                self.work.deed(async move {
                    store.watch_canary(launch, since).await?;
                    Ok(Step::Noted)
                });
            }
            Canary::WatchedSince(_) => {
                if self.canary_was_watched() && !self.halt_after(FEW) {
                    self.let_in();
                }
            }
            Canary::Over | Canary::Out => {}
        }
    }

    /// Whether people are held until the canary was watched.
    pub(super) fn holds_people(&self) -> bool {
        self.state == LaunchState::Running && self.launch.canary != Canary::Over
    }

    /// When the watch ends, where it began and people are held for it.
    pub(super) fn watched_until(&self) -> Option<DateTime<Utc>> {
        let Canary::WatchedSince(since) = self.launch.canary else {
            return None;
        };
        if !self.holds_people() {
            return None;
        }
        let campaign = &self.revision.campaign;
        let canary = campaign.limits.canary.as_ref();
        Some(canary.map_or(since, |canary| canary.watch.after(since, campaign.timezone)))
    }

    /// Whether nobody of it is due any more. Where hours hold some of it back, those who were texted are watched; where
    /// they hold all of it back nobody was.
    fn canary_went_out(&self) -> bool {
        let now = self.clock.now();
        let is_due = self
            .lanes
            .values()
            .any(|lane| lane.next_due.is_some_and(|at| at <= now));
        let texted = self.progress.accepted + self.progress.rejected + self.progress.in_doubt > 0;
        self.is_idle() && !is_due && (texted || self.lanes.values().all(|lane| lane.next_due.is_none()))
    }

    /// Whether the time of the watch is over and all that was said of it by then is folded. Asks who was not asked yet.
    fn canary_was_watched(&mut self) -> bool {
        let now = self.clock.now();
        let Some(until) = self.watched_until().filter(|until| *until <= now) else {
            return false;
        };
        let mut heard = self.incoming.is_empty();
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
        heard
    }

    fn let_in(&mut self) {
        self.launch.canary = Canary::Over;
        let (store, launch, now) = (self.store.clone(), self.launch.id, self.clock.now());
        self.work.deed(async move {
            store.let_in(launch, now).await?;
            Ok(Step::Released)
        });
    }
}
