//! `crier run`: validates, plans, and executes a campaign here to its end. Typed again it goes on where it stopped, or
//! says that it is done.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use dsl::project::Project;
use engine::clock::{Clock, SystemClock};
use engine::execute::{End, Execution, execute};
use engine::launch::{LaunchRequest, launch};
use engine::load::{self, LoadedCampaign};
use engine::revision::Revision;
use engine::store::{Access, LaunchRow, LaunchState, Store};
use engine::tariff::budget_of;
use serde_json::json;
use tokio::sync::watch;

use super::plan::failed;
use super::{Failure, namesake, open_store, status, valid_campaign};
use crate::cli::{Format, Run};
use crate::output::{self, counted, plan::Shown, progress};

pub(super) async fn run(args: &Run) -> Result<ExitCode, Failure> {
    let loaded = valid_campaign(&args.file, args.format)?;
    namesake::refuse(&loaded, args.format)?;
    let stop = stop_on_signal();
    let store = Arc::new(open_store(&loaded.project, Access::Execute).await?);
    store.drop_incomplete().await?;
    let revision = loaded.revision.clone().expect("a valid campaign has a revision");
    let mut runs = store.launches(Some(&revision.campaign.name)).await?;
    let latest = if runs.is_empty() {
        None
    } else {
        Some(runs.remove(0))
    };
    let (launch, what) = match latest {
        None => (launch_now(args, &loaded, &store, 1).await?, Begun::New),
        Some(row) if args.again => {
            if row.state == LaunchState::Cancelled {
                // What it left in doubt is settled before anybody is texted anew.
                let end = run_launch(args, store.clone(), row.clone(), stop.clone()).await?;
                if end == End::Interrupted {
                    return Ok(code(end));
                }
            }
            let occurrence = next_occurrence(&row)?;
            (launch_now(args, &loaded, &store, occurrence).await?, Begun::New)
        }
        Some(row) => {
            let (row, begun) = stands(row, &revision)?;
            (with_budget(row, begun, &revision, &store).await?, begun)
        }
    };
    let end = run_launch(args, store.clone(), launch.clone(), stop).await?;
    let report = status::report(&store, current(&store, &launch).await?).await?;
    match args.format {
        Format::Full => output::line(&format!(
            "{}\n\n{}",
            title(end, what, &report.launch),
            report.text()
        )),
        Format::Json => {
            output::json(&json!({ "format_version": output::FORMAT_VERSION, "report": report.json() }))
        }
    }
    Ok(code(end))
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
            let edited = if changed {
                "; the file has changed since: this launch keeps the text and the time it began with, and takes the budget of the file; `crier cancel` with `--again` launches the file as it is now"
            } else {
                ""
            };
            output::say(&format!(
                "launch {} of {name} goes on where it stopped{edited}",
                launch.id
            ));
            Ok((launch, Begun::Resumed))
        }
    }
}

/// The budget is the file's, also of a launch that runs on an older one: raising it releases what it held.
async fn with_budget(
    launch: LaunchRow,
    begun: Begun,
    revision: &Revision,
    store: &Store,
) -> Result<LaunchRow, Failure> {
    let stated = revision.campaign.limits.budget;
    let budget = budget_of(stated, &launch.tariffs, launch.summary.unpriced_parts)
        .map_err(|error| Failure::Found(Some(error.into())))?;
    if begun != Begun::Resumed || budget == launch.budget {
        return Ok(launch);
    }
    store.set_budget(launch.id, budget).await?;
    let stated = stated.map_or("none".to_owned(), |budget| budget.to_string());
    output::say(&format!("the budget of launch {} is now {stated}", launch.id));
    Ok(LaunchRow { budget, ..launch })
}

fn next_occurrence(latest: &LaunchRow) -> Result<u32, Failure> {
    if !matches!(latest.state, LaunchState::Done | LaunchState::Cancelled) {
        return Err(Failure::Found(Some(anyhow!(
            "launch {} of {} is {}: let it end, or `crier cancel {}`, before `--again`",
            latest.id,
            latest.campaign,
            latest.state.word(),
            latest.campaign
        ))));
    }
    Ok(latest.occurrence.parse::<u32>().unwrap_or(1) + 1)
}

/// Plans and launches, and shows the plan.
async fn launch_now(
    args: &Run,
    loaded: &LoadedCampaign,
    store: &Store,
    occurrence: u32,
) -> Result<LaunchRow, Failure> {
    let revision = loaded.revision.clone().expect("a valid campaign has a revision");
    let project = loaded
        .project
        .project
        .clone()
        .expect("a valid campaign has a project");
    let now = SystemClock::new().now();
    let request = LaunchRequest {
        revision: revision.clone(),
        project: project.clone(),
        occurrence: occurrence.to_string(),
        now,
    };
    let told = |rows| output::say(&format!("{} planned", counted(rows, "row", "rows")));
    let planned = launch(store, request, &loaded.project.folder, told).await;
    let (id, summary, _) = match planned {
        Ok(planned) => planned,
        Err(error) => {
            if let engine::launch::LaunchError::Nobody(summary) = &error {
                show_plan(args, summary, &revision, &project, now, now);
            }
            return Err(failed(error));
        }
    };
    let row = store
        .launches(Some(&revision.campaign.name))
        .await?
        .into_iter()
        .find(|row| row.id == id);
    let row = row.ok_or_else(|| Failure::Internal(anyhow!("the launch is gone from the store")))?;
    show_plan(args, &summary, &revision, &project, row.starts_at, now);
    Ok(row)
}

fn show_plan(
    args: &Run,
    summary: &engine::plan::Summary,
    revision: &Revision,
    project: &Project,
    starts_at: chrono::DateTime<chrono::Utc>,
    now: chrono::DateTime<chrono::Utc>,
) {
    let shown = Shown {
        summary,
        revision,
        project,
        starts_at,
        now,
    };
    match args.format {
        Format::Full => output::line(&format!("{}\n", shown.text())),
        // The report is the one document on stdout.
        Format::Json => output::say(&shown.text()),
    }
}

/// Executes a launch on the revision that it is pinned to.
async fn run_launch(
    args: &Run,
    store: Arc<Store>,
    launch: LaunchRow,
    stop: watch::Receiver<bool>,
) -> Result<End, Failure> {
    let source = store.revision(&launch.revision).await?;
    let (project, revision) = load::from_source(source).ok_or_else(|| {
        Failure::Internal(anyhow!(
            "launch {} began with a campaign that this version cannot read",
            launch.id
        ))
    })?;
    let providers = engine::provider::providers(&project);
    let straight = revision.campaign.program.is_straight();
    let total = straight.then(|| launch.summary.people * sends(&revision));
    let execution = Execution {
        store,
        clock: Arc::new(SystemClock::new()),
        project,
        providers,
        launch,
        revision,
        receipts: args.receipts,
        stop,
    };
    // A task among the others: beside the runtime each answer of a provider would have to wake the main thread.
    let executing = tokio::spawn(async move {
        let mut shown = progress::Shown::new(total);
        let end = execute(execution, &mut |progress| shown.update(progress)).await;
        shown.finish();
        end
    });
    let end = executing.await;
    Ok(end.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?)
}

/// Texts that each person gets.
fn sends(revision: &Revision) -> u64 {
    revision.campaign.program.sends().count() as u64
}

async fn current(store: &Store, launch: &LaunchRow) -> Result<LaunchRow, Failure> {
    let rows = store.launches(Some(&launch.campaign)).await?;
    Ok(rows
        .into_iter()
        .find(|row| row.id == launch.id)
        .unwrap_or_else(|| launch.clone()))
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
fn stop_on_signal() -> watch::Receiver<bool> {
    let (ask, asked) = watch::channel(false);
    tokio::spawn(async move {
        signal().await;
        output::say("stopping: what is being submitted is still recorded (once more stops at once)");
        // Nobody listens when nothing is executed yet: then there is nothing to record.
        if ask.send(true).is_ok() {
            let _ = tokio::time::timeout(PATIENCE, signal()).await;
        }
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
