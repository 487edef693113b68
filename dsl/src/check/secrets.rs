//! Nothing in a file looks like a secret: a repository is read by many, and for ever.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Kind, Node};

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
    ("https://hooks.slack.com/services/", 40),
];

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

/// How the keys end that name the environment variable a secret is in.
const VARIABLES: &[&str] = &["url_env", "secret_env", "password_env", "token_env", "key_env"];

/// Looks through a whole file.
pub(super) fn check(root: Option<&Node>, found: &mut Vec<Diagnostic>) {
    if let Some(root) = root {
        look(root, found);
    }
}

fn look(node: &Node, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        Kind::Scalar(scalar) => {
            if looks_like_one(&scalar.text) {
                told(node.span.clone(), "this text", found);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| look(item, found)),
        Kind::Map(entries) => entries.iter().for_each(|entry| named(entry, found)),
        Kind::Bad => {}
    }
}

fn named(entry: &Entry, found: &mut Vec<Diagnostic>) {
    let key = entry.key.text.to_ascii_lowercase();
    match entry.value.text() {
        Some(text) if KEYS.contains(&key.as_str()) && !text.is_empty() => {
            // The key itself does not exist: that this is a secret says more.
            found.retain(|d| d.span != entry.key.span);
            told(
                entry.value.span.clone(),
                &format!("\"{}\"", entry.key.text),
                found,
            );
        }
        Some(text) if VARIABLES.iter().any(|end| key.ends_with(end)) && !is_variable(text) => {
            no_variable(&entry.value, &key, found);
        }
        Some(_) | None => look(&entry.value, found),
    }
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

fn looks_like_one(text: &str) -> bool {
    let begins = |(begin, least): &(&str, usize)| text.starts_with(begin) && text.len() >= *least;
    let password = text.split_once("://").is_some_and(|(scheme, rest)| {
        let authority = rest.split('/').next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let given = user
            .and_then(|user| user.split_once(':'))
            .is_some_and(|(_, word)| !word.is_empty() && !word.starts_with("{{"));
        given && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
    });
    BEGINNINGS.iter().any(begins) || password
}

fn told(span: Range<usize>, what: &str, found: &mut Vec<Diagnostic>) {
    let message = format!("{what} looks like a secret, and files of a repository hold none");
    found.push(
        Diagnostic::error("secret-in-file", span, message)
            .label("in plain sight")
            .help(
                "have it changed, since whoever reads the repository has it, and name it in crier.yaml: `…_env` an environment variable, `…_file` a file",
            ),
    );
}
