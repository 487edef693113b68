//! Writes the long form as YAML that every reader takes for the same: texts for people in quotes, anything else in quotes
//! where YAML, of this version or the one before, would see something else.

use super::{Line, Origin, Value};
use crate::written::misread;

/// Columns of a line; texts may be longer.
const WIDTH: usize = 80;

/// The lines of a file.
pub(super) fn written(lines: &[Line]) -> String {
    let mut out = String::new();
    map(&mut out, lines, 0, Origin::File);
    out
}

/// `outer` is what has been said of where the map comes from.
fn map(out: &mut String, lines: &[Line], indent: usize, outer: Origin) {
    for line in lines {
        entry(out, line, indent, outer);
    }
}

fn has_value(line: &Line) -> bool {
    match line.value {
        Value::Nothing(_) => false,
        Value::Text(_) | Value::Word(_) | Value::Bare(_) | Value::List(_) | Value::Map(_) => true,
    }
}

fn entry(out: &mut String, line: &Line, indent: usize, outer: Origin) {
    let pad = " ".repeat(indent);
    let key = word(&line.key, false);
    let comment = line.from.comment().filter(|_| line.from != outer);
    let comment = comment
        .map(|comment| format!("  # {comment}"))
        .unwrap_or_default();
    match &line.value {
        Value::Nothing(means) => {
            let from = line.from.comment().unwrap_or("default");
            out.push_str(&note(&pad, &format!("{}: {means} ({from})", line.key)));
        }
        Value::List(items) if items.is_empty() => out.push_str(&format!("{pad}{key}: []{comment}\n")),
        Value::List(items) => {
            let told = format!("{pad}{key}: {}{comment}\n", flow(items).unwrap_or_default());
            if flow(items).is_some() && told.chars().count() <= WIDTH {
                return out.push_str(&told);
            }
            out.push_str(&format!("{pad}{key}:{comment}\n"));
            list(out, items, indent + 2, line.from);
        }
        Value::Map(lines) => {
            let open = if lines.iter().any(has_value) { "" } else { " {}" };
            out.push_str(&format!("{pad}{key}:{open}{comment}\n"));
            map(out, lines, indent + 2, line.from);
        }
        Value::Text(_) | Value::Word(_) | Value::Bare(_) => {
            out.push_str(&format!("{pad}{key}: {}{comment}\n", scalar(&line.value, false)));
        }
    }
}

fn list(out: &mut String, items: &[Value], indent: usize, outer: Origin) {
    let pad = " ".repeat(indent);
    for item in items {
        let mut inner = String::new();
        match item {
            Value::Map(lines) if lines.iter().any(has_value) => {
                // The first line follows the dash, where a comment cannot stand.
                let (values, notes): (Vec<Line>, Vec<Line>) = lines.iter().cloned().partition(has_value);
                map(&mut inner, &[values, notes].concat(), indent + 2, outer);
            }
            Value::List(items) if !items.is_empty() => list(&mut inner, items, indent + 2, outer),
            Value::Map(_) => inner = format!("{pad}  {{}}\n"),
            Value::List(_) => inner = format!("{pad}  []\n"),
            Value::Text(_) | Value::Word(_) | Value::Bare(_) | Value::Nothing(_) => {
                inner = format!("{pad}  {}\n", scalar(item, false));
            }
        }
        out.push_str(&pad);
        out.push_str("- ");
        out.push_str(inner.get(indent + 2..).unwrap_or_default());
    }
}

/// A list of words in brackets; none where it has anything else.
fn flow(items: &[Value]) -> Option<String> {
    let word = |item: &Value| match item {
        Value::Word(_) | Value::Bare(_) => Some(scalar(item, true)),
        Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Nothing(_) => None,
    };
    let words: Option<Vec<String>> = items.iter().map(word).collect();
    words.map(|words| format!("[{}]", words.join(", ")))
}

/// A key that has no value, in comments as wide as the page.
fn note(pad: &str, text: &str) -> String {
    let first = format!("{pad}# ");
    let next = format!("{pad}#   ");
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent(&next)
        .break_words(false);
    format!("{}\n", textwrap::fill(text, options))
}

fn scalar(value: &Value, flow: bool) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Word(text) => word(text, flow),
        Value::Bare(text) if text.is_empty() || is_plain(text, flow) => text.clone(),
        Value::Bare(text) => quoted(text),
        Value::List(_) | Value::Map(_) | Value::Nothing(_) => String::new(),
    }
}

fn word(text: &str, flow: bool) -> String {
    let small = text.to_ascii_lowercase();
    let number = text.parse::<f64>().is_ok() || small.starts_with("0x") || small.starts_with("0o");
    let constant = ["true", "false", "null", "~", ".inf", ".nan"].contains(&small.as_str());
    if is_plain(text, flow) && !number && !constant && !misread(text) {
        return text.to_owned();
    }
    // What has quotes in it, such as a condition, is easier to read in the others.
    let easy = text.contains('"') && !text.contains(['\'', '\\']) && text.chars().all(is_printable);
    if easy { format!("'{text}'") } else { quoted(text) }
}

/// Whether a text stands without quotes and is read as itself, whatever its look.
fn is_plain(text: &str, flow: bool) -> bool {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || "/.+(_".contains(c));
    let breaks = |text: &str| text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let in_flow = |c: char| flow && ",[]{}:".contains(c);
    let odd = |c: char| !is_printable(c) || in_flow(c);
    first && !breaks(text) && !text.starts_with("..") && !text.contains(odd)
}

fn is_printable(c: char) -> bool {
    let invisible = matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !invisible
}

/// In double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}
