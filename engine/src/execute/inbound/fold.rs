//! What one batch of the inbox comes to: each receipt a state of its message, each reply what `advance` says.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Deed, Replies};
use sms::PhoneNumber;

use super::words::{Words, again, shown};
use super::{Batch, Said};
use crate::advance::{Effect, Enrolment, Event, Facts, Known, Place, State, advance};
use crate::calendar::TimeClass;
use crate::clock::Clock;
use crate::entry::Entry;
use crate::execute::InFlight;
use crate::ids::{LaunchId, MessageId};
use crate::load;
use crate::member::Member;
use crate::provider::Inbound;
use crate::revision::Revision;
use crate::store::{
    CohortKind, Fold, FoldOutcome, MessageState, Moved, NewCohort, NewReply, Note, NoteRow, Of, ReceiptRow,
    ReplyMeaning, SentTo, Standing, Store, StoreError, Suppression, Turn, lately,
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
    /// between. What is folded twice changes nothing, so the inbox is cleared with the last. Replies of people whose turn
    /// has come are given back: they stay in the inbox, and are folded when that is recorded.
    pub(super) async fn fold(&self, batch: Batch) -> Result<(FoldOutcome, Vec<Said>), StoreError> {
        let (receipts, replies, mut deferred) = self.sorted(batch.said).await?;
        let mut batches: Vec<Vec<ReceiptRow>> =
            receipts.chunks(RECEIPTS).map(<[ReceiptRow]>::to_vec).collect();
        let last = batches.pop().unwrap_or_default();
        let mut all = FoldOutcome::default();
        if !replies.is_empty() {
            let replies = Fold {
                replies,
                ..Fold::default()
            };
            all = self.store.fold(replies).await?;
            deferred.extend(all.deferred.drain(..).map(again));
        }
        let folds = batches.into_iter().map(|receipts| Fold {
            receipts,
            ..Fold::default()
        });
        let up_to = batch.up_to.filter(|_| deferred.is_empty());
        let last = Fold {
            up_to,
            receipts: last,
            ..Fold::default()
        };
        for fold in folds.chain([last]) {
            let delivered = self.awaited(&fold.receipts);
            let folded = self.store.fold(fold).await?;
            all.raised += folded.raised;
            all.undelivered += folded.undelivered;
            self.tell(delivered).await?;
        }
        Ok((all, deferred))
    }

    /// The best receipt of each message, by message; and the replies, each with what it leads to.
    async fn sorted(
        &self,
        said: Vec<Said>,
    ) -> Result<(Vec<ReceiptRow>, Vec<NewReply>, Vec<Said>), StoreError> {
        let mut receipts: Vec<ReceiptRow> = vec![];
        let (mut replies, mut deferred) = (vec![], vec![]);
        let mut strange: BTreeMap<Arc<str>, u64> = BTreeMap::new();
        // Said twice in one batch is said once; of two replies of one person the second finds where the first one led.
        let mut opted_out: HashSet<PhoneNumber> = HashSet::new();
        let mut moved: HashSet<PhoneNumber> = HashSet::new();
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
                                if reply.moved.is_some() {
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
        for (provider, receipts) in strange {
            tracing::warn!(%provider, receipts, "receipts name messages that are not ours");
        }
        // Of one message the highest, and of those the earliest, stands first and stays.
        receipts.sort_by(|a, b| (a.message, b.state, a.at).cmp(&(b.message, a.state, b.at)));
        receipts.dedup_by_key(|receipt| receipt.message);
        Ok((receipts, replies, deferred))
    }

    /// What a reply leads to.
    async fn reply(&self, words: Words<'_>, opted_out: bool) -> Result<Replied, StoreError> {
        let under_way = self
            .in_flight
            .read()
            .expect("no holder of the lock panics")
            .get(&(words.from.as_u64(), words.sender.as_str().into()))
            .copied();
        let sent = match under_way {
            Some(sent) => Some(sent),
            None => {
                let since = words.at - REPLIES_WITHIN;
                self.store.last_sent(words.from, &words.sender, since).await?
            }
        };
        let revision = self.revision_of(sent).await?;
        let standing = match sent {
            Some(sent) => self.store.standing(sent.launch, sent.run, words.from).await?,
            None => None,
        };
        let held = under_way.is_some() || standing.as_ref().is_some_and(|standing| standing.is_held);
        let known = self.known(&revision, sent, standing.as_ref(), &words).await?;
        let facts = Facts {
            opted_out: opted_out || self.store.is_suppressed(words.from).await?,
            known: &known,
            ..Facts::default()
        };
        let stranger = self.outside(&revision, sent, words.from).await?;
        let last = sent.map_or(Place::START, |sent| Place {
            step: sent.step,
            visit: 0,
        });
        let enrolment = Enrolment {
            member: standing.as_ref().map_or(&stranger, |standing| &standing.member),
            place: standing.as_ref().map_or(last, |standing| standing.place),
            state: match &standing {
                None if under_way.is_none() => State::Ended,
                None => State::Submitting,
                Some(_) if held => State::Submitting,
                Some(_) => State::Waiting,
            },
            due_at: standing.as_ref().map_or(words.at, |standing| standing.due_at),
        };
        let text = shown(words.text.clone());
        let now = self.clock.now();
        if held && waits_for_replies(&revision, enrolment, facts, &text, now) {
            return Ok(Replied::Later(words.again()));
        }
        let (_, effects) = advance(&revision, enrolment, facts, &Event::Reply(&text), now);
        let effects = match sent {
            Some(_) => effects,
            None => of_a_stranger(effects),
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
            meaning,
            inbox: inbox_of(&revision),
            suppress: None,
            allow: false,
            answers: vec![],
            moved: None,
            notes: vec![],
        };
        let mut led = Led {
            folder: self,
            revision: &revision,
            standing: standing.as_ref().filter(|_| !held),
            member: enrolment.member,
            sent,
            reply: Box::new(reply),
            now,
        };
        effects.into_iter().for_each(|effect| led.apply(effect));
        Ok(Replied::Now(led.reply))
    }

    /// Somebody in no passage: whom the last text went to, with the values of then where a rule may need them.
    async fn outside(
        &self,
        revision: &Revision,
        sent: Option<SentTo>,
        phone: PhoneNumber,
    ) -> Result<Member, StoreError> {
        let last = match sent.filter(|_| revision.answers_of_values) {
            Some(sent) => self.store.member_of(sent.message).await?,
            None => None,
        };
        Ok(Member {
            phone,
            language: sent.map_or(0, |sent| sent.language),
            tariff: sent.and_then(|sent| sent.tariff),
            values: last.map_or_else(Vec::new, |last| last.values),
            pending: None,
        })
    }

    /// What is known of somebody who wrote.
    async fn known(
        &self,
        revision: &Revision,
        sent: Option<SentTo>,
        standing: Option<&Standing>,
        words: &Words<'_>,
    ) -> Result<Known, StoreError> {
        let mut known = match sent.filter(|_| revision.asks.any()) {
            Some(sent) => self.known_of(revision, sent.launch, words.from).await?,
            None => Known::default(),
        };
        let (texts, answers) = self.store.said_to(words.from, lately(words.at)).await?;
        known.sent = texts;
        known.answers = answers;
        known.reply = Some(words.text.clone());
        if let Some(standing) = standing {
            learn_passage(&mut known, revision, standing);
        }
        Ok(known)
    }

    async fn known_of(
        &self,
        revision: &Revision,
        launch: LaunchId,
        phone: PhoneNumber,
    ) -> Result<Known, StoreError> {
        let of = Of {
            launch,
            campaign: &revision.campaign,
            asks: &revision.asks,
        };
        let mut known = self.store.known(of, &[phone]).await?;
        Ok(known.remove(&phone.as_u64()).unwrap_or_default())
    }

    /// The messages of this launch that are delivered now, where something of it awaits that.
    fn awaited(&self, receipts: &[ReceiptRow]) -> Vec<MessageId> {
        let delivered = receipts
            .iter()
            .filter(|receipt| receipt.state == MessageState::Delivered);
        match self.revision.asks.delivered {
            true => delivered.map(|receipt| receipt.message).collect(),
            false => vec![],
        }
    }

    /// Tells the passages of these messages that something happened. Whoever is in the middle of something finds it when
    /// their turn comes.
    async fn tell(&self, messages: Vec<MessageId>) -> Result<(), StoreError> {
        for (launch, run, phone) in self.store.recipients(messages).await? {
            if launch != self.launch {
                continue;
            }
            let Some(standing) = self.store.standing(launch, run, phone).await? else {
                continue;
            };
            let mut known = self.known_of(&self.revision, launch, phone).await?;
            learn_passage(&mut known, &self.revision, &standing);
            let enrolment = Enrolment {
                member: &standing.member,
                place: standing.place,
                state: if standing.is_held {
                    State::Submitting
                } else {
                    State::Waiting
                },
                due_at: standing.due_at,
            };
            let facts = Facts {
                known: &known,
                ..Facts::default()
            };
            let now = self.clock.now();
            let (_, effects) = advance(&self.revision, enrolment, facts, &Event::Happened, now);
            let moved = effects
                .iter()
                .find_map(|effect| moved(&standing, &self.revision, effect));
            let notes = effects.into_iter().filter_map(note_of);
            let notes = notes.map(|note| NoteRow {
                launch,
                phone,
                at: now,
                note,
            });
            match moved {
                Some(moved) => drop(self.store.move_on(moved, notes.collect()).await?),
                None => self.store.keep_notes(notes.collect()).await?,
            }
        }
        Ok(())
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
}

/// What came of a reply.
enum Replied {
    /// To be kept.
    Now(Box<NewReply>),
    /// The person is in the middle of something: to be asked about again.
    Later(Said),
}

/// Of somebody whom no campaign texted lately an opt-out counts, and everything else is for people.
fn of_a_stranger(effects: Vec<Effect>) -> Vec<Effect> {
    let counts = |effect: &Effect| {
        matches!(
            effect,
            Effect::Suppress | Effect::Allow | Effect::Keep { .. } | Effect::Answer { .. }
        )
    };
    let for_people = |effects: &[Effect]| {
        let told = |effect: &Effect| matches!(effect, Effect::Suppress | Effect::Allow | Effect::Keep { .. });
        !effects.is_empty() && !effects.iter().any(told)
    };
    match for_people(&effects) {
        true => vec![Effect::Keep { flagged: false }],
        false => effects.into_iter().filter(counts).collect(),
    }
}

/// Whether a reply may mean something else once the turn of the person is recorded: a question is about to be open.
fn waits_for_replies(
    revision: &Revision,
    enrolment: Enrolment<'_>,
    facts: Facts<'_>,
    text: &str,
    now: DateTime<Utc>,
) -> bool {
    let (_, effects) = advance(revision, enrolment, facts, &Event::Reply(text), now);
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

/// What a reply leads to, as it is put together.
struct Led<'a> {
    folder: &'a Folder,
    revision: &'a Revision,
    /// Where the person waits; none where nobody may be moved.
    standing: Option<&'a Standing>,
    member: &'a Member,
    sent: Option<SentTo>,
    reply: Box<NewReply>,
    now: DateTime<Utc>,
}

impl Led<'_> {
    fn apply(&mut self, effect: Effect) {
        let place = self.standing.map(|standing| standing.place);
        if let Some(standing) = self.standing.filter(|_| self.reply.suppress.is_none())
            && let Some(moved) = moved(standing, self.revision, &effect)
        {
            self.reply.moved = Some(moved);
        }
        match effect {
            Effect::Suppress => {
                self.reply.meaning = ReplyMeaning::OptOut;
                self.reply.suppress = Some(Suppression {
                    phone: self.reply.phone,
                    reason: "opt-out",
                    evidence: self.reply.text.clone(),
                    at: self.reply.received_at,
                    launch: self.reply.launch,
                });
            }
            Effect::Allow => {
                self.reply.meaning = ReplyMeaning::OptIn;
                self.reply.allow = true;
            }
            Effect::Answer { text, sender, .. } => self.answer(text, sender),
            Effect::Keep { flagged } => {
                self.reply.meaning = if flagged {
                    ReplyMeaning::ContainsOptOut
                } else {
                    ReplyMeaning::Other
                };
            }
            other => {
                let step = place.map(|place| place.step).or(self.sent.map(|sent| sent.step));
                if let (Some(note), Some(launch)) = (note_at(other, step.unwrap_or(0)), self.reply.launch) {
                    self.reply.notes.push(NoteRow {
                        launch,
                        phone: self.reply.phone,
                        at: self.now,
                        note,
                    });
                }
            }
        }
    }

    /// The launch that runs sends it, whichever launch was answered: nobody else would before it is typed again.
    fn answer(&mut self, text: String, sender: Option<String>) {
        let Some(sent) = self.sent else { return };
        let launch = self.folder.launch;
        let tariff = self.member.tariff.filter(|_| sent.launch == launch);
        self.reply.answers.push(NewCohort {
            launch,
            run: 0,
            kind: CohortKind::Answer,
            place: Place {
                step: sent.step,
                visit: 0,
            },
            turn: Turn::First,
            due_at: self.now,
            sender: sender.unwrap_or_else(|| self.reply.sender.clone()),
            time_class: self.folder.revision.campaign.timezone.name().to_owned(),
            members: vec![Member {
                // The values behind the text are for the rule that answers the next reply.
                values: std::iter::once(text.into())
                    .chain(self.member.values.iter().cloned())
                    .collect(),
                tariff,
                pending: None,
                ..self.member.clone()
            }],
        });
    }
}

/// What an effect keeps of a person; `step`: where they stand.
fn note_at(effect: Effect, step: u16) -> Option<Note> {
    match effect {
        Effect::Change(change) => Note::of(change),
        Effect::Finish(reason) => reason.map(Note::Finished),
        Effect::Skip(reason) => Some(Note::Skipped { step, reason }),
        Effect::Send { .. }
        | Effect::LookUp
        | Effect::Depart(..)
        | Effect::Retry { .. }
        | Effect::GiveUp(_)
        | Effect::LeaveOut(_)
        | Effect::Suppress
        | Effect::Allow
        | Effect::Answer { .. }
        | Effect::Keep { .. } => None,
    }
}

fn note_of(effect: Effect) -> Option<Note> {
    note_at(effect, 0)
}

/// How an effect moves somebody who waits.
fn moved(standing: &Standing, revision: &Revision, effect: &Effect) -> Option<Moved> {
    let to = match effect {
        Effect::Depart(place, due_at) => Some(NewCohort {
            launch: standing.launch,
            run: standing.run,
            kind: CohortKind::Passage,
            place: *place,
            turn: Turn::First,
            due_at: *due_at,
            sender: revision.campaign.sender_at(place.step).to_owned(),
            time_class: standing.time_class.clone(),
            members: vec![Member {
                pending: None,
                ..standing.member.clone()
            }],
        }),
        Effect::Finish(_) => None,
        _ => return None,
    };
    Some(Moved {
        cohort: standing.cohort,
        index: standing.index,
        to,
    })
}

fn inbox_of(revision: &Revision) -> String {
    match &revision.campaign.replies {
        Replies::Inbox(name) | Replies::Address(name) => name.clone(),
        Replies::Kept | Replies::Nobody => String::new(),
    }
}

/// Where somebody's clock is, and when their passage began.
fn learn_passage(known: &mut Known, revision: &Revision, standing: &Standing) {
    let class = TimeClass::parse(&standing.time_class);
    let entry = Entry::of(&revision.campaign, standing.launch_starts_at);
    known.zones = TimeClass::beside(&standing.time_class, revision.campaign.timezone.name());
    known.began_at = Some(entry.of_person(class.as_ref(), standing.member.phone));
}
