//! Launches a campaign: plans straight into an invisible launch and makes it visible in one write.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use chrono::{DateTime, Utc};
use dsl::campaign::{Campaign, Deed, Program, Purpose, Schedule};
use dsl::project::Project;
use sms::PhoneNumber;

use crate::advance::begins_at;
use crate::again;
use crate::calendar::{EASTERN, Hours, Tick, TimeClass, WESTERN, latest_start};
use crate::entry::{Entry, Step};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;
use crate::member::Encoded;
use crate::plan::{Cohorts, PlanError, Planner, Run, Summary, all_tariffs};
use crate::revision::Revision;
use crate::schedule;
use crate::store::{
    CohortKind, LeftOutRow, NewCohort, NewLaunch, Opening, STARTED, Store, StoreError, Turn, held,
};
use crate::tariff::{Tariff, budget_of};

/// What is to be launched.
#[derive(Clone)]
pub struct LaunchRequest {
    /// The campaign.
    pub revision: Arc<Revision>,
    /// Its project.
    pub project: Arc<Project>,
    /// Unique with the campaign.
    pub occurrence: Occurrence,
    /// Now.
    pub now: DateTime<Utc>,
}

impl LaunchRequest {
    fn new_launch(&self, starts_at: DateTime<Utc>) -> NewLaunch {
        let campaign = &self.revision.campaign;
        NewLaunch {
            campaign: campaign.name.clone(),
            occurrence: self.occurrence.name(),
            revision: (self.revision.id.clone(), self.revision.source.clone()),
            created_at: self.now,
            starts_at,
            marketing: campaign.purpose == Purpose::Marketing,
            answers: answering(&campaign.program),
            canary: campaign.limits.canary.is_some(),
        }
    }
}

/// Which launch of its campaign it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// By hand, for the so many-th time.
    Nth(u32),
    /// At a tick of its cron.
    Tick(Tick),
    /// Of those whom steps of other campaigns started, for the so many-th time.
    Started(u32),
}

impl Occurrence {
    /// How the store knows it: `1`, or the local time of the tick, `2026-12-07 10:00`, or `started 1`. A tick whose hour comes
    /// twice is one.
    pub fn name(self) -> String {
        match self {
            Occurrence::Nth(nth) => nth.to_string(),
            Occurrence::Tick(tick) => schedule::occurrence(tick),
            Occurrence::Started(nth) => format!("{STARTED}{nth}"),
        }
    }

    /// When it begins, asked now.
    pub fn starts_at(self, campaign: &Campaign, now: DateTime<Utc>) -> Result<DateTime<Utc>, LaunchError> {
        match self {
            Occurrence::Nth(_) => starts_at(campaign, now),
            Occurrence::Tick(tick) => Ok(tick.at),
            Occurrence::Started(_) => Ok(now),
        }
    }

    /// The launch of those who are started that follows the ones with these names.
    pub fn next_started<'a>(names: impl Iterator<Item = &'a str>) -> Occurrence {
        let numbers = names.filter_map(|name| name.strip_prefix(STARTED)?.parse::<u32>().ok());
        Occurrence::Started(numbers.max().unwrap_or(0) + 1)
    }
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
    #[error("nobody to send to: {}", why_nobody(.0))]
    Nobody(Box<Summary>),
    /// It begins again and again, or for each person at another time.
    #[error("a launch by hand needs a `schedule` with one time: `now`, or a time on the campaign's clock")]
    NotOnce,
    /// Its cron comes to an end, and has come to it.
    #[error("no tick is left: `until` of the schedule is past; give it a later day, or leave it out")]
    NoTick,
    /// Its time is longer past than a launch may be late.
    #[error(
        "too late: it was due {due}, and may begin until {latest} (`late` of the schedule says how late); give `schedule` a time that is ahead"
    )]
    TooLate {
        /// When it was due, on the clock that its schedule is written for.
        due: String,
        /// Until when it may begin, on the same.
        latest: String,
    },
}

fn why_nobody(summary: &Summary) -> &'static str {
    match (summary.rows, summary.other_days) {
        (0, _) => "the lists have no rows",
        (_, 0) => "every row of the lists is left out",
        (rows, other) if rows == other => "the day is nobody's",
        _ => "the day is nobody's but of those who are left out",
    }
}

/// Cohorts of one write.
const COHORTS: usize = 64;
/// Rows of people left out of one write.
const LEFT_OUT: usize = 20_000;

/// When a campaign that begins once does, asked now.
pub fn starts_at(campaign: &Campaign, now: DateTime<Utc>) -> Result<DateTime<Utc>, LaunchError> {
    let pace = &campaign.pace;
    let window = Hours::of_window(pace.window);
    match &campaign.schedule {
        Schedule::Now => Ok(now),
        Schedule::At(due) => {
            let latest = latest_start(*due, pace.late, &window, campaign.timezone);
            let told = |at: DateTime<Utc>| at.with_timezone(&campaign.timezone).format("%F %H:%M:%S %Z");
            if now > latest {
                return Err(too_late(told(*due), told(latest)));
            }
            Ok(*due)
        }
        Schedule::Local(local) => {
            let latest = latest_start(local.and_utc(), pace.late, &window, chrono_tz::UTC);
            let told = |at: DateTime<Utc>| at.format("%F %H:%M:%S on each recipient's clock");
            // It begins when it does for the first of them, and is too late when it is for the last.
            if now > latest + WESTERN {
                return Err(too_late(told(local.and_utc()), told(latest)));
            }
            Ok(local.and_utc() - EASTERN)
        }
        Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_) => Err(LaunchError::NotOnce),
    }
}

fn too_late(due: impl ToString, latest: impl ToString) -> LaunchError {
    LaunchError::TooLate {
        due: due.to_string(),
        latest: latest.to_string(),
    }
}

/// The steps whose texts answer a reply.
fn answering(program: &Program) -> Vec<u16> {
    let steps = (0..).zip(&program.instructions);
    let answers = steps.filter(|(_, step)| matches!(&step.deed, Deed::Send(send) if send.answers));
    answers.map(|(at, _)| at).collect()
}

/// Plans a campaign and launches it. Reads the lists in `folder`; when it fails nothing is launched. `planned` is told
/// the rows planned so far.
pub async fn launch(
    store: &Store,
    request: LaunchRequest,
    folder: &Path,
    mut planned: impl FnMut(u64) + Send,
) -> Result<(LaunchId, Summary, Vec<Tariff>), LaunchError> {
    let starts_at = request
        .occurrence
        .starts_at(&request.revision.campaign, request.now)?;
    let new = request.new_launch(starts_at);
    let LaunchRequest {
        revision,
        project,
        occurrence,
        now,
    } = request;
    let (launch, suppressed_to) = store.begin_launch(new).await?;
    let barred = again::barred(store, &revision, occurrence, suppressed_to, now).await?;
    let planner = Planner::new(revision.clone(), &project, folder, barred, now)?;
    let first = FirstStep {
        notes_who_enters: matches!(occurrence, Occurrence::Tick(_)),
        ..FirstStep::of(launch, revision.clone(), starts_at, now)
    };
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
    let per_month = revision
        .campaign
        .limits
        .budget
        .is_some_and(|budget| budget.per_month);
    store.set_budget(launch, summary.budget, per_month).await?;
    store.complete_launch(launch, &summary, &tariffs, count).await?;
    Ok((launch, summary, tariffs))
}

/// Opens a launch that people enter as things happen to them; nothing is planned.
pub async fn open(
    store: &Store,
    request: LaunchRequest,
    folder: &Path,
    opening: Opening,
) -> Result<LaunchId, LaunchError> {
    let new = NewLaunch {
        // Nobody is first where people come one at a time.
        canary: false,
        ..request.new_launch(request.now)
    };
    let prices = request.project.prices.clone();
    let stated = request.revision.campaign.limits.budget;
    let folder = folder.to_owned();
    let tariffs = blocking(move || all_tariffs(&folder, prices.as_deref())).await;
    let tariffs = tariffs.map_err(PlanError::Audience)?;
    // Who has no price enters no launch that has a budget.
    let budget = budget_of(stated, &tariffs, 0).map_err(PlanError::Budget)?;
    let opening = match opening {
        // Its passages are still to be told what happened before.
        Opening::Started if request.revision.asks.events => Opening::GoesOn,
        Opening::GoesOn | Opening::Anew | Opening::Started => opening,
    };
    let launch = store.open_launch(new, tariffs, opening).await?;
    let per_month = stated.is_some_and(|budget| budget.per_month);
    store.set_budget(launch, budget, per_month).await?;
    Ok(launch)
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
    revision: Arc<Revision>,
    entry: Entry,
    /// The instruction that who is left out does not come to.
    step: u16,
    /// A later launch asks who entered this one.
    notes_who_enters: bool,
    now: DateTime<Utc>,
}

impl FirstStep {
    fn of(
        launch: LaunchId,
        revision: Arc<Revision>,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> FirstStep {
        FirstStep {
            launch,
            entry: Entry::of(&revision.campaign, starts_at),
            step: begins_at(&revision, starts_at).0.step,
            notes_who_enters: false,
            revision,
            now,
        }
    }

    /// Writes the cohorts and the people left out of a run.
    async fn write(&self, store: &Store, run: u32, planned: Run) -> Result<(), StoreError> {
        let Run { people, left_out } = planned;
        let cohorts = blocking(move || Cohorts::of(people)).await;
        let cohorts = Arc::new(cohorts);
        if self.notes_who_enters {
            let from = cohorts.clone();
            let numbers = blocking(move || from.numbers()).await;
            store.note_entered(self.launch, run, &numbers).await?;
        }
        for start in (0..cohorts.len()).step_by(COHORTS) {
            let (from, which) = (cohorts.clone(), start..cohorts.len().min(start + COHORTS));
            let encoded = blocking(move || from.encoded(which)).await;
            let rows = encoded
                .into_iter()
                .map(|(class, step, members)| self.cohort(run, &class, step, members));
            store.add_to_launch(rows.collect(), vec![]).await?;
        }
        for left_out in left_out.chunks(LEFT_OUT) {
            let rows = left_out.iter().map(|out| self.left_out(out)).collect();
            store.add_to_launch(vec![], rows).await?;
        }
        Ok(())
    }

    fn cohort(&self, run: u32, time_class: &str, step: Step, members: Encoded) -> NewCohort<Encoded> {
        let enters_at = self.entry.at(TimeClass::parse(time_class).as_ref(), step);
        let (place, planned) = begins_at(&self.revision, enters_at);
        let due_at = if self.entry.is_after_canary(step) {
            held(planned)
        } else {
            planned
        };
        NewCohort {
            launch: self.launch,
            run,
            kind: CohortKind::Passage,
            place,
            turn: Turn::First,
            due_at,
            sender: self.revision.campaign.sender_at(place.step).to_owned(),
            time_class: time_class.to_owned(),
            members,
        }
    }

    fn left_out(&self, (phone, at_row, reason): &(PhoneNumber, u64, LeftOut)) -> LeftOutRow {
        LeftOutRow {
            launch: self.launch,
            phone: *phone,
            at_row: *at_row,
            run: 0,
            step: self.step,
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::testing::campaign;

    #[test]
    fn a_launch_may_be_late_as_its_schedule_says() {
        let table = [
            ("\"2026-11-25 09:00\"", "2026-11-26T09:00:00Z"),
            ("\"2026-11-25 09:00\"", "2026-11-26T09:00:01Z"),
            (
                "{ at: \"2026-11-25 09:00\", late: 2 hours }",
                "2026-11-25T11:00:00Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", late: 2 hours }",
                "2026-11-25T11:00:01Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", window: \"09:00-18:00\" }",
                "2026-11-25T17:59:59Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", window: \"09:00-18:00\" }",
                "2026-11-25T18:00:00Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", clock: recipient, late: 1 hour }",
                "2026-11-25T22:00:00Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", clock: recipient, late: 1 hour }",
                "2026-11-25T22:00:01Z",
            ),
            (
                "{ at: \"2026-11-25 09:00\", clock: recipient, window: \"08:00-20:00\" }",
                "2026-11-25T02:00:00Z",
            ),
            ("{ cron: \"0 9 * * *\" }", "2026-11-25T18:00:00Z"),
        ];
        let lines = table.map(|(schedule, now)| {
            let text = format!(
                "audience: people.csv\nreplies: none\ntimezone: UTC\nmessage: STOP to opt out\nschedule: {schedule}\n"
            );
            let found = starts_at(&campaign(&text).campaign, now.parse().expect("an instant"));
            let found = found.map_or_else(|error| error.to_string(), |at| format!("from {at}"));
            format!("{schedule}, now {now}\n    {found}\n")
        });
        expect![[r#"
            "2026-11-25 09:00", now 2026-11-26T09:00:00Z
                from 2026-11-25 09:00:00 UTC
            "2026-11-25 09:00", now 2026-11-26T09:00:01Z
                too late: it was due 2026-11-25 09:00:00 UTC, and may begin until 2026-11-26 09:00:00 UTC (`late` of the schedule says how late); give `schedule` a time that is ahead
            { at: "2026-11-25 09:00", late: 2 hours }, now 2026-11-25T11:00:00Z
                from 2026-11-25 09:00:00 UTC
            { at: "2026-11-25 09:00", late: 2 hours }, now 2026-11-25T11:00:01Z
                too late: it was due 2026-11-25 09:00:00 UTC, and may begin until 2026-11-25 11:00:00 UTC (`late` of the schedule says how late); give `schedule` a time that is ahead
            { at: "2026-11-25 09:00", window: "09:00-18:00" }, now 2026-11-25T17:59:59Z
                from 2026-11-25 09:00:00 UTC
            { at: "2026-11-25 09:00", window: "09:00-18:00" }, now 2026-11-25T18:00:00Z
                too late: it was due 2026-11-25 09:00:00 UTC, and may begin until 2026-11-25 17:59:59 UTC (`late` of the schedule says how late); give `schedule` a time that is ahead
            { at: "2026-11-25 09:00", clock: recipient, late: 1 hour }, now 2026-11-25T22:00:00Z
                from 2026-11-24 19:00:00 UTC
            { at: "2026-11-25 09:00", clock: recipient, late: 1 hour }, now 2026-11-25T22:00:01Z
                too late: it was due 2026-11-25 09:00:00 on each recipient's clock, and may begin until 2026-11-25 10:00:00 on each recipient's clock (`late` of the schedule says how late); give `schedule` a time that is ahead
            { at: "2026-11-25 09:00", clock: recipient, window: "08:00-20:00" }, now 2026-11-25T02:00:00Z
                from 2026-11-24 19:00:00 UTC
            { cron: "0 9 * * *" }, now 2026-11-25T18:00:00Z
                a launch by hand needs a `schedule` with one time: `now`, or a time on the campaign's clock
        "#]].assert_eq(&lines.concat());
    }
}
