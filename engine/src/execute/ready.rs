//! When something can begin: what each lane can do now, or when; and when to look again. `next_move` is the one place
//! that says it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::lane::{Lane, MayGo};
use super::{ASK, Claim, CohortKind, Executor, RECORD_WITHIN, Step, WINDOW_MEMBERS};
use crate::store::{BudgetChange, LaunchState, Turn, WindowRecord};

/// What a lane can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// Claim cohorts.
    Claim(CohortKind),
    /// Commit the intent of a window out of cohorts in hand.
    Intend,
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
    /// What a lane does next and in how long: zero is now. None: nothing, until something that is under way is over.
    pub(super) fn next_move(&self, lane: &Lane) -> Option<(Move, Duration)> {
        if self.stopping || !lane.has_room() {
            return None;
        }
        let free_in = self.way(lane)?.free_in;
        let wall = self.clock.now();
        let until = |at: DateTime<Utc>| (at - wall).to_std().unwrap_or(Duration::ZERO).max(free_in);
        let answers = lane
            .next_answer
            .map(|due| (Move::Claim(CohortKind::Answer), until(due)));
        let goes_on = self.state == LaunchState::Running && !self.is_over_budget();
        // Of a launch that was cancelled what is in doubt is still settled and looked up, and claims bring nothing else.
        let rest = lane.has_rest(self.may_go()).then_some((Move::Intend, free_in));
        let claims = goes_on || self.state == LaunchState::Cancelled;
        let due = lane.next_due.filter(|_| claims);
        let passages = due.map(|due| (Move::Claim(CohortKind::Passage), until(due)));
        // Of those that can begin together the first goes: answers before bulk, what is in hand before what is not.
        [answers, rest, passages]
            .into_iter()
            .flatten()
            .min_by_key(|(_, wait)| *wait)
    }

    /// Which cohorts may go as the launch stands.
    pub(super) fn may_go(&self) -> MayGo {
        match self.state {
            LaunchState::Running if !self.is_over_budget() => |_| true,
            // To ask about what was sent before sends nothing.
            LaunchState::Cancelled => |held| held.cohort.turn == Turn::LookUp,
            LaunchState::Building
            | LaunchState::Running
            | LaunchState::Paused
            | LaunchState::Done
            | LaunchState::Halted => |_| false,
        }
    }

    /// Somebody's text does not fit the budget any more.
    pub(super) fn is_over_budget(&self) -> bool {
        self.budget.as_ref().is_some_and(|budget| budget.exhausted)
    }

    /// The first of a lane's routes that is free now, else the one that is free first. None: each waits for what is
    /// under way.
    fn way(&self, lane: &Lane) -> Option<Way> {
        let now = self.clock.monotonic();
        if lane.gate.breaker.is_shut(now) && lane.gate.breaker.open_until() <= now {
            return None;
        }
        let way = |(route, name): (usize, &String)| {
            let account = &self.accounts[name];
            let breaker = &account.breaker;
            let rates = &lane.rates[route];
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
        match self.next_move(&self.lanes[sender]) {
            Some((Move::Claim(kind), Duration::ZERO)) => self.claim(sender, kind),
            Some((Move::Intend, Duration::ZERO)) => self.intend(sender),
            Some(_) | None => {}
        }
    }

    /// The route of a lane's next window, how many members it may have; says to the breakers that it goes.
    fn take_way(&mut self, sender: &str) -> (u8, usize) {
        let way = self.way(&self.lanes[sender]).unwrap_or(Way {
            route: 0,
            free_in: Duration::ZERO,
            most: 1,
        });
        let lane = self.lane(sender);
        lane.gate.breaker.let_through();
        let name = lane.routes[usize::from(way.route)].clone();
        if let Some(account) = self.accounts.get_mut(&name) {
            account.breaker.let_through();
        }
        (way.route, way.most)
    }

    fn claim(&mut self, sender: &str, kind: CohortKind) {
        let (route, members) = self.take_way(sender);
        let claim = Claim {
            launch: self.launch.id,
            sender: sender.to_owned(),
            kind,
            now: self.clock.now(),
            members,
            // What it costs is known when the members are: the intent comes with the reservation.
            intent: self.budget.is_none() || kind == CohortKind::Answer,
            route,
            suppressions_known: self.suppressions_known,
        };
        let lane = self.lane(sender);
        lane.claiming = true;
        lane.intending = true;
        let expected = lane.expected;
        let store = self.store.clone();
        self.work.deed(async move {
            let sender = claim.sender.clone();
            let (launch, now) = (claim.launch, claim.now);
            let (cohorts, suppressed) = store.claim_due(claim).await?;
            if cohorts.is_empty() {
                let next_due = store.next_due(launch, &sender, kind).await?;
                return Ok(Step::NothingDue {
                    held: next_due.is_some_and(|due| due <= now),
                    sender,
                    kind,
                    next_due,
                    expected,
                });
            }
            Ok(Step::Claimed {
                sender,
                cohorts,
                suppressed,
            })
        });
    }

    /// Commits the intent of a window out of cohorts in hand.
    fn intend(&mut self, sender: &str) {
        let mut record = WindowRecord {
            suppressions_known: self.suppressions_known,
            keeps_members: self.revision.answers_of_values,
            ..WindowRecord::default()
        };
        let next = self.pick(sender, &mut record);
        if next.is_empty() {
            return;
        }
        self.lane(sender).windows += 1;
        let (store, sender) = (self.store.clone(), sender.to_owned());
        self.work.deed(async move {
            let intent = store.record_window(record).await?;
            Ok(Step::Recorded {
                sender,
                next,
                intent,
                departed: vec![],
                free: vec![],
                full: None,
            })
        });
    }

    /// Picks the next window of a lane and writes its intent into a record. Nobody, when the budget fits nobody.
    pub(super) fn pick(&mut self, sender: &str, record: &mut WindowRecord) -> Vec<crate::ids::CohortId> {
        let (route, members) = self.take_way(sender);
        let (revision, launch) = (self.revision.clone(), self.launch.id);
        let may = self.may_go();
        let lane = self.lanes.get_mut(sender).expect("its lane fills it");
        let (next, reserved) = lane.pick(members, route, may, &revision, self.budget.as_mut());
        if next.is_empty() {
            self.never_mind(sender, route);
            return next;
        }
        lane.intending = true;
        let intended_at = self.clock.now();
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
        if self.budget.is_some() {
            let change = record.budget.get_or_insert(BudgetChange {
                launch,
                reserved: 0,
                released: 0,
            });
            change.reserved = reserved;
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
        let fold = self.incoming.fold_in(now, wall).filter(|_| self.failed.is_none());
        let over = self.done_at.and_then(|done_at| self.over_in(done_at));
        let watched = self.watched_until().filter(|at| *at > wall);
        let wake = ask
            .into_iter()
            .chain(moves.map(|(_, wait)| wait))
            .chain(polls)
            .chain(slow)
            .chain(fold)
            .chain(over)
            .chain(watched.map(until))
            .min();
        // A clock of milliseconds must not wake a moment too early for ever.
        wake.map_or(ASK, |wake| wake + Duration::from_millis(1))
    }

    /// When the next passage goes on, if nothing is under way and nothing due.
    pub(super) fn waits_until(&self) -> Option<DateTime<Utc>> {
        let due = self.lanes.values().filter_map(|lane| lane.next_due);
        let next = due.chain(self.watched_until()).min()?;
        (self.is_idle() && next > self.clock.now()).then_some(next)
    }

    /// Whether nothing is under way and no cohort in hand.
    pub(super) fn is_idle(&self) -> bool {
        let mut lanes = self.lanes.values();
        self.windows.is_empty() && lanes.all(|lane| lane.held.is_empty() && !lane.claiming)
    }
}
