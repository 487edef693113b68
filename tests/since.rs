//! `crier validate --since`: only what changed since a revision of git is checked, and all that this concerns.

mod project;

use std::process::Command;

use expect_test::expect;
use project::{Folder, stderr, stdout};

const WARNS: &str = "audience: people.csv\nschedule: now\nsteps:\n  - send: { text: \"Hi. STOP to opt out\" }\n  - wait: 2 days\n";

/// A git command in the folder, whatever the user's own settings are.
fn git(folder: &Folder, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder.path())
        .args([
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@test.example",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .output()
        .expect("git starts");
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

/// What a run since a revision says of each campaign.
fn since(folder: &Folder, revision: &str) -> String {
    let output = folder.output(&["validate", "--format", "junit", "--since", revision]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let shown = stdout(&output);
    let suites = shown.split("<testsuite name=\"").skip(1);
    let names: Vec<&str> = suites.filter_map(|suite| suite.split('"').next()).collect();
    names.join(" ")
}

#[test]
fn since_a_revision_only_what_is_concerned_is_checked() {
    let folder = Folder::of_people(2, "100/s");
    folder.write("other.csv", "phone\n+12125550101\n");
    folder.write(
        "other.campaign.yaml",
        "audience: other.csv\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n",
    );
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "first"]);
    git(&folder, &["tag", "first"]);
    assert_eq!(since(&folder, "first"), "");
    let nothing = folder.output(&["validate", "--since", "first"]);
    assert_eq!(
        stderr(&nothing),
        "no campaign is concerned by what changed since first\n"
    );

    folder.write("new name.campaign.yaml", WARNS);
    assert_eq!(since(&folder, "first"), "crier.yaml new name.campaign.yaml");
    std::fs::remove_file(folder.path().join("new name.campaign.yaml")).expect("it was there");

    folder.write("other.csv", "phone,town\n+12125550101,Rome\n");
    assert_eq!(since(&folder, "HEAD"), "crier.yaml other.campaign.yaml");
    git(&folder, &["commit", "--quiet", "-am", "second"]);
    assert_eq!(
        (since(&folder, "HEAD"), since(&folder, "first")),
        (String::new(), "crier.yaml other.campaign.yaml".into())
    );

    std::fs::remove_file(folder.path().join("people.csv")).expect("it was there");
    assert_eq!(since(&folder, "HEAD"), "crier.yaml test.campaign.yaml");
    git(&folder, &["checkout", "--quiet", "people.csv"]);

    folder.write("crier.yaml", &folder.read("crier.yaml").replace("US", "GB"));
    assert_eq!(
        since(&folder, "HEAD"),
        "crier.yaml other.campaign.yaml test.campaign.yaml"
    );
    git(&folder, &["rm", "--quiet", "--force", "crier.yaml"]);
    assert_eq!(since(&folder, "HEAD"), "other.campaign.yaml test.campaign.yaml");
}

#[test]
fn since_a_revision_what_names_a_changed_file_is_checked() {
    let folder = Folder::of_people(2, "100/s");
    let campaign = |tail: &str| format!("audience: people.csv\nschedule: now\n{tail}\n");
    folder.write(
        "crier.yaml",
        &format!(
            "{}lists: {{ ours: {{ file: ours.csv }} }}\nprices: prices.csv\n",
            folder.read("crier.yaml")
        ),
    );
    let files = [
        ("prices.csv", "country,price,currency\nUS,0.0079,USD\n".to_owned()),
        ("ours.csv", "phone\n+12125550101\n".to_owned()),
        ("gate.jpg", "1".to_owned()),
        (
            "told.yaml",
            "- test: one\n  story:\n    - expect: message\n".to_owned(),
        ),
        (
            "a.campaign.yaml",
            campaign("message: \"Hi. STOP to opt out\"\ntests: told.yaml"),
        ),
        (
            "b.campaign.yaml",
            campaign("message: { text: \"Hi. STOP to opt out\", media: gate.jpg }"),
        ),
        (
            "c.campaign.yaml",
            campaign("message: \"Hi. STOP to opt out\"").replace("people.csv", "ours"),
        ),
    ];
    for (name, text) in &files {
        folder.write(name, text);
    }
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "first"]);
    let all = "a.campaign.yaml b.campaign.yaml c.campaign.yaml crier.yaml test.campaign.yaml";
    let table = [
        ("told.yaml", "a.campaign.yaml crier.yaml"),
        ("gate.jpg", "b.campaign.yaml crier.yaml"),
        ("ours.csv", "c.campaign.yaml crier.yaml"),
        ("prices.csv", all),
    ];
    let said = |revision: &str| {
        let shown = since(&folder, revision);
        let mut names: Vec<&str> = shown.split(' ').filter(|name| *name != "told.yaml").collect();
        names.sort_unstable();
        names.join(" ")
    };
    for (name, expected) in table {
        std::fs::remove_file(folder.path().join(name)).expect("it was there");
        assert_eq!(said("HEAD"), expected, "{name}");
        git(&folder, &["checkout", "--quiet", name]);
    }
    git(&folder, &["mv", "c.campaign.yaml", "d.campaign.yaml"]);
    assert_eq!(
        said("HEAD"),
        "a.campaign.yaml b.campaign.yaml crier.yaml d.campaign.yaml test.campaign.yaml"
    );
}

#[test]
fn since_a_revision_what_misses_something_of_an_edited_campaign_is_checked() {
    let folder = Folder::of_people(2, "100/s");
    let campaign = |steps: &str| format!("audience: people.csv\nschedule: now\nsteps:\n{steps}");
    let text = "  - send: { text: \"Hi. STOP to opt out\" }\n";
    let asks = |condition: &str| {
        campaign(&format!(
            "{text}  - send: \"Hi again\"\n    when: '{condition}'\n"
        ))
    };
    let first = format!("campaign: first\n{}", campaign(&format!("{text}  - tag: vip\n")));
    folder.write("a.campaign.yaml", &first);
    folder.write("b.campaign.yaml", &campaign(&format!("{text}  - start: first\n")));
    folder.write("c.campaign.yaml", &asks("answered(\"first\")"));
    folder.write("d.campaign.yaml", &asks("\"vip\" in tags"));
    folder.write("e.campaign.yaml", &asks("event(\"came\")"));
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "first"]);
    let table = [
        (first.replace("Hi.", "Hello."), "a"),
        (first.replace("campaign: first", "campaign: other"), "a b c"),
        (first.replace("tag: vip", "tag: gold"), "a d"),
        // What it refers to comes back.
        (first.clone(), ""),
    ];
    for (edited, concerned) in table {
        folder.write("a.campaign.yaml", &edited);
        let shown = since(&folder, "HEAD").replace(".campaign.yaml", "");
        let names: Vec<&str> = shown.split(' ').filter(|name| *name != "crier.yaml").collect();
        assert_eq!(names.join(" "), concerned, "{edited}");
    }
}

#[test]
fn since_says_what_it_lacks() {
    let folder = Folder::of_people(2, "100/s");
    let said = |path: Option<&str>, revision: &str| {
        let mut command = folder.crier(&["validate", &format!("--since={revision}")]);
        command.env(
            "GIT_CEILING_DIRECTORIES",
            folder.path().parent().expect("it is in one"),
        );
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let output = command.output().expect("crier starts");
        assert_eq!(output.status.code(), Some(2));
        stderr(&output).replace(
            &folder.path().canonicalize().expect("there").display().to_string(),
            "FOLDER",
        )
    };
    expect![[r#"
        error: FOLDER is in no git repository, which --since needs
    "#]]
    .assert_eq(&said(None, "main"));
    git(&folder, &["init", "--quiet"]);
    expect![[r#"
        error: --since asks the program git, which cannot be run: No such file or directory (os error 2)
    "#]]
    .assert_eq(&said(Some("/nowhere"), "main"));
    expect![[r#"
        error: git knows no revision "no-such" here; a shallow clone, as CI makes it, has to fetch it first
    "#]]
    .assert_eq(&said(None, "no-such"));
    expect![[r#"
        error: git knows no revision "--output=x" here; a shallow clone, as CI makes it, has to fetch it first
    "#]]
    .assert_eq(&said(None, "--output=x"));
}

/// What a stranger's commit can bring: a folder that git takes for a repository of its own, whose settings name a command.
#[test]
fn since_a_revision_no_command_of_the_files_is_run() {
    for of in ["", "campaigns/"] {
        let folder = Folder::of_people(2, "100/s");
        let marker = folder.path().join("marker");
        let write = |name: &str, text: &str| folder.write(&format!("{of}{name}"), text);
        folder.write("campaigns/crier.yaml", &folder.read("crier.yaml"));
        folder.write("campaigns/people.csv", "phone\n+12125550101\n");
        git(&folder, &["init", "--quiet", "--initial-branch=main"]);
        git(&folder, &["add", "."]);
        git(&folder, &["commit", "--quiet", "-m", "first"]);
        let commit = folder.read(".git/refs/heads/main");
        write("HEAD", "ref: refs/heads/main\n");
        write("refs/heads/main", &commit);
        write("refs/tags/first", &commit);
        write(
            "objects/info/alternates",
            &format!("{}/.git/objects\n", folder.path().display()),
        );
        write(".gitattributes", "* filter=bad diff=bad\n");
        let run = format!("touch {}; false", marker.display());
        let bad = format!(
            "clean = \"{run}\"\n\tprocess = \"{run}\"\n\ttextconv = \"{run}\"\n\tcommand = \"{run}\"\n"
        );
        write(
            "config",
            &format!(
                "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"{run}\"\n\
                 [diff]\n\texternal = \"{run}\"\n[filter \"bad\"]\n\t{bad}[diff \"bad\"]\n\t{bad}"
            ),
        );
        folder.write("campaigns/a.campaign.yaml", WARNS);
        git(&folder, &["tag", "first"]);
        git(&folder, &["add", "--force", "."]);
        git(&folder, &["commit", "--quiet", "-m", "a stranger's"]);
        for named in [".", "campaigns", "campaigns/a.campaign.yaml"] {
            let output = folder.output(&["validate", "--format", "concise", "--since", "first", named]);
            let shown = format!("{}{}", stdout(&output), stderr(&output));
            assert!(shown.contains("a.campaign.yaml:"), "{of:?} {named}: {shown}");
            assert!(!marker.exists(), "{of:?} {named}: a command was run");
        }
    }
}
