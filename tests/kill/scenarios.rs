//! What the carrier does to a launch while everything else happens to it. Every switch of the carrier stands in one of
//! these at least.

use std::collections::BTreeSet;

use server::carrier::Switches;

use crate::drive::{ALL, Injury, drive};
use crate::town::Texts;

/// Names and values of switches.
pub type Changes = &'static [(&'static str, &'static str)];

/// Who may be in doubt when all is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody: the carrier can be asked, or refuses what it has.
    Settled,
    /// Whose text the carrier does not have: no receipt says so.
    SettledByReceipts,
    /// Whoever was under way.
    Stays,
}

/// A launch against one kind of carrier.
#[derive(Debug)]
pub struct Scenario {
    /// Of the test.
    pub name: &'static str,
    /// Where `CRIER_PEOPLE` does not say another number.
    pub people: u64,
    /// What is sent.
    pub texts: Texts,
    /// Keys of the provider in crier.yaml, each after a comma.
    pub promises: &'static str,
    /// What the carrier is like, to the end.
    pub nature: Changes,
    /// Its troubles, one after the other; each set changes what the one before set.
    pub phases: &'static [Changes],
    /// Where it pushes receipts, beside being asked.
    pub callback: Option<&'static str>,
    /// What else happens.
    pub injuries: &'static [Injury],
    /// Who may be in doubt at the end.
    pub doubt: Doubt,
    /// Each trouble lasts until somebody met it.
    pub until_met: bool,
    /// Every text that was taken is delivered.
    pub all_delivered: bool,
}

/// What a scenario is where it says nothing else.
pub const BASE: Scenario = Scenario {
    name: "",
    people: 1_500,
    texts: Texts::One,
    promises: ", batch: 10, in_flight: 16",
    nature: &[("receipt-delay", "20 ms..600 ms")],
    phases: &[&[]],
    callback: None,
    injuries: ALL,
    doubt: Doubt::Settled,
    until_met: false,
    all_delivered: true,
};

/// Answers are lost, and nobody knows whether the texts are.
const LOST_ANSWERS: Changes = &[
    ("latency", "5 ms..60 ms"),
    ("accept-then-reset", "4%"),
    ("reset-never-sent", "4%"),
    ("accept-then-hang", "3%"),
    ("hang-never-sent", "3%"),
    ("drip", "3%"),
    ("drip-every", "100 ms..1 s"),
    ("5xx-but-sent", "4%"),
    ("5xx-never-sent", "4%"),
];

/// A reply of three parts.
pub const LONG: &str = "We are four, two of us in a wheelchair, and would like to know whether there is a lift from the car park \
    to the upper gallery, where the doors are, how long before the concert we should come, and whether the seats that we \
    have are next to each other: rows F and G. If not, can they be changed at the box office on the evening, or do we need \
    to write to somebody before? Best regards, Ada";

macro_rules! scenarios {
    ($( $(#[doc = $doc:literal])+ $name:ident { $($field:ident: $value:expr),* $(,)? } )+) => {
        /// All of them.
        pub const SCENARIOS: &[Scenario] = &[
            $( Scenario { name: stringify!($name), $($field: $value,)* ..BASE }, )+
        ];

        $(
            $(#[doc = $doc])+
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                drive(named(stringify!($name))).await;
            }
        )+
    };
}

fn named(name: &str) -> &'static Scenario {
    let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
    found.expect("each test has its scenario")
}

scenarios! {
    /// A carrier that never errs: what happens is all from outside.
    a_carrier_without_trouble_gets_everybody_once {
        phases: &[&[("latency", "5 ms..40 ms")]],
    }

    /// Look-ups fail as well, now and then.
    lost_answers_are_looked_up {
        nature: &[("receipt-delay", "20 ms..600 ms")],
        phases: &[LOST_ANSWERS, &[("look-up-fails", "20%")], &[("look-up-fails", "0%")]],
    }

    /// Long replies come part by part, and of some a part never comes.
    long_replies_are_put_together {
        nature: &[
            ("receipt-delay", "20 ms..600 ms"),
            ("replies", "6%"),
            ("reply-delay", "50 ms..500 ms"),
            ("reply-in-parts", "on"),
            ("reply-part-lost", "10%"),
            ("reply-text", LONG),
        ],
        phases: &[&[("latency", "5 ms..40 ms")]],
    }

    /// What may have been taken is submitted again, under the same reference.
    lost_answers_are_tried_again_where_duplicates_are_refused {
        promises: ", batch: 10, in_flight: 16, look_up: false, refuses_duplicates: true",
        nature: &[
            ("receipt-delay", "20 ms..600 ms"),
            ("look-up", "off"),
            ("refuse-duplicate-ref", "on"),
        ],
        phases: &[LOST_ANSWERS],
    }

    /// Whoever was texted gets a receipt, and then is not in doubt.
    lost_answers_are_settled_by_receipts {
        promises: ", batch: 10, in_flight: 16, look_up: false",
        nature: &[("receipt-delay", "20 ms..600 ms"), ("look-up", "off")],
        phases: &[LOST_ANSWERS],
        doubt: Doubt::SettledByReceipts,
    }

    /// Nobody is texted twice, and who may not have been is named.
    lost_answers_stay_in_doubt_where_nobody_can_tell {
        promises: ", batch: 10, in_flight: 16, look_up: false",
        nature: &[("look-up", "off"), ("receipts", "off")],
        phases: &[LOST_ANSWERS],
        doubt: Doubt::Stays,
        all_delivered: false,
    }

    /// The campaign asks for it: whoever is in doubt is texted again, once.
    lost_answers_are_sent_again_where_the_campaign_says_so {
        texts: Texts::OneResent,
        promises: ", batch: 10, in_flight: 16, look_up: false",
        nature: &[("look-up", "off"), ("receipts", "off")],
        phases: &[LOST_ANSWERS],
        doubt: Doubt::Stays,
        all_delivered: false,
    }

    /// A provider whose 5xx says that nothing was taken.
    errors_of_a_server_that_took_nothing_are_tried_again {
        promises: ", batch: 10, in_flight: 16, server_errors: not-sent",
        phases: &[&[("latency", "5 ms..40 ms"), ("5xx-never-sent", "8%")]],
    }

    /// Every form of asking to slow down but the one that asks for years.
    throttled_again_and_again_it_slows_down {
        phases: &[
            &[("429", "15%"), ("retry-after-time", "200 ms..1 s")],
            &[("retry-after", "seconds")],
            &[("retry-after", "date")],
            &[("retry-after", "ms")],
            &[("retry-after", "none")],
            &[("retry-after", "negative")],
            &[("retry-after", "garbage")],
        ],
    }

    /// Answers that are whole, and say something else than one would think.
    answers_are_read_for_what_they_say {
        phases: &[
            &[("batch-short", "6%"), ("batch-reordered", "20%"), ("202-queued", "20%")],
            &[("garbage", "8%"), ("garbage-kind", "html")],
            &[("garbage-kind", "bad-utf8")],
            &[("garbage-kind", "huge")],
            &[("garbage", "0%"), ("200-hides-failure", "4%")],
            &[("200-hides-failure", "0%"), ("redirect", "4%")],
        ],
    }

    /// Who cannot be texted is refused, and the others are not.
    refusals_are_of_those_they_are_about {
        phases: &[
            &[("unknown-number", "5%"), ("landline", "5%"), ("opted-out", "5%"), ("content", "5%")],
            &[("unreachable", "20%")],
        ],
    }

    /// Each stops everything, for a while, and fails nobody.
    an_account_or_a_sender_in_trouble_fails_nobody {
        people: 600,
        phases: &[
            &[("first", "1"), ("no-credit", "100%")],
            &[("no-credit", "0%"), ("spend-limit", "100%")],
            &[("spend-limit", "0%"), ("account-barred", "100%")],
            &[("account-barred", "0%"), ("sender-barred", "100%")],
            &[("sender-barred", "0%")],
        ],
        injuries: &[Injury::Kill, Injury::Freeze, Injury::Interrupt],
        until_met: true,
    }

    /// The carrier takes nothing for a while, in two ways.
    a_carrier_that_is_down_is_waited_for {
        phases: &[&[("down", "503")], &[("down", "no")], &[("down", "close")], &[("down", "no")]],
    }

    /// Receipts that are early, late, lost, repeated, contradictory, out of order, and of nobody.
    receipts_in_any_order_raise_and_never_lower {
        nature: &[("receipt-delay", "0 ms..500 ms"), ("receipt-late-by", "1 s..3 s")],
        phases: &[
            &[
                ("latency", "10 ms..80 ms"),
                ("receipt-early", "20%"),
                ("receipt-repeated", "30%"),
                ("receipt-times", "4"),
                ("orphans", "10%"),
            ],
            &[("receipt-accepted", "30%"), ("receipt-permuted", "30%")],
            &[("receipt-late", "20%"), ("receipt-contradicted", "20%")],
            &[("delivered", "70%"), ("expired", "50%"), ("receipt-lost", "10%")],
        ],
        all_delivered: false,
    }

    /// Receipts are pushed to somebody who is not there, twice, and then are gone.
    receipts_that_a_carrier_gives_up_are_missed_and_nothing_else {
        nature: &[("receipt-delay", "20 ms..600 ms"), ("hook-tries", "2")],
        phases: &[&[("latency", "5 ms..40 ms")]],
        callback: Some("http://127.0.0.1:9/"),
        all_delivered: false,
    }

    /// Many write STOP while it is in doubt whether their text was taken, and so are the confirmations.
    stop_while_texts_are_in_doubt {
        people: 400,
        texts: Texts::Two,
        nature: &[("receipt-delay", "20 ms..600 ms"), ("reply-delay", "0 ms..300 ms"), ("reply-text", "STOP")],
        phases: &[&[
            ("replies", "60%"),
            ("5xx-but-sent", "30%"),
            ("look-up-fails", "30%"),
            ("unreachable", "20%"),
        ]],
    }

    /// Whoever writes STOP between two texts does not get the second.
    nobody_is_texted_after_their_opt_out {
        people: 900,
        texts: Texts::Two,
        nature: &[("receipt-delay", "20 ms..600 ms"), ("reply-delay", "50 ms..2 s")],
        phases: &[
            &[("replies", "30%"), ("reply-repeated", "30%")],
            &[("reply-text", "STOP"), ("accept-then-reset", "5%")],
            &[("reply-text", ""), ("accept-then-hang", "3%")],
        ],
    }
}

#[test]
fn every_switch_of_the_carrier_is_in_a_scenario() {
    let changes = |scenario: &'static Scenario| scenario.phases.iter().copied().chain([scenario.nature]);
    let set: BTreeSet<&str> = SCENARIOS
        .iter()
        .flat_map(changes)
        .flatten()
        .filter(|(name, value)| default_of(name) != *value)
        .map(|(name, _)| *name)
        .collect();
    // Every launch has a seed of its own.
    let missing = Switches::NAMES.iter().map(|(name, _)| *name);
    let missing: Vec<&str> = missing
        .filter(|name| *name != "seed" && !set.contains(name))
        .collect();
    assert!(missing.is_empty(), "no launch meets {missing:?}");
}

fn default_of(name: &str) -> String {
    let values = Switches::default().values();
    let found = values.into_iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("there is no switch {name}")).1
}
