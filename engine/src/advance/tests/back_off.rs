use chrono::TimeDelta;
use proptest::prelude::*;

use super::{TWO_TEXTS, now, place, tried, unknown};
use crate::advance::{Effect, Enrolment, Event, Facts, GaveUp, MOST_ATTEMPTS, State, advance};
use crate::member::{Doubt, Member};
use crate::provider::Resolve;
use crate::revision::Revision;
use crate::testing::{campaign, member, nth_phone};

/// How long the member waits after an answer that leads to a retry; none when the message is given up.
fn pause(revision: &Revision, member: &Member, step: u16, event: &Event<'_>) -> Option<TimeDelta> {
    let enrolment = Enrolment {
        member,
        place: place(step),
        state: State::Submitting,
        due_at: now(),
    };
    let (after, effects) = advance(revision, enrolment, Facts::default(), event, now());
    match effects.as_slice() {
        [Effect::Retry { due_at, .. }] => {
            assert_eq!((after.place, after.state), (place(step), State::Waiting));
            Some(*due_at - now())
        }
        [Effect::GiveUp(GaveUp::Attempts(MOST_ATTEMPTS))] => {
            assert_eq!(after.state, State::Ended);
            None
        }
        other => panic!("{other:?}"),
    }
}

/// How long the member waits after a submit that was not taken; none when the message is given up.
fn back_off(revision: &Revision, member: &Member, step: u16) -> Option<TimeDelta> {
    pause(revision, member, step, &Event::NotSent(place(step)))
}

proptest! {
    #[test]
    fn the_pause_is_a_draw_below_its_ceiling_and_the_same_every_time(
        n in 0_u64..10_000,
        step in prop_oneof![Just(0_u16), Just(2)],
        submitted in 1..MOST_ATTEMPTS,
    ) {
        let revision = campaign(TWO_TEXTS);
        let pending = if submitted == 1 { None } else { tried(submitted - 1, Doubt::None) };
        let member = Member { pending, ..member(nth_phone(n), &["Ada"]) };
        let paused = back_off(&revision, &member, step).expect("attempts are left");
        let ceiling = TimeDelta::milliseconds((4_000 << (submitted - 1)).min(600_000));
        prop_assert!(paused >= TimeDelta::milliseconds(1) && paused <= ceiling, "{paused} of {ceiling}");
        prop_assert_eq!(back_off(&revision, &member, step), Some(paused));
        // A look-up that failed, and a text that would be refused twice, wait as long.
        let events = [Event::CannotTell(place(step)), unknown(step, Resolve::Resubmit)];
        for event in events {
            prop_assert_eq!(pause(&revision, &member, step, &event), Some(paused));
        }
    }
}

#[test]
fn people_who_were_refused_together_come_back_apart() {
    let revision = campaign(TWO_TEXTS);
    let pauses: std::collections::BTreeSet<_> = (0..100)
        .map(|n| back_off(&revision, &member(nth_phone(n), &["Ada"]), 0))
        .collect();
    assert!(pauses.len() > 90, "{} different pauses", pauses.len());
    let within = |from: i64, to: i64| {
        let within =
            |pause: &Option<TimeDelta>| pause.is_some_and(|p| (from..to).contains(&p.num_milliseconds()));
        pauses.iter().filter(|pause| within(pause)).count()
    };
    assert!(within(0, 2_000) > 30 && within(2_000, 4_001) > 30);
}

#[test]
fn a_message_is_submitted_so_often_and_no_more() {
    let revision = campaign(TWO_TEXTS);
    let mut member = member(nth_phone(0), &["Ada"]);
    let mut submits: u8 = 1;
    while back_off(&revision, &member, 0).is_some() {
        member.pending = tried(submits, Doubt::None);
        submits += 1;
    }
    assert_eq!(submits, MOST_ATTEMPTS);
}
