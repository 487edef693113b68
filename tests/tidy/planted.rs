//! Each rule catches what it is there for, and lets pass what only looks like it.

use crate::complaints;
use crate::rules::RULES;
use crate::source::Tree;

/// Rule, file, what it says, and the line that the rule must complain of; none where it must not.
type Planted = (&'static str, &'static str, &'static str, Option<usize>);

const CHAIN: &str = "crates depend in one chain";
const PURE: &str = "the language and the texts are pure";
const SQL: &str = "SQL stands only in the store";
const PRINT: &str = "only the command line prints and exits";
const CLOCK: &str = "time comes only from the clock";
const HEADER: &str = "every file begins with what it is for";
const LENGTH: &str = "no file has more than 600 lines";
const UNFINISHED: &str = "nothing is unfinished";
const NAMES: &str = "no text names a machine or an issue";
const TEXTS: &str = "every file is text";
const SIZES: &str = "no file has more than 600 kB";

const PLANTED: &[Planted] = &[
    (
        CHAIN,
        "sms/Cargo.toml",
        "[dependencies]\nserde = \"1\"\ndsl.workspace = true\n",
        Some(3),
    ),
    (
        CHAIN,
        "dsl/Cargo.toml",
        "[dev-dependencies.engine]\npath = \"../engine\"\n",
        Some(1),
    ),
    (
        CHAIN,
        "engine/Cargo.toml",
        "[dependencies]\ncrier = { path = \"..\" }\n",
        Some(2),
    ),
    (
        CHAIN,
        "dsl/Cargo.toml",
        "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n",
        Some(2),
    ),
    (
        CHAIN,
        "Cargo.toml",
        "[workspace.dependencies]\nsqlx = \"0.9\"\n[dependencies]\nsqlx.workspace = true\n",
        Some(4),
    ),
    (CHAIN, "util/Cargo.toml", "[package]\nname = \"util\"\n", Some(0)),
    (
        CHAIN,
        "engine/Cargo.toml",
        "[dependencies]\nsms.workspace = true\ndsl.workspace = true\nsqlx = \"0.9\"\n",
        None,
    ),
    (PURE, "dsl/src/lib.rs", "//! .\nuse std::fs;\n", Some(2)),
    (
        PURE,
        "dsl/src/lib.rs",
        "//! .\nuse std::{fmt, fs::File};\n",
        Some(2),
    ),
    (
        PURE,
        "sms/src/lib.rs",
        "fn now() { let _ = chrono::Utc::now(); }\n",
        Some(1),
    ),
    (
        PURE,
        "sms/src/lib.rs",
        "#[cfg(test)]\nmod tests { use std::fs; }\nuse tokio::sync;\n",
        Some(3),
    ),
    (
        PURE,
        "dsl/src/lib.rs",
        "// std::fs\nconst S: &str = \"std::fs\";\n#[cfg(test)]\nmod t { use std::fs; }\n",
        None,
    ),
    (PURE, "dsl/tests/language/main.rs", "use std::fs;\n", None),
    (PURE, "dsl/src/tree/tests.rs", "use std::fs;\n", None),
    (PURE, "engine/src/load.rs", "use std::fs;\n", None),
    (SQL, "engine/src/execute.rs", "use a;\nuse sqlx::Row;\n", Some(2)),
    (
        SQL,
        "engine/src/plan.rs",
        "const Q: &str = r#\"SELECT id FROM cohort\"#;\n",
        Some(1),
    ),
    (
        SQL,
        "src/main.rs",
        "const Q: &str = \"delete from launch\";\n",
        Some(1),
    ),
    (
        SQL,
        "engine/src/store/claim.rs",
        "use sqlx::Row;\nconst Q: &str = \"delete from launch\";\n",
        None,
    ),
    (
        SQL,
        "src/output.rs",
        "const T: &str = \"update this one\"; // select a from b\n",
        None,
    ),
    (
        PRINT,
        "engine/src/plan.rs",
        "fn f() {\n    println!(\"\");\n}\n",
        Some(2),
    ),
    (
        PRINT,
        "dsl/src/lib.rs",
        "fn f() { std::process::exit(1) }\n",
        Some(1),
    ),
    (PRINT, "sms/src/lib.rs", "use anstream::stdout;\n", Some(1)),
    (
        PRINT,
        "engine/src/lib.rs",
        "use std::process::ExitCode;\n",
        Some(1),
    ),
    (
        PRINT,
        "src/output.rs",
        "fn f() { anstream::println!(\"\"); }\n",
        None,
    ),
    (
        PRINT,
        "engine/src/lib.rs",
        "//! println!\nfn my_println() { let s = '\"'; writeln!(s, \"println!\") }\n",
        None,
    ),
    (CLOCK, "engine/src/plan.rs", "fn f() { Utc::now() }\n", Some(1)),
    (
        CLOCK,
        "src/commands/run.rs",
        "\nfn f() { std::time::Instant::now() }\n",
        Some(2),
    ),
    (
        CLOCK,
        "engine/src/clock.rs",
        "fn f() { Utc::now(); Instant::now() }\n",
        None,
    ),
    (HEADER, "sms/src/parts.rs", "use std::fmt;\n", Some(1)),
    (HEADER, "sms/src/parts.rs", "// Cuts a text.\n", Some(1)),
    (HEADER, "tests/faults.rs", "use std::fmt;\n", Some(1)),
    (HEADER, "sms/src/parts.rs", "//! Cuts a text.\n", None),
    (HEADER, "sms/src/parts/tests.rs", "use super::*;\n", None),
    (HEADER, "engine/src/plan/tests/lists.rs", "use super::*;\n", None),
    (UNFINISHED, "engine/src/lib.rs", "fn f() { todo!() }\n", Some(1)),
    (UNFINISHED, "engine/src/lib.rs", "fn f() { dbg!(1); }\n", Some(1)),
    (
        UNFINISHED,
        "engine/src/lib.rs",
        "fn f() { unimplemented!(\"later\") }\n",
        Some(1),
    ),
    (
        UNFINISHED,
        "tests/run.rs",
        "#[test]\n#[ignore = \"slow\"]\nfn f() {}\n",
        Some(2),
    ),
    (
        UNFINISHED,
        "engine/src/lib.rs",
        "/* TODO: all of it */\n",
        Some(1),
    ),
    (
        UNFINISHED,
        "engine/src/lib.rs",
        "const WORD: &str = \"todo!\";\n",
        None,
    ),
    (NAMES, "README.md", concat!("see\n/ho", "me/ada/crier\n"), Some(2)),
    (
        NAMES,
        "sms/src/lib.rs",
        concat!("const P: &str = \"/wo", "rk/x\";\n"),
        Some(1),
    ),
    (NAMES, "CHANGELOG.md", "- a fix (#12)\n", Some(1)),
    (
        NAMES,
        "sms/src/lib.rs",
        "// https://example.org/a/b/issues/7\n",
        Some(1),
    ),
    (
        NAMES,
        "sms/src/lib.rs",
        "const CELL: &str = \" #1\"; // #fff\n",
        None,
    ),
    (
        NAMES,
        "README.md",
        "### 1\n# 1\n[top](#1-what)\nnetwork/homework/\n",
        None,
    ),
    (TEXTS, "docs/shot.png", "PNG\0", Some(0)),
    (TEXTS, "dsl/fuzz/corpus/templates.tar.xz", "\0", None),
    (TEXTS, "docs/ci.md", "è 😀\n", None),
];

fn rule_named(name: &str) -> crate::Rule {
    RULES
        .iter()
        .find(|(known, _)| *known == name)
        .expect("the table names rules")
        .1
}

#[test]
fn planted_violations_are_caught_and_nothing_else() {
    for (name, path, text, line) in PLANTED {
        let found = complaints(rule_named(name), &Tree::of(&[(path, text)]));
        let expected = line.map(|line| format!("{path}:{line}: "));
        match expected {
            Some(place) => {
                assert!(
                    found.contains(&place),
                    "{name} must complain of {place}\n{text}\nand says: {found}"
                );
                assert_eq!(found.lines().count(), 1, "{name}, once: {text}\n{found}");
            }
            None => assert_eq!(found, "", "{name} must let pass: {text}"),
        }
    }
}

#[test]
fn long_file_is_caught() {
    let header = "//! .\n".to_owned();
    let (most, more) = (header.clone() + &"\n".repeat(599), header + &"\n".repeat(600));
    assert_eq!(
        complaints(rule_named(LENGTH), &Tree::of(&[("sms/src/a.rs", &most)])),
        ""
    );
    assert!(complaints(rule_named(LENGTH), &Tree::of(&[("sms/src/a.rs", &more)])).contains("a.rs:601: "));
}

#[test]
fn large_file_is_caught() {
    let found = |path, bytes| complaints(rule_named(SIZES), &Tree::of(&[(path, &"x".repeat(bytes))]));
    assert_eq!(found("docs/a.txt", 600_000), "");
    assert!(found("docs/a.txt", 600_001).contains("docs/a.txt:0: "));
    assert_eq!(found("dsl/fuzz/corpus/diagnostics.tar.xz", 900_000), "");
}

#[test]
fn every_rule_is_planted() {
    for (name, _) in RULES {
        let planted = PLANTED
            .iter()
            .any(|(of, _, _, line)| of == name && line.is_some());
        let apart = [LENGTH, SIZES].contains(name);
        assert!(planted || apart, "{name} was never seen to fail");
    }
}
