//! A person without a list: that of a story, or whoever plays one. The same rules as for a row, but for those that chance
//! and consent have a part in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use csv::StringRecord;
use dsl::campaign::{Schedule, Trigger};
use dsl::columns::Columns;
use dsl::condition::Happening;
use dsl::project::ListFile;
use sms::PhoneNumber;

use super::row::{Frozen, consent_lacks, filtered, frozen_values, language_of, of_its_kind, texts_of};
use super::{Question, StoreFacts};
use crate::advance::Known;
use crate::audience::{self, ListReader, Row, clean};
use crate::calendar::TimeClass;
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;

/// Somebody who can be in the campaign.
#[derive(Debug, Clone)]
pub struct Cast {
    /// As in a cohort.
    pub member: Member,
    /// The zones that the person may be in.
    pub zones: TimeClass,
    /// What the person was tagged with before.
    pub tags: BTreeSet<String>,
    /// What was said of the person, by column or field.
    told: Values,
}

impl Cast {
    /// What was said of the person.
    pub(crate) fn told(&self, name: &str) -> Option<&str> {
        let found = self.told.iter().find(|(column, _)| column == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Why the audience would not hold the person by now, with what was set and happened since.
    pub(crate) fn left_out(&self, revision: &Revision, known: &Known, now: DateTime<Utc>) -> Option<LeftOut> {
        let is_set = |name: &String| known.values.contains_key(name);
        let told = self.told.iter().filter(|(name, _)| !is_set(name)).cloned();
        let set = known.values.clone().into_iter();
        let (columns, row) = row_of(&told.chain(set).collect::<Values>());
        let facts = facts_of(revision, known, self.member.phone, now);
        let frozen = Frozen::new(revision, &columns, None, now).knowing(Arc::new(facts));
        filtered(revision, &frozen, self.member.phone, &row)
    }
}

/// Why somebody cannot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCast {
    /// There is no number.
    #[error("the person has no `phone`")]
    NoPhone,
    /// It is none.
    #[error("{0}")]
    BadPhone(String),
    /// It is none.
    #[error("\"{0}\" is no time zone")]
    BadZone(String),
    /// The audience would not hold this person.
    #[error("the audience would not hold this person: {0}")]
    LeftOut(LeftOut),
}

/// The person with these values, by column or field, and these tags.
pub fn cast(
    revision: &Revision,
    person: &[(String, String)],
    tags: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<Cast, NotCast> {
    let campaign = &revision.campaign;
    let value = |name: &str| {
        let found = person.iter().find(|(column, _)| column == name);
        found.map(|(_, value)| value.as_str())
    };
    let phone = value("phone").ok_or(NotCast::NoPhone)?;
    let parsed = PhoneNumber::parse(phone, campaign.audience.region);
    let parsed = parsed.map_err(|error| NotCast::BadPhone(error.to_string()))?;
    if let Some(reason) = of_its_kind(revision, parsed.kind) {
        return Err(NotCast::LeftOut(reason));
    }
    // As in a list: a cell without a zone says nothing.
    let stated = value("timezone").map(clean).filter(|zone| !zone.is_empty());
    let stated = stated.map(|zone| {
        zone.parse::<Tz>()
            .map_err(|_| NotCast::BadZone(zone.into_owned()))
    });
    let zones = TimeClass::of(stated.transpose()?, parsed.number, campaign.timezone);
    let (columns, row) = row_of(person);
    let known = Known {
        tags: tags.clone(),
        ..Known::default()
    };
    let facts = facts_of(revision, &known, parsed.number, now);
    let frozen = Frozen::new(revision, &columns, None, now).knowing(Arc::new(facts));
    if let Some(reason) = filtered(revision, &frozen, parsed.number, &row) {
        return Err(NotCast::LeftOut(reason));
    }
    let language = language_of(revision, &frozen, &row);
    let values = frozen_values(revision, &frozen, language, parsed.number, &row).map_err(NotCast::LeftOut)?;
    Ok(Cast {
        member: Member {
            phone: parsed.number,
            language: u8::try_from(language).unwrap_or(0),
            tariff: None,
            values,
            pending: None,
        },
        zones,
        tags: known.tags,
        told: person.to_vec(),
    })
}

/// What a store would tell of the only person there is, as far as an audience asks.
fn facts_of(revision: &Revision, known: &Known, phone: PhoneNumber, now: DateTime<Utc>) -> StoreFacts {
    let zone = revision.campaign.timezone;
    let mut facts = StoreFacts::default();
    for question in Question::all(&revision.campaign.audience) {
        let holds = match &question {
            Question::Tagged(tag) => known.tags.contains(tag),
            Question::Happened(Happening::Answered(campaign)) => known.answered.contains(campaign),
            Question::Happened(Happening::Received(campaign, within)) => {
                let is_lately = |at: DateTime<Utc>| within.is_none_or(|within| within.after(at, zone) > now);
                let mut received = known.received.iter();
                received.any(|(name, at)| name == campaign && is_lately(*at))
            }
            // The others are refused where an audience asks for them.
            Question::Happened(
                Happening::Delivered(_) | Happening::Clicked(_) | Happening::Replied | Happening::Event(_),
            ) => false,
        };
        if holds {
            facts.add(question, vec![phone.as_u64()]);
        }
    }
    facts
}

/// Why a plan leaves out somebody who can be cast: by the texts, and by the consent that the policy asks for. `known`: the variant
/// that is chosen. Whom a trigger enters is asked about consent alone: values may come later.
pub fn planned_out(
    revision: &Revision,
    person: &[(String, String)],
    member: &Member,
    known: &Known,
    now: DateTime<Utc>,
) -> Option<LeftOut> {
    let consent = lacks_consent(revision, person, now);
    consent.or_else(|| texts_of(revision, member, known).err())
}

/// What the lists say of consent, where the person says what they ask for; whoever is in several is in the best.
fn lacks_consent(revision: &Revision, person: &[(String, String)], now: DateTime<Utc>) -> Option<LeftOut> {
    let campaign = &revision.campaign;
    campaign.audience.consent.as_ref()?;
    let by_word = matches!(campaign.schedule, Schedule::Trigger(Trigger::Keyword(_)));
    if by_word && campaign.audience.from.is_empty() {
        return None;
    }
    let (columns, row) = row_of(person);
    let says = |column: &Option<String>| column.as_ref().is_none_or(|own| columns.values.contains_key(own));
    let mut reason = Some(LeftOut::NoConsent);
    for list in &campaign.audience.from {
        let is_said = list
            .consent
            .as_ref()
            .is_none_or(|consent| says(&consent.column) && says(&consent.date));
        let frozen = Frozen::new(revision, &columns, list.consent.as_ref(), now);
        reason = consent_lacks(revision, &frozen, &row).filter(|_| is_said);
        reason.as_ref()?;
    }
    reason
}

/// Values of a person by column or field.
type Values = Vec<(String, String)>;

/// The first person of a campaign's lists who can be in it with these tags: what the campaign asks of them, by our names. None
/// where no list can be read, or its first rows hold nobody.
pub fn first_of_lists(
    revision: &Revision,
    folder: &Path,
    tags: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Option<Values> {
    let mut lists = revision.campaign.audience.from.iter();
    lists.find_map(|list| {
        let mut people = People::open(revision, folder, list)?;
        let chunk = people.reader.next_chunk(ROWS).ok()?;
        let mut all = chunk.rows.iter().filter_map(|row| people.values(row));
        all.find(|person| cast(revision, person, tags, now).is_ok())
    })
}

/// The person of a number in a campaign's lists, who can be in it with these tags. None where no list has it.
pub fn of_lists(
    revision: &Revision,
    folder: &Path,
    (phone, tags): (PhoneNumber, &BTreeSet<String>),
    now: DateTime<Utc>,
) -> Option<Values> {
    let phone = phone.to_string();
    let own = |person: &Values| person[0].1 == phone && cast(revision, person, tags, now).is_ok();
    let mut lists = revision.campaign.audience.from.iter();
    lists.find_map(|list| {
        let mut people = People::open(revision, folder, list)?;
        loop {
            let chunk = people.reader.next_chunk(ROWS).ok()?;
            if chunk.is_empty() {
                return None;
            }
            let mut all = chunk.rows.iter().filter_map(|row| people.values(row));
            if let Some(person) = all.find(own) {
                return Some(person);
            }
        }
    })
}

/// Rows that are read together.
const ROWS: usize = 1_000;

/// The people of a list, with what a campaign asks of them.
struct People<'a> {
    revision: &'a Revision,
    reader: ListReader,
    phone: usize,
    /// Name and column.
    asked: Vec<(String, usize)>,
}

impl<'a> People<'a> {
    fn open(revision: &'a Revision, folder: &Path, list: &ListFile) -> Option<People<'a>> {
        let reader = audience::open(folder, &list.path).ok()?;
        let columns = audience::columns(&reader, list).ok()?;
        let filter = revision.campaign.audience.filter.iter();
        let asked: BTreeSet<&str> = filter
            .flat_map(|filter| filter.names())
            .chain(&revision.variables)
            .map(String::as_str)
            .chain(["language", "timezone"])
            .collect();
        let column = |name: &str| Some((name.to_owned(), *columns.values.get(name)?));
        Some(People {
            revision,
            reader,
            phone: columns.phone,
            asked: asked.into_iter().filter_map(column).collect(),
        })
    }

    /// The number first; without empty cells. None where there is no number.
    fn values(&self, row: &Row) -> Option<Values> {
        let cell = |column: usize| row.cells.get(column).unwrap_or_default().trim().to_owned();
        let phone = PhoneNumber::parse(&cell(self.phone), self.revision.campaign.audience.region).ok()?;
        let phone = ("phone".to_owned(), phone.number.to_string());
        let values = self
            .asked
            .iter()
            .map(|(name, column)| (name.clone(), cell(*column)));
        let values = values.filter(|(_, value)| !value.is_empty());
        Some(std::iter::once(phone).chain(values).collect())
    }
}

/// The row of a list that has nobody else.
fn row_of(person: &[(String, String)]) -> (Columns, Row) {
    let names = person.iter().map(|(name, _)| name.clone());
    let values: BTreeMap<String, usize> = names.zip(0..).collect();
    let phone = values.get("phone").copied().unwrap_or(0);
    let cells: StringRecord = person.iter().map(|(_, value)| value.as_str()).collect();
    let row = Row {
        number: 1,
        line: 1,
        cells,
    };
    (Columns { phone, values }, row)
}
