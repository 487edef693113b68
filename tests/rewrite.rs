//! The commands that write files anew: `fmt`, `upgrade` and `validate --fix`, as people and scripts meet them.

mod project;

use std::io::Write;
use std::process::{Output, Stdio};

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};

const UGLY: &str = "audience: people.csv   # all\nschedule:   now\n\n\n\nmessage: 'Doors open, {{first_name}}. STOP to opt out'\n";
const TIDY: &str = "audience: people.csv  # all\nschedule: now\n\nmessage: \"Doors open, {{first_name}}. STOP to opt out\"\n";
const SLIPS: &str = "audiance: people.csv # all\r\nschedule: now\r\nsender: dsek\r\nmessage: \"Hi {{frist_name}}, STOP to opt out\"\r\n";

fn folder() -> Folder {
    let folder = Folder::of_people(2, "100/s");
    folder.write("more/ugly.campaign.yaml", UGLY);
    folder.write("more/people.csv", "phone,first_name\n");
    folder
}

fn shown(output: &Output) -> String {
    let code = output.status.code().expect("it ended by itself");
    let shown = format!("exit {code}\n{}--\n{}", stdout(output), stderr(output));
    // An empty line of a difference has a space before it, which no editor leaves at the end of a line.
    shown
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn check(folder: &Folder, args: &[&str], expected: Expect) {
    expected.assert_eq(&shown(&folder.output(args)));
}

fn piped(folder: &Folder, args: &[&str], text: &str) -> Output {
    let mut child = folder
        .crier(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("crier starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(text.as_bytes()).expect("it is read");
    drop(input);
    child.wait_with_output().expect("it ends")
}

#[test]
fn fmt_shows_what_would_change_and_then_changes_it_once() {
    let folder = folder();
    check(
        &folder,
        &["fmt", "more", "--check"],
        expect![[r#"
        exit 1
        more/ugly.campaign.yaml
        --
        1 file would be formatted
    "#]],
    );
    check(
        &folder,
        &["fmt", "more", "--diff"],
        expect![[r#"
            exit 0
            --- more/ugly.campaign.yaml
            +++ more/ugly.campaign.yaml
            @@ -1,6 +1,4 @@
            -audience: people.csv   # all
            -schedule:   now
            +audience: people.csv  # all
            +schedule: now

            -
            -
            -message: 'Doors open, {{first_name}}. STOP to opt out'
            +message: "Doors open, {{first_name}}. STOP to opt out"
            --
            1 file would be formatted
        "#]],
    );
    assert_eq!(folder.read("more/ugly.campaign.yaml"), UGLY);
    check(
        &folder,
        &["fmt", "more"],
        expect![[r#"
        exit 0
        --
        more/ugly.campaign.yaml: formatted
        1 file formatted
    "#]],
    );
    assert_eq!(folder.read("more/ugly.campaign.yaml"), TIDY);
    check(
        &folder,
        &["fmt", "more", "--check"],
        expect![[r#"
        exit 0
        --
        1 file already formatted
    "#]],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_shown_and_the_others_are_formatted() {
    let folder = folder();
    folder.write("more/broken.campaign.yaml", "audience: [a.csv\nschedule:   now\n");
    check(
        &folder,
        &["fmt", "more"],
        expect![[r#"
        exit 1
        --
        error[invalid-yaml]: this `[` is not closed
         --> more/broken.campaign.yaml:1:11
          |
        1 | audience: [a.csv
          |           ^ opened here
          |
          = help: end it with `]`; lines inside it are indented

        more/ugly.campaign.yaml: formatted
        1 file formatted, 1 file unreadable and left alone
    "#]],
    );
    assert_eq!(folder.read("more/ugly.campaign.yaml"), TIDY);
    assert_eq!(
        folder.read("more/broken.campaign.yaml"),
        "audience: [a.csv\nschedule:   now\n"
    );
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = folder();
    let of_windows = |text: &str| text.replace('\n', "\r\n");
    let output = piped(&folder, &["fmt", "-"], &of_windows(UGLY));
    assert_eq!(
        (stdout(&output), stderr(&output).as_str()),
        (of_windows(TIDY), "")
    );
    let tidy = piped(&folder, &["fmt", "-"], TIDY);
    assert_eq!(stdout(&tidy), TIDY);
    let checked = piped(&folder, &["fmt", "--check", "-"], UGLY);
    assert_eq!((checked.status.code(), stdout(&checked).as_str()), (Some(1), ""));
    let broken = piped(&folder, &["fmt", "-"], "a: [1\nb: 2\n");
    assert_eq!((broken.status.code(), stdout(&broken).as_str()), (Some(1), ""));
    // As `crier validate` calls it.
    assert!(
        stderr(&broken).contains("--> stdin.campaign.yaml:1:4"),
        "{}",
        stderr(&broken)
    );
    std::fs::write(
        folder.path().join("cafe.campaign.yaml"),
        b"message: \"caf\xe9\"\n",
    )
    .expect("written");
    let other = stderr(&folder.output(&["fmt", "cafe.campaign.yaml"]));
    assert!(other.contains("--> cafe.campaign.yaml:1:14"), "{other}");
    for command in ["test", "plan", "run", "play", "rehearse"] {
        let refused = stderr(&piped(&folder, &[command, "/dev/stdin"], TIDY));
        let expected =
            format!("error: `crier {command}` takes no campaign from standard input: name its file\n");
        assert_eq!(refused, expected);
    }
    let project = piped(
        &folder,
        &["fmt", "-"],
        "senders: { desk: { number: +12125550100 } }\n",
    );
    assert_eq!(
        stdout(&project),
        "senders: { desk: { number: \"+12125550100\" } }\n"
    );
    check(
        &folder,
        &["fmt", "-", "more"],
        expect![[r#"
        exit 2
        --
        error: `-` is standard input, and stands alone; name files or `-`
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn a_written_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let mode = |name: &str, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path(name), permissions).expect("it is ours");
    };
    mode("more/ugly.campaign.yaml", 0o640);
    symlink("more/ugly.campaign.yaml", path("link.campaign.yaml")).expect("a link");
    assert!(folder.output(&["fmt", "link.campaign.yaml"]).status.success());
    assert_eq!(folder.read("more/ugly.campaign.yaml"), TIDY);
    assert!(path("link.campaign.yaml").is_symlink());
    let kept = std::fs::metadata(path("more/ugly.campaign.yaml")).expect("it is there");
    assert_eq!(kept.permissions().mode() & 0o777, 0o640);
    folder.write("more/ugly.campaign.yaml", UGLY);
    mode("more/ugly.campaign.yaml", 0o440);
    check(
        &folder,
        &["fmt", "more"],
        expect![[r#"
            exit 2
            --
            error: cannot write more/ugly.campaign.yaml: it is read-only
        "#]],
    );
    assert_eq!(folder.read("more/ugly.campaign.yaml"), UGLY);
    let left = std::fs::read_dir(path("more")).expect("a folder").count();
    assert_eq!(left, 2, "nothing is left beside the files");
}

#[test]
fn upgrade_says_that_todays_files_are_at_the_newest_version() {
    let folder = folder();
    check(
        &folder,
        &["upgrade"],
        expect![[r#"
        exit 0
        --
        3 files already at version 1
    "#]],
    );
    check(
        &folder,
        &["upgrade", "more", "--check"],
        expect![[r#"
        exit 0
        --
        1 file already at version 1
    "#]],
    );
    assert_eq!(folder.read("more/ugly.campaign.yaml"), UGLY);
    let marked = format!("\u{feff}{UGLY}");
    assert_eq!(stdout(&piped(&folder, &["upgrade", "-"], &marked)), marked);
    folder.write("new.campaign.yaml", "crier: 7\n");
    check(
        &folder,
        &["upgrade", "new.campaign.yaml"],
        expect![[r#"
            exit 1
            --
            error[unknown-version]: the file is written in version 7 of the language, and
                                    this program knows version 1
             --> new.campaign.yaml:1:8
              |
            1 | crier: 7
              |        ^
              |
              = help: install a newer crier

            1 file unreadable and left alone
        "#]],
    );
}

#[test]
fn validate_repairs_slips_and_leaves_what_people_get() {
    let folder = folder();
    folder.write("slips.campaign.yaml", &format!("\u{feff}{SLIPS}"));
    check(
        &folder,
        &["validate", "--fix", "slips.campaign.yaml"],
        expect![[r#"
            exit 1
            error[unknown-variable]: "frist_name" is not a column of "people.csv"
             --> slips.campaign.yaml:4:16
              |
            4 | message: "Hi {{frist_name}}, STOP to opt out"
              |                ^^^^^^^^^^ not a column
              |
            help: did you mean "first_name"?
              |
            4 - message: "Hi {{frist_name}}, STOP to opt out"
            4 + message: "Hi {{first_name}}, STOP to opt out"
              |

            --
            slips.campaign.yaml: 2 repaired
            2 files checked: 1 error, 0 warnings
            `crier explain unknown-variable` says more, with an example
            2 repaired, 1 left
        "#]],
    );
    let repaired = SLIPS.replace("audiance", "audience").replace("dsek", "desk");
    assert_eq!(folder.read("slips.campaign.yaml"), format!("\u{feff}{repaired}"));
    check(
        &folder,
        &["validate", "--fix", "test.campaign.yaml"],
        expect![[r#"
            exit 0
            --
            2 files checked, nothing to say
            0 repaired, 0 left
        "#]],
    );
    let piped = piped(&folder, &["validate", "--fix", "-"], SLIPS);
    assert_eq!(stdout(&piped), repaired);
    expect![[r#"
        error[unknown-variable]: "frist_name" is not a column of "people.csv"
         --> stdin.campaign.yaml:4:16
          |
        4 | message: "Hi {{frist_name}}, STOP to opt out"
          |                ^^^^^^^^^^ not a column
          |
        help: did you mean "first_name"?
          |
        4 - message: "Hi {{frist_name}}, STOP to opt out"
        4 + message: "Hi {{first_name}}, STOP to opt out"
          |

        2 repaired, 1 left
    "#]]
    .assert_eq(&stderr(&piped));
}

#[test]
fn a_project_is_repaired_before_its_campaigns() {
    let folder = folder();
    let project = folder.read("crier.yaml").replace("senders:", "sendres:");
    folder.write("crier.yaml", &project);
    folder.write("slips.campaign.yaml", &SLIPS.replace("frist", "first"));
    check(
        &folder,
        &["validate", "--fix", "crier.yaml", "slips.campaign.yaml"],
        expect![[r#"
            exit 0
            --
            crier.yaml: 1 repaired
            slips.campaign.yaml: 2 repaired
            2 files checked, nothing to say
            3 repaired, 0 left
        "#]],
    );
    let checked = piped(&folder, &["validate", "-"], TIDY);
    expect![[r#"
        exit 0
        --
        2 files checked, nothing to say
    "#]]
    .assert_eq(&shown(&checked));
}

/// Stories in a file of their own: a slip of a key, one of a name, and what must stay.
const STORIES: &str = "# Who gets it\r\n- test:   everybody   # of the list\r\n  pesron: { phone: \"+12125550123\", first_name: Ada }\r\n  story:\r\n\r\n    - exepct:    message # the one\r\n    - expect: nothing\r\n";

fn of_stories(stories: &str) -> Folder {
    let folder = folder();
    folder.write(
        "told.campaign.yaml",
        "audience: people.csv\nschedule: 2026-12-01 10:00\nmessage: \"Hi. STOP to opt out\"\ntests: stories/told.yaml\n",
    );
    folder.write("stories/told.yaml", stories);
    folder
}

#[test]
fn a_file_of_stories_that_is_named_leaves_its_campaign_alone() {
    let folder = of_stories(STORIES);
    let campaign = folder
        .read("told.campaign.yaml")
        .replace("schedule: ", "schedule:   ");
    folder.write("told.campaign.yaml", &campaign);
    for (command, done) in [("fmt", "formatted"), ("upgrade", "upgraded")] {
        let output = folder.output(&[command, "stories/told.yaml"]);
        assert_eq!(
            stderr(&output),
            format!(
                "error: stories/told.yaml holds stories, and only campaigns and crier.yaml are {done}: \
                 name told.campaign.yaml for its campaign\n"
            )
        );
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(folder.read("told.campaign.yaml"), campaign);
        assert_eq!(folder.read("stories/told.yaml"), STORIES);
    }
}

#[test]
fn validate_repairs_stories_in_a_file_of_their_own() {
    let repaired = STORIES.replace("pesron", "person").replace("exepct", "expect");
    for named in [&["told.campaign.yaml"][..], &["stories/told.yaml"], &["."]] {
        let folder = of_stories(&format!("\u{feff}{STORIES}"));
        let output = folder.output(&[&["validate", "--fix"], named].concat());
        let said = shown(&output);
        assert!(
            said.contains("\nstories/told.yaml: 2 repaired\n"),
            "{named:?}: {said}"
        );
        assert!(said.ends_with("2 repaired, 0 left\n"), "{named:?}: {said}");
        assert_eq!(folder.read("stories/told.yaml"), format!("\u{feff}{repaired}"));
    }
    let folder = of_stories(STORIES);
    let args = ["validate", "--fix", "-", "--stdin-filename", "stories/told.yaml"];
    let output = piped(&folder, &args, STORIES);
    assert_eq!(stdout(&output), repaired);
    expect!["2 repaired, 0 left\n"].assert_eq(&stderr(&output));
    assert_eq!(folder.read("stories/told.yaml"), STORIES);
}

#[test]
fn stories_are_repaired_by_the_campaign_as_it_was_repaired() {
    let folder = of_stories(STORIES);
    let campaign = folder.read("told.campaign.yaml");
    folder.write("told.campaign.yaml", &campaign.replace("schedule", "schedul"));
    check(
        &folder,
        &["validate", "--fix", "told.campaign.yaml"],
        expect![[r#"
            exit 0
            --
            told.campaign.yaml: 1 repaired
            stories/told.yaml: 2 repaired
            3 files checked, nothing to say
            3 repaired, 0 left
        "#]],
    );
    assert_eq!(folder.read("told.campaign.yaml"), campaign);
}

#[test]
fn stories_are_repaired_whatever_their_campaign_has_wrong() {
    let folder = of_stories(STORIES);
    let campaign = folder.read("told.campaign.yaml");
    folder.write("told.campaign.yaml", &campaign.replace("people.csv", "lost.csv"));
    check(
        &folder,
        &["validate", "--fix", "told.campaign.yaml", "--format", "concise"],
        expect![[r#"
            exit 1
            told.campaign.yaml:1:11: error[list-file-missing] the file "lost.csv" does not exist
            --
            stories/told.yaml: 2 repaired
            3 files checked: 1 error, 0 warnings
            2 repaired, 1 left
        "#]],
    );
    // Of one that is not read to its end nothing is judged.
    folder.write("told.campaign.yaml", &format!("{campaign}replies: [\n"));
    let args = ["validate", "--fix", "-", "--stdin-filename", "stories/told.yaml"];
    let output = piped(&folder, &args, STORIES);
    assert_eq!(
        (stdout(&output), stderr(&output)),
        (STORIES.to_owned(), "0 repaired, 0 left\n".to_owned())
    );
}

#[test]
fn what_is_no_text_is_left_as_it_is() {
    let latin = STORIES.replace("everybody", "\u{e9}");
    let bytes = latin
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("it is of Latin-1"));
    let bytes: Vec<u8> = bytes.collect();
    let folder = of_stories("");
    folder.write_bytes("stories/told.yaml", &bytes);
    check(
        &folder,
        &["validate", "--fix", "told.campaign.yaml", "--format", "concise"],
        expect![[r#"
            exit 1
            stories/told.yaml:2:11: error[not-utf8] the file is not UTF-8: byte 0xE9 at offset 25, line 2
            --
            3 files checked: 1 error, 0 warnings
            0 repaired, 1 left
        "#]],
    );
    check(
        &folder,
        &["test", "told.campaign.yaml", "--update"],
        expect![[r#"
        exit 1
        --
        error[not-utf8]: the file is not UTF-8: byte 0xE9 at offset 25, line 2
         --> stories/told.yaml:2:11
          |
        2 | - test:   �   # of the list
          |           ^
          |
          = help: save it as UTF-8; it may be Windows-1252 or Latin-1 now

    "#]],
    );
    let left = std::fs::read(folder.path().join("stories/told.yaml")).expect("readable");
    assert_eq!(left, bytes);
}

#[test]
fn a_text_stands_in_place_of_stories() {
    let folder = of_stories("");
    let args = [
        "validate",
        "-",
        "--stdin-filename",
        "stories/told.yaml",
        "--format",
        "concise",
    ];
    expect![[r#"
        exit 1
        stories/told.yaml:3:3: error[unknown-key] "pesron" is not a key of a test
        stories/told.yaml:6:7: error[unknown-key] "exepct" is not a key of a line of a story
        --
        3 files checked: 2 errors, 0 warnings
    "#]]
    .assert_eq(&shown(&piped(&folder, &args, STORIES)));
}

#[test]
fn a_repair_goes_on_where_a_file_cannot_be_written() {
    let folder = of_stories(STORIES);
    let campaign = folder.read("told.campaign.yaml").replace("schedule", "schedul");
    for name in ["a.campaign.yaml", "b.campaign.yaml", "told.campaign.yaml"] {
        folder.write(name, &campaign);
    }
    for name in ["a.campaign.yaml", "b.campaign.yaml"] {
        let path = folder.path().join(name);
        let mut leave = path.metadata().expect("it is there").permissions();
        leave.set_readonly(true);
        std::fs::set_permissions(path, leave).expect("its mode is set");
    }
    check(
        &folder,
        &["validate", "--fix", "--format", "concise"],
        expect![[r#"
            exit 2
            a.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
            b.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
            --
            stories/told.yaml: 2 repaired
            told.campaign.yaml: 1 repaired
            9 files checked: 2 errors, 0 warnings
            3 repaired, 2 left
            error: cannot write a.campaign.yaml: it is read-only
            error: cannot write b.campaign.yaml: it is read-only
        "#]],
    );
}
