//! The command line as people and scripts meet it: what is printed, where, and with which exit code.

mod project;

use std::collections::BTreeSet;
use std::process::Output;

use expect_test::{Expect, expect};
use project::{Folder, signal, stderr, stdout};
use serde_json::Value;

/// Runs commands one after the other and compares: exit code, stdout, stderr; times and paths masked.
fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    expected.assert_eq(&shown(folder, &output));
}

fn shown(folder: &Folder, output: &Output) -> String {
    let code = output
        .status
        .code()
        .map_or_else(|| "killed".to_owned(), |code| code.to_string());
    let masked = |text: String| mask(&text.replace(&folder.path().display().to_string(), "FOLDER"));
    format!(
        "exit {code}\n{}--\n{}",
        masked(stdout(output)),
        masked(stderr(output))
    )
}

/// Dates and times become letters.
fn mask(text: &str) -> String {
    let mut masked = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        while let Some(at) = line.find("202") {
            let digits: Vec<char> = line[at..].chars().take(19).collect();
            let is_time = digits.len() == 19 && digits[4] == '-' && digits[13] == ':';
            if !is_time {
                break;
            }
            line.replace_range(at..at + 19, "TIME");
        }
        masked.push_str(line.trim_end());
        masked.push('\n');
    }
    masked
}

#[test]
fn a_plan_says_who_gets_what_and_who_does_not() {
    let folder = Folder::of_people(4, "100/s");
    let rows = "phone,first_name\n+12125550101,Ada\n(212) 555-0101,Ada again\nn/d,Bo\n+390612345678,Casa\n+12125550102,Zoë\n";
    folder.write("people.csv", rows);
    folder.write(
        "test.campaign.yaml",
        &format!(
            "{}audience:\n  from: people.csv\n  invalid: {{ most: 50% }}\n",
            folder
                .read("test.campaign.yaml")
                .replace("audience: people.csv\n", "")
        ),
    );
    check(
        &folder,
        &["plan", "test.campaign.yaml"],
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    2 of 5 rows; 3 left out
             parts     2
             money     0.0158 USD
             when      now, the last text 0 s after the first (100 parts a second)

            text    language parts here at most   UCS-2
            message en       1          unbounded 1 person, by 'ë' (line 6)
            unbounded: say under `fields` how long these are, with `longest`: first_name

             left out why                         first
                    1 duplicate of an earlier row line 3
                    1 no valid number             line 4
                    1 landline                    line 5

            rows that cannot be used
              people.csv:4: "n/d" has letters in it; write the digits only

            duplicates by line: 3 repeats 2

            1 person's texts are not GSM-7 and hold 70 letters a part, not 160; the first is line 6, by 'ë' (U+00EB)
            --
        "#]],
    );
}

#[test]
fn a_plan_draws_a_sample_of_those_who_agreed_and_texts_have_the_form_of_the_language() {
    let folder = Folder::of_people(3, "100/s");
    let policy = "policy: { consent: { marketing: opt_in } }\n";
    folder.write("crier.yaml", &(folder.read("crier.yaml") + policy));
    let rows = "phone,agreed,seats,starts\n+12125550101,yes,2,2026-12-01 19:30\n+12125550102,,1,2026-12-01\n\
                +12125550103,perhaps,1,2026-12-01\n+12125550104,no,1,2026-12-01\n";
    folder.write("people.csv", rows);
    let campaign = "audience: { from: people.csv, consent: { kind: opt_in, column: agreed }, sample: 1 }\nschedule: now\n\
                    message: '{{seats}} {{plural seats \"seat\" \"seats\"}}, {{date starts}}. STOP to opt out'\nreplies: office\n";
    folder.write("test.campaign.yaml", campaign);
    assert!(folder.run("test.campaign.yaml").status.success());
    let told = |phone| stdout(&folder.output(&["why", phone]));
    let sent = told("+12125550101");
    assert!(
        sent.contains("2 seats, December 1, 2026, 7:30 PM. STOP to opt out"),
        "{sent}"
    );
    for (phone, reason) in [
        ("+12125550102", "no consent, which the policy asks for"),
        (
            "+12125550103",
            "consent is not clear: agreed says neither yes nor no",
        ),
        ("+12125550104", "no consent, which the policy asks for"),
    ] {
        let told = told(phone);
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn a_run_ends_with_a_report_and_a_second_one_sends_nothing() {
    let folder = Folder::of_people(20, "1000/s");
    let first = folder.run("test.campaign.yaml");
    assert!(first.status.success());
    expect![[r#"
         campaign  test
         sender    desk (+12125550100) by trial
         lists     people.csv (separator ',', UTF-8, numbers in "phone")
         people    20 (every row of 20)
         parts     20
         money     0.158 USD
         when      now, the last text 0 s after the first (1000 parts a second)

        text    language parts here at most   UCS-2
        message en       1          unbounded
        unbounded: say under `fields` how long these are, with `longest`: first_name

        launch 1 of test: done

         accepted       20
         delivered      20
         undelivered    0
         unknown        0
         opted out      0
         other replies  0
         parts          20
         money          0.158 USD
         time           0 s from the first text to the last, begun TIME UTC
    "#]]
    .assert_eq(&mask(&stdout(&first)));
    let again = folder.run("test.campaign.yaml");
    assert!(again.status.success());
    assert!(
        stderr(&again)
            .starts_with("launch 1 of test is done, and nothing is sent; `--again` makes a new launch\n")
    );
    assert!(
        stdout(&again).contains("accepted       20\n"),
        "{}",
        stdout(&again)
    );
    let once_more = folder.output(&["run", "test.campaign.yaml", "--again"]);
    assert!(
        stdout(&once_more).contains("launch 2 of test: done"),
        "{}",
        stdout(&once_more)
    );
    folder.write(
        "test.campaign.yaml",
        &folder
            .read("test.campaign.yaml")
            .replace("Doors open", "Gates open"),
    );
    let edited = folder.run("test.campaign.yaml");
    assert!(
        stderr(&edited).contains("the file has changed since, and that makes no new launch"),
        "{}",
        stderr(&edited)
    );
}

#[test]
fn what_cannot_be_done_is_one_sentence_with_its_remedy() {
    let folder = Folder::of_people(20, "1000/s");
    check(
        &folder,
        &["status"],
        expect![[r#"
        exit 2
        --
        error: there is no store at .crier/crier.db: nothing has been sent from this project yet; `crier run FILE` makes it
    "#]],
    );
    check(
        &folder,
        &["run", "absent.campaign.yaml"],
        expect![[r#"
        exit 2
        --
        error: cannot read absent.campaign.yaml: No such file or directory (os error 2)
    "#]],
    );
    check(
        &folder,
        &["validate", "absent"],
        expect![[r#"
        exit 2
        --
        error: absent does not exist
    "#]],
    );
    check(
        &folder,
        &["why", "12"],
        expect![[r#"
        exit 2
        --
        error: "12" is too short for a phone number; write all its digits
    "#]],
    );
    check(
        &folder,
        &["plan"],
        expect![[r#"
        exit 2
        --
        error: the following required arguments were not provided:
          <FILE>

        Usage: crier plan <FILE>

        For more information, try '--help'.
    "#]],
    );
    folder.write(
        "people.csv",
        "phone,first_name\nAda,+12125550101\nBo,+12125550102\n",
    );
    check(
        &folder,
        &["run", "test.campaign.yaml"],
        expect![[r#"
        exit 1
        --
          people.csv:2: "Ada" has letters in it; write the digits only
          people.csv:3: "Bo" has letters in it; write the digits only
        error: 2 of 2 rows hold no valid number, more than the 20% that `audience.invalid` allows: is "phone" the column of the phone numbers?
    "#]],
    );
    folder.write("people.csv", "phone,first_name\n+390612345678,Casa\n");
    check(
        &folder,
        &["run", "test.campaign.yaml"],
        expect![[r#"
            exit 1
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    0 of 1 rows; 1 left out
             parts     0
             money     nothing
             when      now, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       nobody     unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name

             left out why      first
                    1 landline line 2

            --
            1 row planned
            error: nobody to send to: every row of the lists is left out
        "#]],
    );
    folder.write("people.csv", "first,last\nAda,Lovelace\n");
    check(
        &folder,
        &["run", "test.campaign.yaml"],
        expect![[r#"
            exit 1
            --
            error[phone-column-missing]: in "people.csv" no column is known to hold phone
                                         numbers
             --> test.campaign.yaml:1:11
              |
            1 | audience: people.csv
              |           ^^^^^^^^^^
              |
              = help: say which it is, such as `columns: {phone: "first"}`; the columns
                      are "first", "last"

            error[unknown-variable]: "first_name" is not a column of "people.csv"
             --> test.campaign.yaml:3:30
              |
            3 | message: "Doors open at 8, {{first_name}}. STOP to opt out"
              |                              ^^^^^^^^^^ not a column
              |
              = help: the columns are "first" and "last"; a value for everybody is a
                      `default` under `fields`

        "#]],
    );
    check(
        &folder,
        &["pause", "test"],
        expect![[r#"
        exit 2
        --
        error: test was never launched from this project; see `crier status`
    "#]],
    );
}

#[test]
fn errors_of_a_file_are_all_told_with_their_place() {
    let folder = Folder::of_people(2, "100/s");
    folder.write(
        "bad.campaign.yaml",
        "audience: people.csv\nschedul: now\nmessage: \"Ciao {{firstname}}. STOP to opt out\"\n",
    );
    check(
        &folder,
        &["validate", "bad.campaign.yaml"],
        expect![[r#"
            exit 1
            error[unknown-key]: "schedul" is not a key of a campaign
             --> bad.campaign.yaml:2:1
              |
            2 | schedul: now
              | ^^^^^^^ unknown key
              |
            help: did you mean "schedule"?
              |
            2 | schedule: now
              |        +

            error[unknown-variable]: "firstname" is not a column of "people.csv"
             --> bad.campaign.yaml:3:18
              |
            3 | message: "Ciao {{firstname}}. STOP to opt out"
              |                  ^^^^^^^^^ not a column
              |
            help: did you mean "first_name"?
              |
            3 | message: "Ciao {{first_name}}. STOP to opt out"
              |                       +

            --
            2 files checked: 2 errors, 0 warnings
            `crier explain CODE` says more of each, such as `crier explain unknown-key`
        "#]],
    );
    check(
        &folder,
        &["validate", "--format", "concise"],
        expect![[r#"
        exit 1
        bad.campaign.yaml:2:1: error[unknown-key] "schedul" is not a key of a campaign
        bad.campaign.yaml:3:18: error[unknown-variable] "firstname" is not a column of "people.csv"
        --
        3 files checked: 2 errors, 0 warnings
    "#]],
    );
    let json = folder.output(&["validate", "--format", "json", "bad.campaign.yaml"]);
    assert_eq!(json.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(
        (&report["format_version"], &report["valid"]),
        (&"1.0".into(), &false.into())
    );
    assert_eq!(
        report["error_count"],
        report["diagnostics"].as_array().expect("a list").len()
    );
}

#[test]
fn a_second_process_is_told_who_holds_the_store_and_may_pause_and_cancel() {
    let folder = Folder::of_people(2_000, "50/s");
    let (first, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.contains(" of 2,000")), "it runs");
    let second = folder.run("test.campaign.yaml");
    assert_eq!(second.status.code(), Some(3));
    let sentence = stderr(&second);
    assert!(
        sentence.contains(&format!("is held by process {}", first.id())),
        "{sentence}"
    );
    let pause = folder.output(&["pause", "test"]);
    assert!(
        pause.status.success() && stdout(&pause).contains("is paused"),
        "{}",
        stdout(&pause)
    );
    assert!(
        lines.any(|line| line.contains("paused: waiting for `crier resume`")),
        "it says so"
    );
    assert!(folder.output(&["resume", "test"]).status.success());
    assert!(lines.any(|line| line.contains("resumed")), "it says so");
    assert!(folder.output(&["cancel", "test.campaign.yaml"]).status.success());
    drop(lines);
    let ended = first.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(1));
    assert!(stdout(&ended).contains("launch 1 of test: cancelled"));
    let after = folder.run("test.campaign.yaml");
    assert_eq!(after.status.code(), Some(1));
    assert!(
        stderr(&after)
            .contains("was cancelled: nobody is texted any more, only what it left in doubt is settled")
    );
}

#[test]
fn interrupted_it_exits_with_130_and_goes_on_when_typed_again() {
    let folder = Folder::of_people(400, "100/s");
    let (first, mut lines) = folder.begin_run();
    assert!(lines.any(|line| line.contains(" of 400")), "it runs");
    signal(&first, "-INT");
    let rest: Vec<String> = lines.collect();
    assert!(rest.iter().any(|line| line.starts_with("stopping:")), "{rest:?}");
    let ended = first.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(130));
    assert!(stdout(&ended).contains("interrupted; type the same command again to go on"));
    let again = folder.output(&["run", "test.campaign.yaml", "--format", "json"]);
    assert!(again.status.success());
    let report: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(
        (&report["report"]["accepted"], &report["report"]["unknown"]),
        (&400.into(), &0.into())
    );
}

/// Every key of an object and of what is below it, `a.b[].c`.
fn keys(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = if at.is_empty() {
                    key.clone()
                } else {
                    format!("{at}.{key}")
                };
                // Keys that are data, not names.
                if ["money", "left_out", "left_out_later", "languages"].contains(&key.as_str())
                    && value.is_object()
                {
                    found.insert(at);
                } else {
                    keys(value, &at, found);
                }
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items
                .iter()
                .for_each(|item| keys(item, &format!("{at}[]"), found));
        }
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(at.to_owned());
        }
    }
}

#[test]
fn the_json_of_every_command_has_the_documented_keys() {
    let documented =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/README.md")).expect("readable");
    let folder = Folder::of_people(60, "1000/s");
    let story = "tests: [{ test: it, at: 2026-12-01 10:00, person: { phone: \"+12015421000\", first_name: Ada }, story: [{ expect: nothing }] }]\n";
    let campaign = folder.read("test.campaign.yaml");
    folder.write("test.campaign.yaml", &(campaign + story));
    let commands: [(&str, Vec<&str>); 14] = [
        ("test", vec!["test"]),
        ("plan", vec!["plan", "test.campaign.yaml"]),
        ("run", vec!["run", "test.campaign.yaml"]),
        ("status", vec!["status"]),
        ("inbox", vec!["inbox"]),
        (
            "trigger",
            vec!["trigger", "event", "ordered", "--phone", "+12015421000"],
        ),
        ("why", vec!["why", "+12015421000"]),
        ("pause", vec!["pause", "test"]),
        ("dead", vec!["dead", "test"]),
        ("dead", vec!["dead", "test", "--retry"]),
        ("validate", vec!["validate"]),
        ("explain", vec!["explain", "unknown-key"]),
        ("explain", vec!["explain"]),
        ("init", vec!["init", "market"]),
    ];
    for (name, mut args) in commands {
        args.extend(["--format", "json"]);
        let output = folder.output(&args);
        let value: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {output:?}"));
        let mut found = BTreeSet::new();
        keys(&value, "", &mut found);
        let section = documented
            .split(&format!("## `crier {name}`"))
            .nth(1)
            .unwrap_or_else(|| panic!("{name} is not documented"));
        let section = section.split("\n## ").next().unwrap_or_default();
        for key in found {
            let last = key.rsplit('.').next().unwrap_or(&key).trim_end_matches("[]");
            assert!(
                section.contains(&format!("`{last}`")),
                "{name}: {key} is not documented"
            );
        }
    }
}

#[test]
fn the_providers_that_take_over_and_the_budget_are_told() {
    let folder = Folder::of_people(20, "1000/s");
    let project = folder.read("crier.yaml");
    let project = project.replace(
        "seed: 7 } }",
        "seed: 7 }, spare: { kind: simulated, rate: 10/s } }",
    );
    folder.write(
        "crier.yaml",
        &project.replace("provider: trial,", "provider: trial, then: [spare],"),
    );
    let campaign = folder.read("test.campaign.yaml") + "limits: { budget: 5 USD }\n";
    folder.write("test.campaign.yaml", &campaign);
    let plan = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
    assert!(
        plan.contains("desk (+12125550100) by trial, then spare\n"),
        "{plan}"
    );
    assert!(folder.run("test.campaign.yaml").status.success());
    let status = stdout(&folder.output(&["status", "test"]));
    let budget = "budget         5 USD, of which 0.158 USD are used or set aside by this launch\n";
    assert!(status.contains(budget), "{status}");
}

#[test]
fn schema_prints_the_committed_file() {
    let folder = Folder::of_people(1, "100/s");
    for (args, file) in [
        (&["schema"][..], "campaign.schema.json"),
        (&["schema", "campaign"], "campaign.schema.json"),
        (&["schema", "project"], "project.schema.json"),
    ] {
        let path = format!("{}/schemas/{file}", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(path).expect("readable");
        let output = folder.output(args);
        assert!(
            output.status.success() && stdout(&output) == committed,
            "{args:?}"
        );
    }
}
