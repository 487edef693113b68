//! The straight way: everybody gets everything once, at the rate, and the cohorts stay together.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;

use super::world::{START, World, accept, phone, scripted};
use crate::execute::End;

const ONE: &str = "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";
const TWO: &str = "steps:\n  - send: first\n  - wait: 2 days\n  - send: second\nmessages:\n  \
                   first: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n  second: \"See you, {{first_name}}\"\n";

#[tokio::test]
async fn everybody_gets_the_text_once_and_the_receipts_come_in() {
    let world = World::new(2_500, ONE, "");
    let ran = world.run(world.simulated(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    assert_eq!(ran.states(), "undelivered 253, delivered 2247");
    assert_eq!(
        ran.cohorts.values().sum::<u64>(),
        3,
        "2,500 people in cohorts of 1,000"
    );
    let again = world.run(world.simulated(), &mut |_| {}).await;
    assert_eq!(
        (again.end, again.states()),
        (End::Done, ran.states()),
        "a launch that is done sends nothing"
    );
}

#[tokio::test]
async fn two_days_between_two_texts_and_the_cohorts_move_on_together() {
    let world = World::new(10_000, TWO, "");
    let provider = scripted(500, |_, _| accept());
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.states(), "accepted 20000");
    assert_eq!(provider.repeats(), "1x 20000");
    assert_eq!(
        ran.cohorts
            .iter()
            .map(|(step, n)| format!("step {step}: {n}"))
            .collect::<Vec<_>>(),
        ["step 0: 13", "step 2: 13"]
    );
    let mut first: HashMap<String, DateTime<Utc>> = HashMap::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        match first.get(&text.to.to_string()) {
            None => drop(first.insert(text.to.to_string(), *at)),
            Some(before) => {
                let waited = *at - *before;
                assert!(
                    waited >= TimeDelta::days(2) - TimeDelta::seconds(1)
                        && waited < TimeDelta::days(2) + TimeDelta::minutes(2),
                    "{waited}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_paced_launch_moves_on_in_slots_of_a_minute() {
    let world = World::new(3_000, TWO, "20/s");
    let provider = scripted(500, |_, _| accept());
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(provider.repeats(), "1x 6000");
    // 3,000 texts at 20 a second take 150 seconds: three slots, in each of them people of four time zones.
    assert!((4..=12).contains(&ran.cohorts[&2]), "{:?}", ran.cohorts);
}

#[tokio::test]
async fn no_second_holds_more_parts_than_the_rate() {
    let long = format!(
        "message: \"{} {{{{first_name}}}} STOP to opt out\"\n",
        "x".repeat(170)
    );
    let world = World::new(200, &long, "40/s");
    let provider = scripted(500, |_, _| accept());
    world.run(provider.clone(), &mut |_| {}).await;
    let ledger = provider.ledger.lock().expect("unpoisoned");
    assert!(ledger.iter().all(|(_, text)| text.parts == 2));
    for (from, _) in ledger.iter() {
        let within = ledger
            .iter()
            .filter(|(at, _)| at >= from && *at < *from + TimeDelta::seconds(1));
        let parts: u32 = within.map(|(_, text)| text.parts).sum();
        // A second's worth, and the window that its start falls into.
        assert!(parts <= 40 + 20, "{parts} parts in the second from {from}");
    }
    let (first, last) = (ledger[0].0, ledger[ledger.len() - 1].0);
    assert!(last - first >= TimeDelta::seconds(9), "400 parts at 40 a second");
}

#[tokio::test]
async fn a_launch_in_the_future_waits_for_its_time() {
    let world = World::new(10, ONE, "");
    let file = world.path().join("test.campaign.yaml");
    let text = std::fs::read_to_string(&file)
        .expect("readable")
        .replace("schedule: now", "schedule: 2026-11-26 10:00");
    std::fs::write(&file, text).expect("written");
    let provider = scripted(500, |_, _| accept());
    let mut waited = None;
    world
        .run(provider.clone(), &mut |progress| {
            waited = waited.or(progress.next_due)
        })
        .await;
    let due = "2026-11-26T10:00:00Z"
        .parse::<DateTime<Utc>>()
        .expect("an instant");
    assert_eq!(waited, Some(due));
    assert!(
        provider
            .ledger
            .lock()
            .expect("unpoisoned")
            .iter()
            .all(|(at, _)| *at >= due)
    );
    assert_eq!(provider.submitted(), 10);
    assert_eq!(phone(0).len(), 12);
}

#[tokio::test]
async fn the_canary_goes_first_and_the_others_once_it_was_watched() {
    let text = "limits: { canary: { share: 10%, watch: 30 minutes } }\nsteps:\n  - send: first\n  - wait: 1 hour\n  - send: second\nmessages:\n  first: \"Doors open at 8. STOP to opt out\"\n  second: See you\n";
    let world = World::new(300, text, "");
    let provider = scripted(50, |_, _| accept());
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.states(), "accepted 600");
    let start = START.parse::<DateTime<Utc>>().expect("an instant");
    let mut minutes: BTreeMap<(i64, String), u32> = BTreeMap::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        *minutes
            .entry(((*at - start).num_minutes(), text.text.clone()))
            .or_default() += 1;
    }
    expect![[r#"
        {
            (
                0,
                "Doors open at 8. STOP to opt out",
            ): 34,
            (
                30,
                "Doors open at 8. STOP to opt out",
            ): 266,
            (
                60,
                "See you",
            ): 34,
            (
                90,
                "See you",
            ): 266,
        }
    "#]]
    .assert_debug_eq(&minutes);
}
