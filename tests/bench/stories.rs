//! `crier test` on many stories: of one file, and of a hundred.
//!
//!     cargo bench --bench stories -- --stories 1000

mod support;

use std::path::Path;

use support::{Figures, Mark};

/// Files that the stories are spread over.
const FILES: u64 = 100;

const CAMPAIGN: &str = r#"audience: people.csv
schedule: 2026-12-01 10:00
languages: [en, es]
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        do: [{ tag: coming }, { send: kept }]
      - words: ["no"]
        finish: declined
    remind: { after: 1 day, send: reminder }
    silence: { finish: silent }
  - wait: 5 days
  - send: bus
messages:
  invite: { en: "{{first_name}}, coming on Saturday? YES or NO. STOP to opt out", es: "{{first_name}}, ¿viene? SI o NO. STOP para salir" }
  kept: { en: "Your seat is kept.", es: "Su asiento queda guardado." }
  reminder: { en: "Coming? YES or NO", es: "¿Viene? SI o NO" }
  bus: { en: "The bus leaves at six.", es: "El bus sale a las seis." }
tests:
"#;

fn main() {
    let stories = support::number("stories", 1_000);
    let mut figures = Figures::new();
    for files in [1, FILES] {
        let folder = tempfile::tempdir().expect("a folder");
        support::data::write(folder.path(), "people.csv", "phone,first_name,language\n");
        for file in 0..files {
            write(folder.path(), file, stories / files);
        }
        let used = support::best(5, || support::crier(folder.path(), &["test"]));
        figures.add_used(&used, Mark::Most(1.0), Mark::None);
    }
    figures.print(&format!(
        "crier test, {stories} stories of 1 file, of {FILES} files, the best of 5"
    ));
}

fn write(folder: &Path, file: u64, stories: u64) {
    let name = format!("copy-{file}");
    let own: String = (0..stories).map(story).collect();
    let text = format!("campaign: {name}\n{CAMPAIGN}{own}");
    support::data::write(folder, &format!("{name}.campaign.yaml"), &text);
}

/// Every other person keeps silent.
fn story(n: u64) -> String {
    let said = match n % 2 {
        0 => "      - reply: \"Yes!\"\n      - tagged: coming\n      - expect: kept\n      - expect: bus\n",
        _ => "      - expect: reminder\n      - after: 1 day\n      - finished: silent\n",
    };
    let phone = 12_125_550_100 + n % 100;
    format!(
        "  - test: person {n}\n    person: {{ phone: \"+{phone}\", first_name: Ada }}\n    story:\n      - expect: invite\n{said}"
    )
}
