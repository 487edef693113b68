//! What the store knows of one person, and the replies it keeps.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::canary::due_at;
use super::errand::KeptErrand;
use super::happening::{Happening, happening};
use super::inbox::ReplyMeaning;
use super::launch::LaunchState;
use super::lists::ListChange;
use super::message::remembered;
use super::notes::Notice;
use super::past::Past;
use super::rows::{MessageState, TOLD_STATE, TextKind, Turn, instant, phone, phone_number, small, text_kind};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};
use crate::left_out::LeftOut;

/// All about a number, the earliest first.
#[derive(Debug, Clone, Default)]
pub struct PersonStory {
    /// Texts to the person.
    pub messages: Vec<PersonMessage>,
    /// Texts by the person.
    pub replies: Vec<KeptReply>,
    /// Why a text did not go: launch, row of the list or 0, reason, when.
    pub left_out: Vec<(LaunchId, u64, LeftOut, DateTime<Utc>)>,
    /// Texts that were left out, while the passage went on.
    pub skipped: Vec<Skipped>,
    /// How passages ended, where the campaign says so, and when.
    pub ends: Vec<(LaunchId, String, DateTime<Utc>)>,
    /// When passages reached the goal.
    pub goals: Vec<(LaunchId, DateTime<Utc>)>,
    /// Why nothing goes any more, since when, in whose words.
    pub suppression: Option<(String, DateTime<Utc>, String)>,
    /// Where the person waits.
    pub waiting: Vec<WaitingFor>,
    /// Calls that were made, or are to be made.
    pub errands: Vec<KeptErrand>,
    /// Texts of ours to people at a desk.
    pub notices: Vec<Notice>,
    /// The latest value that steps, answers and calls gave each field, whichever campaign they are of.
    pub values: Vec<KeptValue>,
    /// The tags of the person.
    pub tags: Vec<KeptTag>,
    /// What the person had and has no more, the earliest first.
    pub past: Vec<Past>,
    /// Lists that were joined and left.
    pub lists: Vec<ListChange>,
    /// What happened to the person, as far as it was to begin a passage.
    pub happened: Vec<Beginning>,
    /// Every event of the person, with the launches that they were in when it came.
    pub events: Vec<(Happening, Vec<LaunchId>)>,
}

/// A value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptValue {
    /// Its field.
    pub field: String,
    /// As it stands.
    pub value: String,
    /// The launch that gave it.
    pub launch: LaunchId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A tag of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTag {
    /// The word.
    pub tag: String,
    /// The launch whose step put it there first, since it was taken off last.
    pub launch: LaunchId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that happened to a person, and what it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// What happened, and when.
    pub happening: Happening,
    /// Of this campaign.
    pub campaign: String,
    /// What came of it.
    pub began: Began,
}

/// What came of something that may begin a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Began {
    /// A passage.
    Passage {
        /// Of this launch.
        launch: LaunchId,
        /// Of this run of it.
        run: u32,
        /// When it began.
        at: DateTime<Utc>,
    },
    /// Nothing, and why; found then.
    Nothing(LeftOut, DateTime<Utc>),
    /// It is still to enter the person.
    Later,
}

/// Where a person waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFor {
    /// In this launch.
    pub launch: LaunchId,
    /// In this run of it.
    pub run: u32,
    /// The instruction.
    pub step: u16,
    /// How often that was come to before.
    pub visit: u32,
    /// The sender it goes from.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
    /// Until then.
    pub due_at: DateTime<Utc>,
    /// The text is being submitted; where no process executes it is in doubt.
    pub under_way: bool,
    /// What for: a message that is tried again or looked up stands among the messages.
    pub turn: Turn,
    /// A receipt told of that message meanwhile: nothing of it is submitted, and the passage goes on from it.
    pub is_settled: bool,
    /// When the launch was cancelled, where it was: then nothing more comes, but the answer to a question.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// A text to a person.
#[derive(Debug, Clone)]
pub struct PersonMessage {
    /// Ours.
    pub id: MessageId,
    /// Of this launch.
    pub launch: LaunchId,
    /// Of this run of it: together they name a passage.
    pub run: u32,
    /// What it is.
    pub kind: TextKind,
    /// The instruction.
    pub step: u16,
    /// From.
    pub sender: String,
    /// As far as it is known.
    pub state: MessageState,
    /// As submitted.
    pub parts: u32,
    /// How often it was submitted.
    pub attempts: u8,
    /// How often it was sent once more, since nobody knew whether it had been taken.
    pub resent: u8,
    /// When the last answer was recorded.
    pub sent_at: DateTime<Utc>,
    /// When the state was reached.
    pub state_at: DateTime<Utc>,
    /// The provider's or carrier's words.
    pub reason: Option<String>,
    /// What was sent.
    pub text: Option<String>,
}

/// A text that was left out, while the person's passage went on.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// In this launch.
    pub launch: LaunchId,
    /// The instruction.
    pub step: u16,
    /// Why.
    pub reason: LeftOut,
    /// When.
    pub at: DateTime<Utc>,
}

/// A reply that is kept.
#[derive(Debug, Clone)]
pub struct KeptReply {
    /// Serial.
    pub id: i64,
    /// Who wrote.
    pub phone: PhoneNumber,
    /// To which sender.
    pub sender: String,
    /// What.
    pub text: String,
    /// When.
    pub received_at: DateTime<Utc>,
    /// The launch it answers.
    pub launch: Option<LaunchId>,
    /// The run of it whose passage it answers; none: it is not known.
    pub run: Option<u32>,
    /// What it was taken for.
    pub meaning: ReplyMeaning,
    /// The inbox or address it is kept for.
    pub inbox: String,
}

/// Which replies.
#[derive(Debug, Clone, Default)]
pub struct ReplyFilter {
    /// Of this inbox or address only.
    pub inbox: Option<String>,
    /// Of launches of this campaign only.
    pub campaign: Option<String>,
    /// At most so many, the latest.
    pub most: u32,
}

/// Messages with what their cohort says of them.
fn messages(condition: &str) -> String {
    format!(
        "select m.*, {TOLD_STATE} as told, c.launch_id, c.run, c.kind, c.step, c.sender,
           (select count(*) from resent r where r.message_id = m.id) as resent
         from message m join cohort c on c.id = m.id >> 12 join launch l on l.id = c.launch_id where {condition}"
    )
}

impl Store {
    /// All that is known of a number.
    pub async fn person(&self, number: PhoneNumber) -> Result<PersonStory, StoreError> {
        self.read_person(number)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_person(&self, number: PhoneNumber) -> Result<PersonStory, Failure> {
        let key = phone_number(number);
        let mut story = PersonStory {
            messages: self.messages_to(key).await?,
            replies: self.replies_of(key).await?,
            left_out: self.left_out_of(key).await?,
            skipped: self.skipped_of(key).await?,
            ends: self.ends_of(key).await?,
            goals: self.goals_of(key).await?,
            suppression: self.suppression_of(key).await?,
            waiting: self.waiting_of(key).await?,
            errands: self.errands_for(key).await?,
            notices: self.notices_of(key).await?,
            values: self.values_of(key).await?,
            tags: self.tags_of(key).await?,
            lists: self.list_changes_of(key).await?,
            happened: self.beginnings_of(key).await?,
            events: vec![],
            past: self.past_of(key).await?,
        };
        story.events = self.events_of(key, &story).await?;
        Ok(story)
    }

    async fn beginnings_of(&self, key: i64) -> Result<Vec<Beginning>, Failure> {
        let rows = sqlx::query(
            "select h.*, b.campaign, b.entered, b.entered_run, b.reason, b.began_at from (
               select p.happening, l.campaign, p.launch_id as entered, p.run as entered_run, null as reason, p.at as began_at
                 from passage p join launch l on l.id = p.launch_id where p.phone = ?1
               union all select happening, campaign, null, null, reason, at from not_entered where phone = ?1
               union all select happening, campaign, null, null, null, null from to_enter where phone = ?1
               union all select n.id, n.name, null, null, null, null from happening n join hearing g on g.campaign = n.name
                 where n.phone = ?1 and n.kind = 2 and n.id > g.heard) b
             join happening h on h.id = b.happening order by h.id",
        )
        .bind(key)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(beginning).collect()
    }

    async fn values_of(&self, key: i64) -> Result<Vec<KeptValue>, Failure> {
        let rows = sqlx::query(
            "select field, value, launch_id, at from person_value where phone = ? order by field",
        )
        .bind(key)
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(KeptValue {
                field: row.try_get("field")?,
                value: row.try_get("value")?,
                launch: LaunchId(row.try_get("launch_id")?),
                at: instant(row.try_get("at")?)?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn tags_of(&self, key: i64) -> Result<Vec<KeptTag>, Failure> {
        let rows = sqlx::query("select tag, launch_id, at from person_tag where phone = ? order by tag")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        let read = |row: &SqliteRow| {
            Ok(KeptTag {
                tag: row.try_get("tag")?,
                launch: LaunchId(row.try_get("launch_id")?),
                at: instant(row.try_get("at")?)?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn notices_of(&self, key: i64) -> Result<Vec<Notice>, Failure> {
        let rows = sqlx::query("select * from notice where phone = ? order by id")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(notice).collect()
    }

    /// Kept texts of ours, the latest last.
    pub async fn notices(&self, filter: &ReplyFilter) -> Result<Vec<Notice>, StoreError> {
        let rows = sqlx::query(
            "select * from (select n.* from notice n join launch l on l.id = n.launch_id
               where (?1 is null or n.inbox = ?1) and (?2 is null or l.campaign = ?2)
               order by n.id desc limit ?3) order by id",
        )
        .bind(&filter.inbox)
        .bind(&filter.campaign)
        .bind(filter.most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| notice(row).map_err(|failure| self.failed(failure)))
            .collect()
    }

    async fn messages_to(&self, key: i64) -> Result<Vec<PersonMessage>, Failure> {
        let remembered = remembered(&self.readers, key).await?;
        // There is no index of messages by phone.
        let rows = if remembered.complete {
            let mut select = QueryBuilder::<Sqlite>::new(messages("m.id in ("));
            let mut values = select.separated(", ");
            remembered.ids.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            select.push(") order by m.id");
            select.build().fetch_all(&self.readers).await?
        } else {
            let all = AssertSqlSafe(messages("m.phone = ? order by m.id"));
            sqlx::query(all).bind(key).fetch_all(&self.readers).await?
        };
        let mut messages = vec![];
        for row in rows {
            let id = MessageId(row.try_get("id")?);
            let text = self.text_of(id, row.try_get("window_id")?).await?;
            messages.push(PersonMessage {
                id,
                launch: LaunchId(row.try_get("launch_id")?),
                run: small(row.try_get("run")?, "run")?,
                kind: text_kind(&row)?,
                step: small(row.try_get("step")?, "step")?,
                sender: row.try_get("sender")?,
                state: MessageState::from_row(row.try_get("told")?)?,
                parts: small(row.try_get("parts")?, "parts")?,
                attempts: small(row.try_get("attempts")?, "attempts")?,
                resent: small(row.try_get("resent")?, "count")?,
                sent_at: instant(row.try_get("sent_at")?)?,
                state_at: instant(row.try_get("state_at")?)?,
                reason: row.try_get("reason")?,
                text,
            });
        }
        Ok(messages)
    }

    async fn text_of(&self, message: MessageId, window: i64) -> Result<Option<String>, Failure> {
        Ok(self.window_texts(window).await?.remove(&message))
    }

    async fn replies_of(&self, key: i64) -> Result<Vec<KeptReply>, Failure> {
        let rows = sqlx::query("select * from reply where phone = ? order by id")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(kept_reply).collect()
    }

    async fn left_out_of(&self, key: i64) -> Result<Vec<(LaunchId, u64, LeftOut, DateTime<Utc>)>, Failure> {
        let rows = sqlx::query(
            "select o.* from left_out o join launch l on l.id = o.launch_id
             where o.phone = ? and l.state > 0 order by o.at, o.at_row",
        )
        .bind(key)
        .fetch_all(&self.readers)
        .await?;
        let mut left_out = vec![];
        for row in rows {
            left_out.push((
                LaunchId(row.try_get("launch_id")?),
                small(row.try_get("at_row")?, "row")?,
                reason_of(&row)?,
                instant(row.try_get("at")?)?,
            ));
        }
        Ok(left_out)
    }

    async fn skipped_of(&self, key: i64) -> Result<Vec<Skipped>, Failure> {
        let rows = sqlx::query("select launch_id, step, reason, at from skipped where phone = ? order by at")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        let skipped = |row: &SqliteRow| {
            Ok(Skipped {
                launch: LaunchId(row.try_get("launch_id")?),
                step: small(row.try_get("step")?, "step")?,
                reason: reason_of(row)?,
                at: instant(row.try_get("at")?)?,
            })
        };
        rows.iter().map(skipped).collect()
    }

    async fn ends_of(&self, key: i64) -> Result<Vec<(LaunchId, String, DateTime<Utc>)>, Failure> {
        let rows = sqlx::query("select launch_id, reason, at from passage_end where phone = ? order by at")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        let end = |row: &SqliteRow| {
            let launch = LaunchId(row.try_get("launch_id")?);
            Ok((launch, row.try_get("reason")?, instant(row.try_get("at")?)?))
        };
        rows.iter().map(end).collect()
    }

    async fn goals_of(&self, key: i64) -> Result<Vec<(LaunchId, DateTime<Utc>)>, Failure> {
        let rows = sqlx::query("select launch_id, at from goal_reached where phone = ? order by at")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        let goal = |row: &SqliteRow| {
            let launch = LaunchId(row.try_get("launch_id")?);
            Ok((launch, instant(row.try_get("at")?)?))
        };
        rows.iter().map(goal).collect()
    }

    async fn suppression_of(&self, key: i64) -> Result<Option<(String, DateTime<Utc>, String)>, Failure> {
        let row = sqlx::query("select reason, at, evidence from suppression where phone = ?")
            .bind(key)
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((
            row.try_get("reason")?,
            instant(row.try_get("at")?)?,
            row.try_get("evidence")?,
        )))
    }

    async fn waiting_of(&self, key: i64) -> Result<Vec<WaitingFor>, Failure> {
        let rows = sqlx::query(
            "select c.id, c.launch_id, c.run, c.step, c.visit, c.turn, c.sender, c.time_class, c.due_at, c.done, c.intent_to, l.state, l.ended_at, m.members
             from launch l join cohort c on c.launch_id = l.id join cohort_members m on m.id = c.id
             where l.state in (1, 2, 3, 5) and c.state = 0 and c.kind = 0 and c.phone_lo <= ?1 and c.phone_hi >= ?1",
        )
        .bind(key)
        .fetch_all(&self.readers)
        .await?;
        let wanted = phone(key)?;
        let mut waiting = vec![];
        for row in rows {
            let members = crate::member::decode(row.try_get("members")?)
                .map_err(|error| super::rows::corrupt(error.to_string()))?;
            let Ok(index) = members.binary_search_by_key(&wanted, |m| m.phone) else {
                continue;
            };
            let departed: Option<i64> =
                sqlx::query_scalar("select 1 from departure where cohort_id = ? and member = ?")
                    .bind(row.try_get::<i64, _>("id")?)
                    .bind(super::rows::count(index))
                    .fetch_optional(&self.readers)
                    .await?;
            let pending = members[index].pending.map(|pending| pending.message);
            if departed.is_none() && super::rows::count(index) >= row.try_get::<i64, _>("done")? {
                waiting.push(WaitingFor {
                    launch: LaunchId(row.try_get("launch_id")?),
                    run: row.try_get("run")?,
                    step: small(row.try_get("step")?, "step")?,
                    visit: small(row.try_get("visit")?, "visit")?,
                    sender: row.try_get("sender")?,
                    time_class: row.try_get("time_class")?,
                    due_at: due_at(row.try_get("due_at")?)?,
                    under_way: super::rows::count(index) < row.try_get::<i64, _>("intent_to")?,
                    turn: Turn::from_row(row.try_get("turn")?)?,
                    is_settled: match pending {
                        Some(message) => self.is_taken(message).await?,
                        None => false,
                    },
                    cancelled_at: cancelled_at(&row)?,
                });
            }
        }
        Ok(waiting)
    }

    /// Whether the provider is known to have a message.
    async fn is_taken(&self, message: MessageId) -> Result<bool, Failure> {
        let state: Option<i64> = sqlx::query_scalar("select state from message where id = ?")
            .bind(message.0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(state.is_some_and(|state| state >= MessageState::Accepted as i64))
    }

    /// Kept replies, the latest last.
    pub async fn replies(&self, filter: ReplyFilter) -> Result<Vec<KeptReply>, StoreError> {
        let rows = sqlx::query(
            "select * from (select r.* from reply r left join launch l on l.id = r.launch_id
               where (?1 is null or r.inbox = ?1) and (?2 is null or l.campaign = ?2)
               order by r.id desc limit ?3) order by id",
        )
        .bind(&filter.inbox)
        .bind(&filter.campaign)
        .bind(filter.most)
        .fetch_all(&self.readers)
        .await
        .map_err(|error| self.error(error))?;
        rows.iter()
            .map(|row| kept_reply(row).map_err(|failure| self.failed(failure)))
            .collect()
    }
}

fn cancelled_at(row: &SqliteRow) -> Result<Option<DateTime<Utc>>, Failure> {
    let cancelled = row.try_get::<i64, _>("state")? == LaunchState::Cancelled as i64;
    let ended_at: Option<i64> = row.try_get("ended_at")?;
    Ok(ended_at.filter(|_| cancelled).map(instant).transpose()?)
}

fn reason_of(row: &SqliteRow) -> Result<LeftOut, Failure> {
    let reason: String = row.try_get("reason")?;
    let parsed = reason.parse();
    parsed.map_err(|_| super::rows::corrupt(format!("reason {reason:?}")).into())
}

fn beginning(row: &SqliteRow) -> Result<Beginning, Failure> {
    let launch: Option<i64> = row.try_get("entered")?;
    let at: Option<i64> = row.try_get("began_at")?;
    let reason: Option<String> = row.try_get("reason")?;
    let began = match (launch, at, reason) {
        (Some(launch), Some(at), _) => Began::Passage {
            launch: LaunchId(launch),
            run: small(row.try_get("entered_run")?, "run")?,
            at: instant(at)?,
        },
        (None, Some(at), Some(_)) => Began::Nothing(reason_of(row)?, instant(at)?),
        _ => Began::Later,
    };
    Ok(Beginning {
        happening: happening(row)?,
        campaign: row.try_get("campaign")?,
        began,
    })
}

fn notice(row: &SqliteRow) -> Result<Notice, Failure> {
    Ok(Notice {
        id: row.try_get("id")?,
        launch: LaunchId(row.try_get("launch_id")?),
        phone: phone(row.try_get("phone")?)?,
        inbox: row.try_get("inbox")?,
        text: row.try_get("text")?,
        at: instant(row.try_get("at")?)?,
    })
}

fn kept_reply(row: &SqliteRow) -> Result<KeptReply, Failure> {
    let meaning: String = row.try_get("meaning")?;
    Ok(KeptReply {
        id: row.try_get("id")?,
        phone: phone(row.try_get("phone")?)?,
        sender: row.try_get("sender")?,
        text: row.try_get("text")?,
        received_at: instant(row.try_get("received_at")?)?,
        launch: row.try_get::<Option<i64>, _>("launch_id")?.map(LaunchId),
        run: u32::try_from(row.try_get::<i64, _>("run")?).ok(),
        meaning: ReplyMeaning::from_row(&meaning, row.try_get("reaction_to")?)?,
        inbox: row.try_get("inbox")?,
    })
}
