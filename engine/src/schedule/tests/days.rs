//! A schedule by a column: every day is looked at, and its launch is of the people whose day it is.

use dsl::scalar::parse_time;

use super::*;

/// By the column `code`; the list has these values in it.
async fn scene(schedule: &str, days: &[&str]) -> Scene {
    let scene = Scene::of(by_column(schedule)).await;
    list(&scene, days);
    scene
}

fn by_column(schedule: &str) -> (Arc<Project>, Arc<Revision>) {
    let text = format!(
        "audience: people.csv\npurpose: service\nreplies: none\ntimezone: Europe/Rome\nfields: {{ code: date }}\n\
         schedule: {schedule}\nmessage: Hello\n"
    );
    campaign_of(None, &text, &[("people.csv", COLUMNS)])
}

/// The first number has the first of these days, and so on; all are in California.
fn list(scene: &Scene, days: &[&str]) {
    let row = |(n, day): (u64, &&str)| format!("{},en,Ada,{day}\n", nth_phone(n));
    let rows: String = (0..).zip(days).map(row).collect();
    std::fs::write(
        scene.folder.path().join("people.csv"),
        format!("{COLUMNS}\n{rows}"),
    )
    .expect("written");
}

impl Scene {
    /// Looks whenever a day begins, for so many days.
    async fn look_daily(&mut self, from: &str, days: i64) {
        for day in 0..days {
            let now = parse_time(from).expect("a time").resolve(Tz::UTC) + TimeDelta::days(day);
            self.look(&now.format("%FT%TZ").to_string()).await;
        }
    }
}

#[tokio::test]
async fn the_launch_of_a_day_is_of_those_whose_day_it_is() {
    let days = [
        "1990-12-03",
        "1988-02-29",
        "2001-12-05",
        "",
        "1999-12-03",
        "some day",
    ];
    let mut told = String::new();
    // In common years a 29 February is a 28th. Most days are nobody's, and not kept as missed.
    for (from, n) in [
        ("2026-12-01 20:00", 4),
        ("2027-02-26 20:00", 3),
        ("2028-02-27 20:00", 3),
    ] {
        let mut scene = scene("{ date: code, yearly: true, at: \"10:00\" }", &days).await;
        scene.look_daily(from, n).await;
        told += &scene.told;
        assert_eq!(scene.store.missed(None, 100).await.expect("read"), []);
    }
    expect![[r#"
        2026-12-01T20:00:00Z; 2026-12-01 10:00 is nobody's; next 2026-12-03 10:00 = 2026-12-02T20:00:00Z
        2026-12-02T20:00:00Z; 2026-12-02 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
        2026-12-03T20:00:00Z; 2026-12-03 10:00 begins: 2 people, 2 on other days, 1 empty-value:code, 1 ill-typed-value:code; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
        2026-12-04T20:00:00Z; 2026-12-04 10:00 is nobody's; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
        2027-02-26T20:00:00Z; 2027-02-26 10:00 is nobody's; next 2027-02-28 10:00 = 2027-02-27T20:00:00Z
        2027-02-27T20:00:00Z; 2027-02-27 10:00 is nobody's; next 2027-03-01 10:00 = 2027-02-28T20:00:00Z
        2027-02-28T20:00:00Z; 2027-02-28 10:00 begins: 1 people, 3 on other days, 1 empty-value:code, 1 ill-typed-value:code; next 2027-03-02 10:00 = 2027-03-01T20:00:00Z
        2028-02-27T20:00:00Z; 2028-02-27 10:00 is nobody's; next 2028-02-29 10:00 = 2028-02-28T20:00:00Z
        2028-02-28T20:00:00Z; 2028-02-28 10:00 is nobody's; next 2028-03-01 10:00 = 2028-02-29T20:00:00Z
        2028-02-29T20:00:00Z; 2028-02-29 10:00 begins: 1 people, 3 on other days, 1 empty-value:code, 1 ill-typed-value:code; next 2028-03-02 10:00 = 2028-03-01T20:00:00Z
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn a_day_once_or_so_long_before_it() {
    let mut scene = scene(
        "{ date: code, before: 30 days, at: \"10:00\" }",
        &["2027-01-02", "2027-01-03", "2026-01-02"],
    )
    .await;
    scene.look_daily("2026-12-01 20:00", 4).await;
    // Renewed: their day is another now, and `again` does not let them in.
    list(&scene, &["2027-01-05", "2027-01-05", "2027-01-05"]);
    scene.look_daily("2026-12-05 20:00", 1).await;
    scene.check(expect![[r#"
        2026-12-01T20:00:00Z; 2026-12-01 10:00 is nobody's; next 2026-12-03 10:00 = 2026-12-02T20:00:00Z
        2026-12-02T20:00:00Z; 2026-12-02 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
        2026-12-03T20:00:00Z; 2026-12-03 10:00 begins: 1 people, 2 on other days; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
        2026-12-04T20:00:00Z; 2026-12-04 10:00 begins: 1 people, 2 on other days; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
        2026-12-05T20:00:00Z; 2026-12-05 10:00 is nobody's; next 2026-12-07 10:00 = 2026-12-06T20:00:00Z
    "#]]).await;
}

#[tokio::test]
async fn who_comes_into_the_list_after_their_day_has_missed_it() {
    // The first look is at 9 and at 11 in California: the day began for others long before.
    for first in ["2026-12-03T17:00:00Z", "2026-12-03T19:00:00Z"] {
        let mut scene = scene(
            "{ date: code, yearly: true, at: \"10:00\" }",
            &["1990-12-03", "1990-12-02", "1990-12-04"],
        )
        .await;
        scene.look(first).await;
        scene.look(first).await;
        scene.look("2026-12-03T20:00:00Z").await;
        match first {
            "2026-12-03T17:00:00Z" => scene.check(expect![[r#"
                2026-12-03T17:00:00Z; 2026-12-03 10:00 begins: 1 people, 2 on other days; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T17:00:00Z; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T20:00:00Z; 2026-12-04 10:00 begins: 1 people, 2 on other days; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
            "#]]).await,
            _ => scene.check(expect![[r#"
                2026-12-03T19:00:00Z; 2026-12-03 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T19:00:00Z; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T20:00:00Z; 2026-12-04 10:00 begins: 1 people, 2 on other days; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
            "#]]).await,
        }
    }
}

#[tokio::test]
async fn days_on_which_nothing_ran_are_made_up_for_those_who_are_not_too_late() {
    let days = ["1990-12-03", "1990-12-04", "1990-12-05", "1990-12-06"];
    for late in ["", ", late: 2 hours", ", window: 09:00-12:00"] {
        let mut scene = scene(
            &format!("{{ date: code, yearly: true, at: \"10:00\"{late} }}"),
            &days,
        )
        .await;
        scene.look_daily("2026-12-01 20:00", 1).await;
        scene.told.clear();
        // At 11 in California: of the 5th nobody is late by more than an hour, of the 4th by more than a day.
        for _ in 0..3 {
            scene.look("2026-12-05T19:00:00Z").await;
        }
        let scene = scene.restart().await;
        match late {
            "" => scene.check(expect![[r#"
                2026-12-05T19:00:00Z; missed 2026-12-02 10:00, 2026-12-03 10:00; 2026-12-04 10:00 does not begin: nobody to send to: the day is nobody's but of those who are left out; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; 2026-12-05 10:00 begins: 1 people, 3 on other days; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                kept: hello 2026-12-02 10:00 too-late
                kept: hello 2026-12-03 10:00 too-late
                kept: hello 2026-12-04 10:00 nobody
            "#]]).await,
            ", late: 2 hours" => scene.check(expect![[r#"
                2026-12-05T19:00:00Z; missed 2026-12-02 10:00, 2026-12-03 10:00, 2026-12-04 10:00; 2026-12-05 10:00 begins: 1 people, 3 on other days; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                kept: hello 2026-12-02 10:00 too-late
                kept: hello 2026-12-03 10:00 too-late
                kept: hello 2026-12-04 10:00 too-late
            "#]]).await,
            _ => scene.check(expect![[r#"
                2026-12-05T19:00:00Z; missed 2026-12-02 10:00, 2026-12-03 10:00, 2026-12-04 10:00; 2026-12-05 10:00 begins: 1 people, 3 on other days; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                2026-12-05T19:00:00Z; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
                kept: hello 2026-12-02 10:00 too-late
                kept: hello 2026-12-03 10:00 too-late
                kept: hello 2026-12-04 10:00 too-late
            "#]]).await,
        }
    }
}

#[tokio::test]
async fn an_edited_time_is_no_second_day() {
    let days = ["1990-12-03", "1990-12-04"];
    for looks in [1, 2] {
        let mut scene = scene("{ date: code, yearly: true, at: \"10:00\" }", &days).await;
        for _ in 0..looks {
            scene.look("2026-12-02T20:00:00Z").await;
        }
        // Half past nine in California.
        (scene.project, scene.revision) = by_column("{ date: code, yearly: true, at: \"18:00\" }");
        scene.look("2026-12-03T17:30:00Z").await;
        scene.look("2026-12-04T04:00:00Z").await;
        match looks {
            1 => scene.check(expect![[r#"
                2026-12-02T20:00:00Z; 2026-12-02 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T17:30:00Z; 2026-12-03 18:00 begins: 1 people, 1 on other days; next 2026-12-04 18:00 = 2026-12-04T04:00:00Z
                2026-12-04T04:00:00Z; 2026-12-04 18:00 begins: 1 people, 1 on other days; next 2026-12-05 18:00 = 2026-12-05T04:00:00Z
            "#]]).await,
            _ => scene.check(expect![[r#"
                2026-12-02T20:00:00Z; 2026-12-02 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-02T20:00:00Z; 2026-12-03 10:00 begins: 1 people, 1 on other days; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
                2026-12-03T17:30:00Z; 2026-12-03 18:00 does not begin: nobody to send to: the day is nobody's but of those who are left out; next 2026-12-04 18:00 = 2026-12-04T04:00:00Z
                2026-12-04T04:00:00Z; 2026-12-04 18:00 begins: 1 people, 1 on other days; next 2026-12-05 18:00 = 2026-12-05T04:00:00Z
                kept: hello 2026-12-03 18:00 nobody
            "#]]).await,
        }
    }
}
