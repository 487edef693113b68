//! The adapter against a carrier that says and does what a line of a table says, byte by byte.

mod answers;
mod inbound;
pub(crate) mod server;
mod wire;

use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::{Carrier, ServerErrors};
use sms::PhoneNumber;

use super::CarrierProvider;
use crate::provider::{Answer, Provider, Refusal, Submission};
use server::{Act, Server};

/// Long enough for every answer that comes, on any machine.
const PATIENT: Duration = Duration::from_secs(60);
/// Where an answer never comes.
const HASTY: Duration = Duration::from_millis(500);

fn settings(server: &Server) -> Carrier {
    Carrier {
        url: server.url.clone(),
        rate: None,
        batch: 100,
        in_flight: 4,
        timeout: PATIENT,
        look_up: true,
        refuses_duplicates: false,
        server_errors: ServerErrors::Maybe,
    }
}

fn provider(server: &Server) -> CarrierProvider {
    CarrierProvider::new("main", &settings(server))
}

fn now() -> DateTime<Utc> {
    "2026-11-25T09:00:00.400Z".parse().expect("a time")
}

/// Texts with the references A, B, C and so on.
fn texts(n: u8) -> Vec<Submission> {
    (0..n).map(|i| text(&char::from(b'A' + i).to_string())).collect()
}

fn text(reference: &str) -> Submission {
    Submission {
        reference: reference.into(),
        to: PhoneNumber::from_u64(393_331_234_567).expect("a number"),
        sender: "arena".into(),
        text: "Doors open at 8 – ciao".into(),
        parts: 1,
    }
}

/// An answer on one line.
fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Accepted => "accepted".into(),
        Answer::Maybe(reason) => format!("maybe: {reason}"),
        Answer::NotSent(Refusal {
            scope,
            reason,
            retry_after,
        }) => {
            let after = retry_after.map(|after| format!(", after {after:?}"));
            format!("{scope:?}: {reason}{}", after.unwrap_or_default())
        }
    }
}

/// What becomes of so many texts when the carrier does this.
async fn submitted(act: Act, n: u8, change: impl FnOnce(&mut Carrier)) -> Vec<String> {
    let server = Server::start(vec![act]).await;
    let mut settings = settings(&server);
    change(&mut settings);
    let answers = CarrierProvider::new("main", &settings)
        .submit(texts(n), now())
        .await;
    answers.iter().map(shown).collect()
}

/// Without the port of the server, which is another one each time.
fn without_port(text: &str) -> String {
    match text.split_once("127.0.0.1:") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}127.0.0.1:PORT{rest}")
        }
        None => text.into(),
    }
}
