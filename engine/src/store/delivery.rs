//! Replies and notes on their way to people at a desk: written with what they are made of, begun a batch at a time, told once.
//! What an inbox said holds for all that waits for it, over the end of a process.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::rows::{MessageState, NewCohort, corrupt, instant, phone_number, small};
use super::{Failure, Store, StoreError};
use crate::deliver::{Answered, Delivery, Fate};
use crate::ids::MessageId;

mod deeds;
mod rows;

use deeds::{begin, keep, retry, tell, text_one};
pub(super) use deeds::{take_over, write_delivery};
use rows::kept;

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
    /// What was said last; none while a try is under way, whose process may have ended.
    pub said: Option<String>,
    /// Nothing goes to that inbox until somebody says so.
    pub stopped: bool,
    /// The text that carries it, and what is known of that.
    pub message: Option<(MessageId, Option<MessageState>)>,
}

/// The deliveries of the store, by how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// To be tried, or tried again, by whatever process executes next.
    pub waiting: u64,
    /// To be tried again when somebody lets their inbox go on.
    pub stopped: u64,
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

/// Deliveries with what is known of their inbox and of the text that carries them, by the reply or the note.
const KEPT: &str = "select d.*, coalesce(d.reply_id, d.notice_id) as of, m.state as message_state, m.reason,
       coalesce(s.stopped, 0) as stopped, s.until
     from delivery d left join message m on m.id = d.message_id left join inbox_state s on s.inbox = d.inbox";

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
        let count = "select d.state, d.state = 0 and coalesce(s.stopped, 0) as stopped, count(*) as n
             from delivery d left join inbox_state s on s.inbox = d.inbox group by 1, 2";
        let rows = sqlx::query(count)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let mut counts = DeliveryCounts::default();
        for row in rows {
            let state: i64 = row.try_get("state").map_err(|error| self.error(error))?;
            let n: u64 = small(row.try_get("n").map_err(|error| self.error(error))?, "count")?;
            let stopped: bool = row.try_get("stopped").map_err(|error| self.error(error))?;
            match DeliveryState::from_row(state)? {
                DeliveryState::Waits if stopped => counts.stopped += n,
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
        self.deliveries("where d.reply_id >= ?", from).await
    }

    /// Where notes went, by the id of the note, from this one on.
    pub async fn deliveries_of_notices(
        &self,
        from: i64,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        self.deliveries("where d.notice_id >= ?", from).await
    }

    /// Where the replies of a number went, by the id of the reply.
    pub async fn deliveries_from(
        &self,
        phone: PhoneNumber,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        let of = "where d.reply_id in (select id from reply where phone = ?)";
        self.deliveries(of, phone_number(phone)).await
    }

    /// Where the notes about a number went, by the id of the note.
    pub async fn deliveries_about(
        &self,
        phone: PhoneNumber,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        let of = "where d.notice_id in (select id from notice where phone = ?)";
        self.deliveries(of, phone_number(phone)).await
    }

    async fn deliveries(
        &self,
        of: &'static str,
        bound: i64,
    ) -> Result<BTreeMap<i64, Vec<KeptDelivery>>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!("{KEPT} {of} order by d.id")))
            .bind(bound)
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
