//! No rate is passed: in any second no more goes out than a second's worth and the windows that were begun together. And
//! nobody goes before the canary was watched.

use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::entry::Entry;

use crate::books::{Handed, Pages};
use crate::check::step_of;
use crate::story::Story;
use crate::world::START;

const SECOND: Duration = Duration::from_secs(1);
/// The most parts of a text.
const PARTS: f64 = 2.0;

/// Checks each process by itself: a new one knows nothing of what the one before it handed over.
pub fn rates(story: &Story, pages: &Pages, wrong: &mut Vec<String>) {
    let world = &story.world;
    for sender in &world.senders {
        let texts = |text: &&Handed| text.sender == sender.name;
        check(
            sender.name,
            sender.rate,
            1,
            pages.handed.iter().filter(texts),
            wrong,
        );
    }
    let lanes = world.senders.len();
    for (index, account) in world.accounts.iter().enumerate() {
        let texts = |text: &&Handed| text.account == index;
        check(
            account.name,
            account.rate,
            lanes,
            pages.handed.iter().filter(texts),
            wrong,
        );
    }
    check("campaign", world.campaign.rate, lanes, pages.handed.iter(), wrong);
}

/// Nobody but the canary is texted before all of the watch has passed since the first of it was, or may have been: a process
/// that crashed after the intent leaves a text in doubt, which counts as gone.
pub fn canary(story: &Story, pages: &Pages, wrong: &mut Vec<String>) {
    let campaign = &story.world.revision.campaign;
    let Some(canary) = &campaign.limits.canary else {
        return;
    };
    let start: DateTime<Utc> = START.parse().expect("an instant");
    let entry = Entry::of(campaign, start);
    let is_first = |text: &&Handed| step_of(&text.text) == Some(0);
    let held = |text: &&Handed| entry.is_after_canary(entry.step(text.to));
    let mut texts = pages.handed.iter().filter(is_first);
    let first = texts.clone().find(|text| !held(text));
    let crashed = |life: usize| {
        let crash = format!("[{life}] crashes");
        pages.events.iter().any(|event| event.ends_with(&crash))
    };
    let watched = match first {
        Some(first) if !(1..first.life).any(crashed) => start + first.at,
        Some(_) | None => start,
    };
    let until = canary.watch.after(watched, campaign.timezone);
    if let Some(early) = texts.find(|text| held(text) && start + text.at < until) {
        wrong.push(format!(
            "{} went before the canary was watched, which began {watched}",
            early.to
        ));
    }
}

fn check<'a>(
    name: &str,
    rate: Option<u64>,
    lanes: usize,
    texts: impl Iterator<Item = &'a Handed>,
    wrong: &mut Vec<String>,
) {
    let Some(rate) = rate else { return };
    let texts: Vec<&Handed> = texts.collect();
    let rate = f64::from(u32::try_from(rate).expect("rates are small"));
    let lanes = f64::from(u32::try_from(lanes).expect("few"));
    // Of a window some may still wait for requests to be answered when the next one begins.
    let most = rate + 2.0 * lanes * (rate / 4.0).max(1.0) * PARTS;
    let (mut end, mut parts) = (0, 0);
    for (begin, first) in texts.iter().enumerate() {
        while let Some(text) = texts.get(end)
            && text.life == first.life
            && text.at < first.at + SECOND
        {
            parts += text.parts;
            end += 1;
        }
        if f64::from(parts) > most {
            wrong.push(format!(
                "{name} of {rate}/s: {parts} parts within a second of {:?} in process {}",
                first.at, first.life
            ));
            return;
        }
        parts -= if begin < end { first.parts } else { 0 };
    }
}
