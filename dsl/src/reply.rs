//! Decides what an inbound text means before any rule of a campaign is asked: a reaction to one of our texts, the answer of
//! a machine, an opt-out, a call for help, an opt-in. Pure: no store, no clock. The words stand in files beside, each with
//! its source. What rules match with is [`Matcher`], what a question saves [`value`], texts in parts [`joined`].

mod automatic;
mod fold;
pub mod joined;
mod lists;
mod quote;
mod reaction;
mod rule;
#[cfg(test)]
mod tests;
mod texts;
pub mod value;
mod words;

pub(crate) use fold::is_polite;
pub use fold::tokens;
pub use rule::{BadPattern, Matcher};
pub(crate) use rule::{compile, whole_messages};
pub use texts::{Answer, confirmation};
pub use words::Words;

/// What an inbound text means, before any rule is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A tapback: `Liked “…”`. It is kept, and nothing is done.
    Reaction {
        /// Which of the texts that we sent, newest first; none where it quotes an image or a text that is not among them.
        quotes: Option<usize>,
    },
    /// A machine answered: out of office, driving. It is kept, and nothing is done.
    Automatic,
    /// The whole message says: no more texts. It holds for the number, in the whole project, at once.
    OptOut {
        /// The word as its list has it: `stop`, `opt out`.
        word: String,
    },
    /// The whole message asks who this is and what to do.
    Help,
    /// Somebody who had opted out wants texts again.
    OptIn,
    /// An opt-out word stands in a longer text: no opt-out and no automatic answer; a person reads it.
    ContainsOptOut {
        /// The first one, as its list has it.
        word: String,
    },
    /// Any other text: answers, rules, the inbox.
    Other,
}

/// What is known of the person who wrote.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The words that hold for this person.
    pub words: &'a Words,
    /// A suppression stands against the number: only then opt-in words mean anything.
    pub opted_out: bool,
    /// Texts that we sent to this person, newest first. A few are enough: people react to what they see.
    pub sent: &'a [&'a str],
    /// The rules that could get this reply: the answers of open questions, the `replies`.
    pub declared: &'a [&'a Matcher],
}

impl<'a> Person<'a> {
    /// Somebody who gets texts, to whom none of them is known, and who no rule waits for.
    pub fn new(words: &'a Words) -> Person<'a> {
        Person {
            words,
            opted_out: false,
            sent: &[],
            declared: &[],
        }
    }
}

/// What `text` means from this person.
///
/// For an opt-out, help or opt-in the whole message must be the word. Letter case, accents, width, invisible characters,
/// punctuation and emoji do not count, nor do "please", thanks and a signature, nor digits after an opt-out word. A
/// declared rule that asks for more than the opt-out word wins over it ([`Matcher`]).
pub fn meaning(text: &str, person: &Person<'_>) -> Meaning {
    let words = person.words;
    let contains = || words.inside(text).filter(|word| !is_declared(text, word, person));
    if let Some(reaction) = reaction::of(text, person) {
        return match contains() {
            // Words in quotation marks behind an emoji, which are not ours: a person had better look.
            Some(word) if !reaction.sure => contained(word),
            Some(_) | None => Meaning::Reaction {
                quotes: reaction.quotes,
            },
        };
    }
    if automatic::is(text) {
        return Meaning::Automatic;
    }
    match words.opts_out(text) {
        Some(word) if is_declared(text, word, person) => return Meaning::Other,
        Some(word) => {
            return Meaning::OptOut {
                word: word.text.clone(),
            };
        }
        None => {}
    }
    if words.asks_for_help(text) {
        return Meaning::Help;
    }
    if person.opted_out && words.opts_in(text) {
        return Meaning::OptIn;
    }
    contains().map_or(Meaning::Other, contained)
}

fn contained(word: &words::Word) -> Meaning {
    Meaning::ContainsOptOut {
        word: word.text.clone(),
    }
}

/// Whether a rule waits for this text and more than its opt-out word.
fn is_declared(text: &str, word: &words::Word, person: &Person<'_>) -> bool {
    person.declared.iter().any(|rule| rule.wins_over(text, word))
}
