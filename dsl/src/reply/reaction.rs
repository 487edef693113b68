//! Tapbacks. Telephones send a reaction as a text in their own language that quotes ours, so it is known by what it quotes;
//! the phrases of some languages are known too, for quotations of what we do not have.

use std::sync::LazyLock;

use super::Person;
use super::fold::{core, is_emoji, tokens};
use super::lists::{self, OBJECTS};
use super::quote::{Quotation, Quoting, letters};

/// Words around a quotation of ours, at most, in a language that we do not know.
const MOST_WORDS: usize = 8;
/// Words between an emoji and a quotation: `to`, `reacted to`.
const MOST_AFTER_EMOJI: usize = 3;

/// A reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reaction {
    /// Which of the texts that we sent.
    pub quotes: Option<usize>,
    /// It quotes one of them, or is put in the words of a telephone.
    pub sure: bool,
}

/// None for a text that is none.
pub(super) fn of(text: &str, person: &Person<'_>) -> Option<Reaction> {
    let reaction = |quotes, sure| Reaction { quotes, sure };
    let quoting = Quoting::new(text);
    if let Some(index) = quoted(&quoting, person) {
        return Some(reaction(Some(index), true));
    }
    if quoting.in_marks().any(|quotation| is_phrase(&quotation)) || is_of_object(text) {
        return Some(reaction(None, true));
    }
    let emoji = quoting
        .in_marks()
        .next()
        .filter(|quotation| is_after_emoji(quotation));
    emoji.map(|_| reaction(None, false))
}

/// Which text of ours is quoted, and nothing but a reaction said of it.
fn quoted(quoting: &Quoting<'_>, person: &Person<'_>) -> Option<usize> {
    let sent: Vec<Vec<char>> = person.sent.iter().map(|text| letters(text)).collect();
    let index = |quotation: &Quotation<'_>| sent.iter().position(|sent| quotation.is_of(sent));
    let found = |quotation: Quotation<'_>| index(&quotation).filter(|_| is_around(&quotation, person));
    quoting.quotations().find_map(found)
}

/// Whether what stands around a quotation can be a reaction in any language, and not an answer.
fn is_around(quotation: &Quotation<'_>, person: &Person<'_>) -> bool {
    if is_phrase(quotation) {
        return true;
    }
    let Quotation { before, after, .. } = quotation;
    let around = format!("{before} {after}");
    // `“STOP”` says it, whatever else ends so.
    let says_it = person.words.opts_out(quotation.text).is_some();
    let asks = around.contains(['?', '\u{FF1F}', '\u{37E}']);
    let is_word = |text: &str| person.words.opts_out(text).is_some() || person.words.asks_for_help(text);
    let words = core(&around);
    let is_answer = person.declared.iter().any(|rule| rule.has_word(&words));
    tokens(&around).len() <= MOST_WORDS && !asks && !says_it && !is_word(&around) && !is_answer
}

/// A phrase of a telephone, around the quotation.
struct Phrase {
    before: Vec<String>,
    after: Vec<String>,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let phrase = |line: &str| {
        let (before, after) = line.split_once('…').expect("a test reads the files");
        Phrase {
            before: tokens(before),
            after: tokens(after),
        }
    };
    lists::everywhere("reaction").map(phrase).collect()
});

fn is_phrase(quotation: &Quotation<'_>) -> bool {
    let (before, after) = (tokens(quotation.before), tokens(quotation.after));
    let is = |phrase: &Phrase| phrase.before == before && phrase.after == after;
    PHRASES.iter().any(is)
}

/// `Loved an image`.
fn is_of_object(text: &str) -> bool {
    let words = tokens(text);
    let about = |phrase: &Phrase| {
        let object = words.strip_prefix(phrase.before.as_slice())?;
        let object = object.strip_suffix(phrase.after.as_slice())?;
        OBJECTS.iter().any(|known| known == object).then_some(())
    };
    PHRASES.iter().any(|phrase| about(phrase).is_some())
}

/// `👍 to “…”`, and nothing behind it.
fn is_after_emoji(quotation: &Quotation<'_>) -> bool {
    let begins = |text: &str| {
        text.chars()
            .find(|c| !c.is_whitespace() && !sms::invisible::is_invisible(*c))
    };
    let emoji = begins(quotation.before).is_some_and(is_emoji);
    emoji && tokens(quotation.before).len() <= MOST_AFTER_EMOJI && tokens(quotation.after).is_empty()
}

#[cfg(test)]
mod tests;
