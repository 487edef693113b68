//! Plays a story: one person on a stage, line by line. What comes out is the transcript, and where it differs from what the
//! story says. Pure: the same file gives the same transcript, whatever the day.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::Schedule;
use dsl::campaign::story::{At, Expectation, Expected, Occurrence, Said, Scene, Story};
use dsl::diagnostic::Diagnostic;
use dsl::scalar::WrittenTime;

use crate::advance::{Change, Known, Walked};
use crate::plan::{Cast, NotCast, cast, planned_out};
use crate::play::Cannot;
use crate::revision::Revision;
use crate::stage::{Entry, Happened, Stage, shown};

mod calls;
mod claims;
mod coverage;
pub(crate) mod edits;
mod expected;
#[cfg(test)]
mod tests;

pub use coverage::{Coverage, Unwalked, place_of};

/// A story does not wait longer for a text.
const PATIENCE: TimeDelta = TimeDelta::days(366 * 3);

/// What came of a story.
#[derive(Debug, Clone)]
pub struct Played {
    /// Its name.
    pub name: String,
    /// What happened, in order.
    pub log: Vec<Entry>,
    /// The person's clock.
    pub zone: Tz,
    /// The first thing that is not as the story says.
    pub failure: Option<Failure>,
    /// What would make the story say what happens.
    pub edits: Vec<dsl::edit::Edit>,
    /// What was walked through.
    pub walked: Walked,
    /// Of the person: an index into the campaign's languages.
    pub language: u8,
    /// From when to when it ran.
    pub ran: Range<DateTime<Utc>>,
}

impl Played {
    /// What the texts said that went to the person, each with its name.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (String, String)> {
        self.log.iter().filter_map(|entry| match &entry.what {
            Happened::Sent(sent) => Some((sent.text.clone(), sent.name.clone())),
            _ => None,
        })
    }

    /// Its places are those of a text that begins at this byte of the text that it was played from.
    pub fn begin_at(&mut self, offset: usize) {
        let back = |span: &mut Range<usize>| {
            *span = span.start.saturating_sub(offset)..span.end.saturating_sub(offset)
        };
        self.failure
            .iter_mut()
            .for_each(|failure| back(&mut failure.span));
        self.edits.iter_mut().for_each(|edit| back(&mut edit.span));
    }
}

/// Where what happens differs from what the story says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What to point at, in bytes of the file.
    pub span: Range<usize>,
    /// Lowercase, without a full stop.
    pub message: String,
    /// What happened instead, or what to do.
    pub help: String,
    /// The story cannot be true, whatever the campaign does.
    pub impossible: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl Failure {
    /// As a finding of the file.
    pub fn diagnostic(&self) -> Diagnostic {
        let code = if self.impossible {
            "story-impossible"
        } else {
            "story-differs"
        };
        Diagnostic::error(code, self.span.clone(), self.message.clone()).help(self.help.clone())
    }

    fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure {
            span,
            message: message.into(),
            help: help.into(),
            impossible: false,
        }
    }

    fn impossible(self) -> Failure {
        Failure {
            impossible: true,
            ..self
        }
    }
}

/// What of a story cannot be true whatever happens in it, as far as that is known before it is played.
pub fn impossible(revision: &Revision, story: &Story) -> Option<Failure> {
    let begin = begin(revision, story, revision.campaign.timezone);
    match whom(revision, story, begin) {
        Err(error) => Some(cannot_be_cast(story, &error)),
        Ok(person) => {
            let zone = person.zones.zones()[0];
            let begin = story.at.map_or(begin, |at| at.resolve(zone));
            at_odds(revision, story, begin, zone)
        }
    }
}

/// What of its lines cannot be true.
fn at_odds(revision: &Revision, story: &Story, begin: DateTime<Utc>, zone: Tz) -> Option<Failure> {
    too_early(story, begin, zone).or_else(|| unknown(revision, story))
}

/// The person of a story that begins at an instant.
fn whom(revision: &Revision, story: &Story, begin: DateTime<Utc>) -> Result<Cast, NotCast> {
    let values = with_carried(&story.person, story.event.as_ref());
    let person = cast(revision, &values, &story.tags, begin)?;
    let known = Known {
        variant: story.variant.clone(),
        tags: story.tags.clone(),
        ..Known::default()
    };
    match planned_out(revision, &values, &person.member, &known, begin) {
        Some(reason) => Err(NotCast::LeftOut(reason)),
        None => Ok(person),
    }
}

/// Plays a story of a campaign.
pub fn play(revision: &Arc<Revision>, story: &Story) -> Played {
    let zone = revision.campaign.timezone;
    let begin = begin(revision, story, zone);
    let nobody = |failure| Played {
        name: story.name.clone(),
        log: vec![],
        zone,
        failure: Some(failure),
        edits: vec![],
        walked: Walked::default(),
        language: 0,
        ran: begin..begin,
    };
    let person = match whom(revision, story, begin) {
        Ok(person) => person,
        Err(error) => return nobody(cannot_be_cast(story, &error)),
    };
    // On the person's clock, now that it is known.
    let at = story.at.map(|at| at.resolve(person.zones.zones()[0]));
    let begin = at.unwrap_or(begin);
    let language = person.member.language;
    let mut stage = Stage::new(revision.clone(), person, story.variant.clone(), begin);
    calls::answered(&mut stage, story);
    let mut play = Play {
        file: &revision.source.campaign,
        stage,
        scenes: &story.scenes,
        before: vec![],
        ended: None,
        calls: 0,
        told: BTreeSet::new(),
        edits: vec![],
    };
    if let Some(event) = &story.event {
        play.stage.begins_by(event, &story.person);
    }
    if let Some(Said::Says(text)) = story.scenes.first().map(|scene| &scene.said) {
        play.stage.joins_by(text);
    }
    let failure = at_odds(revision, story, begin, play.stage.zone());
    let failure = failure.or_else(|| play.scenes(story).err());
    let zone = play.stage.zone();
    let ended = play.ended.take().unwrap_or_else(|| play.so_far());
    Played {
        name: story.name.clone(),
        log: play.stage.log()[..ended.entries].to_vec(),
        zone,
        failure,
        edits: play.edits,
        walked: ended.walked,
        language,
        ran: begin..ended.at,
    }
}

/// The columns of a person, and what the event that begins the passage carries, which wins: texts may use both.
pub(crate) fn with_carried(person: &[(String, String)], event: Option<&Occurrence>) -> Vec<(String, String)> {
    let carried = event.iter().flat_map(|event| &event.fields);
    let carried: Vec<&(String, String)> = carried.filter(|(name, _)| name != "phone").collect();
    let is_carried = |name: &str| carried.iter().any(|(field, _)| field == name);
    let own = person.iter().filter(|(column, _)| !is_carried(column));
    own.chain(carried.iter().copied()).cloned().collect()
}

/// A text that is expected before the story begins.
fn too_early(story: &Story, begin: DateTime<Utc>, zone: Tz) -> Option<Failure> {
    let times = story.scenes.iter().filter_map(|scene| match &scene.said {
        Said::Expect(Expectation {
            at: Some((At::Time(time), span)),
            ..
        }) => Some((time.resolve(zone), span)),
        _ => None,
    });
    let (at, span) = times.into_iter().find(|(at, _)| *at < begin)?;
    let begins = shown(begin.with_timezone(&zone));
    let failure = Failure::new(
        span.clone(),
        format!("no text can come {}", shown(at.with_timezone(&zone))),
        format!("the story begins {begins}; `at` beside `person` begins it at another time"),
    );
    Some(failure.impossible())
}

/// A text that is expected by the place of its step, and stands nowhere.
fn unknown(revision: &Revision, story: &Story) -> Option<Failure> {
    let messages = &revision.campaign.messages;
    let is_known = |name: &str| messages.iter().any(|message| message.name == name);
    let expected = story.scenes.iter().filter_map(|scene| match &scene.said {
        Said::Expect(Expectation {
            what: Expected::Message(name),
            ..
        }) => Some((name, &scene.value)),
        _ => None,
    });
    let (name, span) = expected.into_iter().find(|(name, _)| !is_known(name))?;
    let names: Vec<&str> = messages.iter().map(|message| message.name.as_str()).collect();
    let help = format!("there are {}", names.join(", "));
    Some(Failure::new(span.clone(), format!("no text is called \"{name}\""), help).impossible())
}

fn cannot_be_cast(story: &Story, error: &NotCast) -> Failure {
    Failure::new(
        story.person_span.clone(),
        error.to_string(),
        "a story is about somebody whom the campaign texts: change the person, or the audience",
    )
    .impossible()
}

/// When a story begins that is told on the campaign's clock.
fn begin(revision: &Revision, story: &Story, zone: Tz) -> DateTime<Utc> {
    let scheduled = match &revision.campaign.schedule {
        Schedule::At(at) => Some(*at),
        // A day earlier, since the recipient's clock may be ahead.
        Schedule::Local(local) => Some(WrittenTime::Local(*local).resolve(zone) - TimeDelta::days(1)),
        Schedule::Now | Schedule::Cron { .. } | Schedule::Day { .. } | Schedule::Trigger(_) => None,
    };
    let at = story.at.map(|at| at.resolve(zone));
    at.or(scheduled).unwrap_or_default()
}

/// A story under way.
struct Play<'a> {
    /// The text that the story stands in.
    file: &'a str,
    stage: Stage,
    scenes: &'a [Scene],
    /// How much had happened when each of the lines so far was come to.
    before: Vec<usize>,
    /// How far the story came, where the stage ran further to see what comes.
    ended: Option<Ended>,
    /// Entries of the log up to which calls were answered.
    calls: usize,
    /// Entries of the log in which an inbox got something that the story came to.
    told: BTreeSet<usize>,
    edits: Vec<dsl::edit::Edit>,
}

/// How far a story came.
struct Ended {
    /// Entries of the log.
    entries: usize,
    at: DateTime<Utc>,
    walked: Walked,
}

impl Play<'_> {
    fn so_far(&self) -> Ended {
        Ended {
            entries: self.stage.log().len(),
            at: self.stage.now(),
            walked: self.stage.walked(),
        }
    }

    fn scenes(&mut self, story: &Story) -> Result<(), Failure> {
        for scene in self.scenes {
            self.stage.settle();
            self.before.push(self.stage.log().len());
            self.scene(scene)?;
        }
        self.stage.settle();
        let last = story
            .scenes
            .last()
            .map_or(story.span.clone(), |scene| scene.whole.clone());
        match self.stage.untaken() {
            None => Ok(()),
            Some((at, sent)) => {
                let when = self.shown(at);
                let message = format!("the story ends, and \"{}\" came that nobody expected", sent.name);
                let help = format!("it came {when}; add `- expect: {}`", sent.name);
                let says = format!("expect: {}", sent.name);
                let first = story.empty.as_ref();
                let first = first.map(|list| edits::value(list, format!("[{{ {says} }}]")));
                let edit = self.more(self.scenes.len(), &sent.name);
                self.edits.extend(edit.or(first));
                Err(Failure::new(last, message, help))
            }
        }
    }

    fn scene(&mut self, scene: &Scene) -> Result<(), Failure> {
        match &scene.said {
            Said::Expect(expectation) => self.expect(scene, expectation),
            Said::Reply(text) | Said::Says(text) => {
                self.stage.reply(text);
                Ok(())
            }
            Said::Receipt { delivered, of } => {
                let of = of.as_ref().map(|(name, _)| name.as_str());
                if !self.stage.is_texted(of) {
                    return Err(cannot(scene, &Cannot::no_text(of)));
                }
                self.stage.receipt(*delivered, of);
                Ok(())
            }
            Said::Clicks(link) => match self.stage.has_link(link) {
                true => {
                    self.stage.click(link);
                    Ok(())
                }
                false => Err(cannot(scene, &Cannot::NoLink(link.clone()))),
            },
            Said::Event(event) => {
                self.stage.event(event);
                Ok(())
            }
            Said::Calls { url, span, .. } => self.call(scene, url, span),
            Said::After(time) => {
                let end = time.after(self.stage.now(), self.stage.zone());
                self.stage.run_to(end);
                Ok(())
            }
            Said::Tagged(tags) => self.all(scene, tags, "tag", |change| match change {
                Change::Tag(tag) => Some(tag),
                _ => None,
            }),
            Said::Joined(lists) => self.all(scene, lists, "list joined", |change| match change {
                Change::Join(list) => Some(list),
                _ => None,
            }),
            Said::Left(lists) => self.all(scene, lists, "list left", |change| match change {
                Change::Leave(list) => Some(list),
                _ => None,
            }),
            Said::Set(values) => self.values(scene, values),
            Said::Notified(inbox) => self.told(scene, inbox, "a text of ours", |what| match what {
                Happened::Changed(Change::Notify { to, .. }) => Some(to.to_string()),
                _ => None,
            }),
            Said::Forwarded(inbox) => self.told(scene, inbox, "the reply", |what| match what {
                Happened::Changed(Change::Forward(to)) => Some(to.to_string()),
                Happened::Kept { to, .. } => to.clone(),
                _ => None,
            }),
            Said::Finished(reason) => self.finished(scene, reason),
        }
    }

    /// An instant on the person's clock.
    fn shown(&self, at: DateTime<Utc>) -> String {
        shown(at.with_timezone(&self.stage.zone()))
    }
}

/// What a line says cannot be, by what came before it.
fn cannot(scene: &Scene, why: &Cannot) -> Failure {
    let help = "`- expect:` the text before this line, or `- after:` some time";
    Failure::new(scene.value.clone(), why.to_string(), help).impossible()
}

/// Whether what was expected is that text.
fn is_it(expected: &Expected, name: &str) -> bool {
    match expected {
        Expected::Message(wanted) => wanted == name,
        Expected::OptOut => name == "opt-out",
        Expected::OptIn => name == "opt-in",
        Expected::Help => name == "help",
        Expected::Nothing => false,
    }
}

/// As a story writes it.
fn written(expected: &Expected) -> &str {
    match expected {
        Expected::Message(name) => name,
        Expected::OptOut => "opt-out",
        Expected::OptIn => "opt-in",
        Expected::Help => "help",
        Expected::Nothing => "nothing",
    }
}
