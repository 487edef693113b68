//! The tags of a person, and the values that steps, answers and calls saved: who gave each and when, and what is no more.

use std::iter::once;

use chrono::{DateTime, Utc};
use engine::ids::LaunchId;
use engine::store::{Past, PersonStory};
use serde_json::json;

use super::{Names, name};
use crate::output;

/// What the person has now, on one line; none where that is nothing.
pub(super) fn now(story: &PersonStory) -> Option<String> {
    let tags: Vec<&str> = story.tags.iter().map(|tag| tag.tag.as_str()).collect();
    let tags = (!tags.is_empty()).then(|| format!("tagged {}", tags.join(", ")));
    let values = story.values.iter().map(|own| is_now(&own.field, &own.value));
    let all: Vec<String> = tags.into_iter().chain(values).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// A line of each when it was given, and of each tag when it was taken off.
pub(super) fn lines(story: &PersonStory, names: &Names) -> Vec<(DateTime<Utc>, String)> {
    let line = |at, what: String, launch: LaunchId| (at, format!("{what} ({})", name(names, launch)));
    let tags = story.tags.iter().map(|own| {
        let what = format!("tagged {}", own.tag);
        line(own.at, what, own.launch)
    });
    let values = story
        .values
        .iter()
        .map(|own| line(own.at, is_now(&own.field, &own.value), own.launch));
    let past = story.past.iter().flat_map(|past| {
        let what = match &past.value {
            Some(value) => is_now(&past.name, value),
            None => format!("tagged {}", past.name),
        };
        let given = line(past.given.at, what, past.given.launch);
        // That another value took its place is told by that.
        let gone = past.value.is_none().then(|| {
            let what = format!("no longer tagged {}", past.name);
            line(past.gone.at, what, past.gone.launch)
        });
        once(given).chain(gone)
    });
    past.chain(tags).chain(values).collect()
}

fn is_now(field: &str, value: &str) -> String {
    format!("{field} is {:?}", output::one_line(value))
}

/// For programs: tags, values, and what was.
pub(super) fn as_json(story: &PersonStory, names: &Names) -> [serde_json::Value; 3] {
    let campaign = |launch: LaunchId| names.get(&launch).map(|row| row.campaign.clone());
    let tags = story.tags.iter().map(|own| {
        json!({ "tag": own.tag, "campaign": campaign(own.launch), "launch": own.launch.0, "at": own.at })
    });
    let values = story.values.iter().map(|own| {
        json!({
            "field": own.field, "value": own.value, "campaign": campaign(own.launch), "launch": own.launch.0,
            "at": own.at,
        })
    });
    let past = story.past.iter().map(|past: &Past| {
        let (tag, field) = match past.value {
            None => (Some(&past.name), None),
            Some(_) => (None, Some(&past.name)),
        };
        json!({
            "tag": tag, "field": field, "value": past.value, "campaign": campaign(past.given.launch),
            "launch": past.given.launch.0, "at": past.given.at, "gone_at": past.gone.at,
        })
    });
    [tags.collect(), values.collect(), past.collect()]
}
