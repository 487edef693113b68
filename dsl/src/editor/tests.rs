use proptest::prelude::*;

use super::testing::{asked, asked_of_project, asked_of_stories};
use super::*;

/// Pieces of files, put together in any order.
const PIECES: &[&str] = &[
    "steps:\n",
    "messages:\n",
    "  - send: invite\n",
    "  - ",
    "    ",
    "\n",
    "\r\n",
    "when: delivered(\"",
    "\"",
    "'",
    "{{",
    "}}",
    "{{link tickets}}",
    "message: ",
    "{ ",
    " }",
    "[",
    "]",
    ", ",
    ": ",
    "|\n",
    "links: { tickets: x }\n",
    "fields:\n  a: int\n",
    "a",
    "è",
    "😀",
    "# note\n",
    "providers: { p: { kind: carrier } }\n",
    "&a ",
    "*a",
    "en: ",
    "do:\n",
    "- - ",
    "\t",
    "\\",
    "tests: [{ story: [{ expect: invite }] }]\n",
    "send: { text: ",
    "audience: { from: opted-in, columns: { a: b } }\n",
];

fn ask_everything(document: &Document<'_>, byte: usize) {
    for item in completion::completion(document, byte) {
        assert!(document.text.get(item.span).is_some(), "{}", item.label);
    }
    if let Some(hover) = hover::hover(document, byte) {
        assert!(document.text.get(hover.span).is_some());
    }
    let target = definition::definition(document, byte);
    let uses = references::references(document, byte);
    assert!(target.is_none() || !uses.is_empty());
    for (span, _) in rename::rename(document, byte, "other").unwrap_or_default() {
        assert!(document.text.get(span).is_some());
    }
    outline::outline(document);
    actions::repair_all(document, "x");
}

proptest! {
    #[test]
    fn whatever_is_asked_of_whatever_text_has_an_answer(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        at in 0usize..20,
        byte in 0usize..500,
    ) {
        let (before, after) = pieces.split_at(at.min(pieces.len()));
        let (before, after) = (before.concat().replace('|', ">"), after.concat().replace('|', ">"));
        let marked = format!("{before}|{after}");
        asked(&marked, |document, at| {
            ask_everything(document, at);
            ask_everything(document, byte);
        });
        asked_of_project(&marked, |document, at| {
            ask_everything(document, at);
            ask_everything(document, byte);
        });
        asked_of_stories(&marked, |document, at| {
            for byte in [at, document.begins + byte] {
                ask_everything(document, byte);
                let items = completion::completion(document, byte).into_iter().map(|item| item.span);
                let shown = hover::hover(document, byte).into_iter().map(|hover| hover.span);
                let all = outline::outline(document).into_iter().map(|symbol| symbol.whole);
                for span in items.chain(shown).chain(all) {
                    assert!(span.start >= document.begins, "{marked}");
                }
            }
        });
    }
}

#[test]
fn stories_in_a_file_of_their_own_are_asked_about_as_in_their_campaign() {
    let labels = |marked: &str| {
        asked_of_stories(marked, |document, byte| {
            let items = completion::completion(document, byte).into_iter();
            let own = items.inspect(|item| assert!(item.span.start >= document.begins, "{marked}"));
            own.map(|item| item.label).collect::<Vec<_>>().join(" ")
        })
    };
    let of_a_test = "test person at event story";
    let table = [
        ("|", of_a_test),
        ("te|", of_a_test),
        ("- |", of_a_test),
        ("- test: one\n|", of_a_test),
        ("- test: one\n  |", "person at event story"),
        (
            "- story:\n    - expect: |",
            "invite bus nothing opt-out opt-in help",
        ),
        ("- story:\n    - expect: bus\n      |", "text parts at between"),
        ("- story:\n    - clicks: |", "tickets"),
        ("- story:\n    - forwarded: |", "desk"),
        (
            "- person: { phone: x, | }",
            "tags variant first_name city language country timezone Data di nascita",
        ),
        (
            "[{ story: [{ expect: | }] }]",
            "invite bus nothing opt-out opt-in help",
        ),
    ];
    for (marked, expected) in table {
        let mut found: Vec<String> = labels(marked).split(' ').map(str::to_owned).collect();
        let mut expected: Vec<String> = expected.split(' ').map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{marked}");
    }
    let hovered = |marked: &str| {
        asked_of_stories(marked, |document, byte| {
            let shown = hover::hover(document, byte)?;
            Some(format!("{}: {}", &document.text[shown.span], shown.text))
        })
    };
    let found = hovered("- story:\n    - exp|ect: bus\n").expect("a key");
    assert!(found.starts_with("expect: **expect**: a name\n"), "{found}");
    let found = hovered("- story:\n    - expect: b|us\n").expect("a message");
    assert!(found.starts_with("bus: - **en**: 1 part, GSM-7"), "{found}");
    let names = asked_of_stories("- test: one\n- story: []\n|", |document, _| {
        let all = outline::outline(document).into_iter();
        all.map(|symbol| symbol.name).collect::<Vec<_>>()
    });
    assert_eq!(names, ["one", "test"]);
}
