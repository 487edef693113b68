//! What is over: something that took time beside the loop, and what is done about it then.

use chrono::{DateTime, Utc};

use super::Executor;
use super::deliveries::DeliveryStep;
use super::errands::ErrandStep;
use super::hearing::Listened;
use super::inbound::{Folded, Said};
use super::window::{Opening, Outcome, Taken, WindowId};
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::provider::Polled;
use crate::store::{ClaimedCohort, CohortKind, Intent, KnownOf, LaunchState, StoreError};

/// Something that took time is over.
pub(super) enum Step {
    /// Cohorts were claimed for a sender.
    Claimed {
        sender: String,
        launch: LaunchId,
        cohorts: Vec<ClaimedCohort>,
        suppressed: Vec<(i64, u64)>,
    },
    /// Nothing of a launch was due; the next will be then.
    NothingDue {
        sender: String,
        launch: LaunchId,
        kind: CohortKind,
        next_due: Option<DateTime<Utc>>,
        /// Something is due, and the store lets none of it go.
        held: bool,
        /// How often something of it was expected on the lane when it was asked.
        expected: u64,
    },
    /// What the campaign asks about the members of a window is read.
    Informed { opening: Opening, known: KnownOf },
    /// A request was answered.
    Answered {
        window: WindowId,
        outcomes: Vec<(usize, Outcome)>,
        begun_at: DateTime<Utc>,
        at: DateTime<Utc>,
    },
    /// Part of a window was recorded.
    PartRecorded {
        window: WindowId,
        launch: LaunchId,
        /// Messages in doubt of which a receipt had told before.
        settled: Vec<MessageId>,
        full: Option<StoreError>,
    },
    /// A window was recorded, or only an intent; the members of `next` may be submitted.
    Recorded {
        sender: String,
        /// Of the window.
        launch: LaunchId,
        /// Of one launch, which need not be that of the window.
        next: Vec<CohortId>,
        intent: Intent,
        /// Cohorts that it wrote, of these senders, come due then.
        departed: Vec<(String, CohortKind, DateTime<Utc>)>,
        /// Cohorts in hand that no window is about any more.
        free: Vec<CohortId>,
        /// Whose turn is over.
        taken: Option<Taken>,
        /// The disk is full: this was the last record, out of the reserve.
        full: Option<StoreError>,
    },
    /// A provider was asked for receipts and replies.
    Polled {
        provider: String,
        polled: Polled,
        at: DateTime<Utc>,
    },
    /// What was said is kept, up to this entry of the inbox.
    Kept(Vec<Said>, i64),
    /// What was said is folded, but for what is to be asked about again.
    Folded(Folded, Vec<Said>),
    /// The log of what happened outside was looked at.
    Listened(Listened),
    /// Something was done that nobody waits for.
    Noted,
    /// Something of an errand is over.
    Errand(ErrandStep),
    /// Something of a delivery is over.
    Delivery(DeliveryStep),
    /// Cohorts of a launch were put back.
    Released(LaunchId),
    /// What launches are doing.
    States(Vec<(LaunchId, LaunchState)>),
    /// It was halted, unless somebody changed it before; what it is doing now.
    Halted(LaunchId, LaunchState),
}

impl Executor {
    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Claimed {
                sender,
                launch,
                cohorts,
                suppressed,
            } => {
                self.stopped.note(&suppressed);
                self.claimed(&sender, launch, cohorts);
            }
            Step::NothingDue {
                sender,
                launch,
                kind,
                next_due,
                held,
                expected,
            } => {
                self.nothing_goes(&sender);
                if held {
                    self.ask_what_stopped_it(launch);
                }
                let lane = self.lane(&sender);
                lane.claiming = None;
                // What was committed after the question was asked is not in its answer: it is asked again.
                if let Some(share) = lane
                    .shares
                    .get_mut(&launch)
                    .filter(|share| share.expected == expected)
                {
                    *share.next(kind) = next_due;
                }
            }
            Step::Informed { opening, known } => self.begin_window(opening, known),
            Step::Answered {
                window,
                outcomes,
                begun_at,
                at,
            } => self.answered(window, outcomes, [begun_at, at]),
            Step::PartRecorded {
                window,
                launch,
                settled,
                full,
            } => {
                self.receipts_of(launch, settled);
                self.fail(full);
                if let Some(window) = self.windows.get_mut(&window) {
                    window.recording = false;
                }
                self.finish_window(window);
            }
            Step::Recorded {
                sender,
                launch,
                next,
                intent,
                departed,
                free,
                taken,
                full,
            } => {
                if let Some(taken) = taken {
                    self.turns.give_back(&taken);
                }
                self.lane(&sender).set_in_window(&free, false);
                self.receipts_of(launch, intent.settled.clone());
                self.expect_errands();
                self.expect_deliveries();
                for (sender, kind, due_at) in departed {
                    // Of a sender that is not at hand nothing is sent, which is said at the end.
                    if let Some(lane) = self.lanes.get_mut(&sender) {
                        lane.expect(launch, kind, due_at);
                    }
                }
                // What waited for whoever opted out meanwhile, in whichever launch, is over.
                if !intent.suppressed.is_empty() {
                    self.somebody_left();
                }
                self.recorded(&sender, next, intent, full.is_some());
                self.fail(full);
                self.finish_those_behind();
                // Somebody may have joined a list.
                if self.entrances().any(|entrance| entrance.is_of_a_list()) {
                    self.listen_up();
                }
            }
            Step::Polled { provider, polled, at } => {
                self.polled(&provider, polled, at);
                self.listen_up();
            }
            Step::Kept(said, up_to) => self.kept(said, up_to),
            Step::Folded(folded, deferred) => self.folded(folded, deferred),
            Step::Listened(listened) => {
                self.expect_deliveries();
                self.listened(listened);
            }
            Step::Noted => {}
            Step::Errand(step) => self.take_errand(step),
            Step::Delivery(step) => self.take_delivery(step),
            Step::Released(launch) => self.released(launch),
            Step::States(states) => {
                for (launch, state) in states {
                    if self
                        .launches
                        .get(&launch)
                        .is_some_and(|launched| !launched.halting)
                    {
                        self.changed(launch, state);
                    }
                }
            }
            Step::Halted(launch, state) => {
                self.of_mut(launch).halting = false;
                self.changed(launch, state);
            }
        }
    }
}
