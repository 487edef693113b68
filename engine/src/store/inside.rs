//! Who is inside of the earlier launches of a campaign when they would enter another, and until when.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::launch::LaunchState;
use super::rows::{corrupt, departed, instant, size};
use super::{Failure, Store};
use crate::advance::Known;
use crate::ids::LaunchId;
use crate::member;

impl Store {
    /// Learns until when these numbers are inside of launches of the campaign before this one: for ever, of whoever waits in
    /// one; of whoever is through, when their last turn was due, if this launch had begun by then.
    pub(super) async fn read_inside(
        &self,
        launch: LaunchId,
        phones: &[i64],
        known: &mut HashMap<i64, Known>,
    ) -> Result<(), Failure> {
        let (Some(first), Some(last)) = (phones.iter().min(), phones.iter().max()) else {
            return Ok(());
        };
        let rows = sqlx::query(
            "with own as (select campaign, starts_at from launch where id = ?1),
               earlier as (select l.id from launch l join own on l.campaign = own.campaign
                 where l.id < ?1 and l.state in (?2, ?3, ?4, ?5) and coalesce(l.ended_at, own.starts_at) >= own.starts_at),
               cohorts as (
                 select * from cohort where state = 0 and launch_id in earlier and phone_lo <= ?7
                 union all
                 select * from cohort where state = 2 and launch_id in earlier and phone_lo <= ?7
                 union all
                 select * from cohort where state = 1 and launch_id in earlier and phone_lo <= ?7
                   and due_at >= (select starts_at from own))
             select c.state, c.done, c.due_at, m.members,
               (select group_concat(d.member) from departure d where d.cohort_id = c.id) as departed
             from cohorts c join cohort_members m on m.id = c.id where c.kind = 0 and c.phone_hi >= ?6",
        )
        .bind(launch.0)
        .bind(LaunchState::Running as i64)
        .bind(LaunchState::Paused as i64)
        .bind(LaunchState::Halted as i64)
        .bind(LaunchState::Done as i64)
        .bind(first)
        .bind(last)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            for (phone, until) in inside(&row)? {
                if let Some(known) = known.get_mut(&phone) {
                    known.inside_until = known.inside_until.max(Some(until));
                }
            }
        }
        Ok(())
    }
}

/// Who is or was in a cohort, by number, and until when.
fn inside(row: &SqliteRow) -> Result<Vec<(i64, DateTime<Utc>)>, Failure> {
    let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
    let is_over = row.try_get::<i64, _>("state")? == 1;
    let (done, due_at) = (size(row.try_get("done")?)?, instant(row.try_get("due_at")?)?);
    let departed = departed(row)?;
    let here = members.iter().enumerate();
    let here = here.filter(|(index, _)| !departed.contains(index));
    let here = here.map(|(index, member)| {
        let until = match is_over || index < done {
            true => due_at,
            false => DateTime::<Utc>::MAX_UTC,
        };
        (i64::try_from(member.phone.as_u64()).unwrap_or(0), until)
    });
    Ok(here.collect())
}
