//! A step that names another sender: its texts go by that one, at its rate, and so do the answers to what is asked by it.

use std::fmt::Write;

use expect_test::expect;

use super::world::{Does, World, accept, phone, scripted};
use crate::clock::Clock;
use crate::launch::Occurrence;
use crate::provider::Inbound;
use crate::store::Access;

const CAMPAIGN: &str = "\
purpose: service
steps:
  - send: hello
  - ask: coming
    sender: other
    for: 1 day
    answers:
      - { words: [\"yes\"], send: kept }
  - { send: far, sender: afar }
  - { send: bye, sender: desk }
messages: { hello: Hello, coming: \"Coming?\", kept: Kept, far: Far, bye: Bye, info: \"At 8\", call: \"Call us\" }
replies:
  - { words: [doors], send: info }
  - { words: [call], send: call, sender: other }
";

/// What each person gets, and by whom, whether the process ends in between or not.
#[tokio::test]
async fn texts_go_by_the_sender_of_their_step() {
    for every in [None, Some(2)] {
        let world = World::new(3, CAMPAIGN, "");
        world.write_senders();
        let provider = scripted(50, |text, _| match (text.text.as_str(), text.to.to_string()) {
            ("Coming?", to) if to == phone(0) => Does::AcceptAndReply("yes"),
            ("Coming?", to) if to == phone(1) => Does::AcceptAndReply("doors"),
            ("Hello", to) if to == phone(2) => Does::AcceptAndReply("call"),
            _ => accept(),
        });
        world.run_in_pieces(&provider, every).await;
        let mut told = String::new();
        for n in 0..3 {
            let ledger = provider.ledger.lock().expect("unpoisoned");
            let own = ledger.iter().filter(|(_, text)| text.to.to_string() == phone(n));
            let texts: Vec<String> = own
                .map(|(_, text)| format!("{} by {}", text.text, text.sender))
                .collect();
            let _ = writeln!(told, "{n}: {}", texts.join(", "));
        }
        expect![[r#"
            0: Hello by desk, Coming? by other, Kept by other, Bye by desk
            1: Hello by desk, Coming? by other, At 8 by other, Bye by desk
            2: Hello by desk, Coming? by other, Call us by other, Bye by desk
        "#]]
        .assert_eq(&told);
    }
}

/// Whoever waits for a receipt goes on when it comes, though another sender texts them next that had nothing to do.
#[tokio::test]
async fn a_receipt_moves_people_on_to_another_sender() {
    let campaign = "\
purpose: service
steps:
  - send: hello
  - { await: 'delivered(\"hello\")', for: 1 day }
  - { send: bye, sender: other }
messages: { hello: Hello, bye: Bye }
";
    let world = World::new(1, campaign, "");
    world.write_senders();
    let provider = scripted(50, |_, _| Does::AcceptAndSay(None));
    world.run_in_pieces(&provider, None).await;
    expect![[r#"
        25 09:00:00 to 0: Hello
        25 09:00:05 to 0: Bye
    "#]]
    .assert_eq(&provider.got());
}

/// Each sender has a rate of its own.
#[tokio::test]
async fn each_sender_goes_at_its_own_rate() {
    let campaign = "\
purpose: service
steps: [{ send: hello }, { send: bye, sender: other }]
messages: { hello: Hello, bye: Bye }
";
    let world = World::new(40, campaign, "");
    world.write_senders();
    let path = world.path().join("crier.yaml");
    let text = std::fs::read_to_string(&path).expect("readable");
    std::fs::write(
        &path,
        text.replace("countries: [US]", "countries: [US], rate: 2/s"),
    )
    .expect("written");
    let provider = scripted(1, |_, _| accept());
    world.run(provider.clone(), &mut |_| {}).await;
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let span = |name: &str| {
        let mut times = ledger
            .iter()
            .filter(|(_, text)| text.text == name)
            .map(|(at, _)| *at);
        let first = times.next().expect("some");
        (times.next_back().expect("several") - first).num_seconds()
    };
    assert_eq!((span("Hello"), span("Bye")), (0, 19));
}

/// Whoever writes to a sender that never texted them is answered in the language in which others did.
#[tokio::test]
async fn a_stop_to_another_sender_is_confirmed_in_the_persons_language() {
    let campaign = "purpose: service\nlanguages: [en, it, fr]\nmessage: { en: Hello, it: Ciao, fr: Salut }\n";
    let world = World::new(0, campaign, "");
    world.write_senders();
    let write = |name: &str, text: &str| std::fs::write(world.path().join(name), text).expect("written");
    let rows = ["it", "fr", "en"]
        .iter()
        .zip(0..)
        .map(|(language, n)| format!("{},{language}\n", phone(n)));
    write(
        "people.csv",
        &format!("phone,language\n{}", rows.collect::<String>()),
    );
    write("others.csv", &format!("phone,language\n{},it\n", phone(9)));
    write(
        "late.campaign.yaml",
        "audience: others.csv\nschedule: now\npurpose: service\nlanguages: [en, it]\nsender: other\n\
         steps:\n  - send: { en: One, it: Uno }\n  - wait: 1 hour\n  - send: { en: Two, it: Due }\n",
    );
    let provider = scripted(50, |_, _| accept());
    world.run(provider.clone(), &mut |_| {}).await;
    let store = std::sync::Arc::new(world.store(Access::Execute).await.expect("opened"));
    let late = world.launch_of(&store, "late", Occurrence::Nth(1)).await;
    for (n, minutes, text) in [
        (0, 10, "STOP"),
        (1, 10, "ARRET"),
        (2, 10, "STOP"),
        (3, 10, "STOP"),
        (1, 20, "START"),
    ] {
        let said = Inbound::Text {
            id: format!("{n}-{text}"),
            from: phone(n).parse().expect("a number"),
            sender: "other".into(),
            text: text.into(),
            part: None,
        };
        provider.say(world.clock.now() + chrono::TimeDelta::minutes(minutes), said);
    }
    let end = world.clock.now() + chrono::TimeDelta::hours(2);
    world
        .run_launches(store, vec![(late, false)], &provider, None, end)
        .await;
    expect![[r#"
        25 09:00:00 to 0: Ciao
        25 09:00:00 to 1: Salut
        25 09:00:00 to 2: Hello
        25 09:00:00 to 9: Uno
        25 09:10:00 to 0: Richiesta registrata: non riceverai più messaggi da noi.
        25 09:10:00 to 1: Votre demande est enregistrée : vous ne recevrez plus de messages de notre part.
        25 09:10:00 to 2: You have opted out and will get no more messages from us.
        25 09:10:00 to 3: You have opted out and will get no more messages from us.
        25 09:20:00 to 1: Votre inscription est enregistrée : vous recevrez de nouveau nos messages. Pour ne plus en recevoir, répondez STOP.
        25 10:00:00 to 9: Due
    "#]].assert_eq(&provider.got());
}
