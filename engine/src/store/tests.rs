mod alarms;
mod budget;
mod claim;
mod corners;
mod crashes;
mod dead;
mod deliveries;
mod departures;
mod entering;
mod faults;
mod full;
mod inbox;
mod launch;
mod messages;
mod opening;
mod overtaken;
mod people;
mod recovery;
mod totals;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::{
    Access, Claim, ClaimedCohort, CohortKind, Intent, LaunchState, MessageRow, MessageState, NewCohort,
    NewLaunch, NewReply, OpenOptions, Progress, ReplyMeaning, Store, StoreError, Suppression, Turn,
    WindowRecord,
};
use crate::advance::Place;
use crate::ids::LaunchId;
use crate::member::Member;
use crate::plan::Summary;
use crate::revision::Source;
use crate::testing::{at, member, nth_phone};

/// A store in a folder of its own.
struct Scene {
    store: Store,
    folder: TempDir,
}

const EXECUTE: OpenOptions = OpenOptions {
    access: Access::Execute,
    most_pages: None,
};

impl Scene {
    async fn new() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("crier.db"), EXECUTE)
            .await
            .expect("a store");
        Scene { store, folder }
    }

    /// As if the process had ended and another began.
    async fn again(self) -> Scene {
        let Scene { store, folder } = self;
        drop(store);
        let store = Store::open(&folder.path().join("crier.db"), EXECUTE)
            .await
            .expect("a store");
        Scene { store, folder }
    }

    /// A launch that runs, with these cohorts, all due at [`start`]: each from one of the numbers up to another.
    async fn launched(&self, occurrence: &str, cohorts: &[(u64, u64)]) -> LaunchId {
        let (launch, _) = self
            .store
            .begin_launch(new_launch(occurrence))
            .await
            .expect("a launch");
        let cohorts = cohorts
            .iter()
            .map(|(from, to)| passage(launch, *from..*to, start()).encoded())
            .collect();
        self.store.add_to_launch(cohorts, vec![]).await.expect("cohorts");
        self.store
            .complete_launch(launch, &Summary::default(), &[], 1)
            .await
            .expect("complete");
        launch
    }

    async fn claim(&self, launch: LaunchId, members: usize) -> Vec<ClaimedCohort> {
        self.store
            .claim_due(claim(launch, CohortKind::Passage, members))
            .await
            .expect("cohorts")
            .0
    }

    async fn answers(&self, launch: LaunchId) -> Vec<ClaimedCohort> {
        self.store
            .claim_due(claim(launch, CohortKind::Answer, 100))
            .await
            .expect("cohorts")
            .0
    }

    /// Moves a launch from running to another state.
    async fn stop_launch(&self, launch: LaunchId, to: LaunchState, seconds: i64) {
        let from: &[LaunchState] = &[LaunchState::Running];
        let changed = self.store.change_launch(launch, from, to, after(seconds)).await;
        assert!(changed.expect("a change"), "it was running");
    }

    /// Claims and ends without a record, so often, as processes do that come to grief.
    async fn crash(self, launch: LaunchId, times: usize) -> Scene {
        let mut scene = self;
        for _ in 0..times {
            scene.claim(launch, 100).await;
            scene = scene.again().await;
            scene.store.recover_leases(after(0)).await.expect("recovered");
        }
        scene
    }

    async fn record(&self, record: WindowRecord) -> Intent {
        self.store.record_window(record).await.expect("recorded")
    }

    /// Rows of a table.
    async fn count(&self, table: &'static str) -> i64 {
        let query = match table {
            "cohort" => "select count(*) from cohort",
            "cohort_members" => "select count(*) from cohort_members",
            "dead_letter" => "select count(*) from dead_letter",
            "departure" => "select count(*) from departure",
            "entered" => "select count(*) from entered",
            "left_out" => "select count(*) from left_out",
            "message" => "select count(*) from message",
            "suppression" => "select count(*) from suppression",
            "reply" => "select count(*) from reply",
            "window_text" => "select count(*) from window_text",
            other => panic!("{other}"),
        };
        sqlx::query_scalar(query)
            .fetch_one(&self.store.readers)
            .await
            .expect("a count")
    }
}

fn start() -> DateTime<Utc> {
    at("2026-11-25T09:00:00Z")
}

fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

fn new_launch(occurrence: &str) -> NewLaunch {
    let source = Source {
        file_stem: "hello".into(),
        campaign: "a campaign".into(),
        folder: "shop".into(),
        project: None,
        headers: BTreeMap::from([("people.csv".into(), vec!["phone".into()])]),
    };
    NewLaunch {
        campaign: "hello".into(),
        occurrence: occurrence.into(),
        revision: ("0".repeat(64), source),
        created_at: start(),
        starts_at: start(),
        marketing: true,
        answers: vec![],
        canary: false,
    }
}

/// What is written of nothing but answers from the sender of [`passage`].
fn of_messages(messages: Vec<MessageRow>) -> WindowRecord {
    WindowRecord {
        messages,
        ..WindowRecord::default()
    }
}

/// People of a cohort at the first step: the n-th numbers.
fn passage(launch: LaunchId, people: std::ops::Range<u64>, due_at: DateTime<Utc>) -> NewCohort {
    NewCohort {
        launch,
        run: 0,
        kind: CohortKind::Passage,
        place: Place::START,
        turn: Turn::First,
        due_at,
        sender: "shop".into(),
        time_class: "UTC".into(),
        members: people.map(person).collect(),
    }
}

fn person(n: u64) -> Member {
    member(nth_phone(n), &["Ada"])
}

fn claim(launch: LaunchId, kind: CohortKind, members: usize) -> Claim {
    Claim {
        launch,
        sender: "shop".into(),
        kind,
        only_doubts: false,
        now: after(3_600),
        members,
        intent: true,
        route: 0,
        suppressions_known: 0,
    }
}

/// The whole cohort is through.
fn finished(cohort: &ClaimedCohort) -> Progress {
    let all = cohort.members.len();
    Progress {
        done: all,
        intent_to: all,
        finished: true,
        ..progress(cohort)
    }
}

/// Nothing of the cohort is settled yet.
fn progress(cohort: &ClaimedCohort) -> Progress {
    Progress {
        cohort: cohort.id,
        launch: cohort.launch,
        fence: cohort.fence,
        turn: cohort.turn,
        done: cohort.done,
        intent_to: cohort.intent_to,
        intended_at: cohort.intended_at,
        route: cohort.route,
        finished: false,
        put_back: None,
    }
}

/// The answer to the first submit of a cohort's member, [`after`] so many seconds.
fn answer(cohort: &ClaimedCohort, index: usize, state: MessageState, seconds: i64) -> MessageRow {
    MessageRow {
        id: cohort.message(index),
        launch: cohort.launch,
        run: cohort.run,
        phone: cohort.members[index].phone,
        language: 0,
        tariff: None,
        state,
        parts: 1,
        attempts: cohort.members[index].attempts() + 1,
        window: 1,
        at: after(seconds),
        reason: None,
        is_resent: false,
    }
}

/// The n-th person says stop, in the text `id`.
fn stop(launch: LaunchId, n: u64, id: &str) -> NewReply {
    let answer = NewCohort {
        kind: CohortKind::Answer,
        members: vec![member(nth_phone(n), &["You have opted out."])],
        ..passage(launch, 0..0, start())
    };
    NewReply {
        meaning: ReplyMeaning::OptOut,
        suppress: Some(Suppression {
            phone: nth_phone(n),
            reason: "opt-out",
            evidence: "STOP".into(),
            at: after(60),
            launch: Some(launch),
        }),
        allow: false,
        answers: vec![answer],
        moved: None,
        notes: vec![],
        list: None,
        ..says(launch, n, id, "STOP")
    }
}

/// The n-th person writes something that is no opt-out.
fn says(launch: LaunchId, n: u64, id: &str, text: &str) -> NewReply {
    NewReply {
        provider: "trial".into(),
        provider_id: id.into(),
        phone: nth_phone(n),
        sender: "shop".into(),
        text: text.into(),
        received_at: after(60),
        launch: Some(launch),
        run: 0,
        meaning: ReplyMeaning::Other,
        inbox: "box-office".into(),
        is_forwarded: true,
        suppress: None,
        allow: false,
        answers: vec![],
        moved: None,
        notes: vec![],
        list: None,
        begins: None,
    }
}

fn fold(replies: Vec<NewReply>) -> super::Fold {
    super::Fold {
        up_to: None,
        receipts: vec![],
        replies,
    }
}

/// Where the intents of claimed cohorts end: id of the cohort in order of claim, from and to.
fn intents(cohorts: &[ClaimedCohort]) -> Vec<(usize, usize)> {
    cohorts
        .iter()
        .map(|cohort| (cohort.done, cohort.intent_to))
        .collect()
}
