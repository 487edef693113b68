use expect_test::{Expect, expect};

use super::{TWO_TEXTS, ada, outcome};
use crate::advance::{Event, Facts, State};
use crate::member::Member;
use crate::testing::{campaign, phone};

fn check(member: &Member, at: (u16, State), opted_out: bool, replies: &[&str], expected: Expect) {
    let revision = campaign(TWO_TEXTS);
    let facts = Facts {
        opted_out,
        ..Facts::default()
    };
    let came = |text: &&str| outcome(&revision, member, at, facts, &Event::Reply(text));
    let mut lines: Vec<String> = replies.iter().map(came).collect();
    lines.dedup();
    expected.assert_eq(&lines.join("\n"));
}

const OPT_OUTS: [&str; 12] = [
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

/// CASES 7.1: all twelve are one line here.
#[test]
fn every_opt_out_suppresses_once_and_answers_once() {
    check(
        &ada(),
        (2, State::Waiting),
        false,
        &OPT_OUTS,
        expect![[
            r#"Ended at 2: suppress, answer "You have opted out and will get no more messages from us.", leave out: opted out"#
        ]],
    );
}

#[test]
fn the_answer_to_an_opt_out_is_in_the_members_language() {
    let french = Member { language: 1, ..ada() };
    check(
        &french,
        (2, State::Waiting),
        false,
        &OPT_OUTS,
        expect![[
            r#"Ended at 2: suppress, answer "Votre demande est enregistrée : vous ne recevrez plus de messages de notre part.", leave out: opted out"#
        ]],
    );
}

#[test]
fn a_text_in_flight_is_not_reported_as_left_out() {
    check(
        &ada(),
        (0, State::Submitting),
        false,
        &["STOP"],
        expect![[
            r#"Ended at 0: suppress, answer "You have opted out and will get no more messages from us.""#
        ]],
    );
}

#[test]
fn an_opt_out_after_the_passage_holds_too() {
    check(
        &ada(),
        (3, State::Ended),
        false,
        &["STOP"],
        expect![[
            r#"Ended at 3: suppress, answer "You have opted out and will get no more messages from us.""#
        ]],
    );
}

#[test]
fn an_opt_out_said_twice_is_answered_once() {
    check(
        &ada(),
        (2, State::Waiting),
        true,
        &OPT_OUTS,
        expect!["Ended at 2: nothing"],
    );
}

#[test]
fn a_text_that_only_contains_the_word_is_kept_for_a_person() {
    let replies = [
        "don't stop",
        "I'm in, together we will STOP that law!!",
        "non-stop flights?",
    ];
    check(
        &ada(),
        (2, State::Waiting),
        false,
        &replies,
        expect!["Waiting at 2: keep, flagged"],
    );
}

#[test]
fn any_other_text_is_kept_and_moves_nobody() {
    check(
        &ada(),
        (0, State::Submitting),
        false,
        &["Yes!", "", "START", "\u{0}"],
        expect!["Submitting at 0: keep"],
    );
}

#[test]
fn a_reaction_and_a_machine_are_kept_and_nothing_is_done() {
    let replies = [
        "Liked \u{201C}Sale ends tonight. Reply STOP to opt out\u{201D}",
        "Removed a like from \u{201C}Sale. Reply STOP to opt out\u{201D}",
        "Loved an image",
        "Automatic reply: I am away. STOP",
    ];
    check(
        &ada(),
        (2, State::Waiting),
        false,
        &replies,
        expect![[r#"
            Waiting at 2: set aside: Reaction(None)
            Waiting at 2: set aside: Automatic"#]],
    );
}

#[test]
fn a_call_for_help_is_kept_and_answered() {
    check(
        &ada(),
        (2, State::Waiting),
        false,
        &["HELP", "info, please"],
        expect![[
            r#"Waiting at 2: answer "You get messages from us at this number. Reply STOP to get no more.""#
        ]],
    );
}

#[test]
fn words_of_other_countries_and_languages_do_not_count() {
    let italian = Member {
        phone: phone("+393331234567"),
        ..ada()
    };
    check(
        &italian,
        (2, State::Waiting),
        false,
        &["annulla", "STOP", "arret"],
        expect![[r#"
        Waiting at 2: keep
        Ended at 2: suppress, answer "You have opted out and will get no more messages from us.", leave out: opted out"#]],
    );
}
