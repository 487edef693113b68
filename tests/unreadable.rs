//! What of a project cannot be read: links that lead in a circle, files and folders without leave. Each is one error in every
//! format, and all else is checked.
#![cfg(unix)]

mod project;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Output};

use expect_test::expect;
use project::{Folder, stderr, stdout};
use rustix::process::geteuid;

/// With one fault.
const BAD: &str = "audience: people.csv\nschedul: now\nmessage: \"Hi. STOP to opt out\"\n";

/// What is printed of a folder, a line each, and the exit code.
fn told(folder: &Folder) -> String {
    said(&folder.output(&["validate", "--format", "concise"]))
}

fn said(output: &Output) -> String {
    format!(
        "{}{}exit {:?}\n",
        stdout(output),
        stderr(output),
        output.status.code()
    )
}

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
        all += &format!("{}\n{}\n", names.join(", "), told(&folder));
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
    let output = without_leave(folder, &[&["validate"], args].concat()).output();
    set(0o700);
    said(&output.expect("crier starts"))
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
        5 files checked: 3 errors, 0 warnings; 1 cannot be read
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
        6 files checked: 4 errors, 0 warnings
        exit Some(1)

        lists
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        lists:1:1: error[file-unreadable] the folder cannot be read: Permission denied (os error 13)
        6 files checked: 3 errors, 0 warnings; 1 cannot be read
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
        2 files checked: 2 errors, 0 warnings; 1 cannot be read
        exit Some(1)
    "#]]
    .assert_eq(&told(&folder));
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

/// A project whose parts are replaced by links, each of which is one error wherever it is named.
#[test]
fn what_is_named_and_cannot_be_read_is_one_error_at_its_place() {
    let outside = Folder::new();
    outside.write("stories.yaml", STORIES);
    let out = outside.path().display().to_string();
    let out_stories = format!("{out}/stories.yaml");
    let table = [
        ("lists/more.csv", "more.csv"),
        ("prices.csv", "prices.csv"),
        ("lists", "lists"),
        ("told/stories.yaml", "stories.yaml"),
        ("told", "told"),
        ("told/stories.yaml", "/dev/null"),
        ("told/stories.yaml", ".."),
        ("told/stories.yaml", &out_stories),
        ("told/stories.yaml", "gone.yaml"),
    ];
    let project = || {
        let folder = Folder::of_people(1, "100/s");
        folder.write("lists/more.csv", "phone,first_name\n+12125550101,Ada\n");
        folder.write("told/stories.yaml", STORIES);
        let campaign = folder.read("test.campaign.yaml");
        folder.write(
            "test.campaign.yaml",
            &format!("{campaign}tests: told/stories.yaml\n"),
        );
        folder.write(
            "more.campaign.yaml",
            &campaign.replace("people.csv", "lists/more.csv"),
        );
        folder
    };
    let mut all = String::new();
    for (path, target) in table {
        let folder = project();
        let replaced = folder.path().join(path);
        match replaced.is_dir() {
            true => std::fs::remove_dir_all(&replaced).expect("it is there"),
            false => std::fs::remove_file(&replaced).expect("it is there"),
        }
        symlink(target, &replaced).expect("a link");
        all += &format!("{path} -> {target}\n{}\n", told(&folder));
    }
    // Named by itself a campaign has it told where it stands.
    let folder = project();
    std::fs::remove_file(folder.path().join("lists/more.csv")).expect("it is there");
    symlink("more.csv", folder.path().join("lists/more.csv")).expect("a link");
    all += &said(&folder.output(&["validate", "--format", "concise", "more.campaign.yaml"]));
    expect![[r#"
        lists/more.csv -> more.csv
        lists/more.csv:1:1: error[link-loop] the link leads in a circle
        4 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        prices.csv -> prices.csv
        prices.csv:1:1: error[link-loop] the link leads in a circle
        4 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        lists -> lists
        lists:1:1: error[link-loop] the link leads in a circle
        4 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        told/stories.yaml -> stories.yaml
        told/stories.yaml:1:1: error[link-loop] the link leads in a circle
        3 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        told -> told
        told:1:1: error[link-loop] the link leads in a circle
        3 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        told/stories.yaml -> /dev/null
        test.campaign.yaml:5:8: error[file-unreadable] the file "told/stories.yaml" cannot be read: it is not a file
        3 files checked: 1 error, 0 warnings
        exit Some(1)

        told/stories.yaml -> ..
        told/stories.yaml:1:1: error[link-loop] the link leads to a folder that it is in
        3 files checked: 1 error, 0 warnings; 1 cannot be read
        exit Some(1)

        told/stories.yaml -> OUTSIDE/stories.yaml
        test.campaign.yaml:5:8: error[file-unreadable] the file "told/stories.yaml" cannot be read: it is a link that leads out of the project
        3 files checked: 1 error, 0 warnings
        exit Some(1)

        told/stories.yaml -> gone.yaml
        test.campaign.yaml:5:8: error[file-missing] there is no file "told/stories.yaml" in the project
        3 files checked: 1 error, 0 warnings
        exit Some(1)

        more.campaign.yaml:1:11: error[list-unreadable] the file "lists/more.csv" cannot be read: Too many levels of symbolic links (os error 40); the link leads in a circle: let it lead to a file, or remove it
        2 files checked: 1 error, 0 warnings
        exit Some(1)
    "#]].assert_eq(&all.replace(&out, "OUTSIDE"));
}

#[test]
fn each_file_that_cannot_be_read_is_shown() {
    let folder = Folder::of_people(1, "100/s");
    for name in ["a.campaign.yaml", "b.campaign.yaml"] {
        symlink("/dev/null", folder.path().join(name)).expect("a link");
    }
    let shown = stdout(&folder.output(&["validate"]));
    assert_eq!(shown.matches("error[file-unreadable]").count(), 2, "{shown}");
    assert!(!shown.contains("more campaign"), "{shown}");
}
