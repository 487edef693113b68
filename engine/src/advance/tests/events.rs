use expect_test::expect;

use super::{NO_FACTS, OPTED_OUT, TWO_TEXTS, ada, check, place, resending, tried, unknown};
use crate::advance::{Event, MOST_ATTEMPTS, State};
use crate::member::{Doubt, Member};
use crate::provider::Resolve;

use State::{Ended, Submitting, Waiting};

#[test]
fn each_event_moves_a_person_where_its_place_is_theirs() {
    check(
        TWO_TEXTS,
        &ada(),
        NO_FACTS,
        &[
            ((0, Waiting), Event::Due(place(0))),
            ((0, Submitting), Event::Accepted(place(0))),
            ((0, Submitting), Event::Rejected(place(0))),
            ((0, Submitting), Event::OptedOutThere(place(0))),
            ((0, Waiting), Event::OptedOutThere(place(0))),
            ((0, Submitting), Event::NotSent(place(0))),
            ((0, Submitting), unknown(0, Resolve::Nothing)),
            ((2, Waiting), Event::Due(place(2))),
            ((2, Submitting), Event::Accepted(place(2))),
            ((2, Submitting), unknown(2, Resolve::Nothing)),
            ((1, Waiting), Event::Due(place(1))),
            ((3, Waiting), Event::Due(place(3))),
            ((2, Waiting), Event::OptedOut),
            ((2, Submitting), Event::OptedOut),
        ],
        expect![[r#"
            Waiting at 0, due at 0 -> Submitting at 0: send "Hi Ada, doors open at nine. STOP to opt out" (1)
            Submitting at 0, accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            Submitting at 0, rejected at 0 -> Ended at 0: nothing
            Submitting at 0, opted out there at 0 -> Ended at 0: suppress
            Waiting at 0, opted out there at 0 -> Waiting at 0: nothing
            Submitting at 0, not sent at 0 -> Waiting at 0: retry later (tries: 1)
            Submitting at 0, unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            Waiting at 2, due at 2 -> Submitting at 2: send "Still coming?" (1)
            Submitting at 2, accepted at 2 -> Ended at 3: finish
            Submitting at 2, unknown at 2 -> Ended at 3: finish
            Waiting at 1, due at 1 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            Waiting at 3, due at 3 -> Ended at 3: finish
            Waiting at 2, opted out -> Ended at 2: leave out: opted out
            Submitting at 2, opted out -> Ended at 2: leave out: opted out
        "#]],
    );
}

#[test]
fn stale_events_are_nothing() {
    check(
        TWO_TEXTS,
        &ada(),
        NO_FACTS,
        &[
            ((0, Submitting), Event::Due(place(0))),
            ((0, Ended), Event::Due(place(0))),
            ((2, Waiting), Event::Due(place(0))),
            ((2, Waiting), Event::Accepted(place(0))),
            ((2, Submitting), Event::Accepted(place(0))),
            ((0, Waiting), Event::Accepted(place(0))),
            ((0, Waiting), Event::Rejected(place(0))),
            ((0, Waiting), Event::NotSent(place(0))),
            ((0, Waiting), unknown(0, Resolve::Nothing)),
            ((0, Waiting), unknown(0, Resolve::LookUp)),
            ((0, Waiting), Event::NotKnown(place(0))),
            ((0, Waiting), Event::CannotTell(place(0))),
            ((2, Submitting), Event::NotKnown(place(0))),
            ((2, Submitting), Event::CannotTell(place(0))),
            ((3, Ended), Event::OptedOut),
        ],
        expect![[r#"
            Submitting at 0, due at 0 -> Submitting at 0: nothing
            Ended at 0, due at 0 -> Ended at 0: nothing
            Waiting at 2, due at 0 -> Waiting at 2: nothing
            Waiting at 2, accepted at 0 -> Waiting at 2: nothing
            Submitting at 2, accepted at 0 -> Submitting at 2: nothing
            Waiting at 0, accepted at 0 -> Waiting at 0: nothing
            Waiting at 0, rejected at 0 -> Waiting at 0: nothing
            Waiting at 0, not sent at 0 -> Waiting at 0: nothing
            Waiting at 0, unknown at 0 -> Waiting at 0: nothing
            Waiting at 0, unknown at 0 (can be looked up) -> Waiting at 0: nothing
            Waiting at 0, not known at 0 -> Waiting at 0: nothing
            Waiting at 0, cannot tell at 0 -> Waiting at 0: nothing
            Submitting at 2, not known at 0 -> Submitting at 2: nothing
            Submitting at 2, cannot tell at 0 -> Submitting at 2: nothing
            Ended at 3, opted out -> Ended at 3: nothing
        "#]],
    );
}

#[test]
fn a_receipt_moves_nobody() {
    check(
        TWO_TEXTS,
        &ada(),
        NO_FACTS,
        &[
            ((0, Submitting), Event::Happened),
            ((2, Waiting), Event::Happened),
            ((3, Ended), Event::Happened),
        ],
        expect![[r#"
            Submitting at 0, happened -> Submitting at 0: nothing
            Waiting at 2, happened -> Waiting at 2: nothing
            Ended at 3, happened -> Ended at 3: nothing
        "#]],
    );
}

#[test]
fn whoever_opted_out_gets_no_further_text() {
    check(
        &resending(),
        &ada(),
        OPTED_OUT,
        &[
            ((0, Waiting), Event::Due(place(0))),
            ((0, Submitting), Event::Accepted(place(0))),
            ((0, Submitting), unknown(0, Resolve::Nothing)),
            ((0, Submitting), Event::Rejected(place(0))),
            ((2, Submitting), Event::Accepted(place(2))),
        ],
        expect![[r#"
            Waiting at 0, due at 0 -> Ended at 0: leave out: opted out
            Submitting at 0, accepted at 0 -> Ended at 0: leave out: opted out
            Submitting at 0, unknown at 0 -> Ended at 0: leave out: opted out
            Submitting at 0, rejected at 0 -> Ended at 0: nothing
            Submitting at 2, accepted at 2 -> Ended at 3: finish
        "#]],
    );
}

#[test]
fn not_sent_is_tried_again_until_the_attempts_are_used_up() {
    let not_sent = [((0, Submitting), Event::NotSent(place(0)))];
    let tried = |attempts, doubt| Member {
        pending: tried(attempts, doubt),
        ..ada()
    };
    check(
        TWO_TEXTS,
        &tried(MOST_ATTEMPTS - 2, Doubt::None),
        NO_FACTS,
        &not_sent,
        expect![[r#"
            Submitting at 0, not sent at 0 -> Waiting at 0: retry later (tries: 11)
        "#]],
    );
    check(
        TWO_TEXTS,
        &tried(MOST_ATTEMPTS - 1, Doubt::None),
        NO_FACTS,
        &not_sent,
        expect![[r#"
            Submitting at 0, not sent at 0 -> Ended at 0: given up after 12 attempts
        "#]],
    );
    check(
        TWO_TEXTS,
        &tried(u8::MAX, Doubt::None),
        NO_FACTS,
        &not_sent,
        expect![[r#"
            Submitting at 0, not sent at 0 -> Ended at 0: given up after 255 attempts
        "#]],
    );
    // What may have been taken once stays in doubt through every retry.
    check(
        &resending(),
        &tried(1, Doubt::Resent),
        NO_FACTS,
        &not_sent,
        expect![[r#"
            Submitting at 0, not sent at 0 -> Waiting at 0: retry later (tries: 2, sent again)
        "#]],
    );
}

#[test]
fn a_text_that_cannot_be_made_leaves_the_person_out() {
    let due = [((0, Waiting), Event::Due(place(0)))];
    let named = |name: &str| Member {
        values: vec![name.into()],
        ..ada()
    };
    let short = format!("{TWO_TEXTS}limits: {{ parts: 1 }}\n");
    check(
        TWO_TEXTS,
        &named(""),
        NO_FACTS,
        &due,
        expect![[r#"
        Waiting at 0, due at 0 -> Ended at 0: leave out: name is empty
    "#]],
    );
    check(
        &short,
        &named("Zoë"),
        NO_FACTS,
        &due,
        expect![[r#"
        Waiting at 0, due at 0 -> Submitting at 0: send "Hi Zoë, doors open at nine. STOP to opt out" (1)
    "#]],
    );
    check(
        &short,
        &named(&"a".repeat(160)),
        NO_FACTS,
        &due,
        expect![[r#"
        Waiting at 0, due at 0 -> Ended at 0: leave out: text longer than limits.parts
    "#]],
    );
    let bare =
        "audience: people.csv\nschedule: now\npurpose: service\nmessage: \"{{#if name}}STOP{{/if}}\"\n";
    check(
        bare,
        &named(""),
        NO_FACTS,
        &due,
        expect![[r#"
        Waiting at 0, due at 0 -> Ended at 0: leave out: text is empty
    "#]],
    );
    check(
        bare,
        &named("Ada"),
        NO_FACTS,
        &due,
        expect![[r#"
        Waiting at 0, due at 0 -> Submitting at 0: send "STOP" (1)
    "#]],
    );
}

#[test]
fn the_text_is_in_the_members_language() {
    let french = Member { language: 1, ..ada() };
    check(
        TWO_TEXTS,
        &french,
        NO_FACTS,
        &[((0, Waiting), Event::Due(place(0)))],
        expect![[r#"
        Waiting at 0, due at 0 -> Submitting at 0: send "Bonjour Ada. STOP pour sortir" (1)
    "#]],
    );
}

#[test]
fn waits_in_a_row_are_walked_through_and_a_last_one_is_waited_for() {
    let text = r#"
audience: people.csv
schedule: now
steps:
  - wait: 1 hour
  - send: { text: "Hello. STOP to opt out" }
  - wait: 1 hour
  - wait: 30 minutes
"#;
    check(
        text,
        &ada(),
        NO_FACTS,
        &[
            ((0, Waiting), Event::Due(place(0))),
            ((1, Submitting), Event::Accepted(place(1))),
            ((4, Waiting), Event::Due(place(4))),
        ],
        expect![[r#"
            Waiting at 0, due at 0 -> Waiting at 1: depart to 1 at 2026-11-25 16:00:00Z
            Submitting at 1, accepted at 1 -> Waiting at 4: depart to 4 at 2026-11-25 16:30:00Z
            Waiting at 4, due at 4 -> Ended at 4: finish
        "#]],
    );
}
