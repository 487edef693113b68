use expect_test::expect;

use super::{EXECUTE, Scene, WindowRecord, after, answer, fold, says, start};
use crate::ids::LaunchId;
use crate::store::{MessageState, OpenOptions, Store, StoreError};
use crate::testing::nth_phone;

/// A store with a launch and room for a few pages more.
async fn nearly_full() -> (Scene, LaunchId) {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let pages: u32 = sqlx::query_scalar("pragma page_count")
        .fetch_one(&scene.store.readers)
        .await
        .expect("a count");
    let Scene { store, folder } = scene;
    drop(store);
    let options = OpenOptions {
        most_pages: Some(pages + 8),
        ..EXECUTE
    };
    let store = Store::open(&folder.path().join("crier.db"), options)
        .await
        .expect("a store");
    (Scene { store, folder }, launch)
}

/// A text that takes a page.
fn long(launch: LaunchId, n: u64) -> crate::store::NewReply {
    says(launch, n % 4, &n.to_string(), &"x".repeat(4_000))
}

#[tokio::test]
async fn on_a_full_disk_a_deed_fails_whole_and_what_was_committed_stands() {
    let (scene, launch) = nearly_full().await;
    let mut kept = 0_u64;
    let error = loop {
        match scene.store.fold(fold(vec![long(launch, kept)])).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 100, "the disk is never full");
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    let words = error
        .to_string()
        .replace(&*scene.folder.path().to_string_lossy(), "DIR");
    expect!["the disk is full: the store DIR/crier.db cannot grow; make room and type the command again: it goes on where it stopped"].assert_eq(&words);
    assert!(kept > 0);
    // Some texts fit, and with them one that does not: none of them is written.
    let many = (kept..kept + 20).map(|n| long(launch, n)).collect();
    assert!(matches!(
        scene.store.fold(fold(many)).await,
        Err(StoreError::Full { .. })
    ));
    assert_eq!(scene.count("reply").await as u64, kept);
    assert_eq!(
        scene
            .store
            .person(nth_phone(0))
            .await
            .expect("readable")
            .waiting
            .len(),
        1
    );

    // With room it goes on where it stood.
    let scene = scene.again().await;
    assert_eq!(scene.count("reply").await as u64, kept);
    scene
        .store
        .fold(fold((0..kept + 20).map(|n| long(launch, n)).collect()))
        .await
        .expect("room");
    assert_eq!(scene.count("reply").await as u64, kept + 20);
    scene.store.recover_leases(start()).await.expect("recovered");
    assert_eq!(scene.claim(launch, 100).await.len(), 1);
}

/// Deeds that wait share a commit; the disk may fill up in any of them.
#[tokio::test]
async fn on_a_full_disk_each_deed_of_a_commit_is_told_what_became_of_it() {
    let (scene, launch) = nearly_full().await;
    let folds = (0..40).map(|n| scene.store.fold(fold(vec![long(launch, n)])));
    let outcomes = futures_util::future::join_all(folds).await;
    let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    }
    assert!(written < 40);
    assert_eq!(
        scene.count("reply").await,
        i64::try_from(written).expect("a count"),
        "told and written agree"
    );
    let scene = scene.again().await;
    assert_eq!(
        scene.count("reply").await,
        i64::try_from(written).expect("a count")
    );
}

#[tokio::test]
async fn a_window_that_finds_no_room_is_in_doubt_and_not_lost() {
    let (scene, launch) = nearly_full().await;
    let claimed = scene.claim(launch, 4).await;
    let texts = (0..200_000_u64)
        .flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes().to_owned())
        .collect();
    let record = WindowRecord {
        messages: (0..4)
            .map(|index| answer(&claimed[0], index, MessageState::Accepted, 1))
            .collect(),
        texts: Some((1, texts)),
        ..WindowRecord::default()
    };
    let error = scene.store.record_window(record).await.expect_err("no room");
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(scene.count("message").await, 0);
    let scene = scene.again().await;
    scene.store.recover_leases(start()).await.expect("recovered");
    let claimed = scene.claim(launch, 4).await;
    assert!(claimed[0].in_doubt && claimed[0].known.is_empty());
    assert_eq!((claimed[0].done, claimed[0].intent_to), (0, 4));
    assert!(start() < after(1));
}

#[tokio::test]
async fn a_store_that_has_no_room_to_be_made_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = OpenOptions {
        most_pages: Some(4),
        ..EXECUTE
    };
    let error = Store::open(&folder.path().join("crier.db"), options).await.err();
    assert!(matches!(error, Some(StoreError::Full { .. })), "{error:?}");
    Store::open(&folder.path().join("crier.db"), EXECUTE)
        .await
        .expect("with room it is made");
}
