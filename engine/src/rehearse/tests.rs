use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{Model, Rehearsal, Setting, Violation, begins_at, rehearse};
use crate::plan::{Cohorts, Planner};
use crate::testing::{at, campaign_of};

mod checks;
mod model;
mod properties;

const PROJECT: &str = "
crier: 1
project: shop
region: US
timezone: America/New_York
prices: prices.csv
sender: desk
providers: { trial: { kind: simulated, delivered: 90%, replies: 20% } }
senders: { desk: { number: \"+12125550100\", provider: trial, rate: 10/s, receives: true } }
inboxes: { desk: { email: desk@shop.example } }
replies: desk
";

const QUESTION: &str = "
audience: people.csv
schedule: { at: 2026-12-01 10:00, window: 10:00-20:00 }
steps:
  - ask: invite
    id: question
    for: 2 days
    answers:
      - words: [yes, sure]
        do: [{ tag: coming }, { send: kept }]
      - words: [no]
        finish: declined
    silence: { send: reminder }
goal: { when: tagged(\"coming\"), within: 7 days }
replies:
  - words: [price]
    send: prices
  - otherwise:
      forward: desk
messages:
  invite:
    variants:
      calm: { share: 50%, en: \"{{name}}, the Foxes play on Sunday. Coming? YES or NO. STOP to opt out\" }
      urgent: { share: 50%, en: \"{{name}}, last seats for Sunday. Coming? YES or NO. STOP to opt out\" }
  kept: See you on Sunday!
  reminder: We keep your seat until tomorrow.
  prices: Stalls 30, gallery 20
";

/// What is rehearsed in a test.
#[derive(Clone, Copy)]
struct Test<'a> {
    campaign: &'a str,
    people: u64,
    model: &'a str,
    seed: u64,
}

/// Numbers of New York, Chicago, Los Angeles and Honolulu in turn.
fn list(people: u64) -> String {
    let mut list = "phone,name,birthday\n".to_owned();
    for n in 0..people {
        let area = [212, 312, 213, 808][usize::try_from(n % 4).expect("small")];
        let (number, day) = (n / 4, n % 28 + 1);
        let _ = writeln!(
            list,
            "+1{area}{}{:04},Ada,1984-12-{day:02}",
            300 + number / 10_000,
            number % 10_000
        );
    }
    list
}

fn rehearsed(test: Test<'_>) -> Result<Rehearsal, Violation> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("people.csv", &list(test.people));
    write("prices.csv", "country,price,currency\nUS,0.01,USD\n");
    let lists = [("people.csv", "phone,name,birthday")];
    let (project, revision) = campaign_of(Some(PROJECT), test.campaign, &lists);
    let campaign = &revision.campaign;
    let begins_at = begins_at(campaign, at("2026-12-01T15:00:00Z")).expect("it begins");
    let planner = Planner::new(revision.clone(), &project, folder.path(), vec![], begins_at);
    let mut planner = planner.expect("a plan");
    let mut people = vec![];
    while let Some(run) = planner.next_run().expect("planned") {
        people.push(Cohorts::of(run.people));
    }
    let (summary, tariffs) = planner.finish().expect("planned");
    let model = Model::read(test.model, campaign, &project).expect("a model");
    let setting = Setting {
        revision: &revision,
        project: &project,
        tariffs: &tariffs,
        budget: summary.budget,
        model: &model,
        seed: test.seed,
        begins_at,
    };
    rehearse(&setting, people)
}

fn told(rehearsal: &Rehearsal) -> String {
    let total = &rehearsal.total;
    let mut told = String::new();
    let local = |at: chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&chrono_tz::America::New_York)
            .format("%d %H:%M:%S")
            .to_string()
    };
    let _ = writeln!(
        told,
        "{} people, {} texts ({} arrive), {} answers, {} parts, {} opt out; replies: {} to people, {} not",
        rehearsal.people,
        total.texts,
        total.delivered,
        total.answers,
        total.parts,
        total.opt_outs,
        total.desk,
        total.automatic,
    );
    for step in &rehearsal.steps {
        let [first, last] = [step.first_at, step.last_at].map(|at| at.map_or("never".to_owned(), local));
        let deferred = step.deferred;
        let _ = writeln!(
            told,
            "{} {}: {} from {first} to {last}, waited {} hours {} frequency {} rate {:?}",
            step.step,
            step.message,
            step.texts,
            deferred.hours,
            deferred.frequency,
            deferred.rate,
            step.without
        );
    }
    let _ = writeln!(
        told,
        "ends {}, money {:?}, queue {}, finished {:?}, left {:?}, held {}",
        local(rehearsal.ends_at),
        rehearsal.money,
        rehearsal.senders[0].peak_queue,
        rehearsal.finished,
        rehearsal.left_out,
        rehearsal.held_by_budget
    );
    for of in &rehearsal.conversion {
        let _ = writeln!(told, "{:?}: {} of {}", of.variant, of.reached, of.texted);
    }
    told
}

fn check(campaign: &str, people: u64, model: &str, expected: Expect) {
    let rehearsal = rehearsed(Test {
        campaign,
        people,
        model,
        seed: 7,
    });
    let rehearsal = rehearsal.unwrap_or_else(|violation| panic!("{violation}"));
    let ends = rehearsal
        .finished
        .values()
        .chain(rehearsal.left_out.values())
        .sum::<u64>();
    assert_eq!(
        ends + rehearsal.held_by_budget,
        rehearsal.people,
        "everybody has an end"
    );
    expected.assert_eq(&told(&rehearsal));
}

#[test]
fn a_question_is_answered_by_its_words_and_silence_goes_on() {
    check(QUESTION, 1_000, "", expect![""]);
    check(
        QUESTION,
        1_000,
        "messages: { invite: { replies: 100%, opt_outs: 0%, free: 0%, words: { Yes!: 3, nope: 1 }, after: 2 hours } }",
        expect![""],
    );
}

#[test]
fn hours_hold_on_the_clock_of_each_recipient() {
    check(
        "audience: people.csv\nschedule: { at: 2026-12-01 19:59, window: 10:00-20:00 }\nreplies: none\n\
         message: \"Hi {{name}}. STOP to opt out\"\n",
        2_000,
        "opt_outs: 0%\nreplies: 0%",
        expect![""],
    );
}

#[test]
fn caps_and_a_budget_hold() {
    let steps = "audience: people.csv\nschedule: now\nreplies: none\nsteps:\n  - send: a\n  - wait: 1 hour\n  - send: b\n\
                 messages: { a: STOP to opt out, b: Two }\n";
    let silent = "replies: 0%\nopt_outs: 0%";
    check(
        &format!("{steps}limits: {{ frequency: 1 per 24 hours }}\n"),
        100,
        silent,
        expect![""],
    );
    check(
        &format!("{steps}limits: {{ frequency: {{ most: 1 per 24 hours, over: skip }} }}\n"),
        100,
        silent,
        expect![""],
    );
    check(
        &format!("{steps}limits: {{ budget: 1.50 USD }}\n"),
        100,
        silent,
        expect![""],
    );
}

#[test]
fn receipts_clicks_and_events_move_people() {
    check(
        "audience: people.csv\nschedule: now\nreplies: none\npurpose: service\nlinks: { shop: \"https://shop.example\" }\nsteps:\n\
         \x20 - send: a\n\
         \x20 - await: delivered(\"a\")\n    for: 1 hour\n    silence: { finish: lost }\n\
         \x20 - await: clicked(\"shop\")\n    for: 2 days\n    silence: { finish: idle }\n\
         \x20 - send: b\n\
         exit: { ordered: event(\"ordered\") }\n\
         messages: { a: \"Look {{link shop}}\", b: Two }\n",
        1_000,
        "opt_outs: 0%\nreplies: 0%\nclicks: { shop: { share: 30%, after: 1 hour } }\nevents: { ordered: { share: 10%, after: 10 minutes } }",
        expect![""],
    );
}

#[test]
fn people_enter_on_their_day_or_spread_over_time() {
    let silent = "replies: 0%\nopt_outs: 0%";
    check(
        "audience: people.csv\nschedule: { date: birthday, yearly: true, at: \"10:00\" }\nreplies: none\n\
         fields: { birthday: date }\nmessage: Happy birthday! STOP to opt out\n",
        100,
        silent,
        expect![""],
    );
    check(
        "audience: people.csv\nschedule: { at: now, spread: 4 hours }\nreplies: none\nmessage: STOP to opt out\n",
        100,
        silent,
        expect![""],
    );
    check(
        "audience: people.csv\nschedule: { at: 2026-12-01 10:00, clock: recipient }\nreplies: none\nmessage: STOP to opt out\n",
        100,
        silent,
        expect![""],
    );
}

#[test]
fn a_seed_comes_to_the_same_bytes_on_any_number_of_cores() {
    let bytes = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let rehearsal = pool.expect("threads").install(|| {
            rehearsed(Test {
                campaign: QUESTION,
                people: 3_000,
                model: "replies: 40%",
                seed,
            })
        });
        serde_json::to_vec(&rehearsal.expect("no violation")).expect("plain figures")
    };
    let first = bytes(1, 3);
    assert!(first == bytes(1, 3), "run twice");
    assert!(first == bytes(2, 3), "on two cores");
    assert!(first == bytes(5, 3), "on five");
    assert!(first != bytes(2, 4), "another seed");
}
