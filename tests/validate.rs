//! `crier validate` in CI, hooks and editors: formats, exit codes and standard input.

mod project;

use std::io::Write;
use std::process::{Output, Stdio};

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use serde_json::Value;

const WRONG: &str = "audience: people.csv\nschedul: now\nmessage: \"Ciao {{firstname}}. STOP to opt out\"\n";
const WARNS: &str = "audience: people.csv\nschedule: now\nsteps:\n  - send: { text: \"Hi. STOP to opt out\" }\n  - wait: 2 days\n";

/// A project with a campaign that has two errors, one that has a warning, and one that has nothing.
fn broken() -> Folder {
    let folder = Folder::of_people(2, "100/s");
    folder.write("campaigns/bad.campaign.yaml", WRONG);
    folder.write("campaigns/odd.campaign.yaml", WARNS);
    folder
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn exit_codes_follow_what_was_asked_to_fail() {
    let folder = broken();
    let clean = "test.campaign.yaml";
    let (bad, odd) = ("campaigns/bad.campaign.yaml", "campaigns/odd.campaign.yaml");
    for (args, expected) in [
        (vec![clean], 0),
        (vec![odd], 0),
        (vec![bad], 1),
        (vec![odd, "--fail-on", "warning"], 1),
        (vec![clean, "--fail-on", "warning"], 0),
        (vec![bad, "--exit-zero"], 0),
        (vec!["nowhere.campaign.yaml", "--exit-zero"], 2),
        (vec![bad, "--exit-zero", "--fail-on", "warning"], 2),
    ] {
        let output = folder.output(&[&["validate"][..], &args].concat());
        assert_eq!(code(&output), Some(expected), "{args:?}: {output:?}");
    }
}

#[test]
fn the_full_text_ends_with_where_more_is_said() {
    let folder = broken();
    let last = |args: &[&str]| stderr(&folder.output(args));
    expect![[r#"
        4 files checked: 2 errors, 1 warning
        `crier explain CODE` says more of each, such as `crier explain unknown-key`
    "#]]
    .assert_eq(&last(&["validate"]));
    expect![[r#"
        2 files checked: 0 errors, 1 warning
        `crier explain wait-at-end` says more, with an example
    "#]]
    .assert_eq(&last(&["validate", "campaigns/odd.campaign.yaml"]));
    expect![[r#"
        4 files checked: 2 errors, 1 warning
    "#]]
    .assert_eq(&last(&["validate", "--format", "concise"]));
    expect![[r#"
        2 files checked, nothing to say
    "#]]
    .assert_eq(&last(&["validate", "test.campaign.yaml"]));
}

#[test]
fn github_actions_get_annotations_after_the_text_by_themselves() {
    let folder = broken();
    let run = |args: &[&str], set: &[(&str, &str)]| {
        let mut command = folder.crier(args);
        command.envs(set.iter().copied());
        stdout(&command.output().expect("crier starts"))
    };
    let actions = [("GITHUB_ACTIONS", "true")];
    let (text, commands) = {
        let shown = run(&["validate"], &actions);
        let (commands, text): (Vec<_>, Vec<_>) = shown
            .lines()
            .map(str::to_owned)
            .partition(|line| line.starts_with("::"));
        (text.join("\n"), commands.join("\n"))
    };
    assert_eq!(text.trim_end(), run(&["validate"], &[]).trim_end());
    expect![[r#"
        ::error file=campaigns/bad.campaign.yaml,line=2,endLine=2,col=1,endColumn=8,title=unknown-key::"schedul" is not a key of a campaign%0Ahelp: did you mean "schedule"?
        ::error file=campaigns/bad.campaign.yaml,line=3,endLine=3,col=18,endColumn=27,title=unknown-variable::"firstname" is not a column of "people.csv"%0Ahelp: did you mean "first_name"?
        ::warning file=campaigns/odd.campaign.yaml,line=5,endLine=5,col=5,endColumn=9,title=wait-at-end::nothing follows this wait, so it does nothing%0Ahelp: add the step that should follow, or remove the wait"#]].assert_eq(&commands);
    assert_eq!(run(&["validate", "--format", "github"], &[]).trim_end(), commands);
    assert!(!run(&["validate", "--format", "full"], &actions).contains("\n::"));
    assert_eq!(run(&["validate", "test.campaign.yaml"], &actions), "");
}

#[test]
fn paths_are_relative_to_the_repository_where_the_server_names_it() {
    let folder = broken();
    for (format, variable, at) in [
        (
            "sarif",
            "GITHUB_WORKSPACE",
            "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
        ),
        ("gitlab", "CI_PROJECT_DIR", "/0/location/path"),
    ] {
        let mut command = folder.crier(&["validate", "--format", format, "bad.campaign.yaml"]);
        command.current_dir(folder.path().join("campaigns"));
        let here = json(&command.output().expect("crier starts"));
        assert_eq!(
            here.pointer(at),
            Some(&"bad.campaign.yaml".into()),
            "{format}: {here:#}"
        );
        let output = command
            .env(variable, folder.path())
            .output()
            .expect("crier starts");
        assert_eq!(
            json(&output).pointer(at),
            Some(&"campaigns/bad.campaign.yaml".into()),
            "{format}"
        );
    }
}

#[test]
fn every_format_tells_all_files_of_a_run() {
    let folder = broken();
    let run = |format: &str| folder.output(&["validate", "--format", format]);
    assert_eq!(
        json(&run("json"))["diagnostics"]
            .as_array()
            .expect("a list")
            .len(),
        3
    );
    assert_eq!(
        json(&run("sarif"))["runs"][0]["results"]
            .as_array()
            .expect("a list")
            .len(),
        3
    );
    assert_eq!(
        json(&run("rdjson"))["diagnostics"]
            .as_array()
            .expect("a list")
            .len(),
        3
    );
    assert_eq!(json(&run("gitlab")).as_array().expect("a list").len(), 3);
    assert_eq!(stdout(&run("github")).lines().count(), 3);
    assert_eq!(stdout(&run("concise")).lines().count(), 3);
    let junit = stdout(&run("junit"));
    assert_eq!(
        (
            junit.matches("<testsuite ").count(),
            junit.matches("<failure ").count()
        ),
        (4, 2),
        "{junit}"
    );
    for format in ["json", "sarif", "rdjson", "gitlab", "github", "concise", "junit"] {
        assert_eq!(code(&run(format)), Some(1), "{format}");
        let clean = folder.output(&["validate", "--format", format, "test.campaign.yaml"]);
        assert_eq!(code(&clean), Some(0), "{format}");
        if ["json", "sarif", "rdjson", "gitlab"].contains(&format) {
            json(&clean);
        }
    }
}

#[test]
fn a_path_that_leads_nowhere_leaves_formats_of_one_document_whole() {
    let folder = broken();
    let run = |format: &str| folder.output(&["validate", "nowhere.campaign.yaml", "--format", format]);
    for (format, list) in [
        ("sarif", "/runs/0/results"),
        ("rdjson", "/diagnostics"),
        ("gitlab", ""),
    ] {
        let output = run(format);
        assert_eq!(code(&output), Some(2), "{output:?}");
        let none = json(&output)
            .pointer(list)
            .and_then(Value::as_array)
            .map(Vec::len);
        assert_eq!(none, Some(0), "{output:?}");
    }
    let junit = stdout(&run("junit"));
    assert!(junit.contains("<testsuites"), "{junit}");
    assert!(!junit.contains("<testcase"), "{junit}");
}

#[test]
fn the_problem_matcher_reads_every_concise_line() {
    let matcher = include_str!("../ci/crier-matcher.json");
    let matcher: Value = serde_json::from_str(matcher).expect("JSON");
    let pattern = &matcher["problemMatcher"][0]["pattern"][0];
    let regexp =
        regex::Regex::new(pattern["regexp"].as_str().expect("a text")).expect("a regular expression");
    let folder = broken();
    let shown = stdout(&folder.output(&["validate", "--format", "concise"]));
    let mut read = String::new();
    for line in shown.lines() {
        let found = regexp
            .captures(line)
            .unwrap_or_else(|| panic!("not matched: {line}"));
        for part in ["file", "line", "column", "severity", "code", "message"] {
            let group = usize::try_from(pattern[part].as_u64().expect("a group")).expect("small");
            read.push_str(&format!("{part}={} ", &found[group]));
        }
        read.push('\n');
    }
    expect![[r#"
        file=campaigns/bad.campaign.yaml line=2 column=1 severity=error code=unknown-key message="schedul" is not a key of a campaign 
        file=campaigns/bad.campaign.yaml line=3 column=18 severity=error code=unknown-variable message="firstname" is not a column of "people.csv" 
        file=campaigns/odd.campaign.yaml line=5 column=5 severity=warning code=wait-at-end message=nothing follows this wait, so it does nothing 
    "#]].assert_eq(&read);
    let full = stdout(&folder.output(&["validate"]));
    assert!(!full.lines().any(|line| regexp.is_match(line)), "{full}");
}

/// Runs with this on standard input.
fn piped(folder: &Folder, args: &[&str], text: &[u8]) -> Output {
    let mut child = folder
        .crier(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("crier starts");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(text)
        .expect("written");
    child.wait_with_output().expect("it ends")
}

#[test]
fn standard_input_is_judged_in_the_project_of_its_name() {
    let folder = broken();
    let check = |args: &[&str], text: &str, expected: Expect| {
        let args = [&["validate", "--format", "concise"], args].concat();
        let output = piped(&folder, &args, text.as_bytes());
        expected.assert_eq(&format!(
            "exit {:?}\n{}{}",
            code(&output),
            stdout(&output),
            stderr(&output)
        ));
    };
    check(
        &["-"],
        WRONG,
        expect![[r#"
        exit Some(1)
        stdin.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        stdin.campaign.yaml:3:18: error[unknown-variable] "firstname" is not a column of "people.csv"
        2 files checked: 2 errors, 0 warnings
    "#]],
    );
    check(
        &["-", "--stdin-filename", "campaigns/new.campaign.yaml"],
        WRONG,
        expect![[r#"
            exit Some(1)
            campaigns/new.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
            campaigns/new.campaign.yaml:3:18: error[unknown-variable] "firstname" is not a column of "people.csv"
            2 files checked: 2 errors, 0 warnings
        "#]],
    );
    check(
        &[
            "-",
            "--stdin-filename",
            "campaigns/bad.campaign.yaml",
            "campaigns",
        ],
        &folder.read("test.campaign.yaml"),
        expect![[r#"
            exit Some(0)
            campaigns/odd.campaign.yaml:5:5: warning[wait-at-end] nothing follows this wait, so it does nothing
            3 files checked: 0 errors, 1 warning
        "#]],
    );
    check(
        &["-", "--stdin-filename", "crier.yaml", "test.campaign.yaml"],
        "crier: 1\nsenders: 3\n",
        expect![[r#"
            exit Some(1)
            crier.yaml:2:10: error[wrong-type] "senders" must be a map of your own keys
            test.campaign.yaml:4:10: error[unknown-inbox] inbox "office" does not exist
            2 files checked: 2 errors, 0 warnings
        "#]],
    );
    // By its name in the system too.
    for dash in ["-", "/dev/stdin"] {
        check(
            &[dash],
            "",
            expect![[r#"
        exit Some(1)
        stdin.campaign.yaml:1:1: error[missing-key] the file is empty; a campaign needs "audience", "schedule" and "message"
        2 files checked: 1 error, 0 warnings
        "#]],
        );
    }
    let latin = piped(&folder, &["validate", "-"], b"message: \xe9\n");
    assert!(stdout(&latin).contains("error[not-utf8]"), "{latin:?}");
}

#[cfg(unix)]
#[test]
fn a_list_that_leads_out_of_the_project_is_one_finding() {
    let folder = Folder::of_people(2, "100/s");
    let outside = Folder::of_people(2, "100/s");
    std::os::unix::fs::symlink(outside.path().join("people.csv"), folder.path().join("link.csv"))
        .expect("a link");
    let project = folder.read("crier.yaml");
    folder.write(
        "crier.yaml",
        &format!("{project}lists: {{ mine: {{ file: link.csv }}, lost: {{ file: lost.csv }} }}\n"),
    );
    for (name, list) in [("mine", "mine"), ("lost", "lost")] {
        folder.write(
            &format!("{name}.campaign.yaml"),
            &format!("audience: {list}\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n"),
        );
    }
    let line = project.lines().count() + 1;
    let output = folder.output(&["validate", "--format", "concise"]);
    expect![[r#"
        crier.yaml:LINE:24: error[list-unreadable] the file "link.csv" cannot be read: this is a link that leads out of the project; copy the file into the project
        crier.yaml:LINE:50: error[list-file-missing] the file "lost.csv" of list "lost" does not exist
    "#]]
    .assert_eq(&stdout(&output).replace(&format!(":{line}:"), ":LINE:"));
}

#[test]
fn a_file_of_stories_is_told_of_at_its_own_lines() {
    let folder = Folder::of_people(2, "100/s");
    folder.write(
        "told.campaign.yaml",
        "audience: people.csv\nschedule: 2026-12-01 10:00\nmessage: \"Hi. STOP to opt out\"\ntests: told.yaml\n",
    );
    folder.write(
        "told.yaml",
        "- test: one text\n  person: { phone: \"+39333\" }\n  story:\n    - expect: mesage\n",
    );
    let output = folder.output(&["validate", "told.campaign.yaml", "--format", "concise"]);
    let of_stories = folder.output(&["validate", "told.yaml", "--format", "concise"]);
    assert_eq!(stdout(&of_stories), stdout(&output));
    expect![[r#"
        told.yaml:2:20: warning[story-impossible] "+39333" is too short for a phone number; write all its digits
        told.yaml:4:15: error[unknown-message] message "mesage" does not exist
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn a_list_that_is_none_is_told_of_once_where_it_is_defined() {
    let folder = Folder::new();
    folder.write("book.csv", "PK\u{3}\u{4} and so on");
    folder.write("nobody.csv", "name\nAda\n");
    folder.write(
        "crier.yaml",
        "crier: 1\nproviders: { trial: { kind: simulated } }\nsenders: { arena: { number: \"+12125550100\", provider: trial } }\nlists:\n  book: { file: book.csv }\n  nobody: { file: nobody.csv }\n",
    );
    for (at, list) in ["book", "book", "nobody", "nobody", "nobody"].iter().enumerate() {
        let campaign = format!("audience: {list}\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n");
        folder.write(&format!("c{at}.campaign.yaml"), &campaign);
    }
    let output = folder.output(&["validate", "--format", "concise"]);
    expect![[r#"
        crier.yaml:5:17: error[list-unreadable] the file "book.csv" cannot be read: this is a workbook of a spreadsheet program, not CSV; save the sheet as "CSV UTF-8"
        crier.yaml:6:19: error[phone-column-missing] in "nobody.csv" no column is known to hold phone numbers
    "#]].assert_eq(&stdout(&output));
}

#[test]
fn a_project_file_of_another_ending_is_told_of() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+12125550101\n");
    folder.write("crier.yml", "crier: 1\n");
    folder.write(
        "test.campaign.yaml",
        "audience: people.csv\nschedule: now\nsender: desk\nmessage: \"Hi. STOP to opt out\"\n",
    );
    let output = folder.output(&["validate", "--format", "concise"]);
    expect![[r#"
        test.campaign.yaml:1:1: error[file-missing] "crier.yml" is not read: the file of a project is called crier.yaml
    "#]].assert_eq(&stdout(&output));
}

#[test]
fn files_whose_names_are_in_other_letters_are_told_of() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+12125550101\n");
    let text = "audience: people.csv\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n";
    folder.write("a.campaign.yaml", text);
    folder.write("b.Campaign.yaml", text);
    folder.write("c.d.campaign.YML", text);
    folder.write("d.yaml", text);
    folder.write("e.yaml", "message: of another program\n");
    folder.write("Crier.yaml", "crier: 1\n");
    // Where a disk takes letters for each other, the project's file is there.
    if folder.path().join("crier.yaml").exists() {
        return;
    }
    let output = folder.output(&["validate", "--format", "concise"]);
    expect![[r#"
        a.campaign.yaml:1:1: error[file-missing] "Crier.yaml" is not read: the file of a project is called crier.yaml
        b.Campaign.yaml:1:1: error[bad-name] "b.Campaign.yaml" is passed over: the files of campaigns end in .campaign.yaml
        b.Campaign.yaml:1:1: error[file-missing] "Crier.yaml" is not read: the file of a project is called crier.yaml
        c.d.campaign.YML:1:1: error[bad-name] "c.d.campaign.YML" is passed over: the files of campaigns end in .campaign.yaml
        c.d.campaign.YML:1:1: error[file-missing] "Crier.yaml" is not read: the file of a project is called crier.yaml
        d.yaml:1:1: warning[bad-name] "d.yaml" is passed over: the files of campaigns end in .campaign.yaml
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn bytes_count_the_mark_of_a_file() {
    let folder = broken();
    folder.write("campaigns/bad.campaign.yaml", &format!("\u{feff}{WRONG}"));
    let output = folder.output(&["validate", "--format", "json", "campaigns/bad.campaign.yaml"]);
    let start = json(&output)["diagnostics"][0]["range"]["start"].clone();
    assert_eq!(start, serde_json::json!({ "line": 2, "column": 1, "byte": 24 }));
}
