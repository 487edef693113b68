//! A schedule by a column, day by day on the store, is to each person what it is on a stage: the same texts at the same second,
//! whatever their clock. So is a cron on the recipients' clocks, whose launches run together.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::world::{Scripted, World, accept, event, phone, scripted};
use crate::clock::Clock;
use crate::launch::{LaunchError, LaunchRequest, Occurrence, launch};
use crate::plan::cast;
use crate::schedule::{look, note_nobody};
use crate::stage::Stage;
use crate::store::{Access, LaunchRow, LaunchState, Store};

/// Texts by person, each with its second.
type Told = BTreeMap<u64, Vec<String>>;

const COLUMNS: [&str; 4] = ["phone", "first_name", "birthday", "timezone"];
const ZONES: [&str; 5] = [
    "America/Los_Angeles",
    "Europe/Rome",
    "",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];
const DAYS: i64 = 9;

fn world(schedule: &str, pause: &str, days: &[&str]) -> World {
    let world = World::new(0, "message: Hello\n", "");
    let mut list = COLUMNS.join(",") + "\n";
    for (n, zone) in (0..).zip(ZONES) {
        for (nth, day) in (0..).zip(days) {
            let _ = writeln!(list, "{},P{n}{nth},{day},{zone}", phone(n * 100 + nth));
        }
    }
    std::fs::write(world.path().join("people.csv"), list).expect("written");
    world.write_campaign(&format!(
        "audience: people.csv\npurpose: service\nreplies: none\nfields: {{ birthday: date }}\nschedule: {{ {schedule} }}\n\
         steps:\n  - send: {{ en: \"Happy birthday, {{{{first_name}}}}\" }}\n  - wait: {pause}\n  - send: {{ en: \"Was it good?\" }}\n"
    ));
    world
}

/// Looks at the schedule, and launches what is due; whether anything was.
async fn launches_what_is_due(world: &World, store: &Store) -> Result<DateTime<Utc>, ()> {
    let loaded = world.campaign();
    let revision = loaded.revision.expect("valid");
    let now = world.clock.now();
    let due = look(store, &revision.campaign, now).await.expect("looked");
    let Some(tick) = due.launch else {
        return Ok(due.next.map_or(DateTime::<Utc>::MAX_UTC, |next| next.at));
    };
    let request = LaunchRequest {
        revision: revision.clone(),
        project: loaded.project.project.expect("valid"),
        occurrence: Occurrence::Tick(tick),
        now,
    };
    match launch(store, request, world.path(), |_| {}).await {
        Ok(_) => {}
        Err(LaunchError::Nobody(summary)) => {
            let noted = note_nobody(store, &revision.campaign, (tick, &summary), now).await;
            noted.expect("noted");
        }
        Err(error) => panic!("{error}"),
    }
    Err(())
}

/// Launches what is due and executes it, until then. After every so many texts the process ends and begins again; none: it does
/// not.
pub(super) async fn run_ticks(
    world: &World,
    provider: &Arc<Scripted>,
    every: Option<u64>,
    end: DateTime<Utc>,
) {
    while world.clock.now() < end {
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let Ok(next) = launches_what_is_due(world, &store).await else {
            continue;
        };
        let until = next.min(end);
        let all = store.launches(None).await.expect("readable").into_iter();
        // The last one first: it hears what comes in also when it is over.
        let running: Vec<(LaunchRow, bool)> = all
            .enumerate()
            .filter(|(nth, row)| *nth == 0 || row.state == LaunchState::Running)
            .map(|(_, row)| (row, false))
            .collect();
        // What is due with the next one finds that it has begun: whoever executes looks a few milliseconds later than it was told.
        let stop = until - TimeDelta::milliseconds(10);
        let mut last = event(0, "over", 8, &[]);
        last.at = stop;
        provider.also_happens(world, last);
        let is_idle = running.is_empty();
        if !is_idle && world.clock.now() < stop {
            world
                .run_and_hear((store, running), true, provider, every, stop)
                .await;
        }
        if is_idle || world.clock.now() >= stop {
            let time = (until - world.clock.now()).to_std().unwrap_or_default();
            world.clock.sleep(time, 0).await;
        }
    }
}

async fn by_engine(world: &World, every: Option<u64>) -> Told {
    let provider: Arc<Scripted> = scripted(5, |_, _| accept());
    let end = world.clock.now() + TimeDelta::days(DAYS);
    run_ticks(world, &provider, every, end).await;
    let mut told = Told::new();
    let ledger = provider.ledger.lock().expect("unpoisoned");
    // What is due at the very end may go or not.
    for (at, text) in ledger.iter().filter(|(at, _)| *at < end) {
        told.entry(text.to.as_u64())
            .or_default()
            .push(format!("{} {}", at.format("%d %H:%M:%S"), text.text));
    }
    told
}

fn by_stage(world: &World) -> Told {
    let revision = world.campaign().revision.expect("valid");
    let start: DateTime<Utc> = super::world::START.parse().expect("an instant");
    let list = std::fs::read_to_string(world.path().join("people.csv")).expect("readable");
    let mut told = Told::new();
    for row in list.lines().skip(1) {
        let cells = row.split(',').map(str::to_owned);
        let person: Vec<(String, String)> = COLUMNS.map(str::to_owned).into_iter().zip(cells).collect();
        let Ok(person) = cast(&revision, &person, &Default::default(), start) else {
            continue;
        };
        let number = person.member.phone.as_u64();
        let mut stage = Stage::new(revision.clone(), person, None, start);
        loop {
            stage.run_to_text(start + TimeDelta::days(DAYS) - TimeDelta::seconds(1));
            let Some((at, sent)) = stage.untaken() else { break };
            let line = format!("{} {}", at.format("%d %H:%M:%S"), sent.text);
            told.entry(number).or_default().push(line);
            stage.take();
        }
    }
    told
}

async fn check(schedule: &str, days: &[&str]) {
    check_paused(&format!("date: birthday, {schedule}"), "2 days", days).await;
}

async fn check_paused(schedule: &str, pause: &str, days: &[&str]) {
    for every in [None, Some(3)] {
        let world = world(schedule, pause, days);
        let stage = by_stage(&world);
        assert!(stage.len() >= ZONES.len(), "{stage:?}");
        assert_eq!(by_engine(&world, every).await, stage, "{schedule}, {every:?}");
    }
}

#[tokio::test]
async fn everybody_has_their_day_on_their_own_clock() {
    let days = [
        "1990-11-25",
        "1990-11-27",
        "1990-11-28",
        "2026-11-29",
        "2027-11-28",
        "1990-11-24",
        "",
    ];
    check("yearly: true, at: \"10:00\"", &days).await;
    check("at: \"23:30\"", &days).await;
    check(
        "before: 2 days, at: \"08:00\"",
        &["2026-11-28", "2026-11-30", "2026-12-01", "2026-11-27"],
    )
    .await;
    check(
        "yearly: true, after: 36 hours, at: \"00:00\", again: always",
        &days,
    )
    .await;
}

#[tokio::test]
async fn ticks_on_their_own_clocks_follow_each_other_before_the_last_had_theirs() {
    let always = "clock: recipient, again: always";
    check_paused(&format!("cron: \"0 10 * * *\", {always}"), "20 hours", &[""]).await;
    check_paused(
        &format!("cron: \"30 8,20 * * *\", {always}"),
        "3 hours",
        &["", ""],
    )
    .await;
    check_paused(
        &format!("cron: \"0 12 * * TUE,THU,FRI\", {always}"),
        "22 hours",
        &[""],
    )
    .await;
    let after = "clock: recipient, again: after 2 days";
    check_paused(&format!("cron: \"0 10 * * *\", {after}"), "20 hours", &[""]).await;
}

#[tokio::test]
async fn who_is_inside_of_an_earlier_tick_when_theirs_comes_waits_for_the_next() {
    let always = "clock: recipient, again: always";
    for pause in ["1 day", "2 days", "71 hours", "3 days", "24 hours"] {
        check_paused(&format!("cron: \"0 10 * * *\", {always}"), pause, &[""]).await;
    }
    check_paused(
        &format!("cron: \"30 8,20 * * *\", {always}"),
        "13 hours",
        &["", ""],
    )
    .await;
    let after = "clock: recipient, again: after 2 days";
    for pause in ["36 hours", "3 days"] {
        check_paused(&format!("cron: \"0 10 * * *\", {after}"), pause, &[""]).await;
    }
    let never = "clock: recipient, again: never";
    check_paused(&format!("cron: \"0 10 * * *\", {never}"), "3 days", &[""]).await;
}
