//! Alarms: what stands still until a person looks, or until it works again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection};

use super::rows::{instant, millis};
use super::{Failure, Store, StoreError};
use crate::ids::LaunchId;

/// Something that stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// `sender NAME`, `provider NAME`, `look-ups at NAME`, `launch ID` or `cohort ID`.
    pub subject: String,
    /// Why, in the provider's words where they are known.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is tried again by itself, as long as a process executes; none: a person must do something.
    pub retry_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Raises an alarm, or words the one of that subject anew.
    pub async fn raise_alarm(&self, alarm: Alarm) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(async move { insert_alarm(connection, &alarm).await }))
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
        let rows = sqlx::query("select subject, reason, since, retry_at from alarm order by since, subject")
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let alarm = |row: &sqlx::sqlite::SqliteRow| -> Result<Alarm, Failure> {
            Ok(Alarm {
                subject: row.try_get("subject")?,
                reason: row.try_get("reason")?,
                since: instant(row.try_get("since")?)?,
                retry_at: row
                    .try_get::<Option<i64>, _>("retry_at")?
                    .map(instant)
                    .transpose()?,
            })
        };
        rows.iter()
            .map(|row| alarm(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// The launch that an alarm is about and its campaign, by subject: of launches and cohorts.
    pub async fn alarmed_launches(&self) -> Result<BTreeMap<String, (LaunchId, String)>, StoreError> {
        let rows = sqlx::query(
            "with named as (
                 select subject, cast(substr(subject, 8) as integer) as id from alarm
                 where subject like 'launch %' or subject like 'cohort %'
             )
             select n.subject, l.id, l.campaign from named n
             left join cohort c on n.subject like 'cohort %' and c.id = n.id
             join launch l on l.id = coalesce(c.launch_id, n.id)",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let launch = |row: &sqlx::sqlite::SqliteRow| -> Result<_, Failure> {
            let launch = LaunchId(row.try_get("id")?);
            Ok((row.try_get("subject")?, (launch, row.try_get("campaign")?)))
        };
        rows.iter()
            .map(|row| launch(row).map_err(|failure| self.failed(failure)))
            .collect()
    }
}

pub(super) async fn insert_alarm(connection: &mut SqliteConnection, alarm: &Alarm) -> Result<(), Failure> {
    sqlx::query(
        "insert into alarm (subject, reason, since, retry_at) values (?, ?, ?, ?)
         on conflict (subject) do update set reason = excluded.reason, retry_at = excluded.retry_at",
    )
    .bind(&alarm.subject)
    .bind(&alarm.reason)
    .bind(millis(alarm.since))
    .bind(alarm.retry_at.map(millis))
    .execute(connection)
    .await?;
    Ok(())
}

/// What alarms call a launch.
pub fn launch_subject(launch: LaunchId) -> String {
    format!("launch {launch}")
}

/// Ends the alarm of a launch; and those of senders and providers, when nothing waits behind them any more.
pub(super) async fn clear_behind(connection: &mut SqliteConnection, launch: LaunchId) -> Result<(), Failure> {
    sqlx::query("delete from alarm where subject = ?")
        .bind(launch_subject(launch))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "delete from alarm where (subject like 'sender %' or subject like 'provider %' or subject like 'look-ups at %')
         and not exists (select 1 from launch where state in (1, 2, 5))",
    )
    .execute(connection)
    .await?;
    Ok(())
}
