use chrono::{DateTime, Utc};
use expect_test::expect;
use proptest::prelude::*;

use super::{Scene, after, answer, of_messages};
use crate::provider::ReceiptStatus;
use crate::store::{ClaimedCohort, Fold, MessageState, PersonMessage, ReceiptRow};
use crate::testing::nth_phone;

use MessageState::{Accepted, Attempting, Delivered, Expired, Rejected, Undelivered, Unknown};

/// Something that is said of a message.
#[derive(Debug, Clone, Copy)]
enum Said {
    /// The provider's answer to a submit.
    Answer(MessageState),
    /// The carrier's word.
    Receipt(MessageState),
}

impl Said {
    fn state(self) -> MessageState {
        match self {
            Said::Answer(state) | Said::Receipt(state) => state,
        }
    }

    /// A reason that names the state, where it is one that has a reason.
    fn reason(self) -> Option<String> {
        match self.state() {
            Unknown | Rejected | Expired | Undelivered => Some(format!("because {}", self.state().word())),
            Attempting | Accepted | Delivered => None,
        }
    }
}

/// Says it all, one a second, each in a commit of its own; what is known of the message then, and how many receipts told
/// something new.
async fn told(said: &[Said]) -> (PersonMessage, u64) {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let claimed = scene.claim(launch, 1).await;
    let mut raised = 0;
    for (said, seconds) in said.iter().zip(1..) {
        raised += tell(&scene, &claimed[0], *said, seconds).await;
    }
    let story = scene.store.person(nth_phone(0)).await.expect("a story");
    let [message] = story.messages.as_slice() else {
        panic!("{said:?}: {story:?}")
    };
    (message.clone(), raised)
}

async fn tell(scene: &Scene, cohort: &ClaimedCohort, said: Said, seconds: i64) -> u64 {
    match said {
        Said::Answer(state) => {
            let message = crate::store::MessageRow {
                reason: said.reason(),
                ..answer(cohort, 0, state, seconds)
            };
            scene.record(of_messages(vec![message])).await;
            0
        }
        Said::Receipt(state) => {
            let receipt = ReceiptRow {
                message: cohort.message(0),
                state,
                at: after(seconds),
                reason: said.reason(),
            };
            let fold = Fold {
                receipts: vec![receipt],
                ..Fold::default()
            };
            scene.store.fold(fold).await.expect("folded").raised
        }
    }
}

/// When the highest state was said first.
fn first_time(said: &[Said]) -> DateTime<Utc> {
    let highest = said
        .iter()
        .map(|said| said.state())
        .max()
        .expect("something was said");
    let first = said.iter().zip(1..).find(|(said, _)| said.state() == highest);
    after(first.expect("the highest was said").1)
}

fn in_any_order(said: Vec<Said>) -> impl Strategy<Value = Vec<Said>> {
    Just(said).prop_shuffle()
}

/// CASES 8.3, with the answer anywhere among the receipts.
fn case_8_3() -> impl Strategy<Value = Vec<Said>> {
    let receipts = [Delivered, Delivered, Accepted, Accepted, Attempting, Attempting].map(Said::Receipt);
    in_any_order(receipts.into_iter().chain([Said::Answer(Accepted)]).collect())
}

fn anything() -> impl Strategy<Value = Vec<Said>> {
    let receipt =
        prop::sample::select(vec![Accepted, Expired, Undelivered, Delivered]).prop_map(Said::Receipt);
    let answer = prop::sample::select(vec![Unknown, Rejected, Accepted]).prop_map(Said::Answer);
    (prop::collection::vec(receipt, 0..5), answer).prop_flat_map(|(mut said, answer)| {
        said.push(answer);
        in_any_order(said)
    })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn late_words_do_not_lower_a_delivered_message(said in case_8_3()) {
        let (message, raised) = run(told(&said));
        prop_assert_eq!((message.state, message.state_at), (Delivered, first_time(&said)));
        prop_assert_eq!((message.attempts, message.parts), (1, 1));
        prop_assert!((1..=3).contains(&raised), "{raised}: a repeated receipt tells nothing new");
    }

    #[test]
    fn the_order_of_answers_and_receipts_does_not_matter(said in anything()) {
        let (message, _) = run(told(&said));
        let highest = said.iter().max_by_key(|said| said.state()).expect("something was said");
        prop_assert_eq!((message.state, message.state_at), (highest.state(), first_time(&said)));
        prop_assert_eq!(message.reason, highest.reason(), "the reason is that of the state");
        let answered = said.iter().zip(1..).find(|(said, _)| matches!(said, Said::Answer(_)));
        prop_assert_eq!(message.sent_at, after(answered.expect("there is an answer").1));
    }
}

/// CASES 8.3 as it stands there: delivered, sent, queued, each twice. The provider's words "sent" and "queued" both say
/// that it has the text.
#[tokio::test]
async fn sent_and_queued_after_delivered_change_nothing() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let claimed = scene.claim(launch, 1).await;
    tell(&scene, &claimed[0], Said::Answer(Accepted), 1).await;
    let progress = vec![super::finished(&claimed[0])];
    let record = super::WindowRecord {
        progress,
        ..of_messages(vec![])
    };
    scene.record(record).await;
    let (delivered, on_its_way) = (ReceiptStatus::Delivered, ReceiptStatus::Accepted);
    let receipts = [
        delivered, delivered, on_its_way, on_its_way, on_its_way, on_its_way,
    ];
    let mut raised = vec![];
    for (status, seconds) in receipts.into_iter().zip(10..) {
        raised.push(tell(&scene, &claimed[0], Said::Receipt(status.state()), seconds).await);
    }
    assert_eq!(raised, [1, 0, 0, 0, 0, 0]);
    let story = scene.store.person(nth_phone(0)).await.expect("a story");
    let [message] = story.messages.as_slice() else {
        panic!("{story:?}")
    };
    assert_eq!((message.state, message.state_at), (Delivered, after(10)));
    assert_eq!((message.attempts, message.sent_at), (1, after(1)));
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!((totals.messages, totals.waiting), ([(Delivered, 1)].into(), 0));
    assert_eq!(totals.parts.values().sum::<u64>(), 1);
    assert!(
        scene.claim(launch, 100).await.is_empty(),
        "nothing is tried again"
    );
}

#[tokio::test]
async fn a_receipt_before_the_answer_is_kept_and_counted_with_it() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let claimed = scene.claim(launch, 1).await;
    assert_eq!(tell(&scene, &claimed[0], Said::Receipt(Delivered), 1).await, 1);
    let totals = scene.store.totals(launch).await.expect("totals");
    assert!(totals.messages.is_empty(), "nobody knows whose it is: {totals:?}");
    tell(&scene, &claimed[0], Said::Answer(Unknown), 2).await;
    let totals = scene.store.totals(launch).await.expect("totals");
    assert_eq!(totals.messages, [(Delivered, 1)].into());
    assert!(
        scene
            .store
            .in_doubt(launch, 10)
            .await
            .expect("messages")
            .is_empty()
    );
}

#[tokio::test]
async fn a_retry_keeps_the_message_and_the_time_of_its_last_submit() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 1)]).await;
    let claimed = scene.claim(launch, 1).await;
    let attempt = |attempts, state, seconds| crate::store::MessageRow {
        attempts,
        ..answer(&claimed[0], 0, state, seconds)
    };
    let mut lines = String::new();
    for (attempts, state, seconds) in [
        (1, Attempting, 1),
        (2, Unknown, 20),
        (3, Accepted, 300),
        (2, Unknown, 301),
    ] {
        let messages = vec![attempt(attempts, state, seconds)];
        scene.record(of_messages(messages)).await;
        let story = scene.store.person(nth_phone(0)).await.expect("a story");
        let [message] = story.messages.as_slice() else {
            panic!("{story:?}")
        };
        let (sent, since) = (message.sent_at.format("%T"), message.state_at.format("%T"));
        lines += &format!(
            "{} after {}, sent {sent}, since {since}\n",
            message.state.word(),
            message.attempts
        );
    }
    expect![[r#"
        attempting after 1, sent 09:00:01, since 09:00:01
        unknown after 2, sent 09:00:20, since 09:00:20
        accepted after 3, sent 09:05:00, since 09:05:00
        accepted after 3, sent 09:05:00, since 09:05:00
    "#]]
    .assert_eq(&lines);
}
