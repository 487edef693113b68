//! What a store has of somebody's passage, as the lines of a story.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Deed;
use dsl::reply::Answer;
use dsl::scalar::WaitTime;

use crate::advance::{Known, NOTHING};
use crate::member::Member;
use crate::revision::Revision;
use crate::story::edits::quoted;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The text of a step, by its instruction.
    Text(u16, String),
    /// An answer to a reply.
    Answer(String),
    /// The person wrote.
    Reply(String),
}

/// Lines for what was said, in order, from `begin` on. Texts bring their own time; what the person wrote came so long after
/// what was said before it.
pub fn recorded(
    revision: &Revision,
    member: &Member,
    begin: DateTime<Utc>,
    heard: &[(DateTime<Utc>, Heard)],
) -> Vec<String> {
    let mut clock = begin;
    let mut lines = vec![];
    for (at, heard) in heard {
        match heard {
            Heard::Reply(text) => {
                lines.extend(passed(*at - clock).map(|time| format!("- after: {time}")));
                lines.push(format!("- reply: {}", quoted(text)));
            }
            Heard::Text(step, text) => lines.push(expected(of_step(revision, *step), text)),
            Heard::Answer(text) => lines.push(expected(of_answer(revision, member, text), text)),
        }
        clock = *at;
    }
    lines
}

/// What passed, in minutes; none where that is nothing.
fn passed(time: TimeDelta) -> Option<WaitTime> {
    let minutes = time.num_minutes();
    (minutes > 0).then(|| WaitTime::Elapsed(TimeDelta::minutes(minutes)))
}

fn expected(name: Option<String>, text: &str) -> String {
    match name {
        Some(name) => format!("- expect: {name}\n  text: {}", quoted(text)),
        None => format!("# a text that the campaign has no more: {}", quoted(text)),
    }
}

fn of_step(revision: &Revision, step: u16) -> Option<String> {
    let campaign = &revision.campaign;
    match &campaign.program.instructions.get(usize::from(step))?.deed {
        Deed::Send(send) => Some(campaign.messages[send.message].name.clone()),
        _ => None,
    }
}

/// The answer that says so.
fn of_answer(revision: &Revision, member: &Member, text: &str) -> Option<String> {
    let campaign = &revision.campaign;
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
    let known: &Known = &NOTHING;
    let says = |message: &usize| {
        revision
            .render(*message, member, known)
            .is_ok_and(|said| said == text)
    };
    let message = (0..campaign.messages.len()).find(says)?;
    Some(campaign.messages[message].name.clone())
}
