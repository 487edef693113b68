//! What `crier validate` finds in the folders of a project, where each finding stands, and what it does not show.

mod project;

use expect_test::expect;
use project::{Folder, stderr, stdout};

/// A project of two campaigns that name one list, and a list that nobody names.
fn of_lists() -> Folder {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+393331234567\n");
    let lists = "lists: { lost: { file: lost.csv }, idle: { file: people.csv } }";
    folder.write("crier.yaml", &format!("{SENDERS}{lists}\n"));
    for name in ["a", "b"] {
        let text = "audience: lost\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n";
        folder.write(&format!("{name}.campaign.yaml"), text);
    }
    folder
}

const SENDERS: &str = "crier: 1\nproviders: { trial: { kind: simulated } }\nsenders: { arena: { number: \"+390612345678\", provider: trial } }\n";

fn concise(folder: &Folder, args: &[&str]) -> String {
    let args = [&["validate", "--format", "concise"][..], args].concat();
    stdout(&folder.output(&args))
}

#[test]
fn a_list_is_told_where_it_is_defined_and_an_idle_one_to_whoever_asks_for_all() {
    let folder = of_lists();
    expect![[r#"
        crier.yaml:4:24: error[list-file-missing] the file "lost.csv" of list "lost" does not exist
        crier.yaml:4:36: warning[unused-list] no campaign uses list "idle"
    "#]]
    .assert_eq(&concise(&folder, &[]));
    expect![[r#"
        crier.yaml:4:24: error[list-file-missing] the file "lost.csv" of list "lost" does not exist
    "#]]
    .assert_eq(&concise(&folder, &["b.campaign.yaml"]));
    expect![[r#"
        crier.yaml:4:24: error[list-file-missing] the file "lost.csv" of list "lost" does not exist
        crier.yaml:4:36: warning[unused-list] no campaign uses list "idle"
    "#]]
    .assert_eq(&concise(&folder, &["crier.yaml"]));
}

#[test]
fn a_fault_of_crier_yaml_hides_only_what_follows_from_it() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+393331234567\n");
    let campaign = "audience: people.csv\nsender: areena\nreplies: dsek\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n";
    folder.write("a.campaign.yaml", campaign);
    let told = |project: &str| {
        folder.write("crier.yaml", project);
        concise(&folder, &[])
    };
    expect![[r#"
        crier.yaml:4:24: error[bad-window] "25:00-09:00" is not a window of the day
        a.campaign.yaml:2:9: error[unknown-sender] sender "areena" does not exist
        a.campaign.yaml:3:10: error[unknown-inbox] inbox "dsek" does not exist
    "#]]
    .assert_eq(&told(&format!(
        "{SENDERS}policy: {{ quiet_hours: 25:00-09:00 }}\n"
    )));
    expect![[r#"
        crier.yaml:3:56: error[unknown-provider] provider "trail" does not exist
        a.campaign.yaml:3:10: error[unknown-inbox] inbox "dsek" does not exist
    "#]]
    .assert_eq(&told(&SENDERS.replace("provider: trial", "provider: trail")));
    expect![[r#"
        crier.yaml:4:1: error[unknown-key] "sendrs" is not a key of crier.yaml
    "#]]
    .assert_eq(&told(&format!("{SENDERS}sendrs: {{}}\n")));
}

#[test]
fn campaigns_are_found_in_every_folder_but_those_of_programs() {
    let folder = Folder::of_people(1, "100/s");
    let deep = "d/".repeat(16);
    let table = [
        "target/a.campaign.yaml",
        "cache/b.campaign.yaml",
        "node_modules/c.campaign.yaml",
        ".hidden/d.campaign.yaml",
        &format!("{deep}e.campaign.yaml"),
        &format!("{deep}f/g.campaign.yaml"),
    ];
    for path in table {
        folder.write(path, "audience: 1\n");
    }
    folder.write(
        "cache/CACHEDIR.TAG",
        "Signature: 8a477f597d28d172789f06886806bc55\n",
    );
    let output = folder.output(&["validate", "--format", "concise"]);
    let shown = stdout(&output);
    let mut found: Vec<&str> = shown.lines().filter_map(|line| line.split(':').next()).collect();
    found.dedup();
    assert_eq!(
        found,
        [&format!("{deep}e.campaign.yaml"), "target/a.campaign.yaml"]
    );
    let said = stderr(&output);
    let deeper =
        format!("{deep}f: deeper than 16 levels nothing is looked for; name the folder to have it checked\n");
    assert!(said.starts_with(&deeper), "{said}");
}

/// What is shown of a line goes into logs: no format shows a secret.
#[test]
fn no_secret_is_shown() {
    let folder = Folder::of_people(1, "100/s");
    let campaign = folder.read("test.campaign.yaml");
    folder.write(
        "test.campaign.yaml",
        &format!("# password: mullet7\n{campaign}x-password: \"mull\u{e9}t7\"\nx-note: smtps://u:mullet7@x.example\n"),
    );
    for format in [
        "full", "concise", "json", "sarif", "gitlab", "junit", "rdjson", "github",
    ] {
        let output = folder.output(&["validate", "--format", format]);
        let shown = format!("{}{}", stdout(&output), stderr(&output));
        assert!(shown.contains("secret-in-file"), "{format}: {shown}");
        assert!(!shown.contains("mull"), "{format}: {shown}");
    }
}
