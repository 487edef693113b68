//! Corners that an execution once got wrong: each was a fault before it was a test.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

use super::world::{Does, World, accept, phone, refuse, scripted};
use crate::clock::Clock;
use crate::execute::{End, Execution, execute};
use crate::launch::Occurrence;
use crate::provider::{Answer, Inbound, Scope};
use crate::store::{Access, LaunchState, MessageState};

pub(super) const ONE: &str = "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";
const TWO: &str = "steps:\n  - send: first\n  - wait: 1 hour\n  - send: second\nmessages:\n  \
                   first: \"Doors open at 8. STOP to opt out\"\n  second: \"See you\"\n";

/// A confirmation waits and the launch is cancelled.
#[tokio::test]
async fn cancel_while_an_answer_waits_ends() {
    let world = World::new(20, TWO, "");
    let refused = Arc::new(Notify::new());
    let tell = refused.clone();
    let provider = scripted(50, move |text, _| {
        if text.text.contains("no more") {
            tell.notify_one();
            return refuse(Scope::Provider);
        }
        if text.to.to_string() == phone(3) {
            Does::AcceptAndReply("STOP")
        } else {
            accept()
        }
    });
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let other = world.store(Access::Read).await.expect("opened beside");
    let (id, clock) = (launch.id, world.clock.clone());
    let operator = async move {
        refused.notified().await;
        let c = other
            .change_launch(id, &[LaunchState::Running], LaunchState::Cancelled, clock.now())
            .await;
        assert!(c.expect("changed"));
    };
    let (_keep, stop) = watch::channel(false);
    let steps = Arc::new(AtomicUsize::new(0));
    let count = steps.clone();
    let mut observer = move |_: &crate::execute::Progress| {
        count.fetch_add(1, Ordering::Relaxed);
    };
    let both = async {
        tokio::join!(
            world.execute(store, launch, provider.clone(), stop, &mut observer),
            operator
        )
    };
    let ended = tokio::time::timeout(Duration::from_secs(8), both).await;
    assert!(
        ended.is_ok(),
        "never ends; the loop went round {} times in 8 s",
        steps.load(Ordering::Relaxed)
    );
}

/// No lane for the launch's sender.
#[tokio::test]
async fn provider_gone_ends_or_says_so() {
    let world = World::new(20, ONE, "");
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    let loaded = world.campaign();
    let (_keep, stop) = watch::channel(false);
    let execution = Execution {
        courier: None,
        store,
        clock: world.clock.clone(),
        project: loaded.project.project.expect("valid"),
        providers: BTreeMap::from([(
            "renamed".to_owned(),
            scripted(10, |_, _| accept()) as Arc<dyn crate::provider::Provider>,
        )]),
        launch,
        revision: loaded.revision.expect("valid"),
        receipts: Duration::from_secs(1),
        stop,
    };
    let ended = execute(execution, &mut |_| {}).await.expect_err("nobody sends");
    assert_eq!(
        ended.to_string(),
        "the launch sends from \"desk\", which the project does not have (any more)"
    );
}

pub(super) async fn kill_when(world: &World, hung: Arc<Notify>, provider: Arc<super::world::Scripted>) {
    let (_keep, stop) = watch::channel(false);
    let mut observer = |_: &crate::execute::Progress| {};
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launched(&store).await;
    tokio::select! {
        ran = world.execute(store.clone(), launch, provider, stop, &mut observer) => panic!("ended: {ran:?}"),
        () = hung.notified() => {}
    }
    store.drop_incomplete().await.expect("written");
}

pub(super) async fn say(world: &World, from: sms::PhoneNumber, text: &str) {
    let store = world.store(Access::Execute).await.expect("opened");
    let said = Inbound::Text {
        id: format!("x-{from}-{text}"),
        from,
        sender: "desk".into(),
        text: text.into(),
        part: None,
    };
    store
        .receive(
            vec![crate::store::NewRaw {
                provider: "trial".into(),
                body: serde_json::to_string(&[said]).expect("json"),
            }],
            world.clock.now(),
        )
        .await
        .expect("kept");
}

/// In doubt, and the person's STOP proves that the text came.
#[tokio::test]
async fn in_doubt_and_stop_is_still_a_message() {
    let world = World::new(10, ONE, "");
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let calls = AtomicUsize::new(0);
    let before = scripted(20, move |_, _| {
        if calls.fetch_add(1, Ordering::Relaxed) >= 9 {
            tell.notify_one();
            return Does::Hang;
        }
        accept()
    });
    kill_when(&world, hung, before.clone()).await;
    let number = before.ledger.lock().expect("unpoisoned")[0].1.to;
    say(&world, number, "STOP").await;
    let ran = world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    assert_eq!(
        ran.states(),
        "unknown 10",
        "all 10 were handed over; left out: {:?}",
        ran.totals.left_out
    );
}

/// A retry in doubt, and STOP.
#[tokio::test]
async fn retry_in_doubt_and_stop_is_unknown() {
    let world = World::new(1, ONE, "");
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let before = scripted(20, move |_, n| {
        if n == 0 {
            return refuse(Scope::RecipientForNow);
        }
        tell.notify_one();
        Does::Hang
    });
    kill_when(&world, hung, before.clone()).await;
    let number = before.ledger.lock().expect("unpoisoned")[0].1.to;
    say(&world, number, "STOP").await;
    let ran = world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    assert_eq!(ran.states(), "unknown 1");
}

/// The languages of the launch that is executed are not those of the launch that is answered.
#[tokio::test]
async fn reply_to_a_launch_with_more_languages() {
    let world = World::new(4, ONE, "");
    let rows: String = (0..4).map(|n| format!("{},Person {n},it\n", phone(n))).collect();
    std::fs::write(
        world.path().join("people.csv"),
        format!("phone,first_name,language\n{rows}"),
    )
    .expect("written");
    std::fs::write(world.path().join("test.campaign.yaml"),
        "audience: people.csv\nschedule: now\nlanguages: [en, it]\nmessage:\n  en: \"Doors open. STOP to opt out\"\n  it: \"Porte aperte. STOP per uscire\"\n").expect("written");
    world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    std::fs::write(
        world.path().join("test.campaign.yaml"),
        "audience: people.csv\nschedule: now\nlanguages: [en]\nmessage: \"Once more. STOP to opt out\"\n",
    )
    .expect("written");
    say(&world, phone(0).parse().expect("a number"), "STOP").await;
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launch(&store, Occurrence::Nth(2)).await;
    let (_keep, stop) = watch::channel(false);
    let ran = world
        .execute(store, launch, scripted(50, |_, _| accept()), stop, &mut |_| {})
        .await;
    ran.expect("executed");
}

/// An opt-out in the language of the launch that is answered.
#[tokio::test]
async fn opt_out_in_the_language_of_the_other_launch() {
    let world = World::new(4, ONE, "");
    let rows: String = (0..4).map(|n| format!("{},Person {n},it\n", phone(n))).collect();
    std::fs::write(
        world.path().join("people.csv"),
        format!("phone,first_name,language\n{rows}"),
    )
    .expect("written");
    std::fs::write(
        world.path().join("test.campaign.yaml"),
        "audience: people.csv\nschedule: now\nlanguages: [it]\nmessage: \"Porte aperte. STOP per uscire\"\n",
    )
    .expect("written");
    world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    std::fs::write(
        world.path().join("test.campaign.yaml"),
        "audience: people.csv\nschedule: now\nlanguages: [en]\nmessage: \"Once more. STOP to opt out\"\n",
    )
    .expect("written");
    say(&world, phone(0).parse().expect("a number"), "disiscrivi").await;
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launch(&store, Occurrence::Nth(2)).await;
    let (_keep, stop) = watch::channel(false);
    let after = scripted(50, |_, _| accept());
    world
        .execute(store, launch, after.clone(), stop, &mut |_| {})
        .await
        .expect("executed");
    let ledger = after.ledger.lock().expect("unpoisoned");
    let mut said: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
    said.sort_unstable();
    let confirmation = dsl::reply::confirmation("it").1;
    let once_more = "Once more. STOP to opt out";
    assert_eq!(
        said,
        [once_more, once_more, once_more, confirmation],
        "words and language of the launch that is answered"
    );
}

/// Stop by somebody who departed from a cohort that was put back.
#[tokio::test]
async fn stop_after_put_back_counts_nobody_twice() {
    for campaign in [ONE, TWO] {
        let world = World::new(20, campaign, "");
        let provider = scripted(50, |text, before| {
            if text.to.to_string() == phone(0) && before < 6 {
                return refuse(Scope::Provider);
            }
            if text.to.to_string() == phone(5) {
                Does::AcceptAndReply("STOP")
            } else {
                accept()
            }
        });
        let ran = world.run(provider.clone(), &mut |_| {}).await;
        let left: u64 = ran.totals.left_out.values().sum();
        let expected = if campaign == ONE { 0 } else { 1 };
        assert_eq!(left, expected, "{} {:?}", ran.states(), ran.totals.left_out);
    }
}

/// A retry is due in seconds, not when the next step is.
#[tokio::test]
async fn retries_come_when_due() {
    let mut late = vec![];
    for batch in [1, 20, 50, 125, 500] {
        for people in [700, 1_500, 4_000] {
            let world = World::new(people, TWO, "");
            let provider = scripted(batch, |text, before| {
                if text.to.as_u64().is_multiple_of(97) && before < 1 && text.text.starts_with("Doors") {
                    refuse(Scope::RecipientForNow)
                } else {
                    accept()
                }
            });
            let ran = world.run(provider.clone(), &mut |_| {}).await;
            assert_eq!(ran.end, End::Done);
            let mut first: HashMap<String, DateTime<Utc>> = HashMap::new();
            let mut worst = TimeDelta::zero();
            for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
                let from = *first.entry(text.reference.clone()).or_insert(*at);
                worst = worst.max(*at - from);
            }
            if worst > TimeDelta::minutes(1) {
                late.push(format!("batch {batch}, {people} people: retried after {worst}"));
            }
        }
    }
    assert!(late.is_empty(), "{late:#?}");
}

/// A receipt that came while the second submit waited.
#[tokio::test]
async fn resend_is_not_sent_when_a_receipt_came() {
    let world = World::new(20, &format!("{ONE}limits: {{ in_doubt: resend }}\n"), "1/s");
    let provider = scripted(1, |text, before| {
        if text.to.to_string() == phone(0) && before == 0 {
            Does::MaybeAndReceipt
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(provider.repeats(), "1x 20", "{}", ran.states());
}

/// Rejected under resend, although the first may have been taken.
#[tokio::test]
async fn in_doubt_then_refused_stays_unknown() {
    let world = World::new(1, &format!("{ONE}limits: {{ in_doubt: resend }}\n"), "");
    let provider = scripted(1, |_, before| {
        if before == 0 {
            Does::Answer(Answer::Maybe("scripted".into()))
        } else {
            refuse(Scope::RecipientForEver)
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(
        ran.totals.messages.get(&MessageState::Unknown),
        Some(&1),
        "{}",
        ran.states()
    );
    assert_eq!(ran.totals.resent, 0, "what was refused did not go once more");
}

/// The live counters against the store's.
#[tokio::test]
async fn progress_is_what_the_store_says() {
    let world = World::new(30, ONE, "");
    let provider = scripted(10, |text, _| {
        if text.to.as_u64().is_multiple_of(3) {
            refuse(Scope::RecipientForEver)
        } else {
            accept()
        }
    });
    let mut last = None;
    let ran = world.run(provider, &mut |p| last = Some(*p)).await;
    let rejected = ran.totals.messages[&MessageState::Rejected];
    assert_eq!(last.expect("told").rejected, rejected);
}

/// In doubt at first, taken in the end.
#[tokio::test]
async fn a_doubt_that_is_settled_is_no_failure() {
    let world = World::new(30, &format!("{ONE}limits: {{ in_doubt: resend }}\n"), "");
    let provider = scripted(1, |text, before| {
        if before == 0 && text.to.as_u64().is_multiple_of(3) {
            Does::Answer(Answer::Maybe("scripted".into()))
        } else {
            accept()
        }
    });
    let (mut most, mut last) = (0, None);
    let ran = world
        .run(provider, &mut |p| {
            most = most.max(p.in_doubt);
            last = Some(*p);
        })
        .await;
    let last = last.expect("told");
    assert_eq!(
        (ran.states().as_str(), most, last.in_doubt, last.accepted),
        ("accepted 30", 10, 0, 30)
    );
}

type Answers = futures_util::future::BoxFuture<'static, Vec<Answer>>;

/// Told the texts and what comes in later; answers when it likes.
type Act = Box<
    dyn Fn(
            Vec<crate::provider::Submission>,
            DateTime<Utc>,
            &std::sync::Mutex<Vec<(DateTime<Utc>, Inbound)>>,
        ) -> Answers
        + Send
        + Sync,
>;

/// A provider whose answers are futures.
struct Flexible {
    act: Act,
    inbound: std::sync::Mutex<Vec<(DateTime<Utc>, Inbound)>>,
    batch: usize,
}

impl crate::provider::Provider for Flexible {
    fn abilities(&self) -> crate::provider::Abilities {
        crate::provider::Abilities {
            batch: self.batch,
            in_flight: 4,
            forgets: false,
            resolve: crate::provider::Resolve::Nothing,
            patience: std::time::Duration::ZERO,
        }
    }
    fn submit(&self, batch: Vec<crate::provider::Submission>, now: DateTime<Utc>) -> Answers {
        (self.act)(batch, now, &self.inbound)
    }
    fn poll(&self, now: DateTime<Utc>) -> futures_util::future::BoxFuture<'static, crate::provider::Polled> {
        let mut waiting = self.inbound.lock().expect("unpoisoned");
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut *waiting)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        let again_at = later.iter().map(|(at, _)| *at).min();
        *waiting = later;
        let inbound = due.into_iter().map(|(_, said)| said).collect();
        Box::pin(std::future::ready(crate::provider::Polled {
            inbound,
            again_at,
            whole: true,
            mark: 0,
        }))
    }
    fn remember(&self, _: crate::provider::Submission, _: DateTime<Utc>) {}
}

/// The retry of phone(0) is held until its STOP is folded, then answered so.
async fn stop_during_retry(campaign: &str, retried: bool, answer: Answer) -> super::world::Ran {
    let world = World::new(40, campaign, "");
    let open = Arc::new(Notify::new());
    let opened = open.clone();
    let seen: Arc<std::sync::Mutex<HashMap<String, usize>>> = Arc::default();
    let clock = world.clock.clone();
    let provider = Flexible {
        batch: 1,
        inbound: std::sync::Mutex::default(),
        act: Box::new(move |batch, now, inbound| {
            let text = batch[0].clone();
            let n = {
                let mut seen = seen.lock().expect("unpoisoned");
                let n = seen.entry(text.reference.clone()).or_default();
                *n += 1;
                *n
            };
            let is_first_text = text.text.starts_with("Doors");
            if is_first_text && n == 1 && retried {
                let no = Answer::NotSent(crate::provider::Refusal {
                    scope: Scope::RecipientForNow,
                    reason: "r".into(),
                    retry_after: None,
                });
                return Box::pin(std::future::ready(vec![no]));
            }
            if is_first_text && text.to.to_string() == phone(0) {
                let said = Inbound::Text {
                    id: "stop".into(),
                    from: text.to,
                    sender: "desk".into(),
                    text: "STOP".into(),
                    part: None,
                };
                inbound.lock().expect("unpoisoned").push((now, said));
                let (opened, answer) = (opened.clone(), answer.clone());
                let clock = clock.clone();
                // While it is held time goes on: the provider is asked for replies.
                return Box::pin(async move {
                    loop {
                        tokio::select! {
                            () = opened.notified() => return vec![answer],
                            () = clock.wait(Duration::from_millis(100)) => {}
                        }
                    }
                });
            }
            Box::pin(std::future::ready(vec![Answer::Accepted]))
        }),
    };
    let mut observer = |p: &crate::execute::Progress| {
        if p.replies > 0 {
            open.notify_one()
        }
    };
    let run = world.run(Arc::new(provider), &mut observer);
    tokio::time::timeout(Duration::from_secs(10), run)
        .await
        .expect("ends")
}

/// Retry, no answer, STOP meanwhile: nobody knows whether it was taken.
#[tokio::test]
async fn maybe_on_a_retry_and_stop_is_unknown() {
    let plain = stop_during_retry(TWO, false, Answer::Maybe("scripted".into())).await;
    let retried = stop_during_retry(TWO, true, Answer::Maybe("scripted".into())).await;
    assert_eq!(plain.states(), "unknown 1, accepted 78");
    assert_eq!(retried.states(), plain.states());
}

/// Retry accepted, STOP meanwhile: as without the retry, left out of the second text.
#[tokio::test]
async fn accepted_on_a_retry_and_stop_is_left_out_of_the_rest() {
    let plain = stop_during_retry(TWO, false, Answer::Accepted).await;
    let retried = stop_during_retry(TWO, true, Answer::Accepted).await;
    assert_eq!(plain.totals.left_out.values().sum::<u64>(), 1);
    assert_eq!(retried.totals.left_out, plain.totals.left_out);
}

/// As 5, with the reply in the middle of a block.
#[tokio::test]
async fn stop_in_the_middle_of_a_block_counts_nobody_twice() {
    for (campaign, expected) in [(ONE, 0), (TWO, 1)] {
        let world = World::new(20, campaign, "");
        let provider = scripted(50, |text, before| {
            if text.to.to_string() == phone(0) && before < 6 {
                return refuse(Scope::Provider);
            }
            if text.to.to_string() == phone(5) {
                Does::AcceptAndReplyLater("STOP")
            } else {
                accept()
            }
        });
        let ran = world.run(provider.clone(), &mut |_| {}).await;
        let left: u64 = ran.totals.left_out.values().sum();
        assert_eq!(left, expected, "{} {:?}", ran.states(), ran.totals.left_out);
    }
}

/// The opt-out of another launch is confirmed, and another launch's reply goes to that launch's inbox.
#[tokio::test]
async fn stop_to_an_earlier_launch_is_confirmed_now() {
    let world = World::new(4, ONE, "");
    world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    say(&world, phone(0).parse().expect("a number"), "STOP").await;
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launch(&store, Occurrence::Nth(2)).await;
    let (_keep, stop) = watch::channel(false);
    let after = scripted(50, |_, _| accept());
    world
        .execute(store, launch, after.clone(), stop, &mut |_| {})
        .await
        .expect("executed");
    let confirmed = after
        .ledger
        .lock()
        .expect("unpoisoned")
        .iter()
        .filter(|(_, t)| t.text.contains("no more"))
        .count();
    assert_eq!(confirmed, 1);
}
