//! Which passage a reply answers, of somebody who is in several: the one that texted last, unless it has no use for the reply
//! and a question that was asked before, and is still open, names its words.

use chrono::{DateTime, Utc};
use dsl::campaign::program::{Rule, Test};
use dsl::reply::Meaning;

use super::known::Person;
use super::replies::{holds, meaning, open_question, taken};
use super::{Enrolment, Facts};
use crate::revision::Revision;

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
    let Some((_, listen)) = open_question(revision, enrolment) else {
        return true;
    };
    let person = Person {
        revision,
        member: enrolment.member,
        known: facts.known,
        now,
    };
    let rule = listen.answers.iter().find(|rule| holds(&person, rule, text));
    taken(revision, listen, rule, (text, enrolment.member.language)).is_none()
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
