//! One person on a clock that stands until it is told to run: the stage of stories, and of whoever plays one. What happens
//! to the person is decided by [`advance`] alone, as everywhere; here its effects are kept, and a carrier that takes every
//! text at once stands in for the world.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use dsl::campaign::{Again, Replies};
use dsl::tree::Node;

use crate::advance::{
    Aside, Change, Effect, Enrolment, Event, Facts, Known, Place, State, Trace, Walked, advance,
};
use crate::left_out::LeftOut;
use crate::links;
use crate::member::Member;
use crate::opt_in::Asked;
use crate::plan::Cast;
use crate::revision::Revision;

mod again;
mod answers;
mod changes;
mod lists;
mod outside;
mod sending;
mod starts;
mod words;

use answers::Answers;
use starts::Starts;
pub use words::shown;

/// Texts that are kept: reactions quote the last ones.
const SENT: usize = 5;

/// A person, a clock, and what happened.
pub struct Stage {
    revision: Arc<Revision>,
    cast: Cast,
    now: DateTime<Utc>,
    /// Across passages.
    person: Known,
    opted_out: bool,
    passages: Vec<Passage>,
    starts: Starts,
    answers: Answers,
    /// The sender that the person wrote to last.
    written_to: String,
    /// What the person has without what the event of the beginning carried: that of a later passage brings its own.
    own: Vec<(String, String)>,
    /// What lists asked the person, and when.
    asked: Vec<(Asked, DateTime<Utc>)>,
    log: Vec<Entry>,
    trace: Trace,
    /// Waits that began.
    waits: u64,
    /// Passages before this one have ended: a schedule may bring thousands.
    first_inside: usize,
    /// Of passages before this one nothing is asked any more: they have ended, no reply answers them, and there is no goal.
    first_known: usize,
    /// Texts that the story has not come to.
    untaken: usize,
}

/// One way through the campaign.
/// When a text went, and how much had happened by then.
type Texted = (DateTime<Utc>, usize);

/// Where a passage stands after something, and what that leads to.
struct Decided {
    stands: (Place, State, DateTime<Utc>),
    effects: Vec<Effect>,
}

#[derive(Debug, Clone)]
struct Passage {
    /// The value that tells it apart.
    key: Option<String>,
    place: Place,
    state: State,
    due_at: DateTime<Utc>,
    /// Which of all waits began so often before: of those that are due together the first goes first.
    wait: u64,
    began_at: DateTime<Utc>,
    /// When its latest text went by each sender, answers included, and which it was of all that happened: several go in one
    /// instant.
    texted: BTreeMap<String, Texted>,
    known: Known,
    finished: Option<String>,
}

impl Passage {
    fn texted_last(&self) -> Option<Texted> {
        self.texted.values().max().copied()
    }

    fn enrolment<'a>(&self, member: &'a Member) -> Enrolment<'a> {
        Enrolment {
            member,
            place: self.place,
            state: self.state,
            due_at: self.due_at,
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// A passage began.
    Began,
    /// A launch came that leaves the person out.
    NotEntered(LeftOut),
    /// A passage ended, since the next one takes its place.
    Restarted,
    /// A text went to the person.
    Sent(Sent),
    /// The person wrote.
    Said(String),
    /// The carrier's word on a text.
    Receipt {
        /// It arrived.
        delivered: bool,
        /// The message, where it is not said of the latest text.
        of: Option<String>,
    },
    /// The person opened a link.
    Clicked(String),
    /// An event of the API came.
    Event(String),
    /// Something about the person changed, or others were told.
    Changed(Change),
    /// A text or a step was left out.
    Skipped {
        /// The message, or the place of a wait; none: an answer, or what a condition would decide.
        what: Option<String>,
        /// Why.
        reason: LeftOut,
    },
    /// The passage ended without its next text.
    LeftOut(LeftOut),
    /// A text waits until then: hours, or texts enough.
    Held(DateTime<Utc>),
    /// What came is a reaction to a text, by its name where it is known.
    Reacted(Option<String>),
    /// What came is the answer of a machine.
    Automatic,
    /// The reply was forwarded, and has an opt-out word in it.
    Flagged,
    /// The reply went to people.
    Kept {
        /// The inbox or address of the campaign; none: the inbox without a name.
        to: Option<String>,
        /// It contains an opt-out word.
        flagged: bool,
    },
    /// A step hands on a reply, and the person wrote none in this passage: nothing goes to that inbox.
    NoReply(String),
    /// The person opted out.
    OptedOut,
    /// The person opted in again.
    OptedIn,
    /// The passage ended.
    Finished(Option<String>),
}

/// A text that went to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// A message's name, `opt-out`, `help` or `opt-in`.
    pub name: String,
    /// The variant, where the message has several.
    pub variant: Option<String>,
    /// What it says.
    pub text: String,
    /// How many parts it has.
    pub parts: u32,
    /// The sender that it came from.
    pub sender: String,
    /// The passage of which a step sent it; none: it answers what the person wrote.
    pub passage: Option<usize>,
    /// The story has come to it.
    pub taken: bool,
}

impl Stage {
    /// A person at an instant. Nothing has happened yet.
    pub fn new(revision: Arc<Revision>, cast: Cast, variant: Option<String>, now: DateTime<Utc>) -> Stage {
        let starts = Starts::new(&revision, &cast, now);
        let person = Known {
            zones: Some(cast.zones.clone()),
            variant,
            tags: cast.tags.clone(),
            is_alone: true,
            ..Known::default()
        };
        Stage {
            written_to: revision.campaign.sender.clone(),
            revision,
            cast,
            now,
            person,
            opted_out: false,
            passages: vec![],
            starts,
            answers: Answers::default(),
            own: vec![],
            asked: vec![],
            log: vec![],
            trace: Trace::default(),
            waits: 0,
            first_inside: 0,
            first_known: 0,
            untaken: 0,
        }
    }

    /// What the clock shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The person's clock.
    pub fn zone(&self) -> Tz {
        self.person.zone(&self.revision)
    }

    /// What happened so far.
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// What the person knows, has and is.
    pub fn person(&self) -> &Known {
        &self.person
    }

    /// What the person has of a field: what was set last, else what was said of them.
    pub(crate) fn value(&self, field: &str) -> Option<&str> {
        let set = self.person.values.get(field).map(String::as_str);
        set.or_else(|| self.cast.told(field))
    }

    /// What was walked through.
    pub fn walked(&self) -> Walked {
        self.trace.walked()
    }

    /// The reasons for which passages ended.
    pub fn finished(&self) -> impl Iterator<Item = &str> {
        self.passages
            .iter()
            .filter_map(|passage| passage.finished.as_deref())
    }

    /// The texts that went to the person, the latest first.
    pub fn texts(&self) -> impl Iterator<Item = &Sent> {
        self.log.iter().rev().filter_map(|entry| match &entry.what {
            Happened::Sent(sent) => Some(sent),
            _ => None,
        })
    }

    /// Whether a list was joined or left last; none: neither.
    pub fn is_joined(&self, list: &str) -> Option<bool> {
        self.log.iter().rev().find_map(|entry| match &entry.what {
            Happened::Changed(Change::Join(own)) if own == list => Some(true),
            Happened::Changed(Change::Leave(own)) if own == list => Some(false),
            _ => None,
        })
    }

    /// Whether any went, or one of that message.
    pub fn is_texted(&self, of: Option<&str>) -> bool {
        self.texts().any(|sent| of.is_none_or(|of| sent.name == of))
    }

    /// Whether a text went to the person that has this link in it.
    pub fn has_link(&self, link: &str) -> bool {
        let short = links::short(&self.revision.campaign.name, link, self.cast.member.phone);
        self.texts().any(|sent| sent.text.contains(&short))
    }

    /// The earliest text that the story has not come to.
    pub fn untaken(&self) -> Option<(DateTime<Utc>, &Sent)> {
        if self.untaken == 0 {
            return None;
        }
        self.log.iter().find_map(|entry| match &entry.what {
            Happened::Sent(sent) if !sent.taken => Some((entry.at, sent)),
            _ => None,
        })
    }

    /// The story comes to that text.
    pub fn take(&mut self) {
        let untaken = self.log.iter_mut().find_map(|entry| match &mut entry.what {
            Happened::Sent(sent) if !sent.taken => Some(sent),
            _ => None,
        });
        if let Some(sent) = untaken {
            sent.taken = true;
            self.untaken -= 1;
        }
    }

    /// When something happens by itself next.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        let waiting = self.passages[self.first_inside..]
            .iter()
            .filter(|passage| passage.state == State::Waiting);
        waiting.map(|passage| passage.due_at).chain(self.start_at()).min()
    }

    /// When a passage may begin next.
    fn start_at(&self) -> Option<DateTime<Utc>> {
        let once = self.revision.campaign.pace.again == Again::Never && !self.passages.is_empty();
        self.starts.next_at().filter(|_| !once)
    }

    /// Lets everything happen that is due by now.
    pub fn settle(&mut self) {
        self.run_to(self.now);
    }

    /// Runs the clock to an instant; what is due then happens too.
    pub fn run_to(&mut self, end: DateTime<Utc>) {
        while let Some(at) = self.next_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.happen();
        }
        self.now = self.now.max(end);
    }

    /// Runs the clock until there is a text that was not taken, or nothing more happens by `last`.
    pub fn run_to_text(&mut self, last: DateTime<Utc>) {
        while self.untaken().is_none()
            && let Some(at) = self.next_at().filter(|at| *at <= last)
        {
            self.now = self.now.max(at);
            self.happen();
        }
    }

    /// What is due first.
    fn happen(&mut self) {
        self.forget();
        if self.start_at().is_some_and(|at| at <= self.now) {
            self.starts.take();
            if self.may_enter(None) {
                self.enter();
            }
            return;
        }
        let waiting = self.passages[self.first_inside..]
            .iter()
            .zip(self.first_inside..)
            .filter(|(passage, _)| passage.state == State::Waiting);
        let first = waiting.min_by_key(|(passage, _)| (passage.due_at, passage.wait));
        if let Some((passage, at)) = first {
            let place = passage.place;
            self.advance(at, &Event::Due(place));
        }
    }

    /// What ended long ago is not gone through any more.
    fn forget(&mut self) {
        let has_ended = |passage: &Passage| passage.state == State::Ended;
        while self.passages.get(self.first_inside).is_some_and(has_ended) {
            self.first_inside += 1;
        }
        if self.revision.campaign.goal.is_some() {
            return;
        }
        // Of those that have ended the one that texted last may be answered.
        let known = &self.passages[self.first_known..];
        let last = known.iter().filter_map(Passage::texted_last).max();
        let ended = &self.passages[self.first_known..self.first_inside];
        let ended = ended
            .iter()
            .take_while(|one| one.texted.is_empty() || one.texted_last() < last);
        for _ in 0..ended.count() {
            self.passages[self.first_known].known = Known::default();
            self.first_known += 1;
        }
    }

    /// The next launch has come: it plans anew who is of the audience.
    fn enter(&mut self) {
        let is_first = self.passages.is_empty();
        let reason = match self.opted_out {
            true => Some(LeftOut::OptedOut),
            false => self.cast.left_out(&self.revision, &self.person, self.now),
        };
        match reason.filter(|_| !is_first) {
            Some(reason) => self.note(Happened::NotEntered(reason)),
            None => self.begin(None, None, vec![]),
        }
    }

    /// A passage begins: with nothing delivered, opened, answered or told of those before it.
    fn begin(&mut self, key: Option<String>, event: Option<&str>, fields: Vec<(String, String)>) {
        self.restart(key.as_deref());
        let mut known = self.person.clone();
        known.began_at = Some(self.now);
        if !self.passages.is_empty() {
            known.values.extend(self.own.iter().cloned());
        }
        known.values.extend(fields);
        known.events.extend(event.map(str::to_owned));
        self.passages.push(Passage {
            key,
            place: Place::START,
            state: State::Waiting,
            due_at: self.now,
            wait: self.waits,
            began_at: self.now,
            texted: BTreeMap::new(),
            known,
            finished: None,
        });
        self.waits += 1;
        self.note(Happened::Began);
    }

    /// A call to that address gets this answer: the first one that is made and has none yet.
    pub fn will_answer(&mut self, url: &str, answer: Option<Node>) {
        self.answers.push(url, answer);
    }

    /// Something of the person, whatever the passage.
    fn know<T>(&mut self, learn: impl Fn(&mut Known) -> T) {
        learn(&mut self.person);
        self.know_inside(learn);
    }

    /// Something of the passages there are.
    fn know_inside<T>(&mut self, learn: impl Fn(&mut Known) -> T) {
        for passage in &mut self.passages[self.first_known..] {
            learn(&mut passage.known);
        }
    }

    /// Asks [`advance`], and keeps what comes of it.
    fn advance(&mut self, at: usize, event: &Event<'_>) {
        let decided = self.decide(at, event);
        self.follow(at, event, decided);
    }

    /// What [`advance`] says.
    fn decide(&self, at: usize, event: &Event<'_>) -> Decided {
        let passage = &self.passages[at];
        let enrolment = passage.enrolment(&self.cast.member);
        let facts = Facts {
            opted_out: self.opted_out,
            cancelled: false,
            stranger: false,
            reads: None,
            known: &passage.known,
            trace: Some(&self.trace),
        };
        let (after, effects) = advance(&self.revision, enrolment, facts, event, self.now);
        Decided {
            stands: (after.place, after.state, after.due_at),
            effects,
        }
    }

    fn follow(&mut self, at: usize, event: &Event<'_>, decided: Decided) {
        let Decided {
            stands: (place, state, due_at),
            effects,
        } = decided;
        let held =
            matches!((event, effects.as_slice()), (Event::Due(due), [Effect::Depart(to, _)]) if due == to);
        let passage = &mut self.passages[at];
        if (passage.place, passage.due_at) != (place, due_at) {
            passage.wait = self.waits;
            self.waits += 1;
        }
        (passage.place, passage.state, passage.due_at) = (place, state, due_at);
        if held {
            self.note(Happened::Held(due_at));
        }
        for effect in effects {
            self.apply(Some(at), effect);
        }
    }

    fn apply(&mut self, at: Option<usize>, effect: Effect) {
        match (effect, at) {
            (Effect::Send { text, parts }, Some(at)) => self.send(at, text, parts),
            (Effect::Answer { text, of, sender }, at) => self.answer(at, text, of, sender),
            (Effect::Change(change), at) => self.change(at, change),
            (Effect::Suppress, _) => self.suppress(at),
            (Effect::Allow, _) => {
                self.opted_out = false;
                self.note(Happened::OptedIn);
            }
            (Effect::Finish(reason), Some(at)) => {
                self.passages[at].finished.clone_from(&reason);
                self.note(Happened::Finished(reason));
            }
            (Effect::Skip(step, reason), _) => self.skip(step, reason),
            (Effect::LeaveOut(reason), _) => self.note(Happened::LeftOut(reason)),
            (Effect::Keep { flagged }, _) if self.is_forwarded() => {
                if flagged {
                    self.note(Happened::Flagged);
                }
            }
            (Effect::Keep { flagged }, _) => {
                let to = match &self.revision.campaign.replies {
                    Replies::Inbox(to) | Replies::Address(to) => Some(to.clone()),
                    Replies::Kept | Replies::Nobody => None,
                };
                self.note(Happened::Kept { to, flagged });
            }
            (Effect::SetAside(Aside::Automatic), _) => self.note(Happened::Automatic),
            (Effect::SetAside(Aside::Reaction(quotes)), _) => {
                let quoted = quotes.and_then(|nth| self.texts().nth(nth));
                let name = quoted.map(|sent| sent.name.clone());
                self.note(Happened::Reacted(name));
            }
            (Effect::Depart(..), _) => {}
            // The carrier of this stage takes every text at once.
            (Effect::LookUp | Effect::Retry { .. } | Effect::GiveUp(_), _)
            | (Effect::Send { .. } | Effect::Finish(_), None) => {}
        }
    }

    fn note(&mut self, what: Happened) {
        let at = self.now;
        self.untaken += usize::from(matches!(what, Happened::Sent(_)));
        self.log.push(Entry { at, what });
    }
}
