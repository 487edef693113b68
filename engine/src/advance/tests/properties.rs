use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{TWO_TEXTS, ada, now, place};
use crate::advance::{Effect, Enrolment, Event, Facts, Place, State, advance, stop_at};
use crate::ids::MessageId;
use crate::member::{Member, Pending};
use crate::revision::Revision;
use crate::testing::campaign;

/// A person's passage, with what the store keeps of it.
struct Passage {
    revision: Arc<Revision>,
    member: Member,
    place: Place,
    state: State,
    facts: Facts,
    now: DateTime<Utc>,
}

impl Passage {
    fn begin(revision: Arc<Revision>) -> Passage {
        let (place, now) = stop_at(&revision, Place::START, now());
        Passage {
            revision,
            member: ada(),
            place,
            state: State::Waiting,
            facts: Facts::default(),
            now,
        }
    }

    /// Lets an event happen, and keeps what the store would keep of its effects.
    fn happen(&mut self, event: &Event<'_>) -> Vec<Effect> {
        let before = Enrolment {
            member: &self.member,
            place: self.place,
            state: self.state,
        };
        let (after, effects) = advance(&self.revision, before, self.facts, event, self.now);
        (self.place, self.state) = (after.place, after.state);
        for effect in &effects {
            match effect {
                Effect::Suppress => self.facts.opted_out = true,
                Effect::Retry { in_doubt, .. } => {
                    let attempts = self.member.pending.map_or(1, |pending| pending.attempts + 1);
                    self.member.pending = Some(Pending {
                        message: MessageId(1),
                        attempts,
                        in_doubt: *in_doubt,
                    });
                }
                Effect::Depart(..) => self.member.pending = None,
                Effect::Send { .. }
                | Effect::GiveUp
                | Effect::LeaveOut(_)
                | Effect::Finish
                | Effect::Answer(_)
                | Effect::Keep { .. } => {}
            }
        }
        effects
    }
}

/// An event; none: of the place where the person is.
#[derive(Debug, Clone)]
enum Happening {
    Due(Option<u16>),
    Accepted(Option<u16>),
    Rejected(Option<u16>),
    NotSent(Option<u16>),
    Unknown(Option<u16>),
    Receipt(Option<u16>),
    Reply(String),
    OptedOut,
}

impl Happening {
    fn event(&self, here: Place) -> Event<'_> {
        let at = |step: &Option<u16>| step.map_or(here, place);
        match self {
            Happening::Due(step) => Event::Due(at(step)),
            Happening::Accepted(step) => Event::Accepted(at(step)),
            Happening::Rejected(step) => Event::Rejected(at(step)),
            Happening::NotSent(step) => Event::NotSent(at(step)),
            Happening::Unknown(step) => Event::Unknown(at(step)),
            Happening::Receipt(step) => Event::Receipt(at(step)),
            Happening::Reply(text) => Event::Reply(text),
            Happening::OptedOut => Event::OptedOut,
        }
    }
}

fn happenings(last_step: u16) -> impl Strategy<Value = Vec<Happening>> {
    let step = || prop_oneof![4 => Just(None), 1 => (0..=last_step).prop_map(Some)];
    let reply = prop_oneof![Just("Yes".to_owned()), Just("don't stop".to_owned()), ".{0,12}"];
    let happening = prop_oneof![
        8 => step().prop_map(Happening::Due),
        4 => step().prop_map(Happening::Accepted),
        1 => step().prop_map(Happening::Rejected),
        3 => step().prop_map(Happening::NotSent),
        3 => step().prop_map(Happening::Unknown),
        1 => step().prop_map(Happening::Receipt),
        2 => reply.prop_map(Happening::Reply),
        1 => Just(Happening::Reply("STOP".into())),
        1 => Just(Happening::OptedOut),
    ];
    prop::collection::vec(happening, 0..40)
}

/// [`TWO_TEXTS`] as it is, and with `in_doubt: resend`.
static REVISIONS: LazyLock<[Arc<Revision>; 2]> = LazyLock::new(|| {
    [
        campaign(TWO_TEXTS),
        campaign(&format!("{TWO_TEXTS}limits: {{ in_doubt: resend }}\n")),
    ]
});

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
            prop_assert!(again.iter().all(|e| matches!(e, Effect::Keep { .. })), "{:?}: {:?}", event, again);
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
            answers += effects.iter().filter(|effect| matches!(effect, Effect::Answer(_))).count();
            out |= effects.contains(&Effect::Suppress) || matches!(happening, Happening::OptedOut);
        }
        prop_assert!(answers <= 1, "{} answers", answers);
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
                    Effect::Finish => prop_assert_eq!(passage.state, State::Ended),
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
