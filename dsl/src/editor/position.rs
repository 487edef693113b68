//! Between bytes of a text and the lines and columns of an editor: both from 0, columns in UTF-16 units, lines ended by
//! `\n`, `\r\n` or `\r`, as the Language Server Protocol counts. A place that does not exist is the nearest that does.

use std::ops::Range;

/// A line and a column in UTF-16 units, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// From 0.
    pub line: u32,
    /// From 0, in UTF-16 units.
    pub column: u32,
}

/// Where the lines of a text begin. Good for that text only.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn new(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(i, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(i, _)| i + 1));
        Lines {
            starts: starts.collect(),
        }
    }

    /// The byte of a place. Past the end of a line it is the line's end, before its break; past the last line the text's
    /// end; in the middle of a character its first byte.
    pub fn byte(&self, text: &str, place: Place) -> usize {
        let line = usize::try_from(place.line).unwrap_or(usize::MAX);
        let Some(&start) = self.starts.get(line) else {
            return text.len();
        };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let line = text.get(start..end).unwrap_or_default();
        let line = line.trim_end_matches(['\r', '\n']);
        let mut left = usize::try_from(place.column).unwrap_or(usize::MAX);
        for (i, c) in line.char_indices() {
            if left < c.len_utf16() {
                return start + i;
            }
            left -= c.len_utf16();
        }
        start + line.len()
    }

    /// The place of a byte.
    pub fn place(&self, text: &str, byte: usize) -> Place {
        let byte = floor(text, byte);
        let line = self
            .starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = text.get(start..byte).unwrap_or_default();
        let column: usize = before.chars().map(char::len_utf16).sum();
        Place {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The places of a range.
    pub fn places(&self, text: &str, range: &Range<usize>) -> (Place, Place) {
        let end = range.end.max(range.start);
        (self.place(text, range.start), self.place(text, end))
    }
}

/// The text with the bytes between two places replaced. An end before the start is the start.
pub fn replaced(text: &str, from: Place, to: Place, new: &str) -> String {
    let lines = Lines::new(text);
    let start = lines.byte(text, from);
    let end = lines.byte(text, to).max(start);
    format!("{}{new}{}", &text[..start], &text[end..])
}

/// The start of the character that a byte is in.
pub(super) fn floor(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_count_utf_16_and_every_kind_of_line_break() {
        let table = [
            ("", (0, 0), 0),
            ("ab\ncd", (0, 9), 2),
            ("ab\ncd", (1, 1), 4),
            ("ab\r\ncd", (0, 9), 2),
            ("ab\r\ncd", (1, 0), 4),
            ("ab\rcd", (1, 1), 4),
            ("ab\ncd", (7, 0), 5),
            ("è€x", (0, 2), 5),
            ("😀x", (0, 1), 0),
            ("😀x", (0, 2), 4),
            ("x", (u32::MAX, u32::MAX), 1),
        ];
        for (text, (line, column), byte) in table {
            let found = Lines::new(text).byte(text, Place { line, column });
            assert_eq!(found, byte, "{text:?} {line}:{column}");
        }
    }

    #[test]
    fn a_change_past_the_end_is_put_at_the_end() {
        let at = |line, column| Place { line, column };
        let table = [
            (at(0, 1), at(0, 2), "axc"),
            (at(0, 3), at(0, 3), "abcx"),
            (at(9, 9), at(9, 9), "abcx"),
            (at(0, 2), at(0, 1), "abxc"),
        ];
        for (from, to, expected) in table {
            assert_eq!(replaced("abc", from, to, "x"), expected);
        }
    }

    proptest! {
        #[test]
        fn bytes_and_places_go_back_and_forth(text in "[ab😀è\r\n]{0,40}") {
            let lines = Lines::new(&text);
            for (byte, c) in text.char_indices() {
                // A line break is one place, whatever it is written with.
                let inside = c == '\n' && text[..byte].ends_with('\r');
                if !inside {
                    prop_assert_eq!(lines.byte(&text, lines.place(&text, byte)), byte);
                }
            }
        }

        #[test]
        fn any_place_is_a_byte_of_the_text(text in ".{0,40}", line in 0u32..9, column in 0u32..50) {
            let byte = Lines::new(&text).byte(&text, Place { line, column });
            prop_assert!(text.is_char_boundary(byte));
        }
    }
}
