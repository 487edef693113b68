//! Message rows and person rows: answers and receipts are one upsert by message id, and the state only rises.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::SqliteConnection;

use super::Failure;
use super::bulk::{Bulk, Value};
use super::rows::{MessageState, millis, phone_number};
use crate::ids::MessageId;

/// An answer to a submit. Launch, step, kind and sender are those of the cohort that the id names.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Ours.
    pub id: MessageId,
    /// To.
    pub phone: PhoneNumber,
    /// An index into the campaign's languages.
    pub language: u8,
    /// An index into the launch's tariffs.
    pub tariff: Option<u8>,
    /// What the answer says.
    pub state: MessageState,
    /// As submitted; 0 where this is no submit, and what an earlier one wrote stands.
    pub parts: u32,
    /// This submit included.
    pub attempts: u8,
    /// Where its text is; 0 where this is no submit.
    pub window: i64,
    /// When the answer came.
    pub at: DateTime<Utc>,
    /// Why it was not taken, in the provider's words.
    pub reason: Option<String>,
}

/// Earlier messages of a person are kept as text, newest first, up to so many characters: sixteen or more of them.
pub(super) const EARLIER: usize = 320;

/// What the rows of a statement share.
type Shared = (u8, Option<u8>, MessageState, u32, u8, i64, i64);

const UPSERT: Bulk = Bulk {
    head: "insert into message (id, phone, language, tariff, state, parts, attempts, window_id, sent_at, state_at)
           select column1, column2, ?, ?, ?, ?, ?, ?, ?, ? from",
    tail: "where true on conflict (id) do update set
             phone = excluded.phone, language = excluded.language, tariff = excluded.tariff,
             parts = iif(excluded.window_id > 0, excluded.parts, parts),
             window_id = iif(excluded.window_id > 0, excluded.window_id, window_id),
             sent_at = iif(excluded.attempts >= attempts, excluded.sent_at, sent_at),
             attempts = max(attempts, excluded.attempts),
             reason = iif(excluded.state > state, null, reason),
             state_at = iif(excluded.state > state, excluded.state_at, state_at),
             state = max(state, excluded.state)",
};

const REMEMBER: Bulk = Bulk {
    head: "insert into person (phone, last) select column2, column1 from",
    tail: "where true on conflict (phone) do update set
             earlier = iif(last = excluded.last, earlier, substr(last || ' ' || earlier, 1, 320)), last = excluded.last",
};

/// Writes the answers of a record, and remembers each message with its person. Answers and receipts are one upsert: the
/// state only rises, whichever comes first.
pub(super) async fn upsert_messages(
    connection: &mut SqliteConnection,
    messages: &[MessageRow],
) -> Result<(), Failure> {
    let mut groups: BTreeMap<Shared, Vec<[i64; 2]>> = BTreeMap::new();
    for message in messages {
        let row = [message.id.0, phone_number(message.phone)];
        groups.entry(shared(message)).or_default().push(row);
    }
    for ((language, tariff, state, parts, attempts, window, at), rows) in groups {
        let shared = [
            i64::from(language).into(),
            tariff.map_or(Value::Null, |tariff| i64::from(tariff).into()),
            (state as i64).into(),
            i64::from(parts).into(),
            i64::from(attempts).into(),
            window.into(),
            at.into(),
            at.into(),
        ];
        UPSERT.run(connection, &shared, &rows).await?;
        REMEMBER.run(connection, &[], &rows).await?;
    }
    set_reasons(connection, messages).await
}

fn shared(message: &MessageRow) -> Shared {
    (
        message.language,
        message.tariff,
        message.state,
        message.parts,
        message.attempts,
        message.window,
        millis(message.at),
    )
}

/// Most answers have no reason: those that have one are few, and written apart. A reason belongs to the state it came
/// with; a later one of the same state leaves it.
async fn set_reasons(connection: &mut SqliteConnection, messages: &[MessageRow]) -> Result<(), Failure> {
    for message in messages {
        let Some(reason) = &message.reason else { continue };
        sqlx::query("update message set reason = ?1 where id = ?2 and state = ?3 and reason is null")
            .bind(reason)
            .bind(message.id.0)
            .bind(message.state as i64)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The messages that a person row remembers, newest first.
pub(super) fn remembered(last: i64, earlier: &str) -> Vec<MessageId> {
    // The end may be cut in the middle of a number.
    let whole = if earlier.len() < EARLIER {
        earlier
    } else {
        earlier.rsplit_once(' ').map_or("", |(whole, _)| whole)
    };
    let earlier = whole.split_whitespace().filter_map(|id| id.parse().ok());
    std::iter::once(last).chain(earlier).map(MessageId).collect()
}
