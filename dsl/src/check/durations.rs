//! Times of one step or schedule that cannot all hold: a reminder after its question has closed, a moment outside of the
//! window that it is sent in, a moment both before and after a day.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::scalar::{WaitTime, Window};
use crate::tree::{Entry, Kind, Node};
use crate::written::clock_of;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(root) = context.root else { return };
    let schedule = root.get("schedule");
    found.extend(schedule.and_then(before_and_after));
    let window = schedule
        .or(root.get("trigger"))
        .and_then(|start| start.entry("window"));
    for key in ["steps", "replies"] {
        // Answers to replies pass every window.
        let window = window.filter(|_| key == "steps");
        let nodes = root.get(key).map(maps).unwrap_or_default();
        for step in nodes {
            found.extend(late_reminder(step));
            found.extend(
                ["wait", "at"]
                    .iter()
                    .filter_map(|key| before_and_after(step.get(key)?)),
            );
            found.extend(outside_window(step, window));
        }
    }
}

/// Every map in a value, the outer ones first.
fn maps(node: &Node) -> Vec<&Node> {
    let mut all = vec![];
    let mut next = vec![node];
    while let Some(node) = next.pop() {
        match &node.kind {
            Kind::Map(entries) => {
                all.push(node);
                next.extend(entries.iter().rev().map(|entry| &entry.value));
            }
            Kind::List(items) => next.extend(items.iter().rev()),
            Kind::Scalar(_) | Kind::Bad => {}
        }
    }
    all
}

fn late_reminder(step: &Node) -> Option<Diagnostic> {
    step.entry("ask")?;
    let (after, open_for) = (step.get("remind")?.get("after")?, step.get("for")?);
    if seconds(after)? < seconds(open_for)? {
        return None;
    }
    let message = format!(
        "the reminder comes after {}, and the question is open for {}",
        after.text()?,
        open_for.text()?
    );
    Some(
        Diagnostic::error("reminder-too-late", after.span.clone(), message)
            .label("not before the end")
            .also(open_for.span.clone(), "the end")
            .help("remind people while they can still answer; what comes after the end is `silence`"),
    )
}

/// A day is taken for 24 hours.
fn seconds(node: &Node) -> Option<i64> {
    Some(match WaitTime::parse(node.text()?).ok()? {
        WaitTime::Elapsed(time) => time.num_seconds(),
        WaitTime::Days(days) => i64::from(days) * 86_400,
    })
}

fn before_and_after(moment: &Node) -> Option<Diagnostic> {
    let (before, after) = (moment.entry("before")?, moment.entry("after")?);
    let message = "a moment is before a day or after it, not both";
    let (first, last) = match before.key.span.start < after.key.span.start {
        true => (before, after),
        false => (after, before),
    };
    Some(
        Diagnostic::error("conflicting-keys", last.key.span.clone(), message)
            .also(first.key.span.clone(), "the other")
            .help("keep one of them"),
    )
}

/// `at: "22:00"` in a window that ends at 20:00 is the next morning, every time.
fn outside_window(step: &Node, of_campaign: Option<&Entry>) -> Option<Diagnostic> {
    step.entry("send").or(step.entry("ask"))?;
    let at = step.get("at")?;
    let at = at.get("at").unwrap_or(at);
    let time = clock_of(at.text()?)?;
    // Both hold.
    let windows = [step.entry("window"), of_campaign].into_iter().flatten();
    let mut hours = windows.filter_map(|window| Some((window, Window::parse(window.value.text()?)?)));
    let (window, hours) = hours.find(|(_, hours)| !hours.holds(time % (24 * 60)))?;
    let message = format!(
        "{} is outside of the window {hours}, so the text waits until it opens",
        at.text()?
    );
    Some(
        Diagnostic::warning("moment-outside-window", at.span.clone(), message)
            .also(window.value.span.clone(), "the window")
            .help("choose a moment inside of the window, or leave one of the two out"),
    )
}
