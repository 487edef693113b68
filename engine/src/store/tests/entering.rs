use std::fmt::Write;

use expect_test::expect;

use super::{Scene, after, new_launch, start};
use crate::advance::Place;
use crate::asks::Asks;
use crate::left_out::LeftOut;
use crate::store::{Entered, Entering, Happened, LaunchState, NewHappening, NotEntered, Of, Store};
use crate::testing::{campaign, member, nth_phone};

/// An event of somebody; gives its entry.
async fn happens(store: &Store, n: u64, order: &str, seconds: i64) -> i64 {
    let event = NewHappening {
        what: Happened::Event("shipped".to_owned()),
        phone: nth_phone(n),
        fields: vec![
            ("order".to_owned(), order.to_owned()),
            ("city".to_owned(), format!("city {seconds}")),
        ],
        at: after(seconds),
        once: None,
    };
    store.append(vec![event]).await.expect("appended");
    store.last_happening().await.expect("an entry")
}

fn entering(day: &str, n: u64, happening: i64, key: &str, seconds: i64) -> Entering {
    Entering {
        day: crate::store::NewLaunch {
            created_at: after(seconds),
            ..new_launch(day)
        },
        tariffs: vec![],
        budget: None,
        happening,
        key: Some(key.to_owned()),
        member: member(nth_phone(n), &["Ada"]),
        place: Place::START,
        due_at: after(seconds),
        sender: "desk".to_owned(),
        time_class: "UTC".to_owned(),
        restarts: None,
    }
}

#[tokio::test]
async fn each_happening_enters_once_and_the_launch_of_the_day_takes_more() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let [one, two, three] = [
        happens(store, 0, "77", 1).await,
        happens(store, 1, "78", 2).await,
        happens(store, 0, "79", 3).await,
    ];
    let mut told = vec![];
    for (n, happening, key) in [(0, one, "77"), (1, two, "78"), (0, three, "79"), (0, one, "77")] {
        told.push(
            store
                .enter(entering("2026-12-07", n, happening, key, 5))
                .await
                .expect("entered"),
        );
    }
    let Entered::New(launch, _) = told[0] else {
        panic!("it entered: {told:?}")
    };
    let news = [
        Entered::New(launch, 0),
        Entered::New(launch, 0),
        Entered::New(launch, 1),
        Entered::Before,
    ];
    assert_eq!(told, news);
    // As if the process had ended, and heard the last once more.
    let scene = scene.again().await;
    let again = scene.store.enter(entering("2026-12-07", 0, three, "79", 9)).await;
    assert_eq!(again.expect("asked"), Entered::Before);
    let four = happens(&scene.store, 0, "80", 10).await;
    let next = scene.store.enter(entering("2026-12-08", 0, four, "80", 11)).await;
    assert!(matches!(next, Ok(Entered::New(other, 0)) if other != launch));
    let row = scene.store.launches(None).await.expect("launches").remove(1);
    assert_eq!(
        (row.occurrence.as_str(), row.state),
        ("2026-12-07", LaunchState::Running)
    );
}

#[tokio::test]
async fn a_launch_of_the_day_that_stands_still_takes_nobody() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let happening = happens(store, 0, "77", 1).await;
    let entered = store.enter(entering("2026-12-07", 0, happening, "77", 2)).await;
    let Ok(Entered::New(launch, _)) = entered else {
        panic!("it entered: {entered:?}")
    };
    let other = happens(store, 1, "78", 3).await;
    let mut told = String::new();
    for (to, from) in [
        (LaunchState::Paused, LaunchState::Running),
        (LaunchState::Running, LaunchState::Paused),
        (LaunchState::Done, LaunchState::Running),
        (LaunchState::Cancelled, LaunchState::Running),
    ] {
        let from: &'static [LaunchState] = match from {
            LaunchState::Paused => &[LaunchState::Paused],
            _ => &[LaunchState::Running],
        };
        store
            .change_launch(launch, from, to, after(9))
            .await
            .expect("changed");
        let happening = happens(store, 2, to.word(), 10).await;
        let entered = store
            .enter(entering("2026-12-07", 2, happening, to.word(), 10))
            .await
            .expect("asked");
        let state = store.launch_state(launch).await.expect("a launch");
        let _ = writeln!(
            told,
            "{}: {}, then {}",
            to.word(),
            match entered {
                Entered::New(_, run) => format!("enters as {run}"),
                other => format!("{other:?}"),
            },
            state.word()
        );
    }
    expect![[r#"
        paused: Waits, then paused
        running: enters as 0, then running
        done: enters as 1, then running
        cancelled: Cancelled, then cancelled
    "#]]
    .assert_eq(&told);
    let row = |happening, n, reason| NotEntered {
        campaign: "hello".to_owned(),
        happening,
        phone: nth_phone(n),
        reason,
        at: start(),
    };
    let rows = vec![
        row(happening, 0, LeftOut::StillInside),
        row(other, 1, LeftOut::OptedOut),
        row(other, 1, LeftOut::StillInside),
    ];
    store.note_not_entered(rows).await.expect("noted");
    let counts = store.not_entered("hello").await.expect("counts");
    assert_eq!(counts, [(LeftOut::OptedOut, 1), (LeftOut::StillInside, 1)]);
}

#[tokio::test]
async fn a_passage_hears_what_began_it_and_of_its_own_key() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let revision = campaign(
        "trigger: { event: shipped, key: order, again: restart }\npurpose: service\nreplies: none\n\
         fields: { order: text, city: text }\nlimits: { budget: 5 EUR per month }\nmessage: On its way to {{city}}\n",
    );
    happens(store, 0, "77", 1).await;
    let [one, two] = [happens(store, 0, "77", 2).await, happens(store, 0, "78", 3).await];
    let first = store
        .enter(entering("2026-12-07", 0, one, "77", 5))
        .await
        .expect("entered");
    store
        .enter(entering("2026-12-07", 0, two, "78", 5))
        .await
        .expect("entered");
    happens(store, 0, "78", 20).await;
    let Entered::New(launch, _) = first else {
        panic!("it entered: {first:?}")
    };
    let of = Of {
        launch,
        campaign: &revision.campaign,
        asks: &Asks::of(&revision.campaign),
    };
    let people = [(0, nth_phone(0)), (1, nth_phone(0))];
    let known = store.known(of, &people).await.expect("known");
    let mut told = String::new();
    for (run, phone) in people {
        let mut known = known[&(run, phone.as_u64())].clone();
        known.hear();
        let _ = writeln!(told, "{run}: {:?} {:?}", known.events, known.values);
    }
    // The one with the first key ends, and another takes its place.
    let standing = store
        .standing(launch, 0, nth_phone(0))
        .await
        .expect("read")
        .expect("inside");
    let three = happens(store, 0, "77", 30).await;
    let entered = store
        .enter(Entering {
            restarts: Some(standing.moved(None)),
            ..entering("2026-12-07", 0, three, "77", 31)
        })
        .await;
    let _ = writeln!(told, "{:?}", entered.expect("entered") == Entered::New(launch, 2));
    for run in 0..3 {
        let standing = store.standing(launch, run, nth_phone(0)).await.expect("read");
        let _ = writeln!(told, "{run} inside: {}", standing.is_some());
    }
    let begun = store
        .passages_begun("hello", nth_phone(0), Some("77"))
        .await
        .expect("read");
    let runs: Vec<u32> = begun.iter().map(|passage| passage.run).collect();
    let _ = writeln!(told, "with the key: {runs:?}");
    expect![[r#"
        0: {"shipped"} {"city": "city 2", "order": "77"}
        1: {"shipped"} {"city": "city 20", "order": "78"}
        true
        0 inside: false
        1 inside: true
        2 inside: true
        with the key: [0, 2]
    "#]]
    .assert_eq(&told);
}
