//! `crier test --record`: what the store has of somebody's passage, as a story of the campaign.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use dsl::campaign::story::Occurrence;
use dsl::campaign::{Schedule, Trigger};
use engine::advance::Known;
use engine::ids::LaunchId;
use engine::load;
use engine::member::Member;
use engine::plan::{cast, of_lists};
use engine::play::{Heard, quoted, recorded, story};
use engine::revision::Revision;
use engine::store::{Access, Began, Beginning, Happened, KeptValue, LaunchRow, PersonStory, Store, TextKind};
use engine::trigger::event_begins;
use sms::PhoneNumber;

use crate::cli::Format;
use crate::commands::{Failure, number_typed, open_store, play, valid_campaign};

pub(super) async fn run(phone: &str, file: &Path) -> Result<ExitCode, Failure> {
    let loaded = valid_campaign(file, Format::Full)?;
    let number = number_typed(phone, &loaded.project)?;
    let store = open_store(&loaded.project, Access::Read).await?;
    let current = loaded.revision.expect("the campaign is valid");
    let known = store.person(number).await?;
    let latest = latest(&store, &known, &current.campaign.name).await?;
    let (launch, run) = latest.ok_or_else(|| nothing(number, &current.campaign.name))?;
    // As it was when the launch began.
    let source = store.revision(&launch.revision).await?;
    let revision = load::from_source(source).map_or(current, |(_, revision)| revision);
    let began = beginning(&known, launch.id, run);
    let mut heard = heard(&known, &launch, run);
    let said = began.and_then(|(beginning, _)| word(beginning, &known, &revision));
    if let Some((at, _)) = &said {
        // The word that begins it answers nothing.
        heard.retain(|(own, heard)| own != at || !matches!(heard, Heard::Reply(_)));
    }
    let begin = began.map(|(_, at)| at).or(heard.first().map(|(at, _)| *at));
    let begin = begin.unwrap_or(launch.starts_at);
    let begin = begin.duration_trunc(TimeDelta::minutes(1)).unwrap_or(begin);
    let event = began.and_then(|(beginning, _)| event(beginning, &revision));
    let person = of_lists(&revision, &loaded.project.folder, number, begin);
    let person = person.unwrap_or_else(|| vec![("phone".to_owned(), number.to_string())]);
    let person = with_brought(person, began.map(|(beginning, _)| beginning), &revision);
    let began_at = began.map_or(launch.starts_at, |(_, at)| at);
    let person = with_kept(person, &known, (launch.id, began_at), &revision);
    let fields = event.iter().flat_map(|event| event.fields.iter().cloned());
    let values: Vec<(String, String)> = person.iter().cloned().chain(fields).collect();
    let cast = cast(&revision, &values, begin).map_err(|error| Failure::Found(Some(anyhow!("{error}"))))?;
    let began = began.map(|(beginning, _)| beginning);
    refuse_unlike(began, &revision, (&cast.member, event.as_ref()), begin)?;
    let mut lines = recorded(&revision, &cast.member, begin, &heard);
    if let Some((_, text)) = said {
        lines.insert(0, format!("- says: {}", quoted(&text)));
    }
    let local = begin.with_timezone(&cast.zones.zones()[0]);
    let at = local.format("%Y-%m-%d %H:%M");
    let name = format!("as it went for {number} on {}", local.format("%Y-%m-%d"));
    play::keep(
        file,
        &story(&name, &person, &at.to_string(), event.as_ref(), &lines),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn nothing(number: PhoneNumber, campaign: &str) -> Failure {
    Failure::Found(Some(anyhow!("{number} got no text of {campaign}")))
}

/// The latest launch of a campaign that texted somebody, and the run of the passage that did last.
async fn latest(
    store: &Store,
    known: &PersonStory,
    campaign: &str,
) -> Result<Option<(LaunchRow, u32)>, Failure> {
    let launches = store.launches(Some(campaign)).await?;
    let latest = launches.into_iter().filter_map(|launch| {
        let texts = known
            .messages
            .iter()
            .filter(|message| message.launch == launch.id);
        let last = texts.max_by_key(|message| (message.sent_at, message.id.0))?;
        Some((last.sent_at, launch, last.run))
    });
    let latest = latest.max_by_key(|(at, launch, _)| (*at, launch.id.0));
    Ok(latest.map(|(_, launch, run)| (launch, run)))
}

/// What began a passage, and when that did.
fn beginning(known: &PersonStory, launch: LaunchId, run: u32) -> Option<(&Beginning, DateTime<Utc>)> {
    known.happened.iter().find_map(|beginning| match beginning.began {
        Began::Passage {
            launch: own,
            run: own_run,
            at,
        } if (own, own_run) == (launch, run) => Some((beginning, at)),
        Began::Passage { .. } | Began::Nothing(..) | Began::Later => None,
    })
}

/// Whom a step of another campaign started has what that knew of them, where the campaign uses it and their own row says nothing.
fn with_brought(
    mut person: Vec<(String, String)>,
    began: Option<&Beginning>,
    revision: &Revision,
) -> Vec<(String, String)> {
    let Some(happening) = began.map(|began| &began.happening) else {
        return person;
    };
    if !matches!(happening.what, Happened::Started { .. }) {
        return person;
    }
    for (name, value) in happening.fields.iter().filter(|(name, _)| name != "phone") {
        let own = person.iter_mut().find(|(column, _)| column == name);
        match own {
            Some((_, own)) if own.trim().is_empty() => own.clone_from(value),
            Some(_) => {}
            None if asks_for(revision, name) => person.push((name.clone(), value.clone())),
            None => {}
        }
    }
    person
}

/// What other campaigns had given the person before wins over their row.
fn with_kept(
    mut person: Vec<(String, String)>,
    known: &PersonStory,
    (launch, began_at): (LaunchId, DateTime<Utc>),
    revision: &Revision,
) -> Vec<(String, String)> {
    let before = |kept: &&KeptValue| kept.launch != launch && kept.at <= began_at;
    for kept in known.values.iter().filter(before) {
        match person.iter_mut().find(|(column, _)| *column == kept.field) {
            Some((_, own)) => own.clone_from(&kept.value),
            None if asks_for(revision, &kept.field) => {
                person.push((kept.field.clone(), kept.value.clone()));
            }
            None => {}
        }
    }
    person
}

/// Whether a campaign asks for a value of a person.
fn asks_for(revision: &Revision, name: &str) -> bool {
    let mut filters = revision
        .campaign
        .audience
        .filter
        .iter()
        .flat_map(|filter| filter.names());
    ["language", "timezone"].contains(&name)
        || revision.variables.iter().any(|own| own == name)
        || filters.any(|own| own == name)
}

/// The event that began it. No line of a story starts somebody from outside: the event of the trigger begins such a passage there.
fn event(beginning: &Beginning, revision: &Revision) -> Option<Occurrence> {
    match (&beginning.happening.what, &revision.campaign.schedule) {
        (Happened::Event(name), _) => Some(Occurrence {
            name: name.clone(),
            fields: beginning.happening.fields.clone(),
        }),
        (Happened::Started { .. }, Schedule::Trigger(Trigger::Event { name, .. })) => Some(Occurrence {
            name: name.clone(),
            fields: vec![],
        }),
        (Happened::Joined(_) | Happened::Started { .. } | Happened::Wrote(_), _) => None,
    }
}

/// Errors: the trigger has conditions, which whoever was started need not meet, and whoever an event begins does.
fn refuse_unlike(
    began: Option<&Beginning>,
    revision: &Revision,
    (member, event): (&Member, Option<&Occurrence>),
    begin: DateTime<Utc>,
) -> Result<(), Failure> {
    let is_started = began.is_some_and(|began| matches!(began.happening.what, Happened::Started { .. }));
    let Some(event) = event.filter(|_| is_started) else {
        return Ok(());
    };
    let what = (event.name.as_str(), event.fields.as_slice());
    match event_begins(revision, member, &Known::default(), what, begin) {
        true => Ok(()),
        false => Err(Failure::Found(Some(anyhow!(
            "no story can tell of this passage: a step of another campaign began it, and `where` of the trigger does not hold for {}",
            member.phone
        )))),
    }
}

/// The word that began it, as it was written, and when; the word of the trigger where a step of another campaign did.
fn word(beginning: &Beginning, known: &PersonStory, revision: &Revision) -> Option<(DateTime<Utc>, String)> {
    let (Happened::Wrote(_) | Happened::Started { .. }) = &beginning.happening.what else {
        return None;
    };
    let at = beginning.happening.at;
    let written = known.replies.iter().find(|reply| reply.received_at == at);
    let stated = match &revision.campaign.schedule {
        Schedule::Trigger(Trigger::Keyword(word)) => Some(word.clone()),
        _ => None,
    };
    let text = written.map(|reply| reply.text.clone()).or(stated)?;
    Some((at, text))
}

/// What was said in a passage, in order.
fn heard(known: &PersonStory, launch: &LaunchRow, run: u32) -> Vec<(DateTime<Utc>, Heard)> {
    let texts = known
        .messages
        .iter()
        .filter(|message| message.launch == launch.id && message.run == run);
    let texts = texts.filter_map(|message| {
        let text = message.text.clone()?;
        Some((
            message.sent_at,
            match message.kind {
                TextKind::Step => Heard::Text(message.step, text),
                TextKind::Answer | TextKind::Desk => Heard::Answer(text),
            },
        ))
    });
    let replies = known
        .replies
        .iter()
        .filter(|reply| reply.launch == Some(launch.id) && reply.run.is_none_or(|own| own == run));
    let replies = replies.map(|reply| (reply.received_at, Heard::Reply(reply.text.clone())));
    let mut heard: Vec<_> = texts.chain(replies).collect();
    heard.sort_by_key(|(at, _)| *at);
    heard
}
