//! Which passage a reply answers, of somebody who is in several: the one that texted last, unless it has no use for the reply
//! and a question that was asked before, and is still open, names its words.

use chrono::{DateTime, Utc};
use dsl::campaign::program::{Rule, Test};
use dsl::reply::Meaning;

use super::replies::{meaning, open_question, taken, taken_by};
use super::{Enrolment, Facts, Known};
use crate::revision::Revision;

/// A passage that texted somebody, as a reply finds it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Where it stands.
    pub enrolment: Enrolment<'a>,
    /// What is known in it.
    pub known: &'a Known,
    /// When its latest text went.
    pub texted_at: DateTime<Utc>,
}

/// Which passage of one campaign a reply answers. `texted`: the last one first. None: its text is too long ago, and no
/// question is open.
pub fn answered(
    revision: &Revision,
    texted: &[Heard<'_>],
    opted_out: bool,
    text: &str,
    now: DateTime<Utc>,
) -> Option<usize> {
    let is_lately = |heard: &Heard<'_>| now - heard.texted_at <= revision.campaign.replies_within;
    let asked = || texted.iter().position(|heard| asks(revision, heard.enrolment));
    let last = texted.iter().position(is_lately).or_else(asked)?;
    let facts = Facts {
        opted_out,
        known: texted[last].known,
        ..Facts::default()
    };
    if !is_left(revision, texted[last].enrolment, facts, text, now) {
        return Some(last);
    }
    let named =
        |(at, heard): &(usize, &Heard<'_>)| *at != last && names(revision, revision, heard.enrolment, text);
    let before = texted.iter().enumerate().find(named);
    Some(before.map_or(last, |(at, _)| at))
}

/// Whether the passage that texted last leaves a reply to questions before: it is no word that counts wherever it is said, and
/// no open question of the passage takes it.
pub fn is_left(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    text: &str,
    now: DateTime<Utc>,
) -> bool {
    if facts.opted_out || !matches!(meaning(revision, enrolment, facts, text), Meaning::Other) {
        return false;
    }
    let takes = |listen| taken_by(revision, enrolment, facts, listen, text, now).is_some();
    !open_question(revision, enrolment).is_some_and(|(_, listen)| takes(listen))
}

/// Whether a question of a passage is open.
pub fn asks(revision: &Revision, enrolment: Enrolment<'_>) -> bool {
    open_question(revision, enrolment).is_some()
}

/// Whether a passage that texted before takes a reply that was left: an answer of its open question names the words. One that
/// takes whatever is said does not, since most of it is about the latest text. Where a rule of the campaign that texted last
/// names the words too, they are about that.
pub fn names(latest: &Revision, before: &Revision, enrolment: Enrolment<'_>, text: &str) -> bool {
    let Some((_, listen)) = open_question(before, enrolment) else {
        return false;
    };
    let is_named = |rule: &&Rule| matches!(&rule.test, Test::Reply(matcher) if matcher.takes(text));
    let Some(rule) = listen.answers.iter().find(is_named) else {
        return false;
    };
    let campaign = &latest.campaign;
    let is_other = campaign.name != before.campaign.name;
    if is_other && campaign.program.own_rules().iter().any(|rule| is_named(&rule)) {
        return false;
    }
    taken(before, listen, Some(rule), (text, enrolment.member.language)).is_some()
}
