//! A rehearsal, for people and for programs.

mod bins;
pub mod svg;

use chrono::{DateTime, Utc};
use dsl::campaign::{Purpose, Schedule};
use dsl::condition::Condition;
use engine::left_out::LeftOut;
use engine::plan::Summary;
use engine::rehearse::{Conversion, Rehearsal, SenderPeak, Step};
use engine::revision::Revision;
use engine::story::place_of;
use serde_json::json;

use super::plan::money;
use super::{counted, number, percent, span, table, time};

/// What a rehearsal is printed with.
pub struct Shown<'a> {
    /// What would happen.
    pub rehearsal: &'a Rehearsal,
    /// The plan that it began with.
    pub plan: &'a Summary,
    /// The campaign.
    pub revision: &'a Revision,
}

/// Characters of a bar.
const BAR: usize = 44;
/// Bars of a chart, about.
const BARS: usize = 30;

impl Shown<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let rehearsal = self.rehearsal;
        let total = &rehearsal.total;
        let mut rows = vec![
            (
                "campaign",
                format!("{} (seed {})", rehearsal.campaign, rehearsal.seed),
            ),
            ("people", self.people()),
            ("begins", self.begins()),
            ("texts", self.texts()),
            (
                "ends",
                format!(
                    "{}, after {}",
                    time(rehearsal.ends_at),
                    span(rehearsal.ends_at - self.first_at())
                ),
            ),
            (
                "parts",
                format!("{} with {}", number(total.parts), answers(total.answers)),
            ),
            ("money", money(&rehearsal.money, rehearsal.unpriced_parts)),
            (
                "replies",
                format!(
                    "{}: {} to people, {} answered by themselves",
                    number(total.replies),
                    number(total.desk),
                    number(total.automatic)
                ),
            ),
            (
                "opt-outs",
                format!(
                    "{} ({} of the texts)",
                    number(total.opt_outs),
                    percent(total.opt_outs, total.texts)
                ),
            ),
            ("waited", self.waited()),
        ];
        let starts = super::trigger::starts(&self.revision.campaign);
        if !starts.is_empty() {
            rows.push(("starts", format!("{}, rehearsed apart", starts.join(", "))));
        }
        rows.extend(self.unknown().map(|unknown| ("not known", unknown)));
        if rehearsal.held_by_budget > 0 {
            let held = counted(rehearsal.held_by_budget, "person waits", "people wait");
            rows.push(("budget", format!("used up: {held} for a text until it is raised")));
        }
        if let Some(halted) = &rehearsal.halted {
            let held = counted(halted.people, "person waits", "people wait");
            let at = time(halted.at);
            rows.push(("halted", format!("{at}: {}; {held} since", halted.reason)));
        }
        let mut sections = vec![table::pairs(&rows)];
        sections.push(steps(&rehearsal.steps));
        sections.extend(without(rehearsal, self.plan));
        sections.extend(self.conversion());
        sections.extend(chart(rehearsal));
        sections.join("\n\n")
    }

    /// What the store has of people that the campaign asks for on the way, and a rehearsal begins without.
    fn unknown(&self) -> Option<String> {
        let campaign = &self.revision.campaign;
        let caps = campaign.purpose == Purpose::Marketing && !campaign.pace.frequency.is_empty();
        let caps = caps.then_some("what other campaigns sent, which `frequency` counts");
        let tags = campaign.conditions().any(Condition::asks_for_tags);
        let tags = tags.then_some("the tags that people have from before");
        let all: Vec<&str> = caps.into_iter().chain(tags).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn people(&self) -> String {
        let people = number(self.rehearsal.people);
        let further = match self.plan.further_passages {
            0 => String::new(),
            n => format!(
                "; {} of them a further passage of somebody, by another key",
                number(n)
            ),
        };
        let out = match self.plan.left_out_rows() {
            0 => String::new(),
            out => format!("; {} left out by the plan", number(out)),
        };
        let not_entered: u64 = self.rehearsal.not_entered.values().sum();
        let not_entered = match not_entered {
            0 => String::new(),
            n => format!("; {} not entered", number(n)),
        };
        match out + &not_entered {
            out if out.is_empty() => people + &further,
            out => format!("{people} of {} rows{out}{further}", number(self.plan.rows)),
        }
    }

    /// On the recipients' clocks it begins for some before it does on the campaign's.
    fn begins(&self) -> String {
        let begins_at = self.rehearsal.begins_at;
        match self.is_on_own_clocks() {
            true => {
                let local = begins_at.with_timezone(&self.revision.campaign.timezone);
                format!("{} on each recipient's clock", local.format("%Y-%m-%d %H:%M"))
            }
            false => time(begins_at),
        }
    }

    fn is_on_own_clocks(&self) -> bool {
        match self.revision.campaign.schedule {
            Schedule::Local(_) => true,
            Schedule::Cron { recipient_clock, .. } => recipient_clock,
            Schedule::Now | Schedule::At(_) | Schedule::Day { .. } | Schedule::Trigger(_) => false,
        }
    }

    /// From when it lasts.
    fn first_at(&self) -> DateTime<Utc> {
        let begins_at = self.rehearsal.begins_at;
        match self.is_on_own_clocks() {
            true => self.rehearsal.first_text_at.unwrap_or(begins_at),
            false => begins_at,
        }
    }

    fn texts(&self) -> String {
        let total = &self.rehearsal.total;
        let arrive = format!("{} of them arrive", percent(total.delivered, total.texts));
        match (self.rehearsal.first_text_at, self.rehearsal.last_text_at) {
            (Some(first), Some(last)) => format!(
                "{}, {arrive}; from {} to {}",
                number(total.texts),
                time(first),
                time(last)
            ),
            (None, _) | (_, None) => "none".to_owned(),
        }
    }

    fn waited(&self) -> String {
        let deferred = self.rehearsal.deferred;
        // Who waits less than a second is due with the others, and did not have to wait.
        let queued = |peak: &&SenderPeak| deferred.rate > 0 && peak.peak_queue > 0;
        let peaks = self.rehearsal.senders.iter().filter(queued).filter_map(|peak| {
            let at = peak.at?;
            Some(format!(
                "at most {} were due at once by {}, {}",
                number(peak.peak_queue),
                peak.sender,
                time(at)
            ))
        });
        let why = [
            (deferred.hours, "for their hours"),
            (deferred.frequency, "for the frequency"),
            (deferred.rate, "for the rate"),
            (deferred.budget, "for the budget of the next month"),
        ];
        let why = why.into_iter().filter(|(n, _)| *n > 0);
        // One text may wait for several, one after the other.
        let mut said: Vec<String> = why
            .map(|(n, why)| format!("{} {why}", counted(n, "time", "times")))
            .collect();
        if said.is_empty() {
            said.push("no text".to_owned());
        }
        std::iter::once(said.join(", "))
            .chain(peaks)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn conversion(&self) -> Option<String> {
        let rehearsal = self.rehearsal;
        let row = |of: &Conversion| {
            vec![
                of.variant.clone().unwrap_or_else(|| "everybody".to_owned()),
                number(of.texted),
                number(of.reached),
                percent(of.reached, of.texted),
            ]
        };
        let held_out = self.held_out();
        let held = (held_out > 0).then(|| {
            let known = "not known: no text".to_owned();
            vec!["held out".to_owned(), number(held_out), known, String::new()]
        });
        let rows = rehearsal.conversion.iter().map(row).chain(held);
        (!rehearsal.conversion.is_empty())
            .then(|| table::of(&["variant", "people", "reach the goal", ""], rows))
    }

    fn held_out(&self) -> u64 {
        self.plan.left_out_for(&LeftOut::HeldOut)
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let mut document = json!(self.rehearsal);
        document["revision"] = json!(self.revision.id);
        document["plan"] = json!({
            "rows": self.plan.rows,
            "people": self.plan.people,
            "further_passages": self.plan.further_passages,
            "left_out": self.plan.left_out,
            "held_out": self.held_out(),
        });
        document
    }
}

fn answers(n: u64) -> String {
    match n {
        0 => "no automatic answers".to_owned(),
        n => counted(n, "automatic answer", "automatic answers"),
    }
}

fn steps(steps: &[Step]) -> String {
    let row = |step: &Step| {
        let when = |at: Option<_>| at.map_or_else(|| "-".to_owned(), short);
        let without: u64 = step.without.values().sum();
        vec![
            place_of(&step.step),
            step.message.clone(),
            number(step.texts),
            number(step.parts),
            when(step.first_at),
            when(step.last_at),
            number(step.deferred.hours + step.deferred.frequency + step.deferred.budget),
            number(without),
        ]
    };
    let headings = [
        "step", "message", "texts", "parts", "first", "last", "deferred", "without",
    ];
    table::of(&headings, steps.iter().map(row))
}

/// An instant without its zone: that stands above.
fn short(at: DateTime<Utc>) -> String {
    super::local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Who went without a text, and why; and how passages ended for a reason.
fn without(rehearsal: &Rehearsal, plan: &Summary) -> Option<String> {
    let named = |code: &String| {
        let reason = code.parse::<LeftOut>();
        reason.map_or_else(|_| code.clone(), |reason| reason.to_string())
    };
    let left = rehearsal
        .left_out
        .iter()
        .map(|(code, n)| (*n, "left", named(code)));
    let skipped = rehearsal
        .skipped
        .iter()
        .map(|(code, n)| (*n, "passed over", named(code)));
    let finished = rehearsal.finished.iter().map(|(reason, n)| {
        let reason = match reason.as_str() {
            "" => "the end of the steps".to_owned(),
            reason => reason.to_owned(),
        };
        (*n, "finished", reason)
    });
    let not_entered = rehearsal.not_entered.iter();
    let not_entered = not_entered.map(|(code, n)| (*n, "not entered", named(code)));
    let planned_out = plan.left_out.iter();
    let planned_out = planned_out.map(|(code, n)| (*n, "not planned", named(code)));
    let all = finished
        .chain(left)
        .chain(skipped)
        .chain(not_entered)
        .chain(planned_out);
    let mut rows: Vec<(u64, &str, String)> = all.collect();
    rows.sort_by_key(|(n, ..)| std::cmp::Reverse(*n));
    let cells = rows
        .into_iter()
        .map(|(n, what, why)| vec![format!("{:>9}", number(n)), what.to_owned(), why]);
    let cells: Vec<Vec<String>> = cells.collect();
    (!cells.is_empty()).then(|| table::of(&["   number", "what", "why"], cells.into_iter()))
}

/// Bars of the texts over time, at most 80 columns wide. Time without anything is left out.
fn chart(rehearsal: &Rehearsal) -> Option<String> {
    let bins = bins::of(rehearsal, BARS, false);
    let most = bins
        .all
        .iter()
        .map(|bin| bin.texts)
        .max()
        .filter(|most| *most > 0)?;
    let mut lines = vec![format!("texts {}, and replies", bins.per())];
    for bin in &bins.all {
        let bar = bar(bin.texts, most);
        let replies = match bin.replies {
            0 => String::new(),
            n => format!(" +{}", number(n)),
        };
        let at = bin.at.format("%Y-%m-%d %H:%M");
        let space = if bar.is_empty() { "" } else { " " };
        lines.push(format!("{at} {bar}{space}{}{replies}", number(bin.texts)));
    }
    Some(lines.join("\n"))
}

/// A bar in eighths of a character.
fn bar(n: u64, most: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let whole = u128::from(n) * 8 * BAR as u128;
    let eighths = usize::try_from(whole.div_ceil(u128::from(most))).unwrap_or(0);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_number_and_never_none_for_something() {
        let bars = [0, 1, 500, 1_000].map(|n| bar(n, 1_000).chars().count());
        assert_eq!(bars, [0, 1, BAR / 2, BAR]);
        assert_eq!(bar(1, 1_000_000), "▏");
    }
}
