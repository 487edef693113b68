use chrono::TimeDelta;
use proptest::prelude::*;

use super::passage::{Happening, Passage, REVISIONS, happenings, resolves, words};
use crate::advance::{AnswerOf, Effect, Event, MOST_ATTEMPTS, State};
use crate::provider::Resolve;
use crate::testing::campaign;

proptest! {
    /// A kept reply is kept again, since it is told from the first by the provider's id, not here.
    #[test]
    fn an_event_right_after_itself_changes_nothing(resend in 0_usize..2, happenings in happenings(3)) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        for happening in happenings {
            let event = happening.event(passage.place);
            passage.happen(&event);
            let before = (passage.place, passage.state, passage.member.clone());
            let again = passage.happen(&event);
            prop_assert_eq!(before, (passage.place, passage.state, passage.member.clone()));
            prop_assert!(again.iter().all(|e| matches!(e, Effect::Keep { .. } | Effect::SetAside(_))), "{:?}: {:?}", event, again);
        }
    }

    #[test]
    fn nothing_is_sent_after_an_opt_out(
        resend in 0_usize..2,
        happenings in happenings(3),
        suppressed_at in prop::option::of(0_usize..40),
    ) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        let (mut out, mut answers) = (false, 0);
        for (n, happening) in happenings.iter().enumerate() {
            // Another campaign, or an import, suppresses the number.
            if suppressed_at == Some(n) {
                passage.facts.opted_out = true;
            }
            out |= passage.facts.opted_out;
            let effects = passage.happen(&happening.event(passage.place));
            let sends = effects.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count();
            prop_assert!(sends <= 1);
            prop_assert!(!out || sends == 0, "sent {:?} after an opt-out", effects);
            // Whoever opts in again may opt out again.
            if effects.contains(&Effect::Allow) {
                (out, answers) = (false, 0);
            }
            let confirms = |effect: &&Effect| matches!(effect, Effect::Answer { of: AnswerOf::OptOut, .. });
            answers += effects.iter().filter(confirms).count();
            out |= effects.contains(&Effect::Suppress) || matches!(happening, Happening::OptedOut);
        }
        prop_assert!(answers <= 1, "{} answers", answers);
    }

    /// The number is suppressed from elsewhere while the passage goes its way: what may be out is looked up to its end, and
    /// nothing is sent any more.
    #[test]
    fn nothing_is_sent_after_a_suppression_whatever_is_under_way(
        resend in 0_usize..2,
        resolve in resolves(),
        words in words(),
        suppressed_at in 0_usize..20,
    ) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        let mut looked_up = false;
        for (n, word) in words.iter().cycle().take(100).enumerate() {
            passage.facts.opted_out |= n >= suppressed_at;
            let event = match passage.state {
                State::Ended => break,
                State::Waiting => Event::Due(passage.place),
                State::Submitting => word.event(passage.place, looked_up, resolve),
            };
            let effects = passage.happen(&event);
            let sends = effects.iter().any(|effect| matches!(effect, Effect::Send { .. }));
            prop_assert!(!(sends && passage.facts.opted_out), "{:?}: {:?}", event, effects);
            looked_up = effects.contains(&Effect::LookUp);
        }
        prop_assert_eq!(passage.state, State::Ended);
    }

    /// Whoever is moved is at an end, or it is known when or by whose answer it goes on.
    #[test]
    fn every_event_ends_a_passage_or_leaves_something_to_wait_for(
        resend in 0_usize..2,
        happenings in happenings(3),
    ) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        for happening in happenings {
            let before = (passage.place, passage.state);
            let event = happening.event(passage.place);
            let effects = passage.happen(&event);
            if (passage.place, passage.state) == before {
                continue;
            }
            let waits = effects.iter().filter(|effect| match effect {
                Effect::Depart(_, due_at) | Effect::Retry { due_at, .. } => *due_at >= passage.now,
                _ => false,
            });
            let asks = effects.iter().filter(|effect| matches!(effect, Effect::Send { .. } | Effect::LookUp));
            let expected = match passage.state {
                State::Waiting => (1, 0),
                State::Submitting => (0, 1),
                State::Ended => (0, 0),
            };
            prop_assert_eq!((waits.count(), asks.count()), expected, "{:?}: {:?}", event, effects);
        }
    }

    /// Whatever the world says, and however often it says it.
    #[test]
    fn every_passage_comes_to_its_end(resend in 0_usize..2, resolve in resolves(), words in words()) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        let mut looked_up = false;
        // Of each of two texts: an attempt takes a submit and a look-up, each with its due time.
        let most = 2 * 4 * usize::from(MOST_ATTEMPTS) + 2;
        for word in words.iter().cycle().take(most) {
            let event = match passage.state {
                State::Ended => break,
                State::Waiting => Event::Due(passage.place),
                State::Submitting => word.event(passage.place, looked_up, resolve),
            };
            looked_up = passage.happen(&event).contains(&Effect::LookUp);
        }
        prop_assert_eq!(passage.state, State::Ended);
    }

    /// Of one provider. It has a text once for each submit that it took or may have taken, less those that it says it does
    /// not have; where it refuses a reference that it has, once.
    #[test]
    fn a_text_is_taken_twice_only_where_the_campaign_sends_again(
        resend in 0_usize..2,
        resolve in resolves(),
        words in words(),
    ) {
        let mut passage = Passage::begin(REVISIONS[resend].clone());
        let (mut looked_up, mut may_have) = (false, 0);
        for word in words.iter().cycle().take(200) {
            let place = passage.place;
            let event = match passage.state {
                State::Ended => break,
                State::Waiting => Event::Due(place),
                State::Submitting => word.event(place, looked_up, resolve),
            };
            match &event {
                Event::Accepted(_) | Event::Unknown { .. } if looked_up => {}
                Event::Accepted(_) | Event::Unknown { .. } if resolve == Resolve::Resubmit => may_have = 1,
                Event::Accepted(_) | Event::Unknown { .. } => may_have += 1,
                Event::NotKnown(_) => may_have -= 1,
                _ => {}
            }
            prop_assert!(may_have <= 1 + resend, "{} times", may_have);
            looked_up = passage.happen(&event).contains(&Effect::LookUp);
            if passage.place != place {
                may_have = 0;
            }
        }
    }

    #[test]
    fn every_program_ends_and_sends_each_of_its_texts_once(steps in program()) {
        let revision = campaign(&yaml(&steps));
        let mut passage = Passage::begin(revision);
        let (begins, mut texts, mut calls) = (passage.now, vec![], 0);
        while passage.state != State::Ended {
            calls += 1;
            prop_assert!(calls <= 2 * steps.len() + 2, "it goes on and on");
            let event = match passage.state {
                State::Waiting => Event::Due(passage.place),
                State::Submitting => Event::Accepted(passage.place),
                State::Ended => unreachable!("asked above"),
            };
            for effect in passage.happen(&event) {
                match effect {
                    Effect::Send { text, .. } => texts.push(text),
                    Effect::Depart(_, due_at) => {
                        prop_assert!(due_at >= passage.now);
                        passage.now = due_at;
                    }
                    Effect::Finish(_) => prop_assert_eq!(passage.state, State::Ended),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
        }
        let expected = steps.iter().enumerate().filter(|(_, step)| **step == Step::Send);
        prop_assert_eq!(texts, expected.map(|(n, _)| format!("Text {n}. STOP to opt out")).collect::<Vec<_>>());
        let first_send = steps.iter().position(|step| *step == Step::Send).unwrap_or(0);
        let waited: TimeDelta = steps[first_send..].iter().map(Step::waits).sum();
        prop_assert_eq!(passage.now - begins, waited);
    }
}

/// A step of a random program.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Send,
    WaitHours(i64),
}

impl Step {
    fn waits(&self) -> TimeDelta {
        match self {
            Step::Send => TimeDelta::zero(),
            Step::WaitHours(hours) => TimeDelta::hours(*hours),
        }
    }
}

fn program() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![2 => Just(Step::Send), 1 => (1_i64..100).prop_map(Step::WaitHours)];
    prop::collection::vec(step, 1..20)
        .prop_filter("a campaign sends something", |steps| steps.contains(&Step::Send))
}

fn yaml(steps: &[Step]) -> String {
    let line = |(n, step): (usize, &Step)| match step {
        Step::Send => format!("  - send: {{ text: \"Text {n}. STOP to opt out\" }}\n"),
        Step::WaitHours(hours) => format!("  - wait: {hours} hours\n"),
    };
    let steps: String = steps.iter().enumerate().map(line).collect();
    format!("audience: people.csv\nschedule: now\nsteps:\n{steps}")
}
