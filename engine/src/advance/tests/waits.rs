use super::{TWO_TEXTS, ada, place};
use crate::advance::{Effect, Enrolment, Event, Facts, State, advance};
use crate::testing::{at, campaign};

/// When the second text of [`TWO_TEXTS`] is due, two days after the first was taken.
fn second_text(accepted_at: &str) -> String {
    let member = ada();
    let enrolment = Enrolment {
        member: &member,
        place: place(0),
        state: State::Submitting,
        due_at: super::now(),
    };
    let event = Event::Accepted(place(0));
    let (_, effects) = advance(
        &campaign(TWO_TEXTS),
        enrolment,
        Facts::default(),
        &event,
        at(accepted_at),
    );
    match effects.as_slice() {
        [Effect::Depart(to, due_at)] if *to == place(2) => due_at.to_rfc3339(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn days_keep_the_local_time_over_a_clock_change() {
    // 10:30 in New York, before and after the change of March and of November.
    assert_eq!(second_text("2027-03-12T15:30:00Z"), "2027-03-14T14:30:00+00:00");
    assert_eq!(second_text("2026-10-30T14:30:00Z"), "2026-11-01T15:30:00+00:00");
    // An ordinary week.
    assert_eq!(second_text("2026-11-10T15:30:00Z"), "2026-11-12T15:30:00+00:00");
}

#[test]
fn a_local_time_that_does_not_exist_is_the_end_of_the_gap() {
    // 02:30 on the 12th; on the 14th clocks go from 02:00 to 03:00.
    assert_eq!(second_text("2027-03-12T07:30:00Z"), "2027-03-14T07:00:00+00:00");
}

#[test]
fn a_local_time_that_occurs_twice_is_the_first() {
    // 01:30 on 30 October; on 1 November it is 01:30 at 05:30Z and at 06:30Z.
    assert_eq!(second_text("2026-10-30T05:30:00Z"), "2026-11-01T05:30:00+00:00");
}
