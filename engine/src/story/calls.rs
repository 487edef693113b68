//! Calls of a story are answered from the story, never from the network.

use std::ops::Range;

use dsl::campaign::story::{Said, Scene, Story};

use super::{Failure, Play, edits};
use crate::advance::Change;
use crate::stage::{Happened, Stage};

/// Tells the stage what calls are answered, whatever stands before them in the story.
pub(super) fn answered(stage: &mut Stage, story: &Story) {
    for scene in &story.scenes {
        if let Said::Calls { url, answer, .. } = &scene.said {
            stage.will_answer(url, answer.clone());
        }
    }
}

impl Play<'_> {
    /// The next call goes to that address, which stands at `written`.
    pub(super) fn call(&mut self, scene: &Scene, url: &str, written: &Range<usize>) -> Result<(), Failure> {
        let entries = self.stage.log().iter().zip(0..).skip(self.calls);
        let mut calls = entries.filter_map(|(entry, at)| match &entry.what {
            Happened::Changed(Change::Call(request)) => Some((request.url.clone(), at)),
            _ => None,
        });
        let span = scene.value.clone();
        match calls.next() {
            None => {
                self.edits.extend(edits::without(self.file, &scene.whole));
                let message = format!("nothing calls {url}");
                Err(Failure::new(span, message, "no step did that by now"))
            }
            Some((called, _)) if called != url => {
                self.edits.push(edits::value(written, edits::quoted(&called)));
                let message = format!("another address is called than {url}");
                Err(Failure::new(span, message, format!("it is {called}")))
            }
            Some((_, at)) => {
                self.calls = at + 1;
                Ok(())
            }
        }
    }
}
