//! A message of Slack: the JSON that an incoming webhook takes.

use serde_json::json;

use super::{Item, ItemKind};

/// Letters of a text, at most: Slack cuts a message after 4,000 of its own accord.
const MOST: usize = 2_500;

/// The message about an item.
pub(super) fn body(item: &Item, project: &str) -> String {
    let text: String = item.text.chars().take(MOST).collect();
    let more = if text.len() < item.text.len() { "…" } else { "" };
    let from = match &item.launch {
        Some((_, campaign)) => campaign.as_str(),
        None => "no campaign",
    };
    let (head, flagged) = match &item.kind {
        ItemKind::Reply { flagged, .. } => ("", *flagged),
        ItemKind::Note => ("note about ", false),
    };
    let flag = if flagged {
        "\n_Contains an opt-out word: please read it._"
    } else {
        ""
    };
    let phone = item.phone;
    let text = format!(
        "{head}{phone} ({}, {}): {}{more}{flag}\n`crier why {phone}` shows all of it",
        escaped(project),
        escaped(from),
        escaped(&text),
    );
    json!({ "text": text }).to_string()
}

/// The three characters that Slack reads as its own (docs.slack.dev, formatting message text).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
