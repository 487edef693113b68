//! Whom `frequency` holds up: people to whom as many texts went lately as a cap lets through, asked of the first text of the
//! launch by the gate of [`advance`](mod@crate::advance). What goes to them between now and then nobody knows.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::row::PlannedRow;
use crate::advance::{Known, first_text, held_at_first};
use crate::calendar::TimeClass;
use crate::entry::{self, Entry};
use crate::revision::Revision;

/// The marketing that went lately, for a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Texted {
    /// When the launch begins for its first people.
    pub starts_at: DateTime<Utc>,
    /// Number and milliseconds since 1970, in order.
    pub texts: Vec<(u64, i64)>,
}

/// Who is held up by `frequency` at their first text, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capped {
    /// People whose first text goes later.
    pub deferred: u64,
    /// When `frequency` lets the first of them through, and the last.
    pub goes_at: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// People who do not get it, by `over` or `expires`.
    pub missed: u64,
}

/// When people of the same zones who enter together begin, what is known of them, and when their first text goes by the hours.
struct First {
    known: Known,
    begins_at: DateTime<Utc>,
    goes_at: DateTime<Utc>,
}

/// What was found so far, by zones and step of the entry.
#[derive(Default)]
pub(super) struct Capping(HashMap<(Arc<str>, entry::Step), Option<First>>);

impl Capping {
    /// Counts a person, where a cap holds them up.
    pub fn take(
        &mut self,
        capped: &mut Capped,
        (revision, texted): (&Revision, &Texted),
        planned: &PlannedRow,
        now: DateTime<Utc>,
    ) {
        let phone = planned.member.phone.as_u64();
        let from = texted.texts.partition_point(|(number, _)| *number < phone);
        let own = texted.texts[from..].iter();
        let mut own = own.take_while(|(number, _)| *number == phone).peekable();
        if own.peek().is_none() {
            return;
        }
        let key = (planned.time_class.clone(), planned.step);
        let first = self.0.entry(key);
        let first = first.or_insert_with(|| First::of(revision, texted.starts_at, planned, now));
        let Some(first) = first else { return };
        let texts = own.filter_map(|(_, at)| DateTime::from_timestamp_millis(*at));
        first.known.marketing.clear();
        first.known.marketing.extend(texts);
        match held_at_first(revision, &first.known, first.begins_at, first.goes_at) {
            None => {}
            Some(Err(_)) => capped.missed += 1,
            Some(Ok(at)) => {
                capped.deferred += 1;
                let (earliest, latest) = capped.goes_at.unwrap_or((at, at));
                capped.goes_at = Some((earliest.min(at), latest.max(at)));
            }
        }
    }
}

impl First {
    /// None where no text comes first, or it never goes.
    fn of(
        revision: &Revision,
        starts_at: DateTime<Utc>,
        planned: &PlannedRow,
        now: DateTime<Utc>,
    ) -> Option<First> {
        let class = TimeClass::parse(&planned.time_class);
        let entry = Entry::of(&revision.campaign, starts_at);
        let begins_at = entry.at(class.as_ref(), planned.step).max(now);
        let class = class.unwrap_or_else(|| TimeClass::from(revision.campaign.timezone));
        let goes_at = first_text(revision, &class, begins_at, now)?.ok()?;
        let known = Known {
            zones: Some(class),
            ..Known::default()
        };
        Some(First {
            known,
            begins_at,
            goes_at,
        })
    }
}
