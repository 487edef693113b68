//! The engine on its store does to each person what a stage does: the same texts, at the same minute, in the same order,
//! whatever people answer. One code decides for both; here it is shown that nothing else decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms::PhoneNumber;

use super::world::{Does, World, accept, phone, scripted};
use crate::plan::cast;
use crate::stage::{Happened, Stage};

/// What somebody answers to a text; none: nothing.
type Answers = fn(PhoneNumber, &str) -> Option<&'static str>;

/// Texts by person, each with its minute.
type Told = BTreeMap<u64, Vec<(DateTime<Utc>, String)>>;

/// Nobody lives longer than that in these campaigns.
const LONG: TimeDelta = TimeDelta::days(60);
const PEOPLE: u64 = 60;

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::seconds(at.timestamp() % 60)
        - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}

/// Every so many texts the process is interrupted and begins again; none: it is not.
async fn told_by_engine(world: &World, answers: Answers, every: Option<u64>) -> Told {
    let provider = scripted(50, move |text, _| match answers(text.to, &text.text) {
        Some(said) => Does::AcceptAndReply(said),
        None => accept(),
    });
    world.run_in_pieces(&provider, every).await;
    let mut told = Told::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let of_person = told.entry(text.to.as_u64()).or_default();
        of_person.push((minute(*at), text.text.clone()));
    }
    told
}

fn told_by_stage(world: &World, answers: Answers) -> Told {
    let revision = world.campaign().revision.expect("valid");
    let mut told = Told::new();
    for n in 0..PEOPLE {
        let start = super::world::START.parse().expect("an instant");
        let person = [
            ("phone".to_owned(), phone(n)),
            ("first_name".to_owned(), format!("Person {n}")),
        ];
        let person = cast(&revision, &person, &Default::default(), start).expect("somebody of the list");
        let number = person.member.phone;
        let mut stage = Stage::new(Arc::clone(&revision), person, None, start);
        loop {
            stage.run_to_text(start + LONG);
            let Some((at, sent)) = stage.untaken() else { break };
            let (at, text) = (at, sent.text.clone());
            stage.take();
            told.entry(number.as_u64())
                .or_default()
                .push((minute(at), text.clone()));
            if let Some(said) = answers(number, &text) {
                // Texts that go at once go before the answer to the one before them comes.
                let then = stage.now().max(at + TimeDelta::seconds(1));
                stage.run_to(then);
                stage.reply(said);
            }
        }
        let fault = stage
            .log()
            .iter()
            .find(|entry| matches!(entry.what, Happened::LeftOut(_)));
        assert!(
            fault.is_none() || stage.log().iter().any(|e| e.what == Happened::OptedOut),
            "{fault:?}"
        );
    }
    told
}

async fn check(campaign: &str, answers: Answers) {
    for every in [None, Some(7), Some(40)] {
        let world = World::new(PEOPLE, campaign, "");
        let engine = told_by_engine(&world, answers, every).await;
        let stage = told_by_stage(&world, answers);
        assert_eq!(engine.len(), stage.len());
        for (number, texts) in &stage {
            assert_eq!(
                engine.get(number),
                Some(texts),
                "+{number}, interrupted every {every:?} texts"
            );
        }
    }
}

fn last_digits(phone: PhoneNumber) -> u64 {
    // The hundreds of a fiction number differ from person to person.
    phone.as_u64() / 10_000 % 7
}

const QUESTION: &str = "\
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: [\"yes\", si]
        do:
          - tag: coming
          - send: kept
      - words: [\"no\"]
        finish: declined
    unclear: again
    remind: { after: 1 day, send: reminder }
    silence: { send: last }
  - wait: 3 hours
  - send: bye
    when: tagged(\"coming\")
  - choose:
      - when: replied()
        send: thanks
      - otherwise: { send: sorry }
messages:
  invite: \"Coming, {{first_name}}? YES or NO. STOP to opt out\"
  kept: \"Kept\"
  again: \"Please say YES or NO\"
  reminder: \"Still time: YES or NO?\"
  last: \"Too late\"
  bye: \"Bring your ticket\"
  thanks: \"Thanks for answering\"
  sorry: \"We missed you\"
  info: \"Doors at 8\"
replies:
  - words: [info]
    send: info
  - otherwise: { forward: office }
";

#[tokio::test]
async fn a_question_is_answered_in_every_way() {
    check(QUESTION, |phone, text| match (last_digits(phone), text) {
        (0, text) if text.starts_with("Coming") => Some("S\u{ed}!!"),
        (1, text) if text.starts_with("Coming") => Some("no thanks"),
        (2, text) if text.starts_with("Coming") => Some("perhaps"),
        (2, "Please say YES or NO") => Some("yes then"),
        (3, "Still time: YES or NO?") => Some("Yes"),
        (4, text) if text.starts_with("Coming") => Some("what info is there"),
        (5, text) if text.starts_with("Coming") => Some("Stop."),
        (2, "Kept") => Some("info"),
        _ => None,
    })
    .await;
}

const ROUNDS: &str = "\
fields:
  city: { from: campaign, default: nowhere }
steps:
  - repeat:
      times: 3
      every: 1 day
      until: replied()
      do:
        - send: nudge
  - split:
      a: { share: 50%, do: { send: left } }
      b: { share: 50%, do: { send: right } }
  - ask: where
    for: 4 hours
    save: city
  - await: replied()
    for: 1 day
    then: { send: heard }
    silence: { send: unheard }
  - wait: \"18:00\"
  - send: city
    when: city == \"Rome\"
    window: 20:00-21:00
exit: { gone: tagged(\"gone\") }
goal: { when: replied(), within: 2 days }
messages:
  nudge: \"Hello? STOP to opt out\"
  left: \"Left\"
  right: \"Right\"
  where: \"Where are you?\"
  heard: \"Heard\"
  unheard: \"Unheard\"
  city: \"Rome is lovely\"
replies:
  - words: [gone]
    do:
      - tag: gone
";

#[tokio::test]
async fn rounds_draws_and_values_go_the_same_way() {
    check(ROUNDS, |phone, text| match (last_digits(phone), text) {
        (0, "Where are you?") => Some("Rome"),
        (1, "Where are you?") => Some("Paris"),
        (2, text) if text.starts_with("Hello?") => Some("here I am"),
        (3, "Left" | "Right") => Some("gone"),
        _ => None,
    })
    .await;
}

const HOURS: &str = "\
purpose: marketing
limits:
  quiet_hours: 20:00-11:00
  frequency: { most: 2 per 3 days, over: wait }
steps:
  - send: one
  - wait: 1 hour
  - send: two
  - wait: 1 hour
  - send: three
  - wait: 1 hour
  - send: four
    expires: 2 hours
messages:
  one: { variants: { x: { share: 30%, text: \"One x. STOP to opt out\" }, y: { share: 70%, text: \"One y. STOP to opt out\" } } }
  two: \"Two\"
  three: \"Three\"
  four: \"Four\"
";

#[tokio::test]
async fn hours_and_caps_hold_on_every_clock() {
    check(HOURS, |_, _| None).await;
}
