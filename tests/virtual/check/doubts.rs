//! Nobody stays in doubt who can be helped out of it, and the report says what stands in the rows.

use std::collections::{BTreeMap, BTreeSet};

use engine::advance::{MOST_ATTEMPTS, MOST_CRASHES};
use engine::execute::End;
use engine::provider::Resolve;
use engine::store::{Audit, CohortKind, MessageState};
use sms::PhoneNumber;

use crate::books::Pages;
use crate::story::Story;

/// Where every account can be asked, or refuses what it has, doubts end, unless all tries are used up.
pub fn are_justified(story: &Story, pages: &Pages, audit: &Audit, wrong: &mut Vec<String>) {
    let sender = &story.world.senders[0];
    let ways = |resolve| {
        sender
            .accounts
            .iter()
            .all(|account| story.world.accounts[*account].resolve == resolve)
    };
    let crashes = story.crashes >= usize::from(MOST_CRASHES);
    let excused = if ways(Resolve::LookUp) {
        false
    } else if ways(Resolve::Resubmit) {
        crashes
    } else {
        true
    };
    if excused || story.end != Some(End::Done) {
        return;
    }
    let in_doubt = |row: &&engine::store::AuditedMessage| {
        row.state == MessageState::Unknown && row.kind == CohortKind::Passage
    };
    for row in audit.messages.iter().filter(in_doubt) {
        let handed = pages.handed.iter().filter(|text| text.message == row.id).count();
        let asked = pages.asked.get(&row.id).copied().unwrap_or(0);
        let opted_out = row.phone.is_some_and(|phone| audit.suppressed.contains(&phone));
        if handed + asked < usize::from(MOST_ATTEMPTS) && !opted_out {
            wrong.push(format!(
                "handed over {handed} times, asked {asked} times, and in doubt: {row:?}"
            ));
        }
    }
}

/// The counts of the report are those of the rows.
pub fn report_is_true(story: &Story, audit: &Audit, wrong: &mut Vec<String>) {
    let mut states: BTreeMap<MessageState, u64> = BTreeMap::new();
    let passages = audit
        .messages
        .iter()
        .filter(|row| row.kind == CohortKind::Passage);
    passages.for_each(|row| *states.entry(row.state).or_default() += 1);
    // Whoever waits at a step and has a message of it is counted there.
    let told: BTreeSet<(PhoneNumber, u16)> = audit
        .messages
        .iter()
        .filter(|row| row.kind == CohortKind::Passage)
        .filter_map(|row| Some((row.phone?, row.step)))
        .collect();
    let waiting = audit.waiting.iter().filter(|place| !told.contains(place));
    let waiting = u64::try_from(waiting.count()).expect("few");
    let totals = &story.totals;
    if totals.messages != states || totals.waiting + totals.under_way + totals.set_aside != waiting {
        wrong.push(format!(
            "the report says {totals:?}, and there are {states:?} and {waiting} waiting"
        ));
    }
}
