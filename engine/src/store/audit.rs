//! All that the store says of a launch, row by row: what is joined with the ledger of a carrier to prove that nothing was
//! lost and nothing sent twice. For launches that fit into memory.

use sms::PhoneNumber;
use sqlx::{Row, sqlite::SqliteRow};

use super::rows::{CohortKind, MessageState, corrupt, departed, phone, small};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};
use crate::left_out::LeftOut;
use crate::member;

/// A launch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// By id.
    pub messages: Vec<AuditedMessage>,
    /// Who got no text: number, instruction, why. By number and instruction. With those whom the plan left out.
    pub left_out: Vec<(PhoneNumber, u16, LeftOut)>,
    /// Who waits, and at which instruction: in the order of the cohorts. Those who were set aside are among them.
    pub waiting: Vec<(PhoneNumber, u16)>,
    /// Numbers that opted out, of the whole project, in the order in which they did.
    pub suppressed: Vec<PhoneNumber>,
}

/// A message of a launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedMessage {
    /// Ours.
    pub id: MessageId,
    /// To; none where only a receipt is known.
    pub phone: Option<PhoneNumber>,
    /// A step's text, or an answer to a reply.
    pub kind: CohortKind,
    /// The instruction.
    pub step: u16,
    /// As far as it is known.
    pub state: MessageState,
    /// How often it was submitted.
    pub attempts: u8,
    /// As submitted.
    pub parts: u32,
    /// Why, in the provider's words or ours.
    pub reason: Option<String>,
}

impl Store {
    /// Reads all of a launch.
    pub async fn audit(&self, launch: LaunchId) -> Result<Audit, StoreError> {
        self.read_audit(launch)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_audit(&self, launch: LaunchId) -> Result<Audit, Failure> {
        let messages = sqlx::query(
            "select m.id, m.phone, m.state, m.attempts, m.parts, m.reason, c.kind, c.step from cohort c
             join message m on m.id between c.id << 12 and (c.id << 12) + 4095 where c.launch_id = ? order by m.id",
        );
        let messages = messages.bind(launch.0).fetch_all(&self.readers).await?;
        let left_out =
            sqlx::query("select phone, step, reason from left_out where launch_id = ? order by phone, step");
        let left_out = left_out.bind(launch.0).fetch_all(&self.readers).await?;
        let suppressed: Vec<i64> = sqlx::query_scalar("select phone from suppression order by seq")
            .fetch_all(&self.readers)
            .await?;
        Ok(Audit {
            messages: messages.iter().map(message).collect::<Result<_, _>>()?,
            left_out: left_out.iter().map(left_out_row).collect::<Result<_, _>>()?,
            waiting: self.all_waiting(launch).await?,
            suppressed: suppressed.into_iter().map(phone).collect::<Result<_, _>>()?,
        })
    }

    /// Everybody who waits in a launch, with their step.
    pub(super) async fn all_waiting(&self, launch: LaunchId) -> Result<Vec<(PhoneNumber, u16)>, Failure> {
        let rows = sqlx::query(
            "select c.step, c.done, m.members,
                (select group_concat(d.member) from departure d where d.cohort_id = c.id) as departed
             from cohort c join cohort_members m on m.id = c.id
             where c.launch_id = ? and c.kind = 0 and c.state in (0, 2) order by c.id",
        );
        let mut waiting = vec![];
        for row in rows.bind(launch.0).fetch_all(&self.readers).await? {
            let step: u16 = small(row.try_get("step")?, "step")?;
            let done: usize = small(row.try_get("done")?, "done")?;
            let departed = departed(&row)?;
            let members =
                member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
            let here = members.iter().enumerate().skip(done);
            let here = here.filter(|(index, _)| !departed.contains(index));
            waiting.extend(here.map(|(_, member)| (member.phone, step)));
        }
        Ok(waiting)
    }
}

fn message(row: &SqliteRow) -> Result<AuditedMessage, Failure> {
    let number: i64 = row.try_get("phone")?;
    Ok(AuditedMessage {
        id: MessageId(row.try_get("id")?),
        phone: (number != 0).then(|| phone(number)).transpose()?,
        kind: CohortKind::from_row(row.try_get("kind")?)?,
        step: small(row.try_get("step")?, "step")?,
        state: MessageState::from_row(row.try_get("state")?)?,
        attempts: small(row.try_get("attempts")?, "attempts")?,
        parts: small(row.try_get("parts")?, "parts")?,
        reason: row.try_get("reason")?,
    })
}

fn left_out_row(row: &SqliteRow) -> Result<(PhoneNumber, u16, LeftOut), Failure> {
    let reason: String = row.try_get("reason")?;
    let reason = reason
        .parse()
        .map_err(|_| corrupt(format!("reason {reason:?}")))?;
    Ok((
        phone(row.try_get("phone")?)?,
        small(row.try_get("step")?, "step")?,
        reason,
    ))
}
