//! Stories name messages, links, variants and columns that exist, begin at a time, show something, and each has a name of
//! its own.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Context, audience, fields, sender, templates};
use crate::diagnostic::{Diagnostic, Severity};
use crate::values::Language;
use crate::written::Spanned;
use crate::written::campaign::{Line, Start, Test, Verb};
use crate::written::nearest::{Guess, nearest, there_are, these_are};

mod begun;
mod expected;
mod names;
mod tags;

/// What `expect` may name beside messages: no message is called so.
pub(crate) const EXPECTED: &[&str] = &["opt-out", "opt-in", "help", "nothing"];

/// What stands in `person` and is no column.
pub(crate) const BESIDE_COLUMNS: &[&str] = &["tags", "variant"];

/// What a person of a story may have beside columns and fields.
const OF_PERSON: &[&str] = &["variant", "phone", "language", "timezone"];

/// Lines that say what must have come about.
const CLAIMS: &[&str] = &[
    "expect",
    "tagged",
    "joined",
    "left",
    "set",
    "notified",
    "forwarded",
    "finished",
];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &Spanned<String>> = BTreeMap::new();
    for test in &context.written.tests {
        if let Some(name) = &test.name
            && let Some(first) = seen.insert(&name.value, name)
        {
            let message = format!("two stories are called \"{}\"", name.value);
            found.push(
                Diagnostic::error("duplicate-test", name.span.clone(), message)
                    .also(first.span.clone(), "first here")
                    .help("give each a name of its own: reports and filters go by it"),
            );
        }
        beginning(context, test, found);
        variant(context, test, found);
        person(context, test, found);
        tags::check(context, test, found);
        // An empty value is none, as an empty cell.
        let values = test.person.iter().filter(|(_, value)| !value.value.is_empty());
        found.extend(values.filter_map(|(name, value)| {
            let wrong = fields::of_another_type(context, name, &value.value, value.span.clone())?;
            // As all that is wrong with the person of a story, it stops no campaign.
            let severity = Severity::Warning;
            Some(Diagnostic { severity, ..wrong })
        }));
        found.extend(nobody(context, test));
        found.extend(begun::by_the_event(context, test));
        begun::carried(context, test, found);
        found.extend(shows_nothing(test));
        found.extend(language(test));
        for line in &test.lines {
            let first = found.len();
            names::check(context, line, found);
            expected::mend(context, line, &mut found[first..]);
            found.extend(never_so(context, line));
            found.extend(cannot_be_written_to(context, line));
        }
    }
}

/// Where the schedule gives no time the story must.
fn beginning(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let start = context
        .written
        .schedule
        .as_ref()
        .and_then(|schedule| schedule.start.as_ref());
    let timed = start.is_some_and(|start| matches!(start.value, Start::At(_)));
    let known = context.written.schedule.is_some() || context.written.trigger.is_some();
    if test.at.is_some() || timed || !known {
        return;
    }
    let message = "the schedule gives this story no time to begin at";
    found.push(
        Diagnostic::error("test-needs-time", test.span.clone(), message)
            .help("add one: `at: 2026-12-01 09:00`"),
    );
}

fn variant(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let Some((_, drawn)) = test.person.iter().find(|(column, _)| column.value == "variant") else {
        return;
    };
    let draws = context.written.draws();
    let mut names: Vec<&str> = draws.iter().flatten().map(String::as_str).collect();
    names.dedup();
    if !names.contains(&drawn.value.as_str()) {
        found.push(unknown(
            "unknown-variant",
            "variant",
            drawn,
            &names,
            "no message has variants, and no step draws a way",
        ));
    }
}

/// Every value of the person is one that some list has, or a field.
fn person(context: &Context<'_>, test: &Test, found: &mut Vec<Diagnostic>) {
    let lists: Vec<Option<Vec<&str>>> = context.from.iter().map(audience::names).collect();
    let Some(columns) = lists.into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let all_known = columns.len() == context.written.audience.from.len() && !columns.is_empty();
    if !all_known {
        return;
    }
    let fields = context.written.field_names();
    let columns = columns.into_iter().flatten().chain(fields);
    let mut names: Vec<&str> = vec![];
    for name in columns.chain(OF_PERSON.iter().copied()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for (column, _) in &test.person {
        if names.contains(&column.value.as_str()) || templates::BUILT_IN.contains(&column.value.as_str()) {
            continue;
        }
        let message = format!("\"{}\" is no column of the audience and no field", column.value);
        let diagnostic = Diagnostic::error("column-missing", column.span.clone(), message);
        let guess = Guess::unsure(nearest(&column.value, names.iter().copied()));
        found.push(guess.tell(diagnostic, || there_are(&names)));
    }
}

/// A person whom nobody can text: without a number, with one that is none, or on no clock. Told by `crier test` as well,
/// so that it stops no campaign.
fn nobody(context: &Context<'_>, test: &Test) -> Option<Diagnostic> {
    let Some(key) = test.person_key.clone() else {
        // What is no map, or tells nothing, has been told.
        test.story_key.as_ref()?;
        let help = "say whom it is about: `person: { phone: \"+393331234567\" }`";
        let message = "the story is about nobody";
        return Some(Diagnostic::warning("story-impossible", test.span.clone(), message).help(help));
    };
    let value = |name: &str| {
        let mut columns = test.person.iter();
        columns
            .find(|(column, _)| column.value == name)
            .map(|(_, value)| value)
    };
    let impossible = |span: &Range<usize>, message: String| {
        let help = "a story is about somebody whom the campaign texts: `phone: \"+393331234567\"`";
        Some(Diagnostic::warning("story-impossible", span.clone(), message).help(help))
    };
    let Some(phone) = value("phone") else {
        return impossible(&key, "the person has no `phone`".to_owned());
    };
    let audience = &context.written.audience;
    let region = audience.region.as_ref().map(|region| region.value);
    let number = sms::PhoneNumber::parse(&phone.value, region.or(context.project.region));
    let zone = value("timezone").filter(|zone| zone.value.parse::<chrono_tz::Tz>().is_err());
    match (number, zone) {
        (Err(error), _) => {
            let found = impossible(&phone.span, error.to_string())?;
            let meant = super::inboxes::with_a_plus(found.clone(), &phone.value);
            Some(if meant.suggestion.is_some() { meant } else { found })
        }
        (Ok(parsed), _) if !parsed.kind.can_text() && !audience.keeps_landlines => {
            let what = match parsed.kind {
                sms::LineKind::Other => "a toll-free or another special number",
                _ => "the number of a landline",
            };
            let message = format!("\"{}\" is {what}, which gets no texts", phone.value);
            impossible(&phone.span, message)
        }
        (Ok(_), Some(zone)) => {
            let message = format!("\"{}\" is no time zone", zone.value);
            let found = Diagnostic::warning("story-impossible", zone.span.clone(), message);
            Some(found.help("write a zone of the IANA table, such as `Europe/Rome`"))
        }
        (Ok(_), None) => None,
    }
}

/// The person's language is one, whatever the campaign's are.
fn language(test: &Test) -> Option<Diagnostic> {
    let mut columns = test.person.iter();
    let (_, value) = columns.find(|(column, _)| column.value == "language")?;
    let is_one = value.value.is_empty() || Language::new(&value.value).is_some();
    (!is_one).then(|| {
        let message = format!("\"{}\" is not the tag of a language", value.value);
        Diagnostic::warning("unknown-language", value.span.clone(), message)
            .help("write its tag: `it`, `en`, `pt-BR`")
    })
}

/// What can never be so: nothing that says something, reasons that nobody finishes with.
fn never_so(context: &Context<'_>, line: &Line) -> Option<Diagnostic> {
    let what = line.what.as_ref()?;
    match line.verb.value.as_str() {
        "expect" if what.value == "nothing" => {
            let keys = ["text", "parts", "at", "between"];
            let more = keys.iter().find_map(|key| line.node.entry(key))?;
            let message = format!("nothing comes, so it has no \"{}\"", more.key.text);
            let found = Diagnostic::error("conflicting-keys", more.key.span.clone(), message);
            Some(
                found
                    .also(what.span.clone(), "nothing")
                    .help("leave it out, or name the text that comes"),
            )
        }
        "finished" => {
            let steps = context.written.all_steps();
            let ends = steps.iter().filter_map(|step| match &step.verb {
                Verb::Finish(reason) => reason.as_ref().map(|reason| reason.value.as_str()),
                _ => None,
            });
            let exits = context
                .written
                .exits
                .iter()
                .map(|(reason, _)| reason.value.as_str());
            let reasons: Vec<&str> = ends.chain(exits).collect();
            (!reasons.contains(&what.value.as_str())).then(|| {
                let message = format!("nothing finishes with the reason \"{}\"", what.value);
                // `crier test --update` writes what is so.
                let found = Diagnostic::warning("unknown-value", what.span.clone(), message);
                let guess = Guess::unsure(nearest(&what.value, reasons.iter().copied()));
                guess.tell(found, || match reasons.as_slice() {
                    [] => "a step gives it: `finish: declined`, or an entry of `exit`".to_owned(),
                    reasons => these_are(("reason", "reasons"), reasons),
                })
            })
        }
        _ => None,
    }
}

/// A text of the person to senders of whom none gets any.
fn cannot_be_written_to(context: &Context<'_>, line: &Line) -> Option<Diagnostic> {
    let names = sender::all(context);
    let senders = names.iter().map(|name| context.project.senders.get(*name));
    let senders = senders.collect::<Option<Vec<_>>>()?;
    let writes = matches!(line.verb.value.as_str(), "reply" | "says");
    if !writes || senders.is_empty() || senders.iter().any(|sender| sender.receives) {
        return None;
    }
    let message = format!(
        "sender \"{}\" cannot receive, so nobody can write to it",
        names[0]
    );
    let help = "use a sender that receives, or leave the line out";
    Some(Diagnostic::warning("story-impossible", line.verb.span.clone(), message).help(help))
}

/// A story without a line that something must come of is passed whatever happens.
fn shows_nothing(test: &Test) -> Option<Diagnostic> {
    let claims = |line: &Line| CLAIMS.contains(&line.verb.value.as_str());
    let key = test.story_key.clone()?;
    if test.lines.iter().any(claims) {
        return None;
    }
    let message = match test.lines.is_empty() {
        true => "the story is empty, so it shows nothing",
        false => "the story expects nothing, so it shows nothing",
    };
    Some(
        Diagnostic::warning("story-shows-nothing", key, message)
            .help("say what must come of it: `- expect: invite`, or `- expect: nothing`"),
    )
}

fn unknown(code: &'static str, kind: &str, what: &Spanned<String>, names: &[&str], none: &str) -> Diagnostic {
    let message = format!("{kind} \"{}\" does not exist", what.value);
    let found = Diagnostic::error(code, what.span.clone(), message);
    Guess::unsure(nearest(&what.value, names.iter().copied())).tell(found, || match names {
        [] => none.to_owned(),
        names => there_are(names),
    })
}
