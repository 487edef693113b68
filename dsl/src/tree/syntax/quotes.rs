//! Texts that need quotes, and quotes that went wrong.

use std::ops::Range;

use super::super::open::Open;
use super::conditions;
use super::place::{at_least_one, ceil, line_of, open_brackets, spaces_before, to_line_end};
use crate::diagnostic::{Applicability, Diagnostic};

/// The slips of a line whose value has to be quoted.
pub(super) fn needs_quotes(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let value = value_on(text, &line)?;
    let written = &text[value.clone()];
    if text[line.clone()].trim_start().starts_with("```") {
        return Some(fence(text, &line));
    }
    if let Some(found) = conditions::with_colon(text, &value) {
        return Some(found);
    }
    let what = match written.chars().next()? {
        '{' if written.starts_with("{{") => "a text that begins with `{{`",
        c @ ('@' | '`' | '%') => return Some(quote(text, value, begins_with(c))),
        '[' if after_bracket(written, at, value.start) => "a text that begins with `[`",
        '{' if after_bracket(written, at, value.start) => "a text that begins with `{`",
        '?' if written.starts_with("? ") => "a text that begins with `? `",
        '*' => "a text that begins with `*`",
        '&' => "a text that begins with `&`",
        '!' => "a text that begins with `!`",
        '-' if written.starts_with("- ") => "a text that begins with `- `",
        '"' | '\'' | '[' | '{' | '|' | '>' | '#' => return None,
        _ if written.contains(": ") => "a text with a colon in it",
        _ => return None,
    };
    let key = text[line.start..value.start]
        .trim_start_matches([' ', '-'])
        .trim_end();
    match (key, written.strip_prefix('!')) {
        ("cron:", _) => Some(cron_needs_quotes(text, value)),
        ("when:" | "unless:" | "where:" | "until:", Some(condition)) if condition.contains('(') => {
            Some(custom_tag(text, value))
        }
        _ => Some(quote(text, value, what)),
    }
}

/// What is said of a text by the mark that it begins with.
pub(super) fn begins_with(mark: char) -> String {
    match mark {
        '`' => "a text that begins with a backtick".to_owned(),
        mark => format!("a text that begins with `{mark}`"),
    }
}

/// What Markdown puts around a file.
fn fence(text: &str, line: &Range<usize>) -> Diagnostic {
    let end = text.len().min(line.end + 1);
    Diagnostic::error(
        "invalid-yaml",
        line.clone(),
        "this line is of Markdown, and no YAML",
    )
    .help("remove it, and the one at the other end")
    .replace(line.start..end, "", Applicability::Safe)
}

/// Whether a fault lies after the last bracket of a value, so that the brackets are part of a text.
pub(super) fn after_bracket(written: &str, at: usize, start: usize) -> bool {
    written.rfind([']', '}']).is_some_and(|close| at > start + close)
}

/// Asks for quotes around a value, and offers them.
pub(super) fn quote(text: &str, value: Range<usize>, what: impl Into<String>) -> Diagnostic {
    let written = &text[value.clone()];
    if let Some(found) = with_marks_left(text, &value) {
        return found;
    }
    let quoted = quoted(without_curly(written));
    let sure = match without_curly(written) == written {
        true => is_all(text, &value),
        false => Applicability::Unsure,
    };
    let found = Diagnostic::error(
        "quote-the-text",
        value.clone(),
        format!("{} needs quotes", what.into()),
    )
    .label("YAML reads this as something else");
    // With quotes before it a hashtag would be a comment, and nobody would be told.
    match behind(text, &value) {
        Behind::Hashtag => found.help("quote the text, with the word behind `#` where that is part of it"),
        Behind::Comment => found
            .help("quote the text, with what stands behind `#` where that is part of it")
            .replace(value, quoted, sure),
        Behind::Else => found.help("quote the text").replace(value, quoted, sure),
    }
}

/// What stands inside of curly quotes or backticks around all of a text, which were meant as straight quotes.
fn without_curly(written: &str) -> &str {
    let pairs = [
        ('`', '`'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201c}', '\u{201d}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{201d}', '\u{201d}'),
        ('\u{ab}', '\u{bb}'),
        ('\u{201c}', '"'),
        ('\u{201d}', '"'),
        ('\u{201e}', '"'),
        ('\u{ab}', '"'),
        ('\u{2018}', '\''),
    ];
    let inside = pairs.iter().find_map(|(open, close)| {
        let inside = written.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    });
    inside.unwrap_or(written)
}

/// What is said of values with a mark too many or too few.
const COMMA: &str = "a comma stands behind the bracket";
const COMMA_BEHIND_QUOTE: &str = "a comma stands behind the closing quote";
const SEMICOLON_BEHIND_QUOTE: &str = "a semicolon stands behind the closing quote";
const LEAVE_COMMA_OUT: &str = "leave it out: lines need no comma at their end";
const NO_BRACE: &str = "this `}` closes nothing";
const TWO_VALUES: &str = "a value stands behind another key on this line";
const NO_QUOTE: &str = "this text has a quote at its end, and none before it";

/// Whether it is of such a value, and of nothing around it.
pub(in super::super) fn is_of_marks(found: &Diagnostic) -> bool {
    conditions::is_of_colons(found)
        || [
            COMMA,
            COMMA_BEHIND_QUOTE,
            SEMICOLON_BEHIND_QUOTE,
            NO_BRACE,
            TWO_VALUES,
            NO_QUOTE,
        ]
        .contains(&found.message.as_str())
}

/// Values with a mark too many or too few: with quotes around them the mark would be part of the text.
fn with_marks_left(text: &str, value: &Range<usize>) -> Option<Diagnostic> {
    let written = &text[value.clone()];
    let found = |message: &str, help: &str| {
        Diagnostic::error("invalid-yaml", value.clone(), message.to_owned()).help(help.to_owned())
    };
    let list = written.trim_end_matches([',', ';']).trim_end();
    if list.len() < written.len() && list.ends_with([']', '}']) && !list.starts_with("{{") {
        let found = found(COMMA, LEAVE_COMMA_OUT);
        return Some(found.replace(value.clone(), list, Applicability::Safe));
    }
    let pairs = !written.starts_with("{{") && (written.contains(": \"") || written.contains(": '"));
    if pairs && written.ends_with('}') && !written.contains('{') {
        let found = found(NO_BRACE, "put a `{` before the first key");
        return Some(found.replace(value.start..value.start, "{ ", Applicability::Unsure));
    }
    if pairs {
        return Some(found(
            TWO_VALUES,
            "put each key on a line of its own, or all of them in braces: `{ it: \"…\", en: \"…\" }`",
        ));
    }
    if written.ends_with('"') && written.matches('"').count() == 1 {
        let inside = without_curly(written);
        if inside != written {
            let found = found(NO_QUOTE, "quotes of one kind stand around a text: straight ones");
            return Some(found.replace(value.clone(), quoted(inside), Applicability::Unsure));
        }
        let found = found(NO_QUOTE, "put one before it too");
        return Some(found.replace(value.start..value.start, "\"", Applicability::Unsure));
    }
    None
}

/// What follows a value on its line.
enum Behind {
    /// A word with `#`, as no comment begins.
    Hashtag,
    Comment,
    Else,
}

fn behind(text: &str, value: &Range<usize>) -> Behind {
    match text[value.end..].trim_start_matches(' ').strip_prefix('#') {
        Some(word) if word.starts_with(char::is_alphanumeric) => Behind::Hashtag,
        Some(_) => Behind::Comment,
        None => Behind::Else,
    }
}

/// Whether a value is certainly all of its text: the line ends with it, and the next one does not go on with it.
fn is_all(text: &str, value: &Range<usize>) -> Applicability {
    let line = line_of(text, value.start);
    let before = &text[line.start..value.start];
    let key = before.len() - before.trim_start_matches([' ', '-']).len();
    // A text that is an item itself has no key before it.
    let column = if key == before.len() {
        key.saturating_sub(1)
    } else {
        key
    };
    let ends = text[value.end..].split('\n').next().unwrap_or_default();
    let below = text[value.end..].split('\n').skip(1);
    let next = below.map(str::trim_end).find(|line| !line.is_empty());
    let goes_on = next.is_some_and(|next| spaces_before(next) > column);
    match ends.trim().is_empty() && !goes_on && value.end <= line.end {
        true => Applicability::Safe,
        false => Applicability::Unsure,
    }
}

/// In double quotes, unless only single ones leave the text as it is.
pub(super) fn quoted(written: &str) -> String {
    match written.contains('"') && !written.contains('\'') {
        true => format!("'{written}'"),
        false => format!("\"{}\"", written.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The value of a line `key: value` or `- key: value` or `- value`, without a comment.
pub(super) fn value_on(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let written = &text[line.clone()];
    let dash = written.len() - written.trim_start_matches([' ', '-']).len();
    let key = written[dash..].find(": ").map(|colon| dash + colon + 2);
    let simple = |colon: usize| !written[dash..colon].contains(['"', '\'', '{', '[', '#']);
    let from = key.filter(|colon| simple(*colon)).unwrap_or(dash);
    let rest = &written[from..];
    let start = line.start + from + (rest.len() - rest.trim_start().len());
    let cut = rest.find(" #").map_or(rest, |hash| &rest[..hash]);
    let end = line.start + from + cut.trim_end().len();
    (start < end).then_some(start..end)
}

/// `message: &Foxes doors open`: a text of several words loses the first one to a name that nothing asks for. A name
/// before one word is rather one that an alias is still to be written for.
pub(in super::super) fn taken_for_anchor(text: &str, rest: &Range<usize>) -> Option<Diagnostic> {
    let before = text.get(..rest.start)?.trim_end();
    let anchor = before.rfind('&')?;
    let name = &before[anchor..];
    let written = text.get(rest.clone())?;
    if name.contains(char::is_whitespace) || !written.contains(char::is_whitespace) {
        return None;
    }
    let message = format!("YAML takes `{name}` for a name of the text, and no part of it");
    let found = Diagnostic::error("quote-the-text", anchor..before.len(), message)
        .label("not in the text")
        .also(rest.clone(), "all of the text")
        .help("quote the text");
    let whole = anchor..rest.end;
    Some(match &text[whole.clone()] {
        written if written.contains('\n') => found,
        written => found.replace(whole.clone(), quoted(written), Applicability::Unsure),
    })
}

/// `text: {{name}}` is a map whose key is a map, to YAML. None where the braces do not follow each other.
pub(in super::super) fn double_brace(
    text: &str,
    map: &Range<usize>,
    key: &Range<usize>,
    nested: bool,
) -> Option<Diagnostic> {
    let braces = text.get(map.start..).is_some_and(|s| s.starts_with("{{"));
    if !braces || key.start != map.start + 1 {
        return None;
    }
    let line = line_of(text, map.start);
    let close = text[key.end..].find('}').map_or(key.end, |i| key.end + i + 1);
    let whole = value_on(text, &line).filter(|value| value.start == map.start && !nested);
    let value = whole.unwrap_or_else(|| map.start..inner_end(text, close, line.end));
    Some(quote(text, value, "a text that begins with `{{`"))
}

/// A text inside of `{…}` or `[…]` that has `{{name}}` in it, after its first word: YAML takes the braces for its own.
pub(super) fn braces_in_text(text: &str, open: usize) -> Option<Diagnostic> {
    let line = line_of(text, open);
    let before = &text[line.start..open];
    let braces = text[open..].starts_with("{{") || (before.ends_with('{') && text[open..].starts_with('{'));
    let before = before.trim_end_matches('{');
    let mut marks = before.rmatch_indices(['{', '[', ',', ':']);
    // The colon of `https://` ends no key.
    let (from, mark) = marks.find(|(at, mark)| *mark != ":" || before[at + 1..].starts_with(' '))?;
    let from = from + mark.len();
    let start = line.start + from + (before[from..].len() - before[from..].trim_start().len());
    let begins_with_word = text[start..open].starts_with(char::is_alphanumeric);
    if !(braces && begins_with_word) {
        return None;
    }
    let close = text[open..line.end].find("}}").map(|at| open + at + 1)?;
    let end = with_commas(text, inner_end(text, close, line.end), line.end);
    Some(quote(
        text,
        start..end,
        "a text with `{{` in it, inside of brackets,",
    ))
}

/// A text inside of brackets that begins with `>` or `|`: YAML takes what follows for lines of a text.
pub(super) fn block_mark_in_brackets(text: &str, open: usize) -> Option<Diagnostic> {
    let line = line_of(text, open);
    let written = &text[open..line.end];
    let begins = |mark: &usize| {
        let before = written[..*mark].trim_end();
        let ends = before.ends_with([':', ',', '[']);
        // Alone behind its key it is meant to begin lines of a text.
        let goes_on = written[mark + 1..].strip_prefix([' ', '=']);
        let is_text = goes_on.is_some_and(|rest| rest.trim_start().starts_with(char::is_alphanumeric));
        let is_outside = |quote: char| before.matches(quote).count().is_multiple_of(2);
        ends && is_text && is_outside('"') && is_outside('\'')
    };
    let mut marks = written.match_indices(['>', '|']).map(|(at, _)| at);
    let start = open + marks.find(begins)?;
    let end = inner_end(text, start, line.end);
    let what = format!(
        "a text that begins with `{}`, inside of brackets,",
        &text[start..=start]
    );
    Some(quote(text, start..end, what))
}

/// The end of a text inside of brackets with what follows its commas and is no `key: value`.
fn with_commas(text: &str, mut end: usize, line_end: usize) -> usize {
    while let Some(rest) = text[end..line_end].strip_prefix(',') {
        let piece = &rest[..rest.find([',', '}', ']']).unwrap_or(rest.len())];
        if piece.contains(':') || piece.trim().is_empty() {
            break;
        }
        end += 1 + piece.trim_end().len();
    }
    end
}

/// Where a value inside brackets ends that begins before `from`, just after the first of its closing braces.
/// `from` itself where that lies behind the line.
pub(super) fn inner_end(text: &str, from: usize, line_end: usize) -> usize {
    let line_end = line_end.max(from);
    let rest = text[from..line_end]
        .strip_prefix('}')
        .unwrap_or(&text[from..line_end]);
    let rest = &rest[..rest.find([',', '}', ']']).unwrap_or(rest.len())];
    let skipped = if text[from..].starts_with('}') { 1 } else { 0 };
    from + skipped + rest.trim_end().len()
}

pub(in super::super) fn unknown_anchor(text: &str, name: &str, span: Range<usize>) -> Diagnostic {
    let line = line_of(text, span.start);
    let word = name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    let alone = value_on(text, &line).filter(|value| value.start == span.start);
    match word {
        // Inside of brackets it ends with them.
        false => {
            let value =
                alone.unwrap_or_else(|| span.start..inner_end(text, span.end, line.end.max(span.end)));
            match text[line.start..span.start].trim_end().ends_with("cron:") {
                true => cron_needs_quotes(text, value),
                false => quote(text, value, "a text that begins with `*`"),
            }
        }
        true => Diagnostic::error(
            "invalid-yaml",
            span,
            format!("there is no anchor \"&{name}\" before this"),
        )
        .label("an alias of nothing")
        .help(format!("quote it if it is a text: \"*{name}\"")),
    }
}

fn cron_needs_quotes(text: &str, value: Range<usize>) -> Diagnostic {
    Diagnostic {
        code: "cron-needs-quotes",
        ..quote(text, value, "a cron that begins with `*`")
    }
}

pub(in super::super) fn custom_tag(text: &str, span: Range<usize>) -> Diagnostic {
    let written = &text[span.clone()];
    let is_condition = written.contains('(') || conditions::is_under_a_condition(text, span.start);
    let message = format!("tags such as `{written}` are not part of this language");
    let code = if is_condition {
        "tag-not-condition"
    } else {
        "custom-tag"
    };
    let found = Diagnostic::error(code, span.clone(), message).label("YAML reads a leading `!` as a tag");
    match is_condition {
        true => conditions::negated(text, span.start, found),
        false => found.help("quote the text if it begins with `!`, else remove the tag"),
    }
}

/// A quote in brackets that is still open at the end of its line, where the lines below are not read as it going on:
/// `["no", "2]`.
pub(super) fn unclosed_in_brackets(
    text: &str,
    stack: &[Open],
    read_to: usize,
    at: usize,
) -> Option<Diagnostic> {
    let from = open_brackets(text, stack, read_to, at)?;
    let line = line_of(text, from);
    // What begins on a line above is a text of several lines, which the parser tells of itself.
    let (mut quote, mut before) = (None, ' ');
    let mut letters = text[from..line.end].char_indices();
    while let Some((i, c)) = letters.next() {
        match (c, quote) {
            ('\\', Some((_, '"'))) => drop(letters.next()),
            (_, Some((_, open))) if open == c => quote = None,
            ('"' | '\'', None) if matches!(before, ' ' | '[' | '{' | ',') => quote = Some((from + i, c)),
            ('#', None) if before == ' ' => break,
            _ => {}
        }
        before = c;
    }
    let (opening, _) = quote?;
    Some(unclosed_quote(text, opening, opening))
}

pub(super) fn unclosed_quote(text: &str, read_to: usize, at: usize) -> Diagnostic {
    let opening = text[read_to.min(at)..]
        .find(['"', '\''])
        .map_or(at, |i| read_to.min(at) + i);
    let mark = text[opening..].chars().next().unwrap_or('"');
    let found = Diagnostic::error(
        "invalid-yaml",
        at_least_one(text, opening..opening),
        "this quote is not closed",
    )
    .label("opened here");
    if let Some(curly) = curly_end(text, opening, mark) {
        return found
            .also(curly.clone(), "closes no straight quote")
            .help(format!("end the text with `{mark}`, as it begins"))
            .replace(curly, mark.to_string(), Applicability::Unsure);
    }
    found.help(format!(
        "end the text with `{mark}`; lines that go on are indented"
    ))
}

/// The curly quote at the end of a line that was meant to close the straight one there.
fn curly_end(text: &str, opening: usize, mark: char) -> Option<Range<usize>> {
    let line = line_of(text, opening);
    let written = text[opening..line.end].trim_end();
    let last = written.chars().next_back()?;
    let is_one = match mark {
        '"' => matches!(last, '\u{201c}' | '\u{201d}' | '\u{bb}'),
        _ => matches!(last, '\u{2018}' | '\u{2019}'),
    };
    let end = opening + written.len();
    (is_one && written.matches(mark).count() == 1).then(|| end - last.len_utf8()..end)
}

/// `message: "Doors open",`, as JSON has it.
fn comma_behind_quote(text: &str, at: usize) -> Option<Diagnostic> {
    let mut value = value_on(text, &line_of(text, at))?;
    // A key in quotes stands before it, as in JSON.
    let colon = text[value.clone()]
        .find("\": ")
        .filter(|_| text[value.start..].starts_with('"'));
    value.start += colon.map_or(0, |colon| colon + 3);
    let written = &text[value.clone()];
    let right = written.strip_suffix([',', ';'])?.trim_end();
    let is_quoted = |mark: char| {
        let inside = right.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        inside.is_some_and(|inside| !inside.replace("\\\"", "").replace("''", "").contains(mark))
    };
    (is_quoted('"') || is_quoted('\'')).then(|| {
        let (message, help) = match written.ends_with(',') {
            true => (COMMA_BEHIND_QUOTE, LEAVE_COMMA_OUT),
            false => (
                SEMICOLON_BEHIND_QUOTE,
                "leave it out: lines need none at their end",
            ),
        };
        Diagnostic::error("invalid-yaml", value.clone(), message)
            .help(help)
            .replace(value, right, Applicability::Safe)
    })
}

pub(super) fn after_the_quote(text: &str, at: usize, in_brackets: bool) -> Diagnostic {
    if let Some(found) = comma_behind_quote(text, at).filter(|_| !in_brackets) {
        return found;
    }
    if let Some(found) = quote_in_braces(text, at) {
        return found;
    }
    let rest = to_line_end(text, at);
    let found = Diagnostic::error("invalid-yaml", rest, "something follows the closing quote")
        .label("outside the quotes");
    let word = text[at..].split([':', ' ', '"', '\'']).next().unwrap_or_default();
    let is_key = !word.is_empty() && text[at + word.len()..].starts_with(": ");
    if in_brackets && is_key {
        return found.help(format!("put a comma before `{word}`"));
    }
    let before = text[line_of(text, at).start..at].trim_end();
    match before.ends_with('\'') || before.contains(": '") {
        true => found.help("inside single quotes write an apostrophe twice (`it''s`), or use double quotes"),
        false => found
            .help("inside double quotes write a quote as `\\\"`, or put the whole text into single quotes"),
    }
}

/// `"Tickets: {{link "tickets"}}"`, where the quote inside of the braces ends the text.
fn quote_in_braces(text: &str, at: usize) -> Option<Diagnostic> {
    let line = line_of(text, at);
    let closing = line.start + text[line.start..at].trim_end().rfind('"')?;
    let braces = line.start + text[line.start..closing].rfind("{{")?;
    let opening = line.start + text[line.start..braces].rfind('"')?;
    let end = behind_braces(text, opening + 1, line.end)?;
    let before = text[line.start..opening].trim_end();
    let begins = before.ends_with([':', '-', '[', ',']) && !text[braces..closing].contains("}}");
    let inside = text[opening + 1..end].replace("\\\"", "\"");
    if !begins || inside.contains('\\') {
        return None;
    }
    let message = "a quote inside of `{{…}}` ends the text, which stands in such quotes";
    let found = Diagnostic::error("invalid-yaml", closing..closing + 1, message)
        .label("ends the text")
        .also(opening..opening + 1, "begins it")
        .help("put the whole text into single quotes");
    let right = format!("'{}'", inside.replace('\'', "''"));
    Some(found.replace(opening..end + 1, right, Applicability::Unsure))
}

/// The next quote that stands in no braces.
fn behind_braces(text: &str, from: usize, line_end: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..line_end)?;
        let quote = at + rest.find('"')?;
        match rest.find("{{").map(|open| at + open).filter(|open| *open < quote) {
            Some(open) => at = open + text[open..line_end].find("}}")? + 2,
            None if text[..quote].ends_with('\\') => at = quote + 1,
            None => return Some(quote),
        }
    }
}

pub(super) fn unknown_escape(text: &str, at: usize) -> Diagnostic {
    let line = line_of(text, at);
    let escape =
        |i: &usize| !text[i + 1..].starts_with(['\\', '"', 'n', 't', 'u', 'x', 'r', '/', '0', 'U', ' ']);
    let slash = text[at..line.end]
        .match_indices('\\')
        .map(|(i, _)| at + i)
        .find(escape);
    let span = slash.map_or(at_least_one(text, at..at), |i| i..ceil(text, i + 2));
    Diagnostic::error(
        "invalid-yaml",
        span,
        "a backslash in double quotes begins an escape, and this is none",
    )
    .label("unknown escape")
    .help("write the backslash twice (`\\\\`), or use single quotes")
}
