//! The opt-out words: everywhere, by country, by language. A list is a file beside; a new one needs a line here.

use std::sync::LazyLock;

use super::fold::tokens;

/// The opt-out words that hold for one person.
#[derive(Debug, Clone)]
pub struct OptOutWords {
    lists: Vec<&'static List>,
}

impl OptOutWords {
    /// Those that hold everywhere, those of the person's country, and those of each language (`fr`, `pt-BR`) of the
    /// campaign. A country or language without a list adds none.
    pub fn for_person<'a>(
        country: Option<sms::Region>,
        languages: impl Iterator<Item = &'a str>,
    ) -> OptOutWords {
        let languages: Vec<String> = languages.map(primary).collect();
        let holds = |list: &&List| match list.scope {
            Scope::Everywhere => true,
            Scope::Country(code) => country.is_some_and(|country| country.as_str() == code),
            Scope::Language(tag) => languages.iter().any(|language| language == tag),
        };
        OptOutWords {
            lists: LISTS.iter().filter(holds).collect(),
        }
    }

    /// Those of every country and language.
    pub fn all() -> OptOutWords {
        OptOutWords {
            lists: LISTS.iter().collect(),
        }
    }

    /// The word that `bare`, a whole message written as one word, is.
    pub(super) fn exactly(&self, bare: &str) -> Option<&'static str> {
        self.words()
            .find(|word| word.compact == bare)
            .map(|word| word.text)
    }

    /// The first word that stands whole in a text.
    pub(super) fn inside(&self, tokens: &[String]) -> Option<&'static str> {
        let at = |start: usize| self.words().find(|word| word.begins(&tokens[start..]));
        (0..tokens.len()).find_map(at).map(|word| word.text)
    }

    fn words(&self) -> impl Iterator<Item = &'static Word> {
        self.lists.iter().flat_map(|list| &list.words)
    }
}

/// The language of a tag without its region: `pt-BR` is `pt`.
pub(super) fn primary(tag: &str) -> String {
    tag.trim()
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The lines of a list that are no comment and not empty.
pub(super) fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[derive(Debug)]
struct List {
    scope: Scope,
    words: Vec<Word>,
}

#[derive(Debug)]
enum Scope {
    Everywhere,
    /// ISO 3166 letters.
    Country(&'static str),
    /// A tag without region.
    Language(&'static str),
}

/// A word, or a phrase of several.
#[derive(Debug)]
struct Word {
    /// As its list has it.
    text: &'static str,
    tokens: Vec<String>,
    /// The tokens as one word.
    compact: String,
    /// Too common to mean anything inside a sentence; marked `(alone)`.
    alone: bool,
}

static LISTS: LazyLock<[List; 6]> = LazyLock::new(|| {
    [
        list(Scope::Everywhere, include_str!("words/everywhere.txt")),
        list(Scope::Country("US"), include_str!("words/country-us.txt")),
        list(Scope::Language("en"), include_str!("words/language-en.txt")),
        list(Scope::Language("es"), include_str!("words/language-es.txt")),
        list(Scope::Language("fr"), include_str!("words/language-fr.txt")),
        list(Scope::Language("it"), include_str!("words/language-it.txt")),
    ]
});

fn list(scope: Scope, file: &'static str) -> List {
    List {
        scope,
        words: lines(file).map(Word::new).collect(),
    }
}

impl Word {
    fn new(line: &'static str) -> Word {
        let alone = line.strip_suffix("(alone)").map(str::trim_end);
        let text = alone.unwrap_or(line);
        let tokens = tokens(text);
        Word {
            text,
            compact: tokens.concat(),
            tokens,
            alone: alone.is_some(),
        }
    }

    fn begins(&self, tokens: &[String]) -> bool {
        !self.alone && tokens.starts_with(&self.tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::{Meaning, meaning};

    /// An empty word would be every text.
    #[test]
    fn every_word_of_every_list_opts_out_by_itself() {
        let all = OptOutWords {
            lists: LISTS.iter().collect(),
        };
        for word in all.words() {
            assert!(!word.compact.is_empty(), "{word:?}");
            assert!(
                matches!(meaning(word.text, &all), Meaning::OptOut { .. }),
                "{word:?}"
            );
        }
    }

    #[test]
    fn every_list_has_words_and_a_country_that_exists() {
        for list in LISTS.iter() {
            assert!(!list.words.is_empty(), "{list:?}");
            match list.scope {
                Scope::Everywhere => {}
                Scope::Country(code) => assert!(sms::Region::new(code).is_some(), "{code}"),
                Scope::Language(tag) => assert_eq!(primary(tag), tag),
            }
        }
    }
}
