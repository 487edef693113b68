//! Cohorts and people with which processes end.

use expect_test::expect;

use super::alarms::shown;
use super::{Scene, WindowRecord, after, claim, finished, intents, passage, person, progress, start};
use crate::ids::{LaunchId, MessageId};
use crate::member::{Doubt, Member, Pending};
use crate::store::{Claim, ClaimedCohort, CohortKind, LaunchState, NewCohort};

/// Claims of each cohort: whether it goes alone, and from where to where.
fn taken(cohorts: &[ClaimedCohort]) -> Vec<(bool, usize, usize)> {
    let one = |cohort: &ClaimedCohort| (cohort.alone, cohort.done, cohort.intent_to);
    cohorts.iter().map(one).collect()
}

/// Claims without an intent.
async fn hold_only(scene: &Scene, launch: LaunchId) -> Vec<ClaimedCohort> {
    let claim = Claim {
        intent: false,
        ..claim(launch, CohortKind::Passage, 100)
    };
    scene.store.claim_due(claim).await.expect("cohorts").0
}

#[tokio::test]
async fn a_cohort_is_held_without_an_intent_where_none_is_asked_for() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4), (4, 8)]).await;
    let held = hold_only(&scene, launch).await;
    assert_eq!(taken(&held), [(false, 0, 0), (false, 0, 0)]);
    let scene = scene.again().await;
    scene.store.recover_leases(start()).await.expect("recovered");
    let claimed = scene.claim(launch, 100).await;
    assert_eq!(taken(&claimed), [(false, 0, 4), (false, 0, 4)]);
    assert!(
        claimed.iter().all(|cohort| !cohort.in_doubt),
        "nothing was submitted"
    );
}

#[tokio::test]
async fn a_cohort_that_is_claimed_again_and_again_goes_alone() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4), (4, 8)]).await;
    let mut scene = scene;
    for times in 0..4 {
        let held = hold_only(&scene, launch).await;
        assert_eq!(taken(&held), [(false, 0, 0), (false, 0, 0)], "{times} ends");
        scene = scene.again().await;
        scene.store.recover_leases(start()).await.expect("recovered");
    }
    let one = scene.claim(launch, 100).await;
    assert_eq!(
        taken(&one),
        [(true, 0, 1)],
        "one member, and nobody else's cohort"
    );
    let another = scene.claim(launch, 100).await;
    assert_eq!(taken(&another), [(true, 0, 1)]);
    assert_ne!(one[0].id, another[0].id);
}

#[tokio::test]
async fn a_record_or_a_release_makes_a_cohort_one_like_others() {
    for releases in [true, false] {
        let scene = Scene::new().await;
        let launch = scene.launched("1", &[(0, 4)]).await;
        let mut scene = scene;
        for _ in 0..4 {
            hold_only(&scene, launch).await;
            scene = scene.again().await;
            scene.store.recover_leases(start()).await.expect("recovered");
        }
        let held = hold_only(&scene, launch).await;
        assert_eq!(taken(&held), [(true, 0, 0)]);
        if releases {
            let held = vec![(held[0].id, held[0].fence)];
            scene.store.release(held).await.expect("released");
        } else {
            scene
                .record(WindowRecord {
                    progress: vec![progress(&held[0])],
                    ..WindowRecord::default()
                })
                .await;
            scene = scene.again().await;
            scene.store.recover_leases(start()).await.expect("recovered");
        }
        assert_eq!(
            taken(&scene.claim(launch, 100).await),
            [(false, 0, 4)],
            "{releases}"
        );
    }
}

#[tokio::test]
async fn a_cohort_that_goes_alone_waits_for_its_turn_and_lets_nobody_pass() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(4, 8)]).await;
    let scene = scene.crash(launch, 4).await;
    let departing =
        [(0..2, -60), (8..10, 60)].map(|(people, seconds)| passage(launch, people, after(seconds)));
    scene
        .record(WindowRecord {
            departing: departing.into(),
            ..WindowRecord::default()
        })
        .await;
    let turns = [
        scene.claim(launch, 100).await,
        scene.claim(launch, 100).await,
        scene.claim(launch, 100).await,
    ];
    let sizes = turns.each_ref().map(|turn| taken(turn));
    assert_eq!(
        sizes,
        [vec![(false, 0, 2)], vec![(true, 0, 4)], vec![(false, 0, 2)]],
        "the whole window that is in doubt stays so"
    );
    assert_eq!(turns.map(|turn| turn[0].in_doubt), [false, true, false]);
}

#[tokio::test]
async fn a_cohort_that_is_worn_out_is_set_aside_until_somebody_takes_it_up() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let scene = scene.crash(launch, 11).await;
    assert_eq!(shown(&scene.store).await, "");
    assert_eq!(scene.store.totals(launch).await.expect("totals").unrecorded(), 4);
    let scene = scene.crash(launch, 1).await;
    expect![[r#"
        09:00:00 cohort 256: set aside: 12 processes ended with it
    "#]]
    .assert_eq(&shown(&scene.store).await);
    assert!(scene.claim(launch, 100).await.is_empty());
    let left = scene.store.has_cohorts_left(launch, CohortKind::Passage).await;
    assert!(!left.expect("known"), "nothing waits for it");
    assert!(scene.store.senders_due(launch).await.expect("senders").is_empty());
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!((totals.unrecorded(), totals.set_aside), (0, 4));

    // A launch that came to its end without it runs again.
    scene.stop_launch(launch, LaunchState::Done, 60).await;
    let other = scene.launched("2", &[(0, 1)]).await;
    let taken_up = |launch| scene.store.take_up_set_aside(launch);
    assert_eq!(taken_up(other).await.expect("nothing to do"), 0);
    assert_eq!(taken_up(launch).await.expect("taken up"), 4);
    assert_eq!(taken_up(launch).await.expect("nothing to do"), 0);
    assert_eq!(shown(&scene.store).await, "");
    let launches = scene.store.launches(None).await.expect("launches");
    assert_eq!(
        (launches[1].state, launches[1].ended_at),
        (LaunchState::Running, None)
    );
    let claimed = scene.claim(launch, 100).await;
    assert_eq!(taken(&claimed), [(false, 0, 4)]);
    assert!(
        claimed[0].in_doubt,
        "its window may have been submitted all the same"
    );
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!((totals.unrecorded(), totals.set_aside), (4, 0));
}

#[tokio::test]
async fn nothing_is_taken_up_of_a_launch_from_which_nothing_was_set_aside() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 100).await;
    scene
        .record(WindowRecord {
            progress: vec![finished(&claimed[0])],
            ..WindowRecord::default()
        })
        .await;
    scene.stop_launch(launch, LaunchState::Done, 60).await;
    assert_eq!(scene.store.take_up_set_aside(launch).await.expect("nothing"), 0);
    let state = scene.store.launch_state(launch).await.expect("a state");
    assert_eq!(state, LaunchState::Done);
}

#[tokio::test]
async fn a_member_with_whom_processes_ended_goes_alone() {
    for (crashes, alone, expected) in [
        (0, false, (0, 4)),
        (1, false, (0, 4)),
        (2, true, (0, 1)),
        (3, true, (0, 1)),
    ] {
        let scene = Scene::new().await;
        let launch = scene.launched("1", &[]).await;
        let pending = Pending {
            message: MessageId(1 << 20),
            attempts: crashes,
            crashes,
            doubt: Doubt::None,
            resent: false,
            route: 0,
        };
        let mut members: Vec<Member> = (0..4).map(person).collect();
        members[3].pending = Some(pending);
        let departing = vec![NewCohort {
            members,
            ..passage(launch, 0..0, start())
        }];
        scene
            .record(WindowRecord {
                departing,
                ..WindowRecord::default()
            })
            .await;
        let claimed = scene.claim(launch, 100).await;
        assert_eq!(claimed[0].alone, alone, "{crashes} crashes");
        assert_eq!(intents(&claimed), [expected], "{crashes} crashes");
        assert_eq!(claimed[0].members[3].pending, Some(pending));
    }
}
