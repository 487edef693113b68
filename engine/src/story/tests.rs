//! Campaigns, what somebody does, and what happens to them: the language as its readers know it.

mod before;
mod branches;
mod differences;
mod gate;
mod impossible;
mod joining;
mod lines;
mod passages;
mod people_read;
mod replies;
mod schedules;
mod steps;
mod waits;

use std::sync::Arc;

use expect_test::Expect;

use super::{Played, play};
use crate::revision::Revision;
use crate::stage::Entry;
use crate::testing::{PROJECT, campaign_of};

/// People in the lists of these campaigns.
const COLUMNS: &str = "phone,language,timezone,name,city,age,born,starts";

fn revision(text: &str) -> Arc<Revision> {
    campaign_of(Some(PROJECT), text, &[("people.csv", COLUMNS)]).1
}

/// A service of these steps, which asks for no opt-out word.
fn service(steps: &str) -> String {
    format!("audience: people.csv\nschedule: 2026-12-01 10:00\npurpose: service\n{steps}")
}

/// The lines of one story of Ada, in Rome.
fn story(lines: &str) -> String {
    let lines: String = lines
        .trim()
        .lines()
        .map(|line| format!("      {}\n", line.trim_end()))
        .collect();
    format!(
        "tests:\n  - test: it\n    person: {{ phone: \"+393331234567\", name: Ada, city: Roma, age: 30 }}\n    story:\n{lines}"
    )
}

/// Plays the stories of a campaign: the transcript of each, and where it differs.
fn check(campaign: &str, expected: Expect) {
    let revision = revision(campaign);
    let stories = &revision.campaign.stories;
    let told = stories
        .iter()
        .map(|story| told(&revision, &play(&revision, story), stories.len() > 1));
    expected.assert_eq(&told.collect::<String>());
}

fn told(revision: &Revision, played: &Played, named: bool) -> String {
    let head = if named {
        format!("# {}\n", played.name)
    } else {
        String::new()
    };
    let lines: String = played.log.iter().map(|entry| line(entry, played)).collect();
    let failure = played.failure.as_ref().map_or(String::new(), |failure| {
        let at = &revision.source.campaign[failure.span.clone()];
        let kind = if failure.impossible {
            "IMPOSSIBLE"
        } else {
            "DIFFERS"
        };
        format!(
            "{kind} at {:?}: {} ({})\n",
            at.trim_end(),
            failure.message,
            failure.help
        )
    });
    head + &lines + &failure
}

fn line(entry: &Entry, played: &Played) -> String {
    let local = entry.at.with_timezone(&played.zone);
    format!(
        "{} {}\n",
        local.format("%a %-d %b %H:%M"),
        entry.what.told(played.zone)
    )
}
