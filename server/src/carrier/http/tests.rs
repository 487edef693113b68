use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use engine::clock::SystemClock;
use expect_test::{Expect, expect};
use serde::Serialize;

use super::*;
use crate::carrier::client::Remote;
use crate::carrier::testing::{pairs, submit as request, switches};

/// A carrier on a port of its own; ends with the runtime of the test.
async fn started(changes: &[(&str, &str)], callback: Option<String>) -> SocketAddr {
    let options = Options {
        address: ([127, 0, 0, 1], 0).into(),
        ledger: None,
        switches: switches(changes),
        callback,
    };
    let server = Server::open(options, Arc::new(SystemClock::new()))
        .await
        .expect("it starts");
    let address = server.address();
    tokio::spawn(server.run());
    address
}

/// One request on a connection of its own, and all that comes back until it is closed or nothing comes any more.
async fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: carrier\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .expect("a socket");
        stream.write_all(request.as_bytes()).expect("written");
        let mut answer = vec![];
        let end = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        match end {
            Ok(_) => answer,
            Err(error) => format!("{answer}<{:?}>", error.kind()),
        }
    };
    tokio::task::spawn_blocking(exchange).await.expect("no panic")
}

async fn post(address: SocketAddr, path: &str, body: &impl Serialize) -> String {
    ask(address, "POST", path, &serde_json::to_string(body).expect("JSON")).await
}

/// Status, body and end, without the headers that HTTP adds.
fn essence(answer: &str) -> String {
    let status = answer.lines().next().unwrap_or_default();
    let body = answer
        .split_once("\r\n\r\n")
        .map_or(answer, |(_, body)| body)
        .trim_end();
    if status.starts_with("HTTP") {
        format!("{status} {body}\n")
    } else {
        format!("{answer}\n")
    }
}

fn check(answers: &[String], expected: Expect) {
    expected.assert_eq(&answers.iter().map(|answer| essence(answer)).collect::<String>());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers() {
    let address = started(&[("receipt-delay", "0 s")], None).await;
    let look_up = serde_json::json!({ "references": ["A1", "B1"] });
    let answers = [
        post(address, "/messages", &request(&["A1", "A2"])).await,
        ask(address, "POST", "/messages", "{}").await,
        post(address, "/look-up", &look_up).await,
        ask(address, "GET", "/inbound?limit=1", "").await,
        ask(address, "GET", "/inbound?limit=none", "").await,
        ask(address, "POST", "/inbound/acknowledge", "{\"mark\":1}").await,
        ask(address, "GET", "/inbound", "").await,
        ask(
            address,
            "PATCH",
            "/switches",
            "{\"latency\":\"1 ms\",\"429\":\"200%\"}",
        )
        .await,
        ask(address, "GET", "/moved", "").await,
        ask(address, "GET", "/stats", "").await,
    ];
    check(
        &answers,
        expect![[r#"
        HTTP/1.1 200 OK {"messages":[{"reference":"A1","status":"accepted"},{"reference":"A2","status":"accepted"}]}
        HTTP/1.1 400 Bad Request {"code":"content","reason":"missing field `messages` at line 1 column 2"}
        HTTP/1.1 200 OK {"known":["A1"]}
        HTTP/1.1 200 OK {"mark":1,"inbound":[{"receipt":{"reference":"A1","status":"delivered","reason":null}}],"next_in_ms":0}
        HTTP/1.1 400 Bad Request {"code":"content","reason":"limit is a whole number above zero"}
        HTTP/1.1 204 No Content 
        HTTP/1.1 200 OK {"mark":2,"inbound":[{"receipt":{"reference":"A2","status":"delivered","reason":null}}],"next_in_ms":null}
        HTTP/1.1 400 Bad Request {"error":"the switch 429 cannot be \"200%\": write a percentage from 0 to 100: `1%`, `2.5%`"}
        HTTP/1.1 200 OK <!doctype html><title>Sign in</title>
        HTTP/1.1 200 OK {"requests":1,"texts":2,"taken":2,"lost":0,"refused":{},"troubles":{},"duplicates":0,"inbound_pending":1,"inbound_acknowledged":1}
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_is_real_on_the_wire() {
    let mut answers = vec![];
    for changes in [
        [("accept-then-reset", "100%"), ("seed", "1")],
        [("hang-never-sent", "100%"), ("seed", "1")],
        [("drip", "100%"), ("drip-every", "1 min")],
        [("429", "100%"), ("retry-after", "garbage")],
        [("down", "close"), ("seed", "1")],
    ] {
        let address = started(&changes, None).await;
        answers.push(post(address, "/messages", &request(&["A1"])).await);
    }
    assert!(answers[3].contains("retry-after: soon"), "{}", answers[3]);
    check(
        &answers,
        expect![[r#"
        <ConnectionReset>
        <WouldBlock>
        H<WouldBlock>
        HTTP/1.1 429 Too Many Requests {"code":"throttled","reason":"too many requests"}
        <ConnectionReset>
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_answer_is_huge() {
    let address = started(&[("garbage", "100%"), ("garbage-kind", "huge")], None).await;
    let answer = post(address, "/messages", &request(&["A1"])).await;
    assert!(answer.len() > 50_000_000, "{}", answer.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn switches_are_changed_while_it_runs() {
    let remote = Remote::at(&format!("http://{}/", started(&[], None).await)).expect("an address");
    let before = remote.switches().await.expect("it answers");
    let changed = remote
        .change(&pairs(&[("429", "5%"), ("look-up", "off")]))
        .await
        .expect("it answers");
    let refused = remote
        .change(&pairs(&[("drip", "5%"), ("drop", "5%")]))
        .await
        .expect_err("refused");
    assert_eq!(before, Switches::default());
    assert_eq!(changed, switches(&[("429", "5%"), ("look-up", "off")]));
    assert_eq!(remote.switches().await.expect("it answers"), changed);
    assert!(
        refused.to_string().contains("there is no switch \"drop\""),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_pushed_until_they_are_taken() {
    let hook = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let callback = format!("http://{}/hook", hook.local_addr().expect("an address"));
    let address = started(&[("receipt-delay", "0 s")], Some(callback)).await;
    post(address, "/messages", &request(&["A1"])).await;
    let pushes = move || {
        ["503 Busy", "200 OK"].map(|status| {
            let (stream, _) = hook.accept().expect("a connection");
            let mut stream = BufReader::new(stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).expect("a line");
                match line.trim_end().split_once(": ") {
                    Some(("content-length", bytes)) => length = bytes.parse().expect("a length"),
                    _ if line.trim_end().is_empty() => break,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).expect("a body");
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.into_inner().write_all(answer.as_bytes()).expect("written");
            String::from_utf8(body).expect("UTF-8")
        })
    };
    let [first, second] = tokio::task::spawn_blocking(pushes).await.expect("no panic");
    expect![[r#"{"inbound":[{"receipt":{"reference":"A1","status":"delivered","reason":null}}]}"#]]
        .assert_eq(&first);
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_callback_that_is_no_address_is_refused() {
    for url in ["", "localhost:80", "ftp://host/", "http://"] {
        assert!(hooks::Callback::to(url).is_err(), "{url}");
    }
}
