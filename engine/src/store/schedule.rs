//! Schedules that begin again and again: since when their ticks count, how far they were looked through, what was missed.

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::rows::{corrupt, instant, millis};
use super::{Failure, Store, StoreError};

/// Why a tick began no launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissedWhy {
    /// Nothing looked at it in time, or a later one was due as well.
    TooLate,
    /// There was nobody to send to.
    Nobody,
    /// Of a schedule by a column: the day was nobody's, as most are.
    NobodysDay,
}

impl MissedWhy {
    /// Stable name, for JSON and the store.
    pub fn code(self) -> &'static str {
        match self {
            MissedWhy::TooLate => "too-late",
            MissedWhy::Nobody => "nobody",
            MissedWhy::NobodysDay => "nobodys-day",
        }
    }

    fn from_row(code: &str) -> Result<MissedWhy, StoreError> {
        let all = [MissedWhy::TooLate, MissedWhy::Nobody, MissedWhy::NobodysDay];
        let found = all.into_iter().find(|why| why.code() == code);
        found.ok_or_else(|| corrupt(format!("reason of a missed tick {code:?}")))
    }
}

/// A tick that began no launch, and never will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The campaign's name.
    pub campaign: String,
    /// Its local time, as an occurrence is named: `2026-12-07 10:00`.
    pub occurrence: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Why.
    pub why: MissedWhy,
    /// When that was found.
    pub noted_at: DateTime<Utc>,
}

/// How the occurrence of a tick is written: texts of this form are in the order of their times.
pub const OCCURRENCE: &str = "%Y-%m-%d %H:%M";
/// The same for SQL.
const OF_A_TICK: &str = "occurrence like '____-__-__ __:__'";
/// Rows of one statement.
const ROWS: usize = 500;

impl Store {
    /// Keeps since when the ticks of a campaign count, and says it: since it was first asked with the schedule that is
    /// `written` so. Never later than now.
    pub async fn note_schedule(
        &self,
        campaign: &str,
        written: &str,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        let (campaign, written) = (campaign.to_owned(), written.to_owned());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let since: i64 = sqlx::query_scalar(
                        "insert into schedule (campaign, written, since) values (?, ?, ?)
                         on conflict (campaign) do update set
                           since = iif(written = excluded.written, min(since, excluded.since), excluded.since),
                           written = excluded.written
                         returning since",
                    )
                    .bind(campaign)
                    .bind(written)
                    .bind(millis(now))
                    .fetch_one(connection)
                    .await?;
                    Ok(instant(since)?)
                })
            })
            .await
    }

    /// Since when the ticks of a campaign count; none where its schedule was never looked at, or was written otherwise.
    pub async fn schedule_since(
        &self,
        campaign: &str,
        written: &str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since: Option<i64> =
            sqlx::query_scalar("select since from schedule where campaign = ? and written = ?")
                .bind(campaign)
                .bind(written)
                .fetch_optional(&self.readers)
                .await
                .map_err(|error| self.error(error))?;
        since.map(instant).transpose()
    }

    /// The latest tick of a campaign that was launched or missed, by its local time. What was missed later than now does
    /// not count, nor what came due later: a clock that was ahead for a while holds nothing up.
    pub async fn last_tick(
        &self,
        campaign: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<NaiveDateTime>, StoreError> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select max(occurrence) from (select occurrence from launch where state > 0 and campaign = ",
        );
        select
            .push_bind(campaign)
            .push(" and starts_at <= ")
            .push_bind(millis(now));
        select.push(" union all select occurrence from missed where campaign = ");
        select
            .push_bind(campaign)
            .push(" and noted_at <= ")
            .push_bind(millis(now));
        select.push(") where ").push(OF_A_TICK);
        let found: Option<String> = select
            .build_query_scalar()
            .fetch_one(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        Ok(found.and_then(|text| NaiveDateTime::parse_from_str(&text, OCCURRENCE).ok()))
    }

    /// Keeps ticks that were missed. One that was noted before stays as it was.
    pub async fn note_missed(&self, missed: Vec<Missed>) -> Result<(), StoreError> {
        if missed.is_empty() {
            return Ok(());
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for missed in missed.chunks(ROWS) {
                        let mut insert = QueryBuilder::<Sqlite>::new(
                            "insert into missed (campaign, occurrence, due_at, reason, noted_at) ",
                        );
                        insert.push_values(missed, |mut row, missed| {
                            row.push_bind(&missed.campaign)
                                .push_bind(&missed.occurrence)
                                .push_bind(millis(missed.due_at))
                                .push_bind(missed.why.code())
                                .push_bind(millis(missed.noted_at));
                        });
                        insert.push(" on conflict do nothing");
                        insert.build().execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The missed ticks of a campaign, or of all, the latest first; at most so many. One that was launched after all, since
    /// the clock had been ahead, is none, and so is a day that was nobody's.
    pub async fn missed(&self, campaign: Option<&str>, most: u32) -> Result<Vec<Missed>, StoreError> {
        let rows = sqlx::query(
            "select * from missed m where (?1 is null or campaign = ?1) and reason <> 'nobodys-day'
               and not exists (select 1 from launch l where l.campaign = m.campaign and l.occurrence = m.occurrence
                                 and l.state > 0)
             order by due_at desc, campaign limit ?2",
        )
        .bind(campaign)
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let read = |row| missed_row(row).map_err(|failure| self.failed(failure));
        rows.iter().map(read).collect()
    }
}

fn missed_row(row: &SqliteRow) -> Result<Missed, Failure> {
    let reason: String = row.try_get("reason")?;
    Ok(Missed {
        campaign: row.try_get("campaign")?,
        occurrence: row.try_get("occurrence")?,
        due_at: instant(row.try_get("due_at")?)?,
        why: MissedWhy::from_row(&reason)?,
        noted_at: instant(row.try_get("noted_at")?)?,
    })
}
