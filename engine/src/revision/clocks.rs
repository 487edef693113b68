//! Whether a campaign goes by the clock of its people, so that their zones must be told apart.

use dsl::campaign::program::Until;
use dsl::campaign::{Campaign, Deed, Schedule};
use dsl::scalar::WaitTime;

/// Whether it does.
pub(super) fn matter(campaign: &Campaign) -> bool {
    let pace = &campaign.pace;
    let hours = pace.window.is_some() || !pace.quiet_hours.is_empty() || !pace.days.is_empty();
    let local = match &campaign.schedule {
        Schedule::Local(_) | Schedule::Day { .. } => true,
        Schedule::Cron { recipient_clock, .. } => *recipient_clock,
        Schedule::Now | Schedule::At(_) | Schedule::Trigger(_) => false,
    };
    hours || local || campaign.program.instructions.iter().any(|one| does(&one.deed))
}

fn does(deed: &Deed) -> bool {
    let days = |time: &WaitTime| matches!(time, WaitTime::Days(_));
    match deed {
        Deed::Wait { until, .. } => match until {
            Until::Over(time) => days(time),
            Until::At(_) => true,
        },
        Deed::Send(send) => send.window.is_some() || send.expires.as_ref().is_some_and(days),
        Deed::Listen(listen) => days(&listen.within),
        Deed::Await { within, .. } => days(within),
        Deed::Again { every, .. } => days(every),
        _ => false,
    }
}
