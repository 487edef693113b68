//! Replies and notes on their way to people at a desk: written with what they are made of, begun a batch at a time, told once.
//! What an inbox said holds for all that waits for it, over the end of a process.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::alarm::{Alarm, insert_alarm};
use super::inbox::ReplyMeaning;
use super::rows::{
    CohortRow, MessageState, NewCohort, corrupt, insert_cohorts, instant, millis, phone, phone_number, small,
};
use super::{Failure, Store, StoreError};
use crate::deliver::{Answered, Delivery, Fate, InboxState, Item, ItemKind, after, given_up_at};
use crate::ids::{CohortId, LaunchId, MessageId};

/// What is delivered, by its row.
#[derive(Debug, Clone, Copy)]
pub(super) enum DeliveryOf {
    Reply(i64),
    Notice(i64),
}

/// What came of a delivery, to be written down.
#[derive(Debug, Clone)]
pub struct DeliveryTold {
    /// As it was begun.
    pub delivery: Delivery,
    /// What was answered.
    pub answered: Answered,
    /// What becomes of it.
    pub fate: Fate,
    /// When.
    pub at: DateTime<Utc>,
}

/// How much of an inbox may be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTurn {
    /// Its name or address.
    pub inbox: String,
    /// So many at most.
    pub most: u32,
    /// Nothing more goes there for so many seconds.
    pub seconds_between: Option<u32>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It is to be tried, or tried again.
    Waits = 0,
    /// The inbox has it.
    Delivered = 1,
    /// It is given up.
    Undelivered = 2,
    /// It stays in the store, since nothing reaches that inbox.
    Kept = 3,
}

impl DeliveryState {
    /// The word for it, in JSON and for people.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Waits => "waits",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Undelivered => "undelivered",
            DeliveryState::Kept => "kept",
        }
    }

    fn from_row(number: i64) -> Result<DeliveryState, StoreError> {
        match number {
            0 => Ok(DeliveryState::Waits),
            1 => Ok(DeliveryState::Delivered),
            2 => Ok(DeliveryState::Undelivered),
            3 => Ok(DeliveryState::Kept),
            _ => Err(corrupt(format!("delivery state {number}"))),
        }
    }
}

/// Where a reply or a note went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDelivery {
    /// Its inbox or address.
    pub inbox: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it is tried next, or came to its end.
    pub at: DateTime<Utc>,
    /// What was said last.
    pub said: Option<String>,
    /// The text that carries it, and what is known of that.
    pub message: Option<(MessageId, Option<MessageState>)>,
}

/// The deliveries of the store, by how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// To be tried, or tried again.
    pub waiting: u64,
    /// The inbox has them.
    pub delivered: u64,
    /// Given up.
    pub undelivered: u64,
    /// They stay in the store.
    pub kept: u64,
}

/// What waits for the inboxes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitingDeliveries {
    /// When the next can be begun.
    pub next_due: Option<DateTime<Utc>>,
    /// Some were never tried, and nothing is known against their inbox.
    pub untried: bool,
}

/// An inbox with what waits for it: never one that is stopped.
const WAITING: &str = "select d.inbox, max(min(d.due_at), coalesce(s.until, 0)) as at,
       max(d.attempts = 0 and coalesce(s.failures, 0) = 0) as untried
     from delivery d left join inbox_state s on s.inbox = d.inbox
     where d.state = 0 and coalesce(s.stopped, 0) = 0 group by d.inbox";

impl Store {
    /// The inboxes that something waits for and can go to by now.
    pub async fn due_inboxes(&self, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let rows = self.waiting_rows().await?;
        let due = rows.into_iter().filter(|(_, at, _)| *at <= now);
        Ok(due.map(|(inbox, _, _)| inbox).collect())
    }

    /// What waits for the inboxes, but for these.
    pub async fn waiting_deliveries(&self, busy: &[String]) -> Result<WaitingDeliveries, StoreError> {
        let rows = self.waiting_rows().await?;
        let others = || rows.iter().filter(|(inbox, _, _)| !busy.contains(inbox));
        Ok(WaitingDeliveries {
            next_due: others().map(|(_, at, _)| *at).min(),
            untried: rows.iter().any(|(_, _, untried)| *untried),
        })
    }

    async fn waiting_rows(&self) -> Result<Vec<(String, DateTime<Utc>, bool)>, StoreError> {
        let rows = sqlx::query(WAITING)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let read = |row: &SqliteRow| -> Result<_, Failure> {
            Ok((
                row.try_get("inbox")?,
                instant(row.try_get("at")?)?,
                row.try_get("untried")?,
            ))
        };
        rows.iter()
            .map(|row| read(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// Begins what is due of these inboxes, the earliest first: each counts as tried, and comes back by itself when nobody tells
    /// what came of it.
    pub async fn begin_deliveries(
        &self,
        now: DateTime<Utc>,
        turns: Vec<DeliveryTurn>,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.writer
            .write(move |connection| Box::pin(begin(connection, now, turns)))
            .await
    }

    /// What waits for an inbox stays in the store, for this reason.
    pub async fn keep_deliveries(
        &self,
        inbox: String,
        why: &'static str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(keep(connection, inbox, why, now)))
            .await
    }

    /// Writes down what came of a delivery, unless that was told before; what it says of the inbox holds in any case.
    pub async fn tell_delivery(&self, told: DeliveryTold) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(tell(connection, told)))
            .await
    }

    /// Hands a delivery over to a text, in one transaction: it is sent as any other. False where the number is opted out, or the
    /// delivery was told before.
    pub async fn text_delivery(
        &self,
        delivery: &Delivery,
        text: NewCohort,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let id = self.next_cohort_id().await;
        let (delivery, attempts) = (delivery.id, delivery.attempts);
        self.writer
            .write(move |connection| Box::pin(text_one(connection, (delivery, attempts), text, id, now)))
            .await
    }

    /// Lets everything go again that did not arrive: of one inbox, or of all. How much that is.
    pub async fn retry_deliveries(
        &self,
        inbox: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| Box::pin(retry(connection, inbox, now)))
            .await
    }

    /// How far everything is that was to be delivered.
    pub async fn delivery_counts(&self) -> Result<DeliveryCounts, StoreError> {
        let rows = sqlx::query("select state, count(*) as n from delivery group by state")
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let mut counts = DeliveryCounts::default();
        for row in rows {
            let state: i64 = row.try_get("state").map_err(|error| self.error(error))?;
            let n: u64 = small(row.try_get("n").map_err(|error| self.error(error))?, "count")?;
            match DeliveryState::from_row(state)? {
                DeliveryState::Waits => counts.waiting += n,
                DeliveryState::Delivered => counts.delivered += n,
                DeliveryState::Undelivered => counts.undelivered += n,
                DeliveryState::Kept => counts.kept += n,
            }
        }
        Ok(counts)
    }

    /// Where replies went, by the id of the reply, from this one on.
    pub async fn deliveries_of_replies(
        &self,
        from: i64,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        self.deliveries("reply_id", from).await
    }

    /// Where notes went, by the id of the note, from this one on.
    pub async fn deliveries_of_notices(
        &self,
        from: i64,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        self.deliveries("notice_id", from).await
    }

    async fn deliveries(
        &self,
        of: &'static str,
        from: i64,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        let select = match of {
            "reply_id" => {
                "select d.*, d.reply_id as of, m.state as message_state, m.reason from delivery d
                 left join message m on m.id = d.message_id where d.reply_id >= ? order by d.id"
            }
            _ => {
                "select d.*, d.notice_id as of, m.state as message_state, m.reason from delivery d
                 left join message m on m.id = d.message_id where d.notice_id >= ? order by d.id"
            }
        };
        let rows = sqlx::query(select)
            .bind(from)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let mut all: BTreeMap<i64, Vec<KeptDelivery>> = BTreeMap::new();
        for row in &rows {
            let of = row.try_get("of").map_err(|error| self.error(error))?;
            let kept = kept(row).map_err(|failure| self.failed(failure))?;
            all.entry(of).or_default().push(kept);
        }
        Ok(all)
    }
}

/// Writes a delivery, due at once; once for each thing and inbox, and none for the inbox without a name.
pub(super) async fn write_delivery(
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

async fn begin(
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
            sqlx::query("update delivery set attempts = ?, due_at = ? where id = ?")
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

async fn keep(
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

fn delivery_row(row: &SqliteRow) -> Result<Delivery, Failure> {
    let kind = match row.try_get::<Option<i64>, _>("reply")? {
        Some(_) => {
            let meaning: String = row.try_get("meaning")?;
            ItemKind::Reply {
                sender: row.try_get("sender")?,
                flagged: ReplyMeaning::from_row(&meaning)? == ReplyMeaning::ContainsOptOut,
            }
        }
        None => ItemKind::Note,
    };
    let launch: Option<i64> = row.try_get("launch_id")?;
    let campaign: Option<String> = row.try_get("campaign")?;
    Ok(Delivery {
        id: row.try_get("id")?,
        inbox: row.try_get("inbox")?,
        item: Item {
            kind,
            phone: phone(row.try_get("phone")?)?,
            text: row.try_get("text")?,
            at: instant(row.try_get("at")?)?,
            launch: launch.map(LaunchId).zip(campaign),
        },
        attempts: small(row.try_get("attempts")?, "attempts")?,
        give_up_at: instant(row.try_get("give_up_at")?)?,
    })
}

async fn state_of(connection: &mut SqliteConnection, inbox: &str) -> Result<InboxState, Failure> {
    let row = sqlx::query("select failures, until, stopped from inbox_state where inbox = ?")
        .bind(inbox)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok(InboxState::default());
    };
    let until: Option<i64> = row.try_get("until")?;
    Ok(InboxState {
        failures: small(row.try_get("failures")?, "failures")?,
        until: until.map(instant).transpose()?,
        stopped: row.try_get("stopped")?,
    })
}

async fn write_state(
    connection: &mut SqliteConnection,
    inbox: &str,
    state: InboxState,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into inbox_state (inbox, failures, until, stopped) values (?, ?, ?, ?)
         on conflict (inbox) do update set failures = excluded.failures, until = excluded.until,
           stopped = excluded.stopped",
    )
    .bind(inbox)
    .bind(state.failures)
    .bind(state.until.map(millis))
    .bind(state.stopped)
    .execute(connection)
    .await?;
    Ok(())
}

async fn tell(connection: &mut SqliteConnection, told: DeliveryTold) -> Result<(), Failure> {
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

async fn text_one(
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

async fn retry(
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

fn kept(row: &SqliteRow) -> Result<KeptDelivery, Failure> {
    let ended_at: Option<i64> = row.try_get("ended_at")?;
    let message: Option<i64> = row.try_get("message_id")?;
    let message_state: Option<i64> = row.try_get("message_state")?;
    let message_state = message_state.map(MessageState::from_row).transpose()?;
    let said: Option<String> = row.try_get("said")?;
    let reason: Option<String> = row.try_get("reason")?;
    Ok(KeptDelivery {
        inbox: row.try_get("inbox")?,
        state: DeliveryState::from_row(row.try_get("state")?)?,
        attempts: small(row.try_get("attempts")?, "attempts")?,
        at: instant(ended_at.map_or_else(|| row.try_get("due_at"), Ok)?)?,
        said: said.or(reason),
        message: message.map(|message| (MessageId(message), message_state)),
    })
}
