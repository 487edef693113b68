//! Nothing in a file looks like a secret: a repository is read by many, and for ever.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Kind, Node};
use crate::written::is_note;
use crate::written::nearest::nearest;

/// How the secrets of well-known services begin, and how long they are at least.
const BEGINNINGS: &[(&str, usize)] = &[
    ("-----BEGIN ", 20),
    ("sk_live_", 20),
    ("sk_test_", 20),
    ("rk_live_", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("SG.", 40),
    ("whsec_", 20),
    ("hooks.slack.com/services/", 32),
];

/// Bytes of the shortest text that has one, but for an URL with a password.
const SHORTEST: usize = 19;

/// What every text with a secret has at least one of.
static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    let beginnings = BEGINNINGS.iter().map(|(begin, _)| *begin);
    let signs = beginnings.chain(["://", "=", "Bearer "]).map(regex::escape);
    Regex::new(&signs.collect::<Vec<_>>().join("|")).expect("alternatives of plain texts")
});

/// Keys whose value is a secret wherever they stand, unless they end in `_env` or `_file`.
const KEYS: &[&str] = &[
    "password",
    "token",
    "secret",
    "api_key",
    "apikey",
    "auth_token",
    "private_key",
];

/// What such keys are called elsewhere, or in short.
const CALLED_ELSEWHERE: &[&str] = &["passwd", "pwd", "pass", "passphrase", "access_key", "secret_key"];

/// How the keys end that name the environment variable a secret is in.
const VARIABLES: &[&str] = &["url_env", "secret_env", "password_env", "token_env", "key_env"];

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    look_through(context.root, context.text, found);
}

/// Looks through a whole file.
pub(super) fn look_through(root: Option<&Node>, text: &str, found: &mut Vec<Diagnostic>) {
    if let Some(root) = root {
        let unknown = found.iter().filter(|d| d.code == "unknown-key");
        let unknown = unknown.map(|d| d.span.start).collect();
        look(root, (Remedy::Named, &unknown), found);
        in_comments(root, text, found);
    }
}

/// Lines that are comments, such as one that puts a key away with what it says.
fn in_comments(root: &Node, text: &str, found: &mut Vec<Diagnostic>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        let Some(comment) = line.trim().strip_prefix('#') else {
            continue;
        };
        let said = comment.trim_start_matches(['#', ' ', '-']);
        if (is_put_away(said) || looks_like_one(said)) && !is_in_text(root, at) {
            let end = at + line.trim().len();
            told(end - said.len()..end, "this comment", Remedy::Named, found);
        }
    }
}

/// Whether it is a key of a secret with one word for its value.
fn is_put_away(comment: &str) -> bool {
    let Some((key, value)) = comment.split_once(": ") else {
        return false;
    };
    let value = value.split(" #").next().unwrap_or_default().trim();
    let word = value.trim_matches(['"', '\'']);
    let is_word = is_made_up(word) && !word.ends_with(['.', ',', ':']);
    is_secret(&key.to_ascii_lowercase()) && is_word && !is_placeholder(word)
}

/// Whether it is one word of letters and digits, as secrets are and notes are not.
fn is_made_up(word: &str) -> bool {
    let has = |is: fn(char) -> bool| word.contains(is);
    !has(char::is_whitespace) && has(char::is_alphabetic) && has(|c| c.is_ascii_digit())
}

/// Whether a byte lies in a text, where `#` is a sign as any.
fn is_in_text(node: &Node, at: usize) -> bool {
    if !node.span.contains(&at) {
        return false;
    }
    match &node.kind {
        Kind::Scalar(_) => true,
        Kind::List(items) => items.iter().any(|item| is_in_text(item, at)),
        Kind::Map(entries) => entries.iter().any(|entry| is_in_text(&entry.value, at)),
        Kind::Bad => false,
    }
}

/// Whether the value of a key, in small letters, is a secret wherever it stands. Keys that begin with `x-` are the author's own.
fn is_secret(key: &str) -> bool {
    let key = key.strip_prefix("x-").unwrap_or(key).replace('-', "_");
    KEYS.contains(&key.as_str())
}

/// Whether the value of a key that does not exist is a secret: the key is misspelt, called as elsewhere, or says whose it is.
fn is_meant_for_one(key: &str, value: &str) -> bool {
    let key = key.replace('-', "_");
    let key = match key.strip_suffix("_env") {
        Some(key) if !is_variable(value) => key,
        Some(_) | None => &key,
    };
    if key.ends_with("_env") || key.ends_with("_file") {
        return false;
    }
    let ends = |own: &&str| {
        key.strip_suffix(*own)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    };
    let meant = || nearest(key, KEYS.iter().copied());
    // Words of every day are near the others. A password may be several words.
    let is_password = || meant() == Some(KEYS[0]);
    let may_be = is_made_up(value) || is_long_word(value);
    is_password() || may_be && (KEYS.iter().chain(CALLED_ELSEWHERE).any(ends) || meant().is_some())
}

/// Letters and digits in a row, more than words have.
fn is_long_word(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.len() >= 16 && text.bytes().all(sign) && !is_placeholder(text)
}

/// What is to be done about a secret, by where it stands.
#[derive(Clone, Copy, PartialEq)]
enum Remedy {
    /// A key of crier.yaml names it.
    Named,
    /// The keys of a `call` name none.
    OfCall,
}

/// Where keys begin that are none of the language.
type Unknown = HashSet<usize>;

fn look(node: &Node, (remedy, unknown): (Remedy, &Unknown), found: &mut Vec<Diagnostic>) {
    match &node.kind {
        Kind::Scalar(scalar) => {
            if looks_like_one(&scalar.text) {
                told(node.span.clone(), "this text", remedy, found);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| look(item, (remedy, unknown), found)),
        Kind::Map(entries) => {
            for entry in entries.iter() {
                let remedy = match entry.key.text.as_str() {
                    "call" => Remedy::OfCall,
                    _ => remedy,
                };
                named(entry, entries, (remedy, unknown), found);
            }
        }
        Kind::Bad => {}
    }
}

fn named(
    entry: &Entry,
    beside: &[Entry],
    (remedy, unknown): (Remedy, &Unknown),
    found: &mut Vec<Diagnostic>,
) {
    let key = entry.key.text.to_ascii_lowercase();
    if is_one(entry, &key, unknown.contains(&entry.key.span.start)) {
        says_more(entry, found);
        // What lacks its password has it here.
        let lacks_it = |d: &Diagnostic| beside.iter().any(|other| other.value.span == d.span);
        found.retain(|d| d.code != "missing-key" || !lacks_it(d));
        let what = format!("\"{}\"", entry.key.text);
        told(entry.value.span.clone(), &what, remedy, found);
        return;
    }
    match entry.value.text() {
        Some(text) if VARIABLES.iter().any(|end| key.ends_with(end)) && !is_variable(text) => {
            no_variable(&entry.value, &key, found);
        }
        Some(text) if looks_like_one(text) || key == "url" && has_key_of_webhook(text) => {
            says_more(entry, found);
            told(entry.value.span.clone(), "this text", remedy, found);
        }
        Some(_) | None => look(&entry.value, (remedy, unknown), found),
    }
}

/// Whether the value of a key, written in small letters as `key`, is a secret by what the key is called. `is_unknown`: it is
/// none of the language.
fn is_one(entry: &Entry, key: &str, is_unknown: bool) -> bool {
    let is_secret = is_secret(key);
    if !is_secret && !is_unknown {
        return false;
    }
    // In a note of the author's own the word may be any.
    let by_key = |text: &str| is_secret && (!is_note(entry) || is_made_up(text));
    let is_word = |node: &Node| {
        let text = node
            .text()
            .filter(|text| !text.is_empty() && !is_null(node, text));
        text.is_some_and(|text| by_key(text) || is_unknown && is_meant_for_one(key, text))
    };
    match &entry.value.kind {
        Kind::Scalar(_) => is_word(&entry.value),
        Kind::List(items) => items.iter().any(is_word),
        // A map may be what a host is told, or a field with what is said of it.
        Kind::Map(entries) => is_unknown && entries.iter().any(|inner| is_word(&inner.value)),
        Kind::Bad => false,
    }
}

/// Whether it is no value, and not the word in quotes.
fn is_null(node: &Node, text: &str) -> bool {
    matches!(text, "null" | "Null" | "NULL" | "~") && node.span.len() == text.len()
}

/// The key itself may not exist, and an URL has no password and leads elsewhere: that its value is a secret says more.
fn says_more(entry: &Entry, found: &mut Vec<Diagnostic>) {
    let value = &entry.value.span;
    let of_url = |d: &Diagnostic| {
        matches!(d.code, "bad-url" | "host-not-allowed")
            && value.start <= d.span.start
            && d.span.end <= value.end
    };
    found.retain(|d| d.span != entry.key.span && !of_url(d));
}

/// Whether it is written as environment variables are, and secrets are not.
fn is_variable(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    text.bytes().all(sign) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Variables in small letters exist; what is asked for is one that nobody takes for a secret.
fn no_variable(value: &Node, key: &str, found: &mut Vec<Diagnostic>) {
    let example = key.trim_end_matches("_env").to_ascii_uppercase();
    let help = format!(
        "write the name of the variable in capitals, such as `{example}`, and the secret where the variable is set; a secret that stood here is to be changed"
    );
    found.push(
        Diagnostic::error(
            "secret-in-file",
            value.span.clone(),
            format!("\"{key}\" names an environment variable in capitals, and this may be the secret itself"),
        )
        .label("not the name of a variable in capitals")
        .help(help),
    );
}

/// Whether a text is a secret, or has one in it.
fn looks_like_one(text: &str) -> bool {
    // Of thousands of texts few are long enough, or an URL with a password.
    let may_be = text.len() >= SHORTEST || text.contains('@');
    if !may_be || !SIGNS.is_match(text) {
        return false;
    }
    let begins = |(begin, least): &(&str, usize)| {
        let at_a_word = |(at, _): &(usize, &str)| {
            let before = text[..*at].chars().next_back();
            let whole = text[*at..]
                .split([' ', '\n', '"', '&'])
                .next()
                .unwrap_or_default();
            let length = if begin.contains(' ') {
                text.len() - at
            } else {
                whole.len()
            };
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_') && length >= *least
        };
        text.match_indices(begin).any(|found| at_a_word(&found))
    };
    BEGINNINGS.iter().any(begins) || has_password(text) || has_parameter(text) || has_bearer(text)
}

/// An URL with a user and a password: `https://user:word@host`.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let scheme = |b: &u8| b.is_ascii_alphanumeric() || *b == b'+';
        let authority = text[at + mark.len()..].split(['/', ' ', '\n', '"']).next();
        let user = authority.and_then(|authority| authority.rsplit_once('@'));
        let word = user.and_then(|(user, _)| user.split_once(':'));
        let given = word.is_some_and(|(_, word)| !word.is_empty() && !is_placeholder(word));
        given && text.as_bytes()[..at].last().is_some_and(scheme)
    })
}

/// An URL whose query has one: `?token=…`.
fn has_parameter(text: &str) -> bool {
    let ends = |name: &str, key: &str| name == key || name.ends_with(&format!("_{key}"));
    has_parameter_that(text, |name, value| {
        KEYS.iter().any(|key| ends(name, key)) && is_random(value)
    })
}

/// The URL of a webhook whose query has what it is entered by: `?key=…`. In other URLs such a word may be any.
fn has_key_of_webhook(text: &str) -> bool {
    let opens = |name: &str| is_secret(name) || matches!(name, "key" | "sig" | "signature" | "access_token");
    has_parameter_that(text, |name, value| opens(name) && is_long_word(value))
}

fn has_parameter_that(text: &str, is_one: impl Fn(&str, &str) -> bool) -> bool {
    text.match_indices(['?', '&']).any(|(at, _)| {
        let parameter = text[at + 1..]
            .split(['&', '#', ' ', '\n', '"'])
            .next()
            .unwrap_or_default();
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        is_one(&name.to_ascii_lowercase(), value)
    })
}

/// What goes into a header of HTTP: `Bearer …`.
fn has_bearer(text: &str) -> bool {
    let words = text.match_indices("Bearer ");
    let mut words = words.filter_map(|(at, mark)| text[at + mark.len()..].split_whitespace().next());
    words.any(is_random)
}

/// Letters and digits mixed as no words are, twelve in a row at least.
fn is_random(text: &str) -> bool {
    let mut runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mixed = |run: &str| {
        let turns = run.as_bytes().windows(2);
        let turns = turns.filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit());
        run.len() >= 12 && turns.count() >= 3
    };
    !is_placeholder(text) && runs.any(mixed)
}

/// What stands for a secret that is elsewhere: `${TOKEN}`, `{{token}}`, `<token>`, `TOKEN`, `***`.
fn is_placeholder(text: &str) -> bool {
    let named = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let mask = text
        .chars()
        .all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '\u{2026}'));
    named || mask || text.starts_with(['$', '{', '<', '%'])
}

fn told(span: Range<usize>, what: &str, remedy: Remedy, found: &mut Vec<Diagnostic>) {
    let message = format!("{what} looks like a secret, and files of a repository hold none");
    let then = match remedy {
        Remedy::Named => "name it in crier.yaml: `…_env` an environment variable, `…_file` a file",
        Remedy::OfCall => {
            "leave it out, since a `call` has none; `notify` an inbox of crier.yaml, whose `url_env` names the variable with the whole URL, and `secret_env` that with the word it is signed by"
        }
    };
    let help = format!("have it changed, since whoever reads the repository has it, and {then}");
    found.push(
        Diagnostic::error("secret-in-file", span, message)
            .label("in plain sight")
            .help(help),
    );
}
