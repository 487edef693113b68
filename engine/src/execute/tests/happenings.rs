//! What happens outside while people are inside: it ends passages, moves those who wait for it, changes their values.

use std::fmt::Write;
use std::sync::Arc;

use expect_test::{Expect, expect};

use super::world::{Gate, Scripted, World, accept, append, event, gated, scripted};
use crate::clock::Clock;
use crate::store::{Access, NewHappening};

const HEAD: &str = "purpose: service\nfields: { city: { default: nowhere }, starts: { type: date, default: 2026-12-01 }, total: { type: int, default: \"0\" } }\n";

fn world(people: u64, campaign: &str) -> World {
    World::new(people, &format!("{HEAD}{campaign}replies: none\n"), "")
}

/// What people got and when, how passages ended, how many reached the goal.
async fn shown(world: &World, provider: &Scripted) -> String {
    let mut told = provider.got();
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(None).await.expect("launches").remove(0);
    let totals = store.totals(launch.id).await.expect("totals");
    for (reason, n) in &totals.ends {
        let _ = writeln!(told, "{n} ended: {reason}");
    }
    if totals.reached > 0 {
        let _ = writeln!(told, "{} reached the goal", totals.reached);
    }
    told
}

async fn check(people: u64, campaign: &str, happenings: &[NewHappening], expected: Expect) {
    for every in [None, Some(1)] {
        let world = world(people, campaign);
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, happenings.to_vec());
        world.run_in_pieces(&provider, every).await;
        expected.assert_eq(&shown(&world, &provider).await);
    }
}

const AWAIT: &str = "steps:\n  - send: { en: \"first\" }\n  - await: event(\"ordered\")\n    for: 2 days\n    then: [ { send: { en: \"thanks {{city}}\" } } ]\n    silence: [ { send: { en: \"nothing?\" } } ]\n";

#[tokio::test]
async fn who_waits_for_an_event_goes_on_when_it_comes() {
    check(
        3,
        AWAIT,
        &[
            event(60, "ordered", 0, &[("city", "Roma")]),
            event(90, "looked", 1, &[]),
        ],
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 09:00:00 to 2: first
            25 09:01:00 to 0: thanks Roma
            27 09:00:00 to 1: nothing?
            27 09:00:00 to 2: nothing?
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_happened_before_the_wait_passes_at_once_and_before_the_launch_it_does_not_count() {
    let waits = AWAIT.replace("  - await", "  - wait: 1 hour\n  - await");
    check(
        2,
        &waits,
        &[event(60, "ordered", 1, &[])],
        expect![[r#"
        25 09:00:00 to 0: first
        25 09:00:00 to 1: first
        25 10:00:00 to 1: thanks nowhere
        27 10:00:00 to 0: nothing?
    "#]],
    )
    .await;
    let world = world(1, AWAIT);
    let path = world.path().join(".crier/crier.db");
    append(&path, vec![event(-60, "ordered", 0, &[])]).await;
    let provider = scripted(5, |_, _| accept());
    world.run_in_pieces(&provider, None).await;
    expect![[r#"
        25 09:00:00 to 0: first
        27 09:00:00 to 0: nothing?
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

#[tokio::test]
async fn an_event_ends_passages_and_reaches_goals_after_the_end_too() {
    let campaign = "exit: { ordered: event(\"ordered\") }\ngoal: { when: event(\"paid\"), within: 1 day }\nsteps:\n  - send: { en: \"first\" }\n  - wait: 3 hours\n  - send: { en: \"second\" }\n";
    check(
        4,
        campaign,
        &[
            event(60, "ordered", 0, &[]),
            event(120, "paid", 0, &[]),
            event(4 * 3600, "paid", 1, &[]),
            event(25 * 3600, "paid", 2, &[]),
            event(70, "paid", 3, &[]),
            event(80, "paid", 3, &[]),
        ],
        expect![[r#"
            25 09:00:00 to 3: first
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 09:00:00 to 2: first
            25 12:00:00 to 3: second
            25 12:00:00 to 1: second
            25 12:00:00 to 2: second
            1 ended: ordered
            2 reached the goal
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_an_event_carries_wins_over_columns_and_moments_follow_it() {
    let campaign = "steps:\n  - send: { en: \"first {{city}}\" }\n  - wait: { date: starts, at: \"10:00\" }\n  - set: { city: Oslo }\n  - send: { en: \"today in {{city}}\" }\n  - wait: 1 day\n  - send: { en: \"since in {{city}}\" }\n";
    check(
        3,
        campaign,
        &[
            event(60, "moved", 0, &[("starts", "2026-11-28")]),
            event(70, "moved", 1, &[("starts", "2026-11-29"), ("city", "Roma")]),
            event(80, "moved", 1, &[("starts", "2026-11-27")]),
            event(2 * 86_400 + 7200, "named", 1, &[("city", "Lima")]),
            event(90, "moved", 2, &[("starts", "some day")]),
        ],
        expect![[r#"
            25 09:00:00 to 0: first nowhere
            25 09:00:00 to 1: first nowhere
            25 09:00:00 to 2: first nowhere
            27 15:00:00 to 1: today in Oslo
            28 15:00:00 to 1: since in Oslo
            28 15:00:00 to 0: today in Oslo
            29 15:00:00 to 0: since in Oslo
            01 15:00:00 to 2: today in Oslo
            02 15:00:00 to 2: since in Oslo
        "#]],
    )
    .await;
}

#[tokio::test]
async fn conditions_see_what_an_event_carries() {
    let campaign = "steps:\n  - send: { en: \"first\" }\n  - wait: 1 hour\n  - choose:\n      - when: event(\"ordered\") && total > 50\n        do: [ { send: { en: \"much: {{total}}\" } } ]\n      - when: event(\"ordered\")\n        do: [ { send: { en: \"little: {{total}}\" } } ]\n";
    check(
        4,
        campaign,
        &[
            event(60, "ordered", 0, &[("total", "60")]),
            event(61, "ordered", 1, &[("total", "40")]),
            event(62, "ordered", 2, &[("total", "much")]),
        ],
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 09:00:00 to 2: first
            25 09:00:00 to 3: first
            25 10:00:00 to 0: much: 60
            25 10:00:00 to 1: little: 40
            25 10:00:00 to 2: little: 0
        "#]],
    )
    .await;
}

/// Texts under way when the event comes: who is in the middle of something is told right after.
#[tokio::test]
async fn an_event_while_a_text_is_under_way_is_told_when_that_is_recorded() {
    let world = world(2, AWAIT);
    let gate = Gate::after(2);
    let provider = gated(2, Some(gate.clone()), |_, _| accept());
    let path = world.path().join(".crier/crier.db");
    let run = world.run_in_pieces(&provider, None);
    let opened = async {
        gate.is_held().await;
        let mut now = event(0, "ordered", 1, &[]);
        now.at = world.clock.now();
        append(&path, vec![now]).await;
        gate.open();
    };
    tokio::join!(run, opened);
    expect![[r#"
        25 09:00:00 to 0: first
        25 09:00:00 to 1: first
        25 09:00:00 to 1: thanks nowhere
        27 09:00:00 to 0: nothing?
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

/// The process ends between the append and the fold, and in the middle of the campaign: each counts once.
#[tokio::test]
async fn what_was_appended_while_nobody_executed_is_heard_by_the_next() {
    let world = world(2, AWAIT);
    let store = world.store(Access::Execute).await.expect("opened");
    world.launched(&store).await;
    let mut first = event(0, "ordered", 0, &[]);
    first.once = Some("o-1".into());
    let kept = store.append(vec![first.clone(), first.clone()]).await;
    assert_eq!(kept.expect("appended"), [true, false]);
    assert_eq!(store.append(vec![first]).await.expect("appended"), [false]);
    store.close().await;
    let provider: Arc<Scripted> = scripted(5, |_, _| accept());
    world.run_in_pieces(&provider, None).await;
    expect![[r#"
        25 09:00:00 to 0: first
        25 09:00:00 to 1: first
        25 09:00:00 to 0: thanks nowhere
        27 09:00:00 to 1: nothing?
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}
