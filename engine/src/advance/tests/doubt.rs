//! Texts of which it is not known whether they were taken: looked up, submitted again where that is refused, sent again
//! once, or left as they are.

use expect_test::{Expect, expect};

use super::{
    NO_FACTS, OPTED_OUT, TWO_TEXTS, ada, ask_at, outcome, place, resending, said, tried, tries, unknown,
};
use crate::advance::{Event, Facts, MOST_ATTEMPTS, MOST_CRASHES, State};
use crate::member::{Doubt, Member, Pending};
use crate::provider::Resolve;
use crate::testing::campaign;

use State::{Submitting, Waiting};

/// What is kept of the message, where the person is, and the event.
type Row<'a> = (Option<Pending>, State, Event<'a>);

/// All at the first text.
fn check(text: &str, facts: Facts, rows: &[Row<'_>], expected: Expect) {
    let revision = campaign(text);
    let lines = rows.iter().map(|(pending, state, event)| {
        let member = Member {
            pending: *pending,
            ..ada()
        };
        let before = pending.map_or("fresh".into(), |p| tries(p.attempts, p.crashes, p.doubt));
        let came = outcome(&revision, &member, (0, *state), facts, event);
        format!("{before}; {} -> {came}\n", said(event))
    });
    expected.assert_eq(&lines.collect::<String>());
}

/// A message that was under way at so many ends of a process.
fn crashed(crashes: u8, doubt: Doubt) -> Option<Pending> {
    tried(crashes, doubt).map(|pending| Pending { crashes, ..pending })
}

/// The process ended while the text was under way.
fn crash(resolve: Resolve) -> Event<'static> {
    Event::Unknown {
        place: place(0),
        resolve,
        ask_at: ask_at(),
        crashed: true,
    }
}

const LAST: u8 = MOST_ATTEMPTS - 1;

#[test]
fn what_can_be_looked_up_is_looked_up_when_it_can_be_asked() {
    let (fresh, asked) = (None, tried(1, Doubt::LookUp));
    check(
        TWO_TEXTS,
        NO_FACTS,
        &[
            (fresh, Submitting, unknown(0, Resolve::LookUp)),
            (tried(3, Doubt::None), Submitting, unknown(0, Resolve::LookUp)),
            (asked, Waiting, Event::Due(place(0))),
            (asked, Submitting, Event::Accepted(place(0))),
            (asked, Submitting, Event::NotKnown(place(0))),
            (asked, Submitting, Event::CannotTell(place(0))),
            (asked, Submitting, Event::NotSent(place(0))),
            (asked, Submitting, crash(Resolve::LookUp)),
        ],
        expect![[r#"
            fresh; unknown at 0 (can be looked up) -> Waiting at 0: retry when it can be asked (tries: 1, to be looked up)
            tries: 3; unknown at 0 (can be looked up) -> Waiting at 0: retry when it can be asked (tries: 4, to be looked up)
            tries: 1, to be looked up; due at 0 -> Submitting at 0: look up
            tries: 1, to be looked up; accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 1, to be looked up; not known at 0 -> Waiting at 0: retry now (tries: 1)
            tries: 1, to be looked up; cannot tell at 0 -> Waiting at 0: retry later (tries: 2, to be looked up)
            tries: 1, to be looked up; not sent at 0 -> Waiting at 0: retry later (tries: 2)
            tries: 1, to be looked up; unknown at 0 (can be looked up) by a crash -> Waiting at 0: retry when it can be asked (tries: 2, crashes: 1, to be looked up)
        "#]],
    );
}

#[test]
fn a_look_up_that_cannot_tell_is_tried_later_and_later_and_then_nobody_knows() {
    let cannot_tell = || Event::CannotTell(place(0));
    check(
        TWO_TEXTS,
        NO_FACTS,
        &[
            (tried(2, Doubt::LookUp), Submitting, cannot_tell()),
            (tried(LAST - 1, Doubt::LookUp), Submitting, cannot_tell()),
            (tried(LAST, Doubt::LookUp), Submitting, cannot_tell()),
            (tried(u8::MAX, Doubt::LookUp), Submitting, cannot_tell()),
            (tried(LAST, Doubt::None), Submitting, unknown(0, Resolve::LookUp)),
        ],
        expect![[r#"
            tries: 2, to be looked up; cannot tell at 0 -> Waiting at 0: retry later (tries: 3, to be looked up)
            tries: 10, to be looked up; cannot tell at 0 -> Waiting at 0: retry later (tries: 11, to be looked up)
            tries: 11, to be looked up; cannot tell at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 255, to be looked up; cannot tell at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 11; unknown at 0 (can be looked up) -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
        "#]],
    );
}

#[test]
fn whoever_opted_out_is_looked_up_and_not_sent_again() {
    let asked = tried(1, Doubt::LookUp);
    check(
        &resending(),
        OPTED_OUT,
        &[
            (None, Submitting, unknown(0, Resolve::LookUp)),
            (asked, Waiting, Event::Due(place(0))),
            (asked, Submitting, Event::NotKnown(place(0))),
            (tried(1, Doubt::None), Waiting, Event::Due(place(0))),
            (asked, Submitting, Event::Accepted(place(0))),
            (asked, Submitting, Event::CannotTell(place(0))),
            (
                tried(LAST, Doubt::LookUp),
                Submitting,
                Event::CannotTell(place(0)),
            ),
            (None, Submitting, unknown(0, Resolve::Resubmit)),
            (tried(1, Doubt::Refused), Waiting, Event::Due(place(0))),
            (tried(1, Doubt::Resent), Waiting, Event::Due(place(0))),
        ],
        expect![[r#"
            fresh; unknown at 0 (can be looked up) -> Waiting at 0: retry when it can be asked (tries: 1, to be looked up)
            tries: 1, to be looked up; due at 0 -> Submitting at 0: look up
            tries: 1, to be looked up; not known at 0 -> Waiting at 0: retry now (tries: 1)
            tries: 1; due at 0 -> Ended at 0: leave out: opted out
            tries: 1, to be looked up; accepted at 0 -> Ended at 0: leave out: opted out
            tries: 1, to be looked up; cannot tell at 0 -> Waiting at 0: retry later (tries: 2, to be looked up)
            tries: 11, to be looked up; cannot tell at 0 -> Ended at 0: leave out: opted out
            fresh; unknown at 0 (can be resubmitted) -> Ended at 0: leave out: opted out
            tries: 1, to be refused; due at 0 -> Ended at 0: leave out: opted out
            tries: 1, sent again; due at 0 -> Ended at 0: leave out: opted out
        "#]],
    );
}

#[test]
fn what_would_be_refused_twice_is_submitted_again_under_back_off() {
    let again = tried(1, Doubt::Refused);
    let last = tried(LAST, Doubt::Refused);
    check(
        TWO_TEXTS,
        NO_FACTS,
        &[
            (None, Submitting, unknown(0, Resolve::Resubmit)),
            (again, Waiting, Event::Due(place(0))),
            (again, Submitting, Event::Accepted(place(0))),
            (again, Submitting, Event::Rejected(place(0))),
            (again, Submitting, Event::NotSent(place(0))),
            (again, Submitting, unknown(0, Resolve::Resubmit)),
            (last, Submitting, Event::NotSent(place(0))),
            (last, Submitting, unknown(0, Resolve::Resubmit)),
            (last, Submitting, Event::Accepted(place(0))),
        ],
        expect![[r#"
            fresh; unknown at 0 (can be resubmitted) -> Waiting at 0: retry later (tries: 1, to be refused)
            tries: 1, to be refused; due at 0 -> Submitting at 0: send "Hi Ada, doors open at nine. STOP to opt out" (1)
            tries: 1, to be refused; accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 1, to be refused; rejected at 0 -> Ended at 0: nothing
            tries: 1, to be refused; not sent at 0 -> Waiting at 0: retry later (tries: 2, to be refused)
            tries: 1, to be refused; unknown at 0 (can be resubmitted) -> Waiting at 0: retry later (tries: 2, to be refused)
            tries: 11, to be refused; not sent at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 11, to be refused; unknown at 0 (can be resubmitted) -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 11, to be refused; accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
        "#]],
    );
}

#[test]
fn what_nobody_can_tell_is_skipped_or_sent_once_more_as_the_campaign_says() {
    let rows = [
        (None, Submitting, unknown(0, Resolve::Nothing)),
        (tried(1, Doubt::None), Submitting, unknown(0, Resolve::Nothing)),
        (tried(1, Doubt::Resent), Submitting, unknown(0, Resolve::Nothing)),
        (tried(LAST, Doubt::None), Submitting, unknown(0, Resolve::Nothing)),
    ];
    check(
        TWO_TEXTS,
        NO_FACTS,
        &rows,
        expect![[r#"
        fresh; unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
        tries: 1; unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
        tries: 1, sent again; unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
        tries: 11; unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
    "#]],
    );
    check(
        &resending(),
        NO_FACTS,
        &rows,
        expect![[r#"
            fresh; unknown at 0 -> Waiting at 0: retry now (tries: 1, sent again)
            tries: 1; unknown at 0 -> Waiting at 0: retry now (tries: 2, sent again)
            tries: 1, sent again; unknown at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 11; unknown at 0 -> Waiting at 0: retry now (tries: 12, sent again)
        "#]],
    );
}

#[test]
fn a_word_on_what_was_sent_again_says_nothing_of_the_first() {
    let resent = tried(1, Doubt::Resent);
    check(
        &resending(),
        NO_FACTS,
        &[
            (resent, Waiting, Event::Due(place(0))),
            (resent, Submitting, Event::Accepted(place(0))),
            (resent, Submitting, Event::Rejected(place(0))),
            (resent, Submitting, Event::NotSent(place(0))),
            (tried(LAST, Doubt::Resent), Submitting, Event::NotSent(place(0))),
            // Of what was not taken before, a refusal is the end.
            (tried(1, Doubt::None), Submitting, Event::Rejected(place(0))),
        ],
        expect![[r#"
            tries: 1, sent again; due at 0 -> Submitting at 0: send "Hi Ada, doors open at nine. STOP to opt out" (1)
            tries: 1, sent again; accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 1, sent again; rejected at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 1, sent again; not sent at 0 -> Waiting at 0: retry later (tries: 2, sent again)
            tries: 11, sent again; not sent at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 1; rejected at 0 -> Ended at 0: nothing
        "#]],
    );
}

#[test]
fn a_text_at_which_processes_end_is_given_up_once_it_is_known_that_it_was_not_taken() {
    let (some, most) = (MOST_CRASHES - 2, MOST_CRASHES - 1);
    check(
        &resending(),
        NO_FACTS,
        &[
            (None, Submitting, crash(Resolve::Nothing)),
            (crashed(some, Doubt::None), Submitting, crash(Resolve::Nothing)),
            (crashed(most, Doubt::None), Submitting, crash(Resolve::Nothing)),
            (
                crashed(some, Doubt::Refused),
                Submitting,
                crash(Resolve::Resubmit),
            ),
            (
                crashed(most, Doubt::Refused),
                Submitting,
                crash(Resolve::Resubmit),
            ),
            (crashed(most, Doubt::None), Submitting, crash(Resolve::LookUp)),
            (
                crashed(MOST_CRASHES, Doubt::LookUp),
                Waiting,
                Event::Due(place(0)),
            ),
            (
                crashed(MOST_CRASHES, Doubt::LookUp),
                Submitting,
                Event::CannotTell(place(0)),
            ),
            (
                crashed(MOST_CRASHES, Doubt::LookUp),
                Submitting,
                Event::Accepted(place(0)),
            ),
            (
                crashed(MOST_CRASHES, Doubt::LookUp),
                Submitting,
                Event::NotKnown(place(0)),
            ),
            (
                crashed(MOST_CRASHES, Doubt::None),
                Submitting,
                Event::NotSent(place(0)),
            ),
            (
                crashed(most, Doubt::LookUp),
                Submitting,
                Event::NotKnown(place(0)),
            ),
        ],
        expect![[r#"
            fresh; unknown at 0 by a crash -> Waiting at 0: retry now (tries: 1, crashes: 1, sent again)
            tries: 2, crashes: 2; unknown at 0 by a crash -> Waiting at 0: retry now (tries: 3, crashes: 3, sent again)
            tries: 3, crashes: 3; unknown at 0 by a crash -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 2, crashes: 2, to be refused; unknown at 0 (can be resubmitted) by a crash -> Waiting at 0: retry later (tries: 3, crashes: 3, to be refused)
            tries: 3, crashes: 3, to be refused; unknown at 0 (can be resubmitted) by a crash -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 3, crashes: 3; unknown at 0 (can be looked up) by a crash -> Waiting at 0: retry when it can be asked (tries: 4, crashes: 4, to be looked up)
            tries: 4, crashes: 4, to be looked up; due at 0 -> Submitting at 0: look up
            tries: 4, crashes: 4, to be looked up; cannot tell at 0 -> Waiting at 0: retry later (tries: 5, crashes: 4, to be looked up)
            tries: 4, crashes: 4, to be looked up; accepted at 0 -> Waiting at 2: depart to 2 at 2026-11-27 15:00:00Z
            tries: 4, crashes: 4, to be looked up; not known at 0 -> Ended at 0: given up: the process ended 4 times while it was under way
            tries: 4, crashes: 4; not sent at 0 -> Ended at 0: given up: the process ended 4 times while it was under way
            tries: 3, crashes: 3, to be looked up; not known at 0 -> Waiting at 0: retry now (tries: 3, crashes: 3)
        "#]],
    );
}

#[test]
fn attempts_that_are_used_up_are_said() {
    let not_known = || Event::NotKnown(place(0));
    check(
        TWO_TEXTS,
        NO_FACTS,
        &[
            (tried(LAST, Doubt::None), Submitting, Event::NotSent(place(0))),
            (tried(u8::MAX, Doubt::None), Submitting, Event::NotSent(place(0))),
            (tried(LAST, Doubt::LookUp), Submitting, not_known()),
            (tried(MOST_ATTEMPTS, Doubt::LookUp), Submitting, not_known()),
        ],
        expect![[r#"
            tries: 11; not sent at 0 -> Ended at 0: given up after 12 attempts
            tries: 255; not sent at 0 -> Ended at 0: given up after 255 attempts
            tries: 11, to be looked up; not known at 0 -> Waiting at 0: retry now (tries: 11)
            tries: 12, to be looked up; not known at 0 -> Ended at 0: given up after 12 attempts
        "#]],
    );
}
