//! `crier status`: what launches are doing and came to.

use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::store::{Access, Alarm, LaunchRow, Store};
use serde_json::json;

use super::{Failure, named_campaign, open_store, project_of};
use crate::cli::{Format, Status};
use crate::output::{self, counted, report, report::Report, table, time};

pub(super) async fn run(args: &Status) -> Result<ExitCode, Failure> {
    let (campaign, project) = match &args.campaign {
        Some(typed) => {
            let (name, project) = named_campaign(typed, &args.place, args.format)?;
            (Some(name), project)
        }
        None => (None, project_of(&args.place, args.format)?),
    };
    let store = open_store(&project, Access::Read).await?;
    let mut reports = vec![];
    for launch in store.launches(campaign.as_deref()).await? {
        reports.push(report(&store, launch).await?);
    }
    if let (Some(name), true) = (&campaign, reports.is_empty()) {
        return Err(Failure::Usage(anyhow!(
            "{name} was never launched from this project; see `crier status`"
        )));
    }
    let alarms = store.alarms().await?;
    if args.format == Format::Full {
        let now = SystemClock::new().now();
        alarms
            .iter()
            .for_each(|alarm| output::line(&alarm_line(alarm, now)));
    }
    match (args.format, campaign) {
        (Format::Json, _) => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "alarms": alarms.iter().map(alarm_json).collect::<Vec<_>>(),
            "launches": reports.iter().map(Report::json).collect::<Vec<_>>(),
        })),
        (Format::Full, Some(_)) => {
            let texts = reports
                .iter()
                .map(|report| format!("{}\n\n{}", title(&report.launch), report.text()));
            output::line(&texts.collect::<Vec<_>>().join("\n\n"));
        }
        (Format::Full, None) if reports.is_empty() => output::line("nothing was launched yet"),
        (Format::Full, None) => {
            output::line(&table::of(&Report::HEADINGS, reports.iter().map(Report::row)));
            if let Some(report) = reports.iter().find(|report| report.has_more()) {
                output::line(&format!(
                    "\n`crier status {}` says more of it",
                    report.launch.campaign
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What stands still.
fn alarm_line(alarm: &Alarm, now: DateTime<Utc>) -> String {
    let again = alarm.retry_at.map(|at| match at > now {
        true => format!("; nothing is lost, `crier run` tries again at {}", time(at)),
        false => "; nothing is lost, `crier run` tries again".to_owned(),
    });
    let line = format!(
        "alarm: {} since {}: {}{}\n",
        alarm.subject,
        time(alarm.since),
        alarm.reason,
        again.unwrap_or_default()
    );
    output::folded(&line, "  ")
}

fn alarm_json(alarm: &Alarm) -> serde_json::Value {
    json!({ "subject": alarm.subject, "reason": alarm.reason, "since": alarm.since, "retry_at": alarm.retry_at })
}

/// A launch's report as it stands.
pub(super) async fn report(store: &Store, launch: LaunchRow) -> Result<Report, Failure> {
    let totals = store.totals(launch.id).await?;
    let in_doubt = store.in_doubt(launch.id, report::NAMED).await?;
    let rejected = store.rejected_for(launch.id, report::REASONS).await?;
    let dead = store.dead_count(launch.id).await?;
    Ok(Report {
        launch,
        totals,
        in_doubt,
        rejected,
        dead,
    })
}

/// What a report is about.
pub(super) fn title(launch: &LaunchRow) -> String {
    format!(
        "launch {} of {}: {}, launched {}, {}",
        launch.id,
        launch.campaign,
        launch.state.word(),
        time(launch.created_at),
        counted(launch.summary.people, "person", "people"),
    )
}
