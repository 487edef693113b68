//! `{ every: monday, at: "10:00" }`: what comes again and again is said by a cron.

use super::super::key::Object;
use super::super::scalars::{ENGLISH_DAYS, clock_of, of_twelve_hours};
use super::Shape;
use super::misplaced::{Misplaced, adjacent};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Entry, Node};

/// What other tools call it.
const EVERY: [&str; 4] = ["every", "interval", "recurring", "repeat"];
/// Where the hour stands beside it.
const HOURS: [&str; 3] = ["at", "hour", "time"];
/// The same of the day.
const ON: [&str; 4] = ["day", "days", "on", "weekday"];

impl Shape<'_> {
    pub(super) fn again_in_a_map(&mut self, node: &Node, object: &Object, told: &mut Misplaced) {
        if object.title != "`schedule`" || node.entry("cron").is_some() {
            return;
        }
        let Some((every, days)) = one_of(node, &EVERY).and_then(|(at, every)| Some((at, days(node, every)?)))
        else {
            return;
        };
        let hour = one_of(node, &HOURS).and_then(|(at, entry)| Some((at, hour(&entry.value)?)));
        // With a whole day beside it, it is not known which of them is meant.
        if hour.is_none() && one_of(node, &HOURS).is_some() {
            return;
        }
        let clock = days.clock.or_else(|| Some(hour.as_ref()?.1.clone()));
        let is_said = clock.is_some();
        let cron = format!("cron: \"{} {}\"", clock.as_deref().unwrap_or("0 10"), days.days);
        let mut entries: Vec<usize> = [Some(every), hour.map(|(at, _)| at), days.on]
            .into_iter()
            .flatten()
            .collect();
        entries.sort_unstable();
        let key = &node.entries()[every].key;
        let found = Diagnostic::error(
            "unknown-key",
            key.span.clone(),
            format!("\"{}\" is not a key of `schedule`", key.text),
        )
        .label("unknown key")
        .help(match is_said {
            true => format!("what comes again is a cron: `{cron}`"),
            false => format!("what comes again is a cron, with minute and hour first: `{cron}`"),
        });
        self.found.push(match adjacent(node, &entries) {
            Some(whole) => found.replace(whole, cron, Applicability::Unsure),
            None => found,
        });
        told.entries.extend(entries);
        told.meant.push("cron");
    }
}

/// The days of a cron.
struct Days {
    /// All of it but minute and hour.
    days: String,
    /// Minute and hour of what comes every hour.
    clock: Option<String>,
    /// Where they stand, if not beside `every` itself.
    on: Option<usize>,
}

fn days(node: &Node, every: &Entry) -> Option<Days> {
    let written = words(&every.value)?;
    let alone = |days: &str| {
        Some(Days {
            days: days.to_owned(),
            clock: None,
            on: None,
        })
    };
    let unit: Vec<&str> = written
        .iter()
        .map(|word| word.strip_prefix("1 ").unwrap_or(word))
        .collect();
    match unit.as_slice() {
        ["hour" | "hourly"] => Some(Days {
            clock: Some("0 *".to_owned()),
            ..alone("* * *")?
        }),
        ["day" | "daily"] => alone("* * *"),
        ["month" | "monthly"] => alone("1 * *"),
        ["year" | "yearly"] => alone("1 1 *"),
        ["workday" | "weekday" | "weekdays" | "workdays"] => alone("* * mon-fri"),
        ["week" | "weekly"] => {
            let (on, entry) = one_of(node, &ON)?;
            Some(Days {
                on: Some(on),
                ..alone(&weekdays(&words(&entry.value)?)?)?
            })
        }
        _ => alone(&weekdays(&written)?),
    }
}

/// `* * mon,thu`.
fn weekdays(words: &[String]) -> Option<String> {
    let short = |word: &String| {
        let day = word
            .strip_suffix('s')
            .filter(|day| ENGLISH_DAYS.contains(day))
            .unwrap_or(word);
        let named = ENGLISH_DAYS
            .iter()
            .find(|name| day.len() >= 3 && name.starts_with(day))?;
        Some(&named[..3])
    };
    let all = words.iter().map(short).collect::<Option<Vec<&str>>>()?;
    Some(format!("* * {}", all.join(",")))
}

/// The words of a text or of a list of such, in lower case.
fn words(value: &Node) -> Option<Vec<String>> {
    let texts = match value.items() {
        [] => vec![value.text()?],
        items => items.iter().map(Node::text).collect::<Option<Vec<&str>>>()?,
    };
    let texts = texts.iter().flat_map(|text| text.split([',', '&']));
    Some(texts.map(|text| text.trim().to_lowercase()).collect())
}

/// `30 18` for 18:30.
fn hour(value: &Node) -> Option<String> {
    let text = value.text()?;
    let of_day = clock_of(text).or_else(|| clock_of(&of_twelve_hours(text)?));
    let minutes = of_day.filter(|minutes| *minutes < 24 * 60)?;
    Some(format!("{} {}", minutes % 60, minutes / 60))
}

fn one_of<'a>(node: &'a Node, names: &[&str]) -> Option<(usize, &'a Entry)> {
    let mut entries = node.entries().iter().enumerate();
    entries.find(|(_, entry)| names.contains(&entry.key.text.as_str()))
}
