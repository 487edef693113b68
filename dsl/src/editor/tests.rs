use proptest::prelude::*;

use super::testing::{asked, asked_of_project};
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
    }
}
