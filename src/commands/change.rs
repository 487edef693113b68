//! `crier pause`, `resume`, `cancel`: a small write that any process may make beside the one that executes. Each is about
//! all launches of a campaign that it can change.

use std::process::ExitCode;

use anyhow::anyhow;
use engine::clock::{Clock, SystemClock};
use engine::store::{Access, LaunchRow, LaunchState};
use serde_json::json;

use super::{Failure, named_campaign, open_store};
use crate::cli::{Change, Format};
use crate::output;

pub(super) async fn run(args: &Change, to: LaunchState) -> Result<ExitCode, Failure> {
    let (campaign, project) = named_campaign(&args.campaign, &args.place, args.format)?;
    let store = open_store(&project, Access::Read).await?;
    let launches = store.launches(Some(&campaign)).await?;
    let Some(latest) = launches.first() else {
        return Err(Failure::Usage(anyhow!(
            "{campaign} was never launched from this project; see `crier status`"
        )));
    };
    // Of a campaign that begins again and again several may run; where none does it is said of the latest.
    let open: Vec<&LaunchRow> = launches
        .iter()
        .filter(|row| from(to).contains(&row.state))
        .collect();
    let meant = if open.is_empty() { vec![latest] } else { open };
    let mut told = vec![];
    for launch in meant.into_iter().rev() {
        let changed = store
            .change_launch(launch.id, from(to), to, SystemClock::new().now())
            .await?;
        told.push((launch.id.0, changed, store.launch_state(launch.id).await?));
    }
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": campaign,
            "launches": told.iter().map(|(launch, changed, state)| json!({
                "launch": launch, "changed": changed, "state": state.word(),
            })).collect::<Vec<_>>(),
        })),
        Format::Full => {
            for (launch, changed, state) in &told {
                output::line(&sentence(&campaign, *launch, *changed, *state));
            }
        }
    }
    // What is so already is done; what cannot be is an error.
    if told.iter().all(|(_, changed, state)| *changed || *state == to) {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Found(None))
    }
}

/// The states from which one may come to another.
fn from(to: LaunchState) -> &'static [LaunchState] {
    match to {
        LaunchState::Paused => &[LaunchState::Running],
        LaunchState::Running => &[LaunchState::Paused, LaunchState::Halted],
        LaunchState::Cancelled => &[LaunchState::Running, LaunchState::Paused, LaunchState::Halted],
        LaunchState::Building | LaunchState::Done | LaunchState::Halted => &[],
    }
}

fn sentence(campaign: &str, launch: i64, changed: bool, state: LaunchState) -> String {
    let launch = format!("launch {launch} of {campaign}");
    if !changed {
        return format!("{launch} is {}: nothing changed", state.word());
    }
    match state {
        LaunchState::Paused => format!(
            "{launch} is paused: nothing more is submitted but what is on its way just now, and that is recorded; go on with `crier resume {campaign}`"
        ),
        LaunchState::Cancelled => {
            format!(
                "{launch} is cancelled: nobody is texted any more but those whose text is on its way; the report counts them"
            )
        }
        LaunchState::Running => format!("{launch} goes on; if no `crier run` is waiting for it, type one"),
        LaunchState::Building | LaunchState::Done | LaunchState::Halted => {
            format!("{launch} is {}", state.word())
        }
    }
}
