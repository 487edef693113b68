use super::{Scene, WindowRecord, after, claim, finished, fold, passage, progress, says, start, stop};
use crate::advance::Place;
use crate::ids::{CohortId, LaunchId};
use crate::member::{Doubt, Member, Pending};
use crate::store::{CONFIRMS, ClaimedCohort, CohortKind, NewCohort, NewReply, Turn, WELCOMES};
use crate::testing::{member, nth_phone};

/// What the n-th person says, in the text of that id.
type Says = fn(LaunchId, u64, &str) -> NewReply;
/// What is said, and what each confirmation of it confirms, and whether that is overtaken.
type Said<'a> = (&'a [Says], &'a [(u32, bool)]);

/// The n-th person says START.
fn back(launch: LaunchId, n: u64, id: &str) -> NewReply {
    NewReply {
        allow: true,
        answers: vec![confirmation(launch, n, WELCOMES)],
        ..says(launch, n, id, "START")
    }
}

/// The n-th person says STOP.
fn out(launch: LaunchId, n: u64, id: &str) -> NewReply {
    NewReply {
        answers: vec![confirmation(launch, n, CONFIRMS)],
        ..stop(launch, n, id)
    }
}

fn confirmation(launch: LaunchId, n: u64, visit: u32) -> NewCohort {
    NewCohort {
        kind: CohortKind::Answer,
        place: Place { step: 0, visit },
        members: vec![member(nth_phone(n), &["text"])],
        ..passage(launch, 0..0, start())
    }
}

/// Of each cohort what it confirms, and whether that is overtaken.
fn told(cohorts: &[ClaimedCohort]) -> Vec<(u32, bool)> {
    let of = |cohort: &ClaimedCohort| (cohort.place.visit, cohort.overtaken.contains(&0));
    cohorts.iter().map(of).collect()
}

async fn claimed(scene: &Scene, launch: LaunchId) -> Vec<ClaimedCohort> {
    let claim = claim(launch, CohortKind::Answer, 500);
    scene.store.claim_due(claim).await.expect("claimed").0
}

#[tokio::test]
async fn of_the_confirmations_that_wait_the_last_holds() {
    let said: [Said<'_>; 4] = [
        (&[out], &[(CONFIRMS, false)]),
        (&[out, back], &[(CONFIRMS, true), (WELCOMES, false)]),
        (
            &[out, back, out],
            &[(CONFIRMS, true), (WELCOMES, true), (CONFIRMS, false)],
        ),
        // What another one says is nothing to her.
        (
            &[out, |launch, _, id| back(launch, 2, id)],
            &[(CONFIRMS, false), (WELCOMES, false)],
        ),
    ];
    for (said, expected) in said {
        let scene = Scene::new().await;
        let launch = scene.launched("1", &[(0, 4)]).await;
        for (says, id) in said.iter().zip(["a", "b", "c"]) {
            scene
                .store
                .fold(fold(vec![says(launch, 1, id)]))
                .await
                .expect("folded");
        }
        assert_eq!(told(&claimed(&scene, launch).await), expected);
    }
}

/// The first was refused for now, by a provider that takes the second.
#[tokio::test]
async fn a_confirmation_that_goes_once_more_is_as_old_as_it_was() {
    for (doubt, is_overtaken) in [
        (Doubt::None, true),
        // It may be out: that is asked first.
        (Doubt::LookUp, false),
        (Doubt::Refused, true),
    ] {
        let scene = Scene::new().await;
        let launch = scene.launched("1", &[(0, 4)]).await;
        scene
            .store
            .fold(fold(vec![out(launch, 1, "a")]))
            .await
            .expect("folded");
        let first = claimed(&scene, launch).await.remove(0);
        for reply in [back(launch, 1, "b"), out(launch, 1, "c")] {
            scene.store.fold(fold(vec![reply])).await.expect("folded");
        }
        let again = Member {
            pending: Some(Pending {
                message: first.message(0),
                attempts: 1,
                crashes: 0,
                doubt,
                resent: false,
                route: 0,
            }),
            ..first.members[0].clone()
        };
        let again = NewCohort {
            turn: Turn::of(&again),
            members: vec![again],
            ..confirmation(launch, 1, CONFIRMS)
        };
        scene
            .record(WindowRecord {
                progress: vec![finished(&first)],
                departing: vec![again],
                ..WindowRecord::default()
            })
            .await;
        let all = claimed(&scene, launch).await;
        let mut told = told(&all);
        told.sort_unstable();
        assert_eq!(
            told,
            [(CONFIRMS, false), (CONFIRMS, is_overtaken), (WELCOMES, true)],
            "{doubt:?}"
        );
    }
}

/// What an earlier process may have submitted is not called overtaken: it is settled first.
#[tokio::test]
async fn what_was_under_way_at_a_kill_is_settled_first() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    scene
        .store
        .fold(fold(vec![out(launch, 1, "a")]))
        .await
        .expect("folded");
    let first: CohortId = claimed(&scene, launch).await[0].id;
    let scene = scene.again().await;
    scene.store.recover_leases(after(0)).await.expect("recovered");
    scene
        .store
        .fold(fold(vec![back(launch, 1, "b")]))
        .await
        .expect("folded");
    let all = claimed(&scene, launch).await;
    let left = all
        .iter()
        .find(|cohort| cohort.id == first)
        .expect("claimed again");
    assert!(left.in_doubt && left.overtaken.is_empty());
    assert_eq!((progress(left).done, progress(left).intent_to), (0, 1));
}
