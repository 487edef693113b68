//! The simulated provider: takes everything, and makes receipts and replies. Outcome, delay and reply of a text are a
//! hash of (seed, phone, text): they depend on no id, no order and no kill.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use dsl::project::Simulated;
use futures_util::future::BoxFuture;

use super::{Abilities, Answer, Inbound, Polled, Provider, ReceiptStatus, Resolve, Submission};

/// A receipt comes at most this long after the text, in milliseconds.
const RECEIPT_WITHIN: u64 = 3_000;
/// A reply comes at most this long after the text, in milliseconds.
const REPLY_WITHIN: u64 = 6_000;
/// What people answer: one in four says stop.
const REPLIES: [&str; 8] = [
    "STOP",
    "Thanks!",
    "Is parking free?",
    "stop please",
    "Yes",
    "Who is this?",
    "I'll be there",
    "What time?",
];

/// A simulated provider account.
pub struct SimulatedProvider {
    settings: Simulated,
    agenda: Arc<Mutex<Agenda>>,
}

/// What will come in, by its millisecond.
type Agenda = BTreeMap<DateTime<Utc>, Vec<Said>>;

/// Inbound in little space.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Receipt { reference: Box<str>, delivered: bool },
    Text(Box<Reply>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reply {
    reference: String,
    from: sms::PhoneNumber,
    sender: String,
    text: &'static str,
}

impl SimulatedProvider {
    /// With nothing on its agenda.
    pub fn new(settings: Simulated) -> SimulatedProvider {
        SimulatedProvider {
            settings,
            agenda: Arc::default(),
        }
    }
}

impl Provider for SimulatedProvider {
    fn abilities(&self) -> Abilities {
        Abilities {
            batch: 4_096,
            in_flight: 1,
            forgets: true,
            resolve: Resolve::Nothing,
            patience: Duration::ZERO,
        }
    }

    fn submit(&self, batch: Vec<Submission>, now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        let answers = vec![Answer::Accepted; batch.len()];
        let mut agenda = self.agenda.lock().expect("no holder of the lock panics");
        batch
            .into_iter()
            .for_each(|text| plan_inbound(&self.settings, &mut agenda, text, now));
        Box::pin(std::future::ready(answers))
    }

    fn poll(&self, now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        let mut agenda = self.agenda.lock().expect("no holder of the lock panics");
        let mut inbound = vec![];
        while let Some(next) = agenda.first_entry().filter(|next| *next.key() <= now) {
            inbound.extend(next.remove().into_iter().map(Inbound::from));
        }
        let again_at = agenda.keys().next().copied();
        Box::pin(std::future::ready(Polled {
            inbound,
            again_at,
            whole: true,
            mark: 0,
        }))
    }

    fn remember(&self, sent: Submission, at: DateTime<Utc>) {
        let mut agenda = self.agenda.lock().expect("no holder of the lock panics");
        plan_inbound(&self.settings, &mut agenda, sent, at);
    }
}

impl From<Said> for Inbound {
    fn from(said: Said) -> Inbound {
        match said {
            Said::Receipt { reference, delivered } => Inbound::Receipt {
                reference: reference.into(),
                status: if delivered {
                    ReceiptStatus::Delivered
                } else {
                    ReceiptStatus::Undelivered
                },
                reason: (!delivered).then(|| "simulated".to_owned()),
            },
            Said::Text(reply) => Inbound::Text {
                id: format!("reply-{}", reply.reference),
                from: reply.from,
                sender: reply.sender,
                text: reply.text.to_owned(),
                part: None,
            },
        }
    }
}

/// Draws from the hash of (seed, phone, text), each draw from bytes of its own.
struct Draws([u8; 32]);

impl Draws {
    fn of(seed: u64, text: &Submission) -> Draws {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(&seed.to_le_bytes())
            .update(&text.to.as_u64().to_le_bytes())
            .update(text.text.as_bytes());
        Draws(*hasher.finalize().as_bytes())
    }

    fn number(&self, index: usize) -> u64 {
        let bytes = &self.0[index * 4..index * 4 + 4];
        u64::from(u32::from_le_bytes(bytes.try_into().expect("four bytes")))
    }

    /// True with this probability.
    fn chance(&self, index: usize, share: f64) -> bool {
        (self.number(index) as f64) < share * 4_294_967_296.0
    }
}

fn plan_inbound(settings: &Simulated, agenda: &mut Agenda, sent: Submission, at: DateTime<Utc>) {
    let draws = Draws::of(settings.seed, &sent);
    let later = |index, within: u64| {
        let milliseconds = 100 + draws.number(index) % (within - 100);
        let at = at + TimeDelta::milliseconds(i64::try_from(milliseconds).expect("seconds fit"));
        at.trunc_subsecs(3)
    };
    if draws.chance(2, settings.replies.0) {
        let text = REPLIES[usize::try_from(draws.number(3)).expect("32 bits fit") % REPLIES.len()];
        let (reference, sender) = (sent.reference.clone(), sent.sender.clone());
        let said = Said::Text(Box::new(Reply {
            reference,
            from: sent.to,
            sender,
            text,
        }));
        agenda.entry(later(4, REPLY_WITHIN)).or_default().push(said);
    }
    let delivered = draws.chance(0, settings.delivered.0);
    let said = Said::Receipt {
        reference: sent.reference.into(),
        delivered,
    };
    agenda.entry(later(1, RECEIPT_WITHIN)).or_default().push(said);
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsl::scalar::Share;

    fn submission(n: u64, reference: &str) -> Submission {
        Submission {
            reference: reference.into(),
            to: sms::PhoneNumber::from_u64(14_155_550_100 + n).expect("a number"),
            sender: "desk".into(),
            text: "Doors open at 8".into(),
            parts: 1,
        }
    }

    /// What people hear and say, without the references.
    fn story(provider: &SimulatedProvider, start: DateTime<Utc>) -> Vec<String> {
        let poll = provider.poll(start + TimeDelta::seconds(60));
        let polled = futures_util::FutureExt::now_or_never(poll).expect("a simulated provider never waits");
        assert_eq!(polled.again_at, None);
        let mut story: Vec<String> = polled
            .inbound
            .into_iter()
            .map(|said| match said {
                Inbound::Receipt { status, .. } => format!("{status:?}"),
                Inbound::Text { from, text, .. } => format!("{from}: {text}"),
            })
            .collect();
        story.sort();
        story
    }

    #[test]
    fn outcome_depends_on_no_reference_no_order_and_no_kill() {
        let settings = Simulated {
            rate: None,
            delivered: Share(0.9),
            replies: Share(0.2),
            seed: 7,
        };
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let (first, second) = (SimulatedProvider::new(settings), SimulatedProvider::new(settings));
        drop(first.submit((0..500).map(|n| submission(n, &format!("A{n}"))).collect(), start));
        (0..500)
            .rev()
            .for_each(|n| second.remember(submission(n, &format!("B{n}")), start));
        let story_of_first = story(&first, start);
        assert_eq!(story_of_first, story(&second, start));
        let delivered = story_of_first.iter().filter(|said| *said == "Delivered").count();
        assert!((425..475).contains(&delivered), "{delivered} of 500 at 90 %");
        let other = SimulatedProvider::new(Simulated { seed: 8, ..settings });
        (0..500).for_each(|n| other.remember(submission(n, "C"), start));
        assert_ne!(story(&other, start), story_of_first);
    }
}
