//! The words that mean something in every campaign: opt-out, help, opt-in. They hold everywhere, by country, by language,
//! and the opt-out words of the project and of the campaign beside them.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use super::fold::{bare, core, tokens, without_signature};
use super::lists::{FILES, File, Scope, law_of, primary, written_in};

/// The words that hold for one person.
#[derive(Debug, Clone)]
pub struct Words {
    lists: Vec<&'static List>,
    own: Vec<Word>,
}

impl Words {
    /// Those that hold everywhere, those of the person's country and of the languages that it writes in, and those of each
    /// language (`fr`, `pt-BR`) of the campaign. A country or language without a list adds none.
    pub fn for_person<'a>(country: Option<sms::Region>, languages: impl Iterator<Item = &'a str>) -> Words {
        let country = law_of(country.as_ref().map_or("", sms::Region::as_str));
        let own = written_in(country).iter().map(|tag| (*tag).to_owned());
        let languages: Vec<String> = languages.map(primary).chain(own).collect();
        let holds = |list: &&List| match list.scope {
            Scope::Everywhere => true,
            Scope::Country(code) => country == code,
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
        for word in words.into_iter().map(Word::new) {
            let is_known = self.own.iter().any(|own| own.compact == word.compact);
            if !word.compact.is_empty() && !is_known {
                self.own.push(word);
            }
        }
        self
    }

    /// Whether a whole message is an opt-out word, whatever else it may be: an answer that is waited for.
    pub fn may_opt_out(&self, text: &str) -> bool {
        self.opts_out(text).is_some()
    }

    /// The opt-out word that a whole message is.
    pub(super) fn opts_out(&self, text: &str) -> Option<&Word> {
        let said = without_signature(text);
        let (bare, whole) = (bare(said), tokens(said).concat());
        // Of its own words a campaign may say what politeness and digits are else: "thanks", "9", "alt 9".
        let own = || self.own.iter().find(|word| word.compact == whole);
        self.opt_outs().find(|word| word.compact == bare).or_else(own)
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

    /// Whether a text names a word that opts out, as one says how to leave. Many of them are common words of their language
    /// too ("baja", "basta", "end"), so each counts in capitals or quotation marks. "stop" is one of all languages, and
    /// counts as well where a word says what it is for: "stop to opt out", but not "we never stop the music".
    pub(crate) fn are_named_in(&self, text: &str) -> bool {
        let said = said(text);
        let mut words = self.opt_outs();
        words.any(|word| (0..said.len()).any(|start| word.is_named(&said[start..])))
    }

    /// All that opt out.
    pub(super) fn opt_outs(&self) -> impl Iterator<Item = &Word> {
        self.lists.iter().flat_map(|list| &list.opt_out).chain(&self.own)
    }
}

/// A word of a text.
struct Said {
    /// Folded; what a hyphen joins is one word.
    compact: String,
    /// In capitals.
    loud: bool,
    /// A quotation mark stands before it, and one behind it.
    quoted: [bool; 2],
}

impl Said {
    fn is_quoted(&self) -> bool {
        self.quoted == [true, true]
    }
}

fn said(text: &str) -> Vec<Said> {
    let mut all = vec![];
    for word in words_of(text) {
        let (before, after) = (&text[..word.start], &text[word.end..]);
        let word = &text[word];
        let compact = tokens(word).concat();
        if !compact.is_empty() {
            all.push(Said {
                compact,
                loud: word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase),
                quoted: [ends_with_quote(before), begins_with_quote(after)],
            });
        }
    }
    all
}

/// Where the words of a text stand. Between letters of an alphabet and a script that puts no spaces between words one ends
/// as well: "STOPと返信".
fn words_of(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = vec![];
    let mut begun: Option<usize> = None;
    let mut script = None;
    for (at, c) in text.char_indices() {
        let is_part =
            c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '\u{2010}' | '\u{2011}');
        let own = c.is_alphabetic().then(|| is_of_unspaced_script(c));
        let changes = script.is_some() && own.is_some() && own != script;
        if let Some(start) = begun.filter(|_| !is_part || changes) {
            all.push(start..at);
            (begun, script) = (None, None);
        }
        if is_part {
            begun = begun.or(Some(at));
            script = own.or(script);
        }
    }
    all.extend(begun.map(|start| start..text.len()));
    all
}

/// Words of others stand in these without a space.
const UNSPACED: &[Script] = &[
    Script::Bopomofo,
    Script::Han,
    Script::Hangul,
    Script::Hiragana,
    Script::Katakana,
    Script::Khmer,
    Script::Lao,
    Script::Myanmar,
    Script::Thai,
    Script::Yi,
];

fn is_of_unspaced_script(c: char) -> bool {
    // By its extension, since the long mark of kana belongs to two of them; what is of all scripts is of none here.
    let scripts = c.script_extension();
    let is_of_all = scripts.is_common() || scripts.is_inherited();
    !is_of_all && UNSPACED.iter().any(|script| scripts.contains_script(*script))
}

/// As French has it, with a space inside: `« fini »`.
fn ends_with_quote(before: &str) -> bool {
    before.ends_with(is_quote) || before.trim_end().ends_with(['\u{ab}', '\u{2039}'])
}

fn begins_with_quote(after: &str) -> bool {
    after.starts_with(is_quote) || after.trim_start().starts_with(['\u{bb}', '\u{203a}'])
}

/// What Unicode has as quotation marks.
fn is_quote(c: char) -> bool {
    matches!(c,
        '"' | '\'' | '«' | '»' | '‹' | '›' | '\u{2018}'..='\u{201F}' | '\u{2E42}'
        | '\u{300C}'..='\u{300F}' | '\u{301D}'..='\u{301F}' | '\u{FE41}'..='\u{FE44}'
        | '\u{FF02}' | '\u{FF07}' | '\u{FF62}' | '\u{FF63}'
    )
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
    /// Words that it may be in a text, at most.
    most: usize,
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
            most: tokens.len().max(words_of(text).len()),
            tokens,
            alone: alone.is_some(),
        }
    }

    fn begins(&self, tokens: &[String]) -> bool {
        !self.alone && tokens.starts_with(&self.tokens)
    }

    /// Whether a text that goes on so names this word: `opt-out` and `OPTOUT` name `opt out`.
    fn is_named(&self, said: &[Said]) -> bool {
        let mut rest = self.compact.as_str();
        for (count, next) in said.iter().take(self.most).enumerate() {
            let Some(after) = rest.strip_prefix(next.compact.as_str()) else {
                return false;
            };
            if after.is_empty() {
                let all = &said[..=count];
                let for_that = || {
                    said.get(count + 1)
                        .is_some_and(|next| is_of_purpose(&next.compact))
                };
                let is_clear = self.is_clear() || self.is_stop() && for_that();
                let is_quoted = all[0].quoted[0] && all[count].quoted[1];
                return is_clear || is_quoted || all.iter().all(|said| said.loud || said.is_quoted());
            }
            rest = after;
        }
        false
    }

    /// Whether it means nothing else, however it is written.
    fn is_clear(&self) -> bool {
        matches!(self.compact.as_str(), "stopall" | "unsubscribe")
    }

    fn is_stop(&self) -> bool {
        matches!(self.compact.as_str(), "stop" | "stopp")
    }
}

/// Whether a word behind "stop" begins to say what it is for, in one of the languages: "stop per uscire".
fn is_of_purpose(word: &str) -> bool {
    matches!(word, "to" | "per" | "pour" | "para" | "zum" | "zur")
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

    #[test]
    fn a_text_names_the_words_that_opt_out_in_its_language_and_country() {
        let table: &[(&str, Option<&str>, &str, bool)] = &[
            ("es", None, "Concierto. BAJA para salir", true),
            ("es", None, "Baja de precios", false),
            ("es", None, "Responde \"baja\"", true),
            ("es", None, "Escriba ALTO", true),
            ("de", None, "Antworte mit \"Stopp\"", true),
            ("de", None, "Stopp zum Abmelden", true),
            ("de", None, "Stopp! Nur heute", false),
            ("de", None, "ABMELDEN beendet es", true),
            ("fr", None, "ARRÊT pour finir", true),
            ("it", None, "ARRET", false),
            ("it", None, "Rispondi BASTA", true),
            ("it", None, "Basta un click", false),
            ("pt", None, "PARAR ou SAIR", true),
            ("pt-br", None, "Responda SAIR", true),
            ("nl", None, "AFMELDEN", true),
            ("en", None, "OPT-OUT ends it", true),
            ("en", None, "OPTOUT ends it", true),
            ("en", None, "you may opt out", false),
            ("en", None, "Non-stop music", false),
            ("en", None, "stop, and it ends", false),
            ("en", None, "Reply stop to opt out", true),
            ("it", None, "Rispondi stop per uscire", true),
            ("fr", None, "stop pour finir", true),
            ("es", None, "stop para salir", true),
            ("en", None, "Text 'stop'. Bye", true),
            ("en", None, "We never stop the music", false),
            ("en", None, "unsubscribe ends it", true),
            ("en", None, "END ends it", false),
            ("en", Some("US"), "END ends it", true),
            ("en", Some("US"), "We end at nine", false),
            ("en", None, "WEG ends it", false),
            ("ja", None, "配信停止はSTOPと返信してください", true),
            ("ja", None, "配信停止：ＳＴＯＰと返信", true),
            ("ja", None, "配信停止は「stop」と返信", true),
            ("ja", None, "『stop』と返信", true),
            ("ja", None, "stopと返信", false),
            ("ja", None, "メンバーSTOPー返信", true),
            ("en", None, "STOP\u{a78c}en", false),
            ("ko", None, "수신거부는 STOP을 보내세요", true),
            ("th", None, "พิมพ์STOPเพื่อยกเลิก", true),
            ("fr", None, "Répondez « stop » pour finir", true),
            ("fr", None, "Répondez «\u{202f}stop\u{202f}» ou rien", true),
            ("fr", None, "« oui » stop « non »", false),
            ("en", None, "Reply \"opt out\"", true),
        ];
        for (language, country, text, named) in table {
            let country = country.and_then(sms::Region::new);
            let words = Words::for_person(country, std::iter::once(*language));
            assert_eq!(words.are_named_in(text), *named, "{language} {text}");
            assert!(
                words.and_opt_outs(["weg"]).are_named_in("WEG ends it"),
                "{language}"
            );
        }
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
