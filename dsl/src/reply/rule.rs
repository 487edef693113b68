//! What the rules and answers of a campaign match with: words, or a pattern. Compiled once, asked for every reply.

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

use super::fold::{core, is_emoji, stand_in, tokens, without_mail_signature, without_signature};
use super::words::Word;

/// Bytes a compiled pattern may have.
const LARGEST: usize = 256 << 10;

/// Why a pattern cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the pattern cannot be used")]
pub struct BadPattern(#[from] regex::Error);

/// What one rule takes.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    words: Vec<Wanted>,
    pattern: Option<Pattern>,
}

impl Matcher {
    /// Takes the texts that have one of these words, and those that the pattern is found in.
    pub fn new<'a>(
        words: impl IntoIterator<Item = &'a str>,
        pattern: Option<&str>,
    ) -> Result<Matcher, BadPattern> {
        Ok(Matcher {
            words: words.into_iter().filter_map(Wanted::new).collect(),
            pattern: pattern.map(Pattern::new).transpose()?,
        })
    }

    /// Whether the rule takes this reply.
    ///
    /// Words are whole words or phrases of it: `yes` takes `Yes, see you` and not `yesterday`. Case, accents, width,
    /// invisible characters and punctuation do not count. A number must be the whole message, so that `1` takes `1.` and
    /// `1 please` and not `at 1 o'clock`; so must signs that are neither letters, digits nor emoji. A pattern is searched
    /// for in any letter case.
    pub fn takes(&self, text: &str) -> bool {
        let said = Said::new(text);
        self.words.iter().any(|word| word.is_in(&said))
            || self.pattern.as_ref().is_some_and(|p| p.is_in(text))
    }

    /// What somebody may write that the rule takes: its words. None of a rule that has a pattern only.
    pub fn examples(&self) -> impl Iterator<Item = String> + '_ {
        self.words.iter().map(|wanted| match wanted {
            Wanted::Phrase(words) | Wanted::Number(words) => words.join(" "),
            Wanted::Signs(signs) => signs.clone(),
        })
    }

    /// Whether the rule asks for this text and for more than the opt-out word in it: a phrase that has the word and others
    /// than politeness, or a pattern that takes the whole message and would not take the word by itself.
    pub(super) fn wins_over(&self, text: &str, word: &Word) -> bool {
        let said = Said::new(text);
        let phrase = |wanted: &Wanted| match wanted {
            Wanted::Phrase(phrase) => {
                let more = core(&phrase.join(" ")).concat() != word.compact;
                more && stand_in(&word.tokens, phrase) && stand_in(phrase, &said.tokens)
            }
            Wanted::Number(_) | Wanted::Signs(_) => false,
        };
        let whole = |pattern: &Pattern| pattern.is_whole(text) && !pattern.is_whole(&word.text);
        self.words.iter().any(phrase) || self.pattern.as_ref().is_some_and(whole)
    }

    /// Whether the rule takes every reply that another takes for this word of it: the word has one of the rule's in it, or
    /// the pattern is found with it, whatever stands around.
    pub(crate) fn covers(&self, word: &str) -> bool {
        let Some(wanted) = Wanted::new(word) else {
            return false;
        };
        if self.words.iter().any(|own| own.is_part_of(&wanted)) {
            return true;
        }
        let (before, after) = match wanted {
            Wanted::Phrase(_) => ("oh ", " then"),
            // The whole message must be it.
            Wanted::Number(_) | Wanted::Signs(_) => ("", ""),
        };
        let said = format!("{before}{word}{after}");
        let folded = format!("{before}{}{after}", tokens(word).join(" "));
        let forms = [word.to_owned(), format!("{word}."), said, folded];
        let pattern = self.pattern.as_ref();
        pattern.is_some_and(|pattern| forms.iter().all(|form| pattern.is_in(form)))
    }

    /// Whether these words, folded, are one of the rule's and nothing else.
    pub(super) fn has_word(&self, words: &[String]) -> bool {
        self.words.iter().any(|wanted| match wanted {
            Wanted::Phrase(phrase) | Wanted::Number(phrase) => phrase == words,
            Wanted::Signs(_) => false,
        })
    }
}

/// A reply, taken apart.
struct Said {
    /// Without a signature.
    tokens: Vec<String>,
    /// Without politeness too.
    core: Vec<String>,
    signs: String,
}

impl Said {
    fn new(text: &str) -> Said {
        let text = without_signature(text);
        let all = tokens(text);
        Said {
            tokens: without_mail_signature(&all).to_vec(),
            core: core(text),
            signs: signs(text),
        }
    }
}

/// A word of a rule.
#[derive(Debug, Clone)]
enum Wanted {
    /// One word or several.
    Phrase(Vec<String>),
    /// Digits alone.
    Number(Vec<String>),
    /// Neither letters nor digits, such as an emoji.
    Signs(String),
}

impl Wanted {
    /// None for nothing.
    fn new(word: &str) -> Option<Wanted> {
        let tokens = tokens(word);
        let digits = tokens.iter().all(|token| token.chars().all(char::is_numeric));
        let signs = signs(word);
        match (tokens.is_empty(), digits) {
            (true, _) => (!signs.is_empty()).then_some(Wanted::Signs(signs)),
            (false, true) => Some(Wanted::Number(tokens)),
            (false, false) => Some(Wanted::Phrase(tokens)),
        }
    }

    /// Whether it stands in whatever the other stands in.
    fn is_part_of(&self, other: &Wanted) -> bool {
        match (self, other) {
            (Wanted::Phrase(own), Wanted::Phrase(other)) => stand_in(own, other),
            (Wanted::Signs(own), Wanted::Signs(other)) => {
                own.contains(is_emoji) && other.contains(own.as_str())
            }
            (Wanted::Phrase(_) | Wanted::Number(_) | Wanted::Signs(_), _) => false,
        }
    }

    fn is_in(&self, said: &Said) -> bool {
        match self {
            // As one word too, for those who write `O.K.` or `not-coming`.
            Wanted::Phrase(phrase) => stand_in(phrase, &said.tokens) || phrase.concat() == said.core.concat(),
            Wanted::Number(number) => *number == said.core,
            Wanted::Signs(signs) if signs.contains(is_emoji) => said.signs.contains(signs.as_str()),
            Wanted::Signs(signs) => *signs == said.signs,
        }
    }
}

/// A text without spaces, skin tones and what is not seen.
fn signs(text: &str) -> String {
    let left_out = |c: char| {
        c.is_whitespace() || sms::invisible::is_invisible(c) || matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
    };
    text.chars().filter(|c| !left_out(*c)).collect()
}

/// A regular expression, for parts of a message and for the whole of it.
#[derive(Debug, Clone)]
struct Pattern {
    part: Regex,
    /// None where it cannot be put in brackets: it takes no message as a whole then.
    whole: Option<Regex>,
}

impl Pattern {
    fn new(pattern: &str) -> Result<Pattern, BadPattern> {
        Ok(Pattern {
            part: compile(pattern)?,
            whole: sized(&format!(r"\A(?:{pattern})\z"), 2 * LARGEST).ok(),
        })
    }

    fn is_in(&self, text: &str) -> bool {
        shown(text).iter().any(|text| self.part.is_match(text))
    }

    fn is_whole(&self, text: &str) -> bool {
        let bare = core(without_signature(text)).join(" ");
        let whole = |text: &str| self.whole.as_ref().is_some_and(|whole| whole.is_match(text));
        whole(&bare) || shown(without_signature(text)).iter().any(|text| whole(text))
    }
}

/// All that a pattern takes, where that is a few whole messages: `^(yes|ok)$`.
pub(crate) fn whole_messages(pattern: &str) -> Option<Vec<&str>> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let bare = inner.strip_prefix("(?:").or_else(|| inner.strip_prefix('('));
    let inner = match bare {
        Some(bare) => bare.strip_suffix(')')?,
        // Without brackets `^a|b$` is two halves.
        None if inner.contains('|') => return None,
        None => inner,
    };
    let plain = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == ' ');
    let words: Vec<&str> = inner.split('|').collect();
    words.iter().all(plain).then_some(words)
}

/// The pattern as rules use it: in linear time, in any letter case unless it says `(?-i)`, of bounded size.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    sized(pattern, LARGEST)
}

fn sized(pattern: &str, size: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(size)
        .build()
}

/// The forms of a text that a pattern may be found in: as it came, and in plain marks and spaces, as a keyboard has them.
/// Both without white space at their ends, wide characters as plain ones.
fn shown(text: &str) -> [String; 2] {
    let came: String = text.trim().nfkc().collect();
    let mut plain = String::with_capacity(came.len());
    for c in text.chars() {
        match sms::smart::twin(c) {
            Some(twin) => plain.push_str(twin),
            None => plain.push(c),
        }
    }
    let plain = plain.trim().nfkc().collect();
    [came, plain]
}

#[cfg(test)]
mod tests;
