//! Plays a story: one person on a stage, line by line. What comes out is the transcript, and where it differs from what the
//! story says. Pure: the same file gives the same transcript, whatever the day.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::Schedule;
use dsl::campaign::program::Inbox;
use dsl::campaign::story::{Expected, Said, Scene, Story};
use dsl::diagnostic::Diagnostic;
use dsl::scalar::WrittenTime;

use crate::advance::{Change, Walked};
use crate::plan::{NotCast, cast};
use crate::revision::Revision;
use crate::stage::{Entry, Happened, Stage};

mod calls;
mod coverage;
mod expected;

pub use coverage::{Coverage, Unwalked};

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
    let person = match cast(revision, &person(story), begin) {
        Ok(person) => person,
        Err(error) => return nobody(impossible(story, &error)),
    };
    // On the person's clock, now that it is known.
    let at = story.at.map(|at| at.resolve(person.zones.zones()[0]));
    let begin = at.unwrap_or(begin);
    let language = person.member.language;
    let stage = Stage::new(revision.clone(), person, story.variant.clone(), begin);
    let mut play = Play {
        stage,
        calls: 0,
        told: 0,
        edits: vec![],
    };
    if let Some(event) = &story.event {
        play.stage.event(event);
    }
    let failure = play.scenes(story).err();
    let zone = play.stage.zone();
    Played {
        name: story.name.clone(),
        log: play.stage.log().to_vec(),
        zone,
        failure,
        edits: play.edits,
        walked: play.stage.walked(),
        language,
        ran: begin..play.stage.now(),
    }
}

/// The columns of the person, and what the event that begins the passage carries: texts may use both.
fn person(story: &Story) -> Vec<(String, String)> {
    let fields = story.event.iter().flat_map(|event| &event.fields);
    let own = story.person.iter();
    let extra = fields.filter(|(name, _)| !story.person.iter().any(|(column, _)| column == name));
    own.chain(extra).cloned().collect()
}

fn impossible(story: &Story, error: &NotCast) -> Failure {
    Failure {
        impossible: true,
        ..Failure::new(
            story.person_span.clone(),
            error.to_string(),
            "a story is about somebody whom the campaign texts: change the person, or the audience",
        )
    }
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
struct Play {
    stage: Stage,
    /// Entries of the log up to which calls were answered.
    calls: usize,
    /// Entries of the log up to which inboxes were told.
    told: usize,
    edits: Vec<dsl::edit::Edit>,
}

impl Play {
    fn scenes(&mut self, story: &Story) -> Result<(), Failure> {
        for scene in &story.scenes {
            if !matches!(scene.said, Said::Calls { .. }) {
                self.stage.settle();
            }
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
                let line = format!("\n{}- expect: {}", " ".repeat(6), sent.name);
                self.edits.push(dsl::edit::Edit::new(last.end..last.end, line));
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
            Said::Receipt(delivered) => {
                self.stage.receipt(*delivered);
                Ok(())
            }
            Said::Clicks(link) => {
                self.stage.click(link);
                Ok(())
            }
            Said::Event(event) => {
                self.stage.event(event);
                Ok(())
            }
            Said::Calls { url, answer } => self.call(scene, url, answer.as_ref()),
            Said::After(time) => {
                let end = time.after(self.stage.now(), self.stage.zone());
                self.stage.run_to(end);
                Ok(())
            }
            Said::Tagged(tags) => {
                self.all(scene, tags, "tag", |stage, tag| stage.person().tags.contains(tag))
            }
            Said::Joined(lists) => self.all(scene, lists, "list joined", |stage, list| {
                last_of(stage, list) == Some(true)
            }),
            Said::Left(lists) => self.all(scene, lists, "list left", |stage, list| {
                last_of(stage, list) == Some(false)
            }),
            Said::Set(values) => self.values(scene, values),
            Said::Notified(inbox) => self.told(scene, inbox, "a text of ours", |change| match change {
                Change::Notify { to, .. } => Some(to),
                _ => None,
            }),
            Said::Forwarded(inbox) => self.told(scene, inbox, "the reply", |change| match change {
                Change::Forward(to) => Some(to),
                _ => None,
            }),
            Said::Finished(reason) => self.finished(scene, reason),
        }
    }

    fn all(
        &self,
        scene: &Scene,
        names: &[String],
        what: &str,
        holds: impl Fn(&Stage, &str) -> bool,
    ) -> Result<(), Failure> {
        match names.iter().find(|name| !holds(&self.stage, name)) {
            None => Ok(()),
            Some(name) => {
                let tags: Vec<&str> = self.stage.person().tags.iter().map(String::as_str).collect();
                let help = match what {
                    "tag" if tags.is_empty() => "the person has no tags".to_owned(),
                    "tag" => format!("the person has {}", tags.join(", ")),
                    _ => "no step did that by now".to_owned(),
                };
                Err(Failure::new(
                    scene.value.clone(),
                    format!("no {what} \"{name}\""),
                    help,
                ))
            }
        }
    }

    fn values(&self, scene: &Scene, values: &[(String, String)]) -> Result<(), Failure> {
        for (field, wanted) in values {
            let has = self.stage.person().values.get(field).map_or("", String::as_str);
            if has != wanted {
                let message = format!("{field} is not \"{wanted}\"");
                let help = match has {
                    "" => "no step set it".to_owned(),
                    has => format!("it is \"{has}\""),
                };
                return Err(Failure::new(scene.value.clone(), message, help));
            }
        }
        Ok(())
    }

    /// An inbox got something since the last time that a story asked.
    fn told(
        &mut self,
        scene: &Scene,
        inbox: &str,
        what: &str,
        of: impl Fn(&Change) -> Option<&Inbox>,
    ) -> Result<(), Failure> {
        let entries = self.stage.log().iter().zip(0..).skip(self.told);
        let mut tellings = entries.filter_map(|(entry, at)| match &entry.what {
            Happened::Changed(change) => of(change).map(|to| (to.to_string(), at)),
            _ => None,
        });
        match tellings.next() {
            Some((to, at)) if to == inbox => {
                self.told = at + 1;
                Ok(())
            }
            Some((to, _)) => {
                let message = format!("\"{to}\" got {what}, not \"{inbox}\"");
                self.edits.push(dsl::edit::Edit::new(scene.value.clone(), to));
                Err(Failure::new(
                    scene.value.clone(),
                    message,
                    "write the inbox that gets it",
                ))
            }
            None => {
                let message = format!("\"{inbox}\" did not get {what}");
                Err(Failure::new(
                    scene.value.clone(),
                    message,
                    "no step did that by now",
                ))
            }
        }
    }

    fn finished(&mut self, scene: &Scene, reason: &str) -> Result<(), Failure> {
        let reasons: Vec<String> = self.stage.finished().map(str::to_owned).collect();
        if reasons.iter().any(|own| own == reason) {
            return Ok(());
        }
        let help = match reasons.last() {
            Some(own) => {
                self.edits
                    .push(dsl::edit::Edit::new(scene.value.clone(), own.clone()));
                format!("it ended with \"{own}\"")
            }
            None => "the passage has not ended with a reason".to_owned(),
        };
        let message = format!("the passage did not end with \"{reason}\"");
        Err(Failure::new(scene.value.clone(), message, help))
    }

    /// An instant on the person's clock.
    fn shown(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.stage.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string()
    }
}

/// Whether a list was joined or left last; none: neither.
fn last_of(stage: &Stage, list: &str) -> Option<bool> {
    stage.log().iter().rev().find_map(|entry| match &entry.what {
        Happened::Changed(Change::Join(own)) if own == list => Some(true),
        Happened::Changed(Change::Leave(own)) if own == list => Some(false),
        _ => None,
    })
}

/// Whether what was expected is that text.
fn is_it(expected: &Expected, name: &str) -> bool {
    match expected {
        Expected::Message(wanted) => wanted == name,
        Expected::OptOut => name == "opt-out",
        Expected::Help => name == "help",
        Expected::Nothing => false,
    }
}

/// As a story writes it.
fn written(expected: &Expected) -> &str {
    match expected {
        Expected::Message(name) => name,
        Expected::OptOut => "opt-out",
        Expected::Help => "help",
        Expected::Nothing => "nothing",
    }
}
