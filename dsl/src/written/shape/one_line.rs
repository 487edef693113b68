//! Keys and values of one line that ran together: a colon behind the second word, a second key behind a value.

use super::super::key::{Key, Object};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};

/// A key and its value as one key, since the colon stands behind the second word: `{ to desk: hello }`.
pub(super) fn first_of(entry: &Entry, object: &Object, node: &Node) -> Option<(&'static Key, Diagnostic)> {
    let (name, rest) = entry.key.text.split_once(' ').filter(|_| entry.key.plain)?;
    let key = object.key(name).filter(|_| node.entry(name).is_none())?;
    let message = format!(
        "the colon stands behind \"{}\", and not behind the key \"{name}\"",
        entry.key.text
    );
    let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message).label("read as one key");
    Some((key, found.help(format!("write `{name}: {}`", rest.trim()))))
}

/// What to do about a value that has a second key behind it: `send: hi when: replied()`.
pub(super) fn second_key(written: &str) -> Option<String> {
    let colon = written.find(": ").or_else(|| written.find(":\n"))?;
    let (value, key) = written[..colon].rsplit_once(' ')?;
    let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_plain = !value.contains(['{', '[', '"', '\'', '#', ':']);
    (is_key && is_plain).then(|| {
        let value = value.trim();
        format!("the value ends behind `{value}`: `{key}: …` is a line of its own")
    })
}
