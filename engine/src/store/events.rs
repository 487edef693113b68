//! The events of one person, and the passages that they came into.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::happening::{Happening, happening};
use super::person::{Began, PersonStory};
use super::rows::{TextKind, instant};
use super::{Failure, Store};
use crate::ids::LaunchId;

/// A launch that a person was in.
struct Inside {
    launch: LaunchId,
    /// Entries of the log up to here are none of it.
    heard_from: i64,
    /// When the first passage began; none: with the launch.
    began: Option<DateTime<Utc>>,
}

impl Store {
    /// Every event of a person, in order, with the launches that they were in when it came and that it did not begin.
    pub(super) async fn events_of(
        &self,
        key: i64,
        story: &PersonStory,
    ) -> Result<Vec<(Happening, Vec<LaunchId>)>, Failure> {
        let rows = sqlx::query("select * from happening where phone = ? and kind = 0 order by id")
            .bind(key)
            .fetch_all(&self.readers)
            .await?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let mut launches = vec![];
        for launch in story.launches() {
            launches.extend(self.met_in(key, launch).await?);
        }
        let with_launches = |row| {
            let happening = happening(row)?;
            let met = launches.iter().filter(|one| story.meets(&happening, one));
            let met = met.map(|one| one.launch).collect();
            Ok((happening, met))
        };
        rows.iter().map(with_launches).collect()
    }

    async fn met_in(&self, key: i64, launch: LaunchId) -> Result<Option<Inside>, Failure> {
        let row = sqlx::query(
            "select heard_from, (select min(at) from passage where launch_id = l.id and phone = ?) as began
             from launch l where id = ?",
        )
        .bind(key)
        .bind(launch.0)
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let began: Option<i64> = row.try_get("began")?;
        Ok(Some(Inside {
            launch,
            heard_from: row.try_get("heard_from")?,
            began: began.map(instant).transpose()?,
        }))
    }
}

impl PersonStory {
    /// The launches that the person is or was in.
    fn launches(&self) -> BTreeSet<LaunchId> {
        let texts = self.messages.iter().filter(|text| text.kind == TextKind::Step);
        let waiting = self.waiting.iter().map(|waiting| waiting.launch);
        let ends = self.ends.iter().map(|(launch, ..)| *launch);
        let goals = self.goals.iter().map(|(launch, _)| *launch);
        let skipped = self.skipped.iter().map(|skipped| skipped.launch);
        texts
            .map(|text| text.launch)
            .chain(waiting)
            .chain(ends)
            .chain(goals)
            .chain(skipped)
            .collect()
    }

    /// Whether an event came into a passage of a launch, from its beginning to what is known of its end.
    fn meets(&self, event: &Happening, inside: &Inside) -> bool {
        let launch = inside.launch;
        let is_its = |at: DateTime<Utc>| at >= event.at;
        let begun_by = self.happened.iter().any(|one| {
            let began = matches!(one.began, Began::Passage { launch: began, .. } if began == launch);
            began && one.happening.id == event.id
        });
        let waits = self
            .waiting
            .iter()
            .any(|one| one.launch == launch && one.cancelled_at.is_none_or(is_its));
        let went_on = self
            .messages
            .iter()
            .any(|text| text.launch == launch && is_its(text.sent_at))
            || self.ends.iter().any(|(own, _, at)| *own == launch && is_its(*at))
            || self.goals.iter().any(|(own, at)| *own == launch && is_its(*at))
            || self
                .skipped
                .iter()
                .any(|one| one.launch == launch && is_its(one.at));
        event.id > inside.heard_from
            && inside.began.is_none_or(|began| began <= event.at)
            && !begun_by
            && (waits || went_on)
    }
}
