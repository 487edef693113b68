//! What comes back: fetched from the providers, kept raw, then folded. A receipt raises the state of its message; a
//! reply enters `advance`.

use std::collections::HashSet;
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
use crate::provider::{Inbound, Polled, Submission};
use crate::revision::Revision;
use crate::store::{
    CohortKind, Fold, FoldOutcome, NewCohort, NewRaw, NewReply, Raw, ReceiptRow, ReplyMeaning, SentTo, Store,
    StoreError, Suppression,
};

/// What a provider said, and when it came.
pub(super) struct Said {
    pub provider: Arc<str>,
    pub at: DateTime<Utc>,
    pub inbound: Vec<Inbound>,
    /// To be acknowledged once it is kept.
    pub mark: u64,
}

/// What is kept in the inbox, and in memory until it is folded.
pub(super) struct Kept {
    said: Vec<Said>,
    /// The last entry of the inbox that holds it.
    up_to: i64,
}

/// Things said of one row of the inbox.
const ROW: usize = 1_000;
/// Rows of the inbox that are read together.
const ROWS: u32 = 64;
/// Receipts of one commit: what waits behind it waits some 50 ms.
const RECEIPTS: usize = 8_192;
/// Messages that are told together to a provider that forgets.
const REMINDED: u32 = 5_000;
/// While texts go out their provider is asked so often for what came back.
const POLL_EVERY: TimeDelta = TimeDelta::milliseconds(250);
/// Nothing more is fetched while so much waits to be folded.
const MOST_WAITING: usize = 200_000;
/// A reply belongs to the campaign that texted this person last from that sender, within so many days.
const REPLIES_WITHIN: TimeDelta = TimeDelta::days(7);

impl Executor {
    /// Asks the providers that are to be asked now.
    pub(super) fn begin_polling(&mut self) {
        let now = self.clock.now();
        let waiting: usize = self.said.iter().map(|said| said.inbound.len()).sum();
        if waiting > MOST_WAITING {
            return;
        }
        for (name, account) in &mut self.accounts {
            if account.polling || account.poll_at.is_none_or(|at| at > now) {
                continue;
            }
            account.polling = true;
            account.polled_at = now;
            account.poll_at = None;
            let (provider, name, clock) = (account.provider.clone(), name.clone(), self.clock.clone());
            self.work.request(async move {
                let polled = provider.poll(clock.now()).await;
                Step::Polled {
                    provider: name,
                    polled,
                    at: clock.now(),
                }
            });
        }
    }

    /// A provider was asked.
    pub(super) fn polled(&mut self, provider: &str, polled: Polled, at: DateTime<Utc>) {
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        account.polling = false;
        // Something may have been submitted meanwhile: then it is asked again at once.
        account.poll_at = account.poll_at.into_iter().chain(polled.again_at).min();
        if !polled.inbound.is_empty() {
            self.said.push(Said {
                provider: provider.into(),
                at,
                inbound: polled.inbound,
                mark: polled.mark,
            });
        }
    }

    /// Keeps what was said, if nothing is being kept or folded.
    pub(super) fn begin_folding(&mut self) {
        if self.folding || self.said.is_empty() {
            return;
        }
        self.folding = true;
        let said = std::mem::take(&mut self.said);
        let (store, now) = (self.store.clone(), self.clock.now());
        self.work.deed(async move {
            let up_to = store.receive(raw_of(&said), now).await?;
            Ok(Step::Kept(Kept { said, up_to }))
        });
    }

    /// It is kept: acknowledged, and folded.
    pub(super) fn kept(&mut self, kept: Kept) {
        for said in &kept.said {
            let Some(account) = self.accounts.get(&*said.provider) else {
                continue;
            };
            let acknowledged = account.provider.acknowledge(said.mark);
            self.work.request(async move {
                acknowledged.await;
                Step::Noted
            });
        }
        let folder = self.folder();
        self.work
            .deed(async move { Ok(Step::Folded(folder.fold(kept).await?)) });
    }

    /// Folds what an earlier process left, before anything it left in doubt is settled: a receipt settles it.
    pub(super) async fn fold_left(&mut self) -> Result<(), StoreError> {
        loop {
            let rows = self.store.unfolded(ROWS).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            let up_to = last.id;
            let said = rows.into_iter().filter_map(read).collect();
            let outcome = self.folder().fold(Kept { said, up_to }).await?;
            self.folded(outcome);
        }
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

    pub(super) fn folded(&mut self, outcome: FoldOutcome) {
        self.folding = false;
        self.progress.receipts += outcome.raised;
        self.progress.replies += outcome.replies.len() as u64;
        for reply in outcome.replies {
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
    pub(super) fn expect_inbound(&mut self, provider: &str) {
        let now = self.clock.now();
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        // One that lives in this process may say something sooner than it said it would.
        let at = if account.provider.abilities().forgets {
            now
        } else {
            (account.polled_at + POLL_EVERY).max(now)
        };
        account.poll_at = Some(account.poll_at.map_or(at, |other| other.min(at)));
    }

    /// Tells providers that make their receipts in this process what earlier ones sent.
    pub(super) async fn remind_providers(&self) -> Result<(), StoreError> {
        if !self
            .accounts
            .values()
            .any(|account| account.provider.abilities().forgets)
        {
            return Ok(());
        }
        let mut after = MessageId(0);
        loop {
            let sent = self.store.sent(self.launch.id, after, REMINDED).await?;
            let Some(last) = sent.last() else { return Ok(()) };
            after = last.id;
            for message in sent {
                let provider = self.project.senders.get(&message.sender);
                let account = provider.and_then(|sender| self.accounts.get(&sender.provider));
                let provider = account.map(|account| &account.provider);
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
    /// Folds what is kept: replies first, since an opt-out must not wait; then receipts, sorted, in commits that let
    /// others between. What is folded twice changes nothing, so the inbox is cleared with the last.
    async fn fold(&self, kept: Kept) -> Result<FoldOutcome, StoreError> {
        let (receipts, replies) = self.sorted(kept.said).await?;
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
            up_to: Some(kept.up_to),
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
            | Effect::LookUp
            | Effect::Depart(..)
            | Effect::Retry { .. }
            | Effect::GiveUp(_)
            | Effect::LeaveOut(_)
            | Effect::Finish => {}
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

/// Rows of the inbox.
fn raw_of(said: &[Said]) -> Vec<NewRaw> {
    let rows = |said: &Said| -> Vec<NewRaw> {
        let row = |inbound: &[Inbound]| NewRaw {
            provider: said.provider.to_string(),
            body: serde_json::to_string(inbound).expect("our own types have string keys"),
        };
        said.inbound.chunks(ROW).map(row).collect()
    };
    said.iter().flat_map(rows).collect()
}

/// A row of the inbox; none, and a line in the log, where it cannot be read.
fn read(raw: Raw) -> Option<Said> {
    match serde_json::from_str(&raw.body) {
        Ok(inbound) => Some(Said {
            provider: raw.provider.into(),
            at: raw.received_at,
            inbound,
            mark: 0,
        }),
        Err(error) => {
            tracing::warn!(provider = raw.provider, %error, "unreadable entry of the inbox dropped");
            None
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
