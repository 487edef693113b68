//! Faults on purpose: what a deed is told, and what stands in the store afterwards.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::EXECUTE;
use crate::store::{Alarm, Fault, Faults, Store, StoreError};
use crate::testing::at;

/// The first deed meets a fault, no other does.
struct Once {
    fault: Mutex<Option<Fault>>,
    ended: Notify,
}

impl Faults for Once {
    fn next(&self) -> Option<Fault> {
        self.fault.lock().expect("unpoisoned").take()
    }

    fn crashed(&self) {
        self.ended.notify_one();
    }
}

fn alarm(subject: &str) -> Alarm {
    Alarm {
        subject: subject.to_owned(),
        reason: "a test".to_owned(),
        since: at("2026-11-25T09:00:00Z"),
        retry_at: None,
    }
}

/// What the first deed is told, and which deeds stand in the store afterwards.
async fn story(fault: Fault) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crier.db");
    let faults = Arc::new(Once {
        fault: Mutex::new(Some(fault)),
        ended: Notify::new(),
    });
    let store = Store::open_faulty(&path, EXECUTE, faults.clone())
        .await
        .expect("a store");
    let told = tokio::select! {
        biased;
        () = faults.ended.notified() => "nothing",
        told = store.raise_alarm(alarm("first")) => match told {
            Ok(()) => "done",
            Err(StoreError::Full { .. }) => "full",
            Err(_) => "failed",
        },
    };
    if told != "nothing" {
        store.raise_alarm(alarm("second")).await.expect("written");
    }
    drop(store);
    let store = Store::open(&path, EXECUTE).await.expect("a store");
    let alarms = store.alarms().await.expect("readable");
    let stands: Vec<&str> = alarms.iter().map(|alarm| alarm.subject.as_str()).collect();
    format!("{told}: {}", stands.join(" "))
}

#[tokio::test]
async fn each_fault_leaves_what_it_promises() {
    let table = [
        (Fault::Fails, "failed: second"),
        (Fault::DiskFull, "full: second"),
        (Fault::CommitFails, "failed: second"),
        (Fault::CrashBeforeCommit, "nothing: "),
        (Fault::CrashAfterCommit, "nothing: first"),
    ];
    for (fault, expected) in table {
        let told = tokio::time::timeout(Duration::from_secs(60), story(fault)).await;
        assert_eq!(told.expect("no deed waits for ever"), expected, "{fault:?}");
    }
}
