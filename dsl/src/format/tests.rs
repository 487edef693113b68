use std::path::Path;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{FileKind, Unformatted, format, same_root};
use crate::tree;

fn check(text: &str, expected: Expect) {
    let shown = match format(text, FileKind::Campaign) {
        Ok(formatted) => formatted,
        Err(Unformatted::Faulty(found)) => found.iter().map(|d| format!("{}\n", d.code)).collect(),
        Err(error @ Unformatted::Internal { .. }) => error.to_string(),
    };
    expected.assert_eq(&shown.replace('\r', "\\r"));
}

#[test]
fn a_fault_is_where_the_text_as_it_stands_has_it() {
    let text = "replies:\r\n  - words: [x,\r\n      z, # zed\r\n  ]\r\n    forward: desk\r\n";
    let faulty = |text: &str| match format(text, FileKind::Campaign) {
        Err(Unformatted::Faulty(found)) => found,
        other => panic!("{other:?}"),
    };
    let lines = |text: &str| -> Vec<usize> {
        let found = faulty(text).into_iter();
        found
            .map(|d| text[..d.span.start].matches('\n').count())
            .collect()
    };
    assert_eq!(lines(text), [3]);
    assert_eq!(lines(text), lines(&text.replace('\r', "")));
    assert_eq!(&text[faulty(text)[0].span.clone()], "]");
}

#[test]
fn a_number_with_a_comma_in_it_stays_one() {
    check(
        "audience: a.csv\nschedule: now\nmessage: \"Hi, 1, 2\"\nlimits: {budget: 49,90 EUR,rate: 5/s, halt: { opt_outs: 2, 5% }}\nlabels: [1,2]\n",
        expect![[r#"
            audience: a.csv
            schedule: now
            message: "Hi, 1, 2"
            limits: { budget: 49,90 EUR, rate: 5/s, halt: { opt_outs: 2,5% } }
            labels: [1, 2]
        "#]],
    );
}

#[test]
fn lines_may_end_with_a_carriage_return_alone() {
    check(
        "audience:   a.csv\r# all of them\rschedule: now\r\rmessage: \"Hi\"\r",
        expect![[r#"
            audience: a.csv
            # all of them
            schedule: now

            message: "Hi"
        "#]],
    );
}

#[test]
fn lists_are_indented_by_two_below_their_key() {
    check(
        "steps:\n- send:   invite\n  when: x\n-   wait: 2 days\n\n\n\n-   send:\n        text:  Ciao\nlanguages: [ it,en ]\nlimits: {parts: 1,   rate : 5/s}",
        expect![[r#"
            steps:
              - send: invite
                when: x
              - wait: 2 days

              - send:
                  text: Ciao
            languages: [it, en]
            limits: { parts: 1, rate: 5/s }
        "#]],
    );
}

#[test]
fn quotes_are_written_where_an_older_reader_sees_something_else() {
    check(
        "campaign: 'doors'\nlanguages: [no, it]\naudience: { from: a.csv, columns: { phone: 0612, first_name: \"ok\" } }\nschedule: { date: birthday, at: 10:00 }\nmessage: { no: \"Hei\", it: 'c''è', en: 'say \"hi\"' }\nlimits: { quiet_hours: 21:00-08:00, parts: 1 }\nx-own: yes\n",
        expect![[r#"
            campaign: "doors"
            languages: ["no", it]
            audience: { from: a.csv, columns: { phone: "0612", first_name: "ok" } }
            schedule: { date: birthday, at: "10:00" }
            message: { "no": "Hei", it: 'c''è', en: 'say "hi"' }
            limits: { quiet_hours: 21:00-08:00, parts: 1 }
            x-own: yes
        "#]],
    );
}

#[test]
fn comments_stay_in_their_column_and_give_way_to_what_grows() {
    check(
        "# head\n\ncrier: 1        # one\ncampaign:  x    # two\nlanguages:      # three\n- no            # four\n- it # five\n    # six\nlimits:  # seven\n    parts: 1    # eight\n# end\n",
        expect![[r##"
            # head

            crier: 1        # one
            campaign: x     # two
            languages:      # three
              - "no"        # four
              - it # five
                # six
            limits:  # seven
              parts: 1      # eight
            # end
        "##]],
    );
}

#[test]
fn a_comment_that_shares_no_column_is_close_to_its_value() {
    let far = "message:     Hi             # far\nschedule: now # near\nreplies: a@b.example  # two\nlimits:\n    rate:      5/s    # a\n    budget: 50000 EUR # b\n    parts: 1          # c\n";
    let grows = "languages: [en,it,fr,de] # grows\n\nowner: a@b.example       # gives way\ntimezone: Europe/Rome # near\n";
    check(
        &[far, grows].concat(),
        expect![[r#"
            message: Hi  # far
            schedule: now # near
            replies: a@b.example  # two
            limits:
              rate: 5/s           # a
              budget: 50000 EUR   # b
              parts: 1            # c
            languages: [en, it, fr, de] # grows

            owner: a@b.example          # gives way
            timezone: Europe/Rome # near
        "#]],
    );
}

#[test]
fn what_closes_the_file_stays_as_far_left_as_it_was() {
    check(
        "steps:\n- send: invite\n- send: reminder\n\n# end of the file\n# for now\n",
        expect![[r#"
            steps:
              - send: invite
              - send: reminder

            # end of the file
            # for now
        "#]],
    );
    check(
        "steps:\n- ask: invite\n  answers:\n  - words: [si]\n  # of the answers\n- send: reminder\n# end\n",
        expect![[r#"
            steps:
              - ask: invite
                answers:
                  - words: [si]
                  # of the answers
              - send: reminder
            # end
        "#]],
    );
    check(
        "messages:\n    a: |\n        Ciao\n# end\n",
        expect![[r#"
            messages:
              a: |
                Ciao
            # end
        "#]],
    );
}

#[test]
fn comments_stay_beside_the_lines_that_they_were_beside() {
    check(
        "languages:\n- it\n# - fr\n# next\nsteps:\n    - send: a\n      # - b\n    # - send: c\nmessage: |\n    one\n  # two\n\n# three\nlimits:\n    # four\n    parts: 1\n    # five\n        # six\nlabels: {}\n  # seven\n",
        expect![[r#"
            languages:
              - it
            # - fr
            # next
            steps:
              - send: a
                # - b
              # - send: c
            message: |
              one
            # two

            # three
            limits:
              # four
              parts: 1
              # five
                # six
            labels: {}
              # seven
        "#]],
    );
}

#[test]
fn brackets_and_texts_that_go_over_lines_keep_their_lines() {
    check(
        "steps:\n- send: { text: \"a\",\n          it: 'b\n            c' } # d\nmessage:\n    text: |\n        one\n          two  \n\n\n        three\nlabels: { a: >-\n  }\n",
        expect![[r#"
            invalid-yaml
        "#]],
    );
    check(
        "steps:\n- send: { text: \"a\",   # x\n          it: 'b\n            c' } # d\nmessage:\n    text: |\n        one\n          two  \n\n\n        three\ndescription: a\n    b\n\n    c\n",
        expect![[r#"
            steps:
              - send: { text: "a",  # x
                        it: 'b
                          c' } # d
            message:
              text: |
                one
                  two  


                three
            description: a
              b

              c
        "#]],
    );
}

#[test]
fn line_breaks_marks_and_blank_lines_are_those_of_the_layout() {
    check(
        "\u{feff}\r\n\r\naudience: a.csv\r\n\r\n\r\n\r\nschedule: now\u{a0}\r\n\r\n\r\n",
        expect![[r#"
            audience: a.csv\r
            \r
            schedule: "now "\r
        "#]],
    );
    check("", expect![""]);
    check(
        "\n\n# only this\n\n\n",
        expect![[r#"
        # only this
    "#]],
    );
}

#[test]
fn what_the_eye_does_not_see_stays_in_keys_and_texts() {
    let table = [
        ("{\u{85}}", "{ \"\u{85}\" }\n"),
        ("\u{85}: 1\n", "\"\u{85}\": 1\n"),
        ("x-\u{a0}:\u{85}  b\u{85}\n", ""),
        ("|\re", "|\n  e\n"),
    ];
    for (text, right) in table {
        let formatted = format(text, FileKind::Campaign);
        match right.is_empty() {
            true => assert!(holds(text).is_ok(), "{text:?}"),
            false => assert_eq!(formatted.as_deref(), Ok(right), "{text:?}"),
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    check(
        "a: [1\nb: 2\n",
        expect![[r#"
        invalid-yaml
    "#]],
    );
    check(
        "a: 1\na: 2\n",
        expect![[r#"
        duplicate-key
    "#]],
    );
}

#[test]
fn a_text_without_a_name_is_a_project_by_its_keys() {
    assert_eq!(FileKind::of_text("crier: 1\nsenders: {}\n"), FileKind::Project);
    assert_eq!(FileKind::of_text("audience: a.csv\n"), FileKind::Campaign);
    assert_eq!(FileKind::of_text("- a\n"), FileKind::Campaign);
}

#[test]
fn large_files_take_no_longer_than_their_size() {
    let all = |line: &str| line.repeat(3_000);
    for text in [
        all("# c\n"),
        format!("x-a:\n{}", all("- [1,\n   2]\n")),
        format!("x-a:\n{}", all("  - b # c\n  # d\n")),
        format!("x-a: |\n{}# c\n", all("    one\n")),
    ] {
        assert_eq!(holds(&text), Ok(true));
    }
}

/// The good files of the tests and of the example project.
fn good_files() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "testdata/ok",
        "testdata/fixture",
        "testdata/stories",
        "../campaigns",
    ];
    let mut texts = vec![];
    for folder in folders {
        for entry in std::fs::read_dir(here.join(folder)).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.extension().is_some_and(|e| e == "yaml") {
                texts.push(std::fs::read_to_string(path).expect("it can be read"));
            }
        }
    }
    assert!(texts.len() > 10, "the files are found");
    texts
}

/// What is given out says the same, and is not changed by formatting it again.
fn holds(text: &str) -> Result<bool, Unformatted> {
    let kind = FileKind::of_text(text);
    let formatted = match format(text, kind) {
        Err(Unformatted::Faulty(_)) => return Ok(false),
        other => other?,
    };
    let plain = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    assert!(
        same_root(&tree::parse(&plain).0, &tree::parse(&formatted).0),
        "{text:?}"
    );
    assert!(!formatted.starts_with(['\n', '\r', '\u{feff}']), "{text:?}");
    let breaks = text.find(['\r', '\n']).map(|at| text[at..].starts_with("\r\n"));
    let one_kind = match breaks {
        Some(true) => !formatted.replace("\r\n", "").contains(['\r', '\n']),
        Some(false) | None => !formatted.contains('\r'),
    };
    assert!(one_kind, "{text:?}");
    assert!(formatted.is_empty() || formatted.ends_with('\n'), "{text:?}");
    assert_eq!(format(&formatted, kind).as_ref(), Ok(&formatted), "{text:?}");
    Ok(true)
}

#[test]
fn good_files_are_formatted_once_and_for_all() {
    for text in good_files() {
        assert_eq!(holds(&text), Ok(true), "{text}");
    }
}

/// Lists as far left as their keys at the top, and braces without spaces, as many write them.
fn tight(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut in_list = false;
    let moved = lines.iter().enumerate().map(|(at, line)| {
        if !line.starts_with(' ') && !line.trim().is_empty() {
            in_list = lines.get(at + 1).is_some_and(|next| next.starts_with("  - "));
        }
        let line = line.strip_prefix("  ").filter(|_| in_list).unwrap_or(line);
        format!("{}\n", line.replace("{ ", "{").replace(" }", "}"))
    });
    moved.collect()
}

#[test]
fn lists_as_far_left_as_their_keys_are_formatted_once_and_for_all() {
    for text in good_files() {
        let text = tight(&text);
        assert!(holds(&text).is_ok(), "{text}");
    }
    let table = [
        (
            "replies:\n- {words: [prices], forward: a@b.example}\n",
            "replies:\n  - { words: [prices], forward: a@b.example }\n",
        ),
        (
            "steps:\n- {send: a}\n- ask: b\n  answers:\n  - {words: [a],tag: b}\n  - words:\n    - [c,{d: e}]\n",
            "steps:\n  - { send: a }\n  - ask: b\n    answers:\n      - { words: [a], tag: b }\n      - words:\n          - [c, { d: e }]\n",
        ),
        (
            "tests:\n- test: One\n  story:\n  - {expect: invite}\n  - {after: 1 day}\n  - - {reply: \"yes\"}\n",
            "tests:\n  - test: One\n    story:\n      - { expect: invite }\n      - { after: 1 day }\n      - - { reply: \"yes\" }\n",
        ),
    ];
    for (text, right) in table {
        assert_eq!(format(text, FileKind::Campaign).as_deref(), Ok(right), "{text}");
        assert_eq!(holds(text), Ok(true));
    }
}

/// How somebody writes who does not care: other indentation, more space, other breaks.
fn careless(text: &str, indent: usize, spaces: &str, crlf: bool) -> String {
    let lines = text.lines().map(|line| {
        let body = line.trim_start_matches(' ');
        let deep = (line.len() - body.len()) / 2 * indent;
        let gap = body
            .split_once(": ")
            .filter(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase()));
        let body = gap.map_or(body.to_owned(), |(key, value)| format!("{key}: {spaces}{value}"));
        format!("{}{body}{spaces}\n", " ".repeat(deep))
    });
    let text: String = lines.collect();
    if crlf { text.replace('\n', "\r\n") } else { text }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn careless_files_come_out_formatted(which in 0usize..100, indent in 1usize..5, spaces in " {0,3}", crlf in any::<bool>()) {
        let files = good_files();
        let text = careless(&files[which % files.len()], indent, &spaces, crlf);
        prop_assert!(holds(&text).is_ok(), "{text}");
    }

    #[test]
    fn no_text_is_formatted_into_another_one(which in 0usize..100, at in 0usize..600, piece in "[-a: \n#\"'{}\\[\\]|>&*,\\\\é\u{a0}]{0,6}") {
        let files = good_files();
        let mut text = files[which % files.len()].clone();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &piece);
        // What the layout cannot keep is refused, which is right, if rare; what it gives out is right.
        let _ = holds(&text);
    }

    #[test]
    fn columns_of_comments_are_laid_out_once_and_for_all(
        deep in 1usize..5,
        lines in prop::collection::vec((" {1,4}", "a|no|\\[b,c,d\\]|\\{b: c\\}|'e'", " {1,12}"), 1..12),
    ) {
        let deep = " ".repeat(deep);
        let lines = lines.iter().enumerate();
        let lines = lines.map(|(at, (before, value, behind))| format!("{deep}x-{at}:{before}{value}{behind}# {at}\n"));
        prop_assert_eq!(holds(&format!("x-a: # a\n{}", lines.collect::<String>())), Ok(true));
    }

    #[test]
    fn any_text_is_formatted_or_refused(text in "\\PC{0,40}(\n[-a: #\"'{}\\[\\]|>&*,]{0,12}){0,6}") {
        let _ = holds(&text);
    }
}

#[test]
fn a_text_keeps_its_blank_lines_and_all_else_is_laid_out() {
    let table = [
        (
            "schedule:   now\nx-note: |+\n  Two blank lines stay.\n\n\nmessage:   Hi\n",
            "schedule: now\nx-note: |+\n  Two blank lines stay.\n\n\nmessage: Hi\n",
        ),
        (
            "x-a:\n    x-note: >+ # mine\n        At the end.\n\n\n",
            "x-a:\n  x-note: >+ # mine\n      At the end.\n\n\n",
        ),
        (
            "x-a:\n- |+\n  One.\n\n-   two\n",
            "x-a:\n  - |+\n    One.\n\n  - two\n",
        ),
        // White space is part of a line of the text, where that is deeper than the others, or begins with a tab.
        (
            "message: |\n    Hi  \n    there \t\n     \n    \t\n  \n    end\nschedule:   now\n",
            "message: |\n    Hi  \n    there \t\n     \n    \t\n\n    end\nschedule: now\n",
        ),
        (
            "x-a:\n-   >\n    One.\n      \n-   two\n",
            "x-a:\n  - >\n      One.\n        \n  - two\n",
        ),
    ];
    for (text, right) in table {
        assert_eq!(format(text, FileKind::Campaign).as_deref(), Ok(right), "{text}");
        assert_eq!(format(right, FileKind::Campaign).as_deref(), Ok(right), "{text}");
    }
}

#[test]
fn a_comment_behind_the_last_line_of_a_text_stays_as_far_from_it() {
    check(
        "messages:\n    a: \"Hi there\n          STOP to opt out\"  # one\n    b: Hi\n          there    # two\n    c: x    # three\n",
        expect![[r#"
            messages:
              a: "Hi there
                STOP to opt out"  # one
              b: Hi
                there    # two
              c: x  # three
        "#]],
    );
}
