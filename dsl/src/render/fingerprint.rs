//! What a finding is known by from one run to the next: the file, the code and the keys that lead to its place, not the
//! line; so it stays the same finding when lines are put in above it. Findings that are equal in all of these are counted.

use std::collections::HashMap;

use super::Judged;
use crate::tree;

/// A fingerprint for each diagnostic of a file, in their order: 32 hexadecimal digits, each different.
pub fn fingerprints(file: &Judged<'_>) -> Vec<String> {
    let digest = |(keys, d): (Named, &crate::diagnostic::Diagnostic)| {
        let Named { keys, nth } = keys;
        let text = format!("{}\0{}\0{keys}\0{nth}", file.path, d.code);
        blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
    };
    named(file)
        .into_iter()
        .zip(file.diagnostics)
        .map(digest)
        .collect()
}

/// The keys to a diagnostic, and which it is of those with the same code and keys, from 1.
pub(super) struct Named {
    pub keys: String,
    pub nth: usize,
}

/// For each diagnostic of a file, in their order.
pub(super) fn named(file: &Judged<'_>) -> Vec<Named> {
    if file.diagnostics.is_empty() {
        return vec![];
    }
    let (tree, _) = tree::parse(file.text);
    let mut seen: HashMap<(&str, String), usize> = HashMap::new();
    let name = |d: &crate::diagnostic::Diagnostic| {
        let keys = tree::keys_to(&tree, d.span.start);
        let nth = seen.entry((d.code, keys.clone())).or_default();
        *nth += 1;
        Named { keys, nth: *nth }
    };
    file.diagnostics.iter().map(name).collect()
}
