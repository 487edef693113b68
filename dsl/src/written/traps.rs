//! Texts that YAML reads as something else than their author, or that another reader of YAML would.

use std::ops::Range;

use super::key::Form;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::tree::{Node, Scalar, Style};

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
    let written = around.text.get(comment.clone())?.trim_end();
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

/// Inside `{…}` a comma ends an unquoted text, and what follows becomes a key without a value.
pub(super) fn cut_by_comma(around: Around<'_>, before: &Node, key: Range<usize>) -> Diagnostic {
    let cut = around.text.get(key.clone()).unwrap_or_default();
    let whole = before.span.start..key.end;
    let message = format!("the text ends at the comma, so that \"{cut}\" is read as a key");
    let found = Diagnostic::error("text-cut-by-comma", key, message)
        .label("not part of the text")
        .also(before.span.clone(), "all of the text")
        .help("quote the text");
    match around.text.get(whole.clone()) {
        Some(written) => found.replace(whole, quoted(written), Applicability::Unsure),
        None => found,
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
