//! What `fix` repairs of the faulty files, and what it leaves to people.

use super::support;

use std::fmt::Write;

use dsl::decode_text;
use dsl::diagnostic::Applicability;
use dsl::edit::{self, Edit};
use dsl::fix::{Fixed, fix};
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn repaired(name: &str, text: &str) -> Fixed {
    fix(text, |text| support::check(name, text.as_bytes()).1)
}

fn check(name: &str, text: &str, expected: Expect) {
    let fixed = repaired(name, text);
    let (_, left) = support::check(name, fixed.text.as_bytes());
    let left: Vec<&str> = left.iter().map(|found| found.code).collect();
    expected.assert_eq(&format!(
        "{} repaired, left {left:?}\n{}",
        fixed.repaired,
        fixed.text.replace('\r', "\\r")
    ));
}

#[test]
fn slips_and_missing_quotes_are_repaired_and_all_else_is_as_it_was() {
    check(
        "doors.campaign.yaml",
        "# mine\r\nsender:   Arena    # ours\r\naudiance: { from: concert_list }\r\nschedule: now\r\nlanguages: en\r\nsteps:\r\n- send: remidner\r\nmessages:\r\n  reminder: { text: \"STOP\" }\r\n  x: @home\r\n",
        expect![[r#"
            4 repaired, left ["bad-name", "bad-name", "message-never-sent"]
            # mine\r
            sender:   Arena    # ours\r
            audience: { from: concert_list }\r
            schedule: now\r
            languages: [en]\r
            steps:\r
            - send: reminder\r
            messages:\r
              reminder: { text: "STOP" }\r
              x: "@home"\r
        "#]],
    );
}

#[test]
fn what_decides_who_gets_what_is_left_to_people() {
    check(
        "doors.campaign.yaml",
        "audience: { from: concert-list, except: [stuff] }\nschedule: now\nsteps:\n  - send: invite-2\nmessages:\n  invite-1: Ciao {{frist_name}} #1. STOP\n",
        expect![[r#"
            0 repaired, left ["unknown-list", "unknown-message", "unknown-variable", "text-cut-by-comment"]
            audience: { from: concert-list, except: [stuff] }
            schedule: now
            steps:
              - send: invite-2
            messages:
              invite-1: Ciao {{frist_name}} #1. STOP
        "#]],
    );
}

#[test]
fn what_stands_under_a_key_that_nobody_knows_is_not_quoted() {
    check(
        "doors.campaign.yaml",
        "audience: lists/customers.csv\nschedule: now\nmessage: \"Coming? STOP to opt out\"\nreplies:\n  - yes: tag: coming\ndetails: doors: nine\n",
        expect![[r#"
            0 repaired, left ["unknown-key", "unknown-key", "quote-the-text"]
            audience: lists/customers.csv
            schedule: now
            message: "Coming? STOP to opt out"
            replies:
              - yes: tag: coming
            details: doors: nine
        "#]],
    );
}

#[test]
fn each_faulty_file_is_repaired_as_far_as_that_is_safe() {
    let mut table = String::new();
    for path in support::files("err") {
        let name = support::name(&path);
        let bytes = support::bytes(&path);
        let Ok(text) = decode_text(&bytes) else {
            continue;
        };
        let fixed = repaired(&name, &text);
        if fixed.repaired > 0 {
            let (_, left) = support::check(&name, fixed.text.as_bytes());
            let left: Vec<&str> = left.iter().map(|found| found.code).collect();
            writeln!(table, "{name}: {} repaired, left {left:?}", fixed.repaired).expect("a text takes all");
        }
    }
    expect![[r#"
        bad-duration-again.campaign.yaml: 1 repaired, left []
        bad-money-month.campaign.yaml: 1 repaired, left []
        bad-time-now.campaign.yaml: 1 repaired, left []
        bad-time-twelve-hours-dated.campaign.yaml: 1 repaired, left []
        bad-time-twelve-hours.campaign.yaml: 1 repaired, left []
        bad-window-twelve-hours.campaign.yaml: 2 repaired, left []
        brace-begins-text.campaign.yaml: 1 repaired, left ["foreign-placeholder"]
        carrier-out-of-range.crier.yaml: 2 repaired, left ["wrong-type", "wrong-type", "bad-duration", "wrong-type", "unknown-value", "bad-duration"]
        case-4.1-countries.crier.yaml: 1 repaired, left []
        case-4.1-norway.campaign.yaml: 4 repaired, left []
        case-4.3-limits.campaign.yaml: 1 repaired, left []
        cron-needs-quotes-all.campaign.yaml: 2 repaired, left ["again-unsaid"]
        cron-needs-quotes.campaign.yaml: 1 repaired, left ["again-unsaid"]
        duplicate-key-marks-of-items.campaign.yaml: 1 repaired, left []
        invalid-yaml-comma-at-end.campaign.yaml: 5 repaired, left []
        invalid-yaml-dashes.campaign.yaml: 1 repaired, left []
        invalid-yaml-en-dash-first.campaign.yaml: 1 repaired, left []
        invalid-yaml-markdown.campaign.yaml: 2 repaired, left []
        invalid-yaml-outdented.campaign.yaml: 1 repaired, left []
        language-of-three.campaign.yaml: 1 repaired, left ["language-unlisted"]
        list-backslash.campaign.yaml: 1 repaired, left []
        marks-conditions.campaign.yaml: 1 repaired, left ["column-is-text"]
        marks-keys-below.campaign.yaml: 2 repaired, left []
        marks-steps.campaign.yaml: 1 repaired, left []
        message-of-names.campaign.yaml: 1 repaired, left ["unknown-variable"]
        missing-key-login-misspelt.crier.yaml: 1 repaired, left ["bad-window"]
        misspelt-fields.campaign.yaml: 1 repaired, left ["column-missing"]
        misspelt-languages.campaign.yaml: 1 repaired, left []
        misspelt-messages.campaign.yaml: 1 repaired, left ["not-yet-supported", "not-yet-supported", "not-yet-supported"]
        no-break-space-braces.campaign.yaml: 1 repaired, left []
        no-break-space-colon.campaign.yaml: 1 repaired, left []
        no-break-space.campaign.yaml: 1 repaired, left []
        not-cel-quotes.campaign.yaml: 2 repaired, left ["unknown-name", "unknown-name", "unknown-name", "unknown-name", "unknown-name"]
        not-cel-step.campaign.yaml: 2 repaired, left ["asked-too-early"]
        not-cel-unfinished.campaign.yaml: 1 repaired, left ["not-cel"]
        not-cel-words.campaign.yaml: 2 repaired, left ["not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "not-cel", "unknown-function", "unknown-name", "unknown-name"]
        not-cel.campaign.yaml: 7 repaired, left ["not-cel", "not-cel", "not-cel"]
        other-shapes.campaign.yaml: 1 repaired, left ["wrong-type", "wrong-type", "wrong-type", "wrong-type", "unknown-inbox", "unknown-key", "wrong-type", "unknown-key", "unknown-key", "unknown-key", "wrong-type", "wrong-type"]
        project-replies.crier.yaml: 2 repaired, left ["foreign-placeholder", "unknown-helper", "word-is-opt-out", "word-in-two-rules", "bad-pattern", "conflicting-keys", "unreachable-step", "rule-without-condition", "no-deadline", "rule-waits", "rule-after-otherwise", "unknown-list"]
        provider-repeated.crier.yaml: 1 repaired, left ["provider-repeated", "provider-repeated", "unknown-provider"]
        quote-the-text-at.campaign.yaml: 1 repaired, left []
        quote-the-text-backtick.campaign.yaml: 1 repaired, left ["quote-the-text"]
        quote-the-text-braces-alone.campaign.yaml: 1 repaired, left ["no-opt-out-hint"]
        quote-the-text-braces.campaign.yaml: 1 repaired, left []
        quote-the-text-bracket.campaign.yaml: 1 repaired, left []
        quote-the-text-colon.campaign.yaml: 1 repaired, left []
        quote-the-text-cron.campaign.yaml: 1 repaired, left ["again-unsaid"]
        quote-the-text-dash.campaign.yaml: 1 repaired, left []
        quote-the-text-hides-nothing.campaign.yaml: 5 repaired, left ["bad-duration", "unknown-variable", "message-never-sent", "word-is-opt-out"]
        quote-the-text-marks.campaign.yaml: 1 repaired, left ["invalid-yaml", "invalid-yaml", "invalid-yaml"]
        quote-the-text-percent.campaign.yaml: 1 repaired, left []
        rule-misspelt-condition.campaign.yaml: 1 repaired, left ["word-is-opt-out"]
        sender-unknowns.crier.yaml: 3 repaired, left ["bad-sender", "bad-sender", "bad-sender", "bad-sender", "unknown-inbox"]
        slip-kinds.crier.yaml: 1 repaired, left ["unknown-region", "wrong-type", "wrong-type", "wrong-type", "unknown-key", "unknown-key", "unknown-key", "wrong-type", "bad-rate", "wrong-type"]
        slip-numbers.campaign.yaml: 3 repaired, left ["bad-share"]
        slip-semicolon.campaign.yaml: 1 repaired, left []
        slip-semicolons.campaign.yaml: 2 repaired, left []
        slips-of-keys-and-values.campaign.yaml: 10 repaired, left ["bad-duration"]
        slips-of-spelling.campaign.yaml: 10 repaired, left ["bad-duration"]
        tag-not-condition-block.campaign.yaml: 1 repaired, left []
        tag-not-condition-goal.campaign.yaml: 1 repaired, left []
        tag-not-condition-unless.campaign.yaml: 2 repaired, left ["quote-the-text"]
        tag-not-condition-where.campaign.yaml: 2 repaired, left []
        tag-not-condition.campaign.yaml: 1 repaired, left []
        unknown-day.campaign.yaml: 1 repaired, left []
        unknown-inbox-forward.campaign.yaml: 1 repaired, left ["unknown-inbox", "word-is-opt-out"]
        unknown-inbox.campaign.yaml: 1 repaired, left []
        unknown-key-capital-fields.campaign.yaml: 2 repaired, left ["not-yet-supported", "not-yet-supported"]
        unknown-key-capital.crier.yaml: 4 repaired, left []
        unknown-key-hides-messages.campaign.yaml: 1 repaired, left []
        unknown-key-invisible.campaign.yaml: 1 repaired, left ["unknown-variable"]
        unknown-key.campaign.yaml: 1 repaired, left ["unknown-key"]
        unknown-message-nested.campaign.yaml: 1 repaired, left ["unknown-message", "unknown-message"]
        unknown-message-of-two.campaign.yaml: 1 repaired, left ["field-never-set", "unknown-message"]
        unknown-message.campaign.yaml: 1 repaired, left []
        unknown-region.campaign.yaml: 1 repaired, left []
        unknown-sender.campaign.yaml: 1 repaired, left []
        unknown-step.campaign.yaml: 1 repaired, left ["unknown-step", "unknown-step"]
        unknown-timezone.campaign.yaml: 1 repaired, left []
        unknown-value-blames-nothing-else.campaign.yaml: 1 repaired, left ["wrong-type", "literal-host-needed", "bad-duration", "bad-template"]
        unknown-value.campaign.yaml: 1 repaired, left []
        word-is-opt-out-opt-in.crier.yaml: 1 repaired, left ["word-is-opt-out", "unknown-sender", "unknown-message"]
        wrong-type-marks-of-items.campaign.yaml: 1 repaired, left []
        wrong-type.campaign.yaml: 1 repaired, left ["wrong-type", "wrong-type", "wrong-type", "wrong-type"]
        yaml-1.1.crier.yaml: 5 repaired, left []
    "#]].assert_eq(&table);
}

proptest! {
    #[test]
    fn a_repaired_file_has_nothing_safe_left_and_is_not_changed_again(which in 0usize..200, at in 0usize..400, cut in 0usize..4) {
        let files: Vec<_> = ["err", "ok"].into_iter().flat_map(support::files).collect();
        let path = &files[which % files.len()];
        let name = support::name(path);
        let Ok(mut text) = decode_text(&std::fs::read(path).expect("it can be read")) else {
            return Ok(());
        };
        let border = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let span = border(at)..border(at + cut);
        text.replace_range(span, "");
        let fixed = repaired(&name, &text);
        let (_, left) = support::check(&name, fixed.text.as_bytes());
        let safe = |d: &dsl::diagnostic::Diagnostic| d.suggestion.as_ref().is_some_and(|s| s.applicability == Applicability::Safe);
        prop_assert!(!left.iter().any(safe), "{text:?} became {:?}", fixed.text);
        prop_assert_eq!(repaired(&name, &fixed.text).repaired, 0);
    }
}

/// What is offered for a text where a map belongs is a map that may stand there.
#[test]
fn a_map_that_is_offered_for_a_text_has_no_fault() {
    for name in ["wrong-type-map-of.campaign.yaml", "slip-variants.campaign.yaml"] {
        let path = support::testdata("err").join(name);
        let (mut text, found) = support::check(name, &support::bytes(&path));
        let offered = found.iter().filter(|d| d.code == "wrong-type");
        let offered: Vec<_> = offered.filter_map(|d| d.suggestion.clone()).collect();
        assert!(!offered.is_empty(), "{name}");
        for suggestion in offered.iter().rev() {
            text.replace_range(suggestion.span.clone(), &suggestion.replacement);
        }
        let (_, left) = support::check(name, text.as_bytes());
        let left: Vec<&str> = left.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
        // A reminder names a message, which nobody can make up.
        assert!(
            left.iter().all(|code| *code == "wrong-type") && left.len() < 2,
            "{name}: {left:?}"
        );
    }
}

/// What is offered for these files, taken together and as often as something is, repairs all that is wrong.
#[test]
fn what_is_offered_leaves_no_error() {
    let begins = [
        "duplicate-key-marks-of-items",
        "list-for-map",
        "missing-key-own-dash",
        "no-break-space",
        "only-at-night-limits",
        "only-at-night.crier",
        "quote-the-text-colon-in-braces",
        "quote-the-text-column",
        "shares-unsaid",
        "tag-not-condition-where",
        "text-cut-by-comma-cents",
        "text-cut-by-comment-and",
        "unknown-key-capital",
        "unknown-key-delay",
        "variants-without-shares",
        "window-in-quiet-hours-turned",
        "window-looser-than-policy-turned",
        "wrong-type-marks-of-items",
        "wrong-type-numbered-items",
        "wrong-type-steps-as",
    ];
    let files = support::files("err").into_iter();
    let named = files.filter(|path| begins.iter().any(|begin| support::name(path).starts_with(begin)));
    let mut seen = 0;
    for path in named {
        let name = support::name(&path);
        let (mut text, mut found) = support::check(&name, &support::bytes(&path));
        for _ in 0..4 {
            let offered = found.iter().filter_map(|d| d.suggestion.clone());
            let edits = offered.map(|one| Edit::new(one.span, one.replacement.as_str()));
            text = edit::apply(&text, edits.collect()).0;
            found = support::check(&name, text.as_bytes()).1;
        }
        let of_now = found.iter().filter(|d| d.code != dsl::NOT_YET);
        let left: Vec<&str> = of_now.map(|d| d.code).collect();
        assert!(left.is_empty(), "{name}: {left:?}\n{text}");
        seen += 1;
    }
    assert!(seen > begins.len());
}
