//! A session: somebody plays a person of a campaign, and what happened becomes a story. Commands in, what happened and the
//! lines of a story out; it reads and prints nothing.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::Schedule;
use dsl::scalar::WrittenTime;
use dsl::tree::Kind;

use crate::advance::Change;
use crate::plan::{NotCast, cast};
use crate::revision::Revision;
use crate::stage::{Entry, Happened, Stage};
use crate::story::edits::quoted;

mod command;
mod record;
#[cfg(test)]
mod tests;

pub use command::{Command, NoCommand};
pub use record::{Heard, recorded};

/// Nobody waits longer for a text.
const PATIENCE: TimeDelta = TimeDelta::days(366 * 3);

/// Somebody's way through a campaign, as far as it was played.
pub struct Session {
    stage: Stage,
    person: Vec<(String, String)>,
    begin: DateTime<Utc>,
    /// Of the story: a line each, or several where a key stands below the first one.
    lines: Vec<String>,
    /// Entries of the stage's log that are in the lines.
    kept: usize,
}

/// Why a command does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    /// Links are opened in texts.
    #[error("no text has come with the link \"{0}\"")]
    NoLink(String),
    /// Receipts are of texts.
    #[error("no text has come that a receipt could be of")]
    NoText,
    /// The campaign is over for this person.
    #[error("no text comes for three years")]
    NothingComes,
}

impl Session {
    /// A person with these values, and `variant` to choose a text. `at`: when it begins, on the person's clock; else when the
    /// schedule says, else `now`.
    pub fn new(
        revision: &Arc<Revision>,
        person: Vec<(String, String)>,
        at: Option<WrittenTime>,
        now: DateTime<Utc>,
    ) -> Result<Session, NotCast> {
        let zone = cast(revision, &person, now)?.zones.zones()[0];
        let begin = match (at, &revision.campaign.schedule) {
            (Some(at), _) => at.resolve(zone),
            (None, Schedule::At(at)) => *at,
            (None, Schedule::Local(local)) => WrittenTime::Local(*local).resolve(zone),
            (None, Schedule::Now | Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_)) => {
                now
            }
        };
        // Stories are told in minutes.
        let begin = begin.duration_trunc(TimeDelta::minutes(1)).unwrap_or(begin);
        let variant = person.iter().find(|(name, _)| name == "variant");
        let variant = variant.map(|(_, value)| value.clone());
        let cast = cast(revision, &person, begin)?;
        let mut session = Session {
            stage: Stage::new(revision.clone(), cast, variant, begin),
            person,
            begin,
            lines: vec![],
            kept: 0,
        };
        session.stage.settle();
        session.keep(begin);
        Ok(session)
    }

    /// What the clock shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.stage.now()
    }

    /// The person's clock.
    pub fn zone(&self) -> Tz {
        self.stage.zone()
    }

    /// What happened so far.
    pub fn log(&self) -> &[Entry] {
        self.stage.log()
    }

    /// Does what a command says; those that say nothing to the campaign do nothing.
    pub fn act(&mut self, command: &Command) -> Result<(), Cannot> {
        let before = self.stage.now();
        match command {
            Command::Reply(text) => {
                self.lines.push(format!("- reply: {}", quoted(text)));
                self.stage.reply(text);
            }
            Command::Wait(time) => {
                self.lines.push(format!("- after: {time}"));
                self.stage.run_to(time.after(before, self.stage.zone()));
            }
            Command::Next => {
                self.stage.run_to_text(before + PATIENCE);
                if self.stage.untaken().is_none() {
                    return Err(Cannot::NothingComes);
                }
            }
            Command::Click(link) if !self.stage.has_link(link) => return Err(Cannot::NoLink(link.clone())),
            Command::Click(link) => {
                self.lines.push(format!("- clicks: {link}"));
                self.stage.click(link);
            }
            Command::Event(event) => {
                self.lines.push(match event.fields.is_empty() {
                    true => format!("- event: {}", word(&event.name)),
                    false => format!(
                        "- event: {{ name: {}, fields: {} }}",
                        word(&event.name),
                        map(&event.fields)
                    ),
                });
                self.stage.event(event);
            }
            Command::Receipt(_) if !self.stage.is_texted() => return Err(Cannot::NoText),
            Command::Receipt(delivered) => {
                let word = if *delivered { "delivered" } else { "undelivered" };
                self.lines.push(format!("- receipt: {word}"));
                self.stage.receipt(*delivered);
            }
            Command::Save(_) | Command::Help | Command::Quit => {}
        }
        self.stage.settle();
        self.keep(before);
        Ok(())
    }

    /// Lines for what happened since the last ones: first the texts, which move the clock, then what holds when they came.
    fn keep(&mut self, before: DateTime<Utc>) {
        let news: Vec<Entry> = self.stage.log()[self.kept..].to_vec();
        self.kept = self.stage.log().len();
        for entry in &news {
            if let Happened::Sent(sent) = &entry.what {
                let mut line = format!("- expect: {}", sent.name);
                if entry.at > before {
                    let at = entry.at.with_timezone(&self.stage.zone());
                    let _ = write!(line, "\n  at: {}", at.format("%Y-%m-%d %H:%M"));
                }
                self.lines.push(line);
                self.stage.take();
            }
        }
        let claims = news.iter().filter_map(|entry| self.claim(&entry.what));
        let claims: Vec<String> = claims.collect();
        self.lines.extend(claims);
    }

    /// What a story can say of it, where it still holds.
    fn claim(&self, what: &Happened) -> Option<String> {
        let person = self.stage.person();
        let change = match what {
            Happened::Changed(change) => change,
            Happened::Finished(Some(reason)) => return Some(format!("- finished: {}", word(reason))),
            _ => return None,
        };
        Some(match change {
            Change::Tag(tag) if person.tags.contains(tag) => format!("- tagged: {}", word(tag)),
            Change::Set(field, value) if person.values.get(field) == Some(value) => {
                format!("- set: {}", map(&[(field.clone(), value.clone())]))
            }
            Change::Join(list) if self.stage.is_joined(list) == Some(true) => format!("- joined: {list}"),
            Change::Leave(list) if self.stage.is_joined(list) == Some(false) => format!("- left: {list}"),
            Change::Notify { to, .. } => format!("- notified: {to}"),
            Change::Forward(to) => format!("- forwarded: {to}"),
            Change::Call(request) => format!("- calls: {{ url: {} }}", quoted(&request.url)),
            Change::Tag(_)
            | Change::Untag(_)
            | Change::Set(..)
            | Change::Join(_)
            | Change::Leave(_)
            | Change::Start(_)
            | Change::Reach => return None,
        })
    }

    /// All of it as a story of that name, without indentation.
    pub fn story(&self, name: &str) -> String {
        let at = self.begin.with_timezone(&self.stage.zone());
        let at = at.format("%Y-%m-%d %H:%M");
        story(name, &self.person, &at.to_string(), &self.lines)
    }
}

/// A story, without indentation.
pub fn story(name: &str, person: &[(String, String)], at: &str, lines: &[String]) -> String {
    let head = format!(
        "- test: {}\n  person: {}\n  at: {at}\n",
        quoted(name),
        map(person)
    );
    match lines {
        [] => format!("{head}  story: []\n"),
        lines => format!("{head}  story:\n{}", indented(&lines.join("\n"), 4)),
    }
}

/// The file with one more story at the end of its `tests`; none where these are written in brackets, or in a file of their
/// own.
pub fn with_story(file: &str, story: &str) -> Option<String> {
    let (tree, _) = dsl::tree::parse(file);
    let tests = tree.root.as_ref().and_then(|root| root.entry("tests"));
    let Some(tests) = tests else {
        return Some(format!("{}\n\ntests:\n{}", file.trim_end(), indented(story, 2)));
    };
    let Kind::List(items) = &tests.value.kind else {
        return None;
    };
    let last = items.last()?;
    let before = file[..last.span.start].trim_end().strip_suffix('-')?;
    let indentation = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let end = last.span.start + file[last.span.clone()].trim_end().len();
    let end = file[end..].find('\n').map_or(file.len(), |at| end + at);
    let story = indented(story, indentation);
    Some(format!("{}\n{}{}", &file[..end], story.trim_end(), &file[end..]))
}

fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| format!("{:by$}{line}\n", "");
    text.lines().map(line).collect()
}

/// Values in brackets.
fn map(values: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| format!("{}: {}", word(name), quoted(value));
    let all: Vec<String> = values.iter().map(one).collect();
    format!("{{ {} }}", all.join(", "))
}

/// A word as YAML: in quotes where it is not a name.
fn word(text: &str) -> String {
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !READ_OTHERWISE.contains(&text.to_ascii_lowercase().as_str());
    match is_name {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Words that older readers of YAML take for something else.
const READ_OTHERWISE: [&str; 9] = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"];
