//! `crier plan`: who gets what, when and for how much; who is left out and why. Nothing is written or sent.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use dsl::campaign::{Schedule, Trigger};
use dsl::project::Project;
use engine::again;
use engine::clock::{Clock, SystemClock};
use engine::launch::{LaunchError, Occurrence};
use engine::load::LoadedCampaign;
use engine::plan::{Barred, Day, PlanError, Planner, Summary, next_day, next_tick};
use engine::revision::Revision;
use engine::schedule;
use engine::store::{Access, Store};
use serde_json::json;

use super::{Failure, open_store, others, rewrite, status, valid_campaign};
use crate::cli::{Format, Plan};
use crate::output::{self, plan::Shown};

pub(super) async fn run(args: &Plan) -> Result<ExitCode, Failure> {
    rewrite::no_stdin([&args.file], "plan")?;
    let loaded = valid_campaign(&args.file, args.format)?;
    others::refuse(&loaded, args.format)?;
    let revision = loaded.revision.clone().expect("a valid campaign has a revision");
    let project = loaded
        .project
        .project
        .clone()
        .expect("a valid campaign has a project");
    let now = SystemClock::new().now();
    let store = kept(&loaded).await?;
    if let Schedule::Trigger(trigger) = &revision.campaign.schedule {
        return triggered(args, &revision, &project, trigger, store.as_ref()).await;
    }
    let occurrence = occurrence(store.as_ref(), &loaded, &revision, now).await?;
    let summary = made(store.as_ref(), &loaded, &revision, occurrence, now).await?;
    let starts_at = occurrence.starts_at(&revision.campaign, now).map_err(failed)?;
    let shown = Shown {
        summary: &summary,
        revision: &revision,
        project: &project,
        occurrence,
        starts_at,
        now,
    };
    let waiting = waiting(store.as_ref(), &revision.campaign.name).await?;
    match args.format {
        Format::Full => {
            output::line(&shown.text());
            say_waits(store.as_ref(), &revision.campaign.name).await?;
        }
        Format::Json => {
            let mut plan = shown.json();
            plan["started_waiting"] = json!(waiting);
            output::json(&json!({ "format_version": output::FORMAT_VERSION, "plan": plan }));
        }
    }
    if summary.people == 0 {
        return Err(failed(LaunchError::Nobody(Box::new(summary))));
    }
    Ok(ExitCode::SUCCESS)
}

async fn say_waits(store: Option<&Store>, campaign: &str) -> Result<(), Failure> {
    let Some(store) = store else { return Ok(()) };
    for waits in status::waits(store, Some(campaign)).await? {
        output::line(&format!("\n{waits}"));
    }
    Ok(())
}

/// The passages of a campaign that steps of others started, and nobody took in.
pub(super) async fn waiting(store: Option<&Store>, campaign: &str) -> Result<u64, Failure> {
    let Some(store) = store else { return Ok(0) };
    let started = store.started(Some(campaign)).await?;
    Ok(started.iter().map(|(_, n)| n).sum())
}

/// People of a campaign with a trigger come one at a time: what begins it, how long its texts can be, and how its launch
/// stands, is all there is to say.
async fn triggered(
    args: &Plan,
    revision: &Revision,
    project: &Project,
    trigger: &Trigger,
    store: Option<&Store>,
) -> Result<ExitCode, Failure> {
    let campaign = &revision.campaign;
    let latest = match store {
        Some(store) => store.launches(Some(&campaign.name)).await?.into_iter().next(),
        None => None,
    };
    let latest = match (latest, store) {
        (Some(row), Some(store)) => {
            let counts = store.trigger_counts(row.id, &campaign.name).await?;
            Some((row, counts))
        }
        (Some(_) | None, _) => None,
    };
    let lists = campaign.audience.from.iter().map(|list| list.called());
    let lists: Vec<&str> = lists.collect();
    let starts = output::trigger::starts(campaign);
    let waiting = waiting(store, &campaign.name).await?;
    match args.format {
        Format::Full => {
            let sender = &project.senders[&campaign.sender];
            let sender = format!("{} ({}) by {}", campaign.sender, sender.address, sender.provider);
            let mut rows = vec![
                ("campaign", campaign.name.clone()),
                ("sender", sender),
                ("begins", output::trigger::begins(trigger, campaign)),
            ];
            if !lists.is_empty() {
                rows.push(("of whom", format!("those in {}", lists.join(", "))));
            }
            if !starts.is_empty() {
                rows.push(("starts", starts.join(", ")));
            }
            rows.push(("now", output::trigger::stands(latest.as_ref())));
            output::line(&output::table::pairs(&rows));
            if let Some(texts) = output::plan::texts::bounds_table(revision) {
                output::line(&format!("\n{texts}"));
            }
            say_waits(store, &campaign.name).await?;
        }
        Format::Json => output::json(&json!({ "format_version": output::FORMAT_VERSION, "plan": {
            "campaign": campaign.name,
            "revision": revision.id,
            "sender": campaign.sender,
            "trigger": output::trigger::begins_json(trigger),
            "lists": lists,
            "texts": output::plan::texts::bounds_json(revision),
            "starts": starts,
            "started_waiting": waiting,
            "launch": latest.as_ref().map(|(row, counts)| json!({
                "launch": row.id.0, "state": row.state.word(), "entered": output::trigger::counts_json(counts),
            })),
        } })),
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan of a launch.
async fn made(
    store: Option<&Store>,
    loaded: &LoadedCampaign,
    revision: &Arc<Revision>,
    occurrence: Occurrence,
    now: DateTime<Utc>,
) -> Result<Summary, Failure> {
    let barred = match store {
        Some(store) => {
            let starts_at = occurrence.starts_at(&revision.campaign, now).map_err(failed)?;
            Barred {
                texted: store.marketing_lately(revision, starts_at).await?,
                ..again::barred(store, revision, occurrence, i64::MAX, now).await?
            }
        }
        None => Barred {
            day: Day::of(&revision.campaign, occurrence, now),
            ..Barred::default()
        },
    };
    let project = loaded.project.project.clone();
    let project = project.expect("a valid campaign has a project");
    let (revision, folder) = (revision.clone(), loaded.project.folder.clone());
    let made = tokio::task::spawn_blocking(move || summary(revision, &project, &folder, barred, now));
    let made = made.await.expect("planning does not panic");
    made.map_err(|error| failed(error.into()))
}

fn summary(
    revision: Arc<Revision>,
    project: &Project,
    folder: &std::path::Path,
    barred: Barred,
    now: DateTime<Utc>,
) -> Result<Summary, PlanError> {
    let mut planner = Planner::new(revision, project, folder, barred, now)?;
    while planner.next_run()?.is_some() {}
    Ok(planner.finish()?.0)
}

/// The launch that is planned: by hand, or at the tick that is due, else at the next one; on the recipients' clocks at the next
/// that is anybody's.
async fn occurrence(
    store: Option<&Store>,
    loaded: &LoadedCampaign,
    revision: &Arc<Revision>,
    now: DateTime<Utc>,
) -> Result<Occurrence, Failure> {
    let campaign = &revision.campaign;
    let is_by_column = match &campaign.schedule {
        Schedule::Cron { .. } => false,
        Schedule::Day { .. } => true,
        Schedule::Now | Schedule::At(_) | Schedule::Local(_) | Schedule::Trigger(_) => {
            return Ok(Occurrence::Nth(1));
        }
    };
    let due = schedule::ahead(store, campaign, now).await?;
    let tick = due.launch.or(due.next);
    let tick = tick.ok_or_else(|| failed(LaunchError::NoTick))?;
    if !schedule::is_on_own_clocks(&campaign.schedule) {
        return Ok(Occurrence::Tick(tick));
    }
    let (lists, since) = match store {
        Some(store) => (
            store.members(&again::stored_lists(campaign)).await?,
            schedule::since(store, campaign).await?,
        ),
        None => Default::default(),
    };
    let barred = Barred {
        lists,
        ..Barred::default()
    };
    let (planned, folder) = (revision.clone(), loaded.project.folder.clone());
    let next = move || {
        if is_by_column {
            let day = next_day(&planned, &folder, &barred, tick.local.date())?;
            return Ok(day.map(|day| schedule::on_day(tick, day)));
        }
        let ticks = std::iter::once(tick).chain(schedule::ticks(&planned.campaign, tick.at));
        next_tick(&planned, &folder, &barred, ticks, (since.unwrap_or(now), now))
    };
    let next = tokio::task::spawn_blocking(next).await;
    let next = next.expect("reading lists does not panic");
    let next = next.map_err(|error: PlanError| failed(error.into()))?;
    // Where none is anybody's the plan of the first says so.
    Ok(Occurrence::Tick(next.unwrap_or(tick)))
}

/// The store; none where nothing was ever sent.
async fn kept(loaded: &LoadedCampaign) -> Result<Option<Store>, Failure> {
    let settings = loaded.project.project.as_ref().expect("the project is valid");
    if !loaded.project.folder.join(&settings.store).exists() {
        return Ok(None);
    }
    Ok(Some(open_store(&loaded.project, Access::Read).await?))
}

/// Who is opted out by now, and who is on the stored lists of the audience; nobody where nothing was ever sent.
pub(super) async fn opted_out(loaded: &LoadedCampaign) -> Result<Barred, Failure> {
    Ok(match kept(loaded).await? {
        Some(store) => {
            let meant = loaded.meant.as_ref();
            let lists = meant.map(|meant| again::stored_lists(&meant.campaign));
            let facts = match meant {
                Some(meant) => store.facts(meant, None, SystemClock::new().now()).await?,
                None => Default::default(),
            };
            Barred {
                lists: store.members(&lists.unwrap_or_default()).await?,
                facts: Arc::new(facts),
                ..Barred::opted_out(store.suppressed(i64::MAX).await?)
            }
        }
        None => Barred::default(),
    })
}

/// Why nothing can be launched, with its exit code.
pub(super) fn failed(error: LaunchError) -> Failure {
    match error {
        LaunchError::Store(error) => error.into(),
        LaunchError::Plan(
            PlanError::TooManyBad { ref examples, .. } | PlanError::TooManyUnreadable { ref examples, .. },
        ) => {
            for bad in examples {
                output::say(&format!("  {}:{}: {}", bad.file, bad.line, bad.reason));
            }
            Failure::Found(Some(error.into()))
        }
        LaunchError::Plan(PlanError::Audience(problem)) => {
            let help = problem.help();
            Failure::Found(Some(anyhow!("{problem}\n  help: {help}")))
        }
        LaunchError::Plan(PlanError::Budget(_))
        | LaunchError::Nobody(..)
        | LaunchError::NotOnce
        | LaunchError::NoTick
        | LaunchError::TooLate { .. } => Failure::Found(Some(error.into())),
    }
}
