//! What steps set for people wins over columns, in every campaign: in the plan, for those who enter one at a time, and while a
//! launch goes on.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;

use super::world::{START, Scripted, World, accept, event, phone, scripted};
use crate::clock::Clock;
use crate::launch::Occurrence;
use crate::store::Access;

fn start() -> DateTime<Utc> {
    START.parse().expect("an instant")
}

/// Three people of Torino, of whom a campaign learns that the second moved to Roma, `wait` after it began.
fn world(wait: &str) -> World {
    let world = World::new(3, "message: Hello\n", "");
    let write = |name: &str, text: &str| std::fs::write(world.path().join(name), text).expect("written");
    let list: String = (0..3).map(|n| format!("{},Torino\n", phone(n))).collect();
    write("cities.csv", &format!("phone,city\n{list}"));
    let first = format!(
        "audience: cities.csv\nschedule: now\npurpose: service\nreplies: none\n\
         steps:\n{wait}  - set: {{ city: Roma }}\n    when: phone == \"{}\"\n  - send: {{ en: \"kept\" }}\n",
        phone(1)
    );
    write("first.campaign.yaml", &first);
    world
}

/// Launches campaigns and executes them together; tells of the last whom it is for.
async fn run(world: &World, campaigns: &[&str], provider: &Arc<Scripted>) -> String {
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let (mut launches, mut told) = (vec![], String::new());
    for name in campaigns {
        let row = world.launch_of(&store, name, Occurrence::Nth(1)).await;
        told = format!("{} people\n", row.summary.people);
        for (reason, n) in &row.summary.left_out {
            let _ = writeln!(told, "{n} {reason}");
        }
        launches.push((row, false));
    }
    let end = world.clock.now() + TimeDelta::days(1);
    world.run_launches(store, launches, provider, None, end).await;
    told
}

/// What people got of the campaign under test.
fn got(provider: &Scripted) -> String {
    let mut texts: Vec<String> = vec![];
    for (_, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let nth = (0..9).find(|n| phone(*n) == text.to.to_string()).unwrap_or(9);
        texts.push(format!("{nth}: {}\n", text.text));
    }
    texts.retain(|text| !text.contains("kept"));
    texts.sort();
    texts.concat()
}

const PLACE: &str = "purpose: service\nreplies: none\nmessage: \"In {{city}}\"\n";

#[tokio::test]
async fn a_plan_knows_it_before_it_asks_the_columns() {
    let table = [
        "audience: cities.csv\nschedule: now\n",
        "audience: { from: cities.csv, where: 'city == \"Roma\"' }\nschedule: now\n",
        "audience: { from: cities.csv, where: 'city == \"Torino\"' }\nschedule: now\n",
        "audience: cities.csv\nschedule: now\nfields: { city: { from: campaign, default: nowhere } }\n",
        "audience: people.csv\nschedule: now\nfields: { city: { from: campaign, default: nowhere } }\n",
        "audience: people.csv\nschedule: now\nfields: { city: { type: int, from: campaign, default: \"0\" } }\n",
    ];
    let mut told = String::new();
    for keys in table {
        let world = world("");
        let provider = scripted(5, |_, _| accept());
        run(&world, &["first"], &provider).await;
        world.write_campaign(&format!("{keys}{PLACE}"));
        let _ = writeln!(told, "{}", keys.trim_end().replace('\n', "; "));
        told += &run(&world, &["test"], &provider).await;
        told += &got(&provider);
    }
    expect![[r#"
        audience: cities.csv; schedule: now
        3 people
        0: In Torino
        1: In Roma
        2: In Torino
        audience: { from: cities.csv, where: 'city == "Roma"' }; schedule: now
        1 people
        2 filtered
        1: In Roma
        audience: { from: cities.csv, where: 'city == "Torino"' }; schedule: now
        2 people
        1 filtered
        0: In Torino
        2: In Torino
        audience: cities.csv; schedule: now; fields: { city: { from: campaign, default: nowhere } }
        3 people
        0: In Torino
        1: In Roma
        2: In Torino
        audience: people.csv; schedule: now; fields: { city: { from: campaign, default: nowhere } }
        3 people
        0: In nowhere
        1: In Roma
        2: In nowhere
        audience: people.csv; schedule: now; fields: { city: { type: int, from: campaign, default: "0" } }
        2 people
        1 ill-typed-value:city
        0: In 0
        2: In 0
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn it_holds_in_what_is_under_way() {
    let world = world("  - wait: 1 hour\n");
    world.write_campaign(
        "audience: cities.csv\nschedule: now\npurpose: service\nreplies: none\n\
         steps:\n  - send: { en: \"{{city}} before\" }\n  - wait: 2 hours\n  - send: { en: \"{{city}} then\" }\n",
    );
    let provider = scripted(5, |_, _| accept());
    run(&world, &["test", "first"], &provider).await;
    expect![[r#"
            0: Torino before
            0: Torino then
            1: Roma then
            1: Torino before
            2: Torino before
            2: Torino then
    "#]]
    .assert_eq(&got(&provider));
}

/// What an event carries is newer than what was set before.
#[tokio::test]
async fn who_enters_by_what_happens_has_it() {
    let world = world("");
    let provider = scripted(5, |_, _| accept());
    run(&world, &["first"], &provider).await;
    world.write_campaign(&format!(
        "trigger: {{ event: ordered, again: always }}\naudience: cities.csv\nfields: {{ city: text }}\n{PLACE}"
    ));
    let after = (world.clock.now() - start()).num_seconds();
    let mut happenings = vec![
        event(after + 1, "ordered", 0, &[]),
        event(after + 2, "ordered", 1, &[]),
    ];
    happenings.push(event(after + 3_600, "ordered", 1, &[("city", "Bari")]));
    happenings.push(event(after + 86_400, "over", 8, &[]));
    provider.will_happen(&world, happenings);
    world
        .run_open(&provider, None, start() + TimeDelta::seconds(after + 86_400))
        .await;
    expect![[r#"
            0: In Torino
            1: In Bari
            1: In Roma
    "#]]
    .assert_eq(&got(&provider));
}
