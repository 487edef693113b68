//! Whom no hour suits: the hours of a text must hold in every zone that a person may be in, and in zones far apart they may
//! have none in common.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::campaign::program::Send;
use dsl::campaign::{Campaign, Deed};

use crate::advance::never_opens;
use crate::calendar::TimeClass;

/// What was found so far, by the sets of zones that people may be in. None: nothing of the campaign goes at certain hours only.
#[derive(Debug)]
pub(super) struct Suited(Option<HashMap<Arc<str>, bool>>);

impl Suited {
    pub(super) fn of(campaign: &Campaign) -> Suited {
        let pace = &campaign.pace;
        let has_hours = pace.window.is_some() || !pace.quiet_hours.is_empty() || !pace.days.is_empty();
        let asked = has_hours || sends(campaign).any(|send| send.window.is_some());
        Suited(asked.then(HashMap::new))
    }

    /// Whether a text of the campaign has no hour for people of these zones.
    pub(super) fn is_never(&mut self, campaign: &Campaign, zones: &Arc<str>, now: DateTime<Utc>) -> bool {
        let Some(known) = &mut self.0 else { return false };
        if let Some(never) = known.get(zones) {
            return *never;
        }
        let never = TimeClass::parse(zones)
            .is_some_and(|class| sends(campaign).any(|send| never_opens(&campaign.pace, send, &class, now)));
        known.insert(zones.clone(), never);
        never
    }
}

/// The texts of its steps.
fn sends(campaign: &Campaign) -> impl Iterator<Item = &Send> {
    let instructions = campaign.program.own_instructions().iter();
    instructions.filter_map(|one| match &one.deed {
        Deed::Send(send) => Some(send),
        _ => None,
    })
}
