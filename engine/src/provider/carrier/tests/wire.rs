//! What happens on the connection: time, cuts, floods, and that no request is on the wire twice.

use std::sync::Arc;

use expect_test::{Expect, expect};
use futures_util::future::join_all;

use super::server::{Act, Server, http};
use super::*;

const ACCEPTED: &str = "{\"messages\":[{\"reference\":\"A\",\"status\":\"accepted\"}]}";

/// An answer that announces more than comes.
fn beginning(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: 100000\r\n\r\n{body}")
}

/// Each line: what the carrier does, and what it means for a text. All at once: some wait for their time-out.
async fn check(lines: Vec<(&str, Act)>, timeout: Duration, expected: Expect) {
    let answered = lines.into_iter().map(async |(name, act)| {
        let answers = submitted(act, 1, |settings| settings.timeout = timeout).await;
        format!("{name} -> {}\n", answers.join(" | "))
    });
    expected.assert_eq(&join_all(answered).await.concat());
}

#[tokio::test]
async fn a_request_is_over_after_its_time_whatever_comes() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\n";
    check(
        vec![
            ("black hole", Act::SayAndStall(String::new())),
            ("half a head", Act::SayAndStall("HTTP/1.1 200 OK\r\ncont".into())),
            ("a head alone", Act::SayAndStall(beginning("200 OK", ""))),
            ("half a body", Act::SayAndStall(beginning("200 OK", ACCEPTED))),
            ("a body that drips", Act::Drip(beginning("200 OK", ""))),
            (
                "a head that drips",
                Act::Drip("HTTP/1.1 200 OK\r\nx-slow: ".into()),
            ),
            ("a chunk that drips", Act::Drip(chunked.into())),
            (
                "a refusal that drips",
                Act::Drip(beginning("429 Slow\r\nretry-after: 9", "")),
            ),
            ("an error that drips", Act::Drip(beginning("500 Oh", ""))),
        ],
        HASTY,
        expect![[r#"
            black hole -> maybe: no answer within 500ms
            half a head -> maybe: no answer within 500ms
            a head alone -> maybe: the answer was not whole within 500ms
            half a body -> maybe: the answer was not whole within 500ms
            a body that drips -> maybe: the answer was not whole within 500ms
            a head that drips -> maybe: no answer within 500ms
            a chunk that drips -> maybe: the answer was not whole within 500ms
            a refusal that drips -> Throttled: answered 429 Too Many Requests, after 9s
            an error that drips -> maybe: answered 500 Internal Server Error
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_a_doubt() {
    check(
        vec![
            ("closed", Act::SayAndClose(String::new())),
            ("reset", Act::SayAndReset(String::new())),
            (
                "closed in the head",
                Act::SayAndClose("HTTP/1.1 200 OK\r\n".into()),
            ),
            (
                "closed in the body",
                Act::SayAndClose(beginning("200 OK", ACCEPTED)),
            ),
            (
                "a refusal, cut",
                Act::SayAndClose(beginning("403 Forbidden", "{\"co")),
            ),
        ],
        PATIENT,
        expect![[r#"
            closed -> maybe: no answer: connection closed before message completed
            reset -> maybe: the connection closed before the answer: the other side broke it off
            closed in the head -> maybe: no answer: connection closed before message completed
            closed in the body -> maybe: the answer was cut off: end of file before message length reached
            a refusal, cut -> Account: answered 403 Forbidden
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_flood_is_stopped() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n";
    let endless = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    check(
        vec![
            ("50 MiB announced", Act::Flood(announced.into(), 50)),
            ("50 MiB without a word", Act::Flood(endless.into(), 50)),
            (
                "a head of 50 MiB",
                Act::Flood("HTTP/1.1 200 OK\r\nx-long: ".into(), 50),
            ),
        ],
        PATIENT,
        expect![[r#"
            50 MiB announced -> maybe: the answer is longer than 1049600 bytes
            50 MiB without a word -> maybe: the answer is longer than 1049600 bytes
            a head of 50 MiB -> maybe: no answer: message head is too large
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_carrier_that_is_not_there_got_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let server = Server::start(vec![]).await;
    let mut table = String::new();
    for url in [
        format!("http://{address}"),
        format!("https://{address}"),
        "http://::".into(),
    ] {
        let settings = Carrier {
            url,
            ..settings(&server)
        };
        let answers = CarrierProvider::new("main", &settings)
            .submit(texts(1), now())
            .await;
        table.push_str(&format!("{}\n", without_port(&shown(&answers[0]))));
    }
    expect![[r#"
        Provider: no connection to http://127.0.0.1:PORT: nothing listens there
        Provider: no connection to https://127.0.0.1:PORT: nothing listens there
        Provider: http://::: empty host
    "#]]
    .assert_eq(&table);
}

#[tokio::test]
async fn localhost_is_this_machine_whatever_resolvers_say() {
    let server = Server::start(vec![Act::Say(http("200 OK", ACCEPTED))]).await;
    let settings = Carrier {
        url: server.url.replace("127.0.0.1", "localhost"),
        ..settings(&server)
    };
    let answers = CarrierProvider::new("main", &settings)
        .submit(texts(1), now())
        .await;
    assert_eq!(answers, [Answer::Accepted]);
}

#[tokio::test]
async fn a_request_is_said_as_the_protocol_writes_it() {
    let server = Server::start(vec![Act::Say(http("200 OK", ACCEPTED))]).await;
    assert_eq!(
        provider(&server).submit(texts(1), now()).await,
        [Answer::Accepted]
    );
    let request = without_port(&server.requests()[0].replace("\r\n", "\n"));
    expect![[r#"
        POST /messages HTTP/1.1
        content-type: application/json
        accept: */*
        host: 127.0.0.1:PORT
        content-length: 104

        {"messages":[{"reference":"A","to":"+393331234567","sender":"arena","text":"Doors open at 8 – ciao"}]}"#]].assert_eq(&request);
}

#[tokio::test]
async fn connections_are_kept_and_one_that_broke_is_not_tried_again() {
    let server = Server::start(vec![
        Act::Say(http("200 OK", ACCEPTED)),
        Act::SayAndReset(String::new()),
        Act::Say(http("200 OK", ACCEPTED)),
    ])
    .await;
    let provider = provider(&server);
    let mut answers = vec![];
    for reference in ["A", "B", "A"] {
        answers.extend(provider.submit(vec![text(reference)], now()).await);
    }
    assert!(matches!(
        answers.as_slice(),
        [Answer::Accepted, Answer::Maybe(_), Answer::Accepted]
    ));
    assert_eq!(server.requests().len(), 3, "each request was on the wire once");
    assert_eq!(server.connections(), 2);
}

/// The carrier closes each connection after its answer without a word, so that each request meets one that is closed or
/// about to be. Whatever the race comes to: what is accepted was there once, and nothing was there twice.
#[tokio::test]
async fn a_stale_connection_never_doubles_a_request() {
    const N: usize = 200;
    let acts = (0..N).map(|i| {
        let said = format!("{{\"messages\":[{{\"reference\":\"R{i}-\",\"status\":\"accepted\"}}]}}");
        Act::SayAndClose(http("200 OK", &said))
    });
    let server = Server::start(acts.collect()).await;
    let provider = Arc::new(provider(&server));
    for i in 0..N {
        let reference = format!("R{i}-");
        let answers = provider.submit(vec![text(&reference)], now()).await;
        let requests = server.requests();
        let seen = requests
            .iter()
            .filter(|request| request.contains(&reference))
            .count();
        match &answers[0] {
            Answer::Accepted => assert_eq!(seen, 1, "{reference}"),
            Answer::Maybe(_) => assert!(seen <= 1, "{reference}"),
            Answer::NotSent(refusal) => panic!("{reference}: {}", refusal.reason),
        }
    }
}

#[tokio::test]
async fn a_slow_answer_holds_up_no_other() {
    let server = Server::start(vec![
        Act::SayAndStall(String::new()),
        Act::Say(http("200 OK", ACCEPTED)),
    ])
    .await;
    let provider = provider(&server);
    let mut slow = provider.submit(vec![text("S")], now());
    // The first act is for whoever comes first.
    while server.requests().is_empty() {
        assert!(futures_util::poll!(&mut slow).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(provider.submit(texts(1), now()).await, [Answer::Accepted]);
    assert!(futures_util::poll!(&mut slow).is_pending());
}
