//! Who enters an open launch by what happened: whether it begins a passage, as whom, and what ends for it. Decided from the
//! store before a piece of the log is written as heard, and written with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::{Again, Schedule, Trigger};
use dsl::scalar::WrittenTime;
use sms::PhoneNumber;

use crate::advance::{Place, stop_at};
use crate::again::stored_lists;
use crate::calendar::{Moment, TimeClass};
use crate::ids::{LaunchId, NO_RUN};
use crate::left_out::LeftOut;
use crate::load;
use crate::plan::{Barred, Brought, Entrant, Lists, PlanError, entrant, tariff_of};
use crate::revision::Revision;
use crate::store::{
    self, Admission, Alarm, Entering, Happening, Heard, LaunchRow, LaunchState, NotEntered, Restart,
    Standing, Store, StoreError,
};
use crate::tariff::Tariff;
use crate::trigger::{Earlier, event_verdict, is_loop, key_of, may_begin, may_enter, word_begins};

/// The open launch of a campaign.
pub(super) struct Entrance {
    pub launch: LaunchId,
    pub revision: Arc<Revision>,
    /// Where its lists are.
    folder: PathBuf,
    /// Its prices.
    tariffs: Arc<[Tariff]>,
    troubled: AtomicBool,
}

/// The open launches that nobody executes, of campaigns that a word begins: what is written to them is kept for them.
pub(super) async fn resting(store: &Store) -> Result<Vec<Arc<Entrance>>, StoreError> {
    let mut resting = vec![];
    for row in store.launches(None).await? {
        let is_open = match row.state {
            LaunchState::Running | LaunchState::Paused | LaunchState::Halted => row.is_opened(),
            LaunchState::Building | LaunchState::Cancelled | LaunchState::Done => false,
        };
        if !is_open {
            continue;
        }
        let made = load::from_source(store.revision(&row.revision).await?);
        let by_word = |revision: &Revision| {
            matches!(revision.campaign.schedule, Schedule::Trigger(Trigger::Keyword(_)))
        };
        if let Some((_, revision)) = made.filter(|(_, revision)| by_word(revision)) {
            resting.push(Arc::new(Entrance::of(&row, &revision, PathBuf::new())));
        }
    }
    Ok(resting)
}

/// Lists that could not be read are read again after this.
pub(super) const TRY_AGAIN: TimeDelta = TimeDelta::seconds(5);

/// Where all whom steps of others started are kept out of a campaign that begins by a schedule: that stands in the store with this,
/// and by reason how many. None where somebody may enter, or it cannot be said: that takes a launch. `latest`: the last that was
/// opened for such people, which counts them.
pub async fn turn_away(
    store: &Store,
    latest: &LaunchRow,
    revision: &Arc<Revision>,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Option<BTreeMap<LeftOut, u64>>, StoreError> {
    // Its passages are still to be told what happened.
    if revision.asks.events {
        return Ok(None);
    }
    let campaign = &revision.campaign.name;
    store.keep_aside(campaign).await?;
    let entrance = Entrance::of(latest, revision, folder.to_owned());
    let waiting = store.to_enter(campaign, u32::MAX).await?;
    let happenings: Vec<&Happening> = waiting.iter().collect();
    let Ok(lists) = entrance.lists(store, &happenings, now).await? else {
        return Ok(None);
    };
    let (mut admissions, mut away) = (vec![], BTreeMap::new());
    for happening in happenings {
        let asked = Asked {
            happening,
            key: None,
            now,
        };
        let Decided::Not(reason) = entrance.decide(store, &lists, &asked).await? else {
            return Ok(None);
        };
        *away.entry(reason.clone()).or_default() += 1;
        admissions.push(Admission::Not(NotEntered {
            happening: happening.id,
            phone: happening.phone,
            reason,
            at: now,
        }));
    }
    let heard = Heard {
        campaign: campaign.clone(),
        up_to: 0,
        tellings: vec![],
        admissions,
    };
    store.hear(heard).await?;
    Ok(Some(away))
}

/// What happened, for which nobody knows yet why it might wait.
struct Asked<'a> {
    happening: &'a Happening,
    key: Option<&'a str>,
    now: DateTime<Utc>,
}

impl Entrance {
    pub fn of(launch: &LaunchRow, revision: &Arc<Revision>, folder: PathBuf) -> Entrance {
        Entrance {
            launch: launch.id,
            revision: revision.clone(),
            folder,
            tariffs: launch.tariffs.clone(),
            // An alarm of an earlier process ends with the first that enters.
            troubled: AtomicBool::new(true),
        }
    }

    /// So much of a piece of the log can be decided together: nobody who may enter stands in it twice.
    pub fn together<'a>(&self, happenings: &'a [Happening]) -> &'a [Happening] {
        let (mut people, mut entering) = (BTreeSet::new(), BTreeSet::new());
        for (happening, at) in happenings.iter().zip(0..) {
            let begins = self.may_begin(happening);
            if entering.contains(&happening.phone) || (begins && people.contains(&happening.phone)) {
                return &happenings[..at];
            }
            people.insert(happening.phone);
            if begins {
                entering.insert(happening.phone);
            }
        }
        happenings
    }

    /// What comes of things that happened; `waited`: they were to enter somebody before.
    pub async fn admissions(
        &self,
        store: &Store,
        happenings: &[Happening],
        waited: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Admission>, StoreError> {
        let begin: Vec<&Happening> = happenings.iter().filter(|one| self.may_begin(one)).collect();
        if begin.is_empty() {
            return Ok(vec![]);
        }
        let state = store.launch_state(self.launch).await?;
        let stands = match state {
            LaunchState::Running | LaunchState::Cancelled => false,
            LaunchState::Building | LaunchState::Paused | LaunchState::Halted | LaunchState::Done => true,
        };
        let lists = self.lists_or_alarm(store, &begin, now).await?;
        let lists = lists.filter(|_| !stands);
        let mut admissions = vec![];
        for happening in begin {
            let later = Admission::Later {
                happening: happening.id,
                phone: happening.phone,
            };
            let campaign = &self.revision.campaign.name;
            let behind = !waited && store.is_to_enter(campaign, happening.phone).await?;
            let Some(lists) = lists.as_ref().filter(|_| !behind) else {
                admissions.push(later);
                continue;
            };
            let asked = Asked {
                happening,
                key: key_of(&self.revision.campaign, &happening.fields),
                now,
            };
            match self.decide(store, lists, &asked).await? {
                Decided::Nothing => {}
                Decided::Later => admissions.push(later),
                Decided::Not(reason) => admissions.push(Admission::Not(NotEntered {
                    happening: happening.id,
                    phone: happening.phone,
                    reason,
                    at: now,
                })),
                Decided::Enters(entering) => admissions.push(Admission::Enters(entering)),
            }
        }
        Ok(admissions)
    }

    fn may_begin(&self, happening: &Happening) -> bool {
        may_begin(&self.revision.campaign, &happening.what)
    }

    /// Whether a text to a sender begins a passage of whoever sends it.
    pub async fn begins_by(
        &self,
        store: &Store,
        phone: PhoneNumber,
        (sender, text): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let campaign = &self.revision.campaign;
        if campaign.sender != sender || !word_begins(campaign, text) {
            return Ok(false);
        }
        let (earlier, _) = self.earlier(store, phone, None).await?;
        let earlier: Vec<Earlier> = earlier.into_iter().map(|(earlier, _)| earlier).collect();
        let class = TimeClass::of(None, phone, campaign.timezone);
        let zone = class.zones().first().copied().unwrap_or(campaign.timezone);
        Ok(!is_loop(&earlier, now) && may_enter(campaign.pace.again, &earlier, zone, now).is_ok())
    }

    /// Whether it takes people until somebody ends it: of a campaign that begins by a schedule it takes those whom steps of others
    /// started, and is over when they are through.
    pub fn is_for_good(&self) -> bool {
        matches!(self.revision.campaign.schedule, Schedule::Trigger(_))
    }

    /// Whether somebody who joins a list enters.
    pub fn is_of_a_list(&self) -> bool {
        matches!(
            self.revision.campaign.schedule,
            Schedule::Trigger(Trigger::Joins(_))
        )
    }

    /// Whether its lists could not be read when somebody was last to enter.
    pub fn is_troubled(&self) -> bool {
        self.troubled.load(Ordering::Relaxed)
    }

    /// What the lists say; none, and it stands in the store, where they cannot be read: who was to enter waits.
    async fn lists_or_alarm(
        &self,
        store: &Store,
        happenings: &[&Happening],
        now: DateTime<Utc>,
    ) -> Result<Option<Lists>, StoreError> {
        let subject = format!("launch {}, entering it", self.launch);
        match self.lists(store, happenings, now).await? {
            Ok(lists) => {
                if self.troubled.swap(false, Ordering::Relaxed) {
                    store.clear_alarm(subject).await?;
                }
                Ok(Some(lists))
            }
            Err(error) => {
                tracing::warn!(launch.id = self.launch.0, %error, "nobody enters");
                self.troubled.store(true, Ordering::Relaxed);
                let alarm = Alarm {
                    subject,
                    reason: format!("{error}, so whoever was to enter waits"),
                    since: now,
                    retry_at: Some(now + TRY_AGAIN),
                };
                store.raise_alarm(alarm).await?;
                Ok(None)
            }
        }
    }

    /// What the lists say of those to whom something happened.
    async fn lists(
        &self,
        store: &Store,
        happenings: &[&Happening],
        now: DateTime<Utc>,
    ) -> Result<Result<Lists, PlanError>, StoreError> {
        let campaign = &self.revision.campaign;
        // Most come alone; of several it is cheaper to read what is known of all.
        let alone = match happenings {
            [happening] => Some(happening.phone),
            _ => None,
        };
        let barred = Barred {
            lists: store.members(&stored_lists(campaign)).await?,
            facts: Arc::new(store.facts(&self.revision, alone, now).await?),
            ..Barred::default()
        };
        let people = happenings.iter().map(|one| one.phone.as_u64()).collect();
        let (revision, folder) = (self.revision.clone(), self.folder.clone());
        let read = move || Lists::read(&revision, &folder, &barred, &people);
        let read = tokio::task::spawn_blocking(read).await;
        Ok(read.expect("reading lists does not panic"))
    }

    async fn decide(&self, store: &Store, lists: &Lists, asked: &Asked<'_>) -> Result<Decided, StoreError> {
        let (happening, now) = (asked.happening, asked.now);
        let phone = happening.phone;
        // The files are held against each other before they run, but may change while people are on their way.
        let is_started = matches!(happening.what, store::Happened::Started { .. });
        if is_started && store.leads_back(happening, &self.revision.campaign.name).await? {
            return Ok(Decided::Not(LeftOut::StartCycle));
        }
        let brought = match &happening.what {
            store::Happened::Started { .. } => Brought::Start(&happening.fields),
            store::Happened::Event(_) | store::Happened::Joined(_) | store::Happened::Wrote(_) => {
                Brought::Event(&happening.fields)
            }
        };
        let entrant = match entrant(&self.revision, lists, phone, brought, now) {
            Ok(entrant) => entrant,
            Err(reason) => return Ok(Decided::Not(reason)),
        };
        match self.holds(store, &entrant, happening, now).await? {
            Ok(true) => {}
            Ok(false) => return Ok(Decided::Nothing),
            Err(reason) => return Ok(Decided::Not(reason)),
        }
        if store.is_suppressed(phone).await? {
            return Ok(Decided::Not(LeftOut::OptedOut));
        }
        let (earlier, inside) = self.earlier(store, phone, asked.key).await?;
        if earlier.iter().any(|(_, began_by)| *began_by == happening.id) {
            return Ok(Decided::Nothing);
        }
        let earlier: Vec<Earlier> = earlier.into_iter().map(|(earlier, _)| earlier).collect();
        let again = self.revision.campaign.pace.again;
        let class = TimeClass::parse(&entrant.time_class);
        let zone = class.as_ref().and_then(|class| class.zones().first().copied());
        let zone = zone.unwrap_or(self.revision.campaign.timezone);
        if let Err(reason) = may_enter(again, &earlier, zone, now) {
            return Ok(Decided::Not(reason));
        }
        let restarts = match inside.filter(|_| again == Again::Restart) {
            None => None,
            Some(standing) if standing.is_held => return Ok(Decided::Later),
            Some(standing) => Some(Restart {
                run: standing.run,
                launch: standing.launch,
                moved: standing.moved(None),
            }),
        };
        let begins_at = self.begins_at(class.as_ref(), now);
        let (place, due_at) = stop_at(&self.revision, Place::START, begins_at);
        let expires = self.revision.campaign.pace.expires;
        let is_late = |time: dsl::scalar::WaitTime| time.after(happening.at, zone) <= now;
        if due_at <= now && expires.is_some_and(is_late) {
            return Ok(Decided::Not(LeftOut::Expired));
        }
        let mut member = entrant.member;
        member.tariff = tariff_of(&self.tariffs, entrant.region);
        if member.tariff.is_none() && self.revision.campaign.limits.budget.is_some() {
            return Ok(Decided::Not(LeftOut::NoPrice));
        }
        Ok(Decided::Enters(Box::new(Entering {
            launch: self.launch,
            happening: happening.id,
            key: asked.key.map(str::to_owned),
            member,
            at: begins_at,
            place,
            due_at,
            sender: self.revision.campaign.sender_at(place.step).to_owned(),
            time_class: entrant.time_class.to_string(),
            restarts,
        })))
    }

    /// When the passage of somebody of these zones begins who enters now: where the campaign begins once, not before.
    fn begins_at(&self, class: Option<&TimeClass>, now: DateTime<Utc>) -> DateTime<Utc> {
        let campaign = &self.revision.campaign;
        let time = match &campaign.schedule {
            Schedule::At(at) => *at,
            Schedule::Local(local) => {
                let zone = TimeClass::from(campaign.timezone);
                Moment::At(WrittenTime::Local(*local)).instant(class.unwrap_or(&zone), now)
            }
            Schedule::Now | Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_) => now,
        };
        time.max(now)
    }

    /// Whether the conditions of the trigger hold, or why nobody knows.
    async fn holds(
        &self,
        store: &Store,
        entrant: &Entrant,
        happening: &Happening,
        now: DateTime<Utc>,
    ) -> Result<Result<bool, LeftOut>, StoreError> {
        let store::Happened::Event(name) = &happening.what else {
            return Ok(Ok(true));
        };
        let phone = happening.phone;
        let of = store::Of {
            launch: self.launch,
            campaign: &self.revision.campaign,
            asks: &store.asks(&self.revision),
        };
        // Of no passage.
        let mut known = store.known(of, &[(NO_RUN, phone)]).await?;
        let mut known = known.remove(&(NO_RUN, phone.as_u64())).unwrap_or_default();
        known.zones = TimeClass::beside(&entrant.time_class, self.revision.campaign.timezone.name());
        let what = (name.as_str(), happening.fields.as_slice());
        Ok(event_verdict(&self.revision, &entrant.member, &known, what, now))
    }

    /// The passages of a person with this key, each with what began it, and where the person stands in the one that is not
    /// over.
    async fn earlier(
        &self,
        store: &Store,
        phone: PhoneNumber,
        key: Option<&str>,
    ) -> Result<(Vec<(Earlier, i64)>, Option<Standing>), StoreError> {
        let (mut earlier, mut inside) = (vec![], None);
        let campaign = &self.revision.campaign.name;
        for passage in store.passages_begun(campaign, phone, key).await? {
            let standing = match passage.state {
                LaunchState::Running | LaunchState::Paused | LaunchState::Halted => {
                    store.standing(passage.launch, passage.run, phone).await?
                }
                LaunchState::Building | LaunchState::Done => None,
                // Who had no text yet when it was cancelled has not had this campaign.
                LaunchState::Cancelled => {
                    match store.texted(passage.launch).await?.contains(&phone.as_u64()) {
                        true => None,
                        false => continue,
                    }
                }
            };
            let one = Earlier {
                began_at: passage.began_at,
                inside: standing.is_some(),
            };
            earlier.push((one, passage.happening));
            inside = standing.or(inside);
        }
        if !self.is_for_good() {
            earlier.extend(self.planned(store, phone).await?);
        }
        Ok((earlier, inside))
    }
}

impl Entrance {
    /// The passages of a person that launches of the schedule planned; nothing that happened began them.
    async fn planned(&self, store: &Store, phone: PhoneNumber) -> Result<Vec<(Earlier, i64)>, StoreError> {
        let all = store.passages(&self.revision.campaign.name, phone).await?;
        let planned = all.into_iter().filter(|passage| passage.launch != self.launch);
        let earlier = planned.map(|passage| Earlier {
            began_at: passage.launch_starts_at,
            inside: passage.standing.is_some(),
        });
        Ok(earlier.map(|earlier| (earlier, NOTHING)).collect())
    }
}

/// No entry of the log.
const NOTHING: i64 = 0;

/// What comes of something that may begin a passage.
enum Decided {
    /// It is not of this campaign, or was decided before.
    Nothing,
    /// The passage that is to end is in the middle of something.
    Later,
    /// Nobody enters.
    Not(LeftOut),
    Enters(Box<Entering>),
}
