//! What must hold, person by person, whatever happened: the carriers' books joined with the store.

mod doubts;
mod money;
mod pace;
mod people;

use std::collections::BTreeMap;
use std::time::Duration;

use engine::ids::MessageId;
use engine::store::{Audit, AuditedMessage, CohortKind, MessageState};
use server::carrier::ledger::Fate;

use crate::books::{Arrived, Pages};
use crate::story::Story;
use crate::world::TEXTS;

/// A healed launch comes to its end within this, beside the time for which receipts are awaited.
const DRAINS_IN: Duration = Duration::from_secs(48 * 3_600);

/// All that is wrong with a story.
pub fn wrong(story: &Story) -> Vec<String> {
    let pages = story.books.open();
    let Some((_, audit)) = story.audits.last() else {
        return vec!["nothing was launched".to_owned()];
    };
    let mut wrong = vec![];
    people::places(story, audit, &mut wrong);
    messages(story, &pages, audit, &mut wrong);
    once(story, &pages, &mut wrong);
    states_rise(story, &mut wrong);
    stops(story, &pages, &mut wrong);
    pace::rates(story, &pages, &mut wrong);
    pace::canary(story, &pages, &mut wrong);
    money::costs(story, &pages, audit, &mut wrong);
    doubts::are_justified(story, &pages, audit, &mut wrong);
    doubts::report_is_true(story, audit, &mut wrong);
    if story.drained_in > DRAINS_IN + story.world.campaign.receipts {
        wrong.push(format!("it took {:?} to its end", story.drained_in));
    }
    wrong
}

/// The instruction whose text this is; none: it answers a reply.
pub fn step_of(text: &str) -> Option<u16> {
    let begins = |(_, words): &&(u16, &str)| text.starts_with(words);
    TEXTS.iter().find(begins).map(|(step, _)| *step)
}

/// What the store says of each message is what the carriers did.
fn messages(story: &Story, pages: &Pages, audit: &Audit, wrong: &mut Vec<String>) {
    let mut arrived: BTreeMap<MessageId, Vec<&Arrived>> = BTreeMap::new();
    for text in &pages.arrived {
        arrived.entry(text.message).or_default().push(text);
    }
    let rows: BTreeMap<MessageId, &AuditedMessage> = audit.messages.iter().map(|row| (row.id, row)).collect();
    for row in &audit.messages {
        let arrived = arrived.get(&row.id).map_or(&[][..], Vec::as_slice);
        let taken = arrived.iter().filter(|text| text.fate == Fate::Taken).count();
        let right = match row.state {
            MessageState::Unknown => true,
            MessageState::Attempting => taken == 0 && (story.rests() || row.kind == CohortKind::Answer),
            MessageState::Rejected => taken == 0,
            MessageState::Accepted
            | MessageState::Expired
            | MessageState::Undelivered
            | MessageState::Delivered => taken > 0,
        };
        if !right {
            wrong.push(format!(
                "taken {taken} times and {} in the store: {row:?}",
                row.state.word()
            ));
        }
        let told = row.state >= MessageState::Accepted && row.parts > 0;
        if told && arrived.iter().any(|text| text.parts != row.parts) {
            wrong.push(format!("another number of parts: {row:?}"));
        }
    }
    for (message, texts) in arrived {
        let waits = audit.waiting.iter().any(|(phone, _)| *phone == texts[0].to);
        let excused = story.rests() && (waits || step_of(&texts[0].text).is_none());
        let taken = texts.iter().any(|text| text.fate == Fate::Taken);
        if taken && !rows.contains_key(&message) && !excused {
            wrong.push(format!("taken and not in the store: {:?}", texts[0]));
        }
    }
}

/// Nobody gets a text twice, unless the campaign says that this is better than not at all; and under one message only. A
/// confirmation is told from another by what it says: whoever opts out and in again gets both.
fn once(story: &Story, pages: &Pages, wrong: &mut Vec<String>) {
    let mut taken: BTreeMap<_, Vec<&Arrived>> = BTreeMap::new();
    for text in pages.arrived.iter().filter(|text| text.fate == Fate::Taken) {
        let step = step_of(&text.text);
        let says = if step.is_none() { text.text.as_str() } else { "" };
        taken.entry((text.to, step, says)).or_default().push(text);
    }
    for ((to, step, _), texts) in taken {
        let most = match step {
            Some(_) if story.world.campaign.resend => 2,
            Some(_) | None => 1,
        };
        if texts.len() > most {
            wrong.push(format!(
                "{} was texted {} times at {step:?}: {texts:?}",
                to.as_u64(),
                texts.len()
            ));
        }
        if texts.iter().any(|text| text.message != texts[0].message) {
            wrong.push(format!(
                "{} was texted under two messages at {step:?}: {texts:?}",
                to.as_u64()
            ));
        }
    }
}

/// No state goes back from the end of one process to the end of the next; but what was in doubt may turn out not to be taken.
fn states_rise(story: &Story, wrong: &mut Vec<String>) {
    let mut states: BTreeMap<MessageId, MessageState> = BTreeMap::new();
    for (life, audit) in &story.audits {
        for row in &audit.messages {
            let before = states.insert(row.id, row.state);
            let settled = (before, row.state) == (Some(MessageState::Unknown), MessageState::Attempting);
            if before.is_some_and(|before| before > row.state) && !settled {
                wrong.push(format!(
                    "in process {life} {before:?} became {:?}: {row:?}",
                    row.state
                ));
            }
        }
        let gone = states
            .keys()
            .filter(|id| audit.messages.binary_search_by_key(*id, |row| row.id).is_err());
        wrong.extend(gone.map(|id| format!("in process {life} message {id} is gone")));
    }
}

/// Nobody is texted after a STOP was heard and folded: in the process that heard it, and in every later one.
fn stops(story: &Story, pages: &Pages, wrong: &mut Vec<String>) {
    for text in pages.handed.iter().filter(|text| step_of(&text.text).is_some()) {
        let heard = pages.heard.iter().any(|(life, at, from, said)| {
            *life == text.life && *from == text.to && *at < text.at && said == "STOP"
        });
        let before = story.audits.iter().rfind(|(life, _)| *life < text.life);
        let suppressed = before.is_some_and(|(_, audit)| audit.suppressed.contains(&text.to));
        if heard || suppressed {
            wrong.push(format!("texted after STOP: {text:?}"));
        }
    }
}
