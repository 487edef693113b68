//! A canary is watched from when its texts went out, whatever comes between.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use expect_test::expect;
use futures_util::FutureExt;
use tokio::sync::watch;

use super::world::{Does, START, Scripted, World, accept, refuse, scripted};
use crate::clock::{Clock, SimulatedClock};
use crate::execute::End;
use crate::provider::Scope;
use crate::store::{Access, LaunchState};

const TEXT: &str = "message: \"Doors open at 8. STOP to opt out\"\n";

/// How many texts went out in which minute of the story.
fn minutes(provider: &Scripted) -> String {
    let start = START.parse::<DateTime<Utc>>().expect("an instant");
    let mut minutes: BTreeMap<i64, u32> = BTreeMap::new();
    for (at, _) in provider.ledger.lock().expect("unpoisoned").iter() {
        *minutes.entry((*at - start).num_minutes()).or_default() += 1;
    }
    let minutes = minutes.iter().map(|(minute, n)| format!("{minute}: {n}"));
    minutes.collect::<Vec<_>>().join(", ")
}

fn pass(clock: &SimulatedClock, minutes: u64) {
    let slept = clock.sleep(Duration::from_secs(minutes * 60), 0);
    assert!(slept.now_or_never().is_some(), "nobody else waits");
}

async fn alarm(world: &World) -> String {
    let alarms = world.store(Access::Read).await.expect("opened").alarms().await;
    let reason = alarms.expect("alarms").remove(0).reason;
    reason.split(';').next().expect("a reason").to_owned()
}

#[tokio::test]
async fn hours_that_hold_the_canary_back_hold_the_watch_back() {
    let text = format!("limits: {{ canary: {{ share: 10%, watch: 30 minutes }} }}\n{TEXT}");
    let world = World::new(300, &text, "");
    let file = world.path().join("test.campaign.yaml");
    let text = std::fs::read_to_string(&file).expect("readable");
    let closed = "schedule: { at: now, window: \"10:00-18:00\" }\ntimezone: UTC";
    std::fs::write(&file, text.replace("schedule: now", closed)).expect("written");
    let provider = scripted(50, |_, _| accept());
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 300".to_owned()));
    // It opens at 15:00 in the east, where 15 are watched before the others; in the west it opens an hour or two later.
    expect!["360: 15, 390: 110, 420: 75, 480: 17, 540: 83"].assert_eq(&minutes(&provider));
}

#[tokio::test]
async fn a_few_people_halt_a_launch_at_the_end_of_their_watch() {
    let limits = "canary: { share: 10%, watch: 30 minutes }, halt: { failures: 10% }";
    let world = World::new(300, &format!("limits: {{ {limits} }}\n{TEXT}"), "");
    let refusing = scripted(50, |_, _| refuse(Scope::RecipientForEver));
    let ran = world.run(refusing.clone(), &mut |_| {}).await;
    assert_eq!((ran.end, refusing.submitted()), (End::Halted, 34));
    expect!["34 of 34 messages were refused, more than 10% (`limits.halt.failures`)"]
        .assert_eq(&alarm(&world).await);
    // Whoever resumes it knows of these, and they are not held against the others.
    world.change(&[LaunchState::Halted], LaunchState::Running).await;
    let taking = scripted(50, |_, _| accept());
    let ran = world.run(taking.clone(), &mut |_| {}).await;
    assert_eq!(
        (ran.end, ran.states()),
        (End::Done, "rejected 34, accepted 266".to_owned())
    );
}

#[tokio::test]
async fn what_was_said_while_nobody_listened_is_heard_before_the_others_are_let_in() {
    let limits = "canary: { share: 10%, watch: 30 minutes }, halt: { undelivered: 50% }";
    let world = World::new(300, &format!("limits: {{ {limits} }}\n{TEXT}"), "");
    let provider = scripted(50, |_, _| Does::AcceptAndLose);
    let (ask, stop) = watch::channel(false);
    let stopping = &mut |progress: &crate::execute::Progress| {
        ask.send_if_modified(|asked| {
            *asked = progress.accepted > 0;
            *asked
        });
    };
    let ran = world
        .run_until(provider.clone(), stop, stopping)
        .await
        .expect("run");
    assert_eq!(ran.end, End::Interrupted);
    pass(&world.clock, 60);
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Halted);
    expect!["34 of 34 messages did not arrive, more than 50% (`limits.halt.undelivered`)"]
        .assert_eq(&alarm(&world).await);
    assert_eq!(provider.repeats(), "1x 34");
}

#[tokio::test]
async fn a_canary_of_nobody_holds_nobody_for_ever() {
    let text = format!("limits: {{ canary: {{ share: 0.001%, watch: 30 minutes }} }}\n{TEXT}");
    let world = World::new(20, &text, "");
    let provider = scripted(50, |_, _| Does::AcceptAndReply("thanks"));
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    expect!["30: 20"].assert_eq(&minutes(&provider));
}
