//! What happened, in words: a line each, as transcripts show it.

use std::borrow::Cow;

use chrono::DateTime;
use chrono_tz::Tz;

use super::{Happened, Sent};
use crate::advance::Change;

impl Happened {
    /// On one line; times are on that clock.
    pub fn told(&self, zone: Tz) -> Cow<'static, str> {
        match self {
            Happened::Began => "the passage begins".into(),
            Happened::NotEntered(reason) => format!("no passage begins: {reason}").into(),
            Happened::Restarted => "the passage ends: the next one takes its place".into(),
            Happened::Sent(sent) => sent.told().into(),
            Happened::Said(text) => format!("> {}", on_one_line(text)).into(),
            Happened::Receipt { delivered, of } => receipt(*delivered, of.as_deref()).into(),
            Happened::Clicked(link) => format!("opens the link {link}").into(),
            Happened::Event(name) => format!("the event {name} comes").into(),
            Happened::Changed(change) => changed(change).into(),
            Happened::Skipped { what, reason } => match what {
                Some(what) => format!("{what} is left out: {reason}").into(),
                None => format!("left out: {reason}").into(),
            },
            Happened::LeftOut(reason) => format!("the passage ends: {reason}").into(),
            Happened::Held(until) => {
                format!("a text waits until {}", shown(until.with_timezone(&zone))).into()
            }
            Happened::Reacted(Some(name)) => format!("a reaction to {name}: it goes to nobody").into(),
            Happened::Reacted(None) => "a reaction to a text: it goes to nobody".into(),
            Happened::Automatic => "an automatic reply: it goes to nobody".into(),
            Happened::Flagged => "the reply is flagged: it has an opt-out word".into(),
            Happened::Kept { to, flagged } => kept(to.as_deref(), *flagged).into(),
            Happened::NoReply(to) => format!("nothing is forwarded to {to}: there is no reply").into(),
            Happened::OptedOut => "opted out".into(),
            Happened::OptedIn => "opted in again".into(),
            Happened::Finished(None) => "the passage ends".into(),
            Happened::Finished(Some(reason)) => format!("the passage ends: {reason}").into(),
        }
    }
}

impl Sent {
    fn told(&self) -> String {
        let parts = if self.parts == 1 { "part" } else { "parts" };
        let variant = self
            .variant
            .as_ref()
            .map_or(String::new(), |name| format!(", {name}"));
        let text = on_one_line(&self.text);
        format!("< {} ({} {parts}{variant}): {text}", self.name, self.parts)
    }
}

/// An instant on a clock.
pub fn shown(at: DateTime<Tz>) -> String {
    at.format("%a %-d %b %Y, %H:%M").to_string()
}

fn receipt(delivered: bool, of: Option<&str>) -> String {
    let is = if delivered { "is" } else { "is not" };
    format!("{} {is} delivered", of.unwrap_or("the text"))
}

fn kept(to: Option<&str>, flagged: bool) -> String {
    let to = to.unwrap_or("the inbox");
    match flagged {
        false => format!("the reply goes to {to}"),
        true => format!("the reply goes to {to}, flagged: it has an opt-out word"),
    }
}

fn changed(change: &Change) -> String {
    match change {
        Change::Tag(tag) => format!("tagged {tag}"),
        Change::Untag(tag) => format!("no longer tagged {tag}"),
        Change::Set(field, value) => format!("{field} is now {}", on_one_line(value)),
        Change::Join(list) => format!("joins {list}"),
        Change::Leave(list) => format!("leaves {list}"),
        Change::Forward(to) => format!("the reply is forwarded to {to}"),
        Change::Notify { to, text } => format!("{to} is told: {}", on_one_line(text)),
        Change::Call(request) => format!("calls {} {}", request.method, request.url),
        Change::Start { campaign, .. } => format!("starts {campaign}"),
        Change::Reach => "the goal is reached".into(),
    }
}

/// A line break is shown as such; what else is not shown is marked.
fn on_one_line(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => '⏎',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().filter(|c| *c != '\r').map(shown).collect()
}
