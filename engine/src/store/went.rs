//! How the texts of a launch went: what a model of its people is made from.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{Row, sqlite::SqliteRow};

use super::rows::{MessageState, instant, small};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};

/// A text of a step that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Went {
    /// Ours.
    pub id: MessageId,
    /// To.
    pub phone: u64,
    /// The instruction.
    pub step: u16,
    /// As far as it is known.
    pub state: MessageState,
    /// When it was taken.
    pub sent_at: DateTime<Utc>,
    /// From then to what its state says.
    pub after: Duration,
}

impl Store {
    /// Texts of steps of a launch that were taken, by id from `after` on, at most so many. Answers that the program
    /// gives by itself are not among them.
    pub async fn went(&self, launch: LaunchId, after: MessageId, most: u32) -> Result<Vec<Went>, StoreError> {
        let read = async {
            let rows = sqlx::query(
                "select m.id, m.phone, m.state, m.sent_at, m.state_at, c.step from cohort c
                 join message m on m.id between c.id << 12 and (c.id << 12) + 4095
                 where c.launch_id = ?2 and c.kind = 0 and c.id >= ?1 >> 12 and m.id > ?1 and m.state >= 3 and m.phone > 0
                 order by c.id, m.id limit ?3 + 0",
            )
            .bind(after.0)
            .bind(launch.0)
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
            rows.iter().map(row).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }
}

fn row(row: &SqliteRow) -> Result<Went, Failure> {
    let at = |column| Ok::<_, Failure>(instant(row.try_get(column)?)?);
    let (sent_at, state_at) = (at("sent_at")?, at("state_at")?);
    Ok(Went {
        id: MessageId(row.try_get("id")?),
        phone: small(row.try_get("phone")?, "number")?,
        step: small(row.try_get("step")?, "step")?,
        state: MessageState::from_row(row.try_get("state")?)?,
        sent_at,
        after: (state_at - sent_at).to_std().unwrap_or_default(),
    })
}
