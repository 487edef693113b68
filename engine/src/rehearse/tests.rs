use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{Model, Rehearsal, Setting, Violation, begins_at, rehearse};
use crate::testing::{at, campaign_of, planned};

mod checks;
mod model;
mod passages;
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
    rehearsed_with(&list(test.people), test)
}

/// With another list than that of so many people.
fn rehearsed_with(list: &str, test: Test<'_>) -> Result<Rehearsal, Violation> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("people.csv", list);
    write("prices.csv", "country,price,currency\nUS,0.01,USD\n");
    let lists = [("people.csv", "phone,name,birthday")];
    let (project, revision) = campaign_of(Some(PROJECT), test.campaign, &lists);
    let campaign = &revision.campaign;
    let begins_at = begins_at(campaign, at("2026-12-01T15:00:00Z")).expect("it begins");
    let (people, summary, tariffs) = planned(&revision, &project, folder.path(), begins_at);
    let model = Model::read(test.model, campaign, &project).expect("a model");
    let setting = Setting {
        revision: &revision,
        project: &project,
        tariffs: &tariffs,
        budget: summary.budget,
        model: &model,
        seed: test.seed,
        keeps_texts: true,
        begins_at,
    };
    rehearse(&setting, people)
}

/// Rounds of a passage are as many as the campaign says; those that no rehearsal comes to the end of are told.
#[test]
fn many_rounds_are_rehearsed_or_told() {
    let rounds = |every: &str| {
        let campaign = format!(
            "audience: people.csv\npurpose: service\nschedule: 2026-12-01 10:00\nsteps:\n  - repeat:\n      \
             times: 7000\n      every: {every}\n      do: [{{ send: hello }}, {{ wait: 1 minute }}, {{ send: bye }}]\n\
             messages: {{ hello: Hello, bye: Bye }}\n"
        );
        let test = Test {
            campaign: &campaign,
            people: 1,
            model: "{ replies: 0%, opt_outs: 0% }",
            seed: 1,
        };
        rehearsed(test)
    };
    let texts = rounds("1 hour").map(|rehearsal| rehearsal.total.texts);
    assert_eq!(texts, Ok(14_000));
    let stopped = rounds("52 weeks").expect_err("that is longer than a century");
    let told = stopped.broken.to_string();
    assert!(
        told.contains("for more than a century") && !stopped.broken.is_fault(),
        "{told}"
    );
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
    if let Some(halted) = &rehearsal.halted {
        let _ = writeln!(
            told,
            "halted {}: {}, {} wait",
            local(halted.at),
            halted.reason,
            halted.people
        );
    }
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
        ends + rehearsal.held_by_budget + rehearsal.halted.as_ref().map_or(0, |halted| halted.people),
        rehearsal.people,
        "everybody has an end"
    );
    expected.assert_eq(&told(&rehearsal));
}

#[test]
fn a_question_is_answered_by_its_words_and_silence_goes_on() {
    check(
        QUESTION,
        1_000,
        "",
        expect![[r#"
            1000 people, 1908 texts (1706 arrive), 162 answers, 2070 parts, 10 opt out; replies: 72 to people, 327 not
            question invite: 1000 from 01 10:00:00 to 01 15:00:24, waited 750 hours 0 frequency 960 rate {}
            question.silence.1 reminder: 830 from 03 10:00:00 to 03 15:01:19, waited 0 hours 0 frequency 754 rate {}
            question.answers.1.2 kept: 78 from 01 10:01:00 to 01 20:34:08, waited 0 hours 0 frequency 0 rate {}
            replies.1.1 prices: 152 from 01 11:24:54 to 03 22:56:36, waited 0 hours 0 frequency 0 rate {}
            ends 03 15:01:19, money {"USD": 20.7}, queue 1000, finished {"": 908, "declined": 87}, left {"opted-out": 5}, held 0
            Some("calm"): 34 of 494
            Some("urgent"): 44 of 506
        "#]],
    );
    check(
        QUESTION,
        1_000,
        "messages: { invite: { replies: 100%, opt_outs: 0%, free: 0%, words: { Yes!: 3, nope: 1 }, after: 2 hours } }",
        expect![[r#"
            1000 people, 2000 texts (1788 arrive), 173 answers, 2173 parts, 5 opt out; replies: 320 to people, 890 not
            question invite: 1000 from 01 10:00:00 to 01 15:00:24, waited 750 hours 0 frequency 960 rate {}
            question.silence.1 reminder: 283 from 03 10:00:00 to 03 15:01:06, waited 0 hours 0 frequency 231 rate {}
            question.answers.1.2 kept: 717 from 01 10:00:47 to 03 11:02:28, waited 0 hours 0 frequency 0 rate {}
            replies.1.1 prices: 168 from 01 10:22:16 to 03 16:31:24, waited 0 hours 0 frequency 0 rate {}
            ends 03 15:01:06, money {"USD": 21.73}, queue 1000, finished {"": 1000}, left {}, held 0
            Some("calm"): 356 of 494
            Some("urgent"): 361 of 506
        "#]],
    );
}

#[test]
fn hours_hold_on_the_clock_of_each_recipient() {
    check(
        "audience: people.csv\nschedule: { at: 2026-12-01 19:59, window: 10:00-20:00 }\nreplies: none\n\
         message: \"Hi {{name}}. STOP to opt out\"\n",
        2_000,
        "opt_outs: 0%\nreplies: 0%",
        expect![[r#"
            2000 people, 2000 texts (1794 arrive), 0 answers, 2000 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 2000 from 01 19:59:00 to 02 10:00:49, waited 500 hours 0 frequency 1980 rate {}
            ends 02 10:00:49, money {"USD": 20}, queue 2000, finished {"": 2000}, left {}, held 0
        "#]],
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
        expect![[r#"
            100 people, 200 texts (178 arrive), 0 answers, 200 parts, 0 opt out; replies: 0 to people, 0 not
            step-1 a: 100 from 01 10:00:00 to 01 10:00:09, waited 0 hours 0 frequency 90 rate {}
            step-3 b: 100 from 02 10:00:00 to 02 10:01:08, waited 0 hours 100 frequency 80 rate {}
            ends 02 10:01:08, money {"USD": 2}, queue 100, finished {"": 100}, left {}, held 0
        "#]],
    );
    check(
        &format!("{steps}limits: {{ frequency: {{ most: 1 per 24 hours, over: skip }} }}\n"),
        100,
        silent,
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            step-1 a: 100 from 01 10:00:00 to 01 10:00:09, waited 0 hours 0 frequency 90 rate {}
            step-3 b: 0 from never to never, waited 0 hours 0 frequency 0 rate {"too-many": 100}
            ends 01 11:01:00, money {"USD": 1}, queue 100, finished {"": 100}, left {}, held 0
        "#]],
    );
    check(
        &format!("{steps}limits: {{ budget: 1.50 USD }}\n"),
        100,
        silent,
        expect![[r#"
            100 people, 150 texts (131 arrive), 0 answers, 150 parts, 0 opt out; replies: 0 to people, 0 not
            step-1 a: 100 from 01 10:00:00 to 01 10:00:09, waited 0 hours 0 frequency 90 rate {}
            step-3 b: 50 from 01 11:00:00 to 01 11:01:03, waited 0 hours 0 frequency 30 rate {}
            ends 01 11:01:03, money {"USD": 1.5}, queue 100, finished {"": 50}, left {}, held 50
        "#]],
    );
}

#[test]
fn what_the_budget_of_a_month_does_not_reach_for_waits_for_the_next() {
    check(
        "audience: people.csv\nschedule: { at: 2026-12-30 12:00 }\nreplies: none\n\
         limits: { budget: 0.60 USD per month }\nmessage: \"Hi {{name}}. STOP to opt out\"\n",
        100,
        "replies: 0%\nopt_outs: 0%",
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 100 from 30 12:00:00 to 01 00:00:03, waited 0 hours 0 frequency 80 rate {}
            ends 01 00:00:03, money {"USD": 1}, queue 100, finished {"": 100}, left {}, held 0
        "#]],
    );
}

#[test]
fn a_share_that_is_passed_halts_it() {
    let campaign = |limits: &str| {
        format!(
            "audience: people.csv\nschedule: now\nreplies: none\npurpose: service\nlimits: {limits}\n\
             message: \"Doors open at 8. STOP to opt out\"\n"
        )
    };
    let angry = "replies: 0%\nopt_outs: 10%\nafter: 5 seconds\ndelivered: 100%";
    check(
        &campaign("{ halt: { opt_outs: 5% } }"),
        1_000,
        angry,
        expect![[r#"
            1000 people, 154 texts (154 arrive), 11 answers, 165 parts, 11 opt out; replies: 0 to people, 11 not
            message message: 154 from 01 10:00:00 to 01 10:00:15, waited 0 hours 0 frequency 144 rate {}
            ends 01 10:00:15, money {"USD": 1.65}, queue 1000, finished {"": 154}, left {}, held 0
            halted 01 10:00:16: 8 of 154 texted opted out, more than 5% (`limits.halt.opt_outs`), 846 wait
        "#]],
    );
    let lost = "replies: 0%\nopt_outs: 0%\ndelivered: 60%\nreceipts_after: 20 seconds";
    check(
        &campaign("{ halt: { undelivered: 20% } }"),
        1_000,
        lost,
        expect![[r#"
            1000 people, 570 texts (344 arrive), 0 answers, 570 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 570 from 01 10:00:00 to 01 10:00:56, waited 0 hours 0 frequency 560 rate {}
            ends 01 10:00:56, money {"USD": 5.7}, queue 1000, finished {"": 570}, left {}, held 0
            halted 01 10:00:57: 117 of 570 messages did not arrive, more than 20% (`limits.halt.undelivered`), 430 wait
        "#]],
    );
    let canary = "{ canary: { share: 2%, watch: 1 hour }, halt: { opt_outs: 5% } }";
    check(
        &campaign(canary),
        1_000,
        angry,
        expect![[r#"
            1000 people, 15 texts (15 arrive), 2 answers, 17 parts, 2 opt out; replies: 0 to people, 2 not
            message message: 15 from 01 10:00:00 to 01 10:00:01, waited 0 hours 0 frequency 5 rate {}
            ends 01 10:00:01, money {"USD": 0.17}, queue 985, finished {"": 15}, left {}, held 0
            halted 01 11:00:02: 2 of 15 texted opted out, more than 5% (`limits.halt.opt_outs`), 985 wait
        "#]],
    );
    check(
        &campaign("{ halt: { opt_outs: 50% } }"),
        1_000,
        angry,
        expect![[r#"
            1000 people, 1000 texts (1000 arrive), 97 answers, 1097 parts, 97 opt out; replies: 0 to people, 97 not
            message message: 1000 from 01 10:00:00 to 01 10:01:48, waited 0 hours 0 frequency 990 rate {}
            ends 01 10:01:48, money {"USD": 10.97}, queue 1000, finished {"": 1000}, left {}, held 0
        "#]],
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
        expect![[r#"
            1000 people, 1246 texts (1115 arrive), 0 answers, 1246 parts, 0 opt out; replies: 0 to people, 0 not
            step-1 a: 1000 from 01 10:00:00 to 01 10:01:39, waited 0 hours 0 frequency 990 rate {}
            step-4 b: 246 from 01 10:01:40 to 02 22:58:21, waited 0 hours 0 frequency 6 rate {}
            ends 03 10:05:00, money {"USD": 12.46}, queue 1000, finished {"": 246, "idle": 570, "lost": 93, "ordered": 91}, left {}, held 0
        "#]],
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
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 100 from 01 10:00:00 to 28 15:00:00, waited 0 hours 0 frequency 0 rate {}
            ends 28 15:00:00, money {"USD": 1}, queue 4, finished {"": 100}, left {}, held 0
        "#]],
    );
    check(
        "audience: people.csv\nschedule: { at: now, spread: 4 hours }\nreplies: none\nmessage: STOP to opt out\n",
        100,
        silent,
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 100 from 01 10:03:36 to 01 13:57:36, waited 0 hours 0 frequency 0 rate {}
            ends 01 13:57:36, money {"USD": 1}, queue 2, finished {"": 100}, left {}, held 0
        "#]],
    );
    // Those whose hours close at 11:00 are spread again from 09:00 on.
    check(
        "audience: people.csv\nschedule: { at: now, spread: 4 hours, window: 09:00-11:00 }\nreplies: none\nmessage: STOP to opt out\n",
        100,
        silent,
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 100 from 01 10:03:36 to 02 11:43:00, waited 70 hours 0 frequency 0 rate {}
            ends 02 11:43:00, money {"USD": 1}, queue 3, finished {"": 100}, left {}, held 0
        "#]],
    );
    check(
        "audience: people.csv\nschedule: { at: 2026-12-01 10:00, clock: recipient }\nreplies: none\nmessage: STOP to opt out\n",
        100,
        silent,
        expect![[r#"
            100 people, 100 texts (88 arrive), 0 answers, 100 parts, 0 opt out; replies: 0 to people, 0 not
            message message: 100 from 01 10:00:00 to 01 15:00:02, waited 0 hours 0 frequency 60 rate {}
            ends 01 15:00:02, money {"USD": 1}, queue 25, finished {"": 100}, left {}, held 0
        "#]],
    );
}

#[test]
fn a_seed_comes_to_the_same_bytes_on_any_number_of_cores() {
    let bytes = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let rehearsal = pool.expect("threads").install(|| {
            rehearsed(Test {
                campaign: QUESTION,
                people: 1_200,
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

/// Who paid after the last text did what it was for, where that is in time.
#[test]
fn a_goal_is_reached_after_the_last_step() {
    let campaign = |within: &str| {
        format!(
            "audience: people.csv\nschedule: now\nreplies: none\npurpose: service\nmessage: Please pay\n\
             goal: {{ when: event(\"paid\"), within: {within} }}\n"
        )
    };
    let reached = |within: &str| {
        let rehearsal = rehearsed(Test {
            campaign: &campaign(within),
            people: 1_000,
            model: "replies: 0%\nopt_outs: 0%\nevents: { paid: { share: 50%, after: 1 hour } }",
            seed: 1,
        });
        let conversion = rehearsal.expect("no violation").conversion;
        conversion.iter().map(|of| of.reached).sum::<u64>()
    };
    expect!["471 of 1,000 in 30 days, 247 in an hour"].assert_eq(&format!(
        "{} of 1,000 in 30 days, {} in an hour",
        reached("30 days"),
        reached("1 hour")
    ));
}

/// The receipt of the last text comes after the passage, and a rule for replies asks for it.
#[test]
fn a_rule_knows_the_receipt_that_came_after_the_end() {
    check(
        "audience: people.csv\nschedule: now\npurpose: service\nmessages: { a: Hello?, b: It came }\nsteps: [ { send: a } ]\n\
         replies: [ { when: 'delivered(\"a\")', send: b }, { otherwise: { forward: desk } } ]\n",
        100,
        "opt_outs: 0%\nreplies: 50%\nreceipts_after: 5 minutes\ndelivered: 50%",
        expect![[r#"
            100 people, 100 texts (53 arrive), 11 answers, 111 parts, 0 opt out; replies: 36 to people, 11 not
            step-1 a: 100 from 01 10:00:00 to 01 10:00:09, waited 0 hours 0 frequency 90 rate {}
            replies.1.1 b: 11 from 01 10:03:49 to 01 11:19:42, waited 0 hours 0 frequency 0 rate {}
            ends 01 10:00:09, money {"USD": 1.11}, queue 100, finished {"": 100}, left {}, held 0
        "#]],
    );
}
