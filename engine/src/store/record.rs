//! Records a window: its answers, its departures, the intent of the windows that follow. One commit.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::dead::{DeadLetter, free_dead, insert_dead};
use super::launch::LaunchState;
use super::message::{MessageRow, settle_not_taken, told_before, upsert_messages};
use super::notes::{NoteRow, write_notes};
use super::rows::{
    CohortKind, CohortRow, NewCohort, Turn, corrupt, count, insert_cohorts, millis, phone_number, small,
};
use super::set_fields::SetFields;
use super::suppression::{Suppression, end_waiting_of, suppress};
use super::{Failure, Store, StoreError};
use crate::calendar::Month;
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::left_out::LeftOut;
use crate::member;
use crate::plan::COHORT_MEMBERS;

/// All that one commit records. Any part may be empty.
#[derive(Debug, Clone, Default)]
pub struct WindowRecord {
    /// Answers are under way still: nobody of it moves yet.
    pub in_part: bool,
    /// Where the cohorts of the window, and of the windows that get their intent, stand now.
    pub progress: Vec<Progress>,
    /// Answers.
    pub messages: Vec<MessageRow>,
    /// What the window rendered, under its id; written with the window's first record.
    pub texts: Option<(i64, Vec<u8>)>,
    /// Messages that were in doubt and turn out not to be taken: they are no longer.
    pub not_taken: Vec<MessageId>,
    /// Who got no text after all.
    pub left_out: Vec<LeftOutRow>,
    /// Members that left before the cohort's mark came to them.
    pub departed: Vec<(CohortId, usize)>,
    /// Where members went: added to a cohort that stands there already, or to a new one.
    pub departing: Vec<NewCohort>,
    /// Numbers that a provider says are opted out.
    pub suppressions: Vec<Suppression>,
    /// What is kept of people beside.
    pub notes: Vec<NoteRow>,
    /// Messages that are given up.
    pub dead: Vec<DeadLetter>,
    /// Messages whose letters a record in part holds, where there are any: their members left by now.
    pub freed: Vec<MessageId>,
    /// What it moves on the rows of launches that have a budget; at most one a launch and month.
    pub budgets: Vec<BudgetChange>,
    /// The last change of the suppressions that the caller knows.
    pub suppressions_known: i64,
    /// Cohorts that are through keep their members: they are asked for later.
    pub keeps_members: bool,
}

impl WindowRecord {
    /// Adds what it moves on a budget.
    pub fn change_budget(&mut self, change: BudgetChange) {
        let same = |other: &&mut BudgetChange| other.launch == change.launch && other.month == change.month;
        match self.budgets.iter_mut().find(same) {
            Some(other) => {
                other.reserved += change.reserved;
                other.released += change.released;
            }
            None => self.budgets.push(change),
        }
    }
}

/// What a campaign spends in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOf {
    /// The campaign.
    pub campaign: String,
    /// Of its calendar.
    pub month: Month,
}

/// What a record reserves of a launch's budget and gives back to it, in millionths of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetChange {
    /// Which launch.
    pub launch: LaunchId,
    /// The month whose budget it is; none: the launch's own.
    pub month: Option<MonthOf>,
    /// By the intents of the record; nothing where they are not committed.
    pub reserved: i64,
    /// By the answers of the record: what was not taken.
    pub released: i64,
}

/// Where a cohort stands.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The cohort.
    pub cohort: CohortId,
    /// Of this launch.
    pub launch: LaunchId,
    /// As claimed.
    pub fence: i64,
    /// Members before this index are settled.
    pub done: usize,
    /// Members before this index may be submitted from this commit on.
    pub intent_to: usize,
    /// Since when they may.
    pub intended_at: DateTime<Utc>,
    /// What its members' turn is for.
    pub turn: Turn,
    /// Whom the intent goes to: 0 the sender's provider, then those of its `then`.
    pub route: u8,
    /// Everybody is settled.
    pub finished: bool,
    /// The rest goes back, to run then.
    pub put_back: Option<DateTime<Utc>>,
}

/// What came of a commit.
#[derive(Debug, Clone, Default)]
pub struct Intent {
    /// Launches that do not run now: the intents of their cohorts were not committed.
    pub stopped: Vec<LaunchId>,
    /// Suppressions that came after those known: change and number.
    pub suppressed: Vec<(i64, u64)>,
    /// Messages that are in doubt by the record, and of which a receipt had told before.
    pub settled: Vec<MessageId>,
}

/// Somebody who gets no text.
#[derive(Debug, Clone)]
pub struct LeftOutRow {
    /// Of this launch.
    pub launch: LaunchId,
    /// Who.
    pub phone: PhoneNumber,
    /// The list and line, as [`crate::plan::list_and_line`] reads them; 0 where it was found later.
    pub at_row: u64,
    /// The run of the passage that ended with it; 0 where it was found in a row.
    pub run: u32,
    /// The instruction.
    pub step: u16,
    /// Why.
    pub reason: LeftOut,
    /// When it was found.
    pub at: DateTime<Utc>,
}

/// Rows of one statement.
const ROWS: usize = 500;

impl Store {
    /// Records answers and departures and commits the next intent. When a cohort's fence moved on, nothing at all is
    /// written. Answers are always recorded; an intent only while its launch runs.
    pub async fn record_window(&self, record: WindowRecord) -> Result<Intent, StoreError> {
        let mut departing = Vec::with_capacity(record.departing.len());
        for cohort in &record.departing {
            departing.push((self.next_cohort_id().await, cohort.clone()));
        }
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| Box::pin(record_window(connection, set, record, departing)))
            .await
    }

    /// What the texts of a campaign that were taken in a month, or may have been, cost; in millionths.
    pub async fn spent_in(&self, campaign: &str, month: Month) -> Result<i64, StoreError> {
        let spent: Option<i64> =
            sqlx::query_scalar("select reserved from month_spent where campaign = ? and month = ?")
                .bind(campaign)
                .bind(month.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(|error| self.error(error))?;
        Ok(spent.unwrap_or(0))
    }

    /// Suppressions after a change: number of the change, phone.
    pub async fn suppressed_since(&self, known: i64) -> Result<Vec<(i64, u64)>, StoreError> {
        self.writer
            .write(move |connection| Box::pin(suppressed_since(connection, known)))
            .await
    }
}

async fn record_window(
    connection: &mut SqliteConnection,
    set: SetFields,
    mut record: WindowRecord,
    departing: Vec<(CohortId, NewCohort)>,
) -> Result<Intent, Failure> {
    let stopped = stopped_launches(connection, &mut record.progress).await?;
    write_progress(connection, &record.progress).await?;
    // First what is wrong by now, so that the record's own word on it stands.
    settle_not_taken(connection, &record.not_taken).await?;
    upsert_messages(connection, &record.messages).await?;
    let settled = told_before(connection, &record.messages).await?;
    if let Some((id, texts)) = &record.texts {
        sqlx::query("insert into window_text (id, texts) values (?, ?) on conflict do nothing")
            .bind(id)
            .bind(texts.as_slice())
            .execute(&mut *connection)
            .await?;
    }
    insert_left_out(connection, &record.left_out).await?;
    insert_departed(connection, &record.departed).await?;
    insert_dead(connection, &record.dead, record.in_part).await?;
    free_dead(connection, &record.freed).await?;
    write_notes(connection, &set, &record.notes).await?;
    for suppression in &record.suppressions {
        suppress(connection, suppression).await?;
    }
    for change in record.budgets {
        reserve(connection, change, &stopped).await?;
    }
    let suppressed = suppressed_since(connection, record.suppressions_known).await?;
    let overtaken = opted_out_meanwhile(&departing, &suppressed);
    for (id, cohort) in departing {
        depart(connection, id, cohort).await?;
    }
    for phone in overtaken {
        end_waiting_of(connection, phone).await?;
    }
    drop_members(connection, &record.progress, record.keeps_members).await?;
    Ok(Intent {
        stopped,
        suppressed,
        settled,
    })
}

/// Who moves on and opted out while that was put together: else they would wait for what never comes.
fn opted_out_meanwhile(departing: &[(CohortId, NewCohort)], suppressed: &[(i64, u64)]) -> Vec<PhoneNumber> {
    let stopped: HashSet<u64> = suppressed.iter().map(|(_, phone)| *phone).collect();
    let passages = departing
        .iter()
        .filter(|(_, cohort)| !stopped.is_empty() && cohort.kind == CohortKind::Passage);
    let members = passages.flat_map(|(_, cohort)| &cohort.members);
    let phones = members.map(|member| member.phone);
    phones.filter(|phone| stopped.contains(&phone.as_u64())).collect()
}

/// Moves what a launch has reserved of its budget.
async fn reserve(
    connection: &mut SqliteConnection,
    change: BudgetChange,
    stopped: &[LaunchId],
) -> Result<(), Failure> {
    let reserved = if stopped.contains(&change.launch) {
        0
    } else {
        change.reserved
    };
    sqlx::query("update launch set reserved = max(0, reserved + ?) where id = ?")
        .bind(reserved - change.released)
        .bind(change.launch.0)
        .execute(&mut *connection)
        .await?;
    if let Some(MonthOf { campaign, month }) = change.month {
        sqlx::query(
            "insert into month_spent (campaign, month, reserved) values (?1, ?2, max(0, ?3))
             on conflict do update set reserved = max(0, reserved + ?3)",
        )
        .bind(campaign)
        .bind(month.0)
        .bind(reserved - change.released)
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// The launches that do not run now: their cohorts get no intent. Of one that was cancelled it may still be asked about what
/// was sent before.
async fn stopped_launches(
    connection: &mut SqliteConnection,
    progress: &mut [Progress],
) -> Result<Vec<LaunchId>, Failure> {
    let mut launches: Vec<LaunchId> = progress.iter().map(|p| p.launch).collect();
    launches.sort();
    launches.dedup();
    let mut stopped = vec![];
    for launch in launches {
        let state: i64 = sqlx::query_scalar("select state from launch where id = ?")
            .bind(launch.0)
            .fetch_one(&mut *connection)
            .await?;
        let state = LaunchState::from_row(state)?;
        let mut of_it: Vec<&mut Progress> = progress.iter_mut().filter(|p| p.launch == launch).collect();
        let asks = |p: &&mut Progress| p.intent_to == p.done || p.turn == Turn::LookUp;
        let only_asks = state == LaunchState::Cancelled && of_it.iter().all(asks);
        if state == LaunchState::Running || only_asks {
            continue;
        }
        of_it.iter_mut().for_each(|p| p.intent_to = p.done);
        stopped.push(launch);
    }
    Ok(stopped)
}

/// Moves the marks of all cohorts of the record, or fails whole when one is held under a newer fence.
async fn write_progress(connection: &mut SqliteConnection, progress: &[Progress]) -> Result<(), Failure> {
    for rows in progress.chunks(ROWS) {
        let mut update = QueryBuilder::<Sqlite>::new(
            "with p (id, fence, done, intent_to, intended_at, route, state, back) as (",
        );
        update.push_values(rows, |mut row, p| {
            row.push_bind(p.cohort.0)
                .push_bind(p.fence)
                .push_bind(count(p.done))
                .push_bind(count(p.intent_to))
                .push_bind(millis(p.intended_at))
                .push_bind(p.route)
                .push_bind(i64::from(p.finished))
                .push_bind(p.put_back.map(millis));
        });
        update.push(
            ") update cohort set done = p.done, intent_to = p.intent_to, intended_at = p.intended_at, route = p.route,
                 state = p.state, claims = 0, due_at = coalesce(p.back, due_at), lease_until = iif(p.back is null, lease_until, 0)
             from p where cohort.id = p.id and cohort.fence = p.fence",
        );
        let written = update.build().execute(&mut *connection).await?.rows_affected();
        if written != rows.len() as u64 {
            let cohort = rows.first().map_or(0, |p| p.cohort.0);
            return Err(StoreError::Fenced { cohort }.into());
        }
    }
    Ok(())
}

pub(super) async fn insert_left_out(
    connection: &mut SqliteConnection,
    left_out: &[LeftOutRow],
) -> Result<(), sqlx::Error> {
    for rows in left_out.chunks(ROWS) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "insert into left_out (launch_id, phone, at_row, run, step, reason, at) ",
        );
        insert.push_values(rows, |mut row, out| {
            row.push_bind(out.launch.0)
                .push_bind(phone_number(out.phone))
                .push_bind(i64::try_from(out.at_row).unwrap_or(i64::MAX))
                .push_bind(out.run)
                .push_bind(out.step)
                .push_bind(out.reason.code())
                .push_bind(millis(out.at));
        });
        insert.push(" on conflict do nothing");
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes members that left; how many had not left before.
pub(super) async fn insert_departed(
    connection: &mut SqliteConnection,
    departed: &[(CohortId, usize)],
) -> Result<u64, Failure> {
    let mut new = 0;
    for rows in departed.chunks(ROWS) {
        let mut insert = QueryBuilder::<Sqlite>::new("insert into departure (cohort_id, member) ");
        insert.push_values(rows, |mut row, (cohort, member)| {
            row.push_bind(cohort.0).push_bind(count(*member));
        });
        insert.push(" on conflict do nothing");
        new += insert.build().execute(&mut *connection).await?.rows_affected();
    }
    Ok(new)
}

/// Puts members that move on alike into a cohort that waits there already and has room, else into a new one.
pub(super) async fn depart(
    connection: &mut SqliteConnection,
    id: CohortId,
    mut cohort: NewCohort,
) -> Result<(), Failure> {
    if cohort.kind == CohortKind::Passage
        && let Some((standing, mut members)) = gatherable(connection, &cohort).await?
    {
        members.append(&mut cohort.members);
        members.sort_by_key(|m| m.phone);
        return rewrite_members(connection, standing, &members).await;
    }
    insert_cohorts(connection, &[CohortRow::new(id, cohort)]).await?;
    Ok(())
}

async fn gatherable(
    connection: &mut SqliteConnection,
    cohort: &NewCohort,
) -> Result<Option<(CohortId, Vec<member::Member>)>, Failure> {
    let room = COHORT_MEMBERS.saturating_sub(cohort.members.len());
    let row = sqlx::query(
        "select c.id, m.members from cohort c join cohort_members m on m.id = c.id
         where c.launch_id = ? and c.sender = ? and c.due_at = ? and c.state = 0 and c.lease_until = 0
           and c.done = 0 and c.intent_to = 0 and c.run = ? and c.kind = 0 and c.step = ? and c.visit = ?
           and c.turn = ? and c.time_class = ? and c.n <= ?
         limit 1",
    )
    .bind(cohort.launch.0)
    .bind(&cohort.sender)
    .bind(millis(cohort.due_at))
    .bind(cohort.run)
    .bind(cohort.place.step)
    .bind(cohort.place.visit)
    .bind(cohort.turn as i64)
    .bind(&cohort.time_class)
    .bind(count(room))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id: i64 = row.try_get("id")?;
    // Departures name members by their index: a cohort that has any stays as it is.
    let departed: Option<i64> = sqlx::query_scalar("select 1 from departure where cohort_id = ? limit 1")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    if departed.is_some() {
        return Ok(None);
    }
    let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
    Ok(Some((CohortId(id), members)))
}

async fn rewrite_members(
    connection: &mut SqliteConnection,
    cohort: CohortId,
    members: &[member::Member],
) -> Result<(), Failure> {
    sqlx::query("update cohort_members set members = ? where id = ?")
        .bind(member::encode(members))
        .bind(cohort.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query("update cohort set n = ?, phone_lo = ?, phone_hi = ? where id = ?")
        .bind(count(members.len()))
        .bind(members.first().map(|m| phone_number(m.phone)))
        .bind(members.last().map(|m| phone_number(m.phone)))
        .bind(cohort.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// A cohort that is through keeps its row, and its members and who left it only where they are `kept`, or where it is an answer
/// for another launch: that one may ask for them.
async fn drop_members(
    connection: &mut SqliteConnection,
    progress: &[Progress],
    kept: bool,
) -> Result<(), Failure> {
    if kept {
        return Ok(());
    }
    let finished: Vec<CohortId> = progress.iter().filter(|p| p.finished).map(|p| p.cohort).collect();
    for ids in finished.chunks(ROWS) {
        for table in [
            "delete from cohort_members as c where not exists (select 1 from answer_of a where a.cohort_id = c.id) and c.id in (",
            "delete from departure where cohort_id in (",
        ] {
            let mut delete = QueryBuilder::<Sqlite>::new(table);
            let mut values = delete.separated(", ");
            ids.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            delete.push(")");
            delete.build().execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Suppressions after a change: number of the change, phone.
pub(super) async fn suppressed_since(
    connection: &mut SqliteConnection,
    known: i64,
) -> Result<Vec<(i64, u64)>, Failure> {
    let rows = sqlx::query("select seq, phone from suppression where seq > ? order by seq")
        .bind(known)
        .fetch_all(connection)
        .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        changes.push((row.try_get("seq")?, small(row.try_get("phone")?, "phone")?));
    }
    Ok(changes)
}
