//! Plans: who gets what, and who is left out and why, row by row. Rows stream in runs of 2^20; a run is sorted and cut
//! into cohorts, and only the summary and the numbers already seen stay in memory.

mod ahead;
mod barred;
mod capped;
mod cast;
mod consent;
mod day;
mod draw;
mod entrant;
mod facts;
mod long;
mod odd;
mod passages;
mod people;
mod row;
mod seen;
mod suited;
mod summary;
mod texts;
mod too_long;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::columns::Columns;
use dsl::project::{ListFile, Project};
use rayon::prelude::*;
use sms::{PhoneNumber, Region};

use crate::audience::{self, AudienceError, BadRow, Chunk, ListReader, Prices, Row};
use crate::left_out::LeftOut;
use crate::revision::Revision;
use crate::tariff::{Tariff, budget_of};

pub use ahead::{Ahead, Pace};
pub use barred::Barred;
use capped::Capping;
pub use capped::{Capped, Texted};
pub use cast::{Cast, NotCast, cast, first_of_lists, of_lists, planned_out};
pub(crate) use day::day_of;
pub use day::{Day, next_day, next_tick};
pub use entrant::{Brought, Entrant, Lists, all_tariffs, entrant, tariff_of};
pub use facts::{Question, StoreFacts};
pub use long::LongValues;
use odd::OddOfRow;
pub use odd::{OddCells, OddColumn};
pub use people::{Cohorts, People};
pub use row::{OutsideGsm7, PlannedRow, RowPlan, SendOfRow, plan_row};
pub use seen::Place;
pub use summary::{BadLine, Duplicate, FileRead, MessageParts, SenderParts, Summary};
pub use texts::TextParts;
pub use too_long::TooLong;

#[cfg(test)]
pub(crate) use draw::by_share;
use draw::{Draw, Noted};
use passages::Passages;
use row::Frozen;
use seen::Seen;
use suited::Suited;

/// Enrolments of a cohort as a launch makes it.
pub const COHORT_MEMBERS: usize = 1_000;
/// Rows that are sorted together, and bytes of their values: with either a run is full, and what was read with it at
/// once still belongs to it.
const RUN_ROWS: u64 = 1 << 20;
const RUN_BYTES: usize = 256 << 20;
/// Rows that are read before they are planned in parallel.
const CHUNK_ROWS: usize = 8_192;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A list cannot be read.
    #[error(transparent)]
    Audience(#[from] AudienceError),
    /// So many rows hold no number that the column is probably the wrong one.
    #[error(
        "{bad} of {rows} rows hold no valid number, more than the {most} that `audience.invalid` allows: is {column:?} the column of the phone numbers?"
    )]
    TooManyBad {
        /// Rows without a number.
        bad: u64,
        /// Rows read.
        rows: u64,
        /// The limit, as a person writes it.
        most: String,
        /// The phone column's name.
        column: String,
        /// The first of them.
        examples: Vec<BadLine>,
    },
    /// The budget cannot be held.
    #[error(transparent)]
    Budget(#[from] crate::tariff::BudgetError),
    /// So many rows cannot be read that the file is probably broken.
    #[error(
        "{bad} of {rows} rows cannot be used, more than the {most} that `audience.invalid` allows: is the file whole, with as many cells in each row as in the header?"
    )]
    TooManyUnreadable {
        /// Rows that cannot be used.
        bad: u64,
        /// Rows read.
        rows: u64,
        /// The limit, as a person writes it.
        most: String,
        /// The first of them.
        examples: Vec<BadLine>,
    },
}

/// What a plan is made of, besides the rows.
pub struct Planner {
    revision: Arc<Revision>,
    folder: PathBuf,
    prices: Option<Prices>,
    barred: Barred,
    now: DateTime<Utc>,
    except: Vec<(String, Vec<u64>)>,
    seen: Seen,
    passages: Option<Passages>,
    suited: Suited,
    capping: Capping,
    draw: Draw,
    files: std::vec::IntoIter<ListFile>,
    open: Option<OpenList>,
    phone_column: String,
    tariffs: Tariffs,
    summary: Summary,
    rows: u64,
}

struct OpenList {
    list: ListFile,
    reader: ListReader,
    columns: Columns,
    frozen: Frozen,
    /// Read already, and not planned yet.
    ahead: Chunk,
}

/// People of one run of rows, and those left out of it.
#[derive(Debug, Default)]
pub struct Run {
    /// In the order of the rows.
    pub people: People,
    /// Number, where it stands ([`list_and_line`] reads it) and reason.
    pub left_out: Vec<(PhoneNumber, u64, LeftOut)>,
}

impl Planner {
    /// Reads the prices and the lists under `except`; `now` is what `where` takes for now.
    /// Where `sample` or `holdout` is a number, it goes through all the lists once, to draw.
    pub fn new(
        revision: Arc<Revision>,
        project: &Project,
        folder: &Path,
        barred: Barred,
        now: DateTime<Utc>,
    ) -> Result<Planner, PlanError> {
        let noted = Noted::begin(&revision.campaign.audience, &revision.campaign.name);
        let mut planner = Planner::over(revision, project, folder, barred, now)?;
        let Some(noted) = noted else {
            return Ok(planner);
        };
        planner.draw = Draw::Noting(Box::new(noted));
        while planner.next_run()?.is_some() {}
        Ok(planner.again())
    }

    /// From the first row on, once it is known whom to draw.
    fn again(self) -> Planner {
        let mut summary = Summary::of(&self.revision.campaign);
        summary.bad_except = self.summary.bad_except;
        let draw = match self.draw {
            Draw::Noting(noted) => Draw::Drawn(noted.draw()),
            Draw::Everybody | Draw::Drawn(_) => self.draw,
        };
        Planner {
            files: self.revision.campaign.audience.from.clone().into_iter(),
            seen: Seen::default(),
            passages: Passages::of(&self.revision),
            suited: self.suited,
            capping: Capping::default(),
            draw,
            open: None,
            phone_column: String::new(),
            tariffs: Tariffs::default(),
            summary,
            rows: 0,
            revision: self.revision,
            folder: self.folder,
            prices: self.prices,
            barred: self.barred,
            now: self.now,
            except: self.except,
        }
    }

    fn over(
        revision: Arc<Revision>,
        project: &Project,
        folder: &Path,
        barred: Barred,
        now: DateTime<Utc>,
    ) -> Result<Planner, PlanError> {
        let prices = project
            .prices
            .as_ref()
            .map(|path| Prices::read(folder, path))
            .transpose()?;
        let region = revision.campaign.audience.region;
        let mut except = vec![];
        let mut summary = Summary::of(&revision.campaign);
        for list in &revision.campaign.audience.except {
            let name = list.name.clone().unwrap_or_else(|| list.path.clone());
            let phones = match list.stored() {
                Some(stored) => barred.lists.get(stored).cloned().unwrap_or_default(),
                None => phones_of(list, folder, region, &mut summary)?,
            };
            except.push((name, phones));
        }
        let files = revision.campaign.audience.from.clone().into_iter();
        let suited = Suited::of(&revision.campaign);
        let passages = Passages::of(&revision);
        Ok(Planner {
            revision,
            folder: folder.into(),
            prices,
            barred,
            now,
            except,
            seen: Seen::default(),
            passages,
            suited,
            capping: Capping::default(),
            draw: Draw::default(),
            files,
            open: None,
            phone_column: String::new(),
            tariffs: Tariffs::default(),
            summary,
            rows: 0,
        })
    }

    /// Plans the next run of rows; none when all are planned.
    pub fn next_run(&mut self) -> Result<Option<Run>, PlanError> {
        let mut run = Run::default();
        let end = self.rows + RUN_ROWS;
        while self.rows < end && run.people.value_bytes() < RUN_BYTES {
            let Some(mut list) = self.take_list()? else { break };
            let chunk = std::mem::take(&mut list.ahead);
            if chunk.is_empty() {
                continue;
            }
            self.rows += chunk.len() as u64;
            self.plan_chunk(&mut list, chunk, &mut run)?;
            self.open = Some(list);
        }
        let empty = run.people.is_empty() && run.left_out.is_empty() && self.open.is_none();
        Ok((!empty).then_some(run))
    }

    /// Rows planned so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The summary and the prices that the messages refer to, once every row is planned.
    pub fn finish(mut self) -> Result<(Summary, Vec<Tariff>), PlanError> {
        let most = self.revision.campaign.audience.most_invalid;
        let no_number = self.summary.left_out_for(&LeftOut::InvalidNumber);
        let unreadable = self.summary.left_out_for(&LeftOut::UnreadableRow);
        let bad = no_number + unreadable;
        if bad as f64 / self.summary.rows.max(1) as f64 > most.0 {
            let rows = self.summary.rows;
            let most = most.to_string();
            let examples = self.summary.bad_rows.into_iter().take(5).collect();
            return Err(match no_number >= unreadable {
                true => PlanError::TooManyBad {
                    bad,
                    rows,
                    most,
                    column: self.phone_column,
                    examples,
                },
                false => PlanError::TooManyUnreadable {
                    bad,
                    rows,
                    most,
                    examples,
                },
            });
        }
        self.summary.price(&self.tariffs.list);
        let budget = self.revision.campaign.limits.budget;
        self.summary.budget = budget_of(budget, &self.tariffs.list, self.summary.unpriced_parts)?;
        Ok((self.summary, self.tariffs.list))
    }

    fn take_list(&mut self) -> Result<Option<OpenList>, PlanError> {
        if let Some(open) = self.open.take() {
            return Ok(Some(open));
        }
        let Some(list) = self.files.next() else {
            return Ok(None);
        };
        let mut reader = self.barred.open(&list, &self.folder)?;
        let columns = audience::columns(&reader, &list)?;
        let ahead = reader.next_chunk(CHUNK_ROWS)?;
        let frozen = Frozen::new(&self.revision, &columns, list.consent.as_ref(), self.now)
            .on_day(self.barred.day.clone())
            .knowing(self.barred.facts.clone());
        self.phone_column = reader.header().get(columns.phone).cloned().unwrap_or_default();
        self.summary.files.push(FileRead {
            path: list.called().to_owned(),
            separator: reader.separator(),
            encoding: reader.encoding().to_owned(),
            phone_column: self.phone_column.clone(),
            rows: 0,
        });
        Ok(Some(OpenList {
            list,
            reader,
            columns,
            frozen,
            ahead,
        }))
    }

    /// Plans rows on every core, while the next ones are read.
    fn plan_chunk(&mut self, list: &mut OpenList, chunk: Chunk, run: &mut Run) -> Result<(), PlanError> {
        let region = self.revision.campaign.audience.region;
        let (revision, frozen, phone) = (&self.revision, &list.frozen, list.columns.phone);
        let here = self.summary.place(0);
        let plan = |row| {
            let row_plan = plan_row(revision, phone, frozen, region, row);
            let odd = match &row_plan {
                RowPlan::Planned(_) => frozen.odd(revision, row).collect(),
                // Who is left out gets no text in whatever language.
                RowPlan::LeftOut(_, LeftOut::IllTyped(name)) => {
                    let odd = frozen.odd(revision, row);
                    odd.filter(|(column, _)| column.name() == name).collect()
                }
                RowPlan::LeftOut(..) | RowPlan::NoNumber { .. } | RowPlan::OtherDay(_) => vec![],
            };
            let long = match &row_plan {
                RowPlan::LeftOut(phone, LeftOut::TooManyParts) => {
                    let place = Place {
                        line: row.line,
                        ..here
                    };
                    too_long::of_row(revision, frozen, (*phone, row), place)
                }
                _ => None,
            };
            (row, (row_plan, odd, long))
        };
        let reader = &mut list.reader;
        let (ahead, planned) = rayon::join(
            || reader.next_chunk(CHUNK_ROWS),
            || chunk.rows.par_iter().map(plan).collect::<Vec<(&Row, Found)>>(),
        );
        list.ahead = ahead?;
        if let Some(file) = self.summary.files.last_mut() {
            file.rows += (chunk.rows.len() + chunk.bad.len()) as u64;
        }
        // Both kinds of bad rows are told in the order of the file.
        let mut unreadable = chunk.bad.iter().peekable();
        for (row, found) in planned {
            while let Some(bad) = unreadable.next_if(|bad| bad.line < row.line) {
                self.summary
                    .bad_row(&LeftOut::UnreadableRow, bad_line(&list.list, bad));
            }
            self.take_row(list, row, found, run);
        }
        unreadable.for_each(|bad| {
            self.summary
                .bad_row(&LeftOut::UnreadableRow, bad_line(&list.list, bad))
        });
        Ok(())
    }

    /// What depends on other rows and lists: it is asked in the order of the rows.
    fn take_row(&mut self, list: &OpenList, row: &Row, (row_plan, odd, long): Found, run: &mut Run) {
        let (phone, outcome) = match row_plan {
            RowPlan::NoNumber { reason, text } => {
                let file = list.list.path.clone();
                return self.summary.bad_row(
                    &LeftOut::InvalidNumber,
                    BadLine {
                        file,
                        line: row.line,
                        reason,
                        text,
                    },
                );
            }
            RowPlan::OtherDay(phone) => {
                let place = self.summary.place(row.line);
                self.seen.first_row(phone.as_u64(), place);
                return self.summary.other_day();
            }
            RowPlan::LeftOut(phone, reason) => (phone, Err(reason)),
            RowPlan::Planned(planned) => (planned.member.phone, Ok(planned)),
        };
        let place = self.summary.place(row.line);
        let mut first = self.seen.first_row(phone.as_u64(), place);
        if let (Some(passages), Ok(planned)) = (&mut self.passages, &outcome) {
            let is_further = first.is_some();
            first = passages.first_row(&planned.member, place);
            self.summary.further_passages += u64::from(is_further && first.is_none());
        }
        let reason = match first {
            Some(first) => {
                self.summary.duplicate(row.line, first);
                Some(LeftOut::Duplicate)
            }
            None => self.excluded(phone),
        };
        let reason = match &mut self.draw {
            Draw::Everybody => reason,
            Draw::Noting(noted) => {
                if reason.is_none() && outcome.is_ok() {
                    noted.note(phone);
                }
                return;
            }
            Draw::Drawn(drawn) if outcome.is_ok() => reason.or_else(|| drawn.leaves_out(phone)),
            Draw::Drawn(_) => reason,
        };
        let left_out = reason.as_ref().or(outcome.as_ref().err());
        if matches!(left_out, None | Some(LeftOut::IllTyped(_))) {
            self.summary.note_odd(odd, place);
        }
        match (reason, outcome) {
            (Some(reason), Ok(_) | Err(_)) | (None, Err(reason)) => {
                self.summary.leave_out(&reason, place);
                if let Some(long) = long.filter(|_| reason == LeftOut::TooManyParts) {
                    too_long::note(&mut self.summary.too_long, long);
                }
                run.left_out.push((phone, place.code(), reason));
            }
            (None, Ok(mut planned)) => {
                planned.member.tariff = self.tariffs.of(planned.region, self.prices.as_ref());
                self.summary.take(&planned, &self.revision, place);
                let never = self
                    .suited
                    .is_never(&self.revision.campaign, &planned.time_class, self.now);
                self.summary.no_hours += u64::from(never);
                let is_inside = self.barred.may_be_inside.binary_search(&phone.as_u64()).is_ok();
                self.summary.may_be_inside += u64::from(is_inside);
                if let Some(texted) = &self.barred.texted {
                    let of = (&*self.revision, texted);
                    self.capping
                        .take(&mut self.summary.capped, of, &planned, self.now);
                }
                run.people.push(&planned);
            }
        }
    }

    fn excluded(&self, phone: PhoneNumber) -> Option<LeftOut> {
        if let Some(reason) = self.barred.reason(phone) {
            return Some(reason);
        }
        let phone = phone.as_u64();
        let list = self
            .except
            .iter()
            .find(|(_, phones)| phones.binary_search(&phone).is_ok());
        list.map(|(name, _)| LeftOut::Excepted(name.clone()))
    }
}

/// What planning a row found: its plan, cells that are odd, and the text for which it is left out.
type Found = (RowPlan, OddOfRow, Option<TooLong>);

/// The numbers of a list, sorted, each once; rows without one are passed over. None where it cannot be read.
pub fn numbers_of(list: &ListFile, folder: &Path, region: Option<Region>) -> Option<Vec<u64>> {
    phones_of(list, folder, region, &mut Summary::default()).ok()
}

/// The numbers of a list under `except`, sorted. A row of it without a number excludes nobody, which the plan says.
fn phones_of(
    list: &ListFile,
    folder: &Path,
    region: Option<Region>,
    summary: &mut Summary,
) -> Result<Vec<u64>, PlanError> {
    let mut reader = audience::open(folder, &list.path)?;
    let columns = audience::columns(&reader, list)?;
    let mut phones = vec![];
    loop {
        let chunk = reader.next_chunk(CHUNK_ROWS)?;
        if chunk.is_empty() {
            break;
        }
        for row in &chunk.rows {
            match row::number_of(row, columns.phone, region) {
                Ok(parsed) => phones.push(parsed.number.as_u64()),
                Err((reason, text)) => summary.bad_except(BadLine {
                    file: list.path.clone(),
                    line: row.line,
                    reason,
                    text,
                }),
            }
        }
        chunk
            .bad
            .iter()
            .for_each(|bad| summary.bad_except(bad_line(list, bad)));
    }
    phones.sort_unstable();
    phones.dedup();
    Ok(phones)
}

fn bad_line(list: &ListFile, bad: &BadRow) -> BadLine {
    BadLine {
        file: list.path.clone(),
        line: bad.line,
        reason: bad.reason.to_string(),
        text: bad.text.clone(),
    }
}

/// The prices that the people of a launch have, each once.
#[derive(Default)]
struct Tariffs {
    list: Vec<Tariff>,
}

impl Tariffs {
    fn of(&mut self, region: Option<Region>, prices: Option<&Prices>) -> Option<u8> {
        let region = region?;
        let (price, currency) = prices?.price(region)?;
        let country = region.as_str();
        let at = self
            .list
            .iter()
            .position(|tariff| tariff.country == country)
            .unwrap_or_else(|| {
                self.list.push(Tariff {
                    country: country.into(),
                    price,
                    currency: currency.to_string(),
                });
                self.list.len() - 1
            });
        // There are fewer countries than 254.
        u8::try_from(at).ok()
    }
}

/// The list, from 0, and the line that the place of somebody left out means; none for 0, which is no row.
pub fn list_and_line(code: u64) -> Option<(usize, u64)> {
    let list = usize::try_from(code >> 40).ok()?;
    (code != 0).then_some((list, code & ((1 << 40) - 1)))
}

#[cfg(test)]
mod tests;
