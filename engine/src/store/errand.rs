//! Calls that passages make: written with the note that brings them about, begun one claim at a time, told once. What waits
//! for the answer of one goes on in the transaction that tells it.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::notes::{Note, NoteRow, write_notes};
use super::rows::{corrupt, instant, millis, phone, phone_number, small};
use super::set_fields::SetFields;
use super::standing::{Moved, move_one};
use super::{Failure, Store, StoreError};
use crate::advance::{Place, Request};
use crate::errand::{Errand, Fate, MOST_ATTEMPTS, Waits, given_up_at};
use crate::ids::{CohortId, LaunchId};

/// What came of an errand, to be written down.
#[derive(Debug, Clone)]
pub struct ErrandTold {
    /// As it was begun.
    pub errand: Errand,
    /// What becomes of it.
    pub fate: Fate,
    /// In words; none where it is done.
    pub said: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Moves on whoever waits for it; none where nobody does, or it is tried again.
    pub moved: Option<Moved>,
}

/// An errand of one person, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptErrand {
    /// In this launch.
    pub launch: LaunchId,
    /// The run of it whose passage waits for the answer; none: nobody waits.
    pub run: Option<u32>,
    /// The method and the address.
    pub what: String,
    /// How far it is.
    pub state: ErrandState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// When it is tried next, or was done or given up.
    pub at: DateTime<Utc>,
    /// What was said last.
    pub said: Option<String>,
}

/// How far an errand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrandState {
    /// To be done, or done again.
    Due = 0,
    /// Done.
    Done = 1,
    /// Never tried again.
    GivenUp = 2,
}

impl ErrandState {
    /// The word for it, in JSON and for people.
    pub fn word(self) -> &'static str {
        match self {
            ErrandState::Due => "to do",
            ErrandState::Done => "done",
            ErrandState::GivenUp => "given up",
        }
    }

    fn from_row(number: i64) -> Result<ErrandState, StoreError> {
        match number {
            0 => Ok(ErrandState::Due),
            1 => Ok(ErrandState::Done),
            2 => Ok(ErrandState::GivenUp),
            _ => Err(corrupt(format!("errand state {number}"))),
        }
    }
}

/// Why an errand is given up that nobody told of so often.
const UNHEARD: &str = "nobody knows what came of it";

impl Store {
    /// When the next errand is to be done.
    pub async fn next_errand(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let due: Option<i64> = sqlx::query_scalar("select min(due_at) from errand where state = 0")
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        due.map(instant).transpose()
    }

    /// Begins the errands that are due, at most so many: each counts as tried, and comes back by itself when nobody tells
    /// what came of it. What was begun too often or too long ago is given up.
    pub async fn begin_errands(&self, now: DateTime<Utc>, most: u32) -> Result<Vec<Errand>, StoreError> {
        self.writer
            .write(move |connection| Box::pin(begin_errands(connection, now, most)))
            .await
    }

    /// Writes down what came of an errand, unless that was told before; whether whoever waited for it was moved on.
    pub async fn tell_errand(&self, told: ErrandTold) -> Result<bool, StoreError> {
        let id = self.next_cohort_id().await;
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| Box::pin(tell_errand(connection, set, told, id)))
            .await
    }

    /// The errands of a launch, by how far they are; and why some are given up, the most frequent reasons first.
    pub async fn errands_of(&self, launch: LaunchId) -> Result<ErrandCounts, StoreError> {
        self.read_errands_of(launch)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_errands_of(&self, launch: LaunchId) -> Result<ErrandCounts, Failure> {
        let rows = sqlx::query(
            "select state, iif(state = 2, said, null) as why, count(*) as n from errand where launch_id = ?
             group by state, why order by n desc, why",
        )
        .bind(launch.0)
        .fetch_all(&self.readers)
        .await?;
        let mut counts = ErrandCounts::default();
        for row in rows {
            let n = small(row.try_get("n")?, "count")?;
            match ErrandState::from_row(row.try_get("state")?)? {
                ErrandState::Due => counts.due += n,
                ErrandState::Done => counts.done += n,
                ErrandState::GivenUp => {
                    let why: Option<String> = row.try_get("why")?;
                    counts.given_up.push((why.unwrap_or_default(), n));
                }
            }
        }
        Ok(counts)
    }

    pub(super) async fn errands_for(&self, key: i64) -> Result<Vec<KeptErrand>, Failure> {
        let rows = sqlx::query("select * from errand where phone = ? order by id")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(kept).collect()
    }
}

/// The errands of a launch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrandCounts {
    /// To be done.
    pub due: u64,
    /// Done.
    pub done: u64,
    /// Given up, by reason: the most frequent first.
    pub given_up: Vec<(String, u64)>,
}

/// Writes an errand, due at once.
pub(super) async fn write_errand(
    connection: &mut SqliteConnection,
    row: &NoteRow,
    request: &Request,
    waits: Option<Waits>,
) -> Result<(), Failure> {
    let json = serde_json::to_string(request).expect("our own types have string keys");
    sqlx::query(
        "insert into errand (launch_id, phone, run, step, visit, request, due_at, give_up_at, written_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.launch.0)
    .bind(phone_number(row.phone))
    .bind(waits.map(|waits| waits.run))
    .bind(waits.map(|waits| waits.place.step))
    .bind(waits.map(|waits| waits.place.visit))
    .bind(json)
    .bind(millis(row.at))
    .bind(millis(given_up_at(row.at)))
    .bind(millis(row.at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn begin_errands(
    connection: &mut SqliteConnection,
    now: DateTime<Utc>,
    most: u32,
) -> Result<Vec<Errand>, Failure> {
    sqlx::query(
        "update errand set state = 2, ended_at = ?1, said = coalesce(said, ?2)
         where state = 0 and due_at <= ?1 and (attempts >= ?3 or give_up_at <= ?1)",
    )
    .bind(millis(now))
    .bind(UNHEARD)
    .bind(MOST_ATTEMPTS)
    .execute(&mut *connection)
    .await?;
    // `+ 0`: of a limit that is a parameter alone SQLite plans the statement anew each time that it is bound.
    let rows =
        sqlx::query("select * from errand where state = 0 and due_at <= ? order by due_at, id limit ? + 0")
            .bind(millis(now))
            .bind(most)
            .fetch_all(&mut *connection)
            .await?;
    let mut begun = vec![];
    for row in rows {
        let mut errand = errand_row(&row)?;
        errand.attempts += 1;
        sqlx::query("update errand set attempts = ?, due_at = ? where id = ?")
            .bind(errand.attempts)
            .bind(millis(errand.unheard_at(now)))
            .bind(errand.id)
            .execute(&mut *connection)
            .await?;
        begun.push(errand);
    }
    Ok(begun)
}

async fn tell_errand(
    connection: &mut SqliteConnection,
    set: SetFields,
    told: ErrandTold,
    id: CohortId,
) -> Result<bool, Failure> {
    let (state, due_at, ended_at) = match &told.fate {
        Fate::Done(_) => (ErrandState::Done, None, Some(told.at)),
        Fate::Again(at) => (ErrandState::Due, Some(*at), None),
        Fate::GivenUp => (ErrandState::GivenUp, None, Some(told.at)),
    };
    let written = sqlx::query(
        "update errand set state = ?, due_at = coalesce(?, due_at), ended_at = ?, said = ?
         where id = ? and state = 0 and attempts = ?",
    )
    .bind(state as i64)
    .bind(due_at.map(millis))
    .bind(ended_at.map(millis))
    .bind(&told.said)
    .bind(told.errand.id)
    .bind(told.errand.attempts)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    if let Fate::Done(Some((field, value))) = told.fate {
        let note = NoteRow {
            launch: told.errand.launch,
            run: told.errand.waits.map_or(0, |waits| waits.run),
            phone: told.errand.phone,
            at: told.at,
            note: Note::Set(field, value),
        };
        write_notes(connection, &set, &[note]).await?;
    }
    match told.moved {
        Some(moved) => move_one(connection, moved, id).await,
        None => Ok(false),
    }
}

fn errand_row(row: &SqliteRow) -> Result<Errand, Failure> {
    let id: i64 = row.try_get("id")?;
    Ok(Errand {
        id,
        launch: LaunchId(row.try_get("launch_id")?),
        phone: phone_of(row)?,
        waits: waits(row)?,
        request: request(row, id)?,
        attempts: small(row.try_get("attempts")?, "attempts")?,
        give_up_at: instant(row.try_get("give_up_at")?)?,
    })
}

fn phone_of(row: &SqliteRow) -> Result<PhoneNumber, Failure> {
    Ok(phone(row.try_get("phone")?)?)
}

fn request(row: &SqliteRow, id: i64) -> Result<Request, Failure> {
    let request: String = row.try_get("request")?;
    Ok(serde_json::from_str(&request).map_err(|error| corrupt(format!("errand {id}: {error}")))?)
}

fn waits(row: &SqliteRow) -> Result<Option<Waits>, Failure> {
    let Some(run) = row.try_get::<Option<i64>, _>("run")? else {
        return Ok(None);
    };
    Ok(Some(Waits {
        run: small(run, "run")?,
        place: Place {
            step: small(row.try_get("step")?, "step")?,
            visit: small(row.try_get("visit")?, "visit")?,
        },
    }))
}

fn kept(row: &SqliteRow) -> Result<KeptErrand, Failure> {
    let request = request(row, row.try_get("id")?)?;
    let ended_at: Option<i64> = row.try_get("ended_at")?;
    Ok(KeptErrand {
        launch: LaunchId(row.try_get("launch_id")?),
        run: waits(row)?.map(|waits| waits.run),
        what: format!("{} {}", request.method, request.url),
        state: ErrandState::from_row(row.try_get("state")?)?,
        attempts: small(row.try_get("attempts")?, "attempts")?,
        written_at: instant(row.try_get("written_at")?)?,
        at: instant(ended_at.map_or_else(|| row.try_get("due_at"), Ok)?)?,
        said: row.try_get("said")?,
    })
}
