use std::fmt::Write;

use expect_test::expect;

use super::{Scene, WindowRecord, after, answer, finished, of_messages, start};
use crate::advance::Place;
use crate::ids::{LaunchId, MessageId};
use crate::member::{Doubt, Member, Pending};
use crate::store::{
    ClaimedCohort, DeadLetter, LaunchState, MessageRow, MessageState, WindowRecord as Record,
};
use crate::testing::nth_phone;

/// The member of a cohort is given up, after three tries.
fn letter(cohort: &ClaimedCohort, index: usize) -> DeadLetter {
    let pending = Pending {
        message: cohort.message(index),
        attempts: 3,
        crashes: 1,
        doubt: Doubt::LookUp,
        resent: false,
        route: 1,
    };
    DeadLetter {
        message: cohort.message(index),
        launch: cohort.launch,
        run: cohort.run,
        kind: cohort.kind,
        place: cohort.place,
        sender: cohort.sender.clone(),
        time_class: cohort.time_class.clone(),
        member: Member {
            pending: Some(pending),
            ..cohort.members[index].clone()
        },
        reason: "given up after 3 attempts".into(),
        at: after(60),
    }
}

/// The record of a whole cohort of which these are given up, and the others are taken.
fn buried(cohort: &ClaimedCohort, dead: &[usize]) -> Record {
    let message = |index| {
        let state = if dead.contains(&index) {
            MessageState::Rejected
        } else {
            MessageState::Accepted
        };
        MessageRow {
            attempts: 3,
            reason: dead.contains(&index).then(|| "given up after 3 attempts".into()),
            ..answer(cohort, index, state, 60)
        }
    };
    WindowRecord {
        progress: vec![finished(cohort)],
        dead: dead.iter().map(|index| letter(cohort, *index)).collect(),
        ..of_messages((0..cohort.members.len()).map(message).collect())
    }
}

/// A launch of four, of whom the second and the fourth are given up; their messages.
async fn two_dead(scene: &Scene) -> (LaunchId, [MessageId; 2]) {
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 100).await;
    scene.record(buried(&claimed[0], &[1, 3])).await;
    (launch, [claimed[0].message(1), claimed[0].message(3)])
}

async fn shown(scene: &Scene, launch: LaunchId, after: MessageId, most: u32) -> String {
    let letters = scene.store.dead_letters(launch, None, after, most).await;
    let mut lines = String::new();
    for letter in letters.expect("letters") {
        let DeadLetter {
            run,
            place,
            sender,
            time_class,
            member,
            reason,
            at,
            ..
        } = letter;
        let (phone, values, at) = (member.phone.as_u64(), member.values, at.format("%T"));
        let _ = writeln!(
            lines,
            "{phone} {values:?}, run {run} at {}, from {sender} in {time_class}, {at}: {reason}",
            place.step
        );
    }
    lines
}

#[tokio::test]
async fn dead_letters_are_kept_with_the_record_and_listed_from_a_message_on() {
    let scene = Scene::new().await;
    let (launch, [first, second]) = two_dead(&scene).await;
    let other = scene.launched("2", &[(0, 4)]).await;
    let claimed = scene.claim(other, 100).await;
    scene.record(buried(&claimed[0], &[0])).await;
    let scene = scene.again().await;
    expect![[r#"
        14155550001 ["Ada"], run 0 at 0, from shop in UTC, 09:01:00: given up after 3 attempts
        14155550003 ["Ada"], run 0 at 0, from shop in UTC, 09:01:00: given up after 3 attempts
    "#]]
    .assert_eq(&shown(&scene, launch, MessageId(0), 10).await);
    let lines = |after, most| shown(&scene, launch, after, most);
    assert_eq!(lines(MessageId(0), 1).await.lines().count(), 1);
    assert_eq!(
        lines(first, 10).await,
        lines(MessageId(0), 10)
            .await
            .split_inclusive('\n')
            .skip(1)
            .collect::<String>()
    );
    assert_eq!(lines(second, 10).await, "");
}

#[tokio::test]
async fn a_record_that_is_repeated_or_refused_keeps_no_second_letter() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 100).await;
    let record = || Record {
        progress: vec![],
        ..buried(&claimed[0], &[1])
    };
    scene.record(record()).await;
    scene.record(record()).await;
    assert_eq!(scene.count("dead_letter").await, 1);
    let mut stale = buried(&claimed[0], &[2]);
    stale.progress[0].fence += 1;
    scene.store.record_window(stale).await.expect_err("a fence");
    assert_eq!(scene.count("dead_letter").await, 1);
}

#[tokio::test]
async fn a_dead_letter_is_tried_again_under_its_own_message_and_no_second_time() {
    let scene = Scene::new().await;
    let (launch, [first, second]) = two_dead(&scene).await;
    scene.stop_launch(launch, LaunchState::Done, 90).await;
    let retry = |of| scene.store.retry_dead(launch, of, after(120));
    assert_eq!(retry(Some(nth_phone(0))).await.expect("nobody"), 0);
    let state = scene.store.launch_state(launch).await.expect("a state");
    assert_eq!(state, LaunchState::Done, "nothing of it is tried again");

    assert_eq!(retry(Some(nth_phone(3))).await.expect("one"), 1);
    assert_eq!(retry(Some(nth_phone(3))).await.expect("no second time"), 0);
    let launches = scene.store.launches(None).await.expect("launches");
    assert_eq!(
        (launches[0].state, launches[0].ended_at),
        (LaunchState::Running, None)
    );
    let claimed = scene.claim(launch, 100).await;
    let [cohort] = claimed.as_slice() else {
        panic!("{claimed:?}")
    };
    let fresh = Pending {
        message: second,
        attempts: 0,
        crashes: 0,
        doubt: Doubt::None,
        resent: false,
        route: 0,
    };
    assert_eq!(
        (cohort.message(0), cohort.members[0].pending),
        (second, Some(fresh))
    );
    assert!(!cohort.in_doubt && cohort.known.is_empty());
    let message = &scene.store.person(nth_phone(3)).await.expect("a story").messages[0];
    assert_eq!(
        (message.state, message.attempts, message.reason.as_deref()),
        (MessageState::Attempting, 0, Some("given up after 3 attempts"))
    );

    // Now it is taken; the other one stays where it is.
    let taken = MessageRow {
        attempts: 1,
        ..answer(cohort, 0, MessageState::Accepted, 121)
    };
    scene
        .record(WindowRecord {
            progress: vec![finished(cohort)],
            ..of_messages(vec![taken])
        })
        .await;
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!(
        totals.messages,
        [(MessageState::Rejected, 1), (MessageState::Accepted, 3)].into()
    );
    let left = scene
        .store
        .dead_letters(launch, None, MessageId(0), 10)
        .await
        .expect("letters");
    assert_eq!(
        left.iter().map(|letter| letter.message).collect::<Vec<_>>(),
        [first]
    );
    assert_eq!(retry(None).await.expect("the other one"), 1);
    assert_eq!(retry(None).await.expect("nobody is left"), 0);
}

#[tokio::test]
async fn a_letter_of_what_was_tried_again_and_died_again_is_one_letter() {
    let scene = Scene::new().await;
    let (launch, [first, _]) = two_dead(&scene).await;
    scene
        .store
        .retry_dead(launch, None, after(120))
        .await
        .expect("both");
    let claimed = scene.claim(launch, 100).await;
    scene.record(buried(&claimed[0], &[0, 1])).await;
    assert_eq!(scene.count("dead_letter").await, 2);
    let letters = scene
        .store
        .dead_letters(launch, None, MessageId(0), 10)
        .await
        .expect("letters");
    assert_eq!(letters[0].message, first);
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!(
        totals.messages,
        [(MessageState::Rejected, 2), (MessageState::Accepted, 2)].into()
    );
}

#[tokio::test]
async fn the_dead_of_one_way_go_together_and_of_others_apart() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 8)]).await;
    let claimed = scene.claim(launch, 100).await;
    let mut record = buried(&claimed[0], &[0, 1, 2, 3, 4, 5, 6, 7]);
    let dead = &mut record.dead;
    dead[1].sender = "other".into();
    dead[2].time_class = "Europe/Rome".into();
    dead[3].run = 1;
    dead[4].place = Place { step: 2, visit: 0 };
    dead[5].place = Place { step: 2, visit: 1 };
    dead.reverse();
    scene.record(record).await;
    assert_eq!(
        scene.store.retry_dead(launch, None, start()).await.expect("all"),
        8
    );
    let mut ways = vec![];
    for sender in ["shop", "other"] {
        let claim = super::Claim {
            sender: sender.into(),
            ..super::claim(launch, super::CohortKind::Passage, 100)
        };
        for cohort in scene.store.claim_due(claim).await.expect("cohorts").0 {
            let phones: Vec<_> = cohort.members.iter().map(|member| member.phone).collect();
            ways.push((sender, cohort.time_class, cohort.run, cohort.place, phones));
        }
    }
    ways.sort();
    let way = |sender, zones: &str, run, (step, visit), people: &[u64]| {
        let phones = people.iter().map(|n| nth_phone(*n)).collect::<Vec<_>>();
        (sender, zones.to_owned(), run, Place { step, visit }, phones)
    };
    assert_eq!(
        ways,
        [
            way("other", "UTC", 0, (0, 0), &[1]),
            way("shop", "Europe/Rome", 0, (0, 0), &[2]),
            way("shop", "UTC", 0, (0, 0), &[0, 6, 7]),
            way("shop", "UTC", 0, (2, 0), &[4]),
            way("shop", "UTC", 0, (2, 1), &[5]),
            way("shop", "UTC", 1, (0, 0), &[3]),
        ]
    );
}

#[tokio::test]
async fn retrying_the_dead_of_a_launch_that_is_cancelled_sends_nothing() {
    let scene = Scene::new().await;
    let (launch, _) = two_dead(&scene).await;
    scene.stop_launch(launch, LaunchState::Cancelled, 90).await;
    scene
        .store
        .retry_dead(launch, None, after(120))
        .await
        .expect("put back");
    let state = scene.store.launch_state(launch).await.expect("a state");
    assert_eq!(state, LaunchState::Cancelled);
    assert!(scene.claim(launch, 100).await.is_empty());
}

/// What was refused stays refused where nothing was tried again before the launch was cancelled.
#[tokio::test]
async fn what_was_to_be_tried_again_and_was_not_is_rejected_once_its_launch_is_cancelled() {
    let scene = Scene::new().await;
    let (launch, _) = two_dead(&scene).await;
    let retried = scene.store.retry_dead(launch, None, after(120)).await;
    assert_eq!(retried.expect("retried"), 2);
    let before = scene.store.totals(launch).await.expect("totals").messages;
    assert_eq!(before[&MessageState::Attempting], 2);
    scene.stop_launch(launch, LaunchState::Cancelled, 130).await;
    let after = scene.store.totals(launch).await.expect("totals").messages;
    assert_eq!(after.get(&MessageState::Attempting), None);
    assert_eq!(after[&MessageState::Rejected], 2);
    let why = scene.store.rejected_for(launch, 9).await.expect("reasons");
    assert_eq!(why, [("given up after 3 attempts".to_owned(), 2)]);
    let message = &scene.store.person(nth_phone(3)).await.expect("a story").messages[0];
    assert_eq!(
        (message.state, message.reason.as_deref()),
        (MessageState::Rejected, Some("given up after 3 attempts"))
    );
}
