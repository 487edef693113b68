//! Durable dispatch: a provider that takes everything at once and sends no receipts, so that what is measured is the engine
//! and its store. Says too what a message costs when few are stored and when many are.
//!
//!     cargo bench --bench dispatch -- --rows 1000000

mod support;

use std::sync::{Arc, Mutex};

use support::inside::{Inside, Instantly, runtime};
use support::{Figures, Mark, own_cpu, own_resident};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Messages of which the processor time is taken together.
const SLICE: u64 = 100_000;

fn main() {
    let rows = support::number("rows", 1_000_000);
    let project = support::data::project_of(rows, "now", support::data::UNPACED);
    let (time, slices) = runtime().block_on(async {
        let inside = Inside::launched(project.path()).await;
        let slices = Arc::new(Mutex::new(vec![own_cpu()]));
        let seen = slices.clone();
        let observer = move |progress: &engine::execute::Progress| {
            let mut slices = seen.lock().expect("unpoisoned");
            if progress.accepted >= SLICE * slices.len() as u64 {
                slices.push(own_cpu());
            }
        };
        let time = inside.execute(Arc::new(Instantly), observer).await;
        let slices = slices.lock().expect("unpoisoned").clone();
        (time, slices)
    });
    let mut figures = Figures::new();
    figures.add(
        "messages a second",
        rows as f64 / time.as_secs_f64(),
        "",
        Mark::Least(100_000.0),
    );
    let costs: Vec<f64> = slices
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64() * 1e6 / SLICE as f64)
        .collect();
    let first = mean(&costs[..costs.len().min(3)]);
    let last = mean(&costs[costs.len().saturating_sub(3)..]);
    figures.add(
        "processor time a message, the first 300,000",
        first,
        "µs",
        Mark::None,
    );
    figures.add("the last 300,000", last, "µs", Mark::None);
    figures.add("how many times as much", last / first, "", Mark::Most(1.2));
    figures.add(
        "resident at most",
        support::mib(own_resident()),
        "MiB",
        Mark::None,
    );
    let tenths = costs.chunks(costs.len().div_ceil(10).max(1));
    let tenths: Vec<String> = tenths.map(|costs| format!("{:.1}", mean(costs))).collect();
    figures.print(&format!(
        "dispatch of {rows} messages, no receipts; by tenths, µs of processor time a message: {}",
        tenths.join(" ")
    ));
}

fn mean(costs: &[f64]) -> f64 {
    costs.iter().sum::<f64>() / costs.len().max(1) as f64
}
