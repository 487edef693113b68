//! What is counted, and for which launch.

use super::{Scene, WindowRecord, after, answer, finished, of_messages, passage};
use crate::ids::{LaunchId, MessageId};
use crate::store::{
    ClaimedCohort, CohortKind, Fold, LaunchState, MessageRow, MessageState, NewCohort, ReceiptRow, Totals,
};

use MessageState::{Accepted, Delivered, Rejected, Unknown};

async fn totals(scene: &Scene, launch: LaunchId) -> Totals {
    scene.store.totals(launch).await.expect("totals")
}

/// Records a whole cohort, each member in its state, after so many seconds.
async fn record(scene: &Scene, cohort: &ClaimedCohort, states: &[MessageState], seconds: i64) {
    let message = |(index, state): (usize, &MessageState)| MessageRow {
        tariff: Some(2),
        parts: 3,
        ..answer(cohort, index, *state, seconds)
    };
    let messages = states.iter().enumerate().map(message).collect();
    scene
        .record(WindowRecord {
            progress: vec![finished(cohort)],
            ..of_messages(messages)
        })
        .await;
}

/// The cohorts of two launches, in turns: as ids, theirs lie between each other's.
async fn two_launches(scene: &Scene) -> [LaunchId; 2] {
    let launches = [scene.launched("1", &[]).await, scene.launched("2", &[]).await];
    for round in 0..3 {
        for launch in launches {
            let departing = vec![passage(
                launch,
                round * 2..round * 2 + 2,
                after(round.try_into().expect("few")),
            )];
            scene
                .record(WindowRecord {
                    departing,
                    ..WindowRecord::default()
                })
                .await;
        }
    }
    launches
}

#[tokio::test]
async fn two_launches_whose_cohorts_lie_between_each_other_are_counted_apart() {
    let scene = Scene::new().await;
    let [first, second] = two_launches(&scene).await;
    let (of_first, of_second) = (scene.claim(first, 100).await, scene.claim(second, 100).await);
    assert!(of_first[0].id < of_second[0].id && of_second[0].id < of_first[1].id);
    record(&scene, &of_first[0], &[Accepted, Unknown], 10).await;
    record(&scene, &of_second[0], &[Rejected, Rejected], 20).await;
    record(&scene, &of_first[1], &[Accepted, Accepted], 30).await;

    let totals_of_first = totals(&scene, first).await;
    assert_eq!(totals_of_first.messages, [(Accepted, 3), (Unknown, 1)].into());
    assert_eq!((totals_of_first.unrecorded(), totals_of_first.after_end), (2, 0));
    assert_eq!(totals_of_first.parts, [(Some(2), 9)].into());
    assert_eq!(totals_of_first.span, Some((after(10), after(30))));
    let totals_of_second = totals(&scene, second).await;
    assert_eq!(totals_of_second.messages, [(Rejected, 2)].into());
    assert_eq!(
        (totals_of_second.unrecorded(), totals_of_second.parts.len()),
        (4, 0)
    );
    assert_eq!(totals_of_second.span, Some((after(20), after(20))));

    let sent = scene.store.sent(first, MessageId(0), 10).await.expect("texts");
    let sent: Vec<MessageId> = sent.iter().map(|sent| sent.id).collect();
    let expected = [
        of_first[0].message(0),
        of_first[1].message(0),
        of_first[1].message(1),
    ];
    assert_eq!(sent, expected);
    let rest = scene.store.sent(first, expected[0], 1).await.expect("texts");
    assert_eq!(
        rest.iter().map(|sent| sent.id).collect::<Vec<_>>(),
        expected[1..2]
    );
    let doubt = |launch| scene.store.in_doubt(launch, 10);
    let in_doubt = doubt(first).await.expect("messages");
    assert_eq!(
        in_doubt.iter().map(|doubt| doubt.message).collect::<Vec<_>>(),
        [of_first[0].message(1)]
    );
    assert!(doubt(second).await.expect("messages").is_empty());
}

#[tokio::test]
async fn a_retry_is_counted_where_its_message_began() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let first = scene.claim(launch, 1).await;
    record(&scene, &first[0], &[MessageState::Attempting], 1).await;
    let message = first[0].message(0);
    let pending = crate::member::Pending {
        message,
        attempts: 1,
        crashes: 0,
        doubt: crate::member::Doubt::None,
        resent: false,
        route: 0,
    };
    let mut retry = passage(launch, 0..1, after(5));
    retry.members[0].pending = Some(pending);
    scene
        .record(WindowRecord {
            departing: vec![retry],
            ..WindowRecord::default()
        })
        .await;
    let second = scene.claim(launch, 1).await;
    record(&scene, &second[0], &[Accepted], 6).await;
    let totals = totals(&scene, launch).await;
    assert_eq!((totals.messages, totals.waiting), ([(Accepted, 1)].into(), 0));
    assert_eq!(totals.span, Some((after(6), after(6))));
}

#[tokio::test]
async fn what_was_under_way_when_a_launch_ended_is_counted_apart_too() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 3), (3, 6)]).await;
    let claimed = scene.claim(launch, 100).await;
    record(&scene, &claimed[0], &[Accepted, Accepted, Rejected], 60).await;
    assert_eq!(totals(&scene, launch).await.after_end, 0);
    scene.stop_launch(launch, LaunchState::Cancelled, 60).await;
    assert_eq!(totals(&scene, launch).await.after_end, 0, "it was not after it");
    record(&scene, &claimed[1], &[Accepted, Unknown, Rejected], 61).await;
    let totals = totals(&scene, launch).await;
    assert_eq!(totals.after_end, 2, "what was refused went to nobody");
    assert_eq!(
        totals.messages,
        [(Accepted, 3), (Unknown, 1), (Rejected, 2)].into()
    );
}

#[tokio::test]
async fn an_answer_to_a_reply_is_no_message_of_a_step() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    let departing = vec![NewCohort {
        kind: CohortKind::Answer,
        ..passage(launch, 0..1, after(0))
    }];
    scene
        .record(WindowRecord {
            departing,
            ..WindowRecord::default()
        })
        .await;
    assert_eq!(totals(&scene, launch).await.waiting, 0);
    let answers = scene.answers(launch).await;
    scene.stop_launch(launch, LaunchState::Cancelled, 5).await;
    record(&scene, &answers[0], &[Accepted], 10).await;
    let totals = totals(&scene, launch).await;
    assert_eq!(
        (totals.messages.len(), totals.answers),
        (0, [(Accepted, 1)].into())
    );
    assert_eq!((totals.after_end, totals.span), (0, None));
    assert_eq!(totals.parts, [(Some(2), 3)].into());
}

#[tokio::test]
async fn an_early_receipt_counts_nowhere_until_the_answer_is_recorded() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 2)]).await;
    let claimed = scene.claim(launch, 100).await;
    let receipt = ReceiptRow {
        message: claimed[0].message(1),
        state: Delivered,
        at: after(1),
        reason: None,
    };
    let fold = Fold {
        receipts: vec![receipt],
        ..Fold::default()
    };
    scene.store.fold(fold).await.expect("folded");
    let early = totals(&scene, launch).await;
    assert_eq!(
        (early.messages.len(), early.parts.len(), early.span),
        (0, 0, None)
    );
    let story = scene
        .store
        .person(crate::testing::nth_phone(1))
        .await
        .expect("a story");
    assert!(story.messages.is_empty());
    assert!(
        scene
            .store
            .in_doubt(launch, 10)
            .await
            .expect("messages")
            .is_empty()
    );

    record(&scene, &claimed[0], &[Accepted, Accepted], 2).await;
    let late = totals(&scene, launch).await;
    assert_eq!(late.messages, [(Accepted, 1), (Delivered, 1)].into());
    assert_eq!(
        (late.parts, late.span),
        ([(Some(2), 6)].into(), Some((after(2), after(2))))
    );
}
