//! A window that was recorded in part when the process was killed: what its answers say is not lost.

use std::sync::Arc;

use tokio::sync::Notify;

use super::world::{Does, World, accept, phone, refuse, scripted};
use crate::ids::MessageId;
use crate::provider::{Scope, Submission};
use crate::store::{Access, Store};

const ONE: &str = "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\n";

/// Of 10 people the second told the provider to stop, the third's text is refused for its wording.
fn answers(text: &Submission) -> Does {
    let to = |n| text.to.to_string() == phone(n);
    match () {
        () if to(1) => refuse(Scope::OptedOut),
        () if to(2) => refuse(Scope::Message),
        () => accept(),
    }
}

/// Has the eighth get no answer, and lets everything fall when the window was recorded in part long ago.
async fn killed(world: &World) {
    let hung = Arc::new(Notify::new());
    let (clock, tell) = (world.clock.clone(), hung.clone());
    let provider = scripted(5, move |text, _| match text.to.to_string() == phone(7) {
        true => Does::HangAndTell(clock.clone(), tell.clone()),
        false => answers(text),
    });
    super::corners::kill_when(world, hung, provider).await;
}

/// The reason and the evidence of a suppression, and how many letters there are.
async fn told(store: &Store, n: u64) -> (Option<(String, String)>, usize) {
    let number = phone(n).parse().expect("a number");
    let story = store.person(number).await.expect("a story");
    let suppression = story.suppression.map(|(reason, _, evidence)| (reason, evidence));
    let launch = store.launches(None).await.expect("launches").remove(0);
    let letters = store.dead_letters(launch.id, None, MessageId(0), 10).await;
    (suppression, letters.expect("letters").len())
}

#[tokio::test]
async fn whoever_told_the_provider_to_stop_is_suppressed_and_what_it_refused_is_a_letter() {
    let world = World::new(10, ONE, "");
    killed(&world).await;
    let expected = (Some(("opt-out-at-provider".to_owned(), "scripted".to_owned())), 1);
    let store = world.store(Access::Execute).await.expect("opened");
    assert_eq!(told(&store, 1).await, expected, "as soon as the refusal is known");
    let launch = world.launched(&store).await;
    let retried = store.retry_dead(launch.id, None, launch.starts_at).await;
    assert_eq!(retried.expect("read"), 0, "its person stands in the window still");
    drop(store);
    let after = scripted(5, |text, _| answers(text));
    let ran = world.run(after.clone(), &mut |_| {}).await;
    assert_eq!(after.submitted(), 0, "{}", ran.states());
    let store = world.store(Access::Execute).await.expect("opened");
    assert_eq!(told(&store, 1).await, expected);
    let retried = store.retry_dead(launch.id, None, launch.starts_at).await;
    assert_eq!(retried.expect("tried again"), 1);
}

/// Whoever opts in between the kill and the next process stays so.
#[tokio::test]
async fn an_opt_in_after_the_kill_stands() {
    let world = World::new(10, ONE, "");
    killed(&world).await;
    let number = phone(1).parse().expect("a number");
    super::corners::say(&world, number, "START").await;
    world.run(scripted(5, |_, _| accept()), &mut |_| {}).await;
    let store = world.store(Access::Read).await.expect("opened");
    assert_eq!(told(&store, 1).await, (None, 1));
}
