//! `crier pause`, `resume`, `cancel`: a small write that any process may make beside the one that executes.

use std::process::ExitCode;

use anyhow::anyhow;
use engine::clock::{Clock, SystemClock};
use engine::store::{Access, LaunchState};
use serde_json::json;

use super::{Failure, named_campaign, open_store};
use crate::cli::{Change, Format};
use crate::output;

pub(super) async fn run(args: &Change, to: LaunchState) -> Result<ExitCode, Failure> {
    let (campaign, project) = named_campaign(&args.campaign, &args.place, args.format)?;
    let store = open_store(&project, Access::Read).await?;
    let launches = store.launches(Some(&campaign)).await?;
    let Some(launch) = launches.first() else {
        return Err(Failure::Usage(anyhow!(
            "{campaign} was never launched from this project; see `crier status`"
        )));
    };
    let changed = store
        .change_launch(launch.id, from(to), to, SystemClock::new().now())
        .await?;
    let state = store.launch_state(launch.id).await?;
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": campaign,
            "launch": launch.id.0,
            "changed": changed,
            "state": state.word(),
        })),
        Format::Full => output::line(&sentence(&campaign, launch.id.0, changed, state)),
    }
    // What is so already is done; what cannot be is an error.
    if changed || state == to {
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
            "{launch} is paused: nothing more is submitted, what was submitted is still recorded; go on with `crier resume {campaign}`"
        ),
        LaunchState::Cancelled => {
            format!(
                "{launch} is cancelled: nobody is texted any more but some of those in the windows under way; the report counts them"
            )
        }
        LaunchState::Running => format!("{launch} goes on; if no `crier run` is waiting for it, type one"),
        LaunchState::Building | LaunchState::Done | LaunchState::Halted => {
            format!("{launch} is {}", state.word())
        }
    }
}
