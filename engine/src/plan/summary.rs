//! The summary of a plan. It adds up: rows = people + those left out, by reason, + those whose day is another.

use std::collections::BTreeMap;

use dsl::campaign::Campaign;
use serde::{Deserialize, Serialize};

use super::capped::Capped;
use super::long::{self, LongValues};
use super::odd::{self, OddCells, OddOfRow};
use super::row::PlannedRow;
use super::seen::Place;
use super::texts::{self, TextParts};
use super::too_long::TooLong;
use crate::calendar::DateSchedule;
use crate::left_out::LeftOut;
use crate::revision::Revision;
use crate::tariff::{Money, Tariff, cost};

/// What a plan comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows of the lists.
    pub rows: u64,
    /// People who get the campaign.
    pub people: u64,
    /// Rows of people whose day, or tick on their own clock, is another: they are not left out.
    #[serde(default)]
    pub other_days: u64,
    /// Rows left out, by the code of the reason.
    pub left_out: BTreeMap<String, u64>,
    /// The first row of each reason.
    #[serde(default)]
    pub left_out_first: BTreeMap<String, Place>,
    /// Parts of all texts of all people.
    pub parts: u64,
    /// The budget, in millionths of its currency.
    pub budget: Option<i64>,
    /// The sends of the program, in order.
    pub messages: Vec<MessageParts>,
    /// The same by variant and language: send by send and variant by variant, each in the order of the campaign's languages.
    #[serde(default)]
    pub texts: Vec<TextParts>,
    /// The senders that its texts go by, the campaign's own first.
    #[serde(default)]
    pub senders: Vec<SenderParts>,
    /// What the parts cost.
    pub money: Money,
    /// Parts to countries of which no price is known.
    pub unpriced_parts: u64,
    /// People by language.
    pub languages: BTreeMap<String, u64>,
    /// People with a text that is not GSM-7.
    pub ucs2: u64,
    /// The first of them: line and character.
    pub ucs2_first: Option<(u64, char)>,
    /// The row with the longest text: line and parts.
    pub longest: Option<(u64, u32)>,
    /// People for whom a text has no hour: its hours hold in no instant in all zones that they may be in.
    #[serde(default)]
    pub no_hours: u64,
    /// People who are inside of an earlier launch now: on their own clocks they enter if they are through when their time comes.
    #[serde(default)]
    pub may_be_inside: u64,
    /// Whom `frequency` holds up at their first text; nobody, where that was not asked.
    #[serde(default)]
    pub capped: Capped,
    /// Rows without a number, the first 1,000.
    pub bad_rows: Vec<BadLine>,
    /// Rows without a number in the lists under `except`: whoever they mean is not excluded. The first 1,000.
    pub bad_except: Vec<BadLine>,
    /// Rows that repeat a number; the first 1,000.
    pub duplicates: Vec<Duplicate>,
    /// Numbers that were read out of a spreadsheet's form such as `3.93331234567E+11`.
    pub repaired: u64,
    /// Cells of `language` and `timezone` that are neither, the first 100 of each.
    #[serde(default)]
    pub odd_cells: Vec<OddCells>,
    /// Values that are longer than their field says, by field.
    #[serde(default)]
    pub long_values: Vec<LongValues>,
    /// Whom `limits.parts` leaves out: those whose text is GSM-7, and those whose text is not.
    #[serde(default)]
    pub too_long: Vec<TooLong>,
    /// Rows that are one more passage of somebody, by another key of the trigger.
    #[serde(default)]
    pub further_passages: u64,
    /// The lists, as they were read.
    pub files: Vec<FileRead>,
    /// Parts by tariff; the cost is made of it.
    pub parts_by_tariff: BTreeMap<u8, u64>,
    /// People by the set of zones that they may be in; the campaign's alone where nothing goes by their clocks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, u64>,
}

/// A `send` of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageParts {
    /// The message's name.
    pub message: String,
    /// Parts over all people, in all rounds.
    pub parts: u64,
    /// Which of [`Summary::senders`] it goes by.
    #[serde(default)]
    pub sender: usize,
    /// How often a person gets it at most.
    #[serde(default)]
    pub rounds: u64,
}

/// What goes by one sender.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderParts {
    /// Its name.
    pub sender: String,
    /// Parts over all people.
    pub parts: u64,
    /// What they cost.
    pub money: Money,
    /// Parts by tariff.
    pub parts_by_tariff: BTreeMap<u8, u64>,
    /// Parts to countries of which no price is known.
    pub unpriced_parts: u64,
    /// Texts that it may not send, by the country of the number; empty: of no country.
    pub barred: BTreeMap<String, u64>,
}

/// A row that repeats the number of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The list.
    pub file: String,
    /// Of the file, from 1.
    pub line: u64,
    /// The list of the first row of the number.
    pub first_file: String,
    /// Its line.
    pub first_line: u64,
}

/// A row that holds no number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// The list.
    pub file: String,
    /// Of the file, from 1.
    pub line: u64,
    /// Why, with the remedy.
    pub reason: String,
    /// The cell or row, shortened.
    pub text: String,
}

/// How a list was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRead {
    /// As written in the campaign.
    pub path: String,
    /// Between cells.
    pub separator: char,
    /// Of the bytes.
    pub encoding: String,
    /// Where the numbers are.
    pub phone_column: String,
    /// Its rows.
    pub rows: u64,
}

/// So many rows are named.
const NAMED: usize = 1_000;

impl Summary {
    /// Of nobody yet.
    pub fn of(campaign: &Campaign) -> Summary {
        let names = campaign.senders();
        let place = |sender: &str| names.iter().position(|name| *name == sender);
        let messages = campaign.program.sends().map(|(at, message)| MessageParts {
            message: campaign.messages[message].name.clone(),
            parts: 0,
            sender: place(campaign.sender_at(at)).unwrap_or(0),
            rounds: campaign.program.most_rounds(at),
        });
        let senders = names.iter().map(|name| SenderParts {
            sender: (*name).to_owned(),
            ..SenderParts::default()
        });
        Summary {
            messages: messages.collect(),
            senders: senders.collect(),
            texts: texts::of(campaign),
            ..Summary::default()
        }
    }

    /// Rows left out for a reason.
    pub fn left_out_for(&self, reason: &LeftOut) -> u64 {
        self.left_out.get(&reason.code()).copied().unwrap_or(0)
    }

    /// All rows left out.
    pub fn left_out_rows(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// The place of a line of the list that is being read.
    pub(super) fn place(&self, line: u64) -> Place {
        let list = self.files.len().saturating_sub(1);
        Place { list, line }
    }

    /// Whether the day is nobody's: whoever is left out would be on any day.
    pub fn is_nobodys_day(&self, campaign: &Campaign) -> bool {
        let field = DateSchedule::of(campaign).map(|(field, _)| field);
        let of_field = field.into_iter().flat_map(|field| {
            [
                LeftOut::EmptyValue(field.to_owned()),
                LeftOut::IllTyped(field.to_owned()),
            ]
        });
        let always = of_field.chain([LeftOut::InvalidNumber, LeftOut::UnreadableRow]);
        let always: u64 = always.map(|reason| self.left_out_for(&reason)).sum();
        (field.is_some() || self.other_days > 0) && self.people == 0 && self.left_out_rows() == always
    }

    pub(super) fn other_day(&mut self) {
        self.rows += 1;
        self.other_days += 1;
    }

    pub(super) fn leave_out(&mut self, reason: &LeftOut, place: Place) {
        self.rows += 1;
        let code = reason.code();
        match self.left_out.get_mut(&code) {
            Some(n) => *n += 1,
            None => {
                self.left_out.insert(code.clone(), 1);
                self.left_out_first.insert(code, place);
            }
        }
    }

    pub(super) fn bad_row(&mut self, reason: &LeftOut, bad: BadLine) {
        self.leave_out(reason, self.place(bad.line));
        if self.bad_rows.len() < NAMED {
            self.bad_rows.push(bad);
        }
    }

    pub(super) fn bad_except(&mut self, bad: BadLine) {
        if self.bad_except.len() < NAMED {
            self.bad_except.push(bad);
        }
    }

    pub(super) fn note_odd(&mut self, odd: OddOfRow, place: Place) {
        for (column, text) in odd {
            odd::note(&mut self.odd_cells, column, text, place);
        }
    }

    pub(super) fn duplicate(&mut self, line: u64, first: Place) {
        let path = |list: usize| {
            self.files
                .get(list)
                .map(|file| file.path.clone())
                .unwrap_or_default()
        };
        if self.duplicates.len() < NAMED {
            let file = self
                .files
                .last()
                .map(|file| file.path.clone())
                .unwrap_or_default();
            self.duplicates.push(Duplicate {
                file,
                line,
                first_file: path(first.list),
                first_line: first.line,
            });
        }
    }

    pub(super) fn take(&mut self, planned: &PlannedRow, revision: &Revision, place: Place) {
        let line = place.line;
        texts::take(&mut self.texts, &revision.campaign, planned, place);
        long::note(&mut self.long_values, revision, planned, place);
        self.rows += 1;
        self.people += 1;
        match self.zones.get_mut(&*planned.time_class) {
            Some(people) => *people += 1,
            None => {
                self.zones.insert(planned.time_class.to_string(), 1);
            }
        }
        self.repaired += u64::from(planned.repaired);
        let mut parts = 0;
        for (message, own) in self.messages.iter_mut().zip(&planned.sends) {
            let of_it = u64::from(own.parts) * message.rounds;
            parts += of_it;
            message.parts += of_it;
            self.senders[message.sender].take(of_it, planned.member.tariff);
        }
        self.parts += parts;
        for send in &planned.barred {
            let country = planned.region.map(|region| region.to_string());
            let of_sender = &mut self.senders[self.messages[*send].sender].barred;
            *of_sender.entry(country.unwrap_or_default()).or_default() += 1;
        }
        match planned.member.tariff {
            Some(tariff) => *self.parts_by_tariff.entry(tariff).or_default() += parts,
            None => self.unpriced_parts += parts,
        }
        let language = &revision.campaign.languages[usize::from(planned.member.language)];
        if let Some(n) = self.languages.get_mut(language.as_str()) {
            *n += 1;
        } else {
            self.languages.insert(language.to_string(), 1);
        }
        if let Some((_, character)) = planned.ucs2.first() {
            self.ucs2 += 1;
            self.ucs2_first = self.ucs2_first.or(Some((line, *character)));
        }
        let longest = planned.sends.iter().map(|own| own.parts).max().unwrap_or(0);
        if self.longest.is_none_or(|(_, parts)| longest > parts) {
            self.longest = Some((line, longest));
        }
    }

    pub(super) fn price(&mut self, tariffs: &[Tariff]) {
        let priced = |parts: &BTreeMap<u8, u64>| {
            let parts = parts.iter().map(|(tariff, n)| (Some(*tariff), *n)).collect();
            cost(&parts, tariffs).0
        };
        self.money = priced(&self.parts_by_tariff);
        for sender in &mut self.senders {
            sender.money = priced(&sender.parts_by_tariff);
        }
    }
}

impl SenderParts {
    fn take(&mut self, parts: u64, tariff: Option<u8>) {
        if parts == 0 {
            return;
        }
        self.parts += parts;
        match tariff {
            Some(tariff) => *self.parts_by_tariff.entry(tariff).or_default() += parts,
            None => self.unpriced_parts += parts,
        }
    }
}
