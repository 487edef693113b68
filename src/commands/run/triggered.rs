//! `crier run` of a campaign with a trigger: its open launch takes people as things happen to them, until somebody ends it. When
//! the file has changed, those inside finish on the one they began with, beside a launch of the new one.

use std::process::ExitCode;

use anyhow::anyhow;
use dsl::campaign::Schedule;
use engine::execute::End;
use engine::launch::{LaunchRequest, Occurrence, open};
use engine::store::{LaunchRow, LaunchState, Opening};

use super::together::Together;
use super::{Begun, Failure, Running, code, failed, stands};
use crate::output;

pub(super) async fn run(running: &Running<'_>) -> Result<ExitCode, Failure> {
    let latest = running.latest().await?;
    let Some((row, begun)) = opened(running, latest.as_ref()).await? else {
        // What it left in doubt is settled.
        let row = latest.expect("only of a launch that is there none is opened");
        let (row, begun) = stands(row, &running.revision)?;
        return Ok(code(running.to_its_end(&row, begun).await?));
    };
    let row = running.with_budget(row, begun).await?;
    let mut together = Together::begin(running);
    together.add_open(&row, begun).await?;
    for other in running
        .open()
        .await?
        .into_iter()
        .filter(|other| other.id != row.id)
    {
        let (other, begun) = stands(other, &running.revision)?;
        together.add(&other, begun).await?;
    }
    output::say(&format!(
        "{} is open: {}; this goes on until it is stopped, and when it is typed again it takes in what happened meanwhile",
        row.campaign,
        begins(running)
    ));
    let ended = together.until_all_end().await?;
    Ok(code(ended.otherwise.unwrap_or(End::Interrupted)))
}

/// The launch that takes people: the latest if it runs what the file says, else a new one. None where the latest was cancelled.
async fn opened(
    running: &Running<'_>,
    latest: Option<&LaunchRow>,
) -> Result<Option<(LaunchRow, Begun)>, Failure> {
    let again = running.args.again;
    match latest {
        None => open_anew(running, Opening::Anew).await.map(Some),
        Some(row) => match row.state {
            LaunchState::Cancelled if again => open_anew(running, Opening::Anew).await.map(Some),
            LaunchState::Cancelled => Ok(None),
            // It ran when the campaign began in another way, or takes nobody any more.
            LaunchState::Done => open_anew(running, Opening::GoesOn).await.map(Some),
            LaunchState::Building | LaunchState::Running | LaunchState::Paused | LaunchState::Halted
                if again =>
            {
                Err(Failure::Found(Some(anyhow!(
                    "launch {} of {name} is {}: `crier cancel {name}` ends it, before `--again` opens a new one",
                    row.id,
                    row.state.word(),
                    name = row.campaign
                ))))
            }
            LaunchState::Running if row.revision != running.revision.id => {
                open_anew(running, Opening::GoesOn).await.map(Some)
            }
            LaunchState::Building | LaunchState::Running | LaunchState::Paused | LaunchState::Halted => {
                stands(row.clone(), &running.revision).map(Some)
            }
        },
    }
}

async fn open_anew(running: &Running<'_>, opening: Opening) -> Result<(LaunchRow, Begun), Failure> {
    let project = running.loaded.project.project.clone();
    let request = LaunchRequest {
        revision: running.revision.clone(),
        project: project.expect("a valid campaign has a project"),
        occurrence: Occurrence::Nth(running.nth().await?),
        now: running.clock.now(),
    };
    let folder = &running.loaded.project.folder;
    let launch = open(&running.store, request, folder, opening)
        .await
        .map_err(failed)?;
    running.say_kept();
    Ok((running.row(launch).await?, Begun::New))
}

/// What begins a passage, in words.
fn begins(running: &Running<'_>) -> String {
    match &running.campaign().schedule {
        Schedule::Trigger(trigger) => output::trigger::begins(trigger, running.campaign()),
        Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Day { .. } => String::new(),
    }
}
