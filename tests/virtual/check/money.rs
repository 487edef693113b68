//! A budget is never passed, and what is reserved of it is what was spent or may have been.

use engine::execute::End;
use engine::store::{Audit, CohortKind, MessageState};
use server::carrier::ledger::Fate;

use super::step_of;
use crate::books::{Arrived, Pages};
use crate::story::Story;
use crate::world::PRICE;

/// Checks the cost against the budget and the reservation.
pub fn costs(story: &Story, pages: &Pages, audit: &Audit, wrong: &mut Vec<String>) {
    let (Some(budget), Some(launch)) = (story.budget, &story.launch) else {
        return;
    };
    let bulk = |text: &&Arrived| text.fate == Fate::Taken && step_of(&text.text).is_some();
    let parts = pages
        .arrived
        .iter()
        .filter(bulk)
        .map(|text| i64::from(text.parts));
    let cost = parts.sum::<i64>() * PRICE;
    if cost > budget {
        wrong.push(format!("it cost {cost}, and its budget is {budget}"));
    }
    if launch.reserved < cost {
        wrong.push(format!("it cost {cost}, and {} is reserved", launch.reserved));
    }
    let most = reservable(story, audit);
    if story.end == Some(End::Done) && launch.reserved > most {
        wrong.push(format!(
            "{} is reserved for what costs {most} at most",
            launch.reserved
        ));
    }
}

/// What is taken, or may be; twice where the campaign sends again.
fn reservable(story: &Story, audit: &Audit) -> i64 {
    let times = if story.world.campaign.resend { 2 } else { 1 };
    let counts = audit.messages.iter().filter(|row| {
        let may_be_taken = row.state == MessageState::Unknown || row.state >= MessageState::Accepted;
        row.kind == CohortKind::Passage && may_be_taken
    });
    let parts: i64 = counts.map(|row| i64::from(row.parts)).sum();
    parts * PRICE * times
}
