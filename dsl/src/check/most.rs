//! How much is told of one file: nobody reads more, and a report of a hundred thousand findings helps no program either.

use crate::diagnostic::{Diagnostic, Severity};

/// Findings of a file that are told one by one.
pub(crate) const MOST: usize = 1_000;

/// The first findings, errors before warnings, and one more that says how many there are besides. It is as grave as the
/// gravest of those, so that the file is judged as it would be by all of them. By place, as they come.
pub(super) fn kept(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if found.len() <= MOST {
        return found;
    }
    let errors = found.iter().filter(|d| d.is_error()).count();
    let mut room_for_errors = errors.min(MOST);
    let mut room_for_warnings = MOST - room_for_errors;
    let (mut kept, mut left) = (vec![], vec![]);
    for d in found {
        let room = match d.severity {
            Severity::Error => &mut room_for_errors,
            Severity::Warning => &mut room_for_warnings,
        };
        match *room {
            0 => left.push(d),
            _ => {
                *room -= 1;
                kept.push(d);
            }
        }
    }
    // At the first of them, among those of its place.
    if let Some(more) = more(&left) {
        let at = kept.partition_point(|d| d.span.start <= more.span.start);
        kept.insert(at, more);
    }
    kept
}

fn more(left: &[Diagnostic]) -> Option<Diagnostic> {
    let span = left.first()?.span.clone();
    let errors = left.iter().filter(|d| d.is_error()).count();
    let warnings = left.len() - errors;
    let mut kinds = vec![];
    if errors > 0 {
        kinds.push(counted(errors, "error"));
    }
    if warnings > 0 {
        kinds.push(counted(warnings, "warning"));
    }
    let message = format!(
        "{} more, which are not shown: a file is told its first {MOST} findings",
        kinds.join(" and ")
    );
    let told = match errors {
        0 => Diagnostic::warning("too-many-findings", span, message),
        _ => Diagnostic::error("too-many-findings", span, message),
    };
    Some(
        told.label("the first of them is here")
            .help("so many often have one cause: mend the first ones, and check the file again"),
    )
}

fn counted(n: usize, word: &str) -> String {
    match n {
        1 => format!("1 {word}"),
        n => format!("{n} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(errors: usize, warnings: usize) -> Vec<Diagnostic> {
        let error = |at: usize| Diagnostic::error("e", at..at + 1, "e");
        let warning = |at: usize| Diagnostic::warning("w", at..at + 1, "w");
        // The warnings stand first.
        let warnings_first = (0..warnings).map(warning);
        warnings_first
            .chain((warnings..warnings + errors).map(error))
            .collect()
    }

    #[test]
    fn no_error_gives_way_to_a_warning_and_the_file_is_judged_as_by_all() {
        let table = [
            (1_000, 0, 1_000, 0, None),
            (0, 1_001, 0, 1_000, Some((Severity::Warning, "1 warning more"))),
            (900, 200, 900, 100, Some((Severity::Warning, "100 warnings more"))),
            (
                1_002,
                3,
                1_000,
                0,
                Some((Severity::Error, "2 errors and 3 warnings more")),
            ),
        ];
        for (errors, warnings, kept_errors, kept_warnings, expected) in table {
            let all = kept(found(errors, warnings));
            let of = |code: &str| all.iter().filter(|d| d.code == code).count();
            assert_eq!((of("e"), of("w")), (kept_errors, kept_warnings));
            let more = all.iter().find(|d| d.code == "too-many-findings");
            assert_eq!(more.map(|d| d.severity), expected.map(|(severity, _)| severity));
            if let (Some(more), Some((_, words))) = (more, expected) {
                assert!(more.message.starts_with(words), "{}", more.message);
            }
            assert!(all.is_sorted_by_key(|d| d.span.start), "by place");
        }
    }
}
