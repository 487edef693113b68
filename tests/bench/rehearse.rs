//! `crier rehearse`: everybody of a long list through a campaign of three steps, one of them a question.
//!
//!     cargo bench --bench rehearse -- --rows 1000000

mod support;

use support::{Figures, Mark};

/// A question by day on the clock of each recipient, a reminder of those who are silent, and a last text.
const CAMPAIGN: &str = "\
audience: people.csv
schedule: { at: 2026-12-01 10:00, window: 10:00-20:00 }
steps:
  - ask: invite
    id: question
    for: 2 days
    answers:
      - words: [yes]
        tag: coming
      - words: [no]
        finish: declined
    silence: { send: reminder }
  - wait: 1 day
  - send: bus
goal: { when: tagged(\"coming\") }
replies: office
messages:
  invite: \"Hi {{first_name}}, the night market is back. Coming? YES or NO. Your code is {{code}}. STOP to opt out\"
  reminder: \"{{first_name}}, we keep your seat until tomorrow\"
  bus: \"{{first_name}}, the bus leaves at 6 pm\"
limits: { frequency: 4 per 7 days, rate: 1000/s }
";

fn main() {
    let rows = support::number("rows", 1_000_000);
    let project = support::data::project(rows, "now");
    support::data::write(project.path(), "bench.campaign.yaml", CAMPAIGN);
    support::data::write(project.path(), "model.yaml", "replies: 10%\n");
    let args = [
        "rehearse",
        "bench.campaign.yaml",
        "--model",
        "model.yaml",
        "--seed",
        "1",
    ];
    let used = support::run(support::crier(project.path(), &args));
    let mut figures = Figures::new();
    figures.add("people a second", used.rate(rows), "/s", Mark::None);
    figures.add_used(&used, Mark::Most(30.0), Mark::Most(1_024.0));
    figures.print(&format!(
        "crier rehearse, {rows} people through a question, a reminder and a last text"
    ));
}
