//! What a seed has carriers do: switches, drawn.

use std::time::Duration;

use dsl::project::ServerErrors;
use engine::provider::Resolve;
use server::carrier::Switches;

use crate::chance::Chance;
use crate::network::Network;
use crate::world::AccountSettings;

/// Troubles of a request: several of them share the whole.
const REQUESTS: [&str; 17] = [
    "drip",
    "5xx-but-sent",
    "5xx-never-sent",
    "accept-then-reset",
    "reset-never-sent",
    "accept-then-hang",
    "hang-never-sent",
    "202-queued",
    "200-hides-failure",
    "429",
    "batch-short",
    "batch-reordered",
    "garbage",
    "redirect",
    "no-credit",
    "spend-limit",
    "account-barred",
];
/// Troubles of a text or a number.
const TEXTS: [(&str, &[&str]); 6] = [
    ("sender-barred", &["100%"]),
    ("unknown-number", &["2%", "20%"]),
    ("landline", &["5%"]),
    ("opted-out", &["5%"]),
    ("unreachable", &["5%", "50%", "100%"]),
    ("content", &["5%", "50%"]),
];
/// What is said later.
const LATER: [(&str, &[&str]); 14] = [
    ("delivered", &["0%", "80%"]),
    ("expired", &["50%"]),
    ("receipt-delay", &["0 ms", "1 ms..50 ms", "1 min..2 h"]),
    ("receipt-lost", &["20%", "100%"]),
    ("receipt-repeated", &["50%"]),
    ("receipt-accepted", &["50%"]),
    ("receipt-permuted", &["50%"]),
    ("receipt-early", &["50%", "100%"]),
    ("receipt-contradicted", &["20%"]),
    ("receipt-late", &["10%"]),
    ("orphans", &["20%"]),
    ("replies", &["5%", "20%", "50%"]),
    ("reply-text", &["STOP"]),
    ("reply-repeated", &["50%"]),
];

/// A carrier without trouble, as the account needs it.
pub fn healthy(settings: &AccountSettings) -> Switches {
    let refuses = if settings.resolve == Resolve::Resubmit {
        "on"
    } else {
        "off"
    };
    changed(
        Switches::default(),
        &[
            ("seed".to_owned(), settings.seed.to_string()),
            ("refuse-duplicate-ref".to_owned(), refuses.to_owned()),
            ("latency".to_owned(), "0 ms..5 ms".to_owned()),
        ],
    )
}

/// A carrier with some.
pub fn trouble(settings: &AccountSettings, chance: &mut Chance) -> Switches {
    let mut changes = vec![];
    let mut left = 100;
    for _ in 0..chance.within(0, 5) {
        let kind = chance.pick(&REQUESTS);
        let contradicts = kind == "5xx-but-sent" && settings.server_errors == ServerErrors::NotSent;
        let share = chance.pick(&[2, 10, 30, 60, 100]).min(left);
        if !contradicts && changes.iter().all(|(name, _)| name != kind) {
            left -= share;
            changes.push((kind.to_owned(), format!("{share}%")));
        }
    }
    let mut some = |from: &[(&str, &[&str])], one_in| {
        let mut some = vec![];
        for (name, values) in from {
            if chance.one_in(one_in) {
                some.push(((*name).to_owned(), chance.pick(values).to_owned()));
            }
        }
        some
    };
    changes.extend(some(&TEXTS, 7));
    changes.extend(some(&LATER, 4));
    changes.extend(some(
        &[
            ("down", &["503", "close"]),
            ("look-up-fails", &["20%", "100%"]),
            ("first", &["1", "5", "40"]),
            ("retry-after", &["mixed"]),
            ("retry-after-time", &["10 ms", "1 min", "2 h"]),
            ("latency", &["0 ms", "10 ms..2 s", "5 s"]),
            ("drip-every", &["1 ms", "1 s"]),
        ],
        5,
    ));
    changed(healthy(settings), &changes)
}

fn changed(mut switches: Switches, changes: &[(String, String)]) -> Switches {
    let pairs = changes.iter().map(|(name, text)| (name, text));
    switches.change(pairs).expect("these are switches");
    switches
}

/// A network with some.
pub fn bad_network(chance: &mut Chance) -> Network {
    let slowest = chance.time(Duration::from_micros(10), Duration::from_secs(1));
    Network {
        slowest,
        refused: chance.pick(&[0, 0, 5, 100]),
        lost: chance.pick(&[0, 0, 5, 50]),
    }
}
