//! What begins a passage by itself: an event, a list that is joined, a word that is sent. Whether one that happened does, which passage it is about, and
//! whether the person may enter. Pure: stories ask here, and whoever hears the log.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Again, Campaign, Schedule, Trigger};
use dsl::condition::Verdict;

use crate::advance::{Known, MOST_ANSWERS, Person};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;
use crate::store::Happened;

/// An earlier passage of the person, with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// It is not over.
    pub inside: bool,
}

/// Whether a person may enter, and if not why: whoever is inside never enters, but where the passage is to begin anew; whoever
/// was, as `again` says. `earlier`: the passages with the same key, in order; `zone`: the person's clock.
pub fn may_enter(again: Again, earlier: &[Earlier], zone: Tz, now: DateTime<Utc>) -> Result<(), LeftOut> {
    let Some(last) = earlier.last() else { return Ok(()) };
    let inside = earlier.iter().any(|passage| passage.inside);
    match again {
        Again::Restart => Ok(()),
        Again::Always | Again::After(_) | Again::Never if inside => Err(LeftOut::StillInside),
        Again::Always => Ok(()),
        Again::After(time) if time.after(last.began_at, zone) <= now => Ok(()),
        Again::After(_) | Again::Never => Err(LeftOut::EnteredBefore),
    }
}

/// Whether something that happened may begin a passage of a campaign, whatever it carries and whoever it happened to.
pub fn may_begin(campaign: &Campaign, what: &Happened) -> bool {
    // Steps of others start it, however it begins otherwise.
    if let Happened::Started {
        campaign: started, ..
    } = what
    {
        return campaign.name == *started;
    }
    let Schedule::Trigger(trigger) = &campaign.schedule else {
        return false;
    };
    match (trigger, what) {
        (Trigger::Event { name, .. }, Happened::Event(own)) => name == own,
        (Trigger::Joins(list), Happened::Joined(own)) => list == own,
        (Trigger::Keyword(_), Happened::Wrote(own)) => campaign.name == *own,
        (Trigger::Event { .. } | Trigger::Joins(_) | Trigger::Keyword(_), _) => false,
    }
}

/// The field that tells the passages of a person apart; none where each has one at a time.
pub fn key_field(campaign: &Campaign) -> Option<&str> {
    match &campaign.schedule {
        Schedule::Trigger(Trigger::Event { key, .. }) => key.as_deref(),
        Schedule::Trigger(Trigger::Joins(_) | Trigger::Keyword(_))
        | Schedule::Now
        | Schedule::At(_)
        | Schedule::Local(_)
        | Schedule::Cron { .. }
        | Schedule::Day { .. } => None,
    }
}

/// The value of that field, where what happened carries it.
pub fn key_of<'a>(campaign: &Campaign, fields: &'a [(String, String)]) -> Option<&'a str> {
    let key = key_field(campaign)?;
    let field = fields.iter().find(|(name, _)| name == key);
    field.map(|(_, value)| value.as_str())
}

/// Whether what happened is of another passage than the one with this key.
pub fn is_of_another(campaign: &Campaign, own: Option<&str>, fields: &[(String, String)]) -> bool {
    matches!((key_of(campaign, fields), own), (Some(carried), Some(own)) if carried != own)
}

/// Whether an event begins a passage of somebody of whom this is known; what it carries wins.
pub fn event_begins(
    revision: &Revision,
    member: &Member,
    known: &Known,
    event: (&str, &[(String, String)]),
    now: DateTime<Utc>,
) -> bool {
    event_verdict(revision, member, known, event, now) == Ok(true)
}

/// The same. Errors: `where` cannot be decided.
pub fn event_verdict(
    revision: &Revision,
    member: &Member,
    known: &Known,
    (name, fields): (&str, &[(String, String)]),
    now: DateTime<Utc>,
) -> Result<bool, LeftOut> {
    let Schedule::Trigger(Trigger::Event {
        name: begins,
        conditions,
        ..
    }) = &revision.campaign.schedule
    else {
        return Ok(false);
    };
    if begins != name {
        return Ok(false);
    }
    let mut known = known.clone();
    known.values.extend(fields.iter().cloned());
    let person = Person {
        revision,
        member,
        known: &known,
        now,
    };
    let verdict = conditions.as_ref().map(|conditions| person.verdict(conditions));
    match verdict {
        None | Some(Verdict::Holds) => Ok(true),
        Some(Verdict::Fails) => Ok(false),
        Some(Verdict::Undecided(name)) => Err(LeftOut::Undecided(name.to_owned())),
    }
}

/// Whether a word begins a passage of whoever sends it.
pub fn word_begins(campaign: &Campaign, text: &str) -> bool {
    match &campaign.schedule {
        Schedule::Trigger(Trigger::Keyword(word)) => dsl::reply::tokens(word) == dsl::reply::tokens(text),
        _ => false,
    }
}

/// Whether a word began so much for somebody within an hour that it begins nothing more: two programs that answer each
/// other stop.
pub fn is_loop(earlier: &[Earlier], now: DateTime<Utc>) -> bool {
    let lately = |one: &&Earlier| now - one.began_at < TimeDelta::hours(1);
    earlier.iter().filter(lately).count() >= MOST_ANSWERS
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use chrono::TimeDelta;
    use dsl::scalar::WaitTime;
    use expect_test::expect;

    use super::*;
    use crate::testing::{campaign, member, nth_phone};

    #[test]
    fn who_may_enter_again() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let passage = |days: i64, inside| Earlier {
            began_at: now - TimeDelta::days(days),
            inside,
        };
        let ways = [
            ("never", Again::Never),
            ("always", Again::Always),
            ("after 30 days", Again::After(WaitTime::Days(30))),
            ("restart", Again::Restart),
        ];
        let earlier = [
            ("nobody", vec![]),
            ("inside since a day", vec![passage(1, true)]),
            ("inside since 40 days", vec![passage(40, true)]),
            ("over since 29 days", vec![passage(29, false)]),
            ("over since 30 days", vec![passage(90, false), passage(30, false)]),
        ];
        let mut told = String::new();
        for (again, way) in ways {
            for (who, earlier) in &earlier {
                let found = may_enter(way, earlier, Tz::UTC, now);
                let found = found.map_or_else(|reason| reason.to_string(), |()| "enters".to_owned());
                let _ = writeln!(told, "{again}, {who}: {found}");
            }
        }
        expect![[r#"
            never, nobody: enters
            never, inside since a day: still inside of an earlier passage
            never, inside since 40 days: still inside of an earlier passage
            never, over since 29 days: in an earlier passage, and `again` does not let them in
            never, over since 30 days: in an earlier passage, and `again` does not let them in
            always, nobody: enters
            always, inside since a day: still inside of an earlier passage
            always, inside since 40 days: still inside of an earlier passage
            always, over since 29 days: enters
            always, over since 30 days: enters
            after 30 days, nobody: enters
            after 30 days, inside since a day: still inside of an earlier passage
            after 30 days, inside since 40 days: still inside of an earlier passage
            after 30 days, over since 29 days: in an earlier passage, and `again` does not let them in
            after 30 days, over since 30 days: enters
            restart, nobody: enters
            restart, inside since a day: enters
            restart, inside since 40 days: enters
            restart, over since 29 days: enters
            restart, over since 30 days: enters
        "#]]
        .assert_eq(&told);
    }

    #[test]
    fn which_events_begin_a_passage_and_which_it_is() {
        let of_orders = campaign(
            "trigger: { event: shipped, key: order, where: total > 50, again: restart }\npurpose: service\nreplies: none\n\
             fields: { order: text, total: decimal }\nmessage: On its way\n",
        );
        let of_a_word =
            campaign("trigger: { keyword: JOIN }\npurpose: service\nreplies: none\nmessage: Hello\n");
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let events = [
            ("shipped", vec![field("order", "77"), field("total", "60")]),
            ("shipped", vec![field("order", "77"), field("total", "50")]),
            ("shipped", vec![field("total", "much")]),
            ("shipped", vec![field("total", "51.5")]),
            ("ordered", vec![field("order", "77"), field("total", "60")]),
        ];
        let mut told = String::new();
        for (name, fields) in &events {
            let person = member(nth_phone(0), &["", ""]);
            let (known, now) = (Known::default(), DateTime::UNIX_EPOCH);
            let begins = event_begins(&of_orders, &person, &known, (name, fields), now);
            let key = key_of(&of_orders.campaign, fields);
            let _ = writeln!(told, "{name} {fields:?}: {begins}, key {key:?}");
        }
        for text in ["JOIN", " join! ", "join us", "JOINED", "1"] {
            let begins = [&of_orders, &of_a_word].map(|revision| word_begins(&revision.campaign, text));
            let _ = writeln!(told, "{text:?}: {begins:?}");
        }
        expect![[r#"
            shipped [("order", "77"), ("total", "60")]: true, key Some("77")
            shipped [("order", "77"), ("total", "50")]: false, key Some("77")
            shipped [("total", "much")]: false, key None
            shipped [("total", "51.5")]: true, key None
            ordered [("order", "77"), ("total", "60")]: false, key Some("77")
            "JOIN": [false, true]
            " join! ": [false, true]
            "join us": [false, false]
            "JOINED": [false, false]
            "1": [false, false]
        "#]]
        .assert_eq(&told);
    }
}
