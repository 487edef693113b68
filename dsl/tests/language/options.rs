//! The keys as comments: each is there, no line is too wide, and with the `#` taken away it is YAML of the right shape.

use std::collections::BTreeSet;

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
