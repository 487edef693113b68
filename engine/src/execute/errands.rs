//! Does the errands of passages, beside the texts: begins those that are due, and tells what came of each. Whoever waits
//! for an answer goes on with it.

use chrono::{DateTime, Timelike, Utc};
use dsl::campaign::Deed;

use super::Executor;
use super::launched::Launched;
use super::step::Step;
use crate::advance::{Change, Effect};
use crate::errand::{Answered, Caller, Errand, Fate, Waits, fate, given_up_at};
use crate::ids::LaunchId;
use crate::revision::Revision;
use crate::store::{CohortKind, ErrandTold, Moved, NewCohort, Note, Store, StoreError, Turn};

/// Calls under way at once.
const AT_ONCE: u32 = 32;

/// What is known of the errands of the store.
#[derive(Default)]
pub(super) struct Errands {
    /// Who makes them; none before there is any launch.
    caller: Option<Caller>,
    /// When the next is due; none: there is none, as far as it is known.
    pub next_due: Option<DateTime<Utc>>,
    /// The store is being asked.
    asking: bool,
    under_way: u32,
}

/// Something of an errand is over.
pub(super) enum ErrandStep {
    /// These calls are to be made; the next are due then.
    Begun(Vec<Errand>, Option<DateTime<Utc>>),
    /// A call was answered, or not.
    Called {
        errand: Errand,
        answered: Answered,
        at: DateTime<Utc>,
    },
    /// What came of a call is written down; it is tried again then, or whoever waited for it goes on, by this sender.
    Told {
        again_at: Option<DateTime<Utc>>,
        sender: Option<(String, LaunchId)>,
    },
}

impl Errands {
    /// They go by the rules of the latest project. Those of earlier processes may be due.
    pub fn call_by(&mut self, caller: Caller) {
        self.caller = Some(caller);
        self.expect(DateTime::<Utc>::MIN_UTC);
    }

    /// One is due then.
    pub fn expect(&mut self, at: DateTime<Utc>) {
        self.next_due = Some(self.next_due.map_or(at, |next| next.min(at)));
    }

    /// When some can be begun; none: not before something that is under way is over.
    pub fn begins_at(&self) -> Option<DateTime<Utc>> {
        let free = self.caller.is_some() && !self.asking && self.under_way < AT_ONCE;
        self.next_due.filter(|_| free)
    }
}

impl Executor {
    /// Begins the errands that are due.
    pub(super) fn begin_errands(&mut self) {
        let now = self.clock.now();
        if self.errands.begins_at().is_none_or(|at| at > now) {
            return;
        }
        self.errands.asking = true;
        self.errands.next_due = None;
        let (store, most) = (self.store.clone(), AT_ONCE - self.errands.under_way);
        self.work.deed(None, async move {
            let is_due = store.next_errand().await?.is_some_and(|at| at <= now);
            let begun = match is_due {
                true => store.begin_errands(now, most).await?,
                false => vec![],
            };
            let next_due = store.next_errand().await?;
            Ok(Step::Errand(ErrandStep::Begun(begun, next_due)))
        });
    }

    pub(super) fn take_errand(&mut self, step: ErrandStep) {
        match step {
            ErrandStep::Begun(begun, next_due) => self.errands_begun(begun, next_due),
            ErrandStep::Called { errand, answered, at } => self.called(errand, answered, at),
            ErrandStep::Told { again_at, sender } => self.errand_told(again_at, sender),
        }
    }

    /// What was committed may have calls in it.
    pub(super) fn expect_errands(&mut self) {
        let calls = |launched: &Launched| {
            let program = &launched.revision.campaign.program.instructions;
            program.iter().any(|one| matches!(one.deed, Deed::Call(_)))
        };
        if self.launches.values().any(calls) {
            self.errands.expect(self.clock.now());
        }
    }

    /// These are begun.
    fn errands_begun(&mut self, begun: Vec<Errand>, next_due: Option<DateTime<Utc>>) {
        self.errands.asking = false;
        if let Some(at) = next_due {
            self.errands.expect(at);
        }
        let Some(caller) = self.errands.caller.clone() else {
            return;
        };
        for errand in begun {
            self.errands.under_way += 1;
            let (caller, clock) = (caller.clone(), self.clock.clone());
            let key = self.store.references().of_errand(errand.id);
            self.work.request(None, async move {
                let answered = caller.call(&errand.request, &key, clock.now()).await;
                Step::Errand(ErrandStep::Called {
                    at: clock.now(),
                    errand,
                    answered,
                })
            });
        }
    }

    /// A call was answered, or not.
    fn called(&mut self, errand: Errand, answered: Answered, at: DateTime<Utc>) {
        let store = self.store.clone();
        let revision = self
            .launches
            .get(&errand.launch)
            .map(|launched| launched.revision.clone());
        self.work.deed(None, async move {
            tell(&store, errand, revision.as_deref(), &answered, at).await
        });
    }

    /// It is written down.
    fn errand_told(&mut self, again_at: Option<DateTime<Utc>>, sender: Option<(String, LaunchId)>) {
        self.errands.under_way -= 1;
        if let Some(at) = again_at {
            self.errands.expect(at);
        }
        let Some((sender, launch)) = sender else { return };
        self.somebody_left();
        let now = self.clock.now();
        if let Some(lane) = self.lanes.get_mut(&sender) {
            lane.expect(launch, CohortKind::Passage, now);
        }
    }
}

/// Writes down what came of a call, and moves on whoever waited for it.
async fn tell(
    store: &Store,
    errand: Errand,
    revision: Option<&Revision>,
    answered: &Answered,
    at: DateTime<Utc>,
) -> Result<Step, StoreError> {
    let (fate, unfit) = match fate(&errand, answered, at) {
        Fate::Done(Some((field, value)))
            if revision.is_some_and(|revision| !revision.fits(&field, &value)) =>
        {
            let said = format!("{field} keeps what it had: \"{value}\" is not of its type");
            (Fate::Done(None), Some(said))
        }
        fate => (fate, None),
    };
    let said = match answered {
        Answered::Done(_) => unfit,
        Answered::Again(said, _) | Answered::Refused(said) => Some(said.clone()),
    };
    let again_at = match fate {
        Fate::Again(at) => Some(at),
        Fate::Done(_) | Fate::GivenUp => None,
    };
    if let (Some(said), Fate::GivenUp) = (&said, &fate) {
        let launch = errand.launch.0;
        tracing::warn!(launch.id = launch, errand.id = errand.id, %said, "a call is given up");
    }
    let moved = match (errand.waits, again_at) {
        (Some(waits), None) => go_on(store, &errand, waits, at).await?,
        (None, _) | (_, Some(_)) => None,
    };
    let sender = moved.as_ref().and_then(|moved| moved.to.as_ref());
    let sender = sender.map(|to| (to.sender.clone(), to.launch));
    let told = ErrandTold {
        errand,
        fate,
        said,
        at,
        moved,
    };
    let went = store.tell_errand(told).await?;
    Ok(Step::Errand(ErrandStep::Told {
        again_at,
        sender: sender.filter(|_| went),
    }))
}

/// Moves whoever waits for an answer to where they stand, now; none where nobody waits there any more.
async fn go_on(
    store: &Store,
    errand: &Errand,
    waits: Waits,
    at: DateTime<Utc>,
) -> Result<Option<Moved>, StoreError> {
    let standing = store.standing(errand.launch, waits.run, errand.phone).await?;
    let there = standing.filter(|standing| standing.place == waits.place && !standing.is_held);
    Ok(there.map(|standing| {
        standing.moved(Some(NewCohort {
            launch: errand.launch,
            run: waits.run,
            kind: CohortKind::Passage,
            place: waits.place,
            turn: Turn::First,
            // In whole seconds, as everything that is due at once.
            due_at: at.with_nanosecond(0).unwrap_or(at),
            sender: standing.sender.clone(),
            time_class: standing.time_class.clone(),
            members: vec![standing.member.clone()],
        }))
    }))
}

/// Of what happens to a person the calls, each with where they wait for it; whoever waits goes on when the call is given
/// up, at the latest.
pub(super) fn with_calls(effects: Vec<Effect>, run: u32, at: DateTime<Utc>) -> (Vec<Effect>, Vec<Note>) {
    let mut calling = None;
    let (mut others, mut calls) = (vec![], vec![]);
    for effect in effects {
        match effect {
            Effect::Change(Change::Call(request)) if request.waits => calling = Some(request),
            Effect::Depart(place, due_at) => {
                let waits = calling.take().map(|request| {
                    let waits = Some(Waits { run, place });
                    calls.push(Note::Called { request, waits });
                    given_up_at(at)
                });
                others.push(Effect::Depart(place, waits.unwrap_or(due_at)));
            }
            other => others.push(other),
        }
    }
    (others, calls)
}
