//! Corners: early receipts, repeated commands, and who is counted where.

use super::{Scene, WindowRecord, after, answer, finished, fold, of_messages, stop};
use crate::ids::MessageId;
use crate::store::{DeadLetter, Fold, MessageState, ReceiptRow};
use crate::testing::nth_phone;

/// The process ended between the fold of a receipt and the record of the answer; the next one tells the provider what was
/// sent before.
#[tokio::test]
async fn an_early_receipt_does_not_hide_what_was_sent() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 2)]).await;
    let claimed = scene.claim(launch, 100).await;
    scene
        .record(of_messages(vec![answer(
            &claimed[0],
            0,
            MessageState::Accepted,
            1,
        )]))
        .await;
    let receipt = ReceiptRow {
        message: claimed[0].message(1),
        state: MessageState::Delivered,
        at: after(1),
        reason: None,
    };
    let receipts = vec![receipt];
    let early = Fold {
        receipts,
        ..Fold::default()
    };
    scene.store.fold(early).await.expect("folded");
    let sent = scene.store.sent(launch, MessageId(0), 10).await;
    let sent: Vec<MessageId> = sent.expect("texts").iter().map(|sent| sent.id).collect();
    assert_eq!(sent, [claimed[0].message(0)]);
}

/// Two people press the button.
#[tokio::test]
async fn dead_letters_that_are_retried_twice_at_once_are_tried_once() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let claimed = scene.claim(launch, 100).await;
    let cohort = &claimed[0];
    let letter = DeadLetter {
        message: cohort.message(0),
        launch,
        run: 0,
        kind: cohort.kind,
        place: cohort.place,
        sender: "shop".into(),
        time_class: "UTC".into(),
        member: cohort.members[0].clone(),
        reason: "given up".into(),
        at: after(1),
    };
    scene
        .record(WindowRecord {
            progress: vec![finished(cohort)],
            dead: vec![letter],
            ..of_messages(vec![answer(cohort, 0, MessageState::Rejected, 1)])
        })
        .await;
    let retry = || scene.store.retry_dead(launch, None, after(2));
    let (first, second) = tokio::join!(retry(), retry());
    assert_eq!(first.expect("retried") + second.expect("retried"), 1);
    assert_eq!(scene.claim(launch, 100).await.len(), 1);
}

/// Each person of the plan is in one count.
#[tokio::test]
async fn whoever_opted_out_is_not_counted_among_those_set_aside() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let mut scene = scene;
    let mut claimed = vec![];
    for _ in 0..12 {
        claimed = scene.claim(launch, 2).await;
        scene = scene.again().await;
        // The last member opts out beyond the mark of the intent, while nobody holds the cohort.
        if claimed[0].fence == 6 {
            scene.store.recover_leases(after(0)).await.expect("recovered");
            scene
                .store
                .fold(fold(vec![stop(launch, 3, "a")]))
                .await
                .expect("folded");
        }
        scene.store.recover_leases(after(0)).await.expect("recovered");
    }
    assert_eq!(claimed[0].departed.len(), 1);
    let totals = scene.store.totals(launch).await.expect("totals");
    let left_out: u64 = totals.left_out.values().sum();
    assert_eq!((left_out, totals.set_aside), (1, 3));
}

/// As [`crate::store::Totals::waiting`], which does not count them.
#[tokio::test]
async fn an_answer_that_is_set_aside_is_no_person_of_the_plan() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    scene
        .store
        .fold(fold(vec![stop(launch, 5, "a")]))
        .await
        .expect("folded");
    let mut scene = scene;
    for _ in 0..12 {
        scene.answers(launch).await;
        scene = scene.again().await;
        scene.store.recover_leases(after(0)).await.expect("recovered");
    }
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!((totals.waiting, totals.set_aside), (1, 0));
}

/// An opt-out ends what waits in every launch, also what was set aside: once it is taken up it is only left out again.
#[tokio::test]
async fn an_opt_out_ends_what_is_set_aside() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let mut scene = scene;
    for _ in 0..12 {
        scene.claim(launch, 2).await;
        scene = scene.again().await;
        scene.store.recover_leases(after(0)).await.expect("recovered");
    }
    scene
        .store
        .fold(fold(vec![stop(launch, 3, "a")]))
        .await
        .expect("folded");
    let story = scene.store.person(nth_phone(3)).await.expect("a story");
    assert_eq!(story.left_out.len(), 1);
}
