//! Providers that refuse, are busy, or leave it open whether they took a text.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use expect_test::expect;
use tokio::sync::watch;

use super::world::{Does, Gate, World, accept, gated, refuse, scripted, scripted_and_asked};
use crate::clock::Clock;
use crate::execute::{End, Progress};
use crate::provider::{Answer, Found, Scope};
use crate::store::{Access, LaunchRow, LaunchState, MessageState};

const ONE: &str = "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";

fn is_third(text: &crate::provider::Submission) -> bool {
    text.to.as_u64().is_multiple_of(3)
}

#[tokio::test]
async fn what_is_refused_for_now_is_tried_again_under_the_same_reference() {
    let world = World::new(300, ONE, "");
    let provider = scripted(50, |text, before| {
        if is_third(text) && before < 2 {
            refuse(Scope::RecipientForNow)
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 300".to_owned()));
    let third = provider
        .ledger
        .lock()
        .expect("unpoisoned")
        .iter()
        .filter(|(_, text)| is_third(text))
        .count()
        / 3;
    assert_eq!(provider.repeats(), format!("1x {}, 3x {third}", 300 - third));
}

#[tokio::test]
async fn after_twelve_attempts_a_message_is_given_up() {
    let world = World::new(5, ONE, "");
    let provider = scripted(50, |_, _| refuse(Scope::RecipientForNow));
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.states(), "rejected 5");
    assert_eq!(provider.repeats(), "12x 5");
}

#[tokio::test]
async fn one_bad_number_stops_nobody_else() {
    // A refusal for ever concerns one recipient: 49 are sent, one is rejected, the campaign completes.
    let world = World::new(50, ONE, "");
    let seventh = AtomicUsize::new(0);
    let provider = scripted(10, move |_, _| {
        if seventh.fetch_add(1, Ordering::Relaxed) == 6 {
            refuse(Scope::RecipientForEver)
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(
        (ran.end, ran.states()),
        (End::Done, "rejected 1, accepted 49".to_owned())
    );
    assert_eq!(provider.repeats(), "1x 50");
}

#[tokio::test]
async fn an_answer_that_never_came_is_unknown_and_not_sent_again() {
    let world = World::new(300, ONE, "");
    let provider = scripted(50, |text, _| {
        if is_third(text) {
            Does::Answer(Answer::Maybe("scripted".into()))
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(provider.repeats(), "1x 300");
    let unknown = provider
        .ledger
        .lock()
        .expect("unpoisoned")
        .iter()
        .filter(|(_, text)| is_third(text))
        .count();
    assert_eq!(
        ran.states(),
        format!("unknown {unknown}, accepted {}", 300 - unknown)
    );
}

#[tokio::test]
async fn under_resend_what_is_in_doubt_is_submitted_once_more_and_never_a_third_time() {
    let world = World::new(300, &format!("{ONE}limits: {{ in_doubt: resend }}\n"), "");
    let provider = scripted(50, |text, _| {
        if is_third(text) {
            Does::Answer(Answer::Maybe("scripted".into()))
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    let unknown = ran.totals.messages[&crate::store::MessageState::Unknown];
    assert_eq!(provider.repeats(), format!("1x {}, 2x {unknown}", 300 - unknown));
    // They may have it twice, and may have to be paid twice.
    assert_eq!(
        (
            ran.totals.resent,
            ran.totals.resent_unknown,
            ran.totals.parts_in_doubt
        ),
        (unknown, unknown, [(None, 2 * unknown)].into())
    );
}

#[tokio::test]
async fn a_stopped_provider_moves_nobody_and_the_rest_waits_in_its_place() {
    let world = World::new(2_500, ONE, "");
    let calls = Arc::new(AtomicUsize::new(0));
    let provider = scripted(50, move |_, _| {
        let n = calls.fetch_add(1, Ordering::Relaxed);
        // Away for whole windows, from the begin of a request.
        if (450..3_400).contains(&n) {
            refuse(Scope::Provider)
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 2500".to_owned()));
    assert_eq!(
        ran.cohorts.values().sum::<u64>(),
        3,
        "nobody moved to another cohort"
    );
}

/// A provider that cannot take one text in a hundred is not away: the others go on, and those go again in seconds.
#[tokio::test]
async fn what_fails_now_and_then_stops_nobody_else() {
    let mut told = String::new();
    for (batch, times) in [(1, 1), (50, 1), (50, 2)] {
        let world = World::new(2_000, ONE, "");
        let provider = scripted(batch, move |text, before| {
            match text.to.as_u64().is_multiple_of(97) && before < times {
                true => refuse(Scope::Provider),
                false => accept(),
            }
        });
        let ran = world.run(provider.clone(), &mut |_| {}).await;
        let ledger = provider.ledger.lock().expect("unpoisoned");
        let at: Vec<_> = ledger.iter().map(|(at, _)| *at).collect();
        let took = *at.iter().max().expect("texts") - at[0];
        let late = at
            .iter()
            .filter(|one| **one - at[0] > TimeDelta::seconds(1))
            .count();
        let _ = writeln!(
            told,
            "{batch} a request, {times} times: {}; {late} later than a second, the last after {} s",
            ran.states(),
            took.num_seconds()
        );
    }
    expect![[r#"
        1 a request, 1 times: accepted 2000; 21 later than a second, the last after 4 s
        50 a request, 1 times: accepted 2000; 21 later than a second, the last after 4 s
        50 a request, 2 times: accepted 2000; 42 later than a second, the last after 12 s
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn whoever_told_the_provider_to_stop_is_suppressed_here_too() {
    let two = "messages: { a: \"Doors open at 8. STOP to opt out\", b: \"See you\" }\nsteps: [{ send: a }, { wait: 2 days }, { send: b }]\n";
    let world = World::new(6, two, "");
    let provider = scripted(50, |text, _| {
        if text.to.as_u64() == world_phone(2) {
            refuse(Scope::OptedOut)
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.states(), "rejected 1, accepted 10");
    assert_eq!(provider.repeats(), "1x 11");
    let store = world.store(crate::store::Access::Read).await.expect("opened");
    let phone = sms::PhoneNumber::from_u64(world_phone(2)).expect("a number");
    let story = store.person(phone).await.expect("a story");
    let suppression = story.suppression.map(|(reason, _, evidence)| (reason, evidence));
    assert_eq!(
        suppression,
        Some(("opt-out-at-provider".to_owned(), "scripted".to_owned()))
    );
}

fn world_phone(n: u64) -> u64 {
    super::world::phone(n)
        .trim_start_matches('+')
        .parse()
        .expect("digits")
}

#[tokio::test]
async fn while_the_first_provider_is_away_the_next_takes_over_and_nothing_is_sent_twice() {
    let world = World::new(1_200, ONE, "");
    world.write_spare();
    let calls = Arc::new(AtomicUsize::new(0));
    let first = scripted(50, move |_, _| {
        let n = calls.fetch_add(1, Ordering::Relaxed);
        if (200..2_000).contains(&n) {
            refuse(Scope::Provider)
        } else {
            accept()
        }
    });
    let second = scripted(50, |_, _| accept());
    let ran = world
        .run_with(&[("trial", first.clone()), ("spare", second.clone())])
        .await;
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 1200".to_owned()));
    let taken_over = second.submitted();
    assert!(taken_over > 0, "the second takes over");
    assert_eq!(second.repeats(), format!("1x {taken_over}"));
}

#[tokio::test]
async fn an_account_without_credit_holds_its_queue_raises_an_alarm_and_goes_on_when_paid() {
    let world = World::new(700, ONE, "");
    let calls = Arc::new(AtomicUsize::new(0));
    let provider = scripted(50, move |_, _| {
        let n = calls.fetch_add(1, Ordering::Relaxed);
        if (100..900).contains(&n) {
            refuse(Scope::Account)
        } else {
            accept()
        }
    });
    let store = Arc::new(world.store(crate::store::Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let ran = world
        .execute(store.clone(), launch, provider, stop, &mut |_| {})
        .await
        .expect("executed");
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 700".to_owned()));
    assert_eq!(store.alarms().await.expect("alarms"), [], "it works again");
}

/// The first request is taken while the account turns out to be without credit: stops once that answer is in.
async fn stopped_with_an_alarm(world: &World) {
    let gate = Gate::after(50);
    let handed = AtomicUsize::new(0);
    let provider = gated(50, Some(gate.clone()), move |_, _| {
        if handed.fetch_add(1, Ordering::Relaxed) < 50 {
            accept()
        } else {
            refuse(Scope::Account)
        }
    });
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let beside = world.store(Access::Read).await.expect("opened beside");
    let alarmed = async {
        gate.is_held().await;
        while beside.alarms().await.expect("alarms").is_empty() {
            tokio::task::yield_now().await;
        }
        gate.open();
    };
    let (ask, stop) = watch::channel(false);
    let mut observer = |progress: &Progress| {
        if progress.accepted > 0 {
            let _ = ask.send(true);
        }
    };
    let (ran, ()) = tokio::join!(
        world.execute(store, launch, provider, stop, &mut observer),
        alarmed
    );
    let ran = ran.expect("executed");
    assert_eq!(
        (ran.end, ran.totals.messages.get(&MessageState::Accepted)),
        (End::Interrupted, Some(&50))
    );
}

#[tokio::test]
async fn an_answer_to_what_went_before_ends_no_alarm() {
    let world = World::new(700, ONE, "");
    stopped_with_an_alarm(&world).await;
    let store = world.store(Access::Read).await.expect("opened");
    let alarms = store.alarms().await.expect("alarms");
    let told: Vec<_> = alarms
        .iter()
        .map(|alarm| (alarm.subject.as_str(), alarm.reason.as_str()))
        .collect();
    let reason = "scripted; see at the provider to the account's credit, key and permissions";
    assert_eq!(told, [("provider trial", reason)]);
}

#[tokio::test]
async fn an_alarm_ends_with_the_last_launch_that_waits_behind_it() {
    let world = World::new(700, ONE, "");
    stopped_with_an_alarm(&world).await;
    world
        .change(&[LaunchState::Running], LaunchState::Cancelled)
        .await;
    let ran = world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    assert_eq!(ran.end, End::Cancelled);
    let store = world.store(Access::Read).await.expect("opened");
    assert_eq!(store.alarms().await.expect("alarms"), []);
}

/// Every seventh person opts out: the launch is halted, resumed, and halted again once that holds anew.
#[tokio::test]
async fn a_share_that_is_passed_halts_until_somebody_resumes() {
    let text = "limits: { halt: { opt_outs: 10% } }\nmessage: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";
    let world = World::new(1_000, text, "50/s");
    let provider = || {
        scripted(10, |text, _| {
            if text.to.as_u64().is_multiple_of(7) && text.text.starts_with("Doors") {
                Does::AcceptAndReply("STOP")
            } else {
                accept()
            }
        })
    };
    let store = || world.store(Access::Read);
    let mut told = vec![];
    for _ in 0..20 {
        let ran = world.run(provider(), &mut |_| {}).await;
        let store = store().await.expect("opened");
        let launch = store.launches(None).await.expect("launches").remove(0);
        let alarms = store.alarms().await.expect("alarms");
        let reasons: Vec<String> = alarms.into_iter().map(|alarm| alarm.reason).collect();
        told.push((
            ran.end,
            launch.state.word(),
            ran.totals.opt_outs,
            reasons.join("; "),
        ));
        if ran.end == End::Done {
            assert_eq!(ran.totals.messages.values().sum::<u64>(), 1_000);
            break;
        }
        // Typed again without a resume nobody new is texted.
        let before = ran.totals.messages.values().sum::<u64>();
        let again = world.run(provider(), &mut |_| {}).await;
        assert_eq!(
            (again.end, again.totals.messages.values().sum::<u64>()),
            (End::Halted, before)
        );
        world.change(&[LaunchState::Halted], LaunchState::Running).await;
        assert_eq!(store.alarms().await.expect("alarms"), []);
    }
    expect![[r#"
        [
            (
                Halted,
                "halted",
                16,
                "11 of 108 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                36,
                "15 of 144 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                56,
                "15 of 144 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                75,
                "14 of 132 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                94,
                "14 of 132 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                114,
                "15 of 144 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Halted,
                "halted",
                130,
                "11 of 108 texted opted out, more than 10% (`limits.halt.opt_outs`); what was under way came in besides: look into it, then `crier resume test` or `crier cancel test`",
            ),
            (
                Done,
                "done",
                142,
                "",
            ),
        ]
    "#]].assert_debug_eq(&told);
}

#[tokio::test]
async fn what_is_refused_or_does_not_arrive_halts_too() {
    let text = |halt: &str| {
        format!("limits: {{ halt: {{ {halt} }} }}\nmessage: \"Doors open at 8. STOP to opt out\"\n")
    };
    let reason = async |world: &World| {
        let alarms = world.store(Access::Read).await.expect("opened").alarms().await;
        let alarm = alarms.expect("alarms").remove(0);
        alarm.reason.split(';').next().map(str::to_owned)
    };
    let world = World::new(600, &text("failures: 20%"), "100/s");
    let refusing = scripted(10, |text, _| {
        if is_third(text) {
            refuse(Scope::RecipientForEver)
        } else {
            accept()
        }
    });
    let ran = world.run(refusing, &mut |_| {}).await;
    assert_eq!(ran.end, End::Halted);
    let told = "33 of 100 messages were refused, more than 20% (`limits.halt.failures`)";
    assert_eq!(reason(&world).await.as_deref(), Some(told));
    let world = World::new(600, &text("undelivered: 5%"), "100/s");
    let ran = world.run(world.simulated(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Halted);
    let told = "14 of 275 messages did not arrive, more than 5% (`limits.halt.undelivered`)";
    assert_eq!(reason(&world).await.as_deref(), Some(told));
}

/// Texts that wait for their request when a launch is halted are not submitted: nothing goes but what is on the wire.
#[tokio::test]
async fn after_a_halt_only_what_is_on_the_wire_goes() {
    let world = World::new(
        2_000,
        &format!("{ONE}limits: {{ halt: {{ failures: 10% }} }}\n"),
        "",
    );
    let provider = scripted(10, |_, _| refuse(Scope::RecipientForEver));
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Halted);
    // A hundred are waited for, and four requests of ten are under way at once.
    let submitted = provider.submitted();
    assert!((100..=140).contains(&submitted), "{submitted}");
    assert_eq!(ran.totals.waiting, 2_000 - submitted as u64);
    world
        .change(
            &[crate::store::LaunchState::Halted],
            crate::store::LaunchState::Running,
        )
        .await;
    let ran = world.run(scripted(10, |_, _| accept()), &mut |_| {}).await;
    assert_eq!(
        ran.states(),
        format!("rejected {submitted}, accepted {}", 2_000 - submitted)
    );
}

/// What was refused for now does not wait until everybody else was texted.
#[tokio::test]
async fn a_second_try_goes_before_those_who_were_not_texted_yet() {
    let world = World::new(3_000, ONE, "10/s");
    let provider = scripted(10, |_, before| match before {
        0 => refuse(Scope::RecipientForNow),
        _ => accept(),
    });
    world.run(provider.clone(), &mut |_| {}).await;
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let mut seen = std::collections::HashSet::new();
    let again = ledger
        .iter()
        .position(|(_, text)| !seen.insert(text.reference.clone()))
        .expect("all of them are tried again");
    // The cohort in hand, of a thousand, goes to its end first.
    assert!(again <= 1_000, "{again} texts went before the first second try");
}

/// Of 20 people 10 can be paid. Of the first of them nobody can tell at first; that is found out although nothing is left, and
/// who was not texted after all makes room for somebody else.
#[tokio::test]
async fn a_budget_that_is_used_up_settles_what_is_in_doubt() {
    type Finds = fn(&str) -> Found;
    let cases: [(Finds, &str, &str); 3] = [
        (|_| Found::Accepted, "accepted 10", "1x 10"),
        (|_| Found::NotKnown, "attempting 5, accepted 10", "1x 15"),
        (
            |_| Found::CannotTell("busy".into()),
            "unknown 5, accepted 5",
            "1x 10",
        ),
    ];
    for (found, states, submitted) in cases {
        let world = World::new(20, ONE, "");
        world.write_prices();
        let maybe = AtomicUsize::new(0);
        let provider = scripted_and_asked(
            move |_, before| match before == 0 && maybe.fetch_add(1, Ordering::Relaxed) < 5 {
                true => Does::Answer(Answer::Maybe("scripted".into())),
                false => accept(),
            },
            found,
        );
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let launch = LaunchRow {
            budget: Some(100_000),
            ..world.launched(&store).await
        };
        let (_keep, stop) = watch::channel(false);
        let ran = world
            .execute(store, launch, provider.clone(), stop, &mut |_| {})
            .await;
        let ran = ran.expect("executed");
        assert_eq!((ran.end, ran.states().as_str()), (End::OverBudget, states));
        assert_eq!(provider.repeats(), submitted, "{states}");
    }
}

/// The provider takes texts and answers no look-up: that is all that stands still, and the alarm says no more.
#[tokio::test]
async fn look_ups_that_fail_hold_no_texts_up_and_their_alarm_says_so() {
    let world = World::new(1_200, ONE, "100/s");
    let provider = || {
        scripted_and_asked(
            |text, _| match is_third(text) {
                true => Does::Answer(Answer::Maybe("scripted".into())),
                false => accept(),
            },
            |_| Found::CannotTell("busy".into()),
        )
    };
    let start = world.clock.now();
    let (ask, stop) = watch::channel(false);
    let mut sent_by = None;
    let mut observer = |progress: &Progress| {
        if progress.accepted + progress.in_doubt == 1_200 {
            sent_by.get_or_insert(world.clock.now());
            let _ = ask.send(true);
        }
    };
    let ran = world.run_until(provider(), stop, &mut observer).await;
    assert_eq!(ran.expect("executed").end, End::Interrupted);
    let took = sent_by.expect("all of them were sent") - start;
    assert!(took.num_seconds() < 14, "{took}");
    let store = world.store(Access::Read).await.expect("opened");
    let alarms = store.alarms().await.expect("alarms");
    let told: Vec<_> = alarms
        .iter()
        .map(|alarm| format!("{}: {}", alarm.subject, alarm.reason))
        .collect();
    let expected = "look-ups at trial: busy; texts go on meanwhile, and those in doubt stay so; where it cannot be asked at all, `look_up: false` of the provider says so";
    assert_eq!(told, [expected]);
    let found = scripted_and_asked(|_, _| accept(), |_| Found::Accepted);
    let ran = world.run(found, &mut |_| {}).await;
    assert_eq!((ran.end, ran.states()), (End::Done, "accepted 1200".to_owned()));
    assert_eq!(store.alarms().await.expect("alarms"), [], "they work again");
}

/// What receipts tell of texts in doubt counts, whether they come before the answer is given up or after.
#[tokio::test]
async fn a_doubt_that_a_receipt_settled_is_counted_no_more() {
    let world = World::new(300, ONE, "");
    let provider = scripted(50, |text, _| match is_third(text) {
        true => Does::MaybeAndReceipt,
        false => accept(),
    });
    let mut last = Progress::default();
    let mut most = 0;
    let ran = world
        .run(provider, &mut |progress| {
            most = most.max(progress.in_doubt);
            last = *progress;
        })
        .await;
    let delivered = ran.totals.messages[&MessageState::Delivered];
    assert_eq!(most, delivered, "all of them were in doubt");
    assert_eq!((last.accepted, last.in_doubt, last.rejected), (300, 0, 0));
}
