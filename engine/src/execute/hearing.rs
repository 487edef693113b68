//! Hears what happened outside: reads the log on from where the campaign stopped, tells the passages of each person, and enters
//! people into the open launch. What is known of a person is read from the log itself, so a passage that is told twice is told
//! nothing new.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use super::Executor;
use super::entering::{Entrance, TRY_AGAIN};
use super::inbound::{tell, tell_ended};
use super::step::Step;
use crate::clock::Clock;
use crate::ids::LaunchId;
use crate::load;
use crate::revision::Revision;
use crate::store::{
    Admission, Entered, Happened, Happening, Heard, LaunchState, NewCohort, PassageOf, Store, StoreError,
    Telling, Told,
};

/// Entries of the log that are heard in one commit.
const BATCH: u32 = 256;
/// Who was in the middle of something is told after this.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What a campaign needs to hear.
pub(super) struct Hearing {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    campaign: String,
    /// Its passages are told of events.
    tells: bool,
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
    /// Somebody is still to be told, or to enter.
    untold: bool,
}

/// A launch, a sender, and when somebody is due there.
pub(super) type Departed = (LaunchId, String, DateTime<Utc>);

/// Where somebody goes.
pub(super) fn departed(to: &NewCohort) -> Departed {
    (to.launch, to.sender.clone(), to.due_at)
}

/// When the log is looked at next.
pub(super) struct Ear {
    /// None while it is being heard.
    hearing: Option<Box<Hearing>>,
    /// The first look comes before anything is sent.
    at: Duration,
    /// Somebody is to be told again.
    again: bool,
    /// Something came while it was being heard.
    more: bool,
    /// The launch that takes people; none: no launch does.
    entrance: Option<Arc<Entrance>>,
}

impl Ear {
    /// Of the campaign that is run; none where nothing of it asks for what happens outside, and nobody enters by it.
    pub fn of(
        store: &Arc<Store>,
        clock: &Arc<dyn Clock>,
        revision: &Arc<Revision>,
        pinned: &str,
        entrance: Option<Arc<Entrance>>,
    ) -> Option<Ear> {
        let hearing = Hearing {
            store: store.clone(),
            clock: clock.clone(),
            campaign: revision.campaign.name.clone(),
            tells: revision.asks.events,
            revisions: HashMap::from([(pinned.to_owned(), revision.clone())]),
        };
        (revision.asks.events || entrance.is_some()).then(|| Ear {
            hearing: Some(Box::new(hearing)),
            at: Duration::ZERO,
            again: false,
            more: false,
            entrance,
        })
    }

    /// Whether somebody is still to enter a launch that takes people.
    pub fn waits_to_enter(&self, launch: LaunchId) -> bool {
        let entrance = self.entrance.as_ref();
        let is_its = entrance.is_some_and(|entrance| entrance.launch == launch);
        is_its && (self.again || self.more || self.hearing.is_none())
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
        let entrance = launched.entrance.clone();
        if let Some(ear) = self.ears.get_mut(&campaign) {
            ear.at = Duration::ZERO;
            ear.more = ear.hearing.is_none();
            ear.entrance = entrance.or(ear.entrance.take());
            return Ok(());
        }
        let launched = self.of(launch);
        let ear = Ear::of(
            &self.store,
            &self.clock,
            &launched.revision,
            &launched.row.revision,
            entrance.clone(),
        );
        let Some(mut ear) = ear else { return Ok(()) };
        let hearing = ear.hearing.take();
        self.ears.insert(campaign, ear);
        let Some(hearing) = hearing else { return Ok(()) };
        let listened = hearing.hear(entrance).await?;
        self.listened(listened);
        Ok(())
    }

    /// Looks at the log, if it is time.
    pub(super) fn begin_hearing(&mut self) {
        let now = self.clock.monotonic();
        for ear in self.ears.values_mut().filter(|ear| ear.at <= now) {
            if let Some(hearing) = ear.hearing.take() {
                let entrance = ear.entrance.clone();
                self.work.deed(
                    None,
                    async move { Ok(Step::Listened(hearing.hear(entrance).await?)) },
                );
            }
        }
    }

    /// The log was looked at.
    pub(super) fn listened(&mut self, listened: Listened) {
        let now = self.clock.monotonic();
        if let Some(ear) = self.ears.get_mut(&listened.hearing.campaign) {
            ear.hearing = Some(listened.hearing);
            ear.again = listened.untold;
            let is_troubled = ear
                .entrance
                .as_ref()
                .is_some_and(|entrance| entrance.is_troubled());
            let wait = match listened.untold {
                true if is_troubled => TRY_AGAIN.to_std().unwrap_or_default(),
                true => AGAIN_AFTER,
                false => super::ASK,
            };
            ear.at = match std::mem::take(&mut ear.more) {
                true => Duration::ZERO,
                false => now + wait,
            };
        }
        if listened.left || !listened.departed.is_empty() {
            // Those who were told may have calls to make.
            self.expect_errands();
        }
        if listened.left {
            self.somebody_left();
        }
        self.expect_at(listened.departed);
    }

    /// Something came from outside: there may be more in the log.
    pub(super) fn listen_up(&mut self) {
        for ear in self.ears.values_mut() {
            ear.at = Duration::ZERO;
            ear.more = ear.hearing.is_none();
        }
    }
}

impl Hearing {
    /// Hears the log to its end.
    async fn hear(mut self: Box<Self>, entrance: Option<Arc<Entrance>>) -> Result<Listened, StoreError> {
        let mut came = Came::default();
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
            self.tell_all(heard, again, vec![], &mut came).await?;
        }
        if let Some(entrance) = &entrance {
            self.enter_waiting(entrance, heard, &mut came).await?;
        }
        loop {
            let happenings = self.store.happenings(heard, BATCH).await?;
            let together = match &entrance {
                Some(entrance) => entrance.together(&happenings),
                None => &happenings,
            };
            let Some(last) = together.last() else { break };
            heard = last.id;
            let admissions = match &entrance {
                Some(entrance) => {
                    let now = self.clock.now();
                    entrance.admissions(&self.store, together, false, now).await?
                }
                None => together.iter().filter_map(|one| self.kept_aside(one)).collect(),
            };
            // All that is known is read with each: of several events of one person the passage is told once.
            let events = together
                .iter()
                .filter(|one| self.tells && matches!(one.what, Happened::Event(_)));
            let people = events.map(|one| one.phone).collect();
            self.tell_all(heard, people, admissions, &mut came).await?;
        }
        let untold = !self.store.untold(&self.campaign, 1).await?.is_empty();
        let waits = match &entrance {
            Some(entrance) => self.waits(entrance).await?,
            None => false,
        };
        Ok(Listened {
            hearing: self,
            departed: came.departed,
            left: came.left,
            untold: untold || waits,
        })
    }

    /// Whom a step of another campaign starts waits until a launch of this one takes people.
    fn kept_aside(&self, happening: &Happening) -> Option<Admission> {
        let Happened::Started { campaign, .. } = &happening.what else {
            return None;
        };
        (*campaign == self.campaign).then_some(Admission::Later {
            happening: happening.id,
            phone: happening.phone,
        })
    }

    /// Whether somebody is still to enter, though the launch does not stand still.
    async fn waits(&self, entrance: &Entrance) -> Result<bool, StoreError> {
        if self.store.to_enter(&self.campaign, 1).await?.is_empty() {
            return Ok(false);
        }
        let state = self.store.launch_state(entrance.launch).await?;
        Ok(matches!(state, LaunchState::Running | LaunchState::Cancelled))
    }

    /// Asks again about what is still to enter somebody, each person's first.
    async fn enter_waiting(
        &mut self,
        entrance: &Entrance,
        heard: i64,
        came: &mut Came,
    ) -> Result<(), StoreError> {
        let mut before = vec![];
        while self.waits(entrance).await? {
            let waiting = self.store.to_enter(&self.campaign, BATCH).await?;
            let ids: Vec<i64> = waiting.iter().map(|one| one.id).collect();
            if before == ids {
                break;
            }
            before = ids;
            let mut people = BTreeSet::new();
            let first: Vec<Happening> = waiting
                .into_iter()
                .filter(|one| people.insert(one.phone))
                .collect();
            let now = self.clock.now();
            let admissions = entrance.admissions(&self.store, &first, true, now).await?;
            self.tell_all(heard, BTreeSet::new(), admissions, came).await?;
        }
        Ok(())
    }

    /// Tells the passages of these people, and writes whom it enters. Who entered is told too: what began a passage may end it.
    async fn tell_all(
        &mut self,
        up_to: i64,
        people: BTreeSet<PhoneNumber>,
        admissions: Vec<Admission>,
        came: &mut Came,
    ) -> Result<(), StoreError> {
        let new = self.write(up_to, people, admissions, came).await?;
        if !new.is_empty() {
            self.write(up_to, new, vec![], came).await?;
        }
        Ok(())
    }

    /// Who entered.
    async fn write(
        &mut self,
        up_to: i64,
        people: BTreeSet<PhoneNumber>,
        admissions: Vec<Admission>,
        came: &mut Came,
    ) -> Result<BTreeSet<PhoneNumber>, StoreError> {
        let ending: Vec<(LaunchId, u32, PhoneNumber)> = admissions.iter().filter_map(ending).collect();
        let mut tellings = vec![];
        for phone in people {
            for passage in self.store.passages(&self.campaign, phone).await? {
                if ending.contains(&(passage.launch, passage.run, phone)) {
                    continue;
                }
                let told = self.told(&passage, phone).await?;
                came.left |= told.iter().any(|told| told.moved.is_some());
                let moved = told.iter().filter_map(|told| told.moved.as_ref()?.to.as_ref());
                came.departed.extend(moved.map(departed));
                tellings.push(Telling {
                    launch: passage.launch,
                    run: passage.run,
                    phone,
                    told,
                });
            }
        }
        let entering: Vec<Option<(PhoneNumber, Departed)>> = admissions.iter().map(entering).collect();
        let heard = Heard {
            campaign: self.campaign.clone(),
            up_to,
            tellings,
            admissions,
        };
        let entered = self.store.hear(heard).await?;
        let mut new = BTreeSet::new();
        for (entered, entering) in entered.into_iter().zip(entering) {
            if let (Entered::New(_), Some((phone, departed))) = (entered, entering) {
                came.departed.push(departed);
                new.insert(phone);
            }
        }
        came.left |= !ending.is_empty();
        Ok(new)
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

/// What hearing comes to, as it goes.
#[derive(Default)]
struct Came {
    departed: Vec<Departed>,
    left: bool,
}

/// The passage that ends since somebody enters anew.
fn ending(admission: &Admission) -> Option<(LaunchId, u32, PhoneNumber)> {
    match admission {
        Admission::Enters(entering) => {
            let restart = entering.restarts.as_ref()?;
            Some((restart.launch, restart.run, restart.moved.phone))
        }
        Admission::Not(_) | Admission::Later { .. } => None,
    }
}

/// Who enters, and where.
fn entering(admission: &Admission) -> Option<(PhoneNumber, Departed)> {
    match admission {
        Admission::Enters(entering) => Some((
            entering.member.phone,
            (entering.launch, entering.sender.clone(), entering.due_at),
        )),
        Admission::Not(_) | Admission::Later { .. } => None,
    }
}
