//! Somebody's way through a campaign, as a store has it, as a story of the campaign: who it was and what was known of them
//! when it began, what was said and what happened, in order. The story is played before it is handed out: what a store
//! does not keep to the second is told so that it passes, and where it does not pass that is said.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use dsl::campaign::story::Occurrence;
use dsl::campaign::{Schedule, Trigger};
use sms::PhoneNumber;

use crate::advance::Known;
use crate::calendar::TimeClass;
use crate::entry::Entry;
use crate::load;
use crate::member::Member;
use crate::plan::{Cast, NotCast, cast};
use crate::play::{Opening, minute, story};
use crate::revision::Revision;
use crate::store::{
    Began, Beginning, Happened, Happening, LaunchRow, PersonStory, Store, StoreError, TextKind,
};
use crate::story::{Played, play};
use crate::trigger::event_begins;

mod heard;
mod lines;
mod person;
mod words;

use lines::Unit;

/// What happened to a person, at most: the latest.
const MOST_EVENTS: u32 = 10_000;

/// A story of what was.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What it may be called.
    pub name: String,
    /// Why it does not pass: where it differs from what the campaign does, and what that is; none: it passes.
    pub differs: Option<String>,
    opening: Opening,
    at: String,
    lines: Vec<String>,
}

impl Recorded {
    /// It under that name, without indentation.
    pub fn story(&self, name: &str) -> String {
        story(name, &self.opening, &self.at, &self.lines)
    }
}

/// Why there is no story.
#[derive(Debug, thiserror::Error)]
pub enum NoRecord {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing went to that number.
    #[error("{0} got no text of {1}")]
    NoText(PhoneNumber, String),
    /// Nobody could be in the campaign as the lists have them now.
    #[error(transparent)]
    NotCast(#[from] NotCast),
    /// A step of another campaign starts whomever it likes, an event only those for whom the conditions of the trigger hold.
    #[error(
        "no story can tell of this passage: a step of another campaign began it, and `where` of the trigger does not hold for {0}"
    )]
    Unlike(PhoneNumber),
}

/// The latest passage of a number through a campaign that brought a text. `folder`: where the lists are.
pub async fn record(
    store: &Store,
    current: Arc<Revision>,
    folder: &Path,
    number: PhoneNumber,
) -> Result<Recorded, NoRecord> {
    let known = store.person(number).await?;
    let campaign = current.campaign.name.clone();
    let latest = latest(store, &known, &campaign).await?;
    let (launch, run) = latest.ok_or(NoRecord::NoText(number, campaign))?;
    // As it was when the launch began.
    let source = store.revision(&launch.revision).await?;
    let revision = load::from_source(source).map_or(current, |(_, revision)| revision);
    let mut events = store.happenings_of(number, MOST_EVENTS).await?;
    events.reverse();
    let passage = Passage {
        member: None,
        revision,
        number,
        known,
        launch,
        run,
        events,
    };
    let first = passage.texts().next().map(|message| message.id);
    let member = match first {
        Some(message) => store.member_of(message).await?,
        None => None,
    };
    Passage { member, ..passage }.recorded(folder)
}

/// The latest launch of a campaign that texted somebody, and the run of the passage that did last.
async fn latest(
    store: &Store,
    known: &PersonStory,
    campaign: &str,
) -> Result<Option<(LaunchRow, u32)>, StoreError> {
    let launches = store.launches(Some(campaign)).await?;
    let latest = launches.into_iter().filter_map(|launch| {
        let texts = known
            .messages
            .iter()
            .filter(|message| message.launch == launch.id && message.kind == TextKind::Step);
        let last = texts.max_by_key(|message| (message.sent_at, message.id.0))?;
        Some((last.sent_at, launch, last.run))
    });
    let latest = latest.max_by_key(|(at, launch, _)| (*at, launch.id.0));
    Ok(latest.map(|(_, launch, run)| (launch, run)))
}

/// All that a store has of a passage.
struct Passage {
    revision: Arc<Revision>,
    number: PhoneNumber,
    known: PersonStory,
    launch: LaunchRow,
    run: u32,
    /// Whatever happened to the person, in order.
    events: Vec<Happening>,
    /// The person, with the values of then; none where they are not kept any more.
    member: Option<Member>,
}

/// One way to tell a passage.
struct Way {
    begin: DateTime<Utc>,
    heard: Arc<heard::All>,
    unit: Unit,
}

/// Messages by what they were found to say.
type Names = BTreeMap<String, String>;

impl Passage {
    fn recorded(&self, folder: &Path) -> Result<Recorded, NoRecord> {
        let began = self.beginning();
        let event = began.and_then(|(beginning, _)| self.event(beginning));
        let tags = self.tags();
        let person = self.person(folder, &tags, event.as_ref());
        let opening = Opening {
            person,
            tags: tags.clone(),
            event,
            at: None,
        };
        let cast = cast(&self.revision, &opening.values(), &tags, self.since())?;
        self.refuse_unlike(began.map(|(beginning, _)| beginning), &opening, &cast)?;
        let mut told: Option<Recorded> = None;
        for way in self.ways(&cast.zones) {
            let recorded = self.told(&opening, &cast, &way);
            if recorded.differs.is_none() {
                return Ok(recorded);
            }
            told.get_or_insert(recorded);
        }
        Ok(told.expect("there is a first way"))
    }

    /// The ways to tell it, the plainest first.
    fn ways(&self, zones: &TimeClass) -> Vec<Way> {
        let begin = self.begin(zones);
        let heard = Arc::new(self.heard(zones));
        let first = heard.first().map_or(begin, |(at, _)| *at);
        let mut ways = vec![];
        // Of whoever came late, since there were many, the clock begins with the first text.
        for begin in [begin.min(first), first] {
            for unit in [Unit::Minutes, Unit::Seconds, Unit::OneLess] {
                let heard = heard.clone();
                ways.push(Way { begin, heard, unit });
            }
        }
        ways
    }

    /// The passage, told in one way and played.
    fn told(&self, opening: &Opening, cast: &Cast, way: &Way) -> Recorded {
        let begin = way
            .begin
            .duration_trunc(TimeDelta::minutes(1))
            .unwrap_or(way.begin);
        let local = begin.with_timezone(&cast.zones.zones()[0]);
        let mut recorded = Recorded {
            name: format!("as it went for {} on {}", self.number, local.format("%Y-%m-%d")),
            differs: None,
            opening: opening.clone(),
            at: minute(local),
            lines: vec![],
        };
        // Which message an answer is, no store keeps: the stage says it, answer by answer.
        let mut names = Names::new();
        loop {
            recorded.lines = self.lines(&cast.member, begin, way, &names);
            let played = self.played(&recorded);
            let known = names.len();
            names.extend(played.iter().flat_map(Played::texts));
            if names.len() == known || !recorded.lines.iter().any(|line| lines::is_unknown(line)) {
                recorded.differs = match played {
                    Some(played) => played.failure.map(|failure| failure.to_string()),
                    None => Some("it cannot be played in the file as it was launched".to_owned()),
                };
                return recorded;
            }
        }
    }

    /// What comes of a story of the campaign that the launch runs; none where it cannot be put into that file.
    fn played(&self, recorded: &Recorded) -> Option<Played> {
        let mut source = self.revision.source.clone();
        source.campaign = alone(&source.campaign, &recorded.story(&recorded.name));
        let (_, revision) = load::from_source(source)?;
        Some(play(&revision, revision.campaign.stories.first()?))
    }

    /// What began it, and when that did; none where the schedule did.
    fn beginning(&self) -> Option<(&Beginning, DateTime<Utc>)> {
        self.known
            .happened
            .iter()
            .find_map(|beginning| match beginning.began {
                Began::Passage { launch, run, at } if (launch, run) == (self.launch.id, self.run) => {
                    Some((beginning, at))
                }
                Began::Passage { .. } | Began::Nothing(..) | Began::Later => None,
            })
    }

    /// Since when it may have been, at the earliest.
    fn since(&self) -> DateTime<Utc> {
        self.beginning().map_or(self.launch.starts_at, |(_, at)| at)
    }

    /// When it begins in a story, in which nobody waits for a canary or is spread.
    fn begin(&self, zones: &TimeClass) -> DateTime<Utc> {
        match self.beginning() {
            Some((_, at)) => at,
            None => Entry::of(&self.revision.campaign, self.launch.starts_at).at(Some(zones), 0),
        }
    }

    /// When the person entered the launch: with a canary or after it, spread over its time.
    fn entered_at(&self, zones: &TimeClass) -> DateTime<Utc> {
        let entry = Entry::of(&self.revision.campaign, self.launch.starts_at);
        entry.of_person(Some(zones), self.number)
    }

    /// The event that began it. No line of a story starts somebody from outside: the event of the trigger begins such a
    /// passage there.
    fn event(&self, beginning: &Beginning) -> Option<Occurrence> {
        match (&beginning.happening.what, &self.revision.campaign.schedule) {
            (Happened::Event(name), _) => Some(Occurrence {
                name: name.clone(),
                fields: beginning.happening.fields.clone(),
            }),
            (Happened::Started { .. }, Schedule::Trigger(Trigger::Event { name, .. })) => Some(Occurrence {
                name: name.clone(),
                fields: vec![],
            }),
            (Happened::Joined(_) | Happened::Started { .. } | Happened::Wrote(_), _) => None,
        }
    }

    fn refuse_unlike(
        &self,
        began: Option<&Beginning>,
        opening: &Opening,
        cast: &Cast,
    ) -> Result<(), NoRecord> {
        let is_started = began.is_some_and(|began| matches!(began.happening.what, Happened::Started { .. }));
        let Some(event) = opening.event.as_ref().filter(|_| is_started) else {
            return Ok(());
        };
        let known = Known {
            tags: opening.tags.clone(),
            ..Known::default()
        };
        let what = (event.name.as_str(), event.fields.as_slice());
        match event_begins(&self.revision, &cast.member, &known, what, self.since()) {
            true => Ok(()),
            false => Err(NoRecord::Unlike(self.number)),
        }
    }
}

/// A campaign with that story and no other.
fn alone(campaign: &str, story: &str) -> String {
    let (tree, _) = dsl::tree::parse(campaign);
    let tests = tree.root.as_ref().and_then(|root| root.entry("tests"));
    let own = match tests {
        Some(tests) => {
            let end = tests.value.span.end.max(tests.key.span.end);
            format!("{}{}", &campaign[..tests.key.span.start], &campaign[end..])
        }
        None => campaign.to_owned(),
    };
    format!("{}\ntests:\n{story}", own.trim_end())
}
