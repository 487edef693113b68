//! `crier rehearse` as it is typed: the example projects, models, pictures, and what cannot be rehearsed.

mod project;

use std::path::Path;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use serde_json::Value;

/// The example projects, without a store beside them.
fn example() -> Folder {
    let folder = Folder::new();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns"),
        folder.path(),
    );
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true if entry.file_name() != ".crier" => copy(&path, &to),
            true => {}
            false => {
                std::fs::copy(&path, &to).expect("copied");
            }
        }
    }
}

fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    let code = output.status.code();
    let lines = |text: &str| {
        text.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>()
    };
    let shown = format!(
        "exit {code:?}\n{}--\n{}",
        lines(stdout(&output)),
        lines(stderr(&output))
    );
    expected.assert_eq(&shown);
}

const AT: [&str; 2] = ["--at", "2026-12-01 10:00"];

#[test]
fn a_rehearsal_says_when_texts_go_and_what_comes_back() {
    let folder = example();
    let concert = ["rehearse", "concert.campaign.yaml", "--seed", "3"];
    check(&folder, &[&concert[..], &AT].concat(), expect![""]);
}

#[test]
fn a_question_of_the_town_is_rehearsed_with_a_model() {
    let folder = example();
    folder.write(
        "people.yaml",
        "replies: 70%\nopt_outs: 3%\nfree: 10%\nafter: 40 minutes\nmessages: { invitation: { words: { \"yes\": 3, \"no\": 1 } } }\n",
    );
    let town = ["rehearse", "town/concert.campaign.yaml", "--model", "people.yaml"];
    check(&folder, &[&town[..], &AT].concat(), expect![""]);
}

#[test]
fn the_document_is_the_same_on_any_number_of_cores_and_adds_up() {
    let folder = example();
    let args = [&["rehearse", "hello.campaign.yaml", "--format", "json"][..], &AT].concat();
    let on = |cores: &str| {
        let mut command = folder.crier(&args);
        let output = command
            .env("RAYON_NUM_THREADS", cores)
            .output()
            .expect("crier runs");
        assert!(output.status.success());
        stdout(&output).to_owned()
    };
    let document = on("1");
    assert_eq!(document, on("2"));
    assert_eq!(document, on("3"));
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let rehearsal = &document["rehearsal"];
    let sum = |key: &str| {
        let hours = rehearsal["hours"].as_array().expect("a list");
        hours.iter().filter_map(|hour| hour[key].as_u64()).sum::<u64>()
    };
    for key in ["texts", "answers", "parts", "replies", "desk", "opt_outs"] {
        assert_eq!(rehearsal["total"][key].as_u64(), Some(sum(key)), "{key}");
    }
    assert_eq!(rehearsal["plan"]["people"], rehearsal["people"]);
    assert_eq!(rehearsal["total"]["texts"], 972);
}

#[test]
fn a_picture_is_well_formed() {
    let folder = example();
    let args = ["rehearse", "hello.campaign.yaml", "--svg", "hello.svg"];
    assert!(folder.output(&[&args[..], &AT].concat()).status.success());
    let svg = folder.read("hello.svg");
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
        "{svg}"
    );
    let mut open: Vec<&str> = vec![];
    for tag in svg.split('<').skip(1) {
        let (tag, rest) = tag.split_once('>').expect("a tag ends");
        assert!(!rest.contains(['&', '>']), "{rest}");
        let name = tag
            .split([' ', '/'])
            .find(|name| !name.is_empty())
            .expect("a name");
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (false, true) => {}
            (false, false) => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for words in [
        "hello: texts and replies an hour",
        "time, on the campaign&apos;s clock",
        "messages an hour",
    ] {
        let words = words.replace("&apos;", "'");
        assert!(svg.contains(&words), "{words}");
    }
}

#[test]
fn what_cannot_be_rehearsed_says_why() {
    let folder = example();
    folder.write("bad.yaml", "replys: 3%\n");
    folder.write("other.yaml", "messages: { invitation: { replies: 3% } }\n");
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "bad.yaml"],
        expect![""],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "other.yaml"],
        expect![""],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "none.yaml"],
        expect![""],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--at", "noon"],
        expect![""],
    );
    check(
        &folder,
        &["rehearse", "town/newsletter.campaign.yaml"],
        expect![""],
    );
}
