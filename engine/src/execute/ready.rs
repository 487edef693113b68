//! When something can begin: what each lane can do now, or when; and when to look again. `next_move` is the one place
//! that says it.

use std::cmp::Reverse;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::lane::{Lane, Share};
use super::{ASK, Executor, RECORD_WITHIN, Step, WINDOW_MEMBERS};
use crate::ids::{CohortId, LaunchId};
use crate::store::{BudgetChange, Claim, CohortKind, WindowRecord};

/// What can be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// Claim cohorts.
    Claim(CohortKind),
    /// Commit the intent of a window out of cohorts in hand.
    Intend,
}

/// What a lane does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Next {
    /// Of this launch.
    pub launch: LaunchId,
    pub act: Move,
    /// In how long: zero is now.
    pub wait: Duration,
}

/// A way that a window can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    route: u8,
    /// When it is free: zero when it is now.
    free_in: Duration,
    /// Members that may take it together.
    most: usize,
}

impl Executor {
    /// What a lane does next. None: nothing, until something that is under way is over. Of what can begin together the
    /// first goes: answers before bulk, then by the priority of the campaign, among equals whoever had no turn for longest;
    /// of one launch what is in hand before what is not.
    pub(super) fn next_move(&self, lane: &Lane) -> Option<Next> {
        if self.stopping || !lane.has_room() {
            return None;
        }
        let wall = self.clock.now();
        let shares = lane.shares.iter().filter_map(|(launch, share)| {
            let free_in = self.way(lane, share)?.free_in;
            let until = |at: DateTime<Utc>| (at - wall).to_std().unwrap_or(Duration::ZERO).max(free_in);
            let [answers, rest, passages] = self.wanted(lane, *launch);
            let next = |act, wait| Next {
                launch: *launch,
                act,
                wait,
            };
            let answers = answers.map(|due| next(Move::Claim(CohortKind::Answer), until(due)));
            let rest = rest.map(|_| next(Move::Intend, free_in));
            let passages = passages.filter(|_| self.caught_up);
            let passages = passages.map(|due| next(Move::Claim(CohortKind::Passage), until(due)));
            // Of those that can begin together the first.
            let own = [answers, rest, passages].into_iter().flatten();
            let own = own.min_by_key(|next| next.wait)?;
            let is_answer = own.act == Move::Claim(CohortKind::Answer);
            Some((
                (own.wait, !is_answer, Reverse(share.priority), share.last_turn),
                own,
            ))
        });
        let next = shares.min_by_key(|(rank, _)| *rank);
        next.map(|(_, next)| next)
    }

    /// When answers of a launch come due on a lane, when what is in hand of it may go, and when its passages come due.
    fn wanted(&self, lane: &Lane, launch: LaunchId) -> [Option<DateTime<Utc>>; 3] {
        let (Some(share), Some(launched)) = (lane.shares.get(&launch), self.launches.get(&launch)) else {
            return [None; 3];
        };
        let rest = lane.has_rest(launch, launched.may_go());
        [
            share.next_answer,
            rest.then_some(DateTime::<Utc>::MIN_UTC),
            share.next_due.filter(|_| launched.claims()),
        ]
    }

    /// Whether a launch has anything to do on a lane, now or later.
    pub(super) fn wants(&self, lane: &Lane, launch: LaunchId) -> bool {
        self.wanted(lane, launch).iter().any(Option::is_some)
    }

    /// The first of a lane's routes that is free now for a launch, else the one that is free first. None: each waits for
    /// what is under way.
    fn way(&self, lane: &Lane, share: &Share) -> Option<Way> {
        let now = self.clock.monotonic();
        if lane.gate.breaker.is_shut(now) && lane.gate.breaker.open_until() <= now {
            return None;
        }
        let way = |(route, name): (usize, &String)| {
            let account = &self.accounts[name];
            let breaker = &account.breaker;
            let rates = &share.rates[route];
            // Texts that paid and still wait for others to be answered would go out together with those that come after.
            let waits = lane.intending || account.requests.waiting() > 0;
            let paced = waits && self.buckets.per_second(rates).is_some();
            let probing = breaker.is_shut(now) && breaker.open_until() <= now;
            if paced || probing {
                return None;
            }
            let open = breaker.open_until().max(lane.gate.breaker.open_until());
            let free_in = open.max(self.buckets.free_at(rates)).saturating_sub(now);
            let most = [breaker.most(), lane.gate.breaker.most()]
                .into_iter()
                .flatten()
                .min();
            let most = most
                .unwrap_or(usize::MAX)
                .min(self.buckets.window(rates, WINDOW_MEMBERS));
            let route = u8::try_from(route).ok()?;
            Some(Way { route, free_in, most })
        };
        let ways = lane.routes.iter().enumerate().filter_map(way);
        ways.min_by_key(|way| way.free_in)
    }

    /// Begins whatever a lane can begin now.
    pub(super) fn fill_lane(&mut self, sender: &str) {
        let next = self.next_move(&self.lanes[sender]);
        let Some(next) = next.filter(|next| next.wait.is_zero()) else {
            return;
        };
        match next.act {
            Move::Claim(kind) => self.claim(sender, next.launch, kind),
            Move::Intend => self.intend(sender, next.launch),
        }
    }

    /// The route of a lane's next window, how many members it may have; it is the launch's turn, and the breakers know
    /// that it goes.
    fn take_way(&mut self, sender: &str, launch: LaunchId) -> (u8, usize) {
        let lane = &self.lanes[sender];
        let way = lane.shares.get(&launch).and_then(|share| self.way(lane, share));
        let way = way.unwrap_or(Way {
            route: 0,
            free_in: Duration::ZERO,
            most: 1,
        });
        let lane = self.lane(sender);
        lane.take_turn(launch);
        lane.gate.breaker.let_through();
        let name = lane.routes[usize::from(way.route)].clone();
        if let Some(account) = self.accounts.get_mut(&name) {
            account.breaker.let_through();
        }
        (way.route, way.most)
    }

    fn claim(&mut self, sender: &str, launch: LaunchId, kind: CohortKind) {
        let (route, members) = self.take_way(sender, launch);
        let claim = Claim {
            launch,
            sender: sender.to_owned(),
            kind,
            only_doubts: self.of(launch).is_over_budget(),
            now: self.clock.now(),
            members,
            // What it costs is known when the members are: the intent comes with the reservation.
            intent: self.of(launch).budget.is_none() || kind == CohortKind::Answer,
            route,
            suppressions_known: self.stopped.known,
        };
        let lane = self.lane(sender);
        lane.claiming = Some(launch);
        lane.intending = true;
        let expected = lane.shares.get(&launch).map_or(0, |share| share.expected);
        let store = self.store.clone();
        self.deed(launch, async move {
            let (sender, now) = (claim.sender.clone(), claim.now);
            let (cohorts, suppressed) = store.claim_due(claim.clone()).await?;
            if cohorts.is_empty() {
                let next_due = store.next_due(&claim).await?;
                return Ok(Step::NothingDue {
                    held: next_due.is_some_and(|due| due <= now),
                    sender,
                    launch,
                    kind,
                    next_due,
                    expected,
                });
            }
            Ok(Step::Claimed {
                sender,
                launch,
                cohorts,
                suppressed,
            })
        });
    }

    /// Commits the intent of a window out of cohorts in hand.
    fn intend(&mut self, sender: &str, launch: LaunchId) {
        let mut record = WindowRecord {
            suppressions_known: self.stopped.known,
            keeps_members: self.of(launch).revision.keeps_members(),
            ..WindowRecord::default()
        };
        let next = self.pick(sender, launch, &mut record);
        if next.is_empty() {
            return;
        }
        self.lane(sender).windows += 1;
        let (store, sender) = (self.store.clone(), sender.to_owned());
        self.deed(launch, async move {
            let intent = store.record_window(record).await?;
            Ok(Step::Recorded {
                sender,
                launch,
                next,
                intent,
                departed: vec![],
                free: vec![],
                taken: None,
                full: None,
            })
        });
    }

    /// Picks the next window of a launch on a lane and writes its intent into a record. Nobody, when the budget fits nobody.
    pub(super) fn pick(
        &mut self,
        sender: &str,
        launch: LaunchId,
        record: &mut WindowRecord,
    ) -> Vec<CohortId> {
        let (route, members) = self.take_way(sender, launch);
        let lane = self.lanes.get_mut(sender).expect("its lane fills it");
        let launched = self.launches.get(&launch).expect("it has its turn");
        let may = launched.may_go();
        let budget = launched.budget.as_ref();
        let intended_at = self.clock.now();
        let change = budget.map(|budget| budget.change(launch, intended_at));
        let (next, reserved) = lane.pick(launch, members, route, may, &launched.revision, budget);
        if next.is_empty() {
            self.never_mind(sender, route);
            return next;
        }
        lane.intending = true;
        for id in &next {
            let Some(held) = lane.held.get_mut(id) else {
                continue;
            };
            held.cohort.intended_at = intended_at;
            let now = held.cohort.progress();
            match record.progress.iter_mut().find(|progress| progress.cohort == *id) {
                Some(progress) => {
                    progress.intent_to = now.intent_to;
                    progress.intended_at = intended_at;
                    progress.route = now.route;
                }
                None => record.progress.push(now),
            }
        }
        if let Some(change) = change {
            record.change_budget(BudgetChange { reserved, ..change });
        }
        next
    }

    /// What was let through to find out did not go.
    pub(super) fn never_mind(&mut self, sender: &str, route: u8) {
        let lane = self.lane(sender);
        lane.gate.breaker.never_mind();
        let name = lane.routes[usize::from(route)].clone();
        if let Some(account) = self.accounts.get_mut(&name) {
            account.breaker.never_mind();
            account.look_ups.breaker.never_mind();
        }
    }

    /// How long nothing will change by itself.
    pub(super) fn wake_in(&self) -> Duration {
        let now = self.clock.monotonic();
        let wall = self.clock.now();
        let until = |at: DateTime<Utc>| (at - wall).to_std().unwrap_or(Duration::ZERO);
        // On a simulated clock nobody else pauses: the next thing that is due is the next thing that happens.
        let ask = if self.clock.is_simulated() {
            None
        } else {
            Some(self.ask_at.saturating_sub(now))
        };
        let moves = self.lanes.values().filter_map(|lane| self.next_move(lane));
        let polls = self.accounts.values().filter(|account| !account.polling);
        let polls = polls.filter_map(|account| account.poll_at.map(until));
        let slow = self.windows.values().filter(|window| !window.recording);
        let slow =
            slow.filter_map(|window| Some((window.unrecorded_since? + RECORD_WITHIN).saturating_sub(now)));
        let fold = self.incoming.fold_in(now, wall);
        let fold = fold.filter(|_| self.failed.is_none() && !self.launches.is_empty());
        let living = || self.living().filter_map(|id| self.launches.get(&id));
        let over = living().filter_map(|launched| launched.over_in(wall));
        let watched = living().filter_map(|launched| launched.watched_until().filter(|at| *at > wall));
        let hear = self.ears.values().filter_map(|ear| ear.again_in(now));
        let months = living().filter_map(|launched| launched.more_at()).map(until);
        let errands = self.errands.begins_at().filter(|_| !self.stopping).map(until);
        let deliveries = self.deliveries.begins_at().filter(|_| !self.stopping).map(until);
        let wake = ask
            .into_iter()
            .chain(moves.map(|next| next.wait))
            .chain(polls)
            .chain(slow)
            .chain(fold)
            .chain(over)
            .chain(watched.map(until))
            .chain(hear)
            .chain(errands)
            .chain(deliveries)
            .chain(months)
            .min();
        // A clock of milliseconds must not wake a moment too early for ever.
        wake.map_or(ASK, |wake| wake + Duration::from_millis(1))
    }

    /// When the next passage of a launch goes on, if nothing of it is under way and nothing due.
    pub(super) fn waits_until(&self, id: LaunchId) -> Option<DateTime<Utc>> {
        let due = self
            .lanes
            .values()
            .filter_map(|lane| lane.shares.get(&id)?.next_due);
        let launched = self.of(id);
        let is_under_way = self.windows.values().any(|window| window.launch == id);
        if let Some(more_at) = launched.more_at().filter(|_| !is_under_way) {
            return Some(more_at);
        }
        let next = due.chain(launched.watched_until()).min()?;
        (self.is_idle(id) && next > self.clock.now()).then_some(next)
    }

    /// When whoever takes the texts of a launch is asked again, where all of them are shut; of a way that is being tried now.
    pub(super) fn shut_until(&self, id: LaunchId) -> Option<DateTime<Utc>> {
        let now = self.clock.monotonic();
        let mut first: Option<Duration> = None;
        for lane in self.lanes.values().filter(|lane| self.wants(lane, id)) {
            let gate = &lane.gate.breaker;
            let accounts = lane.routes.iter().filter_map(|name| self.accounts.get(name));
            let ways = accounts.map(|account| {
                let shut = gate.is_shut(now) || account.breaker.is_shut(now);
                let until = account.breaker.open_until().max(gate.open_until()).max(now);
                shut.then_some(until)
            });
            // None is before any: one that is open.
            let until = ways.min()??;
            first = Some(first.map_or(until, |first| first.min(until)));
        }
        let at = self.clock.now() + TimeDelta::from_std(first? - now).ok()?;
        // Whoever was put back for that is due in the next whole second.
        let is_due = |due: DateTime<Utc>| due <= at + TimeDelta::seconds(1);
        self.waits_until(id).is_none_or(is_due).then_some(at)
    }

    /// Whether nothing of a launch is under way and no cohort of it in hand.
    pub(super) fn is_idle(&self, id: LaunchId) -> bool {
        let windows = self.windows.values().all(|window| window.launch != id);
        windows && self.lanes.values().all(|lane| !lane.is_about(id))
    }
}
