//! The text that comes next against what the story says of it.

use chrono::{DateTime, Timelike, Utc};
use dsl::campaign::story::{At, Expectation, Expected, Scene};

use super::{Failure, PATIENCE, Play, edits, is_it, written};
use crate::stage::{Happened, Sent};

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
            self.edits.push(edits::nothing(self.file, scene, expectation));
            return Err(Failure::new(span, message, self.why_nothing()));
        };
        let (sent, when) = (sent.clone(), self.shown(at));
        if !is_it(&expectation.what, &sent.name) {
            let message = format!("\"{}\" comes, not \"{wanted}\"", sent.name);
            self.edits.push(edits::value(&span, sent.name.clone()));
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
        self.edits.push(edits::value(&scene.value, name));
        Err(Failure::new(scene.value.clone(), message, help))
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
            Happened::LeftOut(reason) | Happened::Skipped(reason) | Happened::NotEntered(reason) => {
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
