//! Takes from a text what does not change its meaning: case, accents, width, punctuation, politeness, signatures.

use sms::invisible::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::lists::{POLITE, SIGNATURES};

/// The words of a text, in order: runs of letters and digits, folded. `“STOP”` is `stop`, `don't` is `don` and `t`.
pub fn tokens(text: &str) -> Vec<String> {
    let folded = folded_text(text);
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn folded_text(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii() {
            // Most are, and Unicode changes nothing of them but their case.
            true => all.push(c.to_ascii_lowercase()),
            false => all.extend(folded(c)),
        }
    }
    all
}

/// A character as texts are compared: without case, accents and width. What is not seen becomes nothing, so that a letter
/// and its accent stay one word.
pub(super) fn folded(c: char) -> impl Iterator<Item = char> {
    let seen = std::iter::once(c).filter(|c| !is_invisible(*c)).nfkd();
    let lower = seen
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase);
    lower.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(plain)
}

/// Letters that Unicode does not take apart, as people write them on a keyboard without them.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ł' => ('l', None),
        'ø' => ('o', None),
        'đ' => ('d', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        c => (c, None),
    };
    std::iter::once(first).chain(second)
}

/// The words of a message without politeness and the signature of a telephone; all words where nothing else is said.
pub(super) fn core(text: &str) -> Vec<String> {
    let all = tokens(text);
    let words = without_mail_signature(&all);
    match without_politeness(words) {
        [] => words.to_vec(),
        rest => rest.to_vec(),
    }
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

/// Whether a character is a picture. Skin tones count as such too.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{203C}' | '\u{2049}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Whether words stand in a row in others.
pub(super) fn stand_in(words: &[String], text: &[String]) -> bool {
    !words.is_empty() && text.windows(words.len()).any(|window| window == words)
}

/// Cut at `sent from …`, which may follow on the same line: gateways join lines. Not at the very beginning.
pub(super) fn without_mail_signature(tokens: &[String]) -> &[String] {
    let begins = |at: &usize| SIGNATURES.iter().any(|phrase| tokens[*at..].starts_with(phrase));
    let end = (1..tokens.len()).find(begins).unwrap_or(tokens.len());
    &tokens[..end]
}

/// Whether a text says nothing but "please", thanks or the like.
pub(crate) fn is_polite(text: &str) -> bool {
    let tokens = tokens(text);
    !tokens.is_empty() && without_politeness(&tokens).is_empty()
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
