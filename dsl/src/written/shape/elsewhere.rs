//! What other tools and languages call the keys of ours.

use super::super::key::{Key, Object};
use super::super::nearest::same_word;
use super::super::scalars::is_condition;
use super::words::{self, owner};
use super::{fits, only};
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
const OF_MAPS: &[(&str, &str, &[&str])] = &[
    ("a rule", "otherwise", &["default", "else"]),
    ("a rule", "send", &["answer", "message", "reply", "respond"]),
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
    ("`schedule`", "at", &["begin", "send_at", "start", "when"]),
    ("`schedule`", "from", &["begin", "start"]),
    ("`goal`", "within", &["for"]),
    ("`limits`", "budget", &["budget_per_month", "max_budget", "spend"]),
    ("`policy`", "quiet_hours", &["quiet", "quiet_time"]),
    (
        "`policy`",
        "opt_out_words",
        &["opt_out", "stop_words", "opt_outs"],
    ),
    ("`store`", "sqlite", &["file", "path"]),
    ("`mail`", "smtp", &["host", "server", "smtp_host", "url"]),
    ("crier.yaml", "project", &["name", "title"]),
    ("crier.yaml", "prices", &["price", "pricing", "price_list"]),
    ("crier.yaml", "region", &["country"]),
    ("a simulated provider", "rate", RATE),
    ("a carrier", "rate", RATE),
    ("a provider over SMPP", "rate", RATE),
    ("a Twilio account", "rate", RATE),
    ("a sender", "rate", RATE),
    ("a sender", "countries", &["country"]),
    ("a sender", "then", &["backup", "failover", "fallback"]),
    (
        "an inbox",
        "phone",
        &["mobile", "msisdn", "number", "phone_number", "sms"],
    ),
    ("a list", "sql", &["query", "select"]),
    ("a field", "type", &["kind", "tipo", "typ"]),
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
    ("a step", "ask", &["poll", "question"]),
    ("a step", "await", &["wait_for", "wait_for_reply", "wait_until"]),
    ("a step", "choose", &["branch", "branches", "case", "switch"]),
    ("a step", "split", &["ab_test", "experiment"]),
    ("a step", "repeat", &["loop"]),
    ("a step", "start", &["enrol", "enroll"]),
    ("a step", "join", &["add_to_list", "subscribe"]),
    ("a step", "leave", &["remove_from_list", "unsubscribe"]),
    ("a step", "notify", &["alert", "email", "mail"]),
    ("a step", "answers", &["choices", "options", "replies", "rules"]),
    (
        "a step",
        "silence",
        &["no_answer", "no_reply", "timeout", "unanswered"],
    ),
    ("a step", "for", &["timeout"]),
    ("a step", "wait", &["delay", "pause", "sleep"]),
    ("a step", "tag", &["add_tag", "label"]),
    ("a step", "untag", &["delete_tag", "remove_tag"]),
    ("a rule", "call", &["api", "http", "request", "webhook"]),
    ("`schedule`", "days", &["on", "weekday", "weekdays"]),
    ("`schedule`", "window", &["between", "hours"]),
    ("`schedule`", "until", &["end", "ends", "stop", "to"]),
    ("`trigger`", "where", &["condition", "filter", "if", "when"]),
    ("a message", "text", &["body", "content", "message", "sms"]),
    ("a variant", "text", &["body", "content", "message", "sms"]),
    ("a variant", "share", &["percent", "percentage", "weight"]),
];

/// How many texts go in a time.
const RATE: &[&str] = &["speed", "throughput", "tps"];

/// What other tools call the keys of a campaign.
const OF_CAMPAIGNS: &[(&str, &[&str])] = &[
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
    (
        "message",
        &[
            "body", "content", "msg", "sms", "template", "testo", "text", "texts",
        ],
    ),
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
    // Of a reply it is asked what it says; a condition stands under `when`.
    let asked = |entry: &Entry| entry.value.text().is_some_and(|text| !is_condition(text));
    if object.title == "a rule" && written == "if" && node.entry("if").is_some_and(asked) {
        return Some("words").filter(|ours| node.entry(ours).is_none());
    }
    let synonyms: Vec<&'static Key> = synonyms(object, written).collect();
    if !synonyms.is_empty() {
        return most_likely(object, node, written, &synonyms);
    }
    let of_people = object.required.iter().any(|required| required.key == "from");
    if of_people && written == "file" {
        // With more than the path it is the map of a file, under `from`.
        let more = |entry: &Entry| entry.key.text != "file" && owner(object, &entry.key.text).is_some();
        return (!node.entries().iter().any(more)).then_some("from");
    }
    let ours = ELSEWHERE.iter().find(|(theirs, _)| *theirs == written)?.1;
    let key = object.key(ours)?;
    is_beside(key, node).then_some(key.name)
}

/// Whether a word is one that other tools have for a key of the map.
pub(super) fn is_synonym(object: &Object, written: &str) -> bool {
    synonyms(object, written).next().is_some()
}

/// The keys of a map that are called so elsewhere, in the order of the tables.
fn synonyms<'a>(object: &'a Object, written: &'a str) -> impl Iterator<Item = &'static Key> + 'a {
    let of_campaigns = OF_CAMPAIGNS.iter().filter(|_| object.title == "a campaign");
    let of_maps = OF_MAPS.iter().filter(|(title, ..)| *title == object.title);
    let all = of_campaigns
        .map(|(ours, theirs)| (ours, theirs))
        .chain(of_maps.map(|(_, ours, theirs)| (ours, theirs)));
    all.filter(|(_, theirs)| theirs.iter().any(|theirs| same_word(theirs, written)))
        .filter_map(|(ours, _)| object.key(ours))
}

/// Of several keys rather one that takes the value and may still stand here; else one that is there already, unless the
/// word is a key of what stands under it.
fn most_likely(object: &Object, node: &Node, written: &str, keys: &[&'static Key]) -> Option<&'static str> {
    let value = node.entry(written).map(|entry| &entry.value);
    let is_there = |name: &str| node.entry(name).is_some();
    let in_place_of_another = |key: &Key| {
        let mut groups = object.required.iter();
        groups.any(|group| only::all_of(group).any(|n| n == key.name) && only::all_of(group).any(is_there))
    };
    let may_stand = |key: &&&'static Key| is_beside(key, node) && !in_place_of_another(key);
    let free: Vec<&Key> = keys
        .iter()
        .filter(may_stand)
        .filter(|key| !is_there(key.name))
        .copied()
        .collect();
    let fitting = free
        .iter()
        .find(|key| value.is_none_or(|value| fits(&key.form, value)));
    if let Some(key) = fitting.or(free.first()) {
        return Some(key.name);
    }
    let there = keys.iter().find(|key| is_there(key.name))?;
    words::owners(object, written)
        .next()
        .is_none()
        .then_some(there.name)
}

/// Whether a key may stand beside the verb of its step.
fn is_beside(key: &Key, node: &Node) -> bool {
    key.beside.is_empty() || key.beside.iter().any(|verb| node.entry(verb).is_some())
}

/// What is said of a word that is no key of ours by another name, where it is plain what its author is after.
pub(super) fn said(object: &Object, entry: &Entry, node: &Node) -> Option<String> {
    let written = entry.key.text.as_str();
    let value = entry.value.text();
    let asks = node.entry("ask").is_some() || node.entry("await").is_some();
    let help = match (object.title, written) {
        ("`audience`" | "a list", "phone" | "mobile" | "msisdn" | "phone_number" | "telephone") => {
            let column = value.unwrap_or("Mobile");
            format!("which column it is stands under `columns`: `columns: {{ phone: {column} }}`")
        }
        ("a test", "phone" | "language") => {
            let value = value.unwrap_or("…");
            format!("it is the person's: `person: {{ {written}: \"{value}\" }}`")
        }
        ("a step", "else" | "otherwise") if asks => {
            "who does not answer goes on under `silence`; what no other answer takes is the last of `answers`: \
             `- { otherwise: … }`"
                .to_owned()
        }
        ("a step", "else" | "otherwise" | "elif") => {
            "`choose` goes one way or the other, and its last rule is `otherwise: { send: … }`".to_owned()
        }
        ("a step", "unset" | "remove" | "clear" | "delete") => {
            let what = value.unwrap_or("city");
            format!("`untag: {what}` takes off a tag, `set: {{ {what}: … }}` writes another value")
        }
        ("a sender", "kind" | "type") => {
            "what it goes by is its `provider`, and the kind of that stands under `providers`".to_owned()
        }
        ("a campaign", "region") => {
            "that of these lists stands under `audience`, that of all campaigns in crier.yaml".to_owned()
        }
        _ => return None,
    };
    Some(help)
}
