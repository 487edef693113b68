//! What of the stories of a campaign cannot be true, told with the file: the same as `crier test` tells, as far as that needs
//! no playing.

use dsl::diagnostic::{Diagnostic, Severity};

use crate::revision::Revision;
use crate::story;

/// As advice, since a story stops no campaign. `told`: what is said already.
pub(super) fn impossible(revision: &Revision, told: &[Diagnostic]) -> Vec<Diagnostic> {
    let stories = &revision.campaign.stories;
    let ends = stories.iter().skip(1).map(|next| next.span.start);
    let found = stories
        .iter()
        .zip(ends.chain([usize::MAX]))
        .filter_map(|(one, end)| {
            let found = story::impossible(revision, one)?.diagnostic();
            let is_of_it = |known: &Diagnostic| (one.span.start..end).contains(&known.span.start);
            let is_told = told
                .iter()
                .any(|known| known.code == found.code && is_of_it(known));
            (!is_told).then_some(Diagnostic {
                severity: Severity::Warning,
                ..found
            })
        });
    found.collect()
}
