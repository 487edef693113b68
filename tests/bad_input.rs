//! Files that nobody means well: too large, too deep, endless, unreadable, or links that lead out of the project. `crier
//! validate` says one thing of each, soon, with little memory, and reads nothing that is not the project's.
#![cfg(unix)]

mod project;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use rustix::process::{Pid, Signal, kill_process};

/// MiB that a process may have at once. The program asks for a quarter of that; the rest is for slow and wide machines.
const MOST_MIB: u64 = 160;

/// What is printed of files, a line each, and the exit code.
fn told(folder: &Folder, files: &[&str]) -> String {
    let mut command = folder.crier(&[&["validate", "--format", "concise"], files].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("crier starts");
    let id = child.id();
    let watch = std::thread::spawn(move || watched(id));
    let output = child.wait_with_output().expect("it ends");
    let peak = watch.join().expect("it is watched");
    assert!(peak <= MOST_MIB, "{files:?} took {peak} MiB");
    let code = output.status.code();
    format!("{}{}exit {code:?}\n", stdout(&output), stderr(&output))
}

/// The most MiB that a process had while it ran. One that reads without an end is ended: it fails the test by its size,
/// or by having no exit code.
fn watched(id: u32) -> u64 {
    let mut peak = 0;
    for _ in 0..60_000 {
        let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) else {
            return peak;
        };
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(kib) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()) else {
            return peak;
        };
        peak = peak.max(kib / 1024);
        if peak > MOST_MIB {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        kill_process(pid, Signal::KILL).ok();
    }
    peak
}

fn check(name: &str, bytes: &[u8], expected: Expect) {
    let folder = Folder::of_people(1, "100/s");
    folder.write_bytes(name, bytes);
    expected.assert_eq(&told(&folder, &[name]));
}

const WITH_TEXT: &str = "audience: people.csv\nschedule: now\nmessage: ";

#[test]
fn bombs_are_one_error() {
    let mut bomb = "x-a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let ten = vec![format!("*{from}"); 10].join(", ");
        bomb += &format!("x-{to}: &{to} [{ten}]\n");
    }
    bomb += WITH_TEXT;
    bomb += "\"Doors open at nine. STOP to opt out\"\n";
    check(
        "bomb.campaign.yaml",
        bomb.as_bytes(),
        expect![[r#"
        bomb.campaign.yaml:5:38: error[alias-bomb] with its aliases replaced, the file has more than 100000 values
        2 files checked: 1 error, 0 warnings
        exit Some(1)
    "#]],
    );
    let deep = |open: &str| open.repeat(100_000);
    check(
        "deep.campaign.yaml",
        format!("x-a: {}", deep("[")).as_bytes(),
        expect![[r#"
            deep.campaign.yaml:1:71: error[too-deep] maps and lists are nested more than 64 deep
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    let text = |text: String| format!("{WITH_TEXT}\"{text} STOP to opt out\"\n");
    check(
        "text.campaign.yaml",
        text(format!("{{{{upper {}", deep("("))).as_bytes(),
        expect![[r#"
            text.campaign.yaml:3:11: error[bad-template] the text is longer than 16 KiB
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    check(
        "blocks.campaign.yaml",
        text("{{#if a}}x{{/if}}".repeat(50_000)).as_bytes(),
        expect![[r#"
            blocks.campaign.yaml:3:11: error[bad-template] the text is longer than 16 KiB
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    check(
        "block.campaign.yaml",
        text(deep("{{#if a}}")).as_bytes(),
        expect![[r#"
            block.campaign.yaml:3:11: error[bad-template] the text is longer than 16 KiB
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    let condition = |condition: String| {
        format!(
            "audience: {{ from: people.csv, where: '{condition}' }}\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n"
        )
    };
    check(
        "condition.campaign.yaml",
        condition(deep("(")).as_bytes(),
        expect![[r#"
            condition.campaign.yaml:1:39: error[not-cel] the condition is longer than 16 KiB
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    let few = format!("{}true", "(".repeat(8_000));
    check(
        "brackets.campaign.yaml",
        condition(few).as_bytes(),
        expect![[r#"
            brackets.campaign.yaml:1:72: error[not-cel] the condition is nested more than 32 deep
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    check(
        "nots.campaign.yaml",
        condition("!".repeat(16_000)).as_bytes(),
        expect![[r#"
            nots.campaign.yaml:1:72: error[not-cel] the condition is nested more than 32 deep
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
    check(
        "latin.campaign.yaml",
        b"audience: p.csv\nmessage: caff\xe8\n",
        expect![[r#"
            latin.campaign.yaml:2:14: error[not-utf8] the file is not UTF-8: byte 0xE8 at offset 29, line 2
            2 files checked: 1 error, 0 warnings
            exit Some(1)
        "#]],
    );
}

/// Files with thousands of faults: what is printed of each in a format, at most so many bytes.
#[test]
fn thousands_of_faults_are_a_thousand_and_one() {
    let head = "audience: people.csv\nschedule: now\n";
    let text = "message: \"Doors open at nine. STOP to opt out\"\n";
    let rule = |n: usize| format!("  - {{ words: [word], forward: a{n}@example.org }}\n");
    let table = [
        (
            "languages",
            format!("languages: [{}]\n{head}{text}", vec!["en"; 20_000].join(", ")),
        ),
        (
            "rules",
            format!(
                "{head}{text}replies:\n{}",
                (0..8_000).map(rule).collect::<String>()
            ),
        ),
        (
            "rules behind all",
            format!(
                "{head}{text}replies:\n  - {{ pattern: '.*', forward: a@example.org }}\n{}",
                (0..8_000)
                    .map(|n| format!("  - {{ words: [w{n}], forward: a@example.org }}\n"))
                    .collect::<String>()
            ),
        ),
        (
            "variables",
            format!("{head}message: \"{} STOP to opt out\"\n", "{{a}}".repeat(3_000)),
        ),
        (
            "keys",
            format!(
                "{head}{text}{}",
                (0..9_000).map(|n| format!("k{n}: 1\n")).collect::<String>()
            ),
        ),
        (
            "steps",
            format!("{head}steps:\n{}", "  - send: nothing\n".repeat(9_000)),
        ),
        (
            "patterns",
            format!(
                "{head}{text}replies:\n{}",
                (1..2_001)
                    .map(|n| format!("  - {{ pattern: '(\\w{{99}}){{{n}}}', forward: a@example.org }}\n"))
                    .collect::<String>()
            ),
        ),
    ];
    let mut all = String::new();
    for (name, file) in table {
        let folder = Folder::of_people(1, "100/s");
        let path = format!("{name}.campaign.yaml");
        folder.write(&path, &file);
        let shown = told(&folder, &[&path]);
        let findings = shown.lines().filter(|line| line.contains("] ")).count();
        let last: Vec<&str> = shown.lines().rev().take(2).collect();
        all += &format!("{name}: {findings} findings; {}; {}\n", last[1], last[0]);
        for format in ["full", "json"] {
            let size = folder
                .output(&["validate", &path, "--format", format])
                .stdout
                .len();
            assert!(size < 6 << 20, "{name} as {format} has {size} bytes");
        }
    }
    expect![[r#"
        languages: 1001 findings; 2 files checked: 1,001 errors, 0 warnings; exit Some(1)
        rules: 1001 findings; 2 files checked: 1,001 errors, 0 warnings; exit Some(1)
        rules behind all: 2 findings; 2 files checked: 2 errors, 0 warnings; exit Some(1)
        variables: 1001 findings; 2 files checked: 1,001 errors, 0 warnings; exit Some(1)
        keys: 1001 findings; 2 files checked: 1,001 errors, 0 warnings; exit Some(1)
        steps: 1001 findings; 2 files checked: 1,001 errors, 0 warnings; exit Some(1)
        patterns: 201 findings; 2 files checked: 201 errors, 0 warnings; exit Some(1)
    "#]]
    .assert_eq(&all);
}

#[test]
fn a_file_of_a_gibibyte_is_not_read() {
    let folder = Folder::of_people(1, "100/s");
    let file = std::fs::File::create(folder.path().join("vast.campaign.yaml")).expect("a file");
    file.set_len(1 << 30).expect("a sparse file");
    expect![[r#"
        vast.campaign.yaml:1:1: error[file-too-large] the file has more than 1048576 bytes
        2 files checked: 1 error, 0 warnings
        exit Some(1)
    "#]]
    .assert_eq(&told(&folder, &["vast.campaign.yaml"]));
}

#[test]
fn what_is_no_file_is_one_error_each_and_keeps_nobody_from_the_others() {
    let folder = Folder::of_people(1, "100/s");
    let place = |name: &str| folder.path().join(name);
    std::fs::create_dir(place("folder.campaign.yaml")).expect("a folder");
    let made = Command::new("mkfifo").arg(place("pipe.campaign.yaml")).status();
    assert!(made.expect("mkfifo is there").success());
    symlink("/dev/zero", place("endless.campaign.yaml")).expect("a link");
    symlink("nowhere", place("broken.campaign.yaml")).expect("a link");
    symlink("loop.campaign.yaml", place("loop.campaign.yaml")).expect("a link");
    folder.write("bad.campaign.yaml", BAD);
    expect![[r#"
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        broken.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: No such file or directory (os error 2)
        endless.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: it is not a file
        folder.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: it is not a file
        loop.campaign.yaml:1:1: error[link-loop] the link leads in a circle
        pipe.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: it is not a file
        3 files checked: 6 errors, 0 warnings; 5 cannot be read
        exit Some(1)
    "#]].assert_eq(&told(&folder, &[]));
    for name in ["pipe", "endless", "broken", "loop"] {
        let shown = told(&folder, &[&format!("{name}.campaign.yaml")]);
        let errors = shown.lines().filter(|line| line.contains(" error["));
        assert_eq!(errors.count(), 1, "{name}: {shown}");
    }
}

/// With one fault.
const BAD: &str = "audience: people.csv\nschedul: now\nmessage: \"Hi. STOP to opt out\"\n";

/// A folder beside the project with what nobody else may see, and a project whose files lead there.
fn stranger() -> (Folder, Folder) {
    let (folder, outside) = (Folder::of_people(1, "100/s"), Folder::new());
    outside.write("secret.csv", "phone,hidden-word\n");
    outside.write("secret.campaign.yaml", "hidden-word: 1\n");
    outside.write("crier.yaml", "hidden-word: 1\n");
    (folder, outside)
}

fn campaign_of(list: &str) -> String {
    format!("audience: {list}\nschedule: now\nmessage: \"Hi {{{{nothing}}}}. STOP to opt out\"\n")
}

#[test]
fn no_list_outside_of_the_project_is_read() {
    let (folder, outside) = stranger();
    symlink(outside.path().join("secret.csv"), folder.path().join("link.csv")).expect("a link");
    symlink(outside.path(), folder.path().join("out")).expect("a link");
    let made = Command::new("mkfifo")
        .arg(folder.path().join("pipe.csv"))
        .status();
    assert!(made.expect("mkfifo is there").success());
    let absolute = outside.path().join("secret.csv").display().to_string();
    let up = format!("../{}/secret.csv", name_of(outside.path()));
    let below = format!("lists/../../{}/secret.csv", name_of(outside.path()));
    let mut all = String::new();
    for list in ["link.csv", "out/secret.csv", "pipe.csv", &absolute, &up, &below] {
        folder.write("stranger.campaign.yaml", &campaign_of(list));
        let shown = told(&folder, &["stranger.campaign.yaml"]);
        assert!(!shown.contains("hidden-word"), "{list}: {shown}");
        assert!(
            shown.ends_with("exit Some(1)\n") && shown.contains(" 1 error,"),
            "{list}: {shown}"
        );
        all += shown.lines().next().unwrap_or_default();
        all.push('\n');
    }
    let all = all
        .replace(&absolute, "ABSOLUTE")
        .replace(&name_of(outside.path()), "OUTSIDE");
    expect![[r#"
        stranger.campaign.yaml:1:11: error[list-unreadable] the file "link.csv" cannot be read: this is a link that leads out of the project; copy the file into the project
        stranger.campaign.yaml:1:11: error[list-unreadable] the file "out/secret.csv" cannot be read: this is a link that leads out of the project; copy the file into the project
        stranger.campaign.yaml:1:11: error[list-unreadable] the file "pipe.csv" cannot be read: this is not a file; name the file itself
        stranger.campaign.yaml:1:11: error[path-leaves-project] "ABSOLUTE" is outside of the project
        stranger.campaign.yaml:1:11: error[path-leaves-project] "../OUTSIDE/secret.csv" is outside of the project
        stranger.campaign.yaml:1:11: error[path-leaves-project] "lists/../../OUTSIDE/secret.csv" is outside of the project
    "#]].assert_eq(&all);
}

#[test]
fn no_story_outside_of_the_project_is_read() {
    let (folder, outside) = stranger();
    symlink(outside.path().join("secret.csv"), folder.path().join("link.yaml")).expect("a link");
    symlink(outside.path(), folder.path().join("out")).expect("a link");
    let campaign = folder.read("test.campaign.yaml");
    for alone in [false, true] {
        if alone {
            std::fs::remove_file(folder.path().join("crier.yaml")).expect("it is there");
        }
        for stories in ["link.yaml", "out/secret.csv", "out"] {
            folder.write("stranger.campaign.yaml", &format!("{campaign}tests: {stories}\n"));
            let shown = told(&folder, &["stranger.campaign.yaml"]);
            let error = format!("error[file-unreadable] the file \"{stories}\" cannot be read: it is");
            assert!(shown.contains(&error), "{stories}: {shown}");
            assert!(!shown.contains("hidden-word"), "{stories}: {shown}");
            let test = folder.output(&["test", "stranger.campaign.yaml"]);
            let said = [test.stdout, test.stderr].concat();
            assert!(
                !String::from_utf8_lossy(&said).contains("hidden-word"),
                "{stories}"
            );
            assert!(!test.status.success(), "{stories}");
        }
    }
}

#[test]
fn no_campaign_and_no_project_outside_is_read() {
    let (folder, outside) = stranger();
    symlink(
        outside.path().join("secret.campaign.yaml"),
        folder.path().join("link.campaign.yaml"),
    )
    .expect("a link");
    expect![[r#"
        link.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: it is a link that leads out of the project
        1 file checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)
    "#]]
    .assert_eq(&told(&folder, &["link.campaign.yaml"]));
    std::fs::remove_file(folder.path().join("crier.yaml")).expect("it is there");
    symlink(
        outside.path().join("crier.yaml"),
        folder.path().join("crier.yaml"),
    )
    .expect("a link");
    let shown = told(&folder, &["test.campaign.yaml"]);
    assert!(!shown.contains("hidden-word"), "{shown}");
    expect![[r#"
        crier.yaml:1:1: error[file-unreadable] the file cannot be read: it is a link that leads out of the project
        1 file checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)
    "#]]
    .assert_eq(&shown);
}

#[test]
fn no_prices_outside_are_read() {
    let (folder, outside) = stranger();
    std::fs::remove_file(folder.path().join("prices.csv")).expect("it is there");
    symlink(
        outside.path().join("secret.csv"),
        folder.path().join("prices.csv"),
    )
    .expect("a link");
    let output = folder.output(&["plan", "test.campaign.yaml"]);
    let shown = stdout(&output) + &stderr(&output);
    assert!(
        !output.status.success() && !shown.contains("hidden-word"),
        "{shown}"
    );
    assert!(
        shown.contains("prices.csv") && shown.contains("leads out of the project"),
        "{shown}"
    );
    let shown = stdout(&folder.output(&["validate", "--format", "concise"]));
    let told = shown.lines().filter(|line| line.contains("prices.csv"));
    let told: Vec<&str> = told.collect();
    assert!(
        matches!(told.as_slice(), [one] if one.contains("list-unreadable") && one.contains("leads out of the project")),
        "{shown}"
    );
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a folder").to_string_lossy().into_owned()
}

#[test]
fn where_there_is_no_room_for_what_it_prints_a_command_ends_its_work_and_says_so() {
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it")
    };
    let folder = Folder::of_people(3, "1000/s");
    for args in [
        &["run", "test.campaign.yaml"][..],
        &["status"],
        &["explain", "unknown-key"],
    ] {
        let output = folder.crier(args).stdout(full()).output().expect("crier starts");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = stderr(&output);
        let last = said.lines().last().unwrap_or_default();
        expect!["error: not all of the output could be written: No space left on device (os error 28)"]
            .assert_eq(last);
    }
    let done = folder.run("test.campaign.yaml");
    assert!(stdout(&done).contains(" accepted       3\n"), "{}", stdout(&done));
    let deaf = folder
        .crier(&["run", "test.campaign.yaml"])
        .stderr(full())
        .output();
    assert_eq!(deaf.expect("crier starts").status.code(), Some(0));
}
