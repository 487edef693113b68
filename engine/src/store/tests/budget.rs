use super::{Scene, WindowRecord, progress};
use crate::ids::LaunchId;
use crate::store::{BudgetChange, LaunchState, Progress};

/// Budget and reservation of a launch.
async fn money(scene: &Scene, launch: LaunchId) -> (Option<i64>, i64) {
    let launches = scene.store.launches(None).await.expect("launches");
    let row = launches.iter().find(|row| row.id == launch).expect("the launch");
    (row.budget, row.reserved)
}

/// A record of nothing but money.
fn change(launch: LaunchId, reserved: i64, released: i64) -> WindowRecord {
    WindowRecord {
        budgets: vec![BudgetChange {
            launch,
            month: None,
            reserved,
            released,
        }],
        ..WindowRecord::default()
    }
}

#[tokio::test]
async fn a_launch_has_no_budget_until_it_is_set_and_it_can_be_moved_and_lifted() {
    let scene = Scene::new().await;
    let (launch, other) = (
        scene.launched("1", &[(0, 2)]).await,
        scene.launched("2", &[(0, 2)]).await,
    );
    assert_eq!(money(&scene, launch).await, (None, 0));
    for budget in [Some(5_000_000), Some(9_000_000), None, Some(0)] {
        scene.store.set_budget(launch, budget, false).await.expect("set");
        assert_eq!(money(&scene, launch).await, (budget, 0));
    }
    assert_eq!(money(&scene, other).await, (None, 0));
}

#[tokio::test]
async fn money_is_reserved_and_released_and_never_below_nothing() {
    let scene = Scene::new().await;
    let (launch, other) = (
        scene.launched("1", &[(0, 2)]).await,
        scene.launched("2", &[(0, 2)]).await,
    );
    for (reserved, released, expected) in [
        (90_000, 0, 90_000),
        (45_000, 0, 135_000),
        (0, 35_000, 100_000),
        (10_000, 60_000, 50_000),
        (0, 0, 50_000),
        (0, 70_000, 0),
        (1, 0, 1),
    ] {
        scene.record(change(launch, reserved, released)).await;
        assert_eq!(money(&scene, launch).await.1, expected, "+{reserved} -{released}");
    }
    scene.record(WindowRecord::default()).await;
    let scene = scene.again().await;
    assert_eq!(money(&scene, launch).await.1, 1);
    assert_eq!(money(&scene, other).await.1, 0);
}

#[tokio::test]
async fn nothing_is_reserved_for_an_intent_that_is_not_committed() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 10)]).await;
    let claimed = scene.claim(launch, 4).await;
    let next = Progress {
        done: 4,
        intent_to: 8,
        ..progress(&claimed[0])
    };
    scene.record(change(launch, 4_000, 0)).await;
    scene.stop_launch(launch, LaunchState::Paused, 0).await;
    let intent = scene
        .record(WindowRecord {
            progress: vec![next],
            ..change(launch, 4_000, 1_000)
        })
        .await;
    assert_eq!(intent.stopped, [launch]);
    assert_eq!(
        money(&scene, launch).await.1,
        3_000,
        "what was not taken is released all the same"
    );
}

#[tokio::test]
async fn a_record_that_is_refused_reserves_nothing() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 10)]).await;
    let claimed = scene.claim(launch, 4).await;
    let stale = Progress {
        fence: claimed[0].fence - 1,
        ..progress(&claimed[0])
    };
    let record = WindowRecord {
        progress: vec![stale],
        ..change(launch, 4_000, 0)
    };
    scene.store.record_window(record).await.expect_err("a fence");
    assert_eq!(money(&scene, launch).await.1, 0);
}
