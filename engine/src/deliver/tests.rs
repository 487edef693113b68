//! What goes to each kind of inbox, where to, and what answers mean: tables, without a network.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::{MailServer as Server, Project};
use expect_test::expect;
use reqwest::StatusCode;

use super::mail::{About, render};
use super::secret::Secret;
use super::smtp::Stage;
use super::{
    Answered, Delivery, Fate, InboxState, Item, ItemKind, Route, after, fate, given_up_at, http, phone,
    slack, smtp, webhook,
};
use crate::ids::LaunchId;
use crate::testing::{at, nth_phone};

mod courier;
pub mod mail_server;

fn now() -> DateTime<Utc> {
    at("2026-11-25T15:00:00Z")
}

fn reply(text: &str) -> Delivery {
    Delivery {
        id: 7,
        inbox: "desk".into(),
        item: Item {
            kind: ItemKind::Reply {
                sender: "arena".into(),
                flagged: false,
            },
            phone: nth_phone(0),
            text: text.into(),
            at: now(),
            launch: Some((LaunchId(3), "winter-concert".into())),
        },
        attempts: 1,
        give_up_at: given_up_at(now()),
    }
}

fn flagged(text: &str) -> Delivery {
    let mut delivery = reply(text);
    delivery.item.kind = ItemKind::Reply {
        sender: "arena".into(),
        flagged: true,
    };
    delivery.item.launch = None;
    delivery
}

fn note(text: &str) -> Delivery {
    let mut delivery = reply(text);
    delivery.item.kind = ItemKind::Note;
    delivery
}

fn about<'a>() -> About<'a> {
    About {
        from: "crier@arena.example",
        to: "desk@arena.example",
        key: "KEY",
        conversation: "PERSON",
        project: "arena",
        zone: chrono_tz::Europe::Rome,
        now: now(),
    }
}

fn mailed(delivery: &Delivery) -> String {
    let mail = render(delivery, &about())
        .expect("the addresses are good")
        .formatted();
    String::from_utf8(mail)
        .expect("mail is ASCII")
        .replace("\r\n", "\n")
}

#[test]
fn a_mail_says_who_wrote_what_and_how_to_see_more() {
    expect![[r#"
        From: crier@arena.example
        To: desk@arena.example
        Subject: Reply from +14155550000 (winter-concert)
        Date: Wed, 25 Nov 2026 15:00:00 +0000
        Message-ID: <KEY@arena.example>
        In-Reply-To: <person-PERSON@arena.example>
        References: <person-PERSON@arena.example>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Is there parking?

        --=20
        From: +14155550000, to arena
        When: 2026-11-25 16:00 CET
        Campaign: winter-concert, launch 3
        Project: arena

        `crier why +14155550000` shows all that was written to and by them, `crier =
        inbox desk` all of this inbox. Mail in answer to this reaches nobody: call =
        +14155550000, or text them."#]]
    .assert_eq(&mailed(&reply("Is there parking?")));
    expect![[r#"
        From: crier@arena.example
        To: desk@arena.example
        Subject: Reply from +14155550000 (no campaign)
        Date: Wed, 25 Nov 2026 15:00:00 +0000
        Message-ID: <KEY@arena.example>
        In-Reply-To: <person-PERSON@arena.example>
        References: <person-PERSON@arena.example>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Perch=C3=A9? Basta, STOP it

        --=20
        It contains an opt-out word: please read it.
        From: +14155550000, to arena
        When: 2026-11-25 16:00 CET
        Campaign: none
        Project: arena

        `crier why +14155550000` shows all that was written to and by them, `crier =
        inbox desk` all of this inbox. Mail in answer to this reaches nobody: call =
        +14155550000, or text them."#]]
    .assert_eq(&mailed(&flagged("Perché? Basta, STOP it")));
    expect![[r#"
        From: crier@arena.example
        To: desk@arena.example
        Subject: Note about +14155550000 (winter-concert)
        Date: Wed, 25 Nov 2026 15:00:00 +0000
        Message-ID: <KEY@arena.example>
        In-Reply-To: <person-PERSON@arena.example>
        References: <person-PERSON@arena.example>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Ada says no

        --=20
        About: +14155550000
        When: 2026-11-25 16:00 CET
        Campaign: winter-concert, launch 3
        Project: arena

        `crier why +14155550000` shows all that was written to and by them, `crier =
        inbox desk` all of this inbox. Mail in answer to this reaches nobody: call =
        +14155550000, or text them."#]]
    .assert_eq(&mailed(&note("Ada says no")));
}

/// Whatever people write, and whatever a campaign is called, stays where it belongs.
#[test]
fn no_text_and_no_name_makes_a_header() {
    let evil = "x\r\nBcc: all@arena.example\r\n\r\n.\r\nRCPT TO:<all@arena.example>";
    let mut delivery = reply(evil);
    delivery.item.launch = Some((LaunchId(3), evil.into()));
    let mail = render(&delivery, &about())
        .expect("the addresses are good")
        .formatted();
    let mail = String::from_utf8(mail).expect("mail is ASCII");
    let (head, body) = mail.split_once("\r\n\r\n").expect("a mail has both");
    let names: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(':').next())
        .collect();
    expect!["From To Subject Date Message-ID In-Reply-To References Auto-Submitted MIME-Version Content-Type Content-Transfer-Encoding"].assert_eq(&names.join(" "));
    assert!(body.contains("Bcc: all@arena.example"), "{body}");
    let to = About {
        to: "desk@arena.example>\r\nBcc: <all@arena.example",
        ..about()
    };
    assert!(render(&delivery, &to).is_err());
}

#[test]
fn slack_reads_nothing_of_a_text_as_its_own() {
    let long = "x".repeat(10_000);
    let table = [reply("<!channel> A & B"), flagged("no STOP"), note("Ada says no")];
    let lines: Vec<String> = table.iter().map(|one| slack::body(&one.item, "arena")).collect();
    expect![[r#"
        {"text":"+14155550000 (arena, winter-concert): &lt;!channel&gt; A &amp; B\n`crier why +14155550000` shows all of it"}
        {"text":"+14155550000 (arena, no campaign): no STOP\n_Contains an opt-out word: please read it._\n`crier why +14155550000` shows all of it"}
        {"text":"note about +14155550000 (arena, winter-concert): Ada says no\n`crier why +14155550000` shows all of it"}"#]].assert_eq(&lines.join("\n"));
    assert!(slack::body(&reply(&long).item, "arena").len() < 3_000);
}

#[test]
fn a_phone_is_told_in_few_parts() {
    let long = "è".repeat(2_000);
    let table = [
        reply("Is there parking?"),
        flagged("no STOP"),
        note("Ada says no"),
    ];
    let lines: Vec<String> = table.iter().map(phone::text_of).collect();
    expect![[r#"
        +14155550000: Is there parking?
        +14155550000 (an opt-out word?): no STOP
        Ada says no"#]]
    .assert_eq(&lines.join("\n"));
    let shouted = "\u{1f389} ".to_owned() + &"word ".repeat(200);
    let late = "word ".repeat(60) + "\u{1f389}" + &"word ".repeat(60);
    let braces = "{".repeat(400);
    let mut told = String::new();
    for text in [
        long,
        shouted,
        late,
        braces,
        "x".repeat(459),
        "x".repeat(460),
        "\u{43f}".repeat(201),
        "\u{43f}".repeat(202),
    ] {
        let cut = phone::text_of(&note(&text));
        let parts = sms::parts::measure(&cut);
        let letters = cut.chars().count();
        let _ = writeln!(
            told,
            "{letters} letters, {} parts of {:?}, cut {}",
            parts.part_count,
            parts.encoding,
            cut != text
        );
    }
    expect![[r#"
        459 letters, 3 parts of Gsm7, cut true
        200 letters, 3 parts of Ucs2, cut true
        303 letters, 2 parts of Gsm7, cut true
        230 letters, 3 parts of Gsm7, cut true
        459 letters, 3 parts of Gsm7, cut false
        459 letters, 3 parts of Gsm7, cut true
        201 letters, 3 parts of Ucs2, cut false
        201 letters, 3 parts of Ucs2, cut true
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_webhook_gets_an_event_of_less_than_20_kb() {
    expect![[r#"{"data":{"at":"2026-11-25T15:00:00Z","campaign":"winter-concert","contains_opt_out":false,"inbox":"desk","launch":3,"phone":"+14155550000","sender":"arena","text":"Is there parking?","text_is_cut":false},"datacontenttype":"application/json","id":"KEY","source":"crier/arena","specversion":"1.0","subject":"+14155550000","time":"2026-11-25T15:00:00Z","type":"crier.reply.forwarded.v1"}"#]].assert_eq(&webhook::body(&reply("Is there parking?"), "KEY", "arena"));
    expect![[r#"{"data":{"at":"2026-11-25T15:00:00Z","campaign":"winter-concert","contains_opt_out":false,"inbox":"desk","launch":3,"phone":"+14155550000","sender":null,"text":"Ada says no","text_is_cut":false},"datacontenttype":"application/json","id":"KEY","source":"crier/arena","specversion":"1.0","subject":"+14155550000","time":"2026-11-25T15:00:00Z","type":"crier.note.v1"}"#]].assert_eq(&webhook::body(&note("Ada says no"), "KEY", "arena"));
    for letter in ["x", "\u{1}", "😀", "\""] {
        let body = webhook::body(&reply(&letter.repeat(50_000)), "KEY", "arena");
        assert!(body.len() < 20_000, "{letter:?}: {}", body.len());
    }
}

/// The first is the example of Standard Webhooks' own libraries.
#[test]
fn a_webhook_is_signed_as_standard_webhooks_say() {
    let signed = |secret: &str| {
        let at = DateTime::from_timestamp(1_614_265_330, 0).expect("a time");
        let secret = Secret::new(secret.to_owned());
        assert_eq!(format!("{secret:?}"), "•••");
        webhook::signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            "{\"test\": 2432232314}",
        )
    };
    let theirs = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let own = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(signed(&format!("whsec_{own}")).as_deref(), Some(theirs));
    assert_eq!(signed(own).as_deref(), Some(theirs));
    let both = signed(&format!("whsec_{own} whsec_{}", "A".repeat(44))).expect("both are secrets");
    let (first, second) = both.split_once(' ').expect("two signatures");
    assert!(
        first == theirs && second.starts_with("v1,") && second != theirs,
        "{both}"
    );
    for none in [
        "",
        "hunter2",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw hunter2",
    ] {
        assert_eq!(signed(none), None, "{none}");
    }
}

const PROJECT: &str = "\
crier: 1
providers: { trial: { kind: simulated } }
senders: { arena: { number: \"+390612345678\", provider: trial, receives: true } }
inboxes:
  box-office: { email: box-office@arena.example }
  shift: { phone: \"+393331234567\" }
  ops: { url: \"https://ops.arena.example/sms\", secret_env: OPS_SECRET }
  desk: { slack_url_env: DESK_SLACK }
policy: { hosts: [ops.arena.example] }
";

fn project(text: &str) -> Arc<Project> {
    let checked = dsl::check_project(&dsl::parse_project(text), "arena");
    assert!(checked.later.is_empty(), "{:?}", checked.later);
    Arc::new(
        checked
            .value
            .unwrap_or_else(|| panic!("{:?}", checked.diagnostics)),
    )
}

#[test]
fn each_inbox_has_its_way() {
    let mail = "mail: { smtp: \"smtps://mail.example\", user: crier, password_env: SMTP_PASSWORD, from: crier@arena.example }\n";
    let mut told = String::new();
    for project in [project(&format!("{PROJECT}{mail}")), project(PROJECT)] {
        for inbox in ["box-office", "me@arena.example", "shift", "ops", "desk", "gone"] {
            let way = match Route::of(&project, inbox) {
                Route::Mail { mail, to } => format!("mail to {to} by {}", mail.server.host),
                Route::Phone { to, sender } => format!("text to {to} from {sender}"),
                Route::Webhook { url, secret_env } => format!("{url:?}, signed by {secret_env:?}"),
                Route::Slack(url_env) => format!("Slack by {url_env}"),
                Route::Kept(why) => why.to_owned(),
            };
            let _ = writeln!(told, "{inbox}: {way}");
        }
    }
    expect![[r#"
        box-office: mail to box-office@arena.example by mail.example
        me@arena.example: mail to me@arena.example by mail.example
        shift: text to +393331234567 from arena
        ops: Stated("https://ops.arena.example/sms"), signed by Some("OPS_SECRET")
        desk: Slack by DESK_SLACK
        gone: crier.yaml has no such inbox any more
        box-office: crier.yaml has no `mail`
        me@arena.example: crier.yaml has no `mail`
        shift: text to +393331234567 from arena
        ops: Stated("https://ops.arena.example/sms"), signed by Some("OPS_SECRET")
        desk: Slack by DESK_SLACK
        gone: crier.yaml has no such inbox any more
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_login_goes_over_tls_or_stays_here() {
    let table = [
        "smtps://mail.example",
        "smtp://mail.example",
        "smtp://mail.example:2525",
        "smtp://localhost",
        "smtp://[::1]:25",
    ];
    let mut told = String::new();
    for url in table {
        let server = Server::parse(url).expect("a server");
        let [with, without] = [true, false].map(|login| smtp::protection(&server, login));
        let _ = writeln!(told, "{url}: with a login {with:?}, without {without:?}");
    }
    expect![[r#"
        smtps://mail.example: with a login (Wrapped, 465), without (Wrapped, 465)
        smtp://mail.example: with a login (Required, 587), without (Offered, 25)
        smtp://mail.example:2525: with a login (Required, 2525), without (Offered, 2525)
        smtp://localhost: with a login (Offered, 587), without (Offered, 25)
        smtp://[::1]:25: with a login (Offered, 25), without (Offered, 25)
    "#]]
    .assert_eq(&told);
}

#[test]
fn answers_concern_the_one_or_the_inbox() {
    let mut told = String::new();
    for stage in [
        Stage::Hello,
        Stage::Login,
        Stage::From,
        Stage::Recipient,
        Stage::Text,
    ] {
        for code in [None, Some(421), Some(503), Some(535), Some(550), Some(554)] {
            let judged = smtp::judged(stage, code, "said");
            let _ = writeln!(told, "mail {stage:?} {code:?}: {judged:?}");
        }
    }
    for status in [200, 204, 302, 400, 401, 404, 408, 410, 413, 422, 429, 500, 503] {
        let status = StatusCode::from_u16(status).expect("a status");
        let judged = http::judged(status, Some(Duration::from_secs(90)));
        let _ = writeln!(told, "{status}: {judged:?}");
    }
    expect![[r#"
        mail Hello None: Again("said", None)
        mail Hello Some(421): Again("at greeting: said", None)
        mail Hello Some(503): Again("at greeting: said", None)
        mail Hello Some(535): Again("at greeting: said", None)
        mail Hello Some(550): Again("at greeting: said", None)
        mail Hello Some(554): Again("at greeting: said", None)
        mail Login None: Again("said", None)
        mail Login Some(421): Again("at login: said", None)
        mail Login Some(503): Again("at login: said", None)
        mail Login Some(535): Again("at login: said", None)
        mail Login Some(550): Again("at login: said", None)
        mail Login Some(554): Again("at login: said", None)
        mail From None: Again("said", None)
        mail From Some(421): Again("at MAIL FROM: said", None)
        mail From Some(503): Again("at MAIL FROM: said", None)
        mail From Some(535): Again("at MAIL FROM: said", None)
        mail From Some(550): Again("at MAIL FROM: said", None)
        mail From Some(554): Again("at MAIL FROM: said", None)
        mail Recipient None: Again("said", None)
        mail Recipient Some(421): Again("at RCPT TO: said", None)
        mail Recipient Some(503): Again("at RCPT TO: said", None)
        mail Recipient Some(535): Again("at RCPT TO: said", None)
        mail Recipient Some(550): Refused("refused at RCPT TO: said")
        mail Recipient Some(554): Refused("refused at RCPT TO: said")
        mail Text None: Again("said", None)
        mail Text Some(421): Again("at DATA: said", None)
        mail Text Some(503): Again("at DATA: said", None)
        mail Text Some(535): Again("at DATA: said", None)
        mail Text Some(550): Refused("refused at DATA: said")
        mail Text Some(554): Refused("refused at DATA: said")
        200 OK: Done
        204 No Content: Done
        302 Found: Again("answered 302 Found", Some(90s))
        400 Bad Request: Refused("answered 400 Bad Request")
        401 Unauthorized: Again("answered 401 Unauthorized", Some(90s))
        404 Not Found: Again("answered 404 Not Found", Some(90s))
        408 Request Timeout: Again("answered 408 Request Timeout", Some(90s))
        410 Gone: Gone("answered 410 Gone")
        413 Payload Too Large: Refused("answered 413 Payload Too Large")
        422 Unprocessable Entity: Refused("answered 422 Unprocessable Entity")
        429 Too Many Requests: Again("answered 429 Too Many Requests", Some(90s))
        500 Internal Server Error: Again("answered 500 Internal Server Error", Some(90s))
        503 Service Unavailable: Again("answered 503 Service Unavailable", Some(90s))
    "#]]
    .assert_eq(&told);
}

#[test]
fn pauses_grow_over_days_and_end() {
    let again = || Answered::Again("away".into(), None);
    let mut told = String::new();
    let (mut delivery, mut state, mut at) = (reply("?"), InboxState::default(), now());
    while let Fate::Again(next) = fate(&delivery, &again(), at) {
        state = after(state, &again(), at);
        let until = state.until.expect("it pauses");
        let _ = writeln!(
            told,
            "{}: after {} s, the inbox after {} s",
            delivery.attempts,
            (next - at).num_seconds(),
            (until - at).num_seconds()
        );
        at = next.max(until);
        delivery.attempts += 1;
    }
    let _ = writeln!(told, "given up after {} h", (at - now()).num_hours());
    expect![[r#"
        1: after 8 s, the inbox after 10 s
        2: after 30 s, the inbox after 30 s
        3: after 71 s, the inbox after 90 s
        4: after 321 s, the inbox after 270 s
        5: after 698 s, the inbox after 810 s
        6: after 2908 s, the inbox after 2430 s
        7: after 7971 s, the inbox after 7290 s
        8: after 22834 s, the inbox after 21600 s
        9: after 22419 s, the inbox after 21600 s
        10: after 24582 s, the inbox after 21600 s
        11: after 20417 s, the inbox after 21600 s
        12: after 22534 s, the inbox after 21600 s
        13: after 17745 s, the inbox after 21600 s
        14: after 20429 s, the inbox after 21600 s
        15: after 25829 s, the inbox after 21600 s
        16: after 24929 s, the inbox after 21600 s
        17: after 23318 s, the inbox after 21600 s
        18: after 25899 s, the inbox after 21600 s
        given up after 74 h
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_an_inbox_asks_for_is_obeyed_and_what_went_together_fails_once() {
    let slow = Answered::Again("slow".into(), Some(Duration::from_secs(3_600)));
    let ever = Answered::Again("slow".into(), Some(Duration::from_secs(u64::MAX)));
    let first = after(InboxState::default(), &slow, now());
    let second = after(first, &Answered::Again("away".into(), None), now());
    assert_eq!((first.failures, second.failures), (1, 1));
    assert_eq!(second.until, Some(at("2026-11-25T16:00:00Z")));
    assert_eq!(
        fate(&reply("?"), &slow, now()),
        Fate::Again(at("2026-11-25T16:00:00Z"))
    );
    assert_eq!(
        fate(&reply("?"), &ever, now()),
        Fate::Again(at("2026-11-26T15:00:00Z"))
    );
    assert_eq!(after(second, &Answered::Done, now()).failures, 0);
    let gone = after(second, &Answered::Gone("gone".into()), now());
    assert!(gone.stopped);
    assert_eq!(
        fate(&reply("?"), &Answered::Refused("no".into()), now()),
        Fate::Undelivered
    );
    let late = given_up_at(now());
    assert_eq!(fate(&reply("?"), &slow, late), Fate::Undelivered);
}
