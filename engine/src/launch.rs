//! Launches a campaign: plans straight into an invisible launch and makes it visible in one write.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use dsl::campaign::{Purpose, Schedule};
use dsl::project::Project;
use dsl::scalar::WrittenTime;
use sms::PhoneNumber;

use crate::advance::{Place, stop_at};
use crate::calendar::{Moment, TimeClass};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;
use crate::member::Encoded;
use crate::plan::{Cohorts, PlanError, Planner, Run, Summary};
use crate::revision::Revision;
use crate::store::{CohortKind, LeftOutRow, NewCohort, NewLaunch, Store, StoreError, Turn};
use crate::tariff::Tariff;

/// What is to be launched.
#[derive(Clone)]
pub struct LaunchRequest {
    /// The campaign.
    pub revision: Arc<Revision>,
    /// Its project.
    pub project: Arc<Project>,
    /// `1`, `2`, … for a one-off; unique with the campaign.
    pub occurrence: String,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Why nothing was launched.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan has nobody in it.
    #[error("nobody to send to: {}", if .0.rows == 0 { "the lists have no rows" } else { "every row of the lists is left out" })]
    Nobody(Box<Summary>),
    /// It begins again and again, or for each person at another time.
    #[error("a launch by hand needs a `schedule` with one time: `now`, or a time on the campaign's clock")]
    NotOnce,
    /// Its time is longer past than a launch may be late.
    #[error(
        "too late: it was due {due}, and may begin at most {hours} hours late; give `schedule` a time that is ahead"
    )]
    TooLate {
        /// When it was due.
        due: DateTime<Utc>,
        /// How late a launch may begin.
        hours: i64,
    },
}

/// A launch may begin so many hours late.
const LATE_HOURS: i64 = 24;
/// No clock is further ahead of UTC.
const EASTERN: TimeDelta = TimeDelta::hours(14);
/// Cohorts of one write.
const COHORTS: usize = 64;
/// Rows of people left out of one write.
const LEFT_OUT: usize = 20_000;

/// When a schedule begins, asked now.
pub fn starts_at(schedule: &Schedule, now: DateTime<Utc>) -> Result<DateTime<Utc>, LaunchError> {
    match schedule {
        Schedule::Now => Ok(now),
        Schedule::At(due) if now - *due > TimeDelta::hours(LATE_HOURS) => Err(LaunchError::TooLate {
            due: *due,
            hours: LATE_HOURS,
        }),
        Schedule::At(due) => Ok(*due),
        // When it begins for the first of them.
        Schedule::Local(local) => starts_at(&Schedule::At(local.and_utc() - EASTERN), now),
        Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_) => Err(LaunchError::NotOnce),
    }
}

/// Plans a campaign and launches it. Reads the lists in `folder`; when it fails nothing is launched. `planned` is told
/// the rows planned so far.
pub async fn launch(
    store: &Store,
    request: LaunchRequest,
    folder: &Path,
    mut planned: impl FnMut(u64) + Send,
) -> Result<(LaunchId, Summary, Vec<Tariff>), LaunchError> {
    let LaunchRequest {
        revision,
        project,
        occurrence,
        now,
    } = request;
    let starts_at = starts_at(&revision.campaign.schedule, now)?;
    let new = NewLaunch {
        campaign: revision.campaign.name.clone(),
        occurrence,
        revision: (revision.id.clone(), revision.source.clone()),
        created_at: now,
        starts_at,
        marketing: revision.campaign.purpose == Purpose::Marketing,
    };
    let (launch, suppressed_to) = store.begin_launch(new).await?;
    let suppressed = store.suppressed(suppressed_to).await?;
    let planner = Planner::new(revision.clone(), &project, folder, suppressed, now)?;
    let first = FirstStep::of(launch, &revision, starts_at, now);
    // One thread plans, on every core; a run is written while the next is planned, and no third one waits in between.
    let (hand_over, mut runs) = sync_channel(0);
    let planning = tokio::task::spawn_blocking(move || plan_all(planner, &hand_over));
    let mut count = 0;
    loop {
        let (run, back) = blocking(move || (runs.recv(), runs)).await;
        runs = back;
        let Ok((rows, run)) = run else { break };
        planned(rows);
        first.write(store, count, run).await?;
        count += 1;
    }
    let (summary, tariffs) = planning.await.expect("planning does not panic")?;
    if summary.people == 0 {
        return Err(LaunchError::Nobody(Box::new(summary)));
    }
    store.set_budget(launch, summary.budget).await?;
    store.complete_launch(launch, &summary, &tariffs, count).await?;
    Ok((launch, summary, tariffs))
}

/// Plans run after run, each handed over with the rows planned so far, until there is none or nobody takes them.
fn plan_all(
    mut planner: Planner,
    hand_over: &SyncSender<(u64, Run)>,
) -> Result<(Summary, Vec<Tariff>), PlanError> {
    while let Some(run) = planner.next_run()? {
        if hand_over.send((planner.rows(), run)).is_err() {
            break;
        }
    }
    planner.finish()
}

/// Where everybody begins.
struct FirstStep {
    launch: LaunchId,
    place: Place,
    due_at: DateTime<Utc>,
    /// The time on each recipient's clock, where it is one.
    local: Option<NaiveDateTime>,
    sender: String,
    now: DateTime<Utc>,
}

impl FirstStep {
    fn of(launch: LaunchId, revision: &Revision, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> FirstStep {
        let (place, due_at) = stop_at(revision, Place::START, starts_at);
        FirstStep {
            launch,
            place,
            due_at,
            local: match revision.campaign.schedule {
                Schedule::Local(local) => Some(local),
                _ => None,
            },
            sender: revision.campaign.sender.clone(),
            now,
        }
    }

    /// Writes the cohorts and the people left out of a run.
    async fn write(&self, store: &Store, run: u32, planned: Run) -> Result<(), StoreError> {
        let Run { people, left_out } = planned;
        let cohorts = blocking(move || Cohorts::of(people)).await;
        let cohorts = Arc::new(cohorts);
        for start in (0..cohorts.len()).step_by(COHORTS) {
            let (from, which) = (cohorts.clone(), start..cohorts.len().min(start + COHORTS));
            let encoded = blocking(move || from.encoded(which)).await;
            let rows = encoded
                .into_iter()
                .map(|(class, members)| self.cohort(run, &class, members));
            store.add_to_launch(rows.collect(), vec![]).await?;
        }
        for left_out in left_out.chunks(LEFT_OUT) {
            let rows = left_out.iter().map(|out| self.left_out(out)).collect();
            store.add_to_launch(vec![], rows).await?;
        }
        Ok(())
    }

    fn cohort(&self, run: u32, time_class: &str, members: Encoded) -> NewCohort<Encoded> {
        NewCohort {
            launch: self.launch,
            run,
            kind: CohortKind::Passage,
            place: self.place,
            turn: Turn::First,
            due_at: self.due_at(time_class),
            sender: self.sender.clone(),
            time_class: time_class.to_owned(),
            members,
        }
    }

    /// When people of these zones begin.
    fn due_at(&self, time_class: &str) -> DateTime<Utc> {
        let class = self.local.and_then(|_| TimeClass::parse(time_class));
        match (self.local, class) {
            (Some(local), Some(class)) => {
                let at = Moment::At(WrittenTime::Local(local)).instant(&class, self.due_at);
                at.max(self.due_at)
            }
            _ => self.due_at,
        }
    }

    fn left_out(&self, (phone, at_row, reason): &(PhoneNumber, u64, LeftOut)) -> LeftOutRow {
        LeftOutRow {
            launch: self.launch,
            phone: *phone,
            at_row: *at_row,
            step: self.place.step,
            reason: reason.clone(),
            at: self.now,
        }
    }
}

/// Computes beside the tasks that wait.
async fn blocking<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(compute).await;
    done.expect("what is computed for a launch does not panic")
}
