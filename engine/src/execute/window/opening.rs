//! A window before it begins: whose turn it is, and what is known of them.

use sms::PhoneNumber;

use super::WindowId;
use super::turns::{Candidate, Taken};
use crate::advance::Place;
use crate::execute::{Executor, Step};
use crate::ids::{CohortId, LaunchId};
use crate::store::{CohortKind, KnownOf, Of};

/// A window whose intent is committed, before it is asked what its members do.
pub(in crate::execute) struct Opening {
    pub(super) sender: String,
    pub(super) launch: LaunchId,
    pub(super) cohorts: Vec<CohortId>,
    pub(super) settle: bool,
    pub(super) taken: Option<Taken>,
}

impl Executor {
    /// Gives the members of a window their turn, reads what the campaign asks about them, and begins it.
    pub(super) fn open_window(
        &mut self,
        sender: &str,
        launch: LaunchId,
        cohorts: Vec<CohortId>,
        settle: bool,
    ) {
        let revision = self.of(launch).revision.clone();
        let mut asks = self.store.asks(&revision);
        let opening = Opening {
            sender: sender.to_owned(),
            launch,
            taken: self.take_turns(sender, &cohorts, settle, asks.any()),
            cohorts,
            settle,
        };
        asks.inside &= self.begins(&opening);
        let people: Vec<(u32, PhoneNumber)> = match asks.any() {
            true => self
                .candidates(&opening.sender, &opening.cohorts)
                .map(|(run, member)| (run, member.phone))
                .collect(),
            false => vec![],
        };
        if people.is_empty() {
            return self.begin_window(opening, KnownOf::new());
        }
        let store = self.store.clone();
        self.deed(launch, async move {
            let of = Of {
                launch,
                campaign: &revision.campaign,
                asks: &asks,
            };
            let known = store.known(of, &people).await?;
            Ok(Step::Informed { opening, known })
        });
    }

    /// Whether passages begin in a window.
    fn begins(&self, opening: &Opening) -> bool {
        let lane = &self.lanes[&opening.sender];
        let mut held = opening.cohorts.iter().filter_map(|id| lane.held.get(id));
        held.any(|held| held.cohort.place == Place::START)
    }

    /// Those of a window who are on their way through the campaign, each with the run.
    fn candidates<'a>(
        &'a self,
        sender: &str,
        cohorts: &'a [CohortId],
    ) -> impl Iterator<Item = (u32, Candidate)> + 'a {
        let lane = &self.lanes[sender];
        let held = cohorts.iter().filter_map(|id| lane.held.get(id));
        let passages = held.filter(|held| held.cohort.kind == CohortKind::Passage);
        passages.flat_map(move |held| {
            let cohort = &held.cohort;
            let there = held.intended().filter(|index| !cohort.departed.contains(index));
            there.map(move |index| {
                let member = Candidate {
                    cohort: cohort.id,
                    index,
                    phone: cohort.members[index].phone,
                };
                (cohort.run, member)
            })
        })
    }

    /// `asks`: whether this campaign asks what is known of people. Where none does, nobody needs a turn.
    fn take_turns(&mut self, sender: &str, cohorts: &[CohortId], settles: bool, asks: bool) -> Option<Taken> {
        if !asks && self.launches.len() < 2 {
            return None;
        }
        let mut turns = std::mem::take(&mut self.turns);
        let members = self.candidates(sender, cohorts);
        let taken = turns.take(members.map(|(_, member)| member), settles);
        self.turns = turns;
        Some(taken)
    }

    /// A window was recorded: those that waited for it may be now.
    pub(in crate::execute) fn finish_those_behind(&mut self) {
        let waiting = self.windows.iter().filter(|(_, window)| window.taken.is_some());
        let waiting: Vec<WindowId> = waiting.map(|(id, _)| *id).collect();
        waiting.into_iter().for_each(|id| self.finish_window(id));
    }
}
