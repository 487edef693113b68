//! `crier status`: what launches are doing and came to.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::compare::{Comparison, compare};
use engine::ids::LaunchId;
use engine::load::from_source;
use engine::store::{Access, Alarm, DeliveryCounts, LaunchRow, LaunchState, Missed, MissedWhy, Store};
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
        // The overview names none of them.
        let whole = campaign.is_some() || args.format == Format::Json;
        let named = if whole { u32::MAX } else { 1 };
        reports.push(report(&store, launch, named, whole).await?);
    }
    let missed = store.missed(campaign.as_deref(), MISSED).await?;
    let started = store.started(campaign.as_deref()).await?;
    let waits = told_waits(&started, reports.iter().map(|report| &report.launch));
    if let (Some(name), true) = (
        &campaign,
        reports.is_empty() && missed.is_empty() && started.is_empty(),
    ) {
        return Err(Failure::Usage(anyhow!(
            "{name} was never launched from this project; see `crier status`"
        )));
    }
    let (alarms, about) = (store.alarms().await?, store.alarmed_launches().await?);
    let deliveries = store.delivery_counts().await?;
    if args.format == Format::Full {
        let now = SystemClock::new().now();
        alarms
            .iter()
            .for_each(|alarm| output::line(&alarm_line(alarm, &about, now)));
        if let Some(told) = not_delivered(&deliveries) {
            output::line(&output::folded(
                &format!("{told}: `crier inbox` says more\n"),
                "  ",
            ));
        }
    }
    match (args.format, campaign) {
        (Format::Json, _) => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "executed": store.is_executed(),
            "alarms": alarms.iter().map(|alarm| alarm_json(alarm, &about)).collect::<Vec<_>>(),
            "launches": reports.iter().map(Report::json).collect::<Vec<_>>(),
            "missed": missed.iter().map(missed_json).collect::<Vec<_>>(),
            "started_waiting": started.iter().map(|(campaign, n)| json!({
                "campaign": campaign, "passages": n,
            })).collect::<Vec<_>>(),
            "deliveries": {
                "waiting": deliveries.waiting,
                "stopped": deliveries.stopped,
                "delivered": deliveries.delivered,
                "undelivered": deliveries.undelivered,
                "kept": deliveries.kept,
            },
        })),
        (Format::Full, Some(_)) => {
            let texts = reports
                .iter()
                .map(|report| format!("{}\n\n{}", title(report), report.text()));
            let texts = texts.chain(missed_text(&missed)).chain(waits);
            output::line(&texts.collect::<Vec<_>>().join("\n\n"));
        }
        (Format::Full, None) if reports.is_empty() => {
            output::line("nothing was launched yet");
            missed_lines(&missed);
            waits.iter().for_each(|line| output::line(&format!("\n{line}")));
        }
        (Format::Full, None) => {
            output::line(&table::of(&Report::HEADINGS, reports.iter().map(Report::row)));
            if let Some(report) = reports.iter().find(|report| report.has_more()) {
                output::line(&format!(
                    "\n`crier status {}` says more of it",
                    report.launch.campaign
                ));
            }
            missed_lines(&missed);
            waits.iter().for_each(|line| output::line(&format!("\n{line}")));
        }
    }
    let runs = |report: &Report| report.launch.state == LaunchState::Running;
    if args.format == Format::Full && reports.iter().any(runs) && !store.is_executed() {
        output::line(NOBODY_EXECUTES);
    }
    Ok(ExitCode::SUCCESS)
}

/// Those whom steps of other campaigns started and nobody took in, a text for each campaign.
pub(super) async fn waits(store: &Store, campaign: Option<&str>) -> Result<Vec<String>, Failure> {
    let started = store.started(campaign).await?;
    let launches = match started.is_empty() {
        true => vec![],
        false => store.launches(campaign).await?,
    };
    Ok(told_waits(&started, &launches))
}

/// The same, of all launches, the latest first.
fn told_waits<'a>(
    started: &[(String, u64)],
    launches: impl IntoIterator<Item = &'a LaunchRow>,
) -> Vec<String> {
    let launches: Vec<&LaunchRow> = launches.into_iter().collect();
    let told = started.iter().map(|(name, n)| {
        let until = output::trigger::Until::of(name, launches.iter().copied());
        output::trigger::wait(name, *n, until)
    });
    told.collect()
}

/// Replies and notes that people at a desk do not have, in words; none where they have all.
pub(super) fn not_delivered(counts: &DeliveryCounts) -> Option<String> {
    let parts: Vec<String> = [to_be_delivered(counts), to_be_retried(counts)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Those that any `crier run` goes on with.
pub(super) fn to_be_delivered(counts: &DeliveryCounts) -> Option<String> {
    let n = counts.waiting;
    (n > 0).then(|| format!("{} to be delivered", replies_and_notes(n)))
}

/// Those that nothing goes on with until somebody says so.
pub(super) fn to_be_retried(counts: &DeliveryCounts) -> Option<String> {
    let undelivered = (counts.undelivered, "undelivered");
    let stopped = (counts.stopped, "for an inbox that is stopped");
    let parts: Vec<String> = [undelivered, stopped]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", replies_and_notes(n)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn replies_and_notes(n: u64) -> String {
    counted(n, "reply or note", "replies and notes")
}

/// Of launches that run by the store's word.
const NOBODY_EXECUTES: &str =
    "\nno `crier run` is at work here: what is called running stands still until one is";

/// Missed ticks that are shown, the latest.
const MISSED: u32 = 1_000;

/// The ticks of one campaign that began no launch.
fn missed_text(missed: &[Missed]) -> Option<String> {
    let line = |missed: &Missed| {
        let tick = output::tick(&missed.occurrence, missed.due_at);
        output::folded(&format!("  {tick}  {}", why(missed.why)), "    ")
    };
    let lines: Vec<String> = missed.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("ticks without a launch\n{}", lines.join("\n")))
}

/// A line for each campaign that has any.
fn missed_lines(missed: &[Missed]) {
    let mut campaigns: BTreeMap<&str, (u64, &Missed)> = BTreeMap::new();
    for missed in missed {
        // They come the latest first.
        campaigns.entry(&missed.campaign).or_insert((0, missed)).0 += 1;
    }
    for (campaign, (n, latest)) in campaigns {
        let latest = output::tick(&latest.occurrence, latest.due_at);
        let line = format!(
            "\n{} of {campaign} began no launch, the latest {latest}: `crier status {campaign}` says why",
            counted(n, "tick", "ticks")
        );
        output::line(&output::folded(&line, "  "));
    }
}

fn why(why: MissedWhy) -> &'static str {
    match why {
        MissedWhy::TooLate => "nothing ran in time, or a later one was due as well",
        MissedWhy::Nobody => "there was nobody to send to",
        MissedWhy::NobodysDay => "it was nobody's day",
    }
}

fn missed_json(missed: &Missed) -> serde_json::Value {
    json!({
        "campaign": missed.campaign, "occurrence": missed.occurrence, "due_at": missed.due_at,
        "reason": missed.why.code(), "noted_at": missed.noted_at,
    })
}

/// The launches that alarms are about, by subject.
type About = BTreeMap<String, (LaunchId, String)>;

/// What stands still.
fn alarm_line(alarm: &Alarm, about: &About, now: DateTime<Utc>) -> String {
    let of = about.get(&alarm.subject);
    let of = of.map_or(String::new(), |(_, campaign)| format!(" of {campaign}"));
    let again = alarm.retry_at.map(|at| match at > now {
        true => format!("; nothing is lost, `crier run` tries again at {}", time(at)),
        false => "; nothing is lost, `crier run` tries again".to_owned(),
    });
    let line = format!(
        "alarm: {}{of} since {}: {}{}\n",
        alarm.subject,
        time(alarm.since),
        alarm.reason,
        again.unwrap_or_default()
    );
    output::folded(&line, "  ")
}

fn alarm_json(alarm: &Alarm, about: &About) -> serde_json::Value {
    let about = about.get(&alarm.subject);
    json!({
        "subject": alarm.subject, "launch": about.map(|(launch, _)| launch.0),
        "campaign": about.map(|(_, campaign)| campaign), "reason": alarm.reason, "since": alarm.since, "retry_at": alarm.retry_at,
    })
}

/// A launch's report as it stands; so many messages in doubt are named at most.
pub(super) async fn report(
    store: &Store,
    launch: LaunchRow,
    named: u32,
    compares: bool,
) -> Result<Report, Failure> {
    let comparison = match compares {
        true => comparison(store, &launch).await?,
        false => None,
    };
    let totals = store.totals(launch.id).await?;
    let mut in_doubt = store.in_doubt(launch.id, named).await?;
    // Where nobody executes, nobody knows of those who were under way either.
    let left = match store.is_executed() {
        true => vec![],
        false => store.left_under_way(launch.id, u32::MAX).await?,
    };
    let room = usize::try_from(named)
        .unwrap_or(usize::MAX)
        .saturating_sub(in_doubt.len());
    let n = left.len() as u64;
    in_doubt.extend(left.into_iter().take(room));
    let rejected = store.rejected_for(launch.id, report::REASONS).await?;
    let errands = store.errands_of(launch.id).await?;
    let dead = store.dead_count(launch.id).await?;
    let entered = match launch.is_opened() {
        true => Some(store.trigger_counts(launch.id, &launch.campaign).await?),
        false => None,
    };
    let started = store.started_by(launch.id).await?;
    Ok(Report {
        entered,
        started,
        launch,
        totals,
        in_doubt,
        left: n,
        rejected,
        dead,
        errands,
        comparison,
    })
}

/// How variants did; none where the launch's file cannot be read by this version.
async fn comparison(store: &Store, launch: &LaunchRow) -> Result<Option<Comparison>, Failure> {
    let source = store.revision(&launch.revision).await?;
    match from_source(source) {
        Some((_, revision)) => Ok(compare(store, launch, &revision).await?),
        None => Ok(None),
    }
}

/// What a report is about.
pub(super) fn title(report: &Report) -> String {
    let launch = &report.launch;
    let who = match &report.entered {
        Some(entered) => output::trigger::entered(entered),
        None => counted(launch.summary.people, "person", "people"),
    };
    format!(
        "launch {} of {}: {}, launched {}, {who}",
        launch.id,
        launch.campaign,
        launch.state.word(),
        time(launch.created_at),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_run_and_what_for_a_person_are_told_apart() {
        let counts = |waiting, stopped, undelivered| DeliveryCounts {
            waiting,
            stopped,
            undelivered,
            delivered: 5,
            kept: 5,
        };
        let told = |counts| (to_be_delivered(&counts), to_be_retried(&counts));
        let some = |text: &str| Some(text.to_owned());
        let table = [
            (counts(0, 0, 0), (None, None)),
            (counts(1, 0, 0), (some("1 reply or note to be delivered"), None)),
            (
                counts(0, 2, 0),
                (None, some("2 replies and notes for an inbox that is stopped")),
            ),
            (
                counts(3, 1, 2),
                (
                    some("3 replies and notes to be delivered"),
                    some("2 replies and notes undelivered, 1 reply or note for an inbox that is stopped"),
                ),
            ),
        ];
        for (counts, expected) in table {
            assert_eq!(told(counts), expected);
        }
    }
}
