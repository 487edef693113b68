//! Those whom steps of other campaigns start in one that begins by a schedule: they enter a launch of their own, beside those of
//! the schedule, whenever the campaign is run.

use engine::execute::turn_away;
use engine::launch::{LaunchRequest, Occurrence, open};
use engine::store::{LaunchRow, LaunchState, Opening};

use super::super::plan;
use super::together::Together;
use super::{Begun, Failure, Running, failed, stands};
use crate::output::{self, counted};

/// Has the launches of them run with the others: the one that takes people, opened where somebody waits, and those that people are
/// still inside of.
pub(super) async fn add(running: &Running<'_>, together: &mut Together<'_>) -> Result<(), Failure> {
    let (takes, others) = launches(running).await?;
    for row in others {
        let (row, begun) = stands(row, &running.revision)?;
        together.add(&row, begun).await?;
    }
    match takes {
        Some(row) => {
            let (row, begun) = stands(row, &running.revision)?;
            let row = running.with_budget(row, begun).await?;
            together.add_open(&row, begun).await
        }
        None => open_for_waiting(running, together).await,
    }
}

/// Whether there is anything of them to run.
pub(super) async fn any(running: &Running<'_>) -> Result<bool, Failure> {
    let (takes, others) = launches(running).await?;
    Ok(takes.is_some() || !others.is_empty() || waiting(running).await? > 0)
}

/// Opens a launch for those who wait, where nobody takes them.
pub(super) async fn open_for_waiting(
    running: &Running<'_>,
    together: &mut Together<'_>,
) -> Result<(), Failure> {
    let waiting = waiting(running).await?;
    if waiting == 0 || together.takes_people() || stands_still(running).await? {
        return Ok(());
    }
    if are_turned_away(running).await? {
        return Ok(());
    }
    let row = opened(running).await?;
    output::say(&format!(
        "{} of {}, started by steps of other campaigns: who may enter does, in launch {}",
        counted(waiting, "passage", "passages"),
        row.campaign,
        row.id
    ));
    together.add_open(&row, Begun::New).await
}

/// Whether all who wait are kept out: it is said, and counted with those of the launch before. The first launch of such people is
/// opened, whoever enters.
async fn are_turned_away(running: &Running<'_>) -> Result<bool, Failure> {
    let all = running.store.launches(Some(&running.campaign().name)).await?;
    let Some(latest) = all.iter().find(|row| row.is_of_started()) else {
        return Ok(false);
    };
    let (folder, now) = (&running.loaded.project.folder, running.clock.now());
    let away = turn_away(&running.store, latest, &running.revision, folder, now).await?;
    for (reason, n) in away.iter().flatten() {
        output::say(&format!(
            "{} of {}, started by steps of other campaigns, did not enter: {reason}",
            counted(*n, "passage", "passages"),
            latest.campaign
        ));
    }
    Ok(away.is_some())
}

/// Whether somebody stopped a launch of it, or it was halted: nobody enters meanwhile.
async fn stands_still(running: &Running<'_>) -> Result<bool, Failure> {
    let all = running.store.launches(Some(&running.campaign().name)).await?;
    let stands = |row: &LaunchRow| matches!(row.state, LaunchState::Paused | LaunchState::Halted);
    Ok(all.iter().any(stands))
}

async fn waiting(running: &Running<'_>) -> Result<u64, Failure> {
    plan::waiting(Some(&running.store), &running.campaign().name).await
}

/// The launch that takes people, which runs what the file says; and those that take nobody any more and are not over.
async fn launches(running: &Running<'_>) -> Result<(Option<LaunchRow>, Vec<LaunchRow>), Failure> {
    let all = running.store.launches(Some(&running.campaign().name)).await?;
    let living = all
        .into_iter()
        .filter(|row| row.is_of_started() && !row.state.is_over());
    let (mut takes, mut others) = (None, vec![]);
    for row in living {
        match takes.is_none() && row.revision == running.revision.id {
            true => takes = Some(row),
            false => others.push(row),
        }
    }
    Ok((takes, others))
}

async fn opened(running: &Running<'_>) -> Result<LaunchRow, Failure> {
    let all = running.store.launches(Some(&running.campaign().name)).await?;
    let names = all.iter().map(|row| row.occurrence.as_str());
    let project = running.loaded.project.project.clone();
    let request = LaunchRequest {
        revision: running.revision.clone(),
        project: project.expect("a valid campaign has a project"),
        occurrence: Occurrence::next_started(names),
        now: running.clock.now(),
    };
    let folder = &running.loaded.project.folder;
    let launch = open(&running.store, request, folder, Opening::Started)
        .await
        .map_err(failed)?;
    running.row(launch).await
}
