//! Everybody is somewhere, once.

use std::collections::BTreeMap;

use engine::execute::End;
use engine::store::{Audit, AuditedMessage, CohortKind, MessageState};
use sms::PhoneNumber;

use crate::story::Story;

/// Where a person is.
#[derive(Debug, Default)]
struct Places {
    /// States of messages, by instruction.
    messages: BTreeMap<u16, Vec<MessageState>>,
    left_out: Vec<u16>,
    waiting: Vec<u16>,
    /// Whether a cancel found a text that no provider had.
    withdrawn: bool,
}

/// Each recipient has one message or one reason for each step that was come to, or waits where the launch rests.
pub fn places(story: &Story, audit: &Audit, wrong: &mut Vec<String>) {
    let mut people: BTreeMap<PhoneNumber, Places> = BTreeMap::new();
    for row in audit
        .messages
        .iter()
        .filter(|row| row.kind == CohortKind::Passage)
    {
        let Some(phone) = row.phone else {
            // A receipt that came before the answer, whose record never came.
            wrong.push(format!("a receipt without its message: {row:?}"));
            continue;
        };
        let places = people.entry(phone).or_default();
        places.withdrawn |= is_withdrawn(story, row);
        places.messages.entry(row.step).or_default().push(row.state);
    }
    for (phone, step, _) in &audit.left_out {
        people.entry(*phone).or_default().left_out.push(*step);
    }
    for (phone, step) in &audit.waiting {
        people.entry(*phone).or_default().waiting.push(*step);
    }
    for phone in &story.world.people {
        let places = people.remove(phone).unwrap_or_default();
        let opted_out = audit.suppressed.contains(phone);
        if !stands(story, &places, opted_out) {
            wrong.push(format!("{} is at {places:?}", phone.as_u64()));
        }
    }
    wrong.extend(
        people
            .keys()
            .map(|phone| format!("{} is nobody of this launch", phone.as_u64())),
    );
}

/// It was in doubt, its launch was cancelled, and then its provider said that it never had it: it rests as it is, and says
/// so. That it was taken nowhere is held against the carriers' books with all others.
fn is_withdrawn(story: &Story, row: &AuditedMessage) -> bool {
    let reason = row.reason.as_deref().unwrap_or_default();
    story.end == Some(End::Cancelled)
        && row.state == MessageState::Attempting
        && reason.starts_with("the provider never had it, and it does not go any more: ")
}

fn stands(story: &Story, places: &Places, opted_out: bool) -> bool {
    let once = places.messages.values().all(|states| states.len() == 1);
    let waits = places.waiting.len();
    let out = places.left_out.len();
    if !once || out > 1 || waits > 1 || (waits == 1 && (!story.rests() || out > 0)) {
        return false;
    }
    let texts: Vec<MessageState> = places.messages.values().flatten().copied().collect();
    // Whoever is refused goes no further; the others go on to the next text, wait for it, or are left out of it.
    let last = texts.last().copied();
    let through = texts.len() == story.world.texts();
    let refused = last == Some(MessageState::Rejected);
    let earlier = texts.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let went_on = earlier
        .iter()
        .all(|state| !matches!(state, MessageState::Attempting | MessageState::Rejected));
    let at_last = match (waits, out) {
        (1, 0) => !refused,
        (0, 1) => !refused && !through && last != Some(MessageState::Attempting),
        // Whoever opts out while it is in doubt whether a text was taken gets no further one, and no reason beside it.
        (0, 0) if last == Some(MessageState::Attempting) => places.withdrawn,
        (0, 0) => through || refused || (opted_out && last.is_some()),
        (_, _) => false,
    };
    went_on && at_last
}
