//! What will be said of a text that was taken: its receipts and its reply. A hash of (seed, number, text), so that it
//! depends on no reference, no order and no kill.

use std::time::Duration;

use dsl::scalar::Share;

use super::chance::Draws;
use super::switches::Switches;

/// What people reply: one in four says stop.
pub(super) const REPLIES: [&str; 8] = [
    "STOP",
    "Thanks!",
    "Is parking free?",
    "stop please",
    "Yes",
    "Who is this?",
    "I'll be there",
    "What time?",
];

/// Something that will be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A receipt: on its way.
    Accepted,
    /// A receipt: arrived.
    Delivered,
    /// A receipt: did not arrive.
    Undelivered,
    /// A receipt: given up in time.
    Expired,
    /// A receipt of a reference that nobody submitted.
    Orphan,
    /// A reply: the one of [`Switches::reply_text`], else the one of this number of [`REPLIES`].
    Reply(u8),
    /// A part of the same, from 0.
    Part(u8, u8),
}

/// The words of a reply; `said` by a switch, else those of this number.
pub(super) fn words(said: &str, which: u8) -> &str {
    match said {
        "" => REPLIES[usize::from(which) % REPLIES.len()],
        said => said,
    }
}

/// What is said how long after the text.
pub(super) type Planned = (Duration, What);

/// A step between receipts of one text that come in a certain order.
const APART: Duration = Duration::from_millis(40);

// Which draw decides what.
const LOST: usize = 0;
const DELIVERED: usize = 1;
const EXPIRED: usize = 2;
const DELAY: usize = 3;
const REPEATED: usize = 4;
const ACCEPTED: usize = 5;
const PERMUTED: usize = 6;
const EARLY: usize = 7;
const CONTRADICTED: usize = 8;
const LATE: usize = 9;
const ORPHAN: usize = 10;
const REPLY: usize = 11;
const REPLY_TEXT: usize = 12;
const REPLY_DELAY: usize = 13;
const REPLY_REPEATED: usize = 14;
const PART_LOST: usize = 15;

/// All parts of a reply have come within this.
const PARTS_WITHIN: u32 = 2_000;

/// What will be said of a text.
pub(super) fn planned(switches: &Switches, to: u64, text_hash: u64) -> Vec<Planned> {
    let draws = Draws::of(
        switches.seed,
        "inbound",
        &[&to.to_le_bytes(), &text_hash.to_le_bytes()],
    );
    let mut planned = Vec::with_capacity(1);
    if switches.receipts {
        receipts(switches, &draws, &mut planned);
    }
    replies(switches, &draws, &mut planned);
    planned
}

fn receipts(switches: &Switches, draws: &Draws, planned: &mut Vec<Planned>) {
    let at = due(switches, draws);
    if draws.hits(ORPHAN, switches.orphans) {
        planned.push((at, What::Orphan));
    }
    if draws.hits(LOST, switches.receipt_lost) {
        return;
    }
    if draws.hits(ACCEPTED, switches.receipt_accepted) {
        planned.push((at.saturating_sub(APART), What::Accepted));
    }
    let contradicted = draws.hits(CONTRADICTED, switches.receipt_contradicted);
    if contradicted {
        planned.push((at, What::Undelivered));
    }
    let last = if contradicted {
        What::Delivered
    } else {
        outcome(switches, draws)
    };
    let times = if draws.hits(REPEATED, switches.receipt_repeated) {
        switches.receipt_times.0
    } else {
        1
    };
    (0..times).for_each(|n| planned.push((at + APART * u32::from(n + u8::from(contradicted)), last)));
    if draws.hits(PERMUTED, switches.receipt_permuted) {
        planned.push((at + APART * (u32::from(times) + 1), What::Accepted));
    }
}

/// When the receipts begin.
fn due(switches: &Switches, draws: &Draws) -> Duration {
    if draws.hits(EARLY, switches.receipt_early) {
        return Duration::ZERO;
    }
    let at = draws.within(DELAY, switches.receipt_delay);
    if draws.hits(LATE, switches.receipt_late) {
        return at + draws.within(DELAY, switches.receipt_late_by);
    }
    at
}

fn outcome(switches: &Switches, draws: &Draws) -> What {
    let hits = |index, share: Share| draws.hits(index, share);
    match (
        hits(DELIVERED, switches.delivered),
        hits(EXPIRED, switches.expired),
    ) {
        (true, _) => What::Delivered,
        (false, true) => What::Expired,
        (false, false) => What::Undelivered,
    }
}

fn replies(switches: &Switches, draws: &Draws, planned: &mut Vec<Planned>) {
    if !draws.hits(REPLY, switches.replies) {
        return;
    }
    let text = u8::try_from(draws.pick(REPLY_TEXT, REPLIES.len())).expect("there are eight");
    let at = draws.within(REPLY_DELAY, switches.reply_delay);
    let parts = match switches.reply_in_parts {
        true => sms::parts::split(words(&switches.reply_text, text)).texts.len(),
        false => 1,
    };
    if let Ok(parts @ 2..) = u8::try_from(parts) {
        let lost = draws.hits(PART_LOST, switches.reply_part_lost);
        let lost = lost.then(|| draws.pick(PART_LOST, usize::from(parts)));
        let left = (0..parts).filter(|part| lost != Some(usize::from(*part)));
        // Each later or earlier than the one before, by a step that is drawn.
        let step = u32::try_from(draws.pick(REPLY_DELAY, 5)).unwrap_or(0) + 1;
        return planned.extend(left.map(|part| {
            let after = (u32::from(part) * step * 700 + 300) % PARTS_WITHIN;
            let after = Duration::from_millis(u64::from(after));
            (at + after, What::Part(text, part))
        }));
    }
    planned.push((at, What::Reply(text)));
    if draws.hits(REPLY_REPEATED, switches.reply_repeated) {
        planned.push((at + APART, What::Reply(text)));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Of three parts.
    const LONG: &str = "We are four, two of us in a wheelchair, and would like to know whether there is a lift from the car park \
        to the upper gallery, where the doors are, how long before the concert we should come, and whether the seats that we \
        have are next to each other: rows F and G. If not, can they be changed at the box office on the evening, or do we need \
        to write to somebody before? Thank you, Ada";

    /// What is said of one text, one of the changes of switches a line.
    fn check(lines: &[&[(&str, &str)]], expected: Expect) {
        let told = lines.iter().map(|changes| {
            let mut switches = Switches::default();
            switches.change([("receipt-delay", "1 s")]).expect("switches");
            switches.change(changes.iter().copied()).expect("switches");
            let said: Vec<String> = planned(&switches, 14_155_550_101, 8)
                .into_iter()
                .map(|(at, what)| format!("{what:?} {at:?}"))
                .collect();
            let changes: Vec<String> = changes
                .iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            format!("{} -> {}\n", changes.join(" "), said.join(", "))
        });
        expected.assert_eq(&told.collect::<String>());
    }

    #[test]
    fn each_switch_says_what_is_said() {
        check(
            &[
                &[],
                &[("receipts", "off")],
                &[("receipt-lost", "100%")],
                &[("delivered", "0%")],
                &[("delivered", "0%"), ("expired", "100%")],
                &[("receipt-accepted", "100%")],
                &[("receipt-permuted", "100%")],
                &[("receipt-repeated", "100%"), ("receipt-times", "2")],
                &[("receipt-repeated", "100%"), ("receipt-permuted", "100%")],
                &[("receipt-early", "100%")],
                &[("receipt-contradicted", "100%")],
                &[("receipt-late", "100%")],
                &[("orphans", "100%")],
                &[("replies", "100%"), ("reply-delay", "2 s")],
                &[
                    ("replies", "100%"),
                    ("reply-delay", "2 s"),
                    ("receipts", "off"),
                    ("reply-in-parts", "on"),
                    ("reply-text", LONG),
                ],
                &[
                    ("replies", "100%"),
                    ("reply-delay", "2 s"),
                    ("receipts", "off"),
                    ("reply-in-parts", "on"),
                    ("reply-part-lost", "100%"),
                    ("reply-text", LONG),
                ],
                &[
                    ("replies", "100%"),
                    ("reply-delay", "2 s"),
                    ("reply-repeated", "100%"),
                    ("receipts", "off"),
                ],
            ],
            expect![[r#"
                 -> Delivered 1s
                receipts=off -> 
                receipt-lost=100% -> 
                delivered=0% -> Undelivered 1s
                delivered=0% expired=100% -> Expired 1s
                receipt-accepted=100% -> Accepted 960ms, Delivered 1s
                receipt-permuted=100% -> Delivered 1s, Accepted 1.08s
                receipt-repeated=100% receipt-times=2 -> Delivered 1s, Delivered 1.04s
                receipt-repeated=100% receipt-permuted=100% -> Delivered 1s, Delivered 1.04s, Delivered 1.08s, Accepted 1.16s
                receipt-early=100% -> Delivered 0ns
                receipt-contradicted=100% -> Undelivered 1s, Delivered 1.04s
                receipt-late=100% -> Delivered 259201s
                orphans=100% -> Orphan 1s, Delivered 1s
                replies=100% reply-delay=2 s -> Delivered 1s, Reply(7) 2s
                replies=100% reply-delay=2 s receipts=off reply-in-parts=on reply-text=We are four, two of us in a wheelchair, and would like to know whether there is a lift from the car park to the upper gallery, where the doors are, how long before the concert we should come, and whether the seats that we have are next to each other: rows F and G. If not, can they be changed at the box office on the evening, or do we need to write to somebody before? Thank you, Ada -> Part(7, 0) 2.3s, Part(7, 1) 3s, Part(7, 2) 3.7s
                replies=100% reply-delay=2 s receipts=off reply-in-parts=on reply-part-lost=100% reply-text=We are four, two of us in a wheelchair, and would like to know whether there is a lift from the car park to the upper gallery, where the doors are, how long before the concert we should come, and whether the seats that we have are next to each other: rows F and G. If not, can they be changed at the box office on the evening, or do we need to write to somebody before? Thank you, Ada -> Part(7, 0) 2.3s, Part(7, 2) 3.7s
                replies=100% reply-delay=2 s reply-repeated=100% receipts=off -> Reply(7) 2s, Reply(7) 2.04s
            "#]],
        );
    }

    #[test]
    fn shares_of_outcomes_are_kept() {
        let mut switches = Switches::default();
        switches
            .change([("delivered", "90%"), ("expired", "50%"), ("replies", "20%")])
            .expect("switches");
        let said: Vec<What> = (0..2_000)
            .flat_map(|n| planned(&switches, 14_155_550_100 + n, 8))
            .map(|(_, what)| what)
            .collect();
        let count = |kind: fn(&What) -> bool| said.iter().filter(|what| kind(what)).count();
        let counts = [
            count(|what| *what == What::Delivered),
            count(|what| *what == What::Undelivered),
            count(|what| *what == What::Expired),
            count(|what| matches!(what, What::Reply(_))),
        ];
        let expected = [1_740..1_860, 70..130, 70..130, 340..460];
        for (count, range) in counts.iter().zip(expected) {
            assert!(range.contains(count), "{counts:?}");
        }
    }
}
