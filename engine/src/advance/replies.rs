//! What a reply does. One meaning each, in this order: opt-out and help, the answers of the open question, the campaign's
//! rules, the inbox. Nothing is lost. Of what must not be answered the rules do all but texts.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Deed;
use dsl::campaign::program::{Address, Listen, Rule, Test, UNCLEAR};
use dsl::reply::{self, Answer, Matcher, Meaning, Words, value};
use dsl::values::FieldType;

use super::known::{Known, Person};
use super::walk::{Stop, Walk};
use super::{AnswerOf, Aside, Change, Effect, Enrolment, Facts, Place, State, exit, happened};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;

/// Replies of one person that are answered by themselves in an hour, at most: two programs that answer each other stop.
pub const MOST_ANSWERS: usize = 3;

/// What a reply does to its passage.
pub(super) fn reply<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    text: &str,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    match meaning(revision, enrolment, facts, text) {
        Meaning::Reaction { quotes } => (enrolment, vec![Effect::SetAside(Aside::Reaction(quotes))]),
        Meaning::Automatic => (enrolment, vec![Effect::SetAside(Aside::Automatic)]),
        // Said twice, it is answered once.
        Meaning::OptOut { .. } if facts.opted_out => (after_stop(enrolment), vec![]),
        Meaning::OptOut { .. } => opt_out(revision, enrolment, facts),
        Meaning::OptIn => opt_in(revision, enrolment, facts, now),
        Meaning::ContainsOptOut { .. } => for_people(revision, enrolment, facts, (text, true), now),
        Meaning::Other if facts.opted_out => for_people(revision, enrolment, facts, (text, false), now),
        Meaning::Help => help(revision, enrolment, facts, now),
        Meaning::Other => other(revision, enrolment, facts, text, now),
    }
}

/// Whether a text is a word of the person's: not a reaction, and not what a machine answers.
pub fn is_word(revision: &Revision, member: &Member, known: &Known, text: &str) -> bool {
    let enrolment = Enrolment {
        member,
        place: Place::START,
        state: State::Ended,
        due_at: DateTime::UNIX_EPOCH,
    };
    let facts = Facts {
        known,
        ..Facts::default()
    };
    let meaning = meaning(revision, enrolment, facts, text);
    !matches!(meaning, Meaning::Reaction { .. } | Meaning::Automatic)
}

pub(super) fn meaning(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    text: &str,
) -> Meaning {
    let campaign = &revision.campaign;
    let languages = campaign.languages.iter().chain(facts.reads);
    let languages = languages.map(|language| language.as_str());
    let words = Words::for_person(enrolment.member.phone.region(), languages)
        .and_opt_outs(campaign.opt_out_words.iter().map(String::as_str));
    let sent: Vec<&str> = facts.known.sent.iter().map(String::as_str).collect();
    let question = open_question(revision, enrolment);
    let answers = question.iter().flat_map(|(_, listen)| &listen.answers);
    let rules = answers.chain(rules_for(revision, facts));
    let matcher = |rule| match rule {
        &Rule {
            test: Test::Reply(ref matcher),
            ..
        } => Some(matcher),
        _ => None,
    };
    let declared: Vec<&Matcher> = rules.filter_map(matcher).collect();
    let person = reply::Person {
        words: &words,
        opted_out: facts.opted_out,
        sent: &sent,
        declared: &declared,
    };
    reply::meaning(text, &person)
}

/// A reply that is nothing but itself: the open question, the rules, and what waits for any reply.
fn other<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    text: &str,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let taken = question(revision, enrolment, facts, text, now);
    let taken = taken.unwrap_or_else(|| rules(revision, enrolment, facts, text, now));
    noticed(revision, taken, facts, now)
}

/// What waits for something sees what a reply came to.
fn noticed<'a>(
    revision: &'a Revision,
    (after, mut effects): (Enrolment<'a>, Vec<Effect>),
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    if after.state != State::Waiting || facts.opted_out {
        return (after, effects);
    }
    // What the reply itself changed is known.
    let known = facts.known.with(&effects).into_owned();
    let facts = Facts {
        known: &known,
        ..facts
    };
    let departs = |effect: &Effect| matches!(effect, Effect::Depart(..));
    let (then, more) = match effects.iter().any(departs) {
        false => happened(revision, after, facts, now),
        true => match exit(revision, after, facts, now) {
            None => return (after, effects),
            // It led on, and the passage ends all the same.
            Some(reason) => {
                effects.retain(|effect| !departs(effect));
                (after.ended(), vec![Effect::Finish(Some(reason))])
            }
        },
    };
    effects.extend(more);
    let Enrolment {
        place, state, due_at, ..
    } = then;
    let after = Enrolment {
        place,
        state,
        due_at,
        ..after
    };
    (after, effects)
}

fn built_in(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    (answer, of): (Answer, AnswerOf),
) -> Effect {
    let campaign = &revision.campaign;
    let own = || campaign.languages.get(usize::from(enrolment.member.language));
    let language = facts.reads.or_else(own);
    let language = language.map_or("en", |language| language.as_str());
    let own = answer.name().and_then(|name| campaign.answers.get(name));
    let text = answer.text(language, own.map_or(&[], Vec::as_slice)).to_owned();
    Effect::Answer {
        text,
        of,
        sender: None,
    }
}

/// The same, unless the person was answered too often lately.
fn within_the_hour(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    answer: (Answer, AnswerOf),
    now: DateTime<Utc>,
) -> Effect {
    match is_loop(facts.known, now) {
        true => Effect::Skip(enrolment.place.step, LeftOut::TooManyAnswers),
        false => built_in(revision, enrolment, facts, answer),
    }
}

fn opt_out<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'_>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let after = after_stop(enrolment);
    let ends = enrolment.state == State::Waiting && after.state == State::Ended;
    let left_out = ends.then_some(Effect::LeaveOut(LeftOut::OptedOut));
    let answer = built_in(revision, enrolment, facts, (Answer::OptOut, AnswerOf::OptOut));
    let said = [Effect::Suppress, answer];
    (after, said.into_iter().chain(left_out).collect())
}

/// Whoever says stop is through, but whose text may have been taken: that is settled first.
fn after_stop(enrolment: Enrolment<'_>) -> Enrolment<'_> {
    match enrolment.waits_in_doubt() {
        true => enrolment,
        false => enrolment.ended(),
    }
}

/// Texts may go to the number again: those of later launches, since what was cancelled stays so.
fn opt_in<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'_>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let answer = within_the_hour(revision, enrolment, facts, (Answer::OptIn, AnswerOf::OptIn), now);
    (enrolment, vec![Effect::Allow, answer])
}

fn help<'a>(
    revision: &Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'_>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let answer = within_the_hour(revision, enrolment, facts, (Answer::Help, AnswerOf::Help), now);
    // One that is not answered is for people.
    let is_left = matches!(answer, Effect::Skip(..));
    let keep = is_left.then_some(Effect::Keep { flagged: false });
    (enrolment, [answer].into_iter().chain(keep).collect())
}

/// The question that is open where somebody waits.
pub(super) fn open_question<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'_>,
) -> Option<(Address, &'a Listen)> {
    if enrolment.state != State::Waiting {
        return None;
    }
    let program = &revision.campaign.program;
    let step = enrolment.place.step;
    let at = match &program.at(step).deed {
        Deed::Listen(_) => step,
        Deed::Send(send) => send.question?,
        _ => return None,
    };
    match &program.at(at).deed {
        Deed::Listen(listen) => Some((at, listen)),
        _ => None,
    }
}

/// What the open question makes of a reply; none where there is none, or nothing of it takes the reply.
fn question<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    text: &str,
    now: DateTime<Utc>,
) -> Option<(Enrolment<'a>, Vec<Effect>)> {
    let (at, listen) = open_question(revision, enrolment)?;
    let Some(taken) = taken_by(revision, enrolment, facts, listen, text, now) else {
        return unclear(revision, enrolment, facts, at, listen, now);
    };
    let mut walk = Walk::new(revision, enrolment, facts, now);
    if let Some((field, value)) = taken.kept {
        walk.keep(field, &value);
    }
    Some(walk.from(taken.then))
}

/// What a question makes of a reply that it takes.
pub(super) struct Taken<'a> {
    /// The field that keeps it, and its value.
    kept: Option<(&'a str, String)>,
    then: Address,
}

/// By the first of its answers that holds.
pub(super) fn taken_by<'a>(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    listen: &'a Listen,
    text: &str,
    now: DateTime<Utc>,
) -> Option<Taken<'a>> {
    let person = Person {
        revision,
        member: enrolment.member,
        known: facts.known,
        now,
    };
    let rule = listen.answers.iter().find(|rule| holds(&person, rule, text));
    taken(revision, listen, rule, (text, enrolment.member.language))
}

/// None where no answer holds, or the reply is not of the type of the field that would keep it.
pub(super) fn taken<'a>(
    revision: &Revision,
    listen: &'a Listen,
    rule: Option<&'a Rule>,
    (text, language): (&str, u8),
) -> Option<Taken<'a>> {
    if rule.is_none() && !listen.answers.is_empty() {
        return None;
    }
    let kept = match &listen.save {
        None => None,
        Some(field) => {
            let value = rule.and_then(|rule| rule.value.clone());
            let value = value.or_else(|| kept(revision, language, field, text));
            Some((field.as_str(), value?))
        }
    };
    let then = rule.map_or(listen.replied, |rule| rule.then);
    Some(Taken { kept, then })
}

/// The question is asked again, if it may be.
fn unclear<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    at: Address,
    listen: &Listen,
    now: DateTime<Utc>,
) -> Option<(Enrolment<'a>, Vec<Effect>)> {
    let message = listen.unclear?;
    let asked = enrolment.place.visit % u32::from(UNCLEAR + 1);
    // A text of the question that is still to go must not be lost.
    if exit(revision, enrolment, facts, now).is_some() {
        return None;
    }
    if asked >= u32::from(UNCLEAR) || enrolment.place.step != at || is_loop(facts.known, now) {
        return None;
    }
    let text = super::text_for(revision, message, enrolment.member, facts.known);
    if let Some(trace) = facts.trace.filter(|_| text.is_ok()) {
        trace.unclear(at);
    }
    let answer = match text {
        Ok((text, _)) => Effect::Answer {
            text,
            of: AnswerOf::Message(message),
            sender: None,
        },
        Err(reason) => Effect::Skip(at, reason),
    };
    let place = Place {
        step: at,
        visit: enrolment.place.visit + 1,
    };
    let enrolment = Enrolment { place, ..enrolment };
    Some((enrolment, vec![answer, Effect::Depart(place, enrolment.due_at)]))
}

/// The rules that hold for somebody.
fn rules_for<'a>(revision: &'a Revision, facts: Facts<'_>) -> &'a [Rule] {
    let program = &revision.campaign.program;
    match facts.stranger {
        true => program.project_rules(),
        false => &program.rules,
    }
}

/// What the rules of the campaign, then those of the project make of a reply; where none holds it is kept for people.
fn rules<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    text: &str,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let keep = Effect::Keep { flagged: false };
    let person = Person {
        revision,
        member: enrolment.member,
        known: facts.known,
        now,
    };
    let mut rules = rules_for(revision, facts).iter();
    let Some(rule) = rules.find(|rule| holds(&person, rule, text)) else {
        return (enrolment, vec![keep]);
    };
    let mut walk = Walk::new(revision, enrolment, facts, now);
    let stop = walk.aside(rule.then);
    let mut effects = walk.effects;
    // A reply that is not answered after all is for people.
    if effects.iter().any(|effect| matches!(effect, Effect::Skip(..))) {
        effects.push(keep);
    }
    match stop {
        Stop::At(ended) if enrolment.state == State::Waiting => (ended, effects),
        Stop::At(_) | Stop::Back => (enrolment, effects),
    }
}

/// A reply that nothing texts back to: somebody who opted out wrote it, or it has an opt-out word (then it is flagged, and a
/// person reads it in any case). The rules do all else. What they hand to nobody goes where `otherwise` hands it, else to the
/// inbox.
fn for_people<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    (text, flagged): (&str, bool),
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let person = Person {
        revision,
        member: enrolment.member,
        known: facts.known,
        now,
    };
    let rules = rules_for(revision, facts);
    let rule = rules.iter().find(|rule| holds(&person, rule, text));
    let mut walk = Walk::new(revision, enrolment, facts, now).mute();
    let stop = rule.map(|rule| walk.aside(rule.then));
    let (is_left, mut effects) = (walk.muted || rule.is_none(), walk.effects);
    let is_forwarded = |effect: &Effect| matches!(effect, Effect::Change(Change::Forward(_)));
    let is_read = flagged || is_left || effects.is_empty();
    if is_read && !effects.iter().any(is_forwarded) {
        let mut otherwise = Walk::new(revision, enrolment, facts, now).mute();
        if let Some(rule) = rules.iter().find(|rule| matches!(rule.test, Test::Otherwise)) {
            otherwise.aside(rule.then);
        }
        effects.extend(otherwise.effects.into_iter().filter(is_forwarded));
    }
    if flagged || (is_read && !effects.iter().any(is_forwarded)) {
        effects.push(Effect::Keep { flagged });
    }
    let is_change = |effect: &Effect| matches!(effect, Effect::Change(_));
    match stop {
        // Whoever opted out is through, or a text of theirs is in doubt.
        _ if facts.opted_out => (enrolment, effects),
        Some(Stop::At(ended)) if enrolment.state == State::Waiting => (ended, effects),
        _ if effects.iter().any(is_change) => noticed(revision, (enrolment, effects), facts, now),
        _ => (enrolment, effects),
    }
}

/// Whether the person got as many answers as one hour may have.
pub(crate) fn is_loop(known: &Known, now: DateTime<Utc>) -> bool {
    let lately = known.answers.iter().filter(|at| now - **at < TimeDelta::hours(1));
    lately.count() >= MOST_ANSWERS
}

fn holds(person: &Person<'_>, rule: &Rule, text: &str) -> bool {
    match &rule.test {
        Test::Reply(matcher) => matcher.takes(text),
        Test::When(condition) => person.holds(condition),
        Test::Otherwise => true,
    }
}

/// What a field keeps of a reply; none where the reply is not of its type.
fn kept(revision: &Revision, language: u8, field: &str, text: &str) -> Option<String> {
    let field = revision.field(field);
    let kind = field.map_or(FieldType::Text, |field| field.kind);
    let language = revision.campaign.languages.get(usize::from(language));
    let language = language.map_or("en", |language| language.as_str());
    value::read(text, kind, field.and_then(|field| field.format), language)
}
