//! Lists of texts in quotes whose brackets or quotes went wrong: `"yes", "1"`, `["no", "2")`, `["no', "2"]`.

use super::place::line_of;
use super::quotes::value_on;
use crate::diagnostic::{Applicability, Diagnostic};

/// What is wrong where more follows a closing quote, which is no quote too many. `open`: the bracket around it.
pub(super) fn behind_quote(text: &str, at: usize, open: Option<char>) -> Option<Diagnostic> {
    match open {
        None => without_brackets(text, at),
        Some('[') => mixed_quotes(text, at).or_else(|| round_bracket(text, at)),
        Some(_) => mixed_quotes(text, at),
    }
}

/// `words: "yes", "1"`.
fn without_brackets(text: &str, at: usize) -> Option<Diagnostic> {
    let value = value_on(text, &line_of(text, at))?;
    let written = &text[value.clone()];
    let mut rest = written;
    let mut count = 0;
    loop {
        rest = behind_text(rest)?.trim_start();
        count += 1;
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if rest.is_empty() && count > 1 => break,
            None => return None,
        }
    }
    let list = format!("[{written}]");
    Some(
        Diagnostic::error(
            "invalid-yaml",
            value.clone(),
            "a list stands here without its brackets",
        )
        .help("put brackets around it")
        .replace(value, list, Applicability::Unsure),
    )
}

/// What follows the text in quotes that begins there.
fn behind_text(written: &str) -> Option<&str> {
    let mark = written.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (inside, behind) = written[1..].split_once(mark)?;
    (!inside.ends_with('\\') && !behind.starts_with(mark)).then_some(behind)
}

/// `["no', "2"]`: the first text goes on to the quote that begins the second.
fn mixed_quotes(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let before = text[line.start..at].trim_end();
    let mark = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
    let other = if mark == '"' { '\'' } else { '"' };
    let end = before.len() - 1;
    let open = before[..end].rfind(mark)?;
    let closes = |at: &usize| before[at + 1..end].trim_start().starts_with(',');
    let mut others = before[open..end].match_indices(other).map(|(i, _)| open + i);
    let wrong = line.start + others.find(closes)?;
    let message = format!("`{other}` does not end a text that begins with `{mark}`");
    Some(
        Diagnostic::error("invalid-yaml", wrong..wrong + 1, message)
            .also(line.start + open..line.start + open + 1, "begins here")
            .help(format!("end it with `{mark}`"))
            .replace(wrong..wrong + 1, mark.to_string(), Applicability::Unsure),
    )
}

/// `["no", "2")`.
fn round_bracket(text: &str, at: usize) -> Option<Diagnostic> {
    let rest = &text[at..line_of(text, at).end];
    let bracket = at + rest.len() - rest.trim_start().len();
    rest.trim_start().starts_with(')').then(|| {
        Diagnostic::error("invalid-yaml", bracket..bracket + 1, "`)` does not close a `[`")
            .help("close it with `]`")
            .replace(bracket..bracket + 1, "]", Applicability::Unsure)
    })
}
