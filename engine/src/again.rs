//! Who may not enter a launch by a tick: whoever entered an earlier launch of the campaign, as its `again` says, and
//! whoever is still inside of one. A launch by hand asks nobody.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::campaign::{Again, Campaign, Schedule};

use crate::asks::again_on_own_clocks;
use crate::calendar::Tick;
use crate::launch::Occurrence;
use crate::plan::{Barred, Day};
use crate::revision::Revision;
use crate::schedule;
use crate::store::{LaunchRow, LaunchState, Store, StoreError};

/// The numbers that get no text of this launch, whatever their rows say; those who opted out up to a change of the
/// suppressions.
pub async fn barred(
    store: &Store,
    revision: &Revision,
    occurrence: Occurrence,
    suppressed_to: i64,
    now: DateTime<Utc>,
) -> Result<Barred, StoreError> {
    let campaign = &revision.campaign;
    let suppressed = store.suppressed(suppressed_to).await?;
    let lists = store.members(&stored_lists(campaign)).await?;
    let facts = Arc::new(store.facts(revision, None, now).await?);
    let since = schedule::since(store, campaign).await?;
    let day = Day::of(campaign, occurrence, since.unwrap_or(now));
    let Occurrence::Tick(tick) = occurrence else {
        return Ok(Barred {
            lists,
            facts,
            day,
            ..Barred::opted_out(suppressed)
        });
    };
    let mut entered = vec![];
    let mut inside = vec![];
    for launch in store.launches(Some(&campaign.name)).await? {
        if is_open(launch.state) {
            inside.push(launch.id);
        }
        if !shuts_out(campaign, &launch, tick) {
            continue;
        }
        entered.extend(match launch.state {
            // Who had no text yet when it was cancelled has not had this campaign.
            LaunchState::Cancelled => store.texted(launch.id).await?,
            LaunchState::Building
            | LaunchState::Running
            | LaunchState::Paused
            | LaunchState::Done
            | LaunchState::Halted => store.entered(launch.id).await?,
        });
    }
    entered.sort_unstable();
    entered.dedup();
    let inside = store.inside(&inside).await?;
    // On their own clocks it is known when their turn comes, for some a day from now.
    let (inside, may_be_inside) = match again_on_own_clocks(campaign) {
        true => (vec![], inside),
        false => (inside, vec![]),
    };
    Ok(Barred {
        suppressed,
        entered,
        inside,
        may_be_inside,
        lists,
        facts,
        day,
        texted: None,
    })
}

/// The lists of an audience that the store keeps.
pub fn stored_lists(campaign: &Campaign) -> Vec<String> {
    let audience = &campaign.audience;
    let lists = audience.from.iter().chain(&audience.except);
    lists
        .filter_map(|list| list.stored())
        .map(str::to_owned)
        .collect()
}

/// Whether who entered that launch does not enter one that begins then. From tick to tick: how late either began does
/// not count.
fn shuts_out(campaign: &Campaign, earlier: &LaunchRow, tick: Tick) -> bool {
    match campaign.pace.again {
        Again::Never => true,
        Again::Always | Again::Restart => is_of_the_day(campaign, earlier, tick),
        Again::After(time) => {
            let again_at = time.after(earlier.starts_at, schedule::zone(campaign));
            again_at > tick.at || is_of_the_day(campaign, earlier, tick)
        }
    }
}

fn is_open(state: LaunchState) -> bool {
    match state {
        LaunchState::Running | LaunchState::Paused | LaunchState::Halted => true,
        LaunchState::Building | LaunchState::Cancelled | LaunchState::Done => false,
    }
}

/// Whether it was about the same day of a column, at whatever time: an edited time is no second day.
fn is_of_the_day(campaign: &Campaign, earlier: &LaunchRow, tick: Tick) -> bool {
    let day = tick.local.date().to_string();
    matches!(campaign.schedule, Schedule::Day { .. }) && earlier.occurrence.starts_with(&day)
}
