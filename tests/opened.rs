//! A campaign with a trigger on the command line: it is open, people enter one at a time, and it is said who did not and why.

mod project;

use std::process::{Child, Output};

use expect_test::{Expect, expect};
use project::{Folder, phone, signal, stderr, stdout};

const ORDERS: &str = "\
trigger: { event: ordered, key: order, where: total > 50 }
audience: people.csv
purpose: service
replies: office
fields: { order: text, total: decimal, first_name: { default: you } }
message: \"Order {{order}} is on its way, {{first_name}}.\"
";

fn folder(campaign: &str) -> Folder {
    let folder = Folder::of_people(3, "100/s");
    folder.write("test.campaign.yaml", campaign);
    folder
}

fn shown(output: &Output) -> String {
    let code = output
        .status
        .code()
        .map_or_else(|| "killed".to_owned(), |code| code.to_string());
    let text = format!("exit {code}\n{}--\n{}", stdout(output), stderr(output));
    let now = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").expect("a pattern");
    now.replace_all(&text, "TIME").into_owned()
}

fn check(output: &Output, expected: Expect) {
    expected.assert_eq(&shown(output));
}

fn ordered(folder: &Folder, n: u64, order: &str, total: &str) {
    let number = phone(n).to_string();
    let (order, total) = (format!("order={order}"), format!("total={total}"));
    let kept = folder.output(&[
        "trigger", "event", "ordered", "--phone", &number, "--set", &order, "--set", &total,
    ]);
    assert!(kept.status.success(), "{}", stderr(&kept));
}

/// Stops a run; what its report says of who entered.
fn stopped(run: Child, lines: impl Iterator<Item = String>) -> String {
    signal(&run, "-INT");
    drop(lines);
    let ended = run.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(130));
    of_entering(&stdout(&ended))
}

/// The lines about who entered, and the heads; how far receipts are comes as the machine is fast.
fn of_entering(report: &str) -> String {
    let is_of_it = |line: &&str| {
        let heads = [
            "launch",
            "entered",
            "accepted",
            "waiting",
            "not sent",
            "happenings",
        ];
        let head = line.trim_start();
        heads.iter().any(|word| head.starts_with(word)) || line.contains("did not enter")
    };
    let launched = regex::Regex::new(r"launched [^,]*").expect("a pattern");
    let spaces = regex::Regex::new(" {2,}").expect("a pattern");
    let told: String = report
        .lines()
        .filter(is_of_it)
        .map(|line| spaces.replace_all(line.trim(), " ").into_owned() + "\n")
        .collect();
    launched.replace_all(&told, "launched TIME").into_owned()
}

#[test]
fn a_campaign_with_a_trigger_is_open_and_takes_in_what_happened_while_nothing_ran() {
    let folder = folder(ORDERS);
    // Before it was ever run nothing is of it.
    ordered(&folder, 0, "A0", "60");
    let plan = || folder.output(&["plan", "test.campaign.yaml"]);
    check(
        &plan(),
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             begins    whoever the event ordered happens to enters, once for each order
             of whom   those in people.csv
             now       not open yet: `crier run` opens it

            text    language at most   UCS-2
            message en       unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name, order
            --
        "#]],
    );
    let (run, mut lines) = folder.begin_run();
    let first = lines.find(|line| line.contains("is open")).expect("it says so");
    expect!["test is open: whoever the event ordered happens to enters, once for each order; this goes on until it is stopped, and when it is typed again it takes in what happened meanwhile"].assert_eq(&first);
    ordered(&folder, 0, "A1", "60");
    ordered(&folder, 1, "B1", "50");
    assert!(lines.any(|line| line.starts_with("1 ")), "one is texted");
    expect![[r#"
        launch 1 of test: interrupted; type the same command again to go on
        entered 1 passage of 1 person
        accepted 1
    "#]]
    .assert_eq(&stopped(run, lines));
    // Nothing runs, and things happen.
    ordered(&folder, 0, "A1", "70");
    ordered(&folder, 0, "A2", "70");
    ordered(&folder, 9, "X1", "70");
    ordered(&folder, 1, "B2", "many");
    let (run, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.starts_with("2 ")), "another is texted");
    expect![[r#"
        launch 1 of test: interrupted; type the same command again to go on
        entered 2 passages of 1 person
        accepted 2
        happenings
        1 did not enter: in an earlier passage, and `again` does not let them in
        1 did not enter: total is not of its type
        1 did not enter: in none of the lists of the audience
    "#]]
    .assert_eq(&stopped(run, lines));
    check(
        &plan(),
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             begins    whoever the event ordered happens to enters, once for each order
             of whom   those in people.csv
             now       launch 1 is running, 2 passages of 1 person

            text    language at most   UCS-2
            message en       unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name, order
            --
        "#]],
    );
    let why = |n: u64| folder.output(&["why", &phone(n).to_string()]);
    let seen = shown(&why(9));
    expect![[r#"
        exit 0
        +12123201000
          TIME UTC  event ordered (order=X1, total=70)
            did not enter test: in none of the lists of the audience
        --
    "#]]
    .assert_eq(&seen);
    assert!(shown(&why(0)).contains("entered test, launch 1"));
    let status = folder.output(&["status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).expect("JSON");
    expect![[r#"{"not_entered":{"entered-before":1,"ill-typed-value:total":1,"not-listed":1},"passages":2,"people":1,"to_enter":0}"#]].assert_eq(&status["launches"][0]["entered"].to_string());
}

#[test]
fn who_enters_after_the_file_has_changed_gets_it_as_it_is_then() {
    let campaign = ORDERS.replace(
        "message: ",
        "steps:\n  - send: { en: \"Old {{order}}\" }\n  - wait: 2 days\n  - send: ",
    );
    let campaign = campaign.replace(
        "send: \"Order {{order}} is on its way, {{first_name}}.\"",
        "send: { en: \"Old end\" }",
    );
    let folder = folder(&campaign);
    let (run, mut lines) = folder.begin_run();
    lines.find(|line| line.contains("is open")).expect("it says so");
    ordered(&folder, 0, "A1", "60");
    assert!(lines.any(|line| line.contains("waiting until")), "it waits");
    stopped(run, lines);
    folder.write("test.campaign.yaml", &campaign.replace("Old", "New"));
    let (run, lines) = folder.begin_run();
    let mut lines = lines.take_while(|line| !line.contains("is open"));
    let said = lines.by_ref().filter(|line| line.starts_with("launch"));
    let said: String = said.map(|line| line + "\n").collect();
    expect![[r#"
        launch 1 of test goes on where it stopped; the file has changed since: this launch keeps the text and the time it began with, takes the budget of the file, and reaches providers as crier.yaml says now; whoever enters from now on gets the file as it is now
    "#]].assert_eq(&said);
    ordered(&folder, 0, "A1", "60");
    ordered(&folder, 1, "B1", "60");
    loop {
        let status = folder.output(&["status", "test"]);
        let told = stdout(&status);
        if told.starts_with("launch 2") && told.contains("delivered") && !told.contains("accepted       0") {
            break;
        }
    }
    stopped(run, lines);
    let told = of_entering(&stdout(&folder.output(&["status", "test"])));
    expect![[r#"
        launch 2 of test: running, launched TIME, 1 passage of 1 person
        entered 1 passage of 1 person
        accepted 1
        waiting 1
        happenings
        1 did not enter: still inside of an earlier passage
        launch 1 of test: running, launched TIME, 1 passage of 1 person
        entered 1 passage of 1 person
        accepted 1
        waiting 1
    "#]]
    .assert_eq(&told);
    let again = folder.output(&["run", "test.campaign.yaml", "--again"]);
    check(
        &again,
        expect![[r#"
        exit 1
        --
        error: launch 2 of test is running: `crier cancel test` ends it, before `--again` opens a new one
    "#]],
    );
    for _ in 0..2 {
        folder.output(&["cancel", "test"]);
    }
    let cancelled = folder.run("test.campaign.yaml");
    assert_eq!(cancelled.status.code(), Some(1), "{}", stderr(&cancelled));
    expect![[r#"
        launch 2 of test: cancelled
        entered 1 passage of 1 person
        accepted 1
        not sent 1
        happenings
        1 did not enter: still inside of an earlier passage
    "#]]
    .assert_eq(&of_entering(&stdout(&cancelled)));
}
