//! Decides what an inbound text means for consent: an opt-out, a text that only contains such a word, or another text.
//! Asked before any rule of a campaign. Pure: no store, no clock. The words stand in files beside, each with its source.

mod confirm;
mod fold;
mod rule;
#[cfg(test)]
mod tests;
mod words;

pub use confirm::confirmation;
pub use fold::tokens;
pub use rule::Matcher;
pub use words::OptOutWords;

/// What an inbound text means for consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The whole message says: no more texts. It holds for the number, in the whole project, at once.
    OptOut {
        /// The word as its list has it: `stop`, `opt out`.
        word: String,
    },
    /// An opt-out word stands in a longer text: no opt-out and no automatic answer; a person reads it.
    ContainsOptOut {
        /// The first one, as its list has it.
        word: String,
    },
    /// Any other text: answers, rules, the inbox.
    Other,
}

/// What `text` means to somebody for whom `words` hold.
///
/// The whole message must be the word. Letter case, accents, width, invisible characters, punctuation and emoji do not
/// count, nor do "please", thanks, a signature, or digits after the word. A reaction that quotes one of our texts
/// (`Liked “… Reply STOP to opt out”`) is never an opt-out, whatever it quotes.
pub fn meaning(text: &str, words: &OptOutWords) -> Meaning {
    let tokens = fold::tokens(text);
    let bare = fold::bare(fold::without_signature(text));
    let reaction = fold::is_reaction(text);
    if let Some(word) = words.exactly(&bare).filter(|_| !reaction) {
        return Meaning::OptOut {
            word: word.to_owned(),
        };
    }
    match words.inside(&tokens) {
        Some(word) => Meaning::ContainsOptOut {
            word: word.to_owned(),
        },
        None => Meaning::Other,
    }
}
