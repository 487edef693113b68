//! `crier rehearse`: the whole audience through the whole campaign, in virtual time. Nothing is written to the store, and
//! nothing is sent.

mod fit;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use dsl::campaign::{Campaign, Schedule, Trigger};
use dsl::project::{Consent, ListFile, Project};
use engine::clock::{Clock, SystemClock};
use engine::launch::{LaunchError, starts_at};
use engine::left_out::LeftOut;
use engine::load::{CheckedFile, LoadedCampaign};
use engine::plan::{Barred, Cohorts, PlanError, Planner, Summary};
use engine::rehearse::{Model, Setting, Violation, begins_at, rehearse};
use engine::revision::Revision;
use engine::tariff::Tariff;
use serde_json::json;

use super::plan::{failed, opted_out};
use super::{Failure, invalid, meant_campaign, rewrite};
use crate::cli::{Format, Rehearse};
use crate::output::rehearse::{Shown, svg};
use crate::output::{self, diagnostics};

pub(super) async fn run(args: &Rehearse) -> Result<ExitCode, Failure> {
    rewrite::no_stdin([&args.file], "rehearse")?;
    let loaded = meant_campaign(&args.file, args.format)?;
    let revision = loaded.meant.clone().expect("a valid campaign has a meaning");
    let revision = match &args.people {
        Some(path) => Arc::new(with_people(&revision, path, loaded.project.project.as_deref())?),
        None => revision,
    };
    let project = loaded
        .project
        .project
        .clone()
        .expect("a valid campaign has a project");
    if args.fit {
        return fit::run(args, &loaded, &revision).await;
    }
    let campaign = &revision.campaign;
    // A query has no path.
    let is_query = |list: &ListFile| list.path.is_empty() && list.stored().is_none();
    let lists = &campaign.audience.from;
    if lists.is_empty() || lists.iter().any(is_query) {
        return Err(Failure::Found(Some(nobody_listed(campaign))));
    }
    let now = SystemClock::new().now();
    let begins_at = begins(args, campaign, now)?;
    let model = match &args.model {
        None => Model::of(campaign, &project),
        Some(path) => modelled(path, campaign, &project, args.format)?,
    };
    let barred = opted_out(&loaded).await?;
    let seed = args.seed;
    let (of, with) = (revision.clone(), project.clone());
    let rehearsed = tokio::task::spawn_blocking(move || {
        let (people, summary, tariffs) = planned(&loaded, &of, barred, begins_at)?;
        if summary.people == 0 {
            return Err(Stopped::Nobody(nobody_left(summary)));
        }
        let setting = Setting {
            revision: &of,
            project: &with,
            tariffs: &tariffs,
            budget: summary.budget,
            model: &model,
            seed,
            keeps_texts: false,
            begins_at,
        };
        let rehearsal = rehearse(&setting, people)?;
        Ok((rehearsal, summary))
    });
    let rehearsed: Result<_, Stopped> = rehearsed.await.expect("a rehearsal does not panic");
    let (rehearsal, summary) = rehearsed?;
    if let Some(path) = &args.svg {
        std::fs::write(path, svg::of(&rehearsal))
            .with_context(|| format!("cannot write {}", path.display()))
            .map_err(Failure::Usage)?;
    }
    let shown = Shown {
        rehearsal: &rehearsal,
        plan: &summary,
        revision: &revision,
    };
    match args.format {
        Format::Full => output::line(&shown.text()),
        Format::Json => {
            output::json(&json!({ "format_version": output::FORMAT_VERSION, "rehearsal": shown.json() }));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The model of a file; all that is wrong with it is told as of any other file.
fn modelled(path: &Path, campaign: &Campaign, project: &Project, format: Format) -> Result<Model, Failure> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("cannot read {}", path.display()))
        .map_err(Failure::Usage)?;
    let (text, read) = match dsl::decode_text(&bytes) {
        Ok(text) => {
            let read = Model::read(&text, campaign, project);
            (text, read)
        }
        Err(found) => (String::from_utf8_lossy(&bytes).into_owned(), Err(vec![found])),
    };
    read.map_err(|diagnostics| {
        let file = CheckedFile {
            path: path.to_owned(),
            text,
            is_marked: false,
            diagnostics,
            later: vec![],
        };
        diagnostics::print_full([&file]);
        invalid(&[file], format)
    })
}

/// Why there is no rehearsal.
enum Stopped {
    /// There is no plan.
    Launch(LaunchError),
    /// There is nobody to rehearse with.
    Nobody(anyhow::Error),
    /// The campaign goes on for longer than is rehearsed.
    TooLong(anyhow::Error),
    /// A rule was broken.
    Violation(anyhow::Error),
}

impl From<PlanError> for Stopped {
    fn from(error: PlanError) -> Stopped {
        Stopped::Launch(error.into())
    }
}

impl From<Violation> for Stopped {
    fn from(violation: Violation) -> Stopped {
        match violation.broken.is_fault() {
            true => Stopped::Violation(violation.into()),
            false => Stopped::TooLong(violation.broken.into()),
        }
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Failure {
        match stopped {
            Stopped::Launch(error) => failed(error),
            Stopped::Nobody(error) | Stopped::TooLong(error) => Failure::Found(Some(error)),
            Stopped::Violation(error) => Failure::Found(Some(
                error.context("the rehearsal broke a rule, which is a fault of crier: please report it"),
            )),
        }
    }
}

/// The same campaign with the people of a file in place of its lists: they agreed to what those agreed to whom they stand for.
fn with_people(revision: &Revision, path: &Path, project: Option<&Project>) -> Result<Revision, Failure> {
    let whole = path
        .canonicalize()
        .with_context(|| format!("cannot read {}", path.display()))
        .map_err(Failure::Usage)?;
    let mut revision = revision.clone();
    let consent = consent_of(&revision.campaign, project);
    revision.campaign.audience.from = vec![ListFile {
        consent,
        ..ListFile::at(whole.to_string_lossy())
    }];
    Ok(revision)
}

/// What whoever comes into a campaign agreed to: by the word that begins it, or as people of its lists. Of lists that say it
/// otherwise than each other no person of a file is one.
fn consent_of(campaign: &Campaign, project: Option<&Project>) -> Option<Consent> {
    if let Schedule::Trigger(Trigger::Keyword(_)) = &campaign.schedule {
        let kind = campaign.audience.consent.clone()?;
        return Some(Consent {
            kind,
            source: None,
            column: None,
            date: None,
        });
    }
    let mut lists = campaign.audience.from.iter().map(|list| &list.consent);
    let of_trigger = match &campaign.schedule {
        Schedule::Trigger(Trigger::Joins(name)) => project.and_then(|project| project.lists.get(name)),
        _ => None,
    };
    let first = lists.next().or(of_trigger.map(|list| &list.consent))?;
    first.clone().filter(|_| lists.all(|consent| consent == first))
}

/// Nobody is left, and why.
fn nobody_left(summary: Summary) -> anyhow::Error {
    let mut reasons: Vec<(&String, &u64)> = summary.left_out.iter().collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let told = |(code, n): (&String, &u64)| {
        let reason = code
            .parse::<LeftOut>()
            .map_or_else(|_| code.clone(), |reason| reason.to_string());
        format!("{reason} ({n})")
    };
    let told: Vec<String> = reasons.into_iter().map(told).collect();
    let error = LaunchError::Nobody(Box::new(summary));
    match told.is_empty() {
        true => error.into(),
        false => anyhow!("{error}: {}", told.join(", ")),
    }
}

fn nobody_listed(campaign: &Campaign) -> anyhow::Error {
    match &campaign.schedule {
        Schedule::Trigger(_) => anyhow!(
            "people come into this campaign by its trigger: say with `--people FILE` who comes, a CSV whose columns hold what the event brings"
        ),
        Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Day { .. } => anyhow!(
            "the audience is in no file: a rehearsal reads lists from files and those that are stored; say with `--people FILE` who is texted"
        ),
    }
}

/// When it begins.
fn begins(args: &Rehearse, campaign: &Campaign, now: DateTime<Utc>) -> Result<DateTime<Utc>, Failure> {
    match &args.at {
        Some(text) => {
            let at = dsl::scalar::parse_time(text).map_err(|error| {
                Failure::Usage(anyhow!("--at: {error}; write a time as in 2026-12-01 10:00"))
            })?;
            Ok(at.resolve(campaign.timezone))
        }
        None => begins_at(campaign, now).ok_or_else(|| {
            Failure::Found(Some(anyhow!(
                "the cron of the schedule does not tick any more; say with --at when the rehearsal begins"
            )))
        }),
    }
}

/// Everybody of the audience, in the order in which a launch has them.
fn planned(
    loaded: &LoadedCampaign,
    revision: &Arc<Revision>,
    barred: Barred,
    at: DateTime<Utc>,
) -> Result<(Vec<Cohorts>, Summary, Vec<Tariff>), PlanError> {
    let project = loaded
        .project
        .project
        .clone()
        .expect("a valid campaign has a project");
    // On the recipients' clocks a launch is planned before it begins for the first of them.
    let at = match &revision.campaign.schedule {
        Schedule::Local(_) => starts_at(&revision.campaign, at).unwrap_or(at).min(at),
        _ => at,
    };
    let mut planner = Planner::new(revision.clone(), &project, &loaded.project.folder, barred, at)?;
    let mut people = vec![];
    while let Some(run) = planner.next_run()? {
        people.push(Cohorts::of(run.people));
    }
    let (summary, tariffs) = planner.finish()?;
    Ok((people, summary, tariffs))
}
