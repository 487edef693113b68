//! The events of a person, with what they counted for beside what they began.

use chrono::{DateTime, Utc};
use engine::ids::LaunchId;
use engine::revision::TakenIn;
use engine::store::{Happening, PersonStory};
use serde_json::json;

use super::super::steps::Steps;
use super::{Names, carried, name};

/// A line of each event, but of those that began or were to begin something and counted for nothing else.
pub(super) fn lines(story: &PersonStory, names: &Names, steps: &Steps) -> Vec<(DateTime<Utc>, String)> {
    let line = |(event, launches): &(Happening, Vec<LaunchId>)| {
        let counted: Vec<String> = taken_in(event, launches, steps)
            .map(|(launch, taken)| format!("{}: {}", name(names, launch), words(&taken)))
            .collect();
        let is_told = story.happened.iter().any(|one| one.happening.id == event.id);
        let came = match counted.is_empty() {
            true if is_told => return None,
            true => "counts in no passage of this number".to_owned(),
            false => format!("counts in {}", counted.join("; ")),
        };
        let what = format!("event {}{}", event.what.name(), carried(&event.fields));
        Some((event.at, format!("{what}\n{came}")))
    };
    story.events.iter().filter_map(line).collect()
}

/// For programs.
pub(super) fn as_json(story: &PersonStory, names: &Names, steps: &Steps) -> Vec<serde_json::Value> {
    let one = |(event, launches): &(Happening, Vec<LaunchId>)| {
        let counts = taken_in(event, launches, steps).map(|(launch, taken)| {
            json!({
                "campaign": names.get(&launch).map(|row| &row.campaign), "launch": launch.0,
                "by_name": taken.by_name, "fields": taken.fields,
            })
        });
        let fields: serde_json::Map<String, serde_json::Value> = event
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        json!({
            "name": event.what.name(), "fields": fields, "at": event.at, "counts_in": counts.collect::<Vec<_>>(),
        })
    };
    story.events.iter().map(one).collect()
}

/// What the launches that somebody was in take in of an event.
fn taken_in<'a>(
    event: &'a Happening,
    launches: &'a [LaunchId],
    steps: &'a Steps,
) -> impl Iterator<Item = (LaunchId, TakenIn)> + 'a {
    let taken = launches.iter().filter_map(|launch| {
        let revision = steps.revision(*launch)?;
        Some((*launch, revision.takes_in(event.what.name(), &event.fields)))
    });
    taken.filter(|(_, taken)| !taken.is_nothing())
}

fn words(taken: &TakenIn) -> String {
    let named = taken.by_name.then(|| "by its name".to_owned());
    let fields = taken.fields.iter().cloned();
    named.into_iter().chain(fields).collect::<Vec<_>>().join(", ")
}
