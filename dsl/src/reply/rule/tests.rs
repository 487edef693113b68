use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(words: &[&str], pattern: Option<&str>, texts: &[&str], expected: Expect) {
    let rule = Matcher::new(words.iter().copied(), pattern).expect("a pattern");
    let line = |text: &&str| {
        let sign = if rule.takes(text) { '+' } else { '-' };
        format!("{sign} {}\n", text.escape_debug())
    };
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

#[test]
fn words_are_whole_words_of_the_reply() {
    let texts = [
        "Sì!!",
        "yes please",
        "Yes, see you",
        "YES\u{200B}",
        "ｙｅｓ",
        "Y.E.S.",
        "\u{201C}yes\u{201D}",
        "oh si\u{300} certo",
        "yesterday",
        "no",
        "",
        "ok\n--\nYes Sir",
        "ok Sent from my yes phone",
    ];
    check(
        &["si", "yes", "1"],
        None,
        &texts,
        expect![[r#"
            + Sì!!
            + yes please
            + Yes, see you
            + YES\u{200b}
            + ｙｅｓ
            + Y.E.S.
            + “yes”
            + oh sì certo
            - yesterday
            - no
            - 
            - ok\n--\nYes Sir
            - ok Sent from my yes phone
        "#]],
    );
}

#[test]
fn number_is_the_whole_message() {
    let texts = [
        "1",
        "1.",
        "(1)",
        "#1",
        " 1 \n",
        "1 please",
        "1, grazie",
        "1\u{FE0F}\u{20E3}",
        "１",
        "at 10",
        "10",
        "1 of us",
        "at 1",
        "1.5",
        "1 2",
        "01",
        "1\nSent from my iPhone",
    ];
    check(
        &["1"],
        None,
        &texts,
        expect![[r#"
            + 1
            + 1.
            + (1)
            + #1
            +  1 \n
            + 1 please
            + 1, grazie
            + 1️⃣
            + １
            - at 10
            - 10
            - 1 of us
            - at 1
            - 1.5
            - 1 2
            - 01
            + 1\nSent from my iPhone
        "#]],
    );
}

#[test]
fn phrases_are_words_in_a_row() {
    let texts = [
        "How much is it?",
        "how, much",
        "how very much",
        "HOW-MUCH",
        "howmuch",
        "so much how",
    ];
    check(
        &["how much"],
        None,
        &texts,
        expect![[r#"
            + How much is it?
            + how, much
            - how very much
            + HOW-MUCH
            + howmuch
            - so much how
        "#]],
    );
    check(
        &["d'accordo"],
        None,
        &["D\u{2019}accordo!", "d accordo", "accordo"],
        expect![[r#"
            + D’accordo!
            + d accordo
            - accordo
        "#]],
    );
    check(
        &["o.k."],
        None,
        &["OK", "o.k.", "look"],
        expect![[r#"
            + OK
            + o.k.
            - look
        "#]],
    );
}

#[test]
fn signs_are_words_too() {
    let texts = ["👍", "👍🏽", "ok 👍!", "👎", "thumbs"];
    check(
        &["👍"],
        None,
        &texts,
        expect![[r#"
            + 👍
            + 👍🏽
            + ok 👍!
            - 👎
            - thumbs
        "#]],
    );
    check(
        &["❤️"],
        None,
        &["❤", "I ❤️ it"],
        expect![[r#"
            + ❤
            + I ❤️ it
        "#]],
    );
    check(
        &["?"],
        None,
        &["?", " ? ", "what?", "??"],
        expect![[r#"
            + ?
            +  ? 
            - what?
            - ??
        "#]],
    );
    check(
        &["", " "],
        None,
        &["", " ", "x"],
        expect![[r#"
            - 
            -  
            - x
        "#]],
    );
}

#[test]
fn patterns_are_searched_for_as_written() {
    let texts = ["room 12345", "12345", " 12345\u{200B} ", "１２３４５", "1234"];
    check(
        &[],
        Some("^[0-9]{5}$"),
        &texts,
        expect![[r#"
            - room 12345
            + 12345
            +  12345\u{200b} 
            + １２３４５
            - 1234
        "#]],
    );
    check(
        &[],
        Some("[0-9]+"),
        &["room 5", "five"],
        expect![[r#"
            + room 5
            - five
        "#]],
    );
    check(
        &[],
        Some("^stop [a-z]+$"),
        &["Stop foxes", "STOP\u{A0}FOXES", "please stop it"],
        expect![[r#"
            + Stop foxes
            + STOP\u{a0}FOXES
            - please stop it
        "#]],
    );
    check(
        &[],
        Some("(?-i)^Stop"),
        &["Stop", "STOP"],
        expect![[r#"
            + Stop
            - STOP
        "#]],
    );
    check(
        &[],
        Some("it's on"),
        &["It\u{2019}s on!"],
        expect![[r#"
            + It’s on!
        "#]],
    );
    check(
        &[],
        Some("caff[eè]$"),
        &["Caffe\u{300} "],
        expect![[r#"
            + Caffè 
        "#]],
    );
    check(
        &["yes"],
        Some("^[0-9]$"),
        &["yes", "7", "no"],
        expect![[r#"
            + yes
            + 7
            - no
        "#]],
    );
}

#[test]
fn pattern_that_is_none_or_too_large_is_refused() {
    for pattern in ["(", r"(?=a)", r"(a)\1", r"(\pL{200}){200}"] {
        assert!(Matcher::new([], Some(pattern)).is_err(), "{pattern}");
    }
}

proptest! {
    #[test]
    fn any_word_takes_itself(word in any::<String>(), text in any::<String>()) {
        let rule = Matcher::new([word.as_str()], None).expect("no pattern");
        prop_assert_eq!(rule.takes(&word), Wanted::new(&word).is_some());
        rule.takes(&text);
    }
}
