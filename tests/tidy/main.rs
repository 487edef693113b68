//! Holds the invariants of ARCHITECTURE.md by reading the tree: what is deliberately absent, and where. A rule that
//! cannot fail is a defect, so each is shown a planted violation too.

mod kept;
mod planted;
mod rules;
mod source;

use rules::{RULES, Rule};
use source::Tree;

fn complaints(rule: Rule, tree: &Tree) -> String {
    let lines = rule(tree).into_iter().map(|offence| format!("{offence}\n"));
    lines.collect()
}

#[test]
fn tree_is_tidy() {
    let tree = Tree::read();
    let found = RULES.iter().map(|(name, rule)| (name, complaints(*rule, &tree)));
    let broken: Vec<String> = found
        .filter(|(_, found)| !found.is_empty())
        .map(|(name, found)| format!("\n{name}:\n{found}"))
        .collect();
    assert!(broken.is_empty(), "{}", broken.concat());
}

#[test]
fn tree_is_read_whole() {
    let tree = Tree::read();
    for path in [
        "Cargo.toml",
        "src/main.rs",
        "sms/src/lib.rs",
        "dsl/src/check.rs",
        "engine/src/store.rs",
        ".ci/run",
    ] {
        assert!(
            tree.files.iter().any(|file| file.path == path),
            "{path} was not read"
        );
    }
    assert!(tree.files.iter().all(|file| !file.path.starts_with("target/")));
}

#[test]
fn no_exception_stands_without_need() {
    assert_eq!(kept::needless(&Tree::read()), Vec::<&str>::new());
    assert!(!kept::needless(&Tree::of(&[])).is_empty());
}
