//! Steps that are written as one text: `send reminder`, `send:reminder`, the name of a message alone, the word of another
//! tool for an end.

use super::super::key::Form;
use super::super::nearest::nearest;
use super::super::scalars;
use super::super::traps::quoted;
use super::words::Place;
use crate::tree::Node;

/// What other tools write for the end of what they do.
const ENDS: [&str; 7] = ["abort", "done", "end", "exit", "halt", "quit", "stop"];

/// A word of a step and what belongs to it, without the colon between them: `send reminder`. Under a key it stands in braces.
/// `messages`: the names of those of the file.
pub(super) fn colon_missing(
    form: &Form,
    node: &Node,
    place: &Place,
    messages: &[&str],
) -> Option<(String, Option<String>)> {
    let (object, in_braces) = match form {
        Form::Object(object) => (object, !place.is_item()),
        Form::OneOrList(Form::Object(object)) => (object, true),
        _ => return None,
    };
    let text = node.text().filter(|_| !object.one_of.is_empty())?;
    let step = |verb: &str, what: &str| match in_braces {
        true => format!("{{ {verb}: {what} }}"),
        false => format!("{verb}: {what}"),
    };
    if object.key("words").is_some() && place.is_item() {
        let rule = format!("`- {{ words: [{}], send: thanks }}`", quoted(text));
        return Some((format!("words of a reply stand under `words`: {rule}"), None));
    }
    let is_verb = |verb: &str| object.one_of.contains(&verb);
    if ENDS.contains(&text) && is_verb("finish") && !messages.contains(&text) {
        let right = step("finish", "done");
        let help = format!("a passage ends by `finish`, with a reason of your own: `{right}`");
        return Some((help, Some(right)));
    }
    let is_known = nearest(text, messages.iter().copied()).is_some();
    let is_name = scalars::is_name(text) && !is_known;
    if place.key == "otherwise" && is_verb("forward") && (text.contains('@') || is_name && !is_verb(text)) {
        let right = step("forward", text);
        return Some((
            format!("what nobody else takes is handed on by a step: `{right}`"),
            Some(right),
        ));
    }
    let is_message = scalars::is_name(text) && nearest(text, object.one_of.iter().copied()).is_none();
    if is_message && is_verb("send") && !is_verb(text) {
        let right = step("send", text);
        return Some((format!("a message is sent by a step: `{right}`"), Some(right)));
    }
    let (verb, rest) = match text.split_once(':').filter(|(verb, _)| is_verb(verb)) {
        Some((verb, rest)) => (verb, rest),
        None => text.split_once(' ').unwrap_or((text, "")),
    };
    let is_glued = text[verb.len()..].starts_with(':');
    let key = object.key(verb).filter(|_| is_verb(verb))?;
    let rest = rest.trim();
    if rest.contains([':', '#', '"', '\'']) {
        return None;
    }
    let right = step(verb, rest);
    Some(match (rest.is_empty(), is_glued) {
        (true, _) => (
            format!("write what it is to do: `{}`", step(verb, key.example)),
            None,
        ),
        (false, true) => (
            format!("a space is missing after `{verb}:`: `{right}`"),
            Some(right),
        ),
        (false, false) => (format!("a colon is missing: `{right}`"), Some(right)),
    })
}
