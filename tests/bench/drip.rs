//! People with scattered due times: cohorts of ten, as when a hundred thousand are spread over the minutes of a week, and
//! cohorts of one.
//!
//!     cargo bench --bench drip -- --rows 100000

mod support;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use engine::advance::Place;
use engine::clock::{Clock, SystemClock};
use engine::member::Member;
use engine::plan::Summary;
use engine::store::{CohortKind, NewCohort, NewLaunch, Store, Turn};
use sms::PhoneNumber;
use support::inside::{Inside, Instantly, runtime};
use support::{Figures, Mark};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let rows = support::number("rows", 100_000);
    let mut figures = Figures::new();
    for (together, mark) in [(10, Mark::Least(20_000.0)), (1, Mark::None)] {
        let rate = runtime().block_on(drip(rows, together));
        figures.add(
            &format!("messages a second, cohorts of {together}"),
            rate,
            "",
            mark,
        );
    }
    figures.print(&format!("a drip of {rows} people with scattered due times"));
}

async fn drip(rows: u64, together: usize) -> f64 {
    let project = support::data::project_of(1, "now", support::data::UNPACED);
    let (store, loaded) = Inside::opened(project.path()).await;
    let revision = loaded.revision.clone().expect("a valid campaign");
    let now = SystemClock::new().now();
    let new = NewLaunch {
        campaign: revision.campaign.name.clone(),
        occurrence: "1".to_owned(),
        revision: (revision.id.clone(), revision.source.clone()),
        created_at: now,
        starts_at: now,
        marketing: true,
        answers: vec![],
        canary: false,
    };
    let (launch, _) = store.begin_launch(new).await.expect("begun");
    let mut phones: Vec<u64> = (0..rows).map(support::data::phone).collect();
    phones.sort_unstable();
    let cohorts = phones
        .chunks(together)
        .zip(0..)
        .map(|(phones, minute)| NewCohort {
            launch,
            run: 0,
            kind: CohortKind::Passage,
            place: Place::START,
            turn: Turn::First,
            due_at: ago(now, minute),
            sender: revision.campaign.sender.clone(),
            time_class: "UTC".to_owned(),
            members: phones.iter().map(|phone| member(*phone)).collect::<Vec<_>>(),
        });
    write(&store, cohorts.collect()).await;
    let summary = Summary::default();
    store
        .complete_launch(launch, &summary, &[], 1)
        .await
        .expect("completed");
    let inside = Inside::of(store, loaded).await;
    let time = inside.execute(Arc::new(Instantly), |_| {}).await;
    rows as f64 / time.as_secs_f64()
}

/// Each its own minute, in no order, all of them past.
fn ago(now: DateTime<Utc>, n: i64) -> DateTime<Utc> {
    now - TimeDelta::minutes(1 + n * 7_919 % 1_000_003)
}

fn member(phone: u64) -> Member {
    Member {
        phone: PhoneNumber::from_u64(phone).expect("a number"),
        language: 0,
        tariff: None,
        values: vec!["Ada".into(), "ABCDEF".into()],
        pending: None,
    }
}

async fn write(store: &Store, cohorts: Vec<NewCohort>) {
    for some in cohorts.chunks(1_000) {
        let some = some.iter().cloned().map(NewCohort::encoded).collect();
        store.add_to_launch(some, vec![]).await.expect("written");
    }
}
