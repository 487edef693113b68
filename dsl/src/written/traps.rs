//! Texts that YAML reads as something else than their author, or that another reader of YAML would.

use std::ops::Range;

use super::key::Form;
use super::scalars;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::scalar::WaitTime;
use crate::tree::{Node, Positions, Scalar, Style, quote_condition};

/// The file around a scalar.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The file.
    pub text: &'a str,
    /// Its comments, in order.
    pub comments: &'a [Range<usize>],
}

/// A list whose first line lacks its dash, or whose dashes lack their space, is one long text.
pub(super) fn list_became_text(around: Around<'_>, node: &Node, scalar: &Scalar) -> Option<Diagnostic> {
    let written = around.text.get(node.span.clone()).unwrap_or_default();
    let mut lines = written.lines().map(str::trim_start);
    let first = lines.next()?;
    let dashed = lines.any(|line| line.starts_with("- ") || line == "-");
    if scalar.style != Style::Plain || !dashed {
        return None;
    }
    let help = match first.starts_with('-') {
        true => "put a space after each `-`",
        false => "begin the first item with `- ` too, on a line of its own",
    };
    let message = format!("\"{}\" is one text; is it meant to be a list?", scalar.text);
    let found = Diagnostic::error("list-became-text", node.span.clone(), message);
    Some(found.label("read as one text").help(help))
}

/// ` #` begins a comment in an unquoted text. In what is sent that is an error; elsewhere only where it looks like text.
pub(super) fn cut_by_comment(
    around: Around<'_>,
    node: &Node,
    scalar: &Scalar,
    form: &Form,
) -> Option<Diagnostic> {
    let comment = comment_after(around, &node.span).filter(|_| scalar.style == Style::Plain)?;
    let written = cut_text(around.text.get(comment.clone())?);
    let comment = comment.start..comment.start + written.len();
    let like_text = written.len() > 1 && !written[1..].starts_with([' ', '#']);
    let severity = if matches!(form, Form::Message) {
        Severity::Error
    } else if matches!(form, Form::Text | Form::Word) && like_text {
        Severity::Warning
    } else {
        return None;
    };
    let whole = around.text.get(node.span.start..comment.end)?;
    let message = format!("the text ends before `{written}`, which YAML reads as a comment");
    let found = Diagnostic::error("text-cut-by-comment", comment.clone(), message)
        .label("not part of the text")
        .also(node.span.clone(), "all of the text")
        .help("quote the text, or move the comment to a line of its own")
        .replace(node.span.start..comment.end, quoted(whole), Applicability::Unsure);
    Some(Diagnostic { severity, ..found })
}

/// What of a comment was meant as text: all before the next `#`, where that stands between spaces, as one of a comment
/// does.
pub(crate) fn cut_text(comment: &str) -> &str {
    let marks = comment.match_indices(" # ").map(|(at, _)| at);
    let begins = |at: &usize| comment[1..*at].contains(|c: char| !c.is_whitespace());
    let end = marks.into_iter().find(begins).unwrap_or(comment.len());
    comment[..end].trim_end()
}

/// A text that begins with `#` is a comment, all of it: `message: #one for all`.
pub(super) fn all_is_comment(around: Around<'_>, node: &Node, form: &Form) -> Option<Diagnostic> {
    // Nothing stands where its key ends, before the colon.
    let at = node.span.start;
    let at = at + usize::from(around.text.get(at..)?.starts_with(':'));
    let comment = comment_after(around, &(at..at)).filter(|_| takes_text(form))?;
    let written = cut_text(around.text.get(comment.clone())?);
    if written.len() < 2 || written[1..].starts_with([' ', '#', '!']) {
        return None;
    }
    let comment = comment.start..comment.start + written.len();
    let message = format!("`{written}` is read as a comment, so that there is no text");
    Some(
        Diagnostic::error("text-cut-by-comment", comment.clone(), message)
            .label("not part of the text")
            .help("quote the text")
            .replace(comment, quoted(written), Applicability::Unsure),
    )
}

/// Where a value is due that is not there: behind the colon of its key, or at the mark that stands for it.
pub(super) fn place_of_value(around: Around<'_>, node: &Node) -> Range<usize> {
    let at = node.span.start;
    let colon = around.text[at..].trim_start_matches([' ', '\t']);
    if colon.starts_with(':') {
        let behind = around.text.len() - colon.len() + 1;
        return behind..behind;
    }
    let before = around.text[..at].char_indices().next_back();
    before.map_or(at, |(start, _)| start)..at
}

/// Whether a text for people may stand there, or a word that may be any.
pub(super) fn takes_text(form: &Form) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(takes_text),
        form => matches!(form, Form::Message | Form::Text | Form::Word),
    }
}

/// A quote at the end of a text without quotes that none begins, or curly quotes around all of it: it would be sent.
pub(super) fn stray_quote(node: &Node, scalar: &Scalar, form: &Form) -> Option<Diagnostic> {
    let text = scalar.text.as_str();
    let with = match is_for_people(form) {
        true => "are sent too",
        false => "belong to the text",
    };
    if let Some(inside) = in_backticks(text) {
        let message = format!("the backticks {with}");
        let found = Diagnostic::warning("quote-the-text", node.span.clone(), message);
        let found = found
            .label("part of the text")
            .help("quotes alone stand around a text");
        return Some(found.replace(node.span.clone(), quoted(inside), Applicability::Unsure));
    }
    if scalar.style != Style::Plain {
        return None;
    }
    if let Some(inside) = in_curly(text) {
        let message = format!("the curly quotes {with}");
        let found = Diagnostic::warning("quote-the-text", node.span.clone(), message)
            .label("part of the text")
            .help("straight quotes stand around a text");
        let right = quoted(inside.trim());
        return Some(found.replace(node.span.clone(), right, Applicability::Unsure));
    }
    // Inches are written so: `a pizza of 12"`.
    let before = text.strip_suffix('"')?;
    let ends = before.ends_with(|c: char| c.is_ascii_digit()) || before.contains('"');
    (!ends).then(|| {
        let at = node.span.end - 1..node.span.end;
        // One of another kind before the text was meant to be its other half.
        let opened = before.trim_start_matches(['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{2018}']);
        let right = match opened.len() < before.len() {
            true => quoted(opened.trim_start()),
            false => format!("\"{text}"),
        };
        Diagnostic::error(
            "quote-the-text",
            at,
            "this quote closes nothing, and would be sent",
        )
        .label("no quote begins the text")
        .help("put one before the text too, or leave it out")
        .replace(node.span.clone(), right, Applicability::Unsure)
    })
}

/// How it is told that curly quotes are part of a value.
pub(crate) const CURLY_IN_VALUE: &str = "the curly quotes belong to the value";

/// What stands in curly quotes that are around all of a text.
fn in_curly(text: &str) -> Option<&str> {
    // Of single ones the closing one is an apostrophe too.
    let single = text
        .strip_prefix('\u{2018}')
        .and_then(|rest| rest.strip_suffix(['\u{2019}', '\'']));
    let single = single.filter(|inside| !inside.contains('\u{2018}'));
    let curly = [
        ('\u{201c}', '\u{201d}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{201d}', '\u{201d}'),
        ('\u{ab}', '\u{bb}'),
    ];
    let inside = |(open, close): &(char, char)| {
        let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    };
    single.or_else(|| curly.iter().find_map(inside))
}

/// Curly quotes around a value that is no text: they would belong to the name, the path or the time.
pub(super) fn curly_around(node: &Node, scalar: &Scalar, form: &Form) -> Option<Diagnostic> {
    let of_other = scalar.style == Style::Plain && !takes_text(form);
    // A condition may be a text, which is told there.
    let is_meant = |inside: &&str| match form {
        Form::Condition | Form::Leaver => inside.contains(['=', '<', '>', '(']),
        _ => true,
    };
    let inside = in_curly(&scalar.text)
        .filter(is_meant)
        .filter(|_| of_other)?
        .trim();
    let found = Diagnostic::error("quote-the-text", node.span.clone(), CURLY_IN_VALUE)
        .label("part of the value")
        .help("straight quotes stand around a value, or none");
    let right = quoted(inside);
    Some(match inside.is_empty() {
        true => found,
        false => found.replace(node.span.clone(), right, Applicability::Unsure),
    })
}

/// What stands in backticks that are around all of a text of several words.
fn in_backticks(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('`')?.strip_suffix('`')?;
    (inside.contains(' ') && !inside.contains('`')).then_some(inside)
}

/// `null` and `~`, which every reader of YAML takes for no value at all. Inside of a condition they are told as that.
pub(super) fn null(
    node: &Node,
    scalar: &Scalar,
    form: &Form,
    (name, instead): (&str, &str),
) -> Option<Diagnostic> {
    let text = scalar.text.as_str();
    let is_null = matches!(text, "null" | "Null" | "NULL" | "~") && scalar.style == Style::Plain;
    (is_null && !matches!(form, Form::Condition)).then(|| {
        let message = format!("{name} has no value: YAML reads `{text}` as nothing");
        let found = Diagnostic::error("wrong-type", node.span.clone(), message)
            .label(format!("{} is expected here", form.expected()));
        match takes_text(form) {
            true => found
                .help(format!("{instead}; the word itself stands in quotes"))
                .replace(node.span.clone(), quoted(text), Applicability::Unsure),
            false => found.help(instead),
        }
    })
}

/// `\n` is a new line in double quotes alone: elsewhere people get the two characters.
pub(super) fn backslash_n(
    around: Around<'_>,
    node: &Node,
    scalar: &Scalar,
    form: &Form,
) -> Option<Diagnostic> {
    let text = scalar.text.as_str();
    let taken = matches!(scalar.style, Style::Plain | Style::Single) && is_for_people(form);
    let at = text.find("\\n").filter(|_| taken)?;
    let place = Positions::new(around.text, node).span(at..at + 2);
    let message = "`\\n` is two characters here, not a new line";
    let found = Diagnostic::warning("quote-the-text", place, message)
        .label("sent as it stands")
        .help("in double quotes it is a new line");
    let right = quoted(text).replace("\\\\n", "\\n");
    Some(found.replace(node.span.clone(), right, Applicability::Unsure))
}

fn is_for_people(form: &Form) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(is_for_people),
        form => matches!(form, Form::Message),
    }
}

/// A comma at the end of a line, as JSON has them. In a text for people it may well belong to it.
pub(super) fn comma_behind(
    around: Around<'_>,
    node: &Node,
    scalar: &Scalar,
    form: &Form,
) -> Option<Diagnostic> {
    let mark = scalar
        .text
        .chars()
        .next_back()
        .filter(|mark| matches!(mark, ',' | ';'))?;
    let right = scalar.text.strip_suffix(mark)?.trim_end();
    let refused = is_path(form) || scalars::check(form, &scalar.text).is_err();
    if scalar.style != Style::Plain || !refused || scalars::check(form, right).is_err() {
        return None;
    }
    let at = node.span.start + around.text.get(node.span.clone())?.strip_suffix(mark)?.len()..node.span.end;
    let (message, help) = match mark {
        ',' => (
            "a comma stands behind the value",
            "leave it out: lines need no comma at their end",
        ),
        _ => (
            "a semicolon stands behind the value",
            "leave it out: lines need none at their end",
        ),
    };
    Some(
        Diagnostic::error("invalid-yaml", at.clone(), message)
            .help(help)
            .replace(at, "", Applicability::Safe),
    )
}

/// The comment that follows on the same line.
fn comment_after(around: Around<'_>, span: &Range<usize>) -> Option<Range<usize>> {
    let next = around
        .comments
        .partition_point(|comment| comment.start < span.end);
    let comment = around.comments.get(next)?;
    let between = around.text.get(span.end..comment.start)?;
    between
        .chars()
        .all(|c| c == ' ' || c == '\t')
        .then(|| comment.clone())
}

/// Conditions of a list in brackets that YAML cut at a comma of theirs: `[tagged("a, b")]` is two items.
pub(super) fn cut_conditions(around: Around<'_>, node: &Node, item: &Form) -> Vec<Diagnostic> {
    let in_brackets = around.text[node.span.start..].starts_with('[');
    let mut found = vec![];
    if !in_brackets || !matches!(item, Form::Condition | Form::Leaver) {
        return found;
    }
    let mut items = node.items().iter();
    while let Some(first) = items.next() {
        let is_plain = first.scalar().is_some_and(|scalar| scalar.style == Style::Plain);
        let whole = |last: &Node| around.text.get(first.span.start..last.span.end);
        if !is_plain || whole(first).is_none_or(is_closed) {
            continue;
        }
        let rest = items.by_ref().find(|last| whole(last).is_some_and(is_closed));
        if let Some(written) = rest.and_then(whole) {
            found.push(quote_condition(written, first.span.start));
        }
    }
    found
}

/// Texts among maps, right after a map whose last key has no value: they were meant to be its list, and their dashes stand
/// in the column of the map's own.
pub(super) fn dashes_too_far_left(around: Around<'_>, node: &Node, item: &Form) -> Vec<Diagnostic> {
    let mut found = vec![];
    if !matches!(item, Form::Object(_)) {
        return found;
    }
    let mut nodes = node.items().iter().peekable();
    while let Some(map) = nodes.next() {
        let Some(key) = map.entries().last().filter(|last| last.value.is_nothing()) else {
            continue;
        };
        let mut texts = vec![];
        while let Some(text) = nodes.next_if(|node| node.scalar().is_some()) {
            texts.push(text);
        }
        if let (Some(first), Some(last)) = (texts.first(), texts.last()) {
            let items = first.span.start..last.span.end;
            found.push(indent(around, &key.key.text, items).also(key.key.span.clone(), "has no item"));
        }
    }
    found
}

/// The repair moves the dashes, that of the first item too.
fn indent(around: Around<'_>, key: &str, items: Range<usize>) -> Diagnostic {
    let message = format!("the dashes of \"{key}\" stand as far left as the dash above it");
    let found = Diagnostic::error("wrong-type", items.clone(), message)
        .label(format!("an item of the list around it, not of \"{key}\""))
        .help("put two spaces before each of these dashes");
    let Some(dash) = around.text[..items.start].rfind('-') else {
        return found;
    };
    let written = &around.text[dash..items.end];
    let moved = format!("  {}", written.replace('\n', "\n  "));
    found.replace(dash..items.end, moved, Applicability::Unsure)
}

/// Whether every quote and round bracket of a condition is closed.
fn is_closed(written: &str) -> bool {
    let (mut quote, mut depth) = (None, 0_i32);
    for c in written.chars() {
        match (c, quote) {
            (_, Some(open)) => quote = Some(open).filter(|open| *open != c),
            ('"' | '\'', None) => quote = Some(c),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
    }
    quote.is_none() && depth == 0
}

/// Inside `{…}` a comma ends an unquoted text, and what follows becomes a key without a value.
pub(super) fn cut_by_comma(
    around: Around<'_>,
    (before, form, is_decimal): (&Node, Option<&Form>, bool),
    key: Range<usize>,
) -> Diagnostic {
    let cut = around.text.get(key.clone()).unwrap_or_default();
    let whole = before.span.start..key.end;
    let what = match cut.contains(',') {
        true => format!("\"{cut}\" are read as keys"),
        false => format!("\"{cut}\" is read as a key"),
    };
    let message = format!("the text ends at the comma, so that {what}");
    let found = Diagnostic::error("text-cut-by-comma", key, message)
        .label("not part of the text")
        .also(before.span.clone(), "all of the text")
        .help("quote the text");
    let Some(written) = around.text.get(whole.clone()) else {
        return found;
    };
    if form.is_some_and(is_list_of_words) {
        let right = format!("[{written}]");
        return found
            .help(format!("a list stands in brackets: `{right}`"))
            .replace(whole, right, Applicability::Unsure);
    }
    let is_number = is_decimal || form.is_none_or(|form| !takes_text(form));
    match number_meant(written, is_decimal).filter(|_| is_number) {
        Some((right, why)) => {
            found
                .help(format!("{why}: `{right}`"))
                .replace(whole, right, Applicability::Unsure)
        }
        None => found.replace(whole, quoted(written), Applicability::Unsure),
    }
}

/// Whether several stand there in a list, each a text without quotes.
fn is_list_of_words(form: &Form) -> bool {
    match form {
        Form::Either(forms) => forms.iter().any(is_list_of_words),
        Form::List(item) | Form::OneOrList(item) => {
            item.is_scalar() && !matches!(item, Form::Condition | Form::Leaver | Form::Message)
        }
        _ => false,
    }
}

/// A number with commas between its digits, as it is written here, and why. A space may stand behind each.
fn number_meant(written: &str, is_decimal: bool) -> Option<(String, &'static str)> {
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | ' '));
    let amount = written[..written.len() - unit.len()].trim_end();
    let unit = &written[amount.len()..];
    let pieces: Vec<&str> = amount.split(',').map(|piece| piece.trim_start()).collect();
    let is_digits = |piece: &&str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit());
    if !pieces.iter().all(is_digits) || unit.contains([',', '"']) {
        return None;
    }
    match pieces.as_slice() {
        // `1,000 EUR`.
        [first, more @ ..] if first.len() <= 3 && more.iter().all(|piece| piece.len() == 3) => {
            let why = "a number has no comma between its digits";
            Some((format!("{}{unit}", pieces.concat()), why))
        }
        // `99,50 EUR` and `2,5%`.
        [whole, part] if part.len() < 3 && (is_decimal || !unit.trim().is_empty()) => {
            let why = match is_currency(unit.trim()) {
                true => "a point stands before the cents",
                false => "a point stands before decimals",
            };
            Some((format!("{whole}.{part}{unit}"), why))
        }
        _ => None,
    }
}

fn is_currency(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a path may stand there, which may have any sign in it.
pub(super) fn is_path(form: &Form) -> bool {
    matches!(form, Form::Path | Form::Source | Form::Leaver)
}

/// A comment that is none to YAML, behind a value that is refused with it, or a path: with slashes, or without the space
/// before it.
pub(super) fn no_comment(
    around: Around<'_>,
    node: &Node,
    scalar: &Scalar,
    form: &Form,
) -> Option<Diagnostic> {
    let written = around
        .text
        .get(node.span.clone())
        .filter(|_| scalar.style == Style::Plain)?;
    let (at, mark) = ["//", "#"]
        .iter()
        .find_map(|mark| Some((written.find(mark)?, *mark)))?;
    let (before, behind) = (&written[..at], &written[at + mark.len()..]);
    let right = before.trim_end();
    let ends = mark == "#" || right.len() < before.len();
    let is_one = !is_path(form) || ends && behind.starts_with(' ');
    if !is_one || right.is_empty() || scalars::check(form, right).is_err() {
        return None;
    }
    let mark_at = node.span.start + at..node.span.start + at + mark.len();
    let (message, help) = match mark {
        "#" => (
            "a comment begins behind a space, and here is none",
            "put a space before the `#`",
        ),
        _ => (
            "a comment begins with `#`, not with `//`",
            "write ` #` in its place",
        ),
    };
    let gap = node.span.start + right.len()..mark_at.end;
    Some(
        Diagnostic::error("invalid-yaml", mark_at, message)
            .help(help)
            .replace(gap, " #", Applicability::Unsure),
    )
}

/// `{ days: 1 }` where a time belongs, which is one text.
pub(super) fn time_in_parts(node: &Node, form: &Form) -> Option<Diagnostic> {
    let [part] = node.entries() else { return None };
    let time = WaitTime::parse(&format!("{} {}", part.value.text()?, part.key.text)).ok()?;
    let found = || {
        Diagnostic::error("wrong-type", node.span.clone(), "a time is written as one text")
            .help(format!("write `{time}`"))
            .replace(node.span.clone(), time.to_string(), Applicability::Unsure)
    };
    is_time(form).then(found)
}

fn is_time(form: &Form) -> bool {
    match form {
        Form::Duration | Form::Wait | Form::Timeout => true,
        Form::Either(forms) => forms.iter().any(is_time),
        _ => false,
    }
}

/// Advises quotes where YAML 1.1, which many editors and tools still read, sees something else than the text.
pub(super) fn older_reader(span: Range<usize>, text: &str, plain: bool) -> Option<Diagnostic> {
    let seen = if plain {
        seen_by_yaml_1_1(text)?
    } else {
        return None;
    };
    let message = format!("an older YAML reader takes {text} for {seen}, not for a text");
    Some(
        Diagnostic::warning("yaml-1.1", span.clone(), message)
            .label("no quotes")
            .help("quote it, so that every reader sees the same")
            .replace(span, quoted(text), Applicability::Safe),
    )
}

/// Whether an older reader of YAML sees something else than this text where it has no quotes.
pub(crate) fn misread(text: &str) -> bool {
    seen_by_yaml_1_1(text).is_some()
}

fn seen_by_yaml_1_1(text: &str) -> Option<&'static str> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("`true`"),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("`false`"),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let begins_with_digit = unsigned.starts_with(|c: char| c.is_ascii_digit());
    if digits(unsigned) && begins_with_digit {
        let leading_zero = unsigned.len() > 1 && unsigned.starts_with('0');
        return (text.starts_with('+') || leading_zero || unsigned.contains('_')).then_some("a number");
    }
    let mut pieces = unsigned.split(':');
    let head = pieces.next().unwrap_or_default();
    let sixty = |s: &str| digits(s) && s.len() <= 2 && s.parse::<u8>().is_ok_and(|n| n < 60);
    let clock = !head.starts_with('0') && digits(head) && unsigned.contains(':') && pieces.all(sixty);
    clock.then_some("a number in base 60")
}

/// In double quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
