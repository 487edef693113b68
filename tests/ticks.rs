//! A cron on the command line: what is said of its ticks, and what a run does when there are none left to wait for.

mod project;

use std::process::Output;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use project::{Folder, signal, stderr, stdout};
use serde_json::Value;

/// A cron of two hours of yesterday, its last day; the second may still begin.
fn of_yesterday(again: &str) -> (Folder, NaiveDate) {
    let yesterday = Utc::now().date_naive() - TimeDelta::days(1);
    let schedule =
        format!("{{ cron: \"0 22,23 * * *\", until: {yesterday}, late: 48 hours, again: {again} }}");
    (folder(&schedule), yesterday)
}

fn folder(schedule: &str) -> Folder {
    let folder = Folder::of_people(3, "1000/s");
    let campaign = folder.read("test.campaign.yaml");
    let campaign = campaign.replace("schedule: now", &format!("timezone: UTC\nschedule: {schedule}"));
    folder.write("test.campaign.yaml", &campaign);
    folder
}

/// As if `crier run` had looked at the schedule then, when nothing was due.
fn looked_at(folder: &Folder, then: DateTime<Utc>) {
    let due = project::look(folder, then);
    assert_eq!((due.launch, due.missed), (None, vec![]));
}

fn check(output: &Output, day: NaiveDate, expected: Expect) {
    let code = output
        .status
        .code()
        .map_or_else(|| "killed".to_owned(), |code| code.to_string());
    let text = format!("exit {code}\n{}--\n{}", stdout(output), stderr(output));
    let text = text.replace(&day.to_string(), "DAY");
    let now = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").expect("a pattern");
    let text = now.replace_all(&text, "TIME");
    // How far it was comes as the machine is fast.
    let lines = text.lines().filter(|line| !line.contains("  receipts "));
    let lines: Vec<&str> = lines.map(str::trim_end).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn the_latest_tick_in_time_is_launched_and_the_others_are_shown() {
    let (folder, day) = of_yesterday("always");
    looked_at(&folder, day.and_time(NaiveTime::MIN).and_utc());
    let plan = ["plan", "test.campaign.yaml"];
    check(
        &folder.output(&plan),
        day,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    3 (every row of 3)
             parts     3
             money     0.0237 USD
             when      now, for its tick of DAY 23:00, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       1          unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name
            --
        "#]],
    );
    check(
        &folder.run("test.campaign.yaml"),
        day,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    3 (every row of 3)
             parts     3
             money     0.0237 USD
             when      now, for its tick of DAY 23:00, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       1          unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name

            launch 1 of test: done

             accepted       3
             delivered      3
             undelivered    0
             unknown        0
             opted out      0
             other replies  0
             parts          3
             money          0.0237 USD
             time           0 s from the first text to the last, begun TIME UTC
            --
            1 tick of test passed without a launch, and will have none: DAY 22:00; `crier status test` lists them
            3 rows planned
            test had its last tick, and nothing more begins
        "#]],
    );
    check(
        &folder.output(&["status", "test"]),
        day,
        expect![[r#"
        exit 0
        launch 1 of test: done, launched TIME UTC, 3 people

         accepted       3
         delivered      3
         undelivered    0
         unknown        0
         opted out      0
         other replies  0
         parts          3
         money          0.0237 USD
         time           0 s from the first text to the last, begun TIME UTC

        ticks without a launch
          DAY 22:00  nothing ran in time, or a later one was due as well
        --
    "#]],
    );
    check(
        &folder.output(&["status"]),
        day,
        expect![[r#"
        exit 0
        id campaign state people accepted delivered unknown rejected being sent waiting
        1  test     done  3      3        3         0       0        0          0

        1 tick of test began no launch, the latest DAY 22:00: `crier status test` says why
        --
    "#]],
    );
    check(
        &folder.run("test.campaign.yaml"),
        day,
        expect![[r#"
        exit 0
        launch 1 of test: done before; what came in since is added

         accepted       3
         delivered      3
         undelivered    0
         unknown        0
         opted out      0
         other replies  0
         parts          3
         money          0.0237 USD
         time           0 s from the first text to the last, begun TIME UTC
        --
        test had its last tick, and nothing more begins
    "#]],
    );
    check(
        &folder.output(&plan),
        day,
        expect![[r#"
        exit 1
        --
        error: no tick is left: `until` of the schedule is past; give it a later day, or leave it out
    "#]],
    );
    let again = ["run", "test.campaign.yaml", "--again"];
    check(
        &folder.output(&again),
        day,
        expect![[r#"
        exit 2
        --
        error: `--again` is for a campaign that begins once: test begins at each tick of its cron
    "#]],
    );
    let json = folder.output(&["status", "test", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["launches"][0]["occurrence"], format!("{day} 23:00"));
    assert_eq!(json["missed"][0]["occurrence"], format!("{day} 22:00"));
    assert_eq!(json["missed"][0]["reason"], "too-late");
}

#[test]
fn who_was_texted_before_is_left_out_and_a_tick_for_nobody_is_over() {
    let (folder, day) = of_yesterday("never");
    // By hand, before it was a cron.
    let cron = folder.read("test.campaign.yaml");
    let once: String = cron
        .lines()
        .map(|line| match line.starts_with("schedule:") {
            true => "schedule: now\n".to_owned(),
            false => format!("{line}\n"),
        })
        .collect();
    folder.write("test.campaign.yaml", &once);
    assert!(folder.run("test.campaign.yaml").status.success());
    folder.write("test.campaign.yaml", &cron);
    looked_at(&folder, day.and_time(NaiveTime::MIN).and_utc());
    check(
        &folder.run("test.campaign.yaml"),
        day,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    0 of 3 rows; 3 left out
             parts     0
             money     nothing
             when      now, for its tick of DAY 23:00, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       nobody     unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name

             left out why                                                     first
                    3 in an earlier passage, and `again` does not let them in line 2

            launch 1 of test: done before; what came in since is added

             accepted       3
             delivered      3
             undelivered    0
             unknown        0
             opted out      0
             other replies  0
             parts          3
             money          0.0237 USD
             time           0 s from the first text to the last, begun TIME UTC
            --
            1 tick of test passed without a launch, and will have none: DAY 22:00; `crier status test` lists them
            3 rows planned
            test does not begin at its tick of DAY 23:00: nobody to send to: every row of the lists is left out
            test had its last tick, and nothing more begins
        "#]],
    );
    check(
        &folder.output(&["status", "test"]),
        day,
        expect![[r#"
        exit 0
        launch 1 of test: done, launched TIME UTC, 3 people

         accepted       3
         delivered      3
         undelivered    0
         unknown        0
         opted out      0
         other replies  0
         parts          3
         money          0.0237 USD
         time           0 s from the first text to the last, begun TIME UTC

        ticks without a launch
          DAY 23:00  there was nobody to send to
          DAY 22:00  nothing ran in time, or a later one was due as well
        --
    "#]],
    );
}

#[test]
fn before_its_first_tick_and_after_its_last() {
    let today = Utc::now().date_naive();
    let plan = |schedule: &str| folder(schedule).output(&["plan", "test.campaign.yaml"]);
    check(
        &plan("{ cron: \"0 10 * * MON\", from: 2090-01-01, again: never }"),
        today,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    3 (every row of 3)
             parts     3
             money     0.0237 USD
             when      TIME UTC, its next tick, a Monday, the last text 0 s after the first (1000 parts a second)
             then      Mon 2090-01-09 10:00, Mon 2090-01-16 10:00, Mon 2090-01-23 10:00, Mon 2090-01-30 10:00

            text    language parts here at most   UCS-2
            message en       1          unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name
            --
        "#]],
    );
    check(
        &plan("{ cron: \"0 10 * * MON\", from: 2090-01-01, clock: recipient, again: never }"),
        today,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    3 (every row of 3)
             parts     3
             money     0.0237 USD
             when      2090-01-02 10:00 on each recipient's clock, its next tick, a Monday, the last text 0 s after the first (1000 parts a second)
             then      Mon 2090-01-09 10:00, Mon 2090-01-16 10:00, Mon 2090-01-23 10:00, Mon 2090-01-30 10:00

            text    language parts here at most   UCS-2
            message en       1          unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name
            --
        "#]],
    );
    let rome = folder("{ cron: \"30 2 * * SUN\", from: 2090-03-13, again: never }");
    let campaign = rome.read("test.campaign.yaml");
    rome.write(
        "test.campaign.yaml",
        &campaign.replace("timezone: UTC", "timezone: Europe/Rome"),
    );
    let printed = stdout(&rome.output(&["plan", "test.campaign.yaml"]));
    let shown: Vec<&str> = printed
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("when") || line.starts_with("then"))
        .collect();
    expect![[r#"
        when      2090-03-19 02:30:00 CET, its next tick, a Sunday, the last text 0 s after the first (1000 parts a second)
        then      Sun 2090-03-26 03:00, Sun 2090-04-02 02:30, Sun 2090-04-09 02:30, Sun 2090-04-16 02:30"#]].assert_eq(&shown.join("\n"));
    let past = "{ cron: \"0 10 * * MON\", until: 2020-01-01, again: never }";
    check(
        &plan(past),
        today,
        expect![[r#"
        exit 1
        --
        error: no tick is left: `until` of the schedule is past; give it a later day, or leave it out
    "#]],
    );
    check(
        &folder(past).run("test.campaign.yaml"),
        today,
        expect![[r#"
        exit 1
        --
        error: no tick is left: `until` of the schedule is past; give it a later day, or leave it out
    "#]],
    );
}

/// Writes steps in place of the message of the campaign.
fn write_steps(folder: &Folder, steps: &str) {
    let campaign = folder.read("test.campaign.yaml");
    let campaign: String = campaign
        .lines()
        .map(
            |line| match line.starts_with("message:") || line.starts_with("steps:") {
                true => format!("steps: {steps}\n"),
                false => format!("{line}\n"),
            },
        )
        .collect();
    folder.write("test.campaign.yaml", &campaign);
}

#[test]
fn a_cron_on_their_clocks_may_come_again_before_people_are_through() {
    let folder = folder("{ cron: \"0 10 * * *\", from: 2090-01-01, clock: recipient, again: always }");
    let steps = |pause: &str| {
        format!(
            "[{{ send: {{ text: \"Hello. STOP to opt out\" }} }}, {{ wait: {pause} }}, {{ send: {{ text: Again }} }}]"
        )
    };
    for pause in ["20 hours", "1 day", "3 days"] {
        write_steps(&folder, &steps(pause));
        let planned = folder.output(&["plan", "test.campaign.yaml"]);
        assert_eq!(planned.status.code(), Some(0), "{pause}");
    }
}

#[test]
fn a_tick_begins_while_people_of_another_are_inside_and_they_finish_on_their_text() {
    let yesterday = Utc::now().date_naive() - TimeDelta::days(1);
    let schedule = |hour: u32| {
        format!("{{ cron: \"0 {hour} * * *\", until: {yesterday}, late: 48 hours, again: always }}")
    };
    let steps = |text: &str| {
        format!(
            "[{{ send: {{ text: \"{text}. STOP to opt out\" }} }}, {{ wait: 3 days }}, {{ send: {{ text: Again }} }}]"
        )
    };
    let folder = folder(&schedule(22));
    write_steps(&folder, &steps("Hello"));
    looked_at(&folder, yesterday.and_time(NaiveTime::MIN).and_utc());
    stopped_when_they_wait(&folder, 3);
    // The file changes, and somebody is new to the list.
    let campaign = folder.read("test.campaign.yaml");
    let campaign = campaign
        .replace(&schedule(22), &schedule(23))
        .replace("Hello", "Good evening");
    folder.write("test.campaign.yaml", &campaign);
    let people = folder.read("people.csv");
    folder.write("people.csv", &format!("{people}+12025550177,New\n"));
    looked_at(&folder, yesterday.and_time(NaiveTime::MIN).and_utc());
    let said = stopped_when_they_wait(&folder, 4);
    expect![[r#"
        launch 1 of test goes on where it stopped; the file has changed since: this launch keeps the text and the time it began with, takes the budget of the file, and reaches providers as crier.yaml says now; the next tick launches the file as it is now
        4 rows planned
        stopping: what is being submitted is still recorded (once more stops at once)
    "#]].assert_eq(&said.replace(&yesterday.to_string(), "DAY"));
    let status = folder.output(&["status", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    let line = |launch: &Value| {
        format!(
            "{} {} {}",
            launch["launch"], launch["state"], launch["occurrence"]
        )
    };
    let launches = status["launches"].as_array().expect("launches").iter().map(line);
    let launches = launches
        .collect::<Vec<_>>()
        .join("\n")
        .replace(&yesterday.to_string(), "DAY");
    assert_eq!(
        launches,
        "2 \"running\" \"DAY 23:00\"\n1 \"running\" \"DAY 22:00\""
    );
    check(
        &folder.output(&["cancel", "test"]),
        yesterday,
        expect![[r#"
        exit 0
        launch 1 of test is cancelled: nobody is texted any more but those whose text is on its way; the report counts them
        launch 2 of test is cancelled: nobody is texted any more but those whose text is on its way; the report counts them
        --
    "#]],
    );
}

/// Runs the campaign, and stops it when so many people were texted and wait for days. What it said, but for how far it was.
fn stopped_when_they_wait(folder: &Folder, people: u32) -> String {
    let (mut run, lines) = folder.begin_run();
    let mut said = String::new();
    for line in lines {
        if line.starts_with(&format!("{people}  waiting until ")) {
            signal(&run, "-INT");
        } else if !line.contains("  receipts ") && !line.contains("  waiting until ") {
            said += &format!("{line}\n");
        }
    }
    assert_eq!(run.wait().expect("ended").code(), Some(130));
    said
}

#[test]
fn it_waits_for_the_next_tick_until_it_is_told_to_stop() {
    let folder = folder("{ cron: \"0 10 * * MON\", from: 2090-01-01, again: never }");
    for sent in ["-INT", "-TERM"] {
        let (mut run, mut lines) = folder.begin_run();
        assert_eq!(
            lines.next().expect("a line"),
            "test begins next at 2090-01-02 10:00:00 UTC; this waits until then, and goes on when it is typed again"
        );
        signal(&run, sent);
        let rest: Vec<String> = lines.collect();
        assert_eq!(
            rest,
            ["stopping: what is being submitted is still recorded (once more stops at once)"]
        );
        assert_eq!(run.wait().expect("ended").code(), Some(130));
    }
}

/// The plan names the tick that the run texts at first, however many have begun somewhere on earth.
#[test]
fn of_ticks_that_have_begun_somewhere_the_plan_shows_the_first_that_is_anybodys() {
    let folder = folder("{ cron: \"0 * * * *\", clock: recipient, again: always }");
    let planned = folder.output(&["plan", "test.campaign.yaml", "--format", "json"]);
    let planned: serde_json::Value = serde_json::from_slice(&planned.stdout).expect("JSON");
    let plan = &planned["plan"];
    assert_eq!(plan["people"], 3, "{plan}");
    // Their next full hour in New York, named by when it comes fourteen hours east of UTC.
    let begins: DateTime<Utc> = plan["starts_at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    let ago = (Utc::now() - begins).num_minutes();
    assert!((17 * 60..=19 * 60 + 1).contains(&ago), "{plan}");
}
