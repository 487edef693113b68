//! Plans one row: pure, the same on every machine and thread.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Deed, Schedule};
use dsl::columns::Columns;
use dsl::condition::{BuiltIn, Condition, Facts, Happening, Verdict};
use dsl::project::Consent;
use dsl::values::FieldType;
use sms::{LineKind, ParsedNumber, PhoneNumber, Region};

use super::consent::ConsentOf;
use super::odd::OddColumn;
use super::{Day, StoreFacts};
use super::{day, draw};
use crate::advance::{Known, NOTHING, may_text, text_of, variant_of};
use crate::audience::{Row, cell_problem, clean};
use crate::calendar::TimeClass;
use crate::entry::{self, Entry};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;

/// What a row comes to, before the other rows are asked.
#[derive(Debug)]
pub enum RowPlan {
    /// The phone cell holds no number.
    NoNumber {
        /// Why, with the remedy.
        reason: String,
        /// The cell.
        text: String,
    },
    /// Somebody whose day is another.
    OtherDay(PhoneNumber),
    /// Left out for a reason that lies in the row or its number.
    LeftOut(PhoneNumber, LeftOut),
    /// Gets every text of the campaign.
    Planned(PlannedRow),
}

/// A person of the plan.
#[derive(Debug)]
pub struct PlannedRow {
    /// As it goes into a cohort.
    pub member: Member,
    /// Each `send` of the program, in order.
    pub sends: Vec<SendOfRow>,
    /// Its texts that are not GSM-7.
    pub ucs2: OutsideGsm7,
    /// The sends whose sender may not text the country, from 0 and in order: they have no parts.
    pub barred: Vec<usize>,
    /// The country of the number; none for a number of no country.
    pub region: Option<Region>,
    /// The number was read out of a spreadsheet's form.
    pub repaired: bool,
    /// The set of zones the person may be in.
    pub time_class: Arc<str>,
    /// With whom the person enters.
    pub step: entry::Step,
}

/// A `send` of the program to one person.
#[derive(Debug, Clone, Copy)]
pub struct SendOfRow {
    /// Of the text.
    pub parts: u32,
    /// Which variant of its message the person gets.
    pub variant: usize,
}

impl Frozen {
    /// The cells of a row that are not what their column asks for, as reports can show them.
    pub(super) fn odd<'a>(
        &'a self,
        revision: &'a Revision,
        row: &'a Row,
    ) -> impl Iterator<Item = (OddColumn, String)> + 'a {
        // Where there is one language for all, theirs is that.
        let language = self.language.filter(|_| revision.campaign.languages.len() > 1);
        let columns = [
            (OddColumn::Language, language),
            (OddColumn::Timezone, self.timezone),
        ];
        columns.into_iter().filter_map(move |(column, at)| {
            let cell = clean(row.cells.get(at?)?);
            let mut languages = revision.campaign.languages.iter();
            let is_known = column == OddColumn::Language && languages.any(|known| known.as_str() == cell);
            (!is_known && column.is_odd(&cell)).then(|| (column, shortened(&cell)))
        })
    }
}

/// The sends whose text is not GSM-7, from 0 and in order, each with the first character that is not.
pub type OutsideGsm7 = Vec<(usize, char)>;

/// Where the cells of a list are that a member keeps.
pub struct Frozen {
    language: Option<usize>,
    /// For each variable of the revision: its column in this list, and its field.
    cells: Vec<Cell>,
    /// The same for each name of `where`.
    asked: Vec<Cell>,
    consent: ConsentOf,
    /// The column with the person's time zone.
    timezone: Option<usize>,
    /// When the plan is made: `where` may ask for it.
    now: DateTime<Utc>,
    time_class: Arc<str>,
    entry: Entry,
    /// Whose day it is, of a schedule on the recipients' clocks.
    day: Option<Day>,
    /// What the store knows of people.
    facts: Arc<StoreFacts>,
    /// Fields that are newer than what was set.
    newer: Vec<String>,
}

struct Cell {
    column: Option<usize>,
    /// An index into the campaign's fields.
    field: Option<usize>,
}

impl Frozen {
    /// Resolves the variables of a revision in a list.
    pub fn new(
        revision: &Revision,
        columns: &Columns,
        consent: Option<&Consent>,
        now: DateTime<Utc>,
    ) -> Frozen {
        let fields = &revision.campaign.fields;
        let cell = |name: &String| Cell {
            column: columns.values.get(name).copied(),
            field: fields.iter().position(|field| field.name == *name),
        };
        let audience = &revision.campaign.audience;
        let filter = audience.filter.as_ref();
        let asked = filter.map_or(&[][..], Condition::names);
        Frozen {
            language: columns.values.get("language").copied(),
            cells: revision.variables.iter().map(cell).collect(),
            asked: asked.iter().map(cell).collect(),
            consent: ConsentOf::new(audience.consent.as_deref(), consent, columns),
            timezone: columns.values.get("timezone").copied(),
            now,
            time_class: revision.campaign.timezone.name().into(),
            // Only who enters with whom is asked here, and that is the same whenever it begins.
            entry: Entry::of(&revision.campaign, now),
            day: None,
            facts: Arc::default(),
            newer: vec![],
        }
    }

    /// With what the store knows; where nothing is said it knows nothing.
    pub(super) fn knowing(self, facts: Arc<StoreFacts>) -> Frozen {
        Frozen { facts, ..self }
    }

    /// With columns that win over what steps set.
    pub(super) fn with_newer(self, newer: Vec<String>) -> Frozen {
        Frozen { newer, ..self }
    }

    /// What somebody has of a field: what a step set, else what the row says.
    fn said<'a>(&'a self, cell: &Cell, name: &str, phone: PhoneNumber, row: &'a Row) -> Cow<'a, str> {
        let is_newer = || self.newer.iter().any(|newer| newer == name);
        if let Some(set) = self.facts.value(name, phone).filter(|_| !is_newer()) {
            return Cow::Borrowed(set);
        }
        let text = cell.column.and_then(|column| row.cells.get(column));
        clean(text.unwrap_or_default())
    }

    /// Only people whose day it is are planned.
    pub(super) fn on_day(self, day: Option<Day>) -> Frozen {
        Frozen { day, ..self }
    }
}

impl Frozen {
    fn today(&self, zone: Tz) -> NaiveDate {
        self.now.with_timezone(&zone).date_naive()
    }
}

/// Why a number of this kind gets no text; none where it does.
pub(super) fn of_its_kind(revision: &Revision, kind: LineKind) -> Option<LeftOut> {
    let reason = match kind {
        LineKind::Mobile | LineKind::FixedOrMobile => None,
        LineKind::Fixed => Some(LeftOut::Landline),
        LineKind::Other => Some(LeftOut::SpecialNumber),
    };
    reason.filter(|_| !revision.campaign.audience.keeps_landlines)
}

/// Plans a row.
pub fn plan_row(
    revision: &Revision,
    phone: usize,
    frozen: &Frozen,
    region: Option<Region>,
    row: &Row,
) -> RowPlan {
    let parsed = match number_of(row, phone, region) {
        Ok(parsed) => parsed,
        Err((reason, text)) => return RowPlan::NoNumber { reason, text },
    };
    match is_their_day(revision, frozen, parsed.number, row) {
        Ok(true) => {}
        Ok(false) => return RowPlan::OtherDay(parsed.number),
        Err(reason) => return RowPlan::LeftOut(parsed.number, reason),
    }
    if let Some(reason) = of_its_kind(revision, parsed.kind) {
        return RowPlan::LeftOut(parsed.number, reason);
    }
    if let Some(reason) = narrowed(revision, frozen, parsed.number, row) {
        return RowPlan::LeftOut(parsed.number, reason);
    }
    let planned = member_of(revision, frozen, parsed.number, row);
    let class = zones_of(revision, frozen, parsed.number, row);
    match planned.and_then(|planned| Ok((planned, class?))) {
        Ok((texts, time_class)) => RowPlan::Planned(PlannedRow {
            member: texts.member,
            sends: texts.sends,
            ucs2: texts.ucs2,
            barred: texts.barred,
            region: parsed.region,
            repaired: parsed.repaired.is_some(),
            time_class,
            step: frozen.entry.step(parsed.number),
        }),
        Err(reason) => RowPlan::LeftOut(parsed.number, reason),
    }
}

/// Whether the day of the launch is that of a row; of any other launch it is.
fn is_their_day(
    revision: &Revision,
    frozen: &Frozen,
    phone: PhoneNumber,
    row: &Row,
) -> Result<bool, LeftOut> {
    let class = || -> Result<TimeClass, LeftOut> {
        let class = TimeClass::parse(&zones_of(revision, frozen, phone, row)?);
        Ok(class.unwrap_or_else(|| TimeClass::from(revision.campaign.timezone)))
    };
    let campaign = &revision.campaign;
    let field = match (&campaign.schedule, &frozen.day) {
        (Schedule::Day { field, .. }, _) => field,
        (_, Some(day)) => return day.is_tick_of(campaign, &class()?, frozen.now),
        (Schedule::Local(local), None) => {
            return day::is_in_time(campaign, *local, &class()?, frozen.now);
        }
        (_, None) => return Ok(true),
    };
    let at = revision.variables.iter().position(|name| name == field);
    let Some(cell) = at.and_then(|at| frozen.cells.get(at)) else {
        return Ok(false);
    };
    let language = language_of(revision, frozen, row);
    let value = value_of(
        revision,
        cell,
        field,
        language,
        &frozen.said(cell, field, phone, row),
    )?;
    match &frozen.day {
        Some(day) => day.is_of(revision, &value, &class()?, frozen.now),
        // Of every day, as in a rehearsal.
        None => day::day_of(revision, field, &value, &class()?).map(|_| true),
    }
}

/// The zones that a person may be in: the column's, else those of the number. Where nothing goes by the clock of its people
/// it is the campaign's for all.
pub(super) fn zones_of(
    revision: &Revision,
    frozen: &Frozen,
    phone: PhoneNumber,
    row: &Row,
) -> Result<Arc<str>, LeftOut> {
    if !revision.goes_by_clocks {
        return Ok(frozen.time_class.clone());
    }
    let cell = frozen.timezone.and_then(|column| row.cells.get(column));
    let stated = match clean(cell.unwrap_or_default()) {
        cell if cell.is_empty() => None,
        cell => Some(
            cell.parse::<Tz>()
                .map_err(|_| LeftOut::IllTyped("timezone".into()))?,
        ),
    };
    let class = TimeClass::of(stated, phone, revision.campaign.timezone);
    Ok(class.to_string().into())
}

/// Why somebody with a number is not among the people of the campaign, whatever the other rows say.
pub(super) fn narrowed(
    revision: &Revision,
    frozen: &Frozen,
    phone: PhoneNumber,
    row: &Row,
) -> Option<LeftOut> {
    let campaign = &revision.campaign;
    if let Some(reason) = filtered(revision, frozen, phone, row) {
        return Some(reason);
    }
    if let Some(reason) = consent_lacks(revision, frozen, row) {
        return Some(reason);
    }
    draw::by_share(&campaign.audience, &campaign.name, phone)
}

/// Why somebody did not give the consent that the policy asks for.
pub(super) fn consent_lacks(revision: &Revision, frozen: &Frozen, row: &Row) -> Option<LeftOut> {
    frozen
        .consent
        .lacks(row, || frozen.today(revision.campaign.timezone))
}

/// Why the campaign is not for somebody: by the country of the number, by `where`, or by a condition of `except`.
pub(super) fn filtered(
    revision: &Revision,
    frozen: &Frozen,
    phone: PhoneNumber,
    row: &Row,
) -> Option<LeftOut> {
    let audience = &revision.campaign.audience;
    if let Some(countries) = &audience.countries
        && !phone.region().is_some_and(|region| countries.contains(&region))
    {
        return Some(LeftOut::Elsewhere);
    }
    if audience.filter.is_none() && audience.leavers.is_empty() {
        return None;
    }
    let facts = RowFacts::new(revision, frozen, phone, row);
    let verdict = audience
        .filter
        .as_ref()
        .map_or(Verdict::Holds, |filter| filter.evaluate(&facts));
    match verdict {
        Verdict::Fails => return Some(LeftOut::Filtered),
        Verdict::Undecided(name) => return Some(LeftOut::Undecided(name.to_owned())),
        Verdict::Holds => {}
    }
    let leaver = audience
        .leavers
        .iter()
        .find(|leaver| leaver.evaluate(&facts) == Verdict::Holds);
    leaver.map(|leaver| LeftOut::ExceptedBy(leaver.source()))
}

/// A row as conditions see it.
struct RowFacts<'a> {
    frozen: &'a Frozen,
    values: Vec<Cow<'a, str>>,
    number: PhoneNumber,
    phone: String,
    country: String,
    language: &'a str,
    zone: Tz,
}

impl<'a> RowFacts<'a> {
    fn new(revision: &'a Revision, frozen: &'a Frozen, phone: PhoneNumber, row: &'a Row) -> RowFacts<'a> {
        let campaign = &revision.campaign;
        let language = language_of(revision, frozen, row);
        let filter = campaign.audience.filter.as_ref();
        let names = filter.map_or(&[][..], Condition::names);
        let value = |(cell, name): (&Cell, &String)| {
            let text = frozen.said(cell, name, phone, row);
            let field = cell.field.filter(|_| text.is_empty());
            let default =
                field.and_then(|field| campaign.fields[field].default.get(&campaign.languages[language]));
            default.map_or(text, |default| Cow::Borrowed(default.as_str()))
        };
        RowFacts {
            frozen,
            values: frozen.asked.iter().zip(names).map(value).collect(),
            number: phone,
            phone: phone.to_string(),
            country: phone
                .region()
                .map(|region| region.to_string())
                .unwrap_or_default(),
            language: campaign.languages[language].as_str(),
            zone: campaign.timezone,
        }
    }
}

impl Facts for RowFacts<'_> {
    fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", |value| value)
    }

    fn built_in(&self, name: BuiltIn) -> &str {
        match name {
            BuiltIn::Phone => &self.phone,
            BuiltIn::Country => &self.country,
            BuiltIn::Language => self.language,
            BuiltIn::Timezone => self.zone.name(),
            BuiltIn::Variant | BuiltIn::Reply => "",
        }
    }

    fn drawn(&self, _: &str) -> &str {
        ""
    }

    fn tagged(&self, tag: &str) -> bool {
        self.frozen.facts.is_tagged(tag, self.number)
    }

    fn happened(&self, what: &Happening) -> bool {
        self.frozen.facts.has_happened(what, self.number)
    }

    fn today(&self) -> NaiveDate {
        self.frozen.today(self.zone)
    }

    fn now(&self) -> DateTime<Utc> {
        self.frozen.now
    }

    fn zone(&self) -> Tz {
        self.zone
    }
}

pub(super) fn language_of(revision: &Revision, frozen: &Frozen, row: &Row) -> usize {
    let cell = frozen.language.and_then(|column| row.cells.get(column));
    cell.map_or(0, |cell| revision.campaign.language_index(&clean(cell)))
}

/// The number of a row; or why there is none, and the cell.
pub(super) fn number_of(
    row: &Row,
    phone: usize,
    region: Option<Region>,
) -> Result<ParsedNumber, (String, String)> {
    let cell = row.cells.get(phone).unwrap_or_default();
    if let Some(problem) = cell_problem(cell) {
        return Err((problem.to_string(), shortened(cell)));
    }
    PhoneNumber::parse(cell, region).map_err(|error| (error.to_string(), shortened(cell)))
}

/// A person, and what the texts come to.
struct Texts {
    member: Member,
    sends: Vec<SendOfRow>,
    ucs2: OutsideGsm7,
    barred: Vec<usize>,
}

/// The person of a row, whatever their texts are.
pub(super) fn member_of_row(
    revision: &Revision,
    frozen: &Frozen,
    phone: PhoneNumber,
    row: &Row,
) -> Result<Member, LeftOut> {
    let language = language_of(revision, frozen, row);
    Ok(Member {
        phone,
        language: u8::try_from(language).unwrap_or(0),
        tariff: None,
        values: frozen_values(revision, frozen, language, phone, row)?,
        pending: None,
    })
}

fn member_of(revision: &Revision, frozen: &Frozen, phone: PhoneNumber, row: &Row) -> Result<Texts, LeftOut> {
    let member = member_of_row(revision, frozen, phone, row)?;
    let (sends, ucs2, barred) = texts_of(revision, &member, &NOTHING)?;
    Ok(Texts {
        member,
        sends,
        ucs2,
        barred,
    })
}

/// The parts of each text that a person gets, those that are not GSM-7, and those whose sender may not text them.
pub(super) fn texts_of(
    revision: &Revision,
    member: &Member,
    known: &Known,
) -> Result<(Vec<SendOfRow>, OutsideGsm7, Vec<usize>), LeftOut> {
    let campaign = &revision.campaign;
    let by_trigger = matches!(campaign.schedule, Schedule::Trigger(_));
    let (mut sends, mut ucs2, mut barred) = (vec![], vec![], vec![]);
    for (send, (at, message)) in campaign.program.sends().enumerate() {
        if let Deed::Send(deed) = &campaign.program.at(at).deed
            && !may_text(deed, member.phone)
        {
            sends.push(SendOfRow { parts: 0, variant: 0 });
            barred.push(send);
            continue;
        }
        let variant = variant_of(revision, message, member, known);
        match text_of(revision, [message, variant], member, known) {
            Ok((text, parts)) => {
                sends.push(SendOfRow { parts, variant });
                ucs2.extend(sms::parts::measure(&text).forced_by.map(|(_, c)| (send, c)));
            }
            // A step gives the value later: how long the text is nobody knows yet, but that it has a part.
            Err(LeftOut::EmptyValue(name)) if revision.field(&name).is_some_and(|f| f.set_by_steps) => {
                sends.push(SendOfRow { parts: 1, variant });
            }
            // Of whom a trigger enters values may come later; they are asked when the text is due.
            Err(_) if by_trigger => sends.push(SendOfRow { parts: 1, variant }),
            Err(reason) => return Err(reason),
        }
    }
    Ok((sends, ucs2, barred))
}

/// The values that a member keeps, in the order of the revision's variables.
pub(super) fn frozen_values(
    revision: &Revision,
    frozen: &Frozen,
    language: usize,
    phone: PhoneNumber,
    row: &Row,
) -> Result<Vec<Box<str>>, LeftOut> {
    let values = frozen.cells.iter().zip(&revision.variables);
    let values = values.map(|(cell, name)| {
        value_of(
            revision,
            cell,
            name,
            language,
            &frozen.said(cell, name, phone, row),
        )
    });
    values.collect()
}

/// What somebody has of a field, checked by its type; where it is empty the field's default. A value that stays empty is left to
/// the text, which may ask for it with `if`.
fn value_of(
    revision: &Revision,
    cell: &Cell,
    name: &str,
    language: usize,
    text: &str,
) -> Result<Box<str>, LeftOut> {
    let campaign = &revision.campaign;
    let field = cell.field.map(|index| &campaign.fields[index]);
    if text.is_empty() {
        let default = field.and_then(|field| field.default.get(&campaign.languages[language]));
        return Ok(default.cloned().unwrap_or_default().into());
    }
    let kind = field.map_or(FieldType::Text, |field| field.kind);
    if !kind.accepts(text) || cell_problem(text).is_some() {
        return Err(LeftOut::IllTyped(name.to_owned()));
    }
    Ok(Box::from(text))
}

/// A cell as a report can show it.
fn shortened(cell: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = cell.chars().take(MOST).collect();
    if cell.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}
