//! Where a person stands in a launch, and moving one person on: what a reply, or something else that happened, does to a
//! passage. Only who waits in a cohort that nobody holds is moved.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::canary::due_at;
use super::message::remembered;
use super::notes::{NoteRow, write_notes};
use super::record::{depart, insert_departed};
use super::rows::{NewCohort, corrupt, count, instant, phone as phone_of, phone_number, size, small};
use super::{Failure, SentTo, Store, StoreError};
use crate::advance::Place;
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::member::{self, Member};

/// Where somebody stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The cohort.
    pub cohort: CohortId,
    /// Of this launch.
    pub launch: LaunchId,
    /// When that begins for its first people.
    pub launch_starts_at: DateTime<Utc>,
    /// Of this run of it.
    pub run: u32,
    /// Of the member in it.
    pub index: usize,
    /// How many it had then: others may join it, and the member stand elsewhere in it.
    pub members: usize,
    /// The instruction.
    pub place: Place,
    /// When that comes due.
    pub due_at: DateTime<Utc>,
    /// The sender it goes from.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
    /// Who, with the values frozen at launch.
    pub member: Member,
    /// Somebody holds the cohort: its turn has come, and its record decides. Or the person's text may have been taken, and
    /// what comes of that decides.
    pub is_held: bool,
    /// The person's text may have been handed over, and what came of it is not recorded.
    pub may_be_sent: bool,
}

/// Where a passage was that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasIn {
    /// When its launch began for its first people.
    pub launch_starts_at: DateTime<Utc>,
    /// The set of zones of the person.
    pub time_class: String,
}

/// Moves one person on.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The cohort where the person waits.
    pub cohort: CohortId,
    /// The member in it, when it had so many.
    pub index: usize,
    /// How many it had then.
    pub members: usize,
    /// Who.
    pub phone: PhoneNumber,
    /// Where to; none: the passage is over.
    pub to: Option<NewCohort>,
}

impl Standing {
    /// Moves whoever stands here on.
    pub fn moved(&self, to: Option<NewCohort>) -> Moved {
        Moved {
            cohort: self.cohort,
            index: self.index,
            members: self.members,
            phone: self.member.phone,
            to,
        }
    }
}

impl Store {
    /// Where a person stands in a launch; none where the passage is over, or there is none.
    pub async fn standing(
        &self,
        launch: LaunchId,
        run: u32,
        phone: PhoneNumber,
    ) -> Result<Option<Standing>, StoreError> {
        self.read_standing(launch, run, phone)
            .await
            .map_err(|failure| self.failed(failure))
    }

    pub(super) async fn read_standing(
        &self,
        launch: LaunchId,
        run: u32,
        phone: PhoneNumber,
    ) -> Result<Option<Standing>, Failure> {
        let number = phone_number(phone);
        let rows = sqlx::query(
            "select c.*, m.members, l.starts_at from
               (select * from cohort where state = 0 and launch_id = ?1 and run = ?2 and phone_lo <= ?3 and phone_hi >= ?3
                union all
                select * from cohort where state = 2 and launch_id = ?1 and run = ?2 and phone_lo <= ?3 and phone_hi >= ?3) c
             join cohort_members m on m.id = c.id join launch l on l.id = c.launch_id where c.kind = 0",
        )
        .bind(launch.0)
        .bind(run)
        .bind(number)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let id: i64 = row.try_get("id")?;
            let members =
                member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
            let Ok(index) = members.binary_search_by_key(&phone, |member| member.phone) else {
                continue;
            };
            let (done, intent_to) = (size(row.try_get("done")?)?, size(row.try_get("intent_to")?)?);
            if index < done || self.has_departed(id, index).await? {
                continue;
            }
            let may_be_sent = index < intent_to || members[index].doubt().is_any();
            return Ok(Some(Standing {
                cohort: CohortId(id),
                launch,
                launch_starts_at: instant(row.try_get("starts_at")?)?,
                run,
                index,
                members: members.len(),
                place: Place {
                    step: small(row.try_get("step")?, "step")?,
                    visit: small(row.try_get("visit")?, "visit")?,
                },
                due_at: due_at(row.try_get("due_at")?)?,
                sender: row.try_get("sender")?,
                time_class: row.try_get("time_class")?,
                member: members[index].clone(),
                is_held: may_be_sent || row.try_get::<i64, _>("lease_until")? != 0,
                may_be_sent,
            }));
        }
        Ok(None)
    }

    /// What is remembered of a passage by the texts of its steps; none where there was none.
    pub async fn was_in(
        &self,
        launch: LaunchId,
        run: u32,
        phone: PhoneNumber,
    ) -> Result<Option<WasIn>, StoreError> {
        self.read_was_in(launch, run, phone)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_was_in(
        &self,
        launch: LaunchId,
        run: u32,
        phone: PhoneNumber,
    ) -> Result<Option<WasIn>, Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select c.time_class, l.starts_at from message m join cohort c on c.id = m.id >> 12
             join launch l on l.id = c.launch_id where c.kind = 0 and c.launch_id = ",
        );
        select
            .push_bind(launch.0)
            .push(" and c.run = ")
            .push_bind(run)
            .push(" and m.id in (");
        let mut values = select.separated(", ");
        let ids = remembered(&self.readers, phone_number(phone)).await?.ids;
        ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") limit 1");
        let row = select.build().fetch_optional(&self.readers).await?;
        let was_in = |row: SqliteRow| {
            Ok(WasIn {
                launch_starts_at: instant(row.try_get("starts_at")?)?,
                time_class: row.try_get("time_class")?,
            })
        };
        row.map(was_in).transpose()
    }

    /// The text from this sender that was on its way to a number when a process ended, and of which nothing is recorded yet.
    pub async fn on_its_way(&self, phone: PhoneNumber, sender: &str) -> Result<Option<SentTo>, StoreError> {
        self.read_on_its_way(phone, sender)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_on_its_way(&self, phone: PhoneNumber, sender: &str) -> Result<Option<SentTo>, Failure> {
        let select = "select id, runs from launch where state in (1, 2, 5) order by id desc";
        for row in sqlx::query(select).fetch_all(&self.readers).await? {
            let launch = LaunchId(row.try_get("id")?);
            for run in self.runs_of(launch, row.try_get("runs")?, phone).await? {
                let standing = self.read_standing(launch, run, phone).await?;
                let sent = standing.filter(|standing| standing.may_be_sent && standing.sender == sender);
                if let Some(standing) = sent {
                    let index = u16::try_from(standing.index).unwrap_or(u16::MAX);
                    return Ok(Some(SentTo {
                        message: standing.cohort.message(index),
                        launch,
                        run,
                        step: standing.place.step,
                        language: standing.member.language,
                    }));
                }
            }
        }
        Ok(None)
    }

    async fn has_departed(&self, cohort: i64, index: usize) -> Result<bool, Failure> {
        let found: Option<i64> =
            sqlx::query_scalar("select 1 from departure where cohort_id = ? and member = ?")
                .bind(cohort)
                .bind(count(index))
                .fetch_optional(&self.readers)
                .await?;
        Ok(found.is_some())
    }

    /// Who these messages went to: launch, run, number. What is not recorded yet is left out.
    pub async fn recipients(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<(LaunchId, u32, PhoneNumber)>, StoreError> {
        self.read_recipients(messages)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_recipients(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<(LaunchId, u32, PhoneNumber)>, Failure> {
        let mut recipients = vec![];
        for messages in messages.chunks(500) {
            let mut select = QueryBuilder::<Sqlite>::new(
                "select c.launch_id, c.run, m.phone from message m join cohort c on c.id = m.id >> 12
                 where c.kind = 0 and m.phone > 0 and m.id in (",
            );
            let mut values = select.separated(", ");
            messages.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            select.push(")");
            for row in select.build().fetch_all(&self.readers).await? {
                let launch = LaunchId(row.try_get("launch_id")?);
                let run = small(row.try_get("run")?, "run")?;
                recipients.push((launch, run, phone_of(row.try_get("phone")?)?));
            }
        }
        Ok(recipients)
    }

    /// Keeps what is to be kept of people.
    pub async fn keep_notes(&self, notes: Vec<NoteRow>) -> Result<(), StoreError> {
        if notes.is_empty() {
            return Ok(());
        }
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| Box::pin(async move { write_notes(connection, &set, &notes).await }))
            .await
    }

    /// Moves one person on, and keeps what is to be kept; false, and nothing is written, when somebody holds the cohort by
    /// now or the person is gone.
    pub async fn move_on(&self, moved: Moved, notes: Vec<NoteRow>) -> Result<bool, StoreError> {
        let id = self.next_cohort_id().await;
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let went = move_one(connection, moved, id).await?;
                    if went {
                        write_notes(connection, &set, &notes).await?;
                    }
                    Ok(went)
                })
            })
            .await
    }
}

/// Takes a person out of the cohort where they wait, and puts them where they go; false when they wait there no more.
pub(super) async fn move_one(
    connection: &mut SqliteConnection,
    moved: Moved,
    id: CohortId,
) -> Result<bool, Failure> {
    let Some(index) = index_now(connection, &moved).await? else {
        return Ok(false);
    };
    if insert_departed(connection, &[(moved.cohort, index)]).await? == 0 {
        return Ok(false);
    }
    end_left_empty(connection, moved.cohort).await?;
    if let Some(to) = moved.to {
        depart(connection, id, to).await?;
    }
    Ok(true)
}

/// Where somebody who is to be moved stands in the cohort by now; none where they wait there no more, or somebody holds it.
async fn index_now(connection: &mut SqliteConnection, moved: &Moved) -> Result<Option<usize>, Failure> {
    let row = sqlx::query(
        "select n, done, intent_to from cohort where id = ? and state in (0, 2) and lease_until = 0",
    )
    .bind(moved.cohort.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut index = moved.index;
    if size(row.try_get("n")?)? != moved.members {
        // Others joined the cohort since it was read, and members stand in the order of their numbers.
        let members: Vec<u8> = sqlx::query_scalar("select members from cohort_members where id = ?")
            .bind(moved.cohort.0)
            .fetch_one(connection)
            .await?;
        let members = member::decode(&members).map_err(|error| corrupt(error.to_string()))?;
        let Ok(at) = members.binary_search_by_key(&moved.phone, |member| member.phone) else {
            return Ok(None);
        };
        index = at;
    }
    let passed = size(row.try_get("done")?)?.max(size(row.try_get("intent_to")?)?);
    Ok((index >= passed).then_some(index))
}

/// A cohort that all of its members have left is over, so that nobody waits for its time.
pub(super) async fn end_left_empty(
    connection: &mut SqliteConnection,
    cohort: CohortId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update cohort set state = 1 where id = ?1 and state = 0 and lease_until = 0 and done = intent_to
         and n - done <= (select count(*) from departure where cohort_id = ?1 and member >= done)",
    )
    .bind(cohort.0)
    .execute(connection)
    .await?;
    Ok(())
}
