//! Hands a mail to a server. A login goes over TLS, or stays on this machine; where the server offers TLS it is taken.

use std::error::Error as _;
use std::time::Duration;

use dsl::project::MailServer;
use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use super::secret::Secret;
use super::{Answered, TIMEOUT};

/// How long a server may take to let us in.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);
/// How long a server may take to say goodbye, once all is said.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);

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

/// What the server was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// To let us in.
    Hello,
    /// To protect the connection.
    StartTls,
    /// To take our login.
    Login,
    /// To take mail of ours.
    From,
    /// To take mail for that address.
    Recipient,
    /// To take the mail.
    Text,
}

impl Stage {
    fn command(self) -> &'static str {
        match self {
            Stage::Hello => "greeting",
            Stage::StartTls => "STARTTLS",
            Stage::Login => "login",
            Stage::From => "MAIL FROM",
            Stage::Recipient => "RCPT TO",
            Stage::Text => "DATA",
        }
    }

    /// What is answered is about this mail, and not about us.
    fn is_of_the_mail(self) -> bool {
        matches!(self, Stage::Recipient | Stage::Text)
    }

    fn untaken(self) -> impl Fn(Error) -> Untaken {
        move |error| Untaken::Said(self, error)
    }
}

/// Why a mail was not taken.
enum Untaken {
    /// The server said so, or the connection broke.
    Said(Stage, Error),
    /// It cannot be asked at all, in words.
    Unasked(String),
}

/// Hands over a mail.
pub(super) async fn send(server: &MailServer, login: Option<(&str, Secret)>, mail: Message) -> Answered {
    let sent = tokio::time::timeout(TIMEOUT, async {
        let mut connection = connection(server, login).await?;
        let taken = hand_over(&mut connection, mail.envelope(), &mail.formatted()).await;
        // What was answered holds, however the server takes leave.
        let _ = tokio::time::timeout(LEAVES_WITHIN, connection.abort()).await;
        taken
    });
    match sent.await {
        Ok(Ok(())) => Answered::Done,
        Ok(Err(Untaken::Said(stage, error))) => judged(stage, error.status().map(u16::from), &words(&error)),
        Ok(Err(Untaken::Unasked(why))) => Answered::Again(why, None),
        Err(_) => Answered::Again(format!("no answer within {TIMEOUT:?}"), None),
    }
}

/// A connection that takes mail.
async fn connection(
    server: &MailServer,
    login: Option<(&str, Secret)>,
) -> Result<AsyncSmtpConnection, Untaken> {
    let (protection, port) = protection(server, login.is_some());
    let parameters = TlsParameters::new(server.host.clone());
    let parameters = match parameters {
        Ok(parameters) => Some(parameters),
        // A machine without certificates still reaches itself.
        Err(_) if protection == Protection::Offered && server.is_local() => None,
        Err(error) => {
            let why = format!("no TLS to {}: {}", server.host, words(&error));
            return Err(Untaken::Unasked(why));
        }
    };
    let hello = ClientId::default();
    let wrapper = parameters.clone().filter(|_| protection == Protection::Wrapped);
    let address = (server.host.as_str(), port);
    let connected =
        AsyncSmtpConnection::connect_tokio1(address, Some(CONNECTS_WITHIN), &hello, wrapper, None).await;
    let mut connection = connected.map_err(Stage::Hello.untaken())?;
    match parameters.filter(|_| protection != Protection::Wrapped) {
        Some(parameters) if connection.can_starttls() => {
            let protected = connection.starttls(parameters, &hello).await;
            protected.map_err(Stage::StartTls.untaken())?;
        }
        _ if protection == Protection::Required => {
            let why = "the server offers no TLS, and the login is not sent without";
            return Err(Untaken::Unasked(why.to_owned()));
        }
        _ => {}
    }
    if let Some((user, password)) = login {
        if connection
            .server_info()
            .get_auth_mechanism(DEFAULT_MECHANISMS)
            .is_none()
        {
            return Err(Untaken::Unasked(no_login(connection.is_encrypted())));
        }
        let login = Credentials::new(user.to_owned(), password.reveal().to_owned());
        let let_in = connection.auth(DEFAULT_MECHANISMS, &login).await;
        let_in.map_err(Stage::Login.untaken())?;
    }
    Ok(connection)
}

fn no_login(is_encrypted: bool) -> String {
    match is_encrypted {
        true => "the server offers no login by password (PLAIN or LOGIN)".to_owned(),
        false => "the server offers no TLS, and no login without".to_owned(),
    }
}

/// Hands over a mail, one question after the other: what is answered to which says what it is about.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
) -> Result<(), Untaken> {
    let options = options(connection, envelope, mail).map_err(|lacks| Untaken::Unasked(lacks.to_owned()))?;
    let from = Mail::new(envelope.from().cloned(), options);
    connection.command(from).await.map_err(Stage::From.untaken())?;
    for to in envelope.to() {
        let to = Rcpt::new(to.clone(), vec![]);
        connection.command(to).await.map_err(Stage::Recipient.untaken())?;
    }
    connection.command(Data).await.map_err(Stage::Text.untaken())?;
    connection.message(mail).await.map_err(Stage::Text.untaken())?;
    Ok(())
}

/// What the server must be told of letters beyond ASCII (RFC 6531, RFC 6152).
fn options(
    connection: &AsyncSmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
) -> Result<Vec<MailParameter>, &'static str> {
    let info = connection.server_info();
    let mut options = vec![];
    let addresses = envelope.to().iter().chain(envelope.from());
    let mut addresses = addresses.map(AsRef::<str>::as_ref);
    if !addresses.all(str::is_ascii) {
        if !info.supports_feature(Extension::SmtpUtfEight) {
            return Err("the server takes no addresses with other letters than those of ASCII");
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.is_ascii() {
        if !info.supports_feature(Extension::EightBitMime) {
            return Err("the server takes no mail with other letters than those of ASCII");
        }
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(options)
}

/// What a server's answer says of the mail: what it says of this one mail for ever (RFC 5321, 4.2.3) refuses it, all else
/// concerns the server, us or the login, and is tried again.
pub(super) fn judged(stage: Stage, code: Option<u16>, said: &str) -> Answered {
    match code {
        Some(550..=556) if stage.is_of_the_mail() => {
            Answered::Refused(format!("refused at {}: {said}", stage.command()))
        }
        Some(_) => Answered::Again(format!("at {}: {said}", stage.command()), None),
        None => Answered::Again(said.to_owned(), None),
    }
}

/// An error with what it comes from.
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
    said
}
