//! Stopping, pausing, cancelling, dying: whoever goes on finds everybody once, those in doubt excepted and named.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use tokio::sync::{Notify, watch};

use super::world::{Does, Gate, World, accept, asked, gated, scripted};
use crate::clock::{Clock, SimulatedClock};
use crate::execute::End;
use crate::provider::Found;
use crate::store::{Access, LaunchState, MessageState, StoreError};

const ONE: &str = "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";
const TWO: &str = "steps:\n  - send: first\n  - wait: 1 hour\n  - send: second\nmessages:\n  \
                   first: \"Doors open at 8. STOP to opt out\"\n  second: \"See you\"\n";

#[tokio::test]
async fn interrupted_and_typed_again_it_ends_as_if_it_had_not_been() {
    let world = World::new(1_500, ONE, "100/s");
    let provider = scripted(500, |_, _| accept());
    let mut interruptions = 0;
    loop {
        let (ask, stop) = watch::channel(false);
        let seen = provider.submitted();
        let ledger = provider.clone();
        let ran = world
            .run_until(provider.clone(), stop, &mut |_| {
                if ledger.submitted() > seen + 200 {
                    let _ = ask.send(true);
                }
            })
            .await
            .expect("executed");
        if ran.end == End::Done {
            assert_eq!(ran.states(), "accepted 1500");
            break;
        }
        assert_eq!(ran.end, End::Interrupted);
        interruptions += 1;
    }
    assert!(interruptions >= 5, "{interruptions}");
    assert_eq!(provider.repeats(), "1x 1500");
}

/// Runs until the provider hangs, then lets everything fall, as `kill -9` does.
async fn run_and_kill(world: &World, hang_at: usize) -> Arc<super::world::Scripted> {
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let calls = AtomicUsize::new(0);
    let provider = scripted(20, move |_, _| {
        if calls.fetch_add(1, Ordering::Relaxed) >= hang_at {
            tell.notify_one();
            return Does::Hang;
        }
        accept()
    });
    let (_keep, stop) = watch::channel(false);
    let mut observer = |_: &crate::execute::Progress| {};
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    tokio::select! {
        ran = world.execute(store.clone(), launch, provider.clone(), stop, &mut observer) => panic!("ended: {ran:?}"),
        () = hung.notified() => {}
    }
    // A process takes its writer with it. This one's is let finish, so that it does not write beside the next.
    store.drop_incomplete().await.expect("written");
    provider
}

#[tokio::test]
async fn killed_anywhere_nobody_is_sent_twice_and_nobody_is_forgotten() {
    for hang_at in [0, 1, 19, 20, 333, 500, 777, 999, 1_199] {
        let world = World::new(1_200, ONE, "");
        let killed = run_and_kill(&world, hang_at).await;
        let after = scripted(500, |_, _| accept());
        let ran = world.run(after.clone(), &mut |_| {}).await;
        assert_eq!(ran.end, End::Done);
        let mut everybody: Vec<u64> = vec![];
        for provider in [&killed, &after] {
            everybody.extend(
                provider
                    .ledger
                    .lock()
                    .expect("unpoisoned")
                    .iter()
                    .map(|(_, text)| text.to.as_u64()),
            );
        }
        let submitted = everybody.len();
        everybody.sort_unstable();
        everybody.dedup();
        assert_eq!(
            submitted,
            everybody.len(),
            "killed at {hang_at}: somebody was submitted twice"
        );
        let unknown = ran
            .totals
            .messages
            .get(&MessageState::Unknown)
            .copied()
            .unwrap_or(0);
        let accepted = ran
            .totals
            .messages
            .get(&MessageState::Accepted)
            .copied()
            .unwrap_or(0);
        assert_eq!(
            unknown + accepted,
            1_200,
            "killed at {hang_at}: somebody is missing: {}",
            ran.states()
        );
        assert!(unknown <= 4 * 500, "at most the windows under way are in doubt");
        let in_doubt = 1_200 - everybody.len() as u64;
        assert!(in_doubt <= unknown, "who was never submitted is named unknown");
    }
}

#[tokio::test]
async fn killed_between_two_texts_the_second_comes_once() {
    for hang_at in [700, 1_150, 1_600, 2_100, 2_399] {
        let world = World::new(1_200, TWO, "");
        let killed = run_and_kill(&world, hang_at).await;
        let after = scripted(500, |_, _| accept());
        let ran = world.run(after.clone(), &mut |_| {}).await;
        let mut texts: Vec<(u64, String)> = vec![];
        for provider in [&killed, &after] {
            let ledger = provider.ledger.lock().expect("unpoisoned");
            texts.extend(
                ledger
                    .iter()
                    .map(|(_, text)| (text.to.as_u64(), text.text.clone())),
            );
        }
        let n = texts.len();
        texts.sort();
        texts.dedup();
        assert_eq!(n, texts.len(), "killed at {hang_at}: a text was submitted twice");
        let all: u64 = ran.totals.messages.values().sum();
        assert_eq!(all, 2_400, "killed at {hang_at}: {}", ran.states());
    }
}

#[tokio::test]
async fn paused_by_another_process_it_stays_and_goes_on_at_resume() {
    let world = World::new(600, ONE, "100/s");
    let gate = Gate::after(200);
    let provider = gated(500, Some(gate.clone()), |_, _| accept());
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let other = world.store(Access::Read).await.expect("opened beside");
    let (id, clock, paused) = (launch.id, world.clock.clone(), Arc::new(Notify::new()));
    let tell = paused.clone();
    let operator = async move {
        gate.is_held().await;
        let now = clock.now();
        assert!(
            other
                .change_launch(id, &[LaunchState::Running], LaunchState::Paused, now)
                .await
                .expect("changed")
        );
        gate.open();
        paused.notified().await;
        assert!(
            other
                .change_launch(id, &[LaunchState::Paused], LaunchState::Running, now)
                .await
                .expect("changed")
        );
    };
    let (ledger, mut at_pause) = (provider.clone(), None);
    let mut observer = |progress: &crate::execute::Progress| {
        if progress.paused && at_pause.is_none() {
            at_pause = Some(ledger.submitted());
            tell.notify_one();
        }
    };
    let (_keep, stop) = watch::channel(false);
    let (ran, ()) = tokio::join!(
        world.execute(store, launch, provider.clone(), stop, &mut observer),
        operator
    );
    assert_eq!(ran.expect("executed").states(), "accepted 600");
    assert_eq!(provider.repeats(), "1x 600");
    assert_eq!(
        at_pause,
        Some(200),
        "what was under way was answered, nothing else was begun"
    );
}

#[tokio::test]
async fn cancelled_nothing_more_goes_than_was_under_way() {
    let world = World::new(600, ONE, "100/s");
    let gate = Gate::after(200);
    let provider = gated(500, Some(gate.clone()), |_, _| accept());
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let other = world.store(Access::Read).await.expect("opened beside");
    let (id, clock) = (launch.id, world.clock.clone());
    let operator = async move {
        gate.is_held().await;
        let now = clock.now();
        let cancelled = other
            .change_launch(id, &[LaunchState::Running], LaunchState::Cancelled, now)
            .await;
        assert!(cancelled.expect("changed"));
        gate.open();
    };
    let (_keep, stop) = watch::channel(false);
    let mut observer = |_: &crate::execute::Progress| {};
    let (ran, ()) = tokio::join!(
        world.execute(store, launch, provider.clone(), stop, &mut observer),
        operator
    );
    let ran = ran.expect("executed");
    assert_eq!(
        (ran.end, ran.states()),
        (End::Cancelled, "accepted 200".to_owned())
    );
    assert_eq!((provider.submitted(), ran.totals.waiting), (200, 400));
}

#[tokio::test]
async fn a_full_disk_stops_it_with_a_sentence_and_nothing_is_lost() {
    let mut world = World::new(8_000, ONE, "");
    world.most_pages = Some(150);
    let before = scripted(500, |_, _| accept());
    let (_keep, stop) = watch::channel(false);
    let full = world
        .run_until(before.clone(), stop, &mut |_| {})
        .await
        .expect_err("no room");
    assert!(matches!(full, StoreError::Full { .. }), "{full}");
    assert!(full.to_string().starts_with("the disk is full"), "{full}");
    world.most_pages = None;
    let after = scripted(500, |_, _| accept());
    let ran = world.run(after.clone(), &mut |_| {}).await;
    assert!(before.submitted() > 0, "it was filled in the middle");
    assert_eq!(
        (ran.end, ran.states()),
        (End::Done, "accepted 8000".to_owned()),
        "nobody is in doubt"
    );
    let mut numbers: Vec<u64> = vec![];
    for provider in [&before, &after] {
        numbers.extend(
            provider
                .ledger
                .lock()
                .expect("unpoisoned")
                .iter()
                .map(|(_, text)| text.to.as_u64()),
        );
    }
    let n = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(n, numbers.len(), "somebody was submitted twice");
}

#[tokio::test]
async fn ten_recipients_four_taken_two_answered_and_a_kill() {
    // Two are accepted and recorded, two are in doubt, six are sent after the restart; the counters end at ten.
    let world = World::new(10, ONE, "16/s");
    let killed = run_and_kill(&world, 4).await;
    let after = scripted(500, |_, _| accept());
    let ran = world.run(after.clone(), &mut |_| {}).await;
    let all: u64 = ran.totals.messages.values().sum();
    assert_eq!((ran.end, all), (End::Done, 10));
    assert_eq!(killed.submitted() + after.submitted(), 10);
    assert_eq!(ran.states(), "unknown 4, accepted 6");
}

/// Of 20 people 10 are taken, up to 5 more are under way, and then the process is killed and the launch cancelled.
async fn killed_and_cancelled(world: &World) -> Arc<super::world::Scripted> {
    let hung = Arc::new(Notify::new());
    let (tell, handed) = (hung.clone(), AtomicUsize::new(0));
    let before = scripted(5, move |_, _| {
        if handed.fetch_add(1, Ordering::Relaxed) < 10 {
            return accept();
        }
        tell.notify_one();
        Does::Hang
    });
    super::corners::kill_when(world, hung, before.clone()).await;
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(None).await.expect("launches").remove(0);
    let cancelled = store.change_launch(
        launch.id,
        &[LaunchState::Running],
        LaunchState::Cancelled,
        launch.starts_at,
    );
    assert!(cancelled.await.expect("changed"));
    before
}

/// Whoever was under way at the kill was sent the text or not: a cancel does not change that, and it is told.
#[tokio::test]
async fn killed_and_cancelled_who_was_under_way_is_unknown_and_the_rest_is_not_sent() {
    let world = World::new(20, super::corners::ONE, "");
    let before = killed_and_cancelled(&world).await;
    let after = scripted(5, |_, _| accept());
    let ran = world.run(after.clone(), &mut |_| {}).await;
    assert_eq!(after.submitted(), 0, "nothing goes after a cancel");
    let of = |state| ran.totals.messages.get(&state).copied().unwrap_or_default();
    let told = of(MessageState::Accepted) + of(MessageState::Unknown);
    assert!(
        told >= before.submitted() as u64,
        "{} of {}",
        ran.states(),
        before.submitted()
    );
    assert_eq!(ran.totals.under_way, 0, "{}", ran.states());
    assert_eq!(ran.totals.waiting + told, 20, "{}", ran.states());
}

/// The time of a text whose answer a crash took away is that of its intent, not that of whoever settles it.
#[tokio::test]
async fn what_is_settled_later_was_not_sent_later() {
    let mut world = World::new(20, super::corners::ONE, "");
    killed_and_cancelled(&world).await;
    let killed_at = world.clock.now();
    world.clock = Arc::new(SimulatedClock::new(killed_at + TimeDelta::hours(1)));
    let ran = world.run(scripted(5, |_, _| accept()), &mut |_| {}).await;
    assert!(ran.totals.messages.contains_key(&MessageState::Unknown));
    let (_, last) = ran.totals.span.expect("texts were sent");
    assert!(last <= killed_at, "{last}");
    assert_eq!(ran.totals.after_end, 0, "the cancel came after them");
}

/// Where the provider can be asked it is, also after a cancel: asking sends nothing.
#[tokio::test]
async fn killed_and_cancelled_who_was_under_way_is_looked_up() {
    type Finds = fn(&str) -> Found;
    let found: [(Finds, MessageState); 3] = [
        (|_| Found::Accepted, MessageState::Accepted),
        (|_| Found::NotKnown, MessageState::Attempting),
        (|_| Found::CannotTell("busy".into()), MessageState::Unknown),
    ];
    for (found, expected) in found {
        let world = World::new(20, super::corners::ONE, "");
        killed_and_cancelled(&world).await;
        let after = asked(found);
        let ran = world.run(after.clone(), &mut |_| {}).await;
        assert_eq!(after.submitted(), 0, "nothing goes after a cancel");
        let told: u64 = ran.totals.messages.values().sum();
        assert_eq!(ran.totals.waiting + told, 20, "{expected:?}: {}", ran.states());
        assert_eq!((ran.totals.under_way, ran.totals.waiting), (0, 0), "{expected:?}");
        let states: Vec<MessageState> = ran.totals.messages.keys().copied().collect();
        let others = states.iter().filter(|state| **state != MessageState::Accepted);
        let others: Vec<_> = others.collect();
        match expected {
            MessageState::Accepted => assert!(others.is_empty(), "{}", ran.states()),
            _ => assert_eq!(others, [&expected], "{}", ran.states()),
        }
    }
}
