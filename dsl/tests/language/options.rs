//! The keys as comments: each is there, no line is too wide, and with the `#` taken away it is YAML of the right shape. Each
//! block, and each key of one, is right where it takes the place of what the first campaign says.

use std::collections::BTreeSet;

use super::support;

use dsl::diagnostic::Diagnostic;
use dsl::{check_project, options, parse_campaign, schema};
use serde_json::Value;

/// The `#` before keys and before comments inside of them taken away.
fn without_marks(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(comment) if !comment.starts_with(' ') => String::new(),
        Some(_) | None => line.strip_prefix('#').unwrap_or(line).to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// What may be found in a file with every key: those of later versions, and what does not go together.
fn is_expected(found: &Diagnostic) -> bool {
    matches!(
        found.code,
        "not-yet-supported" | "conflicting-keys" | "sender-cannot-receive" | "shares-not-whole" | "yaml-1.1"
    )
}

/// Every key that a schema describes.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let described = |value: &Value| value.get("markdownDescription").is_some();
            if let Some(Value::Object(properties)) = map.get("properties") {
                let described = properties.iter().filter(|(_, value)| described(value));
                found.extend(described.map(|(key, _)| key.clone()));
            }
            map.values().for_each(|value| keys(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn check(text: &str, schema: &Value, found: &[Diagnostic]) {
    for line in text.lines() {
        assert!(line.starts_with('#'), "{line}");
        assert!(line.chars().count() <= 80, "{line}");
    }
    let odd: Vec<&Diagnostic> = found.iter().filter(|found| !is_expected(found)).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    let mut all = BTreeSet::new();
    keys(schema, &mut all);
    assert!(all.len() > 80, "{all:?}");
    let has = |key: &String| text.contains(&format!(" {key}:")) || text.contains(&format!("#{key}:"));
    let lacking: Vec<&String> = all.iter().filter(|key| !has(key)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[test]
fn every_key_of_a_campaign_is_there_and_can_be_taken_in() {
    let text = options::campaign();
    let bare = without_marks(&text);
    check(
        &text,
        &schema::campaign_schema(),
        parse_campaign(&bare).findings(),
    );
}

#[test]
fn every_key_of_a_project_is_there_and_can_be_taken_in() {
    let text = options::project();
    let bare = without_marks(&text);
    let found = check_project(&dsl::parse_project(&bare), "here").diagnostics;
    // The names in the examples are those of the reference.
    let named = |found: &Diagnostic| !found.code.starts_with("unknown-");
    let found: Vec<Diagnostic> = found.into_iter().filter(named).collect();
    check(&text, &schema::project_schema(), &found);
}

/// What a first campaign says, key by key.
const FIRST: [&str; 5] = [
    "audience: lists/customers.csv",
    "schedule: now",
    "fields: { age: int, birthday: { type: date, default: 2026-12-01 } }",
    "message: \"Hi {{first_name}}. STOP to opt out\"",
    "replies: box-office@arena.example",
];

/// Each key at the left edge with all that stands under it.
fn blocks(bare: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![];
    for line in bare.lines().filter(|line| !line.trim_start().starts_with('#')) {
        match blocks.last_mut().filter(|_| line.starts_with(' ')) {
            Some(block) => *block += &format!("{line}\n"),
            None if line.is_empty() => {}
            None => blocks.push(format!("{line}\n")),
        }
    }
    blocks
}

/// The block with one of the keys under it alone, for each of them.
fn keys_alone(block: &str) -> Vec<String> {
    let mut lines = block.lines();
    let head = lines.next().unwrap_or_default();
    let mut alone: Vec<String> = vec![];
    for line in lines {
        match alone.last_mut().filter(|_| line.starts_with("   ")) {
            Some(key) => *key += &format!("{line}\n"),
            None => alone.push(format!("{head}\n{line}\n")),
        }
    }
    alone
}

/// A first campaign that says this too.
fn with(block: &str) -> String {
    let key = block.split(':').next().unwrap_or_default();
    let replaced = |line: &&&str| {
        let own = line.split(':').next().unwrap_or_default();
        let stands_for = match key {
            "trigger" => own == "schedule" || own == "audience",
            "steps" => own == "message",
            _ => false,
        };
        own != key && !stands_for
    };
    let mut text: String = FIRST
        .iter()
        .filter(replaced)
        .map(|line| format!("{line}\n"))
        .collect();
    text.push_str(block);
    text
}

/// What may be found in one of them beside: what another block or another file says is not there.
fn is_of_another_block(found: &Diagnostic) -> bool {
    let lacks = [
        "again-unsaid",
        "empty-message",
        "file-missing",
        "link-never-sent",
        "message-never-sent",
        "no-opt-out-hint",
        "rate-never-reached",
        "story-impossible",
        "urgent-without-service",
    ];
    found.code.starts_with("unknown-") || lacks.contains(&found.code)
}

#[test]
fn each_block_of_a_campaign_and_each_key_of_it_can_be_taken_in() {
    let mut odd = vec![];
    for block in blocks(&without_marks(&options::campaign())) {
        for part in keys_alone(&block).iter().chain([&block]) {
            let (_, found) = support::check("first.campaign.yaml", with(part).as_bytes());
            // One key alone may need another of its block.
            let lacks = |found: &Diagnostic| found.code == "missing-key" && *part != block;
            let found = found
                .iter()
                .filter(|found| !is_expected(found) && !is_of_another_block(found) && !lacks(found));
            odd.extend(found.map(|found| format!("{}: {}\n{part}", found.code, found.message)));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}
