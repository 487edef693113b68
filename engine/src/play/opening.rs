//! Who is played, and how it begins.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use dsl::campaign::story::Occurrence;
use dsl::campaign::{Deed, Schedule, Trigger};
use dsl::scalar::WrittenTime;

use crate::revision::Revision;
use crate::story::with_carried;

/// How a session begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opening {
    /// The person by column or field, and `variant` to choose a text.
    pub person: Vec<(String, String)>,
    /// The tags that the person has from before.
    pub tags: BTreeSet<String>,
    /// The event that begins a triggered campaign.
    pub event: Option<Occurrence>,
    /// When it begins, on the person's clock; else when the schedule says.
    pub at: Option<WrittenTime>,
}

impl Opening {
    /// The person, with what the event carries: texts may use both.
    pub(crate) fn values(&self) -> Vec<(String, String)> {
        with_carried(&self.person, self.event.as_ref())
    }

    /// The variant that the person gets, where one is chosen.
    pub fn variant(&self) -> Option<&str> {
        let variant = self.person.iter().find(|(name, _)| name == "variant");
        variant.map(|(_, value)| value.as_str())
    }

    /// When it begins for somebody in that zone.
    pub fn begin(&self, revision: &Revision, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        match (self.at, &revision.campaign.schedule) {
            (Some(at), _) => at.resolve(zone),
            (None, Schedule::At(at)) => *at,
            (None, Schedule::Local(local)) => WrittenTime::Local(*local).resolve(zone),
            (None, Schedule::Now | Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_)) => {
                now
            }
        }
    }
}

/// The word that joins the list of the trigger, where there is one: whoever is played says it first.
pub fn joins_by(revision: &Revision) -> Option<&str> {
    let campaign = &revision.campaign;
    let Schedule::Trigger(Trigger::Joins(list)) = &campaign.schedule else {
        return None;
    };
    let mut own = campaign.opt_ins.iter().filter(|own| own.list == *list);
    own.next().map(|own| own.keyword.as_str())
}

/// The names of what a campaign asks of a person, the number first: what its audience goes by and its texts use, but for
/// what its steps set.
pub fn asked(revision: &Revision) -> Vec<&str> {
    let fields = revision.campaign.fields.iter();
    let set: BTreeSet<&str> = fields
        .filter(|field| field.set_by_steps)
        .map(|field| field.name.as_str())
        .collect();
    let filter = revision.campaign.audience.filter.iter();
    let names = filter.flat_map(|filter| filter.names());
    let names: BTreeSet<&str> = names.chain(&revision.variables).map(String::as_str).collect();
    let own = names
        .into_iter()
        .filter(|name| *name != "phone" && !set.contains(name));
    std::iter::once("phone").chain(own).collect()
}

/// The tags that a campaign asks for or changes, by the alphabet; none where a value of the person says which it asks for.
pub fn asked_tags(revision: &Revision) -> Option<BTreeSet<String>> {
    let campaign = &revision.campaign;
    let audience = campaign.audience.filter.iter().chain(&campaign.audience.leavers);
    let mut all = BTreeSet::new();
    for condition in campaign.conditions().chain(audience) {
        all.extend(condition.tags()?);
    }
    let deeds = campaign.program.instructions.iter();
    all.extend(deeds.filter_map(|instruction| match &instruction.deed {
        Deed::Tag(tag) | Deed::Untag(tag) => Some(tag.clone()),
        _ => None,
    }));
    Some(all)
}

/// The variants of texts and the ways that are drawn, each once, in order.
pub fn variants(revision: &Revision) -> Vec<&str> {
    let campaign = &revision.campaign;
    let texts = campaign.messages.iter().flat_map(|message| &message.variants);
    let texts = texts.filter_map(|variant| variant.name.as_deref());
    let arms = campaign.program.instructions.iter();
    let arms = arms.filter_map(|instruction| match &instruction.deed {
        Deed::Split { arms, .. } => Some(arms),
        _ => None,
    });
    let mut names = vec![];
    for name in texts.chain(arms.flatten().map(|arm| arm.name.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
