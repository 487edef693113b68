//! The texts that were sent: what each window rendered, and what a provider must know of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::Row;

use super::rows::{corrupt, instant, phone};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};
use crate::texts;

/// A message as a provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Ours.
    pub id: MessageId,
    /// To.
    pub phone: PhoneNumber,
    /// From.
    pub sender: String,
    /// When it was taken.
    pub sent_at: DateTime<Utc>,
    /// What.
    pub text: String,
}

impl Store {
    /// Messages of a launch that were taken, or may have been, with their texts, by id from `after` on: what a
    /// simulated provider must know to make the receipts that were due.
    pub async fn sent(
        &self,
        launch: LaunchId,
        after: MessageId,
        most: u32,
    ) -> Result<Vec<SentMessage>, StoreError> {
        self.read_sent(launch, after, most)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_sent(
        &self,
        launch: LaunchId,
        after: MessageId,
        most: u32,
    ) -> Result<Vec<SentMessage>, Failure> {
        let rows = sqlx::query(
            "select m.id, m.phone, c.sender, m.sent_at, m.window_id from cohort c
             join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where c.launch_id = ?2 and c.id >= ?1 >> 12 and m.id > ?1 and m.state >= 3 and m.phone > 0 order by c.id, m.id limit ?3",
        )
        .bind(after.0)
        .bind(launch.0)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let mut windows: HashMap<i64, HashMap<MessageId, String>> = HashMap::new();
        let mut sent = Vec::with_capacity(rows.len());
        for row in rows {
            let id = MessageId(row.try_get("id")?);
            let window: i64 = row.try_get("window_id")?;
            let texts = match windows.entry(window) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(self.window_texts(window).await?),
            };
            sent.push(SentMessage {
                id,
                phone: phone(row.try_get("phone")?)?,
                sender: row.try_get("sender")?,
                sent_at: instant(row.try_get("sent_at")?)?,
                text: texts.remove(&id).unwrap_or_default(),
            });
        }
        Ok(sent)
    }

    pub(super) async fn window_texts(&self, window: i64) -> Result<HashMap<MessageId, String>, Failure> {
        let blob: Option<Vec<u8>> = sqlx::query_scalar("select texts from window_text where id = ?")
            .bind(window)
            .fetch_optional(&self.readers)
            .await?;
        let texts = blob.map(|blob| texts::decode(&blob)).transpose();
        let texts = texts.map_err(|error| corrupt(error.to_string()))?;
        Ok(texts.unwrap_or_default().into_iter().collect())
    }
}
