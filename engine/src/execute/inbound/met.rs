//! Whom a text is from, as crier knows them: the passage that it answers, and what is known in it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::values::Language;
use sms::PhoneNumber;

use super::fold::Folder;
use super::told::{Of, known_of, learn_ended, learn_passage};
use super::words::Words;
use crate::advance::{Enrolment, Facts, Known, Place, State, asks, is_left, names};
use crate::ids::MessageId;
use crate::load;
use crate::member::Member;
use crate::revision::Revision;
use crate::store::{SentTo, Standing, StoreError, lately};

/// A text to somebody, the campaign that it is of, and where they stand in its passage, if it is not over.
struct Texted {
    sent: SentTo,
    revision: Arc<Revision>,
    standing: Option<Standing>,
}

/// Somebody who wrote, in the passage that it is about.
pub(super) struct Met {
    /// The campaign: its words, its languages and its inbox hold. It need not be one that runs.
    pub revision: Arc<Revision>,
    /// The text that it answers; none: no campaign texted them lately.
    pub sent: Option<SentTo>,
    /// Where they stand; none: the passage is over, or there is none.
    pub standing: Option<Standing>,
    /// They are in the middle of something, whose record decides where they stand.
    pub is_held: bool,
    known: Known,
    /// The messages whose texts are known to have gone to them, the last first.
    got: Vec<MessageId>,
    /// The language that others texted a stranger in.
    reads: Option<Language>,
    /// Who they are where they stand nowhere.
    outside: Member,
    at: DateTime<Utc>,
}

impl Met {
    /// Where they stand for `advance`.
    pub fn enrolment(&self) -> Enrolment<'_> {
        let standing = self.standing.as_ref();
        let last = self.sent.map_or(Place::START, |sent| Place {
            step: sent.step,
            visit: 0,
        });
        Enrolment {
            member: standing.map_or(&self.outside, |standing| &standing.member),
            place: standing.map_or(last, |standing| standing.place),
            state: match (standing, self.is_held) {
                (_, true) => State::Submitting,
                (Some(_), false) => State::Waiting,
                (None, false) => State::Ended,
            },
            due_at: standing.map_or(self.at, |standing| standing.due_at),
        }
    }

    /// Which of the last messages to them.
    pub fn got(&self, nth: usize) -> Option<MessageId> {
        self.got.get(nth).copied()
    }

    /// What is known of them.
    pub fn facts(&self, opted_out: bool) -> Facts<'_> {
        Facts {
            opted_out,
            stranger: self.sent.is_none(),
            reads: self.reads.as_ref(),
            known: &self.known,
            ..Facts::default()
        }
    }
}

impl Folder {
    /// Whoever wrote, in the passage that texted them last from this sender: lately, or with a question that is still open.
    pub(super) async fn met(&self, words: &Words<'_>) -> Result<Met, StoreError> {
        let under_way = self
            .in_flight
            .read()
            .expect("no holder of the lock panics")
            .get(&(words.from.as_u64(), words.sender.as_str().into()))
            .copied();
        let lately = words.at - self.project.replies_within;
        let sent = match under_way {
            Some(sent) => Some(sent),
            None => self.sent_since(words, lately).await?.first().copied(),
        };
        let texted = match sent {
            Some(sent) => Some(self.texted(sent, words).await?),
            None => self.texted_long_ago(words).await?,
        };
        let mut met = self.met_in(texted, words).await?;
        met.is_held |= under_way.is_some();
        Ok(met)
    }

    /// Whoever wrote, in a passage that texted them before: where the one that texted last has no use for what they say, and an
    /// open question of this one names it.
    pub(super) async fn met_before(
        &self,
        latest: &Met,
        opted_out: bool,
        (words, text): (&Words<'_>, &str),
        now: DateTime<Utc>,
    ) -> Result<Option<Met>, StoreError> {
        let (enrolment, facts) = (latest.enrolment(), latest.facts(opted_out));
        if !is_left(&latest.revision, enrolment, facts, text, now) {
            return Ok(None);
        }
        let takes =
            |revision: &Revision, waits: Enrolment<'_>| names(&latest.revision, revision, waits, text);
        match self.standing_where(words, latest.sent, takes).await? {
            Some(texted) => Ok(Some(self.met_in(Some(texted), words).await?)),
            None => Ok(None),
        }
    }

    /// Of somebody who got no text lately: of the question that is still open, else the one that was on its way when a process
    /// ended.
    async fn texted_long_ago(&self, words: &Words<'_>) -> Result<Option<Texted>, StoreError> {
        if let Some(texted) = self.standing_where(words, None, asks).await? {
            return Ok(Some(texted));
        }
        match self.store.on_its_way(words.from, &words.sender).await? {
            Some(sent) => Ok(Some(self.texted(sent, words).await?)),
            None => Ok(None),
        }
    }

    async fn texted(&self, sent: SentTo, words: &Words<'_>) -> Result<Texted, StoreError> {
        Ok(Texted {
            sent,
            standing: self.store.standing(sent.launch, sent.run, words.from).await?,
            revision: self.revision_of(Some(sent)).await?,
        })
    }

    /// The last text from the sender that they wrote to of a passage in which they stand so, but for that of one text.
    async fn standing_where(
        &self,
        words: &Words<'_>,
        but: Option<SentTo>,
        is_it: impl Fn(&Revision, Enrolment<'_>) -> bool,
    ) -> Result<Option<Texted>, StoreError> {
        let passage = |sent: &SentTo| (sent.launch, sent.run);
        let mut seen: Vec<_> = but.iter().map(passage).collect();
        for sent in self.sent_since(words, DateTime::UNIX_EPOCH).await? {
            if seen.contains(&passage(&sent)) {
                continue;
            }
            seen.push(passage(&sent));
            let Some(standing) = self.store.standing(sent.launch, sent.run, words.from).await? else {
                continue;
            };
            // Whatever holds it elsewhere may not be over soon.
            if standing.is_held && !self.executing.contains_key(&sent.launch) {
                continue;
            }
            let revision = self.revision_of(Some(sent)).await?;
            let waits = Enrolment {
                member: &standing.member,
                place: standing.place,
                state: State::Waiting,
                due_at: standing.due_at,
            };
            if is_it(&revision, waits) {
                let standing = Some(standing);
                return Ok(Some(Texted {
                    sent,
                    revision,
                    standing,
                }));
            }
        }
        Ok(None)
    }

    /// The texts that they got from the sender that they wrote to, the last first.
    async fn sent_since(&self, words: &Words<'_>, since: DateTime<Utc>) -> Result<Vec<SentTo>, StoreError> {
        self.store.sent_lately(words.from, &words.sender, since).await
    }

    async fn met_in(&self, texted: Option<Texted>, words: &Words<'_>) -> Result<Met, StoreError> {
        let (sent, revision, standing) = match texted {
            Some(texted) => (Some(texted.sent), texted.revision, texted.standing),
            None => (None, self.revision_of(None).await?, None),
        };
        let reads = match sent {
            Some(_) => None,
            None => self.language_of(words.from).await?,
        };
        let (known, got) = self.known(&revision, sent, standing.as_ref(), words).await?;
        Ok(Met {
            known,
            got,
            outside: self.outside(&revision, sent, reads.as_ref(), words.from).await?,
            reads,
            is_held: standing.as_ref().is_some_and(|standing| standing.is_held),
            revision,
            sent,
            standing,
            at: words.at,
        })
    }

    /// Somebody in no passage: whom the last text went to, with the values of then where a rule may need them.
    async fn outside(
        &self,
        revision: &Revision,
        sent: Option<SentTo>,
        reads: Option<&Language>,
        phone: PhoneNumber,
    ) -> Result<Member, StoreError> {
        let read = || reads.map_or(0, |reads| revision.campaign.language_index(reads.as_str()));
        let language = sent.map_or_else(|| u8::try_from(read()).unwrap_or(0), |sent| sent.language);
        let last = match sent.filter(|_| revision.answers_of_values) {
            Some(sent) => self.store.member_of(sent.message).await?,
            None => None,
        };
        Ok(Member {
            phone,
            language,
            // What answers them has that of the launch that sends it.
            tariff: None,
            values: last.map_or_else(Vec::new, |last| last.values),
            pending: None,
        })
    }

    /// What is known of somebody who wrote, and the messages that the texts in it are.
    async fn known(
        &self,
        revision: &Revision,
        sent: Option<SentTo>,
        standing: Option<&Standing>,
        words: &Words<'_>,
    ) -> Result<(Known, Vec<MessageId>), StoreError> {
        let of = sent.map(|sent| Of {
            launch: sent.launch,
            run: sent.run,
            phone: words.from,
        });
        let mut known = match of.filter(|_| self.store.asks(revision).any()) {
            Some(of) => known_of(&self.store, revision, of).await?,
            None => Known::default(),
        };
        let (texts, answers) = self.store.said_to(words.from, lately(words.at)).await?;
        let (got, texts) = texts.into_iter().unzip();
        known.sent = texts;
        known.answers = answers;
        known.reply = Some(words.text.clone());
        match (standing, of) {
            (Some(standing), _) => learn_passage(&mut known, revision, standing),
            (None, Some(of)) => learn_ended(&self.store, &mut known, revision, of).await?,
            (None, None) => {}
        }
        known.hear(revision);
        Ok((known, got))
    }

    /// The language of the last text to somebody, whatever sender and campaign it was of.
    async fn language_of(&self, phone: PhoneNumber) -> Result<Option<Language>, StoreError> {
        let all = self.store.sent_by_any(phone).await?;
        let Some(sent) = all.first() else {
            return Ok(None);
        };
        let revision = self.revision_of(Some(*sent)).await?;
        let languages = &revision.campaign.languages;
        Ok(languages.get(usize::from(sent.language)).cloned())
    }

    /// The campaign that a reply answers: its words, its languages and its inbox hold. It need not be the one that runs.
    async fn revision_of(&self, sent: Option<SentTo>) -> Result<Arc<Revision>, StoreError> {
        let latest = || self.latest.1.revision.clone();
        let Some(launch) = sent.map(|sent| sent.launch) else {
            return Ok(latest());
        };
        if let Some(executing) = self.executing.get(&launch) {
            return Ok(executing.revision.clone());
        }
        let launches = self.store.launches(None).await?;
        let Some(row) = launches.into_iter().find(|row| row.id == launch) else {
            return Ok(latest());
        };
        let made = load::from_source(self.store.revision(&row.revision).await?);
        Ok(made.map_or_else(latest, |(_, revision)| revision))
    }
}
