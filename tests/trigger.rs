//! `crier trigger`: what happened outside is kept once, or told to be wrong with its place; a campaign that runs hears it.

mod project;

use expect_test::{Expect, expect};
use project::{Folder, phone, signal, stderr, stdout};

/// Runs a command and compares: exit code, stdout, stderr.
fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    let code = output.status.code().expect("it ends by itself");
    let shown = format!("exit {code}\n{}--\n{}", stdout(&output), stderr(&output));
    expected.assert_eq(&shown.replace(&folder.path().display().to_string(), "FOLDER"));
}

#[test]
fn events_are_kept_once_or_not_at_all() {
    let folder = Folder::of_people(1, "100/s");
    let event = ["trigger", "event", "ordered", "--phone", "(212) 555-0101"];
    check(
        &folder,
        &[&event[..], &["--set", "total=59.90", "--id", "o-1"]].concat(),
        expect![[r#"
            exit 0
            1 event kept
            --
            no campaign of this project asks for the event "ordered"; it is kept all the same
        "#]],
    );
    check(
        &folder,
        &[&event[..], &["--id", "o-1"]].concat(),
        expect![[r#"
            exit 0
            0 events kept; 1 known already, by name and id
            --
            no campaign of this project asks for the event "ordered"; it is kept all the same
        "#]],
    );
    check(
        &folder,
        &[&event[..], &["--set", "total"]].concat(),
        expect![[r#"
        exit 2
        --
        error: "total" sets nothing: write FIELD=VALUE, such as total=59.90
    "#]],
    );
    check(
        &folder,
        &["trigger", "event", "ordered", "--phone", "12"],
        expect![[r#"
            exit 2
            --
            error: "12" is too short for a phone number; write all its digits
        "#]],
    );
    check(
        &folder,
        &["trigger", "event", "ordered"],
        expect![[r#"
        exit 2
        --
        error: the following required arguments were not provided:
          --phone <PHONE>

        Usage: crier trigger event --phone <PHONE> <NAME>

        For more information, try '--help'.
    "#]],
    );
    let good = "{\"phone\": \"+12125550101\", \"id\": \"o-1\"}\n\n{\"phone\": \"+12125550102\", \"fields\": {\"total\": 5}}\n";
    folder.write("good.jsonl", good);
    folder.write("bad.jsonl", &format!("{good}{{\"name\": \"paid\"}}\n[]\n"));
    check(
        &folder,
        &["trigger", "event", "ordered", "--file", "bad.jsonl"],
        expect![[r#"
            exit 1
            --
            bad.jsonl:4: the event has no "phone"
            bad.jsonl:5: an event is an object, such as {"name": "ordered", "phone": "+393331234567"}
            error: 2 lines of bad.jsonl cannot be read, so no event was kept
        "#]],
    );
    check(
        &folder,
        &["trigger", "event", "ordered", "--file", "good.jsonl"],
        expect![[r#"
            exit 0
            1 event kept; 1 known already, by name and id
            --
            no campaign of this project asks for the event "ordered"; it is kept all the same
        "#]],
    );
    check(
        &folder,
        &["trigger", "event", "--file", "good.jsonl", "--format", "json"],
        expect![[r#"
            exit 1
            {
              "error": {
                "exit_code": 1,
                "message": "2 lines of good.jsonl cannot be read, so no event was kept"
              },
              "format_version": "1.0"
            }
            --
            good.jsonl:1: the event has no "name"
            good.jsonl:3: the event has no "name"
            error: 2 lines of good.jsonl cannot be read, so no event was kept
        "#]],
    );
    check(
        &folder,
        &["trigger", "event", "--file", "none.jsonl"],
        expect![[r#"
            exit 2
            --
            error: cannot read none.jsonl: No such file or directory (os error 2)
        "#]],
    );
    check(
        &folder,
        &[
            "trigger",
            "event",
            "paid",
            "--file",
            "good.jsonl",
            "--format",
            "json",
        ],
        expect![[r#"
            exit 0
            {
              "format_version": "1.0",
              "kept": 2,
              "known": 0
            }
            --
            no campaign of this project asks for the event "paid"; it is kept all the same
        "#]],
    );
}

#[test]
fn a_campaign_that_runs_hears_of_it_from_another_process() {
    let folder = Folder::of_people(2, "100/s");
    let steps = "steps:\n  - send: { en: \"Hi. STOP to opt out\" }\n  - await: event(\"ordered\")\n    for: 2 days\n    then: { send: { en: \"Thanks. STOP to opt out\" } }\n";
    let text = folder.read("test.campaign.yaml");
    let head: Vec<&str> = text.lines().filter(|line| !line.starts_with("message")).collect();
    folder.write("test.campaign.yaml", &format!("{}\n{steps}", head.join("\n")));
    let (first, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.contains("waiting until")), "both wait");
    check(
        &folder,
        &["trigger", "event", "orderd", "--phone", "+12125550101"],
        expect![[r#"
            exit 0
            1 event kept
            --
            no campaign of this project asks for the event "orderd"; did you mean "ordered"?
        "#]],
    );
    for n in 0..2 {
        let number = phone(n).to_string();
        let kept = folder.output(&["trigger", "event", "ordered", "--phone", &number]);
        assert!(
            kept.status.success() && stderr(&kept).is_empty(),
            "{}",
            stderr(&kept)
        );
    }
    assert!(lines.any(|line| line.starts_with("4 ")), "both are thanked");
    assert!(lines.all(|line| !line.starts_with("error")), "it ends by itself");
    let ended = first.wait_with_output().expect("ended");
    assert!(ended.status.success());
}

/// The moment of a text follows a column, which an event of a name that nobody asks for changes.
#[test]
fn what_an_event_carries_is_told_where_it_counts() {
    let folder = Folder::of_people(2, "100/s");
    let people =
        "phone,first_name,visit\n+12125550100,Person 0,2090-05-01\n+12125550101,Person 1,2090-05-01\n";
    folder.write("people.csv", people);
    let steps = "timezone: UTC\nfields: { visit: date }\nsteps:\n  - send: { en: \"Hi. STOP to opt out\" }\n  - wait: { date: visit, at: \"10:00\" }\n  - send: { en: \"Today!\" }\n";
    let text = folder.read("test.campaign.yaml");
    let head: Vec<&str> = text.lines().filter(|line| !line.starts_with("message")).collect();
    folder.write("test.campaign.yaml", &format!("{}\n{steps}", head.join("\n")));
    let (run, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.contains("waiting until")), "both wait");
    let moved = ["trigger", "event", "moved", "--phone", "+12125550100"];
    check(
        &folder,
        &[&moved[..], &["--set", "visit=2090-06-01"]].concat(),
        expect![[r#"
            exit 0
            1 event kept
            --
            no campaign of this project asks for the event "moved" by its name; what it carries counts in test (visit)
        "#]],
    );
    check(
        &folder,
        &[&moved[..], &["--set", "visit=soon"]].concat(),
        expect![[r#"
            exit 0
            1 event kept
            --
            no campaign of this project asks for the event "moved"; it is kept all the same
        "#]],
    );
    let why = || stdout(&folder.output(&["why", "+12125550100"]));
    // On the clock of the number: 10:00 in New York.
    let is_heard = |_| why().contains("2090-06-01 14:00");
    assert!((0..1_000).any(is_heard), "it is heard within a second");
    let time = regex::Regex::new(r"20[2-8]\d-\d\d-\d\d \d\d:\d\d:\d\d").expect("a pattern");
    expect![[r#"
        +12125550100
          TIME UTC  text (test, launch 1, desk): Hi. STOP to opt out
            delivered TIME UTC (1 part, message 1048576)
          TIME UTC  event moved (visit=2090-06-01)
            counts in test, launch 1: visit
          TIME UTC  event moved (visit=soon)
            counts in no passage of this number
          2090-06-01 14:00:00 UTC  waits until then for step 2 (test, launch 1): its moment comes then
    "#]]
    .assert_eq(&time.replace_all(&why(), "TIME"));
    signal(&run, "-INT");
    drop(lines);
    let ended = run.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(130));
}

/// What carries the key of another passage is not heard in this one, nor does what begins one count for those who are inside.
#[test]
fn an_event_of_another_key_counts_for_nothing() {
    let folder = Folder::of_people(1, "100/s");
    folder.write(
        "people.csv",
        "phone,first_name,order,visit\n+12125550100,Person 0,,\n",
    );
    let text = folder.read("test.campaign.yaml");
    let text = text.replace(
        "schedule: now\n",
        "trigger: { event: booked, key: order, where: order != \"4\" }\n",
    );
    let head: Vec<&str> = text.lines().filter(|line| !line.starts_with("message")).collect();
    let steps = "timezone: UTC\nfields: { visit: date }\nsteps:\n  - send: { en: \"Order {{order}}. STOP to opt out\" }\n  - wait: { date: visit, at: \"10:00\" }\n  - send: { en: \"Today!\" }\n";
    folder.write("test.campaign.yaml", &format!("{}\n{steps}", head.join("\n")));
    let (run, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.contains("test is open")), "it hears");
    let happens = |name: &str, order: &str, visit: &str| {
        let values = [format!("order={order}"), format!("visit={visit}")];
        let kept = folder.output(&[
            "trigger",
            "event",
            name,
            "--phone",
            "+12125550100",
            "--set",
            &values[0],
            "--set",
            &values[1],
        ]);
        assert!(kept.status.success(), "{}", stderr(&kept));
    };
    happens("booked", "1", "2090-05-01");
    assert!(lines.any(|line| line.contains("waiting until")), "it begins");
    happens("booked", "4", "2090-05-02");
    happens("moved", "2", "2090-05-03");
    happens("moved", "1", "2090-05-04");
    let why = || stdout(&folder.output(&["why", "+12125550100"]));
    let is_heard = |_| why().contains("2090-05-04 14:00");
    assert!((0..1_000).any(is_heard), "it is heard within a second");
    let time =
        regex::Regex::new(r"20[2-8]\d-\d\d-\d\d \d\d:\d\d:\d\d|accepted|delivered").expect("a pattern");
    expect![[r#"
        +12125550100
          TIME UTC  event booked (order=1, visit=2090-05-01)
            entered test, launch 1, TIME UTC
          TIME UTC  text (test, launch 1, desk): Order 1. STOP to opt out
            TIME TIME UTC (1 part, message 1048576)
          TIME UTC  event booked (order=4, visit=2090-05-02)
            counts in no passage of this number
          TIME UTC  event moved (order=2, visit=2090-05-03)
            counts in no passage of this number
          TIME UTC  event moved (order=1, visit=2090-05-04)
            counts in test, launch 1: order, visit
          2090-05-04 14:00:00 UTC  waits until then for step 2 (test, launch 1): its moment comes then
    "#]]
    .assert_eq(&time.replace_all(&why(), "TIME"));
    signal(&run, "-INT");
    drop(lines);
    assert_eq!(run.wait_with_output().expect("ended").status.code(), Some(130));
}
