//! The values that a campaign uses, wherever: in texts, conditions, moments, links and calls.

use std::collections::BTreeSet;

use dsl::campaign::program::{Body, Call, Moment, Until};
use dsl::campaign::{Campaign, Deed, Schedule, Trigger};
use dsl::condition::Condition;
use dsl::template::{Template, UseKind};

/// Their names.
pub(super) fn names(campaign: &Campaign) -> BTreeSet<String> {
    let declared = campaign.fields.iter().map(|field| field.name.clone()).collect();
    let mut uses = Uses(BTreeSet::new(), declared);
    let variants = campaign.messages.iter().flat_map(|message| &message.variants);
    variants
        .flat_map(|variant| &variant.texts)
        .for_each(|text| uses.text(text));
    match &campaign.schedule {
        Schedule::Day { field, .. } => uses.0.extend([field.clone()]),
        Schedule::Trigger(Trigger::Event { conditions, key, .. }) => {
            uses.0.extend(key.clone());
            conditions.iter().for_each(|condition| uses.condition(condition));
        }
        Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Trigger(_) => {}
    }
    campaign.links.iter().for_each(|link| uses.text(&link.url));
    campaign
        .conditions()
        .for_each(|condition| uses.condition(condition));
    for instruction in &campaign.program.instructions {
        uses.deed(&instruction.deed);
    }
    uses.0
}

/// What is used, and the fields that are declared.
struct Uses(BTreeSet<String>, Vec<String>);

impl Uses {
    fn deed(&mut self, deed: &Deed) {
        match deed {
            Deed::Wait {
                until: Until::At(moment),
                ..
            }
            | Deed::Arrive(moment) => self.moment(moment),
            Deed::Set(values) => {
                let texts = values.iter().flat_map(|(_, text)| &text.0);
                texts.for_each(|text| self.text(text));
            }
            Deed::Notify { text, .. } => text.0.iter().for_each(|text| self.text(text)),
            // The campaign that is started may use what this one declares.
            Deed::Start(_) => self.0.extend(self.1.iter().cloned()),
            Deed::Call(call) => self.call(call),
            // The conditions of the others are already looked at.
            Deed::Send(_)
            | Deed::Wait { .. }
            | Deed::Open
            | Deed::Close
            | Deed::Listen(_)
            | Deed::Await { .. }
            | Deed::Check { .. }
            | Deed::Choose { .. }
            | Deed::Split { .. }
            | Deed::Tag(_)
            | Deed::Untag(_)
            | Deed::Join(_)
            | Deed::Leave(_)
            | Deed::Forward(_)
            | Deed::Repeat { .. }
            | Deed::Round { .. }
            | Deed::Again { .. }
            | Deed::Goto(_)
            | Deed::Return
            | Deed::Finish(_) => {}
        }
    }

    fn call(&mut self, call: &Call) {
        self.text(&call.url);
        call.body.iter().for_each(|body| self.body(body));
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Text(text) => self.text(text),
            Body::Plain(_) => {}
            Body::List(items) => items.iter().for_each(|item| self.body(item)),
            Body::Map(entries) => entries.iter().for_each(|(_, item)| self.body(item)),
        }
    }

    fn moment(&mut self, moment: &Moment) {
        self.0.extend(moment.field().map(str::to_owned));
    }

    fn condition(&mut self, condition: &Condition) {
        self.0.extend(condition.names().iter().cloned());
    }

    fn text(&mut self, text: &Template) {
        let variables = text
            .uses()
            .into_iter()
            .filter(|used| used.kind == UseKind::Variable);
        self.0.extend(variables.map(|used| used.name));
    }
}
