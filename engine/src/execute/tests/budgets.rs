//! A budget, and what is sent once more of it.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::corners::kill_when;
use super::world::{Does, World, accept, phone, scripted};
use crate::clock::Clock;
use crate::execute::End;
use crate::provider::{Answer, Inbound, ReceiptStatus};
use crate::store::{Access, LaunchRow, NewRaw};

const RESEND: &str =
    "message: \"Doors open at 8, {{first_name}}. STOP to opt out\"\nlimits: { in_doubt: resend }\n";

/// Of 20 people, with so much to spend, five have no answer, and a receipt after so many seconds: how it ends, what it came to,
/// how often the references were submitted, what is reserved and which alarms stand.
async fn ran(budget: i64, seconds: i64) -> String {
    let world = World::new(20, RESEND, "");
    world.write_prices();
    let in_doubt: Vec<String> = (3..8).map(phone).collect();
    let provider = scripted(5, move |text, before| {
        match before == 0 && in_doubt.contains(&text.to.to_string()) {
            true => Does::MaybeAndReceiptAfter(seconds),
            false => accept(),
        }
    });
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = LaunchRow {
        budget: Some(budget),
        ..world.launched(&store).await
    };
    let (_keep, stop) = watch::channel(false);
    let ran = world
        .execute(store.clone(), launch, provider.clone(), stop, &mut |_| {})
        .await;
    let ran = ran.expect("executed");
    let launch = store.launches(None).await.expect("launches").remove(0);
    let alarms = store.alarms().await.expect("alarms").len();
    let is_done = ran.end == End::Done;
    format!(
        "done {is_done}, {}, {}, {} reserved, {alarms} alarms",
        ran.states(),
        provider.repeats(),
        launch.reserved
    )
}

/// While there is no money to send once more receipts settle the doubts: nothing is spent on these, and they leave.
#[tokio::test]
async fn whoever_a_receipt_settles_needs_no_second_price_and_leaves() {
    for (budget, submitted) in [(200_000, "1x 20"), (220_000, "1x 18, 2x 2")] {
        assert_eq!(
            ran(budget, 60).await,
            format!("done true, accepted 15, delivered 5, {submitted}, {budget} reserved, 0 alarms"),
        );
    }
}

/// The process ends while a text is on its way for the second time, and a receipt tells of the first: it may have been taken
/// twice, and counts as that.
#[tokio::test]
async fn who_was_being_sent_once_more_at_a_kill_counts_as_that() {
    let world = World::new(3, RESEND, "");
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let before = scripted(5, move |text, before| {
        match (text.to.to_string() == phone(1), before) {
            (true, 0) => Does::Answer(Answer::Maybe("scripted".into())),
            (true, _) => {
                tell.notify_one();
                Does::Hang
            }
            (false, _) => accept(),
        }
    });
    kill_when(&world, hung, before.clone()).await;
    let of_the_first = before
        .ledger
        .lock()
        .expect("unpoisoned")
        .iter()
        .find_map(|(_, text)| (text.to.to_string() == phone(1)).then(|| text.reference.clone()));
    let receipt = Inbound::Receipt {
        reference: of_the_first.expect("it was submitted"),
        status: ReceiptStatus::Delivered,
        reason: None,
    };
    let store = world.store(Access::Execute).await.expect("opened");
    let raw = NewRaw {
        provider: "trial".into(),
        body: serde_json::to_string(&[receipt]).expect("JSON"),
    };
    store.receive(vec![raw], world.clock.now()).await.expect("kept");
    drop(store);
    let after = scripted(5, |_, _| accept());
    let ran = world.run(after.clone(), &mut |_| {}).await;
    let told = (ran.states(), ran.totals.resent, after.repeats());
    assert_eq!(told, ("accepted 2, delivered 1".to_owned(), 1, String::new()));
}
