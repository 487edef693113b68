//! Every file of `testdata/err/` has what is shown for it beside it, in `NAME.out`, to be read as prose.
//! `UPDATE_EXPECT=1` writes them anew.

use super::support;

use std::collections::BTreeSet;
use std::fs;

use dsl::codes::{CODES, OF_FOLDERS, OF_STORIES};
use dsl::render::{self, Style};

#[test]
fn every_faulty_file_shows_what_its_out_file_says() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = vec![];
    for path in support::files("err") {
        let name = support::name(&path);
        let (text, found) = support::check(&name, &support::bytes(&path));
        let found = support::shown(&text, found);
        let style = Style {
            colour: false,
            width: 80,
        };
        let shown = render::full(&found, &name, &text, style);
        let out = path.with_extension("out");
        if update {
            fs::write(&out, &shown).expect("it can be written");
        } else if fs::read_to_string(&out).unwrap_or_default() != shown {
            wrong.push(format!("{name} now shows:\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everything_that_is_shown_fits_eighty_columns() {
    let out = fs::read_dir(support::testdata("err")).expect("the folder is there");
    let out = out.map(|entry| entry.expect("it can be listed").path());
    let mut wide = vec![];
    for path in out.filter(|path| path.extension().is_some_and(|e| e == "out")) {
        let shown = fs::read_to_string(&path).expect("it can be read");
        let lines = shown
            .lines()
            .filter(|line| textwrap::core::display_width(line) > 80);
        wide.extend(lines.map(|line| format!("{}: {line}", support::name(&path))));
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn every_project_of_several_files_shows_what_its_out_file_says() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = vec![];
    for folder in support::projects("err") {
        let style = Style {
            colour: false,
            width: 80,
        };
        let told = support::check_together(&folder).into_iter();
        let shown: String = told
            .map(|(name, text, found)| render::full(&found, &name, &text, style))
            .collect();
        let out = folder.with_extension("out");
        if update {
            fs::write(&out, &shown).expect("it can be written");
        } else if fs::read_to_string(&out).unwrap_or_default() != shown {
            wrong.push(format!("{} now shows:\n{shown}", support::name(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn projects_in_which_nothing_is_wrong_together_have_no_findings() {
    for folder in support::projects("ok") {
        for (name, text, found) in support::check_together(&folder) {
            assert!(found.is_empty(), "{}", render::concise(&found, &name, &text));
        }
    }
}

#[test]
fn faulty_files_have_findings_with_known_codes_inside_the_file() {
    let known: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
    for path in support::files("err") {
        let name = support::name(&path);
        let (text, found) = support::check(&name, &support::bytes(&path));
        assert!(!found.is_empty(), "{name} has no finding");
        for diagnostic in found {
            assert!(
                known.contains(diagnostic.code),
                "{name}: {} is not listed",
                diagnostic.code
            );
            assert!(
                text.get(diagnostic.span.clone()).is_some(),
                "{name}: {diagnostic:?}"
            );
            let message = &diagnostic.message;
            assert!(
                !message.ends_with('.') && !message.is_empty(),
                "{name}: {message}"
            );
        }
    }
}

#[test]
fn every_code_has_a_faulty_file() {
    let mut seen = BTreeSet::new();
    for path in support::files("err") {
        let (_, found) = support::check(&support::name(&path), &support::bytes(&path));
        seen.extend(found.into_iter().map(|diagnostic| diagnostic.code));
    }
    for folder in support::projects("err") {
        let told = support::check_together(&folder).into_iter();
        seen.extend(
            told.flat_map(|(_, _, found)| found)
                .map(|diagnostic| diagnostic.code),
        );
    }
    let missing: Vec<&str> = CODES
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !seen.contains(code) && ![OF_FOLDERS, OF_STORIES].concat().contains(code))
        .collect();
    assert!(missing.is_empty(), "no file of testdata/err shows {missing:?}");
}

#[test]
fn good_files_have_no_findings() {
    let mut wrong = vec![];
    for path in support::files("ok").into_iter().chain(support::files("fixture")) {
        let name = support::name(&path);
        let (text, mut found) = support::check(&name, &support::bytes(&path));
        found.retain(|diagnostic| diagnostic.code != dsl::NOT_YET);
        if !found.is_empty() {
            wrong.push(render::concise(&found, &name, &text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
