//! `crier run`: validates, plans, and executes a campaign here to its end. Typed again it goes on where it stopped, or
//! says that it is done. What begins again and again goes through the same, tick by tick; what begins by a trigger is open until
//! somebody ends it.

mod settling;
mod started;
mod ticks;
mod together;
mod triggered;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use dsl::campaign::{Campaign, Deed, Replies, Schedule};
use engine::clock::{Clock, SystemClock};
use engine::deliver::{Courier, Route};
use engine::execute::{End, Execution, Launching, execute};
use engine::ids::LaunchId;
use engine::launch::{LaunchError, LaunchRequest, Occurrence, launch};
use engine::load::{self, LoadedCampaign};
use engine::plan::Summary;
use engine::reached::reached_as;
use engine::revision::Revision;
use engine::store::{Access, LaunchRow, LaunchState, Store, StoreError};
use engine::tariff::budget_of;
use serde_json::json;
use tokio::sync::watch;

use self::settling::Settled;
use self::together::Together;
use super::plan::failed;
use super::{Failure, open_store, others, rewrite, status, valid_campaign};
use crate::cli::{Format, Run};
use crate::output::{self, counted, plan::Shown, progress, report::NAMED};

pub(super) async fn run(args: &Run) -> Result<ExitCode, Failure> {
    rewrite::no_stdin([&args.file], "run")?;
    let loaded = valid_campaign(&args.file, args.format)?;
    others::refuse(&loaded, args.format)?;
    let stop = stop_on_signal(&args.file);
    let store = Arc::new(open_store(&loaded.project, Access::Execute).await?);
    store.drop_incomplete().await?;
    let running = Running {
        args,
        loaded: &loaded,
        revision: loaded.revision.clone().expect("a valid campaign has a revision"),
        store,
        clock: Arc::new(SystemClock::new()),
        stop,
    };
    let ended = match running.campaign().schedule {
        Schedule::Cron { .. } | Schedule::Day { .. } => ticks::run(&running).await,
        Schedule::Now | Schedule::At(_) | Schedule::Local(_) => once(&running).await,
        Schedule::Trigger(_) => triggered::run(&running).await,
    };
    if ended.is_ok() {
        running.say_not_delivered().await?;
    }
    ended
}

/// Runs a campaign that begins once.
async fn once(running: &Running<'_>) -> Result<ExitCode, Failure> {
    let own = match running.latest().await? {
        None => running.launch_nth(1).await?.map(|row| (row, Begun::New)),
        Some(row) if running.args.again => {
            if row.state == LaunchState::Cancelled
                && settling::settle(running, &row).await? == Settled::Interrupted
            {
                return Ok(code(End::Interrupted));
            }
            let nth = running.next_nth(&row).await?;
            running.launch_nth(nth).await?.map(|row| (row, Begun::New))
        }
        Some(row) => {
            let (row, begun) = stands(row, &running.revision)?;
            Some((running.with_budget(row, begun).await?, begun))
        }
    };
    if let Some((launch, begun)) = &own
        && (launch.state == LaunchState::Cancelled || !started::any(running).await?)
    {
        return Ok(code(running.to_its_end(launch, *begun).await?));
    }
    let mut together = Together::begin(running);
    if let Some((launch, begun)) = own {
        together.add(&launch, begun).await?;
    }
    started::add(running, &mut together).await?;
    let ended = together.until_all_end().await?;
    match running.is_stopped() {
        true => Ok(code(End::Interrupted)),
        false => Ok(code(ended.otherwise.unwrap_or(End::Done))),
    }
}

/// A campaign that is run here.
struct Running<'a> {
    args: &'a Run,
    loaded: &'a LoadedCampaign,
    /// As the file is now.
    revision: Arc<Revision>,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    stop: watch::Receiver<bool>,
}

impl Running<'_> {
    fn campaign(&self) -> &Campaign {
        &self.revision.campaign
    }

    /// Whether somebody asked it to stop.
    fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// The latest launch of the campaign, but of those who were started.
    async fn latest(&self) -> Result<Option<LaunchRow>, Failure> {
        let launches = self.store.launches(Some(&self.campaign().name)).await?;
        Ok(launches.into_iter().find(|row| !row.is_of_started()))
    }

    /// The launches of it that are not over, the earliest first; but of those who were started.
    async fn open(&self) -> Result<Vec<LaunchRow>, Failure> {
        let launches = self.store.launches(Some(&self.campaign().name)).await?;
        let is_open = |row: &LaunchRow| !row.is_of_started() && !row.state.is_over();
        Ok(launches.into_iter().rev().filter(is_open).collect())
    }

    /// Whether a launch of it is halted: nothing more of it begins until somebody looked into that.
    async fn is_halted(&self) -> Result<bool, Failure> {
        let launches = self.store.launches(Some(&self.campaign().name)).await?;
        Ok(launches.iter().any(|row| row.state == LaunchState::Halted))
    }

    /// A launch of it, as it stands.
    async fn row(&self, launch: LaunchId) -> Result<LaunchRow, Failure> {
        let launches = self.store.launches(Some(&self.campaign().name)).await?;
        let row = launches.into_iter().find(|row| row.id == launch);
        row.ok_or_else(|| Failure::Internal(anyhow!("the launch is gone from the store")))
    }

    /// How often it will have been launched by hand with one more; the latest launch must be over.
    async fn next_nth(&self, latest: &LaunchRow) -> Result<u32, Failure> {
        if !latest.state.is_over() {
            return Err(Failure::Found(Some(anyhow!(
                "launch {} of {} is {}: let it end, or `crier cancel {}`, before `--again`",
                latest.id,
                latest.campaign,
                latest.state.word(),
                latest.campaign
            ))));
        }
        self.nth().await
    }

    /// How often it will have been launched by hand with one more, whatever became of the others.
    async fn nth(&self) -> Result<u32, Failure> {
        let launches = self.store.launches(Some(&self.campaign().name)).await?;
        let last = launches
            .iter()
            .filter_map(|row| row.occurrence.parse::<u32>().ok());
        Ok(last.max().unwrap_or(0) + 1)
    }

    /// None where there is nobody for it, but others are started by steps of other campaigns.
    async fn launch_nth(&self, nth: u32) -> Result<Option<LaunchRow>, Failure> {
        match self.launch(Occurrence::Nth(nth)).await {
            Ok(launch) => {
                self.say_kept();
                Ok(Some(self.row(launch).await?))
            }
            Err(error @ (LaunchError::Nobody(_) | LaunchError::TooLate { .. }))
                if started::any(self).await? =>
            {
                self.say_kept();
                let name = &self.campaign().name;
                output::say(&format!("nobody of the list of {name} is texted: {error}"));
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Plans and launches, and shows the plan.
    async fn launch(&self, occurrence: Occurrence) -> Result<LaunchId, LaunchError> {
        let project = self.loaded.project.project.clone();
        let now = self.clock.now();
        let starts_at = occurrence.starts_at(self.campaign(), now)?;
        let request = LaunchRequest {
            revision: self.revision.clone(),
            project: project.expect("a valid campaign has a project"),
            occurrence,
            now,
        };
        let told = |rows| output::say(&format!("{} planned", counted(rows, "row", "rows")));
        let planned = launch(&self.store, request, &self.loaded.project.folder, told).await;
        match planned {
            Ok((launch, summary, _)) => {
                self.show_plan(&summary, occurrence, starts_at, now);
                Ok(launch)
            }
            Err(LaunchError::Nobody(summary)) => {
                // There is a day or a tick for nobody between any two for somebody.
                if !summary.is_nobodys_day(self.campaign()) {
                    self.show_plan(&summary, occurrence, now, now);
                }
                Err(LaunchError::Nobody(summary))
            }
            Err(error) => Err(error),
        }
    }

    fn show_plan(
        &self,
        summary: &Summary,
        occurrence: Occurrence,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) {
        let project = self.loaded.project.project.as_ref();
        let shown = Shown {
            summary,
            revision: &self.revision,
            project: project.expect("a valid campaign has a project"),
            occurrence,
            starts_at,
            now,
        };
        match self.args.format {
            Format::Full => output::line(&format!("{}\n", shown.text())),
            // The report is the one document on stdout.
            Format::Json => output::say(&shown.text()),
        }
    }

    /// The budget is the file's, also of a launch that runs on an older one: raising it releases what it held.
    async fn with_budget(&self, launch: LaunchRow, begun: Begun) -> Result<LaunchRow, Failure> {
        let stated = self.campaign().limits.budget;
        let budget = budget_of(stated, &launch.tariffs, launch.summary.unpriced_parts)
            .map_err(|error| Failure::Found(Some(error.into())))?;
        let per_month = stated.is_some_and(|budget| budget.per_month);
        if begun != Begun::Resumed || (budget, per_month) == (launch.budget, launch.per_month) {
            return Ok(launch);
        }
        self.store.set_budget(launch.id, budget, per_month).await?;
        let stated = stated.map_or("none".to_owned(), |budget| budget.to_string());
        output::say(&format!("the budget of launch {} is now {stated}", launch.id));
        Ok(LaunchRow {
            budget,
            per_month,
            ..launch
        })
    }

    /// Executes a launch and reports.
    async fn to_its_end(&self, launch: &LaunchRow, begun: Begun) -> Result<End, Failure> {
        let end = self.execute(launch).await?;
        self.report(end, begun, launch).await?;
        Ok(end)
    }

    async fn report(&self, end: End, begun: Begun, launch: &LaunchRow) -> Result<(), Failure> {
        let named = match self.args.format {
            Format::Full => NAMED,
            Format::Json => u32::MAX,
        };
        let report = status::report(&self.store, self.row(launch.id).await?, named, true).await?;
        match self.args.format {
            Format::Full => output::line(&format!(
                "{}\n\n{}",
                title(end, begun, &report.launch),
                report.text()
            )),
            Format::Json => {
                output::json(&json!({ "format_version": output::FORMAT_VERSION, "report": report.json() }))
            }
        }
        Ok(())
    }

    /// Executes a launch, and shows how far it is.
    async fn execute(&self, launch: &LaunchRow) -> Result<End, Failure> {
        let execution = self.execution(launch).await?;
        let revision = &execution.revision;
        let straight = revision.campaign.program.is_straight() && !launch.is_opened();
        let total = straight.then(|| launch.summary.people * sends(revision));
        let mut shown = progress::Shown::new(total);
        ended(async move {
            let end = execute(execution, &mut |progress| shown.update(progress)).await;
            shown.finish();
            end
        })
        .await
    }

    async fn execution(&self, launch: &LaunchRow) -> Result<Execution, Failure> {
        let launching = self.launching(launch).await?;
        Ok(Execution {
            store: self.store.clone(),
            clock: self.clock.clone(),
            providers: launching.providers,
            project: launching.project,
            launch: launching.launch,
            revision: launching.revision,
            receipts: launching.receipts,
            courier: Some(self.courier()),
            stop: self.stop.clone(),
        })
    }

    /// Says which of its inboxes nothing reaches.
    fn say_kept(&self) {
        let project = self.loaded.project.project.as_ref();
        let project = project.expect("a valid campaign has a project");
        let program = &self.campaign().program.instructions;
        let told = program.iter().filter_map(|one| match &one.deed {
            Deed::Forward(to) | Deed::Notify { to, .. } => Some(to.to_string()),
            _ => None,
        });
        let replies = match &self.campaign().replies {
            Replies::Inbox(to) | Replies::Address(to) => Some(to.clone()),
            Replies::Kept | Replies::Nobody => None,
        };
        let inboxes: BTreeSet<String> = told.chain(replies).collect();
        for inbox in inboxes {
            if let Route::Kept(why) = Route::of(project, &inbox) {
                output::say(&format!("what is for {inbox} stays in `crier inbox`: {why}"));
            }
        }
    }

    /// Says what people at a desk do not have.
    async fn say_not_delivered(&self) -> Result<(), Failure> {
        let counts = self.store.delivery_counts().await?;
        if let Some(told) = status::to_be_delivered(&counts) {
            output::say(&format!(
                "{told}: `crier inbox` says why, and any `crier run` of this project goes on with that"
            ));
        }
        if let Some(told) = status::to_be_retried(&counts) {
            output::say(&format!(
                "{told}: `crier inbox` says why; once that is put right, `crier inbox --retry` and a `crier run` try again"
            ));
        }
        Ok(())
    }

    /// Delivers to the inboxes as crier.yaml stands now, whatever it said when a launch began.
    fn courier(&self) -> Courier {
        let project = self.loaded.project.project.clone();
        let environment = |name: &str| std::env::var(name).ok();
        Courier::new(
            project.expect("a valid campaign has a project"),
            Arc::new(environment),
        )
    }

    /// A launch on the revision that it is pinned to; its providers are reached as crier.yaml says now.
    async fn launching(&self, launch: &LaunchRow) -> Result<Launching, Failure> {
        let source = self.store.revision(&launch.revision).await?;
        let (project, revision) = load::from_source(source).ok_or_else(|| {
            Failure::Internal(anyhow!(
                "launch {} began with a campaign that this version cannot read",
                launch.id
            ))
        })?;
        let now = self.loaded.project.project.as_ref();
        let project = Arc::new(reached_as(&project, now.expect("a valid campaign has a project")));
        Ok(Launching {
            launch: launch.clone(),
            revision,
            providers: engine::provider::providers(&project),
            project,
            receipts: self.args.receipts,
            only_settles: false,
            enters: None,
        })
    }
}

/// How an execution ended.
async fn ended(
    execution: impl Future<Output = Result<End, StoreError>> + Send + 'static,
) -> Result<End, Failure> {
    // A task among the others: beside the runtime each answer of a provider would have to wake the main thread.
    let end = tokio::spawn(execution).await;
    Ok(end.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?)
}

/// Texts that each person gets.
fn sends(revision: &Revision) -> u64 {
    revision.campaign.program.sends().count() as u64
}

/// How a run stands to the launches before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    New,
    Resumed,
    EndedBefore,
}

/// What a launch that stands already means for this run.
fn stands(launch: LaunchRow, revision: &Revision) -> Result<(LaunchRow, Begun), Failure> {
    let name = &launch.campaign;
    let changed = launch.revision != revision.id;
    match launch.state {
        LaunchState::Done => {
            let edited = if changed {
                "; the file has changed since, and that makes no new launch"
            } else {
                ""
            };
            output::say(&format!(
                "launch {} of {name} is done, and nothing is sent{edited}; `--again` makes a new launch",
                launch.id
            ));
            Ok((launch, Begun::EndedBefore))
        }
        LaunchState::Cancelled => {
            output::say(&format!(
                "launch {} of {name} was cancelled: nobody is texted any more, only what it left in doubt is settled; `--again` makes a new launch",
                launch.id
            ));
            Ok((launch, Begun::EndedBefore))
        }
        LaunchState::Halted => {
            output::say(&format!(
                "launch {} of {name} is halted, and nobody new is texted: `crier resume {name}` lets it go on, `crier cancel {name}` ends it",
                launch.id
            ));
            Ok((launch, Begun::Resumed))
        }
        LaunchState::Running | LaunchState::Paused | LaunchState::Building => {
            let edited = match changed {
                true => format!(
                    "; the file has changed since: this launch keeps the text and the time it began with, takes the budget of the file, and reaches providers as crier.yaml says now; {}",
                    anew(revision)
                ),
                false => String::new(),
            };
            output::say(&format!(
                "launch {} of {name} goes on where it stopped{edited}",
                launch.id
            ));
            Ok((launch, Begun::Resumed))
        }
    }
}

/// What launches the file as it is now.
fn anew(revision: &Revision) -> &'static str {
    match revision.campaign.schedule {
        Schedule::Cron { .. } => "the next tick launches the file as it is now",
        Schedule::Day { .. } => "the next day launches the file as it is now",
        Schedule::Now | Schedule::At(_) | Schedule::Local(_) => {
            "`crier cancel` with `--again` launches the file as it is now"
        }
        Schedule::Trigger(_) => "whoever enters from now on gets the file as it is now",
    }
}

fn title(end: End, begun: Begun, launch: &LaunchRow) -> String {
    let what = format!("launch {} of {}", launch.id, launch.campaign);
    match (end, begun) {
        (End::Done, Begun::EndedBefore) => format!("{what}: done before; what came in since is added"),
        (End::Done, Begun::New | Begun::Resumed) => format!("{what}: done"),
        (End::OverBudget, _) => format!(
            "{what}: the budget is used up, and who is left waits; raise `limits.budget` and type the same command again"
        ),
        (End::Cancelled, _) => format!("{what}: cancelled"),
        (End::Halted, _) => format!(
            "{what}: halted; `crier status` says why, `crier resume {name}` and the same command go on, `crier cancel {name}` ends it",
            name = launch.campaign
        ),
        (End::Interrupted, _) => format!("{what}: interrupted; type the same command again to go on"),
    }
}

fn code(end: End) -> ExitCode {
    match end {
        End::Done => ExitCode::SUCCESS,
        End::Cancelled | End::OverBudget | End::Halted => ExitCode::from(1),
        End::Interrupted => ExitCode::from(130),
    }
}

/// The first Ctrl-C or SIGTERM asks the execution to stop: what is under way is recorded. The second ends the process,
/// and what was under way is in doubt.
fn stop_on_signal(file: &Path) -> watch::Receiver<bool> {
    let (ask, asked) = watch::channel(false);
    let again = format!("`crier run {}` goes on", file.display());
    tokio::spawn(async move {
        signal().await;
        // Nobody listens when nothing is executed yet: then there is nothing to record.
        if ask.send(true).is_err() {
            output::say(&format!("stopped; {again}"));
            std::process::exit(130);
        }
        output::say("stopping: what is being submitted is still recorded (once more stops at once)");
        let _ = tokio::time::timeout(PATIENCE, signal()).await;
        output::say(&format!(
            "stopped without a report; nothing is lost, and what was recorded stands in the store: what was just being submitted is in doubt, and settled when {again}"
        ));
        std::process::exit(130);
    });
    asked
}

/// How long an execution may take to stop.
const PATIENCE: Duration = Duration::from_secs(60);

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Where the handler cannot be set the system ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
