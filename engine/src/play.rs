//! A session: somebody plays a person of a campaign, and what happened becomes a story. Commands in, what happened and the
//! lines of a story out; it reads and prints nothing.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::story::Occurrence;
use dsl::scalar::{WaitTime, parse_time};

use crate::advance::Change;
use crate::plan::{NotCast, cast};
use crate::revision::Revision;
use crate::stage::{Entry, Happened, Stage};
pub use crate::story::edits::quoted;

mod command;
mod file;
mod opening;
#[cfg(test)]
mod tests;

pub use command::{Command, NoCommand};
pub use file::{NoPlace, stories_apart, unused_name, with_one_more, with_story};
use opening::joins_by;
pub use opening::{Opening, asked, asked_tags, variants};

/// Nobody waits longer for a text.
const PATIENCE: TimeDelta = TimeDelta::days(366 * 3);

/// Somebody's way through a campaign, as far as it was played.
pub struct Session {
    stage: Stage,
    opening: Opening,
    begin: DateTime<Utc>,
    /// The person's clock when it began.
    zone: Tz,
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
    /// Receipts are of texts that went.
    #[error("no text \"{0}\" has come that a receipt could be of")]
    NoTextOf(String),
    /// The campaign is over for this person.
    #[error("no text comes for three years")]
    NothingComes,
}

impl Cannot {
    /// None went, or none of that message.
    pub(crate) fn no_text(of: Option<&str>) -> Cannot {
        of.map_or(Cannot::NoText, |of| Cannot::NoTextOf(of.to_owned()))
    }
}

impl Session {
    /// Somebody at the beginning. `now`: when it begins where neither the opening nor the schedule says so.
    pub fn new(revision: &Arc<Revision>, opening: Opening, now: DateTime<Utc>) -> Result<Session, NotCast> {
        let person = opening.values();
        let before = opening.begin(revision, revision.campaign.timezone, now);
        let zone = cast(revision, &person, &opening.tags, before)?.zones.zones()[0];
        let begin = opening.begin(revision, zone, now);
        // Stories are told in minutes.
        let begin = begin.duration_trunc(TimeDelta::minutes(1)).unwrap_or(begin);
        let cast = cast(revision, &person, &opening.tags, begin)?;
        let variant = opening.variant().map(str::to_owned);
        let mut session = Session {
            stage: Stage::new(revision.clone(), cast, variant, begin),
            opening,
            begin,
            zone,
            lines: vec![],
            kept: 0,
        };
        if let Some(event) = &session.opening.event {
            session.stage.begins_by(event, &session.opening.person);
        }
        if let Some(word) = joins_by(revision) {
            session.lines.push(format!("- says: {}", quoted(word)));
            session.stage.joins_by(word);
            session.stage.reply(word);
        }
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

    /// What the person is and has by now: what it began with, then what steps set; a name each.
    pub fn values(&self) -> Vec<(String, String)> {
        let mut values = self.opening.values();
        for (name, value) in &self.stage.person().values {
            match values.iter_mut().find(|(own, _)| own == name) {
                Some((_, own)) => own.clone_from(value),
                None => values.push((name.clone(), value.clone())),
            }
        }
        values
    }

    /// The tags of the person, by the alphabet.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.stage.person().tags.iter().map(String::as_str)
    }

    /// Whether the person gets no more texts.
    pub fn is_opted_out(&self) -> bool {
        let mut latest = self.log().iter().rev().map(|entry| &entry.what);
        let last = latest.find(|what| matches!(what, Happened::OptedOut | Happened::OptedIn));
        matches!(last, Some(Happened::OptedOut))
    }

    /// What happened so far.
    pub fn log(&self) -> &[Entry] {
        self.stage.log()
    }

    /// Does what a command says; those that say nothing to the campaign do nothing.
    pub fn act(&mut self, command: &Command) -> Result<(), Cannot> {
        let before = self.stage.now();
        let mut done = Ok(());
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
                    self.passed(before);
                    done = Err(Cannot::NothingComes);
                }
            }
            Command::Click(link) if !self.stage.has_link(link) => return Err(Cannot::NoLink(link.clone())),
            Command::Click(link) => {
                self.lines.push(format!("- clicks: {}", word(link)));
                self.stage.click(link);
            }
            Command::Event(event) => {
                self.lines.push(format!("- event: {}", occurrence(event)));
                self.stage.event(event);
            }
            Command::Receipt { of, .. } if !self.stage.is_texted(of.as_deref()) => {
                return Err(Cannot::no_text(of.as_deref()));
            }
            Command::Receipt { delivered, of } => {
                self.lines.push(receipt(*delivered, of.as_deref()));
                self.stage.receipt(*delivered, of.as_deref());
            }
            Command::Who | Command::Save(_) | Command::Help | Command::Quit => {}
        }
        self.stage.settle();
        self.keep(before);
        done
    }

    /// No text came, and the clock ran to the last thing that happens: a line for it, in whole seconds.
    fn passed(&mut self, before: DateTime<Utc>) {
        let ran = self.stage.now() - before;
        let seconds = TimeDelta::seconds(ran.num_seconds() + i64::from(ran.subsec_nanos() > 0));
        if seconds > TimeDelta::zero() {
            self.lines
                .push(format!("- after: {}", WaitTime::Elapsed(seconds)));
            self.stage.run_to(before + seconds);
        }
    }

    /// Lines for what happened since the last ones: first the texts, which move the clock, then what holds when they came.
    fn keep(&mut self, before: DateTime<Utc>) {
        let news: Vec<Entry> = self.stage.log()[self.kept..].to_vec();
        self.kept = self.stage.log().len();
        for entry in &news {
            if let Happened::Sent(sent) = &entry.what {
                let mut line = format!("- expect: {}", word(&sent.name));
                if entry.at > before {
                    let at = minute(entry.at.with_timezone(&self.stage.zone()));
                    let _ = write!(line, "\n  at: {at}");
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
            Happened::Kept { to: Some(to), .. } => return Some(format!("- forwarded: {}", word(to))),
            Happened::Finished(Some(reason)) => return Some(format!("- finished: {}", word(reason))),
            _ => return None,
        };
        Some(match change {
            Change::Tag(tag) if person.tags.contains(tag) => format!("- tagged: {}", word(tag)),
            Change::Set(field, value) if person.values.get(field) == Some(value) => {
                format!("- set: {}", map(&[(field.clone(), value.clone())]))
            }
            Change::Join(list) if self.stage.is_joined(list) == Some(true) => {
                format!("- joined: {}", word(list))
            }
            Change::Leave(list) if self.stage.is_joined(list) == Some(false) => {
                format!("- left: {}", word(list))
            }
            Change::Notify { to, .. } => format!("- notified: {}", word(&to.to_string())),
            Change::Forward(to) => format!("- forwarded: {}", word(&to.to_string())),
            Change::Call(request) => format!("- calls: {{ url: {} }}", quoted(&request.url)),
            Change::Tag(_)
            | Change::Untag(_)
            | Change::Set(..)
            | Change::Join(_)
            | Change::Leave(_)
            | Change::Start { .. }
            | Change::Reach => return None,
        })
    }

    /// All of it as a story of that name, without indentation.
    pub fn story(&self, name: &str) -> String {
        let at = minute(self.begin.with_timezone(&self.zone));
        story(name, &self.opening, &at, &self.lines)
    }
}

/// A minute as a story writes it: on that clock, with its offset where the clock shows it twice.
pub(crate) fn minute(at: DateTime<Tz>) -> String {
    let local = at.format("%Y-%m-%d %H:%M").to_string();
    let read = parse_time(&local).map(|time| time.resolve(at.timezone()));
    match read.is_ok_and(|read| at.to_utc() - read < TimeDelta::minutes(1)) {
        true => local,
        false => at.format("%Y-%m-%dT%H:%M:00%:z").to_string(),
    }
}

/// A story that begins so and then, without indentation.
pub(crate) fn story(name: &str, opening: &Opening, at: &str, lines: &[String]) -> String {
    let mut head = format!(
        "- test: {}\n  person: {}\n  at: {at}\n",
        quoted(name),
        person(opening)
    );
    if let Some(event) = &opening.event {
        let _ = writeln!(head, "  event: {}", occurrence(event));
    }
    match lines {
        [] => format!("{head}  story: []\n"),
        lines => format!("{head}  story:\n{}", file::indented(&lines.join("\n"), 4)),
    }
}

/// The person: values, then tags.
fn person(opening: &Opening) -> String {
    let tags: Vec<String> = opening.tags.iter().map(|tag| word(tag)).collect();
    let tags = (!tags.is_empty()).then(|| format!("tags: [{}]", tags.join(", ")));
    let all: Vec<String> = opening.person.iter().map(entry).chain(tags).collect();
    format!("{{ {} }}", all.join(", "))
}

/// A line for the carrier's word on a text; without a message: on the latest one.
pub(crate) fn receipt(delivered: bool, of: Option<&str>) -> String {
    let said = if delivered { "delivered" } else { "undelivered" };
    let of = of.map(|of| format!("\n  of: {}", word(of)));
    format!("- receipt: {said}{}", of.unwrap_or_default())
}

/// An event: its name, or a map where it carries something.
pub(crate) fn occurrence(event: &Occurrence) -> String {
    match event.fields.is_empty() {
        true => word(&event.name),
        false => format!(
            "{{ name: {}, fields: {} }}",
            word(&event.name),
            map(&event.fields)
        ),
    }
}

/// Values in brackets.
pub(crate) fn map(values: &[(String, String)]) -> String {
    let all: Vec<String> = values.iter().map(entry).collect();
    format!("{{ {} }}", all.join(", "))
}

fn entry((name, value): &(String, String)) -> String {
    format!("{}: {}", word(name), quoted(value))
}

/// A word as YAML: in quotes where it is not a name.
pub(crate) fn word(text: &str) -> String {
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
        && !READ_OTHERWISE.contains(&text.to_ascii_lowercase().as_str());
    match is_name {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Words that older readers of YAML take for something else.
const READ_OTHERWISE: [&str; 9] = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"];
