//! `crier lsp` on a campaign of so many lines: the median and the slowest answer of each kind, and how long after a change
//! of one letter the faults of the file are told.
//!
//!     cargo bench --bench lsp -- --lines 500

#[path = "../editor/mod.rs"]
mod editor;
#[path = "../project/mod.rs"]
mod project;
mod support;

use std::fmt::Write as _;
use std::time::Duration;

use editor::Editor;
use engine::clock::{Clock, SystemClock};
use project::Folder;
use serde_json::{Value, json};
use support::{Figures, Mark};

const FILE: &str = "long.campaign.yaml";
/// How often each is asked.
const TIMES: u32 = 50;

fn main() {
    let lines = support::number("lines", 500);
    let folder = Folder::of_people(10, "100/s");
    let text = campaign(lines);
    folder.write(FILE, &text);
    let mut editor = Editor::start(&folder);
    editor.initialize();
    editor.open(FILE, &text);
    editor.diagnostics(FILE);
    let mut figures = Figures::new();
    let mut add = |name: &str, (median, slowest): (Duration, Duration)| {
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        figures.add(name, ms(median), "ms", Mark::Most(20.0));
        figures.add("  the slowest", ms(slowest), "ms", Mark::None);
    };
    add(
        "faults after a change",
        measured(|n| {
            let (letter, from) = if n % 2 == 0 { ("x", (1, 0)) } else { ("", (1, 1)) };
            editor.change(FILE, (1, 0), (from.0, if n % 2 == 0 { 0 } else { 1 }), letter);
            editor.diagnostics(FILE);
        }),
    );
    let send = line_of(&text, "  - send: message-0");
    let message = line_of(&text, "  message-0:") + 1;
    for (name, method, place) in [
        ("completion of a name", "textDocument/completion", (send, 10)),
        ("completion of a key", "textDocument/completion", (send, 4)),
        ("completion in a text", "textDocument/completion", (message, 15)),
        ("hover over a text", "textDocument/hover", (message, 25)),
        ("hover over a key", "textDocument/hover", (send, 5)),
        ("definition", "textDocument/definition", (send, 12)),
    ] {
        add(name, measured(|_| drop(editor.ask_at(method, FILE, place))));
    }
    for (name, method, more) in [
        (
            "references",
            "textDocument/references",
            ("context", json!({ "includeDeclaration": true })),
        ),
        ("rename", "textDocument/rename", ("newName", json!("other"))),
        ("outline", "textDocument/documentSymbol", ("x", Value::Null)),
    ] {
        let mut asked = editor.at(FILE, (send, 12));
        asked[more.0] = more.1;
        add(
            name,
            measured(|_| drop(editor.ask(method, asked.clone()).expect("an answer"))),
        );
    }
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": lines, "character": 0 } });
    let asked = json!({ "textDocument": { "uri": editor.uri(FILE) }, "range": range, "context": { "diagnostics": [] } });
    add(
        "repairs of the whole file",
        measured(|_| {
            drop(
                editor
                    .ask("textDocument/codeAction", asked.clone())
                    .expect("an answer"),
            );
        }),
    );
    editor.end();
    let count = text.lines().count();
    figures.print(&format!(
        "crier lsp, a campaign of {count} lines, {TIMES} of each"
    ));
}

/// The median and the slowest.
fn measured(mut ask: impl FnMut(u32)) -> (Duration, Duration) {
    let clock = SystemClock::new();
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|n| {
            let start = clock.monotonic();
            ask(n);
            clock.monotonic() - start
        })
        .collect();
    times.sort_unstable();
    let at = |n: usize| times.get(n).copied().unwrap_or_default();
    (at(times.len() / 2), at(times.len() - 1))
}

fn line_of(text: &str, start: &str) -> u32 {
    let line = text
        .lines()
        .position(|line| line.starts_with(start))
        .expect("a line");
    u32::try_from(line).expect("few lines")
}

/// Five lines for each message: two of a step, three of its texts.
fn campaign(lines: u64) -> String {
    let count = lines.saturating_sub(9) / 5;
    let mut text = "# A long campaign.\n\naudience: people.csv\nlanguages: [en, es]\nschedule: now\nreplies: office\nsteps:\n".to_owned();
    for n in 0..count {
        let _ = writeln!(text, "  - send: message-{n}\n  - wait: {} hours", n % 9 + 1);
    }
    text.push_str("messages:\n");
    for n in 0..count {
        let _ = writeln!(
            text,
            "  message-{n}:\n    en: \"Hi {{{{first_name}}}}, doors open at {n}. STOP to opt out\"\n    es: \"Hola {{{{first_name}}}}, abrimos a las {n}. STOP para salir\""
        );
    }
    text
}
