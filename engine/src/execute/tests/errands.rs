//! Calls that passages make, against a host on this machine: who waits for the answer goes on with it, or without.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use expect_test::expect;
use sms::PhoneNumber;
use tokio::sync::watch;

use super::world::{Does, Ran, Scripted, World, accept, event, phone, scripted};
use crate::execute::End;
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::store::{Access, ErrandCounts};

const SEATS: &str = "\
purpose: service
fields: { seat: { from: campaign } }
steps:
  - send: hello
  - call: { url: \"HOST/seats/{{first_name}}\", body: { name: \"{{first_name}}\" }, save: seat, timeout: 5 seconds }
  - choose:
      - { when: 'empty(seat)', send: none }
      - otherwise: { send: seat }
messages: { hello: Hello, seat: \"Seat {{seat}}\", none: \"No seat\" }
";

/// A campaign that may call a host with these acts.
async fn world(people: u64, campaign: &str, acts: Vec<Act>) -> (World, Server) {
    let server = Server::start(acts).await;
    let world = World::new(people, &campaign.replace("HOST", &server.url), "");
    world.write_hosts();
    (world, server)
}

fn said(status: &str, body: &str) -> Act {
    Act::Say(http(status, body))
}

fn told(provider: &Scripted) -> String {
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let mut lines: Vec<String> = ledger
        .iter()
        .map(|(at, text)| format!("{} {} {}\n", text.to, at.format("%T"), text.text))
        .collect();
    lines.sort();
    lines.concat()
}

async fn counts(world: &World) -> ErrandCounts {
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(None).await.expect("launches").remove(0);
    store.errands_of(launch.id).await.expect("counted")
}

/// The keys and addresses of the requests, in order.
fn keys(server: &Server) -> Vec<(String, String)> {
    let line = |request: &str, of: &str| {
        let mut lines = request.lines();
        lines
            .find_map(|line| line.strip_prefix(of))
            .unwrap_or_default()
            .to_owned()
    };
    let requests = server.requests();
    let both = requests
        .iter()
        .map(|request| (line(request, "POST "), line(request, "idempotency-key: ")));
    both.collect()
}

async fn run(world: &World, provider: &Arc<Scripted>) -> Ran {
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    ran
}

#[tokio::test]
async fn whoever_waits_for_an_answer_goes_on_with_it() {
    let (world, server) = world(1, SEATS, vec![said("200 OK", "{\"seat\": \"12 B\"}")]).await;
    let provider = scripted(50, |_, _| accept());
    run(&world, &provider).await;
    expect![[r#"
        +12015550100 09:00:00 Hello
        +12015550100 09:00:00 Seat 12 B
    "#]]
    .assert_eq(&told(&provider).replace(&phone(0), "+12015550100"));
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /seats/Person%200 HTTP"), "{request}");
    assert!(request.ends_with("{\"name\":\"Person 0\"}"), "{request}");
    let done = ErrandCounts {
        done: 1,
        ..ErrandCounts::default()
    };
    assert_eq!(counts(&world).await, done);
}

#[tokio::test]
async fn a_call_that_fails_is_tried_again_under_its_key_and_then_given_up() {
    let acts = vec![
        said("500 Oh", ""),
        said("429 Slow\r\nretry-after: 120", ""),
        said("200 OK", "{\"seat\": 7}"),
    ];
    let (tried, server) = world(1, SEATS, acts).await;
    let provider = scripted(50, |_, _| accept());
    run(&tried, &provider).await;
    let text = told(&provider);
    assert!(text.contains("09:02:0") && text.contains("Seat 7"), "{text}");
    let keys_of = keys(&server);
    assert!(
        keys_of.len() == 3 && keys_of.iter().all(|own| *own == keys_of[0]),
        "{keys_of:?}"
    );
    for (act, why) in [
        (said("404 Gone", ""), "answered 404 Not Found"),
        (said("302 Found\r\nlocation: /x", ""), "answered 302 Found"),
    ] {
        let (refused, _server) = world(1, SEATS, vec![act]).await;
        let provider = scripted(50, |_, _| accept());
        run(&refused, &provider).await;
        assert!(
            told(&provider).contains("09:00:00 No seat"),
            "{}",
            told(&provider)
        );
        assert_eq!(counts(&refused).await.given_up, [(why.to_owned(), 1)]);
    }
    let (away, server) = world(1, SEATS, vec![said("503 Away", ""); 20]).await;
    let provider = scripted(50, |_, _| accept());
    run(&away, &provider).await;
    assert!(told(&provider).contains("No seat"), "{}", told(&provider));
    assert_eq!(keys(&server).len(), 7);
    assert_eq!(
        counts(&away).await.given_up,
        [("answered 503 Service Unavailable".to_owned(), 1)]
    );
}

#[tokio::test]
async fn an_answer_that_does_not_fit_its_field_is_not_kept() {
    let campaign = SEATS.replace(
        "{ seat: { from: campaign } }",
        "{ seat: { type: int, from: campaign } }",
    );
    let (world, _server) = world(1, &campaign, vec![said("200 OK", "<html>12</html>")]).await;
    let provider = scripted(50, |_, _| accept());
    run(&world, &provider).await;
    expect![[r#"
        +12013201000 09:00:00 Hello
        +12013201000 09:00:00 No seat
    "#]]
    .assert_eq(&told(&provider));
    let store = world.store(Access::Read).await.expect("opened");
    let number = PhoneNumber::parse(&phone(0), None).expect("a number").number;
    let errands = store.person(number).await.expect("a story").errands;
    let said = errands[0].said.as_deref();
    assert_eq!(
        said,
        Some("seat keeps what it had: \"<html>12</html>\" is not of its type")
    );
}

/// Nothing else is under way then that would look for calls.
#[tokio::test]
async fn a_call_that_an_event_brings_about_is_made_at_once() {
    let campaign = SEATS.replace(
        "  - call",
        "  - await: event(\"ordered\")\n    for: 2 days\n  - call",
    );
    let (world, _server) = world(1, &campaign, vec![said("200 OK", "{\"seat\": \"12 B\"}")]).await;
    let provider = scripted(50, |_, _| accept());
    provider.will_happen(&world, vec![event(3_600, "ordered", 0, &[])]);
    run(&world, &provider).await;
    expect![[r#"
        +12013201000 09:00:00 Hello
        +12013201000 10:00:00 Seat 12 B
    "#]]
    .assert_eq(&told(&provider));
}

/// The process ends while calls are under way: they are made again, each under the key that it had.
#[tokio::test]
async fn a_call_of_a_process_that_ended_is_made_again_under_the_same_key() {
    let campaign = SEATS.replace("timeout: 5 seconds", "timeout: 10 minutes");
    let stall = Act::SayAndStall(String::new());
    let acts = vec![
        stall.clone(),
        stall.clone(),
        stall,
        said("200 OK", "{\"seat\": 1}"),
        said("200 OK", "{\"seat\": 1}"),
        said("200 OK", "{\"seat\": 1}"),
    ];
    let (world, server) = world(3, &campaign, acts).await;
    let provider = scripted(50, |_, _| accept());
    {
        let (_keep, stop) = watch::channel(false);
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let launch = world.launched(&store).await;
        let mut observer = |_: &crate::execute::Progress| {};
        let called = async {
            while server.requests().len() < 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            ran = world.execute(store.clone(), launch, provider.clone(), stop, &mut observer) => panic!("ended: {ran:?}"),
            () = called => {}
        }
        store.drop_incomplete().await.expect("written");
    }
    run(&world, &provider).await;
    let mut keys = keys(&server);
    assert_eq!(keys.len(), 6);
    keys.sort();
    for pair in keys.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
    let text = told(&provider);
    let seats = text.lines().filter(|line| line.ends_with("Seat 1")).count();
    let hellos = text.lines().filter(|line| line.ends_with("Hello")).count();
    assert_eq!((hellos, seats), (3, 3), "{text}");
}

/// Calls by steps that wait for nothing, by an answer and by a rule; and whoever opts out while waiting gets nothing more.
#[tokio::test]
async fn calls_of_steps_answers_and_rules() {
    let campaign = "\
purpose: service
fields: { seat: { from: campaign } }
steps:
  - call: { url: \"HOST/first\", method: PUT }
  - ask: coming
    for: 1 day
    answers:
      - words: [\"yes\"]
        do:
          - call: { url: \"HOST/yes\", save: seat }
          - { send: seat, unless: 'empty(seat)' }
      - { words: [\"no\"], notify: { to: office, text: \"{{first_name}} says no\" } }
  - send: bye
messages: { coming: \"Coming?\", seat: \"Seat {{seat}}\", bye: Bye }
replies:
  - { words: [price], call: { url: \"HOST/price\", save: seat } }
";
    let (world, server) = world(4, campaign, vec![said("200 OK", "{\"seat\": 5}"); 10]).await;
    let provider = scripted(50, |text, _| match (text.text.as_str(), text.to.to_string()) {
        ("Coming?", to) if to == phone(0) => Does::AcceptAndReply("yes"),
        ("Coming?", to) if to == phone(1) => Does::AcceptAndReply("no"),
        ("Coming?", to) if to == phone(2) => Does::AcceptAndReply("price"),
        _ => accept(),
    });
    run(&world, &provider).await;
    let mut shown = String::new();
    for n in 0..4 {
        let ledger = provider.ledger.lock().expect("unpoisoned");
        let own = ledger.iter().filter(|(_, text)| text.to.to_string() == phone(n));
        let texts: Vec<String> = own
            .map(|(at, text)| format!("{} {}", at.format("%d %H:%M"), text.text))
            .collect();
        let _ = writeln!(shown, "{n}: {}", texts.join(", "));
    }
    let mut requests: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.lines().next().unwrap_or_default().to_owned())
        .collect();
    requests.sort();
    let _ = writeln!(shown, "{}", requests.join(", "));
    let store = world.store(Access::Read).await.expect("opened");
    let person = store
        .person(phone(1).parse().expect("a number"))
        .await
        .expect("read");
    let notices: Vec<String> = person
        .notices
        .iter()
        .map(|notice| format!("{}: {}", notice.inbox, notice.text))
        .collect();
    let _ = writeln!(shown, "{}", notices.join(", "));
    expect![[r#"
        0: 25 09:00 Coming?, 25 09:00 Seat 5, 25 09:00 Bye
        1: 25 09:00 Coming?, 25 09:00 Bye
        2: 25 09:00 Coming?, 26 09:00 Bye
        3: 25 09:00 Coming?, 26 09:00 Bye
        POST /price HTTP/1.1, POST /yes HTTP/1.1, PUT /first HTTP/1.1, PUT /first HTTP/1.1, PUT /first HTTP/1.1, PUT /first HTTP/1.1
        office: Person 1 says no
    "#]]
    .assert_eq(&shown);
}
