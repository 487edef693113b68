//! Hands a mail to a server. A login goes over TLS, or stays on this machine; where the server offers TLS it is taken.

use std::error::Error as _;
use std::time::Duration;

use dsl::project::MailServer;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::secret::Secret;
use super::{Answered, TIMEOUT};

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    /// TLS from the first byte.
    Wrapped,
    /// The server must offer TLS, and nothing is said before.
    Required,
    /// TLS where the server offers it.
    Offered,
}

/// How a connection is protected, and its port.
pub(super) fn protection(server: &MailServer, has_login: bool) -> (Protection, u16) {
    // Ports of RFC 8314, of submission (RFC 6409) and of mail between servers (RFC 5321).
    let (protection, usual) = match (server.is_wrapped, has_login) {
        (true, _) => (Protection::Wrapped, 465),
        (false, true) if server.is_local() => (Protection::Offered, 587),
        (false, true) => (Protection::Required, 587),
        (false, false) => (Protection::Offered, 25),
    };
    (protection, server.port.unwrap_or(usual))
}

/// Hands over a mail.
pub(super) async fn send(server: &MailServer, login: Option<(&str, Secret)>, mail: Message) -> Answered {
    let transport = match transport(server, login) {
        Ok(transport) => transport,
        Err(error) => return Answered::Again(format!("no TLS to {}: {}", server.host, words(&error)), None),
    };
    let sent = tokio::time::timeout(TIMEOUT, transport.send(mail)).await;
    match sent {
        Ok(Ok(_)) => Answered::Done,
        Ok(Err(error)) => judged(error.status().map(u16::from), &words(&error)),
        Err(_) => Answered::Again(format!("no answer within {TIMEOUT:?}"), None),
    }
}

fn transport(
    server: &MailServer,
    login: Option<(&str, Secret)>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, Error> {
    let (protection, port) = protection(server, login.is_some());
    let parameters = TlsParameters::new(server.host.clone());
    let tls = match protection {
        Protection::Wrapped => Tls::Wrapper(parameters?),
        Protection::Required => Tls::Required(parameters?),
        // A machine without certificates still reaches itself.
        Protection::Offered if server.is_local() => parameters.map_or(Tls::None, Tls::Opportunistic),
        Protection::Offered => Tls::Opportunistic(parameters?),
    };
    let builder: AsyncSmtpTransportBuilder =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(20)));
    let builder = match login {
        Some((user, password)) => {
            builder.credentials(Credentials::new(user.to_owned(), password.reveal().to_owned()))
        }
        None => builder,
    };
    Ok(builder.build())
}

/// What a server's answer says of the mail: what it says of this one mail for ever (RFC 5321, 4.2.3) refuses it, all else
/// concerns the server or the login, and is tried again.
pub(super) fn judged(code: Option<u16>, said: &str) -> Answered {
    match code {
        Some(550..=556) => Answered::Refused(format!("refused: {said}")),
        Some(_) | None => Answered::Again(said.to_owned(), None),
    }
}

/// An error with what it comes from, on one line and without end.
fn words(error: &Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        source = error.source();
    }
    let one_line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(300).collect()
}
