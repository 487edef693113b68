//! What happened outside of campaigns: appended by any process, kept for good, and heard by whoever executes, campaign by
//! campaign, from where it stopped. What was heard and what came of it are one commit, so each happening counts once.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::entering::{Admission, Entered, admit};
use super::message::remembered;
use super::notes::{NoteRow, write_notes};
use super::rows::{corrupt, instant, millis, phone, phone_number, small};
use super::set_fields::SetFields;
use super::standing::{Moved, Standing, move_one};
use super::{CohortKind, Failure, LaunchState, Store, StoreError};
use crate::ids::{CohortId, LaunchId, MessageId};

/// Something that happened, to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHappening {
    /// What.
    pub what: Happened,
    /// To whom.
    pub phone: PhoneNumber,
    /// What it carries, by name.
    pub fields: Vec<(String, String)>,
    /// When.
    pub at: DateTime<Utc>,
    /// Of several with the same word, of one kind and name, the first is kept; none: each counts.
    pub once: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// An event of this name.
    Event(String),
    /// The person joined this stored list.
    Joined(String),
    /// A step of another campaign starts this one.
    Started {
        /// This one.
        campaign: String,
        /// Whose step it was.
        by: LaunchId,
    },
    /// The person sent a text that begins this campaign.
    Wrote(String),
}

impl Happened {
    fn kind(&self) -> i64 {
        match self {
            Happened::Event(_) => 0,
            Happened::Joined(_) => 1,
            Happened::Started { .. } => 2,
            Happened::Wrote(_) => 3,
        }
    }

    /// Of the event, the list, the campaign.
    pub fn name(&self) -> &str {
        match self {
            Happened::Event(name)
            | Happened::Joined(name)
            | Happened::Started { campaign: name, .. }
            | Happened::Wrote(name) => name,
        }
    }

    /// The launch whose step it was.
    fn by(&self) -> Option<LaunchId> {
        match self {
            Happened::Started { by, .. } => Some(*by),
            Happened::Event(_) | Happened::Joined(_) | Happened::Wrote(_) => None,
        }
    }

    fn from_row(kind: i64, name: String, by: Option<i64>) -> Result<Happened, StoreError> {
        match (kind, by) {
            (0, _) => Ok(Happened::Event(name)),
            (1, _) => Ok(Happened::Joined(name)),
            (2, Some(by)) => Ok(Happened::Started {
                campaign: name,
                by: LaunchId(by),
            }),
            (3, _) => Ok(Happened::Wrote(name)),
            _ => Err(corrupt(format!("happening of kind {kind}"))),
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Grows from entry to entry.
    pub id: i64,
    /// What.
    pub what: Happened,
    /// To whom.
    pub phone: PhoneNumber,
    /// What it carries, by name.
    pub fields: Vec<(String, String)>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Somebody's passage through a launch, which may be over.
#[derive(Debug, Clone)]
pub struct PassageOf {
    /// The launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
    /// When that begins for its first people.
    pub launch_starts_at: DateTime<Utc>,
    /// What the launch runs.
    pub revision: String,
    /// Where the person stands; none where the passage is over.
    pub standing: Option<Standing>,
    /// The last text of it, where it is over.
    pub last: Option<MessageId>,
}

/// What something that happened does to a passage.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
    /// Whose passage.
    pub phone: PhoneNumber,
    /// What it does; none: the person is in the middle of something, and is told later.
    pub told: Option<Told>,
}

/// What comes of it that a passage was told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Where it moves the person; none: nowhere.
    pub moved: Option<Moved>,
    /// What is kept of the person.
    pub notes: Vec<NoteRow>,
}

/// A piece of the log that a campaign has heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The campaign.
    pub campaign: String,
    /// Up to this entry.
    pub up_to: i64,
    /// What it does.
    pub tellings: Vec<Telling>,
    /// Whom it enters.
    pub admissions: Vec<Admission>,
}

impl Store {
    /// Appends what happened, in this order. Once this returns it may be acknowledged. Gives for each whether it is new.
    pub async fn append(&self, happenings: Vec<NewHappening>) -> Result<Vec<bool>, StoreError> {
        self.writer
            .write(move |connection| Box::pin(async move { append(connection, &happenings).await }))
            .await
    }

    /// The last entry that a campaign has heard; none where it never began to.
    pub async fn heard(&self, campaign: &str) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar("select heard from hearing where campaign = ?")
            .bind(campaign)
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))
    }

    /// The last entry of the log; 0 where there is none.
    pub async fn last_happening(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("select coalesce(max(id), 0) from happening")
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))
    }

    /// A campaign hears from here on, unless it does already.
    pub async fn begin_hearing(&self, campaign: &str) -> Result<(), StoreError> {
        let campaign = campaign.to_owned();
        self.writer
            .write(move |connection| Box::pin(async move { begin_hearing(connection, &campaign).await }))
            .await
    }

    /// Entries behind one, the earliest first, at most so many.
    pub async fn happenings(&self, after: i64, most: u32) -> Result<Vec<Happening>, StoreError> {
        let rows = sqlx::query("select * from happening where id > ? order by id limit ? + 0")
            .bind(after)
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| happening(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// What happened to a person, the latest first, at most so much.
    pub async fn happenings_of(&self, phone: PhoneNumber, most: u32) -> Result<Vec<Happening>, StoreError> {
        let rows = sqlx::query("select * from happening where phone = ? order by id desc limit ? + 0")
            .bind(phone_number(phone))
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| happening(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// The passages of a person through launches of a campaign: all that are not over, and those that texted the person
    /// lately.
    pub async fn passages(&self, campaign: &str, phone: PhoneNumber) -> Result<Vec<PassageOf>, StoreError> {
        self.read_passages(campaign, phone)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_passages(&self, campaign: &str, phone: PhoneNumber) -> Result<Vec<PassageOf>, Failure> {
        let launches = sqlx::query(
            "select id, runs, starts_at, revision from launch where campaign = ? and state in (1, 2, 5) order by id",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        let mut passages = vec![];
        for row in &launches {
            let launch = LaunchId(row.try_get("id")?);
            for run in self.runs_of(launch, row.try_get("runs")?, phone).await? {
                if let Some(standing) = self.read_standing(launch, run, phone).await? {
                    passages.push(PassageOf {
                        launch,
                        run,
                        launch_starts_at: standing.launch_starts_at,
                        revision: row.try_get("revision")?,
                        standing: Some(standing),
                        last: None,
                    });
                }
            }
        }
        self.read_ended(campaign, phone, &mut passages).await?;
        Ok(passages)
    }

    /// The runs of a launch in which a person may have a passage: of one that takes people as things happen to them those
    /// that began, of which most people have one or none.
    pub(super) async fn runs_of(
        &self,
        launch: LaunchId,
        runs: u32,
        phone: PhoneNumber,
    ) -> Result<Vec<u32>, Failure> {
        let triggered: Option<i64> = sqlx::query_scalar("select 1 from passage where launch_id = ? limit 1")
            .bind(launch.0)
            .fetch_optional(&self.readers)
            .await?;
        if triggered.is_none() {
            return Ok((0..runs).collect());
        }
        let own =
            sqlx::query_scalar("select run from passage where phone = ? and launch_id = ? order by run")
                .bind(phone_number(phone))
                .bind(launch.0)
                .fetch_all(&self.readers)
                .await?;
        Ok(own)
    }

    /// Adds the passages that are over, as far as their texts are remembered.
    async fn read_ended(
        &self,
        campaign: &str,
        phone: PhoneNumber,
        passages: &mut Vec<PassageOf>,
    ) -> Result<(), Failure> {
        let ids = remembered(&self.readers, phone_number(phone)).await?.ids;
        let mut select = QueryBuilder::<Sqlite>::new(
            "select c.launch_id, c.run, l.starts_at, l.revision, max(m.id) as last from message m
             join cohort c on c.id = m.id >> 12 join launch l on l.id = c.launch_id
             where c.kind = ",
        );
        select
            .push_bind(CohortKind::Passage as i64)
            .push(" and l.state <> ")
            .push_bind(LaunchState::Cancelled as i64)
            .push(" and l.campaign = ")
            .push_bind(campaign)
            .push(" and m.state not in (0, 2) and m.id in (");
        let mut values = select.separated(", ");
        ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") group by c.launch_id, c.run");
        for row in select.build().fetch_all(&self.readers).await? {
            let launch = LaunchId(row.try_get("launch_id")?);
            let run = small(row.try_get("run")?, "run")?;
            if passages.iter().any(|own| (own.launch, own.run) == (launch, run)) {
                continue;
            }
            passages.push(PassageOf {
                launch,
                run,
                launch_starts_at: instant(row.try_get("starts_at")?)?,
                revision: row.try_get("revision")?,
                standing: None,
                last: Some(MessageId(row.try_get("last")?)),
            });
        }
        Ok(())
    }

    /// How often steps of a launch started other campaigns, by their name.
    pub async fn started_by(&self, launch: LaunchId) -> Result<Vec<(String, u64)>, StoreError> {
        let read = async {
            let rows = sqlx::query(
                "select name, count(*) as n from happening where kind = 2 and launch_id = ? group by name order by name",
            )
            .bind(launch.0)
            .fetch_all(&self.readers)
            .await?;
            let counted = |row: &SqliteRow| Ok((row.try_get("name")?, small(row.try_get("n")?, "count")?));
            rows.iter().map(counted).collect::<Result<_, Failure>>()
        };
        read.await.map_err(|failure| self.failed(failure))
    }

    /// Passages of a campaign that are still to be told something, as whose number they are of; at most so many.
    pub async fn untold(&self, campaign: &str, most: u32) -> Result<Vec<PhoneNumber>, StoreError> {
        let phones: Vec<i64> = sqlx::query_scalar(
            "select distinct u.phone from untold u join launch l on l.id = u.launch_id where l.campaign = ? limit ? + 0",
        )
        .bind(campaign)
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        phones.into_iter().map(phone).collect()
    }

    /// A campaign has heard a piece of the log: how far, and what came of it, in one commit. Passages whose turn came
    /// meanwhile are told later. Gives what became of each of those who were to enter, in order.
    pub async fn hear(&self, mut heard: Heard) -> Result<Vec<Entered>, StoreError> {
        let mut ids = vec![];
        for _ in &heard.tellings {
            ids.push(self.next_cohort_id().await);
        }
        let mut admissions = vec![];
        for admission in std::mem::take(&mut heard.admissions) {
            let ids = [self.next_cohort_id().await, self.next_cohort_id().await];
            admissions.push((admission, ids));
        }
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let campaign = heard.campaign.clone();
                    write_heard(connection, &set, heard, ids).await?;
                    admit(connection, &campaign, admissions).await
                })
            })
            .await
    }
}

/// Appends what happened, in whatever else is one commit with it. Gives for each whether it is new.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    happenings: &[NewHappening],
) -> Result<Vec<bool>, Failure> {
    let mut new = Vec::with_capacity(happenings.len());
    for one in happenings {
        let fields: Map<String, Value> = one
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), Value::String(value.clone())))
            .collect();
        let written = sqlx::query(
            "insert into happening (kind, name, phone, fields, at, once, launch_id) values (?, ?, ?, ?, ?, ?, ?)
             on conflict do nothing",
        )
        .bind(one.what.kind())
        .bind(one.what.name())
        .bind(phone_number(one.phone))
        .bind(Value::Object(fields).to_string())
        .bind(millis(one.at))
        .bind(&one.once)
        .bind(one.what.by().map(|launch| launch.0))
        .execute(&mut *connection)
        .await?;
        new.push(written.rows_affected() > 0);
    }
    Ok(new)
}

/// A step starts a campaign for somebody: it hears of it whenever it is run next, though it never was.
pub(super) async fn start(
    connection: &mut SqliteConnection,
    row: &NoteRow,
    (campaign, values): (&str, &[(String, String)]),
) -> Result<(), Failure> {
    begin_hearing(connection, campaign).await?;
    let happening = NewHappening {
        what: Happened::Started {
            campaign: campaign.to_owned(),
            by: row.launch,
        },
        phone: row.phone,
        fields: values.to_vec(),
        at: row.at,
        once: None,
    };
    append(connection, &[happening]).await?;
    Ok(())
}

/// What happened before is not of this campaign, which hears from here on unless it does already.
pub(super) async fn begin_hearing(connection: &mut SqliteConnection, campaign: &str) -> Result<(), Failure> {
    sqlx::query(
        "insert into hearing (campaign, heard) select ?, coalesce(max(id), 0) from happening where true
         on conflict do nothing",
    )
    .bind(campaign)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_heard(
    connection: &mut SqliteConnection,
    set: &SetFields,
    heard: Heard,
    ids: Vec<CohortId>,
) -> Result<(), Failure> {
    sqlx::query("update hearing set heard = max(heard, ?) where campaign = ?")
        .bind(heard.up_to)
        .bind(&heard.campaign)
        .execute(&mut *connection)
        .await?;
    for (telling, id) in heard.tellings.into_iter().zip(ids) {
        let (launch, run, phone) = (telling.launch, telling.run, telling.phone);
        if tell(connection, set, telling.told, id).await? {
            sqlx::query("delete from untold where launch_id = ? and run = ? and phone = ?")
        } else {
            sqlx::query("insert into untold (launch_id, run, phone) values (?, ?, ?) on conflict do nothing")
        }
        .bind(launch.0)
        .bind(run)
        .bind(phone_number(phone))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Whether the passage is told now.
async fn tell(
    connection: &mut SqliteConnection,
    set: &SetFields,
    told: Option<Told>,
    id: CohortId,
) -> Result<bool, Failure> {
    let Some(told) = told else { return Ok(false) };
    if let Some(moved) = told.moved
        && !move_one(connection, moved, id).await?
    {
        return Ok(false);
    }
    write_notes(connection, set, &told.notes).await?;
    Ok(true)
}

pub(super) fn happening(row: &SqliteRow) -> Result<Happening, Failure> {
    Ok(Happening {
        id: row.try_get("id")?,
        what: Happened::from_row(
            row.try_get("kind")?,
            row.try_get("name")?,
            row.try_get("launch_id")?,
        )?,
        phone: phone(row.try_get("phone")?)?,
        fields: fields(row.try_get("fields")?)?,
        at: instant(row.try_get("at")?)?,
    })
}

/// What it carries.
pub(super) fn fields(json: &str) -> Result<Vec<(String, String)>, StoreError> {
    let unreadable = || corrupt(format!("fields of a happening: {json:?}"));
    let fields: Map<String, Value> = serde_json::from_str(json).map_err(|_| unreadable())?;
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        _ => Err(unreadable()),
    };
    fields.into_iter().map(text).collect()
}
