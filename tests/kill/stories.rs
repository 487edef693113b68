//! Single stories of processes: two at once, one that sleeps, one that is killed with four texts under way, one that is
//! asked to wait for years.

use std::time::Duration;

use chrono::TimeDelta;
use engine::store::{MessageState, TextKind};
use rustix::process::Signal;
use server::carrier::ledger::Fate;

use crate::carrier::Carrier;
use crate::drive::turn;
use crate::join::{Counts, faults_of, join, texts};
use crate::people::stories;
use crate::project::phone;
use crate::run::Run;
use crate::scenarios::{BASE, Changes, Doubt, Scenario};
use crate::town::{PATIENCE, Texts, Town};

/// Until something is so, looked at often.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to this: {what}");
}

async fn done(mut run: Run) {
    let code = run.ended_within(PATIENCE).await;
    assert_eq!(code, Some(0), "{}", run.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_run_sleeps_another_is_refused_and_says_who_holds_the_store() {
    let _turn = turn().await;
    let carrier = Carrier::start(BASE.nature, None);
    let town = Town::new(&carrier, 400, 100, ", timeout: 500 ms", Texts::One);
    let mut sleeper = town.run();
    until("texts are submitted", async || carrier.submitted() > 20).await;
    sleeper.signal(Signal::STOP);
    // What was under way arrives.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let before = carrier.submitted();
    for _ in 0..3 {
        let mut other = town.run();
        assert_eq!(other.ended_within(PATIENCE).await, Some(3));
        let holder = format!("is held by process {}", sleeper.id());
        assert!(
            other.said().replace('\n', " ").contains(&holder),
            "{}",
            other.said()
        );
    }
    assert_eq!(carrier.submitted(), before, "nothing goes while it sleeps");
    sleeper.signal(Signal::CONT);
    done(sleeper).await;
    join(&BASE, &town, &carrier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_are_one_launch() {
    let _turn = turn().await;
    for _ in 0..3 {
        let carrier = Carrier::start(BASE.nature, None);
        let town = Town::new(&carrier, 100, 100, ", timeout: 500 ms", Texts::One);
        let mut runs = [town.run(), town.run(), town.run()];
        let mut codes = vec![];
        for run in &mut runs {
            codes.push(run.ended_within(PATIENCE).await);
        }
        codes.sort();
        assert_eq!(codes, [Some(0), Some(3), Some(3)], "one holds the store");
        done(town.run()).await;
        join(&BASE, &town, &carrier).await;
    }
}

/// Ten people, four of whom are submitted when the process is killed, and of these two answered.
async fn killed_with_two_of_four_answered(scenario: &Scenario) -> (Carrier, Town) {
    for _ in 0..20 {
        let mut switches = scenario.nature.to_vec();
        switches.extend([("accept-then-hang", "100%"), ("first", "2")]);
        let mut carrier = Carrier::start(&switches, None);
        // A window is a quarter of a second's worth: four. The next begins a quarter of a second later.
        let town = Town::new(&carrier, 10, 16, scenario.promises, scenario.texts);
        let mut run = town.run();
        until("four are submitted", async || carrier.submitted() >= 4).await;
        let answers = async || {
            let (_, people) = stories(&town).await;
            let messages = people.iter().flat_map(|story| &story.messages);
            messages
                .filter(|message| message.state >= MessageState::Accepted)
                .count()
        };
        until("two are recorded, or the next window begins", async || {
            answers().await >= 2 || carrier.submitted() > 4
        })
        .await;
        run.kill().await;
        let moment = (carrier.submitted(), answers().await);
        carrier.mend().await;
        if moment == (4, 2) {
            return (carrier, town);
        }
    }
    panic!("the moment is never met");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_four_under_way_two_answered_are_not_sent_again_and_two_are_in_doubt() {
    let _turn = turn().await;
    let blind: Changes = &[("look-up", "off"), ("receipts", "off")];
    // Asked, the carrier says that it has both.
    let looked_up = Scenario {
        promises: ", timeout: 1 second, in_flight: 4",
        ..BASE
    };
    let skipped = Scenario {
        promises: ", timeout: 1 second, in_flight: 4, look_up: false",
        nature: blind,
        doubt: Doubt::Stays,
        all_delivered: false,
        ..BASE
    };
    let resent = Scenario {
        texts: Texts::OneResent,
        doubt: Doubt::Settled,
        ..skipped
    };
    let table = [(looked_up, 0, 0), (skipped, 0, 2), (resent, 2, 0)];
    for (scenario, twice, unknown) in table {
        let (carrier, town) = killed_with_two_of_four_answered(&scenario).await;
        done(town.run()).await;
        let expected = Counts {
            taken: 10,
            twice,
            accepted: 10 - unknown,
            unknown,
            parts: 10 - unknown,
            parts_taken: 10 + twice,
            parts_in_doubt: unknown + twice,
            ..Counts::default()
        };
        assert_eq!(
            join(&scenario, &town, &carrier).await,
            expected,
            "{}",
            scenario.promises
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_asks_to_wait_for_years_is_waited_for_an_hour() {
    let _turn = turn().await;
    let carrier = Carrier::start(&[("429", "100%"), ("retry-after", "huge")], None);
    let town = Town::new(&carrier, 20, 100, ", timeout: 500 ms", Texts::One);
    let mut run = town.run();
    until("it is throttled", async || carrier.submitted() > 0).await;
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let submitted = carrier.submitted();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert_eq!(carrier.submitted(), submitted, "the whole account waits");
    run.signal(Signal::INT);
    assert_eq!(run.ended_within(PATIENCE).await, Some(130));
    let entries = carrier.ledger();
    assert!(texts(&entries).all(|text| text.fate != Fate::Taken));
    for args in [
        &["status"][..],
        &["status", "test"],
        &["why", &phone(0).to_string()],
    ] {
        let (code, said) = town.crier(args);
        let held_up = said.contains("provider trouble") && said.contains("too many requests");
        assert!(
            code == Some(0) && held_up,
            "{args:?} does not say what holds it up: {said}"
        );
    }
    let last = texts(&entries)
        .map(|text| text.at)
        .max()
        .expect("some were submitted");
    let (_, people) = stories(&town).await;
    for story in &people {
        let attempts = story
            .messages
            .iter()
            .filter(|message| message.kind == TextKind::Step);
        assert_eq!(
            attempts.map(|message| message.attempts).max().unwrap_or(0),
            0,
            "no attempt is used up"
        );
        let [waiting] = story.waiting.as_slice() else {
            panic!("{:?}", story.waiting);
        };
        assert!(
            waiting.due_at <= last + TimeDelta::seconds(3_602),
            "{waiting:?} and {last}"
        );
    }
}

/// What a cancelled launch left in doubt is looked up before anybody is texted anew, also when that is interrupted.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_and_a_cancel_doubts_are_settled_before_it_is_launched_again() {
    let _turn = turn().await;
    let scenario = Scenario {
        promises: ", timeout: 1 second, in_flight: 4",
        ..BASE
    };
    let (mut carrier, town) = killed_with_two_of_four_answered(&scenario).await;
    let (code, said) = town.crier(&["cancel", "test"]);
    assert_eq!(code, Some(0), "{said}");
    // While it cannot tell, the doubt stands, and nobody is texted anew.
    carrier.change(&[("down", "503")]).await;
    let mut interrupted = town.run_again();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    interrupted.signal(Signal::INT);
    assert_eq!(
        interrupted.ended_within(PATIENCE).await,
        Some(130),
        "{}",
        interrupted.said()
    );
    assert_eq!(launches(&town), 1);
    carrier.mend().await;
    done(town.run_again()).await;
    assert_eq!(launches(&town), 2);
    let store = town.store().await;
    let rows = store.launches(None).await.expect("launches");
    let [second, first] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let totals = store.totals(first.id).await.expect("totals");
    assert_eq!(
        totals
            .messages
            .keys()
            .copied()
            .find(|state| *state < MessageState::Accepted),
        None
    );
    let taken: u64 = totals.messages.values().sum();
    assert_eq!((taken >= 4, taken + totals.waiting), (true, 10), "{totals:?}");
    let totals = store.totals(second.id).await.expect("totals");
    assert_eq!(
        (totals.messages.values().sum::<u64>(), totals.waiting),
        (10, 0),
        "{totals:?}"
    );
}

fn launches(town: &Town) -> usize {
    let (code, said) = town.crier(&["status", "--format", "json"]);
    assert_eq!(code, Some(0), "{said}");
    let status: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    status["launches"].as_array().expect("a list").len()
}

/// A check that cannot fail is none: a carrier that does not do what crier.yaml promises is found out.
#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_breaks_its_promise_is_found_out_by_the_join() {
    let _turn = turn().await;
    let table: [(&str, Changes, &str); 3] = [
        (
            ", timeout: 500 ms, look_up: false, refuses_duplicates: true",
            // A receipt would settle the doubt before the text goes again.
            &[
                ("look-up", "off"),
                ("receipts", "off"),
                ("accept-then-reset", "100%"),
                ("first", "6"),
            ],
            "I2",
        ),
        (
            ", timeout: 500 ms, server_errors: not-sent",
            &[("5xx-but-sent", "100%"), ("first", "6")],
            "I2",
        ),
        (
            ", timeout: 500 ms, look_up: false",
            &[
                ("look-up", "off"),
                ("receipts", "off"),
                ("accept-then-reset", "100%"),
                ("first", "6"),
            ],
            "I1",
        ),
    ];
    for (promises, nature, expected) in table {
        let carrier = Carrier::start(nature, None);
        let town = Town::new(&carrier, 50, 100, promises, Texts::One);
        done(town.run()).await;
        let (counts, faults) = faults_of(&BASE, &town, &carrier).await;
        let found = faults.iter().any(|fault| fault.starts_with(expected));
        assert!(found, "{promises}: {counts:?} {faults:?}");
    }
}
