//! Which files `crier validate` finds, stories beside their campaigns among them, and what it shows of none.

mod project;

use expect_test::expect;
use project::{Folder, stderr, stdout};

#[test]
fn a_file_of_stories_is_told_of_whatever_its_campaign_has_wrong() {
    let folder = Folder::of_people(2, "100/s");
    let stories = "- test: one text\n  persn: { phone: \"+12125550123\" }\n  story:\n    - expect: mesage\n    - expect: nothng\n";
    folder.write("told.yaml", stories);
    let table = [
        // The last one hides what follows.
        ("limts: { budget: 5 USD }\n", "unknown"),
        ("messages: { thanks: \"Thanks\" }\n", "never sent"),
        ("message: \"Hi\"\n", "twice"),
        ("replies: [\n", "broken"),
    ];
    let mut all = String::new();
    for (line, name) in table {
        let campaign = format!(
            "audience: people.csv\nschedule: 2026-12-01 10:00\nmessage: \"Hi. STOP to opt out\"\ntests: told.yaml\n{line}"
        );
        folder.write("told.campaign.yaml", &campaign);
        let output = folder.output(&["validate", "told.campaign.yaml", "--format", "concise"]);
        let of_stories = folder.output(&["validate", "told.yaml", "--format", "concise"]);
        assert_eq!(stdout(&of_stories), stdout(&output), "{name}");
        all += &format!("{name}\n{}\n", stdout(&output));
    }
    expect![[r#"
        unknown
        told.campaign.yaml:5:1: error[unknown-key] "limts" is not a key of a campaign
        told.yaml:2:3: error[unknown-key] "persn" is not a key of a test
        told.yaml:4:15: error[unknown-message] message "mesage" does not exist
        told.yaml:5:15: error[unknown-message] message "nothng" does not exist

        never sent
        told.campaign.yaml:5:13: error[message-never-sent] nothing sends the message "thanks"
        told.yaml:2:3: error[unknown-key] "persn" is not a key of a test
        told.yaml:4:15: error[unknown-message] message "mesage" does not exist
        told.yaml:5:15: error[unknown-message] message "nothng" does not exist

        twice
        told.campaign.yaml:5:1: error[duplicate-key] key "message" is given twice
        told.yaml:2:3: error[unknown-key] "persn" is not a key of a test
        told.yaml:4:15: error[unknown-message] message "mesage" does not exist
        told.yaml:5:15: error[unknown-message] message "nothng" does not exist

        broken
        told.campaign.yaml:5:10: error[invalid-yaml] this `[` is not closed

    "#]]
    .assert_eq(&all);
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

/// By whichever ways arguments lead to a file, it is told of once, as it is written shortest.
#[test]
fn a_file_that_is_named_in_several_ways_is_told_of_once() {
    let folder = Folder::of_people(1, "100/s");
    let project = folder.read("crier.yaml").replace("region", "regon");
    folder.write("crier.yaml", &project);
    let campaign = folder.read("test.campaign.yaml");
    folder.write("below/hi.campaign.yaml", &campaign.replace("Doors", "{{dors}}"));
    std::fs::remove_file(folder.path().join("test.campaign.yaml")).expect("removed");
    let arguments: [&[&str]; 5] = [
        &[],
        &[".", ".."],
        &["hi.campaign.yaml", "../crier.yaml"],
        &["../below/../below", "./hi.campaign.yaml"],
        &["..", "../below"],
    ];
    let told = arguments.map(|paths| {
        let args = [&["validate", "--format", "concise"], paths].concat();
        let mut command = folder.crier(&args);
        let output = command.current_dir(folder.path().join("below")).output();
        format!("{paths:?}\n{}", stdout(&output.expect("crier starts")))
    });
    expect![[r#"
        []
        ../crier.yaml:3:1: error[unknown-key] "regon" is not a key of crier.yaml
        hi.campaign.yaml:3:13: error[unknown-variable] "dors" is not a column of "people.csv"
        [".", ".."]
        ../crier.yaml:3:1: error[unknown-key] "regon" is not a key of crier.yaml
        hi.campaign.yaml:3:13: error[unknown-variable] "dors" is not a column of "people.csv"
        ["hi.campaign.yaml", "../crier.yaml"]
        ../crier.yaml:3:1: error[unknown-key] "regon" is not a key of crier.yaml
        hi.campaign.yaml:3:13: error[unknown-variable] "dors" is not a column of "people.csv"
        ["../below/../below", "./hi.campaign.yaml"]
        ../crier.yaml:3:1: error[unknown-key] "regon" is not a key of crier.yaml
        hi.campaign.yaml:3:13: error[unknown-variable] "dors" is not a column of "people.csv"
        ["..", "../below"]
        ../crier.yaml:3:1: error[unknown-key] "regon" is not a key of crier.yaml
        ../below/hi.campaign.yaml:3:13: error[unknown-variable] "dors" is not a column of "people.csv"
    "#]]
    .assert_eq(&told.concat());
}
