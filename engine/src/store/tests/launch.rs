use expect_test::expect;

use super::{Scene, StoreError, fold, new_launch, passage, start, stop};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;
use crate::plan::Summary;
use crate::store::{CohortKind, LaunchState, LeftOutRow};
use crate::tariff::Tariff;
use crate::testing::nth_phone;

fn left_out(launch: LaunchId, n: u64) -> LeftOutRow {
    LeftOutRow {
        launch,
        phone: nth_phone(n),
        at_row: n,
        run: 0,
        step: 0,
        reason: LeftOut::EmptyValue("name".into()),
        at: start(),
    }
}

#[tokio::test]
async fn a_launch_is_invisible_until_it_is_complete() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let (launch, _) = store.begin_launch(new_launch("1")).await.expect("a launch");
    let cohorts = [0..3, 3..5].map(|people| passage(launch, people, start()).encoded());
    store
        .add_to_launch(cohorts.into(), vec![left_out(launch, 9)])
        .await
        .expect("cohorts");
    assert!(store.launches(None).await.expect("launches").is_empty());
    assert!(scene.claim(launch, 100).await.is_empty());
    assert!(
        store
            .person(nth_phone(0))
            .await
            .expect("a story")
            .waiting
            .iter()
            .map(|at| (at.launch, at.step, at.due_at))
            .collect::<Vec<_>>()
            .is_empty()
    );
    assert!(
        store
            .person(nth_phone(9))
            .await
            .expect("a story")
            .left_out
            .is_empty()
    );

    let summary = Summary {
        rows: 6,
        people: 5,
        ..Summary::default()
    };
    let tariffs = [Tariff {
        country: "IT".into(),
        price: "0.0450".parse().expect("a price"),
        currency: "EUR".into(),
    }];
    store
        .complete_launch(launch, &summary, &tariffs, 1)
        .await
        .expect("complete");
    let launches = store.launches(Some("hello")).await.expect("launches");
    let [row] = launches.as_slice() else {
        panic!("{launches:?}")
    };
    assert_eq!(
        (row.id, row.state, row.occurrence.as_str()),
        (launch, LaunchState::Running, "1")
    );
    assert_eq!(
        (&row.summary, &*row.tariffs, row.ended_at),
        (&summary, &tariffs[..], None)
    );
    assert_eq!(
        store.revision(&row.revision).await.expect("a source"),
        new_launch("1").revision.1
    );
    assert!(store.launches(Some("other")).await.expect("launches").is_empty());
    assert_eq!(
        store
            .person(nth_phone(0))
            .await
            .expect("a story")
            .waiting
            .iter()
            .map(|at| (at.launch, at.step, at.due_at))
            .collect::<Vec<_>>(),
        [(launch, 0, start())]
    );
    assert_eq!(
        store.person(nth_phone(9)).await.expect("a story").left_out.len(),
        1
    );
    assert_eq!(scene.claim(launch, 100).await.len(), 2);
}

#[tokio::test]
async fn what_an_incomplete_launch_left_is_dropped_by_the_next() {
    let scene = Scene::new().await;
    let whole = scene.launched("1", &[(0, 3)]).await;
    let (broken, _) = scene.store.begin_launch(new_launch("2")).await.expect("a launch");
    let cohorts = vec![passage(broken, 0..3, start()).encoded()];
    scene
        .store
        .add_to_launch(cohorts, vec![left_out(broken, 9)])
        .await
        .expect("cohorts");
    let entered = scene.store.note_entered(broken, 0, &[1, 2, 3]).await;
    entered.expect("who entered");
    assert_eq!(
        (scene.count("cohort").await, scene.count("left_out").await),
        (2, 1)
    );

    let scene = scene.again().await;
    let (again, _) = scene
        .store
        .begin_launch(new_launch("2"))
        .await
        .expect("the occurrence is free");
    assert_eq!(
        (scene.count("cohort").await, scene.count("cohort_members").await),
        (1, 1)
    );
    assert_eq!(scene.count("left_out").await, 0);
    assert_eq!(scene.count("entered").await, 0);
    scene
        .store
        .complete_launch(again, &Summary::default(), &[], 0)
        .await
        .expect("complete");
    let launches: Vec<LaunchId> = scene
        .store
        .launches(None)
        .await
        .expect("launches")
        .iter()
        .map(|launch| launch.id)
        .collect();
    assert_eq!(launches, [again, whole], "the latest first");
}

#[tokio::test]
async fn an_occurrence_is_launched_once() {
    let scene = Scene::new().await;
    scene.launched("1", &[(0, 3)]).await;
    match scene.store.begin_launch(new_launch("1")).await {
        Err(error @ StoreError::AlreadyLaunched { .. }) => {
            expect!["occurrence 1 of hello is launched already"].assert_eq(&error.to_string());
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.store.launches(None).await.expect("launches").len(), 1);
    scene.launched("2", &[(0, 3)]).await;
}

#[tokio::test]
async fn a_paused_launch_gives_nothing_until_it_goes_on() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 3)]).await;
    let change = |from, to| scene.store.change_launch(launch, from, to, start());
    assert!(
        change(&[LaunchState::Running], LaunchState::Paused)
            .await
            .expect("a change")
    );
    assert!(
        !change(&[LaunchState::Running], LaunchState::Paused)
            .await
            .expect("a change"),
        "it was not running"
    );
    assert!(scene.claim(launch, 100).await.is_empty());
    assert!(
        change(&[LaunchState::Paused], LaunchState::Running)
            .await
            .expect("a change")
    );
    assert_eq!(scene.claim(launch, 100).await.len(), 1);
    let from: &[LaunchState] = &[LaunchState::Running, LaunchState::Paused];
    assert!(change(from, LaunchState::Cancelled).await.expect("a change"));
    assert_eq!(
        scene.store.launch_state(launch).await.expect("a state"),
        LaunchState::Cancelled
    );
    assert_eq!(
        scene.store.launches(None).await.expect("launches")[0].ended_at,
        Some(start())
    );
}

#[tokio::test]
async fn a_plan_joins_the_suppressions_that_stand_when_it_begins() {
    let scene = Scene::new().await;
    let first = scene.launched("1", &[(0, 9)]).await;
    scene
        .store
        .fold(fold(vec![stop(first, 7, "a"), stop(first, 3, "b")]))
        .await
        .expect("folded");
    let (_, suppressed_to) = scene.store.begin_launch(new_launch("2")).await.expect("a launch");
    scene
        .store
        .fold(fold(vec![stop(first, 5, "c")]))
        .await
        .expect("folded");
    let numbers = |ns: &[u64]| ns.iter().map(|n| nth_phone(*n).as_u64()).collect::<Vec<_>>();
    assert_eq!(
        scene.store.suppressed(suppressed_to).await.expect("numbers"),
        numbers(&[3, 7])
    );
    assert_eq!(
        scene.store.suppressed(i64::MAX).await.expect("numbers"),
        numbers(&[3, 5, 7])
    );
    // The later one comes with the first claim.
    let claim = super::Claim {
        suppressions_known: suppressed_to,
        ..super::claim(first, CohortKind::Passage, 1)
    };
    let (_, changes) = scene.store.claim_due(claim).await.expect("cohorts");
    assert_eq!(changes, [(suppressed_to + 1, nth_phone(5).as_u64())]);
}
