//! What the next process finds of a process that ended.

use super::{
    Scene, WindowRecord, after, answer, claim, finished, of_messages, passage, person, progress, start,
};
use crate::ids::{CohortId, MessageId};
use crate::member::{Doubt, Member, Pending};
use crate::store::{Claim, CohortKind, Fold, Known, MessageState, Progress, ReceiptRow};

#[tokio::test]
async fn leases_of_a_process_that_ended_are_given_up_and_its_window_is_in_doubt() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 10)]).await;
    let claimed = scene.claim(launch, 4).await;
    // Two of four were answered before the end.
    let record = WindowRecord {
        messages: (0..2)
            .map(|index| answer(&claimed[0], index, MessageState::Accepted, 1))
            .collect(),
        ..WindowRecord::default()
    };
    scene.record(record).await;

    let scene = scene.again().await;
    assert!(scene.claim(launch, 500).await.is_empty(), "the lease stands");
    scene.store.recover_leases(start()).await.expect("recovered");
    let claimed = scene.claim(launch, 500).await;
    let [cohort] = claimed.as_slice() else {
        panic!("{claimed:?}")
    };
    assert!(cohort.in_doubt);
    assert_eq!(
        (cohort.done, cohort.intent_to, cohort.fence),
        (0, 4, 2),
        "no intent beyond the earlier one"
    );
    let accepted = Known {
        state: MessageState::Accepted,
        sent_at: after(1),
        recorded: true,
    };
    assert_eq!(cohort.known, [(0, accepted), (1, accepted)].into());
}

#[tokio::test]
async fn the_record_of_an_earlier_attempt_says_nothing_of_a_later_one() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let first = scene.claim(launch, 1).await;
    let message = first[0].message(0);
    let pending = Some(Pending {
        message,
        attempts: 1,
        crashes: 0,
        doubt: Doubt::None,
        resent: false,
        route: 0,
    });
    let retry = crate::store::NewCohort {
        members: vec![Member { pending, ..person(0) }],
        ..passage(launch, 0..0, after(5))
    };
    let record = WindowRecord {
        progress: vec![finished(&first[0])],
        messages: vec![answer(&first[0], 0, MessageState::Attempting, 1)],
        departing: vec![retry],
        ..WindowRecord::default()
    };
    scene.record(record).await;
    scene.claim(launch, 1).await;
    let scene = scene.again().await;
    scene.store.recover_leases(start()).await.expect("recovered");
    let second = scene.claim(launch, 1).await;
    assert!(second[0].in_doubt && second[0].known.is_empty());
    assert_eq!(
        second[0].message(0),
        message,
        "the same reference through retries"
    );
}

#[tokio::test]
async fn ids_are_not_given_twice_over_restarts() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 4).await;
    let record = WindowRecord {
        progress: vec![finished(&claimed[0])],
        texts: Some((7, crate::texts::encode(std::iter::empty()))),
        ..WindowRecord::default()
    };
    scene.record(record).await;
    let reference = scene.store.references().of(claimed[0].message(3));
    let scene = scene.again().await;
    assert_eq!(scene.store.next_cohort_id().await, claimed[0].id.next());
    assert_eq!(scene.store.next_window_id().await, 8);
    assert_eq!(
        scene.store.references().message(&reference),
        Some(claimed[0].message(3))
    );
    assert!(scene.store.next_cohort_id().await > CohortId(0));
}

#[tokio::test]
async fn an_intent_keeps_the_way_it_went() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4), (4, 8)]).await;
    let by = |route| Claim {
        route,
        ..claim(launch, CohortKind::Passage, 2)
    };
    let take = async |scene: &Scene, route| scene.store.claim_due(by(route)).await.expect("cohorts").0;
    // The intent of the claim went to the second provider of the sender.
    assert_eq!(take(&scene, 1).await[0].route, 1);
    let scene = scene.again().await;
    scene.store.recover_leases(start()).await.expect("recovered");
    let claimed = take(&scene, 0).await;
    assert!(claimed[0].in_doubt);
    assert_eq!((claimed[0].intent_to, claimed[0].route), (2, 1));
    // The intent of a record went to the third.
    let next = Progress {
        done: 2,
        intent_to: 4,
        route: 2,
        ..progress(&claimed[0])
    };
    scene
        .record(WindowRecord {
            progress: vec![next],
            ..WindowRecord::default()
        })
        .await;
    let scene = scene.again().await;
    scene.store.recover_leases(start()).await.expect("recovered");
    let claimed = take(&scene, 0).await;
    assert!(claimed[0].in_doubt);
    assert_eq!(
        (claimed[0].done, claimed[0].intent_to, claimed[0].route),
        (2, 4, 2)
    );
    // A new intent goes by its own way.
    let other = take(&scene, 3).await;
    assert_eq!(
        (other[0].in_doubt, other[0].intent_to, other[0].route),
        (false, 2, 3)
    );
}

#[tokio::test]
async fn what_is_in_doubt_goes_to_whom_it_was_submitted_and_the_rest_by_the_cohorts_way() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    let doubts = [
        None,
        Some(Doubt::None),
        Some(Doubt::LookUp),
        Some(Doubt::Refused),
        Some(Doubt::Resent),
    ];
    let mut retry = passage(launch, 0..5, start());
    for (n, (member, doubt)) in retry.members.iter_mut().zip(doubts).enumerate() {
        member.pending = doubt.map(|doubt| Pending {
            message: MessageId(1 << 24 | i64::try_from(n).expect("few")),
            attempts: 1,
            crashes: 0,
            doubt,
            resent: false,
            route: 2,
        });
    }
    scene
        .record(WindowRecord {
            departing: vec![retry],
            ..WindowRecord::default()
        })
        .await;
    let by = Claim {
        route: 1,
        ..claim(launch, CohortKind::Passage, 100)
    };
    let claimed = scene.store.claim_due(by).await.expect("cohorts").0;
    let routes: Vec<u8> = (0..5).map(|index| claimed[0].route_of(index)).collect();
    assert_eq!(routes, [1, 1, 2, 2, 1]);
}

#[tokio::test]
async fn a_receipt_tells_of_a_text_that_is_in_doubt_before_it_is_tried_again() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 2)]).await;
    let claimed = scene.claim(launch, 100).await;
    let messages: Vec<_> = (0..2)
        .map(|index| answer(&claimed[0], index, MessageState::Unknown, 1))
        .collect();
    let mut retry = passage(launch, 0..2, after(5));
    for (index, member) in retry.members.iter_mut().enumerate() {
        member.pending = Some(Pending {
            message: claimed[0].message(index),
            attempts: 1,
            crashes: 0,
            doubt: Doubt::Resent,
            resent: false,
            route: 0,
        });
    }
    scene
        .record(WindowRecord {
            progress: vec![finished(&claimed[0])],
            departing: vec![retry],
            ..of_messages(messages)
        })
        .await;
    let receipt = ReceiptRow {
        message: claimed[0].message(1),
        state: MessageState::Delivered,
        at: after(3),
        reason: None,
    };
    let fold = Fold {
        receipts: vec![receipt],
        ..Fold::default()
    };
    scene.store.fold(fold).await.expect("folded");
    let again = scene.claim(launch, 100).await;
    let delivered = Known {
        state: MessageState::Delivered,
        sent_at: after(1),
        recorded: true,
    };
    assert!(!again[0].in_doubt);
    assert_eq!(again[0].known, [(1, delivered)].into());
}
