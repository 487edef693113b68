//! Who has a tag, who answered a campaign, whom one texted: all numbers of the store together, for a plan.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::condition::Happening;
use dsl::scalar::WaitTime;
use futures_util::TryStreamExt;
use sms::PhoneNumber;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::rows::{millis, phone as phone_of, phone_number};
use super::{Failure, Store, StoreError};
use crate::plan::{Question, StoreFacts};
use crate::revision::Revision;

impl Store {
    /// What the audience of a campaign asks for, and the values that steps set and the campaign uses: of all people or of one.
    /// Days are counted on the campaign's clock.
    pub async fn facts(
        &self,
        revision: &Revision,
        phone: Option<PhoneNumber>,
        now: DateTime<Utc>,
    ) -> Result<StoreFacts, StoreError> {
        let campaign = &revision.campaign;
        let mut facts = StoreFacts::default();
        let values = self.read_set(revision.asked_of_rows(), phone, &mut facts).await;
        values.map_err(|failure| self.failed(failure))?;
        for question in Question::all(&campaign.audience) {
            let phones = self.read_facts(&question, phone, (campaign.timezone, now)).await;
            let phones = phones.map_err(|failure| self.failed(failure))?;
            facts.add(question, phones);
        }
        Ok(facts)
    }

    /// Reads what was set of some fields.
    async fn read_set(
        &self,
        fields: BTreeSet<&String>,
        phone: Option<PhoneNumber>,
        facts: &mut StoreFacts,
    ) -> Result<(), Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select phone, field, value from person_value
             where exists (select 1 from set_field where field in (",
        );
        push_all(&mut select, &fields);
        select.push(")) and field in (");
        push_all(&mut select, &fields);
        select.push(")");
        if let Some(phone) = phone.map(phone_number) {
            select.push(" and phone = ").push_bind(phone);
        }
        let mut rows = select.build().fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            let phone = phone_of(row.try_get("phone")?)?;
            facts.set(phone, row.try_get("field")?, row.try_get("value")?);
        }
        Ok(())
    }

    async fn read_facts(
        &self,
        question: &Question,
        phone: Option<PhoneNumber>,
        (zone, now): (Tz, DateTime<Utc>),
    ) -> Result<Vec<u64>, Failure> {
        let phone = phone.map(phone_number);
        let mut select = match question {
            Question::Tagged(tag) => {
                let mut select =
                    QueryBuilder::<Sqlite>::new("select f.phone from person_tag f where f.tag = ");
                select.push_bind(tag.clone());
                select
            }
            Question::Happened(Happening::Answered(campaign)) => {
                let mut select = QueryBuilder::<Sqlite>::new(
                    "select distinct f.phone from reply f join launch l on l.id = f.launch_id where l.campaign = ",
                );
                select.push_bind(campaign.clone());
                select
            }
            Question::Happened(Happening::Received(campaign, within)) => {
                let mut select = QueryBuilder::<Sqlite>::new(
                    "select distinct f.phone from launch l join cohort c on c.launch_id = l.id
                     join message f on f.id between c.id << 12 and (c.id << 12) + 4095
                     where f.state not in (0, 2) and f.phone > 0 and l.campaign = ",
                );
                select.push_bind(campaign.clone());
                if let Some(within) = within {
                    select
                        .push(" and f.sent_at >= ")
                        .push_bind(millis(since(*within, zone, now)));
                }
                select
            }
            // The others are refused where an audience asks for them.
            Question::Happened(
                Happening::Delivered(_) | Happening::Clicked(_) | Happening::Replied | Happening::Event(_),
            ) => return Ok(vec![]),
        };
        if let Some(phone) = phone {
            select.push(" and f.phone = ").push_bind(phone);
        }
        let mut phones = vec![];
        // Numbers alone stay: there may be millions.
        let mut rows = select.build_query_scalar::<i64>().fetch(&self.readers);
        while let Some(phone) = rows.try_next().await? {
            phones.extend(u64::try_from(phone));
        }
        Ok(phones)
    }
}

fn push_all(select: &mut QueryBuilder<Sqlite>, names: &BTreeSet<&String>) {
    let mut values = select.separated(", ");
    names.iter().for_each(|name| {
        values.push_bind((*name).clone());
    });
}

/// The earliest instant, in whole milliseconds, from which that time is not over by now.
pub(super) fn since(within: WaitTime, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let instant = |at: i64| DateTime::from_timestamp_millis(at).unwrap_or(now);
    // Ten years are the longest there is.
    let mut over = millis(now - TimeDelta::days(4_000));
    let mut not_over = millis(now);
    while not_over - over > 1 {
        let between = over + (not_over - over) / 2;
        match within.after(instant(between), zone) > now {
            true => not_over = between,
            false => over = between,
        }
    }
    instant(not_over)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_and_hours_are_hours() {
        let now = "2026-10-25T12:00:00Z".parse().expect("an instant");
        let since = |within: &str, zone| {
            let within = WaitTime::parse(within).expect("a time");
            super::since(within, zone, now).format("%F %T%.3f").to_string()
        };
        let table = [
            since("24 hours", chrono_tz::Europe::Rome),
            since("1 day", chrono_tz::Europe::Rome),
            since("1 day", Tz::UTC),
            since("365 days", Tz::UTC),
        ];
        expect![[r#"
            2026-10-24 12:00:00.001
            2026-10-24 11:00:00.001
            2026-10-24 12:00:00.001
            2025-10-25 12:00:00.001"#]]
        .assert_eq(&table.join("\n"));
    }
}
