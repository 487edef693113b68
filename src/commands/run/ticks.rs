//! `crier run` of a campaign that begins again and again: what is due is launched and run to its end, then it waits for the
//! next tick. One launch at a time; which tick is due is decided by [`engine::schedule`].

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use dsl::campaign::Schedule;
use engine::calendar::Tick;
use engine::execute::End;
use engine::launch::{LaunchError, Occurrence};
use engine::schedule;
use engine::store::{LaunchRow, LaunchState};

use super::{Begun, Failure, Running, code, failed, stands};
use crate::output::{self, counted, time};

/// Missed ticks that are named; `crier status` lists the others.
const NAMED: usize = 5;
/// While it waits it looks at the wall clock so often, which may jump.
const LOOK: Duration = Duration::from_secs(30);

/// Runs its ticks until the last one, or until it is told to stop.
pub(super) async fn run(running: &Running<'_>) -> Result<ExitCode, Failure> {
    let name = &running.campaign().name;
    if running.args.again {
        return Err(Failure::Usage(anyhow!(
            "`--again` is for a campaign that begins once: {name} begins at each tick of its cron"
        )));
    }
    let mut last = running.latest().await?;
    let mut reported = false;
    if let Some(row) = &last
        && let Some(end) = carry_on(running, row.clone()).await?
    {
        if end != End::Done {
            return Ok(code(end));
        }
        reported = true;
    }
    while !running.is_stopped() {
        let due = schedule::look(&running.store, running.campaign(), running.clock.now()).await?;
        say_missed(name, &due.missed);
        if let Some(tick) = due.launch {
            let Some(launch) = begin(running, tick).await? else {
                continue;
            };
            let end = running.to_its_end(&launch, Begun::New).await?;
            if end != End::Done {
                return Ok(code(end));
            }
            (last, reported) = (Some(launch), true);
            continue;
        }
        let Some(next) = due.next else {
            return over(running, last.filter(|_| !reported), reported).await;
        };
        output::say(&format!(
            "{name} begins next at {}; this waits until then, and goes on when it is typed again",
            told(running, next)
        ));
        wait(running, last.as_ref(), next.at).await?;
    }
    Ok(code(End::Interrupted))
}

/// A launch that is not over is run to its end first, as one by hand is; how that ended, if there was anything to do.
async fn carry_on(running: &Running<'_>, row: LaunchRow) -> Result<Option<End>, Failure> {
    match row.state {
        LaunchState::Done => Ok(None),
        LaunchState::Cancelled => {
            // What it left in doubt is settled before anybody is texted anew.
            let end = running.execute(&row, running.args.receipts).await?;
            Ok(Some(end).filter(|end| *end == End::Interrupted))
        }
        LaunchState::Building | LaunchState::Running | LaunchState::Paused | LaunchState::Halted => {
            let (row, begun) = stands(row, &running.revision)?;
            let row = running.with_budget(row, begun).await?;
            Ok(Some(running.to_its_end(&row, begun).await?))
        }
    }
}

/// Launches a tick; none where there is nobody to send to, which is over with that.
async fn begin(running: &Running<'_>, tick: Tick) -> Result<Option<LaunchRow>, Failure> {
    match running.launch(Occurrence::Tick(tick)).await {
        Ok(launch) => Ok(Some(running.row(launch).await?)),
        Err(nobody @ LaunchError::Nobody(_)) => {
            let (campaign, now) = (running.campaign(), running.clock.now());
            schedule::note_nobody(&running.store, campaign, tick, now).await?;
            output::say(&format!(
                "{} does not begin at its tick of {}: {nobody}",
                campaign.name,
                schedule::occurrence(tick)
            ));
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Waits for an instant, or until it is told to stop. What comes in of the last launch meanwhile is taken in.
async fn wait(running: &Running<'_>, last: Option<&LaunchRow>, until: DateTime<Utc>) -> Result<(), Failure> {
    let left = |until: DateTime<Utc>| (until - running.clock.now()).to_std().ok();
    if let (Some(last), Some(time)) = (last, left(until)) {
        let last = running.row(last.id).await?;
        running.listen(&last, time).await?;
    }
    let mut stop = running.stop.clone();
    while let Some(time) = left(until).filter(|time| !time.is_zero())
        && !running.is_stopped()
    {
        tokio::select! {
            // Whoever asks is gone only with the process.
            _ = stop.changed() => {}
            () = running.clock.sleep(time.min(LOOK), 0) => {}
        }
    }
    Ok(())
}

/// After the last tick: the report of the latest launch, unless it was printed.
async fn over(
    running: &Running<'_>,
    unreported: Option<LaunchRow>,
    reported: bool,
) -> Result<ExitCode, Failure> {
    match unreported {
        Some(last) => {
            running.report(End::Done, Begun::EndedBefore, &last).await?;
        }
        None if !reported => return Err(failed(LaunchError::NoTick)),
        None => {}
    }
    output::say(&format!(
        "{} had its last tick, and nothing more begins",
        running.campaign().name
    ));
    Ok(ExitCode::SUCCESS)
}

fn say_missed(name: &str, missed: &[Tick]) {
    if missed.is_empty() {
        return;
    }
    let shown = missed.iter().rev().take(NAMED).rev();
    let shown: Vec<String> = shown.map(|tick| schedule::occurrence(*tick)).collect();
    let the_last = match missed.len() > shown.len() {
        true => "the last of them ",
        false => "",
    };
    output::say(&format!(
        "{} of {name} passed without a launch, and will have none: {the_last}{}; `crier status {name}` lists them",
        counted(missed.len() as u64, "tick", "ticks"),
        shown.join(", ")
    ));
}

fn told(running: &Running<'_>, tick: Tick) -> String {
    match &running.campaign().schedule {
        Schedule::Cron {
            recipient_clock: true,
            ..
        } => format!("{} on each recipient's clock", schedule::occurrence(tick)),
        Schedule::Cron { .. }
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Day { .. }
        | Schedule::Trigger(_) => time(tick.at),
    }
}
