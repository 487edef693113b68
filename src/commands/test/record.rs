//! `crier test --record`: what the store has of somebody's passage, as a story of the campaign.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use engine::load;
use engine::plan::{cast, of_lists};
use engine::play::{Heard, recorded, story};
use engine::store::{Access, CohortKind, LaunchRow, PersonStory, Store};
use sms::PhoneNumber;

use crate::cli::Format;
use crate::commands::{Failure, number_typed, open_store, play, valid_campaign};

pub(super) async fn run(phone: &str, file: &Path) -> Result<ExitCode, Failure> {
    let loaded = valid_campaign(file, Format::Full)?;
    let number = number_typed(phone, &loaded.project)?;
    let store = open_store(&loaded.project, Access::Read).await?;
    let current = loaded.revision.expect("the campaign is valid");
    let known = store.person(number).await?;
    let launch = latest(&store, &known, &current.campaign.name).await?;
    let launch = launch.ok_or_else(|| nothing(number, &current.campaign.name))?;
    // As it was when the launch began.
    let source = store.revision(&launch.revision).await?;
    let revision = load::from_source(source).map_or(current, |(_, revision)| revision);
    let heard = heard(&known, &launch);
    let begin = heard.first().map_or(launch.starts_at, |(at, _)| *at);
    let begin = begin.duration_trunc(TimeDelta::minutes(1)).unwrap_or(begin);
    let person = of_lists(&revision, &loaded.project.folder, number, begin);
    let person = person.unwrap_or_else(|| vec![("phone".to_owned(), number.to_string())]);
    let cast = cast(&revision, &person, begin).map_err(|error| Failure::Found(Some(anyhow!("{error}"))))?;
    let lines = recorded(&revision, &cast.member, begin, &heard);
    let at = begin
        .with_timezone(&cast.zones.zones()[0])
        .format("%Y-%m-%d %H:%M");
    let name = format!("as it went for {number} on {}", begin.format("%Y-%m-%d"));
    play::keep(file, &story(&name, &person, &at.to_string(), &lines))?;
    Ok(ExitCode::SUCCESS)
}

fn nothing(number: PhoneNumber, campaign: &str) -> Failure {
    Failure::Found(Some(anyhow!("{number} got no text of {campaign}")))
}

/// The latest launch of a campaign that texted somebody.
async fn latest(store: &Store, known: &PersonStory, campaign: &str) -> Result<Option<LaunchRow>, Failure> {
    let launches = store.launches(None).await?.into_iter();
    let texted = |launch: &LaunchRow| known.messages.iter().any(|message| message.launch == launch.id);
    let own = launches.filter(|launch| launch.campaign == campaign && texted(launch));
    Ok(own.max_by_key(|launch| launch.id.0))
}

/// What was said in a launch, in order.
fn heard(known: &PersonStory, launch: &LaunchRow) -> Vec<(DateTime<Utc>, Heard)> {
    let texts = known
        .messages
        .iter()
        .filter(|message| message.launch == launch.id);
    let texts = texts.filter_map(|message| {
        let text = message.text.clone()?;
        Some((
            message.sent_at,
            match message.kind {
                CohortKind::Passage => Heard::Text(message.step, text),
                CohortKind::Answer => Heard::Answer(text),
            },
        ))
    });
    let replies = known
        .replies
        .iter()
        .filter(|reply| reply.launch == Some(launch.id));
    let replies = replies.map(|reply| (reply.received_at, Heard::Reply(reply.text.clone())));
    let mut heard: Vec<_> = texts.chain(replies).collect();
    heard.sort_by_key(|(at, _)| *at);
    heard
}
