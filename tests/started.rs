//! A step of one campaign starts another, as it is typed: who is started waits, is told of, and enters when the other is run.

mod project;

use project::{Folder, phone, stderr, stdout};

fn says(folder: &Folder, args: &[&str], code: i32, lines: &[&str]) {
    let output = folder.output(args);
    let told = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
    // As one line, however it was folded.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in lines {
        assert!(
            words(&told).contains(line),
            "{args:?} does not say {line:?}: {told}"
        );
    }
}

fn project(test: &str) -> Folder {
    let folder = Folder::of_people(2, "100/s");
    let other = phone(7);
    folder.write("others.csv", &format!("phone,first_name\n{other},Zoe\n"));
    folder.write(
        "first.campaign.yaml",
        "audience: others.csv\nschedule: now\npurpose: service\nreplies: none\n\
         steps:\n  - send: { en: \"Hi {{first_name}}\" }\n  - start: test\n",
    );
    folder.write(
        "test.campaign.yaml",
        &format!("purpose: service\nreplies: none\n{test}"),
    );
    folder
}

#[test]
fn who_is_started_waits_and_enters_beside_the_list_of_the_other() {
    let folder =
        project("audience: people.csv\nschedule: now\nmessage: \"Doors open at 8, {{first_name}}\"\n");
    let number = phone(7).to_string();
    says(&folder, &["plan", "first.campaign.yaml"], 0, &["starts test"]);
    says(
        &folder,
        &["run", "first.campaign.yaml", "--receipts", "0"],
        0,
        &["launch 1 of first: done"],
    );
    let waits =
        "1 passage of test, started by steps of other campaigns, waits until `crier run` goes on with test";
    says(&folder, &["status"], 0, &[waits]);
    says(&folder, &["status", "test"], 0, &[waits]);
    says(&folder, &["plan", "test.campaign.yaml"], 0, &[waits, "people 2"]);
    says(
        &folder,
        &["why", &number],
        0,
        &[
            "started in test, by a step of first, launch 1",
            "is still to enter test, when `crier run` goes on with test",
        ],
    );
    says(
        &folder,
        &["run", "test.campaign.yaml", "--receipts", "0"],
        0,
        &[
            "1 person of test: started by steps of other campaigns, in launch 3",
            "launch 2 of test: done",
            "launch 3 of test: done",
        ],
    );
    says(
        &folder,
        &["status", "test"],
        0,
        &[
            "launch 3 of test: done, launched",
            "1 passage of 1 person",
            "launch 2 of test: done, launched",
        ],
    );
    says(
        &folder,
        &["why", &number],
        0,
        &["entered test, launch 3", "Doors open at 8, Zoe"],
    );
    // Typed again it is done, and nobody enters twice.
    says(
        &folder,
        &["run", "test.campaign.yaml", "--receipts", "0"],
        0,
        &["launch 2 of test is done, and nothing is sent"],
    );
}

#[test]
fn who_does_not_enter_is_told_with_the_reason() {
    let folder = project(
        "audience: people.csv\ntrigger: { event: ordered }\nmessage: \"Doors open at 8, {{first_name}}\"\n",
    );
    says(
        &folder,
        &["run", "first.campaign.yaml", "--receipts", "0"],
        0,
        &["launch 1 of first: done"],
    );
    says(
        &folder,
        &["plan", "test.campaign.yaml"],
        0,
        &["1 passage of test, started by steps", "not open yet"],
    );
    says(
        &folder,
        &["validate", "first.campaign.yaml", "test.campaign.yaml"],
        0,
        &[],
    );
}
