//! The words that mean something in every campaign: opt-out, help, opt-in. They hold everywhere, by country, by language,
//! and the opt-out words of the project and of the campaign beside them.

use std::sync::LazyLock;

use super::fold::{bare, core, tokens, without_signature};
use super::lists::{FILES, File, Scope, primary};

/// The words that hold for one person.
#[derive(Debug, Clone)]
pub struct Words {
    lists: Vec<&'static List>,
    own: Vec<Word>,
}

impl Words {
    /// Those that hold everywhere, those of the person's country, and those of each language (`fr`, `pt-BR`) of the
    /// campaign. A country or language without a list adds none.
    pub fn for_person<'a>(country: Option<sms::Region>, languages: impl Iterator<Item = &'a str>) -> Words {
        let languages: Vec<String> = languages.map(primary).collect();
        let holds = |list: &&List| match list.scope {
            Scope::Everywhere => true,
            Scope::Country(code) => country.is_some_and(|country| country.as_str() == code),
            Scope::Language(tag) => languages.iter().any(|language| language == tag),
        };
        Words {
            lists: LISTS.iter().filter(holds).collect(),
            own: vec![],
        }
    }

    /// Those of every country and language.
    pub fn all() -> Words {
        Words {
            lists: LISTS.iter().collect(),
            own: vec![],
        }
    }

    /// With further opt-out words: the project's, the campaign's. One without letters and digits opts nobody out.
    pub fn and_opt_outs<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Words {
        let words = words.into_iter().map(Word::new);
        self.own.extend(words.filter(|word| !word.compact.is_empty()));
        self
    }

    /// The opt-out word that a whole message is.
    pub(super) fn opts_out(&self, text: &str) -> Option<&Word> {
        let bare = bare(without_signature(text));
        self.opt_outs().find(|word| word.compact == bare)
    }

    /// The first opt-out word that stands in a text.
    pub(super) fn inside(&self, text: &str) -> Option<&Word> {
        let tokens = tokens(text);
        let at = |start: usize| self.opt_outs().find(|word| word.begins(&tokens[start..]));
        (0..tokens.len()).find_map(at)
    }

    /// Whether a whole message asks for help.
    pub(super) fn asks_for_help(&self, text: &str) -> bool {
        is_one_of(text, self.lists.iter().flat_map(|list| &list.help))
    }

    /// Whether a whole message asks for texts again.
    pub(super) fn opts_in(&self, text: &str) -> bool {
        is_one_of(text, self.lists.iter().flat_map(|list| &list.opt_in))
    }

    /// All that opt out.
    pub(super) fn opt_outs(&self) -> impl Iterator<Item = &Word> {
        self.lists.iter().flat_map(|list| &list.opt_out).chain(&self.own)
    }
}

fn is_one_of<'a>(text: &str, mut words: impl Iterator<Item = &'a Word>) -> bool {
    let said = core(without_signature(text)).concat();
    words.any(|word| word.compact == said)
}

/// A word, or a phrase of several.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// As its list has it.
    pub text: String,
    pub tokens: Vec<String>,
    /// The tokens as one word.
    pub compact: String,
    /// Too common to mean anything inside a sentence; marked `(alone)`.
    alone: bool,
}

impl Word {
    fn new(line: &str) -> Word {
        let alone = line.strip_suffix("(alone)").map(str::trim_end);
        let text = alone.unwrap_or(line).trim();
        let tokens = tokens(text);
        Word {
            text: text.to_owned(),
            compact: tokens.concat(),
            tokens,
            alone: alone.is_some(),
        }
    }

    fn begins(&self, tokens: &[String]) -> bool {
        !self.alone && tokens.starts_with(&self.tokens)
    }
}

#[derive(Debug)]
struct List {
    scope: Scope,
    opt_out: Vec<Word>,
    help: Vec<Word>,
    opt_in: Vec<Word>,
}

static LISTS: LazyLock<Vec<List>> = LazyLock::new(|| FILES.iter().map(List::read).collect());

impl List {
    fn read(file: &File) -> List {
        let words = |section| file.section(section).map(Word::new).collect();
        List {
            scope: file.scope,
            opt_out: words("opt-out"),
            help: words("help"),
            opt_in: words("opt-in"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::{Meaning, Person, meaning};

    fn said(word: &Word, opted_out: bool) -> Meaning {
        let all = Words::all();
        let person = Person {
            opted_out,
            ..Person::new(&all)
        };
        meaning(&word.text, &person)
    }

    /// An empty word would be every text.
    #[test]
    fn every_word_of_every_list_means_what_its_list_says() {
        for list in LISTS.iter() {
            for word in list.opt_out.iter().chain(&list.help).chain(&list.opt_in) {
                assert!(!word.compact.is_empty(), "{word:?}");
            }
            let opts_out = |word: &Word| matches!(said(word, false), Meaning::OptOut { .. });
            assert!(list.opt_out.iter().all(opts_out), "{list:?}");
            assert!(
                list.help.iter().all(|word| said(word, false) == Meaning::Help),
                "{list:?}"
            );
            assert!(
                list.opt_in.iter().all(|word| said(word, true) == Meaning::OptIn),
                "{list:?}"
            );
        }
    }
}
