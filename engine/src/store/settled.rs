//! Those who wait to be sent once more because of a doubt that a receipt settled meanwhile.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::claim::{cohort_row, load_departed};
use super::record::{depart, insert_departed};
use super::rows::{MessageState, NewCohort, Turn, millis};
use super::standing::end_left_empty;
use super::{Failure, Store, StoreError};
use crate::ids::{CohortId, LaunchId};
use crate::member::{Doubt, Member};

impl Store {
    /// Puts those of a launch among those of whom something is to be found out: that costs nothing. Whether there are any.
    pub async fn let_settled_go(&self, launch: LaunchId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let waiting: Vec<i64> = sqlx::query_scalar(
            "select id from cohort where launch_id = ? and kind = 0 and turn = 1 and state = 0 and due_at <= ?",
        )
        .bind(launch.0)
        .bind(millis(now))
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let mut any = false;
        for cohort in waiting {
            let id = self.next_cohort_id().await;
            any |= self
                .writer
                .write(move |connection| Box::pin(let_go(connection, cohort, id)))
                .await?;
        }
        Ok(any)
    }
}

/// Takes the members that are settled out of a cohort that nobody holds, into one of their own.
async fn let_go(connection: &mut SqliteConnection, cohort: i64, id: CohortId) -> Result<bool, Failure> {
    let row = sqlx::query(
        "select c.*, m.members from cohort c join cohort_members m on m.id = c.id
         where c.id = ? and c.state = 0 and c.lease_until = 0 and c.intent_to = c.done",
    )
    .bind(cohort)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut cohorts = [cohort_row(&row)?];
    load_departed(connection, &mut cohorts).await?;
    let [cohort] = cohorts;
    let (mut departed, mut members): (Vec<(CohortId, usize)>, Vec<Member>) = (vec![], vec![]);
    for (index, member) in cohort.members.iter().enumerate().skip(cohort.done) {
        if member.doubt() != Doubt::Resent || cohort.departed.contains(&index) {
            continue;
        }
        let state: Option<i64> = sqlx::query_scalar("select state from message where id = ?")
            .bind(cohort.message(index).0)
            .fetch_optional(&mut *connection)
            .await?;
        if state.is_some_and(|state| state >= MessageState::Accepted as i64) {
            departed.push((cohort.id, index));
            members.push(member.clone());
        }
    }
    if departed.is_empty() {
        return Ok(false);
    }
    insert_departed(connection, &departed).await?;
    end_left_empty(connection, cohort.id).await?;
    let going = NewCohort {
        launch: cohort.launch,
        run: cohort.run,
        kind: cohort.kind,
        place: cohort.place,
        turn: Turn::LookUp,
        due_at: cohort.due_at,
        sender: cohort.sender,
        time_class: cohort.time_class,
        members,
    };
    depart(connection, id, going).await?;
    Ok(true)
}
