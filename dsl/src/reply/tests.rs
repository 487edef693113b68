//! Texts as people send them, and what they mean.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

mod lists;

fn words(country: &str, languages: &[&str]) -> Words {
    Words::for_person(sms::Region::new(country), languages.iter().copied())
}

fn shown(text: &str, person: &Person<'_>) -> String {
    match meaning(text, person) {
        Meaning::Reaction { quotes: Some(index) } => format!("reaction to text {index}"),
        Meaning::Reaction { quotes: None } => "reaction".to_owned(),
        Meaning::Automatic => "automatic".to_owned(),
        Meaning::OptOut { word } => format!("opts out by {word}"),
        Meaning::Help => "help".to_owned(),
        Meaning::OptIn => "opts in".to_owned(),
        Meaning::ContainsOptOut { word } => format!("contains {word}"),
        Meaning::Other => "other".to_owned(),
    }
}

fn check_person(person: &Person<'_>, texts: &[&str], expected: Expect) {
    let line = |text: &&str| format!("{} | {}\n", text.escape_debug(), shown(text, person));
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

fn check(words: &Words, texts: &[&str], expected: Expect) {
    check_person(&Person::new(words), texts, expected);
}

fn rule(words: &[&str], pattern: Option<&str>) -> Matcher {
    Matcher::new(words.iter().copied(), pattern).expect("a pattern")
}

#[test]
fn the_words_of_a_country_hold_whatever_the_languages_of_the_campaign() {
    let said = [
        ("PR", "cancel"),
        ("GU", "Quit"),
        ("VI", "help"),
        ("FR", "arrêt"),
        ("IT", "disiscrivimi"),
        ("DE", "Abmelden"),
        ("CH", "abmelden"),
        ("ES", "BAJA"),
        ("US", "baja"),
        ("GB", "abmelden"),
    ];
    let line = |(country, text): (&str, &str)| {
        let words = words(country, &["en"]);
        format!("{country} {text} | {}\n", shown(text, &Person::new(&words)))
    };
    expect![[r#"
        PR cancel | opts out by cancel
        GU Quit | opts out by quit
        VI help | help
        FR arrêt | opts out by arret
        IT disiscrivimi | opts out by disiscrivimi
        DE Abmelden | opts out by abmelden
        CH abmelden | opts out by abmelden
        ES BAJA | opts out by baja
        US baja | other
        GB abmelden | other
    "#]]
    .assert_eq(&said.into_iter().map(line).collect::<String>());
}

#[test]
fn opt_outs_are_understood_however_they_are_dressed() {
    let texts = [
        "Stop.",
        " stop\r\n",
        "\u{201C}STOP\u{201D}",
        "STOPALL",
        "Unsubscribe",
        "opt out",
        "OPT-OUT",
        "Revoke",
        "ARRET",
        "Stop. Thanks a lot",
        "STOP PLEASE",
        "Stop\n--\nSent from my phone",
    ];
    check(
        &words("US", &["en", "fr"]),
        &texts,
        expect![[r#"
            Stop. | opts out by stop
             stop\r\n | opts out by stop
            “STOP” | opts out by stop
            STOPALL | opts out by stopall
            Unsubscribe | opts out by unsubscribe
            opt out | opts out by opt out
            OPT-OUT | opts out by opt out
            Revoke | opts out by revoke
            ARRET | opts out by arret
            Stop. Thanks a lot | opts out by stop
            STOP PLEASE | opts out by stop
            Stop\n--\nSent from my phone | opts out by stop
        "#]],
    );
}

#[test]
fn texts_that_are_no_opt_outs_are_shown_to_a_person() {
    let texts = [
        "don't stop",
        "I'm in, together we will STOP that law!!",
        "non-stop flights?",
    ];
    check(
        &words("US", &["en", "fr"]),
        &texts,
        expect![[r#"
            don\'t stop | contains stop
            I\'m in, together we will STOP that law!! | contains stop
            non-stop flights? | contains stop
        "#]],
    );
}

#[test]
fn declared_rule_for_more_than_the_word_wins() {
    let us = words("US", &["en"]);
    let texts = [
        "STOP 12345",
        "Stop 12345 please",
        "stop\u{A0}12345.",
        "STOP",
        "stop please",
        "STOP 12345 6",
    ];
    let declared = |rule: &Matcher, expected: Expect| {
        let person = Person {
            declared: &[rule],
            ..Person::new(&us)
        };
        check_person(&person, &texts, expected);
    };
    declared(
        &rule(&[], Some(r"^STOP \d+$")),
        expect![[r#"
            STOP 12345 | other
            Stop 12345 please | other
            stop\u{a0}12345. | other
            STOP | opts out by stop
            stop please | opts out by stop
            STOP 12345 6 | opts out by stop
        "#]],
    );
    declared(
        &rule(&["stop 12345"], None),
        expect![[r#"
            STOP 12345 | other
            Stop 12345 please | other
            stop\u{a0}12345. | other
            STOP | opts out by stop
            stop please | opts out by stop
            STOP 12345 6 | other
        "#]],
    );
    let lax = [
        rule(&[], Some(".*")),
        rule(&[], Some("^stop")),
        rule(&["stop", "12345", "stop please"], None),
    ];
    for (rule, text) in lax.iter().flat_map(|rule| texts.map(|text| (rule, text))) {
        let person = Person {
            declared: &[rule],
            ..Person::new(&us)
        };
        assert_eq!(shown(text, &person), "opts out by stop", "{text}");
    }
    check(
        &us,
        &texts,
        expect![[r#"
            STOP 12345 | opts out by stop
            Stop 12345 please | opts out by stop
            stop\u{a0}12345. | opts out by stop
            STOP | opts out by stop
            stop please | opts out by stop
            STOP 12345 6 | opts out by stop
        "#]],
    );
}

#[test]
fn declared_phrase_wins_over_a_text_that_contains_a_word() {
    let us = words("US", &["en"]);
    let law = rule(&["stop that law"], None);
    let flights = rule(&["see you"], Some("non-?stop .*"));
    let person = Person {
        declared: &[&law, &flights],
        ..Person::new(&us)
    };
    let texts = [
        "together we will STOP that law!!",
        "non-stop flights?",
        "any non-stop flights",
        "see you, don't stop",
    ];
    check_person(
        &person,
        &texts,
        expect![[r#"
            together we will STOP that law!! | other
            non-stop flights? | other
            any non-stop flights | contains stop
            see you, don\'t stop | contains stop
        "#]],
    );
}

#[test]
fn reaction_quoting_our_own_text_is_kept() {
    let us = words("US", &["en"]);
    let person = Person {
        opted_out: true,
        sent: &["See you on Sunday", "Sale ends tonight. Reply STOP to opt out"],
        ..Person::new(&us)
    };
    let texts = [
        "Liked \u{201C}Sale ends tonight. Reply STOP to opt out\u{201D}",
        "Loved an image",
        "Removed a like from \u{201C}...STOP...\u{201D}",
    ];
    check_person(
        &person,
        &texts,
        expect![[r#"
            Liked “Sale ends tonight. Reply STOP to opt out” | reaction to text 1
            Loved an image | reaction
            Removed a like from “...STOP...” | reaction to text 1
        "#]],
    );
}

#[test]
fn case_accents_width_marks_and_emoji_do_not_count() {
    let texts = [
        "Arrêt",
        "ARRE\u{302}T !",
        "ＳＴＯＰ",
        "ST\u{200B}OP\u{FE0F}",
        "\u{202A}Stop\u{202C}",
        "S.T.O.P.",
        "stop all",
        "STOP 🛑🙏",
        "🛑 STOP",
        "\u{24C8}\u{24C9}\u{24C4}\u{24C5}",
        "«Stop»",
        "ＡＲＲÊＴ",
    ];
    check(
        &words("FR", &["fr-CA", "it"]),
        &texts,
        expect![[r#"
            Arrêt | opts out by arret
            ARRÊT ! | opts out by arret
            ＳＴＯＰ | opts out by stop
            ST\u{200b}OP️ | opts out by stop
            \u{202a}Stop\u{202c} | opts out by stop
            S.T.O.P. | opts out by stop
            stop all | opts out by stopall
            STOP 🛑🙏 | opts out by stop
            🛑 STOP | opts out by stop
            ⓈⓉⓄⓅ | opts out by stop
            «Stop» | opts out by stop
            ＡＲＲÊＴ | opts out by arret
        "#]],
    );
}

#[test]
fn politeness_signatures_and_digits_do_not_count() {
    let texts = [
        "Please stop, thank you very much!",
        "Stop per favore, grazie mille",
        "Stop s'il vous plaît. Merci",
        "Stop s\u{2019}il vous plait",
        "STOP bitte",
        "stop, tack så mycket",
        "STOP 12345",
        "stop 12345 please",
        "stop please 1 2",
        "Stop\nSent from my iPhone",
        "Stop Inviato da iPhone",
        "Stop\n\u{2014}\nEnvoyé de mon iPhone",
        "Stop\nVon meinem iPhone gesendet",
        "Stop\n-- \nMario Rossi\n+39 333 1234567",
        "--\nSTOP",
    ];
    check(
        &words("IT", &["it", "en", "fr"]),
        &texts,
        expect![[r#"
            Please stop, thank you very much! | opts out by stop
            Stop per favore, grazie mille | opts out by stop
            Stop s\'il vous plaît. Merci | opts out by stop
            Stop s’il vous plait | opts out by stop
            STOP bitte | opts out by stop
            stop, tack så mycket | opts out by stop
            STOP 12345 | opts out by stop
            stop 12345 please | opts out by stop
            stop please 1 2 | opts out by stop
            Stop\nSent from my iPhone | opts out by stop
            Stop Inviato da iPhone | opts out by stop
            Stop\n—\nEnvoyé de mon iPhone | opts out by stop
            Stop\nVon meinem iPhone gesendet | opts out by stop
            Stop\n-- \nMario Rossi\n+39 333 1234567 | opts out by stop
            --\nSTOP | opts out by stop
        "#]],
    );
}

#[test]
fn text_that_only_contains_a_word_is_no_opt_out() {
    let texts = [
        "stop stop",
        "12345 stop",
        "stop2quit",
        "How do I opt out of this?",
        "l'arrêt du bus",
        "Sent from my iPhone: stop",
    ];
    check(
        &words("US", &["en", "fr"]),
        &texts,
        expect![[r#"
            stop stop | contains stop
            12345 stop | contains stop
            stop2quit | other
            How do I opt out of this? | contains opt out
            l\'arrêt du bus | contains arret
            Sent from my iPhone: stop | contains stop
        "#]],
    );
}

#[test]
fn quotation_that_is_not_ours() {
    let texts = [
        "Liked \u{201C}STOP\u{201D}",
        "Laughed at \"STOP\"",
        "\u{1F44D} \u{201C}STOP\u{201D}",
        "\u{1F44D} \u{201C}hello\u{201D}",
        "\u{2764}\u{FE0F} to \u{201C}Reply STOP\u{201D}",
        "Ha messo Mi piace a \u{AB}STOP\u{BB}",
        "Please \u{201C}STOP\u{201D}",
        "Great \u{1F600} \"best\" shop",
        "\u{1F602} \"joke\" please stop it",
    ];
    check(
        &words("US", &["en"]),
        &texts,
        expect![[r#"
            Liked “STOP” | reaction
            Laughed at \"STOP\" | reaction
            👍 “STOP” | contains stop
            👍 “hello” | reaction
            ❤️ to “Reply STOP” | contains stop
            Ha messo Mi piace a «STOP» | reaction
            Please “STOP” | opts out by stop
            Great 😀 \"best\" shop | other
            😂 \"joke\" please stop it | contains stop
        "#]],
    );
}

#[test]
fn help_and_opt_in_are_whole_messages() {
    let us = words("US", &["en", "it"]);
    let texts = [
        "HELP",
        "Info?",
        "help, please",
        "ayuda",
        "help 12345",
        "I need help",
        "START",
        "unstop",
        "Yes!",
        "sì",
    ];
    check(
        &us,
        &texts,
        expect![[r#"
            HELP | help
            Info? | help
            help, please | help
            ayuda | help
            help 12345 | other
            I need help | other
            START | other
            unstop | other
            Yes! | other
            sì | other
        "#]],
    );
    let person = Person {
        opted_out: true,
        ..Person::new(&us)
    };
    check_person(
        &person,
        &texts,
        expect![[r#"
            HELP | help
            Info? | help
            help, please | help
            ayuda | help
            help 12345 | other
            I need help | other
            START | opts in
            unstop | opts in
            Yes! | opts in
            sì | opts in
        "#]],
    );
    check(
        &words("IT", &["it"]),
        &["HELP", "info", "aiuto"],
        expect![[r#"
            HELP | other
            info | other
            aiuto | other
        "#]],
    );
}

#[test]
fn machine_that_quotes_us_is_no_opt_out() {
    let texts = [
        "Automatic reply: STOP",
        "Out of office. Reply STOP",
        "Risposta automatica: torno lunedì",
    ];
    check(
        &words("US", &["en"]),
        &texts,
        expect![[r#"
            Automatic reply: STOP | automatic
            Out of office. Reply STOP | automatic
            Risposta automatica: torno lunedì | automatic
        "#]],
    );
}

/// A campaign may take what is politeness or a number else.
#[test]
fn own_opt_out_words_are_what_they_say() {
    let own = words("US", &["en"]).and_opt_outs(["no thanks", "9", "alt 9", "thanks"]);
    let texts = [
        "No thanks!",
        "9",
        "ALT 9",
        "Thanks",
        "stop please",
        "no",
        "99",
        "alt",
        "thanks a lot",
    ];
    check(
        &own,
        &texts,
        expect![[r#"
        No thanks! | opts out by no thanks
        9 | opts out by 9
        ALT 9 | opts out by alt 9
        Thanks | opts out by thanks
        stop please | opts out by stop
        no | other
        99 | other
        alt | other
        thanks a lot | contains thanks
    "#]],
    );
}

#[test]
fn other_texts_mean_nothing_here() {
    let us = words("US", &["en", "fr", "it"]);
    let texts = [
        "",
        " ",
        "--",
        "please",
        "Thanks!",
        "123",
        "🙏",
        "👍",
        "\u{201C}\u{201D}",
        "yes",
        "unstop",
        "stopping",
        "ending",
    ];
    for text in texts {
        assert_eq!(shown(text, &Person::new(&us)), "other", "{text:?}");
    }
}

/// Whether a text has the letters of an opt-out word in a row, whatever stands between them.
fn spells_an_opt_out(text: &str) -> bool {
    let letters = tokens(text).concat();
    let all = Words::all();
    all.opt_outs().any(|word| letters.contains(&word.compact))
}

proptest! {
    #[test]
    fn any_text_has_a_meaning(text in any::<String>(), sent in any::<String>()) {
        let all = Words::all();
        meaning(&text, &Person { opted_out: true, sent: &[&sent, "Sale ends"], ..Person::new(&all) });
    }

    #[test]
    fn dense_text_has_a_meaning(text in "(stop|please|opt|out|--|sent|from|liked|…|[ \n\"\u{201C}\u{201D}?\u{1F44D}1-]){0,16}") {
        let us = words("US", &["en", "fr", "it"]);
        meaning(&text, &Person { sent: &["Reply STOP to opt out"], ..Person::new(&us) });
    }

    #[test]
    fn who_says_no_such_word_never_opts_out(text in "([a-zA-Z0-9 .,!?'\"-]|st|o|p|quit|please|basta|re|t){0,12}") {
        let all = Words::all();
        let opted_out = matches!(meaning(&text, &Person::new(&all)), Meaning::OptOut { .. });
        prop_assert!(!opted_out || spells_an_opt_out(&text));
    }

    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let once = tokens(&text);
        prop_assert_eq!(tokens(&once.join(" ")), once);
    }

    #[test]
    fn punctuation_and_case_around_a_word_do_not_change_it(
        before in "[ \t\r\n.,;:!?\"'()<>*~_\u{2013}\u{2014}\u{2026}\u{201C}\u{AB}-]{0,6}",
        after in "[ \t\r\n.,;:!?\"'()<>*~_\u{2013}\u{2014}\u{2026}\u{201D}\u{BB}-]{0,6}",
        word in prop::sample::select(vec!["stop", "unsubscribe", "opt out", "arret", "basta", "end"]),
        upper in any::<u16>(),
    ) {
        let cased: String = word.chars().enumerate()
            .map(|(i, c)| if upper >> i & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
        let us = words("US", &["en", "fr", "it"]);
        let person = Person { sent: &["Reply STOP to opt out"], ..Person::new(&us) };
        let expected = Meaning::OptOut { word: word.to_owned() };
        prop_assert_eq!(meaning(&format!("{before}{cased}{after}"), &person), expected);
    }
}
