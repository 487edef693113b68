//! Who enters a campaign by what happened: the launch of the day is opened with the first of them, and takes more until the
//! day is over. One happening enters once, whatever process ends in between.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{Row, SqliteConnection};

use super::launch::{insert_launch, to_json};
use super::record::depart;
use super::rows::{instant, millis, phone_number, small};
use super::standing::{Moved, move_one};
use super::{CohortKind, Failure, LaunchState, NewCohort, NewLaunch, Store, StoreError, Turn};
use crate::advance::Place;
use crate::ids::{CohortId, LaunchId};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::plan::Summary;
use crate::tariff::Tariff;

/// Somebody who enters.
#[derive(Debug, Clone)]
pub struct Entering {
    /// The launch of the day, as it is opened by the first.
    pub day: NewLaunch,
    /// Its prices; members hold an index.
    pub tariffs: Vec<Tariff>,
    /// Its budget, in millionths of the budget's currency.
    pub budget: Option<i64>,
    /// What happened.
    pub happening: i64,
    /// What tells the passage apart from the person's others.
    pub key: Option<String>,
    /// Who, with the values frozen now.
    pub member: Member,
    /// Where the passage begins.
    pub place: Place,
    /// When that comes due.
    pub due_at: DateTime<Utc>,
    /// The sender it goes from.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
    /// The passage that it takes the place of, which ends.
    pub restarts: Option<Moved>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// The passage began: in this launch, in this run of it.
    New(LaunchId, u32),
    /// It had begun before.
    Before,
    /// The passage that was to end is in the middle of something: to be asked again.
    Held,
    /// The launch of the day stands still, and takes nobody meanwhile.
    Waits,
    /// The launch of the day was cancelled, and takes nobody any more.
    Cancelled,
}

/// A passage that a trigger began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageBegun {
    /// The launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// What the launch is doing.
    pub state: LaunchState,
}

/// Somebody whom a trigger did not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEntered {
    /// The campaign.
    pub campaign: String,
    /// What happened.
    pub happening: i64,
    /// To whom.
    pub phone: PhoneNumber,
    /// Why it entered nobody.
    pub reason: LeftOut,
    /// When that was found.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Enters somebody, and opens the launch of the day where it is the first.
    pub async fn enter(&self, entering: Entering) -> Result<Entered, StoreError> {
        let (id, ends) = (self.next_cohort_id().await, self.next_cohort_id().await);
        self.writer
            .write(move |connection| Box::pin(enter(connection, entering, id, ends)))
            .await
    }

    /// The passages of a person with this key that triggers of a campaign began, in order.
    pub async fn passages_begun(
        &self,
        campaign: &str,
        phone: PhoneNumber,
        key: Option<&str>,
    ) -> Result<Vec<PassageBegun>, StoreError> {
        let read = async {
            let rows = sqlx::query(
                "select p.launch_id, p.run, p.at, l.state from passage p join launch l on l.id = p.launch_id
                 where p.phone = ? and l.campaign = ? and p.key is ? order by p.happening",
            )
            .bind(phone_number(phone))
            .bind(campaign)
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
            let passage = |row: &sqlx::sqlite::SqliteRow| {
                Ok(PassageBegun {
                    launch: LaunchId(row.try_get("launch_id")?),
                    run: small(row.try_get("run")?, "run")?,
                    began_at: instant(row.try_get("at")?)?,
                    state: LaunchState::from_row(row.try_get("state")?)?,
                })
            };
            rows.iter().map(passage).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }

    /// Keeps whom a trigger did not enter, each happening once.
    pub async fn note_not_entered(&self, rows: Vec<NotEntered>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for row in rows {
                        sqlx::query(
                            "insert into not_entered (campaign, happening, phone, reason, at) values (?, ?, ?, ?, ?)
                             on conflict do nothing",
                        )
                        .bind(row.campaign)
                        .bind(row.happening)
                        .bind(phone_number(row.phone))
                        .bind(row.reason.code())
                        .bind(millis(row.at))
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// How many happenings entered nobody, by reason, of a campaign.
    pub async fn not_entered(&self, campaign: &str) -> Result<Vec<(LeftOut, u64)>, StoreError> {
        let read = async {
            let rows = sqlx::query(
                "select reason, count(*) as n from not_entered where campaign = ? group by reason order by reason",
            )
            .bind(campaign)
            .fetch_all(&self.readers)
            .await?;
            let counted = |row: &sqlx::sqlite::SqliteRow| {
                let reason: String = row.try_get("reason")?;
                let parsed = reason.parse();
                let parsed = parsed.map_err(|_| super::rows::corrupt(format!("reason {reason:?}")))?;
                Ok((parsed, small(row.try_get("n")?, "count")?))
            };
            rows.iter().map(counted).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }
}

async fn enter(
    connection: &mut SqliteConnection,
    entering: Entering,
    id: CohortId,
    ends: CohortId,
) -> Result<Entered, Failure> {
    let (phone, happening) = (phone_number(entering.member.phone), entering.happening);
    let before: Option<i64> = sqlx::query_scalar(
        "select 1 from passage p join launch l on l.id = p.launch_id
         where p.phone = ? and p.happening = ? and l.campaign = ?",
    )
    .bind(phone)
    .bind(happening)
    .bind(&entering.day.campaign)
    .fetch_optional(&mut *connection)
    .await?;
    if before.is_some() {
        return Ok(Entered::Before);
    }
    let (launch, state) = match launch_of_the_day(connection, &entering.day).await? {
        Some(found) => found,
        None => (open(connection, &entering).await?, LaunchState::Running),
    };
    match state {
        LaunchState::Running | LaunchState::Done => {}
        LaunchState::Building | LaunchState::Paused | LaunchState::Halted => return Ok(Entered::Waits),
        LaunchState::Cancelled => return Ok(Entered::Cancelled),
    }
    if let Some(restarts) = entering.restarts
        && !move_one(connection, restarts, ends).await?
    {
        return Ok(Entered::Held);
    }
    let run: u32 = sqlx::query_scalar("select count(*) from passage where launch_id = ? and phone = ?")
        .bind(launch.0)
        .bind(phone)
        .fetch_one(&mut *connection)
        .await?;
    // Of a launch in which everybody was through somebody is inside again.
    sqlx::query("update launch set state = 1, ended_at = null, runs = max(runs, ?) where id = ?")
        .bind(run + 1)
        .bind(launch.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query("insert into passage (launch_id, run, phone, happening, key, at) values (?, ?, ?, ?, ?, ?)")
        .bind(launch.0)
        .bind(run)
        .bind(phone)
        .bind(happening)
        .bind(entering.key)
        .bind(millis(entering.day.created_at))
        .execute(&mut *connection)
        .await?;
    let cohort = NewCohort {
        launch,
        run,
        kind: CohortKind::Passage,
        place: entering.place,
        turn: Turn::First,
        due_at: entering.due_at,
        sender: entering.sender,
        time_class: entering.time_class,
        members: vec![entering.member],
    };
    depart(connection, id, cohort).await?;
    Ok(Entered::New(launch, run))
}

async fn launch_of_the_day(
    connection: &mut SqliteConnection,
    day: &NewLaunch,
) -> Result<Option<(LaunchId, LaunchState)>, Failure> {
    let row = sqlx::query("select id, state from launch where campaign = ? and occurrence = ?")
        .bind(&day.campaign)
        .bind(&day.occurrence)
        .fetch_optional(connection)
        .await?;
    let found = |row: sqlx::sqlite::SqliteRow| {
        let state = LaunchState::from_row(row.try_get("state")?)?;
        Ok((LaunchId(row.try_get("id")?), state))
    };
    row.map(found).transpose()
}

/// Opens the launch of the day. What begins its first passage is heard by that passage too.
async fn open(connection: &mut SqliteConnection, entering: &Entering) -> Result<LaunchId, Failure> {
    let (launch, _) = insert_launch(connection, entering.day.clone()).await?;
    sqlx::query(
        "update launch set state = 1, summary = ?, tariffs = ?, budget = ?, heard_from = ? where id = ?",
    )
    .bind(to_json(&Summary::default()))
    .bind(to_json(&entering.tariffs))
    .bind(entering.budget)
    .bind(entering.happening - 1)
    .bind(launch.0)
    .execute(connection)
    .await?;
    Ok(launch)
}
