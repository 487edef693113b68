//! Providers that refuse, are busy, or leave it open whether they took a text.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::world::{Does, World, accept, refuse, scripted};
use crate::execute::End;
use crate::provider::{Answer, Scope};

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
            Does::Answer(Answer::Maybe)
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
            Does::Answer(Answer::Maybe)
        } else {
            accept()
        }
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    let unknown = ran.totals.messages[&crate::store::MessageState::Unknown];
    assert_eq!(provider.repeats(), format!("1x {}, 2x {unknown}", 300 - unknown));
}

#[tokio::test]
async fn a_stopped_provider_moves_nobody_and_the_rest_waits_in_its_place() {
    let world = World::new(2_500, ONE, "");
    let calls = Arc::new(AtomicUsize::new(0));
    let provider = scripted(50, move |_, _| {
        let n = calls.fetch_add(1, Ordering::Relaxed);
        // Away twice: in the middle of a request, and for whole windows.
        if (430..470).contains(&n) || (900..3_400).contains(&n) {
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
