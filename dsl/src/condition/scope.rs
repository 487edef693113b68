//! What a condition can name: the fields and columns of the campaign, the built-in names, its messages and links. Pure,
//! and made by whoever knows the campaign.

use std::collections::{BTreeMap, BTreeSet};

use super::DateFormat;
use crate::values::FieldType;

/// The names of a campaign.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// What `fields` declares, by name.
    pub fields: BTreeMap<String, Declared>,
    /// The lists people come from whose columns are known. A column is in scope where each of them has it.
    pub lists: Vec<Columns>,
    /// Whether any other name may be a column, since no list is known. Not asked where one is.
    pub open: bool,
    /// The messages that can be sent.
    pub messages: BTreeSet<String>,
    /// The links of the campaign, without `opt_out`.
    pub links: BTreeSet<String>,
    /// What is drawn: the variants of each message that has some, then the arms of each `split`.
    pub draws: Vec<Vec<String>>,
    /// The languages of the campaign; none: they are not known.
    pub languages: Vec<String>,
    /// Whether it may be any campaign, so that other messages, links and variants may be there too.
    pub any_campaign: bool,
}

/// A declared field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Its type.
    pub kind: FieldType,
    /// How its dates are written; none: as ISO dates.
    pub format: Option<DateFormat>,
}

/// The columns of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The list's path, for messages; empty where these are the columns that the file names, and the list is not known.
    pub list: String,
    /// The file's names and ours.
    pub names: BTreeSet<String>,
}

/// When a condition is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before anything can have been sent: `where` and `except` of the audience, `where` of a trigger.
    Before,
    /// On the way through the campaign.
    Within,
}

/// Names that every campaign has. They win over columns and fields that are called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// E.164: `+393331234567`.
    Phone,
    /// The ISO code: `IT`.
    Country,
    /// The tag, in lower case: `it`.
    Language,
    /// The IANA zone: `Europe/Rome`.
    Timezone,
    /// What was drawn first. What a text is compared with says which draw is meant: [`Scope::draw_with`].
    Variant,
    /// The text of the latest reply, or nothing.
    Reply,
}

impl BuiltIn {
    pub(crate) const NAMES: [&str; 7] = [
        "phone", "country", "language", "timezone", "tags", "variant", "reply",
    ];

    pub(super) fn of(name: &str) -> Option<BuiltIn> {
        match name {
            "phone" => Some(BuiltIn::Phone),
            "country" => Some(BuiltIn::Country),
            "language" => Some(BuiltIn::Language),
            "timezone" => Some(BuiltIn::Timezone),
            "variant" => Some(BuiltIn::Variant),
            "reply" => Some(BuiltIn::Reply),
            _ => None,
        }
    }
}

/// Words of conditions and of templates that are no functions with a value and no helpers: no field is called so, since it
/// would be one thing here and another there.
pub(crate) const WORDS: [&str; 14] = [
    "in", "and", "or", "not", "true", "false", "null", "else", "this", "as", "link", "now", "today",
    "replied",
];

/// What a name is.
pub(crate) enum Named<'a> {
    Tags,
    BuiltIn(BuiltIn),
    Field(&'a Declared),
    /// A text.
    Column,
    /// With the list that has it not; none where no list is known.
    Missing(Option<&'a Columns>),
}

impl Scope {
    pub(super) fn find(&self, name: &str) -> Named<'_> {
        if name == "tags" {
            return Named::Tags;
        }
        if let Some(built_in) = BuiltIn::of(name) {
            return Named::BuiltIn(built_in);
        }
        self.value(name)
    }

    /// What a name is among the values of a person, which texts use: a field, or a column.
    pub(crate) fn value(&self, name: &str) -> Named<'_> {
        if let Some(field) = self.fields.get(name) {
            return Named::Field(field);
        }
        match self.lists.iter().find(|list| !list.names.contains(name)) {
            Some(list) => Named::Missing(Some(list)),
            None if !self.lists.is_empty() || self.open => Named::Column,
            None => Named::Missing(None),
        }
    }

    /// The draw that a variant or way is compared in: the first that has it. It is called by the first of its names that no
    /// draw before it has; one of a campaign that is not known by the name itself.
    pub(super) fn draw_with<'a>(&'a self, name: &'a str) -> &'a str {
        let first = |name: &str| {
            self.draws
                .iter()
                .position(|draw| draw.iter().any(|own| own == name))
        };
        let own = first(name).and_then(|at| self.draws[at].iter().find(|own| first(own) == Some(at)));
        own.map_or(name, String::as_str)
    }

    /// How many draws have this variant or way.
    pub(super) fn draws_that_have(&self, name: &str) -> usize {
        let has = |draw: &&Vec<String>| draw.iter().any(|own| own == name);
        self.draws.iter().filter(has).count()
    }

    /// Whether a name is surely there: not only because any name may be.
    pub(super) fn has(&self, name: &str) -> bool {
        match self.find(name) {
            Named::Tags | Named::BuiltIn(_) | Named::Field(_) => true,
            Named::Column => !self.lists.is_empty(),
            Named::Missing(_) => false,
        }
    }

    /// Names that can stand in for one that `missing` has not.
    pub(super) fn names<'a>(&'a self, missing: Option<&'a Columns>) -> impl Iterator<Item = &'a str> {
        let columns = missing.into_iter().flat_map(|list| &list.names);
        let own = columns.chain(self.fields.keys()).map(String::as_str);
        own.filter(|name| !name.is_empty()).chain(BuiltIn::NAMES)
    }
}
