//! What comes back: fetched from the providers, kept raw, then folded. A receipt raises the state of its message; a
//! reply enters `advance`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Replies;
use sms::PhoneNumber;

use super::{Executor, InFlight, Step};
use crate::advance::{Effect, Enrolment, Event, Facts, Place, State, advance};
use crate::clock::Clock;
use crate::ids::{LaunchId, MessageId};
use crate::load;
use crate::member::Member;
use crate::provider::{Inbound, Provider, Submission};
use crate::revision::Revision;
use crate::store::{
    CohortKind, Fold, FoldOutcome, NewCohort, NewReply, Raw, ReceiptRow, ReplyMeaning, SentTo, Store,
    StoreError, Suppression,
};

/// What a round of folding came to.
pub(super) struct Folded {
    outcome: FoldOutcome,
    /// When each provider that was asked is to be asked again.
    polls: BTreeMap<String, Option<DateTime<Utc>>>,
}

/// Entries of the inbox that are folded together.
const BATCH: u32 = 5_000;
/// A reply belongs to the campaign that texted this person last from that sender, within so many days.
const REPLIES_WITHIN: TimeDelta = TimeDelta::days(7);

impl Executor {
    /// Fetches and folds, if a provider is to be asked now and no other round is under way.
    pub(super) fn begin_folding(&mut self) {
        let now = self.clock.now();
        let due: Vec<String> = self
            .polls
            .iter()
            .filter(|(_, at)| at.is_some_and(|at| at <= now))
            .map(|(name, _)| name.clone())
            .collect();
        if self.folding || due.is_empty() {
            return;
        }
        self.folding = true;
        let folder = self.folder();
        let ask = due
            .into_iter()
            .map(|name| (self.providers[&name].clone(), name))
            .collect();
        self.work.push(Box::pin(
            async move { Ok(Step::Folded(folder.round(ask).await?)) },
        ));
    }

    /// Folds what an earlier process left, before anything it left in doubt is settled: a receipt settles it.
    pub(super) async fn fold_left(&mut self) -> Result<(), StoreError> {
        let folded = self.folder().round(vec![]).await?;
        self.folded(folded);
        Ok(())
    }

    fn folder(&self) -> Folder {
        Folder {
            store: self.store.clone(),
            clock: self.clock.clone(),
            launch: self.launch.id,
            revision: self.revision.clone(),
            in_flight: self.in_flight.clone(),
        }
    }

    pub(super) fn folded(&mut self, folded: Folded) {
        self.folding = false;
        self.polls.extend(folded.polls);
        self.progress.receipts += folded.outcome.raised;
        self.progress.replies += folded.outcome.replies.len() as u64;
        for reply in folded.outcome.replies {
            if reply.suppress.is_some() {
                // Read before each submit from now on; the change's number comes with the next record.
                let mut numbers = self.suppressed.write().expect("no holder of the lock panics");
                numbers.insert(reply.phone.as_u64());
            }
            if let Some(answer) = reply.answer
                && let Some(lane) = self.lanes.get_mut(&answer.sender)
            {
                lane.expect(CohortKind::Answer, answer.due_at);
            }
        }
    }

    /// Once something was submitted, its provider has something to say.
    pub(super) fn expect_inbound(&mut self, sender: &str) {
        let provider = self
            .project
            .senders
            .get(sender)
            .map(|sender| sender.provider.clone());
        let now = self.clock.now();
        // One that lives in this process may say something sooner than it said it would.
        let at_once = self.lanes[sender].provider.abilities().forgets;
        if let Some(poll) = provider.and_then(|provider| self.polls.get_mut(&provider)) {
            *poll = Some(if at_once { now } else { poll.unwrap_or(now) });
        }
    }

    /// Tells providers that make their receipts in this process what earlier ones sent.
    pub(super) async fn remind_providers(&self) -> Result<(), StoreError> {
        if !self
            .providers
            .values()
            .any(|provider| provider.abilities().forgets)
        {
            return Ok(());
        }
        let mut after = MessageId(0);
        loop {
            let sent = self.store.sent(self.launch.id, after, BATCH).await?;
            let Some(last) = sent.last() else { return Ok(()) };
            after = last.id;
            for message in sent {
                let provider = self.project.senders.get(&message.sender);
                let provider = provider.and_then(|sender| self.providers.get(&sender.provider));
                if let Some(provider) = provider.filter(|provider| provider.abilities().forgets) {
                    let reference = self.store.references().of(message.id);
                    let (to, sender, text) = (message.phone, message.sender, message.text);
                    let parts = sms::parts::measure(&text).part_count;
                    provider.remember(
                        Submission {
                            reference,
                            to,
                            sender,
                            text,
                            parts,
                        },
                        message.sent_at,
                    );
                }
            }
        }
    }
}

/// One round of fetching and folding, with all it needs.
struct Folder {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    launch: LaunchId,
    revision: Arc<Revision>,
    in_flight: InFlight,
}

impl Folder {
    async fn round(&self, ask: Vec<(Arc<dyn Provider>, String)>) -> Result<Folded, StoreError> {
        let mut folded = Folded {
            outcome: FoldOutcome::default(),
            polls: BTreeMap::new(),
        };
        for (provider, name) in ask {
            let polled = provider.poll(self.clock.now()).await;
            if !polled.inbound.is_empty() {
                let bodies = polled
                    .inbound
                    .iter()
                    .map(|said| serde_json::to_string(said).expect("our own types have string keys"));
                self.store
                    .receive(&name, bodies.collect(), self.clock.now())
                    .await?;
            }
            folded.polls.insert(name, polled.again_at);
        }
        loop {
            let batch = self.store.unfolded(BATCH).await?;
            let Some(last) = batch.last() else {
                return Ok(folded);
            };
            let fold = self.fold_of(last.id, batch).await?;
            let outcome = self.store.fold(fold).await?;
            folded.outcome.raised += outcome.raised;
            folded.outcome.replies.extend(outcome.replies);
        }
    }

    async fn fold_of(&self, up_to: i64, batch: Vec<Raw>) -> Result<Fold, StoreError> {
        let mut receipts: BTreeMap<MessageId, ReceiptRow> = BTreeMap::new();
        let mut replies = vec![];
        // Said twice in one batch is said once.
        let mut opted_out: HashSet<PhoneNumber> = HashSet::new();
        for raw in batch {
            match serde_json::from_str(&raw.body) {
                Ok(Inbound::Receipt {
                    reference,
                    status,
                    reason,
                }) => {
                    let Some(message) = self.store.references().message(&reference) else {
                        tracing::warn!(
                            provider = raw.provider,
                            "a receipt names a message that is not ours"
                        );
                        continue;
                    };
                    let row = ReceiptRow {
                        message,
                        state: status.state(),
                        at: raw.received_at,
                        reason,
                    };
                    let best = receipts.entry(message).or_insert_with(|| row.clone());
                    if row.state > best.state {
                        *best = row;
                    }
                }
                Ok(Inbound::Text {
                    id,
                    from,
                    sender,
                    text,
                }) => {
                    let again = opted_out.contains(&from);
                    let reply = self.reply(&raw, id, from, sender, text, again).await?;
                    if reply.suppress.is_some() {
                        opted_out.insert(from);
                    }
                    replies.push(reply);
                }
                Err(error) => {
                    tracing::warn!(provider = raw.provider, %error, "unreadable entry of the inbox dropped")
                }
            }
        }
        Ok(Fold {
            up_to,
            receipts: receipts.into_values().collect(),
            replies,
        })
    }

    /// What a reply leads to.
    async fn reply(
        &self,
        raw: &Raw,
        id: String,
        from: PhoneNumber,
        sender: String,
        text: String,
        opted_out: bool,
    ) -> Result<NewReply, StoreError> {
        let since = raw.received_at - REPLIES_WITHIN;
        let under_way = self
            .in_flight
            .read()
            .expect("no holder of the lock panics")
            .get(&from.as_u64())
            .copied();
        let sent = match under_way {
            Some(sent) => Some(sent),
            None => self.store.last_sent(from, &sender, since).await?,
        };
        let revision = self.revision_of(sent).await?;
        let facts = Facts {
            opted_out: opted_out || self.store.is_suppressed(from).await?,
        };
        let mut reply = NewReply {
            provider: raw.provider.clone(),
            provider_id: id,
            phone: from,
            sender,
            text: shown(text),
            received_at: raw.received_at,
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
                    reason: "opt-out",
                    evidence: reply.text.clone(),
                });
            }
            Effect::Answer(text) => {
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
            | Effect::Depart(..)
            | Effect::Retry { .. }
            | Effect::GiveUp
            | Effect::LeaveOut(_)
            | Effect::Finish => {}
        }
    }
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
        Replies::Kept => String::new(),
    }
}
