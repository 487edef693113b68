//! `crier plan`: who gets what, when and for how much; who is left out and why. Nothing is written or sent.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use engine::clock::{Clock, SystemClock};
use engine::launch::{LaunchError, starts_at};
use engine::load::LoadedCampaign;
use engine::plan::{PlanError, Planner, Summary};
use engine::store::Access;
use serde_json::json;

use super::{Failure, open_store, valid_campaign};
use crate::cli::{Format, Plan};
use crate::output::{self, plan::Shown};

pub(super) async fn run(args: &Plan) -> Result<ExitCode, Failure> {
    let loaded = valid_campaign(&args.file, args.format)?;
    let revision = loaded.revision.clone().expect("a valid campaign has a revision");
    let project = loaded
        .project
        .project
        .clone()
        .expect("a valid campaign has a project");
    let suppressed = suppressed(&loaded).await?;
    let folder = loaded.project.folder.clone();
    let (planned, with) = (revision.clone(), project.clone());
    let summary = tokio::task::spawn_blocking(move || summary(planned, &with, &folder, suppressed));
    let summary = summary
        .await
        .expect("planning does not panic")
        .map_err(|error| failed(error.into()))?;
    let now = SystemClock::new().now();
    let starts_at = starts_at(&revision.campaign, now).map_err(failed)?;
    let shown = Shown {
        summary: &summary,
        revision: &revision,
        project: &project,
        starts_at,
        now,
    };
    match args.format {
        Format::Full => output::line(&shown.text()),
        Format::Json => {
            output::json(&json!({ "format_version": output::FORMAT_VERSION, "plan": shown.json() }));
        }
    }
    if summary.people == 0 {
        return Err(failed(LaunchError::Nobody(Box::new(summary))));
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(
    revision: Arc<engine::revision::Revision>,
    project: &dsl::project::Project,
    folder: &std::path::Path,
    suppressed: Vec<u64>,
) -> Result<Summary, PlanError> {
    let mut planner = Planner::new(revision, project, folder, suppressed, SystemClock::new().now())?;
    while planner.next_run()?.is_some() {}
    Ok(planner.finish()?.0)
}

/// Who is opted out by now; nobody where nothing was ever sent.
pub(super) async fn suppressed(loaded: &LoadedCampaign) -> Result<Vec<u64>, Failure> {
    let settings = loaded.project.project.as_ref().expect("the project is valid");
    if !loaded.project.folder.join(&settings.store).exists() {
        return Ok(vec![]);
    }
    let store = open_store(&loaded.project, Access::Read).await?;
    Ok(store.suppressed(i64::MAX).await?)
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
        | LaunchError::TooLate { .. } => Failure::Found(Some(error.into())),
    }
}
