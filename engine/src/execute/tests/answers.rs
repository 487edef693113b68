//! Answers to replies that are refused, or of which nobody knows whether they were taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use expect_test::expect;
use tokio::sync::{Notify, watch};

use super::corners::{ONE, kill_when, say};
use super::world::{Does, World, accept, phone, refuse, scripted, scripted_and_asked};
use crate::clock::Clock;
use crate::execute::{End, Progress};
use crate::ids::MessageId;
use crate::launch::Occurrence;
use crate::left_out::LeftOut;
use crate::provider::{Answer, Found, Inbound, Scope, Submission};
use crate::store::{Access, CohortKind, DeadLetter, MessageState, TextKind};

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

/// Whoever told the provider to stop before the answer to a call for help gets no more of anything.
#[tokio::test]
async fn an_answer_to_somebody_who_told_the_provider_to_stop_suppresses_the_number() {
    let world = World::new(5, ONE, "");
    let provider = scripted(50, |text, _| match text.to.to_string() == phone(3) {
        true if text.text.starts_with("Doors") => Does::AcceptAndReply("HELP"),
        true => refuse(Scope::OptedOut),
        false => accept(),
    });
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(provider.repeats(), "1x 6");
    assert_eq!(ran.totals.answers, [(MessageState::Rejected, 1)].into());
    let store = world.store(Access::Read).await.expect("opened");
    let number = phone(3).parse().expect("a number");
    let suppression = store.person(number).await.expect("a story").suppression;
    let told = suppression.map(|(reason, _, evidence)| (reason, evidence));
    assert_eq!(
        told,
        Some(("opt-out-at-provider".to_owned(), "scripted".to_owned()))
    );
}

/// Whoever says yes to a question whose text is still in doubt, and then STOP: the yes is folded once the doubt is settled,
/// after the STOP, and takes nothing of it back.
#[tokio::test]
async fn a_yes_that_a_stop_overtakes_is_no_opt_in() {
    let question = "steps:\n  - ask: { text: \"Coming? YES or NO. STOP to opt out\" }\n    for: 2 days\n    \
                    answers: [{ words: [\"yes\"], send: { text: \"See you\" } }]\n";
    let world = World::new(1, question, "");
    let number = phone(0).parse().expect("a number");
    let maybe = |text: &Submission, _| match text.text.starts_with("Coming") {
        true => Does::Answer(Answer::Maybe("scripted".into())),
        false => accept(),
    };
    let provider = scripted_and_asked(maybe, |_| Found::CannotTell("scripted".into()));
    let soon = world.clock.now() + TimeDelta::seconds(2);
    provider.will_say(soon, number, "Yes");
    provider.will_say(soon, number, "STOP");
    world.run(provider.clone(), &mut |_| {}).await;
    let store = world.store(Access::Read).await.expect("opened");
    assert!(store.is_suppressed(number).await.expect("known"));
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let sent: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
    let confirmed = "You have opted out and will get no more messages from us.";
    assert_eq!(sent, ["Coming? YES or NO. STOP to opt out", confirmed]);
}

/// A question is answered as long as it is open, however long ago the last text went.
#[tokio::test]
async fn a_question_is_answered_ten_days_after_it_was_asked() {
    let question = "steps:\n  - ask: { text: \"Which colour? STOP to opt out\" }\n    for: 3 weeks\n    \
                    answers: [{ words: [\"blue\"], send: { text: \"Blue it is\" } }]\n    \
                    silence: { send: { text: \"Never mind\" } }\n";
    for (days, expected) in [(6, "Blue it is"), (10, "Blue it is"), (22, "Never mind")] {
        let world = World::new(1, question, "");
        let provider = scripted(50, |_, _| accept());
        let number = phone(0).parse().expect("a number");
        provider.will_say(world.clock.now() + TimeDelta::days(days), number, "Blue!");
        world.run(provider.clone(), &mut |_| {}).await;
        let ledger = provider.ledger.lock().expect("unpoisoned");
        let sent: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
        assert_eq!(sent, ["Which colour? STOP to opt out", expected], "{days} days");
    }
}

/// An answer to a text of which nothing is recorded, since the process was killed while it was under way, is an answer to
/// that text, and no stranger's.
#[tokio::test]
async fn an_answer_to_a_text_that_was_under_way_at_a_kill_answers_it() {
    let question = "steps:\n  - ask: { text: \"Coming? STOP to opt out\" }\n    for: 2 days\n    \
                    answers: [{ words: [\"yes\"], send: { text: \"See you\" } }]\n";
    let world = World::new(1, question, "");
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let before = scripted(20, move |_, _| {
        tell.notify_one();
        Does::Hang
    });
    kill_when(&world, hung, before).await;
    say(&world, phone(0).parse().expect("a number"), "yes").await;
    let second = scripted_and_asked(|_, _| accept(), |_| Found::Accepted);
    world.run(second.clone(), &mut |_| {}).await;
    let ledger = second.ledger.lock().expect("unpoisoned");
    let sent: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
    assert_eq!(sent, ["See you"]);
}

/// Whoever answers while nobody executes is not reminded by the next process, and whoever opts out gets nothing.
#[tokio::test]
async fn what_people_wrote_while_nobody_executed_is_folded_before_anybodys_turn() {
    let question = "steps:\n  - ask: { text: \"Coming? STOP to opt out\" }\n    for: 3 days\n    \
                    remind: { after: 1 day, send: again }\n    answers: [{ words: [\"yes\"], tag: coming }]\n\
                    messages: { again: \"Still: coming?\" }\n";
    let world = World::new(3, question, "");
    let provider = scripted(5, |_, _| accept());
    let (stop, stopped) = watch::channel(false);
    let mut asked = |progress: &Progress| {
        if progress.accepted == 3 {
            stop.send_replace(true);
        }
    };
    let ran = world.run_until(provider.clone(), stopped, &mut asked).await;
    assert_eq!(ran.expect("executed").end, End::Interrupted);
    let later = world.clock.now() + TimeDelta::hours(2);
    provider.will_say(later, phone(0).parse().expect("a number"), "yes");
    provider.will_say(later, phone(1).parse().expect("a number"), "STOP");
    world.clock.sleep(Duration::from_secs(2 * 86_400), 0).await;
    world.run(provider.clone(), &mut |_| {}).await;
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let reminded = ledger.iter().filter(|(_, text)| text.text.starts_with("Still"));
    let reminded: Vec<String> = reminded.map(|(_, text)| text.to.to_string()).collect();
    assert_eq!(reminded, [phone(2)]);
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
        let store = world.store(Access::Read).await.expect("opened");
        let launch = store.launches(None).await.expect("launches").remove(0);
        let doubts = store.in_doubt(launch.id, 9).await.expect("doubts");
        let kinds: Vec<TextKind> = doubts.iter().map(|doubt| doubt.kind).collect();
        let unknown = ran.totals.answers.contains_key(&MessageState::Unknown);
        assert_eq!(kinds, vec![TextKind::Answer; usize::from(unknown)]);
    }
}

/// The references of confirmations, of which the provider has none when it is asked.
static CONFIRMATIONS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Confirmations to people whose passage goes on, since nobody can tell whether their text was taken, and to people whose
/// passage is over are looked up together: only the first have values beside their text, and each gets their own text.
#[tokio::test]
async fn answers_that_are_looked_up_together_keep_their_texts() {
    let world = World::new(20, ONE, "");
    let provider = scripted_and_asked(
        |text, before| match (text.text.contains("no more"), before) {
            (true, 0) => {
                CONFIRMATIONS
                    .lock()
                    .expect("unpoisoned")
                    .insert(text.reference.clone());
                Does::Answer(Answer::Maybe("scripted".into()))
            }
            (false, _) if (text.to.as_u64() / 10_000_000).is_multiple_of(2) => {
                Does::Answer(Answer::Maybe("scripted".into()))
            }
            _ => accept(),
        },
        |reference| match CONFIRMATIONS.lock().expect("unpoisoned").contains(reference) {
            true => Found::NotKnown,
            false => Found::CannotTell("busy".into()),
        },
    );
    for n in 0..20 {
        let said = Inbound::Text {
            id: format!("{n}"),
            from: phone(n).parse().expect("a number"),
            sender: "desk".into(),
            text: "STOP".into(),
            part: None,
        };
        provider.say(world.clock.now() + TimeDelta::seconds(1), said);
    }
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    assert_eq!(ran.states(), "unknown 9, accepted 11");
    let mut texts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let said = text.text.split(", Person").next().unwrap_or_default();
        *texts.entry(said.to_owned()).or_default() += 1;
    }
    expect![[r#"{"Doors open at 8": 20, "You have opted out and will get no more messages from us.": 40}"#]]
        .assert_eq(&format!("{texts:?}"));
}

/// What somebody gets who writes these, each at its second, while the provider asks for patience until the 50th.
async fn got_from_a_busy_provider(written: &[(i64, &str)]) -> Vec<String> {
    let world = World::new(1, ONE, "");
    world.write_campaign(
        "audience: people.csv\nschedule: now\npurpose: service\n\
         steps:\n  - send: { en: \"One\" }\n  - wait: 3 minutes\n  - send: { en: \"Two\" }\n\
         replies: [{ words: [hours], send: hours }]\nmessages: { hours: \"9 to 5\" }\n",
    );
    let (clock, taken) = (world.clock.clone(), Arc::new(Mutex::new(vec![])));
    let free_at = clock.now() + TimeDelta::seconds(50);
    let heard = taken.clone();
    let provider = scripted(50, move |text, _| {
        if clock.now() < free_at && text.text != "One" {
            return refuse(Scope::Throttled);
        }
        heard.lock().expect("unpoisoned").push(text.text.clone());
        accept()
    });
    for (second, text) in written {
        let at = world.clock.now() + TimeDelta::seconds(*second);
        provider.will_say(at, phone(0).parse().expect("a number"), text);
    }
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(Some("test")).await.expect("launches").remove(0);
    let skipped = store.totals(launch.id).await.expect("totals").skipped;
    let overtaken = skipped.get(&LeftOut::Overtaken);
    let mut taken = taken.lock().expect("unpoisoned");
    taken.extend(overtaken.map(|n| format!("({n} overtaken)")));
    taken.clone()
}

/// Answers that are still to go when somebody says stop do not; the confirmation does.
#[tokio::test]
async fn a_stop_takes_back_the_answers_to_what_was_written_before() {
    let written = [(10, "hours"), (11, "hours"), (12, "HELP"), (20, "STOP")];
    expect![[r#"
        [
            "One",
            "You have opted out and will get no more messages from us.",
        ]"#]]
    .assert_eq(&format!("{:#?}", got_from_a_busy_provider(&written).await));
}

/// Answers that are still to go count among those of the hour, and so do those to what came in the same moment.
#[tokio::test]
async fn an_hour_has_three_answers_though_none_of_them_has_gone() {
    let apart: Vec<(i64, &str)> = (10..22).map(|second| (second, "hours")).collect();
    let together = vec![(10, "hours"); 12];
    for written in [apart, together] {
        let got = got_from_a_busy_provider(&written).await;
        assert_eq!(got, ["One", "9 to 5", "9 to 5", "9 to 5", "Two"]);
    }
}

/// The confirmation of an opt-out is none of the three answers of an hour; that of an opt-in is.
#[tokio::test]
async fn the_confirmation_of_a_stop_is_none_of_the_answers_of_an_hour() {
    let written = [
        (10, "STOP"),
        (20, "START"),
        (30, "hours"),
        (40, "hours"),
        (50, "hours"),
    ];
    expect![[r#"
        [
            "One",
            "You have opted in again and will get messages from us. Reply STOP to get no more.",
            "9 to 5",
            "9 to 5",
            "(1 overtaken)",
        ]"#]]
    .assert_eq(&format!("{:#?}", got_from_a_busy_provider(&written).await));
}

/// Whoever says STOP and START while the provider is busy reads what holds, once. What they say when it is free again is
/// confirmed as ever.
#[tokio::test]
async fn what_a_later_stop_or_start_makes_untrue_is_not_confirmed() {
    let back_and_forth: Vec<(i64, &str)> = (0..5)
        .flat_map(|n| [(10 + 20 * n, "STOP"), (20 + 20 * n, "START")])
        .collect();
    let written: [(&str, &[(i64, &str)]); 5] = [
        ("in again", &[(10, "STOP"), (20, "START")]),
        ("out again", &[(10, "STOP"), (20, "START"), (30, "STOP")]),
        ("out twice", &[(10, "STOP"), (20, "STOP")]),
        ("in the same moment", &[(10, "STOP"), (10, "START")]),
        ("back and forth", &back_and_forth),
    ];
    let mut got = String::new();
    for (what, written) in written {
        let texts = got_from_a_busy_provider(written).await;
        got += &format!("{what}: {texts:#?}\n");
    }
    expect![[r#"
        in again: [
            "One",
            "You have opted in again and will get messages from us. Reply STOP to get no more.",
            "(1 overtaken)",
        ]
        out again: [
            "One",
            "You have opted out and will get no more messages from us.",
            "(2 overtaken)",
        ]
        out twice: [
            "One",
            "You have opted out and will get no more messages from us.",
        ]
        in the same moment: [
            "One",
            "You have opted out and will get no more messages from us.",
        ]
        back and forth: [
            "One",
            "You have opted in again and will get messages from us. Reply STOP to get no more.",
            "You have opted out and will get no more messages from us.",
            "You have opted in again and will get messages from us. Reply STOP to get no more.",
            "You have opted out and will get no more messages from us.",
            "You have opted in again and will get messages from us. Reply STOP to get no more.",
            "(3 overtaken)",
        ]
    "#]]
    .assert_eq(&got);
}

/// The same of many who say so at once: what is tried again for them together is still each one's own.
#[tokio::test]
async fn many_who_stop_start_and_stop_at_once_are_told_once() {
    let world = World::new(40, ONE, "");
    let clock = world.clock.clone();
    let free_at = clock.now() + TimeDelta::seconds(50);
    let provider = scripted(50, move |text, _| match clock.now() < free_at {
        true if text.text.starts_with("You") => refuse(Scope::Throttled),
        true | false => accept(),
    });
    for (second, text) in [(10, "STOP"), (20, "START"), (30, "STOP")] {
        for n in 0..40 {
            let at = world.clock.now() + TimeDelta::seconds(second);
            provider.will_say(at, phone(n).parse().expect("a number"), text);
        }
    }
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
    let taken = ledger
        .iter()
        .filter(|(at, text)| *at >= free_at && text.text.starts_with("You"));
    for (_, text) in taken {
        *texts.entry(&text.text).or_default() += 1;
    }
    expect![[r#"{"You have opted out and will get no more messages from us.": 40}"#]]
        .assert_eq(&format!("{texts:?}"));
}

/// What asks again is another text than the question, and answers are none that a campaign sends by itself.
#[tokio::test]
async fn an_answer_is_not_the_text_that_it_is_about() {
    let campaign = "\
purpose: service
fields: { seats: { type: int, from: campaign } }
steps:
  - { ask: seats, for: 1 hour, save: seats, unclear: again }
  - choose:
      - { when: 'delivered(\"seats\") || received(\"test\", \"55 minutes\")', send: good }
      - { otherwise: { send: lost } }
messages: { seats: \"Seats?\", again: \"How many?\", good: Good, lost: Lost }
";
    let world = World::new(1, campaign, "");
    let provider = scripted(5, |text, _| match text.text.as_str() {
        "Seats?" => Does::AcceptAndLose,
        _ => Does::AcceptAndSay(None),
    });
    let said_at = world.clock.now() + TimeDelta::minutes(10);
    provider.will_say(said_at, phone(0).parse().expect("a number"), "what?");
    world.run_in_pieces(&provider, None).await;
    expect![[r#"
        25 09:00:00 to 0: Seats?
        25 09:10:00 to 0: How many?
        25 10:00:00 to 0: Lost
    "#]]
    .assert_eq(&provider.got());
}

/// Whoever answers an answer of a launch that is over is answered by that campaign again, with their values, though another
/// launch sends it.
#[tokio::test]
async fn what_is_written_to_an_answer_is_about_the_launch_that_is_answered() {
    let campaign = |audience: &str, costs: &str| {
        format!(
            "audience: {audience}\npurpose: service\nschedule: now\nsteps: [ {{ send: open }} ]\n\
             replies: [ {{ words: [price], send: costs }} ]\n\
             messages: {{ open: \"Open\", costs: \"{costs}\" }}\n"
        )
    };
    let world = World::new(4, ONE, "");
    let list = |people: std::ops::Range<u64>| -> String {
        let rows = people.map(|n| format!("{},Person {n},America/Lima\n", phone(n)));
        std::iter::once("phone,first_name,timezone\n".to_owned())
            .chain(rows)
            .collect()
    };
    std::fs::write(world.path().join("people.csv"), list(0..2)).expect("written");
    std::fs::write(world.path().join("others.csv"), list(2..4)).expect("written");
    world.write_campaign(&campaign(
        "people.csv",
        "{{first_name}}: 20 dollars, {{timezone}}",
    ));
    world.run(scripted(50, |_, _| accept()), &mut |_| {}).await;
    world.write_campaign(&campaign("others.csv", "Another campaign"));
    say(&world, phone(0).parse().expect("a number"), "price").await;
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launch(&store, Occurrence::Nth(2)).await;
    let (_keep, stop) = watch::channel(false);
    let asks_again = AtomicUsize::new(0);
    let after = scripted(50, move |text, _| match text.text.contains("dollars") {
        true if asks_again.fetch_add(1, Ordering::Relaxed) == 0 => Does::AcceptAndReply("Price"),
        true | false => accept(),
    });
    let ran = world
        .execute(store, launch, after.clone(), stop, &mut |_| {})
        .await;
    ran.expect("executed");
    expect![[r#"
        25 09:00:00 to 0: Person 0: 20 dollars, America/Lima
        25 09:00:00 to 2: Open
        25 09:00:00 to 3: Open
        25 09:00:01 to 0: Person 0: 20 dollars, America/Lima
    "#]]
    .assert_eq(&after.got());
}
