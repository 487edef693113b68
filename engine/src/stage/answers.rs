//! What calls are answered on a stage: what was said before, in order; nothing goes to the network.

use dsl::tree::{Kind, Node};

use crate::advance::Request;

/// Answers by address, in order. A call that none is for is answered with 200, without a body.
#[derive(Default)]
pub(super) struct Answers(Vec<(String, Option<Node>)>);

impl Answers {
    pub fn push(&mut self, url: &str, answer: Option<Node>) {
        self.0.push((url.to_owned(), answer));
    }

    /// What the call keeps of its answer: the body, or of a body with keys the value of the field's name.
    pub fn take(&mut self, request: &Request) -> Option<(String, String)> {
        let own = self.0.iter().position(|(url, _)| *url == request.url)?;
        let (_, answer) = self.0.remove(own);
        let (field, answer) = (request.save.clone()?, answer?);
        let value = match &answer.kind {
            Kind::Map(_) => answer.get(&field).and_then(Node::text),
            // A status alone has no body.
            Kind::Scalar(_) => answer.text().filter(|text| !is_status(text)),
            Kind::List(_) | Kind::Bad => None,
        };
        let value = value?.to_owned();
        Some((field, value))
    }
}

/// 200, 404: as HTTP numbers its answers.
fn is_status(text: &str) -> bool {
    text.parse::<u16>()
        .is_ok_and(|status| (100..600).contains(&status))
}
