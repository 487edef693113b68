//! What begins a campaign for one person, in words, and how it stands to those who entered.

use std::collections::BTreeSet;

use dsl::campaign::{Campaign, Deed, Trigger};
use engine::left_out::LeftOut;
use engine::store::{LaunchRow, TriggerCounts};
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

/// So many passages of a campaign were started by steps of others, and nobody takes them in.
pub fn wait(campaign: &str, waiting: u64) -> String {
    let (passages, wait) = match waiting {
        1 => ("1 passage".to_owned(), "waits"),
        n => (counted(n, "passage", "passages"), "wait"),
    };
    folded(
        &format!(
            "{passages} of {campaign}, started by steps of other campaigns, {wait} until `crier run` goes on with {campaign}"
        ),
        "  ",
    )
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

/// What entered nobody, or waits to; a line for each reason.
pub fn not_entered(counts: &TriggerCounts) -> Option<String> {
    let line = |(reason, n): &(LeftOut, u64)| format!("  {} did not enter: {reason}", number(*n));
    let waits = (counts.to_enter > 0).then(|| {
        format!(
            "  {} still to enter, when the launch goes on and nothing of theirs is under way",
            number(counts.to_enter)
        )
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
