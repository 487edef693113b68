//! `crier plan` over a long list: rows a second, and memory.
//!
//!     cargo bench --bench plan -- --rows 10000000

mod support;

use support::{Figures, Mark};

fn main() {
    let rows = support::number("rows", 10_000_000);
    let project = support::data::project(rows, "now");
    let used = support::run(support::crier(project.path(), &["plan", "bench.campaign.yaml"]));
    let mut figures = Figures::new();
    figures.add("rows a second", used.rate(rows), "/s", Mark::Least(200_000.0));
    figures.add_used(&used, Mark::None, Mark::Most(512.0));
    figures.print(&format!("crier plan, {rows} rows of a number and two variables"));
}
