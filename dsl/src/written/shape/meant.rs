//! Values that stand in another shape than theirs, and keys in the map of another: what they were meant to be.

use super::super::key::{Form, Key, Open};
use super::super::{scalars, tables};
use super::fits;
use super::two_steps::each_with_a_dash;
use super::words::Place;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::scalar::{Cron, WaitTime};
use crate::tree::{Entry, Node};

/// What is said of a map or a list in the place of something else, and what belongs there. `written`: as it stands in the
/// file.
pub(super) fn in_another_shape(
    form: &Form,
    node: &Node,
    place: &Place,
    written: &str,
) -> Option<(String, Option<String>)> {
    match place.key {
        "again" => {
            let days = only(node, &["after"])?;
            let right = format!("after {days}");
            Some((format!("write `again: {right}`"), Some(right)))
        }
        "window" | "quiet_hours" => {
            let right = hours(node)?;
            let is_one = scalars::check(form, &right).is_ok();
            is_one.then(|| {
                (
                    format!("hours stand in one: `{}: {right}`", place.key),
                    Some(right),
                )
            })
        }
        "split" if !node.items().is_empty() => {
            let help = "each way has a name: `split: { a: { share: 50%, do: … }, b: … }`";
            Some((help.to_owned(), None))
        }
        "variants" if !node.items().is_empty() => {
            Some(("each has a name: `variants: { a: …, b: … }`".to_owned(), None))
        }
        _ if matches!(form, Form::Condition | Form::Leaver) => condition(node),
        _ => one_rule(form, node, written).or_else(|| alone(form, node, written)),
    }
}

/// `{ age: "> 20" }` or `{ city: Roma }` in the place of a condition.
fn condition(node: &Node) -> Option<(String, Option<String>)> {
    let [one] = node.entries() else { return None };
    let Some(value) = one.value.text().filter(|_| scalars::is_variable(&one.key.text)) else {
        return Some(("a condition is one text: `'age > 20'`".to_owned(), None));
    };
    let is_compared = value.starts_with(['>', '<', '=', '!']);
    let is_number = value.parse::<f64>().is_ok() || ["true", "false"].contains(&value);
    let right = match (is_compared, is_number) {
        (true, _) => format!("{} {value}", one.key.text),
        (false, true) => format!("{} == {value}", one.key.text),
        (false, false) => format!("{} == \"{value}\"", one.key.text),
    };
    let right = format!("'{}'", right.replace('\'', "''"));
    Some((format!("a condition is one text: `{right}`"), Some(right)))
}

/// A map of one key in the place of a value, where what stands under the key is one: `{ url: https://arena.example }`.
fn alone(form: &Form, node: &Node, written: &str) -> Option<(String, Option<String>)> {
    // What a column must be is rather a condition than its name.
    let is_value = form.is_scalar() && !matches!(form, Form::Condition | Form::Word | Form::Text);
    let ([one], true) = (node.entries(), is_value) else {
        return None;
    };
    let value = one
        .value
        .text()
        .filter(|value| scalars::check(form, value).is_ok())?;
    let place = one.value.span.start.checked_sub(node.span.start)?..one.value.span.end - node.span.start;
    let right = written.get(place).unwrap_or(value);
    Some((format!("write it alone: `{right}`"), Some(right.to_owned())))
}

/// The text of a map's only key, where it is one of these.
fn only<'a>(node: &'a Node, keys: &[&str]) -> Option<&'a str> {
    match node.entries() {
        [one] if keys.contains(&one.key.text.as_str()) => one.value.text(),
        _ => None,
    }
}

/// `{ from: 18:00, to: 20:00 }` or `[18:00, 20:00]`, as a window is written.
fn hours(node: &Node) -> Option<String> {
    if let [from, to] = node.items() {
        return Some(format!("{}-{}", from.text()?, to.text()?));
    }
    let [_, _] = node.entries() else { return None };
    let of = |keys: &[&str]| keys.iter().find_map(|key| node.get(key)?.text());
    let from = of(&["from", "start", "after", "begin", "open"])?;
    let to = of(&["to", "until", "end", "before", "close"])?;
    Some(format!("{from}-{to}"))
}

/// A list of maps of which there is one, without its dash.
fn one_rule(form: &Form, node: &Node, written: &str) -> Option<(String, Option<String>)> {
    let of_list = |form: &Form| match form {
        Form::List(Form::Object(rule)) => Some(*rule),
        _ => None,
    };
    let rule = match form {
        Form::Either(forms) => forms.iter().find_map(of_list)?,
        form => of_list(form)?,
    };
    let own = |entry: &Entry| rule.key(&entry.key.text).is_some();
    let all_own = !node.entries().is_empty() && node.entries().iter().all(own);
    // `otherwise` alone is rather the word of a rule.
    let is_rule = all_own && !node.entries().iter().any(|entry| entry.key.text == "otherwise");
    is_rule.then(|| {
        let one = || match written.starts_with('{') {
            true => format!("[{written}]"),
            false => format!("- {}", written.replace('\n', "\n  ")),
        };
        let right = each_with_a_dash(node, rule, written).unwrap_or_else(one);
        let help = match written.starts_with('{') {
            true => "a list stands in brackets, and each item in braces of its own",
            false => "put `- ` before each item, also where there is only one",
        };
        (help.to_owned(), Some(right))
    })
}

/// Addresses as a list, where replies go to one or by rules.
pub(super) fn inboxes(node: &Node, place: &Place) -> Option<Diagnostic> {
    let texts: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
    let is_inbox = |text: &&str| text.contains('@') || scalars::is_name(text);
    let all = texts.len() == node.items().len() && texts.iter().all(is_inbox);
    let first = texts.iter().find(|text| text.contains('@'))?;
    (place.key == "replies" && all).then(|| {
        let found = Diagnostic::error(
            "wrong-type",
            node.span.clone(),
            "replies go to one inbox, and this is a list",
        );
        match texts.len() {
            1 => found
                .help(format!("it stands alone: `replies: {first}`"))
                .replace(node.span.clone(), *first, Applicability::Unsure),
            _ => found.help(format!(
                "write one, `replies: {first}`, or rules: `- {{ words: [prices], forward: {first} }}`"
            )),
        }
    })
}

/// What belongs under another key than the one it stands under.
pub(super) fn under_another_key(entry: &Entry, key: &Key) -> Option<Diagnostic> {
    time_awaited(entry).or_else(|| cron_at(entry, key))
}

/// `schedule: { at: "0 10 * * MON" }`: what comes again stands under `cron`.
fn cron_at(entry: &Entry, key: &Key) -> Option<Diagnostic> {
    let text = entry.value.text().filter(|_| matches!(key.form, Form::At))?;
    (text.split_whitespace().count() == 5 && Cron::parse(text).is_some()).then(|| {
        let message = format!("\"{text}\" is a cron, and \"{}\" is one time", key.name);
        Diagnostic::error("bad-time", entry.value.span.clone(), message)
            .help(format!("write `cron: \"{text}\"`"))
            .replace(entry.key.span.clone(), "cron", Applicability::Unsure)
    })
}

/// `await: 2 days`: time alone is waited for by `wait`.
fn time_awaited(entry: &Entry) -> Option<Diagnostic> {
    let text = entry.value.text().filter(|_| entry.key.text == "await")?;
    WaitTime::parse(text).ok()?;
    let message = format!("\"{text}\" is a time, and `await` waits for something to happen");
    Some(
        Diagnostic::error("wrong-type", entry.value.span.clone(), message)
            .help(format!("write `wait: {text}`"))
            .replace(entry.key.span.clone(), "wait", Applicability::Unsure),
    )
}

/// A key of the campaign in the map of its messages or the like.
pub(super) fn too_far_right(entry: &Entry, open: &Open, place: &Place) -> Option<(&'static str, Diagnostic)> {
    let is_of_campaign = ["messages", "links", "fields", "exit", "labels"].contains(&place.key);
    let key = tables::CAMPAIGN.key(&entry.key.text).filter(|_| is_of_campaign)?;
    let is_meant = fits(&key.form, &entry.value) && !fits(open.form, &entry.value);
    is_meant.then(|| {
        let message = format!(
            "\"{}\" is a key of the campaign, and stands in \"{}\"",
            key.name, place.key
        );
        let found = Diagnostic::error("wrong-type", entry.key.span.clone(), message)
            .label("too far right")
            .help(format!(
                "put it at the beginning of its line, as \"{}\"",
                place.key
            ));
        (key.name, found)
    })
}
