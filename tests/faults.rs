//! The tables of tests/README.md: every fault and every switch has its row, every test that is named exists, and what
//! nothing covers says why.

use std::collections::BTreeSet;
use std::path::Path;

use server::carrier::Switches;

/// How many faults there are.
const FAULTS: u32 = 40;
/// What stands in a cell that holds nothing.
const NOTHING: &str = "—";
/// Where the launches of the switches are.
const LAUNCHES: &str = "tests/kill/scenarios.rs";

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// The cells of the rows of a section's table, the heading aside.
fn rows<'a>(page: &'a str, section: &str) -> Vec<Vec<&'a str>> {
    let section = page.split("\n## ").find(|text| text.starts_with(section));
    let lines = section.expect("the section").lines();
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.skip(1).map(|row| row.split(" | ").collect()).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether a file holds a test of that name: a function, or a launch of the kill loops.
fn has_test(file: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    let launch = format!("{name} {{");
    let lines = file.lines().map(str::trim_start);
    let found = |line: &str| line.contains(&function) || line.starts_with(&launch);
    lines.into_iter().any(found)
}

/// What is wrong with the cell that says what covers a fault.
fn wrong_with(covered: &str) -> Vec<String> {
    let mut file: Option<String> = None;
    let mut wrong = vec![];
    for word in quoted(covered) {
        if word.contains('/') {
            file = read(word);
            if file.is_none() {
                wrong.push(format!("{word} is not there"));
            }
        } else if !file.as_ref().is_some_and(|file| has_test(file, word)) {
            wrong.push(format!("{word} is no test of the file before it"));
        }
    }
    wrong
}

/// Whether a cell names a test.
fn names_a_test(covered: &str) -> bool {
    quoted(covered).iter().any(|word| !word.contains('/'))
}

/// What is wrong with a row of the faults.
fn wrong_with_row(row: &[&str]) -> Vec<String> {
    let [_, fault, covered, open] = row else {
        return vec!["it has not four cells".to_owned()];
    };
    let mut wrong = wrong_with(covered);
    if fault.is_empty() {
        wrong.push("it does not say what goes wrong".to_owned());
    }
    match (names_a_test(covered), *covered == NOTHING, *open == NOTHING) {
        (true, false, _) | (false, true, false) => {}
        (false, true, true) => wrong.push("nothing covers it, and it does not say why".to_owned()),
        (false, false, _) | (true, true, _) => wrong.push("it claims a cover that names no test".to_owned()),
    }
    wrong
}

#[test]
fn every_fault_has_its_row_and_every_row_its_tests_or_its_reason() {
    let page = read("tests/README.md").expect("the page");
    let rows = rows(&page, "Faults");
    let numbers: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> = (1..=FAULTS).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
    let wrong: Vec<String> = rows
        .iter()
        .flat_map(|row| wrong_with_row(row).into_iter().map(move |what| (row[0], what)))
        .map(|(number, what)| format!("row {number}: {what}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_switch_has_its_row_and_its_launch() {
    let page = read("tests/README.md").expect("the page");
    let launches = read(LAUNCHES).expect("the launches");
    let rows = rows(&page, "Switches");
    let named: Vec<&str> = rows.iter().flat_map(|row| quoted(row[0])).collect();
    let known: BTreeSet<&str> = Switches::NAMES.iter().map(|(name, _)| *name).collect();
    assert_eq!(named.iter().copied().collect::<BTreeSet<_>>(), known);
    assert_eq!(named.len(), known.len(), "each stands there once");
    for row in &rows {
        let (switch, launch) = (quoted(row[0])[0], quoted(row[1])[0]);
        assert!(has_test(&launches, launch), "{switch}: {launch} is no launch");
    }
}

#[test]
fn a_row_that_is_wrong_is_noticed() {
    let table: [(&[&str], &str); 6] = [
        (&["1", "a", "—", "no store"], ""),
        (
            &["1", "a", "—", "—"],
            "nothing covers it, and it does not say why",
        ),
        (
            &["1", "a", "some day", "—"],
            "it claims a cover that names no test",
        ),
        (
            &["1", "a", "`tests/none.rs` `x`", "—"],
            "tests/none.rs is not there, x is no test of the file before it",
        ),
        (
            &["1", "a", "`tests/faults.rs` `no_such_test`", "—"],
            "no_such_test is no test of the file before it",
        ),
        (
            &[
                "1",
                "a",
                "`tests/faults.rs` `a_row_that_is_wrong_is_noticed`",
                "not all",
            ],
            "",
        ),
    ];
    for (row, expected) in table {
        assert_eq!(wrong_with_row(row).join(", "), expected, "{row:?}");
    }
}
