//! Repairs a file: applies what diagnostics suggest, where that is certainly meant ([`Applicability::Safe`]), and touches
//! nothing else. One repair may bring another fault to light, so it is looked again until nothing is left to do.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::edit::{self, Edit};

/// Looks at a file, at most: each brings to light what the repairs before it uncovered.
const MOST_ROUNDS: usize = 32;

/// A file after its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// Its text.
    pub text: String,
    /// How many places were repaired.
    pub repaired: usize,
}

/// Repairs a text as far as that is safe; `check` tells what is wrong with one. A text that is without fault comes back
/// as it is.
pub fn fix(text: &str, mut check: impl FnMut(&str) -> Vec<Diagnostic>) -> Fixed {
    let mut fixed = Fixed {
        text: text.to_owned(),
        repaired: 0,
    };
    for _ in 0..MOST_ROUNDS {
        let edits: Vec<Edit> = check(&fixed.text).iter().filter_map(safe).collect();
        let (text, made) = edit::apply(&fixed.text, edits);
        if made == 0 {
            break;
        }
        fixed.text = text;
        fixed.repaired += made;
    }
    fixed
}

/// What repairs it, where that is safe.
fn safe(diagnostic: &Diagnostic) -> Option<Edit> {
    let suggestion = diagnostic.suggestion.as_ref()?;
    match suggestion.applicability {
        Applicability::Safe => Some(Edit::new(
            suggestion.span.clone(),
            suggestion.replacement.as_str(),
        )),
        Applicability::Unsure => None,
    }
}
