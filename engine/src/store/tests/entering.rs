use std::fmt::Write;

use expect_test::expect;

use super::{Scene, after, new_launch, start};
use crate::advance::Place;
use crate::asks::Asks;
use crate::ids::LaunchId;
use crate::left_out::LeftOut;
use crate::store::{
    Admission, Entered, Entering, Happened, Heard, LaunchState, NewHappening, NotEntered, Of, Opening,
    Restart, Store,
};
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

async fn opened(store: &Store, occurrence: &str, opening: Opening) -> LaunchId {
    let new = new_launch(occurrence);
    store.open_launch(new, vec![], opening).await.expect("opened")
}

fn entering(launch: LaunchId, n: u64, happening: i64, key: &str, seconds: i64) -> Entering {
    Entering {
        launch,
        happening,
        key: Some(key.to_owned()),
        member: member(nth_phone(n), &["Ada"]),
        at: after(seconds),
        place: Place::START,
        due_at: after(seconds),
        sender: "desk".to_owned(),
        time_class: "UTC".to_owned(),
        restarts: None,
    }
}

/// What came of it that the campaign heard this, up to an entry.
async fn hear(store: &Store, up_to: i64, admissions: Vec<Admission>) -> Vec<Entered> {
    let heard = Heard {
        campaign: "hello".to_owned(),
        up_to,
        tellings: vec![],
        admissions,
    };
    store.hear(heard).await.expect("heard")
}

async fn enter(store: &Store, entering: Entering) -> Entered {
    let up_to = entering.happening;
    hear(store, up_to, vec![Admission::Enters(Box::new(entering))]).await[0]
}

#[tokio::test]
async fn each_happening_enters_once_into_the_open_launch() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let launch = opened(store, "1", Opening::GoesOn).await;
    let [one, two, three] = [
        happens(store, 0, "77", 1).await,
        happens(store, 1, "78", 2).await,
        happens(store, 0, "79", 3).await,
    ];
    let mut told = vec![];
    for (n, happening, key) in [(0, one, "77"), (1, two, "78"), (0, three, "79"), (0, one, "77")] {
        told.push(enter(store, entering(launch, n, happening, key, 5)).await);
    }
    let news = [Entered::New(0), Entered::New(0), Entered::New(1), Entered::Before];
    assert_eq!(told, news);
    assert_eq!(store.heard("hello").await.expect("read"), Some(three));
    // As if the process had ended, and heard the last once more.
    let scene = scene.again().await;
    let again = enter(&scene.store, entering(launch, 0, three, "79", 9)).await;
    assert_eq!(again, Entered::Before);
    // What it has not heard enters the launch that takes its place.
    let four = happens(&scene.store, 0, "80", 10).await;
    let next = opened(&scene.store, "2", Opening::GoesOn).await;
    let entered = enter(&scene.store, entering(next, 0, four, "80", 11)).await;
    assert_eq!(entered, Entered::New(0));
    let counts = scene
        .store
        .trigger_counts(launch, "hello")
        .await
        .expect("counted");
    assert_eq!((counts.passages, counts.people, counts.to_enter), (3, 2, 0));
}

#[tokio::test]
async fn a_launch_that_stands_still_takes_nobody_and_what_happened_waits() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let launch = opened(store, "1", Opening::GoesOn).await;
    let mut told = String::new();
    for (to, from) in [
        (LaunchState::Paused, LaunchState::Running),
        (LaunchState::Running, LaunchState::Paused),
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
        let entered = enter(store, entering(launch, 2, happening, to.word(), 10)).await;
        let state = store.launch_state(launch).await.expect("a launch");
        let counts = store.trigger_counts(launch, "hello").await.expect("counted");
        let _ = writeln!(
            told,
            "{}: {entered:?}, then {}; {} to enter, not entered {:?}",
            to.word(),
            state.word(),
            counts.to_enter,
            counts.not_entered,
        );
    }
    expect![[r#"
        paused: Later, then paused; 1 to enter, not entered []
        running: New(0), then running; 1 to enter, not entered []
        cancelled: Cancelled, then cancelled; 1 to enter, not entered [(Cancelled, 1)]
    "#]]
    .assert_eq(&told);
    // What waited for a launch that was cancelled enters no other.
    let waited = store.to_enter("hello", 9).await.expect("read").remove(0);
    assert!(store.is_to_enter("hello", nth_phone(2)).await.expect("read"));
    let missed = happens(store, 3, "81", 20).await;
    let next = opened(store, "2", Opening::Anew).await;
    assert!(store.to_enter("hello", 9).await.expect("read").is_empty());
    assert_eq!(store.heard("hello").await.expect("read"), Some(missed));
    let later = |happening, n| Admission::Later {
        happening,
        phone: nth_phone(n),
    };
    hear(store, missed, vec![later(waited.id, 2), later(missed, 3)]).await;
    let row = |happening, n, reason| {
        Admission::Not(NotEntered {
            happening,
            phone: nth_phone(n),
            reason,
            at: start(),
        })
    };
    // Each is kept out once, for the first reason.
    let rows = vec![
        row(missed, 3, LeftOut::OptedOut),
        row(missed, 3, LeftOut::StillInside),
        row(waited.id, 2, LeftOut::StillInside),
    ];
    hear(store, missed, rows).await;
    let later = store.trigger_counts(next, "hello").await.expect("counts");
    assert_eq!(later.not_entered, []);
    let counts = store.trigger_counts(launch, "hello").await.expect("counts");
    assert_eq!(
        counts.not_entered,
        [(LeftOut::Cancelled, 2), (LeftOut::OptedOut, 1)]
    );
    assert_eq!(counts.to_enter, 0);
}

#[tokio::test]
async fn a_passage_hears_what_began_it_and_of_its_own_key() {
    let scene = Scene::new().await;
    let store = &scene.store;
    let revision = campaign(
        "trigger: { event: shipped, key: order, again: restart }\npurpose: service\nreplies: none\n\
         fields: { order: text, city: text }\nmessage: On its way to {{city}}\n",
    );
    happens(store, 0, "77", 1).await;
    let launch = opened(store, "1", Opening::GoesOn).await;
    let [one, two] = [happens(store, 0, "77", 2).await, happens(store, 0, "78", 3).await];
    enter(store, entering(launch, 0, one, "77", 5)).await;
    enter(store, entering(launch, 0, two, "78", 5)).await;
    happens(store, 0, "78", 20).await;
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
        known.hear(&revision);
        let _ = writeln!(told, "{run}: {:?} {:?}", known.events, known.values);
    }
    // The one with the first key ends, and another takes its place.
    let standing = store
        .standing(launch, 0, nth_phone(0))
        .await
        .expect("read")
        .expect("inside");
    let three = happens(store, 0, "77", 30).await;
    let restarts = Some(Restart {
        run: 0,
        launch,
        moved: standing.moved(None),
    });
    let entered = enter(
        store,
        Entering {
            restarts,
            ..entering(launch, 0, three, "77", 31)
        },
    )
    .await;
    let _ = writeln!(told, "{entered:?}");
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
    let inside = store.passages("hello", nth_phone(0)).await.expect("read");
    let runs: Vec<u32> = inside.iter().map(|passage| passage.run).collect();
    let _ = writeln!(told, "inside: {runs:?}");
    expect![[r#"
        0: {"shipped"} {"city": "city 2", "order": "77"}
        1: {"shipped"} {"city": "city 20", "order": "78"}
        New(2)
        0 inside: false
        1 inside: true
        2 inside: true
        with the key: [0, 2]
        inside: [1, 2]
    "#]]
    .assert_eq(&told);
}
