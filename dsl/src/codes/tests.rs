use std::collections::BTreeSet;

use super::*;

/// Longest line of an example: `crier explain` indents it by two.
const WIDEST: usize = 78;

#[test]
fn every_page_is_in_the_form_and_tells_of_its_code() {
    for (code, markdown) in CODES {
        let page = page::parse(markdown).unwrap_or_else(|wrong| panic!("codes/{code}.md: {wrong}"));
        assert_eq!(page.code, *code, "codes/{code}.md has another title");
        for file in page.failing.iter().chain(&page.repaired) {
            let long = file.text.lines().find(|line| line.chars().count() > WIDEST);
            assert_eq!(long, None, "codes/{code}.md: too long for a terminal");
        }
        let prose = [page.meaning, page.cause, page.remedy].join("\n");
        assert!(
            !prose.contains("**") && !prose.contains("]("),
            "codes/{code}.md: plain prose"
        );
    }
}

#[test]
fn codes_stand_by_the_alphabet_and_every_page_is_listed() {
    let names: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert!(names.is_sorted(), "codes.rs is not by the alphabet");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/codes");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let there: BTreeSet<String> = files
        .map(|file| file.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = names.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(there, listed, "pages and the list in codes.rs");
}

#[test]
fn a_page_that_is_not_in_the_form_says_what_is_missing() {
    let good = "# x: error\n\nIt is.\n\nWhy.\n\n## Fails\n\n```yaml a.campaign.yaml\na: 1\n```\n\n```text\nerror\n```\n\n\
                ## Remedy\n\nDo.\n\n```yaml a.campaign.yaml\na: 2\n```\n";
    let page = page::parse(good).expect("in the form");
    assert_eq!((page.cause, page.printed, page.remedy), ("Why.", "error", "Do."));
    assert_eq!(
        (page.failing[0].text, page.repaired[0].text),
        ("a: 1\n", "a: 2\n")
    );
    for (of, by, says) in [
        (": error", "", "its title names no severity"),
        (": error", ": fatal", "\"fatal\" is no severity"),
        ("It is.\n\n", "", "a meaning and a cause are two paragraphs"),
        ("## Fails", "## Falls", "`## Fails` is missing"),
        ("```text\nerror\n```\n\n", "", "what is printed is missing"),
        (
            "Do.\n\n```yaml a.campaign.yaml\na: 2\n```\n",
            "Do.\n",
            "the repaired example is missing",
        ),
        (
            "yaml a.campaign.yaml\na: 1",
            "yaml\na: 1",
            "\"yaml\" is not a language and a path",
        ),
    ] {
        let wrong = page::parse(&good.replacen(of, by, 1)).err();
        assert_eq!(wrong.as_deref(), Some(says), "{of} -> {by}");
    }
}

#[test]
fn a_slip_in_a_code_is_known() {
    assert_eq!(nearest("unknown-kye"), Some("unknown-key"));
    assert_eq!(nearest("Unknown_Key"), Some("unknown-key"));
    assert_eq!(nearest("weather"), None);
}
