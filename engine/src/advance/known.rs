//! What is known of a person outside of the place where they stand, and how conditions ask for it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use dsl::campaign::Deed;
use dsl::campaign::program::{Arm, Moment};
use dsl::condition::{BuiltIn, Condition, Happening, Verdict};
use dsl::scalar::{WaitTime, WrittenTime, parse_time};
use dsl::values::parse_date;

use super::{Change, Effect};
use crate::calendar::{self, DateSchedule, FieldTime, TimeClass};
use crate::draw;
use crate::member::Member;
use crate::revision::Revision;

/// What a store knows of a person: across campaigns, and of this passage. Only what the campaign asks for is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// On the person, across campaigns.
    pub tags: BTreeSet<String>,
    /// What steps and events set; they win over columns.
    pub values: BTreeMap<String, String>,
    /// The last texts that went to the person, newest first: reactions quote them.
    pub sent: Vec<String>,
    /// The text of the latest reply of this passage.
    pub reply: Option<String>,
    /// Messages of this campaign that are delivered, by name.
    pub delivered: BTreeSet<String>,
    /// Links of this campaign that were clicked, by name.
    pub clicked: BTreeSet<String>,
    /// Events of the API, by name.
    pub events: BTreeSet<String>,
    /// Campaigns that the person answered.
    pub answered: BTreeSet<String>,
    /// Campaigns that texted the person, and when.
    pub received: Vec<(String, DateTime<Utc>)>,
    /// When marketing went to the person, whichever campaign it was of; in order.
    pub marketing: Vec<DateTime<Utc>>,
    /// When a reply was answered by itself, in the last hour.
    pub answers: Vec<DateTime<Utc>>,
    /// Until when the person is inside of earlier launches of the campaign, as far as is known by now.
    pub inside_until: Option<DateTime<Utc>>,
    /// When the passage began.
    pub began_at: Option<DateTime<Utc>>,
    /// When its first text went.
    pub first_sent_at: Option<DateTime<Utc>>,
    /// The goal of the campaign is reached.
    pub reached: bool,
    /// The variant that a story chooses; else it is drawn.
    pub variant: Option<String>,
    /// A story is told of the person alone: no spread holds them up.
    pub is_alone: bool,
    /// The zones that the person may be in; none: the campaign's.
    pub zones: Option<TimeClass>,
    /// What happened outside, in order, and is not among the events and the values yet: [`Known::hear`].
    pub unheard: Vec<Outside>,
}

/// An event of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its name.
    pub name: String,
    /// What it carries, but what was set since.
    pub values: Vec<(String, String)>,
}

/// Nothing is known.
pub static NOTHING: Known = Known {
    tags: BTreeSet::new(),
    values: BTreeMap::new(),
    sent: vec![],
    reply: None,
    delivered: BTreeSet::new(),
    clicked: BTreeSet::new(),
    events: BTreeSet::new(),
    answered: BTreeSet::new(),
    received: vec![],
    marketing: vec![],
    answers: vec![],
    inside_until: None,
    began_at: None,
    first_sent_at: None,
    reached: false,
    variant: None,
    is_alone: false,
    zones: None,
    unheard: vec![],
};

impl Known {
    /// The zones that the person may be in.
    pub fn class(&self, revision: &Revision) -> TimeClass {
        let campaign = || TimeClass::from(revision.campaign.timezone);
        self.zones.clone().unwrap_or_else(campaign)
    }

    /// The clock that the person is shown: that of the first zone.
    pub fn zone(&self, revision: &Revision) -> Tz {
        let first = self.zones.as_ref().and_then(|class| class.zones().first());
        first.copied().unwrap_or(revision.campaign.timezone)
    }

    /// With what effects change of the person.
    pub fn with(&self, effects: &[Effect]) -> Cow<'_, Known> {
        let mut known = Cow::Borrowed(self);
        for effect in effects {
            if let Effect::Change(change @ (Change::Tag(_) | Change::Untag(_) | Change::Set(..))) = effect {
                known.to_mut().change(change);
            }
        }
        known
    }

    /// A change of the person is known from now on; others change nothing of that.
    pub fn change(&mut self, change: &Change) {
        match change {
            Change::Tag(tag) => {
                self.tags.insert(tag.clone());
            }
            Change::Untag(tag) => {
                self.tags.remove(tag);
            }
            Change::Set(field, value) => {
                self.values.insert(field.clone(), value.clone());
            }
            Change::Reach
            | Change::Join(_)
            | Change::Leave(_)
            | Change::Forward(_)
            | Change::Notify { .. }
            | Change::Call(_)
            | Change::Start { .. } => {}
        }
    }

    /// An event is known from now on, and of what it carries, what is of its field's type.
    pub fn learn(
        &mut self,
        revision: &Revision,
        event: String,
        carried: impl IntoIterator<Item = (String, String)>,
    ) {
        self.events.insert(event);
        let fits = |(field, value): &(String, String)| revision.fits(field, value);
        self.values.extend(carried.into_iter().filter(fits));
    }

    /// What happened since the passage began is known from now on.
    pub fn hear(&mut self, revision: &Revision) {
        let began_at = self.began_at;
        for outside in std::mem::take(&mut self.unheard) {
            if began_at.is_none_or(|began_at| outside.at >= began_at) {
                self.learn(revision, outside.name, outside.values);
            }
        }
    }

    /// When a time is over that begins at `from`: when it is in all zones that the person may be in.
    pub fn after(&self, revision: &Revision, time: WaitTime, from: DateTime<Utc>) -> DateTime<Utc> {
        let zones = self.zones.as_ref().map_or(&[][..], TimeClass::zones);
        let all = zones.iter().map(|zone| time.after(from, *zone));
        all.max()
            .unwrap_or_else(|| time.after(from, revision.campaign.timezone))
    }
}

/// Which variant of a message a person gets.
pub fn variant_of(revision: &Revision, message: usize, member: &Member, known: &Known) -> usize {
    let message = &revision.campaign.messages[message];
    if message.variants.len() < 2 {
        return 0;
    }
    let ways = message.variants.iter();
    let ways = ways.map(|variant| (variant.name.as_deref(), variant.share.0));
    chosen_or_drawn(revision, (&message.name, ways), member, known)
}

/// Which way of a split a person goes.
pub(super) fn way_of(
    revision: &Revision,
    (name, arms): (&str, &[Arm]),
    member: &Member,
    known: &Known,
) -> usize {
    let ways = arms.iter().map(|arm| (Some(arm.name.as_str()), arm.share.0));
    chosen_or_drawn(revision, (name, ways), member, known)
}

/// The way that a story chooses; else the one that the hash of the person for this draw falls on.
fn chosen_or_drawn<'w>(
    revision: &Revision,
    (draw, ways): (&str, impl Iterator<Item = (Option<&'w str>, f64)> + Clone),
    member: &Member,
    known: &Known,
) -> usize {
    let chosen = known.variant.as_deref();
    let chosen = chosen.and_then(|chosen| ways.clone().position(|(name, _)| name == Some(chosen)));
    chosen.unwrap_or_else(|| {
        let hash = draw::hash(draw, &revision.campaign.name, member.phone);
        draw::pick(hash, ways.map(|(_, share)| share))
    })
}

/// A person whom a condition is asked about.
pub(crate) struct Person<'a> {
    pub revision: &'a Revision,
    pub member: &'a Member,
    pub known: &'a Known,
    pub now: DateTime<Utc>,
}

impl<'a> Person<'a> {
    /// What a condition says of the person.
    pub fn verdict<'c>(&self, condition: &'c Condition) -> Verdict<'c> {
        let built_in = Texts::of(self);
        condition.evaluate(&Asked {
            person: self,
            built_in,
            condition,
        })
    }

    /// Whether it holds; not where it cannot be decided.
    pub fn holds(&self, condition: &Condition) -> bool {
        self.verdict(condition) == Verdict::Holds
    }

    /// When a moment comes for the person, asked at `from`; none where the field has no day.
    pub fn moment(&self, moment: &Moment, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let meant = match moment {
            Moment::TimeOfDay(minute) => calendar::Moment::Next(time_of_day(*minute)),
            Moment::Time(time) => calendar::Moment::At(*time),
            Moment::Day { field, shift, at } => calendar::Moment::By {
                field: self.day_of_passage(field)?,
                shift: *shift,
                at: at.map(time_of_day),
            },
        };
        Some(meant.instant(&self.known.class(self.revision), from))
    }

    /// The day of a field; none where it is empty, or none.
    pub fn date(&self, name: &str) -> Option<NaiveDate> {
        let zone = self.known.zone(self.revision);
        date_of(self.revision, name, self.value(name), zone)
    }

    /// The day of a field, or its time; that of this passage where the field is the schedule's, year after year.
    fn day_of_passage(&self, name: &str) -> Option<FieldTime> {
        let day = self.day(name)?;
        let schedule = DateSchedule::of(&self.revision.campaign);
        let own = schedule.filter(|(field, schedule)| *field == name && schedule.yearly);
        let Some((_, schedule)) = own else {
            return Some(day);
        };
        let zone = self.known.zone(self.revision);
        let began = self.known.began_at.unwrap_or(self.now);
        let began = began.with_timezone(&zone).date_naive();
        let local = match day {
            FieldTime::Day(day) => return Some(FieldTime::Day(schedule.day_of_passage(day, began))),
            FieldTime::Time(WrittenTime::Local(local)) => local,
            FieldTime::Time(WrittenTime::Instant(at)) => at.with_timezone(&zone).naive_local(),
        };
        let day = schedule.day_of_passage(local.date(), began);
        Some(FieldTime::Time(WrittenTime::Local(day.and_time(local.time()))))
    }

    /// The day of a field, or its time; none where it is empty, or none.
    fn day(&self, name: &str) -> Option<FieldTime> {
        day_of(self.revision, name, self.value(name))
    }

    /// What a campaign that a step starts is told: the values that there are, the language and the clock.
    pub fn carried(&self) -> Vec<(String, String)> {
        let names = self.revision.variables.iter().chain(self.known.values.keys());
        let names: BTreeSet<&String> = names.collect();
        let values = names
            .into_iter()
            .map(|name| (name.clone(), self.value(name).to_owned()));
        let values =
            values.filter(|(name, value)| !value.is_empty() && name != "language" && name != "timezone");
        let language = &self.revision.campaign.languages[usize::from(self.member.language)];
        let mut all: Vec<(String, String)> = values.collect();
        all.push(("language".to_owned(), language.as_str().to_owned()));
        // Of several zones nobody knows which it is.
        if let Some([zone]) = self.known.zones.as_ref().map(TimeClass::zones) {
            all.push(("timezone".to_owned(), zone.name().to_owned()));
        }
        all
    }

    /// The value of a field; empty where the person has none.
    pub fn value(&self, name: &str) -> &'a str {
        let value = self.revision.value_now(self.member, self.known, name);
        value.unwrap_or("")
    }
}

/// The day that a value of a field is, on a clock; none where it is none.
pub(crate) fn date_of(revision: &Revision, name: &str, text: &str, zone: Tz) -> Option<NaiveDate> {
    match day_of(revision, name, text)? {
        FieldTime::Day(day) => Some(day),
        FieldTime::Time(WrittenTime::Local(local)) => Some(local.date()),
        FieldTime::Time(WrittenTime::Instant(at)) => Some(at.with_timezone(&zone).date_naive()),
    }
}

fn day_of(revision: &Revision, name: &str, text: &str) -> Option<FieldTime> {
    let text = text.trim();
    let format = revision.field(name).and_then(|field| field.format);
    match format {
        Some(format) if format.has_time() => {
            let time = format.time(text)?;
            Some(FieldTime::Time(WrittenTime::Local(time)))
        }
        Some(format) => format.date(text).map(FieldTime::Day),
        None => {
            let day = parse_date(text).map(FieldTime::Day);
            day.or_else(|| parse_time(text).ok().map(FieldTime::Time))
        }
    }
}

/// The minute of a day, below 1,440.
pub(crate) fn time_of_day(minute: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or(NaiveTime::MIN)
}

/// Values that every person has.
struct Texts {
    phone: String,
    country: String,
    variant: String,
}

impl Texts {
    fn of(person: &Person<'_>) -> Texts {
        let phone = person.member.phone;
        let country = phone.region().map(|region| region.to_string());
        Texts {
            phone: phone.to_string(),
            country: country.unwrap_or_default(),
            variant: drawn(person).to_owned(),
        }
    }
}

/// What was drawn first: the variant of the first message that has some, else the way of the first split.
pub(crate) fn drawn<'a>(person: &Person<'a>) -> &'a str {
    drawn_of(person, &|draw| draw.len() > 1)
}

/// What was drawn where the names that can be drawn are the wanted ones: messages in order, then splits. Empty: nowhere.
fn drawn_of<'a>(person: &Person<'a>, wanted: &dyn Fn(&[&str]) -> bool) -> &'a str {
    let campaign = &person.revision.campaign;
    let messages = campaign.messages.iter().enumerate().find_map(|(at, message)| {
        let variants = message.variants.iter();
        let names: Vec<&str> = variants.filter_map(|variant| variant.name.as_deref()).collect();
        let drawn = || variant_of(person.revision, at, person.member, person.known);
        wanted(&names).then(|| names[drawn()])
    });
    let mut splits = campaign.program.instructions.iter();
    let of_splits = || {
        splits.find_map(|one| {
            let Deed::Split { name, arms } = &one.deed else {
                return None;
            };
            let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
            wanted(&names).then(|| names[way_of(person.revision, (name, arms), person.member, person.known)])
        })
    };
    messages.or_else(of_splits).unwrap_or_default()
}

struct Asked<'a> {
    person: &'a Person<'a>,
    built_in: Texts,
    condition: &'a Condition,
}

impl dsl::condition::Facts for Asked<'_> {
    fn value(&self, at: usize) -> &str {
        self.condition
            .names()
            .get(at)
            .map_or("", |name| self.person.value(name))
    }

    fn built_in(&self, name: BuiltIn) -> &str {
        let campaign = &self.person.revision.campaign;
        match name {
            BuiltIn::Phone => &self.built_in.phone,
            BuiltIn::Country => &self.built_in.country,
            BuiltIn::Language => campaign.languages[usize::from(self.person.member.language)].as_str(),
            BuiltIn::Timezone => self.zone().name(),
            BuiltIn::Variant => &self.built_in.variant,
            BuiltIn::Reply => self.person.known.reply.as_deref().unwrap_or(""),
        }
    }

    fn drawn(&self, among: &str) -> &str {
        drawn_of(self.person, &|draw| draw.contains(&among))
    }

    fn tagged(&self, tag: &str) -> bool {
        self.person.known.tags.contains(tag)
    }

    fn happened(&self, what: &Happening) -> bool {
        let known = self.person.known;
        match what {
            Happening::Delivered(message) => known.delivered.contains(message),
            Happening::Clicked(link) => known.clicked.contains(link),
            Happening::Replied => known.reply.is_some(),
            Happening::Answered(campaign) => known.answered.contains(campaign),
            Happening::Received(campaign, within) => known.received.iter().any(|(name, at)| {
                let last = within.map(|time| time.after(*at, self.zone()));
                name == campaign && last.is_none_or(|last| last > self.person.now)
            }),
            Happening::Event(name) => known.events.contains(name),
        }
    }

    fn today(&self) -> NaiveDate {
        self.person.now.with_timezone(&self.zone()).date_naive()
    }

    fn now(&self) -> DateTime<Utc> {
        self.person.now
    }

    fn zone(&self) -> Tz {
        self.person.known.zone(self.person.revision)
    }
}
