//! Several passages of one person: each sees what the others brought about, and what is left out of one is counted beside
//! what is left out of another.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};

use super::world::{START, World, accept, event, scripted};
use crate::store::{Access, NewHappening};

fn start() -> DateTime<Utc> {
    START.parse().expect("an instant")
}

/// What came of a campaign, the lists written in front of it.
async fn came_of(campaign: &str, happenings: &[NewHappening]) -> String {
    let world = World::new(3, "message: Hello\n", "");
    world.write_lists();
    world.write_campaign(campaign);
    let provider = scripted(5, |_, _| accept());
    let last = event(20 * 86_400, "over", 8, &[]);
    let happenings: Vec<NewHappening> = happenings.iter().cloned().chain([last]).collect();
    provider.will_happen(&world, happenings);
    world
        .run_open(&provider, None, start() + TimeDelta::days(20))
        .await;
    let mut told = provider.got();
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(Some("test")).await.expect("launches").remove(0);
    let totals = store.totals(launch.id).await.expect("totals");
    for (reason, n) in &totals.skipped {
        let _ = writeln!(told, "{n} passed over: {reason}");
    }
    for (reason, n) in &totals.left_out {
        let _ = writeln!(told, "{n} left out: {reason}");
    }
    told
}

async fn check(campaign: &str, happenings: &[NewHappening], expected: Expect) {
    expected.assert_eq(&came_of(campaign, happenings).await);
}

/// So many orders of one person, so many seconds apart.
fn orders(n: usize, apart: i64) -> Vec<NewHappening> {
    let order = |n: usize| {
        let at = 60 + i64::try_from(n).unwrap_or(0) * apart;
        event(at, "ordered", 0, &[("order", &format!("A{n}"))])
    };
    (0..n).map(order).collect()
}

const ORDERED: &str =
    "replies: none\ntrigger: { event: ordered, key: order, again: always }\nfields: { order: text }\n";

#[tokio::test]
async fn passages_that_are_due_together_have_one_cap() {
    let campaign = |hours: &str, over: &str| {
        format!(
            "{ORDERED}purpose: marketing\nlimits: {{ frequency: {{ most: 2 per 1 day, over: {over} }}{hours} }}\n\
             message: \"{{{{order}}}}. STOP to opt out\"\n"
        )
    };
    check(
        &campaign("", "skip"),
        &orders(6, 0),
        expect![[r#"
        25 09:01:00 to 0: A0. STOP to opt out
        25 09:01:00 to 0: A1. STOP to opt out
        4 passed over: as many texts as the frequency allows
    "#]],
    )
    .await;
    check(
        &campaign("", "leave"),
        &orders(6, 0),
        expect![[r#"
        25 09:01:00 to 0: A0. STOP to opt out
        25 09:01:00 to 0: A1. STOP to opt out
        4 left out: as many texts as the frequency allows
    "#]],
    )
    .await;
    check(
        &campaign("", "wait"),
        &orders(5, 0),
        expect![[r#"
        25 09:01:00 to 0: A0. STOP to opt out
        25 09:01:00 to 0: A1. STOP to opt out
        26 09:01:00 to 0: A2. STOP to opt out
        26 09:01:00 to 0: A3. STOP to opt out
        27 09:01:00 to 0: A4. STOP to opt out
    "#]],
    )
    .await;
    let night = ", quiet_hours: \"00:00-23:00\"";
    check(
        &campaign(night, "skip"),
        &orders(5, 4),
        expect![[r#"
            26 04:00:00 to 0: A0. STOP to opt out
            26 04:00:00 to 0: A1. STOP to opt out
            3 passed over: as many texts as the frequency allows
        "#]],
    )
    .await;
}

#[tokio::test]
async fn passages_that_are_due_together_see_what_the_others_tag_and_set() {
    let campaign = format!(
        "{ORDERED}purpose: service\nsteps:\n  - send: {{ en: \"Welcome\" }}\n    unless: tagged(\"greeted\")\n  - tag: greeted\n  - send: {{ en: \"{{{{order}}}}\" }}\n"
    );
    check(
        &campaign,
        &orders(3, 0),
        expect![[r#"
        25 09:01:00 to 0: Welcome
        25 09:01:00 to 0: A0
        25 09:01:00 to 0: A1
        25 09:01:00 to 0: A2
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_is_left_out_of_each_passage_is_counted() {
    let long = "n".repeat(400);
    let too_long = format!("{ORDERED}purpose: service\nlimits: {{ parts: 1 }}\nfields: {{ order: text }}\nmessage: \"{{{{order}}}}\"\n")
        .replacen("fields: { order: text }\n", "", 1);
    let orders: Vec<NewHappening> = (0..4)
        .map(|n| event(60, "ordered", 0, &[("order", &format!("{n}{long}"))]))
        .collect();
    check(
        &too_long,
        &orders,
        expect![[r#"
        4 left out: text longer than limits.parts
    "#]],
    )
    .await;
    let undecided = format!(
        "{ORDERED}purpose: service\nsteps:\n  - send: {{ en: \"one\" }}\n    when: age > 18\n  - send: {{ en: \"two\" }}\n    when: age > 18\n"
    )
    .replacen("{ order: text }", "{ order: text, age: int }", 1);
    check(
        &undecided,
        &self::orders(2, 0),
        expect![[r#"
        4 passed over: the step cannot be decided: age is empty or not of its type
    "#]],
    )
    .await;
}
