//! Deliveries against a mail server on this machine, and what is said where none can be made.

use std::fmt::Write;
use std::sync::Arc;

use expect_test::expect;

use super::mail_server::{MailServer, Post};
use super::{PROJECT, now, project, reply};
use crate::deliver::{Courier, Delivery};

/// What is in the environment may be anything, and is told by its name alone.
#[tokio::test]
async fn what_is_no_url_and_what_speaks_no_tls_is_said_so() {
    let server = MailServer::start(vec![]).await;
    let plain = server.url.replace("smtp://", "https://");
    let text = PROJECT
        .replace(
            "url: \"https://ops.arena.example/sms\", secret_env: OPS_SECRET",
            "url_env: OPS",
        )
        .replace("ops.arena.example", "127.0.0.1");
    let mut told = String::new();
    for url in ["ops.arena.example/hunter2", "https://", &plain] {
        let value = url.to_owned();
        let courier = Courier::new(project(&text), Arc::new(move |_: &str| Some(value.clone())));
        for inbox in ["ops", "desk"] {
            let delivery = Delivery {
                inbox: inbox.into(),
                ..reply("?")
            };
            let answered = courier.deliver(&delivery, ("KEY", "PERSON"), now()).await;
            let _ = writeln!(told, "{inbox}: {answered:?}");
        }
    }
    expect![[r#"
        ops: Again("OPS does not begin with https://: it is no URL", None)
        desk: Again("DESK_SLACK does not begin with https://: it is no URL", None)
        ops: Again("OPS is no URL: empty host", None)
        desk: Again("DESK_SLACK is no URL: empty host", None)
        ops: Again("no connection: what answers there speaks no TLS: its URL begins with https://", None)
        desk: Again("no connection: what answers there speaks no TLS: its URL begins with https://", None)
    "#]]
    .assert_eq(&told);
}

/// What comes of mails, each met with an act of the server.
#[tokio::test]
async fn a_mail_is_handed_over_with_its_login() {
    let server = MailServer::start(vec![
        Post::Take,
        Post::ToRecipient("550 5.1.1 no such box"),
        Post::ToRecipient("451 later"),
        Post::ToLogin("535 5.7.8 wrong"),
        Post::TakeAndClose,
        Post::Greet("554 5.7.1 no service for 192.0.2.7"),
        Post::ToSender("550 5.7.1 not\u{1b}[31m from \u{202e}you"),
        Post::OfferNothing,
    ])
    .await;
    let mail = format!(
        "mail: {{ smtp: \"{}\", user: crier, password_env: SMTP_PASSWORD, from: crier@arena.example }}\n",
        server.url
    );
    let environment = |name: &str| (name == "SMTP_PASSWORD").then(|| "hunter2\n".to_owned());
    let courier = Courier::new(project(&format!("{PROJECT}{mail}")), Arc::new(environment));
    let mut delivery = reply(".\nIs there parking?");
    delivery.inbox = "box-office".into();
    let mut told = String::new();
    for _ in 0..8 {
        let answered = courier.deliver(&delivery, ("KEY", "PERSON"), now()).await;
        let _ = writeln!(told, "{answered:?}");
    }
    delivery.inbox = "b\u{fc}ro@arena.example".into();
    let answered = courier.deliver(&delivery, ("KEY", "PERSON"), now()).await;
    let _ = writeln!(told, "{answered:?}");
    delivery.inbox = "box-office".into();
    let without = Courier::new(project(&format!("{PROJECT}{mail}")), Arc::new(|_: &str| None));
    let answered = without.deliver(&delivery, ("KEY", "PERSON"), now()).await;
    let _ = writeln!(told, "{answered:?}");
    expect![[r#"
        Done
        Refused("refused at RCPT TO: permanent error (550): 5.1.1 no such box")
        Again("at RCPT TO: transient error (451): later", None)
        Again("at login: permanent error (535): 5.7.8 wrong", None)
        Again("response error: incomplete response", None)
        Again("at greeting: permanent error (554): 5.7.1 no service for 192.0.2.7", None)
        Again("at MAIL FROM: permanent error (550): 5.7.1 not�[31m from �you", None)
        Again("the server offers no TLS, and no login without", None)
        Again("the server takes no addresses with other letters than those of ASCII", None)
        Again("the environment has no SMTP_PASSWORD", None)
    "#]]
    .assert_eq(&told);
    assert_eq!(server.mails().len(), 2);
    assert!(
        server.mails()[0].contains("\n..\nIs there parking?"),
        "{}",
        server.mails()[0]
    );
    let said = server.said();
    let login = data_encoding::BASE64.encode(b"\0crier\0hunter2");
    assert!(said.contains(&format!("AUTH PLAIN {login}")), "{said:?}");
    assert!(
        said.contains(&"RCPT TO:<box-office@arena.example>".to_owned()),
        "{said:?}"
    );
}
