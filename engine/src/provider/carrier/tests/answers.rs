//! What the carrier's words mean for the texts.

use dsl::project::ServerErrors;
use expect_test::{Expect, expect};

use super::server::{Act, http};
use super::submitted;

/// Each line: what the carrier says, and what it means for so many texts.
async fn check(lines: &[(&str, String, u8)], expected: Expect) {
    check_with(ServerErrors::Maybe, lines, expected).await;
}

async fn check_with(server_errors: ServerErrors, lines: &[(&str, String, u8)], expected: Expect) {
    let mut table = String::new();
    for (name, said, n) in lines {
        let answers = submitted(Act::Say(said.clone()), *n, |settings| {
            settings.server_errors = server_errors;
        })
        .await;
        table.push_str(&format!("{name} -> {}\n", answers.join(" | ")));
    }
    expected.assert_eq(&table);
}

fn ok(verdicts: &str) -> String {
    http("200 OK", &format!("{{\"messages\":[{verdicts}]}}"))
}

fn verdict(reference: &str, rest: &str) -> String {
    format!("{{\"reference\":\"{reference}\",{rest}}}")
}

fn refused(code: &str) -> String {
    verdict("A", &format!("\"status\":\"refused\",\"code\":\"{code}\""))
}

fn trouble(head: &str, code: &str) -> String {
    http(head, &format!("{{\"code\":\"{code}\",\"reason\":\"says why\"}}"))
}

#[tokio::test]
async fn every_code_of_a_text_has_its_scope() {
    let codes = [
        "unknown-number",
        "landline",
        "opted-out",
        "unreachable",
        "content",
        "duplicate-reference",
        "sender-barred",
        "no-credit",
        "spend-limit",
        "account-barred",
        "throttled",
        "internal",
    ];
    let lines: Vec<(&str, String, u8)> = codes.map(|code| (code, ok(&refused(code)), 1)).into();
    check(
        &lines,
        expect![[r#"
            unknown-number -> RecipientForEver: refused: unknown-number
            landline -> RecipientForEver: refused: landline
            opted-out -> OptedOut: refused: opted-out
            unreachable -> RecipientForNow: refused: unreachable
            content -> Message: refused: content
            duplicate-reference -> accepted
            sender-barred -> Sender: refused: sender-barred
            no-credit -> Account: refused: no-credit
            spend-limit -> Account: refused: spend-limit
            account-barred -> Account: refused: account-barred
            throttled -> Throttled: refused: throttled
            internal -> Provider: refused: internal
        "#]],
    )
    .await;
}

#[tokio::test]
async fn texts_are_matched_by_reference_and_never_by_order() {
    let (a, b) = (
        verdict("A", "\"status\":\"accepted\""),
        verdict("B", "\"status\":\"queued\""),
    );
    let no = verdict(
        "A",
        "\"status\":\"refused\",\"code\":\"content\",\"reason\":\"bad\\nword\"",
    );
    let mixed = |verdicts: &[&str]| ok(&verdicts.join(","));
    check(
        &[
            ("both", mixed(&[&a, &b]), 2),
            ("other order", mixed(&[&b, &no]), 2),
            ("one left out", mixed(&[&b]), 2),
            ("none", mixed(&[]), 2),
            (
                "of a text that nobody sent",
                mixed(&[&b, &verdict("Z", "\"status\":\"accepted\"")]),
                1,
            ),
            ("said twice", mixed(&[&a, &a]), 1),
            ("contradicting", mixed(&[&a, &no]), 1),
            ("contradicting, other order", mixed(&[&no, &b, &a]), 2),
            (
                "one that cannot be read",
                mixed(&[&b, &verdict("A", "\"status\":\"perhaps\"")]),
                2,
            ),
            (
                "taken and refused at once",
                ok(&verdict("A", "\"status\":\"accepted\",\"code\":\"no-credit\"")),
                1,
            ),
            (
                "taken before",
                ok(&verdict(
                    "A",
                    "\"status\":\"accepted\",\"code\":\"duplicate-reference\"",
                )),
                1,
            ),
            (
                "refused without a word",
                ok(&verdict("A", "\"status\":\"refused\"")),
                1,
            ),
        ],
        expect![[r#"
            both -> accepted | accepted
            other order -> Message: bad word | accepted
            one left out -> maybe: the answer leaves it out | accepted
            none -> maybe: the answer leaves it out | maybe: the answer leaves it out
            of a text that nobody sent -> maybe: the answer leaves it out
            said twice -> accepted
            contradicting -> maybe: the answer contradicts itself
            contradicting, other order -> maybe: the answer contradicts itself | accepted
            one that cannot be read -> maybe: the answer leaves it out | accepted
            taken and refused at once -> maybe: the answer contradicts itself
            taken before -> accepted
            refused without a word -> Message: refused
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_success_that_hides_a_refusal_is_none_and_any_success_with_a_verdict_is_one() {
    let bad = verdict(
        "A",
        "\"status\":\"refused\",\"code\":\"account-barred\",\"reason\":\"bad credentials\"",
    );
    let good = format!("{{\"messages\":[{}]}}", verdict("A", "\"status\":\"accepted\""));
    check(
        &[
            ("8.4 a", http("200 OK", "ERROR:11"), 1),
            ("8.4 a of two", http("200 OK", "ERROR:11"), 2),
            ("a page that speaks of errors", http("200 OK", "Errors are listed below"), 1),
            ("8.4 b", ok(&bad), 1),
            ("8.4 c", http("201 Created", &good), 1),
            ("202", http("202 Accepted", &good), 1),
            ("204", "HTTP/1.1 204 No Content\r\n\r\n".into(), 1),
        ],
        expect![[r#"
            8.4 a -> Message: ERROR:11
            8.4 a of two -> RecipientForNow: ERROR:11 | RecipientForNow: ERROR:11
            a page that speaks of errors -> maybe: the answer is not of this protocol: expected value at line 1 column 1
            8.4 b -> Account: bad credentials
            8.4 c -> accepted
            202 -> accepted
            204 -> maybe: the answer is not of this protocol: EOF while parsing a value at line 1 column 0
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_nothing() {
    let good = format!("{{\"messages\":[{}]}}", verdict("A", "\"status\":\"accepted\""));
    check(
        &[
            ("HTML", http("200 OK", "<html><body>It works!</body></html>"), 2),
            ("empty", http("200 OK", ""), 1),
            ("half", http("200 OK", &good[..20]), 1),
            ("more behind it", http("200 OK", &format!("{good}{good}")), 1),
            ("another map", http("200 OK", "{\"ok\":true}"), 1),
            ("null", http("200 OK", "null"), 1),
            ("no HTTP", "220 smtp.example ESMTP\r\n".into(), 1),
            (
                "claims to be gzip",
                http("200 OK\r\ncontent-encoding: gzip", &good),
                1,
            ),
            ("299", http("299 Odd", &good), 1),
            ("600", http("600 Odd", &good), 1),
        ],
        expect![[r#"
            HTML -> maybe: the answer is not of this protocol: expected value at line 1 column 1 | maybe: the answer is not of this protocol: expected value at line 1 column 1
            empty -> maybe: the answer is not of this protocol: EOF while parsing a value at line 1 column 0
            half -> maybe: the answer is not of this protocol: EOF while parsing a string at line 1 column 20
            more behind it -> maybe: the answer is not of this protocol: trailing characters at line 1 column 53
            another map -> maybe: the answer is not of this protocol: missing field `messages` at line 1 column 11
            null -> maybe: the answer is not of this protocol: invalid type: null, expected struct Submitted at line 1 column 4
            no HTTP -> maybe: no answer: invalid HTTP version parsed
            claims to be gzip -> accepted
            299 -> accepted
            600 -> maybe: answered 600 <unknown status code>
        "#]],
    )
    .await;
}

#[tokio::test]
async fn bad_utf8_and_compressed_bytes_say_nothing() {
    let mut table = String::new();
    for (name, header, body) in [
        (
            "bad UTF-8",
            "",
            b"{\"messages\":[{\"reference\":\"A\xff\",\"status\":\"accepted\"}]}".as_slice(),
        ),
        (
            "gzip",
            "content-encoding: gzip\r\n",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".as_slice(),
        ),
    ] {
        let mut said = format!(
            "HTTP/1.1 200 OK\r\n{header}content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        said.extend_from_slice(body);
        let answers = submitted(Act::SayBytes(said), 1, |_| {}).await;
        table.push_str(&format!("{name} -> {}\n", answers.join(" | ")));
    }
    expect![[r#"
        bad UTF-8 -> maybe: the answer is not of this protocol: invalid unicode code point at line 1 column 29
        gzip -> maybe: the answer is not of this protocol: expected value at line 1 column 1
    "#]]
    .assert_eq(&table);
}

#[tokio::test]
async fn a_429_slows_down_for_as_long_as_it_says() {
    let after = |header: &str| http(&format!("429 Too Many Requests\r\n{header}"), "");
    let date = "Retry-After: Wed, 25 Nov 2026 09:00:30 GMT";
    check(
        &[
            ("8.4 d", after(date), 1),
            ("8.4 e", after("Retry-After: 120"), 2),
            ("8.4 f absent", after("x-other: 1"), 1),
            ("8.4 f negative", after("Retry-After: -5"), 1),
            ("8.4 f garbage", after("Retry-After: soon"), 1),
            ("zero", after("Retry-After: 0"), 1),
            ("milliseconds", after("Retry-After-Ms: 1500"), 1),
            (
                "milliseconds win",
                after("Retry-After: 2\r\nRetry-After-Ms: 1500"),
                1,
            ),
            (
                "garbage does not",
                after("Retry-After: 2\r\nRetry-After-Ms: soon"),
                1,
            ),
            ("huge", after("Retry-After: 86400"), 1),
            ("more than fits", after("Retry-After: 99999999999999999999999"), 1),
            (
                "a date that is over",
                after("Retry-After: Wed, 25 Nov 2026 09:00:00 GMT"),
                1,
            ),
            (
                "a date far ahead",
                after("Retry-After: Fri, 25 Nov 2033 09:00:00 GMT"),
                1,
            ),
            (
                "an old form of a date",
                after("Retry-After: Wednesday, 25-Nov-26 09:00:30 GMT"),
                1,
            ),
            (
                "no such date",
                after("Retry-After: Wed, 31 Nov 2026 09:00:30 GMT"),
                1,
            ),
            (
                "whatever its code",
                trouble("429 Too Many Requests\r\nretry-after: 3", "content"),
                1,
            ),
        ],
        expect![[r#"
            8.4 d -> Throttled: answered 429 Too Many Requests, after 29.6s
            8.4 e -> Throttled: answered 429 Too Many Requests, after 120s | Throttled: answered 429 Too Many Requests, after 120s
            8.4 f absent -> Throttled: answered 429 Too Many Requests
            8.4 f negative -> Throttled: answered 429 Too Many Requests
            8.4 f garbage -> Throttled: answered 429 Too Many Requests
            zero -> Throttled: answered 429 Too Many Requests
            milliseconds -> Throttled: answered 429 Too Many Requests, after 1.5s
            milliseconds win -> Throttled: answered 429 Too Many Requests, after 1.5s
            garbage does not -> Throttled: answered 429 Too Many Requests, after 2s
            huge -> Throttled: answered 429 Too Many Requests, after 3600s
            more than fits -> Throttled: answered 429 Too Many Requests, after 3600s
            a date that is over -> Throttled: answered 429 Too Many Requests
            a date far ahead -> Throttled: answered 429 Too Many Requests, after 3600s
            an old form of a date -> Throttled: answered 429 Too Many Requests, after 29.6s
            no such date -> Throttled: answered 429 Too Many Requests
            whatever its code -> Throttled: says why, after 3s
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_4xx_took_nothing_and_its_scope_is_that_of_its_code() {
    check(
        &[
            ("400", http("400 Bad Request", "what?"), 1),
            ("400 of several", http("400 Bad Request", "what?"), 2),
            ("400 content", trouble("400 Bad Request", "content"), 1),
            ("400 content of several", trouble("400 Bad Request", "content"), 2),
            ("401", http("401 Unauthorized", ""), 2),
            ("402", http("402 Payment Required", ""), 1),
            ("403", http("403 Forbidden", ""), 1),
            ("403 of the sender", trouble("403 Forbidden", "sender-barred"), 2),
            ("403 opted out", trouble("403 Forbidden", "opted-out"), 1),
            ("402 no credit", trouble("402 Payment Required", "no-credit"), 2),
            ("404", http("404 Not Found", ""), 2),
            ("405", http("405 Method Not Allowed", ""), 1),
            ("408", http("408 Request Timeout", ""), 1),
            (
                "409 taken before",
                trouble("409 Conflict", "duplicate-reference"),
                1,
            ),
            (
                "409 of several",
                trouble("409 Conflict", "duplicate-reference"),
                2,
            ),
            (
                "422 unreachable",
                trouble("422 Unprocessable Content\r\nretry-after: 60", "unreachable"),
                1,
            ),
        ],
        expect![[r#"
            400 -> Message: answered 400 Bad Request
            400 of several -> RecipientForNow: answered 400 Bad Request | RecipientForNow: answered 400 Bad Request
            400 content -> Message: says why
            400 content of several -> RecipientForNow: says why | RecipientForNow: says why
            401 -> Account: answered 401 Unauthorized | Account: answered 401 Unauthorized
            402 -> Account: answered 402 Payment Required
            403 -> Account: answered 403 Forbidden
            403 of the sender -> Sender: says why | Sender: says why
            403 opted out -> OptedOut: says why
            402 no credit -> Account: says why | Account: says why
            404 -> Provider: answered 404 Not Found | Provider: answered 404 Not Found
            405 -> Provider: answered 405 Method Not Allowed
            408 -> Provider: answered 408 Request Timeout
            409 taken before -> accepted
            409 of several -> maybe: says why | maybe: says why
            422 unreachable -> RecipientForNow: says why, after 60s
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_5xx_means_what_the_settings_say() {
    let lines = [
        ("500", http("500 Internal Server Error", "<html>oh</html>"), 2),
        ("503", http("503 Service Unavailable\r\nretry-after: 7", ""), 1),
        (
            "503 throttled",
            trouble("503 Service Unavailable", "throttled"),
            1,
        ),
        ("500 content", trouble("500 Internal Server Error", "content"), 1),
    ];
    check(
        &lines,
        expect![[r#"
        500 -> maybe: answered 500 Internal Server Error | maybe: answered 500 Internal Server Error
        503 -> maybe: answered 503 Service Unavailable
        503 throttled -> maybe: says why
        500 content -> maybe: says why
    "#]],
    )
    .await;
    check_with(
        ServerErrors::NotSent,
        &lines,
        expect![[r#"
        500 -> Provider: answered 500 Internal Server Error | Provider: answered 500 Internal Server Error
        503 -> Provider: answered 503 Service Unavailable, after 7s
        503 throttled -> Throttled: says why
        500 content -> Provider: says why
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let to = |head: &str| http(&format!("{head}\r\nlocation: http://127.0.0.1:9/elsewhere"), "");
    check(
        &[
            ("301", to("301 Moved Permanently"), 1),
            ("302", to("302 Found"), 1),
            ("303", to("303 See Other"), 1),
            ("307", to("307 Temporary Redirect"), 2),
            ("308", to("308 Permanent Redirect"), 1),
        ],
        expect![[r#"
            301 -> maybe: answered 301 Moved Permanently
            302 -> maybe: answered 302 Found
            303 -> maybe: answered 303 See Other
            307 -> Provider: answered 307 Temporary Redirect | Provider: answered 307 Temporary Redirect
            308 -> Provider: answered 308 Permanent Redirect
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_reason_is_one_short_line() {
    let long = "x\\u001b[31m\\n".repeat(4_000);
    let body = format!("{{\"code\":\"content\",\"reason\":\"{long}\"}}");
    let answers = submitted(Act::Say(http("400 Bad Request", &body)), 1, |_| {}).await;
    assert!(!answers[0].contains(char::is_control));
    assert!(answers[0].chars().count() < 220, "{}", answers[0]);
}
