//! The canary of a launch. Who enters after it is held: due so far ahead that no claim takes them, and otherwise like
//! everybody who waits, until they are let in.

use chrono::{DateTime, Utc};

use super::rows::{instant, millis};
use super::{Store, StoreError};
use crate::ids::LaunchId;

/// Milliseconds between the time that people who are held are planned for and the one that their cohort says.
pub(super) const HELD: i64 = 1 << 50;

/// How far the canary of a launch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Canary {
    /// There is none, or the others were let in.
    #[default]
    Over,
    /// Its texts go out.
    Out,
    /// They went out: since then it is watched.
    WatchedSince(DateTime<Utc>),
}

impl Canary {
    pub(super) fn from_row(value: Option<i64>) -> Result<Canary, StoreError> {
        Ok(match value {
            None => Canary::Over,
            Some(0) => Canary::Out,
            Some(since) => Canary::WatchedSince(instant(since)?),
        })
    }
}

/// What the cohort of people who are planned for then says while they are held.
pub fn held(planned: DateTime<Utc>) -> DateTime<Utc> {
    instant(millis(planned) + HELD).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// When a cohort is due by its row, or was planned for while its people are held.
pub(super) fn due_at(row: i64) -> Result<DateTime<Utc>, StoreError> {
    instant(if row >= HELD { row - HELD } else { row })
}

impl Store {
    /// Has it stand in the store since when the canary of a launch is watched.
    pub async fn watch_canary(&self, launch: LaunchId, since: DateTime<Utc>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("update launch set canary = ? where id = ? and canary is not null")
                        .bind(millis(since))
                        .bind(launch.0)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Lets in those who were held: when they were planned for, or as much later as the first of the same zones is late.
    pub async fn let_in(&self, launch: LaunchId, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update cohort set due_at = due_at - ?2 + max(0, ?3 - first.planned)
                         from (select time_class as zones, min(due_at) - ?2 as planned from cohort
                               where launch_id = ?1 and state = 0 and due_at >= ?2 group by time_class) as first
                         where launch_id = ?1 and state = 0 and due_at >= ?2 and time_class = first.zones",
                    )
                    .bind(launch.0)
                    .bind(HELD)
                    .bind(millis(now))
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query("update launch set canary = null where id = ?")
                        .bind(launch.0)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
