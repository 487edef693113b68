//! The marketing that went to people lately, all numbers together, for a plan.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sqlx::Row;

use super::facts::since;
use super::rows::millis;
use super::{Failure, Store, StoreError};
use crate::plan::Texted;
use crate::revision::Revision;

/// A text that is tried again, or in doubt, has its answer so long after its cohort had its turn, at the latest.
const TRIED_FOR: TimeDelta = TimeDelta::days(7);

impl Store {
    /// The marketing that may still count for a cap of a campaign when it begins; none where it has no cap.
    pub async fn marketing_lately(
        &self,
        revision: &Revision,
        starts_at: DateTime<Utc>,
    ) -> Result<Option<Texted>, StoreError> {
        let campaign = &revision.campaign;
        let caps = campaign.pace.frequency.iter();
        let since = caps.map(|cap| since(cap.most.within, campaign.timezone, starts_at));
        let Some(since) = since.min().filter(|_| revision.asks.marketing) else {
            return Ok(None);
        };
        // Days end elsewhere up to a day sooner or later.
        let texts = self.read_marketing(since - TimeDelta::days(1)).await;
        let mut texts = texts.map_err(|failure| self.failed(failure))?;
        texts.sort_unstable();
        Ok(Some(Texted { starts_at, texts }))
    }

    async fn read_marketing(&self, since: DateTime<Utc>) -> Result<Vec<(u64, i64)>, Failure> {
        let rows = sqlx::query(
            "select m.phone, m.sent_at from cohort c join launch l on l.id = c.launch_id
             cross join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where c.kind = 0 and c.intended_at >= ? and l.marketing and not instr(l.answers, ',' || c.step || ',')
               and m.state not in (0, 2) and m.phone > 0 and m.sent_at >= ?",
        )
        .bind(millis(since - TRIED_FOR))
        .bind(millis(since));
        let (mut texts, mut rows) = (vec![], rows.fetch(&self.readers));
        // Numbers and times alone stay: there may be millions.
        while let Some(row) = rows.try_next().await? {
            if let Ok(phone) = u64::try_from(row.try_get::<i64, _>("phone")?) {
                texts.push((phone, row.try_get("sent_at")?));
            }
        }
        Ok(texts)
    }
}
