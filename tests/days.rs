//! A schedule by a column on the command line: the plan of the next day that is anybody's, and a run that goes on day by day.

mod project;

use std::process::Output;

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use project::{Folder, phone, signal, stderr, stdout};
use serde_json::Value;

/// People in New York whose day each of these is.
fn folder(days: &[NaiveDate], schedule: &str) -> Folder {
    let folder = Folder::of_people(0, "1000/s");
    let row = |(n, day): (u64, &NaiveDate)| format!("{},Person {n},{day},America/New_York\n", phone(n));
    let rows: String = (0..).zip(days).map(row).collect();
    folder.write(
        "people.csv",
        &format!("phone,first_name,birthday,timezone\n{rows}"),
    );
    let campaign = folder.read("test.campaign.yaml");
    let schedule = format!("fields: {{ birthday: date }}\nschedule: {{ date: birthday, {schedule} }}");
    folder.write(
        "test.campaign.yaml",
        &campaign.replace("schedule: now", &schedule),
    );
    folder
}

fn shown(output: &Output, today: NaiveDate) -> String {
    let code = output
        .status
        .code()
        .map_or_else(|| "killed".to_owned(), |code| code.to_string());
    let text = format!("exit {code}\n{}--\n{}", stdout(output), stderr(output));
    named(&text, today)
}

/// Days as what they are to today.
fn named(text: &str, today: NaiveDate) -> String {
    let mut text = text.to_owned();
    for (name, day) in [
        ("IN-TWO-WEEKS", today + Days::new(14)),
        ("TOMORROW", today + Days::new(1)),
        ("YESTERDAY", today - Days::new(1)),
        ("TODAY", today),
    ] {
        text = text.replace(&day.to_string(), name);
    }
    let now = regex::Regex::new(r"\d\d:\d\d:\d\d( UTC)?").expect("a pattern");
    now.replace_all(&text, "TIME").into_owned()
}

fn check(output: &Output, today: NaiveDate, expected: Expect) {
    check_text(&shown(output, today), expected);
}

fn check_text(told: &str, expected: Expect) {
    expected.assert_eq(told);
}

#[test]
fn a_plan_is_of_the_next_day_that_is_anybodys() {
    let today = Utc::now().date_naive();
    let soon = today + Days::new(14);
    let days = [soon, soon, today + Days::new(40), today - Days::new(300)];
    let yearly = folder(&days, "yearly: true, at: \"10:00\"");
    check(
        &yearly.output(&["plan", "test.campaign.yaml"]),
        today,
        expect![[r#"
            exit 0
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    2 of 4 rows; 2 on other days
             parts     2
             money     0.0158 USD
             when      IN-TWO-WEEKS 10:00 on each recipient's clock, the next day that is anybody's, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       1          unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name
            --
        "#]],
    );
    // Which day is looked at first is as the hour is.
    let past = folder(&[today - Days::new(300)], "at: \"10:00\"");
    let told = shown(&past.output(&["plan", "test.campaign.yaml"]), today);
    let told = told
        .replace("YESTERDAY 10:00", "TODAY 10:00")
        .replace("TOMORROW 10:00", "TODAY 10:00");
    check_text(
        &told,
        expect![[r#"
            exit 1
             campaign  test
             sender    desk (+12125550100) by trial
             lists     people.csv (separator ',', UTF-8, numbers in "phone")
             people    0 of 1 rows; 1 on other days
             parts     0
             money     nothing
             when      TODAY 10:00 on each recipient's clock, the last text 0 s after the first (1000 parts a second)

            text    language parts here at most   UCS-2
            message en       nobody     unbounded
            unbounded: say under `fields` how long these are, with `longest`: first_name
            --
            error: nobody to send to: the day is nobody's
        "#]],
    );
}

#[test]
fn whose_day_it_is_gets_it_and_the_run_waits_for_the_next_day() {
    let zone = chrono_tz::America::New_York;
    let today = Utc::now().with_timezone(&zone).date_naive();
    let days = [today, today + Days::new(9), today + Days::new(30), today];
    let folder = folder(&days, "at: \"00:00\"");
    // It ran in the evening before, and their day began since.
    let midnight = today.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest();
    project::look(
        &folder,
        midnight.expect("a midnight").to_utc() - TimeDelta::hours(2),
    );
    let (run, mut lines) = folder.begin_run();
    let next = lines.find(|line| line.contains("looks next"));
    let next = next.expect("it waits");
    assert!(
        next.starts_with("test looks next for whose birthday it is for"),
        "{next}"
    );
    let status = loop {
        let status = folder.output(&["status", "--format", "json"]);
        let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
        if status["launches"][0]["accepted"] == 2 {
            break status;
        }
    };
    signal(&run, "-INT");
    drop(lines);
    let ended = run.wait_with_output().expect("ended");
    assert_eq!(ended.status.code(), Some(130));
    assert_eq!(status["missed"], Value::Array(vec![]));
    assert_eq!(status["launches"][0]["people"], 2);
    assert_eq!(status["launches"][0]["occurrence"], format!("{today} 00:00"));
    assert_eq!(status["launches"].as_array().map(Vec::len), Some(1));
    // By hand nobody is texted once more.
    let again = folder.output(&["run", "test.campaign.yaml", "--again"]);
    check(
        &again,
        today,
        expect![[r#"
        exit 2
        --
        error: `--again` is for a campaign that begins once: test begins for each person by the day in birthday
    "#]],
    );
}
