//! What begins a campaign for one person, in words, and how it stands to those who entered.

use std::collections::BTreeSet;

use dsl::campaign::{Campaign, Deed, Trigger};
use engine::left_out::LeftOut;
use engine::store::{LaunchRow, LaunchState, TriggerCounts};
use serde_json::{Value, json};

use super::{counted, folded, number};

/// As a sentence without its end.
pub fn begins(trigger: &Trigger, campaign: &Campaign) -> String {
    match trigger {
        Trigger::Event { name, key: None, .. } => format!("whoever the event {name} happens to enters"),
        Trigger::Event {
            name, key: Some(key), ..
        } => format!("whoever the event {name} happens to enters, once for each {key}"),
        Trigger::Joins(list) => format!("whoever joins the list {list} enters"),
        Trigger::Keyword(word) => format!("whoever sends {word} to {} enters", campaign.sender),
    }
}

/// The campaigns that its steps start, by name; none: none.
pub fn starts(campaign: &Campaign) -> Vec<&str> {
    let started = campaign
        .program
        .instructions
        .iter()
        .filter_map(|one| match &one.deed {
            Deed::Start(other) => Some(other.as_str()),
            _ => None,
        });
    started.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What those wait for who are still to enter a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// That it is run, which it never was.
    First,
    /// That it is run.
    Run,
    /// That somebody lets it go on.
    Resumed,
    /// That it is launched anew, since it was cancelled.
    Anew,
    /// Nothing: it was cancelled, and a new launch does not take them in.
    Never,
}

impl Until {
    /// By how its launches stand, the latest first; those of other campaigns do not count.
    pub fn of<'a>(campaign: &str, launches: impl IntoIterator<Item = &'a LaunchRow>) -> Until {
        let own = launches.into_iter().filter(|row| row.campaign == campaign);
        let own: Vec<&LaunchRow> = own.collect();
        let stands = |row: &&LaunchRow| matches!(row.state, LaunchState::Paused | LaunchState::Halted);
        let latest = own.iter().find(|row| !row.is_of_started());
        match latest {
            None if own.is_empty() => Until::First,
            Some(row) if row.state == LaunchState::Cancelled && row.is_opened() => Until::Never,
            _ if own.iter().any(stands) => Until::Resumed,
            // A tick that was cancelled keeps no other from beginning.
            Some(row) if row.state == LaunchState::Cancelled && row.occurrence.parse::<u32>().is_ok() => {
                Until::Anew
            }
            Some(_) | None => Until::Run,
        }
    }
}

/// So many passages of a campaign were started by steps of others, and nobody takes them in.
pub fn wait(campaign: &str, waiting: u64, until: Until) -> String {
    let (passages, wait, do_not) = match waiting {
        1 => ("1 passage".to_owned(), "waits", "does not"),
        n => (counted(n, "passage", "passages"), "wait", "do not"),
    };
    let told = match until {
        Until::First => format!("{wait} until `crier run` begins {campaign}"),
        Until::Run => format!("{wait} until `crier run` goes on with {campaign}"),
        Until::Resumed => format!("{wait} until `crier resume {campaign}` lets it go on"),
        Until::Anew => format!("{wait} until `crier run --again` launches it anew, since it was cancelled"),
        Until::Never => format!("{do_not} enter, since it was cancelled"),
    };
    folded(
        &format!("{passages} of {campaign}, started by steps of other campaigns, {told}"),
        "  ",
    )
}

/// The same of one person, to whom something happened.
pub fn waits(campaign: &str, until: Until) -> String {
    match until {
        Until::Run => {
            format!(
                "is still to enter {campaign}, when `crier run` goes on with it and nothing of theirs is under way"
            )
        }
        Until::First => format!("is still to enter {campaign}, when `crier run` begins it"),
        Until::Resumed => {
            format!("is still to enter {campaign}, when `crier resume {campaign}` lets it go on")
        }
        Until::Anew => format!(
            "is still to enter {campaign}, which was cancelled, when `crier run --again` launches it anew"
        ),
        Until::Never => format!("does not enter {campaign}: it was cancelled"),
    }
}

/// The same for programs.
pub fn begins_json(trigger: &Trigger) -> Value {
    match trigger {
        Trigger::Event { name, key, .. } => json!({ "event": name, "key": key }),
        Trigger::Joins(list) => json!({ "joins": list }),
        Trigger::Keyword(word) => json!({ "keyword": word }),
    }
}

/// How the latest launch stands.
pub fn stands(latest: Option<&(LaunchRow, TriggerCounts)>) -> String {
    match latest {
        None => "not open yet: `crier run` opens it".to_owned(),
        Some((launch, counts)) => {
            let state = launch.state.word();
            format!("launch {} is {state}, {}", launch.id, entered(counts))
        }
    }
}

/// Who entered a launch.
pub fn entered(counts: &TriggerCounts) -> String {
    let passages = counted(counts.passages, "passage", "passages");
    format!("{passages} of {}", counted(counts.people, "person", "people"))
}

/// What entered nobody, or waits to, of a launch in this state; a line for each reason.
pub fn not_entered(counts: &TriggerCounts, (campaign, state): (&str, LaunchState)) -> Option<String> {
    let line = |(reason, n): &(LeftOut, u64)| format!("  {} did not enter: {reason}", number(*n));
    let waits = (counts.to_enter > 0).then(|| {
        let told = match state {
            LaunchState::Cancelled => "did not enter: the launch was cancelled".to_owned(),
            LaunchState::Paused | LaunchState::Halted => {
                format!("still to enter, when `crier resume {campaign}` lets the launch go on")
            }
            LaunchState::Building | LaunchState::Running | LaunchState::Done => {
                "still to enter, when the launch goes on and nothing of theirs is under way".to_owned()
            }
        };
        format!("  {} {told}", number(counts.to_enter))
    });
    let lines = counts.not_entered.iter().map(line).chain(waits);
    let lines: Vec<String> = lines.map(|line| folded(&line, "    ")).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// All of it for programs.
pub fn counts_json(counts: &TriggerCounts) -> Value {
    let reasons = counts.not_entered.iter();
    let reasons = reasons.map(|(reason, n)| (reason.code(), json!(n)));
    json!({
        "passages": counts.passages,
        "people": counts.people,
        "to_enter": counts.to_enter,
        "not_entered": reasons.collect::<serde_json::Map<_, _>>(),
    })
}
