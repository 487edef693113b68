//! Suppressions: numbers that get no text any more, in the whole project; and the end of what waits for them.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{Row, SqliteConnection};

use super::Failure;
use super::claim::{Waiting, waiting_cohorts};
use super::lists::leave_all;
use super::record::{LeftOutRow, insert_departed, insert_left_out};
use super::rows::{instant, millis, phone_number};
use super::standing::end_left_empty;
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

/// An entry that blocks sending to a number, for the whole project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Who.
    pub phone: PhoneNumber,
    /// Stable name: `opt-out`, or `opt-out-at-provider`.
    pub reason: &'static str,
    /// What the person wrote, or the provider said.
    pub evidence: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose text it answers.
    pub launch: Option<LaunchId>,
}

/// Suppresses a number and ends what waits for it; false when it was suppressed already.
pub(super) async fn suppress(
    connection: &mut SqliteConnection,
    suppression: &Suppression,
) -> Result<bool, Failure> {
    let written = sqlx::query(
        "insert into suppression (phone, seq, reason, at, launch_id, evidence)
         values (?, 1 + max((select coalesce(max(seq), 0) from suppression),
                            (select coalesce(max(seq), 0) from suppression_ended)), ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(phone_number(suppression.phone))
    .bind(suppression.reason)
    .bind(millis(suppression.at))
    .bind(suppression.launch.map(|launch| launch.0))
    .bind(&suppression.evidence)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    end_waiting(connection, suppression.phone, suppression.at).await?;
    let Suppression {
        phone,
        evidence,
        at,
        launch,
        ..
    } = suppression;
    leave_all(connection, *phone, *at, *launch, evidence).await?;
    Ok(true)
}

/// The number may be texted again; what was ended stays so. The change that this takes back, if there was one.
pub(super) async fn allow(
    connection: &mut SqliteConnection,
    phone: PhoneNumber,
    at: DateTime<Utc>,
) -> Result<Option<i64>, Failure> {
    let change = sqlx::query_scalar(
        "insert into suppression_ended (phone, seq, reason, at, launch_id, evidence, ended_at)
         select phone, seq, reason, at, launch_id, evidence, ? from suppression where phone = ? returning seq",
    )
    .bind(millis(at))
    .bind(phone_number(phone))
    .fetch_optional(&mut *connection)
    .await?;
    sqlx::query("delete from suppression where phone = ?")
        .bind(phone_number(phone))
        .execute(connection)
        .await?;
    Ok(change)
}

/// The same of what somebody came to wait for while they opted out: the text that led there was on its way.
pub(super) async fn end_waiting_of(
    connection: &mut SqliteConnection,
    phone: PhoneNumber,
) -> Result<(), Failure> {
    let at = sqlx::query_scalar("select at from suppression where phone = ?")
        .bind(phone_number(phone))
        .fetch_optional(&mut *connection)
        .await?;
    match at {
        Some(at) => end_waiting(connection, phone, instant(at)?).await,
        None => Ok(()),
    }
}

/// Ends every passage in which the number waits. A cohort that is held is left to its holder, who asks the gate.
async fn end_waiting(
    connection: &mut SqliteConnection,
    phone: PhoneNumber,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let launches = sqlx::query("select id, runs from launch where state in (1, 2, 5)")
        .fetch_all(&mut *connection)
        .await?;
    for row in launches {
        let launch = LaunchId(row.try_get("id")?);
        for run in 0..row.try_get::<u32, _>("runs")? {
            for waiting in waiting_cohorts(connection, launch, run, phone_number(phone)).await? {
                // Before the mark of the intent the text may be out: its answer decides.
                if waiting.index >= waiting.intent_to {
                    end_one(connection, (launch, run, phone), &waiting, at).await?;
                }
            }
        }
    }
    Ok(())
}

/// Takes one out of the cohort where it waits. A message that was being tried again gets its end; who had none is left
/// out.
async fn end_one(
    connection: &mut SqliteConnection,
    (launch, run, phone): (LaunchId, u32, PhoneNumber),
    waiting: &Waiting,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    // Whether that text was taken is still to be found out; when that turn comes what remains is left out.
    if waiting.pending.is_some_and(|pending| pending.doubt.is_any()) {
        return Ok(());
    }
    // Settled beyond the mark of a cohort that was put back: this one does not wait here.
    if insert_departed(connection, &[(waiting.cohort, waiting.index)]).await? == 0 {
        return Ok(());
    }
    end_left_empty(connection, waiting.cohort).await?;
    let Some(pending) = waiting.pending else {
        let out = LeftOutRow {
            launch,
            phone,
            at_row: 0,
            run,
            step: waiting.place.step,
            reason: LeftOut::OptedOut,
            at,
        };
        insert_left_out(connection, &[out]).await?;
        return Ok(());
    };
    sqlx::query("update message set state = 2, state_at = ?, reason = 'not tried again: opted out' where id = ? and state = 0")
        .bind(millis(at))
        .bind(pending.message.0)
        .execute(connection)
        .await?;
    Ok(())
}
