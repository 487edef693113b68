//! What the store knows of people that `advance` may be asked about. Read for a window, or for one reply.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Campaign, Deed};
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::message::remembered;
use super::rows::{instant, phone_number, small};
use super::{Failure, Store, StoreError};
use crate::advance::Known;
use crate::asks::Asks;
use crate::ids::{LaunchId, MessageId};

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

type People = HashMap<i64, Known>;

impl Store {
    /// What is known of these people, by number. Who is not there is not known.
    pub async fn known(&self, of: Of<'_>, people: &[PhoneNumber]) -> Result<HashMap<u64, Known>, StoreError> {
        self.read_known(of, people)
            .await
            .map_err(|failure| self.failed(failure))
    }

    /// The last texts to a person, newest first, and when replies of theirs were answered since.
    pub async fn said_to(
        &self,
        phone: PhoneNumber,
        since: DateTime<Utc>,
    ) -> Result<(Vec<String>, Vec<DateTime<Utc>>), StoreError> {
        self.read_said_to(phone, since)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_known(&self, of: Of<'_>, people: &[PhoneNumber]) -> Result<HashMap<u64, Known>, Failure> {
        let mut known: People = people
            .iter()
            .map(|phone| (phone_number(*phone), Known::default()))
            .collect();
        for phones in people.chunks(NUMBERS) {
            let phones: Vec<i64> = phones.iter().map(|phone| phone_number(*phone)).collect();
            if of.asks.tags {
                self.read_tags(&phones, &mut known).await?;
            }
            if of.asks.values {
                self.read_values(&phones, &mut known).await?;
            }
            if of.asks.reply {
                self.read_replies(of.launch, &phones, &mut known).await?;
            }
            if of.asks.goal {
                self.read_reached(of.launch, &phones, &mut known).await?;
            }
            if !of.asks.answered.is_empty() {
                self.read_answered(&phones, &mut known).await?;
            }
        }
        let of_messages =
            of.asks.delivered || of.asks.goal || of.asks.marketing || !of.asks.received.is_empty();
        if of_messages {
            for (phone, known) in &mut known {
                self.read_messages(of, *phone, known).await?;
            }
        }
        let by_number = |(phone, known): (i64, Known)| Some((u64::try_from(phone).ok()?, known));
        Ok(known.into_iter().filter_map(by_number).collect())
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

    async fn read_values(&self, phones: &[i64], known: &mut People) -> Result<(), Failure> {
        let mut select =
            QueryBuilder::<Sqlite>::new("select phone, field, value from person_value where phone in (");
        for row in self.of(&mut select, phones).await? {
            if let Some(known) = known.get_mut(&row.try_get("phone")?) {
                known.values.insert(row.try_get("field")?, row.try_get("value")?);
            }
        }
        Ok(())
    }

    async fn read_replies(
        &self,
        launch: LaunchId,
        phones: &[i64],
        known: &mut People,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new("select phone, text from reply where launch_id = ");
        select.push_bind(launch.0).push(" and phone in (");
        // In the order they came: the last one stays.
        for row in self.of(&mut select, phones).await? {
            if let Some(known) = known.get_mut(&row.try_get("phone")?) {
                known.reply = Some(row.try_get("text")?);
            }
        }
        Ok(())
    }

    async fn read_reached(
        &self,
        launch: LaunchId,
        phones: &[i64],
        known: &mut People,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new("select phone from goal_reached where launch_id = ");
        select.push_bind(launch.0).push(" and phone in (");
        for row in self.of(&mut select, phones).await? {
            if let Some(known) = known.get_mut(&row.try_get("phone")?) {
                known.reached = true;
            }
        }
        Ok(())
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

    /// What the messages to a person tell: of this launch, and of others.
    async fn read_messages(&self, of: Of<'_>, phone: i64, known: &mut Known) -> Result<(), Failure> {
        let ids = remembered(&self.readers, phone).await?.ids;
        if ids.is_empty() {
            return Ok(());
        }
        let mut select = QueryBuilder::<Sqlite>::new(
            "select m.state, m.sent_at, c.launch_id, c.kind, c.step, l.campaign,
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
            let own = row.try_get::<i64, _>("launch_id")? == of.launch.0;
            let passage = row.try_get::<i64, _>("kind")? == 0;
            known.received.push((row.try_get("campaign")?, at));
            // Answers to replies count for no cap.
            if passage && row.try_get::<bool, _>("counts")? {
                known.marketing.push(at);
            }
            if own && passage {
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
    ) -> Result<(Vec<String>, Vec<DateTime<Utc>>), Failure> {
        let ids = remembered(&self.readers, phone_number(phone)).await?.ids;
        let mut select = QueryBuilder::<Sqlite>::new(
            "select m.id, m.window_id, m.sent_at, c.kind from message m join cohort c on c.id = m.id >> 12
             where m.state not in (0, 2) and m.id in (",
        );
        let mut values = select.separated(", ");
        ids.iter().for_each(|id| {
            values.push_bind(id.0);
        });
        select.push(") order by m.sent_at desc, m.id desc");
        let (mut texts, mut answers) = (vec![], vec![]);
        for row in select.build().fetch_all(&self.readers).await? {
            let at = instant(row.try_get("sent_at")?)?;
            if row.try_get::<i64, _>("kind")? == 1 && at >= since {
                answers.push(at);
            }
            if texts.len() < TEXTS {
                let mut window = self.window_texts(row.try_get("window_id")?).await?;
                texts.extend(window.remove(&MessageId(row.try_get("id")?)));
            }
        }
        Ok((texts, answers))
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
