//! Look-up, polling and acknowledging.

use expect_test::{Expect, expect};

use super::server::{Act, Server, http};
use super::*;
use crate::provider::carrier::wire::InboundPage;
use crate::provider::{Found, Inbound, Resolve};

const QUIET: &str = "{\"mark\":0,\"inbound\":[],\"next_in_ms\":null}";

fn references(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("R{i}")).collect()
}

#[tokio::test]
async fn what_is_known_is_there_and_the_rest_is_not() {
    let known = http("200 OK", "{\"known\":[\"R2\",\"R0\",\"other\"]}");
    let server = Server::start(vec![Act::Say(known)]).await;
    let found = provider(&server).look_up(references(3), now()).await;
    assert_eq!(found, [Found::Accepted, Found::NotKnown, Found::Accepted]);
    assert!(server.requests()[0].ends_with("{\"references\":[\"R0\",\"R1\",\"R2\"]}"));
}

#[tokio::test]
async fn a_long_look_up_goes_in_pieces_and_stops_at_the_first_trouble() {
    let server = Server::start(vec![
        Act::Say(http("200 OK", "{\"known\":[\"R499\",\"R500\"]}")),
        Act::Say(http("500 Internal Server Error", "")),
    ])
    .await;
    let found = provider(&server).look_up(references(1_200), now()).await;
    assert_eq!(found.len(), 1_200);
    assert_eq!((&found[498], &found[499]), (&Found::NotKnown, &Found::Accepted));
    let trouble = Found::CannotTell("answered 500 Internal Server Error".into());
    assert!(found[500..].iter().all(|found| *found == trouble));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_look_up_that_fails_says_so() {
    let acts = [
        ("switched off", Act::Say(http("404 Not Found", ""))),
        ("garbage", Act::Say(http("200 OK", "<html>"))),
        ("no list", Act::Say(http("200 OK", "{\"known\":null}"))),
        ("closed", Act::SayAndClose(String::new())),
        ("black hole", Act::SayAndStall(String::new())),
    ];
    let mut table = String::new();
    for (name, act) in acts {
        let server = Server::start(vec![act]).await;
        let settings = Carrier {
            timeout: HASTY,
            ..settings(&server)
        };
        let found = CarrierProvider::new("main", &settings)
            .look_up(references(1), now())
            .await;
        table.push_str(&format!("{name} -> {found:?}\n"));
    }
    expect![[r#"
        switched off -> [CannotTell("answered 404 Not Found")]
        garbage -> [CannotTell("the answer is not of this protocol: expected value at line 1 column 1")]
        no list -> [CannotTell("the answer is not of this protocol: invalid type: null, expected a sequence at line 1 column 13")]
        closed -> [CannotTell("no answer: connection closed before message completed")]
        black hole -> [CannotTell("no answer within 500ms")]
    "#]].assert_eq(&table);
}

/// Each line: what the carrier says, and what the poll makes of it; `again` counts from now.
async fn check(lines: Vec<(&str, Act)>, expected: Expect) {
    let mut table = String::new();
    for (name, act) in lines {
        let server = Server::start(vec![act]).await;
        let settings = Carrier {
            timeout: HASTY,
            ..settings(&server)
        };
        let polled = CarrierProvider::new("main", &settings).poll(now()).await;
        let again = polled
            .again_at
            .map(|at| format!("{} ms", (at - now()).num_milliseconds()));
        let (mark, n) = (polled.mark, polled.inbound.len());
        table.push_str(&format!("{name} -> {n} came, mark {mark}, again {again:?}\n"));
    }
    expected.assert_eq(&table);
}

#[tokio::test]
async fn a_poll_says_when_to_ask_again() {
    let receipt = "{\"receipt\":{\"reference\":\"A\",\"status\":\"delivered\",\"reason\":null}}";
    let page = |next: &str| {
        let body = format!("{{\"mark\":7,\"inbound\":[{receipt},{receipt}],\"next_in_ms\":{next}}}");
        Act::Say(http("200 OK", &body))
    };
    check(
        vec![
            ("more is due", page("0")),
            ("soon", page("250")),
            ("in hours", page("7200000")),
            ("never", page("18446744073709551615")),
            ("nothing more", page("null")),
            ("trouble", Act::Say(http("503 Service Unavailable", ""))),
            ("garbage", Act::Say(http("200 OK", "<html>"))),
            ("closed", Act::SayAndClose(String::new())),
            ("black hole", Act::SayAndStall(String::new())),
        ],
        expect![[r#"
            more is due -> 2 came, mark 7, again Some("0 ms")
            soon -> 2 came, mark 7, again Some("250 ms")
            in hours -> 2 came, mark 7, again Some("1000 ms")
            never -> 2 came, mark 7, again Some("1000 ms")
            nothing more -> 2 came, mark 7, again None
            trouble -> 0 came, mark 0, again Some("1000 ms")
            garbage -> 0 came, mark 0, again Some("1000 ms")
            closed -> 0 came, mark 0, again Some("1000 ms")
            black hole -> 0 came, mark 0, again Some("1000 ms")
        "#]],
    )
    .await;
}

#[tokio::test]
async fn nothing_more_holds_only_for_what_was_submitted_before_the_poll_before() {
    let quiet = || Act::Say(http("200 OK", QUIET));
    let server = Server::start(vec![quiet(), Act::Say(http("500 Oh", "")), quiet(), quiet()]).await;
    let provider = provider(&server);
    assert_eq!(provider.poll(now()).await.again_at, None);
    provider.submit(texts(1), now()).await;
    assert!(provider.poll(now()).await.again_at.is_some());
    assert_eq!(provider.poll(now()).await.again_at, None);
}

#[tokio::test]
async fn a_page_is_asked_for_and_acknowledged() {
    let server = Server::start(vec![
        Act::Say(http("200 OK", QUIET)),
        Act::Say("HTTP/1.1 204 No Content\r\n\r\n".into()),
        Act::Say(http("500 Oh", "")),
    ])
    .await;
    let provider = provider(&server);
    provider.poll(now()).await;
    provider.acknowledge(7).await;
    provider.acknowledge(8).await;
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /inbound?limit=1000 HTTP/1.1\r\n"));
    assert!(requests[1].starts_with("POST /inbound/acknowledge HTTP/1.1\r\n"));
    assert!(requests[1].ends_with("{\"mark\":7}"));
    assert_eq!(requests.len(), 3, "it is not tried again: it will be said again");
}

#[tokio::test]
async fn a_carrier_settles_doubt_as_its_settings_say() {
    let server = Server::start(vec![]).await;
    let resolve = |look_up, refuses_duplicates| {
        let settings = Carrier {
            look_up,
            refuses_duplicates,
            ..settings(&server)
        };
        CarrierProvider::new("main", &settings).abilities().resolve
    };
    assert_eq!(resolve(true, true), Resolve::LookUp);
    assert_eq!(resolve(false, true), Resolve::Resubmit);
    assert_eq!(resolve(false, false), Resolve::Nothing);
    let abilities = provider(&server).abilities();
    assert_eq!((abilities.batch, abilities.in_flight), (100, 4));
    assert_eq!((abilities.patience, abilities.forgets), (PATIENT, false));
}

#[tokio::test]
async fn a_full_page_of_the_longest_texts_is_read() {
    let text = |i| Inbound::Text {
        id: format!("mo-{i}"),
        from: super::text("A").to,
        sender: "arena".into(),
        text: "\u{1}".repeat(1_600),
        part: None,
    };
    let page = InboundPage {
        mark: 1,
        inbound: (0..1_000).map(text).collect(),
        next_in_ms: Some(0),
    };
    let body = serde_json::to_string(&page).expect("our own types have string keys");
    let server = Server::start(vec![Act::Say(http("200 OK", &body))]).await;
    let polled = provider(&server).poll(now()).await;
    assert_eq!((polled.inbound.len(), polled.mark), (1_000, 1));
}
