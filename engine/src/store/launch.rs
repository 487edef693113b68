//! Launches: begun invisible, filled with cohorts, made visible in one write; paused, resumed, cancelled, ended.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::alarm::{Alarm, clear_behind, insert_alarm};
use super::canary::Canary;
use super::happening::begin_hearing;
use super::record::{LeftOutRow, insert_left_out};
use super::rows::{CohortRow, NewCohort, corrupt, insert_cohorts, instant, millis};
use super::{Failure, Store, StoreError};
use crate::halt::Tally;
use crate::ids::LaunchId;
use crate::member::Encoded;
use crate::plan::Summary;
use crate::revision::Source;
use crate::tariff::Tariff;

/// What a launch is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaunchState {
    /// Being planned: nobody sees it but the process that makes it.
    Building = 0,
    /// Its cohorts run as they come due.
    Running = 1,
    /// Nothing more is submitted until `resume`.
    Paused = 2,
    /// Nothing more is submitted.
    Cancelled = 3,
    /// Everybody's passage has ended.
    Done = 4,
    /// Nothing more is submitted until `resume`: a share of its campaign's `halt` was passed.
    Halted = 5,
}

impl LaunchState {
    /// Whether it is through, or was cancelled.
    pub fn is_over(self) -> bool {
        match self {
            LaunchState::Cancelled | LaunchState::Done => true,
            LaunchState::Building | LaunchState::Running | LaunchState::Paused | LaunchState::Halted => false,
        }
    }

    /// The word for it, in JSON and for people.
    pub fn word(self) -> &'static str {
        match self {
            LaunchState::Building => "building",
            LaunchState::Running => "running",
            LaunchState::Paused => "paused",
            LaunchState::Cancelled => "cancelled",
            LaunchState::Done => "done",
            LaunchState::Halted => "halted",
        }
    }

    pub(super) fn from_row(number: i64) -> Result<LaunchState, StoreError> {
        let all = [
            LaunchState::Building,
            LaunchState::Running,
            LaunchState::Paused,
            LaunchState::Cancelled,
            LaunchState::Done,
            LaunchState::Halted,
        ];
        let found = all.into_iter().find(|state| *state as i64 == number);
        found.ok_or_else(|| corrupt(format!("launch state {number}")))
    }
}

/// A launch to be begun.
#[derive(Debug, Clone)]
pub struct NewLaunch {
    /// The campaign's name.
    pub campaign: String,
    /// Which time: unique with the campaign.
    pub occurrence: String,
    /// Hash and source of the campaign.
    pub revision: (String, Source),
    /// Now.
    pub created_at: DateTime<Utc>,
    /// When the first step is due.
    pub starts_at: DateTime<Utc>,
    /// Its texts count for the caps of frequency.
    pub marketing: bool,
    /// But those of these steps, which answer a reply.
    pub answers: Vec<u16>,
    /// Cohorts of it are [`held`](super::held) until its canary was watched.
    pub canary: bool,
}

/// A launch of the store.
#[derive(Debug, Clone)]
pub struct LaunchRow {
    /// Serial.
    pub id: LaunchId,
    /// The campaign's name.
    pub campaign: String,
    /// Which time.
    pub occurrence: String,
    /// The hash of the campaign it runs.
    pub revision: String,
    /// What it is doing.
    pub state: LaunchState,
    /// When it was launched.
    pub created_at: DateTime<Utc>,
    /// When the first step was due.
    pub starts_at: DateTime<Utc>,
    /// When it was done or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// The plan joined the suppressions up to this change.
    pub suppressed_to: i64,
    /// The plan.
    pub summary: Summary,
    /// The prices of the plan; messages hold an index.
    pub tariffs: Arc<[Tariff]>,
    /// Its budget, in millionths of the budget's currency; none where it has none.
    pub budget: Option<i64>,
    /// It is for each month, and shared with the other launches of its campaign.
    pub per_month: bool,
    /// What its texts that were taken, or may have been, cost; the same unit. Counted where there is a budget.
    pub reserved: i64,
    /// What it had come to when somebody resumed it after its last halt; none: that is to be counted, now that it was.
    pub halt_tally: Option<Tally>,
    /// How far its canary is.
    pub canary: Canary,
}

/// How the name of an occurrence begins of those who are started.
pub(crate) const STARTED: &str = "started ";

impl LaunchRow {
    /// Whether people enter it as things happen to them: nothing of it was planned.
    pub fn is_opened(&self) -> bool {
        self.state != LaunchState::Building && self.summary == Summary::default()
    }

    /// Whether it is of those whom steps of other campaigns started in one that begins by a schedule.
    pub fn is_of_started(&self) -> bool {
        self.occurrence.starts_with(STARTED)
    }
}

impl Store {
    /// Drops what incomplete launches left, and begins one that nobody sees. Says up to which change the suppressions
    /// are to be joined.
    pub async fn begin_launch(&self, new: NewLaunch) -> Result<(LaunchId, i64), StoreError> {
        self.drop_incomplete().await?;
        self.writer
            .write(move |connection| Box::pin(insert_launch(connection, new)))
            .await
    }

    /// Drops launches that were being planned when their process ended. Nothing of them was ever sent.
    pub async fn drop_incomplete(&self) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(drop_building(connection)))
            .await
    }

    /// Adds cohorts, and people who are left out, to a launch that is being planned.
    pub async fn add_to_launch(
        &self,
        cohorts: Vec<NewCohort<Encoded>>,
        left_out: Vec<LeftOutRow>,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(cohorts.len());
        for cohort in cohorts {
            let id = self.next_cohort_id().await;
            rows.push(CohortRow { id, cohort });
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    insert_cohorts(connection, &rows).await?;
                    insert_left_out(connection, &left_out).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Makes a planned launch visible: from this write on it runs.
    pub async fn complete_launch(
        &self,
        launch: LaunchId,
        summary: &Summary,
        tariffs: &[Tariff],
        runs: u32,
    ) -> Result<(), StoreError> {
        let summary = to_json(summary);
        let tariffs = to_json(tariffs);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "update launch set state = 1, summary = ?, tariffs = ?, runs = ? where id = ?",
                    )
                    .bind(summary)
                    .bind(tariffs)
                    .bind(runs)
                    .bind(launch.0)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// The launches of a campaign, or of all, the latest first; those being planned are not among them.
    pub async fn launches(&self, campaign: Option<&str>) -> Result<Vec<LaunchRow>, StoreError> {
        let rows = sqlx::query(
            "select * from launch where state > 0 and (?1 is null or campaign = ?1) order by id desc",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| launch_row(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// What a launch is doing.
    pub async fn launch_state(&self, launch: LaunchId) -> Result<LaunchState, StoreError> {
        let state = sqlx::query_scalar("select state from launch where id = ?")
            .bind(launch.0)
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        LaunchState::from_row(state)
    }

    /// What launches are doing, in their order.
    pub async fn launch_states(
        &self,
        launches: Vec<LaunchId>,
    ) -> Result<Vec<(LaunchId, LaunchState)>, StoreError> {
        let mut select = QueryBuilder::<Sqlite>::new("select id, state from launch where id in (");
        let mut values = select.separated(", ");
        launches.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") order by id");
        let rows = select
            .build_query_as::<(i64, i64)>()
            .fetch_all(&self.readers)
            .await;
        let rows = rows.map_err(|error| self.error(error))?;
        let state = |(id, state): (i64, i64)| Ok((LaunchId(id), LaunchState::from_row(state)?));
        rows.into_iter().map(state).collect()
    }

    /// Moves a launch from one state to another; false when it was in neither `from`. Any process may. From its commit
    /// on no intent is committed for a paused or cancelled launch.
    pub async fn change_launch(
        &self,
        launch: LaunchId,
        from: &'static [LaunchState],
        to: LaunchState,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let ended = matches!(to, LaunchState::Cancelled | LaunchState::Done).then(|| millis(now));
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let was_halted: bool = sqlx::query_scalar("select state = 5 from launch where id = ?")
                        .bind(launch.0)
                        .fetch_one(&mut *connection)
                        .await?;
                    let mut update = QueryBuilder::<Sqlite>::new("update launch set state = ");
                    update.push_bind(to as i64).push(", ended_at = ").push_bind(ended);
                    update
                        .push(" where id = ")
                        .push_bind(launch.0)
                        .push(" and state in (");
                    let mut states = update.separated(", ");
                    from.iter().for_each(|state| {
                        states.push_bind(*state as i64);
                    });
                    update.push(")");
                    let changed = update.build().execute(&mut *connection).await?.rows_affected() > 0;
                    if changed && was_halted {
                        set_halt_tally(connection, launch, RESUMED).await?;
                    }
                    // Whoever resumes it has seen why it stood.
                    if changed && (ended.is_some() || was_halted) {
                        clear_behind(connection, launch).await?;
                    }
                    Ok(changed)
                })
            })
            .await
    }

    /// Sets what a launch that was resumed had come to.
    pub async fn set_halt_tally(&self, launch: LaunchId, tally: Tally) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move { set_halt_tally(connection, launch, &to_json(&tally)).await })
            })
            .await
    }

    /// Halts a launch that runs, with an alarm that says why; false when it did not run any more.
    pub async fn halt(&self, launch: LaunchId, alarm: Alarm) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let halted = sqlx::query("update launch set state = 5 where id = ? and state = 1")
                        .bind(launch.0)
                        .execute(&mut *connection)
                        .await?
                        .rows_affected()
                        > 0;
                    if halted {
                        insert_alarm(connection, &alarm).await?;
                    }
                    Ok(halted)
                })
            })
            .await
    }

    /// Sets the budget of a launch, or of each month: raising it releases what it held.
    pub async fn set_budget(
        &self,
        launch: LaunchId,
        budget: Option<i64>,
        per_month: bool,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("update launch set budget = ?, per_month = ? where id = ?")
                        .bind(budget)
                        .bind(per_month)
                        .bind(launch.0)
                        .execute(&mut *connection)
                        .await?;
                    clear_behind(connection, launch).await
                })
            })
            .await
    }

    /// The source of a revision.
    pub async fn revision(&self, id: &str) -> Result<Source, StoreError> {
        let source: String = sqlx::query_scalar("select source from revision where id = ?")
            .bind(id)
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        from_json(&source, "the source of a revision")
    }

    /// All suppressed numbers up to a change, sorted: what a plan joins.
    pub async fn suppressed(&self, up_to: i64) -> Result<Vec<u64>, StoreError> {
        let phones: Vec<i64> =
            sqlx::query_scalar("select phone from suppression where seq <= ? order by phone")
                .bind(up_to)
                .fetch_all(&self.readers)
                .await
                .map_err(|error| self.error(error))?;
        phones
            .into_iter()
            .map(|phone| super::rows::small(phone, "phone"))
            .collect()
    }
}

/// In place of a tally: somebody resumed the launch, and what it had come to is to be counted.
const RESUMED: &str = "resumed";

async fn set_halt_tally(
    connection: &mut SqliteConnection,
    launch: LaunchId,
    tally: &str,
) -> Result<(), Failure> {
    sqlx::query("update launch set halt_tally = ? where id = ?")
        .bind(tally)
        .bind(launch.0)
        .execute(connection)
        .await?;
    Ok(())
}

async fn drop_building(connection: &mut SqliteConnection) -> Result<(), Failure> {
    for statement in [
        "delete from cohort_members where id in (select c.id from cohort c join launch l on l.id = c.launch_id where l.state = 0)",
        "delete from cohort where launch_id in (select id from launch where state = 0)",
        "delete from left_out where launch_id in (select id from launch where state = 0)",
        "delete from entered where launch_id in (select id from launch where state = 0)",
        "delete from launch where state = 0",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Steps as the store keeps them, each between two commas.
fn steps_text(steps: &[u16]) -> String {
    match steps.iter().map(ToString::to_string).collect::<Vec<_>>() {
        steps if steps.is_empty() => String::new(),
        steps => format!(",{},", steps.join(",")),
    }
}

pub(super) async fn insert_launch(
    connection: &mut SqliteConnection,
    new: NewLaunch,
) -> Result<(LaunchId, i64), Failure> {
    let (revision, source) = &new.revision;
    sqlx::query("insert into revision (id, source, created_at) values (?, ?, ?) on conflict do nothing")
        .bind(revision)
        .bind(to_json(source))
        .bind(millis(new.created_at))
        .execute(&mut *connection)
        .await?;
    let suppressed_to: i64 = sqlx::query_scalar("select coalesce(max(seq), 0) from suppression")
        .fetch_one(&mut *connection)
        .await?;
    let inserted = sqlx::query(
        "insert into launch (campaign, occurrence, revision, state, created_at, starts_at, suppressed_to, marketing, answers, canary, heard_from, summary, tariffs)
         values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, (select coalesce(max(id), 0) from happening), '', '')",
    )
    .bind(&new.campaign)
    .bind(&new.occurrence)
    .bind(revision)
    .bind(millis(new.created_at))
    .bind(millis(new.starts_at))
    .bind(suppressed_to)
    .bind(new.marketing)
    .bind(steps_text(&new.answers))
    .bind(new.canary.then_some(0))
    .execute(&mut *connection)
    .await;
    match inserted {
        Ok(done) => {
            let launch = LaunchId(done.last_insert_rowid());
            begin_hearing(connection, &new.campaign).await?;
            Ok((launch, suppressed_to))
        }
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            let NewLaunch {
                campaign, occurrence, ..
            } = new;
            Err(StoreError::AlreadyLaunched { campaign, occurrence }.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn launch_row(row: &SqliteRow) -> Result<LaunchRow, Failure> {
    let integer = |name: &str| row.try_get::<i64, _>(name);
    let text = |name: &str| row.try_get::<String, _>(name);
    let ended_at = row.try_get::<Option<i64>, _>("ended_at")?;
    Ok(LaunchRow {
        id: LaunchId(integer("id")?),
        campaign: text("campaign")?,
        occurrence: text("occurrence")?,
        revision: text("revision")?,
        state: LaunchState::from_row(integer("state")?)?,
        created_at: instant(integer("created_at")?)?,
        starts_at: instant(integer("starts_at")?)?,
        ended_at: ended_at.map(instant).transpose()?,
        suppressed_to: integer("suppressed_to")?,
        summary: from_json(&text("summary")?, "a plan")?,
        tariffs: from_json::<Vec<Tariff>>(&text("tariffs")?, "tariffs")?.into(),
        budget: row.try_get("budget")?,
        per_month: row.try_get("per_month")?,
        reserved: integer("reserved")?,
        halt_tally: match text("halt_tally")?.as_str() {
            "" => Some(Tally::default()),
            RESUMED => None,
            tally => Some(from_json(tally, "a tally")?),
        },
        canary: Canary::from_row(row.try_get("canary")?)?,
    })
}

pub(super) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have string keys")
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(format!("{what}: {error}")))
}
