//! Replies and notes on their way to people at a desk, against a mail server and a host on this machine: once they are there,
//! again where they are not, and never in the way of texts.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use expect_test::expect;
use tokio::sync::watch;

use super::world::{Does, Scripted, World, accept, phone, scripted};
use crate::clock::Clock;
use crate::deliver::Courier;
use crate::deliver::tests::mail_server::{MailServer, Post};
use crate::execute::End;
use crate::launch::Occurrence;
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::store::{Access, DeliveryCounts, DeliveryTurn, KeptDelivery, ReplyFilter};

/// One says no, of which the office gets a note, one asks something, one opts out, one says nothing.
const ASKS: &str = "\
purpose: service
steps:
  - ask: coming
    for: 2 days
    answers:
      - { words: [\"no\"], notify: { to: office, text: \"{{first_name}} says no\" } }
messages: { coming: \"Coming?\" }
replies: office
";

fn town() -> Arc<Scripted> {
    scripted(50, |text, _| match (text.text.as_str(), text.to.to_string()) {
        ("Coming?", to) if to == phone(0) => Does::AcceptAndReply("no"),
        ("Coming?", to) if to == phone(1) => Does::AcceptAndReply("Is there parking?"),
        ("Coming?", to) if to == phone(2) => Does::AcceptAndReply("STOP"),
        _ => accept(),
    })
}

/// The office is this, and what else crier.yaml says.
fn world(office: &str, more: &str) -> World {
    let mut world = World::new(4, ASKS, "");
    let path = world.path().join("crier.yaml");
    let text = std::fs::read_to_string(&path).expect("readable");
    let text = text.replace("email: office@test.example", office) + more;
    std::fs::write(&path, text).expect("written");
    deliver(&mut world);
    world
}

/// By crier.yaml as it stands.
fn deliver(world: &mut World) {
    let project = world.campaign().project.project.expect("valid");
    let url = std::fs::read_to_string(world.path().join("url")).ok();
    let environment = move |name: &str| match name {
        "SECRET" => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        "SLACK" => url.clone(),
        _ => None,
    };
    world.courier = Some(Courier::new(project, Arc::new(environment)));
}

fn mail_of(server: &MailServer) -> String {
    format!("mail: {{ smtp: \"{}\", from: crier@test.example }}\n", server.url)
}

/// The office is a webhook.
async fn hook(acts: Vec<Act>) -> (World, Server) {
    let server = Server::start(acts).await;
    let office = format!("url: \"{}/sms\", secret_env: SECRET", server.url);
    (world(&office, "policy: { hosts: [127.0.0.1] }\n"), server)
}

fn said(status: &str) -> Act {
    Act::Say(http(status, ""))
}

async fn run(world: &World, provider: &Arc<Scripted>) {
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
}

async fn counts(world: &World) -> DeliveryCounts {
    let store = world.store(Access::Read).await.expect("opened");
    store.delivery_counts().await.expect("counted")
}

fn counted(waiting: u64, delivered: u64, undelivered: u64, kept: u64) -> DeliveryCounts {
    DeliveryCounts {
        waiting,
        delivered,
        undelivered,
        kept,
        stopped: 0,
    }
}

/// What is told of each reply and note, with where it went.
async fn told(world: &World) -> String {
    let store = world.store(Access::Read).await.expect("opened");
    let filter = ReplyFilter {
        most: 100,
        ..ReplyFilter::default()
    };
    let replies = store.replies(filter.clone()).await.expect("read");
    let notices = store.notices(&filter).await.expect("read");
    let of_replies = store.deliveries_of_replies(0).await.expect("read");
    let of_notices = store.deliveries_of_notices(0).await.expect("read");
    let went = |of: &BTreeMap<i64, Vec<KeptDelivery>>, id: i64| -> String {
        let went = of.get(&id).into_iter().flatten().map(|one| {
            let said = one.said.as_deref().unwrap_or("");
            let message = one
                .message
                .map(|(_, state)| format!(" {:?}", state.map(|state| state.word())));
            format!(
                "{} {}{} {said}",
                one.inbox,
                one.state.word(),
                message.unwrap_or_default()
            )
        });
        went.collect::<Vec<_>>().join(", ")
    };
    let mut told = String::new();
    for reply in replies {
        let _ = writeln!(told, "{}: {}", reply.text, went(&of_replies, reply.id).trim());
    }
    for notice in notices {
        let _ = writeln!(told, "{}: {}", notice.text, went(&of_notices, notice.id).trim());
    }
    told
}

async fn alarms(world: &World) -> Vec<String> {
    let store = world.store(Access::Read).await.expect("opened");
    let alarms = store.alarms().await.expect("read");
    alarms
        .iter()
        .map(|alarm| format!("{}: {}", alarm.subject, alarm.reason))
        .collect()
}

/// A header of each request, in order.
fn header(server: &Server, name: &str) -> Vec<String> {
    let of = |request: &String| {
        let mut lines = request.lines();
        let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    server.requests().iter().map(of).collect()
}

#[tokio::test]
async fn a_reply_and_a_note_go_by_mail_and_an_answer_and_an_opt_out_do_not() {
    let server = MailServer::start(vec![]).await;
    let world = world("email: office@test.example", &mail_of(&server));
    run(&world, &town()).await;
    expect![[r#"
        STOP: 
        no: 
        Is there parking?: office delivered
        Person 0 says no: office delivered
    "#]]
    .assert_eq(&told(&world).await);
    let mut subjects: Vec<String> = server
        .mails()
        .iter()
        .filter_map(|mail| Some(mail.lines().find(|line| line.starts_with("Subject"))?.to_owned()))
        .collect();
    subjects.sort();
    assert_eq!(
        subjects,
        [
            format!("Subject: Note about {} (test)", phone(0)),
            format!("Subject: Reply from {} (test)", phone(1)),
        ]
    );
}

#[tokio::test]
async fn without_mail_everything_stays_in_the_store() {
    let world = world("email: office@test.example", "");
    run(&world, &town()).await;
    assert_eq!(counts(&world).await, counted(0, 0, 0, 2));
    assert_eq!(alarms(&world).await, Vec::<String>::new());
}

/// Failures, a pause that the host asks for, a reset: each is tried again under its id, while the campaign goes on.
#[tokio::test]
async fn a_webhook_that_fails_gets_the_same_event_again() {
    let (world, server) = hook(vec![
        said("500 Oh"),
        said("200 OK"),
        said("429 Slow\r\nretry-after: 7200"),
        Act::SayAndReset(String::new()),
        said("204 None"),
    ])
    .await;
    run(&world, &town()).await;
    assert_eq!(counts(&world).await, counted(0, 2, 0, 0));
    let (ids, times) = (
        header(&server, "webhook-id"),
        header(&server, "webhook-timestamp"),
    );
    let mut each: Vec<&String> = ids.iter().collect();
    each.sort();
    each.dedup();
    assert_eq!((ids.len(), each.len()), (5, 2), "{ids:?}");
    let times: Vec<i64> = times.iter().map(|time| time.parse().expect("seconds")).collect();
    let pauses: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        times.is_sorted() && pauses.iter().any(|pause| *pause >= 7_200),
        "{pauses:?}"
    );
    assert!(
        header(&server, "webhook-signature")
            .iter()
            .all(|signed| signed.starts_with("v1,"))
    );
    assert_eq!(alarms(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_host_that_is_gone_gets_nothing_more_until_somebody_says_so() {
    let (world, server) = hook(vec![
        said("410 Gone"),
        said("410 Gone"),
        said("200 OK"),
        said("200 OK"),
    ])
    .await;
    let provider = town();
    run(&world, &provider).await;
    assert!(server.requests().len() <= 2, "only what was under way");
    let stopped = DeliveryCounts {
        stopped: 2,
        ..counted(0, 0, 0, 0)
    };
    assert_eq!(counts(&world).await, stopped);
    expect!["inbox office: answered 410 Gone: nothing more goes there; put its address right in crier.yaml, then `crier inbox office --retry`"].assert_eq(&alarms(&world).await.join("\n"));
    run(&world, &provider).await;
    assert!(
        server.requests().len() <= 2,
        "it stays stopped over the end of a process"
    );
    let store = world.store(Access::Execute).await.expect("opened");
    let again = store
        .retry_deliveries(Some("office".into()), world.clock.now())
        .await;
    assert_eq!(again.expect("written"), 2);
    store.close().await;
    run(&world, &provider).await;
    assert_eq!(counts(&world).await.delivered, 2, "{}", told(&world).await);
    assert_eq!(alarms(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_host_that_the_policy_does_not_name_is_not_asked() {
    let (mut world, server) = hook(vec![]).await;
    let office = server.url.replace("127.0.0.1", "localhost");
    let path = world.path().join("crier.yaml");
    let text = std::fs::read_to_string(&path).expect("readable");
    let text = text.replace(
        &format!("url: \"{}/sms\", secret_env: SECRET", server.url),
        "url_env: SLACK",
    );
    std::fs::write(&path, text).expect("written");
    std::fs::write(world.path().join("url"), office).expect("written");
    deliver(&mut world);
    run(&world, &town()).await;
    assert!(server.requests().is_empty());
    assert_eq!(
        alarms(&world).await,
        ["inbox office: localhost is not among the `hosts` of the policy"]
    );
}

/// The process ends after the mail was taken and before that is written down: it goes again, as the same mail, at once:
/// the next run does not end without it.
#[tokio::test]
async fn what_was_under_way_when_a_process_ended_goes_again_under_its_id() {
    let server = MailServer::start(vec![Post::TakeAndStall, Post::TakeAndStall]).await;
    let mut world = world("email: office@test.example", &mail_of(&server));
    world.write_campaign(&format!(
        "audience: people.csv\nschedule: now\n{}",
        ASKS.replace("2 days", "5 seconds")
    ));
    world.receipts = Duration::ZERO;
    let provider = town();
    {
        let (_keep, stop) = watch::channel(false);
        let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
        let launch = world.launched(&store).await;
        let mut observer = |_: &crate::execute::Progress| {};
        let taken = async {
            while server.mails().len() < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            ran = world.execute(store.clone(), launch, provider.clone(), stop, &mut observer) => panic!("ended: {ran:?}"),
            () = taken => {}
        }
        store.drop_incomplete().await.expect("written");
    }
    run(&world, &provider).await;
    assert_eq!(counts(&world).await, counted(0, 2, 0, 0));
    let id = |mail: &String| {
        mail.lines()
            .find(|line| line.starts_with("Message-ID"))
            .map(str::to_owned)
    };
    let mut ids: Vec<Option<String>> = server.mails().iter().map(id).collect();
    ids.sort();
    assert_eq!(ids.len(), 4);
    assert!(
        ids[0].is_some() && ids[0] == ids[1] && ids[1] != ids[2] && ids[2] == ids[3],
        "{ids:?}"
    );
    assert_eq!(provider.repeats(), format!("1x {}", provider.submitted()));
}

/// An inbox that is away holds up nobody and no end: what waits is tried once, and again by the next run when its time has come.
#[tokio::test]
async fn an_end_waits_for_one_try_and_the_next_run_goes_on() {
    let mut world = world(
        "email: office@test.example",
        "mail: { smtp: \"smtp://127.0.0.1:1\", from: crier@test.example }\n",
    );
    world.write_campaign(&format!(
        "audience: people.csv\nschedule: now\n{}",
        ASKS.replace("2 days", "1 minute")
    ));
    world.receipts = Duration::ZERO;
    let provider = town();
    run(&world, &provider).await;
    assert_eq!(counts(&world).await, counted(2, 0, 0, 0));
    assert!(
        alarms(&world).await[0].starts_with("inbox office: "),
        "{:?}",
        alarms(&world).await
    );
    let server = MailServer::start(vec![]).await;
    let path = world.path().join("crier.yaml");
    let text = std::fs::read_to_string(&path).expect("readable");
    std::fs::write(&path, text.replace("smtp://127.0.0.1:1", &server.url)).expect("written");
    deliver(&mut world);
    world
        .clock
        .sleep(TimeDelta::hours(1).to_std().expect("an hour"), 0)
        .await;
    run(&world, &provider).await;
    assert_eq!(
        counts(&world).await,
        counted(0, 2, 0, 0),
        "{}",
        told(&world).await
    );
    assert_eq!(alarms(&world).await, Vec::<String>::new());
}

fn texted(provider: &Scripted, to: &str) -> Vec<String> {
    let ledger = provider.ledger.lock().expect("unpoisoned");
    let own = ledger.iter().filter(|(_, text)| text.to.to_string() == to);
    own.map(|(_, text)| format!("{}: {}", text.sender, text.text))
        .collect()
}

#[tokio::test]
async fn a_phone_gets_a_text_as_any_other() {
    let world = world("phone: \"+12125550190\"", "");
    let provider = town();
    run(&world, &provider).await;
    let mut texts = texted(&provider, "+12125550190");
    texts.sort();
    let asks = format!("desk: {}: Is there parking?", phone(1));
    assert_eq!(texts, [asks, "desk: Person 0 says no".to_owned()]);
    expect![[r#"
        STOP: 
        no: 
        Is there parking?: office delivered Some("accepted")
        Person 0 says no: office delivered Some("accepted")
    "#]]
    .assert_eq(&told(&world).await);
    assert_eq!(provider.repeats(), format!("1x {}", provider.submitted()));
}

/// Nobody is texted what they wrote themselves, and an opt-out holds at a desk too.
#[tokio::test]
async fn a_phone_that_wrote_it_or_opted_out_gets_nothing() {
    for (office, why) in [
        (phone(1), "it is about the number that it would go to"),
        (phone(2), "that number has opted out"),
    ] {
        let world = world(&format!("phone: \"{office}\""), "");
        let provider = town();
        run(&world, &provider).await;
        let told = told(&world).await;
        let line = format!("Is there parking?: office undelivered {why}\n");
        assert!(told.contains(&line), "{told}");
        assert!(
            !texted(&provider, &office)
                .iter()
                .any(|text| text.contains("parking"))
        );
    }
}

/// One message a second, whatever else waits.
#[tokio::test]
async fn slack_gets_one_message_a_second() {
    let server = Server::start(vec![said("200 OK"), said("200 OK")]).await;
    let mut world = world("slack_url_env: SLACK", "");
    std::fs::write(world.path().join("url"), format!("{}/services/T/B/X", server.url)).expect("written");
    deliver(&mut world);
    run(&world, &town()).await;
    assert_eq!(
        counts(&world).await,
        counted(0, 2, 0, 0),
        "{}",
        told(&world).await
    );
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.contains("{\"text\":\""))
    );
    world.courier = None;
    world.write_campaign(&format!(
        "audience: people.csv\nschedule: now\n{ASKS}description: again\n"
    ));
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let launch = world.launch(&store, Occurrence::Nth(2)).await;
    let (_keep, stop) = watch::channel(false);
    let ran = world
        .execute(store.clone(), launch, town(), stop, &mut |_| {})
        .await;
    assert_eq!(ran.expect("executed").end, End::Done);
    let mut begun = vec![];
    for seconds in [0, 0, 1, 1, 2] {
        let turn = DeliveryTurn {
            inbox: "office".into(),
            most: 1,
            seconds_between: Some(1),
        };
        let now = world.clock.now() + TimeDelta::seconds(seconds);
        begun.push(
            store
                .begin_deliveries(now, vec![turn])
                .await
                .expect("written")
                .len(),
        );
    }
    assert_eq!(begun, [1, 0, 1, 0, 0]);
}
