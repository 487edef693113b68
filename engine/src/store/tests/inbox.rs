use super::{
    Claim, Scene, WindowRecord, after, answer, finished, fold, of_messages, passage, progress, says, start,
    stop,
};
use crate::advance::Place;
use crate::ids::{LaunchId, MessageId};
use crate::left_out::LeftOut;
use crate::store::{
    CohortKind, Fold, LaunchState, MessageRow, MessageState, NewCohort, NewRaw, Progress, SentTo,
};
use crate::testing::nth_phone;

#[tokio::test]
async fn what_a_provider_said_is_kept_in_order_until_it_is_folded() {
    let scene = Scene::new().await;
    let raw = |provider: &str, body: String| NewRaw {
        provider: provider.into(),
        body,
    };
    let said = (0..2_500).map(|n| raw("trial", n.to_string())).collect();
    let last = scene.store.receive(said, start()).await.expect("kept");
    let other = vec![raw("other", "last".into())];
    let one_more = scene.store.receive(other, after(1)).await.expect("kept");
    assert_eq!(one_more, last + 1);
    let scene = scene.again().await;
    let batch = scene.store.unfolded(0, 2_000).await.expect("a batch");
    assert!(
        batch
            .iter()
            .map(|raw| raw.body.clone())
            .eq((0..2_000).map(|n| n.to_string()))
    );
    assert_eq!(
        (batch[0].provider.as_str(), batch[0].received_at),
        ("trial", start())
    );
    scene
        .store
        .fold(Fold {
            up_to: Some(batch[1_999].id),
            ..Fold::default()
        })
        .await
        .expect("folded");
    // A batch that is folded in part stays.
    scene.store.fold(Fold::default()).await.expect("folded");
    let rest = scene.store.unfolded(0, 2_000).await.expect("a batch");
    assert_eq!(
        (rest.len(), rest[500].body.as_str(), rest[500].provider.as_str()),
        (501, "last", "other")
    );
}

/// CASES 7.4, in one process.
#[tokio::test]
async fn the_same_text_brought_three_times_is_one_reply() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let text = || fold(vec![stop(launch, 1, "SM0001")]);
    let (first, second) = tokio::join!(scene.store.fold(text()), scene.store.fold(text()));
    let third = scene.store.fold(text()).await;
    let new = [first, second, third].map(|outcome| outcome.expect("folded").replies.len());
    assert_eq!(new.iter().sum::<usize>(), 1, "{new:?}");
    assert_eq!(
        (scene.count("reply").await, scene.count("suppression").await),
        (1, 1)
    );
    assert_eq!(scene.answers(launch).await.len(), 1);
    // Another text has another id, and another provider's ids are its own.
    let other = crate::store::NewReply {
        provider: "other".into(),
        ..says(launch, 1, "SM0001", "Yes")
    };
    scene
        .store
        .fold(fold(vec![other, says(launch, 1, "SM0002", "Yes")]))
        .await
        .expect("folded");
    assert_eq!(scene.count("reply").await, 3);
}

#[tokio::test]
async fn stop_said_twice_is_answered_once() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let outcome = scene
        .store
        .fold(fold(vec![stop(launch, 1, "a"), stop(launch, 1, "b")]))
        .await
        .expect("folded");
    assert_eq!(outcome.replies.len(), 2, "both are kept");
    scene
        .store
        .fold(fold(vec![stop(launch, 1, "c")]))
        .await
        .expect("folded");
    assert_eq!(
        (scene.count("reply").await, scene.count("suppression").await),
        (3, 1)
    );
    let answers = scene.answers(launch).await;
    let [cohort] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        (cohort.members[0].phone, &*cohort.members[0].values[0]),
        (nth_phone(1), "You have opted out.")
    );
    assert!(scene.store.is_suppressed(nth_phone(1)).await.expect("known"));
    assert!(!scene.store.is_suppressed(nth_phone(2)).await.expect("known"));
}

#[tokio::test]
async fn an_opt_out_ends_what_waits_in_every_launch() {
    let scene = Scene::new().await;
    let (first, second) = (
        scene.launched("1", &[(0, 4), (4, 8)]).await,
        scene.launched("2", &[(0, 4)]).await,
    );
    let from: &[LaunchState] = &[LaunchState::Running];
    assert!(
        scene
            .store
            .change_launch(second, from, LaunchState::Paused, start())
            .await
            .expect("paused")
    );
    scene
        .store
        .fold(fold(vec![stop(first, 2, "a")]))
        .await
        .expect("folded");
    let story = scene.store.person(nth_phone(2)).await.expect("a story");
    assert!(story.waiting.is_empty());
    let left_out: Vec<_> = story
        .left_out
        .into_iter()
        .map(|(launch, row, reason, _)| (launch, row, reason))
        .collect();
    assert_eq!(
        left_out,
        [(first, 0, LeftOut::OptedOut), (second, 0, LeftOut::OptedOut)]
    );
    let claimed = scene.claim(first, 100).await;
    let departed: Vec<usize> = claimed
        .iter()
        .flat_map(|cohort| cohort.departed.clone())
        .collect();
    assert_eq!(departed, [2]);
    let totals = scene.store.totals(first).await.expect("totals");
    assert_eq!(
        (totals.unrecorded(), totals.opt_outs, totals.left_out),
        (7, 1, [(LeftOut::OptedOut, 1)].into())
    );
}

#[tokio::test]
async fn an_opt_out_leaves_what_may_be_out_already_to_its_answer() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 2).await;
    scene
        .store
        .release(vec![(claimed[0].id, claimed[0].fence)])
        .await
        .expect("released");
    // Two are before the mark of the intent, two behind it.
    scene
        .store
        .fold(fold((0..4).map(|n| stop(launch, n, &n.to_string())).collect()))
        .await
        .expect("folded");
    let claimed = scene.claim(launch, 100).await;
    assert!(claimed[0].in_doubt);
    assert!(
        claimed[0].departed.iter().eq(&[2, 3]),
        "{:?}",
        claimed[0].departed
    );
    assert_eq!(scene.count("left_out").await, 2);
}

#[tokio::test]
async fn an_opt_out_leaves_a_cohort_that_is_held_to_its_holder() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 2).await;
    scene
        .store
        .fold(fold(vec![stop(launch, 3, "a")]))
        .await
        .expect("folded");
    assert_eq!(
        (scene.count("departure").await, scene.count("left_out").await),
        (0, 0)
    );
    let intent = scene
        .record(WindowRecord {
            progress: vec![progress(&claimed[0])],
            ..WindowRecord::default()
        })
        .await;
    assert_eq!(
        intent.suppressed,
        [(1, nth_phone(3).as_u64())],
        "it learns of it with its next record"
    );
}

#[tokio::test]
async fn an_opt_out_finds_people_where_they_went() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let claimed = scene.claim(launch, 4).await;
    let place = crate::advance::Place { step: 2, visit: 0 };
    let departing = vec![crate::store::NewCohort {
        place,
        ..passage(launch, 0..4, after(90_000))
    }];
    scene
        .record(WindowRecord {
            progress: vec![finished(&claimed[0])],
            departing,
            ..WindowRecord::default()
        })
        .await;
    scene
        .store
        .fold(fold(vec![stop(launch, 3, "a")]))
        .await
        .expect("folded");
    assert!(
        scene
            .store
            .person(nth_phone(3))
            .await
            .expect("a story")
            .waiting
            .iter()
            .map(|at| (at.launch, at.step, at.due_at))
            .collect::<Vec<_>>()
            .is_empty()
    );
    assert_eq!(
        scene
            .store
            .person(nth_phone(0))
            .await
            .expect("a story")
            .waiting
            .iter()
            .map(|at| (at.launch, at.step, at.due_at))
            .collect::<Vec<_>>(),
        [(launch, 2, after(90_000))]
    );
    assert_eq!(scene.store.totals(launch).await.expect("totals").waiting, 3);
}

/// A cohort of the first person at the second text, from a sender.
fn second_text(launch: LaunchId, sender: &str) -> NewCohort {
    NewCohort {
        place: Place { step: 2, visit: 0 },
        sender: sender.into(),
        ..passage(launch, 0..1, start())
    }
}

/// A launch with these cohorts, each with one text to the first person: after so many seconds it came to that state.
async fn texted(scene: &Scene, texts: &[(&str, MessageState, i64)]) -> (LaunchId, Vec<MessageId>) {
    let launch = scene.launched("1", &[]).await;
    let mut ids = vec![];
    for (sender, state, seconds) in texts {
        let departing = vec![second_text(launch, sender)];
        let record = WindowRecord {
            departing,
            ..WindowRecord::default()
        };
        scene.record(record).await;
        let claim = Claim {
            sender: (*sender).into(),
            ..super::claim(launch, CohortKind::Passage, 1)
        };
        let claimed = scene.store.claim_due(claim).await.expect("cohorts").0;
        let message = MessageRow {
            language: 1,
            tariff: Some(3),
            ..answer(&claimed[0], 0, *state, *seconds)
        };
        ids.push(message.id);
        let record = WindowRecord {
            progress: vec![finished(&claimed[0])],
            ..of_messages(vec![message])
        };
        scene.record(record).await;
    }
    (launch, ids)
}

#[tokio::test]
async fn a_reply_belongs_to_the_last_text_from_that_sender() {
    use MessageState::Accepted;
    let scene = Scene::new().await;
    let texts = [
        ("shop", Accepted, 10),
        ("shop", Accepted, 20),
        ("other", Accepted, 30),
    ];
    let (launch, ids) = texted(&scene, &texts).await;
    let (store, to) = (&scene.store, nth_phone(0));
    let newest = SentTo {
        run: 0,
        message: ids[1],
        launch,
        step: 2,
        language: 1,
    };
    let sent = store.sent_lately(to, "shop", after(0)).await.expect("known");
    assert_eq!(sent.first(), Some(&newest));
    for (to, sender, since, expected) in [
        (to, "shop", 0, vec![ids[1], ids[0]]),
        (to, "shop", 20, vec![ids[1]]),
        (to, "shop", 21, vec![]),
        (to, "other", 0, vec![ids[2]]),
        (to, "nobody", 0, vec![]),
        (nth_phone(1), "shop", 0, vec![]),
    ] {
        let sent = store.sent_lately(to, sender, after(since)).await.expect("known");
        let messages: Vec<_> = sent.iter().map(|sent| sent.message).collect();
        assert_eq!(messages, expected, "{sender} since {since}");
    }
    for (to, expected) in [(to, Some(ids[2])), (nth_phone(1), None)] {
        let sent = store.sent_by_any(to).await.expect("known");
        assert_eq!(sent.first().map(|sent| sent.message), expected, "by any");
    }
}

#[tokio::test]
async fn nobody_replies_to_a_text_that_was_not_taken() {
    use MessageState::{Accepted, Attempting, Delivered, Expired, Rejected, Undelivered, Unknown};
    for (state, is_answered) in [
        (Attempting, false),
        (Unknown, true),
        (Rejected, false),
        (Accepted, true),
        (Expired, true),
        (Undelivered, true),
        (Delivered, true),
    ] {
        let scene = Scene::new().await;
        let (_, ids) = texted(&scene, &[("shop", Accepted, 10), ("shop", state, 20)]).await;
        let sent = scene.store.sent_lately(nth_phone(0), "shop", start()).await;
        let last = sent.expect("known").first().map(|sent| sent.message);
        assert_eq!(last, Some(ids[usize::from(is_answered)]), "{state:?}");
    }
}

#[tokio::test]
async fn an_answer_goes_out_beside_a_paused_launch() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    scene
        .store
        .fold(fold(vec![stop(launch, 3, "a")]))
        .await
        .expect("folded");
    let from: &[LaunchState] = &[LaunchState::Running];
    assert!(
        scene
            .store
            .change_launch(launch, from, LaunchState::Paused, start())
            .await
            .expect("paused")
    );
    let answers = scene.answers(launch).await;
    assert_eq!(answers.len(), 1);
    let done = Progress {
        put_back: None,
        ..finished(&answers[0])
    };
    scene
        .record(WindowRecord {
            progress: vec![done],
            ..WindowRecord::default()
        })
        .await;
    assert!(scene.answers(launch).await.is_empty());
    assert!(
        !scene
            .store
            .has_cohorts_left(launch, crate::store::CohortKind::Answer)
            .await
            .expect("known")
    );
    assert!(
        scene
            .store
            .has_cohorts_left(launch, crate::store::CohortKind::Passage)
            .await
            .expect("known")
    );
}
