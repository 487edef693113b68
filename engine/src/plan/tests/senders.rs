//! A step with another sender: what goes by whom, and what a sender may not send.

use std::fmt::Write;

use chrono::TimeDelta;
use expect_test::expect;

use super::{Setting, plan};
use crate::plan::{Ahead, Pace};
use crate::testing::{at, campaign_of};

const PROJECT: &str = "
crier: 1
sender: shop
prices: prices.csv
providers: { trial: { kind: simulated } }
senders:
  shop: { alphanumeric: SHOP, provider: trial, countries: [IT] }
  abroad: { number: \"+12125550100\", provider: trial, countries: [US] }
";

const CAMPAIGN: &str = "
audience: people.csv
schedule: now
purpose: service
replies: none
steps:
  - send: { text: \"Ciao {{name}}\" }
  - send: { text: \"Hello {{name}}\" }
    sender: abroad
";

#[test]
fn each_text_counts_for_the_sender_that_it_goes_by() {
    let people = "phone,name\n+393331234561,Ada\n+14155550102,Bo\n+447400123456,Cy\n+393331234562,Di\n";
    let prices = "country,price,currency\nIT,0.05,EUR\nUS,0.01,USD\n";
    let planned = plan(Setting {
        project: Some(PROJECT),
        campaign: CAMPAIGN,
        files: &[
            ("people.csv", people.as_bytes()),
            ("prices.csv", prices.as_bytes()),
        ],
        suppressed: &[],
    })
    .expect("a plan");
    let summary = planned.summary;
    let mut told = format!(
        "{} people, {} parts, left out {:?}\n",
        summary.people, summary.parts, summary.left_out
    );
    for own in &summary.senders {
        let (parts, money) = (own.parts, &own.money);
        let _ = writeln!(
            told,
            "{}: {parts}, {money:?}, barred {:?}",
            own.sender, own.barred
        );
    }
    for text in &summary.texts {
        let _ = writeln!(
            told,
            "{}: {} people, {} parts",
            text.message, text.people, text.parts
        );
    }
    expect![[r#"
        3 people, 3 parts, left out {"elsewhere": 1}
        shop: 2, {"EUR": 0.10}, barred {"US": 1}
        abroad: 1, {"USD": 0.01}, barred {"IT": 2}
        step-1: 2 people, 2 parts
        step-2: 1 people, 1 parts
    "#]]
    .assert_eq(&told);
    let revision = campaign_of(Some(PROJECT), CAMPAIGN, &[("people.csv", "phone,name")]).1;
    let pace = |per_second, senders: &[&str]| Pace {
        per_second,
        senders: senders.iter().map(|name| (*name).to_owned()).collect(),
    };
    let start = at("2026-11-25T15:00:00Z");
    let ahead = Ahead {
        starts_at: start,
        now: start,
    };
    let table = [
        (vec![], 0),
        (vec![pace(0.5, &["shop"])], 4),
        (vec![pace(0.5, &["shop"]), pace(0.1, &["abroad"])], 10),
        (vec![pace(0.25, &["shop", "abroad"])], 12),
    ];
    for (paces, seconds) in table {
        let end = summary.finish_at(&revision, ahead, &paces);
        assert_eq!(end - start, TimeDelta::seconds(seconds), "{paces:?}");
    }
}

/// The last text comes after questions, what is awaited, moments and whole rounds; what follows it does not count.
#[test]
fn the_last_text_comes_after_all_that_is_waited_for() {
    let table = [
        ("- send: { text: A }\n  - wait: 2 days", 0),
        ("- send: { text: A }\n  - wait: 2 days\n  - send: { text: B }", 48),
        (
            "- ask: { text: A }\n    for: 3 days\n    remind: { after: 2 days, send: { text: B } }\n    silence: { send: { text: C } }",
            72,
        ),
        (
            "- send: { text: A }\n  - await: event(\"paid\")\n    for: 5 days\n  - send: { text: B }",
            120,
        ),
        (
            "- send: { text: A }\n  - send: { text: B }\n    at: 2026-11-29 16:00",
            96,
        ),
        (
            "- send: { text: A }\n  - wait: \"20:00\"\n  - send: { text: B }",
            4,
        ),
        (
            "- wait: \"16:00\"\n  - send: { text: A }\n  - wait: \"16:00\"\n  - send: { text: B }",
            24,
        ),
        (
            "- repeat:\n      times: 3\n      every: 1 day\n      do: [{ send: { text: A } }, { wait: 2 days }, { send: { text: B } }]",
            192,
        ),
        (
            "- repeat:\n      times: 3\n      every: 1 day\n      do: [{ send: { text: A } }, { wait: 2 days }]",
            144,
        ),
        (
            "- send: { text: A }\n  - repeat: { times: 3, every: 1 day, do: { tag: seen } }",
            0,
        ),
    ];
    for (steps, hours) in table {
        let campaign = format!(
            "audience: people.csv\nschedule: now\ntimezone: Europe/Rome\npurpose: service\nsteps:\n  {steps}\n"
        );
        let planned = plan(Setting {
            campaign: &campaign,
            files: &[("people.csv", b"phone,name\n+393331234561,Ada\n")],
            ..Setting::default()
        });
        let summary = planned.expect("planned").summary;
        let revision = campaign_of(None, &campaign, &[("people.csv", "phone,name")]).1;
        let start = at("2026-11-25T15:00:00Z");
        let ahead = Ahead {
            starts_at: start,
            now: start,
        };
        let end = summary.finish_at(&revision, ahead, &[]);
        assert_eq!((end - start).num_hours(), hours, "{steps}");
    }
}

/// By the hours, the days and the zones of the people there are.
#[test]
fn the_first_and_the_last_text_go_by_the_clocks_of_people() {
    let three = "phone,timezone\n+16465550101,\n+16465550102,Pacific/Apia\n+16465550103,Pacific/Pago_Pago\n";
    let table = [
        (
            "{ at: 2026-12-04 10:00, days: [fri] }",
            "",
            "wait: 1 day",
            "phone\n+16465550101\n",
        ),
        (
            "{ at: 2026-12-04 10:00, clock: recipient }",
            "",
            "tag: seen",
            three,
        ),
        (
            "2026-12-04 22:30",
            "limits: { quiet_hours: 21:00-09:00 }",
            "tag: seen",
            three,
        ),
        (
            "2026-12-04 10:00",
            "limits: { quiet_hours: 12:00-09:00 }",
            "wait: 4 hours",
            "phone\n+16465550101\n",
        ),
    ];
    let mut told = String::new();
    for (schedule, limits, step, list) in table {
        let campaign = format!(
            "audience: people.csv\nschedule: {schedule}\ntimezone: America/New_York\npurpose: service\n{limits}\n\
             steps:\n  - send: {{ text: A }}\n  - {step}\n  - send: {{ text: B }}\n"
        );
        let planned = plan(Setting {
            campaign: &campaign,
            files: &[("people.csv", list.as_bytes())],
            ..Setting::default()
        });
        let summary = planned.expect("planned").summary;
        let header = list.lines().next().expect("a header");
        let revision = campaign_of(None, &campaign, &[("people.csv", header)]).1;
        let now = at("2026-11-25T15:00:00Z");
        let starts_at = crate::launch::starts_at(&revision.campaign, now).expect("in time");
        let ahead = Ahead { starts_at, now };
        let first = summary
            .first_at(&revision, ahead)
            .expect("a text")
            .expect("it goes");
        let last = summary.finish_at(&revision, ahead, &[]);
        let [first, latest, last] = [first[0], first[1], last].map(|at| at.format("%d %H:%M"));
        let _ = writeln!(told, "{schedule} {limits}: {first} to {latest}, the last {last}");
    }
    expect![[r#"
        { at: 2026-12-04 10:00, days: [fri] } : 04 15:00 to 04 15:00, the last 11 05:00
        { at: 2026-12-04 10:00, clock: recipient } : 03 21:00 to 04 21:00, the last 04 21:00
        2026-12-04 22:30 limits: { quiet_hours: 21:00-09:00 }: 05 03:30 to 05 14:00, the last 05 14:00
        2026-12-04 10:00 limits: { quiet_hours: 12:00-09:00 }: 04 15:00 to 04 15:00, the last 05 14:00
    "#]]
    .assert_eq(&told);
}
