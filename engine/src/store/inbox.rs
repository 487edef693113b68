//! Receipts and inbound texts: appended raw and acknowledged after that commit, then folded in batches. Folding one
//! thing twice changes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::bulk::Bulk;
use super::delivery::{DeliveryOf, write_delivery};
use super::happening::{Happened, NewHappening, append};
use super::lists::write_list_deed;
use super::message::remembered;
use super::notes::{NoteRow, write_notes};
use super::rows::{
    CohortRow, MessageState, NewCohort, corrupt, insert_cohorts, instant, millis, phone_number, small,
};
use super::set_fields::SetFields;
use super::standing::{Moved, move_one};
use super::suppression::{Suppression, allow, suppress};
use super::{CohortKind, Failure, Store, StoreError};
use crate::ids::{CohortId, DESK_RUN, LaunchId, MessageId, NO_RUN, OTHERS_RUN};
use crate::member::{self, Member};
use crate::opt_in::ListDeed;

/// Something a provider said, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Of the inbox.
    pub id: i64,
    /// Who said it.
    pub provider: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// What it said: JSON, an array of [`crate::provider::Inbound`].
    pub body: String,
}

/// Something a provider says, to be kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRaw {
    /// Who says it.
    pub provider: String,
    /// What it says: JSON, an array of [`crate::provider::Inbound`].
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
    /// Which of the person's passages through it.
    pub run: u32,
    /// What it means.
    pub meaning: ReplyMeaning,
    /// The inbox or address it is kept for; empty: the inbox without a name.
    pub inbox: String,
    /// It goes to whoever reads that inbox.
    pub is_forwarded: bool,
    /// Text the number no more.
    pub suppress: Option<Suppression>,
    /// The suppression of the number ends.
    pub allow: bool,
    /// The texts that answer it. Written only when the reply, and the suppression where there is one, are new.
    pub answers: Vec<NewCohort>,
    /// Where it moves the person.
    pub moved: Option<Moved>,
    /// What is kept of the person beside.
    pub notes: Vec<NoteRow>,
    /// What it does about a list, by the list's own word.
    pub list: Option<ListDeed>,
    /// The campaign that it begins.
    pub begins: Option<String>,
}

/// What a reply was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyMeaning {
    /// The person wants no more texts.
    OptOut,
    /// It contains an opt-out word and more: somebody must read it.
    ContainsOptOut,
    /// A question or a rule took it.
    Answer,
    /// Somebody who had opted out wants texts again.
    OptIn,
    /// The person asks who we are, and was told.
    Help,
    /// A reaction to one of our texts: which, where it is known.
    Reaction(Option<MessageId>),
    /// What a machine answers.
    Automatic,
    /// Anything else.
    Other,
}

impl ReplyMeaning {
    /// Stable name, in the store and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            ReplyMeaning::OptOut => "opt-out",
            ReplyMeaning::ContainsOptOut => "contains-opt-out",
            ReplyMeaning::Answer => "answer",
            ReplyMeaning::OptIn => "opt-in",
            ReplyMeaning::Help => "help",
            ReplyMeaning::Reaction(_) => "reaction",
            ReplyMeaning::Automatic => "automatic",
            ReplyMeaning::Other => "other",
        }
    }

    /// The message that it is a reaction to.
    pub fn reaction_to(self) -> Option<MessageId> {
        match self {
            ReplyMeaning::Reaction(message) => message,
            _ => None,
        }
    }

    /// Of a reaction the message is `reaction_to`.
    pub(super) fn from_row(code: &str, reaction_to: Option<i64>) -> Result<ReplyMeaning, StoreError> {
        let all = [
            ReplyMeaning::OptOut,
            ReplyMeaning::ContainsOptOut,
            ReplyMeaning::Answer,
            ReplyMeaning::OptIn,
            ReplyMeaning::Help,
            ReplyMeaning::Reaction(reaction_to.map(MessageId)),
            ReplyMeaning::Automatic,
            ReplyMeaning::Other,
        ];
        let found = all.into_iter().find(|meaning| meaning.code() == code);
        found.ok_or_else(|| corrupt(format!("reply meaning {code:?}")))
    }
}

/// What one batch of the inbox comes to.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    /// Entries of the inbox up to this id are folded with this batch, and leave it; none when more of them is to come.
    pub up_to: Option<i64>,
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
    /// Of these, the receipts that say that a text did not arrive.
    pub undelivered: u64,
    /// Replies that were new.
    pub replies: Vec<NewReply>,
    /// Who opted in again, and the change of the suppressions that this took back.
    pub lifted: BTreeMap<PhoneNumber, i64>,
    /// Replies of people whose turn came meanwhile: they are not kept yet, and to be asked about again.
    pub deferred: Vec<NewReply>,
}

/// The last text to a person from a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentTo {
    /// Ours.
    pub message: MessageId,
    /// Of this launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
    /// The instruction that sent it.
    pub step: u16,
    /// An index into the campaign's languages.
    pub language: u8,
}

impl Store {
    /// Keeps what providers said. Once this returns it may be acknowledged. Gives the last of its ids.
    pub async fn receive(&self, said: Vec<NewRaw>, now: DateTime<Utc>) -> Result<i64, StoreError> {
        self.writer
            .write(move |connection| Box::pin(insert_raw(connection, said, now)))
            .await
    }

    /// What waits to be folded behind an entry, the earliest first, at most so many.
    pub async fn unfolded(&self, after: i64, most: u32) -> Result<Vec<Raw>, StoreError> {
        // `+ 0`: of a limit that is a parameter alone SQLite plans the statement anew each time that it is bound.
        let query = "select id, received_at, provider, body from inbox where id > ? order by id limit ? + 0";
        let rows = sqlx::query(query)
            .bind(after)
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        let raw = |row: &sqlx::sqlite::SqliteRow| -> Result<Raw, Failure> {
            Ok(Raw {
                id: row.try_get("id")?,
                provider: row.try_get("provider")?,
                received_at: instant(row.try_get("received_at")?)?,
                body: plain(row.try_get("body")?)?,
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
        let cohorts = fold
            .replies
            .iter()
            .map(|reply| reply.answers.len() + usize::from(reply.moved.is_some()));
        for _ in 0..cohorts.sum() {
            ids.push(self.next_cohort_id().await);
        }
        let set = self.set_fields.clone();
        self.writer
            .write(move |connection| Box::pin(write_fold(connection, set, fold, ids)))
            .await
    }

    /// The texts that a number got, or may have got, from a sender since `since`, as far as they are remembered: the last first.
    pub async fn sent_lately(
        &self,
        phone: PhoneNumber,
        sender: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<SentTo>, StoreError> {
        self.read_sent_lately(phone_number(phone), Some((sender, since)))
            .await
            .map_err(|failure| self.failed(failure))
    }

    /// The same of whoever sent them, and whenever that was.
    pub async fn sent_by_any(&self, phone: PhoneNumber) -> Result<Vec<SentTo>, StoreError> {
        self.read_sent_lately(phone_number(phone), None)
            .await
            .map_err(|failure| self.failed(failure))
    }

    /// Who got a message, with the values of then; none where they are not kept any more.
    pub async fn member_of(&self, message: MessageId) -> Result<Option<Member>, StoreError> {
        self.read_member_of(message)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_member_of(&self, message: MessageId) -> Result<Option<Member>, Failure> {
        let select =
            "select c.kind, m.members from cohort c join cohort_members m on m.id = c.id where c.id = ?";
        let found = sqlx::query(select).bind(message.0 >> 12);
        let Some(row) = found.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
        let index = usize::try_from(message.0 & 0xfff).unwrap_or(usize::MAX);
        let mut member = members.into_iter().nth(index);
        // Of an answer the first value is its text.
        if row.try_get::<i64, _>("kind")? == CohortKind::Answer as i64
            && let Some(member) = &mut member
        {
            member.values.drain(..member.values.len().min(1));
        }
        Ok(member)
    }

    /// The messages that are remembered of a number and that somebody may answer: not refused, and of a passage ([`NO_RUN`],
    /// [`DESK_RUN`]); of this sender and not older, where one is asked for.
    async fn read_sent_lately(
        &self,
        phone: i64,
        of: Option<(&str, DateTime<Utc>)>,
    ) -> Result<Vec<SentTo>, Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select m.id, coalesce(a.launch_id, c.launch_id) as launch_id, coalesce(a.run, c.run) as run, c.step, m.language
             from message m join cohort c on c.id = m.id >> 12 left join answer_of a on a.cohort_id = c.id
             where m.state not in (0, 2) and c.run not in (",
        );
        select.push_bind(NO_RUN).push(", ").push_bind(DESK_RUN).push(")");
        if let Some((sender, since)) = of {
            select.push(" and c.sender = ").push_bind(sender);
            select.push(" and m.sent_at >= ").push_bind(millis(since));
        }
        select.push(" and m.id in (");
        let mut values = select.separated(", ");
        remembered(&self.readers, phone).await?.ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") order by m.sent_at desc, m.id desc");
        let rows = select.build().fetch_all(&self.readers).await?;
        rows.iter().map(sent_to).collect()
    }

    /// Whether a suppression stands against a number.
    pub async fn is_suppressed(&self, phone: PhoneNumber) -> Result<bool, StoreError> {
        Ok(self.suppressed_at(phone).await?.is_some())
    }

    /// Since when a suppression stands against a number; none where none does.
    pub async fn suppressed_at(&self, phone: PhoneNumber) -> Result<Option<DateTime<Utc>>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("select at from suppression where phone = ?")
            .bind(phone_number(phone))
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        found.map(instant).transpose()
    }
}

fn sent_to(row: &SqliteRow) -> Result<SentTo, Failure> {
    Ok(SentTo {
        message: MessageId(row.try_get("id")?),
        launch: LaunchId(row.try_get("launch_id")?),
        run: small(row.try_get("run")?, "run")?,
        step: small(row.try_get("step")?, "step")?,
        language: small(row.try_get("language")?, "language")?,
    })
}

fn plain(body: &[u8]) -> Result<String, Failure> {
    let body =
        zstd::stream::decode_all(body).map_err(|error| corrupt(format!("entry of the inbox: {error}")))?;
    Ok(String::from_utf8(body).map_err(|_| corrupt("entry of the inbox: not UTF-8".to_owned()))?)
}

async fn insert_raw(
    connection: &mut SqliteConnection,
    said: Vec<NewRaw>,
    now: DateTime<Utc>,
) -> Result<i64, Failure> {
    let mut last = 0;
    for NewRaw { provider, body } in said {
        last = sqlx::query("insert into inbox (received_at, provider, body) values (?, ?, ?)")
            .bind(millis(now))
            .bind(provider)
            .bind(zstd::bulk::compress(body.as_bytes(), 1).expect("memory compresses into memory"))
            .execute(&mut *connection)
            .await?
            .last_insert_rowid();
    }
    Ok(last)
}

async fn write_fold(
    connection: &mut SqliteConnection,
    set: SetFields,
    fold: Fold,
    answer_ids: Vec<CohortId>,
) -> Result<FoldOutcome, Failure> {
    let (raised, undelivered) = fold_receipts(connection, &fold.receipts).await?;
    let mut ids = answer_ids.into_iter();
    let (mut new, mut deferred) = (vec![], vec![]);
    let mut lifted = BTreeMap::new();
    for reply in fold.replies {
        // Each cohort has an id set aside, written or not.
        let of_it = reply.answers.len() + usize::from(reply.moved.is_some());
        let of_it: Vec<CohortId> = ids.by_ref().take(of_it).collect();
        match keep_reply(connection, &set, &reply, of_it).await? {
            Keeping::New(change) => {
                lifted.extend(change.map(|change| (reply.phone, change)));
                new.push(reply);
            }
            Keeping::Known => {}
            Keeping::Deferred => deferred.push(reply),
        }
    }
    // What is to be asked about again stays in the inbox.
    if let Some(up_to) = fold.up_to.filter(|_| deferred.is_empty()) {
        sqlx::query("delete from inbox where id <= ?")
            .bind(up_to)
            .execute(connection)
            .await?;
    }
    Ok(FoldOutcome {
        raised,
        undelivered,
        replies: new,
        lifted,
        deferred,
    })
}

const RAISE: Bulk = Bulk {
    head: "insert into message (id, state, state_at) select * from",
    tail:
        "where true on conflict (id) do update set
             reason = null, state_at = excluded.state_at, state = excluded.state where excluded.state > state",
};

/// Raises the states, in the order of the messages; how many receipts told something new, and how many of these that a
/// text did not arrive.
async fn fold_receipts(
    connection: &mut SqliteConnection,
    receipts: &[ReceiptRow],
) -> Result<(u64, u64), Failure> {
    let row = |receipt: &ReceiptRow| [receipt.message.0, receipt.state as i64, millis(receipt.at)];
    let failed =
        |receipt: &&ReceiptRow| matches!(receipt.state, MessageState::Expired | MessageState::Undelivered);
    let (failures, others): (Vec<_>, Vec<_>) = receipts.iter().partition(failed);
    let rows = |receipts: Vec<&ReceiptRow>| -> Vec<[i64; 3]> { receipts.into_iter().map(row).collect() };
    let undelivered = RAISE.run(connection, &[], &rows(failures)).await?;
    let raised = undelivered + RAISE.run(connection, &[], &rows(others)).await?;
    for receipt in receipts {
        let Some(reason) = &receipt.reason else { continue };
        let [id, state, at] = row(receipt);
        sqlx::query("update message set reason = ? where id = ? and state = ? and state_at = ?")
            .bind(reason)
            .bind(id)
            .bind(state)
            .bind(at)
            .execute(&mut *connection)
            .await?;
    }
    Ok((raised, undelivered))
}

/// What became of a reply.
enum Keeping {
    /// With the change of the suppressions that it took back, if it did.
    New(Option<i64>),
    /// It was kept before.
    Known,
    /// The person does not wait any more where the reply found them.
    Deferred,
}

async fn is_known(connection: &mut SqliteConnection, reply: &NewReply) -> Result<bool, Failure> {
    let found: Option<i64> = sqlx::query_scalar("select 1 from reply where provider = ? and provider_id = ?")
        .bind(&reply.provider)
        .bind(&reply.provider_id)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// Of answers that a launch sends for another whose passage they are about.
async fn write_whose(
    connection: &mut SqliteConnection,
    answers: &[CohortRow],
    reply: &NewReply,
) -> Result<(), Failure> {
    let Some(launch) = reply.launch else { return Ok(()) };
    for answer in answers.iter().filter(|answer| answer.cohort.run == OTHERS_RUN) {
        sqlx::query("insert into answer_of (cohort_id, launch_id, run) values (?, ?, ?)")
            .bind(answer.id.0)
            .bind(launch.0)
            .bind(reply.run)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Keeps a reply once, and does what it leads to.
async fn keep_reply(
    connection: &mut SqliteConnection,
    set: &SetFields,
    reply: &NewReply,
    ids: Vec<CohortId>,
) -> Result<Keeping, Failure> {
    let mut ids = ids.into_iter();
    if let Some(moved) = &reply.moved {
        if is_known(connection, reply).await? {
            return Ok(Keeping::Known);
        }
        let Some(id) = ids.next() else {
            return Ok(Keeping::Deferred);
        };
        if !move_one(connection, moved.clone(), id).await? {
            return Ok(Keeping::Deferred);
        }
    }
    let written = sqlx::query(
        "insert into reply (provider, provider_id, phone, sender, text, received_at, launch_id, run, meaning, inbox,
           reaction_to)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(&reply.provider)
    .bind(&reply.provider_id)
    .bind(phone_number(reply.phone))
    .bind(&reply.sender)
    .bind(&reply.text)
    .bind(millis(reply.received_at))
    .bind(reply.launch.map(|launch| launch.0))
    .bind(reply.run)
    .bind(reply.meaning.code())
    .bind(&reply.inbox)
    .bind(reply.meaning.reaction_to().map(|message| message.0))
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(Keeping::Known);
    }
    if reply.is_forwarded {
        let item = DeliveryOf::Reply(written.last_insert_rowid());
        write_delivery(connection, item, &reply.inbox, reply.received_at).await?;
    }
    let answered = match &reply.suppress {
        Some(suppression) => suppress(connection, suppression).await?,
        None => true,
    };
    let lifted = match reply.allow {
        true => allow(connection, reply.phone, reply.received_at).await?,
        false => None,
    };
    write_notes(connection, set, &reply.notes).await?;
    if let Some(deed) = &reply.list {
        write_list_deed(connection, reply, deed).await?;
    }
    if let Some(campaign) = &reply.begins {
        let wrote = NewHappening {
            what: Happened::Wrote(campaign.clone()),
            phone: reply.phone,
            fields: vec![],
            at: reply.received_at,
            once: None,
        };
        append(connection, &[wrote]).await?;
    }
    if answered {
        let rows = ids
            .zip(&reply.answers)
            .map(|(id, answer)| CohortRow::new(id, answer.clone()));
        let rows: Vec<CohortRow> = rows.collect();
        insert_cohorts(connection, &rows).await?;
        write_whose(connection, &rows, reply).await?;
    }
    Ok(Keeping::New(lifted))
}
