//! `crier run` of a campaign that begins again and again: what is due is launched, and it waits for the next tick while
//! people of earlier launches may still be inside; of a schedule by a column every day is one. Which tick is due is decided by [`engine::schedule`].

use std::process::ExitCode;

use anyhow::anyhow;
use dsl::campaign::Schedule;
use engine::calendar::Tick;
use engine::execute::End;
use engine::launch::{LaunchError, Occurrence};
use engine::schedule;
use engine::store::{LaunchRow, LaunchState};

use super::settling::{self, Settled};
use super::together::Together;
use super::{Begun, Failure, Running, code, failed, stands, started};
use crate::output::{self, counted, time};

/// Missed ticks that are named; `crier status` lists the others.
const NAMED: usize = 5;

/// Runs its ticks until the last one, or until it is told to stop.
pub(super) async fn run(running: &Running<'_>) -> Result<ExitCode, Failure> {
    let name = &running.campaign().name;
    if running.args.again {
        return Err(Failure::Usage(anyhow!(
            "`--again` is for a campaign that begins once: {name} begins {}",
            each(running)
        )));
    }
    let mut last = running.latest().await?;
    if let Some(row) = last.as_ref().filter(|row| row.state == LaunchState::Cancelled)
        && settling::settle(running, row).await? == Settled::Interrupted
    {
        return Ok(code(End::Interrupted));
    }
    let mut together = Together::begin(running);
    for row in running.open().await? {
        let (row, begun) = stands(row, &running.revision)?;
        let row = running.with_budget(row, begun).await?;
        together.add(&row, begun).await?;
    }
    started::add(running, &mut together).await?;
    let mut said = None;
    while !running.is_stopped() && together.goes_on() {
        if running.is_halted().await? {
            together.wait(None).await?;
            continue;
        }
        let due = schedule::look(&running.store, running.campaign(), running.clock.now()).await?;
        say_missed(running, &due.missed);
        if let Some(tick) = due.launch {
            if let Some(launch) = begin(running, tick).await? {
                together.add(&launch, Begun::New).await?;
                last = Some(launch);
            }
            continue;
        }
        started::open_for_waiting(running, &mut together).await?;
        let Some(next) = due.next else { break };
        // What comes in of the last launch meanwhile is taken in.
        if let Some(row) = last.as_ref().filter(|row| row.state == LaunchState::Done) {
            together.listen(row).await?;
        }
        if said.replace(next) != Some(next) {
            output::say(&format!(
                "{name} {}; this waits until then, and goes on when it is typed again",
                begins_next(running, next)
            ));
        }
        together.wait(Some(next.at)).await?;
    }
    let ended = together.until_all_end().await?;
    if running.is_stopped() {
        return Ok(code(End::Interrupted));
    }
    match ended.otherwise {
        Some(end) => Ok(code(end)),
        None => over(running, last.filter(|_| !ended.reported), ended.reported).await,
    }
}

/// Launches a tick; none where there is nobody to send to, which is over with that.
async fn begin(running: &Running<'_>, tick: Tick) -> Result<Option<LaunchRow>, Failure> {
    match running.launch(Occurrence::Tick(tick)).await {
        Ok(launch) => Ok(Some(running.row(launch).await?)),
        Err(LaunchError::Nobody(summary)) => {
            let (campaign, now) = (running.campaign(), running.clock.now());
            let is_told = schedule::note_nobody(&running.store, campaign, (tick, &summary), now).await?;
            if is_told {
                let nobody = LaunchError::Nobody(summary);
                output::say(&format!(
                    "{} does not begin at its tick of {}: {nobody}",
                    campaign.name,
                    schedule::told(running.campaign(), tick)
                ));
            }
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
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

fn say_missed(running: &Running<'_>, missed: &[Tick]) {
    if missed.is_empty() {
        return;
    }
    let shown = missed.iter().rev().take(NAMED).rev();
    let shown: Vec<String> = shown
        .map(|tick| schedule::told(running.campaign(), *tick))
        .collect();
    let the_last = match missed.len() > shown.len() {
        true => "the last of them ",
        false => "",
    };
    let (one, several) = match &running.campaign().schedule {
        Schedule::Day { .. } => ("day", "days"),
        Schedule::Cron { .. }
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Trigger(_) => ("tick", "ticks"),
    };
    let name = &running.campaign().name;
    output::say(&format!(
        "{} of {name} passed without a launch, and will have none: {the_last}{}; `crier status {name}` lists them",
        counted(missed.len() as u64, one, several),
        shown.join(", ")
    ));
}

/// When more may begin.
fn begins_next(running: &Running<'_>, tick: Tick) -> String {
    let local = schedule::occurrence(tick);
    match &running.campaign().schedule {
        Schedule::Cron {
            recipient_clock: true,
            ..
        } => format!("begins next at {local} on each recipient's clock"),
        Schedule::Day { field, .. } => format!(
            "looks next for whose {field} it is for {local} on their own clocks, at {}",
            time(tick.at)
        ),
        Schedule::Cron { .. }
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Trigger(_) => format!("begins next at {}", time(tick.at)),
    }
}

/// How often it begins.
fn each(running: &Running<'_>) -> String {
    match &running.campaign().schedule {
        Schedule::Day { field, .. } => format!("for each person by the day in {field}"),
        Schedule::Cron { .. }
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Trigger(_) => "at each tick of its cron".to_owned(),
    }
}
