//! A step of one campaign starts another, as it is typed: who is started waits, is told of, and enters when the other is run.

mod project;

use std::process::Child;

use project::{Folder, phone, signal, stderr, stdout};

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

/// What a run says once it said this.
fn past<L: Iterator<Item = String>>(mut lines: L, what: &str) -> L {
    assert!(lines.any(|line| line.contains(what)), "it says {what:?}");
    lines
}

/// Ends a run, or waits for its end.
fn stopped(run: Child, lines: impl Iterator<Item = String>) {
    signal(&run, "-INT");
    drop(lines);
    run.wait_with_output().expect("ended");
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
    let rehearsed = "starts test, rehearsed apart";
    says(&folder, &["rehearse", "first.campaign.yaml"], 0, &[rehearsed]);
    says(
        &folder,
        &["run", "first.campaign.yaml", "--receipts", "0"],
        0,
        &["launch 1 of first: done", "started 1 passage in test"],
    );
    let waits = "1 passage of test, started by steps of other campaigns, waits until `crier run` begins test";
    says(&folder, &["status"], 0, &[waits]);
    says(&folder, &["status", "test"], 0, &[waits]);
    says(&folder, &["plan", "test.campaign.yaml"], 0, &[waits, "people 2"]);
    says(
        &folder,
        &["why", &number],
        0,
        &[
            "started in test, by a step of first, launch 1",
            "is still to enter test, when `crier run` begins it",
        ],
    );
    says(
        &folder,
        &["run", "test.campaign.yaml", "--receipts", "0"],
        0,
        &[
            "1 passage of test, started by steps of other campaigns: who may enter does, in launch 3",
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
    // Started once more they do not enter: nobody opens a launch for nobody.
    says(
        &folder,
        &["run", "first.campaign.yaml", "--again", "--receipts", "0"],
        0,
        &[],
    );
    let away = "did not enter: in an earlier passage, and `again` does not let them in";
    says(
        &folder,
        &["run", "test.campaign.yaml", "--receipts", "0"],
        0,
        &[&format!(
            "1 passage of test, started by steps of other campaigns, {away}"
        )],
    );
    let status = stdout(&folder.output(&["status"]));
    assert_eq!(status.matches(" test ").count(), 2, "{status}");
    says(
        &folder,
        &["status", "test"],
        0,
        &[&format!("happenings 1 {away}")],
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

/// What `crier validate` says of a campaign and those that it starts is no less true when it is run.
#[test]
fn what_starts_without_an_end_or_nobody_is_refused() {
    let folder = project(
        "trigger: { event: ordered, again: always }\nsteps:\n  - send: { en: \"Hi\" }\n  - start: test\n",
    );
    folder.write(
        "gone.campaign.yaml",
        "audience: people.csv\nschedule: now\npurpose: service\nreplies: none\n\
         steps:\n  - send: { en: \"Hi\" }\n  - start: absent\n",
    );
    for command in ["validate", "plan", "run"] {
        let lines = &[
            "start-cycle",
            "campaigns start each other without an end: test -> test",
        ];
        says(&folder, &[command, "test.campaign.yaml"], 1, lines);
        let lines = &[
            "unknown-campaign",
            "no campaign of this project is called \"absent\"",
        ];
        says(&folder, &[command, "gone.campaign.yaml"], 1, lines);
    }
    says(
        &folder,
        &["status"],
        2,
        &["nothing has been sent from this project yet"],
    );
}

#[test]
fn who_is_started_enters_though_the_list_of_the_other_gives_nobody() {
    let nobody = "audience: none.csv\nschedule: now\n";
    let past = "audience: people.csv\nschedule: 2020-01-01 10:00\n";
    let table = [
        (nobody, "nobody to send to: the lists have no rows"),
        (past, "too late: it was due"),
    ];
    for (begins, why) in table {
        let folder = project(&format!(
            "{begins}message: \"Doors open at 8, {{{{first_name}}}}\"\n"
        ));
        folder.write("none.csv", "phone,first_name\n");
        let run = ["run", "test.campaign.yaml", "--receipts", "0"];
        says(&folder, &run, 1, &[why]);
        says(
            &folder,
            &["run", "first.campaign.yaml", "--receipts", "0"],
            0,
            &[],
        );
        let lines = &[why, "who may enter does", "1 passage of 1 person", "accepted 1"];
        says(&folder, &run, 0, lines);
        // Nobody is left.
        says(&folder, &run, 1, &[why]);
    }
}

/// What those who wait wait for is told as the other stands.
#[test]
fn who_waits_for_a_campaign_that_stands_still_or_was_cancelled_is_told_so() {
    let number = phone(7).to_string();
    let first = ["run", "first.campaign.yaml", "--receipts", "0"];
    let told = |folder: &Folder, all: &str, one: &str| {
        let all = format!("1 passage of test, started by steps of other campaigns, {all}");
        for command in [
            &["status"][..],
            &["status", "test"],
            &["plan", "test.campaign.yaml"],
        ] {
            says(folder, command, 0, &[&all]);
        }
        says(folder, &["why", &number], 0, &[one]);
    };
    let folder = project("trigger: { event: ordered }\nmessage: \"Doors open at 8\"\n");
    let (run, lines) = folder.begin_run();
    let lines = past(lines, "is open");
    says(&folder, &["pause", "test"], 0, &[]);
    stopped(run, lines);
    says(&folder, &first, 0, &[]);
    told(
        &folder,
        "waits until `crier resume test` lets it go on",
        "is still to enter test, when `crier resume test` lets it go on",
    );
    says(&folder, &["cancel", "test"], 0, &[]);
    told(
        &folder,
        "does not enter, since it was cancelled",
        "does not enter test: it was cancelled",
    );

    let folder = project(
        "audience: people.csv\nsteps:\n  - wait: 1 day\n  - send: { en: \"Doors open at 8\" }\nschedule: now\n",
    );
    let (run, lines) = folder.begin_run();
    let lines = past(lines, "waiting until");
    let waiting = "accepted delivered unknown rejected being sent waiting 1 test running 2 0 0 0 0 0 2";
    says(&folder, &["status"], 0, &[waiting]);
    says(&folder, &["cancel", "test"], 0, &[]);
    stopped(run, lines);
    says(
        &folder,
        &["status"],
        0,
        &["1 test cancelled 2 0 0 0 0 0 2 not sent"],
    );
    says(&folder, &first, 0, &[]);
    told(
        &folder,
        "waits until `crier run --again` launches it anew, since it was cancelled",
        "is still to enter test, which was cancelled, when `crier run --again` launches it anew",
    );
}

/// A passage that begins at a time that is ahead is not told of as if it had begun.
#[test]
fn who_enters_at_a_time_that_is_ahead_has_not_entered() {
    let folder = project("audience: people.csv\nschedule: 2099-01-01 10:00\nmessage: \"Doors open at 8\"\n");
    says(
        &folder,
        &["run", "first.campaign.yaml", "--receipts", "0"],
        0,
        &[],
    );
    let (run, lines) = folder.begin_run();
    let lines = past(lines, "who may enter does");
    let number = phone(7).to_string();
    let enters = || {
        stdout(&folder.output(&["why", &number])).contains("enters test, launch 3, at 2099-01-01 10:00:00")
    };
    // It takes a moment until they enter.
    let soon = (0..500).any(|_| enters());
    assert!(soon);
    stopped(run, lines);
}

#[test]
fn a_passage_that_a_step_began_becomes_a_story_that_passes() {
    let number = phone(7).to_string();
    let folder =
        project("audience: people.csv\nschedule: now\nmessage: \"Doors open at 8, {{first_name}}\"\n");
    for file in ["first.campaign.yaml", "test.campaign.yaml"] {
        says(&folder, &["run", file, "--receipts", "0"], 0, &[]);
    }
    let record = ["test", "--record", &number, "test.campaign.yaml"];
    says(&folder, &record, 0, &[]);
    assert!(folder.read("test.campaign.yaml").contains("first_name: \"Zoe\""));
    says(&folder, &["test", "test.campaign.yaml"], 0, &[]);

    // What another campaign had set wins over the row, and the story says it.
    folder.write(
        "second.campaign.yaml",
        "audience: others.csv\nschedule: now\npurpose: service\nreplies: none\n\
         fields: { first_name: text }\nsteps:\n  - set: { first_name: \"Zora\" }\n  - send: { en: \"Hi\" }\n",
    );
    folder.write(
        "third.campaign.yaml",
        "audience: others.csv\nschedule: now\npurpose: service\nreplies: none\n\
         fields: { first_name: text }\nmessage: \"Doors open at 8, {{first_name}}\"\n",
    );
    for file in ["second.campaign.yaml", "third.campaign.yaml"] {
        says(&folder, &["run", file, "--receipts", "0"], 0, &[]);
    }
    says(
        &folder,
        &["test", "--record", &number, "third.campaign.yaml"],
        0,
        &[],
    );
    assert!(
        folder
            .read("third.campaign.yaml")
            .contains("first_name: \"Zora\"")
    );
    says(&folder, &["test", "third.campaign.yaml"], 0, &[]);

    let mia = phone(1).to_string();
    let refused = "no story can tell of this passage";
    for (conditions, code, said, passed) in [
        ("", 0, "", "2 stories passed"),
        (", where: 'first_name == \"Mia\"'", 1, refused, "1 story passed"),
    ] {
        let folder = project(&format!(
            "trigger: {{ event: ordered{conditions} }}\nfields: {{ first_name: text }}\n\
             message: \"Doors open at 8, {{{{first_name}}}}\"\n"
        ));
        says(
            &folder,
            &["run", "first.campaign.yaml", "--receipts", "0"],
            0,
            &[],
        );
        let (run, lines) = folder.begin_run();
        let mut lines = past(lines, "is open");
        assert!(lines.any(|line| line.starts_with("1 ")), "one is texted");
        let event = [
            "trigger",
            "event",
            "ordered",
            "--phone",
            &mia,
            "--set",
            "first_name=Mia",
        ];
        says(&folder, &event, 0, &["1 event kept"]);
        assert!(lines.any(|line| line.starts_with("2 ")), "another is texted");
        stopped(run, lines);
        says(&folder, &record, code, &[said]);
        says(&folder, &["test", "--record", &mia, "test.campaign.yaml"], 0, &[]);
        says(&folder, &["test", "test.campaign.yaml"], 0, &[passed]);
    }
}
