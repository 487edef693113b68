//! Deliveries, and what is known of inboxes, as rows.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{DeliveryState, KeptDelivery};
use crate::deliver::{Delivery, InboxState, Item, ItemKind};
use crate::ids::{LaunchId, MessageId};
use crate::store::Failure;
use crate::store::inbox::ReplyMeaning;
use crate::store::rows::{MessageState, instant, millis, phone, small};

pub(super) fn delivery_row(row: &SqliteRow) -> Result<Delivery, Failure> {
    let kind = match row.try_get::<Option<i64>, _>("reply")? {
        Some(_) => {
            let meaning: String = row.try_get("meaning")?;
            ItemKind::Reply {
                sender: row.try_get("sender")?,
                flagged: ReplyMeaning::from_row(&meaning, None)? == ReplyMeaning::ContainsOptOut,
            }
        }
        None => ItemKind::Note,
    };
    let launch: Option<i64> = row.try_get("launch_id")?;
    let campaign: Option<String> = row.try_get("campaign")?;
    Ok(Delivery {
        id: row.try_get("id")?,
        inbox: row.try_get("inbox")?,
        item: Item {
            kind,
            phone: phone(row.try_get("phone")?)?,
            text: row.try_get("text")?,
            at: instant(row.try_get("at")?)?,
            launch: launch.map(LaunchId).zip(campaign),
        },
        attempts: small(row.try_get("attempts")?, "attempts")?,
        give_up_at: instant(row.try_get("give_up_at")?)?,
    })
}

pub(super) async fn state_of(connection: &mut SqliteConnection, inbox: &str) -> Result<InboxState, Failure> {
    let row = sqlx::query("select failures, until, stopped from inbox_state where inbox = ?")
        .bind(inbox)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok(InboxState::default());
    };
    let until: Option<i64> = row.try_get("until")?;
    Ok(InboxState {
        failures: small(row.try_get("failures")?, "failures")?,
        until: until.map(instant).transpose()?,
        stopped: row.try_get("stopped")?,
    })
}

pub(super) async fn write_state(
    connection: &mut SqliteConnection,
    inbox: &str,
    state: InboxState,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into inbox_state (inbox, failures, until, stopped) values (?, ?, ?, ?)
         on conflict (inbox) do update set failures = excluded.failures, until = excluded.until,
           stopped = excluded.stopped",
    )
    .bind(inbox)
    .bind(state.failures)
    .bind(state.until.map(millis))
    .bind(state.stopped)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) fn kept(row: &SqliteRow) -> Result<KeptDelivery, Failure> {
    let (ended_at, until): (Option<i64>, Option<i64>) = (row.try_get("ended_at")?, row.try_get("until")?);
    // Nothing goes to an inbox before it takes something again.
    let next = |due_at: i64| until.map_or(due_at, |until| until.max(due_at));
    let message: Option<i64> = row.try_get("message_id")?;
    let message_state: Option<i64> = row.try_get("message_state")?;
    let message_state = message_state.map(MessageState::from_row).transpose()?;
    let said: Option<String> = row.try_get("said")?;
    let reason: Option<String> = row.try_get("reason")?;
    Ok(KeptDelivery {
        inbox: row.try_get("inbox")?,
        state: DeliveryState::from_row(row.try_get("state")?)?,
        attempts: small(row.try_get("attempts")?, "attempts")?,
        at: instant(ended_at.map_or_else(|| row.try_get("due_at").map(next), Ok)?)?,
        stopped: row.try_get("stopped")?,
        said: said.or(reason),
        message: message.map(|message| (MessageId(message), message_state)),
    })
}
