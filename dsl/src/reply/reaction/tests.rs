use expect_test::expect;
use proptest::prelude::*;

use super::super::{Matcher, Meaning, Words, meaning};
use super::*;

const SENT: [&str; 2] = [
    "See you on Sunday, Ada!",
    "Sale ends tonight at Foxes\u{2026} Perch\u{E9} \u{E7}a compte. Reply STOP to opt out",
];

fn check(texts: &[&str], expected: expect_test::Expect) {
    let words = Words::for_person(sms::Region::new("US"), ["en", "it"].into_iter());
    let yes = Matcher::new(["yes"], None).expect("no pattern");
    let person = Person {
        sent: &SENT,
        declared: &[&yes],
        ..Person::new(&words)
    };
    let line = |text: &&str| format!("{} | {:?}\n", text.escape_debug(), meaning(text, &person));
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

#[test]
fn quotation_of_ours_is_a_reaction_in_any_language() {
    let sale = SENT[1];
    check(
        &[
            &format!("Liked \u{201C}{sale}\u{201D}"),
            &format!("Ha messo \u{201C}Mi piace\u{201D} a \u{201C}{sale}\u{201D}"),
            &format!("\u{201E}{sale}\u{201C} g\u{F6}r hlutinn"),
            &format!("\u{300C}{sale}\u{300D}\u{3092}\u{5927}\u{597D}\u{304D}\u{3068}\u{8A00}\u{3044}"),
            &format!("\u{200B}\u{1F44D}\u{200B} to \u{201C}\u{200A}{sale}\u{200A}\u{201D}"),
            "Liked \"See you on Sunday, Ada!\"",
            "Aim\u{E9} \u{AB} SEE YOU ON SUNDAY ADA \u{BB}",
        ],
        expect![[""]],
    );
}
