//! What one batch of the inbox comes to: each receipt a state of its message, each reply what `advance` says.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Replies;
use sms::PhoneNumber;

use super::{Batch, Said};
use crate::advance::{Effect, Enrolment, Event, Facts, Place, State, advance};
use crate::clock::Clock;
use crate::execute::InFlight;
use crate::ids::LaunchId;
use crate::load;
use crate::member::Member;
use crate::provider::Inbound;
use crate::revision::Revision;
use crate::store::{
    CohortKind, Fold, FoldOutcome, NewCohort, NewReply, ReceiptRow, ReplyMeaning, SentTo, Store, StoreError,
    Suppression, Turn,
};

/// Receipts of one commit: what waits behind it waits some 50 ms.
const RECEIPTS: usize = 8_192;
/// A reply belongs to the campaign that texted this person last from that sender, within so many days.
const REPLIES_WITHIN: TimeDelta = TimeDelta::days(7);

/// Folds one batch, with all it needs.
pub(super) struct Folder {
    pub store: Arc<Store>,
    pub clock: Arc<dyn Clock>,
    pub launch: LaunchId,
    pub revision: Arc<Revision>,
    pub in_flight: InFlight,
}

impl Folder {
    /// Folds a batch: replies first, since an opt-out must not wait; then receipts, sorted, in commits that let others
    /// between. What is folded twice changes nothing, so the inbox is cleared with the last.
    pub(super) async fn fold(&self, batch: Batch) -> Result<FoldOutcome, StoreError> {
        let (receipts, replies) = self.sorted(batch.said).await?;
        let mut batches: Vec<Vec<ReceiptRow>> =
            receipts.chunks(RECEIPTS).map(<[ReceiptRow]>::to_vec).collect();
        let last = batches.pop().unwrap_or_default();
        let mut folds = vec![];
        if !replies.is_empty() {
            folds.push(Fold {
                replies,
                ..Fold::default()
            });
        }
        folds.extend(batches.into_iter().map(|receipts| Fold {
            receipts,
            ..Fold::default()
        }));
        folds.push(Fold {
            up_to: batch.up_to,
            receipts: last,
            ..Fold::default()
        });
        let mut all = FoldOutcome::default();
        for fold in folds {
            let outcome = self.store.fold(fold).await?;
            all.raised += outcome.raised;
            all.replies.extend(outcome.replies);
        }
        Ok(all)
    }

    /// The best receipt of each message, by message; and the replies, each with what it leads to.
    async fn sorted(&self, said: Vec<Said>) -> Result<(Vec<ReceiptRow>, Vec<NewReply>), StoreError> {
        let mut receipts: Vec<ReceiptRow> = vec![];
        let mut replies = vec![];
        // Said twice in one batch is said once.
        let mut opted_out: HashSet<PhoneNumber> = HashSet::new();
        for Said {
            provider,
            at,
            inbound,
            ..
        } in said
        {
            for said in inbound {
                match said {
                    Inbound::Receipt {
                        reference,
                        status,
                        reason,
                    } => match self.store.references().message(&reference) {
                        Some(message) => receipts.push(ReceiptRow {
                            message,
                            state: status.state(),
                            at,
                            reason,
                        }),
                        None => tracing::warn!(%provider, "a receipt names a message that is not ours"),
                    },
                    Inbound::Text {
                        id,
                        from,
                        sender,
                        text,
                    } => {
                        let again = opted_out.contains(&from);
                        let words = Words {
                            provider: &provider,
                            at,
                            id,
                            from,
                            sender,
                            text,
                        };
                        let reply = self.reply(words, again).await?;
                        if reply.suppress.is_some() {
                            opted_out.insert(from);
                        }
                        replies.push(reply);
                    }
                }
            }
        }
        // Of one message the highest, and of those the earliest, stands first and stays.
        receipts.sort_by(|a, b| (a.message, b.state, a.at).cmp(&(b.message, a.state, b.at)));
        receipts.dedup_by_key(|receipt| receipt.message);
        Ok((receipts, replies))
    }

    /// What a reply leads to.
    async fn reply(&self, words: Words<'_>, opted_out: bool) -> Result<NewReply, StoreError> {
        let Words {
            provider,
            at,
            id,
            from,
            sender,
            text,
        } = words;
        let under_way = self
            .in_flight
            .read()
            .expect("no holder of the lock panics")
            .get(&(from.as_u64(), sender.as_str().into()))
            .copied();
        let sent = match under_way {
            Some(sent) => Some(sent),
            None => self.store.last_sent(from, &sender, at - REPLIES_WITHIN).await?,
        };
        let revision = self.revision_of(sent).await?;
        let facts = Facts {
            opted_out: opted_out || self.store.is_suppressed(from).await?,
            ..Facts::default()
        };
        let mut reply = NewReply {
            provider: provider.to_owned(),
            provider_id: id,
            phone: from,
            sender,
            text: shown(text),
            received_at: at,
            launch: sent.map(|sent| sent.launch),
            meaning: ReplyMeaning::OptOut,
            inbox: inbox_of(&revision),
            suppress: None,
            answer: None,
        };
        let member = Member {
            phone: from,
            language: sent.map_or(0, |sent| sent.language),
            tariff: sent.and_then(|sent| sent.tariff),
            values: vec![],
            pending: None,
        };
        let place = sent.map_or(Place::START, |sent| Place {
            step: sent.step,
            visit: 0,
        });
        // Where the person waits does not matter to what a reply means: a suppression ends it wherever that is.
        let enrolment = Enrolment {
            member: &member,
            place,
            state: State::Waiting,
            due_at: self.clock.now(),
        };
        let (_, effects) = advance(
            &revision,
            enrolment,
            facts,
            &Event::Reply(&reply.text.clone()),
            self.clock.now(),
        );
        for effect in effects {
            self.apply(effect, sent, &member, &mut reply);
        }
        Ok(reply)
    }

    /// The campaign that a reply answers: its words, its languages and its inbox hold. It need not be the one that runs.
    async fn revision_of(&self, sent: Option<SentTo>) -> Result<Arc<Revision>, StoreError> {
        let Some(launch) = sent
            .map(|sent| sent.launch)
            .filter(|launch| *launch != self.launch)
        else {
            return Ok(self.revision.clone());
        };
        let row = self
            .store
            .launches(None)
            .await?
            .into_iter()
            .find(|row| row.id == launch);
        let Some(row) = row else {
            return Ok(self.revision.clone());
        };
        let made = load::from_source(self.store.revision(&row.revision).await?);
        Ok(made.map_or_else(|| self.revision.clone(), |(_, revision)| revision))
    }

    fn apply(&self, effect: Effect, sent: Option<SentTo>, member: &Member, reply: &mut NewReply) {
        match effect {
            Effect::Suppress => {
                reply.suppress = Some(Suppression {
                    phone: reply.phone,
                    reason: "opt-out",
                    evidence: reply.text.clone(),
                    at: reply.received_at,
                    launch: reply.launch,
                });
            }
            Effect::Answer { text, .. } => {
                // The launch that runs sends it, whichever launch was answered: nobody else would before it is typed again.
                let tariff = member
                    .tariff
                    .filter(|_| sent.is_some_and(|sent| sent.launch == self.launch));
                reply.answer = sent.map(|sent| NewCohort {
                    launch: self.launch,
                    run: 0,
                    kind: CohortKind::Answer,
                    place: Place {
                        step: sent.step,
                        visit: 0,
                    },
                    turn: Turn::First,
                    due_at: self.clock.now(),
                    sender: reply.sender.clone(),
                    time_class: self.revision.campaign.timezone.name().to_owned(),
                    members: vec![Member {
                        values: vec![text.into()],
                        tariff,
                        ..member.clone()
                    }],
                });
            }
            Effect::Keep { flagged } => {
                reply.meaning = if flagged {
                    ReplyMeaning::ContainsOptOut
                } else {
                    ReplyMeaning::Other
                };
            }
            Effect::Send { .. }
            | Effect::LookUp
            | Effect::Depart(..)
            | Effect::Retry { .. }
            | Effect::GiveUp(_)
            | Effect::LeaveOut(_)
            | Effect::Finish(_)
            | Effect::Skip(_)
            | Effect::Allow
            | Effect::Change(_) => {}
        }
    }
}

/// A person's text as a provider brought it.
struct Words<'a> {
    provider: &'a str,
    at: DateTime<Utc>,
    id: String,
    from: PhoneNumber,
    sender: String,
    text: String,
}

/// An inbound text as it is kept: SQLite's and PostgreSQL's texts hold no NUL.
fn shown(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\\x00")
    } else {
        text
    }
}

fn inbox_of(revision: &Revision) -> String {
    match &revision.campaign.replies {
        Replies::Inbox(name) | Replies::Address(name) => name.clone(),
        Replies::Kept | Replies::Nobody => String::new(),
    }
}
