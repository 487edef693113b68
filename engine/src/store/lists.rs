//! Lists that are kept here: who is on them, and how each came to be there or to leave. A change is written once; what
//! changes nothing leaves no trace.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::happening::{Happened, NewHappening, append};
use super::inbox::NewReply;
use super::message::remembered;
use super::rows::{corrupt, instant, millis, phone_number};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};
use crate::opt_in::{Asked, ListDeed};

/// Somebody joined a list, or left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChange {
    /// Its name in crier.yaml.
    pub list: String,
    /// Joined; else left.
    pub joined: bool,
    /// What brought it about.
    pub how: ListHow,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose step it was, or whose text was answered.
    pub launch: Option<LaunchId>,
    /// The words of the person, where there are any.
    pub said: Option<String>,
    /// The text that they answer: the last that went to the person.
    pub message: Option<MessageId>,
}

/// What brings somebody on a list, or off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListHow {
    /// A step of a campaign.
    Step,
    /// The word of the list, sent by the person.
    Keyword,
    /// An opt-out.
    OptOut,
}

impl ListHow {
    /// Stable name, in the store and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            ListHow::Step => "step",
            ListHow::Keyword => "keyword",
            ListHow::OptOut => "opt-out",
        }
    }

    fn from_row(code: &str) -> Result<ListHow, StoreError> {
        let all = [ListHow::Step, ListHow::Keyword, ListHow::OptOut];
        let found = all.into_iter().find(|how| how.code() == code);
        found.ok_or_else(|| corrupt(format!("change of a list {code:?}")))
    }
}

impl Store {
    /// Who is on these lists by now: numbers, in order.
    pub async fn members(&self, lists: &[String]) -> Result<BTreeMap<String, Vec<u64>>, StoreError> {
        let mut members = BTreeMap::new();
        for list in lists {
            let numbers: Vec<i64> =
                sqlx::query_scalar("select phone from list_member where list = ? order by phone")
                    .bind(list)
                    .fetch_all(&self.readers)
                    .await
                    .map_err(|error| self.error(error))?;
            let numbers = numbers
                .into_iter()
                .filter_map(|number| u64::try_from(number).ok());
            members.insert(list.clone(), numbers.collect());
        }
        Ok(members)
    }

    /// The lists that a person was asked about since, and has not answered.
    pub async fn asked(&self, phone: PhoneNumber, since: DateTime<Utc>) -> Result<Vec<Asked>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select list, said from list_asked where phone = ? and at >= ? order by at desc, list",
        )
        .bind(phone_number(phone))
        .bind(millis(since))
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        let asked = |(list, said)| Asked { list, said };
        Ok(rows.into_iter().map(asked).collect())
    }

    pub(super) async fn list_changes_of(&self, key: i64) -> Result<Vec<ListChange>, Failure> {
        let rows = sqlx::query("select * from list_change where phone = ? order by id")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(change).collect()
    }
}

fn change(row: &SqliteRow) -> Result<ListChange, Failure> {
    let how: String = row.try_get("how")?;
    Ok(ListChange {
        list: row.try_get("list")?,
        joined: row.try_get("joined")?,
        how: ListHow::from_row(&how)?,
        at: instant(row.try_get("at")?)?,
        launch: row.try_get::<Option<i64>, _>("launch_id")?.map(LaunchId),
        said: row.try_get("said")?,
        message: row.try_get::<Option<i64>, _>("message_id")?.map(MessageId),
    })
}

/// What the store is told of a change: the words are looked up where they are not given.
pub(super) struct Changing<'a> {
    pub list: &'a str,
    pub phone: PhoneNumber,
    pub how: ListHow,
    pub at: DateTime<Utc>,
    pub launch: Option<LaunchId>,
    pub said: Option<&'a str>,
}

/// Puts somebody on a list; false when they are on it already. Every join goes through here, by a step or a keyword: what
/// follows a join is written here too.
pub(super) async fn join(
    connection: &mut SqliteConnection,
    changing: &Changing<'_>,
) -> Result<bool, Failure> {
    let written =
        sqlx::query("insert into list_member (list, phone, since) values (?, ?, ?) on conflict do nothing")
            .bind(changing.list)
            .bind(phone_number(changing.phone))
            .bind(millis(changing.at))
            .execute(&mut *connection)
            .await?;
    let is_new = written.rows_affected() > 0;
    if is_new {
        write_change(connection, changing, true).await?;
        let happening = NewHappening {
            what: Happened::Joined(changing.list.to_owned()),
            phone: changing.phone,
            fields: vec![],
            at: changing.at,
            once: None,
        };
        append(connection, &[happening]).await?;
    }
    Ok(is_new)
}

/// Takes somebody off a list.
pub(super) async fn leave(connection: &mut SqliteConnection, changing: &Changing<'_>) -> Result<(), Failure> {
    let gone = sqlx::query("delete from list_member where list = ? and phone = ?")
        .bind(changing.list)
        .bind(phone_number(changing.phone))
        .execute(&mut *connection)
        .await?;
    if gone.rows_affected() > 0 {
        write_change(connection, changing, false).await?;
    }
    Ok(())
}

/// Takes somebody who opted out off all lists, and asks nothing more of them.
pub(super) async fn leave_all(
    connection: &mut SqliteConnection,
    phone: PhoneNumber,
    at: DateTime<Utc>,
    launch: Option<LaunchId>,
    said: &str,
) -> Result<(), Failure> {
    let lists: Vec<String> = sqlx::query_scalar("select list from list_member where phone = ? order by list")
        .bind(phone_number(phone))
        .fetch_all(&mut *connection)
        .await?;
    for list in lists {
        let changing = Changing {
            list: &list,
            phone,
            how: ListHow::OptOut,
            at,
            launch,
            said: Some(said),
        };
        leave(connection, &changing).await?;
    }
    sqlx::query("delete from list_asked where phone = ?")
        .bind(phone_number(phone))
        .execute(connection)
        .await?;
    Ok(())
}

/// What a text to the list itself does.
pub(super) async fn write_list_deed(
    connection: &mut SqliteConnection,
    reply: &NewReply,
    deed: &ListDeed,
) -> Result<(), Failure> {
    let phone = phone_number(reply.phone);
    match deed {
        ListDeed::Ask { list, said } => {
            sqlx::query(
                "insert into list_asked (list, phone, at, said) values (?, ?, ?, ?)
                 on conflict do update set at = excluded.at, said = excluded.said",
            )
            .bind(list)
            .bind(phone)
            .bind(millis(reply.received_at))
            .bind(said)
            .execute(connection)
            .await?;
        }
        ListDeed::Join { list, said } => {
            let changing = Changing {
                list,
                phone: reply.phone,
                how: ListHow::Keyword,
                at: reply.received_at,
                launch: reply.launch,
                said: Some(said),
            };
            join(connection, &changing).await?;
            sqlx::query("delete from list_asked where list = ? and phone = ?")
                .bind(list)
                .bind(phone)
                .execute(connection)
                .await?;
        }
    }
    Ok(())
}

async fn write_change(
    connection: &mut SqliteConnection,
    changing: &Changing<'_>,
    joined: bool,
) -> Result<(), Failure> {
    let phone = phone_number(changing.phone);
    let said = match changing.said {
        Some(said) => Some(said.to_owned()),
        None => {
            sqlx::query_scalar(
                "select text from reply where phone = ? and launch_id = ? order by id desc limit 1",
            )
            .bind(phone)
            .bind(changing.launch.map(|launch| launch.0))
            .fetch_optional(&mut *connection)
            .await?
        }
    };
    let last = remembered(&mut *connection, phone).await?.ids.into_iter().max();
    sqlx::query(
        "insert into list_change (list, phone, joined, how, at, launch_id, said, message_id)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(changing.list)
    .bind(phone)
    .bind(joined)
    .bind(changing.how.code())
    .bind(millis(changing.at))
    .bind(changing.launch.map(|launch| launch.0))
    .bind(said)
    .bind(last.map(|message| message.0))
    .execute(connection)
    .await?;
    Ok(())
}
