//! How people join a stored list by a text: its word, and where the list asks for it a yes to the question whether that is
//! meant. Pure: what was asked before is handed in.

use std::collections::BTreeMap;

use dsl::project::{OptIn, Project};
use dsl::reply::{tokens, value};
use dsl::values::{FieldType, Language};

/// What a text does about a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListDeed {
    /// The person sent the word of the list, and is asked whether that is meant.
    Ask {
        /// The list.
        list: String,
        /// The words of the person.
        said: String,
    },
    /// The person joins the list.
    Join {
        /// The list.
        list: String,
        /// The words of the person, those before the question too.
        said: String,
    },
}

/// Somebody who was asked and has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The list.
    pub list: String,
    /// What the person had sent.
    pub said: String,
}

/// Who writes what, where to.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// To this sender.
    pub sender: &'a str,
    /// What.
    pub text: &'a str,
    /// The language of the person.
    pub language: &'a str,
    /// The last text that went to the person: a yes is one to that.
    pub last: Option<&'a str>,
}

/// What a text does about the lists of a project, and what is answered; none: nothing.
pub fn of_text(
    project: &Project,
    asked: &[Asked],
    written: &Written<'_>,
) -> Option<(ListDeed, Option<String>)> {
    let own = project.opt_ins.iter();
    let own: Vec<&OptIn> = own.filter(|own| hears(project, own, written.sender)).collect();
    of_heard(&own, &project.texts, asked, written)
}

/// The same of those that the sender hears; `texts`: of the project.
pub fn of_heard(
    heard: &[&OptIn],
    texts: &BTreeMap<String, Vec<(Language, String)>>,
    asked: &[Asked],
    written: &Written<'_>,
) -> Option<(ListDeed, Option<String>)> {
    let mut own = heard.iter().copied();
    let text = |name: &Option<String>| {
        let texts = texts.get(name.as_ref()?)?;
        in_language(texts, written.language)
    };
    if let Some(opt_in) = own.clone().find(|own| is_word(&own.keyword, written.text)) {
        let (list, said) = (opt_in.list.clone(), written.text.to_owned());
        return Some(match text(&opt_in.confirm) {
            Some(question) => (ListDeed::Ask { list, said }, Some(question)),
            None => (ListDeed::Join { list, said }, text(&opt_in.welcome)),
        });
    }
    if value::read(written.text, FieldType::Bool, None, written.language).as_deref() != Some("true") {
        return None;
    }
    let (opt_in, before) = own.find_map(|own| {
        let before = asked.iter().find(|asked| asked.list == own.list)?;
        (text(&own.confirm).as_deref() == written.last).then_some((own, before))
    })?;
    let deed = ListDeed::Join {
        list: opt_in.list.clone(),
        said: format!("{}, {}", before.said, written.text),
    };
    Some((deed, text(&opt_in.welcome)))
}

fn hears(project: &Project, opt_in: &OptIn, sender: &str) -> bool {
    let own = opt_in.sender.as_deref().or_else(|| project.default_sender());
    own == Some(sender)
}

/// The whole text must be the word; case, accents and marks around it do not count.
fn is_word(keyword: &str, text: &str) -> bool {
    let word = tokens(keyword);
    !word.is_empty() && tokens(text) == word
}

/// A text in a language: one without region stands for all its regions, the first for all other languages.
fn in_language(texts: &[(Language, String)], language: &str) -> Option<String> {
    let wanted = Language::new(language);
    let find = |wanted: &Language| texts.iter().find(|(language, _)| language == wanted);
    let exact = wanted.as_ref().and_then(find);
    let wide = || find(&wanted.as_ref()?.without_region());
    exact
        .or_else(wide)
        .or(texts.first())
        .map(|(_, text)| text.clone())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::expect;

    use super::*;

    const PROJECT: &str = "
crier: 1
languages: [en, it]
sender: shop
providers: { trial: { kind: simulated } }
senders:
  shop: { number: \"+12125550100\", provider: trial }
  other: { short_code: \"48555\", provider: trial }
lists:
  news: { stored: true, opt_in: { keyword: JOIN, confirm: sure, welcome: hello } }
  club: { stored: true, opt_in: { keyword: Club me, sender: other } }
messages:
  sure: { en: Reply YES to join, it: Rispondi SI }
  hello: Welcome!
";

    #[test]
    fn the_word_of_a_list_and_a_yes_to_its_question_join() {
        let project = dsl::check_project(&dsl::parse_project(PROJECT), "shop");
        assert!(project.diagnostics.is_empty(), "{:?}", project.diagnostics);
        let project = project.value.expect("valid");
        let asked = [Asked {
            list: "news".into(),
            said: "Join".into(),
        }];
        let table = [
            ("shop", "Join!", "en", None),
            ("shop", "join", "it-CH", None),
            ("shop", "join", "fr", None),
            ("other", "join", "en", None),
            ("shop", "please let me join", "en", None),
            ("other", "club ME", "en", None),
            ("shop", "club me", "en", None),
            ("shop", "Yes", "en", Some("Reply YES to join")),
            ("shop", "S\u{ec}", "it", Some("Rispondi SI")),
            ("shop", "Yes", "en", Some("Coming?")),
            ("shop", "Yes", "en", None),
            ("other", "Yes", "en", Some("Reply YES to join")),
            ("shop", "no", "en", Some("Reply YES to join")),
        ];
        let mut told = String::new();
        for (sender, text, language, last) in table {
            let written = Written {
                sender,
                text,
                language,
                last,
            };
            let done = of_text(&project, &asked, &written);
            let done = done.map_or("nothing".to_owned(), |(deed, answer)| {
                format!("{deed:?}, {answer:?}")
            });
            let _ = writeln!(told, "{text:?} to {sender}, {language}, after {last:?}: {done}");
        }
        expect![[r#"
            "Join!" to shop, en, after None: Ask { list: "news", said: "Join!" }, Some("Reply YES to join")
            "join" to shop, it-CH, after None: Ask { list: "news", said: "join" }, Some("Rispondi SI")
            "join" to shop, fr, after None: Ask { list: "news", said: "join" }, Some("Reply YES to join")
            "join" to other, en, after None: nothing
            "please let me join" to shop, en, after None: nothing
            "club ME" to other, en, after None: Join { list: "club", said: "club ME" }, None
            "club me" to shop, en, after None: nothing
            "Yes" to shop, en, after Some("Reply YES to join"): Join { list: "news", said: "Join, Yes" }, Some("Welcome!")
            "Sì" to shop, it, after Some("Rispondi SI"): Join { list: "news", said: "Join, Sì" }, Some("Welcome!")
            "Yes" to shop, en, after Some("Coming?"): nothing
            "Yes" to shop, en, after None: nothing
            "Yes" to other, en, after Some("Reply YES to join"): nothing
            "no" to shop, en, after Some("Reply YES to join"): nothing
        "#]]
        .assert_eq(&told);
    }
}
