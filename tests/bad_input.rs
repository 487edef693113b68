//! Files that nobody means well: too large, too deep, endless, unreadable, or links that lead out of the project. `crier
//! validate` says one thing of each, soon, with little memory, and reads nothing that is not the project's.
#![cfg(unix)]

mod project;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use rustix::process::{Pid, Signal, geteuid, kill_process};

/// MiB that a process may have at once. The program asks for a quarter of that; the rest is for slow and wide machines.
const MOST_MIB: u64 = 160;

/// What is printed of files, a line each, and the exit code.
fn told(folder: &Folder, files: &[&str]) -> String {
    told_by(
        folder.crier(&[&["validate", "--format", "concise"], files].concat()),
        files,
    )
}

fn told_by(mut command: Command, files: &[&str]) -> String {
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

#[test]
fn a_loop_of_links_is_one_error_and_all_else_is_checked() {
    let link = |folder: &Folder, path: &str, target: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        symlink(target, path).expect("a link");
    };
    // What a link that is no loop leads to is checked where it is, and nothing outside of the project is.
    let outside = Folder::new();
    outside.write("x.campaign.yaml", "hidden-word: 1\n");
    let out = outside.path().display().to_string();
    let table: [&[(&str, &str)]; 7] = [
        &[("around", ".")],
        &[("below/above", "..")],
        &[("a", "b"), ("b", "a")],
        &[("a", "b"), ("b", "c"), ("c", "b")],
        &[("east/west", "../west"), ("west/east", "../east")],
        &[("root", "/")],
        &[("again", "here"), ("here/there", "../there"), ("out", &out)],
    ];
    let mut all = String::new();
    for links in table {
        let folder = Folder::of_people(1, "100/s");
        folder.write("here/bad.campaign.yaml", BAD);
        folder.write("there/two.campaign.yaml", &folder.read("test.campaign.yaml"));
        links
            .iter()
            .for_each(|(path, target)| link(&folder, path, target));
        let names: Vec<String> = links.iter().map(|(from, to)| format!("{from} -> {to}")).collect();
        all += &format!("{}\n{}\n", names.join(", "), told(&folder, &[]));
    }
    expect![[r#"
        around -> .
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        around:1:1: error[link-loop] the link leads to a folder that it is in
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        below/above -> ..
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        below/above:1:1: error[link-loop] the link leads to a folder that it is in
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        a -> b, b -> a
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        a:1:1: error[link-loop] the link leads in a circle
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        a -> b, b -> c, c -> b
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        a:1:1: error[link-loop] the link leads in a circle
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        east/west -> ../west, west/east -> ../east
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        east/west:1:1: error[link-loop] the link leads to a folder from which a link leads back
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        root -> /
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        root:1:1: error[link-loop] the link leads to a folder that it is in
        4 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        again -> here, here/there -> ../there, out -> OUTSIDE
        here/bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        4 files checked: 1 error, 0 warnings
        exit Some(1)

    "#]]
    .assert_eq(&all.replace(&out, "OUTSIDE"));
}

/// A crier that may read no more than the permissions of files say, whoever runs the test.
fn without_leave(folder: &Folder, args: &[&str]) -> Command {
    let crier = folder.crier(args);
    if !geteuid().is_root() {
        return crier;
    }
    let caps = "-dac_override,-dac_read_search";
    let mut command = Command::new("setpriv");
    command.args(["--inh-caps", caps, "--bounding-set", caps]);
    command.arg(crier.get_program()).args(crier.get_args());
    command.current_dir(folder.path());
    for (name, value) in crier.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// A project that is checked while there is no leave to read some of it.
fn told_without_leave(folder: &Folder, closed: &[&str], args: &[&str]) -> String {
    let set = |mode| {
        for path in closed {
            let leave = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path().join(path), leave).expect("its mode is set");
        }
    };
    set(0o000);
    let shown = told_by(without_leave(folder, &[&["validate"], args].concat()), closed);
    set(0o700);
    shown
}

#[test]
fn what_there_is_no_leave_to_read_is_one_error_and_all_else_is_checked() {
    let table = [
        "closed",
        "test.campaign.yaml",
        "crier.yaml",
        "stories.yaml",
        "prices.csv",
        "people.csv",
        "lists",
    ];
    let mut all = String::new();
    for closed in table {
        let folder = Folder::of_people(1, "100/s");
        folder.write("closed/hidden.campaign.yaml", "hidden-word: 1\n");
        folder.write("lists/more.csv", "phone,first_name\n");
        folder.write("bad.campaign.yaml", BAD);
        let campaign = folder.read("test.campaign.yaml");
        folder.write("test.campaign.yaml", &format!("{campaign}tests: stories.yaml\n"));
        folder.write("stories.yaml", STORIES);
        folder.write(
            "more.campaign.yaml",
            &campaign.replace("people.csv", "lists/more.csv"),
        );
        let shown = told_without_leave(&folder, &[closed], &["--format", "concise"]);
        let shown: Vec<&str> = shown
            .lines()
            .filter(|line| !line.contains("hidden.campaign"))
            .collect();
        all += &format!("{closed}\n{}\n\n", shown.join("\n"));
    }
    expect![[r#"
        closed
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        closed:1:1: error[file-unreadable] the folder cannot be read: Permission denied (os error 13)
        5 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        test.campaign.yaml
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        test.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: Permission denied (os error 13)
        4 files checked: 3 errors, 0 warnings; 1 cannot be read
        exit Some(1)

        crier.yaml
        crier.yaml:1:1: error[file-unreadable] the file cannot be read: Permission denied (os error 13)
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        6 files checked: 3 errors, 0 warnings
        exit Some(1)

        stories.yaml
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        test.campaign.yaml:5:8: error[file-unreadable] the file "stories.yaml" cannot be read: Permission denied (os error 13)
        5 files checked: 3 errors, 0 warnings
        exit Some(1)

        prices.csv
        crier.yaml:5:9: error[list-unreadable] the file "prices.csv" cannot be read: Permission denied (os error 13)
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        6 files checked: 3 errors, 0 warnings
        exit Some(1)

        people.csv
        bad.campaign.yaml:1:11: error[list-unreadable] the file "people.csv" cannot be read: Permission denied (os error 13); whoever runs crier needs leave to read it: its owner gives it with `chmod a+r`
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        test.campaign.yaml:1:11: error[list-unreadable] the file "people.csv" cannot be read: Permission denied (os error 13); whoever runs crier needs leave to read it: its owner gives it with `chmod a+r`
        5 files checked: 4 errors, 0 warnings
        exit Some(1)

        lists
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        more.campaign.yaml:1:11: error[list-unreadable] the file "lists/more.csv" cannot be read: Permission denied (os error 13); whoever runs crier needs leave to read it: its owner gives it with `chmod a+r`
        lists:1:1: error[file-unreadable] the folder cannot be read: Permission denied (os error 13)
        6 files checked: 4 errors, 0 warnings; 1 cannot be read
        exit Some(1)

    "#]].assert_eq(&all);
}

const STORIES: &str = "- test: all get it\n  at: 2026-12-01 17:00\n  person: { phone: \"+12125550123\", first_name: Ada }\n  story: [{ expect: message }]\n";

/// A program reads one report of all that is wrong, what cannot be read among it.
#[test]
fn what_cannot_be_read_is_a_finding_among_the_others_in_every_format() {
    let folder = Folder::of_people(1, "100/s");
    std::fs::create_dir(folder.path().join("folder.campaign.yaml")).expect("a folder");
    symlink(".", folder.path().join("around")).expect("a link");
    folder.write("closed/hidden.campaign.yaml", "hidden-word: 1\n");
    folder.write("bad.campaign.yaml", BAD);
    let formats = [
        "full", "concise", "json", "sarif", "gitlab", "junit", "rdjson", "github",
    ];
    for format in formats {
        let report = told_without_leave(&folder, &["closed"], &["--format", format]);
        for said in [
            "is not a key of a campaign",
            "the file cannot be read",
            "the folder cannot be read",
            "a folder that it is in",
        ] {
            assert!(report.contains(said), "{format}, {said}: {report}");
        }
        for path in ["folder.campaign.yaml", "closed", "around", "bad.campaign.yaml"] {
            assert!(report.contains(path), "{format}, {path}: {report}");
        }
        assert!(!report.contains("hidden-word"), "{format}: {report}");
        assert!(report.ends_with("exit Some(1)\n"), "{format}: {report}");
    }
}

#[test]
fn a_folder_that_is_named_and_cannot_be_read_is_told_as_any() {
    let folder = Folder::of_people(1, "100/s");
    folder.write("closed/hidden.campaign.yaml", "hidden-word: 1\n");
    let shown = told_without_leave(&folder, &["closed"], &["closed"]);
    expect![[r#"
        error[file-unreadable]: the folder cannot be read: Permission denied (os error
                                13)
         --> closed:1:1
          |
        1 |
          | ^
          |
          = help: whoever runs crier needs leave to read it: its owner gives it with
                  `chmod a+rx`, `sudo chown` gives it another owner

        0 files checked: 1 error, 0 warnings; 1 cannot be read
        `crier explain file-unreadable` says more, with an example
        exit Some(1)
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_project_that_cannot_be_read_is_said_once_and_its_campaigns_are_checked() {
    let folder = Folder::of_people(1, "100/s");
    folder.write("bad.campaign.yaml", BAD);
    std::fs::remove_file(folder.path().join("crier.yaml")).expect("it is there");
    symlink("/dev/zero", folder.path().join("crier.yaml")).expect("a link");
    expect![[r#"
        crier.yaml:1:1: error[file-unreadable] the file cannot be read: it is not a file
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        3 files checked: 2 errors, 0 warnings
        exit Some(1)
    "#]]
    .assert_eq(&told(&folder, &[]));
}

/// What can be read is repaired, whatever else cannot.
#[test]
fn a_repair_passes_over_what_cannot_be_read() {
    let folder = Folder::of_people(1, "100/s");
    folder.write("bad.campaign.yaml", BAD);
    folder.write("closed.campaign.yaml", BAD);
    let shown = told_without_leave(
        &folder,
        &["closed.campaign.yaml"],
        &["--fix", "--format", "concise"],
    );
    expect![[r#"
        closed.campaign.yaml:1:1: error[file-unreadable] the file cannot be read: Permission denied (os error 13)
        bad.campaign.yaml: 1 repaired
        3 files checked: 1 error, 0 warnings; 1 cannot be read
        1 repaired, 1 left
        exit Some(1)
    "#]].assert_eq(&shown);
    assert!(folder.read("bad.campaign.yaml").contains("schedule: now"));
}

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
            let error = format!("error[file-missing] there is no file \"{stories}\" in the project");
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
        2 files checked: 1 error, 0 warnings
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
