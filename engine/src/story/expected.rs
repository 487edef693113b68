//! The text that comes next against what the story says of it.

use chrono::{DateTime, Timelike, Utc};
use dsl::campaign::story::{At, Expectation, Expected, Said, Scene};
use dsl::edit::Edit;

use super::{Failure, PATIENCE, Play, edits, is_it, written};
use crate::play::word;
use crate::stage::{Entry, Happened, Sent};

impl Play<'_> {
    pub(super) fn expect(&mut self, scene: &Scene, expectation: &Expectation) -> Result<(), Failure> {
        let span = scene.value.clone();
        if expectation.what == Expected::Nothing {
            return self.nothing(scene);
        }
        let wanted = written(&expectation.what);
        self.stage.run_to_text(self.stage.now() + PATIENCE);
        let Some((at, sent)) = self.stage.untaken() else {
            let message = format!("\"{wanted}\" never comes");
            self.no_more(scene, expectation);
            return Err(Failure::new(span, message, self.why_nothing()));
        };
        let (sent, when) = (sent.clone(), self.shown(at));
        if !is_it(&expectation.what, &sent.name) {
            let message = format!("\"{}\" comes, not \"{wanted}\"", sent.name);
            self.other(scene, &sent.name);
            let help = format!("{when}: {}", sent.text);
            return Err(Failure::new(span, message, help));
        }
        self.stage.take();
        self.details(expectation, &sent)?;
        self.moment(expectation, at)?;
        self.hours(expectation, at, &sent)
    }

    fn nothing(&mut self, scene: &Scene) -> Result<(), Failure> {
        let Some((at, sent)) = self.stage.untaken() else {
            return Ok(());
        };
        let message = format!("\"{}\" comes, and nothing should", sent.name);
        let help = format!("{}: {}", self.shown(at), sent.text);
        let name = sent.name.clone();
        self.other(scene, &name);
        Err(Failure::new(scene.value.clone(), message, help))
    }

    /// The story says that text where it came: at this line in the place of what that says, unless it came before, or what the
    /// line says comes behind it.
    fn other(&mut self, scene: &Scene, name: &str) {
        let here = self.before.len() - 1;
        let is_earlier = self.came_before(here).is_some_and(|line| line < here);
        let edit = match is_earlier {
            true => self.more(here, name),
            false if self.comes_next(scene) => {
                let says = format!("expect: {}", word(name));
                Some(edits::before(self.file, &scene.whole, &says))
            }
            false => None,
        };
        let here = || edits::value(&scene.value, word(name));
        self.edits.push(edit.unwrap_or_else(here));
    }

    /// Whether what a line expects is the text behind the one that comes. The stage runs on to see it.
    fn comes_next(&mut self, scene: &Scene) -> bool {
        let Said::Expect(Expectation { what, .. }) = &scene.said else {
            return false;
        };
        self.ended = Some(self.so_far());
        self.stage.take();
        self.stage.run_to_text(self.stage.now() + PATIENCE);
        let next = self.stage.untaken();
        next.is_some_and(|(_, sent)| is_it(what, &sent.name))
    }

    /// The story says nothing more at this line; once is enough.
    fn no_more(&mut self, scene: &Scene, expectation: &Expectation) {
        let here = self.before.len() - 1;
        let is_nothing = |at: usize| {
            let said = self.scenes.get(at).map(|scene| &scene.said);
            matches!(said, Some(Said::Expect(other)) if other.what == Expected::Nothing)
        };
        let is_said = is_nothing(here + 1) || here.checked_sub(1).is_some_and(is_nothing);
        let without = is_said.then(|| edits::without(self.file, &scene.whole)).flatten();
        let nothing = || edits::nothing(self.file, scene, expectation);
        let edit = without.unwrap_or_else(nothing);
        self.edits.push(edit);
    }

    /// A line for the earliest text that no line took, behind what brought it; before the line `end`.
    pub(super) fn more(&self, end: usize, name: &str) -> Option<Edit> {
        let says = format!("expect: {}", word(name));
        Some(match self.came_before(end)?.checked_sub(1) {
            Some(line) => edits::behind(self.file, &self.scenes[line].whole, &says),
            None => edits::before(self.file, &self.scenes.first()?.whole, &says),
        })
    }

    /// The line before which that text is to be told: the first one behind it that makes something happen.
    fn came_before(&self, end: usize) -> Option<usize> {
        let untaken = |entry: &Entry| matches!(&entry.what, Happened::Sent(sent) if !sent.taken);
        let came = self.stage.log().iter().position(untaken)?;
        let brought = self.before.iter().filter(|before| **before <= came).count();
        let is_claim = |scene: &&Scene| !moves(&scene.said);
        let claims = self.scenes[brought..end.max(brought)].iter().take_while(is_claim);
        Some(brought + claims.count())
    }

    fn details(&mut self, expectation: &Expectation, sent: &Sent) -> Result<(), Failure> {
        if let Some((text, span)) = &expectation.text
            && *text != sent.text
        {
            self.edits.push(edits::text(self.file, span, &sent.text));
            let message = format!("\"{}\" says something else", sent.name);
            return Err(Failure::new(
                span.clone(),
                message,
                format!("it says: {}", sent.text),
            ));
        }
        if let Some((parts, span)) = &expectation.parts
            && *parts != sent.parts
        {
            self.edits.push(edits::value(span, sent.parts.to_string()));
            let word = if sent.parts == 1 { "part" } else { "parts" };
            let message = format!("\"{}\" has {} {word}, not {parts}", sent.name, sent.parts);
            let help = format!("it says: {}", sent.text);
            return Err(Failure::new(span.clone(), message, help));
        }
        Ok(())
    }

    fn moment(&mut self, expectation: &Expectation, at: DateTime<Utc>) -> Result<(), Failure> {
        let Some((wanted, span)) = &expectation.at else {
            return Ok(());
        };
        let local = at.with_timezone(&self.stage.zone());
        let same = match wanted {
            At::Minute(minute) => local.hour() * 60 + local.minute() == *minute,
            At::Time(time) => {
                let wanted = time.resolve(self.stage.zone());
                wanted.timestamp() / 60 == at.timestamp() / 60
            }
        };
        if same {
            return Ok(());
        }
        let shown = match wanted {
            At::Minute(_) => local.format("\"%H:%M\"").to_string(),
            At::Time(_) => local.format("%Y-%m-%d %H:%M").to_string(),
        };
        self.edits.push(edits::value(span, shown));
        let message = "it does not come at that time";
        Err(Failure::new(
            span.clone(),
            message,
            format!("it comes {}", self.shown(at)),
        ))
    }

    fn hours(&mut self, expectation: &Expectation, at: DateTime<Utc>, sent: &Sent) -> Result<(), Failure> {
        let Some((hours, span)) = &expectation.between else {
            return Ok(());
        };
        let hour = at.with_timezone(&self.stage.zone()).hour();
        let minute = at.with_timezone(&self.stage.zone()).minute();
        if hours.holds(hour * 60 + minute) {
            return Ok(());
        }
        self.edits
            .push(edits::value(span, format!("{hour:02}:00-{:02}:00", hour + 1)));
        let message = format!("\"{}\" does not come between {hours}", sent.name);
        Err(Failure::new(
            span.clone(),
            message,
            format!("it comes {}", self.shown(at)),
        ))
    }

    /// What is known of why no text comes.
    fn why_nothing(&self) -> String {
        let reason = self.stage.log().iter().rev().find_map(|entry| match &entry.what {
            Happened::LeftOut(reason) | Happened::Skipped { reason, .. } | Happened::NotEntered(reason) => {
                Some(reason.to_string())
            }
            Happened::OptedOut => Some("the person opted out".to_owned()),
            Happened::Finished(Some(reason)) => Some(format!("the passage ended with \"{reason}\"")),
            Happened::Finished(None) => Some("the passage came to its end".to_owned()),
            _ => None,
        });
        let began = self.stage.log().iter().any(|entry| entry.what == Happened::Began);
        match reason {
            Some(reason) => reason,
            None if began => "no text comes for three years".to_owned(),
            None => "the campaign never begins for this person".to_owned(),
        }
    }
}

/// Whether a line makes something happen; the others say what has.
fn moves(said: &Said) -> bool {
    match said {
        Said::Reply(_)
        | Said::Says(_)
        | Said::Receipt { .. }
        | Said::Clicks(_)
        | Said::Event(_)
        | Said::After(_) => true,
        Said::Expect(_)
        | Said::Calls { .. }
        | Said::Tagged(_)
        | Said::Joined(_)
        | Said::Left(_)
        | Said::Set(_)
        | Said::Notified(_)
        | Said::Forwarded(_)
        | Said::Finished(_) => false,
    }
}
