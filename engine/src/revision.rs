//! A campaign at one content. Every passage is pinned to the revision that began it, so a revision keeps its source:
//! whoever resumes works from that text, whatever the file says by then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dsl::campaign::Campaign;
use dsl::template::{RenderError, UseKind, Values};
use serde::{Deserialize, Serialize};

use crate::left_out::LeftOut;
use crate::member::Member;

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
        let used: BTreeSet<String> = (campaign.messages.iter())
            .flat_map(|message| &message.texts)
            .flat_map(|template| template.uses())
            .filter(|used| used.kind == UseKind::Variable)
            .map(|used| used.name)
            .collect();
        let (built_in, variables) = used
            .into_iter()
            .partition::<Vec<_>, _>(|name| BUILT_IN.contains(&name.as_str()));
        let positions = variables.iter().cloned().zip(0..).collect();
        let id = source.hash();
        Revision {
            id,
            campaign,
            variables,
            positions,
            built_in,
            source,
        }
    }

    /// The text of a message for one member.
    pub fn render(&self, message: usize, member: &Member) -> Result<String, LeftOut> {
        let template = &self.campaign.messages[message].texts[usize::from(member.language)];
        let text = template
            .render(&MemberValues::new(self, member))
            .map_err(|error| match error {
                RenderError::Empty { name } | RenderError::Unknown { name } => LeftOut::EmptyValue(name),
                RenderError::NotOfKind { name, .. } => LeftOut::IllTyped(name),
                RenderError::TooLong => LeftOut::TextTooLong,
            })?;
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

struct MemberValues<'a> {
    revision: &'a Revision,
    member: &'a Member,
    phone: String,
    country: String,
}

impl<'a> MemberValues<'a> {
    fn new(revision: &'a Revision, member: &'a Member) -> Self {
        MemberValues {
            revision,
            member,
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
        if let Some(position) = self.revision.positions.get(name) {
            return self.member.values.get(*position).map(|v| &**v);
        }
        match name {
            "phone" => Some(&self.phone),
            "country" => Some(&self.country),
            "language" => Some(self.revision.campaign.languages[usize::from(self.member.language)].as_str()),
            "timezone" => Some(self.revision.campaign.timezone.name()),
            _ => None,
        }
    }
}
