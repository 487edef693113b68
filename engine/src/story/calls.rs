//! Calls of a story are answered from the story, never from the network.

use dsl::campaign::story::Scene;
use dsl::tree::{Kind, Node};

use super::{Failure, Play};
use crate::advance::{Change, Request};
use crate::stage::Happened;

impl Play<'_> {
    /// The next call goes to that address, and gets that answer.
    pub(super) fn call(&mut self, scene: &Scene, url: &str, answer: Option<&Node>) -> Result<(), Failure> {
        let entries = self.stage.log().iter().zip(0..).skip(self.calls);
        let mut calls = entries.filter_map(|(entry, at)| match &entry.what {
            Happened::Changed(Change::Call(request)) => Some((request.clone(), at)),
            _ => None,
        });
        let Some((request, at)) = calls.next() else {
            let message = format!("nothing calls {url}");
            return Err(Failure::new(
                scene.value.clone(),
                message,
                "no step did that by now",
            ));
        };
        self.calls = at + 1;
        if request.url != url {
            let message = format!("another address is called than {url}");
            let help = format!("it is {}", request.url);
            return Err(Failure::new(scene.value.clone(), message, help));
        }
        self.save(&request, answer);
        Ok(())
    }

    /// What the call keeps of the answer: the body, or of a body with keys the value of that name.
    fn save(&mut self, request: &Request, answer: Option<&Node>) {
        let (Some(field), Some(answer)) = (&request.save, answer) else {
            return;
        };
        let value = match &answer.kind {
            Kind::Map(_) => answer.get(field).and_then(Node::text),
            // A status alone has no body.
            Kind::Scalar(_) => answer.text().filter(|text| !is_status(text)),
            Kind::List(_) | Kind::Bad => None,
        };
        if let Some(value) = value {
            self.stage.learn(field, value);
        }
    }
}

/// 200, 404: as HTTP numbers its answers.
fn is_status(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|status| (100..600).contains(&status))
}
