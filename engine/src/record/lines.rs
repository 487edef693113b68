//! What was heard as the lines of a story. Texts bring their own time; what the person wrote, and what happened, came so long
//! after what was before it.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Deed;
use dsl::reply::Answer;
use dsl::scalar::WaitTime;

use super::heard::Heard;
use super::{Names, Passage, Way};
use crate::member::Member;
use crate::play::{map, occurrence, receipt, word};
use crate::story::edits::quoted;

/// What times are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minutes,
    Seconds,
    /// Seconds, and one less: what people write while nothing runs comes with the next launch, and is heard before it.
    OneLess,
}

impl Unit {
    /// So many of them as are over, as whole seconds.
    fn over(self, time: TimeDelta) -> TimeDelta {
        match self {
            Unit::Minutes => TimeDelta::minutes(time.num_minutes()),
            Unit::Seconds => TimeDelta::seconds(time.num_seconds()),
            Unit::OneLess => TimeDelta::seconds(time.num_seconds() - 1),
        }
    }
}

/// The lines so far.
struct Lines {
    all: Vec<String>,
    /// What the clock of the story shows, on that of the store.
    clock: DateTime<Utc>,
    unit: Unit,
    /// Requests of which no line tells yet, and the time of the last of them.
    calls: Vec<String>,
    called_at: DateTime<Utc>,
}

impl Passage {
    /// Lines for what was heard, in order, from `begin` on.
    pub(super) fn lines(
        &self,
        member: &Member,
        begin: DateTime<Utc>,
        way: &Way,
        names: &Names,
    ) -> Vec<String> {
        let mut lines = Lines {
            all: vec![],
            clock: begin,
            unit: way.unit,
            calls: vec![],
            called_at: begin,
        };
        for (at, heard) in way.heard.iter() {
            match heard {
                Heard::Says(text) => lines.later(*at, format!("- says: {}", quoted(text))),
                Heard::Reply(text) => lines.later(*at, format!("- reply: {}", quoted(text))),
                Heard::Event(event) => lines.later(*at, format!("- event: {}", occurrence(event))),
                Heard::Delivered(of) => lines.later(*at, receipt(true, of.as_deref())),
                Heard::Text(step, text) => lines.text(*at, expected(self.of_step(*step), text)),
                Heard::Answer(text) => lines.text(*at, expected(self.of_answer(member, names, text), text)),
                Heard::Called(url, kept) => {
                    lines.calls.push(called(url, kept));
                    lines.called_at = *at;
                }
            }
        }
        lines.end()
    }

    pub(super) fn of_step(&self, step: u16) -> Option<String> {
        let campaign = &self.revision.campaign;
        match &campaign.program.instructions.get(usize::from(step))?.deed {
            Deed::Send(send) => Some(campaign.messages[send.message].name.clone()),
            _ => None,
        }
    }

    /// The answer that says so: one of ours, one of a list, or a message that was found to say it.
    fn of_answer(&self, member: &Member, names: &Names, text: &str) -> Option<String> {
        let campaign = &self.revision.campaign;
        let language = campaign.languages.get(usize::from(member.language));
        let language = language.map_or("en", |language| language.as_str());
        let built_in = |answer: Answer| {
            let own = answer.name().and_then(|name| campaign.answers.get(name));
            answer.text(language, own.map_or(&[], Vec::as_slice)) == text
        };
        let answers = [Answer::OptOut, Answer::Help, Answer::OptIn];
        if let Some(answer) = answers.into_iter().find(|answer| built_in(*answer)) {
            return Some(answer.name().unwrap_or("opt-in").to_owned());
        }
        let of_lists = campaign
            .opt_ins
            .iter()
            .flat_map(|own| own.confirm.iter().chain(&own.welcome));
        if of_lists.into_iter().any(|name| self.says(name, text)) {
            return Some("opt-in".to_owned());
        }
        names.get(text).cloned()
    }
}

/// A request, with what was kept of its answer.
fn called(url: &str, kept: &[(String, String)]) -> String {
    match kept {
        [] => format!("- calls: {{ url: {} }}", quoted(url)),
        kept => format!("- calls: {{ url: {}, answer: {} }}", quoted(url), map(kept)),
    }
}

impl Lines {
    /// Something that does not come by itself.
    fn later(&mut self, at: DateTime<Utc>, line: String) {
        self.pass(self.unit.over(at - self.clock));
        self.all.push(line);
    }

    /// Something that does.
    fn text(&mut self, at: DateTime<Utc>, line: String) {
        self.all.push(line);
        self.clock = at;
        self.all.append(&mut self.calls);
    }

    /// Requests behind the last text are made by then, not a moment before.
    fn end(mut self) -> Vec<String> {
        if !self.calls.is_empty() {
            let passed = self.called_at - self.clock;
            let over = self.unit.over(passed);
            let more = match self.unit {
                Unit::Minutes => TimeDelta::minutes(1),
                Unit::Seconds | Unit::OneLess => TimeDelta::seconds(2),
            };
            self.pass(if over < passed { over + more } else { over });
            self.all.append(&mut self.calls);
        }
        self.all
    }

    fn pass(&mut self, time: TimeDelta) {
        if time > TimeDelta::zero() {
            self.all.push(format!("- after: {}", WaitTime::Elapsed(time)));
            self.clock += time;
        }
    }
}

/// Whether a text has no name in the campaign.
pub(super) fn is_unknown(line: &str) -> bool {
    line.starts_with('#')
}

fn expected(name: Option<String>, text: &str) -> String {
    match name {
        Some(name) => format!("- expect: {}\n  text: {}", word(&name), quoted(text)),
        None => format!("# a text that the campaign has no more: {}", quoted(text)),
    }
}
