use chrono::{DateTime, Utc};
use proptest::prelude::*;
use sms::PhoneNumber;

use super::{Scene, WindowRecord, after, finished, fold, passage, person, start, stop};
use crate::advance::Place;
use crate::ids::LaunchId;
use crate::plan::COHORT_MEMBERS;
use crate::store::{NewCohort, Of, Progress};
use crate::testing::campaign;

/// Members who go to the second text together.
fn departing(launch: LaunchId, people: std::ops::Range<u64>, seconds: i64) -> NewCohort {
    NewCohort {
        place: Place { step: 2, visit: 0 },
        ..passage(launch, people, after(seconds))
    }
}

async fn depart(scene: &Scene, departing: Vec<NewCohort>) {
    scene
        .record(WindowRecord {
            departing,
            ..WindowRecord::default()
        })
        .await;
}

/// Everything that is due, whole, as sizes; each is checked to be in order.
async fn sizes(scene: &Scene, launch: LaunchId) -> Vec<usize> {
    let claimed = scene.claim(launch, usize::MAX).await;
    for cohort in &claimed {
        assert!(
            cohort.members.is_sorted_by(|a, b| a.phone < b.phone),
            "{cohort:?}"
        );
    }
    claimed.iter().map(|cohort| cohort.members.len()).collect()
}

#[tokio::test]
async fn members_who_move_on_alike_gather_in_one_cohort() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    depart(&scene, vec![departing(launch, 10..20, 60)]).await;
    depart(
        &scene,
        vec![departing(launch, 0..5, 60), departing(launch, 30..31, 60)],
    )
    .await;
    assert_eq!(scene.count("cohort").await, 1);
    let claimed = scene.claim(launch, 100).await;
    let phones: Vec<_> = claimed[0].members.iter().map(|member| member.phone).collect();
    let expected: Vec<_> = (0..5)
        .chain(10..20)
        .chain([30])
        .map(|n| person(n).phone)
        .collect();
    assert_eq!(phones, expected);
    // Whoever is looked for is found by their number.
    assert_eq!(
        scene
            .store
            .person(person(30).phone)
            .await
            .expect("a story")
            .waiting
            .iter()
            .map(|at| (at.launch, at.step, at.due_at))
            .collect::<Vec<_>>(),
        [(launch, 2, after(60))]
    );
}

/// Between the reading of where somebody stands and the move others joined the cohort: nobody else is moved.
#[tokio::test]
async fn somebody_is_moved_wherever_they_stand_by_then() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    depart(&scene, vec![departing(launch, 10..20, 60)]).await;
    let phone = person(12).phone;
    let standing = scene.store.standing(launch, 0, phone).await.expect("read");
    let moved = standing.expect("waits").moved(None);
    depart(&scene, vec![departing(launch, 0..5, 60)]).await;
    assert!(scene.store.move_on(moved, vec![]).await.expect("moved"));
    let mut inside = vec![];
    for n in (0..5).chain(10..20) {
        let standing = scene.store.standing(launch, 0, person(n).phone).await;
        inside.extend(standing.expect("read").map(|_| n));
    }
    let others: Vec<u64> = (0..5).chain(10..12).chain(13..20).collect();
    assert_eq!(inside, others);
}

/// Nobody waits for the time of a cohort that everybody has left.
#[tokio::test]
async fn a_cohort_that_everybody_left_is_over() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    depart(&scene, vec![departing(launch, 0..2, 60)]).await;
    for n in 0..2 {
        let kind = crate::store::CohortKind::Passage;
        assert!(scene.store.has_cohorts_left(launch, kind).await.expect("asked"));
        let standing = scene
            .store
            .standing(launch, 0, person(n).phone)
            .await
            .expect("read");
        let moved = standing.expect("waits").moved(None);
        assert!(scene.store.move_on(moved, vec![]).await.expect("moved"));
    }
    let kind = crate::store::CohortKind::Passage;
    assert!(!scene.store.has_cohorts_left(launch, kind).await.expect("asked"));
}

/// A STOP is folded while the text that leads to the wait is on its way: what its record says comes after.
#[tokio::test]
async fn whoever_opted_out_before_the_record_waits_for_nothing() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    scene
        .store
        .fold(fold(vec![stop(launch, 1, "a")]))
        .await
        .expect("folded");
    depart(&scene, vec![departing(launch, 0..3, 60)]).await;
    let mut inside = vec![];
    for n in 0..3 {
        let standing = scene.store.standing(launch, 0, person(n).phone).await;
        inside.extend(standing.expect("read").map(|_| n));
    }
    assert_eq!(inside, [0, 2]);
    depart(&scene, vec![departing(launch, 1..2, 120)]).await;
    let waits = scene
        .store
        .person(person(1).phone)
        .await
        .expect("a story")
        .waiting;
    assert_eq!(waits.len(), 0, "{waits:?}");
}

#[tokio::test]
async fn members_who_differ_in_anything_do_not_gather() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    let one = departing(launch, 0..1, 60);
    let others = vec![
        one.clone(),
        NewCohort {
            due_at: after(61),
            ..one.clone()
        },
        NewCohort {
            place: Place { step: 3, visit: 0 },
            ..one.clone()
        },
        NewCohort {
            place: Place { step: 2, visit: 1 },
            ..one.clone()
        },
        NewCohort {
            run: 1,
            ..one.clone()
        },
        NewCohort {
            time_class: "Europe/Rome".into(),
            ..one.clone()
        },
        NewCohort {
            sender: "other".into(),
            ..one.clone()
        },
        NewCohort {
            kind: crate::store::CohortKind::Answer,
            ..one.clone()
        },
        NewCohort {
            kind: crate::store::CohortKind::Answer,
            ..one
        },
    ];
    depart(&scene, others).await;
    assert_eq!(scene.count("cohort").await, 9, "answers never gather");
}

#[tokio::test]
async fn a_cohort_that_is_held_begun_or_left_by_somebody_stays_as_it_is() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[]).await;
    depart(&scene, vec![departing(launch, 0..10, 60)]).await;
    let held = scene.claim(launch, 4).await;
    depart(&scene, vec![departing(launch, 10..20, 60)]).await;
    assert_eq!(scene.count("cohort").await, 2, "the first is held");
    let put_back = Some(after(60));
    let begun = Progress {
        done: 4,
        intent_to: 4,
        finished: false,
        put_back,
        ..finished(&held[0])
    };
    scene
        .record(WindowRecord {
            progress: vec![begun],
            ..WindowRecord::default()
        })
        .await;
    // Indices of those who left must go on naming them.
    scene
        .store
        .fold(fold(vec![stop(launch, 15, "a")]))
        .await
        .expect("folded");
    assert_eq!(scene.count("departure").await, 1);
    depart(&scene, vec![departing(launch, 20..30, 60)]).await;
    assert_eq!(sizes(&scene, launch).await, [10, 10, 10]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn gathered_cohorts_hold_everybody_and_never_more_than_a_thousand(
        groups in prop::collection::vec(1_u64..700, 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let sizes = runtime.block_on(async {
            let scene = Scene::new().await;
            let launch = scene.launched("1", &[]).await;
            let mut from = 0;
            for group in &groups {
                depart(&scene, vec![departing(launch, from..from + group, 60)]).await;
                from += group;
            }
            sizes(&scene, launch).await
        });
        prop_assert_eq!(sizes.iter().sum::<usize>() as u64, groups.iter().sum::<u64>());
        prop_assert!(sizes.iter().all(|size| *size <= COHORT_MEMBERS), "{:?}", sizes);
        prop_assert!(sizes.len() <= groups.len());
    }
}

/// Who is to enter the next launch, by what is known of the one before: who waits in it is inside for ever, who came to its end was
/// until then, and who left it is not.
#[tokio::test]
async fn who_is_inside_of_the_launch_before() {
    let scene = Scene::new().await;
    let first = scene.launched("1", &[(0, 4)]).await;
    depart(&scene, vec![departing(first, 4..6, 3_700)]).await;
    for n in [1, 5] {
        let standing = scene.store.standing(first, 0, person(n).phone).await;
        let moved = standing.expect("read").expect("waits").moved(None);
        assert!(scene.store.move_on(moved, vec![]).await.expect("moved"));
    }
    let claimed = scene.claim(first, 100).await;
    scene
        .record(WindowRecord {
            progress: claimed.iter().map(finished).collect(),
            keeps_members: true,
            ..WindowRecord::default()
        })
        .await;
    let next = scene.launched("2", &[]).await;
    let revision = campaign(
        "audience: people.csv\nschedule: { cron: \"0 10 * * *\", clock: recipient, again: always }\n\
         message: Hello. STOP to opt out\n",
    );
    let of = Of {
        launch: next,
        campaign: &revision.campaign,
        asks: &revision.asks,
    };
    let people: Vec<_> = (0..7).map(|n| (0, person(n).phone)).collect();
    let known = scene.store.known(of, &people).await.expect("known");
    let until = |(run, phone): &(u32, PhoneNumber)| known[&(*run, phone.as_u64())].inside_until;
    let through = Some(start());
    let for_ever = Some(DateTime::<Utc>::MAX_UTC);
    let expected = [through, None, through, through, for_ever, None, None];
    assert_eq!(people.iter().map(until).collect::<Vec<_>>(), expected);
}
