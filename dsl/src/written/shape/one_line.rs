//! Keys and values of one line that ran together: a colon behind the second word, a second key behind a value.

use super::super::key::{Key, Object};
use crate::diagnostic::{Applicability, Diagnostic};
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

/// `key:value` and `-key`, which are one key to YAML: a space is missing.
pub(super) fn glued(entry: &Entry, object: &Object) -> Option<(&'static Key, Diagnostic)> {
    let written = entry.key.text.as_str();
    let key = before_colon(written);
    let name = key.trim_start_matches('-');
    let is_glued = written.contains(':') || (key.len() == name.len() + 1);
    let meant = object.key(name).filter(|_| is_glued && entry.key.plain)?;
    let after = match written.contains(':') {
        true => format!("`{key}:`"),
        false => "`-`".to_owned(),
    };
    let message = format!("a space is missing after {after}, so that this is one word");
    let found = Diagnostic::error("unknown-key", entry.key.span.clone(), message).label("read as a key");
    let value = written.split_once(':').map(|(_, value)| value.trim());
    let found = match value {
        Some(value) if entry.value.is_nothing() && !value.is_empty() => {
            let right = format!("{key}: {value}");
            found.help(format!("write `{right}`")).replace(
                entry.key.span.clone(),
                right,
                Applicability::Unsure,
            )
        }
        Some(_) => found.help(format!("write `{key}: …`")),
        None => found.help(format!("write `- {name}: …`")),
    };
    Some((meant, found))
}

/// What stands before the first colon of a key.
fn before_colon(written: &str) -> &str {
    written.split(':').next().unwrap_or_default()
}
