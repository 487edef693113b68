//! What may lie in the repository: text of a size that people read. Whatever else is there is named here, with why; a package
//! that a tool had left behind was once committed unseen.

use crate::rules::Offence;
use crate::source::Tree;

/// What is no text.
const NO_TEXTS: &[(&str, &str)] = &[
    (CORPUS_OF_DIAGNOSTICS, "what fuzzing learnt, packed"),
    (CORPUS_OF_TEMPLATES, "what fuzzing learnt, packed"),
    (
        "dsl/testdata/err/not-utf8.campaign.yaml",
        "shows what is said of a file that is not UTF-8",
    ),
    (
        "dsl/testdata/fixture/lists/unreadable.csv",
        "a list that is not UTF-8",
    ),
];

/// Bytes of the largest file.
const MOST_BYTES: usize = 600_000;

/// What is larger.
const LARGE: &[(&str, &str)] = &[
    (
        CORPUS_OF_DIAGNOSTICS,
        "thousands of inputs, each of which reaches other code",
    ),
    (
        CORPUS_OF_TEMPLATES,
        "thousands of inputs, each of which reaches other code",
    ),
];

const CORPUS_OF_DIAGNOSTICS: &str = "dsl/fuzz/corpus/diagnostics.tar.xz";
const CORPUS_OF_TEMPLATES: &str = "dsl/fuzz/corpus/templates.tar.xz";

pub fn texts(tree: &Tree) -> Vec<Offence> {
    let others = tree
        .kept
        .iter()
        .filter(|kept| !kept.is_text && !is_among(NO_TEXTS, &kept.path));
    let why = "not text: take it out, or name it in tests/tidy/kept.rs with why it has to be here";
    others.map(|kept| Offence::of_file(&kept.path, why)).collect()
}

pub fn sizes(tree: &Tree) -> Vec<Offence> {
    let large = tree
        .kept
        .iter()
        .filter(|kept| kept.bytes > MOST_BYTES && !is_among(LARGE, &kept.path));
    let why = format!(
        "more than {MOST_BYTES} bytes: take it out, or name it in tests/tidy/kept.rs with why it has to be here"
    );
    large.map(|kept| Offence::of_file(&kept.path, &why)).collect()
}

/// What is excepted and needs no exception: it is gone, or it is text of an ordinary size.
pub fn needless(tree: &Tree) -> Vec<&'static str> {
    let needs = |path: &str, why: fn(&crate::source::Kept) -> bool| {
        tree.kept.iter().any(|kept| kept.path == path && why(kept))
    };
    let no_texts = NO_TEXTS
        .iter()
        .filter(|(path, _)| !needs(path, |kept| !kept.is_text));
    let large = LARGE
        .iter()
        .filter(|(path, _)| !needs(path, |kept| kept.bytes > MOST_BYTES));
    no_texts.chain(large).map(|(path, _)| *path).collect()
}

fn is_among(list: &[(&str, &str)], path: &str) -> bool {
    list.iter().any(|(named, _)| *named == path)
}
