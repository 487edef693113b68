//! Dead letters: messages that were given up, kept with the member as it stood, so that a person can look at them and
//! have them tried again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::rows::{
    CohortKind, CohortRow, NewCohort, Turn, corrupt, count, insert_cohorts, instant, millis, phone,
    phone_number, small,
};
use super::{Failure, Store, StoreError};
use crate::advance::Place;
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::member::{self, Doubt, Member, Pending};
use crate::plan::COHORT_MEMBERS;

/// A message that was given up.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Ours.
    pub message: MessageId,
    /// Of this launch.
    pub launch: LaunchId,
    /// Of this run.
    pub run: u32,
    /// A step's text, or an answer to a reply.
    pub kind: CohortKind,
    /// Where the person was.
    pub place: Place,
    /// From.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
    /// The person, as it stood.
    pub member: Member,
    /// Why it was given up.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The dead letters of a launch from a message on, the oldest first, at most so many.
    pub async fn dead_letters(
        &self,
        launch: LaunchId,
        of: Option<PhoneNumber>,
        after: MessageId,
        most: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = sqlx::query(
            "select * from dead_letter where launch_id = ?1 and id > ?2 and (?3 is null or phone = ?3)
             order by id limit ?4",
        )
        .bind(launch.0)
        .bind(after.0)
        .bind(of.map(phone_number))
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| dead_row(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// How many dead letters a launch has.
    pub async fn dead_count(&self, launch: LaunchId) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar("select count(*) from dead_letter where launch_id = ?")
            .bind(launch.0)
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        small(n, "count")
    }

    /// Has dead letters of a launch tried again from `now` on, those of one number or all: each goes back to where its
    /// person was, under its own reference. A launch that was done runs again. Says how many. Only the process that
    /// executes may: it gives out cohort ids. A letter whose window was recorded in part waits for the whole of it: until then
    /// its person stands where they were.
    pub async fn retry_dead(
        &self,
        launch: LaunchId,
        of: Option<PhoneNumber>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut retried = 0;
        loop {
            let next = self.set_aside_ids(MOST_WAYS).await;
            let batch = self
                .writer
                .write(move |connection| Box::pin(revive(connection, launch, of, now, next)))
                .await?;
            if batch == 0 {
                return Ok(retried);
            }
            retried += batch;
        }
    }

    /// Ids for cohorts that a deed makes inside of itself.
    async fn set_aside_ids(&self, most: usize) -> Vec<CohortId> {
        let mut ids = Vec::with_capacity(most);
        for _ in 0..most {
            ids.push(self.next_cohort_id().await);
        }
        ids
    }
}

/// Letters that are read in one deed, and so the most cohorts that they can come to.
const MOST_WAYS: usize = 1_000;

async fn dead_of(
    connection: &mut SqliteConnection,
    launch: LaunchId,
    of: Option<PhoneNumber>,
) -> Result<Vec<DeadLetter>, Failure> {
    let rows = sqlx::query(
        "select * from dead_letter where launch_id = ?1 and (?2 is null or phone = ?2) and in_window = 0
         order by id limit ?3",
    )
    .bind(launch.0)
    .bind(of.map(phone_number))
    .bind(count(MOST_WAYS))
    .fetch_all(connection)
    .await?;
    rows.iter().map(dead_row).collect()
}

/// Those who go the same way go together.
fn cohorts_of(letters: Vec<DeadLetter>, now: DateTime<Utc>) -> Vec<NewCohort> {
    type Way = (CohortKind, u32, Place, String, String);
    let mut ways: BTreeMap<Way, Vec<Member>> = BTreeMap::new();
    let launch = letters.first().map(|letter| letter.launch);
    for letter in letters {
        let way = (
            letter.kind,
            letter.run,
            letter.place,
            letter.sender,
            letter.time_class,
        );
        let pending = Pending {
            message: letter.message,
            attempts: 0,
            crashes: 0,
            doubt: Doubt::None,
            resent: false,
            route: 0,
        };
        ways.entry(way).or_default().push(Member {
            pending: Some(pending),
            ..letter.member
        });
    }
    let cohort = |((kind, run, place, sender, time_class), mut members): (Way, Vec<Member>)| {
        members.sort_by_key(|member| member.phone);
        let parts: Vec<Vec<Member>> = members.chunks(COHORT_MEMBERS).map(<[Member]>::to_vec).collect();
        parts.into_iter().map(move |members| NewCohort {
            launch: launch.unwrap_or(LaunchId(0)),
            run,
            kind,
            place,
            turn: Turn::Again,
            due_at: now,
            sender: sender.clone(),
            time_class: time_class.clone(),
            members,
        })
    };
    ways.into_iter().flat_map(cohort).collect()
}

/// The one deed that lowers a state: a person asked for it. The reason stays, and says why until there is another: should
/// the launch be cancelled before that, nothing came of it ([`TOLD_STATE`](super::rows::TOLD_STATE)). Says how many letters it took.
async fn revive(
    connection: &mut SqliteConnection,
    launch: LaunchId,
    of: Option<PhoneNumber>,
    now: DateTime<Utc>,
    ids: Vec<CohortId>,
) -> Result<u64, Failure> {
    let letters = dead_of(connection, launch, of).await?;
    if letters.is_empty() {
        return Ok(0);
    }
    let messages: Vec<MessageId> = letters.iter().map(|letter| letter.message).collect();
    let cohorts = cohorts_of(letters, now).into_iter().zip(ids);
    let cohorts: Vec<CohortRow> = cohorts.map(|(cohort, id)| CohortRow::new(id, cohort)).collect();
    insert_cohorts(connection, &cohorts).await?;
    for ids in messages.chunks(500) {
        for statement in [
            "update message set state = 0, attempts = 0 where state <= 2 and id in (",
            "delete from dead_letter where id in (",
        ] {
            let mut change = QueryBuilder::<Sqlite>::new(statement);
            let mut values = change.separated(", ");
            ids.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            change.push(")");
            change.build().execute(&mut *connection).await?;
        }
    }
    sqlx::query("update launch set state = 1, ended_at = null where id = ? and state = 4")
        .bind(launch.0)
        .execute(connection)
        .await?;
    Ok(messages.len() as u64)
}

/// Keeps dead letters; `in_window`: their members stand in their cohorts still.
pub(super) async fn insert_dead(
    connection: &mut SqliteConnection,
    letters: &[DeadLetter],
    in_window: bool,
) -> Result<(), Failure> {
    for rows in letters.chunks(500) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "insert into dead_letter (id, launch_id, kind, run, step, visit, sender, time_class, phone, member, reason, at, in_window) ",
        );
        insert.push_values(rows, |mut row, letter| {
            row.push_bind(letter.message.0)
                .push_bind(letter.launch.0)
                .push_bind(letter.kind as i64)
                .push_bind(letter.run)
                .push_bind(letter.place.step)
                .push_bind(letter.place.visit)
                .push_bind(&letter.sender)
                .push_bind(&letter.time_class)
                .push_bind(phone_number(letter.member.phone))
                .push_bind(member::encode(std::slice::from_ref(&letter.member)))
                .push_bind(&letter.reason)
                .push_bind(millis(letter.at))
                .push_bind(in_window);
        });
        insert.push(" on conflict do nothing");
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// The members of these letters, where they are letters, left their cohorts.
pub(super) async fn free_dead(
    connection: &mut SqliteConnection,
    messages: &[MessageId],
) -> Result<(), Failure> {
    for message in messages {
        sqlx::query("update dead_letter set in_window = 0 where id = ?")
            .bind(message.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn dead_row(row: &SqliteRow) -> Result<DeadLetter, Failure> {
    let members = member::decode(row.try_get("member")?).map_err(|error| corrupt(error.to_string()))?;
    let number = phone(row.try_get("phone")?)?;
    let member = members.into_iter().find(|member| member.phone == number);
    Ok(DeadLetter {
        message: MessageId(row.try_get("id")?),
        launch: LaunchId(row.try_get("launch_id")?),
        kind: CohortKind::from_row(row.try_get("kind")?)?,
        run: small(row.try_get("run")?, "run")?,
        place: Place {
            step: small(row.try_get("step")?, "step")?,
            visit: small(row.try_get("visit")?, "visit")?,
        },
        sender: row.try_get("sender")?,
        time_class: row.try_get("time_class")?,
        member: member.ok_or_else(|| corrupt("a dead letter without its member".to_owned()))?,
        reason: row.try_get("reason")?,
        at: instant(row.try_get("at")?)?,
    })
}
