use super::{Scene, after, fold, says, start};
use crate::deliver::{Answered, Fate};
use crate::ids::LaunchId;
use crate::store::{DeliveryCounts, DeliveryTold, DeliveryTurn, Note, NoteRow};
use crate::testing::nth_phone;

fn turn(most: u32) -> Vec<DeliveryTurn> {
    vec![DeliveryTurn {
        inbox: "box-office".into(),
        most,
        seconds_between: None,
    }]
}

/// So many people write something for the box office.
async fn written(people: u64) -> (Scene, LaunchId) {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 8)]).await;
    let replies = (0..people).map(|n| says(launch, n, &format!("SM{n}"), "Hello"));
    scene.store.fold(fold(replies.collect())).await.expect("folded");
    (scene, launch)
}

fn forwarded(launch: LaunchId, n: u64, to: &str) -> NoteRow {
    NoteRow {
        launch,
        run: 0,
        phone: nth_phone(n),
        at: after(61),
        note: Note::Forwarded(to.into()),
    }
}

#[tokio::test]
async fn what_is_forwarded_twice_to_one_inbox_goes_there_once() {
    let (scene, launch) = written(1).await;
    let notes = vec![
        forwarded(launch, 0, "box-office"),
        forwarded(launch, 0, "desk"),
        forwarded(launch, 0, "desk"),
    ];
    scene.store.keep_notes(notes).await.expect("kept");
    let all = scene.store.deliveries_of_replies(0).await.expect("read");
    let inboxes: Vec<&str> = all.values().flatten().map(|one| one.inbox.as_str()).collect();
    assert_eq!(inboxes, ["box-office", "desk"]);
}

#[tokio::test]
async fn what_is_told_twice_or_too_late_changes_nothing() {
    let (scene, _) = written(1).await;
    let begun = scene
        .store
        .begin_deliveries(after(60), turn(9))
        .await
        .expect("begun");
    let delivery = begun.into_iter().next().expect("one waits");
    let later = delivery.unheard_at(after(60));
    assert!(
        scene
            .store
            .begin_deliveries(after(61), turn(9))
            .await
            .expect("begun")
            .is_empty()
    );
    let again = scene.store.begin_deliveries(later, turn(9)).await.expect("begun");
    assert_eq!(again.iter().map(|one| one.attempts).collect::<Vec<_>>(), [2]);
    let told = |delivery, answered: Answered, fate| DeliveryTold {
        delivery,
        answered,
        fate,
        at: later,
    };
    let refused = Answered::Refused("no".into());
    let late = told(delivery, refused.clone(), Fate::Undelivered);
    scene.store.tell_delivery(late).await.expect("told");
    assert_eq!(scene.store.delivery_counts().await.expect("counted").waiting, 1);
    let done = told(again[0].clone(), Answered::Done, Fate::Delivered);
    scene.store.tell_delivery(done).await.expect("told");
    let twice = told(again[0].clone(), refused, Fate::Undelivered);
    scene.store.tell_delivery(twice).await.expect("told");
    let counts = DeliveryCounts {
        delivered: 1,
        ..DeliveryCounts::default()
    };
    assert_eq!(scene.store.delivery_counts().await.expect("counted"), counts);
}

/// What was under way when a process ended is due for the next one, and says nothing; what waits goes on waiting.
#[tokio::test]
async fn the_next_process_takes_over_what_was_under_way() {
    let (scene, _) = written(2).await;
    let begun = scene
        .store
        .begin_deliveries(after(60), turn(2))
        .await
        .expect("begun");
    let waits = DeliveryTold {
        delivery: begun[1].clone(),
        answered: Answered::Again("away".into(), None),
        fate: Fate::Again(after(100)),
        at: after(60),
    };
    scene.store.tell_delivery(waits).await.expect("told");
    let scene = scene.again().await;
    scene.store.recover_leases(after(61)).await.expect("recovered");
    let all = scene.store.deliveries_of_replies(0).await.expect("read");
    let kept: Vec<_> = all
        .values()
        .flatten()
        .map(|one| (one.at, one.attempts, one.said.as_deref()))
        .collect();
    // The inbox takes nothing before that.
    assert_eq!(kept, [(after(70), 1, None), (after(100), 1, Some("away"))]);
    let again = scene
        .store
        .begin_deliveries(after(70), turn(8))
        .await
        .expect("begun");
    let again: Vec<_> = again.iter().map(|one| (one.id, one.attempts)).collect();
    assert_eq!(again, [(begun[0].id, 2)]);
}

/// One that fails has the others of its inbox wait, over the end of a process too; then one finds out.
#[tokio::test]
async fn an_inbox_that_takes_nothing_is_asked_by_one() {
    let (scene, _) = written(5).await;
    let begun = scene
        .store
        .begin_deliveries(after(60), turn(2))
        .await
        .expect("begun");
    assert_eq!(begun.len(), 2);
    let answered = Answered::Again("away".into(), None);
    for delivery in begun {
        let again = Fate::Again(delivery.again_at(after(60)));
        let told = DeliveryTold {
            delivery,
            answered: answered.clone(),
            fate: again,
            at: after(60),
        };
        scene.store.tell_delivery(told).await.expect("told");
    }
    let waiting = scene.store.waiting_deliveries(&[]).await.expect("read");
    assert_eq!((waiting.next_due, waiting.untried), (Some(after(70)), false));
    let scene = scene.again().await;
    assert!(
        scene
            .store
            .begin_deliveries(after(69), turn(8))
            .await
            .expect("begun")
            .is_empty()
    );
    assert!(scene.store.due_inboxes(start()).await.expect("read").is_empty());
    assert_eq!(
        scene.store.due_inboxes(after(70)).await.expect("read"),
        ["box-office"]
    );
    let one = scene
        .store
        .begin_deliveries(after(70), turn(8))
        .await
        .expect("begun");
    assert_eq!(one.len(), 1);
    let alarms = scene.store.alarms().await.expect("read");
    assert_eq!((alarms.len(), alarms[0].retry_at), (1, Some(after(70))));
}
