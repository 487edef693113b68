//! `crier test` and `crier play` as people and programs meet them: what is printed, what is written, which exit code.

mod project;

use std::io::Write;
use std::process::{Output, Stdio};

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use serde_json::Value;

const CAMPAIGN: &str = r#"# The box office.
audience: people.csv
schedule: 2026-12-01 10:00
purpose: service
languages: [en, es]
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        send: kept
    silence: { send: reminder }
messages:
  invite: "{{first_name}}, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES"
  kept: "Your seat is kept."
  reminder: "Still time."
"#;

const STORIES: &str = r#"tests:
  - test: a yes keeps a seat   # as it should
    person: { phone: "+12125550101", first_name: Ada }
    story:
      - expect: invite
      - reply: "Yes!"
      - expect: kept
  - test: silence is respected
    person: { phone: "+12125550101", first_name: Ada }
    story:
      - expect: invite
        parts: 2   # it is long
      - after: 2 days
      - expect: nothing
"#;

fn folder(stories: &str) -> Folder {
    let folder = Folder::new();
    folder.write("people.csv", "phone,first_name\n12,Nobody\n+12125550101,Ada\n");
    folder.write("test.campaign.yaml", &format!("{CAMPAIGN}{stories}"));
    folder
}

fn shown(output: &Output) -> String {
    format!(
        "exit {}\n{}--\n{}",
        output.status.code().unwrap_or(-1),
        stdout(output),
        stderr(output)
    )
}

fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    let wide = |text: &str| text.lines().find(|line| line.chars().count() > 80).map(str::to_owned);
    if !args.contains(&"--format") {
        assert_eq!(wide(&stdout(&output)), None);
    }
    expected.assert_eq(&shown(&output));
}

#[test]
fn a_story_that_differs_is_shown_with_its_place() {
    check(&folder(STORIES), &["test"], expect![""]);
}

#[test]
fn stories_that_pass_are_a_line_each_and_a_transcript_where_it_is_asked_for() {
    let folder = folder(STORIES);
    check(&folder, &["test", "-k", "yes"], expect![""]);
    check(&folder, &["test", "-k", "yes", "--transcript"], expect![""]);
    check(&folder, &["test", "-k", "nobody"], expect![""]);
}

#[test]
fn what_no_story_walked_fails_where_coverage_is_asked_for() {
    check(&folder(STORIES), &["test", "--coverage", "-k", "yes"], expect![""]);
}

#[test]
fn stories_are_written_anew_and_comments_stay() {
    let folder = folder(STORIES);
    check(&folder, &["test", "--update"], expect![""]);
    let text = folder.read("test.campaign.yaml");
    expect![""].assert_eq(text.strip_prefix(CAMPAIGN).expect("only the stories change"));
    check(&folder, &["test", "--update"], expect![""]);
    assert_eq!(folder.read("test.campaign.yaml"), text);
}

#[test]
fn programs_read_the_same() {
    let folder = folder(STORIES);
    let output = folder.output(&["test", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    expect![""].assert_eq(&format!("{json:#}\n"));
    let output = folder.output(&["test", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(1));
    expect![""].assert_eq(&stdout(&output));
}

#[test]
fn a_campaign_with_errors_has_no_stories_to_play() {
    let folder = folder("tests:\n  - test: it\n    person: { phone: \"+12125550101\" }\n    story: [{ expect: invit }]\n");
    check(&folder, &["test"], expect![""]);
}

/// Lines typed one after the other.
fn play(folder: &Folder, args: &[&str], typed: &str) -> Output {
    let mut command = folder.crier(&["play", "test.campaign.yaml"]);
    let mut child = command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(typed.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn whoever_plays_a_campaign_is_its_recipient_and_keeps_the_session_as_a_story() {
    let folder = folder("");
    let typed = "What time?\n/wait 1 day\n/receipt delivered\nyes\n/click x\n/save\n/save asks, then comes\n/save other.yaml\n/quit\n";
    expect![""].assert_eq(&shown(&play(&folder, &[], typed)));
    let text = folder.read("test.campaign.yaml");
    expect![""].assert_eq(text.strip_prefix(CAMPAIGN).expect("only the story is new"));
    assert!(folder.read("other.yaml").starts_with("- test: \"as it was played\"\n"));
    check(&folder, &["test"], expect![""]);
}

#[test]
fn a_person_and_a_time_can_be_named_and_asked_for() {
    let stranger = ["--person", "phone=+12125550102,first_name=Bo", "--at", "2027-01-01 12:00"];
    expect![""].assert_eq(&shown(&play(&folder(""), &stranger, "/next\n/help\n")));
    let nobody = folder("");
    nobody.write("people.csv", "phone,first_name\n");
    expect![""].assert_eq(&shown(&play(&nobody, &[], "+12125550103\nCy\n/quit\n")));
    expect![""].assert_eq(&shown(&play(&nobody, &["--person", "phone=12"], "")));
    expect![""].assert_eq(&shown(&play(&nobody, &["--person", "Ada"], "")));
}
