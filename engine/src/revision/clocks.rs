//! Whether a campaign goes by the clock of its people, so that their zones must be told apart.

use dsl::campaign::program::Until;
use dsl::campaign::{Campaign, Deed, Purpose, Schedule};
use dsl::scalar::WaitTime;

/// Whether it does. `names_zone`: a text, a link or a call has their `timezone`.
pub(super) fn matter(campaign: &Campaign, names_zone: bool) -> bool {
    let local = match &campaign.schedule {
        Schedule::Local(_) | Schedule::Day { .. } => true,
        Schedule::Cron { recipient_clock, .. } => *recipient_clock,
        Schedule::Now | Schedule::At(_) | Schedule::Trigger(_) => false,
    };
    let mut deeds = campaign.program.instructions.iter().map(|one| &one.deed);
    names_zone
        || local
        || has_hours(campaign)
        || counts_days(campaign)
        || campaign.conditions().any(|condition| condition.asks_for_clock())
        || deeds.any(does)
}

fn has_hours(campaign: &Campaign) -> bool {
    let pace = &campaign.pace;
    pace.window.is_some() || !pace.quiet_hours.is_empty() || !pace.days.is_empty()
}

/// Whether days are counted beside the steps: one has 23 hours, or 25, where clocks change.
fn counts_days(campaign: &Campaign) -> bool {
    let within = campaign.goal.iter().filter_map(|goal| goal.within.as_ref());
    let caps = campaign.pace.frequency.iter().map(|cap| &cap.most.within);
    let caps = caps.filter(|_| campaign.purpose == Purpose::Marketing);
    within.chain(caps).chain(&campaign.pace.expires).any(is_days)
}

fn is_days(time: &WaitTime) -> bool {
    matches!(time, WaitTime::Days(_))
}

fn does(deed: &Deed) -> bool {
    match deed {
        Deed::Wait { until, .. } => match until {
            Until::Over(time) => is_days(time),
            Until::At(_) => true,
        },
        Deed::Send(send) => send.window.is_some() || send.expires.as_ref().is_some_and(is_days),
        Deed::Listen(listen) => is_days(&listen.within),
        Deed::Await { within, .. } => is_days(within),
        Deed::Again { every, .. } => is_days(every),
        // The campaign that it starts is told the zone.
        Deed::Start(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::campaign;

    #[test]
    fn zones_are_told_apart_where_something_goes_by_them() {
        let table = [
            "steps: [{ send: { text: Hi } }]",
            "steps: [{ send: { text: \"It is {{timezone}}\" } }]",
            "limits: { quiet_hours: 21:00-09:00 }\nsteps: [{ send: { text: Hi } }]",
            "steps: [{ send: { text: Hi }, expires: 2 hours }]",
            "steps: [{ send: { text: Hi }, expires: 2 days }]",
            "steps: [{ send: { text: Hi }, when: 'timezone == \"Asia/Tokyo\"' }]",
            "steps: [{ send: { text: Hi }, when: 'country == \"JP\"' }]",
            "fields: { code: date }\nsteps: [{ send: { text: Hi }, when: days_until(code) > 1 }]",
            "fields: { code: date }\nsteps: [{ send: { text: Hi }, unless: 'code == today()' }]",
            "fields: { code: date }\nsteps: [{ send: { text: Hi }, when: 'code == date(\"2026-12-01\")' }]",
            "fields: { code: time }\nsteps: [{ send: { text: Hi }, when: code < now() }]",
            "goal: { when: event(\"paid\"), within: 2 days }\nsteps: [{ send: { text: Hi } }]",
            "goal: { when: event(\"paid\"), within: 48 hours }\nsteps: [{ send: { text: Hi } }]",
        ];
        let told = table.map(|keys| {
            let campaign = campaign(&format!(
                "audience: people.csv\nschedule: now\npurpose: service\n{keys}\n"
            ));
            format!("{}: {keys:?}\n", campaign.goes_by_clocks)
        });
        expect![[r#"
            false: "steps: [{ send: { text: Hi } }]"
            true: "steps: [{ send: { text: \"It is {{timezone}}\" } }]"
            true: "limits: { quiet_hours: 21:00-09:00 }\nsteps: [{ send: { text: Hi } }]"
            false: "steps: [{ send: { text: Hi }, expires: 2 hours }]"
            true: "steps: [{ send: { text: Hi }, expires: 2 days }]"
            true: "steps: [{ send: { text: Hi }, when: 'timezone == \"Asia/Tokyo\"' }]"
            false: "steps: [{ send: { text: Hi }, when: 'country == \"JP\"' }]"
            true: "fields: { code: date }\nsteps: [{ send: { text: Hi }, when: days_until(code) > 1 }]"
            true: "fields: { code: date }\nsteps: [{ send: { text: Hi }, unless: 'code == today()' }]"
            false: "fields: { code: date }\nsteps: [{ send: { text: Hi }, when: 'code == date(\"2026-12-01\")' }]"
            true: "fields: { code: time }\nsteps: [{ send: { text: Hi }, when: code < now() }]"
            true: "goal: { when: event(\"paid\"), within: 2 days }\nsteps: [{ send: { text: Hi } }]"
            false: "goal: { when: event(\"paid\"), within: 48 hours }\nsteps: [{ send: { text: Hi } }]"
        "#]].assert_eq(&told.concat());
    }
}
