//! A step of one campaign enrols people in another: once for that passage, whichever of them runs, and whatever process ends.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use tokio::sync::Notify;

use super::world::{Does, START, Scripted, World, accept, append, event, phone, scripted};
use crate::launch::{self, LaunchRequest, Occurrence};
use crate::store::{Access, LaunchRow, LaunchState, Opening, Store};

fn start() -> DateTime<Utc> {
    START.parse().expect("an instant")
}

/// Texts, waits and starts the other, which knows the name that this one uses.
const FIRST: &str = "steps:\n  - send: { en: \"first\" }\n  - wait: 1 hour\n  - start: test\n  - send: { en: \"last, {{first_name}}\" }\n";
const ORDERED: &str = "trigger: { event: ordered }\nfields: { first_name: { default: nobody } }\n\
    message: \"hello {{first_name}}\"\n";

/// `first` has a list of so many people; `test` is the one that it starts.
fn world(people: u64, first: &str, test: &str) -> World {
    let world = World::new(people, "message: Hello\n", "");
    let service = "purpose: service\nreplies: none\n";
    write(
        &world,
        "first",
        &format!("audience: people.csv\nschedule: now\n{service}{first}"),
    );
    world.write_campaign(&format!("{service}{test}"));
    world
}

fn write(world: &World, name: &str, text: &str) {
    std::fs::write(world.path().join(format!("{name}.campaign.yaml")), text).expect("written");
}

/// Opens a launch of a campaign.
async fn opened(world: &World, store: &Store, name: &str, opening: Opening) -> LaunchRow {
    let loaded = world.campaign_of(name);
    let request = LaunchRequest {
        revision: loaded.revision.expect("valid"),
        project: loaded.project.project.expect("valid"),
        occurrence: match opening {
            Opening::Started => Occurrence::Started(1),
            Opening::GoesOn | Opening::Anew => Occurrence::Nth(1),
        },
        now: crate::clock::Clock::now(&*world.clock),
    };
    let launch = launch::open(store, request, world.path(), opening).await;
    let launch = launch.expect("opened");
    let all = store.launches(Some(name)).await.expect("launches");
    all.into_iter().find(|row| row.id == launch).expect("it is there")
}

/// Executes what is not over of these campaigns, opened ones as such, until then; interrupted after every so many texts.
async fn run(
    world: &World,
    provider: &Arc<Scripted>,
    names: &[&str],
    every: Option<u64>,
    until: DateTime<Utc>,
) {
    loop {
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let mut launches = vec![];
        for row in store.launches(None).await.expect("launches") {
            let lives = row.state == LaunchState::Running;
            if lives && names.contains(&row.campaign.as_str()) {
                let opened = row.is_opened();
                launches.push((row, opened));
            }
        }
        let is_over = launches.is_empty() || crate::clock::Clock::now(&*world.clock) >= until;
        if is_over {
            return;
        }
        world.run_launches(store, launches, provider, every, until).await;
    }
}

/// What people got and when, who entered which launch, who did not and why, and who waits.
async fn shown(world: &World, provider: &Scripted) -> String {
    let mut texts = vec![];
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let nth = (0..9).find(|n| phone(*n) == text.to.to_string()).unwrap_or(9);
        texts.push(format!("{} to {nth}: {}\n", at.format("%d %H:%M:%S"), text.text));
    }
    // Of what goes in one second nobody says in which order.
    texts.sort();
    let mut told = texts.concat();
    let store = world.store(Access::Read).await.expect("opened");
    for row in store.launches(None).await.expect("launches").into_iter().rev() {
        if !row.is_opened() {
            continue;
        }
        let counts = store.trigger_counts(row.id, &row.campaign).await.expect("counts");
        let _ = writeln!(
            told,
            "{} {}: {} passages of {}",
            row.campaign,
            row.state.word(),
            counts.passages,
            counts.people
        );
        for (reason, n) in &counts.not_entered {
            let _ = writeln!(told, "{n} not entered: {reason}");
        }
    }
    for (campaign, n) in store.started(None).await.expect("read") {
        let _ = writeln!(told, "{n} wait for {campaign}");
    }
    told
}

#[tokio::test]
async fn who_is_started_enters_the_open_launch_of_a_trigger_once_with_what_is_known_of_them() {
    for every in [None, Some(1)] {
        let world = world(2, FIRST, ORDERED);
        let store = world.store(Access::Execute).await.expect("opened");
        opened(&world, &store, "test", Opening::Anew).await;
        world.launch_of(&store, "first", Occurrence::Nth(1)).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, vec![event(9 * 3600, "over", 8, &[])]);
        let end = start() + TimeDelta::hours(9);
        run(&world, &provider, &["first", "test"], every, end).await;
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 10:00:00 to 0: hello Person 0
            25 10:00:00 to 0: last, Person 0
            25 10:00:00 to 1: hello Person 1
            25 10:00:00 to 1: last, Person 1
            test running: 2 passages of 2
        "#]]
        .assert_eq(&shown(&world, &provider).await);
    }
}

/// Nobody runs the other: it waits in the log, and enters the first launch that is opened.
#[tokio::test]
async fn who_is_started_waits_until_the_other_runs_and_enters_as_its_rules_say() {
    let choosy = "trigger: { event: ordered }\naudience: { from: people.csv, where: 'first_name != \"Person 1\"' }\n\
        message: \"hello {{first_name}}\"\n";
    for (opening, before) in [
        (Opening::Anew, false),
        (Opening::Anew, true),
        (Opening::GoesOn, false),
    ] {
        let world = world(2, FIRST, choosy);
        let store = world.store(Access::Execute).await.expect("opened");
        if before {
            let row = opened(&world, &store, "test", Opening::Anew).await;
            let to = LaunchState::Cancelled;
            let from = &[LaunchState::Running];
            assert!(
                store
                    .change_launch(row.id, from, to, start())
                    .await
                    .expect("cancelled")
            );
        }
        world.launch_of(&store, "first", Occurrence::Nth(1)).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        let end = start() + TimeDelta::hours(9);
        run(&world, &provider, &["first"], None, end).await;
        let mut told = shown(&world, &provider).await;
        let store = world.store(Access::Execute).await.expect("opened");
        let row = match before {
            false => opened(&world, &store, "test", opening).await,
            // Opened anew after it was cancelled.
            true => {
                let loaded = world.campaign_of("test");
                let request = LaunchRequest {
                    revision: loaded.revision.expect("valid"),
                    project: loaded.project.project.expect("valid"),
                    occurrence: Occurrence::Nth(2),
                    now: start(),
                };
                let id = launch::open(&store, request, world.path(), opening)
                    .await
                    .expect("opened");
                let all = store.launches(Some("test")).await.expect("launches");
                all.into_iter().find(|row| row.id == id).expect("it is there")
            }
        };
        assert!(row.is_opened());
        store.close().await;
        provider.will_happen(&world, vec![event(9 * 3600, "over", 8, &[])]);
        run(&world, &provider, &["test"], Some(1), end).await;
        told += "then\n";
        told += &shown(&world, &provider).await;
        match before {
            false => expect![[r#"
                25 09:00:00 to 0: first
                25 09:00:00 to 1: first
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 1: last, Person 1
                2 wait for test
                then
                25 09:00:00 to 0: first
                25 09:00:00 to 1: first
                25 10:00:00 to 0: hello Person 0
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 1: last, Person 1
                test running: 1 passages of 1
                1 not entered: `where` does not hold
            "#]]
            .assert_eq(&told),
            true => expect![[r#"
                25 09:00:00 to 0: first
                25 09:00:00 to 1: first
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 1: last, Person 1
                test cancelled: 0 passages of 0
                2 wait for test
                then
                25 09:00:00 to 0: first
                25 09:00:00 to 1: first
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 1: last, Person 1
                test cancelled: 0 passages of 0
                2 not entered: the launch was cancelled
                test running: 0 passages of 0
            "#]]
            .assert_eq(&told),
        }
    }
}

async fn check_scheduled(test: &str, expected: Expect) {
    for every in [None, Some(1)] {
        let world = world(3, FIRST, test);
        let few = format!("phone,first_name\n{},Zero\n", phone(0));
        std::fs::write(world.path().join("few.csv"), few).expect("written");
        let store = world.store(Access::Execute).await.expect("opened");
        world.launch_of(&store, "test", Occurrence::Nth(1)).await;
        world.launch_of(&store, "first", Occurrence::Nth(1)).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        let end = start() + TimeDelta::days(9);
        run(&world, &provider, &["first", "test"], every, end).await;
        let store = world.store(Access::Execute).await.expect("opened");
        opened(&world, &store, "test", Opening::Started).await;
        store.close().await;
        run(&world, &provider, &["test"], every, end).await;
        expected.assert_eq(&shown(&world, &provider).await);
    }
}

/// Those of its list have had it; the others enter a launch of their own, which is over when they are through.
#[tokio::test]
async fn who_is_started_in_a_campaign_with_a_schedule_need_not_be_in_its_list() {
    check_scheduled(
        "audience: few.csv\nschedule: now\nsteps:\n  - send: { en: \"hello {{first_name}}\" }\n  - wait: 1 hour\n  - send: { en: \"bye\" }\n",
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 0: hello Zero
            25 09:00:00 to 1: first
            25 09:00:00 to 2: first
            25 10:00:00 to 0: bye
            25 10:00:00 to 0: last, Person 0
            25 10:00:00 to 1: hello Person 1
            25 10:00:00 to 1: last, Person 1
            25 10:00:00 to 2: hello Person 2
            25 10:00:00 to 2: last, Person 2
            25 11:00:00 to 1: bye
            25 11:00:00 to 2: bye
            test done: 2 passages of 2
            1 not entered: in an earlier passage, and `again` does not let them in
        "#]],
    )
    .await;
    check_scheduled(
        "audience: few.csv\nschedule: 2026-11-27 18:00\nmessage: \"hello {{first_name}}\"\n",
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 09:00:00 to 2: first
            25 10:00:00 to 0: last, Person 0
            25 10:00:00 to 1: last, Person 1
            25 10:00:00 to 2: last, Person 2
            27 18:00:00 to 0: hello Zero
            27 18:00:00 to 1: hello Person 1
            27 18:00:00 to 2: hello Person 2
            test done: 2 passages of 2
            1 not entered: in an earlier passage, and `again` does not let them in
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_chain_of_starts_leads_through_all_of_them() {
    for every in [None, Some(1)] {
        let middle = "trigger: { event: ordered }\nfields: { first_name: text }\n\
            steps:\n  - send: { en: \"middle {{first_name}}\" }\n  - wait: 1 hour\n  - start: end\n";
        let world = world(2, FIRST, middle);
        let end = "trigger: { event: ended }\npurpose: service\nreplies: none\nfields: { first_name: text }\nmessage: \"end {{first_name}}\"\n";
        write(&world, "end", end);
        let store = world.store(Access::Execute).await.expect("opened");
        opened(&world, &store, "test", Opening::Anew).await;
        opened(&world, &store, "end", Opening::Anew).await;
        world.launch_of(&store, "first", Occurrence::Nth(1)).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, vec![event(9 * 3600, "over", 8, &[])]);
        let until = start() + TimeDelta::hours(9);
        run(&world, &provider, &["first", "test", "end"], every, until).await;
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 10:00:00 to 0: last, Person 0
            25 10:00:00 to 0: middle Person 0
            25 10:00:00 to 1: last, Person 1
            25 10:00:00 to 1: middle Person 1
            test running: 2 passages of 2
            end running: 2 passages of 2
        "#]]
        .assert_eq(&shown(&world, &provider).await);
    }
}

/// The files changed while people were on their way: two that start each other come to an end.
#[tokio::test]
async fn a_chain_of_starts_that_leads_back_ends_where_it_began() {
    let other = "trigger: { event: ended, again: always }\npurpose: service\nreplies: none\n\
        steps:\n  - send: { en: \"end\" }\n  - start: test\n";
    for (test, end) in [("test", None), ("end", Some(other))] {
        let world = world(
            1,
            FIRST,
            &format!(
                "trigger: {{ event: ordered, again: always }}\nsteps:\n  - send: {{ en: \"middle\" }}\n  - start: {test}\n"
            ),
        );
        let store = world.store(Access::Execute).await.expect("opened");
        opened(&world, &store, "test", Opening::Anew).await;
        if let Some(end) = end {
            write(&world, "end", end);
            opened(&world, &store, "end", Opening::Anew).await;
        }
        world.launch_of(&store, "first", Occurrence::Nth(1)).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(
            &world,
            vec![
                event(3 * 3600, "ordered", 0, &[]),
                event(9 * 3600, "over", 8, &[]),
            ],
        );
        let until = start() + TimeDelta::hours(9);
        run(&world, &provider, &["first", "test", "end"], None, until).await;
        let told = shown(&world, &provider).await;
        match end {
            None => expect![[r#"
                25 09:00:00 to 0: first
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 0: middle
                25 12:00:00 to 0: middle
                test running: 2 passages of 1
                2 not entered: started by a chain of `start` that began in this campaign
            "#]]
            .assert_eq(&told),
            Some(_) => expect![[r#"
                25 09:00:00 to 0: first
                25 10:00:00 to 0: end
                25 10:00:00 to 0: last, Person 0
                25 10:00:00 to 0: middle
                25 12:00:00 to 0: end
                25 12:00:00 to 0: middle
                test running: 2 passages of 1
                2 not entered: started by a chain of `start` that began in this campaign
                end running: 2 passages of 1
            "#]]
            .assert_eq(&told),
        }
    }
}

/// As `kill -9` does, with the text behind the step under way: whoever was started is so once.
#[tokio::test]
async fn killed_behind_the_step_it_started_once() {
    let world = world(
        2,
        "steps:\n  - start: test\n  - send: { en: \"first {{first_name}}\" }\n",
        ORDERED,
    );
    let store = world.store(Access::Execute).await.expect("opened");
    opened(&world, &store, "test", Opening::Anew).await;
    world.launch_of(&store, "first", Occurrence::Nth(1)).await;
    store.close().await;
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let hangs = scripted(5, move |text, _| match text.text.starts_with("first") {
        true => {
            tell.notify_one();
            Does::Hang
        }
        false => accept(),
    });
    let end = start() + TimeDelta::hours(9);
    hangs.will_happen(&world, vec![event(9 * 3600, "over", 8, &[])]);
    tokio::select! {
        () = run(&world, &hangs, &["first", "test"], None, end) => panic!("it hangs"),
        () = hung.notified() => {}
    }
    let provider = scripted(5, |_, _| accept());
    provider.will_happen(&world, vec![event(9 * 3600, "over", 8, &[])]);
    run(&world, &provider, &["first", "test"], None, end).await;
    let store = world.store(Access::Read).await.expect("opened");
    let row = store.launches(Some("test")).await.expect("launches").remove(0);
    let counts = store.trigger_counts(row.id, "test").await.expect("counts");
    assert_eq!((counts.passages, counts.people), (2, 2));
    let happened = store.happenings(0, 100).await.expect("read");
    let started = happened.iter().filter(|one| one.what.name() == "test").count();
    assert_eq!(started, 2);
}

/// The log is read on from where it was, so that what happened while nothing ran is told too.
#[tokio::test]
async fn who_is_started_keeps_nobody_from_hearing_what_happened_before() {
    let listening = "audience: few.csv\nschedule: now\n\
        steps:\n  - send: { en: \"hello\" }\n  - await: event(\"paid\")\n    for: 3 days\n    then: { send: { en: \"thanks\" } }\n";
    let world = world(2, "steps:\n  - start: test\n", listening);
    let few = format!("phone,first_name\n{},Zero\n", phone(0));
    std::fs::write(world.path().join("few.csv"), few).expect("written");
    let store = world.store(Access::Execute).await.expect("opened");
    world.launch_of(&store, "test", Occurrence::Nth(1)).await;
    store.close().await;
    let provider = scripted(5, |_, _| accept());
    let hour = start() + TimeDelta::hours(1);
    provider.will_happen(&world, vec![event(3600, "over", 8, &[])]);
    run(&world, &provider, &["test"], None, hour).await;
    // While nothing of it runs.
    let path = world.path().join(".crier/crier.db");
    append(&path, vec![event(3600, "paid", 0, &[])]).await;
    let store = world.store(Access::Execute).await.expect("opened");
    world.launch_of(&store, "first", Occurrence::Nth(1)).await;
    store.close().await;
    run(&world, &provider, &["first"], None, start() + TimeDelta::hours(2)).await;
    let store = world.store(Access::Execute).await.expect("opened");
    opened(&world, &store, "test", Opening::Started).await;
    store.close().await;
    run(&world, &provider, &["test"], None, start() + TimeDelta::days(9)).await;
    expect![[r#"
        25 09:00:00 to 0: hello
        25 10:00:00 to 0: thanks
        25 10:00:00 to 1: hello
        test done: 1 passages of 1
        1 not entered: still inside of an earlier passage
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}
