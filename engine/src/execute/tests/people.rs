//! What people say: stop is the last word, and everything else is kept.

use chrono::TimeDelta;
use expect_test::expect;

use super::world::{Does, START, World, accept, phone, scripted, scripted_and_asked};
use crate::clock::Clock;
use crate::execute::End;
use crate::launch::Occurrence;
use crate::left_out::LeftOut;
use crate::provider::{Answer, Found, Inbound};
use crate::store::{Access, MessageState, ReplyFilter, TextKind};

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
    assert!(kept.iter().all(|reply| reply.inbox.is_empty()));
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

/// Whoever says stop while their first text is in doubt gets the second for a reason or not for a reason, also when they come
/// back a moment later; and their first text is settled like everybody's.
#[tokio::test]
async fn stop_and_back_again_while_a_text_is_in_doubt_loses_nobody() {
    type Finds = fn(&str) -> Found;
    // What a look-up finds, and whether a receipt comes.
    let finds: [(Finds, bool); 4] = [
        (|_| Found::CannotTell("busy".into()), true),
        (|_| Found::CannotTell("busy".into()), false),
        (|_| Found::Accepted, false),
        (|_| Found::NotKnown, false),
    ];
    for (found, receipt) in finds {
        let nobody_knows = !receipt && found("") == Found::CannotTell("busy".into());
        for (stop, start) in [(2, None), (2, Some(3)), (5, Some(9)), (5, Some(600))] {
            let world = World::new(12, TWO, "");
            let provider = scripted_and_asked(
                move |text, before| match (text.text.starts_with("Doors") && before == 0, receipt) {
                    (true, true) => Does::MaybeAndReceipt,
                    (true, false) => Does::Answer(Answer::Maybe("scripted".into())),
                    (false, _) => accept(),
                },
                found,
            );
            let start_at: chrono::DateTime<chrono::Utc> = START.parse().expect("an instant");
            let words = [(Some(stop), "STOP"), (start, "START")];
            for n in 0..12 {
                for (after, text) in words {
                    let Some(after) = after else { continue };
                    let from = phone(n).parse().expect("a number");
                    let said = Inbound::Text {
                        id: format!("{n} {text}"),
                        from,
                        sender: "desk".into(),
                        text: text.into(),
                        part: None,
                    };
                    provider.say(start_at + TimeDelta::seconds(after), said);
                }
            }
            let ran = world.run(provider.clone(), &mut |_| {}).await;
            assert_eq!(ran.end, End::Done);
            let store = world.store(Access::Read).await.expect("opened");
            for n in 0..12 {
                let number = phone(n).parse().expect("a number");
                let story = store.person(number).await.expect("readable");
                let texts = story.messages.iter().filter(|text| text.kind == TextKind::Step);
                let steps: Vec<u16> = texts.clone().map(|text| text.step).collect();
                let case =
                    format!("receipt {receipt}, STOP after {stop} s, START after {start:?} s: {story:?}");
                match story.left_out.as_slice() {
                    [] if start.is_some() => assert_eq!(steps, [0, 2], "{case}"),
                    [(_, _, LeftOut::OptedOut, _)] if start.is_none() => assert_eq!(steps, [0], "{case}"),
                    [(_, _, LeftOut::OptedOut, _)] => assert!(steps.len() < 2, "{case}"),
                    _ => panic!("{case}"),
                }
                assert_eq!(story.waiting, [], "{case}");
                let unknown = texts.filter(|text| text.state == MessageState::Unknown).count();
                assert!(unknown == 0 || nobody_knows, "{case}");
            }
        }
    }
}

/// Rules of crier.yaml take what the campaign's rules do not, and what somebody writes whom no campaign texted; but for those
/// the campaign's rules say nothing.
#[tokio::test]
async fn what_no_campaign_takes_the_rules_of_the_project_take() {
    let campaign = "message: \"Doors open at 8. STOP to opt out\"\nreplies:\n  \
                    - { words: [price], send: { text: \"12 EUR at the door\" } }\n  - { words: [lift], tag: lift }\n";
    let world = World::new(2, campaign, "");
    let project = world.path().join("crier.yaml");
    let text = std::fs::read_to_string(&project).expect("readable")
        + "messages: { parking: \"Park behind the hall\", hello: \"Write to us at any time\" }\nreplies:\n  \
           - { words: [parking, price], send: parking }\n  - { words: [lift], do: [{ tag: lifts }, { forward: office }] }\n  \
           - { words: [hello], send: hello }\n";
    std::fs::write(project, text).expect("written");
    let provider = scripted(50, |_, _| accept());
    let start: chrono::DateTime<chrono::Utc> = START.parse().expect("an instant");
    let said = [
        (0, 10, "price?"),
        (0, 20, "parking?"),
        (0, 30, "Is there a lift?"),
        (1, 10, "And now?"),
        (50, 10, "price?"),
        (50, 20, "hello"),
        (50, 30, "is there a lift"),
        (50, 40, "And now?"),
        // An answer makes nobody one of a campaign.
        (50, 50, "Price?"),
        (51, 10, "HELP"),
    ];
    for (n, after, text) in said {
        let said = Inbound::Text {
            id: format!("{n} {text}"),
            from: phone(n).parse().expect("a number"),
            sender: "desk".into(),
            text: text.into(),
            part: None,
        };
        provider.say(start + TimeDelta::seconds(after), said);
    }
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    let mut answers: Vec<String> = provider.ledger.lock().expect("unpoisoned")[2..]
        .iter()
        .map(|(_, text)| format!("{}: {}", text.to, text.text))
        .collect();
    answers.sort();
    let store = world.store(Access::Read).await.expect("opened");
    let filter = ReplyFilter {
        inbox: None,
        campaign: None,
        most: 20,
    };
    let kept = store.replies(filter).await.expect("readable");
    let mut kept: Vec<String> = kept
        .iter()
        .map(|reply| {
            let (phone, text, meaning) = (reply.phone, &reply.text, reply.meaning.code());
            format!("{phone}: {text} ({meaning}) {}", reply.inbox)
        })
        .collect();
    kept.sort();
    expect![[r#"
        +12013201000: 12 EUR at the door
        +12013201000: Park behind the hall
        +12033241000: Park behind the hall
        +12033241000: Park behind the hall
        +12033241000: Write to us at any time
        +12053241000: You get messages from us at this number. Reply STOP to get no more."#]]
    .assert_eq(&answers.join("\n"));
    expect![[r#"
        +12013201000: Is there a lift? (answer) 
        +12013201000: parking? (answer) 
        +12013201000: price? (answer) 
        +12023201000: And now? (other) 
        +12033241000: And now? (other) 
        +12033241000: Price? (answer) 
        +12033241000: hello (answer) 
        +12033241000: is there a lift (answer) office
        +12033241000: price? (answer) 
        +12053241000: HELP (help) "#]]
    .assert_eq(&kept.join("\n"));
}
