//! From the file to the last receipt stored: `crier run` with receipts that come in the order of the texts, within three
//! seconds of each; and the same walk with receipts that come in no order over the whole launch.
//!
//!     cargo bench --bench run -- --rows 1000000

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::provider::{Abilities, Answer, Inbound, Polled, Provider, ReceiptStatus, Resolve, Submission};
use futures_util::future::{BoxFuture, ready};
use support::inside::{Inside, runtime};
use support::{Figures, Mark};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let rows = support::number("rows", 1_000_000);
    let mut figures = Figures::new();
    let project = support::data::project_of(rows, "now", support::data::UNPACED);
    let used = support::run(support::crier(project.path(), &["run", "bench.campaign.yaml"]));
    figures.add(
        "crier run: people a second",
        used.rate(rows),
        "",
        Mark::Least(50_000.0),
    );
    figures.add_used(&used, Mark::None, Mark::Most(300.0));
    let project = support::data::project_of(rows, "now", support::data::UNPACED);
    let clock = SystemClock::new();
    runtime().block_on(async {
        let inside = Inside::launched(project.path()).await;
        let provider = Shuffled::of(usize::try_from(rows).expect("they fit the memory"));
        inside.execute(Arc::new(provider), |_| {}).await;
        let totals = inside.store.totals(inside.launch.id).await.expect("totals");
        let delivered = totals.messages.get(&engine::store::MessageState::Delivered);
        assert_eq!(delivered, Some(&rows), "every receipt is stored");
    });
    let rate = rows as f64 / clock.monotonic().as_secs_f64();
    figures.add(
        "receipts in no order: people a second",
        rate,
        "",
        Mark::Least(25_000.0),
    );
    figures.print(&format!(
        "{rows} people, two variables, from the file to the last receipt stored"
    ));
}

/// Keeps the receipts until the last text, and sends them shuffled, 10,000 at a time.
struct Shuffled {
    references: Mutex<Vec<String>>,
    rows: usize,
    given: Mutex<usize>,
}

impl Shuffled {
    fn of(rows: usize) -> Shuffled {
        Shuffled {
            references: Mutex::new(Vec::with_capacity(rows)),
            rows,
            given: Mutex::new(0),
        }
    }
}

/// Receipts of one poll.
const PAGE: usize = 10_000;

impl Provider for Shuffled {
    fn abilities(&self) -> Abilities {
        Abilities {
            batch: 4_096,
            in_flight: 64,
            forgets: false,
            resolve: Resolve::Nothing,
            patience: Duration::ZERO,
        }
    }

    fn submit(&self, batch: Vec<Submission>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let answers = vec![Answer::Accepted; batch.len()];
        let mut references = self.references.lock().expect("unpoisoned");
        references.extend(batch.into_iter().map(|text| text.reference));
        if references.len() == self.rows {
            // By their keyed tag at the end, which is in no order.
            references.sort_by(|a, b| a[13..].cmp(&b[13..]));
        }
        Box::pin(ready(answers))
    }

    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        let references = self.references.lock().expect("unpoisoned");
        let mut given = self.given.lock().expect("unpoisoned");
        let page = match references.len() == self.rows {
            true => &references[*given..(*given + PAGE).min(self.rows)],
            false => &[],
        };
        *given += page.len();
        let receipt = |reference: &String| Inbound::Receipt {
            reference: reference.clone(),
            status: ReceiptStatus::Delivered,
            reason: None,
        };
        let again_at = match *given {
            given if given == self.rows => None,
            0 => Some(now + chrono::TimeDelta::milliseconds(100)),
            _ => Some(now),
        };
        Box::pin(ready(Polled {
            inbound: page.iter().map(receipt).collect(),
            again_at,
            whole: *given == self.rows,
            mark: *given as u64,
        }))
    }

    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}
