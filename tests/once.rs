//! What has one cause is told once: a fault of crier.yaml, of a list or of a price file, whichever campaigns it is one of.

mod project;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};

#[test]
fn what_a_project_cannot_be_held_to_is_told_once() {
    let check = |files: &[(&str, &str)], expected: Expect| {
        let folder = Folder::of_people(2, "100/s");
        for (name, text) in files {
            folder.write(name, text);
        }
        let output = folder.output(&["validate", "--format", "concise", "test.campaign.yaml"]);
        expected.assert_eq(&stdout(&output));
    };
    let yaml = Folder::of_people(2, "100/s").read("crier.yaml");
    let newer = yaml.replace("crier: 1", "crier: 2");
    let campaign =
        "audience: people.csv\nschedule: now\nlimits: { budget: 5 EUR }\nmessage: \"Hi. STOP to opt out\"\n";
    check(
        &[("crier.yaml", &newer)],
        expect![[r#"
        crier.yaml:1:8: error[unknown-version] the file is written in version 2 of the language, and this program knows version 1
    "#]],
    );
    let misspelt = yaml.replace("kind: simulated", "kind: simulate");
    let marketing = "audience: people.csv\nschedule: now\nmessage: \"Hi. STOP to opt out\"\n";
    check(
        &[("crier.yaml", &misspelt), ("test.campaign.yaml", marketing)],
        expect![[r#"
            crier.yaml:7:29: error[unknown-value] there is no kind of provider "simulate"
        "#]],
    );
    check(
        &[("prices.csv", "country,price,currency\nUS,abc,USD\n")],
        expect![[r#"
            crier.yaml:5:9: error[list-unreadable] the file "prices.csv" cannot be read: line 2: "abc" is not a price
        "#]],
    );
    check(
        &[
            ("prices.csv", "country,price,currency\nUS,0.01,USD\n"),
            ("test.campaign.yaml", campaign),
        ],
        expect![[r#"
            test.campaign.yaml:3:19: error[budget-without-prices] the budget is in EUR, and the prices are in USD
        "#]],
    );
}

#[test]
fn what_crier_yaml_lacks_is_shown_once_for_all_campaigns_that_need_it() {
    let folder = Folder::of_people(1, "100/s");
    for (name, sender) in [("a", "arena"), ("b", "arena"), ("c", "arena"), ("d", "square")] {
        let text = format!(
            "audience: people.csv\nschedule: now\nsender: {sender}\nmessage: \"Hi. STOP to opt out\"\n"
        );
        folder.write(&format!("{name}.campaign.yaml"), &text);
    }
    // Another project, which lacks a sender of its own.
    folder.write("other/crier.yaml", &folder.read("crier.yaml"));
    folder.write("other/people.csv", &folder.read("people.csv"));
    folder.write("other/prices.csv", &folder.read("prices.csv"));
    folder.write("other/a.campaign.yaml", &folder.read("a.campaign.yaml"));
    let output = folder.output(&["validate"]);
    expect![[r#"
        error[unknown-sender]: sender "arena" does not exist
         --> a.campaign.yaml:3:9
          |
        3 | sender: arena
          |         ^^^^^ and in 2 more campaigns
          |
          = help: the only sender of crier.yaml is "desk"

        error[unknown-sender]: sender "square" does not exist
         --> d.campaign.yaml:3:9
          |
        3 | sender: square
          |         ^^^^^^
          |
          = help: the only sender of crier.yaml is "desk"

        error[unknown-sender]: sender "arena" does not exist
         --> other/a.campaign.yaml:3:9
          |
        3 | sender: arena
          |         ^^^^^
          |
          = help: the only sender of crier.yaml is "desk"

        8 files checked: 5 errors, 0 warnings
        `crier explain unknown-sender` says more, with an example
    "#]]
    .assert_eq(&(stdout(&output) + &stderr(&output)));
    let concise = stdout(&folder.output(&["validate", "--format", "concise"]));
    assert_eq!(concise.matches("unknown-sender").count(), 5, "{concise}");
}

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

/// What crier.yaml asks for cannot be read: that nobody gave it is no second finding.
#[test]
fn a_consent_of_the_policy_that_cannot_be_read_is_one_finding() {
    for consent in ["true", "{ marketing: true }", "{ marketing: [opt_in] }"] {
        let folder = Folder::of_people(1, "100/s");
        let project = folder.read("crier.yaml");
        folder.write(
            "crier.yaml",
            &format!("{project}policy: {{ consent: {consent} }}\n"),
        );
        let output = folder.output(&["validate", "--format", "concise"]);
        let told = stdout(&output);
        let told: Vec<&str> = told
            .lines()
            .filter(|line| line.contains(": error[") || line.contains(": warning["))
            .collect();
        assert_eq!(told.len(), 1, "{consent}: {told:?}");
        assert!(told[0].starts_with("crier.yaml:"), "{told:?}");
    }
}
