//! What a launch came to: counts that add up to the plan, derived from the rows and never kept beside them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{AssertSqlSafe, Row};

use super::doubts::ToSettle;
use super::rows::{
    CohortKind, MessageState, TOLD_STATE, TextKind, Turn, instant, phone, size, small, text_kind,
};
use super::{Failure, Store, StoreError};
use crate::ids::{DESK_RUN, LaunchId, MessageId};
use crate::left_out::LeftOut;

/// Counts of a launch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages of steps, by state.
    pub messages: BTreeMap<MessageState, u64>,
    /// Answers to replies, by state.
    pub answers: BTreeMap<MessageState, u64>,
    /// Texts to the phones of inboxes, by state.
    pub desk: BTreeMap<MessageState, u64>,
    /// Parts of all these that the provider took, by tariff.
    pub parts: BTreeMap<Option<u8>, u64>,
    /// Parts of all these of which nobody knows whether it took them, and of those that were sent once
    /// more, by tariff.
    pub parts_in_doubt: BTreeMap<Option<u8>, u64>,
    /// Messages that were sent once more, since nobody knew whether the first was taken.
    pub resent: u64,
    /// Of these, the texts of steps of which nobody knows whether any was taken.
    pub resent_unknown: u64,
    /// People whose next text was not tried yet. Who is counted here, under way or set aside stands among no messages of
    /// that step.
    pub waiting: u64,
    /// People whose text is being submitted and not recorded. Where no process executes they are in doubt.
    pub under_way: u64,
    /// People whose message is to be looked up; it stands among the messages.
    pub asked: u64,
    /// Answers to replies that are to be looked up; they stand among the answers.
    pub answers_asked: u64,
    /// People whose message may have been taken and is to be submitted once more, to a provider that refuses what it has; it
    /// stands among the messages.
    pub resubmitted: u64,
    /// People left out after the plan, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// People who opted out.
    pub opt_outs: u64,
    /// Other replies.
    pub other_replies: u64,
    /// People of cohorts that were set aside, since processes ended with them, and whose text is not recorded.
    pub set_aside: u64,
    /// Messages of steps that were submitted after the launch had ended, and were taken or may have been: those that were on
    /// their way when it was cancelled.
    pub after_end: u64,
    /// Passages that ended for a reason of the campaign, by reason.
    pub ends: BTreeMap<String, u64>,
    /// Texts and steps that were left out while the passage went on, by reason.
    pub skipped: BTreeMap<LeftOut, u64>,
    /// Passages that reached the goal.
    pub reached: u64,
    /// When the first and the last text of a step was submitted, or freed to go where a crash took the answer.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A message of which nobody knows whether it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InDoubt {
    /// Ours.
    pub message: MessageId,
    /// To.
    pub phone: PhoneNumber,
    /// What it is.
    pub kind: TextKind,
    /// The instruction.
    pub step: u16,
    /// Since.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Option<String>,
    /// It was sent once more, since nobody knew whether the first was taken: neither is known now.
    pub is_resent: bool,
}

impl Totals {
    /// Messages of all kinds of which nobody knows whether they were taken.
    pub fn unknown(&self) -> u64 {
        let all = [&self.messages, &self.answers, &self.desk];
        let states = all.iter().filter_map(|states| states.get(&MessageState::Unknown));
        states.sum()
    }

    /// People of whose next text nothing is recorded: before their turn or in it, those set aside excepted.
    pub fn unrecorded(&self) -> u64 {
        self.waiting + self.under_way
    }
}

impl Store {
    /// Counts a launch.
    pub async fn totals(&self, launch: LaunchId) -> Result<Totals, StoreError> {
        self.count(launch).await.map_err(|failure| self.failed(failure))
    }

    async fn count(&self, launch: LaunchId) -> Result<Totals, Failure> {
        let mut totals = Totals::default();
        self.count_messages(launch, &mut totals).await?;
        self.count_resent(launch, &mut totals).await?;
        self.count_people(launch, &mut totals).await?;
        let reasons = sqlx::query(
            "select reason, count(*) as n from left_out where launch_id = ? and at_row = 0 group by reason",
        )
        .bind(launch.0)
        .fetch_all(&self.readers)
        .await?;
        for row in reasons {
            let reason: String = row.try_get("reason")?;
            let reason = reason
                .parse()
                .map_err(|_| super::rows::corrupt(format!("reason {reason:?}")))?;
            totals.left_out.insert(reason, small(row.try_get("n")?, "count")?);
        }
        let replies = sqlx::query(
            "select count(distinct phone) filter (where meaning = 'opt-out') as opt_outs,
                    count(*) filter (where meaning <> 'opt-out') as others from reply where launch_id = ?",
        )
        .bind(launch.0)
        .fetch_one(&self.readers)
        .await?;
        totals.opt_outs = small(replies.try_get("opt_outs")?, "count")?;
        totals.other_replies = small(replies.try_get("others")?, "count")?;
        self.count_passages(launch, &mut totals).await?;
        Ok(totals)
    }

    /// Texts that people may have twice.
    async fn count_resent(&self, launch: LaunchId, totals: &mut Totals) -> Result<(), Failure> {
        let rows = sqlx::query(
            "select m.tariff, count(distinct m.id) as n, sum(m.parts) as parts,
                    count(distinct m.id) filter (where m.state = 1 and c.kind = 0) as unknown
             from cohort c join resent r on r.message_id between c.id << 12 and (c.id << 12) + 4095
             join message m on m.id = r.message_id where c.launch_id = ? group by m.tariff",
        );
        for row in rows.bind(launch.0).fetch_all(&self.readers).await? {
            totals.resent += small::<u64>(row.try_get("n")?, "count")?;
            totals.resent_unknown += small::<u64>(row.try_get("unknown")?, "count")?;
            let tariff = row.try_get::<Option<i64>, _>("tariff")?;
            let tariff = tariff.map(|tariff| small(tariff, "tariff")).transpose()?;
            *totals.parts_in_doubt.entry(tariff).or_default() +=
                small::<u64>(row.try_get("parts")?, "parts")?;
        }
        Ok(())
    }

    /// How passages went.
    async fn count_passages(&self, launch: LaunchId, totals: &mut Totals) -> Result<(), Failure> {
        let ends =
            sqlx::query("select reason, count(*) as n from passage_end where launch_id = ? group by reason");
        for row in ends.bind(launch.0).fetch_all(&self.readers).await? {
            totals
                .ends
                .insert(row.try_get("reason")?, small(row.try_get("n")?, "count")?);
        }
        let skipped =
            sqlx::query("select reason, count(*) as n from skipped where launch_id = ? group by reason");
        for row in skipped.bind(launch.0).fetch_all(&self.readers).await? {
            let reason: String = row.try_get("reason")?;
            let reason = reason
                .parse()
                .map_err(|_| super::rows::corrupt(format!("reason {reason:?}")))?;
            totals.skipped.insert(reason, small(row.try_get("n")?, "count")?);
        }
        let reached: i64 = sqlx::query_scalar("select count(*) from goal_reached where launch_id = ?")
            .bind(launch.0)
            .fetch_one(&self.readers)
            .await?;
        totals.reached = small(reached, "count")?;
        Ok(())
    }

    /// Where the people of the cohorts are: before their intent, or in it.
    async fn count_people(&self, launch: LaunchId, totals: &mut Totals) -> Result<(), Failure> {
        let rows = sqlx::query(
            "select c.state, c.turn,
                sum(n - intent_to - (select count(*) from departure d where d.cohort_id = c.id and d.member >= c.intent_to))
                    as waiting,
                sum(iif(intent_to = done, 0, intent_to - done
                    - (select count(*) from departure d
                       where d.cohort_id = c.id and d.member >= c.done and d.member < c.intent_to)
                    - (select count(*) from message m where c.turn = 0 and m.phone > 0
                         and m.id >= (c.id << 12) + c.done and m.id < (c.id << 12) + c.intent_to)))
                    as under_way
             from cohort c where c.launch_id = ? and c.state in (0, 2) and c.kind = 0 group by c.state, c.turn",
        )
        .bind(launch.0)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let [state, waiting, under_way] =
                ["state", "waiting", "under_way"].map(|name| row.try_get::<i64, _>(name));
            let (set_aside, waiting, under_way) = (
                state? == 2,
                size(waiting?)? as u64,
                size(under_way?.max(0))? as u64,
            );
            match Turn::from_row(row.try_get("turn")?)? {
                Turn::First if set_aside => totals.set_aside += waiting + under_way,
                Turn::First => {
                    totals.waiting += waiting;
                    totals.under_way += under_way;
                }
                // They stand among the messages.
                Turn::Again | Turn::LookUp | Turn::Resubmit => {}
            }
        }
        let ToSettle {
            asked,
            answers_asked,
            resubmitted,
        } = self.to_settle(launch).await?;
        (totals.asked, totals.answers_asked, totals.resubmitted) = (asked, answers_asked, resubmitted);
        Ok(())
    }

    async fn count_messages(&self, launch: LaunchId, totals: &mut Totals) -> Result<(), Failure> {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select c.kind, min(c.run) as run, {TOLD_STATE} as state, m.tariff, count(*) as n, sum(m.parts) as parts,
                    min(m.sent_at) as first, max(m.sent_at) as last, count(*) filter (where m.sent_at > l.ended_at and m.state not in (0, 2)) as after_end
             from launch l join cohort c on c.launch_id = l.id join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where l.id = ?1 and m.phone > 0 group by c.kind, c.run = ?2, 3, m.tariff"
        )))
        .bind(launch.0)
        .bind(DESK_RUN)
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let state = MessageState::from_row(row.try_get("state")?)?;
            let n: u64 = small(row.try_get("n")?, "count")?;
            let kind = text_kind(&row)?;
            let counts = match kind {
                TextKind::Step => &mut totals.messages,
                TextKind::Answer => &mut totals.answers,
                TextKind::Desk => &mut totals.desk,
            };
            *counts.entry(state).or_default() += n;
            let parts = match state {
                MessageState::Attempting | MessageState::Rejected => None,
                MessageState::Unknown => Some(&mut totals.parts_in_doubt),
                MessageState::Accepted
                | MessageState::Expired
                | MessageState::Undelivered
                | MessageState::Delivered => Some(&mut totals.parts),
            };
            if let Some(parts) = parts {
                let tariff = row.try_get::<Option<i64>, _>("tariff")?;
                let tariff = tariff.map(|tariff| small(tariff, "tariff")).transpose()?;
                *parts.entry(tariff).or_default() += small::<u64>(row.try_get("parts")?, "parts")?;
            }
            if kind != TextKind::Step {
                continue;
            }
            totals.after_end += small::<u64>(row.try_get("after_end")?, "count")?;
            let (first, last) = (instant(row.try_get("first")?)?, instant(row.try_get("last")?)?);
            let (from, to) = totals.span.unwrap_or((first, last));
            totals.span = Some((from.min(first), to.max(last)));
        }
        Ok(())
    }

    /// The messages of a launch that are `unknown`, the oldest first, at most so many.
    pub async fn in_doubt(&self, launch: LaunchId, most: u32) -> Result<Vec<InDoubt>, StoreError> {
        let rows = sqlx::query(
            "select m.id, m.phone, c.kind, c.run, c.step, m.sent_at, m.reason,
                    exists (select 1 from resent r where r.message_id = m.id) as is_resent
             from cohort c join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where c.launch_id = ?1 and m.state = 1 order by c.id, m.id limit ?2",
        )
        .bind(launch.0)
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let read = |row: &sqlx::sqlite::SqliteRow| -> Result<InDoubt, Failure> {
            Ok(InDoubt {
                message: MessageId(row.try_get("id")?),
                phone: phone(row.try_get("phone")?)?,
                kind: text_kind(row)?,
                step: small(row.try_get("step")?, "step")?,
                at: instant(row.try_get("sent_at")?)?,
                reason: row.try_get("reason")?,
                is_resent: row.try_get("is_resent")?,
            })
        };
        rows.iter()
            .map(|row| read(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// Why texts of steps of a launch were rejected, and how many for each reason: at most so many reasons, the most
    /// frequent first.
    pub async fn rejected_for(&self, launch: LaunchId, most: u32) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select coalesce(m.reason, 'no reason given') as why, count(*) as n
             from launch l join cohort c on c.launch_id = l.id
             join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where l.id = ?1 and c.kind = 0 and {TOLD_STATE} = 2 group by why order by n desc, why limit ?2"
        )))
        .bind(launch.0)
        .bind(most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let read = |row: &sqlx::sqlite::SqliteRow| -> Result<(String, u64), Failure> {
            Ok((row.try_get("why")?, small(row.try_get("n")?, "count")?))
        };
        rows.iter()
            .map(|row| read(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    /// Whether anything of a launch is left to run; of its passages, or of answers to replies.
    pub async fn has_cohorts_left(&self, launch: LaunchId, kind: CohortKind) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("select 1 from cohort where launch_id = ? and state = 0 and kind = ? limit 1")
                .bind(launch.0)
                .bind(kind as i64)
                .fetch_optional(&self.readers)
                .await
                .map_err(|error| self.error(error))?;
        Ok(found.is_some())
    }

    /// How many cohorts of a launch there are, and were, at each step.
    pub async fn cohort_counts(&self, launch: LaunchId) -> Result<BTreeMap<u16, u64>, StoreError> {
        let rows = sqlx::query(
            "select step, count(*) as n from cohort where launch_id = ? and kind = 0 group by step",
        )
        .bind(launch.0)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let read = |row: &sqlx::sqlite::SqliteRow| -> Result<(u16, u64), Failure> {
            Ok((
                small(row.try_get("step")?, "step")?,
                small(row.try_get("n")?, "count")?,
            ))
        };
        rows.iter()
            .map(|row| read(row).map_err(|failure| self.failed(failure)))
            .collect()
    }
}
