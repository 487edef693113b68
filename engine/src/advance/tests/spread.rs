//! When everybody's text goes of a campaign that is spread, with hours in which nothing may go.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use expect_test::expect;

use super::{NO_FACTS, place};
use crate::advance::{Effect, Enrolment, Event, State, advance};
use crate::entry::Entry;
use crate::testing::{at, campaign, member, nth_phone};

/// How many of a thousand people's texts go in each hour, and when the last does. `up_at`: nothing runs before.
fn told(schedule: &str, hours: &str, begins_at: &str, up_at: &str) -> String {
    let text = format!(
        "audience: people.csv\npurpose: service\nreplies: none\nschedule: {{ at: now, {schedule} }}\n\
         limits: {{ {hours} }}\nmessage: Hello\n"
    );
    let revision = campaign(&text);
    let entry = Entry::of(&revision.campaign, at(begins_at));
    let (mut hours, mut last, mut late) = (BTreeMap::<String, u32>::new(), at(begins_at), 0);
    for n in 0..1_000 {
        let member = member(nth_phone(n), &[]);
        let mut enrolment = Enrolment {
            member: &member,
            place: place(0),
            state: State::Waiting,
            due_at: entry.of_person(None, member.phone),
        };
        let went = loop {
            let now: DateTime<Utc> = enrolment.due_at.max(at(up_at));
            let (next, effects) = advance(&revision, enrolment, NO_FACTS, &Event::Due(place(0)), now);
            match effects.as_slice() {
                [Effect::Send { .. }] => break Some(now),
                [Effect::Depart(..)] => enrolment = next,
                _ => break None,
            }
        };
        let Some(went) = went else {
            late += 1;
            continue;
        };
        *hours.entry(went.format("%d. %H").to_string()).or_default() += 1;
        last = last.max(went);
    }
    let hours: Vec<String> = hours.iter().map(|(hour, n)| format!("{hour}h {n}")).collect();
    let late = if late > 0 {
        format!("; {late} too late")
    } else {
        String::new()
    };
    format!("{}; last {}{late}\n", hours.join(", "), last.format("%d. %H:%M"))
}

#[test]
fn who_is_held_up_by_hours_is_spread_again_when_they_open() {
    let night = "quiet_hours: 21:00-08:00";
    let table = [
        (
            "four hours, one of them before the night",
            "spread: 4 hours",
            night,
            "2026-11-25T20:00:00Z",
            "",
        ),
        (
            "all of it in the night",
            "spread: 4 hours",
            night,
            "2026-11-25T23:00:00Z",
            "",
        ),
        (
            "the night is in its middle",
            "spread: 2 hours",
            "quiet_hours: 10:30-11:00",
            "2026-11-25T10:00:00Z",
            "",
        ),
        (
            "a window that is too short for all",
            "spread: 6 hours, window: 10:00-12:00",
            "",
            "2026-11-25T20:00:00Z",
            "",
        ),
        (
            "more than a day",
            "spread: 36 hours",
            night,
            "2026-11-25T09:00:00Z",
            "",
        ),
        (
            "nothing ran until an hour after the night",
            "spread: 4 hours",
            night,
            "2026-11-25T20:00:00Z",
            "2026-11-26T09:00:00Z",
        ),
        (
            "some of it expires",
            "spread: 4 hours, expires: 12 hours",
            night,
            "2026-11-25T20:00:00Z",
            "",
        ),
        ("not spread", "late: 1 day", night, "2026-11-25T23:00:00Z", ""),
    ];
    let lines = table.map(|(name, schedule, hours, begins_at, up_at)| {
        let up_at = if up_at.is_empty() { begins_at } else { up_at };
        format!("{name}: {}", told(schedule, hours, begins_at, up_at))
    });
    expect![[r#"
        four hours, one of them before the night: 25. 20h 228, 26. 08h 257, 26. 09h 256, 26. 10h 253, 26. 11h 6; last 26. 11:00
        all of it in the night: 26. 08h 226, 26. 09h 259, 26. 10h 256, 26. 11h 253, 26. 12h 6; last 26. 12:00
        the night is in its middle: 25. 10h 228, 25. 11h 772; last 25. 11:59
        a window that is too short for all: 26. 10h 485, 26. 11h 515; last 26. 11:59
        more than a day: 25. 09h 26, 25. 10h 27, 25. 11h 28, 25. 12h 34, 25. 13h 25, 25. 14h 25, 25. 15h 25, 25. 16h 21, 25. 17h 17, 25. 18h 23, 25. 19h 29, 25. 20h 23, 26. 08h 59, 26. 09h 72, 26. 10h 65, 26. 11h 50, 26. 12h 63, 26. 13h 64, 26. 14h 47, 26. 15h 59, 26. 16h 56, 26. 17h 54, 26. 18h 53, 26. 19h 29, 26. 20h 26; last 26. 20:57
        nothing ran until an hour after the night: 26. 09h 741, 26. 10h 253, 26. 11h 6; last 26. 11:00
        some of it expires: 25. 20h 228, 26. 08h 257, 26. 09h 256, 26. 10h 253, 26. 11h 6; last 26. 11:00
        not spread: 26. 08h 1000; last 26. 08:00
    "#]].assert_eq(&lines.concat());
}
