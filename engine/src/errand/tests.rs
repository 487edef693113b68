//! Where calls may go, what answers mean, and calls against a host that says what a line of a table says.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;
use reqwest::{StatusCode, Url};

use super::address::{allowed, checked};
use super::{Answered, Caller, Errand, Fate, MOST_ATTEMPTS, fate, given_up_at, judged, kept};
use crate::advance::Request;
use crate::ids::LaunchId;
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::testing::{at, nth_phone};

#[test]
fn calls_go_to_allowed_hosts_at_addresses_of_the_internet() {
    let hosts = ["api.arena.example", "127.0.0.1", "[::1]", "localhost"].map(str::to_owned);
    let table = [
        ("https://api.arena.example/seats", "93.184.216.34"),
        ("https://API.arena.example/", "2606:2800:220:1::1"),
        ("https://other.example/", "93.184.216.34"),
        ("https://api.arena.example.evil.example/", "93.184.216.34"),
        ("ftp://api.arena.example/", "93.184.216.34"),
        ("https://user:secret@api.arena.example/", "93.184.216.34"),
        ("https://api.arena.example/", "10.0.0.1"),
        ("https://api.arena.example/", "127.0.0.1"),
        ("https://api.arena.example/", "169.254.169.254"),
        ("https://api.arena.example/", "100.64.0.1"),
        ("https://api.arena.example/", "0.0.0.0"),
        ("https://api.arena.example/", "::1"),
        ("https://api.arena.example/", "fd00::1"),
        ("https://api.arena.example/", "fe80::1"),
        ("https://api.arena.example/", "::ffff:10.0.0.1"),
        ("https://api.arena.example/", "64:ff9b::a00:1"),
        ("https://api.arena.example/", "64:ff9b::5db8:d822"),
        ("https://api.arena.example/", "2002:a00:1::"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://127.0.0.2:8080/", "127.0.0.2"),
        ("http://[::1]/", "::1"),
        ("http://localhost/", "127.0.0.1"),
    ];
    let mut told = String::new();
    for (url, address) in table {
        let url = Url::parse(url).expect("a URL");
        let found = vec![SocketAddr::new(address.parse().expect("an address"), 443)];
        let may = allowed(&url, &hosts).and_then(|host| checked(host, found));
        let may = may.map_or_else(|why| why, |_| "called".to_owned());
        let _ = writeln!(told, "{url} at {address}: {may}");
    }
    let nowhere = checked("api.arena.example", vec![]);
    let _ = writeln!(told, "{nowhere:?}");
    expect![[r#"
        https://api.arena.example/seats at 93.184.216.34: called
        https://api.arena.example/ at 2606:2800:220:1::1: called
        https://other.example/ at 93.184.216.34: other.example is not among the `hosts` of the policy
        https://api.arena.example.evil.example/ at 93.184.216.34: api.arena.example.evil.example is not among the `hosts` of the policy
        ftp://api.arena.example/ at 93.184.216.34: calls go over http and https, not ftp
        https://user:secret@api.arena.example/ at 93.184.216.34: an address with a user in it is not called
        https://api.arena.example/ at 10.0.0.1: api.arena.example leads to 10.0.0.1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 127.0.0.1: api.arena.example leads to 127.0.0.1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 169.254.169.254: api.arena.example leads to 169.254.169.254, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 100.64.0.1: api.arena.example leads to 100.64.0.1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 0.0.0.0: api.arena.example leads to 0.0.0.0, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at ::1: api.arena.example leads to ::1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at fd00::1: api.arena.example leads to fd00::1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at fe80::1: api.arena.example leads to fe80::1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at ::ffff:10.0.0.1: api.arena.example leads to ::ffff:10.0.0.1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 64:ff9b::a00:1: api.arena.example leads to 64:ff9b::a00:1, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        https://api.arena.example/ at 64:ff9b::5db8:d822: called
        https://api.arena.example/ at 2002:a00:1::: api.arena.example leads to 2002:a00:1::, which is no address of the internet; if it is meant, `hosts` of the policy names the address
        http://127.0.0.1:8080/ at 127.0.0.1: called
        http://127.0.0.2:8080/ at 127.0.0.2: 127.0.0.2 is not among the `hosts` of the policy
        http://[::1]/ at ::1: called
        http://localhost/ at 127.0.0.1: called
        Err("api.arena.example has no address")
    "#]]
    .assert_eq(&told);
}

fn errand(save: Option<&str>, attempts: u32) -> Errand {
    Errand {
        id: 7,
        launch: LaunchId(1),
        phone: nth_phone(0),
        waits: None,
        request: Request {
            method: "POST".into(),
            url: String::new(),
            body: String::new(),
            save: save.map(str::to_owned),
            timeout: Duration::from_secs(10),
            waits: false,
        },
        attempts,
        give_up_at: given_up_at(now()),
    }
}

fn now() -> DateTime<Utc> {
    at("2026-11-25T15:00:00Z")
}

#[test]
fn a_field_keeps_what_an_answer_has_of_its_name() {
    let long = "x".repeat(1_001);
    let table = [
        "{\"seat\": \"12 B\", \"row\": 3}",
        "{\"seat\": 12}",
        "{\"seat\": true}",
        "{\"seat\": null}",
        "{\"seat\": [1]}",
        "{\"row\": 3}",
        "\"12 B\"",
        " 12 B\n",
        "[1, 2]",
        "",
        "a\0b",
        &long,
    ];
    let lines = table.map(|body| format!("{:?}\n", kept(body.as_bytes(), "seat")));
    expect![[r#"
        Some("12 B")
        Some("12")
        Some("true")
        None
        None
        None
        Some("12 B")
        Some("12 B")
        None
        None
        None
        None
    "#]]
    .assert_eq(&lines.concat());
    assert_eq!(kept(&[0xff, 0xfe], "seat"), None);
}

#[test]
fn a_call_is_tried_again_as_long_as_that_may_help() {
    let table = [
        (200, 1, None),
        (204, 1, None),
        (302, 1, None),
        (400, 1, None),
        (404, 1, None),
        (408, 1, None),
        (429, 1, None),
        (429, 1, Some(90)),
        (429, 1, Some(7_200)),
        (500, 1, None),
        (503, MOST_ATTEMPTS, None),
    ];
    let lines = table.map(|(status, attempts, wait)| {
        let status = StatusCode::from_u16(status).expect("a status");
        let answered = judged(status, b"{\"seat\": 1}".to_vec(), wait.map(Duration::from_secs));
        let fate = match fate(&errand(Some("seat"), attempts), &answered, now()) {
            Fate::Done(kept) => format!("done, {kept:?}"),
            Fate::Again(at) => format!("again in {} s", (at - now()).num_seconds()),
            Fate::GivenUp => "given up".to_owned(),
        };
        format!("{status}, attempt {attempts}, asks for {wait:?}: {fate}\n")
    });
    expect![[r#"
        200 OK, attempt 1, asks for None: done, Some(("seat", "1"))
        204 No Content, attempt 1, asks for None: done, Some(("seat", "1"))
        302 Found, attempt 1, asks for None: given up
        400 Bad Request, attempt 1, asks for None: given up
        404 Not Found, attempt 1, asks for None: given up
        408 Request Timeout, attempt 1, asks for None: again in 1 s
        429 Too Many Requests, attempt 1, asks for None: again in 1 s
        429 Too Many Requests, attempt 1, asks for Some(90): again in 90 s
        429 Too Many Requests, attempt 1, asks for Some(7200): given up
        500 Internal Server Error, attempt 1, asks for None: again in 1 s
        503 Service Unavailable, attempt 7, asks for None: given up
    "#]]
    .assert_eq(&lines.concat());
}

#[test]
fn pauses_grow_and_all_tries_fit_the_time() {
    let pauses: Vec<i64> = (1..MOST_ATTEMPTS)
        .map(|attempts| (errand(None, attempts).again_at(now()) - now()).num_seconds())
        .collect();
    let nominal = [2, 8, 32, 128, 512, 900];
    for (pause, nominal) in pauses.iter().zip(nominal) {
        let near = nominal * 3 / 4 - 1..=nominal * 5 / 4;
        assert!(near.contains(pause), "{pauses:?}");
    }
    assert!(pauses.iter().sum::<i64>() < 3_600, "{pauses:?}");
    let unheard = errand(None, 1).unheard_at(now());
    assert_eq!(unheard - errand(None, 1).again_at(now()), TimeDelta::seconds(10));
}

/// What comes of calls, each met with an act of the host.
#[tokio::test]
async fn a_call_is_made_once_and_its_answer_read_in_time() {
    let huge = format!("\"{}\"", "x".repeat(70_000));
    let acts = vec![
        Act::Say(http("200 OK", "{\"seat\": 4}")),
        Act::Say(http("302 Found\r\nlocation: http://127.0.0.1:1/", "")),
        Act::Say(http("429 Slow\r\nretry-after: 60", "")),
        Act::Say(http("200 OK", &huge)),
        Act::SayAndClose("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab".to_owned()),
        Act::SayAndClose(String::new()),
        Act::SayAndStall("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab".to_owned()),
        Act::Drip("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\nab".to_owned()),
    ];
    let n = acts.len();
    let server = Server::start(acts).await;
    let caller = Caller {
        hosts: vec!["127.0.0.1".to_owned()],
    };
    let mut request = errand(Some("seat"), 1).request;
    request.url = format!("{}/seats/4?a=b", server.url);
    request.body = "{\"seat\":4}".to_owned();
    let mut told = String::new();
    for nth in 0..n {
        request.timeout = Duration::from_secs(if nth < n - 2 { 60 } else { 1 });
        let answered = caller.call(&request, "KEY", now()).await;
        let shown = match answered {
            Answered::Done(body) => format!("done, {} bytes", body.len()),
            other => format!("{other:?}"),
        };
        let _ = writeln!(told, "{shown}");
    }
    expect![[r#"
        done, 11 bytes
        Refused("answered 302 Found")
        Again("answered 429 Too Many Requests", Some(60s))
        done, 0 bytes
        Again("no answer: end of file before message length reached", None)
        Again("no answer: connection closed before message completed", None)
        Again("no answer within 1s", None)
        Again("no answer within 1s", None)
    "#]]
    .assert_eq(&told);
    let requests = server.requests();
    assert_eq!(requests.len(), n, "none is made again by itself");
    let head = &requests[0];
    for line in [
        "POST /seats/4?a=b HTTP/1.1",
        "idempotency-key: KEY",
        "user-agent: crier",
    ] {
        assert!(head.contains(line), "{head}");
    }
    assert!(head.ends_with("{\"seat\":4}"), "{head}");
    let elsewhere = Caller { hosts: vec![] };
    let refused = elsewhere.call(&request, "KEY", now()).await;
    let why = "127.0.0.1 is not among the `hosts` of the policy".to_owned();
    assert_eq!(refused, Answered::Refused(why));
    assert_eq!(server.requests().len(), n);
}
