//! No rate is passed: in any second no more goes out than a second's worth and the windows that were begun together.

use std::time::Duration;

use crate::books::{Handed, Pages};
use crate::story::Story;

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
