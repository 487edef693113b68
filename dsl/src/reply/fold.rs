//! Takes from a text what does not change its meaning: case, accents, width, punctuation, politeness, signatures.

use std::sync::LazyLock;

use sms::invisible::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::lines;

/// The words of a text, in order: runs of letters and digits, folded. `“STOP”` is `stop`, `don't` is `don` and `t`.
pub fn tokens(text: &str) -> Vec<String> {
    // Marks fall away before the split, so that a letter and its accent stay one word.
    let seen = text.nfkd().filter(|&c| !is_invisible(c) && !is_combining_mark(c));
    let folded: String = seen
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|&c| !is_combining_mark(c))
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What of a text is neither politeness nor digits at its end, written as one word: `Opt-out, please` is `optout`,
/// `S.T.O.P. 12345` is `stop`.
pub(super) fn bare(text: &str) -> String {
    let tokens = tokens(text);
    let mut rest = without_mail_signature(&tokens);
    loop {
        let shorter = without_digits(without_politeness(rest));
        if shorter.len() == rest.len() {
            return rest.concat();
        }
        rest = shorter;
    }
}

/// A text up to the line of two dashes below which mail programs put a signature. A text that begins with one keeps it.
pub(super) fn without_signature(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let dashes = matches!(line.trim(), "--" | "\u{2014}");
        if dashes && text[..end].contains(char::is_alphanumeric) {
            return &text[..end];
        }
        end += line.len();
    }
    text
}

/// Whether a text is an emoji and then a quotation, which is how some telephones send a reaction in any language. Those
/// that send it in words (`Liked “…”`) need no rule: the verb is a word of the message.
pub(super) fn is_reaction(text: &str) -> bool {
    let quote = |c: char| {
        matches!(
            c,
            '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}'
        )
    };
    text.split_once(quote)
        .is_some_and(|(before, _)| before.contains(is_emoji))
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{203C}' | '\u{2049}' | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Phrases of one list, each in tokens.
type Phrases = Vec<Vec<String>>;

fn phrases(file: &str) -> Phrases {
    lines(file).map(tokens).collect()
}

static POLITE: LazyLock<Phrases> = LazyLock::new(|| phrases(include_str!("words/polite.txt")));
static SIGNATURES: LazyLock<Phrases> = LazyLock::new(|| phrases(include_str!("words/signatures.txt")));

/// Cut at `sent from …`, which may follow on the same line: gateways join lines. Not at the very beginning.
fn without_mail_signature(tokens: &[String]) -> &[String] {
    let begins = |at: &usize| SIGNATURES.iter().any(|phrase| tokens[*at..].starts_with(phrase));
    let end = (1..tokens.len()).find(begins).unwrap_or(tokens.len());
    &tokens[..end]
}

/// Without one phrase of politeness at the end and one at the beginning.
fn without_politeness(tokens: &[String]) -> &[String] {
    let longest = |fits: &dyn Fn(&[String]) -> bool| POLITE.iter().filter(|p| fits(p)).map(Vec::len).max();
    let end = tokens.len() - longest(&|phrase| tokens.ends_with(phrase)).unwrap_or(0);
    let tokens = &tokens[..end];
    &tokens[longest(&|phrase| tokens.starts_with(phrase)).unwrap_or(0)..]
}

/// Without numbers at the end: `STOP 12345`.
fn without_digits(tokens: &[String]) -> &[String] {
    let number = |token: &String| token.chars().all(char::is_numeric);
    let end = tokens
        .iter()
        .rposition(|token| !number(token))
        .map_or(0, |last| last + 1);
    &tokens[..end]
}
