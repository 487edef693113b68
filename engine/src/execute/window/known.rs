//! What is known of the people of a window: what the campaign asked the store, and their zones.

use std::collections::HashMap;

use crate::advance::Known;
use crate::calendar::TimeClass;
use crate::entry::{Entry, Step};
use crate::member::Member;
use crate::revision::Revision;
use crate::store::{ClaimedCohort, KnownOf};
use chrono::{DateTime, Utc};

/// By run and number, and for all others by their zones.
pub(in crate::execute) struct KnownPeople {
    /// The campaign's zone: who lives by it needs nothing known.
    zone: String,
    entry: Entry,
    people: KnownOf,
    /// By zones, and by the step of the entry.
    others: HashMap<String, HashMap<Step, Known>>,
}

impl KnownPeople {
    pub fn new(revision: &Revision, launch_starts_at: DateTime<Utc>, people: KnownOf) -> KnownPeople {
        KnownPeople {
            zone: revision.campaign.timezone.name().to_owned(),
            entry: Entry::of(&revision.campaign, launch_starts_at),
            people,
            others: HashMap::new(),
        }
    }

    /// The members of a cohort have its zones.
    pub fn learn_zones(&mut self, revision: &Revision, cohort: &ClaimedCohort) {
        let zones = TimeClass::beside(&cohort.time_class, &self.zone);
        let class = TimeClass::parse(&cohort.time_class);
        let others = self.others.entry(cohort.time_class.clone()).or_default();
        for member in &cohort.members[cohort.done..cohort.intent_to] {
            let step = self.entry.step(member.phone);
            let began_at = Some(self.entry.at(class.as_ref(), step));
            if let Some(known) = self.people.get_mut(&(cohort.run, member.phone.as_u64())) {
                known.zones.clone_from(&zones);
                // Who was entered by a trigger began by themselves.
                known.began_at = known.began_at.or(began_at);
                known.hear(revision);
                continue;
            }
            others.entry(step).or_insert_with(|| Known {
                zones: zones.clone(),
                began_at,
                ..Known::default()
            });
        }
    }

    /// What is known of a member.
    pub fn of(&self, cohort: &ClaimedCohort, member: &Member) -> &Known {
        let phone = member.phone;
        let own = self.people.get(&(cohort.run, phone.as_u64()));
        let other = || {
            let others = self.others.get(&cohort.time_class)?;
            others.get(&self.entry.step(phone))
        };
        own.or_else(other).unwrap_or(&crate::advance::NOTHING)
    }
}
