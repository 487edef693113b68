//! Who enters a campaign by what happened: its open launch takes people one at a time. What was heard and who entered by it
//! are one commit, so one happening enters once, whatever process ends in between.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{Row, SqliteConnection};

use super::happening::{Happening, happening};
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

/// Who enters a launch that is opened, of those to whom something happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Whoever the campaign has not heard of yet: it takes the place of another.
    GoesOn,
    /// Nobody; but where the campaign never ran, whoever steps of others started in it.
    Anew,
    /// Whoever steps of others started: the campaign begins by a schedule, and asks for nothing else that happens.
    Started,
}

/// Somebody who enters.
#[derive(Debug, Clone)]
pub struct Entering {
    /// The open launch.
    pub launch: LaunchId,
    /// What happened.
    pub happening: i64,
    /// What tells the passage apart from the person's others.
    pub key: Option<String>,
    /// Who, with the values frozen now.
    pub member: Member,
    /// When the passage begins.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: Place,
    /// When that comes due.
    pub due_at: DateTime<Utc>,
    /// The sender it goes from.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
    /// The passage that it takes the place of, which ends.
    pub restarts: Option<Restart>,
}

/// A passage that ends, since another takes its place.
#[derive(Debug, Clone)]
pub struct Restart {
    /// Of this run of the launch that it is of.
    pub run: u32,
    /// Of this launch.
    pub launch: LaunchId,
    /// Out of where the person waits.
    pub moved: Moved,
}

/// What comes of something that may begin a passage.
#[derive(Debug, Clone)]
pub enum Admission {
    /// Somebody enters.
    Enters(Box<Entering>),
    /// Nobody does, and why.
    Not(NotEntered),
    /// It cannot be said yet.
    Later {
        /// What happened.
        happening: i64,
        /// To whom.
        phone: PhoneNumber,
    },
}

/// What came of somebody who was to enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// The passage began: in this run of the launch.
    New(u32),
    /// It had begun before.
    Before,
    /// The passage that was to end is in the middle of something, or the launch stands still: to be asked again.
    Later,
    /// The launch was cancelled, and takes nobody any more.
    Cancelled,
}

/// A passage that a trigger began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageBegun {
    /// The launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
    /// What happened.
    pub happening: i64,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// What the launch is doing.
    pub state: LaunchState,
}

/// Somebody whom a trigger did not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEntered {
    /// What happened.
    pub happening: i64,
    /// To whom.
    pub phone: PhoneNumber,
    /// Why it entered nobody.
    pub reason: LeftOut,
    /// When that was found.
    pub at: DateTime<Utc>,
}

/// What became of what happened, of one launch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TriggerCounts {
    /// Passages that began.
    pub passages: u64,
    /// Whose they are.
    pub people: u64,
    /// Happenings that entered nobody, by reason.
    pub not_entered: Vec<(LeftOut, u64)>,
    /// Happenings that are still to enter somebody.
    pub to_enter: u64,
}

impl Store {
    /// Opens a launch that takes people as things happen to them.
    pub async fn open_launch(
        &self,
        new: NewLaunch,
        tariffs: Vec<Tariff>,
        opening: Opening,
    ) -> Result<LaunchId, StoreError> {
        self.drop_incomplete().await?;
        self.writer
            .write(move |connection| Box::pin(open(connection, new, tariffs, opening)))
            .await
    }

    /// Those whom steps of other campaigns started in campaigns where nobody heard of it yet, or no launch takes them: by the
    /// name of the campaign, how many.
    pub async fn started(&self, campaign: Option<&str>) -> Result<Vec<(String, u64)>, StoreError> {
        let read = async {
            let rows = sqlx::query(
                "select name, count(*) as n from (
                   select h.name from happening h join hearing g on g.campaign = h.name
                     where h.kind = 2 and h.id > g.heard and (?1 is null or h.name = ?1)
                   union all select h.name from to_enter t join happening h on h.id = t.happening
                     where h.kind = 2 and (?1 is null or t.campaign = ?1))
                 group by name order by name",
            )
            .bind(campaign)
            .fetch_all(&self.readers)
            .await?;
            let counted = |row: &sqlx::sqlite::SqliteRow| {
                Ok((row.try_get("name")?, small(row.try_get("n")?, "count")?))
            };
            rows.iter().map(counted).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }

    /// Whom steps of others started is kept aside, to enter; with that all is heard that happened up to now.
    pub async fn keep_aside(&self, campaign: &str) -> Result<(), StoreError> {
        let campaign = campaign.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    keep_started(connection, &campaign).await?;
                    to_the_end(connection, &campaign).await
                })
            })
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
                "select p.launch_id, p.run, p.happening, p.at, l.state from passage p join launch l on l.id = p.launch_id
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
                    happening: row.try_get("happening")?,
                    began_at: instant(row.try_get("at")?)?,
                    state: LaunchState::from_row(row.try_get("state")?)?,
                })
            };
            rows.iter().map(passage).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }

    /// What happened that is still to enter somebody, the earliest first, at most so much.
    pub async fn to_enter(&self, campaign: &str, most: u32) -> Result<Vec<Happening>, StoreError> {
        let rows = sqlx::query(
            "select h.* from to_enter t join happening h on h.id = t.happening
             where t.campaign = ? order by h.id limit ? + 0",
        )
        .bind(campaign)
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| happening(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// Whether something that happened to a person is still to enter them.
    pub async fn is_to_enter(&self, campaign: &str, phone: PhoneNumber) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("select 1 from to_enter where phone = ? and campaign = ? limit 1")
                .bind(phone_number(phone))
                .bind(campaign)
                .fetch_optional(&self.readers)
                .await
                .map_err(|error| self.error(error))?;
        Ok(found.is_some())
    }

    /// Whether steps alone led a person from a campaign back to it: what started it now is of a launch of it, or of one whose
    /// passage was started so, and so on.
    pub async fn leads_back(&self, happening: &Happening, campaign: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "with recursive led (launch_id, id) as (
               select launch_id, id from happening where id = ?1 and kind = 2
               union select h.launch_id, h.id from led
                 join passage p on p.launch_id = led.launch_id and p.phone = ?2 and p.happening < led.id
                 join happening h on h.id = p.happening where h.kind = 2)
             select 1 from led join launch l on l.id = led.launch_id where l.campaign = ?3 limit 1",
        )
        .bind(happening.id)
        .bind(phone_number(happening.phone))
        .bind(campaign)
        .fetch_optional(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        Ok(found.is_some())
    }

    /// Who entered a launch by what happened, and what entered nobody of its campaign.
    pub async fn trigger_counts(
        &self,
        launch: LaunchId,
        campaign: &str,
    ) -> Result<TriggerCounts, StoreError> {
        self.read_trigger_counts(launch, campaign)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_trigger_counts(&self, launch: LaunchId, campaign: &str) -> Result<TriggerCounts, Failure> {
        let entered = sqlx::query(
            "select count(*) as n, count(distinct phone) as people from passage where launch_id = ?",
        )
        .bind(launch.0)
        .fetch_one(&self.readers)
        .await?;
        // What happened since it was opened, up to the launch that took its place.
        let to_enter: i64 = sqlx::query_scalar(
            "select count(*) from to_enter where campaign = ?1
             and not exists (select 1 from launch where campaign = ?1 and id > ?2 and summary = ?3)",
        )
        .bind(campaign)
        .bind(launch.0)
        .bind(to_json(&Summary::default()))
        .fetch_one(&self.readers)
        .await?;
        let rows = sqlx::query(
            "select reason, count(*) as n from not_entered where campaign = ?1
               and happening > (select heard_from from launch where id = ?2)
               and happening <= coalesce(
                 (select min(heard_from) from launch where campaign = ?1 and id > ?2 and summary = ?3), happening)
             group by reason order by reason",
        )
        .bind(campaign)
        .bind(launch.0)
        .bind(to_json(&Summary::default()))
        .fetch_all(&self.readers)
        .await?;
        let counted = |row: &sqlx::sqlite::SqliteRow| {
            let reason: String = row.try_get("reason")?;
            let parsed = reason.parse();
            let parsed = parsed.map_err(|_| super::rows::corrupt(format!("reason {reason:?}")))?;
            Ok((parsed, small(row.try_get("n")?, "count")?))
        };
        Ok(TriggerCounts {
            passages: small(entered.try_get("n")?, "count")?,
            people: small(entered.try_get("people")?, "count")?,
            not_entered: rows.iter().map(counted).collect::<Result<_, Failure>>()?,
            to_enter: small(to_enter, "count")?,
        })
    }
}

/// Opens a launch. Whoever enters hears what began their passage, and what happened to them since.
async fn open(
    connection: &mut SqliteConnection,
    new: NewLaunch,
    tariffs: Vec<Tariff>,
    opening: Opening,
) -> Result<LaunchId, Failure> {
    let (campaign, at) = (new.campaign.clone(), new.created_at);
    let ran: Option<i64> =
        sqlx::query_scalar("select 1 from launch where campaign = ? and state > 0 limit 1")
            .bind(&campaign)
            .fetch_optional(&mut *connection)
            .await?;
    let (launch, _) = insert_launch(connection, new).await?;
    match opening {
        Opening::GoesOn => {}
        Opening::Anew => {
            keep_started(connection, &campaign).await?;
            if ran.is_some() {
                forget_waiting(connection, &campaign, at).await?;
            }
            to_the_end(connection, &campaign).await?;
        }
        Opening::Started => {
            keep_started(connection, &campaign).await?;
            to_the_end(connection, &campaign).await?;
        }
    }
    sqlx::query(
        "update launch set state = 1, runs = 1, summary = ?1, tariffs = ?2, heard_from = min(
             (select heard from hearing where campaign = ?3),
             coalesce((select min(happening) - 1 from to_enter where campaign = ?3), heard_from))
         where id = ?4",
    )
    .bind(to_json(&Summary::default()))
    .bind(to_json(&tariffs))
    .bind(campaign)
    .bind(launch.0)
    .execute(connection)
    .await?;
    Ok(launch)
}

/// Whom steps of others started since the campaign heard last is kept aside, to enter.
async fn keep_started(connection: &mut SqliteConnection, campaign: &str) -> Result<(), Failure> {
    sqlx::query(
        "insert into to_enter (campaign, happening, phone)
         select name, id, phone from happening where kind = 2 and name = ?1
           and id > (select heard from hearing where campaign = ?1) on conflict do nothing",
    )
    .bind(campaign)
    .execute(connection)
    .await?;
    Ok(())
}

/// Who was to enter does not.
async fn forget_waiting(
    connection: &mut SqliteConnection,
    campaign: &str,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into not_entered (campaign, happening, phone, reason, at)
         select campaign, happening, phone, ?, ? from to_enter where campaign = ? on conflict do nothing",
    )
    .bind(LeftOut::Cancelled.code())
    .bind(millis(at))
    .bind(campaign)
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from to_enter where campaign = ?")
        .bind(campaign)
        .execute(connection)
        .await?;
    Ok(())
}

/// What happened up to now is heard.
async fn to_the_end(connection: &mut SqliteConnection, campaign: &str) -> Result<(), Failure> {
    sqlx::query("update hearing set heard = (select coalesce(max(id), 0) from happening) where campaign = ?")
        .bind(campaign)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what came of things that may begin passages; `ids`: two of each. Gives what became of each, in order.
pub(super) async fn admit(
    connection: &mut SqliteConnection,
    campaign: &str,
    admissions: Vec<(Admission, [CohortId; 2])>,
) -> Result<Vec<Entered>, Failure> {
    let mut all = vec![];
    for (admission, ids) in admissions {
        let entered = match admission {
            Admission::Enters(entering) => {
                let (happening, phone, at) = (entering.happening, entering.member.phone, entering.at);
                let entered = enter(connection, *entering, ids).await?;
                match entered {
                    Entered::New(_) | Entered::Before => is_decided(connection, campaign, happening).await?,
                    Entered::Later => wait(connection, campaign, happening, phone).await?,
                    Entered::Cancelled => {
                        let reason = LeftOut::Cancelled;
                        let row = NotEntered {
                            happening,
                            phone,
                            reason,
                            at,
                        };
                        keep_out(connection, campaign, row).await?;
                    }
                }
                entered
            }
            Admission::Not(row) => {
                keep_out(connection, campaign, row).await?;
                Entered::Before
            }
            Admission::Later { happening, phone } => {
                wait(connection, campaign, happening, phone).await?;
                Entered::Later
            }
        };
        all.push(entered);
    }
    Ok(all)
}

/// Nothing more is to be said of it.
async fn is_decided(
    connection: &mut SqliteConnection,
    campaign: &str,
    happening: i64,
) -> Result<(), Failure> {
    sqlx::query("delete from to_enter where campaign = ? and happening = ?")
        .bind(campaign)
        .bind(happening)
        .execute(connection)
        .await?;
    Ok(())
}

async fn wait(
    connection: &mut SqliteConnection,
    campaign: &str,
    happening: i64,
    phone: PhoneNumber,
) -> Result<(), Failure> {
    sqlx::query("insert into to_enter (campaign, happening, phone) values (?, ?, ?) on conflict do nothing")
        .bind(campaign)
        .bind(happening)
        .bind(phone_number(phone))
        .execute(connection)
        .await?;
    Ok(())
}

async fn keep_out(connection: &mut SqliteConnection, campaign: &str, row: NotEntered) -> Result<(), Failure> {
    sqlx::query(
        "insert into not_entered (campaign, happening, phone, reason, at) values (?, ?, ?, ?, ?)
         on conflict do nothing",
    )
    .bind(campaign)
    .bind(row.happening)
    .bind(phone_number(row.phone))
    .bind(row.reason.code())
    .bind(millis(row.at))
    .execute(&mut *connection)
    .await?;
    is_decided(connection, campaign, row.happening).await
}

async fn enter(
    connection: &mut SqliteConnection,
    entering: Entering,
    [id, ends]: [CohortId; 2],
) -> Result<Entered, Failure> {
    let (phone, happening, launch) = (
        phone_number(entering.member.phone),
        entering.happening,
        entering.launch,
    );
    let before: Option<i64> = sqlx::query_scalar(
        "select 1 from passage p join launch l on l.id = p.launch_id
         where p.phone = ? and p.happening = ? and l.campaign = (select campaign from launch where id = ?)",
    )
    .bind(phone)
    .bind(happening)
    .bind(launch.0)
    .fetch_optional(&mut *connection)
    .await?;
    if before.is_some() {
        return Ok(Entered::Before);
    }
    let state: i64 = sqlx::query_scalar("select state from launch where id = ?")
        .bind(launch.0)
        .fetch_one(&mut *connection)
        .await?;
    match LaunchState::from_row(state)? {
        LaunchState::Running => {}
        LaunchState::Building | LaunchState::Paused | LaunchState::Halted | LaunchState::Done => {
            return Ok(Entered::Later);
        }
        LaunchState::Cancelled => return Ok(Entered::Cancelled),
    }
    if let Some(restart) = entering.restarts
        && !end_before(connection, restart, ends).await?
    {
        return Ok(Entered::Later);
    }
    let run: u32 = sqlx::query_scalar("select count(*) from passage where launch_id = ? and phone = ?")
        .bind(launch.0)
        .bind(phone)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("update launch set runs = max(runs, ?) where id = ?")
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
        .bind(millis(entering.at))
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
    Ok(Entered::New(run))
}

/// Ends the passage that another takes the place of; false where the person is in the middle of something there.
async fn end_before(
    connection: &mut SqliteConnection,
    restart: Restart,
    id: CohortId,
) -> Result<bool, Failure> {
    let phone = phone_number(restart.moved.phone);
    if !move_one(connection, restart.moved, id).await? {
        return Ok(false);
    }
    sqlx::query("delete from untold where launch_id = ? and run = ? and phone = ?")
        .bind(restart.launch.0)
        .bind(restart.run)
        .bind(phone)
        .execute(connection)
        .await?;
    Ok(true)
}
