//! What is done about a text that was not taken, or of which nobody can tell: tried again, later and later; asked about;
//! given up.

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::InDoubt;

use super::{Effect, Enrolment, Event, Facts, GaveUp, MOST_ATTEMPTS, MOST_CRASHES, Place, State, go_on};
use crate::left_out::LeftOut;
use crate::member::{Doubt, Member};
use crate::provider::Resolve;
use crate::revision::Revision;

/// How often a message was tried.
#[derive(Clone, Copy)]
pub(super) struct Tries {
    /// Submits and look-ups.
    attempts: u8,
    /// Ends of a process while it was under way.
    pub crashes: u8,
}

impl Tries {
    /// With the one that is just answered.
    pub fn now(member: &Member) -> Tries {
        Tries {
            attempts: member.attempts().saturating_add(1),
            crashes: member.crashes(),
        }
    }

    /// Why there are no more.
    fn over(self) -> Option<GaveUp> {
        if self.crashes >= MOST_CRASHES {
            Some(GaveUp::Crashes(self.crashes))
        } else {
            (self.attempts >= MOST_ATTEMPTS).then_some(GaveUp::Attempts(self.attempts))
        }
    }
}

pub(super) fn not_sent<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let member = enrolment.member;
    let tries = Tries::now(member);
    let due_at = now + back_off(member, enrolment.place, tries.attempts);
    // This submit was not taken; an earlier one may have been.
    let in_doubt = member.is_resent() || member.doubt() == Doubt::Refused;
    match (member.doubt(), tries.over()) {
        (_, Some(_)) if in_doubt => go_on(revision, enrolment, facts, now),
        (_, Some(why)) => (enrolment.ended(), vec![Effect::GiveUp(why)]),
        (doubt @ (Doubt::Refused | Doubt::Resent), None) => again(enrolment, tries, doubt, due_at),
        (Doubt::None | Doubt::LookUp, None) => again(enrolment, tries, Doubt::None, due_at),
    }
}

/// The provider does not have it: it goes at once, under the same reference. The submit was counted when it was made.
pub(super) fn not_known<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let attempts = enrolment.member.attempts();
    let tries = Tries {
        attempts,
        ..Tries::now(enrolment.member)
    };
    match tries.over() {
        Some(_) if enrolment.member.is_resent() => go_on(revision, enrolment, facts, now),
        Some(why) => (enrolment.ended(), vec![Effect::GiveUp(why)]),
        None if facts.cancelled => (enrolment.ended(), vec![Effect::LeaveOut(LeftOut::Cancelled)]),
        None => again(enrolment, tries, Doubt::None, now),
    }
}

fn again(
    enrolment: Enrolment<'_>,
    tries: Tries,
    doubt: Doubt,
    due_at: DateTime<Utc>,
) -> (Enrolment<'_>, Vec<Effect>) {
    let Tries { attempts, crashes } = tries;
    let waiting = Enrolment {
        state: State::Waiting,
        ..enrolment
    };
    let retry = Effect::Retry {
        due_at,
        attempts,
        crashes,
        doubt,
    };
    (waiting, vec![retry])
}

/// Full jitter under a ceiling that doubles from 4 seconds to 10 minutes; the draw is a hash, the same every time.
fn back_off(member: &Member, place: Place, attempts: u8) -> TimeDelta {
    let ceiling = 4_000_i64
        .checked_shl(u32::from(attempts) - 1)
        .unwrap_or(i64::MAX)
        .min(600_000);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&member.phone.as_u64().to_le_bytes());
    hasher
        .update(&place.step.to_le_bytes())
        .update(&place.visit.to_le_bytes()[..2])
        .update(&[attempts]);
    let draw = u32::from_le_bytes(
        *hasher
            .finalize()
            .as_bytes()
            .first_chunk()
            .expect("a hash has 32 bytes"),
    );
    TimeDelta::milliseconds(1 + i64::from(draw) * (ceiling - 1) / i64::from(u32::MAX))
}

/// It is settled as the provider can settle it; where that leads nowhere the campaign's `in_doubt` decides.
pub(super) fn unknown<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    tries: Tries,
    (resolve, ask_at): (Resolve, DateTime<Utc>),
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    match resolve {
        // Asking ends no process: it is asked however often one ended.
        Resolve::LookUp if tries.attempts < MOST_ATTEMPTS => again(enrolment, tries, Doubt::LookUp, ask_at),
        Resolve::Resubmit if tries.over().is_none() && !facts.opted_out => {
            let wait = back_off(enrolment.member, enrolment.place, tries.attempts);
            again(enrolment, tries, Doubt::Refused, now + wait)
        }
        Resolve::LookUp | Resolve::Resubmit | Resolve::Nothing => {
            unresolved(revision, enrolment, facts, tries, now)
        }
    }
}

fn unresolved<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    tries: Tries,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let resent = enrolment.member.is_resent();
    match revision.campaign.limits.in_doubt {
        InDoubt::Resend if !resent && !facts.opted_out && tries.crashes < MOST_CRASHES => {
            again(enrolment, tries, Doubt::Resent, now)
        }
        InDoubt::Resend | InDoubt::Skip => go_on(revision, enrolment, facts, now),
    }
}

/// The look-up failed: it is asked again, later and later, as often as a text is tried.
pub(super) fn cannot_tell<'a>(
    revision: &'a Revision,
    enrolment: Enrolment<'a>,
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> (Enrolment<'a>, Vec<Effect>) {
    let tries = Tries::now(enrolment.member);
    if tries.attempts >= MOST_ATTEMPTS {
        return unresolved(revision, enrolment, facts, tries, now);
    }
    let wait = back_off(enrolment.member, enrolment.place, tries.attempts);
    again(enrolment, tries, Doubt::LookUp, now + wait)
}

/// What follows for an answer to a reply, which moves nobody: it is tried again, or asked about, or the number gets no more;
/// none where that is all. What cannot be settled stays unknown, and is not sent a second time under `in_doubt: resend` either.
pub fn of_answer(member: &Member, event: &Event<'_>, place: Place, now: DateTime<Utc>) -> Option<Effect> {
    let mut tries = Tries::now(member);
    let wait = |tries: Tries| back_off(member, place, tries.attempts);
    let (doubt, due_at) = match event {
        Event::NotSent(_) if tries.over().is_some() => {
            let in_doubt = member.doubt() == Doubt::Refused;
            return tries.over().filter(|_| !in_doubt).map(Effect::GiveUp);
        }
        Event::NotSent(_) if member.doubt() == Doubt::Refused => (Doubt::Refused, now + wait(tries)),
        Event::NotSent(_) => (Doubt::None, now + wait(tries)),
        Event::Unknown {
            resolve,
            ask_at,
            crashed,
            ..
        } => {
            tries.crashes += u8::from(*crashed);
            match resolve {
                Resolve::LookUp if tries.attempts < MOST_ATTEMPTS => (Doubt::LookUp, *ask_at),
                Resolve::Resubmit if tries.over().is_none() => (Doubt::Refused, now + wait(tries)),
                Resolve::LookUp | Resolve::Resubmit | Resolve::Nothing => return None,
            }
        }
        Event::NotKnown(_) => {
            tries.attempts = member.attempts();
            match tries.over() {
                Some(why) => return Some(Effect::GiveUp(why)),
                None => (Doubt::None, now),
            }
        }
        Event::CannotTell(_) if tries.attempts < MOST_ATTEMPTS => (Doubt::LookUp, now + wait(tries)),
        Event::CannotTell(_)
        | Event::Due(_)
        | Event::Accepted(_)
        | Event::Rejected(_)
        | Event::Happened
        | Event::Reply(_)
        | Event::OptedOut => return None,
        Event::OptedOutThere(_) => return Some(Effect::Suppress),
    };
    Some(Effect::Retry {
        due_at,
        attempts: tries.attempts,
        crashes: tries.crashes,
        doubt,
    })
}
