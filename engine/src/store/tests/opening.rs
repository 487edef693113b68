use std::path::Path;

use expect_test::expect;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::{EXECUTE, Scene};
use crate::store::{Access, OpenOptions, Store, StoreError};

const READ: OpenOptions = OpenOptions {
    access: Access::Read,
    most_pages: None,
};

/// Why a store cannot be opened, in words without its folder and our process.
async fn refusal(path: &Path, options: OpenOptions) -> (StoreError, String) {
    let Err(error) = Store::open(path, options).await else {
        panic!("it opened")
    };
    let folder = path.parent().expect("a folder").to_string_lossy().into_owned();
    let words = error
        .to_string()
        .replace(&folder, "DIR")
        .replace(&std::process::id().to_string(), "4711");
    (error, words)
}

#[tokio::test]
async fn a_command_that_only_reads_makes_no_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crier.db");
    let (error, words) = refusal(&path, READ).await;
    expect!["there is no store at DIR/crier.db: nothing has been sent from this project yet; `crier run FILE` makes it"].assert_eq(&words);
    assert!(matches!(error, StoreError::Absent { .. }));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[tokio::test]
async fn a_store_that_several_make_at_once_is_made_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("crier.db");
        let append = OpenOptions {
            access: Access::Append,
            most_pages: None,
        };
        let opened = futures_util::future::join_all((0..6).map(|_| Store::open(&path, append)));
        for store in opened.await {
            store.expect("each opens it");
        }
    }
}

#[tokio::test]
async fn one_process_executes_and_others_read() {
    let scene = Scene::new().await;
    let path = scene.store.path().to_owned();
    assert!(scene.store.executes());
    let (error, words) = refusal(&path, EXECUTE).await;
    expect!["the store DIR/crier.db is held by process 4711; wait for it to end, or use `crier pause` and `crier status` meanwhile"].assert_eq(&words);
    assert!(matches!(error, StoreError::Held { .. }));
    let reader = Store::open(&path, READ).await.expect("others read");
    assert!(!reader.executes());
    let launch = scene.launched("1", &[(0, 2)]).await;
    assert_eq!(reader.launches(None).await.expect("launches")[0].id, launch);
    drop(reader);
    // The lock goes with the store.
    scene.again().await;
}

#[tokio::test]
async fn a_store_of_a_later_version_is_left_alone() {
    let scene = Scene::new().await;
    let path = scene.store.path().to_owned();
    let Scene { store, folder } = scene;
    drop(store);
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .expect("a connection");
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (999, 'later', true, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .expect("a later migration");
    let (error, words) = refusal(&path, EXECUTE).await;
    assert!(matches!(error, StoreError::Newer { .. }));
    expect!["the store DIR/crier.db was written by a newer crier; update this one (it knows the store up to version 24)"].assert_eq(&words);
    assert!(matches!(refusal(&path, READ).await.0, StoreError::Newer { .. }));
    drop(folder);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crier.db");
    let mut said = vec![];
    for text in ["phone,name\n+393331234567,Ada\n".to_owned(), "x".repeat(10_000)] {
        std::fs::write(&path, &text).expect("a file");
        for options in [EXECUTE, READ] {
            let (error, words) = refusal(&path, options).await;
            assert!(matches!(error, StoreError::NotAStore { .. }));
            said.push(words);
        }
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
    }
    said.dedup();
    expect![
        "DIR/crier.db is not a store of crier; move it away, or name another one under `store` in crier.yaml"
    ]
    .assert_eq(&said.join("\n"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let error = Store::open(&folder.path().join("file").join("crier.db"), EXECUTE)
        .await
        .err();
    assert!(matches!(error, Some(StoreError::Unopenable { .. })), "{error:?}");
}

#[tokio::test]
async fn the_store_is_made_with_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(".crier").join("deep").join("crier.db");
    let store = Store::open(&path, EXECUTE).await.expect("a store");
    assert!(store.launches(None).await.expect("launches").is_empty());
    assert!(store.launch_state(crate::ids::LaunchId(7)).await.is_err());
}
