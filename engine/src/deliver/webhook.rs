//! What a webhook gets: an event in the form of CloudEvents 1.0 (structured, JSON), signed as Standard Webhooks say. The
//! signature is over id, time and body, each of its secrets signs, and the id is the same each time that it is tried.

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::secret::Secret;
use super::{Delivery, Item, ItemKind};

/// Letters of a text, at most: the body is below 20,000 bytes whatever the text.
const MOST: usize = 3_000;
/// What a secret may begin with.
const PREFIX: &str = "whsec_";

/// Why what is in the environment signs nothing.
pub(super) const NO_SECRET: &str = "is no secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64; several have spaces between them";

/// The body.
pub(super) fn body(delivery: &Delivery, key: &str, project: &str) -> String {
    let Item {
        kind,
        phone,
        text,
        at,
        launch,
    } = &delivery.item;
    let cut: String = text.chars().take(MOST).collect();
    let is_cut = cut.len() < text.len();
    let (event, sender, flagged) = match kind {
        ItemKind::Reply { sender, flagged } => ("crier.reply.forwarded.v1", Some(sender), *flagged),
        ItemKind::Note => ("crier.note.v1", None, false),
    };
    let (launch, campaign) = launch.as_ref().map(|(id, name)| (id.0, name)).unzip();
    let body = json!({
        "specversion": "1.0",
        "id": key,
        "source": format!("crier/{project}"),
        "type": event,
        "subject": phone.to_string(),
        "time": at,
        "datacontenttype": "application/json",
        "data": {
            "phone": phone.to_string(),
            "text": cut,
            "text_is_cut": is_cut,
            "at": at,
            "inbox": delivery.inbox,
            "campaign": campaign,
            "launch": launch,
            "sender": sender,
            "contains_opt_out": flagged,
        },
    });
    body.to_string()
}

/// The header `webhook-signature`; none where any of the secrets is none.
pub(super) fn signature(secret: &Secret, key: &str, at: DateTime<Utc>, body: &str) -> Option<String> {
    let signed = secret.reveal().split_whitespace().map(|secret| {
        let bytes = BASE64
            .decode(secret.strip_prefix(PREFIX).unwrap_or(secret).as_bytes())
            .ok()?;
        if !(24..=64).contains(&bytes.len()) {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).ok()?;
        mac.update(format!("{key}.{}.{body}", at.timestamp()).as_bytes());
        Some(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
    });
    let signed: Vec<String> = signed.collect::<Option<_>>()?;
    (!signed.is_empty()).then(|| signed.join(" "))
}
