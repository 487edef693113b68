//! What one batch of the inbox comes to: each receipt a state of its message, each reply what `advance` says.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::campaign::{Deed, Replies};
use dsl::project::Project;
use sms::PhoneNumber;

use super::led::Led;
use super::met::Met;
use super::told::tell;
use super::words::{Words, again, shown};
use super::{Batch, Said};
use crate::advance::{Effect, Event, Place, advance};
use crate::clock::Clock;
use crate::execute::InFlight;
use crate::execute::entering::Entrance;
use crate::execute::errands::with_calls;
use crate::execute::hearing::{Departed, departed};
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::provider::Inbound;
use crate::revision::Revision;
use crate::store::{Fold, MessageState, NewReply, ReceiptRow, ReplyMeaning, Store, StoreError};
use crate::tariff::Tariff;

/// Receipts of one commit: what waits behind it waits some 50 ms.
const RECEIPTS: usize = 8_192;
/// Folds one batch, with all it needs.
pub(super) struct Folder {
    pub store: Arc<Store>,
    pub clock: Arc<dyn Clock>,
    /// The launches that are executed.
    pub executing: BTreeMap<LaunchId, Executing>,
    /// Those of them that a text may begin, for whoever sends it.
    pub entrances: Vec<Arc<Entrance>>,
    /// The latest of them: what it says holds where none is answered.
    pub latest: (LaunchId, Executing),
    /// Its project: the stored lists.
    pub project: Arc<Project>,
    pub in_flight: InFlight,
}

/// A launch that is executed.
#[derive(Clone)]
pub(super) struct Executing {
    pub revision: Arc<Revision>,
    /// Its prices.
    pub tariffs: Arc<[Tariff]>,
}

/// What came of a batch.
#[derive(Debug, Default)]
pub(in crate::execute) struct Folded {
    /// Of each launch how many receipts told something new, and how many of these that a text did not arrive.
    pub receipts: BTreeMap<LaunchId, (u64, u64)>,
    /// The messages that receipts told of, by the launch that they count for.
    pub told: Vec<(LaunchId, Vec<MessageId>)>,
    /// Replies that were new.
    pub replies: Vec<NewReply>,
    /// Who opted in again, and the change of the suppressions that this took back.
    pub lifted: BTreeMap<PhoneNumber, i64>,
    /// A receipt moved somebody on.
    pub left: bool,
    /// Where to.
    pub departed: Vec<Departed>,
    /// Receipts that name no message of ours, by provider.
    pub strange: BTreeMap<Arc<str>, u64>,
}

/// What a batch holds, told apart.
#[derive(Default)]
struct Sorted {
    /// The best of each message, by message.
    receipts: Vec<ReceiptRow>,
    /// Each with what it leads to.
    replies: Vec<NewReply>,
    /// To be asked about again.
    deferred: Vec<Said>,
    /// Receipts that name no message of ours, by provider.
    strange: BTreeMap<Arc<str>, u64>,
}

impl Folder {
    /// Folds a batch: replies first, since an opt-out must not wait; then receipts, sorted, in commits that let others
    /// between. What is folded twice changes nothing, so the inbox is cleared with the last. Replies of people whose turn
    /// has come are given back: they stay in the inbox, and are folded when that is recorded.
    pub(super) async fn fold(&self, batch: Batch) -> Result<(Folded, Vec<Said>), StoreError> {
        let Sorted {
            receipts,
            replies,
            mut deferred,
            strange,
        } = self.sorted(batch.said).await?;
        let mut all = Folded {
            strange,
            ..Folded::default()
        };
        if !replies.is_empty() {
            let replies = Fold {
                replies,
                ..Fold::default()
            };
            let folded = self.store.fold(replies).await?;
            deferred.extend(folded.deferred.into_iter().map(again));
            all.replies = folded.replies;
            all.lifted = folded.lifted;
        }
        let mut batches = self.by_launch(receipts).await?;
        let last = batches.pop().unwrap_or((self.latest.0, vec![]));
        let folds = batches.into_iter().map(|(launch, receipts)| {
            let fold = Fold {
                receipts,
                ..Fold::default()
            };
            (launch, fold)
        });
        let up_to = batch.up_to.filter(|_| deferred.is_empty());
        let (launch, receipts) = last;
        let last = Fold {
            up_to,
            receipts,
            ..Fold::default()
        };
        for (launch, fold) in folds.chain([(launch, last)]) {
            let delivered = self.awaited(launch, &fold.receipts);
            let told = fold.receipts.iter().map(|receipt| receipt.message).collect();
            all.told.push((launch, told));
            let folded = self.store.fold(fold).await?;
            let (raised, undelivered) = all.receipts.entry(launch).or_default();
            *raised += folded.raised;
            *undelivered += folded.undelivered;
            self.tell(delivered, &mut all).await?;
        }
        Ok((all, deferred))
    }

    /// Receipts of one commit each, and whose they are. Where one launch is executed they count for it, as they always did;
    /// of several the store is asked.
    async fn by_launch(
        &self,
        receipts: Vec<ReceiptRow>,
    ) -> Result<Vec<(LaunchId, Vec<ReceiptRow>)>, StoreError> {
        let mut batches = vec![];
        let mut push = |launch, receipts: &[ReceiptRow]| {
            batches.extend(receipts.chunks(RECEIPTS).map(|some| (launch, some.to_vec())));
        };
        if self.executing.len() <= 1 {
            push(self.latest.0, &receipts);
            return Ok(batches);
        }
        let mut cohorts: Vec<CohortId> = receipts.iter().map(|receipt| receipt.message.cohort()).collect();
        cohorts.dedup();
        let launches = self.store.launches_of(cohorts).await?;
        let mut by_launch: BTreeMap<LaunchId, Vec<ReceiptRow>> = BTreeMap::new();
        for receipt in receipts {
            let launch = launches.get(&receipt.message.cohort()).copied();
            by_launch
                .entry(launch.unwrap_or(self.latest.0))
                .or_default()
                .push(receipt);
        }
        by_launch
            .iter()
            .for_each(|(launch, receipts)| push(*launch, receipts));
        Ok(batches)
    }

    async fn sorted(&self, said: Vec<Said>) -> Result<Sorted, StoreError> {
        let Sorted {
            mut receipts,
            mut replies,
            mut deferred,
            mut strange,
        } = Sorted::default();
        // Said twice in one batch is said once; of two replies of one person the second finds where the first one led.
        let mut opted_out: HashSet<PhoneNumber> = HashSet::new();
        let mut moved: HashSet<PhoneNumber> = HashSet::new();
        for Said {
            provider,
            at,
            inbound,
            is_again,
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
                        None => *strange.entry(provider.clone()).or_default() += 1,
                    },
                    Inbound::Text {
                        id,
                        from,
                        sender,
                        text,
                        // Parts are put together before.
                        part: _,
                    } => {
                        let words = Words {
                            provider: &provider,
                            at,
                            id,
                            from,
                            sender,
                            text,
                            is_again,
                        };
                        if moved.contains(&from) {
                            deferred.push(words.again());
                            continue;
                        }
                        match self.reply(words, opted_out.contains(&from)).await? {
                            Replied::Now(reply) => {
                                if reply.suppress.is_some() {
                                    opted_out.insert(from);
                                }
                                if reply.moved.is_some()
                                    || reply.begins.is_some()
                                    || !reply.answers.is_empty()
                                {
                                    moved.insert(from);
                                }
                                replies.push(*reply);
                            }
                            Replied::Later(said) => deferred.push(said),
                        }
                    }
                }
            }
        }
        // Of one message the highest, and of those the earliest, stands first and stays.
        receipts.sort_by(|a, b| (a.message, b.state, a.at).cmp(&(b.message, a.state, b.at)));
        receipts.dedup_by_key(|receipt| receipt.message);
        Ok(Sorted {
            receipts,
            replies,
            deferred,
            strange,
        })
    }

    /// A text that begins a campaign for whoever sends it; none where it begins nothing, and is a reply like others.
    async fn beginning(&self, words: &Words<'_>, opted_out: bool) -> Result<Option<Replied>, StoreError> {
        if opted_out || self.entrances.is_empty() || self.store.is_suppressed(words.from).await? {
            return Ok(None);
        }
        let (text, now) = (shown(words.text.clone()), self.clock.now());
        for entrance in &self.entrances {
            if !entrance
                .begins_by(&self.store, words.from, (&words.sender, &text), now)
                .await?
            {
                continue;
            }
            let campaign = &entrance.revision.campaign;
            return Ok(Some(Replied::Now(Box::new(NewReply {
                provider: words.provider.to_owned(),
                provider_id: words.id.clone(),
                phone: words.from,
                sender: words.sender.clone(),
                text,
                received_at: words.at,
                launch: None,
                run: 0,
                meaning: ReplyMeaning::Answer,
                inbox: String::new(),
                is_forwarded: false,
                suppress: None,
                allow: false,
                answers: vec![],
                moved: None,
                notes: vec![],
                list: None,
                begins: Some(campaign.name.clone()),
            }))));
        }
        Ok(None)
    }

    /// What a reply leads to.
    async fn reply(&self, words: Words<'_>, opted_out: bool) -> Result<Replied, StoreError> {
        if let Some(begins) = self.beginning(&words, opted_out).await? {
            return Ok(begins);
        }
        let mut met = self.met(&words).await?;
        let stopped_at = self.store.suppressed_at(words.from).await?;
        // What was said before a stop takes nothing of it back.
        let overtaken = stopped_at.is_some_and(|at| at > words.at || (words.is_again && at == words.at));
        let opted_out = opted_out || stopped_at.is_some();
        let text = shown(words.text.clone());
        let now = self.clock.now();
        let of_list = match overtaken {
            true => None,
            false => {
                let facts = met.facts(opted_out);
                self.of_list(&met.revision, met.sent, (&words, &text), facts, now)
                    .await?
            }
        };
        if of_list.is_none() {
            if met.is_held && waits_for_replies(&met, opted_out, &text, now) {
                return Ok(Replied::Later(words.again()));
            }
            if let Some(before) = self.met_before(&met, opted_out, (&words, &text), now).await? {
                if before.is_held {
                    return Ok(Replied::Later(words.again()));
                }
                met = before;
            }
        }
        let (enrolment, facts) = (met.enrolment(), met.facts(opted_out));
        let (revision, sent) = (&met.revision, met.sent);
        let (_, effects) = advance(revision, enrolment, facts, &Event::Reply(&text), now);
        let (list, effects) = match of_list {
            None if effects.contains(&Effect::Allow) && overtaken => {
                (None, vec![Effect::Keep { flagged: false }])
            }
            Some((deed, effects)) => (Some(deed), effects),
            None => (None, effects),
        };
        // Said twice it does nothing more.
        let meaning = match facts.opted_out && effects.is_empty() {
            true => ReplyMeaning::OptOut,
            false => ReplyMeaning::Answer,
        };
        let reply = NewReply {
            provider: words.provider.to_owned(),
            provider_id: words.id,
            phone: words.from,
            sender: words.sender,
            text,
            received_at: words.at,
            launch: sent.map(|sent| sent.launch),
            run: sent.map_or(0, |sent| sent.run),
            meaning,
            inbox: match sent {
                Some(_) => inbox_of(&revision.campaign.replies),
                None => self.project.replies.as_ref().map_or_else(String::new, inbox_of),
            },
            is_forwarded: false,
            suppress: None,
            allow: false,
            answers: vec![],
            moved: None,
            notes: vec![],
            list,
            begins: None,
        };
        let (effects, calls) = with_calls(effects, sent.map_or(0, |sent| sent.run), now);
        let mut led = Led {
            folder: self,
            revision,
            standing: met.standing.as_ref().filter(|_| !met.is_held),
            met: &met,
            member: enrolment.member,
            sent,
            reply: Box::new(reply),
            opted_out: facts.opted_out,
            now,
        };
        calls.into_iter().for_each(|call| led.note(call));
        effects.into_iter().for_each(|effect| led.apply(effect));
        Ok(Replied::Now(led.kept()))
    }

    /// The messages of a launch that are delivered now, where something of it awaits that.
    fn awaited(&self, launch: LaunchId, receipts: &[ReceiptRow]) -> Vec<MessageId> {
        let delivered = receipts
            .iter()
            .filter(|receipt| receipt.state == MessageState::Delivered);
        match self.executing.get(&launch) {
            Some(executing) if executing.revision.asks.delivered => {
                delivered.map(|receipt| receipt.message).collect()
            }
            Some(_) | None => vec![],
        }
    }

    /// Tells the passages of these messages that something happened. Whoever is in the middle of something finds it when
    /// their turn comes.
    async fn tell(&self, messages: Vec<MessageId>, all: &mut Folded) -> Result<(), StoreError> {
        for (launch, run, phone) in self.store.recipients(messages).await? {
            let Some(Executing { revision, .. }) = self.executing.get(&launch) else {
                continue;
            };
            let Some(standing) = self.store.standing(launch, run, phone).await? else {
                continue;
            };
            let told = tell(&self.store, revision, &standing, self.clock.now()).await?;
            match told.moved {
                Some(moved) => {
                    let to = moved.to.as_ref().map(departed);
                    if self.store.move_on(moved, told.notes).await? {
                        all.left = true;
                        all.departed.extend(to);
                    }
                }
                None => self.store.keep_notes(told.notes).await?,
            }
        }
        Ok(())
    }
}

/// What came of a reply.
enum Replied {
    /// To be kept.
    Now(Box<NewReply>),
    /// The person is in the middle of something: to be asked about again.
    Later(Said),
}

/// Whether a reply may mean something else once the turn of the person is recorded: a question is about to be open.
fn waits_for_replies(met: &Met, opted_out: bool, text: &str, now: DateTime<Utc>) -> bool {
    let (revision, enrolment) = (&met.revision, met.enrolment());
    let (_, effects) = advance(
        revision,
        enrolment,
        met.facts(opted_out),
        &Event::Reply(text),
        now,
    );
    let urgent = |effect: &Effect| matches!(effect, Effect::Suppress | Effect::Allow);
    !effects.iter().any(urgent) && listens_next(revision, enrolment.place)
}

/// Whether a question is open at a place, or behind the text that goes there; or something is awaited.
fn listens_next(revision: &Revision, place: Place) -> bool {
    let program = &revision.campaign.program.instructions;
    let behind = program.iter().skip(usize::from(place.step));
    // The instructions of a question stand together: its text, then what listens.
    behind
        .take(4)
        .any(|one| matches!(one.deed, Deed::Listen(_) | Deed::Await { .. }))
}

fn inbox_of(replies: &Replies) -> String {
    match replies {
        Replies::Inbox(name) | Replies::Address(name) => name.clone(),
        Replies::Kept | Replies::Nobody => String::new(),
    }
}
