//! What is kept of people beside their messages: tags and values across campaigns; how a passage ended, whether it reached
//! its goal, which steps were passed over.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::SqliteConnection;

use super::Failure;
use super::rows::{millis, phone_number};
use crate::advance::Change;
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

/// Something to keep of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// In this launch.
    pub launch: LaunchId,
    /// Of whom.
    pub phone: PhoneNumber,
    /// Since when.
    pub at: DateTime<Utc>,
    /// What.
    pub note: Note,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The person has this tag.
    Tagged(String),
    /// The person has it no more.
    Untagged(String),
    /// A field has this value.
    Set(String, String),
    /// The passage reached the goal.
    Reached,
    /// The passage ended for this reason.
    Finished(String),
    /// The latest reply to this launch goes to this inbox.
    Forwarded(String),
    /// A text or a step was left out.
    Skipped {
        /// The instruction.
        step: u16,
        /// Why.
        reason: LeftOut,
    },
}

impl Note {
    /// What a change keeps; none where it is for others to know.
    pub fn of(change: Change) -> Option<Note> {
        match change {
            Change::Tag(tag) => Some(Note::Tagged(tag)),
            Change::Untag(tag) => Some(Note::Untagged(tag)),
            Change::Set(field, value) => Some(Note::Set(field, value)),
            Change::Reach => Some(Note::Reached),
            Change::Forward(to) => Some(Note::Forwarded(to.to_string())),
            Change::Join(_)
            | Change::Leave(_)
            | Change::Notify { .. }
            | Change::Call(_)
            | Change::Start(_) => None,
        }
    }
}

/// Writes notes, in order: the last word holds.
pub(super) async fn write_notes(connection: &mut SqliteConnection, notes: &[NoteRow]) -> Result<(), Failure> {
    for row in notes {
        let (launch, phone, at) = (row.launch.0, phone_number(row.phone), millis(row.at));
        match &row.note {
            Note::Tagged(tag) => {
                sqlx::query(
                    "insert into person_tag (phone, tag, launch_id, at) values (?, ?, ?, ?) on conflict do nothing",
                )
                .bind(phone)
                .bind(tag)
                .bind(launch)
                .bind(at)
            }
            Note::Untagged(tag) => sqlx::query("delete from person_tag where phone = ? and tag = ?")
                .bind(phone)
                .bind(tag),
            Note::Set(field, value) => sqlx::query(
                "insert into person_value (phone, field, value, launch_id, at) values (?, ?, ?, ?, ?)
                 on conflict do update set value = excluded.value, launch_id = excluded.launch_id, at = excluded.at",
            )
            .bind(phone)
            .bind(field)
            .bind(value)
            .bind(launch)
            .bind(at),
            Note::Reached => sqlx::query(
                "insert into goal_reached (launch_id, phone, at) values (?, ?, ?) on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(at),
            Note::Finished(reason) => sqlx::query(
                "insert into passage_end (launch_id, phone, reason, at) values (?, ?, ?, ?) on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(reason)
            .bind(at),
            Note::Forwarded(to) => sqlx::query(
                "update reply set inbox = ? where id = (select max(id) from reply where phone = ? and launch_id = ?)",
            )
            .bind(to)
            .bind(phone)
            .bind(launch),
            Note::Skipped { step, reason } => sqlx::query(
                "insert into skipped (launch_id, phone, step, reason, at) values (?, ?, ?, ?, ?)
                 on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(*step)
            .bind(reason.code())
            .bind(at),
        }
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
