//! Several launches together: they take turns on a sender, and each ends by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;
use tokio::sync::{Notify, watch};

use super::world::{Does, Gate, START, Scripted, World, accept, gated, refuse, scripted};
use crate::clock::Clock;
use crate::execute::{Adder, End, Executions, Launching, Told, execute_all, feed};
use crate::ids::LaunchId;
use crate::launch::Occurrence;
use crate::provider::{Provider, Scope, Submission};
use crate::store::{Access, LaunchRow, LaunchState, Store};

/// A world with campaigns `a`, `b`, … of so many people each, by what stands in their files.
fn world(campaigns: &[(u64, &str)], rate: &str) -> World {
    let world = World::new(1, "message: \"never launched. STOP to opt out\"\n", rate);
    for ((people, text), name) in campaigns.iter().zip(["a", "b", "c"]) {
        write(&world, name, *people, text);
    }
    world
}

/// Writes the campaign of a name, and its list.
fn write(world: &World, name: &str, people: u64, text: &str) {
    // Nobody is in two lists.
    let first = u64::from(name.as_bytes()[0] - b'a') * 2_400;
    let rows: String = (first..first + people)
        .map(|n| format!("{},Person {n}\n", super::world::phone(n)))
        .collect();
    let write = |file: String, text: &str| std::fs::write(world.path().join(file), text).expect("written");
    write(format!("{name}.csv"), &format!("phone,first_name\n{rows}"));
    let text = format!("audience: {name}.csv\nschedule: now\n{text}");
    write(format!("{name}.campaign.yaml"), &text);
}

/// A text that begins with the campaign's name.
fn saying(name: &str) -> String {
    format!("message: \"{name} opens at 8. STOP to opt out\"\n")
}

/// Somebody is asked by one campaign, and the provider says of a text of another that they opted out.
#[tokio::test]
async fn a_question_to_whoever_opted_out_meanwhile_holds_no_launch_up() {
    let asks = "steps: [{ ask: q, for: 2 days, answers: [{ words: [\"yes\"], tag: coming }] }]\n\
                messages: { q: \"a: coming? YES or NO. STOP to opt out\" }\n";
    let world = world(&[(1, asks), (1, "")], "");
    let later = "audience: a.csv\nschedule: now\nsteps: [{ wait: 1 hour }, { send: m }]\n\
                 messages: { m: \"b opens at 8. STOP to opt out\" }\n";
    std::fs::write(world.path().join("b.campaign.yaml"), later).expect("written");
    let provider = scripted(50, |text, _| match text.text.starts_with('b') {
        true => refuse(Scope::OptedOut),
        false => accept(),
    });
    let together = Together::of(&world, provider).await;
    let launched = together.launched(&["a", "b"]).await;
    let ends = together.run(launched, |adder, _| *adder = None).await;
    assert_eq!(
        ends.iter().map(|(_, end)| *end).collect::<Vec<_>>(),
        [End::Done; 2]
    );
    let took = world.clock.now() - START.parse::<DateTime<Utc>>().expect("an instant");
    assert!(took < TimeDelta::hours(2), "over after {took}");
}

/// Launches, executed together.
struct Together<'a> {
    world: &'a World,
    store: Arc<Store>,
    provider: Arc<Scripted>,
}

impl<'a> Together<'a> {
    async fn of(world: &'a World, provider: Arc<Scripted>) -> Together<'a> {
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        Together {
            world,
            store,
            provider,
        }
    }

    /// Launches the campaigns of these names, to be executed.
    async fn launched(&self, names: &[&str]) -> Vec<Launching> {
        let mut launched = vec![];
        for name in names {
            let launch = self.world.launch_of(&self.store, name, Occurrence::Nth(1)).await;
            launched.push(self.launching(name, launch));
        }
        launched
    }

    fn launching(&self, name: &str, launch: LaunchRow) -> Launching {
        let loaded = self.world.campaign_of(name);
        let provider: Arc<dyn Provider> = self.provider.clone();
        Launching {
            launch,
            revision: loaded.revision.expect("valid"),
            project: loaded.project.project.expect("valid"),
            providers: BTreeMap::from([("trial".to_owned(), provider)]),
            receipts: self.world.receipts,
            only_settles: false,
            enters: None,
        }
    }

    /// Executes them; whoever watches may add more.
    async fn run(
        &self,
        first: Vec<Launching>,
        watch: impl FnMut(&mut Option<Adder>, Told<'_>) + Send,
    ) -> Vec<(i64, End)> {
        let (_keep, stop) = watch::channel(false);
        self.run_until(stop, first, watch).await
    }

    async fn run_until(
        &self,
        stop: watch::Receiver<bool>,
        first: Vec<Launching>,
        mut watch: impl FnMut(&mut Option<Adder>, Told<'_>) + Send,
    ) -> Vec<(i64, End)> {
        let (adder, launches) = feed();
        for launching in first {
            assert!(adder.add(launching).is_ok());
        }
        let mut adder = Some(adder);
        let executions = Executions {
            courier: None,
            store: self.store.clone(),
            clock: self.world.clock.clone(),
            launches,
            stop,
        };
        let mut ends = vec![];
        execute_all(executions, &mut |told| {
            if let Told::Ended(launch, end) = told {
                ends.push((launch.0, end));
            }
            watch(&mut adder, told);
        })
        .await
        .expect("executed");
        ends
    }

    /// What the provider was handed, in order: whose texts, how many in a row.
    fn order(&self) -> String {
        let mut runs: Vec<(char, u32)> = vec![];
        for (_, text) in self.provider.ledger.lock().expect("unpoisoned").iter() {
            let of = text.text.chars().next().expect("a text");
            match runs.last_mut() {
                Some((last, n)) if *last == of => *n += 1,
                _ => runs.push((of, 1)),
            }
        }
        let runs: Vec<String> = runs.iter().map(|(of, n)| format!("{of}{n}")).collect();
        runs.join(" ")
    }

    /// Messages of each launch, by state.
    async fn states(&self) -> String {
        let mut launches = self.store.launches(None).await.expect("launches");
        launches.sort_by_key(|launch| launch.id);
        let mut all = vec![];
        for launch in launches {
            let totals = self.store.totals(launch.id).await.expect("totals");
            let states = totals
                .messages
                .iter()
                .map(|(state, n)| format!("{} {n}", state.word()));
            let states: Vec<String> = states.collect();
            all.push(format!(
                "{} {}: {}",
                launch.campaign,
                launch.state.word(),
                states.join(", ")
            ));
        }
        all.join("; ")
    }
}

/// Nobody adds any.
fn only_these(adder: &mut Option<Adder>, _: Told<'_>) {
    *adder = None;
}

#[tokio::test]
async fn they_take_turns_by_priority_and_among_equals_one_after_the_other() {
    let priority = |priority: &str, name: &str| format!("priority: {priority}\n{}", saying(name));
    // People of a, b and c; their texts; in which order the texts go.
    let table = [
        (
            [12, 6, 0],
            [saying("a"), saying("b"), saying("c")],
            "a2 b2 a2 b2 a2 b2 a6",
        ),
        (
            [12, 4, 4],
            [saying("a"), saying("b"), saying("c")],
            "a2 b2 c2 a2 b2 c2 a8",
        ),
        (
            [8, 6, 0],
            [saying("a"), priority("high", "b"), saying("c")],
            "b6 a8",
        ),
        (
            [8, 6, 0],
            [priority("low", "a"), saying("b"), saying("c")],
            "b6 a8",
        ),
        (
            [4, 4, 4],
            [
                priority("low", "a"),
                priority("normal", "b"),
                priority("high", "c"),
            ],
            "c4 b4 a4",
        ),
    ];
    for (people, texts, order) in table {
        let campaigns: Vec<(u64, &str)> = people.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let world = world(&campaigns, "8/s");
        let together = Together::of(&world, scripted(50, |_, _| accept())).await;
        let names: Vec<&str> = ["a", "b", "c"]
            .into_iter()
            .zip(people)
            .filter_map(|(name, n)| (n > 0).then_some(name))
            .collect();
        let launched = together.launched(&names).await;
        let ends = together.run(launched, only_these).await;
        assert!(ends.iter().all(|(_, end)| *end == End::Done), "{ends:?}");
        assert_eq!(together.order(), order, "{people:?}");
    }
}

#[tokio::test]
async fn a_launch_of_many_starves_no_alert() {
    let (bulk, alert) = (saying("a"), saying("b"));
    let world = world(&[(2_000, &bulk), (100, &alert)], "");
    let together = Together::of(&world, scripted(50, |_, _| accept())).await;
    let launched = together.launched(&["a", "b"]).await;
    together.run(launched, only_these).await;
    let order = together.order();
    let before: Vec<&str> = order.split(' ').take_while(|run| !run.starts_with('b')).collect();
    let before: u32 = before
        .iter()
        .map(|run| run[1..].parse::<u32>().expect("a number"))
        .sum();
    assert!(before <= 500, "a window of the other goes before it: {order}");
    expect!["a done: accepted 2000; b done: accepted 100"].assert_eq(&together.states().await);
}

#[tokio::test]
async fn one_is_cancelled_and_the_other_goes_on() {
    let world = world(&[(200, &saying("a")), (200, &saying("b"))], "100/s");
    // The carrier answers nothing more until it is cancelled.
    let gate = Gate::after(60);
    let provider = gated(50, Some(gate.clone()), |_, _| accept());
    let together = Together::of(&world, provider).await;
    let launched = together.launched(&["a", "b"]).await;
    let first = launched[0].launch.id;
    let other = world.store(Access::Read).await.expect("opened beside");
    let operator = async {
        gate.is_held().await;
        let now = world.clock.now();
        let changed = other
            .change_launch(first, &[LaunchState::Running], LaunchState::Cancelled, now)
            .await;
        assert!(changed.expect("changed"));
        gate.open();
    };
    let (ends, ()) = tokio::join!(together.run(launched, only_these), operator);
    let mut ends = ends;
    ends.sort_by_key(|(launch, _)| *launch);
    assert_eq!(ends, [(1, End::Cancelled), (2, End::Done)]);
    let states = together.states().await;
    assert!(states.ends_with("b done: accepted 200"), "{states}");
    assert!(
        states.starts_with("a cancelled: accepted ") && !states.contains("accepted 200; b"),
        "{states}"
    );
}

#[tokio::test]
async fn one_is_halted_then_cancelled_and_the_other_goes_on() {
    let halted = format!("limits: {{ halt: {{ failures: 20% }} }}\n{}", saying("a"));
    let world = world(&[(400, &halted), (2_000, &saying("b"))], "200/s");
    let refusing = |text: &Submission, _| match text.text.starts_with('a') {
        true => refuse(Scope::RecipientForEver),
        false => accept(),
    };
    let together = Together::of(&world, scripted(50, refusing)).await;
    let launched = together.launched(&["a", "b"]).await;
    let halted = Arc::new(Notify::new());
    let (tell, mut told) = (halted.clone(), vec![]);
    let watching = |adder: &mut Option<Adder>, said: Told<'_>| {
        *adder = None;
        if let Told::Ended(LaunchId(1), End::Halted) = said {
            tell.notify_one();
        }
        if let Told::Ended(launch, end) = said {
            told.push((launch.0, end));
        }
    };
    let other = world.store(Access::Read).await.expect("opened beside");
    let operator = async {
        halted.notified().await;
        let (now, launch) = (world.clock.now(), LaunchId(1));
        let changed = other
            .change_launch(launch, &[LaunchState::Halted], LaunchState::Cancelled, now)
            .await;
        assert!(changed.expect("changed"));
    };
    // Receipts of the halted one are not awaited for long, so that it ends while the other goes on.
    let launched = launched.into_iter().map(|launching| Launching {
        receipts: Duration::from_secs(1),
        ..launching
    });
    tokio::join!(together.run(launched.collect(), watching), operator);
    expect!["[(1, Halted), (1, Cancelled), (2, Done)]"].assert_eq(&format!("{told:?}"));
    expect!["a cancelled: rejected 100; b done: accepted 2000"].assert_eq(&together.states().await);
}

#[tokio::test]
async fn one_is_over_its_budget_and_holds_nobody_up() {
    let dear = format!("limits: {{ budget: 0.30 USD }}\n{}", saying("a"));
    let world = world(&[(100, &dear), (100, &saying("b"))], "100/s");
    world.write_prices();
    let together = Together::of(&world, scripted(50, |_, _| accept())).await;
    let mut launched = together.launched(&["b"]).await;
    // More than its budget is only known when it is under way: it was raised for the launch and taken back.
    std::fs::write(
        world.path().join("a.campaign.yaml"),
        format!("audience: a.csv\nschedule: now\n{}", dear.replace("0.30", "3.00")),
    )
    .expect("written");
    let row = world.launch_of(&together.store, "a", Occurrence::Nth(1)).await;
    let row = LaunchRow {
        budget: Some(300_000),
        ..row
    };
    launched.push(together.launching("a", row));
    let mut ends = together.run(launched, only_these).await;
    ends.sort_by_key(|(launch, _)| *launch);
    assert_eq!(ends, [(1, End::Done), (2, End::OverBudget)]);
    expect!["b done: accepted 100; a running: accepted 30"].assert_eq(&together.states().await);
}

/// Two launches of a campaign share what a month has: 30 of 80 texts go in November, 30 in December, and the rest in January, a
/// process or two later.
#[tokio::test]
async fn the_budget_of_a_month_is_shared_and_the_next_month_has_another() {
    let text = format!(
        "timezone: Europe/Rome\nlimits: {{ budget: 0.30 USD per month }}\n{}",
        saying("a")
    );
    let world = world(&[(40, &text)], "");
    world.write_prices();
    let provider = scripted(50, |_, _| accept());
    let together = Together::of(&world, provider.clone()).await;
    let mut launched = vec![];
    for nth in [1, 2] {
        let launch = world.launch_of(&together.store, "a", Occurrence::Nth(nth)).await;
        launched.push(together.launching("a", launch));
    }
    // Interrupted in December, before all of it is spent.
    let (stop, stopped) = watch::channel(false);
    let watching = |_: &mut Option<Adder>, _: Told<'_>| {
        if provider.submitted() >= 31 {
            // Nobody listens once it has ended.
            let _ = stop.send(true);
        }
    };
    let ends = together.run_until(stopped, launched, watching).await;
    assert!(ends.iter().all(|(_, end)| *end == End::Interrupted), "{ends:?}");
    let rows = together.store.launches(None).await.expect("launches");
    let again = rows.into_iter().rev().map(|row| together.launching("a", row));
    let ends = together.run(again.collect(), only_these).await;
    assert!(ends.iter().all(|(_, end)| *end == End::Done), "{ends:?}");
    let mut months: BTreeMap<String, usize> = BTreeMap::new();
    for (at, _) in provider.ledger.lock().expect("unpoisoned").iter() {
        let local = at.with_timezone(&chrono_tz::Europe::Rome);
        *months.entry(local.format("%Y-%m").to_string()).or_default() += 1;
    }
    expect![[r#"{"2026-11": 30, "2026-12": 30, "2027-01": 20}"#]].assert_eq(&format!("{months:?}"));
    expect!["a done: accepted 40; a done: accepted 40"].assert_eq(&together.states().await);
    assert_eq!(together.store.alarms().await.expect("alarms"), []);
}

/// Two texts, an hour apart.
fn an_hour_apart(name: &str, first: &str, second: &str) -> String {
    format!(
        "steps:\n  - send: first\n  - wait: 1 hour\n  - send: second\nmessages:\n  \
         first: \"{name} {first}. STOP to opt out\"\n  second: \"{name} {second}\"\n"
    )
}

/// When each text went out for the first time, and to how many: `0:00 a first 5`.
fn story(provider: &Scripted) -> String {
    let start = START.parse::<DateTime<Utc>>().expect("an instant");
    let mut texts: BTreeMap<String, (TimeDelta, u32)> = BTreeMap::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let said = text.text.split('.').next().expect("a text").to_owned();
        texts.entry(said).or_insert((*at - start, 0)).1 += 1;
    }
    let mut texts: Vec<(String, (TimeDelta, u32))> = texts.into_iter().collect();
    texts.sort_by_key(|(_, (at, _))| *at);
    let line = |(text, (at, n)): &(String, (TimeDelta, u32))| {
        format!("{}:{:02} {text} {n}", at.num_hours(), at.num_minutes() % 60)
    };
    texts.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn one_comes_while_people_of_another_wait_and_each_keeps_its_own_text() {
    let world = world(&[(5, &an_hour_apart("a", "first", "second"))], "");
    let together = Together::of(&world, scripted(50, |_, _| accept())).await;
    let first = together.launched(&["a"]).await;
    // The file changes, and what is launched then goes on its new text.
    write(&world, "a", 7, &an_hour_apart("a", "FIRST", "SECOND"));
    let row = world.launch_of(&together.store, "a", Occurrence::Nth(2)).await;
    let later = Mutex::new(Some(together.launching("a", row)));
    let start = START.parse::<DateTime<Utc>>().expect("an instant");
    let clock = world.clock.clone();
    let watching = |adder: &mut Option<Adder>, told: Told<'_>| {
        // While it waits nothing is looked at but what comes: the last look before the wait adds it.
        let Told::Progress(LaunchId(1), progress) = told else {
            return;
        };
        if progress
            .next_due
            .is_some_and(|due| due > clock.now() && due > start)
            && let Some(launching) = later.lock().expect("unpoisoned").take()
        {
            assert!(adder.take().expect("there").add(launching).is_ok());
        }
    };
    let ends = together.run(first, watching).await;
    assert_eq!(ends.len(), 2, "{ends:?}");
    expect!["0:00 a FIRST 7, 0:00 a first 5, 1:00 a SECOND 7, 1:00 a second 5"]
        .assert_eq(&story(&together.provider));
    expect!["a done: accepted 10; a done: accepted 14"].assert_eq(&together.states().await);
}

#[tokio::test]
async fn asked_to_stop_all_of_them_do_and_go_on_together_where_they_stopped() {
    let world = world(&[(300, &saying("a")), (300, &saying("b"))], "100/s");
    let together = Together::of(&world, scripted(20, |_, _| accept())).await;
    together.launched(&["a", "b"]).await;
    let mut told = vec![];
    for stop_at in [100, 350, 1_000] {
        let mut rows = together.store.launches(None).await.expect("launches");
        rows.sort_by_key(|row| row.id);
        let rows = rows
            .into_iter()
            .map(|row| together.launching(&row.campaign.clone(), row));
        let (ask, stop) = watch::channel(false);
        let provider = together.provider.clone();
        let watching = |adder: &mut Option<Adder>, _: Told<'_>| {
            *adder = None;
            if provider.submitted() >= stop_at {
                // Nobody listens once it has ended.
                let _ = ask.send(true);
            }
        };
        let mut ends = together.run_until(stop, rows.collect(), watching).await;
        ends.sort_by_key(|(launch, _)| *launch);
        told.push(format!("{ends:?}"));
    }
    expect![[r#"
        [(1, Interrupted), (2, Interrupted)]
        [(1, Interrupted), (2, Interrupted)]
        [(1, Done), (2, Done)]"#]]
    .assert_eq(&told.join("\n"));
    assert_eq!(together.provider.repeats(), "1x 600");
    expect!["a done: accepted 300; b done: accepted 300"].assert_eq(&together.states().await);
}

#[tokio::test]
async fn a_process_that_ends_leaves_all_of_them_to_go_on() {
    let world = world(&[(300, &saying("a")), (300, &saying("b"))], "");
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let mut texts = 0;
    let killed = scripted(20, move |_, _| {
        texts += 1;
        if texts > 250 {
            tell.notify_one();
            return Does::Hang;
        }
        accept()
    });
    let together = Together::of(&world, killed.clone()).await;
    let launched = together.launched(&["a", "b"]).await;
    tokio::select! {
        ends = together.run(launched, only_these) => panic!("ended: {ends:?}"),
        () = hung.notified() => {}
    }
    together.store.drop_incomplete().await.expect("written");
    drop(together);
    let together = Together::of(&world, scripted(20, |_, _| accept())).await;
    let mut launched = vec![];
    let mut rows = together.store.launches(None).await.expect("launches");
    rows.sort_by_key(|row| row.id);
    for row in rows {
        let name = row.campaign.clone();
        launched.push(together.launching(&name, row));
    }
    let ends = together.run(launched, only_these).await;
    assert!(
        ends.len() == 2 && ends.iter().all(|(_, end)| *end == End::Done),
        "{ends:?}"
    );
    let mut everybody: Vec<u64> = vec![];
    for provider in [&killed, &together.provider] {
        let ledger = provider.ledger.lock().expect("unpoisoned");
        everybody.extend(ledger.iter().map(|(_, text)| text.to.as_u64()));
    }
    let submitted = everybody.len();
    everybody.sort_unstable();
    everybody.dedup();
    assert_eq!(submitted, everybody.len(), "somebody was submitted twice");
    for launch in [LaunchId(1), LaunchId(2)] {
        let totals = together.store.totals(launch).await.expect("totals");
        assert_eq!(totals.messages.values().sum::<u64>(), 300, "everybody is counted");
    }
}

/// The campaign `a` asks, and then `b` texts the same person, who answers the question of the one or the other.
#[tokio::test]
async fn a_question_that_is_open_is_answered_behind_the_text_of_another_campaign() {
    let asks = "priority: high\nsteps:\n  - ask: { text: \"Coming? YES or NO. STOP to opt out\" }\n    for: 2 hours\n    \
                unclear: { text: \"YES or NO?\" }\n    \
                answers: [{ words: [\"yes\"], send: { text: \"See you\" } }, { words: [\"no\"], send: { text: \"A pity\" } }]\n";
    let tells = "message: \"Doors at 8. STOP to opt out\"\n";
    let rules = "message: \"Doors at 8. STOP to opt out\"\nreplies:\n  \
                 - { words: [\"no\"], send: { text: \"They are\" } }\n  - otherwise: { send: { text: \"Pardon?\" } }\n";
    let asks_too = "steps:\n  - ask: { text: \"Tea? YES or NO. STOP to opt out\" }\n    for: 1 hour\n    \
                    answers: [{ words: [\"yes\"], send: { text: \"A cup for you\" } }]\n";
    // What the other campaign is, what is said a minute after its text, what is answered.
    let table = [
        (tells, "Yes!", "See you"),
        (tells, "no", "A pity"),
        // What no question names is about the latest text, and asks nothing again.
        (tells, "Where?", "nothing"),
        (rules, "yes", "See you"),
        (rules, "no", "They are"),
        (rules, "Where?", "Pardon?"),
        (asks_too, "yes", "A cup for you"),
        (asks_too, "no", "A pity"),
        (
            tells,
            "stop",
            "You have opted out and will get no more messages from us.",
        ),
    ];
    for (other, said, expected) in table {
        let world = world(&[(1, asks)], "1/s");
        let file = world.path().join("b.campaign.yaml");
        std::fs::write(&file, format!("audience: a.csv\nschedule: now\n{other}")).expect("written");
        let together = Together::of(&world, scripted(50, |_, _| accept())).await;
        let from = super::world::phone(0).parse().expect("a number");
        let soon = world.clock.now() + TimeDelta::minutes(1);
        together.provider.will_say(soon, from, said);
        let launched = together.launched(&["a", "b"]).await;
        together.run(launched, only_these).await;
        let ledger = together.provider.ledger.lock().expect("unpoisoned");
        let texts: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
        assert!(texts[0].starts_with("Coming?"), "{texts:?}");
        let answer = texts.get(2).copied().unwrap_or("nothing");
        assert_eq!(answer, expected, "{said:?} to {other}");
    }
}
