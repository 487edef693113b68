//! What is kept of people beside their messages: tags and values across campaigns; how a passage ended, whether it reached
//! its goal, which steps were passed over.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::SqliteConnection;

use super::Failure;
use super::delivery::{DeliveryOf, write_delivery};
use super::errand::write_errand;
use super::happening::start;
use super::lists::{Changing, ListHow, join, leave};
use super::past::keep_past;
use super::rows::{millis, phone_number};
use super::set_fields::SetFields;
use crate::advance::{Change, Request};
use crate::errand::Waits;
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

/// Something to keep of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// In this launch.
    pub launch: LaunchId,
    /// Of this run of it.
    pub run: u32,
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
    /// A call is to be made.
    Called {
        /// As it is made.
        request: Request,
        /// Where the person waits for the answer; none: nowhere.
        waits: Option<Waits>,
    },
    /// A text of ours is kept for this inbox.
    Notified {
        /// An inbox or address.
        to: String,
        /// What.
        text: String,
    },
    /// The person joined this list, by a step.
    Joined(String),
    /// The person left it, by a step.
    Left(String),
    /// The person is to enter another campaign.
    Started {
        /// Which.
        campaign: String,
        /// What is known of the person here, by name.
        values: Vec<(String, String)>,
    },
    /// A text or a step was left out.
    Skipped {
        /// The instruction.
        step: u16,
        /// Why.
        reason: LeftOut,
    },
}

impl Note {
    /// What a change keeps.
    pub fn of(change: Change) -> Note {
        match change {
            Change::Tag(tag) => Note::Tagged(tag),
            Change::Untag(tag) => Note::Untagged(tag),
            Change::Set(field, value) => Note::Set(field, value),
            Change::Reach => Note::Reached,
            Change::Forward(to) => Note::Forwarded(to.to_string()),
            Change::Call(request) => Note::Called { request, waits: None },
            Change::Notify { to, text } => Note::Notified {
                to: to.to_string(),
                text,
            },
            Change::Join(list) => Note::Joined(list),
            Change::Leave(list) => Note::Left(list),
            Change::Start { campaign, values } => Note::Started { campaign, values },
        }
    }
}

/// Writes notes, in order: the last word holds.
pub(super) async fn write_notes(
    connection: &mut SqliteConnection,
    set: &SetFields,
    notes: &[NoteRow],
) -> Result<(), Failure> {
    for row in notes {
        if let Note::Set(field, _) = &row.note {
            set.add(field);
        }
        let (launch, phone, at) = (row.launch.0, phone_number(row.phone), millis(row.at));
        keep_past(connection, row).await?;
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
                "insert into person_value (phone, field, value, launch_id, at, heard)
                 values (?, ?, ?, ?, ?, (select coalesce(max(id), 0) from happening))
                 on conflict do update set value = excluded.value, launch_id = excluded.launch_id, at = excluded.at,
                   heard = excluded.heard",
            )
            .bind(phone)
            .bind(field)
            .bind(value)
            .bind(launch)
            .bind(at),
            Note::Reached => sqlx::query(
                "insert into goal_reached (launch_id, phone, run, at) values (?, ?, ?, ?) on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(row.run)
            .bind(at),
            Note::Finished(reason) => sqlx::query(
                "insert into passage_end (launch_id, phone, run, reason, at) values (?, ?, ?, ?, ?) on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(row.run)
            .bind(reason)
            .bind(at),
            Note::Forwarded(to) => {
                forward(connection, row, to).await?;
                continue;
            }
            Note::Called { request, waits } => {
                write_errand(connection, row, request, *waits).await?;
                continue;
            }
            Note::Joined(list) => {
                join(connection, &changing(row, list)).await?;
                continue;
            }
            Note::Left(list) => {
                leave(connection, &changing(row, list)).await?;
                continue;
            }
            Note::Started { campaign, values } => {
                start(connection, row, (campaign, values)).await?;
                continue;
            }
            Note::Notified { to, text } => {
                notify(connection, row, to, text).await?;
                continue;
            }
            Note::Skipped { step, reason } => sqlx::query(
                "insert into skipped (launch_id, phone, run, step, reason, at) values (?, ?, ?, ?, ?, ?)
                 on conflict do nothing",
            )
            .bind(launch)
            .bind(phone)
            .bind(row.run)
            .bind(*step)
            .bind(reason.code())
            .bind(at),
        }
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The latest reply to the launch goes to an inbox.
async fn forward(connection: &mut SqliteConnection, row: &NoteRow, to: &str) -> Result<(), Failure> {
    let latest: Option<i64> =
        sqlx::query_scalar("select max(id) from reply where phone = ? and launch_id = ?")
            .bind(phone_number(row.phone))
            .bind(row.launch.0)
            .fetch_one(&mut *connection)
            .await?;
    let Some(reply) = latest else { return Ok(()) };
    sqlx::query("update reply set inbox = ? where id = ?")
        .bind(to)
        .bind(reply)
        .execute(&mut *connection)
        .await?;
    write_delivery(connection, DeliveryOf::Reply(reply), to, row.at).await
}

/// A text of ours goes to an inbox.
async fn notify(
    connection: &mut SqliteConnection,
    row: &NoteRow,
    to: &str,
    text: &str,
) -> Result<(), Failure> {
    let written =
        sqlx::query("insert into notice (launch_id, phone, inbox, text, at) values (?, ?, ?, ?, ?)")
            .bind(row.launch.0)
            .bind(phone_number(row.phone))
            .bind(to)
            .bind(text)
            .bind(millis(row.at))
            .execute(&mut *connection)
            .await?;
    let notice = DeliveryOf::Notice(written.last_insert_rowid());
    write_delivery(connection, notice, to, row.at).await
}

/// A step changes a list.
fn changing<'a>(row: &NoteRow, list: &'a str) -> Changing<'a> {
    Changing {
        list,
        phone: row.phone,
        how: ListHow::Step,
        at: row.at,
        launch: Some(row.launch),
        said: None,
    }
}

/// A text of ours that is kept for people at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Serial.
    pub id: i64,
    /// Of this launch.
    pub launch: LaunchId,
    /// Whose passage told it.
    pub phone: PhoneNumber,
    /// The inbox or address that it is kept for.
    pub inbox: String,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}
