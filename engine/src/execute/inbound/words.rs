//! A person's words, as a provider brought them and as they are asked about again.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use super::Said;
use crate::provider::Inbound;
use crate::store::NewReply;

/// A person's text as a provider brought it.
pub(super) struct Words<'a> {
    pub provider: &'a str,
    pub at: DateTime<Utc>,
    pub id: String,
    pub from: PhoneNumber,
    pub sender: String,
    pub text: String,
    /// Others of the same person may have overtaken it.
    pub is_again: bool,
}

impl Words<'_> {
    /// As it came, to be asked about again.
    pub fn again(self) -> Said {
        Said {
            provider: self.provider.into(),
            at: self.at,
            inbound: vec![Inbound::Text {
                id: self.id,
                from: self.from,
                sender: self.sender,
                text: self.text,
                part: None,
            }],
            mark: 0,
            is_again: true,
        }
    }
}

/// A reply that is to be asked about again, as it came.
pub(super) fn again(reply: NewReply) -> Said {
    let words = Words {
        provider: &reply.provider,
        at: reply.received_at,
        id: reply.provider_id,
        from: reply.phone,
        sender: reply.sender,
        text: reply.text,
        is_again: true,
    };
    words.again()
}

/// An inbound text as it is kept: SQLite's and PostgreSQL's texts hold no NUL.
pub(super) fn shown(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\\x00")
    } else {
        text
    }
}
