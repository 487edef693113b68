//! What became of a text, and what each outcome means: for the message, for `advance`, for the way it took.

use chrono::{DateTime, Utc};

use crate::advance::{Event, Place};
use crate::provider::{Answer, Found, Refusal, Resolve, Scope};
use crate::store::{Known, MessageState};

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::execute) enum Outcome {
    /// The provider's answer.
    Answered(Answer),
    /// What its look-up found.
    LookedUp(Found),
    /// The number was suppressed before the submit: it was not submitted.
    OptedOut,
    /// Its way was shut before the submit: it was not submitted.
    Withheld,
    /// An earlier process recorded it.
    Known(Known),
    /// An earlier process may have submitted it.
    InDoubt,
}

impl Outcome {
    /// Nobody moves: the way is shut.
    pub fn blocks(&self) -> bool {
        match self {
            Outcome::Answered(Answer::NotSent(refusal)) => refusal.scope.blocks(),
            Outcome::Withheld => true,
            Outcome::Answered(Answer::Accepted | Answer::Maybe(_))
            | Outcome::LookedUp(_)
            | Outcome::OptedOut
            | Outcome::Known(_)
            | Outcome::InDoubt => false,
        }
    }

    /// Whether the provider has the text, as this tells for the first time.
    pub fn is_taken(&self) -> bool {
        matches!(
            self,
            Outcome::Answered(Answer::Accepted) | Outcome::LookedUp(Found::Accepted)
        )
    }

    /// Whether it is refused for ever.
    pub fn is_refused(&self) -> bool {
        matches!(self, Outcome::Answered(Answer::NotSent(refusal)) if refusal.scope.is_final())
    }

    /// Whether the text was definitely not taken this time: what was reserved for it is released.
    pub fn is_not_taken(&self) -> bool {
        match self {
            Outcome::Answered(Answer::NotSent(_))
            | Outcome::LookedUp(Found::NotKnown)
            | Outcome::OptedOut
            | Outcome::Withheld => true,
            Outcome::Known(known) => match known.state {
                MessageState::Attempting | MessageState::Rejected => true,
                MessageState::Unknown
                | MessageState::Accepted
                | MessageState::Expired
                | MessageState::Undelivered
                | MessageState::Delivered => false,
            },
            Outcome::Answered(Answer::Accepted | Answer::Maybe(_))
            | Outcome::LookedUp(Found::Accepted | Found::CannotTell(_))
            | Outcome::InDoubt => false,
        }
    }

    /// Whether it says that no earlier submit under the same reference was taken either: the look-up does not find it, or
    /// a provider that refuses what it has refuses it for another reason, for ever.
    pub fn settles_doubt(&self) -> bool {
        match self {
            Outcome::LookedUp(Found::NotKnown) => true,
            Outcome::Answered(Answer::NotSent(refusal)) => refusal.scope.is_final(),
            Outcome::Known(known) => known.state == MessageState::Rejected,
            Outcome::Answered(Answer::Accepted | Answer::Maybe(_))
            | Outcome::LookedUp(Found::Accepted | Found::CannotTell(_))
            | Outcome::OptedOut
            | Outcome::Withheld
            | Outcome::InDoubt => false,
        }
    }

    /// What the provider could not do with a text while it took others concerns that text: it goes again in a while.
    pub fn of_the_text(self) -> Outcome {
        match self {
            Outcome::Answered(Answer::NotSent(refusal)) if refusal.scope == Scope::Provider => {
                Outcome::Answered(Answer::NotSent(Refusal {
                    scope: Scope::RecipientForNow,
                    ..refusal
                }))
            }
            other => other,
        }
    }

    /// The state that it gives the message; none when it tells nothing of it.
    pub fn state(&self) -> Option<MessageState> {
        match self {
            Outcome::Answered(Answer::Accepted) | Outcome::LookedUp(Found::Accepted) => {
                Some(MessageState::Accepted)
            }
            Outcome::Answered(Answer::Maybe(_)) | Outcome::InDoubt => Some(MessageState::Unknown),
            Outcome::Answered(Answer::NotSent(refusal)) => match refusal.scope {
                Scope::RecipientForEver | Scope::OptedOut | Scope::Message => Some(MessageState::Rejected),
                Scope::RecipientForNow => Some(MessageState::Attempting),
                Scope::Sender | Scope::Account | Scope::Throttled | Scope::Provider => None,
            },
            Outcome::LookedUp(Found::NotKnown | Found::CannotTell(_))
            | Outcome::OptedOut
            | Outcome::Withheld
            | Outcome::Known(_) => None,
        }
    }

    /// What happened to the person; not asked of what blocks.
    pub fn event(&self, place: Place, resolve: (Resolve, DateTime<Utc>)) -> Event<'static> {
        let (resolve, ask_at) = resolve;
        let unknown = |crashed| Event::Unknown {
            place,
            resolve,
            ask_at,
            crashed,
        };
        match self {
            Outcome::Answered(Answer::Accepted) | Outcome::LookedUp(Found::Accepted) => {
                Event::Accepted(place)
            }
            Outcome::Answered(Answer::Maybe(_)) => unknown(false),
            Outcome::InDoubt => unknown(true),
            Outcome::Answered(Answer::NotSent(refusal)) if refusal.scope == Scope::OptedOut => {
                Event::OptedOutThere(place)
            }
            Outcome::Answered(Answer::NotSent(refusal)) if refusal.scope.is_final() => Event::Rejected(place),
            Outcome::Answered(Answer::NotSent(_)) | Outcome::Withheld => Event::NotSent(place),
            Outcome::LookedUp(Found::NotKnown) => Event::NotKnown(place),
            Outcome::LookedUp(Found::CannotTell(_)) => Event::CannotTell(place),
            Outcome::OptedOut => Event::OptedOut,
            Outcome::Known(known) => match known.state {
                MessageState::Attempting => Event::NotSent(place),
                MessageState::Unknown => unknown(false),
                MessageState::Rejected => Event::Rejected(place),
                MessageState::Accepted
                | MessageState::Expired
                | MessageState::Undelivered
                | MessageState::Delivered => Event::Accepted(place),
            },
        }
    }

    /// Why, in the provider's words or ours.
    pub fn reason(&self) -> Option<String> {
        match self {
            Outcome::Answered(Answer::NotSent(refusal)) => Some(refusal.reason.clone()),
            Outcome::Answered(Answer::Maybe(reason)) => Some(reason.clone()),
            Outcome::LookedUp(Found::CannotTell(reason)) => Some(reason.clone()),
            Outcome::InDoubt => Some("the process ended before the answer was recorded".to_owned()),
            Outcome::Answered(Answer::Accepted)
            | Outcome::LookedUp(Found::Accepted | Found::NotKnown)
            | Outcome::OptedOut
            | Outcome::Withheld
            | Outcome::Known(_) => None,
        }
    }
}
