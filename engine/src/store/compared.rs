//! Who of a launch did what, number by number, for whom variants and the people held out are compared by.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sms::PhoneNumber;
use sqlx::AssertSqlSafe;

use super::happening::{Happening, happening};
use super::rows::{MessageState, millis, phone};
use super::{Failure, Store, StoreError};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

impl Store {
    /// Who got a text of a step, as far as the provider took it; each once.
    pub async fn who_was_texted(&self, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let of = format!(
            "select distinct m.phone from cohort c
             join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where c.launch_id = ? and c.kind = 0 and m.phone > 0 and m.state >= {}",
            MessageState::Accepted as i64
        );
        self.phones_of(of, launch).await
    }

    /// Who wrote something but an opt-out.
    pub async fn who_answered(&self, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let of = "select distinct phone from reply where launch_id = ? and meaning <> 'opt-out'";
        self.phones_of(of.to_owned(), launch).await
    }

    /// Who opted out by a reply.
    pub async fn who_opted_out(&self, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let of = "select distinct phone from reply where launch_id = ? and meaning = 'opt-out'";
        self.phones_of(of.to_owned(), launch).await
    }

    /// Who reached the goal.
    pub async fn who_reached(&self, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let of = "select distinct phone from goal_reached where launch_id = ?";
        self.phones_of(of.to_owned(), launch).await
    }

    /// Who was left out to compare with.
    pub async fn held_out(&self, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let code = LeftOut::HeldOut.code();
        let of = format!("select distinct phone from left_out where launch_id = ? and reason = '{code}'");
        self.phones_of(of, launch).await
    }

    /// What happened since then to those who were left out to compare with, in order.
    pub async fn happened_to_held_out(
        &self,
        launch: LaunchId,
        since: DateTime<Utc>,
    ) -> Result<Vec<Happening>, StoreError> {
        let code = LeftOut::HeldOut.code();
        let rows = sqlx::query(
            "select distinct h.* from left_out l join happening h on h.phone = l.phone
             where l.launch_id = ? and l.reason = ? and h.at >= ? order by h.id",
        );
        let rows = rows.bind(launch.0).bind(code).bind(millis(since));
        let rows = rows
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let read = rows.iter().map(happening).collect::<Result<Vec<_>, Failure>>();
        read.map_err(|failure| self.failed(failure))
    }

    async fn phones_of(&self, sql: String, launch: LaunchId) -> Result<HashSet<PhoneNumber>, StoreError> {
        let mut rows = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql))
            .bind(launch.0)
            .fetch(&self.readers);
        let mut phones = HashSet::new();
        // One by one: a launch has millions.
        while let Some(number) = rows.try_next().await.map_err(|error| self.error(error))? {
            phones.insert(phone(number)?);
        }
        Ok(phones)
    }
}
