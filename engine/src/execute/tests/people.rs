//! What people say: stop is the last word, and everything else is kept.

use chrono::TimeDelta;

use super::world::{Does, World, accept, phone, scripted};
use crate::clock::Clock;
use crate::execute::End;
use crate::launch::Occurrence;
use crate::store::{Access, ReplyFilter};

const TWO: &str = "steps:\n  - send: first\n  - wait: 1 hour\n  - send: second\nmessages:\n  \
                   first: \"Doors open at 8. STOP to opt out\"\n  second: \"See you\"\nreplies: office\n";

#[tokio::test]
async fn whoever_says_stop_gets_one_confirmation_and_nothing_after() {
    let world = World::new(300, TWO, "");
    let provider = scripted(50, |text, _| match text.to.as_u64() % 10 {
        0 if text.text.starts_with("Doors") => Does::AcceptAndReply("Stop. Thanks a lot"),
        1 if text.text.starts_with("Doors") => Does::AcceptAndReply("don't stop"),
        // Said again to the confirmation: it is answered once.
        0 => Does::AcceptAndReply("STOP"),
        _ => accept(),
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    let (mut stops, mut others) = (0, 0);
    let ledger = provider.ledger.lock().expect("unpoisoned");
    for n in 0..300 {
        let number = phone(n);
        let texts: Vec<&str> = ledger
            .iter()
            .filter(|(_, t)| t.to.to_string() == number)
            .map(|(_, t)| t.text.as_str())
            .collect();
        if number.ends_with('0') {
            stops += 1;
            assert_eq!(texts.len(), 2, "{texts:?}");
            assert!(texts[1].contains("no more"), "{texts:?}");
        } else {
            others += u64::from(number.ends_with('1'));
            assert_eq!(texts, ["Doors open at 8. STOP to opt out", "See you"]);
        }
    }
    assert!(stops > 0, "the numbers end in every digit");
    assert_eq!((ran.totals.opt_outs, ran.totals.other_replies), (stops, others));
    assert_eq!(
        ran.totals.left_out.values().sum::<u64>(),
        stops,
        "counted as opted out, not forgotten"
    );
}

#[tokio::test]
async fn stop_holds_for_the_next_launch_and_for_every_spelling() {
    let world = World::new(40, TWO, "");
    let provider = scripted(50, |text, _| {
        if text.to.to_string() == phone(0) {
            Does::AcceptAndReply("STOP")
        } else {
            accept()
        }
    });
    world.run(provider, &mut |_| {}).await;
    // The same person three times more, otherwise spelt.
    let digits = &phone(0)[2..];
    let spelt = format!(
        "phone,first_name\n({}) {}-{},Ada\n{digits},Ada\n{},Bo\n",
        &digits[..3],
        &digits[3..6],
        &digits[6..],
        phone(1)
    );
    std::fs::write(world.path().join("people.csv"), spelt).expect("written");
    let store = world.store(Access::Execute).await.expect("opened");
    let next = world.launch(&store, Occurrence::Nth(2)).await;
    assert_eq!(next.summary.people, 1);
    assert_eq!(
        next.summary
            .left_out
            .iter()
            .map(|(why, n)| format!("{why} {n}"))
            .collect::<Vec<_>>(),
        ["duplicate 1", "opted-out 1"]
    );
    let kept = store
        .replies(ReplyFilter {
            most: 10,
            ..ReplyFilter::default()
        })
        .await
        .expect("readable");
    assert!(kept.iter().all(|reply| reply.inbox == "office"));
}

#[tokio::test]
async fn a_reply_is_kept_whatever_it_holds() {
    let world = World::new(1, TWO, "");
    let provider = scripted(50, |_, before| {
        if before == 0 {
            Does::AcceptAndReply("nul\0 and \u{202e}emoji 😀")
        } else {
            accept()
        }
    });
    world.run(provider, &mut |_| {}).await;
    let store = world.store(Access::Read).await.expect("opened");
    let kept = store
        .replies(ReplyFilter {
            most: 10,
            ..ReplyFilter::default()
        })
        .await
        .expect("readable");
    assert_eq!(kept[0].text, "nul\\x00 and \u{202e}emoji 😀");
}

/// Whoever answered is through: nobody waits for the end of the question.
#[tokio::test]
async fn a_launch_ends_when_everybody_left_their_question() {
    let campaign = "purpose: service\nsteps:\n  - ask: coming\n    for: 2 days\n    answers: [{ words: [\"yes\"], finish: done }]\n\
                    messages: { coming: \"Coming?\" }\n";
    let world = World::new(5, campaign, "");
    let begun = world.clock.now();
    let ran = world
        .run(scripted(5, |_, _| Does::AcceptAndReply("yes")), &mut |_| {})
        .await;
    assert_eq!(ran.end, End::Done);
    let took = world.clock.now() - begun;
    assert!(took < TimeDelta::hours(1), "{took}");
}
