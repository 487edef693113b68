//! docs/language.md, held against crier: its tables of keys are made of the tables that the parser reads by, and every
//! example of a file is checked. `UPDATE_EXPECT=1` writes the tables anew.

#[path = "../../dsl/tests/language/another_reader.rs"]
mod another_reader;
mod examples;
mod keys;
#[path = "../../dsl/tests/language/prefixes.rs"]
mod prefixes;
#[path = "../project/mod.rs"]
mod project;

use std::path::PathBuf;
use std::sync::Arc;

use prefixes::{Around, Whole};

/// Where the reference stands.
fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/language.md")
}

fn text() -> String {
    std::fs::read_to_string(path()).expect("the reference can be read")
}

#[test]
fn tables_of_keys_are_those_that_the_parser_reads_by() {
    let text = text();
    let made = keys::written_anew(&text);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path(), made).expect("it can be written");
        return;
    }
    let stale = text
        .lines()
        .zip(made.lines())
        .find(|(is, due)| is != due)
        .map(|(is, due)| format!("it says\n{is}\nand the tables of keys say\n{due}"));
    assert!(
        text == made,
        "docs/language.md is stale, UPDATE_EXPECT=1 writes it anew: {}",
        stale.unwrap_or_default()
    );
}

#[test]
fn every_key_stands_in_a_table() {
    let missing = keys::missing(&text());
    assert!(missing.is_empty(), "no table shows {}", missing.join("; "));
}

#[test]
fn every_example_gives_what_is_said_of_it() {
    let wrong = examples::wrong(&text());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn another_reader_of_yaml_sees_the_same_in_every_example() {
    for (name, text) in examples::files(&text(), true).1 {
        another_reader::sees_the_same(&format!("{name}:\n{text}"), &text);
    }
}

#[test]
fn prefixes_of_every_example_are_read() {
    let (folder, files) = examples::files(&text(), false);
    let around = Arc::new(Around::of_folder(folder.path()));
    let files = files.into_iter().map(|(name, text)| Whole {
        name,
        bytes: text.into_bytes(),
        around: around.clone(),
    });
    prefixes::are_read(&files.collect::<Vec<_>>(), 100);
}

#[test]
fn every_link_inside_of_the_reference_leads_to_a_heading() {
    let text = text();
    let headings: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect();
    let links = text
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let broken: Vec<&str> = links
        .filter(|link| !headings.iter().any(|own| own == link))
        .collect();
    assert!(broken.is_empty(), "no heading for {broken:?}");
}
