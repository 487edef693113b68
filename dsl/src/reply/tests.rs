//! Texts as people send them, and what they mean.

use proptest::prelude::*;

use super::*;

fn words(country: &str, languages: &[&str]) -> OptOutWords {
    OptOutWords::for_person(sms::Region::new(country), languages.iter().copied())
}

fn shown(text: &str, words: &OptOutWords) -> String {
    match meaning(text, words) {
        Meaning::OptOut { word } => format!("opts out by {word}"),
        Meaning::ContainsOptOut { word } => format!("contains {word}"),
        Meaning::Other => "other".to_owned(),
    }
}

fn check(words: &OptOutWords, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(&shown(text, words), expected, "{text:?}");
    }
}

#[test]
fn opt_outs_are_understood_however_they_are_dressed() {
    check(
        &words("US", &["en", "fr"]),
        &[
            ("Stop.", "opts out by stop"),
            (" stop\r\n", "opts out by stop"),
            ("\u{201C}STOP\u{201D}", "opts out by stop"),
            ("STOPALL", "opts out by stopall"),
            ("Unsubscribe", "opts out by unsubscribe"),
            ("opt out", "opts out by opt out"),
            ("OPT-OUT", "opts out by opt out"),
            ("Revoke", "opts out by revoke"),
            ("ARRET", "opts out by arret"),
            ("Stop. Thanks a lot", "opts out by stop"),
            ("STOP PLEASE", "opts out by stop"),
            ("Stop\n--\nSent from my phone", "opts out by stop"),
        ],
    );
}

#[test]
fn case_accents_width_marks_and_emoji_do_not_count() {
    check(
        &words("FR", &["fr-CA", "it"]),
        &[
            ("Arrêt", "opts out by arret"),
            ("ARRE\u{302}T !", "opts out by arret"),
            ("ＳＴＯＰ", "opts out by stop"),
            ("ST\u{200B}OP\u{FE0F}", "opts out by stop"),
            ("\u{202A}Stop\u{202C}", "opts out by stop"),
            ("S.T.O.P.", "opts out by stop"),
            ("stop all", "opts out by stopall"),
            ("STOP 🛑🙏", "opts out by stop"),
            ("\u{24C8}\u{24C9}\u{24C4}\u{24C5}", "opts out by stop"),
            ("«Stop»", "opts out by stop"),
            ("ＡＲＲÊＴ", "opts out by arret"),
        ],
    );
}

#[test]
fn politeness_signatures_and_digits_do_not_count() {
    check(
        &words("IT", &["it", "en", "fr"]),
        &[
            ("Please stop, thank you very much!", "opts out by stop"),
            ("Stop per favore, grazie mille", "opts out by stop"),
            ("Stop s'il vous plaît. Merci", "opts out by stop"),
            ("Stop s\u{2019}il vous plait", "opts out by stop"),
            ("STOP 12345", "opts out by stop"),
            ("stop 12345 please", "opts out by stop"),
            ("stop please 1 2", "opts out by stop"),
            ("Stop\nSent from my iPhone", "opts out by stop"),
            ("Stop Inviato da iPhone", "opts out by stop"),
            ("Stop\n\u{2014}\nEnvoyé de mon iPhone", "opts out by stop"),
            ("Stop\n-- \nMario Rossi\n+39 333 1234567", "opts out by stop"),
            ("--\nSTOP", "opts out by stop"),
        ],
    );
}

#[test]
fn text_that_only_contains_a_word_is_no_opt_out() {
    check(
        &words("US", &["en", "fr"]),
        &[
            ("don't stop", "contains stop"),
            ("I'm in, together we will STOP that law!!", "contains stop"),
            ("non-stop flights?", "contains stop"),
            ("stop stop", "contains stop"),
            ("12345 stop", "contains stop"),
            ("stop2quit", "other"),
            ("How do I opt out of this?", "contains opt out"),
            ("l'arrêt du bus", "contains arret"),
            ("Sent from my iPhone: stop", "contains stop"),
        ],
    );
}

#[test]
fn reaction_quoting_our_text_is_no_opt_out() {
    check(
        &words("US", &["en"]),
        &[
            (
                "Liked \u{201C}Sale ends tonight. Reply STOP to opt out\u{201D}",
                "contains stop",
            ),
            ("Removed a like from \u{201C}...STOP...\u{201D}", "contains stop"),
            ("Liked \u{201C}STOP\u{201D}", "contains stop"),
            ("Laughed at \"STOP\"", "contains stop"),
            ("\u{1F44D} \u{201C}STOP\u{201D}", "contains stop"),
            ("\u{2764}\u{FE0F} to \u{201C}Reply STOP\u{201D}", "contains stop"),
            ("Ha messo Mi piace a \u{AB}STOP\u{BB}", "contains stop"),
            ("Loved an image", "other"),
        ],
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
        "\u{201C}\u{201D}",
        "yes",
        "unstop",
        "stopping",
        "ending",
    ];
    for text in texts {
        assert_eq!(shown(text, &us), "other", "{text:?}");
    }
}

#[test]
fn words_hold_by_country_and_language() {
    let nowhere = words("", &[]);
    check(
        &nowhere,
        &[
            ("STOP", "opts out by stop"),
            ("cancel", "other"),
            ("arret", "other"),
            ("opt out", "other"),
        ],
    );
    let us = words("US", &[]);
    for word in ["cancel", "END", "Quit", "revoke", "opt out", "optout"] {
        assert!(matches!(meaning(word, &us), Meaning::OptOut { .. }), "{word}");
        let elsewhere = meaning(word, &words("GB", &["fr", "it"]));
        assert_eq!(elsewhere, Meaning::Other, "{word}");
    }
    check(
        &words("GB", &["en-GB"]),
        &[("Opt-out", "opts out by opt out"), ("end", "other")],
    );
    check(&words("IT", &["de"]), &[("arret", "other"), ("basta", "other")]);
}

#[test]
fn common_word_opts_out_only_alone() {
    check(
        &words("IT", &["it"]),
        &[
            ("Basta!", "opts out by basta"),
            ("basta, grazie", "opts out by basta"),
            ("Mi basta sapere l'ora", "other"),
            ("Basta messaggi!", "opts out by basta messaggi"),
            ("ora basta messaggi", "contains basta messaggi"),
            ("cancella", "other"),
            ("annulla", "other"),
        ],
    );
}

proptest! {
    #[test]
    fn any_text_has_a_meaning(text in any::<String>()) {
        meaning(&text, &words("US", &["en", "fr", "it"]));
    }

    #[test]
    fn dense_text_has_a_meaning(text in "(stop|please|opt|out|--|sent|from|[ \n\"\u{201C}\u{1F44D}1-]){0,12}") {
        meaning(&text, &words("US", &["en", "fr", "it"]));
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
        let expected = Meaning::OptOut { word: word.to_owned() };
        prop_assert_eq!(meaning(&format!("{before}{cased}{after}"), &words("US", &["en", "fr", "it"])), expected);
    }

    /// Whatever is quoted after a verb, nobody opts out by it.
    #[test]
    fn reaction_never_opts_out(
        verb in prop::sample::select(vec!["Liked", "Loved", "Laughed at", "Ha riso a", "A aimé", "\u{1F44D}", "\u{2764}\u{FE0F} to"]),
        quoted in prop::sample::select(vec!["STOP", "stop please", "Reply STOP", "ARRET 12345", "thanks"]),
    ) {
        let text = format!("{verb} \u{201C}{quoted}\u{201D}");
        let opted_out = matches!(meaning(&text, &words("US", &["en", "fr"])), Meaning::OptOut { .. });
        prop_assert!(!opted_out);
    }
}
