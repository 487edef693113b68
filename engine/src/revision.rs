//! A campaign at one content. Every passage is pinned to the revision that began it, so a revision keeps its source:
//! whoever resumes works from that text, whatever the file says by then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dsl::campaign::{Campaign, Field};
use dsl::template::{Template, Values};
use dsl::values::{FieldType, parse_bool};
use serde::{Deserialize, Serialize};

use crate::advance::{Known, variant_of};
use crate::asks::Asks;
use crate::left_out::LeftOut;
use crate::links;
use crate::member::Member;

mod clocks;
mod taken_in;
mod uses;

pub use taken_in::TakenIn;

/// A campaign with its source.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Hash of the source, 64 hex digits.
    pub id: String,
    /// As meant.
    pub campaign: Campaign,
    /// The names whose values are frozen in each member, sorted; [`Member::values`] is in this order.
    pub variables: Vec<String>,
    positions: HashMap<String, usize>,
    built_in: Vec<String>,
    /// Whether anything of it goes by the clock of its people.
    pub goes_by_clocks: bool,
    /// What it asks of the store about its people.
    pub asks: Asks,
    /// Rules answer replies, after the end of a passage too, and may need the values of whoever wrote.
    pub answers_of_values: bool,
    /// What it was made from.
    pub source: Source,
}

/// All that `check` needs to make the campaign again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The campaign file's stem, for the default name.
    pub file_stem: String,
    /// The campaign file.
    pub campaign: String,
    /// The folder's name, for the default name of the project.
    pub folder: String,
    /// crier.yaml, where there is one.
    pub project: Option<String>,
    /// The headers of the lists, by path.
    pub headers: BTreeMap<String, Vec<String>>,
}

/// Values that every text may use without a column.
const BUILT_IN: [&str; 4] = ["country", "language", "phone", "timezone"];

impl Revision {
    /// Pins a campaign to its source.
    pub fn new(campaign: Campaign, source: Source) -> Revision {
        let used = uses::names(&campaign);
        let (built_in, variables) = used
            .into_iter()
            .partition::<Vec<_>, _>(|name| BUILT_IN.contains(&name.as_str()));
        let positions = variables.iter().cloned().zip(0..).collect();
        let id = source.hash();
        let asks = Asks::of(&campaign);
        let answers_of_values = !(campaign.program.own_rules().is_empty() || variables.is_empty());
        Revision {
            id,
            asks,
            answers_of_values,
            goes_by_clocks: clocks::matter(&campaign, built_in.iter().any(|name| name == "timezone")),
            campaign,
            variables,
            positions,
            built_in,
            source,
        }
    }

    /// Whether who was in a cohort is asked when that is through: by a reply, or by the next tick on their own clock.
    pub fn keeps_members(&self) -> bool {
        self.answers_of_values || self.asks.inside
    }

    /// The values that it takes from a row: those that it uses, and those that say who is of the audience.
    pub fn asked_of_rows(&self) -> BTreeSet<&String> {
        let audience = &self.campaign.audience;
        let conditions = audience.filter.iter().chain(&audience.leavers);
        let asked = conditions.flat_map(|condition| condition.names());
        self.variables.iter().chain(asked).collect()
    }

    /// The text of a message for one member: the variant that is the member's.
    pub fn render(&self, message: usize, member: &Member, known: &Known) -> Result<String, LeftOut> {
        let variant = variant_of(self, message, member, known);
        self.render_variant([message, variant], member, known)
    }

    /// The text of one variant of a message.
    pub fn render_variant(
        &self,
        [message, variant]: [usize; 2],
        member: &Member,
        known: &Known,
    ) -> Result<String, LeftOut> {
        let texts = &self.campaign.messages[message].variants[variant].texts;
        self.fill(&texts[usize::from(member.language)], member, known)
    }

    /// A text with the values of one member.
    pub fn fill(&self, template: &Template, member: &Member, known: &Known) -> Result<String, LeftOut> {
        let text = template.render(&self.values(member, known))?;
        let text = match self.campaign.smart {
            true => sms::smart::plain(&text).into_owned(),
            false => text,
        };
        if text.is_empty() {
            Err(LeftOut::EmptyText)
        } else {
            Ok(text)
        }
    }

    /// The values of one member, as texts ask for them.
    pub fn values<'a>(&'a self, member: &'a Member, known: &'a Known) -> MemberValues<'a> {
        MemberValues::new(self, member, known)
    }

    /// What a member was frozen with; none where nothing of this campaign uses that name.
    pub fn value<'a>(&self, member: &'a Member, name: &str) -> Option<&'a str> {
        let position = self.positions.get(name)?;
        member.values.get(*position).map(|value| &**value)
    }

    /// What a member has by now: what steps and events set, else what it was frozen with. One that was set to nothing has the
    /// default, as a row with an empty cell.
    pub fn value_now<'a>(&'a self, member: &'a Member, known: &'a Known, name: &str) -> Option<&'a str> {
        match known.values.get(name) {
            Some(set) if set.trim().is_empty() => {
                let language = &self.campaign.languages[usize::from(member.language)];
                let default = self.field(name).and_then(|field| field.default.get(language));
                Some(default.map_or("", String::as_str))
            }
            Some(set) => Some(set),
            None => self.value(member, name),
        }
    }

    /// Whether a value is of the type of its field.
    pub fn fits(&self, field: &str, value: &str) -> bool {
        let field = self.field(field);
        field.is_none_or(|field| match field.format {
            Some(format) => {
                format.date(value).is_some() || format.time(value).is_some() || field.kind.accepts(value)
            }
            None => field.kind.accepts(value),
        })
    }

    /// The declared field of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.campaign.fields.iter().find(|field| field.name == name)
    }
}

impl Source {
    fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for piece in [&self.campaign, self.project.as_deref().unwrap_or("")] {
            hasher.update(&(piece.len() as u64).to_le_bytes());
            hasher.update(piece.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The values of one member.
pub struct MemberValues<'a> {
    revision: &'a Revision,
    member: &'a Member,
    known: &'a Known,
    phone: String,
    country: String,
}

impl<'a> MemberValues<'a> {
    fn new(revision: &'a Revision, member: &'a Member, known: &'a Known) -> Self {
        MemberValues {
            revision,
            member,
            known,
            phone: String::new(),
            country: String::new(),
        }
        .with_built_in()
    }

    /// The built-in values cost a look-up of the number: made only where a text uses them.
    fn with_built_in(mut self) -> Self {
        let uses = |name: &str| self.revision.built_in.iter().any(|used| used == name);
        if uses("phone") {
            self.phone = self.member.phone.to_string();
        }
        if uses("country") {
            self.country = self
                .member
                .phone
                .region()
                .map(|r| r.to_string())
                .unwrap_or_default();
        }
        self
    }
}

impl Values for MemberValues<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        if let Some(value) = self.revision.value_now(self.member, self.known, name) {
            return Some(value);
        }
        match name {
            "phone" => Some(&self.phone),
            "country" => Some(&self.country),
            "language" => Some(self.revision.campaign.languages[usize::from(self.member.language)].as_str()),
            "timezone" => Some(self.known.zone(self.revision).name()),
            _ => None,
        }
    }

    fn is_no(&self, name: &str) -> bool {
        let is_bool = |field: &Field| field.kind == FieldType::Bool;
        self.revision.field(name).is_some_and(is_bool)
            && self.get(name).and_then(|value| parse_bool(value.trim())) == Some(false)
    }

    fn link(&self, name: &str) -> Option<String> {
        Some(links::short(
            &self.revision.campaign.name,
            name,
            self.member.phone,
        ))
    }
}
