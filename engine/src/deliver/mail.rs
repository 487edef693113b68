//! A mail about a reply or a note: whom it is from and to, what it says, and the headers by which one person's mails stand
//! together and no machine answers. Values of people stand in its body alone, and in headers only what they cannot break.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};

use super::{Delivery, ItemKind};

/// What a mail is made of beside the delivery.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The address that it comes from.
    pub from: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// The key of the delivery.
    pub key: &'a str,
    /// The key of all that is about this person.
    pub conversation: &'a str,
    /// The project.
    pub project: &'a str,
    /// The clock that times are written on.
    pub zone: Tz,
    /// When it leaves.
    pub now: DateTime<Utc>,
}

/// The mail; an error in words where an address is none.
pub(super) fn render(delivery: &Delivery, about: &About<'_>) -> Result<Message, String> {
    let mailbox = |address: &str| -> Result<Mailbox, String> {
        let parsed = address.parse().map_err(|error| format!("{address:?}: {error}"))?;
        Ok(Mailbox::new(None, parsed))
    };
    let from = mailbox(about.from)?;
    let domain = from.email.domain().to_owned();
    let id = |key: &str| format!("<{key}@{domain}>");
    let root = id(&format!("person-{}", about.conversation));
    Message::builder()
        .from(from)
        .to(mailbox(about.to)?)
        .subject(subject(delivery))
        .date(about.now.into())
        .message_id(Some(id(about.key)))
        .in_reply_to(root.clone())
        .references(root)
        .header(AutoSubmitted)
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(body(delivery, about))
        .map_err(|error| error.to_string())
}

/// Names the campaign and the person.
fn subject(delivery: &Delivery) -> String {
    let item = &delivery.item;
    let what = match &item.kind {
        ItemKind::Reply { .. } => "Reply from",
        ItemKind::Note => "Note about",
    };
    let campaign = item.launch.as_ref().map(|(_, campaign)| campaign.as_str());
    let campaign: String = campaign
        .unwrap_or("no campaign")
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect();
    format!("{what} {} ({campaign})", item.phone)
}

fn body(delivery: &Delivery, about: &About<'_>) -> String {
    let item = &delivery.item;
    let phone = item.phone;
    let at = item.at.with_timezone(&about.zone).format("%Y-%m-%d %H:%M %Z");
    let mut lines = vec![item.text.clone(), String::new(), "-- ".to_owned()];
    match &item.kind {
        ItemKind::Reply { sender, flagged } => {
            if *flagged {
                lines.push("It contains an opt-out word: please read it.".into());
            }
            lines.push(format!("From: {phone}, to {sender}"));
        }
        ItemKind::Note => lines.push(format!("About: {phone}")),
    }
    lines.push(format!("When: {at}"));
    lines.push(match &item.launch {
        Some((launch, campaign)) => format!("Campaign: {campaign}, launch {launch}"),
        None => "Campaign: none".to_owned(),
    });
    lines.push(format!("Project: {}", about.project));
    lines.push(String::new());
    lines.push(format!(
        "`crier why {phone}` shows all that was written to and by them, `crier inbox {}` all of this inbox. \
         Mail in answer to this reaches nobody: call {phone}, or text them.",
        delivery.inbox
    ));
    lines.join("\n")
}

/// RFC 3834: no machine is to answer this.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<AutoSubmitted, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(AutoSubmitted::name(), "auto-generated".to_owned())
    }
}
