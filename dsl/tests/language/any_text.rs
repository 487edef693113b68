//! No text makes the language panic, point outside of the file, or make a campaign of a file with errors.

use super::prefixes::{self, Around, Whole};
use super::support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

fn holds(name: &str, bytes: &[u8]) {
    let (text, found) = support::check(name, bytes);
    prefixes::lie_in(&text, &found);
}

#[test]
fn every_prefix_of_every_file_is_read() {
    let fixture = support::testdata("fixture");
    let plain = Arc::new(Around::new(&fixture, support::project()));
    let own = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        match text.starts_with("# p") {
            true => Arc::new(Around::new(&fixture, support::project_for(&text))),
            false => plain.clone(),
        }
    };
    let folders = ["err", "ok", "fixture", "schema", "stories"];
    let single = folders.into_iter().flat_map(support::files);
    let mut all: Vec<Whole> = single.map(|path| whole(&path, own(&path))).collect();
    for folder in ["err", "ok"].into_iter().flat_map(support::projects) {
        let around = Arc::new(match folder.join("crier.yaml").exists() {
            true => Around::of_folder(&folder),
            false => Around::new(&folder, support::project()),
        });
        let files = support::files_of(folder).into_iter();
        all.extend(files.map(|path| whole(&path, around.clone())));
    }
    prefixes::are_read(&all, usize::MAX);
}

fn whole(path: &Path, around: Arc<Around>) -> Whole {
    Whole {
        name: support::name(path),
        bytes: std::fs::read(path).expect("it can be read"),
        around,
    }
}

/// What YAML and the language are sensitive to.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "audience",
        "schedule",
        "message",
        "steps",
        "messages",
        "send",
        "wait",
        "text",
        "it",
        "en",
        "now",
        ": ",
        ":",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\r\n",
        "\t",
        " ",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        ",",
        "\"",
        "'",
        "|",
        ">",
        "|-",
        "#",
        " #",
        "*a",
        "&a ",
        "!t ",
        "<<: ",
        "%",
        "@",
        "\\",
        "\\u00e8",
        "?",
        "---",
        "...",
        "😀",
        "è",
        "\u{feff}",
        "\u{0}",
        "2 days",
        "lists/customers.csv",
        "first_name",
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds("any.campaign.yaml", &bytes);
        holds("any.crier.yaml", &bytes);
    }

    #[test]
    fn any_pieces_of_yaml_are_read(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        holds("any.campaign.yaml", text.as_bytes());
        holds("any.crier.yaml", text.as_bytes());
    }

    #[test]
    fn a_file_with_a_piece_put_in_is_read(at in 0usize..400, piece in piece(), which in 0usize..100) {
        let files = support::files("ok");
        let path = &files[which % files.len()];
        let mut text = std::fs::read_to_string(path).expect("it can be read");
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &piece);
        holds(&support::name(path), text.as_bytes());
    }
}

/// With each value in turn made one that needs quotes or is none, that is told, and no more than before: what depends on the
/// value is blamed on nothing else, and what follows is read.
#[test]
fn a_value_without_its_quotes_is_told_alone() {
    let mut blamed = vec![];
    for path in support::files("ok") {
        let name = support::name(&path);
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let (_, before) = support::check(&name, text.as_bytes());
        for value in values(&text) {
            let mut broken = text.clone();
            broken.replace_range(value.clone(), "{{first_name}} and more");
            let (_, found) = support::check(&name, broken.as_bytes());
            let told = |d: &&dsl::diagnostic::Diagnostic| !before.iter().any(|b| b.message == d.message);
            let more: Vec<&str> = found.iter().filter(told).map(|d| d.message.as_str()).collect();
            let line = &text[..value.start].lines().last().unwrap_or_default();
            if more.len() != 1 {
                blamed.push(format!("{name}, {}: {more:?}", line.trim()));
            }
        }
    }
    assert!(blamed.is_empty(), "{}", blamed.join("\n"));
}

/// The values of lines `key: value` that are one text or word.
fn values(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut all = vec![];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim_end();
        let begin = written.len() - written.trim_start_matches([' ', '-']).len();
        let key = written[begin..].split(": ").next().unwrap_or_default();
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
        let value = begin + key.len() + 2;
        let own = written.get(value..).filter(|own| is_key && !own.is_empty());
        if own.is_some_and(|own| {
            !own.starts_with(['|', '>', '{', '[', '&', '*', '#', ' ']) && !own.contains(" #")
        }) {
            all.push(at + value..at + written.len());
        }
        at += line.len();
    }
    all
}
