//! What is written about deliveries, each in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;

use super::rows::{delivery_row, state_of, write_state};
use super::{DeliveryOf, DeliveryState, DeliveryTold, DeliveryTurn};
use crate::deliver::{Answered, Delivery, Fate, InboxState, after, given_up_at};
use crate::ids::CohortId;
use crate::store::Failure;
use crate::store::alarm::{Alarm, insert_alarm};
use crate::store::rows::{CohortRow, NewCohort, insert_cohorts, millis, phone_number};

/// Writes a delivery, due at once; once for each thing and inbox, and none for the inbox without a name.
pub(in crate::store) async fn write_delivery(
    connection: &mut SqliteConnection,
    of: DeliveryOf,
    inbox: &str,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    if inbox.is_empty() {
        return Ok(());
    }
    let (reply, notice) = match of {
        DeliveryOf::Reply(id) => (Some(id), None),
        DeliveryOf::Notice(id) => (None, Some(id)),
    };
    sqlx::query(
        "insert into delivery (reply_id, notice_id, inbox, due_at, give_up_at, written_at)
         values (?, ?, ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(reply)
    .bind(notice)
    .bind(inbox)
    .bind(millis(at))
    .bind(millis(given_up_at(at)))
    .bind(millis(at))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn begin(
    connection: &mut SqliteConnection,
    now: DateTime<Utc>,
    turns: Vec<DeliveryTurn>,
) -> Result<Vec<Delivery>, Failure> {
    let mut begun = vec![];
    for turn in turns {
        let state = state_of(connection, &turn.inbox).await?;
        if state.stopped || state.until.is_some_and(|until| until > now) {
            continue;
        }
        // One finds out whether an inbox that took nothing takes something again.
        let most = if state.failures > 0 { 1 } else { turn.most };
        let rows = sqlx::query(
            "select d.id, d.inbox, d.attempts, d.give_up_at, r.id as reply, r.sender, r.meaning,
               coalesce(r.phone, n.phone) as phone, coalesce(r.text, n.text) as text,
               coalesce(r.received_at, n.at) as at, l.id as launch_id, l.campaign
             from delivery d left join reply r on r.id = d.reply_id left join notice n on n.id = d.notice_id
             left join launch l on l.id = coalesce(r.launch_id, n.launch_id)
             where d.state = 0 and d.inbox = ? and d.due_at <= ? order by d.due_at, d.id limit ? + 0",
        )
        .bind(&turn.inbox)
        .bind(millis(now))
        .bind(most)
        .fetch_all(&mut *connection)
        .await?;
        for row in &rows {
            let mut delivery = delivery_row(row)?;
            delivery.attempts += 1;
            // What was said before is of an earlier try: nothing said is how one that is under way is known.
            sqlx::query("update delivery set attempts = ?, due_at = ?, said = null where id = ?")
                .bind(delivery.attempts)
                .bind(millis(delivery.unheard_at(now)))
                .bind(delivery.id)
                .execute(&mut *connection)
                .await?;
            begun.push(delivery);
        }
        if let Some(seconds) = turn.seconds_between.filter(|_| !rows.is_empty()) {
            let until = Some(now + TimeDelta::seconds(i64::from(seconds)));
            write_state(connection, &turn.inbox, InboxState { until, ..state }).await?;
        }
    }
    Ok(begun)
}

/// What was under way when a process ended is under way no more, and due.
pub(in crate::store) async fn take_over(
    connection: &mut SqliteConnection,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    sqlx::query(
        "update delivery set due_at = min(due_at, ?) where state = 0 and attempts > 0 and said is null",
    )
    .bind(millis(now))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn keep(
    connection: &mut SqliteConnection,
    inbox: String,
    why: &'static str,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    sqlx::query("update delivery set state = ?, ended_at = ?, said = ? where inbox = ? and state = 0")
        .bind(DeliveryState::Kept as i64)
        .bind(millis(now))
        .bind(why)
        .bind(inbox)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn tell(connection: &mut SqliteConnection, told: DeliveryTold) -> Result<(), Failure> {
    let (state, due_at, ended_at) = match told.fate {
        Fate::Delivered => (DeliveryState::Delivered, None, Some(told.at)),
        Fate::Again(at) => (DeliveryState::Waits, Some(at), None),
        Fate::Undelivered => (DeliveryState::Undelivered, None, Some(told.at)),
    };
    let said = match &told.answered {
        Answered::Done => None,
        Answered::Again(said, _) | Answered::Refused(said) | Answered::Gone(said) => Some(said),
    };
    sqlx::query(
        "update delivery set state = ?, due_at = coalesce(?, due_at), ended_at = ?, said = ?
         where id = ? and state = 0 and attempts = ?",
    )
    .bind(state as i64)
    .bind(due_at.map(millis))
    .bind(ended_at.map(millis))
    .bind(said)
    .bind(told.delivery.id)
    .bind(told.delivery.attempts)
    .execute(&mut *connection)
    .await?;
    let before = state_of(connection, &told.delivery.inbox).await?;
    let now = after(before, &told.answered, told.at);
    if now != before {
        write_state(connection, &told.delivery.inbox, now).await?;
    }
    say(connection, &told, now).await
}

/// Has it stand among the alarms that an inbox takes nothing, as long as that is so.
async fn say(
    connection: &mut SqliteConnection,
    told: &DeliveryTold,
    state: InboxState,
) -> Result<(), Failure> {
    let subject = inbox_subject(&told.delivery.inbox);
    let alarm = |reason: String, retry_at| Alarm {
        subject: subject.clone(),
        reason,
        since: told.at,
        retry_at,
    };
    match &told.answered {
        Answered::Gone(said) => {
            let inbox = &told.delivery.inbox;
            let reason = format!(
                "{said}: nothing more goes there; put its address right in crier.yaml, then `crier inbox {inbox} --retry`"
            );
            insert_alarm(connection, &alarm(reason, None)).await
        }
        Answered::Again(said, _) => insert_alarm(connection, &alarm(said.clone(), state.until)).await,
        Answered::Done if !state.stopped => {
            sqlx::query("delete from alarm where subject = ?")
                .bind(subject)
                .execute(connection)
                .await?;
            Ok(())
        }
        Answered::Done | Answered::Refused(_) => Ok(()),
    }
}

/// What alarms call an inbox.
fn inbox_subject(inbox: &str) -> String {
    format!("inbox {inbox}")
}

pub(super) async fn text_one(
    connection: &mut SqliteConnection,
    (delivery, attempts): (i64, u32),
    text: NewCohort,
    id: CohortId,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let to = text.members.first().map(|member| phone_number(member.phone));
    let suppressed: Option<i64> = sqlx::query_scalar("select 1 from suppression where phone = ?")
        .bind(to)
        .fetch_optional(&mut *connection)
        .await?;
    if suppressed.is_some() {
        return Ok(false);
    }
    let written = sqlx::query(
        "update delivery set state = 1, ended_at = ?, said = null, message_id = ?
         where id = ? and state = 0 and attempts = ?",
    )
    .bind(millis(now))
    .bind(id.message(0).0)
    .bind(delivery)
    .bind(attempts)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    insert_cohorts(connection, &[CohortRow::new(id, text)]).await?;
    Ok(true)
}

pub(super) async fn retry(
    connection: &mut SqliteConnection,
    inbox: Option<String>,
    now: DateTime<Utc>,
) -> Result<u64, Failure> {
    sqlx::query("delete from inbox_state where ?1 is null or inbox = ?1")
        .bind(&inbox)
        .execute(&mut *connection)
        .await?;
    let subject = inbox.as_deref().map(inbox_subject);
    sqlx::query("delete from alarm where subject = ?1 or (?1 is null and subject like 'inbox %')")
        .bind(subject)
        .execute(&mut *connection)
        .await?;
    let again = sqlx::query(
        "update delivery set state = 0, due_at = ?2, give_up_at = ?3, ended_at = null
         where state in (0, 2) and (?1 is null or inbox = ?1)",
    )
    .bind(inbox)
    .bind(millis(now))
    .bind(millis(given_up_at(now)))
    .execute(connection)
    .await?;
    Ok(again.rows_affected())
}
