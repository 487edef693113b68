//! Stories as meant.

use crate::campaign::story::{Assertion, At, Expectation, Expected, Occurrence, Said, Scene, Story};
use crate::scalar::{WaitTime, Window, minutes_of_day, parse_time};
use crate::tree::Node;
use crate::written::campaign::{Line, Test};
use crate::written::{is_time_of_day, one_or_list, texts};

/// None where a line of it is wrong, which has been said.
pub(super) fn meant(test: &Test) -> Option<Story> {
    let columns = || test.person.iter();
    let variant = columns().find(|(column, _)| column.value == "variant");
    let person = columns().filter(|(column, _)| column.value != "variant");
    let span = test.person_key.clone().unwrap_or_else(|| test.span.clone());
    Some(Story {
        name: test.name.as_ref()?.value.clone(),
        person: person
            .map(|(column, value)| (column.value.clone(), value.value.clone()))
            .collect(),
        tags: test.tags.iter().map(|tag| tag.value.clone()).collect(),
        variant: variant.map(|(_, name)| name.value.clone()),
        at: test.at.as_ref().and_then(|at| parse_time(&at.value).ok()),
        event: test.event_node.as_ref().and_then(event),
        scenes: test.lines.iter().map(scene).collect::<Option<_>>()?,
        span: test.span.clone(),
        person_span: span,
        empty: test.empty.clone(),
    })
}

fn scene(line: &Line) -> Option<Scene> {
    let value = &line.value;
    let text = || value.text().map(str::to_owned);
    let words = || {
        one_or_list(value)
            .into_iter()
            .filter_map(Node::text)
            .map(str::to_owned)
            .collect()
    };
    let said = match line.verb.value.as_str() {
        "expect" => Said::Expect(expectation(line)?),
        "reply" => Said::Reply(text()?),
        "says" => Said::Says(text()?),
        "receipt" => Said::Receipt {
            delivered: text()? == "delivered",
            of: line
                .node
                .get("of")
                .and_then(|of| Some((of.text()?.to_owned(), of.span.clone()))),
        },
        "clicks" => Said::Clicks(text()?),
        "event" => Said::Event(event(value)?),
        "calls" => Said::Calls {
            url: value.get("url")?.text()?.to_owned(),
            span: value.get("url")?.span.clone(),
            answer: value.get("answer").cloned(),
        },
        "after" => Said::After(WaitTime::parse(&text()?).ok()?),
        "tagged" => Said::Tagged(words()),
        "joined" => Said::Joined(words()),
        "left" => Said::Left(words()),
        "set" => Said::Set(assertions(value)),
        "notified" => Said::Notified(text()?),
        "forwarded" => Said::Forwarded(text()?),
        "finished" => Said::Finished(text()?),
        _ => return None,
    };
    Some(Scene {
        said,
        value: value.span.clone(),
        whole: line.whole.clone(),
    })
}

fn expectation(line: &Line) -> Option<Expectation> {
    let beside = |key: &str| line.node.get(key);
    let at = |node: &Node| {
        let text = node.text()?;
        let minute = minutes_of_day(text)
            .filter(|_| is_time_of_day(text))
            .map(At::Minute);
        let at = minute.or_else(|| parse_time(text).ok().map(At::Time))?;
        Some((at, node.span.clone()))
    };
    Some(Expectation {
        what: match line.value.text()? {
            "opt-out" => Expected::OptOut,
            "opt-in" => Expected::OptIn,
            "help" => Expected::Help,
            "nothing" => Expected::Nothing,
            name => Expected::Message(name.to_owned()),
        },
        text: beside("text").and_then(|node| Some((node.text()?.trim_end().to_owned(), node.span.clone()))),
        parts: beside("parts").and_then(|node| Some((node.text()?.parse().ok()?, node.span.clone()))),
        at: beside("at").and_then(at),
        between: beside("between").and_then(|node| Some((Window::parse(node.text()?)?, node.span.clone()))),
    })
}

fn event(node: &Node) -> Option<Occurrence> {
    let name = node.text().or_else(|| node.get("name")?.text())?.to_owned();
    let fields = node.get("fields").map(values).unwrap_or_default();
    Some(Occurrence { name, fields })
}

fn assertions(node: &Node) -> Vec<Assertion> {
    let all = texts(node).into_iter();
    all.map(|(name, value)| Assertion {
        field: name.value,
        value: value.value,
        span: value.span,
    })
    .collect()
}

fn values(node: &Node) -> Vec<(String, String)> {
    let all = texts(node).into_iter();
    all.map(|(name, value)| (name.value, value.value)).collect()
}
