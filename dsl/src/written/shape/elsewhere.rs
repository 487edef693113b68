//! What other tools and languages call the keys of ours.

use super::super::key::Object;
use super::super::scalars::is_condition;
use super::words::owner;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};

/// What other tools and languages call a key.
const ELSEWHERE: [(&str, &str); 6] = [
    ("if", "when"),
    ("else", "otherwise"),
    ("delay", "wait"),
    ("sleep", "wait"),
    ("sms", "send"),
    ("timeout", "for"),
];

/// What other tools call the keys of some maps, by their titles.
const OF_MAPS: [(&str, &str, &[&str]); 38] = [
    ("a rule", "otherwise", &["default", "else"]),
    ("a rule", "send", &["answer", "reply", "respond"]),
    (
        "a rule",
        "words",
        &[
            "contains", "equals", "is", "keyword", "keywords", "match", "matches", "word",
        ],
    ),
    (
        "`audience`",
        "from",
        &["list", "lists", "path", "people", "source", "to"],
    ),
    (
        "`audience`",
        "where",
        &["condition", "filter", "filters", "if", "when"],
    ),
    (
        "`audience`",
        "except",
        &["but", "exclude", "excluding", "suppress", "without"],
    ),
    ("`schedule`", "at", &["send_at", "start", "when"]),
    ("`trigger`", "event", &["name", "on", "type"]),
    ("`trigger`", "key", &["dedupe_key", "event_id", "event_key"]),
    ("`trigger`", "keyword", &["word", "words"]),
    ("a test", "test", &["name", "title"]),
    ("a test", "person", &["given", "recipient", "who"]),
    ("a test", "story", &["lines", "script", "steps"]),
    ("a rule of `choose`", "otherwise", &["default", "else"]),
    ("a list", "file", &["csv", "from", "path", "source"]),
    ("a sender", "alphanumeric", &["label", "name", "title"]),
    ("a sender", "number", &["from", "msisdn", "phone", "phone_number"]),
    ("a sender", "short_code", &["code", "shortcode"]),
    ("an inbox", "email", &["address", "mail", "to"]),
    ("`notify`", "text", &["body", "message", "msg", "sms"]),
    ("`repeat`", "do", &["steps", "then"]),
    ("an arm", "do", &["steps", "then"]),
    (
        "a line of a story",
        "after",
        &["delay", "pause", "sleep", "wait", "waits"],
    ),
    (
        "a line of a story",
        "reply",
        &["answer", "answers", "replied", "replies", "respond"],
    ),
    (
        "a line of a story",
        "expect",
        &["expects", "gets", "message", "receives", "send", "sends", "sms"],
    ),
    (
        "a step",
        "finish",
        &["abort", "done", "end", "exit", "halt", "quit", "stop"],
    ),
    (
        "a step",
        "call",
        &["api", "fetch", "get", "http", "post", "request", "webhook"],
    ),
    ("a step", "send", &["message"]),
    ("a step", "notify", &["alert", "email", "mail"]),
    ("a step", "answers", &["choices", "options"]),
    ("a rule", "call", &["api", "http", "request", "webhook"]),
    ("`schedule`", "days", &["on", "weekday", "weekdays"]),
    ("`schedule`", "window", &["between", "hours"]),
    ("`schedule`", "until", &["end", "ends", "stop", "to"]),
    ("`trigger`", "where", &["condition", "filter", "if", "when"]),
    ("a message", "text", &["body", "content", "message", "sms"]),
    ("a variant", "text", &["body", "content", "message", "sms"]),
    ("a variant", "share", &["percent", "percentage", "weight"]),
];

/// What other tools call the keys of a campaign.
const OF_CAMPAIGNS: [(&str, &[&str]); 8] = [
    (
        "audience",
        &[
            "contacts",
            "customers",
            "list",
            "lists",
            "people",
            "recipients",
            "segment",
            "to",
        ],
    ),
    ("campaign", &["name", "title"]),
    ("message", &["body", "content", "sms", "text"]),
    ("messages", &["bodies", "contents", "templates", "texts"]),
    ("languages", &["lang", "langs", "language", "locales"]),
    (
        "schedule",
        &["at", "date", "send_at", "send_on", "start", "time", "when"],
    ),
    ("replies", &["on_reply", "reply", "reply_to"]),
    ("timezone", &["time_zone", "tz", "zone"]),
];

/// A note of the author's own with another mark in it: `x_note`.
pub(super) fn note(entry: &Entry) -> Option<Diagnostic> {
    let rest = entry
        .key
        .text
        .strip_prefix(['x', 'X'])?
        .strip_prefix(['_', '-'])?;
    let right = format!("x-{}", rest.replace(' ', "-"));
    let message = format!("\"{}\" is not how a note of your own begins", entry.key.text);
    let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message)
        .label("unknown key")
        .help(format!("own notes go under keys that begin with `x-`: `{right}`"));
    Some(found.replace(entry.key.span.clone(), right, Applicability::Unsure))
}

/// The key of ours that is called so elsewhere, or so in another place of the language.
pub(super) fn called_elsewhere(object: &Object, written: &str, node: &Node) -> Option<&'static str> {
    if object.title == "a campaign" {
        let lower = written.to_lowercase();
        let own = OF_CAMPAIGNS
            .iter()
            .find(|(_, theirs)| theirs.contains(&lower.as_str()));
        return own
            .and_then(|(ours, _)| object.key(ours))
            .map(|key| key.name)
            .filter(|ours| node.entry(ours).is_none());
    }
    // Of a reply it is asked what it says; a condition stands under `when`.
    let asked = |entry: &Entry| entry.value.text().is_some_and(|text| !is_condition(text));
    if object.title == "a rule" && written == "if" && node.entry("if").is_some_and(asked) {
        return Some("words").filter(|ours| node.entry(ours).is_none());
    }
    let mut of_maps = OF_MAPS.iter().filter(|(title, ..)| *title == object.title);
    if let Some((_, ours, _)) = of_maps.find(|(_, _, theirs)| theirs.contains(&written)) {
        return object
            .key(ours)
            .map(|key| key.name)
            .filter(|ours| node.entry(ours).is_none());
    }
    let of_people = object.required.iter().any(|required| required.key == "from");
    if of_people && written == "file" {
        // With more than the path it is the map of a file, under `from`.
        let more = |entry: &Entry| entry.key.text != "file" && owner(object, &entry.key.text).is_some();
        return (!node.entries().iter().any(more)).then_some("from");
    }
    let ours = ELSEWHERE.iter().find(|(theirs, _)| *theirs == written)?.1;
    let key = object.key(ours)?;
    let beside = key.beside.is_empty() || key.beside.iter().any(|verb| node.entry(verb).is_some());
    beside.then_some(key.name)
}
