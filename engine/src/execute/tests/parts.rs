//! A long reply comes part by part, in any order, some of it twice or never, and the process may end in between.

use std::sync::Arc;

use chrono::TimeDelta;
use expect_test::{Expect, expect};
use sms::PhoneNumber;
use tokio::sync::watch;

use super::corners::ONE;
use super::world::{Scripted, World, accept, phone, scripted};
use crate::clock::Clock;
use crate::execute::End;
use crate::provider::{Inbound, TextPart};
use crate::store::Access;

/// Part `index` of `of`, so many seconds after the launch.
type Part = (i64, (u8, u8), &'static str);

fn part((_, (index, of), text): Part) -> Inbound {
    Inbound::Text {
        id: format!("mo-{index}"),
        from: number(),
        sender: "desk".into(),
        text: text.into(),
        part: Some(TextPart {
            reference: 7,
            index,
            of,
        }),
    }
}

fn number() -> PhoneNumber {
    PhoneNumber::parse(&phone(0), None).expect("a number").number
}

fn saying(world: &World, parts: &[Part]) -> Arc<Scripted> {
    let provider = scripted(5, |_, _| accept());
    for part_of in parts {
        let at = world.clock.now() + TimeDelta::seconds(part_of.0);
        provider.say(at, part(*part_of));
    }
    provider
}

/// The replies that the store has, each with the second after the launch in which it came.
async fn replies(world: &World) -> String {
    let store = world.store(Access::Read).await.expect("opened");
    let story = store.person(number()).await.expect("a story");
    let begun = story.messages[0].sent_at;
    let line = |reply: &crate::store::KeptReply| {
        let second = (reply.received_at - begun).num_seconds();
        format!("{second}: {}\n", reply.text)
    };
    story.replies.iter().map(line).collect()
}

async fn check(parts: &[Part], expected: Expect) {
    let world = World::new(1, ONE, "");
    world.run(saying(&world, parts), &mut |_| {}).await;
    expected.assert_eq(&replies(&world).await);
}

#[tokio::test]
async fn parts_are_put_together_in_any_order() {
    check(
        &[
            (2, (3, 3), "lift?"),
            (3, (1, 3), "Is there "),
            (4, (1, 3), "Is there "),
            (5, (2, 3), "a "),
            (9, (2, 3), "a "),
        ],
        expect![[r#"
            2: Is there a lift?
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_does_not_come_is_a_gap_after_half_a_minute() {
    check(
        &[(2, (1, 3), "Is there "), (3, (3, 3), "lift?")],
        expect![[r#"
            2: Is there …lift?
        "#]],
    )
    .await;
}

/// Stopped while it waits for the second part: the next process has both.
#[tokio::test]
async fn parts_that_wait_outlive_the_process() {
    let world = World::new(1, ONE, "");
    let first = saying(&world, &[(2, (1, 2), "Is there "), (4, (1, 2), "Is there ")]);
    let (ask, stop) = watch::channel(false);
    let clock = world.clock.clone();
    let begun = clock.now();
    let mut watcher = |_: &crate::execute::Progress| {
        if clock.now() >= begun + TimeDelta::seconds(3) {
            let _ = ask.send(true);
        }
    };
    let ran = world.run_until(first, stop, &mut watcher).await;
    assert_eq!(ran.expect("stopped").end, End::Interrupted);
    assert_eq!(replies(&world).await, "");
    let second = saying(&world, &[(1, (2, 2), "a lift?")]);
    world.run(second, &mut |_| {}).await;
    expect![[r#"
        2: Is there a lift?
    "#]]
    .assert_eq(&replies(&world).await);
}
