//! Hears what happened outside: reads the log on from where the campaign stopped, and tells the passages of each person. What
//! is known of a person is read from the log itself, so a passage that is told twice is told nothing new.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use super::Executor;
use super::inbound::{tell, tell_ended};
use super::step::Step;
use crate::clock::Clock;
use crate::ids::LaunchId;
use crate::load;
use crate::revision::Revision;
use crate::store::{CohortKind, Happened, Heard, PassageOf, Store, StoreError, Telling, Told};

/// Entries of the log that are heard in one commit.
const BATCH: u32 = 256;
/// Who was in the middle of something is told after this.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What a campaign needs to hear.
pub(super) struct Hearing {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    campaign: String,
    /// What its launches run, by id.
    revisions: HashMap<String, Arc<Revision>>,
}

/// What was heard led to.
pub(super) struct Listened {
    hearing: Box<Hearing>,
    /// Where people of a launch went: to this sender, due then.
    departed: Vec<Departed>,
    /// Somebody went on, or is through.
    left: bool,
    /// Somebody is still to be told.
    untold: bool,
}

/// A launch, a sender, and when somebody is due there.
type Departed = (LaunchId, String, DateTime<Utc>);

/// When the log is looked at next.
pub(super) struct Ear {
    /// None while it is being heard.
    hearing: Option<Box<Hearing>>,
    /// The first look comes before anything is sent.
    at: Duration,
    /// Somebody is to be told again.
    again: bool,
}

impl Ear {
    /// Of the campaign that is run; none where nothing of it asks for what happens outside.
    pub fn of(
        store: &Arc<Store>,
        clock: &Arc<dyn Clock>,
        revision: &Arc<Revision>,
        pinned: &str,
    ) -> Option<Ear> {
        let hearing = Hearing {
            store: store.clone(),
            clock: clock.clone(),
            campaign: revision.campaign.name.clone(),
            revisions: HashMap::from([(pinned.to_owned(), revision.clone())]),
        };
        revision.asks.events.then(|| Ear {
            hearing: Some(Box::new(hearing)),
            at: Duration::ZERO,
            again: false,
        })
    }

    /// In how long it is looked at again by itself, though nobody else appends.
    pub fn again_in(&self, now: Duration) -> Option<Duration> {
        (self.again && self.hearing.is_some()).then(|| self.at.saturating_sub(now))
    }
}

impl Executor {
    /// Begins to hear for the campaign of a launch. What happened before is heard before anybody is texted.
    pub(super) async fn hear_for(&mut self, launch: LaunchId) -> Result<(), StoreError> {
        let launched = self.of(launch);
        let campaign = launched.revision.campaign.name.clone();
        if self.ears.contains_key(&campaign) {
            return Ok(());
        }
        let ear = Ear::of(
            &self.store,
            &self.clock,
            &launched.revision,
            &launched.row.revision,
        );
        let Some(mut ear) = ear else { return Ok(()) };
        let hearing = ear.hearing.take();
        self.ears.insert(campaign, ear);
        let Some(hearing) = hearing else { return Ok(()) };
        let listened = hearing.hear().await?;
        self.listened(listened);
        Ok(())
    }

    /// Looks at the log, if it is time.
    pub(super) fn begin_hearing(&mut self) {
        let now = self.clock.monotonic();
        for ear in self.ears.values_mut().filter(|ear| ear.at <= now) {
            if let Some(hearing) = ear.hearing.take() {
                self.work
                    .deed(None, async move { Ok(Step::Listened(hearing.hear().await?)) });
            }
        }
    }

    /// The log was looked at.
    pub(super) fn listened(&mut self, listened: Listened) {
        let now = self.clock.monotonic();
        if let Some(ear) = self.ears.get_mut(&listened.hearing.campaign) {
            ear.hearing = Some(listened.hearing);
            ear.again = listened.untold;
            ear.at = now + if listened.untold { AGAIN_AFTER } else { super::ASK };
        }
        if listened.left {
            self.somebody_left();
        }
        for (launch, sender, due_at) in listened.departed {
            if let Some(lane) = self.lanes.get_mut(&sender) {
                lane.expect(launch, CohortKind::Passage, due_at);
            }
        }
    }

    /// Something came from outside: there may be more in the log.
    pub(super) fn listen_up(&mut self) {
        for ear in self.ears.values_mut() {
            ear.at = Duration::ZERO;
        }
    }
}

impl Hearing {
    /// Hears the log to its end.
    async fn hear(mut self: Box<Self>) -> Result<Listened, StoreError> {
        let (mut departed, mut left) = (vec![], false);
        // Of a campaign that never heard nothing is missed: it begins with its launch.
        let mut heard = match self.store.heard(&self.campaign).await? {
            Some(heard) => heard,
            None => self.store.last_happening().await?,
        };
        let again: BTreeSet<PhoneNumber> = self
            .store
            .untold(&self.campaign, BATCH)
            .await?
            .into_iter()
            .collect();
        if !again.is_empty() {
            left |= self.tell_all(heard, again, &mut departed).await?;
        }
        loop {
            let happenings = self.store.happenings(heard, BATCH).await?;
            let Some(last) = happenings.last() else { break };
            heard = last.id;
            // All that is known is read with each: of several events of one person the passage is told once.
            let events = happenings
                .iter()
                .filter(|one| matches!(one.what, Happened::Event(_)));
            let people = events.map(|one| one.phone).collect();
            left |= self.tell_all(heard, people, &mut departed).await?;
        }
        let untold = !self.store.untold(&self.campaign, 1).await?.is_empty();
        Ok(Listened {
            hearing: self,
            departed,
            left,
            untold,
        })
    }

    async fn tell_all(
        &mut self,
        up_to: i64,
        people: BTreeSet<PhoneNumber>,
        departed: &mut Vec<Departed>,
    ) -> Result<bool, StoreError> {
        let (mut tellings, mut left) = (vec![], false);
        for phone in people {
            for passage in self.store.passages(&self.campaign, phone).await? {
                let told = self.told(&passage, phone).await?;
                left |= told.iter().any(|told| told.moved.is_some());
                let moved = told.iter().filter_map(|told| told.moved.as_ref()?.to.as_ref());
                departed.extend(moved.map(|to| (to.launch, to.sender.clone(), to.due_at)));
                tellings.push(Telling {
                    launch: passage.launch,
                    run: passage.run,
                    phone,
                    told,
                });
            }
        }
        let campaign = self.campaign.clone();
        let heard = Heard {
            campaign,
            up_to,
            tellings,
        };
        self.store.hear(heard).await?;
        Ok(left)
    }

    /// What a passage is told; none where the person is in the middle of something.
    async fn told(&mut self, passage: &PassageOf, phone: PhoneNumber) -> Result<Option<Told>, StoreError> {
        let Some(revision) = self.revision(&passage.revision).await? else {
            return Ok(Some(Told::default()));
        };
        let now = self.clock.now();
        match &passage.standing {
            Some(standing) if standing.is_held => Ok(None),
            Some(standing) => tell(&self.store, &revision, standing, now).await.map(Some),
            None => tell_ended(&self.store, &revision, passage, phone, now)
                .await
                .map(Some),
        }
    }

    /// What a launch runs; none where nothing of it asks for what happens, or this version cannot read it.
    async fn revision(&mut self, id: &str) -> Result<Option<Arc<Revision>>, StoreError> {
        if let Some(revision) = self.revisions.get(id) {
            return Ok(Some(revision.clone()));
        }
        let made = load::from_source(self.store.revision(id).await?);
        let Some((_, revision)) = made else {
            return Ok(None);
        };
        self.revisions.insert(id.to_owned(), revision.clone());
        Ok(Some(revision))
    }
}
