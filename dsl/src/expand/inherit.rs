//! What a campaign has of its surroundings where it says nothing itself: name, sender, clock, languages, region, replies.
//! The same as the checks make of it (`check/meaning.rs`).

use super::long::{Long, line};
use super::{Line, Origin, Value};
use crate::campaign::{Purpose, Replies};
use crate::written::campaign::Source;
use crate::written::key::{Key, Object};

/// The line of a key that is not written and not looked up in the tables. The outer none: the tables know.
pub(super) fn inherited(long: &Long<'_>, object: &Object, key: &Key) -> Option<Option<Line>> {
    let policy = &long.around.project.policy;
    let found = match (object.title, key.name) {
        ("a campaign", "campaign") => named(long.around.file_name, Origin::FileName),
        ("a campaign", "sender") => sender(long)?,
        ("a campaign", "timezone") => timezone(long),
        ("a campaign", "languages") => languages(long),
        ("a campaign", "replies") => return Some(replies(long).map(|found| written(key, found))),
        ("`schedule`", "again") => return Some(again(long).map(|found| written(key, found))),
        ("`trigger`", "again") => named("never", Origin::Default),
        ("`audience`", "columns") => columns(long)?,
        ("`audience`", "region") => region(long),
        ("`limits`", "frequency") => {
            let holds = long.written.meant_purpose() == Purpose::Marketing;
            of_policy(long, policy.frequency.as_ref().filter(|_| holds))
        }
        ("`limits`", "quiet_hours") => {
            let is_urgent =
                long.written.urgent.is_some() || long.written.meant_purpose() == Purpose::Emergency;
            of_policy(long, policy.quiet_hours.as_ref().filter(|_| !is_urgent))
        }
        ("`limits`", "opt_out_words") => {
            let words = policy.opt_out_words.join(", ");
            of_policy(long, Some(&words).filter(|words| !words.is_empty()))
        }
        _ => return None,
    };
    Some(Some(written(key, found)))
}

type Found = (Value, Origin);

fn written(key: &Key, (value, from): Found) -> Line {
    line(key.name, value, from)
}

fn named(word: &str, from: Origin) -> Found {
    (Value::Word(word.to_owned()), from)
}

/// Where what a project says comes from.
fn project(long: &Long<'_>) -> Origin {
    match long.around.has_file {
        true => Origin::Project,
        false => Origin::Default,
    }
}

/// What the policy says, where it does. It holds beside that of a campaign, so it is none of its values.
fn of_policy(long: &Long<'_>, said: Option<&impl ToString>) -> Found {
    match said {
        Some(said) => (
            Value::Nothing(format!("the policy's: {}", said.to_string())),
            project(long),
        ),
        None => (Value::Nothing("none".into()), Origin::Default),
    }
}

fn sender(long: &Long<'_>) -> Option<Found> {
    let senders = &long.around.project.senders;
    match (&long.around.project.sender, senders.len()) {
        (Some(sender), _) => Some(named(sender, project(long))),
        (None, 1) => senders.keys().next().map(|name| named(name, Origin::OnlySender)),
        (None, _) => None,
    }
}

fn timezone(long: &Long<'_>) -> Found {
    match long.around.project.timezone {
        Some(zone) => named(zone.name(), project(long)),
        None => named("UTC", Origin::Default),
    }
}

fn languages(long: &Long<'_>) -> Found {
    let tags = long
        .languages
        .iter()
        .map(|language| Value::Word(language.to_string()));
    let from = match long.around.project.languages.is_empty() {
        true => Origin::Default,
        false => project(long),
    };
    (Value::List(tags.collect()), from)
}

/// Whether people enter again, where a schedule begins more than once.
fn again(long: &Long<'_>) -> Option<Found> {
    let schedule = long.written.schedule.as_ref()?;
    let comes_again = schedule.cron.is_some() || schedule.date.is_some();
    let word = if schedule.yearly { "always" } else { "never" };
    comes_again.then(|| named(word, Origin::Default))
}

/// The columns of the list of crier.yaml, where the people come from that one alone.
fn columns(long: &Long<'_>) -> Option<Found> {
    let [from] = long.written.audience.from.as_slice() else {
        return None;
    };
    let Source::List(name) = &from.value else {
        return None;
    };
    let list = long.around.project.lists.get(name)?;
    let columns = list.columns.iter();
    let lines: Vec<Line> = columns
        .map(|(ours, theirs)| line(ours, Value::Word(theirs.clone()), Origin::Project))
        .collect();
    (!lines.is_empty()).then_some((Value::Map(lines), Origin::Project))
}

fn region(long: &Long<'_>) -> Found {
    match long.around.project.region {
        Some(region) => named(region.as_str(), project(long)),
        None => {
            let means = "none: numbers need their country code";
            (Value::Nothing(means.into()), Origin::Default)
        }
    }
}

/// None where the sender cannot receive: then nothing may be said of replies.
fn replies(long: &Long<'_>) -> Option<Found> {
    let own = long.written.sender.as_ref().map(|sender| sender.value.clone());
    let sender = own.or_else(|| match sender(long) {
        Some((Value::Word(name), _)) => Some(name),
        Some(_) | None => None,
    });
    let sender = sender.and_then(|name| long.around.project.senders.get(&name));
    if sender.is_some_and(|sender| !sender.receives) {
        return None;
    }
    Some(match &long.around.project.replies {
        Some(Replies::Inbox(to) | Replies::Address(to)) => named(to, project(long)),
        Some(Replies::Kept | Replies::Nobody) | None => {
            let means = "they stay in `crier inbox`";
            (Value::Nothing(means.into()), Origin::Default)
        }
    })
}
