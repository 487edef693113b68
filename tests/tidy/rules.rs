//! The rules. Each looks at the tree and says where it is broken, and why that matters.

use std::fmt;

use crate::kept;
use crate::source::{File, Part, Tree};

/// A place where a rule is broken.
pub struct Offence {
    path: String,
    /// From 1; 0 for the file as a whole.
    line: usize,
    what: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}:{}: {}", self.path, self.line, self.what)
    }
}

impl Offence {
    /// A file that should not be as it is.
    pub fn of_file(path: &str, what: &str) -> Offence {
        Offence {
            path: path.to_owned(),
            line: 0,
            what: what.to_owned(),
        }
    }
}

/// A rule of the tree.
pub type Rule = fn(&Tree) -> Vec<Offence>;

/// All of them, by what they hold.
pub const RULES: &[(&str, Rule)] = &[
    ("crates depend in one chain", crate_chain),
    ("the language and the texts are pure", pure_crates),
    ("SQL stands only in the store", sql_in_store),
    ("only the command line prints and exits", printing),
    ("time comes only from the clock", clock),
    ("every file begins with what it is for", headers),
    ("no file has more than 600 lines", lengths),
    ("nothing is unfinished", unfinished),
    ("no text names a machine or an issue", foreign_names),
    ("every file is text", kept::texts),
    ("no file has more than 600 kB", kept::sizes),
];

/// Crates, and which of ours each may depend on.
const CHAIN: [(&str, &[&str]); 6] = [
    ("sms", &[]),
    ("dsl", &["sms"]),
    ("dsl/fuzz", &["dsl"]),
    ("engine", &["sms", "dsl"]),
    ("server", &["sms", "dsl", "engine"]),
    ("", &["sms", "dsl", "engine", "server"]),
];
/// What a crate must not depend on, whatever for.
const BARRED: [(&str, &[&str]); 5] = [
    ("sms", &["tokio", "sqlx", "reqwest", "futures-util", "anyhow"]),
    ("dsl", &["tokio", "sqlx", "reqwest", "futures-util", "anyhow"]),
    (
        "engine",
        &["clap", "anstream", "anyhow", "indicatif", "comfy-table"],
    ),
    (
        "server",
        &["clap", "anstream", "anyhow", "indicatif", "comfy-table", "sqlx"],
    ),
    ("", &["sqlx", "reqwest"]),
];

fn crate_chain(tree: &Tree) -> Vec<Offence> {
    let manifests = tree
        .files
        .iter()
        .filter(|file| file.path.rsplit('/').next() == Some("Cargo.toml"));
    let mut found = vec![];
    for file in manifests {
        let folder = file.path.trim_end_matches("Cargo.toml").trim_end_matches('/');
        let Some((_, allowed)) = CHAIN.iter().find(|(name, _)| *name == folder) else {
            found.push(offence(
                file,
                0,
                "this crate has no place in the chain sms <- dsl <- engine <- server <- crier",
            ));
            continue;
        };
        let barred = BARRED
            .iter()
            .filter(|(name, _)| *name == folder)
            .flat_map(|(_, names)| *names);
        let barred: Vec<&str> = barred.copied().collect();
        for (line, name, section) in dependencies(&file.text) {
            let ours = CHAIN.iter().any(|(other, _)| !other.is_empty() && *other == name) || name == "crier";
            if ours && !allowed.contains(&name.as_str()) {
                found.push(offence(
                    file,
                    line,
                    &format!("{name} comes later in the chain sms <- dsl <- engine <- server <- crier"),
                ));
            }
            // What a benchmark of the whole program compares it with is no part of the program.
            let compared = folder.is_empty() && section == "dev-dependencies";
            if barred.contains(&name.as_str()) && !compared {
                found.push(offence(
                    file,
                    line,
                    &format!("this crate knows nothing of what {name} is for"),
                ));
            }
        }
    }
    found
}

/// The dependencies of a manifest, of every kind, with their lines and sections. Those of the workspace are only a list
/// of versions.
fn dependencies(manifest: &str) -> Vec<(usize, String, String)> {
    let mut section = String::new();
    let mut found = vec![];
    for (number, line) in (1..).zip(manifest.lines()) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_matches(['[', ']']).to_owned();
            if let Some((_, name)) = section.rsplit_once("dependencies.") {
                found.push((number, name.to_owned(), section.clone()));
            }
        } else if section.ends_with("dependencies") && section != "workspace.dependencies" {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if !name.is_empty() && !name.starts_with('#') {
                found.push((number, name.trim_matches('"').to_owned(), section.clone()));
            }
        }
    }
    found
}

const IMPURE: [&str; 16] = [
    "tokio",
    "sqlx",
    "reqwest",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "rand",
    "File::open",
    "TcpStream",
];

fn pure_crates(tree: &Tree) -> Vec<Offence> {
    let pure = tree
        .rust()
        .filter(|file| file.path.starts_with("sms/src/") || file.path.starts_with("dsl/src/"));
    let why = "sms and dsl know no files, no network, no clock: what they must know is handed to them";
    pure.flat_map(|file| mentions(file, &file.production_code(), &IMPURE, why))
        .collect()
}

fn sql_in_store(tree: &Tree) -> Vec<Offence> {
    let outside = tree.rust().filter(|file| {
        let in_store = file.path == "engine/src/store.rs" || file.path.starts_with("engine/src/store/");
        !in_store && !file.path.starts_with("tests/")
    });
    let why = "SQL stands only in engine/src/store/, as deeds that are one transaction each";
    let check = |file: &File| {
        let mut found = mentions(file, &file.view(Part::Code), &["sqlx"], why);
        let texts = (1..).zip(
            file.view(Part::Text)
                .lines()
                .map(str::to_lowercase)
                .collect::<Vec<_>>(),
        );
        found.extend(
            texts
                .filter(|(_, text)| is_sql(text.trim()))
                .map(|(line, _)| offence(file, line, why)),
        );
        found
    };
    outside.flat_map(check).collect()
}

/// Whether a text is a statement, or begins one.
fn is_sql(text: &str) -> bool {
    let begins = |word: &str| text.starts_with(word);
    let has = |word: &str| text.contains(word);
    (begins("select ") && has(" from "))
        || (begins("update ") && has(" set "))
        || [
            "insert into ",
            "delete from ",
            "create table ",
            "create index ",
            "drop table ",
            "pragma ",
        ]
        .iter()
        .any(|word| begins(word))
}

const PRINTING: [&str; 12] = [
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "anstream",
    "io::stdout",
    "io::stderr",
    "process::exit",
    "process::abort",
    "ExitCode",
    "indicatif",
    "comfy_table",
];

fn printing(tree: &Tree) -> Vec<Offence> {
    let crates = tree
        .rust()
        .filter(|file| !file.path.starts_with("src/") && !file.path.starts_with("tests/"));
    let why =
        "printing and exit codes are the command line's, in src/; the crates return what there is to say";
    crates
        .flat_map(|file| mentions(file, &file.view(Part::Code), &PRINTING, why))
        .collect()
}

/// Where time may be asked for: the clock itself, and how often a line of progress is printed, which decides nothing.
const CLOCKS: [&str; 2] = ["engine/src/clock.rs", "src/output/progress.rs"];

fn clock(tree: &Tree) -> Vec<Offence> {
    let asked = ["Utc::now", "Local::now", "Instant::now", "SystemTime::now"];
    let others = tree
        .rust()
        .filter(|file| !CLOCKS.contains(&file.path.as_str()) && !file.path.starts_with("tests/"));
    let why = "time is handed in; only engine/src/clock.rs asks for it, so that a simulated clock stands for all of it";
    others
        .flat_map(|file| mentions(file, &file.view(Part::Code), &asked, why))
        .collect()
}

fn headers(tree: &Tree) -> Vec<Offence> {
    let why = "the first line says what the file answers: `//! …`";
    // The tests beside a module are described by the module.
    let beside =
        |file: &&File| file.path.ends_with("/tests.rs") || file.path.contains("/src/") && file.is_test();
    let own = tree.rust().filter(|file| !beside(file));
    own.filter(|file| !file.text.starts_with("//! "))
        .map(|file| offence(file, 1, why))
        .collect()
}

const MOST_LINES: usize = 600;

fn lengths(tree: &Tree) -> Vec<Offence> {
    let long = tree
        .rust()
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES);
    long.map(|(file, lines)| {
        offence(
            file,
            lines,
            &format!("more than {MOST_LINES} lines: it is several files"),
        )
    })
    .collect()
}

fn unfinished(tree: &Tree) -> Vec<Offence> {
    let why = "nothing is left to be done later or skipped: do it, or take it out";
    let check = |file: &File| {
        let macros = ["todo!", "unimplemented!", "dbg!", "#[ignore"];
        let mut found = mentions(file, &file.view(Part::Code), &macros, why);
        found.extend(mentions(
            file,
            &file.view(Part::Comment),
            &["TODO", "FIXME", "XXX"],
            why,
        ));
        found
    };
    tree.rust().flat_map(check).collect()
}

/// In pieces, so that this file does not name them.
const MACHINES: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!(":\\Us", "ers\\"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];

fn foreign_names(tree: &Tree) -> Vec<Offence> {
    let mut found = vec![];
    for file in tree.files.iter().filter(|file| !file.path.contains("testdata/")) {
        for (number, line) in (1..).zip(file.text.lines()) {
            if let Some(path) = MACHINES.iter().find(|path| line.contains(**path)) {
                found.push(offence(
                    file,
                    number,
                    &format!("{path} is a path of somebody's machine"),
                ));
            }
        }
        // Only comments can mean an issue in code: `"#1"` is a text.
        let told = if file.path.ends_with(".rs") {
            file.view(Part::Comment)
        } else {
            file.text.clone()
        };
        let named = (1..).zip(told.lines()).filter(|(_, line)| names_issue(line));
        let why = "issues are moved and renumbered: say what was the matter instead";
        found.extend(named.map(|(number, _)| offence(file, number, why)));
    }
    found
}

/// `#12` by itself, or the address of an issue.
fn names_issue(line: &str) -> bool {
    let address = ["/issues/", "/pull/"].iter().any(|path| {
        line.split(path)
            .skip(1)
            .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    let number = line.match_indices('#').any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = line.len() - at - 1 - after.len();
        (1..=5).contains(&digits)
            && before.is_none_or(|c| matches!(c, ' ' | '(' | '['))
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '-')
    });
    address || number
}

/// The lines of a view that name one of these, as a whole word.
fn mentions(file: &File, view: &str, names: &[&str], why: &str) -> Vec<Offence> {
    let mut found = vec![];
    for name in names
        .iter()
        .filter(|name| view.contains(**name) || view.contains("::{"))
    {
        let group = name
            .rsplit_once("::")
            .map(|(module, item)| (format!("{module}::{{"), item));
        let imports = |line: &str| {
            group
                .as_ref()
                .is_some_and(|(group, item)| imports(line, group, item))
        };
        let lines = (1..)
            .zip(view.lines())
            .filter(|(_, line)| has_word(line, name) || imports(line));
        found.extend(lines.map(|(number, _)| offence(file, number, &format!("`{name}`: {why}"))));
    }
    found
}

fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at]
            .chars()
            .next_back()
            .filter(|c| is_name(*c) && word.starts_with(is_name));
        let after = line[at + word.len()..]
            .chars()
            .next()
            .filter(|c| is_name(*c) && word.ends_with(is_name));
        before.is_none() && after.is_none()
    })
}

/// `use std::{fs, …}` for `std::fs`: the group is `std::{`, the item `fs`.
fn imports(line: &str, group: &str, item: &str) -> bool {
    let names = line.split_once(group).map(|(_, names)| names);
    names.is_some_and(|names| {
        names
            .split([',', '{', '}', ':', ';'])
            .any(|name| name.trim() == item)
    })
}

fn offence(file: &File, line: usize, what: &str) -> Offence {
    Offence {
        path: file.path.clone(),
        line,
        what: what.to_owned(),
    }
}
