use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::{Matcher, Meaning, Words, meaning};
use super::*;

const SALE: &str = "Sale ends tonight at Foxes\u{2026} Perch\u{E9} \u{E7}a compte. Reply STOP to opt out";
const SENT: [&str; 2] = ["See you on Sunday, Ada!", SALE];

fn check(texts: &[String], expected: Expect) {
    let words = Words::for_person(sms::Region::new("US"), ["en", "it"].into_iter());
    let yes = Matcher::new(["yes"], None).expect("no pattern");
    let person = Person {
        sent: &SENT,
        declared: &[&yes],
        ..Person::new(&words)
    };
    let line = |text: &String| format!("{:?} | {}\n", meaning(text, &person), text.escape_debug());
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

#[test]
fn quotation_of_ours_is_a_reaction_in_any_language() {
    let texts = [
        format!("Liked \u{201C}{SALE}\u{201D}"),
        format!("Ha messo \u{201C}Mi piace\u{201D} a \u{201C}{SALE}\u{201D}"),
        format!("\u{201E}{SALE}\u{201C} g\u{F6}r hlutinn"),
        format!("\u{300C}{SALE}\u{300D}\u{3092}\u{5927}\u{597D}\u{304D}"),
        format!("\u{200B}\u{1F44D}\u{200B} to \u{201C}\u{200A}{SALE}\u{200A}\u{201D}"),
        format!("\u{201C}{SALE}\u{201D}"),
        format!("Liked \u{201C}Loved \u{201C}{SALE}\u{201D}\u{201D}"),
        "Liked \"See you on Sunday, Ada!\"".to_owned(),
        "Aim\u{E9} \u{AB} SEE YOU ON SUNDAY ADA \u{BB}".to_owned(),
    ];
    check(
        &texts,
        expect![[r#"
            Reaction { quotes: Some(1) } | Liked “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out”
            Reaction { quotes: Some(1) } | Ha messo “Mi piace” a “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out”
            Reaction { quotes: Some(1) } | „Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out“ gör hlutinn
            Reaction { quotes: Some(1) } | 「Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out」を大好き
            Reaction { quotes: Some(1) } | \u{200b}👍\u{200b} to “\u{200a}Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out\u{200a}”
            Reaction { quotes: Some(1) } | “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out”
            Reaction { quotes: Some(1) } | Liked “Loved “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out””
            Reaction { quotes: Some(0) } | Liked \"See you on Sunday, Ada!\"
            Reaction { quotes: Some(0) } | Aimé « SEE YOU ON SUNDAY ADA »
        "#]],
    );
}

#[test]
fn quotation_may_be_cut_or_come_through_a_poorer_alphabet() {
    let texts = [
        "Liked \u{201C}Sale ends tonight at Fox\u{2026}\u{201D}",
        "Gelikt \"Sale ends to...\"",
        "Gelikt \"...to opt out\"",
        "Removed a like from \u{201C}...STOP...\u{201D}",
        "Liked \u{201C}Sale ends tonight at Foxes\u{2026} Perch\u{E9} \u{E7}a comp",
        "Liked ?See you on Sunday, Ada!?",
        "Gillade \"Sale ends tonight at Foxes... Perch? ?a compte. Reply STOP to opt out\"",
        "Gillade \"Sale ends tonight at Foxes... Perch? ?a compte. Reply STOP\"",
    ];
    check(
        &texts.map(str::to_owned),
        expect![[r#"
            Reaction { quotes: Some(1) } | Liked “Sale ends tonight at Fox…”
            Reaction { quotes: Some(1) } | Gelikt \"Sale ends to...\"
            Reaction { quotes: Some(1) } | Gelikt \"...to opt out\"
            Reaction { quotes: Some(1) } | Removed a like from “...STOP...”
            Reaction { quotes: Some(1) } | Liked “Sale ends tonight at Foxes… Perché ça comp
            Reaction { quotes: Some(0) } | Liked ?See you on Sunday, Ada!?
            Reaction { quotes: Some(1) } | Gillade \"Sale ends tonight at Foxes... Perch? ?a compte. Reply STOP to opt out\"
            Reaction { quotes: Some(1) } | Gillade \"Sale ends tonight at Foxes... Perch? ?a compte. Reply STOP\"
        "#]],
    );
}

#[test]
fn what_people_say_of_a_quotation_is_no_reaction() {
    let texts = [
        format!("What does \u{201C}{SALE}\u{201D} mean?"),
        format!("STOP \u{201C}{SALE}\u{201D}"),
        format!("\u{201C}{SALE}\u{201D} help please"),
        "yes \u{201C}See you on Sunday, Ada!\u{201D}".to_owned(),
        "She said \u{201C}see you\u{201D} and we all laughed about it".to_owned(),
        "See you on Sunday, Ada!".to_owned(),
        "I loved an image of yours".to_owned(),
    ];
    check(
        &texts,
        expect![[r#"
            ContainsOptOut { word: "stop" } | What does “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out” mean?
            ContainsOptOut { word: "stop" } | STOP “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out”
            ContainsOptOut { word: "stop" } | “Sale ends tonight at Foxes… Perché ça compte. Reply STOP to opt out” help please
            Other | yes “See you on Sunday, Ada!”
            Other | She said “see you” and we all laughed about it
            Other | See you on Sunday, Ada!
            Other | I loved an image of yours
        "#]],
    );
}

#[test]
fn reaction_to_what_we_do_not_have() {
    let texts = [
        "Loved an image",
        "Removed a heart from a photo",
        "Piace un\u{2019}immagine",
        "Laughed at \u{201C}who knows\u{201D}",
        "Reacted \u{1F44D} to \u{201C}who knows\u{201D}",
        "Hat mit \u{1F44D} auf \u{201E}wer wei\u{DF}\u{201C} reagiert",
        "\u{1F44D} to \u{201C}who knows\u{201D}",
        "\u{1F44D} to \u{201C}who stops\u{201D} and why",
    ];
    check(
        &texts.map(str::to_owned),
        expect![[r#"
            Reaction { quotes: None } | Loved an image
            Reaction { quotes: None } | Removed a heart from a photo
            Reaction { quotes: None } | Piace un’immagine
            Reaction { quotes: None } | Laughed at “who knows”
            Reaction { quotes: None } | Reacted 👍 to “who knows”
            Reaction { quotes: None } | Hat mit 👍 auf „wer weiß“ reagiert
            Reaction { quotes: None } | 👍 to “who knows”
            Other | 👍 to “who stops” and why
        "#]],
    );
}

#[test]
fn every_phrase_has_a_place_for_the_quotation_and_words() {
    for line in lists::everywhere("reaction") {
        let pieces: Vec<&str> = line.split('…').collect();
        assert_eq!(pieces.len(), 2, "{line}");
        assert!(!tokens(line).is_empty(), "{line}");
    }
}

proptest! {
    #[test]
    fn text_of_ours_in_any_phrase_is_a_reaction_to_it(
        phrase in prop::sample::select(lists::everywhere("reaction").collect::<Vec<_>>()),
        marks in prop::sample::select(vec![("\u{201C}", "\u{201D}"), ("\"", "\""), ("\u{AB} ", " \u{BB}"), ("\u{201E}", "\u{201C}")]),
        ours in prop::sample::select(vec!["STOP", "Sale ends. Reply STOP to opt out", "Say \"yes\" or STOP", "Tutto ok?", "ja"]),
        others in prop::sample::select(vec!["Ciao", "See you on Sunday"]),
    ) {
        let all = Words::all();
        let person = Person { sent: &[others, ours], ..Person::new(&all) };
        let text = phrase.replace('…', &format!("{}{ours}{}", marks.0, marks.1));
        prop_assert_eq!(meaning(&text, &person), Meaning::Reaction { quotes: Some(1) });
    }

    #[test]
    fn whatever_is_quoted_in_a_phrase_nobody_opts_out_by_it(
        phrase in prop::sample::select(lists::everywhere("reaction").collect::<Vec<_>>()),
        quoted in prop::sample::select(vec!["STOP", "stop please", "Reply STOP", "ARRET 12345", "thanks"]),
    ) {
        let all = Words::all();
        let text = phrase.replace('…', &format!("\u{201C}{quoted}\u{201D}"));
        prop_assert_eq!(meaning(&text, &Person::new(&all)), Meaning::Reaction { quotes: None });
    }
}
