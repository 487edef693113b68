use std::collections::BTreeSet;

use super::{
    Scene, StoreError, WindowRecord, after, answer, claim, finished, fold, intents, new_launch, passage,
    progress, start, stop,
};
use crate::plan::Summary;
use crate::store::{CohortKind, LaunchState, MessageState, Progress};
use crate::testing::nth_phone;

#[tokio::test]
async fn a_window_is_filled_by_members_over_many_cohorts() {
    let scene = Scene::new().await;
    let small = (0..30).map(|n| (n * 10, n * 10 + 10));
    let cohorts: Vec<_> = small.chain([(300, 1_300), (1_300, 1_400)]).collect();
    let launch = scene.launched("1", &cohorts).await;
    let claimed = scene.claim(launch, 500).await;
    let mut expected = vec![(0, 10); 30];
    expected.push((0, 200));
    assert_eq!(
        intents(&claimed),
        expected,
        "thirty small ones, and a part of the big one"
    );
    assert_eq!(claimed[30].members.len(), 1_000);
    assert!(
        claimed
            .iter()
            .all(|cohort| !cohort.in_doubt && cohort.known.is_empty() && cohort.fence == 1)
    );
    // What is held is nobody else's.
    assert_eq!(intents(&scene.claim(launch, 500).await), [(0, 100)]);
    assert!(scene.claim(launch, 500).await.is_empty());
}

#[tokio::test]
async fn due_cohorts_are_taken_the_earliest_first_and_later_ones_wait() {
    let scene = Scene::new().await;
    let (launch, _) = scene.store.begin_launch(new_launch("1")).await.expect("a launch");
    let at = |people, seconds| passage(launch, people, after(seconds)).encoded();
    let cohorts = vec![at(0..2, 9_000), at(2..4, 20), at(4..6, 10), at(6..8, 3_600)];
    scene.store.add_to_launch(cohorts, vec![]).await.expect("cohorts");
    scene
        .store
        .complete_launch(launch, &Summary::default(), &[], 1)
        .await
        .expect("complete");
    let passages = super::claim(launch, CohortKind::Passage, 100);
    let next = || scene.store.next_due(&passages);
    assert_eq!(next().await.expect("a moment"), Some(after(10)));
    assert_eq!(
        scene
            .store
            .next_due(&super::claim(launch, CohortKind::Answer, 100))
            .await
            .expect("a moment"),
        None
    );
    let first: Vec<_> = scene
        .claim(launch, 100)
        .await
        .iter()
        .map(|cohort| cohort.members[0].phone)
        .collect();
    assert_eq!(first, [nth_phone(4), nth_phone(2), nth_phone(6)]);
    assert_eq!(next().await.expect("a moment"), Some(after(9_000)));
    assert_eq!(scene.store.senders_due(launch).await.expect("senders"), ["shop"]);
}

#[tokio::test]
async fn a_record_under_an_older_fence_writes_nothing() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4), (4, 8)]).await;
    let old = scene.claim(launch, 100).await;
    scene
        .store
        .release(vec![(old[1].id, old[1].fence)])
        .await
        .expect("released");
    let new = scene.claim(launch, 100).await;
    assert_eq!(
        (new.len(), new[0].id, new[0].fence),
        (1, old[1].id, old[1].fence + 1)
    );
    // One of two cohorts is another's now: the record of both fails whole.
    let record = WindowRecord {
        progress: old.iter().map(finished).collect(),
        messages: old
            .iter()
            .map(|cohort| answer(cohort, 0, MessageState::Accepted, 1))
            .collect(),
        texts: Some((1, crate::texts::encode(std::iter::empty()))),
        departed: vec![(old[0].id, 3)],
        departing: vec![passage(launch, 0..4, after(60))],
        ..WindowRecord::default()
    };
    let error = scene.store.record_window(record).await.expect_err("a fence");
    assert!(matches!(error, StoreError::Fenced { .. }), "{error:?}");
    for table in ["message", "window_text", "departure"] {
        assert_eq!(scene.count(table).await, 0, "{table}");
    }
    assert_eq!(
        (scene.count("cohort").await, scene.count("cohort_members").await),
        (2, 2)
    );
    // Giving up what is no longer held changes nothing either.
    scene
        .store
        .release(vec![(old[1].id, old[1].fence)])
        .await
        .expect("nothing to do");
    assert!(scene.claim(launch, 100).await.is_empty());
}

#[tokio::test]
async fn a_pause_keeps_the_answers_and_stops_the_next_intent() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 10)]).await;
    let claimed = scene.claim(launch, 4).await;
    let from: &[LaunchState] = &[LaunchState::Running];
    assert!(
        scene
            .store
            .change_launch(launch, from, LaunchState::Paused, start())
            .await
            .expect("paused")
    );
    let intent = scene
        .record(WindowRecord {
            progress: vec![Progress {
                done: 4,
                intent_to: 8,
                ..progress(&claimed[0])
            }],
            messages: (0..4)
                .map(|index| answer(&claimed[0], index, MessageState::Accepted, 1))
                .collect(),
            ..WindowRecord::default()
        })
        .await;
    assert_eq!(intent.stopped, [launch]);
    assert_eq!(scene.count("message").await, 4);
    scene
        .store
        .release(vec![(claimed[0].id, claimed[0].fence)])
        .await
        .expect("released");
    let from: &[LaunchState] = &[LaunchState::Paused];
    assert!(
        scene
            .store
            .change_launch(launch, from, LaunchState::Running, start())
            .await
            .expect("resumed")
    );
    let claimed = scene.claim(launch, 100).await;
    assert_eq!(intents(&claimed), [(4, 10)]);
    assert!(!claimed[0].in_doubt);
}

#[tokio::test]
async fn a_cohort_that_is_put_back_runs_then_with_those_who_left_skipped() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 10)]).await;
    let claimed = scene.claim(launch, 100).await;
    let cohort = &claimed[0];
    let put_back = Some(after(600));
    scene
        .record(WindowRecord {
            progress: vec![Progress {
                done: 2,
                intent_to: 2,
                put_back,
                ..progress(cohort)
            }],
            departed: vec![(cohort.id, 4), (cohort.id, 7)],
            ..WindowRecord::default()
        })
        .await;
    let early = crate::store::Claim {
        now: after(599),
        ..claim(launch, CohortKind::Passage, 100)
    };
    assert!(scene.store.claim_due(early).await.expect("cohorts").0.is_empty());
    let claimed = scene.claim(launch, 100).await;
    assert_eq!(intents(&claimed), [(2, 10)]);
    assert_eq!(claimed[0].departed, BTreeSet::from([4, 7]));
    assert_eq!(scene.store.totals(launch).await.expect("totals").unrecorded(), 6);
}

#[tokio::test]
async fn records_tell_of_suppressions_that_came_meanwhile() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 2).await;
    scene
        .store
        .fold(fold(vec![stop(launch, 3, "a")]))
        .await
        .expect("folded");
    let intent = scene
        .record(WindowRecord {
            progress: vec![progress(&claimed[0])],
            ..WindowRecord::default()
        })
        .await;
    assert_eq!(intent.suppressed, [(1, nth_phone(3).as_u64())]);
    let intent = scene
        .record(WindowRecord {
            suppressions_known: 1,
            ..WindowRecord::default()
        })
        .await;
    assert!(intent.suppressed.is_empty());
}
