//! Long replies that come part by part are put together before they are folded. Their parts stay in the inbox until then, so
//! that a process which ends takes none of them with it: the next one reads them again, and puts together the same text
//! under the same id.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::reply::joined::{Joined, PATIENCE, Part, Waiting};
use sms::PhoneNumber;

use super::Said;
use crate::provider::{Inbound, TextPart};

/// Provider, number, and the sender that was written to.
type Key = (Arc<str>, PhoneNumber, String);

/// The parts that wait for others.
pub(super) struct Parts(Waiting<Key>);

impl Default for Parts {
    fn default() -> Parts {
        Parts(Waiting::new(PATIENCE))
    }
}

impl Parts {
    /// Takes the parts out of what was said, and puts in the texts that are whole with them.
    pub fn join(&mut self, said: Said) -> Vec<Said> {
        let Said {
            provider,
            at,
            inbound,
            mark,
            is_again,
        } = said;
        let (mut rest, mut whole) = (vec![], vec![]);
        for inbound in inbound {
            match inbound {
                Inbound::Text {
                    id,
                    from,
                    sender,
                    text,
                    part: Some(TextPart { reference, index, of }),
                } => whole.extend(self.0.take(Part {
                    key: (provider.clone(), from, sender),
                    id,
                    reference,
                    index,
                    of,
                    text,
                    received_at: at,
                })),
                other => rest.push(other),
            }
        }
        let rest = Some(Said {
            provider,
            at,
            inbound: rest,
            mark,
            is_again,
        });
        let rest = rest.filter(|said| !said.inbound.is_empty());
        rest.into_iter().chain(whole.into_iter().map(said_of)).collect()
    }

    /// The texts of which a part did not come in time, as far as they came.
    pub fn overdue(&mut self, now: DateTime<Utc>) -> Vec<Said> {
        self.0.overdue(now).into_iter().map(said_of).collect()
    }

    /// When the next text is not waited for any more; none: nothing is waited for.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_at()
    }
}

fn said_of(joined: Joined<Key>) -> Said {
    let (provider, from, sender) = joined.key;
    Said {
        provider,
        at: joined.received_at,
        inbound: vec![Inbound::Text {
            id: joined.id,
            from,
            sender,
            text: joined.text,
            part: None,
        }],
        mark: 0,
        is_again: false,
    }
}
