//! The report of a launch, for people and for programs.

use std::collections::BTreeMap;

use engine::compare::Comparison;
use engine::left_out::LeftOut;
use engine::store::{
    ErrandCounts, InDoubt, LaunchRow, LaunchState, MessageState, TextKind, Totals, TriggerCounts,
};
use engine::tariff::{cost, of_millionths};
use serde_json::json;

use super::plan::{money, money_json};
use super::{compare, counted, number, span, table, time, trigger};

/// What a report is made of.
pub struct Report {
    /// The launch.
    pub launch: LaunchRow,
    /// Its counts.
    pub totals: Totals,
    /// Its messages in doubt: all of them, or the first.
    pub in_doubt: Vec<InDoubt>,
    /// Texts that were under way when the process ended, where none goes on: those in doubt count them too, the messages do
    /// not.
    pub left: u64,
    /// Why messages were rejected, and how many for each reason: the most frequent first.
    pub rejected: Vec<(String, u64)>,
    /// Its messages that were given up and can be tried again.
    pub dead: u64,
    /// Its calls.
    pub errands: ErrandCounts,
    /// Who entered it, where people do as things happen to them.
    pub entered: Option<TriggerCounts>,
    /// The campaigns that its steps started, by name, and how often.
    pub started: Vec<(String, u64)>,
    /// How its variants and those held out did, where that is asked for and there are any.
    pub comparison: Option<Comparison>,
}

/// What [`beside`] counts, of answers to replies.
const ANSWERS: [&str; 4] = [
    "answers sent",
    "answers tried again",
    "answers unknown",
    "answers refused",
];

/// The same, of texts to the phones of inboxes.
const DESK: [&str; 4] = [
    "desk texts sent",
    "desk texts tried again",
    "desk texts unknown",
    "desk texts refused",
];

/// Reasons of rejected messages that are named.
pub const REASONS: u32 = 20;

/// Reasons of calls that were given up.
const CALLS: usize = 20;

/// Messages in doubt that are named at the end of a run; `crier status` of a campaign names all.
pub const NAMED: u32 = 50;

impl Report {
    /// For people.
    pub fn text(&self) -> String {
        let totals = &self.totals;
        let taken = self.accepted();
        let mut rows = vec![];
        rows.extend(
            self.entered
                .as_ref()
                .map(|entered| ("entered", trigger::entered(entered))),
        );
        rows.extend([
            ("accepted", number(taken)),
            ("delivered", number(self.count(MessageState::Delivered))),
            (
                "undelivered",
                number(self.count(MessageState::Undelivered) + self.count(MessageState::Expired)),
            ),
        ]);
        let attempting = self.count(MessageState::Attempting);
        // What is to be tried again is not, once the launch is cancelled.
        let (left, again, ended) = match self.launch.state {
            LaunchState::Cancelled => (("not sent", self.not_sent()), 0, totals.after_end),
            LaunchState::Building
            | LaunchState::Running
            | LaunchState::Paused
            | LaunchState::Done
            | LaunchState::Halted => (("waiting", totals.waiting), attempting, 0),
        };
        if ended > 0 {
            rows.push(("after cancel", format!("{} submitted after it", number(ended))));
        }
        for (name, n) in [
            ("no receipt yet", self.count(MessageState::Accepted)),
            ("rejected", self.count(MessageState::Rejected)),
            ("trying again", again),
            left,
            ("being sent", totals.under_way),
            ("set aside", totals.set_aside),
            ("left out later", totals.left_out.values().sum()),
        ] {
            if n > 0 {
                rows.push((name, number(n)));
            }
        }
        rows.push(("unknown", self.unknown()));
        if totals.resent > 0 {
            rows.push((
                "sent once more",
                format!(
                    "{}, since nobody knew whether the first was taken",
                    number(totals.resent)
                ),
            ));
        }
        rows.push(("opted out", number(totals.opt_outs)));
        rows.push(("other replies", number(totals.other_replies)));
        for (states, names) in [(&totals.answers, ANSWERS), (&totals.desk, DESK)] {
            let named = names.into_iter().zip(beside(states));
            rows.extend(named.filter(|(_, n)| *n > 0).map(|(name, n)| (name, number(n))));
        }
        if totals.reached > 0 {
            rows.push(("goal reached", number(totals.reached)));
        }
        if !self.started.is_empty() {
            let each = self.started.iter();
            let each = each.map(|(name, n)| format!("{} in {name}", counted(*n, "passage", "passages")));
            rows.push(("started", each.collect::<Vec<_>>().join(", ")));
        }
        rows.extend(self.calls().map(|calls| ("calls", calls)));
        rows.push(("parts", self.parts()));
        rows.push(("money", self.money()));
        rows.extend(self.budget().map(|budget| ("budget", budget)));
        rows.push(("time", self.time()));
        let mut text = table::pairs(&rows);
        let of = (self.launch.campaign.as_str(), self.launch.state);
        let not_entered = |counts| trigger::not_entered(counts, of);
        if let Some(lines) = self.entered.as_ref().and_then(not_entered) {
            text.push_str(&format!("\n\nhappenings\n{lines}"));
        }
        if let Some(comparison) = &self.comparison {
            text.push_str(&format!("\n\n{}", compare::text(comparison)));
        }
        if !self.rejected.is_empty() {
            text.push_str("\n\nrejected\n");
            let shown = self.rejected.iter().map(|(reason, n)| {
                let line = format!("  {}: {reason}", number(*n));
                super::folded(&line, "    ")
            });
            text.push_str(&shown.collect::<Vec<_>>().join("\n"));
        }
        if !self.errands.given_up.is_empty() {
            text.push_str("\n\ncalls given up\n");
            let shown = self.errands.given_up.iter().take(CALLS).map(|(reason, n)| {
                let line = format!("  {}: {reason}", number(*n));
                super::folded(&line, "    ")
            });
            text.push_str(&shown.collect::<Vec<_>>().join("\n"));
        }
        let ends = totals
            .ends
            .iter()
            .map(|(reason, n)| (format!("ended: {reason}"), *n));
        let skipped = totals
            .skipped
            .iter()
            .map(|(reason, n)| (format!("passed over: {reason}"), *n));
        for (what, n) in ends.chain(skipped) {
            text.push_str(&format!(
                "\n{}",
                super::folded(&format!("  {} {what}", number(n)), "    ")
            ));
        }
        if self.dead > 0 {
            text.push_str(&format!(
                "\n\n{} given up: `crier dead {}` lists them",
                counted(self.dead, "message", "messages"),
                self.launch.campaign
            ));
        }
        if !self.in_doubt.is_empty() {
            text.push_str("\n\nin doubt: whether the provider took these is not known\n");
            let shown = self.in_doubt.iter().map(|doubt| {
                let line = format!("  {}", in_doubt_line(doubt));
                super::folded(&line, "    ")
            });
            text.push_str(&shown.collect::<Vec<_>>().join("\n"));
            let more = (totals.unknown() + self.left).saturating_sub(self.in_doubt.len() as u64);
            if more > 0 {
                text.push_str(&format!(
                    "\n  and {} more: `crier status {}` names all",
                    number(more),
                    self.launch.campaign
                ));
            }
        }
        text
    }

    /// Who is in it.
    fn people(&self) -> u64 {
        let entered = self.entered.as_ref().map(|entered| entered.people);
        entered.unwrap_or(self.launch.summary.people)
    }

    fn count(&self, state: MessageState) -> u64 {
        self.totals.messages.get(&state).copied().unwrap_or(0)
    }

    /// Messages that the provider took, whatever became of them.
    fn accepted(&self) -> u64 {
        self.totals
            .messages
            .iter()
            .filter(|(state, _)| **state >= MessageState::Accepted)
            .map(|(_, n)| n)
            .sum()
    }

    fn unknown(&self) -> String {
        let n = self.count(MessageState::Unknown);
        let to_come = [
            (self.totals.asked, "to be looked up at the provider"),
            (
                self.totals.resubmitted,
                "to be submitted once more to a provider that refuses what it has",
            ),
        ];
        let to_come = to_come.iter().filter(|(some, _)| *some > 0);
        let to_come: Vec<String> = to_come
            .map(|(some, what)| format!("{} {what}", number(n.min(*some))))
            .collect();
        let resent = match self.totals.resent_unknown {
            0 => String::new(),
            resent => format!("; {} of them were sent once more", number(resent)),
        };
        match (n, to_come.as_slice()) {
            (0, _) => "0".to_owned(),
            (n, []) => format!("{}: nobody knows whether they were taken{resent}", number(n)),
            (n, some) => format!("{}, of which {}{resent}", number(n), some.join(", ")),
        }
    }

    /// People whose next text was not sent (yet), those whose last one was refused for now included.
    fn not_sent(&self) -> u64 {
        self.totals.waiting + self.count(MessageState::Attempting)
    }

    fn parts(&self) -> String {
        let parts = number(self.totals.parts.values().sum());
        match self.totals.parts_in_doubt.values().sum() {
            0 => parts,
            more => format!(
                "{parts}; up to {} more for {}",
                number(more),
                self.may_have_gone()
            ),
        }
    }

    fn money(&self) -> String {
        let (sums, unpriced) = cost(&self.totals.parts, &self.launch.tariffs);
        let (more, _) = cost(&self.totals.parts_in_doubt, &self.launch.tariffs);
        let sums = money(&sums, unpriced);
        if more.is_empty() {
            return sums;
        }
        format!(
            "{sums}; up to {} more for {}",
            money(&more, 0),
            self.may_have_gone()
        )
    }

    /// What may have to be paid beside what was taken.
    fn may_have_gone(&self) -> &'static str {
        match (self.count(MessageState::Unknown), self.totals.resent) {
            (_, 0) => "the unknown",
            (0, _) => "those sent once more",
            _ => "the unknown and those sent once more",
        }
    }

    /// The budget, and how much of it is used; none where there is none.
    fn budget(&self) -> Option<String> {
        let limit = self.launch.budget?;
        // All prices of a launch with a budget are in its currency.
        let currency = self.launch.tariffs.first().map(|tariff| &tariff.currency);
        let sum = |millionths: i64| match (currency, of_millionths(millionths)) {
            (Some(currency), sum) => money(&[(currency.clone(), sum)].into(), 0),
            (None, sum) => sum.normalize().to_string(),
        };
        let month = if self.launch.per_month { " a month" } else { "" };
        Some(format!(
            "{}{month}, of which {} are used or set aside by this launch",
            sum(limit),
            sum(self.launch.reserved)
        ))
    }

    fn time(&self) -> String {
        let Some((first, last)) = self.totals.span else {
            return "nothing was sent".to_owned();
        };
        format!(
            "{} from the first text to the last, begun {}",
            span(last - first),
            time(first)
        )
    }

    /// How many calls are how far; none where there are none.
    fn calls(&self) -> Option<String> {
        let ErrandCounts { due, done, .. } = self.errands;
        let given_up = self.calls_given_up();
        let counts = [(done, "done"), (due, "to do"), (given_up, "given up")];
        let shown = counts.iter().filter(|(n, _)| *n > 0);
        let shown: Vec<String> = shown.map(|(n, what)| format!("{} {what}", number(*n))).collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }

    fn calls_given_up(&self) -> u64 {
        self.errands.given_up.iter().map(|(_, n)| n).sum()
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let totals = &self.totals;
        let (sums, unpriced) = cost(&totals.parts, &self.launch.tariffs);
        let (in_doubt, _) = cost(&totals.parts_in_doubt, &self.launch.tariffs);
        let reasons = totals
            .left_out
            .iter()
            .map(|(reason, n): (&LeftOut, &u64)| (reason.code(), json!(n)));
        let mut report = json!({
            "launch": self.launch.id.0,
            "campaign": self.launch.campaign,
            "occurrence": self.launch.occurrence,
            "revision": self.launch.revision,
            "state": self.launch.state.word(),
            "launched_at": self.launch.created_at,
            "starts_at": self.launch.starts_at,
            "ended_at": self.launch.ended_at,
            "people": self.people(),
            "accepted": self.accepted(),
            "delivered": self.count(MessageState::Delivered),
            "undelivered": self.count(MessageState::Undelivered),
            "expired": self.count(MessageState::Expired),
            "no_receipt": self.count(MessageState::Accepted),
            "unknown": self.count(MessageState::Unknown),
            "sent_once_more": totals.resent,
            "unknown_sent_once_more": totals.resent_unknown,
            "rejected": self.count(MessageState::Rejected),
            "rejected_for": self.rejected.iter().map(|(reason, n)| json!({ "reason": reason, "messages": n }))
                .collect::<Vec<_>>(),
            "started": self.started.iter().map(|(name, n)| json!({ "campaign": name, "passages": n }))
                .collect::<Vec<_>>(),
            "attempting": self.count(MessageState::Attempting),
            "waiting": totals.waiting,
            "being_sent": totals.under_way,
            "to_be_looked_up": totals.asked,
            "to_be_submitted_again": totals.resubmitted,
            "set_aside": totals.set_aside,
            "sent_after_end": totals.after_end,
            "dead_letters": self.dead,
            "budget": self.launch.budget.map(|budget| json!({
                "limit_millionths": budget, "reserved_millionths": self.launch.reserved,
                "per_month": self.launch.per_month,
            })),
            "left_out_later": serde_json::Value::Object(reasons.collect()),
            "opted_out": totals.opt_outs,
            "other_replies": totals.other_replies,
            "parts": totals.parts.values().sum::<u64>(),
            "parts_in_doubt": totals.parts_in_doubt.values().sum::<u64>(),
            "first_sent_at": totals.span.map(|(first, _)| first),
            "last_sent_at": totals.span.map(|(_, last)| last),
            "in_doubt": self.in_doubt.iter().map(in_doubt_json).collect::<Vec<_>>(),
        });
        report["money"] = money_json(&sums);
        report["money_in_doubt"] = money_json(&in_doubt);
        report["unpriced_parts"] = json!(unpriced);
        report["passages"] = passages(totals);
        for (name, states) in [("answers", &totals.answers), ("desk_texts", &totals.desk)] {
            let keys = ["", "_attempting", "_unknown", "_refused"];
            for (key, n) in keys.into_iter().zip(beside(states)) {
                report[format!("{name}{key}")] = json!(n);
            }
        }
        report["entered"] = json!(self.entered.as_ref().map(trigger::counts_json));
        report["comparison"] = json!(self.comparison.as_ref().map(compare::json));
        report["calls"] = json!({
            "done": self.errands.done,
            "to_do": self.errands.due,
            "given_up": self.calls_given_up(),
            "given_up_for": self.errands.given_up.iter().map(|(reason, n)| json!({ "reason": reason, "calls": n }))
                .collect::<Vec<_>>(),
        });
        report
    }

    /// Whether there is something that the line among others does not explain.
    pub fn has_more(&self) -> bool {
        let passed_over = !self.totals.skipped.is_empty() || !self.totals.left_out.is_empty();
        self.dead > 0
            || !self.errands.given_up.is_empty()
            || !self.rejected.is_empty()
            || !self.in_doubt.is_empty()
            || passed_over
    }

    /// One line among others.
    pub fn row(&self) -> Vec<String> {
        vec![
            self.launch.id.to_string(),
            self.launch.campaign.clone(),
            self.launch.state.word().to_owned(),
            number(self.people()),
            number(self.accepted()),
            number(self.count(MessageState::Delivered)),
            number(self.count(MessageState::Unknown)),
            number(self.count(MessageState::Rejected)),
            number(self.totals.under_way),
            match (self.launch.state, self.not_sent()) {
                (LaunchState::Cancelled, left) if left > 0 => format!("{} not sent", number(left)),
                (_, left) => number(left),
            },
        ]
    }

    /// The headings of [`Self::row`].
    pub const HEADINGS: [&str; 10] = [
        "id",
        "campaign",
        "state",
        "people",
        "accepted",
        "delivered",
        "unknown",
        "rejected",
        "being sent",
        "waiting",
    ];
}

/// Of texts beside those of the steps: how many were taken, are tried again, are unknown, were refused or given up.
fn beside(states: &BTreeMap<MessageState, u64>) -> [u64; 4] {
    let of = |state| states.get(&state).copied().unwrap_or(0);
    let taken = states
        .iter()
        .filter(|(state, _)| **state >= MessageState::Accepted);
    [
        taken.map(|(_, n)| n).sum(),
        of(MessageState::Attempting),
        of(MessageState::Unknown),
        of(MessageState::Rejected),
    ]
}

/// A message of which nobody knows whether it was taken.
fn in_doubt_line(doubt: &InDoubt) -> String {
    let what = match doubt.kind {
        TextKind::Step => "",
        TextKind::Answer => ", an answer to a reply",
        TextKind::Desk => ", for the phone of an inbox",
    };
    let again = if doubt.is_resent { ", sent once more" } else { "" };
    let reason = doubt.reason.as_deref().unwrap_or("no answer");
    format!(
        "{}  message {}{what}{again}, {}: {reason}",
        doubt.phone,
        doubt.message,
        time(doubt.at)
    )
}

fn in_doubt_json(doubt: &InDoubt) -> serde_json::Value {
    json!({
        "phone": doubt.phone.to_string(), "message": doubt.message.0, "kind": doubt.kind.word(), "step": doubt.step, "at": doubt.at,
        "reason": doubt.reason, "sent_once_more": doubt.is_resent,
    })
}

/// How passages went: ends by reason, texts and steps that were passed over by reason, goals.
fn passages(totals: &Totals) -> serde_json::Value {
    let skipped = totals.skipped.iter().map(|(reason, n)| (reason.code(), json!(n)));
    json!({
        "ended": totals.ends,
        "passed_over": serde_json::Value::Object(skipped.collect()),
        "goal_reached": totals.reached,
    })
}
