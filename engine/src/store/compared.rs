//! Who of a launch did what, number by number, for whom variants and the people held out are compared by.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sms::PhoneNumber;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::happening::{Happening, happening};
use super::rows::{MessageState, instant, millis, phone};
use super::{Failure, LaunchRow, Store, StoreError};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

/// Somebody who was left out to compare with.
#[derive(Debug, Clone, Copy)]
pub struct HeldOutSince {
    /// Who.
    pub phone: PhoneNumber,
    /// What would have begun a passage; 0: the plan left the person out.
    pub happening: i64,
    /// When it would have begun.
    pub at: DateTime<Utc>,
}

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

    /// Who was left out to compare with: by the plan once, by a trigger each time.
    pub async fn held_out(&self, launch: &LaunchRow) -> Result<Vec<HeldOutSince>, StoreError> {
        let rows = self.of_held_out("select phone, happening, at from held order by happening", launch);
        let read = |row: &SqliteRow| {
            Ok(HeldOutSince {
                phone: phone(row.try_get("phone")?)?,
                happening: row.try_get("happening")?,
                at: instant(row.try_get("at")?)?,
            })
        };
        let read = rows.await?.iter().map(read).collect::<Result<Vec<_>, Failure>>();
        read.map_err(|failure| self.failed(failure))
    }

    /// What happened to them since, in order.
    pub async fn happened_to_held_out(&self, launch: &LaunchRow) -> Result<Vec<Happening>, StoreError> {
        let rows = self.of_held_out(
            "select h.* from happening h where exists (select 1 from held where held.phone = h.phone
               and (h.at >= held.at or h.id >= held.happening and held.happening > 0)) order by h.id",
            launch,
        );
        let read = rows
            .await?
            .iter()
            .map(happening)
            .collect::<Result<Vec<_>, Failure>>();
        read.map_err(|failure| self.failed(failure))
    }

    /// Asks about those who were held out, each with what would have begun a passage, and when it would have begun.
    async fn of_held_out(&self, asked: &str, launch: &LaunchRow) -> Result<Vec<SqliteRow>, StoreError> {
        let by_trigger = match launch.is_opened() {
            false => "",
            // What happened since it was opened, up to the launch that took its place.
            true => {
                "union all select n.phone, n.happening, n.at from launch l join not_entered n on n.campaign = l.campaign
                 where l.id = ?1 and n.reason = ?2 and n.happening > l.heard_from and n.happening <= coalesce(
                   (select min(heard_from) from launch where campaign = l.campaign and id > l.id and summary = l.summary),
                   n.happening)"
            }
        };
        let sql = format!(
            "with held as materialized (
               select distinct phone, 0 as happening, ?3 as at from left_out where launch_id = ?1 and reason = ?2 {by_trigger})
             {asked}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(launch.id.0)
            .bind(LeftOut::HeldOut.code())
            .bind(millis(launch.starts_at))
            .fetch_all(&self.readers);
        rows.await.map_err(|error| self.error(error))
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
