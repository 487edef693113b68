//! Lists that the store keeps: steps put people on them and take them off, opt-outs take them off all, and campaigns go to
//! those who are on them.

use std::fmt::Write;
use std::sync::Arc;

use expect_test::expect;
use tokio::sync::watch;

use super::world::{Does, World, accept, phone, scripted};
use crate::launch::Occurrence;
use crate::store::{Access, Store};

const OFFER: &str = "\
purpose: service
steps:
  - ask: offer
    for: 1 day
    answers:
      - { words: [\"yes\"], join: news }
messages: { offer: \"Our news? YES or NO\" }
replies:
  - { words: [enough], leave: news }
";

/// What is known of each person's lists, and who is on them.
async fn told(store: &Store, people: u64) -> String {
    let mut told = String::new();
    for n in 0..people {
        let person = store
            .person(phone(n).parse().expect("a number"))
            .await
            .expect("read");
        for change in person.lists {
            let did = if change.joined { "joins" } else { "leaves" };
            let said = change.said.unwrap_or_default();
            let text = person
                .messages
                .iter()
                .find(|message| Some(message.id) == change.message)
                .and_then(|message| message.text.clone());
            let _ = writeln!(
                told,
                "{n} {did} {} by {}, {} {said:?} to {:?}",
                change.list,
                change.how.code(),
                change.at.format("%T"),
                text.unwrap_or_default()
            );
        }
    }
    let members = store.members(&["news".to_owned()]).await.expect("read");
    let on: Vec<String> = members["news"]
        .iter()
        .map(|number| format!("+{number}"))
        .collect();
    let of = |number: &String| (0..people).find(|n| phone(*n) == *number);
    let _ = writeln!(told, "on it: {:?}", on.iter().filter_map(of).collect::<Vec<_>>());
    told
}

#[tokio::test]
async fn who_is_on_a_list_and_how_they_came_there() {
    for every in [None, Some(2)] {
        let world = World::new(5, OFFER, "");
        world.write_lists();
        let provider = scripted(50, |text, _| match text.to.to_string() {
            to if to == phone(0) || to == phone(1) || to == phone(2) => Does::AcceptAndReply("Yes please"),
            to if to == phone(3) => Does::AcceptAndReply("enough"),
            _ => accept(),
        });
        world.run_in_pieces(&provider, every).await;
        // They write again, to the same campaign.
        say(&world, 1, "enough").await;
        say(&world, 2, "STOP").await;
        let store = world.store(Access::Read).await.expect("opened");
        expect![[r#"
            0 joins news by step, 09:00:01 "Yes please" to "Our news? YES or NO"
            1 joins news by step, 09:00:01 "Yes please" to "Our news? YES or NO"
            1 leaves news by step, 09:00:00 "enough" to "Our news? YES or NO"
            2 joins news by step, 09:00:01 "Yes please" to "Our news? YES or NO"
            2 leaves news by opt-out, 09:00:00 "STOP" to "Our news? YES or NO"
            on it: [0]
        "#]]
        .assert_eq(&told(&store, 5).await);
    }
}

/// By the word of a list and a yes to its question; whoever opted out, and strangers, too.
#[tokio::test]
async fn people_join_by_the_word_of_a_list() {
    let world = World::new(4, OFFER, "");
    let path = world.path().join("crier.yaml");
    let project = std::fs::read_to_string(&path).expect("readable");
    let lists = "lists: { news: { stored: true, opt_in: { keyword: NEWS, confirm: sure, welcome: hello } } }\n\
                 messages: { sure: \"Reply YES to join\", hello: Welcome }\n";
    std::fs::write(&path, project + lists).expect("written");
    // A stranger is in no list of the campaign.
    let people = std::fs::read_to_string(world.path().join("people.csv")).expect("readable");
    let known: String = people.lines().take(4).map(|line| format!("{line}\n")).collect();
    std::fs::write(world.path().join("people.csv"), known).expect("written");
    let provider = scripted(50, |text, _| match text.text.as_str() {
        "Our news? YES or NO" if text.to.to_string() == phone(1) => Does::AcceptAndReply("stop"),
        _ => accept(),
    });
    world.run(provider, &mut |_| {}).await;
    let mut texts = String::new();
    for (n, text) in [
        (0, "News!"),
        (0, "yes"),
        (1, "news"),
        (1, "Yes"),
        (2, "news"),
        (2, "no"),
        (3, "NEWS"),
        (3, "yes please"),
    ] {
        super::corners::say(&world, phone(n).parse().expect("a number"), text).await;
        let provider = scripted(50, |_, _| accept());
        world.run(provider.clone(), &mut |_| {}).await;
        let ledger = provider.ledger.lock().expect("unpoisoned");
        let said: Vec<&str> = ledger.iter().map(|(_, text)| text.text.as_str()).collect();
        let _ = writeln!(texts, "{n} {text:?}: {said:?}");
    }
    expect![[r#"
        0 "News!": ["Reply YES to join"]
        0 "yes": ["Welcome"]
        1 "news": ["Reply YES to join"]
        1 "Yes": ["Welcome"]
        2 "news": ["Reply YES to join"]
        2 "no": []
        3 "NEWS": ["Reply YES to join"]
        3 "yes please": ["Welcome"]
    "#]]
    .assert_eq(&texts);
    let store = world.store(Access::Read).await.expect("opened");
    expect![[r#"
        0 joins news by keyword, 09:00:00 "News!, yes" to "Reply YES to join"
        1 joins news by keyword, 09:00:00 "news, Yes" to "Reply YES to join"
        3 joins news by keyword, 09:00:01 "NEWS, yes please" to "Reply YES to join"
        on it: [0, 1, 3]
    "#]]
    .assert_eq(&told(&store, 4).await);
    let opted_out = store.is_suppressed(phone(1).parse().expect("a number")).await;
    assert!(!opted_out.expect("read"), "who joins anew gets texts again");
}

/// Somebody writes, and the launch that runs folds it.
async fn say(world: &World, n: u64, text: &str) {
    super::corners::say(world, phone(n).parse().expect("a number"), text).await;
    let provider = scripted(50, |_, _| accept());
    world.run(provider, &mut |_| {}).await;
}

#[tokio::test]
async fn campaigns_go_to_those_on_a_list_or_to_all_others() {
    let world = World::new(4, OFFER, "");
    world.write_lists();
    let provider = scripted(50, |text, _| match text.to.to_string() {
        to if to == phone(1) || to == phone(3) => Does::AcceptAndReply("yes"),
        _ => accept(),
    });
    world.run(provider, &mut |_| {}).await;
    let mut texted = vec![];
    for (nth, audience) in ["news", "{ from: people.csv, except: [news] }"]
        .iter()
        .enumerate()
    {
        let campaign = format!(
            "audience: {audience}\nschedule: now\npurpose: service\nfields: {{ first_name: {{ default: you }} }}\n\
             message: \"News for {{{{first_name}}}}\"\n"
        );
        std::fs::write(world.path().join("test.campaign.yaml"), campaign).expect("written");
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let nth = u32::try_from(nth).expect("few") + 2;
        let launch = world.launch(&store, Occurrence::Nth(nth)).await;
        let (_keep, stop) = watch::channel(false);
        let provider = scripted(50, |_, _| accept());
        world
            .execute(store, launch, provider.clone(), stop, &mut |_| {})
            .await
            .expect("executed");
        let ledger = provider.ledger.lock().expect("unpoisoned");
        let who = |to: String| (0..4).find(|n| phone(*n) == to);
        let mut people: Vec<String> = ledger
            .iter()
            .map(|(_, text)| format!("{:?} {}", who(text.to.to_string()), text.text))
            .collect();
        people.sort();
        texted.push(people.join(", "));
    }
    expect![[r#"
        Some(1) News for you, Some(3) News for you
        Some(0) News for Person 0, Some(2) News for Person 2"#]]
    .assert_eq(&texted.join("\n"));
}
