//! The events of a person, with what they counted for beside what they began.

use chrono::{DateTime, Utc};
use engine::ids::LaunchId;
use engine::revision::{Revision, TakenIn};
use engine::store::{Began, Happening, PersonStory};
use engine::trigger::{is_of_another, key_of};
use serde_json::json;

use super::super::steps::Steps;
use super::{Names, carried, name};

/// A line of each event, but of those that began or were to begin something and counted for nothing else.
pub(super) fn lines(story: &PersonStory, names: &Names, steps: &Steps) -> Vec<(DateTime<Utc>, String)> {
    let line = |(event, launches): &(Happening, Vec<LaunchId>)| {
        let counted: Vec<String> = taken_in((event, launches), story, steps)
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
        let counts = taken_in((event, launches), story, steps).map(|(launch, taken)| {
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
    (event, launches): (&'a Happening, &'a [LaunchId]),
    story: &'a PersonStory,
    steps: &'a Steps,
) -> impl Iterator<Item = (LaunchId, TakenIn)> + 'a {
    let taken = launches.iter().filter_map(move |launch| {
        let revision = steps.revision(*launch)?;
        let is_heard = is_of_one(event, story, (*launch, revision));
        is_heard.then(|| (*launch, revision.takes_in(event.what.name(), &event.fields)))
    });
    taken.filter(|(_, taken)| !taken.is_nothing())
}

/// Whether an event is of a passage of this launch: it does not carry the key of another.
fn is_of_one(event: &Happening, story: &PersonStory, (launch, revision): (LaunchId, &Revision)) -> bool {
    let campaign = &revision.campaign;
    let own = story
        .happened
        .iter()
        .filter(|one| matches!(&one.began, Began::Passage { launch: entered, .. } if *entered == launch));
    let mut own = own.map(|one| key_of(campaign, &one.happening.fields)).peekable();
    own.peek().is_none() || own.any(|key| !is_of_another(campaign, key, &event.fields))
}

fn words(taken: &TakenIn) -> String {
    let named = taken.by_name.then(|| "by its name".to_owned());
    let fields = taken.fields.iter().cloned();
    named.into_iter().chain(fields).collect::<Vec<_>>().join(", ")
}
