//! The file in the one layout, as the smallest run of lines that changes, so that an editor keeps its cursor and folds.

use super::Document;
use super::rename::Edit;
use crate::format::{Unformatted, format};

/// What formatting changes; none where it changes nothing, or the file cannot be read.
/// Errors: one sentence about a fault of the formatter.
pub fn formatting(document: &Document<'_>) -> Result<Option<Edit>, String> {
    let formatted = match format(document.text, document.kind()) {
        Ok(formatted) => formatted,
        Err(Unformatted::Faulty(_)) => return Ok(None),
        Err(fault @ Unformatted::Internal { .. }) => return Err(fault.to_string()),
    };
    Ok(difference(document.text, &formatted))
}

/// The lines of `old` that differ, and what stands there in `new`.
pub(super) fn difference(old: &str, new: &str) -> Option<Edit> {
    let lines = |text: &'_ str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
    let (old_lines, new_lines) = (lines(old), lines(new));
    let start = old_lines
        .iter()
        .zip(&new_lines)
        .take_while(|(old, new)| old == new)
        .count();
    let left = old_lines.len().min(new_lines.len()) - start;
    let back = old_lines.iter().rev().zip(new_lines.iter().rev()).take(left);
    let end = back.take_while(|(old, new)| old == new).count();
    let bytes = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
    let before = bytes(&old_lines[..start]);
    let span = before..old.len() - bytes(&old_lines[old_lines.len() - end..]);
    let replacement = new_lines[start..new_lines.len() - end].concat();
    (old != new).then_some((span, replacement))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::asked;

    #[test]
    fn only_the_lines_that_differ_are_changed() {
        let table = [
            ("a\nb\nc\n", "a\nB\nc\n", Some((2..4, "B\n"))),
            ("a\nc\n", "a\nb\nc\n", Some((2..2, "b\n"))),
            ("a\n\n\nb\n", "a\n\nb\n", Some((3..4, ""))),
            ("a", "a\n", Some((0..1, "a\n"))),
            ("", "a\n", Some((0..0, "a\n"))),
            ("a\n", "a\n", None),
        ];
        for (old, new, expected) in table {
            let expected = expected.map(|(span, text)| (span, text.to_owned()));
            assert_eq!(difference(old, new), expected, "{old:?}");
        }
    }

    #[test]
    fn a_file_is_laid_out_and_a_broken_one_is_left() {
        let laid_out = |text: &str| asked(&format!("{text}|"), |document, _| formatting(document));
        assert_eq!(
            laid_out("purpose:   service\n"),
            Ok(Some((0..19, "purpose: service\n".to_owned())))
        );
        assert_eq!(
            laid_out("purpose:   service\r\n"),
            Ok(Some((0..20, "purpose: service\r\n".to_owned())))
        );
        assert_eq!(laid_out("purpose: service\n"), Ok(None));
        assert_eq!(laid_out("purpose: [service\n"), Ok(None));
    }
}
