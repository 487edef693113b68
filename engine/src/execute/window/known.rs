//! What is known of the people of a window: what the campaign asked the store, and their zones.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use crate::advance::Known;
use crate::calendar::TimeClass;
use crate::revision::Revision;
use crate::store::ClaimedCohort;

/// By number, and for all others by their zones.
pub(in crate::execute) struct KnownPeople {
    /// The campaign's zone: who lives by it needs nothing known.
    zone: String,
    began_at: DateTime<Utc>,
    people: HashMap<u64, Known>,
    classes: HashMap<String, Known>,
}

impl KnownPeople {
    pub fn new(revision: &Revision, began_at: DateTime<Utc>, people: HashMap<u64, Known>) -> KnownPeople {
        KnownPeople {
            zone: revision.campaign.timezone.name().to_owned(),
            began_at,
            people,
            classes: HashMap::new(),
        }
    }

    /// The members of a cohort have its zones.
    pub fn learn_zones(&mut self, cohort: &ClaimedCohort) {
        let zones = TimeClass::beside(&cohort.time_class, &self.zone);
        for member in &cohort.members[cohort.done..cohort.intent_to] {
            if let Some(known) = self.people.get_mut(&member.phone.as_u64()) {
                known.zones.clone_from(&zones);
                known.began_at = Some(self.began_at);
            }
        }
        let began_at = Some(self.began_at);
        self.classes
            .entry(cohort.time_class.clone())
            .or_insert_with(|| Known {
                zones,
                began_at,
                ..Known::default()
            });
    }

    /// What is known of a member.
    pub fn of(&self, cohort: &ClaimedCohort, phone: PhoneNumber) -> &Known {
        let own = self.people.get(&phone.as_u64());
        let of_class = || self.classes.get(&cohort.time_class);
        own.or_else(of_class).unwrap_or(&crate::advance::NOTHING)
    }
}
