//! What the store knows of people that `advance` may be asked about. Read for a window, or for one reply.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Deed, Schedule};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::happening::fields;
use super::message::remembered;
use super::rows::{instant, millis, phone_number, small};
use super::{Failure, Store, StoreError};
use crate::advance::{Known, Outside};
use crate::asks::Asks;
use crate::ids::{DESK_RUN, LaunchId, MessageId};
use crate::trigger::is_of_another;

/// Numbers of one statement.
const NUMBERS: usize = 500;
/// Texts that reactions may quote.
const TEXTS: usize = 5;

/// Whose passage, in which campaign.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The launch.
    pub launch: LaunchId,
    /// The campaign that it runs.
    pub campaign: &'a Campaign,
    /// What that asks.
    pub asks: &'a Asks,
}

/// What is known of passages, by run and number.
pub type KnownOf = HashMap<(u32, u64), Known>;

/// By number, whichever passage.
type People = HashMap<i64, Known>;

/// What is known of a person beside, whichever passage.
#[derive(Default)]
struct Beside {
    /// Fields that were set, and the last happening then.
    set: HashMap<String, i64>,
    /// What happened, in order, with its entry in the log.
    outside: Vec<(i64, Outside)>,
    /// Replies in the launch, in order, each with the run of the passage that it answers.
    replies: Vec<(i64, String)>,
}

/// A passage that a trigger began.
struct Triggered {
    happening: i64,
    key: Option<String>,
    at: DateTime<Utc>,
}

impl Store {
    /// What is known of these people in their passages, each by run and number. What happened outside is still to be heard.
    pub async fn known(&self, of: Of<'_>, people: &[(u32, PhoneNumber)]) -> Result<KnownOf, StoreError> {
        self.read_known(of, people)
            .await
            .map_err(|failure| self.failed(failure))
    }

    /// The last texts to a person, newest first, and when replies of theirs were answered since.
    pub async fn said_to(
        &self,
        phone: PhoneNumber,
        since: DateTime<Utc>,
    ) -> Result<(Vec<(MessageId, String)>, Vec<DateTime<Utc>>), StoreError> {
        self.read_said_to(phone, since)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_known(&self, of: Of<'_>, passages: &[(u32, PhoneNumber)]) -> Result<KnownOf, Failure> {
        let mut known: People = passages
            .iter()
            .map(|(_, phone)| (phone_number(*phone), Known::default()))
            .collect();
        let mut beside: HashMap<i64, Beside> = HashMap::new();
        let numbers: Vec<i64> = known.keys().copied().collect();
        for phones in numbers.chunks(NUMBERS) {
            if of.asks.tags {
                self.read_tags(phones, &mut known).await?;
            }
            if of.asks.values || of.asks.events {
                self.read_values(phones, of.asks.values, &mut known, &mut beside)
                    .await?;
            }
            if of.asks.reply {
                self.read_replies(of.launch, phones, &mut beside).await?;
            }
            if !of.asks.answered.is_empty() {
                self.read_answered(phones, &mut known).await?;
            }
            if of.asks.inside {
                self.read_inside(of.launch, phones, &mut known).await?;
            }
            if of.asks.events {
                self.read_outside(of.launch, phones, &mut beside).await?;
            }
        }
        let mut all = KnownOf::with_capacity(passages.len());
        for (run, phone) in passages {
            let number = phone_number(*phone);
            // Most have one passage: nothing is copied then.
            let more = passages.len() > known.len();
            let own = match more {
                true => known.get(&number).cloned(),
                false => known.remove(&number),
            };
            all.insert((*run, phone.as_u64()), own.unwrap_or_default());
        }
        self.read_passages_of(of, &beside, &mut all).await?;
        Ok(all)
    }

    /// What is of one passage: its goal, its texts, what happened in it.
    async fn read_passages_of(
        &self,
        of: Of<'_>,
        beside: &HashMap<i64, Beside>,
        all: &mut KnownOf,
    ) -> Result<(), Failure> {
        let of_messages =
            of.asks.delivered || of.asks.goal || of.asks.marketing || !of.asks.received.is_empty();
        let is_triggered = of.asks.began || matches!(of.campaign.schedule, Schedule::Trigger(_));
        for ((run, phone), known) in all {
            let phone = i64::try_from(*phone).unwrap_or(0);
            if of.asks.goal {
                known.reached = self.is_reached(of.launch, *run, phone).await?;
            }
            if of_messages {
                self.read_messages(of, *run, phone, known).await?;
            }
            let triggered = match is_triggered {
                true => self.read_triggered(of.launch, *run, phone).await?,
                false => None,
            };
            if let Some(triggered) = &triggered {
                known.began_at = Some(triggered.at);
            }
            if let Some(beside) = beside.get(&phone) {
                known.unheard = beside.of_passage(of.campaign, triggered.as_ref());
                known.reply = beside.reply(*run);
            }
        }
        Ok(())
    }

    async fn read_tags(&self, phones: &[i64], known: &mut People) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new("select phone, tag from person_tag where phone in (");
        for row in self.of(&mut select, phones).await? {
            if let Some(known) = known.get_mut(&row.try_get("phone")?) {
                known.tags.insert(row.try_get("tag")?);
            }
        }
        Ok(())
    }

    /// `asked`: whether the campaign asks for values that steps set.
    async fn read_values(
        &self,
        phones: &[i64],
        asked: bool,
        known: &mut People,
        beside: &mut HashMap<i64, Beside>,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select phone, field, value, heard from person_value where phone in (",
        );
        for row in self.of(&mut select, phones).await? {
            let phone = row.try_get("phone")?;
            let field: String = row.try_get("field")?;
            let set = &mut beside.entry(phone).or_default().set;
            set.insert(field.clone(), row.try_get("heard")?);
            if let Some(known) = known.get_mut(&phone).filter(|_| asked) {
                known.values.insert(field, row.try_get("value")?);
            }
        }
        Ok(())
    }

    /// What happened since a launch began.
    async fn read_outside(
        &self,
        launch: LaunchId,
        phones: &[i64],
        beside: &mut HashMap<i64, Beside>,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select id, phone, name, fields, at from happening
             where kind = 0 and id > (select heard_from from launch where id = ",
        );
        select.push_bind(launch.0).push(") and phone in (");
        // By number and entry, as the index has them.
        for row in self.of(&mut select, phones).await? {
            let outside = Outside {
                at: instant(row.try_get("at")?)?,
                name: row.try_get("name")?,
                values: fields(row.try_get("fields")?)?,
            };
            let beside = beside.entry(row.try_get("phone")?).or_default();
            beside.outside.push((row.try_get("id")?, outside));
        }
        for beside in beside.values_mut() {
            beside.outside.sort_by_key(|(id, _)| *id);
        }
        Ok(())
    }

    async fn read_triggered(
        &self,
        launch: LaunchId,
        run: u32,
        phone: i64,
    ) -> Result<Option<Triggered>, Failure> {
        let row = sqlx::query(
            "select happening, key, at from passage where launch_id = ? and run = ? and phone = ?",
        )
        .bind(launch.0)
        .bind(run)
        .bind(phone)
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Triggered {
            happening: row.try_get("happening")?,
            key: row.try_get("key")?,
            at: instant(row.try_get("at")?)?,
        }))
    }

    async fn read_replies(
        &self,
        launch: LaunchId,
        phones: &[i64],
        beside: &mut HashMap<i64, Beside>,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new("select phone, run, text from reply where launch_id = ");
        select.push_bind(launch.0).push(" and phone in (");
        // In the order they came.
        for row in self.of(&mut select, phones).await? {
            let beside = beside.entry(row.try_get("phone")?).or_default();
            beside.replies.push((row.try_get("run")?, row.try_get("text")?));
        }
        Ok(())
    }

    async fn is_reached(&self, launch: LaunchId, run: u32, phone: i64) -> Result<bool, Failure> {
        let found: Option<i64> = sqlx::query_scalar(
            "select 1 from goal_reached where launch_id = ? and phone = ? and run in (?, -1)",
        )
        .bind(launch.0)
        .bind(phone)
        .bind(run)
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.is_some())
    }

    async fn read_answered(&self, phones: &[i64], known: &mut People) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select r.phone, l.campaign from reply r join launch l on l.id = r.launch_id where r.phone in (",
        );
        for row in self.of(&mut select, phones).await? {
            if let Some(known) = known.get_mut(&row.try_get("phone")?) {
                known.answered.insert(row.try_get("campaign")?);
            }
        }
        Ok(())
    }

    /// Ends a statement with the numbers, and reads it.
    async fn of(
        &self,
        select: &mut QueryBuilder<Sqlite>,
        phones: &[i64],
    ) -> Result<Vec<sqlx::sqlite::SqliteRow>, Failure> {
        let mut values = select.separated(", ");
        phones.iter().for_each(|phone| {
            values.push_bind(*phone);
        });
        select.push(")");
        Ok(select.build().fetch_all(&self.readers).await?)
    }

    /// What the messages to a person tell: of this passage, and of others.
    async fn read_messages(
        &self,
        of: Of<'_>,
        run: u32,
        phone: i64,
        known: &mut Known,
    ) -> Result<(), Failure> {
        let ids = remembered(&self.readers, phone).await?.ids;
        if ids.is_empty() {
            return Ok(());
        }
        let mut select = QueryBuilder::<Sqlite>::new(
            "select m.state, m.sent_at, c.launch_id, c.run, c.kind, c.step, l.campaign,
                l.marketing and not instr(l.answers, ',' || c.step || ',') as counts from message m
             join cohort c on c.id = m.id >> 12 join launch l on l.id = c.launch_id
             where m.state not in (0, 2) and m.id in (",
        );
        let mut values = select.separated(", ");
        ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") order by m.sent_at");
        for row in select.build().fetch_all(&self.readers).await? {
            let at = instant(row.try_get("sent_at")?)?;
            let own =
                row.try_get::<i64, _>("launch_id")? == of.launch.0 && row.try_get::<u32, _>("run")? == run;
            // Answers to replies count for nothing, and what asks again stands at the step of its question.
            if row.try_get::<i64, _>("kind")? != 0 {
                continue;
            }
            known.received.push((row.try_get("campaign")?, at));
            if row.try_get::<bool, _>("counts")? {
                known.marketing.push(at);
            }
            if own {
                known.first_sent_at.get_or_insert(at);
            }
            if own && row.try_get::<i64, _>("state")? == 6 {
                let step: u16 = small(row.try_get("step")?, "step")?;
                known.delivered.extend(message_at(of.campaign, step));
            }
        }
        Ok(())
    }

    async fn read_said_to(
        &self,
        phone: PhoneNumber,
        since: DateTime<Utc>,
    ) -> Result<(Vec<(MessageId, String)>, Vec<DateTime<Utc>>), Failure> {
        let mut answers = self.answering(phone, since).await?;
        let ids = remembered(&self.readers, phone_number(phone)).await?.ids;
        let mut select = QueryBuilder::<Sqlite>::new(
            "select m.id, m.window_id, m.sent_at, c.kind = 1 and c.visit <> 2 and c.run <> ",
        );
        select.push_bind(DESK_RUN).push(
            " as counts from message m join cohort c on c.id = m.id >> 12
             where m.state not in (0, 2) and m.id in (",
        );
        let mut values = select.separated(", ");
        ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") order by m.sent_at desc, m.id desc");
        let mut texts = vec![];
        for row in select.build().fetch_all(&self.readers).await? {
            let at = instant(row.try_get("sent_at")?)?;
            if row.try_get::<bool, _>("counts")? && at >= since {
                answers.push(at);
            }
            if texts.len() < TEXTS {
                let mut window = self.window_texts(row.try_get("window_id")?).await?;
                let id = MessageId(row.try_get("id")?);
                texts.extend(window.remove(&id).map(|text| (id, text)));
            }
        }
        Ok((texts, answers))
    }

    /// When the answers to replies of a person are due that did not go yet. One that may have gone is among the texts.
    async fn answering(
        &self,
        phone: PhoneNumber,
        since: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, Failure> {
        let due: Vec<i64> = sqlx::query_scalar(
            "select c.due_at from cohort c where c.kind = 1 and c.visit <> 2 and c.state <> 1 and c.phone_lo = ? and c.run <> ? and c.due_at >= ?
               and not exists (select 1 from message m where m.id = c.id << 12 and m.state not in (0, 2))",
        )
        .bind(phone_number(phone))
        .bind(DESK_RUN)
        .bind(millis(since))
        .fetch_all(&self.readers)
        .await?;
        Ok(due.into_iter().map(instant).collect::<Result<_, _>>()?)
    }
}

impl Beside {
    /// The latest reply of a passage. Of those that were kept before the run was there was one passage a person.
    fn reply(&self, run: u32) -> Option<String> {
        let own = |(of, _): &&(i64, String)| *of == i64::from(run) || *of == -1;
        self.replies.iter().rfind(own).map(|(_, text)| text.clone())
    }

    /// What happened in a passage. Of events that carry the key of a trigger it is those with its own; those before it began
    /// are not of it. What steps set since stays.
    fn of_passage(&self, campaign: &Campaign, triggered: Option<&Triggered>) -> Vec<Outside> {
        let is_of_it = |id: i64, outside: &Outside| {
            let Some(triggered) = triggered else { return true };
            let other = is_of_another(campaign, triggered.key.as_deref(), &outside.values);
            id >= triggered.happening && !other
        };
        let own = self.outside.iter().filter(|(id, outside)| is_of_it(*id, outside));
        let outside = own.map(|(id, outside)| {
            let set_since = |field: &str| self.set.get(field).is_some_and(|heard| heard >= id);
            let values = outside.values.iter().filter(|(field, _)| !set_since(field));
            Outside {
                // What a trigger began is of it, whenever that was entered.
                at: triggered.map_or(outside.at, |triggered| outside.at.max(triggered.at)),
                name: outside.name.clone(),
                values: values.cloned().collect(),
            }
        });
        outside.collect()
    }
}

/// An hour back.
pub fn lately(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(1)
}

/// The message that an instruction sends.
fn message_at(campaign: &Campaign, step: u16) -> Option<String> {
    match &campaign.program.instructions.get(usize::from(step))?.deed {
        Deed::Send(send) => Some(campaign.messages[send.message].name.clone()),
        _ => None,
    }
}
