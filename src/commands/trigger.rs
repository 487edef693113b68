//! `crier trigger`: appends what happened outside to the log, beside whatever runs.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::load::{LoadedProject, Siblings};
use engine::outside::{self, Typed};
use engine::store::{Access, Happened, NewHappening};
use serde_json::json;
use sms::Region;

use super::{Failure, open_store, project_of};
use crate::cli::Format;
use crate::cli::trigger::{Event, Trigger, What};
use crate::output::{self, counted};

/// Events of one commit.
const BATCH: usize = 1_000;
/// Lines that are wrong and told, at most.
const TOLD: usize = 20;

pub(super) async fn run(args: &Trigger) -> Result<ExitCode, Failure> {
    match &args.what {
        What::Event(args) => event(args).await,
    }
}

async fn event(args: &Event) -> Result<ExitCode, Failure> {
    let project = project_of(&args.place, args.format)?;
    let region = project.project.as_ref().and_then(|project| project.region);
    let now = SystemClock::new().now();
    let events = match (&args.file, &args.name, &args.phone) {
        (Some(file), name, _) => of_file(file, name.as_deref(), region, now)?,
        (None, Some(name), Some(phone)) => {
            let typed = Typed {
                name,
                phone,
                set: &args.set,
                id: args.id.as_deref(),
            };
            let read = outside::read_typed(typed, region, now);
            vec![read.map_err(|error| Failure::Usage(error.into()))?]
        }
        (None, _, _) => {
            return Err(Failure::Usage(anyhow!(
                "an event has a name and a `--phone`, or comes by `--file`"
            )));
        }
    };
    say_unheard(&project, &events);
    let store = open_store(&project, Access::Append).await?;
    let (mut kept, mut known) = (0, 0);
    for batch in events.chunks(BATCH) {
        for new in store.append(batch.to_vec()).await? {
            *(if new { &mut kept } else { &mut known }) += 1;
        }
    }
    store.close().await;
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION, "kept": kept, "known": known,
        })),
        Format::Full => output::line(&sentence(kept, known)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Says of names that no campaign asks for that nobody does, or who takes in what they carry: a campaign that is written
/// later may ask for them.
fn say_unheard(project: &LoadedProject, events: &[NewHappening]) {
    let mut carried: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for event in events {
        if let Happened::Event(name) = &event.what {
            carried
                .entry(name)
                .or_default()
                .extend(event.fields.iter().cloned());
        }
    }
    let campaigns = Siblings::of(project);
    let told = carried.iter().filter_map(|(name, carried)| {
        let unheard = campaigns.unheard(name)?;
        let takers = campaigns.takers(project, name, carried);
        Some(match takers.is_empty() {
            true => unheard,
            false => format!(
                "no campaign of this project asks for the event {name:?} by its name; what it carries counts in {}",
                takers.iter().map(taker).collect::<Vec<_>>().join(", ")
            ),
        })
    });
    told.take(TOLD).for_each(|line| output::say(&line));
}

fn taker((campaign, fields): &(String, Vec<String>)) -> String {
    let mut fields = fields.clone();
    fields.sort_unstable();
    fields.dedup();
    format!("{campaign} ({})", fields.join(", "))
}

fn sentence(kept: u64, known: u64) -> String {
    let kept = format!("{} kept", counted(kept, "event", "events"));
    match known {
        0 => kept,
        known => format!("{kept}; {known} known already, by name and id"),
    }
}

/// The events of a file, or of standard input. Every line that is wrong is told, and then none is taken.
fn of_file(
    file: &Path,
    name: Option<&str>,
    region: Option<Region>,
    now: DateTime<Utc>,
) -> Result<Vec<NewHappening>, Failure> {
    let (shown, text) = read(file)?;
    let (mut events, mut wrong) = (vec![], 0);
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match outside::read_line(line, name, region, now) {
            Ok(event) => events.push(event),
            Err(error) => {
                wrong += 1;
                if wrong <= TOLD {
                    output::say(&format!("{shown}:{number}: {error}"));
                }
            }
        }
    }
    if wrong > 0 {
        let lines = counted(wrong as u64, "line", "lines");
        return Err(Failure::Found(Some(anyhow!(
            "{lines} of {shown} cannot be read, so no event was kept"
        ))));
    }
    Ok(events)
}

fn read(file: &Path) -> Result<(String, String), Failure> {
    let mut bytes = vec![];
    let shown = match file == Path::new("-") {
        true => "<stdin>".to_owned(),
        false => file.display().to_string(),
    };
    let done = match file == Path::new("-") {
        true => std::io::stdin().read_to_end(&mut bytes).map(drop),
        false => std::fs::read(file).map(|read| bytes = read),
    };
    done.with_context(|| format!("cannot read {shown}"))
        .map_err(Failure::Usage)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes()[..error.utf8_error().valid_up_to()].iter();
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        Failure::Usage(anyhow!("{shown}:{line}: this is not UTF-8"))
    })?;
    Ok((shown, text))
}
