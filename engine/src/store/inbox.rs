//! Receipts and inbound texts: appended raw and acknowledged after that commit, then folded in batches. Folding one
//! thing twice changes nothing.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::claim::{Waiting, waiting_cohorts};
use super::record::{LeftOutRow, SEND_BYTES, insert_departed, insert_left_out, sender_hash};
use super::rows::{
    CohortRow, MessageState, NewCohort, corrupt, insert_cohorts, instant, millis, phone_number, small,
};
use super::{Failure, Store, StoreError};
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::left_out::LeftOut;

/// Something a provider said, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Of the inbox.
    pub id: i64,
    /// Who said it.
    pub provider: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// What it said.
    pub body: String,
}

/// The carrier's word on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Ours.
    pub message: MessageId,
    /// What the receipt says.
    pub state: MessageState,
    /// When it came.
    pub at: DateTime<Utc>,
    /// In the carrier's words.
    pub reason: Option<String>,
}

/// A person's text to us, and what it leads to.
#[derive(Debug, Clone)]
pub struct NewReply {
    /// Who brought it.
    pub provider: String,
    /// The provider's id of it: the same id is the same text.
    pub provider_id: String,
    /// Who wrote.
    pub phone: PhoneNumber,
    /// To which of our senders.
    pub sender: String,
    /// What.
    pub text: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The launch that it answers.
    pub launch: Option<LaunchId>,
    /// What it means.
    pub meaning: ReplyMeaning,
    /// The inbox or address it is kept for; empty: the inbox without a name.
    pub inbox: String,
    /// Text the number no more.
    pub suppress: Option<Suppression>,
    /// The text that answers it. Written only when the reply, and the suppression where there is one, are new.
    pub answer: Option<NewCohort>,
}

/// What a reply was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyMeaning {
    /// The person wants no more texts.
    OptOut,
    /// It contains an opt-out word and more: somebody must read it.
    ContainsOptOut,
    /// Anything else.
    Other,
}

impl ReplyMeaning {
    /// Stable name, in the store and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            ReplyMeaning::OptOut => "opt-out",
            ReplyMeaning::ContainsOptOut => "contains-opt-out",
            ReplyMeaning::Other => "other",
        }
    }

    pub(super) fn from_row(code: &str) -> Result<ReplyMeaning, StoreError> {
        let all = [
            ReplyMeaning::OptOut,
            ReplyMeaning::ContainsOptOut,
            ReplyMeaning::Other,
        ];
        let found = all.into_iter().find(|meaning| meaning.code() == code);
        found.ok_or_else(|| corrupt(format!("reply meaning {code:?}")))
    }
}

/// An entry that blocks sending to a number, for the whole project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Stable name: `opt-out`.
    pub reason: &'static str,
    /// What the person wrote.
    pub evidence: String,
}

/// What one batch of the inbox comes to.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    /// The batch: entries up to this id are folded.
    pub up_to: i64,
    /// At most one a message, sorted by message.
    pub receipts: Vec<ReceiptRow>,
    /// In the order they came.
    pub replies: Vec<NewReply>,
}

/// What folding a batch changed.
#[derive(Debug, Clone, Default)]
pub struct FoldOutcome {
    /// Receipts that told something new.
    pub raised: u64,
    /// Replies that were new.
    pub replies: Vec<NewReply>,
}

/// The last text to a person from a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentTo {
    /// Ours.
    pub message: MessageId,
    /// Of this launch.
    pub launch: LaunchId,
    /// The instruction that sent it.
    pub step: u16,
    /// An index into the campaign's languages.
    pub language: u8,
    /// An index into the launch's tariffs.
    pub tariff: Option<u8>,
}

impl Store {
    /// Keeps what a provider said. Once this returns it may be acknowledged.
    pub async fn receive(
        &self,
        provider: &str,
        bodies: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let provider = provider.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for rows in bodies.chunks(1_000) {
                        let mut insert =
                            QueryBuilder::<Sqlite>::new("insert into inbox (received_at, provider, body) ");
                        insert.push_values(rows, |mut row, body| {
                            row.push_bind(millis(now)).push_bind(&provider).push_bind(body);
                        });
                        insert.build().execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// What waits to be folded, the earliest first, at most so many.
    pub async fn unfolded(&self, most: u32) -> Result<Vec<Raw>, StoreError> {
        let rows = sqlx::query("select id, received_at, provider, body from inbox order by id limit ?")
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let raw = |row: &sqlx::sqlite::SqliteRow| -> Result<Raw, Failure> {
            Ok(Raw {
                id: row.try_get("id")?,
                provider: row.try_get("provider")?,
                received_at: instant(row.try_get("received_at")?)?,
                body: row.try_get("body")?,
            })
        };
        rows.iter()
            .map(|row| raw(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// Folds a batch: receipts raise the state of their messages, replies are kept once, opt-outs suppress their
    /// number and end whatever waits for it, the batch leaves the inbox. Gives the replies that were new.
    pub async fn fold(&self, fold: Fold) -> Result<FoldOutcome, StoreError> {
        let mut ids = Vec::with_capacity(fold.replies.len());
        for _ in fold.replies.iter().filter(|reply| reply.answer.is_some()) {
            ids.push(self.next_cohort_id().await);
        }
        self.writer
            .write(move |connection| Box::pin(write_fold(connection, fold, ids)))
            .await
    }

    /// The last text that a number got from a sender since `since`.
    pub async fn last_sent(
        &self,
        phone: PhoneNumber,
        sender: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<SentTo>, StoreError> {
        let sends: Option<Vec<u8>> = sqlx::query_scalar("select sends from person where phone = ?")
            .bind(phone_number(phone))
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        for entry in sends.unwrap_or_default().chunks_exact(SEND_BYTES) {
            let (id, rest) = entry.split_first_chunk::<8>().expect("16 bytes have 8");
            let (hash, seconds) = rest.split_first_chunk::<4>().expect("8 bytes have 4");
            let seconds = u32::from_be_bytes(seconds.try_into().expect("4 bytes are left"));
            if *hash == sender_hash(sender) && i64::from(seconds) >= since.timestamp() {
                return self.sent_to(MessageId(i64::from_be_bytes(*id))).await;
            }
        }
        Ok(None)
    }

    async fn sent_to(&self, message: MessageId) -> Result<Option<SentTo>, StoreError> {
        let row = sqlx::query("select launch_id, step, language, tariff from message where id = ?")
            .bind(message.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let Some(row) = row else { return Ok(None) };
        let read = || -> Result<SentTo, Failure> {
            let tariff: Option<i64> = row.try_get("tariff")?;
            Ok(SentTo {
                message,
                launch: LaunchId(row.try_get("launch_id")?),
                step: small(row.try_get("step")?, "step")?,
                language: small(row.try_get("language")?, "language")?,
                tariff: tariff.map(|tariff| small(tariff, "tariff")).transpose()?,
            })
        };
        read().map(Some).map_err(|failure| self.failed(failure))
    }

    /// Whether a suppression stands against a number.
    pub async fn is_suppressed(&self, phone: PhoneNumber) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("select 1 from suppression where phone = ?")
            .bind(phone_number(phone))
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        Ok(found.is_some())
    }
}

async fn write_fold(
    connection: &mut SqliteConnection,
    fold: Fold,
    answer_ids: Vec<CohortId>,
) -> Result<FoldOutcome, Failure> {
    let raised = fold_receipts(connection, &fold.receipts).await?;
    let mut ids = answer_ids.into_iter();
    let mut new = vec![];
    for reply in fold.replies {
        // Each answer has an id set aside, written or not.
        let id = reply.answer.as_ref().and_then(|_| ids.next());
        if keep_reply(connection, &reply, id).await? {
            new.push(reply);
        }
    }
    sqlx::query("delete from inbox where id <= ?")
        .bind(fold.up_to)
        .execute(connection)
        .await?;
    Ok(FoldOutcome { raised, replies: new })
}

/// Raises the states; how many receipts told something new.
async fn fold_receipts(connection: &mut SqliteConnection, receipts: &[ReceiptRow]) -> Result<u64, Failure> {
    let mut raised = 0;
    for rows in receipts.chunks(1_000) {
        let mut insert = QueryBuilder::<Sqlite>::new("insert into message (id, state, state_at, reason) ");
        insert.push_values(rows, |mut row, receipt| {
            row.push_bind(receipt.message.0)
                .push_bind(receipt.state as i64)
                .push_bind(millis(receipt.at))
                .push_bind(&receipt.reason);
        });
        insert.push(
            " on conflict (id) do update set
                reason = excluded.reason, state_at = excluded.state_at, state = excluded.state
              where excluded.state > state",
        );
        raised += insert.build().execute(&mut *connection).await?.rows_affected();
    }
    Ok(raised)
}

/// Keeps a reply once; true when it was new.
async fn keep_reply(
    connection: &mut SqliteConnection,
    reply: &NewReply,
    answer_id: Option<CohortId>,
) -> Result<bool, Failure> {
    let written = sqlx::query(
        "insert into reply (provider, provider_id, phone, sender, text, received_at, launch_id, meaning, inbox)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(&reply.provider)
    .bind(&reply.provider_id)
    .bind(phone_number(reply.phone))
    .bind(&reply.sender)
    .bind(&reply.text)
    .bind(millis(reply.received_at))
    .bind(reply.launch.map(|launch| launch.0))
    .bind(reply.meaning.code())
    .bind(&reply.inbox)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    let answered = match &reply.suppress {
        Some(suppression) => suppress(connection, reply, suppression).await?,
        None => true,
    };
    if let (true, Some(answer), Some(id)) = (answered, &reply.answer, answer_id) {
        insert_cohorts(connection, &[CohortRow::new(id, answer.clone())]).await?;
    }
    Ok(true)
}

/// Suppresses a number and ends what waits for it; false when it was suppressed already.
async fn suppress(
    connection: &mut SqliteConnection,
    reply: &NewReply,
    suppression: &Suppression,
) -> Result<bool, Failure> {
    let written = sqlx::query(
        "insert into suppression (phone, seq, reason, at, launch_id, evidence)
         values (?, (select coalesce(max(seq), 0) + 1 from suppression), ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(phone_number(reply.phone))
    .bind(suppression.reason)
    .bind(millis(reply.received_at))
    .bind(reply.launch.map(|launch| launch.0))
    .bind(&suppression.evidence)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    end_waiting(connection, reply.phone, reply.received_at).await?;
    Ok(true)
}

/// Ends every passage in which the number waits. A cohort that is held is left to its holder, who asks the gate.
async fn end_waiting(
    connection: &mut SqliteConnection,
    phone: PhoneNumber,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let launches = sqlx::query("select id, runs from launch where state in (1, 2)")
        .fetch_all(&mut *connection)
        .await?;
    for row in launches {
        let launch = LaunchId(row.try_get("id")?);
        for run in 0..row.try_get::<u32, _>("runs")? {
            for waiting in waiting_cohorts(connection, launch, run, phone_number(phone)).await? {
                // Before the mark of the intent the text may be out: its answer decides.
                if waiting.index >= waiting.intent_to {
                    end_one(connection, launch, phone, &waiting, at).await?;
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
    launch: LaunchId,
    phone: PhoneNumber,
    waiting: &Waiting,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    // Settled beyond the mark of a cohort that was put back: this one does not wait here.
    if insert_departed(connection, &[(waiting.cohort, waiting.index)]).await? == 0 {
        return Ok(());
    }
    let Some(pending) = waiting.pending else {
        let out = LeftOutRow {
            launch,
            phone,
            at_row: 0,
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
