//! What a person had and has no more: tags that steps took off, values that others took the place of.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::notes::{Note, NoteRow};
use super::rows::{instant, millis, phone_number};
use super::{Failure, Store};
use crate::ids::LaunchId;

/// A tag, or the value of a field, that a person had for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The tag, or the field.
    pub name: String,
    /// Of the field; none: it is a tag.
    pub value: Option<String>,
    /// What gave it.
    pub given: Gave,
    /// What took it.
    pub gone: Gave,
}

/// A step that changed something of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gave {
    /// Of this launch.
    pub launch: LaunchId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Keeps what a note is about to take away.
pub(super) async fn keep_past(connection: &mut SqliteConnection, row: &NoteRow) -> Result<(), Failure> {
    let (select, name) = if let Note::Untagged(tag) = &row.note {
        (
            "insert into person_past (phone, name, value, launch_id, at, gone_by, gone_at)
             select phone, tag, null, launch_id, at, ?, ? from person_tag where phone = ? and tag = ?",
            tag,
        )
    } else if let Note::Set(field, _) = &row.note {
        (
            "insert into person_past (phone, name, value, launch_id, at, gone_by, gone_at)
             select phone, field, value, launch_id, at, ?, ? from person_value where phone = ? and field = ?",
            field,
        )
    } else {
        return Ok(());
    };
    sqlx::query(select)
        .bind(row.launch.0)
        .bind(millis(row.at))
        .bind(phone_number(row.phone))
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// What a number had and has no more.
    pub(super) async fn past_of(&self, key: i64) -> Result<Vec<Past>, Failure> {
        let rows = sqlx::query("select * from person_past where phone = ? order by gone_at, rowid")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        let gave = |row: &SqliteRow, launch: &str, at: &str| -> Result<Gave, Failure> {
            Ok(Gave {
                launch: LaunchId(row.try_get(launch)?),
                at: instant(row.try_get(at)?)?,
            })
        };
        let read = |row: &SqliteRow| {
            Ok(Past {
                name: row.try_get("name")?,
                value: row.try_get("value")?,
                given: gave(row, "launch_id", "at")?,
                gone: gave(row, "gone_by", "gone_at")?,
            })
        };
        rows.iter().map(read).collect()
    }
}
