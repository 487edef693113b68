//! Whom no hour suits: the hours of a text must hold in every zone that a person may be in, and in zones far apart they may
//! have none in common.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::campaign::{Campaign, Deed};

use crate::advance::never_opens;
use crate::calendar::TimeClass;
use crate::revision::Revision;

/// What was found so far, by the sets of zones that people may be in.
#[derive(Debug, Default)]
pub(super) struct Suited(HashMap<Arc<str>, bool>);

impl Suited {
    /// Whether a text of the campaign has no hour for people of these zones.
    pub(super) fn is_never(&mut self, revision: &Revision, zones: &Arc<str>, now: DateTime<Utc>) -> bool {
        if !has_hours(&revision.campaign) {
            return false;
        }
        if let Some(found) = self.0.get(zones) {
            return *found;
        }
        let class = TimeClass::parse(zones);
        let sends = revision
            .campaign
            .program
            .own_instructions()
            .iter()
            .filter_map(|one| match &one.deed {
                Deed::Send(send) => Some(send),
                _ => None,
            });
        let never = class.is_some_and(|class| {
            let mut sends = sends;
            sends.any(|send| never_opens(&revision.campaign.pace, send, &class, now))
        });
        self.0.insert(zones.clone(), never);
        never
    }
}

/// Whether anything of a campaign goes at certain hours only.
fn has_hours(campaign: &Campaign) -> bool {
    let pace = &campaign.pace;
    let own =
        |one: &dsl::campaign::Instruction| matches!(&one.deed, Deed::Send(send) if send.window.is_some());
    pace.window.is_some()
        || !pace.quiet_hours.is_empty()
        || !pace.days.is_empty()
        || campaign.program.own_instructions().iter().any(own)
}
