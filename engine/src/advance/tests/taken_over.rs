//! Doubt that outlives a change of provider, or of what can be asked.

use expect_test::expect;

use super::passage::{Passage, REVISIONS};
use super::{NO_FACTS, ada, ask_at, check, place, resending, tried, unknown};
use crate::advance::{Effect, Event, MOST_ATTEMPTS, State};
use crate::member::{Doubt, Member};
use crate::provider::Resolve;

/// `in_doubt: resend` holds where a look-up led nowhere, as where nobody can be asked.
#[test]
fn a_text_that_nobody_could_tell_of_is_sent_again_where_the_campaign_says_so() {
    let asked = Member {
        pending: tried(MOST_ATTEMPTS - 1, Doubt::LookUp),
        ..ada()
    };
    check(
        &resending(),
        &asked,
        NO_FACTS,
        &[((0, State::Submitting), Event::CannotTell(place(0)))],
        expect![[r#"
            Submitting at 0, cannot tell at 0 -> Waiting at 0: retry now (tries: 12, sent again)
        "#]],
    );
}

/// The first provider may have it, and cannot be asked; the second takes over and does not have it.
#[test]
fn a_text_is_sent_again_once_whoever_takes_over() {
    let mut passage = Passage::begin(REVISIONS[1].clone());
    let due = Event::Due(place(0));
    let mut sends = 0;
    let answers = [
        unknown(0, Resolve::Nothing),
        unknown(0, Resolve::LookUp),
        Event::NotKnown(place(0)),
        unknown(0, Resolve::Nothing),
        unknown(0, Resolve::Nothing),
    ];
    for answer in &answers {
        let effects = passage.happen(&due);
        sends += usize::from(effects.iter().any(|effect| matches!(effect, Effect::Send { .. })));
        passage.now = ask_at();
        passage.happen(answer);
    }
    // The one that may be out, the one that was not taken, and the one that makes up for it.
    assert_eq!(sends, 3);
}

/// As above; the one that takes over refuses what it has.
#[test]
fn a_refusal_by_whoever_takes_over_says_nothing_of_what_the_first_may_have() {
    let mut passage = Passage::begin(REVISIONS[1].clone());
    for answer in [
        unknown(0, Resolve::Nothing),
        unknown(0, Resolve::Resubmit),
        Event::Rejected(place(0)),
    ] {
        passage.happen(&Event::Due(place(0)));
        passage.happen(&answer);
    }
    assert_eq!((passage.place, passage.state), (place(2), State::Waiting));
}
