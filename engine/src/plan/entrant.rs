//! Somebody who comes by what happened to them, not by a row: the same rules as for a row, but for those of the texts,
//! whose values may come later. Where the campaign has an audience its row of that person is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use csv::StringRecord;
use dsl::campaign::{Schedule, Trigger};
use dsl::columns::Columns;
use dsl::project::Consent;
use rust_decimal::Decimal;
use sms::{PhoneNumber, Region};

use super::row::{self, Frozen, frozen_values, language_of, narrowed, of_its_kind, zones_of};
use super::{Barred, PlanError, StoreFacts, Summary, phones_of};
use crate::audience::{self, AudienceError, Currency, Prices, Row};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;
use crate::tariff::Tariff;

/// What somebody who may enter brings along, by name.
#[derive(Debug, Clone, Copy)]
pub enum Brought<'a> {
    /// What an event carries: it wins over the columns of their row, and over what steps set before.
    Event(&'a [(String, String)]),
    /// What the campaign knows of them whose step starts this one: it stands in where their row says nothing.
    Start(&'a [(String, String)]),
}

/// Somebody who may enter.
#[derive(Debug, Clone)]
pub struct Entrant {
    /// As in a cohort, without a tariff.
    pub member: Member,
    /// The country of the number; none for a number of no country.
    pub region: Option<Region>,
    /// The set of zones the person may be in.
    pub time_class: Arc<str>,
}

/// What the lists of a campaign say of some people.
#[derive(Debug, Default)]
pub struct Lists {
    /// The first row of each, by number.
    rows: BTreeMap<u64, (Arc<Listed>, Row)>,
    /// The lists under `except` that each is in, the first of them.
    excepted: BTreeMap<u64, String>,
    /// What the store knows of them that the audience asks for.
    facts: Arc<StoreFacts>,
}

/// A list, as its rows are read.
#[derive(Debug)]
struct Listed {
    columns: Columns,
    consent: Option<Consent>,
}

impl Lists {
    /// Reads the lists for these people; of a campaign that has none nothing is read. `barred`: who is on those that are stored.
    pub fn read(
        revision: &Revision,
        folder: &Path,
        barred: &Barred,
        people: &BTreeSet<u64>,
    ) -> Result<Lists, PlanError> {
        let audience = &revision.campaign.audience;
        let mut lists = Lists {
            facts: barred.facts.clone(),
            ..Lists::default()
        };
        for list in &audience.from {
            let mut reader = barred.open(list, folder)?;
            let columns = audience::columns(&reader, list)?;
            let listed = Arc::new(Listed {
                columns,
                consent: list.consent.clone(),
            });
            reader.each_row(|row| {
                let parsed = row::number_of(&row, listed.columns.phone, audience.region);
                let number = parsed.ok().map(|parsed| parsed.number.as_u64());
                if let Some(number) = number.filter(|number| people.contains(number)) {
                    lists.rows.entry(number).or_insert((listed.clone(), row));
                }
            })?;
        }
        for list in &audience.except {
            let name = list.name.clone().unwrap_or_else(|| list.path.clone());
            let phones = match list.stored() {
                Some(stored) => barred.lists.get(stored).cloned().unwrap_or_default(),
                None => phones_of(list, folder, audience.region, &mut Summary::default())?,
            };
            for number in phones.into_iter().filter(|number| people.contains(number)) {
                lists.excepted.entry(number).or_insert_with(|| name.clone());
            }
        }
        Ok(lists)
    }
}

/// Whether somebody may enter, and as whom. Who is started in a campaign that has a list because it begins by a schedule need
/// not stand in it.
pub fn entrant(
    revision: &Revision,
    lists: &Lists,
    phone: PhoneNumber,
    brought: Brought<'_>,
    now: DateTime<Utc>,
) -> Result<Entrant, LeftOut> {
    let audience = &revision.campaign.audience;
    let number = phone.as_u64();
    if let Some(list) = lists.excepted.get(&number) {
        return Err(LeftOut::Excepted(list.clone()));
    }
    let parsed = PhoneNumber::parse(&phone.to_string(), None).map_err(|_| LeftOut::InvalidNumber)?;
    if let Some(reason) = of_its_kind(revision, parsed.kind) {
        return Err(reason);
    }
    let own = lists.rows.get(&number);
    let by_trigger = matches!(revision.campaign.schedule, Schedule::Trigger(_));
    let is_added = !by_trigger && matches!(brought, Brought::Start(_));
    if own.is_none() && !audience.from.is_empty() && !is_added {
        return Err(LeftOut::NotListed);
    }
    let (columns, row) = with_fields(own, phone, brought);
    let asked_for = asked_for(revision);
    let consent = own.and_then(|(listed, _)| listed.consent.as_ref());
    let newer = match brought {
        Brought::Event(fields) => fields.iter().map(|(name, _)| name.clone()).collect(),
        Brought::Start(_) => vec![],
    };
    let frozen = Frozen::new(revision, &columns, consent.or(asked_for.as_ref()), now)
        .knowing(lists.facts.clone())
        .with_newer(newer);
    if let Some(reason) = narrowed(revision, &frozen, phone, &row) {
        return Err(reason);
    }
    let language = language_of(revision, &frozen, &row);
    Ok(Entrant {
        member: Member {
            phone,
            language: u8::try_from(language).unwrap_or(0),
            tariff: None,
            values: frozen_values(revision, &frozen, language, phone, &row)?,
            pending: None,
        },
        region: parsed.region,
        time_class: zones_of(revision, &frozen, phone, &row)?,
    })
}

/// Whoever sends the word that begins a campaign asks for it by that.
fn asked_for(revision: &Revision) -> Option<Consent> {
    let needed = revision.campaign.audience.consent.clone()?;
    match &revision.campaign.schedule {
        Schedule::Trigger(Trigger::Keyword(_)) => Some(Consent {
            kind: needed,
            source: None,
            column: None,
            date: None,
        }),
        Schedule::Trigger(Trigger::Event { .. } | Trigger::Joins(_))
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Day { .. } => None,
    }
}

/// The row of a person, with what they bring along as columns of its own.
fn with_fields(own: Option<&(Arc<Listed>, Row)>, phone: PhoneNumber, brought: Brought<'_>) -> (Columns, Row) {
    let (mut columns, mut row) = match own {
        Some((listed, row)) => (listed.columns.clone(), row.clone()),
        None => {
            let columns = Columns {
                phone: 0,
                values: BTreeMap::new(),
            };
            let row = Row {
                number: 1,
                line: 1,
                cells: StringRecord::from(vec![phone.to_string()]),
            };
            (columns, row)
        }
    };
    let (Brought::Event(fields) | Brought::Start(fields)) = brought;
    for (name, value) in fields.iter().filter(|(name, _)| name != "phone") {
        let own = columns.values.get(name).and_then(|column| row.cells.get(*column));
        if matches!(brought, Brought::Start(_)) && own.is_some_and(|cell| !cell.trim().is_empty()) {
            continue;
        }
        columns.values.insert(name.clone(), row.cells.len());
        row.cells.push_field(value);
    }
    (columns, row)
}

/// The prices of an open launch: whoever enters has one of them, so they are all there from the beginning.
pub fn all_tariffs(folder: &Path, prices: Option<&str>) -> Result<Vec<Tariff>, AudienceError> {
    let Some(path) = prices else { return Ok(vec![]) };
    let prices = Prices::read(folder, path)?;
    let tariff = |(country, price, currency): (Option<Region>, Decimal, Currency)| Tariff {
        country: country.map_or_else(|| OTHERS.to_owned(), |country| country.to_string()),
        price,
        currency: currency.to_string(),
    };
    Ok(prices.all().map(tariff).collect())
}

/// The country of the price that holds where no other does.
const OTHERS: &str = "*";

/// The index of a country's price.
pub fn tariff_of(tariffs: &[Tariff], region: Option<Region>) -> Option<u8> {
    let region = region?;
    let of = |country: &str| tariffs.iter().position(|tariff| tariff.country == country);
    // There are fewer countries than 254.
    u8::try_from(of(region.as_str()).or_else(|| of(OTHERS))?).ok()
}
