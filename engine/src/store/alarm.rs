//! Alarms: what stands still until a person looks, or until it works again.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::rows::{instant, millis};
use super::{Failure, Store, StoreError};

/// Something that stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// `sender NAME`, `provider NAME` or `cohort ID`.
    pub subject: String,
    /// Why, in the provider's words where they are known.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Store {
    /// Raises an alarm, or words the one of that subject anew.
    pub async fn raise_alarm(&self, alarm: Alarm) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "insert into alarm (subject, reason, since) values (?, ?, ?)
                         on conflict (subject) do update set reason = excluded.reason",
                    )
                    .bind(&alarm.subject)
                    .bind(&alarm.reason)
                    .bind(millis(alarm.since))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends an alarm.
    pub async fn clear_alarm(&self, subject: String) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("delete from alarm where subject = ?")
                        .bind(subject)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// All that stands still, the oldest first.
    pub async fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        let rows = sqlx::query("select subject, reason, since from alarm order by since, subject")
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let alarm = |row: &sqlx::sqlite::SqliteRow| -> Result<Alarm, Failure> {
            Ok(Alarm {
                subject: row.try_get("subject")?,
                reason: row.try_get("reason")?,
                since: instant(row.try_get("since")?)?,
            })
        };
        rows.iter()
            .map(|row| alarm(row).map_err(|failure| self.failed(failure)))
            .collect()
    }
}
