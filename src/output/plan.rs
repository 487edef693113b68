//! A plan, for people and for programs.

mod capped;
pub mod texts;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use dsl::campaign::program::Until;
use dsl::campaign::{Deed, Over, Purpose, Schedule};
use dsl::project::Project;
use dsl::scalar::Rate;
use engine::calendar::Tick;
use engine::launch::Occurrence;
use engine::left_out::LeftOut;
use engine::plan::{Ahead, BadLine, Duplicate, FileRead, OddCells, OddColumn, Pace, SenderParts, Summary};
use engine::revision::Revision;
use engine::schedule;
use engine::tariff::Money;
use serde_json::json;

use super::{counted, folded, number, span, table, time, trigger};

/// What a plan is printed with.
pub struct Shown<'a> {
    /// The plan.
    pub summary: &'a Summary,
    /// The campaign.
    pub revision: &'a Revision,
    /// Its project.
    pub project: &'a Project,
    /// Which launch it is.
    pub occurrence: Occurrence,
    /// When the first text is due.
    pub starts_at: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Rows of each kind that are named.
const NAMED: usize = 5;
/// Ticks of a cron that are named beside the next.
const NEXT_TICKS: usize = 4;

impl Shown<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let summary = self.summary;
        let campaign = &self.revision.campaign;
        let mut rows = vec![
            ("campaign", campaign.name.clone()),
            self.senders(),
            (
                "lists",
                summary.files.iter().map(list).collect::<Vec<_>>().join("\n"),
            ),
            ("people", people(summary, &self.revision.campaign.schedule)),
            ("parts", parts(summary)),
            ("money", money(&summary.money, summary.unpriced_parts)),
        ];
        if summary.languages.len() > 1 {
            let languages = summary
                .languages
                .iter()
                .map(|(name, n)| format!("{name} {}", number(*n)));
            rows.push(("languages", languages.collect::<Vec<_>>().join(", ")));
        }
        rows.extend(self.budget().map(|budget| ("budget", budget)));
        rows.push(("when", self.when()));
        let held = capped::text(&summary.capped);
        rows.extend(held.map(|held| ("frequency", held)));
        rows.extend(self.next_ticks().map(|ticks| ("then", ticks)));
        rows.extend(self.entry().map(|entry| ("who first", entry)));
        let starts = trigger::starts(campaign);
        if !starts.is_empty() {
            rows.push(("starts", starts.join(", ")));
        }
        let mut sections = vec![table::pairs(&rows)];
        sections.extend(texts::table(summary, self.revision));
        sections.extend(left_out(summary));
        let notes = notes(summary, self.revision).into_iter();
        let clocks = capped::clocks(summary, self.revision, self.ahead());
        sections.extend(notes.chain(clocks).map(|note| {
            let lines: Vec<String> = note.lines().map(|line| folded(line, "    ")).collect();
            lines.join("\n")
        }));
        sections.join("\n\n")
    }

    fn budget(&self) -> Option<String> {
        let stated = self.revision.campaign.limits.budget?;
        let cost = self.summary.money.values().copied().max().unwrap_or_default();
        Some(if cost > stated.sum.amount {
            let until = match stated.per_month {
                true => "for the next month, or until it is raised",
                false => "until it is raised",
            };
            format!("{stated}: the plan costs more, and who does not fit waits {until}")
        } else {
            stated.to_string()
        })
    }

    /// How people enter, where they do not all at once.
    fn entry(&self) -> Option<String> {
        let campaign = &self.revision.campaign;
        let canary = campaign.limits.canary.map(|canary| {
            format!(
                "{} of the people, the others once they were watched for {}",
                canary.share, canary.watch
            )
        });
        let spread = campaign
            .pace
            .spread
            .map(|spread| format!("spread evenly over {spread}"));
        let entry: Vec<String> = canary.into_iter().chain(spread).collect();
        (!entry.is_empty()).then(|| entry.join(", "))
    }

    fn when(&self) -> String {
        let begins = match self.local() {
            Some(local) => format!("{} on each recipient's clock", local.format("%F %H:%M")),
            None => self.begins(),
        };
        let begins = begins + &self.which();
        // What is said of when it begins is that of the first text.
        let first = match self.first_at() {
            Some(Ok([first, _])) if self.local().is_none() => first,
            _ => self.summary.begins_at(self.revision, self.ahead()),
        };
        let last = span(self.finish_at() - first);
        let campaign = &self.revision.campaign;
        let by_column = campaign.program.instructions.iter().any(|one| {
            matches!(&one.deed, Deed::Wait { until: Until::At(moment), .. } if moment.field().is_some())
        });
        // Past another cap a text does not go at all.
        let mut caps = campaign.pace.frequency.iter();
        let is_capped = campaign.purpose == Purpose::Marketing && caps.any(|cap| cap.over == Over::Wait);
        let or = match (by_column, is_capped) {
            (false, false) => "",
            (true, false) => ", or later by a column",
            (false, true) => ", or later by `frequency`",
            (true, true) => ", or later by a column or by `frequency`",
        };
        format!(
            "{begins}, the last text {last} after the first{or} ({})",
            self.rate()
        )
    }

    /// Who texts; of several senders also what goes by each, and what may not.
    fn senders(&self) -> (&'static str, String) {
        let senders = &self.summary.senders;
        let several = senders.len() > 1;
        let line = |own: &SenderParts| {
            let sender = &self.project.senders[&own.sender];
            let then: String = sender.then.iter().map(|then| format!(", then {then}")).collect();
            let who = format!("{} ({}) by {}{then}", own.sender, sender.address, sender.provider);
            if !several {
                return who;
            }
            let parts = counted(own.parts, "part", "parts");
            let cost = money(&own.money, own.unpriced_parts);
            format!("{who}: {parts}, {cost}{}", barred(&own.barred))
        };
        let lines: Vec<String> = senders.iter().map(line).collect();
        (if several { "senders" } else { "sender" }, lines.join("\n"))
    }

    /// The time on each recipient's clock, where it begins by those.
    fn local(&self) -> Option<NaiveDateTime> {
        match self.revision.campaign.schedule {
            Schedule::Local(local) => Some(local),
            Schedule::Cron {
                recipient_clock: true,
                ..
            }
            | Schedule::Day { .. } => self.tick().map(|tick| tick.local),
            Schedule::Now | Schedule::At(_) | Schedule::Cron { .. } | Schedule::Trigger(_) => None,
        }
    }

    fn tick(&self) -> Option<Tick> {
        match self.occurrence {
            Occurrence::Nth(_) | Occurrence::Started(_) => None,
            Occurrence::Tick(tick) => Some(tick),
        }
    }

    /// The ticks of its cron after this one, on its clock: a weekday that is another than meant is seen.
    fn next_ticks(&self) -> Option<String> {
        let tick = self.tick()?;
        if !matches!(self.revision.campaign.schedule, Schedule::Cron { .. }) {
            return None;
        }
        let next = schedule::ticks(&self.revision.campaign, tick.at).take(NEXT_TICKS);
        let shown: Vec<String> = next
            .map(|next| schedule::comes_at(&self.revision.campaign, next))
            .map(|comes| comes.format("%a %F %H:%M").to_string())
            .collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }

    /// Which tick of its cron that is, in words.
    fn which(&self) -> String {
        let is_day = matches!(self.revision.campaign.schedule, Schedule::Day { .. });
        match self.tick() {
            None => String::new(),
            Some(_) if is_day && self.summary.people == 0 => String::new(),
            Some(_) if is_day => ", the next day that is anybody's".to_owned(),
            Some(tick) if tick.at > self.now => {
                let comes = schedule::comes_at(&self.revision.campaign, tick);
                format!(", its next tick, a {}", comes.format("%A"))
            }
            Some(tick) => format!(
                ", for its tick of {}",
                schedule::told(&self.revision.campaign, tick)
            ),
        }
    }

    /// When its first text goes, on the campaign's clock.
    fn begins(&self) -> String {
        match self.first_at() {
            Some(Err(reason)) => format!("never ({reason})"),
            Some(Ok([first, last])) if first > self.starts_at.max(self.now) => {
                let of_whom = if last > first {
                    " for the first of them"
                } else {
                    ""
                };
                // The wait and the hours may both hold it up: which did is not told.
                match self.revision.campaign.program.waits_first() {
                    true => format!("{}, the first text{of_whom} {}", self.starts(), time(first)),
                    false => format!("when its hours open{of_whom}, {}", time(first)),
                }
            }
            Some(Ok(_)) | None => self.starts(),
        }
    }

    /// When it begins, whenever its first text goes.
    fn starts(&self) -> String {
        match self.starts_at <= self.now {
            true => "now".to_owned(),
            false => time(self.starts_at),
        }
    }

    fn ahead(&self) -> Ahead {
        Ahead {
            starts_at: self.starts_at,
            now: self.now,
        }
    }

    fn first_at(&self) -> Option<Result<[DateTime<Utc>; 2], LeftOut>> {
        self.summary.first_at(self.revision, self.ahead())
    }

    fn finish_at(&self) -> DateTime<Utc> {
        self.summary.finish_at(self.revision, self.ahead(), &self.paces())
    }

    /// The rates that hold, each with the senders that share it.
    fn paces(&self) -> Vec<Pace> {
        let campaign = &self.revision.campaign;
        let names: Vec<String> = campaign.senders().into_iter().map(str::to_owned).collect();
        let pace = |rate: Option<Rate>, senders: Vec<String>| {
            let per_second = rate?.per_second;
            Some(Pace { per_second, senders })
        };
        let of = |name: &String| &self.project.senders[name];
        let own = names.iter().map(|name| pace(of(name).rate, vec![name.clone()]));
        let accounts = self.project.providers.iter().map(|(provider, account)| {
            let by_it = names.iter().filter(|name| of(name).provider == *provider);
            pace(account.rate(), by_it.cloned().collect())
        });
        let all = pace(campaign.limits.rate, names.clone());
        own.chain(accounts).chain([all]).flatten().collect()
    }

    /// The slowest of the rates that hold for each sender, in words.
    fn rate(&self) -> String {
        let paces = self.paces();
        let slowest = |name: &str| {
            let own = paces
                .iter()
                .filter(|pace| pace.senders.iter().any(|own| own == name));
            own.map(|pace| pace.per_second).min_by(f64::total_cmp)
        };
        let told = |rate: f64| match rate {
            1.0 => "1 part a second".to_owned(),
            rate => format!("{rate} parts a second"),
        };
        let shown = |name: &str| slowest(name).map_or("no rate".to_owned(), told);
        match self.revision.campaign.senders()[..] {
            [own] => shown(own),
            ref several => {
                let each = several.iter().map(|name| format!("{name} {}", shown(name)));
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let summary = self.summary;
        let bad = |bad: &BadLine| json!({ "file": bad.file, "line": bad.line, "reason": bad.reason, "text": bad.text });
        json!({
            "campaign": self.revision.campaign.name,
            "revision": self.revision.id,
            "sender": self.revision.campaign.sender,
            "senders": summary.senders.iter().map(|own| json!({
                "sender": own.sender, "provider": self.project.senders[&own.sender].provider,
                "then": self.project.senders[&own.sender].then, "parts": own.parts, "money": money_json(&own.money),
                "unpriced_parts": own.unpriced_parts, "barred": own.barred,
            })).collect::<Vec<_>>(),
            "rows": summary.rows, "people": summary.people,
            "parts": summary.parts,
            "money": money_json(&summary.money),
            "unpriced_parts": summary.unpriced_parts,
            "budget": self.revision.campaign.limits.budget.map(|budget| {
                json!({
                    "amount": budget.sum.amount.normalize().to_string(), "currency": budget.sum.currency.to_string(),
                    "per_month": budget.per_month,
                })
            }),
            "languages": summary.languages,
            "messages": summary.messages.iter().map(|m| json!({ "message": m.message, "parts": m.parts })).collect::<Vec<_>>(),
            "texts": texts::json(summary, self.revision),
            "no_hours_people": summary.no_hours,
            "several_zones_people": summary.in_several_zones(),
            "too_late_for_first_people": summary.too_late_for_first(self.revision, self.ahead()),
            "frequency": capped::json(&summary.capped),
            "ucs2_people": summary.ucs2,
            "ucs2_first": summary.ucs2_first.map(|(line, character)| {
                let file = texts::first_ucs2(summary).map(|place| texts::path(place, summary));
                json!({ "file": file, "line": line, "character": character })
            }),
            "longest": summary.longest.map(|(line, parts)| {
                let file = texts::longest(summary).map(|place| texts::path(place, summary));
                json!({ "file": file, "line": line, "parts": parts })
            }),
            "starts": trigger::starts(&self.revision.campaign),
            "tick": self.tick().map(|_| self.occurrence.name()),
            "starts_at": self.starts_at,
            "finish_at": self.finish_at(),
            "left_out": summary.left_out,
            "other_days": summary.other_days,
            "may_be_inside": summary.may_be_inside,
            "left_out_first": summary.left_out_first.iter().map(|(reason, place)| {
                (reason.clone(), json!({ "file": texts::path(*place, summary), "line": place.line }))
            }).collect::<serde_json::Map<_, _>>(),
            "bad_rows": summary.bad_rows.iter().map(bad).collect::<Vec<_>>(),
            "bad_except_rows": summary.bad_except.iter().map(bad).collect::<Vec<_>>(),
            "duplicates": summary.duplicates.iter().map(|twice| json!({
                "file": twice.file, "line": twice.line, "first_file": twice.first_file, "first_line": twice.first_line,
            })).collect::<Vec<_>>(),
            "odd_cells": summary.odd_cells.iter().map(|odd| json!({
                "column": odd.column.name(), "text": odd.text, "meant": odd.meant, "rows": odd.rows,
                "file": texts::path(odd.first, summary), "line": odd.first.line,
            })).collect::<Vec<_>>(),
            "long_values": texts::long_json(summary),
            "too_long": texts::too_long_json(summary),
            "repaired_numbers": summary.repaired,
            "files": texts::files_json(summary),
        })
    }
}

/// What a sender may not send, by country.
fn barred(texts: &BTreeMap<String, u64>) -> String {
    let one = |(country, n): (&String, &u64)| {
        let to = if country.is_empty() { "no country" } else { country };
        format!("; {} to {to} cannot go by it", counted(*n, "text", "texts"))
    };
    texts.iter().map(one).collect()
}

fn people(summary: &Summary, schedule: &Schedule) -> String {
    let (people, rows) = (number(summary.people), number(summary.rows));
    let others = match (summary.other_days, schedule) {
        (0, _) => String::new(),
        (n, Schedule::Cron { .. }) => format!("; {} at another tick, by their clocks", number(n)),
        (n, _) => format!("; {} on other days", number(n)),
    };
    match summary.left_out_rows() {
        0 if summary.other_days == 0 => format!("{people} (every row of {rows})"),
        0 => format!("{people} of {rows} rows{others}"),
        out => format!("{people} of {rows} rows; {} left out{others}", number(out)),
    }
}

fn parts(summary: &Summary) -> String {
    let each = summary
        .messages
        .iter()
        .map(|message| format!("{} {}", message.message, number(message.parts)));
    let each = each.collect::<Vec<_>>().join(", ");
    let longest = match (summary.longest, texts::longest(summary)) {
        (Some((_, parts)), Some(place)) if parts > 1 => {
            format!(
                "; the longest text has {parts}, {}",
                texts::row_of(place, summary)
            )
        }
        (Some(_) | None, _) => String::new(),
    };
    match summary.messages.len() {
        0 | 1 => format!("{}{longest}", number(summary.parts)),
        _ => format!("{} ({each}){longest}", number(summary.parts)),
    }
}

/// Sums of money in words.
pub fn money(money: &Money, unpriced: u64) -> String {
    let sums: Vec<String> = money
        .iter()
        .map(|(currency, sum)| format!("{} {currency}", sum.round_dp(4).normalize()))
        .collect();
    let sums = sums.join(" + ");
    match (sums.as_str(), unpriced) {
        ("", 0) => "nothing".to_owned(),
        ("", _) => "unknown: no prices".to_owned(),
        (_, 0) => sums,
        (_, n) => format!(
            "{sums}, and {} to countries without a price",
            counted(n, "part", "parts")
        ),
    }
}

/// Sums of money for programs: decimals as text, so that none is rounded.
pub fn money_json(money: &Money) -> serde_json::Value {
    money
        .iter()
        .map(|(currency, sum)| (currency.clone(), json!(sum.normalize().to_string())))
        .collect()
}

fn left_out(summary: &Summary) -> Option<String> {
    let mut reasons: Vec<(&String, &u64)> = summary.left_out.iter().collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let row = |(code, n): &(&String, &u64)| {
        let reason = code
            .parse::<LeftOut>()
            .map_or_else(|_| (*code).clone(), |reason| reason.to_string());
        let first = summary.left_out_first.get(*code);
        let first = first.map(|place| texts::row_of(*place, summary));
        vec![format!("{:>9}", number(**n)), reason, first.unwrap_or_default()]
    };
    let rows: Vec<Vec<String>> = reasons.iter().map(row).collect();
    (!rows.is_empty()).then(|| table::of(&[" left out", "why", "first"], rows.into_iter()))
}

/// Lines worth a look.
fn notes(summary: &Summary, revision: &Revision) -> Vec<String> {
    let mut notes = vec![];
    if let Some(list) = lines("rows that cannot be used", &summary.bad_rows) {
        notes.push(list);
    }
    if let Some(list) = lines(
        "rows of except lists without a number: whoever they mean is NOT excluded",
        &summary.bad_except,
    ) {
        notes.push(list);
    }
    notes.extend(
        [OddColumn::Language, OddColumn::Timezone]
            .iter()
            .filter_map(|column| odd(*column, summary, revision)),
    );
    notes.extend(texts::long(summary));
    notes.extend(texts::too_long(summary));
    if !summary.duplicates.is_empty() {
        let shown = summary.duplicates.iter().take(NAMED).map(duplicate);
        let more = summary.duplicates.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(", and {more} more")
        } else {
            String::new()
        };
        notes.push(format!(
            "duplicates by line: {}{more}",
            shown.collect::<Vec<_>>().join(", ")
        ));
    }
    if !revision.campaign.program.is_straight() {
        notes.push(
            "what depends on answers, conditions, rounds or draws is counted as if everybody got it: at most so much, but for answers to replies"
                .into(),
        );
    }
    if summary.may_be_inside > 0 {
        notes.push(format!(
            "{} inside of an earlier launch now: who still is when their time comes does not enter",
            counted(summary.may_be_inside, "person is", "people are")
        ));
    }
    if summary.no_hours > 0 {
        notes.push(format!(
            "{} at least one text: its hours hold at no time in all zones that they may be in; a column `timezone` says in which they are",
            counted(summary.no_hours, "person does not get", "people do not get")
        ));
    }
    notes.extend(texts::alphabet(summary, revision));
    if summary.repaired > 0 {
        notes.push(format!(
            "{} read out of a spreadsheet's form such as 3.93331234567E+11; export the column as text",
            counted(summary.repaired, "number was", "numbers were")
        ));
    }
    notes
}

/// How a list was read.
fn list(file: &FileRead) -> String {
    let separator = match file.separator {
        '\t' => "tabs".to_owned(),
        separator => format!("{separator:?}"),
    };
    format!(
        "{} (separator {separator}, {}, numbers in {:?})",
        file.path, file.encoding, file.phone_column
    )
}

fn duplicate(twice: &Duplicate) -> String {
    if twice.file == twice.first_file {
        return format!("{} repeats {}", twice.line, twice.first_line);
    }
    format!(
        "{}:{} repeats {}:{}",
        twice.file, twice.line, twice.first_file, twice.first_line
    )
}

/// The cells of a column that are not what it asks for, what is taken in their place, and those that most rows have.
fn odd(column: OddColumn, summary: &Summary, revision: &Revision) -> Option<String> {
    let mut own: Vec<&OddCells> = summary
        .odd_cells
        .iter()
        .filter(|odd| odd.column == column)
        .collect();
    own.sort_by_key(|odd| std::cmp::Reverse(odd.rows));
    let rows = own.iter().map(|odd| odd.rows).sum();
    let instead = match column {
        OddColumn::Language => format!(
            "no language, and gets the texts in {}",
            revision.campaign.languages[0]
        ),
        OddColumn::Timezone if revision.goes_by_clocks => "no time zone, and is left out".to_owned(),
        OddColumn::Timezone => format!(
            "no time zone; no text goes by it, and {} stands in",
            revision.campaign.timezone
        ),
    };
    let line = |odd: &&OddCells| {
        let meant = odd
            .meant
            .as_ref()
            .map(|meant| format!("; did you mean {meant:?}?"));
        let more = match odd.rows {
            1 => String::new(),
            n => format!(" in {}, first here", counted(n, "row", "rows")),
        };
        let path = texts::path(odd.first, summary);
        format!(
            "  {path}:{}: {:?}{more}{}",
            odd.first.line,
            odd.text,
            meant.unwrap_or_default()
        )
    };
    let more = own.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("  and {more} more: `--format json` lists them"));
    let lines: Vec<String> = own.iter().take(NAMED).map(line).chain(more).collect();
    let title = format!(
        "`{}` of {} is {instead}",
        column.name(),
        counted(rows, "row", "rows")
    );
    (!own.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
}

fn lines(title: &str, bad: &[BadLine]) -> Option<String> {
    let shown = bad
        .iter()
        .take(NAMED)
        .map(|bad| format!("  {}:{}: {}", bad.file, bad.line, bad.reason));
    let more = bad.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("  and {more} more: `--format json` lists them"));
    let shown: Vec<String> = shown.chain(more).collect();
    (!bad.is_empty()).then(|| format!("{title}\n{}", shown.join("\n")))
}
