//! Message rows and person rows: answers and receipts are one upsert by message id, and the state only rises.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{AssertSqlSafe, Executor, QueryBuilder, Row, Sqlite, SqliteConnection};

use super::Failure;
use super::bulk::{Bulk, Value};
use super::rows::{MessageState, millis, phone_number};
use crate::ids::{LaunchId, MessageId};

/// An answer to a submit. Step, kind and sender are those of the cohort that the id names.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Ours.
    pub id: MessageId,
    /// Of this launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
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
    /// When it was submitted; of what is no submit when it was known.
    pub at: DateTime<Utc>,
    /// Why it was not taken, in the provider's words.
    pub reason: Option<String>,
    /// This submit was taken or may have been, and so may have an earlier one.
    pub is_resent: bool,
}

/// Earlier messages of a person are kept as text, newest first, up to so many characters: sixteen or more of them.
const EARLIER: usize = 320;

/// What the rows of a statement share.
type Shared = (u8, Option<u8>, MessageState, u32, u8, i64);

const UPSERT: Bulk = Bulk {
    head: "insert into message (id, phone, language, tariff, state, parts, attempts, window_id, sent_at, state_at)
           select column1, column2, ?, ?, ?, ?, ?, ?, column3, column3 from",
    tail: "where true on conflict (id) do update set
             phone = excluded.phone, language = excluded.language, tariff = excluded.tariff,
             parts = iif(excluded.window_id > 0, excluded.parts, parts),
             window_id = iif(excluded.window_id > 0, excluded.window_id, window_id),
             sent_at = iif(sent_at = 0 or excluded.window_id > 0 and excluded.attempts >= attempts, excluded.sent_at, sent_at),
             attempts = max(attempts, excluded.attempts),
             reason = iif(excluded.state > state, null, reason),
             state_at = iif(excluded.state > state, excluded.state_at, state_at),
             state = max(state, excluded.state)",
};

const REMEMBER: Bulk = Bulk {
    head: "insert into person (key, last) select column2, column1 from",
    tail: "where true on conflict (key) do update set
             earlier = iif(last = excluded.last, earlier, substr(last || ' ' || earlier, 1, 320)), last = excluded.last",
};

/// Writes the answers of a record, and remembers each message with its person. Answers and receipts are one upsert: the
/// state only rises, whichever comes first.
pub(super) async fn upsert_messages(
    connection: &mut SqliteConnection,
    messages: &[MessageRow],
) -> Result<(), Failure> {
    let mut groups: BTreeMap<Shared, Vec<[i64; 3]>> = BTreeMap::new();
    let mut people = Vec::with_capacity(messages.len());
    for message in messages {
        let (id, phone) = (message.id.0, phone_number(message.phone));
        groups
            .entry(shared(message))
            .or_default()
            .push([id, phone, millis(message.at)]);
        people.push([id, person_key(message)]);
    }
    for ((language, tariff, state, parts, attempts, window), rows) in groups {
        let shared = [
            i64::from(language).into(),
            tariff.map_or(Value::Null, |tariff| i64::from(tariff).into()),
            (state as i64).into(),
            i64::from(parts).into(),
            i64::from(attempts).into(),
            window.into(),
        ];
        UPSERT.run(connection, &shared, &rows).await?;
    }
    REMEMBER.run(connection, &[], &people).await?;
    note_resent(connection, messages).await?;
    set_reasons(connection, messages).await
}

/// Of the messages that are in doubt by what was just written those that a receipt had told of before.
pub(super) async fn told_before(
    connection: &mut SqliteConnection,
    messages: &[MessageRow],
) -> Result<Vec<MessageId>, Failure> {
    let in_doubt = messages
        .iter()
        .filter(|message| message.state == MessageState::Unknown);
    let ids: Vec<i64> = in_doubt.map(|message| message.id.0).collect();
    let mut told = vec![];
    for ids in ids.chunks(500) {
        let mut select = QueryBuilder::<Sqlite>::new("select id from message where state > 2 and id in (");
        let mut values = select.separated(", ");
        ids.iter().for_each(|id| {
            values.push_bind(*id);
        });
        select.push(")");
        let found: Vec<i64> = select.build_query_scalar().fetch_all(&mut *connection).await?;
        told.extend(found.into_iter().map(MessageId));
    }
    Ok(told)
}

/// The only way in which less is known: an earlier word that the text may have been taken is found to be wrong. A receipt that
/// came meanwhile knows better.
pub(super) async fn settle_not_taken(
    connection: &mut SqliteConnection,
    messages: &[MessageId],
) -> Result<(), Failure> {
    for message in messages {
        sqlx::query("update message set state = 0, reason = null where id = ? and state = 1")
            .bind(message.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Few are sent once more, and only where the campaign says so.
async fn note_resent(connection: &mut SqliteConnection, messages: &[MessageRow]) -> Result<(), Failure> {
    for message in messages.iter().filter(|message| message.is_resent) {
        sqlx::query("insert into resent (message_id, attempt) values (?1, ?2) on conflict do nothing")
            .bind(message.id.0)
            .bind(message.attempts)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn shared(message: &MessageRow) -> Shared {
    (
        message.language,
        message.tariff,
        message.state,
        message.parts,
        message.attempts,
        message.window,
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

/// Bits of a phone number: E.164 has 15 digits at most.
const PHONE_BITS: u32 = 50;

/// Where the person row of a message stands. Those of a run stand together and are written in the order of the phones, so
/// that a launch appends, however many people the store knows. Runs whose numbers meet, after 8,192 of them, share rows.
fn person_key(message: &MessageRow) -> i64 {
    let run = (message.launch.0.wrapping_mul(16) + i64::from(message.run)) & 0x1fff;
    run << PHONE_BITS | phone_number(message.phone)
}

/// The person rows of a number: the first phone of each run is looked for, and in each run the number.
fn person_rows() -> String {
    format!(
        "with recursive run (of) as (
             select min(key) >> {PHONE_BITS} from person
             union all
             select (select min(key) >> {PHONE_BITS} from person where key >= (run.of + 1) << {PHONE_BITS})
             from run where run.of is not null
         )
         select last, earlier from run cross join person on person.key = (run.of << {PHONE_BITS} | ?)"
    )
}

/// What is remembered of a number's messages.
pub(super) struct Remembered {
    /// In no order.
    pub ids: Vec<MessageId>,
    /// False when a row is full and may have forgotten some.
    pub complete: bool,
}

/// The messages to a number that are remembered.
pub(super) async fn remembered(
    from: impl Executor<'_, Database = Sqlite>,
    phone: i64,
) -> Result<Remembered, Failure> {
    let rows = sqlx::query(AssertSqlSafe(person_rows()))
        .bind(phone)
        .fetch_all(from)
        .await?;
    let mut remembered = Remembered {
        ids: vec![],
        complete: true,
    };
    for row in rows {
        let earlier: &str = row.try_get("earlier")?;
        let is_full = earlier.len() >= EARLIER;
        remembered.complete &= !is_full;
        // The end of a full one may be cut in the middle of a number.
        let whole = match earlier.rsplit_once(' ') {
            _ if !is_full => earlier,
            Some((whole, _)) => whole,
            None => "",
        };
        let earlier = whole.split_whitespace().filter_map(|id| id.parse().ok());
        let ids = std::iter::once(row.try_get("last")?).chain(earlier);
        remembered.ids.extend(ids.map(MessageId));
    }
    Ok(remembered)
}
