//! Answers to replies that are refused, or of which nobody knows whether they were taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::corners::ONE;
use super::world::{Does, World, accept, phone, refuse, scripted, scripted_and_asked};
use crate::clock::Clock;
use crate::ids::MessageId;
use crate::provider::{Answer, Found, Scope, Submission};
use crate::store::{Access, CohortKind, DeadLetter, MessageState};

/// A confirmation that is refused for now for ever.
#[tokio::test]
async fn an_answer_is_given_up() {
    let world = World::new(5, ONE, "");
    let tries = Arc::new(AtomicUsize::new(0));
    let count = tries.clone();
    let provider = scripted(50, move |text, _| {
        if text.text.contains("no more") {
            count.fetch_add(1, Ordering::Relaxed);
            return refuse(Scope::RecipientForNow);
        }
        if text.to.to_string() == phone(3) {
            Does::AcceptAndReply("STOP")
        } else {
            accept()
        }
    });
    let ran = tokio::time::timeout(Duration::from_secs(8), world.run(provider, &mut |_| {})).await;
    assert!(
        ran.is_ok(),
        "tried {} times and goes on",
        tries.load(Ordering::Relaxed)
    );
}

/// A confirmation that is refused until its text is mended.
#[tokio::test]
async fn a_refused_answer_is_a_dead_letter_and_goes_when_it_is_tried_again() {
    let world = World::new(5, ONE, "");
    let provider = |confirmed: fn() -> Does| {
        scripted(50, move |text, _| match text.text.contains("no more") {
            true => confirmed(),
            false if text.to.to_string() == phone(3) => Does::AcceptAndReply("STOP"),
            false => accept(),
        })
    };
    world.run(provider(|| refuse(Scope::Message)), &mut |_| {}).await;
    let store = world.store(Access::Execute).await.expect("opened");
    let launch = world.launched(&store).await.id;
    let letters = store.dead_letters(launch, None, MessageId(0), 10).await;
    let letters = letters.expect("letters");
    let told = |letter: &DeadLetter| (letter.kind, letter.member.phone.to_string());
    assert_eq!(
        letters.iter().map(told).collect::<Vec<_>>(),
        [(CohortKind::Answer, phone(3))]
    );
    let retried = store.retry_dead(launch, None, world.clock.now()).await;
    assert_eq!(retried.expect("retried"), 1);
    store.close().await;
    let second = provider(accept);
    let ran = world.run(second.clone(), &mut |_| {}).await;
    assert_eq!(second.repeats(), "1x 1");
    assert_eq!(ran.totals.answers, [(MessageState::Accepted, 1)].into());
}

/// Nobody knows whether a confirmation was taken: the provider is asked, like about any text.
#[tokio::test]
async fn an_answer_in_doubt_is_looked_up() {
    type Finds = fn(&str) -> Found;
    let cases: [(Finds, &str); 3] = [
        (|_| Found::NotKnown, "1x 5, 2x 1: {Accepted: 1}"),
        (|_| Found::Accepted, "1x 6: {Accepted: 1}"),
        (|_| Found::CannotTell("scripted".into()), "1x 6: {Unknown: 1}"),
    ];
    for (found, expected) in cases {
        let world = World::new(5, ONE, "");
        let script = |text: &Submission, before| match text.text.contains("no more") {
            true if before == 0 => Does::Answer(Answer::Maybe("scripted".into())),
            false if text.to.to_string() == phone(3) => Does::AcceptAndReply("STOP"),
            _ => accept(),
        };
        let provider = scripted_and_asked(script, found);
        let ran = world.run(provider.clone(), &mut |_| {}).await;
        let told = format!("{}: {:?}", provider.repeats(), ran.totals.answers);
        assert_eq!(told, expected);
    }
}
